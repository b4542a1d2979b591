//! The same question as a linear programme in real numbers, for a solver that somebody else wrote.
//!
//! The only place with floating point. Its answer is a second opinion and shows where to look for a proof
//! ([`crate::proof`]); no rate and no cost comes from it.

#![allow(clippy::float_arithmetic)]

use dated::Ratio;
use good_lp::{Expression, Solution as _, SolverModel as _, Variable, constraint, microlp, variable, variables};

use crate::cost::Line;
use crate::ladder::{Aim, Ladder, Rule};

/// What the solver found, in pounds.
#[derive(Clone, Debug)]
pub(crate) struct Relaxed {
    /// The aim: a rate in pounds, a rise in percent, or a rise in pounds.
    pub(crate) aim: f64,
    /// The rates.
    pub(crate) rates: Vec<f64>,
}

/// Spec P68: maximises the aim over all real rates that keep the limits, within the money (in pence). `capped` are points
/// that a rise for everybody stops at.
///
/// # Errors
/// The solver's own words.
pub(crate) fn solve(ladder: &Ladder, aim: Aim, capped: &[bool], lines: &[Line], money: Ratio) -> Result<Relaxed, String> {
    let pounds = |pence: Ratio| pence.to_f64() / 100.0;
    // An aim in percent runs in millionths of a percent of a rate in pence.
    let unit = if aim == Aim::RisePercent { 1e6 } else { 100.0 };
    let mut unknown = variables!();
    let wanted = unknown.add(variable().min(0.0).max(aim.most() as f64 / unit));
    let rates: Vec<Variable> = ladder
        .points
        .iter()
        .enumerate()
        .map(|(at, point)| {
            let least = ladder.limits_of(at).filter_map(|(_, limit)| match limit.rule {
                Rule::AtLeast(pence) => Some(pence),
                _ => None,
            });
            let least = least.fold(point.base.ratio(), Ratio::max);
            let cap = Ratio::whole(ladder.cap(at));
            let least = if aim != Aim::Floor && capped[at] { cap } else { least };
            unknown.add(variable().min(pounds(least)).max(pounds(cap.max(least))))
        })
        .collect();
    let mut model = unknown.maximise(wanted).using(microlp);
    for (at, point) in ladder.points.iter().enumerate() {
        if aim == Aim::Floor || !capped[at] {
            let (plus, slope) = aim.line(point.base);
            let slope = slope.to_f64() * unit / 100.0;
            model = model.with(constraint!(rates[at] - slope * wanted >= pounds(plus)));
        }
    }
    for limit in &ladder.limits {
        if let Rule::Above { lower, factor, plus } = limit.rule {
            model = model.with(constraint!(rates[limit.point] - factor.to_f64() * rates[lower] >= pounds(plus)));
        }
    }
    // Divided by all staff, so that the solver sees numbers of one size.
    let staff: f64 = lines.iter().map(|line| line.slope.to_f64()).sum::<f64>().max(1e-9);
    let paid: Expression = rates.iter().zip(lines).map(|(rate, line)| *rate * (line.slope.to_f64() / staff)).sum();
    model = model.with(constraint!(paid <= pounds(money) / staff));
    let solution = model.solve().map_err(|error| error.to_string())?;
    Ok(Relaxed { aim: solution.value(wanted), rates: rates.iter().map(|rate| solution.value(*rate)).collect() })
}

/// How far above a limit a rate of the solver lies, in pounds.
pub(crate) fn slack(rate: f64, needed: f64) -> f64 {
    rate - needed
}
