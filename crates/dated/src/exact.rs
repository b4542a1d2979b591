//! Exact numbers: a ratio of two integers. Percentages, index numbers, weights and readings are ratios;
//! rounding happens once, at the end, and is named.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// An exact ratio in lowest terms with a positive denominator.
///
/// The operators keep exact values as long as both parts fit 128 bits. Beyond that the result is rounded to
/// the twelfth decimal place, far below a penny on any pay bill.
/// Division by zero gives zero; callers that can meet a zero divisor use [`Ratio::checked_div`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

/// Denominators above this are rounded to [`TWELFTH`]: two such values can still be multiplied exactly.
const LARGEST_DENOMINATOR: i128 = 1_000_000_000_000_000_000;
const TWELFTH: i128 = 1_000_000_000_000;

impl Ratio {
    /// Zero.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// One.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator / denominator`; a zero denominator gives zero.
    pub fn new(numerator: i128, denominator: i128) -> Self {
        if denominator == 0 {
            return Self::ZERO;
        }
        let sign = if denominator < 0 { -1 } else { 1 };
        let common = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        let common = i128::try_from(common).unwrap_or(1).max(1);
        Self { numerator: sign * (numerator / common), denominator: sign * (denominator / common) }.settle()
    }

    /// A whole number.
    pub const fn whole(number: i64) -> Self {
        Self { numerator: number as i128, denominator: 1 }
    }

    /// Reads a decimal number with a point: `2.5`, `-0.75`, `160.3`, `17030`. At most 12 digits on each side.
    /// Anything else (a comma, a percent sign, an exponent, blanks) is `None`.
    pub fn parse_decimal(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |part: &str| (1..=12).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let scale = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
        let value = whole.parse::<i128>().ok()? * scale + fraction.parse::<i128>().ok()?;
        Some(Self::new(if negative { -value } else { value }, scale))
    }

    /// The number above the line.
    pub fn numerator(self) -> i128 {
        self.numerator
    }

    /// The number below the line; always positive.
    pub fn denominator(self) -> i128 {
        self.denominator
    }

    /// `self / other`, or `None` when `other` is zero.
    pub fn checked_div(self, other: Self) -> Option<Self> {
        (other.numerator != 0).then(|| self / other)
    }

    /// Whether the number is below zero.
    pub fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// Without its sign.
    pub fn abs(self) -> Self {
        Self { numerator: self.numerator.abs(), denominator: self.denominator }
    }

    /// The nearest whole number; a half goes away from zero.
    pub fn round_half_away(self) -> i128 {
        let twice = self.numerator.abs().saturating_mul(2).saturating_add(self.denominator);
        let magnitude = twice / self.denominator.saturating_mul(2);
        if self.numerator < 0 { -magnitude } else { magnitude }
    }

    /// The smallest whole number that is not below this one.
    pub fn ceiling(self) -> i128 {
        let down = self.numerator.div_euclid(self.denominator);
        if down * self.denominator == self.numerator { down } else { down + 1 }
    }

    /// The largest whole number that is not above this one.
    pub fn floor(self) -> i128 {
        self.numerator.div_euclid(self.denominator)
    }

    /// Rounded to `places` decimals (half away from zero), as a number.
    pub fn rounded(self, places: u32) -> Self {
        let scale = 10_i128.pow(places.min(12));
        Self::new((self * Self { numerator: scale, denominator: 1 }).round_half_away(), scale)
    }

    /// Written with exactly `places` decimals, rounded half away from zero: `2.60`. Never prints `-0.00`.
    pub fn to_fixed(self, places: u32) -> String {
        let places = places.min(12);
        let scale = 10_i128.pow(places);
        let scaled = (self * Self { numerator: scale, denominator: 1 }).round_half_away();
        let (whole, fraction) = (scaled.abs() / scale, scaled.abs() % scale);
        let sign = if scaled < 0 { "-" } else { "" };
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction:0width$}", width = places as usize) }
    }

    /// Written with at most `places` decimals and without trailing zeros: `2.6`, `3`.
    pub fn to_short(self, places: u32) -> String {
        let fixed = self.to_fixed(places);
        if fixed.contains('.') { fixed.trim_end_matches('0').trim_end_matches('.').to_owned() } else { fixed }
    }

    /// For charts and JSON numbers only; nothing is computed from the result.
    pub fn to_f64(self) -> f64 {
        self.to_short(12).parse().unwrap_or(f64::NAN)
    }

    /// Keeps the denominator small enough for exact products; see the type's documentation.
    fn settle(self) -> Self {
        if self.denominator <= LARGEST_DENOMINATOR {
            return self;
        }
        let (whole, rest) = (self.numerator.div_euclid(self.denominator), self.numerator.rem_euclid(self.denominator));
        // rest < denominator, so the quotient of two shifted numbers keeps twelve decimals without overflow.
        let shift = (self.denominator / LARGEST_DENOMINATOR).max(1);
        let twelfths = (rest / shift).saturating_mul(TWELFTH) / (self.denominator / shift);
        let numerator = whole.saturating_mul(TWELFTH).saturating_add(twelfths);
        let common = i128::try_from(greatest_common_divisor(numerator.unsigned_abs(), TWELFTH.unsigned_abs())).unwrap_or(1);
        Self { numerator: numerator / common, denominator: TWELFTH / common }
    }
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Add for Ratio {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let exact = self.numerator.checked_mul(other.denominator).and_then(|left| {
            let right = other.numerator.checked_mul(self.denominator)?;
            Some(Self::new(left.checked_add(right)?, self.denominator.checked_mul(other.denominator)?))
        });
        exact.unwrap_or_else(|| {
            let (a, b) = (self.twelfths(), other.twelfths());
            Self::new(a.saturating_add(b), TWELFTH)
        })
    }
}

impl Neg for Ratio {
    type Output = Self;
    fn neg(self) -> Self {
        Self { numerator: -self.numerator, denominator: self.denominator }
    }
}

impl Sub for Ratio {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Ratio {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        // Cross-cancelling first keeps the products as small as they can be.
        let left = Self::new(self.numerator, other.denominator);
        let right = Self::new(other.numerator, self.denominator);
        match (left.numerator.checked_mul(right.numerator), left.denominator.checked_mul(right.denominator)) {
            (Some(numerator), Some(denominator)) => Self::new(numerator, denominator),
            _ => Self::new(self.twelfths().saturating_mul(other.twelfths() / 1_000_000), TWELFTH * (TWELFTH / 1_000_000)),
        }
    }
}

impl Div for Ratio {
    type Output = Self;
    // Dividing is multiplying by the reciprocal; a zero divisor gives zero, as documented on the type.
    #[allow(clippy::suspicious_arithmetic_impl)]
    fn div(self, other: Self) -> Self {
        if other.numerator == 0 { Self::ZERO } else { self * Self::new(other.denominator, other.numerator) }
    }
}

impl Ratio {
    fn twelfths(self) -> i128 {
        let whole = self.numerator.div_euclid(self.denominator);
        let rest = self.numerator.rem_euclid(self.denominator);
        whole.saturating_mul(TWELFTH).saturating_add(rest.saturating_mul(TWELFTH) / self.denominator)
    }
}

impl std::iter::Sum for Ratio {
    fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
        values.fold(Self::ZERO, Add::add)
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.numerator.checked_mul(other.denominator), other.numerator.checked_mul(self.denominator)) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => self.twelfths().cmp(&other.twelfths()),
        }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_short(6))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ratio(text: &str) -> Ratio {
        Ratio::parse_decimal(text).unwrap_or_else(|| panic!("{text} is no decimal"))
    }

    #[test]
    fn only_a_plain_decimal_is_a_number() {
        for good in ["2.5", "0", "-1.25", "+3", "160.3", "007"] {
            assert!(Ratio::parse_decimal(good).is_some(), "{good}");
        }
        for bad in ["2,5", "2.5%", "", ".", "2.", ".5", "1e3", " 2", "£2", "1_000", "--1", "0x1f", "1234567890123"] {
            assert!(Ratio::parse_decimal(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn fixed_decimals_round_half_away_from_zero() {
        assert_eq!(ratio("2.605").to_fixed(2), "2.61");
        assert_eq!(ratio("-2.605").to_fixed(2), "-2.61");
        assert_eq!(ratio("-0.001").to_fixed(2), "0.00");
        assert_eq!(Ratio::new(23, 12).to_fixed(3), "1.917");
        assert_eq!(ratio("49.999").to_short(2), "50");
    }

    #[test]
    fn ceiling_and_floor_differ_only_between_whole_numbers() {
        assert_eq!((ratio("3").ceiling(), ratio("3").floor()), (3, 3));
        assert_eq!((ratio("3.01").ceiling(), ratio("3.99").floor()), (4, 3));
        assert_eq!((ratio("-3.5").ceiling(), ratio("-3.5").floor()), (-3, -4));
    }

    #[test]
    fn a_long_chain_of_rises_stays_within_a_billionth() {
        let rise = ratio("1.0123456789");
        let chained = (0..40).fold(Ratio::ONE, |value, _| value * rise);
        let expected = 1.012_345_678_9_f64.powi(40);
        assert!((chained.to_f64() - expected).abs() < 1e-9, "{chained} against {expected}");
    }

    proptest! {
        #[test]
        fn adding_and_taking_away_gives_the_same_number(a in -1_000_000_000_i64..1_000_000_000, b in 1_i64..1_000_000, c in -1_000_000_i64..1_000_000, d in 1_i64..1_000_000) {
            let (x, y) = (Ratio::new(a.into(), b.into()), Ratio::new(c.into(), d.into()));
            prop_assert_eq!(x + y - y, x);
            if c != 0 {
                prop_assert_eq!(x * y / y, x);
            }
        }

        #[test]
        fn order_is_that_of_cross_products(a in -1000_i64..1000, b in 1_i64..1000, c in -1000_i64..1000, d in 1_i64..1000) {
            prop_assert_eq!(Ratio::new(a.into(), b.into()).cmp(&Ratio::new(c.into(), d.into())), (a * d).cmp(&(c * b)));
        }

        #[test]
        fn what_is_printed_reads_back(pennies in -100_000_000_i64..100_000_000) {
            let value = Ratio::new(pennies.into(), 100);
            prop_assert_eq!(Ratio::parse_decimal(&value.to_fixed(2)), Some(value));
        }
    }
}
