//! The one reader of spreadsheets: CSV and XLSX of any origin as rows of cells, each with its file, sheet, row and column.
//!
//! [`read`] finds out what a file is and how it is written (separator, byte-order mark, line ends, which sheet of a workbook, in
//! which row the header stands) and hands the rows to a [`Taker`], which knows what the columns mean. What a column can mean is a
//! [`Meaning`]; [`Columns`] recognises a header in any order and by many names, or as the user says. [`FaultList`] counts the
//! faults of a large file.
//!
//! Everything is limited before memory is taken: a record, a workbook, what it unpacks to, the length of one text.
//! Nothing here opens a file: bytes come in, rows and faults go out. A formula is never computed.

mod cell;
mod columns;
mod csv_input;
mod fault_list;
mod row;
mod xlsx_input;
mod zip_guard;

pub use cell::{Cell, Trouble, is_total, short, shown, text};
pub use columns::{ColumnUse, Columns, Mapping, Meaning, parse_mapping, plain};
pub use fault_list::{FaultList, SHOWN};
pub use row::Row;
pub use xlsx_input::MAX_XLSX_BYTES;

use std::io::{BufRead, Seek, SeekFrom};

/// The header stands in one of so many rows.
pub const HEADER_WITHIN: usize = 20;
/// A record of a CSV file is no longer than this: an open quote must not swallow the file.
pub const MAX_RECORD_BYTES: usize = 4 << 20;

/// A file as it is handed over. A trait object keeps the readers in this crate, which is optimised in every profile.
pub trait Input: BufRead + Seek {}

impl<T: BufRead + Seek> Input for T {}

/// Who takes the rows of a file: knows its header, and says what is wrong.
pub trait Taker {
    /// How many columns would be recognised if this row were the header; what cannot be done without may count for more.
    fn recognised(&self, row: &Row) -> usize;
    /// Whether the row can be the header. Of a row below the first more is asked.
    fn is_header(&self, row: &Row, is_first: bool) -> bool;
    /// Takes the header. The rows below are handed over only if this says so.
    fn header(&mut self, line: u64, row: &Row) -> bool;
    /// Takes a row below the header; whether it wants more.
    fn row(&mut self, line: u64, row: &Row) -> bool;
    /// How many cells the header has: a workbook leaves out empty cells at the end of a row, which are put back.
    fn width(&self) -> usize;
    /// A comment above the header, without its `# `.
    fn comment(&mut self, text: &str);
    /// How the file was understood, where its user should know.
    fn note(&mut self, note: String);
    /// The sheet that is read, of a workbook with several.
    fn sheet(&mut self, name: &str);
    /// What is wrong.
    fn fault(&mut self, code: &'static str, line: u64, what: String, fix: String);
    /// Words for sentences about the file as a whole.
    fn words(&self) -> Words;
}

/// Words for sentences about a file as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Of what the rows are, as in `the staff`.
    pub of: &'static str,
    /// What a header cannot do without, as in `point or salary, and one more`.
    pub header: &'static str,
}

/// Reads a file, CSV or XLSX by its first bytes, whatever its name. `sheet` is that of a workbook which the user named.
pub fn read(input: &mut dyn Input, sheet: Option<&str>, taker: &mut dyn Taker) {
    let mut first = [0; 8];
    let mut have = 0;
    while let Ok(count @ 1..) = input.read(&mut first[have..]) {
        have += count;
    }
    if let Err(error) = input.seek(SeekFrom::Start(0)) {
        return unreadable(taker, &error);
    }
    match &first[..have] {
        [b'P', b'K', 3 | 5, ..] => xlsx_input::read_xlsx(input, sheet, taker),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => taker.fault(
            "old-workbook",
            1,
            "this is a workbook of the old kind (.xls), or one with a password".to_owned(),
            "save it as .xlsx without a password, or as CSV".to_owned(),
        ),
        _ => csv_input::read_csv(input, taker),
    }
}

fn unreadable(taker: &mut dyn Taker, error: &std::io::Error) {
    taker.fault("file-unreadable", 1, format!("this file cannot be read: {error}"), "copy it to a disk and name that copy".to_owned());
}

/// Looks for the header among the first rows; comments above it are read.
#[derive(Default)]
struct HeaderFinder {
    found: bool,
    done: bool,
    looked_at: usize,
    /// The row that is most like a header, should none be one.
    nearest: Option<(usize, u64, Row)>,
}

impl HeaderFinder {
    /// Looks at one more row; whether there is any use in going on.
    fn look_at(&mut self, line: u64, row: &Row, taker: &mut dyn Taker) -> bool {
        if let Some(comment) = comment_of(row) {
            taker.comment(&comment);
            return true;
        }
        if taker.is_header(row, self.looked_at == 0) {
            self.found = taker.header(line, row);
            self.done = true;
            return self.found;
        }
        self.looked_at += 1;
        let recognised = taker.recognised(row);
        if self.nearest.as_ref().is_none_or(|(best, ..)| recognised > *best) {
            self.nearest = Some((recognised, line, row.clone()));
        }
        self.looked_at < HEADER_WITHIN
    }

    /// Lets the taker say what is missing where no row was a header.
    fn end(self, taker: &mut dyn Taker) {
        if let (false, Some((_, line, row))) = (self.done, self.nearest) {
            taker.header(line, &row);
        }
    }
}

/// A row that begins with `# ` is a comment.
fn comment_of(row: &Row) -> Option<String> {
    row.get(0)?.strip_prefix(b"# ")?;
    let cells = row.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).filter(|cell| !cell.is_empty());
    let text = cells.collect::<Vec<_>>().join(", ");
    let text: String = text.chars().filter(|c| !c.is_control()).take(1000).collect();
    text.strip_prefix("# ").map(|comment| comment.trim_start().to_owned())
}
