//! What one cell of a membership file says: a postcode, an e-mail address, a telephone number, a standing, a day. Spec R2.

use dated::{Date, parse_date};
use sheet::{Cell, Trouble, short};

use crate::campaign::Language;

/// Standing of a member in the union's own list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// In membership.
    #[default]
    Member,
    /// Fell out for arrears.
    Lapsed,
    /// Retired from work.
    Retired,
    /// Left the union.
    Left,
    /// Suspended from the benefits of membership.
    Suspended,
}

impl Standing {
    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Lapsed => "lapsed",
            Self::Retired => "retired",
            Self::Left => "left",
            Self::Suspended => "suspended",
        }
    }

    pub(super) fn read(text: &str) -> Cell<Self> {
        Ok(match text.to_ascii_lowercase().as_str() {
            "" | "member" | "active" | "current" | "full" | "full member" | "paid" | "in benefit" | "live" | "aelod" => Self::Member,
            "lapsed" | "in arrears" | "arrears" | "expired" | "out of benefit" => Self::Lapsed,
            "retired" | "retired member" | "pensioner" => Self::Retired,
            "left" | "leaver" | "resigned" | "cancelled" | "deceased" | "transferred out" | "expelled" => Self::Left,
            "suspended" => Self::Suspended,
            _ => {
                let what = format!("“{}” is no standing that is known", short(text));
                return Err(Trouble::new("unknown-status", what, "member, lapsed, retired, left or suspended"));
            }
        })
    }
}

/// The language that a cell asks for; an empty one asks for English.
pub(super) fn language(text: &str) -> Option<Language> {
    match text.to_ascii_lowercase().as_str() {
        "" | "en" | "eng" | "english" | "saesneg" | "en-gb" => Some(Language::English),
        "cy" | "cym" | "welsh" | "cymraeg" | "cy-gb" => Some(Language::Welsh),
        _ => None,
    }
}

/// How somebody wants to be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// By letter.
    Post,
    /// By e-mail.
    Email,
    /// By text message.
    Text,
}

impl Channel {
    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Email => "email",
            Self::Text => "text",
        }
    }

    /// `Ok(None)`: nothing was said.
    pub(super) fn read(text: &str) -> Result<Option<Self>, ()> {
        match text.to_ascii_lowercase().as_str() {
            "" | "any" | "none" | "no preference" => Ok(None),
            "post" | "letter" | "mail" | "paper" | "by post" => Ok(Some(Self::Post)),
            "email" | "e-mail" | "by email" | "electronic" => Ok(Some(Self::Email)),
            "text" | "sms" | "phone" | "mobile" | "text message" => Ok(Some(Self::Text)),
            _ => Err(()),
        }
    }
}

/// Yes, no, or nothing said.
pub(super) fn yes_or_no(text: &str) -> Cell<Option<bool>> {
    match text.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "yes" | "y" | "true" | "1" | "x" | "large" | "ie" => Ok(Some(true)),
        "no" | "n" | "false" | "0" | "standard" | "nage" => Ok(Some(false)),
        _ => Err(Trouble::new("not-yes-or-no", format!("“{}” is neither yes nor no", short(text)), "yes or no")),
    }
}

/// A day: `2019-03-31`, with a spreadsheet's midnight behind it, or `31/03/2019` (day first).
pub(super) fn day(text: &str) -> Cell<Option<Date>> {
    let text = text.split_once(['T', ' ']).map_or(text, |(day, rest)| if rest.starts_with("00:00") { day } else { text });
    if text.is_empty() {
        return Ok(None);
    }
    let parts: Vec<&str> = text.split(['/', '.']).collect();
    let read = match parts.as_slice() {
        [day, month, year] if year.len() == 4 && day.len() <= 2 && month.len() <= 2 => parse_date(&format!("{year}-{month:0>2}-{day:0>2}")),
        _ => parse_date(text),
    };
    read.map(Some).map_err(|_| {
        let what = format!("“{}” is no day of the calendar", short(text));
        Trouble::new("not-a-date", what, "write it as 2019-03-31, or 31/03/2019 with the day first")
    })
}

/// A membership number: letters and digits, with `/`, `-` and `.` between; what a spreadsheet adds is taken off.
pub(super) fn number(text: &str) -> Cell<&str> {
    let number = text.strip_suffix(".0").unwrap_or(text);
    let fits = number.len() <= 40 && number.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'.' | b'_'));
    if fits && number.bytes().next().is_none_or(|b| b.is_ascii_alphanumeric()) {
        return Ok(number);
    }
    Err(Trouble::new(
        "bad-number",
        format!("“{}” is no membership number", short(text)),
        "letters and digits without blanks, at most 40, with / - . between them",
    ))
}

/// A postcode of the United Kingdom as it is printed: `SW1A 1AA`. `None`: it is none.
pub(super) fn postcode(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    if !plain.is_ascii() || !(5..=7).contains(&plain.len()) {
        return None;
    }
    let (outward, inward) = plain.split_at(plain.len() - 3);
    let mut letters = inward.bytes();
    let inward_fits = letters.next().is_some_and(|b| b.is_ascii_digit())
        // The inward part never has these letters.
        && letters.all(|b| b.is_ascii_uppercase() && !b"CIKMOV".contains(&b));
    let kinds: String = outward
        .bytes()
        .map(|b| {
            if b.is_ascii_digit() {
                '9'
            } else if b.is_ascii_uppercase() {
                'A'
            } else {
                '-'
            }
        })
        .collect();
    let outward_fits = ["A9", "A99", "AA9", "AA99", "A9A", "AA9A"].contains(&kinds.as_str()) || plain == "GIR0AA";
    (inward_fits && outward_fits).then(|| format!("{outward} {inward}"))
}

/// Whether mail can be sent there: one @, a name, a domain with a dot, nothing that belongs to no address.
pub(super) fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else { return false };
    let fits = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    let labels = domain.split('.').all(|label| {
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    });
    text.len() <= 254
        && name.len() <= 64
        && fits(name)
        && !name.contains('@')
        && labels
        && domain.contains('.')
        && domain.rsplit('.').next().is_some_and(|last| last.len() >= 2 && !last.bytes().all(|b| b.is_ascii_digit()))
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "\"(),:;<>[]\\".contains(c))
}

/// The part that names one mailbox, whatever the case and whatever stands behind a plus.
pub(super) fn mailbox(email: &str) -> String {
    let lower = email.to_lowercase();
    match lower.split_once('@') {
        Some((name, domain)) => format!("{}@{domain}", name.split('+').next().unwrap_or(name)),
        None => lower,
    }
}

/// A telephone number as digits: `07700900123`; of another country with 00. `None`: it is none.
pub(super) fn phone(text: &str) -> Option<String> {
    if text.chars().any(|c| !(c.is_ascii_digit() || " ()+-./".contains(c))) {
        return None;
    }
    let text = text.replace("(0)", "");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = match digits.as_str() {
        foreign if text.trim_start().starts_with('+') && !foreign.starts_with("44") => format!("00{foreign}"),
        british if british.starts_with("44") && british.len() == 12 => format!("0{}", &british[2..]),
        british if british.starts_with("0044") && british.len() == 14 => format!("0{}", &british[4..]),
        // A spreadsheet took it for a number.
        short if short.len() == 10 && !short.starts_with('0') => format!("0{short}"),
        as_written => as_written.to_owned(),
    };
    let fits = national.starts_with("00") && (9..=17).contains(&national.len())
        || national.starts_with('0') && (10..=11).contains(&national.len());
    fits.then_some(national)
}

/// What people write where there is nothing.
pub(super) fn or_nothing(text: &str) -> &str {
    match text.to_ascii_lowercase().as_str() {
        "-" | "--" | "n/a" | "na" | "none" | "unknown" | "not known" | "null" | "?" | "tbc" => "",
        _ => text,
    }
}

/// Small letters and digits of any script, words apart by one blank, in the order of the alphabet where `sorted`.
pub(super) fn comparable(text: &str, sorted: bool) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\'' | '’' | '.' => {}
            c if c.is_alphanumeric() => plain.extend(c.to_lowercase()),
            _ if plain.ends_with(' ') || plain.is_empty() => {}
            _ => plain.push(' '),
        }
    }
    let plain = plain.trim_end();
    if !sorted {
        return plain.to_owned();
    }
    let mut words: Vec<&str> = plain.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_are_printed_one_way_or_none() {
        for (written, printed) in [
            ("sw1a1aa", Some("SW1A 1AA")),
            (" M1 1AE ", Some("M1 1AE")),
            ("CF10 3NQ", Some("CF10 3NQ")),
            ("B33 8TH", Some("B33 8TH")),
            ("SW1A 1A", None),
            ("SW1A IAA", None),
            ("12345", None),
            ("", None),
            ("Ł1 1AA", None),
        ] {
            assert_eq!(postcode(written).as_deref(), printed, "{written}");
        }
    }

    #[test]
    fn mail_goes_only_where_it_can_arrive() {
        for good in ["a@b.uk", "jo.o'neil+ballot@mail.example.org", "x@xn--caf-dma.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["a@b", "a b@c.uk", "@c.uk", "a@", "a@@b.uk", "a@b..uk", "a.@b.uk", "a@b.uk, c@d.uk", "a@1.2.3.4", "<a@b.uk>", "a@-b.uk"]
        {
            assert!(!is_email(bad), "{bad}");
        }
        assert_eq!(mailbox("Jo+Ballot@Example.ORG"), "jo@example.org");
    }

    #[test]
    fn telephones_are_digits() {
        for (written, digits) in [
            ("07700 900123", Some("07700900123")),
            ("+44 (0)7700 900 123", Some("07700900123")),
            ("7700900123", Some("07700900123")),
            ("0044 7700 900123", Some("07700900123")),
            ("+353 85 012 3456", Some("00353850123456")),
            ("12345", None),
            ("ask her", None),
        ] {
            assert_eq!(phone(written).as_deref(), digits, "{written}");
        }
    }

    #[test]
    fn days_numbers_and_standings() {
        let of = |text: &str| day(text).map(|day| day.map(|day| day.to_string()));
        assert_eq!(of("31/3/2019"), Ok(Some("2019-03-31".to_owned())));
        assert_eq!(of("2019-03-31 00:00:00"), Ok(Some("2019-03-31".to_owned())));
        assert_eq!(of(""), Ok(None));
        assert_eq!(of("3/31/2019").unwrap_err().code, "not-a-date");
        assert_eq!((number("A/1-2"), number("12.0")), (Ok("A/1-2"), Ok("12")));
        assert!(number("=1+1").is_err() && number("1 2").is_err() && number("-1").is_err());
        assert_eq!(Standing::read("Resigned"), Ok(Standing::Left));
        assert!(Standing::read("perhaps").is_err());
        assert_eq!(comparable("O’Neil,  Jo", true), comparable("jo oneil", true));
    }
}
