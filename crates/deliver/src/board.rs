//! What a board tells delivery: which public credentials have a ballot, are void, or were replaced. Read, not judged: whoever
//! wants to rely on it runs `whitley vote verify` on the same files.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use poll::records::{Broken, Events};
use serde_json::Value;
use vote::archive::EventKind;
use vote::{Election, Uuid};

use crate::trouble::{Answer, Trouble};

/// One election's board.
#[derive(Debug)]
pub struct Board {
    /// Of the election; credentials mean nothing in another.
    pub uuid: Uuid,
    /// The file, as it was named.
    pub shown: String,
    credentials: HashSet<String>,
    voted: HashSet<String>,
    void: HashSet<String>,
    replaced: HashMap<String, String>,
}

/// What a public credential may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// It has no ballot and may have one.
    Silent,
    /// It has a ballot.
    Voted,
    /// A vote on paper was accepted for it.
    Void,
    /// Another stands in its place.
    Replaced,
    /// It is not on this board's list.
    Unknown,
}

impl Board {
    /// Reads `UUID.bel`, and `UUID.companion.jsonl` beside it.
    pub fn read(archive: &Path) -> Answer<Self> {
        let shown = archive.display().to_string();
        let damaged = |what: &str| {
            Trouble::input(
                "not-an-archive",
                &shown,
                format!("it is no archive, or it is damaged ({what})"),
                "download it again, and run whitley vote verify on it",
            )
        };
        let file = File::open(archive).map_err(|error| Trouble::unreadable(archive, &error))?;
        let mut setup = None;
        let mut voted = HashSet::new();
        for event in Events::of(BufReader::with_capacity(1 << 20, file)) {
            let (event, records) = event.map_err(|broken| match broken {
                Broken::Damaged(what) => damaged(what),
                Broken::Disk(error) => Trouble::unreadable(archive, &error),
            })?;
            match event.kind {
                EventKind::Setup => {
                    let [election, _, credentials, ..] = records.as_slice() else { return Err(damaged("its setup")) };
                    let election = Election::read(election).map_err(|fault| damaged(&fault.to_string()))?;
                    let list: Vec<String> = serde_json::from_slice(credentials).map_err(|_| damaged("its list of credentials"))?;
                    // `C` or `C,weight`.
                    let list = list.into_iter().map(|entry| entry.split(',').next().unwrap_or_default().to_owned()).collect();
                    setup = Some((election, list));
                }
                EventKind::Ballot => {
                    let ballot: Value =
                        serde_json::from_slice(records.first().ok_or_else(|| damaged("a ballot"))?).map_err(|_| damaged("a ballot"))?;
                    voted.insert(ballot["credential"].as_str().ok_or_else(|| damaged("a ballot"))?.to_owned());
                }
                EventKind::EndBallots | EventKind::EncryptedTally | EventKind::PartialDecryption | EventKind::Result => {}
            }
        }
        let (election, credentials) = setup.ok_or_else(|| damaged("it has no setup"))?;
        let mut board = Self {
            uuid: election.uuid().clone(),
            shown: shown.clone(),
            credentials,
            voted,
            void: HashSet::new(),
            replaced: HashMap::new(),
        };
        board.read_companion(archive)?;
        Ok(board)
    }

    fn read_companion(&mut self, archive: &Path) -> Answer<()> {
        let path = archive.with_extension("companion.jsonl");
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Trouble::input(
                "no-companion",
                &shown,
                "the companion is not there: it says which credentials are void or replaced",
                "download it into the same folder as the archive",
            ),
            _ => Trouble::unreadable(&path, &error),
        })?;
        for (number, line) in text.lines().enumerate() {
            let wrong = || {
                let place = dated::Place::new(&shown, u32::try_from(number + 1).unwrap_or(u32::MAX));
                Trouble::at("not-a-companion", place, "this is no line of a companion", "download it again")
            };
            let line: Value = serde_json::from_str(line).map_err(|_| wrong())?;
            let text = |name: &str| line["body"][name].as_str().map(str::to_owned).ok_or_else(wrong);
            match line["type"].as_str().ok_or_else(wrong)? {
                "void" => drop(self.void.insert(text("credential")?)),
                "replace" => drop(self.replaced.insert(text("old")?, text("new")?)),
                _ => {}
            }
        }
        Ok(())
    }

    /// What a public credential may do.
    pub fn right(&self, credential: &str) -> Right {
        if !self.credentials.contains(credential) {
            Right::Unknown
        } else if self.voted.contains(credential) {
            Right::Voted
        } else if self.void.contains(credential) {
            Right::Void
        } else if self.replaced.contains_key(credential) {
            Right::Replaced
        } else {
            Right::Silent
        }
    }

    /// Whether a spare credential was put in another's place, so that it may vote.
    pub fn is_issued(&self, spare: &str) -> bool {
        self.replaced.values().any(|new| new == spare)
    }
}
