//! What representatives noted of their own members: sealed rows by branch, appended and never changed.

use zeroize::Zeroizing;

use crate::Store;
use crate::error::StoreError;
use crate::sql::{DbError, values};

/// A row that was noted.
pub struct Contact {
    /// Seconds since 1970.
    pub noted_at: i64,
    /// What was noted, as it was given.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl Store {
    /// Appends a row to a branch, encrypted.
    pub async fn put_contact(&self, branch: u32, now: i64, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.people_key()?;
        let (store, plain) = (self.clone(), Zeroizing::new(bytes));
        self.act(move |sql| {
            if sql.is_postgres() {
                // Rows of two nodes get numbers one after another.
                sql.script("LOCK TABLE people.contact IN SHARE ROW EXCLUSIVE MODE")?;
            }
            let next = sql.one("SELECT coalesce(max(number), 0) + 1 FROM people.contact", &[])?;
            let number = next.map_or(Ok(1), |row| row.int(0))?;
            let sealed = store.people_key()?.seal(&place(number, branch), &plain)?;
            sql.execute(
                "INSERT INTO people.contact (number, branch, noted_at, sealed) VALUES ($1, $2, $3, $4)",
                values![number, i64::from(branch), now, &sealed[..]],
            )?;
            Ok(())
        })
        .await
    }

    /// All rows of a branch, in order.
    pub async fn list_contacts(&self, branch: u32) -> Result<Vec<Contact>, StoreError> {
        let store = self.clone();
        self.read(move |sql| {
            let rows = sql.query(
                "SELECT number, noted_at, sealed FROM people.contact WHERE branch = $1 ORDER BY number",
                values![i64::from(branch)],
            )?;
            rows.iter()
                .map(|row| Ok(Contact { noted_at: row.int(1)?, bytes: store.open_sealed(&place(row.int(0)?, branch), row.bytes(2)?)? }))
                .collect()
        })
        .await
    }
}

impl Store {
    /// All rows of all branches, with the branch, in order.
    pub async fn list_all_contacts(&self) -> Result<Vec<(u32, Contact)>, StoreError> {
        let store = self.clone();
        self.read(move |sql| {
            let rows = sql.query("SELECT number, noted_at, sealed, branch FROM people.contact ORDER BY number", &[])?;
            rows.iter()
                .map(|row| {
                    let branch = u32::try_from(row.int(3)?).map_err(|_| DbError::Shape("a branch's number".to_owned()))?;
                    let bytes = store.open_sealed(&place(row.int(0)?, branch), row.bytes(2)?)?;
                    Ok((branch, Contact { noted_at: row.int(1)?, bytes }))
                })
                .collect()
        })
        .await
    }
}

/// Bound into the sealed row, so that it opens in its own place only.
fn place(number: i64, branch: u32) -> String {
    format!("people.contact {number} of {branch}")
}
