//! Tables of published facts that are looked up by the contents of their columns.

use std::collections::BTreeMap;

use crate::csv_file::CsvFile;
use crate::exact::Ratio;
use crate::fault::{Faults, Place};
use crate::source::{Cite, Sources, Status};
use crate::text::FileBytes;

/// One table: each row has a source and a status.
#[derive(Clone, Debug, Default)]
pub struct FactTable {
    name: String,
    columns: Vec<String>,
    rows: Vec<FactRow>,
}

#[derive(Clone, Debug)]
struct FactRow {
    cells: BTreeMap<String, String>,
    source: Cite,
    status: Status,
    place: Place,
}

/// One cell with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The number.
    pub value: Ratio,
    /// Who published it.
    pub source: Cite,
    /// How it came to be in the data.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

impl FactTable {
    /// Reads a CSV whose rows have `status` and `source`.
    pub fn read_csv(name: &str, file: &str, bytes: &FileBytes, sources: &Sources, faults: &Faults) -> Self {
        let mut table = Self { name: name.to_owned(), ..Self::default() };
        let Some(csv) = CsvFile::read(file, bytes, &["status", "source"], faults) else { return table };
        table.columns = csv.columns().map(str::to_owned).collect();
        table.columns.sort();
        for row in csv.rows() {
            let Some(status) = row.status() else { continue };
            let source = sources.check_cite(row.optional("source").unwrap_or(""), row.place(), faults);
            let cells = table.columns.iter().filter_map(|column| Some((column.clone(), row.optional(column)?.to_owned()))).collect();
            table.rows.push(FactRow { cells, source, status, place: row.place().clone() });
        }
        table
    }

    /// The number in `column` of the one row whose columns hold the texts of `matching`.
    ///
    /// # Errors
    /// A sentence when the table has no such column, no such row or several, or when the cell is empty.
    pub fn find(&self, matching: &[(String, String)], column: &str) -> Result<Fact, String> {
        for name in matching.iter().map(|(name, _)| name.as_str()).chain([column]) {
            if !self.columns.iter().any(|known| known == name) {
                return Err(format!("the table {} has no column “{name}”; it has {}", self.name, self.columns.join(", ")));
            }
        }
        let wanted = || matching.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ");
        let mut found =
            self.rows.iter().filter(|row| matching.iter().all(|(name, value)| row.cells.get(name).is_some_and(|cell| cell == value)));
        let row = found.next().ok_or_else(|| format!("the table {} has no row with {}", self.name, wanted()))?;
        if found.next().is_some() {
            return Err(format!("the table {} has several rows with {}", self.name, wanted()));
        }
        let text = row.cells.get(column).ok_or_else(|| format!("{column} is not known for {} ({})", wanted(), row.place))?;
        let value =
            Ratio::parse_decimal(text).ok_or_else(|| format!("{column} of {} is “{text}”, not a number ({})", wanted(), row.place))?;
        Ok(Fact { value, source: row.source.clone(), status: row.status, place: row.place.clone() })
    }
}
