//! `vectors/archives`: good and forged archives as files, for other implementations. Made from the table in `forged`; with
//! `WHITLEY_WRITE_VECTORS=1` they are written, otherwise compared.

use crate::forged::forgeries;
use crate::make::{Spec, honest};
use crate::vectors::folder;
use verify::hex::to_hex;

/// Forgeries that are worth a file: one for each check, the first of the table.
#[test]
fn the_files_are_those_of_the_table() {
    let folder = folder().join("../archives");
    let mut expected: Vec<(String, Vec<u8>)> = Vec::new();
    let mut list = Vec::new();
    for (name, spec) in [("small", Spec::small()), ("rich", Spec::rich()), ("spare", Spec::spare())] {
        let made = honest(&spec);
        expected.push((format!("{name}.bel"), made.archive));
        expected.push((format!("{name}.companion.jsonl"), made.companion));
    }
    let mut seen = Vec::new();
    for forgery in forgeries() {
        let [check] = forgery.expected[..] else { continue };
        if seen.contains(&check) {
            continue;
        }
        seen.push(check);
        let made = forgery.make();
        let name = format!("bad_{}", check.id());
        list.push(serde_json::json!({
            "file": format!("{name}.bel"),
            "what": forgery.name,
            "strict": true,
            "companion": forgery.with_companion,
            "must_fail": {"step": "judge", "rule": check.id()},
            "sha256": to_hex(&crate::make::sha256(&made.archive)),
        }));
        expected.push((format!("{name}.bel"), made.archive));
        if forgery.with_companion {
            expected.push((format!("{name}.companion.jsonl"), made.companion));
        }
    }
    let index = serde_json::to_string_pretty(&list).unwrap() + "\n";
    expected.push(("index.json".into(), index.into_bytes()));
    if std::env::var_os("WHITLEY_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in &expected {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
    for (name, bytes) in &expected {
        let found = std::fs::read(folder.join(name)).unwrap_or_default();
        assert!(found == *bytes, "{name} differs from what the table makes");
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), expected.len(), "a file that the table does not make");
}
