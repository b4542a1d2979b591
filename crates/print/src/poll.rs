//! A poll with its papers, its employers and the law of the day: what the papers of a ballot are made from.

use std::collections::BTreeMap;

use dated::{Date, Faults, NotCovered, Place, Status};
use dispute::{Count, Dispute, Employer, Papers, Poll, Question, QuestionKind, Unit, polls_of_record};
use law::{
    Agreements, Contents, ContentsFault, Document as LawDocument, DocumentFacts, Judgment, Jurisdiction, RowDefaults, Rulebook, UnitResult,
    check_contents, judge_result, law_of_the_day, required_contents,
};
use serde_json::{Value, json};

use crate::document::{Document, check_line, check_text};

/// What an invented paper says of itself.
const SYNTHETIC: &str = "SYNTHETIC: everybody and every figure in this paper is invented.";

/// A poll whose papers are to be printed. All its text has been checked.
pub struct PollPapers<'d> {
    pub(crate) dispute: &'d Dispute,
    pub(crate) poll: &'d Poll,
    pub(crate) papers: &'d Papers,
    pub(crate) book: &'d Rulebook,
}

/// One question of one unit, judged.
pub(crate) struct Judged<'d> {
    pub(crate) question: &'d Question,
    pub(crate) result: UnitResult,
    pub(crate) judgment: Judgment<'d>,
    pub(crate) notes: Vec<String>,
}

impl<'d> PollPapers<'d> {
    /// The poll of that id with its file of papers. `None` when one of them is missing or a text of theirs would print something
    /// else than it says.
    pub fn find(dispute: &'d Dispute, book: &'d Rulebook, poll: &str, faults: &Faults) -> Option<Self> {
        let Some(found) = dispute.polls.iter().find(|one| one.id == poll) else {
            let known: Vec<&str> = dispute.polls.iter().map(|poll| poll.id.as_str()).collect();
            let fix = if known.is_empty() { "this dispute has no poll".to_owned() } else { format!("one of {}", known.join(", ")) };
            faults.error("unknown-poll", &Place::new("--poll", 1), format!("there is no poll “{poll}”"), fix);
            return None;
        };
        let Some(papers) = dispute.papers.iter().find(|papers| papers.poll.0 == poll) else {
            faults.error(
                "no-papers",
                &found.place,
                format!("nothing says what the papers of the poll “{poll}” are to contain: employers, scrutineer, return address"),
                format!("add papers/{poll}.toml (docs/spec/print.md)"),
            );
            return None;
        };
        let all = Self { dispute, poll: found, papers, book };
        all.check_texts(faults).then_some(all)
    }

    /// The balloting units that are asked for: all, or the one of that id.
    pub fn units(&self, only: Option<&str>, faults: &Faults) -> Vec<&'d Unit> {
        let units: Vec<&Unit> = self.poll.units.iter().filter(|unit| only.is_none_or(|only| unit.id == only)).collect();
        if let (Some(only), true) = (only, units.is_empty()) {
            let known: Vec<&str> = self.poll.units.iter().map(|unit| unit.id.as_str()).collect();
            faults.error(
                "unknown-unit",
                &Place::new("--unit", 1),
                format!("there is no unit “{only}”"),
                format!("one of {}", known.join(", ")),
            );
        }
        units
    }

    /// The id of the poll.
    pub fn id(&self) -> &str {
        &self.poll.id
    }

    pub(crate) fn union(&self) -> &'d str {
        self.dispute.party_name(&self.poll.union.0)
    }

    /// The employer of a unit, or a fault.
    pub(crate) fn employer(&self, unit: &Unit, faults: &Faults) -> Option<&'d Employer> {
        let found = self.papers.employer(&unit.id);
        if found.is_none() {
            faults.error(
                "no-employer",
                &self.papers.place,
                format!("the unit “{}” has no employer here", unit.id),
                format!("add [[employer]] with unit = \"{}\", name, address, category and workplace", unit.id),
            );
        }
        found
    }

    pub(crate) fn opened_on(&self, faults: &Faults) -> Option<Date> {
        if self.poll.opened_on.is_none() {
            faults.error("no-opening-day", &self.poll.place, "the day the ballot opens is not known", "add opened_on to the poll");
        }
        self.poll.opened_on
    }

    pub(crate) fn jurisdiction(&self) -> Jurisdiction {
        self.poll.jurisdiction.as_deref().and_then(Jurisdiction::from_short).unwrap_or_default()
    }

    /// What the law of the day asks of a document for one unit; of all units where there is none.
    pub(crate) fn required(&self, document: LawDocument, day: Date, unit: Option<&Unit>, faults: &Faults) -> Option<Contents<'d>> {
        let facts = DocumentFacts {
            jurisdiction: self.jurisdiction(),
            entitled: self.poll.units.iter().map(|unit| unit.entitled).sum(),
            important_public_service: unit.and_then(|unit| unit.important_public_service).unwrap_or(false),
            strike_only: self.poll.questions.iter().all(|question| question.kind == QuestionKind::Strike),
            sample_paper_supplied_on: self.papers.sample_supplied_on,
        };
        required_contents(self.book, document, day, facts).map_err(|what| self.not_covered(&what, faults)).ok()
    }

    pub(crate) fn not_covered(&self, what: &NotCovered, faults: &Faults) {
        faults.error("law-not-known", &self.poll.place, what.to_string(), "this paper cannot be made for that day: nothing is guessed");
    }

    /// L72, L73: every required field that is missing is a fault, all at once.
    pub(crate) fn check_fields(
        &self,
        contents: &Contents<'_>,
        fields: &BTreeMap<String, String>,
        paper: &str,
        place: &Place,
        faults: &Faults,
    ) {
        for fault in check_contents(contents, fields) {
            match fault {
                ContentsFault::Missing { field, text, rule } => {
                    faults.error("field-missing", place, format!("the {paper} lacks {text} ({rule})"), format!("add {}", key_of(field)))
                }
                ContentsFault::StatementDiffers { rule, .. } => {
                    faults.error(
                        "statement-differs",
                        place,
                        format!("the statement is not that of {rule}"),
                        "print the statement word for word",
                    );
                }
            }
        }
    }

    /// A notice or statement is signed and addressed.
    pub(crate) fn check_sent(&self, employer: Option<&Employer>, paper: &str, faults: &Faults) {
        if self.papers.signed_by.is_none() {
            faults.error("field-missing", &self.papers.place, format!("nobody signs the {paper}"), "add `signed_by` and `signed_as`");
        }
        if let Some(employer) = employer.filter(|employer| employer.address.is_empty()) {
            faults.error(
                "address-missing",
                &employer.place,
                format!("{} has no address, so the {paper} cannot be sent", employer.name),
                "add `address = [\"…\"]`, a line each",
            );
        }
    }

    /// A paper of this poll. Where the poll is invented it says so on every page.
    pub(crate) fn document(&self, template: &'static str, title: impl Into<String>, date: Date, data: Value) -> Document {
        let document = Document::new(template, title, date, data);
        match self.poll.status {
            Status::Synthetic => document.labelled(SYNTHETIC),
            Status::Published | Status::Derived | Status::Estimated => document,
        }
    }

    /// What letters share: sender, addressee, signature.
    pub(crate) fn letter(&self, employer: Option<&Employer>) -> Value {
        let lines = |lines: &[(String, Place)]| lines.iter().map(|(line, _)| line.clone()).collect::<Vec<_>>();
        json!({
            "union": self.union(),
            "union_address": lines(&self.papers.union_address),
            "to": employer.map(|employer| employer.name.as_str()),
            "address": employer.map_or_else(Vec::new, |employer| lines(&employer.address)),
            "signed_by": self.papers.signed_by,
            "signed_as": self.papers.signed_as,
        })
    }

    /// The result of record of each question of a unit under the law of its day, or a fault for each that cannot be judged.
    pub(crate) fn judge(&self, unit: &'d Unit, faults: &Faults) -> Vec<Judged<'d>> {
        let mut alone = self.dispute.clone();
        let mut judged = Vec::new();
        for question in &self.poll.questions {
            alone.polls = vec![Poll { units: vec![unit.clone()], questions: vec![question.clone()], ..self.poll.clone() }];
            let mut record = polls_of_record(&alone, RowDefaults::default(), self.book);
            match (record.results.pop(), record.not_judged.pop()) {
                (Some(result), _) => match law_of_the_day(self.book, result.figures().poll, Agreements::default()) {
                    Ok(law) => {
                        let judgment = judge_result(&result, &law);
                        judged.push(Judged { question, result, judgment, notes: record.notes });
                    }
                    Err(what) => self.not_covered(&what, faults),
                },
                (None, why) => {
                    let why = why.map_or_else(|| record.notes.join(" "), |why| why.why);
                    faults.error(
                        "not-judged",
                        &unit.place,
                        format!("{}, question “{}”: {why}", unit.name, question.id),
                        "add the result to the poll: yes, no, spoiled, returned, and how many were entitled",
                    );
                }
            }
        }
        judged
    }

    /// Every text that may be printed, checked once.
    fn check_texts(&self, faults: &Faults) -> bool {
        let before = faults.error_count();
        let (papers, poll) = (self.papers, self.poll);
        let text = |text: &Option<String>, what: &str, place: &Place| {
            if let Some(text) = text {
                check_text(text, what, place, faults);
            }
        };
        let lines = |lines: &[(String, Place)], what: &str| {
            for (line, place) in lines {
                check_line(line, &format!("a line of {what}"), place, faults);
            }
        };
        lines(&papers.union_address, "union_address");
        lines(&papers.return_address, "return_address");
        for (what, value) in [
            ("signed_by", &papers.signed_by),
            ("signed_as", &papers.signed_as),
            ("scrutineer", &papers.scrutineer),
            ("may_call", &papers.may_call),
            ("issue", &papers.issue),
            ("period", &papers.period),
            ("figures_explained", &papers.figures_explained),
        ] {
            text(value, what, &papers.place);
        }
        for (kind, place) in &papers.short_of_strike {
            check_text(kind, "a type of action", place, faults);
        }
        let welsh = &papers.welsh;
        for (what, value) in [
            ("may_call in Welsh", &welsh.may_call),
            ("issue in Welsh", &welsh.issue),
            ("period in Welsh", &welsh.period),
            ("recommendation in Welsh", &welsh.recommendation),
        ] {
            text(value, what, &papers.place);
        }
        for (_, question, place) in &welsh.questions {
            check_text(question, "a question in Welsh", place, faults);
        }
        for (kind, place) in &welsh.short_of_strike {
            check_text(kind, "a type of action in Welsh", place, faults);
        }
        for employer in &papers.employers {
            check_line(&employer.name, "the employer’s name", &employer.place, faults);
            lines(&employer.address, "the employer’s address");
            text(&employer.description, "the description", &employer.place);
            text(&employer.check_off, "check_off", &employer.place);
            for Count { name, place, .. } in employer.categories.iter().chain(&employer.workplaces) {
                check_text(name, "the name of a category or workplace", place, faults);
            }
        }
        for reason in papers.scrutineer_report.iter().flat_map(|report| &report.reasons) {
            check_text(reason, "a reason of the scrutineer", &papers.place, faults);
        }
        check_text(&poll.title, "the poll’s title", &poll.place, faults);
        check_text(self.union(), "the union’s name", &poll.union.1, faults);
        text(&poll.recommendation, "the recommendation", &poll.place);
        for question in &poll.questions {
            text(&question.text, "the question", &question.place);
        }
        for unit in &poll.units {
            check_text(&unit.name, "the unit’s name", &unit.place, faults);
        }
        faults.error_count() == before
    }
}

/// Lines of an address as one text, `None` when there are none.
pub(crate) fn joined(lines: &[(String, Place)]) -> Option<String> {
    (!lines.is_empty()).then(|| lines.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>().join(", "))
}

/// The fields that a paper carries, as `law` checks them.
pub(crate) fn fields<const N: usize>(list: [(&str, Option<String>); N]) -> BTreeMap<String, String> {
    list.into_iter().filter_map(|(field, text)| Some((field.to_owned(), text?))).collect()
}

/// The ids of the required fields, which templates ask for.
pub(crate) fn required_ids(contents: &Contents<'_>) -> Vec<String> {
    contents.fields.iter().map(|field| field.id.to_owned()).collect()
}

/// The rules a paper was made from, each source once.
pub(crate) fn rule_sources<'r>(rules: impl IntoIterator<Item = &'r law::Rule>) -> Vec<String> {
    let mut sources: Vec<String> = Vec::new();
    for rule in rules {
        if !sources.contains(&rule.source) {
            sources.push(rule.source.clone());
        }
    }
    sources
}

/// Which key of which file holds a field.
fn key_of(field: &str) -> &'static str {
    match field {
        "scrutineer_name" => "`scrutineer` to papers/*.toml",
        "return_address" => "`return_address = [\"…\"]` to papers/*.toml",
        "return_by_date" => "`return_by` to papers/*.toml",
        "question" => "`text` to each [[question]] of the poll",
        "persons_authorised_to_call" => "`may_call` to papers/*.toml",
        "summary_of_matters_in_issue" => "`issue` to papers/*.toml",
        "types_of_short_of_strike_action" => "`short_of_strike = [\"…\"]` to papers/*.toml",
        "period_each_type_expected" => "`period` to papers/*.toml",
        "expected_opening_day" => "`opened_on` to the poll",
        "list_categories" | "number_per_category" => "[[employer.category]] with name and number to papers/*.toml",
        "list_workplaces" | "number_per_workplace" => "[[employer.workplace]] with name and number to papers/*.toml",
        "total_employees" => "[[employer.category]] or [[employer.workplace]] to papers/*.toml",
        "explanation_of_figures" => "`figures_explained` to papers/*.toml",
        "description_so_employer_can_readily_ascertain_employees" => "`description` to [[employer]] in papers/*.toml",
        "information_in_unions_possession_to_help_employer_plan_and_inform" | "number_category_workplace_if_possessed" => {
            "`description`, [[employer.category]] or [[employer.workplace]] to papers/*.toml"
        }
        "entitled" => "`entitled` to the [[unit]] of the poll",
        "votes_cast"
        | "spoiled"
        | "spoiled_or_invalid"
        | "yes_per_question"
        | "no_per_question"
        | "turnout_at_least_50"
        | "support_at_least_40_if_ips" => "yes, no, spoiled and returned to each [[result]] of the poll",
        _ => "it (docs/spec/print.md says where)",
    }
}
