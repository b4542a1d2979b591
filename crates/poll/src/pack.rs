//! Pack numbers: what stands on a voter's envelope and paper, `UNIT-NUMBER-CHECK`.
//!
//! A number is drawn by lot within its unit and says nothing about the person or the credential; who knows which belongs to which is
//! the authority (letters) and the scrutineer (packs). The check digit is Damm's: it finds every single wrong digit and every
//! exchange of two neighbours.

use std::fmt;

/// Number of a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pack {
    /// Place of the unit in the plan, from 1.
    pub unit: u32,
    /// Number within the unit, from 1; written with at least six digits.
    pub number: u32,
}

/// Why a text is no pack number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackFault {
    /// Not of the form `UNIT-NUMBER-CHECK`.
    Form,
    /// A digit is wrong, or two are exchanged.
    Check,
}

impl fmt::Display for PackFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "a pack number is like 1-000001-2",
            Self::Check => "a digit of this pack number is wrong, or two are exchanged",
        })
    }
}

impl std::error::Error for PackFault {}

impl Pack {
    /// Reads one, with its check digit.
    pub fn parse(text: &str) -> Result<Self, PackFault> {
        let mut parts = text.trim().split('-');
        let (Some(unit), Some(number), Some(check), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(PackFault::Form);
        };
        let digits = |text: &str| (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<u32>().ok());
        let (Some(Some(unit_number)), Some(Some(place)), Some(Some(_))) = (digits(unit), digits(number), digits(check)) else {
            return Err(PackFault::Form);
        };
        if unit_number == 0 || place == 0 {
            return Err(PackFault::Form);
        }
        let pack = Self { unit: unit_number, number: place };
        let canonical = pack.to_string();
        if canonical == text.trim() {
            return Ok(pack);
        }
        let same_shape = canonical.len() == text.trim().len() && canonical.rsplit('-').nth(1) == Some(number);
        Err(if same_shape { PackFault::Check } else { PackFault::Form })
    }
}

impl fmt::Display for Pack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{}{:06}", self.unit, self.number);
        write!(f, "{}-{:06}-{}", self.unit, self.number, damm(digits.bytes().map(|digit| digit - b'0')))
    }
}

/// Damm's quasigroup of order ten.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

fn damm(digits: impl Iterator<Item = u8>) -> u8 {
    digits.fold(0, |interim, digit| DAMM[usize::from(interim)][usize::from(digit % 10)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_wrong_digit_and_every_exchange_of_neighbours_is_found() {
        assert_eq!(damm([5, 7, 2].into_iter()), 4, "the published example");
        for pack in [Pack { unit: 1, number: 1 }, Pack { unit: 12, number: 340_917 }, Pack { unit: 7, number: 1_234_567 }] {
            let text = pack.to_string();
            assert_eq!(Pack::parse(&text), Ok(pack));
            let places: Vec<usize> = (0..text.len()).filter(|at| text.as_bytes()[*at] != b'-').collect();
            for (at, place) in places.iter().enumerate() {
                for digit in b'0'..=b'9' {
                    let mut wrong = text.clone().into_bytes();
                    wrong[*place] = digit;
                    let wrong = String::from_utf8(wrong).expect("digits");
                    assert_eq!(Pack::parse(&wrong).is_ok(), wrong == text, "{wrong}");
                }
                if let Some(next) = places.get(at + 1) {
                    let mut wrong = text.clone().into_bytes();
                    wrong.swap(*place, *next);
                    let wrong = String::from_utf8(wrong).expect("digits");
                    assert_eq!(Pack::parse(&wrong).is_ok(), wrong == text, "{wrong}");
                }
            }
        }
        for form in ["", "1-1-1", "1-000001", "1-000001-2-", "a-000001-2", "01-000001-2", "1 000001 2", "1-000001-22", "0-000001-3"] {
            assert_eq!(Pack::parse(form), Err(PackFault::Form), "{form}");
        }
        assert_eq!(Pack::parse("1-000001-3"), Err(PackFault::Check));
    }
}
