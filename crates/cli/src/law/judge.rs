//! `whitley law judge`: every unit and question by the law of the day.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use dated::{Date, Faults, NotCovered, Place};
use law::{
    ActionNotice, Agreements, JudgedAction, Judgment, LawOfTheDay, Mandate, NoticeFault, Outcome as TestOutcome, PollFacts, ProposedAction,
    Reading, ResultTold, RowDefaults, Rulebook, TermKind, TestFigures, TestResult, UnitResult, Verdict, earliest_action,
    first_possible_notice, judge_action, judge_notice, judge_result, law_of_the_day, read_results, weekday_date,
};
use serde_json::{Map, Value, json};

use super::{AgreementArguments, Cited, closing, option_date, option_jurisdiction, read_file, with_closing};
use crate::answer::{Outcome, Table, print, print_json, refuse};
use crate::disk;
use dispute::{Record, polls_of_record};
use report::said::{TestRow, last_day_means};

#[derive(Args)]
pub(crate) struct JudgeArguments {
    /// Results: CSV with unit, question, entitled, yes, no, spoiled, and where known returned and blank; or a dispute with polls of record
    #[arg(value_name = "RESULTS.csv|DISPUTE")]
    results: PathBuf,
    #[command(flatten)]
    pub(super) facts: FactArguments,
    #[command(flatten)]
    agreements: AgreementArguments,
    /// The day the employer was told the result
    #[arg(long, value_name = "DAY")]
    result_told: Option<String>,
    /// The day the employer received the notice of action
    #[arg(long, value_name = "DAY")]
    notice_received: Option<String>,
    /// Action proposed: a day, or from..to, with times if they matter: 2023-04-30T20:00..2023-05-02T20:00
    #[arg(long = "action", value_name = "DAY[..DAY]")]
    actions: Vec<String>,
}

/// Facts that hold for every row that does not say otherwise.
#[derive(Args)]
pub(super) struct FactArguments {
    /// The day the ballot opened: the first voting paper was sent
    #[arg(long, value_name = "DAY")]
    opened: Option<String>,
    /// The date of the ballot: the last day of voting
    #[arg(long, value_name = "DAY")]
    closed: Option<String>,
    /// GB or NI
    #[arg(long, default_value = "GB", value_name = "GB|NI")]
    jurisdiction: String,
    /// Most of those entitled are normally engaged in important public services
    #[arg(long)]
    important_public_service: bool,
    /// Services of a devolved Welsh authority
    #[arg(long)]
    wales_devolved: bool,
    /// A column by another name, as in --map entitled="Number balloted"
    #[arg(long = "map", value_name = "COLUMN=THEIRS")]
    maps: Vec<String>,
}

impl FactArguments {
    pub(super) fn defaults(&self, faults: &Faults) -> RowDefaults {
        let opened_on = option_date("--opened", self.opened.as_deref(), faults);
        let mut closed_on = option_date("--closed", self.closed.as_deref(), faults);
        if let (Some(opened), Some(closed)) = (opened_on, closed_on)
            && closed < opened
        {
            let what = format!("the ballot closes on {closed}, before it opens on {opened}");
            faults.error("closes-before-it-opens", &Place::new("--closed", 1), what, "check both dates: they are written year-month-day");
            // Said once here; the rows need not say it again.
            closed_on = opened_on;
        }
        RowDefaults {
            opened_on: opened_on.or_else(|| bad(&self.opened)),
            closed_on: closed_on.or_else(|| bad(&self.closed)),
            jurisdiction: option_jurisdiction(&self.jurisdiction, faults),
            important_public_service: self.important_public_service,
            wales_devolved: self.wales_devolved,
        }
    }

    pub(super) fn map(&self, faults: &Faults) -> Vec<(String, String)> {
        let split = |text: &String| {
            let pair = text.split_once('=').map(|(ours, theirs)| (ours.trim().to_owned(), theirs.trim().to_owned()));
            if pair.is_none() {
                let place = Place::new("--map", 1);
                faults.error("bad-mapping", &place, format!("“{text}” is no mapping"), "write --map entitled=\"Number balloted\"");
            }
            pair
        };
        self.maps.iter().filter_map(split).collect()
    }
}

/// A date that was given but could not be read has its fault already; any day will do for the rest of the reading.
fn bad(given: &Option<String>) -> Option<Date> {
    given.as_ref().map(|_| Date::constant(2000, 1, 1))
}

/// Everything the command line says about notice and action.
struct ActionFacts {
    told: ResultTold,
    received_on: Option<Date>,
    proposed: Vec<ProposedAction>,
    agreements: Agreements,
}

/// The notice given, or the first that could have been.
struct Notice<'r> {
    judged: Result<ActionNotice<'r>, NoticeFault>,
    given: bool,
}

pub(crate) fn run(arguments: &JudgeArguments, book: &Rulebook, as_json: bool) -> Outcome {
    let faults = Faults::new();
    let defaults = arguments.facts.defaults(&faults);
    let map = arguments.facts.map(&faults);
    let told = option_date("--result-told", arguments.result_told.as_deref(), &faults).map_or(ResultTold::NotStated, ResultTold::On);
    let received_on = option_date("--notice-received", arguments.notice_received.as_deref(), &faults);
    let proposed = arguments
        .actions
        .iter()
        .filter_map(|text| {
            let place = Place::new("--action", 1);
            ProposedAction::parse(text)
                .map_err(|what| faults.error("bad-action", &place, what, "write --action 2022-12-15 or 2022-12-15..2022-12-20"))
                .ok()
        })
        .collect();
    let action = ActionFacts { told, received_on, proposed, agreements: arguments.agreements.into() };
    let name = arguments.results.to_string_lossy();
    // A pipe such as /dev/stdin is a file of results too.
    let is_file = (arguments.results.exists() && !arguments.results.is_dir())
        || arguments.results.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    if !is_file {
        if faults.error_count() > 0 {
            return refuse(&faults.into_sorted(), as_json);
        }
        return match disk::open(&name, as_json) {
            Ok(opened) => answer(&polls_of_record(&opened.dispute, defaults, book), &action, book, as_json),
            Err(outcome) => outcome,
        };
    }
    let results = match read_file(&arguments.results) {
        Ok(bytes) => read_results(&name, &bytes, defaults, &map, &faults),
        Err(found) => {
            let mut found = found;
            found.extend(faults.into_sorted());
            return refuse(&found, as_json);
        }
    };
    if faults.error_count() > 0 {
        return refuse(&faults.into_sorted(), as_json);
    }
    answer(&Record { results, ..Record::default() }, &action, book, as_json)
}

/// Up to this many results are printed test by test.
const DETAILED: usize = 6;

/// Judges results of record, wherever they came from.
fn answer(record: &Record, action: &ActionFacts, book: &Rulebook, as_json: bool) -> Outcome {
    let results = &record.results;
    let faults = Faults::new();
    let mut laws: BTreeMap<PollFacts, Result<(LawOfTheDay<'_>, Notice<'_>), NotCovered>> = BTreeMap::new();
    for result in results {
        let poll = result.figures().poll;
        laws.entry(poll).or_insert_with(|| {
            let law = law_of_the_day(book, poll, action.agreements)?;
            if let Err(fault) = law.mandate_law().check_agreements(action.agreements) {
                faults.error("agreement-not-allowed", &Place::new("--agreed", 1), fault.what, fault.fix);
            }
            let judged = match action.received_on {
                Some(received_on) => judge_notice(book, poll, action.told, received_on, action.agreements)?,
                None => first_possible_notice(book, poll, action.told, action.agreements)?,
            };
            Ok((law, Notice { judged, given: action.received_on.is_some() }))
        });
    }
    if faults.error_count() > 0 {
        return refuse(&faults.into_sorted(), as_json);
    }
    let mut cited = Cited::default();
    let mut units = Vec::new();
    let mut earliest: Option<Date> = None;
    let mut text = Text::default();
    if results.len() + record.not_judged.len() > DETAILED {
        text.table = Some(Table::new(&[
            "Unit",
            "Question",
            ">Entitled",
            ">Returned",
            ">Turnout",
            ">Yes",
            "Verdict",
            "Lawful days, or the test not met",
        ]));
    }
    let (mut any_no, mut any_open) = (false, false);
    for result in results {
        let figures = result.figures();
        let (law, notice) = match laws.get(&figures.poll) {
            Some(Ok(found)) => found,
            Some(Err(not_covered)) => {
                any_open = true;
                let why = not_covered.to_string();
                units.push(could_not_check_json(&figures.unit, &figures.question, turnout_json(result), &why));
                text.could_not_check(&figures.unit, &figures.question, &why);
                continue;
            }
            None => continue,
        };
        cited.extend(law.rules());
        if let Ok(judged) = &notice.judged {
            cited.add(judged.rule());
        }
        let judgment = judge_result(result, law);
        let adopted = judgment.adopted();
        any_no |= adopted.verdict == Verdict::NoMandate;
        any_open |= adopted.verdict == Verdict::CannotTell;
        let after = adopted.mandate.as_ref().map(|mandate| After::of(mandate, notice, &action.proposed));
        if let Some(after) = &after {
            if let Some(day) = after.earliest {
                earliest = Some(earliest.map_or(day, |known| known.min(day)));
            }
            any_no |= after.actions.iter().any(|action| !action.refused.is_empty());
        }
        any_no |= !action.proposed.is_empty() && notice.judged.is_err();
        units.push(unit_json(result, &judgment, law, notice, after.as_ref()));
        text.unit(result, &judgment, notice, after.as_ref());
        text.notes(law.notes().iter().cloned());
        if let Ok(judged) = &notice.judged {
            text.notes(judged.notes());
        }
    }
    for left_out in &record.not_judged {
        any_open = true;
        units.push(could_not_check_json(&left_out.unit, &left_out.question, Value::Null, &left_out.why));
        text.could_not_check(&left_out.unit, &left_out.question, &left_out.why);
    }
    text.notes(record.notes.iter().cloned());
    any_open |= results.is_empty();
    let outcome = match (any_no, any_open) {
        (true, _) => Outcome::No,
        (false, true) => Outcome::CouldNotCheck,
        (false, false) => Outcome::Yes,
    };
    if as_json {
        let document = json!({
            "verdict": match outcome { Outcome::Yes => "mandate", Outcome::No => "no", _ => "could-not-check" },
            "earliest_action": earliest.map(|day| day.to_string()),
            "notice": notice_word(action),
            "units": units,
            "notes": record.notes,
        });
        print_json(&with_closing(document, book, &cited));
    } else {
        print(&text.finish(action, &cited, book));
    }
    outcome
}

/// What follows from a mandate: the earliest day and what became of each proposal.
struct After<'r> {
    earliest: Option<Date>,
    actions: Vec<JudgedAction<'r>>,
}

impl<'r> After<'r> {
    fn of(mandate: &Mandate<'r>, notice: &Notice<'r>, proposed: &[ProposedAction]) -> Self {
        match &notice.judged {
            Ok(judged) => {
                let actions = judge_action(mandate, judged, proposed);
                Self { earliest: earliest_action(mandate, judged).map(law::LawfulDay::date), actions }
            }
            Err(_) => Self { earliest: None, actions: Vec::new() },
        }
    }
}

fn could_not_check_json(unit: &str, question: &str, turnout: Value, why: &str) -> Value {
    json!({
        "unit": unit, "question": question, "verdict": "could-not-check", "provisional": false, "both": null,
        "turnout": turnout, "tests": [], "last_day": null, "earliest_action": null, "why": why,
    })
}

fn notice_word(action: &ActionFacts) -> Value {
    json!({
        "received": action.received_on.map(|day| day.to_string()),
        "result_told": match action.told { ResultTold::On(day) => Some(day.to_string()), ResultTold::NotStated => None },
        "assumed": if action.received_on.is_none() { Some("notice received on the day the result was told, or else the day the ballot closed") } else { None },
    })
}

fn turnout_json(result: &UnitResult) -> Value {
    let entitled = result.figures().entitled;
    json!({
        "returned": result.returned(),
        "entitled": entitled,
        "percent_shown": entitled.and_then(|entitled| law::percent_of(result.returned(), entitled)),
        "returned_was_added_up": result.returned_was_added_up(),
    })
}

fn unit_json(result: &UnitResult, judgment: &Judgment<'_>, law: &LawOfTheDay<'_>, notice: &Notice<'_>, after: Option<&After<'_>>) -> Value {
    let adopted = judgment.adopted();
    let both = judgment.beside().map(|other| {
        let mandate = other.mandate.as_ref();
        json!({
            "stricter": adopted.verdict.word(),
            "other": other.verdict.word(),
            "stricter_reading": adopted.name,
            "other_reading": other.name,
            "other_tests": other.tests.iter().map(test_json).collect::<Vec<_>>(),
            "other_last_day": mandate.map(|mandate| mandate.last_day().to_string()),
            "other_earliest_action": mandate.and_then(|mandate| {
                let judged = notice.judged.as_ref().ok()?;
                Some(earliest_action(mandate, judged)?.date().to_string())
            }),
        })
    });
    let of_notice = notice.judged.as_ref().map(ActionNotice::notes).unwrap_or_default();
    let notes: Vec<&String> = judgment.notes.iter().chain(law.notes()).chain(&of_notice).collect();
    let poll = result.figures().poll;
    json!({
        "unit": result.figures().unit,
        "question": result.figures().question,
        "verdict": adopted.verdict.word(),
        "provisional": judgment.is_provisional(),
        "both": both,
        "turnout": turnout_json(result),
        "tests": adopted.tests.iter().map(test_json).collect::<Vec<_>>(),
        "not_applied": judgment.not_applied.iter().map(|(rule, why)| json!({"rule": rule.id, "why": why})).collect::<Vec<_>>(),
        "last_day": adopted.mandate.as_ref().map(|mandate| mandate.last_day().to_string()),
        "last_day_means": adopted.mandate.as_ref().map(|mandate| last_day_means(mandate.kind())),
        "last_day_rule": adopted.mandate.as_ref().map(|mandate| mandate.rule().id.clone()),
        "earliest_action": after.and_then(|after| after.earliest).map(|day| day.to_string()),
        "notice_fault": notice.judged.as_ref().err().map(NoticeFault::sentence),
        "actions": after.map(|after| after.actions.iter().map(action_json).collect::<Vec<_>>()),
        "opened": poll.opened_on.to_string(),
        "closed": poll.closed_on.to_string(),
        "jurisdiction": poll.jurisdiction.short(),
        "notes": notes,
    })
}

pub(super) fn test_json(test: &TestResult<'_>) -> Value {
    let mut figures = Map::new();
    match test.figures {
        TestFigures::Turnout { returned, entitled, .. } => {
            figures.insert("returned".into(), json!(returned));
            figures.insert("entitled".into(), json!(entitled));
        }
        TestFigures::Support { yes, entitled, .. } => {
            figures.insert("yes".into(), json!(yes));
            figures.insert("entitled".into(), json!(entitled));
        }
        TestFigures::Majority { yes, of, .. } => {
            figures.insert("yes".into(), json!(yes));
            figures.insert("of".into(), json!(of));
        }
    }
    if let Some((needed, reaching_is_enough)) = test.figures.needed() {
        figures.insert(if reaching_is_enough { "needed_at_least" } else { "needed_more_than" }.into(), json!(needed));
    }
    json!({
        "test": test.figures.name(),
        "rule": test.rule.id,
        "met": match test.outcome { TestOutcome::Met => Some(true), TestOutcome::NotMet => Some(false), TestOutcome::CannotTell { .. } => None },
        "figures": figures,
        "comparison": test.figures.comparison(),
        "percent_shown": test.figures.percent_shown(),
        "missing": match test.outcome { TestOutcome::CannotTell { missing } => Some(missing), _ => None },
        "source": test.rule.source,
        "status": test.rule.status.word(),
    })
}

fn action_json(action: &JudgedAction<'_>) -> Value {
    json!({
        "proposed": action.proposed.words(),
        "lawful": action.word(),
        "lawful_days": action.lawful.iter().map(|day| day.date().to_string()).collect::<Vec<_>>(),
        "refused": action.refused.iter().map(|(day, refusal, rule)| json!({"date": day.to_string(), "why": refusal.sentence(), "rule": rule.id})).collect::<Vec<_>>(),
        "notes": action.notes,
    })
}

/// The answer for people, put together unit by unit.
#[derive(Default)]
struct Text {
    units: String,
    /// Beyond a handful of results, one line for each.
    table: Option<Table>,
    notes: Vec<String>,
    counts: BTreeMap<&'static str, usize>,
}

impl Text {
    fn notes(&mut self, notes: impl IntoIterator<Item = String>) {
        for note in notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }

    fn could_not_check(&mut self, unit: &str, question: &str, why: &str) {
        *self.counts.entry("could not be checked").or_default() += 1;
        if let Some(table) = &mut self.table {
            let cells = [unit.to_owned(), question.to_owned()];
            table.row(cells.into_iter().chain(std::iter::repeat_n(String::new(), 4)).chain(["COULD NOT CHECK".to_owned(), why.to_owned()]));
            return;
        }
        self.units.push_str(&format!("{unit}, {question}: COULD NOT CHECK\n  {why}.\n\n"));
    }

    fn unit(&mut self, result: &UnitResult, judgment: &Judgment<'_>, notice: &Notice<'_>, after: Option<&After<'_>>) {
        let adopted = judgment.adopted();
        if result.returned_was_added_up() {
            self.notes(["Papers returned were added up from yes, no, spoiled and blank where they were not given.".to_owned()]);
        }
        self.notes(judgment.notes.iter().map(|note| format!("{}: {note}", result.figures().unit)));
        let (word, count) = match adopted.verdict {
            Verdict::Mandate => ("MANDATE", "with a mandate"),
            Verdict::NoMandate => ("NO MANDATE", "without a mandate"),
            Verdict::CannotTell => ("CANNOT TELL", "undecided"),
        };
        *self.counts.entry(count).or_default() += 1;
        let provisional = if judgment.is_provisional() { ", provisional" } else { "" };
        if let Some(table) = &mut self.table {
            let failed: Vec<String> = adopted
                .tests
                .iter()
                .filter(|test| test.outcome != TestOutcome::Met)
                .map(|test| {
                    format!("{}: {}", test.figures.name(), test.figures.comparison().unwrap_or_else(|| "figures unknown".to_owned()))
                })
                .collect();
            let why = match (&adopted.mandate, after.map(|after| after.earliest)) {
                (Some(mandate), Some(Some(day))) => format!("{} to {}", weekday_date(day), weekday_date(mandate.last_day())),
                (Some(_), _) => "no lawful day with this notice".to_owned(),
                (None, _) => failed.join("; "),
            };
            let refused = after.is_some_and(|after| after.actions.iter().any(|action| !action.refused.is_empty()));
            let shown = result.figures().entitled.and_then(|entitled| law::percent_of(result.returned(), entitled));
            table.row([
                result.figures().unit.clone(),
                result.figures().question.clone(),
                result.figures().entitled.map_or_else(|| "unknown".to_owned(), |entitled| entitled.to_string()),
                result.returned().to_string(),
                shown.map_or_else(String::new, |percent| format!("{percent}%")),
                result.figures().yes.to_string(),
                format!("{word}{provisional}"),
                format!("{why}{}", if refused { "; not every proposed day is lawful" } else { "" }),
            ]);
            return;
        }
        self.units.push_str(&format!("{}, {}: {word}{provisional}\n", result.figures().unit, result.figures().question));
        self.tests(adopted);
        if adopted.tests.iter().all(|test| test.figures.name() != "turnout") {
            let entitled = result.figures().entitled;
            let shown = entitled.and_then(|entitled| law::percent_of(result.returned(), entitled));
            if let (Some(entitled), Some(shown)) = (entitled, shown) {
                self.units.push_str(&format!("  No turnout test. Returned: {} of {entitled} entitled ({shown}%).\n", result.returned()));
            }
        }
        if let Some(mandate) = &adopted.mandate {
            self.dates(mandate, notice, after);
        }
        if let Some(other) = judgment.other() {
            self.units.push_str(&format!("  But if {}: {}.\n", other.name, other.verdict.word()));
            self.tests(other);
            if let Some(mandate) = &other.mandate {
                let earliest = notice.judged.as_ref().ok().and_then(|judged| earliest_action(mandate, judged));
                let first = earliest.map_or_else(String::new, |day| format!("earliest {}, ", weekday_date(day.date())));
                self.units.push_str(&format!("  Then {first}last day {}.\n", weekday_date(mandate.last_day())));
            }
        } else if let Some(beside) = judgment.beside() {
            self.units.push_str(&format!("  If {}: the same verdict.\n", beside.name));
        }
        self.units.push('\n');
    }

    fn tests(&mut self, reading: &Reading<'_>) {
        let mut table = Table::new(&["Test", ">Count", "Needed", "Comparison", ">Shown", "Met", "Rule"]);
        for test in &reading.tests {
            let row = TestRow::of(test);
            let shown = test.figures.percent_shown().map_or_else(String::new, |percent| format!("{percent}%"));
            table.row([
                test.figures.name().to_owned(),
                row.count.to_string(),
                row.needed,
                test.figures.comparison().unwrap_or_default(),
                shown,
                row.met,
                test.rule.id.clone(),
            ]);
        }
        self.units.push_str(&table.text());
    }

    fn dates(&mut self, mandate: &Mandate<'_>, notice: &Notice<'_>, after: Option<&After<'_>>) {
        let last = weekday_date(mandate.last_day());
        let means = match mandate.kind() {
            TermKind::MustBeginWithin => format!("Action must begin by {last}"),
            TermKind::Expires => format!("Last lawful day {last}"),
        };
        self.units.push_str(&format!("  {means} ({}).\n", mandate.rule().id));
        match (&notice.judged, after.and_then(|after| after.earliest)) {
            (Ok(judged), Some(day)) => {
                let how = if notice.given { "for the notice received on" } else { "if notice is received on" };
                self.units.push_str(&format!(
                    "  Earliest action {} {how} {} ({}).\n",
                    weekday_date(day),
                    weekday_date(judged.received_on()),
                    judged.rule().id
                ));
            }
            (Ok(judged), None) => self.units.push_str(&format!(
                "  No lawful day: a notice received on {} reaches past the mandate.\n",
                weekday_date(judged.received_on())
            )),
            (Err(fault), _) => self.units.push_str(&format!("  No lawful day. {}\n", fault.sentence())),
        }
        for action in after.map(|after| after.actions.as_slice()).unwrap_or_default() {
            self.units.push_str(&format!("  Proposed {}: {}\n", action.proposed.words(), action.word().to_uppercase()));
            if let (Some(first), Some(last), false) = (action.lawful.first(), action.lawful.last(), action.refused.is_empty()) {
                self.units.push_str(&format!("    lawful: {} to the end of {}\n", weekday_date(first.date()), weekday_date(last.date())));
            }
            for (first, last, refusal, rule) in action.refused_runs() {
                let days = if first == last { weekday_date(first) } else { format!("{} to {}", weekday_date(first), weekday_date(last)) };
                self.units.push_str(&format!("    {days}: {} ({})\n", refusal.sentence(), rule.id));
            }
            for note in &action.notes {
                self.units.push_str(&format!("    {note}\n"));
            }
        }
    }

    fn finish(mut self, action: &ActionFacts, cited: &Cited<'_>, book: &Rulebook) -> String {
        if let Some(table) = self.table.take() {
            self.units.push_str(&format!("{}\n", table.text()));
        }
        let counts: Vec<String> = self.counts.iter().map(|(what, count)| format!("{count} {what}")).collect();
        let counts = if counts.is_empty() { "none to judge".to_owned() } else { counts.join(", ") };
        self.units.push_str(&format!("Units and questions: {counts}.\n"));
        if !self.notes.is_empty() {
            self.units.push_str("\nNotes\n");
            for note in &self.notes {
                self.units.push_str(&format!("  {note}\n"));
            }
        }
        self.units.push_str(&if cited.0.is_empty() { closing(book) } else { cited.text(book) });
        if action.received_on.is_none() {
            self.units
                .push_str("Next: give --result-told and --notice-received, then --action to test days, or see `whitley law timetable`.\n");
        } else if action.proposed.is_empty() {
            self.units.push_str("Next: test days with --action.\n");
        }
        self.units
    }
}
