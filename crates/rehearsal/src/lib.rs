//! Load and crashes: invented members vote over real HTTP while the service is killed, starved and misled.
//!
//! The service is the real program, `whitley serve --rehearsal`, as a child process on a real database; the ballots are real ballots,
//! made beforehand; the board is read back over HTTP and judged by `verify`.
//!
//! **A failure** is:
//! - an acknowledged ballot that is not on the board exactly once, at the place its receipt named;
//! - a ballot on the board that nobody sent, or more than one of a credential;
//! - an archive in which any check of `verify` fails;
//! - a retry of the same bytes that gets another receipt than the first one did;
//! - a refusal under overload that is neither 429 nor 503, or that does not say when to come back;
//! - a service that does not start again on its database within a minute, or that is not normal 30 seconds after an overload;
//! - any answer with status 500 while database and disk are well.
//!
//! **No failure** is:
//! - a ballot on the board whose sender got no answer: the retry gets its receipt;
//! - a ballot that was refused, late or never answered, and is not on the board;
//! - a connection that breaks while the service is killed;
//! - slowness as such. Times are reported, and judged by whoever knows the machine.
//!
//! Not judged here: whether the machine's disk keeps what it has synced (that needs a power switch), and the count, which the
//! tests of `poll` and `cli` judge.
//!
//! What is done at which moment follows from a seed. The moments are real ones, so the same seed gives the same ballots, waits and kills,
//! and not the same interleaving inside the service.

pub mod board;
pub mod client;
#[path = "../../store/tests/it/cluster.rs"]
#[expect(dead_code, reason = "the store's tests need more of it")]
mod cluster;
pub mod crash;
pub mod database;
pub mod dice;
pub mod load;
pub mod members;
pub mod overload;
pub mod program;

/// Why a rehearsal could not be held: the machine's or the caller's fault, not the service's.
pub type Done<T> = Result<T, String>;

pub(crate) fn said<E: std::fmt::Display>(what: &str) -> impl Fn(E) -> String + '_ {
    move |error| format!("{what}: {error}")
}
