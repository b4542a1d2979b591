//! Lines of the companion that officer and scrutineer sign one after the other: void, replace, extend. With the second signature a line
//! is on the board and has its effect.
//!
//! A line that waits for its second signature is kept among the settings, not among the poll's files: it is not public before both want it.

use std::collections::BTreeSet;

use axum::Extension;
use axum::extract::{Path, Query, Request, State};
use poll::board::{Board, check_line, check_line_so_far};
use poll::{Companion, Signable};
use serde_json::{Value, json};
use store::{Effect, ElectionState, Hash, NewLine};
use vote::PublicCredentials;
use vote::companion::LineKind;

use super::{Asked, Cell, Outcome, Page, Step, Table, Upload, computed, demand_poll, entry, nothing_chosen, raced, show};
use crate::api;
use crate::clock::Instant;
use crate::desk::upload;
use crate::elections::Election;
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::service::Service;
use crate::session::Session;

/// Settings of lines that wait: this and the hash of the body.
const WAITING: &str = "line/";

/// `GET /desk/lines`.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>, Query(asked): Query<Asked>) -> Answer {
    demand_poll(&service).await?;
    show(&service, &session, view(&service, session.role).await?.at(&asked), Outcome::default()).await
}

/// `GET /desk/lines/{line}`: a line that waits, to be signed.
pub(crate) async fn one(State(service): State<Service>, Path(line): Path<String>) -> Answer {
    let key = line.strip_suffix(".json").filter(|key| Hash::parse(key).is_some()).ok_or_else(Problem::not_found)?;
    let kept =
        service.store.get_setting(&format!("{WAITING}{key}")).await?.filter(|text| !text.is_empty()).ok_or_else(Problem::not_found)?;
    Ok(api::download("application/json", &format!("line-{}.json", &key[..8]), kept.into()))
}

/// `POST /desk/lines`.
pub(crate) async fn take(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    demand_poll(&service).await?;
    let upload = upload::read(&service, request).await?;
    let mut outcome = Outcome::default();
    if upload.files.is_empty() {
        nothing_chosen(&mut outcome);
    }
    let who = session.role.to_string();
    for file in upload.files {
        match take_one(&service, &who, &file.name, &file.bytes).await {
            Ok(taken) => outcome.take(taken),
            Err(problem) => outcome.refuse_problem(&file.name, problem)?,
        }
    }
    show(&service, &session, view(&service, session.role).await?, outcome).await
}

/// The election that a line's body is bound to.
pub(super) async fn election_of(service: &Service, body: &str, shown: &str) -> Result<Election, Problem> {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let hash = body["election"].as_str().unwrap_or_default();
    let all = service.elections.all(service).await?;
    all.into_iter()
        .find(|election| election.fixed.hash.hex() == hash)
        .ok_or_else(|| Problem::conflict("refused", format!("V63: {shown} is of no election of this poll.")))
}

async fn take_one(service: &Service, who: &str, name: &str, bytes: &[u8]) -> Result<String, Problem> {
    let mut line = Signable::read(bytes, name)?;
    let election = election_of(service, line.body.text(), name).await?;
    let now = service.clock.now();
    let state = election.state(now);
    let kind = line.body.kind();
    // The store looks again while it holds the election; this is for the words.
    if state >= ElectionState::Closed && kind != LineKind::Void {
        return Err(Problem::conflict(
            "refused",
            format!("Voting in {} closed at {}: a {} line comes too late.", election.name, election.closes_at.utc(), kind.word()),
        ));
    }
    let key = format!("{WAITING}{}", Hash::of(line.body.text()).hex());
    let kept = service.store.get_setting(&key).await?;
    let earlier = kept.clone().filter(|text| !text.is_empty());
    let setup = service.store.get_setup(&election.uuid).await?;
    let companion = service.store.stream_companion(&election.uuid).await?.collect().await?;
    let body: Value = serde_json::from_str(line.body.text()).unwrap_or_default();
    let mut voted = BTreeSet::new();
    for credential in ["credential", "old", "new"].iter().filter_map(|name| body[*name].as_str()) {
        let found = service.store.credential_state(&election.uuid, credential).await?;
        if found.is_some_and(|found| found.last_ballot.is_some()) {
            voted.insert(credential.to_owned());
        }
    }
    let shown = name.to_owned();
    let judged = computed(move || {
        let read = vote::Election::read(setup.election.as_bytes()).map_err(|fault| Problem::ours(&fault))?;
        let credentials = PublicCredentials::read(setup.credentials.as_bytes()).map_err(|fault| Problem::ours(&fault))?;
        let mut companion = Companion::read(&companion, "the companion")?;
        let signers = companion.signers(&line)?;
        if let Some(earlier) = earlier.and_then(|text| Signable::read(text.as_bytes(), &shown).ok()) {
            let brought: Vec<String> = line.signatures.iter().map(|(signer, _)| signer.clone()).collect();
            line.signatures.extend(earlier.signatures.into_iter().filter(|(signer, _)| !brought.contains(signer)));
        }
        let board =
            Board { election: &read, credentials: &credentials, companion: &companion, voted: &|credential| voted.contains(credential) };
        let of = check_line_so_far(&board, &line, &shown)?;
        line.signatures.retain(|(name, _)| signers.iter().any(|(signer, _)| signer == name));
        if line.signatures.is_empty() {
            return Err(Problem::input("It has no signature of the officer or the scrutineer."));
        }
        if line.complete(&signers, &shown)?.is_none() {
            return Ok((line, of, None));
        }
        let addition = check_line(&board, &line, &shown)?;
        let text = companion.append(&addition.line.0, &addition.line.1)?;
        Ok::<_, Problem>((line, of, Some(text)))
    });
    let (line, of, complete) = judged.await??;
    let detail = json!({ "unit": election.unit, "kind": kind.word(), "of": of });
    let Some(text) = complete else {
        let signed: Vec<&str> = line.signatures.iter().map(|(signer, _)| signer.as_str()).collect();
        let bytes = String::from_utf8(line.bytes()).map_err(|error| Problem::ours(&error))?;
        // Both may bring theirs at the same moment: neither signature may be lost.
        service.store.change_setting(&key, kept.as_deref(), &bytes, entry(service, who, "line brought", &detail)).await.map_err(raced)?;
        return Ok(format!(
            "{}: {} ({of}) is signed by the {} and waits for the other.",
            election.name,
            kind.word(),
            signed.join(" and the ")
        ));
    };
    let text_of = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let effect = match kind {
        LineKind::Void => {
            // The register's pack becomes accepted with this line, or neither happens.
            let pack = service.store.get_pack(&text_of("paper")).await?.map(|_| text_of("paper"));
            Effect::Void { credential: text_of("credential"), pack }
        }
        LineKind::Replace => Effect::Replace { old: text_of("old"), new: text_of("new") },
        _ => {
            let closes_at = Instant::parse(&text_of("closes_at")).ok_or_else(|| Problem::input("The closing time cannot be read."))?;
            Effect::Extend { closes_at: closes_at.seconds() }
        }
    };
    let new = NewLine { expected_line: election.info.lines, bytes: text, effect };
    service.store.append_line(&election.uuid, new, entry(service, who, "line appended", &detail)).await?;
    service.store.put_setting(&key, "", entry(service, "service", "line no longer waits", &detail)).await?;
    Ok(format!("{}: {} ({of}) is signed by both, and in force.", election.name, kind.word()))
}

async fn view(service: &Service, role: Role) -> Result<Page, Problem> {
    let elections = service.elections.all(service).await?;
    let mut rows = Vec::new();
    for (key, text) in service.store.list_settings().await? {
        let Some(hash) = key.strip_prefix(WAITING).filter(|_| !text.is_empty()) else { continue };
        let Ok(line) = Signable::read(text.as_bytes(), hash) else { continue };
        let body: Value = serde_json::from_str(line.body.text()).unwrap_or_default();
        let election = elections.iter().find(|election| Some(election.fixed.hash.hex().as_str()) == body["election"].as_str());
        let says = ["closes_at", "paper", "reason"].iter().filter_map(|name| body[*name].as_str());
        let signed: Vec<&str> = line.signatures.iter().map(|(signer, _)| signer.as_str()).collect();
        rows.push(vec![
            Cell::of(election.map_or("", |election| election.name.as_str())),
            Cell::of(line.body.kind().word()),
            Cell::of(says.collect::<Vec<_>>().join(": ")),
            Cell::of(format!("signed by the {}", signed.join(" and the ")))
                .with_link(format!("/desk/lines/{hash}.json"), format!("line-{}.json", &hash[..8])),
        ]);
    }
    let now = service.clock.now();
    let may = elections.iter().any(|election| election.state(now) != ElectionState::Counted);
    let mut page = Page {
        heading: "Lines signed by both",
        path: "/desk/lines",
        lede: vec![
            "A later closing time, a spare credential for a lost letter, a credential voided for an accepted paper vote: each is a line that officer \
             and scrutineer sign, and that everybody can read afterwards. A web ballot that was cast is never voided."
                .to_owned(),
            match rows.len() {
                0 => "No line waits for a signature.".to_owned(),
                1 => "One line waits for the other’s signature.".to_owned(),
                number => format!("{number} lines wait for the other’s signature."),
            },
        ],
        ..Page::default()
    };
    if !rows.is_empty() {
        page.waiting =
            Some(Table { caption: "Lines that wait", heads: ["Unit", "Line", "Says", "File to sign"].map(str::to_owned).into(), rows });
    }
    if !may {
        return Ok(page);
    }
    if role == Role::Officer {
        let units = elections.iter().filter(|election| election.state(now) != ElectionState::Counted).map(|election| {
            let files = Cell::of("")
                .with_link(format!("/e/{}/archive.bel", election.uuid), "archive")
                .with_link(format!("/e/{}/companion.jsonl", election.uuid), "companion");
            vec![Cell::of(&election.name), files]
        });
        page.table =
            Some(Table { caption: "Files of the units", heads: ["Unit", "Files"].map(str::to_owned).into(), rows: units.collect() });
    }
    let fetch = Step::of("Fetch archive and companion of the unit from the table above, into the folder of your key file.");
    let make = Step::of("The officer makes a line, one of these:").run(
        "whitley vote extend UUID.bel --closes-at 2026-12-16T17:00:00Z --reason 'TEXT' --key officer.key --out line.json\n\
         whitley vote replace UUID.bel --old PUBLIC --new SPARE --reason 'letter not delivered' --key officer.key --out line.json\n\
         whitley vote void UUID.bel --credential PUBLIC --paper PACK --key officer.key --out line.json",
    );
    let sign = |key: &str| {
        Step::of("Sign a line that the other has signed, after reading it:").run(format!("whitley vote sign line.json --key {key}.key"))
    };
    page.steps = if role == Role::Officer { vec![fetch, make] } else { vec![sign("scrutineer")] };
    page.forms.push(Upload::of("/desk/lines", "Lines with your signature. With both signatures a line is in force at once."));
    if role == Role::Scrutineer {
        page.notes.push("Which public credential is in which pack stands in packs.csv, which the authority gave to you alone.".to_owned());
    }
    Ok(page)
}
