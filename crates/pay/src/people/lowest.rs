//! The lowest pay under an offer, by the hour, and who is below a given rate.

use dated::{Date, NotCovered, Ratio};

use super::People;
use super::spread::Spread;
use crate::member::hourly_pence;
use crate::minimum_wage::MinimumWage;
use crate::money::Pence;
use crate::pay_year::WeeksInYear;
use crate::value::stretches;
use crate::workforce::PostRates;

/// Spec P92: the lowest rate that any of the staff is paid in a stretch of the pay year, without increments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LowestPay {
    /// First day.
    pub from: Date,
    /// First day after.
    pub until: Date,
    /// The annual full-time rate.
    pub rate: Pence,
    /// The point and the band of it; the first of them where several have the same rate.
    pub point: String,
    /// See [`Self::point`].
    pub band: String,
    /// The nation.
    pub nation: String,
    /// How many people are paid it.
    pub people: u64,
}

impl LowestPay {
    /// The rate by the hour, in pence, for full-time weeks of so many hours.
    pub fn hourly_pence(&self, hours_a_week: Ratio, weeks: WeeksInYear) -> Option<Ratio> {
        hourly_pence(self.rate, hours_a_week, weeks)
    }
}

impl People<'_> {
    /// The lowest rate of each stretch of the pay year; stretches with the same lowest rate and people are one.
    pub fn lowest_pay(&self, side: usize) -> Vec<LowestPay> {
        let posts = self.posts(side);
        let days = posts.iter().flat_map(|(post, _)| post.row.path.rates.iter().map(|rate| rate.from));
        let mut found: Vec<LowestPay> = Vec::new();
        for (from, until) in stretches(self.year, days) {
            let Some((first, _)) = posts.iter().min_by_key(|(post, _)| post.row.path.rate_on(from)) else { continue };
            let rate = first.row.path.rate_on(from);
            let people = posts.iter().filter(|(post, _)| post.row.path.rate_on(from) == rate).map(|(_, people)| people).sum();
            match found.last_mut() {
                Some(last) if last.rate == rate && last.people == people && last.point == first.row.point => last.until = until,
                _ => found.push(LowestPay {
                    from,
                    until,
                    rate,
                    point: first.row.point.clone(),
                    band: first.row.band.clone(),
                    nation: first.row.nation.clone(),
                    people,
                }),
            }
        }
        found
    }

    /// Spec P92: the lowest pay against the legal minimum for adults; a stretch ends where either changes.
    pub fn lowest_and_minimum(&self, side: usize, wage: &MinimumWage) -> Vec<(LowestPay, Result<Pence, NotCovered>)> {
        let mut found = Vec::new();
        for lowest in self.lowest_pay(side) {
            let mut days: Vec<Date> = wage.days().filter(|day| lowest.from < *day && *day < lowest.until).collect();
            days.extend([lowest.from, lowest.until]);
            days.sort();
            for pair in days.windows(2) {
                let minimum = wage.adult_on(pair[0]).map(|rate| rate.hourly);
                found.push((LowestPay { from: pair[0], until: pair[1], ..lowest.clone() }, minimum));
            }
        }
        found
    }

    /// People whose rate on that day, without increments, is below so many pence an hour: for a legal minimum of the day.
    /// `None` where full-time hours are nothing.
    pub fn people_below_hourly(&self, side: usize, day: Date, pence: Ratio, hours_a_week: Ratio, weeks: WeeksInYear) -> Option<u64> {
        let mut people = 0;
        for (post, count) in self.posts(side) {
            if hourly_pence(post.row.path.rate_on(day), hours_a_week, weeks)? < pence {
                people += count;
            }
        }
        Some(people)
    }

    /// The posts that staff are on under a side, with the people of each.
    pub(super) fn posts(&self, side: usize) -> Vec<(&PostRates, u64)> {
        let rates = &self.rates[side];
        self.places
            .iter()
            .filter(|place| place.headcount > 0)
            .map(|place| (&rates.posts[rates.of_staff(place) as usize], u64::from(place.headcount)))
            .collect()
    }
}

impl People<'_> {
    /// Spec P94: how the full-time rates of a day, or of before the offer, are spread over people, in pence; without increments.
    pub fn rates_spread(&self, side: usize, day: Option<Date>) -> Option<Spread> {
        let rate = |post: &PostRates| day.map_or(post.row.path.base, |day| post.row.path.rate_on(day));
        Spread::of(self.posts(side).into_iter().map(|(post, people)| (rate(post).ratio(), people)).collect())
    }
}
