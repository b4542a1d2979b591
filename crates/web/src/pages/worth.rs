//! From the ballot to what is voted about: the page of a published dispute on which members see what the offer is worth to them.

use std::path::Path;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use workspace::shelf::{Shelf, ShelfError};

use crate::problem::{Answer, Problem};
use crate::service::Service;

/// `GET /worth`: to the newest publication if one dispute alone is published here, otherwise to the list of those that are.
pub(crate) async fn way(State(service): State<Service>) -> Answer {
    let Some(folder) = service.config.disputes.clone() else { return Err(Problem::not_found()) };
    let found = tokio::task::spawn_blocking(move || published(&folder)).await.map_err(|error| Problem::ours(&error))?;
    let found = found.map_err(|error| Problem::ours(&error))?;
    let to = match found.as_slice() {
        [(id, number)] => format!("/public/{id}/{number}/worth"),
        _ => "/public".to_owned(),
    };
    Ok(Redirect::to(&to).into_response())
}

/// The disputes that are published, each with the number of its newest publication.
fn published(folder: &Path) -> Result<Vec<(String, u64)>, ShelfError> {
    let shelf = Shelf::open(folder)?;
    let mut found = Vec::new();
    for on_shelf in shelf.list()?.into_iter().filter(|on_shelf| !on_shelf.is_founding) {
        // One damaged history must not hide the others.
        let Ok(history) = shelf.history(&on_shelf.id) else { continue };
        let newest = history.publications().filter_map(|entry| entry.publication).next_back();
        found.extend(newest.map(|number| (on_shelf.id, number)));
    }
    Ok(found)
}
