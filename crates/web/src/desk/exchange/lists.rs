//! The authority's public lists of credentials: brought unit by unit, held against the frozen roll.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::{Query, Request, State};
use poll::credentials::{self, Roll};
use poll::{Files as _, Poll, ceremony};

use super::{Asked, Cell, Kept, Outcome, Page, Step, Table, Upload, computed, demand_poll, nothing_chosen, show};
use crate::desk::roll::late::{self, rolls_of_unit};
use crate::desk::upload::{self, UploadedFile};
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::service::Service;
use crate::session::Session;

/// `GET /desk/credentials`.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>, Query(asked): Query<Asked>) -> Answer {
    let poll = demand_poll(&service).await?;
    show(&service, &session, view(&service, &poll, session.role).await?.at(&asked), Outcome::default()).await
}

/// `POST /desk/credentials`: two files of each unit.
pub(crate) async fn take(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let poll = demand_poll(&service).await?;
    let upload = upload::read(&service, request).await?;
    let mut outcome = Outcome::default();
    if upload.files.is_empty() {
        nothing_chosen(&mut outcome);
    }
    let mut pairs: BTreeMap<String, [Option<UploadedFile>; 2]> = BTreeMap::new();
    for file in upload.files {
        let known = ["credentials.json", "list.json"].iter().enumerate().find_map(|(at, end)| {
            let id = file.name.strip_suffix(end)?.strip_suffix('.')?;
            Some((at, id.to_owned()))
        });
        match known.filter(|(_, id)| poll.unit(id).is_ok()) {
            Some((at, id)) if pairs.get(&id).is_none_or(|pair| pair[at].is_none()) => pairs.entry(id).or_default()[at] = Some(file),
            Some(_) => outcome.refuse(&file.name, "This file was chosen twice."),
            None => outcome
                .refuse(&file.name, "This is no list of a unit of this poll: they are called UNIT.credentials.json and UNIT.list.json."),
        }
    }
    let roll = match service.store.get_frozen_roll().await? {
        Some(roll) if !pairs.is_empty() => {
            // If the roll as it is frozen cannot be read so, its hash in the authority's list still binds the two.
            let bytes = service.store.get_frozen_roll_bytes().await?;
            let known = poll.clone();
            let read = computed(move || Roll::read(&bytes, "the frozen roll", &known).ok()).await?;
            Some((roll.hash, late::applied(&service).await?, read))
        }
        Some(_) => None,
        None => return Err(Problem::conflict("no-roll", "The roll is not frozen yet: credentials are made of the frozen roll.")),
    };
    let mut kept = Kept::read(&service, &["ceremony/", "units/"]).await?;
    let who = session.role.to_string();
    for (id, pair) in pairs {
        let (record, list) = match pair {
            [Some(record), Some(list)] => (record, list),
            [None, Some(list)] => {
                outcome.refuse(&list.name, format!("{id}.credentials.json is missing: the two belong together."));
                continue;
            }
            [Some(record), None] => {
                outcome.refuse(&record.name, format!("{id}.list.json is missing: the two belong together."));
                continue;
            }
            [None, None] => continue,
        };
        let (name, poll, mut files) = (list.name.clone(), poll.clone(), kept.files());
        let (rolls, entitled) = match &roll {
            Some((present, applied, read)) => {
                let entitled = poll.unit(&id).ok().and_then(|unit| read.as_ref().map(|read| read.entitled(unit)));
                (rolls_of_unit(applied, *present, &id), entitled)
            }
            None => (Vec::new(), None),
        };
        let received = computed(move || {
            let unit = poll.unit(&id)?;
            let finished = ceremony::finished(&files, &poll)?;
            let made = credentials::receive(&mut files, &poll, &finished, unit, &record.bytes, &list.bytes)?;
            let listed = credentials::listed(&files, &poll, unit, &poll.election(unit, finished.trustees.key())?)?;
            if let (Some(listed), [present, ..]) = (&listed, &rolls[..])
                && !rolls.contains(&listed.roll.hex())
            {
                return Err(Problem::conflict(
                    "refused",
                    format!(
                        "The list was made of another roll ({}) than the frozen one ({present}), or a late change of its unit came after. Fetch \
                         the roll from this service.",
                        listed.roll
                    ),
                ));
            }
            if let Some(entitled) = entitled
                && entitled != made.entitled
            {
                return Err(Problem::conflict(
                    "refused",
                    format!("The list is of {} members; the frozen roll has {entitled} in this unit.", made.entitled),
                ));
            }
            Ok((made, files))
        })
        .await?;
        match received {
            Ok((made, files)) => {
                kept.write(&service, files, &who, "credentials listed").await?;
                outcome.take(format!(
                    "{}: {} entitled, {} spare credentials; fingerprint {}",
                    made.id, made.entitled, made.spares, made.fingerprint
                ));
            }
            Err(problem) => outcome.refuse_problem(&name, problem)?,
        }
    }
    show(&service, &session, view(&service, &poll, session.role).await?, outcome).await
}

async fn view(service: &Service, poll: &Poll, role: Role) -> Result<Page, Problem> {
    let names = service.store.list_files("units/").await?;
    let has = |name: &str| names.iter().any(|info| info.name == name);
    let rows = poll.units.iter().map(|unit| {
        let name = unit.file("list.json");
        let is_here = has(&name) && has(&unit.file("credentials.json"));
        let cell = Cell::done(is_here, "here", "not yet");
        let cell = if is_here { cell.with_link(format!("/poll/files/{name}"), "list") } else { cell };
        vec![Cell::of(&unit.name), Cell::of(&unit.id), cell]
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    let here = rows.iter().filter(|row| row.last().is_some_and(|cell| cell.class == Some("good"))).count();
    let mut page = Page {
        heading: "Credentials of the authority",
        path: "/desk/credentials",
        lede: vec![format!("{here} of {} units have their public list.", rows.len())],
        table: Some(Table { caption: "Public lists", heads: ["Unit", "Id", "List"].map(str::to_owned).into(), rows }),
        notes: vec![
            "Private credentials, letters and packs.csv never come here. packs.csv goes to the scrutineer alone, by another way."
                .to_owned(),
        ],
        ..Page::default()
    };
    if role != Role::Authority {
        return Ok(page);
    }
    let files = Kept::read(service, &["ceremony/"]).await?.files();
    if !files.has(ceremony::TRUSTEES)? {
        page.lede.push("The key ceremony is not done yet: the credentials come after it.".to_owned());
        return Ok(page);
    }
    if service.store.get_frozen_roll().await?.is_none() {
        page.lede.push("The roll is not frozen yet: the credentials are made of the frozen roll.".to_owned());
        return Ok(page);
    }
    page.steps = vec![
        Step::fetch_poll(),
        Step::of("Put the frozen roll beside it. It has names and addresses: that you fetched it stands in the audit log.")
            .fetch("/desk/roll/roll.csv", "roll.csv"),
        Step::of(
            "Make the credentials, on a machine that is not on any network. The spare ones stand for letters that get lost; choose their \
             number here, it cannot be changed afterwards.",
        )
        .run("whitley vote credentials poll --key authority.key --roll roll.csv --letters letters --spare 1%"),
    ];
    page.forms.push(Upload::of(
        "/desk/credentials",
        "For every unit poll/units/UNIT.credentials.json and poll/units/UNIT.list.json. Choose all of them at once.",
    ));
    Ok(page)
}
