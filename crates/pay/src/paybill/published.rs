//! Costs from published totals, where no workforce is known: the same yearly cost, read in several ways.

use dated::Ratio;

use crate::money::Pence;

/// Spec P50: what a year's rise and a year's increments cost, by published totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedTotals {
    /// What the rise of one year adds to the paybill.
    pub award: Pence,
    /// What the increments of one year add to it.
    pub progression: Pence,
}

/// One year of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedYear {
    /// What this year costs more than the year before.
    pub new_money: Pence,
    /// What this year costs more than the year before the first: the new money of all years so far, added.
    pub above_start: Pence,
    /// That of all years so far, added: the cash paid.
    pub cumulative: Pence,
}

impl PublishedTotals {
    /// Spec P50: a percentage of a paybill.
    pub fn share(paybill: Pence, percent: Ratio) -> Pence {
        Pence::nearest(paybill.ratio() * percent / Ratio::whole(100))
    }

    /// Spec P50: so many years, in each of which the same rise and the same increments come on top.
    pub fn years(self, years: u32) -> Vec<PublishedYear> {
        let new_money = self.award + self.progression;
        let mut year = PublishedYear { new_money, above_start: Pence::ZERO, cumulative: Pence::ZERO };
        (0..years)
            .map(|_| {
                year.above_start += new_money;
                year.cumulative += year.above_start;
                year
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_years_of_450_and_800_million() {
        let award = PublishedTotals::share(Pence(4_500_000_000_000), Ratio::ONE);
        assert_eq!(award, Pence(45_000_000_000));
        let years = PublishedTotals { award, progression: Pence(80_000_000_000) }.years(2);
        let millions = |pence: Pence| pence.0 / 100_000_000;
        let found: Vec<_> =
            years.iter().map(|year| (millions(year.new_money), millions(year.above_start), millions(year.cumulative))).collect();
        assert_eq!(found, [(1250, 1250, 1250), (1250, 2500, 3750)]);
    }
}
