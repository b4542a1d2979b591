//! Prices: RPI, CPI and CPIH by month, and what a rise in pay is worth against them.
//!
//! Two different numbers are both called "inflation" and both are kept. The *published annual rate* has one
//! decimal: it is what people quoted. The *change of the index* between two months is exact as far as the index is.
//! The CPI rate is the published one and never recomputed, because the CPI index has only one decimal and gives
//! another rate in more than a hundred months.

use std::collections::BTreeMap;
use std::fmt;

use dated::{CsvFile, Faults, FileBytes, MissingMonth, Month, Place, Ratio, Series, Sources, Status};

use crate::pay_year::PayYear;

/// A price index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Index {
    /// Retail prices index, all items, January 1987 = 100.
    Rpi,
    /// Consumer prices index, 2015 = 100.
    Cpi,
    /// Consumer prices index with owner occupiers' housing costs, 2015 = 100.
    Cpih,
}

impl Index {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 3] = [Self::Rpi, Self::Cpi, Self::Cpih];
    /// Their names in files and on the command line.
    pub const WORDS: [(&'static str, Self); 3] = [("RPI", Self::Rpi), ("CPI", Self::Cpi), ("CPIH", Self::Cpih)];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rpi => "RPI",
            Self::Cpi => "CPI",
            Self::Cpih => "CPIH",
        }
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// All price series.
#[derive(Clone, Debug)]
pub struct Prices {
    rpi: Series,
    cpi: Series,
    cpi_rate: Series,
    cpih: Series,
}

const COLUMNS: [&str; 10] = [
    "month",
    "rpi_index_jan1987_100",
    "rpi_status",
    "rpi_source",
    "cpi_index_2015_100",
    "cpi_index_status",
    "cpi_index_source",
    "cpi_annual_rate_pct",
    "cpih_index_2015_100",
    "cpih_status",
];

impl Prices {
    /// No months at all.
    pub fn none() -> Self {
        Self {
            rpi: Series::new("RPI (index)"),
            cpi: Series::new("CPI (index)"),
            cpi_rate: Series::new("CPI (annual rate)"),
            cpih: Series::new("CPIH (index)"),
        }
    }

    /// Adds the months of a file; an empty cell is a missing month. A month with two different figures is a fault.
    pub fn add_csv(&mut self, file: &str, bytes: &FileBytes, sources: &Sources, faults: &Faults) {
        let Some(csv) = CsvFile::read(file, bytes, &COLUMNS, faults) else { return };
        for row in csv.rows() {
            let Some(text) = row.text("month") else { continue };
            let Some(month) = Month::parse(text) else {
                faults.error("not-a-month", row.place(), format!("“{text}” is not a month"), "write it as 2007-04");
                continue;
            };
            let cells = [
                (&mut self.rpi, "rpi_index_jan1987_100", "rpi_status", "rpi_source"),
                (&mut self.cpi, "cpi_index_2015_100", "cpi_index_status", "cpi_index_source"),
                (&mut self.cpi_rate, "cpi_annual_rate_pct", "cpi_rate_status", "cpi_rate_source"),
                (&mut self.cpih, "cpih_index_2015_100", "cpih_status", "cpih_source"),
            ];
            for (series, column, status_column, source_column) in cells {
                let Some(value) = row.optional_decimal(column) else { continue };
                let status = row.optional(status_column).and_then(Status::from_word);
                let source = sources.check_cite(row.optional(source_column).unwrap_or(""), row.place(), faults);
                let Some(status) = status else {
                    faults.error("unknown-status", row.place(), format!("{column} has no status"), format!("fill in {status_column}"));
                    continue;
                };
                if !series.put(month, value, status, source) {
                    faults.error("duplicate-month", row.place(), format!("{column} has two figures for {month}"), "keep one row a month");
                }
            }
        }
    }

    /// Holds the series against the months that are stated to be missing (`series,from,to,why`): a month missing between
    /// the first and the last of its series without being stated, or stated though it is there, is a fault.
    pub fn check_gaps(&self, file: &str, bytes: &FileBytes, faults: &Faults) {
        let Some(csv) = CsvFile::read(file, bytes, &["series", "from", "to", "why"], faults) else { return };
        let all = [&self.rpi, &self.cpi, &self.cpi_rate, &self.cpih];
        let mut stated: BTreeMap<(&str, Month), Place> = BTreeMap::new();
        for row in csv.rows() {
            let month = |column: &str| {
                let text = row.text(column)?;
                let month = Month::parse(text);
                if month.is_none() {
                    faults.error("not-a-month", row.place(), format!("“{text}” is not a month"), "write it as 2007-04");
                }
                month
            };
            let (Some(name), Some(from), Some(to), Some(_)) = (row.text("series"), month("from"), month("to"), row.text("why")) else {
                continue;
            };
            match all.iter().find(|series| series.name() == name) {
                Some(series) => {
                    stated.extend((0..=to.months_since(from)).map(|offset| ((series.name(), from.plus(offset)), row.place().clone())));
                }
                None => {
                    let known = all.map(Series::name).join(", ");
                    faults.error("unknown-series", row.place(), format!("there is no series “{name}”"), format!("one of {known}"));
                }
            }
        }
        for series in all {
            let months: Vec<Month> = series.iter().map(|(month, _)| month).collect();
            let missing = months.windows(2).flat_map(|pair| (1..pair[1].months_since(pair[0])).map(|offset| pair[0].plus(offset)));
            for month in missing {
                if stated.remove(&(series.name(), month)).is_none() {
                    faults.error(
                        "month-missing",
                        &Place::new(file, 1),
                        format!("{} has no figure for {month}, and nothing says so", series.name()),
                        "add the figure with its source, or state here that it is missing and why",
                    );
                }
            }
        }
        for ((series, month), place) in stated {
            faults.error(
                "month-not-missing",
                &place,
                format!("{series} is stated to be missing for {month}, but it is not"),
                "correct this line",
            );
        }
    }

    /// The index numbers.
    pub fn series(&self, index: Index) -> &Series {
        match index {
            Index::Rpi => &self.rpi,
            Index::Cpi => &self.cpi,
            Index::Cpih => &self.cpih,
        }
    }

    /// The annual rate as published, with one decimal, for that month.
    ///
    /// # Errors
    /// [`MissingMonth`] when the month, or the month a year before, is missing.
    pub fn annual_rate(&self, index: Index, month: Month) -> Result<Ratio, MissingMonth> {
        match index {
            Index::Cpi => self.cpi_rate.get(month),
            Index::Rpi | Index::Cpih => Ok(self.change_percent(index, month.plus(-12), month)?.rounded(1)),
        }
    }

    /// Spec P32: the change of the index from one month to another, in percent, unrounded.
    ///
    /// # Errors
    /// [`MissingMonth`] names the first month that is missing.
    pub fn change_percent(&self, index: Index, from: Month, to: Month) -> Result<Ratio, MissingMonth> {
        let series = self.series(index);
        let before = series.get(from)?;
        let after = series.get(to)?;
        Ok(percent_change(before, after))
    }

    /// Spec P33: the change of the mean index of a pay year on the pay year before, in percent.
    ///
    /// # Errors
    /// [`MissingMonth`] names the first month that is missing.
    pub fn pay_year_change_percent(&self, index: Index, year: PayYear) -> Result<Ratio, MissingMonth> {
        let series = self.series(index);
        let before = series.mean(year.first_month().plus(-12), 12)?;
        let after = series.mean(year.first_month(), 12)?;
        Ok(percent_change(before, after))
    }

    /// Who published the index number of that month.
    pub fn source(&self, index: Index, month: Month) -> &[String] {
        self.series(index).source(month)
    }

    /// The series that the annual rate is taken from: for CPI the published rates, else the index.
    pub fn rate_series(&self, index: Index) -> &Series {
        if index == Index::Cpi { &self.cpi_rate } else { self.series(index) }
    }
}

fn percent_change(before: Ratio, after: Ratio) -> Ratio {
    (after / before - Ratio::ONE) * Ratio::whole(100)
}

/// Spec P35: a rise in pay deflated by a rise in prices, in percent: (1 + pay) / (1 + prices) − 1.
pub fn real_percent(pay_percent: Ratio, price_percent: Ratio) -> Ratio {
    let hundred = Ratio::whole(100);
    ((hundred + pay_percent) / (hundred + price_percent) - Ratio::ONE) * hundred
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_missing_in_silence_is_a_fault_and_so_is_one_stated_in_error() {
        let header = COLUMNS.join(",") + ",cpi_rate_status,cpi_rate_source,cpih_source";
        let month = |month: &str| format!("{month},100.0,published,S,,,,,,,,,");
        let months = [header, month("2020-01"), month("2020-02"), month("2020-04"), month("2020-05"), month("2020-07")].join("\n");
        let codes = |missing: &str| {
            let faults = Faults::new();
            let sources = Sources::read_csv("s.csv", &FileBytes::Read(b"id,title,where,licence\nS,s,s,s\n".to_vec()), &faults);
            let mut prices = Prices::none();
            prices.add_csv("p.csv", &FileBytes::Read(months.clone().into()), &sources, &faults);
            prices.check_gaps("m.csv", &FileBytes::Read(format!("series,from,to,why\n{missing}\n").into()), &faults);
            faults.into_sorted().into_iter().map(|fault| (fault.code, fault.place.line)).collect::<Vec<_>>()
        };
        assert_eq!(codes("RPI (index),2020-03,2020-03,x\nRPI (index),2020-06,2020-06,x"), []);
        assert_eq!(codes("RPI (index),2020-03,2020-03,x"), [("month-missing", 1)]);
        assert_eq!(codes("RPI (index),2020-03,2020-06,x"), [("month-not-missing", 2), ("month-not-missing", 2)]);
        assert_eq!(codes("RPI,2020-03,2020-06,x").first(), Some(&("month-missing", 1)));
    }

    #[test]
    fn a_rise_below_prices_is_a_loss_in_real_terms() {
        let real = real_percent(Ratio::new(7584, 1000), Ratio::new(8471, 1000));
        assert_eq!(real.to_fixed(2), "-0.82");
        assert_eq!(real_percent(Ratio::whole(5), Ratio::whole(5)), Ratio::ZERO);
    }
}
