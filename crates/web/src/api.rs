//! What programs read: the election, where it stands, its files.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use store::Revote;

use crate::problem::Answer;
use crate::service::Service;
use crate::{files, stream};

/// `GET /e/{uuid}/election.json`: the exact bytes that φ is the hash of.
pub(crate) async fn election(State(service): State<Service>, Path(uuid): Path<String>, headers: HeaderMap) -> Answer {
    let election = service.elections.get(&service, &uuid).await?;
    let tag = format!("\"{}\"", election.fixed.hash.base64());
    let cached = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let kept = [(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if cached {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    Ok((kept, [(header::CONTENT_TYPE, "application/json")], election.fixed.record.clone()).into_response())
}

/// `GET /e/{uuid}/info.json`: what the booth shows beside the election record.
pub(crate) async fn info(State(service): State<Service>, Path(uuid): Path<String>) -> Answer {
    let election = service.elections.get(&service, &uuid).await?;
    let about = files::about(&service).await?;
    let title = files::poll(&service).await?.map_or_else(|| election.fixed.name.clone(), |poll| poll.title.clone());
    let questions: Vec<Value> = election
        .fixed
        .questions
        .iter()
        .enumerate()
        .map(|(at, question)| {
            // Welsh only if it fits: as many answers in the same order.
            let welsh = about.questions_cy.get(at).filter(|(_, answers)| answers.len() == question.answers.len());
            json!({
                "text": question.text, "text_cy": welsh.map(|(text, _)| text),
                "answers": question.answers, "answers_cy": welsh.map(|(_, answers)| answers),
            })
        })
        .collect();
    Ok(axum::Json(json!({
        "uuid": election.uuid, "unit": election.name, "poll": title,
        "opens_at": election.opens_at.utc(), "closes_at": election.closes_at.utc(),
        "state": election.state(service.clock.now()).word(),
        "revote": if election.revote == Revote::Last { "last" } else { "one" },
        "recommendation": about.recommendation, "statement": election.fixed.description,
        "questions": questions, "fingerprint": election.fixed.hash.base64(),
        "rehearsal": service.config.rehearsal, "challenge": true,
    }))
    .into_response())
}

/// `GET /e/{uuid}/archive.bel`.
pub(crate) async fn archive(State(service): State<Service>, Path(uuid): Path<String>) -> Answer {
    let chunks = service.store.stream_archive(&uuid).await?;
    Ok(download("application/octet-stream", &format!("{uuid}.bel"), stream::body_of(chunks)))
}

/// `GET /e/{uuid}/companion.jsonl`.
pub(crate) async fn companion(State(service): State<Service>, Path(uuid): Path<String>) -> Answer {
    let chunks = service.store.stream_companion(&uuid).await?;
    Ok(download("application/jsonl", &format!("{uuid}.companion.jsonl"), stream::body_of(chunks)))
}

/// `GET /poll/files/…`.
pub(crate) async fn poll_file(State(service): State<Service>, Path(name): Path<String>) -> Answer {
    let bytes = stream::poll_file(&service, &name).await?;
    let last = name.rsplit('/').next().unwrap_or("file");
    let kind = if name.ends_with(".json") { "application/json" } else { "application/octet-stream" };
    Ok(download(kind, last, bytes.into()))
}

/// `GET /poll.tar`.
pub(crate) async fn poll_tar(State(service): State<Service>) -> Answer {
    Ok(download("application/x-tar", "poll.tar", stream::poll_tar(&service).await?))
}

/// `GET /alive`: for whatever watches the machine.
pub(crate) async fn alive(State(service): State<Service>) -> Answer {
    service.store.check_running()?;
    Ok(axum::Json(json!({ "alive": true })).into_response())
}

/// A file to be kept. `name` is of our making or of the store's: no quotation marks.
pub(crate) fn download(kind: &'static str, name: &str, body: axum::body::Body) -> Response {
    let plain: String = name.chars().filter(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(*letter)).collect();
    let mut response = ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], body).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
