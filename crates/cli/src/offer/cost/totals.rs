//! Costs without a workforce: published totals, under each reading. And what stays unknown.

use dated::{Fact, Ratio};
use dispute::{Dispute, Library};
use pay::{Offer, Pence, PublishedTotals};
use serde_json::{Map, Value as Json, json};
use workspace::offer::counted_sentence;

use super::super::Stop;
use super::{Cost, put, tables};
use crate::answer::{self, Outcome, Table};

/// The facts that are looked up in the table of published paybills.
const PAYBILL: &str = "NHS pay bill";
const UPLIFT: &str = "Cost of a 1% uplift for all HCHS staff";
const PROGRESSION: [&str; 2] = ["Cost of incremental progression", "Cost of incremental progression (other statements)"];

/// A sum with where it comes from.
struct Sum {
    pence: Pence,
    from: String,
}

/// What an offer costs by totals, for each figure of increments.
struct ByTotals<'t> {
    offer: &'t Offer,
    pay_year: String,
    percent: Ratio,
    /// What one percent costs.
    one_percent: Sum,
    /// The paybill that this is one percent of, and the published one.
    paybill: Pence,
    published: Option<Sum>,
    progression: Vec<Sum>,
    years: u32,
}

pub(super) fn run(cost: &Cost, dispute: &Dispute, library: &Library, offers: &[&Offer], as_json: bool) -> Result<Outcome, Stop> {
    let found: Vec<(&Offer, Result<ByTotals<'_>, String>)> =
        offers.iter().map(|offer| (*offer, by_totals(cost, dispute, library, offer))).collect();
    if as_json {
        answer::print_json(&json!({
            "dispute": dispute.id,
            "workforce": null,
            "offers": found.iter().filter_map(|(_, totals)| totals.as_ref().ok()).map(ByTotals::json).collect::<Vec<_>>(),
            "not_costed": found.iter().filter_map(|(offer, totals)| Some(json!({
                "id": offer.id,
                "why": [totals.as_ref().err()?],
                "counted": offer.counted.iter().map(|counted| json!({
                    "who": dispute.party_name(&counted.who.0),
                    "percent": answer::number(counted.percent, 6),
                    "counts": counted.counts,
                    "source": counted.source,
                })).collect::<Vec<_>>(),
            }))).collect::<Vec<_>>(),
        }));
    } else {
        for (offer, totals) in &found {
            answer::print(&tables::title(offer, dispute));
            match totals {
                Ok(totals) => answer::print(&totals.text()),
                Err(why) => {
                    let counted: Vec<String> =
                        offer.counted.iter().map(|counted| format!("  {}\n", counted_sentence(counted, dispute))).collect();
                    answer::print(&format!("{}  Not costed: {why}.\n\n", counted.concat()));
                }
            }
        }
        answer::print("next: with staff by band and point, --workforce FILE costs an offer person by person\n");
    }
    let any = found.iter().any(|(_, totals)| totals.is_ok());
    Ok(if any { Outcome::Yes } else { Outcome::CouldNotCheck })
}

fn by_totals<'t>(cost: &Cost, dispute: &Dispute, library: &Library, offer: &'t Offer) -> Result<ByTotals<'t>, String> {
    let framework = dispute.framework();
    let nation = offer.nations.first().map(|(name, _)| name.as_str()).unwrap_or_default();
    let needed = "staff by band and point are needed";
    if offer.base_date.is_none() {
        return Err(format!("it is known only by percentages; its steps, the pay scales and {needed}"));
    }
    let Some(headline) = framework.headline(offer, nation) else {
        return Err(format!("it gives no percentage that is the same for everybody; {needed}"));
    };
    if headline.has_special_clauses || !offer.lumps.is_empty() {
        return Err(format!("it has clauses for some staff only; {needed}"));
    }
    let first = headline.years[0].year;
    let staged = headline.years.len() > 1 || headline.years[0].in_year_percent.by_months != headline.years[0].year_end_percent;
    if staged {
        return Err(format!("it has more than one step or does not begin with the pay year; {needed}"));
    }
    let fact = |item: &str| -> Result<(Pence, Fact), String> {
        let table = library.tables.get("paybill").ok_or("no published paybill is in the data")?;
        let matching = [("year", first.name()), ("geography", nation.to_owned()), ("item", item.to_owned())];
        let fact = table.find(&matching.map(|(name, value)| (name.to_owned(), value)), "value")?;
        // The table is in billions.
        let pence = Pence::from_pounds(fact.value * Ratio::whole(1_000_000_000)).ok_or("a published sum has fractions of a penny")?;
        Ok((pence, fact))
    };
    let cited = |(pence, fact): (Pence, Fact)| Sum { pence, from: fact.source.join("; ") };
    let asked = || "as given".to_owned();
    let one_percent = match cost.paybill {
        Some(paybill) => Sum { pence: PublishedTotals::share(paybill, Ratio::ONE), from: asked() },
        None => cited(fact(UPLIFT).map_err(|_| {
            format!("no published cost of 1% is in the data for {} in {}; give --paybill, or {needed}", nation, first.name())
        })?),
    };
    let paybill = cost.paybill.unwrap_or(Pence(one_percent.pence.0.saturating_mul(100)));
    let progression = if !cost.progression_cost.is_empty() {
        cost.progression_cost.iter().map(|sum| Sum { pence: *sum, from: asked() }).collect()
    } else {
        let mut sums: Vec<Sum> = PROGRESSION.iter().filter_map(|item| fact(item).ok()).map(cited).collect();
        if let [low, high] = sums.as_slice() {
            let pence = Pence::nearest(Ratio::new(i128::from(low.pence.0) + i128::from(high.pence.0), 2));
            sums.insert(1, Sum { pence, from: "estimated: midway between the two published figures".to_owned() });
        }
        sums
    };
    if progression.is_empty() {
        return Err("no published cost of increments is in the data; give --progression-cost".to_owned());
    }
    Ok(ByTotals {
        offer,
        pay_year: first.name(),
        percent: headline.total_percent,
        one_percent,
        paybill,
        published: cost.paybill.is_none().then(|| fact(PAYBILL).ok().map(cited)).flatten(),
        progression,
        years: cost.years.unwrap_or(2),
    })
}

impl ByTotals<'_> {
    fn award(&self) -> Pence {
        Pence::nearest(self.one_percent.pence.ratio() * self.percent)
    }

    fn text(&self) -> String {
        let percent = self.percent.to_short(2);
        let mut text = format!(
            "  {percent}% in {} costs {} a year: 1% = {} on a paybill of {} [{}].\n",
            self.pay_year,
            tables::sum(self.award()),
            tables::sum(self.one_percent.pence),
            tables::sum(self.paybill),
            self.one_percent.from
        );
        if let Some(published) = self.published.as_ref().filter(|published| published.pence != self.paybill) {
            let share = PublishedTotals::share(published.pence, Ratio::ONE);
            text.push_str(&format!(
                "  The published paybill is {}, of which 1% is {} [{}].\n",
                tables::sum(published.pence),
                tables::sum(share),
                published.from
            ));
        }
        text.push_str(
            "  By published totals, not person by person; without on-costs of its own, and before what joiners and leavers save.\n",
        );
        text.push_str(&format!("  {percent}% and increments in each of {} years:\n", self.years));
        let mut table = Table::new(&[
            "increments a year",
            ">year",
            ">new money",
            ">sum of yearly increases",
            ">cumulative cash",
            "source of increments",
        ]);
        for progression in &self.progression {
            for (at, year) in self.totals(progression).years(self.years).iter().enumerate() {
                table.row([
                    if at == 0 { tables::sum(progression.pence) } else { String::new() },
                    (at + 1).to_string(),
                    tables::sum(year.new_money),
                    tables::sum(year.above_start),
                    tables::sum(year.cumulative),
                    if at == 0 { progression.from.clone() } else { String::new() },
                ]);
            }
        }
        text.push_str(&table.text());
        text.push_str(
            "  Sum of yearly increases: each year's new money added, and so what the last year costs more than before the first.\n",
        );
        text.push_str("  Cumulative cash: what is paid in all years, each year's new money being paid again in those after it.\n\n");
        text
    }

    fn totals(&self, progression: &Sum) -> PublishedTotals {
        PublishedTotals { award: self.award(), progression: progression.pence }
    }

    fn json(&self) -> Json {
        let mut map = Map::new();
        map.insert("id".into(), json!(self.offer.id));
        map.insert("title".into(), json!(self.offer.title));
        map.insert("basis".into(), json!("published totals"));
        map.insert("pay_year".into(), json!(self.pay_year));
        map.insert("percent".into(), answer::number(self.percent, 6));
        put(&mut map, "one_percent", self.one_percent.pence);
        map.insert("one_percent_from".into(), json!(self.one_percent.from));
        put(&mut map, "paybill", self.paybill);
        if let Some(published) = &self.published {
            put(&mut map, "published_paybill", published.pence);
            map.insert("published_paybill_from".into(), json!(published.from));
        }
        let costs = self.progression.iter().map(|progression| {
            let mut map = Map::new();
            put(&mut map, "progression_cost", progression.pence);
            map.insert("progression_cost_from".into(), json!(progression.from));
            let years = self.totals(progression).years(self.years);
            let years = years.iter().enumerate().map(|(at, year)| {
                let mut map = Map::new();
                map.insert("year".into(), json!(at + 1));
                put(&mut map, "award", self.award());
                put(&mut map, "progression", progression.pence);
                let mut readings = Map::new();
                put(&mut readings, "new_money", year.new_money);
                put(&mut readings, "sum_of_yearly_increases", year.above_start);
                put(&mut readings, "cumulative", year.cumulative);
                map.insert("readings".into(), Json::Object(readings));
                map
            });
            map.insert("years".into(), json!(years.collect::<Vec<_>>()));
            map
        });
        map.insert("costs".into(), json!(costs.collect::<Vec<_>>()));
        Json::Object(map)
    }
}
