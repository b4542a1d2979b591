//! The published results as data: two CSV files and the description of both (a data package with table schemas, a licence and hashes). Nothing
//! here changes after a result is published, so the same poll gives the same bytes, and a hash can be cited.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use law::{Outcome, TermKind};
use serde_json::{Value, json};

use crate::api::download;
use crate::desk::documents::Names;
use crate::desk::roll::csv_row;
use crate::elections::Election;
use crate::files;
use crate::problem::{Answer, Problem};
use crate::results::Counts;
use crate::service::Service;

/// A column: name, type of the table schema, what it means.
type Column = (&'static str, &'static str, &'static str);

const RESULTS: [Column; 12] = [
    ("unit", "string", "The balloting unit, as in the address /results/UNIT."),
    ("unit_name", "string", "Its name."),
    ("question", "integer", "The number of the question, from 1."),
    ("question_text", "string", "What was asked."),
    ("choice", "string", "An answer; “Blank” where the question was left blank."),
    ("votes", "integer", "Votes for this answer."),
    ("entitled", "integer", "How many were entitled to vote in the unit."),
    ("cast", "integer", "Votes counted in the unit."),
    (
        "voided",
        "integer",
        "Credentials voided because a vote on paper was accepted; those votes are counted by hand and are in no row here.",
    ),
    (
        "small_unit",
        "boolean",
        "Whether fewer were entitled than the poll’s minimum. Figures of such a unit may show how somebody voted. They are published all the \
         same where the law wants each unit’s own result; while voting is open no figure of such a unit is shown.",
    ),
    ("election_fingerprint", "string", "SHA-256 of the election record, in Base64: the election that was counted."),
    (
        "last_event",
        "string",
        "Hash of the last event of the archive /e/…/archive.bel, in hexadecimal: it stands for the whole record. Cite this.",
    ),
];

const MANDATES: [Column; 11] = [
    ("unit", "string", "The balloting unit, as in the address /results/UNIT."),
    ("unit_name", "string", "Its name."),
    ("question", "integer", "The number of the question, from 1."),
    ("question_text", "string", "What was asked."),
    (
        "verdict",
        "string",
        "What the law of the opening day makes of the result: mandate, no-mandate, cannot-tell; empty if it was not judged.",
    ),
    ("provisional", "boolean", "Whether another reading of the law gives another verdict."),
    ("last_day", "date", "The last day of the mandate."),
    ("last_day_is", "string", "“until” if action is covered until the end of that day, “begins by” if action must have begun by then."),
    ("turnout", "string", "The test that half of those entitled voted: met, not met, cannot tell; empty if there was no such test."),
    ("support", "string", "The test that 40% of those entitled voted Yes, in important public services: as turnout."),
    ("majority", "string", "The test that more than half voted Yes: as turnout."),
];

/// `GET /results.csv`: every unit, question and answer.
pub(crate) async fn results_csv(State(service): State<Service>) -> Answer {
    Ok(csv("results.csv", results(&service).await?))
}

/// `GET /mandates.csv`: every unit and question with the law's verdict.
pub(crate) async fn mandates_csv(State(service): State<Service>) -> Answer {
    Ok(csv("mandates.csv", mandates(&service).await?))
}

fn csv(name: &str, text: String) -> Response {
    let mut response = download("text/csv; charset=utf-8", name, text.into());
    // What the columns mean, and under which licence.
    response
        .headers_mut()
        .insert(header::LINK, HeaderValue::from_static("</datapackage.json>; rel=\"describedby\"; type=\"application/json\""));
    response
}

/// `GET /datapackage.json`: what the columns mean, the licence, sizes and hashes of both files.
pub(crate) async fn package(State(service): State<Service>) -> Answer {
    let poll = files::poll(&service).await?.ok_or_else(Problem::not_found)?;
    let names = Names::of(&service).await?;
    let resource = |name: &str, title: &str, text: &str, columns: &[Column], key: Value| {
        let fields =
            columns.iter().map(|(name, kind, says)| json!({ "name": name, "type": kind, "description": says })).collect::<Vec<_>>();
        json!({
            "name": name, "title": title, "path": format!("{name}.csv"), "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
            "bytes": text.len(), "hash": format!("sha256:{}", store::Hash::of(text.as_bytes()).hex()),
            "schema": { "fields": fields, "primaryKey": key },
        })
    };
    let mut package = json!({
        "profile": "tabular-data-package",
        "name": "ballot",
        "title": poll.title,
        "homepage": service.origin.as_str(),
        "description": format!(
            "{}The counts that officer and scrutineer signed. A result is published once and is never replaced. Whoever doubts a count works it out \
             again from the archives: {}/how-to-check",
            if service.config.rehearsal { "REHEARSAL: everybody and every figure is invented. " } else { "" },
            service.origin.as_str()
        ),
        "sources": [{ "title": "Archives, companions and the poll’s files", "path": format!("{}/poll.tar", service.origin.as_str()) }],
        "resources": [
            resource("results", "Votes by unit, question and answer", &results(&service).await?, &RESULTS, json!(["unit", "question", "choice"])),
            resource("mandates", "What the law makes of each question", &mandates(&service).await?, &MANDATES, json!(["unit", "question"])),
        ],
    });
    // Nothing is said where nothing was chosen: a licence that nobody gave would be none.
    if let Some((name, title, path)) = names.licence() {
        package["licenses"] = json!([{ "name": name, "title": title, "path": path }]);
    }
    if !names.union.is_empty() {
        package["contributors"] = json!([{ "title": names.union, "role": "publisher" }]);
    }
    let mut response = axum::Json(package).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// Every counted election with its counts, by unit.
async fn counted(service: &Service) -> Result<Vec<(Election, std::sync::Arc<Counts>)>, Problem> {
    let mut counted = BTreeMap::new();
    for election in service.elections.all(service).await? {
        if let Some(counts) = service.results.counts(service, &election).await? {
            counted.insert(election.unit.clone(), (election, counts));
        }
    }
    Ok(counted.into_values().collect())
}

fn heads(columns: &[Column]) -> String {
    csv_row(&columns.iter().map(|(name, ..)| *name).collect::<Vec<_>>())
}

async fn results(service: &Service) -> Result<String, Problem> {
    let mut text = heads(&RESULTS);
    for (election, counts) in counted(service).await? {
        for ((at, question), row) in (1..).zip(&election.fixed.questions).zip(&counts.counts) {
            let blank = question.blank.then_some("Blank");
            for (choice, votes) in blank.into_iter().chain(question.answers.iter().map(String::as_str)).zip(row) {
                text.push_str(&csv_row(&[
                    &election.unit,
                    &election.name,
                    &format!("{at}"),
                    &question.text,
                    choice,
                    &votes.to_string(),
                    &election.entitled.to_string(),
                    &counts.counted.to_string(),
                    &counts.voided.to_string(),
                    &(election.entitled < counts.minimum).to_string(),
                    &election.fixed.hash.base64(),
                    &election.info.head_hash.hex(),
                ]));
            }
        }
    }
    Ok(text)
}

async fn mandates(service: &Service) -> Result<String, Problem> {
    let about = files::about(service).await?;
    let mut text = heads(&MANDATES);
    for (election, counts) in counted(service).await? {
        for (at, question) in election.fixed.questions.iter().enumerate() {
            let judgment = service.results.judge(&about, &election, &counts, at);
            let adopted = judgment.as_ref().map(law::Judgment::adopted);
            let mandate = adopted.and_then(|adopted| adopted.mandate.as_ref());
            let test = |name: &str| {
                let found = adopted.and_then(|adopted| adopted.tests.iter().find(|test| test.figures.name() == name));
                found.map_or("", |test| match test.outcome {
                    Outcome::Met => "met",
                    Outcome::NotMet => "not met",
                    Outcome::CannotTell { .. } => "cannot tell",
                })
            };
            text.push_str(&csv_row(&[
                &election.unit,
                &election.name,
                &(at + 1).to_string(),
                &question.text,
                adopted.map_or("", |adopted| adopted.verdict.word()),
                &judgment.as_ref().map_or_else(String::new, |judgment| judgment.is_provisional().to_string()),
                &mandate.map_or_else(String::new, |mandate| mandate.last_day().to_string()),
                mandate.map_or("", |mandate| if mandate.kind() == TermKind::Expires { "until" } else { "begins by" }),
                test("turnout"),
                test("support"),
                test("majority"),
            ]));
        }
    }
    Ok(text)
}
