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
mod deck;
mod intake;
mod known;
mod make;
mod output;
mod published;
mod summary;

pub use columns::{ColumnUse, Meaning};
use intake::Intake;
pub use intake::{Reading, Rows};
pub use make::{Made, Recipe, make};
pub use output::write_csv;
pub use published::{Assumptions, Employer, Published};
pub use summary::{Line, Summary};

use dated::Ratio;
use sheet::{Input, Mapping};

/// The most rows that are read of one file: the largest workforce of the country, three times over.
pub const MAX_ROWS: u64 = 5_000_000;

/// What a reading has to know besides the file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The file as its user named it.
    pub file: String,
    /// Columns by their name in the file; `None` leaves the column unread.
    pub mapping: Mapping<Meaning>,
    /// The nation of all rows, where the file has no such column.
    pub nation: Option<String>,
    /// The nations that may be named; empty: any.
    pub nations: Vec<String>,
    /// Full-time hours a week, for files that give hours.
    pub full_time_hours: Option<Ratio>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
}

/// Reads `Pay Point=point,Org=employer,Job=ignore`: the column as the file names it, then what it means.
///
/// # Errors
/// A sentence for the user.
pub fn parse_mapping(text: &str) -> Result<Mapping<Meaning>, String> {
    sheet::parse_mapping(text)
}

/// Reads a file, CSV or XLSX by its first bytes, whatever its name. Spec P38.
pub fn read(input: &mut dyn Input, options: &Options) -> Reading {
    let mut intake = Intake::new(options);
    sheet::read(input, options.sheet.as_deref(), &mut intake);
    intake.finish()
}
