//! What conference decided about one item, and what followed.

use dated::{Cite, Date, Status};

use super::count::Tally;

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Carried.
    Carried,
    /// Voted down, or tied.
    Rejected,
    /// Left to the executive with its mover's consent.
    Remitted,
    /// Withdrawn.
    Withdrawn,
    /// Fell in consequence of something else.
    Fell,
    /// Referred back by conference.
    ReferredBack,
    /// Conference went to next business.
    NextBusiness,
    /// Ruled out by the standing orders committee.
    RuledOut,
    /// Went into a composite.
    Composited,
    /// Time ran out before it was reached, or decided.
    NotReached,
}

impl Outcome {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Carried => "carried",
            Self::Rejected => "rejected",
            Self::Remitted => "remitted",
            Self::Withdrawn => "withdrawn",
            Self::Fell => "fell",
            Self::ReferredBack => "referred-back",
            Self::NextBusiness => "next-business",
            Self::RuledOut => "ruled-out",
            Self::Composited => "composited",
            Self::NotReached => "not-reached",
        }
    }

    /// The word for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::ReferredBack => "referred back",
            Self::NextBusiness => "not put: conference moved to next business",
            Self::RuledOut => "ruled out",
            Self::NotReached => "not reached",
            other => other.word(),
        }
    }
}

/// The decision on one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The item.
    pub id: String,
    /// `motion 12`, `composite A`, `amendment 12.1`.
    pub name: String,
    /// Its title, or its name where it has none.
    pub title: String,
    /// `motion`, `emergency motion`, `rule change`, `composite`, `amendment`.
    pub kind: &'static str,
    /// The item that an amendment is to.
    pub amends: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, where it was not voted on.
    pub why: Option<String>,
    /// The vote that decided it.
    pub vote: Option<Tally>,
    /// Votes on the same question that a more formal one replaced.
    pub earlier_votes: Vec<Tally>,
    /// Votes on reference back and next business.
    pub side_votes: Vec<SideVote>,
    /// C5: the text before: of a motion as it came to conference, of an amendment that of what it amends, before the vote.
    pub text_before: String,
    /// The text after: of a motion as it was put to the vote, of an amendment that of what it amends, after the vote.
    /// `None` where the words are not on record.
    pub text_after: Option<String>,
    /// What an amendment asks: its changes, or what is known of them.
    pub asks: Vec<String>,
    /// What fell because of this decision.
    pub falls: Vec<Fall>,
    /// Who put it on the agenda, in words.
    pub submitted_by: Option<String>,
    /// Whether it was moved at conference.
    pub is_moved: bool,
    /// Who moved it, in words; nobody when it was not moved.
    pub moved_by: Option<String>,
    /// Who seconded it.
    pub seconded_by: Option<String>,
    /// The day.
    pub on: Option<Date>,
    /// Anything minuted besides.
    pub notes: Vec<String>,
    /// Who reports it.
    pub source: Cite,
    /// How sure that is.
    pub status: Status,
}

impl Decision {
    /// C14: whether it was decided with one mind; `None` when it was not voted on or the record does not allow to say.
    pub fn unanimous(&self) -> Option<bool> {
        self.vote.as_ref().and_then(|vote| vote.unanimous)
    }

    /// The words conference adopted, if it did.
    pub fn resolution(&self) -> Option<&str> {
        if self.outcome == Outcome::Carried && self.amends.is_none() { self.text_after.as_deref() } else { None }
    }
}

/// An item that fell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fall {
    /// The item.
    pub id: String,
    /// Why.
    pub why: String,
}

/// A vote that is not on the item itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideVote {
    /// On what.
    pub kind: SideVoteKind,
    /// What it came to.
    pub tally: Tally,
}

/// The procedural questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SideVoteKind {
    /// That the item be referred back.
    ReferenceBack,
    /// That conference move to next business.
    NextBusiness,
}

impl SideVoteKind {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::ReferenceBack => "reference-back",
            Self::NextBusiness => "next-business",
        }
    }

    /// The word for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::ReferenceBack => "reference back",
            Self::NextBusiness => "next business",
        }
    }
}
