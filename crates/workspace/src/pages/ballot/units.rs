//! The same results as separate ballots and as one: what `law units` works out, with the conditions of one ballot to answer.

use dispute::polls_of_record;
use law::{Aggregation, Agreements, Answer, Answers, Verdict, count_verdict, judge_units};

use super::{Rules, defaults};
use crate::asked::{Asked, Opened};
use crate::pages::question::Slip;
use crate::table::{Table, words};

/// The conditions that some law knows, with the question each puts.
pub(super) const CONDITIONS: [(&str, &str); 5] = [
    ("same-workplace", "Does the union reasonably believe that all those entitled have the same workplace?"),
    ("each-workplace-affected", "Has every workplace of those entitled at least one member affected by the dispute?"),
    ("occupations-complete", "Were all members in particular occupations with particular employers in dispute balloted?"),
    ("all-at-these-employers", "Were all members employed by particular employers in dispute balloted?"),
    ("common-factor", "Do all share a distinguishing factor, and was no one sharing it left out?"),
];

/// Both options, and what is still to be answered.
pub(super) struct UnitsView {
    pub(super) table: Table,
    pub(super) html: String,
    pub(super) conditions: Vec<ConditionView>,
    pub(super) tests: Vec<String>,
    pub(super) could_not: Option<String>,
}

/// A condition of the law of the day.
pub(super) struct ConditionView {
    pub(super) id: String,
    pub(super) question: String,
    pub(super) text: String,
    pub(super) source: String,
    pub(super) answer: &'static str,
}

/// `None` where fewer than two units have a result that can be judged.
pub(super) fn units_view(opened: &Opened<'_>, asked: &Asked<'_>, csv: &str, rules: &mut Rules, slips: &mut Vec<Slip>) -> Option<UnitsView> {
    let record = polls_of_record(opened.dispute, defaults(), opened.book);
    if record.results.len() < 2 {
        return None;
    }
    let answers = answers(asked, slips);
    let heads = ["option", "question", ">won", ">lost", ">cannot tell", ">members where won", "lawful as one ballot?"];
    let mut table = Table::new("units", "The same results as separate ballots and as one", &heads);
    let options = match judge_units(opened.book, &record.results, Agreements::default(), &answers) {
        Ok(options) => options,
        Err(not_covered) => {
            let (html, could_not) = (String::new(), Some(not_covered.to_string()));
            return Some(UnitsView { table, html, conditions: Vec::new(), tests: Vec::new(), could_not });
        }
    };
    rules.add(options.rules.iter().copied());
    let mut questions: Vec<&String> = options.together.iter().map(|together| &together.result.figures().question).collect();
    questions.dedup();
    for question in questions {
        let count = |verdict| count_verdict(&options.separate, question, verdict);
        let (won, lost, open) = (count(Verdict::Mandate), count(Verdict::NoMandate), count(Verdict::CannotTell));
        table.row([
            words("separate"),
            words(question.replace('-', " ")).exact(question.as_str()),
            words(won.0.to_string()),
            words(lost.0.to_string()),
            words(open.0.to_string()),
            words(pay::grouped(won.1)).exact(won.1.to_string()),
            words("not asked"),
        ]);
    }
    let mut tests = Vec::new();
    for all in &options.together {
        let figures = all.result.figures();
        let verdict = all.judgment.adopted().verdict;
        let column = |wanted| words(if verdict == wanted { all.units.to_string() } else { "0".to_owned() });
        let members = if verdict == Verdict::Mandate { figures.entitled.unwrap_or(0) } else { 0 };
        let lawful = match &all.aggregation {
            Aggregation::Lawful(condition) => words(format!("yes: {}", condition.source)).exact("yes").class("for"),
            Aggregation::NotLawful => words("NO: no condition holds").exact("no").class("against"),
            Aggregation::NotAnswered(_) => words("cannot tell: conditions not answered").exact("cannot-tell").class("open"),
        };
        table.row([
            words("together"),
            words(figures.question.replace('-', " ")).exact(figures.question.as_str()),
            column(Verdict::Mandate),
            column(Verdict::NoMandate),
            column(Verdict::CannotTell),
            words(pay::grouped(members)).exact(members.to_string()),
            lawful,
        ]);
        let provisional = if all.judgment.is_provisional() { ", provisional" } else { "" };
        for test in &all.judgment.adopted().tests {
            let comparison = test.figures.comparison().unwrap_or_else(|| "figures unknown".to_owned());
            let verdict = verdict.word().replace('-', " ");
            let text = format!(
                "Together, {} ({} units): {verdict}{provisional}; {}: {comparison} ({})",
                figures.question.replace('-', " "),
                all.units,
                test.figures.name(),
                test.rule.id
            );
            tests.push(text);
        }
    }
    let known = options.together.first().map(|all| all.rule.conditions.as_slice()).unwrap_or_default();
    let conditions = known.iter().map(|condition| ConditionView {
        id: condition.id.clone(),
        question: CONDITIONS
            .iter()
            .find(|(id, _)| *id == condition.id)
            .map_or(condition.text.as_str(), |(_, question)| question)
            .to_owned(),
        text: condition.text.clone(),
        source: condition.source.clone(),
        answer: match answers.get(&condition.id) {
            Some(Answer::Yes) => "yes",
            Some(Answer::No) => "no",
            None => "",
        },
    });
    let conditions = conditions.collect();
    Some(UnitsView { html: table.html(Some(csv)), table, conditions, tests, could_not: None })
}

fn answers(asked: &Asked<'_>, slips: &mut Vec<Slip>) -> Answers {
    let mut answers = Answers::new();
    for (id, _) in CONDITIONS {
        let answer = match asked.one(id) {
            None => continue,
            Some("yes") => Answer::Yes,
            Some("no") => Answer::No,
            Some(other) => {
                slips.push(Slip { field: id.to_owned(), what: format!("“{other}” is no answer here. It is yes or no.") });
                continue;
            }
        };
        answers.insert(id.to_owned(), answer);
    }
    answers
}
