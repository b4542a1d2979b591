//! Writes the first inputs of every target into `corpus/`, from the vectors.

use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let vectors = root.join("../vectors/belenios");
    let corpus = |target: &str| root.join("corpus").join(target);
    for target in ["json", "archive", "records", "ballot", "companion", "curve"] {
        fs::create_dir_all(corpus(target))?;
    }
    for set in ["ed25519-basic", "ed25519-threshold"] {
        let folder = vectors.join(set);
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_none_or(|e| e != "bel") {
                continue;
            }
            let archive = fs::read(&path)?;
            fs::write(corpus("archive").join(set), &archive)?;
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
                // Shorter archives too: up to the setup, to the first ballots, and whole.
                if event && [1, 3, 200].contains(&number) {
                    fs::write(corpus("records").join(format!("{set}-{number}")), &records)?;
                }
                fs::write(corpus("json").join(format!("{set}-{number}")), &record.body)?;
                if record.body.starts_with(b"{\"election_uuid\"") {
                    fs::write(corpus("ballot").join(format!("{set}-{number}")), &record.body)?;
                }
                if event {
                    fs::write(corpus("records").join(format!("{set}-to-{number}")), &records)?;
                }
                number += 1;
            }
        }
    }
    for file in fs::read_dir(root.join("../vectors/archives")).into_iter().flatten() {
        let path = file?.path();
        if path.extension().is_some_and(|e| e == "jsonl") {
            let text = fs::read_to_string(&path)?;
            let mut lines = vec![1];
            for line in text.lines() {
                lines.extend(line[line.find("\"type\"").unwrap_or(0)..].bytes());
                lines.push(b'\n');
            }
            let name = path.file_name().unwrap_or_default();
            fs::write(corpus("companion").join(name), lines)?;
        }
    }
    fs::write(corpus("curve").join("one"), [1; 64])?;
    Ok(())
}
