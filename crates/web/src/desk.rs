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
