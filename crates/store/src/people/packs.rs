//! Paper packs by number: what became of each. Who got which is in the authority's ledger and nowhere here.

use crate::Store;
use crate::audit::{self, Entry};
use crate::error::{Refusal, StoreError};
use crate::sql::{Column, DbError, Many, Row, Sql, values};
use crate::writer::Fail;

/// Where a pack is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PackState {
    /// Given to the post.
    Issued,
    /// Came back, not yet judged.
    Returned,
    /// Its paper counts; the credential is void.
    Accepted,
    /// Another pack or the web vote stands for it.
    Void,
    /// Said to have never arrived.
    Lost,
    /// Never given out.
    Unused,
    /// Its paper cannot be counted.
    Spoiled,
    /// Its paper came after a web vote, or is in question.
    SetAside,
}

impl PackState {
    /// All.
    pub const ALL: [Self; 8] =
        [Self::Issued, Self::Returned, Self::Accepted, Self::Void, Self::Lost, Self::Unused, Self::Spoiled, Self::SetAside];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Returned => "returned",
            Self::Accepted => "accepted",
            Self::Void => "void",
            Self::Lost => "lost",
            Self::Unused => "unused",
            Self::Spoiled => "spoiled",
            Self::SetAside => "set-aside",
        }
    }

    /// Reads its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether a pack may go from here to there. Accepted and void are final; what was scanned by mistake can be taken back.
    pub fn may_become(self, next: Self) -> bool {
        use PackState::{Accepted, Issued, Lost, Returned, SetAside, Spoiled, Unused, Void};
        match (self, next) {
            (Issued, Returned | Void | Lost | Unused | Spoiled)
            | (Returned, Issued | Accepted | Void | Spoiled | SetAside)
            | (Lost, Returned | Void)
            | (Unused, Issued | Void)
            | (Spoiled | SetAside, Returned | Void) => true,
            (Issued | Returned | Accepted | Void | Lost | Unused | Spoiled | SetAside, _) => false,
        }
    }
}

/// A pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// What is printed on it.
    pub number: String,
    /// Short name of the unit.
    pub unit: String,
    /// Where it is in its life.
    pub state: PackState,
    /// Why, in words; nothing about the person.
    pub reason: String,
    /// The batch in which it came back or was issued.
    pub batch: String,
    /// The role that changed it last.
    pub changed_by: String,
    /// Seconds since 1970.
    pub changed_at: i64,
}

/// A change of one pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackChange {
    /// Which pack.
    pub number: String,
    /// Where it goes.
    pub state: PackState,
    /// Why; may be empty.
    pub reason: String,
    /// The batch.
    pub batch: String,
}

const INSERT: Many = Many {
    each: "INSERT INTO people.pack (number, unit, state, reason, batch, changed_by, changed_at) VALUES ($1, $2, 'issued', '', $3, $4, $5) \
           ON CONFLICT (number) DO NOTHING",
    many: "INSERT INTO people.pack (number, unit, state, reason, batch, changed_by, changed_at) \
           SELECT n, u, 'issued', '', b, w, t FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) AS a (n, u, b, w, t) \
           ON CONFLICT (number) DO NOTHING",
};

impl Store {
    /// Registers issued packs, all or none.
    pub async fn put_packs(&self, unit: &str, batch: &str, numbers: Vec<String>, entry: Entry) -> Result<(), StoreError> {
        entry.check()?;
        let (unit, batch) = (unit.to_owned(), batch.to_owned());
        self.act(move |sql| {
            let all = |text: &str| Column::Texts(vec![text.to_owned(); numbers.len()]);
            let columns =
                [Column::Texts(numbers.clone()), all(&unit), all(&batch), all(&entry.who), Column::Ints(vec![entry.at; numbers.len()])];
            if sql.execute_many(INSERT, &columns)? != numbers.len() as u64 {
                // Some number was there, or stands in the list twice: all of it is undone.
                return Err(Refusal::Exists { what: "pack", name: format!("with a number in batch {batch}") }.into());
            }
            audit::append(sql, &entry)?;
            Ok(())
        })
        .await
    }

    /// Changes packs, all or none.
    pub async fn set_packs(&self, changes: Vec<PackChange>, entry: Entry) -> Result<(), StoreError> {
        entry.check()?;
        self.act(move |sql| {
            for change in &changes {
                set(sql, change, entry.at, &entry.who)?;
            }
            audit::append(sql, &entry)?;
            Ok(())
        })
        .await
    }

    /// One pack.
    pub async fn get_pack(&self, number: &str) -> Result<Option<Pack>, StoreError> {
        let number = number.to_owned();
        self.read(move |sql| {
            let row = sql.one(
                "SELECT number, unit, state, reason, batch, changed_by, changed_at FROM people.pack WHERE number = $1",
                values![number.as_str()],
            )?;
            Ok(row.map(|row| Pack::read(&row)).transpose()?)
        })
        .await
    }

    /// Packs of a unit by number, after a number (empty: from the first), at most `limit`.
    pub async fn list_packs(&self, unit: &str, after: &str, limit: u32) -> Result<Vec<Pack>, StoreError> {
        let (unit, after) = (unit.to_owned(), after.to_owned());
        self.read(move |sql| {
            let rows = sql.query(
                "SELECT number, unit, state, reason, batch, changed_by, changed_at FROM people.pack \
                 WHERE unit = $1 AND number > $2 ORDER BY number LIMIT $3",
                values![unit.as_str(), after.as_str(), i64::from(limit)],
            )?;
            Ok(rows.iter().map(Pack::read).collect::<Result<_, _>>()?)
        })
        .await
    }

    /// How many packs of each unit are in each state: the reconciliation.
    pub async fn list_pack_counts(&self) -> Result<Vec<(String, PackState, u64)>, StoreError> {
        self.read(|sql| {
            let rows = sql.query("SELECT unit, state, count(*) FROM people.pack GROUP BY unit, state ORDER BY unit, state", &[])?;
            let count = |row: &Row| Ok::<_, DbError>((row.text(0)?.to_owned(), state_of(row, 1)?, row.count(2)?));
            Ok(rows.iter().map(count).collect::<Result<_, _>>()?)
        })
        .await
    }
}

/// Accepts the pack of this unit, as part of voiding a credential.
pub(crate) fn accept(sql: &mut dyn Sql, number: &str, unit: &str, at: i64, who: &str) -> Result<(), Fail> {
    let pack = lock(sql, number)?;
    if pack.unit != unit {
        return Err(Refusal::Form { what: "pack", why: format!("{number} belongs to unit {}, not {unit}", pack.unit) }.into());
    }
    set(sql, &PackChange { number: number.to_owned(), state: PackState::Accepted, reason: pack.reason, batch: pack.batch }, at, who)
}

fn lock(sql: &mut dyn Sql, number: &str) -> Result<Pack, Fail> {
    let row = sql.one(
        "SELECT number, unit, state, reason, batch, changed_by, changed_at FROM people.pack WHERE number = $1 FOR UPDATE",
        values![number],
    )?;
    Ok(Pack::read(&row.ok_or_else(|| StoreError::unknown("pack", number))?)?)
}

fn set(sql: &mut dyn Sql, change: &PackChange, at: i64, who: &str) -> Result<(), Fail> {
    let pack = lock(sql, &change.number)?;
    if !pack.state.may_become(change.state) {
        return Err(
            Refusal::State { what: "pack", state: pack.state.word(), act: format!("{} ({})", change.state.word(), change.number) }.into()
        );
    }
    sql.execute(
        "UPDATE people.pack SET state = $2, reason = $3, batch = $4, changed_by = $5, changed_at = $6 WHERE number = $1",
        values![change.number.as_str(), change.state.word(), change.reason.as_str(), change.batch.as_str(), who, at],
    )?;
    Ok(())
}

fn state_of(row: &Row, at: usize) -> Result<PackState, DbError> {
    let word = row.text(at)?;
    PackState::parse(word).ok_or_else(|| DbError::Shape(format!("a pack's state is {word:?}")))
}

impl Pack {
    fn read(row: &Row) -> Result<Self, DbError> {
        let text = |at| row.text(at).map(str::to_owned);
        Ok(Self {
            number: text(0)?,
            unit: text(1)?,
            state: state_of(row, 2)?,
            reason: text(3)?,
            batch: text(4)?,
            changed_by: text(5)?,
            changed_at: row.int(6)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::PackState;

    #[test]
    fn accepted_and_void_are_final_and_only_a_returned_pack_is_accepted() {
        for from in PackState::ALL {
            let ways = PackState::ALL.into_iter().filter(|next| from.may_become(*next)).count();
            assert_eq!(ways == 0, matches!(from, PackState::Accepted | PackState::Void), "{from:?}");
            assert_eq!(from.may_become(PackState::Accepted), from == PackState::Returned, "{from:?}");
            assert!(!from.may_become(from), "{from:?}");
        }
    }
}
