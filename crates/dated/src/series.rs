//! Monthly series: one number a month, with months that are missing said to be missing.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use crate::exact::Ratio;
use crate::source::{Cite, Status};
use crate::text::MONTH_NAMES;

/// A calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Months since January of year 0.
    since_year_zero: i32,
}

impl Month {
    /// The month of that year; `month` counts from 1.
    pub fn new(year: i16, month: i8) -> Option<Self> {
        ((1..=12).contains(&month) && (1900..=2200).contains(&year))
            .then(|| Self { since_year_zero: i32::from(year) * 12 + i32::from(month) - 1 })
    }

    /// The month that holds this day.
    pub fn of(date: Date) -> Self {
        Self { since_year_zero: i32::from(date.year()) * 12 + i32::from(date.month()) - 1 }
    }

    /// Reads `2007-04`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?)
    }

    /// The year.
    pub fn year(self) -> i16 {
        i16::try_from(self.since_year_zero.div_euclid(12)).unwrap_or(i16::MAX)
    }

    /// The month of the year, 1 to 12.
    pub fn month(self) -> i8 {
        i8::try_from(self.since_year_zero.rem_euclid(12) + 1).unwrap_or(1)
    }

    /// This many months later; earlier if negative.
    pub fn plus(self, months: i32) -> Self {
        Self { since_year_zero: self.since_year_zero + months }
    }

    /// How many months from `earlier` to this one.
    pub fn months_since(self, earlier: Self) -> i32 {
        self.since_year_zero - earlier.since_year_zero
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        Date::constant(self.year(), self.month(), 1)
    }

    /// `April 2007`.
    pub fn long(self) -> String {
        format!("{} {}", MONTH_NAMES[self.month() as usize - 1], self.year())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

/// A month for which the series has no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingMonth {
    /// The series.
    pub series: String,
    /// The month that was asked for.
    pub month: Month,
    /// First and last month with a number.
    pub covers: Option<(Month, Month)>,
}

impl fmt::Display for MissingMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has no figure for {}", self.series, self.month.long())?;
        match self.covers {
            Some((first, last)) if first <= self.month && self.month <= last => write!(f, " (a month missing from the data)"),
            Some((first, last)) => write!(f, " (the data run from {} to {})", first.long(), last.long()),
            None => Ok(()),
        }
    }
}

/// One monthly series with its sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    name: String,
    values: BTreeMap<Month, (Ratio, Status, Cite)>,
}

impl Series {
    /// An empty series of that name.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), values: BTreeMap::new() }
    }

    /// Its name, as errors print it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Puts a month's number; returns false, and changes nothing, if the month already has another.
    pub fn put(&mut self, month: Month, value: Ratio, status: Status, source: Cite) -> bool {
        match self.values.get(&month) {
            Some((known, _, _)) => *known == value,
            None => {
                self.values.insert(month, (value, status, source));
                true
            }
        }
    }

    /// The number of that month.
    ///
    /// # Errors
    /// [`MissingMonth`] names the series and the month.
    pub fn get(&self, month: Month) -> Result<Ratio, MissingMonth> {
        self.values.get(&month).map(|(value, _, _)| *value).ok_or_else(|| MissingMonth {
            series: self.name.clone(),
            month,
            covers: self.values.keys().next().copied().zip(self.values.keys().next_back().copied()),
        })
    }

    /// Who published that month's number.
    pub fn source(&self, month: Month) -> &[String] {
        self.values.get(&month).map_or(&[], |(_, _, source)| source)
    }

    /// How that month's number came to be in the data.
    pub fn status(&self, month: Month) -> Option<Status> {
        self.values.get(&month).map(|(_, status, _)| *status)
    }

    /// The mean of `months` numbers from `first` on.
    ///
    /// # Errors
    /// [`MissingMonth`] names the first month that is missing.
    pub fn mean(&self, first: Month, months: i32) -> Result<Ratio, MissingMonth> {
        let mut sum = Ratio::ZERO;
        for offset in 0..months {
            sum = sum + self.get(first.plus(offset))?;
        }
        Ok(sum / Ratio::whole(i64::from(months)))
    }

    /// All months with their numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Month, Ratio)> {
        self.values.iter().map(|(month, (value, _, _))| (*month, *value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn months_count_over_years() {
        assert_eq!(month("2007-11").plus(3), month("2008-02"));
        assert_eq!(month("2007-01").plus(-1), month("2006-12"));
        assert_eq!(month("2010-04").months_since(month("2007-04")), 36);
        assert!(Month::parse("2007-13").is_none() && Month::parse("2007-4").is_none() && Month::parse("April").is_none());
    }

    #[test]
    fn a_missing_month_is_an_error_that_names_it() {
        let mut rpi = Series::new("RPI");
        for (text, value) in [("2024-09", 388), ("2024-10", 390), ("2025-03", 395)] {
            assert!(rpi.put(month(text), Ratio::whole(value), Status::Published, vec!["X".into()]));
        }
        assert_eq!(
            rpi.get(month("2024-12")).unwrap_err().to_string(),
            "RPI has no figure for December 2024 (a month missing from the data)"
        );
        assert!(rpi.get(month("2030-01")).unwrap_err().to_string().contains("run from September 2024 to March 2025"));
        assert_eq!(rpi.mean(month("2024-10"), 2).unwrap_err().month, month("2024-11"));
        assert!(!rpi.put(month("2024-10"), Ratio::whole(1), Status::Published, vec![]));
    }
}
