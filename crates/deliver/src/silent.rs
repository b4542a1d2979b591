//! Packs whose credential has no ballot: the scrutineer's list, by numbers alone.

use std::collections::BTreeMap;

use crate::board::{Board, Right};
use crate::trouble::{Answer, Trouble};

/// A row of the scrutineer's `packs.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackRow {
    /// Id of the unit.
    pub unit: String,
    /// Number.
    pub pack: String,
    /// Public credential.
    pub credential: String,
    /// Whether it is a spare.
    pub spare: bool,
}

/// What the boards say of the packs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotVoted {
    /// Unit and number of packs that may vote and have no ballot.
    pub packs: Vec<(String, String)>,
    /// How many have one.
    pub voted: u64,
    /// How many may not vote: void, replaced, unused spares.
    pub without_right: u64,
    /// Packs by unit whose board was not given.
    pub not_looked_at: BTreeMap<String, u64>,
}

/// Reads `packs.csv`: columns `unit`, `pack`, `public_credential`, `spare`.
pub fn read_packs(file: &str, bytes: &[u8]) -> Answer<Vec<PackRow>> {
    let rows = table(file, bytes, &["unit", "pack", "public_credential", "spare"])?;
    Ok(rows
        .into_iter()
        .map(|mut row| {
            let spare = matches!(row.pop().unwrap_or_default().to_lowercase().as_str(), "yes" | "true" | "1" | "spare");
            let credential = row.pop().unwrap_or_default();
            let pack = row.pop().unwrap_or_default();
            PackRow { unit: row.pop().unwrap_or_default(), pack, credential, spare }
        })
        .collect())
}

/// Reads a list of packs: a column `pack`.
pub fn read_list(file: &str, bytes: &[u8]) -> Answer<Vec<String>> {
    let mut list: Vec<String> = table(file, bytes, &["pack"])?.into_iter().flatten().filter(|pack| !pack.is_empty()).collect();
    list.sort();
    list.dedup();
    Ok(list)
}

/// The cells of these columns, row by row.
fn table(file: &str, bytes: &[u8], columns: &[&str]) -> Answer<Vec<Vec<String>>> {
    let wrong = |what: String| Trouble::input("not-a-list", file, what, format!("the first line names the columns {}", columns.join(", ")));
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let headers = reader.headers().map_err(|error| wrong(error.to_string()))?.clone();
    let at = |name: &&str| {
        let found = headers.iter().position(|header| header.trim_start_matches('\u{feff}').trim() == *name);
        found.ok_or_else(|| wrong(format!("there is no column {name}")))
    };
    let places = columns.iter().map(at).collect::<Answer<Vec<_>>>()?;
    let cells = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.map_err(|error| wrong(error.to_string()))?;
        Ok(places.iter().map(|place| row.get(*place).unwrap_or_default().trim().to_owned()).collect())
    };
    reader.records().map(cells).collect()
}

/// Holds packs against boards.
pub fn not_voted(boards: &[Board], packs: &[PackRow]) -> NotVoted {
    let mut found = NotVoted::default();
    for row in packs {
        let board = boards.iter().find(|board| board.right(&row.credential) != Right::Unknown);
        let Some(board) = board else {
            *found.not_looked_at.entry(row.unit.clone()).or_default() += 1;
            continue;
        };
        match board.right(&row.credential) {
            Right::Voted => found.voted += 1,
            Right::Void | Right::Replaced | Right::Unknown => found.without_right += 1,
            Right::Silent if row.spare && !board.is_issued(&row.credential) => found.without_right += 1,
            Right::Silent => found.packs.push((row.unit.clone(), row.pack.clone())),
        }
    }
    found.packs.sort();
    found
}
