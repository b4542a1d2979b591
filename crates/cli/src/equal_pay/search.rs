//! `whitley equal-pay search`: the claims of a pay file, highest hourly gap first, each behind the gate of the law.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use dated::Ratio;
use law::{EqualPayRule, Standing, is_settled};
use pay::equal_pay::{Case, Cases, Comparison, Hourly, Reach, Route, Sums, compare};
use serde_json::{Value, json};

use super::setting::{Setting, SettingArguments, rule_json};
use super::{per_hour, to_the_pound};
use crate::answer::{self, Outcome, Table};
use crate::offer::Stop;

/// Arguments of `whitley equal-pay search`.
#[derive(Args)]
pub(crate) struct Search {
    /// The pay file: one row for a person, or for several who are alike
    workforce: PathBuf,
    #[command(flatten)]
    setting: SettingArguments,
    /// Look in other employers too: associated ones, those with one body that sets terms, and all others for bargaining
    #[arg(long)]
    across: bool,
    /// How many claims the tables show (JSON has all)
    #[arg(long, default_value_t = 25)]
    show: usize,
}

/// Claims of one reach with what the gate says of each.
struct Section<'s> {
    title: &'static str,
    cases: Cases,
    standings: Vec<(Standing, Vec<String>)>,
    rules: BTreeMap<&'s str, &'s EqualPayRule>,
}

impl Search {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let setting = Setting::open(&self.workforce, &self.setting, as_json)?;
        let mut sections = vec![section(&setting, "Own employer", Reach::OwnEmployer, as_json)?];
        if self.across {
            let (associations, bodies) = (setting.employers.associations(), setting.employers.bodies());
            let all = vec![1; setting.records.employers.count()];
            sections.push(section(&setting, "Associated employers", Reach::Others(&associations), as_json)?);
            sections.push(section(&setting, "Employers whose terms one body sets", Reach::Others(&bodies), as_json)?);
            sections.push(section(&setting, "Any other employer", Reach::Others(&all), as_json)?);
        }
        if as_json {
            answer::print_json(&document(&setting, &sections));
        } else {
            answer::print(&setting.heading());
            for section in &sections {
                answer::print(&text(&setting, section, self.show));
            }
            if sections.iter().any(|section| !section.cases.list.is_empty()) {
                let questions = setting.book.material_factors().iter().map(|factor| format!("  - {}\n", factor.question));
                answer::print(&format!("\nTo ask of every difference:\n{}", questions.collect::<String>()));
            }
            answer::print(&format!("\n{}", setting.closing()));
            let next = if self.across { "" } else { " | other employers: --across" };
            answer::print(&format!(
                "next: the list by employer with the same options: whitley equal-pay employers {}{next}\n",
                setting.file
            ));
        }
        Ok(Outcome::Yes)
    }
}

fn section<'s>(setting: &'s Setting, title: &'static str, reach: Reach<'_>, as_json: bool) -> Result<Section<'s>, Stop> {
    let cases = setting.cases(reach, as_json)?;
    let mut standings = Vec::with_capacity(cases.list.len());
    let mut rules = BTreeMap::new();
    for case in &cases.list {
        let judged = setting.judge(case, as_json)?;
        let window = setting.window(case.employer).map_err(|why| super::setting::not_covered(&why, as_json))?;
        rules.extend(judged.rules.iter().chain(&window.rules).map(|rule| (rule.id.as_str(), *rule)));
        standings.push((judged.standing, judged.why));
    }
    Ok(Section { title, cases, standings, rules })
}

/// The pair that stands for a claim: the one with the highest gap.
fn example(setting: &Setting, case: &Case) -> Option<Comparison> {
    let record = |at: u32| setting.records.list.get(at as usize);
    compare(&setting.records, &setting.question, record(case.example.0)?, record(case.example.1)?).ok()
}

fn text(setting: &Setting, section: &Section<'_>, show: usize) -> String {
    let mut text = format!("\n{}\n", section.title);
    if section.cases.list.is_empty() {
        text.push_str("  Nobody paid more was found here.\n");
        return text;
    }
    let headings = [
        "No.",
        "Employer",
        "Claimants",
        ">People",
        ">Part-time",
        "Comparator",
        ">Hers £/h",
        ">His £/h",
        ">Gap £/h",
        ">Gap %",
        ">Arrears £",
        ">By terms £",
    ];
    let mut table = Table::new(&headings);
    for (number, case) in section.cases.list.iter().take(show).enumerate() {
        let name = |number: u32| setting.records.jobs.name(number).to_owned();
        let pay = |at: u32| Hourly::of(&setting.records.list[at as usize], setting.question.rank_by, setting.question.weeks).pence();
        let (hers, his) = (pay(case.example.0), pay(case.example.1));
        let employer = setting.records.employers.name(case.employer);
        let comparator = if case.employer == case.comparator_employer {
            name(case.comparator_job)
        } else {
            format!("{}, {}", name(case.comparator_job), setting.records.employers.name(case.comparator_employer))
        };
        table.row([
            (number + 1).to_string(),
            employer.to_owned(),
            name(case.job),
            pay::grouped(case.sums.people),
            pay::grouped(case.sums.part_time),
            comparator,
            per_hour(hers),
            per_hour(his),
            per_hour(case.highest_gap),
            percent(case.highest_gap, his),
            money(case.sums.together_pence),
            money(case.sums.term_by_term_pence),
        ]);
    }
    text.push_str(&table.text());
    let rest = section.cases.list.len().saturating_sub(show);
    if rest > 0 {
        text.push_str(&format!(
            "  and {} (--show {})\n",
            super::counted(rest, "further claim", "further claims"),
            section.cases.list.len()
        ));
    }
    text.push_str(&sums_text(&section.cases.sums(), &section.cases));
    if section.cases.list.iter().any(|case| case.employer != case.comparator_employer) {
        text.push_str("  The same claimants may stand in several sections: do not add them. For bargaining only, the sum is a yardstick, not arrears.\n");
    }
    let mut by_sentence: BTreeMap<(u8, String), Vec<usize>> = BTreeMap::new();
    for (at, case) in section.cases.list.iter().take(show).enumerate() {
        by_sentence.entry((0, case.route.label().to_owned())).or_default().push(at + 1);
        by_sentence.entry((1, section.standings[at].0.label().to_owned())).or_default().push(at + 1);
        for caution in &case.cautions {
            by_sentence.entry((2, caution.sentence())).or_default().push(at + 1);
        }
        if case.women_in_comparators_job > case.comparators {
            by_sentence.entry((2, "more women than men do the comparator's job".to_owned())).or_default().push(at + 1);
        }
    }
    for (kind, title) in [(0, "Work is equal by"), (1, "In law"), (2, "To mend in the evidence")] {
        text.push_str(&format!("  {title}:\n"));
        let lines = by_sentence.iter().filter(|((of, _), _)| *of == kind);
        let before = text.len();
        lines.for_each(|((_, sentence), numbers)| text.push_str(&format!("    {sentence}: {}\n", ranges(numbers))));
        if text.len() == before {
            text.push_str("    nothing that the file shows\n");
        }
    }
    text
}

fn sums_text(sums: &Sums, cases: &Cases) -> String {
    let mut text = format!(
        "  Together: {}, {}, {} part-time; arrears {} (term by term {}), without interest and lost pension.\n",
        super::counted(cases.list.len(), "claim", "claims"),
        super::people(sums.people),
        pay::grouped(sums.part_time),
        to_the_pound(sums.together_pence),
        to_the_pound(sums.term_by_term_pence),
    );
    if sums.other_reading_pence != sums.together_pence {
        text.push_str(&format!("  Provisional: under the other reading of the limit {}.\n", to_the_pound(sums.other_reading_pence)));
    }
    if sums.since_not_said > 0 {
        text.push_str(&format!(
            "  Of {} it is not said since when they have done the job: the whole of the time is counted.\n",
            super::people(sums.since_not_said)
        ));
    }
    if sums.past_not_known > 0 {
        text.push_str(&format!(
            "  For {} past pay is not known for all of the time: days without it take what was paid next (E45; columns from and until, or --scale).\n",
            super::people(sums.past_not_known)
        ));
    }
    if sums.out_of_time > 0 {
        text.push_str(&format!(
            "  {} left too early for a tribunal: no money counted; ask whether a court can still be used.\n",
            super::people(sums.out_of_time)
        ));
    }
    text
}

fn percent(gap: Ratio, of: Ratio) -> String {
    (gap * Ratio::whole(100)).checked_div(of).map_or_else(String::new, |percent| percent.to_fixed(1))
}

fn money(pence: i64) -> String {
    to_the_pound(pence).replace('£', "")
}

/// `1 to 4, 7`.
fn ranges(numbers: &[usize]) -> String {
    let mut text = Vec::new();
    let mut at = 0;
    while at < numbers.len() {
        let mut end = at;
        while end + 1 < numbers.len() && numbers[end + 1] == numbers[end] + 1 {
            end += 1;
        }
        text.push(match end - at {
            0 => numbers[at].to_string(),
            1 => format!("{}, {}", numbers[at], numbers[end]),
            _ => format!("{} to {}", numbers[at], numbers[end]),
        });
        at = end + 1;
    }
    text.join(", ")
}

pub(super) fn sums_json(sums: &Sums) -> Value {
    json!({
        "claims": sums.claims,
        "people": sums.people,
        "part_time": sums.part_time,
        "out_of_time": sums.out_of_time,
        "since_not_said": sums.since_not_said,
        "past_not_known": sums.past_not_known,
        "arrears_pence": sums.together_pence,
        "arrears_term_by_term_pence": sums.term_by_term_pence,
        "arrears_other_reading_pence": sums.other_reading_pence,
    })
}

/// Pence an hour in JSON: pounds, four decimals.
pub(super) fn hourly_json(pence: Ratio) -> Value {
    answer::number(pence / Ratio::whole(100), 4)
}

pub(super) fn terms_json(compared: &Comparison) -> Value {
    let figure =
        |value: Option<Ratio>, is_money: bool| value.map(|value| if is_money { hourly_json(value) } else { answer::number(value, 4) });
    compared
        .terms
        .iter()
        .map(|gap| {
            let (label, unit) = gap.term.label();
            let is_money = gap.term.is_money();
            json!({"term": label, "unit": unit, "claimant": figure(gap.claimant, is_money), "comparator": figure(gap.comparator, is_money),
                "gap": figure(gap.gap(), is_money)})
        })
        .collect()
}

fn document(setting: &Setting, sections: &[Section<'_>]) -> Value {
    let mut claims = Vec::new();
    let mut rules = BTreeMap::new();
    for section in sections {
        rules.extend(section.rules.iter().map(|(id, rule)| (*id, *rule)));
        for (case, (standing, why)) in section.cases.list.iter().zip(&section.standings) {
            let record = |at: u32| &setting.records.list[at as usize];
            let pay = |at: u32| Hourly::of(record(at), setting.question.rank_by, setting.question.weeks).pence();
            let (hers, his) = (pay(case.example.0), pay(case.example.1));
            let mut claim = json!({
                "reach": section.title,
                "employer": setting.records.employers.name(case.employer),
                "job": setting.records.jobs.name(case.job),
                "line": record(case.example.0).line,
                "comparator": {
                    "employer": setting.records.employers.name(case.comparator_employer),
                    "job": setting.records.jobs.name(case.comparator_job),
                    "line": record(case.example.1).line,
                    "men_in_job": case.comparators,
                    "women_in_job": case.women_in_comparators_job,
                },
                "route": case.route.word(),
                "needs_expert": case.route == Route::EqualValue,
                "standing": standing.word(),
                "label": standing.label(),
                "why": why,
                "hourly": {
                    "claimant": hourly_json(hers),
                    "comparator": hourly_json(his),
                    "gap": hourly_json(case.highest_gap),
                    "lowest_gap": hourly_json(case.lowest_gap),
                    "gap_percent": (case.highest_gap * Ratio::whole(100)).checked_div(his).map(|percent| answer::number(percent, 2)),
                },
                "terms": example(setting, case).map(|compared| terms_json(&compared)),
                "cautions": case.cautions.iter().map(|caution| caution.sentence()).collect::<Vec<_>>(),
            });
            let sums = sums_json(&case.sums);
            if let (Some(claim), Some(sums)) = (claim.as_object_mut(), sums.as_object()) {
                claim.extend(sums.iter().filter(|(key, _)| *key != "claims").map(|(key, value)| (key.clone(), value.clone())));
            }
            claims.push(claim);
        }
    }
    let used: Vec<&EqualPayRule> = rules.values().copied().collect();
    json!({
        "lodged_on": setting.lodged.to_string(),
        "weeks": setting.weeks_name(),
        "ranked_by": setting.question.rank_by.word(),
        "claims": claims,
        "totals": sections.iter().map(|section| json!({"reach": section.title, "sums": sums_json(&section.cases.sums())})).collect::<Vec<_>>(),
        "left_out": ["interest", "lost pension"],
        "provisional": !is_settled(&used),
        "questions": setting.book.material_factors().iter().map(|factor| json!({"id": factor.id, "question": factor.question})).collect::<Vec<_>>(),
        "rules": used.into_iter().map(rule_json).collect::<Vec<_>>(),
        "not_legal_advice": setting.book.not_legal_advice(),
    })
}
