//! Papers of a ballot: notice to the employer, voting papers, statements of the result, the scrutineer's report.

use std::ops::Range;

use dated::{Date, Faults, Place, long_date};
use dispute::{Employer, PollKind, QuestionKind, Unit};
use law::{Document as LawDocument, Outcome, ballot_notice_due, weekday_date};
use pay::{When, grouped};
use serde_json::{Value, json};

use crate::document::Document;
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
        (faults.error_count() == before).then(|| Document::new("ballot-notice.typ", title, date, data))
    }

    /// Voting papers of a unit. TULRCA s.229. The day the ballot opens chooses the law.
    pub fn voting_papers(&self, unit: &Unit, numbers: &Numbers, date: Date, faults: &Faults) -> Option<Document> {
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
        let questions: Vec<Value> = self
            .poll
            .questions
            .iter()
            .map(|question| {
                let types: Vec<&str> = match question.kind {
                    QuestionKind::ShortOfStrike => papers.short_of_strike.iter().map(|(text, _)| text.as_str()).collect(),
                    _ => Vec::new(),
                };
                json!({ "text": question.text, "types": types })
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
            "return_by": papers.return_by.map(weekday_date),
            "may_call": papers.may_call,
            "issue": papers.issue,
            "period": papers.period,
            "recommendation": self.poll.recommendation,
        });
        let title = if sample { format!("Sample voting paper: {}", unit.name) } else { format!("Voting papers: {}", unit.name) };
        (faults.error_count() == before).then(|| Document::new("voting-paper.typ", title, date, data))
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
            let rows: Vec<Value> = [
                ("Entitled to vote in the ballot", figures.entitled),
                ("Votes cast", returned),
                ("Answered Yes", Some(figures.yes)),
                ("Answered No", figures.no),
                ("Spoiled or otherwise invalid voting papers", figures.spoiled),
            ]
            .into_iter()
            .filter_map(|(what, number)| Some(json!({ "what": what, "number": grouped(number?) })))
            .collect();
            let tests: Vec<String> = contents
                .fields
                .iter()
                .filter_map(|field| match field.id {
                    "turnout_at_least_50" => of_test("turnout"),
                    "support_at_least_40_if_ips" => of_test("support"),
                    _ => None,
                })
                .collect();
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
        (faults.error_count() == before).then(|| Document::new("result.typ", title, date, data))
    }

    /// The scrutineer's report on the whole poll. TULRCA s.231B.
    pub fn scrutineer_report(&self, date: Date, faults: &Faults) -> Option<Document> {
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
        let (report, scrutineer) = (papers.scrutineer_report.as_ref()?, papers.scrutineer.as_ref()?);
        let counts = [
            ("Printed", report.printed),
            ("Sent out", report.sent),
            ("Sent again for lost or spoiled papers", report.replaced),
            ("Came back undelivered", report.undelivered),
        ];
        let counts: Vec<Value> = counts
            .iter()
            .map(|(what, number)| json!({ "what": what, "number": number.map_or_else(|| "not stated".to_owned(), grouped) }))
            .collect();
        let say = |truth: bool, yes: &str, no: &str| if truth { yes.to_owned() } else { no.to_owned() };
        let statements = [
            say(
                report.requirements_met,
                "There are no reasonable grounds for believing that there was any contravention of a requirement imposed by or under any enactment in relation to the ballot.",
                "I am not satisfied that there are no reasonable grounds for believing that a requirement imposed by or under an enactment was contravened in relation to the ballot.",
            ),
            say(
                report.secure,
                "The arrangements for the production, storage, distribution, return and other handling of the voting papers and for the counting of the votes included all such security arrangements as were reasonably practicable for the purpose of minimising the risk of unfairness or malpractice.",
                "I am not satisfied that the arrangements for the voting papers and for the counting of the votes included all the security arrangements that were reasonably practicable.",
            ),
            say(
                report.unhindered,
                "I was able to carry out my functions without interference from the union or any of its members, officials or employees.",
                "I am not satisfied that I was able to carry out my functions without interference from the union or any of its members, officials or employees.",
            ),
        ];
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
                "law_day": "",
                "rules": Vec::<String>::new(),
            }),
        );
        let title = format!("Scrutineer’s report: {}", self.poll.title);
        (faults.error_count() == before).then(|| Document::new("scrutineer.typ", title, date, data))
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

/// Whether a test was met, with its figures, as a sentence; `None` where it was not made or could not be decided.
fn test_line(judged: &Judged<'_>, name: &str) -> Option<String> {
    let test = judged.judgment.adopted().tests.iter().find(|test| test.figures.name() == name)?;
    let met = match test.outcome {
        Outcome::Met => "Yes",
        Outcome::NotMet => "No",
        Outcome::CannotTell { .. } => return None,
    };
    Some(match test.figures {
        law::TestFigures::Turnout { returned, entitled, percent } => format!(
            "Was the number of votes cast at least {percent}% of those entitled to vote? {met}: {} of {}.",
            grouped(returned),
            grouped(entitled?)
        ),
        law::TestFigures::Support { yes, entitled, percent } => format!(
            "Were those answering Yes at least {percent}% of those entitled to vote? {met}: {} of {}.",
            grouped(yes),
            grouped(entitled?)
        ),
        law::TestFigures::Majority { .. } => return None,
    })
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
