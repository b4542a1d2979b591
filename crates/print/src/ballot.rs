//! Papers of a ballot: notice to the employer, voting papers, statements of the result, the scrutineer's report.

use std::ops::Range;

use dated::{Date, Faults, Place, long_date};
use dispute::campaign::Language;
use dispute::{Employer, PollKind, QuestionKind, Unit};
use law::{Document as LawDocument, Outcome, ballot_notice_due, weekday_date};
use pay::{When, grouped};
use serde_json::{Value, json};

use crate::document::{Document, Look};
use crate::poll::{Judged, PollPapers, fields, joined, required_ids, rule_sources};

/// Which voting papers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// One specimen for employers. TULRCA s.226A(1)(b).
    Sample,
    /// Papers with these consecutive whole numbers, each used once. TULRCA s.229(1A)(c).
    Real(Range<u64>),
}

/// Who is told the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// Everyone entitled to vote. TULRCA s.231.
    Members,
    /// The employer. TULRCA s.231A.
    Employer,
}

/// What a scrutineer's report shows besides what the folder says; empty for a poll on paper alone.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Unit, fingerprint of its election, hash of the last event of its archive.
    pub archives: Vec<[String; 3]>,
    /// What became of the packs, from each who tells it: who says so, headings, and a row for each unit.
    pub packs: Vec<(String, Vec<String>, Vec<Vec<String>>)>,
    /// What was entered during the poll, in order.
    pub incidents: Vec<String>,
}

/// What the union itself says on papers for members, in one language.
struct OwnTexts {
    questions: Vec<String>,
    may_call: Option<String>,
    issue: Option<String>,
    period: Option<String>,
    short_of_strike: Vec<String>,
    recommendation: Option<String>,
}

/// A day on a paper for members: with its weekday in English, in figures in Welsh.
fn day_words(day: Date, language: Language) -> String {
    if language == Language::English { weekday_date(day) } else { language.date(day) }
}

impl PollPapers<'_> {
    /// The notice of ballot to the employer of a unit. TULRCA s.226A. The day it is received chooses the law; a notice that
    /// would come too late is a fault.
    pub fn ballot_notice(&self, unit: &Unit, date: Date, received_on: Date, faults: &Faults) -> Option<Document> {
        let before = faults.error_count();
        self.check_statutory("ballot notice", faults);
        let employer = self.employer(unit, faults)?;
        let opens = self.opened_on(faults)?;
        self.check_sent(Some(employer), "ballot notice", faults);
        match ballot_notice_due(self.book, self.jurisdiction(), opens) {
            Ok(due) if !due.is_met_by(received_on) => faults.error(
                "too-late",
                &Place::new("--received", 1),
                format!(
                    "received on {}, the notice is too late for a ballot that opens on {}",
                    weekday_date(received_on),
                    weekday_date(opens)
                ),
                format!("it must be received by {} ({})", weekday_date(due.on), due.rule.id),
            ),
            Ok(_) => {}
            Err(what) => self.not_covered(&what, faults),
        }
        let contents = self.required(LawDocument::BallotNotice, received_on, Some(unit), faults)?;
        let mut stands = self.staff_fields(employer);
        stands.extend(fields([("intention_to_ballot", Some("yes".to_owned())), ("expected_opening_day", Some(opens.to_string()))]));
        self.check_fields(&contents, &stands, "ballot notice", &employer.place, faults);
        let mut data = self.letter(Some(employer));
        merge(&mut data, self.staff(employer));
        merge(
            &mut data,
            json!({
                "unit": unit.name,
                "opens": weekday_date(opens),
                "required": required_ids(&contents),
                "law_day": long_date(received_on),
                "rules": rule_sources(contents.fields.iter().map(|field| field.rule)),
            }),
        );
        let title = format!("Notice of ballot: {} to {}", self.union(), employer.name);
        (faults.error_count() == before).then(|| self.document("ballot-notice.typ", title, date, data))
    }

    /// Voting papers of a unit. TULRCA s.229. The day the ballot opens chooses the law.
    /// In Welsh the statutory statement stands as the statute has it, and the paper says so.
    pub fn voting_papers(&self, unit: &Unit, numbers: &Numbers, look: Look, date: Date, faults: &Faults) -> Option<Document> {
        let before = faults.error_count();
        self.check_statutory("voting paper", faults);
        let employer = self.employer(unit, faults)?;
        let opens = self.opened_on(faults)?;
        let papers = self.papers;
        let contents = self.required(LawDocument::VotingPaper, opens, Some(unit), faults)?;
        let texts: Option<Vec<String>> = self.poll.questions.iter().map(|question| question.text.clone()).collect();
        let types =
            (!papers.short_of_strike.is_empty()).then(|| papers.short_of_strike.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>());
        let stands = fields([
            ("scrutineer_name", papers.scrutineer.clone()),
            ("return_address", joined(&papers.return_address)),
            ("return_by_date", papers.return_by.map(|day| day.to_string())),
            ("consecutive_number", Some("yes".to_owned())),
            ("question", texts.filter(|texts| !texts.is_empty()).map(|texts| texts.join(" "))),
            ("persons_authorised_to_call", papers.may_call.clone()),
            ("statutory_statement", contents.statement.map(|(text, _)| text.to_owned())),
            ("summary_of_matters_in_issue", papers.issue.clone()),
            ("types_of_short_of_strike_action", types.map(|types| types.join("; "))),
            ("period_each_type_expected", papers.period.clone()),
        ]);
        self.check_fields(&contents, &stands, "voting paper", &papers.place, faults);
        if let Some(by) = papers.return_by.filter(|by| *by < opens) {
            faults.error(
                "returned-before-opening",
                &papers.place,
                format!("papers are to be returned by {by}, before the ballot opens on {opens}"),
                "correct return_by or the poll’s opened_on",
            );
        }
        if let (Some(by), Some(When::Day(closes))) = (papers.return_by, self.poll.closed)
            && by != closes
        {
            faults.error(
                "return-is-not-closing",
                &papers.place,
                format!("papers are to be returned by {by}, but the poll closes on {closes}"),
                "the last day of voting is the day by which papers are returned: correct one of them",
            );
        }
        let asked = |id: &str| contents.fields.iter().any(|field| field.id == id);
        let texts = self.own_texts(look.language, &asked, faults);
        let questions: Vec<Value> = self
            .poll
            .questions
            .iter()
            .zip(&texts.questions)
            .map(|(question, text)| {
                let types = if question.kind == QuestionKind::ShortOfStrike { texts.short_of_strike.as_slice() } else { &[] };
                json!({ "text": text, "types": types })
            })
            .collect();
        let (sample, numbers): (bool, Vec<String>) = match numbers {
            Numbers::Sample => (true, vec!["SAMPLE".to_owned()]),
            Numbers::Real(range) => (false, range.clone().map(|number| format!("{number:06}")).collect()),
        };
        let data = json!({
            "union": self.union(),
            "unit": unit.name,
            "employer": employer.name,
            "sample": sample,
            "numbers": numbers,
            "questions": questions,
            "required": required_ids(&contents),
            "statement": contents.statement.map(|(text, _)| text),
            "scrutineer": papers.scrutineer,
            "return_address": papers.return_address.iter().map(|(line, _)| line).collect::<Vec<_>>(),
            "return_by": papers.return_by.map(|day| day_words(day, look.language)),
            "may_call": texts.may_call,
            "issue": texts.issue,
            "period": texts.period,
            "recommendation": texts.recommendation,
        });
        let title = if sample { format!("Sample voting paper: {}", unit.name) } else { format!("Voting papers: {}", unit.name) };
        (faults.error_count() == before).then(|| self.document("voting-paper.typ", title, date, data).with(look))
    }

    /// To the members of a unit, with the voting paper: what is asked, how to vote, by when. The law asks for no such letter.
    pub fn ballot_letter(&self, unit: &Unit, look: Look, date: Date, faults: &Faults) -> Option<Document> {
        let before = faults.error_count();
        self.check_statutory("letter to members", faults);
        self.check_sent(None, "letter to members", faults);
        let employer = self.employer(unit, faults);
        let opens = self.opened_on(faults);
        let papers = self.papers;
        let missing = |key: &str, is_missing: bool| {
            if is_missing {
                let what = format!("the letter to members lacks {key}");
                faults.error("field-missing", &papers.place, what, format!("add `{key}` to papers/*.toml"));
            }
        };
        missing("return_by", papers.return_by.is_none());
        missing("return_address", papers.return_address.is_empty());
        for question in self.poll.questions.iter().filter(|question| question.text.is_none()) {
            faults.error("field-missing", &question.place, "the letter to members lacks the question", "add `text` to the [[question]]");
        }
        let texts = self.own_texts(look.language, &|field| field == "summary_of_matters_in_issue", faults);
        let (employer, opens, return_by) = (employer?, opens?, papers.return_by?);
        let mut data = self.letter(None);
        merge(
            &mut data,
            json!({
                "unit": unit.name,
                "employer": employer.name,
                "opens": day_words(opens, look.language),
                "questions": texts.questions,
                "return_by": day_words(return_by, look.language),
                "return_address": papers.return_address.iter().map(|(line, _)| line).collect::<Vec<_>>(),
                "scrutineer": papers.scrutineer,
                "issue": texts.issue,
                "recommendation": texts.recommendation,
            }),
        );
        let title = format!("To members: the ballot at {}", employer.name);
        (faults.error_count() == before).then(|| self.document("ballot-letter.typ", title, date, data).with(look))
    }

    /// The union's own texts in a language. Every one that a Welsh paper prints and the folder has only in English is a fault:
    /// nothing is translated.
    fn own_texts(&self, language: Language, asked: &dyn Fn(&str) -> bool, faults: &Faults) -> OwnTexts {
        let papers = self.papers;
        let english = OwnTexts {
            questions: self.poll.questions.iter().map(|question| question.text.clone().unwrap_or_default()).collect(),
            may_call: papers.may_call.clone(),
            issue: papers.issue.clone(),
            period: papers.period.clone(),
            short_of_strike: papers.short_of_strike.iter().map(|(text, _)| text.clone()).collect(),
            recommendation: self.poll.recommendation.clone(),
        };
        if language == Language::English {
            return english;
        }
        let welsh = &papers.welsh;
        let missing = |key: &str, is_missing: bool| {
            if is_missing {
                let fix = format!("add {key} under [welsh] in papers/*.toml; nothing is translated by the program");
                faults.error("no-welsh-text", &papers.place, format!("a Welsh paper lacks its Welsh text: {key}"), fix);
            }
        };
        for question in &self.poll.questions {
            missing(&format!("[[welsh.question]] with id = \"{}\"", question.id), welsh.question(&question.id).is_none());
        }
        missing("may_call", asked("persons_authorised_to_call") && english.may_call.is_some() && welsh.may_call.is_none());
        missing("issue", asked("summary_of_matters_in_issue") && english.issue.is_some() && welsh.issue.is_none());
        missing("period", asked("period_each_type_expected") && english.period.is_some() && welsh.period.is_none());
        let types = asked("types_of_short_of_strike_action") && english.short_of_strike.len() != welsh.short_of_strike.len();
        missing("short_of_strike (as many as in English)", types);
        missing("recommendation", english.recommendation.is_some() && welsh.recommendation.is_none());
        OwnTexts {
            questions: self.poll.questions.iter().map(|question| welsh.question(&question.id).unwrap_or_default().to_owned()).collect(),
            may_call: welsh.may_call.clone(),
            issue: welsh.issue.clone(),
            period: welsh.period.clone(),
            short_of_strike: welsh.short_of_strike.iter().map(|(text, _)| text.clone()).collect(),
            recommendation: welsh.recommendation.clone(),
        }
    }

    /// The statement of the result of a unit. TULRCA ss.231, 231A. The day the ballot opened chooses the law; whether a test was
    /// met is `law`'s verdict.
    pub fn result_statement(&self, unit: &Unit, addressee: Addressee, date: Date, faults: &Faults) -> Option<Document> {
        let before = faults.error_count();
        self.check_statutory("statement of the result", faults);
        let employer = match addressee {
            Addressee::Employer => Some(self.employer(unit, faults)?),
            Addressee::Members => None,
        };
        self.check_sent(employer, "statement of the result", faults);
        let unit = self.poll.units.iter().find(|known| known.id == unit.id)?;
        let opened = self.opened_on(faults)?;
        let contents = self.required(LawDocument::ResultStatement, opened, Some(unit), faults)?;
        let judged = self.judge(unit, faults);
        let mut results = Vec::new();
        for one in &judged {
            let figures = one.result.figures();
            let of_test = |name: &str| test_line(one, name);
            let returned = Some(one.result.returned());
            let stands = fields([
                ("entitled", figures.entitled.map(|count| count.to_string())),
                ("votes_cast", returned.map(|count| count.to_string())),
                ("yes_per_question", Some(figures.yes.to_string())),
                ("no_per_question", figures.no.map(|count| count.to_string())),
                ("spoiled", figures.spoiled.map(|count| count.to_string())),
                ("spoiled_or_invalid", figures.spoiled.map(|count| count.to_string())),
                ("turnout_at_least_50", of_test("turnout")),
                ("support_at_least_40_if_ips", of_test("support")),
            ]);
            self.check_fields(&contents, &stands, "statement of the result", &unit.place, faults);
            // The items are those of the rules, in their order and in their words; who was entitled is always said, or no share
            // could be worked out.
            let entitled = ("entitled", self.book.field_text("entitled"));
            let listed = contents.fields.iter().map(|field| (field.id, field.text));
            let first = (!contents.fields.iter().any(|field| field.id == "entitled")).then_some(entitled);
            let (mut rows, mut tests) = (Vec::new(), Vec::new());
            for (id, text) in first.into_iter().chain(listed) {
                let number = match id {
                    "entitled" => figures.entitled,
                    "votes_cast" => returned,
                    "yes_per_question" => Some(figures.yes),
                    "no_per_question" => figures.no,
                    "spoiled" | "spoiled_or_invalid" => figures.spoiled,
                    _ => None,
                };
                rows.extend(number.map(|number| json!({ "what": capital(text), "number": grouped(number) })));
                let answer = match id {
                    "turnout_at_least_50" => of_test("turnout"),
                    "support_at_least_40_if_ips" => of_test("support"),
                    _ => None,
                };
                tests.extend(answer.map(|answer| format!("{}: {answer}", capital(text))));
            }
            results.push(json!({
                "title": question_title(one.question.kind),
                "text": one.question.text,
                "rows": rows,
                "tests": tests,
            }));
        }
        let mut data = self.letter(employer);
        if addressee == Addressee::Members {
            data["to"] = "Everyone entitled to vote in the ballot".into();
        }
        merge(
            &mut data,
            json!({
                "unit": unit.name,
                "to_employer": addressee == Addressee::Employer,
                "opened": weekday_date(opened),
                "closed": closed_words(self.poll.closed),
                "results": results,
                "law_day": long_date(opened),
                "required": required_ids(&contents),
                "rules": rule_sources(contents.fields.iter().map(|field| field.rule)),
            }),
        );
        let title = format!("Result of the ballot: {}", unit.name);
        (faults.error_count() == before).then(|| self.document("result.typ", title, date, data))
    }

    /// The scrutineer's report on the whole poll. TULRCA s.231B.
    pub fn scrutineer_report(&self, evidence: &Evidence, date: Date, faults: &Faults) -> Option<Document> {
        let before = faults.error_count();
        let papers = self.papers;
        let missing =
            |what: &str, fix: &str| faults.error("field-missing", &papers.place, format!("the scrutineer’s report lacks {what}"), fix);
        if papers.scrutineer.is_none() {
            missing("the scrutineer’s name", "add `scrutineer` to papers/*.toml");
        }
        if papers.scrutineer_report.is_none() {
            missing(
                "what the scrutineer is to state (s.231B)",
                "add [scrutineer_report] with requirements_met, secure, unhindered (true or false), and reasons where one is false",
            );
        }
        let mut rows = Vec::new();
        for unit in &self.poll.units {
            for one in self.judge(unit, faults) {
                let figures = one.result.figures();
                let number = |count: Option<u64>| count.map_or_else(|| "not stated".to_owned(), grouped);
                rows.push(json!({
                    "what": format!("{}: {}", unit.name, question_title(one.question.kind).to_lowercase()),
                    "entitled": number(figures.entitled),
                    "returned": grouped(one.result.returned()),
                    "yes": grouped(figures.yes),
                    "no": number(figures.no),
                    "spoiled": number(figures.spoiled),
                }));
            }
        }
        let closed = match self.poll.closed {
            Some(When::Day(day)) => Some(day),
            _ => {
                faults.error("no-closing-day", &self.poll.place, "the last day of voting is not known", "add closed_on to the poll");
                None
            }
        };
        let contents = closed.and_then(|day| self.required(LawDocument::ScrutineerReport, day, None, faults));
        let (report, scrutineer) = (papers.scrutineer_report.as_ref()?, papers.scrutineer.as_ref()?);
        let (closed, contents) = (closed?, contents?);
        let counts = [
            ("Printed", report.printed),
            ("Sent out", report.sent),
            ("Sent again for lost or spoiled papers", report.replaced),
            ("Came back undelivered", report.undelivered),
        ];
        // Where delivery told what became of the packs, four empty lines above it would only puzzle.
        let is_told = evidence.packs.is_empty() || counts.iter().any(|(_, number)| number.is_some());
        let counts: Vec<Value> = counts
            .iter()
            .filter(|_| is_told)
            .map(|(what, number)| json!({ "what": what, "number": number.map_or_else(|| "not stated".to_owned(), grouped) }))
            .collect();
        let statements: Vec<Value> = contents
            .fields
            .iter()
            .map(|field| {
                let satisfied = match field.id {
                    "scrutineer_no_contravention" => report.requirements_met,
                    "scrutineer_security" => report.secure,
                    "scrutineer_no_interference" => report.unhindered,
                    // A matter that the rules ask for and the folder has no answer to is never stated as satisfied.
                    _ => false,
                };
                json!({ "answer": if satisfied { "I am satisfied" } else { "I am not satisfied" }, "matter": field.text })
            })
            .collect();
        let mut data = self.letter(None);
        merge(
            &mut data,
            json!({
                "poll": self.poll.title,
                "scrutineer": scrutineer,
                "signed_by": scrutineer,
                "signed_as": "Independent scrutineer",
                "papers": counts,
                "results": rows,
                "statements": statements,
                "reasons": report.reasons,
                "archives": evidence.archives,
                "packs": evidence.packs.iter().map(|(by, heads, rows)| json!({ "by": by, "heads": heads, "rows": rows })).collect::<Vec<_>>(),
                "incidents": evidence.incidents,
                "law_day": long_date(closed),
                "rules": rule_sources(contents.fields.iter().map(|field| field.rule)),
            }),
        );
        let title = format!("Scrutineer’s report: {}", self.poll.title);
        (faults.error_count() == before).then(|| self.document("scrutineer.typ", title, date, data))
    }

    /// The statutory papers belong to ballots under the Act.
    pub(crate) fn check_statutory(&self, paper: &str, faults: &Faults) {
        if self.poll.kind != PollKind::Statutory {
            faults.error(
                "not-statutory",
                &self.poll.place,
                format!("“{}” is no ballot under the Act, so there is no {paper} for it", self.poll.id),
                "a consultation or an indicative vote has no statutory papers",
            );
        }
    }

    /// Lists and figures of an employer as `law` checks them.
    pub(crate) fn staff_fields(&self, employer: &Employer) -> std::collections::BTreeMap<String, String> {
        let listed = |list: &[dispute::Count]| (!list.is_empty()).then(|| format!("{} entries", list.len()));
        let known = employer.description.clone().or(listed(&employer.categories)).or(listed(&employer.workplaces));
        fields([
            ("list_categories", listed(&employer.categories)),
            ("list_workplaces", listed(&employer.workplaces)),
            ("total_employees", total(employer).map(|total| total.to_string())),
            ("number_per_category", listed(&employer.categories)),
            ("number_per_workplace", listed(&employer.workplaces)),
            ("explanation_of_figures", self.papers.figures_explained.clone()),
            ("description_so_employer_can_readily_ascertain_employees", employer.description.clone()),
            ("information_in_unions_possession_to_help_employer_plan_and_inform", known.clone()),
            ("number_category_workplace_if_possessed", known),
            (law::CHECK_OFF_FIELD, employer.check_off.clone()),
        ])
    }

    /// The same for the template.
    pub(crate) fn staff(&self, employer: &Employer) -> Value {
        let rows = |list: &[dispute::Count]| {
            list.iter().map(|count| json!({ "name": count.name, "number": grouped(count.number) })).collect::<Vec<_>>()
        };
        json!({
            "categories": rows(&employer.categories),
            "workplaces": rows(&employer.workplaces),
            "total": total(employer).map(grouped),
            "explained": self.papers.figures_explained,
            "description": employer.description,
            "check_off": employer.check_off,
        })
    }
}

fn total(employer: &Employer) -> Option<u64> {
    let list = if employer.categories.is_empty() { &employer.workplaces } else { &employer.categories };
    (!list.is_empty()).then(|| list.iter().map(|count| count.number).fold(0, u64::saturating_add))
}

/// Whether a test was met, with its figures, in words; `None` where it was not made or could not be decided.
fn test_line(judged: &Judged<'_>, name: &str) -> Option<String> {
    let test = judged.judgment.adopted().tests.iter().find(|test| test.figures.name() == name)?;
    let met = match test.outcome {
        Outcome::Met => "yes",
        Outcome::NotMet => "no",
        Outcome::CannotTell { .. } => return None,
    };
    let (reached, entitled) = match test.figures {
        law::TestFigures::Turnout { returned, entitled, .. } => (returned, entitled?),
        law::TestFigures::Support { yes, entitled, .. } => (yes, entitled?),
        law::TestFigures::Majority { .. } => return None,
    };
    Some(format!("{met}, {} of {}", grouped(reached), grouped(entitled)))
}

pub(crate) fn question_title(kind: QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Strike => "Strike",
        QuestionKind::ShortOfStrike => "Action short of a strike",
        QuestionKind::AcceptOffer => "The offer",
        QuestionKind::FormalBallot => "A formal ballot",
    }
}

pub(crate) fn closed_words(closed: Option<When>) -> String {
    match closed {
        Some(When::Day(day)) => weekday_date(day),
        Some(When::Month(month)) => month.long(),
        None => "a day not known".to_owned(),
    }
}

/// Adds the keys of one JSON object to another.
pub(crate) fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// A text of the rules at the beginning of a line.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
