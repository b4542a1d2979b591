//! Disputes in the browser. What the pages say is the crate `workspace`'s; here are the request, the rights, the layout, and the turns that
//! keep casting a ballot free of waiting: working a page out takes a processor for a while, a ballot must never wait for that.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use tokio::sync::Semaphore;
use workspace::Trouble;
use workspace::desk::{Call, Desk, Reply, Shown};

use crate::api::download;
use crate::casting::whole_body;
use crate::desk::upload;
use crate::frame::Whole;
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::service::Service;
use crate::session::Session;
use crate::texts::Language;

/// The longest form of staff: the text of a file, each byte of it up to three in a form.
const FORM_BYTES: usize = 2 << 20;

/// Pages of staff that are worked out at once, and pages of everybody else.
const TURNS: (usize, usize) = (2, 1);

/// How long a page waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// The disputes that are served.
pub(crate) struct Workspace {
    desk: Arc<Desk>,
    staff: Arc<Semaphore>,
    public: Arc<Semaphore>,
}

impl Workspace {
    /// The disputes of a folder.
    ///
    /// # Errors
    /// A sentence for whoever starts the service.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let desk = Desk::open(path).map_err(|why| format!("--disputes: {why}"))?;
        Ok(Self { desk: Arc::new(desk), staff: Arc::new(Semaphore::new(TURNS.0)), public: Arc::new(Semaphore::new(TURNS.1)) })
    }
}

#[derive(Template)]
#[template(path = "workspace.html")]
struct WorkspacePage {
    frame: Frame,
    title: String,
    navigation: String,
    body: String,
}

/// Everything below `/d`: for whom which of it is, the table of routes says.
pub(crate) async fn staff(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    answer(&service, Some(session.role), request, FORM_BYTES).await
}

/// Everything below `/public`.
pub(crate) async fn public(State(service): State<Service>, request: Request) -> Answer {
    let most = service.config.limits.form_bytes;
    answer(&service, None, request, most).await
}

async fn answer(service: &Service, role: Option<Role>, request: Request, most: usize) -> Answer {
    let Some(workspace) = &service.workspace else {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "No disputes are served here: the service was started without --disputes.",
        ));
    };
    let head = if role.is_some() { "/d" } else { "/public" };
    let path = request.uri().path().strip_prefix(head).unwrap_or_default().trim_matches('/').to_owned();
    let is_post = *request.method() == Method::POST;
    let asked = Form::read(service, role.is_some(), request, most).await?;
    let now = service.clock.now();
    let (at, today) = (now.utc(), now.in_london().date());
    let turns = Arc::clone(if role.is_some() { &workspace.staff } else { &workspace.public });
    let turn = tokio::time::timeout(PATIENCE, turns.acquire_owned()).await;
    let Ok(Ok(turn)) = turn else { return Err(Problem::busy(StatusCode::SERVICE_UNAVAILABLE, 10)) };
    let desk = Arc::clone(&workspace.desk);
    let worked = tokio::task::spawn_blocking(move || {
        let who = role.map_or_else(|| "reader".to_owned(), |role| role.to_string());
        let call = Call {
            who: &who,
            may_write: role == Some(Role::Negotiator),
            at: &at,
            today,
            path: &path,
            pairs: &asked.pairs,
            upload: asked.file.as_deref(),
            is_post,
        };
        let reply = if role.is_some() { desk.staff(call) } else { desk.public(call) };
        drop(turn);
        reply
    });
    match worked.await.map_err(|error| Problem::ours(&error))? {
        Ok(Reply::Page(shown)) => page(service, role, shown).await,
        Ok(Reply::File(file)) => Ok(download(file.kind, &file.name, file.bytes.into())),
        Ok(Reply::See(path)) => Ok(Redirect::to(&path).into_response()),
        Err(Trouble::NotThere(why)) => Err(Problem::new(StatusCode::NOT_FOUND, "not-found", sentence(&why))),
        Err(Trouble::Question(why)) => Err(Problem::input(sentence(&why))),
        Err(Trouble::Ours(why)) => Err(Problem::ours(&why)),
    }
}

async fn page(service: &Service, role: Option<Role>, shown: Shown) -> Answer {
    let mut frame = Frame::of(service, Language::English).await;
    frame.title = shown.dispute.unwrap_or_else(|| "Whitley".to_owned());
    frame.tag_line = "from offer to lawful mandate";
    // The banner of a rehearsal speaks of its members and votes; disputes say of themselves what in them is invented.
    frame.rehearsal = false;
    frame.role = role;
    let mut response: Response = render(&WorkspacePage { frame, title: shown.title, navigation: shown.navigation, body: shown.body })?;
    if shown.is_refusal {
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response.extensions_mut().insert(Whole);
    }
    Ok(response)
}

/// What came with a request.
struct Form {
    pairs: Vec<(String, String)>,
    file: Option<Vec<u8>>,
}

impl Form {
    /// The query's pairs, then the body's: a form of text, or one with a file.
    async fn read(service: &Service, is_staff: bool, request: Request, most: usize) -> Result<Self, Problem> {
        let query = request.uri().query().unwrap_or_default();
        let unreadable = |error: &dyn std::fmt::Display| Problem::input(format!("The form could not be read: {error}."));
        let mut pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).map_err(|error| unreadable(&error))?;
        if *request.method() != Method::POST {
            return Ok(Self { pairs, file: None });
        }
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if is_staff && kind.starts_with("multipart/form-data") {
            let upload = upload::read(service, request).await?;
            pairs.extend(upload.fields);
            return Ok(Self { pairs, file: upload.files.into_iter().next().map(|file| file.bytes) });
        }
        if kind.split(';').next().unwrap_or_default().trim() != "application/x-www-form-urlencoded" {
            return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let body: Vec<u8> = whole_body(Body::new(request.into_body()), most, service.config.limits.body_seconds).await?;
        let sent: Vec<(String, String)> = serde_urlencoded::from_bytes(&body).map_err(|error| unreadable(&error))?;
        pairs.extend(sent);
        Ok(Self { pairs, file: None })
    }
}

/// A sentence begins with a capital and ends with a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let whole = format!("{first}{}", letters.as_str());
    if whole.ends_with(['.', '?', '!']) { whole } else { format!("{whole}.") }
}
