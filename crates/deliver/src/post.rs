//! Print files for the mailing house: numbered packs in order, with a code to type and a code to scan, and a manifest.

use std::collections::BTreeMap;
use std::path::Path;

use dated::Language;
use jiff::Timestamp;
use poll::Replace;
use poll::files::Readers;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::event::Event;
use crate::facts::{Facts, long_time};
use crate::ledger::{Ledger, hex};
use crate::letters::{Letter, WorkDomains};
use crate::send::HeldBack;
use crate::state::{State, Way};
use crate::trouble::{Answer, Trouble};

/// Lines of an address in a print file.
const ADDRESS_LINES: usize = 9;

/// The manifest's name.
pub const MANIFEST: &str = "letters.manifest.json";

/// What is to be printed, what is not, and why.
#[derive(Default)]
pub struct Plan<'l> {
    /// Files and the packs in them, in order.
    pub files: Vec<(String, Vec<&'l Letter>)>,
    /// Packs that cannot be printed or are on another way.
    pub held_back: Vec<HeldBack>,
    /// Nothing is to be done: how many stand where.
    pub settled: BTreeMap<State, u64>,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// Its name.
    pub file: String,
    /// Its packs.
    pub packs: usize,
    /// SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// Makes further files of the same letters; they are written before the print file is recorded. Gives name and bytes.
pub type Further<'f> = &'f mut dyn FnMut(&str, &[&Letter]) -> Answer<Vec<(String, Zeroizing<Vec<u8>>)>>;

/// Plans print files of at most `per_file` packs. With `without_email` only packs that no e-mail can go to. Packs of a file that was
/// begun and not finished come into a file of the same name again. `again` names packs that came back or
/// were perhaps sent, and are to be printed all the same.
pub fn plan<'l>(
    letters: &'l [Letter],
    ledger: &Ledger,
    per_file: usize,
    without_email: Option<&WorkDomains>,
    again: &[String],
) -> Plan<'l> {
    let mut plan = Plan::default();
    let mut begun: BTreeMap<String, Vec<&Letter>> = BTreeMap::new();
    let mut fresh: Vec<&Letter> = Vec::new();
    for letter in letters {
        let held = |why: String| HeldBack { pack: letter.pack.clone(), unit: letter.unit.clone(), why };
        let Some(standing) = ledger.get(&letter.pack) else {
            plan.held_back.push(held("not in the ledger".to_owned()));
            continue;
        };
        match standing.state {
            State::Made | State::Bounced | State::Queued(Way::Post) => {}
            State::Queued(Way::Email) => {
                plan.held_back.push(held("queued for e-mail".to_owned()));
                continue;
            }
            State::PerhapsSent | State::Returned if again.contains(&letter.pack) => {}
            State::PerhapsSent => {
                plan.held_back.push(held("perhaps sent by e-mail: --again PACK prints it all the same".to_owned()));
                continue;
            }
            State::Returned => {
                plan.held_back.push(held("it came back: correct its address and give --again PACK, or replace it".to_owned()));
                continue;
            }
            settled @ (State::HandedOver(_) | State::Replaced | State::Void | State::Spare) => {
                *plan.settled.entry(settled).or_default() += 1;
                continue;
            }
        }
        if let Some(why) = letter.no_post() {
            plan.held_back.push(held(why));
        } else if let (State::Queued(Way::Post), Some(file)) = (standing.state, &standing.file) {
            begun.entry(file.to_string()).or_default().push(letter);
        } else if without_email.is_none_or(|work| letter.mailbox(work).is_err() || standing.state != State::Made) {
            fresh.push(letter);
        } else {
            plan.held_back.push(held("goes by e-mail".to_owned()));
        }
    }
    fresh.sort_by(|a, b| a.pack.cmp(&b.pack));
    let last = ledger.packs().filter_map(|(_, standing)| standing.file.as_deref().and_then(number_of)).max().unwrap_or(0);
    plan.files.extend(begun.into_iter().map(|(file, mut letters)| {
        letters.sort_by(|a, b| a.pack.cmp(&b.pack));
        (file, letters)
    }));
    plan.files
        .extend((last + 1..).zip(fresh.chunks(per_file.max(1))).map(|(number, some)| (format!("letters-{number:04}.csv"), some.to_vec())));
    plan
}

fn number_of(file: &str) -> Option<u32> {
    file.strip_prefix("letters-")?.strip_suffix(".csv")?.parse().ok()
}

/// Writes the files of a plan: first it is recorded which packs a file will hold, then the file is written, then that it is.
pub fn print(
    plan: &Plan<'_>,
    facts: &Facts,
    out: &Path,
    with_svg: bool,
    ledger: &mut Ledger,
    clock: &dyn Fn() -> Timestamp,
    further: Further<'_>,
) -> Answer<Vec<Printed>> {
    make_folder(out)?;
    let before = read_manifest(out)?;
    let begun: std::collections::HashSet<&str> = ledger.packs().filter_map(|(_, standing)| standing.file.as_deref()).collect();
    for (file, _) in &plan.files {
        // A file of that name which the ledger does not know as begun belongs to another ledger.
        if !begun.contains(file.as_str()) && out.join(file).exists() {
            return Err(Trouble::input(
                "file-there",
                &out.join(file).to_string_lossy(),
                "a file of this name is there and is not of this ledger; nothing was written",
                "choose another --out",
            ));
        }
    }
    let mut done = Vec::new();
    let mut entries: BTreeMap<String, Value> = before;
    for (file, letters) in &plan.files {
        let packs = letters.iter().map(|letter| letter.pack.as_str());
        let queued = || Event::Queued { way: Way::Post, file: Some(file.clone()), reply: None };
        let not_yet: Vec<_> =
            packs.clone().filter(|pack| ledger.get(pack).is_some_and(|s| s.file.as_deref() != Some(file.as_str()))).collect();
        ledger.append(clock(), not_yet.into_iter().map(|pack| (pack, queued())))?;
        let bytes = print_file(letters, facts, with_svg)?;
        if with_svg {
            make_folder(&out.join("qr"))?;
            for letter in letters {
                write(&out.join(qr_name(letter)), qr(&facts.link(letter))?.as_bytes())?;
            }
        }
        let mut more = Vec::new();
        for (name, bytes) in further(file.trim_end_matches(".csv"), letters)? {
            write(&out.join(&name), &bytes)?;
            more.push(json!({ "file": name, "bytes": bytes.len(), "sha256": hex(&Sha256::digest(&bytes[..])) }));
        }
        write(&out.join(file), &bytes)?;
        let sha256 = hex(&Sha256::digest(&bytes[..]));
        let count = |is: &dyn Fn(&Letter) -> bool| letters.iter().filter(|letter| is(letter)).count();
        let mut units: BTreeMap<&str, u64> = BTreeMap::new();
        for letter in letters {
            *units.entry(letter.unit.as_str()).or_default() += 1;
        }
        entries.insert(
            file.clone(),
            json!({
                "file": file,
                "packs": letters.len(),
                "first": letters.first().map(|letter| &letter.pack),
                "last": letters.last().map(|letter| &letter.pack),
                "units": units,
                "welsh": count(&|letter| letter.language == Language::Welsh),
                "large_print": count(&|letter| letter.large_print),
                "bytes": bytes.len(),
                "sha256": sha256,
                "with": more,
            }),
        );
        let listed: Vec<&Value> = entries.values().collect();
        let sum: u64 = listed.iter().filter_map(|entry| entry["packs"].as_u64()).sum();
        let manifest = json!({ "poll": facts.title, "packs": sum, "files": listed });
        write(&out.join(MANIFEST), format!("{manifest:#}\n").as_bytes())?;
        let printed = || Event::Printed { file: file.clone(), sha256: sha256.clone() };
        ledger.append(clock(), packs.map(|pack| (pack, printed())))?;
        done.push(Printed { file: file.clone(), packs: letters.len(), sha256 });
    }
    Ok(done)
}

/// The rows that a mailing house merges into its letter.
fn print_file(letters: &[&Letter], facts: &Facts, with_svg: bool) -> Answer<Zeroizing<Vec<u8>>> {
    let failed = |error: csv::Error| Trouble::Ours(format!("a print file cannot be made: {error}"));
    let mut writer = csv::Writer::from_writer(Zeroed::default());
    let address = (1..=ADDRESS_LINES).map(|number| format!("address_{number}"));
    let head = ["number", "pack", "unit", "unit_name", "language", "large_print", "name", "greeting"].map(str::to_owned);
    let tail = ["code", "web_address", "qr", "qr_file", "opens", "closes"].map(str::to_owned);
    let header: Vec<String> = head.into_iter().chain(address).chain(tail).collect();
    writer.write_record(&header).map_err(failed)?;
    for (number, letter) in letters.iter().enumerate() {
        let name = letter.shown_name().unwrap_or_default();
        let greeting = greeting(letter);
        let mut row = Zeroizing::new(vec![
            (number + 1).to_string(),
            letter.pack.clone(),
            letter.unit.clone(),
            guarded(facts.unit(&letter.unit)),
            letter.language.code().to_owned(),
            if letter.large_print { "yes" } else { "no" }.to_owned(),
            guarded(name),
            guarded(&greeting),
        ]);
        row.extend((0..ADDRESS_LINES).map(|line| guarded(letter.address.get(line).map_or("", String::as_str))));
        row.extend([
            letter.credential.expose().to_owned(),
            facts.address(&letter.unit),
            facts.link(letter).to_string(),
            if with_svg { qr_name(letter) } else { String::new() },
            long_time(facts.opens_at, letter.language),
            long_time(facts.closes_at, letter.language),
        ]);
        writer.write_record(row.iter()).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| Trouble::Ours(format!("a print file cannot be made: {error}")))?;
    Ok(bytes.0)
}

/// How a letter begins.
pub fn greeting(letter: &Letter) -> String {
    match (letter.language, letter.shown_name()) {
        (Language::English, name) => format!("Dear {}", name.unwrap_or("member")),
        (Language::Welsh, name) => format!("Annwyl {}", name.unwrap_or("aelod")),
    }
}

/// A spreadsheet must not take a name for a formula (R37).
pub(crate) fn guarded(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

fn qr_name(letter: &Letter) -> String {
    format!("qr/{}.svg", letter.pack)
}

/// A code to scan, as SVG. Medium correction: a crease or a stain does not matter, and the squares stay large.
pub fn qr(text: &str) -> Answer<Zeroizing<String>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| Trouble::Ours(format!("a code to scan cannot be made: {error}")))?;
    Ok(Zeroizing::new(code.render::<svg::Color<'_>>().min_dimensions(1, 1).build()))
}

/// A buffer that is wiped.
#[derive(Default)]
struct Zeroed(Zeroizing<Vec<u8>>);

impl std::io::Write for Zeroed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A folder for its owner alone, since codes are in it.
fn make_folder(path: &Path) -> Answer<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path).map_err(|error| Trouble::unwritable(path, &error))
}

/// Writes a secret file: whole or not at all, mode 0600.
pub fn write(path: &Path, bytes: &[u8]) -> Answer<()> {
    poll::files::write(path, bytes, Readers::Owner, Replace::Yes).map_err(|why| Trouble::Ours(why.to_string()))
}

fn read_manifest(out: &Path) -> Answer<BTreeMap<String, Value>> {
    let path = out.join(MANIFEST);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(Trouble::unreadable(&path, &error)),
    };
    let wrong = || Trouble::input("not-a-manifest", &path.to_string_lossy(), "this is no manifest of letters", "choose another --out");
    let value: Value = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
    let files = value["files"].as_array().ok_or_else(wrong)?;
    files.iter().map(|entry| Some((entry["file"].as_str()?.to_owned(), entry.clone()))).collect::<Option<_>>().ok_or_else(wrong)
}
