//! `whitley roll check`, and how a membership file with its employers is read for every other verb.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use clap::Args;
use dated::{Date, parse_date};
use dispute::roll::{
    Against, EmployerField, Employers, Field, Finding, KINDS, MANY_AT_ONE_ADDRESS, MINIMUM, MemberList, ReadOptions, count_units, examine,
    kind, merge_plan, read_members, shared_address,
};
use serde_json::{Value, json};

use super::{Done, Stop, read, read_text, write};
use crate::answer::{self, Outcome, Table};

/// How a membership file is laid out, and what it is held against.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "The files")]
pub(super) struct Layout {
    /// The employers: id, name, workplaces, unit, important_public_service, work_domains, address
    #[arg(long, value_name = "FILE")]
    pub(super) employers: Option<PathBuf>,
    /// What columns mean, as in "Employee site=workplace,Shoe size=ignore"
    #[arg(long)]
    pub(super) map: Option<String>,
    /// What columns of the employers file mean
    #[arg(long)]
    pub(super) employers_map: Option<String>,
    /// The sheet of a workbook
    #[arg(long)]
    pub(super) sheet: Option<String>,
    /// The unit of everybody, where the file has neither unit nor employer
    #[arg(long, value_name = "NAME")]
    pub(super) unit: Option<String>,
    /// Hostels, halls and the like: a postcode or a line of an address a line
    #[arg(long, value_name = "FILE")]
    pub(super) shared: Option<PathBuf>,
}

/// Arguments of `whitley roll check`.
#[derive(Args)]
pub(crate) struct Check {
    /// A CSV or XLSX file of members, one a row; or a roll folder
    members: PathBuf,
    #[command(flatten)]
    layout: Layout,
    /// The day on which people are entitled: who leaves before or joins after is not
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    on: Option<Date>,
    /// From so many members on an address is to be looked at
    #[arg(long, value_name = "N", default_value_t = MANY_AT_ONE_ADDRESS)]
    many: usize,
    /// Units with fewer people are proposed to be counted with others
    #[arg(long, value_name = "N", default_value_t = MINIMUM)]
    minimum: u64,
    /// How many faults of each kind are shown; --json and --out have all
    #[arg(long, value_name = "N", default_value_t = 5)]
    show: usize,
    /// How many rows to show as they were stored
    #[arg(long, value_name = "N", default_value_t = 5)]
    rows: usize,
    /// Writes all faults as CSV, with employer and unit, to be sent to branches
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A membership with what it is held against.
pub(super) struct Loaded {
    pub(super) list: MemberList,
    pub(super) employers: Employers,
    pub(super) employer_findings: Vec<Finding>,
    pub(super) shared: BTreeSet<String>,
}

impl Loaded {
    /// Reads the files that are named.
    pub(super) fn of(members: &Path, shown_as: &str, layout: &Layout) -> Result<Self, Stop> {
        let mapping = layout.map.as_deref().map(sheet::parse_mapping::<Field>).transpose().map_err(Stop::Input)?.unwrap_or_default();
        let employers_map = layout
            .employers_map
            .as_deref()
            .map(sheet::parse_mapping::<EmployerField>)
            .transpose()
            .map_err(Stop::Input)?
            .unwrap_or_default();
        let (employers, employer_findings) = match &layout.employers {
            Some(path) => Employers::read(&path.display().to_string(), &mut Cursor::new(read(path)?), &employers_map, None),
            None => (Employers::default(), Vec::new()),
        };
        let shared = match &layout.shared {
            Some(path) => read_text(path)?.lines().map(str::trim).filter(|line| !line.is_empty()).map(shared_address).collect(),
            None => BTreeSet::new(),
        };
        let not_there = || Stop::Input(format!("{}: there is no such file; `whitley roll make` makes an invented one", members.display()));
        match std::fs::metadata(members) {
            Ok(metadata) if metadata.is_file() => {}
            // A pipe cannot be read twice, and a device may have no end.
            Ok(_) => return Err(Stop::Input(format!("{} is not a file, nor a roll folder", members.display()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(not_there()),
            Err(error) => return Err(Stop::Ours(format!("{} cannot be read: {error}", members.display()))),
        }
        let file = File::open(members).map_err(|error| Stop::Ours(format!("{} cannot be read: {error}", members.display())))?;
        let options = ReadOptions { file: shown_as.to_owned(), mapping, sheet: layout.sheet.clone(), unit: layout.unit.clone() };
        let list = read_members(&mut BufReader::with_capacity(1 << 18, file), &options);
        Ok(Self { list, employers, employer_findings, shared })
    }

    /// All faults, those of the employers file first.
    pub(super) fn findings(&self, on: Option<Date>, many: usize) -> Vec<Finding> {
        let against = Against { employers: &self.employers, on, shared_addresses: &self.shared, many };
        self.employer_findings.iter().cloned().chain(examine(&self.list, against)).collect()
    }
}

impl Check {
    pub(super) fn run(self, as_json: bool) -> Done {
        let loaded = if super::folder::is_folder(&self.members) {
            super::folder::load(&self.members)?
        } else {
            Loaded::of(&self.members, &self.members.display().to_string(), &self.layout)?
        };
        let findings = loaded.findings(self.on, self.many);
        let units = count_units(&loaded.list, &loaded.employers, self.on);
        let plan = merge_plan(&units, self.minimum, &BTreeSet::new());
        if let Some(path) = &self.out {
            write(path, findings_csv(&findings).as_bytes(), false)?;
        }
        let stops = findings.iter().any(Finding::stops);
        let outcome = if stops { Outcome::BadInput } else { Outcome::Yes };
        if as_json {
            let units: Vec<Value> = units
                .iter()
                .map(|unit| {
                    json!({ "id": unit.id, "name": unit.name, "entitled": unit.entitled, "employers": unit.employers,
                        "important_public_service": unit.important_public_service, "small": unit.entitled < self.minimum })
                })
                .collect();
            let mut value = list_json(&loaded.list, self.rows);
            let object = value.as_object_mut().into_iter();
            object.for_each(|object| {
                object.insert("units".to_owned(), units.clone().into());
                object.insert("plan_units".to_owned(), plan.len().into());
                object.insert("fault_counts".to_owned(), json!(counts(&findings)));
                object.insert("faults".to_owned(), findings_json(&findings));
            });
            answer::print_json(&value);
            return Ok(outcome);
        }
        print_list(&loaded.list, &findings, self.show, self.rows);
        let small = units.iter().filter(|unit| unit.entitled < self.minimum).count();
        answer::print(&format!(
            "\n{} units, {} entitled{}\n",
            units.len(),
            pay::grouped(units.iter().map(|unit| unit.entitled).sum()),
            if small == 0 { String::new() } else { format!("; {small} with fewer than {}: see `whitley roll units`", self.minimum) }
        ));
        let file = self.members.display();
        if stops {
            answer::print(&format!("next: mend what stops the freeze, then  whitley roll check {file}\n"));
        } else {
            answer::print(&format!("next: whitley roll import {file} --to ROLL_FOLDER\n"));
        }
        Ok(outcome)
    }
}

/// What was read, and what is wrong with it, for people.
pub(super) fn print_list(list: &MemberList, findings: &[Finding], show: usize, rows: usize) {
    if let Some(label) = &list.synthetic {
        answer::print(&format!("SYNTHETIC: {label}\n\n"));
    }
    for note in &list.notes {
        complain!("{note}");
    }
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    let mut text = String::new();
    for finding in findings {
        let already = shown.entry(finding.fault.code).or_default();
        *already += 1;
        if *already <= show {
            let word = if finding.stops() { "stops the freeze" } else { "to be looked at" };
            text.push_str(&format!("{}: {word}: {}\n    fix: {}\n", finding.fault.place, finding.fault.what, finding.fault.fix));
        }
    }
    answer::print_to_err(&text);
    let counted = list.rows;
    answer::print(&format!(
        "{} rows read, {} accepted, {} refused\n",
        pay::grouped(counted.read),
        pay::grouped(counted.accepted),
        pay::grouped(counted.refused)
    ));
    if !findings.is_empty() {
        let mut table = Table::new(&[">faults", "kind", "", "what"]);
        for (code, count) in counts(findings) {
            let words = kind(code).map_or("", |kind| kind.words);
            let stops = if kind(code).is_none_or(|kind| kind.stops) { "stops the freeze" } else { "to be looked at" };
            table.row([pay::grouped(count), code.to_owned(), stops.to_owned(), words.to_owned()]);
        }
        answer::print("\n");
        answer::print(&table.text());
    }
    if rows > 0 && !list.members.is_empty() {
        let mut table = Table::new(&["number", "name", "address", "postcode", "employer", "workplace", "unit", "status"]);
        for member in list.members.iter().take(rows) {
            table.row([
                member.number().to_owned(),
                member.name().to_owned(),
                member.address().collect::<Vec<_>>().join(", "),
                member.postcode().to_owned(),
                member.employer().to_owned(),
                member.workplace().to_owned(),
                member.unit().to_owned(),
                member.standing.word().to_owned(),
            ]);
        }
        answer::print("\nThe first rows as stored:\n");
        answer::print(&table.text());
    }
}

/// Faults by kind: those that stop first, in the order of the specification.
pub(super) fn counts(findings: &[Finding]) -> Vec<(&'static str, u64)> {
    let mut counts: BTreeMap<(bool, usize, &'static str), u64> = BTreeMap::new();
    for finding in findings {
        let code = finding.fault.code;
        let at = KINDS.iter().position(|kind| kind.code == code);
        *counts.entry((!finding.stops(), at.map_or(0, |at| at + 1), code)).or_default() += 1;
    }
    counts.into_iter().map(|((_, _, code), count)| (code, count)).collect()
}

pub(super) fn list_json(list: &MemberList, rows: usize) -> Value {
    let first: Vec<Value> = list
        .members
        .iter()
        .take(rows)
        .map(|member| {
            json!({
                "line": member.place.line, "member": member.number(), "name": member.name(), "address": member.address().collect::<Vec<_>>(),
                "postcode": member.postcode(), "email": member.email(), "phone": member.phone(), "employer": member.employer(),
                "workplace": member.workplace(), "unit": member.unit(), "grade": member.grade(), "status": member.standing.word(),
            })
        })
        .collect();
    json!({
        "synthetic": list.synthetic,
        "rows": { "read": list.rows.read, "accepted": list.rows.accepted, "refused": list.rows.refused, "empty": list.rows.empty },
        "columns": list.columns.iter().map(|column| json!({ "header": column.header, "read_as": column.meaning.map(Field::name) })).collect::<Vec<_>>(),
        "notes": list.notes,
        "first_rows": first,
    })
}

/// `faults[]{file,line,what,fix,code,severity}` with column, rows and membership numbers added.
pub(super) fn findings_json(findings: &[Finding]) -> Value {
    findings
        .iter()
        .map(|finding| {
            let fault = &finding.fault;
            json!({
                "file": &*fault.place.file, "line": fault.place.line, "what": fault.what, "fix": fault.fix, "code": fault.code,
                "severity": fault.severity.word(), "stops": finding.stops(), "column": finding.column, "lines": finding.lines,
                "members": finding.members,
            })
        })
        .collect()
}

fn findings_csv(findings: &[Finding]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(["file", "line", "column", "members", "kind", "stops", "what", "fix"]);
    for finding in findings {
        let fault = &finding.fault;
        let line = fault.place.line.to_string();
        let stops = if finding.stops() { "yes" } else { "no" };
        let _ = writer.write_record([
            &*fault.place.file,
            &line,
            finding.column.as_deref().unwrap_or_default(),
            &finding.members.join(" "),
            fault.code,
            stops,
            &fault.what,
            &fault.fix,
        ]);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
