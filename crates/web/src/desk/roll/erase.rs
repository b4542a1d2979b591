//! Erasing the roll: officer and scrutineer agree on the last day on which it is kept; after that day either of them has it erased.
//!
//! Gone are the names and addresses of every import, of the frozen roll and of late changes, and what representatives noted. What counts the
//! poll stays: numbers, fingerprint, packs by number, the log. The day is not before the last on which the law lets somebody ask for the
//! scrutineer's report, and nothing is erased while a unit is still to be counted.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use dated::{Date, long_date, parse_date};
use law::{Key, Value as LawValue};
use serde_json::{Value, json};
use store::{ElectionState, FrozenRoll};

use super::{entry, not_frozen};
use crate::desk::two_people::{self, Proposal, ProposalState};
use crate::desk::{branch, desk_frame};
use crate::files;
use crate::frame::Whole;
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::service::Service;
use crate::session::{self, Session};

/// The act of `two_people`.
const ERASURE: &str = "erasure of the roll";

/// The last day on which the roll has to be kept, and why.
struct Keep {
    until: Date,
    why: String,
}

/// How far it is.
struct Standing {
    frozen: FrozenRoll,
    today: Date,
    /// Units that are not counted yet.
    uncounted: usize,
    keep: Option<Keep>,
    /// What both agreed on, for this roll: the proposal and its day.
    agreed: Option<(Proposal, Date)>,
    /// What waits for the other.
    proposed: bool,
}

impl Standing {
    async fn of(service: &Service) -> Result<Self, Problem> {
        let frozen = service.store.get_frozen_roll().await?.ok_or_else(not_frozen)?;
        let now = service.clock.now();
        let elections = service.elections.all(service).await?;
        let uncounted = elections.iter().filter(|election| election.state(now) != ElectionState::Counted).count();
        let last = elections.iter().map(|election| election.closes_at.in_london().date()).max();
        let about = files::about(service).await?;
        let jurisdiction = about.jurisdiction.filter(|_| about.kind.as_deref() != Some("consultative"));
        let keep = last.map(|closed_on| {
            let ruling = jurisdiction.and_then(|place| service.results.rules().on(Key::ScrutineerReportCopies, place, closed_on).ok());
            match ruling.map(|ruling| (ruling.rule, &ruling.rule.value)) {
                Some((rule, LawValue::Period(length))) => Keep {
                    until: length.last_day(closed_on),
                    why: format!("until then voters and their employers may ask for a copy of the scrutineer’s report ({})", rule.source),
                },
                _ => Keep { until: closed_on, why: "voting closed on that day; no rule of law says more".to_owned() },
            }
        });
        let hash = frozen.hash.hex();
        let of_this = |one: &Proposal| one.act == ERASURE && one.detail.get("roll").and_then(Value::as_str) == Some(hash.as_str());
        let all: Vec<Proposal> = two_people::all(service).await?.into_iter().filter(of_this).collect();
        let proposed = all.iter().any(|one| one.state == ProposalState::Pending);
        let confirmed = all.into_iter().find(|one| matches!(one.state, ProposalState::Confirmed { .. }));
        let agreed = confirmed.and_then(|one| {
            let day = one.detail.get("kept_until").and_then(Value::as_str).and_then(|day| parse_date(day).ok())?;
            Some((one, day))
        });
        Ok(Self { frozen, today: now.in_london().date(), uncounted, keep, agreed, proposed })
    }

    /// What speaks against erasing it now.
    fn obstacle(&self) -> Option<String> {
        let Some((_, day)) = &self.agreed else { return Some("Officer and scrutineer have not agreed on it yet.".to_owned()) };
        match () {
            () if self.uncounted > 0 => Some(format!("{} units are not counted yet.", self.uncounted)),
            () if self.today <= *day => Some(format!("It is kept until the end of {}.", long_date(*day))),
            () => None,
        }
    }
}

#[derive(Template)]
#[template(path = "desk/roll_erase.html")]
struct ErasePage {
    frame: Frame,
    rows: u64,
    hash: String,
    is_erased: bool,
    keep_until: String,
    keep_words: String,
    agreed: Option<String>,
    obstacle: Option<String>,
    proposed: bool,
    day: String,
    fault: Option<String>,
}

async fn shown(service: &Service, session: &Session, day: Option<String>, fault: Option<String>) -> Answer {
    let standing = Standing::of(service).await?;
    let until = standing.keep.as_ref().map_or(standing.today, |keep| keep.until);
    let keep_words = standing.keep.as_ref().map_or_else(String::new, |keep| format!("{}: {}", long_date(keep.until), keep.why));
    let status = if fault.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let mut response = render(&ErasePage {
        frame: desk_frame(service, session).await,
        rows: standing.frozen.rows,
        hash: standing.frozen.hash.hex(),
        is_erased: standing.frozen.is_erased,
        keep_until: until.to_string(),
        keep_words,
        agreed: standing.agreed.as_ref().map(|(_, day)| long_date(*day)),
        obstacle: standing.obstacle(),
        proposed: standing.proposed,
        day: day.unwrap_or_else(|| until.to_string()),
        fault,
    })?;
    *response.status_mut() = status;
    response.extensions_mut().insert(Whole);
    Ok(response)
}

/// `GET /desk/roll/erase`.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    shown(&service, &session, None, None).await
}

#[derive(serde::Deserialize)]
struct Act {
    act: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    sure: String,
}

/// `POST /desk/roll/erase`: proposes the day, or erases.
pub(crate) async fn act(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(act) = session::form::<Act>(&service, request).await?;
    let standing = Standing::of(&service).await?;
    if standing.frozen.is_erased {
        return Err(Problem::conflict("refused", "The roll is erased already."));
    }
    match act.act.as_str() {
        "propose" => {
            let day = match parse_date(act.day.trim()) {
                Ok(day) => day,
                Err(why) => return shown(&service, &session, Some(act.day), Some(format!("Last day on which it is kept: {why}"))).await,
            };
            if let Some(keep) = standing.keep.filter(|keep| day < keep.until) {
                let fault = format!("Last day on which it is kept: not before {}, since {}.", long_date(keep.until), keep.why);
                return shown(&service, &session, Some(act.day), Some(fault)).await;
            }
            let detail = json!({ "roll": standing.frozen.hash.hex(), "rows": standing.frozen.rows, "kept_until": day.to_string() });
            two_people::propose(&service, session.role, ERASURE, detail).await?;
            Ok(Redirect::to("/desk/two-people").into_response())
        }
        "erase" => {
            if let Some(obstacle) = standing.obstacle() {
                return Err(Problem::conflict("refused", obstacle));
            }
            if act.sure != "yes" {
                let fault = "Say that what is needed was kept elsewhere: nothing brings the roll back.".to_owned();
                return shown(&service, &session, None, Some(fault)).await;
            }
            let Some((proposal, _)) = standing.agreed else { return Err(Problem::not_found()) };
            branch::close_all(&service, &session.role.to_string()).await?;
            let mut entry = entry(&service, &session, "roll erased");
            entry.detail = json!({ "roll": standing.frozen.hash.hex(), "rows": standing.frozen.rows, "agreed": proposal.id }).to_string();
            service.store.erase_people(entry).await?;
            two_people::use_up(&service, session.role, proposal).await?;
            Ok(Redirect::to("/desk/roll/erase").into_response())
        }
        _ => Err(Problem::input("The roll's last day is proposed, or it is erased.")),
    }
}
