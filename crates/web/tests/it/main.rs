//! The service over real HTTP: a server on a port, a real store, real ballots; only the clock is a test's.

mod access;
mod casting;
mod headers;
mod made;
mod people;
mod public;
mod strange;
