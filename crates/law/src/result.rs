//! The tests of a result (rules L20 to L29): turnout, support, majority, question by question and unit by unit.
//!
//! Everything is compared as integers. Exactly half is enough for turnout, a tie is no majority, and what a percentage
//! rounds to decides nothing. Where the law is contested or pending, every reading is judged, the stricter adopted.

use dated::{Date, NotCovered, Ratio};

use crate::mandate::{Agreements, Mandate, MandateLaw};
use crate::rules::{Jurisdiction, Key, MajorityBase, Rule, RuleStatus, Rulebook, Value};

/// What one ballot has in common for all its questions: the days and facts that choose the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PollFacts {
    /// The day the first voting paper was sent. TULRCA s.226A(4).
    pub opened_on: Date,
    /// The date of the ballot: its last day of voting. TULRCA s.246.
    pub closed_on: Date,
    /// Which law.
    pub jurisdiction: Jurisdiction,
    /// Whether most of those entitled are normally engaged in important public services. TULRCA s.226(2B).
    pub important_public_service: bool,
    /// Whether these are services of a devolved Welsh authority.
    pub wales_devolved: bool,
}

/// The figures of one question in one unit, as somebody wrote them. Checked by [`UnitResult::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The balloting unit: an employer, a department, a workplace.
    pub unit: String,
    /// The question, such as `strike`.
    pub question: String,
    /// Days and facts.
    pub poll: PollFacts,
    /// How many could vote; `None` if it is not known.
    pub entitled: Option<u64>,
    /// Yes on this question.
    pub yes: u64,
    /// No on this question; `None` if it is not known.
    pub no: Option<u64>,
    /// Spoiled or otherwise invalid papers; `None` if it is not known.
    pub spoiled: Option<u64>,
    /// Papers that left this question blank.
    pub blank: Option<u64>,
    /// Papers returned, whatever stood on them.
    pub returned: Option<u64>,
    /// Yes and No together, where only that was published.
    pub valid: Option<u64>,
}

/// Why figures cannot be those of a ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CountFault {
    NobodyEntitled,
    ClosesBeforeItOpens { opened_on: Date, closed_on: Date },
    MoreReturnedThanEntitled { returned: u64, entitled: u64 },
    MorePapersThanReturned { added_up: u64, returned: u64 },
    ReturnedCannotBeAddedUp,
}

impl CountFault {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NobodyEntitled => "nobody-entitled",
            Self::ClosesBeforeItOpens { .. } => "closes-before-it-opens",
            Self::MoreReturnedThanEntitled { .. } => "more-votes-than-entitled",
            Self::MorePapersThanReturned { .. } => "more-votes-than-returned",
            Self::ReturnedCannotBeAddedUp => "returned-unknown",
        }
    }

    /// What is wrong, and what would be right.
    pub fn sentences(&self) -> (String, String) {
        match self {
            Self::NobodyEntitled => ("nobody is entitled to vote".into(), "write how many could vote, or remove the row".into()),
            Self::ClosesBeforeItOpens { opened_on, closed_on } => (
                format!("the ballot closes on {closed_on}, before it opens on {opened_on}"),
                "check both dates: they are written year-month-day".into(),
            ),
            Self::MoreReturnedThanEntitled { returned, entitled } => (
                format!("{returned} papers were returned but only {entitled} were entitled to vote"),
                "check the figures; were two columns swapped?".into(),
            ),
            Self::MorePapersThanReturned { added_up, returned } => (
                format!("yes, no, spoiled and blank add up to {added_up}, above the {returned} returned"),
                "check the figures; `returned` counts every paper, spoiled ones too".into(),
            ),
            Self::ReturnedCannotBeAddedUp => (
                "the number of papers returned is not given, and cannot be added up while yes, no or spoiled is unknown".into(),
                "add the column `returned`".into(),
            ),
        }
    }
}

/// The result of one question in one unit, checked to be possible. Made by [`UnitResult::check`] and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitResult {
    figures: Figures,
    returned: u64,
    returned_at_most: u64,
    added_up: bool,
}

impl UnitResult {
    /// L20: checks that the figures can be those of a ballot.
    ///
    /// # Errors
    /// Every reason why they cannot.
    pub fn check(figures: Figures) -> Result<Self, Vec<CountFault>> {
        let mut faults = Vec::new();
        let PollFacts { opened_on, closed_on, .. } = figures.poll;
        if closed_on < opened_on {
            faults.push(CountFault::ClosesBeforeItOpens { opened_on, closed_on });
        }
        if figures.entitled == Some(0) {
            faults.push(CountFault::NobodyEntitled);
        }
        let valid = figures.no.map(|no| figures.yes.saturating_add(no)).or(figures.valid).unwrap_or(figures.yes);
        let least = [Some(valid), figures.spoiled, figures.blank].into_iter().flatten().fold(0_u64, u64::saturating_add);
        let complete = figures.no.is_some() && figures.spoiled.is_some();
        let returned = figures.returned.unwrap_or(least);
        if figures.returned.is_none() && !complete {
            faults.push(CountFault::ReturnedCannotBeAddedUp);
        }
        if least > returned {
            faults.push(CountFault::MorePapersThanReturned { added_up: least, returned });
        }
        if let Some(entitled) = figures.entitled.filter(|entitled| *entitled > 0 && returned > *entitled) {
            faults.push(CountFault::MoreReturnedThanEntitled { returned, entitled });
        }
        let added_up = figures.returned.is_none();
        if faults.is_empty() { Ok(Self { figures, returned, returned_at_most: returned, added_up }) } else { Err(faults) }
    }

    /// L21: where papers were added up, another question of the same unit may show that more papers came back: those who
    /// answered it returned one. `papers` is the most that any question of the unit shows.
    #[must_use]
    pub fn with_papers_seen_on_other_questions(mut self, papers: u64) -> Self {
        let limit = self.figures.entitled.unwrap_or(u64::MAX);
        if self.added_up && papers <= limit {
            self.returned_at_most = self.returned_at_most.max(papers);
        }
        self
    }

    /// L91: the same figures as if the ballot had opened and closed on other days: for reading old results under later law.
    #[must_use]
    pub fn as_if_held(mut self, opened_on: Date) -> Self {
        let days = crate::calendar::days_between(self.figures.poll.opened_on, self.figures.poll.closed_on);
        self.figures.poll.opened_on = opened_on;
        self.figures.poll.closed_on = crate::calendar::plus_days(opened_on, days);
        self
    }

    /// The figures as given.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Papers returned: as given, else added up.
    pub fn returned(&self) -> u64 {
        self.returned
    }

    /// Whether `returned` was added up from yes, no, spoiled and blank because it was not given.
    pub fn returned_was_added_up(&self) -> bool {
        self.added_up
    }

    /// Yes and No on this question, if known.
    pub fn valid(&self) -> Option<u64> {
        self.figures.no.map(|no| self.figures.yes + no).or(self.figures.valid)
    }
}

/// Whether a test is met.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Outcome {
    Met,
    NotMet,
    /// The figures do not decide it.
    CannotTell {
        missing: &'static str,
    },
}

/// Which test, with its figures. All are integers; the comparison is the one printed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TestFigures {
    /// TULRCA s.226(2)(a)(iia): at least that share of those entitled returned a paper; exactly the share is enough.
    Turnout { returned: u64, entitled: Option<u64>, percent: u64 },
    /// TULRCA s.226(2B): at least that share of those entitled answered Yes.
    Support { yes: u64, entitled: Option<u64>, percent: u64 },
    /// TULRCA s.226(2)(a)(iii): more Yes than half; a tie is not enough.
    Majority { yes: u64, of: Option<u64>, base: MajorityBase },
}

impl TestFigures {
    /// `turnout`, `support` or `majority`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Turnout { .. } => "turnout",
            Self::Support { .. } => "support",
            Self::Majority { .. } => "majority",
        }
    }

    /// The number that must be reached (`true`: reaching it is enough) or exceeded (`false`).
    pub fn needed(&self) -> Option<(u64, bool)> {
        match self {
            Self::Turnout { entitled, percent, .. } | Self::Support { entitled, percent, .. } => {
                entitled.map(|entitled| (share_needed(*percent, entitled), true))
            }
            Self::Majority { of, .. } => of.map(|of| (of / 2, false)),
        }
    }

    /// The comparison spelt out in integers, as it was made.
    pub fn comparison(&self) -> Option<String> {
        match *self {
            Self::Turnout { returned: count, entitled, percent } | Self::Support { yes: count, entitled, percent } => {
                let entitled = entitled?;
                let (of, times) = lowest_terms(percent);
                let (left, right) = (u128::from(count) * times, u128::from(entitled) * of);
                let sign = if left >= right { "≥" } else { "<" };
                let right_side = if of == 1 { format!("{entitled}") } else { format!("{of} × {entitled} = {right}") };
                Some(format!("{times} × {count} = {left} {sign} {right_side}"))
            }
            Self::Majority { yes, of, .. } => {
                let of = of?;
                let left = u128::from(yes) * 2;
                Some(format!("2 × {yes} = {left} {} {of}", if left > u128::from(of) { ">" } else { "≤" }))
            }
        }
    }

    /// The percentage rounded to one decimal, for reading only: the counts beside it decide.
    pub fn percent_shown(&self) -> Option<String> {
        match *self {
            Self::Turnout { returned: count, entitled, .. } | Self::Support { yes: count, entitled, .. } => percent_of(count, entitled?),
            Self::Majority { yes, of, .. } => percent_of(yes, of?),
        }
    }
}

/// One test under one rule.
#[derive(Clone, Debug)]
pub struct TestResult<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// The figures.
    pub figures: TestFigures,
    /// Met or not.
    pub outcome: Outcome,
}

/// The verdict on one question in one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// At least one test is not met.
    NoMandate,
    /// No test failed, but one could not be decided.
    CannotTell,
    /// Every test is met.
    Mandate,
}

impl Verdict {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoMandate => "no-mandate",
            Self::CannotTell => "cannot-tell",
            Self::Mandate => "mandate",
        }
    }
}

/// One way of reading the law, and what follows from it.
#[derive(Clone, Debug)]
pub struct Reading<'r> {
    /// In words, such as `spoiled papers count in the majority`.
    pub name: String,
    /// The tests that apply under it.
    pub tests: Vec<TestResult<'r>>,
    /// What follows.
    pub verdict: Verdict,
    /// The mandate that would follow; dates come only from here.
    pub mandate: Option<Mandate<'r>>,
}

/// The judgment on one question in one unit.
#[derive(Clone, Debug)]
pub struct Judgment<'r> {
    /// The first is adopted: it is the strictest. More than one only where the law is contested, pending, or papers were
    /// added up and another question shows more.
    pub readings: Vec<Reading<'r>>,
    /// Tests of other days or of other ballots, and why they were not made.
    pub not_applied: Vec<(&'r Rule, String)>,
    /// What a reader must know besides.
    pub notes: Vec<String>,
}

impl<'r> Judgment<'r> {
    /// The adopted reading.
    pub fn adopted(&self) -> &Reading<'r> {
        &self.readings[0]
    }

    /// The first reading with another verdict, if there is one.
    pub fn other(&self) -> Option<&Reading<'r>> {
        self.readings.iter().find(|reading| reading.verdict != self.adopted().verdict)
    }

    /// The reading to show beside the adopted one: one with another verdict, else the next; `None` where the law has one reading.
    pub fn beside(&self) -> Option<&Reading<'r>> {
        self.other().or_else(|| self.readings.get(1))
    }

    /// L6: the verdict is provisional when another reading gives another one.
    pub fn is_provisional(&self) -> bool {
        self.other().is_some()
    }
}

/// The rules that judge ballots with the same facts, looked up once.
#[derive(Clone, Debug)]
pub struct LawOfTheDay<'r> {
    poll: PollFacts,
    ways: Vec<Way<'r>>,
    not_applied: Vec<(&'r Rule, String)>,
    mandate: MandateLaw<'r>,
    notes: Vec<String>,
}

/// One combination of rules under which results are judged.
#[derive(Clone, Debug)]
struct Way<'r> {
    name: String,
    turnout: Option<(&'r Rule, u64)>,
    support: Option<(&'r Rule, u64)>,
    majority: (&'r Rule, MajorityBase),
}

/// Looks up the law of the day the ballot opened.
///
/// # Errors
/// [`NotCovered`] when no rule is known for that day: the result cannot be judged.
pub fn law_of_the_day<'r>(book: &'r Rulebook, poll: PollFacts, agreements: Agreements) -> Result<LawOfTheDay<'r>, NotCovered> {
    let at = |key| book.on(key, poll.jurisdiction, poll.opened_on);
    let (turnout, support, majority) = (at(Key::TurnoutPercent)?, at(Key::SupportPercent)?, at(Key::Majority)?);
    let mandate = MandateLaw::of(at(Key::Mandate)?.rule, agreements);
    let mut not_applied = Vec::new();
    let mut notes = Vec::new();
    let test_of = |rule: &'r Rule, not_applied: &mut Vec<(&'r Rule, String)>| {
        if rule.number() == 0 {
            not_applied.push((rule, "no such test on the day the ballot opened".to_owned()));
            return None;
        }
        Some((rule, rule.number()))
    };
    let turnout_test = test_of(turnout.rule, &mut not_applied);
    let mut support_test = test_of(support.rule, &mut not_applied);
    if let Some((rule, percent)) = support_test {
        let exception = rule.exceptions.iter().find(|exception| {
            exception.fact.as_deref() == Some("wales_devolved")
                && poll.wales_devolved
                && exception.from.is_none_or(|from| from <= poll.opened_on)
        });
        if let Some(exception) = exception {
            not_applied.push((rule, format!("{}: {} ({})", exception.who, exception.text, exception.source)));
            support_test = None;
        } else if !poll.important_public_service {
            not_applied.push((rule, "it was not said that this ballot is one in important public services".to_owned()));
            notes.push(format!(
                "The {percent}% support test was not applied: it was not said that most of those entitled are normally engaged in important public services."
            ));
            support_test = None;
        }
    }
    let base_of = |rule: &'r Rule| match rule.value {
        Value::Base(base) => (rule, base),
        _ => (rule, MajorityBase::AllReturned),
    };
    let strict =
        Way { name: "the stricter reading".to_owned(), turnout: turnout_test, support: support_test, majority: base_of(majority.rule) };
    let mut ways = vec![strict.clone()];
    if let Some(base) = majority.rule.alternative {
        let name = format!("the majority is of {}", base.words());
        ways.push(Way { name, majority: (majority.rule, base), ..strict.clone() });
    }
    if let Some(pending) = turnout.pending {
        let switch = pending.switch.as_ref().map_or("", |switch| switch.name.as_str());
        let turnout = (pending.number() > 0).then(|| (pending, pending.number()));
        let majority = base_of(majority.pending.unwrap_or(majority.rule));
        ways.push(Way { name: format!("a person confirms {switch} for the day the ballot opened"), turnout, majority, ..strict });
    }
    for rule in [turnout.rule, majority.rule, mandate.rule()] {
        if rule.status == RuleStatus::GeneralKnowledge {
            notes.push(format!("{} rests on general knowledge, not on a text read for this work.", rule.id));
        }
    }
    notes.extend(mandate.notes());
    Ok(LawOfTheDay { poll, ways, not_applied, mandate, notes })
}

impl<'r> LawOfTheDay<'r> {
    /// The facts it was looked up for.
    pub fn poll(&self) -> PollFacts {
        self.poll
    }

    /// What the day's law says about the life of a mandate.
    pub fn mandate_law(&self) -> &MandateLaw<'r> {
        &self.mandate
    }

    /// Every rule that was looked up.
    pub fn rules(&self) -> Vec<&'r Rule> {
        let mut rules: Vec<&Rule> = self.not_applied.iter().map(|(rule, _)| *rule).collect();
        for way in &self.ways {
            rules.extend(way.turnout.map(|(rule, _)| rule));
            rules.extend(way.support.map(|(rule, _)| rule));
            rules.push(way.majority.0);
        }
        rules.push(self.mandate.rule());
        rules
    }

    /// What a reader must know about all results judged by it.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// L22 to L28: judges one question in one unit, alone: no other unit or question touches it.
pub fn judge_result<'r>(result: &UnitResult, law: &LawOfTheDay<'r>) -> Judgment<'r> {
    let mut readings: Vec<Reading<'r>> = Vec::with_capacity(law.ways.len() + 1);
    // L21: with papers added up, the stricter reading takes the fewer for turnout.
    for way in &law.ways {
        readings.push(judge_one_way(result, result.returned, way, law));
    }
    let mut notes = Vec::new();
    if result.returned_at_most > result.returned {
        let mut more: Vec<Reading<'r>> = law.ways.iter().map(|way| judge_one_way(result, result.returned_at_most, way, law)).collect();
        for reading in &mut more {
            reading.name =
                format!("{} papers were returned, as another question of this unit shows; {}", result.returned_at_most, reading.name);
        }
        readings.extend(more);
        notes.push(format!(
            "Another question of this unit shows {} papers, this one {}: give the column `returned`.",
            result.returned_at_most, result.returned
        ));
    }
    // The stricter is adopted whichever way it was found; the order is kept otherwise.
    if let Some(strictest) = (0..readings.len()).min_by_key(|at| readings[*at].verdict) {
        readings[..=strictest].rotate_right(1);
    }
    Judgment { readings, not_applied: law.not_applied.clone(), notes }
}

fn judge_one_way<'r>(result: &UnitResult, returned: u64, way: &Way<'r>, law: &LawOfTheDay<'r>) -> Reading<'r> {
    let figures = &result.figures;
    let mut tests = Vec::with_capacity(3);
    if let Some((rule, percent)) = way.turnout {
        let outcome = judge_share(returned, percent, figures.entitled);
        tests.push(TestResult { rule, figures: TestFigures::Turnout { returned, entitled: figures.entitled, percent }, outcome });
    }
    let (rule, base) = way.majority;
    let of = match base {
        MajorityBase::AllReturned => Some(returned),
        MajorityBase::ValidVotesOnQuestion => result.valid(),
    };
    let outcome = match of {
        Some(of) => judge_majority(figures.yes, of),
        // L25: not every vote is known, but there are at most as many as papers.
        None if judge_majority(figures.yes, returned) == Outcome::Met => Outcome::Met,
        None if figures.yes == 0 => Outcome::NotMet,
        None => Outcome::CannotTell { missing: "no" },
    };
    tests.push(TestResult { rule, figures: TestFigures::Majority { yes: figures.yes, of, base }, outcome });
    if let Some((rule, percent)) = way.support {
        let outcome = judge_share(figures.yes, percent, figures.entitled);
        tests.push(TestResult { rule, figures: TestFigures::Support { yes: figures.yes, entitled: figures.entitled, percent }, outcome });
    }
    let verdict = if tests.iter().any(|test| test.outcome == Outcome::NotMet) {
        Verdict::NoMandate
    } else if tests.iter().any(|test| test.outcome != Outcome::Met) {
        Verdict::CannotTell
    } else {
        Verdict::Mandate
    };
    let mandate = (verdict == Verdict::Mandate).then(|| Mandate::of_judged(law.poll, &law.mandate));
    Reading { name: way.name.clone(), tests, verdict, mandate }
}

/// L22, L27: at least that share; exactly the share is enough.
// Compared as integers: of 4,501 entitled, 2,250 returned is 49.99%. It prints as 50.0% and it is not enough.
fn judge_share(count: u64, percent: u64, entitled: Option<u64>) -> Outcome {
    match entitled {
        Some(entitled) if u128::from(count) * HUNDRED >= u128::from(entitled) * u128::from(percent) => Outcome::Met,
        Some(_) => Outcome::NotMet,
        None => Outcome::CannotTell { missing: "entitled" },
    }
}

/// L24: more than half; a tie is no majority.
fn judge_majority(yes: u64, of: u64) -> Outcome {
    if u128::from(yes) * 2 > u128::from(of) { Outcome::Met } else { Outcome::NotMet }
}

/// Per cent means of a hundred: arithmetic, not law.
const HUNDRED: u128 = 100;

fn share_needed(percent: u64, entitled: u64) -> u64 {
    u64::try_from((u128::from(entitled) * u128::from(percent)).div_ceil(HUNDRED)).unwrap_or(u64::MAX)
}

/// The percentage as a fraction in lowest terms: 50 is 1 of 2, 40 is 2 of 5.
fn lowest_terms(percent: u64) -> (u128, u128) {
    let share = Ratio::new(percent.into(), 100);
    (share.numerator().unsigned_abs(), share.denominator().unsigned_abs())
}

/// `41.6` for reading; `None` of nothing.
pub fn percent_of(count: u64, of: u64) -> Option<String> {
    (of > 0).then(|| Ratio::new(i128::from(count) * 100, of.into()).to_fixed(1))
}
