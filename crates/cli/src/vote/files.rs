//! Archives and companions on the disk: read as streams, appended to. All other files of a poll: the crate `poll`.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use poll::board::Recorded;
pub(crate) use poll::files::{Readers, read, read_text, write};
use poll::records::{Broken, Events};
use poll::{Companion, Folder, Poll, plan};
use vote::archive::{BLOCK, EventKind, Rest, TAIL_BYTES, Tail};
use vote::trustee::record::Trustees;
use vote::{Election, EncryptedTally, PublicCredentials};

use super::{Refusal, repair};

type Answer<T> = Result<T, Refusal>;

/// A poll folder with its poll.
pub(crate) fn poll_folder(path: &Path) -> Answer<(Folder, Poll)> {
    let folder = Folder(path.to_owned());
    if !folder.path(plan::POLL).is_file() {
        return Err(Refusal::input(format!("{} is not a poll folder: it has no poll.json", path.display())));
    }
    let poll = Poll::read(&folder)?;
    Ok((folder, poll))
}

/// Appends to a file, all or nothing: on a failure the file gets its old length back.
pub(crate) fn append(path: &Path, bytes: &[u8]) -> Answer<()> {
    let failed = |error: std::io::Error| Refusal::ours(format!("{} cannot be appended to: {error}", path.display()));
    let mut file = OpenOptions::new().append(true).open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = file.set_len(length);
    }
    written.map_err(failed)
}

/// Where an archive's companion lies: beside it.
pub(crate) fn companion_of(archive: &Path) -> PathBuf {
    archive.with_extension("companion.jsonl")
}

/// What an archive's companion says so far.
pub(crate) fn companion(path: &Path) -> Answer<Companion> {
    let bytes = read(path)?;
    demand_whole_lines(path, &bytes)?;
    Companion::read(&bytes, &path.display().to_string())
}

fn demand_whole_lines(companion: &Path, bytes: &[u8]) -> Answer<()> {
    if bytes.is_empty() || bytes.ends_with(b"\n") {
        return Ok(());
    }
    Err(repair::cut_off(companion, &companion.with_extension("").with_extension("bel")))
}

/// Refuses an archive or its companion whose last append was cut off.
pub(crate) fn demand_whole(archive: &Path) -> Answer<()> {
    let file = File::open(archive).map_err(|error| Refusal::input(format!("{} cannot be read: {error}", archive.display())))?;
    read_tail(&file, archive)?;
    let companion = companion_of(archive);
    if companion.is_file() { demand_whole_lines(&companion, &read(&companion)?) } else { Ok(()) }
}

/// Now, or the time given for a rehearsal.
pub(crate) fn now(at: Option<&str>) -> Answer<Timestamp> {
    match at {
        None => Ok(Timestamp::now()),
        Some(text) => text.parse().map_err(|_| Refusal::input(format!("“{text}” is not a time like 2026-12-01T08:00:00Z"))),
    }
}

/// The records of an archive that the commands need, read as a stream.
pub(crate) struct Opened {
    pub(crate) election: Election,
    pub(crate) trustees: Trustees,
    pub(crate) credentials: PublicCredentials,
    pub(crate) tail: Tail,
    pub(crate) ballots: u64,
    /// Data records before the last events after the ballots, in order, by event.
    pub(crate) later: Vec<(EventKind, Vec<Vec<u8>>)>,
}

impl Opened {
    /// Reads an archive; each ballot's payload goes to `ballot`.
    pub(crate) fn read(path: &Path, mut ballot: impl FnMut(&Opened, &[u8]) -> Answer<()>) -> Answer<Self> {
        let damaged = |what: &str| Refusal::input(format!("{} is not an archive, or it is damaged ({what})", path.display()));
        let failed = |error: std::io::Error| Refusal::input(format!("{} cannot be read: {error}", path.display()));
        let file = File::open(path).map_err(failed)?;
        let tail = read_tail(&file, path)?;
        let mut reader = std::io::BufReader::with_capacity(1 << 20, file);
        reader.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut opened: Option<Self> = None;
        for event in Events::of(reader) {
            let (event, records) = event.map_err(|broken| match broken {
                Broken::Damaged(what) => damaged(what),
                Broken::Disk(error) => failed(error),
            })?;
            match (event.kind, &mut opened) {
                (EventKind::Setup, None) => {
                    let [election, trustees, credentials, _] = records.as_slice() else { return Err(damaged("its setup")) };
                    opened = Some(Self {
                        election: Election::read(election).map_err(|fault| damaged(&fault.to_string()))?,
                        trustees: Trustees::check(trustees).map_err(|fault| damaged(&fault.to_string()))?,
                        credentials: PublicCredentials::read(credentials).map_err(|fault| damaged(&fault.to_string()))?,
                        tail: tail.clone(),
                        ballots: 0,
                        later: Vec::new(),
                    });
                }
                (EventKind::Ballot, Some(opened)) => {
                    opened.ballots += 1;
                    ballot(opened, records.first().ok_or_else(|| damaged("a ballot"))?)?;
                }
                (kind, Some(opened)) => opened.later.push((kind, records)),
                (_, None) => return Err(damaged("its setup")),
            }
        }
        opened.ok_or_else(|| damaged("it has no setup"))
    }

    /// The archive's shares, in order.
    pub(crate) fn shares(&self) -> Answer<Vec<Recorded>> {
        self.records(EventKind::PartialDecryption).map(Recorded::read).collect()
    }

    /// The recorded tally, if voting is closed.
    pub(crate) fn tally(&self) -> Answer<Option<EncryptedTally>> {
        match self.records(EventKind::EncryptedTally).next() {
            None => Ok(None),
            Some([record, sized]) => EncryptedTally::read(record, sized).map(Some).map_err(|fault| Refusal::input(fault.to_string())),
            Some(_) => Err(Refusal::input("the archive's tally cannot be read")),
        }
    }

    /// The records of the events of this kind.
    pub(crate) fn records(&self, kind: EventKind) -> impl Iterator<Item = &[Vec<u8>]> {
        self.later.iter().filter(move |(found, _)| *found == kind).map(|(_, records)| records.as_slice())
    }
}

/// Where an archive ends, from its first and last blocks.
fn read_tail(mut file: &File, path: &Path) -> Answer<Tail> {
    let wrong = || Refusal::input(format!("{} is not an archive, or its end is damaged", path.display()));
    let (mut first, mut last) = ([0; 2 * BLOCK], [0; TAIL_BYTES]);
    file.seek(SeekFrom::Start(0)).and_then(|_| file.read_exact(&mut first)).map_err(|_| wrong())?;
    file.seek(SeekFrom::End(-(TAIL_BYTES as i64))).and_then(|_| file.read_exact(&mut last)).map_err(|_| wrong())?;
    Tail::read(&first, &last).map_err(|_| match repair::End::find(path) {
        Ok(end) if matches!(end.rest, Rest::CutOff { .. }) => repair::cut_off(path, path),
        _ => wrong(),
    })
}
