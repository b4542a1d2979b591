//! The public page of a plan: what is planned, where, when, which services. Made from planned days and nothing else, so it
//! can show nothing unlawful; and it knows no figure of members.

use askama::Template;
use dated::{Date, Status, long_date};
use dispute::Dispute;
use dispute::plan::{NoticeBasis, Plan};
use law::{Rulebook, weekday_date};

/// The page. The same plan gives the same bytes.
///
/// # Errors
/// A sentence when the template cannot be filled, which would be a bug of ours.
pub fn action_page(disputes: &[&Dispute], plan: &Plan<'_>, book: &Rulebook, on: Date) -> Result<String, String> {
    let action_days = plan.action_days();
    let mut days: Vec<DayView> = Vec::new();
    for action in &action_days {
        if days.last().is_none_or(|day| day.date != weekday_date(action.date)) {
            let services = plan
                .services
                .iter()
                .filter(|hit| hit.date == action.date)
                .map(|hit| ServiceView {
                    name: hit.service.name.clone(),
                    cover: hit.service.cover.clone(),
                    life_and_limb: hit.service.life_and_limb.clone(),
                    by: hit.by.iter().map(|(unit, _)| (*unit).to_owned()).collect::<Vec<_>>().join("; "),
                })
                .collect();
            days.push(DayView { date: weekday_date(action.date), actions: Vec::new(), services });
        }
        let Some(day) = days.last_mut() else { continue };
        day.actions.push(ActionView {
            what: action.call.words(),
            union: action.union.to_owned(),
            units: action.units.iter().map(|unit| unit.name.clone()).collect(),
            condition: action.call.condition.clone(),
            notice: match action.notice {
                NoticeBasis::ToBeGiven { .. } => Some("Planned; notice to the employers is still to be given.".to_owned()),
                NoticeBasis::Stated { .. } | NoticeBasis::OnRecord { .. } => None,
            },
        });
    }
    let synthetic = disputes.iter().any(|dispute| dispute.status == Some(Status::Synthetic));
    let page = ActionPage {
        title: disputes.iter().map(|dispute| dispute.title.clone()).collect::<Vec<_>>().join("; "),
        on: long_date(on),
        days,
        synthetic,
        closing: format!("Rules last checked on {}. {}", long_date(book.checked_on()), book.not_legal_advice()),
        style: include_str!("../templates/report.css"),
    };
    page.render().map_err(|error| format!("the page could not be rendered: {error}"))
}

#[derive(Template)]
#[template(path = "action.html")]
struct ActionPage {
    title: String,
    on: String,
    days: Vec<DayView>,
    synthetic: bool,
    closing: String,
    style: &'static str,
}

struct DayView {
    date: String,
    actions: Vec<ActionView>,
    services: Vec<ServiceView>,
}

struct ActionView {
    what: String,
    union: String,
    units: Vec<String>,
    condition: Option<String>,
    notice: Option<String>,
}

struct ServiceView {
    name: String,
    cover: Option<String>,
    life_and_limb: Option<String>,
    by: String,
}
