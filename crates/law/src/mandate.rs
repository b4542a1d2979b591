//! Mandates and lawful days (rules L30 to L39): how long a ballot supports action, the notice before it, and which days are lawful.
//!
//! A [`Mandate`] is made only by `judge_result`, an [`ActionNotice`] only by [`judge_notice`], a [`LawfulDay`] only by
//! [`judge_action`] from both. So nothing can print a lawful day that was not judged.

use dated::{Date, NotCovered};

use crate::calendar::{Length, plus_days, weekday_date};
use crate::result::PollFacts;
use crate::rules::{Key, Rule, Rulebook, Term, TermKind, Value};

/// What the union and the employer agreed. An agreement only counts where the law of the day knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreements {
    /// A longer mandate, in weeks.
    pub weeks: Option<u64>,
    /// A longer mandate, in months.
    pub months: Option<u64>,
    /// A shorter notice of action, in days.
    pub notice_days: Option<u64>,
}

/// An agreement that cannot count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementFault {
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub fix: String,
}

/// The day's rule on the life of a mandate, with what was agreed.
#[derive(Clone, Debug)]
pub struct MandateLaw<'r> {
    rule: &'r Rule,
    term: Term,
    length: Length,
    unused: Option<String>,
}

impl<'r> MandateLaw<'r> {
    pub(crate) fn of(rule: &'r Rule, agreements: Agreements) -> Self {
        let fallback = Term { kind: TermKind::MustBeginWithin, length: Length::Weeks(0), agreed_up_to: None };
        let term = if let Value::Term(term) = rule.value { term } else { fallback };
        let asked = [agreements.weeks.map(Length::Weeks), agreements.months.map(Length::Months)];
        let counts = |length: &Length| term.agreed_up_to.is_some_and(|most| same_unit(*length, most) && amount(*length) <= amount(most));
        let agreed = asked.iter().flatten().copied().find(|length| counts(length) && amount(*length) >= amount(term.length));
        let unused = asked.iter().flatten().find(|length| Some(**length) != agreed).map(|length| {
            let most = match term.agreed_up_to {
                Some(most) => format!("the law of that day lets the employer agree to up to {}", most.words()),
                None => "the law of that day knows no agreed extension".to_owned(),
            };
            format!("The agreement on {} was left out: {most} ({}).", length.words(), rule.id)
        });
        Self { rule, term, length: agreed.unwrap_or(term.length), unused }
    }

    /// The rule.
    pub fn rule(&self) -> &'r Rule {
        self.rule
    }

    /// What the end of the period means, how long it is by law and by agreement at most.
    pub fn term(&self) -> Term {
        self.term
    }

    /// L30: refuses an agreement beyond what the law allows, in the unit the law uses.
    ///
    /// # Errors
    /// What is wrong and what would be right.
    pub fn check_agreements(&self, agreements: Agreements) -> Result<(), AgreementFault> {
        for length in [agreements.weeks.map(Length::Weeks), agreements.months.map(Length::Months)].into_iter().flatten() {
            let Some(most) = self.term.agreed_up_to.filter(|most| same_unit(length, *most)) else { continue };
            if amount(length) > amount(most) || amount(length) < amount(self.term.length) {
                return Err(AgreementFault {
                    what: format!("an agreement on {} is outside what {} allows", length.words(), self.rule.id),
                    fix: format!("between {} and {}: {}", self.term.length.words(), most.words(), self.rule.source),
                });
            }
        }
        Ok(())
    }

    pub(crate) fn notes(&self) -> Option<String> {
        self.unused.clone()
    }

    /// The last day of a period of that length from the date of the ballot.
    pub(crate) fn last_day(&self, closed_on: Date) -> Date {
        self.length.last_day(closed_on)
    }
}

fn same_unit(a: Length, b: Length) -> bool {
    matches!((a, b), (Length::Weeks(_), Length::Weeks(_)) | (Length::Months(_), Length::Months(_)))
}

fn amount(length: Length) -> u64 {
    match length {
        Length::Weeks(number) | Length::Months(number) => number,
    }
}

/// The support of a ballot for one kind of action in one unit. Made by `judge_result` when every test is met, nowhere else.
#[derive(Clone, Debug)]
pub struct Mandate<'r> {
    poll: PollFacts,
    rule: &'r Rule,
    kind: TermKind,
    last_day: Date,
}

impl<'r> Mandate<'r> {
    pub(crate) fn of_judged(poll: PollFacts, law: &MandateLaw<'r>) -> Self {
        Self { poll, rule: law.rule, kind: law.term.kind, last_day: law.last_day(poll.closed_on) }
    }

    /// L31, L32: the last day on which action is covered, or on which it must have begun: see [`Self::kind`].
    pub fn last_day(&self) -> Date {
        self.last_day
    }

    /// What the last day means.
    pub fn kind(&self) -> TermKind {
        self.kind
    }

    /// The rule that gives it.
    pub fn rule(&self) -> &'r Rule {
        self.rule
    }

    /// The ballot.
    pub fn poll(&self) -> PollFacts {
        self.poll
    }
}

/// When the employer was told the result. TULRCA s.231A, s.234A(4)(a).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultTold {
    /// On that day.
    On(Date),
    /// Nobody said; every date that follows is on the assumption that it was in time.
    NotStated,
}

/// A notice of action that an employer received. Made by [`judge_notice`] and nowhere else.
#[derive(Clone, Debug)]
pub struct ActionNotice<'r> {
    received_on: Date,
    first_day: Date,
    rule: &'r Rule,
    told: ResultTold,
    note: Option<String>,
}

impl<'r> ActionNotice<'r> {
    /// The day it was received.
    pub fn received_on(&self) -> Date {
        self.received_on
    }

    /// L35: the first day that the notice allows.
    pub fn first_day(&self) -> Date {
        self.first_day
    }

    /// The rule that gives it.
    pub fn rule(&self) -> &'r Rule {
        self.rule
    }

    /// What a reader must know: an agreement left out, a fact assumed.
    pub fn notes(&self) -> Vec<String> {
        let assumed = matches!(self.told, ResultTold::NotStated).then(|| {
            "It was not said when the employer was told the result: dates assume it was no later than the notice (s.234A(4)(a)).".to_owned()
        });
        self.note.clone().into_iter().chain(assumed).collect()
    }
}

/// Why a notice allows nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NoticeFault {
    BeforeTheBallotClosed { received_on: Date, closed_on: Date },
    BeforeTheResultWasTold { received_on: Date, told_on: Date },
    ToldBeforeTheBallotClosed { told_on: Date, closed_on: Date },
}

impl NoticeFault {
    /// In a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::BeforeTheBallotClosed { received_on, closed_on } => format!(
                "The notice was received on {}, before the ballot closed on {}: it is no notice.",
                weekday_date(*received_on),
                weekday_date(*closed_on)
            ),
            Self::BeforeTheResultWasTold { received_on, told_on } => format!(
                "The notice was received on {}, before the employer was told the result on {}: it is no notice, give it again.",
                weekday_date(*received_on),
                weekday_date(*told_on)
            ),
            Self::ToldBeforeTheBallotClosed { told_on, closed_on } => format!(
                "The result was told on {}, before the ballot closed on {}: check both dates.",
                weekday_date(*told_on),
                weekday_date(*closed_on)
            ),
        }
    }
}

/// L34, L35: judges a notice of action by the law of the day it was received. TULRCA s.234A(4).
///
/// # Errors
/// [`NotCovered`] when no rule is known for that day; inside, why the notice allows nothing.
pub fn judge_notice<'r>(
    book: &'r Rulebook,
    poll: PollFacts,
    told: ResultTold,
    received_on: Date,
    agreements: Agreements,
) -> Result<Result<ActionNotice<'r>, NoticeFault>, NotCovered> {
    let rule = book.on(Key::ActionNoticeDays, poll.jurisdiction, received_on)?.rule;
    let closed_on = poll.closed_on;
    if let ResultTold::On(told_on) = told {
        if told_on < closed_on {
            return Ok(Err(NoticeFault::ToldBeforeTheBallotClosed { told_on, closed_on }));
        }
        if received_on < told_on {
            return Ok(Err(NoticeFault::BeforeTheResultWasTold { received_on, told_on }));
        }
    }
    if received_on < closed_on {
        return Ok(Err(NoticeFault::BeforeTheBallotClosed { received_on, closed_on }));
    }
    let (days, note) = notice_days(rule, agreements.notice_days);
    let first_day = plus_days(received_on, i64::try_from(days).unwrap_or(i64::MAX));
    Ok(Ok(ActionNotice { received_on, first_day, rule, told, note }))
}

/// L36: how many days, with an agreement where the law of the day knows one.
pub(crate) fn notice_days(rule: &Rule, agreed: Option<u64>) -> (u64, Option<String>) {
    let days = rule.number();
    let least = rule.by_agreement.unwrap_or(days);
    match agreed {
        None => (days, None),
        Some(agreed) if agreed == days => (days, None),
        Some(agreed) if agreed >= least && agreed < days => (agreed, None),
        Some(agreed) => {
            let allowed = if least < days { format!("an agreement on {least} days or more") } else { "no shorter agreement".to_owned() };
            (
                days,
                Some(format!("The agreement on {agreed} days of notice was left out: the law of that day knows {allowed} ({}).", rule.id)),
            )
        }
    }
}

/// The notice that could have been given first: on the day the result was told, or the day the ballot closed.
///
/// # Errors
/// As [`judge_notice`].
pub fn first_possible_notice<'r>(
    book: &'r Rulebook,
    poll: PollFacts,
    told: ResultTold,
    agreements: Agreements,
) -> Result<Result<ActionNotice<'r>, NoticeFault>, NotCovered> {
    let received_on = match told {
        ResultTold::On(told_on) => told_on,
        ResultTold::NotStated => poll.closed_on,
    };
    judge_notice(book, poll, told, received_on, agreements)
}

/// Action that somebody proposes: from a moment to a moment. Without a time, whole days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProposedAction {
    first: Date,
    last: Date,
    starts_at: Option<Minute>,
    ends_at: Option<Minute>,
}

/// A time of day in minutes after midnight, at most 24:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minute(u16);

impl Minute {
    /// Reads `20:00`; `24:00` is the end of a day.
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let two = |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok()).flatten();
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        let total = hours * 60 + minutes;
        (minutes < 60 && total <= 24 * 60).then_some(Self(total))
    }

    /// `20:00`.
    pub fn words(self) -> String {
        format!("{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl ProposedAction {
    /// A single whole day.
    pub fn day(day: Date) -> Self {
        Self { first: day, last: day, starts_at: None, ends_at: None }
    }

    /// Reads `2023-04-30`, `2023-04-30..2023-05-02`, or with times `2023-04-30T20:00..2023-05-02T20:00`.
    ///
    /// # Errors
    /// A sentence on what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        let moment = |text: &str| -> Result<(Date, Option<Minute>), String> {
            let (day, time) = text.split_once('T').map_or((text, None), |(day, time)| (day, Some(time)));
            let day = dated::parse_date(day)?;
            let time = time.map(|time| Minute::parse(time).ok_or_else(|| format!("“{time}” is not a time written 20:00"))).transpose()?;
            Ok((day, time))
        };
        let (first, starts_at) = moment(from)?;
        let (mut last, mut ends_at) = if to == from { (first, None) } else { moment(to)? };
        if (last, ends_at.unwrap_or(Minute(24 * 60))) <= (first, starts_at.unwrap_or(Minute(0))) && to != from {
            return Err(format!("the action in “{text}” ends before it begins"));
        }
        // L37: an action that ends at midnight does not touch the next day.
        if ends_at == Some(Minute(0)) {
            (last, ends_at) = (plus_days(last, -1), Some(Minute(24 * 60)));
        }
        Ok(Self { first, last, starts_at, ends_at })
    }

    /// Its first day.
    pub fn first(&self) -> Date {
        self.first
    }

    /// Its last day.
    pub fn last(&self) -> Date {
        self.last
    }

    /// `Sun 30 Apr 2023 20:00 to Tue 2 May 2023 20:00`.
    pub fn words(&self) -> String {
        let moment = |day, time: Option<Minute>| match time {
            Some(time) => format!("{} {}", weekday_date(day), time.words()),
            None => weekday_date(day),
        };
        if self.first == self.last && self.starts_at.is_none() && self.ends_at.is_none() {
            return weekday_date(self.first);
        }
        format!("{} to {}", moment(self.first, self.starts_at), moment(self.last, self.ends_at))
    }
}

/// A day on which the proposed action is lawful as far as mandate and notice go. Made by [`judge_action`] and its like, nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LawfulDay(Date);

impl LawfulDay {
    /// The day.
    pub fn date(self) -> Date {
        self.0
    }
}

/// Why a day is not lawful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Refusal {
    NoticeTooShort { first_day: Date },
    MandateEnded { last_day: Date },
    BeganTooLate { last_day: Date },
}

impl Refusal {
    /// In a sentence.
    pub fn sentence(self) -> String {
        match self {
            Self::NoticeTooShort { first_day } => format!("too early: the notice allows action from {}", weekday_date(first_day)),
            Self::MandateEnded { last_day } => format!("not covered: the mandate ends with the end of {}", weekday_date(last_day)),
            Self::BeganTooLate { last_day } => format!("too late: action had to begin by {}", weekday_date(last_day)),
        }
    }
}

/// What became of one proposed action.
#[derive(Clone, Debug)]
pub struct JudgedAction<'r> {
    /// What was proposed.
    pub proposed: ProposedAction,
    /// Its lawful days.
    pub lawful: Vec<LawfulDay>,
    /// Its other days, with the reason and the rule.
    pub refused: Vec<(Date, Refusal, &'r Rule)>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// Refused days in a row for one reason: the first, the last, the reason, the rule.
pub type RefusedRun<'r> = (Date, Date, Refusal, &'r Rule);

impl<'r> JudgedAction<'r> {
    /// The refused days, those in a row for one reason taken together.
    pub fn refused_runs(&self) -> Vec<RefusedRun<'r>> {
        let mut runs: Vec<RefusedRun<'r>> = Vec::new();
        for (day, refusal, rule) in &self.refused {
            match runs.last_mut() {
                Some((_, last, same, _)) if same == refusal && plus_days(*last, 1) == *day => *last = *day,
                _ => runs.push((*day, *day, *refusal, rule)),
            }
        }
        runs
    }

    /// `yes`, `part` or `no`.
    pub fn word(&self) -> &'static str {
        match (self.lawful.is_empty(), self.refused.is_empty()) {
            (false, true) => "yes",
            (false, false) => "part",
            (true, _) => "no",
        }
    }
}

/// L37 to L39: judges proposed action against a mandate and a notice, day by day.
///
/// Under a mandate that *expires*, each day must lie within it (Secretary of State for Health v RCN, 27 April 2023). Under one
/// that action must *begin within*, the first lawful day must; what follows may lie later while the dispute and its action are
/// the same (Monsanto v TGWU [1987] ICR 269; Post Office v UCW [1990] IRLR 143).
pub fn judge_action<'r>(mandate: &Mandate<'r>, notice: &ActionNotice<'r>, proposed: &[ProposedAction]) -> Vec<JudgedAction<'r>> {
    judge_further_action(mandate, notice, proposed, None)
}

/// The same for action under a further notice: `begun` is a lawful day of the same mandate on which the action began, judged
/// under its own notice. It counts only if it lies within the mandate's period.
pub fn judge_further_action<'r>(
    mandate: &Mandate<'r>,
    notice: &ActionNotice<'r>,
    proposed: &[ProposedAction],
    begun: Option<LawfulDay>,
) -> Vec<JudgedAction<'r>> {
    let mut ordered: Vec<ProposedAction> = proposed.to_vec();
    ordered.sort();
    let mut begun = begun.is_some_and(|day| day.0 <= mandate.last_day);
    let mut judged = Vec::new();
    for action in ordered {
        let mut verdict = JudgedAction { proposed: action, lawful: Vec::new(), refused: Vec::new(), notes: Vec::new() };
        let mut day = action.first;
        while day <= action.last {
            let refusal = if day < notice.first_day {
                Some((Refusal::NoticeTooShort { first_day: notice.first_day }, notice.rule))
            } else if day <= mandate.last_day {
                None
            } else {
                match mandate.kind {
                    TermKind::Expires => Some((Refusal::MandateEnded { last_day: mandate.last_day }, mandate.rule)),
                    TermKind::MustBeginWithin if !begun => Some((Refusal::BeganTooLate { last_day: mandate.last_day }, mandate.rule)),
                    TermKind::MustBeginWithin => None,
                }
            };
            match refusal {
                Some((refusal, rule)) => verdict.refused.push((day, refusal, rule)),
                None => {
                    begun = true;
                    verdict.lawful.push(LawfulDay(day));
                }
            }
            day = plus_days(day, 1);
        }
        if mandate.kind == TermKind::MustBeginWithin && verdict.lawful.iter().any(|day| day.0 > mandate.last_day) {
            verdict.notes.push(
                "Begun in time, so it may go on while the dispute and its action are the same; a new campaign needs a new ballot."
                    .to_owned(),
            );
        }
        judged.push(verdict);
    }
    judged
}

/// L35: the first day on which action under this mandate and this notice would be lawful, if there is one.
pub fn earliest_action(mandate: &Mandate<'_>, notice: &ActionNotice<'_>) -> Option<LawfulDay> {
    (notice.first_day <= mandate.last_day).then_some(LawfulDay(notice.first_day))
}
