//! What talks, conference and guides come to, in the words that the command line and the workspace both show.

use dated::{Ratio, Status, long_date};
use dispute::conference::{Asks, Figure, StartDay};
use dispute::talks::{
    Clash, ClashKind, CouncilAnswer, Deadline, Demand, DemandState, Lean, MemberVote, NotChecked, Position, Standing, TestedPoint, Voice,
};
use dispute::{Dispute, Poll};
use law::{Outcome, TermKind, TestFigures, TestResult};
use pay::When;

/// When, in words; a thing without a date says so.
pub fn when_words(when: Option<When>) -> String {
    when.map_or_else(|| "no date".to_owned(), When::words)
}

/// `1 day`, `3 days`.
pub fn days_words(count: i64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

/// The result of a position: of its poll, else in the words of the ledger; empty where there is none.
pub fn position_result(position: &Position, dispute: &Dispute) -> String {
    let poll = position.poll.as_ref().and_then(|(id, _)| dispute.polls.iter().find(|poll| poll.id == *id));
    poll.and_then(poll_result).or_else(|| position.result.clone()).unwrap_or_default()
}

/// How a poll went, all units added up: `98,160 to 5,985`, or its published share.
pub fn poll_result(poll: &Poll) -> Option<String> {
    let mut parts = Vec::new();
    for question in &poll.questions {
        let results = || poll.results.iter().filter(|result| result.question.0 == question.id);
        let (yes, no): (Vec<_>, Vec<_>) = results().map(|result| (result.yes, result.no)).unzip();
        let what = if poll.questions.len() > 1 { format!(" {}", question.kind.word().replace('-', " ")) } else { String::new() };
        let sum = |counts: &[Option<u64>]| counts.iter().copied().sum::<Option<u64>>();
        match (sum(&yes), sum(&no)) {
            (Some(yes), Some(no)) if yes + no > 0 => parts.push(format!("{} to {}{what}", pay::grouped(yes), pay::grouped(no))),
            _ => {
                let percents: Vec<_> = results().filter_map(|result| result.yes_percent).collect();
                if let [percent] = percents.as_slice() {
                    parts.push(format!("{}% yes{what}", percent.to_short(2)));
                }
            }
        }
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What is not sure about where a party stands, as a sentence that follows its name.
pub fn standing_doubt(standing: &Standing<'_>) -> Option<String> {
    if standing.current.when.is_none() {
        return Some("no date is known, so it may be later than the day asked for.".to_owned());
    }
    if standing.may_be_later {
        let before = standing.before.map_or_else(
            || "nothing is on record before it".to_owned(),
            |before| format!("before it: {} ({})", before.stance.words(), when_words(before.when)),
        );
        let when = when_words(standing.current.when);
        return Some(format!("some day of {when}, perhaps later than the day asked for; {before}."));
    }
    let before = standing.before.filter(|_| standing.order_not_known)?;
    Some(format!("which came last is not known, this or “{}” ({}).", before.stance.words(), when_words(before.when)))
}

/// What a council's answer is called.
pub fn council_answer(answer: CouncilAnswer) -> &'static str {
    match answer {
        CouncilAnswer::Agreed => "accepted",
        CouncilAnswer::NotAgreed => "not accepted",
        CouncilAnswer::CannotTell => "cannot tell",
    }
}

/// How a member of a council votes, as far as it is decided.
pub fn member_vote(vote: &MemberVote) -> &'static str {
    match (vote.lean, vote.is_decided) {
        (Lean::For, true) => "yes",
        (Lean::Against, true) => "no",
        (Lean::For, false) => "open; advised yes",
        (Lean::Against, false) => "open; leans no",
        (Lean::Open, _) => "open",
    }
}

/// A sentence with who says so.
pub struct SaidLine<'d> {
    /// The sentence.
    pub text: String,
    /// Who says so, with how sure it is; nothing where the sentence follows from others.
    pub source: Option<(&'d [String], Status)>,
}

/// Where a demand is on a day.
pub fn demand_state<'d>(demand: &Demand, state: DemandState<'d>, dispute: &Dispute) -> SaidLine<'d> {
    let party = dispute.party_name(&demand.who.0);
    let text = match state {
        DemandState::NotYetMade => "not yet made".to_owned(),
        DemandState::Closed(answer) => format!("closed, {} ({}): {}", answer.outcome.word(), when_words(answer.when), answer.text),
        DemandState::NoDeadline => "open; no deadline was set".to_owned(),
        DemandState::Vague { words } => {
            let who = match &demand.resolved_by {
                Some(person) => format!("{person} ({party}) must say which day it means"),
                None => format!("{party} must name a person who says which day it means, and record it in [demand.resolution]"),
            };
            format!("open; the deadline is in words only: “{words}”. Nothing can fall due: {who}")
        }
        DemandState::DueIn { days, deadline } => format!("open; due in {}, on {}", days_words(days), long_date(deadline)),
        DemandState::DueToday => "open; this is the last day".to_owned(),
        DemandState::Passed { days, deadline } => format!(
            "DEADLINE PASSED, DECISION NEEDED ({} after {}). Nothing opens by itself: {party} must decide",
            days_words(days),
            long_date(deadline)
        ),
        DemandState::Decided(decision) => format!(
            "decided, {} ({}, {}): {}",
            decision.kind.word().replace('-', " "),
            decision.by,
            when_words(decision.when),
            decision.text
        ),
    };
    let source = if let DemandState::Decided(decision) = state { Some((decision.source.as_slice(), decision.status)) } else { None };
    SaidLine { text, source }
}

/// What must be known of a demand beside its state on that day.
pub fn demand_notes<'d>(demand: &'d Demand, state: DemandState<'_>, dispute: &'d Dispute, on: dated::Date) -> Vec<SaidLine<'d>> {
    let mut notes = Vec::new();
    let mut add = |text: String, source| notes.push(SaidLine { text, source });
    if let DemandState::Decided(decision) = state
        && !decision.is_caller_known(&dispute.polls)
    {
        let text = "Whom the voting paper named is not in the folder, so whether this person could call action cannot be told";
        add(text.to_owned(), None);
    }
    if let (Some(resolution), Some(Deadline::Vague(words))) = (demand.resolution.as_ref().filter(|it| it.on <= on), &demand.deadline) {
        let text = format!(
            "“{words}” was resolved by {} on {} to {}: {}",
            resolution.by,
            long_date(resolution.on),
            long_date(resolution.deadline),
            resolution.reason
        );
        add(text, Some((resolution.source.as_slice(), resolution.status)));
    }
    let latest = demand.latest_decision(&dispute.talks.decisions, on);
    if let Some((decision, until)) = latest.and_then(|decision| Some((decision, decision.until?))) {
        let text = format!("More time until {} ({}, {}): {}", long_date(until), decision.by, when_words(decision.when), decision.text);
        add(text, Some((decision.source.as_slice(), decision.status)));
    }
    if let Some(answer) = demand.answer_on(on).filter(|answer| !answer.outcome.closes()) {
        add(format!("Answer so far: {} ({}): {}", answer.outcome.word(), when_words(answer.when), answer.text), None);
    }
    if let Some(otherwise) = demand.otherwise.as_ref().filter(|_| !matches!(state, DemandState::Closed(_))) {
        add(format!("If it is not met: {otherwise}"), None);
    }
    notes
}

/// What must be said beside an offer that meets the very reason for which it was turned down.
pub fn own_reason_met(test: &TestedPoint<'_>) -> Option<&'static str> {
    let is_met = test.is_own && test.answered == dispute::talks::Answered::Met;
    is_met.then_some("but it was the reason to turn this very offer down: the test does not say what was meant")
}

/// What kind of clash it is.
pub fn clash_words(clash: &Clash<'_>) -> &'static str {
    match clash.kind {
        ClashKind::Opposite => "Two places say opposite things",
        ClashKind::ConditionLeftOut => "One place leaves out the condition that the other names",
    }
}

/// Why something of a guide could not be checked.
pub fn not_checked(left: &NotChecked<'_>) -> String {
    match left {
        NotChecked::NoClause(guide, statement) => {
            format!("{} names no clause that it rests on ({})", Voice::Statement(guide, statement).cited(), statement.place)
        }
        NotChecked::NoDate(guide) => {
            format!("{} has no date, so whether its clauses were in force is not known ({})", guide.title, guide.place)
        }
        NotChecked::NotInForce(guide, statement, agreement, clause) => format!(
            "{} rests on {}, which was not in force on {} ({})",
            Voice::Statement(guide, statement).cited(),
            agreement.cite_clause(clause),
            guide.issued_on.map(long_date).unwrap_or_default(),
            statement.place
        ),
    }
}

/// What the words of a motion ask of an offer.
pub fn asked(asks: &Asks) -> String {
    match asks {
        Asks::AboveInflation(Some(index)) => format!("a rise above {index}"),
        Asks::AboveInflation(None) => "a rise above inflation; which index?".to_owned(),
        Asks::NoStaging => "the whole rise from the first day of the pay year".to_owned(),
        Asks::InForceFrom(StartDay::On(day)) => format!("the whole rise in force from {}", long_date(*day)),
        Asks::InForceFrom(StartDay::InPayYear { day, month }) => {
            format!("the whole rise in force from day {day} of month {month} of the pay year")
        }
        Asks::AtLeastPercent(percent) => format!("at least {percent}%"),
        Asks::FlatPounds(pounds) => format!("at least £{pounds} a year for everybody"),
        Asks::PaidInFull(_) => "all that was recommended, from its day".to_owned(),
        Asks::ForJudgement => "no number decides this; people judge it".to_owned(),
    }
}

/// One reading of a test: what the offer gives against what was asked, in the year and at its end.
pub fn reading_words(figure: &Figure) -> String {
    let shown = |value: Ratio| match figure.unit {
        "percent" => format!("{}%", value.to_short(3).replace('-', "−")),
        _ => format!("£{}", value.to_fixed(2)),
    };
    let part = |what: &str, gives: Ratio, asked: Option<Ratio>, holds: Option<bool>| match (asked, holds) {
        (Some(asked), Some(holds)) => {
            format!("{what} {} against {} ({})", shown(gives), shown(asked), if holds { "enough" } else { "not enough" })
        }
        _ => format!("{what} {}", shown(gives)),
    };
    format!(
        "{}: {}; {}",
        figure.reading,
        part("in the year", figure.gives.0, figure.asked.map(|asked| asked.0), figure.holds.map(|holds| holds.0)),
        part("at its end", figure.gives.1, figure.asked.map(|asked| asked.1), figure.holds.map(|holds| holds.1))
    )
}

/// A test of a result as its row in a table.
pub struct TestRow {
    /// The papers or votes that count.
    pub count: u64,
    /// `at least 43000`, `more than 500`, or that it is not known.
    pub needed: String,
    /// Whether it is met.
    pub met: String,
}

impl TestRow {
    /// Of a test that was made.
    pub fn of(test: &TestResult<'_>) -> Self {
        let count = match test.figures {
            TestFigures::Turnout { returned, .. } => returned,
            TestFigures::Support { yes, .. } | TestFigures::Majority { yes, .. } => yes,
        };
        let needed = match test.figures.needed() {
            Some((needed, true)) => format!("at least {needed}"),
            Some((needed, false)) => format!("more than {needed}"),
            None => "not known".to_owned(),
        };
        let met = match &test.outcome {
            Outcome::Met => "yes".to_owned(),
            Outcome::NotMet => "NO".to_owned(),
            Outcome::CannotTell { missing } => format!("cannot tell: {missing} unknown"),
        };
        Self { count, needed, met }
    }
}

/// What the last day of a mandate means.
pub fn last_day_means(kind: TermKind) -> &'static str {
    match kind {
        TermKind::MustBeginWithin => "action must begin by the end of this day",
        TermKind::Expires => "action is covered to the end of this day",
    }
}
