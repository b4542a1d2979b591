//! `whitley law rules`: which rules applied on a day, with their sources; and the important public services.

use clap::Args;
use dated::Faults;
use law::{Jurisdiction, Key, Length, Rule, Rulebook, Value as RuleValue, weekday_date};
use serde_json::{Value, json};

use super::{Cited, closing, option_date, option_jurisdiction, with_closing};
use crate::answer::{Outcome, Table, print, print_json, refuse};

#[derive(Args)]
pub(crate) struct ListArguments {
    /// Rules that applied to an event on that day; all periods if not given
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
    /// GB or NI
    #[arg(long, default_value = "GB", value_name = "GB|NI")]
    jurisdiction: String,
}

pub(crate) fn run(arguments: &ListArguments, book: &Rulebook, as_json: bool) -> Outcome {
    let faults = Faults::new();
    let day = option_date("--on", arguments.on.as_deref(), &faults);
    let jurisdiction = option_jurisdiction(&arguments.jurisdiction, &faults);
    if faults.error_count() > 0 {
        return refuse(&faults.into_sorted(), as_json);
    }
    let chosen: Vec<&Rule> = match day {
        None => book.rules().filter(|rule| rule.jurisdiction == jurisdiction).collect(),
        Some(day) => {
            let mut keys: Vec<_> = book.rules().map(|rule| rule.key).collect();
            keys.sort_unstable();
            keys.dedup();
            let found = keys.into_iter().filter_map(|key| book.on(key, jurisdiction, day).ok());
            found.flat_map(|ruling| std::iter::once(ruling.rule).chain(ruling.pending)).collect()
        }
    };
    // The list mattered to ballots of Great Britain only; it stands beside the support test.
    let services = if jurisdiction == Jurisdiction::GreatBritain { book.important_services() } else { &[] };
    if as_json {
        let mut cited = Cited::default();
        cited.extend(chosen.iter().copied());
        let rules: Vec<Value> = chosen.iter().map(|rule| rule_json(rule)).collect();
        let services: Vec<Value> = services
            .iter()
            .map(|service| {
                json!({"sector": service.sector, "services": service.services, "excluded": service.excluded,
                    "source": service.source, "status": service.status.word()})
            })
            .collect();
        print_json(&with_closing(json!({ "rules": rules, "important_public_services": services }), book, &cited));
    } else {
        let mut table = Table::new(&["Rule", "From", "Until", "By the day", "Says", "Status"]);
        for rule in &chosen {
            let date = |day: Option<dated::Date>, none: &str| day.map_or_else(|| none.to_owned(), weekday_date);
            let from = date(rule.from, "when switched on");
            table.row([
                rule.id.clone(),
                from,
                date(rule.until, ""),
                rule.test_date.word().to_owned(),
                says(rule),
                rule.status.word().to_owned(),
            ]);
        }
        let mut text = table.text();
        let support = book.rules().find(|rule| rule.key == Key::SupportPercent && rule.number() > 0 && rule.jurisdiction == jurisdiction);
        if let (Some(rule), false) = (support, services.is_empty()) {
            let from = rule.from.map_or_else(String::new, weekday_date);
            let until = rule.until.map_or_else(|| "now".to_owned(), weekday_date);
            text.push_str(&format!("\nImportant public services ({}, ballots opened from {from} until {until}):\n", rule.id));
        }
        for service in services {
            let list = if service.services.is_empty() { "none: no regulations were made".to_owned() } else { service.services.join("; ") };
            text.push_str(&format!("  {}: {list}\n", service.sector));
            if !service.excluded.is_empty() {
                text.push_str(&format!("    not: {}\n", service.excluded.join("; ")));
            }
            text.push_str(&format!("    {} ({})\n", service.source, service.status.word()));
        }
        text.push_str("\nSources\n");
        for rule in &chosen {
            text.push_str(&format!("  {}: {}\n", rule.id, rule.cite()));
        }
        text.push_str(&closing(book));
        print(&text);
    }
    Outcome::Yes
}

fn rule_json(rule: &Rule) -> Value {
    json!({
        "rule": rule.id, "key": rule.key.name(), "jurisdiction": rule.jurisdiction.short(), "test_date": rule.test_date.word(),
        "from": rule.from.map(|day| day.to_string()), "until": rule.until.map(|day| day.to_string()), "says": says(rule),
        "text": rule.text, "source": rule.source, "status": rule.status.word(), "checked_on": rule.checked_on.to_string(),
        "switch": rule.switch.as_ref().map(|switch| switch.name.clone()),
    })
}

/// The value in a few words.
fn says(rule: &Rule) -> String {
    let text = match &rule.value {
        RuleValue::Text(text) => text.clone(),
        RuleValue::Texts(texts) if texts.is_empty() => "nothing".to_owned(),
        RuleValue::Texts(texts) => texts.join(", "),
        RuleValue::Number(number) => match rule.by_agreement.filter(|agreed| agreed != number) {
            Some(agreed) => format!("{number}, or {agreed} if agreed"),
            None => number.to_string(),
        },
        RuleValue::Base(base) => format!("more than half of {}", base.words()),
        RuleValue::Term(term) => {
            let agreed = term.agreed_up_to.map_or_else(String::new, |most| format!(", up to {} if agreed", most.words()));
            let kind = if term.kind == law::TermKind::Expires { "expires after" } else { "begin within" };
            format!("{kind} {}{agreed}", term.length.words())
        }
        RuleValue::Period(length) => Length::words(*length),
        RuleValue::Protection(Some(weeks)) => format!("{weeks} weeks"),
        RuleValue::Protection(None) => "as long as the action is protected".to_owned(),
        RuleValue::Flag(truth) => if *truth { "in force" } else { "not in force" }.to_owned(),
    };
    if text.chars().count() <= 90 { text } else { text.chars().take(87).chain("...".chars()).collect() }
}
