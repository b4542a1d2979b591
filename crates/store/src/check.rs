//! The check at the start: every chain is computed again, and what is wrong is named.

use std::collections::HashMap;

use crate::Store;
use crate::audit;
use crate::board::stream::{Walk, companion_page};
use crate::board::{self, CredentialState, ElectionInfo, Stored};
use crate::error::StoreError;
use crate::sql::{DbError, Sql, values};
use crate::writer::Fail;

/// What the check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What is wrong, each with its place; empty if nothing.
    pub faults: Vec<String>,
    /// All elections with their heads, to be compared with heads remembered elsewhere: an older copy of the database is in order
    /// by itself.
    pub elections: Vec<ElectionInfo>,
}

impl Store {
    /// Computes the chains of every election and of the audit log again. `progress` hears the election and how many events of it
    /// were read.
    pub async fn self_check(&self, progress: impl Fn(&str, u64) + Send + 'static) -> Result<Checked, StoreError> {
        self.read_moment(move |sql| {
            let mut faults = Vec::new();
            if !sql.is_postgres() {
                for row in sql.query("PRAGMA integrity_check(20)", &[])? {
                    faults.extend(Some(row.text(0)?).filter(|text| *text != "ok").map(|text| format!("the SQLite file: {text}")));
                }
            }
            let elections = keep(&mut faults, "the elections", board::all(sql))?.unwrap_or_default();
            for stored in &elections {
                election(sql, stored, &progress, &mut faults)?;
            }
            faults.extend(keep(&mut Vec::new(), "the audit log", audit::check(sql, None))?.unwrap_or_default());
            files(sql, &mut faults)?;
            Ok(Checked { faults, elections: elections.into_iter().map(|stored| stored.info).collect() })
        })
        .await
    }
}

/// Damage is a finding; everything else ends the check.
fn keep<T>(faults: &mut Vec<String>, place: &str, answer: Result<T, Fail>) -> Result<Option<T>, Fail> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Fail::Store(StoreError::Damaged(damage))) => {
            faults.push(damage.to_string());
            Ok(None)
        }
        Err(Fail::Db(DbError::Shape(why) | DbError::Broken(why))) => {
            faults.push(format!("{place}: {why}"));
            Ok(None)
        }
        Err(fail) => Err(fail),
    }
}

fn election(sql: &mut dyn Sql, stored: &Stored, progress: &dyn Fn(&str, u64), faults: &mut Vec<String>) -> Result<(), Fail> {
    let place = stored.place("row");
    if stored.seal != stored.computed_seal() {
        faults.push(format!("{place}: a field that never changes was changed"));
    }
    keep(faults, &stored.place("archive"), archive(sql, stored, progress))?;
    keep(faults, &stored.place("companion"), companion(sql, stored))?;
    let found = keep(faults, &stored.place("credentials"), credentials(sql, stored))?;
    faults.extend(found.into_iter().flatten());
    Ok(())
}

fn archive(sql: &mut dyn Sql, stored: &Stored, progress: &dyn Fn(&str, u64)) -> Result<(), Fail> {
    let info = &stored.info;
    let mut walk = Walk::new(stored.clone());
    loop {
        let is_end = walk.page(sql)?.is_empty();
        progress(&info.uuid, walk.read());
        if is_end {
            break;
        }
    }
    if walk.ballots != info.ballots {
        return Err(damage(stored, "archive", format!("it has {} ballots, and {} are noted", walk.ballots, info.ballots)));
    }
    let beyond =
        sql.one("SELECT count(*) FROM board.event WHERE election = $1 AND height > $2", values![stored.number, info.head_height as i64])?;
    if beyond.map_or(Ok(0), |row| row.int(0))? != 0 {
        return Err(damage(stored, "archive", "there are events behind the last one noted".to_owned()));
    }
    Ok(())
}

fn companion(sql: &mut dyn Sql, stored: &Stored) -> Result<(), Fail> {
    let info = &stored.info;
    let (mut at, mut before) = (0, None);
    while at < info.lines {
        (_, at, before) = companion_page(sql, stored.number, at, info.lines, before)?;
    }
    if before != info.last_line_hash {
        return Err(damage(stored, "companion", "its last line is not the one noted".to_owned()));
    }
    Ok(())
}

/// What events and lines make of the credentials, against what is stored.
fn credentials(sql: &mut dyn Sql, stored: &Stored) -> Result<Vec<String>, Fail> {
    let info = &stored.info;
    let mut faults = Vec::new();
    let setup = board::setup(sql, stored)?;
    let listed = board::elements_of(&setup.credentials).unwrap_or_default();
    if listed.len() as u64 != info.credentials {
        faults.push(format!("{}: their number is not the one noted", stored.place("credentials")));
    }
    let mut last_ballots: HashMap<i64, i64> = HashMap::new();
    for row in sql.query(
        "SELECT credential, max(height) FROM board.event WHERE election = $1 AND tracker IS NOT NULL GROUP BY credential",
        values![stored.number],
    )? {
        last_ballots.insert(row.int(0)?, row.int(1)?);
    }
    let mut changed: HashMap<i64, CredentialState> = HashMap::new();
    let (mut activated, mut closes_at) = (0_u64, stored.first_closes_at);
    for row in
        sql.query("SELECT old_position, new_position, closes_at FROM board.line WHERE election = $1 ORDER BY line", values![stored.number])?
    {
        let (old, new) = (row.int_or_null(0)?, row.int_or_null(1)?);
        if let Some(old) = old {
            changed.insert(old, if new.is_some() { CredentialState::Replaced } else { CredentialState::Void });
        }
        if let Some(new) = new {
            activated += 1;
            changed.insert(new, CredentialState::Ready);
        }
        closes_at = row.int_or_null(2)?.unwrap_or(closes_at);
    }
    if closes_at != info.closes_at {
        faults.push(format!("{}: the closing time is not the one of the companion's lines", stored.place("row")));
    }
    if last_ballots.len() as u64 != info.voted {
        faults.push(format!("{}: {} credentials have a ballot, and {} are noted", stored.place("row"), last_ballots.len(), info.voted));
    }
    let (mut spares, mut next) = (activated, 0_i64);
    loop {
        let rows = sql.query(
            "SELECT position, public, state, last_ballot FROM board.credential WHERE election = $1 AND position >= $2 ORDER BY position LIMIT 10000",
            values![stored.number, next],
        )?;
        for row in &rows {
            let position = row.int(0)?;
            let state = CredentialState::read(row, 2)?;
            let is_same = position == next
                && usize::try_from(position).ok().and_then(|at| listed.get(at)).is_some_and(|public| row.bytes(1) == Ok(&public[..]))
                && row.int_or_null(3)? == last_ballots.get(&position).copied();
            let is_state = match changed.get(&position) {
                Some(expected) => state == *expected,
                None => matches!(state, CredentialState::Ready | CredentialState::Spare),
            };
            // One finding stands for all of an election: a list of a million would help nobody.
            if !is_same || !is_state {
                faults.push(format!("{}: credential {next} is not as list, ballots and lines make it", stored.place("credentials")));
                return Ok(faults);
            }
            spares += u64::from(state == CredentialState::Spare);
            next += 1;
        }
        if rows.is_empty() {
            break;
        }
    }
    if next as u64 != info.credentials || spares != info.spares {
        faults.push(format!("{}: credentials or spare ones are missing", stored.place("credentials")));
    }
    Ok(faults)
}

fn files(sql: &mut dyn Sql, faults: &mut Vec<String>) -> Result<(), Fail> {
    for row in sql.query("SELECT name FROM office.file ORDER BY name", &[])? {
        let name = row.text(0)?;
        let file = sql.one("SELECT hash, bytes FROM office.file WHERE name = $1", values![name])?;
        let Some(file) = file else { continue };
        if vote::Hash::of(file.bytes(1)?).0 != file.hash(0)? {
            faults.push(format!("file {name}: its bytes are not those of its hash"));
        }
    }
    Ok(())
}

fn damage(stored: &Stored, part: &str, what: String) -> Fail {
    StoreError::damaged(stored.place(part), what).into()
}
