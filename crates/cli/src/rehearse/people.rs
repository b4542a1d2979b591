//! The invented members: a clean membership file, checked, imported, counted into units, frozen, counted into notices, by the very
//! commands of the roll.

use std::collections::BTreeMap;
use std::path::Path;

use dispute::roll::{UnitRecipe, make_units};
use vote::Hash;

use super::Failure;
use super::stages::Work;
use super::units::{Days, Unit};

/// Where the membership file is.
pub(super) const MEMBERSHIP: &str = "membership";

/// The roll folder.
pub(super) const ROLL: &str = "roll";

/// The figures of the notices to employers.
pub(super) const NOTICES: &str = "notices";

/// Makes the membership and freezes the roll, as of the day before voting opens.
pub(super) fn make(units: &[Unit], days: Days, seed: &str, title: &str, work: &mut Work<'_>) -> Result<(), Failure> {
    let on = law::plus_days(days.opens_on, -1);
    let recipes: Vec<UnitRecipe> = units
        .iter()
        .map(|unit| UnitRecipe {
            id: unit.id.clone(),
            name: unit.name.clone(),
            members: unit.voters,
            important_public_service: unit.important_public_service,
        })
        .collect();
    let hash = Hash::of(format!("{seed}/membership")).0;
    let number = u64::from_be_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]]);
    let made = make_units(&recipes, on, number)?;
    let (members, employers) = (format!("{MEMBERSHIP}/members.csv"), format!("{MEMBERSHIP}/employers.csv"));
    work.write(&members, "the invented membership file, as an office would export it; without faults", made.members.as_bytes())?;
    work.write(&employers, "the invented employers: one to each unit, with its workplaces", made.employers.as_bytes())?;
    drop(made);
    let check = format!("roll check {members} --employers {employers} --on {on}");
    work.progress.say("checking the membership file", true);
    work.keep(&check, &format!("{MEMBERSHIP}/check.txt"), "what the check of that file found", false)?;
    let plan = format!("{MEMBERSHIP}/units.toml");
    work.progress.say("importing it", true);
    work.must(&format!("roll import {members} --to {ROLL} --employers {employers}"))?;
    let small = "the units and what is done about small ones: the merge plan";
    work.progress.say("counting the units", true);
    work.keep(&format!("roll units {ROLL} --on {on} --out {plan}"), &format!("{MEMBERSHIP}/units.txt"), small, false)?;
    work.note(&plan, "the same plan as `whitley vote setup` takes it", None, "");
    work.progress.say("freezing the roll", true);
    // Quotes part the words of a command here.
    let label = title.replace('"', "”");
    let freeze = format!("roll freeze {ROLL} --on {on} --label \"{label}\" --plan {plan}");
    work.must(&freeze)?;
    work.note(
        &format!("{ROLL}/"),
        "the roll folder: the import, and in frozen/ who may vote and why, with its fingerprint",
        Some(&freeze),
        "yes",
    );
    let notices = format!("roll notices {ROLL} --out {NOTICES}");
    work.progress.say("counting for the notices", true);
    work.must(&notices)?;
    let what = "the figures of the notice to each employer, by category and workplace; figures.json has all";
    work.note(&format!("{NOTICES}/"), what, Some(&notices), "yes");
    Ok(())
}

/// Who is on the frozen roll.
pub(super) struct Members {
    /// SHA-256 of the frozen roll.
    pub(super) roll: Hash,
    by_unit: BTreeMap<String, Vec<String>>,
}

impl Members {
    /// Reads the frozen roll.
    pub(super) fn read() -> Result<Self, Failure> {
        let path = Path::new(ROLL).join("frozen/roll.csv");
        let bytes = std::fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        let mut by_unit: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let heads = reader.headers()?;
        let column = |name: &str| heads.iter().position(|head| head == name).ok_or_else(|| format!("{} has no {name}", path.display()));
        let (unit, member) = (column("unit")?, column("member")?);
        let mut row = csv::StringRecord::new();
        while reader.read_record(&mut row)? {
            let (unit, member) = (row.get(unit).unwrap_or_default(), row.get(member).unwrap_or_default());
            match by_unit.get_mut(unit) {
                Some(members) => members.push(member.to_owned()),
                None => drop(by_unit.insert(unit.to_owned(), vec![member.to_owned()])),
            }
        }
        Ok(Self { roll: Hash::of(&bytes), by_unit })
    }

    /// The numbers of a unit's members, in the order of the roll.
    pub(super) fn of(&self, unit: &str) -> &[String] {
        self.by_unit.get(unit).map(Vec::as_slice).unwrap_or_default()
    }
}
