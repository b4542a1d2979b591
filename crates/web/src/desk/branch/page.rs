//! The representative's own pages: who is spoken to, what they said, lists and cards to print; and the script that keeps all this without
//! signal.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, Query, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect};
use serde_json::json;

use super::Branch;
use super::notes::{self, Line, NewNote, Note, SAYINGS, Totals};
use crate::api::download;
use crate::casting::whole_body;
use crate::desk::desk_frame;
use crate::desk::roll::csv_row;
use crate::files;
use crate::pages::{Frame, asset, render, short_hash, sri};
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::service::Service;
use crate::session::{self, Session};

/// Runs on the page.
const SCRIPT: &[u8] = include_bytes!("../../../static/branch.js");

/// Runs in the browser when the page is asked for and there is no signal.
const WORKER: &[u8] = include_bytes!("../../../static/branch-worker.js");

/// Notes in one request.
const MOST_NOTES: usize = 50;

/// A paper needs the post twice: so long before closing it has to be asked for. No law says so.
const POST_DAYS: i64 = 7;

#[derive(Template)]
#[template(path = "desk/branch.html")]
struct BranchPage {
    frame: Frame,
    branch: String,
    /// When this page was made, in milliseconds since 1970.
    at: i64,
    totals: String,
    nobody: &'static str,
    lines: Vec<Line>,
    /// Workplaces of the same unit, to choose from.
    workplaces: Vec<String>,
    closes: String,
    post_by: String,
    done: Option<Done>,
    script: String,
    script_sri: String,
}

/// What was just noted, with what takes it back.
struct Done {
    name: String,
    label: &'static str,
    on: bool,
    member: String,
    word: &'static str,
    /// A workplace that was taken back would have to be typed again.
    can_undo: bool,
}

fn number(session: &Session) -> Result<u32, Problem> {
    match session.role {
        Role::Rep(number) => Ok(number),
        _ => Err(Problem::not_found()),
    }
}

/// A representative's branch with everything that is known of its members.
struct Own {
    branch: Branch,
    notes: Vec<Note>,
    lines: Vec<Line>,
    workplaces: Vec<String>,
}

async fn own(service: &Service, session: &Session) -> Result<Own, Problem> {
    let number = number(session)?;
    let branch = Branch::open(service, number).await?.ok_or_else(Problem::not_found)?;
    let notes = Note::all(&service.store.list_contacts(number).await?);
    let people = notes::on_roll(service).await?;
    let lines = notes::lines(&branch, &people, &notes::noted(&notes));
    let same_unit =
        people.keys().filter(|(unit, workplace)| *unit == branch.unit && !workplace.is_empty() && *workplace != branch.workplace);
    let workplaces = same_unit.map(|(_, workplace)| workplace.clone()).collect();
    Ok(Own { branch, notes, lines, workplaces })
}

/// The branch as its members know it: with the unit's name, once the poll is fixed.
async fn title(service: &Service, branch: &Branch) -> Result<String, Problem> {
    let poll = files::poll(service).await?;
    let unit = poll.as_ref().and_then(|poll| poll.units.iter().find(|unit| unit.id == branch.unit));
    Ok(branch.name(unit.map_or(&branch.unit, |unit| &unit.name)))
}

/// When voting in the branch's unit closes, and by when a new paper is to be asked for: as far as it is on the board.
async fn closing(service: &Service, branch: &Branch) -> Result<(String, String), Problem> {
    let elections = service.elections.all(service).await?;
    let Some(election) = elections.iter().find(|election| election.unit == branch.unit) else { return Ok(Default::default()) };
    let closes = election.closes_at.in_london().strftime("%A %-d %B %Y, %H:%M").to_string();
    let post_by = election.closes_at.plus_seconds(-POST_DAYS * 24 * 3_600);
    let is_past = post_by < service.clock.now();
    let post_by = if is_past { String::new() } else { post_by.in_london().strftime("%A %-d %B").to_string() };
    Ok((closes, post_by))
}

/// What was just noted: shown with a button that takes it back.
#[derive(serde::Deserialize, Default)]
pub(crate) struct Just {
    #[serde(default)]
    member: String,
    #[serde(default)]
    said: String,
}

/// `GET /branch`: own members, those who wait for something and those whom nobody has spoken to first.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>, Query(just): Query<Just>) -> Answer {
    let Own { branch, lines, workplaces, .. } = own(&service, &session).await?;
    let done = lines.iter().find(|line| line.member == just.member).and_then(|line| {
        let (name, member) = (line.name.clone(), line.member.clone());
        if just.said == notes::WORKPLACE {
            let on = !line.workplace.is_empty();
            return Some(Done { name, label: "Works elsewhere", on, member, word: notes::WORKPLACE, can_undo: on });
        }
        let button = line.buttons.iter().find(|button| button.saying.word == just.said)?;
        Some(Done { name, label: button.saying.label, on: button.on, member, word: button.saying.word, can_undo: true })
    });
    let (closes, post_by) = closing(&service, &branch).await?;
    render(&BranchPage {
        frame: desk_frame(&service, &session).await,
        branch: title(&service, &branch).await?,
        at: service.clock.now().0,
        totals: Totals::of(&lines).words(),
        nobody: notes::NOBODY.0,
        lines,
        workplaces,
        closes,
        post_by,
        done,
        script: format!("/branch/script/{}/branch.js", short_hash(SCRIPT)),
        script_sri: sri(SCRIPT),
    })
}

/// A note from a form.
#[derive(serde::Deserialize)]
pub(crate) struct Tick {
    member: String,
    said: String,
    on: String,
    #[serde(default)]
    text: String,
}

/// `POST /branch`: notes what a member said, or takes it back.
pub(crate) async fn note(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(tick) = session::form::<Tick>(&service, request).await?;
    let own = own(&service, &session).await?;
    let id = service.token().map_err(|error| Problem::ours(&error))?;
    let text = tick.text.trim().to_owned();
    let note = NewNote { id, member: tick.member, said: tick.said, on: tick.on == "1", text, age_seconds: 0 };
    let members: BTreeSet<&str> = own.lines.iter().map(|line| line.member.as_str()).collect();
    if let Some(fault) = note.fault(&members) {
        return Err(Problem::input(format!("This cannot be noted: {fault}.")));
    }
    let now = service.clock.now().seconds();
    service.store.put_contact(own.branch.number, now, note.row(now)).await?;
    let query = serde_urlencoded::to_string([("member", &note.member), ("said", &note.said)]).map_err(|error| Problem::ours(&error))?;
    Ok(Redirect::to(&format!("/branch?{query}")).into_response())
}

#[derive(serde::Deserialize)]
struct Sent {
    notes: Vec<NewNote>,
}

/// `POST /branch/notes`: what was noted on a phone, perhaps without signal, in its order. Answers with the ids that are kept, those that are
/// not and why, and the instant; the same note again is kept once.
pub(crate) async fn notes(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    if request.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/json") {
        return Err(Problem::of_status(axum::http::StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let limits = &service.config.limits;
    let body = whole_body(request.into_body(), limits.form_bytes, limits.body_seconds).await?;
    let sent: Sent = serde_json::from_slice(&body).map_err(|error| Problem::input(format!("The notes could not be read: {error}.")))?;
    if sent.notes.len() > MOST_NOTES {
        return Err(Problem::input(format!("At most {MOST_NOTES} notes are taken at once.")));
    }
    let own = own(&service, &session).await?;
    let members: BTreeSet<&str> = own.lines.iter().map(|line| line.member.as_str()).collect();
    let known: BTreeSet<&str> = own.notes.iter().map(|note| note.id.as_str()).collect();
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    for note in &own.notes {
        last.insert(notes::phone(&note.id).to_owned(), note.said_at);
    }
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    for note in &sent.notes {
        if let Some(fault) = note.fault(&members) {
            refused.push(json!({ "id": note.id, "why": fault }));
            continue;
        }
        if !known.contains(note.id.as_str()) {
            let now = service.clock.now().seconds();
            let phone = notes::phone(&note.id).to_owned();
            let said_at = note.said_at(now, last.get(&phone).copied());
            service.store.put_contact(own.branch.number, now, note.row(said_at)).await?;
            last.insert(phone, said_at);
        }
        kept.push(&note.id);
    }
    let all = Note::all(&service.store.list_contacts(own.branch.number).await?);
    let people = notes::on_roll(&service).await?;
    let totals = Totals::of(&notes::lines(&own.branch, &people, &notes::noted(&all))).words();
    Ok(axum::Json(json!({ "kept": kept, "refused": refused, "at": service.clock.now().0, "totals": totals })).into_response())
}

/// `GET /branch/list.csv`: the same list for a spreadsheet.
pub(crate) async fn list_csv(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    let own = own(&service, &session).await?;
    let mut text = csv_row(&["member", "name", "state", "noted"]);
    for line in &own.lines {
        text.push_str(&csv_row(&[&line.member, &line.name, &line.state, &line.when]));
    }
    Ok(download("text/csv; charset=utf-8", "my-branch.csv", text.into()))
}

#[derive(Template)]
#[template(path = "desk/branch_print.html")]
struct PrintPage {
    frame: Frame,
    branch: String,
    /// Cards for those whom nobody has spoken to; otherwise the list of all.
    is_cards: bool,
    totals: String,
    closes: String,
    lines: Vec<Line>,
    labels: Vec<&'static str>,
    printed: String,
}

async fn printed(service: &Service, session: &Session, is_cards: bool) -> Answer {
    let own = own(service, session).await?;
    let (closes, _) = closing(service, &own.branch).await?;
    let totals = Totals::of(&own.lines).words();
    let lines = own.lines.into_iter().filter(|line| !is_cards || line.is_open()).collect();
    render(&PrintPage {
        frame: desk_frame(service, session).await,
        branch: title(service, &own.branch).await?,
        is_cards,
        totals,
        closes,
        lines,
        labels: SAYINGS.iter().map(|saying| if is_cards { saying.own } else { saying.label }).collect(),
        printed: service.clock.now().in_london().strftime("%-d %B %Y, %H:%M").to_string(),
    })
}

/// `GET /branch/desk-list`: all members with boxes to tick by hand, to be printed.
pub(crate) async fn desk_list(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    printed(&service, &session, false).await
}

/// `GET /branch/cards`: a card for each member whom nobody has spoken to, eight on a sheet of A4. No vote and no code stands on them.
pub(crate) async fn cards(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    printed(&service, &session, true).await
}

/// `GET /branch/script/{hash}/branch.js`.
pub(crate) async fn script(Path(hash): Path<String>) -> Answer {
    if hash != short_hash(SCRIPT) {
        return Err(Problem::not_found());
    }
    Ok(asset("text/javascript; charset=utf-8", SCRIPT))
}

/// `GET /branch-worker.js`: at the root, so that it may stand before `/branch`; its address stays, and the browser looks for a newer one.
pub(crate) async fn worker() -> Answer {
    let mut response = asset("text/javascript; charset=utf-8", WORKER);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}
