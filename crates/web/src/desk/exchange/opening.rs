//! The opening: officer and scrutineer sign each unit's setup. With the second signature the unit is on the board.

use axum::Extension;
use axum::extract::{Query, Request, State};
use poll::{Poll, Signable, ceremony, opening};
use serde_json::json;
use std::sync::Arc;
use store::NewElection;

use super::{Asked, Cell, Kept, Outcome, Page, Step, Table, Upload, computed, demand_poll, entry, nothing_chosen, show};
use crate::clock::Instant;
use crate::desk::upload::{self, UploadedFile};
use crate::problem::{Answer, Problem};
use crate::rehearsal::new_election;
use crate::role::Role;
use crate::service::Service;
use crate::session::Session;

/// `GET /desk/opening`.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>, Query(asked): Query<Asked>) -> Answer {
    let poll = demand_poll(&service).await?;
    show(&service, &session, view(&service, &poll, session.role).await?.at(&asked), Outcome::default()).await
}

/// `POST /desk/opening`: signed setups of units.
pub(crate) async fn take(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let poll = demand_poll(&service).await?;
    let upload = upload::read(&service, request).await?;
    let mut outcome = Outcome::default();
    if upload.files.is_empty() {
        nothing_chosen(&mut outcome);
    }
    let who = session.role.to_string();
    for file in upload.files {
        let name = file.name.clone();
        match take_one(&service, &poll, &who, file).await {
            Ok(taken) => outcome.take(taken),
            Err(problem) => outcome.refuse_problem(&name, problem)?,
        }
    }
    show(&service, &session, view(&service, &poll, session.role).await?, outcome).await
}

async fn take_one(service: &Service, poll: &Arc<Poll>, who: &str, file: UploadedFile) -> Result<String, Problem> {
    let Some(at) = poll.units.iter().position(|unit| file.name == format!("{}.setup.json", unit.id)) else {
        return Err(Problem::input("This is no setup of a unit of this poll: they are called UNIT.setup.json."));
    };
    let unit = &poll.units[at];
    if service.store.list_elections().await?.iter().any(|info| info.unit == unit.id) {
        return Err(Problem::conflict("refused", format!("{} is on the board already: its setup is fixed.", unit.name)));
    }
    let closes_at = Instant::parse(&poll.closes_at).ok_or_else(|| Problem::ours(&"the plan's closing time cannot be read"))?;
    if service.clock.now() >= closes_at {
        return Err(Problem::conflict("refused", format!("The plan’s voting time was over at {}: a new plan is needed.", poll.closes_at)));
    }
    let mut kept = Kept::read(service, &["ceremony/", &format!("units/{}.", unit.id)]).await?;
    let (mut files, known) = (kept.files(), poll.clone());
    let received = computed(move || {
        let unit = &known.units[at];
        let finished = ceremony::finished(&files, &known)?;
        let due = opening::due(&files, &known, &finished, unit)?;
        let begun = opening::receive(&mut files, &known, &due, unit, &file.bytes)?;
        let signed = opening::signers_so_far(&files, &due, unit)?;
        let new = begun.map(|begun| new_election(&known, unit, &begun)).transpose()?;
        Ok::<_, Problem>((files, signed, new))
    });
    let (files, signed, new) = received.await??;
    kept.write(service, files, who, "setup signed").await?;
    let Some(new) = new else { return Ok(format!("{}: signed by the {}.", unit.name, signed.join(" and the "))) };
    let now = service.clock.now().seconds();
    let opens_at = new.opens_at;
    service.store.begin_election(NewElection { timestamp: now, ..new }, entry(service, who, "opened", &json!({ "unit": unit.id }))).await?;
    Ok(if now < opens_at {
        format!("{}: signed by both, and on the board. Voting opens at {}.", unit.name, poll.opens_at)
    } else {
        format!("{}: signed by both, and on the board. Voting is open: its time began at {}.", unit.name, poll.opens_at)
    })
}

async fn view(service: &Service, poll: &Poll, role: Role) -> Result<Page, Problem> {
    let elections = service.store.list_elections().await?;
    let names = service.store.list_files("units/").await?;
    let mut rows = Vec::new();
    let (mut listed, mut on_board) = (0, 0);
    for unit in &poll.units {
        let has_list = names.iter().any(|info| info.name == unit.file("list.json"));
        listed += usize::from(has_list);
        let election = elections.iter().find(|info| info.unit == unit.id);
        on_board += usize::from(election.is_some());
        let setup = service.store.get_file(&unit.file("setup.json")).await?;
        let signers = setup.and_then(|(_, bytes)| Signable::read(&bytes, "setup").ok()).map(|line| line.signatures).unwrap_or_default();
        let signed = |role: &str| Cell::done(signers.iter().any(|(signer, _)| signer == role), "signed", "not yet");
        let board = match election {
            Some(info) => Cell::tag("on the board", "good").with_link(format!("/e/{}", info.uuid), "board"),
            None if has_list => Cell::tag("not yet", ""),
            None => Cell::tag("no list yet", ""),
        };
        rows.push(vec![Cell::of(&unit.name), signed("officer"), signed("scrutineer"), board]);
    }
    let all = poll.units.len();
    let mut page = Page {
        heading: "Opening, signed by officer and scrutineer",
        path: "/desk/opening",
        lede: vec![format!("{on_board} of {all} units are on the board. Voting opens at {}, by itself.", poll.opens_at)],
        table: Some(Table { caption: "Units", heads: ["Unit", "Officer", "Scrutineer", "Board"].map(str::to_owned).into(), rows }),
        ..Page::default()
    };
    if on_board == all {
        return Ok(page);
    }
    if listed < all {
        page.lede.push(format!("The authority has brought the lists of {listed} of {all} units. Sign when all are here."));
        return Ok(page);
    }
    page.steps = vec![
        Step::fetch_poll(),
        Step::of(
            "Compare roll, questions, schedule and role keys with what was agreed; then sign. The command makes one file for each unit.",
        )
        .run(format!("whitley vote open poll --key {role}.key")),
    ];
    page.forms.push(Upload::of("/desk/opening", "For every unit poll/units/UNIT.setup.json. Choose all of them at once."));
    page.notes.push("The archives that the command may make on your machine are not needed: the service begins its own.".to_owned());
    Ok(page)
}
