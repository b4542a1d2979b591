//! Facts with a date, a source and a status, and the readers that check them.
//!
//! A price index, a pay scale and a rule of law have one thing in common: a value holds from a day until a
//! day, and somebody published it. This crate holds that shape ([`Dated`], [`Timeline`], [`Series`],
//! [`Sources`]), exact numbers ([`Ratio`]), and readers of TOML and CSV that report *every* fault of a file
//! with its place and what would be right ([`Fault`]).
//!
//! Nothing here reads a clock, a disk or the network: bytes come in, values and faults go out.

mod csv_file;
mod exact;
mod facts;
mod fault;
mod language;
mod period;
mod series;
mod source;
mod text;
mod toml_file;

pub use csv_file::{CsvFile, CsvRow};
pub use exact::Ratio;
pub use facts::{Fact, FactTable};
pub use fault::{Fault, Faults, Place, Severity};
pub use jiff::civil::Date;
pub use language::Language;
pub use period::{Dated, NotCovered, Timeline};
pub use series::{MissingMonth, Month, Series};
pub use source::{Cite, Source, Sources, Status};
pub use text::{FileBytes, MAX_FILE_BYTES, grouped, long_date, nearest_name, parse_date};
pub use toml_file::{Table, TomlFile};
