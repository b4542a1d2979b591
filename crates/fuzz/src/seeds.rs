//! The first inputs of each target, from the vectors and the dispute folders of the project.

use std::path::{Path, PathBuf};

/// A first input with a name.
pub struct Seed {
    /// A file name.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a folder, by name.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut list = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    list.retain(|path| path.is_file());
    list.sort();
    Ok(list)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The first inputs of a target, always in the same order; none if it does not exist.
pub fn of(target: &str) -> std::io::Result<Vec<Seed>> {
    let mut seeds = match target {
        "json" | "archive" | "records" | "ballot" => from_archives(target)?,
        "companion" => from_companions()?,
        "curve" => curve(),
        "vote_and_verify" => ballots(),
        "dispute_folder" => starter_files(),
        "pay_file" => pay_files()?,
        _ => Vec::new(),
    };
    seeds.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(seeds)
}

fn from_archives(target: &str) -> std::io::Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    let mut add = |of: &str, name: String, bytes: &[u8]| {
        if of == target {
            seeds.push(Seed { name, bytes: bytes.to_vec() });
        }
    };
    let mut paths = Vec::new();
    for set in ["ed25519-basic", "ed25519-threshold"] {
        paths.extend(files(&root().join("vectors/belenios").join(set))?);
    }
    paths.extend(["small.bel", "rich.bel"].map(|name| root().join("vectors/archives").join(name)));
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "bel")) {
        let archive = std::fs::read(path)?;
        let set = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        add("archive", set.clone(), &archive);
        let mut container = verify::container::Container::new(&archive[..]);
        let mut records = Vec::new();
        let mut number = 0;
        while let Ok(Some(record)) = container.next_record() {
            let event = record.kind == verify::container::RecordKind::Event;
            if record.kind != verify::container::RecordKind::Header {
                records.push(u8::from(event));
                records.extend((record.body.len() as u16).to_be_bytes());
                records.extend(&record.body);
            }
            add("json", format!("{set}-{number}"), &record.body);
            if record.body.starts_with(b"{\"election_uuid\"") {
                add("ballot", format!("{set}-{number}"), &record.body);
            }
            // Shorter archives too: up to each event.
            if event {
                add("records", format!("{set}-to-{number}"), &records);
            }
            number += 1;
        }
    }
    Ok(seeds)
}

fn from_companions() -> std::io::Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    for path in files(&root().join("vectors/archives"))?.iter().filter(|path| path.extension().is_some_and(|e| e == "jsonl")) {
        let text = std::fs::read_to_string(path)?;
        let mut lines = vec![1];
        for line in text.lines() {
            lines.extend(line[line.find("\"type\"").unwrap_or(0)..].bytes());
            lines.push(b'\n');
        }
        seeds.push(Seed { name: file_name(path), bytes: lines });
    }
    Ok(seeds)
}

/// The identity, the element of order two, the generator, and bytes that are no element; each with a scalar.
fn curve() -> Vec<Seed> {
    let with = |name: &str, first: [u8; 32]| Seed { name: name.into(), bytes: [first, [7; 32]].concat() };
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut order_two = [0xff; 32];
    (order_two[0], order_two[31]) = (0xec, 0x7f);
    let mut generator = [0x66; 32];
    generator[0] = 0x58;
    vec![with("identity", identity), with("order-two", order_two), with("generator", generator), with("ones", [1; 32])]
}

fn ballots() -> Vec<Seed> {
    (0..4u8).map(|n| Seed { name: format!("ballot-{n}"), bytes: vec![n, n, n / 2, 37 * n, n, 1 << n, n, 9, 9] }).collect()
}

fn starter_files() -> Vec<Seed> {
    let mut list = dispute::starter_files("fuzzed");
    list.sort_by(|a, b| a.0.cmp(b.0));
    let seed = |(which, (path, text)): (u8, (&str, String))| Seed {
        name: format!("{which:02}-{}", path.replace('/', "-")),
        bytes: [vec![which], text.into_bytes()].concat(),
    };
    (0..).zip(list).map(seed).collect()
}

/// A pay file, one with past pay, one with points of a scale, a log of claims. The first byte says how it is read.
fn pay_files() -> std::io::Result<Vec<Seed>> {
    let example = |name: &str| std::fs::read(root().join("docs/examples").join(name));
    let with = |name: &str, which: u8, text: &[u8]| Seed { name: name.to_owned(), bytes: [&[which], text].concat() };
    let past = "employer,job,sex,hours,hourly_pay,bonus,post,from,until\nA,cook,F,35,10,,1,2020-01-01,2020-12-31\nA,cook,F,35,11,5,1,,\n\
        A,chef,M,35,12.5,,2,2019-04-01,2021-03-31\nA,chef,M,37,13,100,2,2021-04-01,\n";
    let points =
        "employer,job,sex,hours,full_time_hours,point,like_work_group\nT,cook,F,18.75,37.5,2-max,c\nT,porter,M,37.5,37.5,3-max,c\n";
    Ok(vec![
        with("rows", 0, &example("equal-pay.csv")?),
        with("past", 0, past.as_bytes()),
        with("points", 1, points.as_bytes()),
        with("claims", 2, &example("equal-pay-claims.csv")?),
    ])
}
