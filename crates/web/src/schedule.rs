//! What happens by the clock: elections close, their ballots are added up, judges are made ready, old sessions go.
//!
//! Several nodes may run on one database. Each looks every second; the store lets one of them close an election and append each
//! event, and the others find it done. A node that dies in between leaves the rest to the next look.

use std::time::Duration;

use poll::board::{Sum, closing_events};
use serde_json::json;
use store::{ElectionState, Entry, EventKind, NewEvent, Refusal, StoreError};
use tokio::sync::watch;
use vote::PublicCredentials;

use crate::elections::Election;
use crate::problem::Problem;
use crate::service::Service;

/// Judges are made ready so long before opening.
const READY_SECONDS: i64 = 600;

/// Old sessions are looked for every so many looks.
const TIDY_LOOKS: u64 = 600;

/// Runs until the service stops.
pub(crate) async fn run(service: Service, mut stopping: watch::Receiver<bool>) {
    let mut looks: u64 = 0;
    loop {
        if let Err(problem) = look(&service).await {
            eprintln!("failure of ours: the schedule: {}", problem.what);
        }
        if looks.is_multiple_of(TIDY_LOOKS) {
            let now = service.clock.now().seconds();
            if let Err(error) = service.store.remove_old(now - 24 * 3_600, now - 24 * 3_600).await {
                eprintln!("failure of ours: old sessions stay: {error}");
            }
        }
        looks += 1;
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            _ = stopping.changed() => return,
        }
    }
}

/// Looks once: does whatever is due.
///
/// # Errors
/// The store failed; the rest of what is due is left to the next look.
pub async fn look(service: &Service) -> Result<(), Problem> {
    let now = service.clock.now();
    for info in service.store.list_elections().await? {
        // Cheap questions first: nothing of a long list is read for elections that have nothing due.
        let state = info.state_at(now.seconds());
        let grace = i64::try_from(service.config.limits.grace_seconds).unwrap_or(0);
        let due = !info.is_closed && now.seconds() >= info.closes_at + grace;
        let unfinished = info.is_closed && matches!(info.head_kind, EventKind::Setup | EventKind::Ballot | EventKind::EndBallots);
        if due || unfinished {
            let election = service.elections.get(service, &info.uuid).await?;
            match close(service, &election).await {
                Ok(()) => {}
                // Another node was first.
                Err(StoreError::Refused(Refusal::Stale { .. } | Refusal::Archive(_))) => {}
                Err(error) => return Err(error.into()),
            }
        } else if state == ElectionState::Open || (state == ElectionState::Before && now.seconds() >= info.opens_at - READY_SECONDS) {
            let election = service.elections.get(service, &info.uuid).await?;
            let records = election.records(service);
            if let Err(why) = service.judges.prepare_once(&election.uuid, election.listed, records).await {
                eprintln!("failure of ours: {}: {why}", election.name);
            }
        }
    }
    Ok(())
}

/// Closes an election, adds up its ballots, appends both events.
async fn close(service: &Service, election: &Election) -> Result<(), StoreError> {
    let uuid = &election.uuid;
    let now = service.clock.now().seconds();
    let entry = |what: &str| Entry { detail: json!({ "election": uuid }).to_string(), ..Entry::new(now, "service", what) };
    let info = service.store.close(uuid, now, entry("closed")).await?;
    let setup = service.store.get_setup(uuid).await?;
    let ours = |why: &dyn std::fmt::Display| StoreError::Unavailable(format!("the ballots of {uuid} cannot be added up: {why}"));
    let read = vote::Election::read(setup.election.as_bytes()).map_err(|fault| ours(&fault))?;
    let list = PublicCredentials::read(setup.credentials.as_bytes()).map_err(|fault| ours(&fault))?;

    let mut sum = Sum::begin(&read, &list);
    let mut from = 0;
    loop {
        let page = service.store.list_ballots(uuid, from, 1_000).await?;
        let Some(last) = page.last() else { break };
        from = last.height + 1;
        // Adding up a page takes a tenth of a second: other requests go on beside it.
        tokio::task::block_in_place(|| page.iter().filter(|row| row.is_last).try_for_each(|row| sum.add(&row.ballot)))
            .map_err(|refusal| ours(&refusal))?;
    }
    let tally = sum.close();
    let mut head = info.head_hash;
    let skip = usize::from(info.head_kind == EventKind::EndBallots);
    for (kind, records) in closing_events(&tally).into_iter().skip(skip) {
        let what = if kind == EventKind::EndBallots { "end of ballots" } else { "added up" };
        let new = NewEvent { expected_head: head, kind, records, line: None };
        head = service.store.append_event(uuid, new, entry(what)).await?.head_hash;
    }
    Ok(())
}
