//! The papers of a dispute as PDF: ballot notices, voting papers, results, notices of action, letters, postcards, certificates,
//! conference papers. Tagged and readable aloud (PDF/UA-1), fonts embedded, the same bytes for the same input.
//!
//! What a paper must contain comes from `law` by the date of the paper; a missing field stops the print and all missing fields are
//! said at once. Texts of data go to the templates as data and cannot be markup. Which field stands where: `docs/spec/print.md`.
//!
//! No clock: every document is given its date. The only disk access is [`run`], which writes files whole or not at all.

mod ballot;
mod cards;
mod conference;
mod document;
mod letters;
mod mandate;
mod manifest;
mod meeting;
mod plan;
mod poll;
mod run;
mod templates;
mod typeset;

pub use ballot::{Addressee, Evidence, Numbers};
pub use cards::{CardSize, cards_document, check_card};
pub use conference::ConferencePaper;
pub use document::{Document, Look, NAME_LETTERS, check_document, check_line, check_text};
pub use letters::{check_letter, letters_document};
pub use mandate::Certificate;
pub use manifest::{Entry, Record};
pub use meeting::read_meeting;
pub use plan::plan_document;
pub use poll::PollPapers;
pub use run::{Batch, Made, Mode, RunError, print_in_memory, run, sha256_hex, write_file};
pub use templates::Templates;
pub use typeset::{Located, Printed, TemplateError, forget, typeset};
