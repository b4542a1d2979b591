//! Two offers held against each other, person by person.

use std::cmp::Ordering;

use dated::Ratio;

use super::cases::{ByPortion, pence_for_hours};
use super::rises::in_order;
use super::spread::{Spread, percent_of};
use super::{Moment, Part, People, Reading};

/// Spec P90: who is paid more under the second of two offers than under the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BetterOff {
    /// People paid more under the second.
    pub more: u64,
    /// People paid less under the second.
    pub less: u64,
    /// People paid the same to the last fraction of a penny.
    pub same: u64,
    /// What those paid more get above the first offer, in all, in pence.
    pub more_pence: Ratio,
    /// What those paid less lose, in all, in pence; not negative.
    pub less_pence: Ratio,
    /// What the person in the middle of those paid more gets above the first offer, in pence; `None` where nobody is.
    pub median_more_pence: Option<Ratio>,
    /// What the person in the middle of those paid less loses, in pence; `None` where nobody is.
    pub median_less_pence: Option<Ratio>,
    /// The difference of the person in the middle of all, in pence, negative where it is a loss.
    pub median_pence: Ratio,
}

impl BetterOff {
    /// People paid more under the second, in percent of all.
    pub fn more_percent(&self) -> Ratio {
        percent_of(self.more, self.more + self.less + self.same)
    }

    /// People paid less under the second, in percent of all.
    pub fn less_percent(&self) -> Ratio {
        percent_of(self.less, self.more + self.less + self.same)
    }

    /// People paid the same, in percent of all.
    pub fn same_percent(&self) -> Ratio {
        percent_of(self.same, self.more + self.less + self.same)
    }
}

impl People<'_> {
    /// Holds `second` against `first` for some of the staff; `None` where there is nobody.
    pub fn better_off(&self, first: usize, second: usize, reading: Reading, moment: Moment, staff: &Part) -> Option<BetterOff> {
        let parts = if moment == Moment::InYear { self.kinds.parts.0[0] } else { 1 };
        let pay = |side: usize, kind: u32| {
            let (paid, _) = self.paid(side, kind, reading);
            if moment == Moment::InYear { self.kinds.parts.all(paid) } else { paid.end }
        };
        let portions = &self.workforce.portions;
        let mut sums = [ByPortion::new(portions), ByPortion::new(portions)];
        let mut counts = [0_u64; 3];
        let mut all: Vec<(i64, u64)> = Vec::with_capacity(staff.cells.len());
        let mut sides: [Vec<(i64, u64)>; 2] = [Vec::new(), Vec::new()];
        for (kind, people) in &staff.cells {
            let difference = pay(second, *kind) - pay(first, *kind);
            let portion = self.kinds.list[*kind as usize].portion;
            let pence = pence_for_hours(difference, parts, self.portion(*kind));
            all.push((pence, *people));
            let at = match difference.cmp(&0) {
                Ordering::Equal => {
                    counts[2] += people;
                    continue;
                }
                Ordering::Greater => 0,
                Ordering::Less => 1,
            };
            counts[at] += people;
            sums[at].add(portion, difference.abs(), *people);
            sides[at].push((pence.abs(), *people));
        }
        let median = |figures: Vec<(i64, u64)>| Spread::in_order(&in_order(figures), Ratio::ZERO).map(|spread| spread.median);
        let [better, worse] = sides;
        Some(BetterOff {
            more: counts[0],
            less: counts[1],
            same: counts[2],
            more_pence: sums[0].total(parts),
            less_pence: sums[1].total(parts),
            median_pence: median(all)?,
            median_more_pence: median(better),
            median_less_pence: median(worse),
        })
    }
}
