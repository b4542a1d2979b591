//! Demands with their deadline, and what the board says of them on a day. Nothing opens by itself: when a deadline has
//! passed the board asks for a decision, and only a recorded decision of a named person ends that.

use dated::{Cite, Date, Faults, Place, Sources, Status, Table};
use pay::{When, days_between};

use super::Known;
use crate::polls::Poll;

/// What one party asks of another, and what follows if it is not met.
#[derive(Clone, Debug)]
pub struct Demand {
    /// Id in the dispute, where something else names it.
    pub id: Option<String>,
    /// Who asks.
    pub who: (String, Place),
    /// Of whom.
    pub to: (String, Place),
    /// When.
    pub when: Option<When>,
    /// On which offer.
    pub about: Option<(String, Place)>,
    /// What, in our words.
    pub text: String,
    /// By when.
    pub deadline: Option<Deadline>,
    /// Who is to say what day a vague deadline means.
    pub resolved_by: Option<String>,
    /// What a vague deadline was resolved to.
    pub resolution: Option<Resolution>,
    /// What came of it.
    pub answer: Option<DemandAnswer>,
    /// What follows otherwise.
    pub otherwise: Option<String>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// A deadline. A vague one stays vague until a named person resolves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// A day.
    On(Date),
    /// Words such as "within a reasonable period".
    Vague(String),
}

/// A vague deadline made a day by somebody who answers for it.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// The person.
    pub by: String,
    /// On which day.
    pub on: Date,
    /// To which day.
    pub deadline: Date,
    /// Why that day.
    pub reason: String,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// What came of a demand.
#[derive(Clone, Debug)]
pub struct DemandAnswer {
    /// When.
    pub when: Option<When>,
    /// What.
    pub outcome: DemandOutcome,
    /// In our words.
    pub text: String,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
}

/// What came of a demand, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemandOutcome {
    /// Met in full.
    Met,
    /// Settled otherwise.
    Settled,
    /// Given up.
    Withdrawn,
    /// Met in part: the rest stays open.
    PartlyMet,
    /// Refused: it stays open until its deadline and a decision.
    Refused,
}

impl DemandOutcome {
    const WORDS: [(&'static str, Self); 5] = [
        ("met", Self::Met),
        ("settled", Self::Settled),
        ("withdrawn", Self::Withdrawn),
        ("partly-met", Self::PartlyMet),
        ("refused", Self::Refused),
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, outcome)| *outcome == self).map_or("met", |(word, _)| word)
    }

    /// Whether nothing more is asked.
    pub fn closes(self) -> bool {
        matches!(self, Self::Met | Self::Settled | Self::Withdrawn)
    }
}

impl Demand {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = if table.has("id") { table.id("id") } else { None };
        let who = table.text("who").map(|who| (who, table.place_of("who")));
        let to = table.text("to").map(|to| (to, table.place_of("to")));
        let when = When::read(table);
        let about = table.optional_text("about").map(|about| (about, table.place_of("about")));
        let text = table.text("text");
        let day = table.optional_date("deadline");
        let words = table.optional_text("deadline_words");
        let resolved_by = table.optional_text("resolved_by");
        let resolution = table.optional_table("resolution", |part| Resolution::read(part, sources)).flatten();
        let answer = table.optional_table("answer", |part| DemandAnswer::read(part, sources)).flatten();
        let otherwise = table.optional_text("otherwise");
        let source = table.cite(sources);
        let status = table.status();
        if day.is_some() && words.is_some() {
            let fix = "keep the day; or keep the words and resolve them in [demand.resolution]";
            table.fault("two-deadlines", "deadline_words", "both a day and words are given as deadline", fix);
        }
        if let (Some(day), Some(made)) = (day, when)
            && day < made.earliest()
        {
            let what = format!("the deadline {day} lies before the demand of {}", made.words());
            table.fault("deadline-before-demand", "deadline", what, "correct one of the two dates");
        }
        if let Some(resolution) = &resolution {
            resolution.check(when, words.is_some(), resolved_by.as_deref(), table);
        }
        if let (Some(answer), Some(made)) = (&answer, when)
            && answer.when.is_some_and(|answered| answered.latest() < made.earliest())
        {
            let what = format!("the answer comes before the demand of {}", made.words());
            table.fault("answer-before-demand", "answer", what, "correct one of the two dates");
        }
        let (text, status) = (text.unwrap_or_default(), status.unwrap_or(Status::Estimated));
        let deadline = day.map(Deadline::On).or(words.map(Deadline::Vague));
        let place = table.place();
        Some(Self {
            id,
            who: who?,
            to: to?,
            when,
            about,
            text,
            deadline,
            resolved_by,
            resolution,
            answer,
            otherwise,
            source,
            status,
            place,
        })
    }

    pub(crate) fn check(&self, known: &Known<'_>) {
        known.party(&self.who);
        known.party(&self.to);
        self.about.iter().for_each(|about| known.offer(about));
    }

    /// Spec N10 to N14: where the demand is on that day.
    pub fn state_on<'d>(&'d self, decisions: &'d [Decision], on: Date) -> DemandState<'d> {
        if self.when.is_some_and(|when| when.earliest() > on) {
            return DemandState::NotYetMade;
        }
        if let Some(answer) = self.answer_on(on).filter(|answer| answer.outcome.closes()) {
            return DemandState::Closed(answer);
        }
        let latest = self.latest_decision(decisions, on);
        let deadline = match (latest.and_then(|decision| decision.until), &self.deadline) {
            (Some(until), _) => until,
            (None, None) => return latest.map_or(DemandState::NoDeadline, DemandState::Decided),
            (None, Some(Deadline::On(day))) => *day,
            (None, Some(Deadline::Vague(words))) => match &self.resolution {
                Some(resolution) if resolution.on <= on => resolution.deadline,
                _ => return latest.map_or(DemandState::Vague { words }, DemandState::Decided),
            },
        };
        match latest {
            Some(decision) if decision.until.is_none() => DemandState::Decided(decision),
            _ if on == deadline => DemandState::DueToday,
            _ if on < deadline => DemandState::DueIn { days: days_between(on, deadline), deadline },
            _ => DemandState::Passed { days: days_between(deadline, on), deadline },
        }
    }

    /// What had come of it by that day. An answer without a date, or in a month that is not over, counts from its first day.
    pub fn answer_on(&self, on: Date) -> Option<&DemandAnswer> {
        self.answer.as_ref().filter(|answer| answer.when.is_none_or(|when| when.earliest() <= on))
    }

    /// The last decision on it that was surely taken by that day.
    pub fn latest_decision<'d>(&self, decisions: &'d [Decision], on: Date) -> Option<&'d Decision> {
        let on_this =
            decisions.iter().filter(|decision| self.id.is_some() && decision.demand.as_ref().map(|(id, _)| id) == self.id.as_ref());
        let taken = on_this.filter(|decision| decision.when.is_some_and(|when| when.latest() <= on));
        taken.max_by_key(|decision| decision.when.map(When::latest))
    }
}

/// Where a demand is on a day.
#[derive(Clone, Copy, Debug)]
pub enum DemandState<'d> {
    /// It is made later.
    NotYetMade,
    /// Nothing more is asked.
    Closed(&'d DemandAnswer),
    /// Open, and no deadline was set.
    NoDeadline,
    /// Open, with a deadline in words that nobody has made a day: nothing can fall due.
    Vague {
        /// The words.
        words: &'d str,
    },
    /// Open.
    DueIn {
        /// Days left.
        days: i64,
        /// The last day.
        deadline: Date,
    },
    /// This is the last day.
    DueToday,
    /// The deadline has passed and somebody must decide.
    Passed {
        /// Days since.
        days: i64,
        /// The last day.
        deadline: Date,
    },
    /// Somebody has decided what follows.
    Decided(&'d Decision),
}

impl DemandState<'_> {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotYetMade => "not-yet-made",
            Self::Closed(_) => "closed",
            Self::NoDeadline => "open-no-deadline",
            Self::Vague { .. } => "open-deadline-vague",
            Self::DueIn { .. } => "open",
            Self::DueToday => "due-today",
            Self::Passed { .. } => "deadline-passed-decision-needed",
            Self::Decided(_) => "decided",
        }
    }
}

impl Resolution {
    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let (by, on) = (table.text("by"), table.date("on"));
        let (deadline, reason) = (table.date("deadline"), table.text("reason"));
        let (source, status) = (table.cite(sources), table.status());
        let status = status.unwrap_or(Status::Estimated);
        Some(Self { by: by?, on: on?, deadline: deadline?, reason: reason.unwrap_or_default(), source, status, place: table.place() })
    }

    fn check(&self, made: Option<When>, has_words: bool, resolved_by: Option<&str>, table: &Table<'_>) {
        if !has_words {
            let fix = "remove it, or give the deadline as deadline_words";
            table.fault("nothing-to-resolve", "resolution", "the deadline is not in words, so there is nothing to resolve", fix);
        }
        if let Some(made) = made.filter(|made| self.on < made.earliest()) {
            let what = format!("it is resolved on {}, before the demand of {}", self.on, made.words());
            table.fault("resolution-before-demand", "resolution", what, "correct one of the two dates");
        }
        if self.deadline < self.on {
            let what = format!("on {} it is resolved to {}, a day that has gone by", self.on, self.deadline);
            table.fault("deadline-before-resolution", "resolution", what, "correct one of the two dates");
        }
        if let Some(named) = resolved_by.filter(|named| *named != self.by) {
            let what = format!("{named} is to resolve the deadline, and {} has", self.by);
            table.fault("resolved-by-another", "resolution", what, "only the person named in resolved_by can resolve it");
        }
    }
}

impl DemandAnswer {
    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let when = When::read(table);
        let outcome = table.choice("outcome", &DemandOutcome::WORDS);
        let text = table.text("text");
        let (source, status) = (table.cite(sources), table.status());
        Some(Self { when, outcome: outcome?, text: text.unwrap_or_default(), source, status: status.unwrap_or(Status::Estimated) })
    }
}

/// What somebody decided after a result or a deadline.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The person or body that decided.
    pub by: String,
    /// For which party.
    pub who: (String, Place),
    /// When.
    pub when: Option<When>,
    /// What.
    pub kind: DecisionKind,
    /// After which demand.
    pub demand: Option<(String, Place)>,
    /// On the authority of which poll.
    pub poll: Option<(String, Place)>,
    /// With `more-time`: until when.
    pub until: Option<Date>,
    /// In our words.
    pub text: String,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionKind {
    /// Industrial action is called. Only a person named on the voting paper can.
    CallAction,
    /// A ballot is to be held.
    OpenBallot,
    /// The other side gets more time.
    MoreTime,
    /// The answer given is taken.
    Accept,
    /// Nothing follows.
    NoAction,
}

impl DecisionKind {
    const WORDS: [(&'static str, Self); 5] = [
        ("call-action", Self::CallAction),
        ("open-ballot", Self::OpenBallot),
        ("more-time", Self::MoreTime),
        ("accept", Self::Accept),
        ("no-action", Self::NoAction),
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("no-action", |(word, _)| word)
    }
}

impl Decision {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let by = table.text("by");
        let who = table.text("who").map(|who| (who, table.place_of("who")));
        let when = When::read(table);
        if when.is_none() && !table.has("on") && !table.has("month") {
            table.fault("missing-key", "on", "the decision has no date", "add `on = 2026-04-01`: a decision counts from its day");
        }
        let kind = table.choice("kind", &DecisionKind::WORDS);
        let demand = table.optional_text("demand").map(|id| (id, table.place_of("demand")));
        let poll = table.optional_text("poll").map(|id| (id, table.place_of("poll")));
        let until = table.optional_date("until");
        if kind.is_some() && (kind == Some(DecisionKind::MoreTime)) != until.is_some() {
            let (what, fix) = match until {
                Some(_) => ("only more time has an end", "remove `until`, or write `kind = \"more-time\"`"),
                None => ("more time is given, but not until when", "add `until = 2026-05-01`"),
            };
            table.fault("more-time-until", "kind", what, fix);
        }
        if let (Some(until), Some(when)) = (until, when)
            && until < when.earliest()
        {
            let what = format!("on {} more time is given until {until}, a day that has gone by", when.words());
            table.fault("until-before-decision", "until", what, "correct one of the two dates");
        }
        let text = table.text("text");
        let (source, status) = (table.cite(sources), table.status());
        let (kind, text) = (kind.unwrap_or(DecisionKind::NoAction), text.unwrap_or_default());
        let status = status.unwrap_or(Status::Estimated);
        Some(Self { by: by?, who: who?, when, kind, demand, poll, until, text, source, status, place: table.place() })
    }

    /// Spec N15: action is called only by a person whom the voting paper names. Where the folder does not say whom it names,
    /// the call stands as recorded and [`Decision::is_caller_known`] says so.
    pub(crate) fn check(&self, known: &Known<'_>, demands: &[&str], may_call: &[String], faults: &Faults) {
        known.party(&self.who);
        if let Some(demand) = &self.demand {
            known.one_of(demand, demands, "unknown-demand", "demand of this dispute");
        }
        self.poll.iter().for_each(|poll| known.poll(poll));
        if self.kind != DecisionKind::CallAction {
            return;
        }
        match &self.poll {
            None => {
                faults.error("call-without-poll", &self.place, "no poll is named that gives authority to call action", "add `poll = \"…\"`")
            }
            Some((id, _)) if known.has_poll(id) && !may_call.is_empty() && !may_call.contains(&self.by) => faults.error(
                "not-named-on-paper",
                &self.place,
                format!("{} calls action; the voting paper of “{id}” names {}", self.by, may_call.join(", ")),
                "only a person named on the voting paper can call action",
            ),
            Some(_) => {}
        }
    }

    /// For a call to action: whether the folder says whom the voting paper names, so that the call could be checked.
    pub fn is_caller_known(&self, polls: &[Poll]) -> bool {
        let poll = self.poll.as_ref().and_then(|(id, _)| polls.iter().find(|poll| poll.id == *id));
        self.kind != DecisionKind::CallAction || poll.is_some_and(|poll| !poll.may_call.is_empty())
    }
}
