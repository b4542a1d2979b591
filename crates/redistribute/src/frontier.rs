//! Cost against lowest pay: for each floor between today's and the highest, what everybody else can have.

use dated::Ratio;
use pay::Pence;

use crate::answer::{compare_rates, solve_only};
use crate::ladder::{Aim, Ladder, Limit, LimitKind, Rule};
use crate::money::Money;

/// One floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontierRow {
    /// The lowest rate asked for.
    pub floor: Pence,
    /// The rise that everybody else can have: pence, or millionths of a percent.
    pub rise: i64,
    /// The cost under the reading.
    pub cost_pence: i128,
    /// What is not spent.
    pub left_pence: i128,
    /// People who get more than under the offer, less, the same.
    pub people: [u64; 3],
    /// The largest loss of anybody against the offer, full time, a year.
    pub most_lost: Pence,
}

/// Spec P69: `count` floors at equal distances, from the lowest rate that the other limits leave to the highest that the money
/// allows, each with the largest equal rise above it. Empty where the limits cannot be kept at all.
pub fn frontier(money: &Money, ladder: &Ladder, rest: Aim, count: usize) -> Vec<FrontierRow> {
    let free = ladder.without(|at| ladder.limits[at].kind == LimitKind::Floor);
    let Some((highest, _, _)) = solve_only(money, &free, Aim::Floor) else { return Vec::new() };
    let Ok(today) = free.lowest(None) else { return Vec::new() };
    let lowest = today.into_iter().min().unwrap_or(0);
    let unit = money.points.iter().map(|point| point.unit_pence).min().unwrap_or(1);
    let last = i128::try_from(count.saturating_sub(1)).unwrap_or(1).max(1);
    let mut rows: Vec<FrontierRow> = Vec::new();
    for number in 0..count {
        let share = Ratio::new(i128::try_from(number).unwrap_or(0), last);
        let exact = Ratio::whole(lowest) + Ratio::whole(highest - lowest) * share;
        let units = i64::try_from((exact / Ratio::whole(unit)).floor()).unwrap_or(0);
        let floor = Pence(if number == 0 { lowest } else { (units * unit).max(lowest) });
        if rows.last().is_some_and(|row| row.floor == floor) {
            continue;
        }
        let limits = (0..free.points.len()).map(|point| Limit {
            point,
            rule: Rule::AtLeast(floor.ratio()),
            kind: LimitKind::Floor,
            words: format!("no rate below {floor}"),
        });
        let floored = Ladder::new(free.points.clone(), free.limits.iter().cloned().chain(limits).collect());
        let Some((rise, rates, left_pence)) = solve_only(money, &floored, rest) else { continue };
        let (points, compared) = compare_rates(money, &rates);
        rows.push(FrontierRow {
            floor,
            rise,
            cost_pence: money.target_pence - left_pence,
            left_pence,
            people: [compared.gain, compared.lose, compared.same],
            most_lost: compared.most_lost.map_or(Pence::ZERO, |at| -points[at].difference()),
        });
    }
    rows
}
