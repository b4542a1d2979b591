//! The store on real databases: SQLite and a PostgreSQL server started for the tests.

mod cluster;
mod contract;
mod crash;
mod made;
mod postgres;
mod schema;
mod sqlite;
