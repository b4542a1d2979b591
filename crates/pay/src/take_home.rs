//! What a member keeps of pay, and of an award: pension, income tax, National Insurance and student loan, month by month, with
//! the arrears in the month they arrive. Definitions and worked figures: `docs/spec/pay.md`, P71 to P82.
//!
//! One job with one employer, the standard tax code for its pay, no other income, no benefits in kind, no pay before the tax
//! year, paid on the 28th of each month.

use dated::{Date, Month, Ratio, Status, long_date};

use crate::member::{Employment, arrears};
use crate::money::Pence;
use crate::pay_year::PayYear;
use crate::pension::{PensionScheme, TierPay, TierYear};
use crate::rates::{LumpDue, RatePath};
use crate::tax::{StudentLoan, TaxArea, TaxLaw};

/// Who is paid.
#[derive(Clone, Debug)]
pub struct Payee<'t> {
    /// Whose income tax.
    pub area: TaxArea,
    /// Hours and days in post.
    pub employment: Employment,
    /// The pension scheme, if in one.
    pub pension: Option<&'t PensionScheme>,
    /// Student loans being repaid.
    pub loans: Vec<&'t StudentLoan>,
}

/// A month's pay, in pence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakeHome {
    /// Everything paid.
    pub gross: Pence,
    /// Of it, arrears for earlier months.
    pub arrears: Pence,
    /// Of it, one-off sums, which are not pensionable.
    pub one_off: Pence,
    /// The member's contribution, that on arrears with it.
    pub pension: Pence,
    /// Income tax.
    pub tax: Pence,
    /// National Insurance.
    pub insurance: Pence,
    /// Student loan.
    pub loan: Pence,
}

impl TakeHome {
    /// What is left.
    pub fn net(&self) -> Pence {
        self.gross - self.pension - self.tax - self.insurance - self.loan
    }

    fn add(&mut self, other: &Self) {
        self.gross += other.gross;
        self.arrears += other.arrears;
        self.one_off += other.one_off;
        self.pension += other.pension;
        self.tax += other.tax;
        self.insurance += other.insurance;
        self.loan += other.loan;
    }
}

/// One month of a tax year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayMonth {
    /// The month.
    pub month: Month,
    /// Paid and taken.
    pub pay: TakeHome,
    /// The percentage of the pension tier that month; `None` in no scheme.
    pub pension_percent: Option<Ratio>,
}

/// The twelve months of a tax year, April to March.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeHomeYear {
    /// Which.
    pub year: PayYear,
    /// Month by month.
    pub months: Vec<PayMonth>,
    /// What of the law used is not certain, in words.
    pub estimated: Vec<String>,
}

impl TakeHomeYear {
    /// All twelve together.
    pub fn total(&self) -> TakeHome {
        let mut total = TakeHome::default();
        self.months.iter().for_each(|month| total.add(&month.pay));
        total
    }
}

/// A tax year with an award and without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwardYear {
    /// Which.
    pub year: PayYear,
    /// With the award and without it, or what is missing in the data.
    pub result: Result<[TakeHomeYear; 2], Vec<String>>,
}

/// Spec P78: twelve months at one rate under the law of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steady {
    /// A year's pay.
    pub gross: Pence,
    /// Pension.
    pub pension: Pence,
    /// The tier.
    pub pension_percent: Ratio,
    /// Income tax.
    pub tax: Pence,
    /// National Insurance.
    pub insurance: Pence,
    /// Student loan.
    pub loan: Pence,
}

impl Steady {
    /// What is left of the year.
    pub fn net(&self) -> Pence {
        self.gross - self.pension - self.tax - self.insurance - self.loan
    }
}

/// Spec P82: rises that leave less than no rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cliff {
    /// The smallest rise of the full-time salary that does.
    pub from_rise: Pence,
    /// The smallest rise above it that does not any more.
    pub until_rise: Pence,
    /// What is lost a year at the worst, which is at the start.
    pub most_lost: Pence,
    /// The contribution in percent before and after the threshold.
    pub percents: (Ratio, Ratio),
}

/// The day of a month on which pay is paid.
fn payday(month: Month) -> Date {
    month.first_day().with().day(28).build().unwrap_or(month.first_day())
}

/// Spec P79 to P81: each tax year with the award and without it. `path` is the full-time rate under the offer. Nothing of the
/// award is paid before the month of `paid_on`; then everything owed is, with the contributions on it.
pub fn take_home(
    law: &TaxLaw,
    payee: &Payee<'_>,
    path: &RatePath,
    lumps: &[LumpDue],
    paid_on: Option<Date>,
    years: &[PayYear],
) -> Vec<AwardYear> {
    let before = RatePath { base: path.base, rates: Vec::new() };
    years
        .iter()
        .map(|year| {
            let with = year_of(law, payee, path, &before, lumps, paid_on.map(Month::of), *year);
            let without = year_of(law, payee, &before, &before, &[], None, *year);
            let result = match (with, without) {
                (Ok(with), Ok(without)) => Ok([with, without]),
                (Err(missing), _) | (_, Err(missing)) => Err(missing),
            };
            AwardYear { year: *year, result }
        })
        .collect()
}

/// What is due for a month and what was paid for it: pay, contribution and tier.
struct Due {
    month: Month,
    due: (Pence, Pence, Option<Ratio>),
    paid: (Pence, Pence, Option<Ratio>),
}

fn year_of(
    law: &TaxLaw,
    payee: &Payee<'_>,
    path: &RatePath,
    before: &RatePath,
    lumps: &[LumpDue],
    settled: Option<Month>,
    year: PayYear,
) -> Result<TakeHomeYear, Vec<String>> {
    let mut missing = Vec::new();
    let mut estimated = Vec::new();
    let first = year.first_month();
    // Arrears that are paid this year may be for months of years before.
    let owed_from = path.rates.first().map_or(first, |rate| Month::of(rate.from));
    let start =
        if settled.is_some_and(|settled| settled >= first) { first.first_day().min(owed_from.first_day()) } else { first.first_day() };
    let mut months = Vec::new();
    for month in arrears(path, before, &payee.employment, start, year.end()) {
        let mut contribution = |path: &RatePath, pay: Pence| match tier_percent(payee, path, month.month, &mut estimated) {
            Ok(percent) => (pay, Pence::nearest(pay.ratio() * percent.unwrap_or(Ratio::ZERO) / Ratio::whole(100)), percent),
            Err(why) => {
                missing.push(why);
                (pay, Pence::ZERO, None)
            }
        };
        let (due, paid) = (contribution(path, month.due), contribution(before, month.paid));
        months.push(Due { month: month.month, due, paid });
    }
    let mut paid: Vec<PayMonth> = months
        .iter()
        .filter(|due| due.month >= first)
        .map(|this| {
            let waits = settled.is_some_and(|settled| this.month < settled);
            let (gross, pension, pension_percent) = if waits { this.paid } else { this.due };
            let mut pay = TakeHome { gross, pension, ..TakeHome::default() };
            if settled == Some(this.month) {
                for earlier in months.iter().filter(|earlier| earlier.month < this.month) {
                    pay.arrears += earlier.due.0 - earlier.paid.0;
                    pay.pension += earlier.due.1 - earlier.paid.1;
                }
            }
            let in_month =
                |lump: &&LumpDue| Month::of(settled.map_or(lump.paid_on, |settled| settled.first_day().max(lump.paid_on))) == this.month;
            pay.one_off = lumps
                .iter()
                .filter(in_month)
                .map(|lump| Pence::nearest(lump.amount.ratio() * payee.employment.portion_on(lump.paid_on)))
                .sum();
            pay.gross += pay.arrears + pay.one_off;
            PayMonth { month: this.month, pay, pension_percent }
        })
        .collect();
    let taxable = |pay: &TakeHome| (pay.gross - pay.pension).ratio();
    let year_pay: Ratio = paid.iter().map(|month| taxable(&month.pay)).sum();
    let (mut pay_to_date, mut tax_to_date) = (Ratio::ZERO, Pence::ZERO);
    for (number, month) in (1_i64..).zip(&mut paid) {
        let day = payday(month.month);
        pay_to_date = pay_to_date + taxable(&month.pay);
        match law.income_tax(payee.area).on(day) {
            Ok(tax) => {
                let due = tax.value.to_date(pay_to_date, number, year_pay);
                let due = Pence(i64::try_from(due.floor()).unwrap_or(i64::MAX));
                month.pay.tax = due - tax_to_date;
                tax_to_date = due;
            }
            Err(why) => missing.push(why.to_string()),
        }
        match insurance(law, payee, month.pay.gross.ratio(), day) {
            Ok(due) => month.pay.insurance = Pence::nearest(due),
            Err(why) => missing.push(why),
        }
        match loan(payee, month.pay.gross, day) {
            Ok(due) => month.pay.loan = due,
            Err(why) => missing.extend(why),
        }
    }
    if missing.is_empty() {
        estimated.dedup();
        Ok(TakeHomeYear { year, months: paid, estimated })
    } else {
        // Each thing once, with the first month it is missing for.
        let mut told: Vec<String> = Vec::new();
        let about = |sentence: &str| sentence.split(" is known for ").next().unwrap_or(sentence).to_owned();
        for sentence in missing {
            if !told.iter().any(|known| about(known) == about(&sentence)) {
                told.push(sentence);
            }
        }
        Err(told)
    }
}

fn insurance(law: &TaxLaw, payee: &Payee<'_>, pay: Ratio, day: Date) -> Result<Ratio, String> {
    let contracted_out = payee.pension.is_some_and(|scheme| scheme.is_contracted_out(day));
    let class_one = law.national_insurance.on(day).map_err(|missing| missing.to_string())?;
    Ok(class_one.value.employee_of_month(pay, contracted_out))
}

fn loan(payee: &Payee<'_>, pay: Pence, day: Date) -> Result<Pence, Vec<String>> {
    let (mut due, mut missing) = (Pence::ZERO, Vec::new());
    for loan in &payee.loans {
        match loan.terms.on(day) {
            Ok(terms) => due += terms.value.of_month(pay),
            Err(why) => missing.push(why.to_string()),
        }
    }
    if missing.is_empty() { Ok(due) } else { Err(missing) }
}

/// Spec P75: the tier of a month: chosen by the rate on its first day, or on the last day of the scheme year before.
fn tier_percent(payee: &Payee<'_>, path: &RatePath, month: Month, estimated: &mut Vec<String>) -> Result<Option<Ratio>, String> {
    let Some(scheme) = payee.pension else { return Ok(None) };
    let first = payee.employment.started_on.map_or(month.first_day(), |started| started.max(month.first_day()));
    let (tiers, status) = scheme.tiers_on(month.first_day())?;
    if status == Status::Estimated {
        estimated.push(format!(
            "the tiers of the {} from {} are estimated",
            scheme.title,
            long_date(PayYear::holding(first, 4).first_day())
        ));
    }
    let rate = match tiers.year {
        TierYear::Current => path.rate_on(first),
        TierYear::PreviousYear => path.rate_on(crate::pay_year::day_before(PayYear::holding(first, 4).first_day())),
    };
    let portion = match tiers.pay {
        TierPay::WholeTime => Ratio::ONE,
        TierPay::Actual => payee.employment.portion_on(first),
    };
    Ok(Some(tiers.percent_of(rate.ratio() * portion)))
}

/// Spec P78: a year at one full-time rate under the law of `day`; the pension tier is the one for `tier_rate`.
///
/// # Errors
/// What is missing in the data.
pub fn steady(law: &TaxLaw, payee: &Payee<'_>, rate: Pence, tier_rate: Pence, day: Date) -> Result<Steady, Vec<String>> {
    let portion = payee.employment.portion_on(day);
    let month = Pence::nearest(rate.ratio() * portion / Ratio::whole(12));
    let percent = percent_at(payee, tier_rate, day).map_err(|why| vec![why])?;
    let pension = Pence::nearest(month.ratio() * percent / Ratio::whole(100));
    let tax = law.income_tax(payee.area).on(day).map_err(|missing| vec![missing.to_string()])?;
    let tax = tax.value.of_year((month - pension).ratio() * Ratio::whole(12));
    let insurance = Pence::nearest(insurance(law, payee, month.ratio(), day).map_err(|why| vec![why])?);
    let loan = loan(payee, month, day)?;
    let year = |month: Pence| Pence(month.0.saturating_mul(12));
    Ok(Steady {
        gross: year(month),
        pension: year(pension),
        pension_percent: percent,
        tax: Pence(i64::try_from(tax.floor()).unwrap_or(i64::MAX)),
        insurance: year(insurance),
        loan: year(loan),
    })
}

fn percent_at(payee: &Payee<'_>, rate: Pence, day: Date) -> Result<Ratio, String> {
    let Some(scheme) = payee.pension else { return Ok(Ratio::ZERO) };
    let (tiers, _) = scheme.tiers_on(day)?;
    let portion = if tiers.pay == TierPay::Actual { payee.employment.portion_on(day) } else { Ratio::ONE };
    Ok(tiers.percent_of(rate.ratio() * portion))
}

/// Spec P82: every range of rises of a full-time salary that leaves less in the year than no rise would, under the law of `day`,
/// once the pension tier follows the salary. Student loans are left out: what is repaid of them is not lost.
///
/// # Errors
/// What is missing in the data.
pub fn cliffs(law: &TaxLaw, payee: &Payee<'_>, salary: Pence, day: Date) -> Result<Vec<Cliff>, Vec<String>> {
    let Some(scheme) = payee.pension else { return Ok(Vec::new()) };
    let (tiers, _) = scheme.tiers_on(day).map_err(|why| vec![why])?;
    let tax = &law.income_tax(payee.area).on(day).map_err(|missing| vec![missing.to_string()])?.value;
    law.national_insurance.on(day).map_err(|missing| vec![missing.to_string()])?;
    let portion = payee.employment.portion_on(day);
    let tier_portion = if tiers.pay == TierPay::Actual { portion } else { Ratio::ONE };
    if portion == Ratio::ZERO {
        return Ok(Vec::new());
    }
    // Exact, so that within a tier more pay is always more net.
    let net = |rate: Pence| {
        let pay = rate.ratio() * portion;
        let pension = pay * tiers.percent_of(rate.ratio() * tier_portion) / Ratio::whole(100);
        let insurance = insurance(law, payee, pay / Ratio::whole(12), day).unwrap_or(Ratio::ZERO) * Ratio::whole(12);
        pay - pension - tax.of_year(pay - pension) - insurance
    };
    let now = net(salary);
    let starts: Vec<Pence> = tiers
        .tiers
        .iter()
        .map(|(from, _)| Pence(i64::try_from((from.ratio() / tier_portion).ceiling()).unwrap_or(i64::MAX)))
        .filter(|start| *start > salary)
        .collect();
    let mut cliffs: Vec<Cliff> = Vec::new();
    for (at, start) in starts.iter().enumerate() {
        let last = starts.get(at + 1).map_or(Pence(start.0.saturating_mul(2)), |next| Pence(next.0 - 1));
        let lost = now - net(*start);
        if lost <= Ratio::ZERO {
            continue;
        }
        // The first salary of this tier that leaves as much as before; the whole tier leaves less if its last one does.
        let (mut low, mut high) = (start.0, last.0);
        let ends = net(last) >= now;
        while ends && low < high {
            let middle = low + (high - low) / 2;
            if net(Pence(middle)) >= now { high = middle } else { low = middle + 1 }
        }
        let until = if ends { Pence(low) } else { Pence(last.0 + 1) };
        let percents = (tiers.percent_of(Pence(start.0 - 1).ratio() * tier_portion), tiers.percent_of(start.ratio() * tier_portion));
        match cliffs.last_mut() {
            // The tier before ended lower still: one long cliff.
            Some(cliff) if cliff.until_rise == *start - salary => {
                cliff.until_rise = until - salary;
                cliff.most_lost = cliff.most_lost.max(Pence::nearest(lost));
                cliff.percents.1 = percents.1;
            }
            _ => cliffs.push(Cliff { from_rise: *start - salary, until_rise: until - salary, most_lost: Pence::nearest(lost), percents }),
        }
    }
    Ok(cliffs)
}
