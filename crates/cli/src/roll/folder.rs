//! A roll folder: copies of the files that were imported, in order, and what was made of them. Every state can be undone, since the
//! working roll is always read again from the copies.
//!
//! ```text
//! roll/roll.json                     what was imported, with options and fingerprints
//! roll/imports/0001-members.csv      the copy of a file (mode 0600)
//! roll/frozen/{roll.csv,out.csv,freeze.json}, roll/changes.jsonl, roll/present.csv
//! ```

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use dispute::roll::{MANY_AT_ONE_ADDRESS, MemberList, RollHash};
use serde_json::{Value, json};

use super::check::{Layout, Loaded, counts, findings_json, list_json, print_list};
use super::{Done, Stop, read, read_text, write};
use crate::answer::{self, Outcome, Table};

/// Arguments of `whitley roll import`.
#[derive(Args)]
pub(crate) struct Import {
    /// A CSV or XLSX file of members, one a row
    members: PathBuf,
    /// The roll folder; made where it is not there
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// Adds to what is there; a row replaces an earlier one of the same number
    #[arg(long)]
    add: bool,
    #[command(flatten)]
    layout: Layout,
}

/// Arguments of `whitley roll imports`.
#[derive(Args)]
pub(crate) struct Imports {
    /// The roll folder
    folder: PathBuf,
}

/// Arguments of `whitley roll undo`.
#[derive(Args)]
pub(crate) struct Undo {
    /// The roll folder
    folder: PathBuf,
}

/// Whether this is a roll folder.
pub(super) fn is_folder(path: &Path) -> bool {
    path.join("roll.json").is_file()
}

/// A roll folder must be one.
pub(super) fn need_folder(path: &Path) -> Result<(), Stop> {
    if is_folder(path) {
        return Ok(());
    }
    Err(Stop::Input(format!("{} is not a roll folder; `whitley roll import MEMBERS --to {}` makes one", path.display(), path.display())))
}

/// The list of imports, oldest first.
fn imports(folder: &Path) -> Result<Vec<Value>, Stop> {
    let path = folder.join("roll.json");
    let wrong = || Stop::Input(format!("{} is not the list of a roll folder", path.display()));
    let value: Value = serde_json::from_str(&read_text(&path)?).map_err(|_| wrong())?;
    value.get("imports").and_then(Value::as_array).cloned().ok_or_else(wrong)
}

fn put(folder: &Path, imports: &[Value]) -> Result<(), Stop> {
    write(&folder.join("roll.json"), format!("{:#}\n", json!({ "whitley_roll": 1, "imports": imports })).as_bytes(), true)
}

/// What is frozen is no longer imported into.
fn need_unfrozen(folder: &Path) -> Result<(), Stop> {
    if folder.join("frozen").exists() {
        return Err(Stop::Input(format!(
            "the roll in {} is frozen; late changes go through `whitley roll change`, a new roll into a new folder",
            folder.display()
        )));
    }
    Ok(())
}

/// Reads the working roll of a folder: the imports in order.
pub(super) fn load(folder: &Path) -> Result<Loaded, Stop> {
    need_folder(folder)?;
    load_imports(folder, &imports(folder)?)
}

fn load_imports(folder: &Path, imports: &[Value]) -> Result<Loaded, Stop> {
    let text = |import: &Value, key: &str| import.get(key).and_then(Value::as_str).map(str::to_owned);
    let path = |import: &Value, key: &str| text(import, key).map(|name| folder.join(name));
    // The last file of employers and of shared addresses counts.
    let last = |key: &str| imports.iter().rev().find(|import| import.get(key).is_some_and(Value::is_string));
    let mut whole: Option<Loaded> = None;
    for import in imports {
        let copy = path(import, "copy").ok_or_else(|| Stop::Input("an import names no copy".to_owned()))?;
        let bytes = read(&copy)?;
        if text(import, "sha256") != Some(RollHash::of(&bytes).to_string()) {
            return Err(Stop::Input(format!("{} is not the file that was imported: its fingerprint is another", copy.display())));
        }
        let layout = Layout {
            employers: last("employers").and_then(|import| path(import, "employers")),
            map: text(import, "map"),
            employers_map: last("employers").and_then(|import| text(import, "employers_map")),
            sheet: text(import, "sheet"),
            unit: text(import, "unit"),
            shared: last("shared").and_then(|import| path(import, "shared")),
        };
        let next = Loaded::of(&copy, &text(import, "file").unwrap_or_default(), &layout)?;
        whole = Some(match whole {
            Some(before) if import.get("add") == Some(&Value::Bool(true)) => joined(before, next),
            _ => next,
        });
    }
    whole.ok_or_else(|| Stop::Input(format!("nothing is imported into {}", folder.display())))
}

/// A later list over an earlier one: rows of the same number are replaced.
fn joined(before: Loaded, after: Loaded) -> Loaded {
    let new: BTreeSet<String> = after.list.members.iter().map(|member| member.number().to_ascii_uppercase()).collect();
    let replaced = |number: &str| new.contains(&number.to_ascii_uppercase());
    let mut list = MemberList {
        columns: after.list.columns.clone(),
        synthetic: before.list.synthetic.or(after.list.synthetic),
        ..MemberList::default()
    };
    list.members = before.list.members.into_iter().filter(|member| !replaced(member.number())).chain(after.list.members).collect();
    list.refused = before.list.refused.into_iter().filter(|row| !replaced(&row.member)).chain(after.list.refused).collect();
    list.findings = before.list.findings;
    list.findings.retain(|finding| finding.members.is_empty() || !finding.members.iter().all(|member| replaced(member)));
    list.findings.extend(after.list.findings);
    list.notes = before.list.notes.into_iter().chain(after.list.notes).collect();
    list.rows = after.list.rows;
    list.rows.accepted = list.members.len() as u64;
    list.rows.refused = list.refused.len() as u64;
    list.rows.read = list.rows.accepted + list.rows.refused;
    Loaded { list, ..after }
}

impl Import {
    pub(super) fn run(self, as_json: bool) -> Done {
        if self.to.exists() && !is_folder(&self.to) {
            return Err(Stop::Input(format!("{} is there and is not a roll folder; nothing was written", self.to.display())));
        }
        need_unfrozen(&self.to)?;
        let mut list = if is_folder(&self.to) { imports(&self.to)? } else { Vec::new() };
        // Read first: a file that cannot be read at all changes nothing.
        let shown_as = self.members.display().to_string();
        let alone = Loaded::of(&self.members, &shown_as, &self.layout)?;
        if alone.list.rows.accepted == 0 {
            let faults: Vec<_> = alone.findings(None, MANY_AT_ONE_ADDRESS).into_iter().map(|finding| finding.fault).collect();
            return Ok(answer::refuse(&faults, as_json));
        }
        let number = list.len() + 1;
        let mut import = json!({ "number": number, "file": shown_as, "add": self.add });
        let mut copies = Vec::new();
        for (key, path) in
            [("copy", Some(&self.members)), ("employers", self.layout.employers.as_ref()), ("shared", self.layout.shared.as_ref())]
        {
            let Some(path) = path else { continue };
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let kept = format!("imports/{number:04}-{}{name}", if key == "copy" { "" } else { "with-" });
            let bytes = read(path)?;
            if key == "copy" {
                import["sha256"] = RollHash::of(&bytes).to_string().into();
            }
            import[key] = kept.clone().into();
            copies.push((self.to.join(kept), bytes));
        }
        for (key, value) in [
            ("map", &self.layout.map),
            ("employers_map", &self.layout.employers_map),
            ("sheet", &self.layout.sheet),
            ("unit", &self.layout.unit),
        ] {
            if let Some(value) = value {
                import[key] = value.clone().into();
            }
        }
        let rows = alone.list.rows;
        import["rows"] = json!({ "read": rows.read, "accepted": rows.accepted, "refused": rows.refused });
        for (path, bytes) in &copies {
            write(path, bytes, true)?;
        }
        list.push(import);
        put(&self.to, &list)?;
        let whole = load_imports(&self.to, &list)?;
        let findings = whole.findings(None, MANY_AT_ONE_ADDRESS);
        if as_json {
            let mut value = list_json(&whole.list, 5);
            value["import"] = number.into();
            value["fault_counts"] = json!(counts(&findings));
            value["faults"] = findings_json(&findings);
            answer::print_json(&value);
            return Ok(Outcome::Yes);
        }
        print_list(&whole.list, &findings, 0, 5);
        let to = self.to.display();
        answer::print(&format!(
            "\nImport {number} is in {to}; whitley roll undo {to} takes it out again.\nnext: whitley roll check {to}\n"
        ));
        Ok(Outcome::Yes)
    }
}

impl Imports {
    pub(super) fn run(self, as_json: bool) -> Done {
        need_folder(&self.folder)?;
        let list = imports(&self.folder)?;
        if as_json {
            answer::print_json(&json!({ "imports": list, "frozen": self.folder.join("frozen").exists() }));
            return Ok(Outcome::Yes);
        }
        let mut table = Table::new(&[">", "file", ">read", ">accepted", ">refused", "", "SHA-256"]);
        for import in &list {
            let count = |key: &str| import["rows"][key].as_u64().map(pay::grouped).unwrap_or_default();
            let how = if import["add"] == true { "added" } else { "replaces" };
            let text = |key: &str| import[key].as_str().unwrap_or_default().to_owned();
            let (read, accepted, refused) = (count("read"), count("accepted"), count("refused"));
            table.row([import["number"].to_string(), text("file"), read, accepted, refused, how.to_owned(), text("sha256")]);
        }
        answer::print(&table.text());
        Ok(Outcome::Yes)
    }
}

impl Undo {
    pub(super) fn run(self, as_json: bool) -> Done {
        need_folder(&self.folder)?;
        need_unfrozen(&self.folder)?;
        let mut list = imports(&self.folder)?;
        let Some(last) = list.pop() else {
            return Err(Stop::Input(format!("nothing is imported into {}", self.folder.display())));
        };
        put(&self.folder, &list)?;
        // The list is what counts; a copy that stays behind would be personal data nobody needs.
        for key in ["copy", "employers", "shared"] {
            if let Some(name) = last[key].as_str() {
                std::fs::remove_file(self.folder.join(name)).map_err(|error| Stop::Ours(format!("{name} cannot be removed: {error}")))?;
            }
        }
        if as_json {
            answer::print_json(&json!({ "undone": last, "imports": list.len() }));
        } else {
            answer::print(&format!(
                "Import {} ({}) is undone; {} left.\n",
                last["number"],
                last["file"].as_str().unwrap_or_default(),
                list.len()
            ));
        }
        Ok(Outcome::Yes)
    }
}
