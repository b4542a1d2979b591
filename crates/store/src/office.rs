//! The office: files of the poll, sessions of the staff, sign-in challenges, settings.

use vote::Hash;

use crate::Store;
use crate::audit::{self, Entry};
use crate::error::{Refusal, StoreError};
use crate::sql::{DbError, Row, Sql, values};

/// What must be there for a file to be put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// No file of this name.
    New,
    /// This version of it.
    Version(u64),
}

/// A file without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Its name.
    pub name: String,
    /// From 1.
    pub version: u64,
    /// SHA-256 of its bytes.
    pub hash: Hash,
    /// Length of its bytes.
    pub size: u64,
}

/// A session of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The role that signed in.
    pub role: String,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970, to the minute.
    pub used_at: i64,
}

/// A session's last use is written when it is older than this: not at every page.
const TOUCH_SECONDS: i64 = 60;

impl Store {
    /// Puts a file; answers with its version. Refused if what is there is not what was expected.
    pub async fn put_file(&self, name: &str, bytes: Vec<u8>, expect: Expect, entry: Entry) -> Result<u64, StoreError> {
        entry.check()?;
        let name = name.to_owned();
        self.act(move |sql| {
            let row = sql.one("SELECT version FROM office.file WHERE name = $1 FOR UPDATE", values![name.as_str()])?;
            let found = row.map(|row| row.count(0)).transpose()?;
            let hash = Hash::of(&bytes).0;
            let version = match (expect, found) {
                (Expect::New, None) => {
                    // Another node may put it at the same moment.
                    let written = sql.execute(
                        "INSERT INTO office.file (name, version, hash, bytes) VALUES ($1, 1, $2, $3) ON CONFLICT (name) DO NOTHING",
                        values![name.as_str(), hash, &bytes[..]],
                    )?;
                    if written == 0 {
                        return Err(Refusal::Exists { what: "file", name: name.clone() }.into());
                    }
                    1
                }
                (Expect::Version(expected), Some(version)) if expected == version => {
                    sql.execute(
                        "UPDATE office.file SET version = $2, hash = $3, bytes = $4 WHERE name = $1",
                        values![name.as_str(), version as i64 + 1, hash, &bytes[..]],
                    )?;
                    version + 1
                }
                (Expect::New, Some(_)) => return Err(Refusal::Exists { what: "file", name: name.clone() }.into()),
                (Expect::Version(_), None) => return Err(StoreError::unknown("file", name.clone()).into()),
                (Expect::Version(expected), Some(version)) => {
                    let (expected, found) = (expected.to_string(), version.to_string());
                    return Err(Refusal::Stale { what: "version of the file", expected, found }.into());
                }
            };
            audit::append(sql, &entry)?;
            Ok(version)
        })
        .await
    }

    /// A file with its bytes.
    pub async fn get_file(&self, name: &str) -> Result<Option<(FileInfo, Vec<u8>)>, StoreError> {
        let name = name.to_owned();
        self.read(move |sql| {
            let row = sql.one(
                "SELECT name, version, hash, CAST(length(bytes) AS bigint), bytes FROM office.file WHERE name = $1",
                values![name.as_str()],
            )?;
            let Some(row) = row else { return Ok(None) };
            let info = FileInfo::read(&row)?;
            let bytes = row.bytes(4)?.to_vec();
            if Hash::of(&bytes) != info.hash {
                return Err(StoreError::damaged(format!("file {name}"), "its bytes are not those of its hash").into());
            }
            Ok(Some((info, bytes)))
        })
        .await
    }

    /// All files whose names begin so, by name.
    pub async fn list_files(&self, prefix: &str) -> Result<Vec<FileInfo>, StoreError> {
        let prefix = prefix.to_owned();
        self.read(move |sql| {
            let rows = sql.query("SELECT name, version, hash, CAST(length(bytes) AS bigint) FROM office.file ORDER BY name", &[])?;
            let files = rows.iter().map(FileInfo::read).collect::<Result<Vec<_>, _>>()?;
            Ok(files.into_iter().filter(|file| file.name.starts_with(&prefix)).collect())
        })
        .await
    }

    /// Removes a file of this version.
    pub async fn remove_file(&self, name: &str, version: u64, entry: Entry) -> Result<(), StoreError> {
        entry.check()?;
        let name = name.to_owned();
        self.act(move |sql| {
            let row = sql.one("SELECT version FROM office.file WHERE name = $1 FOR UPDATE", values![name.as_str()])?;
            let found = row.ok_or_else(|| StoreError::unknown("file", name.clone()))?.count(0)?;
            if found != version {
                let (expected, found) = (version.to_string(), found.to_string());
                return Err(Refusal::Stale { what: "version of the file", expected, found }.into());
            }
            sql.execute("DELETE FROM office.file WHERE name = $1", values![name.as_str()])?;
            audit::append(sql, &entry)?;
            Ok(())
        })
        .await
    }

    /// Begins a session. `token_hash` is SHA-256 of the cookie's token, which is kept nowhere.
    pub async fn put_session(&self, token_hash: [u8; 32], role: &str, entry: Entry) -> Result<(), StoreError> {
        entry.check()?;
        let role = role.to_owned();
        self.act(move |sql| {
            sql.execute(
                "INSERT INTO office.session (token_hash, role, created_at, used_at) VALUES ($1, $2, $3, $3)",
                values![token_hash, role.as_str(), entry.at],
            )?;
            audit::append(sql, &entry)?;
            Ok(())
        })
        .await
    }

    /// The session of a token, if it is alive: `life` says for how many seconds a session of a role is good without use, and in all. It counts
    /// as used now.
    pub async fn use_session(
        &self,
        token_hash: [u8; 32],
        now: i64,
        life: impl Fn(&str) -> (i64, i64),
    ) -> Result<Option<Session>, StoreError> {
        let found = self
            .read(move |sql| {
                let row = sql.one("SELECT role, created_at, used_at FROM office.session WHERE token_hash = $1", values![token_hash])?;
                let read =
                    |row: Row| Ok::<_, DbError>(Session { role: row.text(0)?.to_owned(), created_at: row.int(1)?, used_at: row.int(2)? });
                Ok(row.map(read).transpose()?)
            })
            .await?;
        let is_alive = |session: &Session| {
            let (idle_seconds, life_seconds) = life(&session.role);
            now - session.created_at < life_seconds && now - session.used_at < idle_seconds
        };
        let Some(mut session) = found.filter(is_alive) else { return Ok(None) };
        if now - session.used_at >= TOUCH_SECONDS {
            self.act(move |sql| {
                // Never backwards, whatever the clocks of two nodes say.
                Ok(sql.execute("UPDATE office.session SET used_at = $2 WHERE token_hash = $1 AND used_at < $2", values![token_hash, now])?)
            })
            .await?;
            session.used_at = now;
        }
        Ok(Some(session))
    }

    /// Ends a session.
    pub async fn remove_session(&self, token_hash: [u8; 32], entry: Entry) -> Result<(), StoreError> {
        entry.check()?;
        self.act(move |sql| {
            if sql.execute("DELETE FROM office.session WHERE token_hash = $1", values![token_hash])? > 0 {
                audit::append(sql, &entry)?;
            }
            Ok(())
        })
        .await
    }

    /// Removes sessions begun before one instant and sign-in challenges that expired before another.
    pub async fn remove_old(&self, sessions_before: i64, challenges_before: i64) -> Result<(), StoreError> {
        self.act(move |sql| {
            sql.execute("DELETE FROM office.session WHERE created_at < $1", values![sessions_before])?;
            sql.execute("DELETE FROM office.challenge WHERE expires_at < $1", values![challenges_before])?;
            Ok(())
        })
        .await
    }

    /// Notes a sign-in challenge by the hash of its text.
    pub async fn put_sign_in_challenge(&self, hash: [u8; 32], expires_at: i64) -> Result<(), StoreError> {
        self.act(move |sql| {
            sql.execute("INSERT INTO office.challenge (hash, expires_at, used) VALUES ($1, $2, 0)", values![hash, expires_at])?;
            Ok(())
        })
        .await
    }

    /// Whether the challenge was given out, has not expired and was not used. It is used now.
    pub async fn use_sign_in_challenge(&self, hash: [u8; 32], now: i64) -> Result<bool, StoreError> {
        self.act(move |sql| {
            let used =
                sql.execute("UPDATE office.challenge SET used = 1 WHERE hash = $1 AND used = 0 AND expires_at > $2", values![hash, now])?;
            Ok(used == 1)
        })
        .await
    }

    /// Sets a switch.
    pub async fn put_setting(&self, key: &str, value: &str, entry: Entry) -> Result<(), StoreError> {
        entry.check()?;
        let (key, value) = (key.to_owned(), value.to_owned());
        self.act(move |sql| {
            put_setting(sql, &key, &value)?;
            audit::append(sql, &entry)?;
            Ok(())
        })
        .await
    }

    /// Sets a switch that is as it was read (`None`: not there). Refused if somebody else was faster.
    pub async fn change_setting(&self, key: &str, expected: Option<&str>, value: &str, entry: Entry) -> Result<(), StoreError> {
        entry.check()?;
        let (key, expected, value) = (key.to_owned(), expected.map(str::to_owned), value.to_owned());
        self.act(move |sql| {
            let written = match &expected {
                Some(expected) => sql.execute(
                    "UPDATE office.setting SET value = $3 WHERE key = $1 AND value = $2",
                    values![key.as_str(), expected.as_str(), value.as_str()],
                )?,
                None => sql.execute(
                    "INSERT INTO office.setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
                    values![key.as_str(), value.as_str()],
                )?,
            };
            if written == 0 {
                let (expected, found) = ("as it was read".to_owned(), "another by now".to_owned());
                return Err(Refusal::Stale { what: "setting", expected, found }.into());
            }
            audit::append(sql, &entry)?;
            Ok(())
        })
        .await
    }

    /// A switch.
    pub async fn get_setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        let key = key.to_owned();
        self.read(move |sql| {
            let row = sql.one("SELECT value FROM office.setting WHERE key = $1", values![key.as_str()])?;
            Ok(row.map(|row| row.text(0).map(str::to_owned)).transpose()?)
        })
        .await
    }

    /// All switches, by key.
    pub async fn list_settings(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.read(|sql| {
            let rows = sql.query("SELECT key, value FROM office.setting ORDER BY key", &[])?;
            let pair = |row: &Row| Ok::<_, DbError>((row.text(0)?.to_owned(), row.text(1)?.to_owned()));
            Ok(rows.iter().map(pair).collect::<Result<_, _>>()?)
        })
        .await
    }
}

pub(crate) fn put_setting(sql: &mut dyn Sql, key: &str, value: &str) -> Result<(), DbError> {
    sql.execute("INSERT INTO office.setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2", values![key, value])?;
    Ok(())
}

impl FileInfo {
    fn read(row: &Row) -> Result<Self, DbError> {
        Ok(Self { name: row.text(0)?.to_owned(), version: row.count(1)?, hash: Hash(row.hash(2)?), size: row.count(3)? })
    }
}
