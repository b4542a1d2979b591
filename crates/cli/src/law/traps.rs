//! `whitley law traps`: checks of the facts of a ballot against what courts have punished.

use std::path::PathBuf;

use clap::Args;
use dated::Faults;
use law::{Effect, Rulebook, Trap, TrapReport, Traps, judge_traps, read_trap_facts};
use serde_json::{Value, json};

use super::timetable::could_not_check;
use super::{Cited, closing, read_file, with_closing};
use crate::answer::{Outcome, Table, print, print_json, refuse};

#[derive(Args)]
pub(crate) struct TrapsArguments {
    /// Facts of a ballot: dates, counts, categories, campaign text (keys: see --list)
    #[arg(value_name = "FACTS.toml", required_unless_present = "list")]
    facts: Option<PathBuf>,
    /// Every check with its case and the facts it asks for
    #[arg(long)]
    list: bool,
}

pub(crate) fn run(arguments: &TrapsArguments, book: &Rulebook, as_json: bool) -> Outcome {
    let traps = match Traps::built_in() {
        Ok(traps) => traps,
        Err(faults) => return refuse(&faults, as_json),
    };
    let Some(path) = arguments.facts.as_deref().filter(|_| !arguments.list) else {
        list(&traps, book, as_json);
        return Outcome::Yes;
    };
    let faults = Faults::new();
    let facts = match read_file(path) {
        Ok(bytes) => read_trap_facts(&path.to_string_lossy(), &bytes, &faults),
        Err(found) => return refuse(&found, as_json),
    };
    if faults.error_count() > 0 {
        return refuse(&faults.into_sorted(), as_json);
    }
    let report = match judge_traps(&traps, &facts, book) {
        Ok(report) => report,
        Err(not_covered) => return could_not_check(&not_covered, book, as_json),
    };
    if as_json {
        print_json(&with_closing(to_json(&report), book, &Cited::default()));
    } else {
        print(&to_text(&report, book));
    }
    if report.findings.iter().any(|finding| finding.effect == Effect::Sinks) { Outcome::No } else { Outcome::Yes }
}

fn trap_json(trap: &Trap) -> Value {
    json!({
        "trap": trap.id, "cases": trap.cases, "court": if trap.stopped { "stopped" } else { "allowed" }, "status": trap.status,
        "section": trap.section, "what": trap.what, "do": trap.remedy, "facts": trap.facts,
    })
}

fn list(traps: &Traps, book: &Rulebook, as_json: bool) {
    if as_json {
        let all: Vec<Value> = traps.iter().map(trap_json).collect();
        print_json(&with_closing(json!({ "traps": all }), book, &Cited::default()));
        return;
    }
    let mut text = String::new();
    for trap in traps.iter() {
        let court = if trap.stopped { "stopped" } else { "let go on" };
        text.push_str(&format!(
            "{}\n  {} ({court}; {}; {})\n  {}\n  Do: {}\n  Facts: {}\n\n",
            trap.id,
            trap.cases.join("; "),
            trap.section,
            trap.status,
            trap.what,
            trap.remedy,
            trap.facts.join(", ")
        ));
    }
    text.push_str(closing(book).trim_start());
    text.push_str("Next: write the facts you know as key = value and give the file to `whitley law traps FACTS.toml`.\n");
    print(&text);
}

fn to_json(report: &TrapReport<'_>) -> Value {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let mut value = trap_json(finding.trap);
            value["effect"] = json!(finding.effect.word());
            value["why"] = json!(finding.why);
            value
        })
        .collect();
    let ids = |traps: &[&Trap]| traps.iter().map(|trap| trap.id.clone()).collect::<Vec<_>>();
    json!({
        "findings": findings,
        "clear": ids(&report.clear),
        "other_law": ids(&report.other_law),
        "not_asked": report.not_asked.iter().map(|(trap, facts)| json!({"trap": trap.id, "facts": facts})).collect::<Vec<_>>(),
    })
}

fn to_text(report: &TrapReport<'_>, book: &Rulebook) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let effect = match finding.effect {
            Effect::Sinks => "SINKS",
            Effect::Danger => "DANGER",
            Effect::DoesNotSink => "does not sink",
        };
        text.push_str(&format!(
            "{effect}: {}\n  {}\n  {} ({}; {})\n  {}\n  Do: {}\n\n",
            finding.trap.id,
            finding.why,
            finding.trap.cases.join("; "),
            finding.trap.section,
            finding.trap.status,
            finding.trap.what,
            finding.trap.remedy
        ));
    }
    let ids = |traps: &[&Trap]| traps.iter().map(|trap| trap.id.as_str()).collect::<Vec<_>>().join(", ");
    if !report.clear.is_empty() {
        text.push_str(&format!("Nothing found: {}.\n", ids(&report.clear)));
    }
    if !report.other_law.is_empty() {
        text.push_str(&format!("Not a question under the law of these days: {}.\n", ids(&report.other_law)));
    }
    if !report.not_asked.is_empty() {
        text.push_str("\nNot checked, because these facts were not given:\n");
        let mut table = Table::new(&["Check", "Facts it asks for"]);
        for (trap, facts) in &report.not_asked {
            table.row([trap.id.clone(), facts.join(", ")]);
        }
        text.push_str(&table.text());
    }
    text.push_str(&closing(book));
    text
}
