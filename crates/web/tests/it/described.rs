//! `docs/openapi.json` against the service: the same routes with the same roles, and real answers that are as described.

use std::collections::{BTreeMap, BTreeSet};

use boon::{Compiler, Draft, Schemas};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use web::Role;
use web::routes::{ROUTES, Route, Who};

use crate::access::{Paths, signed_in};
use crate::made::{CLOSES, Got, OPENS, Running, Wanted, at, running};

/// What no test here brings about: a body that comes too slowly, a full queue, a disk that fails. Other tests do (`casting`, `rehearsal`).
const NOT_PRODUCED: [&str; 2] = ["408", "503"];

const HOW_TO_ADD: &str = "In docs/openapi.json each route stands under “paths”, by its path (`{*name}` as `{name}`) and method, with “x-who”: “anybody”, \
     “staff”, or the list of roles, as in crates/web/src/routes.rs; “tags”, “summary”, “parameters”, and “responses” with every status it can have. \
     A page of a desk is described like `/desk/plan`, a form like `POST /desk/plan`, a file like `/desk/roll/roll.csv`, JSON like `/alive`, with a schema \
     under “components”.";

struct Described(Value);

impl Described {
    fn read() -> Self {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
        let text = std::fs::read_to_string(path).expect("docs/openapi.json");
        Self(serde_json::from_str(&text).expect("docs/openapi.json is JSON"))
    }

    /// Method and path of every operation, with it.
    fn operations(&self) -> BTreeMap<(String, String), &Value> {
        let paths = self.0["paths"].as_object().expect("paths");
        let all = paths.iter().flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods").iter();
            methods.map(move |(method, operation)| ((method.to_uppercase(), path.clone()), operation))
        });
        all.collect()
    }

    fn operation(&self, method: &Method, path: &str) -> &Value {
        let found = &self.0["paths"][path][method.as_str().to_lowercase()];
        assert!(found.is_object(), "{method} {path} is not described. {HOW_TO_ADD}");
        found
    }

    /// What a reference means, or the value itself.
    fn resolved<'d>(&'d self, value: &'d Value) -> &'d Value {
        let Some(reference) = value["$ref"].as_str() else { return value };
        let pointer = reference.strip_prefix('#').expect("a reference within the file");
        self.0.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }

    /// Every way in which a value is not as its schema says.
    fn faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut whole = schema.clone();
        whole["components"] = self.0["components"].clone();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.set_default_draft(Draft::V2020_12);
        compiler.add_resource("http://whitley.invalid/schema.json", whole).expect("a schema");
        let compiled = compiler.compile("http://whitley.invalid/schema.json", &mut schemas);
        let compiled = compiled.unwrap_or_else(|error| panic!("a schema of docs/openapi.json: {error:#}"));
        schemas.validate(value, compiled).err().map(|error| format!("{error:#}")).into_iter().collect()
    }

    /// Demands that an answer is as described; the status that it had.
    fn demand(&self, method: &Method, path: &str, got: &Got) -> String {
        let status = got.status.as_u16().to_string();
        let what = format!("{method} {path} answers {status}");
        let responses = &self.operation(method, path)["responses"];
        assert!(responses[&status].is_object(), "{what}, which is not described: {:.300}", got.text());
        let response = self.resolved(&responses[&status]);
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            let text = got.headers.get(name.as_str()).unwrap_or_else(|| panic!("{what} without the header {name}"));
            let text = text.to_str().expect("text");
            let schema = &self.resolved(header)["schema"];
            let value = if schema["type"] == "integer" { json!(text.parse::<u64>().expect("a number")) } else { json!(text) };
            assert_eq!(self.faults(schema, &value), Vec::<String>::new(), "{what}: {name}: {text}");
        }
        if let Some(content) = response["content"].as_object() {
            let kind = got.header("content-type").split(';').next().unwrap_or_default().to_owned();
            let described = content.get(&kind).unwrap_or_else(|| panic!("{what} of type {kind}, which is not described"));
            if kind == "application/json" && described["schema"].is_object() && described["schema"]["type"] != "string" {
                let faults = self.faults(&described["schema"], &got.json());
                assert_eq!(faults, Vec::<String>::new(), "{what}: {}", got.text());
            }
        }
        for (name, value) in self.0["x-every-answer"].as_object().expect("headers of every answer") {
            assert_eq!(got.header(name), value.as_str().expect("text"), "{what}: {name}");
        }
        status
    }
}

fn path_of(route: &Route) -> String {
    route.path.replace("{*", "{")
}

/// As `x-who` has it.
fn who_of(route: &Route) -> Value {
    match route.who {
        Who::Anybody => json!("anybody"),
        Who::Staff => json!("staff"),
        Who::Roles(roles) => roles.iter().map(|role| json!(format!("{role:?}").to_lowercase())).collect(),
    }
}

#[test]
fn each_route_is_described_with_its_roles_and_nothing_else_is() {
    let described = Described::read();
    let operations = described.operations();
    let mut wrong = Vec::new();
    for route in ROUTES {
        let key = (route.method().to_string(), path_of(route));
        let Some(operation) = operations.get(&key) else {
            wrong.push(format!("{} {} is not described", key.0, key.1));
            continue;
        };
        if operation["x-who"] != who_of(route) {
            wrong.push(format!("{} {}: x-who is {}, the table of routes says {}", key.0, key.1, operation["x-who"], who_of(route)));
        }
        if operation["security"].is_array() != (route.who != Who::Anybody) {
            wrong.push(format!("{} {}: “security” stands there if and only if a session is needed", key.0, key.1));
        }
        let named: BTreeSet<&str> = key.1.split(['{', '}']).skip(1).step_by(2).collect();
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let parameters = parameters.iter().map(|parameter| described.resolved(parameter)).filter(|parameter| parameter["in"] == "path");
        let given: BTreeSet<&str> = parameters.filter_map(|parameter| parameter["name"].as_str()).collect();
        if named != given {
            wrong.push(format!("{} {}: parameters of the path are {given:?}", key.0, key.1));
        }
    }
    let routes: BTreeSet<(String, String)> = ROUTES.iter().map(|route| (route.method().to_string(), path_of(route))).collect();
    wrong.extend(
        operations.keys().filter(|key| !routes.contains(*key)).map(|(method, path)| format!("{method} {path} is described and not there")),
    );
    assert!(wrong.is_empty(), "{}\n{HOW_TO_ADD}", wrong.join("\n"));
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let described = Described::read();
    let mut used = BTreeSet::new();
    let mut values = vec![&described.0];
    while let Some(value) = values.pop() {
        if let Some(reference) = value["$ref"].as_str() {
            described.resolved(value);
            used.insert(reference.to_owned());
        }
        values.extend(value.as_object().into_iter().flat_map(serde_json::Map::values));
        values.extend(value.as_array().into_iter().flatten());
    }
    for kind in ["parameters", "headers", "responses", "schemas"] {
        for name in described.0["components"][kind].as_object().expect("components").keys() {
            assert!(used.contains(&format!("#/components/{kind}/{name}")), "nothing uses {kind}/{name}");
        }
    }
}

/// Every page, file and form as nobody and as every role: the status, the type and the headers are among those described.
#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_as_described() {
    let described = Described::read();
    let running = running(Wanted::default()).await;
    let paths = Paths::of(&running).await;
    let roles = [Role::Officer, Role::Scrutineer, Role::Authority, Role::Trustee(1), Role::Operator];
    let mut sessions = vec![String::new()];
    for role in roles {
        sessions.push(signed_in(&running, role).await);
    }
    let mut wrong = BTreeSet::new();
    for route in ROUTES.iter().filter(|route| route.path != "/sign-out") {
        let (path, method) = (paths.fill(route.path), route.method());
        let path = if route.path.starts_with("/desk/papers/") && !route.post { format!("{path}?unit=ashdown") } else { path };
        let kind =
            described.operation(&method, &path_of(route))["requestBody"]["content"].as_object().and_then(|content| content.keys().next());
        let kind = kind.map_or("application/x-www-form-urlencoded", String::as_str);
        let kind = if kind == "multipart/form-data" { "multipart/form-data; boundary=b" } else { kind };
        let body = if kind.starts_with("multipart") { "--b--\r\n" } else { "" };
        let responses = &described.operation(&method, &path_of(route))["responses"];
        for session in &sessions {
            let headers = [("origin", running.origin.as_str()), ("content-type", kind), ("cookie", session.as_str())];
            let got = running.ask(method.clone(), &path, &headers, body).await;
            if responses[got.status.as_str()].is_object() {
                described.demand(&method, &path_of(route), &got);
            } else {
                wrong.insert(format!("{method} {} answers {}, which is not described", route.path, got.status.as_u16()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}\n{HOW_TO_ADD}");
    let out = running.ask(Method::POST, "/sign-out", &[("origin", &running.origin), ("cookie", &sessions[1])], "").await;
    described.demand(&Method::POST, "/sign-out", &out);
}

/// What the booth and other programs rely on: each status of each JSON route, brought about and held against its schema.
#[tokio::test(flavor = "multi_thread")]
async fn programs_get_what_is_described() {
    let described = Described::read();
    let running = running(Wanted { voters: 42, ..Wanted::default() }).await;
    let mut asked = Asked { described: &described, running: &running, seen: BTreeSet::new() };
    let election = running.election(0).await;
    let uuid = election.uuid.as_str();
    let own = [("origin", running.origin.as_str()), ("content-type", "application/json")];

    let record = asked.get("/e/{uuid}/election.json", uuid, &[], 200).await;
    let tag = record.header("etag").to_owned();
    asked.get("/e/{uuid}/election.json", uuid, &[("if-none-match", &tag)], 304).await;
    let info = asked.get("/e/{uuid}/info.json", uuid, &[], 200).await.json();
    assert_eq!(format!("\"{}\"", info["fingerprint"].as_str().expect("text")), tag);
    assert_eq!((info["state"].as_str(), info["uuid"].as_str()), (Some("open"), Some(uuid)));
    asked.get("/alive", uuid, &[], 200).await;
    for path in ["/e/{uuid}/election.json", "/e/{uuid}/info.json"] {
        asked.get(path, "unknown", &[], 404).await;
    }

    let ballot = running.ballot(&election, 0, [0, 1], "a");
    let public = |member| json!({ "credential": running.public(&election, member) }).to_string();
    assert_eq!(described.faults(&json!({"$ref": "#/components/schemas/Ballot"}), &serde_json::from_str(&ballot).expect("JSON")), [""; 0]);
    let state = async |asked: &mut Asked<'_>, body: &str| asked.post("credential", uuid, &own, body, 200).await.json()["state"].to_string();
    assert_eq!(state(&mut asked, &public(0)).await, "\"ready\"");
    assert_eq!(state(&mut asked, &json!({ "credential": "0".repeat(64) }).to_string()).await, "\"unknown\"");
    asked.post("cast", uuid, &own, &ballot, 200).await;
    let again = asked.post("cast", uuid, &own, &ballot, 200).await.json();
    assert_eq!((again["again"].as_bool(), again["tracker"].as_str()), (Some(true), Some(crate::made::tracker(&ballot).as_str())));
    assert_eq!(state(&mut asked, &public(0)).await, "\"voted\"");
    let why = |got: Got| got.json()["why"].as_str().expect("a word").to_owned();
    assert_eq!(why(asked.post("cast", uuid, &own, &running.ballot(&election, 0, [1, 1], "b"), 409).await), "already-voted");
    assert_eq!(why(asked.post("challenge", uuid, &own, &ballot, 409).await), "cast");
    let opened = running.ballot(&election, 1, [0, 0], "a");
    asked.post("challenge", uuid, &own, &opened, 200).await;
    assert_eq!(why(asked.post("cast", uuid, &own, &opened, 409).await), "challenged");
    let other = running.election(1).await;
    let stranger = running.ballot(&other, 0, [0, 0], "a").replace(&other.uuid, uuid);
    assert_eq!(why(asked.post("cast", uuid, &own, &stranger, 409).await), "unknown");
    // A ballot whose vote was exchanged for another's: its form is right, its proofs are not.
    let forged = running.ballot(&election, 2, [0, 0], "a").replacen("\"response\":\"", "\"response\":\"1", 1);
    let large = format!("{{\"credential\":\"{}\"}}", "0".repeat(70_000));
    let as_text = [("origin", running.origin.as_str()), ("content-type", "text/plain")];
    let elsewhere = [("origin", "https://elsewhere.example.org"), ("content-type", "application/json")];
    for act in ["credential", "cast", "challenge"] {
        asked.post(act, uuid, &own, "{}", 400).await;
        asked.post(act, uuid, &own, &large, 413).await;
        asked.post(act, uuid, &as_text, &ballot, 415).await;
        assert_eq!(why(asked.post(act, uuid, &elsewhere, &ballot, 403).await), "origin");
    }
    for act in ["cast", "challenge"] {
        let faults = asked.post(act, uuid, &own, &forged, 400).await.json()["faults"].clone();
        assert!(faults.as_array().is_some_and(|faults| !faults.is_empty()), "{faults}");
        asked.post(act, "11111111111111", &own, &ballot, 404).await;
        for (time, word) in [(at(OPENS).plus_seconds(-1), "not-open"), (at(CLOSES), "closed")] {
            running.clock.set(time);
            let fresh = running.ballot(&election, 3, [0, 0], "a");
            assert_eq!(why(asked.post(act, uuid, &own, &fresh, 403).await), word);
        }
        running.clock.set(at(OPENS).plus_seconds(3_600));
    }
    asked.post("credential", "11111111111111", &own, &public(0), 404).await;
    let seen = asked.seen;

    let limits = web::Limits { casts_at_once: 1, ..Wanted::default().limits };
    let narrow = crate::made::running(Wanted { limits: web::Limits { casts_per_second: 1, ..limits }, ..Wanted::default() }).await;
    let mut asked = Asked { described: &described, running: &narrow, seen };
    let uuid = narrow.election(0).await.uuid;
    let own = [("origin", narrow.origin.as_str()), ("content-type", "application/json")];
    asked.post("credential", &uuid, &own, &json!({ "credential": "0".repeat(64) }).to_string(), 200).await;
    for act in ["credential", "cast", "challenge"] {
        asked.post(act, &uuid, &own, "{}", 429).await;
    }

    // Nothing of these routes is described that was not seen.
    for ((method, path), operation) in described.operations() {
        let is_json =
            ROUTES.iter().any(|route| route.kind == web::routes::Kind::Json && path_of(route) == path && route.method().as_str() == method);
        for status in operation["responses"].as_object().expect("responses").keys().filter(|_| is_json) {
            let produced = asked.seen.contains(&(path.clone(), status.clone()));
            assert!(
                produced || NOT_PRODUCED.contains(&status.as_str()),
                "{method} {path} is described with {status}, which no test brings about"
            );
        }
    }
}

/// Asks, and demands what is described.
struct Asked<'r> {
    described: &'r Described,
    running: &'r Running,
    seen: BTreeSet<(String, String)>,
}

impl Asked<'_> {
    async fn get(&mut self, path: &str, uuid: &str, headers: &[(&str, &str)], status: u16) -> Got {
        let got = self.running.ask(Method::GET, &path.replace("{uuid}", uuid), headers, "").await;
        self.demand(Method::GET, path, got, status)
    }

    async fn post(&mut self, act: &str, uuid: &str, headers: &[(&str, &str)], body: &str, status: u16) -> Got {
        let got = self.running.ask(Method::POST, &format!("/e/{uuid}/{act}"), headers, body.to_owned()).await;
        self.demand(Method::POST, &format!("/e/{{uuid}}/{act}"), got, status)
    }

    fn demand(&mut self, method: Method, path: &str, got: Got, status: u16) -> Got {
        assert_eq!(got.status, StatusCode::from_u16(status).expect("a status"), "{method} {path}: {}", got.text());
        let status = self.described.demand(&method, path, &got);
        self.seen.insert((path.to_owned(), status));
        got
    }
}
