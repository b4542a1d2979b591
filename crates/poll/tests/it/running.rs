//! A rehearsed poll and its first unit while it runs, as a server would keep it.

use std::collections::HashSet;

use poll::board::{Addition, Board, Closed, Recorded};
use poll::credentials::Spare;
use poll::{Companion, KeyFile, Rehearsal, Rehearsed, rehearsed};
use vote::archive::{EventKind, Tail};
use vote::companion::Body;
use vote::trustee::record::Trustees;
use vote::{Choice, Credential, Election, PublicCredentials, Randomness, Seeded, make_ballot};

pub(crate) fn plan(quorum: u32) -> String {
    format!(
        r#"
title = "A poll"
description = "If you take part in a strike, you may be in breach of your contract of employment."
opens_at = "2031-04-01T08:00:00Z"
closes_at = "2031-05-01T12:00:00Z"
revote = "one"
quorum = {quorum}
[[question]]
text = "Are you prepared to take part in a strike?"
answers = ["Yes", "No"]
[[unit]]
id = "north"
name = "North"
small_allowed = true
[[unit]]
id = "south"
name = "South"
small_allowed = true
"#
    )
}

pub(crate) const ROLL: &str = "unit,member,name,address\n\
north,m1,Ann,\"1, High Street\"\n\
north,m2,=Ben,2 High Street\n\
south,m3,Cen,+44 3\n\
north,m4,Dee,\"4 \"\"The Mews\"\"\"\n\
north,m5,Eve,5 High Street\n\
north,m6,Fay,6 High Street\n";

/// Three trustees; two spares a unit.
pub(crate) fn rehearse(seed: &str, quorum: u32) -> Rehearsed {
    let mut source = Seeded::new(seed.as_bytes());
    let plan = plan(quorum);
    let rehearsal = Rehearsal { plan: &plan, roll: ROLL.as_bytes(), trustees: 3, spare: Spare::Number(2), timestamp: 1_900_000_000 };
    rehearsed(&rehearsal, &mut Randomness::new(&mut source)).expect("a rehearsal")
}

/// The text of a secret file.
pub(crate) fn secret<'r>(made: &'r Rehearsed, name: &str) -> &'r str {
    &made.secrets.iter().find(|secret| secret.name == name).expect(name).text
}

pub(crate) struct Running {
    pub(crate) election: Election,
    pub(crate) trustees: Trustees,
    pub(crate) credentials: PublicCredentials,
    pub(crate) companion: Companion,
    pub(crate) tail: Tail,
    pub(crate) archive: Vec<u8>,
    pub(crate) lines: String,
    pub(crate) ballots: Vec<Vec<u8>>,
    pub(crate) recorded: Vec<Recorded>,
    voted: HashSet<String>,
    /// Of North: by member, then the spares.
    pub(crate) letters: Vec<Credential>,
}

impl Running {
    /// The first unit of a rehearsal.
    pub(crate) fn begin(made: &Rehearsed) -> Self {
        let begun = &made.units[0];
        let (tail, archive) = begun.archive(1_900_000_000).expect("an archive");
        let (companion, lines) = begun.companion().expect("a companion");
        let credential = |line: &str, at: usize| Credential::parse(line.split(',').nth(at).expect("a cell")).expect("a credential");
        let letters = secret(made, "north.letters.csv").lines().skip(1).map(|line| credential(line, 3));
        let spares = secret(made, "north.spares.csv").lines().skip(1).map(|line| credential(line, 2));
        Self {
            election: Election::read(begun.election.as_bytes()).expect("an election"),
            trustees: Trustees::check(begun.trustees.as_bytes()).expect("trustees"),
            credentials: PublicCredentials::read(begun.credentials.as_bytes()).expect("a list"),
            companion,
            tail,
            archive,
            lines,
            ballots: Vec::new(),
            recorded: Vec::new(),
            voted: HashSet::new(),
            letters: letters.chain(spares).collect(),
        }
    }

    pub(crate) fn public(&self, letter: usize) -> String {
        self.letters[letter].key(self.election.uuid()).encoded().to_string()
    }

    /// Appends a ballot without asking.
    pub(crate) fn cast(&mut self, letter: usize, answer: usize) {
        let mut source = Seeded::new(format!("ballot {letter} {answer}").as_bytes());
        let key = self.letters[letter].key(self.election.uuid());
        let choice = Choice::answers(&self.election.questions()[0], &[answer]).expect("an answer");
        let ballot = make_ballot(&self.election, &key, &[choice], &mut Randomness::new(&mut source)).expect("a ballot");
        self.archive.extend(self.tail.append(EventKind::Ballot, &[ballot.payload()]).expect("in order"));
        self.voted.insert(key.encoded().to_string());
        self.ballots.push(ballot.payload().as_bytes().to_vec());
    }

    pub(crate) fn with_board<T>(&self, ask: impl FnOnce(&Board<'_>) -> T) -> T {
        let voted = |credential: &str| self.voted.contains(credential);
        ask(&Board { election: &self.election, credentials: &self.credentials, companion: &self.companion, voted: &voted })
    }

    /// Appends what a file brings, the archive's part first.
    pub(crate) fn append(&mut self, addition: &Addition) {
        if let Some((kind, records)) = &addition.event {
            let list: Vec<&str> = records.iter().map(String::as_str).collect();
            self.archive.extend(self.tail.append(*kind, &list).expect("in order"));
            if *kind == EventKind::PartialDecryption {
                let records: Vec<Vec<u8>> = records.iter().map(|record| record.as_bytes().to_vec()).collect();
                self.recorded.push(Recorded::read(&records).expect("a share"));
            }
        }
        let (body, signatures) = &addition.line;
        self.lines.push_str(&self.companion.append(body, signatures).expect("a line"));
    }

    pub(crate) fn closed<'a>(&'a self, tally: &'a vote::EncryptedTally) -> Closed<'a> {
        Closed { election: &self.election, trustees: &self.trustees, tally, companion: &self.companion }
    }

    /// What the judging side says, with one more line or none.
    pub(crate) fn judge(&self, body: Option<(&Body, &[vote::companion::Signature])>) -> verify::Report {
        let mut lines = self.lines.clone();
        if let Some((body, signatures)) = body {
            // Without its own checks: the chain only.
            let last = lines.trim_end().rsplit('\n').next().expect("a line").to_owned();
            lines.push_str(&vote::companion::Chain::after(last.as_bytes()).expect("a line").append(body, signatures));
        }
        let options = verify::Options { strict: true, ..verify::Options::default() };
        verify::judge(&self.archive[..], Some(lines.as_bytes()), &options)
    }
}

/// Both signatures on an officer's line.
pub(crate) fn both(line: &mut poll::Signable, scrutineer: &KeyFile) {
    line.sign("scrutineer", &scrutineer.signing);
}
