//! Papers after a ballot: the certificate of a mandate and the notice of action. Neither can be had without the mandate itself,
//! which only `law` makes.

use dated::{Date, Faults, Place, long_date};
use dispute::{ActionKind, Call, QuestionKind, ShortType, Unit};
use law::{
    Agreements, Document as LawDocument, Outcome, ProposedAction, Reading, ResultTold, TermKind, Verdict, judge_action, judge_notice,
    weekday_date,
};
use pay::grouped;
use serde_json::{Value, json};

use crate::ballot::{closed_words, merge, question_title};
use crate::document::Document;
use crate::poll::{PollPapers, fields, required_ids, rule_sources};

/// What became of a unit's certificate.
#[derive(Clone, Debug)]
pub enum Certificate {
    /// At least one question won a mandate.
    Held(Box<Document>),
    /// None did; the sentences say why.
    Refused(Vec<String>),
}

impl PollPapers<'_> {
    /// The certificate of a unit's mandate, or why there is none. Of several readings of the law the strictest is adopted; where
    /// another gives another verdict the certificate says that it is provisional. `only` is the id of the one question that it is to
    /// be of.
    pub fn certificate(&self, unit: &Unit, only: Option<&str>, date: Date, faults: &Faults) -> Option<Certificate> {
        let before = faults.error_count();
        self.check_statutory("certificate", faults);
        let unit = self.poll.units.iter().find(|known| known.id == unit.id)?;
        let is_known = |id: &str| self.poll.questions.iter().any(|question| question.id == id);
        if let Some(id) = only.filter(|id| !is_known(id)) {
            let known: Vec<&str> = self.poll.questions.iter().map(|question| question.id.as_str()).collect();
            let what = format!("the poll has no question “{id}”");
            faults.error("unknown-question", &Place::new("--question", 1), what, format!("one of {}", known.join(", ")));
        }
        let mut judged = self.judge(unit, faults);
        judged.retain(|one| only.is_none_or(|id| one.question.id == id));
        if faults.error_count() > before {
            return None;
        }
        let (mut mandates, mut refused, mut notes, mut others) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut rules = Vec::new();
        for one in &judged {
            let title = question_title(one.question.kind);
            let adopted = one.judgment.adopted();
            let Some(mandate) = &adopted.mandate else {
                refused.push(format!("{}, {}: {}", unit.name, title.to_lowercase(), why_not(adopted)));
                continue;
            };
            if let Some(other) = one.judgment.other() {
                others.push(format!("{title}: {}: {}.", other.name, other.verdict.word()));
            }
            notes.extend(one.notes.iter().chain(&one.judgment.notes).cloned());
            rules.extend(adopted.tests.iter().map(|test| test.rule).chain([mandate.rule()]));
            let last = weekday_date(mandate.last_day());
            let period = match mandate.kind() {
                TermKind::Expires => format!("This ballot supports {} until the end of {last}.", in_words(one.question.kind)),
                TermKind::MustBeginWithin => format!("This ballot supports {} that begins by {last}.", in_words(one.question.kind)),
            };
            let tests: Vec<Value> = adopted
                .tests
                .iter()
                .map(|test| {
                    json!({
                        "name": test.figures.name(),
                        "percent": test.figures.percent_shown().map_or_else(|| "–".to_owned(), |percent| format!("{percent}%")),
                        "comparison": test.figures.comparison().unwrap_or_else(|| "figures not known".to_owned()),
                        "outcome": if test.outcome == Outcome::Met { "met" } else { "not met" },
                    })
                })
                .collect();
            mandates.push(json!({ "title": title, "period": period, "tests": tests }));
        }
        if mandates.is_empty() {
            return Some(Certificate::Refused(refused));
        }
        notes.extend(refused.into_iter().map(|why| format!("No mandate for: {why}")));
        notes.dedup();
        let mut data = self.letter(None);
        merge(
            &mut data,
            json!({
                "unit": unit.name,
                "poll": self.poll.title,
                "opened": self.poll.opened_on.map_or_else(|| "a day not known".to_owned(), weekday_date),
                "closed": closed_words(self.poll.closed),
                "entitled": unit.entitled.map_or_else(|| "not stated".to_owned(), grouped),
                "mandates": mandates,
                "provisional": !others.is_empty(),
                "other": others.join(" "),
                "notes": notes,
                "signed_by": self.papers.signed_by.clone().unwrap_or_default(),
                "law_day": self.poll.opened_on.map_or_else(String::new, long_date),
                "rules": rule_sources(rules),
                "disclaimer": self.book.not_legal_advice(),
            }),
        );
        Some(Certificate::Held(Box::new(self.document("certificate.typ", format!("Certificate of mandate: {}", unit.name), date, data))))
    }

    /// The table of all mandates: every unit and question with its figures, its verdict and its last day, won or not.
    pub fn mandate_table(&self, date: Date, faults: &Faults) -> Option<Document> {
        let before = faults.error_count();
        self.check_statutory("table of mandates", faults);
        let (mut rows, mut notes, mut rules) = (Vec::new(), Vec::new(), Vec::new());
        for unit in &self.poll.units {
            for one in self.judge(unit, faults) {
                let adopted = one.judgment.adopted();
                let figures = one.result.figures();
                let number = |count: Option<u64>| count.map_or_else(|| "not stated".to_owned(), grouped);
                let last_day = match &adopted.mandate {
                    None => why_not(adopted),
                    Some(mandate) if mandate.kind() == TermKind::Expires => {
                        format!("until the end of {}", weekday_date(mandate.last_day()))
                    }
                    Some(mandate) => format!("for action that begins by {}", weekday_date(mandate.last_day())),
                };
                let other = one.judgment.other().map(|other| format!("Provisional: {}: {}.", other.name, other.verdict.word()));
                rows.push(json!({
                    "unit": unit.name,
                    "question": question_title(one.question.kind),
                    "entitled": number(figures.entitled),
                    "returned": grouped(one.result.returned()),
                    "yes": grouped(figures.yes),
                    "no": number(figures.no),
                    "verdict": match adopted.verdict {
                        Verdict::Mandate => "Mandate",
                        Verdict::NoMandate => "No mandate:",
                        Verdict::CannotTell => "Cannot tell:",
                    },
                    "last_day": last_day,
                    "other": other,
                }));
                notes.extend(one.notes.iter().chain(&one.judgment.notes).cloned());
                rules.extend(adopted.tests.iter().map(|test| test.rule).chain(adopted.mandate.as_ref().map(law::Mandate::rule)));
            }
        }
        notes.sort();
        notes.dedup();
        let mut data = self.letter(None);
        merge(
            &mut data,
            json!({
                "poll": self.poll.title,
                "opened": self.poll.opened_on.map_or_else(|| "a day not known".to_owned(), weekday_date),
                "closed": closed_words(self.poll.closed),
                "rows": rows,
                "notes": notes,
                "law_day": self.poll.opened_on.map_or_else(String::new, long_date),
                "rules": rule_sources(rules),
                "disclaimer": self.book.not_legal_advice(),
            }),
        );
        let title = format!("Mandates: {}", self.poll.title);
        (faults.error_count() == before).then(|| self.document("mandates.typ", title, date, data))
    }

    /// The notice of calls to the employer of a unit, one notice for all of them. TULRCA s.234A. The day it is received chooses the
    /// law. Without a mandate for each kind of action, or for a day that mandate and notice do not cover, there is no notice. A call
    /// is of single days, or continuous from its first day on.
    pub fn action_notice(&self, unit: &Unit, calls: &[&Call], date: Date, received_on: Date, faults: &Faults) -> Option<Document> {
        let before = faults.error_count();
        self.check_statutory("notice of action", faults);
        let employer = self.employer(unit, faults)?;
        self.check_sent(Some(employer), "notice of action", faults);
        let unit = self.poll.units.iter().find(|known| known.id == unit.id)?;
        let contents = self.required(LawDocument::ActionNotice, received_on, Some(unit), faults)?;
        let has_days = !calls.is_empty() && calls.iter().all(|call| !days_of(call).is_empty());
        let mut stands = self.staff_fields(employer);
        stands.extend(fields([
            ("continuous_or_discontinuous", Some("yes".to_owned())),
            ("start_date_or_each_date", has_days.then(|| "yes".to_owned())),
            ("statement_that_given_for_s234A", Some("yes".to_owned())),
        ]));
        self.check_fields(&contents, &stands, "notice of action", &employer.place, faults);
        self.check_days(unit, calls, received_on, faults);
        let parts: Vec<Value> = calls
            .iter()
            .map(|call| {
                let kind = question_kind(call);
                json!({
                    "title": question_title(kind),
                    "kind": in_words(kind),
                    // What is none of the known types, the call's own text says.
                    "types": call
                        .types
                        .iter()
                        .map(|kind| if *kind == ShortType::Other { call.text.clone() } else { kind.words() })
                        .collect::<Vec<_>>(),
                    "hours": call.hours.map(dispute::Hours::words),
                    "continuous": call.continuous.is_some(),
                    "dates": days_of(call).into_iter().map(weekday_date).collect::<Vec<_>>(),
                })
            })
            .collect();
        let mut data = self.letter(Some(employer));
        merge(&mut data, self.staff(employer));
        merge(
            &mut data,
            json!({
                "unit": unit.name,
                "parts": parts,
                "required": required_ids(&contents),
                "law_day": long_date(received_on),
                "rules": rule_sources(contents.fields.iter().map(|field| field.rule)),
            }),
        );
        let title = format!("Notice of action: {} to {}", self.union(), employer.name);
        (faults.error_count() == before).then(|| self.document("action-notice.typ", title, date, data))
    }

    /// Every day of the notice must be lawful as far as mandate and notice go.
    fn check_days(&self, unit: &Unit, calls: &[&Call], received_on: Date, faults: &Faults) {
        let Some(unit) = self.poll.units.iter().find(|known| known.id == unit.id) else { return };
        let judged = self.judge(unit, faults);
        for call in calls {
            let kind = question_kind(call);
            let of_kind = judged.iter().find(|one| one.question.kind == kind);
            let Some(mandate) = of_kind.and_then(|one| one.judgment.adopted().mandate.as_ref()) else {
                let why = of_kind.map_or_else(|| "the poll did not ask about it".to_owned(), |one| why_not(one.judgment.adopted()));
                faults.error(
                    "no-mandate",
                    &unit.place,
                    format!("{} has no mandate for {}: {why}", unit.name, in_words(kind)),
                    "no notice of action can be given",
                );
                continue;
            };
            let notice = match judge_notice(self.book, mandate.poll(), ResultTold::NotStated, received_on, Agreements::default()) {
                Err(what) => return self.not_covered(&what, faults),
                Ok(Err(fault)) => return faults.error("notice-fails", &unit.place, fault.sentence(), "give a later --received"),
                Ok(Ok(notice)) => notice,
            };
            let days = days_of(call);
            if days.is_empty() {
                faults.error("no-dates", &call.place, "the call names no day", "add dates, or from, to the [[call]]");
            }
            let proposed: Vec<ProposedAction> =
                days.into_iter().map(|day| call.hours.map_or_else(|| ProposedAction::day(day), |hours| hours.on(day))).collect();
            for action in judge_action(mandate, &notice, &proposed) {
                for (day, refusal, rule) in action.refused {
                    faults.error(
                        "unlawful-day",
                        &call.place,
                        format!("{}: {}: {} ({})", unit.name, weekday_date(day), refusal.sentence(), rule.id),
                        "change the dates of the call, or the day the notice is received",
                    );
                }
            }
        }
    }
}

/// The days that a notice of the call names: each of them, or the first of continuous action. s.234A(3)(b).
fn days_of(call: &Call) -> Vec<Date> {
    let mut days = call.continuous.map_or_else(|| call.dates.clone(), |(from, _)| vec![from]);
    days.sort();
    days.dedup();
    days
}

fn question_kind(call: &Call) -> QuestionKind {
    match call.kind {
        ActionKind::Strike => QuestionKind::Strike,
        ActionKind::ShortOfStrike => QuestionKind::ShortOfStrike,
    }
}

/// The tests that were not met, in a sentence.
fn why_not(reading: &Reading<'_>) -> String {
    let failed: Vec<String> = reading
        .tests
        .iter()
        .filter_map(|test| match &test.outcome {
            Outcome::Met => None,
            Outcome::NotMet => {
                Some(format!("{} not met ({}, {})", test.figures.name(), test.figures.comparison().unwrap_or_default(), test.rule.id))
            }
            Outcome::CannotTell { missing } => {
                Some(format!("{} cannot be decided: {missing} is not known ({})", test.figures.name(), test.rule.id))
            }
        })
        .collect();
    if failed.is_empty() { reading.verdict.word().to_owned() } else { failed.join("; ") }
}

fn in_words(kind: QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Strike => "a strike",
        QuestionKind::ShortOfStrike => "action short of a strike",
        QuestionKind::AcceptOffer | QuestionKind::FormalBallot => "no action",
    }
}
