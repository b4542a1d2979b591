//! The front page: what is asked, from when until when, and the way to one's own unit.

use askama::Template;
use axum::extract::{Query, State};
use store::ElectionState;

use crate::clock::Instant;
use crate::elections::{Election, Question};
use crate::files;
use crate::pages::{Frame, render};
use crate::problem::Answer;
use crate::service::Service;
use crate::texts::{Language, Words};

/// Units on a page.
const PAGE: usize = 50;

#[derive(serde::Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    find: String,
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    frame: Frame,
    poll: Option<PollView>,
    turnout: Option<String>,
    find: String,
    all: usize,
    found: String,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
}

struct PollView {
    title: String,
    times: Vec<String>,
    statement: String,
    recommendation: Option<String>,
    questions: Vec<Question>,
}

struct Row {
    name: String,
    unit: String,
    uuid: String,
    state: &'static str,
    /// Only where it is another than the poll's.
    time: Option<String>,
    open: bool,
    counted: bool,
}

/// `GET /`.
pub(crate) async fn page(State(service): State<Service>, Query(asked): Query<Asked>) -> Answer {
    let language = Language::of(&asked.lang);
    let words = language.words();
    let frame = Frame::of(&service, language).await.with_other_language("/");
    let now = service.clock.now();
    let Some(poll) = files::poll(&service).await? else {
        let (find, found) = (String::new(), String::new());
        return render(&FrontPage { frame, poll: None, turnout: None, find, all: 0, found, rows: Vec::new(), previous: None, next: None });
    };
    let elections = service.elections.all(&service).await?;
    let about = files::about(&service).await?;

    // Each unit has its own schedule in its companion: here stands the common one, and beside a unit its own if it differs.
    let opens = elections.iter().map(|election| election.opens_at).min().or_else(|| Instant::parse(&poll.opens_at));
    let closes = elections.iter().map(|election| election.closes_at).max().or_else(|| Instant::parse(&poll.closes_at));
    let mut times = Vec::new();
    if let (Some(opens), Some(closes)) = (opens, closes) {
        if now < opens {
            times.push((words.opens)(&language.time(opens)));
        }
        let closing = if now < closes { words.closes } else { words.closed };
        times.push(closing(&language.time(closes)));
    }
    let questions = poll.questions.iter().enumerate().map(|(at, question)| {
        let blank = question.limits().blank;
        let welsh = about.questions_cy.get(at).filter(|(_, answers)| answers.len() == question.answers().len());
        match welsh.filter(|_| language == Language::Welsh) {
            Some((text, answers)) => Question { text: text.clone(), answers: answers.clone(), blank },
            None => Question { text: question.text().to_owned(), answers: question.answers().to_vec(), blank },
        }
    });

    let wanted = asked.find.trim().to_lowercase();
    let matching: Vec<&Election> = elections.iter().filter(|election| election.name.to_lowercase().contains(&wanted)).collect();
    let at = asked.page.unwrap_or(1).clamp(1, matching.len().div_ceil(PAGE).max(1));
    let rows = matching.iter().skip((at - 1) * PAGE).take(PAGE).map(|election| row(election, now, closes, language)).collect();
    let link = |page: usize| {
        let find = if wanted.is_empty() { String::new() } else { format!("&find={}", encoded(&wanted)) };
        let lang = if language == Language::Welsh { "&lang=cy" } else { "" };
        format!("/?page={page}{find}{lang}#units")
    };
    render(&FrontPage {
        frame,
        turnout: turnout(&elections, u64::from(poll.minimum), now).map(|(voted, entitled)| (words.turnout)(voted, entitled)),
        poll: Some(PollView {
            title: poll.title.clone(),
            times,
            statement: poll.description.clone(),
            recommendation: about.recommendation.clone(),
            questions: questions.collect(),
        }),
        all: elections.len(),
        found: (words.units_found)(matching.len(), elections.len()),
        rows,
        previous: (at > 1).then(|| link(at - 1)),
        next: (at * PAGE < matching.len()).then(|| link(at + 1)),
        find: asked.find,
    })
}

/// R42: while any unit is open, only all units together; and not if the figures published of counted units would leave few others.
fn turnout(elections: &[Election], minimum: u64, now: Instant) -> Option<(u64, u64)> {
    let begun: Vec<&Election> = elections.iter().filter(|election| election.state(now) != ElectionState::Before).collect();
    let uncounted: u64 =
        begun.iter().filter(|election| election.state(now) != ElectionState::Counted).map(|election| election.entitled).sum();
    let (voted, entitled) = begun.iter().fold((0, 0), |(voted, entitled), election| (voted + election.voted, entitled + election.entitled));
    let is_open = begun.iter().any(|election| election.state(now) == ElectionState::Open);
    (is_open && uncounted >= minimum).then_some((voted, entitled))
}

fn row(election: &Election, now: Instant, closes: Option<Instant>, language: Language) -> Row {
    let words = language.words();
    let state = election.state(now);
    let differs = closes.is_some_and(|closes| closes != election.closes_at);
    Row {
        name: election.name.clone(),
        unit: election.unit.clone(),
        uuid: election.uuid.clone(),
        state: state_words(words, state),
        time: (differs && state == ElectionState::Open).then(|| (words.closes)(&language.time(election.closes_at))),
        open: state == ElectionState::Open,
        counted: state == ElectionState::Counted,
    }
}

pub(crate) fn state_words(words: &'static Words, state: ElectionState) -> &'static str {
    match state {
        ElectionState::Before => words.state_before,
        ElectionState::Open => words.state_open,
        ElectionState::Closed => words.state_closed,
        ElectionState::Counted => words.state_counted,
    }
}

/// Text in a query.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        b' ' => "+".to_owned(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
