//! The staff of a workforce, those alike taken together, and what each offer pays them in the pay year: exact, in whole numbers.
//!
//! Months have 28 to 31 days, so every day of every month is a whole number of 377,580ths of a month, and a rate times a
//! stretch of the year is a whole number. Nothing is rounded, and nothing is slower than it need be.

use std::collections::HashMap;

use dated::{Date, Month, Ratio};

use crate::member::progression_on;
use crate::offer::{Offer, Progression};
use crate::pay_year::{Count, PayYear, days_between};
use crate::rates::View;
use crate::workforce::{PostRates, Staff, WorkforceRates, YearDay};

/// Parts of a month: the least number that 28, 29, 30 and 31 divide.
const PARTS_OF_A_MONTH: i64 = 377_580;
/// Parts of a year.
const PARTS_OF_A_YEAR: i64 = 12 * PARTS_OF_A_MONTH;

/// What one offer pays to one full-time person of a kind. Pay is in pence times parts of a year, under each count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Case {
    /// The rate before the offer, in pence.
    pub(super) base: i64,
    /// On the point of the first day throughout.
    pub(super) staying: Paid,
    /// With the increment of the year.
    pub(super) moving: Paid,
    /// What moving up adds at the rates before the offer, by months and by days; it is part of `moving`.
    pub(super) increment: [i64; 2],
}

/// Pay of one year and the rate at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Paid {
    /// Pay at the rates, by months and by days, in pence times [`Parts`].
    pub(super) cash: [i64; 2],
    /// One-off sums, in pence.
    pub(super) one_off: i64,
    /// The rate on the last day, in pence.
    pub(super) end: i64,
}

/// How many parts the pay year has, by months and by days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts(pub(super) [i64; 2]);

impl Parts {
    fn of(year: PayYear) -> Self {
        Self([PARTS_OF_A_YEAR, days_between(year.first_day(), year.end())])
    }

    /// Pay and one-off sums by months, in pence times parts.
    pub(super) fn all(self, paid: Paid) -> i64 {
        paid.cash[0] + paid.one_off * self.0[0]
    }

    /// The number of parts under a count.
    pub(super) fn under(self, count: Count) -> i64 {
        self.0[usize::from(count == Count::Days)]
    }
}

/// A day as its place in the pay year, by months and by days.
#[derive(Clone, Copy)]
struct At([i64; 2]);

impl At {
    fn of(day: Date, year: PayYear) -> Self {
        let day = day.max(year.first_day()).min(year.end());
        let months = i64::from(Month::of(day).months_since(year.first_month())) * PARTS_OF_A_MONTH;
        let in_month = i64::from(day.day() - 1) * (PARTS_OF_A_MONTH / i64::from(day.days_in_month()));
        Self([months + in_month, days_between(year.first_day(), day)])
    }
}

/// Full-time pay at a rate path from one place of the year to another.
fn cash(changes: &[(At, i64)], from: At, until: At) -> [i64; 2] {
    let mut sum = [0; 2];
    for (number, (start, rate)) in changes.iter().enumerate() {
        let end = changes.get(number + 1).map_or(until, |(next, _)| *next);
        for (count, sum) in sum.iter_mut().enumerate() {
            let (start, end) = (start.0[count].max(from.0[count]), end.0[count].min(until.0[count]));
            *sum += rate * (end - start).max(0);
        }
    }
    sum
}

/// One offer, ready to value cases.
pub(super) struct Valuer<'v> {
    year: PayYear,
    rates: &'v WorkforceRates,
    offer: &'v Offer,
    gated_are_paid: bool,
    /// The rates of each post within the year; the first from its first day.
    changes: Vec<Vec<(At, i64)>>,
}

impl<'v> Valuer<'v> {
    pub(super) fn new(year: PayYear, rates: &'v WorkforceRates, offer: &'v Offer, gated_are_paid: bool) -> Self {
        let changes = rates
            .posts
            .iter()
            .map(|post| {
                let path = &post.row.path;
                let mut changes = vec![(At::of(year.first_day(), year), path.rate_on(year.first_day()).0)];
                let within = path.rates.iter().filter(|rate| year.first_day() < rate.from && rate.from < year.end());
                changes.extend(within.map(|rate| (At::of(rate.from, year), rate.rate.0)));
                changes
            })
            .collect();
        Self { year, rates, offer, gated_are_paid, changes }
    }

    /// Spec P85: the staff of a post, with the increment that falls due on `increment` if one does.
    pub(super) fn case(&self, post: u32, increment: Option<YearDay>) -> Case {
        let year = self.year;
        let (first, end) = (At::of(year.first_day(), year), At::of(year.end(), year));
        let last_day = crate::pay_year::day_before(year.end());
        let here = self.post(post);
        let base = here.row.path.base.0;
        let staying = Paid {
            cash: cash(&self.changes[post as usize], first, end),
            one_off: one_offs(here, year.first_day(), year.end()),
            end: here.row.path.rate_on(last_day).0,
        };
        let still = Case { base, staying, moving: staying, increment: [0; 2] };
        let Some((due, from, next)) = increment.and_then(|day| self.step_up(post, day)) else { return still };
        let at = At::of(due, year);
        let (before, after) = (cash(&self.changes[post as usize], first, at), cash(&self.changes[next as usize], at, end));
        let there = self.post(next);
        let gain = there.row.path.base.0 - self.post(from).row.path.base.0;
        Case {
            moving: Paid {
                cash: [before[0] + after[0], before[1] + after[1]],
                one_off: one_offs(here, year.first_day(), due) + one_offs(there, due, year.end()),
                end: there.row.path.rate_on(last_day).0,
            },
            increment: [gain * (end.0[0] - at.0[0]), gain * (end.0[1] - at.0[1])],
            ..still
        }
    }

    fn post(&self, post: u32) -> &PostRates {
        &self.rates.posts[post as usize]
    }

    /// The increment of the year: its day, the post that it is counted from, the post that it leads to. Staff whom the offer
    /// has moved by then go up from where they were moved to.
    fn step_up(&self, post: u32, day: YearDay) -> Option<(Date, u32, u32)> {
        let first_day = self.year.first_day();
        let mut due = [first_day.year(), first_day.year() + 1].map(|year| day.in_year(year)).into_iter();
        let due = due.find(|due| first_day <= *due && *due < self.year.end())?;
        let moved = self.post(post).moved_to.filter(|(to, on)| *on <= due && self.is_above(*to, post));
        let from = moved.map_or(post, |(to, _)| to);
        let next = self.post(from).next?;
        let nation = &self.post(post).row.nation;
        let paid = match progression_on(self.offer, View { nation, scale_nation: nation, group: None }, due) {
            Progression::Normal => true,
            Progression::Gated => self.gated_are_paid,
            Progression::Frozen => false,
        };
        paid.then_some((due, from, next))
    }

    fn is_above(&self, one: u32, other: u32) -> bool {
        let (one, other) = (&self.post(one).row, &self.post(other).row);
        one.band == other.band && one.path.base > other.path.base
    }
}

/// One-off sums of a post that are paid from one day to the day before another.
fn one_offs(post: &PostRates, from: Date, until: Date) -> i64 {
    post.row.lumps.iter().filter(|lump| from <= lump.paid_on && lump.paid_on < until).map(|lump| lump.amount.0).sum()
}

/// Staff taken together: each kind is the staff whom every offer treats alike and who work the same hours.
#[derive(Debug)]
pub(super) struct Kinds {
    /// The case and the portion of full time of each kind.
    pub(super) list: Vec<Kind>,
    /// The kind of each record of the workforce.
    pub(super) of_record: Vec<u32>,
    /// The cases under each offer: first by offer.
    pub(super) cases: Vec<Vec<Case>>,
    /// The parts of the pay year.
    pub(super) parts: Parts,
}

/// See [`Kinds`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// Into each of [`Kinds::cases`].
    pub(super) case: u32,
    /// Into the portions of the workforce.
    pub(super) portion: u16,
    /// People.
    pub(super) people: u64,
}

/// Numbers keys as they are met.
struct Numbered<K> {
    numbers: HashMap<K, u32>,
}

impl<K: std::hash::Hash + Eq> Numbered<K> {
    fn new() -> Self {
        Self { numbers: HashMap::new() }
    }

    /// The number of a key, and whether it is new.
    fn number(&mut self, key: K) -> (u32, bool) {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        match self.numbers.entry(key) {
            std::collections::hash_map::Entry::Occupied(known) => (*known.get(), false),
            std::collections::hash_map::Entry::Vacant(free) => (*free.insert(next), true),
        }
    }
}

impl Kinds {
    /// Takes the staff together. A record is looked at twice, whatever the number of offers.
    pub(super) fn of(year: PayYear, staff: &[Staff], valuers: &[Valuer<'_>]) -> Self {
        let mut places: Numbered<(u8, u16, u32)> = Numbered::new();
        let mut post_sets: Numbered<Vec<u32>> = Numbered::new();
        // For each nation, group and post: the number of its set of posts, one for each offer.
        let mut set_of_place: Vec<u32> = Vec::new();
        let mut sets: Vec<Vec<u32>> = Vec::new();
        let mut case_numbers: Numbered<(u32, u16)> = Numbered::new();
        let mut case_keys: Vec<(u32, Option<YearDay>)> = Vec::new();
        let mut kind_numbers: Numbered<u64> = Numbered::new();
        let mut list: Vec<Kind> = Vec::new();
        let mut of_record = Vec::with_capacity(staff.len());
        for record in staff {
            let (place, new) = places.number((record.nation, record.staff_group, record.post));
            if new {
                let posts: Vec<u32> = valuers.iter().map(|valuer| valuer.rates.of_staff(record)).collect();
                let (set, new) = post_sets.number(posts.clone());
                if new {
                    sets.push(posts);
                }
                set_of_place.push(set);
            }
            let set = set_of_place[place as usize];
            let day = record.increment.map_or(0, |day| u16::from(day.month) * 32 + u16::from(day.day));
            let key = u64::from(set) << 32 | u64::from(day) << 16 | u64::from(record.portion);
            let (kind, new) = kind_numbers.number(key);
            if new {
                let (case, new) = case_numbers.number((set, day));
                if new {
                    case_keys.push((set, record.increment));
                }
                list.push(Kind { case, portion: record.portion, people: 0 });
            }
            list[kind as usize].people += u64::from(record.headcount);
            of_record.push(kind);
        }
        let cases = valuers
            .iter()
            .enumerate()
            .map(|(at, valuer)| case_keys.iter().map(|(set, increment)| valuer.case(sets[*set as usize][at], *increment)).collect());
        Self { cases: cases.collect(), list, of_record, parts: Parts::of(year) }
    }
}

/// A sum over people for the hours they work, added up exactly: one whole number for each portion of full time.
pub(super) struct ByPortion<'p> {
    portions: &'p [Ratio],
    sums: Vec<i128>,
}

impl<'p> ByPortion<'p> {
    pub(super) fn new(portions: &'p [Ratio]) -> Self {
        Self { portions, sums: vec![0; portions.len()] }
    }

    pub(super) fn add(&mut self, portion: u16, amount: i64, people: u64) {
        self.sums[usize::from(portion)] += i128::from(amount) * i128::from(people);
    }

    /// The sum, divided.
    pub(super) fn total(&self, parts: i64) -> Ratio {
        self.sums
            .iter()
            .zip(self.portions)
            .filter(|(sum, _)| **sum != 0)
            .map(|(sum, portion)| Ratio::new(*sum, parts.into()) * *portion)
            .sum()
    }
}

/// An amount in pence times parts, for the hours of a portion, to the nearest penny.
pub(super) fn pence_for_hours(amount: i64, parts: i64, portion: Ratio) -> i64 {
    let (above, below) = (i128::from(amount) * portion.numerator(), i128::from(parts) * portion.denominator());
    let nearest = (2 * above.abs() + below) / (2 * below);
    let nearest = i64::try_from(nearest).unwrap_or(i64::MAX);
    if above < 0 { -nearest } else { nearest }
}
