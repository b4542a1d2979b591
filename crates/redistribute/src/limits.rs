//! What is asked of the new rates, turned into one limit a point or a pair of points.

use std::collections::{BTreeMap, BTreeSet};

use dated::Ratio;
use pay::Pence;

use crate::ladder::{Limit, LimitKind, Point, Rule};

/// How far apart two points must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// So many pounds.
    Pounds(Pence),
    /// So many percent of the lower rate.
    Percent(Ratio),
    /// So many percent of the pounds between them today.
    OfToday(Ratio),
}

impl std::fmt::Display for Gap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pounds(sum) => sum.fmt(f),
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::OfToday(percent) => write!(f, "{percent}% of today's gap"),
        }
    }
}

/// A gap for two named points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairGap {
    /// The point that is lower today.
    pub lower: String,
    /// The other one.
    pub upper: String,
    /// How far apart.
    pub gap: Gap,
}

/// Between which points the general gap is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Along {
    /// Neighbours in each band.
    #[default]
    Bands,
    /// Neighbours on the whole scale.
    Spine,
}

/// Spec P62: what is asked of the new rates. That nobody is paid less than today and that nobody overtakes anybody need not be asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wishes {
    /// No rate below this.
    pub floor: Option<Pence>,
    /// No rate below this, because the law says so.
    pub legal_minimum: Option<Pence>,
    /// Everybody's least rise, in percent of today's rate.
    pub at_least_percent: Option<Ratio>,
    /// Everybody's least rise a year.
    pub at_least_pounds: Option<Pence>,
    /// Nobody is paid less than under the offer by more than this a year.
    pub most_lost: Option<Pence>,
    /// The gap between neighbours.
    pub keep_gaps: Option<Gap>,
    /// Which neighbours.
    pub along: Along,
    /// Gaps for pairs, instead of the one above.
    pub pair_gaps: Vec<PairGap>,
    /// No rise is more than so many percent of today's rate …
    pub cap_percent: Option<Ratio>,
    /// … for points above this rate today; for all if it is not said.
    pub cap_above: Option<Pence>,
    /// No rise leads above this rate.
    pub cap_rate: Option<Pence>,
    /// No rise for points above this rate today.
    pub nothing_above: Option<Pence>,
}

impl Wishes {
    /// Spec P62: one limit for each point or pair and wish.
    ///
    /// # Errors
    /// A sentence for each wish that fits no points.
    pub fn limits(&self, points: &[Point]) -> Result<Vec<Limit>, Vec<String>> {
        let mut limits = Vec::new();
        let hundred = Ratio::whole(100);
        for (at, point) in points.iter().enumerate() {
            let base = point.base.ratio();
            let mut put = |rule: Rule, kind: LimitKind, words: String| limits.push(Limit { point: at, rule, kind, words });
            put(Rule::AtLeast(base), LimitKind::Today, format!("no less than today's {}", point.base));
            if let Some(floor) = self.floor {
                put(Rule::AtLeast(floor.ratio()), LimitKind::Floor, format!("no rate below {floor}"));
            }
            if let Some(minimum) = self.legal_minimum {
                put(Rule::AtLeast(minimum.ratio()), LimitKind::LegalMinimum, format!("no rate below the legal minimum of {minimum}"));
            }
            if let Some(percent) = self.at_least_percent {
                put(Rule::AtLeast(base + base * percent / hundred), LimitKind::MinimumRise, format!("at least {percent}%"));
            }
            if let Some(sum) = self.at_least_pounds {
                put(Rule::AtLeast(base + sum.ratio()), LimitKind::MinimumRise, format!("at least {sum} a year"));
            }
            if let Some(lost) = self.most_lost
                && let Some(offered) = point.rows.iter().filter_map(|row| row.offered.last()).max()
            {
                let rule = Rule::AtLeast(offered.ratio() - lost.ratio());
                put(rule, LimitKind::MostLost, format!("at most {lost} a year less than under the offer"));
            }
            if let Some(percent) = self.cap_percent
                && self.cap_above.is_none_or(|above| point.base > above)
            {
                let most = (base + base * percent / hundred).floor();
                let most = Pence(i64::try_from(most).unwrap_or(i64::MAX)).max(point.base);
                put(Rule::AtMost(most), LimitKind::CapPercent, format!("at most {percent}%"));
            }
            if let Some(rate) = self.cap_rate {
                put(Rule::AtMost(rate.max(point.base)), LimitKind::CapRate, format!("no rise above {rate}"));
            }
            if let Some(rate) = self.nothing_above.filter(|rate| point.base > *rate) {
                put(Rule::AtMost(point.base), LimitKind::NothingAbove, format!("no rise for rates above {rate}"));
            }
        }
        let of_spine = neighbours(points, |_| vec![String::new()]);
        let of_bands = neighbours(points, |point| point.rows.iter().map(|row| row.band.clone()).collect());
        let mut above = |(lower, upper): (usize, usize), factor: Ratio, plus: Ratio, kind: LimitKind, words: String| {
            limits.push(Limit { point: upper, rule: Rule::Above { lower, factor, plus }, kind, words });
        };
        for pair in &of_spine {
            above(*pair, Ratio::ONE, Ratio::ZERO, LimitKind::Order, format!("not below point {}", points[pair.0].name));
        }
        for (lower, upper) in &of_bands {
            let today = points[*upper].base.0 - points[*lower].base.0;
            let least = Ratio::whole(today.min(points[*upper].unit_pence));
            above((*lower, *upper), Ratio::ONE, least, LimitKind::Order, format!("above point {} of its band", points[*lower].name));
        }
        let mut gaps: BTreeMap<(usize, usize), Gap> = BTreeMap::new();
        if let Some(gap) = self.keep_gaps {
            let pairs = if self.along == Along::Spine { &of_spine } else { &of_bands };
            gaps.extend(pairs.iter().map(|pair| (*pair, gap)));
        }
        let mut wrong = Vec::new();
        for wish in &self.pair_gaps {
            match pairs_named(points, wish) {
                Ok(pairs) => gaps.extend(pairs.into_iter().map(|pair| (pair, wish.gap))),
                Err(why) => wrong.push(why),
            }
        }
        for (pair, gap) in gaps {
            let today = Ratio::whole(points[pair.1].base.0 - points[pair.0].base.0);
            let (factor, plus) = match gap {
                Gap::Pounds(sum) => (Ratio::ONE, sum.ratio()),
                Gap::Percent(percent) => (Ratio::ONE + percent / hundred, Ratio::ZERO),
                Gap::OfToday(percent) => (Ratio::ONE, today * percent / hundred),
            };
            above(pair, factor, plus, LimitKind::Gap, format!("at least {gap} above point {}", points[pair.0].name));
        }
        if wrong.is_empty() { Ok(limits) } else { Err(wrong) }
    }
}

/// The pairs of neighbours by today's rates, within a table and within each of the parts that points belong to. Points
/// with one rate today are no neighbours of each other; each is one of the next rate.
fn neighbours(points: &[Point], parts: impl Fn(&Point) -> Vec<String>) -> BTreeSet<(usize, usize)> {
    let mut members: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
    for (at, point) in points.iter().enumerate() {
        for part in parts(point) {
            let list = members.entry((point.table, part)).or_default();
            if list.last() != Some(&at) {
                list.push(at);
            }
        }
    }
    let mut pairs = BTreeSet::new();
    for list in members.values() {
        let levels: Vec<&[usize]> = list.chunk_by(|a, b| points[*a].base == points[*b].base).collect();
        for two in levels.windows(2) {
            pairs.extend(two[0].iter().flat_map(|lower| two[1].iter().map(|upper| (*lower, *upper))));
        }
    }
    pairs
}

fn pairs_named(points: &[Point], wish: &PairGap) -> Result<Vec<(usize, usize)>, String> {
    let find = |name: &str| -> Result<Vec<usize>, String> {
        let found: Vec<usize> = (0..points.len()).filter(|at| points[*at].name == name).collect();
        if found.is_empty() {
            let near = dated::nearest_name(name, points.iter().map(|point| point.name.as_str()));
            let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            return Err(format!("the gap {}:{} names a point {name} that this workforce's scale has not{hint}", wish.lower, wish.upper));
        }
        Ok(found)
    };
    let (lower, upper) = (find(&wish.lower)?, find(&wish.upper)?);
    let mut pairs = Vec::new();
    for low in &lower {
        for high in upper.iter().filter(|high| points[**high].table == points[*low].table) {
            if points[*high].base <= points[*low].base {
                return Err(format!(
                    "the gap {0}:{1} is the wrong way round: today point {0} has {2} and point {1} has {3}; the lower one comes first",
                    wish.lower, wish.upper, points[*low].base, points[*high].base
                ));
            }
            pairs.push((*low, *high));
        }
    }
    if pairs.is_empty() {
        return Err(format!("the points {} and {} are on different scales, so no gap is kept between them", wish.lower, wish.upper));
    }
    Ok(pairs)
}
