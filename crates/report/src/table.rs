//! Tables of the page: cells that may lead to the clause or the source that gives their number.

/// A table with a caption.
#[derive(Default)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Its columns.
    pub heads: Vec<Head>,
    /// Its rows; the first cell of each heads the row.
    pub rows: Vec<Vec<Cell>>,
}

/// A column.
pub struct Head {
    /// Its heading.
    pub text: String,
    /// It holds numbers.
    pub number: bool,
}

/// A cell.
pub struct Cell {
    /// What stands in it.
    pub text: String,
    /// It is a number.
    pub number: bool,
    /// The id of what gives this number.
    pub href: Option<String>,
}

impl Table {
    /// A table; headings that begin with `>` are columns of numbers.
    pub(crate) fn new(caption: impl Into<String>, heads: &[&str]) -> Self {
        let heads =
            heads.iter().map(|head| Head { text: head.trim_start_matches('>').to_owned(), number: head.starts_with('>') }).collect();
        Self { caption: caption.into(), heads, rows: Vec::new() }
    }
}

pub(crate) fn words(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), number: false, href: None }
}

pub(crate) fn figure(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), number: true, href: None }
}

pub(crate) fn linked(text: impl Into<String>, href: impl Into<String>) -> Cell {
    Cell { text: text.into(), number: true, href: Some(href.into()) }
}
