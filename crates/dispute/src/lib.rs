//! A pay dispute as a folder of plain files: who the parties are, what was offered, decided, asked and called, and
//! what people said of it.
//!
//! [`Dispute::read`] takes the files of a folder and the [`Library`] of published data, and gives the dispute with
//! *all* faults of all files. The format is `docs/spec/dispute-folder.md`.
//!
//! Nothing here reads a disk: the edge of the program reads, this crate understands.

mod action;
mod decide;
mod folder;
mod library;
mod papers;
mod people;
mod polls;
mod record;
mod starter;

pub use action::{ActionKind, Call, Campaign};
pub use decide::{Deadline, Demand, Meeting, Motion, MotionOutcome, Position, Stance};
pub use folder::{Dispute, Folder, FoundingDisputes};
pub use library::Library;
pub use papers::{Count, Employer, Papers, ScrutineerReport};
pub use people::{Event, Group, Nation, Party, Side};
pub use polls::{Poll, PollKind, PollResult, Question, QuestionKind, Unit};
pub use record::{NotJudged, Record, polls_of_record};
pub use starter::starter_files;
