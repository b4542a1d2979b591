//! CSV with a header row: columns found by name, every fault with its line.
//!
//! RFC 4180; a byte-order mark and either kind of line end are accepted, since every spreadsheet writes them.

use std::cell::OnceCell;
use std::collections::HashMap;

use jiff::civil::Date;

use crate::exact::Ratio;
use crate::fault::{Faults, Place};
use crate::source::Status;
use crate::text::{FileBytes, nearest_name, parse_date};

/// A CSV file whose needed columns are there.
pub struct CsvFile<'f> {
    file: String,
    columns: HashMap<String, usize>,
    /// With the line on which each begins.
    records: Vec<(u32, csv::StringRecord)>,
    faults: &'f Faults,
}

impl<'f> CsvFile<'f> {
    /// Reads a file that must have the `needed` columns; reports all that are missing, and rows of the wrong length.
    pub fn read(file: &str, bytes: &FileBytes, needed: &[&str], faults: &'f Faults) -> Option<Self> {
        // The mark and the line ends are not worth a warning here: RFC 4180 asks for CRLF.
        let quiet = Faults::new();
        let text = bytes.text(file, &quiet);
        for fault in quiet.into_sorted() {
            if fault.severity == crate::Severity::Error {
                faults.error(fault.code, &fault.place, fault.what, fault.fix);
            }
        }
        let text = text?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => {
                faults.error(
                    "csv-unreadable",
                    &Place::new(file, 1),
                    format!("the header row cannot be read: {error}"),
                    "write the column names in the first row",
                );
                return None;
            }
        };
        let columns: HashMap<String, usize> = header.iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
        if let Some(name) = other_separator(&header) {
            faults.error(
                "not-comma-separated",
                &Place::new(file, 1),
                format!("the header is one single column: its names are separated by {name}, not by commas"),
                "save the file as CSV with commas",
            );
            return None;
        }
        let mut complete = true;
        if let Some(at) = text.find(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            let line = 1 + u32::try_from(text[..at].matches('\n').count()).unwrap_or(u32::MAX - 1);
            faults.error(
                "control-character",
                &Place::new(file, line),
                "this line has a control character in it, which no text has",
                "remove it, or save the file as CSV again: it may not be a text file",
            );
            complete = false;
        }
        for (at, name) in header.iter().enumerate() {
            if columns.get(name) != Some(&at) && name.is_empty() {
                faults.error(
                    "unnamed-column",
                    &Place::new(file, 1),
                    format!("column {} has no name, like another one", at + 1),
                    "name the columns, or remove the empty ones (commas at the end of every row)",
                );
                complete = false;
            } else if columns.get(name) != Some(&at) {
                faults.error(
                    "duplicate-column",
                    &Place::new(file, 1),
                    format!("the column “{name}” stands twice"),
                    "rename or remove one of them",
                );
                complete = false;
            }
        }
        for name in needed {
            if !columns.contains_key(*name) {
                let fix = match nearest_name(name, header.iter()) {
                    Some(near) => format!("rename the column “{near}”, or add “{name}”"),
                    None => format!("add a column “{name}”; the file has {}", header.iter().collect::<Vec<_>>().join(", ")),
                };
                faults.error("missing-column", &Place::new(file, 1), format!("the column “{name}” is missing"), fix);
                complete = false;
            }
        }
        let mut records = Vec::new();
        for record in reader.records() {
            match record {
                Ok(record) if record.len() == header.len() => records.push((line_of(&text, record.position()), record)),
                Ok(record) => {
                    let line = line_of(&text, record.position());
                    faults.error(
                        "row-length",
                        &Place::new(file, line),
                        format!(
                            "this row has {} {}, the header has {}",
                            record.len(),
                            if record.len() == 1 { "field" } else { "fields" },
                            header.len()
                        ),
                        row_advice(&record),
                    );
                }
                Err(error) => {
                    let line = line_of(&text, error.position());
                    faults.error(
                        "csv-unreadable",
                        &Place::new(file, line),
                        format!("this row cannot be read: {error}"),
                        "check its quotes",
                    );
                }
            }
        }
        complete.then(|| Self { file: file.to_owned(), columns, records, faults })
    }

    /// The rows below the header.
    pub fn rows(&self) -> impl Iterator<Item = CsvRow<'_>> {
        self.records.iter().map(|(line, record)| CsvRow { csv: self, record, line: *line, place: OnceCell::new() })
    }

    /// Whether the file has that column.
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// The column names, in no particular order.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }
}

/// One row, read by column name. Each reading method reports what it cannot read.
pub struct CsvRow<'c> {
    csv: &'c CsvFile<'c>,
    record: &'c csv::StringRecord,
    line: u32,
    place: OnceCell<Place>,
}

impl CsvRow<'_> {
    /// Where the row stands.
    pub fn place(&self) -> &Place {
        self.place.get_or_init(|| Place::new(&self.csv.file, self.line))
    }

    /// The text of a column, or `None` when the column is absent or the cell is empty.
    pub fn optional(&self, column: &str) -> Option<&str> {
        let at = *self.csv.columns.get(column)?;
        self.record.get(at).filter(|text| !text.is_empty())
    }

    /// The text of a column that may not be empty.
    pub fn text(&self, column: &str) -> Option<&str> {
        let text = self.optional(column);
        if text.is_none() {
            self.csv.faults.error(
                "value-missing",
                self.place(),
                format!("“{column}” is empty"),
                format!("fill in {column}, or remove the row"),
            );
        }
        text
    }

    /// A date written year-month-day.
    pub fn date(&self, column: &str) -> Option<Date> {
        let text = self.text(column)?;
        parse_date(text)
            .map_err(|what| self.csv.faults.error("not-a-date", self.place(), format!("{column}: {what}"), "write it as 2007-04-01"))
            .ok()
    }

    /// A decimal number with a point; `None` without a fault when the cell is empty.
    pub fn optional_decimal(&self, column: &str) -> Option<Ratio> {
        let text = self.optional(column)?;
        let value = Ratio::parse_decimal(text);
        if value.is_none() {
            self.csv.faults.error("not-a-number", self.place(), format!("{column}: “{text}” is not a number"), number_advice(text));
        }
        value
    }

    /// A decimal number that may not be empty.
    pub fn decimal(&self, column: &str) -> Option<Ratio> {
        self.text(column)?;
        self.optional_decimal(column)
    }

    /// A status word.
    pub fn status(&self) -> Option<Status> {
        let word = self.text("status")?;
        let status = Status::from_word(word);
        if status.is_none() {
            let known = Status::ALL.map(Status::word).join(", ");
            self.csv.faults.error("unknown-status", self.place(), format!("“{word}” is not a status"), format!("one of {known}"));
        }
        status
    }
}

/// The line on which a record begins. The reader takes the line feed of a CRLF and empty lines for the beginning of the record behind
/// them, so its own number is that of the first of them.
fn line_of(text: &str, position: Option<&csv::Position>) -> u32 {
    let Some(position) = position else { return 1 };
    let bytes = text.as_bytes();
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(bytes.len());
    let begins = start + bytes[start..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    // Only what was passed over is counted again: before it the reader's own count is right.
    let passed = bytes[start..begins].iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(position.line()).unwrap_or(u32::MAX).saturating_add(u32::try_from(passed).unwrap_or(u32::MAX))
}

/// The separator that the header was written with, if it is not the comma.
fn other_separator(header: &csv::StringRecord) -> Option<&'static str> {
    let only = if header.len() == 1 { header.get(0)? } else { return None };
    [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")].into_iter().find(|(separator, _)| only.contains(*separator)).map(|(_, name)| name)
}

/// A quote that is never closed swallows the rows below it.
fn row_advice(record: &csv::StringRecord) -> &'static str {
    if record.iter().next_back().is_some_and(|value| value.contains('\n')) {
        "close the quote: the rows below it were read as one value"
    } else {
        "a comma inside a value needs quotes around the value; an empty value still needs its comma"
    }
}

/// What to write instead of something that is not a plain number.
pub(crate) fn number_advice(text: &str) -> String {
    // 1e3 is not 13: a number is only taken out of what people write around numbers.
    if text.chars().any(|c| !(c.is_ascii_digit() || c.is_whitespace() || "+-.,%£$€'’".contains(c))) {
        return "write digits with a decimal point, as in 2.5".to_owned();
    }
    if text.chars().filter(char::is_ascii_digit).count() > 12 && text.chars().all(|c| c.is_ascii_digit() || "-.".contains(c)) {
        return "check it: at most 12 digits before the point and 12 behind it are read".to_owned();
    }
    let plain: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
    let comma_is_point = text.matches(',').count() == 1
        && !text.contains('.')
        && text.split(',').nth(1).is_some_and(|part| part.trim_end_matches([' ', '%']).len() != 3);
    if comma_is_point {
        let pointed: String = text.replace(',', ".").chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
        if Ratio::parse_decimal(&pointed).is_some() {
            return format!("write a decimal point: {pointed}");
        }
    }
    if Ratio::parse_decimal(&plain).is_some() {
        format!("write only the number: {plain}")
    } else {
        "write digits with a decimal point, as in 2.5".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, needed: &[&str]) -> Vec<(&'static str, u32, String)> {
        let faults = Faults::new();
        if let Some(csv) = CsvFile::read("t.csv", &FileBytes::Read(text.into()), needed, &faults) {
            for row in csv.rows() {
                let _ = (row.date("day"), row.decimal("rate"));
            }
        }
        faults.into_sorted().into_iter().map(|fault| (fault.code, fault.place.line, fault.fix)).collect()
    }

    #[test]
    fn every_fault_of_a_file_is_found_in_one_reading() {
        let found = read("day,rate\n2007-04-01,2.5\n2007-04-31,\"2,5\"\n2007-05-01\n", &["day", "rate"]);
        let short: Vec<_> = found.iter().map(|(code, line, _)| (*code, *line)).collect();
        assert_eq!(short, [("not-a-date", 3), ("not-a-number", 3), ("row-length", 4)]);
        assert_eq!(found[1].2, "write a decimal point: 2.5");
    }

    #[test]
    fn missing_columns_are_all_named_with_the_nearest() {
        let found = read("dai,x\n2007-04-01,1\n", &["day", "rate"]);
        assert_eq!(found.iter().map(|(code, ..)| *code).collect::<Vec<_>>(), ["missing-column", "missing-column"]);
        assert!(found[0].2.contains("rename the column “dai”"));
    }

    #[test]
    fn what_spreadsheets_write_is_accepted() {
        assert_eq!(read("\u{feff}day,rate\r\n2007-04-01,2.5\r\n", &["day", "rate"]), []);
        assert_eq!(read("", &["day"])[0].0, "file-empty");
    }

    #[test]
    fn a_fault_stands_on_the_line_that_an_editor_shows() {
        let rows = "day,rate\n2007-04-01,2\n\n2007-04-31,2\n\n\n2007-05-01\n";
        for text in [rows.to_owned(), rows.replace('\n', "\r\n"), format!("\u{feff}{}", rows.replace('\n', "\r\n"))] {
            let found: Vec<_> = read(&text, &["day", "rate"]).into_iter().map(|(code, line, _)| (code, line)).collect();
            assert_eq!(found, [("not-a-date", 4), ("row-length", 7)], "{text:?}");
        }
        // A value of several lines counts for its lines.
        let found = read("day,rate\r\n\"2007-04-01\",\"2\r\n\"\r\n\r\n2007-04-31,1\r\n", &["day", "rate"]);
        assert_eq!(found.iter().map(|(code, line, _)| (*code, *line)).collect::<Vec<_>>(), [("not-a-date", 5)]);
    }

    #[test]
    fn advice_tells_a_decimal_comma_from_a_thousands_comma() {
        assert_eq!(number_advice("2,5"), "write a decimal point: 2.5");
        assert_eq!(number_advice("2.5%"), "write only the number: 2.5");
        assert_eq!(number_advice("17,030"), "write only the number: 17030");
        assert_eq!(number_advice("£1,400.50"), "write only the number: 1400.50");
        for no_number in ["two", "1e3", "0x10", "10\u{0}0", "-"] {
            assert_eq!(number_advice(no_number), "write digits with a decimal point, as in 2.5", "{no_number}");
        }
        assert!(number_advice("99999999999999999999").contains("at most 12 digits"));
        assert_eq!(number_advice("1 000"), "write only the number: 1000");
    }

    #[test]
    fn another_separator_is_one_fault_and_not_a_missing_column_each() {
        for separator in [";", "\t", "|"] {
            let found = read(&"day,rate\n2007-04-01,2.5\n".replace(',', separator), &["day", "rate"]);
            assert_eq!(found.iter().map(|(code, ..)| *code).collect::<Vec<_>>(), ["not-comma-separated"]);
        }
    }

    #[test]
    fn control_characters_unnamed_columns_and_open_quotes_are_named() {
        assert_eq!(read("day,rate\n2007-04-01,2\n2007-04-01,\u{1b}[31m2\n", &["day", "rate"])[0].0, "control-character");
        assert_eq!(read("day,rate,,\n2007-04-01,2,,\n", &["day", "rate"])[0].0, "unnamed-column");
        let open = read("day,rate\n\"2007-04-01,2\n2007-04-01,2\n", &["day", "rate"]);
        assert_eq!((open[0].0, open[0].1), ("row-length", 2));
        assert!(open[0].2.starts_with("close the quote"));
    }
}
