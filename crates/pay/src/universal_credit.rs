//! What of a rise somebody on Universal Credit keeps: the taper and the work allowance by date (`data/benefits`). Spec P99 to P102.
//!
//! Only the change is worked out, never an award: whether somebody is entitled, and to how much, turns on a household that is not
//! known here. Council tax reduction and what goes with the credit (school meals, prescriptions) are not reckoned.

use dated::{Date, Faults, FileBytes, Month, Ratio, Sources, Status, Timeline, TomlFile};

use crate::money::Pence;
use crate::take_home::{Steady, TakeHome, TakeHomeYear};
use crate::tax::{dated, percent, pounds};

/// What is not reckoned, to be said wherever a figure of this module stands.
pub const NOT_RECKONED: &str = "Not reckoned: council tax reduction, of which each council has its own scheme, and what goes with the credit, such \
     as free school meals or prescriptions. Other earnings in the household are taken to be none: a partner's use up the work allowance first. New \
     amounts apply from the first assessment period after they begin, which may be a month later.";

/// The files of `data/benefits`, read.
#[derive(Clone, Debug)]
pub struct UniversalCredit {
    /// How much of a pound of earnings above the work allowance is taken, in percent.
    pub taper_percent: Timeline<Ratio>,
    /// What may be earned before the taper begins.
    pub allowances: Timeline<WorkAllowances>,
}

/// Work allowances, a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkAllowances {
    /// With help towards rent in the credit.
    pub with_housing: Pence,
    /// Without it.
    pub without_housing: Pence,
}

/// Which work allowance somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimant {
    /// None: no child, and nobody with limited capability for work.
    NoAllowance,
    /// The lower one: the credit helps with rent.
    WithHousing,
    /// The higher one.
    WithoutHousing,
}

impl Claimant {
    /// The words of options and forms.
    pub const WORDS: [(&'static str, Self); 3] =
        [("no-allowance", Self::NoAllowance), ("with-housing", Self::WithHousing), ("without-housing", Self::WithoutHousing)];

    /// By its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, claimant)| *claimant)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, claimant)| *claimant == self).map_or("", |(word, _)| word)
    }

    fn allowance(self, allowances: WorkAllowances) -> Pence {
        match self {
            Self::NoAllowance => Pence::ZERO,
            Self::WithHousing => allowances.with_housing,
            Self::WithoutHousing => allowances.without_housing,
        }
    }
}

/// What an award costs somebody in Universal Credit in a tax year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditYear {
    /// Month by month, how much less credit there is.
    pub months: Vec<(Month, Pence)>,
    /// The months in which no credit is left, where the award before was given.
    pub used_up_in: Vec<Month>,
    /// What of the law used is not certain, in words.
    pub estimated: Vec<String>,
}

impl CreditYear {
    /// How much less credit there is in the year.
    pub fn less(&self) -> Pence {
        self.months.iter().map(|(_, less)| *less).sum()
    }
}

impl UniversalCredit {
    /// Reads `[[taper]]` and `[[work_allowance]]`.
    pub fn read(file: &str, bytes: &FileBytes, sources: &Sources, faults: &Faults) -> Self {
        let (mut tapers, mut allowances) = (Vec::new(), Vec::new());
        if let Some(read) = TomlFile::read(file, bytes, faults) {
            read.with_root(faults, |root| {
                tapers = root.list("taper", |entry, _| dated(entry, sources, |entry| percent(entry, "percent")));
                allowances = root.list("work_allowance", |entry, _| {
                    dated(entry, sources, |entry| {
                        let (with_housing, without_housing) = (pounds(entry, "with_housing"), pounds(entry, "without_housing"));
                        Some(WorkAllowances { with_housing: with_housing?, without_housing: without_housing? })
                    })
                });
            });
        }
        Self {
            taper_percent: Timeline::check("the taper of Universal Credit", tapers, faults),
            allowances: Timeline::check("the work allowance of Universal Credit", allowances, faults),
        }
    }

    /// Spec P100: by how much pay of a month reduces the credit, under the law of its payday. Earnings are pay less pension, tax and
    /// National Insurance; student loans are not taken off (Universal Credit Regulations 2013, regulation 55).
    ///
    /// # Errors
    /// What is missing in the data, named.
    pub fn reduction(&self, claimant: Claimant, pay: &TakeHome, day: Date) -> Result<Pence, Vec<String>> {
        let mut missing = Vec::new();
        let taper = self.taper_percent.on(day).map_err(|why| missing.push(why.to_string())).ok();
        let allowance = match claimant {
            Claimant::NoAllowance => Some(Pence::ZERO),
            _ => self.allowances.on(day).map_err(|why| missing.push(why.to_string())).ok().map(|row| claimant.allowance(row.value)),
        };
        let (Some(taper), Some(allowance)) = (taper, allowance) else { return Err(missing) };
        let earnings = pay.gross - pay.pension - pay.tax - pay.insurance;
        let above = (earnings - allowance).max(Pence::ZERO);
        Ok(Pence::nearest(above.ratio() * taper.value / Ratio::whole(100)))
    }

    /// Spec P101: month by month, the credit lost through an award: `with` it and `without` it. `credit` is what was paid a month before
    /// the award, beyond which nothing can be lost; where it is not known, it is taken to be enough.
    ///
    /// # Errors
    /// What is missing in the data, each thing once.
    pub fn lost(
        &self,
        claimant: Claimant,
        credit: Option<Pence>,
        with: &TakeHomeYear,
        without: &TakeHomeYear,
    ) -> Result<CreditYear, Vec<String>> {
        let mut year = CreditYear { months: Vec::new(), used_up_in: Vec::new(), estimated: Vec::new() };
        let mut missing: Vec<String> = Vec::new();
        for (with, without) in with.months.iter().zip(&without.months) {
            let day = payday(with.month);
            match (self.reduction(claimant, &with.pay, day), self.reduction(claimant, &without.pay, day)) {
                (Ok(more), Ok(less)) => {
                    let lost = more - less;
                    let capped = credit.map_or(lost, |credit| lost.min(credit));
                    if credit.is_some_and(|credit| lost >= credit && lost > Pence::ZERO) {
                        year.used_up_in.push(with.month);
                    }
                    year.months.push((with.month, capped));
                    year.estimated.extend(self.estimated_on(claimant, day));
                }
                (Err(why), _) | (_, Err(why)) => missing.extend(why),
            }
        }
        // The same gap names each of its months: the first is enough.
        let about = |sentence: &String| sentence.split(" is known for ").next().map(str::to_owned);
        missing.dedup_by_key(|sentence| about(sentence));
        year.estimated.dedup();
        if missing.is_empty() { Ok(year) } else { Err(missing) }
    }

    /// Spec P102: the credit lost a month once pay goes on unchanged, by pay of a year before and after under the law of a day.
    ///
    /// # Errors
    /// What is missing in the data.
    pub fn lost_a_month(
        &self,
        claimant: Claimant,
        credit: Option<Pence>,
        [before, after]: &[Steady; 2],
        day: Date,
    ) -> Result<Pence, Vec<String>> {
        let month = |year: &Steady| {
            let twelfth = |sum: Pence| Pence::nearest(sum.ratio() / Ratio::whole(12));
            TakeHome {
                gross: twelfth(year.gross),
                pension: twelfth(year.pension),
                tax: twelfth(year.tax),
                insurance: twelfth(year.insurance),
                ..TakeHome::default()
            }
        };
        let lost = self.reduction(claimant, &month(after), day)? - self.reduction(claimant, &month(before), day)?;
        Ok(credit.map_or(lost, |credit| lost.min(credit)))
    }

    fn estimated_on(&self, claimant: Claimant, day: Date) -> Option<String> {
        let row = self.allowances.on(day).ok().filter(|_| claimant != Claimant::NoAllowance)?;
        let from = dated::long_date(row.from);
        (row.status == Status::Estimated).then(|| format!("the work allowance of Universal Credit from {from} is estimated"))
    }
}

fn payday(month: Month) -> Date {
    month.first_day().with().day(28).build().unwrap_or(month.first_day())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &str = "[[taper]]\nfrom = 2031-04-06\npercent = 55\nstatus = \"synthetic\"\nsource = \"S\"\n\
        [[work_allowance]]\nfrom = 2031-04-06\nuntil = 2032-04-06\nwith_housing = 400\nwithout_housing = 700\nstatus = \"synthetic\"\nsource = \"S\"\n";

    fn law() -> UniversalCredit {
        let faults = Faults::new();
        let sources = Sources::read_csv("s.csv", &FileBytes::Read(b"id,title,where,licence\nS,s,s,s\n".to_vec()), &faults);
        let law = UniversalCredit::read("uc.toml", &FileBytes::Read(DATA.into()), &sources, &faults);
        assert!(faults.is_empty(), "{:?}", faults.into_sorted());
        law
    }

    fn pay(gross: i64, pension: i64, tax: i64, insurance: i64, loan: i64) -> TakeHome {
        let sum = |pounds: i64| Pence(pounds * 100);
        TakeHome {
            gross: sum(gross),
            pension: sum(pension),
            tax: sum(tax),
            insurance: sum(insurance),
            loan: sum(loan),
            ..TakeHome::default()
        }
    }

    #[test]
    fn the_taper_begins_above_the_allowance_and_the_student_loan_is_not_taken_off() {
        let law = law();
        let day = Date::constant(2031, 6, 28);
        let of = |claimant, pay: &TakeHome| law.reduction(claimant, pay, day).expect("known");
        // 1,500 − 100 − 50 − 50 = 1,300 of earnings; 55% of 900, of 600, of 1,300. A student loan of 40 changes nothing.
        assert_eq!(of(Claimant::WithHousing, &pay(1500, 100, 50, 50, 40)), Pence(49_500));
        assert_eq!(of(Claimant::WithoutHousing, &pay(1500, 100, 50, 50, 0)), Pence(33_000));
        assert_eq!(of(Claimant::NoAllowance, &pay(1500, 100, 50, 50, 0)), Pence(71_500));
        assert_eq!(of(Claimant::WithHousing, &pay(390, 0, 0, 0, 0)), Pence::ZERO);
    }

    #[test]
    fn what_is_not_in_the_data_is_named_and_nothing_is_guessed() {
        let law = law();
        let before = law.reduction(Claimant::WithHousing, &pay(1500, 0, 0, 0, 0), Date::constant(2031, 4, 5)).expect_err("no row");
        assert_eq!(before.len(), 2, "{before:?}");
        assert!(before[0].contains("the taper of Universal Credit") && before[1].contains("the work allowance of Universal Credit"));
        // The taper goes on; the allowance ends. Somebody without one is still reckoned.
        let after = Date::constant(2032, 4, 28);
        assert!(law.reduction(Claimant::WithHousing, &pay(1500, 0, 0, 0, 0), after).is_err());
        assert_eq!(law.reduction(Claimant::NoAllowance, &pay(100, 0, 0, 0, 0), after), Ok(Pence(5_500)));
    }
}
