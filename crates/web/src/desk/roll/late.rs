//! Late changes of the frozen roll: who joins, leaves or moves, applied only with the signatures of officer and scrutineer (docs/spec/roll.md
//! R8).
//!
//! The page writes a change that fits the present roll; both sign it on their own machines; whoever has it signed by both brings it. Each
//! applied change is kept as brought among the imports, encrypted, since it names a person; what is not encrypted names units alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use dated::{long_date, parse_date};
use dispute::roll::{Change, ChangeKind, Changes, ROLL_COLUMNS, Roll, SignedChange};
use poll::Poll;
use serde_json::{Value, json};
use store::{ChangedRoll, ElectionState, Hash, RollImport};
use vote::companion::Signature;

use super::stored::{FrozenUnit, blocking};
use super::{entry, not_frozen, private};
use crate::api::download;
use crate::desk::exchange::{Outcome, Refused, demand_poll, nothing_chosen};
use crate::desk::{desk_frame, upload};
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::service::Service;
use crate::session::{self, Session};

/// How the label of an import begins that is a late change.
const LABEL: &str = "change: ";

/// Whether an import is a late change, and no file of the roll.
pub(super) fn is_change(import: &RollImport) -> bool {
    import.label.starts_with(LABEL)
}

/// A change that was applied.
#[derive(Clone)]
pub(crate) struct Applied {
    pub(crate) change: Change,
    /// Unit before it; none of somebody who joined.
    pub(crate) from: Option<String>,
    /// Unit after it; none of somebody who left.
    pub(crate) to: Option<String>,
}

impl Applied {
    /// As it is kept: the units in one line, then the signed line.
    fn kept(&self, line: &str) -> Vec<u8> {
        format!("{}\n{line}\n", json!({ "from": self.from, "to": self.to })).into_bytes()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (head, line) = std::str::from_utf8(bytes).ok()?.split_once('\n')?;
        let head: Value = serde_json::from_str(head).ok()?;
        let unit = |name: &str| head.get(name).and_then(Value::as_str).map(str::to_owned);
        let change = SignedChange::parse(line.trim_end_matches('\n')).ok()?.change;
        Some(Self { change, from: unit("from"), to: unit("to") })
    }

    /// Whose lists of credentials it makes old.
    fn touches(&self, unit: &str) -> bool {
        [&self.from, &self.to].into_iter().flatten().any(|touched| touched == unit)
    }

    /// What happens, without the name of anybody; `name` says how a unit is called.
    fn words<'n>(&'n self, name: &dyn Fn(&'n str) -> &'n str) -> String {
        match (self.from.as_deref(), self.to.as_deref()) {
            (None, Some(to)) => format!("join, {}", name(to)),
            (Some(from), None) => format!("leave, {}", name(from)),
            (Some(from), Some(to)) if from != to => format!("move, {} to {}", name(from), name(to)),
            _ => format!("particulars, {}", name(self.to.as_deref().unwrap_or_default())),
        }
    }
}

/// All changes that were applied, in their order.
pub(crate) async fn applied(service: &Service) -> Result<Vec<Applied>, Problem> {
    let mut applied = Vec::new();
    for import in service.store.list_roll_imports().await?.iter().filter(|import| is_change(import)) {
        let bytes = service.store.get_roll_import(import.number).await?;
        applied.push(Applied::read(&bytes).ok_or_else(|| Problem::ours(&format!("import {} is no change", import.number)))?);
    }
    Ok(applied)
}

/// The rolls that lists of credentials may have been made of: the present one, and of the earlier ones those since which nothing
/// touched the unit.
pub(crate) fn rolls_of_unit(applied: &[Applied], present: Hash, unit: &str) -> Vec<String> {
    let mut rolls = vec![present.hex()];
    rolls.extend(applied.iter().rev().take_while(|one| !one.touches(unit)).map(|one| one.change.before.to_string()));
    rolls
}

/// The roll as it is now, with what was applied to it.
async fn present(service: &Service, poll: &Poll) -> Result<(Changes, Vec<Applied>), Problem> {
    service.store.get_frozen_roll().await?.ok_or_else(not_frozen)?;
    let bytes = service.store.get_frozen_roll_bytes().await?;
    let applied = applied(service).await?;
    let earlier: Vec<Change> = applied.iter().map(|one| one.change.clone()).collect();
    let units = poll.units.iter().map(|unit| unit.id.clone()).collect();
    let changes = blocking(move || Ok(Changes::go_on(canonical(&bytes)?, units, earlier))).await?;
    Ok((changes, applied))
}

/// A roll that this desk froze. A rehearsal's has only units, numbers and names.
pub(super) fn canonical(bytes: &[u8]) -> Result<Roll, Problem> {
    Roll::parse(bytes).map_err(|_| {
        Problem::conflict(
            "refused",
            "This roll was not frozen at this desk, as in a rehearsal: it has not the columns that are needed here.",
        )
    })
}

/// What the form of a new change has, as it was typed.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct MakeForm {
    kind: String,
    member: String,
    unit: String,
    cells: String,
    reason: String,
    by: String,
    date: String,
}

impl MakeForm {
    /// The change, to be signed; or all that is wrong, with the field.
    fn change(&self, present: &Changes) -> Result<SignedChange, Vec<(&'static str, String)>> {
        let mut faults: Vec<(&'static str, String)> = Vec::new();
        let kinds = [ChangeKind::Join, ChangeKind::Leave, ChangeKind::Move];
        let kind = kinds.into_iter().find(|kind| kind.word() == self.kind);
        if kind.is_none() {
            faults.push(("kind", "Say whether somebody joins, leaves or moves.".to_owned()));
        }
        for (field, text, what) in [
            ("member", &self.member, "Membership number: whose?"),
            ("reason", &self.reason, "Reason: say why."),
            ("by", &self.by, "Who asked for it?"),
        ] {
            if text.trim().is_empty() {
                faults.push((field, what.to_owned()));
            }
        }
        let date = parse_date(self.date.trim()).map_err(|why| faults.push(("date", format!("Day: {why}")))).ok();
        let mut cells = Vec::new();
        if !self.unit.is_empty() {
            cells.push(("unit".to_owned(), self.unit.clone()));
        }
        for line in self.cells.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let known = |name: &str| ROLL_COLUMNS.contains(&name) && !["member", "unit", "reason"].contains(&name);
            match line.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
                Some((name, value)) if known(name) => cells.push((name.to_owned(), value.to_owned())),
                Some((name, _)) => {
                    let known: Vec<&str> = ROLL_COLUMNS.into_iter().filter(|name| known(name)).collect();
                    faults.push(("cells", format!("“{}” is no column that can be set here; those are {}.", short(name), known.join(", "))));
                }
                None => faults.push(("cells", format!("“{}”: write column and value, as in grade=Band 5.", short(line)))),
            }
        }
        let (Some(kind), Some(date), true) = (kind, date, faults.is_empty()) else { return Err(faults) };
        cells.sort();
        if kind == ChangeKind::Leave {
            cells.clear();
        }
        let trimmed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let change = SignedChange::new(Change {
            number: present.next_number(),
            before: present.hash(),
            kind,
            member: self.member.trim().to_owned(),
            cells,
            reason: trimmed(&self.reason),
            by: trimmed(&self.by),
            date,
        });
        // What cannot be read back or applied is not given out to be signed.
        let checked = SignedChange::parse(&change.line()).and_then(|_| present.fits(&change.change));
        checked.map(|()| change).map_err(|why| vec![("member", format!("This change cannot be made: {why}."))])
    }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

struct Row {
    number: u64,
    what: String,
    member: String,
    reason: String,
    by: String,
    date: String,
    credentials: &'static str,
}

#[derive(Template)]
#[template(path = "desk/roll_changes.html")]
struct ChangesPage {
    frame: Frame,
    hash: String,
    rows_on_roll: usize,
    next: u64,
    applied: Vec<Row>,
    units: Vec<(String, String)>,
    form: MakeForm,
    faults: Vec<(&'static str, String)>,
    taken: Vec<String>,
    refused: Vec<Refused>,
    is_over: bool,
    is_officer: bool,
}

/// `GET /desk/roll/changes`.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    show(&service, &session, MakeForm::default(), Vec::new(), Outcome::default()).await
}

async fn show(service: &Service, session: &Session, form: MakeForm, faults: Vec<(&'static str, String)>, outcome: Outcome) -> Answer {
    let poll = demand_poll(service).await?;
    let (present, applied) = present(service, &poll).await?;
    let now = service.clock.now();
    let elections = service.elections.all(service).await?;
    let state = |unit: &str| elections.iter().find(|election| election.unit == unit).map(|election| election.state(now));
    let mut rows = Vec::new();
    for one in &applied {
        rows.push(Row {
            number: one.change.number,
            what: one.words(&|id| poll.unit(id).map_or(id, |unit| &unit.name)),
            member: one.change.member.clone(),
            reason: one.change.reason.clone(),
            by: one.change.by.clone(),
            date: long_date(one.change.date),
            credentials: needs(service, &poll, &applied, one).await?,
        });
    }
    let has_problem = !faults.is_empty() || !outcome.refused.is_empty();
    let mut response = render(&ChangesPage {
        frame: desk_frame(service, session).await,
        hash: present.hash().to_string(),
        rows_on_roll: present.roll().entries.len(),
        next: present.next_number(),
        applied: rows,
        units: poll.units.iter().map(|unit| (unit.id.clone(), unit.name.clone())).collect(),
        is_over: poll.units.iter().all(|unit| matches!(state(&unit.id), Some(ElectionState::Closed | ElectionState::Counted))),
        is_officer: session.role == Role::Officer,
        form,
        faults,
        taken: outcome.taken,
        refused: outcome.refused,
    })?;
    if has_problem {
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response.extensions_mut().insert(crate::frame::Whole);
    }
    Ok(response)
}

/// What a change asks of the credentials: nothing, if the lists of its units were made of a roll that has it.
async fn needs(service: &Service, poll: &Poll, applied: &[Applied], one: &Applied) -> Result<&'static str, Problem> {
    if one.from == one.to {
        return Ok("");
    }
    let mut is_behind = [false; 2];
    for (behind, unit) in is_behind.iter_mut().zip([&one.from, &one.to]) {
        let Some(unit) = unit.as_ref().and_then(|id| poll.unit(id).ok()) else { continue };
        let Some((_, bytes)) = service.store.get_file(&unit.file("list.json")).await? else { continue };
        let list: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        // Made of the roll before this change, or of an even earlier one.
        *behind = list["roll"].as_str().is_some_and(|roll| is_before(roll, applied, one.change.number));
    }
    Ok(match is_behind {
        [false, false] => "",
        [true, false] => "a credential to be voided",
        [false, true] => "a spare credential",
        [true, true] => "a spare credential, and one to be voided",
    })
}

/// Whether this roll is one from before the change of this number.
fn is_before(roll: &str, applied: &[Applied], number: u64) -> bool {
    applied.iter().any(|one| one.change.number <= number && one.change.before.to_string() == roll)
}

/// `POST /desk/roll/changes/make`: a file with the change, to be signed; nothing is kept.
pub(crate) async fn make(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let Form(form) = session::form::<MakeForm>(&service, request).await?;
    let poll = demand_poll(&service).await?;
    let (present, _) = present(&service, &poll).await?;
    match form.change(&present) {
        Ok(change) => {
            let name = format!("change-{}.json", change.change.number);
            Ok(private(file(&name, format!("{}\n", change.line()))))
        }
        Err(faults) => show(&service, &session, form, faults, Outcome::default()).await,
    }
}

fn file(name: &str, text: String) -> Response {
    download("application/json", name, text.into())
}

/// `POST /desk/roll/changes`: changes with both signatures, a line each; what fits is applied.
pub(crate) async fn take(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let poll = demand_poll(&service).await?;
    let mut upload = upload::read(&service, request).await?;
    let mut outcome = Outcome::default();
    if upload.files.is_empty() {
        nothing_chosen(&mut outcome);
    }
    // Several files go by their number, whatever order the browser sent them in.
    let number = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        SignedChange::parse(text.lines().next().unwrap_or_default()).map_or(u64::MAX, |signed| signed.change.number)
    };
    upload.files.sort_by_key(|file| number(&file.bytes));
    for file in upload.files {
        let Ok(text) = String::from_utf8(file.bytes) else {
            outcome.refuse(&file.name, "This is no text file: bring a change that both have signed.");
            continue;
        };
        for line in text.lines() {
            match apply(&service, &session, &poll, line).await {
                Ok(taken) => outcome.take(taken),
                Err(problem) => outcome.refuse_problem(&file.name, problem)?,
            }
        }
        if text.trim().is_empty() {
            outcome.refuse(&file.name, "The file is empty.");
        }
    }
    show(&service, &session, MakeForm::default(), Vec::new(), outcome).await
}

/// Applies one change to the roll as it is now, or to none: the store compares.
async fn apply(service: &Service, session: &Session, poll: &Arc<Poll>, line: &str) -> Result<String, Problem> {
    let refused = |why: &dyn std::fmt::Display| Problem::conflict("refused", format!("It was not applied: {why}."));
    let signed = SignedChange::parse(line).map_err(|why| Problem::input(format!("This is no change of a roll: {why}.")))?;
    let (mut changes, _) = present(service, poll).await?;
    let expected = Hash(changes.hash().0);
    let unit_of = |changes: &Changes| changes.find(&signed.change.member).map(|entry| entry.unit.to_string());
    let from = unit_of(&changes);
    let known = poll.clone();
    let (applied_to, signed) = blocking(move || {
        let body = signed.change.body();
        let verify = |role: &str, _: &[u8], signature: &str| {
            let key = if role == "officer" { &known.roles.officer } else { &known.roles.scrutineer };
            Signature::parse(signature).is_some_and(|signature| key.signed_roll_change(&body, &signature))
        };
        Ok((changes.apply(&signed, &verify).map(|()| changes), signed))
    })
    .await?;
    let changes = applied_to.map_err(|why| refused(&why))?;
    let to = changes.find(&signed.change.member).map(|entry| entry.unit.to_string());
    let one = Applied { change: signed.change.clone(), from, to };
    let now = service.clock.now();
    for election in service.elections.all(service).await? {
        if one.touches(&election.unit) && matches!(election.state(now), ElectionState::Closed | ElectionState::Counted) {
            return Err(refused(&format!("voting in {} is closed", election.name)));
        }
    }
    let counts = changes.roll().units();
    let mut units = FrozenUnit::all(service).await?;
    for unit in &mut units {
        unit.entitled = counts.get(unit.id.as_str()).copied().unwrap_or(0);
    }
    let (number, what) = (one.change.number, one.words(&|id| id));
    let hash = changes.hash();
    // Units and numbers alone: nobody's name and no membership number stands in the log.
    let mut entry = entry(service, session, "roll changed");
    entry.detail = json!({ "change": number, "what": what, "before": expected.hex(), "hash": hash.to_string() }).to_string();
    let new = ChangedRoll {
        rows: changes.roll().entries.len() as u64,
        bytes: changes.roll().bytes(),
        label: format!("{LABEL}{number}, {what}"),
        change: one.kept(line),
        settings: vec![FrozenUnit::setting(&units)],
    };
    service.store.replace_frozen_roll(expected, new, entry).await?;
    Ok(format!("Change {number} ({what}) is applied. The roll has a new fingerprint: {hash}"))
}

/// The sentence of a notice that says how many changes are in its figures.
pub(super) fn counted_words(applied: &[Applied]) -> String {
    match applied.len() {
        0 => String::new(),
        1 => " One later change to the roll is taken into account.".to_owned(),
        number => format!(" {number} later changes to the roll are taken into account."),
    }
}

/// Those who left the roll by a late change, for the list of who is not on it.
pub(super) fn left(applied: &[Applied]) -> BTreeMap<String, String> {
    let mut left = BTreeMap::new();
    for one in applied {
        match (&one.from, &one.to) {
            (Some(_), None) => {
                let reason = format!("change {} of {}: {}; {}", one.change.number, one.change.date, one.change.reason, one.change.by);
                left.insert(one.change.member.clone(), reason);
            }
            _ => drop(left.remove(&one.change.member)),
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use dispute::roll::RollHash;

    use super::*;

    fn applied(number: u64, before: u8, from: Option<&str>, to: Option<&str>) -> Applied {
        let change = Change {
            number,
            before: RollHash([before; 32]),
            kind: ChangeKind::Move,
            member: "7".to_owned(),
            cells: Vec::new(),
            reason: "r".to_owned(),
            by: "b".to_owned(),
            date: parse_date("2026-11-12").expect("a day"),
        };
        Applied { change, from: from.map(str::to_owned), to: to.map(str::to_owned) }
    }

    /// A list may be of an older roll as long as nothing happened to its unit since.
    #[test]
    fn a_list_is_of_a_roll_with_the_same_people_of_its_unit() {
        let all = [applied(1, 1, None, Some("a")), applied(2, 2, Some("a"), Some("b")), applied(3, 3, Some("c"), None)];
        let hex = |byte: u8| RollHash([byte; 32]).to_string();
        let present = Hash([4; 32]);
        assert_eq!(rolls_of_unit(&all, present, "a"), [hex(4), hex(3)]);
        assert_eq!(rolls_of_unit(&all, present, "b"), [hex(4), hex(3)]);
        assert_eq!(rolls_of_unit(&all, present, "c"), [hex(4)]);
        assert_eq!(rolls_of_unit(&all, present, "d"), [hex(4), hex(3), hex(2), hex(1)]);
        assert!(is_before(&hex(1), &all, 2) && is_before(&hex(2), &all, 2) && !is_before(&hex(3), &all, 2) && !is_before(&hex(4), &all, 3));
    }

    #[test]
    fn who_came_back_did_not_leave() {
        let all = [applied(1, 1, Some("a"), None), applied(2, 2, None, Some("a"))];
        assert!(left(&all).is_empty());
        assert_eq!(left(&all[..1]).len(), 1);
    }
}
