//! `whitley demands`: what is open, what falls due, and where a deadline has passed and somebody must decide.

use clap::Args;
use dated::{Date, long_date};
use dispute::Dispute;
use dispute::talks::{Deadline, Demand, DemandState};
use report::said::{SaidLine, demand_notes, demand_state, when_words};
use serde_json::{Value as Json, json};

use super::{cited, parse_day};
use crate::answer::{self, Outcome};
use crate::disk::{self, Opened};

/// Arguments of `whitley demands`.
#[derive(Args)]
pub(crate) struct Demands {
    /// The dispute folder
    dispute: String,
    /// As of this day, as in 2007-06-01
    #[arg(long, value_parser = parse_day)]
    on: Date,
}

impl Demands {
    /// Exit code 1 when a deadline has passed and nobody has decided; else 2 when a deadline in words has not been made a day.
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let Opened { dispute, .. } = match disk::open(&self.dispute, as_json) {
            Ok(opened) => opened,
            Err(outcome) => return outcome,
        };
        let states: Vec<(&Demand, DemandState<'_>)> =
            dispute.demands.iter().map(|demand| (demand, demand.state_on(&dispute.talks.decisions, self.on))).collect();
        if as_json {
            answer::print_json(&json!({
                "dispute": dispute.id,
                "on": self.on.to_string(),
                "demands": states.iter().map(|(demand, state)| demand_json(demand, *state, self.on)).collect::<Vec<_>>(),
            }));
        } else {
            let mut text = format!("{}\nDemands, on {}\n", dispute.title, long_date(self.on));
            let made = || states.iter().filter(|(_, state)| !matches!(state, DemandState::NotYetMade));
            made().for_each(|(demand, state)| text.push_str(&demand_text(demand, *state, &dispute, self.on)));
            let later = states.len() - made().count();
            match (made().count(), later) {
                (0, 0) => text.push_str("\nNo demand is on record.\n"),
                (_, 0) => {}
                (_, later) => text.push_str(&format!("\nNot shown: {later} made after this day.\n")),
            }
            answer::print(&text);
        }
        let has = |wanted: fn(&DemandState<'_>) -> bool| states.iter().any(|(_, state)| wanted(state));
        match () {
            () if has(|state| matches!(state, DemandState::Passed { .. })) => Outcome::No,
            () if has(|state| matches!(state, DemandState::Vague { .. })) => Outcome::CouldNotCheck,
            () => Outcome::Yes,
        }
    }
}

fn demand_text(demand: &Demand, state: DemandState<'_>, dispute: &Dispute, on: Date) -> String {
    let with_source = |line: &SaidLine<'_>| match line.source {
        Some((source, status)) => format!("  {} {}\n", line.text, cited(source, status)),
        None => format!("  {}\n", line.text),
    };
    let mut text = format!(
        "\n{} to {} ({})\n  {} {}\n",
        dispute.party_name(&demand.who.0),
        dispute.party_name(&demand.to.0),
        when_words(demand.when),
        demand.text,
        cited(&demand.source, demand.status),
    );
    text.push_str(&with_source(&demand_state(demand, state, dispute)));
    demand_notes(demand, state, dispute, on).iter().for_each(|note| text.push_str(&with_source(note)));
    text
}

fn demand_json(demand: &Demand, state: DemandState<'_>, on: Date) -> Json {
    let (days, deadline) = match state {
        DemandState::DueIn { days, deadline } => (Some(days), Some(deadline)),
        DemandState::DueToday => (Some(0), Some(on)),
        DemandState::Passed { days, deadline } => (Some(-days), Some(deadline)),
        _ => (None, None),
    };
    json!({
        "id": demand.id,
        "who": demand.who.0,
        "to": demand.to.0,
        "when": demand.when.map(pay::When::iso),
        "offer": demand.about.as_ref().map(|(id, _)| id),
        "text": demand.text,
        "state": state.word(),
        "decision_needed": matches!(state, DemandState::Passed { .. }),
        "days_left": days,
        "deadline": deadline.map(|day| day.to_string()),
        "deadline_words": match &demand.deadline { Some(Deadline::Vague(words)) => Some(words), _ => None },
        "resolved_by": demand.resolution.as_ref().map(|resolution| &resolution.by).or(demand.resolved_by.as_ref()),
        "resolution": demand.resolution.as_ref().filter(|resolution| resolution.on <= on).map(|resolution| json!({
            "by": resolution.by, "on": resolution.on.to_string(), "deadline": resolution.deadline.to_string(), "reason": resolution.reason,
        })),
        "answer": demand.answer_on(on).map(|answer| json!({ "outcome": answer.outcome.word(), "when": answer.when.map(pay::When::iso), "text": answer.text })),
        "decision": match state {
            DemandState::Decided(decision) => json!({ "by": decision.by, "kind": decision.kind.word(), "when": decision.when.map(pay::When::iso), "text": decision.text }),
            _ => Json::Null,
        },
        "otherwise": demand.otherwise,
        "source": demand.source,
        "status": demand.status.word(),
    })
}
