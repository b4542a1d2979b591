//! The sums. What a person is paid in a month depends on the portion of full time, on the point and on the day, so people
//! are counted by portion and way, the ways by state, and each state is priced only in months in which its
//! price changes. A record costs one look-up and one addition, however many months are asked for.

use std::collections::HashMap;

use dated::Date;

use super::amounts::{Contributions, Line, MonthRate, Portion, Share};
use super::calendar::{Calendar, lump_in, on};
use super::scratch::Scratch;
use super::walk::{Itinerary, Timetable, Visit, Walker, timetable};
use super::ways::Ways;
use super::{CostError, CostQuestion, JoinersAt, Paybill};
use crate::workforce::{Staff, WorkforceRates, YearDay};

/// More years than anybody settles for; it bounds the sums.
pub(super) const MOST_YEARS: u32 = 10;

/// Records worked on at a time: bounds memory where every record has a post of its own.
const CHUNK: usize = 1 << 16;
const CHUNK_BY_EMPLOYER: usize = 1 << 13;

/// Before the offer, under it, at once, one-off: what a state costs in a month.
pub(super) type Price = [Line; 4];
/// Standing, increments, under the offer, offer standing, at once, one-off: the sums of a month.
pub(super) type Sums = [Line; 6];

/// Somewhere to begin: a row of the rates, a line of the tables, and what the offer makes of increments there.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Start {
    pub(super) post: u32,
    origin: u32,
    timetable: u32,
}

/// A record as it is sorted by portion.
#[derive(Clone, Copy, Default)]
struct Entry {
    way: u32,
    headcount: u32,
    employer: u16,
    staff_group: u16,
}

pub(super) fn run(question: &CostQuestion<'_>) -> Result<Paybill, CostError> {
    check(question)?;
    let workforce = question.workforce;
    let mut engine = Engine::new(question)?;
    let (entries, bounds, without_increment_date) = engine.sort();
    let chunk = if question.by_employer { CHUNK_BY_EMPLOYER } else { CHUNK };
    for (portion, bounds) in bounds.windows(2).enumerate() {
        for entries in entries[bounds[0]..bounds[1]].chunks(chunk) {
            engine.add(Portion::new(workforce.portions[portion]), entries);
        }
    }
    Ok(engine.finish(without_increment_date))
}

/// No sum may leave 64 bits, even of a year at run-rate with contributions of many times the pay.
fn check(question: &CostQuestion<'_>) -> Result<(), CostError> {
    if !(1..=MOST_YEARS).contains(&question.years) {
        return Err(CostError::TooManyYears);
    }
    let workforce = question.workforce;
    let hundred = dated::Ratio::whole(100);
    if let Some(turnover) = question.turnover {
        let left = turnover.leavers_percent * dated::Ratio::whole(i64::from(question.years));
        if left > hundred || turnover.leavers_percent.is_negative() {
            return Err(CostError::TooManyLeavers);
        }
    }
    let rates = question.rates.posts.iter().flat_map(|post| {
        let lumps: i64 = post.row.lumps.iter().fold(0, |sum, lump| sum.saturating_add(lump.amount.0.saturating_abs()));
        post.row.path.rates.iter().map(|rate| rate.rate.0).chain([post.row.path.base.0, lumps])
    });
    let highest = rates.clone().max().unwrap_or(0);
    let too_small = rates.min().is_some_and(|least| least < 0);
    let portions = &workforce.portions;
    let longest = |portion: &dated::Ratio| portion.numerator().max(portion.denominator());
    let odd = portions.iter().any(|portion| portion.is_negative() || longest(portion) > 1_000_000_000_000 || *portion > hundred);
    let most = portions.iter().copied().max().unwrap_or(dated::Ratio::ONE).ceiling().max(1);
    let sum = i128::from(highest).saturating_mul(most).saturating_mul(workforce.headcount().into());
    // Twelve times a month, every month, with contributions of up to nine times the pay.
    let limit = i128::from(i64::MAX) / 10 / i128::from(MOST_YEARS) / 12;
    if too_small || odd || sum > limit || highest > 1_000_000_000_000 {
        return Err(CostError::BeyondReason);
    }
    if question.increments.share_passing.is_negative() || question.increments.share_passing > dated::Ratio::ONE {
        return Err(CostError::BeyondReason);
    }
    Ok(())
}

pub(super) struct Engine<'q> {
    pub(super) question: &'q CostQuestion<'q>,
    pub(super) months: usize,
    pub(super) calendar: Calendar,
    pub(super) contributions: Vec<Contributions>,
    /// For each month, into `contributions`.
    pub(super) contributions_of: Vec<Option<usize>>,
    pub(super) share: Share,
    pub(super) walker: Walker<'q>,
    pub(super) timetables: Vec<Timetable>,
    pub(super) starts: Vec<Start>,
    /// For each post, one whose next point it is.
    pub(super) below: Vec<Option<u32>>,
    /// By bottom point and timetable: those who join in each month.
    pub(super) joiners: HashMap<(u32, u32), Vec<Itinerary>>,
    /// The lines of the tables: band and nation.
    pub(super) origins: Vec<(usize, usize)>,
    pub(super) bands: Vec<String>,
    pub(super) ways: Vec<Itinerary>,
    /// For each way, its start.
    pub(super) start_of_way: Vec<u32>,
    /// By origin and month.
    pub(super) sums: Vec<Sums>,
    pub(super) headcounts: Vec<u64>,
    pub(super) joined: Vec<Price>,
    pub(super) year_end: Vec<[i64; 3]>,
    /// By employer and year, then by staff group and year.
    pub(super) by_employer: Vec<Sums>,
    pub(super) by_group: Vec<Sums>,
    pub(super) employer_heads: Vec<u64>,
    pub(super) group_heads: Vec<u64>,
    pub(super) scratch: Scratch,
}

impl<'q> Engine<'q> {
    fn new(question: &'q CostQuestion<'q>) -> Result<Self, CostError> {
        let months = question.years as usize * 12;
        let calendar = Calendar::new(question.first, question.years);
        let mut contributions: Vec<Contributions> = Vec::new();
        let mut contributions_of = vec![None; months];
        if let Some(on_costs) = question.on_costs {
            let mut known = Vec::new();
            for (month, of) in contributions_of.iter_mut().enumerate() {
                // Wages are paid at the end of the month, so its last day decides.
                let day = on(question.first.plus(month as i32).first_day(), calendar.days[month]);
                let rates = on_costs.on(day).map_err(CostError::OnCosts)?;
                *of = Some(match known.iter().position(|earlier| *earlier == rates) {
                    Some(at) => at,
                    None => {
                        contributions.push(Contributions::new(&rates).ok_or(CostError::BeyondReason)?);
                        known.push(rates);
                        known.len() - 1
                    }
                });
            }
        }
        let workforce = question.workforce;
        let years = question.years as usize;
        let (employers, groups) = if question.by_employer { (workforce.employers.len(), workforce.staff_groups.len()) } else { (0, 0) };
        Ok(Self {
            question,
            months,
            calendar,
            contributions,
            contributions_of,
            share: Share::new(question.increments.share_passing),
            walker: Walker::new(question),
            timetables: Vec::new(),
            starts: Vec::new(),
            below: points_below(question.rates),
            joiners: HashMap::new(),
            origins: Vec::new(),
            bands: Vec::new(),
            ways: Vec::new(),
            start_of_way: Vec::new(),
            sums: Vec::new(),
            headcounts: Vec::new(),
            joined: vec![Price::default(); months],
            year_end: vec![[0; 3]; years],
            by_employer: vec![Sums::default(); employers * years],
            by_group: vec![Sums::default(); groups * years],
            employer_heads: vec![0; employers],
            group_heads: vec![0; groups],
            scratch: Scratch::default(),
        })
    }

    fn contributions(&self, month: usize) -> Option<&Contributions> {
        self.contributions_of[month].map(|at| &self.contributions[at])
    }

    /// The records as ways, those of one portion after those of another; where each portion begins; people without an increment date.
    fn sort(&mut self) -> (Vec<Entry>, Vec<usize>, u64) {
        let workforce = self.question.workforce;
        let mut bounds = vec![0; workforce.portions.len() + 1];
        for staff in &workforce.staff {
            bounds[usize::from(staff.portion) + 1] += 1;
        }
        for at in 1..bounds.len() {
            bounds[at] += bounds[at - 1];
        }
        let mut next = bounds.clone();
        let mut entries = vec![Entry::default(); workforce.staff.len()];
        let mut ways = Ways::new(self.question);
        let mut without = 0;
        for staff in &workforce.staff {
            let way = ways.of(staff, self);
            let at = &mut next[usize::from(staff.portion)];
            entries[*at] = Entry { way, headcount: staff.headcount, employer: staff.employer, staff_group: staff.staff_group };
            *at += 1;
            if staff.increment.is_none()
                && self.question.rates.posts[self.starts[self.start_of_way[way as usize] as usize].post as usize].next.is_some()
            {
                without += u64::from(staff.headcount);
            }
        }
        self.sums = vec![Sums::default(); self.origins.len() * self.months];
        self.headcounts = vec![0; self.origins.len()];
        (entries, bounds, without)
    }

    pub(super) fn start(&mut self, staff: &Staff) -> u32 {
        let workforce = self.question.workforce;
        let post = self.question.rates.of_staff(staff);
        let row = &self.question.rates.posts[post as usize].row;
        let band = &workforce.posts[staff.post as usize].band;
        let band = if band.is_empty() { &row.band } else { band };
        let band = number_of(&mut self.bands, band);
        let origin = (band, usize::from(staff.nation));
        let origin = self.origins.iter().position(|known| *known == origin).unwrap_or_else(|| {
            self.origins.push(origin);
            self.origins.len() - 1
        });
        let nation = &workforce.nations[usize::from(staff.nation)];
        let group = &workforce.staff_groups[usize::from(staff.staff_group)];
        let timetable = match self.question.increments.instead {
            Some(rule) => vec![(Date::MIN, rule)],
            None => timetable(self.question.offer, nation, Some(group)),
        };
        let timetable = number_of(&mut self.timetables, &timetable) as u32;
        self.starts.push(Start { post, origin: origin as u32, timetable });
        (self.starts.len() - 1) as u32
    }

    pub(super) fn way(&mut self, start: u32, increment: Option<YearDay>) -> u32 {
        let Start { post, origin, timetable } = self.starts[start as usize];
        let not_before = self.calendar.first_day;
        let way = self.walker.walk(post, origin, 0, increment, not_before, &self.timetables[timetable as usize]);
        self.ways.push(way);
        self.start_of_way.push(start);
        (self.ways.len() - 1) as u32
    }

    /// Adds the records of one portion.
    fn add(&mut self, portion: Portion, entries: &[Entry]) {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.people.resize(self.ways.len(), 0);
        for entry in entries {
            let people = &mut scratch.people[entry.way as usize];
            if *people == 0 && entry.headcount > 0 {
                scratch.touched_ways.push(entry.way);
            }
            *people += u64::from(entry.headcount);
        }
        self.place(&mut scratch);
        for slot in 0..scratch.touched.len() {
            self.price_state(portion, slot, &mut scratch);
        }
        for slot in 0..scratch.touched_blends.len() {
            self.price_blend(portion, slot, &mut scratch);
        }
        if self.question.by_employer {
            self.add_employers(entries, &mut scratch);
        }
        scratch.clear();
        self.scratch = scratch;
    }

    /// Puts the people of each way into the states they are in.
    fn place(&mut self, scratch: &mut Scratch) {
        let ways = std::mem::take(&mut scratch.touched_ways);
        for way in &ways {
            let people = scratch.people[*way as usize].cast_signed();
            let itinerary = &self.ways[*way as usize];
            let slot = scratch.slot(itinerary.initial, self.months);
            scratch.initial[slot] += people;
            scratch.put(itinerary, people, self.months, false);
            let start = self.starts[self.start_of_way[*way as usize] as usize];
            self.headcounts[start.origin as usize] += people.cast_unsigned();
            if self.question.turnover.is_some_and(|turnover| turnover.joiners == JoinersAt::Bottom) {
                let months = self.months;
                for itinerary in self.joiners_of(start) {
                    scratch.put(itinerary, people, months, true);
                }
            }
        }
        scratch.touched_ways = ways;
    }

    /// The ways of those who join in each month for somebody who was on that point.
    fn joiners_of(&mut self, start: Start) -> &[Itinerary] {
        let mut bottom = start.post;
        while let Some(below) = self.below[bottom as usize] {
            bottom = below;
        }
        let Self { walker, timetables, calendar, months, joiners, .. } = self;
        joiners.entry((bottom, start.timetable)).or_insert_with(|| {
            let timetable = &timetables[start.timetable as usize];
            let join = |month: usize| {
                let joined = calendar.first.plus(month as i32).first_day();
                let a_year_later = calendar.first.plus(month as i32 + 12).first_day();
                walker.walk(bottom, start.origin, month as u32, Some(YearDay::of(joined)), a_year_later, timetable)
            };
            (1..*months).map(join).collect()
        })
    }

    fn price_state(&mut self, portion: Portion, slot: usize, scratch: &mut Scratch) {
        let state = self.walker.states[scratch.touched[slot] as usize];
        let (months, keep) = (self.months, self.question.by_employer);
        let posts = &self.question.rates.posts;
        let single = state.pass == state.fail;
        let row = |post: u32| &posts[post as usize].row;
        let (pass, fail) = (row(state.pass.post), row(state.fail.post));
        let mut stretches = [Vec::new(), Vec::new()];
        self.calendar.stretches(&pass.path, &mut stretches[0]);
        if !single {
            self.calendar.stretches(&fail.path, &mut stretches[1]);
        }
        let share = self.share;
        let mut at = [0_usize; 2];
        let mut price = Price::default();
        let mut current = [MonthRate::all_month(0); 2];
        let mut once = [0; 2];
        let (mut people, mut joiners) = (0, 0);
        let initial = scratch.initial[slot];
        let (mut dirty, mut known) = (true, None);
        let sums = &mut self.sums[state.origin as usize * months..][..months];
        for month in 0..months {
            people += scratch.moves[slot * (months + 1) + month];
            joiners += scratch.joiner_moves[slot * (months + 1) + month];
            for side in 0..if single { 1 } else { 2 } {
                while let Some((from, rate)) = stretches[side].get(at[side])
                    && *from <= month
                {
                    current[side] = *rate;
                    at[side] += 1;
                    dirty = true;
                }
            }
            if month % 12 == 0 {
                let last = self.calendar.last_days[month / 12];
                once = [pass.path.rate_on(last).0, fail.path.rate_on(last).0];
                dirty = true;
            }
            dirty |= known != Some(self.contributions_of[month]);
            let lumps = [pass, fail].map(|row| lump_in(row, &self.calendar, month));
            let has_lump = lumps != [0; 2];
            if (people | joiners | initial) == 0 && !keep {
                continue;
            }
            let charge = self.contributions_of[month].map(|at| &self.contributions[at]);
            if dirty {
                let line = |rate: MonthRate| Contributions::line(charge, portion.month(rate));
                let of = |rates: [MonthRate; 2]| if single { line(rates[0]) } else { share.mix(line(rates[0]), line(rates[1])) };
                price[0] = of([state.pass.before, state.fail.before].map(MonthRate::all_month));
                price[1] = of(current);
                price[2] =
                    if single && MonthRate::all_month(once[0]) == current[0] { price[1] } else { of(once.map(MonthRate::all_month)) };
                dirty = false;
                known = Some(self.contributions_of[month]);
            }
            price[3] = if has_lump {
                let line = |side: usize| Contributions::lump_line(charge, portion.month(current[side]), portion.of(lumps[side]));
                if single { line(0) } else { share.mix(line(0), line(1)) }
            } else {
                Line::default()
            };
            if keep {
                scratch.prices[slot * months + month] = price;
            }
            let sums = &mut sums[month];
            add(&mut sums[0], price[0], initial);
            add(&mut sums[1], price[0], people);
            add(&mut sums[2], price[1], people);
            add(&mut sums[3], price[1], initial);
            add(&mut sums[4], price[2], people);
            if has_lump {
                add(&mut sums[5], price[3], people);
            }
            if joiners != 0 {
                for (sum, price) in self.joined[month].iter_mut().zip(price) {
                    add(sum, price, joiners);
                }
            }
            if month % 12 == 11 {
                // Before: at the first point for those who stand, at the present one for the others.
                let annual = |rates: [i64; 2]| {
                    let [pass, fail] = rates.map(|rate| portion.of(rate));
                    if single { pass } else { share.mix_one(pass, fail) }
                };
                let before = annual([state.pass.before, state.fail.before]);
                let end = &mut self.year_end[month / 12];
                end[0] += initial * before;
                end[1] += people * before;
                end[2] += people * annual(once);
            }
        }
    }

    fn price_blend(&mut self, portion: Portion, slot: usize, scratch: &mut Scratch) {
        let blend = self.walker.blends[scratch.touched_blends[slot] as usize];
        let people = scratch.blend_people[slot];
        let month = blend.month as usize;
        let (days, day) = (self.calendar.days[month], i64::from(blend.day));
        let states = [blend.before, blend.after].map(|state| self.walker.states[state as usize]);
        let posts = &self.question.rates.posts;
        let charge = self.contributions(month);
        let last = self.calendar.last_days[month / 12];
        let sides = [states.map(|state| state.pass), states.map(|state| state.fail)];
        let price_of = |[before, after]: [super::walk::Place; 2]| -> Price {
            let paths = [before.post, after.post].map(|post| &posts[post as usize].row.path);
            let rate = |first: i64, then: i64| MonthRate { sum: first * (day - 1) + then * (days - day + 1), days };
            let line = |rate: MonthRate| Contributions::line(charge, portion.month(rate));
            let offer =
                MonthRate { sum: self.calendar.sum(paths[0], month, 1, day) + self.calendar.sum(paths[1], month, day, days + 1), days };
            let first = self.calendar.first.plus(month as i32).first_day();
            let lumps: i64 = [(before.post, 1, day), (after.post, day, days + 1)]
                .into_iter()
                .flat_map(|(post, from, until)| {
                    let due = posts[post as usize].row.lumps.iter();
                    due.filter(move |lump| on(first, from) <= lump.paid_on && lump.paid_on < on(first, until))
                })
                .map(|lump| lump.amount.0)
                .sum();
            let once = rate(paths[0].rate_on(last).0, paths[1].rate_on(last).0);
            let under_offer = line(offer);
            [
                line(rate(before.before, after.before)),
                under_offer,
                if once == offer { under_offer } else { line(once) },
                Contributions::lump_line(charge, portion.month(offer), portion.of(lumps)),
            ]
        };
        let pass = price_of(sides[0]);
        let price = if sides[0] == sides[1] {
            pass
        } else {
            let fail = price_of(sides[1]);
            std::array::from_fn(|at| self.share.mix(pass[at], fail[at]))
        };
        if month % 12 == 11 {
            let annual = |of: &dyn Fn(super::walk::Place) -> i64| {
                let [pass, fail] = sides.map(|[_, after]| portion.of(of(after)));
                if pass == fail { pass } else { self.share.mix_one(pass, fail) }
            };
            let before = annual(&|place| place.before);
            let under = annual(&|place| posts[place.post as usize].row.path.rate_on(last).0);
            self.year_end[month / 12][1] += people * before;
            self.year_end[month / 12][2] += people * under;
        }
        let sums = &mut self.sums[states[0].origin as usize * self.months + month];
        add(&mut sums[1], price[0], people);
        add(&mut sums[2], price[1], people);
        add(&mut sums[4], price[2], people);
        add(&mut sums[5], price[3], people);
        if self.question.by_employer {
            scratch.blend_prices[slot] = price;
        }
    }

    fn add_employers(&mut self, entries: &[Entry], scratch: &mut Scratch) {
        let years = self.question.years as usize;
        scratch.way_years.resize(self.ways.len() * years, Sums::default());
        for way in &scratch.touched_ways {
            let totals = &mut scratch.way_years[*way as usize * years..][..years];
            totals.fill(Sums::default());
            let itinerary = &self.ways[*way as usize];
            let slot = scratch.slot[itinerary.initial as usize] as usize - 1;
            for month in 0..self.months {
                let price = &scratch.prices[slot * self.months + month];
                add(&mut totals[month / 12][0], price[0], 1);
                add(&mut totals[month / 12][3], price[1], 1);
            }
            for visit in &itinerary.visits {
                let mut put = |month: usize, price: &Price| {
                    for (path, at) in [(1, 0), (2, 1), (4, 2), (5, 3)] {
                        add(&mut totals[month / 12][path], price[at], 1);
                    }
                };
                match *visit {
                    Visit::Stay { state, from, until } => {
                        let slot = scratch.slot[state as usize] as usize - 1;
                        for month in from as usize..until as usize {
                            put(month, &scratch.prices[slot * self.months + month]);
                        }
                    }
                    Visit::Blend(blend) => {
                        let slot = scratch.blend_slot[blend as usize] as usize - 1;
                        put(self.walker.blends[blend as usize].month as usize, &scratch.blend_prices[slot]);
                    }
                }
            }
        }
        for entry in entries {
            let (employer, group) = (usize::from(entry.employer), usize::from(entry.staff_group));
            self.employer_heads[employer] += u64::from(entry.headcount);
            self.group_heads[group] += u64::from(entry.headcount);
            for year in 0..years {
                let of_one = &scratch.way_years[entry.way as usize * years + year];
                for (path, line) in of_one.iter().enumerate() {
                    add(&mut self.by_employer[employer * years + year][path], *line, entry.headcount.into());
                    add(&mut self.by_group[group * years + year][path], *line, entry.headcount.into());
                }
            }
        }
    }
}

fn add(sum: &mut Line, line: Line, people: i64) {
    for (sum, pence) in sum.iter_mut().zip(line) {
        *sum += pence * people;
    }
}

/// For each post, one that increments lead from to it. Increments lead upward, so a way down has an end.
fn points_below(rates: &WorkforceRates) -> Vec<Option<u32>> {
    let mut below = vec![None; rates.posts.len()];
    for (at, post) in rates.posts.iter().enumerate() {
        if let Some(next) = post.next {
            below[next as usize].get_or_insert(at as u32);
        }
    }
    below
}

fn number_of<T: Clone + PartialEq>(known: &mut Vec<T>, one: &T) -> usize {
    known.iter().position(|other| other == one).unwrap_or_else(|| {
        known.push(one.clone());
        known.len() - 1
    })
}
