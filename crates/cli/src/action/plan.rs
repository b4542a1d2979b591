//! `whitley action plan`.

use std::path::PathBuf;

use clap::Args;
use dated::{Date, Faults, parse_date};
use dispute::plan::{ComparableStrikes, LargestClaim, LargestMeasure, LargestVerdict, Plan, as_if_balloted, plan_ics};
use dispute::{Dispute, Library};
use law::{Rulebook, plus_days, weekday_date};
use serde_json::{Value, json};

use super::{AskedOn, make_plan, open_all, question, refuse_any, show, write_whole};
use crate::answer::{self, Outcome};
use crate::law::{Cited, read_file, with_closing};
use crate::pdf::{self, PlanDays};

/// Arguments of `whitley action plan`.
#[derive(Args)]
pub(crate) struct PlanArguments {
    /// The dispute folder
    dispute: String,
    /// The first day shown
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    from: Date,
    #[command(flatten)]
    asked: AskedOn,
    /// A further dispute whose mandates and days stand beside; may be given several times
    #[arg(long = "with", value_name = "DISPUTE")]
    with: Vec<String>,
    /// Judge it all as if the ballot had opened on that day; every other day keeps its distance from it
    #[arg(long, value_name = "DAY", value_parser = parse_date, conflicts_with_all = ["ics", "out", "pdf", "with"])]
    as_if_law_of: Option<Date>,
    /// Write the planned days as a calendar file
    #[arg(long, value_name = "FILE")]
    ics: Option<PathBuf>,
    /// Write the whole plan as PDF, for the union's own people: mandates, days, what is refused, services, costs
    #[arg(long, value_name = "FILE.pdf")]
    pdf: Option<PathBuf>,
    /// A folder of templates in place of the built-in ones (see `whitley print templates`)
    #[arg(long, value_name = "DIR", requires = "pdf")]
    templates: Option<PathBuf>,
    /// Write a public page: what is planned, where, when, which services; no figure of members
    #[arg(long, value_name = "PAGE.html")]
    out: Option<PathBuf>,
    /// Is it the largest for so many years? Held against --history
    #[arg(long, value_name = "YEARS", value_parser = clap::value_parser!(u16).range(1..=200))]
    largest_in: Option<u16>,
    /// A table of comparable strikes: began_on, what, members, days_lost, source, status
    #[arg(long, value_name = "FILE.csv", requires = "largest_in")]
    history: Option<PathBuf>,
    /// The days between which you answer for that table being complete, as 1994-01-01..2004-01-28
    #[arg(long, value_name = "DAY..DAY", requires = "history")]
    history_complete: Option<String>,
    /// By what it is the largest: members, or days-lost
    #[arg(long, default_value = "members", value_name = "WHAT", requires = "largest_in")]
    measure: String,
}

impl PlanArguments {
    pub(super) fn run(self, as_json: bool) -> Result<Outcome, Outcome> {
        self.asked.check(self.from, as_json)?;
        let book = self.asked.book(as_json)?;
        let names: Vec<&str> = std::iter::once(self.dispute.as_str()).chain(self.with.iter().map(String::as_str)).collect();
        let (mut disputes, library) = open_all(&names, as_json)?;
        let history = self.history(&library, as_json)?;
        let mut facts = self.asked.facts(self.from);
        let mut moved_by = 0;
        if let Some(opened_on) = self.as_if_law_of {
            let Some((moved, days)) = as_if_balloted(&disputes[0], opened_on) else {
                return Err(question("this dispute has no statutory ballot with a day", "leave out --as-if-law-of", as_json));
            };
            moved_by = days;
            disputes = vec![moved];
            let by = |day: Date| plus_days(day, days);
            facts.on = by(facts.on);
            facts.from = by(facts.from);
            facts.until = facts.until.map(by);
            facts.notice_received_on = facts.notice_received_on.map(by);
            facts.result_told_on = facts.result_told_on.map(by);
        }
        let plan = make_plan(&disputes, &book, &facts, as_json)?;
        let title = disputes.iter().map(|dispute| dispute.title.as_str()).collect::<Vec<_>>().join("; ");
        let mut written = Vec::new();
        for (path, what) in [(&self.ics, "calendar"), (&self.out, "page")] {
            let Some(path) = path else { continue };
            if plan.days.is_empty() {
                complain!("Nothing is planned that is lawful, so no {what} was written.");
                continue;
            }
            let text = if what == "calendar" {
                plan_ics(&plan, &title, &book, facts.on)
            } else {
                let all: Vec<&Dispute> = disputes.iter().collect();
                report::action_page(&all, &plan, &book, facts.on).map_err(|why| {
                    complain!("{why}");
                    Outcome::OurFailure
                })?
            };
            write_whole(path, &text)?;
            written.push(path.display().to_string());
        }
        if let Some(path) = &self.pdf {
            let days = PlanDays { on: facts.on, from: facts.from };
            pdf::plan(&plan, &title, days, book.not_legal_advice(), self.templates.as_deref(), path)?;
            written.push(path.display().to_string());
        }
        let largest = history.and_then(|(table, claim)| Some((claim(&plan)?, table)));
        let largest = largest.map(|(claim, table)| (table.judge(&claim), claim));
        let mut cited = Cited::default();
        cited.extend(plan.rules());
        let outcome = outcome(&plan);
        if as_json {
            let mut value = to_json(&plan, &disputes, &facts, largest.as_ref());
            value["days_moved"] = json!(moved_by);
            value["written"] = json!(written);
            answer::print_json(&with_closing(value, &book, &cited));
        } else {
            if moved_by != 0 {
                answer::print(&format!(
                    "As if the ballot had opened on {}: every day is moved by {moved_by} days. {} stands for {}.\n\n",
                    weekday_date(self.as_if_law_of.unwrap_or(facts.on)),
                    weekday_date(facts.from),
                    weekday_date(self.from)
                ));
            }
            answer::print(&to_text(&plan, &title, &facts, largest.as_ref(), &cited, &book));
            written.iter().for_each(|path| complain!("Written: {path}"));
        }
        Ok(outcome)
    }

    /// The table and how to make the claim of a plan.
    #[allow(clippy::type_complexity)]
    fn history(
        &self,
        library: &Library,
        as_json: bool,
    ) -> Result<Option<(ComparableStrikes, impl Fn(&Plan<'_>) -> Option<LargestClaim> + use<>)>, Outcome> {
        let Some(years) = self.largest_in else { return Ok(None) };
        let known = LargestMeasure::WORDS;
        let Some(measure) = known.iter().find(|(word, _)| *word == self.measure).map(|(_, measure)| *measure) else {
            return Err(question(format!("“{}” is no measure", self.measure), "members or days-lost", as_json));
        };
        let complete = match self.history_complete.as_deref() {
            None => None,
            Some(text) => {
                let days = text.split_once("..").and_then(|(from, until)| parse_date(from).ok().zip(parse_date(until).ok()));
                match days.filter(|(from, until)| from <= until) {
                    Some(days) => Some(days),
                    None => return Err(question(format!("“{text}” is no stretch of days"), "write it as 1994-01-01..2004-01-28", as_json)),
                }
            }
        };
        let table = match &self.history {
            None => ComparableStrikes::none(),
            Some(path) => {
                let faults = Faults::new();
                let bytes = read_file(path).map_err(|faults| answer::refuse(&faults, as_json))?;
                let table = ComparableStrikes::read_csv(&path.to_string_lossy(), &bytes, complete, &library.sources, &faults);
                refuse_any(faults, as_json)?;
                table
            }
        };
        let claim = move |plan: &Plan<'_>| {
            let units = &plan.costs.units;
            let began_on = plan.days.iter().filter(|day| day.call().kind == dispute::ActionKind::Strike).map(|day| day.date()).min()?;
            let size = units.iter().filter_map(|unit| {
                let members = unit.members.as_ref().map(|(members, _)| *members)?;
                Some(if measure == LargestMeasure::Members { members } else { members.saturating_mul(unit.strike_days) })
            });
            Some(LargestClaim { began_on, years, measure, size: size.fold(0, u64::saturating_add) })
        };
        Ok(Some((table, claim)))
    }
}

/// Yes: all that was called is lawful. No: some is not. Could not check: nothing was called, or a mandate is not known.
pub(super) fn outcome(plan: &Plan<'_>) -> Outcome {
    let unknown = |code: &str| matches!(code, "mandate-not-known" | "caller-not-known" | "no-day");
    let refused = plan.refused.iter().any(|refused| refused.reasons.iter().any(|reason| !unknown(reason.code)));
    match (refused, plan.refused.is_empty() && !plan.days.is_empty()) {
        (true, _) => Outcome::No,
        (false, true) => Outcome::Yes,
        (false, false) => Outcome::CouldNotCheck,
    }
}

fn to_json(
    plan: &Plan<'_>,
    disputes: &[Dispute],
    facts: &dispute::plan::PlanFacts,
    largest: Option<&(LargestVerdict, LargestClaim)>,
) -> Value {
    json!({
        "disputes": disputes.iter().map(|dispute| dispute.id.clone()).collect::<Vec<_>>(),
        "on": facts.on.to_string(),
        "from": facts.from.to_string(),
        "dates": plan.action_days().iter().map(show::day_json).collect::<Vec<_>>(),
        "refused": plan.refused.iter().map(show::refused_json).collect::<Vec<_>>(),
        "mandates": plan.mandates.iter().map(show::mandate_json).collect::<Vec<_>>(),
        "services": show::services_json(plan),
        "services_not_hit": plan.services_not_hit,
        "costs": show::costs_json(plan),
        "common": show::common_json(plan),
        "largest": largest.map(|(verdict, claim)| json!({
            "verdict": verdict.word(), "years": claim.years, "by": claim.measure.words(), "size": claim.size, "why": verdict.sentence(),
        })),
        "notes": plan.notes,
    })
}

fn to_text(
    plan: &Plan<'_>,
    title: &str,
    facts: &dispute::plan::PlanFacts,
    largest: Option<&(LargestVerdict, LargestClaim)>,
    cited: &Cited<'_>,
    book: &Rulebook,
) -> String {
    let mut text = format!("{title}\nAs of {}\n\nMandates\n", weekday_date(facts.on));
    text.push_str(&show::mandates_text(plan));
    text.push_str("  New days: those that a notice received on the day of asking would allow.\n");
    text.push_str(&format!("\nPlanned from {}\n", weekday_date(facts.from)));
    if plan.days.is_empty() {
        text.push_str("  Nothing lawful.\n");
    } else {
        text.push_str(&show::days_text(plan));
    }
    if !plan.refused.is_empty() {
        text.push_str("\nNot lawful, or not known to be\n");
        text.push_str(&show::refused_text(&plan.refused));
    }
    if !plan.common.is_empty() {
        text.push_str("\nDays that every union shares\n");
        text.push_str(&show::common_text(plan));
    }
    if !plan.services.is_empty() {
        text.push_str("\nServices hit\n");
        text.push_str(&show::services_text(plan));
    }
    if !plan.services_not_hit.is_empty() {
        text.push_str(&format!("  Not hit: {}.\n", plan.services_not_hit.join("; ")));
    }
    if !plan.costs.units.is_empty() {
        text.push_str("\nWhat the strike days cost members\n");
        text.push_str(&show::costs_text(plan));
    }
    if let Some((verdict, claim)) = largest {
        text.push_str(&format!(
            "\nThe largest for {} years by {}, at {}: {}. {}\n",
            claim.years,
            claim.measure.words(),
            pay::grouped(claim.size),
            verdict.word().replace('-', " ").to_uppercase(),
            verdict.sentence()
        ));
    }
    if !plan.notes.is_empty() {
        text.push_str("\nNotes\n");
        plan.notes.iter().for_each(|note| text.push_str(&format!("  {note}\n")));
    }
    text.push_str(&cited.text(book));
    text.push_str("Next: --ics FILE and --out PAGE.html write what is lawful; `whitley action call` judges a call before it is made.\n");
    text
}
