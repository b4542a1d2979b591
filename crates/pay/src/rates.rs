//! From an offer and a scale to rates: what each point in each band is paid, from when, by which step.

use std::collections::HashMap;

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
    /// The point that staff of this one were moved to, and when, if it was deleted or merged.
    pub moved_to: Option<(String, Date)>,
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
    /// The nation whose scale the base rates are read from: the same, unless it shares another's.
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
    follows: Option<Move>,
    touched: Touched,
    history: Vec<RateFrom>,
}

/// The staff of a row move to another.
#[derive(Clone, Copy)]
struct Move {
    to: usize,
    on: Date,
    step: usize,
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

/// Spec P7 to P13: the rates of every row of the base table under an offer.
///
/// # Errors
/// [`RatesError`] when the base table or a rounding is not in the data.
pub fn rates_of_offer(offer: &Offer, scale: &Scale, view: View<'_>) -> Result<Vec<Row>, RatesError> {
    let base_date = offer.base_date.ok_or(RatesError::NoBaseDate)?;
    let table = scale.table_on(view.scale_nation, base_date)?;
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
    apply_steps(offer, view, &mut rows, Ends::OfTheRows, |day| scale.rounding_on(day))?;
    Ok(finished(offer, view, rows, Ends::OfTheRows))
}

/// Spec P14: the rates of one person whose salary is on no published point. Clauses for named points are not applied, those for
/// named bands only if `band` is one of them; nor are clauses and sums for the ends of bands, since it is not known
/// whether the salary is one. Rates are rounded to the penny.
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
    apply_steps(offer, view, &mut rows, Ends::NotKnown, |_| Ok(Rounding::PENNY))?;
    finished(offer, view, rows, Ends::NotKnown).pop().ok_or(RatesError::NoBaseDate)
}

fn apply_steps(
    offer: &Offer,
    view: View<'_>,
    rows: &mut Vec<Working>,
    ends: Ends,
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
                    rows[at].follows = target.map(|to| Move { to, on: step.from, step: number });
                }
            }
        }
        let before: Vec<Pence> = rows.iter().map(|row| row.published).collect();
        let band_ends = ends.of(rows.iter().zip(&before).filter(|(row, _)| row.follows.is_none()).map(|(row, rate)| (&row.band, *rate)));
        for change in &step.changes {
            apply_change(change, rows, &before, &band_ends);
        }
        for row in rows.iter_mut() {
            match row.touched {
                Touched::No => continue,
                Touched::Given => {}
                // A change of nothing is no occasion to round.
                Touched::FromBase | Touched::FromInForce if row.exact == row.published.ratio() => {}
                Touched::FromBase | Touched::FromInForce => row.published = rounding.apply(row.exact),
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

fn apply_change(change: &Change, rows: &mut [Working], before: &[Pence], ends: &BandEnds) {
    let selected: Vec<usize> =
        (0..rows.len()).filter(|at| rows[*at].follows.is_none() && selects(&change.select, &rows[*at], before[*at], ends)).collect();
    for at in &selected {
        apply_to_row(change, &mut rows[*at]);
    }
    if let Some(percent) = change.minimum_increment_percent {
        lift_increments(percent, &selected, rows, before);
    }
}

/// Whether the ends of the bands are among the rows.
#[derive(Clone, Copy)]
enum Ends {
    OfTheRows,
    /// The only row is somebody's own salary.
    NotKnown,
}

/// The lowest and the highest rate of each band.
type BandEnds = HashMap<String, (Pence, Pence)>;

impl Ends {
    fn of<'r>(self, rates: impl Iterator<Item = (&'r String, Pence)>) -> BandEnds {
        let mut ends = BandEnds::new();
        if matches!(self, Self::NotKnown) {
            return ends;
        }
        for (band, rate) in rates {
            match ends.get_mut(band) {
                Some((low, high)) => (*low, *high) = (rate.min(*low), rate.max(*high)),
                None => drop(ends.insert(band.clone(), (rate, rate))),
            }
        }
        ends
    }
}

fn is_end(only: Option<BandEnd>, band: &str, rate: Pence, ends: &BandEnds) -> bool {
    only.is_none_or(|end| {
        ends.get(band).is_some_and(|(low, high)| match end {
            BandEnd::Top => rate == *high,
            BandEnd::Bottom => rate == *low,
        })
    })
}

fn selects(select: &Select, row: &Working, before: Pence, ends: &BandEnds) -> bool {
    let named = |list: &[(String, dated::Place)], name: &str| list.is_empty() || list.iter().any(|(known, _)| known == name);
    named(&select.bands, &row.band)
        && named(&select.points, &row.point)
        && is_end(select.only, &row.band, before, ends)
        && select.rate_at_most.is_none_or(|most| before <= most)
        && select.rate_above.is_none_or(|above| before > above)
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

/// Spec P11: lifts each selected point to `percent` above the highest rate of the points below it in its band. Which point is
/// below which is as it was before the step, so a lifted point lifts the next one and none is overtaken. A point is
/// lifted in all its bands, and lowered in none.
fn lift_increments(percent: Ratio, selected: &[usize], rows: &mut [Working], before: &[Pence]) {
    let factor = Ratio::ONE + percent / Ratio::whole(100);
    let current = |row: &Working| if row.touched == Touched::No { row.published.ratio() } else { row.exact };
    let mut is_selected = vec![false; rows.len()];
    for at in selected {
        is_selected[*at] = true;
    }
    let mut of_point: HashMap<String, Vec<usize>> = HashMap::new();
    let mut order: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].follows.is_none()).collect();
    for at in &order {
        of_point.entry(rows[*at].point.clone()).or_default().push(*at);
    }
    order.sort_by_key(|at| before[*at]);
    // From the lowest rate up; rows of one rate together, since none of them is below another.
    let mut highest: HashMap<String, Ratio> = HashMap::new();
    for level in order.chunk_by(|a, b| before[*a] == before[*b]) {
        for at in level.iter().copied().filter(|at| is_selected[*at]) {
            let Some(wanted) = highest.get(&rows[at].band).map(|below| *below * factor) else { continue };
            for same in of_point.get(&rows[at].point).into_iter().flatten().copied() {
                if current(&rows[same]) < wanted {
                    rows[same].exact = wanted;
                    rows[same].touched = Touched::FromInForce;
                }
            }
        }
        for at in level.iter().copied() {
            let rate = current(&rows[at]);
            match highest.get_mut(&rows[at].band) {
                Some(known) => *known = rate.max(*known),
                None => drop(highest.insert(rows[at].band.clone(), rate)),
            }
        }
    }
}

fn finished(offer: &Offer, view: View<'_>, rows: Vec<Working>, ends: Ends) -> Vec<Row> {
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
            moved_to: row.follows.map(|moved| (rows[moved.to].point.clone(), moved.on)),
        });
    }
    let with_base = (0..rows.len()).filter(|at| rows[*at].base.is_some()).collect::<Vec<_>>();
    add_lumps(offer, view, &mut result, ends, &|row, day| {
        let at = standing_on(&rows, with_base[row], day);
        (rows[at].point.as_str(), rows[at].band.as_str())
    });
    result
}

/// P12: where the staff of a row stand on a day: on the row that they were moved to by then.
fn standing_on(rows: &[Working], at: usize, day: Date) -> usize {
    let mut standing = at;
    // A chain of moves cannot be longer than the rows; the guard stops a circle written by mistake.
    for _ in 0..rows.len() {
        match rows[standing].follows {
            Some(moved) if moved.on <= day => standing = moved.to,
            _ => break,
        }
    }
    standing
}

/// The rates of a row; from the day its staff are moved, those of the row they are moved to, and so on.
fn history_with_moves(rows: &[Working], at: usize) -> Vec<RateFrom> {
    let mut moved = rows[at].follows;
    let mut history: Vec<RateFrom> =
        rows[at].history.iter().copied().filter(|rate| moved.is_none_or(|moved| rate.from < moved.on)).collect();
    // A chain of moves cannot be longer than the rows; the guard stops a circle written by mistake.
    for _ in 0..rows.len() {
        let Some(Move { to, on, step }) = moved else { break };
        let target = &rows[to];
        moved = target.follows.map(|next| Move { on: next.on.max(on), ..next });
        if moved.is_some_and(|next| next.on == on) {
            continue;
        }
        let in_force = target.history.iter().rev().find(|rate| rate.from <= on);
        match in_force {
            Some(rate) if rate.from == on => {}
            Some(rate) => history.push(RateFrom { from: on, rate: rate.rate, step }),
            None => history.push(RateFrom { from: on, rate: target.base.unwrap_or(target.published), step }),
        }
        let there = |rate: &&RateFrom| on <= rate.from && moved.is_none_or(|next| rate.from < next.on);
        history.extend(target.history.iter().filter(there).copied());
    }
    history
}

/// P13: one-off sums, by the point and band on which the staff of a row stand on the day of payment.
fn add_lumps<'w>(offer: &Offer, view: View<'_>, rows: &mut [Row], ends: Ends, standing: &dyn Fn(usize, Date) -> (&'w str, &'w str)) {
    for lump in &offer.lumps {
        if !lump.nations.is_empty() && lump.nations.iter().all(|(nation, _)| nation != view.nation) {
            continue;
        }
        let on_day: Vec<(&str, String, Pence)> = (0..rows.len())
            .map(|at| {
                let (point, band) = standing(at, lump.paid_on);
                (point, band.to_owned(), rows[at].path.rate_on(lump.paid_on))
            })
            .collect();
        let band_ends = ends.of(on_day.iter().map(|(_, band, rate)| (band, *rate)));
        for (row, (point, band, rate)) in rows.iter_mut().zip(on_day) {
            let named = |list: &[(String, dated::Place)], name: &str| list.is_empty() || list.iter().any(|(known, _)| known == name);
            let reached = is_end(lump.select.only, &band, rate, &band_ends)
                && named(&lump.select.bands, &band)
                && named(&lump.select.points, point)
                && lump.select.rate_at_most.is_none_or(|most| rate <= most)
                && lump.select.rate_above.is_none_or(|above| rate > above);
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
