//! Who is better off: the staff of a workforce under several offers, person by person, before anything is averaged.
//!
//! A mean says little of a settlement that gives much to few, so no mean stands here without its median and its deciles.
//! Two readings are kept apart throughout: the award alone, and the award with the increments that fall due.
//! Definitions with worked figures: `docs/spec/pay.md`, P85 to P95.
//!
//! Not here: contributions, pay by month and years beyond the first.

mod better_off;
mod cases;
mod lowest;
mod rises;
mod sex_gap;
mod spread;

use std::collections::HashMap;

use dated::Ratio;

use crate::framework::Framework;
use crate::offer::Offer;
use crate::pay_year::{Count, PayYear};
use crate::value::ByCount;
use crate::workforce::{NotOnScale, Sex, Staff, Workforce, WorkforceRates};

pub use better_off::BetterOff;
use cases::{ByPortion, Case, Kinds, Paid, Valuer};
pub use lowest::LowestPay;
pub use rises::{BelowPrices, Ranked, Rises, TenthOfStaff};
pub use sex_gap::{GapOfGroup, Quarter, SexGap, SexGaps};
pub use spread::Spread;

/// An offer as the staff of a workforce are looked at under it.
#[derive(Clone, Debug)]
pub struct Side<'s> {
    /// What its user calls it.
    pub name: String,
    /// The offer.
    pub offer: &'s Offer,
    /// All staff as if they were in this nation; `None` leaves each in their own.
    pub nation: Option<String>,
}

/// Whether increments count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Everybody stays on the point of the first day.
    AwardOnly,
    /// Who has an increment due in the year moves up on its day.
    WithIncrements,
}

impl Reading {
    /// Both, in the order they are shown.
    pub const ALL: [Self; 2] = [Self::AwardOnly, Self::WithIncrements];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::AwardOnly => "award only",
            Self::WithIncrements => "award and increments",
        }
    }
}

/// Which figure of the pay year is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Pay of the whole year, by months, with one-off sums.
    InYear,
    /// The rate on its last day.
    AtItsEnd,
}

impl Moment {
    /// Both, in the order they are shown.
    pub const ALL: [Self; 2] = [Self::InYear, Self::AtItsEnd];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::InYear => "in the year",
            Self::AtItsEnd => "at its end",
        }
    }
}

/// What staff are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The band of their post.
    Band,
    /// Who employs them.
    Employer,
    /// Their staff group.
    StaffGroup,
    /// Their nation.
    Nation,
    /// Women, men, and those of whom it is not said.
    Sex,
}

impl By {
    /// The words of the command line.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("band", Self::Band),
        ("employer", Self::Employer),
        ("staff-group", Self::StaffGroup),
        ("nation", Self::Nation),
        ("sex", Self::Sex),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, by)| *by == self).map_or("", |(word, _)| word)
    }
}

/// Some of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What they have in common.
    pub name: String,
    /// How many they are.
    pub people: u64,
    /// Kinds of staff with the people of each.
    cells: Vec<(u32, u64)>,
}

/// Staff who are on no row of an offer's scales.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotValued {
    /// Under which side.
    pub side: String,
    /// Who and why.
    pub who: NotOnScale,
}

/// A workforce valued under several offers for one pay year.
pub struct People<'p> {
    workforce: &'p Workforce,
    /// The pay year that everything is for.
    pub year: PayYear,
    sides: Vec<Side<'p>>,
    rates: Vec<WorkforceRates>,
    /// The staff of each nation, group and post, with their number of people.
    places: Vec<Staff>,
    kinds: Kinds,
    /// Women, men and not said of each employer: found once, used for every side.
    by_sex: std::cell::OnceCell<Vec<(u32, Part)>>,
}

/// Spec P91: basic pay of the workforce in the pay year, in pence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicPay {
    /// A year at the rates before the offer.
    pub base: Ratio,
    /// What the award adds in the year when everybody stays on their point, without one-off sums.
    pub award: ByCount,
    /// One-off sums of the year.
    pub one_offs: Ratio,
    /// What increments add on top of the award, at the rates under the offer, without one-off sums.
    pub increments: ByCount,
    /// What increments would have added at the rates before the offer; the rest of `increments` is the award on them.
    pub increments_before: ByCount,
    /// One-off sums that increments bring or cost; negative where they cost more.
    pub one_offs_by_increments: Ratio,
    /// What the rates of the last day add to a year, when everybody stays on their point.
    pub run_rate_award: Ratio,
    /// What increments add to that.
    pub run_rate_increments: Ratio,
}

impl BasicPay {
    /// Award and one-off sums of the year, by months, in percent of the base.
    pub fn in_year_percent(&self) -> Ratio {
        (self.award.by_months + self.one_offs) / self.base * Ratio::whole(100)
    }

    /// The award at the end of the year in percent of the base.
    pub fn run_rate_percent(&self) -> Ratio {
        self.run_rate_award / self.base * Ratio::whole(100)
    }
}

impl<'p> People<'p> {
    /// Spec P85: values every member of staff under every side.
    ///
    /// # Errors
    /// Everybody who is on no row of a side's scales, for each side.
    pub fn value(
        framework: &Framework<'_>,
        year: PayYear,
        workforce: &'p Workforce,
        sides: Vec<Side<'p>>,
        gated_are_paid: bool,
    ) -> Result<Self, Vec<NotValued>> {
        let places = places(workforce);
        let (mut rates, mut missing) = (Vec::new(), Vec::new());
        for side in &sides {
            let nations = match &side.nation {
                Some(nation) => vec![nation.clone(); workforce.nations.len()],
                None => workforce.nations.clone(),
            };
            let seen = Workforce {
                nations,
                staff_groups: workforce.staff_groups.clone(),
                posts: workforce.posts.clone(),
                staff: places.clone(),
                ..Workforce::default()
            };
            match WorkforceRates::of(framework, side.offer, &seen) {
                Ok(found) => rates.push(found),
                Err(staff) => missing.extend(staff.into_iter().map(|who| NotValued { side: side.name.clone(), who })),
            }
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        let valuers: Vec<Valuer<'_>> =
            rates.iter().zip(&sides).map(|(rates, side)| Valuer::new(year, rates, side.offer, gated_are_paid)).collect();
        let kinds = Kinds::of(year, &workforce.staff, &valuers);
        Ok(Self { workforce, year, sides, rates, places, kinds, by_sex: std::cell::OnceCell::new() })
    }

    /// The sides, in the order given.
    pub fn sides(&self) -> &[Side<'p>] {
        &self.sides
    }

    /// Everybody.
    pub fn everybody(&self) -> Part {
        let cells: Vec<(u32, u64)> = (0..).zip(&self.kinds.list).map(|(at, kind)| (at, kind.people)).collect();
        Part { name: "all staff".to_owned(), people: cells.iter().map(|(_, people)| people).sum(), cells }
    }

    /// The staff told apart, largest group first for employers, else by name; groups without people are left out.
    pub fn apart(&self, by: By) -> Vec<Part> {
        let workforce = self.workforce;
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut bands: Vec<String> = Vec::new();
        let mut band_of_post: Vec<u32> = Vec::new();
        for post in &workforce.posts {
            let number = *numbers.entry(post.band.as_str()).or_insert_with(|| {
                bands.push(post.band.clone());
                bands.len() as u32 - 1
            });
            band_of_post.push(number);
        }
        let mut groups = match by {
            By::Band => self.split(|staff| band_of_post[staff.post as usize]),
            By::Employer => self.split(|staff| staff.employer.into()),
            By::StaffGroup => self.split(|staff| staff.staff_group.into()),
            By::Nation => self.split(|staff| staff.nation.into()),
            By::Sex => self.split(|staff| sex_number(staff.sex)),
        };
        let sexes = ["women", "men"].map(str::to_owned);
        let names: &[String] = match by {
            By::Band => &bands,
            By::Employer => &workforce.employers,
            By::StaffGroup => &workforce.staff_groups,
            By::Nation => &workforce.nations,
            By::Sex => &sexes,
        };
        for (number, part) in &mut groups {
            part.name = names.get(*number as usize).filter(|name| !name.is_empty()).map_or_else(|| "not said".to_owned(), String::clone);
        }
        let mut groups: Vec<Part> = groups.into_iter().map(|(_, part)| part).collect();
        match by {
            By::Employer => groups.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.name.cmp(&b.name))),
            _ => groups.sort_by_cached_key(|group| natural(&group.name)),
        }
        groups
    }

    /// The staff by a number, in its order; the parts have no names yet.
    fn split(&self, number: impl Fn(&Staff) -> u32) -> Vec<(u32, Part)> {
        // Sorted by counting: first where each number's records begin, then the records put there.
        let mut ends: Vec<usize> = Vec::new();
        for staff in &self.workforce.staff {
            let at = number(staff) as usize;
            if at >= ends.len() {
                ends.resize(at + 1, 0);
            }
            ends[at] += 1;
        }
        let mut begin = 0;
        for end in &mut ends {
            (*end, begin) = (begin, begin + *end);
        }
        let mut records: Vec<(u32, u32)> = vec![(0, 0); self.workforce.staff.len()];
        for (staff, kind) in self.workforce.staff.iter().zip(&self.kinds.of_record) {
            let at = &mut ends[number(staff) as usize];
            records[*at] = (*kind, staff.headcount);
            *at += 1;
        }
        let mut of_kind = vec![0_u64; self.kinds.list.len()];
        let mut begin = 0;
        let mut parts = Vec::new();
        for (number, end) in (0..).zip(ends) {
            let mut met: Vec<u32> = Vec::new();
            for (kind, people) in &records[begin..end] {
                let count = &mut of_kind[*kind as usize];
                if *count == 0 {
                    met.push(*kind);
                }
                *count += u64::from(*people);
            }
            begin = end;
            met.sort_unstable();
            met.dedup();
            let cells: Vec<(u32, u64)> = met.into_iter().map(|kind| (kind, std::mem::take(&mut of_kind[kind as usize]))).collect();
            let people = cells.iter().map(|(_, people)| people).sum();
            if people > 0 {
                parts.push((number, Part { name: String::new(), people, cells }));
            }
        }
        parts
    }

    /// Whether the data say when anybody's increment is due.
    pub fn has_increments(&self) -> bool {
        self.workforce.staff.iter().any(|staff| staff.increment.is_some())
    }

    /// Basic pay under a side.
    pub fn basic_pay(&self, side: usize, staff: &Part) -> BasicPay {
        let parts = self.kinds.parts;
        let sum = |amount: &dyn Fn(&Case) -> i64, parts: i64| {
            let mut sum = ByPortion::new(&self.workforce.portions);
            for (kind, people) in &staff.cells {
                let kind = self.kinds.list[*kind as usize];
                sum.add(kind.portion, amount(&self.kinds.cases[side][kind.case as usize]), *people);
            }
            sum.total(parts)
        };
        let by_count = |amount: &dyn Fn(&Case, usize) -> i64| ByCount {
            by_months: sum(&|case| amount(case, 0), parts.under(Count::Months)),
            by_days: sum(&|case| amount(case, 1), parts.under(Count::Days)),
        };
        BasicPay {
            base: sum(&|case| case.base, 1),
            award: by_count(&|case, count| case.staying.cash[count] - case.base * parts.0[count]),
            one_offs: sum(&|case| case.staying.one_off, 1),
            increments: by_count(&|case, count| case.moving.cash[count] - case.staying.cash[count]),
            increments_before: by_count(&|case, count| case.increment[count]),
            one_offs_by_increments: sum(&|case| case.moving.one_off - case.staying.one_off, 1),
            run_rate_award: sum(&|case| case.staying.end - case.base, 1),
            run_rate_increments: sum(&|case| case.moving.end - case.staying.end, 1),
        }
    }

    fn paid(&self, side: usize, kind: u32, reading: Reading) -> (Paid, Case) {
        let case = self.kinds.cases[side][self.kinds.list[kind as usize].case as usize];
        (if reading == Reading::AwardOnly { case.staying } else { case.moving }, case)
    }

    fn portion(&self, kind: u32) -> Ratio {
        self.workforce.portions[usize::from(self.kinds.list[kind as usize].portion)]
    }
}

/// One record for each nation, staff group and post, with all its people.
fn places(workforce: &Workforce) -> Vec<Staff> {
    let mut numbers: HashMap<(u8, u16, u32), usize> = HashMap::new();
    let mut places: Vec<Staff> = Vec::new();
    for staff in &workforce.staff {
        let at = *numbers.entry((staff.nation, staff.staff_group, staff.post)).or_insert_with(|| {
            places.push(Staff { headcount: 0, ..*staff });
            places.len() - 1
        });
        places[at].headcount = places[at].headcount.saturating_add(staff.headcount);
    }
    places
}

/// Women 0, men 1, not said 2.
fn sex_number(sex: Option<Sex>) -> u32 {
    match sex {
        Some(Sex::Female) => 0,
        Some(Sex::Male) => 1,
        None => 2,
    }
}

/// Sorts names as people count: band 2 before band 10, 8a before 8b.
fn natural(name: &str) -> Vec<(u64, String)> {
    let mut pieces: Vec<(u64, String)> = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let letters = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
        // Names that begin with letters come after those that begin with numbers.
        let number = if digits == 0 { u64::MAX } else { rest[..digits].parse().unwrap_or(u64::MAX) };
        pieces.push((number, rest[digits..letters].to_owned()));
        rest = &rest[letters..];
    }
    pieces
}
