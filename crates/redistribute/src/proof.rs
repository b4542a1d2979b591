//! A proof that no rates whatever, rounded or not, reach a higher aim with the money.
//!
//! Everybody's rate is held up by something: today's rate, a limit, a lower point, or the aim. Following these from
//! the top down, with the people who weigh on each, turns “all limits hold” into “cost ≥ K + D × aim”. Where the
//! supports are wrongly chosen the bound is weaker, never false. So the choice may come from a solver in floating
//! point, and the sum is done here in whole numbers.

use dated::Ratio;
use pay::Pence;

use crate::cost::Line;
use crate::ladder::{Aim, Ladder, Rule};
use crate::relaxed::{self, Relaxed};

/// Weights are whole numbers of billionths.
const PARTS: i64 = 1_000_000_000;

/// What holds a rate up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Support {
    /// Today's rate, or a cap that a rise for everybody has reached.
    Known(i64),
    /// A limit, by number.
    Limit(usize),
    /// The aim.
    Aim,
}

/// Spec P68: the proof, and what it says.
#[derive(Clone, Debug)]
pub struct Proof {
    /// No table of rates within the money reaches more than this (pence, or millionths of a percent).
    pub bound: Ratio,
    /// How much the cost rises with the aim: whole-time people who lean on it (for pence).
    pub leaning_on_aim: Ratio,
    /// For each limit, how many whole-time people lean on it.
    pub leaning_on_limit: Vec<Ratio>,
    /// What the solver of linear programmes said, rounded; nothing if it failed.
    pub solver_said: Result<Ratio, String>,
}

/// Spec P68: proves a bound from supports. `money` is what the straight lines of cost may come to, in pence.
pub(crate) fn bound(ladder: &Ladder, aim: Aim, supports: &[Support], lines: &[Line], money: Ratio) -> Option<(Ratio, Ratio, Vec<Ratio>)> {
    // A part that is rounded away would have been a number of people times a rate, and neither is below zero.
    let down = |weight: Ratio| Ratio::new((weight * Ratio::whole(PARTS)).floor(), PARTS.into());
    let mut weight: Vec<Ratio> = lines.iter().map(|line| down(line.slope)).collect();
    let mut on_limit = vec![Ratio::ZERO; ladder.limits.len()];
    let mut known = Ratio::ZERO;
    let mut on_aim = Ratio::ZERO;
    for at in (0..ladder.points.len()).rev() {
        let here = weight[at];
        if here == Ratio::ZERO {
            continue;
        }
        match supports[at] {
            Support::Known(pence) => known = known + here * Ratio::whole(pence),
            Support::Aim => {
                let (plus, slope) = aim.line(ladder.points[at].base);
                known = known + here * plus;
                on_aim = on_aim + here * slope;
            }
            Support::Limit(number) => {
                on_limit[number] = here;
                match ladder.limits[number].rule {
                    Rule::AtLeast(pence) => known = known + here * pence,
                    Rule::Above { lower, factor, plus } => {
                        known = known + here * plus;
                        weight[lower] = down(weight[lower] + here * factor);
                    }
                    // A cap holds nothing up; today's rate does.
                    Rule::AtMost(_) => known = known + here * ladder.points[at].base.ratio(),
                }
            }
        }
    }
    (on_aim > Ratio::ZERO).then(|| ((money - known) / on_aim, on_aim, on_limit))
}

/// The supports that rates on the grid show.
pub(crate) fn supports_of(ladder: &Ladder, aim: Aim, value: i64, rates: &[Pence]) -> Vec<Support> {
    let rates: Vec<i64> = rates.iter().map(|rate| rate.0).collect();
    (0..rates.len())
        .map(|at| {
            let point = &ladder.points[at];
            let (plus, slope) = aim.line(point.base);
            let asked = ladder.limits_of(at).filter_map(|(number, limit)| Some((ladder.asked_by(limit, &rates)?, Support::Limit(number))));
            let by_aim = plus + slope * Ratio::whole(value);
            let cap = ladder.cap(at);
            let by_aim = if aim != Aim::Floor && by_aim >= Ratio::whole(cap) {
                (cap, Support::Known(cap))
            } else {
                (point.rate_at_least(by_aim), Support::Aim)
            };
            // Of several that ask for the same, the aim first: it is what is to be bounded.
            asked
                .chain([(point.base.0, Support::Known(point.base.0)), by_aim])
                .max_by_key(|(rate, support)| (*rate, rank(*support)))
                .map_or(Support::Known(point.base.0), |(_, support)| support)
        })
        .collect()
}

fn rank(support: Support) -> u8 {
    match support {
        Support::Known(_) => 0,
        Support::Limit(_) => 1,
        Support::Aim => 2,
    }
}

/// The supports that the solver's rates show.
#[allow(clippy::float_arithmetic)]
pub(crate) fn supports_of_solver(ladder: &Ladder, aim: Aim, value: i64, found: &Relaxed) -> Vec<Support> {
    let pounds = |pence: Ratio| pence.to_f64() / 100.0;
    let unit = if aim == Aim::RisePercent { 1e6 } else { 100.0 };
    (0..ladder.points.len())
        .map(|at| {
            let point = &ladder.points[at];
            let rate = found.rates[at];
            let (plus, slope) = aim.line(point.base);
            let cap = ladder.cap(at);
            let is_capped = aim != Aim::Floor && plus + slope * Ratio::whole(value) >= Ratio::whole(cap);
            let mut best = (relaxed::slack(rate, pounds(point.base.ratio())), Support::Known(point.base.0));
            let mut consider = |needed: f64, support: Support| {
                let slack = relaxed::slack(rate, needed);
                if slack < best.0 {
                    best = (slack, support);
                }
            };
            for (number, limit) in ladder.limits_of(at) {
                match limit.rule {
                    Rule::AtLeast(pence) => consider(pounds(pence), Support::Limit(number)),
                    Rule::Above { lower, factor, plus } => {
                        consider(found.rates[lower] * factor.to_f64() + pounds(plus), Support::Limit(number));
                    }
                    Rule::AtMost(_) => {}
                }
            }
            if is_capped {
                consider(pounds(Ratio::whole(cap)), Support::Known(cap));
            } else {
                consider(pounds(plus) + slope.to_f64() * unit / 100.0 * found.aim - 1e-7, Support::Aim);
            }
            best.1
        })
        .collect()
}

/// Spec P68: proves the best bound that either set of supports gives: the solver's, or those of the rates found.
pub(crate) fn prove(ladder: &Ladder, aim: Aim, value: i64, rates: &[Pence], lines: &[Line], target: i128) -> Option<Proof> {
    let sum = |part: fn(&Line) -> Ratio| lines.iter().map(part).sum::<Ratio>();
    let target = Ratio::new(target, 1);
    // The exact cost may lie below the line by so much, so the line may come to so much more.
    let money = target - sum(|line| line.level) + sum(|line| line.below);
    let capped: Vec<bool> = (0..rates.len())
        .map(|at| {
            let (plus, slope) = aim.line(ladder.points[at].base);
            plus + slope * Ratio::whole(value) >= Ratio::whole(ladder.cap(at))
        })
        .collect();
    let solved = relaxed::solve(ladder, aim, &capped, lines, target - sum(|line| line.level));
    let ours = bound(ladder, aim, &supports_of(ladder, aim, value, rates), lines, money);
    let theirs = solved.as_ref().ok().and_then(|found| bound(ladder, aim, &supports_of_solver(ladder, aim, value, found), lines, money));
    let (bound, leaning_on_aim, leaning_on_limit) = match (theirs, ours) {
        (Some(theirs), Some(ours)) => {
            if theirs.0 <= ours.0 {
                theirs
            } else {
                ours
            }
        }
        (found, None) | (None, found) => found?,
    };
    let solver_said = solved.map(|found| {
        let thousandths = if aim == Aim::RisePercent { 1e9 } else { 1e5 };
        #[allow(clippy::float_arithmetic)]
        let scaled = (found.aim * thousandths).round();
        Ratio::new(scaled as i128, 1000)
    });
    Some(Proof { bound, leaning_on_aim, leaning_on_limit, solver_said })
}
