//! Cells of the tables about offers: what people read, what programs read, and where a figure came from.

use dated::Ratio;
use pay::Pence;
use report::words::{percent, signed};

use crate::table::{Cell, words};

/// A percentage: two decimals for people, six for programs, as on the command line.
pub(super) fn percents(value: Ratio) -> Cell {
    words(percent(value, 2)).exact(value.to_short(6))
}

pub(super) fn points(value: Ratio) -> Cell {
    let class = if value.rounded(2) < Ratio::ZERO { "bad" } else { "good" };
    words(signed(value, 2)).exact(value.to_short(6)).class(class)
}

pub(super) fn money(amount: Pence) -> Cell {
    words(amount.to_string()).exact(amount.pounds().to_fixed(2))
}

/// An exact number of pence.
pub(super) fn sum(pence: Ratio) -> Cell {
    words(Pence::nearest(pence).to_string()).exact((pence / Ratio::whole(100)).to_fixed(2))
}

pub(super) fn cite(source: &[String]) -> Cell {
    source_of(words(source.join("; ")).class("src"), source)
}

pub(super) fn source_of(cell: Cell, source: &[String]) -> Cell {
    match source.first() {
        Some(first) => cell.from(format!("#source-{first}")),
        None => cell,
    }
}
