//! The search on the grid of published rates: the highest aim that the money allows, and the placing of what is left.

use pay::Pence;

use crate::ladder::{Aim, CapMet, Ladder};

/// What a point costs at a rate, in pence, exactly.
pub(crate) type PointCost<'c> = &'c dyn Fn(usize, Pence) -> i128;

pub(crate) fn total(cost: PointCost<'_>, rates: &[i64]) -> i128 {
    rates.iter().enumerate().map(|(at, rate)| cost(at, Pence(*rate))).sum()
}

/// The outcome of a search.
#[derive(Clone, Debug)]
pub(crate) struct Best {
    /// The aim that was reached.
    pub(crate) reached: i64,
    /// The cheapest rates that reach it.
    pub(crate) rates: Vec<i64>,
    /// What one step more of the aim would cost; `None` where it is a cap that stops it.
    pub(crate) next_cost: Option<i128>,
    /// The next aim that does not fit.
    pub(crate) next: i64,
}

/// Why not even the least aim fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoRoom {
    Cap(CapMet),
    Money { short: i128 },
}

/// Whether limits and aim fit into the money.
pub(crate) fn fits(ladder: &Ladder, aim: Option<(Aim, i64)>, target: i128, cost: PointCost<'_>) -> Result<Vec<i64>, NoRoom> {
    let rates = ladder.lowest(aim).map_err(NoRoom::Cap)?;
    let short = total(cost, &rates) - target;
    if short > 0 { Err(NoRoom::Money { short }) } else { Ok(rates) }
}

/// Spec P65: the highest aim, in steps of `step` from `least`, whose cheapest rates fit into the money. Halving is enough, since
/// a higher aim never costs less.
pub(crate) fn highest(ladder: &Ladder, aim: Aim, least: i64, step: i64, target: i128, cost: PointCost<'_>) -> Result<Best, NoRoom> {
    let mut rates = fits(ladder, Some((aim, least)), target, cost)?;
    let aim_at = |steps: i64| least.div_euclid(step).saturating_add(steps).saturating_mul(step);
    let (mut good, mut bad) = (0_i64, (aim.most() - least) / step + 2);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        match fits(ladder, Some((aim, aim_at(middle))), target, cost) {
            Ok(found) => (good, rates) = (middle, found),
            Err(_) => bad = middle,
        }
    }
    let next_cost = ladder.lowest(Some((aim, aim_at(bad)))).ok().map(|rates| total(cost, &rates));
    let reached = if good == 0 { least } else { aim_at(good) };
    Ok(Best { reached, rates, next_cost, next: aim_at(bad) })
}

/// What is left when nothing more fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheapestStep {
    /// The point.
    pub point: usize,
    /// What one unit more for it would cost, with what follows for those above it.
    pub cost_pence: i128,
}

/// Spec P66: places what is left. From the lowest rate to the highest, each point with staff is lifted as far as the money goes
/// and those who must stay above it with it. Afterwards no such point can have one unit more.
pub(crate) fn place_remainder(ladder: &Ladder, rates: &mut [i64], target: i128, cost: PointCost<'_>) -> (i128, Option<CheapestStep>) {
    let mut left = target - total(cost, rates);
    let more = |rates: &[i64], point: usize, steps: i64| -> Option<(Vec<(usize, i64)>, i128)> {
        let changes = ladder.lifted(rates, point, ladder.points[point].steps_above(rates[point], steps))?;
        let extra = changes.iter().map(|(at, rate)| cost(*at, Pence(*rate)) - cost(*at, Pence(rates[*at]))).sum();
        Some((changes, extra))
    };
    let mut order: Vec<usize> = (0..rates.len()).filter(|at| ladder.points[*at].headcount() > 0).collect();
    order.sort_by_key(|at| (rates[*at], *at));
    for point in &order {
        // Gallop, then halve.
        let (mut good, mut bad) = (0_i64, 1_i64);
        let mut best = None;
        loop {
            match more(rates, *point, bad) {
                Some((changes, extra)) if extra <= left => {
                    (good, best) = (bad, Some((changes, extra)));
                    bad = bad.saturating_mul(2);
                }
                _ => break,
            }
        }
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            match more(rates, *point, middle) {
                Some((changes, extra)) if extra <= left => (good, best) = (middle, Some((changes, extra))),
                _ => bad = middle,
            }
        }
        if let Some((changes, extra)) = best {
            for (at, rate) in changes {
                rates[at] = rate;
            }
            left -= extra;
        }
    }
    let cheapest = order
        .iter()
        .filter_map(|point| more(rates, *point, 1).map(|(_, cost_pence)| CheapestStep { point: *point, cost_pence }))
        .min_by_key(|step| step.cost_pence);
    (left, cheapest)
}
