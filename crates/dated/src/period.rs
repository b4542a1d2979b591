//! Values that hold from one day until another.

use std::fmt;

use jiff::civil::Date;

use crate::fault::{Faults, Place};
use crate::source::{Cite, Status};
use crate::text::long_date;

/// A value with its period, its source and its place in the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated<T> {
    /// First day the value holds.
    pub from: Date,
    /// First day it no longer holds; `None` while it still does.
    pub until: Option<Date>,
    /// The value.
    pub value: T,
    /// Who published it.
    pub source: Cite,
    /// How it came to be in the data.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

impl<T> Dated<T> {
    /// Whether the value holds on that day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// All values of one key, in order, checked to have no gap and no overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline<T> {
    key: String,
    entries: Vec<Dated<T>>,
}

/// No value is known for that day. Never filled in: the caller says so or stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotCovered {
    /// What was asked for.
    pub key: String,
    /// The day it was asked for.
    pub day: Date,
    /// First day for which a value is known, if any.
    pub first: Option<Date>,
}

impl fmt::Display for NotCovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no value of {} is known for {}", self.key, long_date(self.day))?;
        match self.first {
            Some(first) => write!(f, "; the first holds from {}", long_date(first)),
            None => Ok(()),
        }
    }
}

impl<T> Timeline<T> {
    /// Sorts the entries and reports every period that ends before it begins, every gap and every overlap.
    pub fn check(key: &str, mut entries: Vec<Dated<T>>, faults: &Faults) -> Self {
        entries.sort_by_key(|entry| entry.from);
        for entry in &entries {
            if entry.until.is_some_and(|until| until <= entry.from) {
                faults.error(
                    "period-backwards",
                    &entry.place,
                    format!("this value of {key} ends on or before the day it begins ({})", entry.from),
                    "`until` is the first day the value no longer holds, so it must be later than `from`",
                );
            }
        }
        for pair in entries.windows(2) {
            let (earlier, later) = (&pair[0], &pair[1]);
            match earlier.until {
                None => faults.error(
                    "period-overlap",
                    &later.place,
                    format!(
                        "{key} has a value from {} that never ends (line {}) and another from {}",
                        earlier.from, earlier.place.line, later.from
                    ),
                    format!("add `until = {}` to the earlier value", later.from),
                ),
                Some(until) if until > later.from => faults.error(
                    "period-overlap",
                    &later.place,
                    format!("two values of {key} hold from {} to {until} (the other stands on line {})", later.from, earlier.place.line),
                    "let one end on the day the other begins",
                ),
                Some(until) if until < later.from => faults.error(
                    "period-gap",
                    &later.place,
                    format!("no value of {key} holds from {until} until {}", later.from),
                    "let the earlier one last, or add the missing value with its source",
                ),
                Some(_) => {}
            }
        }
        Self { key: key.to_owned(), entries }
    }

    /// The value that holds on `day`.
    ///
    /// # Errors
    /// [`NotCovered`] names the key and the day when none does.
    pub fn on(&self, day: Date) -> Result<&Dated<T>, NotCovered> {
        self.entries.iter().find(|entry| entry.holds_on(day)).ok_or_else(|| NotCovered {
            key: self.key.clone(),
            day,
            first: self.entries.first().map(|entry| entry.from),
        })
    }

    /// All values in order.
    pub fn entries(&self) -> &[Dated<T>] {
        &self.entries
    }

    /// What the values are of.
    pub fn key(&self) -> &str {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn entry(from: Date, until: Option<Date>, line: u32) -> Dated<u32> {
        Dated { from, until, value: line, source: vec!["X".into()], status: Status::Published, place: Place::new("rules.toml", line) }
    }

    fn codes(entries: Vec<Dated<u32>>) -> Vec<(&'static str, u32)> {
        let faults = Faults::new();
        let _ = Timeline::check("notice days", entries, &faults);
        faults.into_sorted().into_iter().map(|fault| (fault.code, fault.place.line)).collect()
    }

    #[test]
    fn a_gap_an_overlap_and_a_backward_period_are_each_found_where_they_stand() {
        assert_eq!(codes(vec![entry(date(2000, 1, 1), Some(date(2005, 1, 1)), 3), entry(date(2005, 1, 1), None, 9)]), []);
        assert_eq!(codes(vec![entry(date(2000, 1, 1), Some(date(2005, 1, 1)), 3), entry(date(2005, 1, 2), None, 9)]), [("period-gap", 9)]);
        assert_eq!(
            codes(vec![entry(date(2000, 1, 1), Some(date(2005, 1, 2)), 3), entry(date(2005, 1, 1), None, 9)]),
            [("period-overlap", 9)]
        );
        assert_eq!(codes(vec![entry(date(2000, 1, 1), None, 3), entry(date(2005, 1, 1), None, 9)]), [("period-overlap", 9)]);
        assert_eq!(codes(vec![entry(date(2000, 1, 1), Some(date(2000, 1, 1)), 3)]), [("period-backwards", 3)]);
    }

    #[test]
    fn until_is_the_first_day_without() {
        let faults = Faults::new();
        let days = Timeline::check(
            "notice days",
            vec![entry(date(2000, 1, 1), Some(date(2005, 1, 1)), 3), entry(date(2005, 1, 1), None, 9)],
            &faults,
        );
        assert_eq!(days.on(date(2004, 12, 31)).map(|found| found.value), Ok(3));
        assert_eq!(days.on(date(2005, 1, 1)).map(|found| found.value), Ok(9));
        let none = days.on(date(1999, 12, 31)).unwrap_err();
        assert_eq!(none.to_string(), "no value of notice days is known for 31 December 1999; the first holds from 1 January 2000");
    }
}
