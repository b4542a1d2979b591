//! The store on real databases: SQLite and a PostgreSQL server started for the tests.

mod cluster;
mod contract;
mod crash;
mod made;
mod postgres;
#[expect(dead_code, reason = "made for other tests too")]
#[path = "../../../vote/tests/it/made.rs"]
mod real;
mod schema;
mod sqlite;
