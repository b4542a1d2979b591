//! Asking the judging side. The only place that knows its interface.

use std::path::Path;

/// What the judging side says of an archive.
pub(crate) struct Verdict {
    /// passed, failed or could-not-check.
    pub(crate) word: &'static str,
    /// What is wrong, one line each.
    pub(crate) faults: Vec<String>,
}

/// Judges an archive with its companion.
pub(crate) fn judge(_archive: &Path, _companion: Option<&Path>) -> Verdict {
    Verdict { word: "could-not-check", faults: vec!["the judging side is not connected yet".to_owned()] }
}
