//! The ledger: what became of every pack, one line an event, chained by hash, appended to and never rewritten.
//!
//! It holds packs by number and nothing of a person: no name, no address, no credential (docs/spec/delivery.md, section 2). An
//! append is on the disk before it is acknowledged, so a message that a line speaks of was not sent before its line was kept. What
//! a power cut leaves behind the last whole line was never acknowledged: it is said and cut away.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::event::{Event, MessageId, Purpose, SALT_BYTES};
use crate::state::{State, Step, Way, after};
use crate::trouble::{Answer, Trouble};

/// The ledger of one poll.
pub struct Ledger {
    path: PathBuf,
    /// Locked while we have it: one program at a time.
    file: File,
    /// Bytes of whole lines.
    length: u64,
    lines: u64,
    head: [u8; 32],
    salt: [u8; SALT_BYTES],
    packs: BTreeMap<Arc<str>, Standing>,
    messages: HashMap<MessageId, (Arc<str>, Purpose)>,
    cut: Option<Cut>,
    /// A write failed and could not be taken back: what is on the disk is not known.
    broken: bool,
}

/// Where a pack stands, and what it went through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The balloting unit.
    pub unit: Arc<str>,
    /// Where it stands.
    pub state: State,
    /// Whether it was made as a spare.
    pub spare: bool,
    /// The lost pack in whose place it was issued.
    pub in_place_of: Option<Arc<str>>,
    /// The pack in whose favour it was replaced.
    pub replaced_by: Option<Arc<str>>,
    /// The way it was handed over last.
    pub handed_over: Option<Way>,
    /// The printer's file it is in, or is to be.
    pub file: Option<Arc<str>>,
    /// How often it bounced.
    pub bounced: u32,
    /// How often it came back.
    pub returned: u32,
    /// How often its member was reminded.
    pub reminded: u32,
    /// When last.
    pub reminded_at: Option<Timestamp>,
}

/// What was found behind the last whole line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Where it began.
    pub offset: u64,
    /// How long it was.
    pub bytes: u64,
}

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "an unfinished line of {} bytes at byte {} of the ledger: a program stopped while writing it, and nobody was told that it was written",
            self.bytes, self.offset
        )
    }
}

impl Ledger {
    /// Begins a ledger. `salt` must be random: message ids are made with it.
    pub fn begin(path: &Path, now: Timestamp, salt: [u8; SALT_BYTES]) -> Answer<Self> {
        let shown = path.to_string_lossy();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options.open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Trouble::input(
                "ledger-there",
                &shown,
                "there is a ledger already; nothing was written",
                "go on with it: a second ledger would not know what was sent",
            ),
            _ => Trouble::unwritable(path, &error),
        })?;
        lock(&file, path)?;
        let mut ledger = Self {
            path: path.to_owned(),
            file,
            length: 0,
            lines: 0,
            head: [0; 32],
            salt,
            packs: BTreeMap::new(),
            messages: HashMap::new(),
            cut: None,
            broken: false,
        };
        let mut first = ledger.line_head(now);
        first.insert("whitley_ledger".to_owned(), 1.into());
        first.insert("salt".to_owned(), hex(&salt).into());
        let mut bytes = Vec::new();
        ledger.add_line(&first, &mut bytes);
        ledger.write(&bytes)?;
        if let Some(folder) = path.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| Trouble::unwritable(path, &error))?;
        }
        Ok(ledger)
    }

    /// Opens a ledger to go on with it. What was cut off at its end is taken away.
    pub fn open(path: &Path) -> Answer<Self> {
        let ledger = Self::load(path, true)?;
        if let Some(cut) = &ledger.cut {
            ledger.file.set_len(cut.offset).and_then(|()| ledger.file.sync_all()).map_err(|error| Trouble::unwritable(path, &error))?;
        }
        Ok(ledger)
    }

    /// Opens a ledger to read it only; nothing is changed on the disk.
    pub fn read(path: &Path) -> Answer<Self> {
        Self::load(path, false)
    }

    fn load(path: &Path, write: bool) -> Answer<Self> {
        let shown = path.to_string_lossy();
        let mut file = OpenOptions::new().read(true).write(write).open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Trouble::input(
                "no-ledger",
                &shown,
                "there is no ledger",
                "whitley deliver begin makes one; if there was one, find it first: without it packs would be sent twice",
            ),
            _ => Trouble::unreadable(path, &error),
        })?;
        if write {
            lock(&file, path)?;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| Trouble::unreadable(path, &error))?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let cut = (whole < bytes.len()).then(|| Cut { offset: whole as u64, bytes: (bytes.len() - whole) as u64 });
        let mut ledger = Self {
            path: path.to_owned(),
            file,
            length: whole as u64,
            lines: 0,
            head: [0; 32],
            salt: [0; SALT_BYTES],
            packs: BTreeMap::new(),
            messages: HashMap::new(),
            cut,
            broken: false,
        };
        for line in bytes[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let number = ledger.lines + 1;
            ledger.take_line(line).map_err(|what| {
                Trouble::at(
                    "ledger-damaged",
                    dated::Place::new(&shown, u32::try_from(number).unwrap_or(u32::MAX)),
                    what,
                    "a ledger is never edited: take the last good copy of it, and nothing is sent until it is found",
                )
            })?;
        }
        if ledger.lines == 0 {
            return Err(Trouble::input("not-a-ledger", &shown, "this is no ledger of whitley deliver", "whitley deliver begin makes one"));
        }
        Ok(ledger)
    }

    /// Reads one line into what is known.
    fn take_line(&mut self, line: &[u8]) -> Result<(), String> {
        let value: Value = serde_json::from_slice(line).map_err(|_| "this line is not JSON".to_owned())?;
        let field = |name: &str| value.get(name).and_then(Value::as_str);
        if value.get("line").and_then(Value::as_u64) != Some(self.lines) {
            return Err(format!("this line should be number {}: one is missing or stands twice", self.lines));
        }
        let prev = (self.lines > 0).then(|| hex(&self.head));
        if field("prev") != prev.as_deref() {
            return Err("the line before this one is not the one it was written after".to_owned());
        }
        let at: Timestamp = field("at").and_then(|at| at.parse().ok()).ok_or("its time cannot be read")?;
        if self.lines == 0 {
            if value.get("whitley_ledger").and_then(Value::as_u64) != Some(1) {
                return Err("this is no ledger of whitley deliver, or of a later version".to_owned());
            }
            self.salt = field("salt").and_then(unhex).ok_or("its salt cannot be read")?;
        } else {
            let pack = field("pack").ok_or("it names no pack")?;
            let event = Event::of_line(&value).ok_or("its event cannot be read")?;
            self.apply(pack, &event, at).map_err(|why| format!("pack {pack}: {why}"))?;
        }
        self.head = Sha256::digest(line).into();
        self.lines += 1;
        Ok(())
    }

    /// Applies an event to what is known.
    fn apply(&mut self, pack: &str, event: &Event, at: Timestamp) -> Result<(), String> {
        let standing = self.packs.get(pack);
        let state = after(standing.map(|standing| standing.state), event.step()).map_err(|why| why.to_string())?;
        let name = match self.packs.get_key_value(pack) {
            Some((name, _)) => Arc::clone(name),
            None => Arc::from(pack),
        };
        if let Event::Made { unit, spare } = event {
            // Units are few and packs are many: one text for all of a unit.
            let unit = self.packs.last_key_value().map(|(_, last)| &last.unit).filter(|last| ***last == **unit).cloned();
            let unit = unit.unwrap_or_else(|| match event {
                Event::Made { unit, .. } => Arc::from(unit.as_str()),
                _ => Arc::from(""),
            });
            let standing = Standing {
                unit,
                state,
                spare: *spare,
                in_place_of: None,
                replaced_by: None,
                handed_over: None,
                file: None,
                bounced: 0,
                returned: 0,
                reminded: 0,
                reminded_at: None,
            };
            self.packs.insert(name, standing);
            return Ok(());
        }
        let Some(standing) = self.packs.get_mut(pack) else { return Err("it is not in the ledger".to_owned()) };
        standing.state = state;
        match event {
            Event::Made { .. } | Event::Void { .. } => {}
            Event::Issued { in_place_of } => standing.in_place_of = Some(Arc::from(in_place_of.as_str())),
            Event::Queued { file, .. } => standing.file = file.as_deref().map(Arc::from),
            Event::Begun { message } => {
                self.messages.insert(*message, (name, Purpose::Credential));
            }
            Event::Printed { .. } => standing.handed_over = Some(Way::Post),
            Event::Mailed { .. } => standing.handed_over = Some(Way::Email),
            Event::Bounced { .. } => standing.bounced += 1,
            Event::Returned { .. } => standing.returned += 1,
            Event::Reminded { message } => {
                standing.reminded += 1;
                standing.reminded_at = Some(at);
                self.messages.insert(*message, (name, Purpose::Reminder));
            }
            Event::Replaced { by } => standing.replaced_by = Some(Arc::from(by.as_str())),
        }
        Ok(())
    }

    /// Adds events. They are on the disk when this returns; on a refusal none is there.
    pub fn append<'e>(&mut self, now: Timestamp, events: impl IntoIterator<Item = (&'e str, Event)>) -> Answer<()> {
        if self.broken {
            return Err(Trouble::Ours(format!("{} could not be written before; start again", self.path.display())));
        }
        let mut bytes = Vec::new();
        // Events are judged in their order, so the state must move on before the disk does; a failure stops the program's use of it.
        for (pack, event) in events {
            if let Err(why) = self.apply(pack, &event, now) {
                self.broken = true;
                return Err(Trouble::No(format!("pack {pack}: {why}; nothing was recorded")));
            }
            let mut line = self.line_head(now);
            line.insert("pack".to_owned(), pack.into());
            event.write(&mut line);
            self.add_line(&line, &mut bytes);
        }
        self.write(&bytes)
    }

    fn line_head(&self, now: Timestamp) -> Map<String, Value> {
        let mut line = Map::new();
        if self.lines > 0 {
            line.insert("prev".to_owned(), hex(&self.head).into());
        }
        line.insert("line".to_owned(), self.lines.into());
        line.insert("at".to_owned(), now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into());
        line
    }

    fn add_line(&mut self, line: &Map<String, Value>, bytes: &mut Vec<u8>) {
        let text = json!(line).to_string();
        self.head = Sha256::digest(text.as_bytes()).into();
        self.lines += 1;
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(b'\n');
    }

    fn write(&mut self, bytes: &[u8]) -> Answer<()> {
        let written =
            self.file.seek(SeekFrom::Start(self.length)).and_then(|_| self.file.write_all(bytes)).and_then(|()| self.file.sync_all());
        match written {
            Ok(()) => {
                self.length += bytes.len() as u64;
                Ok(())
            }
            Err(error) => {
                self.broken = true;
                let _ = self.file.set_len(self.length);
                Err(Trouble::unwritable(&self.path, &error))
            }
        }
    }

    /// Whether an event could be recorded now.
    pub fn allows(&self, pack: &str, step: Step) -> bool {
        after(self.packs.get(pack).map(|standing| standing.state), step).is_ok()
    }

    /// Where a pack stands.
    pub fn get(&self, pack: &str) -> Option<&Standing> {
        self.packs.get(pack)
    }

    /// Where a pack stands, or a fault that names the one that was probably meant.
    pub fn demand(&self, pack: &str) -> Answer<&Standing> {
        self.packs.get(pack).ok_or_else(|| {
            let near = dated::nearest_name(pack, self.packs.keys().map(AsRef::as_ref));
            let fix = near.map_or_else(|| "give the number that stands on the letter".to_owned(), |near| format!("did you mean {near}?"));
            Trouble::input("unknown-pack", pack, "there is no pack of this number in the ledger", fix)
        })
    }

    /// All packs, in the order of their numbers.
    pub fn packs(&self) -> impl Iterator<Item = (&str, &Standing)> {
        self.packs.iter().map(|(pack, standing)| (&**pack, standing))
    }

    /// The pack that a message was about.
    pub fn message(&self, id: &MessageId) -> Option<(&str, Purpose)> {
        self.messages.get(id).map(|(pack, purpose)| (&**pack, *purpose))
    }

    /// The id of a message about a pack. `turn` is 0 for the credential, and counts reminders.
    pub fn message_id(&self, pack: &str, purpose: Purpose, turn: u32) -> MessageId {
        MessageId::new(&self.salt, pack, purpose, turn)
    }

    /// How many lines it has, and the hash of the last one: who keeps both can tell later whether a line was taken away.
    pub fn head(&self) -> (u64, String) {
        (self.lines, hex(&self.head))
    }

    /// What was cut off at its end.
    pub fn cut(&self) -> Option<&Cut> {
        self.cut.as_ref()
    }
}

fn lock(file: &File, path: &Path) -> Answer<()> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => {
            Trouble::No(format!("{} is in use by another whitley deliver; wait until that has ended", path.display()))
        }
        TryLockError::Error(error) => Trouble::unwritable(path, &error),
    })
}

/// Bytes as small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes from small hexadecimal digits.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let small = text.len() == 2 * N && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let mut bytes = [0; N];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = small.then(|| u8::from_str_radix(&text[at..at + 2], 16).ok())??;
    }
    Some(bytes)
}
