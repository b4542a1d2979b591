//! The key ceremony: each trustee brings its own files, step by step, and sees whom all wait for.

use axum::Extension;
use axum::extract::{Request, State};
use poll::ceremony::{self, Due};
use poll::{Files as _, InMemory, Poll};

use super::{Cell, Kept, Outcome, Page, Step, Table, Upload, demand_poll, nothing_chosen, show};
use crate::desk::upload;
use crate::problem::{Answer, Problem};
use crate::role::Role;
use crate::service::Service;
use crate::session::Session;

/// `GET /desk/ceremony`.
pub(crate) async fn page(State(service): State<Service>, Extension(session): Extension<Session>) -> Answer {
    let poll = demand_poll(&service).await?;
    let kept = Kept::read(&service, &["ceremony/"]).await?;
    show(&service, &session, view(&poll, &kept.files(), session.role)?, Outcome::default()).await
}

/// `POST /desk/ceremony`: files of the trustee that is signed in.
pub(crate) async fn take(State(service): State<Service>, Extension(session): Extension<Session>, request: Request) -> Answer {
    let poll = demand_poll(&service).await?;
    let Role::Trustee(own) = session.role else { return Err(Problem::not_found()) };
    let mut upload = upload::read(&service, request).await?;
    let mut kept = Kept::read(&service, &["ceremony/"]).await?;
    let mut files = kept.files();
    let mut outcome = Outcome::default();
    if upload.files.is_empty() {
        nothing_chosen(&mut outcome);
    }
    // A trustee that was ahead brings several steps at once: in their order, whatever order the browser sent them in.
    let steps = ceremony::steps(&poll);
    let step_of = |name: &str| steps.iter().position(|step| name == format!("trustee-{own}.{step}.json"));
    upload.files.sort_by_key(|file| step_of(&file.name).unwrap_or(usize::MAX));
    for file in upload.files {
        let Some(at) = step_of(&file.name) else {
            outcome.refuse(
                &file.name,
                format!("This is no file of yours: as trustee {own} you bring trustee-{own}.STEP.json, STEP one of {}.", steps.join(", ")),
            );
            continue;
        };
        let mut tried = files.clone();
        match ceremony::receive_ceremony_file(&mut tried, &poll, &file.name, &file.bytes) {
            Ok(()) => {
                files = tried;
                outcome.take(format!("Your {} is here.", steps[at]));
            }
            Err(refusal) => outcome.refuse_problem(&file.name, refusal.into())?,
        }
    }
    let who = session.role.to_string();
    kept.write(&service, files, &who, "ceremony file").await?;
    show(&service, &session, view(&poll, &kept.files(), session.role)?, outcome).await
}

fn view(poll: &Poll, files: &InMemory, role: Role) -> Result<Page, Problem> {
    let steps = ceremony::steps(poll);
    let mut rows = Vec::new();
    for trustee in 1..=poll.trustees() {
        let own = role == Role::Trustee(trustee);
        let mut row = vec![Cell::of(format!("Trustee {trustee}{}", if own { " (you)" } else { "" }))];
        for step in steps {
            let name = ceremony::file(trustee, step);
            let is_here = files.has(&name)?;
            let cell = Cell::done(is_here, "here", "not yet");
            row.push(if is_here { cell.with_link(format!("/poll/files/{name}"), "file") } else { cell });
        }
        rows.push(row);
    }
    let heads = std::iter::once("Trustee".to_owned()).chain(steps.iter().map(|step| (*step).to_owned())).collect();
    let mut page = Page {
        heading: "Key ceremony of the trustees",
        table: Some(Table { caption: "Files of the ceremony", heads, rows }),
        notes: vec![
            "Nobody’s secret comes here: certificates, commitments, openings and signatures are public, and anybody can check them \
             afterwards."
                .to_owned(),
        ],
        ..Page::default()
    };
    page.lede.push(match whom(files, poll)? {
        None => "The ceremony is done: every trustee signed the same transcript.".to_owned(),
        Some((step, whom)) => format!("We wait for the {step} of {}.", trustees(&whom)),
    });
    let Role::Trustee(own) = role else { return Ok(page) };
    let due = ceremony::due(files, poll, own)?;
    match &due {
        Due::Nothing => {}
        Due::Others(step, others) => {
            page.lede.push(format!("You can go on when the {step} of {} is here. Look at this page again then.", trustees(others)));
        }
        Due::Own(step) => {
            page.lede.push(format!("It is your turn: your {step} is missing."));
            page.steps = vec![
                Step::fetch_poll(),
                Step::of("Do your next step. Your key file gets a new part each time, so keep it; never copy it to this service.")
                    .run(format!("whitley vote ceremony poll --key trustee-{own}.key")),
            ];
        }
    }
    let step = if let Due::Own(step) = due { step } else { "STEP" };
    page.forms.push(Upload::of("/desk/ceremony", format!("What the command made: poll/ceremony/trustee-{own}.{step}.json")));
    Ok(page)
}

/// The step all wait for, and whose file is missing.
fn whom(files: &InMemory, poll: &Poll) -> Result<Option<(&'static str, Vec<u32>)>, Problem> {
    for step in ceremony::steps(poll) {
        let mut missing = Vec::new();
        for trustee in 1..=poll.trustees() {
            if !files.has(&ceremony::file(trustee, step))? {
                missing.push(trustee);
            }
        }
        if !missing.is_empty() {
            return Ok(Some((step, missing)));
        }
    }
    Ok(None)
}

/// `trustee 1`, `trustees 1 and 3`.
pub(super) fn trustees(numbers: &[u32]) -> String {
    let texts: Vec<String> = numbers.iter().map(u32::to_string).collect();
    match texts.split_last() {
        None => "nobody".to_owned(),
        Some((one, [])) => format!("trustee {one}"),
        Some((last, others)) => format!("trustees {} and {last}", others.join(", ")),
    }
}
