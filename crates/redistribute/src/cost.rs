//! What staff cost at given rates, exactly as a payroll pays them, and as a straight line for the solver.

use dated::{Date, Month, Ratio};
use pay::{PayYear, Pence, months_between};

/// Some people of one point with the same hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffOn {
    /// Each person's portion of full-time hours.
    pub portion: Ratio,
    /// How many.
    pub headcount: u64,
    /// Into [`crate::Point::rows`]: the row that gives their rate under the offer.
    pub row: usize,
    /// From which stage on they are on this point: 0, unless the offer moves them to it later.
    pub from_stage: usize,
}

/// Under which definition two costs are compared. Basic pay in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostReading {
    /// A full year at the rates of the last stage.
    RunRate,
    /// What is paid in one pay year.
    InYear(PayYear),
}

/// Months that are paid alike: how many, and which stage's rates are in force in which part of each.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Months {
    times: i64,
    /// A stage, or `None` for the rates before the offer; and the part of the month.
    parts: Vec<(Option<usize>, Ratio)>,
}

/// The months whose pay is added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span(Vec<Months>);

impl Span {
    /// Spec P61: twelve months at the rates of a stage.
    pub fn run_rate(stage: Option<usize>) -> Self {
        Self(vec![Months { times: 12, parts: vec![(stage, Ratio::ONE)] }])
    }

    /// Spec P61: the months of a pay year, when stages begin on these days.
    pub fn year(year: PayYear, stages: &[Date]) -> Self {
        let mut months: Vec<Months> = Vec::new();
        for number in 0..12 {
            let month: Month = year.first_month().plus(number);
            let (start, end) = (month.first_day(), month.plus(1).first_day());
            let mut edges = vec![start];
            edges.extend(stages.iter().copied().filter(|day| start < *day && *day < end));
            edges.push(end);
            let parts =
                edges.windows(2).map(|edge| (stages.iter().rposition(|day| *day <= edge[0]), months_between(edge[0], edge[1]))).collect();
            match months.last_mut() {
                Some(last) if last.parts == parts => last.times += 1,
                _ => months.push(Months { times: 1, parts }),
            }
        }
        Self(months)
    }

    /// Spec P61: what these staff are paid: each person's month is rounded to the penny. `rate` gives the rate of a row at a
    /// stage (`None`: before the offer). Stages before somebody is on this point are left out.
    pub fn cost(&self, staff: &[StaffOn], rate: impl Fn(usize, Option<usize>) -> Pence) -> i128 {
        let mut total = 0_i128;
        for months in &self.0 {
            for group in staff {
                let here = months.parts.iter().filter(|(stage, _)| group.is_here(*stage));
                let month = match months.parts.as_slice() {
                    // The usual month, without any sum of fractions: half a penny is rounded up.
                    [(stage, part)] if *part == Ratio::ONE => {
                        if !group.is_here(*stage) {
                            continue;
                        }
                        let (above, below) = (group.portion.numerator(), group.portion.denominator() * 12);
                        (i128::from(rate(group.row, *stage).0) * above * 2 + below).div_euclid(below * 2)
                    }
                    _ => {
                        let year: Ratio = here.map(|(stage, part)| rate(group.row, *stage).ratio() * *part).sum();
                        (year * group.portion / Ratio::whole(12)).round_half_away()
                    }
                };
                total += month * i128::from(group.headcount) * i128::from(months.times);
            }
        }
        total
    }

    /// Spec P61: [`Self::cost`] before the rounding of months, as `slope × rate at the end + level`, when each stage has its
    /// share of the rise. The third number is by how much the exact cost can lie below the line: half a penny a person and
    /// month, and one unit of rounding wherever a stage is not the last.
    pub fn line(&self, staff: &[StaffOn], base: Pence, unit_pence: i64, shares: &[Ratio]) -> Line {
        let mut line = Line { slope: Ratio::ZERO, level: Ratio::ZERO, below: Ratio::ZERO };
        for months in &self.0 {
            for group in staff {
                let weight = Ratio::whole(i64::try_from(group.headcount).unwrap_or(i64::MAX)) * Ratio::whole(months.times);
                line.below = line.below + weight / Ratio::whole(2);
                for (stage, part) in &months.parts {
                    if !group.is_here(*stage) {
                        continue;
                    }
                    let share = stage.map_or(Ratio::ZERO, |stage| shares[stage]);
                    let paid = weight * group.portion * *part / Ratio::whole(12);
                    line.slope = line.slope + paid * share;
                    line.level = line.level + paid * (Ratio::ONE - share) * base.ratio();
                    if stage.is_some() && share != Ratio::ONE {
                        line.below = line.below + paid * Ratio::whole(unit_pence);
                    }
                }
            }
        }
        line
    }
}

impl StaffOn {
    /// Whether they are on this point at a stage; `None` is the time before the offer.
    fn is_here(&self, stage: Option<usize>) -> bool {
        self.from_stage == 0 || stage.is_some_and(|stage| stage >= self.from_stage)
    }
}

/// A cost as a straight line in one rate, in pence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Pence for each penny of the rate: whole-time equivalents, for a full year.
    pub slope: Ratio,
    /// Pence that do not depend on the rate.
    pub level: Ratio,
    /// The exact cost is at most this much lower than the line.
    pub below: Ratio,
}
