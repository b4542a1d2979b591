//! The question put whole: new rates within the money, by stage, with what binds them and who gains or loses.

use dated::{Date, Ratio};
use pay::Pence;

use crate::conflict::{Infeasible, explain};
use crate::cost::{CostReading, Line, Span};
use crate::ladder::{Aim, Ladder, Limit, LimitKind, Rule};
use crate::money::Money;
use crate::proof::{Proof, prove};
use crate::search::{Best, CheapestStep, fits, highest, place_remainder, total};

/// How what is left above a chosen floor is shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rest {
    /// The same percentage of today's rate for everybody.
    #[default]
    Percent,
    /// The same sum for everybody.
    Pounds,
}

impl Rest {
    /// The aim that this is.
    pub fn aim(self) -> Aim {
        match self {
            Self::Percent => Aim::RisePercent,
            Self::Pounds => Aim::RisePounds,
        }
    }
}

/// Spec P67: how rates come to be at the stages before the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StageRule {
    /// Everybody has the same share of their rise at each stage.
    #[default]
    SameSplit,
    /// Each stage is solved by itself within the money that the offer has at it.
    InTurn,
}

/// New rates that keep every limit within the money.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was pushed as high as it goes.
    pub aim: Aim,
    /// How high: pence, or millionths of a percent.
    pub reached: i64,
    /// The aim that does not fit any more, and what its cheapest rates would cost; no cost where a cap stops it.
    pub next: (i64, Option<i128>),
    /// The rate of each point at the end.
    pub rates: Vec<Pence>,
    /// Rates and cost at each stage, the last one included.
    pub stages: Vec<StageAnswer>,
    /// The cost of these rates under the reading.
    pub cost_pence: i128,
    /// The cost of the offer under the reading.
    pub target_pence: i128,
    /// What is not spent.
    pub remainder: Remainder,
    /// That nothing higher is possible; missing where the aim is stopped by caps alone.
    pub proof: Option<Proof>,
    /// What holds the rates where they are.
    pub binding: Vec<Binding>,
    /// Each point, row by row where the offer treats its bands differently.
    pub points: Vec<PointAnswer>,
    /// Everybody against the offer.
    pub compared: Compared,
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageAnswer {
    /// Its first day.
    pub from: Date,
    /// The rate of each point.
    pub rates: Vec<Pence>,
    /// What a year at these rates costs.
    pub run_rate_pence: i128,
    /// What a year at the offer's rates of this stage costs.
    pub offered_pence: i128,
    /// False where a stage could not be solved by itself and has the same split instead.
    pub as_asked: bool,
}

/// What is left over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remainder {
    /// Pence, never below zero.
    pub left_pence: i128,
    /// The cheapest further step, which costs more than that; nothing where caps stop all steps.
    pub cheapest: Option<CheapestStep>,
}

/// A limit without which the answer could be another.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// The limit.
    pub limit: Limit,
    /// By how much the aim could rise (pence, or millionths of a percent) if the limit were a pound looser.
    pub worth: Option<Ratio>,
}

/// A point against the offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointAnswer {
    /// Into the points of the money.
    pub point: usize,
    /// Its bands that the offer treats alike, `;` between them.
    pub bands: String,
    /// What the offer gives it at the end.
    pub offered: Pence,
    /// What it has here.
    pub rate: Pence,
    /// People in these bands.
    pub people: u64,
    /// Their whole-time equivalents.
    pub whole_time: Ratio,
}

impl PointAnswer {
    /// The new rate less the offer's.
    pub fn difference(&self) -> Pence {
        self.rate - self.offered
    }
}

/// Spec P69: everybody on a point against the offer, at the rates of the last stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// People who get more than under the offer.
    pub gain: u64,
    /// People who get less.
    pub lose: u64,
    /// People for whom it is the same.
    pub same: u64,
    /// The largest loss a year, full time, of anybody: into [`Answer::points`].
    pub most_lost: Option<usize>,
    /// The largest gain.
    pub most_gained: Option<usize>,
}

/// Spec P60 to P69: finds the rates.
///
/// # Errors
/// [`Infeasible`] when the limits cannot all be kept within the money; it names the smallest set that cannot.
pub fn redistribute(money: &Money, ladder: &Ladder, aim: Aim, stage_rule: StageRule) -> Result<Answer, Box<Infeasible>> {
    let span = money.span();
    let cost = |at: usize, rate: Pence| money.point_cost(&span, at, rate);
    let (best, rates) = solve(ladder, aim, money.target_pence, &cost).map_err(|_| explain(money, ladder, &cost))?;
    let Solved { rates, left, cheapest } = rates;
    let lines = lines(money, &span);
    let proof = prove(ladder, aim, best.reached, &cheapest_rates(&best), &lines, money.target_pence);
    let stages = stages(money, ladder, aim, stage_rule, &rates);
    let points = points(money, &rates);
    Ok(Answer {
        aim,
        reached: best.reached,
        next: (best.next, best.next_cost.filter(|next| *next > money.target_pence)),
        cost_pence: money.target_pence - left,
        target_pence: money.target_pence,
        remainder: Remainder { left_pence: left, cheapest },
        binding: binding(ladder, &rates, proof.as_ref()),
        compared: compared(&points),
        proof,
        rates,
        stages,
        points,
    })
}

fn cheapest_rates(best: &Best) -> Vec<Pence> {
    best.rates.iter().map(|rate| Pence(*rate)).collect()
}

struct Solved {
    rates: Vec<Pence>,
    left: i128,
    cheapest: Option<CheapestStep>,
}

/// The highest aim within the money, and what is left placed.
fn solve(ladder: &Ladder, aim: Aim, target: i128, cost: &dyn Fn(usize, Pence) -> i128) -> Result<(Best, Solved), crate::search::NoRoom> {
    let today = fits(ladder, None, target, cost)?;
    let (least, step) = match aim {
        Aim::Floor => (today.iter().copied().min().unwrap_or(0), ladder.points.iter().map(|point| point.unit_pence).min().unwrap_or(1)),
        Aim::RisePercent | Aim::RisePounds => (0, 1),
    };
    let best = highest(ladder, aim, least, step, target, cost)?;
    let mut rates = best.rates.clone();
    let (left, cheapest) = place_remainder(ladder, &mut rates, target, cost);
    Ok((best, Solved { rates: rates.into_iter().map(Pence).collect(), left, cheapest }))
}

/// [`solve`] without what a whole answer says besides: the aim, the rates, what is left.
pub(crate) fn solve_only(money: &Money, ladder: &Ladder, aim: Aim) -> Option<(i64, Vec<Pence>, i128)> {
    let span = money.span();
    let cost = |at: usize, rate: Pence| money.point_cost(&span, at, rate);
    solve(ladder, aim, money.target_pence, &cost).ok().map(|(best, solved)| (best.reached, solved.rates, solved.left))
}

fn lines(money: &Money, span: &Span) -> Vec<Line> {
    money.points.iter().map(|point| span.line(&point.staff, point.base, point.unit_pence, &money.shares)).collect()
}

fn stages(money: &Money, ladder: &Ladder, aim: Aim, rule: StageRule, last: &[Pence]) -> Vec<StageAnswer> {
    let mut before: Vec<Pence> = money.points.iter().map(|point| point.base).collect();
    let count = money.stages.len();
    (0..count)
        .map(|stage| {
            let span = Span::run_rate(Some(stage));
            let offered_pence = money.run_rates[stage + 1];
            let cost = |at: usize, rate: Pence| span.cost(&money.points[at].staff, |_, _| rate);
            let sum = |rates: &[Pence]| rates.iter().enumerate().map(|(at, rate)| cost(at, *rate)).sum::<i128>();
            let is_last = stage + 1 == count;
            let in_turn = (!is_last && rule == StageRule::InTurn)
                .then(|| solve(&ladder_of_stage(ladder, money.shares[stage], &before, last), aim, offered_pence, &cost).ok())
                .flatten();
            let as_asked = is_last || rule == StageRule::SameSplit || in_turn.is_some();
            let rates = match in_turn {
                _ if is_last => last.to_vec(),
                Some((_, solved)) => solved.rates,
                None => same_split(money, stage, last, &before, &sum),
            };
            before.clone_from(&rates);
            StageAnswer { from: money.stages[stage], run_rate_pence: sum(&rates), offered_pence, rates, as_asked }
        })
        .collect()
}

/// Spec P67: the largest share of everybody's rise that the money of the stage pays for; for a cost in the year the share of the
/// offer's own money, since that is what was counted.
fn same_split(money: &Money, stage: usize, last: &[Pence], before: &[Pence], sum: &dyn Fn(&[Pence]) -> i128) -> Vec<Pence> {
    const PARTS: i64 = 1_000_000_000;
    let at_share = |share: Ratio| -> Vec<Pence> {
        let rates = money.points.iter().zip(last).zip(before);
        rates.map(|((point, last), before)| Money::staged(point, *last, share).max(*before)).collect()
    };
    if let CostReading::InYear(_) = money.reading {
        return at_share(money.shares[stage]);
    }
    let (mut good, mut bad) = (0_i64, PARTS + 1);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if sum(&at_share(Ratio::new(middle.into(), PARTS.into()))) <= money.run_rates[stage + 1] { good = middle } else { bad = middle }
    }
    at_share(Ratio::new(good.into(), PARTS.into()))
}

/// Spec P67: the limits of a stage before the last. What is asked for the end is asked here by the share of the money; nobody
/// falls below the stage before or rises above the end.
fn ladder_of_stage(ladder: &Ladder, share: Ratio, before: &[Pence], last: &[Pence]) -> Ladder {
    let part = |today: Ratio, wanted: Ratio| if today >= wanted { wanted } else { today + (wanted - today) * share };
    let base = |at: usize| ladder.points[at].base.ratio();
    let mut limits: Vec<Limit> = ladder
        .limits
        .iter()
        .cloned()
        .map(|mut limit| {
            limit.rule = match limit.rule {
                Rule::AtLeast(pence) => Rule::AtLeast(part(base(limit.point), pence)),
                Rule::Above { lower, factor, plus } => {
                    Rule::Above { lower, factor, plus: part(base(limit.point) - base(lower) * factor, plus) }
                }
                cap @ Rule::AtMost(_) => cap,
            };
            limit
        })
        .collect();
    for at in 0..before.len() {
        let words = String::new;
        limits.push(Limit { point: at, rule: Rule::AtLeast(before[at].ratio()), kind: LimitKind::Today, words: words() });
        limits.push(Limit { point: at, rule: Rule::AtMost(last[at]), kind: LimitKind::CapRate, words: words() });
    }
    Ladder::new(ladder.points.clone(), limits)
}

fn binding(ladder: &Ladder, rates: &[Pence], proof: Option<&Proof>) -> Vec<Binding> {
    let plain: Vec<i64> = rates.iter().map(|rate| rate.0).collect();
    let mut binding = Vec::new();
    for (number, limit) in ladder.limits.iter().enumerate() {
        let point = &ladder.points[limit.point];
        let rate = plain[limit.point];
        let leaning = proof.map_or(Ratio::ZERO, |proof| proof.leaning_on_limit[number]);
        let holds = match limit.rule {
            Rule::AtMost(most) => point.steps_above(rate, 1) > most.0 && point.headcount() > 0,
            // What asks for no more than today's rate holds nothing up: today's rate does.
            Rule::AtLeast(least) if limit.kind != LimitKind::Today && least <= point.base.ratio() => false,
            Rule::AtLeast(_) | Rule::Above { .. } => ladder.asked_by(limit, &plain) == Some(rate),
        };
        // Where several hold a rate up, those count on which the proof leans; the ones that were asked for are named always.
        let is_asked = matches!(limit.kind, LimitKind::Gap | LimitKind::LegalMinimum | LimitKind::Floor | LimitKind::MostLost)
            || matches!(limit.rule, Rule::AtMost(_));
        if holds && (leaning > Ratio::ZERO || is_asked) {
            let worth = proof
                .filter(|_| leaning > Ratio::ZERO)
                .and_then(|proof| leaning.checked_div(proof.leaning_on_aim))
                .map(|worth| worth * Ratio::whole(100));
            binding.push(Binding { limit: limit.clone(), worth });
        }
    }
    binding
}

fn points(money: &Money, rates: &[Pence]) -> Vec<PointAnswer> {
    let mut answers: Vec<PointAnswer> = Vec::new();
    for (at, point) in money.points.iter().enumerate() {
        let first = answers.len();
        let mut seen: Vec<&[Pence]> = Vec::new();
        for (number, row) in point.rows.iter().enumerate() {
            let of_row = || point.staff.iter().filter(move |staff| staff.row == number);
            let people = of_row().map(|staff| staff.headcount).sum();
            let whole_time = of_row().map(|staff| staff.portion * Ratio::new(staff.headcount.into(), 1)).sum();
            if let Some(known) = seen.iter().position(|offered| *offered == row.offered.as_slice()) {
                let answer = &mut answers[first + known];
                answer.bands.push(';');
                answer.bands.push_str(&row.band);
                answer.people += people;
                answer.whole_time = answer.whole_time + whole_time;
            } else {
                seen.push(&row.offered);
                let offered = row.offered.last().copied().unwrap_or(point.base);
                answers.push(PointAnswer { point: at, bands: row.band.clone(), offered, rate: rates[at], people, whole_time });
            }
        }
    }
    answers
}

pub(crate) fn compared(points: &[PointAnswer]) -> Compared {
    let mut compared = Compared::default();
    for (at, point) in points.iter().enumerate().filter(|(_, point)| point.people > 0) {
        match point.difference() {
            more if more > Pence::ZERO => {
                compared.gain += point.people;
                if compared.most_gained.is_none_or(|known| points[known].difference() < more) {
                    compared.most_gained = Some(at);
                }
            }
            less if less < Pence::ZERO => {
                compared.lose += point.people;
                if compared.most_lost.is_none_or(|known| points[known].difference() > less) {
                    compared.most_lost = Some(at);
                }
            }
            _ => compared.same += point.people,
        }
    }
    compared
}

/// Everybody against the offer at other rates.
pub(crate) fn compare_rates(money: &Money, rates: &[Pence]) -> (Vec<PointAnswer>, Compared) {
    let points = points(money, rates);
    let compared = compared(&points);
    (points, compared)
}

impl Answer {
    /// The lowest rate at the end.
    pub fn floor(&self) -> Pence {
        self.rates.iter().copied().min().unwrap_or_default()
    }

    /// Spec P68: how many steps of the scale lie between what was reached and what no table can exceed; for a floor only.
    pub fn steps_to_bound(&self, money: &Money) -> Option<i128> {
        let unit = money.points.iter().map(|point| point.unit_pence).min()?;
        let proof = self.proof.as_ref().filter(|_| self.aim == Aim::Floor)?;
        Some(((proof.bound - Ratio::whole(self.reached)) / Ratio::whole(unit)).floor().max(0))
    }

    /// The cost of these rates in a pay year less the offer's, in pence.
    pub fn difference_in_year(&self, money: &Money, year: pay::PayYear) -> i128 {
        let by_stage: Vec<Vec<Pence>> = self.stages.iter().map(|stage| stage.rates.clone()).collect();
        money.cost_in_year(year, &by_stage) - money.offered_in_year(year)
    }

    /// The sum of all costs again, from the rates alone.
    pub fn added_again(&self, money: &Money) -> i128 {
        let span = money.span();
        let rates: Vec<i64> = self.rates.iter().map(|rate| rate.0).collect();
        total(&|at, rate| money.point_cost(&span, at, rate), &rates)
    }
}
