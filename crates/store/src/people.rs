//! The people: imports of the roll and the frozen roll, encrypted with a key that is not in the database.
//!
//! AES-256-GCM, a fresh nonce a blob; table and row are bound into it, so that a blob copied to another row does not open. Names of
//! members stand in no other field.

pub(crate) mod contacts;
pub(crate) mod packs;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use vote::Hash;
use zeroize::Zeroizing;

use crate::Store;
use crate::audit::{self, Entry};
use crate::error::{Refusal, StoreError};
use crate::office::put_setting;
use crate::sql::{DbError, Row, Sql, values};
use crate::writer::Fail;

const NONCE_BYTES: usize = 12;
const KEY_CHECK: &[u8] = b"whitley people key";

/// The key of the people's data. No `Debug`; wiped when dropped.
pub struct PeopleKey(Zeroizing<[u8; 32]>);

impl PeopleKey {
    /// A fresh key from the platform's generator; none if that is missing.
    pub fn random() -> Option<Self> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).ok()?;
        Some(Self(key))
    }

    /// Reads the content of a key file: 64 hexadecimal digits, white space around them allowed.
    pub fn parse(text: &str) -> Option<Self> {
        Hash::parse(text.trim()).map(|key| Self(Zeroizing::new(key.0)))
    }

    /// 64 digits, for the key file and for nothing else.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(Hash(*self.0).hex())
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new((&*self.0).into())
    }

    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_BYTES];
        // Without randomness nothing is encrypted.
        getrandom::fill(&mut nonce).map_err(|error| StoreError::Unavailable(format!("the system gives no randomness: {error}")))?;
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let sealed = self
            .cipher()
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| Refusal::Form { what: "roll", why: "it is too large to be encrypted".to_owned() })?;
        Ok([&nonce[..], &sealed].concat())
    }

    fn open(&self, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        self.cipher().decrypt(&Nonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }
}

/// Where an import of the roll is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    /// Part of the roll.
    Loaded,
    /// Taken back; can be loaded again.
    Withdrawn,
    /// Part of the frozen roll.
    Frozen,
    /// Its personal data are gone.
    Erased,
}

impl ImportState {
    const ALL: [Self; 4] = [Self::Loaded, Self::Withdrawn, Self::Frozen, Self::Erased];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Withdrawn => "withdrawn",
            Self::Frozen => "frozen",
            Self::Erased => "erased",
        }
    }
}

/// An import of the roll, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollImport {
    /// From 1.
    pub number: u64,
    /// What the person who loaded it calls it.
    pub label: String,
    /// Rows of it.
    pub rows: u64,
    /// Seconds since 1970.
    pub imported_at: i64,
    /// Where it is in its life.
    pub state: ImportState,
}

/// The frozen roll, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenRoll {
    /// Rows of it.
    pub rows: u64,
    /// SHA-256 of its bytes.
    pub hash: Hash,
    /// Seconds since 1970.
    pub frozen_at: i64,
    /// Its personal data are gone.
    pub is_erased: bool,
}

/// What takes the place of the frozen roll.
#[derive(Clone)]
pub struct ChangedRoll {
    /// Rows of it.
    pub rows: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What the change is called; it is not encrypted, so nobody's name stands in it.
    pub label: String,
    /// The signed change.
    pub change: Vec<u8>,
    /// Keys and values of settings that follow from the roll.
    pub settings: Vec<(String, String)>,
}

impl Store {
    /// Keeps an import, encrypted; answers with its number.
    pub async fn put_roll_import(&self, label: &str, rows: u64, bytes: Vec<u8>, entry: Entry) -> Result<u64, StoreError> {
        entry.check()?;
        self.people_key()?;
        let (store, label, plain) = (self.clone(), label.to_owned(), Zeroizing::new(bytes));
        self.act(move |sql| {
            refuse_frozen(sql, "changed")?;
            let number = next_import(sql)?;
            // Sealed here and not before, since the number is bound into it.
            let sealed = store.people_key()?.seal(&import_place(number), &plain)?;
            sql.execute(
                "INSERT INTO people.roll_import (number, label, rows, imported_at, state, sealed) VALUES ($1, $2, $3, $4, 'loaded', $5)",
                values![number, label.as_str(), rows as i64, entry.at, &sealed[..]],
            )?;
            audit::append(sql, &entry)?;
            Ok(number as u64)
        })
        .await
    }

    /// All imports, oldest first.
    pub async fn list_roll_imports(&self) -> Result<Vec<RollImport>, StoreError> {
        self.read(|sql| {
            let rows = sql.query("SELECT number, label, rows, imported_at, state FROM people.roll_import ORDER BY number", &[])?;
            Ok(rows.iter().map(RollImport::read).collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The bytes of an import.
    pub async fn get_roll_import(&self, number: u64) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let store = self.clone();
        self.read(move |sql| {
            let row = sql.one("SELECT sealed FROM people.roll_import WHERE number = $1", values![number as i64])?;
            let row = row.ok_or_else(|| StoreError::unknown("import of the roll", number.to_string()))?;
            let gone = || Refusal::State { what: "import of the roll", state: "erased", act: "read".to_owned() };
            store.open_sealed(&import_place(number as i64), row.bytes_or_null(0)?.ok_or_else(gone)?)
        })
        .await
    }

    /// Takes an import back (`is_in` false) or in again. Not after freezing.
    pub async fn set_roll_import(&self, number: u64, is_in: bool, entry: Entry) -> Result<(), StoreError> {
        entry.check()?;
        self.act(move |sql| {
            refuse_frozen(sql, "changed")?;
            let row = sql
                .one("SELECT number, label, rows, imported_at, state FROM people.roll_import WHERE number = $1", values![number as i64])?;
            let import = RollImport::read(&row.ok_or_else(|| StoreError::unknown("import of the roll", number.to_string()))?)?;
            let (next, act) = if is_in { (ImportState::Loaded, "loaded again") } else { (ImportState::Withdrawn, "withdrawn") };
            if !matches!(import.state, ImportState::Loaded | ImportState::Withdrawn) || import.state == next {
                return Err(Refusal::State { what: "import of the roll", state: import.state.word(), act: act.to_owned() }.into());
            }
            sql.execute("UPDATE people.roll_import SET state = $2 WHERE number = $1", values![number as i64, next.word()])?;
            audit::append(sql, &entry)?;
            Ok(())
        })
        .await
    }

    /// Keeps the frozen roll, encrypted. From then on no import changes. `imports` are the loaded ones it was made of: if others are
    /// loaded by now, it is refused.
    pub async fn freeze_roll(&self, imports: Vec<u64>, rows: u64, bytes: Vec<u8>, entry: Entry) -> Result<FrozenRoll, StoreError> {
        entry.check()?;
        let hash = Hash::of(&bytes);
        let sealed = self.people_key()?.seal(FROZEN_PLACE, &Zeroizing::new(bytes))?;
        self.act(move |sql| {
            refuse_frozen(sql, "frozen again")?;
            let loaded = sql.query("SELECT number FROM people.roll_import WHERE state = 'loaded' ORDER BY number", &[])?;
            let loaded: Vec<u64> = loaded.iter().map(|row| row.count(0)).collect::<Result<_, _>>()?;
            if loaded != imports {
                let (expected, found) = (format!("{imports:?}"), format!("{loaded:?}"));
                return Err(Refusal::Stale { what: "list of loaded imports", expected, found }.into());
            }
            sql.execute("UPDATE people.roll_import SET state = 'frozen' WHERE state = 'loaded'", &[])?;
            sql.execute(
                "INSERT INTO people.frozen_roll (number, rows, hash, frozen_at, sealed) VALUES (1, $1, $2, $3, $4)",
                values![rows as i64, hash.0, entry.at, &sealed[..]],
            )?;
            audit::append(sql, &entry)?;
            Ok(FrozenRoll { rows, hash, frozen_at: entry.at, is_erased: false })
        })
        .await
    }

    /// Puts a roll in the place of the frozen one, over a change that officer and scrutineer signed. `expected` is the hash of the roll
    /// that was changed: if another stands there by now, it is refused. The change is kept as one more import, and with it, in the same
    /// act, the settings that follow from the roll.
    pub async fn replace_frozen_roll(&self, expected: Hash, new: ChangedRoll, entry: Entry) -> Result<FrozenRoll, StoreError> {
        entry.check()?;
        let ChangedRoll { rows, bytes, label, change, settings } = new;
        let hash = Hash::of(&bytes);
        let sealed = self.people_key()?.seal(FROZEN_PLACE, &Zeroizing::new(bytes))?;
        let (store, change) = (self.clone(), Zeroizing::new(change));
        self.act(move |sql| {
            lock_roll(sql)?;
            let refuse = |state| Refusal::State { what: "roll", state, act: "changed by a signed line".to_owned() };
            let before = frozen(sql)?.ok_or_else(|| refuse("not frozen"))?;
            if before.is_erased {
                return Err(refuse("erased").into());
            }
            if before.hash != expected {
                return Err(Refusal::Stale { what: "frozen roll", expected: expected.hex(), found: before.hash.hex() }.into());
            }
            let number = next_import(sql)?;
            let sealed_change = store.people_key()?.seal(&import_place(number), &change)?;
            sql.execute(
                "INSERT INTO people.roll_import (number, label, rows, imported_at, state, sealed) VALUES ($1, $2, 1, $3, 'frozen', $4)",
                values![number, label.as_str(), entry.at, &sealed_change[..]],
            )?;
            sql.execute(
                "UPDATE people.frozen_roll SET rows = $1, hash = $2, sealed = $3 WHERE number = 1",
                values![rows as i64, hash.0, &sealed[..]],
            )?;
            for (key, value) in &settings {
                put_setting(sql, key, value)?;
            }
            audit::append(sql, &entry)?;
            Ok(FrozenRoll { rows, hash, ..before })
        })
        .await
    }

    /// The frozen roll, if there is one, without its content.
    pub async fn get_frozen_roll(&self) -> Result<Option<FrozenRoll>, StoreError> {
        self.read(|sql| frozen(sql)).await
    }

    /// The bytes of the frozen roll.
    pub async fn get_frozen_roll_bytes(&self) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let store = self.clone();
        self.read(move |sql| {
            let row = sql.one("SELECT sealed, hash FROM people.frozen_roll WHERE number = 1", &[])?;
            let row = row.ok_or_else(|| StoreError::unknown("frozen roll", "yet"))?;
            let gone = || Refusal::State { what: "frozen roll", state: "erased", act: "read".to_owned() };
            let plain = store.open_sealed(FROZEN_PLACE, row.bytes_or_null(0)?.ok_or_else(gone)?)?;
            if Hash::of(&*plain).0 != row.hash(1)? {
                return Err(StoreError::damaged("the frozen roll", "it is not the one of its hash").into());
            }
            Ok(plain)
        })
        .await
    }

    /// Removes all personal data of the roll, and all that representatives noted. Numbers, labels, counts and hash stay, and the line of the log that says so.
    pub async fn erase_people(&self, entry: Entry) -> Result<(), StoreError> {
        entry.check()?;
        self.act(move |sql| {
            sql.execute("UPDATE people.roll_import SET state = 'erased', sealed = NULL", &[])?;
            sql.execute("UPDATE people.frozen_roll SET sealed = NULL", &[])?;
            sql.execute("DELETE FROM people.contact", &[])?;
            audit::append(sql, &entry)?;
            Ok(())
        })
        .await
    }

    fn people_key(&self) -> Result<&PeopleKey, StoreError> {
        self.0.key.as_ref().ok_or(StoreError::NoPeopleKey)
    }

    fn open_sealed(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fail> {
        // The key was checked at opening, so what does not open was changed.
        let plain = self.people_key()?.open(place, sealed);
        Ok(plain.ok_or_else(|| StoreError::damaged(place, "it does not open with the people's key"))?)
    }

    /// Whether this database was opened with a people's key before: then it is good with that one alone.
    pub async fn has_people_key(&self) -> Result<bool, StoreError> {
        self.read(|sql| Ok(sql.one("SELECT number FROM people.key_check WHERE number = 1", &[])?.is_some())).await
    }

    /// Leaves the mark of a first key, or compares with the one that is there.
    pub(crate) async fn check_people_key(&self) -> Result<(), StoreError> {
        let Some(key) = &self.0.key else { return Ok(()) };
        let sealed = key.seal(KEY_CHECK_PLACE, KEY_CHECK)?;
        let mark = self
            .act(move |sql| {
                sql.execute(
                    "INSERT INTO people.key_check (number, sealed) VALUES (1, $1) ON CONFLICT (number) DO NOTHING",
                    values![&sealed[..]],
                )?;
                let row = sql.one("SELECT sealed FROM people.key_check WHERE number = 1", &[])?;
                Ok(row.map(|row| row.bytes(0).map(<[u8]>::to_vec)).transpose()?.unwrap_or_default())
            })
            .await?;
        if key.open(KEY_CHECK_PLACE, &mark).is_some_and(|plain| *plain == KEY_CHECK) { Ok(()) } else { Err(StoreError::WrongPeopleKey) }
    }
}

const FROZEN_PLACE: &str = "people.frozen_roll 1";
const KEY_CHECK_PLACE: &str = "people.key_check 1";

fn import_place(number: i64) -> String {
    format!("people.roll_import {number}")
}

fn frozen(sql: &mut dyn Sql) -> Result<Option<FrozenRoll>, Fail> {
    let row = sql.one("SELECT rows, hash, frozen_at, sealed FROM people.frozen_roll WHERE number = 1", &[])?;
    let read = |row: Row| {
        Ok::<_, DbError>(FrozenRoll {
            rows: row.count(0)?,
            hash: Hash(row.hash(1)?),
            frozen_at: row.int(2)?,
            is_erased: row.bytes_or_null(3)?.is_none(),
        })
    };
    Ok(row.map(read).transpose()?)
}

/// Importing, withdrawing, freezing and late changes on two nodes come one after another.
fn lock_roll(sql: &mut dyn Sql) -> Result<(), Fail> {
    if sql.is_postgres() {
        sql.script("LOCK TABLE people.roll_import IN SHARE ROW EXCLUSIVE MODE")?;
    }
    Ok(())
}

/// The number of the next import; the table is locked.
fn next_import(sql: &mut dyn Sql) -> Result<i64, Fail> {
    let next = sql.one("SELECT coalesce(max(number), 0) + 1 FROM people.roll_import", &[])?;
    Ok(next.map_or(Ok(1), |row| row.int(0))?)
}

fn refuse_frozen(sql: &mut dyn Sql, act: &str) -> Result<(), Fail> {
    lock_roll(sql)?;
    match frozen(sql)? {
        Some(_) => Err(Refusal::State { what: "roll", state: "frozen", act: act.to_owned() }.into()),
        None => Ok(()),
    }
}

impl RollImport {
    fn read(row: &Row) -> Result<Self, DbError> {
        let word = row.text(4)?;
        let state = ImportState::ALL.into_iter().find(|state| state.word() == word);
        Ok(Self {
            number: row.count(0)?,
            label: row.text(1)?.to_owned(),
            rows: row.count(2)?,
            imported_at: row.int(3)?,
            state: state.ok_or_else(|| DbError::Shape(format!("an import's state is {word:?}")))?,
        })
    }
}
