//! How a figure is spread over people: mean, median, deciles, and who stands at or above the mean.

use dated::Ratio;

/// Spec P86: a figure over people. Quantiles are those of the people in order, each counted once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    /// People.
    pub people: u64,
    /// The mean over people.
    pub mean: Ratio,
    /// The person in the middle; the mean of the two where there are two.
    pub median: Ratio,
    /// The figures below which one to nine tenths of the people stand.
    pub deciles: [Ratio; 9],
    /// People whose figure is the mean or more.
    pub at_or_above_mean: u64,
    /// People whose figure is more than the mean.
    pub above_mean: u64,
    /// The least.
    pub lowest: Ratio,
    /// The most.
    pub highest: Ratio,
}

impl Spread {
    /// The spread of figures with the number of people who have each; `None` where there is nobody. Figures may stand in any
    /// order and more than once.
    pub fn of(mut figures: Vec<(Ratio, u64)>) -> Option<Self> {
        figures.sort_by_key(|figure| figure.0);
        let people: u64 = figures.iter().map(|(_, people)| people).sum();
        let sum: Ratio = figures.iter().map(|(value, people)| *value * count(*people)).sum();
        Self::in_order(&figures, sum.checked_div(count(people))?)
    }

    /// The spread of figures that are in order, with their mean.
    pub(super) fn in_order(figures: &[(Ratio, u64)], mean: Ratio) -> Option<Self> {
        let people: u64 = figures.iter().map(|(_, people)| people).sum();
        let mut walk = Walk { figures, at: 0, passed: 0 };
        // A decile is between two people where a tenth of them is a whole number, else it is one person's.
        let mut quantile = |tenths: u64| {
            let (rank, rest) = (tenths * people / 10, tenths * people % 10);
            let low = walk.person(if rest == 0 { rank.max(1) } else { rank + 1 })?;
            let high = if rest == 0 { walk.person((rank + 1).min(people))? } else { low };
            Some(if low == high { low } else { (low + high) / Ratio::whole(2) })
        };
        let mut deciles = [Ratio::ZERO; 9];
        for (number, decile) in (1..).zip(&mut deciles) {
            *decile = quantile(number)?;
        }
        let held = |test: fn(std::cmp::Ordering) -> bool| {
            figures.iter().filter(|(value, _)| test(value.cmp(&mean))).map(|(_, people)| people).sum()
        };
        Some(Self {
            people,
            mean,
            median: deciles[4],
            deciles,
            at_or_above_mean: held(std::cmp::Ordering::is_ge),
            above_mean: held(std::cmp::Ordering::is_gt),
            lowest: figures.iter().find(|(_, people)| *people > 0)?.0,
            highest: figures.iter().rfind(|(_, people)| *people > 0)?.0,
        })
    }

    /// The ninth decile over the first; `None` where the first is nothing.
    pub fn ninety_to_ten(&self) -> Option<Ratio> {
        self.deciles[8].checked_div(self.deciles[0])
    }

    /// People at or above the mean, in percent.
    pub fn at_or_above_mean_percent(&self) -> Ratio {
        percent_of(self.at_or_above_mean, self.people)
    }

    /// People above the mean, in percent.
    pub fn above_mean_percent(&self) -> Ratio {
        percent_of(self.above_mean, self.people)
    }
}

/// A walk along people in order.
struct Walk<'w> {
    figures: &'w [(Ratio, u64)],
    at: usize,
    passed: u64,
}

impl Walk<'_> {
    /// The figure of the person of that rank, counted from 1; ranks are asked for in order.
    fn person(&mut self, rank: u64) -> Option<Ratio> {
        loop {
            let (value, people) = *self.figures.get(self.at)?;
            if rank <= self.passed + people {
                return Some(value);
            }
            self.passed += people;
            self.at += 1;
        }
    }
}

/// A part of people in percent; nothing of nobody.
pub(super) fn percent_of(part: u64, whole: u64) -> Ratio {
    Ratio::new(i128::from(part) * 100, whole.into())
}

/// A number of people as a ratio.
pub(super) fn count(people: u64) -> Ratio {
    Ratio::new(people.into(), 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spread(figures: &[(i64, u64)]) -> Spread {
        Spread::of(figures.iter().map(|(value, people)| (Ratio::whole(*value), *people)).collect()).expect("somebody")
    }

    #[test]
    fn ten_people_have_deciles_between_them() {
        let found = spread(&[(10, 1), (20, 1), (30, 1), (40, 1), (50, 1), (60, 1), (70, 1), (80, 1), (90, 1), (100, 1)]);
        assert_eq!(found.deciles, [15, 25, 35, 45, 55, 65, 75, 85, 95].map(Ratio::whole));
        assert_eq!(found.median, Ratio::whole(55));
    }

    #[test]
    fn eleven_people_have_a_person_in_the_middle() {
        let found = spread(&[(1, 5), (7, 1), (9, 5)]);
        assert_eq!(found.median, Ratio::whole(7));
        assert_eq!(found.deciles[0], Ratio::ONE);
        assert_eq!((found.at_or_above_mean, found.above_mean), (6, 6));
    }

    #[test]
    fn everybody_at_the_mean_is_at_and_not_above_it() {
        let found = spread(&[(3, 4)]);
        assert_eq!((found.at_or_above_mean, found.above_mean, found.mean), (4, 0, Ratio::whole(3)));
        assert_eq!(found.ninety_to_ten(), Some(Ratio::ONE));
    }

    #[test]
    fn nobody_has_no_spread() {
        assert_eq!(Spread::of(Vec::new()), None);
        assert_eq!(Spread::of(vec![(Ratio::ONE, 0)]), None);
    }

    proptest! {
        #[test]
        fn people_may_be_listed_one_by_one_or_together_and_twice_as_many_are_spread_alike(
            figures in proptest::collection::vec((-50_i64..50, 1_u64..9), 1..30), times in 2_u64..5
        ) {
            let together = spread(&figures);
            let apart: Vec<(i64, u64)> =
                figures.iter().rev().flat_map(|(value, people)| (0..*people).map(move |_| (*value, 1))).collect();
            prop_assert_eq!(&spread(&apart), &together);
            let more: Vec<(i64, u64)> = figures.iter().map(|(value, people)| (*value, people * times)).collect();
            let more = spread(&more);
            prop_assert_eq!((more.mean, more.deciles), (together.mean, together.deciles));
            prop_assert_eq!(more.at_or_above_mean, together.at_or_above_mean * times);
        }

        #[test]
        fn deciles_stand_where_their_name_says(figures in proptest::collection::vec((-50_i64..50, 1_u64..9), 1..30)) {
            let found = spread(&figures);
            for (number, decile) in (1_u64..).zip(found.deciles) {
                let count_if = |test: &dyn Fn(Ratio) -> bool| -> u64 {
                    figures.iter().filter(|(value, _)| test(Ratio::whole(*value))).map(|(_, people)| people).sum()
                };
                prop_assert!(count_if(&|value| value < decile) * 10 <= number * found.people);
                prop_assert!(count_if(&|value| value <= decile) * 10 >= number * found.people);
            }
            prop_assert!(found.lowest <= found.mean && found.mean <= found.highest);
        }
    }
}
