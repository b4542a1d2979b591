//! Rows of a spreadsheet by the meaning of their columns: header, shifted rows, totals and comments are dealt with once for
//! members, employers and lists.

use std::sync::Arc;

use dated::{FileBytes, Place, Severity};
use sheet::{Columns, FaultList, Input, Mapping, Meaning, Row, Taker, Words, is_total};

use super::finding::{Finding, finding, place};

/// The most rows that are read of one file: three times the largest union.
pub const MAX_ROWS: u64 = 4_000_000;

/// Rows by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Rows with something in them below the header.
    pub read: u64,
    /// Stored.
    pub accepted: u64,
    /// With a fault for which they cannot be stored.
    pub refused: u64,
    /// With nothing in them; not counted as read.
    pub empty: u64,
}

/// One file in progress.
pub(crate) struct Intake<'a, M> {
    pub(super) file: Arc<str>,
    pub(super) columns: Columns<M>,
    pub(super) rows: RowCounts,
    pub(crate) notes: Vec<String>,
    pub(super) label: Option<String>,
    pub(crate) findings: Vec<Finding>,
    mapping: &'a [(String, Option<M>)],
    needed: &'a [Needed<M>],
    words: Words,
    take: &'a mut TakeRow<'a, M>,
}

/// Takes one row; what is wrong with it goes to the list. Whether the row was stored.
pub(crate) type TakeRow<'a, M> = dyn FnMut(&Columns<M>, Place, &Row, &mut Vec<Finding>) -> bool + 'a;

/// A column that a file cannot do without, or one that stands for it.
pub(crate) struct Needed<M> {
    pub(crate) one: M,
    pub(crate) or: Option<M>,
    pub(crate) why: &'static str,
}

impl<'a, M: Meaning> Intake<'a, M> {
    pub(crate) fn new(file: &str, mapping: &'a Mapping<M>, needed: &'a [Needed<M>], words: Words, take: &'a mut TakeRow<'a, M>) -> Self {
        Self {
            file: Arc::from(file),
            columns: Columns::default(),
            rows: RowCounts::default(),
            notes: Vec::new(),
            label: None,
            findings: Vec::new(),
            mapping,
            needed,
            words,
            take,
        }
    }

    pub(crate) fn read(mut self, input: &mut dyn Input, sheet: Option<&str>) -> Self {
        sheet::read(input, sheet, &mut self);
        if self.rows.read == 0 && self.findings.is_empty() {
            self.findings.push(finding(
                "file-empty",
                place(&self.file, 1),
                "there is no row below the header",
                "one row for each, below the names of the columns",
            ));
        }
        self
    }

    fn has(&self, columns: &Columns<M>, needed: &Needed<M>) -> bool {
        columns.at(needed.one).is_some() || needed.or.is_some_and(|or| columns.at(or).is_some())
    }
}

impl<M: Meaning> Taker for Intake<'_, M> {
    fn recognised(&self, row: &Row) -> usize {
        let columns = Columns::of_row(row, self.mapping);
        columns.recognised() * 2 + usize::from(self.needed.first().is_some_and(|first| self.has(&columns, first)))
    }

    fn is_header(&self, row: &Row, is_first: bool) -> bool {
        let columns = Columns::of_row(row, self.mapping);
        self.needed.first().is_some_and(|first| self.has(&columns, first)) && (is_first || columns.recognised() >= 2)
    }

    fn header(&mut self, line: u64, row: &Row) -> bool {
        let columns = Columns::of_row(row, self.mapping);
        let mut faults = FaultList::new(&self.file);
        columns.check(line, self.mapping, &mut faults);
        for needed in self.needed.iter().filter(|needed| !self.has(&columns, needed)) {
            let (name, other) = (needed.one.name(), needed.or.unwrap_or(needed.one).name());
            faults.add(
                "missing-column",
                line,
                || {
                    format!(
                        "there is no column “{name}”{}: {}",
                        if name == other { String::new() } else { format!(" or “{other}”") },
                        needed.why
                    )
                },
                || match columns.near(name, other) {
                    Some(near) => format!("if “{near}” is it: --map \"{near}={name}\""),
                    None => columns.nearest(name),
                },
            );
        }
        if line > 1 && self.label.is_none() {
            self.notes.push(format!("the names of the columns stand in row {line}; what is above is not read"));
        }
        self.columns = columns;
        let fits = faults.count() == 0;
        for fault in faults.into_parts().0 {
            let lines = vec![fault.place.line];
            self.findings.push(Finding { fault, column: None, members: Vec::new(), lines });
        }
        fits
    }

    fn row(&mut self, line: u64, row: &Row) -> bool {
        if row.is_blank() {
            self.rows.empty += 1;
            return true;
        }
        self.rows.read += 1;
        if self.rows.read > MAX_ROWS {
            let what = format!("the file has more than {} rows", pay::grouped(MAX_ROWS));
            self.fault("too-many-rows", line, what, "read it in parts".to_owned());
            return false;
        }
        let (cells, width) = (row.len(), self.columns.uses.len());
        let stored = if cells != width && !(cells > width && row.iter().skip(width).all(|cell| cell.trim_ascii().is_empty())) {
            let open_quote = row.iter().next_back().is_some_and(|cell| cell.contains(&b'\n'));
            self.fault(
                "row-length",
                line,
                format!("this row has {cells} cells and the header {width}"),
                if open_quote {
                    "close the quote: the rows below it were read as one cell".to_owned()
                } else {
                    "a comma inside a cell needs quotes around the cell; an empty cell still needs its comma".to_owned()
                },
            );
            false
        } else if row.get(0).is_some_and(is_total) {
            let what = "this row is a sum of others: it is no person".to_owned();
            self.fault("totals-row", line, what, "remove the row".to_owned());
            false
        } else {
            (self.take)(&self.columns, place(&self.file, line), row, &mut self.findings)
        };
        if stored {
            self.rows.accepted += 1;
        } else {
            self.rows.refused += 1;
        }
        true
    }

    fn width(&self) -> usize {
        self.columns.uses.len()
    }

    fn comment(&mut self, text: &str) {
        if let Some(label) = text.strip_prefix("synthetic:") {
            self.label = Some(label.trim().to_owned());
        }
    }

    fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    fn sheet(&mut self, name: &str) {
        self.file = Arc::from(format!("{}, sheet “{name}”", self.file));
    }

    fn fault(&mut self, code: &'static str, line: u64, what: String, fix: String) {
        self.findings.push(finding(code, place(&self.file, line), what, fix));
    }

    fn words(&self) -> Words {
        self.words
    }
}

/// The lines of a small text file, without blanks around them, with their numbers; empty ones and comments left out.
pub(super) fn lines_of(file: &str, bytes: &FileBytes, findings: &mut Vec<Finding>) -> Vec<(u32, String)> {
    let faults = dated::Faults::new();
    let text = bytes.text(file, &faults);
    for fault in faults.into_sorted().into_iter().filter(|fault| fault.severity == Severity::Error) {
        let lines = vec![fault.place.line];
        findings.push(Finding { fault, column: None, members: Vec::new(), lines });
    }
    let text = text.unwrap_or_default();
    let lines = (1..).zip(text.lines()).map(|(number, line)| (number, line.trim().to_owned()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).collect()
}
