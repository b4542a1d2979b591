//! The year that a settlement is for, and how much of it a stretch of days is: by months and by days.

use dated::{Date, Month, Ratio};
use jiff::ToSpan as _;

/// Spec P4: twelve months that begin on the first of a month, usually April.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PayYear {
    first: Month,
}

/// How parts of a year are counted. Both are in use, so both are always shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Each calendar month is a twelfth; a part of a month counts by its days.
    Months,
    /// Each day is one 365th, or one 366th of a pay year with a 29 February in it.
    Days,
}

impl PayYear {
    /// The pay year that begins with this month.
    pub fn beginning(first: Month) -> Self {
        Self { first }
    }

    /// The pay year that holds `day`, when pay years begin in month `start_month` (1 to 12).
    pub fn holding(day: Date, start_month: i8) -> Self {
        let month = Month::of(day);
        let back = (i32::from(month.month()) - i32::from(start_month)).rem_euclid(12);
        Self { first: month.plus(-back) }
    }

    /// Its first month.
    pub fn first_month(self) -> Month {
        self.first
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        self.first.first_day()
    }

    /// The first day of the next pay year.
    pub fn end(self) -> Date {
        self.next().first_day()
    }

    /// The pay year after this one.
    pub fn next(self) -> Self {
        Self { first: self.first.plus(12) }
    }

    /// `2007-08` for a year that begins in April, `2007` for one that begins in January.
    pub fn name(self) -> String {
        if self.first.month() == 1 {
            self.first.year().to_string()
        } else {
            format!("{}-{:02}", self.first.year(), (self.first.year() + 1) % 100)
        }
    }

    /// Spec P5: the portion of this pay year that lies in `from` (included) to `until` (excluded).
    pub fn portion(self, from: Date, until: Date, count: Count) -> Ratio {
        let (from, until) = (from.max(self.first_day()), until.min(self.end()));
        if until <= from {
            return Ratio::ZERO;
        }
        match count {
            Count::Months => months_between(from, until) / Ratio::whole(12),
            Count::Days => Ratio::new(days_between(from, until).into(), days_between(self.first_day(), self.end()).into()),
        }
    }
}

/// Days from `from` (included) to `until` (excluded).
pub fn days_between(from: Date, until: Date) -> i64 {
    i64::from((until - from).get_days())
}

/// Calendar months from `from` (included) to `until` (excluded); parts of a month by that month's days.
pub fn months_between(from: Date, until: Date) -> Ratio {
    position(until) - position(from)
}

fn position(day: Date) -> Ratio {
    Ratio::whole(Month::of(day).months_since(Month::of(Date::constant(1900, 1, 1))).into())
        + Ratio::new(i128::from(day.day()) - 1, day.days_in_month().into())
}

/// Spec P6: weeks of a year under the stated convention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeeksInYear {
    /// 365.25 days divided by 7: 52.178… weeks.
    Calendar,
    /// The payroll convention of 52.
    FiftyTwo,
}

impl WeeksInYear {
    /// How many weeks that is.
    pub fn weeks(self) -> Ratio {
        match self {
            Self::Calendar => Ratio::new(1461, 28),
            Self::FiftyTwo => Ratio::whole(52),
        }
    }
}

/// The first days of the calendar months that touch `from` (included) to `until` (excluded), each cut to the stretch.
pub(crate) fn month_pieces(from: Date, until: Date) -> Vec<(Month, Date, Date)> {
    let mut pieces = Vec::new();
    let mut start = from;
    while start < until {
        let next = Month::of(start).plus(1).first_day();
        pieces.push((Month::of(start), start, next.min(until)));
        start = next;
    }
    pieces
}

/// The day before.
pub(crate) fn day_before(day: Date) -> Date {
    day.saturating_sub(1.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn april_to_november_is_eight_twelfths_and_244_days() {
        let year = PayYear::holding(date(1998, 4, 1), 4);
        assert_eq!(year.portion(date(1998, 4, 1), date(1998, 12, 1), Count::Months), Ratio::new(8, 12));
        assert_eq!(year.portion(date(1998, 4, 1), date(1998, 12, 1), Count::Days), Ratio::new(244, 365));
        assert_eq!(year.name(), "1998-99");
    }

    #[test]
    fn a_year_with_a_leap_day_has_366_parts() {
        let year = PayYear::holding(date(2008, 2, 29), 4);
        assert_eq!(year.first_day(), date(2007, 4, 1));
        assert_eq!(year.portion(date(2008, 2, 29), date(2008, 3, 1), Count::Days), Ratio::new(1, 366));
        assert_eq!(PayYear::holding(date(1999, 5, 5), 4).name(), "1999-00");
    }

    proptest! {
        #[test]
        fn the_portions_of_a_year_add_up_to_one(start in 0_i32..1200, cut in 0_i32..366) {
            let year = PayYear::beginning(Month::of(date(1990, 1, 1)).plus(start));
            let middle = year.first_day().saturating_add(cut.days());
            for count in [Count::Months, Count::Days] {
                let whole = year.portion(year.first_day(), middle, count) + year.portion(middle, year.end(), count);
                prop_assert_eq!(whole, Ratio::ONE);
            }
        }
    }
}
