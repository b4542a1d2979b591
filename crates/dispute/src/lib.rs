//! A pay dispute as a folder of plain files: who the parties are, what was offered, decided, asked and called, and
//! what people said of it.
//!
//! [`Dispute::read`] takes the files of a folder and the [`Library`] of published data, and gives the dispute with
//! *all* faults of all files. The format is `docs/spec/dispute-folder.md`.
//!
//! Nothing here reads a disk: the edge of the program reads, this crate understands.

mod action;
pub mod campaign;
pub mod conference;
mod decide;
mod exemptions;
mod folder;
mod lawful_pay;
mod library;
mod papers;
mod people;
pub mod plan;
mod polls;
mod record;
pub mod roll;
mod scale_file;
mod starter;
pub mod talks;
mod terms;

pub use action::{ActionKind, Call, Campaign, Hours, ShortType};
pub use decide::Motion;
pub use exemptions::{EXEMPTION_COLUMNS, Exemption, ExemptionEvent, ExemptionRequest, exemption_requests, misleads};
pub use folder::{Dispute, Folder, FoundingDisputes};
pub use library::Library;
pub use papers::{Count, Employer, Papers, ScrutineerReport, WelshTexts};
pub use people::{Event, Group, Nation, Party, Side};
pub use polls::{Poll, PollKind, PollResult, Question, QuestionKind, Unit};
pub use record::{NotJudged, Record, RecordRow, polls_of_record, rows_of_record};
pub use scale_file::{BroughtPoint, BroughtScale, read_scale};
pub use starter::starter_files;
pub use talks::{Deadline, Demand, Meeting, Position, Stance, Talks};
pub use terms::{ActionTerms, Agreed, MemberSalary, NoticeGiven, RollCount, SalaryAmount, Service, StrikePay, Suspension};
