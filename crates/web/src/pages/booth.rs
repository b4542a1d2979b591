//! The voting booth's pages: shells around the script in `booth/dist`, which is part of the program.
//!
//! Script and style have the hash of the whole folder in their address and their own hash in the page (SRI), so a page and its
//! script always belong together.

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse as _};
use include_dir::{Dir, include_dir};
use sha2::{Digest as _, Sha256};

use crate::files;
use crate::pages::{Asked, asset, sri};
use crate::problem::{Answer, Problem};
use crate::service::Service;
use crate::texts::Language;

static DIST: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../booth/dist");
const SHELL: &str = include_str!("../../../../booth/shell.html");
const CHECK_DEVICE: &str = include_str!("../../../../booth/check-device.html");

/// What pages load; the folder also has what tests use.
const SERVED: [(&str, &str); 3] = [("booth_js", "booth.js"), ("booth_css", "booth.css"), ("check_device_js", "check-device.js")];

/// The booth's pages with the addresses and hashes of their files.
pub struct Booth {
    /// Of all files together: 16 digits.
    pub hash: String,
    shell: String,
    check_device: String,
}

impl Booth {
    /// The booth that was built into the program.
    pub(crate) fn embedded() -> Result<Self, String> {
        let files = SERVED.map(|(_, name)| DIST.get_file(name).map(|file| (name, file.contents())));
        let mut hash = Sha256::new();
        for (at, file) in files.iter().enumerate() {
            let (name, bytes) = file.ok_or_else(|| format!("the program was built without booth/dist/{}", SERVED[at].1))?;
            hash.update(name);
            hash.update([0]);
            hash.update(Sha256::digest(bytes));
        }
        let hash = store::Hash(hash.finalize().into()).hex()[..16].to_owned();
        let fill = |shell: &str| {
            let mut filled = shell.to_owned();
            for ((key, name), file) in SERVED.iter().zip(files) {
                let bytes = file.map_or(&[][..], |(_, bytes)| bytes);
                filled = filled.replace(&format!("{{{{{key}}}}}"), &format!("/booth/{hash}/{name}"));
                filled = filled.replace(&format!("{{{{{key}_sri}}}}"), &sri(bytes));
            }
            filled
        };
        Ok(Self { shell: fill(SHELL), check_device: fill(CHECK_DEVICE), hash })
    }
}

/// `GET /v/{unit}`.
pub(crate) async fn page(State(service): State<Service>, Path(unit): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let election = service.elections.of_unit(&service, &unit).await?;
    let title = files::poll(&service).await?.map_or_else(|| election.fixed.name.clone(), |poll| poll.title.clone());
    let worth = if service.workspace.is_some() { "/worth" } else { "" };
    let values = [("uuid", election.uuid.as_str()), ("unit", &election.name), ("poll", &title), ("worth", worth)];
    Ok(Html(fill(&service.booth.shell, &service, asked.language(), &values)).into_response())
}

/// `GET /check-device`: where a second device opens what the first one encrypted.
pub(crate) async fn check_device(State(service): State<Service>, Query(asked): Query<Asked>) -> Answer {
    Ok(Html(fill(&service.booth.check_device, &service, asked.language(), &[])).into_response())
}

/// `GET /booth/{hash}/{file}`.
pub(crate) async fn file(State(service): State<Service>, Path((hash, name)): Path<(String, String)>) -> Answer {
    let served = hash == service.booth.hash && SERVED.iter().any(|(_, known)| *known == name);
    let file = DIST.get_file(&name).filter(|_| served).ok_or_else(Problem::not_found)?;
    let kind = if name.ends_with(".css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
    Ok(asset(kind, file.contents()))
}

/// Fills what differs from page to page. Values are escaped, and never read as placeholders: all are filled in one walk.
fn fill(shell: &str, service: &Service, language: Language, values: &[(&str, &str)]) -> String {
    let banner = format!("<p class=\"rehearsal\" role=\"note\">{}</p>", escaped(language.words().rehearsal));
    let mut filled = String::with_capacity(shell.len() + 512);
    let mut rest = shell;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, after)) = after.split_once("}}") else { break };
        match name {
            "lang" => filled.push_str(language.tag()),
            "rehearsal_banner" if service.config.rehearsal => filled.push_str(&banner),
            _ => filled.push_str(&values.iter().find(|(key, _)| *key == name).map(|(_, value)| escaped(value)).unwrap_or_default()),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
