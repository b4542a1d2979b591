//! `whitley guide`: guides held against the clauses they rest on; and what an agreement says for one employer on a day.

use clap::{Args, Subcommand};
use dated::{Date, long_date};
use dispute::Dispute;
use dispute::talks::{Clash, GuideCheck, Ruling, Voice, check_guides, rulings, same_employer};
use report::said;
use serde_json::{Value as Json, json};

use super::{cited, parse_day, refuse_question};
use crate::answer::{self, Outcome};
use crate::disk::{self, Opened};

/// The verbs of `whitley guide`.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Statements that do not fit together, or do not fit the clause they rest on, with both places
    Check(Check),
    /// What holds on a topic for one employer on a day, with the clause that says so
    Ask(Ask),
}

impl Verb {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        match self {
            Self::Check(command) => command.run(as_json),
            Self::Ask(command) => command.run(as_json),
        }
    }
}

/// Arguments of `whitley guide check`.
#[derive(Args)]
pub(crate) struct Check {
    /// The dispute folder
    dispute: String,
}

/// Arguments of `whitley guide ask`.
#[derive(Args)]
pub(crate) struct Ask {
    /// The dispute folder
    dispute: String,
    /// The topic, as an agreement of the folder names it
    #[arg(long)]
    topic: String,
    /// The employer; without it, the national clause
    #[arg(long)]
    employer: Option<String>,
    /// The nation, where clauses differ by it
    #[arg(long)]
    nation: Option<String>,
    /// The group of staff, where clauses differ by it
    #[arg(long)]
    group: Option<String>,
    /// On this day, as in 2014-06-01
    #[arg(long, value_parser = parse_day)]
    on: Date,
}

impl Check {
    /// Exit code 1 when two places clash, 2 when something could not be checked.
    fn run(self, as_json: bool) -> Outcome {
        let Opened { dispute, .. } = match disk::open(&self.dispute, as_json) {
            Ok(opened) => opened,
            Err(outcome) => return outcome,
        };
        let found = check_guides(&dispute.talks.agreements, &dispute.talks.guides);
        if as_json {
            answer::print_json(&json!({
                "dispute": dispute.id,
                "clashes": found.clashes.iter().map(|clash| clash_json(clash, &dispute)).collect::<Vec<_>>(),
                "not_checked": found.not_checked.iter().map(|left| said::not_checked(left)).collect::<Vec<_>>(),
                "statements": found.statements,
                "clauses": found.clauses,
            }));
        } else {
            answer::print(&check_text(&found, &dispute));
        }
        match (found.clashes.is_empty(), found.not_checked.is_empty()) {
            (false, _) => Outcome::No,
            (true, false) => Outcome::CouldNotCheck,
            (true, true) => Outcome::Yes,
        }
    }
}

fn question<'d>(dispute: &'d Dispute, topic: &'d str) -> &'d str {
    dispute.talks.topic(topic).map_or(topic, |topic| topic.question.as_str())
}

fn check_text(found: &GuideCheck<'_>, dispute: &Dispute) -> String {
    let mut text = format!("{}\n", dispute.title);
    for clash in &found.clashes {
        let what = said::clash_words(clash);
        text.push_str(&format!("\n{what} [{}]: {}\n", clash.topic, question(dispute, clash.topic)));
        for voice in [clash.one, clash.other] {
            text.push_str(&format!("  {}: {}\n      {} ({})\n", voice.says().words(), voice.text(), voice.cited(), voice.place()));
        }
    }
    for left in &found.not_checked {
        text.push_str(&format!("\nNot checked: {}\n", said::not_checked(left)));
    }
    let count = |number: usize, one: &str, more: &str| format!("{number} {}", if number == 1 { one } else { more });
    text.push_str(&format!(
        "\n{} and {}: {}, {} not checked\n",
        count(found.statements, "statement", "statements"),
        count(found.clauses, "clause", "clauses"),
        count(found.clashes.len(), "clash", "clashes"),
        found.not_checked.len()
    ));
    text
}

fn clash_json(clash: &Clash<'_>, dispute: &Dispute) -> Json {
    let voice = |voice: Voice<'_>| {
        json!({
            "says": voice.says().word(), "text": voice.text(), "cited": voice.cited(),
            "file": &*voice.place().file, "line": voice.place().line,
        })
    };
    json!({
        "topic": clash.topic,
        "question": question(dispute, clash.topic),
        "kind": clash.kind.word(),
        "places": [voice(clash.one), voice(clash.other)],
    })
}

impl Ask {
    /// Exit code 2 when no clause answers, or several do and not alike.
    fn run(self, as_json: bool) -> Outcome {
        let Opened { dispute, .. } = match disk::open(&self.dispute, as_json) {
            Ok(opened) => opened,
            Err(outcome) => return outcome,
        };
        let talks = &dispute.talks;
        let refuse = |what: &str, name: &str, known: Vec<&str>| {
            let fix = if known.is_empty() { "this dispute has none".to_owned() } else { format!("known: {}", known.join(", ")) };
            Err(refuse_question(format!("there is no {what} “{name}”"), fix, as_json))
        };
        let checks = [
            if talks.topic(&self.topic).is_some() {
                Ok(())
            } else {
                refuse("topic", &self.topic, talks.topics().map(|topic| topic.id.as_str()).collect())
            },
            match &self.nation {
                Some(nation) if dispute.nations.iter().all(|known| known.name != *nation) => {
                    refuse("nation", nation, dispute.nations.iter().map(|nation| nation.name.as_str()).collect())
                }
                _ => Ok(()),
            },
            match &self.group {
                Some(group) if dispute.groups.iter().all(|known| known.id != *group) => {
                    refuse("group", group, dispute.groups.iter().map(|group| group.id.as_str()).collect())
                }
                _ => Ok(()),
            },
        ];
        if let Some(outcome) = checks.into_iter().find_map(Result::err) {
            return outcome;
        }
        let found =
            rulings(&talks.agreements, &self.topic, self.employer.as_deref(), self.nation.as_deref(), self.group.as_deref(), self.on);
        let says = found.first().map(Ruling::says).filter(|says| found.iter().all(|ruling| ruling.says() == *says));
        let is_known = |employer: &String| {
            talks
                .agreements
                .iter()
                .flat_map(|agreement| &agreement.variations)
                .any(|variation| same_employer(&variation.employer, employer))
        };
        let no_local = self.employer.as_ref().filter(|employer| !is_known(employer));
        if as_json {
            answer::print_json(&json!({
                "dispute": dispute.id,
                "topic": self.topic,
                "question": question(&dispute, &self.topic),
                "employer": self.employer,
                "employer_has_local_terms_here": self.employer.is_some() && no_local.is_none(),
                "on": self.on.to_string(),
                "answer": says.map(|says| says.word()),
                "clauses": found.iter().map(ruling_json).collect::<Vec<_>>(),
            }));
        } else {
            answer::print(&self.text(&found, says.map(|says| says.words()), no_local, &dispute));
        }
        if says.is_some() { Outcome::Yes } else { Outcome::CouldNotCheck }
    }

    fn text(&self, found: &[Ruling<'_>], says: Option<&str>, no_local: Option<&String>, dispute: &Dispute) -> String {
        let whom = self.employer.as_ref().map_or_else(|| "Nationally".to_owned(), |employer| format!("At {employer}"));
        let mut text = format!("{}\n{whom}, on {}: ", question(dispute, &self.topic), long_date(self.on));
        text.push_str(match (says, found.is_empty()) {
            (Some(says), _) => says,
            (None, true) => "cannot tell: no clause in force answers it",
            (None, false) => "cannot tell: the clauses in force do not agree; name the nation or the group with --nation, --group",
        });
        text.push('\n');
        for ruling in found {
            let (source, status, place) =
                ruling.variation.map_or((&ruling.clause.source, ruling.clause.status, &ruling.clause.place), |variation| {
                    (&variation.source, variation.status, &variation.place)
                });
            text.push_str(&format!("  {}: {} {}\n", ruling.says().words(), ruling.text(), cited(source, status)));
            match ruling.variation {
                Some(variation) => text.push_str(&format!(
                    "      local terms of {} from {}, in place of {} ({place})\n",
                    variation.employer,
                    long_date(variation.from),
                    ruling.agreement.cite_clause(ruling.clause)
                )),
                None => {
                    let reach: Vec<&str> =
                        ruling.clause.nations.iter().chain(&ruling.clause.groups).map(|(name, _)| name.as_str()).collect();
                    let reach = if reach.is_empty() { String::new() } else { format!(", for {}", reach.join(", ")) };
                    text.push_str(&format!(
                        "      {} from {}{reach} ({place})\n",
                        ruling.agreement.cite_clause(ruling.clause),
                        long_date(ruling.clause.from)
                    ));
                }
            }
        }
        if let Some(employer) = no_local {
            text.push_str(&format!("  No local terms of {employer} are in this folder; if it has any, this answer may be wrong.\n"));
        }
        text
    }
}

fn ruling_json(ruling: &Ruling<'_>) -> Json {
    json!({
        "clause": format!("{}/{}", ruling.agreement.id, ruling.clause.id),
        "cited": ruling.agreement.cite_clause(ruling.clause),
        "says": ruling.says().word(),
        "text": ruling.text(),
        "from": ruling.variation.map_or(ruling.clause.from, |variation| variation.from).to_string(),
        "local": ruling.variation.map(|variation| json!({ "employer": variation.employer, "file": &*variation.place.file, "line": variation.place.line })),
        "national": { "says": ruling.clause.says.word(), "text": ruling.clause.text, "from": ruling.clause.from.to_string() },
        "source": ruling.variation.map_or(&ruling.clause.source, |variation| &variation.source),
        "status": ruling.variation.map_or(ruling.clause.status, |variation| variation.status).word(),
    })
}
