//! What one person is paid in one month, and the contributions on it, in whole pence.

use dated::Ratio;

use crate::money::Pence;
use crate::on_costs::OnCostRates;

/// Pay, National Insurance, pension, levy.
pub(super) type Line = [i64; 4];

/// A rate through one month: the rate of each day added up, and by how many days it must be divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MonthRate {
    /// Annual pence, added over the days.
    pub(super) sum: i64,
    /// Days; 1 where the rate does not change within the month.
    pub(super) days: i64,
}

impl MonthRate {
    pub(super) fn all_month(rate: i64) -> Self {
        Self { sum: rate, days: 1 }
    }
}

/// A portion of full time as two integers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portion {
    numerator: i128,
    denominator: i128,
}

impl Portion {
    pub(super) fn new(portion: Ratio) -> Self {
        Self { numerator: portion.numerator(), denominator: portion.denominator() }
    }

    /// Spec P41: annual rate × portion / 12, to the nearest penny, a half up.
    pub(super) fn month(self, rate: MonthRate) -> i64 {
        nearest(i128::from(rate.sum) * self.numerator, 12 * i128::from(rate.days) * self.denominator)
    }

    /// An annual sum for the hours worked, to the nearest penny.
    pub(super) fn of(self, annual: i64) -> i64 {
        nearest(i128::from(annual) * self.numerator, self.denominator)
    }
}

/// A quotient to the nearest whole number, a half away from zero.
pub(super) fn nearest(numerator: i128, denominator: i128) -> i64 {
    // The division of 64-bit numbers is several times faster, and nearly all are.
    if let (Ok(numerator), Ok(denominator)) = (i64::try_from(numerator), i64::try_from(denominator))
        && let Some(twice) = numerator.checked_abs().and_then(|size| size.checked_mul(2))
        && let Some(double) = denominator.checked_mul(2)
        && let Some(raised) = twice.checked_add(denominator)
    {
        let size = raised / double;
        return if numerator < 0 { -size } else { size };
    }
    let size = (numerator.abs() * 2 + denominator) / (denominator * 2);
    i64::try_from(if numerator < 0 { -size } else { size }).unwrap_or(i64::MAX)
}

/// The contributions of a month with whole numbers only: the same result as [`OnCostRates::of_month`].
#[derive(Clone, Debug)]
pub(super) struct Contributions {
    /// Threshold and rate above it.
    bands: Vec<(i64, i128)>,
    pension: i128,
    levy: i128,
    /// All rates are so many parts.
    parts: i128,
}

impl Contributions {
    /// `None` where the rates have more decimals than any ever had.
    pub(super) fn new(rates: &OnCostRates) -> Option<Self> {
        let all = || rates.national_insurance.iter().map(|band| band.percent).chain([rates.pension_percent, rates.levy_percent]);
        let mut parts: i128 = 1;
        for rate in all() {
            // Ratios are in lowest terms, so the denominator of parts / d is d less what both share.
            parts *= Ratio::new(parts, rate.denominator()).denominator();
            if parts > 1_000_000_000 {
                return None;
            }
        }
        if all().any(|rate| rate.numerator().abs() > 1_000_000_000_000) {
            return None;
        }
        let of = |rate: Ratio| rate.numerator() * (parts / rate.denominator());
        Some(Self {
            bands: rates.national_insurance.iter().map(|band| (band.above_month.0, of(band.percent))).collect(),
            pension: of(rates.pension_percent),
            levy: of(rates.levy_percent),
            parts: parts * 100,
        })
    }

    /// Spec P42.
    fn of_month(&self, pay: i64) -> [i64; 3] {
        let mut insurance = 0;
        for (at, (above, rate)) in self.bands.iter().enumerate() {
            let top = self.bands.get(at + 1).map_or(pay, |(next, _)| (*next).min(pay));
            insurance += i128::from((top - above).max(0)) * rate;
        }
        let pay = i128::from(pay);
        [nearest(insurance, self.parts), nearest(pay * self.pension, self.parts), nearest(pay * self.levy, self.parts)]
    }

    /// Pay of a month with its contributions.
    pub(super) fn line(this: Option<&Self>, pay: i64) -> Line {
        let [insurance, pension, levy] = this.map_or([0; 3], |this| this.of_month(pay));
        [pay, insurance, pension, levy]
    }

    /// Spec P42: a one-off sum is earnings of its month, on top of the pay, and not pensionable.
    pub(super) fn lump_line(this: Option<&Self>, pay: i64, lump: i64) -> Line {
        if lump == 0 {
            return [0; 4];
        }
        let without = Self::line(this, pay);
        let with = Self::line(this, pay + lump);
        [lump, with[1] - without[1], 0, with[3] - without[3]]
    }
}

/// What is expected where a share passes a gate, each figure to the nearest penny.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    pass: i128,
    of: i128,
}

impl Share {
    pub(super) fn new(share: Ratio) -> Self {
        Self { pass: share.numerator(), of: share.denominator() }
    }

    pub(super) fn mix<const N: usize>(self, pass: [i64; N], fail: [i64; N]) -> [i64; N] {
        std::array::from_fn(|at| self.mix_one(pass[at], fail[at]))
    }

    pub(super) fn mix_one(self, pass: i64, fail: i64) -> i64 {
        nearest(i128::from(pass) * self.pass + i128::from(fail) * (self.of - self.pass), self.of)
    }
}

/// Whole pence as they are published.
pub(super) fn bill(line: Line) -> super::Bill {
    super::Bill { pay: Pence(line[0]), national_insurance: Pence(line[1]), pension: Pence(line[2]), levy: Pence(line[3]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::on_costs::MarginalBand;
    use proptest::prelude::*;

    #[test]
    fn a_month_is_rounded_once() {
        // 24,000 at three fifths: 1,200 a month. 17,030 at full time: 1,419.1666…
        assert_eq!(Portion::new(Ratio::new(3, 5)).month(MonthRate::all_month(2_400_000)), 120_000);
        assert_eq!(Portion::new(Ratio::ONE).month(MonthRate::all_month(1_703_000)), 141_917);
        // 24,000 for 15 days of June and 24,600 for 15.
        assert_eq!(Portion::new(Ratio::ONE).month(MonthRate { sum: 15 * 2_400_000 + 15 * 2_460_000, days: 30 }), 202_500);
        assert_eq!((nearest(5, 10), nearest(-5, 10), nearest(4, 10)), (1, -1, 0));
    }

    #[test]
    fn a_gate_that_one_in_three_passes_pays_a_third_of_the_increment() {
        let share = Share::new(Ratio::new(1, 3));
        assert_eq!(share.mix([208_333], [200_000]), [202_778]);
        assert_eq!(share.mix([200_000], [200_000]), [200_000]);
    }

    proptest! {
        #[test]
        fn contributions_in_whole_numbers_are_those_of_the_published_rule(
            pay in 0_i64..2_000_000, low in 0_i64..100_000, gap in 0_i64..100_000,
            tenths in 0_i128..200, quarters in 0_i128..100, hundredths in 0_i128..3000, levy in 0_i128..9,
        ) {
            let rates = OnCostRates {
                national_insurance: vec![
                    MarginalBand { above_month: Pence(low), percent: Ratio::new(tenths, 10) },
                    MarginalBand { above_month: Pence(low + gap), percent: Ratio::new(quarters, 4) },
                ],
                pension_percent: Ratio::new(hundredths, 100),
                levy_percent: Ratio::new(levy, 3),
            };
            let ours = Contributions::new(&rates).expect("few decimals").of_month(pay);
            prop_assert_eq!(ours.map(Pence), rates.of_month(Pence(pay)));
        }

        #[test]
        fn a_quotient_is_rounded_as_the_exact_ratio_is(a in any::<i64>(), b in 1_i64..i64::MAX) {
            prop_assert_eq!(i128::from(nearest(a.into(), b.into())), Ratio::new(a.into(), b.into()).round_half_away());
        }
    }
}
