//! Archives and companions of every unit whose step is due, in one file; and one command for all of them.

use axum::Extension;
use axum::extract::{Query, State};

use super::{result, shares};
use crate::api::download;
use crate::elections::Election;
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::service::Service;
use crate::session::Session;
use crate::stream;

/// Units whose commands are written one by one; more are a loop.
const WRITTEN: usize = 4;

#[derive(serde::Deserialize)]
pub(crate) struct Wanted {
    #[serde(rename = "for", default)]
    step: String,
}

/// `GET /desk/archives.tar?for=shares|result`: what this role needs for what is due.
pub(crate) async fn archives(
    State(service): State<Service>,
    Extension(session): Extension<Session>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let due = match (wanted.step.as_str(), session.role) {
        ("shares", Role::Trustee(own)) => shares::due(&service, own).await?,
        ("result", Role::Officer | Role::Scrutineer) => result::due(&service, session.role).await?,
        _ => return Err(Problem::not_found()),
    };
    Ok(download("application/x-tar", "archives.tar", stream::archives_tar(&service, due)?))
}

/// The same command for each of these units; `command` makes it of a name without its ending.
pub(super) fn for_each(due: &[Election], command: impl Fn(&str) -> String) -> String {
    if due.len() <= WRITTEN {
        return due.iter().map(|election| command(&election.uuid)).collect::<Vec<_>>().join("\n");
    }
    format!("for archive in *.bel; do unit=${{archive%.bel}}\n  {}\ndone", command("$unit"))
}
