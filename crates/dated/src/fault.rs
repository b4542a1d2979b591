//! A fault: something in an input that is wrong, where it stands, and what would be right.
//!
//! Faults are collected, never thrown: a folder with nine mistakes gives nine faults in one run.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

/// Where in the input something stands. Lines count from 1; a fault of the whole file stands at line 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file as its user named it, relative to the folder that was read.
    pub file: Arc<str>,
    /// Line, counted from 1.
    pub line: u32,
}

impl Place {
    /// The place at `line` of `file`.
    pub fn new(file: &str, line: u32) -> Self {
        Self { file: Arc::from(file), line }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Whether a value could still be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The value cannot be used: nothing is computed from this input.
    Error,
    /// The value is unambiguous, but the file should be mended (a byte-order mark, Windows line ends).
    Warning,
}

impl Severity {
    /// The word used in reports and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One fault of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which rule was broken, in kebab case. Stable: scripts and tests compare this, not the sentences.
    pub code: &'static str,
    /// Whether the value could still be used.
    pub severity: Severity,
    /// File and line.
    pub place: Place,
    /// What is wrong, with the value found.
    pub what: String,
    /// What would be right.
    pub fix: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.place, self.what, self.fix)
    }
}

/// The list that every reader adds to. Shared by reference, so that readers of parts need no plumbing.
#[derive(Debug, Default)]
pub struct Faults(RefCell<Vec<Fault>>);

impl Faults {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an error.
    pub fn error(&self, code: &'static str, place: &Place, what: impl Into<String>, fix: impl Into<String>) {
        self.add(Severity::Error, code, place, what.into(), fix.into());
    }

    /// Adds a warning: the value is used, the file should be mended.
    pub fn warning(&self, code: &'static str, place: &Place, what: impl Into<String>, fix: impl Into<String>) {
        self.add(Severity::Warning, code, place, what.into(), fix.into());
    }

    fn add(&self, severity: Severity, code: &'static str, place: &Place, what: String, fix: String) {
        self.0.borrow_mut().push(Fault { code, severity, place: place.clone(), what, fix });
    }

    /// How many errors there are; warnings do not count.
    pub fn error_count(&self) -> usize {
        self.0.borrow().iter().filter(|fault| fault.severity == Severity::Error).count()
    }

    /// Whether nothing at all was found.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// All faults, by file and line. The same fault at the same place is listed once.
    pub fn into_sorted(self) -> Vec<Fault> {
        let mut faults = self.0.into_inner();
        faults.sort_by(|a, b| (&a.place, a.code, &a.what).cmp(&(&b.place, b.code, &b.what)));
        faults.dedup();
        faults
    }
}
