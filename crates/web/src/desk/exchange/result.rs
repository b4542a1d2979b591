//! The result: officer and scrutineer sign what the board counts. With the second signature everything is verified as an outsider would
//! verify it, and only if every check passes the result is on the board and public.
//!
//! The two signatures are the two people of a certification (R43): neither can publish alone, and nobody confirms an own act.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::extract::{Query, Request, State};
use poll::Signable;
use poll::board::{count, receive_result, result_body, signed_so_far};
use serde_json::json;
use store::{Effect, ElectionState, EventKind, NewEvent, NewLine};
use verify::Verdict;
use vote::archive::{Event, Tail};

use super::lines::election_of;
use super::shares::Added;
use super::standing::Standing;
use super::{Asked, Cell, Outcome, Page, Step, Table, Upload, bulk, computed, demand_poll, entry, nothing_chosen, raced, show};
use crate::desk::upload;
use crate::elections::Election;
use crate::problem::{Answer, Problem};
use crate::results::{Verification, faults, verify_with};
use crate::role::Role;
use crate::service::Service;
use crate::session::Session;

/// Settings with the signatures so far: this and the election's uuid. Not among the public files before it is published.
const SIGNED: &str = "result/";

/// An upload waits so long for a verification to end; large ones go on behind the page.
const PATIENCE: Duration = Duration::from_secs(8);

/// Which results are being verified, and which publication was stopped by what.
#[derive(Default)]
pub(crate) struct Publishing(Mutex<HashMap<String, Progress>>);

#[derive(Clone)]
enum Progress {
    Verifying,
    Stopped(Vec<String>),
}

impl Publishing {
    fn of(&self, uuid: &str) -> Option<Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(uuid).cloned()
    }

    /// Whether this caller is to do it: nobody else is at it.
    fn begin(&self, uuid: &str) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = !matches!(all.get(uuid), Some(Progress::Verifying));
        if is_free {
            all.insert(uuid.to_owned(), Progress::Verifying);
        }
        is_free
    }

    fn end(&self, uuid: &str, stopped_by: Option<Vec<String>>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match stopped_by {
            Some(faults) => all.insert(uuid.to_owned(), Progress::Stopped(faults)),
            None => all.remove(uuid),
        };
    }
}

/// A result as this board counts it, with the signatures so far.
pub(super) struct Assembled {
    added: Added,
    pub(super) line: Signable,
    record: String,
    event: Vec<u8>,
    /// The setting that `line` was read from.
    earlier: Option<String>,
}

impl Assembled {
    /// None while there are not enough shares.
    async fn of(service: &Service, election: &Election) -> Result<Option<Self>, Problem> {
        let Some(added) = Added::of(service, election).await?.filter(Added::is_enough) else { return Ok(None) };
        let earlier = service.store.get_setting(&format!("{SIGNED}{}", election.uuid)).await?;
        Self::from(added, election, earlier).await.map(Some)
    }

    /// Of what is there, with the signatures of the setting.
    pub(super) async fn from(added: Added, election: &Election, earlier: Option<String>) -> Result<Self, Problem> {
        let info = election.info.clone();
        let assembled = computed(move || {
            let last = Event { parent: None, height: info.head_height, kind: info.head_kind, payload: None };
            let mut tail = Tail::at(info.timestamp.unsigned_abs(), last, info.head_hash);
            let result = count(&added.closed(), &added.shares)?;
            let record = result.record();
            let event = tail.append(EventKind::Result, &[&record]).map_err(|fault| Problem::ours(&fault))?;
            let last_event = tail.last_event().ok_or_else(|| Problem::ours(&"an archive without events"))?;
            let body = result_body(&added.closed(), info.ballots, &result, last_event)?;
            let line = signed_so_far(&body, earlier.as_deref().map(str::as_bytes), "the result")?;
            Ok::<_, Problem>(Self { added, line, record, event, earlier })
        });
        assembled.await?
    }

    fn is_complete(&self) -> bool {
        is_signed_by(&self.line, "officer") && is_signed_by(&self.line, "scrutineer")
    }
}

fn is_signed_by(line: &Signable, role: &str) -> bool {
    line.signatures.iter().any(|(signer, _)| signer == role)
}

/// `GET /desk/result`.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>, Query(asked): Query<Asked>) -> Answer {
    demand_poll(&service).await?;
    show(&service, &session, view(&service, &session).await?.at(&asked), Outcome::default()).await
}

/// `POST /desk/result`: results with signatures.
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
            Ok((election, taken)) => {
                outcome.take(taken);
                tell(&service, &election, &mut outcome).await;
            }
            Err(problem) => outcome.refuse_problem(&file.name, problem)?,
        }
    }
    show(&service, &session, view(&service, &session).await?, outcome).await
}

/// `POST /desk/result/publish`: what both have signed is verified again, after a stop or a restart.
pub(crate) async fn publish_again(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    let mut outcome = Outcome::default();
    for election in uncounted(&service).await? {
        match Assembled::of(&service, &election).await {
            Ok(Some(assembled)) if assembled.is_complete() => {
                publish(&service, &election, &session.role.to_string());
                tell(&service, &election, &mut outcome).await;
            }
            Ok(_) => {}
            // One unit that cannot be counted does not stop the others.
            Err(problem) => outcome.refuse(&election.name, problem.what),
        }
    }
    if outcome.taken.is_empty() && outcome.refused.is_empty() {
        outcome.refuse("Publishing", "No result that both have signed is waiting.");
    }
    show(&service, &session, view(&service, &session).await?, outcome).await
}

async fn uncounted(service: &Service) -> Result<Vec<Election>, Problem> {
    let now = service.clock.now();
    let mut all = service.elections.all(service).await?;
    all.retain(|election| election.state(now) != ElectionState::Counted);
    Ok(all)
}

async fn take_one(service: &Service, who: &str, name: &str, bytes: &[u8]) -> Result<(Election, String), Problem> {
    let brought = Signable::read(bytes, name)?;
    let election = election_of(service, brought.body.text(), name).await?;
    if election.state(service.clock.now()) == ElectionState::Counted {
        return Err(Problem::conflict("refused", format!("{}: the result is published already.", election.name)));
    }
    let Some(mut assembled) = Assembled::of(service, &election).await? else {
        return Err(Problem::conflict("refused", format!("{}: there are not enough shares yet: nothing can be counted.", election.name)));
    };
    receive_result(&assembled.added.companion, &mut assembled.line, bytes, name)?;
    let text = String::from_utf8(assembled.line.bytes()).map_err(|error| Problem::ours(&error))?;
    let detail = json!({ "unit": election.unit, "last_event": election.info.head_hash.hex() });
    let entry = entry(service, who, "result signed", &detail);
    let key = format!("{SIGNED}{}", election.uuid);
    // Officer and scrutineer may bring theirs at the same moment: neither signature may be lost.
    service.store.change_setting(&key, assembled.earlier.as_deref(), &text, entry).await.map_err(raced)?;
    if assembled.is_complete() {
        publish(service, &election, who);
    }
    let signed: Vec<&str> = assembled.line.signatures.iter().map(|(signer, _)| signer.as_str()).collect();
    let taken = format!("{}: the result is signed by the {}.", election.name, signed.join(" and the "));
    Ok((election, taken))
}

/// Verifies and publishes a result that both have signed, beside whatever else goes on.
fn publish(service: &Service, election: &Election, who: &str) {
    if !service.publishing.begin(&election.uuid) {
        return;
    }
    let (service, uuid, who) = (service.clone(), election.uuid.clone(), who.to_owned());
    tokio::spawn(async move {
        let stopped_by = match verify_and_append(&service, &uuid, &who).await {
            Ok(faults) => faults,
            Err(problem) => Some(vec![problem.what]),
        };
        if let Some(faults) = &stopped_by {
            let detail = json!({ "election": uuid, "faults": faults });
            if let Err(error) = service.store.append_audit(entry(&service, "service", "publication stopped", &detail)).await {
                eprintln!("failure of ours: {error}");
            }
        }
        service.publishing.end(&uuid, stopped_by);
    });
}

/// The faults that stop it, or none: then it is on the board.
async fn verify_and_append(service: &Service, uuid: &str, who: &str) -> Result<Option<Vec<String>>, Problem> {
    let election = service.elections.get(service, uuid).await?;
    let Some(Assembled { added, line, record, event, .. }) = Assembled::of(service, &election).await? else {
        return Ok(Some(vec!["There are not enough shares.".to_owned()]));
    };
    let signatures = line.demand_complete(&added.companion.signers(&line)?, "the result")?;
    let mut companion = added.companion;
    let text = companion.append(&line.body, &signatures)?;
    let report = verify_with(service, uuid, event, text.clone().into_bytes()).await?;
    if report.verdict != Verdict::Passed {
        return Ok(Some(faults(&report)));
    }
    // To the event and the line that were verified and to none else: otherwise the store refuses, and nothing is published.
    let new = NewEvent {
        expected_head: election.info.head_hash,
        kind: EventKind::Result,
        records: vec![record],
        line: Some(NewLine { expected_line: election.info.lines, bytes: text, effect: Effect::None }),
    };
    service.store.append_event(uuid, new, entry(service, who, "result published", &json!({ "unit": election.unit }))).await?;
    service.results.remember(uuid, Verification::Done(report.verdict, Vec::new()));
    Ok(None)
}

/// Waits a little for the verification, and says how it ended.
async fn tell(service: &Service, election: &Election, outcome: &mut Outcome) {
    let ends = tokio::time::Instant::now() + PATIENCE;
    loop {
        match service.publishing.of(&election.uuid) {
            Some(Progress::Verifying) if tokio::time::Instant::now() < ends => tokio::time::sleep(Duration::from_millis(20)).await,
            Some(Progress::Verifying) => {
                outcome.take(format!("{}: being verified. Look at this page again in a while.", election.name));
                return;
            }
            Some(Progress::Stopped(faults)) => {
                outcome.refuse(&election.name, format!("The result was not published: {}", faults.join("; ")));
                return;
            }
            None => {
                let info = service.store.get_election(&election.uuid).await;
                if info.is_ok_and(|info| info.is_counted) {
                    outcome.take(format!("{}: every check passed, and the result is published.", election.name));
                }
                return;
            }
        }
    }
}

/// The settings of signatures so far.
async fn signatures(service: &Service) -> Result<HashMap<String, String>, Problem> {
    let settings = service.store.list_settings().await?;
    Ok(settings.into_iter().filter_map(|(key, text)| Some((key.strip_prefix(SIGNED)?.to_owned(), text))).collect())
}

/// What is to be signed of a unit, with the signatures so far; none if it cannot be counted yet.
fn to_sign(standing: Option<&Standing>, earlier: Option<&String>) -> Option<Result<Signable, String>> {
    let counted = standing?.counted.as_ref()?;
    let earlier = earlier.map(|text| text.as_bytes());
    Some(counted.as_ref().map_err(Clone::clone).and_then(|body| signed_so_far(body, earlier, "the result").map_err(|refusal| refusal.why)))
}

/// The units whose result this role has not signed and can.
pub(super) async fn due(service: &Service, role: Role) -> Result<Vec<Election>, Problem> {
    let (role, earlier) = (role.to_string(), signatures(service).await?);
    let mut due = Vec::new();
    for election in uncounted(service).await? {
        let standing = service.standings.of(service, &election).await?;
        if let Some(Ok(line)) = to_sign(standing.as_deref(), earlier.get(&election.uuid))
            && !is_signed_by(&line, &role)
        {
            due.push(election);
        }
    }
    Ok(due)
}

async fn view(service: &Service, session: &Session) -> Result<Page, Problem> {
    let elections = service.elections.all(service).await?;
    let now = service.clock.now();
    let earlier = signatures(service).await?;
    let (mut rows, mut due, mut is_stuck, mut published) = (Vec::new(), Vec::new(), false, 0);
    let (all, role) = (elections.len(), session.role.to_string());
    let mut notes = Vec::new();
    for election in elections {
        let mut row = vec![Cell::of(&election.name)];
        if election.state(now) == ElectionState::Counted {
            published += 1;
            row.extend([Cell::tag("signed", "good"), Cell::tag("signed", "good")]);
            row.push(
                Cell::tag("published", "good")
                    .with_link(format!("/results/{}", election.unit), "result")
                    .with_link(format!("/results/{}/certificate", election.unit), "certificate"),
            );
            rows.push(row);
            continue;
        }
        let standing = service.standings.of(service, &election).await?;
        let line = match to_sign(standing.as_deref(), earlier.get(&election.uuid)) {
            Some(Ok(line)) => line,
            Some(Err(why)) => {
                notes.push(format!("{} cannot be counted: {why}", election.name));
                row.extend([Cell::of(""), Cell::of(""), Cell::tag("cannot be counted", "bad")]);
                rows.push(row);
                continue;
            }
            None => {
                row.extend([Cell::of(""), Cell::of(""), Cell::tag("not enough shares yet", "")]);
                rows.push(row);
                continue;
            }
        };
        let signed = |role: &str| Cell::done(is_signed_by(&line, role), "signed", "not yet");
        row.extend([signed("officer"), signed("scrutineer")]);
        let is_complete = is_signed_by(&line, "officer") && is_signed_by(&line, "scrutineer");
        let progress = service.publishing.of(&election.uuid);
        is_stuck |= is_complete && !matches!(progress, Some(Progress::Verifying));
        row.push(match progress {
            Some(Progress::Verifying) => Cell::tag("being verified", "now"),
            Some(Progress::Stopped(faults)) => {
                notes.push(format!("{} was not published: {}", election.name, faults.join("; ")));
                Cell::tag("stopped", "bad")
            }
            None if is_complete => Cell::tag("not verified yet", "now"),
            None => Cell::tag("to be signed", "now"),
        });
        if !is_signed_by(&line, &role) {
            due.push(election);
        }
        rows.push(row);
    }
    let mut page = Page {
        heading: "Result, signed by officer and scrutineer",
        path: "/desk/result",
        lede: vec![
            format!("{published} of {all} units are published."),
            "With the second signature the whole archive is verified. One failed check stops the publication.".to_owned(),
        ],
        table: Some(Table { caption: "Units", heads: ["Unit", "Officer", "Scrutineer", "Result"].map(str::to_owned).into(), rows }),
        notes,
        ..Page::default()
    };
    if is_stuck {
        page.forms.push(Upload {
            action: "/desk/result/publish",
            heading: "Verify and publish",
            files: None,
            hint: "Results that both have signed and that are not published yet are verified again.".to_owned(),
            button: "Verify and publish",
        });
    }
    if due.is_empty() {
        return Ok(page);
    }
    let command = bulk::for_each(&due, |unit| format!("whitley vote result {unit}.bel --key {role}.key"));
    page.steps = vec![
        Step::of("Fetch archive and companion of each unit that waits for you, as they are now, in one file. Unpack it in a new folder, with your key file:")
            .fetch("/desk/archives.tar?for=result", "archives.tar")
            .run("tar -xf archives.tar"),
        Step::of("Count and sign. The command checks the whole archive first, and prints the counts that you sign.").run(command),
    ];
    page.forms.push(Upload::of("/desk/result", "UUID.result.json of each unit. You may choose several files."));
    Ok(page)
}
