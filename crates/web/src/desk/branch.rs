//! A branch in the hands of its representative: own members, whom nobody has spoken to yet, and what members themselves said.
//!
//! A representative never sees a vote, and nothing here is joined with ballots, credentials or packs: “told us they voted” is what a
//! member told. The officer makes a link for a branch; the link is as good as a key until it is closed. What is noted is kept encrypted, row by
//! row, and taken back by another row.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Query, Request, State};
use axum::response::{IntoResponse, Redirect};
use serde_json::{Value, json};
use store::{Entry, Hash};

use crate::api::download;
use crate::clock::Instant;
use crate::desk::desk_frame;
use crate::desk::roll::csv_row;
use crate::limits::Network;
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::server;
use crate::service::Service;
use crate::session::{self, Session};
use crate::texts::Language;

/// A branch with fewer members than this gives no totals to anybody but its own representative.
const SMALLEST: usize = 10;

/// What a representative can note of a member: word, on the button, in the list.
const SAYINGS: [(&str, &str, &str); 5] = [
    ("got", "Got the paper or code", "got it"),
    ("voted", "Told us they voted", "says voted"),
    ("call", "Wants a call", "wants a call"),
    ("paper", "Needs a new paper or code", "needs a new one"),
    ("moved", "Moved, or left", "moved or left"),
];

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
    fn name(&self) -> String {
        if self.workplace.is_empty() { self.unit.clone() } else { format!("{} ({})", self.workplace, self.unit) }
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

    async fn keep(&self, service: &Service, what: &str, by: &str) -> Result<(), Problem> {
        let value = json!({ "unit": self.unit, "workplace": self.workplace, "mark": self.mark, "made_at": self.made_at });
        let mut entry = Entry::new(service.clock.now().seconds(), by, what);
        entry.detail = json!({ "branch": self.number, "unit": self.unit, "workplace": self.workplace }).to_string();
        Ok(service.store.put_setting(&Self::setting(self.number), &value.to_string(), entry).await?)
    }
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

/// Members of the frozen roll, as far as a branch needs them.
struct OnRoll {
    unit: String,
    workplace: String,
    member: String,
    name: String,
}

/// Reads the columns `unit`, `member`, `name` and, where it is there, `workplace` of the frozen roll.
async fn on_roll(service: &Service) -> Result<Vec<OnRoll>, Problem> {
    if service.store.get_frozen_roll().await?.is_none() {
        return Ok(Vec::new());
    }
    let bytes = service.store.get_frozen_roll_bytes().await?;
    let read = move || {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
        let heads = reader.headers().map_err(|error| Problem::ours(&error))?.clone();
        let at = |name: &str| heads.iter().position(|head| head == name);
        let (unit, member, name, workplace) = (at("unit"), at("member"), at("name"), at("workplace"));
        let mut people = Vec::new();
        for row in reader.records() {
            let row = row.map_err(|error| Problem::ours(&error))?;
            let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default().to_owned();
            people.push(OnRoll { unit: cell(unit), workplace: cell(workplace), member: cell(member), name: cell(name) });
        }
        Ok(people)
    };
    tokio::task::spawn_blocking(read).await.map_err(|error| Problem::ours(&error))?
}

/// What was noted of a member, and when last.
#[derive(Default)]
struct Noted {
    said: Vec<&'static str>,
    at: Option<i64>,
}

/// What stands of each member after all rows: a row takes back what an earlier one noted.
async fn noted(service: &Service, branch: u32) -> Result<BTreeMap<String, Noted>, Problem> {
    let mut all: BTreeMap<String, Noted> = BTreeMap::new();
    for contact in service.store.list_contacts(branch).await? {
        let Ok(row) = serde_json::from_slice::<Value>(&contact.bytes) else { continue };
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let Some((said, ..)) = SAYINGS.iter().find(|(word, ..)| *word == text("said")) else { continue };
        let noted = all.entry(text("member").to_owned()).or_default();
        noted.said.retain(|known| known != said);
        if row.get("on").and_then(Value::as_bool).unwrap_or(false) {
            noted.said.push(said);
        }
        noted.at = Some(contact.noted_at);
    }
    Ok(all)
}

/// A member on the representative's page.
struct Line {
    member: String,
    name: String,
    /// Word, on the button, whether it is noted.
    buttons: Vec<(&'static str, &'static str, bool)>,
    /// `bad` for those whom nobody has spoken to, `now` for those who wait for something.
    class: &'static str,
    state: String,
    when: String,
    rank: u8,
}

fn lines(branch: &Branch, people: Vec<OnRoll>, noted: &BTreeMap<String, Noted>) -> Vec<Line> {
    let own = people.into_iter().filter(|person| person.unit == branch.unit && person.workplace == branch.workplace);
    let nothing = Noted::default();
    let mut lines: Vec<Line> = own
        .map(|person| {
            let noted = noted.get(&person.member).unwrap_or(&nothing);
            let has = |word: &str| noted.said.contains(&word);
            let (rank, class) = match () {
                () if has("call") || has("paper") => (0, "now"),
                () if noted.said.is_empty() => (1, "bad"),
                () if has("moved") => (3, ""),
                () if has("voted") => (4, "good"),
                () => (2, ""),
            };
            let words: Vec<&str> = SAYINGS.iter().filter(|(word, ..)| has(word)).map(|(_, _, short)| *short).collect();
            Line {
                buttons: SAYINGS.iter().map(|(word, label, _)| (*word, *label, has(word))).collect(),
                class,
                state: if words.is_empty() { "nobody has spoken to them".to_owned() } else { words.join(", ") },
                when: noted.at.map(day).unwrap_or_default(),
                rank,
                member: person.member,
                name: person.name,
            }
        })
        .collect();
    lines.sort_by(|one, other| (one.rank, &one.name, &one.member).cmp(&(other.rank, &other.name, &other.member)));
    lines
}

fn day(seconds: i64) -> String {
    Instant(seconds * 1_000).in_london().strftime("%-d %B").to_string()
}

/// How many of a branch's members stand where.
#[derive(Default)]
struct Totals {
    members: usize,
    spoken_to: usize,
    counts: Vec<(&'static str, usize)>,
}

impl Totals {
    fn of(lines: &[Line]) -> Self {
        let count = |word: &str| lines.iter().filter(|line| line.buttons.iter().any(|(known, _, on)| *known == word && *on)).count();
        Self {
            members: lines.len(),
            spoken_to: lines.iter().filter(|line| line.class != "bad").count(),
            counts: SAYINGS.iter().map(|(word, _, short)| (*short, count(word))).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "desk/branch.html")]
struct BranchPage {
    frame: Frame,
    branch: String,
    totals: Totals,
    lines: Vec<Line>,
    done: Option<(String, &'static str, bool, String, &'static str)>,
}

fn number(session: &Session) -> Result<u32, Problem> {
    match session.role {
        Role::Rep(number) => Ok(number),
        _ => Err(Problem::not_found()),
    }
}

async fn own(service: &Service, session: &Session) -> Result<(Branch, Vec<Line>), Problem> {
    let number = number(session)?;
    let branch = Branch::open(service, number).await?.ok_or_else(Problem::not_found)?;
    let noted = noted(service, number).await?;
    let lines = lines(&branch, on_roll(service).await?, &noted);
    Ok((branch, lines))
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
    let (branch, lines) = own(&service, &session).await?;
    let done = lines.iter().find(|line| line.member == just.member).and_then(|line| {
        let (word, label, on) = line.buttons.iter().find(|(word, ..)| *word == just.said)?;
        Some((line.name.clone(), *label, *on, line.member.clone(), *word))
    });
    let frame = desk_frame(&service, &session).await;
    render(&BranchPage { frame, branch: branch.name(), totals: Totals::of(&lines), lines, done })
}

/// A tick, or a tick taken back.
#[derive(serde::Deserialize)]
pub(crate) struct Tick {
    member: String,
    said: String,
    on: String,
}

/// `POST /branch`: notes what a member said, or takes it back.
pub(crate) async fn tick(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(tick) = session::form::<Tick>(&service, request).await?;
    let (branch, lines) = own(&service, &session).await?;
    let known = SAYINGS.iter().any(|(word, ..)| *word == tick.said);
    if !known || !lines.iter().any(|line| line.member == tick.member) {
        return Err(Problem::input("Only what the buttons say can be noted, and only of members of your own branch."));
    }
    let row = json!({ "member": tick.member, "said": tick.said, "on": tick.on == "1" });
    service.store.put_contact(branch.number, service.clock.now().seconds(), row.to_string().into_bytes()).await?;
    let query = serde_urlencoded::to_string([("member", &tick.member), ("said", &tick.said)]).map_err(|error| Problem::ours(&error))?;
    Ok(Redirect::to(&format!("/branch?{query}")).into_response())
}

/// `GET /branch/list.csv`: the same list for a desk or a spreadsheet.
pub(crate) async fn list_csv(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    let (_, lines) = own(&service, &session).await?;
    let mut text = csv_row(&["member", "name", "state", "noted"]);
    for line in &lines {
        text.push_str(&csv_row(&[&line.member, &line.name, &line.state, &line.when]));
    }
    Ok(download("text/csv; charset=utf-8", "my-branch.csv", text.into()))
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
}

struct Pages {
    at: usize,
    of: usize,
}

/// Branches on one page.
const PAGE: usize = 100;

/// Which page.
#[derive(serde::Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    page: usize,
}

/// `GET /desk/branches`: all branches of the frozen roll, with links, and totals where they are large enough.
pub(crate) async fn branches(State(service): State<Service>, Extension(session): Extension<Session>, Query(asked): Query<Asked>) -> Answer {
    shown(&service, &session, asked.page, None).await
}

async fn shown(service: &Service, session: &Session, page: usize, made: Option<(String, String)>) -> Answer {
    let mut counted: BTreeMap<(String, String), Vec<OnRoll>> = BTreeMap::new();
    for person in on_roll(service).await? {
        counted.entry((person.unit.clone(), person.workplace.clone())).or_default().push(person);
    }
    let known = Branch::all(service).await?;
    let of = counted.len().div_ceil(PAGE).max(1);
    let at = page.clamp(1, of);
    let mut rows = Vec::new();
    for ((unit, workplace), people) in counted.into_iter().skip((at - 1) * PAGE).take(PAGE) {
        let members = people.len();
        let branch = known.iter().find(|branch| branch.unit == unit && branch.workplace == workplace);
        let totals = match branch {
            Some(branch) if members >= SMALLEST => Some(Totals::of(&lines(branch, people, &noted(service, branch.number).await?))),
            _ => None,
        };
        let is_open = branch.is_some_and(|branch| branch.mark.is_some());
        rows.push(Row { unit, workplace, members, number: branch.map(|branch| branch.number), is_open, totals });
    }
    let frame = desk_frame(service, session).await;
    render(&BranchesPage { frame, rows, smallest: SMALLEST, made, pages: Pages { at, of } })
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
    let people = on_roll(&service).await?;
    if !people.iter().any(|person| person.unit == act.unit && person.workplace == act.workplace) {
        return Err(Problem::input("There is no such branch on the frozen roll."));
    }
    let by = session.role.to_string();
    match act.act.as_str() {
        "make" => {
            let (number, link) = make_link(&service, &act.unit, &act.workplace, &by).await?;
            let branch = Branch::open(&service, number).await?.ok_or_else(Problem::not_found)?;
            shown(&service, &session, 1, Some((branch.name(), link))).await
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

/// `GET /desk/branches/requests.csv`: members who asked their representative for a new paper or code, or moved, for whoever replaces packs.
pub(crate) async fn requests_csv(State(service): State<Service>) -> Answer {
    let mut text = csv_row(&["unit", "workplace", "member", "said", "noted"]);
    for branch in Branch::all(&service).await? {
        for (member, noted) in noted(&service, branch.number).await? {
            for said in noted.said.iter().filter(|said| ["paper", "moved"].contains(said)) {
                let when = noted.at.map(day).unwrap_or_default();
                text.push_str(&csv_row(&[&branch.unit, &branch.workplace, &member, said, &when]));
            }
        }
    }
    Ok(download("text/csv; charset=utf-8", "requests.csv", text.into()))
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
        Some(branch) => session::begin(&service, Role::Rep(branch.number), "", old, "/branch").await,
        None => Err(Problem::new(
            axum::http::StatusCode::UNAUTHORIZED,
            "sign-in",
            "This link is closed, or was copied in part. The ballot officer can make a new one for your branch.",
        )),
    }
}
