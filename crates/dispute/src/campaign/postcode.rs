//! A postcode: its form, and one way to write it.

use std::fmt;

/// A postcode in one of the six forms in use, written in capitals with one space: `SW1A 2AA`.
///
/// That the form is right does not say that the postcode exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode {
    /// Outward part, padded with spaces to four, then the three of the inward part.
    letters: [u8; 7],
}

/// Why a text is not a postcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostcodeFault {
    /// Fewer than five or more than seven letters and digits.
    Length,
    /// Something that is neither letter nor digit.
    Character(char),
    /// Not one of the six forms.
    Form,
    /// Of a form, but with a letter O for a nought, or I for a one, or the other way.
    Mistyped(Postcode),
}

impl PostcodeFault {
    /// What is wrong, as a sentence part after the text.
    pub fn what(self) -> String {
        match self {
            Self::Length => "is not a postcode: those have five to seven letters and digits".to_owned(),
            Self::Character(c) => format!("is not a postcode: “{}” stands in none", c.escape_default()),
            Self::Form => "is not a postcode: none is built like that".to_owned(),
            Self::Mistyped(_) => "is not a postcode: letter and figure are confused".to_owned(),
        }
    }

    /// What would be right.
    pub fn fix(self) -> String {
        match self {
            Self::Mistyped(better) => format!("did you mean {better}?"),
            _ => "write it as SW1A 2AA, M1 1AE or CR2 6XH".to_owned(),
        }
    }
}

impl Postcode {
    /// Reads a postcode as people type it: any case, any spaces.
    ///
    /// # Errors
    /// Why it is none, and what was probably meant.
    pub fn parse(text: &str) -> Result<Self, PostcodeFault> {
        let mut plain = [0_u8; 8];
        let mut count = 0;
        for c in text.chars() {
            if c == ' ' || c == '\u{a0}' || c == '\t' {
                continue;
            }
            if !c.is_ascii_alphanumeric() {
                return Err(PostcodeFault::Character(c));
            }
            if count < plain.len() {
                plain[count] = c.to_ascii_uppercase() as u8;
            }
            count += 1;
        }
        if !(5..=7).contains(&count) {
            return Err(PostcodeFault::Length);
        }
        let plain = &plain[..count];
        if has_form(plain) {
            return Ok(Self::of(plain));
        }
        mended(plain).map_or(Err(PostcodeFault::Form), |better| Err(PostcodeFault::Mistyped(Self::of(&better))))
    }

    fn of(plain: &[u8]) -> Self {
        let (outward, inward) = plain.split_at(plain.len() - 3);
        let mut letters = [b' '; 7];
        letters[..outward.len()].copy_from_slice(outward);
        letters[4..].copy_from_slice(inward);
        Self { letters }
    }

    /// The postcode as a number below 2 to the 37th, in the order of the postcodes.
    pub(crate) fn number(self) -> u64 {
        self.letters.iter().fold(0, |number, letter| number * 37 + digit(*letter))
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.letters[..4].iter().filter(|letter| **letter != b' ') {
            write!(f, "{}", char::from(*letter))?;
        }
        write!(f, " ")?;
        self.letters[4..].iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

fn digit(letter: u8) -> u64 {
    match letter {
        b'0'..=b'9' => u64::from(letter - b'0') + 1,
        b'A'..=b'Z' => u64::from(letter - b'A') + 11,
        _ => 0,
    }
}

/// A letter, a figure, or either: A9, A99, A9A, AA9, AA99, AA9A, and 9AA behind.
fn has_form(plain: &[u8]) -> bool {
    let (outward, inward) = plain.split_at(plain.len() - 3);
    let (figure, letter) = (u8::is_ascii_digit, u8::is_ascii_uppercase);
    let outward_fits = match outward {
        [a, b] => letter(a) && figure(b),
        [a, b, c] => letter(a) && ((figure(b) && (figure(c) || letter(c))) || (letter(b) && figure(c))),
        [a, b, c, d] => letter(a) && letter(b) && figure(c) && (figure(d) || letter(d)),
        _ => false,
    };
    // The inward part never has these letters.
    let inward_fits = figure(&inward[0]) && inward[1..].iter().all(|c| letter(c) && !b"CIKMOV".contains(c));
    let girobank = plain == b"GIR0AA";
    girobank || (outward_fits && inward_fits)
}

/// The postcode that comes of putting noughts for letters O and ones for letters I, or back, in one or two places.
fn mended(plain: &[u8]) -> Option<Vec<u8>> {
    let other = |c: u8| match c {
        b'O' => Some(b'0'),
        b'0' => Some(b'O'),
        b'I' | b'L' => Some(b'1'),
        b'1' => Some(b'I'),
        _ => None,
    };
    let places: Vec<usize> = (0..plain.len()).filter(|at| other(plain[*at]).is_some()).collect();
    let changed = |places: &[usize]| {
        let mut text = plain.to_vec();
        places.iter().for_each(|at| text[*at] = other(text[*at]).unwrap_or(text[*at]));
        has_form(&text).then_some(text)
    };
    let one = places.iter().find_map(|at| changed(&[*at]));
    one.or_else(|| places.iter().enumerate().find_map(|(n, at)| places[n + 1..].iter().find_map(|next| changed(&[*at, *next]))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read_however_it_is_typed() {
        for (typed, written) in [
            ("m11ae", "M1 1AE"),
            ("B33 8TH", "B33 8TH"),
            ("w1a0ax", "W1A 0AX"),
            (" cr2 6xh ", "CR2 6XH"),
            ("DN551PT", "DN55 1PT"),
            ("s w1a 2 a a", "SW1A 2AA"),
        ] {
            assert_eq!(Postcode::parse(typed).map(|postcode| postcode.to_string()), Ok(written.to_owned()), "{typed}");
        }
    }

    #[test]
    fn what_is_no_postcode_says_why() {
        assert_eq!(Postcode::parse("SW1A"), Err(PostcodeFault::Length));
        assert_eq!(Postcode::parse("SW1A 2AAA"), Err(PostcodeFault::Length));
        assert_eq!(Postcode::parse("SW1A-2AA"), Err(PostcodeFault::Character('-')));
        assert_eq!(Postcode::parse("1SW 2AA"), Err(PostcodeFault::Form));
        assert_eq!(Postcode::parse("SW1A 2CA"), Err(PostcodeFault::Form), "C stands in no inward part");
        let meant = |text| Postcode::parse(text).unwrap_err().fix();
        assert_eq!(meant("MI 1AE"), "did you mean M1 1AE?");
        assert_eq!(meant("CR2 OXH"), "did you mean CR2 0XH?");
        assert_eq!(meant("ECIA IBB"), "did you mean EC1A 1BB?");
    }

    #[test]
    fn numbers_keep_order_and_are_all_different() {
        let list = ["B1 1AA", "B1 1AB", "B10 0AA", "B1A 1AA", "BA1 1AA", "M1 1AE", "SW1A 2AA", "ZE3 9ZZ"];
        let numbers: Vec<u64> = list.iter().map(|text| Postcode::parse(text).expect("a postcode").number()).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        assert!(numbers.iter().all(|number| *number < 1 << 37));
    }
}
