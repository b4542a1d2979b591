//! `whitley meetings`: each side's list of agreed next steps, with what is done, due and overdue on a day.

use clap::Args;
use dated::{Date, long_date};
use dispute::Dispute;
use dispute::talks::{ListedStep, SideList, StepState, lists_of_sides};
use report::said::when_words;
use serde_json::{Value as Json, json};

use super::{cited, parse_day};
use crate::answer::{self, Outcome};
use crate::disk::{self, Opened};

/// Arguments of `whitley meetings`.
#[derive(Args)]
pub(crate) struct Meetings {
    /// The dispute folder
    dispute: String,
    /// As of this day, as in 1998-04-01
    #[arg(long, value_parser = parse_day)]
    on: Date,
}

impl Meetings {
    /// Exit code 1 when something is overdue.
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let Opened { dispute, .. } = match disk::open(&self.dispute, as_json) {
            Ok(opened) => opened,
            Err(outcome) => return outcome,
        };
        let lists = lists_of_sides(&dispute.meetings, &dispute.parties, self.on);
        let is_overdue = lists.iter().flat_map(|list| &list.steps).any(|step| matches!(step.state, StepState::Overdue { .. }));
        if as_json {
            answer::print_json(&self.json(&dispute, &lists));
        } else {
            answer::print(&self.text(&dispute, &lists));
        }
        if is_overdue { Outcome::No } else { Outcome::Yes }
    }

    fn text(&self, dispute: &Dispute, lists: &[SideList<'_>]) -> String {
        let mut text = format!("{}\nMeetings and agreed next steps, on {}\n", dispute.title, long_date(self.on));
        let (held, later): (Vec<_>, Vec<_>) =
            dispute.meetings.iter().partition(|meeting| meeting.when.is_none_or(|when| when.earliest() <= self.on));
        if held.is_empty() {
            text.push_str("\nNo meeting is on record.\n");
        }
        for meeting in &held {
            let about = meeting.about.as_ref().map(|(id, _)| format!(", on {id}")).unwrap_or_default();
            text.push_str(&format!("\n{} ({}{about})\n", meeting.body, when_words(meeting.when)));
            if !meeting.parties.is_empty() {
                let names: Vec<&str> = meeting.parties.iter().map(|(party, _)| dispute.party_name(party)).collect();
                text.push_str(&format!("  Present: {}\n", names.join("; ")));
            }
            text.push_str(&format!("  {} {}\n", meeting.outcome, cited(&meeting.source, meeting.status)));
            if !meeting.sticking_points.is_empty() {
                text.push_str(&format!("  Sticking points: {}\n", meeting.sticking_points.join("; ")));
            }
        }
        for list in lists {
            text.push_str(&format!("\nOn the list of the {} side\n", list.side.word()));
            for listed in &list.steps {
                text.push_str(&step_text(listed, dispute));
            }
        }
        if !later.is_empty() {
            text.push_str(&format!(
                "\nNot shown: {} after this day.\n",
                if later.len() == 1 { "1 meeting".to_owned() } else { format!("{} meetings", later.len()) }
            ));
        }
        text
    }

    fn json(&self, dispute: &Dispute, lists: &[SideList<'_>]) -> Json {
        json!({
            "dispute": dispute.id,
            "on": self.on.to_string(),
            "sides": lists.iter().map(|list| json!({
                "side": list.side.word(),
                "steps": list.steps.iter().map(|listed| json!({
                    "what": listed.step.what,
                    "owners": listed.owners,
                    "all_owners": listed.step.owners.iter().map(|(owner, _)| owner).collect::<Vec<_>>(),
                    "due_on": listed.step.due_on.map(|day| day.to_string()),
                    "done_on": listed.step.done_on.map(|day| day.to_string()),
                    "state": listed.state.word(),
                    "days": match listed.state { StepState::Due { days } | StepState::Overdue { days } => Some(days), _ => None },
                    "meeting": listed.meeting.body,
                    "met": listed.meeting.when.map(pay::When::iso),
                    "source": listed.meeting.source,
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "meetings": dispute.meetings.iter().filter(|meeting| meeting.when.is_none_or(|when| when.earliest() <= self.on)).map(|meeting| json!({
                "body": meeting.body,
                "when": meeting.when.map(pay::When::iso),
                "parties": meeting.parties.iter().map(|(party, _)| party).collect::<Vec<_>>(),
                "offer": meeting.about.as_ref().map(|(id, _)| id),
                "outcome": meeting.outcome,
                "sticking_points": meeting.sticking_points,
                "source": meeting.source,
                "status": meeting.status.word(),
            })).collect::<Vec<_>>(),
        })
    }
}

fn step_text(listed: &ListedStep<'_>, dispute: &Dispute) -> String {
    let owners: Vec<&str> = listed.step.owners.iter().map(|(owner, _)| dispute.party_name(owner)).collect();
    let owners = if owners.is_empty() { "owner not recorded".to_owned() } else { owners.join("; ") };
    let due = listed.step.due_on.map(|due| format!(", due {}", long_date(due))).unwrap_or_default();
    format!("  - {}\n      {}{due}; {owners}\n", listed.step.what, listed.state.words())
}
