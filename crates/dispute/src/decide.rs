//! What was decided: motions of conference.

use dated::{Cite, Place, Sources, Status, Table};
use pay::When;

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
    pub outcome: MotionOutcome,
    /// How it was voted on.
    pub vote: Option<String>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// What became of a motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MotionOutcome {
    /// Carried.
    Carried,
    /// Rejected.
    Rejected,
    /// Remitted to the executive.
    Remitted,
    /// Withdrawn.
    Withdrawn,
    /// Fell with another.
    Fell,
}

impl MotionOutcome {
    const WORDS: [(&'static str, Self); 5] = [
        ("carried", Self::Carried),
        ("rejected", Self::Rejected),
        ("remitted", Self::Remitted),
        ("withdrawn", Self::Withdrawn),
        ("fell", Self::Fell),
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, outcome)| *outcome == self).map_or("carried", |(word, _)| word)
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
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = table.id("id");
        let conference = table.text("conference");
        let when = When::read(table);
        let moved_by = table.optional_text("moved_by");
        let text = table.text("text");
        let amends = table.optional_text("amends").map(|id| (id, table.place_of("amends")));
        let outcome = table.choice("outcome", &MotionOutcome::WORDS);
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
