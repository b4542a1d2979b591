//! Money as whole pence, and the rounding that belongs to a scale.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use dated::{Ratio, grouped};

/// An amount in pence. Rates of pay are pence a year, full time, before supplements, unless the name says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pence(pub i64);

impl Pence {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Pounds as read from a file; `None` when there are fractions of a penny or the amount is beyond reason.
    pub fn from_pounds(pounds: Ratio) -> Option<Self> {
        let pence = pounds * Ratio::whole(100);
        (pence.denominator() == 1).then(|| i64::try_from(pence.numerator()).ok()).flatten().map(Self)
    }

    /// The amount in pounds, exactly.
    pub fn pounds(self) -> Ratio {
        Ratio::new(self.0.into(), 100)
    }

    /// The exact number of pence.
    pub fn ratio(self) -> Ratio {
        Ratio::whole(self.0)
    }

    /// Rounded to the nearest penny; a half goes away from zero.
    pub fn nearest(pence: Ratio) -> Self {
        Self(i64::try_from(pence.round_half_away()).unwrap_or(i64::MAX))
    }

    /// How much more this is than `base`, in percent; zero when the base is zero.
    pub fn percent_above(self, base: Self) -> Ratio {
        Ratio::new((i128::from(self.0) - i128::from(base.0)) * 100, base.0.into())
    }
}

impl Add for Pence {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Pence {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Pence {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Pence {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Pence {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// `£17,030`, or `£5.65` when there are odd pence.
impl fmt::Display for Pence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pounds, pence) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        if self.0 < 0 {
            f.write_str("−")?;
        }
        write!(f, "£{}", grouped(pounds))?;
        if pence == 0 { Ok(()) } else { write!(f, ".{pence:02}") }
    }
}

/// Spec P3: the rounding that the publisher of a scale uses for annual rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounding {
    /// The unit rates are rounded to, in pence.
    pub unit_pence: i64,
    /// In which direction.
    pub mode: RoundingMode,
}

/// The direction of a rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundingMode {
    /// To the nearest unit, a half upwards.
    Nearest,
    /// Up to the next unit unless already whole.
    Up,
    /// Down to the unit.
    Down,
}

impl Rounding {
    /// To the nearest penny: for a salary that is on no published scale.
    pub const PENNY: Self = Self { unit_pence: 1, mode: RoundingMode::Nearest };

    /// The words that scales use in their files.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("nearest pound", Self { unit_pence: 100, mode: RoundingMode::Nearest }),
        ("up to the pound", Self { unit_pence: 100, mode: RoundingMode::Up }),
        ("down to the pound", Self { unit_pence: 100, mode: RoundingMode::Down }),
        ("nearest 5 pounds", Self { unit_pence: 500, mode: RoundingMode::Nearest }),
        ("up to 5 pounds", Self { unit_pence: 500, mode: RoundingMode::Up }),
        ("nearest penny", Self::PENNY),
    ];

    /// Rounds an exact number of pence.
    pub fn apply(self, pence: Ratio) -> Pence {
        let units = pence / Ratio::whole(self.unit_pence);
        let whole = match self.mode {
            RoundingMode::Nearest => units.round_half_away(),
            RoundingMode::Up => units.ceiling(),
            RoundingMode::Down => units.floor(),
        };
        Pence(i64::try_from(whole.saturating_mul(self.unit_pence.into())).unwrap_or(i64::MAX))
    }

    /// The words for this rounding, as scales write it.
    pub fn words(self) -> &'static str {
        Self::WORDS.iter().find(|(_, rounding)| *rounding == self).map_or("rounding of its own", |(words, _)| words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounding(words: &str) -> Rounding {
        Rounding::WORDS.iter().find(|(known, _)| *known == words).map(|(_, rounding)| *rounding).expect("a known rounding")
    }

    #[test]
    fn each_rounding_does_what_its_words_say() {
        let rate = Ratio::new(1_916_545, 1); // 19,165.45: 18,698 and 2.5%
        assert_eq!(rounding("up to the pound").apply(rate), Pence(1_916_600));
        assert_eq!(rounding("nearest pound").apply(rate), Pence(1_916_500));
        assert_eq!(rounding("down to the pound").apply(rate), Pence(1_916_500));
        assert_eq!(rounding("nearest 5 pounds").apply(Ratio::whole(1_263_270)), Pence(1_263_500));
        assert_eq!(rounding("up to the pound").apply(Ratio::whole(1_916_500)), Pence(1_916_500));
        assert_eq!(rounding("nearest pound").apply(Ratio::whole(50)), Pence(100));
    }

    #[test]
    fn money_is_written_as_people_write_it() {
        assert_eq!(Pence(1_703_000).to_string(), "£17,030");
        assert_eq!(Pence(565).to_string(), "£5.65");
        assert_eq!(Pence(-19_667).to_string(), "−£196.67");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn pounds_with_fractions_of_a_penny_are_refused() {
        assert_eq!(Ratio::parse_decimal("5.65").and_then(Pence::from_pounds), Some(Pence(565)));
        assert_eq!(Ratio::parse_decimal("5.655").and_then(Pence::from_pounds), None);
    }
}
