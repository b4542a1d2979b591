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

/// What one person is owed under a window. The same gap over the whole time is assumed: past pay is not in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrears {
    /// All money together, in pence: what she has more of in one term is taken off.
    pub together_pence: i64,
    /// Term by term, in pence: only terms in which the comparator has more.
    pub term_by_term_pence: i64,
    /// Days counted.
    pub days: i64,
    /// The claimant left too early for the tribunal; nothing is counted.
    pub out_of_time: bool,
}

/// E30: the gap, times her hours, over the days that count; to the penny for each person, so that totals add up.
pub fn price(records: &PayRecords, claimant: &PayRecord, comparator: &PayRecord, weeks: WeeksInYear, window: &ArrearsWindow) -> Arrears {
    let times = records.times_of(claimant);
    if times.left.is_some_and(|left| left < window.left_on_or_after) {
        return Arrears { out_of_time: true, ..Arrears::default() };
    }
    let from = times.since.map_or(window.from, |since| since.max(window.from));
    // The last day of an employment is worked; the day of lodging is not yet owed for.
    let until = times.left.and_then(|left| left.tomorrow().ok()).map_or(window.lodged_on, |end| end.min(window.lodged_on));
    let days = days_between(from, until).max(0);
    let gap = |money| Hourly::of(comparator, money, weeks).minus(Hourly::of(claimant, money, weeks));
    let owed = |gap: Hourly| if gap.is_positive() { gap.over(claimant.hours_hundredths, days, weeks) } else { 0 };
    let together_pence = owed(gap(Money::All));
    let extras = claimant.bonus_pence | claimant.allowances_pence | comparator.bonus_pence | comparator.allowances_pence;
    let terms = [Money::Basic, Money::Bonus, Money::Allowances];
    // Where none of her terms is better, both readings are one sum, rounded once.
    let both_alike = extras == 0 || terms.iter().all(|term| gap(*term) >= Hourly::ZERO);
    let term_by_term_pence = if both_alike { together_pence } else { terms.into_iter().map(|term| owed(gap(term))).sum() };
    Arrears { together_pence, term_by_term_pence, days, out_of_time: false }
}
