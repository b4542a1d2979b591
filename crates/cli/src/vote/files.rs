//! Files of a poll: written beside and renamed, secret ones for their owner only, archives appended to.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};
use vote::archive::{BLOCK, Event, EventKind, Head, Rest, TAIL_BYTES, Tail};
use vote::companion::{Body, Chain, LineKind, PublicRoleKey, RoleKey, Signature};
use vote::trustee::commit::Polynomial;
use vote::trustee::key::MemberKey;
use vote::trustee::record::Trustees;
use vote::{Election, Hash, NoRandomness, PublicCredentials, SecretScalar, Source};
use zeroize::{Zeroize as _, Zeroizing};

use super::{Refusal, repair};

type Answer<T> = Result<T, Refusal>;

/// Largest file that is read whole. Archives are streamed.
const MOST_BYTES: u64 = 256 << 20;

/// The operating system's randomness.
pub(crate) struct System;

impl Source for System {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        getrandom::fill(bytes).map_err(|_| NoRandomness::SourceFailed)
    }
}

/// Reads a whole file.
pub(crate) fn read(path: &Path) -> Answer<Vec<u8>> {
    let failed = |error: std::io::Error| Refusal::input(format!("{} cannot be read: {error}", path.display()));
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > MOST_BYTES {
        return Err(Refusal::input(format!("{} is too large to be what is wanted here", path.display())));
    }
    std::fs::read(path).map_err(failed)
}

/// Reads a whole text file, whose content may be secret.
pub(crate) fn read_text(path: &Path) -> Answer<Zeroizing<String>> {
    match String::from_utf8(read(path)?) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(Refusal::input(format!("{} is not a text file", path.display())))
        }
    }
}

/// Reads a JSON file.
pub(crate) fn read_json(path: &Path) -> Answer<Value> {
    serde_json::from_slice(&read(path)?).map_err(|_| Refusal::input(format!("{} is not a JSON file", path.display())))
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    Everybody,
    /// Mode 0600.
    Owner,
}

/// Writes a file beside its place and renames it there, so that nobody meets half a file. Refuses to replace one unless told.
pub(crate) fn write(path: &Path, bytes: &[u8], readers: Readers, replace: bool) -> Answer<()> {
    if !replace && path.exists() {
        return Err(Refusal::input(format!("{} is already there; nothing was written", path.display())));
    }
    let failed = |error: std::io::Error| Refusal::ours(format!("{} cannot be written: {error}", path.display()));
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let draft = folder.join(format!(".{name}.draft-{}", std::process::id()));
    let written = (|| {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if readers == Readers::Owner {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&draft, path)?;
        File::open(folder)?.sync_all()
    })();
    if written.is_err() {
        // The draft is ours alone; if even this fails there is nothing more to do.
        let _ = std::fs::remove_file(&draft);
    }
    written.map_err(failed)
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

/// A parsed key file: its texts are wiped when it is dropped.
struct Wiped(Value);

impl Drop for Wiped {
    fn drop(&mut self) {
        for field in self.0.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
            if let Value::String(text) = field {
                text.zeroize();
            }
        }
    }
}

/// A role's secret file.
pub(crate) struct KeyFile {
    pub(crate) role: String,
    pub(crate) signing: RoleKey,
    /// Of trustees only.
    pub(crate) member: Option<MemberKey>,
    pub(crate) ceremony: Option<String>,
    pub(crate) polynomial: Option<Polynomial>,
    pub(crate) single: Option<SecretScalar>,
    /// What a trustee decrypts with, once the ceremony is done.
    pub(crate) decryption: Option<SecretScalar>,
    /// All commitments, as they were when this trustee opened its own.
    pub(crate) commitments: Option<Hash>,
    /// Which tally of which election this trustee has decrypted, by their hashes.
    pub(crate) decrypted: BTreeMap<String, String>,
}

/// The roles that have keys.
pub(crate) const ROLES: [&str; 4] = ["officer", "scrutineer", "authority", "trustee"];

impl KeyFile {
    pub(crate) fn read(path: &Path) -> Answer<Self> {
        let wrong = || Refusal::input(format!("{} is not a key file of whitley vote", path.display()));
        let text = read_text(path)?;
        let value = Wiped(serde_json::from_str(&text).map_err(|_| wrong())?);
        let value = &value.0;
        if value.get("whitley_key").and_then(Value::as_u64) != Some(1) {
            return Err(wrong());
        }
        let field = |name: &str| value.get(name).and_then(Value::as_str);
        let scalar = |name: &str| field(name).map(|text| SecretScalar::parse(text).map_err(|_| wrong())).transpose();
        Ok(Self {
            role: field("role").filter(|role| ROLES.contains(role)).ok_or_else(wrong)?.to_owned(),
            signing: field("signing_seed").and_then(RoleKey::from_seed).ok_or_else(wrong)?,
            member: field("member_seed").map(|seed| MemberKey::from_seed(seed).ok_or_else(wrong)).transpose()?,
            ceremony: field("ceremony").map(str::to_owned),
            polynomial: field("polynomial").map(|text| Polynomial::read_secret(text).ok_or_else(wrong)).transpose()?,
            single: scalar("single_key")?,
            decryption: scalar("decryption_key")?,
            commitments: field("commitments").map(|text| Hash::parse(text).ok_or_else(wrong)).transpose()?,
            decrypted: match value.get("decrypted") {
                None => BTreeMap::new(),
                Some(list) => {
                    let list = list.as_object().ok_or_else(wrong)?.iter();
                    list.map(|(election, tally)| Ok((election.clone(), tally.as_str().ok_or_else(wrong)?.to_owned())))
                        .collect::<Answer<_>>()?
                }
            },
        })
    }

    /// Reads a key file of one of these roles.
    pub(crate) fn of_role(path: &Path, roles: &[&str]) -> Answer<Self> {
        let key = Self::read(path)?;
        if roles.contains(&key.role.as_str()) {
            return Ok(key);
        }
        Err(Refusal::input(format!("{} is the key of the {}; this step is for the {}", path.display(), key.role, roles.join(" or the "))))
    }

    pub(crate) fn write(&self, path: &Path, replace: bool) -> Answer<()> {
        let mut text = Zeroizing::new(format!(
            "{{\n  \"whitley_key\": 1,\n  \"secret\": \"keep this file to yourself\",\n  \"role\": \"{}\"",
            self.role
        ));
        let mut add = |name: &str, value: &str| {
            text.push_str(",\n  \"");
            text.push_str(name);
            text.push_str("\": ");
            let quoted = Zeroizing::new(Value::from(value).to_string());
            text.push_str(&quoted);
        };
        add("public", self.signing.public().as_str());
        add("signing_seed", &self.signing.expose_seed());
        if let Some(member) = &self.member {
            add("member_seed", member.expose_seed());
        }
        if let Some(ceremony) = &self.ceremony {
            add("ceremony", ceremony);
        }
        if let Some(polynomial) = &self.polynomial {
            add("polynomial", &polynomial.expose());
        }
        if let Some(single) = &self.single {
            add("single_key", &single.expose_decimal());
        }
        if let Some(decryption) = &self.decryption {
            add("decryption_key", &decryption.expose_decimal());
        }
        if let Some(commitments) = &self.commitments {
            add("commitments", &commitments.hex());
        }
        if !self.decrypted.is_empty() {
            text.push_str(",\n  \"decrypted\": ");
            text.push_str(&json!(self.decrypted).to_string());
        }
        text.push_str("\n}\n");
        write(path, text.as_bytes(), Readers::Owner, replace)
    }
}

/// A companion line that is not complete yet: its body and the signatures so far.
pub(crate) struct Signable {
    pub(crate) body: Body,
    /// Signer and signature.
    pub(crate) signatures: Vec<(String, Signature)>,
}

impl Signable {
    pub(crate) fn new(body: Body) -> Self {
        Self { body, signatures: Vec::new() }
    }

    pub(crate) fn of(value: &Value, path: &Path) -> Answer<Self> {
        let wrong = || Refusal::input(format!("{} is not a line to be signed", path.display()));
        let kind = value.get("type").and_then(Value::as_str).and_then(LineKind::parse).ok_or_else(wrong)?;
        let body = Body::received(kind, value.get("body").and_then(Value::as_str).ok_or_else(wrong)?).map_err(|_| wrong())?;
        let list = value.get("signatures").and_then(Value::as_object).ok_or_else(wrong)?;
        let signatures = list
            .iter()
            .map(|(signer, text)| Some((signer.clone(), Signature::parse(text.as_str()?)?)))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(wrong)?;
        Ok(Self { body, signatures })
    }

    pub(crate) fn read(path: &Path) -> Answer<Self> {
        Self::of(&read_json(path)?, path)
    }

    pub(crate) fn sign(&mut self, signer: &str, key: &RoleKey) {
        self.signatures.retain(|(earlier, _)| earlier != signer);
        self.signatures.push((signer.to_owned(), key.sign(&self.body)));
    }

    pub(crate) fn json(&self) -> Value {
        let signatures: serde_json::Map<String, Value> =
            self.signatures.iter().map(|(signer, signature)| (signer.clone(), Value::from(signature.as_str()))).collect();
        json!({ "type": self.body.kind().word(), "body": self.body.text(), "signatures": signatures })
    }

    pub(crate) fn write(&self, path: &Path, replace: bool) -> Answer<()> {
        write(path, format!("{:#}\n", self.json()).as_bytes(), Readers::Everybody, replace)
    }

    /// The signatures of these signers, in their order, checked; `None` if one is missing.
    pub(crate) fn complete(&self, signers: &[(String, PublicRoleKey)], path: &Path) -> Answer<Option<Vec<Signature>>> {
        let mut list = Vec::new();
        for (signer, key) in signers {
            let Some((_, signature)) = self.signatures.iter().find(|(name, _)| name == signer) else { return Ok(None) };
            if !key.signed(&self.body, signature) {
                return Err(Refusal::input(format!("{}: the signature of the {signer} does not hold", path.display())));
            }
            list.push(signature.clone());
        }
        Ok(Some(list))
    }
}

/// Where an archive's companion lies: beside it.
pub(crate) fn companion_of(archive: &Path) -> PathBuf {
    archive.with_extension("companion.jsonl")
}

/// Where the next line of a companion goes.
pub(crate) fn chain(companion: &Path) -> Answer<Chain> {
    let bytes = read(companion)?;
    demand_whole_lines(companion, &bytes)?;
    let damaged = || Refusal::input(format!("{} is not a companion, or its end is damaged", companion.display()));
    let lines = bytes.strip_suffix(b"\n").ok_or_else(damaged)?;
    let last = lines.rsplit(|byte| *byte == b'\n').next().ok_or_else(damaged)?;
    Chain::after(last).map_err(|_| damaged())
}

/// The lines of a companion.
pub(crate) fn lines(companion: &Path) -> Answer<Vec<Value>> {
    let bytes = read(companion)?;
    demand_whole_lines(companion, &bytes)?;
    let wrong = || Refusal::input(format!("{} is not a companion", companion.display()));
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).map_err(|_| wrong()))
        .collect()
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
        let mut data: Vec<Vec<u8>> = Vec::new();
        let mut opened: Option<Self> = None;
        let mut block = [0; BLOCK];
        loop {
            match reader.read_exact(&mut block) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => break,
                Err(error) => return Err(failed(error)),
            }
            let head = Head::read(&block).ok_or_else(|| damaged("a record's header"))?;
            if head.size > MOST_BYTES {
                return Err(damaged("a record's size"));
            }
            let mut body = vec![0; head.padded() as usize];
            reader.read_exact(&mut body).map_err(|_| damaged("a record is cut off"))?;
            body.truncate(head.size as usize);
            if !head.is_event() {
                if head.name != "BELENIOS" {
                    data.push(body);
                }
                continue;
            }
            let event = Event::read(&body).map_err(|_| damaged("an event"))?;
            let records = std::mem::take(&mut data);
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
