//! A branch in the hands of its representative: own members, whom nobody has spoken to yet, and what members themselves said.
//!
//! A representative never sees a vote, and nothing here is joined with ballots, credentials or packs: “told us they voted” is what a
//! member told. The officer makes a link for a branch; the link is as good as a key until it is closed. What is noted is kept encrypted, row by
//! row, and taken back by another row.

pub(crate) mod notes;
pub(crate) mod page;
pub(crate) mod requests;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Query, Request, State};
use axum::response::{IntoResponse, Redirect};
use serde_json::{Value, json};
use store::{Entry, Hash};

use crate::desk::{Pages, WantedPage, desk_frame};
use crate::limits::Network;
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::server;
use crate::service::Service;
use crate::session::{self, Session};
use crate::texts::Language;

use notes::Totals;

/// A branch with fewer members than this gives no totals to anybody but its own representative.
const SMALLEST: usize = 10;

/// A branch: the members of a unit at one workplace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// From 1; the number of its representative's role.
    pub number: u32,
    /// Id of the unit.
    pub unit: String,
    /// The workplace as the roll names it; empty where the roll has none.
    pub workplace: String,
    /// SHA-256 of the link's token, while it is open.
    mark: Option<String>,
    made_at: i64,
}

impl Branch {
    /// Its name, with the unit under this one.
    fn name(&self, unit: &str) -> String {
        if self.workplace.is_empty() { unit.to_owned() } else { format!("{} ({unit})", self.workplace) }
    }

    fn setting(number: u32) -> String {
        format!("branch/{number}")
    }

    fn read(key: &str, value: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(value).ok()?;
        Some(Self {
            number: key.strip_prefix("branch/")?.parse().ok()?,
            unit: value.get("unit")?.as_str()?.to_owned(),
            workplace: value.get("workplace")?.as_str()?.to_owned(),
            mark: value.get("mark")?.as_str().map(str::to_owned),
            made_at: value.get("made_at")?.as_i64()?,
        })
    }

    async fn all(service: &Service) -> Result<Vec<Self>, Problem> {
        let settings = service.store.list_settings().await?;
        Ok(settings.iter().filter_map(|(key, value)| Self::read(key, value)).collect())
    }

    /// The branch of a representative, while its link is open.
    ///
    /// # Errors
    /// The store failed.
    pub async fn open(service: &Service, number: u32) -> Result<Option<Self>, Problem> {
        let key = Self::setting(number);
        let value = service.store.get_setting(&key).await?;
        Ok(value.and_then(|value| Self::read(&key, &value)).filter(|branch| branch.mark.is_some()))
    }

    /// Whether a session that began with this mark came by the link that is open.
    pub(crate) fn is_of(&self, mark: &str) -> bool {
        self.mark.as_deref() == Some(mark)
    }

    async fn keep(&self, service: &Service, what: &str, by: &str) -> Result<(), Problem> {
        let value = json!({ "unit": self.unit, "workplace": self.workplace, "mark": self.mark, "made_at": self.made_at });
        let mut entry = Entry::new(service.clock.now().seconds(), by, what);
        entry.detail = json!({ "branch": self.number, "unit": self.unit, "workplace": self.workplace }).to_string();
        Ok(service.store.put_setting(&Self::setting(self.number), &value.to_string(), entry).await?)
    }
}

/// Closes every link that is open: there is nobody left on the roll to be shown.
///
/// # Errors
/// The store failed.
pub(crate) async fn close_all(service: &Service, by: &str) -> Result<(), Problem> {
    for branch in Branch::all(service).await?.into_iter().filter(|branch| branch.mark.is_some()) {
        Branch { mark: None, ..branch }.keep(service, "link of a branch closed", by).await?;
    }
    Ok(())
}

/// Makes a link for the members of a unit at a workplace; a link that was open for them before is closed by it.
///
/// # Errors
/// There is no randomness, or the store failed.
pub async fn make_link(service: &Service, unit: &str, workplace: &str, by: &str) -> Result<(u32, String), Problem> {
    let all = Branch::all(service).await?;
    let known = all.iter().find(|branch| branch.unit == unit && branch.workplace == workplace).map(|branch| branch.number);
    let number = known.unwrap_or_else(|| all.iter().map(|branch| branch.number).max().unwrap_or(0) + 1);
    let token = service.token().map_err(|error| Problem::ours(&error))?;
    let branch = Branch {
        number,
        unit: unit.to_owned(),
        workplace: workplace.to_owned(),
        mark: Some(Hash::of(token.as_bytes()).hex()),
        made_at: service.clock.now().seconds(),
    };
    branch.keep(service, "link of a branch made", by).await?;
    Ok((number, format!("{}/branch/sign-in?token={token}", service.origin.as_str())))
}

/// A branch on the officer's page.
struct Row {
    unit: String,
    workplace: String,
    members: usize,
    number: Option<u32>,
    is_open: bool,
    /// Spoken to, told us they voted; none where the branch is too small.
    totals: Option<Totals>,
}

#[derive(Template)]
#[template(path = "desk/branches.html")]
struct BranchesPage {
    frame: Frame,
    rows: Vec<Row>,
    smallest: usize,
    made: Option<(String, String)>,
    pages: Pages,
    waiting: Option<String>,
}

/// `GET /desk/branches`: all branches of the frozen roll, with links, and totals where they are large enough.
pub(crate) async fn branches(
    State(service): State<Service>,
    Extension(session): Extension<Session>,
    Query(wanted): Query<WantedPage>,
) -> Answer {
    shown(&service, &session, &wanted, None).await
}

async fn shown(service: &Service, session: &Session, wanted: &WantedPage, made: Option<(String, String)>) -> Answer {
    let people = notes::on_roll(service).await?;
    let mut heard = notes::of_all(service).await?;
    let known = Branch::all(service).await?;
    let pages = Pages::of(wanted, people.len(), "/desk/branches");
    let mut rows = Vec::new();
    for ((unit, workplace), members) in pages.cut(people.iter()) {
        let branch = known.iter().find(|branch| branch.unit == *unit && branch.workplace == *workplace);
        let totals = branch.filter(|_| members.len() >= SMALLEST).map(|branch| {
            let noted = notes::noted(&heard.remove(&branch.number).unwrap_or_default());
            Totals::of(&notes::lines(branch, &people, &noted))
        });
        let is_open = branch.is_some_and(|branch| branch.mark.is_some());
        let (unit, workplace, number) = (unit.clone(), workplace.clone(), branch.map(|branch| branch.number));
        rows.push(Row { unit, workplace, members: members.len(), number, is_open, totals });
    }
    let waiting = requests::waiting(service).await?;
    let frame = desk_frame(service, session).await;
    render(&BranchesPage { frame, rows, smallest: SMALLEST, made, pages, waiting })
}

/// A link to be made or closed.
#[derive(serde::Deserialize)]
pub(crate) struct Act {
    act: String,
    unit: String,
    workplace: String,
}

/// `POST /desk/branches`: makes the link of a branch, shown once, or closes it.
pub(crate) async fn act(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(act) = session::form::<Act>(&service, request).await?;
    let people = notes::on_roll(&service).await?;
    if !people.contains_key(&(act.unit.clone(), act.workplace.clone())) {
        return Err(Problem::input("There is no such branch on the frozen roll."));
    }
    let by = session.role.to_string();
    match act.act.as_str() {
        "make" => {
            let (number, link) = make_link(&service, &act.unit, &act.workplace, &by).await?;
            let branch = Branch::open(&service, number).await?.ok_or_else(Problem::not_found)?;
            shown(&service, &session, &WantedPage::default(), Some((branch.name(&branch.unit), link))).await
        }
        "close" => {
            let all = Branch::all(&service).await?;
            let branch = all.into_iter().find(|branch| branch.unit == act.unit && branch.workplace == act.workplace);
            let branch = Branch { mark: None, ..branch.ok_or_else(Problem::not_found)? };
            branch.keep(&service, "link of a branch closed", &by).await?;
            Ok(Redirect::to("/desk/branches").into_response())
        }
        _ => Err(Problem::input("A link can be made or closed.")),
    }
}

/// The token of a link.
#[derive(serde::Deserialize)]
pub(crate) struct Link {
    token: String,
}

#[derive(Template)]
#[template(path = "desk/branch_sign_in.html")]
struct SignInPage {
    frame: Frame,
    token: String,
}

/// `GET /branch/sign-in?token=…`: a button. A link that a scanner opens changes nothing.
pub(crate) async fn sign_in_page(State(service): State<Service>, Query(link): Query<Link>) -> Answer {
    render(&SignInPage { frame: Frame::of(&service, Language::English).await, token: link.token })
}

/// `POST /branch/sign-in`: an open link becomes a session.
pub(crate) async fn sign_in(State(service): State<Service>, request: Request) -> Answer {
    let network = Network::of(server::peer(&request));
    let now = service.clock.now();
    service.sign_in_bucket.take(network, now).map_err(|seconds| Problem::busy(axum::http::StatusCode::TOO_MANY_REQUESTS, seconds))?;
    let old = session::of(&service, request.headers()).await?;
    let Form(link) = session::form::<Link>(&service, request).await?;
    let mark = Hash::of(link.token.as_bytes()).hex();
    let branch = Branch::all(&service).await?.into_iter().find(|branch| branch.mark.as_deref() == Some(mark.as_str()));
    match branch {
        Some(branch) => session::begin(&service, Role::Rep(branch.number), &mark, old, "/branch").await,
        None => Err(Problem::new(
            axum::http::StatusCode::UNAUTHORIZED,
            "sign-in",
            "This link is closed, or was copied in part. The ballot officer can make a new one for your branch.",
        )),
    }
}
