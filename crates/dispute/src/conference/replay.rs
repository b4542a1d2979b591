//! Replays the log: each event is checked against what went before, and each decision with its consequences is derived.
//!
//! An event that cannot have happened as it is written is a fault and changes nothing; the replay goes on, so that one
//! run shows every such event.

use std::collections::BTreeMap;

use dated::{Faults, Place};

use super::Conference;
use super::agenda::ItemKind;
use super::check::{CheckedAgenda, known_item};
use super::count::Tally;
use super::decision::{Decision, Fall, Outcome, SideVote, SideVoteKind};
use super::log::{Event, Happening, VoteRecord};
use super::rules::{AmendmentOrder, Majority};
use super::wording::{Edit, apply, find, has_lost_its_words};

/// The decisions that follow from the log, in the order in which they were made. Without a log there are none.
pub(crate) fn replay(conference: &Conference, agenda: &CheckedAgenda, faults: &Faults) -> Vec<Decision> {
    if conference.log.is_empty() {
        return Vec::new();
    }
    let at = conference.items.iter().enumerate().map(|(at, item)| (item.id.as_str(), at)).collect();
    let mut states: Vec<State> = vec![State::default(); conference.items.len()];
    for (number, state) in states.iter_mut().enumerate() {
        if let Some(reason) = &agenda.ruled_out[number] {
            state.outcome = Some(Outcome::RuledOut);
            state.why = Some(reason.clone());
        } else if let Some((is_withdrawn, words)) = &agenda.taken_back[number] {
            state.outcome = Some(if *is_withdrawn { Outcome::Withdrawn } else { Outcome::Remitted });
            state.why = Some(words.clone());
        } else if let Some(composite) = agenda.joined_in[number] {
            state.outcome = Some(Outcome::Composited);
            state.why = Some(format!("It went into {}.", conference.items[composite].name()));
        }
    }
    let mut replay = Replay { conference, agenda, faults, at, states, order: agenda.order.clone(), time_is_up: false, sequence: 0 };
    for number in 0..conference.items.len() {
        if let Some(outcome) = replay.states[number].outcome.filter(|outcome| *outcome != Outcome::Fell) {
            let went = match outcome {
                Outcome::RuledOut => "was ruled out",
                Outcome::Withdrawn => "was withdrawn",
                Outcome::Remitted => "was remitted",
                _ => "went into a composite",
            };
            replay.fall_with(number, &format!("{} {went}", conference.items[number].name()));
        }
    }
    let mut last_day = None;
    for (number, event) in conference.log.iter().enumerate() {
        if let Some(day) = event.on {
            if last_day.is_some_and(|last| day < last) {
                let what = format!("this is of {day}, after an event of a later day");
                faults.error("out-of-order", &event.place, what, "put the events in the order in which they happened");
            }
            last_day = Some(day);
        }
        replay.happen(event, &conference.log[number + 1..]);
    }
    replay.close()
}

/// What is known of an item so far.
#[derive(Clone, Debug, Default)]
struct State {
    moved_at: Option<Place>,
    moved_by: Option<String>,
    seconded: bool,
    seconded_by: Option<String>,
    outcome: Option<Outcome>,
    why: Option<String>,
    vote: Option<Tally>,
    earlier: Vec<Tally>,
    side_votes: Vec<SideVote>,
    texts: Option<(String, Option<String>)>,
    falls: Vec<Fall>,
    notes: Vec<String>,
    source: Vec<String>,
    on: Option<dated::Date>,
    sequence: usize,
    /// Something about it could not be judged; consequences would be noise.
    is_spoiled: bool,
}

struct Replay<'c> {
    conference: &'c Conference,
    agenda: &'c CheckedAgenda,
    faults: &'c Faults,
    at: BTreeMap<&'c str, usize>,
    states: Vec<State>,
    order: Vec<usize>,
    time_is_up: bool,
    sequence: usize,
}

impl<'c> Replay<'c> {
    fn happen(&mut self, event: &'c Event, rest: &'c [Event]) {
        match event.what {
            Happening::Guillotine => {
                self.time_is_up = true;
                return;
            }
            Happening::OrderChanged => {
                let named: Vec<usize> =
                    event.items.iter().filter_map(|name| known_item(self.conference, &self.at, name, self.faults)).collect();
                for (number, (_, place)) in named.iter().zip(&event.items).filter(|_| named.len() == event.items.len()) {
                    let name = self.conference.items[*number].name();
                    if !self.conference.items[*number].is_main() {
                        let what = format!("{name} is an amendment: it is taken with what it amends");
                        self.faults.error("not-a-motion", place, what, "name motions and composites only");
                    } else if let Some(outcome) = self.states[*number].outcome.filter(|_| !self.states[*number].is_spoiled) {
                        let what = format!("{name} has been decided: {}", outcome.words());
                        self.faults.error("already-decided", place, what, "the order of business is of what is left: leave it out");
                    }
                }
                let left = self.order.iter().copied().filter(|number| !named.contains(number));
                self.order = named.iter().copied().filter(|number| self.conference.items[*number].is_main()).chain(left).collect();
                return;
            }
            _ => {}
        }
        let Some(name) = event.items.first() else { return };
        let Some(item) = known_item(self.conference, &self.at, name, self.faults) else { return };
        if self.agenda.spoiled[item] {
            self.states[item].is_spoiled = true;
        }
        match &event.what {
            Happening::Moved => self.moved(item, event),
            Happening::Seconded => self.seconded(item, event),
            Happening::Vote(record) => self.vote(item, record, event, rest),
            Happening::ReferenceBack(record) => self.side_vote(item, SideVoteKind::ReferenceBack, record, event, rest),
            Happening::NextBusiness(record) => self.side_vote(item, SideVoteKind::NextBusiness, record, event, rest),
            Happening::Withdrawn { consent } => self.taken_back(item, Outcome::Withdrawn, *consent, event),
            Happening::Remitted { consent } => self.taken_back(item, Outcome::Remitted, *consent, event),
            Happening::Falls => self.falls(item, event),
            Happening::Admitted => self.admitted(item, event),
            Happening::OrderChanged | Happening::Guillotine => {}
        }
        let state = &mut self.states[item];
        state.notes.extend(event.note.clone());
        for id in &event.source {
            if !state.source.contains(id) {
                state.source.push(id.clone());
            }
        }
        state.on = event.on.or(state.on);
    }

    /// Reports a fault of an event, unless what it is about has faults of its own.
    fn refuse(&mut self, item: usize, code: &'static str, event: &Event, what: String, fix: impl Into<String>) {
        let above = self.agenda.parent[item];
        let is_noise = self.states[item].is_spoiled || above.is_some_and(|above| self.states[above].is_spoiled);
        if !is_noise {
            self.faults.error(code, &event.place, what, fix);
        }
        self.states[item].is_spoiled = true;
    }

    /// C17: whether anything can still happen to an item.
    fn is_open(&mut self, item: usize, event: &Event) -> bool {
        let name = self.conference.items[item].name();
        let why = self.states[item].why.clone().unwrap_or_default();
        let (code, what, fix) = match self.states[item].outcome {
            None if !self.agenda.is_admitted[item] => (
                "not-admitted",
                format!("the standing orders committee has not admitted {name}"),
                "add a [[committee]] entry with `decides = \"admit\"`, or remove the event",
            ),
            None => return true,
            Some(Outcome::RuledOut) => (
                "ruled-out",
                format!("{name} was ruled out: {why}"),
                "remove the event; or log a carried reference back of the ruling and `event = \"admitted\"` before it",
            ),
            Some(Outcome::Composited) => ("in-composite", format!("{name} is not taken by itself. {why}"), "name the composite instead"),
            Some(Outcome::Fell) => (
                "already-fallen",
                format!("{name} has fallen: {why}"),
                "remove the event: what has fallen is not moved, voted on or amended",
            ),
            Some(outcome) => (
                "already-decided",
                format!("{name} has been decided: {}", outcome.words()),
                "remove the event, or correct the one before it",
            ),
        };
        self.refuse(item, code, event, what, fix);
        false
    }

    fn moved(&mut self, item: usize, event: &Event) {
        if !self.is_open(item, event) {
            return;
        }
        let (items, name) = (&self.conference.items, self.conference.items[item].name());
        if let Some(first) = self.states[item].moved_at.clone() {
            let what = format!("{name} is moved a second time; the first is at {first}");
            return self.refuse(item, "out-of-order", event, what, "keep one of the two");
        }
        if let Some(above) = self.agenda.parent[item] {
            let above_name = items[above].name();
            if self.states[above].outcome.is_none() && self.states[above].moved_at.is_none() {
                let what = format!("{name} is moved before {above_name}, which it amends");
                return self.refuse(item, "out-of-order", event, what, format!("log that {above_name} is moved first"));
            }
        } else {
            if let Some(open) = self.open_main_beside(item) {
                let what = format!("{name} is moved while {} is before conference", items[open].name());
                let fix = "log first what became of that; or debate them together by a [[committee]] entry with `decides = \"group\"`";
                return self.refuse(item, "out-of-order", event, what, fix);
            }
            let earlier = self.order.iter().copied().take_while(|number| *number != item).find(|number| {
                self.states[*number].outcome.is_none() && self.states[*number].moved_at.is_none() && self.agenda.is_admitted[*number]
            });
            if let Some(earlier) = earlier.filter(|earlier| !self.in_one_group(*earlier, item)) {
                let what = format!("{name} is moved before {}, which comes first in the order of business", items[earlier].name());
                let fix = "log `event = \"order-of-business\"` with the new order, or what became of the item before it";
                self.refuse(item, "out-of-order", event, what, fix);
                // The order alone was wrong: what follows can be judged.
                self.states[item].is_spoiled = false;
            }
        }
        let state = &mut self.states[item];
        state.moved_at = Some(event.place.clone());
        state.moved_by.clone_from(&event.by);
    }

    fn open_main_beside(&self, item: usize) -> Option<usize> {
        let is_open = |number: &usize| self.states[*number].moved_at.is_some() && self.states[*number].outcome.is_none();
        self.order
            .iter()
            .copied()
            .find(|number| *number != item && is_open(number) && !self.in_one_group(*number, item) && !self.states[*number].is_spoiled)
    }

    fn in_one_group(&self, a: usize, b: usize) -> bool {
        self.agenda.groups.iter().any(|group| group.contains(&a) && group.contains(&b))
    }

    fn seconded(&mut self, item: usize, event: &Event) {
        if !self.is_open(item, event) {
            return;
        }
        let name = self.conference.items[item].name();
        if self.states[item].moved_at.is_none() {
            return self.refuse(
                item,
                "out-of-order",
                event,
                format!("{name} is seconded before it is moved"),
                "log that it is moved first",
            );
        }
        let state = &mut self.states[item];
        state.seconded = true;
        state.seconded_by.clone_from(&event.by);
    }

    /// Whether the next event is a more formal vote on the same question, so that this one decides nothing.
    fn is_replaced(event: &Event, record: &VoteRecord, rest: &[Event]) -> bool {
        rest.first().is_some_and(|next| {
            std::mem::discriminant(&next.what) == std::mem::discriminant(&event.what)
                && next.items.first().map(|(id, _)| id) == event.items.first().map(|(id, _)| id)
                && next.vote().is_some_and(|vote| vote.method.formality() > record.method.formality())
        })
    }

    fn count(&mut self, item: usize, record: &VoteRecord, needed: Majority) -> Option<Tally> {
        let id = self.conference.items[item].id.as_str();
        let instructed = self.conference.instructions.iter().filter(|instruction| instruction.item.0 == id);
        let instructed = instructed.map(|instruction| (instruction.branch.0.as_str(), instruction.is_for)).collect();
        let tally = self.conference.hall().count(record, needed, &instructed, self.faults);
        self.states[item].is_spoiled |= tally.is_none();
        tally
    }

    fn vote(&mut self, item: usize, record: &VoteRecord, event: &Event, rest: &[Event]) {
        if !self.is_open(item, event) || !self.may_be_put(item, event) {
            return;
        }
        let needed = if self.conference.items[item].kind == ItemKind::RuleChange {
            self.conference.rules.rule_change_majority
        } else {
            Majority::Simple
        };
        let Some(tally) = self.count(item, record, needed) else { return };
        if Self::is_replaced(event, record, rest) {
            self.states[item].earlier.push(tally);
            return;
        }
        let outcome = if tally.carried { Outcome::Carried } else { Outcome::Rejected };
        self.states[item].vote = Some(tally);
        self.decide(item, outcome, event);
    }

    /// C17: what must have happened before an item is voted on.
    fn may_be_put(&mut self, item: usize, event: &Event) -> bool {
        let conference = self.conference;
        let name = conference.items[item].name();
        let without_debate = self.time_is_up && self.agenda.guillotine.contains(&item);
        if self.states[item].moved_at.is_none() && !without_debate {
            let fix = if self.time_is_up {
                "only what the committee put on the guillotine list is voted on without being moved"
            } else {
                "log that it is moved first"
            };
            self.refuse(item, "out-of-order", event, format!("{name} is voted on before it is moved"), fix);
            return false;
        }
        if conference.rules.seconder_needed && !self.states[item].seconded && !without_debate {
            self.refuse(item, "not-seconded", event, format!("{name} is voted on without a seconder"), "log that it is seconded first");
            return false;
        }
        let waiting = self.amendments_to(item).into_iter().find(|number| self.is_waiting(*number));
        if let Some(amendment) = waiting {
            if !self.states[amendment].is_spoiled {
                let what = format!("{name} is voted on before {}, which was moved to it", conference.items[amendment].name());
                self.refuse(item, "amendment-first", event, what, "log the vote on the amendment first, or its withdrawal");
            }
            self.states[item].is_spoiled = true;
            return false;
        }
        let Some(above) = self.agenda.parent[item] else { return true };
        if self.states[above].moved_at.is_none() {
            let what = format!("{name} is voted on before {} is moved, which it amends", conference.items[above].name());
            self.refuse(item, "out-of-order", event, what, "log that it is moved first");
            return false;
        }
        let key = |number: usize| match conference.rules.amendment_order {
            AmendmentOrder::Any => 0,
            AmendmentOrder::AsPrinted => number,
            AmendmentOrder::AsInText => {
                self.agenda.changes[number].iter().map(|(_, _, edit)| edit.anchor.start).min().unwrap_or(usize::MAX)
            }
        };
        let earlier =
            self.amendments_to(above).into_iter().find(|other| *other != item && self.is_waiting(*other) && key(*other) < key(item));
        if let Some(earlier) = earlier {
            let what = format!("{name} is voted on before {}, which comes first", conference.items[earlier].name());
            let fix = "the standing orders fix the order of amendments: correct the log, or `amendment_order`";
            self.refuse(item, "amendment-order", event, what, fix);
            self.states[item].is_spoiled = false;
        }
        true
    }

    fn is_waiting(&self, item: usize) -> bool {
        self.states[item].moved_at.is_some() && self.states[item].outcome.is_none()
    }

    fn amendments_to(&self, item: usize) -> Vec<usize> {
        (0..self.states.len()).filter(|number| self.agenda.parent[*number] == Some(item)).collect()
    }

    fn decide(&mut self, item: usize, outcome: Outcome, event: &Event) {
        let before = self.text_that(item);
        self.sequence += 1;
        let state = &mut self.states[item];
        state.outcome = Some(outcome);
        state.sequence = self.sequence;
        state.on = event.on.or(state.on);
        let after = self.text_that(item);
        // Of a motion: as it came, and as it was put. Of an amendment: what it amends, before and after the vote.
        let is_main = self.conference.items[item].is_main();
        self.states[item].texts = Some(if is_main { (self.agenda.texts[item].clone(), Some(before)) } else { (before, Some(after)) });
        let has_no_words = !is_main && self.conference.items[item].changes.is_empty();
        if has_no_words && outcome == Outcome::Carried && !self.agenda.spoiled[item] {
            let what = format!("{} is carried, but its words are not on record", self.conference.items[item].name());
            self.refuse(
                item,
                "amendment-without-words",
                event,
                what,
                "add [[amendment.change]]: the final text cannot be known without it",
            );
        }
        self.consequences(item, outcome);
    }

    /// C19 to C22: what falls because of a decision.
    fn consequences(&mut self, item: usize, outcome: Outcome) {
        let conference = self.conference;
        let name = conference.items[item].name();
        for amendment in self.amendments_to(item) {
            if self.states[amendment].outcome.is_none() {
                let why = match outcome {
                    Outcome::Carried | Outcome::Rejected
                        if self.states[item].vote.is_some() && self.states[amendment].moved_at.is_none() =>
                    {
                        format!("{name} was voted on, and this amendment to it had not been moved")
                    }
                    other => format!("{name}, which it amends, was {}", other.words()),
                };
                self.fall(amendment, item, why);
            }
        }
        if outcome != Outcome::Carried {
            return;
        }
        if let Some(above) = self.agenda.parent[item] {
            let gone = self.carried_edits(above, Some(item));
            for other in self.amendments_to(above) {
                if other == item || self.states[other].outcome.is_some() {
                    continue;
                }
                let mine = &self.agenda.changes[other];
                let lost = mine.iter().find(|(_, at, edit)| {
                    gone.iter().any(|(place, gone)| place == at && has_lost_its_words(edit, std::slice::from_ref(gone)))
                });
                if let Some((change, _, _)) = lost {
                    let why = format!("{name} was carried and took out the words “{}”", change.anchor().unwrap_or_default());
                    self.fall(other, item, why);
                }
            }
        }
        for (other, contrary) in conference.items.iter().enumerate() {
            let is_contrary = contrary.falls_if_carried.iter().any(|(id, _)| *id == conference.items[item].id);
            if is_contrary && self.states[other].outcome.is_none() && other != item {
                self.fall(other, item, format!("{name} was carried, and the agenda says that this falls if it is"));
            }
        }
    }

    fn fall(&mut self, item: usize, cause: usize, why: String) {
        let before = self.text_that(item);
        let is_main = self.conference.items[item].is_main();
        self.sequence += 1;
        let sequence = self.sequence;
        let state = &mut self.states[item];
        state.outcome = Some(Outcome::Fell);
        state.texts = Some(if is_main { (self.agenda.texts[item].clone(), Some(before)) } else { (before.clone(), Some(before)) });
        state.sequence = sequence;
        state.why = Some(why.clone());
        let id = self.conference.items[item].id.clone();
        self.states[cause].falls.push(Fall { id, why });
        for amendment in self.amendments_to(item) {
            if self.states[amendment].outcome.is_none() {
                let why = format!("{}, which it amends, fell", self.conference.items[item].name());
                self.fall(amendment, item, why);
            }
        }
    }

    /// Amendments to something that is not before conference.
    fn fall_with(&mut self, item: usize, why: &str) {
        for amendment in self.amendments_to(item) {
            if self.states[amendment].outcome.is_none() {
                self.fall(amendment, item, why.to_owned());
            }
        }
    }

    fn side_vote(&mut self, item: usize, kind: SideVoteKind, record: &VoteRecord, event: &Event, rest: &[Event]) {
        let back_of_ruling = kind == SideVoteKind::ReferenceBack && self.states[item].outcome == Some(Outcome::RuledOut);
        if !back_of_ruling {
            if !self.is_open(item, event) {
                return;
            }
            if kind == SideVoteKind::NextBusiness && self.states[item].moved_at.is_none() {
                let what = format!("next business is moved on {} before it is moved", self.conference.items[item].name());
                return self.refuse(item, "out-of-order", event, what, "log that it is moved first");
            }
        }
        let Some(tally) = self.count(item, record, Majority::Simple) else { return };
        let decides = tally.carried && !Self::is_replaced(event, record, rest);
        self.states[item].side_votes.push(SideVote { kind, tally });
        if !decides {
            return;
        }
        let outcome = if kind == SideVoteKind::ReferenceBack { Outcome::ReferredBack } else { Outcome::NextBusiness };
        if back_of_ruling {
            self.states[item].why = Some("Conference referred the committee's ruling back.".to_owned());
        }
        self.decide(item, outcome, event);
    }

    /// C23: what has been moved belongs to conference; its mover takes it back with consent only.
    fn taken_back(&mut self, item: usize, outcome: Outcome, consent: bool, event: &Event) {
        if !self.is_open(item, event) {
            return;
        }
        let name = self.conference.items[item].name();
        let needs_consent = outcome == Outcome::Remitted || self.states[item].moved_at.is_some();
        if needs_consent && !consent {
            let (what, fix) = if outcome == Outcome::Remitted {
                (format!("{name} is remitted without its mover's consent"), "add `consent = true` if the mover agreed; else it is voted on")
            } else {
                (
                    format!("{name} is withdrawn after it was moved, without the consent of conference"),
                    "add `consent = true` if conference consented; else it is voted on",
                )
            };
            return self.refuse(item, "no-consent", event, what, fix);
        }
        self.decide(item, outcome, event);
    }

    /// C22: the chair's word that something falls must follow from what is logged.
    fn falls(&mut self, item: usize, event: &Event) {
        let contrary = self.conference.items[item].falls_if_carried.iter().filter_map(|(id, _)| self.at.get(id.as_str()).copied());
        let above = self.agenda.parent[item];
        let beside = above.map(|above| self.amendments_to(above)).unwrap_or_default();
        if contrary.chain(above).chain(beside).any(|cause| self.states[cause].is_spoiled) {
            // What would make it fall has faults of its own.
            self.states[item].is_spoiled = true;
        } else if self.states[item].outcome != Some(Outcome::Fell) {
            let what = format!("nothing in the log makes {} fall", self.conference.items[item].name());
            let fix = "add the decision that makes it fall, `falls_if_carried` on the agenda, or the vote on it";
            self.refuse(item, "fall-not-derived", event, what, fix);
        }
    }

    fn admitted(&mut self, item: usize, event: &Event) {
        let was_out = self.agenda.ruled_out[item].is_some() || !self.agenda.is_admitted[item];
        if self.states[item].outcome != Some(Outcome::ReferredBack) || !was_out {
            let what = format!("{} is admitted, but no ruling on it was referred back", self.conference.items[item].name());
            return self.refuse(item, "out-of-order", event, what, "log `event = \"reference-back\"` with its vote first");
        }
        let state = &mut self.states[item];
        state.outcome = None;
        state.why = None;
        state.texts = None;
    }

    /// C4: the text of a main item with all carried amendments; for an amendment, the text that it amends.
    fn text_that(&self, item: usize) -> String {
        let target = self.agenda.parent[item].unwrap_or(item);
        if self.agenda.parent[target].is_some() {
            return self.new_words(target).into_iter().flatten().collect::<Vec<_>>().join("\n");
        }
        let edits = self.carried_edits(target, None);
        apply(&self.agenda.texts[target], edits.iter().map(|(_, edit)| edit))
    }

    /// The carried changes of the text of `target` in the order of the agenda, or those of one carried amendment.
    fn carried_edits(&self, target: usize, only: Option<usize>) -> Vec<(usize, Edit)> {
        let carried = self.amendments_to(target).into_iter().filter(|number| match only {
            Some(only) => *number == only,
            None => self.states[*number].outcome == Some(Outcome::Carried),
        });
        carried
            .flat_map(|number| {
                let new = self.new_words(number);
                self.agenda.changes[number]
                    .iter()
                    .zip(new)
                    .filter_map(|((change, at, edit), new)| match new {
                        Some(new) if self.agenda.parent[target].is_none() => {
                            Some((*at, find(&self.agenda.texts[target], &change.with_new_words(&new)).ok()?))
                        }
                        _ => Some((*at, edit.clone())),
                    })
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// C18: the new words of each change of an amendment, with the carried amendments to it applied first.
    fn new_words(&self, amendment: usize) -> Vec<Option<String>> {
        let edits = self.carried_edits(amendment, None);
        let changes = self.conference.items[amendment].changes.iter().enumerate();
        changes
            .map(|(at, placed)| {
                let words = placed.change.new_words()?;
                Some(apply(words, edits.iter().filter(|(place, _)| *place == at).map(|(_, edit)| edit)))
            })
            .collect()
    }

    /// C24: at the end everything that was moved has been decided, or time ran out.
    fn close(mut self) -> Vec<Decision> {
        let conference = self.conference;
        for (number, item) in conference.items.iter().enumerate() {
            let Some(moved_at) = self.states[number].moved_at.clone().filter(|_| self.states[number].outcome.is_none()) else { continue };
            let above_is_open = self.agenda.parent[number].is_some_and(|above| self.states[above].outcome.is_none());
            if !self.time_is_up && !self.states[number].is_spoiled && !above_is_open {
                let what = format!("{} was moved, and the log does not say what became of it", item.name());
                self.faults.error(
                    "no-decision",
                    &moved_at,
                    what,
                    "log the vote, its withdrawal, or `event = \"guillotine\"` when time ran out",
                );
            }
        }
        for number in 0..conference.items.len() {
            if self.states[number].outcome.is_none() {
                let text = self.text_that(number);
                let was_moved = self.states[number].moved_at.is_some();
                let state = &mut self.states[number];
                state.outcome = Some(Outcome::NotReached);
                state.why = Some(if was_moved { "Time ran out before it was decided." } else { "It was not reached." }.to_owned());
                state.texts = Some((text.clone(), Some(text)));
                state.sequence = usize::MAX;
            }
        }
        let mut order: Vec<usize> = (0..conference.items.len()).collect();
        let undecided = |number: &usize| matches!(self.states[*number].outcome, Some(Outcome::RuledOut | Outcome::Composited));
        order.sort_by_key(|number| (undecided(number), self.states[*number].sequence, *number));
        order.into_iter().map(|number| self.decision(number)).collect()
    }

    fn decision(&self, number: usize) -> Decision {
        let conference = self.conference;
        let (item, state) = (&conference.items[number], self.states[number].clone());
        let (text_before, text_after) = state.texts.unwrap_or_else(|| {
            let text = self.text_that(number);
            (text.clone(), Some(text))
        });
        let was_moved = state.moved_at.is_some();
        let words_unknown = !item.is_main() && item.changes.is_empty();
        let asks = if words_unknown { vec![item.text.clone()] } else { item.changes.iter().map(|placed| placed.change.words()).collect() };
        let mut notes = state.notes;
        if let Some(reason) = &self.agenda.altered[number] {
            notes.insert(0, format!("The standing orders committee altered the words to make it admissible: {reason}"));
        }
        let source = if state.source.is_empty() { item.source.clone() } else { state.source };
        Decision {
            id: item.id.clone(),
            name: item.name(),
            title: item.title.clone().unwrap_or_else(|| capital(&item.name())),
            kind: item.kind.words(),
            amends: item.amends.as_ref().map(|(id, _)| id.clone()),
            outcome: state.outcome.unwrap_or(Outcome::NotReached),
            why: state.why,
            vote: state.vote,
            earlier_votes: state.earlier,
            side_votes: state.side_votes,
            text_before,
            text_after,
            asks,
            falls: state.falls,
            submitted_by: conference.mover_name(item).map(str::to_owned),
            moved_by: state.moved_by.or_else(|| state.moved_at.and_then(|_| conference.mover_name(item).map(str::to_owned))),
            is_moved: was_moved,
            seconded_by: state.seconded_by,
            on: state.on,
            notes,
            source: if source.is_empty() { conference.source.clone() } else { source },
            status: item.status.unwrap_or(conference.status),
        }
    }
}

/// With a capital letter at its start.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
