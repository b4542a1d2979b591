//! `whitley conference run`: the log replayed to decisions.

use clap::Args;
use dispute::conference::{Conference, Decision, Tally};
use serde_json::{Value, json};

use super::choose;
use crate::answer::{self, Outcome, Table};
use crate::disk::{self, Opened};

/// Arguments of `whitley conference run`.
#[derive(Args)]
pub(crate) struct Run {
    /// The dispute folder
    dispute: String,
    /// Only the conference of this id
    #[arg(long)]
    conference: Option<String>,
}

impl Run {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Outcome> {
        let Opened { dispute, .. } = disk::open(&self.dispute, as_json)?;
        let chosen = choose(&dispute, self.conference.as_deref(), as_json)?;
        if as_json {
            let decisions: Vec<Value> = chosen
                .iter()
                .flat_map(|conference| conference.decisions.iter().map(|decision| decision_json(conference, decision)))
                .collect();
            let conferences: Vec<Value> = chosen.iter().map(|conference| conference_json(conference)).collect();
            answer::print_json(&json!({ "dispute": dispute.id, "conferences": conferences, "decisions": decisions }));
            return Ok(Outcome::Yes);
        }
        for conference in &chosen {
            let mut table = Table::new(&["item", "outcome", "vote", ">for", ">against", ">abstain", "unanimous", "fell in consequence"]);
            for decision in &conference.decisions {
                let count = |of: fn(&Tally) -> Option<u64>| decision.vote.as_ref().and_then(of).map(pay::grouped).unwrap_or_default();
                let unanimous = match (decision.unanimous(), &decision.vote) {
                    (Some(true), _) => "yes",
                    (Some(false), _) => "no",
                    (None, Some(_)) => "not known",
                    (None, None) => "",
                };
                table.row([
                    decision.name.clone(),
                    decision.outcome.words().to_owned(),
                    decision.vote.as_ref().map(|vote| vote.method.word().replace('-', " ")).unwrap_or_default(),
                    count(|vote| vote.votes_for),
                    count(|vote| vote.against),
                    count(|vote| vote.abstain),
                    unanimous.to_owned(),
                    decision.falls.iter().map(|fall| fall.id.as_str()).collect::<Vec<_>>().join(", "),
                ]);
            }
            if conference.decisions.is_empty() {
                answer::print(&format!(
                    "{}: nothing is logged yet.\nnext: whitley conference agenda {}\n\n",
                    conference.name(),
                    self.dispute
                ));
            } else {
                answer::print(&format!("{}\n{}", conference.minute().text(), table.text()));
                answer::print(&format!("next: whitley conference tests {}\n\n", self.dispute));
            }
        }
        Ok(Outcome::Yes)
    }
}

fn conference_json(conference: &Conference) -> Value {
    let branches = conference.branches.iter().map(|branch| json!({ "id": branch.id, "name": branch.name, "members": branch.weight }));
    json!({
        "id": conference.id,
        "title": conference.name(),
        "when": conference.when.map(pay::When::iso),
        "record_date": conference.rules.record_date.map(|day| day.to_string()),
        "delegates_present": conference.present,
        "branches": branches.collect::<Vec<_>>(),
        "source": conference.source,
        "status": conference.status.word(),
    })
}

fn decision_json(conference: &Conference, decision: &Decision) -> Value {
    json!({
        "conference": conference.id,
        "id": decision.id,
        "name": decision.name,
        "title": decision.title,
        "kind": decision.kind,
        "amends": decision.amends,
        "outcome": decision.outcome.word(),
        "why": decision.why,
        "vote": decision.vote.as_ref().map(tally_json),
        "earlier_votes": decision.earlier_votes.iter().map(tally_json).collect::<Vec<_>>(),
        "side_votes": decision.side_votes.iter().map(|side| json!({ "on": side.kind.word(), "vote": tally_json(&side.tally) })).collect::<Vec<_>>(),
        "unanimous": decision.unanimous(),
        "asks": decision.asks,
        "text_before": decision.text_before,
        "text_after": decision.text_after,
        "resolution": decision.resolution(),
        "falls": decision.falls.iter().map(|fall| json!({ "id": fall.id, "why": fall.why })).collect::<Vec<_>>(),
        "submitted_by": decision.submitted_by,
        "moved": decision.is_moved,
        "moved_by": decision.moved_by,
        "seconded_by": decision.seconded_by,
        "on": decision.on.map(|day| day.to_string()),
        "notes": decision.notes,
        "source": decision.source,
        "status": decision.status.word(),
    })
}

fn tally_json(tally: &Tally) -> Value {
    let cards = tally.cards.iter().map(|card| {
        json!({
            "branch": card.branch, "name": card.name, "weight": card.weight,
            "for": card.votes[0], "against": card.votes[1], "abstain": card.votes[2],
            "against_instruction": card.is_against_instruction,
        })
    });
    json!({
        "method": tally.method.word(),
        "for": tally.votes_for,
        "against": tally.against,
        "abstain": tally.abstain,
        "carried": tally.carried,
        "unanimous": tally.unanimous,
        "tie": tally.is_tie,
        "casting_vote": tally.casting.map(|is_for| if is_for { "for" } else { "against" }),
        "needed": tally.needed.words(),
        "minority": { "count": tally.minority(), "words": tally.minority_words },
        "demanded_by": tally.demanded.map(|(caller, count)| json!({ "who": caller.word(), "count": count })),
        "membership": tally.membership,
        "not_cast": tally.not_cast(),
        "cards": cards.collect::<Vec<_>>(),
        "roll": { "for": tally.roll[0], "against": tally.roll[1], "abstain": tally.roll[2] },
    })
}
