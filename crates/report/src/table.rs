//! Tables of the page: cells that may lead to the clause or the source that gives their number.

/// A table with a caption.
#[derive(Default)]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) heads: Vec<Head>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

pub(crate) struct Head {
    pub(crate) text: String,
    pub(crate) number: bool,
}

pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) number: bool,
    /// The id of what gives this number.
    pub(crate) href: Option<String>,
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
