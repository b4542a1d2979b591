//! Who earns what in which job: rows of a pay file, kept small, so that a million and a half take a hundred megabytes.

use std::collections::HashMap;

use dated::{Date, Ratio};

use super::history::PastPay;
use crate::workforce::Sex;

/// A list of names, each kept once and numbered. Number 0 is "not said".
#[derive(Clone, Debug)]
pub struct Names {
    list: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Default for Names {
    fn default() -> Self {
        Self { list: vec![String::new()], numbers: HashMap::from([(String::new(), 0)]) }
    }
}

impl Names {
    /// The number of a name, which is added if it is new.
    pub fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.list.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// The number of a name that is known.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// The name of a number.
    pub fn name(&self, number: u32) -> &str {
        self.list.get(number as usize).map_or("", String::as_str)
    }

    /// How many there are, "not said" included.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// The names, without "not said".
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter().skip(1).map(String::as_str)
    }
}

/// What the basic pay of a record is an amount of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayBasis {
    /// Pence a year for the hours of the record.
    Year,
    /// Pence a year for full-time hours.
    FullTimeYear,
    /// Hundredths of a penny an hour.
    Hour,
}

/// Terms that are compared as they stand, since no price of them is known. More is better in each. `None` is not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Terms {
    /// What is paid on top for unsocial hours, in percent.
    pub unsocial_percent: Option<Ratio>,
    /// Days of holiday a year, for a full-timer.
    pub holiday_days: Option<Ratio>,
    /// What the employer pays to a pension, in percent of pay.
    pub pension_percent: Option<Ratio>,
    /// Weeks of full sick pay.
    pub sick_pay_weeks: Option<Ratio>,
}

/// Days that belong to a record. `None` is not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PayTimes {
    /// The day the pay is of.
    pub as_of: Option<Date>,
    /// Since when the person has been in the job.
    pub since: Option<Date>,
    /// The last day of the employment, if it has ended.
    pub left: Option<Date>,
    /// E45: since when the pay of the record has been paid.
    pub from: Option<Date>,
}

/// A person, or several who are alike. Numbers lead into the lists of [`PayRecords`]; 0 is "not said".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayRecord {
    /// Where it stands in its file.
    pub line: u32,
    /// Into [`PayRecords::employers`].
    pub employer: u32,
    /// Into [`PayRecords::establishments`].
    pub establishment: u32,
    /// Into [`PayRecords::jobs`].
    pub job: u32,
    /// Into [`PayRecords::groups`].
    pub group: u32,
    /// Into [`PayRecords::like_work`]: jobs stated to be the same or broadly similar.
    pub like_work: u32,
    /// How many people.
    pub headcount: u32,
    /// Basic pay; see `basis`.
    pub basic: u32,
    /// Bonus in pence a year, for the hours of the record.
    pub bonus_pence: u32,
    /// Allowances in pence a year, for the hours of the record.
    pub allowances_pence: u32,
    /// Into [`PayRecords::terms`].
    pub terms: u32,
    /// Into [`PayRecords::times`].
    pub times: u32,
    /// Into [`PayRecords::studies`]: which job evaluation study rated the job.
    pub study: u16,
    /// Into [`PayRecords::bands`]: the band that study put it in.
    pub band: u16,
    /// The score that study gave.
    pub score: Option<u16>,
    /// Hours a week, in hundredths.
    pub hours_hundredths: u16,
    /// Full-time hours a week, in hundredths; 0 is not said.
    pub full_time_hundredths: u16,
    /// What `basic` is an amount of.
    pub basis: PayBasis,
    /// Who; a record without it is in no comparison.
    pub sex: Option<Sex>,
    /// Into [`PayRecords::histories`]: what was paid before.
    pub history: u32,
}

impl PayRecord {
    /// E24: whether a study rated the job at all.
    pub fn is_rated(&self) -> bool {
        self.study != 0 && (self.score.is_some() || self.band != 0)
    }

    /// Whether the hours are fewer than the full-time hours stated for the job, or else than `other` works.
    pub fn is_part_time_beside(&self, other: &Self) -> bool {
        let full = if self.full_time_hundredths > 0 { self.full_time_hundredths } else { other.hours_hundredths };
        self.hours_hundredths < full
    }
}

/// All records of a search.
#[derive(Clone, Debug, Default)]
pub struct PayRecords {
    /// Employers.
    pub employers: Names,
    /// Establishments.
    pub establishments: Names,
    /// Jobs.
    pub jobs: Names,
    /// Groups of staff, such as ancillary.
    pub groups: Names,
    /// Groups of like work.
    pub like_work: Names,
    /// Job evaluation studies.
    pub studies: Names,
    /// Bands of studies.
    pub bands: Names,
    /// Distinct terms.
    pub terms: Vec<Terms>,
    /// Distinct days.
    pub times: Vec<PayTimes>,
    /// E45: what was paid before, each in the order of its days; the first is empty.
    pub histories: Vec<Vec<PastPay>>,
    /// The records.
    pub list: Vec<PayRecord>,
}

impl PayRecords {
    /// The terms of a record.
    pub fn terms_of(&self, record: &PayRecord) -> Terms {
        self.terms.get(record.terms as usize).copied().unwrap_or_default()
    }

    /// What was paid before, in the order of its days.
    pub fn history_of(&self, record: &PayRecord) -> &[PastPay] {
        self.histories.get(record.history as usize).map_or(&[], Vec::as_slice)
    }

    /// The days of a record.
    pub fn times_of(&self, record: &PayRecord) -> PayTimes {
        self.times.get(record.times as usize).copied().unwrap_or_default()
    }
}
