//! From credentials to people: numbered packs, letters, e-mail, and the ledger of what became of each.
//!
//! Everything here runs on the credential authority's own machine, never on the service, which sends no mail and knows no link
//! between a person and a credential. Rules, formats and who sees what: docs/spec/delivery.md.
//!
//! | module | job |
//! | --- | --- |
//! | [`state`] | what can become of a pack: a table, pure |
//! | [`ledger`], [`event`] | the file that remembers it, chained, synced before anything is sent |
//! | [`letters`] | the authority's letters files, with every fault; work addresses |
//! | [`facts`], [`mail`] | what a letter and an e-mail say |
//! | [`post`] | print files, codes to scan, manifest |
//! | [`smtp`], [`send`] | one connection, many messages, resumable |
//! | [`bounce`] | reports of bounces and the packs they are about |
//! | [`board`], [`replace`], [`silent`] | what the public board tells: lost packs, packs without a vote |
//! | [`summary`] | counts, for the desk and in public |

pub mod board;
pub mod bounce;
pub mod event;
pub mod facts;
pub mod ledger;
pub mod letters;
pub mod mail;
pub mod post;
pub mod replace;
pub mod send;
pub mod silent;
pub mod smtp;
pub mod state;
pub mod summary;
pub mod trouble;

pub use dated::Language;
pub use event::{Event, MessageId, Purpose, Reply};
pub use ledger::{Ledger, Standing};
pub use letters::{Kind, Letter, WorkDomains, read_letters};
pub use state::{State, Step, Way};
pub use trouble::{Answer, Trouble};
