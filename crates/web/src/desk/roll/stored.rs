//! The roll as the store has it before and after the freeze: imports with how they are to be read, and what follows from them.
//!
//! An import's bytes, which the store encrypts, are a line of JSON (what it is, its name, how its columns are read) and then the file
//! exactly as it was brought. Everything else is computed from these again each time: nothing about a person lies anywhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use dated::{Date, FileBytes, parse_date};
use dispute::roll::{
    Acceptance, Against, EmployerField, Employers, Field, Finding, Frozen, MANY_AT_ONE_ADDRESS, MINIMUM, MemberList, NotFrozen, PlanUnit,
    ReadOptions, UnitCount, count_units, examine, freeze, merge_plan, read_members_of, shared_address, unit_id,
};
use serde_json::{Value, json};
use store::{Entry, ImportState, RollImport};
use zeroize::Zeroizing;

use super::late::is_change;
use crate::problem::Problem;
use crate::service::Service;

/// What an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// The union's members.
    Members,
    /// Employers with workplaces and units.
    Employers,
    /// Faults that the officer accepts, with reasons.
    Accepted,
}

impl ImportKind {
    const WORDS: [(&'static str, Self); 3] = [("members", Self::Members), ("employers", Self::Employers), ("accepted", Self::Accepted)];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// Reads its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    }
}

/// A file and how it is to be read.
pub struct Import {
    /// What it is.
    pub kind: ImportKind,
    /// Its name on the sender's machine.
    pub file: String,
    /// `Column=meaning,…`; empty: by the names of the columns.
    pub mapping: String,
    /// The sheet of a workbook; empty: the first that fits.
    pub sheet: String,
    /// The unit of everybody, where the file has neither unit nor employer; may be empty.
    pub unit: String,
    /// The file.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl Import {
    /// The bytes that the store keeps.
    pub fn sealed_form(&self) -> Vec<u8> {
        let head = json!({ "kind": self.kind.word(), "file": self.file, "mapping": self.mapping, "sheet": self.sheet, "unit": self.unit });
        [head.to_string().as_bytes(), b"\n", &self.bytes].concat()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head: Value = serde_json::from_slice(&bytes[..end]).ok()?;
        let text = |name: &str| head.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            kind: ImportKind::parse(&text("kind")?)?,
            file: text("file")?,
            mapping: text("mapping")?,
            sheet: text("sheet")?,
            unit: text("unit")?,
            bytes: Zeroizing::new(bytes[end + 1..].to_vec()),
        })
    }

    /// Reads it into what was read before. `shown` is its name in faults.
    ///
    /// # Errors
    /// The mapping is none.
    pub fn read_into(&self, shown: &str, loaded: &mut Loaded) -> Result<(), String> {
        let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        match self.kind {
            ImportKind::Members => {
                let mapping = given(&self.mapping).map(|text| sheet::parse_mapping::<Field>(&text)).transpose()?.unwrap_or_default();
                let options = ReadOptions { file: shown.to_owned(), mapping, sheet: given(&self.sheet), unit: given(&self.unit) };
                let mut list = read_members_of(&self.bytes, &options);
                let all = &mut loaded.list;
                all.members.append(&mut list.members);
                all.refused.append(&mut list.refused);
                all.findings.append(&mut list.findings);
                all.notes.extend(list.notes.into_iter().map(|note| format!("{shown}: {note}")));
                all.rows.read += list.rows.read;
                all.rows.accepted += list.rows.accepted;
                all.rows.refused += list.rows.refused;
                all.rows.empty += list.rows.empty;
                all.columns.append(&mut list.columns);
                all.synthetic = all.synthetic.take().or(list.synthetic);
            }
            ImportKind::Employers => {
                let mapping =
                    given(&self.mapping).map(|text| sheet::parse_mapping::<EmployerField>(&text)).transpose()?.unwrap_or_default();
                let (employers, findings) =
                    Employers::read(shown, &mut Cursor::new(self.bytes.as_slice()), &mapping, given(&self.sheet).as_deref());
                loaded.employers = employers;
                loaded.file_findings.extend(findings);
            }
            ImportKind::Accepted => {
                let bytes = FileBytes::Read(self.bytes.to_vec());
                loaded.accepted.extend(Acceptance::read(shown, &bytes, &mut loaded.file_findings));
            }
        }
        Ok(())
    }
}

/// What the officer says of the roll besides its files: `roll` among the settings.
#[derive(Clone, Debug)]
pub struct RollSettings {
    /// The day on which people are entitled or not.
    pub day: Option<Date>,
    /// A unit with fewer people is counted together with another.
    pub minimum: u64,
    /// Units for which the law needs their own count, however small.
    pub own_count: BTreeSet<String>,
    /// Addresses where many members live: postcodes or lines of addresses of hostels and halls.
    pub shared_addresses: BTreeSet<String>,
}

const SETTING: &str = "roll";

impl RollSettings {
    /// What was said last.
    ///
    /// # Errors
    /// The store failed.
    pub async fn of(service: &Service) -> Result<Self, Problem> {
        let text = service.store.get_setting(SETTING).await?.unwrap_or_default();
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        let list = |name: &str| -> BTreeSet<String> {
            value.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Ok(Self {
            day: value.get("day").and_then(Value::as_str).and_then(|day| parse_date(day).ok()),
            minimum: value.get("minimum").and_then(Value::as_u64).unwrap_or(MINIMUM),
            own_count: list("own_count"),
            shared_addresses: list("shared_addresses"),
        })
    }

    /// From a form's texts; all that is wrong.
    ///
    /// # Errors
    /// A sentence for each fault.
    pub fn read(day: &str, minimum: &str, own_count: &str, shared_addresses: &str) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let day = parse_date(day.trim()).map_err(|why| faults.push(format!("Day of the roll: {why}"))).ok();
        let minimum = minimum.trim().parse().ok().filter(|minimum| (5..=10_000).contains(minimum));
        if minimum.is_none() {
            faults.push("Fewest counted together: a number from 5 on; 20 is usual.".to_owned());
        }
        let lines =
            |text: &str| -> Vec<String> { text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect() };
        match (day, minimum) {
            (Some(day), Some(minimum)) => Ok(Self {
                day: Some(day),
                minimum,
                own_count: lines(own_count).iter().map(|name| unit_id(name)).collect(),
                shared_addresses: lines(shared_addresses).iter().map(|line| shared_address(line)).collect(),
            }),
            _ => Err(faults),
        }
    }

    /// Keeps it.
    ///
    /// # Errors
    /// The store failed.
    pub async fn keep(&self, service: &Service, mut entry: Entry) -> Result<(), Problem> {
        let day = self.day.map(|day| day.to_string());
        let value = json!({ "day": day, "minimum": self.minimum, "own_count": self.own_count, "shared_addresses": self.shared_addresses });
        entry.detail = json!({ "day": day, "minimum": self.minimum, "own_count": self.own_count }).to_string();
        Ok(service.store.put_setting(SETTING, &value.to_string(), entry).await?)
    }
}

/// The imports, read.
pub struct Loaded {
    /// Their numbers.
    pub numbers: Vec<u64>,
    /// All people of all members files.
    pub list: MemberList,
    /// Of the last employers file; empty if there is none.
    pub employers: Employers,
    /// Faults that were accepted.
    pub accepted: Vec<Acceptance>,
    /// Faults of the employers file and of the lines that accept others.
    pub file_findings: Vec<Finding>,
    /// As it was said when this was read.
    pub settings: RollSettings,
}

impl Loaded {
    /// Nothing yet.
    pub fn empty(settings: RollSettings) -> Self {
        Self {
            numbers: Vec::new(),
            list: MemberList::default(),
            employers: Employers::default(),
            accepted: Vec::new(),
            file_findings: Vec::new(),
            settings,
        }
    }

    /// Every fault once: those of all rows seen together, and those of the other files.
    pub fn findings(&self) -> Vec<Finding> {
        let against = Against {
            employers: &self.employers,
            on: self.settings.day,
            shared_addresses: &self.settings.shared_addresses,
            many: MANY_AT_ONE_ADDRESS,
        };
        let mut all = self.file_findings.clone();
        all.extend(examine(&self.list, against));
        all
    }

    /// Units as counted, before small ones are merged.
    pub fn units(&self) -> Vec<UnitCount> {
        count_units(&self.list, &self.employers, self.settings.day)
    }

    /// Units as they will be counted.
    pub fn plan(&self) -> Vec<PlanUnit> {
        let mut plan = merge_plan(&self.units(), self.settings.minimum, &self.settings.own_count);
        for unit in &mut plan {
            // On the command line that is an option; here it is a field.
            let option = format!("say --own-count {}", unit.id);
            unit.warning =
                unit.warning.take().map(|warning| warning.replace(&option, "name it among the units that the law counts by themselves"));
        }
        plan
    }

    /// Freezes: everybody is in or out with a reason.
    ///
    /// # Errors
    /// The faults that stop it, or that no day was said.
    pub fn freeze(&self) -> Result<Frozen, NotFrozen> {
        let Some(day) = self.settings.day else { return Err(NotFrozen { stopping: Vec::new() }) };
        let stopping: Vec<Finding> = self.file_findings.iter().filter(|finding| finding.stops()).cloned().collect();
        if !stopping.is_empty() {
            return Err(NotFrozen { stopping });
        }
        let mut merged = BTreeMap::new();
        for unit in self.plan() {
            merged.extend(unit.parts.iter().map(|(part, _)| (part.clone(), unit.id.clone())));
        }
        freeze(&self.list, &self.findings(), &self.accepted, &self.employers, day, &merged)
    }
}

/// How an import is called in faults.
pub(super) fn shown(import: &RollImport) -> String {
    format!("import {} ({})", import.number, import.label.split_once(": ").map_or(import.label.as_str(), |(_, file)| file))
}

/// Reads all imports that are part of the roll: loaded ones before the freeze, the frozen ones after it.
///
/// # Errors
/// The store failed, or an import is erased.
pub(super) async fn load(service: &Service) -> Result<Loaded, Problem> {
    let settings = RollSettings::of(service).await?;
    let mut files = Vec::new();
    for import in service.store.list_roll_imports().await? {
        if matches!(import.state, ImportState::Loaded | ImportState::Frozen) && !is_change(&import) {
            let bytes = service.store.get_roll_import(import.number).await?;
            files.push((import, bytes));
        }
    }
    blocking(move || {
        let mut loaded = Loaded::empty(settings);
        for (import, bytes) in files {
            let read = Import::read(&bytes).ok_or_else(|| Problem::ours(&format!("import {} has no head", import.number)))?;
            read.read_into(&shown(&import), &mut loaded).map_err(|why| Problem::ours(&why))?;
            loaded.numbers.push(import.number);
        }
        Ok(loaded)
    })
    .await
}

/// Does what takes long on a thread of its own.
///
/// # Errors
/// What the work answers.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::ours(&error))?
}

/// Units of the frozen roll: `roll/units` among the settings, without anything about a person. The plan takes them from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenUnit {
    /// Id in plans and files.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Names of the units counted together here.
    pub merged: Vec<String>,
    /// How many are entitled.
    pub entitled: u64,
    /// The law needs its own count, however small it is.
    pub small_allowed: bool,
    /// Most are normally engaged in important public services, as the employers file says.
    pub important_public_service: bool,
    /// Names of its employers.
    pub employers: Vec<String>,
    /// What the officer is to know.
    pub warning: Option<String>,
}

const UNITS: &str = "roll/units";

impl FrozenUnit {
    /// Of the plan of a roll.
    pub fn of(loaded: &Loaded, frozen: &Frozen) -> Vec<Self> {
        let counted = loaded.units();
        let entitled = frozen.roll.units();
        let plan = loaded.plan().into_iter().filter(|unit| entitled.contains_key(unit.id.as_str()));
        plan.map(|unit| {
            let parts: Vec<&UnitCount> = counted.iter().filter(|count| unit.parts.iter().any(|(id, _)| *id == count.id)).collect();
            let employers: BTreeSet<String> = parts.iter().flat_map(|count| count.employers.iter().cloned()).collect();
            Self {
                merged: unit.parts.iter().map(|(_, name)| name.clone()).collect(),
                entitled: entitled.get(unit.id.as_str()).copied().unwrap_or(0),
                small_allowed: unit.small_allowed || unit.warning.is_some(),
                important_public_service: !parts.is_empty() && parts.iter().all(|count| count.important_public_service == Some(true)),
                employers: employers.into_iter().filter(|name| !name.is_empty()).collect(),
                warning: unit.warning,
                id: unit.id,
                name: unit.name,
            }
        })
        .collect()
    }

    /// Keeps them.
    ///
    /// # Errors
    /// The store failed.
    pub async fn keep(units: &[Self], service: &Service, entry: Entry) -> Result<(), Problem> {
        let (key, value) = Self::setting(units);
        Ok(service.store.put_setting(&key, &value, entry).await?)
    }

    /// Key and value of the setting.
    pub(super) fn setting(units: &[Self]) -> (String, String) {
        let list: Vec<Value> = units
            .iter()
            .map(|unit| {
                json!({ "id": unit.id, "name": unit.name, "merged": unit.merged, "entitled": unit.entitled,
                    "small_allowed": unit.small_allowed, "important_public_service": unit.important_public_service,
                    "employers": unit.employers, "warning": unit.warning })
            })
            .collect();
        (UNITS.to_owned(), json!(list).to_string())
    }

    /// Those of the frozen roll; none before.
    ///
    /// # Errors
    /// The store failed.
    pub async fn all(service: &Service) -> Result<Vec<Self>, Problem> {
        let text = service.store.get_setting(UNITS).await?.unwrap_or_default();
        let list: Vec<Value> = serde_json::from_str(&text).unwrap_or_default();
        Ok(list.iter().filter_map(Self::read).collect())
    }

    fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        let list = |name: &str| -> Option<Vec<String>> {
            Some(value.get(name)?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        };
        let flag = |name: &str| value.get(name).and_then(Value::as_bool);
        Some(Self {
            id: text("id")?,
            name: text("name")?,
            merged: list("merged")?,
            entitled: value.get("entitled")?.as_u64()?,
            small_allowed: flag("small_allowed")?,
            important_public_service: flag("important_public_service")?,
            employers: list("employers")?,
            warning: text("warning"),
        })
    }
}
