//! Counting days (rules L10 to L14 of `docs/spec/law.md`): calendar days, no working days, no bank holidays.

use dated::Date;
use jiff::{Span, civil::Weekday};

/// A length fixed by a rule: a period that begins with a day and includes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Whole weeks.
    Weeks(u64),
    /// Calendar months by the corresponding date.
    Months(u64),
}

impl Length {
    /// L12, L13: the last day of the period that begins with `first` and includes it.
    ///
    /// Weeks: seven days each, less one. Months: the day before the corresponding date (Dodds v Walker [1981] 1 WLR 1027); where
    /// the target month has no such date, its last day.
    pub fn last_day(self, first: Date) -> Date {
        match self {
            Self::Weeks(weeks) => plus_days(first, small(weeks).saturating_mul(7) - 1),
            Self::Months(months) => {
                // jiff keeps the day of the month, or takes the month's last day when there is no such day.
                let target = Span::new().try_months(small(months)).map_or(first, |span| first.saturating_add(span));
                if target.day() == first.day() { plus_days(target, -1) } else { target }
            }
        }
    }

    /// In words: `4 weeks`, `6 months`.
    pub fn words(self) -> String {
        match self {
            Self::Weeks(weeks) => format!("{weeks} weeks"),
            Self::Months(months) => format!("{months} months"),
        }
    }
}

/// L10: that many calendar days later, or earlier if negative.
pub fn plus_days(date: Date, days: i64) -> Date {
    Span::new().try_days(days).map_or(date, |span| date.saturating_add(span))
}

/// L11: whether something received on `received_on` came at least `days` days before `day`; the day of receipt and `day` are
/// not both counted: seven days before a Monday is the Monday before.
pub fn is_days_before(received_on: Date, days: u64, day: Date) -> bool {
    plus_days(received_on, small(days)) <= day
}

/// `Thu 5 Nov 1998`: a day with its weekday, since people plan by weekdays.
pub fn weekday_date(date: Date) -> String {
    let weekday = match date.weekday() {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    };
    let long = dated::long_date(date);
    let mut parts = long.split(' ');
    let (day, month, year) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let month: String = month.chars().take(3).collect();
    format!("{weekday} {day} {month} {year}")
}

/// How many days from `from` to `to`; negative when `to` is earlier.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

// Numbers of days, weeks and months come from the rules or are capped by them; anything absurd is held at a century.
fn small(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX).min(36_500)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn months_end_the_day_before_the_corresponding_date() {
        let last = |months, from| Length::Months(months).last_day(from);
        assert_eq!(last(6, date(2022, 11, 2)), date(2023, 5, 1));
        assert_eq!(last(6, date(2023, 3, 1)), date(2023, 8, 31));
        assert_eq!(last(12, date(2026, 3, 30)), date(2027, 3, 29));
        // No 31 September: the month's last day, not the day before it.
        assert_eq!(last(6, date(2022, 3, 31)), date(2022, 9, 30));
        assert_eq!(last(6, date(2022, 8, 31)), date(2023, 2, 28));
        assert_eq!(last(6, date(2023, 8, 29)), date(2024, 2, 28));
        assert_eq!(last(6, date(2023, 8, 31)), date(2024, 2, 29));
        assert_eq!(last(12, date(2024, 2, 29)), date(2025, 2, 28));
    }

    #[test]
    fn weeks_include_their_first_day() {
        assert_eq!(Length::Weeks(4).last_day(date(2007, 3, 1)), date(2007, 3, 28));
        assert_eq!(Length::Weeks(8).last_day(date(2007, 3, 1)), date(2007, 4, 25));
    }

    #[test]
    fn days_are_counted_over_a_leap_day_and_named() {
        assert_eq!(plus_days(date(2004, 2, 22), 7), date(2004, 2, 29));
        assert!(is_days_before(date(2007, 1, 1), 7, date(2007, 1, 8)));
        assert!(!is_days_before(date(2007, 1, 2), 7, date(2007, 1, 8)));
        assert_eq!(weekday_date(date(1998, 11, 5)), "Thu 5 Nov 1998");
        assert_eq!(days_between(date(2024, 2, 1), date(2024, 3, 1)), 29);
    }
}
