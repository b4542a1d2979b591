//! CSV of any size, read record by record: the file is never in memory as a whole.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use csv::{ByteRecord, ReaderBuilder};

use crate::Options;
use crate::columns::{Columns, Meaning};
use crate::intake::{Intake, Reading};

/// The header stands in one of so many rows.
pub(crate) const HEADER_WITHIN: usize = 20;
/// A record is no longer than this: an open quote must not swallow the file.
const MAX_RECORD_BYTES: u64 = 4 << 20;
/// So much is looked at to find out how the file is written.
const PEEKED: usize = 64 << 10;

/// Reads a CSV file. Spec P38.
pub(crate) fn read_csv<R: BufRead>(mut input: R, options: &Options) -> Reading {
    let mut intake = Intake::new(options);
    let mut start = Vec::with_capacity(PEEKED);
    if let Err(error) = input.by_ref().take(PEEKED as u64).read_to_end(&mut start) {
        return Reading::refused(
            options,
            "file-unreadable",
            format!("this file cannot be read: {error}"),
            "copy it to a disk and name that copy",
        );
    }
    let begins = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
    if begins.starts_with(b"\xff\xfe") || begins.starts_with(b"\xfe\xff") || begins.iter().take(200).filter(|byte| **byte == 0).count() > 10
    {
        return Reading::refused(
            options,
            "not-utf8",
            "the file is UTF-16 (“Unicode text”), or no text at all",
            "save it as “CSV UTF-8”, or as .xlsx",
        );
    }
    if begins.trim_ascii().is_empty() {
        return Reading::refused(
            options,
            "file-empty",
            "the file is empty",
            "a row with the names of the columns, then one row for each person",
        );
    }
    let separator = separator_of(begins, options);
    if separator != b',' {
        let name = if separator == b'\t' {
            "tabs"
        } else if separator == b';' {
            "semicolons"
        } else {
            "bars"
        };
        intake.notes.push(format!("the columns are separated by {name}"));
    }
    let guard = Rc::new(Cell::new(u64::MAX));
    let guarded = Guarded { inner: begins.chain(input), read: 0, until: Rc::clone(&guard) };
    let mut reader =
        ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).buffer_capacity(1 << 18).from_reader(guarded);
    let mut record = ByteRecord::new();
    let mut rows = CsvRows { finder: HeaderFinder::default() };
    loop {
        guard.set(reader.position().byte() + MAX_RECORD_BYTES);
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let line = record.position().map_or(1, csv::Position::line);
                if !rows.take(line, &record, &mut intake) || intake.is_full() {
                    break;
                }
            }
            Err(error) => {
                let line = reader.position().line();
                let too_long = matches!(error.kind(), csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge);
                intake.faults.add(
                    if too_long { "row-length" } else { "file-unreadable" },
                    line,
                    || {
                        if too_long {
                            "this row is longer than 4 MB".to_owned()
                        } else {
                            format!("the file cannot be read further: {error}")
                        }
                    },
                    || if too_long { "close the quote that is open here".to_owned() } else { "copy the file and read the copy".to_owned() },
                );
                break;
            }
        }
    }
    rows.finder.end(&mut intake);
    intake.finish()
}

struct CsvRows {
    finder: HeaderFinder,
}

impl CsvRows {
    /// Whether to go on.
    #[inline]
    fn take(&mut self, line: u64, record: &ByteRecord, intake: &mut Intake<'_>) -> bool {
        if self.finder.found {
            intake.row(line, record);
            return true;
        }
        self.finder.look_at(line, record, intake)
    }
}

/// Looks for the header among the first rows; comments above it are read.
#[derive(Default)]
pub(crate) struct HeaderFinder {
    pub(crate) found: bool,
    done: bool,
    looked_at: usize,
    /// The row that is most like a header, should none be one.
    nearest: Option<(u64, Columns)>,
}

impl HeaderFinder {
    /// Looks at one more row; whether there is any use in going on.
    pub(crate) fn look_at(&mut self, line: u64, record: &ByteRecord, intake: &mut Intake<'_>) -> bool {
        let options = intake.options();
        if let Some(comment) = comment_of(record) {
            if let Some(label) = comment.strip_prefix("synthetic:") {
                intake.label = Some(label.trim().to_owned());
            } else if let Some(title) = comment.strip_prefix("title:") {
                intake.title = Some(title.trim().to_owned());
            }
            return true;
        }
        let columns = Columns::of_row(record.iter(), &options.mapping);
        if columns.is_header(self.looked_at == 0) {
            self.found = intake.header(line, columns);
            self.done = true;
            return self.found;
        }
        self.looked_at += 1;
        if self.nearest.as_ref().is_none_or(|(_, best)| columns.recognised() > best.recognised()) {
            self.nearest = Some((line, columns));
        }
        self.looked_at < HEADER_WITHIN
    }

    /// Says what is missing where no row was a header.
    pub(crate) fn end(self, intake: &mut Intake<'_>) {
        if let (false, Some((line, columns))) = (self.done, self.nearest) {
            intake.header(line, columns);
        }
    }
}

/// A row that begins with `# ` is a comment.
fn comment_of(record: &ByteRecord) -> Option<String> {
    record.get(0)?.strip_prefix(b"# ")?;
    let cells = record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).filter(|cell| !cell.is_empty());
    let text = cells.collect::<Vec<_>>().join(", ");
    let text: String = text.chars().filter(|c| !c.is_control()).take(1000).collect();
    text.strip_prefix("# ").map(|comment| comment.trim_start().to_owned())
}

/// The separator under which the first rows look most like a header.
fn separator_of(start: &[u8], options: &Options) -> u8 {
    let recognised = |separator: u8| {
        let mut reader = ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(start);
        let rows = reader.byte_records().take(HEADER_WITHIN + 5).filter_map(Result::ok);
        let of_row = |row: ByteRecord| {
            let columns = Columns::of_row(row.iter(), &options.mapping);
            let pay = columns.at(Meaning::Point).or(columns.at(Meaning::Salary)).is_some();
            columns.recognised() * 2 + usize::from(pay)
        };
        rows.map(of_row).max().unwrap_or(0)
    };
    let mut best = (b',', recognised(b','));
    for separator in [b';', b'\t', b'|'] {
        let found = recognised(separator);
        if found > best.1 {
            best = (separator, found);
        }
    }
    best.0
}

/// Stops a record that has no end.
struct Guarded<R> {
    inner: R,
    read: u64,
    until: Rc<Cell<u64>>,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read > self.until.get() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let count = self.inner.read(buffer)?;
        self.read += count as u64;
        Ok(count)
    }
}
