//! `whitley action call`: judges a call before it is made, and prints what goes into `action.toml`.

use clap::Args;
use dated::{Date, Place, Status, nearest_name, parse_date};
use dispute::{ActionKind, Call, Dispute, Hours, ShortType};
use law::{plus_days, weekday_date};
use serde_json::json;

use super::plan::outcome;
use super::{AskedOn, make_plan, open_all, question, show};
use crate::answer::{self, Outcome};
use crate::law::{Cited, with_closing};

/// Arguments of `whitley action call`.
#[derive(Args)]
pub(crate) struct CallArguments {
    /// The dispute folder
    dispute: String,
    /// The person or office that calls, as the voting paper names it
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// The union, by id; may be left out when only one has balloted
    #[arg(long, value_name = "ID")]
    union: Option<String>,
    /// The day of the call; the day of asking if not given
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    called_on: Option<Date>,
    /// strike, or short-of-strike
    #[arg(long, default_value = "strike", value_name = "KIND")]
    kind: String,
    /// A type of action short of a strike: overtime-ban, call-out-ban, work-to-rule, telephones-unanswered, no-cover, other
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// A day of action, or from..to; may be given several times
    #[arg(long = "day", value_name = "DAY[..DAY]")]
    days: Vec<String>,
    /// Without a break from that day, until --ends or for as long as the mandate lasts
    #[arg(long, value_name = "DAY", value_parser = parse_date, conflicts_with = "days")]
    begins: Option<Date>,
    /// The last day of action without a break
    #[arg(long, value_name = "DAY", value_parser = parse_date, requires = "begins")]
    ends: Option<Date>,
    /// From when to when on each day, as 07:00-11:00
    #[arg(long, value_name = "FROM-TO", conflicts_with = "begins")]
    hours: Option<String>,
    /// A unit, by id; every unit that won that question if none is given
    #[arg(long = "unit", value_name = "ID")]
    units: Vec<String>,
    #[command(flatten)]
    asked: AskedOn,
}

impl CallArguments {
    pub(super) fn run(self, as_json: bool) -> Result<Outcome, Outcome> {
        let book = self.asked.book(as_json)?;
        let (disputes, _) = open_all(&[&self.dispute], as_json)?;
        let call = self.call(&disputes[0], as_json)?;
        let first = call.dates.iter().copied().chain(call.continuous.map(|(from, _)| from)).min();
        let Some(first) = first else {
            return Err(question("no day is proposed", "add --day 2026-04-15, or --begins for action without a break", as_json));
        };
        let on = self.asked.on.or(self.called_on);
        let Some(on) = on else {
            return Err(question(
                "it is not said on which day you ask",
                "add --on with today's date: it decides which notice is still possible",
                as_json,
            ));
        };
        let mut facts = self.asked.facts(first);
        facts.on = on;
        facts.only_proposed = true;
        facts.proposed = vec![Call { called_on: Some(self.called_on.unwrap_or(on)), ..call }];
        if facts.proposed[0].called_on > Some(on) {
            return Err(question("--called-on is after --on", "ask as of the day of the call", as_json));
        }
        let plan = make_plan(&disputes, &book, &facts, as_json)?;
        let outcome = outcome(&plan);
        let mut cited = Cited::default();
        cited.extend(plan.rules());
        let entry = (outcome == Outcome::Yes).then(|| entry(&facts.proposed[0]));
        if as_json {
            let value = json!({
                "dispute": disputes[0].id,
                "on": on.to_string(),
                "lawful": match (plan.days.is_empty(), plan.refused.is_empty()) { (false, true) => "yes", (false, false) => "part", _ => "no" },
                "dates": plan.action_days().iter().map(show::day_json).collect::<Vec<_>>(),
                "refused": plan.refused.iter().map(show::refused_json).collect::<Vec<_>>(),
                "services": show::services_json(&plan),
                "entry": entry,
                "notes": plan.notes,
            });
            answer::print_json(&with_closing(value, &book, &cited));
            return Ok(outcome);
        }
        let mut text = format!("A call as of {}\n", weekday_date(on));
        if !plan.days.is_empty() {
            text.push_str(&format!("\nLawful as far as ballot, call, mandate and notice go\n{}", show::days_text(&plan)));
        }
        if !plan.refused.is_empty() {
            text.push_str(&format!("\nRefused\n{}", show::refused_text(&plan.refused)));
        }
        if !plan.services.is_empty() {
            text.push_str(&format!("\nServices hit\n{}", show::services_text(&plan)));
        }
        if !plan.notes.is_empty() {
            text.push_str("\nNotes\n");
            plan.notes.iter().for_each(|note| text.push_str(&format!("  {note}\n")));
        }
        text.push_str(&cited.text(&book));
        match entry {
            Some(entry) => text.push_str(&format!("Next: once it is made, add to action.toml, with its source:\n\n{entry}")),
            None => text.push_str("Next: change what was refused and ask again.\n"),
        }
        answer::print(&text);
        Ok(outcome)
    }

    /// The call that is proposed, its words checked all at once.
    fn call(&self, dispute: &Dispute, as_json: bool) -> Result<Call, Outcome> {
        let faults = dated::Faults::new();
        let place = |option: &str| Place::new(option, 1);
        let kind = ActionKind::from_word(&self.kind).unwrap_or_else(|| {
            faults.error("unknown-word", &place("--kind"), format!("“{}” is no kind of action", self.kind), "strike or short-of-strike");
            ActionKind::Strike
        });
        let types: Vec<ShortType> = self
            .types
            .iter()
            .filter_map(|word| {
                let found = ShortType::from_word(word);
                if found.is_none() {
                    let fix = "overtime-ban, call-out-ban, work-to-rule, telephones-unanswered, no-cover or other";
                    faults.error("unknown-word", &place("--type"), format!("“{word}” is no type of action"), fix);
                }
                found
            })
            .collect();
        if kind == ActionKind::Strike && !types.is_empty() {
            faults.error("types-of-a-strike", &place("--type"), "a strike has no types", "leave out --type, or add --kind short-of-strike");
        }
        let mut dates: Vec<Date> = self.days.iter().flat_map(|text| parse_days(text, &faults)).collect();
        dates.sort();
        dates.dedup();
        let hours = self.hours.as_deref().and_then(|text| {
            Hours::parse(text).map_err(|what| faults.error("not-hours", &place("--hours"), what, "write --hours 07:00-11:00")).ok()
        });
        if let (Some(begins), Some(ends)) = (self.begins, self.ends)
            && ends < begins
        {
            faults.error("ends-before-beginning", &place("--ends"), format!("{ends} is before {begins}"), "correct one of the two days");
        }
        let polls = || dispute.polls.iter().filter(|poll| poll.kind == dispute::PollKind::Statutory);
        let mut unions: Vec<&str> = polls().map(|poll| poll.union.0.as_str()).collect();
        unions.sort_unstable();
        unions.dedup();
        let who = match (&self.union, unions.as_slice()) {
            (Some(who), _) if unions.contains(&who.as_str()) => who.clone(),
            (Some(who), _) => {
                let fix = format!("one of {}", unions.join(", "));
                faults.error("unknown-party", &place("--union"), format!("“{who}” has held no statutory ballot in this dispute"), fix);
                String::new()
            }
            (None, [one]) => (*one).to_owned(),
            (None, []) => {
                faults.error(
                    "no-ballot",
                    &place(&self.dispute),
                    "this dispute has no statutory ballot",
                    "add polls/*.toml with its result",
                );
                String::new()
            }
            (None, several) => {
                let fix = format!("add --union, one of {}", several.join(", "));
                faults.error("which-union", &place("--union"), "several unions have balloted", fix);
                String::new()
            }
        };
        let known: Vec<&str> = polls().flat_map(|poll| &poll.units).map(|unit| unit.id.as_str()).collect();
        for unit in self.units.iter().filter(|unit| !known.contains(&unit.as_str())) {
            let fix = match nearest_name(unit, known.iter().copied()) {
                Some(near) => format!("did you mean “{near}”?"),
                None => format!("one of {}", known.join(", ")),
            };
            faults.error("unknown-unit", &place("--unit"), format!("“{unit}” is no unit of a poll"), fix);
        }
        let all = || polls().filter(|poll| poll.union.0 == who).flat_map(|poll| &poll.units).map(|unit| unit.id.clone());
        let mut units: Vec<String> = if self.units.is_empty() { all().collect() } else { self.units.clone() };
        units.sort();
        units.dedup();
        super::refuse_any(faults, as_json)?;
        Ok(Call {
            who: (who, place("--union")),
            called_by: self.by.clone(),
            called_on: None,
            kind,
            types,
            dates,
            continuous: self.begins.map(|from| (from, self.ends)),
            hours,
            units: units.into_iter().map(|unit| (unit, place("--unit"))).collect(),
            services: Vec::new(),
            text: "proposed".to_owned(),
            conditional_on: None,
            source: Vec::new(),
            status: Status::Synthetic,
            place: place("command line"),
        })
    }
}

/// `2026-04-15` or `2026-04-15..2026-04-17`; no more than a year of single days.
fn parse_days(text: &str, faults: &dated::Faults) -> Vec<Date> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let days = parse_date(from).and_then(|from| parse_date(to).map(|to| (from, to)));
    match days {
        Ok((from, to)) if from <= to && law::days_between(from, to) <= 366 => {
            std::iter::successors(Some(from), |day| Some(plus_days(*day, 1)).filter(|day| *day <= to)).collect()
        }
        Ok(_) => {
            let what = format!("“{text}” ends before it begins, or is longer than a year");
            faults.error("not-a-date", &Place::new("--day", 1), what, "write 2026-04-15..2026-04-17");
            Vec::new()
        }
        Err(what) => {
            faults.error("not-a-date", &Place::new("--day", 1), what, "write it year-month-day, as in 2026-04-15");
            Vec::new()
        }
    }
}

/// A text in quotes as TOML reads it back.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// What goes into `action.toml`.
fn entry(call: &Call) -> String {
    let list = |items: Vec<String>| format!("[{}]", items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", "));
    let mut text = format!("[[call]]\nwho = {}\nkind = {}\n", quoted(&call.who.0), quoted(call.kind.word()));
    if let Some(by) = &call.called_by {
        text.push_str(&format!("called_by = {}\n", quoted(by)));
    }
    if let Some(on) = call.called_on {
        text.push_str(&format!("called_on = {on}\n"));
    }
    if !call.types.is_empty() {
        text.push_str(&format!("types = {}\n", list(call.types.iter().map(|kind| kind.word().to_owned()).collect())));
    }
    match call.continuous {
        Some((from, until)) => {
            text.push_str(&format!("from = {from}\n"));
            text.push_str(&until.map_or_else(String::new, |until| format!("until = {until}\n")));
        }
        None => text.push_str(&format!("dates = {}\n", list(call.dates.iter().map(Date::to_string).collect()))),
    }
    if let Some(hours) = call.hours {
        text.push_str(&format!("hours = \"{}-{}\"\n", hours.from(), hours.until()));
    }
    text.push_str(&format!("units = {}\n", list(call.units.iter().map(|(unit, _)| unit.clone()).collect())));
    text.push_str("text = \"…\"\nsource = \"…\"\nstatus = \"published\"\n");
    text
}
