//! The paybill: worked figures, the slow way beside the fast one, and what holds for any workforce and offer.

use std::collections::BTreeMap;

use dated::{Dated, Faults, Place, Ratio, Status, Timeline};
use pay::{
    Bill, Buy, CostError, CostQuestion, Framework, IncrementRule, JoinersAt, MarginalBand, Offer, OnCosts, PartOfBill, Paths, Paybill,
    Pence, Post, PostPay, Prices, Progression, Scale, Staff, Turnover, Workforce, WorkforceRates, YearDay, flat_offer, highest,
};
use proptest::prelude::*;

use crate::paybill_slow::{name, slow};
use crate::support::{day, month, offer, ratio, scale};

fn framework<'f>(scale: &'f Scale, prices: &'f Prices) -> Framework<'f> {
    Framework {
        scales: vec![scale],
        prices,
        year_start_month: 4,
        prices_known: None,
        full_time_hours: None,
        groups: Vec::new(),
        group: None,
        nations: BTreeMap::from([("England".to_owned(), "England".to_owned()), ("Wales".to_owned(), "England".to_owned())]),
    }
}

fn rates(scale: &Scale, offer: &Offer, workforce: &Workforce) -> WorkforceRates {
    WorkforceRates::of(&framework(scale, &Prices::none()), offer, workforce).expect("everybody is on the scale")
}

fn timeline<T>(values: Vec<(&str, T)>) -> Timeline<T> {
    let faults = Faults::new();
    let days: Vec<_> = values.iter().map(|(from, _)| day(from)).collect();
    let entries = values.into_iter().enumerate().map(|(at, (_, value))| Dated {
        from: days[at],
        until: days.get(at + 1).copied(),
        value,
        source: vec!["ARITHMETIC".into()],
        status: Status::Synthetic,
        place: Place::new("invented", 1),
    });
    Timeline::check("invented", entries.collect(), &faults)
}

/// 10% above 500 a month and 15% above 2,000; 14% pension, 20% from October 2032; half a percent levy. Invented.
fn on_costs() -> OnCosts {
    let band = |above: i64, percent: &str| MarginalBand { above_month: Pence(above * 100), percent: ratio(percent) };
    OnCosts {
        id: "invented".into(),
        nations: Vec::new(),
        title: "invented".into(),
        national_insurance: timeline(vec![
            ("2030-04-06", vec![band(500, "10"), band(2_000, "15")]),
            ("2032-04-06", vec![band(520, "10.25"), band(2_050, "15")]),
        ]),
        pension_percent: timeline(vec![("2030-04-01", ratio("14")), ("2032-10-01", ratio("20.68"))]),
        levy_percent: timeline(vec![("2030-04-01", ratio("0.5"))]),
    }
}

fn points(posts: &[(&str, &str)], portions: &[&str], staff: Vec<Staff>) -> Workforce {
    let post = |(band, point): &(&str, &str)| Post { band: (*band).to_owned(), pay: PostPay::Point((*point).to_owned()) };
    Workforce {
        title: "invented".into(),
        synthetic: Some("invented".into()),
        nations: vec!["England".into(), "Wales".into()],
        employers: vec!["North".into(), "South".into(), "West".into()],
        staff_groups: vec!["nurses".into(), "porters".into()],
        posts: posts.iter().map(post).collect(),
        portions: portions.iter().map(|portion| ratio(portion)).collect(),
        staff,
    }
}

fn staff(post: u32, headcount: u32, portion: u16, increment: Option<(u8, u8)>) -> Staff {
    let increment = increment.map(|(month, day)| YearDay { month, day });
    Staff { post, headcount, employer: 0, staff_group: 0, portion, increment, nation: 0, sex: None }
}

fn question<'q>(offer: &'q Offer, workforce: &'q Workforce, rates: &'q WorkforceRates, years: u32) -> CostQuestion<'q> {
    CostQuestion {
        offer,
        workforce,
        rates,
        on_costs: None,
        first: month("2031-04"),
        years,
        increments: IncrementRule::AS_OFFERED,
        turnover: None,
        by_employer: true,
    }
}

const LADDER: &str = "1 A 24000\n2 A 25200\n3 A 26400";

#[test]
fn award_progression_and_sums_of_a_small_staff_by_hand() {
    // Ten on point 1 with increments on 1 October; 2% from April and 1% more from January; 100 pounds once in June.
    let scale = scale(LADDER, "nearest pound");
    let offer = offer(
        "[[step]]\nfrom = 2031-04-01\npercent = 2\nof = \"base\"\n[[step]]\nfrom = 2032-01-01\npercent = 1\nof = \"base\"\n[[lump]]\npounds = 100\npaid_on = 2031-06-30\n",
    );
    let workforce = points(&[("A", "1")], &["1"], vec![staff(0, 10, 0, Some((10, 1)))]);
    let rates = rates(&scale, &offer, &workforce);
    let bill = Paybill::of(&question(&offer, &workforce, &rates, 2)).expect("a bill");
    let years = bill.readings();
    let pounds = |bill: Bill| (bill.pay.0 / 100, bill.pay.0 % 100);
    // Standing 240,000. Increment: 1,200 x 6/12 x 10. Award: 480 x 6/12, 504 x 3/12, 756 x 3/12, all x 10.
    assert_eq!(pounds(years[0].paths.standing), (240_000, 0));
    assert_eq!(pounds(years[0].in_year.progression), (6_000, 0));
    assert_eq!(pounds(years[0].in_year.award), (2_400 + 1_260 + 1_890, 0));
    assert_eq!(pounds(years[0].in_year.lumps), (1_000, 0));
    assert_eq!(pounds(years[0].in_year.whole()), (12_550, 0));
    // Nobody moving up: 480 x 9/12 + 720 x 3/12.
    assert_eq!(pounds(years[0].paths.award_without_progression()), (5_400, 0));
    assert_eq!(pounds(years[0].run_rate_without_progression), (7_200, 0));
    // At its end: 756 and 1,200 a year for each.
    assert_eq!((pounds(years[0].run_rate.award), pounds(years[0].run_rate.progression)), ((7_560, 0), (12_000, 0)));
    assert_eq!((years[0].year_end.award(), years[0].year_end.progression()), (Pence(756_000), Pence(1_200_000)));
    assert_eq!((pounds(years[0].carry_over.award), pounds(years[0].carry_over.progression)), ((2_010, 0), (6_000, 0)));
    // 3% from the first day: 720 x 6/12 + 756 x 6/12 = 738 each, 183 more than staged.
    assert_eq!(pounds(years[0].paths.staging_saving()), (1_830, 0));
    // Second year: 756 then 792; increments 1,200 then 2,400. New money is above the first year.
    assert_eq!(pounds(years[1].in_year.award), (7_740, 0));
    assert_eq!(pounds(years[1].in_year.progression), (18_000, 0));
    assert_eq!((pounds(years[1].new_money.award), pounds(years[1].new_money.progression)), ((2_190, 0), (12_000, 0)));
    assert_eq!(pounds(years[1].new_money.lumps), (-1_000, 0));
    assert_eq!(pounds(years[1].cumulative.award), (13_290, 0));
    assert_eq!(bill.headcount, 10);
}

#[test]
fn a_month_with_a_change_inside_counts_its_days() {
    // 2% from 16 June: 15 of 30 days. 24,000 and 24,480: 2,020.00 for June at full time, 1,212.00 at three fifths.
    let scale = scale(LADDER, "nearest pound");
    let offer = offer("[[step]]\nfrom = 2031-06-16\npercent = 2\nof = \"base\"\n");
    let workforce = points(&[("A", "1")], &["1", "0.6"], vec![staff(0, 1, 0, None), staff(0, 2, 1, None)]);
    let rates = rates(&scale, &offer, &workforce);
    let bill = Paybill::of(&question(&offer, &workforce, &rates, 1)).expect("a bill");
    let under: Vec<i64> = bill.months.iter().take(4).map(|paths| paths.under_offer.pay.0).collect();
    assert_eq!(under, [440_000, 440_000, 202_000 + 2 * 121_200, 204_000 + 2 * 122_400]);
    assert_eq!(bill.without_increment_date, 3);
}

#[test]
fn a_gate_pays_the_share_that_passes_and_withholds_the_rest() {
    let scale = scale(LADDER, "nearest pound");
    let offer = offer("[[step]]\nfrom = 2031-04-01\npercent = 0\nof = \"base\"\nprogression = \"gated\"\n");
    let workforce = points(&[("A", "1")], &["1"], vec![staff(0, 10, 0, Some((10, 1)))]);
    let rates = rates(&scale, &offer, &workforce);
    let with = |increments: IncrementRule| {
        let bill = Paybill::of(&CostQuestion { increments, ..question(&offer, &workforce, &rates, 1) }).expect("a bill");
        let paths = bill.years()[0];
        (paths.progression().pay.0, paths.withheld().pay.0, bill.gated)
    };
    let share = |text: &str| IncrementRule { share_passing: ratio(text), ..IncrementRule::AS_OFFERED };
    assert_eq!(with(share("1")), (600_000, 0, true));
    assert_eq!(with(share("0.75")), (450_000, 150_000, true));
    assert_eq!(with(share("0")), (0, 600_000, true));
    assert_eq!(with(IncrementRule { instead: Some(Progression::Frozen), ..share("1") }), (0, 600_000, false));
    assert_eq!(with(IncrementRule { instead: Some(Progression::Normal), ..share("0") }), (600_000, 0, false));
}

#[test]
fn leavers_replaced_at_the_bottom_take_progression_back() {
    // 24 on point 3; half leave in a year, one each month; the bottom is 2,400 a year, 200 a month, below.
    let scale = scale(LADDER, "nearest pound");
    let offer = offer("[[step]]\nfrom = 2031-04-01\npercent = 0\nof = \"base\"\n");
    let workforce = points(&[("A", "3")], &["1"], vec![staff(0, 24, 0, Some((10, 1)))]);
    let rates = rates(&scale, &offer, &workforce);
    let turnover = |joiners| Some(Turnover { leavers_percent: ratio("50"), joiners });
    let net = |joiners| {
        let bill = Paybill::of(&CostQuestion { turnover: turnover(joiners), ..question(&offer, &workforce, &rates, 1) }).expect("a bill");
        bill.readings()[0].net.expect("asked for").progression.pay
    };
    // In month t, t have been replaced: 0 + 1 + … + 11 = 66 months at 200 less.
    assert_eq!(net(JoinersAt::Bottom), Pence(-66 * 20_000));
    assert_eq!(net(JoinersAt::Same), Pence::ZERO);
    let too_many = Some(Turnover { leavers_percent: ratio("50.1"), joiners: JoinersAt::Bottom });
    let refused = Paybill::of(&CostQuestion { turnover: too_many, ..question(&offer, &workforce, &rates, 2) });
    assert_eq!(refused, Err(CostError::TooManyLeavers));
}

#[test]
fn a_missing_month_of_contributions_is_named_and_what_is_beyond_reason_refused() {
    let scale = scale(LADDER, "nearest pound");
    let offer = offer("[[step]]\nfrom = 2031-04-01\npercent = 2\nof = \"base\"\n");
    let mut workforce = points(&[("A", "1")], &["1"], vec![staff(0, 10, 0, None)]);
    let rates = rates(&scale, &offer, &workforce);
    let on_costs = on_costs();
    let early = CostQuestion { on_costs: Some(&on_costs), first: month("2030-03"), ..question(&offer, &workforce, &rates, 1) };
    assert!(Paybill::of(&early).unwrap_err().to_string().contains("31 March 2030"));
    assert_eq!(Paybill::of(&question(&offer, &workforce, &rates, 0)), Err(CostError::TooManyYears));
    workforce.staff = vec![staff(0, u32::MAX, 0, None); 1_000];
    assert_eq!(Paybill::of(&question(&offer, &workforce, &rates, 1)), Err(CostError::BeyondReason));
}

#[test]
fn a_budget_buys_the_highest_rise_within_it() {
    let scale = scale(LADDER, "nearest pound");
    let offer = offer("[[step]]\nfrom = 2031-04-01\npercent = 2\nof = \"base\"\nprogression = \"frozen\"\n");
    let workforce = points(&[("A", "1"), ("A", "3")], &["1", "0.5"], vec![staff(0, 10, 0, Some((10, 1))), staff(1, 3, 1, None)]);
    let cost = |buy: Buy, units: i64| {
        let flat = flat_offer(&offer, day("2031-10-01"), buy, units);
        let rates = rates(&scale, &flat, &workforce);
        Ok::<_, CostError>(Paybill::of(&question(&flat, &workforce, &rates, 1))?.years()[0].award().pay)
    };
    // Half a year of 279,600 a year in all: 2,000 buys 1.43%. In pounds, 11.5 whole-time for half a year: 347.
    let bought = highest(Pence(200_000), Buy::Percent, |units| cost(Buy::Percent, units)).expect("no error").expect("something");
    assert_eq!(bought.units, 143);
    assert_eq!((Ok(bought.cost), bought.next_cost), (cost(Buy::Percent, 143), cost(Buy::Percent, 144).ok()));
    assert!(bought.cost <= Pence(200_000) && bought.next_cost > Some(Pence(200_000)), "{bought:?}");
    let bought = highest(Pence(200_000), Buy::Pounds, |units| cost(Buy::Pounds, units)).expect("no error").expect("something");
    assert_eq!(bought.units, 347);
}

/// Steps: days after 1 April 2031, tenths of a percent, additive or not, a word on increments.
fn steps() -> impl Strategy<Value = String> {
    let step = (0_i64..60, any::<bool>(), 0_usize..6);
    (proptest::collection::btree_map(0_i32..700, step, 0..4), proptest::option::of((0_i32..730, 1_i64..900)), any::<bool>()).prop_map(
        |(steps, lump, moves)| {
            let mut text = String::new();
            let date = |after: i32| day("2031-04-01").saturating_add(jiff::Span::new().days(after));
            for (number, (after, (tenths, base, word))) in steps.into_iter().enumerate() {
                let of = if base { "base" } else { "in-force" };
                text.push_str(&format!("[[step]]\nfrom = {}\npercent = {}.{}\nof = \"{of}\"\n", date(after), tenths / 10, tenths % 10));
                if let Some(word) = ["normal", "frozen", "gated"].get(word) {
                    text.push_str(&format!("progression = \"{word}\"\n"));
                }
                if number == 1 && moves {
                    text.push_str("assimilate = [{ from = \"1\", to = \"2\" }]\n");
                }
            }
            if let Some((after, pounds)) = lump {
                text.push_str(&format!("[[lump]]\npounds = {pounds}\npaid_on = {}\n", date(after)));
            }
            if text.is_empty() { "[[step]]\nfrom = 2031-04-01\npercent = 0\nof = \"base\"\n".to_owned() } else { text }
        },
    )
}

const TWO_BANDS: &str = "1 A 17003\n2 A 17999\n3 A;B 19011\n4 B 21313\n5 B 24001";
const POSTS: [(&str, &str); 7] = [("A", "1"), ("A", "2"), ("A", "3"), ("B", "3"), ("B", "4"), ("B", "5"), ("", "4")];

fn people() -> impl Strategy<Value = Vec<Staff>> {
    let one =
        (0_u32..7, 1_u32..4, 0_u16..4, proptest::option::of((1_u8..=12, prop_oneof![Just(1_u8), 1_u8..=31])), 0_u16..3, 0_u16..2, 0_u8..2);
    let one = one.prop_map(|(post, headcount, portion, increment, employer, staff_group, nation)| Staff {
        employer,
        staff_group,
        nation,
        ..staff(post, headcount, portion, increment)
    });
    proptest::collection::vec(one, 0..8)
}

fn rule() -> impl Strategy<Value = IncrementRule> {
    let share = prop_oneof![Just(Ratio::ONE), Just(Ratio::ZERO), Just(Ratio::new(1, 3)), Just(Ratio::new(7, 10))];
    (0_usize..6, share).prop_map(|(instead, share_passing)| IncrementRule {
        instead: [Progression::Normal, Progression::Frozen, Progression::Gated].get(instead).copied(),
        share_passing,
    })
}

fn workforce_of(staff: Vec<Staff>) -> Workforce {
    points(&POSTS, &["1", "0.6", "0.3333", "0.84"], staff)
}

/// An offer that reaches Wales too.
fn both_nations(text: &str) -> Offer {
    offer(&format!("nations = [\"England\", \"Wales\"]\n{text}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_engine_agrees_with_the_slow_way_to_the_penny(
        text in steps(), people in people(), increments in rule(), years in 1_u32..4, charged in any::<bool>(), turnover in 0_usize..3, first in 0_i32..5,
    ) {
        let (scale, offer, workforce) = (scale(TWO_BANDS, "nearest pound"), both_nations(&text), workforce_of(people));
        let (rates, on_costs) = (rates(&scale, &offer, &workforce), on_costs());
        let turnover = [JoinersAt::Bottom, JoinersAt::Same].get(turnover).map(|joiners| Turnover { leavers_percent: ratio("11.5"), joiners: *joiners });
        let question = CostQuestion {
            on_costs: charged.then_some(&on_costs), first: month("2031-04").plus(first), increments, turnover, ..question(&offer, &workforce, &rates, years)
        };
        let bill = Paybill::of(&question).expect("a bill");
        let slow = slow(&question);
        for (at, (fast, slow)) in bill.months.iter().zip(&slow.months).enumerate() {
            prop_assert_eq!(fast, slow, "{}", name(question.first, at));
        }
        prop_assert_eq!(&bill.year_end, &slow.year_end);
        for (at, (fast, slow)) in bill.net_months.iter().flatten().zip(slow.net_months.iter().flatten()).enumerate() {
            prop_assert_eq!(fast, slow, "net, {}", name(question.first, at));
        }
        prop_assert_eq!(bill.net_months.map(|months| months.len()), slow.net_months.map(|months| months.len()));
        for (number, employer) in workforce.employers.iter().enumerate() {
            let of = |of: &Staff| usize::from(of.employer) == number;
            let expected: Paths = slow.records.iter().zip(&workforce.staff).filter(|(_, staff)| of(staff)).flat_map(|(months, _)| months.iter().copied()).sum();
            let found: Paths = bill.employers.iter().filter(|part| part.name == *employer).flat_map(|part| part.years.iter().copied()).sum();
            prop_assert_eq!(found, expected, "{}", employer);
        }
    }

    #[test]
    fn every_table_adds_up_to_the_whole(text in steps(), people in people(), increments in rule(), years in 1_u32..4) {
        let (scale, offer, workforce) = (scale(TWO_BANDS, "nearest pound"), both_nations(&text), workforce_of(people));
        let (rates, on_costs) = (rates(&scale, &offer, &workforce), on_costs());
        let bill = Paybill::of(&CostQuestion { on_costs: Some(&on_costs), increments, ..question(&offer, &workforce, &rates, years) }).expect("a bill");
        let whole = bill.years();
        for parts in [&bill.bands, &bill.nations, &bill.employers, &bill.staff_groups] {
            for (year, whole) in whole.iter().enumerate() {
                prop_assert_eq!(parts.iter().map(|part| part.years[year]).sum::<Paths>(), *whole);
            }
            prop_assert_eq!(parts.iter().map(|part| part.headcount).sum::<u64>(), bill.headcount);
        }
        for parts in [&bill.bands, &bill.nations] {
            for (month, whole) in bill.months.iter().enumerate() {
                prop_assert_eq!(parts.iter().map(|part| part.months[month]).sum::<Paths>(), *whole);
            }
        }
        for year in bill.readings() {
            prop_assert_eq!(year.paths.award() + year.paths.progression() + year.paths.lumps, year.paths.whole_change());
            prop_assert_eq!(year.in_year.whole(), year.paths.whole_change());
        }
        let whole_deal: Bill = bill.readings().iter().map(|year| year.in_year.whole()).fold(Bill::default(), |a, b| a + b);
        prop_assert_eq!(bill.readings().last().map(|year| year.cumulative.whole()), Some(whole_deal));
        let new: Bill = bill.readings().iter().map(|year| year.new_money.whole()).fold(Bill::default(), |a, b| a + b);
        prop_assert_eq!(bill.readings().last().map(|year| year.in_year.whole()), Some(new));
    }

    #[test]
    fn a_record_may_be_split_and_its_headcount_scaled(text in steps(), people in people(), increments in rule(), times in 2_u32..5) {
        let (scale, offer, workforce) = (scale(TWO_BANDS, "nearest pound"), both_nations(&text), workforce_of(people));
        let rates = rates(&scale, &offer, &workforce);
        let cost = |staff: Vec<Staff>| {
            let workforce = Workforce { staff, ..workforce.clone() };
            Paybill::of(&CostQuestion { increments, ..question(&offer, &workforce, &rates, 2) }).expect("a bill")
        };
        let bill = cost(workforce.staff.clone());
        let split = workforce.staff.iter().flat_map(|staff| (0..staff.headcount).map(|_| Staff { headcount: 1, ..*staff })).collect();
        prop_assert_eq!(&cost(split), &bill);
        let scaled = cost(workforce.staff.iter().map(|staff| Staff { headcount: staff.headcount * times, ..*staff }).collect());
        let scale_up = |parts: &[PartOfBill]| -> Vec<Bill> {
            parts.iter().flat_map(|part| part.years.iter().map(|year| year.whole_change().times(times.into()))).collect()
        };
        let as_is = |parts: &[PartOfBill]| -> Vec<Bill> { parts.iter().flat_map(|part| part.years.iter().map(Paths::whole_change)).collect() };
        prop_assert_eq!(as_is(&scaled.bands), scale_up(&bill.bands));
        prop_assert_eq!(as_is(&scaled.employers), scale_up(&bill.employers));
    }

    #[test]
    fn no_rise_no_award_and_frozen_no_progression(text in steps(), people in people(), share in 0_i128..=10) {
        let (scale, workforce) = (scale(TWO_BANDS, "nearest pound"), workforce_of(people));
        let none = both_nations("[[step]]\nfrom = 2031-04-01\npercent = 0\nof = \"base\"\n");
        let none_rates = rates(&scale, &none, &workforce);
        let increments = IncrementRule { instead: Some(Progression::Gated), share_passing: Ratio::new(share, 10) };
        let bill = Paybill::of(&CostQuestion { increments, ..question(&none, &workforce, &none_rates, 3) }).expect("a bill");
        prop_assert!(bill.months.iter().all(|month| month.award() == Bill::default() && month.staging_saving() == Bill::default()));
        let offer = both_nations(&text);
        let offer_rates = rates(&scale, &offer, &workforce);
        let frozen = IncrementRule { instead: Some(Progression::Frozen), share_passing: Ratio::ONE };
        let bill = Paybill::of(&CostQuestion { increments: frozen, ..question(&offer, &workforce, &offer_rates, 3) }).expect("a bill");
        prop_assert!(bill.months.iter().all(|month| month.progression() == Bill::default()));
        prop_assert!(bill.months.iter().all(|month| month.award() == month.award_without_progression()));
    }

    #[test]
    fn a_larger_flat_rise_never_costs_less(people in people(), units in 0_i64..2_000, percent in any::<bool>()) {
        let (scale, workforce) = (scale(TWO_BANDS, "nearest pound"), workforce_of(people));
        let (like, on_costs) = (both_nations("[[step]]\nfrom = 2031-04-01\npercent = 0\nof = \"base\"\n"), on_costs());
        let buy = if percent { Buy::Percent } else { Buy::Pounds };
        let cost = |units: i64| {
            let flat = flat_offer(&like, day("2031-08-10"), buy, units);
            let rates = rates(&scale, &flat, &workforce);
            Paybill::of(&CostQuestion { on_costs: Some(&on_costs), ..question(&flat, &workforce, &rates, 1) }).expect("a bill").years()[0].award().total()
        };
        prop_assert!(cost(units) <= cost(units + 1));
    }
}
