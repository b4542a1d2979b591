//! What people's pay rises by: in percent and in pounds, against the mean, against prices, and by tenths of staff.

use std::cmp::Ordering;
use std::collections::HashMap;

use dated::{MissingMonth, Month, Ratio};

use super::cases::{Case, Paid, pence_for_hours};
use super::spread::{Spread, count};
use super::{Moment, Part, People, Reading};
use crate::framework::Framework;
use crate::prices::Index;
use crate::real_terms::Window;

/// Spec P87: how pay rises, person by person, above pay at the rate before the offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rises {
    /// In percent of the base.
    pub percent: Spread,
    /// In pence for the hours each works.
    pub pence: Spread,
}

/// Spec P88: people whose rise is less than a rise in prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BelowPrices {
    /// The index.
    pub index: Index,
    /// Which months, by name.
    pub window: Window,
    /// The months.
    pub months: (Month, Month),
    /// The rise in prices, in percent; or the month that is missing.
    pub prices_percent: Result<Ratio, MissingMonth>,
    /// People whose rise in the year, and whose rise at its end, is less; nothing where a month is missing.
    pub people: Option<[u64; 2]>,
}

/// Spec P89: a tenth of the staff, in the order of full-time pay before the offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TenthOfStaff {
    /// The lowest and the highest rate in it before the offer, in pence.
    pub rates: (i64, i64),
    /// The mean rise in percent.
    pub mean_percent: Ratio,
    /// The mean rise in pence, for the hours each works.
    pub mean_pence: Ratio,
}

/// The rises of one side, reading and moment, in order: made once, used for every part of the staff.
pub struct Ranked<'r, 'p> {
    people: &'r People<'p>,
    /// The gain of each case, in pence times parts, and its base rate.
    gains: Vec<(i64, i64)>,
    /// The place of each case among the distinct rises.
    rank: Vec<u32>,
    /// The distinct rises in percent, lowest first.
    rises: Vec<Ratio>,
    parts: i64,
}

fn gain(people: &People<'_>, case: &Case, paid: Paid, moment: Moment) -> i64 {
    match moment {
        Moment::InYear => people.kinds.parts.all(paid) - case.base * people.kinds.parts.0[0],
        Moment::AtItsEnd => paid.end - case.base,
    }
}

impl<'p> People<'p> {
    /// The rises of a side.
    pub fn ranked(&self, side: usize, reading: Reading, moment: Moment) -> Ranked<'_, 'p> {
        let parts = if moment == Moment::InYear { self.kinds.parts.0[0] } else { 1 };
        let paid = |case: &Case| if reading == Reading::AwardOnly { case.staying } else { case.moving };
        let gains: Vec<(i64, i64)> = self.kinds.cases[side].iter().map(|case| (gain(self, case, paid(case), moment), case.base)).collect();
        // Gains over bases are compared by cross products, which 128 bits hold.
        let order_of = |a: u32, b: u32| -> Ordering {
            let ((gain, base), (other_gain, other_base)) = (gains[a as usize], gains[b as usize]);
            (i128::from(gain) * i128::from(other_base)).cmp(&(i128::from(other_gain) * i128::from(base)))
        };
        let mut order: Vec<u32> = (0..).take(gains.len()).collect();
        order.sort_unstable_by(|a, b| order_of(*a, *b));
        let (mut rank, mut rises) = (vec![0; gains.len()], Vec::new());
        for (number, same) in (0..).zip(order.chunk_by(|a, b| order_of(*a, *b).is_eq())) {
            let (gain, base) = gains[same[0] as usize];
            rises.push(Ratio::new(i128::from(gain) * 100, i128::from(base) * i128::from(parts)));
            same.iter().for_each(|case| rank[*case as usize] = number);
        }
        Ranked { people: self, gains, rank, rises, parts }
    }
}

impl Ranked<'_, '_> {
    /// The distinct rises with the people of each, lowest first.
    fn figures(&self, staff: &Part) -> Vec<(Ratio, u64)> {
        let kinds = &self.people.kinds.list;
        let mut people = vec![0_u64; self.rises.len()];
        for (kind, count) in &staff.cells {
            people[self.rank[kinds[*kind as usize].case as usize] as usize] += count;
        }
        self.rises.iter().copied().zip(people).filter(|(_, people)| *people > 0).collect()
    }

    /// The mean rise in percent: gains are added for each base rate first, which keeps the sum exact for longer.
    fn mean_percent(&self, staff: &Part) -> Ratio {
        let mut sums: HashMap<i64, i128> = HashMap::new();
        for (kind, people) in &staff.cells {
            let (gain, base) = self.gains[self.people.kinds.list[*kind as usize].case as usize];
            *sums.entry(base).or_default() += i128::from(gain) * i128::from(*people);
        }
        let mut sums: Vec<(i64, i128)> = sums.into_iter().collect();
        sums.sort_unstable();
        let sum: Ratio = sums.into_iter().map(|(base, sum)| Ratio::new(sum * 100, i128::from(base) * i128::from(self.parts))).sum();
        sum / count(staff.people)
    }

    /// The rises of some of the staff in percent; `None` where there is nobody.
    pub fn percent(&self, staff: &Part) -> Option<Spread> {
        Spread::in_order(&self.figures(staff), self.mean_percent(staff))
    }

    /// The rises in percent and in pence. Each person's pence are rounded to the penny; their mean is of the unrounded sums.
    pub fn rises(&self, staff: &Part) -> Option<Rises> {
        let mut exact = super::ByPortion::new(&self.people.workforce.portions);
        let mut pence: Vec<(i64, u64)> = Vec::with_capacity(staff.cells.len());
        for (number, people) in &staff.cells {
            let kind = self.people.kinds.list[*number as usize];
            let (gain, _) = self.gains[kind.case as usize];
            exact.add(kind.portion, gain, *people);
            pence.push((pence_for_hours(gain, self.parts, self.people.portion(*number)), *people));
        }
        let pence = in_order(pence);
        Some(Rises {
            percent: self.percent(staff)?,
            pence: Spread::in_order(&pence, exact.total(self.parts).checked_div(count(staff.people))?)?,
        })
    }

    /// People whose rise is less than so many percent.
    pub fn people_below(&self, percent: Ratio, staff: &Part) -> u64 {
        self.figures(staff).iter().filter(|(rise, _)| *rise < percent).map(|(_, people)| people).sum()
    }

    /// Spec P89: the mean rise of each tenth of the staff, lowest full-time pay before the offer first. Where a tenth ends
    /// among people of one rate, each tenth takes its part of them all.
    pub fn tenths(&self, staff: &Part) -> Vec<TenthOfStaff> {
        let mut by_base: HashMap<i64, (u64, i128, super::ByPortion<'_>)> = HashMap::new();
        for (kind, people) in &staff.cells {
            let kind = self.people.kinds.list[*kind as usize];
            let (gain, base) = self.gains[kind.case as usize];
            let entry = by_base.entry(base).or_insert_with(|| (0, 0, super::ByPortion::new(&self.people.workforce.portions)));
            entry.0 += people;
            entry.1 += i128::from(gain) * i128::from(*people);
            entry.2.add(kind.portion, gain, *people);
        }
        let mut groups: Vec<(i64, u64, Ratio, Ratio)> = by_base
            .into_iter()
            .map(|(base, (people, sum, pence))| {
                let percent = Ratio::new(sum * 100, i128::from(base) * i128::from(self.parts));
                (base, people, percent / count(people), pence.total(self.parts) / count(people))
            })
            .collect();
        groups.sort_unstable_by_key(|group| group.0);
        let tenth = Ratio::new(staff.people.into(), 10);
        let mut tenths = Vec::new();
        let mut groups = groups.into_iter();
        let mut here = groups.next().map(|group| (group, count(group.1)));
        for _ in 0..10 {
            let (mut wanted, mut percent, mut pence) = (tenth, Ratio::ZERO, Ratio::ZERO);
            let mut rates: Option<(i64, i64)> = None;
            while wanted > Ratio::ZERO {
                let Some(((base, _, its_percent, its_pence), left)) = &mut here else { break };
                let taken = wanted.min(*left);
                rates = Some((rates.map_or(*base, |(low, _)| low), *base));
                percent = percent + *its_percent * taken;
                pence = pence + *its_pence * taken;
                wanted = wanted - taken;
                *left = *left - taken;
                if *left == Ratio::ZERO {
                    here = groups.next().map(|group| (group, count(group.1)));
                }
            }
            let Some(rates) = rates else { break };
            tenths.push(TenthOfStaff { rates, mean_percent: percent / tenth, mean_pence: pence / tenth });
        }
        tenths
    }
}

/// Figures in order, each once.
pub(super) fn in_order(mut figures: Vec<(i64, u64)>) -> Vec<(Ratio, u64)> {
    figures.sort_unstable();
    figures.chunk_by(|a, b| a.0 == b.0).map(|same| (Ratio::whole(same[0].0), same.iter().map(|(_, people)| people).sum())).collect()
}

impl People<'_> {
    /// Spec P88: how many rise by less than prices, under each index and window. Each is a figure of its own; none is “inflation”.
    pub fn below_prices(&self, framework: &Framework<'_>, side: usize, reading: Reading, staff: &Part) -> Vec<BelowPrices> {
        let prices = framework.prices;
        let year = self.year.first_month();
        let first_step = self.sides[side].offer.steps.first().map(|step| Month::of(step.from));
        let ranked = Moment::ALL.map(|moment| self.ranked(side, reading, moment));
        let mut found = Vec::new();
        for index in Index::ALL {
            // A twelve-month CPI window has a published rate; the one-decimal index would give another (P34).
            let annual = |to: Month| match index {
                Index::Cpi => prices.annual_rate(index, to),
                Index::Rpi | Index::Cpih => prices.change_percent(index, to.plus(-12), to),
            };
            let windows = [
                framework.prices_known.map(|to| (Window::KnownAtTheTime, (to.plus(-12), to), annual(to))),
                first_step.map(|to| (Window::FirstStep, (to.plus(-12), to), annual(to))),
                Some((Window::PayYearAverage, (year.plus(-12), year), prices.pay_year_change_percent(index, self.year))),
            ];
            for (window, months, prices_percent) in windows.into_iter().flatten() {
                let people = prices_percent.as_ref().ok().map(|percent| [0, 1].map(|at: usize| ranked[at].people_below(*percent, staff)));
                found.push(BelowPrices { index, window, months, prices_percent, people });
            }
        }
        found
    }
}
