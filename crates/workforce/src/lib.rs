//! The staff of one or many employers: read from CSV or XLSX into [`pay::Workforce`], written, and made up where none are at hand.
//!
//! Extracts of payroll systems name their columns in many ways, write hours or whole-time equivalents, hold totals rows and
//! formula errors. [`read`] takes what is unambiguous, says what it took, and reports every fault with row, column and what
//! would be right. What an empty cell leaves open stays open. [`make`] deals out an invented workforce in the proportions of
//! published totals; what it had to assume stands in a data file, and its label goes wherever a figure of it goes.
//! Definitions with worked figures: `docs/spec/pay.md`, P38 and P39.
//!
//! Bytes and readers come in, values and faults go out: nothing here opens a file, and nothing draws a random number that
//! is not in the seed.

mod cells;
mod columns;
mod csv_input;
mod deck;
mod fault_list;
mod intake;
mod known;
mod make;
mod output;
mod published;
mod summary;
mod xlsx_input;
mod zip_guard;

pub use columns::{ColumnUse, Meaning, parse_mapping};
pub use intake::{Reading, Rows};
pub use make::{Made, Recipe, make};
pub use output::write_csv;
pub use published::{Assumptions, Employer, Published};
pub use summary::{Line, Summary};
pub use xlsx_input::MAX_XLSX_BYTES;

use std::io::{BufRead, Seek, SeekFrom};

use dated::Ratio;

/// The most rows that are read of one file: the largest workforce of the country, three times over.
pub const MAX_ROWS: u64 = 5_000_000;

/// What a reading has to know besides the file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The file as its user named it.
    pub file: String,
    /// Columns by their name in the file; `None` leaves the column unread.
    pub mapping: Vec<(String, Option<Meaning>)>,
    /// The nation of all rows, where the file has no such column.
    pub nation: Option<String>,
    /// The nations that may be named; empty: any.
    pub nations: Vec<String>,
    /// Full-time hours a week, for files that give hours.
    pub full_time_hours: Option<Ratio>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
}

/// A file as it is handed over. A trait object keeps the readers in this crate, which is optimised in every profile.
pub trait Input: BufRead + Seek {}

impl<T: BufRead + Seek> Input for T {}

/// Reads a file, CSV or XLSX by its first bytes, whatever its name.
pub fn read(input: &mut dyn Input, options: &Options) -> Reading {
    let mut first = [0; 8];
    let mut have = 0;
    while let Ok(count @ 1..) = input.read(&mut first[have..]) {
        have += count;
    }
    if let Err(error) = input.seek(SeekFrom::Start(0)) {
        return Reading::refused(
            options,
            "file-unreadable",
            format!("this file cannot be read: {error}"),
            "copy it to a disk and name that copy",
        );
    }
    match &first[..have] {
        [b'P', b'K', 3 | 5, ..] => xlsx_input::read_xlsx(input, options),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Reading::refused(
            options,
            "old-workbook",
            "this is a workbook of the old kind (.xls), or one with a password",
            "save it as .xlsx without a password, or as CSV",
        ),
        _ => csv_input::read_csv(input, options),
    }
}
