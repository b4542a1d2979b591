//! The foreign program on the archives under `vectors/archives`: it passes the good ones; of the forged ones it is noted which
//! it lets through.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::vectors::folder;
use serde_json::Value;

/// From BELENIOS_TOOL, or installed under the target directory. Without it this test fails.
fn tool() -> PathBuf {
    if let Some(path) = std::env::var_os("BELENIOS_TOOL") {
        return PathBuf::from(path);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("target/belenios");
    if !folder.join("belenios-tool").exists() {
        let installed = Command::new(root.join("tools/install-belenios-tool.sh")).arg(&folder).output().unwrap();
        assert!(installed.status.success(), "belenios-tool cannot be installed: {}", String::from_utf8_lossy(&installed.stderr));
    }
    folder.join("belenios-tool")
}

/// Whether `election verify` is content.
fn passes(tool: &Path, archive: &[u8]) -> bool {
    let text = String::from_utf8_lossy(archive);
    let uuid = text.split("\"uuid\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("3vKq8mTzXw5RbN");
    let uuid = if uuid.len() < 14 || !uuid.bytes().all(|b| b.is_ascii_alphanumeric()) { "3vKq8mTzXw5RbN" } else { uuid };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(format!("{uuid}.bel")), archive).unwrap();
    let output = Command::new(tool).args(["election", "verify", "--dir", ".", "--uuid", uuid]).current_dir(folder.path()).output().unwrap();
    output.status.success() && String::from_utf8_lossy(&output.stderr).contains("all checks passed")
}

#[test]
fn a_foreign_program_passes_the_good_archives_and_some_of_the_forged() {
    let (tool, archives) = (tool(), folder().join("../archives"));
    for name in ["small", "rich", "spare"] {
        assert!(passes(&tool, &std::fs::read(archives.join(format!("{name}.bel"))).unwrap()), "{name}");
    }
    let index: Vec<Value> = serde_json::from_slice(&std::fs::read(archives.join("index.json")).unwrap()).unwrap();
    // A forged companion lies beside a good archive, which the foreign program rightly passes.
    let forged: Vec<&Value> = index.iter().filter(|entry| entry["companion"] == false).collect();
    let let_through: Vec<String> = std::thread::scope(|scope| {
        let parts: Vec<_> = forged
            .chunks(forged.len().div_ceil(2))
            .map(|part| {
                let (tool, archives) = (&tool, &archives);
                scope.spawn(move || -> Vec<String> {
                    let bytes = |entry: &Value| std::fs::read(archives.join(entry["file"].as_str().unwrap())).unwrap();
                    part.iter()
                        .filter(|entry| passes(tool, &bytes(entry)))
                        .map(|entry| format!("{} {}", entry["must_fail"]["rule"].as_str().unwrap(), entry["what"].as_str().unwrap()))
                        .collect()
                })
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    println!("the foreign program passes {} of {} forged archives:\n  {}", let_through.len(), forged.len(), let_through.join("\n  "));
    assert!(let_through.len() < forged.len() / 2, "it refuses hardly anything: is it run rightly?");
}
