//! What courts have punished (rules L80 to L83): each a named check with its case.
//!
//! A check answers only from facts it was given. What was not asked is listed as not asked, never as passed. A finding under a
//! case in which the court let the action go on does not sink a ballot.

use std::collections::BTreeMap;

use dated::{Date, Fault, Faults, FileBytes, NotCovered, Table, TomlFile};

use crate::calendar::{days_between, weekday_date};
use crate::contents::{Document, DocumentFacts, required_contents};
use crate::mandate::{Agreements, Mandate, ProposedAction};
use crate::result::{PollFacts, law_of_the_day};
use crate::rules::{Jurisdiction, Key, Rulebook, TermKind};

/// The cases that come with the program.
pub const BUILT_IN_TRAPS: &str = include_str!("../../../data/law/traps.toml");
/// The name under which faults of the built-in cases are reported.
pub const BUILT_IN_TRAPS_NAME: &str = "data/law/traps.toml";

/// One trap: a case and the check it suggests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// Its name.
    pub id: String,
    /// The cases.
    pub cases: Vec<String>,
    /// Whether the court stopped the action.
    pub stopped: bool,
    /// How sure the account of the case is.
    pub status: String,
    /// The section of the Act.
    pub section: String,
    /// What the check asks for.
    pub facts: Vec<String>,
    /// What happened.
    pub what: String,
    /// What to do.
    pub remedy: String,
    /// Phrases the check looks for.
    pub phrases: Vec<String>,
    /// Days the check compares with.
    pub days: Option<u64>,
}

/// All traps, each known to have its check.
#[derive(Clone, Debug)]
pub struct Traps(Vec<Trap>);

impl Traps {
    /// The cases that come with the program.
    ///
    /// # Errors
    /// The faults of the data, which a test keeps at none.
    pub fn built_in() -> Result<Self, Vec<Fault>> {
        let faults = Faults::new();
        let bytes = FileBytes::Read(BUILT_IN_TRAPS.as_bytes().to_vec());
        let read =
            TomlFile::read(BUILT_IN_TRAPS_NAME, &bytes, &faults).map(|toml| toml.with_root(&faults, |root| read_traps(root, &faults)));
        match read {
            Some(traps) if faults.error_count() == 0 => Ok(Self(traps)),
            _ => Err(faults.into_sorted()),
        }
    }

    /// Every trap.
    pub fn iter(&self) -> impl Iterator<Item = &Trap> {
        self.0.iter()
    }
}

fn read_traps(root: &Table<'_>, faults: &Faults) -> Vec<Trap> {
    root.optional_table("meta", |meta| meta.date("compiled"));
    root.list("trap", |table, _| {
        let id = table.text("id");
        let known = id.as_deref().is_some_and(|id| CHECKS.iter().any(|(name, _)| *name == id));
        if let Some(id) = id.as_deref().filter(|_| !known) {
            faults.error("trap-without-check", &table.place(), format!("no check is written for “{id}”"), "write one, or correct the id");
        }
        Some(Trap {
            id: id?,
            cases: table.texts("cases"),
            stopped: table.choice("outcome", &[("stopped", true), ("allowed", false)])?,
            status: table.choice("status", &[("confirmed", "confirmed"), ("general-knowledge", "general-knowledge")])?.to_owned(),
            section: table.text("section")?,
            facts: table.texts("facts"),
            what: table.text("what")?,
            remedy: table.text("remedy")?,
            phrases: table.texts("phrases"),
            days: table.optional_count("days"),
        })
    })
}

/// What is known of a ballot. Every fact may be missing; none is assumed.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct TrapFacts {
    pub jurisdiction: Jurisdiction,
    pub ballot_opened: Option<Date>,
    pub ballot_closed: Option<Date>,
    pub ballot_notice_received: Option<Date>,
    pub action_notice_received: Option<Date>,
    pub employer_told_on: Option<Date>,
    pub explanation_of_figures: Option<bool>,
    pub entitled: Option<u64>,
    pub leavers_balloted: Option<u64>,
    pub result_fields_told: Option<Vec<String>>,
    pub important_public_service: bool,
    pub workplaces_unknown: Option<u64>,
    pub papers_missed: Option<u64>,
    pub results_sent_actively: Option<bool>,
    pub roll_errors: Option<u64>,
    pub roll_errors_accidental: Option<bool>,
    pub categories: Option<Vec<String>>,
    pub employer_job_categories: Option<Vec<String>>,
    pub campaign_text: Option<String>,
    pub action: Option<Vec<ProposedAction>>,
    pub agreements: Agreements,
    pub not_rostered_balloted: Option<u64>,
    pub data_cleaning_evidence: Option<bool>,
    pub period_each_type_expected: Option<bool>,
    pub members_left_out: Option<u64>,
    pub members_left_out_accidental: Option<bool>,
    pub held_but_not_given: Option<bool>,
    pub tallied_per_question: Option<bool>,
    pub questions: Option<Vec<String>>,
    pub kinds_of_action: Option<Vec<String>>,
    pub action_suspended: Option<bool>,
    pub new_campaign: Option<bool>,
    pub dispute_with: Option<String>,
    pub employer_can_identify_members: Option<bool>,
    pub called_by: Option<String>,
    pub authorised_to_call: Option<Vec<String>>,
    pub called_on: Option<Date>,
}

/// L80: reads the facts of a ballot; misspelt keys and wrong kinds are faults.
pub fn read_trap_facts(file: &str, bytes: &FileBytes, faults: &Faults) -> TrapFacts {
    let Some(toml) = TomlFile::read(file, bytes, faults) else { return TrapFacts::default() };
    toml.with_root(faults, |root| {
        let texts = |key| if root.has(key) { Some(root.texts(key)) } else { None };
        let action = if root.has("action") {
            let parse = |(text, place): (String, dated::Place)| {
                ProposedAction::parse(&text)
                    .map_err(|what| {
                        faults.error("bad-action", &place, what, "write \"2023-04-30T20:00..2023-05-02T20:00\" or \"2023-04-30\"")
                    })
                    .ok()
            };
            Some(root.text_list("action").into_iter().filter_map(parse).collect())
        } else {
            None
        };
        let facts = TrapFacts {
            jurisdiction: root.optional_choice("jurisdiction", &Jurisdiction::NAMES).unwrap_or_default(),
            ballot_opened: root.optional_date("ballot_opened"),
            ballot_closed: root.optional_date("ballot_closed"),
            ballot_notice_received: root.optional_date("ballot_notice_received"),
            action_notice_received: root.optional_date("action_notice_received"),
            employer_told_on: root.optional_date("employer_told_on"),
            // A text counts as an explanation, an empty one does not.
            explanation_of_figures: root
                .has("explanation_of_figures")
                .then(|| root.written("explanation_of_figures").is_some_and(|text| text != "false")),
            entitled: root.optional_count("entitled"),
            leavers_balloted: root.optional_count("leavers_balloted"),
            result_fields_told: texts("result_fields_told"),
            important_public_service: root.optional_bool("important_public_service").unwrap_or(false),
            workplaces_unknown: root.optional_count("workplaces_unknown"),
            papers_missed: root.optional_count("papers_missed"),
            results_sent_actively: root.optional_bool("results_sent_actively"),
            roll_errors: root.optional_count("roll_errors"),
            roll_errors_accidental: root.optional_bool("roll_errors_accidental"),
            categories: texts("categories"),
            employer_job_categories: texts("employer_job_categories"),
            campaign_text: root.optional_text("campaign_text"),
            action,
            agreements: Agreements {
                weeks: root.optional_count("agreed_weeks"),
                months: root.optional_count("agreed_months"),
                notice_days: root.optional_count("agreed_notice_days"),
            },
            not_rostered_balloted: root.optional_count("not_rostered_balloted"),
            data_cleaning_evidence: root.optional_bool("data_cleaning_evidence"),
            period_each_type_expected: root
                .has("period_each_type_expected")
                .then(|| root.written("period_each_type_expected").is_some_and(|text| text != "false")),
            members_left_out: root.optional_count("members_left_out"),
            members_left_out_accidental: root.optional_bool("members_left_out_accidental"),
            held_but_not_given: root.optional_bool("held_but_not_given"),
            tallied_per_question: root.optional_bool("tallied_per_question"),
            questions: texts("questions"),
            kinds_of_action: texts("kinds_of_action"),
            action_suspended: root.optional_bool("action_suspended"),
            new_campaign: root.optional_bool("new_campaign"),
            dispute_with: root
                .optional_choice("dispute_with", &[("present employer", "present employer"), ("future employer", "future employer")])
                .map(str::to_owned),
            employer_can_identify_members: root.optional_bool("employer_can_identify_members"),
            called_by: root.optional_text("called_by"),
            authorised_to_call: texts("authorised_to_call"),
            called_on: root.optional_date("called_on"),
        };
        if let (Some(opened), Some(closed)) = (facts.ballot_opened, facts.ballot_closed)
            && closed < opened
        {
            let what = format!("the ballot closes on {closed}, before it opens on {opened}");
            root.fault("closes-before-it-opens", "ballot_closed", what, "check both dates: they are written year-month-day");
        }
        facts
    })
}

/// What a finding does to the ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The like has sunk a ballot or an action.
    Sinks,
    /// A danger: it has been punished together with other things, or in a larger measure.
    Danger,
    /// Courts have let the like pass.
    DoesNotSink,
}

impl Effect {
    /// In a word, for JSON and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sinks => "sinks",
            Self::Danger => "danger",
            Self::DoesNotSink => "does-not-sink",
        }
    }
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Finding<'t> {
    /// The trap.
    pub trap: &'t Trap,
    /// What it does.
    pub effect: Effect,
    /// What was found in these facts.
    pub why: String,
}

/// The outcome of all checks.
#[derive(Clone, Debug, Default)]
pub struct TrapReport<'t> {
    /// What was found, the worst first.
    pub findings: Vec<Finding<'t>>,
    /// Checks that found nothing.
    pub clear: Vec<&'t Trap>,
    /// Checks whose facts were not given, with those missing.
    pub not_asked: Vec<(&'t Trap, Vec<&'t str>)>,
    /// Checks that concern ballots of other days or jurisdictions.
    pub other_law: Vec<&'t Trap>,
}

enum Checked {
    Found(Effect, String),
    Clear,
    NotAsked,
    OtherLaw,
}

type Check = fn(&Trap, &TrapFacts, &Rulebook) -> Result<Checked, NotCovered>;

/// The checks by the id of their trap.
const CHECKS: [(&str, Check); 23] = [
    ("result-told-late", result_told_late),
    ("figures-unexplained", figures_unexplained),
    ("leavers-balloted", leavers_balloted),
    ("result-incomplete", result_incomplete),
    ("workplaces-unknown", workplaces_unknown),
    ("small-errors", small_errors),
    ("category-not-deducible", category_not_deducible),
    ("voting-interfered", voting_interfered),
    ("past-the-mandate", past_the_mandate),
    ("not-rostered", not_rostered),
    ("reasonable-steps", reasonable_steps),
    ("period-of-action", period_of_action),
    ("members-left-out", members_left_out),
    ("notice-too-thin", notice_too_thin),
    ("category-too-broad", category_too_broad),
    ("question-stands-alone", question_stands_alone),
    ("kind-without-question", kind_without_question),
    ("weeks-to-midnight", weeks_to_midnight),
    ("new-campaign", new_campaign),
    ("future-employer", future_employer),
    ("names-needed", names_needed),
    ("honest-error", honest_error),
    ("wrong-caller", wrong_caller),
];

/// L81 to L83: makes every check.
///
/// # Errors
/// [`NotCovered`] when no rule is known for one of the days.
pub fn judge_traps<'t>(traps: &'t Traps, facts: &TrapFacts, book: &Rulebook) -> Result<TrapReport<'t>, NotCovered> {
    let checks: BTreeMap<&str, Check> = CHECKS.into_iter().collect();
    let mut report = TrapReport::default();
    for trap in traps.iter() {
        let Some(check) = checks.get(trap.id.as_str()) else { continue };
        match check(trap, facts, book)? {
            Checked::Found(effect, why) => report.findings.push(Finding { trap, effect, why }),
            Checked::Clear => report.clear.push(trap),
            Checked::NotAsked => report.not_asked.push((trap, trap.facts.iter().map(String::as_str).collect())),
            Checked::OtherLaw => report.other_law.push(trap),
        }
    }
    report.findings.sort_by_key(|finding| finding.effect);
    Ok(report)
}

fn result_told_late(trap: &Trap, facts: &TrapFacts, _: &Rulebook) -> Result<Checked, NotCovered> {
    let (Some(closed), Some(told)) = (facts.ballot_closed, facts.employer_told_on) else { return Ok(Checked::NotAsked) };
    let late = days_between(closed, told);
    let limit = trap.days.and_then(|days| i64::try_from(days).ok()).unwrap_or(0);
    let why = format!(
        "The ballot closed on {}; the employer was told on {}, {late} {} later.",
        weekday_date(closed),
        weekday_date(told),
        if late == 1 { "day" } else { "days" }
    );
    Ok(match late {
        late if late < 0 => Checked::Found(Effect::Danger, format!("{why} That is before the ballot closed: check both dates.")),
        late if late >= limit => Checked::Found(Effect::Sinks, why),
        _ => Checked::Clear,
    })
}

fn figures_unexplained(_: &Trap, facts: &TrapFacts, book: &Rulebook) -> Result<Checked, NotCovered> {
    let Some(day) = facts.action_notice_received.or(facts.ballot_notice_received) else { return Ok(Checked::NotAsked) };
    let document = if facts.action_notice_received.is_some() { Document::ActionNotice } else { Document::BallotNotice };
    let document_facts = DocumentFacts { jurisdiction: facts.jurisdiction, ..DocumentFacts::default() };
    let contents = required_contents(book, document, day, document_facts)?;
    if !contents.fields.iter().any(|field| field.id == "explanation_of_figures") {
        return Ok(Checked::OtherLaw);
    }
    Ok(match facts.explanation_of_figures {
        None => Checked::NotAsked,
        Some(true) => Checked::Clear,
        Some(false) => {
            Checked::Found(Effect::Sinks, format!("The {} received on {} explains no figures.", document.name(), weekday_date(day)))
        }
    })
}

fn leavers_balloted(_: &Trap, facts: &TrapFacts, _: &Rulebook) -> Result<Checked, NotCovered> {
    Ok(match facts.leavers_balloted {
        None => Checked::NotAsked,
        Some(0) => Checked::Clear,
        Some(leavers) => Checked::Found(Effect::Sinks, format!("{leavers} members known to be leaving were balloted.")),
    })
}

fn result_incomplete(_: &Trap, facts: &TrapFacts, book: &Rulebook) -> Result<Checked, NotCovered> {
    let (Some(opened), Some(told)) = (facts.ballot_opened, &facts.result_fields_told) else { return Ok(Checked::NotAsked) };
    let document_facts = DocumentFacts {
        jurisdiction: facts.jurisdiction,
        important_public_service: facts.important_public_service,
        ..DocumentFacts::default()
    };
    let contents = required_contents(book, Document::ResultStatement, opened, document_facts)?;
    let missing: Vec<&str> = contents.fields.iter().map(|field| field.id).filter(|field| !told.iter().any(|name| name == field)).collect();
    if missing.is_empty() {
        return Ok(Checked::Clear);
    }
    // The case let one line of many pass, by two to one: a danger, not a licence.
    let effect = if missing.len() == contents.fields.len() { Effect::Sinks } else { Effect::Danger };
    Ok(Checked::Found(effect, format!("The result told left out: {}.", missing.join(", "))))
}

fn workplaces_unknown(_: &Trap, facts: &TrapFacts, _: &Rulebook) -> Result<Checked, NotCovered> {
    let mut found = Vec::new();
    if let Some(count) = facts.workplaces_unknown.filter(|count| *count > 0) {
        found.push(format!("{count} members or workplaces are wrong or unknown"));
    }
    if let Some(count) = facts.papers_missed.filter(|count| *count > 0) {
        found.push(format!("{count} voting papers were missed"));
    }
    if facts.results_sent_actively == Some(false) {
        found.push("results were left for members to find".to_owned());
    }
    let asked = facts.workplaces_unknown.is_some() || facts.papers_missed.is_some() || facts.results_sent_actively.is_some();
    Ok(match (asked, found.len()) {
        (false, _) => Checked::NotAsked,
        (true, 0) => Checked::Clear,
        (true, 1) => Checked::Found(Effect::Danger, format!("{}.", found.join("; "))),
        (true, _) => Checked::Found(Effect::Sinks, format!("{}.", found.join("; "))),
    })
}

fn small_errors(_: &Trap, facts: &TrapFacts, _: &Rulebook) -> Result<Checked, NotCovered> {
    let (Some(errors), Some(accidental)) = (facts.roll_errors, facts.roll_errors_accidental) else { return Ok(Checked::NotAsked) };
    if errors == 0 {
        return Ok(Checked::Clear);
    }
    let of = facts.entitled.map_or_else(String::new, |entitled| format!(" of {entitled} entitled"));
    Ok(if accidental {
        let why = format!(
            "{errors} errors{of}, said to be accidental: forgiven if, taken together, unlikely to affect the result; compare with the margin."
        );
        Checked::Found(Effect::DoesNotSink, why)
    } else {
        Checked::Found(Effect::Sinks, format!("{errors} errors{of} that were not accidental: section 232B does not forgive them."))
    })
}

fn category_not_deducible(_: &Trap, facts: &TrapFacts, _: &Rulebook) -> Result<Checked, NotCovered> {
    let (Some(categories), Some(known)) = (&facts.categories, &facts.employer_job_categories) else { return Ok(Checked::NotAsked) };
    let same = |a: &str, b: &str| a.trim().eq_ignore_ascii_case(b.trim());
    let foreign: Vec<&str> = categories.iter().map(String::as_str).filter(|name| !known.iter().any(|job| same(job, name))).collect();
    Ok(if foreign.is_empty() {
        Checked::Clear
    } else {
        Checked::Found(Effect::Sinks, format!("The employer’s own records know no category {}.", quoted(&foreign)))
    })
}

fn voting_interfered(trap: &Trap, facts: &TrapFacts, _: &Rulebook) -> Result<Checked, NotCovered> {
    let Some(text) = &facts.campaign_text else { return Ok(Checked::NotAsked) };
    let plain = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let found: Vec<&str> = trap.phrases.iter().map(String::as_str).filter(|phrase| plain.contains(phrase)).collect();
    Ok(if found.is_empty() { Checked::Clear } else { Checked::Found(Effect::Sinks, format!("The campaign text says {}.", quoted(&found))) })
}

/// The mandate that a won ballot of these facts would give, and the action proposed.
fn planned<'f, 'r>(facts: &'f TrapFacts, book: &'r Rulebook) -> Result<Option<(Mandate<'r>, &'f [ProposedAction])>, NotCovered> {
    let (Some(opened_on), Some(closed_on), Some(action)) = (facts.ballot_opened, facts.ballot_closed, &facts.action) else {
        return Ok(None);
    };
    let poll = PollFacts {
        opened_on,
        closed_on,
        jurisdiction: facts.jurisdiction,
        important_public_service: facts.important_public_service,
        wales_devolved: false,
    };
    let law = law_of_the_day(book, poll, facts.agreements)?;
    Ok(Some((Mandate::of_judged(poll, law.mandate_law()), action)))
}

fn past_the_mandate(_: &Trap, facts: &TrapFacts, book: &Rulebook) -> Result<Checked, NotCovered> {
    let Some((mandate, action)) = planned(facts, book)? else { return Ok(Checked::NotAsked) };
    if mandate.kind() != TermKind::Expires {
        return Ok(Checked::OtherLaw);
    }
    let past: Vec<String> = action.iter().filter(|action| action.last() > mandate.last_day()).map(ProposedAction::words).collect();
    Ok(if past.is_empty() {
        Checked::Clear
    } else {
        let why = format!(
            "The mandate ends with the end of {} ({}): {} runs past it.",
            weekday_date(mandate.last_day()),
            mandate.rule().id,
            past.join("; ")
        );
        Checked::Found(Effect::Sinks, why)
    })
}

fn weeks_to_midnight(_: &Trap, facts: &TrapFacts, book: &Rulebook) -> Result<Checked, NotCovered> {
    let Some((mandate, action)) = planned(facts, book)? else { return Ok(Checked::NotAsked) };
    if mandate.kind() != TermKind::MustBeginWithin {
        return Ok(Checked::OtherLaw);
    }
    let Some(first) = action.iter().map(ProposedAction::first).min() else { return Ok(Checked::NotAsked) };
    Ok(if first <= mandate.last_day() {
        Checked::Clear
    } else {
        let last = weekday_date(mandate.last_day());
        Checked::Found(
            Effect::Sinks,
            format!("Action had to begin by midnight of {last} ({}); it would begin on {}.", mandate.rule().id, weekday_date(first)),
        )
    })
}

fn not_rostered(_: &Trap, facts: &TrapFacts, _: &Rulebook) -> Result<Checked, NotCovered> {
    Ok(match facts.not_rostered_balloted {
        None => Checked::NotAsked,
        Some(0) => Checked::Clear,
        Some(count) => Checked::Found(Effect::DoesNotSink, format!("{count} members not rostered on the day were balloted.")),
    })
}

fn reasonable_steps(_: &Trap, facts: &TrapFacts, _: &Rulebook) -> Result<Checked, NotCovered> {
    Ok(match facts.data_cleaning_evidence {
        None => Checked::NotAsked,
        Some(true) => Checked::Found(Effect::DoesNotSink, "There is evidence of steps to clean the data: keep it.".to_owned()),
        Some(false) => {
            Checked::Found(Effect::Danger, "There is no evidence of steps to clean the data: the case was won on such evidence.".to_owned())
        }
    })
}

fn period_of_action(_: &Trap, facts: &TrapFacts, book: &Rulebook) -> Result<Checked, NotCovered> {
    let Some(opened) = facts.ballot_opened else { return Ok(Checked::NotAsked) };
    let extra = book.on(Key::PaperExtraFields, facts.jurisdiction, opened)?.rule;
    if extra.texts().is_empty() {
        return Ok(Checked::OtherLaw);
    }
    Ok(match facts.period_each_type_expected {
        None => Checked::NotAsked,
        Some(true) => Checked::Found(Effect::DoesNotSink, "The paper gives a period: a wide window has been enough.".to_owned()),
        Some(false) => Checked::Found(Effect::Sinks, format!("The paper gives no period for each type of action ({}).", extra.id)),
    })
}

fn members_left_out(_: &Trap, facts: &TrapFacts, book: &Rulebook) -> Result<Checked, NotCovered> {
    left_out(facts, book, false)
}

fn honest_error(_: &Trap, facts: &TrapFacts, book: &Rulebook) -> Result<Checked, NotCovered> {
    left_out(facts, book, true)
}

/// Members left out sink a ballot unless by accident and few; before small accidents were forgiven, whatever the reason.
fn left_out(facts: &TrapFacts, book: &Rulebook, ask_for_honest_error: bool) -> Result<Checked, NotCovered> {
    let Some(count) = facts.members_left_out else { return Ok(Checked::NotAsked) };
    if count == 0 {
        return Ok(Checked::Clear);
    }
    let forgiven = match facts.ballot_opened {
        Some(opened) => book.on(Key::SmallFailures, facts.jurisdiction, opened).is_ok(),
        None => true,
    };
    let of = facts.entitled.map_or_else(String::new, |entitled| format!(" beside {entitled} entitled"));
    Ok(match (facts.members_left_out_accidental, ask_for_honest_error) {
        (None, false) => Checked::Found(Effect::Danger, format!("{count} members were left out{of}; it was not said whether by accident.")),
        (None, true) => Checked::NotAsked,
        (Some(true), true) if forgiven => Checked::Found(
            Effect::DoesNotSink,
            format!("{count} members were left out{of} by honest error: forgiven if too few to affect the result."),
        ),
        (Some(true), false) if forgiven => Checked::Clear,
        (_, true) => Checked::Clear,
        (_, false) => Checked::Found(Effect::Sinks, format!("{count} members were left out{of}.")),
    })
}

fn notice_too_thin(_: &Trap, facts: &TrapFacts, book: &Rulebook) -> Result<Checked, NotCovered> {
    let Some(day) = facts.ballot_notice_received else { return Ok(Checked::NotAsked) };
    let rule = book.on(Key::BallotNoticeContents, facts.jurisdiction, day)?.rule;
    if !rule.texts().contains(&"number_category_workplace_if_possessed") {
        return Ok(Checked::OtherLaw);
    }
    Ok(match facts.held_but_not_given {
        None => Checked::NotAsked,
        Some(false) => Checked::Clear,
        Some(true) => {
            Checked::Found(Effect::Sinks, format!("Numbers, categories or workplaces that the union holds were left out ({}).", rule.id))
        }
    })
}

fn category_too_broad(trap: &Trap, facts: &TrapFacts, _: &Rulebook) -> Result<Checked, NotCovered> {
    let Some(categories) = &facts.categories else { return Ok(Checked::NotAsked) };
    // Broad: nothing but general words, in the singular or plural, however many are strung together.
    let is_general = |word: &str| trap.phrases.iter().any(|general| word == general || word == format!("{general}s"));
    let broad: Vec<&str> = categories
        .iter()
        .map(String::as_str)
        .filter(|name| {
            let name = name.to_lowercase();
            let mut words = name
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty() && !["and", "or", "all", "the"].contains(word))
                .peekable();
            words.peek().is_some() && words.all(is_general)
        })
        .collect();
    Ok(if broad.is_empty() {
        Checked::Clear
    } else {
        Checked::Found(Effect::Sinks, format!("Too general to tell who is meant: {}.", quoted(&broad)))
    })
}

fn question_stands_alone(_: &Trap, facts: &TrapFacts, _: &Rulebook) -> Result<Checked, NotCovered> {
    Ok(match facts.tallied_per_question {
        None => Checked::NotAsked,
        Some(true) => Checked::Clear,
        Some(false) => Checked::Found(Effect::Sinks, "The questions were not counted each by itself.".to_owned()),
    })
}

fn kind_without_question(_: &Trap, facts: &TrapFacts, book: &Rulebook) -> Result<Checked, NotCovered> {
    let (Some(opened), Some(questions), Some(kinds)) = (facts.ballot_opened, &facts.questions, &facts.kinds_of_action) else {
        return Ok(Checked::NotAsked);
    };
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], " ");
    let known = book.on(Key::Questions, facts.jurisdiction, opened)?.rule.texts();
    let short = book.on(Key::ShortOfStrikeIncludes, facts.jurisdiction, opened).map(|ruling| ruling.rule.texts()).unwrap_or_default();
    // Bans that today's law names as short of a strike were strikes before that rule (Connex).
    let always_named = book.rules().filter(|rule| rule.key == Key::ShortOfStrikeIncludes).flat_map(|rule| rule.texts()).collect::<Vec<_>>();
    let missing: Vec<String> = kinds
        .iter()
        .filter_map(|kind| {
            let kind_plain = plain(kind);
            let is_named = |names: &[&str]| names.iter().any(|name| kind_plain.contains(&plain(name)));
            let strike = kind_plain.contains("strike") && !kind_plain.contains("short") || (is_named(&always_named) && !is_named(&short));
            let needed = if strike { known.first() } else { known.get(1) };
            let needed = plain(needed.copied().unwrap_or("strike"));
            let put = questions.iter().any(|question| plain(question) == needed);
            (!put).then(|| format!("“{kind}” needed the question “{needed}”"))
        })
        .collect();
    Ok(if missing.is_empty() {
        Checked::Clear
    } else {
        Checked::Found(Effect::Sinks, format!("For a ballot opened on {}: {}.", weekday_date(opened), missing.join("; ")))
    })
}

fn new_campaign(_: &Trap, facts: &TrapFacts, book: &Rulebook) -> Result<Checked, NotCovered> {
    let Some(opened) = facts.ballot_opened else { return Ok(Checked::NotAsked) };
    let mandate = book.on(Key::Mandate, facts.jurisdiction, opened)?.rule;
    let crate::rules::Value::Term(term) = mandate.value else { return Ok(Checked::NotAsked) };
    if term.kind != TermKind::MustBeginWithin {
        return Ok(Checked::OtherLaw);
    }
    Ok(match (facts.new_campaign, facts.action_suspended) {
        (Some(true), _) => Checked::Found(Effect::Sinks, "This is a new campaign: the old ballot does not carry it.".to_owned()),
        (Some(false), Some(true)) => {
            Checked::Found(Effect::DoesNotSink, "Suspended and resumed in the same dispute: the ballot still carries it.".to_owned())
        }
        (Some(false), _) => Checked::Clear,
        (None, _) => Checked::NotAsked,
    })
}

fn future_employer(_: &Trap, facts: &TrapFacts, _: &Rulebook) -> Result<Checked, NotCovered> {
    Ok(match facts.dispute_with.as_deref() {
        None => Checked::NotAsked,
        Some("future employer") => Checked::Found(Effect::Sinks, "The dispute is said to be with a future employer.".to_owned()),
        Some(_) => Checked::Clear,
    })
}

fn names_needed(_: &Trap, facts: &TrapFacts, book: &Rulebook) -> Result<Checked, NotCovered> {
    let Some(day) = facts.ballot_notice_received else { return Ok(Checked::NotAsked) };
    let rule = book.on(Key::BallotNoticeContents, facts.jurisdiction, day)?.rule;
    if !rule.texts().contains(&"description_so_employer_can_readily_ascertain_employees") {
        return Ok(Checked::OtherLaw);
    }
    Ok(match facts.employer_can_identify_members {
        None => Checked::NotAsked,
        Some(true) => Checked::Clear,
        Some(false) => Checked::Found(Effect::Sinks, format!("The employer cannot tell from the notice who is meant ({}).", rule.id)),
    })
}

fn wrong_caller(_: &Trap, facts: &TrapFacts, _: &Rulebook) -> Result<Checked, NotCovered> {
    let early = match (facts.called_on, facts.ballot_closed) {
        (Some(called), Some(closed)) if called < closed => {
            Some(format!("Called on {}, before the ballot closed on {}", weekday_date(called), weekday_date(closed)))
        }
        _ => None,
    };
    let by_other = match (&facts.called_by, &facts.authorised_to_call) {
        (Some(by), Some(named)) if !named.iter().any(|name| name.trim().eq_ignore_ascii_case(by.trim())) => {
            Some(format!("Called by “{by}”, who is not on the voting paper ({})", named.join(", ")))
        }
        _ => None,
    };
    let found: Vec<String> = early.into_iter().chain(by_other).collect();
    let asked =
        (facts.called_by.is_some() && facts.authorised_to_call.is_some()) || (facts.called_on.is_some() && facts.ballot_closed.is_some());
    Ok(match (asked, found.is_empty()) {
        (false, _) => Checked::NotAsked,
        (true, true) => Checked::Clear,
        (true, false) => Checked::Found(Effect::Sinks, format!("{}.", found.join("; "))),
    })
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ")
}
