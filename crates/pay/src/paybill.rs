//! What an offer costs the employer: a workforce, month by month.
//!
//! Three paths are kept apart: everybody *standing* on their point at the rates before the offer; the same with
//! *increments*, at the rates before the offer; and the offer's rates with those increments. Progression is the second
//! less the first, the award is the third less the second, one-off sums are apart; the three add up to the whole
//! change. Definitions and worked figures: `docs/spec/pay.md`, P41 to P52.
//!
//! Not here: what a member keeps after tax (`take_home`), where a workforce comes from (the crate `workforce`).

mod amounts;
mod budget;
mod calendar;
mod engine;
mod published;
mod readings;
mod result;
mod scratch;
mod walk;
mod ways;

use std::ops::{Add, AddAssign, Sub};

use dated::{Month, NotCovered, Ratio};

use crate::money::Pence;
use crate::offer::{Offer, Progression};
use crate::on_costs::OnCosts;
use crate::workforce::{Workforce, WorkforceRates};

pub use budget::{Bought, Buy, flat_offer, highest};
pub use published::{PublishedTotals, PublishedYear};
pub use readings::{Change, YearReadings};

/// What is to be costed.
#[derive(Clone, Copy, Debug)]
pub struct CostQuestion<'q> {
    /// The offer.
    pub offer: &'q Offer,
    /// Who is paid.
    pub workforce: &'q Workforce,
    /// Their rates under that offer.
    pub rates: &'q WorkforceRates,
    /// The employer's contributions; `None` leaves them out.
    pub on_costs: Option<&'q OnCosts>,
    /// The first month; the years costed begin with it.
    pub first: Month,
    /// How many years of twelve months.
    pub years: u32,
    /// Which increments are paid.
    pub increments: IncrementRule,
    /// Leavers and joiners, for the net figures.
    pub turnover: Option<Turnover>,
    /// Whether the tables by employer and by staff group are wanted; they cost more than all the rest.
    pub by_employer: bool,
}

/// Spec P44: which increments are paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IncrementRule {
    /// Instead of what the offer says of increments.
    pub instead: Option<Progression>,
    /// Where increments are gated: the share of those due who pass, 0 to 1, the same people every year.
    pub share_passing: Ratio,
}

impl IncrementRule {
    /// As the offer says; all pass a gate.
    pub const AS_OFFERED: Self = Self { instead: None, share_passing: Ratio::ONE };
}

/// Spec P48: an assumption about leavers and joiners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turnover {
    /// Of the staff of the first day, how many in a hundred leave within a year; a twelfth of them each month.
    pub leavers_percent: Ratio,
    /// On which point they are replaced.
    pub joiners: JoinersAt,
}

/// On which point leavers are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinersAt {
    /// The bottom point of the same band; the first increment is due a year later.
    Bottom,
    /// The leaver's own point; increments go on as the leaver's would have.
    Same,
}

/// Pay and the employer's contributions on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// Basic pay.
    pub pay: Pence,
    /// National Insurance.
    pub national_insurance: Pence,
    /// Pension.
    pub pension: Pence,
    /// Apprenticeship levy.
    pub levy: Pence,
}

impl Bill {
    /// The contributions together.
    pub fn on_costs(self) -> Pence {
        self.national_insurance + self.pension + self.levy
    }

    /// Pay and contributions.
    pub fn total(self) -> Pence {
        self.pay + self.on_costs()
    }

    /// So many times.
    pub fn times(self, count: i64) -> Self {
        self.map(|pence| Pence(pence.0.saturating_mul(count)))
    }

    fn map(self, each: impl Fn(Pence) -> Pence) -> Self {
        Self { pay: each(self.pay), national_insurance: each(self.national_insurance), pension: each(self.pension), levy: each(self.levy) }
    }

    fn with(self, other: Self, both: impl Fn(Pence, Pence) -> Pence) -> Self {
        Self {
            pay: both(self.pay, other.pay),
            national_insurance: both(self.national_insurance, other.national_insurance),
            pension: both(self.pension, other.pension),
            levy: both(self.levy, other.levy),
        }
    }
}

impl Add for Bill {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.with(other, Add::add)
    }
}

impl Sub for Bill {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.with(other, Sub::sub)
    }
}

/// Spec P43: the bill of some staff for some months on each path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// The rates before the offer, everybody on the point of the first day.
    pub standing: Bill,
    /// The rates before the offer, with the increments that are paid.
    pub increments: Bill,
    /// The offer's rates, with the same increments. One-off sums are not in it.
    pub under_offer: Bill,
    /// The offer's rates, everybody on the point of the first day.
    pub offer_standing: Bill,
    /// Under the offer, had each year's last rates been paid from its first day.
    pub at_once: Bill,
    /// The rates before the offer, with every increment that falls due.
    pub all_increments: Bill,
    /// One-off sums, and National Insurance and levy on them; no pension.
    pub lumps: Bill,
}

impl Paths {
    /// Spec P43: what the offer adds to pay with increments.
    pub fn award(&self) -> Bill {
        self.under_offer - self.increments
    }

    /// Spec P43: what increments add to pay, at the rates before the offer.
    pub fn progression(&self) -> Bill {
        self.increments - self.standing
    }

    /// Award, progression and one-off sums.
    pub fn whole_change(&self) -> Bill {
        self.under_offer - self.standing + self.lumps
    }

    /// Spec P43: what the offer would add if nobody moved up.
    pub fn award_without_progression(&self) -> Bill {
        self.offer_standing - self.standing
    }

    /// Spec P47: what is saved by paying the last rates of a year later than on its first day.
    pub fn staging_saving(&self) -> Bill {
        self.at_once - self.under_offer
    }

    /// Spec P44: what is saved by increments that fall due and are not paid, at the rates before the offer.
    pub fn withheld(&self) -> Bill {
        self.all_increments - self.increments
    }

    fn with(&self, other: &Self, both: impl Fn(Bill, Bill) -> Bill) -> Self {
        Self {
            standing: both(self.standing, other.standing),
            increments: both(self.increments, other.increments),
            under_offer: both(self.under_offer, other.under_offer),
            offer_standing: both(self.offer_standing, other.offer_standing),
            at_once: both(self.at_once, other.at_once),
            all_increments: both(self.all_increments, other.all_increments),
            lumps: both(self.lumps, other.lumps),
        }
    }
}

impl Add for Paths {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.with(&other, Add::add)
    }
}

impl AddAssign for Paths {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Paths {
    fn sum<I: Iterator<Item = Self>>(bills: I) -> Self {
        bills.fold(Self::default(), Add::add)
    }
}

/// One line of a table by band, nation, employer or staff group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartOfBill {
    /// Its name; empty where the workforce says none.
    pub name: String,
    /// People on the first day.
    pub headcount: u64,
    /// Each year.
    pub years: Vec<Paths>,
    /// Each month; empty for employers and staff groups.
    pub months: Vec<Paths>,
}

/// Annual rates in force on the last day of a year, each person's rounded to the penny.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct YearEndRates {
    /// Rates before the offer, points of the first day.
    pub standing: Pence,
    /// Rates before the offer, points of that day.
    pub increments: Pence,
    /// The offer's rates, points of that day.
    pub under_offer: Pence,
}

/// The paybill under an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paybill {
    /// The first month.
    pub first: Month,
    /// Each month of the whole.
    pub months: Vec<Paths>,
    /// Each month, net of leavers and joiners: paths `standing`, `increments`, `under_offer` and `lumps` only.
    pub net_months: Option<Vec<Paths>>,
    /// For the last day of each year.
    pub year_end: Vec<YearEndRates>,
    /// By band.
    pub bands: Vec<PartOfBill>,
    /// By nation.
    pub nations: Vec<PartOfBill>,
    /// By employer, if asked for.
    pub employers: Vec<PartOfBill>,
    /// By staff group, if asked for.
    pub staff_groups: Vec<PartOfBill>,
    /// People on the first day.
    pub headcount: u64,
    /// People below the top of their band whose increment date is not known: they are counted without increments.
    pub without_increment_date: u64,
    /// Whether a gate is met by somebody, so that the share passing matters.
    pub gated: bool,
}

impl Paybill {
    /// The paybill of a workforce under an offer, month by month.
    ///
    /// # Errors
    /// [`CostError`] names contributions that are not known for a month, or a number beyond reason.
    pub fn of(question: &CostQuestion<'_>) -> Result<Self, CostError> {
        let mut bill = engine::run(question)?;
        let normal = IncrementRule { instead: Some(Progression::Normal), share_passing: Ratio::ONE };
        // Where every increment is paid anyway the second run would find the same.
        if walk::all_paid(question) {
            bill.each_paths(&mut |paths| paths.all_increments = paths.increments);
        } else {
            let all = engine::run(&CostQuestion { increments: normal, turnover: None, ..*question })?;
            bill.take_all_increments(&all);
        }
        Ok(bill)
    }

    /// The whole of each year.
    pub fn years(&self) -> Vec<Paths> {
        self.months.chunks(12).map(|months| months.iter().copied().sum()).collect()
    }

    fn parts(&mut self) -> [&mut Vec<PartOfBill>; 4] {
        [&mut self.bands, &mut self.nations, &mut self.employers, &mut self.staff_groups]
    }

    fn each_paths(&mut self, change: &mut dyn FnMut(&mut Paths)) {
        self.months.iter_mut().for_each(&mut *change);
        for part in self.parts().into_iter().flatten() {
            part.years.iter_mut().chain(&mut part.months).for_each(&mut *change);
        }
    }

    fn take_all_increments(&mut self, all: &Self) {
        let mut all = all.clone();
        let mut found = Vec::new();
        all.each_paths(&mut |paths| found.push(paths.increments));
        let mut found = found.into_iter();
        self.each_paths(&mut |paths| paths.all_increments = found.next().unwrap_or_default());
    }
}

/// Why a paybill cannot be worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CostError {
    /// Contributions are not known for a month.
    OnCosts(NotCovered),
    /// The workforce, its hours or its rates are too large to be added up in whole pence.
    BeyondReason,
    /// More years than are costed at a time.
    TooManyYears,
    /// More leavers than there were staff on the first day.
    TooManyLeavers,
}

impl std::fmt::Display for CostError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OnCosts(missing) => missing.fmt(f),
            Self::BeyondReason => f.write_str("the workforce, its hours or its rates are too large to be added up in whole pence"),
            Self::TooManyYears => write!(f, "between 1 and {} years can be costed", engine::MOST_YEARS),
            Self::TooManyLeavers => {
                f.write_str("leavers are counted out of the staff of the first day: percent a year times years must be 0 to 100")
            }
        }
    }
}
