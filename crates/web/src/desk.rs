//! The desks: what staff see and do after signing in. Each role has a task list; each task is a page of its own.

pub(crate) mod audit;
pub mod branch;
pub mod dashboard;
pub(crate) mod documents;
pub(crate) mod exchange;
pub mod paper;
pub mod plan;
pub(crate) mod report;
pub mod roll;
pub mod tasks;
pub mod two_people;
pub mod upload;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect};

use crate::pages::{Frame, render};
use crate::problem::Answer;
use crate::role::Role;
use crate::service::Service;
use crate::session::Session;
use crate::texts::Language;

use tasks::Section;

/// Rows on one page of a long list.
pub(crate) const ROWS: usize = 100;

/// A list of at most so many rows is shown on one page to whoever wants to print it.
const MOST_ROWS: usize = 2_000;

/// Which page of a long list is wanted.
#[derive(serde::Deserialize, Default)]
pub(crate) struct WantedPage {
    page: Option<usize>,
    /// All on one page, to print it.
    all: Option<String>,
}

/// Which page of a long list is shown.
pub(crate) struct Pages {
    pub(crate) at: usize,
    pub(crate) of: usize,
    /// Of the whole list.
    pub(crate) rows: usize,
    pub(crate) path: &'static str,
    is_all: bool,
}

impl Pages {
    /// Of a list of so many rows: the nearest page there is to what is wanted.
    pub(crate) fn of(wanted: &WantedPage, rows: usize, path: &'static str) -> Self {
        let is_all = wanted.all.is_some() && rows <= MOST_ROWS;
        let of = if is_all { 1 } else { rows.div_ceil(ROWS).max(1) };
        Self { at: wanted.page.unwrap_or(1).clamp(1, of), of, rows, path, is_all }
    }

    /// The rows of this page.
    pub(crate) fn cut<T>(&self, list: impl IntoIterator<Item = T>) -> Vec<T> {
        let most = if self.is_all { usize::MAX } else { ROWS };
        list.into_iter().skip((self.at - 1) * ROWS).take(most).collect()
    }

    /// Whether the whole list may be had on one page.
    pub(crate) fn may_have_all(&self) -> bool {
        self.rows <= MOST_ROWS
    }
}

#[derive(Template)]
#[template(path = "desk/desk.html")]
struct DeskPage {
    frame: Frame,
    role: Role,
    summary: &'static str,
    sections: Vec<Section>,
}

/// The frame of a desk page: English, with the role and a way to sign out.
pub async fn desk_frame(service: &Service, session: &Session) -> Frame {
    let mut frame = Frame::of(service, Language::English).await;
    frame.role = Some(session.role);
    frame
}

/// `GET /desk`: the task list of the role that is signed in.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    if matches!(session.role, Role::Rep(_)) {
        return Ok(Redirect::to("/branch").into_response());
    }
    let (summary, sections) = tasks::list(&service, session.role).await?;
    render(&DeskPage { frame: desk_frame(&service, &session).await, role: session.role, summary, sections })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_on_one_page_and_none_on_two() {
        let wanted = |page, all: bool| WantedPage { page, all: all.then(String::new) };
        for rows in [0, 1, ROWS, ROWS + 1, 250, 450_000] {
            let of = Pages::of(&wanted(None, false), rows, "/").of;
            let shown: usize = (1..=of).map(|at| Pages::of(&wanted(Some(at), false), rows, "/").cut(0..rows).len()).sum();
            assert_eq!(shown, rows);
            assert_eq!(Pages::of(&wanted(Some(of + 7), false), rows, "/").at, of, "past the end is the end");
        }
        assert_eq!(Pages::of(&wanted(Some(3), true), 250, "/").cut(0..250).len(), 250);
        assert_eq!(Pages::of(&wanted(None, true), 450_000, "/").cut(0..450_000).len(), ROWS, "too long to be one page");
    }
}
