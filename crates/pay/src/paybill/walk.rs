//! The way of a person through the points, month by month. It depends on the first point and the increment date only,
//! so it is worked out once for everybody who shares them.

use std::collections::HashMap;

use dated::{Date, Month};

use super::CostQuestion;
use crate::offer::{Offer, Progression};
use crate::workforce::{WorkforceRates, YearDay};

/// Where somebody is: the rate that they would be paid without the offer, and the row that the offer pays them by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// Annual pence.
    pub(super) before: i64,
    /// Into [`WorkforceRates::posts`].
    pub(super) post: u32,
}

/// Where those are who pass every gate, and those who pass none; and the line of the tables they are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) pass: Place,
    pub(super) fail: Place,
    pub(super) origin: u32,
}

/// A month in which a state changes after the first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Blend {
    pub(super) before: u32,
    pub(super) after: u32,
    pub(super) month: u32,
    /// First day of the later state.
    pub(super) day: i8,
}

/// A part of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visit {
    /// In a state for whole months, `until` not included.
    Stay { state: u32, from: u32, until: u32 },
    /// In a blend for its month.
    Blend(u32),
}

/// A way from the first day (or a later one, for joiners) to the last.
#[derive(Clone, Debug)]
pub(super) struct Itinerary {
    /// The state on the first day before any increment.
    pub(super) initial: u32,
    pub(super) visits: Vec<Visit>,
}

/// What an offer makes of increments in one nation and group, in order of date.
pub(super) type Timetable = Vec<(Date, Progression)>;

/// Spec P44: the words of the offer on increments that reach a nation and a group. `None` as group is everybody.
pub(super) fn timetable(offer: &Offer, nation: &str, group: Option<&str>) -> Timetable {
    let reached = |list: &[(String, dated::Place)], name: Option<&str>| {
        list.is_empty() || name.is_none_or(|name| list.iter().any(|(known, _)| known == name))
    };
    let steps = offer.steps.iter().filter(|step| reached(&step.nations, Some(nation)) && reached(&step.groups, group));
    steps.filter_map(|step| Some((step.from, step.progression?))).collect()
}

/// Whether every increment is paid, so that none is withheld.
pub(super) fn all_paid(question: &CostQuestion<'_>) -> bool {
    let passes = question.increments.share_passing >= dated::Ratio::ONE;
    let paid = |rule: Progression| rule == Progression::Normal || (rule == Progression::Gated && passes);
    match question.increments.instead {
        Some(rule) => paid(rule),
        None => question.offer.steps.iter().filter_map(|step| step.progression).all(paid),
    }
}

/// Works out ways and numbers the states on them.
pub(super) struct Walker<'q> {
    rates: &'q WorkforceRates,
    first: Month,
    months: u32,
    /// Whether the share that passes is neither none nor all: then two ways are followed.
    splits: bool,
    all_pass: bool,
    pub(super) states: Vec<State>,
    state_numbers: HashMap<State, u32>,
    pub(super) blends: Vec<Blend>,
    blend_numbers: HashMap<Blend, u32>,
}

impl<'q> Walker<'q> {
    pub(super) fn new(question: &CostQuestion<'q>) -> Self {
        let share = question.increments.share_passing;
        Self {
            rates: question.rates,
            first: question.first,
            months: question.years * 12,
            splits: share > dated::Ratio::ZERO && share < dated::Ratio::ONE,
            all_pass: share >= dated::Ratio::ONE,
            states: Vec::new(),
            state_numbers: HashMap::new(),
            blends: Vec::new(),
            blend_numbers: HashMap::new(),
        }
    }

    /// Whether anything can happen to somebody who begins here.
    pub(super) fn can_move(&self, post: u32) -> bool {
        let post = &self.rates.posts[post as usize];
        post.next.is_some() || post.moved_to.is_some()
    }

    pub(super) fn state(&mut self, state: State) -> u32 {
        *self.state_numbers.entry(state).or_insert_with(|| {
            self.states.push(state);
            (self.states.len() - 1) as u32
        })
    }

    fn blend(&mut self, blend: Blend) -> u32 {
        *self.blend_numbers.entry(blend).or_insert_with(|| {
            self.blends.push(blend);
            (self.blends.len() - 1) as u32
        })
    }

    /// Somebody on `post` from the month `from` on. Increments fall due on `increment` of every year from the day
    /// `not_before`; both paths of a gate are followed where some pass and some do not.
    pub(super) fn walk(
        &mut self,
        post: u32,
        origin: u32,
        from: u32,
        increment: Option<YearDay>,
        not_before: Date,
        timetable: &Timetable,
    ) -> Itinerary {
        let place = Place { before: self.rates.posts[post as usize].row.path.base.0, post };
        let mut at = State { pass: place, fail: place, origin };
        let initial = self.state(at);
        let mut visits = Vec::new();
        let mut current = initial;
        let mut since = from;
        let end = self.first.plus(self.months.cast_signed()).first_day();
        let years = increment.into_iter().flat_map(|day| (not_before.year()..=end.year()).map(move |year| day.in_year(year)));
        for due in years.filter(|due| not_before <= *due && *due < end) {
            let rule = timetable.iter().rev().find(|(from, _)| *from <= due).map_or(Progression::Normal, |(_, rule)| *rule);
            let (passes, fails) = match rule {
                Progression::Normal => (true, true),
                Progression::Frozen => (false, false),
                Progression::Gated if self.splits => (true, false),
                Progression::Gated => (self.all_pass, self.all_pass),
            };
            at.pass = self.up(at.pass, due, passes);
            at.fail = self.up(at.fail, due, fails);
            let next = self.state(at);
            if next == current {
                continue;
            }
            let month = Month::of(due).months_since(self.first).cast_unsigned();
            if since < month {
                visits.push(Visit::Stay { state: current, from: since, until: month });
            }
            since = month;
            if due.day() > 1 {
                let blend = self.blend(Blend { before: current, after: next, month, day: due.day() });
                visits.push(Visit::Blend(blend));
                since = month + 1;
            }
            current = next;
        }
        if since < self.months {
            visits.push(Visit::Stay { state: current, from: since, until: self.months });
        }
        Itinerary { initial, visits }
    }

    /// Spec P44: on an increment date, first to where the offer has moved the staff of the point, then one up if it is paid.
    fn up(&self, mut place: Place, due: Date, paid: bool) -> Place {
        let posts = &self.rates.posts;
        // A chain of moves leads upward, so it ends.
        while let Some((to, on)) = posts[place.post as usize].moved_to
            && on <= due
            && posts[to as usize].row.path.base > posts[place.post as usize].row.path.base
        {
            place.post = to;
        }
        if paid && let Some(next) = posts[place.post as usize].next {
            place.before += posts[next as usize].row.path.base.0 - posts[place.post as usize].row.path.base.0;
            place.post = next;
        }
        place
    }
}
