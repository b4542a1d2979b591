//! Why a command of delivery did nothing, or stopped: faults of an input, a refusal, or a failure of ours.

use std::path::Path;

use dated::{Fault, Place, Severity};

/// Why nothing was done, or why it stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// What was brought in is wrong, each fault with its place and what would be right.
    Faults(Vec<Fault>),
    /// It may not be done, or not yet; in a sentence.
    No(String),
    /// Our disk, our randomness, our connection; in a sentence.
    Ours(String),
}

/// What a function of this crate gives.
pub type Answer<T> = Result<T, Trouble>;

impl Trouble {
    /// One fault of a whole file.
    pub fn input(code: &'static str, file: &str, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::at(code, Place::new(file, 1), what, fix)
    }

    /// One fault at a place.
    pub fn at(code: &'static str, place: Place, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::Faults(vec![Fault { code, severity: Severity::Error, place, what: what.into(), fix: fix.into() }])
    }

    /// A file that cannot be read: whoever named it can put it right.
    pub fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::input(
            "file-unreadable",
            &path.to_string_lossy(),
            format!("it cannot be read: {error}"),
            "check the name and that you may read it",
        )
    }

    /// A file that cannot be written.
    pub fn unwritable(path: &Path, error: &std::io::Error) -> Self {
        Self::Ours(format!("{} cannot be written: {error}", path.display()))
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Faults(faults) => {
                for (at, fault) in faults.iter().enumerate() {
                    write!(f, "{}{fault}", if at == 0 { "" } else { "\n" })?;
                }
                Ok(())
            }
            Self::No(why) | Self::Ours(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Trouble {}
