//! What a budget buys: the highest flat rise whose cost, worked out anew for everybody, is not above it.

use dated::{Date, Ratio};

use crate::money::Pence;
use crate::offer::{Change, Offer, PercentOf, Rise, Select, Step};

/// A rise that is the same for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buy {
    /// A percentage of the rates before; in hundredths of a percent.
    Percent,
    /// A cash sum a year, full time; in whole pounds.
    Pounds,
}

impl Buy {
    /// The largest rise that is tried: 200 percent, or 200,000 pounds.
    pub const fn most(self) -> i64 {
        match self {
            Self::Percent => 20_000,
            Self::Pounds => 200_000,
        }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bought {
    /// In the units of [`Buy`].
    pub units: i64,
    /// What that costs.
    pub cost: Pence,
    /// What one unit more costs, which is above the budget; `None` if the largest rise is within it.
    pub next_cost: Option<Pence>,
}

/// Spec P49: an offer of one flat rise from a day, in place of the steps and sums of another. What that one says of increments stays.
pub fn flat_offer(like: &Offer, from: Date, buy: Buy, units: i64) -> Offer {
    let step = |from: Date, changes: Vec<Change>| Step {
        from,
        pay_on: None,
        clause: None,
        nations: Vec::new(),
        groups: Vec::new(),
        changes,
        assimilate: Vec::new(),
        new_points: Vec::new(),
        progression: None,
        place: like.place.clone(),
    };
    let rise = match buy {
        Buy::Percent => Rise::Percent { percent: Ratio::new(units.into(), 100), of: PercentOf::Base },
        Buy::Pounds => Rise::Pounds(Pence(units.saturating_mul(100))),
    };
    let change = Change {
        select: Select::default(),
        rise,
        and_pence: Pence::ZERO,
        or_pence: None,
        at_least_pence: None,
        at_most_pence: None,
        rate_at_least: None,
        minimum_increment_percent: None,
        place: like.place.clone(),
    };
    let mut steps: Vec<Step> = like
        .steps
        .iter()
        .filter(|old| old.progression.is_some())
        .map(|old| Step {
            nations: old.nations.clone(),
            groups: old.groups.clone(),
            progression: old.progression,
            ..step(old.from, Vec::new())
        })
        .collect();
    steps.push(step(from, vec![change]));
    steps.sort_by_key(|step| step.from);
    Offer { steps, lumps: Vec::new(), ..like.clone() }
}

/// Spec P49: the highest rise that costs at most `budget`, found by halving, since no rise costs less than a smaller one.
/// `None` when even no rise costs more.
///
/// # Errors
/// Those of `cost`.
pub fn highest<E>(budget: Pence, buy: Buy, mut cost: impl FnMut(i64) -> Result<Pence, E>) -> Result<Option<Bought>, E> {
    let (mut within, mut within_cost) = (0, cost(0)?);
    if within_cost > budget {
        return Ok(None);
    }
    let (mut above, mut above_cost) = (buy.most(), cost(buy.most())?);
    if above_cost <= budget {
        return Ok(Some(Bought { units: above, cost: above_cost, next_cost: None }));
    }
    while above - within > 1 {
        let middle = within + (above - within) / 2;
        let found = cost(middle)?;
        if found <= budget { (within, within_cost) = (middle, found) } else { (above, above_cost) = (middle, found) }
    }
    Ok(Some(Bought { units: within, cost: within_cost, next_cost: Some(above_cost) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_within_the_budget_is_found_with_its_neighbour() {
        // 450 million a percent: 1,000 million buys 2.22 percent.
        let cost = |units: i64| Ok::<_, ()>(Pence(units * 450_000_000));
        let bought = highest(Pence(100_000_000_000), Buy::Percent, cost).expect("no errors").expect("something");
        assert_eq!(bought, Bought { units: 222, cost: Pence(99_900_000_000), next_cost: Some(Pence(100_350_000_000)) });
        let exact = highest(Pence(450_000_000), Buy::Percent, cost).expect("no errors").expect("something");
        assert_eq!((exact.units, exact.next_cost), (1, Some(Pence(900_000_000))));
        assert_eq!(highest(Pence(-1), Buy::Percent, cost), Ok(None));
        let all = highest(Pence(i64::MAX), Buy::Pounds, cost).expect("no errors").expect("something");
        assert_eq!((all.units, all.next_cost), (200_000, None));
    }
}
