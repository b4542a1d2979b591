//! The pay gap between women and men in basic pay, before an offer and after it.

use std::collections::BTreeMap;

use dated::Ratio;

use super::spread::{Spread, count, percent_of};
use super::{Part, People, Reading, sex_number};

/// Spec P95: the gap of one group at one time, in percent of men's pay: above nothing where men are paid more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SexGap {
    /// Of the means.
    pub mean_percent: Ratio,
    /// Of the medians.
    pub median_percent: Ratio,
    /// From the lowest quarter of pay to the highest; `None` where one of them holds too few women or men to be shown.
    pub quarters: Option<[Quarter; 4]>,
}

/// A quarter of women and men together, in the order of their hourly basic pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quarter {
    /// Women in percent of the quarter.
    pub women_percent: Ratio,
}

/// A group before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapOfGroup {
    /// The employer, or all staff.
    pub name: String,
    /// Women, men, and those of whom it is not said, who are left out; `None` where a count is too small to be shown.
    pub people: Option<[u64; 3]>,
    /// At the rates before the offer and at those of the last day of the pay year; `None` where the group is too small.
    pub gaps: Option<[SexGap; 2]>,
}

impl GapOfGroup {
    /// What the offer does to the gap of the means and to that of the medians, in percentage points.
    pub fn change_points(&self) -> Option<[Ratio; 2]> {
        let [before, after] = self.gaps.as_ref()?;
        Some([after.mean_percent - before.mean_percent, after.median_percent - before.median_percent])
    }
}

/// The gap of all staff and by employer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SexGaps {
    /// Fewer women or fewer men than this are not shown.
    pub smallest: u64,
    /// All staff.
    pub all: GapOfGroup,
    /// Each employer, largest first.
    pub employers: Vec<GapOfGroup>,
}

/// The women and the men on one rate.
type OnRate = BTreeMap<i64, [u64; 2]>;

impl People<'_> {
    /// Spec P95: the gap in hourly basic pay; all full-time hours are one, so it is that of full-time rates. `None` where the data
    /// do not say of anybody whether they are a woman or a man.
    pub fn sex_gaps(&self, side: usize, reading: Reading, smallest: u64) -> Option<SexGaps> {
        if self.workforce.staff.iter().all(|staff| staff.sex.is_none()) {
            return None;
        }
        let parts = self.by_sex.get_or_init(|| self.split(|staff| u32::from(staff.employer) * 4 + sex_number(staff.sex)));
        let rates = Rates::of(self, side, reading);
        let mut employers: BTreeMap<u32, [Option<&Part>; 3]> = BTreeMap::new();
        for (number, part) in parts {
            employers.entry(number / 4).or_default()[(number % 4) as usize] = Some(part);
        }
        let mut all = rates.nobody();
        let mut of_employers: Vec<(u64, GapOfGroup)> = employers
            .into_iter()
            .map(|(employer, by_sex)| {
                let mut group = rates.nobody();
                for (sex, part) in by_sex.into_iter().enumerate() {
                    self.add(&mut group, &rates, sex, part);
                    self.add(&mut all, &rates, sex, part);
                }
                let name = self.workforce.employers.get(employer as usize).cloned().unwrap_or_default();
                (group.people.iter().sum(), group.gap(name, &rates, smallest))
            })
            .collect();
        of_employers.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)));
        let employers = of_employers.into_iter().map(|(_, gap)| gap).collect();
        Some(SexGaps { smallest, all: all.gap("all staff".to_owned(), &rates, smallest), employers })
    }

    fn add(&self, group: &mut Group, rates: &Rates, sex: usize, part: Option<&Part>) {
        for (kind, people) in part.map_or(&[][..], |part| &part.cells) {
            group.people[sex] += people;
            // Who is neither counted as a woman nor as a man stands in neither mean.
            if sex < 2 {
                let case = self.kinds.list[*kind as usize].case as usize;
                for (counts, rates) in group.counts.iter_mut().zip(&rates.of_case) {
                    counts[rates[case] as usize][sex] += people;
                }
            }
        }
    }
}

/// The distinct rates of a side, lowest first, and which each case has: before, and at the end of the year.
struct Rates {
    distinct: [Vec<i64>; 2],
    of_case: [Vec<u32>; 2],
}

impl Rates {
    fn of(people: &People<'_>, side: usize, reading: Reading) -> Self {
        let cases = &people.kinds.cases[side];
        let rates: [Vec<i64>; 2] = [
            cases.iter().map(|case| case.base).collect(),
            cases.iter().map(|case| if reading == Reading::AwardOnly { case.staying.end } else { case.moving.end }).collect(),
        ];
        let distinct = rates.each_ref().map(|rates| {
            let mut distinct = rates.clone();
            distinct.sort_unstable();
            distinct.dedup();
            distinct
        });
        let place = |at: usize, rate: &i64| distinct[at].partition_point(|known| known < rate) as u32;
        let of_case = [0, 1].map(|at: usize| rates[at].iter().map(|rate| place(at, rate)).collect());
        Self { distinct, of_case }
    }

    fn nobody(&self) -> Group {
        Group { people: [0; 3], counts: self.distinct.each_ref().map(|rates| vec![[0; 2]; rates.len()]) }
    }
}

/// Women, men and not said; women and men on each rate, before and after.
struct Group {
    people: [u64; 3],
    counts: [Vec<[u64; 2]>; 2],
}

impl Group {
    fn gap(&self, name: String, rates: &Rates, smallest: u64) -> GapOfGroup {
        let shown = self.people[0] >= smallest && self.people[1] >= smallest;
        let at = |at: usize| {
            let on_rates = rates.distinct[at].iter().copied().zip(self.counts[at].iter().copied()).filter(|(_, people)| *people != [0, 0]);
            gap(&on_rates.collect(), smallest)
        };
        let gaps = || Some([at(0)?, at(1)?]);
        GapOfGroup { name, people: shown.then_some(self.people), gaps: if shown { gaps() } else { None } }
    }
}

fn gap(rates: &OnRate, smallest: u64) -> Option<SexGap> {
    let of = |sex: usize| Spread::of(rates.iter().map(|(rate, people)| (Ratio::whole(*rate), people[sex])).collect());
    let (women, men) = (of(0)?, of(1)?);
    let percent = |women: Ratio, men: Ratio| ((men - women) * Ratio::whole(100)).checked_div(men);
    Some(SexGap {
        mean_percent: percent(women.mean, men.mean)?,
        median_percent: percent(women.median, men.median)?,
        quarters: quarters(rates, smallest),
    })
}

/// The share of women in each quarter. Where a quarter ends among people of one rate, women and men of that rate go to
/// both sides in equal parts.
fn quarters(rates: &OnRate, smallest: u64) -> Option<[Quarter; 4]> {
    let all: u64 = rates.values().flatten().sum();
    let quarter = Ratio::new(all.into(), 4);
    let mut quarters = [Quarter { women_percent: Ratio::ZERO }; 4];
    let mut rates = rates.values();
    let mut here: Option<(Ratio, Ratio)> = None;
    for place in &mut quarters {
        let (mut wanted, mut women) = (quarter, Ratio::ZERO);
        while wanted > Ratio::ZERO {
            let (left, share) = match here {
                Some(here) => here,
                None => {
                    let people = rates.next()?;
                    (count(people[0] + people[1]), percent_of(people[0], people[0] + people[1]) / Ratio::whole(100))
                }
            };
            let taken = wanted.min(left);
            women = women + share * taken;
            wanted = wanted - taken;
            here = Some((left - taken, share)).filter(|(left, _)| *left > Ratio::ZERO);
        }
        if women < count(smallest) || quarter - women < count(smallest) {
            return None;
        }
        place.women_percent = women / quarter * Ratio::whole(100);
    }
    Some(quarters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_rates(rates: &[(i64, u64, u64)]) -> OnRate {
        rates.iter().map(|(rate, women, men)| (*rate, [*women, *men])).collect()
    }

    #[test]
    fn the_gap_is_a_part_of_mens_pay() {
        // Women: 20 on 10.00, 20 on 15.00: mean 12.50, median 12.50. Men: 10 on 10.00, 30 on 15.00: mean 13.75, median 15.00.
        let found = gap(&on_rates(&[(1_000, 20, 10), (1_500, 20, 30)]), 1).expect("a gap");
        assert_eq!(found.mean_percent, Ratio::new(125 * 100, 1_375));
        assert_eq!(found.median_percent, Ratio::new(50, 3));
        let quarters = found.quarters.expect("quarters").map(|quarter| quarter.women_percent);
        // 80 people, 20 a quarter: the first 30 are on 10.00, two thirds women; the second quarter has ten of them and ten of the 50 above.
        let third = Ratio::new(200, 3);
        assert_eq!(quarters, [third, (third + Ratio::whole(40)) / Ratio::whole(2), Ratio::whole(40), Ratio::whole(40)]);
    }

    #[test]
    fn where_women_are_paid_more_the_gap_is_below_nothing() {
        let found = gap(&on_rates(&[(1_000, 0, 10), (1_100, 10, 0)]), 1).expect("a gap");
        assert_eq!(found.mean_percent, Ratio::whole(-10));
        assert_eq!(found.quarters, None);
    }

    #[test]
    fn few_people_are_not_shown() {
        let rates = Rates { distinct: [vec![1_000, 1_200], vec![1_000, 1_200]], of_case: [vec![], vec![]] };
        let counts = vec![[9, 40], [30, 40]];
        let group = Group { people: [39, 80, 0], counts: [counts.clone(), counts] };
        let shown = group.gap("x".into(), &rates, 10);
        assert!(shown.gaps.is_some_and(|gaps| gaps[0].quarters.is_none()), "the lowest quarter has fewer than ten women");
        assert!(group.gap("x".into(), &rates, 39).gaps.is_some(), "just enough");
        assert_eq!(group.gap("x".into(), &rates, 40).gaps, None);
        assert_eq!(group.gap("x".into(), &rates, 40).people, None);
    }
}
