//! Prices: RPI, CPI and CPIH by month, and what a rise in pay is worth against them.
//!
//! Two different numbers are both called "inflation" and both are kept. The *published annual rate* has one
//! decimal: it is what people quoted. The *change of the index* between two months is exact as far as the index is.
//! The CPI rate is the published one and never recomputed, because the CPI index has only one decimal and gives
//! another rate in more than a hundred months.

use std::fmt;

use dated::{CsvFile, Faults, FileBytes, MissingMonth, Month, Ratio, Series, Sources, Status};

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

    /// The change of the index from one month to another, in percent, unrounded.
    ///
    /// # Errors
    /// [`MissingMonth`] names the first month that is missing.
    pub fn change_percent(&self, index: Index, from: Month, to: Month) -> Result<Ratio, MissingMonth> {
        let series = self.series(index);
        let before = series.get(from)?;
        let after = series.get(to)?;
        Ok(percent_change(before, after))
    }

    /// The change of the mean index of a pay year on the pay year before, in percent.
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

/// A rise in pay deflated by a rise in prices, in percent: (1 + pay) / (1 + prices) − 1.
pub fn real_percent(pay_percent: Ratio, price_percent: Ratio) -> Ratio {
    let hundred = Ratio::whole(100);
    ((hundred + pay_percent) / (hundred + price_percent) - Ratio::ONE) * hundred
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rise_below_prices_is_a_loss_in_real_terms() {
        let real = real_percent(Ratio::new(7584, 1000), Ratio::new(8471, 1000));
        assert_eq!(real.to_fixed(2), "-0.82");
        assert_eq!(real_percent(Ratio::whole(5), Ratio::whole(5)), Ratio::ZERO);
    }
}
