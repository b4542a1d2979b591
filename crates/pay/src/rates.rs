//! From an offer and a scale to rates: what each point in each band is paid, from when, by which step.

use dated::{Cite, Date, NotCovered, Ratio, Status};

use crate::money::{Pence, Rounding};
use crate::offer::{BandEnd, Change, LumpAmount, Offer, PercentOf, Rise, Select, Step};
use crate::scale::Scale;

/// The rates of one point in one band under an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The point.
    pub point: String,
    /// The band.
    pub band: String,
    /// The nation.
    pub nation: String,
    /// How the base rate came to be in the data.
    pub status: Status,
    /// Who published the base rate.
    pub source: Cite,
    /// Base rate and what follows.
    pub path: RatePath,
    /// Unconsolidated sums.
    pub lumps: Vec<LumpDue>,
    /// The point that staff of this one were moved to, if it was deleted or merged.
    pub moved_to: Option<String>,
}

/// An annual rate through time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatePath {
    /// The rate before the offer.
    pub base: Pence,
    /// Each later rate, in order of date.
    pub rates: Vec<RateFrom>,
}

/// A rate from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateFrom {
    /// First day of the rate.
    pub from: Date,
    /// The annual full-time rate.
    pub rate: Pence,
    /// Which step of the offer gave it, counted from 0 in order of date.
    pub step: usize,
}

/// An unconsolidated sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LumpDue {
    /// On which day.
    pub paid_on: Date,
    /// How much, full time.
    pub amount: Pence,
}

impl RatePath {
    /// The rate in force on that day.
    pub fn rate_on(&self, day: Date) -> Pence {
        self.rates.iter().rev().find(|rate| rate.from <= day).map_or(self.base, |rate| rate.rate)
    }

    /// The days on which the rate changes, with the new rate; steps that change nothing are left out.
    pub fn changes(&self) -> Vec<(Date, Pence)> {
        let mut last = self.base;
        let mut changes = Vec::new();
        for rate in &self.rates {
            if rate.rate != last {
                changes.push((rate.from, rate.rate));
                last = rate.rate;
            }
        }
        changes
    }
}

/// Which part of an offer is looked at.
#[derive(Clone, Copy, Debug)]
pub struct View<'v> {
    /// The nation whose steps apply.
    pub nation: &'v str,
    /// The nation whose scale the base rates are read from, when this one has none of its own.
    pub scale_nation: &'v str,
    /// The group whose steps apply; `None` takes every group's.
    pub group: Option<&'v str>,
}

impl View<'_> {
    fn includes(&self, step: &Step) -> bool {
        let named = |list: &[(String, dated::Place)], name: &str| list.is_empty() || list.iter().any(|(known, _)| known == name);
        named(&step.nations, self.nation) && self.group.is_none_or(|group| named(&step.groups, group))
    }
}

/// Why rates could not be worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RatesError {
    /// No base date, so nothing to start from.
    NoBaseDate,
    /// The scale has no rates, or no rounding, for a day.
    NotCovered(NotCovered),
}

impl std::fmt::Display for RatesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoBaseDate => f.write_str("the offer is known only by percentages: its base date and steps are not in the data"),
            Self::NotCovered(missing) => missing.fmt(f),
        }
    }
}

impl From<NotCovered> for RatesError {
    fn from(missing: NotCovered) -> Self {
        Self::NotCovered(missing)
    }
}

/// The state of one row while the steps are applied.
struct Working {
    point: String,
    band: String,
    base: Option<Pence>,
    status: Status,
    source: Cite,
    /// The rate as the last step left it before rounding; additive percentages go on from here.
    exact: Ratio,
    published: Pence,
    follows: Option<(usize, Date)>,
    touched: Touched,
    history: Vec<RateFrom>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Touched {
    No,
    /// Only by changes measured from the base: what comes next goes on from the unrounded rate.
    FromBase,
    /// Also by changes measured from the rate in force: what comes next goes on from the published rate.
    FromInForce,
    /// Set to a published figure, which is not rounded again.
    Given,
}

/// The rates of every row of the base table under an offer.
///
/// # Errors
/// [`RatesError`] when the base table or a rounding is not in the data.
pub fn rates_of_offer(offer: &Offer, scale: &Scale, view: View<'_>) -> Result<Vec<Row>, RatesError> {
    let base_date = offer.base_date.ok_or(RatesError::NoBaseDate)?;
    let table = scale
        .table_on(view.nation, base_date)
        .or_else(|missing| if view.scale_nation == view.nation { Err(missing) } else { scale.table_on(view.scale_nation, base_date) })?;
    let mut rows = Vec::new();
    for point in &table.points {
        for band in &point.bands {
            rows.push(Working {
                point: point.id.clone(),
                band: band.clone(),
                base: Some(point.annual),
                status: point.status,
                source: point.source.clone(),
                exact: point.annual.ratio(),
                published: point.annual,
                follows: None,
                touched: Touched::No,
                history: Vec::new(),
            });
        }
    }
    apply_steps(offer, view, &mut rows, |day| scale.rounding_on(day))?;
    Ok(finished(offer, view, rows))
}

/// The rates of one person whose salary is on no published point. Clauses for named points or bands are not applied
/// unless `band` is given; rates are rounded to the penny.
///
/// # Errors
/// [`RatesError::NoBaseDate`] when the offer has no steps to apply.
pub fn rates_of_salary(offer: &Offer, salary: Pence, band: Option<&str>, view: View<'_>) -> Result<Row, RatesError> {
    offer.base_date.ok_or(RatesError::NoBaseDate)?;
    let mut rows = vec![Working {
        point: "own salary".to_owned(),
        band: band.unwrap_or("").to_owned(),
        base: Some(salary),
        status: Status::Derived,
        source: Cite::new(),
        exact: salary.ratio(),
        published: salary,
        follows: None,
        touched: Touched::No,
        history: Vec::new(),
    }];
    apply_steps(offer, view, &mut rows, |_| Ok(Rounding::PENNY))?;
    finished(offer, view, rows).pop().ok_or(RatesError::NoBaseDate)
}

fn apply_steps(
    offer: &Offer,
    view: View<'_>,
    rows: &mut Vec<Working>,
    rounding_on: impl Fn(Date) -> Result<Rounding, NotCovered>,
) -> Result<(), RatesError> {
    for (number, step) in offer.steps.iter().enumerate().filter(|(_, step)| view.includes(step)) {
        let rounding = rounding_on(step.from)?;
        for new in &step.new_points {
            for band in &new.bands {
                rows.push(Working {
                    point: new.point.clone(),
                    band: band.clone(),
                    base: None,
                    status: Status::Published,
                    source: offer.source.clone(),
                    exact: new.rate.ratio(),
                    published: new.rate,
                    follows: None,
                    touched: Touched::Given,
                    history: Vec::new(),
                });
            }
        }
        for moved in &step.assimilate {
            for at in 0..rows.len() {
                if rows[at].point == moved.from.0 && rows[at].follows.is_none() {
                    let same_band = rows.iter().position(|row| row.point == moved.to.0 && row.band == rows[at].band);
                    let target = same_band.or_else(|| rows.iter().position(|row| row.point == moved.to.0));
                    rows[at].follows = target.map(|target| (target, step.from));
                }
            }
        }
        let before: Vec<Pence> = rows.iter().map(|row| row.published).collect();
        for change in &step.changes {
            apply_change(change, rows, &before);
        }
        for row in rows.iter_mut() {
            match row.touched {
                Touched::No => continue,
                Touched::Given => {}
                Touched::FromBase => row.published = rounding.apply(row.exact),
                Touched::FromInForce => row.published = rounding.apply(row.exact),
            }
            if row.touched != Touched::FromBase {
                row.exact = row.published.ratio();
            }
            row.touched = Touched::No;
            row.history.push(RateFrom { from: step.from, rate: row.published, step: number });
        }
    }
    Ok(())
}

fn apply_change(change: &Change, rows: &mut [Working], before: &[Pence]) {
    let selected: Vec<usize> =
        (0..rows.len()).filter(|at| rows[*at].follows.is_none() && selects(&change.select, rows, before, *at)).collect();
    for at in &selected {
        apply_to_row(change, &mut rows[*at]);
    }
    if let Some(percent) = change.minimum_increment_percent {
        lift_increments(percent, &selected, rows);
    }
}

fn selects(select: &Select, rows: &[Working], before: &[Pence], at: usize) -> bool {
    let row = &rows[at];
    let named = |list: &[(String, dated::Place)], name: &str| list.is_empty() || list.iter().any(|(known, _)| known == name);
    let end = select.only.is_none_or(|end| {
        let in_band =
            (0..rows.len()).filter(|other| rows[*other].follows.is_none() && rows[*other].band == row.band).map(|other| before[other]);
        match end {
            BandEnd::Top => in_band.max() == Some(before[at]),
            BandEnd::Bottom => in_band.min() == Some(before[at]),
        }
    });
    named(&select.bands, &row.band)
        && named(&select.points, &row.point)
        && end
        && select.rate_at_most.is_none_or(|most| before[at] <= most)
        && select.rate_above.is_none_or(|above| before[at] > above)
}

fn apply_to_row(change: &Change, row: &mut Working) {
    let hundred = Ratio::whole(100);
    let base = row.base.unwrap_or(row.published).ratio();
    // Within one step a later change goes on from the unrounded result of the earlier one.
    let in_force = if row.touched == Touched::No { row.published.ratio() } else { row.exact };
    let (start, mut rise, from_base) = match &change.rise {
        Rise::Rates(rates) => {
            if let Some(rate) = rates.get(&row.point) {
                row.exact = rate.ratio();
                row.published = *rate;
                row.touched = Touched::Given;
            }
            return;
        }
        Rise::TotalPercent(percent) => (base, base * *percent / hundred, true),
        Rise::Percent { percent, of: PercentOf::Base } => (row.exact, base * *percent / hundred, true),
        Rise::Percent { percent, of: PercentOf::InForce } => (in_force, in_force * *percent / hundred, false),
        Rise::Pounds(sum) => (in_force, sum.ratio(), false),
        Rise::None => (in_force, Ratio::ZERO, false),
    };
    rise = rise + change.and_pence.ratio();
    if let Some(or) = change.or_pence {
        rise = rise.max(or.ratio());
    }
    if let Some(least) = change.at_least_pence {
        rise = rise.max(least.ratio());
    }
    if let Some(most) = change.at_most_pence {
        rise = rise.min(most.ratio());
    }
    let mut rate = start + rise;
    if let Some(floor) = change.rate_at_least {
        rate = rate.max(floor.ratio());
    }
    row.exact = rate;
    row.touched =
        if from_base && matches!(row.touched, Touched::No | Touched::FromBase) { Touched::FromBase } else { Touched::FromInForce };
}

/// Lifts each selected point to `percent` above the one below it in its band. A point keeps one rate in all its bands.
fn lift_increments(percent: Ratio, selected: &[usize], rows: &mut [Working]) {
    let factor = Ratio::ONE + percent / Ratio::whole(100);
    let current = |row: &Working| if row.touched == Touched::No { row.published.ratio() } else { row.exact };
    let mut order: Vec<usize> = selected.to_vec();
    order.sort_by_key(|at| current(&rows[*at]));
    for upper in order {
        let below = (0..rows.len())
            .filter(|at| *at != upper && rows[*at].follows.is_none() && rows[*at].band == rows[upper].band)
            .map(|at| current(&rows[at]))
            .filter(|rate| *rate < current(&rows[upper]))
            .max();
        let Some(wanted) = below.map(|below| below * factor) else { continue };
        if current(&rows[upper]) < wanted {
            let point = rows[upper].point.clone();
            for row in rows.iter_mut().filter(|row| row.point == point && row.follows.is_none()) {
                row.exact = wanted;
                row.touched = Touched::FromInForce;
            }
        }
    }
}

fn finished(offer: &Offer, view: View<'_>, rows: Vec<Working>) -> Vec<Row> {
    let histories: Vec<Vec<RateFrom>> = (0..rows.len()).map(|at| history_with_moves(&rows, at)).collect();
    let paths: Vec<Option<RatePath>> =
        rows.iter().zip(histories).map(|(row, rates)| row.base.map(|base| RatePath { base, rates })).collect();
    let mut result: Vec<Row> = Vec::with_capacity(rows.len());
    for (row, path) in rows.iter().zip(&paths) {
        let Some(path) = path else { continue };
        result.push(Row {
            point: row.point.clone(),
            band: row.band.clone(),
            nation: view.nation.to_owned(),
            status: row.status,
            source: row.source.clone(),
            path: path.clone(),
            lumps: Vec::new(),
            moved_to: row.follows.map(|(target, _)| rows[target].point.clone()),
        });
    }
    add_lumps(offer, view, &mut result);
    result
}

/// The rates of a row; from the day its staff are moved, those of the row they are moved to.
fn history_with_moves(rows: &[Working], at: usize) -> Vec<RateFrom> {
    let row = &rows[at];
    let Some((target, day)) = row.follows else { return row.history.clone() };
    let mut history: Vec<RateFrom> = row.history.iter().copied().filter(|rate| rate.from < day).collect();
    // A chain of moves cannot be longer than the rows; the guard stops a circle written by mistake.
    let mut end = target;
    for _ in 0..rows.len() {
        match rows[end].follows {
            Some((next, _)) => end = next,
            None => break,
        }
    }
    let step = rows[end].history.iter().rev().find(|rate| rate.from <= day);
    if step.is_none_or(|rate| rate.from < day) {
        let rate = step.map_or(rows[end].base.unwrap_or(rows[end].published), |rate| rate.rate);
        history.push(RateFrom { from: day, rate, step: step.map_or(0, |rate| rate.step) });
    }
    history.extend(rows[end].history.iter().copied().filter(|rate| rate.from >= day));
    history
}

fn add_lumps(offer: &Offer, view: View<'_>, rows: &mut [Row]) {
    for lump in &offer.lumps {
        if !lump.nations.is_empty() && lump.nations.iter().all(|(nation, _)| nation != view.nation) {
            continue;
        }
        let on_day: Vec<(String, Pence)> = rows.iter().map(|row| (row.band.clone(), row.path.rate_on(lump.paid_on))).collect();
        for (row, (band, rate)) in rows.iter_mut().zip(&on_day) {
            let end = lump.select.only.is_none_or(|end| {
                let in_band = on_day.iter().filter(|(other, _)| other == band).map(|(_, rate)| *rate);
                match end {
                    BandEnd::Top => in_band.max() == Some(*rate),
                    BandEnd::Bottom => in_band.min() == Some(*rate),
                }
            });
            let named = |list: &[(String, dated::Place)], name: &str| list.is_empty() || list.iter().any(|(known, _)| known == name);
            let reached = end
                && named(&lump.select.bands, band)
                && named(&lump.select.points, &row.point)
                && lump.select.rate_at_most.is_none_or(|most| *rate <= most)
                && lump.select.rate_above.is_none_or(|above| *rate > above);
            if reached {
                let amount = match lump.amount {
                    LumpAmount::Pounds(pounds) => pounds,
                    LumpAmount::Percent(percent) => Pence::nearest(rate.ratio() * percent / Ratio::whole(100)),
                };
                row.lumps.push(LumpDue { paid_on: lump.paid_on, amount });
            }
        }
    }
}
