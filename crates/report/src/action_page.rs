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
    let days = days_of_action(plan);
    let synthetic = disputes.iter().any(|dispute| dispute.status == Some(Status::Synthetic));
    let page = ActionPage {
        title: disputes.iter().map(|dispute| dispute.title.clone()).collect::<Vec<_>>().join("; "),
        on: long_date(on),
        days,
        synthetic,
        closing: format!("Rules last checked on {}. {}", long_date(book.checked_on()), book.not_legal_advice()),
        style: crate::STYLE,
    };
    page.render().map_err(|error| format!("the page could not be rendered: {error}"))
}

/// The planned days with what is done where and which services are hit. No figure of members is in it.
pub fn days_of_action(plan: &Plan<'_>) -> Vec<DayView> {
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
    days
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

/// A day of action.
pub struct DayView {
    /// Its date with the day of the week.
    pub date: String,
    /// What is done.
    pub actions: Vec<ActionView>,
    /// Which services are hit.
    pub services: Vec<ServiceView>,
}

/// One kind of action of one union on a day.
pub struct ActionView {
    /// What is done, with hours and types.
    pub what: String,
    /// By which union.
    pub union: String,
    /// In which units.
    pub units: Vec<String>,
    /// On what it depends.
    pub condition: Option<String>,
    /// That a notice is still to be given, if it is.
    pub notice: Option<String>,
}

/// A service that is hit.
pub struct ServiceView {
    /// Its name.
    pub name: String,
    /// What is expected to go on.
    pub cover: Option<String>,
    /// What stays covered because life or limb depends on it.
    pub life_and_limb: Option<String>,
    /// The units because of which it is hit.
    pub by: String,
}
