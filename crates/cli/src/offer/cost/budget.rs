//! What a budget buys.

use dated::{Date, Ratio};
use pay::{Bought, Buy, CostQuestion, Framework, Paybill, Pence, WorkforceRates, flat_offer, highest};
use serde_json::{Map, Value as Json, json};

use super::super::{Stop, refuse_question};
use super::{BudgetReading, Cost, put};

/// The highest rises that a budget buys.
pub(super) struct BudgetLine {
    budget: Pence,
    reading: BudgetReading,
    from: Date,
    with_on_costs: bool,
    percent: Option<Bought>,
    pounds: Option<Bought>,
}

/// Spec P49: searched by working the whole bill out anew for each rise that is tried.
pub(super) fn line(cost: &Cost, budget: Pence, framework: &Framework<'_>, question: &CostQuestion<'_>) -> Result<BudgetLine, Stop> {
    let first_step = question.offer.steps.iter().map(|step| step.from).min();
    let Some(from) = cost.budget_from.or(first_step) else {
        return refuse_question(format!("{} has no step: say from which day the budget is spent with --budget-from", question.offer.id));
    };
    let year = (question.first.first_day(), question.first.plus(12).first_day());
    if from < year.0 || from >= year.1 {
        return refuse_question(format!("the budget is for the year from {}: --budget-from must lie in it", year.0));
    }
    let cost_of = |buy: Buy, units: i64| -> Result<Pence, Stop> {
        let flat = flat_offer(question.offer, from, buy, units);
        let Ok(rates) = WorkforceRates::of(framework, &flat, question.workforce) else {
            return refuse_question("the workforce is not on the scales of the offer");
        };
        let asked = CostQuestion { offer: &flat, rates: &rates, years: 1, turnover: None, by_employer: false, ..*question };
        let bill = Paybill::of(&asked).or_else(refuse_question)?;
        let readings = bill.readings();
        let award = match cost.budget_reading {
            BudgetReading::InYear => readings[0].in_year.award,
            BudgetReading::RunRate => readings[0].run_rate.award,
        };
        Ok(award.total())
    };
    let buy = |buy: Buy| highest(budget, buy, |units| cost_of(buy, units));
    Ok(BudgetLine {
        budget,
        reading: cost.budget_reading,
        from,
        with_on_costs: question.on_costs.is_some(),
        percent: buy(Buy::Percent)?,
        pounds: buy(Buy::Pounds)?,
    })
}

impl BudgetLine {
    fn reading(&self) -> String {
        let reading = match self.reading {
            BudgetReading::InYear => "in the first year",
            BudgetReading::RunRate => "a year at run-rate",
        };
        format!("{reading}, {} on-costs", if self.with_on_costs { "with" } else { "without" })
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!("  {} ({}) buys for everybody from {}:\n", self.budget, self.reading(), dated::long_date(self.from));
        let rise = |buy: Buy, units: i64| match buy {
            Buy::Percent => format!("{}%", Ratio::new(units.into(), 100).to_fixed(2)),
            Buy::Pounds => format!("{} a year", Pence(units * 100)),
        };
        for (buy, bought) in [(Buy::Percent, self.percent), (Buy::Pounds, self.pounds)] {
            match bought {
                None => text.push_str("    nothing\n"),
                Some(Bought { units, cost, next_cost }) => {
                    let next = match next_cost {
                        Some(next) => format!("; {} would cost {next}", rise(buy, units + 1)),
                        None => "; more was not tried".to_owned(),
                    };
                    text.push_str(&format!("    {}, which costs {cost}{next}\n", rise(buy, units)));
                }
            }
        }
        text.push_str("    Increments are not charged to it.\n");
        text
    }

    pub(super) fn json(&self) -> Json {
        let bought = |bought: Option<Bought>, name: &str, unit: i64| {
            bought.map(|bought| {
                let mut map = Map::new();
                map.insert(name.to_owned(), crate::answer::number(Ratio::new(bought.units.into(), unit.into()), 2));
                put(&mut map, "cost", bought.cost);
                if let Some(next) = bought.next_cost {
                    map.insert(format!("next_{name}"), crate::answer::number(Ratio::new((bought.units + 1).into(), unit.into()), 2));
                    put(&mut map, "next_cost", next);
                }
                map
            })
        };
        let mut map = Map::new();
        put(&mut map, "budget", self.budget);
        map.insert("reading".into(), json!(self.reading()));
        map.insert("from".into(), json!(self.from.to_string()));
        map.insert("flat_percent".into(), json!(bought(self.percent, "percent", 100)));
        map.insert("flat_sum".into(), json!(bought(self.pounds, "pounds", 1)));
        Json::Object(map)
    }
}
