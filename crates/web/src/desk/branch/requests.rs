//! What representatives ask of the officer: a new paper or code, a member who moved or left, a workplace that is wrong on the roll.
//!
//! Nothing is changed by a request. The officer has the pack replaced by the authority, or makes a late change of the roll, which both sign;
//! then the request is dealt with, and the representative sees that.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Query, Request, State};
use axum::response::{IntoResponse, Redirect};
use serde_json::json;
use store::Entry;

use super::Branch;
use super::notes::{self, REQUESTS};
use crate::api::download;
use crate::desk::roll::csv_row;
use crate::desk::{Pages, WantedPage, desk_frame};
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::service::Service;
use crate::session::{self, Session};

/// Something that a representative asked for.
struct Requested {
    branch: u32,
    unit: String,
    workplace: String,
    member: String,
    /// The word of the note.
    said: &'static str,
    what: &'static str,
    /// The workplace that was proposed.
    text: String,
    when: String,
}

/// What is still to be seen to, of all branches, by branch and member.
async fn open(service: &Service) -> Result<Vec<Requested>, Problem> {
    let mut all = notes::of_all(service).await?;
    let mut open = Vec::new();
    for branch in Branch::all(service).await? {
        for (member, noted) in notes::noted(&all.remove(&branch.number).unwrap_or_default()) {
            for (said, what, text) in noted.open_requests() {
                open.push(Requested {
                    branch: branch.number,
                    unit: branch.unit.clone(),
                    workplace: branch.workplace.clone(),
                    member: member.clone(),
                    said,
                    what,
                    text: text.to_owned(),
                    when: noted.at.map(notes::day).unwrap_or_default(),
                });
            }
        }
    }
    Ok(open)
}

/// How many requests are open, in words; none if there are none.
///
/// # Errors
/// The store failed.
pub(crate) async fn waiting(service: &Service) -> Result<Option<String>, Problem> {
    let open = open(service).await?;
    let count = |(word, what): &(&str, &str)| match open.iter().filter(|one| one.said == *word).count() {
        0 => None,
        number => Some(format!("{number}: {what}")),
    };
    Ok((!open.is_empty()).then(|| REQUESTS.iter().filter_map(count).collect::<Vec<_>>().join("; ")))
}

#[derive(Template)]
#[template(path = "desk/branch_requests.html")]
struct RequestsPage {
    frame: Frame,
    rows: Vec<Requested>,
    all: usize,
    pages: Pages,
}

/// `GET /desk/branches/requests`: what is to be seen to.
pub(crate) async fn page(
    State(service): State<Service>,
    Extension(session): Extension<Session>,
    Query(wanted): Query<WantedPage>,
) -> Answer {
    let open = open(&service).await?;
    let all = open.len();
    let pages = Pages::of(&wanted, all, "/desk/branches/requests");
    let rows = pages.cut(open);
    render(&RequestsPage { frame: desk_frame(&service, &session).await, rows, all, pages })
}

#[derive(serde::Deserialize)]
struct Done {
    branch: u32,
    member: String,
    said: String,
}

/// `POST /desk/branches/requests`: notes that a request is dealt with.
pub(crate) async fn dealt_with(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(done) = session::form::<Done>(&service, request).await?;
    let is_open = |one: &Requested| one.branch == done.branch && one.member == done.member && one.said == done.said;
    if !open(&service).await?.iter().any(is_open) {
        return Err(Problem::conflict("refused", "This request is not open any more: it was dealt with, or taken back."));
    }
    let now = service.clock.now().seconds();
    service.store.put_contact(done.branch, now, notes::dealt_with(&done.member, &done.said)).await?;
    // The log names nobody.
    let mut entry = Entry::new(now, &session.role.to_string(), "request of a branch dealt with");
    entry.detail = json!({ "branch": done.branch, "what": done.said }).to_string();
    service.store.append_audit(entry).await?;
    Ok(Redirect::to("/desk/branches/requests").into_response())
}

/// `GET /desk/branches/requests.csv`: the same for whoever replaces packs.
pub(crate) async fn csv(State(service): State<Service>) -> Answer {
    let mut text = csv_row(&["unit", "workplace", "member", "said", "works_at", "noted"]);
    for one in open(&service).await? {
        text.push_str(&csv_row(&[&one.unit, &one.workplace, &one.member, one.said, &one.text, &one.when]));
    }
    Ok(download("text/csv; charset=utf-8", "requests.csv", text.into()))
}
