//! The same results as separate ballots and as one (rules L50 to L54). TULRCA ss.228, 228A.
//!
//! Whether several workplaces may be balloted as one depends on facts that no result shows. They are asked, never assumed: an
//! option whose condition was not answered is not called lawful.

use std::collections::BTreeMap;

use dated::{Date, NotCovered};

use crate::mandate::Agreements;
use crate::result::{Figures, Judgment, LawOfTheDay, PollFacts, UnitResult, Verdict, judge_result, law_of_the_day};
use crate::rules::{Condition, Jurisdiction, Key, Rule, Rulebook};

/// What the union says about one condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Answer {
    Yes,
    No,
}

/// Answers by the id of the condition; a condition without an answer was not answered.
pub type Answers = BTreeMap<String, Answer>;

/// Whether several units may be one ballot.
#[derive(Clone, Debug)]
pub enum Aggregation<'r> {
    /// A condition holds.
    Lawful(&'r Condition),
    /// Every condition was answered with no.
    NotLawful,
    /// No condition was answered with yes, these were not answered.
    NotAnswered(Vec<&'r Condition>),
}

impl Aggregation<'_> {
    /// `yes`, `no` or `cannot-tell`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Lawful(_) => "yes",
            Self::NotLawful => "no",
            Self::NotAnswered(_) => "cannot-tell",
        }
    }
}

/// L51: whether one ballot over several workplaces was lawful, by the law of the day it opened.
///
/// # Errors
/// [`NotCovered`] when no rule is known for that day.
pub fn judge_aggregation<'r>(
    book: &'r Rulebook,
    jurisdiction: Jurisdiction,
    opened_on: Date,
    answers: &Answers,
) -> Result<(Aggregation<'r>, &'r Rule), NotCovered> {
    let rule = book.on(Key::SeparateWorkplaces, jurisdiction, opened_on)?.rule;
    let answer = |condition: &&Condition| answers.get(&condition.id).copied();
    if let Some(holds) = rule.conditions.iter().find(|condition| answer(condition) == Some(Answer::Yes)) {
        return Ok((Aggregation::Lawful(holds), rule));
    }
    let open: Vec<&Condition> = rule.conditions.iter().filter(|condition| answer(condition).is_none()).collect();
    Ok((if open.is_empty() { Aggregation::NotLawful } else { Aggregation::NotAnswered(open) }, rule))
}

/// One ballot over all units that opened and closed on the same days under the same law, for one question.
#[derive(Clone, Debug)]
pub struct Together<'r> {
    /// How many units it holds.
    pub units: usize,
    /// Their figures added up.
    pub result: UnitResult,
    /// The verdict on the sum.
    pub judgment: Judgment<'r>,
    /// Whether such a ballot was lawful at all.
    pub aggregation: Aggregation<'r>,
    /// The rule on that.
    pub rule: &'r Rule,
}

/// One unit of the separate option.
#[derive(Clone, Debug)]
pub struct Separate<'r> {
    /// The result.
    pub result: UnitResult,
    /// The verdict.
    pub judgment: Judgment<'r>,
}

/// Both options, with the rules looked up.
#[derive(Clone, Debug)]
pub struct Options<'r> {
    /// Every unit and question alone.
    pub separate: Vec<Separate<'r>>,
    /// Each question over all units of the same days and law.
    pub together: Vec<Together<'r>>,
    /// Every rule used.
    pub rules: Vec<&'r Rule>,
}

/// L50 to L53: judges the same results both ways.
///
/// # Errors
/// [`NotCovered`] when no rule is known for one of the days.
pub fn judge_units<'r>(
    book: &'r Rulebook,
    results: &[UnitResult],
    agreements: Agreements,
    answers: &Answers,
) -> Result<Options<'r>, NotCovered> {
    let mut laws: BTreeMap<PollFacts, LawOfTheDay<'r>> = BTreeMap::new();
    let mut options = Options { separate: Vec::new(), together: Vec::new(), rules: Vec::new() };
    let mut groups: BTreeMap<(Date, Date, Jurisdiction, String), Vec<&UnitResult>> = BTreeMap::new();
    for result in results {
        let poll = result.figures().poll;
        if let std::collections::btree_map::Entry::Vacant(free) = laws.entry(poll) {
            let law = free.insert(law_of_the_day(book, poll, agreements)?);
            options.rules.extend(law.rules());
        }
        if let Some(law) = laws.get(&poll) {
            options.separate.push(Separate { result: result.clone(), judgment: judge_result(result, law) });
        }
        let question = result.figures().question.to_lowercase();
        groups.entry((poll.opened_on, poll.closed_on, poll.jurisdiction, question)).or_default().push(result);
    }
    for ((opened_on, _, jurisdiction, _), units) in groups {
        let Some(result) = add_up(&units) else { continue };
        let law = law_of_the_day(book, result.figures().poll, agreements)?;
        let (aggregation, rule) = judge_aggregation(book, jurisdiction, opened_on, answers)?;
        let mut judgment = judge_result(&result, &law);
        if units.iter().any(|unit| unit.figures().poll.important_public_service != units[0].figures().poll.important_public_service) {
            judgment.notes.push("Some units are in important public services, some not: the support test was applied to all.".to_owned());
        }
        options.rules.push(rule);
        options.together.push(Together { units: units.len(), result, judgment, aggregation, rule });
    }
    Ok(options)
}

/// L52: the sum of all figures. A figure that one unit lacks is unknown for all.
fn add_up(units: &[&UnitResult]) -> Option<UnitResult> {
    let first = units.first()?.figures();
    let sum = |figure: &dyn Fn(&UnitResult) -> Option<u64>| units.iter().map(|unit| figure(unit)).sum::<Option<u64>>();
    let poll = PollFacts {
        // The stricter: the test applies if it applies to any, the Welsh exception only if it covers all.
        important_public_service: units.iter().any(|unit| unit.figures().poll.important_public_service),
        wales_devolved: units.iter().all(|unit| unit.figures().poll.wales_devolved),
        ..first.poll
    };
    UnitResult::check(Figures {
        unit: "all units together".to_owned(),
        question: first.question.clone(),
        poll,
        entitled: sum(&|unit| unit.figures().entitled),
        yes: sum(&|unit| Some(unit.figures().yes))?,
        no: sum(&|unit| unit.figures().no),
        spoiled: sum(&|unit| unit.figures().spoiled),
        blank: None,
        returned: sum(&|unit| Some(unit.returned())),
        valid: sum(&UnitResult::valid),
    })
    .ok()
}

/// How many units a verdict has, and how many members are entitled in them.
pub fn count_verdict(separate: &[Separate<'_>], question: &str, verdict: Verdict) -> (usize, u64) {
    let of = separate
        .iter()
        .filter(|unit| unit.result.figures().question.eq_ignore_ascii_case(question) && unit.judgment.adopted().verdict == verdict);
    of.fold((0, 0), |(units, members), unit| (units + 1, members + unit.result.figures().entitled.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn result(unit: &str, entitled: u64, yes: u64, no: u64) -> UnitResult {
        let poll = PollFacts {
            opened_on: date(2022, 10, 6),
            closed_on: date(2022, 11, 2),
            jurisdiction: Jurisdiction::GreatBritain,
            important_public_service: false,
            wales_devolved: false,
        };
        let figures = Figures {
            unit: unit.into(),
            question: "strike".into(),
            poll,
            entitled: Some(entitled),
            yes,
            no: Some(no),
            spoiled: Some(0),
            blank: None,
            returned: None,
            valid: None,
        };
        UnitResult::check(figures).expect("possible")
    }

    #[test]
    fn l50_a_large_unit_can_carry_small_ones_and_l51_only_if_a_condition_holds() {
        let book = Rulebook::built_in().expect("rules");
        let results = [result("large", 1000, 550, 50), result("small", 100, 30, 5)];
        let judge = |answers: &[(&str, Answer)]| {
            let answers = answers.iter().map(|(id, answer)| ((*id).to_owned(), *answer)).collect();
            let options = judge_units(&book, &results, Agreements::default(), &answers).expect("covered");
            let separate: Vec<Verdict> = options.separate.iter().map(|unit| unit.judgment.adopted().verdict).collect();
            (separate, options.together[0].judgment.adopted().verdict, options.together[0].aggregation.word())
        };
        let separate = vec![Verdict::Mandate, Verdict::NoMandate];
        assert_eq!(judge(&[]), (separate.clone(), Verdict::Mandate, "cannot-tell"));
        assert_eq!(judge(&[("all-at-these-employers", Answer::Yes)]), (separate.clone(), Verdict::Mandate, "yes"));
        let no = ["same-workplace", "each-workplace-affected", "occupations-complete", "all-at-these-employers"].map(|id| (id, Answer::No));
        assert_eq!(judge(&no), (separate.clone(), Verdict::Mandate, "no"));
        assert_eq!(judge(&no[..3]), (separate, Verdict::Mandate, "cannot-tell"));
    }
}
