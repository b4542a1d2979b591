//! Who may use whom among the crates of this workspace: `USES` is the rule. Every `Cargo.toml` and the block of arrows in
//! `docs/architecture.md` are held against it, and the pure crates against what would make them impure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Each crate with those of ours that it uses outside its tests.
const USES: [(&str, &[&str]); 18] = [
    ("dated", &[]),
    ("vote", &[]),
    ("verify", &[]),
    ("pay", &["dated"]),
    ("law", &["dated"]),
    ("sheet", &["dated"]),
    ("redistribute", &["dated", "pay"]),
    ("workforce", &["dated", "pay", "sheet"]),
    ("dispute", &["dated", "law", "pay", "sheet"]),
    ("report", &["dated", "dispute", "law", "pay"]),
    ("print", &["dated", "dispute", "law", "pay"]),
    ("poll", &["vote"]),
    ("store", &["vote"]),
    ("deliver", &["dated", "poll", "vote"]),
    ("workspace", &["dated", "dispute", "law", "pay", "redistribute", "report", "workforce"]),
    ("web", &["dated", "dispute", "law", "poll", "report", "sheet", "store", "verify", "vote", "workspace"]),
    ("fuzz", &["dated", "dispute", "pay", "verify", "vote"]),
    ("rehearsal", &["verify", "vote"]),
];

/// The program, which uses everything but what tests it.
const PROGRAM: &str = "whitley";
const NOT_OF_THE_PROGRAM: [&str; 2] = ["fuzz", "rehearsal"];

/// No clock, disk, network, environment or random source: time and randomness are arguments.
const PURE: [&str; 7] = ["dated", "pay", "law", "dispute", "vote", "verify", "sheet"];

/// Crates that bring one of these in, wherever they stand in the tree below a pure crate.
const IMPURE: [&str; 18] = [
    "tokio",
    "mio",
    "socket2",
    "hyper",
    "reqwest",
    "ureq",
    "lettre",
    "axum",
    "rusqlite",
    "libsqlite3-sys",
    "tokio-postgres",
    "deadpool-postgres",
    "tempfile",
    "rand",
    "chrono",
    "time",
    "dirs",
    "getrandom",
];

/// `getrandom` comes in by the library that reads workbooks (zip), which draws salts for passwords; sheet and what uses it call none of it.
const BY_WORKBOOKS: [&str; 2] = ["sheet", "dispute"];

/// The same, written out with the standard library.
const IMPURE_CALLS: [&str; 9] =
    ["std::fs", "std::net", "std::env", "std::process", "SystemTime", "Instant::now", "Zoned::now", "Timestamp::now", "getrandom"];

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn cargo(arguments: &[&str]) -> String {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program).args(arguments).current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The rule, with the program's own line.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let mut table: BTreeMap<String, BTreeSet<String>> =
        USES.iter().map(|(name, used)| ((*name).to_owned(), used.iter().map(|name| (*name).to_owned()).collect())).collect();
    let everything = table.keys().filter(|name| !NOT_OF_THE_PROGRAM.contains(&name.as_str())).cloned().collect();
    table.insert(PROGRAM.to_owned(), everything);
    table
}

/// What the `Cargo.toml` files say: normal dependencies among ourselves, and the names of all others.
fn declared() -> BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--offline", "--format-version", "1"])).expect("JSON of cargo metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    let name = |value: &Value| value["name"].as_str().expect("a name").to_owned();
    let ours: BTreeSet<String> = packages.iter().map(name).collect();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            let normal = dependencies.iter().filter(|dependency| dependency["kind"].is_null()).map(name);
            let (inside, outside) = normal.partition(|name| ours.contains(name));
            (name(package), (inside, outside))
        })
        .collect()
}

#[test]
fn crates_use_those_they_may_use_and_no_others() {
    let allowed = allowed();
    let mut wrong = Vec::new();
    let declared = declared();
    for (name, (inside, _)) in &declared {
        let Some(may) = allowed.get(name) else {
            wrong.push(format!("{name} is new: give it a line in USES (crates/cli/tests/it/arrows.rs) and in docs/architecture.md"));
            continue;
        };
        for used in inside.difference(may) {
            wrong.push(format!(
                "{name} uses {used}, and may not. If it should: USES in crates/cli/tests/it/arrows.rs, the arrows in docs/architecture.md, \
                 and why in docs/decisions.md. If not: out of its Cargo.toml"
            ));
        }
        for unused in may.difference(inside) {
            wrong.push(format!("{name} may use {unused} and does not: take the arrow out of USES and docs/architecture.md"));
        }
    }
    wrong.extend(allowed.keys().filter(|name| !declared.contains_key(*name)).map(|name| format!("{name} is no crate any more")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In docs/architecture.md stands a block of lines `a, b -> c, d`: a and b use c and d.
#[test]
fn the_arrows_of_the_documentation_are_these() {
    let text = std::fs::read_to_string(root().join("docs/architecture.md")).expect("docs/architecture.md");
    let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines() {
        let Some((users, used)) = line.split_once(" -> ") else { continue };
        let names = |list: &str| list.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>();
        let used: BTreeSet<String> = names(used).into_iter().filter(|name| name != "none of ours").collect();
        for user in names(users) {
            assert!(shown.insert(user.clone(), used.clone()).is_none(), "{user} has two lines of arrows in docs/architecture.md");
        }
    }
    assert_eq!(shown, allowed(), "the arrows of docs/architecture.md (left) are not those of USES (right)");
}

#[test]
fn making_and_judging_share_none_of_our_code() {
    let declared = declared();
    for name in ["vote", "verify"] {
        assert!(declared[name].0.is_empty(), "{name} uses {:?}", declared[name].0);
    }
}

#[test]
fn pure_crates_bring_in_no_clock_disk_network_or_chance() {
    let declared = declared();
    let mut wrong = Vec::new();
    for name in PURE {
        wrong.extend(
            declared[name]
                .1
                .iter()
                .filter(|outside| IMPURE.contains(&outside.as_str()))
                .map(|outside| format!("{name} asks for {outside}")),
        );
        let tree = cargo(&["tree", "--package", name, "--edges", "normal", "--prefix", "none", "--offline", "--locked"]);
        let below: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(below.contains(name), "{tree}");
        for impure in IMPURE.iter().filter(|impure| below.contains(*impure)) {
            if !(*impure == "getrandom" && BY_WORKBOOKS.contains(&name)) {
                wrong.push(format!("below {name} stands {impure}: `cargo tree -p {name} -e normal -i {impure}` says through whom"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_crates_call_none_of_it_either() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for name in PURE {
        let source = root().join("crates").join(name).join("src");
        for path in rust_files(&source) {
            // The program whitley-verify is an edge: it reads files and hands them to the library.
            if path.starts_with(source.join("bin")) {
                continue;
            }
            seen += 1;
            let text = std::fs::read_to_string(&path).expect("a source file");
            let outside_tests = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (at, line) in outside_tests.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
                if let Some(call) = IMPURE_CALLS.iter().find(|call| line.contains(*call)) {
                    wrong.push(format!("{}:{}: {call}", path.display(), at + 1));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} files were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every `.rs` file below a folder.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}
