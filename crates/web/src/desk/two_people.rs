//! What needs two people (security requirement R43): one role proposes, another confirms, and nobody confirms their own.
//!
//! A proposal is a setting of the store, `two-people/ID`, and every step is a line of the audit log. Its detail has no names of
//! members. What a confirmed proposal permits is asked with [`confirmed`] by whoever does the act; a confirmed proposal is used up
//! with [`use_up`] where the act is done once.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Request, State};
use axum::response::{IntoResponse, Redirect};
use serde_json::{Value, json};
use store::Entry;

use crate::clock::Instant;
use crate::desk::desk_frame;
use crate::desk::exchange::raced;
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::service::Service;
use crate::session::{self, Session};

/// Who may propose and confirm.
const PAIR: [Role; 2] = [Role::Officer, Role::Scrutineer];

const PREFIX: &str = "two-people/";

/// Something that one role proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Sixteen hexadecimal digits.
    pub id: String,
    /// What is to be done, in a few words, such as `export of the roll`.
    pub act: String,
    /// More about it: an object without names of members.
    pub detail: Value,
    /// Who proposed it.
    pub by: Role,
    /// When, in seconds since 1970.
    pub at: i64,
    /// How far it is.
    pub state: ProposalState,
    /// As the store has it; none before it is kept.
    stored: Option<String>,
}

/// How far a proposal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProposalState {
    /// Nobody else has looked at it yet.
    Pending,
    /// Another role confirmed it.
    Confirmed {
        /// Who.
        by: Role,
        /// When, in seconds since 1970.
        at: i64,
    },
    /// It was taken back or refused, by whom.
    Withdrawn {
        /// Who.
        by: Role,
    },
    /// What it permits was done.
    Used,
}

impl Proposal {
    fn json(&self) -> Value {
        let mut value = json!({ "act": self.act, "detail": self.detail, "by": self.by.to_string(), "at": self.at });
        match &self.state {
            ProposalState::Pending => {}
            ProposalState::Confirmed { by, at } => value["confirmed"] = json!({ "by": by.to_string(), "at": at }),
            ProposalState::Withdrawn { by } => value["withdrawn"] = json!(by.to_string()),
            ProposalState::Used => value["used"] = json!(true),
        }
        value
    }

    fn read(id: &str, text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let role = |value: &Value| value.as_str().and_then(Role::parse);
        let state = match (value.get("confirmed"), value.get("withdrawn"), value.get("used")) {
            (_, _, Some(_)) => ProposalState::Used,
            (_, Some(by), _) => ProposalState::Withdrawn { by: role(by)? },
            (Some(done), _, _) => ProposalState::Confirmed { by: role(done.get("by")?)?, at: done.get("at")?.as_i64()? },
            _ => ProposalState::Pending,
        };
        Some(Self {
            id: id.to_owned(),
            act: value.get("act")?.as_str()?.to_owned(),
            detail: value.get("detail")?.clone(),
            by: role(value.get("by")?)?,
            at: value.get("at")?.as_i64()?,
            state,
            stored: Some(text.to_owned()),
        })
    }

    /// The detail as names and values for a page.
    pub fn shown(&self) -> Vec<(String, String)> {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let shown = |value: &Value| match value {
            Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(", "),
            other => text(other),
        };
        self.detail.as_object().into_iter().flatten().map(|(name, value)| (name.replace('_', " "), shown(value))).collect()
    }

    /// Its state in a word or a few.
    pub fn word(&self) -> String {
        match &self.state {
            ProposalState::Pending => "waits for the other".to_owned(),
            ProposalState::Confirmed { by, .. } => format!("confirmed by the {by}"),
            ProposalState::Withdrawn { by } => format!("withdrawn by the {by}"),
            ProposalState::Used => "done".to_owned(),
        }
    }

    /// When it was proposed, in London.
    pub fn time(&self) -> String {
        Instant(self.at * 1_000).in_london().strftime("%-d %B %Y, %H:%M").to_string()
    }
}

/// Proposes an act. The same act with the same detail that already waits is not proposed twice: its id is the answer.
///
/// # Errors
/// The role is neither officer nor scrutineer, or the store failed.
pub async fn propose(service: &Service, role: Role, act: &str, detail: Value) -> Result<String, Problem> {
    demand_pair(role)?;
    if let Some(same) = pending(service).await?.into_iter().find(|proposal| proposal.act == act && proposal.detail == detail) {
        return Ok(same.id);
    }
    let id = service.token().map_err(|error| Problem::ours(&error))?[..16].to_owned();
    let at = service.clock.now().seconds();
    let proposal = Proposal { id: id.clone(), act: act.to_owned(), detail, by: role, at, state: ProposalState::Pending, stored: None };
    keep(service, &proposal, role, "proposed").await?;
    Ok(id)
}

/// Confirms what another role proposed.
///
/// # Errors
/// There is no such proposal, it does not wait any more, or this role proposed it itself.
pub async fn confirm(service: &Service, role: Role, id: &str) -> Result<Proposal, Problem> {
    demand_pair(role)?;
    let mut proposal = waiting(service, id).await?;
    if proposal.by == role {
        return Err(Problem::conflict(
            "two-people",
            format!("The {role} proposed this: somebody else has to confirm it, the officer or the scrutineer."),
        ));
    }
    proposal.state = ProposalState::Confirmed { by: role, at: service.clock.now().seconds() };
    keep(service, &proposal, role, "confirmed").await?;
    Ok(proposal)
}

/// Takes a proposal back, or refuses that of another: either of the two may.
///
/// # Errors
/// There is no such proposal, or it does not wait any more.
pub async fn withdraw(service: &Service, role: Role, id: &str) -> Result<(), Problem> {
    demand_pair(role)?;
    let mut proposal = waiting(service, id).await?;
    proposal.state = ProposalState::Withdrawn { by: role };
    keep(service, &proposal, role, "withdrawn").await
}

/// All proposals, the newest first.
///
/// # Errors
/// The store failed.
pub async fn all(service: &Service) -> Result<Vec<Proposal>, Problem> {
    let settings = service.store.list_settings().await?;
    let read = |(key, text): &(String, String)| Proposal::read(key.strip_prefix(PREFIX)?, text);
    let mut list: Vec<Proposal> = settings.iter().filter_map(read).collect();
    list.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
    Ok(list)
}

/// What waits for the other role.
///
/// # Errors
/// The store failed.
pub async fn pending(service: &Service) -> Result<Vec<Proposal>, Problem> {
    Ok(all(service).await?.into_iter().filter(|proposal| proposal.state == ProposalState::Pending).collect())
}

/// The confirmed proposal of this act with exactly this detail, not used up, and confirmed within so many seconds.
///
/// # Errors
/// The store failed.
pub async fn confirmed(service: &Service, act: &str, detail: &Value, within_seconds: i64) -> Result<Option<Proposal>, Problem> {
    let since = service.clock.now().seconds() - within_seconds;
    Ok(all(service).await?.into_iter().find(|proposal| {
        let fresh = matches!(proposal.state, ProposalState::Confirmed { at, .. } if at >= since);
        fresh && proposal.act == act && proposal.detail == *detail
    }))
}

/// Notes that what a confirmed proposal permits was done: it permits it no more.
///
/// # Errors
/// The store failed.
pub async fn use_up(service: &Service, role: Role, mut proposal: Proposal) -> Result<(), Problem> {
    proposal.state = ProposalState::Used;
    keep(service, &proposal, role, "used").await
}

fn demand_pair(role: Role) -> Result<(), Problem> {
    if PAIR.contains(&role) {
        return Ok(());
    }
    Err(Problem::conflict("two-people", format!("What needs two people is between officer and scrutineer; you are {role}.")))
}

async fn waiting(service: &Service, id: &str) -> Result<Proposal, Problem> {
    let proposal = all(service).await?.into_iter().find(|proposal| proposal.id == id).ok_or_else(Problem::not_found)?;
    if proposal.state == ProposalState::Pending {
        return Ok(proposal);
    }
    Err(Problem::conflict("two-people", format!("This does not wait any more: {}.", proposal.word())))
}

async fn keep(service: &Service, proposal: &Proposal, role: Role, step: &str) -> Result<(), Problem> {
    let now = service.clock.now().seconds();
    let mut entry = Entry::new(now, &role.to_string(), &format!("{step}: {}", proposal.act));
    entry.detail = json!({ "id": proposal.id, "detail": proposal.detail }).to_string();
    // From the state that was read, or not at all: of two people who answer at the same moment one is told that the other was faster.
    let key = format!("{PREFIX}{}", proposal.id);
    let kept = service.store.change_setting(&key, proposal.stored.as_deref(), &proposal.json().to_string(), entry).await;
    kept.map_err(raced)
}

#[derive(Template)]
#[template(path = "desk/two_people.html")]
struct TwoPeoplePage {
    frame: Frame,
    role: Role,
    waiting: Vec<Proposal>,
    others: Vec<Proposal>,
}

/// `GET /desk/two-people`: what waits, and what was.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    let (waiting, others) = all(&service).await?.into_iter().partition(|proposal| proposal.state == ProposalState::Pending);
    render(&TwoPeoplePage { frame: desk_frame(&service, &session).await, role: session.role, waiting, others })
}

#[derive(serde::Deserialize)]
struct Chosen {
    id: String,
    answer: String,
}

/// `POST /desk/two-people`: confirms or withdraws.
pub(crate) async fn answer(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(chosen) = session::form::<Chosen>(&service, request).await?;
    match chosen.answer.as_str() {
        "confirm" => drop(confirm(&service, session.role, &chosen.id).await?),
        "withdraw" => withdraw(&service, session.role, &chosen.id).await?,
        _ => return Err(Problem::input("The answer is to confirm or to withdraw.")),
    }
    Ok(Redirect::to("/desk/two-people").into_response())
}
