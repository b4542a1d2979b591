//! Counting: what a recorded vote comes to. Outcome and unanimity follow from the numbers and are never typed.

use std::collections::BTreeMap;

use dated::{Faults, Place, nearest_name};

use super::branches::{Branch, Delegate};
use super::log::{Card, Keying, Method, VoteRecord};
use super::rules::{Caller, Majority, StandingOrders};

/// What a vote came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// How it was taken.
    pub method: Method,
    /// Votes for, against, abstaining; `None` where the record has no number. Of a card vote: members.
    pub votes_for: Option<u64>,
    /// Votes against.
    pub against: Option<u64>,
    /// Abstentions.
    pub abstain: Option<u64>,
    /// Whether it was carried.
    pub carried: bool,
    /// C12: as many for as against.
    pub is_tie: bool,
    /// How the chair decided the tie.
    pub casting: Option<bool>,
    /// C14: whether all who voted were of one mind; `None` when the record does not allow to say.
    pub unanimous: Option<bool>,
    /// The majority that was needed.
    pub needed: Majority,
    /// A minority in the words of the record.
    pub minority_words: Option<String>,
    /// Who demanded a card vote, and how many delegates.
    pub demanded: Option<(Caller, Option<u64>)>,
    /// The cards, in the order of the branches.
    pub cards: Vec<CardCast>,
    /// Members of all branches at the record date, of a card vote.
    pub membership: Option<u64>,
    /// Delegates for, against and abstaining, of a roll call.
    pub roll: [Vec<String>; 3],
}

/// The card of one branch, checked against its weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardCast {
    /// The branch.
    pub branch: String,
    /// Its name.
    pub name: String,
    /// Its members at the record date.
    pub weight: u64,
    /// For, against, abstaining; they add up to the weight.
    pub votes: [u64; 3],
    /// Whether it went against what the branch had told its delegates.
    pub is_against_instruction: bool,
}

impl Tally {
    /// The smaller side, where both are known and it is not empty.
    pub fn minority(&self) -> Option<u64> {
        let (votes_for, against) = (self.votes_for?, self.against?);
        Some(votes_for.min(against)).filter(|count| *count > 0 && votes_for != against)
    }

    /// Members whose branch cast no card.
    pub fn not_cast(&self) -> Option<u64> {
        Some(self.membership?.saturating_sub(self.cards.iter().map(|card| card.weight).sum()))
    }
}

/// Who is in the hall.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hall<'c> {
    pub(crate) rules: &'c StandingOrders,
    pub(crate) branches: &'c [Branch],
    pub(crate) delegates: &'c [Delegate],
    pub(crate) present: Option<u64>,
    /// Names that are there but could not be read; nobody is told that they are not known.
    pub(crate) unread: &'c [String],
}

impl Hall<'_> {
    /// Counts a vote. `instructed` is what each branch told its delegates about this item.
    pub(crate) fn count(&self, record: &VoteRecord, needed: Majority, instructed: &BTreeMap<&str, bool>, faults: &Faults) -> Option<Tally> {
        let before = faults.error_count();
        let (mut cards, mut roll) = (Vec::new(), <[Vec<String>; 3]>::default());
        self.check_parts(record, faults);
        let derived = match record.method {
            Method::Card => {
                self.check_demand(record, faults);
                cards = self.cards(&record.cards, instructed, faults);
                Some([0, 1, 2].map(|way| cards.iter().fold(0_u64, |sum, card| sum.saturating_add(card.votes[way]))))
            }
            Method::RollCall => {
                roll = self.roll_call(record, faults);
                Some([0, 1, 2].map(|way| roll[way].len() as u64))
            }
            _ => None,
        };
        if faults.error_count() > before {
            return None;
        }
        let typed = [record.votes_for, record.against, record.abstain];
        if let Some(derived) = derived {
            for (way, (typed, derived)) in ["for", "against", "abstaining"].into_iter().zip(typed.into_iter().zip(derived)) {
                if let Some(typed) = typed.filter(|typed| *typed != derived) {
                    let what = format!("{typed} {way} are written here, but the entries add up to {derived}");
                    faults.error("total-differs", &record.place, what, "correct an entry, or leave the total out: it is added up here");
                }
            }
        }
        let [votes_for, against, abstain] = derived.map_or(typed, |derived| derived.map(Some));
        self.check_present(record, [votes_for, against, abstain], faults);
        let mut tally = Tally {
            method: record.method,
            votes_for,
            against,
            abstain,
            carried: false,
            is_tie: false,
            casting: None,
            unanimous: None,
            needed,
            minority_words: record.minority.clone(),
            demanded: record.demanded_by.map(|caller| (caller, record.demanded_by_delegates)),
            membership: (record.method == Method::Card).then(|| self.branches.iter().filter_map(|branch| branch.weight).sum()),
            cards,
            roll,
        };
        self.decide(&mut tally, record, faults)?;
        (faults.error_count() == before).then_some(tally)
    }

    /// C12, C13, C14: outcome, tie and unanimity.
    fn decide(&self, tally: &mut Tally, record: &VoteRecord, faults: &Faults) -> Option<()> {
        let error = |code, what: String, fix: &str| faults.error(code, &record.place, what, fix);
        match (tally.votes_for, tally.against) {
            (Some(votes_for), Some(against)) => {
                tally.is_tie = votes_for == against && tally.needed == Majority::Simple;
                tally.carried = tally.needed.is_reached(votes_for, against);
                if tally.is_tie && self.rules.casting_vote {
                    tally.casting = record.casting;
                    tally.carried = record.casting == Some(true);
                    if record.casting.is_none() {
                        let fix = "add `casting_vote = \"for\"` or \"against\"";
                        error("casting-vote-missing", format!("{votes_for} to {against} is a tie, which the chair decides"), fix);
                    }
                } else if record.casting.is_some() {
                    let what = if tally.is_tie {
                        "the standing orders give the chair no casting vote: what is tied falls".to_owned()
                    } else {
                        format!("{votes_for} to {against} is no tie, so there is no casting vote")
                    };
                    error(
                        "no-casting-vote",
                        what,
                        "remove `casting_vote`, or add `tie = \"chair-decides\"` to [standing_orders] if they say so",
                    );
                }
                if let Some(declared) = record.declared.filter(|declared| *declared != tally.carried) {
                    let (said, is) = (outcome_word(declared), outcome_word(tally.carried));
                    let what = format!("it was declared {said}, but {votes_for} to {against} is {is} ({} needed)", tally.needed.words());
                    error("declared-otherwise", what, "correct the numbers, or leave `declared` out: it follows from them");
                }
            }
            (votes_for, against) => {
                let Some(declared) = record.declared else {
                    let fix = "add `declared = \"carried\"` or \"rejected\", or the numbers for and against";
                    error("outcome-missing", "neither both numbers nor what the chair declared is recorded".into(), fix);
                    return None;
                };
                if (declared && votes_for == Some(0)) || (!declared && against == Some(0)) {
                    let what = format!("it was declared {} with nobody on that side", outcome_word(declared));
                    error("declared-otherwise", what, "correct the number, or what was declared");
                }
                if record.casting.is_some() {
                    error("no-casting-vote", "nothing was counted, so there is no tie".into(), "remove `casting_vote`");
                }
                tally.carried = declared;
            }
        }
        let (won, lost) = if tally.carried { (tally.votes_for, tally.against) } else { (tally.against, tally.votes_for) };
        tally.unanimous = match (lost, tally.abstain) {
            _ if tally.is_tie || tally.minority_words.is_some() || tally.abstain.is_some_and(|abstain| abstain > 0) => Some(false),
            (Some(0), _) => Some(won != Some(0)),
            (Some(_), _) => Some(false),
            (None, _) => None,
        };
        if let (Some(0), Some(words)) = (lost, &tally.minority_words) {
            let what = format!("the record speaks of “{words}”, and of nobody on that side");
            error("minority-of-nobody", what, "correct the number, or remove `minority`");
        }
        Some(())
    }

    /// Parts that belong to another kind of vote.
    fn check_parts(&self, record: &VoteRecord, faults: &Faults) {
        let method = record.method;
        let wrong = |what: &str, fix: &str| faults.error("not-of-this-vote", &record.place, format!("{} has {what}", method.words()), fix);
        if method != Method::Card && !record.cards.is_empty() {
            wrong("cards", "write `method = \"card\"`, or remove the cards");
        }
        if method != Method::Card && (record.demanded_by.is_some() || record.demanded_by_delegates.is_some()) {
            wrong("a demand for a card vote", "write `method = \"card\"`, or remove demanded_by");
        }
        if method != Method::RollCall && (record.first.is_some() || record.second.is_some()) {
            wrong("a roll", "write `method = \"roll-call\"`, or remove the roll");
        }
        if method == Method::Count && (record.votes_for.is_none() || record.against.is_none()) {
            wrong("no count", "add `for = …` and `against = …`");
        }
    }

    /// C10: a card vote is taken when those demand it who may.
    fn check_demand(&self, record: &VoteRecord, faults: &Faults) {
        let error = |code, what: String, fix: String| faults.error(code, &record.place, what, fix);
        let allowed: Vec<&str> = self.rules.card_vote_by.iter().map(|caller| caller.word()).collect();
        match record.demanded_by {
            _ if allowed.is_empty() => error(
                "no-card-votes",
                "the standing orders do not say who may demand a card vote, so there is none".into(),
                "add `card_vote_by = [\"delegates\"]` and `card_vote_delegates = 50` to [standing_orders] if they say so".into(),
            ),
            None => error(
                "demand-missing",
                "the log does not say who demanded the card vote".into(),
                format!("add `demanded_by = \"…\"`, one of {}", allowed.join(", ")),
            ),
            Some(caller) if !self.rules.card_vote_by.contains(&caller) => error(
                "demand-not-allowed",
                format!("the {} may not demand a card vote", caller.word()),
                format!("by the standing orders it is for {}", allowed.join(", ")),
            ),
            Some(Caller::Delegates) => {
                let needed = self.rules.card_vote_delegates.unwrap_or(0);
                match record.demanded_by_delegates {
                    None => error(
                        "demand-missing",
                        "the log does not say how many delegates demanded the card vote".into(),
                        format!("add `demanded_by_delegates = …`; it takes {needed}"),
                    ),
                    Some(count) if count < needed => error(
                        "too-few-demand",
                        format!("{count} delegates demanded a card vote; it takes {needed}"),
                        "correct the number, or record the vote before it: without the demand that one stands".into(),
                    ),
                    Some(_) => {}
                }
            }
            Some(_) => {}
        }
    }

    /// C11: each card against its branch's weight; the parts of a divided card add up to it.
    fn cards(&self, cards: &[Card], instructed: &BTreeMap<&str, bool>, faults: &Faults) -> Vec<CardCast> {
        let mut cast: BTreeMap<usize, CardCast> = BTreeMap::new();
        let mut first_of: BTreeMap<&str, &Place> = BTreeMap::new();
        for card in cards {
            let id = card.branch.0.as_str();
            let Some((at, branch)) = self.branches.iter().enumerate().find(|(_, branch)| branch.id == id) else {
                self.unknown_branch(&card.branch, faults);
                continue;
            };
            if let Some(first) = first_of.insert(id, &card.place) {
                let what = format!("the branch “{id}” casts a second card; the first is at {first}");
                faults.error("voted-twice", &card.place, what, "a branch has one card: keep the one that was handed in");
            }
            let Some(weight) = branch.weight else { continue };
            let votes = match card.whole {
                Some(way) => {
                    let mut votes = [0; 3];
                    votes[way] = weight;
                    votes
                }
                None => card.votes.map(Option::unwrap_or_default),
            };
            let sum = votes.iter().fold(0_u64, |sum, part| sum.saturating_add(*part));
            if sum > weight {
                let what = format!("{} casts {sum} votes; its members at the record date are {weight}", branch.name);
                faults.error("card-above-weight", &card.place, what, format!("{} too many: the parts add up to {weight}", sum - weight));
            } else if sum < weight {
                let what = format!("{} casts {sum} votes of its {weight}", branch.name);
                let fix = format!("the parts add up to {weight}: write the {} that are left as for, against or abstain", weight - sum);
                faults.error("card-not-whole", &card.place, what, fix);
            } else if votes.iter().filter(|part| **part > 0).count() > 1 && !self.rules.split_cards {
                let what = format!("{} divides its card, which the standing orders do not allow", branch.name);
                let fix = "cast it whole: `vote = \"for\"`; or add `split_cards = true` to [standing_orders] if they allow it";
                faults.error("split-card", &card.place, what, fix);
            }
            let told = instructed.get(id);
            let is_against_instruction = told.is_some_and(|is_for| votes[usize::from(*is_for)] > 0 || votes[2] > 0);
            let (branch, name) = (branch.id.clone(), branch.name.clone());
            cast.insert(at, CardCast { branch, name, weight, votes, is_against_instruction });
        }
        cast.into_values().collect()
    }

    pub(crate) fn unknown_branch(&self, name: &(String, Place), faults: &Faults) {
        if self.unread.contains(&name.0) {
            return;
        }
        let fix = match nearest_name(&name.0, self.branches.iter().map(|branch| branch.id.as_str())) {
            Some(near) => format!("did you mean “{near}”?"),
            None if self.branches.is_empty() => "add a [[branch]], or decide/branches.csv".to_owned(),
            None => "add it to the branches, with its members at the record date".to_owned(),
        };
        faults.error("unknown-branch", &name.1, format!("“{}” is no branch of this conference", name.0), fix);
    }

    /// C15: a roll call is keyed in twice, by two people, and both must agree on every delegate.
    fn roll_call(&self, record: &VoteRecord, faults: &Faults) -> [Vec<String>; 3] {
        let (Some(first), Some(second)) = (&record.first, &record.second) else {
            let what = "a roll call is keyed in twice, and one of the two is missing";
            faults.error(
                "second-keying-missing",
                &record.place,
                what,
                "add both `first` and `second`, each with keyed_by, for, against, abstain",
            );
            return <[Vec<String>; 3]>::default();
        };
        if first.keyed_by == second.keyed_by {
            let what = format!("both entries of the roll call were keyed in by {}", first.keyed_by);
            faults.error("one-person-twice", &second.place, what, "a second person keys it in from the paper");
        }
        let one = self.ways(first, faults);
        let other = self.ways(second, faults);
        let words = |way: Option<&(usize, Place)>| way.map_or("missing", |(way, _)| ["for", "against", "abstaining"][*way]);
        let all: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        for delegate in all {
            let (a, b) = (one.get(delegate), other.get(delegate));
            if a.map(|(way, _)| way) != b.map(|(way, _)| way) {
                let place = b.or(a).map_or(&record.place, |(_, place)| place);
                let what = format!(
                    "the delegate “{delegate}” is {} as {} keyed it in, and {} as {} did",
                    words(a),
                    first.keyed_by,
                    words(b),
                    second.keyed_by
                );
                faults.error("keyings-differ", place, what, "look at the paper and correct one of the two");
            }
        }
        [0, 1, 2].map(|way| one.iter().filter(|(_, (is, _))| *is == way).map(|(delegate, _)| delegate.clone()).collect())
    }

    fn ways(&self, keying: &Keying, faults: &Faults) -> BTreeMap<String, (usize, Place)> {
        let mut ways: BTreeMap<String, (usize, Place)> = BTreeMap::new();
        for (way, delegates) in keying.ways.iter().enumerate() {
            for (delegate, place) in delegates {
                if !self.delegates.iter().any(|known| known.id == *delegate) && !self.unread.contains(delegate) {
                    let fix = match nearest_name(delegate, self.delegates.iter().map(|known| known.id.as_str())) {
                        Some(near) => format!("did you mean “{near}”?"),
                        None => "add a [[delegate]] with this id, or a row to decide/delegates.csv".to_owned(),
                    };
                    faults.error("unknown-delegate", place, format!("“{delegate}” is no delegate of this conference"), fix);
                }
                if ways.insert(delegate.clone(), (way, place.clone())).is_some() {
                    let what = format!("the delegate “{delegate}” votes twice in what {} keyed in", keying.keyed_by);
                    faults.error("voted-twice", place, what, "a delegate has one vote: keep one entry");
                }
            }
        }
        ways
    }

    /// C16: no more votes than delegates in the hall. A card vote is counted in members, not in delegates.
    fn check_present(&self, record: &VoteRecord, votes: [Option<u64>; 3], faults: &Faults) {
        let Some(present) = self.present.filter(|_| record.method != Method::Card) else { return };
        let cast = votes.iter().flatten().fold(0_u64, |sum, part| sum.saturating_add(*part));
        if cast > present {
            let what = format!("{cast} votes were counted, and {present} delegates are present");
            faults.error("more-votes-than-delegates", &record.place, what, "count again, or correct `delegates_present`");
        }
    }
}

fn outcome_word(carried: bool) -> &'static str {
    if carried { "carried" } else { "rejected" }
}
