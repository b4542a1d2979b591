//! A delegate conference: agenda, standing orders, and a log of what happened, replayed to decisions.
//!
//! The log says what was moved and how people voted. What follows is derived: outcomes, unanimity, the text after the
//! amendments, what falls. Change one vote and the minute changes. Rules C1 to C37: `docs/spec/conference.md`.
//!
//! Not here: the poll of all members (`polls`), positions of the parties (`decide`).

mod agenda;
mod branches;
mod check;
mod count;
mod decision;
mod log;
mod marks;
mod measure;
mod names;
mod papers;
mod papers_text;
mod replay;
mod rules;
mod test_words;
mod vote_files;
mod wording;

use std::collections::BTreeMap;

use dated::{Cite, Faults, FileBytes, Place, Sources, Status, Table};
use pay::When;

pub use agenda::{Asks, BranchInstruction, CommitteeDecision, Item, ItemKind, Ruling, StartDay, StatedTest};
pub use branches::{Branch, BranchCount, Delegate};
pub use count::{CardCast, Tally};
pub use decision::{Decision, Fall, Outcome, SideVote, SideVoteKind};
pub use log::{Card, Event, Happening, Keying, Method, VoteRecord};
pub use marks::{Mark, changed_words};
pub use measure::{Figure, Standing, TestOutcome, TestResult, Verdict};
pub use papers::{Agenda, AgendaEntry, BookEntry, DecisionsBook, Minute, MinuteItem};
pub use rules::{AmendmentOrder, Caller, Majority, StandingOrders};
pub use test_words::{MotionTest, TestOrigin};
pub use wording::{InsertAt, PlacedChange, WordChange};

pub(crate) use vote_files::is_vote_file;

use check::CheckedAgenda;
use count::Hall;

/// A conference with its agenda, its log, and the decisions that follow from it.
#[derive(Clone, Debug)]
pub struct Conference {
    /// Id in the dispute.
    pub id: String,
    /// Which body met: `Unison health conference`.
    pub body: String,
    /// Where.
    pub town: Option<String>,
    /// When it began.
    pub when: Option<When>,
    /// Its standing orders.
    pub rules: StandingOrders,
    /// Counts of members by branch, as the file or `decide/branches.csv` has them.
    pub counts: Vec<BranchCount>,
    /// Its branches with their weights at the record date.
    pub branches: Vec<Branch>,
    /// Its delegates, where they are listed.
    pub delegates: Vec<Delegate>,
    /// How many delegates are present.
    pub present: Option<u64>,
    /// Motions, composites and amendments, in the order of the file.
    pub items: Vec<Item>,
    /// What the standing orders committee decided.
    pub committee: Vec<CommitteeDecision>,
    /// What branches told their delegates.
    pub instructions: Vec<BranchInstruction>,
    /// What happened.
    pub log: Vec<Event>,
    /// What follows from it, in the order in which it was decided; empty before the conference.
    pub decisions: Vec<Decision>,
    /// Who reports it.
    pub source: Cite,
    /// How sure that is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
    /// Names of items, branches and delegates that are there but could not be read.
    unread: Vec<String>,
    /// The agenda as it was checked.
    checked: CheckedAgenda,
}

impl Conference {
    /// Whether a file of `decide/` is a conference file.
    pub(crate) fn stands_in(root: &Table<'_>) -> bool {
        root.has("conference")
    }

    /// Reads a conference file. Nothing is replayed yet: the branches may stand in a file of their own.
    pub(crate) fn read(root: &Table<'_>, sources: &Sources) -> Option<Self> {
        let head = root.optional_table("conference", |head| {
            let id = head.id("id");
            let body = names::name(head, "body");
            let town = names::optional_name(head, "town");
            let when = When::read(head);
            let present = head.optional_count("delegates_present");
            let source = head.cite(sources);
            let status = head.status();
            Some((id?, body?, town, when, present, source, status?, head.place()))
        });
        let rules = root.optional_table("standing_orders", StandingOrders::read).unwrap_or_default();
        let mut unread: Vec<String> = Vec::new();
        let counts = root.list("branch", |entry, _| noted(BranchCount::read(entry, sources), entry, &mut unread));
        let delegates = root.list("delegate", |entry, _| noted(Delegate::read(entry), entry, &mut unread));
        let mut items = root.list("motion", |entry, _| noted(agenda::read_motion(entry, sources), entry, &mut unread));
        items.extend(root.list("composite", |entry, _| {
            let item = agenda::read_composite(entry, sources);
            if item.is_none() {
                unread.extend(entry.optional_text("letter").map(|letter| format!("composite-{}", letter.to_lowercase())));
            }
            item
        }));
        items.extend(root.list("amendment", |entry, _| noted(agenda::read_amendment(entry, sources), entry, &mut unread)));
        let committee = root.list("committee", |entry, _| CommitteeDecision::read(entry));
        let instructions = root.list("instruction", |entry, _| BranchInstruction::read(entry));
        let log_before = root.faults().error_count();
        let log = root.list("log", |entry, _| {
            let event = Event::read(entry, sources);
            if event.is_none() {
                // What is said of this item later cannot be judged without what happened to it here.
                unread.extend(entry.optional_text("item"));
            }
            event
        });
        let log_is_whole = root.faults().error_count() == log_before;
        let (id, body, town, when, present, source, status, place) = head.flatten()?;
        let mut conference = Self {
            id,
            body,
            town,
            when,
            rules,
            counts,
            branches: Vec::new(),
            delegates,
            present,
            items,
            committee,
            instructions,
            log,
            decisions: Vec::new(),
            source,
            status,
            place,
            unread,
            checked: CheckedAgenda::default(),
        };
        if !log_is_whole {
            // The faults of the log itself are told; a replay with holes would only add noise about the same lines.
            conference.unread.extend(conference.items.iter().map(|item| item.id.clone()));
        }
        Some(conference)
    }

    /// Takes branches and delegates from their own files where the conference file has none, checks the agenda and replays the log.
    pub(crate) fn hold(&mut self, tables: &BTreeMap<String, (String, FileBytes)>, sources: &Sources, faults: &Faults) {
        if self.counts.is_empty()
            && let Some((shown, bytes)) = tables.get("decide/branches.csv")
        {
            self.counts = BranchCount::read_csv(shown, bytes, sources, faults);
        }
        if self.delegates.is_empty()
            && let Some((shown, bytes)) = tables.get("decide/delegates.csv")
        {
            self.delegates = Delegate::read_csv(shown, bytes, faults);
        }
        self.branches = branches::branches_at(&self.counts, self.rules.record_date, faults);
        if self.present.is_none() && !self.delegates.is_empty() {
            self.present = Some(self.delegates.len() as u64);
        }
        if !vote_files::fill_in(&mut self.log, tables, faults) {
            // The faults of the files are told; a replay with holes would only add noise about the same votes.
            self.unread.extend(self.items.iter().map(|item| item.id.clone()));
        }
        check::alter_amendments(self, faults);
        self.checked = check::check_agenda(self, faults);
        self.decisions = replay::replay(self, &self.checked, faults);
    }

    pub(crate) fn hall(&self) -> Hall<'_> {
        Hall { rules: &self.rules, branches: &self.branches, delegates: &self.delegates, present: self.present, unread: &self.unread }
    }

    /// The files of `decide/` that its log takes votes from.
    pub(crate) fn vote_files_named(&self) -> impl Iterator<Item = &str> {
        let votes = self.log.iter().filter_map(Event::vote);
        votes
            .flat_map(|vote| {
                let keyings = [&vote.first, &vote.second].into_iter().flatten();
                keyings.filter_map(|keying| keying.file.as_ref()).chain(&vote.cards_file)
            })
            .map(|(name, _)| name.as_str())
    }

    /// The offers that its motions name.
    pub(crate) fn offers_named(&self) -> impl Iterator<Item = &(String, Place)> {
        let tests = self.items.iter().flat_map(|item| &item.tests);
        tests.filter_map(|test| if let Asks::PaidInFull(Some(of)) = &test.asks { Some(of) } else { None })
    }

    /// The item of that id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The decision on the item of that id.
    pub fn decision(&self, id: &str) -> Option<&Decision> {
        self.decisions.iter().find(|decision| decision.id == id)
    }

    /// `Unison health conference, Brighton`.
    pub fn name(&self) -> String {
        match &self.town {
            Some(town) => format!("{}, {town}", self.body),
            None => self.body.clone(),
        }
    }

    /// Who moves an item, in words.
    pub fn mover_name<'c>(&'c self, item: &'c Item) -> Option<&'c str> {
        let (mover, _) = item.mover.as_ref()?;
        let branch = self.branches.iter().find(|branch| item.mover_is_branch && branch.id == *mover);
        Some(branch.map_or(mover.as_str(), |branch| branch.name.as_str()))
    }
}

/// Notes the id of a part that could not be read.
fn noted<T>(part: Option<T>, table: &Table<'_>, unread: &mut Vec<String>) -> Option<T> {
    if part.is_none() {
        unread.extend(table.written("id"));
    }
    part
}
