//! Which poll is rehearsed, in which units, on which days, and what each invented member does.

use dispute::roll::unit_id;
use dispute::{Dispute, Poll, PollKind, QuestionKind};
use pay::When;
use vote::companion::Revote;
use vote::{Hash, Question};

use super::Failure;

/// Units with fewer members are counted with others, or allowed by name.
pub(super) const SMALL: u32 = dispute::roll::MINIMUM as u32;

/// One in so many votes on paper: its credential is voided.
const PAPER: u64 = 250;

/// One in so many of these is spoiled.
const SPOILED: u64 = 16;

/// The most members: what a membership file may have.
const MOST: u64 = dispute::roll::MAX_ROWS;

/// A unit of the rehearsal and how its invented members behave.
pub(super) struct Unit {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) voters: u64,
    pub(super) important_public_service: Option<bool>,
    /// In thousandths.
    turnout: u64,
    yes: u64,
}

/// What one invented member does.
pub(super) struct Behaviour {
    /// Answers by question for each time the member votes on the web.
    pub(super) casts: Vec<Vec<usize>>,
    /// A vote on paper.
    pub(super) paper: Option<Paper>,
}

/// What stands on a paper.
pub(super) enum Paper {
    /// Answers by question.
    Answers(Vec<usize>),
    /// Nothing that can be counted.
    Spoiled,
}

impl Unit {
    pub(super) fn behaviour(&self, seed: &str, voter: u64, questions: usize, revote: Revote) -> Behaviour {
        let hash = Hash::of(format!("{seed}/behaviour/{voter}"));
        let draw = |at: usize| u64::from(u16::from_be_bytes([hash.0[2 * at], hash.0[2 * at + 1]]));
        let answers = |shift: usize| (0..questions).map(|at| usize::from(draw(3 + (at + shift) % 12) % 1000 >= self.yes)).collect();
        if draw(0).is_multiple_of(PAPER) {
            let paper = if draw(2).is_multiple_of(SPOILED) { Paper::Spoiled } else { Paper::Answers(answers(0)) };
            return Behaviour { casts: Vec::new(), paper: Some(paper) };
        }
        if draw(1) % 1000 >= self.turnout {
            return Behaviour { casts: Vec::new(), paper: None };
        }
        let twice = revote == Revote::Last && draw(2).is_multiple_of(40);
        Behaviour { casts: if twice { vec![answers(6), answers(0)] } else { vec![answers(0)] }, paper: None }
    }
}

/// The days of the rehearsed ballot.
#[derive(Clone, Copy)]
pub(super) struct Days {
    /// Voting opens; the law of this day judges the result.
    pub(super) opens_on: dated::Date,
    /// The last day of voting.
    pub(super) closes_on: dated::Date,
}

impl Days {
    /// Those of record as far as they are known; otherwise four weeks, in January 2026 where nothing is.
    pub(super) fn of(poll: &Poll, opens_on: Option<dated::Date>) -> Self {
        const WEEKS_4: i64 = 28;
        let closed = poll.closed.map(When::latest);
        let opens_on = opens_on.or(poll.opened_on).or(closed.map(|day| law::plus_days(day, -WEEKS_4)));
        let opens_on = opens_on.unwrap_or(dated::Date::constant(2026, 1, 5));
        Self { opens_on, closes_on: closed.filter(|day| *day > opens_on).unwrap_or(law::plus_days(opens_on, WEEKS_4)) }
    }

    /// The day after, when everybody is told the result.
    pub(super) fn told_on(self) -> dated::Date {
        law::plus_days(self.closes_on, 1)
    }
}

/// The poll that is rehearsed.
pub(super) fn choose<'a>(dispute: &'a Dispute, wanted: Option<&str>) -> Result<&'a Poll, String> {
    let known: Vec<&str> = dispute.polls.iter().map(|poll| poll.id.as_str()).collect();
    match wanted {
        Some(id) => dispute.polls.iter().find(|poll| poll.id == id).ok_or_else(|| {
            format!("{} has no poll “{id}”; it has {}", dispute.id, if known.is_empty() { "none".to_owned() } else { known.join(", ") })
        }),
        None => dispute
            .polls
            .iter()
            .find(|poll| poll.kind == PollKind::Statutory)
            .or(dispute.polls.first())
            .ok_or_else(|| format!("{} has no poll to rehearse; add polls/ID.toml to its folder", dispute.id)),
    }
}

/// Members for each unit: in proportion to those entitled where that is known, never none.
pub(super) fn share_out(
    poll: &Poll,
    dispute: &Dispute,
    voters: u64,
    wanted: Option<usize>,
    turnout_percent: Option<u64>,
) -> Result<Vec<Unit>, String> {
    let number = wanted.unwrap_or(poll.units.len().max(1));
    if number == 0 || voters < number as u64 {
        return Err(format!("{voters} voters cannot be shared out to {number} units: each needs at least one"));
    }
    if voters > MOST {
        return Err(format!("a rehearsal takes at most {} voters, as a membership file does", pay::grouped(MOST)));
    }
    let known: Vec<u64> = poll.units.iter().filter_map(|unit| unit.entitled).collect();
    let usual = if known.is_empty() { 1000 } else { (known.iter().sum::<u64>() / known.len() as u64).max(1) };
    let weights: Vec<u64> =
        (0..number).map(|at| poll.units.get(at).map_or(usual.min(1 + usual / 4), |unit| unit.entitled.unwrap_or(usual)).max(1)).collect();
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let spare = u128::from(voters - number as u64);
    let mut units: Vec<Unit> = Vec::with_capacity(number);
    for (at, weight) in weights.iter().enumerate() {
        let voters = 1 + (spare * u128::from(*weight) / total) as u64;
        let hash = Hash::of(format!("{}/{at}", poll.id));
        let (mut turnout, mut yes) = (400 + u64::from(hash.0[0]) * 300 / 255, 350 + u64::from(hash.0[1]) * 400 / 255);
        let unit = poll.units.get(at);
        let of_record = unit.and_then(|unit| poll.results.iter().find(|result| result.unit.0 == unit.id));
        if let Some(result) = of_record
            && let (Some(for_it), Some(against)) = (result.yes, result.no)
            && for_it + against > 0
        {
            yes = for_it * 1000 / (for_it + against);
            if let Some(entitled) = unit.and_then(|unit| unit.entitled).filter(|entitled| *entitled > 0) {
                turnout = ((for_it + against) * 1000 / entitled).min(1000);
            }
        }
        let (id, name) = match unit {
            Some(unit) => (unit.id.clone(), unit.name.clone()),
            None if poll.units.is_empty() && number == 1 => ("all".to_owned(), dispute.title.clone()),
            None => (format!("synthetic-{}", at + 1), format!("Synthetic unit {}", at + 1)),
        };
        let important_public_service = unit.and_then(|unit| unit.important_public_service);
        let turnout = turnout_percent.map_or(turnout, |percent| percent * 10);
        units.push(Unit { id, name, voters, important_public_service, turnout, yes });
    }
    // The roll knows units by ids that it makes of their names.
    if let Some(unit) = units.iter().find(|unit| unit_id(&unit.id) != unit.id) {
        return Err(format!(
            "the unit “{}” would be “{}” on the roll; give it an id of letters, digits and hyphens",
            unit.id,
            unit_id(&unit.id)
        ));
    }
    // What rounding left over goes to the first unit.
    let given: u64 = units.iter().map(|unit| unit.voters).sum();
    units[0].voters += voters - given;
    Ok(units)
}

/// The text of a question: that of record, else a usual one.
pub(super) fn question_text(question: &dispute::Question) -> String {
    question.text.clone().unwrap_or_else(|| {
        match question.kind {
            QuestionKind::Strike => "Are you prepared to take part in industrial action consisting of a strike?",
            QuestionKind::ShortOfStrike => "Are you prepared to take part in industrial action short of a strike?",
            QuestionKind::AcceptOffer => "Do you accept the offer?",
            QuestionKind::FormalBallot => "Do you want a formal ballot for industrial action?",
        }
        .to_owned()
    })
}

/// The questions as they are voted on.
pub(super) fn questions(poll: &Poll) -> Result<Vec<Question>, Failure> {
    let mut questions = Vec::new();
    for question in &poll.questions {
        questions.push(Question::one_of(&question_text(question), &["Yes", "No"])?);
    }
    if questions.is_empty() {
        return Err(format!("the poll {} asks nothing", poll.id).into());
    }
    Ok(questions)
}
