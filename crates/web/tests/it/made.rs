//! A running service with an invented poll, ballots for it, and a client.

use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{HeaderMap, Method, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use vote::companion::{PublicRoleKey, Revote};
use vote::{Choice, Credential, Election, Hash, Randomness, Seeded, Uuid};
use web::clock::{Instant, SetClock};
use web::rehearsal::{Rehearsal, Rehearsed};
use web::{Config, Limits, Means, Server, Service, SystemRandom};

/// When the invented polls open and close.
pub(crate) const OPENS: &str = "2026-12-01T08:00:00Z";
pub(crate) const CLOSES: &str = "2026-12-15T17:00:00Z";

/// How a service is to be.
pub(crate) struct Wanted {
    pub(crate) voters: usize,
    pub(crate) units: usize,
    pub(crate) revote: Revote,
    pub(crate) limits: Limits,
    pub(crate) database: Option<String>,
    pub(crate) seed: &'static str,
}

impl Default for Wanted {
    fn default() -> Self {
        let limits = Limits { casts_per_second: 10_000, casts_at_once: 100_000, sign_ins_per_minute: 1_000, ..Limits::default() };
        Self { voters: 40, units: 2, revote: Revote::One, limits, database: None, seed: "tests" }
    }
}

/// A service with an open poll, an hour after opening.
pub(crate) struct Running {
    pub(crate) server: Option<Server>,
    pub(crate) service: Service,
    pub(crate) clock: SetClock,
    pub(crate) made: Rehearsed,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) origin: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text).expect("a time")
}

pub(crate) fn config(folder: &tempfile::TempDir, wanted: &Wanted) -> Config {
    let people_key = folder.path().join("people.key");
    if !people_key.exists() {
        std::fs::write(&people_key, "07".repeat(32)).expect("written");
    }
    Config {
        listen: "127.0.0.1:0".parse().expect("an address"),
        origin: None,
        database: wanted.database.clone().unwrap_or_else(|| format!("sqlite:{}", folder.path().join("poll.db").display())),
        people_key,
        rehearsal: true,
        officer: None,
        operator: None,
        disputes: Some(folder.path().join("disputes")),
        negotiator: None,
        proxies: Vec::new(),
        limits: wanted.limits.clone(),
        access_log: false,
    }
}

pub(crate) async fn running(wanted: Wanted) -> Running {
    let nobody = Rehearsed { keys: Vec::new(), secrets: Vec::new() };
    let mut running = node(&wanted, nobody).await;
    let rehearsal = Rehearsal {
        voters: wanted.voters,
        units: wanted.units,
        seed: wanted.seed.to_owned(),
        opens_at: at(OPENS),
        closes_at: at(CLOSES),
        revote: wanted.revote,
    };
    running.made = web::rehearsal::begin(&running.service, rehearsal).await.expect("the poll is on the board");
    running
}

/// A service without a plan, where only the officer's key is known; people sign in by a rehearsal's links.
pub(crate) async fn bare(officer: PublicRoleKey) -> Running {
    let nobody = Rehearsed { keys: Vec::new(), secrets: Vec::new() };
    started(&Wanted::default(), nobody, Some(officer)).await
}

/// Another node on the same database.
pub(crate) async fn beside(first: &Running, wanted: &Wanted) -> Running {
    let keys = first.made.keys.iter().map(|(name, text)| (name.clone(), text.clone())).collect();
    let secrets = first.made.secrets.iter().map(|(name, text)| (name.clone(), text.clone())).collect();
    node(wanted, Rehearsed { keys, secrets }).await
}

pub(crate) async fn node(wanted: &Wanted, made: Rehearsed) -> Running {
    started(wanted, made, None).await
}

async fn started(wanted: &Wanted, made: Rehearsed, officer: Option<PublicRoleKey>) -> Running {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = SetClock::at(at(OPENS).plus_seconds(3_600));
    let means = Means { clock: Arc::new(clock.clone()), random: Arc::new(SystemRandom), printer: None };
    let server = web::start(Config { officer, ..config(&folder, wanted) }, means).await.expect("the service starts");
    let service = server.service.clone();
    let origin = service.origin.as_str().to_owned();
    let client = Client::builder(TokioExecutor::new()).build_http();
    Running { server: Some(server), service, clock, made, folder, origin, client }
}

/// An answer, whole.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

impl Running {
    pub(crate) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Got {
        let mut request = hyper::Request::builder().method(method).uri(format!("{}{path}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).expect("a request");
        let answer = self.client.request(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes().to_vec();
        Got { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.ask(Method::GET, path, &[], Bytes::new()).await
    }

    /// As a page of the service would.
    pub(crate) async fn post(&self, path: &str, kind: &str, body: impl Into<Bytes>) -> Got {
        let origin = self.origin.clone();
        self.ask(Method::POST, path, &[("origin", &origin), ("content-type", kind)], body).await
    }

    pub(crate) async fn cast(&self, uuid: &str, ballot: &str) -> Got {
        self.post(&format!("/e/{uuid}/cast"), "application/json", ballot.to_owned()).await
    }

    /// The election of the n-th unit by name.
    pub(crate) async fn election(&self, unit: usize) -> web::elections::Election {
        self.service.elections.all(&self.service).await.expect("elections").into_iter().nth(unit).expect("a unit")
    }

    /// A ballot by the n-th member of a unit; `salt` makes others of the same answers.
    pub(crate) fn ballot(&self, election: &web::elections::Election, member: usize, answers: [usize; 2], salt: &str) -> String {
        let code = self.made.codes(&election.unit, member + 1).pop().expect("a code");
        ballot(&election.fixed.record, &election.uuid, &code, answers, salt)
    }

    pub(crate) fn public(&self, election: &web::elections::Election, member: usize) -> String {
        let code = self.made.codes(&election.unit, member + 1).pop().expect("a code");
        let uuid = Uuid::parse(&election.uuid).expect("a uuid");
        Credential::parse(&code).expect("a credential").key(&uuid).encoded().as_str().to_owned()
    }

    pub(crate) async fn stop(mut self) -> (tempfile::TempDir, Rehearsed) {
        let server = self.server.take().expect("a server");
        server.stop().await;
        (self.folder, self.made)
    }
}

pub(crate) fn ballot(record: &[u8], uuid: &str, code: &str, answers: [usize; 2], salt: &str) -> String {
    let election = Election::read(record).expect("an election");
    let key = Credential::parse(code).expect("a credential").key(&Uuid::parse(uuid).expect("a uuid"));
    let choices: Vec<Choice> = election
        .questions()
        .iter()
        .zip(answers)
        .map(|(question, answer)| Choice::answers(question, &[answer]).expect("an answer"))
        .collect();
    let mut source = Seeded::new(format!("{code}/{salt}").as_bytes());
    vote::make_ballot(&election, &key, &choices, &mut Randomness::new(&mut source)).expect("a ballot").payload().to_owned()
}

pub(crate) fn tracker(ballot: &str) -> String {
    Hash::of(ballot).base64()
}

impl Running {
    pub(crate) fn service_address(&self) -> std::net::SocketAddr {
        self.server.as_ref().expect("a server").address
    }
}

/// A key from a seed, and its public part.
pub(crate) fn keys(seed: &str) -> (poll::KeyFile, PublicRoleKey) {
    let mut source = Seeded::new(seed.as_bytes());
    let key = poll::KeyFile::random("officer", &mut Randomness::new(&mut source)).expect("a key");
    let public = key.signing.public();
    (key, public)
}
