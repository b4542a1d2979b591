//! Elections for the tests: with ballots that are only bytes, where the store is all that is tested. All of it invented.

use sha2::{Digest as _, Sha256};
use store::{Cast, Entry, NewElection, Revote, Setup, Store};
use vote::Hash;

pub(crate) const OPENS: i64 = 1_800_000_000;
pub(crate) const CLOSES: i64 = OPENS + 86_400;
pub(crate) const NOW: i64 = OPENS + 100;

/// An element of a credential, by number: in the form of one, and that is all the store looks at.
pub(crate) fn element(number: usize) -> String {
    Hash::of(format!("credential {number}")).hex()
}

pub(crate) fn entry(what: &str) -> Entry {
    Entry::new(NOW, "officer", what)
}

/// An election with so many credentials, the last `spares` of them spare.
pub(crate) fn election(uuid: &str, credentials: usize, spares: usize, revote: Revote) -> NewElection {
    let list: Vec<String> = (0..credentials).map(element).collect();
    let quoted: Vec<String> = list.iter().map(|element| format!("\"{element}\"")).collect();
    let mut lines = Vec::new();
    let mut last = None;
    for kind in ["setup", "credentials"] {
        lines.push(line(kind, lines.len() as u64, last));
        last = lines.last().map(|line| hash_of(line));
    }
    NewElection {
        uuid: uuid.to_owned(),
        unit: format!("unit-{uuid}"),
        name: "Ambulance – invented".to_owned(),
        setup: Setup {
            election: format!("{{\"invented\":\"{uuid}\"}}"),
            trustees: "[]".to_owned(),
            credentials: format!("[{}]", quoted.join(",")),
        },
        spares: list[credentials - spares..].to_vec(),
        lines,
        timestamp: OPENS - 1_000,
        opens_at: OPENS,
        closes_at: CLOSES,
        revote,
    }
}

/// A line of a companion with an invented body.
pub(crate) fn line(kind: &str, number: u64, last: Option<Hash>) -> String {
    let before = last.map_or(String::new(), |hash| format!("\"prev\":\"{hash}\","));
    format!("{{{before}\"line\":{number},\"type\":\"{kind}\",\"body\":{{}},\"signatures\":[\"\"]}}\n")
}

pub(crate) fn hash_of(line: &str) -> Hash {
    Hash::of(line.trim_end_matches('\n'))
}

/// The next line of an election's companion as it stands.
pub(crate) async fn next_line(store: &Store, uuid: &str, kind: &str, effect: store::Effect) -> store::NewLine {
    let info = store.get_election(uuid).await.expect("the election");
    store::NewLine { expected_line: info.lines, bytes: line(kind, info.lines, info.last_line_hash), effect }
}

/// A ballot of this credential: another one for each `version`.
pub(crate) fn cast(uuid: &str, credential: u32, version: u32) -> Cast {
    let ballot = format!("{{\"invented\":{credential},\"version\":{version},\"of\":\"{uuid}\"}}").into_bytes();
    let tracker = Sha256::digest(&ballot).into();
    Cast { election: uuid.to_owned(), credential, tracker, ballot, received_at: NOW }
}
