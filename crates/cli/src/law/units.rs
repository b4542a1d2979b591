//! `whitley law units`: the same results as separate ballots and as one; or a range from earlier turnouts.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dated::{Faults, Place};
use law::{
    Aggregation, Agreements, Answer, Answers, RowDefaults, Rulebook, Swing, Together, Verdict, count_verdict, forecast_on, judge_units,
    percent_of, read_earlier_turnouts, read_results,
};
use serde_json::{Value, json};

use super::judge::FactArguments;
use super::timetable::could_not_check;
use super::{Cited, read_file, with_closing};
use crate::answer::{Outcome, Table, print, print_json, refuse};

#[derive(Args)]
pub(crate) struct UnitsArguments {
    /// Results as for `law judge`; with --forecast: unit, entitled and columns of earlier turnouts
    #[arg(value_name = "RESULTS.csv")]
    results: PathBuf,
    #[command(flatten)]
    facts: FactArguments,
    /// The union reasonably believes that all those entitled have the same workplace (s.228)
    #[arg(long, value_name = "yes|no")]
    same_workplace: Option<YesNo>,
    /// Every workplace of those entitled has at least one member affected by the dispute (s.228A(2))
    #[arg(long, value_name = "yes|no")]
    each_workplace_affected: Option<YesNo>,
    /// All members in particular occupations with particular employers in dispute were balloted (s.228A(3))
    #[arg(long, value_name = "yes|no")]
    occupations_complete: Option<YesNo>,
    /// All members employed by particular employers in dispute were balloted (s.228A(4))
    #[arg(long, value_name = "yes|no")]
    all_at_these_employers: Option<YesNo>,
    /// Ballots to September 2000: all share a distinguishing factor and no one sharing it was left out (s.228 as enacted)
    #[arg(long, value_name = "yes|no")]
    common_factor: Option<YesNo>,
    /// A range of what may come, from earlier turnouts
    #[arg(long)]
    forecast: bool,
    /// With --forecast: how far turnout may fall and rise, in percentage points, as in --swing 8.5,6
    #[arg(long, value_name = "DOWN,UP", requires = "forecast")]
    swing: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum YesNo {
    Yes,
    No,
}

pub(crate) fn run(arguments: &UnitsArguments, book: &Rulebook, as_json: bool) -> Outcome {
    let faults = Faults::new();
    let defaults = arguments.facts.defaults(&faults);
    let map = arguments.facts.map(&faults);
    if arguments.forecast {
        return run_forecast(arguments, defaults, &map, faults, book, as_json);
    }
    let name = arguments.results.to_string_lossy();
    let results = match read_file(&arguments.results) {
        Ok(bytes) => read_results(&name, &bytes, defaults, &map, &faults),
        Err(found) => return refuse(&found, as_json),
    };
    if faults.error_count() > 0 {
        return refuse(&faults.into_sorted(), as_json);
    }
    let options = match judge_units(book, &results, Agreements::default(), &answers(arguments)) {
        Ok(options) => options,
        Err(not_covered) => return could_not_check(&not_covered, book, as_json),
    };
    let mut cited = Cited::default();
    cited.extend(options.rules.iter().copied());
    let mut questions: Vec<String> = options.together.iter().map(|together| together.result.figures().question.clone()).collect();
    questions.dedup();
    let separate: Vec<(String, [(usize, u64); 3])> = questions
        .iter()
        .map(|question| {
            let count = |verdict| count_verdict(&options.separate, question, verdict);
            (question.clone(), [count(Verdict::Mandate), count(Verdict::NoMandate), count(Verdict::CannotTell)])
        })
        .collect();
    let all_won = separate.iter().all(|(_, [_, lost, open])| lost.0 + open.0 == 0);
    let together_won = options
        .together
        .iter()
        .all(|all| matches!(all.aggregation, Aggregation::Lawful(_)) && all.judgment.adopted().verdict == Verdict::Mandate);
    let together_open = options
        .together
        .iter()
        .any(|all| matches!(all.aggregation, Aggregation::NotAnswered(_)) && all.judgment.adopted().verdict == Verdict::Mandate);
    if as_json {
        let won = |question: &str, verdict| -> Vec<&str> {
            let of = options
                .separate
                .iter()
                .filter(|unit| unit.result.figures().question.eq_ignore_ascii_case(question) && unit.judgment.adopted().verdict == verdict);
            of.map(|unit| unit.result.figures().unit.as_str()).collect()
        };
        let mut options_json = vec![json!({
            "option": "separate",
            "lawful": "yes",
            "questions": separate.iter().map(|(question, counts)| json!({
                "question": question,
                "won": won(question, Verdict::Mandate),
                "lost": won(question, Verdict::NoMandate),
                "cannot_tell": won(question, Verdict::CannotTell),
                "units_won": counts[0].0, "units_lost": counts[1].0, "units_cannot_tell": counts[2].0,
                "entitled_where_won": counts[0].1, "entitled_where_lost": counts[1].1,
            })).collect::<Vec<_>>(),
        })];
        options_json.extend(options.together.iter().map(together_json));
        print_json(&with_closing(json!({ "options": options_json }), book, &cited));
    } else {
        let mut table = Table::new(&["Option", "Question", ">Won", ">Lost", ">Cannot tell", ">Members where won", "Lawful as one ballot?"]);
        for (question, [won, lost, open]) in &separate {
            let cells = [won.0.to_string(), lost.0.to_string(), open.0.to_string(), won.1.to_string()];
            table.row(["separate".to_owned(), question.clone()].into_iter().chain(cells).chain(["not asked".to_owned()]));
        }
        for all in &options.together {
            let won = all.judgment.adopted().verdict;
            let column = |verdict| if won == verdict { all.units.to_string() } else { "0".to_owned() };
            let members = if won == Verdict::Mandate { all.result.figures().entitled.unwrap_or(0) } else { 0 };
            let lawful = match &all.aggregation {
                Aggregation::Lawful(condition) => format!("yes: {}", condition.source),
                Aggregation::NotLawful => "NO: no condition holds".to_owned(),
                Aggregation::NotAnswered(_) => "cannot tell: conditions not answered".to_owned(),
            };
            table.row([
                "together".to_owned(),
                all.result.figures().question.clone(),
                column(Verdict::Mandate),
                column(Verdict::NoMandate),
                column(Verdict::CannotTell),
                members.to_string(),
                lawful,
            ]);
        }
        let mut text = table.text();
        for all in &options.together {
            let poll = all.result.figures().poll;
            text.push_str(&format!(
                "\nTogether, {} ({} units, {}, open {} to {}): {}{}\n",
                all.result.figures().question,
                all.units,
                poll.jurisdiction.short(),
                poll.opened_on,
                poll.closed_on,
                all.judgment.adopted().verdict.word(),
                if all.judgment.is_provisional() { ", provisional" } else { "" }
            ));
            for test in &all.judgment.adopted().tests {
                text.push_str(&format!(
                    "  {}: {} ({})\n",
                    test.figures.name(),
                    test.figures.comparison().unwrap_or_else(|| "figures unknown".to_owned()),
                    test.rule.id
                ));
            }
            for note in &all.judgment.notes {
                text.push_str(&format!("  {note}\n"));
            }
        }
        if let Some(Aggregation::NotAnswered(open)) = options.together.first().map(|all| &all.aggregation) {
            text.push_str("\nOne ballot over several workplaces is lawful only if one of these holds. Answer each with yes or no:\n");
            for condition in open {
                text.push_str(&format!("  --{} yes|no: {} ({})\n", condition.id, condition.text, condition.source));
            }
        }
        text.push_str(&cited.text(book));
        text.push_str("Next: `whitley law judge` on the same file shows every test of every unit.\n");
        print(&text);
    }
    match (all_won || together_won, together_open) {
        (true, _) => Outcome::Yes,
        (false, true) => Outcome::CouldNotCheck,
        (false, false) => Outcome::No,
    }
}

fn answers(arguments: &UnitsArguments) -> Answers {
    let given = [
        ("same-workplace", arguments.same_workplace),
        ("each-workplace-affected", arguments.each_workplace_affected),
        ("occupations-complete", arguments.occupations_complete),
        ("all-at-these-employers", arguments.all_at_these_employers),
        ("common-factor", arguments.common_factor),
    ];
    given
        .into_iter()
        .filter_map(|(id, answer)| {
            let answer = match answer? {
                YesNo::Yes => Answer::Yes,
                YesNo::No => Answer::No,
            };
            Some((id.to_owned(), answer))
        })
        .collect()
}

fn together_json(all: &Together<'_>) -> Value {
    let (conditions, needed) = match &all.aggregation {
        Aggregation::Lawful(condition) => (Some(condition.id.clone()), Vec::new()),
        Aggregation::NotLawful => (None, Vec::new()),
        Aggregation::NotAnswered(open) => (
            None,
            open.iter().map(|condition| json!({"condition": condition.id, "text": condition.text, "source": condition.source})).collect(),
        ),
    };
    let figures = all.result.figures();
    json!({
        "option": "together",
        "question": figures.question,
        "units": all.units,
        "jurisdiction": figures.poll.jurisdiction.short(),
        "opened": figures.poll.opened_on.to_string(),
        "closed": figures.poll.closed_on.to_string(),
        "lawful": all.aggregation.word(),
        "condition": conditions,
        "conditions_not_answered": needed,
        "rule": all.rule.id,
        "verdict": all.judgment.adopted().verdict.word(),
        "provisional": all.judgment.is_provisional(),
        "returned": all.result.returned(),
        "entitled": figures.entitled,
        "yes": figures.yes,
        "percent_shown": figures.entitled.and_then(|entitled| percent_of(all.result.returned(), entitled)),
        "tests": all.judgment.adopted().tests.iter().map(super::judge::test_json).collect::<Vec<_>>(),
    })
}

fn run_forecast(
    arguments: &UnitsArguments,
    defaults: RowDefaults,
    map: &[(String, String)],
    faults: Faults,
    book: &Rulebook,
    as_json: bool,
) -> Outcome {
    let name = arguments.results.to_string_lossy();
    let units = match read_file(&arguments.results) {
        Ok(bytes) => read_earlier_turnouts(&name, &bytes, map, &faults),
        Err(found) => return refuse(&found, as_json),
    };
    let swing = match &arguments.swing {
        None => Swing::built_in(),
        Some(text) => {
            let (down, up) = text.split_once(',').unwrap_or((text, ""));
            Swing::said(down, up).map_err(|what| {
                faults.error("bad-swing", &Place::new("--swing", 1), what, "write --swing 8.5,6");
                Vec::new()
            })
        }
    };
    let Some(opened_on) = defaults.opened_on else {
        faults.error("missing-date", &Place::new("--opened", 1), "it is not said when the ballot opens", "say --opened 2026-03-02");
        return refuse(&faults.into_sorted(), as_json);
    };
    if faults.error_count() > 0 {
        return refuse(&faults.into_sorted(), as_json);
    }
    let swing = match swing {
        Ok(swing) => swing,
        Err(found) => return refuse(&found, as_json),
    };
    let (made, rule) = match forecast_on(book, &units, &swing, defaults.jurisdiction, opened_on) {
        Ok(made) => made,
        Err(not_covered) => return could_not_check(&not_covered, book, as_json),
    };
    let mut cited = Cited::default();
    cited.add(rule);
    let [low, same, high] = made.passing();
    let range_json = |range: &law::Range| {
        json!({
            "unit": range.unit, "entitled": range.entitled, "needed": range.needed, "chance": range.chance.word(),
            "returned_low": range.returned[0], "returned_if_same": range.returned[1], "returned_high": range.returned[2],
            "moves_that_pass": range.moves_that_pass, "percent_of_moves": made.percent_of_moves(range).map(|share| share.to_fixed(1)),
        })
    };
    let expected = made.expected();
    if as_json {
        let document = json!({
            "options": [
                {"option": "separate", "units": made.units.len(), "pass_low": low, "pass_if_same": same, "pass_high": high,
                 "ranges": made.units.iter().map(range_json).collect::<Vec<_>>()},
                {"option": "together", "range": range_json(&made.together)},
            ],
            "moves": made.moves,
            "expected": expected.map(|expected| json!({
                "units": expected.units.to_fixed(1), "members_separate": expected.members_separate.to_fixed(0),
                "members_together": expected.members_together.to_fixed(0),
            })),
            "assumes": swing.text, "swing_source": swing.source,
            "swing_low": swing.low.to_fixed(1), "swing_high": swing.high.to_fixed(1),
            "rule": rule.id, "only_turnout": "whether a majority votes Yes is not forecast",
        });
        print_json(&with_closing(document, book, &cited));
        return Outcome::Yes;
    }
    let mut table =
        Table::new(&["Unit", ">Entitled", ">Needed", ">Low", ">If the same", ">High", "Turnout test", ">Of the observed moves pass"]);
    for range in made.units.iter().chain([&made.together]) {
        let [low, same, high] = range.returned.map(|returned| returned.to_string());
        table.row([
            range.unit.clone(),
            range.entitled.to_string(),
            range.needed.to_string(),
            low,
            same,
            high,
            range.chance.word().to_owned(),
            made.percent_of_moves(range).map(|share| format!("{}%", share.to_fixed(0))).unwrap_or_default(),
        ]);
    }
    let mut text = table.text();
    text.push_str(&format!(
        "\nSeparately: between {low} and {high} of {} units reach the turnout; {same} if each votes as last time.\nTogether: {}.\n",
        made.units.len(),
        made.together.chance.word()
    ));
    text.push_str(&format!(
        "Assumed: turnout moves between {} and +{} percentage points. {} ({}) Whether a majority votes Yes is not forecast.\n",
        swing.low.to_fixed(1),
        swing.high.to_fixed(1),
        swing.text,
        swing.source
    ));
    if let Some(expected) = expected {
        text.push_str(&format!(
            "On the average of the {} observed moves: separately {} of {} units with {} members; as one ballot {} members, if all units move alike.\n",
            made.moves,
            expected.units.to_fixed(1),
            made.units.len(),
            expected.members_separate.to_fixed(0),
            expected.members_together.to_fixed(0)
        ));
    }
    text.push_str(&cited.text(book));
    print(&text);
    Outcome::Yes
}
