//! What the law takes out of pay by day: income tax, National Insurance, student loans. Thresholds and rates are data with
//! sources (`data/tax`); what a payroll does with them in a month is here. Definitions and worked figures:
//! `docs/spec/pay.md`, P70 to P74 and P77.
//!
//! Not here: the pension (`pension`), a member's year (`take_home`).

use dated::{Dated, Faults, FileBytes, Ratio, Sources, Table, Timeline, TomlFile};

use crate::money::Pence;
use crate::on_costs::{MarginalBand, marginal};

/// The files of `data/tax`, read.
#[derive(Clone, Debug)]
pub struct TaxLaw {
    rest: Timeline<IncomeTax>,
    scotland: Timeline<IncomeTax>,
    /// National Insurance, class 1.
    pub national_insurance: Timeline<ClassOne>,
    /// Apprenticeship levy, in percent of pay.
    pub levy_percent: Timeline<Ratio>,
    /// The plans that student loans are repaid under.
    pub student_loans: Vec<StudentLoan>,
}

/// Who sets the income tax on somebody's pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaxArea {
    /// England, Wales and Northern Ireland.
    Rest,
    /// Scotland, with rates of its own since 6 April 2017.
    Scotland,
}

impl TaxArea {
    /// The words of the files.
    const WORDS: [(&'static str, Self); 2] = [("rest", Self::Rest), ("Scotland", Self::Scotland)];

    /// The area that a nation is in.
    pub fn of_nation(nation: &str) -> Self {
        if nation == "Scotland" { Self::Scotland } else { Self::Rest }
    }
}

/// Income tax of one tax year. Amounts in pence a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomeTax {
    /// What may be earned free of tax.
    pub personal_allowance: Pence,
    /// Above it the allowance falls by one for every two; `None` before April 2010.
    pub taper_above: Option<Pence>,
    /// The bands of taxable pay, lowest first.
    pub bands: Vec<TaxBand>,
}

/// A band of taxable pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxBand {
    /// Its upper end; `None` for the last.
    pub up_to: Option<Pence>,
    /// In percent.
    pub percent: Ratio,
}

impl IncomeTax {
    /// Spec P70: the personal allowance of somebody with this taxable income in the year, in pence.
    pub fn allowance(&self, year_pay: Ratio) -> Ratio {
        let over = self.taper_above.map_or(Ratio::ZERO, |limit| (year_pay - limit.ratio()).max(Ratio::ZERO));
        (self.personal_allowance.ratio() - over / Ratio::whole(2)).max(Ratio::ZERO)
    }

    /// Spec P71: tax due on pay to date after `months` months of the tax year, exact, in pence. Allowance and bands count by
    /// twelfths; `year_pay` is what the allowance of the year follows from.
    pub fn to_date(&self, pay_to_date: Ratio, months: i64, year_pay: Ratio) -> Ratio {
        let portion = Ratio::new(months.into(), 12);
        let taxable = (pay_to_date - self.allowance(year_pay) * portion).max(Ratio::ZERO);
        let mut below = Ratio::ZERO;
        let mut tax = Ratio::ZERO;
        for band in &self.bands {
            let top = band.up_to.map_or(taxable, |up_to| taxable.min(up_to.ratio() * portion));
            tax = tax + (top - below).max(Ratio::ZERO) * band.percent / Ratio::whole(100);
            below = below.max(top);
        }
        tax
    }

    /// Tax on a whole year's pay, exact, in pence.
    pub fn of_year(&self, year_pay: Ratio) -> Ratio {
        self.to_date(year_pay, 12, year_pay)
    }
}

/// A threshold as published for a week, a month and a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// A week.
    pub week: Pence,
    /// A month: what a monthly payroll uses.
    pub month: Pence,
    /// A year, where it was published.
    pub year: Option<Pence>,
}

/// National Insurance of employees and employers, class 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassOne {
    /// From here earnings count; contracted-out rebates are due from here.
    pub lower_earnings_limit: Threshold,
    /// From here employees pay.
    pub primary_threshold: Threshold,
    /// From here employers pay.
    pub secondary_threshold: Threshold,
    /// Up to here contracted-out rebates were due from April 2009; before, up to the upper earnings limit.
    pub upper_accrual_point: Option<Threshold>,
    /// From here employees pay the upper percentage.
    pub upper_earnings_limit: Threshold,
    /// Employees, up to the upper earnings limit.
    pub employee_percent: Ratio,
    /// Employees, above it.
    pub employee_upper_percent: Ratio,
    /// Employers.
    pub employer_percent: Ratio,
    /// Less in a contracted-out scheme, until April 2016.
    pub contracted_out: Option<Rebates>,
}

/// What a contracted-out scheme of the salary-related kind took off the percentages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebates {
    /// Off the employee's.
    pub employee_percent: Ratio,
    /// Off the employer's.
    pub employer_percent: Ratio,
}

impl ClassOne {
    /// Spec P73: the bands of a month for an employee. A rebate below the primary threshold is a negative percentage.
    pub fn employee_bands(&self, contracted_out: bool) -> Vec<MarginalBand> {
        let rebate = self.contracted_out.filter(|_| contracted_out).map_or(Ratio::ZERO, |rebates| rebates.employee_percent);
        let mut bands = self.bands(self.primary_threshold, self.employee_percent, rebate);
        bands.retain(|band| band.above_month < self.upper_earnings_limit.month);
        bands.push(MarginalBand { above_month: self.upper_earnings_limit.month, percent: self.employee_upper_percent });
        bands
    }

    /// Spec P74: the bands of a month for the employer.
    pub fn employer_bands(&self, contracted_out: bool) -> Vec<MarginalBand> {
        let rebate = self.contracted_out.filter(|_| contracted_out).map_or(Ratio::ZERO, |rebates| rebates.employer_percent);
        self.bands(self.secondary_threshold, self.employer_percent, rebate)
    }

    fn bands(&self, threshold: Threshold, percent: Ratio, rebate: Ratio) -> Vec<MarginalBand> {
        if rebate == Ratio::ZERO {
            return vec![MarginalBand { above_month: threshold.month, percent }];
        }
        let top = self.upper_accrual_point.unwrap_or(self.upper_earnings_limit);
        vec![
            MarginalBand { above_month: self.lower_earnings_limit.month, percent: -rebate },
            MarginalBand { above_month: threshold.month, percent: percent - rebate },
            MarginalBand { above_month: top.month, percent },
        ]
    }

    /// Spec P73: what an employee pays on a month's earnings, exact, in pence. A rebate is never paid out to the employee.
    pub fn employee_of_month(&self, pay: Ratio, contracted_out: bool) -> Ratio {
        marginal(&self.employee_bands(contracted_out), pay).max(Ratio::ZERO)
    }
}

/// A plan that student loans are repaid under.
#[derive(Clone, Debug)]
pub struct StudentLoan {
    /// `plan1`, `plan2`, `plan4`, `plan5` or `postgraduate`.
    pub id: String,
    /// For people.
    pub title: String,
    /// Threshold and percentage through time.
    pub terms: Timeline<LoanTerms>,
}

/// What is repaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoanTerms {
    /// Pay of a year above which repayments are due.
    pub threshold_year: Pence,
    /// In percent of what lies above.
    pub percent: Ratio,
}

impl LoanTerms {
    /// Spec P77: the repayment of a month: threshold and repayment are rounded down to the pound.
    pub fn of_month(&self, pay: Pence) -> Pence {
        let pounds = |pence: Ratio| pence / Ratio::whole(100);
        let threshold = Ratio::new(pounds(self.threshold_year.ratio() / Ratio::whole(12)).floor(), 1);
        let over = (pay.pounds() - threshold).max(Ratio::ZERO);
        Pence(i64::try_from((over * self.percent / Ratio::whole(100)).floor()).unwrap_or(0) * 100)
    }
}

impl TaxLaw {
    /// Reads `tax/income-tax.toml`, `tax/national-insurance.toml` and `tax/student-loans.toml`, each given as name and bytes.
    pub fn read(files: [(&str, &FileBytes); 3], sources: &Sources, faults: &Faults) -> Self {
        let [income_tax, national_insurance, student_loans] = files;
        let mut areas: [Vec<Dated<IncomeTax>>; 2] = [Vec::new(), Vec::new()];
        let root = |(name, bytes): (&str, &FileBytes), read: &mut dyn FnMut(&Table<'_>)| {
            if let Some(file) = TomlFile::read(name, bytes, faults) {
                file.with_root(faults, |root| read(root));
            }
        };
        root(income_tax, &mut |root| {
            root.list("year", |entry, _| {
                let area = entry.choice("area", &TaxArea::WORDS);
                let year = dated(entry, sources, IncomeTax::read);
                areas[usize::from(area? == TaxArea::Scotland)].push(year?);
                Some(())
            });
        });
        let (mut class_one, mut levy, mut loans) = (Vec::new(), Vec::new(), Vec::<(String, String, Vec<Dated<LoanTerms>>)>::new());
        root(national_insurance, &mut |root| {
            class_one = root.list("class_1", |entry, _| dated(entry, sources, ClassOne::read));
            levy = root.list("levy", |entry, _| dated(entry, sources, |entry| percent(entry, "percent")));
        });
        root(student_loans, &mut |root| {
            root.list("loan", |entry, _| {
                let (plan, title) = (entry.id("plan"), entry.text("title"));
                let terms = dated(entry, sources, |entry| {
                    let (threshold_year, percent) = (pounds(entry, "threshold_year"), percent(entry, "percent"));
                    Some(LoanTerms { threshold_year: threshold_year?, percent: percent? })
                });
                let (plan, title, terms) = (plan?, title?, terms?);
                match loans.iter_mut().find(|(known, ..)| *known == plan) {
                    Some((_, _, all)) => all.push(terms),
                    None => loans.push((plan, title, vec![terms])),
                }
                Some(())
            });
        });
        let [rest, scotland] = areas;
        Self {
            rest: Timeline::check("income tax", rest, faults),
            scotland: Timeline::check("income tax in Scotland", scotland, faults),
            national_insurance: Timeline::check("National Insurance", class_one, faults),
            levy_percent: Timeline::check("the apprenticeship levy", levy, faults),
            student_loans: loans
                .into_iter()
                .map(|(id, title, terms)| StudentLoan {
                    terms: Timeline::check(&format!("the threshold of {}", title.to_lowercase()), terms, faults),
                    id,
                    title,
                })
                .collect(),
        }
    }

    /// Income tax through time.
    pub fn income_tax(&self, area: TaxArea) -> &Timeline<IncomeTax> {
        match area {
            TaxArea::Rest => &self.rest,
            TaxArea::Scotland => &self.scotland,
        }
    }

    /// The plan of that id.
    pub fn student_loan(&self, id: &str) -> Option<&StudentLoan> {
        self.student_loans.iter().find(|loan| loan.id == id)
    }
}

impl IncomeTax {
    fn read(entry: &Table<'_>) -> Option<Self> {
        let personal_allowance = pounds(entry, "personal_allowance");
        let taper_above = entry.has("taper_above").then(|| pounds(entry, "taper_above"));
        let bands = entry.list("bands", |band, _| {
            let up_to = band.has("up_to").then(|| pounds(band, "up_to"));
            let percent = percent(band, "percent")?;
            Some(TaxBand { up_to: up_to.map_or(Some(None), |read| read.map(Some))?, percent })
        });
        let rising = bands.windows(2).all(|pair| pair[0].up_to.is_some() && pair[1].up_to.is_none_or(|top| Some(top) > pair[0].up_to));
        if bands.last().is_none_or(|last| last.up_to.is_some()) || !rising {
            entry.fault(
                "tax-bands",
                "bands",
                "the bands do not rise to one without an end",
                "give each band the `up_to` it ends at, lowest first, and the last one none",
            );
            return None;
        }
        Some(Self { personal_allowance: personal_allowance?, taper_above: taper_above.map_or(Some(None), |read| read.map(Some))?, bands })
    }
}

impl ClassOne {
    fn read(entry: &Table<'_>) -> Option<Self> {
        let lower_earnings_limit = threshold(entry, "lower_earnings_limit");
        let primary_threshold = threshold(entry, "primary_threshold");
        let secondary_threshold = threshold(entry, "secondary_threshold");
        let upper_accrual_point = entry.has("upper_accrual_point").then(|| threshold(entry, "upper_accrual_point"));
        let upper_earnings_limit = threshold(entry, "upper_earnings_limit");
        let employee_percent = percent(entry, "employee_percent");
        let employee_upper_percent = percent(entry, "employee_upper_percent");
        let employer_percent = percent(entry, "employer_percent");
        let contracted_out = entry.optional_table("contracted_out", |rebates| {
            let (employee, employer) = (percent(rebates, "employee_rebate"), percent(rebates, "employer_rebate"));
            Some(Rebates { employee_percent: employee?, employer_percent: employer? })
        });
        let read = Self {
            lower_earnings_limit: lower_earnings_limit?,
            primary_threshold: primary_threshold?,
            secondary_threshold: secondary_threshold?,
            upper_accrual_point: upper_accrual_point.map_or(Some(None), |read| read.map(Some))?,
            upper_earnings_limit: upper_earnings_limit?,
            employee_percent: employee_percent?,
            employee_upper_percent: employee_upper_percent?,
            employer_percent: employer_percent?,
            contracted_out: contracted_out.map_or(Some(None), |read| read.map(Some))?,
        };
        if read.primary_threshold.month >= read.upper_earnings_limit.month {
            entry.fault(
                "thresholds-backwards",
                "upper_earnings_limit",
                "the upper earnings limit is not above the primary threshold",
                "the limits rise: correct one",
            );
            return None;
        }
        Some(read)
    }
}

/// Reads an entry with its period, source and status.
pub(crate) fn dated<T>(entry: &Table<'_>, sources: &Sources, read: impl FnOnce(&Table<'_>) -> Option<T>) -> Option<Dated<T>> {
    let (from, until) = (entry.date("from"), entry.optional_date("until"));
    let (source, status) = (entry.cite(sources), entry.status());
    let value = read(entry);
    Some(Dated { from: from?, until, value: value?, source, status: status?, place: entry.place() })
}

/// A percentage from 0 to 100.
pub(crate) fn percent(entry: &Table<'_>, key: &str) -> Option<Ratio> {
    let value = entry.decimal(key)?;
    if value.is_negative() || value > Ratio::whole(100) {
        entry.fault("not-a-percentage", key, format!("{key}: {value} is no percentage of pay"), "in percent, from 0 to 100");
        return None;
    }
    Some(value)
}

/// Pounds, none or more, in whole pence.
pub(crate) fn pounds(entry: &Table<'_>, key: &str) -> Option<Pence> {
    let value = entry.decimal(key)?;
    let pence = Pence::from_pounds(value).filter(|pence| pence.0 >= 0);
    if pence.is_none() {
        entry.fault("not-a-sum", key, format!("{key}: {value} is no sum of money"), "pounds with at most two decimals");
    }
    pence
}

/// Months in a week's thresholds: four and a third, so that a slip of the pen is found. Spec P73.
fn threshold(entry: &Table<'_>, key: &str) -> Option<Threshold> {
    if !entry.has(key) {
        entry.fault("missing-key", key, format!("“{key}” is missing"), format!("add `{key} = {{ week = 100, month = 435 }}`"));
        return None;
    }
    let read = entry.optional_table(key, |table| {
        let (week, month) = (pounds(table, "week"), pounds(table, "month"));
        let year = table.has("year").then(|| pounds(table, "year"));
        Some(Threshold { week: week?, month: month?, year: year.map_or(Some(None), |read| read.map(Some))? })
    })??;
    let month_of_week = read.week.ratio() * Ratio::new(52, 12);
    let month_of_year = read.year.map_or(read.month.ratio(), |year| year.ratio() / Ratio::whole(12));
    if (read.month.ratio() - month_of_week).abs() > Ratio::whole(300) || (read.month.ratio() - month_of_year).abs() > Ratio::whole(100) {
        entry.fault(
            "threshold-months",
            key,
            format!("{key}: {} a month does not go with {} a week or with the year", read.month, read.week),
            "a month is 52 twelfths of the week to three pounds, and a twelfth of the year to the pound: correct one",
        );
        return None;
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pence(pounds: i64) -> Pence {
        Pence(pounds * 100)
    }

    fn tax_2023() -> IncomeTax {
        IncomeTax {
            personal_allowance: pence(12_570),
            taper_above: Some(pence(100_000)),
            bands: vec![
                TaxBand { up_to: Some(pence(37_700)), percent: Ratio::whole(20) },
                TaxBand { up_to: Some(pence(125_140)), percent: Ratio::whole(40) },
                TaxBand { up_to: None, percent: Ratio::whole(45) },
            ],
        }
    }

    #[test]
    fn tax_of_a_year_is_band_by_band_and_the_allowance_goes_above_a_hundred_thousand() {
        let tax = |pounds: i64| Pence::nearest(tax_2023().of_year(pence(pounds).ratio()));
        assert_eq!(tax(12_570), Pence::ZERO);
        assert_eq!(tax(30_000), pence(3_486)); // 20% of 17,430
        assert_eq!(tax(60_000), pence(11_432)); // 7,540 and 40% of 9,730
        assert_eq!(tax(110_000), pence(33_432)); // the allowance is 7,570
        assert_eq!(tax(125_140), pence(42_516)); // no allowance: 7,540 and 40% of 87,440
        assert_eq!(tax(150_000), pence(53_703)); // and 45% of 24,860
    }

    #[test]
    fn a_month_uses_its_twelfth_of_allowance_and_bands() {
        let month = tax_2023().to_date(Ratio::whole(250_000), 1, Ratio::whole(3_000_000));
        assert_eq!(month, Ratio::whole(29_050)); // 20% of 2,500 less 1,047.50
    }

    #[test]
    fn the_repayment_of_a_month_is_that_of_the_manual() {
        // CSLM18025: 2,075 a month, threshold 17,495 a year (1,457 a month), 9%: 55.62, so 55.
        let plan = LoanTerms { threshold_year: pence(17_495), percent: Ratio::whole(9) };
        assert_eq!(plan.of_month(Pence(207_500)), Pence(5_500));
        assert_eq!(plan.of_month(Pence(145_700)), Pence::ZERO);
        assert_eq!(plan.of_month(Pence::ZERO), Pence::ZERO);
        // 25,000 is 2,083.33 a month, so 2,083: 9% of 22.30 is 2.007. Above 2,083.33 it would be 1.98.
        let plan = LoanTerms { threshold_year: pence(25_000), percent: Ratio::whole(9) };
        assert_eq!(plan.of_month(Pence(210_530)), Pence(200));
    }

    fn class_one(contracted_out: bool) -> ClassOne {
        let at = |month: i64| Threshold { week: Pence::ZERO, month: pence(month), year: None };
        ClassOne {
            lower_earnings_limit: at(481),
            primary_threshold: at(663),
            secondary_threshold: at(663),
            upper_accrual_point: Some(at(3_337)),
            upper_earnings_limit: at(3_489),
            employee_percent: Ratio::whole(12),
            employee_upper_percent: Ratio::whole(2),
            employer_percent: Ratio::new(138, 10),
            contracted_out: contracted_out
                .then_some(Rebates { employee_percent: Ratio::new(14, 10), employer_percent: Ratio::new(34, 10) }),
        }
    }

    #[test]
    fn a_contracted_out_month_has_its_rebates_from_the_lower_limit_to_the_accrual_point() {
        let law = class_one(true);
        let of = |month: i64| Pence::nearest(law.employee_of_month(pence(month).ratio(), true));
        // 10.6% of 1,337 less 1.4% of 182 is 141.722 − 2.548.
        assert_eq!(of(2_000), Pence(13_917));
        // Below the primary threshold the rebate is the employer's: the employee pays nothing.
        assert_eq!(of(650), Pence::ZERO);
        // 10.6% of 2,674, 12% of 152, 2% of 511, less 2.548: 283.444 + 18.24 + 10.22 − 2.548 = 309.356.
        assert_eq!(of(4_000), Pence(30_936));
        assert_eq!(Pence::nearest(law.employee_of_month(pence(2_000).ratio(), false)), Pence(16_044));
        assert_eq!(law.employer_bands(true).iter().map(|band| band.percent.to_short(1)).collect::<Vec<_>>(), ["-3.4", "10.4", "13.8"]);
    }

    #[test]
    fn faults_of_the_files_come_all_at_once() {
        let income_tax = "[[year]]\narea = \"Skotland\"\nfrom = 2031-04-06\npersonal_allowance = 1000.005\nbands = [{ up_to = 500, percent = 20 }]\nstatus = \"synthetic\"\nsource = \"S\"\n";
        let insurance = "[[class_1]]\nfrom = 2031-04-06\nlower_earnings_limit = { week = 100, month = 4350 }\nprimary_threshold = { week = 100, month = 435 }\nsecondary_threshold = { week = 100, month = 435 }\nemployee_percent = 120\nemployee_upper_percent = 2\nemployer_percent = 13\nstatus = \"synthetic\"\nsource = \"S\"\n";
        let faults = Faults::new();
        let bytes = [income_tax, insurance, "# nothing\n"].map(|text| FileBytes::Read(text.into()));
        let files = [("income-tax.toml", &bytes[0]), ("national-insurance.toml", &bytes[1]), ("student-loans.toml", &bytes[2])];
        let _ = TaxLaw::read(files, &Sources::default(), &faults);
        let mut codes: Vec<_> = faults.into_sorted().iter().map(|fault| (fault.place.file.to_string(), fault.code)).collect();
        codes.retain(|(_, code)| *code != "unknown-source");
        codes.sort();
        let expected = [
            ("income-tax.toml", "not-a-sum"),
            ("income-tax.toml", "tax-bands"),
            ("income-tax.toml", "unknown-word"),
            ("national-insurance.toml", "missing-key"),
            ("national-insurance.toml", "not-a-percentage"),
            ("national-insurance.toml", "threshold-months"),
        ];
        assert_eq!(codes, expected.map(|(file, code)| (file.to_owned(), code)));
    }

    proptest! {
        #[test]
        fn more_pay_never_means_less_after_tax_and_insurance(pay in 0_i64..30_000_000, more in 1_i64..1_000_000) {
            let (tax, insurance) = (tax_2023(), class_one(true));
            let left = |pence: i64| {
                let month = Ratio::whole(pence) / Ratio::whole(12);
                Ratio::whole(pence) - tax.of_year(Ratio::whole(pence)) - insurance.employee_of_month(month, true) * Ratio::whole(12)
            };
            prop_assert!(left(pay + more) > left(pay));
        }

        #[test]
        fn twelve_equal_months_make_the_tax_of_the_year(pay in 0_i64..20_000_000) {
            let (tax, year) = (tax_2023(), Ratio::whole(pay));
            prop_assert_eq!(tax.to_date(year, 12, year), tax.of_year(year));
            for month in 1..=12_i64 {
                let portion = Ratio::new(month.into(), 12);
                prop_assert_eq!(tax.to_date(year * portion, month, year), tax.of_year(year) * portion);
            }
        }
    }
}
