//! `whitley equal-pay pair`: two rows of a pay file side by side, term by term.

use std::path::PathBuf;

use clap::Args;
use dated::Ratio;
use law::judge_comparator;
use pay::WeeksInYear;
use pay::equal_pay::{ArrearsPeriod, ArrearsWindow, Hourly, Money, PayRecord, TermGap, compare, price, price_periods};
use serde_json::json;

use super::search::{hourly_json, terms_json};
use super::setting::{Setting, SettingArguments, not_covered, rule_json};
use super::{per_hour, to_the_pound};
use crate::answer::{self, Outcome, Table};
use crate::offer::Stop;

/// Arguments of `whitley equal-pay pair`. Exit code 0 if he may be pleaded and is paid more, else 1.
#[derive(Args)]
pub(crate) struct Pair {
    /// The pay file
    workforce: PathBuf,
    /// The claimant's line in it
    #[arg(long, value_name = "LINE")]
    claimant: u32,
    /// The comparator's line
    #[arg(long, value_name = "LINE")]
    comparator: u32,
    #[command(flatten)]
    setting: SettingArguments,
}

impl Pair {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let setting = Setting::open(&self.workforce, &self.setting, as_json)?;
        let row = |line: u32| -> Result<&PayRecord, Stop> {
            let found = setting.records.list.iter().find(|record| record.line == line);
            found.ok_or_else(|| Stop::Question(format!("line {line} of {} is no row of pay; the first stands on line 2", setting.file)))
        };
        let (hers, his) = (row(self.claimant)?, row(self.comparator)?);
        let compared = match compare(&setting.records, &setting.question, hers, his) {
            Ok(compared) => compared,
            Err(refusals) => {
                let reasons: Vec<String> = refusals.into_iter().map(|refusal| refusal.sentence()).collect();
                if as_json {
                    answer::print_json(&json!({ "refused": reasons }));
                } else {
                    answer::print(&format!("Refused: {}.\n", reasons.join("; ")));
                }
                return Ok(Outcome::No);
            }
        };
        let said = hers.establishment != 0 && his.establishment != 0;
        let one_place = said.then_some(hers.establishment == his.establishment && hers.employer == his.employer);
        let employment = setting.employers.employment(hers.employer, his.employer, one_place);
        let nation = setting.employers.nation(hers.employer);
        let judged = judge_comparator(&setting.book, nation, setting.lodged, &employment).map_err(|why| not_covered(&why, as_json))?;
        let window = setting.window(hers.employer).map_err(|why| not_covered(&why, as_json))?;
        let days = ArrearsWindow { from: window.arrears_from, lodged_on: window.lodged_on, left_on_or_after: window.left_on_or_after };
        let owed = price(&setting.records, hers, his, setting.question.weeks, &days);
        let periods = price_periods(&setting.records, hers, his, setting.question.weeks, &days);
        let is_paid_more = compared.gap() > Ratio::ZERO || compared.terms.iter().any(|gap| gap.gap().is_some_and(|gap| gap > Ratio::ZERO));
        let outcome = if judged.standing.may_be_pleaded() && is_paid_more { Outcome::Yes } else { Outcome::No };
        let cautions: Vec<String> = compared.cautions.iter().map(|caution| caution.sentence()).collect();
        if as_json {
            answer::print_json(&json!({
                "route": compared.route.word(),
                "standing": judged.standing.word(),
                "label": judged.standing.label(),
                "why": judged.why,
                "weeks": setting.weeks_name(),
                "hourly": {"claimant": hourly_json(compared.claimant), "comparator": hourly_json(compared.comparator),
                    "gap": hourly_json(compared.gap()), "gap_percent": compared.gap_percent().map(|percent| answer::number(percent, 2))},
                "terms": terms_json(&compared),
                "arrears_pence": owed.together_pence,
                "arrears_term_by_term_pence": owed.term_by_term_pence,
                "days": owed.days,
                "days_assumed": owed.days_assumed,
                "periods": periods.iter().map(|period| period_json(period, setting.question.weeks)).collect::<Vec<_>>(),
                "out_of_time": owed.out_of_time,
                "left_out": ["interest", "lost pension"],
                "cautions": cautions,
                "rules": judged.rules.iter().chain(&window.rules).map(|rule| rule_json(rule)).collect::<Vec<_>>(),
                "not_legal_advice": setting.book.not_legal_advice(),
            }));
            return Ok(outcome);
        }
        let name = |record: &PayRecord| {
            format!("{}, {} (line {})", setting.records.jobs.name(record.job), setting.records.employers.name(record.employer), record.line)
        };
        let mut text = format!("{}\nagainst {}\n\n", name(hers), name(his));
        let mut table = Table::new(&["Term", "Unit", ">Claimant", ">Comparator", ">Gap"]);
        let figure = |gap: &TermGap, value: Option<Ratio>| match value {
            None => "not said".to_owned(),
            Some(value) if gap.term.is_money() => per_hour(value),
            Some(value) => value.to_short(2),
        };
        for gap in &compared.terms {
            let (label, unit) = gap.term.label();
            let difference = if gap.gap().is_none() { String::new() } else { figure(gap, gap.gap()) };
            table.row([label.to_owned(), unit.to_owned(), figure(gap, gap.claimant), figure(gap, gap.comparator), difference]);
        }
        table.row([
            "all money".to_owned(),
            "£ an hour".to_owned(),
            per_hour(compared.claimant),
            per_hour(compared.comparator),
            per_hour(compared.gap()),
        ]);
        text.push_str(&table.text());
        let percent =
            compared.gap_percent().map_or_else(String::new, |percent| format!(", {}% of the comparator's pay", percent.to_fixed(1)));
        text.push_str(&format!("\nThe gap is £{} an hour{percent}, at {} to the year.\n", per_hour(compared.gap()), setting.weeks_name()));
        text.push_str(&format!(
            "Work is equal by: {}.\nIn law: {}. {}\n",
            compared.route.label(),
            judged.standing.label(),
            judged.why.join(" ")
        ));
        text.push_str(&if owed.out_of_time {
            format!("The claimant left before {}: out of time for a tribunal.\n", dated::long_date(window.left_on_or_after))
        } else {
            format!(
                "Arrears for {} days from {}: {} (term by term {}) for each person, without interest and lost pension.\n",
                owed.days,
                dated::long_date(window.arrears_from),
                pay::Pence(owed.together_pence),
                pay::Pence(owed.term_by_term_pence),
            )
        });
        text.push_str(&periods_text(&periods, setting.question.weeks));
        if owed.days_assumed > 0 {
            text.push_str(&format!(
                "For {} of these days past pay is not known: they take what was paid next. Past pay goes into rows with from and until, or comes from --scale.\n",
                owed.days_assumed
            ));
        }
        if let Some(other) = window.arrears_from_other_reading {
            let days = ArrearsWindow { from: other, ..days };
            let owed = price(&setting.records, hers, his, setting.question.weeks, &days);
            text.push_str(&format!(
                "Provisional: under the other reading of the limit {} from {}.\n",
                to_the_pound(owed.together_pence),
                dated::long_date(other)
            ));
        }
        for caution in &cautions {
            text.push_str(&format!("To mend: {caution}.\n"));
        }
        text.push_str(&format!(
            "{}\nnext: whitley equal-pay search {} --lodged {}\n",
            setting.closing().trim_end(),
            setting.file,
            setting.lodged
        ));
        answer::print(&text);
        Ok(outcome)
    }
}

/// E45: the gap of each time, where pay has changed.
fn periods_text(periods: &[ArrearsPeriod], weeks: WeeksInYear) -> String {
    if periods.len() < 2 {
        return String::new();
    }
    let mut table =
        Table::new(&["From", "Until", ">Days", "", ">Hers £/h", ">His £/h", ">Together £", ">Basic £", ">Bonus £", ">Allowances £"]);
    let pounds = |pence: i64| pay::Pence(pence).to_string().replace('£', "");
    for period in periods {
        let hourly = |record: &PayRecord| per_hour(Hourly::of(record, Money::All, weeks).pence());
        let last = period.end.yesterday().unwrap_or(period.end);
        table.row([
            period.from.to_string(),
            last.to_string(),
            period.days.to_string(),
            if period.is_known { "" } else { "assumed" }.to_owned(),
            hourly(&period.claimant),
            hourly(&period.comparator),
            pounds(period.together_pence),
            pounds(period.by_term_pence[0]),
            pounds(period.by_term_pence[1]),
            pounds(period.by_term_pence[2]),
        ]);
    }
    table.text()
}

fn period_json(period: &ArrearsPeriod, weeks: WeeksInYear) -> serde_json::Value {
    let terms = [("basic", Money::Basic), ("bonus", Money::Bonus), ("allowances", Money::Allowances)];
    let hourly = |record: &PayRecord, money| hourly_json(Hourly::of(record, money, weeks).pence());
    let by_term = terms.iter().zip(period.by_term_pence).map(|((name, money), pence)| {
        let (hers, his) = (hourly(&period.claimant, *money), hourly(&period.comparator, *money));
        json!({"term": name, "claimant": hers, "comparator": his, "arrears_pence": pence})
    });
    json!({
        "from": period.from.to_string(),
        "until": period.end.yesterday().unwrap_or(period.end).to_string(),
        "days": period.days,
        "known": period.is_known,
        "hourly": {"claimant": hourly(&period.claimant, Money::All), "comparator": hourly(&period.comparator, Money::All)},
        "arrears_pence": period.together_pence,
        "terms": by_term.collect::<Vec<_>>(),
    })
}
