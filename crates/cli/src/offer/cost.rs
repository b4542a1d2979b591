//! `whitley offer cost`: what an offer costs the employer.

mod budget;
mod document;
mod note;
mod tables;
mod totals;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dated::{Date, Month, Ratio};
use dispute::{Dispute, Library};
use pay::{CostQuestion, Framework, IncrementRule, JoinersAt, Offer, PayYear, Paybill, Pence, Progression, Turnover, Workforce};
use serde_json::json;
use workspace::offer::bill::{Billed, NotCosted, Plan, bill};

use super::{Stop, find_offer, parse_day, parse_month, refuse_question};
use crate::answer::{self, Outcome};
use crate::disk::{self, Opened};
use crate::staff_file::{self, Layout};

pub(crate) use document::change as change_json;
pub(crate) use tables::{answer_line, standing_line};

/// Arguments of `whitley offer cost`.
#[derive(Args)]
pub(crate) struct Cost {
    /// The dispute folder
    dispute: String,
    /// Who is paid: a CSV or XLSX file of staff. Without it only published totals can be read in several ways
    #[arg(long)]
    workforce: Option<PathBuf>,
    #[command(flatten)]
    layout: Layout,
    /// Only this offer
    #[arg(long)]
    offer: Option<String>,
    /// How many years; by default those that the offer has steps in
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10))]
    years: Option<u32>,
    /// The first month, as in 2014-04; by default the first of the offer's pay year
    #[arg(long, value_parser = parse_month)]
    from: Option<Month>,
    /// The breakdown that the tables show (JSON has all)
    #[arg(long, value_enum, default_value = "band")]
    by: By,
    /// Assume that so many in a hundred of the staff leave in a year and are replaced, and show the cost net of it
    #[arg(long, value_parser = parse_percent)]
    leavers: Option<Ratio>,
    /// Where those who replace leavers are paid: at the bottom of the band, or on the same point
    #[arg(long, value_enum, default_value = "bottom", requires = "leavers")]
    joiners_at: Joiners,
    /// Increments, whatever the offer says: normal, frozen, or gated:0.9 for nine in ten passing
    #[arg(long, value_parser = parse_rule)]
    progression: Option<IncrementRule>,
    /// The highest flat percentage and cash sum that this budget buys: 2000000, 450m or 1.2bn
    #[arg(long, value_parser = parse_sum)]
    budget: Option<Pence>,
    /// Whether the budget is for the first year's cash or for a year at the rate its last month is paid
    #[arg(long, value_enum, default_value = "in-year", requires = "budget")]
    budget_reading: BudgetReading,
    /// From which day the budget is spent; by default that of the offer's first step
    #[arg(long, value_parser = parse_day, requires = "budget")]
    budget_from: Option<Date>,
    /// Which contributions are counted: a pension scheme's (nhs), with what is paid centrally (nhs-with-central), or none, for
    /// staff without a scheme; by default those of the offer's scale
    #[arg(long)]
    contributions: Option<String>,
    /// Leave out National Insurance, pension and levy
    #[arg(long)]
    without_on_costs: bool,
    /// Without --workforce: a year's paybill, as in 45bn, instead of the published one
    #[arg(long, value_parser = parse_sum, conflicts_with = "workforce")]
    paybill: Option<Pence>,
    /// Without --workforce: what a year's increments cost, as in 0.8bn; may be given several times
    #[arg(long, value_parser = parse_sum, conflicts_with = "workforce")]
    progression_cost: Vec<Pence>,
    /// A costing note: what each side says a part of the offer costs, beside what is computed; why they differ; what both have agreed
    #[arg(long, value_name = "NOTE.toml", requires = "workforce", conflicts_with_all = ["offer", "budget"])]
    note: Option<PathBuf>,
    /// The note as a table: a row for each side of each item
    #[arg(long, requires = "note")]
    csv: bool,
}

/// By what a table is broken down.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Band,
    Nation,
    Employer,
    StaffGroup,
    Month,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Joiners {
    Bottom,
    Same,
}

/// What a budget is set against.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BudgetReading {
    InYear,
    RunRate,
}

/// One offer with its bill.
struct Costed<'c> {
    offer: &'c Offer,
    bill: Paybill,
    year_start: i8,
    /// What was assumed, in sentences that stand beside the figures.
    assumptions: Vec<String>,
    on_costs: Result<String, String>,
    budget: Option<budget::BudgetLine>,
}

impl Cost {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let Opened { dispute, library } = disk::open(&self.dispute, as_json)?;
        let offers: Vec<&Offer> = match &self.offer {
            Some(id) => vec![find_offer(&dispute.offers, id)?],
            None => dispute.offers.iter().collect(),
        };
        if offers.is_empty() {
            return refuse_question(format!("{} has no offers", self.dispute));
        }
        let Some(path) = &self.workforce else {
            if self.leavers.is_some() || self.budget.is_some() || self.progression.is_some() {
                return refuse_question("--leavers, --budget and --progression need the staff one by one: add --workforce FILE");
            }
            return totals::run(&self, &dispute, &library, &offers, as_json);
        };
        let workforce = staff_file::open(path, &self.layout, &dispute, as_json)?;
        if workforce.staff.is_empty() {
            return refuse_question(format!("{} has no staff in it", path.display()));
        }
        if let Some(note) = &self.note {
            return note::run(&self, note, &workforce, &dispute, &library, as_json);
        }
        let framework = dispute.framework();
        let found: Vec<(&Offer, Result<Costed<'_>, NotCosted>)> = offers
            .iter()
            .map(|offer| Ok((*offer, self.cost(offer, &framework, &workforce, &dispute, &library)?)))
            .collect::<Result<_, Stop>>()?;
        if as_json {
            answer::print_json(&document::all(&dispute, &workforce, &found));
        } else {
            answer::print(&tables::heading(&workforce));
            for (offer, costed) in &found {
                match costed {
                    Ok(costed) => answer::print(&tables::offer(costed, &dispute, self.by)),
                    Err(why) => {
                        let title = tables::title(offer, &dispute);
                        answer::print(&format!("{title}  Not costed.\n    {}\n\n", why.sentences().join("\n    ")));
                    }
                }
            }
            let gated = found.iter().any(|(_, costed)| costed.as_ref().is_ok_and(|costed| costed.bill.gated));
            answer::print(&format!(
                "next: whitley offer cost {} --workforce {} --by month | --leavers 10 | --budget 1m{}\n",
                self.dispute,
                path.display(),
                if gated { " | --progression gated:0.9" } else { "" }
            ));
        }
        let any = found.iter().any(|(_, costed)| costed.is_ok());
        Ok(if any { Outcome::Yes } else { Outcome::CouldNotCheck })
    }

    /// What is asked of a bill.
    fn plan(&self, by_employer: bool) -> Plan<'_> {
        Plan {
            first: self.from,
            years: self.years,
            increments: self.progression.unwrap_or(IncrementRule::AS_OFFERED),
            turnover: self.leavers.map(|leavers_percent| self.turnover(leavers_percent)),
            contributions: self.contributions.as_deref(),
            without_on_costs: self.without_on_costs,
            by_employer,
        }
    }

    fn turnover(&self, leavers_percent: Ratio) -> Turnover {
        let joiners = match self.joiners_at {
            Joiners::Bottom => JoinersAt::Bottom,
            Joiners::Same => JoinersAt::Same,
        };
        Turnover { leavers_percent, joiners }
    }

    fn cost<'c>(
        &self,
        offer: &'c Offer,
        framework: &Framework<'_>,
        workforce: &Workforce,
        dispute: &Dispute,
        library: &Library,
    ) -> Result<Result<Costed<'c>, NotCosted>, Stop> {
        let plan = self.plan(true);
        let Billed { bill, rates, charged, on_costs, assumptions } =
            match bill(&plan, offer, workforce, framework, dispute, library).or_else(refuse_question)? {
                Ok(billed) => billed,
                Err(why) => return Ok(Err(why)),
            };
        let question = CostQuestion {
            offer,
            workforce,
            rates: &rates,
            on_costs: charged,
            first: bill.first,
            years: (bill.months.len() / 12) as u32,
            increments: plan.increments,
            turnover: plan.turnover,
            by_employer: true,
        };
        let budget = match self.budget {
            Some(budget) => Some(budget::line(self, budget, framework, &question)?),
            None => None,
        };
        Ok(Ok(Costed { offer, bill, year_start: framework.year_start_month, assumptions, on_costs, budget }))
    }
}

/// A year by its name: a pay year, or twelve months from any other.
fn year_name(first: Month, number: usize, year_start: i8) -> String {
    let from = first.plus(12 * number as i32);
    if from.month() == year_start { PayYear::beginning(from).name() } else { format!("{} to {}", from, from.plus(11)) }
}

fn parse_percent(text: &str) -> Result<Ratio, String> {
    Ratio::parse_decimal(text.trim_end_matches('%'))
        .filter(|percent| !percent.is_negative() && *percent <= Ratio::whole(100))
        .ok_or_else(|| format!("“{text}” is not a percentage; write 10 for ten in a hundred"))
}

fn parse_rule(text: &str) -> Result<IncrementRule, String> {
    let rule = |instead, share_passing| Ok(IncrementRule { instead: Some(instead), share_passing });
    match text.split_once(':') {
        None if text == "normal" => rule(Progression::Normal, Ratio::ONE),
        None if text == "frozen" => rule(Progression::Frozen, Ratio::ONE),
        Some(("gated", share)) => match Ratio::parse_decimal(share) {
            Some(share) if !share.is_negative() && share <= Ratio::ONE => rule(Progression::Gated, share),
            _ => Err(format!("“{share}” is not a share; write gated:0.9 for nine in ten")),
        },
        _ => Err(format!("“{text}”: write normal, frozen, or gated:0.9 for nine in ten passing the gate")),
    }
}

/// A large sum as people write it: 2000000, 2,000,000, £450m, 1.2bn.
fn parse_sum(text: &str) -> Result<Pence, String> {
    let plain = text.trim().trim_start_matches('£').to_lowercase();
    let ends = [("billion", 9), ("bn", 9), ("million", 6), ("m", 6), ("k", 3)];
    let (digits, zeros) = ends.iter().find_map(|(end, zeros)| Some((plain.strip_suffix(end)?, *zeros))).unwrap_or((&plain, 0));
    let groups: Vec<&str> = digits.trim().split(',').collect();
    let grouped_right = groups.len() == 1
        || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.split('.').next().is_some_and(|digits| digits.len() == 3)));
    grouped_right
        .then(|| Ratio::parse_decimal(&groups.concat()))
        .flatten()
        .map(|number| number * Ratio::whole(10_i64.pow(zeros)))
        .and_then(Pence::from_pounds)
        .filter(|pence| (0..=1_000_000_000_000_000).contains(&pence.0))
        .ok_or_else(|| format!("“{text}” is not a sum of money; write pounds, as in 2000000, 450m or 1.2bn"))
}

/// Both forms of a sum in JSON: pounds under its name, and exact pence.
fn put(into: &mut serde_json::Map<String, serde_json::Value>, name: &str, sum: Pence) {
    into.insert(name.to_owned(), answer::number(sum.pounds(), 2));
    into.insert(format!("{name}_pence"), json!(sum.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_may_be_typed_as_people_write_it() {
        for text in ["450000000", "450,000,000", "£450m", "0.45bn", "450 million", "450000k"] {
            assert_eq!(parse_sum(text), Ok(Pence(45_000_000_000)), "{text}");
        }
        for text in ["", "-1", "45,00", "one", "45 bn x", "1e9", "0.001"] {
            assert!(parse_sum(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_words_for_increments() {
        assert_eq!(parse_rule("gated:0.9").map(|rule| rule.share_passing), Ok(Ratio::new(9, 10)));
        for text in ["gated", "gated:1.1", "gated:x", "thawed"] {
            assert!(parse_rule(text).is_err(), "{text}");
        }
    }
}
