//! The making side of a ballot that anyone can verify: keys, credentials, ballots, the key ceremony, shares, archives.
//!
//! The protocol is Belenios version 1 over the prime-order group of Ed25519, so that a union, an employer or a court can check
//! our archives with software we did not write. `docs/spec/voting.md` is its description; `docs/spec/archive.md` that of
//! the files. The judging side is the crate `verify`; the two share nothing but those pages and the vectors.
//!
//! ```
//! use vote::{Choice, Credential, Draft, Election, People, Question, Randomness, Seeded, Uuid, make_ballot};
//! use vote::trustee::single::PublicKey;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut source = Seeded::new(b"an example: never do this in a real vote");
//! let random = &mut Randomness::new(&mut source);
//! let key = PublicKey::prove(&vote::SecretScalar::random(random)?, random)?;
//! let uuid = Uuid::random(random)?;
//! let question = Question::one_of("Are you prepared to take part in a strike?", &["Yes", "No"])?;
//! let draft = Draft { uuid: &uuid, name: "Ballot", description: "", questions: &[question], people: &People::default() };
//! let election = Election::new(&draft, key.key())?;
//!
//! let letter = Credential::random(random)?;
//! let choice = Choice::answers(&election.questions()[0], &[0])?;
//! let ballot = make_ballot(&election, &letter.key(&uuid), &[choice], random)?;
//! assert_eq!(ballot.tracker().len(), 43);
//! # Ok(())
//! # }
//! ```
//!
//! No clock, disk, network, environment or random source: randomness is an argument, and it fails closed. Everything that
//! touches a secret runs in constant time and wipes it; no secret has `Debug` or stands in an error:
//!
//! ```compile_fail,E0277
//! fn shown<T: std::fmt::Debug>() {}
//! shown::<vote::Credential>();
//! ```
//! ```compile_fail,E0277
//! fn shown<T: std::fmt::Debug>() {}
//! shown::<vote::SecretScalar>();
//! ```
//! ```compile_fail,E0277
//! fn shown<T: std::fmt::Debug>() {}
//! shown::<vote::Choice>();
//! ```
//! ```compile_fail,E0277
//! fn shown<T: std::fmt::Debug>() {}
//! shown::<vote::trustee::key::MemberKey>();
//! ```

pub mod archive;
pub mod ballot;
pub mod companion;
pub mod credential;
pub mod election;
pub mod group;
mod hex;
mod json;
mod proof;
pub mod question;
pub mod random;
pub mod tally;
pub mod transcript;
pub mod trustee;

pub use ballot::{Ballot, BallotFault, make_ballot};
pub use credential::{Credential, CredentialKey, PublicCredentials, Uuid};
pub use election::{Draft, Election, People};
pub use group::{Element, Scalar, SecretScalar};
pub use json::ShapeFault;
pub use proof::Proof;
pub use question::{Choice, Limits, Question};
pub use random::{NoRandomness, Randomness, Seeded, Source};
pub use tally::{ElectionResult, EncryptedTally, Tally};
pub use transcript::Hash;
