//! The section on equal pay: results that were worked out elsewhere, as plain values.

use crate::table::{Cell, Table, figure, words};

/// What the section shows. Nothing of it is computed here.
pub struct EqualPayInput {
    /// Sentences above the table: of which day, from which file.
    pub lines: Vec<String>,
    /// One row for each employer.
    pub rows: Vec<EqualPayRow>,
    /// The sums of all rows, those withheld included.
    pub all: EqualPayRow,
    /// Sentences below: what is left out, what was withheld and why.
    pub notes: Vec<String>,
}

/// An employer, or all of them.
pub struct EqualPayRow {
    /// Its name.
    pub name: String,
    /// Claims, claimants, pounds at stake, pounds settled or won; `None` where they are withheld.
    pub figures: Option<[String; 4]>,
}

/// The section as the template takes it.
pub(crate) struct EqualPayView {
    pub(crate) lines: Vec<String>,
    pub(crate) table: Table,
    pub(crate) notes: Vec<String>,
}

pub(crate) fn equal_pay_view(input: EqualPayInput) -> EqualPayView {
    let row = |row: EqualPayRow| -> Vec<Cell> {
        let mut cells = vec![words(row.name)];
        match row.figures {
            Some(figures) => cells.extend(figures.into_iter().map(figure)),
            None => cells.extend(["withheld", "", "", ""].map(|text| figure(text.to_owned()))),
        }
        cells
    };
    let mut rows: Vec<Vec<Cell>> = input.rows.into_iter().map(row).collect();
    rows.push(row(input.all));
    let heads = ["Employer", ">Claims", ">Claimants", ">At stake £", ">Settled or won £"];
    let mut table = Table::new("Claims of equal pay by employer", &heads);
    table.rows = rows;
    EqualPayView { lines: input.lines, table, notes: input.notes }
}
