//! What strike days cost (spec A36 to A39): members called, pay lost by both usual conventions, strike pay.
//!
//! Nothing is said of action short of a strike: what an employer deducts for it is the employer's choice and is disputed.

use std::collections::BTreeMap;

use dated::{Date, Ratio, Status};
use pay::Pence;

use super::PlannedDay;
use crate::action::{ActionKind, Hours};
use crate::folder::Dispute;
use crate::polls::Unit;
use crate::terms::{MemberSalary, SalaryAmount};

/// Which part of a year's pay one day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayRate {
    /// 52 weeks of five working days.
    WorkingDays,
    /// Every day of the calendar.
    CalendarDays,
}

impl DayRate {
    /// Both.
    pub const ALL: [Self; 2] = [Self::WorkingDays, Self::CalendarDays];

    /// How many such days a year has.
    pub fn days_in_year(self) -> i64 {
        match self {
            Self::WorkingDays => 260,
            Self::CalendarDays => 365,
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::WorkingDays => "1/260 of a year's pay a day: 52 weeks of five working days",
            Self::CalendarDays => "1/365 of a year's pay a day: every day of the calendar",
        }
    }
}

/// One unit's strike days.
#[derive(Clone, Debug)]
pub struct UnitCost {
    /// The unit, by name.
    pub unit: String,
    /// Its id.
    pub unit_id: String,
    /// How many members are called, and by which count.
    pub members: Option<(u64, String)>,
    /// Days of strike that are planned, whole or in part.
    pub strike_days: u64,
    /// What a member earns in a year, and what that is.
    pub salary: Option<(String, Status)>,
    /// What one member loses by each convention, in the order of [`DayRate::ALL`].
    pub lost_by_member: Option<[Pence; 2]>,
    /// All members together.
    pub lost_in_all: Option<[Pence; 2]>,
    /// Strike pay of one member.
    pub strike_pay_by_member: Option<Pence>,
    /// All members together.
    pub strike_pay_in_all: Option<Pence>,
    /// What could not be worked out, and what is missing.
    pub missing: Vec<String>,
}

/// All units.
#[derive(Clone, Debug, Default)]
pub struct CostOfDays {
    /// Unit by unit.
    pub units: Vec<UnitCost>,
    /// Pay lost by all members whose unit's pay is known.
    pub lost_in_all: [Pence; 2],
    /// Strike pay of all members whose number is known.
    pub strike_pay_in_all: Pence,
    /// What the funds hold, if that is on record.
    pub fund: Option<Pence>,
}

/// Strike days, each with the hours of every call for it; whole days without.
type StrikeDays = BTreeMap<Date, Vec<Option<Hours>>>;

/// A36: what the planned strike days cost if every member called takes part.
pub(super) fn cost(disputes: &[&Dispute], days: &[PlannedDay<'_>]) -> CostOfDays {
    let mut all = CostOfDays::default();
    for dispute in disputes {
        let mut by_unit: BTreeMap<&str, (&Unit, StrikeDays)> = BTreeMap::new();
        for day in days.iter().filter(|day| std::ptr::eq(day.dispute(), *dispute) && day.call().kind == ActionKind::Strike) {
            let unit = by_unit.entry(&day.unit().id).or_insert_with(|| (day.unit(), BTreeMap::new()));
            unit.1.entry(day.date()).or_default().push(day.call().hours);
        }
        for (unit, days) in by_unit.values() {
            let cost = unit_cost(dispute, unit, days);
            if let Some(lost) = cost.lost_in_all {
                all.lost_in_all = [all.lost_in_all[0] + lost[0], all.lost_in_all[1] + lost[1]];
            }
            all.strike_pay_in_all += cost.strike_pay_in_all.unwrap_or_default();
            all.units.push(cost);
        }
        let fund = dispute.terms.strike_pay.as_ref().and_then(|pay| pay.fund);
        all.fund = match (all.fund, fund) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
    }
    all
}

fn unit_cost(dispute: &Dispute, unit: &Unit, days: &StrikeDays) -> UnitCost {
    let mut missing = Vec::new();
    let roll = dispute.terms.roll_counts.iter().find(|count| count.unit.0 == unit.id);
    let members = match (roll, unit.entitled) {
        (Some(roll), _) => Some((roll.members, format!("on the roll of {}", law::weekday_date(roll.counted_on)))),
        (None, Some(entitled)) => {
            let note = unit.entitled_note.as_ref().map_or_else(String::new, |note| format!("; {note}"));
            Some((entitled, format!("entitled to vote{note}")))
        }
        (None, None) => {
            missing.push("how many members are called: add [[roll_count]]".to_owned());
            None
        }
    };
    let salary = salary_of(dispute, unit);
    if salary.is_none() {
        missing.push("what a member earns: add [[salary]] to action.toml".to_owned());
    }
    let lost_by_member = salary.and_then(|salary| match lost(dispute, salary, days) {
        Ok(lost) => Some(lost),
        Err(why) => {
            missing.push(why);
            None
        }
    });
    let strike_days = u64::try_from(days.len()).unwrap_or(u64::MAX);
    let strike_pay = dispute.terms.strike_pay.as_ref().map(|pay| pay.for_days(strike_days));
    let times =
        |amount: Pence| members.as_ref().map(|(members, _)| Pence(amount.0.saturating_mul(i64::try_from(*members).unwrap_or(i64::MAX))));
    UnitCost {
        unit: unit.name.clone(),
        unit_id: unit.id.clone(),
        strike_days,
        salary: salary.map(|salary| (salary_words(salary), salary.status)),
        lost_by_member,
        lost_in_all: lost_by_member.and_then(|[a, b]| Some([times(a)?, times(b)?])),
        strike_pay_by_member: strike_pay,
        strike_pay_in_all: strike_pay.and_then(times),
        members,
        missing,
    }
}

/// The salary that names the unit; else one that names none.
fn salary_of<'d>(dispute: &'d Dispute, unit: &Unit) -> Option<&'d MemberSalary> {
    let salaries = &dispute.terms.salaries;
    let own = salaries.iter().find(|salary| salary.units.iter().any(|(name, _)| *name == unit.id));
    own.or_else(|| salaries.iter().find(|salary| salary.units.is_empty()))
}

fn salary_words(salary: &MemberSalary) -> String {
    match &salary.amount {
        SalaryAmount::Pounds(amount) => format!("{amount} a year ({})", salary.what),
        SalaryAmount::Point { scale, point, .. } => format!("point {point} of {scale} ({})", salary.what),
    }
}

/// A37: each day's part of the year's pay added up exactly, then rounded once to the penny. Hours are a part of a working day of
/// a fifth of the full-time week; a day is never lost more than once.
fn lost(dispute: &Dispute, salary: &MemberSalary, days: &StrikeDays) -> Result<[Pence; 2], String> {
    let framework = dispute.framework();
    let mut sums = [Ratio::ZERO; 2];
    for (day, hours) in days {
        let annual = match &salary.amount {
            SalaryAmount::Pounds(amount) => *amount,
            SalaryAmount::Point { scale, point, nation } => framework.scale_rate(Some(scale), nation, point, *day)?.annual,
        };
        let mut portion = Ratio::ZERO;
        for hours in hours {
            portion = portion
                + match hours {
                    None => Ratio::ONE,
                    Some(hours) => {
                        let week = framework
                            .full_time_hours
                            .ok_or("how long a full-time week is, for strikes of hours: add full_time_hours to [pay] in dispute.toml")?;
                        Ratio::new(i128::from(hours.minutes()), 60) / (week / Ratio::whole(5))
                    }
                };
        }
        let portion = portion.min(Ratio::ONE);
        for (sum, rate) in sums.iter_mut().zip(DayRate::ALL) {
            *sum = *sum + annual.ratio() * portion / Ratio::whole(rate.days_in_year());
        }
    }
    Ok(sums.map(Pence::nearest))
}
