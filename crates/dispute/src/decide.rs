//! What was decided: motions of conference.

use dated::{Cite, Place, Sources, Status, Table};
use pay::When;

use crate::conference::{Conference, Decision, Outcome, Tally};

/// A motion or an amendment.
#[derive(Clone, Debug)]
pub struct Motion {
    /// Id in the dispute.
    pub id: String,
    /// At which conference.
    pub conference: String,
    /// When.
    pub when: Option<When>,
    /// By whom.
    pub moved_by: Option<String>,
    /// What it says, in our words.
    pub text: String,
    /// The motion it amends.
    pub amends: Option<(String, Place)>,
    /// What became of it.
    pub outcome: Outcome,
    /// How it was voted on.
    pub vote: Option<String>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// The outcomes that a file may give: what became of a motion at a conference of which no log is kept.
const OUTCOMES: [(&str, Outcome); 5] = [
    ("carried", Outcome::Carried),
    ("rejected", Outcome::Rejected),
    ("remitted", Outcome::Remitted),
    ("withdrawn", Outcome::Withdrawn),
    ("fell", Outcome::Fell),
];

/// How a vote went, in a few words.
fn vote_in_short(tally: &Tally) -> String {
    let counted = match (tally.votes_for, tally.against) {
        (Some(votes_for), Some(against)) => Some(format!("{} to {}", pay::grouped(votes_for), pay::grouped(against))),
        _ => None,
    };
    match (tally.unanimous, counted, &tally.minority_words) {
        (Some(true), _, _) => "unanimous".to_owned(),
        (_, Some(counted), _) => format!("{}, {counted}", tally.method.word().replace('-', " ")),
        (_, None, Some(words)) => words.clone(),
        (_, None, None) => tally.method.word().replace('-', " "),
    }
}

const VOTES: [(&str, &str); 6] = [
    ("unanimous", "unanimous"),
    ("majority", "majority"),
    ("large-minority-against", "a large minority against"),
    ("show-of-hands", "show of hands"),
    ("card-vote", "card vote"),
    ("not-recorded", "not recorded"),
];

impl Motion {
    /// What a conference decided, as it stands among the motions of the dispute.
    pub(crate) fn of_decision(conference: &Conference, decision: &Decision) -> Self {
        let item = conference.item(&decision.id);
        let text = match decision.amends {
            Some(_) => decision.asks.join(" "),
            None => decision.text_after.clone().unwrap_or_default(),
        };
        Self {
            id: decision.id.clone(),
            conference: conference.name(),
            when: decision.on.map(When::Day).or(conference.when),
            moved_by: decision.moved_by.clone().or_else(|| decision.submitted_by.clone()),
            text,
            amends: item.and_then(|item| item.amends.clone()),
            outcome: decision.outcome,
            vote: decision.vote.as_ref().map(vote_in_short),
            source: decision.source.clone(),
            status: decision.status,
            place: item.map_or_else(|| conference.place.clone(), |item| item.place.clone()),
        }
    }

    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = table.id("id");
        let conference = table.text("conference");
        let when = When::read(table);
        let moved_by = table.optional_text("moved_by");
        let text = table.text("text");
        let amends = table.optional_text("amends").map(|id| (id, table.place_of("amends")));
        let outcome = table.choice("outcome", &OUTCOMES);
        let vote = table.optional_choice("vote", &VOTES).map(str::to_owned);
        let source = table.cite(sources);
        let status = table.status();
        let place = table.place();
        Some(Self {
            id: id?,
            conference: conference?,
            when,
            moved_by,
            text: text?,
            amends,
            outcome: outcome?,
            vote,
            source,
            status: status?,
            place,
        })
    }
}
