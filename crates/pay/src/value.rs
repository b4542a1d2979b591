//! What an offer is worth: the headline percentage in the year and at its end, and the same for every point.
//!
//! *In the year* is what reaches people between the first and the last day of the pay year; *at year end* is the rate
//! they go on with. A staged award makes the second look larger than the first, so both always stand together.

use dated::{Date, Ratio};

use crate::money::Pence;
use crate::offer::{Offer, PercentOf, Rise};
use crate::pay_year::{Count, PayYear, WeeksInYear};
use crate::rates::{LumpDue, RatePath, Row, View};

/// One number counted by months and by days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByCount {
    /// Each month a twelfth.
    pub by_months: Ratio,
    /// Each day a 365th or 366th.
    pub by_days: Ratio,
}

impl ByCount {
    fn of(mut value: impl FnMut(Count) -> Ratio) -> Self {
        Self { by_months: value(Count::Months), by_days: value(Count::Days) }
    }

    fn map(self, mut change: impl FnMut(Ratio) -> Ratio) -> Self {
        Self { by_months: change(self.by_months), by_days: change(self.by_days) }
    }
}

/// The percentage that an offer gives to everybody it makes no special clause for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// After each step: the total above the base rate, in percent.
    pub totals: Vec<(Date, Ratio)>,
    /// Each pay year that the offer touches.
    pub years: Vec<HeadlineYear>,
    /// The rate at the end of the last step above the base rate, in percent: rises compounded or added as declared.
    pub total_percent: Ratio,
    /// The rises simply added, in percent.
    pub simple_sum_percent: Ratio,
    /// Whether some points have clauses of their own, so that this is not everybody's figure.
    pub has_special_clauses: bool,
}

impl Headline {
    /// By how much the first pay year's lowest stage is below its end, in percent of the base rate; zero when nothing
    /// is staged. A year that begins before the first step has the base rate as its lowest stage.
    pub fn largest_gap_percent(&self) -> Ratio {
        let Some(first) = self.years.first().map(|year| year.year) else { return Ratio::ZERO };
        let total_on = |day: Date| self.totals.iter().rev().find(|(from, _)| *from <= day).map_or(Ratio::ZERO, |(_, total)| *total);
        let end = total_on(crate::pay_year::day_before(first.end()));
        let lowest = stretches(first, self.totals.iter().map(|(from, _)| *from)).into_iter().map(|(from, _)| total_on(from)).min();
        (end - lowest.unwrap_or(end)).max(Ratio::ZERO)
    }
}

/// One pay year of a headline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadlineYear {
    /// Which pay year.
    pub year: PayYear,
    /// The average rate of the year above the rate at the end of the year before, in percent.
    pub in_year_percent: ByCount,
    /// The rate at the end of the year above the rate at the end of the year before, in percent.
    pub year_end_percent: Ratio,
    /// What staging saves the employer in the year, in percent of the pay bill before.
    pub staging_saving_percent: ByCount,
}

/// Spec P15 to P18: the headline of an offer, or `None` where it has no percentage for everybody (a cash sum, a new table, no steps).
pub fn headline(offer: &Offer, view: View<'_>, start_month: i8) -> Option<Headline> {
    let hundred = Ratio::whole(100);
    let first = offer.first_pay_year(start_month)?;
    let mut factor = Ratio::ONE;
    let mut simple = Ratio::ZERO;
    let mut path: Vec<(Date, Ratio)> = Vec::new();
    let mut special = !offer.lumps.is_empty();
    let in_view = |names: &[(String, dated::Place)], name: &str| names.is_empty() || names.iter().any(|(known, _)| known == name);
    let mut general = 0_usize;
    for step in offer.steps.iter().filter(|step| in_view(&step.nations, view.nation) && view.group.is_none_or(|g| in_view(&step.groups, g)))
    {
        special |= !step.assimilate.is_empty() || !step.new_points.is_empty();
        for change in &step.changes {
            special |= change.minimum_increment_percent.is_some() || change.rate_at_least.is_some() || change.at_most_pence.is_some();
            special |= change.at_least_pence.is_some();
            if !change.select.is_everybody() {
                special = true;
                continue;
            }
            if change.and_pence != Pence::ZERO || change.or_pence.is_some() {
                return None;
            }
            let before = factor;
            match change.rise {
                Rise::Percent { percent, of: PercentOf::Base } => factor = factor + percent / hundred,
                Rise::Percent { percent, of: PercentOf::InForce } => factor = factor * (Ratio::ONE + percent / hundred),
                Rise::TotalPercent(percent) => factor = Ratio::ONE + percent / hundred,
                Rise::Pounds(sum) if sum != Pence::ZERO => return None,
                Rise::Rates(_) => return None,
                Rise::Pounds(_) | Rise::None => continue,
            }
            general += 1;
            simple = simple
                + match change.rise {
                    Rise::Percent { percent, .. } => percent,
                    _ => (factor - before) * hundred,
                };
            path.push((step.from, factor));
        }
    }
    if general == 0 {
        return None;
    }
    let factor_on = |day: Date| path.iter().rev().find(|(from, _)| *from <= day).map_or(Ratio::ONE, |(_, factor)| *factor);
    let last = path.last().map_or(first.first_day(), |(from, _)| *from);
    let mut years = Vec::new();
    let mut year = first;
    let mut before = Ratio::ONE;
    while year == first || year.first_day() <= last {
        let end = factor_on(crate::pay_year::day_before(year.end()));
        let stops: Vec<(Date, Ratio)> =
            stretches(year, path.iter().map(|(from, _)| *from)).into_iter().map(|(from, _)| (from, factor_on(from))).collect();
        let average = ByCount::of(|count| {
            stretches(year, path.iter().map(|(from, _)| *from))
                .into_iter()
                .zip(&stops)
                .map(|((from, until), (_, factor))| *factor * year.portion(from, until, count))
                .sum()
        });
        years.push(HeadlineYear {
            year,
            in_year_percent: average.map(|average| (average / before - Ratio::ONE) * hundred),
            year_end_percent: (end / before - Ratio::ONE) * hundred,
            staging_saving_percent: average.map(|average| (end - average) / before * hundred),
        });
        before = end;
        year = year.next();
    }
    Some(Headline {
        totals: path.iter().map(|(from, factor)| (*from, (*factor - Ratio::ONE) * hundred)).collect(),
        years,
        total_percent: (factor - Ratio::ONE) * hundred,
        simple_sum_percent: simple,
        has_special_clauses: special,
    })
}

/// The stretches of a pay year between the given days, each as first day and first day after.
pub(crate) fn stretches(year: PayYear, days: impl Iterator<Item = Date>) -> Vec<(Date, Date)> {
    let mut cuts: Vec<Date> = days.filter(|day| year.first_day() < *day && *day < year.end()).collect();
    cuts.push(year.first_day());
    cuts.push(year.end());
    cuts.sort();
    cuts.dedup();
    cuts.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

/// What an offer is worth to one full-time member on one point in one band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointValue {
    /// The row that is valued.
    pub row: Row,
    /// Each pay year that the offer touches; the first is the one that the figures below are about.
    pub years: Vec<PointYear>,
    /// The stretches of the first pay year in which less than the rate at its end is paid.
    pub staging: Vec<StagingLoss>,
    /// What those stretches cost in all, in pence.
    pub loss_to_full_award_pence: ByCount,
}

/// One pay year of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointYear {
    /// Which pay year.
    pub year: PayYear,
    /// Cash above a year at the base rate, without unconsolidated sums, in pence.
    pub gain_pence: ByCount,
    /// Unconsolidated sums paid in the year.
    pub unconsolidated: Pence,
    /// That gain in percent of the base rate, unconsolidated sums included.
    pub gain_percent: ByCount,
    /// The rate on the last day of the year.
    pub year_end_rate: Pence,
    /// That rate above the rate on the last day of the year before, in percent.
    pub year_end_percent: Ratio,
}

/// A stretch of days in which less than the full rate is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StagingLoss {
    /// First day.
    pub from: Date,
    /// First day after.
    pub until: Date,
    /// The full annual rate less the rate paid.
    pub annual: Pence,
}

impl StagingLoss {
    /// The loss per week, in pence, unrounded.
    pub fn weekly_pence(&self, weeks: WeeksInYear) -> Ratio {
        self.annual.ratio() / weeks.weeks()
    }
}

/// What staging costs one member for the hours they work, each sum rounded once, to the penny.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnStaging {
    /// The stretch in which the loss a week is largest.
    pub stretch: StagingLoss,
    /// The loss a week in that stretch.
    pub weekly: Pence,
    /// All stretches together, by months.
    pub total: Pence,
}

impl PointValue {
    /// Spec P21 for a portion of full time; `None` when nothing is staged. Pages and postcards take their figures from here.
    pub fn own_staging(&self, portion: Ratio, weeks: WeeksInYear) -> Option<OwnStaging> {
        let stretch = *self.staging.iter().rev().max_by_key(|loss| loss.annual)?;
        Some(OwnStaging {
            stretch,
            weekly: Pence::nearest(stretch.weekly_pence(weeks) * portion),
            total: Pence::nearest(self.loss_to_full_award_pence.by_months * portion),
        })
    }

    /// The loss per week in the stretch where it is largest, in pence; zero when nothing is staged.
    pub fn weekly_loss_pence(&self, weeks: WeeksInYear) -> Ratio {
        self.staging.iter().map(|loss| loss.weekly_pence(weeks)).max().unwrap_or(Ratio::ZERO)
    }

    /// The first pay year.
    pub fn first_year(&self) -> &PointYear {
        &self.years[0]
    }
}

/// Spec P19 to P21: values one row from its first pay year to the last that its rates or sums touch.
pub fn value_row(row: Row, first: PayYear) -> PointValue {
    let last_day = row.path.rates.iter().map(|rate| rate.from).chain(row.lumps.iter().map(|lump| lump.paid_on)).max();
    let mut years = Vec::new();
    let mut year = first;
    let mut before = row.path.base;
    while year == first || last_day.is_some_and(|last| year.first_day() <= last) {
        let value = value_year(&row.path, &row.lumps, year, before);
        before = value.year_end_rate;
        years.push(value);
        year = year.next();
    }
    let staging = staging_losses(&row.path, first);
    let loss_to_full_award_pence =
        ByCount::of(|count| staging.iter().map(|loss| loss.annual.ratio() * first.portion(loss.from, loss.until, count)).sum());
    PointValue { row, years, staging, loss_to_full_award_pence }
}

fn value_year(path: &RatePath, lumps: &[LumpDue], year: PayYear, before: Pence) -> PointYear {
    let base = path.base.ratio();
    let gain_pence = ByCount::of(|count| cash_pence(path, year, count) - base);
    let unconsolidated: Pence =
        lumps.iter().filter(|lump| year.first_day() <= lump.paid_on && lump.paid_on < year.end()).map(|lump| lump.amount).sum();
    let year_end_rate = path.rate_on(crate::pay_year::day_before(year.end()));
    PointYear {
        year,
        gain_pence,
        unconsolidated,
        gain_percent: gain_pence.map(|gain| (gain + unconsolidated.ratio()) / base * Ratio::whole(100)),
        year_end_rate,
        year_end_percent: year_end_rate.percent_above(before),
    }
}

/// Cash of one pay year at full time, in pence, unrounded.
pub(crate) fn cash_pence(path: &RatePath, year: PayYear, count: Count) -> Ratio {
    stretches(year, path.rates.iter().map(|rate| rate.from))
        .into_iter()
        .map(|(from, until)| path.rate_on(from).ratio() * year.portion(from, until, count))
        .sum()
}

/// The stretches of a pay year in which less than the rate on its last day is paid.
pub(crate) fn staging_losses(path: &RatePath, year: PayYear) -> Vec<StagingLoss> {
    let full = path.rate_on(crate::pay_year::day_before(year.end()));
    let mut losses: Vec<StagingLoss> = Vec::new();
    for (from, until) in stretches(year, path.rates.iter().map(|rate| rate.from)) {
        let annual = full - path.rate_on(from);
        match losses.last_mut() {
            Some(last) if last.until == from && last.annual == annual => last.until = until,
            _ if annual > Pence::ZERO => losses.push(StagingLoss { from, until, annual }),
            _ => {}
        }
    }
    losses
}

/// Spec P23: the salary on the base date at which staging costs just `weekly` a week, in pounds: above it more, below it less.
///
/// `gap_percent` is the rate at year end less the lowest rate of the year, in percent of the base rate
/// ([`Headline::largest_gap_percent`]).
/// `None` when nothing is staged.
pub fn break_even_salary(weekly: Pence, gap_percent: Ratio, weeks: WeeksInYear) -> Option<Ratio> {
    (weekly.pounds() * weeks.weeks()).checked_div(gap_percent / Ratio::whole(100))
}
