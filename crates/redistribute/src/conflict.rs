//! Why limits cannot be kept within the money: which of them, and the pair of points where it breaks.

use pay::Pence;

use crate::cost::CostReading;
use crate::ladder::{Ladder, LimitKind, Rule};
use crate::money::Money;
use crate::search::{NoRoom, PointCost, fits, total};

/// Limits that cannot all be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Infeasible {
    /// One sentence.
    pub why: String,
    /// What is missing in the reading of the costs, if all limits were kept; nothing where caps are in the way.
    pub short_pence: Option<i128>,
    /// The pair of points where it breaks, lower first.
    pub pair: Option<(usize, usize)>,
    /// The smallest set: give up any one of them and the others can be kept.
    pub conflict: Vec<Conflict>,
}

/// One wish of the set.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// What kind.
    pub kind: LimitKind,
    /// Of which points; a gap has two.
    pub points: Vec<usize>,
    /// In words.
    pub words: String,
    /// How much less all other limits would cost without it, in pence; nothing where it is not the money that is short.
    pub saves_pence: Option<i128>,
}

/// A wish: one gap, or all limits of another kind, since those were asked for as one.
struct Wish {
    kind: LimitKind,
    limits: Vec<usize>,
}

/// Spec P66: the smallest set of wishes that cannot be kept, found by giving up one after the other.
pub(crate) fn explain(money: &Money, ladder: &Ladder, cost: PointCost<'_>) -> Box<Infeasible> {
    let target = money.target_pence;
    let mut wishes: Vec<Wish> = Vec::new();
    for (at, limit) in ladder.limits.iter().enumerate().filter(|(_, limit)| limit.kind.can_be_dropped()) {
        match wishes.iter_mut().find(|wish| wish.kind == limit.kind && limit.kind != LimitKind::Gap) {
            Some(wish) => wish.limits.push(at),
            None => wishes.push(Wish { kind: limit.kind, limits: vec![at] }),
        }
    }
    let mut is_dropped = vec![false; ladder.limits.len()];
    let cost_without = |is_dropped: &[bool]| ladder.lowest_without(None, |at| is_dropped[at]).ok().map(|rates| total(cost, &rates));
    let mut kept = vec![true; wishes.len()];
    // Gaps high on the scale first: what remains is as low as it can be, where the money is to go.
    for (at, wish) in wishes.iter().enumerate().rev() {
        wish.limits.iter().for_each(|limit| is_dropped[*limit] = true);
        kept[at] = cost_without(&is_dropped).is_some_and(|cost| cost <= target);
        if kept[at] {
            wish.limits.iter().for_each(|limit| is_dropped[*limit] = false);
        }
    }
    let full = fits(ladder, None, target, cost).err();
    let short_pence = match full {
        Some(NoRoom::Money { short }) => Some(short),
        _ => None,
    };
    let full_cost = ladder.lowest(None).ok().map(|rates| total(cost, &rates));
    let conflict: Vec<Conflict> = (0..wishes.len())
        .filter(|at| kept[*at])
        .map(|at| {
            let wish = &wishes[at];
            let limit = &ladder.limits[wish.limits[0]];
            let points = match limit.rule {
                Rule::Above { lower, .. } => vec![lower, limit.point],
                _ => wish.limits.iter().map(|at| ladder.limits[*at].point).collect(),
            };
            let mut only_this = vec![false; ladder.limits.len()];
            wish.limits.iter().for_each(|limit| only_this[*limit] = true);
            let without = cost_without(&only_this);
            Conflict {
                kind: wish.kind,
                points,
                words: limit.words.clone(),
                saves_pence: full_cost.zip(without).map(|(full, without)| full - without),
            }
        })
        .collect();
    let name = |at: usize| ladder.points[at].name.as_str();
    let period = match money.reading {
        CostReading::RunRate => "a year".to_owned(),
        CostReading::InYear(year) => format!("in {}", year.name()),
    };
    let sum = |pence: i128| Pence(i64::try_from(pence).unwrap_or(i64::MAX)).to_string();
    if let Some(NoRoom::Cap(met)) = full {
        let rates_below = rates_below(ladder, met.point);
        let lifting = ladder.limits_of(met.point).find(|(_, limit)| ladder.asked_by(limit, &rates_below) == Some(met.wanted));
        let cap = ladder.limits_of(met.point).find(|(_, limit)| matches!(limit.rule, Rule::AtMost(most) if most.0 < met.wanted));
        let pair = lifting.and_then(|(_, limit)| match limit.rule {
            Rule::Above { lower, .. } => Some((lower, met.point)),
            _ => None,
        });
        let why = format!(
            "point {} would need {} ({}), but may have {}",
            name(met.point),
            Pence(met.wanted),
            lifting.map_or("to keep the limits", |(_, limit)| limit.words.as_str()),
            cap.map_or_else(|| "no more than its cap".to_owned(), |(_, limit)| limit.words.clone()),
        );
        return Box::new(Infeasible { why, short_pence: None, pair, conflict });
    }
    let short = short_pence.unwrap_or(0);
    let widest = conflict.iter().filter(|wish| wish.kind == LimitKind::Gap).max_by_key(|wish| wish.saves_pence);
    let pair = widest.map(|wish| (wish.points[0], wish.points[1]));
    let others: Vec<String> = conflict.iter().filter(|wish| wish.kind != LimitKind::Gap).map(in_words).collect();
    let with = if others.is_empty() { String::new() } else { format!(" with {}", others.join(" and ")) };
    let more = conflict.iter().filter(|wish| wish.kind == LimitKind::Gap).count().saturating_sub(1);
    let more = match more {
        0 => String::new(),
        1 => " (and one other pair theirs)".to_owned(),
        more => format!(" (and {more} other pairs theirs)"),
    };
    let why = match (pair, widest) {
        (Some((lower, upper)), Some(gap)) => format!(
            "points {} and {} cannot keep {} apart{more}{with} within this money: short by {} {period}",
            name(lower),
            name(upper),
            gap.words.trim_start_matches("at least ").split(" above point").next().unwrap_or_default(),
            sum(short),
        ),
        _ if others.is_empty() => format!("today's rates alone cost more than this money: short by {} {period}", sum(short)),
        _ => format!("there is not enough money for {}: short by {} {period}", others.join(" and "), sum(short)),
    };
    Box::new(Infeasible { why, short_pence, pair, conflict })
}

/// The lowest rates of the points below one that meets its cap; those above are not known.
fn rates_below(ladder: &Ladder, point: usize) -> Vec<i64> {
    let mut rates: Vec<i64> = Vec::with_capacity(ladder.points.len());
    for at in 0..ladder.points.len() {
        let mut rate = ladder.points[at].base.0;
        if at < point {
            for (_, limit) in ladder.limits_of(at) {
                rate = rate.max(ladder.asked_by(limit, &rates).unwrap_or(rate));
            }
        }
        rates.push(rate);
    }
    rates
}

fn in_words(wish: &Conflict) -> String {
    match wish.kind {
        LimitKind::Floor => wish.words.replace("no rate below", "a floor of"),
        LimitKind::LegalMinimum => wish.words.replace("no rate below the", "a"),
        LimitKind::MinimumRise => format!("{} for everybody", wish.words),
        LimitKind::MostLost => format!("“{}”", wish.words),
        _ => format!("“{}”", wish.words),
    }
}
