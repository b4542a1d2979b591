//! E30 to E32: what a gap comes to, within the time that the law allows. Without interest and without lost pension.

use dated::Date;

use super::hourly::{Hourly, Money};
use super::record::{PayRecord, PayRecords};
use crate::pay_year::{WeeksInYear, days_between};

/// The time for which arrears count, as the law of the day gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrearsWindow {
    /// The first day that counts.
    pub from: Date,
    /// The day the claim is lodged, which no longer counts.
    pub lodged_on: Date,
    /// Who left before this day is out of time for the tribunal.
    pub left_on_or_after: Date,
}

/// What one person is owed under a window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrears {
    /// All money together, in pence: what she has more of in one term is taken off.
    pub together_pence: i64,
    /// Term by term, in pence: only terms in which the comparator has more.
    pub term_by_term_pence: i64,
    /// Days counted.
    pub days: i64,
    /// Of these, days of which the pay of one side is not known: what was paid next is taken.
    pub days_assumed: i64,
    /// The claimant left too early for the tribunal; nothing is counted.
    pub out_of_time: bool,
}

/// A stretch of days in which neither side's pay changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrearsPeriod {
    /// The first day.
    pub from: Date,
    /// The first day after it.
    pub end: Date,
    /// How many days.
    pub days: i64,
    /// Whether the pay of both sides is known for these days.
    pub is_known: bool,
    /// The claimant as paid then; only the pay by the hour is to be read.
    pub claimant: PayRecord,
    /// The comparator as paid then.
    pub comparator: PayRecord,
    /// All money together, in pence, for her hours of today.
    pub together_pence: i64,
    /// Term by term, in pence: basic pay, bonus, allowances.
    pub by_term_pence: [i64; 3],
}

/// E30: the gap, times her hours, over the days that count; to the penny for each person and period, so that totals add up.
pub fn price(records: &PayRecords, claimant: &PayRecord, comparator: &PayRecord, weeks: WeeksInYear, window: &ArrearsWindow) -> Arrears {
    let Some((from, until)) = days_that_count(records, claimant, window) else {
        return Arrears { out_of_time: true, ..Arrears::default() };
    };
    let mut owed = Arrears::default();
    each_period(records, claimant, comparator, weeks, (from, until), |period| {
        owed.together_pence += period.together_pence;
        owed.term_by_term_pence += period.by_term_pence.iter().sum::<i64>();
        owed.days += period.days;
        owed.days_assumed += if period.is_known { 0 } else { period.days };
    });
    owed
}

/// E30, E45: the same by periods; none for who left too early.
pub fn price_periods(
    records: &PayRecords,
    claimant: &PayRecord,
    comparator: &PayRecord,
    weeks: WeeksInYear,
    window: &ArrearsWindow,
) -> Vec<ArrearsPeriod> {
    let mut periods = Vec::new();
    if let Some(days) = days_that_count(records, claimant, window) {
        each_period(records, claimant, comparator, weeks, days, |period| periods.push(period));
    }
    periods
}

/// The first day and the first day after; `None` for who left too early.
fn days_that_count(records: &PayRecords, claimant: &PayRecord, window: &ArrearsWindow) -> Option<(Date, Date)> {
    let times = records.times_of(claimant);
    if times.left.is_some_and(|left| left < window.left_on_or_after) {
        return None;
    }
    let from = times.since.map_or(window.from, |since| since.max(window.from));
    // The last day of an employment is worked; the day of lodging is not yet owed for.
    let until = times.left.and_then(|left| left.tomorrow().ok()).map_or(window.lodged_on, |end| end.min(window.lodged_on));
    Some((from, until))
}

fn each_period(
    records: &PayRecords,
    claimant: &PayRecord,
    comparator: &PayRecord,
    weeks: WeeksInYear,
    (from, until): (Date, Date),
    mut take: impl FnMut(ArrearsPeriod),
) {
    if from >= until {
        return;
    }
    let of_today = [claimant, comparator].iter().all(|record| record.history == 0 && records.times_of(record).from.is_none());
    if of_today {
        // Nothing is known of the past: today's gap, over the whole time.
        return take(period(claimant, (claimant, comparator), weeks, (from, until), false));
    }
    let mut cuts: Vec<Date> = [claimant, comparator].iter().flat_map(|record| records.pay_changes(record)).collect();
    cuts.retain(|day| from < *day && *day < until);
    cuts.extend([from, until]);
    cuts.sort_unstable();
    cuts.dedup();
    for days in cuts.windows(2) {
        let ((hers, her_known), (his, his_known)) = (records.paid_on(claimant, days[0]), records.paid_on(comparator, days[0]));
        take(period(claimant, (&hers, &his), weeks, (days[0], days[1]), her_known && his_known));
    }
}

/// What is owed for a stretch in which both are paid as said, at the hours of `now`.
fn period(
    now: &PayRecord,
    (claimant, comparator): (&PayRecord, &PayRecord),
    weeks: WeeksInYear,
    (from, end): (Date, Date),
    is_known: bool,
) -> ArrearsPeriod {
    let days = days_between(from, end);
    let gap = |money| Hourly::of(comparator, money, weeks).minus(Hourly::of(claimant, money, weeks));
    let owed = |gap: Hourly| if gap.is_positive() { gap.over(now.hours_hundredths, days, weeks) } else { 0 };
    let together_pence = owed(gap(Money::All));
    let extras = claimant.bonus_pence | claimant.allowances_pence | comparator.bonus_pence | comparator.allowances_pence;
    let terms = [Money::Basic, Money::Bonus, Money::Allowances];
    // Where none of her terms is better, both readings are one sum, rounded once; the odd penny stands with basic pay.
    let both_alike = extras == 0 || terms.iter().all(|term| gap(*term) >= Hourly::ZERO);
    let mut by_term_pence = terms.map(|term| owed(gap(term)));
    if both_alike {
        by_term_pence[0] = together_pence - by_term_pence[1] - by_term_pence[2];
    }
    ArrearsPeriod { from, end, days, is_known, claimant: *claimant, comparator: *comparator, together_pence, by_term_pence }
}
