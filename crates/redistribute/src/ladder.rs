//! Points whose rates are to be found, the limits on them, and the cheapest rates that keep the limits.
//!
//! Every limit that lifts a rate lifts it because of something known or because of a *lower* point. So among all tables that
//! keep the limits there is one that is lowest at every point at once, and therefore cheapest, whoever is on the points.
//! Raising what is aimed at raises that table and its cost. That is why the search here is exact in whole pounds and
//! why it needs no luck: one more step of the aim either fits into the money or does not.

use dated::Ratio;
use pay::{Pence, Row};

use crate::cost::StaffOn;

/// A rate to be found: one point of a scale, in all its bands.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its name on the scale.
    pub name: String,
    /// Into [`crate::Money::tables`].
    pub table: usize,
    /// The rate before the offer.
    pub base: Pence,
    /// The unit that its scale rounds rates to at the last stage.
    pub unit_pence: i64,
    /// The rows of the offer that this one rate replaces.
    pub rows: Vec<PointRow>,
    /// Who is on it, in a fixed order.
    pub staff: Vec<StaffOn>,
}

/// One row of a point: it may be in several bands, which an offer may treat differently.
#[derive(Clone, Debug, PartialEq)]
pub struct PointRow {
    /// The band.
    pub band: String,
    /// Its rate at each stage of the offer.
    pub offered: Vec<Pence>,
    /// The row itself, for who published what.
    pub row: Option<Row>,
}

impl Point {
    /// The bands, as people write them.
    pub fn bands(&self) -> String {
        self.rows.iter().map(|row| row.band.as_str()).collect::<Vec<_>>().join(";")
    }

    /// People on it in the end.
    pub fn headcount(&self) -> u64 {
        self.staff.iter().map(|staff| staff.headcount).sum()
    }

    /// Spec P63: the lowest rate on the grid that is at least so much: the rate before the offer, or a multiple of the unit.
    pub(crate) fn rate_at_least(&self, pence: Ratio) -> i64 {
        if pence <= self.base.ratio() {
            return self.base.0;
        }
        let units = (pence / Ratio::whole(self.unit_pence)).ceiling();
        i64::try_from(units.saturating_mul(self.unit_pence.into())).unwrap_or(i64::MAX / 4)
    }

    /// The next rate on the grid above this one, and so on `steps` times.
    pub(crate) fn steps_above(&self, rate: i64, steps: i64) -> i64 {
        rate.div_euclid(self.unit_pence).saturating_add(steps).saturating_mul(self.unit_pence)
    }
}

/// A limit on a rate, with the reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// The point whose rate is limited.
    pub point: usize,
    /// How.
    pub rule: Rule,
    /// Why: who asked for it.
    pub kind: LimitKind,
    /// The limit in words, as in “at least £400 above point 12”.
    pub words: String,
}

/// What a limit says of a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// No lower than this many pence.
    AtLeast(Ratio),
    /// No higher.
    AtMost(Pence),
    /// At least `factor` times the rate of a lower point, and `plus` pence.
    Above {
        /// The lower point; it stands before this one in the list.
        lower: usize,
        /// 1 for a gap in pounds.
        factor: Ratio,
        /// 0 for a gap in percent.
        plus: Ratio,
    },
}

/// Spec P62: the kinds of limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LimitKind {
    /// Nobody is paid less than before the offer. Always there.
    Today,
    /// Nobody overtakes anybody, and a higher point of a band stays higher. Always there.
    Order,
    /// The lowest rate asked for.
    Floor,
    /// A legal minimum.
    LegalMinimum,
    /// Everybody's least rise.
    MinimumRise,
    /// Nobody loses more than so much against the offer.
    MostLost,
    /// A gap between points.
    Gap,
    /// The largest rise.
    CapPercent,
    /// The highest rate.
    CapRate,
    /// No rise above a rate.
    NothingAbove,
}

impl LimitKind {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Order => "order",
            Self::Floor => "floor",
            Self::LegalMinimum => "legal-minimum",
            Self::MinimumRise => "minimum-rise",
            Self::MostLost => "most-lost",
            Self::Gap => "gap",
            Self::CapPercent => "cap-percent",
            Self::CapRate => "cap-rate",
            Self::NothingAbove => "nothing-above",
        }
    }

    /// Whether it was asked for and could be given up.
    pub fn can_be_dropped(self) -> bool {
        !matches!(self, Self::Today | Self::Order)
    }
}

/// What is pushed as high as the money allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// The lowest rate: in pence.
    Floor,
    /// The same percentage on today's rate for everybody, or what the floor gives if that is more: in millionths of a percent.
    RisePercent,
    /// The same sum for everybody, or what the floor gives if that is more: in pence.
    RisePounds,
}

impl Aim {
    /// No aim is looked for beyond this: a rate of 10 million pounds, or 200 percent.
    pub(crate) fn most(self) -> i64 {
        match self {
            Self::Floor | Self::RisePounds => 1_000_000_000,
            Self::RisePercent => 200_000_000,
        }
    }

    /// What the aim asks of a point with that rate today: `plus + slope × aim`, in pence.
    pub(crate) fn line(self, base: Pence) -> (Ratio, Ratio) {
        match self {
            Self::Floor => (Ratio::ZERO, Ratio::ONE),
            Self::RisePercent => (base.ratio(), Ratio::new(base.0.into(), 100_000_000)),
            Self::RisePounds => (base.ratio(), Ratio::ONE),
        }
    }
}

/// Why limits cannot be kept, whatever it costs: a lifted rate meets a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CapMet {
    pub(crate) point: usize,
    pub(crate) wanted: i64,
}

/// Points in the order of today's rates, with their limits.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// From the lowest rate today to the highest.
    pub points: Vec<Point>,
    /// All limits.
    pub limits: Vec<Limit>,
    /// For each point, the limits on it.
    of_point: Vec<Vec<usize>>,
    /// For each point, the limits on others that lean on it.
    leaning: Vec<Vec<usize>>,
}

impl Ladder {
    /// Points and their limits. A limit that leans on a point which does not stand lower is left out of what can be lifted;
    /// callers build limits from lower to higher points only.
    pub fn new(points: Vec<Point>, limits: Vec<Limit>) -> Self {
        let mut of_point = vec![Vec::new(); points.len()];
        let mut leaning = vec![Vec::new(); points.len()];
        for (at, limit) in limits.iter().enumerate() {
            of_point[limit.point].push(at);
            if let Rule::Above { lower, .. } = limit.rule {
                debug_assert!(lower < limit.point, "limits lean on lower points only");
                leaning[lower].push(at);
            }
        }
        Self { points, limits, of_point, leaning }
    }

    /// The same without some limits.
    pub(crate) fn without(&self, dropped: impl Fn(usize) -> bool) -> Self {
        let limits = self.limits.iter().enumerate().filter(|(at, _)| !dropped(*at)).map(|(_, limit)| limit.clone()).collect();
        Self::new(self.points.clone(), limits)
    }

    /// The limits on a point.
    pub fn limits_of(&self, point: usize) -> impl Iterator<Item = (usize, &Limit)> {
        self.of_point[point].iter().map(|at| (*at, &self.limits[*at]))
    }

    /// The highest rate that the caps leave for a point.
    pub(crate) fn cap(&self, point: usize) -> i64 {
        let caps = self.limits_of(point).filter_map(|(_, limit)| match limit.rule {
            Rule::AtMost(most) => Some(most.0),
            _ => None,
        });
        caps.min().unwrap_or(Aim::Floor.most())
    }

    /// What a limit asks of its point as the least, at these rates; nothing of a cap.
    pub(crate) fn asked_by(&self, limit: &Limit, rates: &[i64]) -> Option<i64> {
        let point = &self.points[limit.point];
        match limit.rule {
            Rule::AtMost(_) => None,
            Rule::AtLeast(pence) => Some(point.rate_at_least(pence)),
            Rule::Above { lower, factor, plus } => Some(if factor == Ratio::ONE && plus.denominator() == 1 {
                let sum = rates[lower].saturating_add(i64::try_from(plus.numerator()).unwrap_or(i64::MAX / 4));
                if sum <= point.base.0 {
                    point.base.0
                } else {
                    sum.saturating_add(point.unit_pence - 1).div_euclid(point.unit_pence) * point.unit_pence
                }
            } else {
                point.rate_at_least(Ratio::whole(rates[lower]) * factor + plus)
            }),
        }
    }

    /// Spec P64: the lowest rates that keep every limit and the aim; they are the cheapest too. The aim of a rise for
    /// everybody stops at a point's cap, a floor does not.
    pub(crate) fn lowest(&self, aim: Option<(Aim, i64)>) -> Result<Vec<i64>, CapMet> {
        self.lowest_without(aim, |_| false)
    }

    /// [`Self::lowest`] as if some limits were not there.
    pub(crate) fn lowest_without(&self, aim: Option<(Aim, i64)>, dropped: impl Fn(usize) -> bool) -> Result<Vec<i64>, CapMet> {
        let mut rates: Vec<i64> = Vec::with_capacity(self.points.len());
        for (at, point) in self.points.iter().enumerate() {
            let mut rate = point.base.0;
            let mut cap = Aim::Floor.most();
            for (_, limit) in self.limits_of(at).filter(|(number, _)| !dropped(*number)) {
                match limit.rule {
                    Rule::AtMost(most) => cap = cap.min(most.0),
                    _ => rate = rate.max(self.asked_by(limit, &rates).unwrap_or(rate)),
                }
            }
            if let Some((aim, value)) = aim {
                let (plus, slope) = aim.line(point.base);
                let wanted = point.rate_at_least(plus + slope * Ratio::whole(value));
                let wanted = if aim == Aim::Floor { wanted } else { wanted.min(point.rate_at_most(cap)) };
                rate = rate.max(wanted);
            }
            if rate > cap {
                return Err(CapMet { point: at, wanted: rate });
            }
            rates.push(rate);
        }
        Ok(rates)
    }

    /// The rates that change when a point is lifted, since others lean on it; in order. Nothing if a cap is met.
    pub(crate) fn lifted(&self, rates: &[i64], point: usize, to: i64) -> Option<Vec<(usize, i64)>> {
        if to > self.cap(point) {
            return None;
        }
        let mut changed = std::collections::BTreeMap::from([(point, to)]);
        let mut rates_now = std::borrow::Cow::Borrowed(rates);
        let mut done = Vec::new();
        while let Some((at, rate)) = changed.pop_first() {
            rates_now.to_mut()[at] = rate;
            done.push((at, rate));
            for limit in self.leaning[at].iter().map(|limit| &self.limits[*limit]) {
                let asked = self.asked_by(limit, &rates_now).unwrap_or(0);
                let known = changed.get(&limit.point).copied().unwrap_or(rates_now[limit.point]);
                if asked > known {
                    if asked > self.cap(limit.point) {
                        return None;
                    }
                    changed.insert(limit.point, asked);
                }
            }
        }
        Some(done)
    }

    /// Spec P63: every limit that these rates break, found by looking at each limit by itself.
    pub fn broken(&self, rates: &[Pence]) -> Vec<usize> {
        let broken = |limit: &Limit| {
            let rate = rates[limit.point].ratio();
            match limit.rule {
                Rule::AtLeast(pence) => rate < pence,
                Rule::AtMost(most) => rates[limit.point] > most,
                Rule::Above { lower, factor, plus } => rate < rates[lower].ratio() * factor + plus,
            }
        };
        self.limits.iter().enumerate().filter(|(_, limit)| broken(limit)).map(|(at, _)| at).collect()
    }
}

impl Point {
    /// The highest rate on the grid that is no higher than this.
    pub(crate) fn rate_at_most(&self, cap: i64) -> i64 {
        let down = cap.div_euclid(self.unit_pence) * self.unit_pence;
        if cap >= self.base.0 { down.max(self.base.0) } else { down }
    }
}
