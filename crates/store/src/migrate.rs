//! Numbered SQL files that bring a database to the form this program knows. Files are added, never edited: each applied one is
//! kept with its hash, and a database with an unknown or changed one is refused.

use vote::Hash;

use crate::error::StoreError;
use crate::sql::{DbError, Sql, for_sqlite, migration_for_postgres, values};
use crate::writer::Fail;

/// All, from number 1.
const MIGRATIONS: [&str; 2] = [include_str!("../migrations/0001_begin.sql"), include_str!("../migrations/0002_contacts.sql")];

/// The table of those applied. It stands outside the numbered files since it must be there to read their numbers.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS office.migration (number bigint NOT NULL PRIMARY KEY, hash bytea NOT NULL) STRICT;";

/// Brings the database up to date, in one transaction. Nothing happens to one that is.
pub(crate) fn migrate(sql: &mut dyn Sql) -> Result<(), StoreError> {
    sql.begin()?;
    match apply(sql) {
        Ok(()) => Ok(sql.commit()?),
        Err(fail) => {
            let _ = sql.rollback();
            Err(fail.into())
        }
    }
}

fn apply(sql: &mut dyn Sql) -> Result<(), Fail> {
    if sql.is_postgres() {
        // Nodes that start together wait here for each other.
        sql.script("SELECT pg_advisory_xact_lock(8675123490)")?;
    } else if sql.query("SELECT name FROM sqlite_master WHERE name = 'office_migration'", &[])?.is_empty()
        && !sql.query("SELECT name FROM sqlite_master LIMIT 1", &[])?.is_empty()
    {
        return Err(StoreError::Foreign("it is a SQLite file with tables of another program".to_owned()).into());
    }
    script(sql, TABLE)?;
    let applied = sql.query("SELECT number, hash FROM office.migration ORDER BY number", &[])?;
    let known = MIGRATIONS.len() as i64;
    if let Some(found) = applied.last().map(|row| row.int(0)).transpose()?.filter(|found| *found > known) {
        return Err(StoreError::Newer { found, known }.into());
    }
    for (number, text) in (1_i64..).zip(MIGRATIONS) {
        let hash = Hash::of(text);
        match applied.get(number as usize - 1) {
            Some(row) if row.int(0)? == number && row.hash(1)? == hash.0 => {}
            Some(_) => return Err(StoreError::Foreign(format!("its migration {number} is not the one of this program")).into()),
            None => {
                script(sql, text)?;
                sql.execute("INSERT INTO office.migration (number, hash) VALUES ($1, $2)", values![number, hash.0])?;
            }
        }
    }
    Ok(())
}

fn script(sql: &mut dyn Sql, text: &str) -> Result<(), DbError> {
    let text = if sql.is_postgres() { migration_for_postgres(text) } else { for_sqlite(text) };
    sql.script(&text)
}
