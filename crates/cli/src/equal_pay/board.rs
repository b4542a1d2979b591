//! `whitley equal-pay board`: where the claims that were lodged stand, by employer, and what is at stake.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use dated::{Date, Faults};
use pay::equal_pay::{BoardSums, CaseList, ChooseBy, ClaimBoard, ClaimState, Reach, Strength, Sums, published};
use serde_json::{Value, json};

use super::employers_file::bytes_of;
use super::setting::{Setting, SettingArguments};
use super::to_the_pound;
use crate::answer::{self, Outcome, Table};
use crate::offer::Stop;

/// Arguments of `whitley equal-pay board`.
#[derive(Args)]
pub(crate) struct Board {
    /// The log of claims: claim, employer, on, state, people, at_stake, paid, evidence
    claims: PathBuf,
    /// Where they stood on that day; by default every row counts
    #[arg(long, value_parser = dated::parse_date, value_name = "DAY")]
    on: Option<Date>,
    /// A pay file: what it would come to is shown beside, and employers where nothing is lodged yet. Needs --lodged
    #[arg(long, value_name = "FILE")]
    pay: Option<PathBuf>,
    #[command(flatten)]
    setting: SettingArguments,
}

impl Board {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let faults = Faults::new();
        let file = self.claims.display().to_string();
        let board = ClaimBoard::read(&file, &bytes_of(&self.claims), self.on.unwrap_or(Date::MAX), &faults);
        let faults = faults.into_sorted();
        if !faults.is_empty() {
            return Err(Stop::Said(answer::refuse(&faults, as_json)));
        }
        // What the pay file gives for each employer.
        let mut estimated: BTreeMap<String, (u64, i64)> = BTreeMap::new();
        if let Some(path) = &self.pay {
            let setting = Setting::open(path, &self.setting, as_json)?;
            let cases = setting.cases(Reach::OwnEmployer, as_json)?;
            let list = CaseList::choose(&setting.records, &cases, ChooseBy::Arrears, usize::MAX);
            estimated.extend(list.chosen.into_iter().map(|row| (row.name, (row.sums.people, row.sums.together_pence))));
        }
        let not_lodged: Vec<(&String, &(u64, i64))> =
            estimated.iter().filter(|(name, _)| !board.employers.iter().any(|(known, _)| known == *name)).collect();
        let sums = board.sums();
        if as_json {
            let employer = |(name, sums): &(String, BoardSums)| {
                let mut row = sums_json(sums);
                row["employer"] = Value::from(name.as_str());
                if self.pay.is_some() {
                    row["estimated"] = estimated.get(name).map_or(Value::Null, estimate_json);
                }
                row
            };
            let claim = |claim: &pay::equal_pay::LodgedClaim| {
                json!({"claim": claim.id, "employer": claim.employer, "people": claim.people, "lodged_on": claim.lodged_on.to_string(),
                    "state": claim.state.word(), "since": claim.since.to_string(), "at_stake_pence": claim.at_stake_pence,
                    "paid_pence": claim.paid_pence, "evidence": claim.strength.word()})
            };
            let without = not_lodged.iter().map(|(name, found)| {
                let mut row = estimate_json(found);
                row["employer"] = Value::from(name.as_str());
                row
            });
            answer::print_json(&json!({
                "on": self.on.map(|on| on.to_string()), "later_rows": board.later_rows,
                "employers": board.employers.iter().map(employer).collect::<Vec<_>>(),
                "not_lodged": without.collect::<Vec<_>>(),
                "all": sums_json(&sums),
                "claims": board.claims.iter().map(claim).collect::<Vec<_>>(),
            }));
            return Ok(Outcome::Yes);
        }
        let day = self.on.map_or_else(|| "by its last row".to_owned(), |on| format!("on {}", dated::long_date(on)));
        let mut text = format!("{file}: {}, {day}.\n", super::counted(board.claims.len(), "claim", "claims"));
        if board.later_rows > 0 {
            text.push_str(&format!("{} of later days left out.\n", super::counted(board.later_rows as usize, "row", "rows")));
        }
        let mut headings = vec!["Employer", ">People", ">Claims"];
        let state_headings = [">Lodged", ">Stayed", ">Appealed", ">Settled", ">Withdrawn", ">Won", ">Lost"];
        headings.extend(state_headings);
        headings.extend([">At stake £", ">Paid £"]);
        if self.pay.is_some() {
            headings.push(">By the pay file £");
        }
        let mut table = Table::new(&headings);
        let money = |pence: i64| to_the_pound(pence).replace('£', "");
        let mut row = |name: &str, sums: &BoardSums, estimate: Option<i64>| {
            let mut cells = vec![name.to_owned(), pay::grouped(sums.people()), pay::grouped(sums.claims())];
            cells.extend(sums.by_state.iter().map(|count| if *count == 0 { String::new() } else { pay::grouped(*count) }));
            cells.extend([money(sums.at_stake_pence), money(sums.paid_pence)]);
            if self.pay.is_some() {
                cells.push(estimate.map_or_else(String::new, money));
            }
            table.row(cells);
        };
        for (name, sums) in &board.employers {
            row(name, sums, estimated.get(name).map(|(_, pence)| *pence));
        }
        let lodged_estimate: i64 =
            board.employers.iter().filter_map(|(name, _)| estimated.get(name)).fold(0, |sum: i64, (_, pence)| sum.saturating_add(*pence));
        row(&format!("all {}", board.employers.len()), &sums, Some(lodged_estimate));
        text.push_str(&table.text());
        let evidence: Vec<String> = Strength::ALL
            .iter()
            .zip(sums.people_by_strength)
            .filter(|(_, people)| *people > 0)
            .map(|(strength, people)| format!("{} {}", strength.word(), pay::grouped(people)))
            .collect();
        if !evidence.is_empty() {
            text.push_str(&format!("People in open claims by evidence: {}.\n", evidence.join(", ")));
        }
        if sums.at_stake_not_said > 0 {
            text.push_str(&format!(
                "Of {} open it is not said what is at stake.\n",
                super::counted(sums.at_stake_not_said as usize, "claim", "claims")
            ));
        }
        if sums.paid_not_said > 0 {
            text.push_str(&format!(
                "Of {} settled or won it is not said what was paid.\n",
                super::counted(sums.paid_not_said as usize, "claim", "claims")
            ));
        }
        if !not_lodged.is_empty() {
            let (people, pence) =
                not_lodged.iter().fold((0_u64, 0_i64), |(people, sum), (_, one)| (people + one.0, sum.saturating_add(one.1)));
            text.push_str(&format!(
                "Nothing lodged yet at {} where the pay file finds cases: {}, {}.\n",
                super::counted(not_lodged.len(), "employer", "employers"),
                super::people(people),
                to_the_pound(pence)
            ));
        }
        text.push_str("At stake and paid are sums of the log; nothing of them is computed here.\n");
        answer::print(&text);
        Ok(Outcome::Yes)
    }
}

/// The section of the report: the board as it may be published.
pub(crate) fn section(path: &std::path::Path, on: Option<Date>, as_json: bool) -> Result<report::EqualPayInput, Outcome> {
    const SMALLEST: u64 = 10;
    let faults = Faults::new();
    let board = ClaimBoard::read(&path.display().to_string(), &bytes_of(path), on.unwrap_or(Date::MAX), &faults);
    let faults = faults.into_sorted();
    if !faults.is_empty() {
        return Err(answer::refuse(&faults, as_json));
    }
    // E37, by claimants; the order by money would tell of what is withheld.
    let mut employers = board.employers.clone();
    employers.sort_by(|a, b| a.0.cmp(&b.0));
    let people = |name: &str, sums: &BoardSums| (name.to_owned(), Sums { people: sums.people(), ..Sums::default() });
    let shown = published(&employers.iter().map(|(name, sums)| people(name, sums)).collect::<Vec<_>>(), SMALLEST);
    let pounds = |pence: i64| to_the_pound(pence / 100_000 * 100_000).replace('£', "");
    let figures =
        |sums: &BoardSums| [pay::grouped(sums.claims()), pay::grouped(sums.people()), pounds(sums.at_stake_pence), pounds(sums.paid_pence)];
    let row = |((name, sums), is_shown): (&(String, BoardSums), bool)| report::EqualPayRow {
        name: name.clone(),
        figures: is_shown.then(|| figures(sums)),
    };
    let rows = match &shown {
        Some(shown) => employers.iter().zip(shown.iter().map(|row| row.sums.is_some())).map(row).collect(),
        None => Vec::new(),
    };
    let day = on.map_or_else(|| "by the last row of the log".to_owned(), |on| format!("on {}", dated::long_date(on)));
    let mut notes = vec![
        format!(
            "Withheld: fewer than {SMALLEST} claimants, or needed so that such a row cannot be worked out. Money is shown in whole thousands of pounds."
        ),
        "Sums are those of the log, without interest and lost pension; nothing here says that a claim is good.".to_owned(),
    ];
    if shown.is_none() {
        notes.insert(0, "All claimants together are too few, or stand in one row: nothing can be shown.".to_owned());
    }
    let all = board.sums();
    Ok(report::EqualPayInput {
        lines: vec![format!("{}, {day}.", super::counted(employers.len(), "employer with claims", "employers with claims"))],
        rows,
        all: report::EqualPayRow { name: "all".to_owned(), figures: shown.as_ref().map(|_| figures(&all)) },
        notes,
    })
}

fn sums_json(sums: &BoardSums) -> Value {
    let states: serde_json::Map<String, Value> =
        ClaimState::ALL.iter().zip(sums.by_state).map(|(state, count)| (state.word().to_owned(), Value::from(count))).collect();
    let strengths: serde_json::Map<String, Value> = Strength::ALL
        .iter()
        .zip(sums.people_by_strength)
        .map(|(strength, people)| (strength.word().to_owned(), Value::from(people)))
        .collect();
    json!({
        "claims": sums.claims(), "open": sums.open(), "people": sums.people(), "by_state": states, "open_people_by_evidence": strengths,
        "at_stake_pence": sums.at_stake_pence, "at_stake_not_said": sums.at_stake_not_said,
        "paid_pence": sums.paid_pence, "paid_not_said": sums.paid_not_said,
    })
}

fn estimate_json((people, pence): &(u64, i64)) -> Value {
    json!({"people": people, "arrears_pence": pence})
}
