//! Whether a ballot with a tracker is on the board, and whether it counts. Works without script, from any device.

use askama::Template;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use base64::Engine as _;
use store::{BallotRow, ElectionState};

use crate::clock::Instant;
use crate::elections::Election;
use crate::frame::Whole;
use crate::limits::Network;
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::server::peer;
use crate::service::Service;
use crate::texts::Language;

#[derive(serde::Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    lang: String,
    tracker: Option<String>,
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    frame: Frame,
    action: String,
    typed: String,
    wrong: Option<&'static str>,
    found: Option<Found>,
}

struct Found {
    class: &'static str,
    verdict: &'static str,
    tracker: String,
    known: bool,
    place: Option<Place>,
}

struct Place {
    uuid: String,
    unit: String,
    hour: String,
    /// Only after closing: before, it would tell how many have voted in the unit (R42).
    position: Option<u64>,
}

/// `GET /receipt`: in all elections.
pub(crate) async fn form(State(service): State<Service>, Query(asked): Query<Asked>, request: Request) -> Answer {
    // A look into every election costs as much as a cast, and comes out of the same bucket.
    let network = Network::of(peer(&request));
    let taken = service.cast_bucket.take(network, service.clock.now());
    taken.map_err(|seconds| Problem::busy(StatusCode::TOO_MANY_REQUESTS, seconds))?;
    let elections = if asked.tracker.is_some() { service.elections.all(&service).await? } else { Vec::new() };
    answer(&service, asked, elections, "/receipt").await
}

/// `GET /e/{uuid}/receipt`: in one election.
pub(crate) async fn of_election(State(service): State<Service>, Path(uuid): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let election = service.elections.get(&service, &uuid).await?;
    answer(&service, asked, vec![election], &format!("/e/{uuid}/receipt")).await
}

async fn answer(service: &Service, asked: Asked, elections: Vec<Election>, action: &str) -> Answer {
    let language = Language::of(&asked.lang);
    let words = language.words();
    let frame = Frame::of(service, language).await.with_other_language(action);
    let was_asked = asked.tracker.is_some();
    let typed = asked.tracker.unwrap_or_default();
    let tracker = tracker_of(&typed);
    let mut page = ReceiptPage { frame, action: action.to_owned(), typed, wrong: None, found: None };
    let Some((text, hash)) = tracker else {
        if !was_asked {
            return render(&page);
        }
        page.wrong = Some(if page.typed.trim().is_empty() { words.receipt_missing } else { words.receipt_form });
        let mut response = render(&page)?;
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response.extensions_mut().insert(Whole);
        return Ok(response);
    };
    let mut found = Found { class: "bad", verdict: words.receipt_unknown, tracker: text, known: false, place: None };
    for election in elections {
        if let Some(row) = service.store.find_ballot(&election.uuid, hash).await? {
            let is_closed = election.state(service.clock.now()) >= ElectionState::Closed;
            (found.class, found.verdict) = match (row.is_last, is_closed) {
                (true, true) => ("good", words.receipt_counts),
                (true, false) => ("good", words.receipt_will_count),
                (false, _) => ("", words.receipt_replaced),
            };
            found.known = true;
            found.place = Some(place(&election, &row, language, is_closed));
            break;
        }
        if service.store.is_challenged(&election.uuid, hash).await? {
            (found.class, found.verdict, found.known) = ("", words.receipt_challenged, true);
            break;
        }
    }
    page.found = Some(found);
    render(&page)
}

fn place(election: &Election, row: &BallotRow, language: Language, is_closed: bool) -> Place {
    let hour = language.time(Instant(0).plus_seconds(row.hour));
    Place { uuid: election.uuid.clone(), unit: election.name.clone(), hour, position: is_closed.then_some(row.height) }
}

/// A tracker of 43 characters, and the hash it stands for. Groups may be typed with spaces; but where a code was put into a link by
/// hand, browsers make a space of its plus sign.
fn tracker_of(typed: &str) -> Option<(String, [u8; 32])> {
    let without: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let with_plus = typed.trim().replace(' ', "+");
    [without, with_plus].into_iter().find_map(|text| {
        let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(&text).ok()?;
        Some((text, bytes.try_into().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_with_spaces_and_without() {
        let code = "ab+/".repeat(10) + "abA";
        assert!(tracker_of(&code).is_some());
        let spaced: Vec<&str> = [&code[..10], &code[10..30], &code[30..]].to_vec();
        assert_eq!(tracker_of(&spaced.join(" ")).map(|(text, _)| text), Some(code.clone()));
        assert_eq!(tracker_of(&code.replace('+', " ")).map(|(text, _)| text), Some(code.clone()));
        assert!(tracker_of(&code[1..]).is_none());
        assert!(tracker_of("").is_none());
        assert!(tracker_of(&format!("{code}=")).is_none());
    }
}
