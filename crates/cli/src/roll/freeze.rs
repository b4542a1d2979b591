//! `whitley roll freeze`: who may vote and why, fixed with a fingerprint.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use dated::{Date, FileBytes, parse_date};
use dispute::roll::{Acceptance, MANY_AT_ONE_ADDRESS, MINIMUM, Roll, count_units, freeze, merged_units};
use serde_json::{Value, json};

use super::check::{counts, findings_json};
use super::{Done, Stop, folder, read, units, write};
use crate::answer::{self, Outcome, Table};

/// Arguments of `whitley roll freeze`.
#[derive(Args)]
pub(crate) struct Freeze {
    /// The roll folder
    folder: PathBuf,
    /// The day on which people are entitled: who leaves before or joins after is not
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    on: Date,
    /// What the roll is for, as in "Pay ballot 2026"
    #[arg(long, value_name = "TEXT")]
    label: String,
    /// Faults that are right as they are, a line each: member; kind; reason; who accepts it
    #[arg(long, value_name = "FILE")]
    accept: Option<PathBuf>,
    /// The units to be counted, as `whitley roll units --out` writes them
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
}

impl Freeze {
    pub(super) fn run(self, as_json: bool) -> Done {
        let loaded = folder::load(&self.folder)?;
        let place = self.folder.join("frozen");
        if place.exists() {
            return Err(Stop::Input(format!("{} is frozen already; a new roll goes into a new folder", self.folder.display())));
        }
        if self.label.trim().is_empty() || self.label.chars().any(char::is_control) || self.label.len() > 300 {
            return Err(Stop::Input("--label is empty, too long, or has control characters".to_owned()));
        }
        let mut findings = loaded.findings(Some(self.on), MANY_AT_ONE_ADDRESS);
        let accepted = match &self.accept {
            Some(path) => Acceptance::read(&path.display().to_string(), &FileBytes::Read(read(path)?), &mut findings),
            None => Vec::new(),
        };
        let counted = count_units(&loaded.list, &loaded.employers, Some(self.on));
        let merged = match &self.plan {
            Some(path) => {
                let plan = units::read_plan(path)?;
                merged_units(&plan, &counted).map_err(|what| Stop::Input(format!("{}: {what}", path.display())))?
            }
            None => BTreeMap::new(),
        };
        let frozen = match freeze(&loaded.list, &findings, &accepted, &loaded.employers, self.on, &merged) {
            Ok(frozen) => frozen,
            Err(not) => {
                if as_json {
                    answer::print_json(
                        &json!({ "frozen": false, "fault_counts": counts(&not.stopping), "faults": findings_json(&not.stopping) }),
                    );
                } else {
                    for finding in not.stopping.iter().take(20) {
                        complain!("{}: {}\n    fix: {}", finding.fault.place, finding.fault.what, finding.fault.fix);
                    }
                    complain!(
                        "not frozen: {} faults stop it; mend the file and import it again, or accept what is right with --accept",
                        pay::grouped(not.stopping.len() as u64)
                    );
                }
                return Ok(Outcome::BadInput);
            }
        };
        let (bytes, hash) = (frozen.roll.bytes(), frozen.roll.hash());
        let (units, out) = (frozen.roll.units(), frozen.out_counts());
        let record = json!({
            "label": self.label,
            "on": self.on.to_string(),
            "sha256": hash.to_string(),
            "entitled": frozen.roll.entries.len(),
            "units": units,
            "out": out,
            "accepted": frozen.accepted.iter().map(|one| json!({ "member": one.member, "kind": one.code, "reason": one.reason, "by": one.by })).collect::<Vec<_>>(),
            "synthetic": frozen.roll.synthetic,
        });
        write(&place.join("roll.csv"), &bytes, false)?;
        write(&place.join("out.csv"), &frozen.out_bytes(), false)?;
        // Last: a folder without it is not frozen whole.
        write(&place.join("freeze.json"), format!("{record:#}\n").as_bytes(), false)?;
        if as_json {
            let mut record = record;
            record["frozen"] = true.into();
            record["roll"] = place.join("roll.csv").display().to_string().into();
            answer::print_json(&record);
            return Ok(Outcome::Yes);
        }
        if let Some(label) = &frozen.roll.synthetic {
            answer::print(&format!("SYNTHETIC: {label}\n\n"));
        }
        let mut table = Table::new(&["unit", ">entitled"]);
        units.iter().for_each(|(unit, count)| table.row([(*unit).to_owned(), pay::grouped(*count)]));
        answer::print(&table.text());
        if !out.is_empty() {
            let mut table = Table::new(&["not on the roll", ">people"]);
            out.iter().for_each(|(why, count)| table.row([why.clone(), pay::grouped(*count)]));
            answer::print(&format!("\n{}", table.text()));
        }
        for (unit, count) in units.iter().filter(|(_, count)| **count < MINIMUM) {
            answer::print(&format!("WARNING: {unit} has {count} entitled, fewer than {MINIMUM}: its result may show how people voted.\n"));
        }
        answer::print(&format!(
            "\n{}: {} entitled, {} not, on {}\nfingerprint (SHA-256 of {}):\n  {hash}\nGive it to the scrutineer. The files hold personal data; only you can read them.\nnext: whitley roll notices {} --out DIR\n",
            self.label,
            pay::grouped(frozen.roll.entries.len() as u64),
            pay::grouped(frozen.out.len() as u64),
            self.on,
            place.join("roll.csv").display(),
            self.folder.display(),
        ));
        Ok(Outcome::Yes)
    }
}

/// A roll as it was frozen, and its record.
pub(super) fn frozen(folder: &Path) -> Result<(Roll, Value), Stop> {
    folder::need_folder(folder)?;
    let place = folder.join("frozen");
    if !place.join("freeze.json").is_file() {
        return Err(Stop::Input(format!("the roll in {} is not frozen", folder.display())));
    }
    let record: Value = serde_json::from_slice(&read(&place.join("freeze.json"))?)
        .map_err(|_| Stop::Input(format!("{} cannot be read", place.join("freeze.json").display())))?;
    let path = place.join("roll.csv");
    let mut roll = Roll::parse(&read(&path)?).map_err(|what| Stop::Input(format!("{}: {what}", path.display())))?;
    if record["sha256"] != roll.hash().to_string() {
        return Err(Stop::Input(format!("{} is not the roll that was frozen: its fingerprint is {}", path.display(), roll.hash())));
    }
    roll.synthetic = record["synthetic"].as_str().map(str::to_owned);
    Ok((roll, record))
}
