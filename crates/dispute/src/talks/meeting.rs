//! Meetings, and the list of agreed next steps that each side takes away from them.

use dated::{Cite, Date, Faults, Place, Sources, Status, Table};
use pay::{When, days_between};

use super::Known;
use crate::people::{Party, Side};

/// A meeting of both sides, or of the officers of one.
#[derive(Clone, Debug)]
pub struct Meeting {
    /// Which body met.
    pub body: String,
    /// When.
    pub when: Option<When>,
    /// Who was there.
    pub parties: Vec<(String, Place)>,
    /// Which offer was discussed.
    pub about: Option<(String, Place)>,
    /// What came of it.
    pub outcome: String,
    /// What stood in the way.
    pub sticking_points: Vec<String>,
    /// What was agreed to do next.
    pub next: Vec<NextStep>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// Something that was agreed to be done.
#[derive(Clone, Debug)]
pub struct NextStep {
    /// What.
    pub what: String,
    /// Who does it. It stands on the list of each.
    pub owners: Vec<(String, Place)>,
    /// By when.
    pub due_on: Option<Date>,
    /// When it was done.
    pub done_on: Option<Date>,
    /// Where it stands.
    pub place: Place,
}

impl Meeting {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let body = table.text("body");
        let when = When::read(table);
        let parties = table.name_list("parties");
        let about = table.optional_text("about").map(|about| (about, table.place_of("about")));
        let outcome = table.text("outcome");
        let sticking_points = table.texts("sticking_points");
        let agreed = table.optional_text("next_step");
        let mut next = table.list("next", |step, _| NextStep::read(step, when));
        if let Some(what) = agreed {
            // The short form: everybody who was there does it.
            next.insert(0, NextStep { what, owners: parties.clone(), due_on: None, done_on: None, place: table.place_of("next_step") });
        }
        let source = table.cite(sources);
        let status = table.status();
        let (status, place) = (status.unwrap_or(Status::Estimated), table.place());
        Some(Self { body: body?, when, parties, about, outcome: outcome.unwrap_or_default(), sticking_points, next, source, status, place })
    }

    pub(crate) fn check(&self, known: &Known<'_>, faults: &Faults) {
        self.parties.iter().for_each(|party| known.party(party));
        self.about.iter().for_each(|about| known.offer(about));
        for owner in self.next.iter().flat_map(|step| &step.owners) {
            known.party(owner);
            if !self.parties.is_empty() && known.has_party(&owner.0) && self.parties.iter().all(|(party, _)| *party != owner.0) {
                faults.error(
                    "owner-not-present",
                    &owner.1,
                    format!("“{}” was not at the meeting and cannot have agreed to do this", owner.0),
                    "add it to `parties`, or name an owner who was there",
                );
            }
        }
    }
}

impl NextStep {
    fn read(table: &Table<'_>, held: Option<When>) -> Option<Self> {
        let what = table.text("what");
        let owners = table.name_list("owners");
        if owners.is_empty() && !table.has("owners") {
            table.fault("missing-key", "owners", "the step has no owner", "add `owners = [\"…\"]`: what nobody owns is not done");
        }
        let due_on = table.optional_date("due_on");
        let done_on = table.optional_date("done_on");
        for (key, day) in [("due_on", due_on), ("done_on", done_on)] {
            if let (Some(day), Some(held)) = (day, held)
                && day < held.earliest()
            {
                let what = format!("{day} lies before the meeting of {}", held.words());
                table.fault("step-before-meeting", key, what, "correct one of the two dates");
            }
        }
        Some(Self { what: what?, owners, due_on, done_on, place: table.place() })
    }

    /// Spec N17: where the step is on that day.
    pub fn state_on(&self, on: Date) -> StepState {
        match (self.done_on, self.due_on) {
            (Some(done), _) if done <= on => StepState::Done(done),
            (_, None) => StepState::NoDate,
            (_, Some(due)) if due < on => StepState::Overdue { days: days_between(due, on) },
            (_, Some(due)) => StepState::Due { days: days_between(on, due) },
        }
    }
}

/// Where a step is on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Done.
    Done(Date),
    /// Due in so many days; on the day itself in none.
    Due {
        /// Days left.
        days: i64,
    },
    /// Overdue.
    Overdue {
        /// Days since.
        days: i64,
    },
    /// No day was agreed.
    NoDate,
}

impl StepState {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Due { .. } => "due",
            Self::Overdue { .. } => "overdue",
            Self::NoDate => "no-date-agreed",
        }
    }

    /// The words for people.
    pub fn words(self) -> String {
        let days = |days: i64| if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        match self {
            Self::Done(on) => format!("done on {}", dated::long_date(on)),
            Self::Due { days: 0 } => "due today".to_owned(),
            Self::Due { days: left } => format!("due in {}", days(left)),
            Self::Overdue { days: since } => format!("OVERDUE by {}", days(since)),
            Self::NoDate => "no day was agreed".to_owned(),
        }
    }
}

/// What one side has to do.
#[derive(Clone, Debug)]
pub struct SideList<'d> {
    /// The side.
    pub side: Side,
    /// Its steps, in the order of the meetings.
    pub steps: Vec<ListedStep<'d>>,
}

/// A step on a side's list.
#[derive(Clone, Debug)]
pub struct ListedStep<'d> {
    /// The meeting that agreed it.
    pub meeting: &'d Meeting,
    /// The step.
    pub step: &'d NextStep,
    /// Its owners on this side; empty where the record names none.
    pub owners: Vec<&'d str>,
    /// Where it is.
    pub state: StepState,
}

/// Spec N16, N17: each side's list on that day. A step that both sides own stands on both lists; a step without owners is on the
/// staff side's and the employer side's. Meetings after that day are left out; those without a date are not.
pub fn lists_of_sides<'d>(meetings: &'d [Meeting], parties: &'d [Party], on: Date) -> Vec<SideList<'d>> {
    let side_of = |id: &str| parties.iter().find(|party| party.id == id).map(|party| party.side);
    let held: Vec<&Meeting> = meetings.iter().filter(|meeting| meeting.when.is_none_or(|when| when.earliest() <= on)).collect();
    let sides = [Side::Staff, Side::Employer, Side::Government, Side::ReviewBody, Side::Joint, Side::Other];
    let lists = sides.into_iter().map(|side| {
        let mut steps = Vec::new();
        for (meeting, step) in held.iter().flat_map(|meeting| meeting.next.iter().map(move |step| (*meeting, step))) {
            let owners: Vec<&str> = step.owners.iter().map(|(id, _)| id.as_str()).filter(|id| side_of(id) == Some(side)).collect();
            let is_everybodys = step.owners.is_empty() && matches!(side, Side::Staff | Side::Employer);
            if is_everybodys || !owners.is_empty() {
                steps.push(ListedStep { meeting, step, owners, state: step.state_on(on) });
            }
        }
        SideList { side, steps }
    });
    lists.filter(|list| !list.steps.is_empty()).collect()
}
