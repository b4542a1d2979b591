//! Differentials: how far the points and the bands of a scale stand apart before an offer and after each of its steps.

use dated::{Date, Ratio};

use crate::money::Pence;
use crate::rates::Row;

/// The distance of two rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distance {
    /// The upper less the lower; negative where the upper is overtaken.
    pub pence: Pence,
    /// The same in percent of the lower.
    pub percent: Ratio,
}

impl Distance {
    fn of(lower: Pence, upper: Pence) -> Self {
        Self { pence: upper - lower, percent: upper.percent_above(lower) }
    }
}

/// Which two rates stand side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// A point and the next above it in its band.
    Points,
    /// The top of a band and the bottom of the next; negative where bands overlap.
    TopToBottom,
    /// The bottoms of two bands.
    BottomToBottom,
    /// The tops of two bands.
    TopToTop,
}

impl Pair {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Points => "neighbouring points",
            Self::TopToBottom => "top to next bottom",
            Self::BottomToBottom => "bottom to bottom",
            Self::TopToTop => "top to top",
        }
    }
}

/// Spec P93: one differential, before the offer and on each day that changes a rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differential {
    /// What stands side by side.
    pub pair: Pair,
    /// The band; of the lower one where there are two.
    pub band: String,
    /// The lower point or band.
    pub lower: String,
    /// The upper point or band.
    pub upper: String,
    /// Before.
    pub before: Distance,
    /// From each of [`Differentials::days`].
    pub after: Vec<Distance>,
}

impl Differential {
    /// On the last of the days; before the offer where there are none.
    pub fn last(&self) -> Distance {
        self.after.last().copied().unwrap_or(self.before)
    }

    /// Whether there was a gap before and there is none, or less than none, at the end.
    pub fn has_vanished(&self) -> bool {
        self.before.pence > Pence::ZERO && self.last().pence <= Pence::ZERO
    }
}

/// A lower point that overtakes a higher one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leapfrog {
    /// The point that was lower, and its band.
    pub lower: (String, String),
    /// The point that was higher, and its band.
    pub upper: (String, String),
    /// The first day of it.
    pub on: Date,
    /// By how much on that day.
    pub by: Pence,
}

/// The lowest and the highest rate of a band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandEnds {
    /// The band.
    pub band: String,
    /// Bottom and top before the offer.
    pub before: (Pence, Pence),
    /// Bottom and top from each of [`Differentials::days`].
    pub after: Vec<(Pence, Pence)>,
}

/// The differentials of a scale in one nation under an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differentials {
    /// The days on which a rate changes.
    pub days: Vec<Date>,
    /// Points first, then bands.
    pub list: Vec<Differential>,
    /// Who overtakes whom, by day.
    pub leapfrogs: Vec<Leapfrog>,
    /// The bands, lowest first.
    pub bands: Vec<BandEnds>,
    /// The lowest and the highest rate of all, before and from each day.
    pub ends: Vec<(Pence, Pence)>,
}

/// How many differentials become larger, smaller, or stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// Larger at the end than before.
    pub larger: usize,
    /// Smaller.
    pub smaller: usize,
    /// The same.
    pub same: usize,
}

impl Differentials {
    /// Spec P93: the differentials of the rows of one scale. Points are neighbours by their rates before the offer.
    pub fn of(rows: &[Row]) -> Self {
        let mut days: Vec<Date> = rows.iter().flat_map(|row| row.path.changes()).map(|(day, _)| day).collect();
        days.sort();
        days.dedup();
        let mut names: Vec<&str> = Vec::new();
        for row in rows {
            if !names.contains(&row.band.as_str()) {
                names.push(&row.band);
            }
        }
        let on = |row: &Row, moment: usize| if moment == 0 { row.path.base } else { row.path.rate_on(days[moment - 1]) };
        let moments = 0..=days.len();
        let ends_of = |rows: &[&Row], moment: usize| {
            let rates = || rows.iter().map(|row| on(row, moment));
            (rates().min().unwrap_or_default(), rates().max().unwrap_or_default())
        };
        let mut list = Vec::new();
        let mut bands: Vec<BandEnds> = Vec::new();
        for band in names {
            let mut of_band: Vec<&Row> = rows.iter().filter(|row| row.band == band).collect();
            of_band.sort_by_key(|row| row.path.base);
            for pair in of_band.windows(2) {
                let mut distances = moments.clone().map(|moment| Distance::of(on(pair[0], moment), on(pair[1], moment)));
                let Some(before) = distances.next() else { continue };
                list.push(Differential {
                    pair: Pair::Points,
                    band: band.to_owned(),
                    lower: pair[0].point.clone(),
                    upper: pair[1].point.clone(),
                    before,
                    after: distances.collect(),
                });
            }
            let mut ends = moments.clone().map(|moment| ends_of(&of_band, moment));
            let Some(before) = ends.next() else { continue };
            bands.push(BandEnds { band: band.to_owned(), before, after: ends.collect() });
        }
        bands.sort_by_key(|band| band.before);
        for pair in bands.windows(2) {
            type End = fn((Pence, Pence)) -> Pence;
            let kinds: [(Pair, End, End); 3] =
                [(Pair::TopToBottom, |e| e.1, |e| e.0), (Pair::BottomToBottom, |e| e.0, |e| e.0), (Pair::TopToTop, |e| e.1, |e| e.1)];
            for (kind, lower, upper) in kinds {
                let at = |a: &(Pence, Pence), b: &(Pence, Pence)| Distance::of(lower(*a), upper(*b));
                list.push(Differential {
                    pair: kind,
                    band: pair[0].band.clone(),
                    lower: pair[0].band.clone(),
                    upper: pair[1].band.clone(),
                    before: at(&pair[0].before, &pair[1].before),
                    after: pair[0].after.iter().zip(&pair[1].after).map(|(a, b)| at(a, b)).collect(),
                });
            }
        }
        let all: Vec<&Row> = rows.iter().collect();
        let ends = moments.map(|moment| ends_of(&all, moment)).collect();
        Self { leapfrogs: leapfrogs(rows, &days), days, list, bands, ends }
    }

    /// The differentials of one kind.
    pub fn of_pair(&self, pair: Pair) -> impl Iterator<Item = &Differential> {
        self.list.iter().filter(move |one| one.pair == pair)
    }

    /// How the differentials of one kind move, in pounds and in percent.
    pub fn moves(&self, pair: Pair) -> [Moves; 2] {
        let mut moves = [Moves::default(); 2];
        for one in self.of_pair(pair) {
            let last = one.last();
            for (moves, order) in moves.iter_mut().zip([last.pence.cmp(&one.before.pence), last.percent.cmp(&one.before.percent)]) {
                match order {
                    std::cmp::Ordering::Greater => moves.larger += 1,
                    std::cmp::Ordering::Less => moves.smaller += 1,
                    std::cmp::Ordering::Equal => moves.same += 1,
                }
            }
        }
        moves
    }

    /// Spec P94: the highest rate over the lowest, before and from each day; `None` where the lowest is nothing.
    pub fn highest_to_lowest(&self) -> Vec<Option<Ratio>> {
        self.ends.iter().map(|(low, high)| high.ratio().checked_div(low.ratio())).collect()
    }

    /// Spec P94: bottom and top of a band over the lowest rate of all, before and at the end.
    pub fn band_to_lowest(&self, band: &BandEnds) -> [Option<(Ratio, Ratio)>; 2] {
        let over = |ends: (Pence, Pence), lowest: Option<&(Pence, Pence)>| {
            let lowest = lowest?.0.ratio();
            Some((ends.0.ratio().checked_div(lowest)?, ends.1.ratio().checked_div(lowest)?))
        };
        [over(band.before, self.ends.first()), over(band.after.last().copied().unwrap_or(band.before), self.ends.last())]
    }
}

fn leapfrogs(rows: &[Row], days: &[Date]) -> Vec<Leapfrog> {
    let mut order: Vec<&Row> = rows.iter().collect();
    order.sort_by_key(|row| row.path.base);
    let mut found = Vec::new();
    for (at, lower) in order.iter().enumerate() {
        for upper in order[at + 1..].iter().filter(|upper| upper.path.base > lower.path.base) {
            let overtaken = days.iter().find(|day| lower.path.rate_on(**day) > upper.path.rate_on(**day));
            if let Some(on) = overtaken {
                let by = lower.path.rate_on(*on) - upper.path.rate_on(*on);
                let name = |row: &Row| (row.point.clone(), row.band.clone());
                found.push(Leapfrog { lower: name(lower), upper: name(upper), on: *on, by });
            }
        }
    }
    found.sort_by_key(|leapfrog| leapfrog.on);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates::{RateFrom, RatePath};
    use jiff::civil::date;

    fn row(point: &str, band: &str, base: i64, rates: &[(Date, i64)]) -> Row {
        let rates = rates.iter().enumerate().map(|(step, (from, pounds))| RateFrom { from: *from, rate: Pence(pounds * 100), step });
        Row {
            point: point.to_owned(),
            band: band.to_owned(),
            nation: "England".to_owned(),
            status: dated::Status::Synthetic,
            source: Vec::new(),
            path: RatePath { base: Pence(base * 100), rates: rates.collect() },
            lumps: Vec::new(),
            moved_to: None,
        }
    }

    fn scale() -> Vec<Row> {
        let (april, october) = (date(2031, 4, 1), date(2031, 10, 1));
        vec![
            // 500 for everybody, and 1,600 more for point 1 from October.
            row("1", "A", 20_000, &[(april, 20_500), (october, 22_100)]),
            row("2", "A", 21_000, &[(april, 21_500)]),
            row("3", "A", 22_000, &[(april, 22_500)]),
            row("4", "B", 22_100, &[(april, 22_600)]),
            row("5", "B", 30_000, &[(april, 30_500)]),
        ]
    }

    #[test]
    fn a_cash_sum_keeps_pounds_and_shrinks_percents() {
        let found = Differentials::of(&scale());
        assert_eq!(found.days, [date(2031, 4, 1), date(2031, 10, 1)]);
        let two_to_three = &found.list[1];
        assert_eq!((two_to_three.lower.as_str(), two_to_three.upper.as_str()), ("2", "3"));
        assert_eq!(two_to_three.before, Distance { pence: Pence(100_000), percent: Ratio::new(100, 21) });
        assert_eq!(two_to_three.last(), Distance { pence: Pence(100_000), percent: Ratio::new(200, 43) });
        // Points: 1-2 closes and turns, 2-3 and 4-5 keep their pounds.
        assert_eq!(found.moves(Pair::Points)[0], Moves { larger: 0, smaller: 1, same: 2 });
        assert_eq!(found.moves(Pair::Points)[1], Moves { larger: 0, smaller: 3, same: 0 });
    }

    #[test]
    fn a_point_that_overtakes_is_named_with_its_day() {
        let found = Differentials::of(&scale());
        assert!(found.list[0].has_vanished());
        let expected = Leapfrog {
            lower: ("1".to_owned(), "A".to_owned()),
            upper: ("2".to_owned(), "A".to_owned()),
            on: date(2031, 10, 1),
            by: Pence(60_000),
        };
        assert_eq!(found.leapfrogs, [expected]);
    }

    #[test]
    fn who_draws_level_has_not_overtaken() {
        let found = Differentials::of(&[row("1", "A", 20_000, &[(date(2031, 4, 1), 21_000)]), row("2", "A", 21_000, &[])]);
        assert!(found.list[0].has_vanished());
        assert_eq!(found.leapfrogs, []);
    }

    #[test]
    fn bands_stand_end_to_end() {
        let found = Differentials::of(&scale());
        let gap = |pair: Pair| found.of_pair(pair).next().map(|one| (one.before.pence.0 / 100, one.last().pence.0 / 100));
        assert_eq!(gap(Pair::TopToBottom), Some((100, 100)));
        // The bottom of A is point 1 at first and point 2 once it is overtaken.
        assert_eq!(gap(Pair::BottomToBottom), Some((2_100, 1_100)));
        assert_eq!(gap(Pair::TopToTop), Some((8_000, 8_000)));
        assert_eq!(found.highest_to_lowest(), [Some(Ratio::new(3, 2)), Some(Ratio::new(61, 41)), Some(Ratio::new(61, 43))]);
        let [before, after] = found.band_to_lowest(&found.bands[1]);
        assert_eq!(before, Some((Ratio::new(221, 200), Ratio::new(3, 2))));
        assert_eq!(after, Some((Ratio::new(226, 215), Ratio::new(61, 43))));
    }

    #[test]
    fn without_steps_nothing_moves() {
        let found = Differentials::of(&[row("1", "A", 20_000, &[]), row("2", "A", 21_000, &[])]);
        assert_eq!((found.days.len(), found.moves(Pair::Points)[0].same, found.leapfrogs.len()), (0, 1, 0));
        assert_eq!(Differentials::of(&[]).list, []);
    }
}
