//! E23 to E28: the best comparator of every claimant, in one pass over sorted records.
//!
//! Records are sorted by what two jobs must have in common (employer and like-work group, employer and study) and then by
//! score. Going up, the best paid man so far is the best on work rated no higher: no claimant is ever set against each man.
//! Where one's own employer or own study must be left out, the best two with different ones are kept.

use super::hourly::{Hourly, Money};
use super::record::{PayRecord, PayRecords};
use crate::pay_year::WeeksInYear;
use crate::workforce::Sex;

/// By which route the work is equal. The order is that of evidence, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// E24: one study rated the comparator's job no higher, or put both into one band.
    Rated,
    /// E23: both are in one group of like work.
    LikeWork,
    /// E25: no study decides it; an expert would have to.
    EqualValue,
}

impl Route {
    /// Every route, the strongest first.
    pub const ALL: [Self; 3] = [Self::Rated, Self::LikeWork, Self::EqualValue];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rated => "rated-as-equivalent",
            Self::LikeWork => "like-work",
            Self::EqualValue => "equal-value",
        }
    }

    /// The label for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Rated => "rated as equivalent",
            Self::LikeWork => "like work, as stated",
            Self::EqualValue => "equal value: needs an expert",
        }
    }
}

/// What is searched for.
#[derive(Clone, Debug)]
pub struct ComparatorQuestion {
    /// Who claims; comparators are of the other sex.
    pub claimants: Sex,
    /// Groups whose members claim, by number; empty for all.
    pub claimant_groups: Vec<u32>,
    /// E25: groups from which a comparator is proposed without a study or stated like work; empty for the claimants' groups.
    pub value_groups: Vec<u32>,
    /// Whether equal value may be proposed at all.
    pub equal_value: bool,
    /// Which money ranks the comparators.
    pub rank_by: Money,
    /// The weeks of a year.
    pub weeks: WeeksInYear,
}

/// E28: where comparators are looked for.
#[derive(Clone, Copy, Debug)]
pub enum Reach<'r> {
    /// In the claimant's own employer.
    OwnEmployer,
    /// In other employers that share a number with the claimant's own, such as an association or a body that sets terms. The list
    /// is by employer; employers with 0 reach nobody. Equal value is not proposed here.
    Others(&'r [u32]),
}

/// The best comparators of one claimant's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Into [`PayRecords::list`].
    pub claimant: u32,
    by_route: [u32; 3],
}

const NOBODY: u32 = u32::MAX;

impl Finding {
    /// The best paid comparator by that route, if one is paid more than the claimant.
    pub fn by(&self, route: Route) -> Option<u32> {
        Some(self.by_route[route as usize]).filter(|at| *at != NOBODY)
    }
}

/// E23 to E28: for each claimant's record the best paid comparator by each route; records without one are left out.
///
/// Among comparators paid alike the first record counts, so that the same file gives the same answer.
pub fn best_comparators(records: &PayRecords, question: &ComparatorQuestion, reach: Reach<'_>) -> Vec<Finding> {
    let search = Search::new(records, question, reach);
    let mut found = vec![[NOBODY; 3]; records.list.len()];
    search.sweep(Route::LikeWork, &mut found, |record, scope| {
        (record.like_work != 0).then(|| (scope << 32 | u64::from(record.like_work), 0))
    });
    search.sweep(Route::Rated, &mut found, |record, scope| {
        let score = record.score.filter(|_| record.study != 0)?;
        Some((scope << 32 | u64::from(record.study), score.into()))
    });
    search.sweep(Route::Rated, &mut found, |record, scope| {
        (record.study != 0 && record.band != 0).then(|| (scope << 32 | u64::from(record.study) << 16 | u64::from(record.band), 0))
    });
    if question.equal_value && matches!(reach, Reach::OwnEmployer) {
        search.sweep(Route::EqualValue, &mut found, |_, scope| Some((scope << 32, 0)));
    }
    let findings = found.into_iter().enumerate().filter(|(_, by_route)| *by_route != [NOBODY; 3]);
    findings.map(|(at, by_route)| Finding { claimant: at as u32, by_route }).collect()
}

impl Finding {
    /// E26: the comparator that is put first: the highest gap by a study or by stated like work, the study if they are alike; one who needs an
    /// expert only where neither gives any, since a larger but weaker case must not hide a stronger one.
    pub fn first(&self, records: &PayRecords, question: &ComparatorQuestion) -> Option<(Route, u32)> {
        let pay = |at: u32| Hourly::of(&records.list[at as usize], question.rank_by, question.weeks);
        let firm = match (self.by(Route::Rated), self.by(Route::LikeWork)) {
            (Some(rated), Some(alike)) if pay(alike) > pay(rated) => Some((Route::LikeWork, alike)),
            (Some(rated), _) => Some((Route::Rated, rated)),
            (None, alike) => alike.map(|alike| (Route::LikeWork, alike)),
        };
        firm.or_else(|| self.by(Route::EqualValue).map(|at| (Route::EqualValue, at)))
    }
}

/// A record in the order of a sweep.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    common: u64,
    level: u32,
    at: u32,
}

/// The best so far, and the best of those that are apart from it.
#[derive(Default)]
struct BestTwo {
    first: Option<Candidate>,
    second: Option<Candidate>,
}

#[derive(Clone, Copy)]
struct Candidate {
    pay: Hourly,
    at: u32,
    apart: u32,
}

impl Candidate {
    fn is_better_than(&self, other: &Self) -> bool {
        self.pay > other.pay || (self.pay == other.pay && self.at < other.at)
    }
}

impl BestTwo {
    fn put(&mut self, new: Candidate) {
        match self.first {
            None => self.first = Some(new),
            Some(first) if new.is_better_than(&first) => {
                if new.apart != first.apart {
                    self.second = Some(first);
                }
                self.first = Some(new);
            }
            Some(first) if new.apart != first.apart && self.second.is_none_or(|second| new.is_better_than(&second)) => {
                self.second = Some(new);
            }
            Some(_) => {}
        }
    }

    /// The best whose mark is not `left_out`.
    fn without(&self, left_out: Option<u32>) -> Option<Candidate> {
        self.first.filter(|first| Some(first.apart) != left_out).or(self.second)
    }
}

struct Search<'s> {
    records: &'s PayRecords,
    question: &'s ComparatorQuestion,
    reach: Reach<'s>,
    claims: Vec<bool>,
    may_be_valued: Vec<bool>,
}

impl<'s> Search<'s> {
    fn new(records: &'s PayRecords, question: &'s ComparatorQuestion, reach: Reach<'s>) -> Self {
        let chosen = |groups: &[u32]| {
            let mut chosen = vec![groups.is_empty(); records.groups.count()];
            groups.iter().filter_map(|group| chosen.get_mut(*group as usize).map(|one| *one = true)).for_each(drop);
            chosen
        };
        let value_groups = if question.value_groups.is_empty() { &question.claimant_groups } else { &question.value_groups };
        Self { records, question, reach, claims: chosen(&question.claimant_groups), may_be_valued: chosen(value_groups) }
    }

    fn scope(&self, record: &PayRecord) -> Option<u64> {
        match self.reach {
            Reach::OwnEmployer => Some(record.employer.into()),
            Reach::Others(shared) => shared.get(record.employer as usize).copied().filter(|number| *number != 0).map(u64::from),
        }
    }

    /// What a comparator must differ in from a claimant beside sex: the employer, or for equal value the study.
    fn apart(&self, route: Route, record: &PayRecord) -> u32 {
        match (self.reach, route) {
            (Reach::Others(_), _) => record.employer,
            (Reach::OwnEmployer, Route::EqualValue) => {
                if record.is_rated() {
                    record.study.into()
                } else {
                    0
                }
            }
            (Reach::OwnEmployer, _) => 0,
        }
    }

    /// One pass: `common` gives what two jobs must share, and the level that the comparator's may not exceed.
    fn sweep(&self, route: Route, found: &mut [[u32; 3]], common: impl Fn(&PayRecord, u64) -> Option<(u64, u32)>) {
        let (mut claimants, mut comparators) = (Vec::new(), Vec::new());
        for (at, record) in self.records.list.iter().enumerate() {
            let (Some(sex), Some(scope)) = (record.sex, self.scope(record)) else { continue };
            let group = record.group as usize;
            let side = if sex == self.question.claimants {
                if !self.claims[group] {
                    continue;
                }
                &mut claimants
            } else if route == Route::EqualValue && !self.may_be_valued[group] {
                continue;
            } else {
                &mut comparators
            };
            if let Some((common, level)) = common(record, scope) {
                side.push(Entry { common, level, at: at as u32 });
            }
        }
        claimants.sort_unstable();
        comparators.sort_unstable();
        let mut best = BestTwo::default();
        let (mut next, mut here) = (0, None);
        for claimant in &claimants {
            while let Some(comparator) = comparators.get(next).filter(|one| (one.common, one.level) <= (claimant.common, claimant.level)) {
                if here != Some(comparator.common) {
                    (best, here) = (BestTwo::default(), Some(comparator.common));
                }
                let record = &self.records.list[comparator.at as usize];
                let pay = Hourly::of(record, self.question.rank_by, self.question.weeks);
                best.put(Candidate { pay, at: comparator.at, apart: self.apart(route, record) });
                next += 1;
            }
            if here != Some(claimant.common) {
                continue;
            }
            let record = &self.records.list[claimant.at as usize];
            let left_out = match (self.reach, route) {
                (Reach::Others(_), _) => Some(record.employer),
                // A study that covers both decides by itself; without one on her side any man may be valued.
                (Reach::OwnEmployer, Route::EqualValue) if record.is_rated() => Some(record.study.into()),
                _ => None,
            };
            let Some(candidate) = best.without(left_out) else { continue };
            if candidate.pay > Hourly::of(record, self.question.rank_by, self.question.weeks) {
                let place = &mut found[claimant.at as usize][route as usize];
                // The two passes for rated work meet here: by score and by band.
                let is_better = *place == NOBODY || {
                    let other = Hourly::of(&self.records.list[*place as usize], self.question.rank_by, self.question.weeks);
                    candidate.pay > other || (candidate.pay == other && candidate.at < *place)
                };
                if is_better {
                    *place = candidate.at;
                }
            }
        }
    }
}
