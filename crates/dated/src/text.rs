//! From bytes to text: size, encoding, byte-order mark, line ends; and dates as people write them.

use jiff::civil::Date;

use crate::fault::{Faults, Place};

/// The largest file that a dispute folder may hold. The founding disputes need less than a hundredth of it.
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// A file as the edge of the program found it. A file that is too large is not read, only named.
#[derive(Clone, Debug)]
pub enum FileBytes {
    /// The bytes of the file.
    Read(Vec<u8>),
    /// The file is larger than [`MAX_FILE_BYTES`]; it was left unread.
    TooLarge {
        /// Size on disk.
        bytes: u64,
    },
    /// There is something of that name that cannot be read as a file.
    Unreadable {
        /// Why not, as a sentence without its subject: `is a folder where a file belongs`.
        why: String,
    },
}

impl FileBytes {
    /// The text of the file, or faults that say why there is none.
    ///
    /// A byte-order mark and Windows line ends are reported as warnings and the text is used without them.
    pub fn text(&self, file: &str, faults: &Faults) -> Option<String> {
        let start = Place::new(file, 1);
        let bytes = match self {
            Self::Read(bytes) => bytes,
            Self::Unreadable { why } => {
                faults.error("file-unreadable", &start, format!("this {why}"), "put a plain file in its place, or remove it");
                return None;
            }
            Self::TooLarge { bytes } => {
                faults.error(
                    "file-too-large",
                    &start,
                    format!("the file is {} MB; the largest that is read here is {} MB", bytes / 1_000_000, MAX_FILE_BYTES / 1_000_000),
                    "keep only what this dispute needs, or check that this is the file you meant",
                );
                return None;
            }
        };
        let body = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => {
                faults.warning(
                    "byte-order-mark",
                    &start,
                    "the file begins with a byte-order mark",
                    "save it as UTF-8 without a byte-order mark",
                );
                rest
            }
            None => bytes,
        };
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            faults.error("not-utf8", &start, "the file is UTF-16, not UTF-8", "save it as UTF-8");
            return None;
        }
        let text = match std::str::from_utf8(body) {
            Ok(text) => text,
            Err(error) => {
                let before = &body[..error.valid_up_to()];
                let line = 1 + count_line_ends(before);
                faults.error(
                    "not-utf8",
                    &Place::new(file, line),
                    format!("byte 0x{:02x} on this line is not UTF-8 text", body[error.valid_up_to()]),
                    "save the file as UTF-8 (a pound sign saved by an old program is the usual cause)",
                );
                return None;
            }
        };
        if text.trim().is_empty() {
            faults.error("file-empty", &start, "the file is empty", "fill it in, or delete it");
            return None;
        }
        if let Some(at) = text.find("\r\n") {
            let line = 1 + count_line_ends(&text.as_bytes()[..at]);
            let count = text.matches("\r\n").count();
            faults.warning(
                "windows-line-ends",
                &Place::new(file, line),
                format!("{count} {} with a carriage return (Windows line ends)", if count == 1 { "line ends" } else { "lines end" }),
                "save the file with Unix line ends (LF)",
            );
            return Some(text.replace("\r\n", "\n"));
        }
        Some(text.to_owned())
    }
}

fn count_line_ends(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX - 1)
}

/// Reads `2007-04-01`. The message says which part is wrong: a month 13 is another mistake than a 31 April.
///
/// # Errors
/// A sentence for the user when the text is not a date of the calendar.
pub fn parse_date(text: &str) -> Result<Date, String> {
    let parts: Vec<&str> = text.split('-').collect();
    let shape =
        parts.len() == 3 && [4, 2, 2].iter().zip(&parts).all(|(len, part)| part.len() == *len && part.bytes().all(|b| b.is_ascii_digit()));
    if !shape {
        return Err(format!("“{text}” is not a date written year-month-day"));
    }
    let number = |part: &str| part.parse::<i16>().unwrap_or(0);
    let (year, month, day) = (number(parts[0]), number(parts[1]), number(parts[2]));
    if !(1900..=2200).contains(&year) {
        return Err(format!("the year {year} in {text} is outside 1900 to 2200"));
    }
    if !(1..=12).contains(&month) {
        return Err(format!("{text} has no month {month}: the order is year-month-day"));
    }
    Date::new(year, month as i8, day as i8)
        .map_err(|_| format!("{text} does not exist: {} {year} has no day {day}", MONTH_NAMES[month as usize - 1]))
}

pub(crate) const MONTH_NAMES: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// A whole number as people read it, with commas between thousands: `450,000`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 November 2007`.
pub fn long_date(date: Date) -> String {
    format!("{} {} {}", date.day(), MONTH_NAMES[date.month() as usize - 1], date.year())
}

/// The name among `known` that `found` was probably meant to be: same but for case, or within two changed letters.
pub fn nearest_name<'k>(found: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let wanted = found.to_lowercase();
    known
        .into_iter()
        .map(|name| (changed_letters(&wanted, &name.to_lowercase()), name))
        .filter(|(changes, name)| *changes <= 2 && *changes < name.chars().count())
        .min_by_key(|(changes, _)| *changes)
        .map(|(_, name)| name)
}

/// Levenshtein distance, by rows.
fn changed_letters(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_does_not_exist_is_named() {
        assert_eq!(parse_date("2007-02-30").unwrap_err(), "2007-02-30 does not exist: February 2007 has no day 30");
        assert!(parse_date("2007-13-01").unwrap_err().contains("no month 13"));
        assert!(parse_date("01/04/2007").unwrap_err().contains("year-month-day"));
        assert!(parse_date("2004-02-29").is_ok());
        assert!(parse_date("2100-02-29").is_err());
    }

    #[test]
    fn nearest_name_forgives_case_and_two_letters() {
        assert_eq!(nearest_name("Scotlnad", ["England", "Scotland"]), Some("Scotland"));
        assert_eq!(nearest_name("ENGLAND", ["England", "Scotland"]), Some("England"));
        assert_eq!(nearest_name("Ruritania", ["England", "Scotland"]), None);
        assert_eq!(nearest_name("9", ["1", "2"]), None);
    }
}
