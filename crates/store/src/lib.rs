//! One store, two databases: what the service keeps, in SQLite or PostgreSQL.
