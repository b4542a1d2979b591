//! The papers of a dispute as PDF: ballot notices, voting papers, results, notices of action, letters, postcards, certificates,
//! conference papers. Tagged and readable aloud (PDF/UA-1), fonts embedded, the same bytes for the same input.
//!
//! What a paper must contain comes from `law` by the date of the paper; a missing field stops the print and all missing fields are
//! said at once. Texts of data go to the templates as data and cannot be markup. Which field stands where: `docs/spec/print.md`.
//!
//! No clock: every document is given its date. The only disk access is [`run`], which writes files whole or not at all.

mod ballot;
mod conference;
mod document;
mod letters;
mod mandate;
mod members;
mod poll;
mod postcards;
mod run;
mod templates;
mod typeset;

pub use ballot::{Addressee, Numbers};
pub use conference::read_paper;
pub use document::{Document, NAME_LETTERS, check_line, check_text};
pub use letters::{Letter, Letters};
pub use mandate::{Certificate, NoticeDays};
pub use members::{Member, read_members};
pub use poll::PollPapers;
pub use postcards::{Card, CardSize, CardText, Figures, OwnFigures};
pub use run::{Batch, Entry, Mode, RunError, run};
pub use templates::Templates;
pub use typeset::{Printed, TemplateError, forget, typeset};
