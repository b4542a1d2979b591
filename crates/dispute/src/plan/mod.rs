//! What is planned: mandates with their state on a day, the lawful days of every call, and what follows from them for
//! services, members' pay and the strike fund.
//!
//! A [`PlannedDay`] holds a [`LawfulDay`], which only the law can make, from a mandate and a notice. Calendar files and
//! pages are made from planned days, so nothing unlawful can be exported. Rules A1, A2, …: `docs/spec/action.md`.
//!
//! Not here: whether the reasons for a dispute are those of a trade dispute, and whether what stands in a notice is true.

mod cost;
mod export;
mod history;
mod judge;
mod mandates;
mod moved;
mod services;
mod state;
mod windows;

use dated::{Date, Fault, Faults, Status};
use law::{Agreements, LawfulDay, Mandate, Rule, Rulebook};

use crate::action::{ActionKind, Call, Hours, ShortType};
use crate::folder::Dispute;
use crate::polls::{Poll, Question, Unit};

pub use cost::{CostOfDays, DayRate, UnitCost};
pub use export::plan_ics;
pub use history::{ComparableStrikes, LargestClaim, LargestMeasure, LargestVerdict};
pub use moved::as_if_balloted;
pub use services::{ServiceDays, ServiceHit};
pub use state::{MandateEvent, MandateState};
pub use windows::CommonWindow;

/// What a plan is asked for.
#[derive(Clone, Debug)]
pub struct PlanFacts {
    /// The day on which it is asked: states are those of this day, and no notice can be received before it.
    pub on: Date,
    /// The first day that is shown.
    pub from: Date,
    /// The last day that is shown.
    pub until: Option<Date>,
    /// Agreements beside those of the folder, for every unit.
    pub agreements: Agreements,
    /// The day on which a notice of every call is said to have been received, beside those of the folder.
    pub notice_received_on: Option<Date>,
    /// The day on which employers are said to have been told the result.
    pub result_told_on: Option<Date>,
    /// Calls that somebody proposes, beside those of the folder; they are the first dispute's.
    pub proposed: Vec<Call>,
    /// Whether the calls of the folder are left out.
    pub only_proposed: bool,
}

impl PlanFacts {
    /// A plan as of a day, of everything in the folder from a day on.
    pub fn new(on: Date, from: Date) -> Self {
        Self {
            on,
            from,
            until: None,
            agreements: Agreements::default(),
            notice_received_on: None,
            result_told_on: None,
            proposed: Vec::new(),
            only_proposed: false,
        }
    }
}

/// The whole plan.
pub struct Plan<'d> {
    /// Every question on action in every unit of every statutory poll.
    pub mandates: Vec<UnitMandate<'d>>,
    /// The lawful days, in order.
    pub days: Vec<PlannedDay<'d>>,
    /// What was called or proposed and is not lawful, with every reason.
    pub refused: Vec<RefusedDays<'d>>,
    /// Days on which every union of the plan has a lawful day; empty with one union.
    pub common: Vec<CommonWindow>,
    /// Services hit.
    pub services: Vec<ServiceHit<'d>>,
    /// What members lose and the fund pays.
    pub costs: CostOfDays,
    /// Services that are in the folder, of units without a planned day.
    pub services_not_hit: Vec<&'d str>,
    /// What must be known besides.
    pub notes: Vec<String>,
}

/// One question on action in one unit.
pub struct UnitMandate<'d> {
    /// Which dispute it belongs to.
    pub dispute: &'d Dispute,
    /// The poll.
    pub poll: &'d Poll,
    /// The unit.
    pub unit: &'d Unit,
    /// The question.
    pub question: &'d Question,
    /// A strike, or action short of one.
    pub kind: ActionKind,
    /// What the tests of the result came to.
    pub support: Support<'d>,
    /// Where it stands on the day of asking; `None` without a mandate.
    pub state: Option<StateOn>,
    /// Days that a notice received on the day of asking would make lawful: the first and the last.
    pub window: Option<(LawfulDay, LawfulDay)>,
    /// The last day to receive a notice for the last of these days.
    pub last_notice_on: Option<Date>,
    /// Every day of the window.
    window_days: Vec<LawfulDay>,
}

/// Whether a unit's members supported that kind of action, by the law of the day.
pub enum Support<'d> {
    /// They did.
    Mandate(Mandate<'d>),
    /// They did not: the tests that were not met, with their comparison, and the rules.
    NoMandate(String, Vec<&'d Rule>),
    /// The figures do not decide it.
    CannotTell(String),
}

/// A state with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateOn {
    /// The state.
    pub state: MandateState,
    /// Since when, as far as known.
    pub since: Date,
    /// Why.
    pub why: String,
}

/// A day of action in one unit that is lawful as far as ballot, call, mandate and notice go. Made by [`plan`] and nowhere else.
pub struct PlannedDay<'d> {
    day: LawfulDay,
    mandate: usize,
    union: &'d str,
    dispute: &'d Dispute,
    unit: &'d Unit,
    call: PlannedCall,
    notice: NoticeBasis,
    notice_rule: &'d Rule,
}

/// What of a call stands in the plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlannedCall {
    /// The kind.
    pub kind: ActionKind,
    /// The types, if short of a strike.
    pub types: Vec<ShortType>,
    /// The hours; whole days without.
    pub hours: Option<Hours>,
    /// Whether it goes on without a break.
    pub continuous: bool,
    /// The condition it was made on.
    pub condition: Option<String>,
    /// Its text.
    pub text: String,
}

impl PlannedCall {
    /// `strike, 07:00 to 11:00`; `action short of a strike: overtime ban, work to rule`.
    pub fn words(&self) -> String {
        let mut words = self.kind.words().to_owned();
        if !self.types.is_empty() {
            words.push_str(&format!(": {}", self.types.iter().map(|kind| kind.words()).collect::<Vec<_>>().join(", ")));
        }
        if let Some(hours) = self.hours {
            words.push_str(&format!(", {}", hours.words()));
        }
        words
    }
}

/// On which notice a day rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeBasis {
    /// One of the folder.
    OnRecord {
        /// Received then.
        received_on: Date,
        /// How sure that is.
        status: Status,
    },
    /// One that the person who asks says was or will be received.
    Stated {
        /// Received then.
        received_on: Date,
    },
    /// None yet: the day is lawful if one is received by then.
    ToBeGiven {
        /// The last day.
        by: Date,
    },
}

impl NoticeBasis {
    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::OnRecord { received_on, status: Status::Published } => format!("notice received {}", law::weekday_date(received_on)),
            Self::OnRecord { received_on, status } => format!("notice received {} ({})", law::weekday_date(received_on), status.word()),
            Self::Stated { received_on } => format!("notice said to be received {}", law::weekday_date(received_on)),
            Self::ToBeGiven { by } => format!("only if every employer receives notice by {}", law::weekday_date(by)),
        }
    }
}

impl<'d> PlannedDay<'d> {
    /// The day.
    pub fn date(&self) -> Date {
        self.day.date()
    }

    /// Which of the plan's mandates covers it.
    pub fn mandate(&self) -> usize {
        self.mandate
    }

    /// The union, by name.
    pub fn union(&self) -> &'d str {
        self.union
    }

    /// Whose dispute.
    pub fn dispute(&self) -> &'d Dispute {
        self.dispute
    }

    /// The unit.
    pub fn unit(&self) -> &'d Unit {
        self.unit
    }

    /// What was called.
    pub fn call(&self) -> &PlannedCall {
        &self.call
    }

    /// On which notice it rests.
    pub fn notice(&self) -> NoticeBasis {
        self.notice
    }
}

/// Days that were called or proposed and are not lawful, for the same reasons.
pub struct RefusedDays<'d> {
    /// The first day; `None` if the call names no day.
    pub first: Option<Date>,
    /// The last day.
    pub last: Option<Date>,
    /// The union, by name.
    pub union: &'d str,
    /// The unit, by name.
    pub unit: &'d str,
    /// What was called.
    pub call: PlannedCall,
    /// Every reason.
    pub reasons: Vec<Reason<'d>>,
}

/// Why something is not lawful, or cannot be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason<'d> {
    /// A stable name.
    pub code: &'static str,
    /// What is wrong.
    pub what: String,
    /// The rules.
    pub rules: Vec<&'d Rule>,
    /// What would be right.
    pub fix: String,
}

/// Days with one and the same action, in every unit that takes it.
pub struct ActionDay<'p, 'd> {
    /// The day.
    pub date: Date,
    /// The union, by name.
    pub union: &'d str,
    /// What.
    pub call: &'p PlannedCall,
    /// On which notice.
    pub notice: NoticeBasis,
    /// In which units.
    pub units: Vec<&'d Unit>,
}

/// Up to this many units are named in a line.
const NAMED: usize = 6;

impl ActionDay<'_, '_> {
    /// The units by name, the first six of them.
    pub fn unit_names(&self) -> String {
        let names: Vec<&str> = self.units.iter().take(NAMED).map(|unit| unit.name.as_str()).collect();
        let more = self.units.len().saturating_sub(NAMED);
        if more == 0 { names.join("; ") } else { format!("{} and {more} more", names.join("; ")) }
    }
}

/// Days of continuous action in a row, as one.
pub struct Run<'p, 'd> {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// What is done on each.
    pub action: ActionDay<'p, 'd>,
}

/// `Thu 14 May 2026 to Fri 15 May 2026`, or the one day.
pub fn days_words(first: Option<Date>, last: Option<Date>) -> String {
    match (first, last) {
        (Some(first), Some(last)) if first != last => format!("{} to {}", law::weekday_date(first), law::weekday_date(last)),
        (Some(first), _) => law::weekday_date(first),
        _ => "no day named".to_owned(),
    }
}

impl<'d> Plan<'d> {
    /// The days with their units taken together, in order.
    pub fn action_days(&self) -> Vec<ActionDay<'_, 'd>> {
        let mut groups: Vec<ActionDay<'_, 'd>> = Vec::new();
        for day in &self.days {
            let same = |group: &&mut ActionDay<'_, 'd>| {
                group.date == day.date() && group.union == day.union && *group.call == day.call && group.notice == day.notice
            };
            match groups.iter_mut().rev().take_while(|group| group.date == day.date()).find(same) {
                Some(group) => group.units.push(day.unit),
                None => groups.push(ActionDay {
                    date: day.date(),
                    union: day.union,
                    call: &day.call,
                    notice: day.notice,
                    units: vec![day.unit],
                }),
            }
        }
        groups
    }

    /// The days with their units taken together, days of continuous action in a row as one.
    pub fn runs(&self) -> Vec<Run<'_, 'd>> {
        let mut runs: Vec<Run<'_, 'd>> = Vec::new();
        for action in self.action_days() {
            let same = runs.iter_mut().rev().find(|run| {
                action.call.continuous
                    && law::plus_days(run.last, 1) == action.date
                    && run.action.call == action.call
                    && run.action.union == action.union
                    && run.action.notice == action.notice
                    && run.action.units.len() == action.units.len()
                    && run.action.units.iter().zip(&action.units).all(|(a, b)| a.id == b.id)
            });
            match same {
                Some(run) => run.last = action.date,
                None => runs.push(Run { first: action.date, last: action.date, action }),
            }
        }
        runs
    }

    /// The rules that the plan rests on, each once.
    pub fn rules(&self) -> Vec<&'d Rule> {
        let mut rules: Vec<&'d Rule> =
            self.refused.iter().flat_map(|refused| &refused.reasons).flat_map(|reason| reason.rules.clone()).collect();
        rules.extend(self.days.iter().map(|day| day.notice_rule));
        for mandate in &self.mandates {
            match &mandate.support {
                Support::Mandate(mandate) => rules.push(mandate.rule()),
                Support::NoMandate(_, tests) => rules.extend(tests),
                Support::CannotTell(_) => {}
            }
        }
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        rules.dedup_by(|a, b| a.id == b.id);
        rules
    }
}

/// A1: makes the plan of one or several disputes, as of a day.
///
/// # Errors
/// The faults of agreements that the law of the day does not allow.
pub fn plan<'d>(disputes: &[&'d Dispute], book: &'d Rulebook, facts: &PlanFacts) -> Result<Plan<'d>, Vec<Fault>> {
    let faults = Faults::new();
    let mut notes = Vec::new();
    let mut found = mandates::mandates(disputes, book, facts, &mut notes, &faults);
    if faults.error_count() > 0 {
        return Err(faults.into_sorted());
    }
    let judged = judge::judge_calls(disputes, &found, book, facts, &mut notes);
    mandates::put_states(&mut found, &judged, facts, &mut notes);
    windows::put_windows(&mut found, book, facts);
    let in_sight = |day: Date| day >= facts.from && facts.until.is_none_or(|until| day <= until);
    let (mut days, refused) = judge::into_days(judged, &found, in_sight);
    days.sort_by(|a, b| (a.date(), a.union, &a.call, &a.notice, &a.unit.name).cmp(&(b.date(), b.union, &b.call, &b.notice, &b.unit.name)));
    let mandates: Vec<UnitMandate<'d>> = found.into_iter().map(|found| found.shown).collect();
    let common = windows::common(&mandates, &days, facts);
    let (services, services_not_hit) = services::services(disputes, &days, &mut notes);
    let costs = cost::cost(disputes, &days);
    notes.sort();
    notes.dedup();
    Ok(Plan { mandates, days, refused, common, services, costs, services_not_hit, notes })
}
