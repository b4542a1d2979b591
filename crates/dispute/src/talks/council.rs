//! A joint council: what its vote comes to under its weights, what is missing to tell, and on whose vote it turns.

use std::collections::BTreeMap;

use dated::{Cite, Date, Faults, Place, Sources, Status, Table};

use super::Known;
use super::position::{Lean, Position, board};
use crate::people::{Party, Side};

/// A council in which several parties vote on an offer.
#[derive(Clone, Debug)]
pub struct Council {
    /// The council, a party of the dispute.
    pub party: (String, Place),
    /// How it decides; `None` where no source says.
    pub rule: Option<CouncilRule>,
    /// Who votes in it, and with what weight.
    pub seats: Vec<Seat>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// A member of a council.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The party.
    pub who: (String, Place),
    /// Its seats or weight; `None` where no source gives them.
    pub seats: Option<u64>,
    /// Where it stands.
    pub place: Place,
}

/// How a council decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CouncilRule {
    /// More than half of all seats.
    MajorityOfSeats,
    /// Each side votes as one, by more than half of its own seats; all sides must agree.
    EachSideAsAWhole,
}

impl CouncilRule {
    /// The words used in files and on the command line.
    pub const WORDS: [(&'static str, Self); 2] =
        [("majority-of-seats", Self::MajorityOfSeats), ("each-side-as-a-whole", Self::EachSideAsAWhole)];

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::MajorityOfSeats => "more than half of all seats",
            Self::EachSideAsAWhole => "each side as a whole, and every side must agree",
        }
    }
}

/// What a vote of the council comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CouncilAnswer {
    /// The offer is accepted, whatever is still open.
    Agreed,
    /// It is not, whatever is still open.
    NotAgreed,
    /// It depends on what is missing.
    CannotTell,
}

impl CouncilAnswer {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::NotAgreed => "not-agreed",
            Self::CannotTell => "cannot-tell",
        }
    }
}

/// One member's vote as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberVote {
    /// The party.
    pub party: String,
    /// Its side.
    pub side: Side,
    /// Its weight.
    pub seats: Option<u64>,
    /// How it votes: `Open` where it has not decided or has said nothing.
    pub lean: Lean,
    /// Whether that is its decision. What its officers advise may change when members vote.
    pub is_decided: bool,
}

/// A vote of a council on one offer.
#[derive(Clone, Debug)]
pub struct CouncilOutcome {
    /// The rule applied.
    pub rule: Option<CouncilRule>,
    /// Each member's vote.
    pub votes: Vec<MemberVote>,
    /// By what is decided. Advice and ballots to come count as open.
    pub by_decisions: CouncilAnswer,
    /// The same if members follow the advice they were given.
    pub if_advice_is_followed: CouncilAnswer,
    /// What must be known to tell.
    pub missing: Vec<Missing>,
    /// Members that could turn the outcome alone by voting the other way, all else as in `if_advice_is_followed`, open votes
    /// not counted as yes. Empty while rule or weights are not known.
    pub pivotal: Vec<String>,
    /// For each member: of all ways in which the others can vote, in how many its vote decides, and of how many. `None` while
    /// rule or weights are not known, or with more than [`MOST_COUNTED`] members.
    pub decides: Option<(BTreeMap<String, u64>, u64)>,
}

/// Something that must be known to tell what a vote comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// How the council decides.
    Rule,
    /// The seats of every member.
    AllSeats,
    /// The seats of this party.
    Seats(String),
    /// What this party decided.
    Decision(String),
}

impl Missing {
    /// The words for people; `name` gives the name of a party.
    pub fn words<'n>(&'n self, name: impl Fn(&'n str) -> &'n str) -> String {
        match self {
            Self::Rule => "how the council decides".to_owned(),
            Self::AllSeats => "the seats of every member".to_owned(),
            Self::Seats(party) => format!("the seats of {}", name(party)),
            Self::Decision(party) => format!("the decision of {}", name(party)),
        }
    }
}

/// With more members than this the ways to vote are not counted one by one.
pub const MOST_COUNTED: usize = 16;

impl Council {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let party = table.text("party").map(|party| (party, table.place_of("party")));
        let rule = table.optional_choice("rule", &CouncilRule::WORDS);
        let seats = table.list("seat", |seat, _| {
            let who = seat.text("who").map(|who| (who, seat.place_of("who")));
            let seats = seat.optional_count("seats");
            if seats == Some(0) {
                seat.fault("no-seats", "seats", "a member with no seat has no vote", "give its seats, or remove the entry");
            }
            Some(Seat { who: who?, seats, place: seat.place() })
        });
        if seats.is_empty() && !table.has("seat") {
            table.fault("missing-key", "seat", "the council has no members", "add a [[council.seat]] with who and seats for each");
        }
        let source = table.cite(sources);
        let status = table.status().unwrap_or(Status::Estimated);
        Some(Self { party: party?, rule, seats, source, status, place: table.place() })
    }

    pub(crate) fn check(&self, known: &Known<'_>, faults: &Faults) {
        known.party(&self.party);
        let has_some = self.seats.iter().any(|seat| seat.seats.is_some());
        for (at, seat) in self.seats.iter().enumerate() {
            known.party(&seat.who);
            // All weights or none: with some of them a total would look complete and not be.
            if has_some && seat.seats.is_none() {
                faults.error(
                    "seats-missing",
                    &seat.place,
                    format!("“{}” has no seats here, other members have", seat.who.0),
                    "add `seats = …`; if no source gives them, leave them out for all members",
                );
            }
            if self.seats[..at].iter().any(|earlier| earlier.who.0 == seat.who.0) {
                faults.error("named-twice", &seat.who.1, format!("“{}” stands twice in this council", seat.who.0), "name it once");
            }
        }
    }

    /// The council with another rule and other weights in place of its own, to see what would follow. The rule is a word of
    /// [`CouncilRule::WORDS`]; weights are `party=seats,…`, or `members`, as if seats followed membership.
    ///
    /// # Errors
    /// What is wrong with them, and what would be right.
    pub fn supposed(&self, rule: Option<&str>, weights: Option<&str>, parties: &[Party]) -> Result<Self, (String, String)> {
        let mut council = self.clone();
        if let Some(rule) = rule {
            let words: Vec<&str> = CouncilRule::WORDS.iter().map(|(word, _)| *word).collect();
            let found = CouncilRule::WORDS.iter().find(|(word, _)| *word == rule);
            let (_, rule) = found.ok_or_else(|| (format!("“{rule}” is no rule of a council"), format!("one of {}", words.join(", "))))?;
            council.rule = Some(*rule);
        }
        let Some(weights) = weights else { return Ok(council) };
        let mut given: BTreeMap<String, u64> = BTreeMap::new();
        if weights == "members" {
            given.extend(parties.iter().filter_map(|party| Some((party.id.clone(), party.members?))));
        } else {
            for part in weights.split(',') {
                let seats = part.split_once('=').and_then(|(party, seats)| Some((party.trim(), seats.trim().parse::<u64>().ok()?)));
                let Some((party, seats)) = seats.filter(|(_, seats)| *seats > 0) else {
                    return Err((format!("“{part}” is no weight"), "write party=seats with whole seats, as in unison=12,rcn=8".to_owned()));
                };
                if !council.seats.iter().any(|seat| seat.who.0 == party) {
                    let known: Vec<&str> = council.seats.iter().map(|seat| seat.who.0.as_str()).collect();
                    return Err((format!("“{party}” has no seat in the council"), format!("its members are {}", known.join(", "))));
                }
                if given.insert(party.to_owned(), seats).is_some() {
                    return Err((format!("“{party}” is given two weights"), "name each party once".to_owned()));
                }
            }
        }
        for seat in &mut council.seats {
            seat.seats = given.get(&seat.who.0).copied().or(if weights == "members" { None } else { seat.seats });
        }
        Ok(council)
    }

    /// Spec N5 to N8: what the council's vote on an offer comes to on that day.
    pub fn outcome(&self, positions: &[Position], parties: &[Party], offer: &str, on: Option<Date>) -> CouncilOutcome {
        let boards = board(positions, on);
        let standings = boards.iter().find(|board| board.offer == Some(offer)).map_or(&[][..], |board| &board.standings);
        let votes = self.seats.iter().map(|seat| {
            let stance = standings.iter().find(|standing| standing.party == seat.who.0).map(|standing| standing.current.stance);
            MemberVote {
                party: seat.who.0.clone(),
                side: parties.iter().find(|party| party.id == seat.who.0).map_or(Side::Other, |party| party.side),
                seats: seat.seats,
                lean: stance.map_or(Lean::Open, super::position::Stance::lean),
                is_decided: stance.is_some_and(super::position::Stance::is_decided),
            }
        });
        judge_votes(self.rule, votes.collect())
    }
}

/// Spec N5 to N8: what these votes come to.
pub fn judge_votes(rule: Option<CouncilRule>, votes: Vec<MemberVote>) -> CouncilOutcome {
    let decided = |vote: &MemberVote| if vote.is_decided { vote.lean } else { Lean::Open };
    let advised = |vote: &MemberVote| vote.lean;
    let by_decisions = answer(rule, &votes, decided);
    let if_advice_is_followed = answer(rule, &votes, advised);
    let mut missing = Vec::new();
    if by_decisions == CouncilAnswer::CannotTell {
        if rule.is_none() {
            missing.push(Missing::Rule);
        }
        if votes.len() > 1 && votes.iter().all(|vote| vote.seats.is_none()) {
            missing.push(Missing::AllSeats);
        } else {
            missing.extend(votes.iter().filter(|vote| vote.seats.is_none()).map(|vote| Missing::Seats(vote.party.clone())));
        }
        missing.extend(votes.iter().filter(|vote| decided(vote) == Lean::Open).map(|vote| Missing::Decision(vote.party.clone())));
    }
    let weights: Option<Vec<(Side, u128)>> = votes.iter().map(|vote| vote.seats.map(|seats| (vote.side, seats.into()))).collect();
    let (mut pivotal, mut decides) = (Vec::new(), None);
    if let (Some(rule), Some(weights)) = (rule, weights) {
        let yes: Vec<bool> = votes.iter().map(|vote| vote.lean == Lean::For).collect();
        let now = is_carried(rule, &weights, &yes);
        pivotal = (0..votes.len())
            .filter(|at| is_carried(rule, &weights, &with_turned(&yes, *at)) != now)
            .map(|at| votes[at].party.clone())
            .collect();
        if votes.len() <= MOST_COUNTED {
            decides = Some(count_decisive(rule, &weights, &votes));
        }
    }
    CouncilOutcome { rule, votes, by_decisions, if_advice_is_followed, missing, pivotal, decides }
}

fn with_turned(yes: &[bool], at: usize) -> Vec<bool> {
    yes.iter().enumerate().map(|(number, vote)| if number == at { !vote } else { *vote }).collect()
}

/// Whether the offer is accepted when those vote yes and nobody else does.
fn is_carried(rule: CouncilRule, weights: &[(Side, u128)], yes: &[bool]) -> bool {
    let mut sides: BTreeMap<Option<Side>, (u128, u128)> = BTreeMap::new();
    for ((side, weight), yes) in weights.iter().zip(yes) {
        let part = sides.entry((rule == CouncilRule::EachSideAsAWhole).then_some(*side)).or_default();
        part.0 += if *yes { *weight } else { 0 };
        part.1 += weight;
    }
    // Exactly half is not more than half.
    !sides.is_empty() && sides.values().all(|(yes, all)| yes * 2 > *all)
}

fn count_decisive(rule: CouncilRule, weights: &[(Side, u128)], votes: &[MemberVote]) -> (BTreeMap<String, u64>, u64) {
    let mut counts: BTreeMap<String, u64> = votes.iter().map(|vote| (vote.party.clone(), 0)).collect();
    for way in 0_u32..1 << votes.len() {
        let yes: Vec<bool> = (0..votes.len()).map(|at| way >> at & 1 == 1).collect();
        if !is_carried(rule, weights, &yes) {
            continue;
        }
        // Each way of the others is met twice, with and without this member; it is counted where the yes carries.
        for (at, vote) in votes.iter().enumerate().filter(|(at, _)| yes[*at]) {
            if !is_carried(rule, weights, &with_turned(&yes, at)) {
                *counts.entry(vote.party.clone()).or_default() += 1;
            }
        }
    }
    (counts, 1 << votes.len().saturating_sub(1))
}

/// The answer that holds whatever open votes and unknown weights turn out to be, else that it cannot be told.
fn answer(rule: Option<CouncilRule>, votes: &[MemberVote], lean: impl Fn(&MemberVote) -> Lean) -> CouncilAnswer {
    if votes.is_empty() {
        return CouncilAnswer::CannotTell;
    }
    let Some(rule) = rule else {
        // One voice decides alike under every rule.
        return match () {
            () if votes.iter().all(|vote| lean(vote) == Lean::For) => CouncilAnswer::Agreed,
            () if votes.iter().all(|vote| lean(vote) == Lean::Against) => CouncilAnswer::NotAgreed,
            () => CouncilAnswer::CannotTell,
        };
    };
    let mut sides: BTreeMap<Option<Side>, Vec<(Lean, Option<u64>)>> = BTreeMap::new();
    for vote in votes {
        let side = (rule == CouncilRule::EachSideAsAWhole).then_some(vote.side);
        sides.entry(side).or_default().push((lean(vote), vote.seats));
    }
    let answers: Vec<CouncilAnswer> = sides.values().map(|votes| answer_of_side(votes)).collect();
    if answers.contains(&CouncilAnswer::NotAgreed) {
        CouncilAnswer::NotAgreed
    } else if answers.iter().all(|answer| *answer == CouncilAnswer::Agreed) {
        CouncilAnswer::Agreed
    } else {
        CouncilAnswer::CannotTell
    }
}

fn answer_of_side(votes: &[(Lean, Option<u64>)]) -> CouncilAnswer {
    let sum = |wanted: &[Lean]| -> u128 {
        votes.iter().filter(|(lean, _)| wanted.contains(lean)).filter_map(|(_, seats)| *seats).map(u128::from).sum()
    };
    let has_unknown = |wanted: &[Lean]| votes.iter().any(|(lean, seats)| wanted.contains(lean) && seats.is_none());
    let has = |wanted: &[Lean]| votes.iter().any(|(lean, _)| wanted.contains(lean));
    let (yes, all) = (sum(&[Lean::For]), sum(&[Lean::For, Lean::Against, Lean::Open]));
    // A weight that is not known can only help its own side; the other side is sure only without one.
    let surely_agreed = !has_unknown(&[Lean::Against, Lean::Open]) && (yes * 2 > all || !has(&[Lean::Against, Lean::Open]));
    let at_most = sum(&[Lean::For, Lean::Open]);
    let surely_not = !has_unknown(&[Lean::For, Lean::Open]) && (at_most * 2 <= all || !has(&[Lean::For, Lean::Open]));
    match (surely_agreed, surely_not) {
        (true, _) => CouncilAnswer::Agreed,
        (_, true) => CouncilAnswer::NotAgreed,
        _ => CouncilAnswer::CannotTell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vote(party: &str, seats: Option<u64>, lean: Lean) -> MemberVote {
        MemberVote { party: party.into(), side: Side::Staff, seats, lean, is_decided: true }
    }

    fn majority(votes: &[MemberVote]) -> CouncilOutcome {
        judge_votes(Some(CouncilRule::MajorityOfSeats), votes.to_vec())
    }

    #[test]
    fn exactly_half_of_the_seats_is_not_enough() {
        let half = majority(&[vote("a", Some(5), Lean::For), vote("b", Some(5), Lean::Against)]);
        assert_eq!(half.by_decisions, CouncilAnswer::NotAgreed);
        assert_eq!(half.pivotal, ["b"], "only a second yes turns it");
        let more = majority(&[vote("a", Some(6), Lean::For), vote("b", Some(5), Lean::Against)]);
        assert_eq!(more.by_decisions, CouncilAnswer::Agreed);
    }

    #[test]
    fn a_weight_that_is_missing_is_named_and_not_guessed() {
        let split = majority(&[vote("a", None, Lean::For), vote("b", None, Lean::Against)]);
        assert_eq!((split.by_decisions, split.missing), (CouncilAnswer::CannotTell, vec![Missing::AllSeats]));
        assert!(split.pivotal.is_empty() && split.decides.is_none());
        let all = majority(&[vote("a", None, Lean::For), vote("b", None, Lean::For)]);
        assert_eq!(all.by_decisions, CouncilAnswer::Agreed, "whatever the weights are");
    }

    #[test]
    fn a_small_member_can_decide_and_a_large_one_never() {
        // Invented weights: any two of the three carry it, so the smallest decides as often as the largest.
        let three = majority(&[vote("a", Some(49), Lean::For), vote("b", Some(48), Lean::Against), vote("c", Some(3), Lean::For)]);
        let (counts, of) = three.decides.expect("counted");
        assert_eq!((counts.values().copied().collect::<Vec<_>>(), of), (vec![2, 2, 2], 4));
        assert_eq!(three.pivotal, ["a", "c"]);
        let alone = majority(&[vote("a", Some(51), Lean::For), vote("b", Some(48), Lean::Against), vote("c", Some(1), Lean::For)]);
        assert_eq!(alone.decides.expect("counted").0["b"], 0, "48 of 100 seats, and no say");
        assert_eq!(alone.pivotal, ["a"]);
    }

    #[test]
    fn each_side_as_a_whole_needs_every_side() {
        let mut votes = vec![vote("a", Some(3), Lean::For), vote("b", Some(2), Lean::Against), vote("m", Some(1), Lean::For)];
        votes[2].side = Side::Employer;
        let rule = Some(CouncilRule::EachSideAsAWhole);
        assert_eq!(judge_votes(rule, votes.clone()).by_decisions, CouncilAnswer::Agreed, "three of five, and the other side");
        votes[0].lean = Lean::Against;
        assert_eq!(judge_votes(rule, votes).by_decisions, CouncilAnswer::NotAgreed);
    }

    #[test]
    fn advice_is_not_yet_a_decision() {
        let mut votes = [vote("a", Some(3), Lean::For), vote("b", Some(2), Lean::Against)];
        votes[0].is_decided = false;
        let outcome = majority(&votes);
        assert_eq!((outcome.by_decisions, outcome.if_advice_is_followed), (CouncilAnswer::CannotTell, CouncilAnswer::Agreed));
        assert_eq!(outcome.missing, [Missing::Decision("a".into())]);
    }

    fn lean() -> impl Strategy<Value = Lean> {
        prop_oneof![Just(Lean::For), Just(Lean::Against), Just(Lean::Open)]
    }

    proptest! {
        /// A sure answer stays when what was missing becomes known, whatever it turns out to be.
        #[test]
        fn what_is_sure_stays_so(
            members in proptest::collection::vec((lean(), any::<bool>(), 1_u64..50, any::<bool>(), any::<bool>()), 1..8),
            by_side in any::<bool>(),
        ) {
            let rule = Some(if by_side { CouncilRule::EachSideAsAWhole } else { CouncilRule::MajorityOfSeats });
            let votes = |is_known: bool| members.iter().enumerate().map(|(at, (lean, weight_known, seats, turns_out, employer))| MemberVote {
                party: format!("m{at}"),
                side: if *employer { Side::Employer } else { Side::Staff },
                seats: (is_known || *weight_known).then_some(*seats),
                lean: match (is_known, lean) {
                    (true, Lean::Open) => if *turns_out { Lean::For } else { Lean::Against },
                    (_, lean) => *lean,
                },
                is_decided: true,
            }).collect::<Vec<_>>();
            let (before, after) = (judge_votes(rule, votes(false)), judge_votes(rule, votes(true)));
            prop_assert_ne!(after.by_decisions, CouncilAnswer::CannotTell);
            if before.by_decisions != CouncilAnswer::CannotTell {
                prop_assert_eq!(before.by_decisions, after.by_decisions);
            } else {
                prop_assert!(!before.missing.is_empty());
            }
        }
    }
}
