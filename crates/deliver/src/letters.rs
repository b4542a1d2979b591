//! The authority's letters files: one row a pack, with the member's secret code and what is needed to reach them.
//!
//! `whitley vote credentials` writes them: columns `unit`, `member`, `pack`, `credential`, and the frozen roll's own columns after
//! them, of which name, address, e-mail, language and print size are used here. Spare packs come in files of the same kind without
//! members.

use std::borrow::Cow;
use std::collections::HashMap;

use dated::{Fault, Faults, Language, Place};
use vote::Credential;
use zeroize::Zeroizing;

use crate::trouble::{Answer, Trouble};

/// The most letters of a name or a line of an address.
pub const MOST_LETTERS: usize = 60;

/// A pack and its member.
pub struct Letter {
    /// Where the row stands.
    pub place: Place,
    /// Id of the balloting unit.
    pub unit: String,
    /// The roll's reference of the member; empty in a file of spares.
    pub member: String,
    /// The pack's number.
    pub pack: String,
    /// The secret code.
    pub credential: Credential,
    /// As the union writes it; may be empty.
    pub name: String,
    /// Lines of the address, none empty, the postcode last.
    pub address: Vec<String>,
    /// Where e-mail goes; may be empty.
    pub email: String,
    /// Which language the member reads.
    pub language: Language,
    /// Whether the letter is to be set in large print.
    pub large_print: bool,
    /// The row as it stood, for a letter with another code; wiped when dropped.
    pub row: Row,
}

/// A row with the names of its columns.
#[derive(Clone)]
pub struct Row {
    /// Names of the columns.
    pub columns: std::sync::Arc<[String]>,
    /// The cells, as many.
    pub cells: Zeroizing<Vec<String>>,
}

/// What a file of letters holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Packs with a member each.
    Members,
    /// Packs without one.
    Spares,
}

/// Reads files of letters: name and bytes of each. All faults of all files at once; nothing is taken from files with a fault.
pub fn read_letters<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>, kind: Kind) -> Answer<Vec<Letter>> {
    let faults = Faults::new();
    let mut letters: Vec<Letter> = Vec::new();
    for (file, bytes) in files {
        read_file(file, bytes, kind, &mut letters, &faults);
    }
    let mut seen: HashMap<&str, &Place> = HashMap::new();
    for letter in &letters {
        if let Some(first) = seen.insert(&letter.pack, &letter.place) {
            faults.error(
                "pack-twice",
                &letter.place,
                format!("pack {} stands already in {first}", letter.pack),
                "give each file once; a file made by replace goes instead of the row of the lost pack",
            );
        }
    }
    if faults.error_count() > 0 {
        return Err(Trouble::Faults(faults.into_sorted()));
    }
    Ok(letters)
}

fn read_file(file: &str, bytes: &[u8], kind: Kind, letters: &mut Vec<Letter>, faults: &Faults) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let top = Place::new(file, 1);
    let columns: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(|header| header.trim_start_matches('\u{feff}').trim().to_lowercase()).collect(),
        Err(_) => {
            faults.error("not-text", &top, "this is not a text file", "give a letters file as whitley vote credentials wrote it");
            return;
        }
    };
    let at = |name: &str| columns.iter().position(|column| column == name);
    let needed: &[&str] = match kind {
        Kind::Members => &["unit", "member", "pack", "credential"],
        Kind::Spares => &["unit", "pack", "credential"],
    };
    let missing: Vec<&str> = needed.iter().copied().filter(|name| at(name).is_none()).collect();
    if !missing.is_empty() {
        faults.error(
            "column-missing",
            &top,
            format!("the first line names no column {}", missing.join(", ")),
            "give a letters file as whitley vote credentials wrote it, with its first line",
        );
        return;
    }
    let named = columns.clone();
    let columns: std::sync::Arc<[String]> = columns.into();
    for row in reader.byte_records() {
        let Ok(row) = row else {
            faults.error("not-readable", &top, "the file cannot be read to its end", "give the file as it was written");
            return;
        };
        let place = Place::new(file, line_of(bytes, row.position()));
        let Ok(row) = csv::StringRecord::from_byte_record(row) else {
            faults.error("not-text", &place, "this row is not UTF-8 text", "save the file as UTF-8");
            continue;
        };
        if row.len() != columns.len() {
            faults.error(
                "cells",
                &place,
                format!("the row has {} cells and the first line {}", row.len(), columns.len()),
                "a comma in a cell needs quotation marks round the cell",
            );
            continue;
        }
        let cell = |name: &str| named.iter().position(|column| column == name).and_then(|at| row.get(at)).unwrap_or_default().trim();
        let before = faults.error_count();
        let credential = Credential::parse(cell("credential"));
        if let Err(why) = &credential {
            // The cell is not repeated: a fault is shown, kept and sent round.
            faults.error("not-a-credential", &place, why.to_string(), "take the row from the file that whitley vote credentials wrote");
        }
        let pack = cell("pack");
        let plain =
            |text: &str| !text.is_empty() && text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !plain(pack) {
            faults.error("not-a-pack", &place, "there is no pack number", "a pack number has digits, letters and hyphens");
        }
        let unit = cell("unit");
        if unit.is_empty() || unit.len() > 64 || !unit.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            faults.error("not-a-unit", &place, "there is no unit", "a unit has small letters, digits and hyphens");
        }
        let language = match cell("language").to_lowercase().as_str() {
            "" | "en" | "english" => Language::English,
            "cy" | "welsh" | "cymraeg" => Language::Welsh,
            other => {
                faults.error("unknown-language", &place, format!("there are no texts in “{}”", shown(other)), "write en or cy");
                Language::English
            }
        };
        let large_print = match cell("large_print").to_lowercase().as_str() {
            "" | "no" | "n" | "false" | "0" => false,
            "yes" | "y" | "true" | "1" => true,
            other => {
                faults.error("unknown-print", &place, format!("large_print is “{}”", shown(other)), "write yes or no");
                false
            }
        };
        let Ok(credential) = credential else { continue };
        if faults.error_count() > before {
            continue;
        }
        let lines = (1..=9).map(|number| cell(&format!("address_{number}"))).chain([cell("town"), cell("county"), cell("postcode")]);
        letters.push(Letter {
            unit: unit.to_owned(),
            member: cell("member").to_owned(),
            pack: pack.to_owned(),
            credential,
            name: cell("name").to_owned(),
            address: lines.filter(|line| !line.is_empty()).map(str::to_owned).collect(),
            email: cell("email").to_owned(),
            language,
            large_print,
            row: Row { columns: columns.clone(), cells: Zeroizing::new(row.iter().map(str::to_owned).collect()) },
            place,
        });
    }
}

/// The line a row begins at. After Windows line ends the reader stands between the two marks, one line behind.
fn line_of(bytes: &[u8], position: Option<&csv::Position>) -> u32 {
    let Some(position) = position else { return 1 };
    let behind = bytes.get(usize::try_from(position.byte()).unwrap_or(usize::MAX)..).unwrap_or_default();
    let left_over = behind.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n').count();
    u32::try_from(position.line() + left_over as u64).unwrap_or(u32::MAX)
}

impl Letter {
    /// Why this pack cannot go by post as the row is, if it cannot.
    pub fn no_post(&self) -> Option<String> {
        if self.address.is_empty() {
            return Some("no address".to_owned());
        }
        self.address.iter().find_map(|line| unprintable(line)).map(|why| format!("address: {why}"))
    }

    /// The address to send e-mail to, or why there is none.
    pub fn mailbox(&self, work: &WorkDomains) -> Result<lettre::Address, String> {
        if self.email.is_empty() {
            return Err("no e-mail address".to_owned());
        }
        let bad = || "not an e-mail address we can send to".to_owned();
        // One address and nothing else: what could end a header line or begin another address is no address.
        if !self.email.is_ascii() || self.email.bytes().any(|byte| byte.is_ascii_control() || b" ,;<>\"()[]\\".contains(&byte)) {
            return Err(bad());
        }
        let address: lettre::Address = self.email.parse().map_err(|_| bad())?;
        if !address.domain().contains('.') {
            return Err(bad());
        }
        if work.has(address.domain()) {
            return Err(format!("work address ({})", address.domain()));
        }
        Ok(address)
    }

    /// The name for a greeting or an envelope; none if it is empty or holds what a reader does not see.
    pub fn shown_name(&self) -> Option<&str> {
        (!self.name.is_empty() && unprintable(&self.name).is_none()).then_some(self.name.as_str())
    }

    /// What is odd about the name, if anything: it is left out then, and the pack goes all the same.
    pub fn odd_name(&self) -> Option<String> {
        (!self.name.is_empty()).then(|| unprintable(&self.name)).flatten()
    }
}

/// Why a line is not printed, if it is not: too long, or with letters that are not seen and change how the rest is read.
fn unprintable(line: &str) -> Option<String> {
    let bad = line.chars().find(|letter| {
        letter.is_control()
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
    });
    if let Some(bad) = bad {
        return Some(format!("holds U+{:04X}, a character that is not seen", u32::from(bad)));
    }
    let letters = line.chars().count();
    (letters > MOST_LETTERS).then(|| format!("has {letters} letters, {MOST_LETTERS} fit"))
}

/// A cell in a fault: short, and what is not seen is seen.
fn shown(cell: &str) -> Cow<'_, str> {
    if cell.len() <= 30 && !cell.chars().any(char::is_control) {
        return Cow::Borrowed(cell);
    }
    Cow::Owned(cell.chars().take(30).flat_map(char::escape_debug).chain(['…']).collect())
}

/// Domains of e-mail addresses that belong to employers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkDomains(Vec<String>);

impl WorkDomains {
    /// These domains; a leading `@` is left out.
    pub fn new<'d>(domains: impl IntoIterator<Item = &'d str>) -> Self {
        let mut list: Vec<String> = domains
            .into_iter()
            .map(|domain| domain.trim().trim_start_matches('@').trim_end_matches('.').to_ascii_lowercase())
            .filter(|domain| !domain.is_empty())
            .collect();
        list.sort();
        list.dedup();
        Self(list)
    }

    /// Reads the column `work_domains` (or `email_domains`, `domains`) of an employers file; several in a cell stand apart by
    /// semicolons or spaces.
    pub fn read(file: &str, bytes: &[u8]) -> Answer<Self> {
        let wrong = |what: String| Trouble::Faults(vec![fault(file, 1, what)]);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let headers = reader.headers().map_err(|error| wrong(error.to_string()))?.clone();
        let known = |header: &str| {
            let name = header.trim_start_matches('\u{feff}').trim().to_lowercase().replace([' ', '-'], "_");
            ["work_domains", "email_domains", "domains", "work_domain", "email_domain"].contains(&name.as_str())
        };
        let at = headers.iter().position(known).ok_or_else(|| wrong("the first line names no column work_domains".to_owned()))?;
        let mut domains = Vec::new();
        for row in reader.records() {
            let row = row.map_err(|error| wrong(error.to_string()))?;
            let cell = row.get(at).unwrap_or_default().to_owned();
            domains.extend(cell.split([';', ' ', ',']).map(str::to_owned));
        }
        Ok(Self::new(domains.iter().map(String::as_str)))
    }

    /// All of these and of others.
    #[must_use]
    pub fn and(self, more: &Self) -> Self {
        Self::new(self.0.iter().chain(&more.0).map(String::as_str))
    }

    /// Whether an address of this domain, or of one below it, is at work.
    pub fn has(&self, domain: &str) -> bool {
        let domain = domain.to_ascii_lowercase();
        let mut rest = domain.as_str();
        loop {
            if self.0.binary_search_by(|known| known.as_str().cmp(rest)).is_ok() {
                return true;
            }
            match rest.split_once('.') {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
    }

    /// How many there are.
    pub fn number(&self) -> usize {
        self.0.len()
    }
}

fn fault(file: &str, line: u32, what: String) -> Fault {
    Fault {
        code: "employers-file",
        severity: dated::Severity::Error,
        place: Place::new(file, line),
        what,
        fix: "give the employers file of whitley roll, CSV".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "unit,member,pack,credential,name,address_1,address_2,postcode,email,language,large_print\n";

    fn codes(text: &str) -> Vec<(&'static str, u32)> {
        match read_letters([("north.letters.csv", text.as_bytes())], Kind::Members) {
            Ok(_) => Vec::new(),
            Err(Trouble::Faults(faults)) => faults.iter().map(|fault| (fault.code, fault.place.line)).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn all_faults_come_at_once_with_their_lines_and_without_the_code() {
        let good = "north,M1,01-000001-7,CFuQT-wLmCqa-YQvQm-LjK2h3,Anna,1 High St,,N1 1AA,a@b.example,,\n";
        assert_eq!(codes(&format!("{HEAD}{good}")), []);
        let bad = format!(
            "{HEAD}{good}north,M2,01-000001-7,CFuQT-wLmCqa-YQvQm-LjK2h4,,,,,,,\nNorth,M3,,CFuQT-wLmCqa-YQvQm-LjKOOO,,,,,,fr,perhaps\nnorth,M4\n"
        );
        let lf = codes(&bad);
        assert_eq!(
            lf,
            [
                ("pack-twice", 3),
                ("not-a-credential", 4),
                ("not-a-pack", 4),
                ("not-a-unit", 4),
                ("unknown-language", 4),
                ("unknown-print", 4),
                ("cells", 5)
            ]
        );
        // Windows line ends and a mark at the beginning change nothing.
        assert_eq!(codes(&format!("\u{feff}{}", bad.replace('\n', "\r\n"))), lf);
        let Err(said) = read_letters([("x", bad.as_bytes())], Kind::Members) else { panic!("faults") };
        assert!(!said.to_string().contains("LjKOOO"));
        assert_eq!(codes("unit,member\n"), [("column-missing", 1)]);
        assert_eq!(codes("unit,member,pack,credential\n\u{0}\n"), [("cells", 2)]);
    }

    #[test]
    fn an_address_is_one_address_and_a_work_address_is_told() {
        let work = WorkDomains::new(["nhs.net", "@Trust.nhs.uk"]);
        let at = |email: &str| {
            let text = format!("{HEAD}north,M1,p,CFuQT-wLmCqa-YQvQm-LjK2h3,,,,,\"{email}\",,\n");
            let letters = read_letters([("x", text.as_bytes())], Kind::Members).unwrap_or_else(|why| panic!("{why}"));
            letters[0].mailbox(&work).map(|address| address.to_string())
        };
        assert_eq!(at("anna+union@example.org"), Ok("anna+union@example.org".to_owned()));
        for bad in [
            "a@example.org,b@example.org",
            "a@example.org\r\nBcc: b@example.org",
            "Anna <a@example.org>",
            "a@localhost",
            "a",
            "é@example.org",
            "a@example.org>\nRCPT TO:<b@c.example",
        ] {
            assert_eq!(at(bad), Err("not an e-mail address we can send to".to_owned()), "{bad:?}");
        }
        assert_eq!(at(""), Err("no e-mail address".to_owned()));
        for at_work in ["a@nhs.net", "a@NHS.NET", "a@mail.trust.nhs.uk"] {
            assert!(at(at_work).is_err_and(|why| why.starts_with("work address")), "{at_work}");
        }
        assert!(at("a@notnhs.net").is_ok());
        let read = WorkDomains::read("e.csv", b"\xef\xbb\xbfemployer,Email domains\r\nx,nhs.net; trust.nhs.uk\r\ny,\r\n");
        assert_eq!(read, Ok(work));
        assert!(WorkDomains::read("e.csv", b"employer\nx\n").is_err());
    }

    #[test]
    fn a_name_with_what_is_not_seen_is_left_out_and_stops_nothing() {
        for (name, shown) in
            [("Zoë O’Brien", true), ("", false), ("Anna\u{202e}x", false), ("Anna\r\nBcc: x@y.example", false), ("<b>", true)]
        {
            let text = format!("{HEAD}north,M1,p,CFuQT-wLmCqa-YQvQm-LjK2h3,\"{name}\",1 High St,,,,,\n");
            let letters = read_letters([("x", text.as_bytes())], Kind::Members).unwrap_or_else(|why| panic!("{why}"));
            assert_eq!(letters[0].shown_name().is_some(), shown, "{name:?}");
            assert_eq!(letters[0].odd_name().is_some(), !shown && !name.is_empty());
            assert_eq!(letters[0].no_post(), None);
        }
    }
}
