//! The audit log: who did what, in a hash chain, written in the same transaction as the act itself.
//!
//! A line's hash covers the line before, so an edited, removed or reordered line is found. Somebody who may write to the database
//! can make a new chain; against that stands a head remembered elsewhere ([`Store::check_audit`]). Casting leaves no line here:
//! the log of the staff and the board must not be joined.

use sha2::{Digest as _, Sha256};
use vote::Hash;

use crate::Store;
use crate::error::{Refusal, StoreError};
use crate::sql::{Row, Sql, values};
use crate::writer::Fail;

/// What is to be written into the log beside an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Seconds since 1970.
    pub at: i64,
    /// The role: `officer`, `scrutineer`, …, `service`.
    pub who: String,
    /// The act, in one or two words.
    pub what: String,
    /// More about it: JSON, without names of members.
    pub detail: String,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// From 0.
    pub number: u64,
    /// What it says.
    pub entry: Entry,
    /// SHA-256 over the line and the hash of the one before.
    pub hash: Hash,
}

/// Where the log ends: remembered elsewhere, it stands for all lines up to there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Number of lines.
    pub lines: u64,
    /// Hash of the last one; zeros before the first.
    pub hash: Hash,
}

impl Store {
    /// Writes a line that belongs to no other act.
    pub async fn append_audit(&self, entry: Entry) -> Result<AuditHead, StoreError> {
        entry.check()?;
        self.act(move |sql| append(sql, &entry)).await
    }

    /// Lines from this number, at most `limit`.
    pub async fn list_audit(&self, from: u64, limit: u32) -> Result<Vec<AuditLine>, StoreError> {
        self.read(move |sql| page(sql, from, i64::from(limit))).await
    }

    /// Where the log ends now.
    pub async fn get_audit_head(&self) -> Result<AuditHead, StoreError> {
        self.read(|sql| head(sql, "SELECT lines, hash FROM office.audit_head WHERE number = 1")).await
    }

    /// Computes the chain again; what is wrong, in words, or nothing. `remembered` is a head seen earlier.
    pub async fn check_audit(&self, remembered: Option<AuditHead>) -> Result<Vec<String>, StoreError> {
        self.read_moment(move |sql| check(sql, remembered)).await
    }
}

impl Entry {
    /// An entry without detail.
    pub fn new(at: i64, who: &str, what: &str) -> Self {
        Self { at, who: who.to_owned(), what: what.to_owned(), detail: "{}".to_owned() }
    }

    pub(crate) fn check(&self) -> Result<(), Refusal> {
        match serde_json::from_str::<serde_json::Value>(&self.detail) {
            Ok(serde_json::Value::Object(_)) => Ok(()),
            _ => Err(Refusal::Form { what: "detail of an audit line", why: "it is no JSON object".to_owned() }),
        }
    }

    fn hash(&self, number: u64, before: Hash) -> Hash {
        let mut hash = Sha256::new();
        let number = number.to_string();
        let at = self.at.to_string();
        // Each part with its length, so that no two lines have the same bytes.
        for part in [
            "whitley/audit/v1".as_bytes(),
            &before.0,
            number.as_bytes(),
            at.as_bytes(),
            self.who.as_bytes(),
            self.what.as_bytes(),
            self.detail.as_bytes(),
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Hash(hash.finalize().into())
    }
}

const BEGINNING: AuditHead = AuditHead { lines: 0, hash: Hash([0; 32]) };

fn head(sql: &mut dyn Sql, query: &'static str) -> Result<AuditHead, Fail> {
    Ok(match sql.one(query, &[])? {
        Some(row) => AuditHead { lines: row.count(0)?, hash: Hash(row.hash(1)?) },
        None => BEGINNING,
    })
}

/// Appends a line within the transaction of an act. Acts that lock an election lock it first.
pub(crate) fn append(sql: &mut dyn Sql, entry: &Entry) -> Result<AuditHead, Fail> {
    sql.execute(
        "INSERT INTO office.audit_head (number, lines, hash) VALUES (1, 0, $1) ON CONFLICT (number) DO NOTHING",
        values![BEGINNING.hash.0],
    )?;
    let before = head(sql, "SELECT lines, hash FROM office.audit_head WHERE number = 1 FOR UPDATE")?;
    let hash = entry.hash(before.lines, before.hash);
    sql.execute(
        "INSERT INTO office.audit (number, at, who, what, detail, hash) VALUES ($1, $2, $3, $4, $5, $6)",
        values![before.lines as i64, entry.at, entry.who.as_str(), entry.what.as_str(), entry.detail.as_str(), hash.0],
    )?;
    let after = AuditHead { lines: before.lines + 1, hash };
    sql.execute("UPDATE office.audit_head SET lines = $1, hash = $2 WHERE number = 1", values![after.lines as i64, after.hash.0])?;
    Ok(after)
}

fn page(sql: &mut dyn Sql, from: u64, limit: i64) -> Result<Vec<AuditLine>, Fail> {
    let rows = sql.query(
        "SELECT number, at, who, what, detail, hash FROM office.audit WHERE number >= $1 ORDER BY number LIMIT $2",
        values![i64::try_from(from).unwrap_or(i64::MAX), limit],
    )?;
    let line = |row: &Row| {
        let text = |at| row.text(at).map(str::to_owned);
        let entry = Entry { at: row.int(1)?, who: text(2)?, what: text(3)?, detail: text(4)? };
        Ok(AuditLine { number: row.count(0)?, entry, hash: Hash(row.hash(5)?) })
    };
    rows.iter().map(line).collect()
}

pub(crate) fn check(sql: &mut dyn Sql, remembered: Option<AuditHead>) -> Result<Vec<String>, Fail> {
    let end = head(sql, "SELECT lines, hash FROM office.audit_head WHERE number = 1")?;
    let mut at = BEGINNING;
    let mut is_remembered = remembered.is_none_or(|head| head == BEGINNING);
    let mut faults = Vec::new();
    loop {
        let lines = page(sql, at.lines, 1_000)?;
        for line in &lines {
            if line.number != at.lines {
                faults.push(format!("line {} of the audit log is missing", at.lines));
                return Ok(faults);
            }
            let hash = line.entry.hash(line.number, at.hash);
            if hash != line.hash {
                faults.push(format!("line {} of the audit log was changed, or a line before it", line.number));
            }
            // Go on from what is stored, so that one change is one fault.
            at = AuditHead { lines: line.number + 1, hash: line.hash };
            is_remembered |= remembered == Some(at);
        }
        if lines.is_empty() {
            break;
        }
    }
    if at != end {
        faults.push(format!("the audit log ends after {} lines, and not as its head says: after {}", at.lines, end.lines));
    }
    if !is_remembered {
        faults.push("the audit log is not the one whose head was remembered".to_owned());
    }
    Ok(faults)
}
