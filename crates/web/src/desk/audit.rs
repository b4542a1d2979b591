//! The audit log with the result of its check, and incidents, which are lines of it.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde_json::{Value, json};
use store::AuditLine;

use super::desk_frame;
use super::exchange::entry;
use crate::clock::Instant;
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::service::Service;
use crate::session::{self, Session};

/// Lines of a page.
const PAGE: u32 = 200;

/// What an incident is called in the log.
const INCIDENT: &str = "incident";

/// Most letters of an incident.
const MOST_LETTERS: usize = 2_000;

#[derive(serde::Deserialize)]
pub(crate) struct Asked {
    from: Option<u64>,
}

#[derive(Template)]
#[template(path = "desk/audit.html")]
struct AuditPage {
    frame: Frame,
    lines: u64,
    head: String,
    faults: Vec<String>,
    rows: Vec<Row>,
    previous: Option<u64>,
    next: Option<u64>,
}

struct Row {
    number: u64,
    time: String,
    who: String,
    what: String,
    detail: String,
}

impl Row {
    fn of(line: AuditLine) -> Self {
        let detail: Value = serde_json::from_str(&line.entry.detail).unwrap_or_default();
        let parts = detail.as_object().into_iter().flatten().map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{name}: {value}")
        });
        Self {
            number: line.number,
            time: Instant(0).plus_seconds(line.entry.at).utc(),
            who: line.entry.who,
            what: line.entry.what,
            detail: parts.collect::<Vec<_>>().join("; "),
        }
    }
}

/// `GET /desk/audit?from=…`: the newest lines unless asked for others. The whole chain is checked each time.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>, Query(asked): Query<Asked>) -> Answer {
    let head = service.store.get_audit_head().await?;
    let faults = service.store.check_audit(None).await?;
    let from = asked.from.unwrap_or_else(|| head.lines.saturating_sub(u64::from(PAGE)));
    let rows: Vec<Row> = service.store.list_audit(from, PAGE).await?.into_iter().map(Row::of).collect();
    let next = from.saturating_add(u64::from(PAGE));
    render(&AuditPage {
        frame: desk_frame(&service, &session).await,
        lines: head.lines,
        head: head.hash.hex(),
        faults,
        rows,
        previous: (from > 0).then(|| from.saturating_sub(u64::from(PAGE))),
        next: (next < head.lines).then_some(next),
    })
}

/// An incident as it was entered.
pub(crate) struct Incident {
    pub(crate) time: String,
    pub(crate) who: String,
    pub(crate) text: String,
}

/// All incidents, in their order.
pub(crate) async fn incidents(service: &Service) -> Result<Vec<Incident>, Problem> {
    let (mut found, mut from) = (Vec::new(), 0);
    loop {
        let lines = service.store.list_audit(from, 1_000).await?;
        let Some(last) = lines.last() else { return Ok(found) };
        from = last.number + 1;
        for line in lines.into_iter().filter(|line| line.entry.what == INCIDENT) {
            let detail: Value = serde_json::from_str(&line.entry.detail).unwrap_or_default();
            let text = detail["text"].as_str().unwrap_or_default().to_owned();
            found.push(Incident { time: Instant(0).plus_seconds(line.entry.at).utc(), who: line.entry.who, text });
        }
    }
}

#[derive(Template)]
#[template(path = "desk/incidents.html")]
struct IncidentsPage {
    frame: Frame,
    incidents: Vec<Incident>,
    typed: String,
    wrong: Option<String>,
}

/// `GET /desk/incidents`.
pub(crate) async fn incidents_page(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    let incidents = incidents(&service).await?;
    render(&IncidentsPage { frame: desk_frame(&service, &session).await, incidents, typed: String::new(), wrong: None })
}

#[derive(serde::Deserialize)]
pub(crate) struct Report {
    #[serde(default)]
    text: String,
}

/// `POST /desk/incidents`: one more; what stands in the log cannot be taken back.
pub(crate) async fn report_incident(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(report) = session::form::<Report>(&service, request).await?;
    let text = report.text.trim();
    let letters = text.chars().count();
    let wrong = match letters {
        0 => Some("Write what happened.".to_owned()),
        _ if letters > MOST_LETTERS => Some(format!("This has {letters} letters; at most {MOST_LETTERS} fit. Enter it in parts.")),
        _ => None,
    };
    if wrong.is_some() {
        let incidents = incidents(&service).await?;
        let page = IncidentsPage { frame: desk_frame(&service, &session).await, incidents, typed: report.text, wrong };
        let mut response = render(&page)?;
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response.extensions_mut().insert(crate::frame::Whole);
        return Ok(response);
    }
    service.store.append_audit(entry(&service, &session.role.to_string(), INCIDENT, &json!({ "text": text }))).await?;
    Ok(Redirect::to("/desk/incidents").into_response())
}
