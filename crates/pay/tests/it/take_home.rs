//! What a member keeps, on the carried data: the known case of September 2022, the worked figures of the specification, and what
//! must hold for any award.

use dated::{Date, Month, Ratio};
use pay::{Employment, LumpDue, PayYear, Payee, Pence, PensionScheme, RateFrom, RatePath, TaxArea, TaxLaw, cliffs, steady, take_home};
use proptest::prelude::*;

use crate::beside::law;

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

fn path(base: i64, from: Date, rate: i64) -> RatePath {
    RatePath { base: Pence(base * 100), rates: vec![RateFrom { from, rate: Pence(rate * 100), step: 0 }] }
}

fn payee(scheme: Option<&PensionScheme>) -> Payee<'_> {
    Payee { area: TaxArea::Rest, employment: Employment::full_time(), pension: scheme, loans: Vec::new() }
}

fn year(first: i16) -> PayYear {
    PayYear::holding(day(first, 4, 6), 4)
}

fn scheme<'s>(schemes: &'s [PensionScheme], id: &str) -> &'s PensionScheme {
    schemes.iter().find(|scheme| scheme.id == id).expect("the scheme")
}

#[test]
fn band_8a_in_september_2022_takes_home_less_in_the_month_its_arrears_arrive() {
    let (law, schemes, _) = law();
    let payee = payee(Some(scheme(&schemes, "nhs")));
    let path = path(47_126, day(2022, 4, 1), 48_526);
    let years = take_home(&law, &payee, &path, &[], Some(day(2022, 9, 30)), &[year(2022)]);
    let [with, without] = years[0].result.clone().expect("2022-23 is in the data");
    let month = |number: usize| &with.months[number - 4];
    let percents: Vec<String> = with.months.iter().map(|month| month.pension_percent.expect("a tier").to_short(1)).collect();
    assert_eq!(percents, ["9.3", "9.3", "9.3", "9.3", "9.3", "12.5", "10", "10", "10", "10", "10", "10"]);
    let september = &month(9).pay;
    assert_eq!((september.gross, september.arrears), (Pence(462_713), Pence(58_330)));
    // 12.5% of 4,043.83 is 505.48; for each of five months 505.48 less the 365.23 already taken.
    assert_eq!(september.pension, Pence(50_548 + 5 * (50_548 - 36_523)));
    assert_eq!(month(8).pay.net() - september.net(), Pence(16_216));
    // From October the tier is 10% of actual pay before and after: of 116.66, less pension 11.66, tax 42.01 and insurance 15.45
    // (tax 40%, and the twelfths of a year whose September was low).
    assert!(month(10).pay.net() > without.months[6].pay.net());
    assert_eq!(with.total().net() - without.total().net(), Pence(25_637));
    // Under the law of September: rises from 720 leave less than none.
    let found = cliffs(&law, &payee, path.base, day(2022, 9, 28)).expect("known");
    assert_eq!(found[0].from_rise, Pence(72_000));
    assert_eq!((found[0].percents.0.to_short(1), found[0].percents.1.to_short(1)), ("9.3".to_owned(), "12.5".to_owned()));
    assert!(found[0].until_rise > Pence(140_000), "the 1,400 of 2022 lie inside: {found:?}");
}

#[test]
fn a_flat_contribution_of_2007_and_contracted_out_insurance() {
    let (law, schemes, _) = law();
    let year_at =
        |id: &str| steady(&law, &payee(Some(scheme(&schemes, id))), Pence(2_400_000), Pence(2_400_000), day(2007, 10, 28)).expect("known");
    let nhs = year_at("nhs");
    // 2,000 a month: pension 120; 9.4% of 1,565 less 1.6% of 58 is 146.182; tax on 22,560: 223 and 22% of 15,105.
    assert_eq!((nhs.pension, nhs.insurance, nhs.tax), (Pence(144_000), Pence(12 * 14_618), Pence(354_610)));
    assert_eq!(year_at("nhs-manual").pension, Pence(120_000));
    let outside = steady(&law, &payee(None), Pence(2_400_000), Pence(2_400_000), day(2007, 10, 28)).expect("known");
    assert_eq!((outside.pension, outside.insurance), (Pence::ZERO, Pence(12 * 17_215)));
}

#[test]
fn the_tier_of_2014_is_that_of_the_pay_of_the_year_before_and_whole_time() {
    let (law, schemes, _) = law();
    let half =
        Payee { employment: Employment { portion: Ratio::new(1, 2), ..Employment::full_time() }, ..payee(Some(scheme(&schemes, "nhs"))) };
    // 21,300 the year before is in the tier of 5.6%, though 21,500 is above 21,388 and half of it below 15,432.
    let [with, _] =
        take_home(&law, &half, &path(21_300, day(2014, 4, 1), 21_500), &[], None, &[year(2014)])[0].result.clone().expect("known");
    assert!(with.months.iter().all(|month| month.pension_percent == Some(Ratio::new(56, 10))), "{:?}", with.months[0]);
    // From October 2022 the tier is that of actual pay: half of 40,000 is in the tier of 6.1%.
    let [with, _] =
        take_home(&law, &half, &path(39_000, day(2022, 4, 1), 40_000), &[], None, &[year(2022)])[0].result.clone().expect("known");
    assert_eq!(with.months[5].pension_percent.map(|percent| percent.to_short(1)), Some("9.3".to_owned()));
    assert_eq!(with.months[6].pension_percent.map(|percent| percent.to_short(1)), Some("6.1".to_owned()));
}

#[test]
fn what_is_not_in_the_data_is_named() {
    let (law, schemes, _) = law();
    let years = [year(2006), year(2010)];
    let found = take_home(&law, &payee(Some(scheme(&schemes, "nhs"))), &path(20_000, day(2006, 4, 1), 21_000), &[], None, &years);
    let missing: Vec<Vec<String>> = found.into_iter().map(|year| year.result.expect_err("not in the data")).collect();
    assert!(missing[0].iter().any(|why| why.starts_with("no value of income tax is known for 28 April 2006")), "{missing:?}");
    assert_eq!(missing[1], ["the tiers of April 2008 to March 2014 of the NHS Pension Scheme are not in the data"]);
}

#[test]
fn arrears_for_the_year_before_arrive_with_their_contributions() {
    let (law, schemes, _) = law();
    let payee = payee(Some(scheme(&schemes, "nhs")));
    let path = path(30_000, day(2024, 4, 1), 31_200);
    let years = take_home(&law, &payee, &path, &[], Some(day(2025, 6, 10)), &[year(2024), year(2025)]);
    let [before, without] = years[0].result.clone().expect("known");
    assert_eq!(before.total(), without.total());
    let [after, _] = years[1].result.clone().expect("known");
    // Fourteen months of 100, and 8.3% of them.
    assert_eq!(after.months[2].pay.arrears, Pence(140_000));
    assert_eq!(after.months[2].pay.pension, Pence(21_580 + 14 * (21_580 - 20_750)));
    assert_eq!(after.months[3].pay.arrears, Pence::ZERO);
}

#[test]
fn a_one_off_sum_is_taxed_and_not_pensionable() {
    let (law, schemes, _) = law();
    let payee = payee(Some(scheme(&schemes, "nhs")));
    let lump = LumpDue { paid_on: day(2023, 6, 15), amount: Pence(165_500) };
    let path = RatePath { base: Pence(3_340_200), rates: Vec::new() };
    let [with, without] = take_home(&law, &payee, &path, &[lump], None, &[year(2023)])[0].result.clone().expect("known");
    let (with, without) = (&with.months[2].pay, &without.months[2].pay);
    assert_eq!((with.gross - without.gross, with.pension - without.pension), (Pence(165_500), Pence::ZERO));
    // 2,783.50 a month: 12% up to 4,189, which is 168.66, and 2% of the 249.50 above, which is 4.99.
    assert_eq!((with.tax - without.tax, with.insurance - without.insurance), (Pence(33_100), Pence(16_866 + 499)));
}

fn any_year() -> impl Strategy<Value = i16> {
    prop_oneof![Just(2007_i16), Just(2014), 2015_i16..2027]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Paying late changes when, not how much is gross; and every month adds up.
    #[test]
    fn late_payment_moves_gross_pay_and_loses_none(first in any_year(), base in 12_000_i64..90_000, rise in 0_i64..5_000, wait in 0_i32..11) {
        let (law, schemes, _) = law_once();
        let payee = payee(Some(scheme(schemes, "nhs")));
        let path = path(base, day(first, 4, 1), base + rise);
        let paid_on = Month::of(day(first, 4, 1)).plus(wait).first_day();
        let total = |paid_on| take_home(law, &payee, &path, &[], paid_on, &[year(first)])[0].result.clone().expect("known")[0].clone();
        let (late, prompt) = (total(Some(paid_on)), total(None));
        prop_assert_eq!(late.total().gross, prompt.total().gross);
        prop_assert_eq!(late.total().pension, prompt.total().pension);
        for month in &late.months {
            let pay = &month.pay;
            prop_assert_eq!(pay.net() + pay.pension + pay.tax + pay.insurance + pay.loan, pay.gross);
            prop_assert!(pay.insurance >= Pence::ZERO);
        }
    }

    /// A cliff is where the finder says: inside less is left than without a rise, just outside not.
    #[test]
    fn cliffs_begin_and_end_where_they_say(first in any_year(), salary in 12_000_i64..120_000) {
        let (law, schemes, _) = law_once();
        let payee = payee(Some(scheme(schemes, "nhs")));
        let on = day(first, 9, 28);
        let net = |rate: Pence| steady(law, &payee, rate, rate, on).expect("known").net();
        // A year of twelve rounded months may differ by a few pence from the exact year of the finder.
        let slack = Pence(40);
        let salary = Pence(salary * 100);
        for cliff in cliffs(law, &payee, salary, on).expect("known") {
            prop_assert!(cliff.from_rise < cliff.until_rise);
            prop_assert!(net(salary + cliff.from_rise) <= net(salary) + slack);
            prop_assert!(net(salary + cliff.until_rise - Pence(1)) <= net(salary) + slack);
            prop_assert!(net(salary + cliff.until_rise + Pence(100)) + slack >= net(salary));
            prop_assert!(net(salary + cliff.from_rise - Pence(100)) + slack >= net(salary));
        }
    }
}

fn law_once() -> &'static (TaxLaw, Vec<PensionScheme>, Vec<pay::OnCosts>) {
    static LAW: std::sync::OnceLock<(TaxLaw, Vec<PensionScheme>, Vec<pay::OnCosts>)> = std::sync::OnceLock::new();
    LAW.get_or_init(law)
}

fn law_refs() -> (&'static TaxLaw, &'static [PensionScheme]) {
    let (law, schemes, _) = law_once();
    (law, schemes)
}

#[test]
fn employers_pay_by_day_what_the_data_say() {
    let (law, _) = law_refs();
    let on_costs = &law_once().2;
    let titles: Vec<&str> = on_costs.iter().map(|costs| costs.title.as_str()).collect();
    assert_eq!(
        titles,
        ["NHS Pension Scheme: what the employer pays", "NHS Pension Scheme: with what is paid centrally", "Staff in no pension scheme"]
    );
    let of = |at: usize, on: Date| on_costs[at].on(on).expect("known").of_month(Pence(250_000));
    // 2,500 in 2014: 10.4% of 1,837 less 3.4% of 182; pension 14%; no levy.
    assert_eq!(of(0, day(2014, 5, 28)), [Pence(19_105 - 619), Pence(35_000), Pence::ZERO]);
    // In 2026: 15% of 2,083; 14.38% and 23.78%; half a percent.
    assert_eq!(of(0, day(2026, 5, 28)), [Pence(31_245), Pence(35_950), Pence(1_250)]);
    assert_eq!(of(1, day(2026, 5, 28))[1], Pence(59_450));
    assert_eq!(of(2, day(2026, 5, 28))[1], Pence::ZERO);
    assert_eq!(law.national_insurance.entries().len(), 23);
}
