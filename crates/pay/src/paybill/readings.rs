//! One year of a paybill, under each reading that people quote.

use crate::money::Pence;

use super::{Bill, Paths, Paybill, YearEndRates};

/// What changes, in its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// By the offer.
    pub award: Bill,
    /// By increments.
    pub progression: Bill,
    /// One-off sums.
    pub lumps: Bill,
}

impl Change {
    fn of(paths: &Paths) -> Self {
        Self { award: paths.award(), progression: paths.progression(), lumps: paths.lumps }
    }

    /// All three.
    pub fn whole(&self) -> Bill {
        self.award + self.progression + self.lumps
    }

    fn with(&self, other: &Self, both: impl Fn(Bill, Bill) -> Bill) -> Self {
        Self {
            award: both(self.award, other.award),
            progression: both(self.progression, other.progression),
            lumps: both(self.lumps, other.lumps),
        }
    }
}

/// Spec P45 to P48: one year under each reading. Every change is above everybody standing at the rates before the offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearReadings {
    /// The sums of its months.
    pub paths: Paths,
    /// What is paid in the year.
    pub in_year: Change,
    /// Twelve times its last month; one-off sums left out.
    pub run_rate: Change,
    /// Twelve times what the offer would add in its last month if nobody moved up.
    pub run_rate_without_progression: Bill,
    /// Run-rate less in-year: what the next year costs more without a further step; one-off sums left out.
    pub carry_over: Change,
    /// In-year, this year and those before it added.
    pub cumulative: Change,
    /// In-year, less the year before.
    pub new_money: Change,
    /// In-year, net of leavers and joiners.
    pub net: Option<Change>,
    /// Annual rates on its last day.
    pub year_end: YearEndRates,
}

impl Paybill {
    /// Each year under each reading.
    pub fn readings(&self) -> Vec<YearReadings> {
        let mut before = Change::default();
        let mut cumulative = Change::default();
        let mut all = Vec::new();
        for (at, months) in self.months.chunks(12).enumerate() {
            let paths: Paths = months.iter().copied().sum();
            let in_year = Change::of(&paths);
            let last = months.last().copied().unwrap_or_default();
            let run_rate = Change { award: last.award().times(12), progression: last.progression().times(12), lumps: Bill::default() };
            cumulative = cumulative.with(&in_year, |a, b| a + b);
            let net = self.net_months.as_ref().map(|months| Change::of(&months[at * 12..][..12].iter().copied().sum()));
            all.push(YearReadings {
                paths,
                in_year,
                run_rate,
                run_rate_without_progression: last.award_without_progression().times(12),
                carry_over: Change { lumps: Bill::default(), ..run_rate.with(&in_year, |a, b| a - b) },
                cumulative,
                new_money: in_year.with(&before, |a, b| a - b),
                net,
                year_end: self.year_end[at],
            });
            before = in_year;
        }
        all
    }
}

impl YearEndRates {
    /// What the offer adds to annual rates.
    pub fn award(&self) -> Pence {
        self.under_offer - self.increments
    }

    /// What increments add to annual rates, at the rates before the offer.
    pub fn progression(&self) -> Pence {
        self.increments - self.standing
    }
}
