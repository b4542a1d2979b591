//! The steps of a poll on files: plan, ceremony, credentials, opening, lines to be signed, counting.
//!
//! One code for everybody who runs a poll: the command line runs it on a folder, the service on its database. The protocol is in the
//! crate `vote`, the judging in `verify`; here is who may do what when, and what it reads and writes (docs/spec/voting.md, section
//! 11).
//!
//! | module | step |
//! | --- | --- |
//! | [`plan`] | `plan.toml` becomes `poll.json` |
//! | [`ceremony`] | what a trustee can do next; what is accepted of the others |
//! | [`credentials`] | the authority's letters and public lists |
//! | [`opening`] | what officer and scrutineer sign, and the beginning of archive and companion |
//! | [`board`] | while an election runs: lines, shares, closing, result |
//! | [`paper`] | a printed paper that its maker signs |
//! | [`sign_in`] | a role key's answer to a service's challenge |
//! | [`records`] | an archive as a stream of events |
//! | [`rehearsal`] | everything up to the opening by one hand |
//!
//! Public files are behind [`Files`]; secrets are only in [`KeyFile`] and in what [`credentials`] hands to the authority.

pub mod board;
pub mod ceremony;
pub mod companion;
pub mod credentials;
pub mod files;
mod key;
mod line;
pub mod opening;
mod pack;
pub mod paper;
pub mod plan;
pub mod records;
pub mod rehearsal;
pub mod sign_in;

pub use companion::{Companion, Standing};
pub use files::{Files, Folder, InMemory, Replace};
pub use key::{KeyFile, ROLES};
pub use line::Signable;
pub use pack::{Pack, PackFault};
pub use plan::{Holders, Poll, Unit};
pub use rehearsal::{Rehearsal, Rehearsed, rehearsed};

use vote::trustee::CeremonyFault;
use vote::{NoRandomness, Source};

/// What a step gives, or why it did nothing.
pub type Answer<T> = Result<T, Refusal>;

/// Why nothing was done, in a sentence for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Whose matter it is.
    pub kind: Kind,
    /// What is wrong, where, and what would be right.
    pub why: String,
}

/// Whose matter a refusal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something brought in is wrong.
    Input,
    /// It may not be done, or not yet.
    No,
    /// Our disk, our randomness.
    Ours,
}

impl Refusal {
    /// Something brought in is wrong.
    pub fn input(why: impl Into<String>) -> Self {
        Self { kind: Kind::Input, why: why.into() }
    }

    /// It may not be done, or not yet.
    pub fn no(why: impl Into<String>) -> Self {
        Self { kind: Kind::No, why: why.into() }
    }

    /// Our disk, our randomness.
    pub fn ours(why: impl Into<String>) -> Self {
        Self { kind: Kind::Ours, why: why.into() }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Refusal {}

impl From<NoRandomness> for Refusal {
    fn from(fault: NoRandomness) -> Self {
        Self::ours(fault.to_string())
    }
}

impl From<CeremonyFault> for Refusal {
    fn from(fault: CeremonyFault) -> Self {
        match fault {
            CeremonyFault::Randomness(_) => Self::ours(fault.to_string()),
            _ => Self::no(format!("the ceremony cannot go on: {fault}")),
        }
    }
}

/// The operating system's randomness.
pub struct System;

impl Source for System {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        getrandom::fill(bytes).map_err(|_| NoRandomness::SourceFailed)
    }
}
