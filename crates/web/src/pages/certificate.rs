//! What a count gives: the certificate of a unit, made to be printed, and the table of all mandates.
//!
//! Both are for the public and in English, as the law's words are. Nothing here is typed in: the counts are those officer and scrutineer
//! signed, the dates come from `law`.

use askama::Template;
use axum::extract::{Path, State};
use law::{Judgment, Outcome, TermKind, Verdict as LawVerdict, weekday_date};
use store::ElectionState;
use verify::Verdict;

use crate::desk::documents;
use crate::elections::Election;
use crate::files::{self, About};
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::results::{Counts, Verification};
use crate::service::Service;
use crate::texts::Language;

#[derive(Template)]
#[template(path = "certificate.html")]
struct CertificatePage {
    frame: Frame,
    unit: String,
    opened: String,
    closed: String,
    entitled: u64,
    cast: u64,
    not_cast: u64,
    voided: u64,
    merged: Vec<String>,
    questions: Vec<Certified>,
    verified: &'static str,
    is_verified: bool,
    kind: &'static str,
    fingerprint: String,
    last_event: String,
    officer: String,
    scrutineer: String,
    disclaimer: String,
}

pub(crate) struct Certified {
    pub(crate) text: String,
    pub(crate) counts: Vec<(String, u64)>,
    pub(crate) verdict: &'static str,
    pub(crate) class: &'static str,
    /// What the ballot supports and until when; empty without a mandate.
    pub(crate) period: String,
    pub(crate) provisional: bool,
    pub(crate) tests: Vec<Tested>,
    pub(crate) notes: Vec<String>,
}

pub(crate) struct Tested {
    pub(crate) name: &'static str,
    pub(crate) comparison: String,
    pub(crate) percent: String,
    pub(crate) outcome: &'static str,
    pub(crate) class: &'static str,
    pub(crate) rule: String,
}

/// Every question of a counted unit as the law of its day judges it.
pub(crate) fn certified(service: &Service, about: &About, election: &Election, counts: &Counts) -> Vec<Certified> {
    let of = |at: usize| {
        let question = &election.fixed.questions[at];
        let blank = question.blank.then(|| "Blank".to_owned());
        let names = blank.into_iter().chain(question.answers.iter().cloned());
        let judgment = service.results.judge(about, election, counts, at);
        let (verdict, class) = match judgment.as_ref().map(|judgment| judgment.adopted().verdict) {
            Some(LawVerdict::Mandate) => ("Mandate", "good"),
            Some(LawVerdict::NoMandate) => ("No mandate", "bad"),
            Some(LawVerdict::CannotTell) => ("Cannot tell", ""),
            None => ("Not judged", ""),
        };
        Certified {
            text: question.text.clone(),
            counts: names.zip(counts.counts.get(at).cloned().unwrap_or_default()).collect(),
            verdict,
            class,
            period: judgment.as_ref().map(period).unwrap_or_default(),
            provisional: judgment.as_ref().is_some_and(Judgment::is_provisional),
            tests: judgment.as_ref().map(tests).unwrap_or_default(),
            notes: judgment.map(|judgment| judgment.notes).unwrap_or_default(),
        }
    };
    (0..election.fixed.questions.len()).map(of).collect()
}

fn period(judgment: &Judgment<'_>) -> String {
    let Some(mandate) = &judgment.adopted().mandate else { return String::new() };
    let last = weekday_date(mandate.last_day());
    match mandate.kind() {
        TermKind::Expires => format!("until the end of {last}"),
        TermKind::MustBeginWithin => format!("for action that begins by {last}"),
    }
}

fn tests(judgment: &Judgment<'_>) -> Vec<Tested> {
    let tests = judgment.adopted().tests.iter().map(|test| {
        let (outcome, class) = match test.outcome {
            Outcome::Met => ("met", "good"),
            Outcome::NotMet => ("not met", "bad"),
            Outcome::CannotTell { .. } => ("cannot tell", ""),
        };
        Tested {
            name: test.figures.name(),
            comparison: test.figures.comparison().unwrap_or_default(),
            percent: test.figures.percent_shown().map_or_else(|| "–".to_owned(), |percent| format!("{percent}%")),
            outcome,
            class,
            rule: format!("{}: {}", test.rule.id, test.rule.source),
        }
    });
    tests.collect()
}

fn kind_of(about: &About) -> &'static str {
    match (about.kind.as_deref(), about.jurisdiction) {
        (Some("consultative"), _) => "This was a consultative poll: no test of the law applies, and it gives no mandate for action.",
        (_, None) => "Nobody said which law this ballot is under, so it was not judged.",
        _ => "",
    }
}

/// `GET /results/{unit}/certificate`.
pub(crate) async fn one(State(service): State<Service>, Path(unit): Path<String>) -> Answer {
    let election = service.elections.of_unit(&service, &unit).await?;
    let Some(counts) = service.results.counts(&service, &election).await? else {
        return Err(Problem::conflict(
            "not-counted",
            format!("{}: there is no published result yet, so there is no certificate.", election.name),
        ));
    };
    let poll = files::poll(&service).await?.ok_or_else(Problem::not_found)?;
    let about = files::about(&service).await?;
    let (is_verified, verified) = match service.results.verification(&service, &election) {
        Verification::Done(Verdict::Passed, _) => (true, "every check passed"),
        Verification::Running => (false, "being verified again; look at this page in a while"),
        Verification::Done(..) => (false, "NOT in order: see the result’s page"),
        Verification::Failed(why) => return Err(Problem::ours(&why)),
    };
    let english = Language::English;
    render(&CertificatePage {
        frame: Frame::of(&service, english).await,
        opened: english.time(election.opens_at),
        closed: english.time(election.closes_at),
        entitled: election.entitled,
        cast: counts.counted,
        not_cast: election.entitled.saturating_sub(counts.counted).saturating_sub(counts.voided),
        voided: counts.voided,
        merged: counts.merged.clone(),
        questions: certified(&service, &about, &election, &counts),
        verified,
        is_verified,
        kind: kind_of(&about),
        fingerprint: election.fixed.hash.base64(),
        last_event: election.info.head_hash.hex(),
        officer: poll.roles.officer.as_str().to_owned(),
        scrutineer: poll.roles.scrutineer.as_str().to_owned(),
        disclaimer: service.results.disclaimer().to_owned(),
        unit: election.name.clone(),
    })
}

#[derive(Template)]
#[template(path = "mandates.html")]
struct MandatesPage {
    frame: Frame,
    kind: &'static str,
    rows: Vec<MandateRow>,
    waiting: usize,
    /// The scrutineer's signed report is public.
    is_signed: bool,
    disclaimer: String,
}

struct MandateRow {
    name: String,
    unit: String,
    one: Certified,
    entitled: u64,
    cast: u64,
}

/// `GET /mandates`: every unit and question with its mandate and its last day.
pub(crate) async fn table(State(service): State<Service>) -> Answer {
    let about = files::about(&service).await?;
    let now = service.clock.now();
    let (mut rows, mut waiting) = (Vec::new(), 0);
    for election in service.elections.all(&service).await? {
        if election.state(now) != ElectionState::Counted {
            waiting += 1;
            continue;
        }
        let Some(counts) = service.results.counts(&service, &election).await? else { continue };
        for one in certified(&service, &about, &election, &counts) {
            let (name, unit) = (election.name.clone(), election.unit.clone());
            rows.push(MandateRow { name, unit, one, entitled: election.entitled, cast: counts.counted });
        }
    }
    let disclaimer = service.results.disclaimer().to_owned();
    let is_signed = documents::is_signed(&service).await?;
    render(&MandatesPage {
        frame: Frame::of(&service, Language::English).await,
        kind: kind_of(&about),
        rows,
        waiting,
        is_signed,
        disclaimer,
    })
}
