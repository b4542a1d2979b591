//! `whitley roll units`: the balloting units and a plan that lets no small one show how its members voted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use dated::{Date, parse_date};
use dispute::roll::{MINIMUM, UnitCount, count_units, merge_plan, plan_lines};
use serde_json::json;

use super::{Done, Stop, folder, read_text, write};
use crate::answer::{self, Outcome, Table};

/// Arguments of `whitley roll units`.
#[derive(Args)]
pub(crate) struct Units {
    /// The roll folder
    folder: PathBuf,
    /// The day on which people are entitled
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    on: Option<Date>,
    /// Units with fewer people are counted with a neighbour
    #[arg(long, value_name = "N", default_value_t = MINIMUM, value_parser = clap::value_parser!(u64).range(5..))]
    minimum: u64,
    /// A unit that stays by itself because the law needs its own count; may be said several times
    #[arg(long, value_name = "ID")]
    own_count: Vec<String>,
    /// Writes the plan's [[unit]] lines, for `whitley roll freeze --plan` and `whitley vote setup`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Units {
    pub(super) fn run(self, as_json: bool) -> Done {
        let loaded = folder::load(&self.folder)?;
        let units = count_units(&loaded.list, &loaded.employers, self.on);
        if let Some(unknown) = self.own_count.iter().find(|id| !units.iter().any(|unit| unit.id == **id)) {
            let near = dated::nearest_name(unknown, units.iter().map(|unit| unit.id.as_str()));
            let near = near.map_or_else(|| "`whitley roll units` lists them".to_owned(), |near| format!("did you mean {near}?"));
            return Err(Stop::Input(format!("--own-count: there is no unit “{unknown}”; {near}")));
        }
        let own: BTreeSet<String> = self.own_count.into_iter().collect();
        let plan = merge_plan(&units, self.minimum, &own);
        if let Some(path) = &self.out {
            write(path, plan_lines(&plan).as_bytes(), false)?;
        }
        if as_json {
            let units: Vec<_> = plan
                .iter()
                .map(|unit| {
                    json!({ "id": unit.id, "name": unit.name, "entitled": unit.entitled, "small_allowed": unit.small_allowed, "warning": unit.warning,
                        "merged": unit.parts.iter().map(|(id, name)| json!({ "id": id, "name": name, "entitled": entitled(&units, id) })).collect::<Vec<_>>() })
                })
                .collect();
            answer::print_json(&json!({ "synthetic": loaded.list.synthetic, "minimum": self.minimum, "units": units }));
            return Ok(Outcome::Yes);
        }
        if let Some(label) = &loaded.list.synthetic {
            answer::print(&format!("SYNTHETIC: {label}\n\n"));
        }
        let mut table = Table::new(&["unit", ">entitled", "counted together"]);
        for unit in &plan {
            let parts: Vec<String> = unit.parts.iter().map(|(id, name)| format!("{name} ({})", entitled(&units, id))).collect();
            let parts = if parts.len() > 1 { parts.join(" with ") } else { String::new() };
            table.row([unit.id.clone(), pay::grouped(unit.entitled), parts]);
        }
        answer::print(&table.text());
        answer::print(&format!(
            "\nRule: a unit with fewer than {} is counted with the smallest other unit of the same employer that is alike in being an important\n\
             public service or not; smallest first, until none is small.\n",
            self.minimum
        ));
        plan.iter().filter_map(|unit| unit.warning.as_ref()).for_each(|warning| answer::print(&format!("WARNING: {warning}.\n")));
        answer::print(&match &self.out {
            Some(path) => format!("next: whitley roll freeze {} --on DAY --label TEXT --plan {}\n", self.folder.display(), path.display()),
            None => "next: the same with --out FILE, and read the plan before it is used\n".to_owned(),
        });
        Ok(Outcome::Yes)
    }
}

fn entitled(units: &[UnitCount], id: &str) -> u64 {
    units.iter().find(|unit| unit.id == id).map_or(0, |unit| unit.entitled)
}

/// Id and the names counted together of each unit of a plan file.
pub(super) fn read_plan(path: &Path) -> Result<Vec<(String, Vec<String>)>, Stop> {
    let wrong = |what: String| Stop::Input(format!("{}: {what}", path.display()));
    let plan: toml::Table = read_text(path)?.parse().map_err(|error: toml::de::Error| wrong(error.message().to_owned()))?;
    let units = plan.get("unit").and_then(toml::Value::as_array).ok_or_else(|| wrong("there is no [[unit]]".to_owned()))?;
    let read = |unit: &toml::Value| {
        let text = |key: &str| unit.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        let merged = unit.get("merged").and_then(toml::Value::as_array);
        let merged = merged.map(|list| list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect());
        Some((text("id")?, merged.or_else(|| Some(vec![text("name")?]))?))
    };
    units.iter().map(read).collect::<Option<Vec<_>>>().ok_or_else(|| wrong("a [[unit]] has no id or no name".to_owned()))
}
