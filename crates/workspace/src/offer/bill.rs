//! The bill of one offer on one workforce, for every command that shows a cost: so that no two disagree.

use dated::{Month, Ratio};
use dispute::{Dispute, Library};
use pay::{
    CostError, CostQuestion, Framework, IncrementRule, JoinersAt, NotOnScale, Offer, OnCosts, Paybill, Progression, Side, Turnover,
    Workforce, WorkforceRates,
};

use super::counted_sentence;

/// What may be asked of a bill beyond the offer and its staff.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'p> {
    /// The first month, if not that of the offer's pay year.
    pub first: Option<Month>,
    /// How many years, if not those that the offer has steps in.
    pub years: Option<u32>,
    /// What happens to increments.
    pub increments: IncrementRule,
    /// Leavers and who replaces them.
    pub turnover: Option<Turnover>,
    /// Whose contributions, if not those of the offer's scale.
    pub contributions: Option<&'p str>,
    /// Without National Insurance, pension and levy.
    pub without_on_costs: bool,
    /// With tables by employer and staff group, which cost more than all the rest.
    pub by_employer: bool,
}

impl Plan<'_> {
    /// Nothing asked beyond what the offer says.
    pub const AS_OFFERED: Plan<'static> = Plan {
        first: None,
        years: None,
        increments: IncrementRule::AS_OFFERED,
        turnover: None,
        contributions: None,
        without_on_costs: false,
        by_employer: false,
    };
}

/// A bill, and what it was made with.
pub struct Billed<'l> {
    /// Month by month.
    pub bill: Paybill,
    /// The rates of everybody.
    pub rates: WorkforceRates,
    /// The contributions that are in it.
    pub charged: Option<&'l OnCosts>,
    /// What they are called, or why there are none.
    pub on_costs: Result<String, String>,
    /// What was assumed, in sentences that stand beside the figures.
    pub assumptions: Vec<String>,
}

/// Why an offer has no bill.
pub enum NotCosted {
    /// Not known, so nobody's mistake.
    Missing(String),
    /// Staff who are on no row.
    NotOnScale(Vec<NotOnScale>),
}

impl NotCosted {
    /// In sentences.
    pub fn sentences(&self) -> Vec<String> {
        match self {
            Self::Missing(why) => vec![why.clone()],
            Self::NotOnScale(list) => {
                let mut reasons: Vec<(&str, u64, &str)> = Vec::new();
                for one in list {
                    match reasons.iter_mut().find(|(why, ..)| *why == one.why) {
                        Some((_, people, _)) => *people += one.headcount,
                        None => reasons.push((&one.why, one.headcount, &one.who)),
                    }
                }
                let people: u64 = list.iter().map(|one| one.headcount).sum();
                let mut sentences = vec![format!("{} of the workforce cannot be paid under it:", heads(people))];
                let told = reasons.iter().take(8);
                sentences.extend(told.map(|(why, people, who)| format!("{}, such as {who}: {why}", heads(*people))));
                if reasons.len() > 8 {
                    sentences.push(format!("and {} further reasons", reasons.len() - 8));
                }
                sentences
            }
        }
    }
}

/// Costs an offer.
///
/// # Errors
/// A question that cannot be answered as put; the inner error is an offer that has no cost.
pub fn bill<'l>(
    plan: &Plan<'_>,
    offer: &Offer,
    workforce: &Workforce,
    framework: &Framework<'_>,
    dispute: &Dispute,
    library: &'l Library,
) -> Result<Result<Billed<'l>, NotCosted>, String> {
    let Some(first_year) = framework.first_pay_year(offer).filter(|_| offer.base_date.is_some()) else {
        let counted: Vec<String> = offer.counted.iter().map(|counted| counted_sentence(counted, dispute)).collect();
        let why = format!("It is known only by percentages, without steps or scales. {}", counted.join(" "));
        return Ok(Err(NotCosted::Missing(why.trim_end().to_owned())));
    };
    let rates = match WorkforceRates::of(framework, offer, workforce) {
        Ok(rates) => rates,
        Err(missing) => return Ok(Err(NotCosted::NotOnScale(missing))),
    };
    let first = plan.first.unwrap_or(first_year.first_month());
    let years = plan.years.unwrap_or_else(|| years_of(offer, first));
    let known = if plan.without_on_costs { Err("left out, as asked".to_owned()) } else { on_costs_of(plan, library, framework, offer)? };
    let mut question = CostQuestion {
        offer,
        workforce,
        rates: &rates,
        on_costs: known.as_ref().ok().copied(),
        first,
        years,
        increments: plan.increments,
        turnover: plan.turnover,
        by_employer: plan.by_employer,
    };
    let mut on_costs = known.as_ref().map(|known| known.title.clone()).map_err(Clone::clone);
    let mut bill = Paybill::of(&question);
    if let Err(CostError::OnCosts(missing)) = &bill {
        on_costs = Err(missing.to_string());
        question.on_costs = None;
        bill = Paybill::of(&question);
    }
    let bill = bill.map_err(|why| why.to_string())?;
    let charged = known.ok().filter(|_| on_costs.is_ok());
    let mut assumptions = assumptions(plan, &bill);
    if let Some(charged) = charged {
        let elsewhere: Vec<&str> =
            workforce.nations.iter().filter(|nation| !charged.nations.contains(nation)).map(String::as_str).collect();
        if !charged.nations.is_empty() && !elsewhere.is_empty() {
            let (here, there) = (charged.nations.join(" and "), elsewhere.join(" and "));
            assumptions.push(format!("Contributions are those of {here}; the scheme of {there} is not in the data."));
        }
    }
    Ok(Ok(Billed { bill, rates, charged, on_costs, assumptions }))
}

/// 1 person; 12 people.
pub fn heads(people: u64) -> String {
    if people == 1 { "1 person".to_owned() } else { format!("{} people", pay::grouped(people)) }
}

/// The staff as a side sees them: each in their own nation, or all in the one that is named.
pub fn seen_by<'w>(side: &Side<'_>, workforce: &'w Workforce) -> std::borrow::Cow<'w, Workforce> {
    use std::borrow::Cow;
    match &side.nation {
        None => Cow::Borrowed(workforce),
        Some(nation) => {
            // All are in one nation, so that tables and notes know of no other.
            let mut all = Workforce { nations: vec![nation.clone()], ..workforce.clone() };
            all.staff.iter_mut().for_each(|staff| staff.nation = 0);
            Cow::Owned(all)
        }
    }
}

/// The years from the first month to the last step or sum.
pub fn years_of(offer: &Offer, first: Month) -> u32 {
    let last = offer.steps.iter().map(|step| step.from).chain(offer.lumps.iter().map(|lump| lump.paid_on)).max();
    let months = last.map_or(0, |last| Month::of(last).months_since(first)).max(0);
    (months.cast_unsigned() / 12 + 1).min(10)
}

/// The employer's contributions that are asked for, or those of the offer's scale; or why there are none.
fn on_costs_of<'l>(
    plan: &Plan<'_>,
    library: &'l Library,
    framework: &Framework<'_>,
    offer: &Offer,
) -> Result<Result<&'l OnCosts, String>, String> {
    let known = || library.on_costs.iter().map(|known| known.id.as_str()).collect::<Vec<_>>().join(", ");
    let of_scale = framework.scales_of(offer).find_map(|scale| scale.pension.as_deref());
    match plan.contributions.or(of_scale) {
        Some(id) => match library.on_costs.iter().find(|found| found.id == *id) {
            Some(found) => Ok(Ok(found)),
            None if plan.contributions.is_some() => Err(format!("there are no contributions “{id}”; the data have {}", known())),
            None => Ok(Err(format!("those of the scheme “{id}” are not in the data"))),
        },
        None => Ok(Err(format!("the pension scheme of these staff is not known; --contributions {} counts one", known()))),
    }
}

fn assumptions(plan: &Plan<'_>, bill: &Paybill) -> Vec<String> {
    let mut all = Vec::new();
    match plan.increments {
        IncrementRule { instead: Some(Progression::Frozen), .. } => {
            all.push("Increments are frozen, whatever the offer says of them.".to_owned());
        }
        IncrementRule { instead: Some(Progression::Gated), share_passing } => {
            let percent = (share_passing * Ratio::whole(100)).to_short(2);
            all.push(format!("Increments are gated, and {percent}% of those due pass, the same people each year."));
        }
        IncrementRule { instead: Some(Progression::Normal), .. } => {
            all.push("Increments are paid as they fall due, whatever the offer says of them.".to_owned());
        }
        IncrementRule { instead: None, share_passing } if bill.gated => {
            let who = if share_passing == Ratio::ZERO { "nobody" } else { "everybody" };
            all.push(format!("Increments are gated; {who} is assumed to pass."));
        }
        IncrementRule { instead: None, .. } => {}
    }
    if bill.without_increment_date > 0 {
        let people = heads(bill.without_increment_date);
        all.push(format!("{people} below the top of the band, no increment date known: counted without increments."));
    }
    if let Some(turnover) = plan.turnover {
        let place = match turnover.joiners {
            JoinersAt::Bottom => "at the bottom point of the band, with a first increment a year later",
            JoinersAt::Same => "on the leaver's own point",
        };
        all.push(format!(
            "Net: {}% of the staff of the first day leave in a year, as many each month, and are replaced {place}.",
            turnover.leavers_percent.to_short(2)
        ));
    }
    all
}
