//! A ballot's way from the wire to the board, and what else the booth asks.
//!
//! Cheap questions come first, so that a bad ballot costs no more than a good one: size, type, limits of the address, election and
//! time, the same bytes again, the JSON's form, the credential's state. Only then is the ballot judged (`judges`), and only then
//! written. The answer leaves after the commit. In time is a ballot whose last byte was here at an instant t, opening <= t < closing.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use store::{Cast, CastOutcome, ChallengeOutcome, CredentialState, ElectionState, Hash};
use verify::{Check, Fault, Part, Place, What};

use crate::clock::Instant;
use crate::elections::Election;
use crate::judges::NotJudged;
use crate::limits::Network;
use crate::problem::{Answer, Problem};
use crate::server;
use crate::service::Service;

/// `POST /e/{uuid}/cast`.
pub(crate) async fn cast(State(service): State<Service>, Path(uuid): Path<String>, request: Request) -> Answer {
    let network = Network::of(server::peer(&request));
    let (ballot, arrived) = ballot_body(&service, request, network).await?;
    let tracker = Hash::of(&ballot);
    let credential = claimed_credential(&ballot);
    let situation = service.store.situation(&uuid, tracker.0, credential.as_deref().ok()).await?;
    let election = service.elections.of(&service, situation.election).await?;

    // The same bytes again: the same receipt, also after closing, and without judging.
    if let Some((height, is_last)) = situation.recorded {
        // A ballot that a newer one took the place of does not count: it gets no receipt that says otherwise.
        return if is_last { Ok(receipt(tracker, height, true)) } else { Err(refused("superseded")) };
    }
    election.demand_open(arrived)?;
    credential?;
    let Some(info) = situation.credential else { return Err(refused("unknown")) };
    match info.state {
        CredentialState::Ready => {}
        CredentialState::Spare => return Err(refused("unknown")),
        CredentialState::Void => return Err(refused("void")),
        CredentialState::Replaced => return Err(refused("replaced")),
    }
    if info.last_ballot.is_some() && !election.may_vote_again() {
        return Err(refused("already-voted"));
    }

    let position = judge(&service, &election, network, &ballot, arrived).await?;
    // Only the holder can have signed: a stranger cannot spend this. Spent by what is recorded, so retries cost nothing.
    let own = (uuid.clone(), position);
    let busy = |seconds| Problem::busy(StatusCode::TOO_MANY_REQUESTS, seconds);
    service.credential_bucket.look(own.clone(), arrived).map_err(busy)?;
    let cast = Cast { election: uuid, credential: position, tracker: tracker.0, ballot: ballot.to_vec(), received_at: arrived.seconds() };
    match service.store.cast(cast).await? {
        CastOutcome::Recorded { height, again } => {
            if !again {
                // Several at the same moment may go a little beyond the limit; it is there against floods.
                let _ = service.credential_bucket.take(own, arrived);
            }
            Ok(receipt(tracker, height, again))
        }
        CastOutcome::AlreadyVoted => Err(refused("already-voted")),
        CastOutcome::Superseded => Err(refused("superseded")),
        CastOutcome::Void => Err(refused("void")),
        CastOutcome::Replaced => Err(refused("replaced")),
        CastOutcome::Inactive | CastOutcome::Unknown => Err(refused("unknown")),
        CastOutcome::Challenged => Err(refused("challenged")),
        CastOutcome::NotOpen { .. } => Err(not_open(&election)),
        CastOutcome::Closed { .. } => Err(closed(&election)),
    }
}

/// `POST /e/{uuid}/challenge`: a ballot that is opened on a second device, and never counts.
pub(crate) async fn challenge(State(service): State<Service>, Path(uuid): Path<String>, request: Request) -> Answer {
    let network = Network::of(server::peer(&request));
    let (ballot, arrived) = ballot_body(&service, request, network).await?;
    let election = service.elections.get(&service, &uuid).await?;
    election.demand_open(arrived)?;
    let tracker = Hash::of(&ballot);
    let credential = claimed_credential(&ballot)?;
    // A ballot of a credential that is not listed is no ballot; it need not be kept, and would fill the store.
    if service.store.credential_state(&uuid, &credential).await?.is_none() {
        return Err(refused("unknown"));
    }
    let position = judge(&service, &election, network, &ballot, arrived).await?;
    let own = (uuid.clone(), position);
    service.credential_bucket.take(own, arrived).map_err(|seconds| Problem::busy(StatusCode::TOO_MANY_REQUESTS, seconds))?;
    match service.store.challenge(&uuid, tracker.0).await? {
        ChallengeOutcome::Recorded => Ok(axum::Json(json!({ "tracker": tracker.base64() })).into_response()),
        // What was cast is cast: opening it now would show a vote that counts.
        ChallengeOutcome::Cast { .. } => Err(Problem::conflict("cast", "This ballot was cast; it cannot be opened.")),
    }
}

/// `POST /e/{uuid}/credential`: whether the holder of a public credential may vote.
pub(crate) async fn credential(State(service): State<Service>, Path(uuid): Path<String>, request: Request) -> Answer {
    let now = service.clock.now();
    let network = Network::of(server::peer(&request));
    service.cast_bucket.take(network, now).map_err(|seconds| Problem::busy(StatusCode::TOO_MANY_REQUESTS, seconds))?;
    demand_json(&request)?;
    let body = whole_body(request.into_body(), 1_024, service.config.limits.body_seconds).await?;
    let election = service.elections.get(&service, &uuid).await?;
    let form = || Problem::input("The body is {\"credential\":ELEMENT}.");
    let parsed = verify::json::parse(&body).map_err(|_| form())?;
    let [credential] = parsed.value.exactly(["credential"]).ok_or_else(form)?;
    let credential = credential.string().filter(|text| is_element(text)).ok_or_else(form)?;
    let (state, may_vote) = match service.store.credential_state(&uuid, credential).await? {
        None => ("unknown", false),
        Some(info) => match info.state {
            CredentialState::Spare => ("unknown", false),
            CredentialState::Void => ("void", false),
            CredentialState::Replaced => ("replaced", false),
            CredentialState::Ready if info.last_ballot.is_some() => ("voted", election.may_vote_again()),
            CredentialState::Ready => ("ready", true),
        },
    };
    // `may_vote` always stands there, so that the answers are of one length but for some letters.
    Ok(axum::Json(json!({ "state": state, "may_vote": may_vote })).into_response())
}

/// The body of a ballot, whole, and the instant at which its last byte was here.
async fn ballot_body(service: &Service, request: Request, network: Network) -> Result<(Arc<[u8]>, Instant), Problem> {
    let limits = &service.config.limits;
    let now = service.clock.now();
    let busy = |seconds| Problem::busy(StatusCode::TOO_MANY_REQUESTS, seconds);
    service.cast_bucket.take(network, now).map_err(busy)?;
    service.bad_bucket.look(network, now).map_err(busy)?;
    demand_json(&request)?;
    let body = whole_body(request.into_body(), limits.ballot_bytes, limits.body_seconds).await?;
    Ok((body.into(), service.clock.now()))
}

/// Judges; the position of the ballot's credential.
async fn judge(service: &Service, election: &Election, network: Network, ballot: &Arc<[u8]>, now: Instant) -> Result<u32, Problem> {
    let records = election.records(service);
    match service.judges.judge(&election.uuid, election.listed, records, Arc::clone(ballot)).await {
        Ok(Ok(accepted)) => Ok(accepted.credential()),
        Ok(Err(faults)) => {
            // Spent by bad ballots alone, and looked at before the next is judged.
            let _ = service.bad_bucket.take(network, now);
            Err(not_valid(&faults))
        }
        Err(NotJudged::Busy { retry_after }) => Err(Problem::busy(StatusCode::SERVICE_UNAVAILABLE, retry_after)),
        Err(NotJudged::Ours(why)) => Err(Problem::ours(&why)),
    }
}

fn receipt(tracker: Hash, height: u64, again: bool) -> Response {
    axum::Json(json!({ "tracker": tracker.base64(), "position": height, "again": again })).into_response()
}

fn refused(why: &'static str) -> Problem {
    let what = match why {
        "already-voted" => "This voting code was used: a ballot by it is on the board.",
        "superseded" => "After this ballot a newer one of the same voting code was cast.",
        "void" => "This voting code was withdrawn because a paper vote of its holder was accepted.",
        "replaced" => "This voting code was replaced by another one.",
        "challenged" => "This ballot was opened to check a device and cannot be cast. Make a new one.",
        _ => "This voting code is not one of this unit.",
    };
    Problem::conflict(why, what)
}

pub(crate) fn not_open(election: &Election) -> Problem {
    let opens_at = election.opens_at.utc();
    Problem::new(StatusCode::FORBIDDEN, "not-open", format!("Voting opens at {opens_at}."))
        .with_body(json!({ "why": "not-open", "opens_at": opens_at }))
}

pub(crate) fn closed(election: &Election) -> Problem {
    let closes_at = election.closes_at.utc();
    Problem::new(StatusCode::FORBIDDEN, "closed", format!("Voting closed at {closes_at}."))
        .with_body(json!({ "why": "closed", "closes_at": closes_at }))
}

impl Election {
    fn demand_open(&self, at: Instant) -> Result<(), Problem> {
        match self.state(at) {
            ElectionState::Open => Ok(()),
            ElectionState::Before => Err(not_open(self)),
            ElectionState::Closed | ElectionState::Counted => Err(closed(self)),
        }
    }
}

fn not_valid(faults: &[Fault]) -> Problem {
    let list: Vec<Value> =
        faults.iter().take(20).map(|fault| json!({ "check": fault.check.id(), "what": verify::output::fault_text(fault) })).collect();
    Problem::input("This is not a valid ballot of this election.").with_body(json!({ "why": "not-valid", "faults": list }))
}

/// The public credential that a ballot names: read, not yet believed.
fn claimed_credential(ballot: &[u8]) -> Result<String, Problem> {
    let fault = |what| not_valid(&[Fault { check: Check::V4, place: Place::default(), what }]);
    let parsed = verify::json::parse(ballot).map_err(|json| fault(What::Json { part: Part::Ballot, at: json.at, kind: json.what }))?;
    let credential = parsed.value.field("credential").and_then(|value| value.string());
    credential.filter(|text| is_element(text)).map(str::to_owned).ok_or_else(|| fault(What::Fields(Part::Ballot)))
}

fn is_element(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn demand_json(request: &Request) -> Result<(), Problem> {
    let mut all = request.headers().get_all(header::CONTENT_TYPE).iter();
    let json = all.next().is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"application/json"));
    if json && all.next().is_none() { Ok(()) } else { Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)) }
}

/// A body, whole, not larger and not slower than this.
pub(crate) async fn whole_body(body: Body, most: usize, seconds: u64) -> Result<Vec<u8>, Problem> {
    use http_body_util::{BodyExt as _, LengthLimitError, Limited};
    let read = tokio::time::timeout(Duration::from_secs(seconds), Limited::new(body, most).collect()).await;
    match read {
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "slow", "The request did not arrive in time.")),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE)),
        Ok(Err(_)) => Err(Problem::input("The request broke off.")),
        Ok(Ok(whole)) => Ok(whole.to_bytes().to_vec()),
    }
}
