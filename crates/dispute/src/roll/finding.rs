//! What is wrong, or to be looked at, in a membership file: every fault once, with its rows, its cause and what would be right.

use std::sync::Arc;

use dated::{Fault, Place, Severity};

/// One fault of a membership file. An error stops the freeze; a warning is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Kind, severity, place, what is wrong, what would be right.
    pub fault: Fault,
    /// The column, as the file names it.
    pub column: Option<String>,
    /// The membership numbers concerned, in their order; the row itself where there is none.
    pub members: Vec<String>,
    /// All rows concerned, by line.
    pub lines: Vec<u32>,
}

/// What happens where an officer accepts a fault that stops the freeze, with a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// The people concerned stay on the roll: they are right as they are.
    StaysIn,
    /// The row is left out of the roll, with the reason.
    LeftOut,
    /// It cannot be accepted: nobody could say which row counts.
    Never,
}

/// A kind of fault.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name, which scripts rely on.
    pub code: &'static str,
    /// Whether it stops the freeze.
    pub stops: bool,
    /// What accepting it means.
    pub accepted: Accepted,
    /// In a few words, for a table.
    pub words: &'static str,
}

const fn stop(code: &'static str, accepted: Accepted, words: &'static str) -> Kind {
    Kind { code, stops: true, accepted, words }
}

const fn look(code: &'static str, words: &'static str) -> Kind {
    Kind { code, stops: false, accepted: Accepted::StaysIn, words }
}

use Accepted::{LeftOut, Never, StaysIn};

/// Every kind of fault that a membership file can have. Spec R3.
pub const KINDS: &[Kind] = &[
    stop("missing-number", LeftOut, "rows without a membership number"),
    stop("bad-number", LeftOut, "membership numbers that cannot be one"),
    stop("duplicate-number", Never, "membership numbers on several rows"),
    stop("clone", StaysIn, "the same person under several numbers"),
    stop("unknown-employer", LeftOut, "employers that the employers file does not have"),
    stop("unknown-workplace", LeftOut, "workplaces that the employers file does not have"),
    stop("wrong-unit", Never, "units that are not those of the workplace"),
    stop("same-unit-id", Never, "units whose names give the same id"),
    stop("no-unit", LeftOut, "members in no unit"),
    stop("status-contradicts", LeftOut, "standing and other columns that contradict each other"),
    stop("unknown-status", LeftOut, "standings that are not known"),
    stop("not-a-date", LeftOut, "cells that are no day"),
    stop("not-yes-or-no", LeftOut, "cells that are neither yes nor no"),
    stop("not-utf8", LeftOut, "cells of another encoding"),
    stop("control-character", LeftOut, "control characters"),
    stop("direction-mark", LeftOut, "marks that turn the direction of writing"),
    stop("formula", LeftOut, "cells that a spreadsheet would take for a formula"),
    stop("formula-error", LeftOut, "broken formulas"),
    stop("too-long", LeftOut, "cells that are too long"),
    stop("row-length", LeftOut, "rows of another length than the header"),
    stop("totals-row", LeftOut, "rows that are sums of others"),
    look("left", "people who left or retired: not on the roll"),
    look("lapsed", "people lapsed or suspended: not on the roll"),
    look("no-name", "members without a name"),
    look("no-channel", "members who cannot be reached at all"),
    look("no-address", "members without an address for a paper"),
    look("no-workplace", "members without a workplace"),
    look("bad-postcode", "postcodes that are none"),
    look("bad-email", "e-mail addresses that are none"),
    look("bad-phone", "telephone numbers that are none"),
    look("work-email-only", "e-mail addresses at work"),
    look("same-email", "e-mail addresses of several members"),
    look("same-phone", "telephone numbers of several members"),
    look("look-alike", "members who may be one person"),
    look("many-at-one-address", "addresses of many members"),
    look("unknown-language", "languages other than English and Welsh"),
    look("unknown-channel", "wishes for an unknown channel"),
    look("channel-missing", "wishes for a channel that is not there"),
];

/// The kind of that name. Faults of the file as a whole are of no kind here: they all stop, and none can be accepted.
pub fn kind(code: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.code == code)
}

/// A fault of these rows.
pub(crate) fn finding(code: &'static str, place: Place, what: impl Into<String>, fix: impl Into<String>) -> Finding {
    let stops = kind(code).is_none_or(|kind| kind.stops);
    let severity = if stops { Severity::Error } else { Severity::Warning };
    let lines = vec![place.line];
    Finding { fault: Fault { code, severity, place, what: what.into(), fix: fix.into() }, column: None, members: Vec::new(), lines }
}

impl Finding {
    /// Whether it stops the freeze.
    pub fn stops(&self) -> bool {
        self.fault.severity == Severity::Error
    }

    pub(super) fn of(mut self, member: &str) -> Self {
        if !member.is_empty() {
            self.members.push(member.to_owned());
        }
        self
    }

    pub(super) fn in_column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }
}

/// Where a row stands.
pub(super) fn place(file: &Arc<str>, line: u64) -> Place {
    Place { file: Arc::clone(file), line: u32::try_from(line).unwrap_or(u32::MAX) }
}
