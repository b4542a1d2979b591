//! After a power cut: `whitley vote repair`, and how the other commands notice that one is needed.
//!
//! Archive and companion are only appended to, the archive first, and a command returns when both are on the disk. So what a
//! power cut can leave behind the last whole event or line was never acknowledged. It is taken away and kept in a file
//! beside. Everything else that may be wrong is refused: it is not for a program to mend.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use clap::Args;
use poll::Replace;
use serde_json::{Value, json};
use vote::Hash;
use vote::archive::{BLOCK, Event, EventKind, Head, Rest, Tail, judge_rest};

use super::files::{self, Readers};
use super::{Done, Refusal};
use crate::judge;

type Answer<T> = Result<T, Refusal>;

/// Largest rest that is looked at: a batch of accepted ballots.
const MOST_REST: u64 = 1 << 30;

/// What is said of a file whose last append was cut off.
pub(crate) fn cut_off(file: &Path, archive: &Path) -> Refusal {
    Refusal::input(format!(
        "{} ends in the middle of an append: the machine stopped while a command was writing, and that command acknowledged nothing\n\
         next: whitley vote repair {}  takes the unfinished part away, and says what it was",
        file.display(),
        archive.display()
    ))
}

/// The same, asked of any files.
pub(crate) fn is_cut_off(archive: &Path, companion: Option<&Path>) -> Option<String> {
    let ends_within = |path: &Path| std::fs::read(path).is_ok_and(|bytes| !bytes.is_empty() && !bytes.ends_with(b"\n"));
    if End::find(archive).is_ok_and(|end| matches!(end.rest, Rest::CutOff { .. })) {
        return Some(cut_off(archive, archive).why);
    }
    companion.filter(|path| ends_within(path)).map(|path| cut_off(path, archive).why)
}

/// Where an archive's last whole event ends, and what follows.
pub(crate) struct End {
    /// Length up to the end of the last whole event.
    whole: u64,
    length: u64,
    events: u64,
    shares: usize,
    last: EventKind,
    pub(crate) rest: Rest,
}

impl End {
    /// Reads the headers of all records.
    pub(crate) fn find(path: &Path) -> Answer<Self> {
        let wrong = |what: &str| Refusal::input(format!("{} is not an archive that can be repaired: {what}", path.display()));
        let failed = |error: std::io::Error| Refusal::input(format!("{} cannot be read: {error}", path.display()));
        let file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let (mut at, mut whole, mut events, mut shares, mut last_kind) = (0, 0, 0, 0, None);
        let mut block = [0; BLOCK];
        while at + BLOCK as u64 <= length {
            reader.read_exact(&mut block).map_err(failed)?;
            let Some(head) = Head::read(&block) else { break };
            let end = at + BLOCK as u64 + head.padded();
            if end > length {
                break;
            }
            at = end;
            if !head.is_event() {
                let skipped = i64::try_from(head.padded()).map_err(|_| wrong("a record's size"))?;
                reader.seek_relative(skipped).map_err(failed)?;
                continue;
            }
            // An event is shorter than a block.
            let body = &mut block[..];
            if head.padded() != BLOCK as u64 {
                return Err(wrong("an event's size"));
            }
            reader.read_exact(body).map_err(failed)?;
            let kind = Event::read(&body[..head.size as usize]).map_err(|_| wrong("an event"))?.kind;
            (whole, events, last_kind) = (end, events + 1, Some(kind));
            shares += usize::from(kind == EventKind::PartialDecryption);
        }
        let Some(last_kind) = last_kind else { return Err(wrong("it has no whole event")) };
        if length - whole > MOST_REST {
            return Err(wrong("too much follows its last whole event"));
        }
        let mut rest = Vec::new();
        reader.seek(SeekFrom::Start(whole)).and_then(|_| reader.read_to_end(&mut rest)).map_err(failed)?;
        let mut ends = vec![0; 2 * BLOCK];
        reader.seek(SeekFrom::Start(0)).and_then(|_| reader.read_exact(&mut ends)).map_err(failed)?;
        let mut last = vec![0; 2 * BLOCK];
        let before = whole.checked_sub(2 * BLOCK as u64).ok_or_else(|| wrong("its last whole event is damaged"))?;
        reader.seek(SeekFrom::Start(before)).and_then(|_| reader.read_exact(&mut last)).map_err(failed)?;
        let tail = Tail::read(&ends, &last).map_err(|_| wrong("its last whole event is damaged"))?;
        Ok(Self { whole, length, events, shares, last: last_kind, rest: judge_rest(&rest, tail.timestamp()) })
    }
}

/// Arguments of `whitley vote repair`.
#[derive(Args)]
pub(crate) struct Repair {
    /// The archive; its companion lies beside it. No other command may be writing to them
    archive: PathBuf,
}

impl Repair {
    pub(crate) fn run(self) -> Answer<Done> {
        let companion = files::companion_of(&self.archive);
        let end = End::find(&self.archive)?;
        if let Rest::Other(why) = end.rest {
            return Err(Refusal::no(format!(
                "{}: {why} after byte {}. This is not an append that was cut off; nothing was changed",
                self.archive.display(),
                end.whole
            )));
        }
        let lines = files::read(&companion)?;
        let whole_lines = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        self.demand_sound(&end, &lines[..whole_lines])?;
        let next = self.next(&end, &lines[..whole_lines])?;

        let mut text = String::new();
        let mut cut = Vec::new();
        if end.whole < end.length {
            let kept = take_away(&self.archive, end.whole, end.length)?;
            text.push_str(&format!(
                "{}: {} bytes after event {} taken away; they are kept in {}\n",
                self.archive.display(),
                end.length - end.whole,
                end.events - 1,
                kept.display()
            ));
            if let Rest::CutOff { records } = &end.rest {
                for tracker in records.iter().filter_map(|record| tracker(record)) {
                    text.push_str(&format!("  among them a ballot that was not accepted yet, tracker {tracker}\n"));
                }
            }
            cut.push(json!({ "file": self.archive.display().to_string(), "bytes": end.length - end.whole, "kept_in": kept.display().to_string() }));
        }
        if whole_lines < lines.len() {
            let kept = take_away(&companion, whole_lines as u64, lines.len() as u64)?;
            text.push_str(&format!(
                "{}: {} bytes of an unfinished line taken away; they are kept in {}\n",
                companion.display(),
                lines.len() - whole_lines,
                kept.display()
            ));
            cut.push(json!({ "file": companion.display().to_string(), "bytes": lines.len() - whole_lines, "kept_in": kept.display().to_string() }));
        }
        if cut.is_empty() && next.is_none() {
            text.push_str("Nothing to repair: both files end with a whole event and a whole line.\n");
        } else {
            text.push_str("All whole events and lines are in place and pass their checks; nothing that was acknowledged is lost.\n");
            let next = next
                .as_deref()
                .unwrap_or("run the command that was interrupted again; what it had brought in whole is refused as a repetition");
            text.push_str(&format!("next: {next}\n"));
        }
        Ok(Done::new(text, json!({ "taken_away": cut, "events": end.events, "next": next })))
    }

    /// What remains must pass; only what a later command brings may be missing.
    fn demand_sound(&self, end: &End, lines: &[u8]) -> Answer<()> {
        let failed = |error: std::io::Error| Refusal::input(format!("{} cannot be read: {error}", self.archive.display()));
        let archive = BufReader::new(File::open(&self.archive).map_err(failed)?.take(end.whole));
        let options = verify::Options {
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            strict: true,
            ..verify::Options::default()
        };
        let report = verify::judge(archive, Some(lines), &options);
        let mut faults = judge::faults(&report, 20);
        // Between the archive's result and the companion's the companion ends early, and that is the one fault.
        let ends_early = faults.len() == 1
            && report.failed() == [verify::Check::V62]
            && report.check(verify::Check::V62).faults[0].what == verify::What::CompanionEnds
            && !lines.is_empty();
        if ends_early {
            faults.clear();
        }
        if faults.is_empty() {
            return Ok(());
        }
        Err(Refusal::no(format!(
            "{}: more is wrong than an append that was cut off; nothing was changed\n{}",
            self.archive.display(),
            faults.join("\n")
        )))
    }

    /// What is missing in the companion though the archive has it, or in the archive. The archive is never behind.
    fn next(&self, end: &End, lines: &[u8]) -> Answer<Option<String>> {
        let of_type = |kind: &str| {
            let lines = lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
            lines.filter(|line| line["type"] == kind).count()
        };
        let (shares, results) = (of_type("share"), of_type("result"));
        if shares > end.shares || results > usize::from(end.last == EventKind::Result) {
            return Err(Refusal::no(format!(
                "{}: its companion has shares or a result that it lacks: this is not what a power cut leaves; nothing was changed",
                self.archive.display()
            )));
        }
        let archive = self.archive.display();
        Ok(match end.last {
            EventKind::EndBallots => Some(format!("the tally is missing: whitley vote close {archive}")),
            EventKind::PartialDecryption if shares < end.shares => {
                Some(format!("the companion lacks the last share's line: whitley vote accept {archive} THAT-SHARE.json"))
            }
            EventKind::Result if results == 0 => {
                Some(format!("the companion lacks the result's line: whitley vote result {archive} --key KEY, by officer and scrutineer"))
            }
            _ => None,
        })
    }
}

/// Cuts a file back to `whole` bytes after the rest was written beside it.
fn take_away(path: &Path, whole: u64, length: u64) -> Answer<PathBuf> {
    let failed = |error: std::io::Error| Refusal::ours(format!("{} cannot be repaired: {error}", path.display()));
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(failed)?;
    let mut rest = Vec::new();
    file.seek(SeekFrom::Start(whole)).and_then(|_| file.read_to_end(&mut rest)).map_err(failed)?;
    if whole + rest.len() as u64 != length {
        return Err(Refusal::no(format!("{} is being written to by another command; nothing was changed", path.display())));
    }
    let hash = Hash::of(&rest).hex();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let kept = path.with_file_name(format!("{name}.cut-at-{whole}-{}", &hash[..8]));
    files::write(&kept, &rest, Readers::Everybody, Replace::Yes)?;
    file.set_len(whole).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(kept)
}

/// The tracker of a record, if it is a ballot.
fn tracker(record: &[u8]) -> Option<String> {
    record.starts_with(b"{\"election_uuid\"").then(|| Hash::of(record).base64())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Files {
        folder: tempfile::TempDir,
        archive: PathBuf,
        companion: PathBuf,
    }

    impl Files {
        fn new(archive: &[u8], companion: &[u8]) -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let files = Self { archive: folder.path().join("a.bel"), companion: folder.path().join("a.companion.jsonl"), folder };
            files.write(archive, companion);
            files
        }

        fn write(&self, archive: &[u8], companion: &[u8]) {
            std::fs::write(&self.archive, archive).expect("written");
            std::fs::write(&self.companion, companion).expect("written");
        }

        fn repair(&self) -> Answer<Done> {
            Repair { archive: self.archive.clone() }.run()
        }

        fn now(&self) -> (Vec<u8>, Vec<u8>) {
            (std::fs::read(&self.archive).expect("an archive"), std::fs::read(&self.companion).expect("lines"))
        }

        /// Takes the kept files out of the folder.
        fn kept(&self) -> Vec<Vec<u8>> {
            let entries = std::fs::read_dir(self.folder.path()).expect("a folder").map(|entry| entry.expect("an entry").path());
            let kept: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().contains(".cut-at-")).collect();
            kept.into_iter().map(|path| (std::fs::read(&path).expect("kept"), std::fs::remove_file(&path)).0).collect()
        }
    }

    /// A whole election, where its events end, and its companion's lines.
    fn election() -> (Vec<u8>, Vec<usize>, Vec<Vec<u8>>) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/archives");
        let archive = std::fs::read(folder.join("small.bel")).expect("a vector");
        let (mut at, mut ends) = (0, Vec::new());
        while let Some(head) = archive.get(at..at + BLOCK).and_then(Head::read) {
            at += BLOCK + head.padded() as usize;
            ends.extend(head.is_event().then_some(at));
        }
        let companion = std::fs::read(folder.join("small.companion.jsonl")).expect("a vector");
        let lines: Vec<Vec<u8>> = companion.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        assert_eq!((ends.len(), lines.len()), (13, 14), "setup, 5 ballots, end, tally, 4 shares, result");
        (archive, ends, lines)
    }

    #[test]
    fn an_event_cut_at_any_byte_is_taken_away_and_all_before_it_stays() {
        let (archive, ends, lines) = election();
        // A ballot, the tally, a share, the result; and the companion's lines at that time.
        for (event, number) in [(4, 9), (7, 9), (9, 10), (12, 13)] {
            let (start, end) = (ends[event - 1], ends[event]);
            let companion = lines[..number].concat();
            let files = Files::new(&archive[..start], &companion);
            for length in start + 1..end {
                files.write(&archive[..length], &companion);
                let found = End::find(&files.archive).expect("an end");
                assert_eq!((found.whole, found.events), (start as u64, event as u64), "{length}");
                assert!(matches!(found.rest, Rest::CutOff { .. }), "{length}");
                // The rest costs a whole judging: near the blocks' edges, and here and there between.
                let near = length % BLOCK < 2 || length % BLOCK == BLOCK - 1 || length % 97 == 0;
                if !near {
                    continue;
                }
                assert!(files::demand_whole(&files.archive).is_err_and(|refusal| refusal.why.contains("whitley vote repair")));
                assert!(files.repair().is_ok_and(|done| done.text.contains("nothing that was acknowledged is lost")), "{length}");
                assert!(files.now() == (archive[..start].to_vec(), companion.clone()), "{length}");
                assert_eq!(files.kept(), [archive[start..length].to_vec()]);
                assert!(files::demand_whole(&files.archive).is_ok());
            }
            // The whole event stays.
            files.write(&archive[..end], &companion);
            assert!(files.repair().is_ok());
            assert!(files.now() == (archive[..end].to_vec(), companion) && files.kept().is_empty());
        }
    }

    #[test]
    fn a_line_cut_at_any_byte_is_taken_away_and_all_before_it_stays() {
        let (archive, ends, lines) = election();
        // A void line while voting is open, a share's line, the result's line.
        for (line, event) in [(7, 3), (10, 9), (13, 12)] {
            let (before, archive) = (lines[..line].concat(), &archive[..ends[event]]);
            let files = Files::new(archive, &before);
            for length in 1..lines[line].len() {
                let cut = [&before[..], &lines[line][..length]].concat();
                files.write(archive, &cut);
                let refused = files::demand_whole(&files.archive);
                assert!(refused.is_err_and(|refusal| refusal.why.contains("whitley vote repair")), "{length}");
                if length % 61 == 0 || length < 3 || length > lines[line].len() - 3 {
                    let done = files.repair().expect("repaired");
                    assert!(done.text.contains("unfinished line"), "{}", done.text);
                    assert_eq!(done.text.contains("the companion lacks"), line > 7, "{}", done.text);
                    assert!(files.now() == (archive.to_vec(), before.clone()), "{length}");
                    assert_eq!(files.kept(), [lines[line][..length].to_vec()]);
                }
            }
        }
    }

    #[test]
    fn whatever_else_is_wrong_is_refused_and_left_as_it_is() {
        let (archive, ends, lines) = election();
        let (open, open_lines) = (&archive[..ends[4]], lines[..9].concat());
        let cut = &archive[..ends[5] - 300];
        let changed = |bytes: &[u8], at: usize| {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= 1;
            bytes
        };
        let forward = lines[..10].concat();
        let cases: [(&str, Vec<u8>, &[u8]); 9] = [
            ("the last event's body", changed(open, ends[4] - 400), &open_lines),
            ("the last event's header", changed(open, ends[4] - 900), &open_lines),
            ("the last ballot's body, a cut behind it", changed(cut, ends[4] - 2000), &open_lines),
            ("an early ballot, a cut behind it", changed(cut, ends[1] + 700), &open_lines),
            ("the cut record's header", changed(cut, ends[4] + 130), &open_lines),
            ("zeros behind the last event", [open, &[0; 512]].concat(), &open_lines),
            ("noise behind the last event", [open, b"noise"].concat(), &open_lines),
            ("a companion ahead of the archive", cut.to_vec(), &forward),
            ("a companion without its first line", cut.to_vec(), &open_lines[lines[0].len()..]),
        ];
        for (what, archive, companion) in cases {
            let files = Files::new(&archive, companion);
            assert!(files.repair().is_err_and(|refusal| !refusal.why.is_empty()), "{what}");
            assert!(files.now() == (archive, companion.to_vec()) && files.kept().is_empty(), "{what}");
        }
        let files = Files::new(&open[..700], &open_lines);
        assert!(files.repair().is_err_and(|refusal| refusal.why.contains("no whole event")));
    }
}
