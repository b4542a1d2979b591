//! TOML read through a cursor that knows its line: all syntax faults, wrong kinds, missing and unknown keys of
//! a file in one reading.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::csv_file::number_advice;
use crate::exact::Ratio;
use crate::fault::{Faults, Place};
use crate::series::Month;
use crate::source::{Cite, Sources, Status};
use crate::text::{FileBytes, nearest_name, parse_date};

/// The text of one TOML file, kept for as long as its tables are read.
pub struct TomlFile {
    file: String,
    text: String,
    line_starts: Vec<usize>,
}

impl TomlFile {
    /// Decodes the file; `None` when there is no text to read (the faults say why).
    pub fn read(file: &str, bytes: &FileBytes, faults: &Faults) -> Option<Self> {
        let text = bytes.text(file, faults)?;
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Some(Self { file: file.to_owned(), text, line_starts })
    }

    /// Parses the file and hands its root table to `read`; then reports keys that nothing asked for.
    ///
    /// Syntax faults are reported first, and what could be understood is still read, so that one run shows all.
    pub fn with_root<T>(&self, faults: &Faults, read: impl FnOnce(&Table<'_>) -> T) -> T {
        let (root, errors) = DeTable::parse_recoverable(&self.text);
        for error in &errors {
            let place = self.place(error.span().as_ref());
            let line = self.text.lines().nth(place.line as usize - 1).unwrap_or("").trim();
            faults.error(
                "toml-syntax",
                &place,
                format!("this line cannot be read: {} (found: {})", error.message(), shorten(line)),
                syntax_advice(line),
            );
        }
        let table = Table::new(self, root.get_ref(), 1, "the file", faults);
        let result = read(&table);
        // After a syntax fault the tables are not what the author wrote: an unknown key would be noise.
        table.finish(errors.is_empty());
        result
    }

    fn place(&self, span: Option<&Range<usize>>) -> Place {
        let at = span.map_or(0, |span| span.start.min(self.text.len()));
        let line = self.line_starts.partition_point(|start| *start <= at).max(1);
        Place::new(&self.file, u32::try_from(line).unwrap_or(u32::MAX))
    }
}

/// A line as a message can show it: not too long, and with nothing in it that a terminal would obey.
fn shorten(line: &str) -> String {
    let line: String = line.chars().map(|c| if c.is_control() { '�' } else { c }).collect();
    if line.chars().count() <= 60 { line.to_owned() } else { line.chars().take(57).chain("...".chars()).collect() }
}

fn syntax_advice(line: &str) -> String {
    match line.split_once('=') {
        Some((key, value)) => {
            let (key, value) = (key.trim(), value.trim());
            let parts: Vec<&str> = value.splitn(3, '-').collect();
            if parts.len() == 3 && parts[0].len() == 4 && value.len() == 10 {
                return match parse_date(value) {
                    Err(what) => what,
                    Ok(_) => format!("write {key} = {value} on a line of its own"),
                };
            }
            let starts_like_number = value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '£' | '.'));
            if starts_like_number {
                return number_advice(value.split('#').next().unwrap_or(value).trim());
            }
            format!("write {key} = \"…\" with straight quotes around text")
        }
        None => "each line is `key = value`, a [table] or a [[list entry]]; text needs straight quotes".to_owned(),
    }
}

/// A table of a file. Each method reads one key, reports what is wrong with it, and remembers that it was asked for.
pub struct Table<'t> {
    file: &'t TomlFile,
    table: &'t DeTable<'t>,
    line: u32,
    name: String,
    faults: &'t Faults,
    asked: RefCell<BTreeSet<String>>,
}

impl<'t> Table<'t> {
    fn new(file: &'t TomlFile, table: &'t DeTable<'t>, line: u32, name: &str, faults: &'t Faults) -> Self {
        Self { file, table, line, name: name.to_owned(), faults, asked: RefCell::default() }
    }

    /// Where the table begins.
    pub fn place(&self) -> Place {
        Place::new(&self.file.file, self.line)
    }

    /// Where that key stands, or the table if it does not.
    pub fn place_of(&self, key: &str) -> Place {
        self.table.get_key_value(key).map_or_else(|| self.place(), |(key, _)| self.file.place(Some(&key.span())))
    }

    /// The list that faults go to.
    pub fn faults(&self) -> &'t Faults {
        self.faults
    }

    /// Reports a fault at that key.
    pub fn fault(&self, code: &'static str, key: &str, what: impl Into<String>, fix: impl Into<String>) {
        self.faults.error(code, &self.place_of(key), what, fix);
    }

    /// The keys of the table, in the order of the file.
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<(usize, String)> = self.table.iter().map(|(key, _)| (key.span().start, key.get_ref().to_string())).collect();
        keys.sort();
        keys.into_iter().map(|(_, key)| key).collect()
    }

    /// Whether the key stands in the table.
    pub fn has(&self, key: &str) -> bool {
        self.asked.borrow_mut().insert(key.to_owned());
        self.table.contains_key(key)
    }

    fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.borrow_mut().insert(key.to_owned());
        self.table.get(key)
    }

    fn missing(&self, key: &str, example: &str) {
        self.faults.error("missing-key", &self.place(), format!("{} has no “{key}”", self.name), format!("add `{key} = {example}`"));
    }

    fn wrong_kind(&self, key: &str, value: &DeValue<'_>, wanted: &str, example: &str) {
        let kind = match value {
            DeValue::String(text) => format!("the text “{}”", shorten(text)),
            DeValue::Integer(number) => format!("the number {}", number.as_str()),
            DeValue::Float(number) => format!("the number {}", number.as_str()),
            DeValue::Boolean(truth) => format!("{truth}"),
            DeValue::Datetime(date) => format!("the date {date}"),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        };
        self.fault("wrong-kind", key, format!("“{key}” is {kind}, not {wanted}"), format!("write `{key} = {example}`"));
    }

    /// Text that may be absent.
    pub fn optional_text(&self, key: &str) -> Option<String> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                self.fault("value-missing", key, format!("“{key}” is empty"), format!("write something, or remove the line with {key}"));
                None
            }
            DeValue::String(text) => Some(text.to_string()),
            other => {
                self.wrong_kind(key, other, "text", "\"…\"");
                None
            }
        }
    }

    /// Whatever stands there, as text: text itself, the digits of a number, a date, the entries of a list joined by "; ". For
    /// files in which only the presence of a value matters. `None` when absent, empty, or a table.
    pub fn written(&self, key: &str) -> Option<String> {
        fn words(value: &DeValue<'_>) -> Option<String> {
            let text = match value {
                DeValue::String(text) => text.trim().to_owned(),
                DeValue::Integer(number) => number.as_str().to_owned(),
                DeValue::Float(number) => number.as_str().to_owned(),
                DeValue::Boolean(truth) => truth.to_string(),
                DeValue::Datetime(date) => date.to_string(),
                DeValue::Array(items) => items.iter().filter_map(|item| words(item.get_ref())).collect::<Vec<_>>().join("; "),
                DeValue::Table(_) => return None,
            };
            (!text.is_empty()).then_some(text)
        }
        words(self.get(key)?.get_ref())
    }

    /// Text that must be there.
    pub fn text(&self, key: &str) -> Option<String> {
        if !self.has(key) {
            self.missing(key, "\"…\"");
        }
        self.optional_text(key)
    }

    /// An id: lower-case letters, digits, hyphens and dots, as it is used on command lines and in file names.
    pub fn id(&self, key: &str) -> Option<String> {
        let id = self.text(key)?;
        if id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.') {
            return Some(id);
        }
        let better: String =
            id.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '-' }).collect();
        self.fault("bad-id", key, format!("“{id}” cannot be an id"), format!("use small letters, digits and hyphens: \"{better}\""));
        None
    }

    /// One word out of a fixed list, which may be absent.
    pub fn optional_choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let word = self.optional_text(key)?;
        let found = choices.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            let fix = match nearest_name(&word, names.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"? It is one of {}", names.join(", ")),
                None => format!("one of {}", names.join(", ")),
            };
            self.fault("unknown-word", key, format!("“{word}” is not a {key} known here"), fix);
        }
        found
    }

    /// One word out of a fixed list.
    pub fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        if !self.has(key) {
            self.missing(key, &choices.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(" | "));
        }
        self.optional_choice(key, choices)
    }

    /// `true` or `false`, which may be absent.
    pub fn optional_bool(&self, key: &str) -> Option<bool> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(truth) => Some(*truth),
            other => {
                self.wrong_kind(key, other, "true or false", "true");
                None
            }
        }
    }

    /// A date, bare or in quotes, which may be absent.
    pub fn optional_date(&self, key: &str) -> Option<Date> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            // What the parser could not read as a date stands empty here; its fault is already in the list.
            DeValue::Datetime(date) if date.date.is_none() && date.time.is_none() => return None,
            DeValue::Datetime(date) if date.time.is_none() && date.offset.is_none() => date.to_string(),
            DeValue::String(text) => text.to_string(),
            other => {
                self.wrong_kind(key, other, "a date without a time", "2007-04-01");
                return None;
            }
        };
        parse_date(&text).map_err(|what| self.fault("not-a-date", key, format!("{key}: {what}"), "write it as 2007-04-01")).ok()
    }

    /// A date that must be there.
    pub fn date(&self, key: &str) -> Option<Date> {
        if !self.has(key) {
            self.missing(key, "2007-04-01");
        }
        self.optional_date(key)
    }

    /// A month in quotes, `"2007-04"`, which may be absent.
    pub fn optional_month(&self, key: &str) -> Option<Month> {
        let text = self.optional_text(key)?;
        let month = Month::parse(&text);
        if month.is_none() {
            self.fault("not-a-month", key, format!("“{text}” is not a month"), format!("write `{key} = \"2007-04\"`"));
        }
        month
    }

    /// A decimal number, bare or in quotes, which may be absent. Read from its digits, never through a float.
    pub fn optional_decimal(&self, key: &str) -> Option<Ratio> {
        self.optional_decimal_as_written(key).map(|(number, _)| number)
    }

    /// A decimal number that may be absent, and how many decimals it was written with: 2 for `2.50`.
    pub fn optional_decimal_as_written(&self, key: &str) -> Option<(Ratio, u32)> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_owned(),
            DeValue::Float(number) => number.as_str().to_owned(),
            DeValue::String(text) => text.to_string(),
            other => {
                self.wrong_kind(key, other, "a number", "2.5");
                return None;
            }
        };
        let number = Ratio::parse_decimal(&text);
        if number.is_none() {
            self.fault("not-a-number", key, format!("{key}: “{text}” is not a number"), number_advice(&text));
        }
        let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        number.map(|number| (number, u32::try_from(places).unwrap_or(0)))
    }

    /// A decimal number that must be there.
    pub fn decimal(&self, key: &str) -> Option<Ratio> {
        if !self.has(key) {
            self.missing(key, "2.5");
        }
        self.optional_decimal(key)
    }

    /// A whole number that is not negative, which may be absent.
    pub fn optional_count(&self, key: &str) -> Option<u64> {
        let number = self.optional_decimal(key)?;
        match u64::try_from(number.numerator()) {
            Ok(count) if number.denominator() == 1 => Some(count),
            _ => {
                self.fault(
                    "not-a-count",
                    key,
                    format!("{key}: {number} is not a whole number of zero or more"),
                    "write a whole number, as in 450000",
                );
                None
            }
        }
    }

    /// A whole number that must be there.
    pub fn count(&self, key: &str) -> Option<u64> {
        if !self.has(key) {
            self.missing(key, "450000");
        }
        self.optional_count(key)
    }

    /// A list of texts; empty when absent.
    pub fn texts(&self, key: &str) -> Vec<String> {
        self.text_list(key).into_iter().map(|(text, _)| text).collect()
    }

    /// A list of names that must not be empty where it stands, each name once; empty when absent.
    pub fn name_list(&self, key: &str) -> Vec<(String, Place)> {
        let names = self.text_list(key);
        if names.is_empty() && matches!(self.get(key).map(Spanned::get_ref), Some(DeValue::Array(items)) if items.is_empty()) {
            self.fault("empty-list", key, format!("“{key}” names nothing"), format!("name at least one, or remove the line with {key}"));
        }
        for (at, (name, place)) in names.iter().enumerate() {
            if names[..at].iter().any(|(earlier, _)| earlier == name) {
                self.faults.error("named-twice", place, format!("{key}: “{name}” stands twice"), "name it once");
            }
        }
        names
    }

    /// A list of texts, each with its place; empty when absent. A number or a date stands for its digits.
    pub fn text_list(&self, key: &str) -> Vec<(String, Place)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_kind(key, value.get_ref(), "a list", "[\"…\", \"…\"]");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            let place = self.file.place(Some(&item.span()));
            match item.get_ref() {
                DeValue::String(text) => texts.push((text.to_string(), place)),
                DeValue::Integer(number) => texts.push((number.as_str().to_owned(), place)),
                DeValue::Datetime(date) => texts.push((date.to_string(), place)),
                _ => self.faults.error(
                    "wrong-kind",
                    &place,
                    format!("an entry of “{key}” is not text"),
                    format!("write `{key} = [\"…\", \"…\"]`"),
                ),
            }
        }
        texts
    }

    /// The source ids of this table, each checked to be known.
    pub fn cite(&self, sources: &Sources) -> Cite {
        match self.optional_text("source") {
            Some(text) => sources.check_cite(&text, &self.place_of("source"), self.faults),
            None if self.has("source") => Vec::new(),
            None => {
                self.faults.error(
                    "source-missing",
                    &self.place(),
                    format!("{} names no source", self.name),
                    "add `source = \"…\"` with the id of who published it",
                );
                Vec::new()
            }
        }
    }

    /// The status of this table.
    pub fn status(&self) -> Option<Status> {
        self.choice("status", &Status::ALL.map(|status| (status.word(), status)))
    }

    /// Reads a sub-table that may be absent, and reports keys of it that nothing asked for.
    pub fn optional_table<T>(&self, key: &str, read: impl FnOnce(&Table<'_>) -> T) -> Option<T> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => {
                let line = self.file.place(Some(&value.span())).line;
                let child = Table::new(self.file, table, line, &format!("[{key}]"), self.faults);
                let result = read(&child);
                child.finish(true);
                Some(result)
            }
            other => {
                self.wrong_kind(key, other, "a table", "{ … }");
                None
            }
        }
    }

    /// Reads each `[[key]]` in order; `read` gets the table and its number, counted from 1.
    pub fn list<T>(&self, key: &str, mut read: impl FnMut(&Table<'_>, usize) -> Option<T>) -> Vec<T> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.fault("wrong-kind", key, format!("“{key}” is not a list of tables"), format!("begin each entry with [[{key}]]"));
            return Vec::new();
        };
        let mut results = Vec::new();
        for (number, item) in items.iter().enumerate() {
            let place = self.file.place(Some(&item.span()));
            let DeValue::Table(table) = item.get_ref() else {
                self.faults.error(
                    "wrong-kind",
                    &place,
                    format!("an entry of “{key}” is not a table"),
                    format!("begin each entry with [[{key}]]"),
                );
                continue;
            };
            let child = Table::new(self.file, table, place.line, &format!("[[{key}]] number {}", number + 1), self.faults);
            if let Some(result) = read(&child, number + 1) {
                results.push(result);
            }
            child.finish(true);
        }
        results
    }

    /// Says that every key is welcome, for tables whose keys are the user's own names.
    pub fn accept_all_keys(&self) {
        self.asked.borrow_mut().extend(self.keys());
    }

    fn finish(&self, report: bool) {
        if !report {
            return;
        }
        let asked = self.asked.borrow();
        for key in self.keys().iter().filter(|key| !asked.contains(*key)) {
            let fix = match nearest_name(key, asked.iter().map(String::as_str).filter(|known| !self.table.contains_key(*known))) {
                Some(near) => format!("did you mean “{near}”?"),
                None => format!("remove it; known here: {}", asked.iter().cloned().collect::<Vec<_>>().join(", ")),
            };
            self.fault("unknown-key", key, format!("{} has an unknown key “{key}”", self.name), fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(text: &str, read: impl FnOnce(&Table<'_>)) -> Vec<(&'static str, u32, String)> {
        let faults = Faults::new();
        if let Some(file) = TomlFile::read("t.toml", &FileBytes::Read(text.into()), &faults) {
            file.with_root(&faults, read);
        }
        faults.into_sorted().into_iter().map(|fault| (fault.code, fault.place.line, fault.fix)).collect()
    }

    #[test]
    fn numbers_are_read_from_their_digits() {
        let found = faults_of("a = 2.5\nb = \"3.225\"\nc = 7\n", |t| {
            assert_eq!(t.decimal("a"), Ratio::parse_decimal("2.5"));
            assert_eq!(t.decimal("b"), Ratio::parse_decimal("3.225"));
            assert_eq!(t.count("c"), Some(7));
        });
        assert_eq!(found, []);
    }

    #[test]
    fn all_faults_come_in_one_reading_with_their_lines() {
        let text = "title = 5\npercent = \"2,5\"\nday = 2007-04-01\n\n[[step]]\nfrom = \"2007-02-30\"\nfrm = 1\n\n[[step]]\n";
        let found = faults_of(text, |t| {
            let _ = (t.text("title"), t.decimal("percent"), t.date("day"));
            t.list("step", |step, _| step.date("from"));
        });
        let short: Vec<_> = found.iter().map(|(code, line, _)| (*code, *line)).collect();
        assert_eq!(short, [("wrong-kind", 1), ("not-a-number", 2), ("not-a-date", 6), ("unknown-key", 7), ("missing-key", 9)]);
        assert_eq!(found[1].2, "write a decimal point: 2.5");
    }

    #[test]
    fn a_bare_comma_number_and_a_bare_impossible_date_are_explained() {
        let found = faults_of("percent = 2,5\nday = 2007-02-30\nok = 1\n", |t| {
            assert_eq!(t.count("ok"), Some(1));
            t.accept_all_keys();
        });
        assert_eq!(found[0], ("toml-syntax", 1, "write a decimal point: 2.5".to_owned()));
        assert!(found.iter().any(|(_, line, fix)| *line == 2 && fix.contains("February 2007 has no day 30")), "{found:?}");
    }

    #[test]
    fn a_mark_and_windows_line_ends_are_warnings_and_the_values_are_read() {
        let faults = Faults::new();
        let bytes = FileBytes::Read("\u{feff}a = 1\r\nb = 2\r\n".into());
        let file = TomlFile::read("t.toml", &bytes, &faults).expect("has text");
        assert_eq!(file.with_root(&faults, |t| (t.count("a"), t.count("b"))), (Some(1), Some(2)));
        assert_eq!(faults.error_count(), 0);
        assert_eq!(faults.into_sorted().iter().map(|f| f.code).collect::<Vec<_>>(), ["byte-order-mark", "windows-line-ends"]);
    }

    #[test]
    fn whatever_is_written_can_be_asked_for() {
        let found = faults_of("a = \"x\"\nb = 7\nc = [\"x\", 2007-04-01]\nd = \" \"\ne = []\n", |t| {
            let written = ["a", "b", "c", "d", "e", "f"].map(|key| t.written(key));
            assert_eq!(written.each_ref().map(Option::as_deref), [Some("x"), Some("7"), Some("x; 2007-04-01"), None, None, None]);
        });
        assert_eq!(found, []);
    }

    #[test]
    fn files_that_cannot_be_text_say_so() {
        assert_eq!(faults_of("", |_| ())[0].0, "file-empty");
        let faults = Faults::new();
        assert!(TomlFile::read("t.toml", &FileBytes::TooLarge { bytes: 50_000_000 }, &faults).is_none());
        assert!(TomlFile::read("t.toml", &FileBytes::Read(b"a = \"\xa35\"".to_vec()), &faults).is_none());
        assert_eq!(faults.into_sorted().iter().map(|f| f.code).collect::<Vec<_>>(), ["file-too-large", "not-utf8"]);
    }
}
