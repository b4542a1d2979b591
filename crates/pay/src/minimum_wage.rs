//! The legal minimum wage by date and age, and rates of pay that lie below it (`data/minimum-wage`). Spec P83 and P84.

use std::collections::BTreeMap;

use dated::{Cite, CsvFile, Date, Faults, FileBytes, NotCovered, Ratio, Sources, Status};

use crate::member::hourly_pence;
use crate::money::Pence;
use crate::pay_year::WeeksInYear;
use crate::rates::Row;

/// The minimum wage through time.
#[derive(Clone, Debug, Default)]
pub struct MinimumWage {
    rates: BTreeMap<Date, Vec<MinimumRate>>,
}

/// One rate of the minimum wage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinimumRate {
    /// From which age; `None` for apprentices.
    pub age_from: Option<u8>,
    /// Pence an hour.
    pub hourly: Pence,
    /// How it came to be in the data.
    pub status: Status,
    /// Who published it.
    pub source: Cite,
}

impl MinimumWage {
    /// Reads a CSV of `from,for,age_from,pounds_an_hour,status,source`.
    pub fn read_csv(file: &str, bytes: &FileBytes, sources: &Sources, faults: &Faults) -> Self {
        let mut wage = Self::default();
        let needed = ["from", "for", "age_from", "pounds_an_hour", "status", "source"];
        let Some(csv) = CsvFile::read(file, bytes, &needed, faults) else { return wage };
        for row in csv.rows() {
            let (from, whom, pounds, status) = (row.date("from"), row.text("for"), row.decimal("pounds_an_hour"), row.status());
            let source = sources.check_cite(row.optional("source").unwrap_or(""), row.place(), faults);
            let (Some(from), Some(whom), Some(pounds), Some(status)) = (from, whom, pounds, status) else { continue };
            let age = row.optional("age_from").map(|age| age.parse::<u8>().ok().filter(|age| (15..=99).contains(age)));
            let age_from = match (whom, age) {
                ("apprentice", None) => None,
                ("age", Some(Some(age))) => Some(age),
                _ => {
                    let fix = "write `age` and the age from which it holds, or `apprentice` and no age";
                    faults.error("not-an-age", row.place(), format!("this row is for “{whom}” with no age that fits"), fix);
                    continue;
                }
            };
            let Some(hourly) = Pence::from_pounds(pounds).filter(|pence| (1..=100_000).contains(&pence.0)) else {
                faults.error("not-a-rate", row.place(), format!("{pounds} is not an hourly rate"), "pounds an hour in whole pence");
                continue;
            };
            let of_day = wage.rates.entry(from).or_default();
            if of_day.iter().any(|rate| rate.age_from == age_from) {
                faults.error("duplicate-id", row.place(), format!("two rates for the same people from {from}"), "keep one");
                continue;
            }
            of_day.push(MinimumRate { age_from, hourly, status, source });
        }
        wage
    }

    /// All rates in force on a day.
    ///
    /// # Errors
    /// [`NotCovered`] before the first.
    pub fn on(&self, day: Date) -> Result<&[MinimumRate], NotCovered> {
        self.rates.range(..=day).next_back().map(|(_, rates)| rates.as_slice()).ok_or_else(|| NotCovered {
            key: "the minimum wage".to_owned(),
            day,
            first: self.rates.keys().next().copied(),
        })
    }

    /// Spec P83: the rate of a day for adults: the one with the highest age, in force until the next begins.
    ///
    /// # Errors
    /// [`NotCovered`] before the first.
    pub fn adult_on(&self, day: Date) -> Result<&MinimumRate, NotCovered> {
        let rates = self.on(day)?;
        rates.iter().filter(|rate| rate.age_from.is_some()).max_by_key(|rate| rate.age_from).ok_or_else(|| NotCovered {
            key: "the adult minimum wage".to_owned(),
            day,
            first: None,
        })
    }

    /// Spec P84: the lowest annual full-time rate that is lawful on every day from `from` (included) to `until` (excluded) under
    /// both counts of weeks, with the minimum that asks for it and its first day.
    ///
    /// # Errors
    /// [`NotCovered`] where no minimum is known on one of those days.
    pub fn least_annual(&self, hours_a_week: Ratio, from: Date, until: Date) -> Result<(Pence, Pence, Date), NotCovered> {
        let mut highest = (self.adult_on(from)?.hourly, from);
        for day in self.days().filter(|day| from < *day && *day < until) {
            let minimum = self.adult_on(day)?.hourly;
            if minimum > highest.0 {
                highest = (minimum, day);
            }
        }
        let (hourly, day) = highest;
        // A year of 365.25 / 7 weeks has more hours than one of 52, so what is lawful in it is lawful in both.
        let annual = (hourly.ratio() * hours_a_week * WeeksInYear::Calendar.weeks()).ceiling();
        Ok((Pence(i64::try_from(annual).unwrap_or(i64::MAX)), hourly, day))
    }

    /// The days on which a rate begins.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        self.rates.keys().copied()
    }
}

/// A rate of pay below the minimum wage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BelowMinimum {
    /// The point.
    pub point: String,
    /// Its band.
    pub band: String,
    /// The first day it is below.
    pub from: Date,
    /// The annual rate in force that day.
    pub annual: Pence,
    /// Which is so much an hour, in pence, with 365.25/7 weeks a year.
    pub hourly_calendar: Ratio,
    /// And with 52.
    pub hourly_fifty_two: Ratio,
    /// The minimum of that day for adults.
    pub minimum: Pence,
}

impl BelowMinimum {
    /// Whether it is below under both counts of weeks; otherwise only under 365.25/7.
    pub fn under_both_counts(&self) -> bool {
        self.hourly_fifty_two < self.minimum.ratio()
    }
}

/// Spec P84: the first day from `from` (included) to `until` (excluded) on which each row is below the minimum wage for adults.
/// Days before there was a minimum are not below it. Rows whose staff have moved are not looked at after the move.
pub fn below_minimum(rows: &[Row], hours_a_week: Ratio, wage: &MinimumWage, from: Date, until: Date) -> Vec<BelowMinimum> {
    let mut found = Vec::new();
    for row in rows {
        let until = row.moved_to.as_ref().map_or(until, |(_, on)| until.min(*on));
        let mut days: Vec<Date> = row.path.rates.iter().map(|rate| rate.from).chain(wage.days()).chain([from]).collect();
        days.retain(|day| from <= *day && *day < until);
        days.sort();
        let below = days.into_iter().find_map(|day| {
            let minimum = wage.adult_on(day).ok()?.hourly;
            let annual = row.path.rate_on(day);
            let hourly_calendar = hourly_pence(annual, hours_a_week, WeeksInYear::Calendar)?;
            let hourly_fifty_two = hourly_pence(annual, hours_a_week, WeeksInYear::FiftyTwo)?;
            (hourly_calendar < minimum.ratio()).then(|| BelowMinimum {
                point: row.point.clone(),
                band: row.band.clone(),
                from: day,
                annual,
                hourly_calendar,
                hourly_fifty_two,
                minimum,
            })
        });
        found.extend(below);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates::{RateFrom, RatePath};
    use jiff::civil::date;

    fn wage(csv: &str) -> (MinimumWage, Vec<(&'static str, u32)>) {
        let faults = Faults::new();
        let bytes = FileBytes::Read(format!("from,for,age_from,pounds_an_hour,status,source\n{csv}").into());
        let wage = MinimumWage::read_csv("w.csv", &bytes, &Sources::default(), &faults);
        let faults = faults.into_sorted().into_iter().filter(|fault| fault.code != "unknown-source");
        (wage, faults.map(|fault| (fault.code, fault.place.line)).collect())
    }

    fn row(pounds: i64) -> Row {
        let raised = RateFrom { from: date(2031, 6, 1), rate: Pence((pounds + 1_000) * 100), step: 0 };
        Row {
            point: "1".to_owned(),
            band: "A".to_owned(),
            nation: "England".to_owned(),
            status: Status::Synthetic,
            source: Vec::new(),
            path: RatePath { base: Pence(pounds * 100), rates: vec![raised] },
            lumps: Vec::new(),
            moved_to: None,
        }
    }

    #[test]
    fn a_rate_is_below_from_the_day_the_minimum_passes_it() {
        let csv = "2031-04-01,age,21,10.00,synthetic,S\n2031-04-01,age,18,8.00,synthetic,S\n2031-10-01,age,21,10.50,synthetic,S\n";
        let (wage, faults) = wage(csv);
        assert_eq!(faults, []);
        let below = |pounds: i64, from: Date| below_minimum(&[row(pounds)], Ratio::new(75, 2), &wage, from, date(2032, 4, 1));
        // 19,500 is 10.00 with 52 weeks of 37.5 hours and 9.966 with 365.25/7; from June 20,500 is 10.48, from October below 10.50.
        let found = below(19_500, date(2031, 4, 1));
        assert_eq!((found[0].from, found[0].under_both_counts()), (date(2031, 4, 1), false));
        assert_eq!(below(19_500, date(2031, 6, 1))[0].from, date(2031, 10, 1));
        assert_eq!(below(19_600, date(2031, 6, 1)), []);
        assert!(below(18_000, date(2031, 4, 1))[0].under_both_counts());
        // Staff who have moved before the minimum passes their old rate are not below it.
        let moved = Row { moved_to: Some(("2".to_owned(), date(2031, 10, 1))), ..row(19_500) };
        assert_eq!(below_minimum(&[moved], Ratio::new(75, 2), &wage, date(2031, 6, 1), date(2032, 4, 1)), []);
        // Before there was a minimum nothing is below it.
        assert_eq!(below_minimum(&[row(100)], Ratio::new(75, 2), &wage, date(2030, 1, 1), date(2031, 4, 1)), []);
    }

    #[test]
    fn the_least_lawful_rate_is_not_below_and_a_penny_less_is() {
        let csv = "2031-04-01,age,21,10.00,synthetic,S\n2031-10-01,age,21,10.50,synthetic,S\n";
        let (wage, faults) = wage(csv);
        assert_eq!(faults, []);
        let hours = Ratio::new(75, 2);
        let (from, until) = (date(2031, 6, 1), date(2032, 4, 1));
        let (annual, hourly, day) = wage.least_annual(hours, from, until).expect("known");
        // 10.50 × 37.5 × 365.25 / 7 is 20,545.3125.
        assert_eq!((annual, hourly, day), (Pence(2_054_532), Pence(1_050), date(2031, 10, 1)));
        let below = |annual: Pence| {
            let mut row = row(1);
            row.path = RatePath { base: annual, rates: Vec::new() };
            below_minimum(&[row], hours, &wage, from, until).len()
        };
        assert_eq!((below(annual), below(Pence(annual.0 - 1))), (0, 1));
        assert_eq!(wage.least_annual(hours, from, date(2031, 10, 1)).map(|found| found.1), Ok(Pence(1_000)));
        assert!(wage.least_annual(hours, date(2031, 3, 31), until).is_err());
    }

    #[test]
    fn rows_for_nobody_and_twice_are_faults() {
        let csv = "2031-04-01,age,,10.00,synthetic,S\n2031-04-01,apprentice,16,8.00,synthetic,S\n2031-04-01,age,21,10,synthetic,S\n2031-04-01,age,21,10.005,synthetic,S\n2031-04-01,age,21,11,synthetic,S\n";
        assert_eq!(wage(csv).1, [("not-an-age", 2), ("not-an-age", 3), ("not-a-rate", 5), ("duplicate-id", 6)]);
    }
}
