//! The ledger of positions: which party stood where on which offer, since when, and who stands where on a day.

use std::collections::BTreeMap;

use dated::{Cite, Date, Faults, Place, Sources, Status, Table};
use pay::When;

use super::Known;

/// Where a party stands.
#[derive(Clone, Debug)]
pub struct Position {
    /// The party.
    pub who: (String, Place),
    /// On which offer.
    pub about: Option<(String, Place)>,
    /// Since when.
    pub when: Option<When>,
    /// Its stance.
    pub stance: Stance,
    /// By whom inside the party it was taken.
    pub stage: Option<PositionStage>,
    /// What members are advised, where the stance does not say it already.
    pub recommendation: Option<Advice>,
    /// The poll of this folder in which members decided it.
    pub poll: Option<(String, Place)>,
    /// The result in words, where no poll of this folder holds it.
    pub result: Option<String>,
    /// In our words.
    pub text: String,
    /// Conditions it attaches.
    pub conditions: Vec<String>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// A stance. More than yes and no: a guarded welcome is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// Accepts.
    Accepts,
    /// Rejects.
    Rejects,
    /// Advises its members to accept.
    RecommendsAccept,
    /// Advises its members to reject.
    RecommendsReject,
    /// Puts it to its members without advice.
    NoRecommendation,
    /// Is asking its members.
    Consulting,
    /// Will ballot its members.
    WillBallot,
    /// Voted for industrial action.
    VotesForAction,
    /// Welcomes it, with conditions.
    WelcomesWithConditions,
    /// Made it or stands by it.
    Defends,
}

/// Which way a stance points when a council asks yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lean {
    /// For the offer.
    For,
    /// Against it.
    Against,
    /// Neither yet.
    Open,
}

impl Stance {
    const WORDS: [(&'static str, Self); 10] = [
        ("accepts", Self::Accepts),
        ("rejects", Self::Rejects),
        ("recommends-accept", Self::RecommendsAccept),
        ("recommends-reject", Self::RecommendsReject),
        ("no-recommendation", Self::NoRecommendation),
        ("consulting", Self::Consulting),
        ("will-ballot", Self::WillBallot),
        ("votes-for-action", Self::VotesForAction),
        ("welcomes-with-conditions", Self::WelcomesWithConditions),
        ("defends", Self::Defends),
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, stance)| *stance == self).map_or("accepts", |(word, _)| word)
    }

    /// The words for people.
    pub fn words(self) -> String {
        match self {
            Self::WelcomesWithConditions => "welcomes, with conditions".to_owned(),
            _ => self.word().replace('-', " "),
        }
    }

    /// Spec N3: which way it points.
    pub fn lean(self) -> Lean {
        match self {
            Self::Accepts | Self::RecommendsAccept | Self::Defends => Lean::For,
            Self::Rejects | Self::RecommendsReject | Self::WillBallot | Self::VotesForAction => Lean::Against,
            Self::NoRecommendation | Self::Consulting | Self::WelcomesWithConditions => Lean::Open,
        }
    }

    /// Spec N3: whether the party has decided. Advice to members and a ballot to come are not yet a decision.
    pub fn is_decided(self) -> bool {
        matches!(self, Self::Accepts | Self::Rejects | Self::VotesForAction | Self::Defends)
    }

    /// The advice to members that the stance itself gives.
    fn own_advice(self) -> Option<Advice> {
        match self {
            Self::RecommendsAccept => Some(Advice::Accept),
            Self::RecommendsReject => Some(Advice::Reject),
            Self::NoRecommendation => Some(Advice::None),
            _ => None,
        }
    }
}

/// By whom inside a party a position was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionStage {
    /// A spokesperson said so.
    Statement,
    /// The executive or committee decided.
    Executive,
    /// A conference of delegates decided.
    Conference,
    /// Members are or were asked in a consultation.
    Consultation,
    /// Members voted in a ballot.
    Ballot,
    /// A side of a council decided.
    Council,
}

impl PositionStage {
    const WORDS: [(&'static str, Self); 6] = [
        ("statement", Self::Statement),
        ("executive", Self::Executive),
        ("conference", Self::Conference),
        ("consultation", Self::Consultation),
        ("ballot", Self::Ballot),
        ("council", Self::Council),
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, stage)| *stage == self).map_or("statement", |(word, _)| word)
    }
}

/// What members are advised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Accept the offer.
    Accept,
    /// Reject it.
    Reject,
    /// Vote for industrial action.
    Action,
    /// No advice is given.
    None,
}

impl Advice {
    const WORDS: [(&'static str, Self); 4] =
        [("accept", Self::Accept), ("reject", Self::Reject), ("action", Self::Action), ("none", Self::None)];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, advice)| *advice == self).map_or("none", |(word, _)| word)
    }

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Action => "vote for action",
            Self::None => "no advice",
        }
    }
}

impl Position {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let who = table.text("who").map(|who| (who, table.place_of("who")));
        let about = table.optional_text("about").map(|about| (about, table.place_of("about")));
        let when = When::read(table);
        let stance = table.choice("stance", &Stance::WORDS);
        let stage = table.optional_choice("stage", &PositionStage::WORDS);
        let recommendation = table.optional_choice("recommendation", &Advice::WORDS);
        let poll = table.optional_text("poll").map(|poll| (poll, table.place_of("poll")));
        let result = table.optional_text("result");
        let text = table.text("text");
        let conditions = table.texts("conditions");
        let source = table.cite(sources);
        let status = table.status();
        if let (Some(own), Some(given)) = (stance.and_then(Stance::own_advice), recommendation)
            && own != given
        {
            table.fault(
                "advice-contradicts",
                "recommendation",
                format!("the stance advises “{}” and the recommendation says “{}”", own.words(), given.words()),
                "keep one of the two",
            );
        }
        if stance == Some(Stance::WelcomesWithConditions) && conditions.is_empty() && !table.has("conditions") {
            table.fault(
                "conditions-missing",
                "stance",
                "a welcome with conditions names no condition",
                "add `conditions = [\"…\"]`, or choose another stance",
            );
        }
        // An entry that lacks a part is kept, so that its names are checked in the same run; its fault is in the list.
        let (stance, text) = (stance.unwrap_or(Stance::Consulting), text.unwrap_or_default());
        let status = status.unwrap_or(Status::Estimated);
        let place = table.place();
        Some(Self { who: who?, about, when, stance, stage, recommendation, poll, result, text, conditions, source, status, place })
    }

    /// What members are advised, by the stance or beside it.
    pub fn advice(&self) -> Option<Advice> {
        self.recommendation.or(self.stance.own_advice())
    }

    fn offer(&self) -> Option<&str> {
        self.about.as_ref().map(|(id, _)| id.as_str())
    }

    fn latest_day(&self) -> Option<Date> {
        self.when.map(When::latest)
    }
}

/// Where one party stands on one offer, as of a day.
#[derive(Clone, Debug)]
pub struct Standing<'d> {
    /// The party.
    pub party: &'d str,
    /// Its latest position.
    pub current: &'d Position,
    /// Only the month is known and the day asked for lies in it: the position may have come later in that month.
    pub may_be_later: bool,
    /// The position before, where there is one.
    pub before: Option<&'d Position>,
    /// Which of the two came first is not known, since only the month of one is.
    pub order_not_known: bool,
    /// Positions without a date, which no day can be compared with. Where there is nothing else, the last of them is current.
    pub undated: Vec<&'d Position>,
}

/// Who stands where on one offer; `None` for what was said on no offer in particular.
#[derive(Clone, Debug)]
pub struct OfferBoard<'d> {
    /// The offer.
    pub offer: Option<&'d str>,
    /// The parties, in the order in which the ledger names them.
    pub standings: Vec<Standing<'d>>,
}

/// Spec N1: who stands where, per offer, on that day; without a day, at the end of the ledger.
pub fn board(positions: &[Position], on: Option<Date>) -> Vec<OfferBoard<'_>> {
    let mut order: Vec<(Option<&str>, Vec<&str>)> = Vec::new();
    let mut ledgers: BTreeMap<(Option<&str>, &str), Vec<&Position>> = BTreeMap::new();
    for position in positions {
        let (offer, party) = (position.offer(), position.who.0.as_str());
        match order.iter_mut().find(|(known, _)| *known == offer) {
            Some((_, parties)) if parties.contains(&party) => {}
            Some((_, parties)) => parties.push(party),
            None => order.push((offer, vec![party])),
        }
        ledgers.entry((offer, party)).or_default().push(position);
    }
    let boards = order.into_iter().map(|(offer, parties)| {
        let standings =
            parties.into_iter().filter_map(|party| standing(party, ledgers.get(&(offer, party)).map_or(&[], Vec::as_slice), on));
        OfferBoard { offer, standings: standings.collect() }
    });
    boards.filter(|board| !board.standings.is_empty()).collect()
}

fn standing<'d>(party: &'d str, ledger: &[&'d Position], on: Option<Date>) -> Option<Standing<'d>> {
    let (mut dated, undated): (Vec<&Position>, Vec<&Position>) = ledger.iter().partition(|position| position.when.is_some());
    dated.retain(|position| on.is_none_or(|on| position.when.is_some_and(|when| when.earliest() <= on)));
    // Stable: of two positions of one day the later in the files is the later.
    dated.sort_by_key(|position| (position.latest_day(), position.when.map(When::earliest)));
    let before = dated.len().checked_sub(2).and_then(|at| dated.get(at)).copied();
    let Some(current) = dated.last().copied() else {
        let current = undated.last().copied()?;
        return Some(Standing { party, current, may_be_later: false, before: None, order_not_known: false, undated });
    };
    let may_be_later = on.is_some_and(|on| current.latest_day().is_some_and(|latest| latest > on));
    let order_not_known = before.is_some_and(|before| match (before.when, current.when) {
        (Some(When::Day(_)), Some(When::Day(_))) | (None, _) | (_, None) => false,
        (Some(before), Some(current)) => current.earliest() <= before.latest(),
    });
    Some(Standing { party, current, may_be_later, before, order_not_known, undated })
}

/// Spec N2: all positions of a party, the undated first, the rest by date.
pub fn history<'d>(positions: &'d [Position], party: &str) -> Vec<&'d Position> {
    let mut of_party: Vec<&Position> = positions.iter().filter(|position| position.who.0 == party).collect();
    of_party.sort_by_key(|position| (position.latest_day(), position.when.map(When::earliest)));
    of_party
}

/// Names that must be known, and spec N4: no party says two contradicting things of one offer on one day.
pub(crate) fn check(positions: &[Position], known: &Known<'_>, faults: &Faults) {
    for position in positions {
        known.party(&position.who);
        position.about.iter().for_each(|about| known.offer(about));
        if let Some(poll) = &position.poll {
            known.poll(poll);
            if let Some((_, union)) = known.polls.iter().find(|(id, _)| *id == poll.0)
                && *union != position.who.0
            {
                faults.error(
                    "poll-of-another",
                    &poll.1,
                    format!("the poll “{}” is of {union}, the position of {}", poll.0, position.who.0),
                    "name a poll of the same party",
                );
            }
        }
    }
    let mut of_day: BTreeMap<(&str, Option<&str>, Date), Vec<&Position>> = BTreeMap::new();
    for later in positions {
        let Some(When::Day(day)) = later.when else { continue };
        let earlier = of_day.entry((later.who.0.as_str(), later.offer(), day)).or_default();
        if let Some(first) = earlier.iter().find(|earlier| contradicts(earlier, later)) {
            faults.error(
                "positions-contradict",
                &later.place,
                format!(
                    "on {day} “{}” both {} and {}; the other stands at {}",
                    later.who.0,
                    first.stance.words(),
                    later.stance.words(),
                    first.place
                ),
                "keep the one that held at the end of the day, or correct a date",
            );
        }
        earlier.push(later);
    }
}

fn contradicts(one: &Position, other: &Position) -> bool {
    let leans = (one.stance.lean(), other.stance.lean());
    let advices_differ = one.advice().zip(other.advice()).is_some_and(|(one, other)| one != other);
    matches!(leans, (Lean::For, Lean::Against) | (Lean::Against, Lean::For)) || advices_differ
}
