//! The board of a unit: fingerprint, files, and after closing the list of trackers.

use askama::Template;
use axum::extract::{Path, Query, State};
use store::{ElectionState, Hash};

use crate::clock::Instant;
use crate::pages::front::state_words;
use crate::pages::{Frame, render};
use crate::problem::Answer;
use crate::service::Service;
use crate::texts::Language;

/// Receipt codes on a page.
const PAGE: u32 = 200;

#[derive(serde::Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    lang: String,
    from: Option<u64>,
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    frame: Frame,
    heading: String,
    times: Vec<String>,
    state: &'static str,
    fingerprint: String,
    uuid: String,
    entitled: u64,
    ballots: Option<String>,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    position: u64,
    tracker: String,
    hour: String,
}

/// `GET /e/{uuid}`.
pub(crate) async fn page(State(service): State<Service>, Path(uuid): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let election = service.elections.get(&service, &uuid).await?;
    let language = Language::of(&asked.lang);
    let words = language.words();
    let now = service.clock.now();
    let state = election.state(now);
    // R42: no turnout by unit while voting is open.
    let shown = state >= ElectionState::Closed;
    let mut rows = Vec::new();
    let mut next = None;
    if shown {
        let found = service.store.list_ballots(&uuid, asked.from.unwrap_or(0), PAGE + 1).await?;
        let lang = if language == Language::Welsh { "&lang=cy" } else { "" };
        next = found.get(PAGE as usize).map(|row| format!("/e/{uuid}?from={}{lang}", row.height));
        let row = |row: store::BallotRow| Row {
            position: row.height,
            tracker: Hash(row.tracker).base64(),
            hour: language.time(Instant(0).plus_seconds(row.hour)),
        };
        rows = found.into_iter().take(PAGE as usize).map(row).collect();
    }
    let closing = if now < election.closes_at { words.closes } else { words.closed };
    let mut times = vec![closing(&language.time(election.closes_at))];
    if state == ElectionState::Before {
        times.insert(0, (words.opens)(&language.time(election.opens_at)));
    }
    render(&BoardPage {
        frame: Frame::of(&service, language).await.with_other_language(&format!("/e/{uuid}")),
        heading: (words.board_title)(&election.name),
        times,
        state: state_words(words, state),
        fingerprint: election.fixed.hash.base64(),
        entitled: election.entitled,
        ballots: shown.then(|| (words.board_ballots)(election.ballots)),
        uuid,
        rows,
        next,
    })
}
