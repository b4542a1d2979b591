//! Files between the service and people's own machines: what there is to fetch, the command to run, the upload of what it made.
//!
//! Secret keys stay on their owners' machines. Every file that is brought is checked at once by the crate `poll`, by the same functions
//! as on the command line; every fault is named, and what is in order is taken though other files of the same upload are not.

pub(crate) mod bulk;
pub(crate) mod ceremony;
pub(crate) mod lines;
pub(crate) mod lists;
pub(crate) mod opening;
pub(crate) mod result;
pub(crate) mod shares;
pub(crate) mod standing;

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use poll::{InMemory, Poll};
use serde_json::json;
use std::sync::Arc;
use store::{Entry, Expect, Refusal, StoreError};

use super::desk_frame;
use crate::files;
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::service::Service;
use crate::session::Session;

/// Rows of a table on one page.
const ROWS: usize = 50;

/// A page of exchange, before it is known what an upload did.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) heading: &'static str,
    /// Its address.
    pub(crate) path: &'static str,
    /// The row that its table begins with.
    pub(crate) from: usize,
    pub(crate) lede: Vec<String>,
    /// What waits for somebody, before the table.
    pub(crate) waiting: Option<Table>,
    /// Shown in parts, if it is long.
    pub(crate) table: Option<Table>,
    pub(crate) steps: Vec<Step>,
    pub(crate) forms: Vec<Upload>,
    pub(crate) notes: Vec<String>,
}

/// What a page was asked for.
#[derive(Default, serde::Deserialize)]
pub(crate) struct Asked {
    /// The row that the table begins with.
    #[serde(default)]
    from: usize,
}

impl Page {
    /// From the row that was asked for.
    pub(crate) fn at(mut self, asked: &Asked) -> Self {
        self.from = asked.from;
        self
    }

    /// Leaves the rows of this page in the table; which they are, and the ways to the others.
    fn turn(&mut self) -> (String, Vec<Turn>) {
        let Some(table) = self.table.as_mut().filter(|table| table.rows.len() > ROWS) else { return Default::default() };
        let all = table.rows.len();
        let from = self.from.min(all - 1) / ROWS * ROWS;
        table.rows = std::mem::take(&mut table.rows).into_iter().skip(from).take(ROWS).collect();
        let to = from + table.rows.len();
        let turn = |rel, words, from| Turn { rel, words, href: format!("{}?from={from}", self.path) };
        let mut turns = Vec::new();
        if from > 0 {
            turns.push(turn("prev", "Earlier", from - ROWS));
        }
        if to < all {
            turns.push(turn("next", "Next", to));
        }
        (format!(", {} to {to} of {all}", from + 1), turns)
    }
}

/// A way to other rows of a table.
struct Turn {
    rel: &'static str,
    words: &'static str,
    href: String,
}

/// How far everybody is.
pub(crate) struct Table {
    pub(crate) caption: &'static str,
    pub(crate) heads: Vec<String>,
    /// Each row begins with its heading.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A cell of it.
#[derive(Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// Shown as a tag of this class.
    pub(crate) class: Option<&'static str>,
    /// Address and words.
    pub(crate) links: Vec<(String, String)>,
}

impl Cell {
    pub(crate) fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn tag(text: impl Into<String>, class: &'static str) -> Self {
        Self { text: text.into(), class: Some(class), ..Self::default() }
    }

    pub(crate) fn done(is_done: bool, yes: &str, no: &str) -> Self {
        if is_done { Self::tag(yes, "good") } else { Self::tag(no, "") }
    }

    pub(crate) fn with_link(mut self, href: impl Into<String>, words: impl Into<String>) -> Self {
        self.links.push((href.into(), words.into()));
        self
    }
}

/// A step on one's own machine.
#[derive(Default)]
pub(crate) struct Step {
    pub(crate) text: String,
    pub(crate) links: Vec<(String, String)>,
    pub(crate) command: Option<String>,
}

impl Step {
    pub(crate) fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn fetch(mut self, href: impl Into<String>, words: impl Into<String>) -> Self {
        self.links.push((href.into(), words.into()));
        self
    }

    pub(crate) fn run(mut self, command: impl Into<String>) -> Self {
        self.command = Some(command.into());
        self
    }

    /// Fetching and unpacking the poll's public files.
    pub(crate) fn fetch_poll() -> Self {
        Self::of("Fetch the poll’s public files, and unpack them beside your key file:")
            .fetch("/poll.tar", "poll.tar")
            .run("tar -xf poll.tar")
    }
}

/// A form that takes files, or a button alone.
pub(crate) struct Upload {
    pub(crate) action: &'static str,
    pub(crate) heading: &'static str,
    /// Label of the field for files; without it there is only the button.
    pub(crate) files: Option<&'static str>,
    pub(crate) hint: String,
    pub(crate) button: &'static str,
}

impl Upload {
    pub(crate) fn of(action: &'static str, hint: impl Into<String>) -> Self {
        Self { action, heading: "Bring the files", files: Some("Files"), hint: hint.into(), button: "Upload and check" }
    }
}

/// What became of the files of an upload.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What was taken, in a sentence each.
    pub(crate) taken: Vec<String>,
    /// What was refused.
    pub(crate) refused: Vec<Refused>,
}

/// A file that was refused, and why.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) file: String,
    pub(crate) why: String,
}

impl Outcome {
    pub(crate) fn take(&mut self, what: impl Into<String>) {
        self.taken.push(what.into());
    }

    pub(crate) fn refuse(&mut self, file: &str, why: impl Into<String>) {
        self.refused.push(Refused { file: file.to_owned(), why: why.into() });
    }

    /// A problem with one file is an answer to its bringer; a failure of ours ends the whole request.
    pub(crate) fn refuse_problem(&mut self, file: &str, problem: Problem) -> Result<(), Problem> {
        if problem.status.is_server_error() {
            return Err(problem);
        }
        let why = problem.faults.iter().fold(problem.what.clone(), |why, fault| format!("{why} {fault}"));
        self.refuse(file, why);
        Ok(())
    }
}

/// A form without any file.
pub(crate) fn nothing_chosen(outcome: &mut Outcome) {
    outcome.refuse("The form", "No file was chosen.");
}

#[derive(Template)]
#[template(path = "desk/exchange.html")]
struct ExchangePage {
    frame: Frame,
    page: Page,
    /// Which rows of the table, if they are not all.
    shown: String,
    turns: Vec<Turn>,
    taken: Vec<String>,
    refused: Vec<Refused>,
}

/// The page, with what an upload did if there was one.
pub(crate) async fn show(service: &Service, session: &Session, mut page: Page, outcome: Outcome) -> Answer {
    let failed = !outcome.refused.is_empty();
    let frame = desk_frame(service, session).await;
    let (shown, turns) = page.turn();
    let mut response = render(&ExchangePage { frame, page, shown, turns, taken: outcome.taken, refused: outcome.refused })?;
    if failed {
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response.extensions_mut().insert(crate::frame::Whole);
    }
    Ok(response)
}

/// The poll, which must be fixed for everything here.
pub(crate) async fn demand_poll(service: &Service) -> Result<Arc<Poll>, Problem> {
    files::poll(service).await?.ok_or_else(|| Problem::conflict("no-plan", "There is no plan yet: the officer makes it first."))
}

/// Public files as they were read, with the versions that a change must find again.
pub(crate) struct Kept {
    files: InMemory,
    versions: BTreeMap<String, u64>,
}

impl Kept {
    /// Reads `poll.json` and the files whose names begin so.
    pub(crate) async fn read(service: &Service, prefixes: &[&str]) -> Result<Self, Problem> {
        let (mut files, mut versions) = (BTreeMap::new(), BTreeMap::new());
        for info in service.store.list_files("").await? {
            let is_wanted = info.name == poll::plan::POLL || prefixes.iter().any(|prefix| info.name.starts_with(prefix));
            if is_wanted && let Some((info, bytes)) = service.store.get_file(&info.name).await? {
                files.insert(info.name.clone(), bytes);
                versions.insert(info.name, info.version);
            }
        }
        Ok(Self { files: InMemory(files), versions })
    }

    /// The files, for the functions of `poll`.
    pub(crate) fn files(&self) -> InMemory {
        self.files.clone()
    }

    /// Writes what differs now. If somebody else was faster nothing of it is overwritten, and the answer says so.
    pub(crate) async fn write(&mut self, service: &Service, now: InMemory, who: &str, what: &str) -> Result<(), Problem> {
        for (name, bytes) in &now.0 {
            if self.files.0.get(name) == Some(bytes) {
                continue;
            }
            let expect = self.versions.get(name).map_or(Expect::New, |version| Expect::Version(*version));
            let hash = store::Hash::of(bytes);
            let version = service
                .store
                .put_file(name, bytes.clone(), expect, entry(service, who, what, &json!({ "name": name, "hash": hash.hex() })))
                .await?;
            self.versions.insert(name.clone(), version);
        }
        self.files = now;
        Ok(())
    }
}

/// A setting that somebody else changed since it was read is nobody's fault, and nothing was lost.
pub(crate) fn raced(error: StoreError) -> Problem {
    match error {
        StoreError::Refused(Refusal::Stale { what: "setting", .. }) => Problem::conflict(
            "refused",
            "Somebody else did something here at the same moment. Look at this page again; what is not done yet, do once more.",
        ),
        error => error.into(),
    }
}

/// A line for the audit log.
pub(crate) fn entry(service: &Service, who: &str, what: &str, detail: &serde_json::Value) -> Entry {
    Entry { detail: detail.to_string(), ..Entry::new(service.clock.now().seconds(), who, what) }
}

/// Runs what computes for long on a thread that may.
pub(crate) async fn computed<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::ours(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_tables_are_turned_and_no_row_is_lost() {
        let page = |from| {
            let rows = (0..120).map(|number| vec![Cell::of(number.to_string())]).collect();
            let table = Table { caption: "Units", heads: vec!["Unit".to_owned()], rows };
            Page { path: "/desk/x", from, table: Some(table), ..Page::default() }
        };
        let mut seen = Vec::new();
        let mut from = Some(0);
        while let Some(at) = from {
            let mut page = page(at);
            let (_, turns) = page.turn();
            seen.extend(page.table.expect("a table").rows.into_iter().map(|row| row[0].text.clone()));
            let next = turns.iter().find(|turn| turn.rel == "next").and_then(|turn| turn.href.rsplit_once('='));
            from = next.map(|(_, from)| from.parse().expect("a number"));
        }
        assert_eq!(seen, (0..120).map(|number: u32| number.to_string()).collect::<Vec<_>>());
        let mut last = page(9_999);
        let (rows, turns) = last.turn();
        assert_eq!((rows.as_str(), turns.len()), (", 101 to 120 of 120", 1), "beyond the end is the end");
    }
}
