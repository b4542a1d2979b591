//! The figures of the notice of ballot, from the roll: numbers by category of employee and by workplace, for each employer, and in
//! plain words how they were arrived at. TULRCA s.226A(2)(c), (2A), (2B), (2D). Spec R9.

use std::collections::BTreeMap;

use dated::{Date, long_date};
use pay::grouped;
use serde_json::{Value, json};

use super::employers::Employers;
use super::freeze::{Roll, RollHash};

/// What stands where the union does not know.
const NOT_RECORDED: &str = "not recorded by the union";

/// The figures for one employer in one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployerNotice {
    /// Id of the balloting unit.
    pub unit: String,
    /// Name of the employer.
    pub employer: String,
    /// Where the notice goes, a line each; empty where the employers file does not say.
    pub address: Vec<String>,
    /// Employees concerned by category (grade or job).
    pub categories: BTreeMap<String, u64>,
    /// The same by workplace.
    pub workplaces: BTreeMap<String, u64>,
    /// All of them.
    pub total: u64,
    /// How the figures were arrived at.
    pub explained: String,
}

impl EmployerNotice {
    /// As it stands in `figures.json`, from which `whitley notice ballot --figures` prints.
    pub fn json(&self) -> Value {
        let list = |list: &BTreeMap<String, u64>| -> Value {
            list.iter().map(|(name, number)| json!({ "name": name, "number": number })).collect()
        };
        json!({
            "unit": self.unit, "employer": self.employer, "address": self.address, "total": self.total,
            "categories": list(&self.categories), "workplaces": list(&self.workplaces), "explained": self.explained,
        })
    }

    /// Reads [`Self::json`] back. What is missing is empty: whether a notice has all that it needs is judged when it is printed.
    pub fn of_json(value: &Value) -> Self {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let list = |key: &str| value[key].as_array().into_iter().flatten();
        let counts = |key: &str| list(key).filter_map(|one| Some((one["name"].as_str()?.to_owned(), one["number"].as_u64()?))).collect();
        Self {
            unit: text("unit"),
            employer: text("employer"),
            address: list("address").filter_map(Value::as_str).map(str::to_owned).collect(),
            categories: counts("categories"),
            workplaces: counts("workplaces"),
            total: value["total"].as_u64().unwrap_or_default(),
            explained: text("explained"),
        }
    }
}

impl Notices {
    /// `figures.json`. `label` is the name of the freeze, where it has one.
    pub fn figures(&self, label: &Value) -> Value {
        json!({
            "whitley_figures": 1,
            "roll": self.hash.to_string(),
            "label": label,
            "synthetic": self.synthetic,
            "employers": self.employers.iter().map(EmployerNotice::json).collect::<Vec<_>>(),
        })
    }
}

/// All notices of a ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notices {
    /// By unit, then employer.
    pub employers: Vec<EmployerNotice>,
    /// The roll they were counted from.
    pub hash: RollHash,
    /// What invented people were made from, where they are invented.
    pub synthetic: Option<String>,
}

impl Notices {
    /// Counts a roll. `out` says for each employer (as the members file names it) and reason how many are not on it.
    pub fn of(roll: &Roll, on: Date, out: &BTreeMap<(String, String), u64>, employers: &Employers) -> Self {
        let mut counted: BTreeMap<(String, String), EmployerNotice> = BTreeMap::new();
        let named = |text: String| if text.is_empty() { NOT_RECORDED.to_owned() } else { text };
        let columns = ["employer", "workplace", "grade"]
            .map(|name| super::freeze::ROLL_COLUMNS.iter().position(|column| *column == name).unwrap_or_default());
        for entry in &roll.entries {
            let mut cells = entry.cells();
            let [employer, workplace, grade] = columns.map(|at| std::mem::take(&mut cells[at]));
            let notice = counted.entry((entry.unit.to_string(), employer.clone())).or_insert_with(|| EmployerNotice {
                unit: entry.unit.to_string(),
                address: employers.find(&employer).map(|known| known.address.clone()).unwrap_or_default(),
                employer: named(employer),
                categories: BTreeMap::new(),
                workplaces: BTreeMap::new(),
                total: 0,
                explained: String::new(),
            });
            *notice.categories.entry(named(grade)).or_default() += 1;
            *notice.workplaces.entry(named(workplace)).or_default() += 1;
            notice.total += 1;
        }
        let mut left_out: BTreeMap<String, BTreeMap<&str, u64>> = BTreeMap::new();
        for ((employer, why), count) in out {
            let name = employers.find(employer).map_or(employer.as_str(), |known| known.name.as_str());
            *left_out.entry(name.to_owned()).or_default().entry(why.as_str()).or_default() += count;
        }
        let hash = roll.hash();
        let mut list: Vec<EmployerNotice> = counted.into_values().collect();
        for notice in &mut list {
            notice.explained = explained(notice, on, left_out.get(&notice.employer), hash);
        }
        Self { employers: list, hash, synthetic: roll.synthetic.clone() }
    }

    /// All employees concerned.
    pub fn total(&self) -> u64 {
        self.employers.iter().map(|notice| notice.total).sum()
    }
}

/// TULRCA s.226A(2)(c), (2D): how the total, the numbers by category and those by workplace were arrived at.
fn explained(notice: &EmployerNotice, on: Date, left_out: Option<&BTreeMap<&str, u64>>, hash: RollHash) -> String {
    let mut text = format!(
        "The figures were counted on {} from the union’s membership records: each member who is employed by you and entitled to vote in this \
         ballot was counted once, under the job and the workplace which the records show. They come to {}.",
        long_date(on),
        grouped(notice.total)
    );
    let mut parts: Vec<String> = Vec::new();
    for (why, count) in left_out.into_iter().flatten() {
        let what = match *why {
            "left" => "who left the union",
            "lapsed" => "whose membership lapsed",
            "retired" => "who retired",
            "suspended" => "who are suspended",
            "joined-later" => "who join after that day",
            "not-eligible" => "who are not asked to take part",
            _ => "whose record could not be used",
        };
        match parts.iter_mut().find(|part| part.ends_with(what)) {
            // Several kinds of faulty records are one thing to the employer.
            Some(part) => {
                let before: u64 = part.split(' ').next().and_then(|number| number.replace(',', "").parse().ok()).unwrap_or(0);
                *part = format!("{} {what}", grouped(before + count));
            }
            None => parts.push(format!("{} {what}", grouped(*count))),
        }
    }
    if !parts.is_empty() {
        text.push_str(&format!(" Not counted are people on the records for you: {}.", parts.join(", ")));
    }
    let unknown = |list: &BTreeMap<String, u64>| list.get(NOT_RECORDED).copied().unwrap_or(0);
    for (list, what) in [(&notice.categories, "job"), (&notice.workplaces, "workplace")] {
        if unknown(list) > 0 {
            text.push_str(&format!(" Of {} the records show no {what}; they are listed as {NOT_RECORDED}.", grouped(unknown(list))));
        }
    }
    text.push_str(
        " The records rest on what members and branches report; they were checked for duplicates, unknown workplaces and leavers before the count, \
         and are as accurate as is reasonably practicable.",
    );
    let hash = hash.to_string();
    text.push_str(&format!(" Fingerprint of the roll: {}.", &hash[..16]));
    text
}
