//! The months that are costed, and rates laid out over them.

use dated::{Date, Month};

use super::amounts::MonthRate;
use crate::rates::{RatePath, Row};

/// Days of the months that are costed.
pub(super) struct Calendar {
    pub(super) first: Month,
    pub(super) first_day: Date,
    pub(super) end: Date,
    pub(super) days: Vec<i64>,
    /// The last day of each year.
    pub(super) last_days: Vec<Date>,
}

impl Calendar {
    pub(super) fn new(first: Month, years: u32) -> Self {
        let month = |at: u32| first.plus(at.cast_signed());
        Self {
            first,
            first_day: first.first_day(),
            end: month(years * 12).first_day(),
            days: (0..years * 12).map(|at| i64::from(month(at).first_day().days_in_month())).collect(),
            last_days: (1..=years).map(|year| crate::pay_year::day_before(month(year * 12).first_day())).collect(),
        }
    }

    pub(super) fn month_of(&self, day: Date) -> usize {
        usize::try_from(Month::of(day).months_since(self.first)).unwrap_or(0)
    }

    /// The rates of each stretch of months under an offer, each with its first month.
    pub(super) fn stretches(&self, path: &RatePath, into: &mut Vec<(usize, MonthRate)>) {
        into.clear();
        let mut rate = path.rate_on(self.first_day).0;
        into.push((0, MonthRate::all_month(rate)));
        let inside = path.rates.iter().filter(|change| self.first_day < change.from && change.from < self.end);
        for change in inside {
            let (month, day) = (self.month_of(change.from), i64::from(change.from.day()));
            if day == 1 {
                into.push((month, MonthRate::all_month(change.rate.0)));
            } else {
                let rest = self.days[month] - day + 1;
                // A second change within the month goes on from the first.
                let so_far = match into.last() {
                    Some((known, MonthRate { sum, .. })) if *known == month + 1 => {
                        let sum = into.iter().rev().nth(1).map_or(*sum, |(_, before)| before.sum);
                        into.truncate(into.len() - 2);
                        sum
                    }
                    _ => rate * self.days[month],
                };
                into.push((month, MonthRate { sum: so_far + rest * (change.rate.0 - rate), days: self.days[month] }));
                into.push((month + 1, MonthRate::all_month(change.rate.0)));
            }
            rate = change.rate.0;
        }
    }

    /// The rates of some days of a month, added up; `until` is not included.
    pub(super) fn sum(&self, path: &RatePath, month: usize, from: i64, until: i64) -> i64 {
        let first = self.first.plus(month as i32).first_day();
        let mut sum = 0;
        let mut start = from;
        let mut rate = path.rate_on(on(first, from)).0;
        for change in path.rates.iter().filter(|change| on(first, from) < change.from && change.from < on(first, until)) {
            let day = i64::from(change.from.day());
            sum += rate * (day - start);
            (start, rate) = (day, change.rate.0);
        }
        sum + rate * (until - start)
    }
}

/// A day of a month by its number; one more than it has is the first of the next.
pub(super) fn on(first: Date, day: i64) -> Date {
    // Asked for every person whose increment falls inside a month, so without the arithmetic of a calendar.
    match i8::try_from(day) {
        Ok(day) if day <= first.days_in_month() => Date::constant(first.year(), first.month(), day),
        _ => Month::of(first).plus(1).first_day(),
    }
}

/// One-off sums of a month, full time.
pub(super) fn lump_in(row: &Row, calendar: &Calendar, month: usize) -> i64 {
    if row.lumps.is_empty() {
        return 0;
    }
    let month = calendar.first.plus(month as i32);
    row.lumps.iter().filter(|lump| Month::of(lump.paid_on) == month).map(|lump| lump.amount.0).sum()
}
