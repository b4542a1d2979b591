//! Trustees' shares: each trustee adds the ballots up on its own machine, decrypts the sum, and brings its share.

use axum::Extension;
use axum::extract::{Query, Request, State};
use poll::board::{Closed, Recorded, check_share};
use poll::{Companion, Holders, Poll};
use serde_json::{Value, json};
use store::{Effect, EventKind, NewEvent, NewLine};
use vote::trustee::TrusteeNumber;
use vote::trustee::record::Trustees;
use vote::{Election as Read, EncryptedTally};

use super::ceremony::trustees;
use super::lines::election_of;
use super::standing::Standing;
use super::{Asked, Cell, Outcome, Page, Step, Table, Upload, bulk, computed, demand_poll, entry, nothing_chosen, show};
use crate::desk::upload;
use crate::elections::Election;
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::service::Service;
use crate::session::Session;

/// What the board has of an election that was added up, for the functions of `poll`.
pub(crate) struct Added {
    pub(crate) read: Read,
    pub(crate) trustees: Trustees,
    pub(crate) tally: EncryptedTally,
    pub(crate) companion: Companion,
    pub(crate) shares: Vec<Recorded>,
}

impl Added {
    /// Reads it; none before the ballots are added up.
    pub(crate) async fn of(service: &Service, election: &Election) -> Result<Option<Self>, Problem> {
        let later = service.store.list_later_events(&election.uuid).await?;
        let Some(sum) = later.iter().find_map(|(kind, records)| (*kind == EventKind::EncryptedTally).then_some(records)) else {
            return Ok(None);
        };
        let [record, sized] = &sum[..] else { return Err(Problem::ours(&"the tally on the board has not two records")) };
        let tally = EncryptedTally::read(record.as_bytes(), sized.as_bytes()).map_err(|fault| Problem::ours(&fault))?;
        let mut shares = Vec::new();
        for (_, records) in later.iter().filter(|(kind, _)| *kind == EventKind::PartialDecryption) {
            let records: Vec<Vec<u8>> = records.iter().map(|record| record.clone().into_bytes()).collect();
            shares.push(Recorded::read(&records)?);
        }
        let setup = service.store.get_setup(&election.uuid).await?;
        let companion = service.store.stream_companion(&election.uuid).await?.collect().await?;
        Ok(Some(Self {
            read: Read::read(setup.election.as_bytes()).map_err(|fault| Problem::ours(&fault))?,
            trustees: Trustees::check(setup.trustees.as_bytes()).map_err(|fault| Problem::ours(&fault))?,
            companion: Companion::read(&companion, "the companion")?,
            tally,
            shares,
        }))
    }

    pub(crate) fn closed(&self) -> Closed<'_> {
        Closed { election: &self.read, trustees: &self.trustees, tally: &self.tally, companion: &self.companion }
    }

    /// Whose shares are there.
    pub(crate) fn owners(&self) -> Vec<u32> {
        let mut owners: Vec<u32> = self.shares.iter().map(|share| share.owner).collect();
        owners.sort_unstable();
        owners
    }

    /// Whether they decrypt.
    pub(crate) fn is_enough(&self) -> bool {
        let present: Vec<TrusteeNumber> = self.owners().into_iter().map(TrusteeNumber).collect();
        self.trustees.enough(&present)
    }
}

/// `GET /desk/shares`.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>, Query(asked): Query<Asked>) -> Answer {
    let poll = demand_poll(&service).await?;
    show(&service, &session, view(&service, &poll, session.role).await?.at(&asked), Outcome::default()).await
}

/// `POST /desk/shares`: shares of the trustee that is signed in.
pub(crate) async fn take(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let poll = demand_poll(&service).await?;
    let Role::Trustee(own) = session.role else { return Err(Problem::not_found()) };
    let upload = upload::read(&service, request).await?;
    let mut outcome = Outcome::default();
    if upload.files.is_empty() {
        nothing_chosen(&mut outcome);
    }
    for file in upload.files {
        match take_one(&service, own, &file.name, &file.bytes).await {
            Ok(taken) => outcome.take(taken),
            Err(problem) => outcome.refuse_problem(&file.name, problem)?,
        }
    }
    show(&service, &session, view(&service, &poll, session.role).await?, outcome).await
}

async fn take_one(service: &Service, own: u32, name: &str, bytes: &[u8]) -> Result<String, Problem> {
    let value: Value =
        serde_json::from_slice(bytes).map_err(|_| Problem::input("This is no JSON file: bring the share that whitley vote share made."))?;
    let body = value["body"].as_str().filter(|_| value["type"] == "share").ok_or_else(|| Problem::input("This is no share."))?;
    let owner = serde_json::from_str::<Value>(body).ok().and_then(|body| body["owner"].as_u64()).unwrap_or(0);
    if owner != u64::from(own) {
        return Err(Problem::conflict("refused", format!("This is the share of trustee {owner}; you are trustee {own}.")));
    }
    let election = election_of(service, body, name).await?;
    let Some(added) = Added::of(service, &election).await? else {
        return Err(Problem::conflict(
            "refused",
            format!("{}: the ballots are not added up yet: there is nothing to decrypt.", election.name),
        ));
    };
    let shown = name.to_owned();
    let judged = computed(move || {
        let addition = check_share(&added.closed(), &added.shares, &value, &shown)?;
        let mut companion = added.companion;
        let line = companion.append(&addition.line.0, &addition.line.1)?;
        Ok::<_, Problem>((addition.event, line))
    });
    let (event, line) = judged.await??;
    let line = NewLine { expected_line: election.info.lines, bytes: line, effect: Effect::None };
    let who = format!("trustee {own}");
    let entry = entry(service, &who, "share", &json!({ "unit": election.unit }));
    match event {
        Some((kind, records)) => {
            let new = NewEvent { expected_head: election.info.head_hash, kind, records, line: Some(line) };
            service.store.append_event(&election.uuid, new, entry).await?;
        }
        None => drop(service.store.append_line(&election.uuid, line, entry).await?),
    }
    Ok(format!("{}: your share was checked, and is on the board.", election.name))
}

/// The units whose share this trustee has not brought.
pub(super) async fn due(service: &Service, own: u32) -> Result<Vec<Election>, Problem> {
    let mut due = Vec::new();
    for election in service.elections.all(service).await? {
        if is_due(service.standings.of(service, &election).await?.as_deref(), own) {
            due.push(election);
        }
    }
    Ok(due)
}

fn is_due(standing: Option<&Standing>, own: u32) -> bool {
    standing.is_some_and(|standing| !standing.owners.contains(&own) && !standing.has_result)
}

async fn view(service: &Service, poll: &Poll, role: Role) -> Result<Page, Problem> {
    let elections = service.elections.all(service).await?;
    let mut rows = Vec::new();
    let (all, mut waiting) = (elections.len(), 0);
    let mut due = Vec::new();
    for election in elections {
        let Some(standing) = service.standings.of(service, &election).await? else {
            waiting += 1;
            rows.push(vec![Cell::of(&election.name), Cell::tag("not added up yet", ""), Cell::of(""), Cell::of("")]);
            continue;
        };
        let have = if standing.owners.is_empty() { "none".to_owned() } else { trustees(&standing.owners) };
        let files = Cell::of("")
            .with_link(format!("/e/{}/archive.bel", election.uuid), "archive")
            .with_link(format!("/e/{}/companion.jsonl", election.uuid), "companion");
        rows.push(vec![Cell::of(&election.name), Cell::of(have), Cell::done(standing.is_enough, "enough", "not enough yet"), files]);
        if let Role::Trustee(own) = role
            && is_due(Some(&standing), own)
        {
            due.push(election);
        }
    }
    let need = match poll.holders {
        Holders::Group(quorum) => format!("{} of {} trustees are enough.", quorum.needed, poll.trustees()),
        Holders::Singles => "Every trustee is needed.".to_owned(),
    };
    let mut page = Page {
        heading: "Shares of the trustees",
        path: "/desk/shares",
        lede: vec![need],
        table: Some(Table { caption: "Units", heads: ["Unit", "Shares of", "Enough", "Files"].map(str::to_owned).into(), rows }),
        ..Page::default()
    };
    if waiting > 0 {
        page.lede.push(format!("{waiting} of {all} units are not added up yet; this happens by itself after voting closes."));
    }
    let Role::Trustee(own) = role else { return Ok(page) };
    if due.is_empty() {
        page.lede.push(if waiting == 0 { "Nothing is left for you to do." } else { "There is nothing for you to do yet." }.to_owned());
        return Ok(page);
    }
    let command = bulk::for_each(&due, |unit| format!("whitley vote share {unit}.bel --key trustee-{own}.key --out {unit}.share.json"));
    page.steps = vec![
        Step::of("Fetch archive and companion of each unit that waits for you, in one file. Unpack it in a new folder, with your key file:")
            .fetch("/desk/archives.tar?for=shares", "archives.tar")
            .run("tar -xf archives.tar"),
        Step::of(
            "Make your share. The command checks the whole archive, adds the ballots up itself, and refuses a second sum of the same election.",
        )
        .run(command),
    ];
    page.forms.push(Upload::of("/desk/shares", "UUID.share.json of each unit. You may choose several files."));
    Ok(page)
}
