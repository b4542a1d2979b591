//! An offer against prices. Inflation has many honest readings; each is computed and named, none is the default.

use dated::{MissingMonth, Month, Ratio};

use crate::prices::{Index, Prices, real_percent};
use crate::value::Headline;

/// One way of setting a rise in pay against a rise in prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealReading {
    /// The index.
    pub index: Index,
    /// Which reading this is.
    pub window: Window,
    /// From which month (for a pay-year average: its first month of the year before).
    pub from: Month,
    /// To which month (for a pay-year average: its first month).
    pub to: Month,
    /// The rise in prices, in percent.
    pub prices_percent: Ratio,
    /// The rise in pay that it is set against, in percent: in the first year or over the whole deal.
    pub pay: PaySide,
}

/// Which rise of pay is set against prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaySide {
    /// One year: the average of the pay year by months, and its end.
    Year {
        /// Average of the pay year above the rate before, in percent.
        in_year_percent: Ratio,
        /// End of the pay year above the rate before, in percent.
        year_end_percent: Ratio,
    },
    /// The whole deal, in percent.
    Deal(Ratio),
}

/// Spec P34: the months between which prices are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The annual rate for the last month that people at the table could know.
    KnownAtTheTime,
    /// The annual rate for the month in which the first step took effect.
    FirstStep,
    /// The average of the pay year on the average of the year before; known only afterwards.
    PayYearAverage,
    /// From a year before the first step to the last step: as many price years as there are rises.
    RiseToRise,
    /// From the first step to a year after the last: the life of the deal.
    LifeOfDeal,
    /// Months that the user chose.
    Chosen,
}

impl Window {
    /// The reading in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::KnownAtTheTime => "annual rate known at the time",
            Self::FirstStep => "annual rate in the month of the first step",
            Self::PayYearAverage => "average of the pay year on the year before",
            Self::RiseToRise => "from the last rise before the deal to the last rise in it",
            Self::LifeOfDeal => "over the life of the deal",
            Self::Chosen => "chosen months",
        }
    }
}

impl RealReading {
    /// Pay less prices, in percentage points: in the year and at year end, or over the deal (twice the same).
    pub fn gap_points(&self) -> (Ratio, Ratio) {
        let (a, b) = self.pay.both();
        (a - self.prices_percent, b - self.prices_percent)
    }

    /// Pay deflated by prices, in percent: in the year and at year end, or over the deal (twice the same).
    pub fn real_percent(&self) -> (Ratio, Ratio) {
        let (a, b) = self.pay.both();
        (real_percent(a, self.prices_percent), real_percent(b, self.prices_percent))
    }
}

impl PaySide {
    /// In-year and year-end percent; the same twice for a whole deal.
    pub fn both(self) -> (Ratio, Ratio) {
        match self {
            Self::Year { in_year_percent, year_end_percent } => (in_year_percent, year_end_percent),
            Self::Deal(percent) => (percent, percent),
        }
    }
}

/// Every reading of one offer's headline against one index. A reading whose months are missing is an error that names one.
pub fn real_terms(
    prices: &Prices,
    index: Index,
    headline: &Headline,
    known: Option<Month>,
    chosen: Option<(Month, Month)>,
) -> Vec<(Window, Result<RealReading, MissingMonth>)> {
    let Some(first) = headline.years.first() else { return Vec::new() };
    let year = PaySide::Year { in_year_percent: first.in_year_percent.by_months, year_end_percent: first.year_end_percent };
    let (Some(first_step), Some(last_step)) = (headline.totals.first(), headline.totals.last()) else { return Vec::new() };
    let (first_step, last_step) = (Month::of(first_step.0), Month::of(last_step.0));
    let deal = PaySide::Deal(headline.total_percent);
    let reading = |window, from: Month, to: Month, pay, prices_percent: Result<Ratio, MissingMonth>| {
        (window, prices_percent.map(|prices_percent| RealReading { index, window, from, to, prices_percent, pay }))
    };
    // A twelve-month CPI window has a published rate; the one-decimal index would give another.
    let change = |from: Month, to: Month| {
        if index == Index::Cpi && to.months_since(from) == 12 {
            prices.annual_rate(index, to)
        } else {
            prices.change_percent(index, from, to)
        }
    };
    let annual = |window, month: Month| reading(window, month.plus(-12), month, year, change(month.plus(-12), month));
    let mut readings = Vec::new();
    if let Some(known) = known {
        readings.push(annual(Window::KnownAtTheTime, known));
    }
    readings.push(annual(Window::FirstStep, first_step));
    let start = first.year.first_month();
    readings.push(reading(Window::PayYearAverage, start.plus(-12), start, year, prices.pay_year_change_percent(index, first.year)));
    if headline.years.len() > 1 {
        let rises = (first_step.plus(-12), last_step);
        readings.push(reading(Window::RiseToRise, rises.0, rises.1, deal, change(rises.0, rises.1)));
        let life = (first_step, last_step.plus(12));
        readings.push(reading(Window::LifeOfDeal, life.0, life.1, deal, change(life.0, life.1)));
    }
    if let Some((from, to)) = chosen {
        readings.push(reading(Window::Chosen, from, to, deal, change(from, to)));
    }
    readings
}
