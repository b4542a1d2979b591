//! The register of paper packs by number: issue, return, what became of each, reconciliation, and which papers are to be accepted.
//!
//! Nobody's name is here: who got which pack is with the authority, which credential is in it with the scrutineer. A paper is accepted
//! by a signed line that voids its credential, never by a button: officer and scrutineer agree here on the packs, and the line comes by
//! the page for lines.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use poll::{Pack as Number, Poll};
use serde_json::{Value, json};
use store::{Entry, Pack, PackChange, PackState};

use crate::api::download;
use crate::clock::Instant;
use crate::desk::roll::csv_row;
use crate::desk::two_people::{self, ProposalState};
use crate::desk::{Pages, WantedPage, desk_frame, upload};
use crate::files;
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::service::Service;
use crate::session::Session;

/// The act of `two_people` that says which papers are to be accepted.
pub const ACCEPT: &str = "papers to be accepted";

/// Packs on one page of the list, and in one act.
const PAGE: u32 = 500;
const MOST: usize = 50_000;

/// States that a person sets by hand; acceptance comes with the signed line.
const BY_HAND: [PackState; 6] =
    [PackState::Returned, PackState::Spoiled, PackState::SetAside, PackState::Lost, PackState::Unused, PackState::Void];

/// What each state means, for people.
fn meaning(state: PackState) -> &'static str {
    match state {
        PackState::Issued => "given to the post, not come back",
        PackState::Returned => "came back, not yet judged",
        PackState::Accepted => "accepted: counted on paper, its credential is void",
        PackState::Void => "void: another pack or a web vote stands for it",
        PackState::Lost => "said never to have arrived",
        PackState::Unused => "never given out",
        PackState::Spoiled => "spoiled: cannot be counted",
        PackState::SetAside => "set aside: after a web vote, or in question",
    }
}

/// The figures of a unit, and whether they meet.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Packs that the authority made: one for each credential, spare ones too.
    pub made: u64,
    /// Packs in the register.
    pub registered: u64,
    /// How many in each state, in the order of [`PackState::ALL`].
    pub by_state: Vec<u64>,
    /// In words, what is open: packs made and not registered, packs not come back or not yet judged, too many packs.
    pub open: Vec<String>,
}

impl Reconciled {
    /// Of a unit's counts.
    pub fn of(made: u64, counts: &BTreeMap<PackState, u64>) -> Self {
        let count = |state: PackState| counts.get(&state).copied().unwrap_or(0);
        let by_state: Vec<u64> = PackState::ALL.iter().map(|state| count(*state)).collect();
        let registered = by_state.iter().sum();
        let mut open = Vec::new();
        if made > registered {
            open.push(format!("{} made and not in the register", made - registered));
        }
        if registered > made {
            open.push(format!("{} more in the register than were made", registered - made));
        }
        for (state, what) in [
            (PackState::Issued, "issued and not come back"),
            (PackState::Returned, "returned and not yet judged"),
            (PackState::SetAside, "set aside and not decided"),
        ] {
            if count(state) > 0 {
                open.push(format!("{} {what}", count(state)));
            }
        }
        Self { made, registered, by_state, open }
    }
}

struct UnitRow {
    id: String,
    name: String,
    figures: Reconciled,
}

struct Agreed {
    by: String,
    state: String,
    is_confirmed: bool,
    packs: Vec<(String, &'static str)>,
}

#[derive(Template)]
#[template(path = "desk/papers.html")]
struct PapersPage {
    frame: Frame,
    states: Vec<&'static str>,
    units: Vec<UnitRow>,
    /// Id and name of every unit.
    choices: Vec<(String, String)>,
    pages: Pages,
    by_hand: Vec<(&'static str, &'static str)>,
    agreed: Vec<Agreed>,
    faults: Vec<String>,
    packs: String,
}

/// `GET /desk/papers`.
pub(crate) async fn page(
    State(service): State<Service>,
    Extension(session): Extension<Session>,
    Query(wanted): Query<WantedPage>,
) -> Answer {
    shown(&service, &session, &wanted, Vec::new(), String::new()).await
}

async fn plan(service: &Service) -> Result<std::sync::Arc<Poll>, Problem> {
    files::poll(service).await?.ok_or_else(|| Problem::conflict("refused", "There is no plan yet: packs belong to its units."))
}

async fn shown(service: &Service, session: &Session, wanted: &WantedPage, faults: Vec<String>, packs: String) -> Answer {
    let poll = plan(service).await?;
    let mut counts: BTreeMap<String, BTreeMap<PackState, u64>> = BTreeMap::new();
    for (unit, state, count) in service.store.list_pack_counts().await? {
        counts.entry(unit).or_default().insert(state, count);
    }
    let made: BTreeMap<String, u64> = service.store.list_elections().await?.into_iter().map(|info| (info.unit, info.credentials)).collect();
    let pages = Pages::of(wanted, poll.units.len(), "/desk/papers");
    let choices = poll.units.iter().map(|unit| (unit.id.clone(), unit.name.clone())).collect();
    let units = pages.cut(&poll.units).into_iter().map(|unit| UnitRow {
        id: unit.id.clone(),
        name: unit.name.clone(),
        figures: Reconciled::of(made.get(&unit.id).copied().unwrap_or(0), counts.get(&unit.id).unwrap_or(&BTreeMap::new())),
    });
    let mut agreed = Vec::new();
    for proposal in two_people::all(service).await?.into_iter().filter(|proposal| proposal.act == ACCEPT) {
        if matches!(proposal.state, ProposalState::Withdrawn { .. }) {
            continue;
        }
        let mut packs = Vec::new();
        for number in proposal.detail.get("packs").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            let state = service.store.get_pack(number).await?.map_or("not in the register", |pack| pack.state.word());
            packs.push((number.to_owned(), state));
        }
        agreed.push(Agreed {
            by: proposal.by.to_string(),
            state: proposal.word(),
            is_confirmed: matches!(proposal.state, ProposalState::Confirmed { .. }),
            packs,
        });
    }
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let mut response = render(&PapersPage {
        frame: desk_frame(service, session).await,
        states: PackState::ALL.iter().map(|state| state.word()).collect(),
        units: units.collect(),
        choices,
        pages,
        by_hand: BY_HAND.iter().map(|state| (state.word(), meaning(*state))).collect(),
        agreed,
        faults,
        packs,
    })?;
    *response.status_mut() = status;
    response.extensions_mut().insert(crate::frame::Whole);
    Ok(response)
}

fn entry(service: &Service, session: &Session, what: &str, detail: &Value) -> Entry {
    let mut entry = Entry::new(service.clock.now().seconds(), &session.role.to_string(), what);
    entry.detail = detail.to_string();
    entry
}

/// A short text that a person typed: a batch or a reason.
fn tidy(text: &str) -> String {
    let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|letter| !letter.is_control()).take(200).collect()
}

/// `POST /desk/papers/issue`: a range of numbers of a unit goes to the post.
pub(crate) async fn issue(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let form = upload::read(&service, request).await?;
    let text = |name: &str| form.fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let poll = plan(&service).await?;
    let mut faults = Vec::new();
    let place = (1..).zip(&poll.units).find(|(_, unit)| unit.id == text("unit"));
    if place.is_none() {
        faults.push(format!("Unit: there is no unit “{}” in this poll.", tidy(text("unit"))));
    }
    // A whole pack number, or its middle part.
    let mut number = |name: &str, label: &str| {
        let typed = text(name);
        if typed.contains('-') {
            return match (Number::parse(typed), &place) {
                (Ok(pack), Some((unit, _))) if pack.unit == *unit => Some(pack.number),
                (Ok(pack), Some((unit, _))) => {
                    faults.push(format!("{label}: {pack} is a pack of unit number {}, and this unit is number {unit}.", pack.unit));
                    None
                }
                (Ok(_), None) => None,
                (Err(why), _) => {
                    faults.push(format!("{label}: {why}."));
                    None
                }
            };
        }
        let number = typed.parse::<u32>().ok().filter(|number| *number > 0);
        if number.is_none() {
            faults.push(format!("{label}: a number from 1 on, or a whole pack number like 1-000001-2."));
        }
        number
    };
    let (first, last) = (number("first", "First pack"), number("last", "Last pack"));
    let batch = tidy(text("batch"));
    if batch.is_empty() {
        faults.push("Batch: give it a name, such as “post of 1 December”.".to_owned());
    }
    if let (Some(first), Some(last)) = (first, last) {
        if last < first {
            faults.push("The last pack comes before the first.".to_owned());
        } else if (last - first) as usize >= MOST {
            faults.push(format!("More than {MOST} packs at once: issue them in parts."));
        }
    }
    let (Some((place, unit)), Some(first), Some(last), true) = (place, first, last, faults.is_empty()) else {
        return shown(&service, &session, &WantedPage::default(), faults, String::new()).await;
    };
    let numbers: Vec<String> = (first..=last).map(|number| Number { unit: place, number }.to_string()).collect();
    let detail = json!({ "unit": unit.id, "batch": batch, "first": numbers.first(), "last": numbers.last(), "packs": numbers.len() });
    let entry = entry(&service, &session, "papers issued", &detail);
    match service.store.put_packs(&unit.id, &batch, numbers, entry).await {
        Ok(()) => Ok(Redirect::to("/desk/papers").into_response()),
        Err(store::StoreError::Refused(refusal)) => {
            shown(&service, &session, &WantedPage::default(), vec![format!("Nothing was issued: {refusal}.")], String::new()).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The numbers that were typed or scanned, each once, with all that is wrong; and the packs as they are.
async fn scanned(service: &Service, typed: &str, faults: &mut Vec<String>) -> Result<Vec<Pack>, Problem> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut packs = Vec::new();
    for (line, text) in (1..).zip(typed.lines()) {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        match Number::parse(text) {
            Err(why) => faults.push(format!("Line {line}, “{}”: {why}.", tidy(text))),
            Ok(number) => {
                let number = number.to_string();
                if let Some(earlier) = seen.insert(number.clone(), line) {
                    faults.push(format!("Line {line}: {number} stands in line {earlier} already."));
                } else if let Some(pack) = service.store.get_pack(&number).await? {
                    packs.push(pack);
                } else {
                    faults.push(format!("Line {line}: {number} was never issued."));
                }
            }
        }
        if packs.len() > MOST {
            faults.push(format!("More than {MOST} packs at once."));
            break;
        }
    }
    if packs.is_empty() && faults.is_empty() {
        faults.push("Packs: scan or type their numbers, one a line.".to_owned());
    }
    Ok(packs)
}

/// `POST /desk/papers/change`: what became of the packs of a batch.
pub(crate) async fn change(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let form = upload::read(&service, request).await?;
    let text = |name: &str| form.fields.get(name).cloned().unwrap_or_default();
    let (typed, batch, reason) = (text("packs"), tidy(&text("batch")), tidy(&text("reason")));
    let mut faults = Vec::new();
    let state = PackState::parse(&text("state")).filter(|state| BY_HAND.contains(state));
    if state.is_none() {
        faults.push("What became of them: choose one. Accepted they are by a signed line, not here.".to_owned());
    }
    if reason.is_empty() && state.is_some_and(|state| state != PackState::Returned) {
        faults.push("Reason: say why, without the name of anybody.".to_owned());
    }
    let counted = text("count").trim().parse::<usize>().ok();
    if counted.is_none() {
        faults.push("Envelopes in the batch: count them by hand, and write the number.".to_owned());
    }
    let packs = scanned(&service, &typed, &mut faults).await?;
    if let Some(counted) = counted.filter(|counted| *counted != packs.len()) {
        let (more, less) = (packs.len().saturating_sub(counted), counted.saturating_sub(packs.len()));
        let what = if more > 0 {
            format!("{more} more numbers than envelopes")
        } else {
            format!("{less} envelopes without a number that can be used")
        };
        faults.push(format!("The batch does not meet: {counted} envelopes counted, {} numbers: {what}.", packs.len()));
    }
    if let Some(state) = state {
        for pack in packs.iter().filter(|pack| !pack.state.may_become(state)) {
            faults.push(format!(
                "{}: it is {} ({}), so it cannot become {}.",
                pack.number,
                pack.state.word(),
                meaning(pack.state),
                state.word()
            ));
        }
    }
    let (Some(state), true) = (state, faults.is_empty()) else {
        return shown(&service, &session, &WantedPage::default(), faults, typed).await;
    };
    let mut by_unit: BTreeMap<&str, u64> = BTreeMap::new();
    for pack in &packs {
        *by_unit.entry(&pack.unit).or_default() += 1;
    }
    let detail = json!({ "state": state.word(), "batch": batch, "reason": reason, "packs": packs.len(), "by_unit": by_unit });
    let changes = packs.iter().map(|pack| PackChange {
        number: pack.number.clone(),
        state,
        reason: reason.clone(),
        batch: if batch.is_empty() { pack.batch.clone() } else { batch.clone() },
    });
    let changes: Vec<PackChange> = changes.collect();
    service.store.set_packs(changes, entry(&service, &session, "papers changed", &detail)).await?;
    Ok(Redirect::to("/desk/papers").into_response())
}

/// `POST /desk/papers/propose`: these returned papers are to be accepted; the other of the two confirms.
pub(crate) async fn propose(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let form = upload::read(&service, request).await?;
    let typed = form.fields.get("packs").cloned().unwrap_or_default();
    let mut faults = Vec::new();
    let packs = scanned(&service, &typed, &mut faults).await?;
    for pack in packs.iter().filter(|pack| pack.state != PackState::Returned) {
        faults.push(format!("{}: only a returned paper is accepted; this one is {}.", pack.number, pack.state.word()));
    }
    if !faults.is_empty() {
        return shown(&service, &session, &WantedPage::default(), faults, typed).await;
    }
    let mut numbers: Vec<String> = packs.into_iter().map(|pack| pack.number).collect();
    numbers.sort();
    two_people::propose(&service, session.role, ACCEPT, json!({ "packs": numbers })).await?;
    Ok(Redirect::to("/desk/two-people").into_response())
}

#[derive(serde::Deserialize)]
pub(crate) struct Listed {
    unit: String,
    #[serde(default)]
    after: String,
}

struct PackRow {
    number: String,
    state: &'static str,
    reason: String,
    batch: String,
    by: String,
    time: String,
}

impl PackRow {
    fn of(pack: Pack) -> Self {
        let time = Instant(pack.changed_at * 1_000).in_london().strftime("%Y-%m-%d %H:%M").to_string();
        Self { number: pack.number, state: pack.state.word(), reason: pack.reason, batch: pack.batch, by: pack.changed_by, time }
    }
}

#[derive(Template)]
#[template(path = "desk/papers_list.html")]
struct ListPage {
    frame: Frame,
    unit: String,
    name: String,
    packs: Vec<PackRow>,
    next: Option<String>,
}

/// `GET /desk/papers/list?unit=…`: the packs of a unit.
pub(crate) async fn list(State(service): State<Service>, Extension(session): Extension<Session>, Query(asked): Query<Listed>) -> Answer {
    let poll = plan(&service).await?;
    let unit = poll.units.iter().find(|unit| unit.id == asked.unit).ok_or_else(Problem::not_found)?;
    let packs: Vec<PackRow> = service.store.list_packs(&unit.id, &asked.after, PAGE).await?.into_iter().map(PackRow::of).collect();
    render(&ListPage {
        frame: desk_frame(&service, &session).await,
        unit: unit.id.clone(),
        name: unit.name.clone(),
        next: (packs.len() == PAGE as usize).then(|| packs.last().map(|pack| pack.number.clone())).flatten(),
        packs,
    })
}

/// `GET /desk/papers/packs.csv?unit=…`: the register of a unit.
pub(crate) async fn list_csv(State(service): State<Service>, Query(asked): Query<Listed>) -> Answer {
    let mut text = String::from("unit,pack,state,reason,batch,changed_by,changed_at\n");
    let mut after = String::new();
    loop {
        let packs = service.store.list_packs(&asked.unit, &after, PAGE).await?;
        let Some(last) = packs.last() else { break };
        after.clone_from(&last.number);
        for pack in packs {
            let row = PackRow::of(pack);
            text.push_str(&csv_row(&[&asked.unit, &row.number, row.state, &row.reason, &row.batch, &row.by, &row.time]));
        }
    }
    Ok(download("text/csv; charset=utf-8", "packs-register.csv", text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pack_is_somewhere_and_what_is_open_is_named() {
        let counts = BTreeMap::from([(PackState::Issued, 3), (PackState::Accepted, 5), (PackState::Spoiled, 1)]);
        let figures = Reconciled::of(10, &counts);
        assert_eq!(figures.registered, 9);
        assert_eq!(figures.open, ["1 made and not in the register", "3 issued and not come back"]);
        assert_eq!(Reconciled::of(8, &counts).open[0], "1 more in the register than were made");
        let done = BTreeMap::from([(PackState::Accepted, 5), (PackState::Unused, 5)]);
        assert!(Reconciled::of(10, &done).open.is_empty());
    }
}
