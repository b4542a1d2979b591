//! Results: all units beside each other with their sums, and one unit with its verification and the tests of the law.

use askama::Template;
use axum::extract::{Path, Query, State};
use law::{Judgment, Outcome, Verdict as LawVerdict};
use verify::Verdict;

use crate::elections::{Election, Question};
use crate::files::{self, About};
use crate::pages::{Asked, Frame, render};
use crate::problem::{Answer, Problem};
use crate::results::{Counts, Verification};
use crate::service::Service;
use crate::texts::Words;

#[derive(Template)]
#[template(path = "results.html")]
struct ResultsPage {
    frame: Frame,
    counted: usize,
    waiting: String,
    tables: Vec<Table>,
}

struct Table {
    question: String,
    answers: Vec<String>,
    rows: Vec<Row>,
    entitled: u64,
    cast: u64,
    sums: Vec<u64>,
}

struct Row {
    name: String,
    unit: String,
    entitled: u64,
    cast: u64,
    counts: Vec<u64>,
    law: &'static str,
}

/// `GET /results`.
pub(crate) async fn all(State(service): State<Service>, Query(asked): Query<Asked>) -> Answer {
    let language = asked.language();
    let words = language.words();
    let about = files::about(&service).await?;
    let elections = service.elections.all(&service).await?;
    let mut counted = Vec::new();
    for election in &elections {
        if let Some(counts) = service.results.counts(&service, election).await? {
            counted.push((election, counts));
        }
    }
    let questions = elections.first().map(|election| election.fixed.questions.clone()).unwrap_or_default();
    let tables = questions.iter().enumerate().map(|(at, question)| {
        let answers = answers_of(question, words);
        let mut table =
            Table { question: question.text.clone(), sums: vec![0; answers.len()], answers, rows: Vec::new(), entitled: 0, cast: 0 };
        for (election, counts) in &counted {
            let row = counts.counts.get(at).cloned().unwrap_or_default();
            table.entitled += election.entitled;
            table.cast += counts.counted;
            for (sum, count) in table.sums.iter_mut().zip(&row) {
                *sum += count;
            }
            let judgment = service.results.judge(&about, election, counts, at);
            table.rows.push(Row {
                name: election.name.clone(),
                unit: election.unit.clone(),
                entitled: election.entitled,
                cast: counts.counted,
                counts: row,
                law: judgment.as_ref().map_or("–", |judgment| law_word(words, judgment)),
            });
        }
        table
    });
    render(&ResultsPage {
        counted: counted.len(),
        waiting: (words.results_waiting)(counted.len(), elections.len()),
        tables: tables.collect(),
        frame: Frame::of(&service, language).await.with_other_language("/results"),
    })
}

fn answers_of(question: &Question, words: &Words) -> Vec<String> {
    let blank = question.blank.then(|| words.blank.to_owned());
    blank.into_iter().chain(question.answers.iter().cloned()).collect()
}

fn law_word(words: &'static Words, judgment: &Judgment<'_>) -> &'static str {
    match judgment.adopted().verdict {
        LawVerdict::Mandate => words.mandate,
        LawVerdict::NoMandate => words.no_mandate,
        LawVerdict::CannotTell => words.cannot_tell,
    }
}

#[derive(Template)]
#[template(path = "result.html")]
struct ResultPage {
    frame: Frame,
    heading: String,
    pending: Option<&'static str>,
    shown: Option<Shown>,
}

struct Shown {
    verdict: &'static str,
    verdict_class: &'static str,
    faults: Vec<String>,
    entitled: u64,
    cast: u64,
    voided: u64,
    merged: Vec<String>,
    small: bool,
    questions: Vec<QuestionView>,
    no_law: Option<&'static str>,
    uuid: String,
    /// Unit, address and hash, to cite the result by.
    cite: String,
}

struct QuestionView {
    text: String,
    answers: Vec<(String, u64)>,
    law: Option<LawView>,
}

struct LawView {
    verdict: &'static str,
    provisional: bool,
    reading: String,
    tests: Vec<TestView>,
    notes: Vec<String>,
}

struct TestView {
    name: &'static str,
    figures: String,
    outcome: &'static str,
    class: &'static str,
    rule: String,
}

/// `GET /results/{unit}`.
pub(crate) async fn one(State(service): State<Service>, Path(unit): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let election = service.elections.of_unit(&service, &unit).await?;
    let words = asked.language().words();
    let about = files::about(&service).await?;
    let counts = service.results.counts(&service, &election).await?;
    let frame = Frame::of(&service, asked.language()).await.with_other_language(&format!("/results/{unit}"));
    let heading = (words.results_unit_title)(&election.name);
    let Some(counts) = counts else {
        return render(&ResultPage { frame, heading, pending: Some(words.results_not_yet), shown: None });
    };
    let (verdict, verdict_class, faults) = match service.results.verification(&service, &election) {
        Verification::Running => (words.verified_running, "", Vec::new()),
        Verification::Done(Verdict::Passed, _) => (words.verified_passed, "good", Vec::new()),
        Verification::Done(Verdict::Failed, faults) => (words.verified_failed, "bad", faults),
        Verification::Done(Verdict::CouldNotCheck, faults) => (words.verified_not, "bad", faults),
        Verification::Failed(why) => return Err(Problem::ours(&why)),
    };
    let questions = views(&service, &about, &election, &counts, words);
    let no_law = match about.kind.as_deref() {
        _ if questions.iter().any(|question| question.law.is_some()) => None,
        Some("consultative") => Some(words.law_consultative),
        _ => Some(words.law_not_said),
    };
    let shown = Shown {
        verdict,
        verdict_class,
        faults,
        entitled: election.entitled,
        cast: counts.counted,
        voided: counts.voided,
        merged: counts.merged.clone(),
        small: election.entitled < counts.minimum,
        questions,
        no_law,
        cite: format!(
            "{}, {}/results/{}, archive {} with the last event {}",
            election.name,
            service.origin.as_str(),
            election.unit,
            election.uuid,
            election.info.head_hash.hex()
        ),
        uuid: election.uuid,
    };
    render(&ResultPage { frame, heading, pending: None, shown: Some(shown) })
}

fn views(service: &Service, about: &About, election: &Election, counts: &Counts, words: &'static Words) -> Vec<QuestionView> {
    let view = |(at, question): (usize, &Question)| QuestionView {
        text: question.text.clone(),
        answers: answers_of(question, words).into_iter().zip(counts.counts.get(at).cloned().unwrap_or_default()).collect(),
        law: service.results.judge(about, election, counts, at).map(|judgment| law_view(&judgment, words)),
    };
    election.fixed.questions.iter().enumerate().map(view).collect()
}

fn law_view(judgment: &Judgment<'_>, words: &'static Words) -> LawView {
    let adopted = judgment.adopted();
    let tests = adopted.tests.iter().map(|test| {
        let (outcome, class) = match test.outcome {
            Outcome::Met => (words.met, "good"),
            Outcome::NotMet => (words.not_met, "bad"),
            Outcome::CannotTell { .. } => (words.cannot_tell, ""),
        };
        let name = match test.figures.name() {
            "turnout" => words.test_turnout,
            "support" => words.test_support,
            _ => words.test_majority,
        };
        TestView { name, figures: test.figures.comparison().unwrap_or_default(), outcome, class, rule: test.rule.id.clone() }
    });
    LawView {
        verdict: law_word(words, judgment),
        provisional: judgment.is_provisional(),
        reading: adopted.name.clone(),
        tests: tests.collect(),
        notes: judgment.notes.clone(),
    }
}
