//! E21, E22: pay by the hour, exactly, so that part-time and full-time, yearly and hourly pay can be set side by side.

use std::cmp::Ordering;

use dated::Ratio;

use super::record::{PayBasis, PayRecord};
use crate::pay_year::WeeksInYear;

/// Which money is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Money {
    /// Basic pay, bonus and allowances together.
    All,
    /// Basic pay.
    Basic,
    /// Bonus.
    Bonus,
    /// Allowances.
    Allowances,
}

impl Money {
    /// The words used on the command line and in JSON.
    pub const WORDS: [(&'static str, Self); 4] =
        [("all", Self::All), ("basic", Self::Basic), ("bonus", Self::Bonus), ("allowances", Self::Allowances)];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, money)| *money == self).map_or("", |(word, _)| word)
    }
}

/// Pence an hour, exactly.
///
/// Not a [`Ratio`]: that reduces each result, which costs more than all else in a search of a million and a half records. The
/// parts stay small because a record's pay is at most a million pounds a year and its hours at most 168 a week.
#[derive(Clone, Copy, Debug)]
pub struct Hourly {
    numerator: i128,
    denominator: i128,
}

impl Hourly {
    /// Nothing.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };

    /// E21: yearly pay divided by weeks and hours a week; basic pay of a full-time year by the full-time hours.
    pub fn of(record: &PayRecord, money: Money, weeks: WeeksInYear) -> Self {
        let own = |pence: u32| Self::of_year(pence.into(), record.hours_hundredths, weeks);
        match money {
            Money::Bonus => own(record.bonus_pence),
            Money::Allowances => own(record.allowances_pence),
            Money::Basic => match record.basis {
                PayBasis::Year => own(record.basic),
                PayBasis::FullTimeYear => Self::of_year(record.basic.into(), record.full_time_hundredths, weeks),
                PayBasis::Hour => Self { numerator: record.basic.into(), denominator: 100 },
            },
            Money::All => {
                let extras = i128::from(record.bonus_pence) + i128::from(record.allowances_pence);
                if record.basis == PayBasis::Year {
                    Self::of_year(i128::from(record.basic) + extras, record.hours_hundredths, weeks)
                } else if extras == 0 {
                    Self::of(record, Money::Basic, weeks)
                } else {
                    Self::of(record, Money::Basic, weeks).plus(Self::of_year(extras, record.hours_hundredths, weeks))
                }
            }
        }
    }

    fn of_year(pence: i128, hours_hundredths: u16, weeks: WeeksInYear) -> Self {
        if pence == 0 || hours_hundredths == 0 {
            return Self::ZERO;
        }
        let (weeks, parts) = weeks_as_parts(weeks);
        Self { numerator: pence * 100 * parts, denominator: i128::from(hours_hundredths) * weeks }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            numerator: self.numerator * other.denominator + other.numerator * self.denominator,
            denominator: self.denominator * other.denominator,
        }
        .lowest()
    }

    /// How much more this is than `other`; negative when less.
    pub fn minus(self, other: Self) -> Self {
        if self.denominator == other.denominator {
            return Self { numerator: self.numerator - other.numerator, denominator: self.denominator };
        }
        Self {
            numerator: self.numerator * other.denominator - other.numerator * self.denominator,
            denominator: self.denominator * other.denominator,
        }
    }

    /// Whether this is above nothing.
    pub fn is_positive(self) -> bool {
        self.numerator > 0
    }

    /// Exact pence an hour.
    pub fn pence(self) -> Ratio {
        Ratio::new(self.numerator, self.denominator)
    }

    /// E30: what this comes to over `days` at so many hours a week, to the nearest penny, a half up. Not for negative pay.
    pub(super) fn over(self, hours_hundredths: u16, days: i64, weeks: WeeksInYear) -> i64 {
        // Hours a week, times weeks of a year, times days of 365.25; for weeks of 365.25/7 that is days over 7.
        let (above, below) = match weeks {
            WeeksInYear::Calendar => (1, 7),
            WeeksInYear::FiftyTwo => (52 * 4, 1461),
        };
        let scaled = i128::from(hours_hundredths) * above * i128::from(days);
        let exact = self.numerator.checked_mul(2 * scaled).zip(self.denominator.checked_mul(100 * below));
        let nearest = match exact.and_then(|(twice, denominator)| Some((twice.checked_add(denominator)?, denominator.checked_mul(2)?))) {
            Some((numerator, denominator)) => numerator.div_euclid(denominator),
            None => (self.pence() * Ratio::new(scaled, 100 * below)).round_half_away(),
        };
        i64::try_from(nearest).unwrap_or(i64::MAX)
    }

    fn lowest(self) -> Self {
        let (mut a, mut b) = (self.numerator.unsigned_abs(), self.denominator.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let common = i128::try_from(a).unwrap_or(1).max(1);
        Self { numerator: self.numerator / common, denominator: self.denominator / common }
    }
}

/// [`WeeksInYear::weeks`] without reducing a ratio for each record.
fn weeks_as_parts(weeks: WeeksInYear) -> (i128, i128) {
    match weeks {
        WeeksInYear::Calendar => (1461, 28),
        WeeksInYear::FiftyTwo => (52, 1),
    }
}

impl PartialEq for Hourly {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Hourly {}

impl PartialOrd for Hourly {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Hourly {
    fn cmp(&self, other: &Self) -> Ordering {
        match self.numerator.checked_mul(other.denominator).zip(other.numerator.checked_mul(self.denominator)) {
            Some((left, right)) => left.cmp(&right),
            // Only gaps between records of odd hours grow so long.
            None => self.pence().cmp(&other.pence()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weeks_are_those_of_every_other_figure() {
        for weeks in [WeeksInYear::Calendar, WeeksInYear::FiftyTwo] {
            let (numerator, denominator) = weeks_as_parts(weeks);
            assert_eq!(Ratio::new(numerator, denominator), weeks.weeks());
        }
    }

    /// The largest pay and hours that are read do not outgrow the numbers, whatever they are set against.
    #[test]
    fn the_largest_pay_fits() {
        let largest = Hourly { numerator: 100_000_000, denominator: 100 }
            .plus(Hourly::of_year(200_000_000, 1, WeeksInYear::Calendar))
            .plus(Hourly::of_year(1, 16_777, WeeksInYear::Calendar));
        let odd = Hourly::of_year(1, 16_799, WeeksInYear::Calendar).plus(Hourly::of_year(1, 16_787, WeeksInYear::Calendar));
        let (gap, back) = (largest.minus(odd), odd.minus(largest));
        assert!(gap > odd && gap > back);
        for weeks in [WeeksInYear::Calendar, WeeksInYear::FiftyTwo] {
            assert!(gap.over(16_800, 36_500, weeks) > 0);
        }
    }
}
