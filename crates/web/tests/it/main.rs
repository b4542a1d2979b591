//! The service over real HTTP: a server on a port, a real store, real ballots; only the clock is a test's.

mod access;
mod board;
mod branch;
mod casting;
// The store's own throw-away PostgreSQL server.
#[path = "../../../store/tests/it/cluster.rs"]
#[allow(dead_code)]
mod cluster;
mod described;
mod desk_documents;
mod desk_paper;
mod desk_poll;
mod desk_roll;
mod erase;
mod headers;
mod made;
mod others;
mod paging;
mod strange;
mod workspace;
