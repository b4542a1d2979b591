//! What is said across the table: positions and councils, demands and decisions, meetings and their next steps, sticking points
//! and items of a claim, agreements and guides. Rules N1 to N28: `docs/spec/talks.md`.
//!
//! Not here: motions and votes of conference (`decide`), results of polls (`polls`), calls to action (`action`).

mod agreement;
mod council;
mod demand;
mod guide;
mod machinery;
mod meeting;
mod position;
mod read_across;
mod sticking;

pub use agreement::{Agreement, Clause, Polarity, Ruling, Topic, Variation, rulings, same_employer};
pub use council::{Council, CouncilAnswer, CouncilOutcome, CouncilRule, MOST_COUNTED, MemberVote, Missing, Seat, judge_votes};
pub use demand::{Deadline, Decision, DecisionKind, Demand, DemandAnswer, DemandOutcome, DemandState, Resolution};
pub use guide::{Clash, ClashKind, Guide, GuideCheck, NotChecked, Statement, Voice, check_guides, find_clause};
pub use machinery::{GroupOffers, ReachingOffer, groups_by_machinery};
pub use meeting::{ListedStep, Meeting, NextStep, SideList, StepState, lists_of_sides};
pub use position::{Advice, Lean, OfferBoard, Position, PositionStage, Stance, Standing, board, history};
pub use read_across::{Fit, ReadAcross, ReadClause, ReadTo, read_across};
pub use sticking::{Answered, ClaimItem, ItemAnswer, ItemOutcome, StickingPoint, StickingTest, TestedPoint, test_sticking_points};

use dated::{Date, Faults, Place, Sources, Table};

use crate::folder::{Dispute, check_known, check_unique};

/// What is said across the table, besides positions, demands and meetings.
#[derive(Clone, Debug, Default)]
pub struct Talks {
    /// Joint councils with their weights.
    pub councils: Vec<Council>,
    /// Decisions of named persons.
    pub decisions: Vec<Decision>,
    /// Reasons why offers were turned down.
    pub sticking_points: Vec<StickingPoint>,
    /// Items of claims beyond the headline.
    pub claim_items: Vec<ClaimItem>,
    /// Agreements.
    pub agreements: Vec<Agreement>,
    /// Guides.
    pub guides: Vec<Guide>,
}

impl Talks {
    /// The lists of a file under `decide/`.
    pub(crate) fn read_lists(&mut self, root: &Table<'_>, sources: &Sources) {
        self.councils.extend(root.list("council", |entry, _| Council::read(entry, sources)));
        self.decisions.extend(root.list("decision", |entry, _| Decision::read(entry, sources)));
        self.sticking_points.extend(root.list("sticking_point", |entry, _| StickingPoint::read(entry, sources)));
        self.claim_items.extend(root.list("claim_item", |entry, _| ClaimItem::read(entry, sources)));
    }

    /// A file under `agreements/`. The name of one that could not be read goes to `unread`.
    pub(crate) fn read_agreement(&mut self, root: &Table<'_>, sources: &Sources, unread: &mut Vec<String>) {
        match Agreement::read(root, sources) {
            Some(agreement) => self.agreements.push(agreement),
            None => unread.extend(root.optional_text("id")),
        }
    }

    /// A file under `guides/`.
    pub(crate) fn read_guide(&mut self, root: &Table<'_>, sources: &Sources) {
        self.guides.extend(Guide::read(root, sources));
    }

    /// The question of a topic.
    pub fn topic(&self, id: &str) -> Option<&Topic> {
        self.topics().find(|topic| topic.id == id)
    }

    /// All topics.
    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.agreements.iter().flat_map(|agreement| &agreement.topics)
    }
}

/// Whether names and dates fit together. `unread` are names of parts that are there but could not be read.
pub(crate) fn check(dispute: &Dispute, unread: &[&str], faults: &Faults) {
    let with_unread = |ids: Vec<&'_ str>| -> Vec<String> { ids.into_iter().chain(unread.iter().copied()).map(str::to_owned).collect() };
    let parties = with_unread(dispute.parties.iter().map(|party| party.id.as_str()).collect());
    let offers = with_unread(dispute.offers.iter().map(|offer| offer.id.as_str()).collect());
    let groups = with_unread(dispute.groups.iter().map(|group| group.id.as_str()).collect());
    let nations = with_unread(dispute.nations.iter().map(|nation| nation.name.as_str()).collect());
    let polls = dispute.polls.iter().map(|poll| (poll.id.as_str(), poll.union.0.as_str())).collect();
    let known = Known { parties: &parties, offers: &offers, groups: &groups, nations: &nations, polls, unread, faults };
    let talks = &dispute.talks;
    position::check(&dispute.positions, &known, faults);
    dispute.demands.iter().for_each(|demand| demand.check(&known));
    dispute.meetings.iter().for_each(|meeting| meeting.check(&known, faults));
    talks.councils.iter().for_each(|council| council.check(&known, faults));
    let demands: Vec<&str> = dispute.demands.iter().filter_map(|demand| demand.id.as_deref()).collect();
    check_unique("demand", dispute.demands.iter().filter_map(|demand| Some((demand.id.as_deref()?, &demand.place))), faults);
    for decision in &talks.decisions {
        let poll = decision.poll.as_ref().and_then(|(id, _)| dispute.polls.iter().find(|poll| poll.id == *id));
        decision.check(&known, &demands, poll.map_or(&[], |poll| &poll.may_call), faults);
    }
    check_unique("sticking point", talks.sticking_points.iter().map(|point| (point.id.as_str(), &point.place)), faults);
    talks.sticking_points.iter().for_each(|point| point.check(&known));
    check_unique("item", talks.claim_items.iter().map(|item| (item.id.as_str(), &item.place)), faults);
    talks.claim_items.iter().for_each(|item| item.check(&known, faults));
    let topics: Vec<&str> = talks.topics().map(|topic| topic.id.as_str()).collect();
    check_unique("topic", talks.topics().map(|topic| (topic.id.as_str(), &topic.place)), faults);
    check_unique("agreement", talks.agreements.iter().map(|agreement| (agreement.id.as_str(), &agreement.place)), faults);
    talks.agreements.iter().for_each(|agreement| agreement.check(&known, &topics, faults));
    check_unique("guide", talks.guides.iter().map(|guide| (guide.id.as_str(), &guide.place)), faults);
    talks.guides.iter().for_each(|guide| guide.check(&known, &talks.agreements, &topics, unread, faults));
}

/// The names that a dispute knows.
pub(crate) struct Known<'k> {
    parties: &'k [String],
    offers: &'k [String],
    groups: &'k [String],
    nations: &'k [String],
    /// Each poll with its union.
    polls: Vec<(&'k str, &'k str)>,
    unread: &'k [&'k str],
    faults: &'k Faults,
}

impl Known<'_> {
    fn name(&self, name: &(String, Place), known: &[String], code: &'static str, what: &str) {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        check_known(name, &known, code, what, self.faults);
    }

    pub(crate) fn party(&self, name: &(String, Place)) {
        self.name(name, self.parties, "unknown-party", "party");
    }

    pub(crate) fn has_party(&self, name: &str) -> bool {
        self.parties.iter().any(|party| party == name)
    }

    pub(crate) fn offer(&self, name: &(String, Place)) {
        self.name(name, self.offers, "unknown-offer", "offer");
    }

    pub(crate) fn group(&self, name: &(String, Place)) {
        self.name(name, self.groups, "unknown-group", "group of this dispute");
    }

    pub(crate) fn nation(&self, name: &(String, Place)) {
        self.name(name, self.nations, "unknown-nation", "nation of this dispute");
    }

    pub(crate) fn poll(&self, name: &(String, Place)) {
        let known: Vec<&str> = self.polls.iter().map(|(id, _)| *id).collect();
        self.one_of(name, &known, "unknown-poll", "poll of this dispute");
    }

    pub(crate) fn has_poll(&self, name: &str) -> bool {
        self.polls.iter().any(|(id, _)| *id == name)
    }

    pub(crate) fn one_of(&self, name: &(String, Place), known: &[&str], code: &'static str, what: &str) {
        if !self.unread.contains(&name.0.as_str()) {
            check_known(name, known, code, what, self.faults);
        }
    }
}

/// A period must have a day in it.
pub(crate) fn check_period(from: Option<Date>, until: Option<Date>, table: &Table<'_>) {
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        let what = format!("it ends on {until}, before it has held from {from} for a day");
        table.fault("ends-before-beginning", "until", what, "`until` is the first day on which it no longer holds");
    }
}
