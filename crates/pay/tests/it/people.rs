//! Who is better off: constructed workforces whose figures can be worked out on paper, and the member's way as a check.

use std::collections::BTreeMap;

use dated::{Ratio, Status};
use jiff::civil::date;
use pay::{
    By, Count, Employment, Framework, Moment, Offer, PayYear, Pence, People, Post, PostPay, Prices, Reading, Scale, Sex, Side, Staff,
    WeeksInYear, Workforce, YearDay, ladder, value_member,
};
use proptest::prelude::*;

use crate::support::{ENGLAND, data_prices, month, offer, ratio, scale};

/// A workforce on points of the scale of one band: point, headcount, portion, increment, employer, sex.
type Record<'r> = (&'r str, u32, &'r str, Option<YearDay>, &'r str, Option<Sex>);

fn workforce(records: &[Record<'_>]) -> Workforce {
    let mut made = Workforce {
        title: "constructed".to_owned(),
        nations: vec!["England".to_owned()],
        staff_groups: vec!["all".to_owned()],
        ..Workforce::default()
    };
    for (point, headcount, portion, increment, employer, sex) in records {
        let post = Post { band: "A".to_owned(), pay: PostPay::Point((*point).to_owned()) };
        let portion = ratio(portion);
        made.staff.push(Staff {
            post: number(&mut made.posts, post) as u32,
            headcount: *headcount,
            employer: number(&mut made.employers, (*employer).to_owned()) as u16,
            staff_group: 0,
            portion: number(&mut made.portions, portion) as u16,
            increment: *increment,
            nation: 0,
            sex: *sex,
        });
    }
    made
}

fn number<T: PartialEq>(list: &mut Vec<T>, value: T) -> usize {
    list.iter().position(|known| *known == value).unwrap_or_else(|| {
        list.push(value);
        list.len() - 1
    })
}

fn framework<'f>(scale: &'f Scale, prices: &'f Prices) -> Framework<'f> {
    Framework {
        scales: vec![scale],
        prices,
        year_start_month: 4,
        prices_known: None,
        full_time_hours: Some(ratio("37.5")),
        groups: Vec::new(),
        group: None,
        nations: BTreeMap::new(),
    }
}

fn side(offer: &Offer) -> Side<'_> {
    Side { name: offer.id.clone(), offer, nation: None }
}

fn year() -> PayYear {
    PayYear::holding(date(2031, 4, 1), 4)
}

fn full_time<'r>(point: &'r str, headcount: u32) -> Record<'r> {
    (point, headcount, "1", None, "one", None)
}

const TWO_AND_MORE: &str = "[[step]]\nfrom = 2031-04-01\ntotal_percent = 2.6\n[[step.also]]\npoints = [\"1\"]\ntotal_percent = 8.6\n";

#[test]
fn a_mean_of_five_percent_can_be_a_median_of_two_point_six() {
    let (scale, prices) = (scale("1 A 20000\n2 A 25000", "nearest pound"), Prices::none());
    let staff = workforce(&[full_time("1", 40), full_time("2", 60)]);
    let offer = offer(TWO_AND_MORE);
    let people = People::value(&framework(&scale, &prices), year(), &staff, vec![side(&offer)], true).expect("all valued");
    let rises = people.ranked(0, Reading::AwardOnly, Moment::InYear).rises(&people.everybody()).expect("people");
    assert_eq!(rises.percent.mean, Ratio::whole(5));
    assert_eq!(rises.percent.median, ratio("2.6"));
    assert_eq!((rises.percent.at_or_above_mean, rises.percent.above_mean), (40, 40));
    assert_eq!(rises.percent.deciles.map(|decile| decile.to_short(1)), ["2.6", "2.6", "2.6", "2.6", "2.6", "5.6", "8.6", "8.6", "8.6"]);
    // Who rises by just so much is not below it.
    let below = |percent: &str| people.ranked(0, Reading::AwardOnly, Moment::InYear).people_below(ratio(percent), &people.everybody());
    assert_eq!((below("2.6"), below("2.601"), below("8.6"), below("8.601")), (0, 60, 60, 100));
    // 1,720 for forty people and 650 for sixty.
    assert_eq!(rises.pence.mean, Ratio::whole(107_800));
    assert_eq!(rises.pence.median, Ratio::whole(65_000));
    let pay = people.basic_pay(0, &people.everybody());
    assert_eq!(pay.base, Ratio::whole(230_000_000));
    // The paybill rises by neither: 107,800 on 2,300,000 is 4.69%.
    assert_eq!(pay.in_year_percent().to_fixed(2), "4.69");
}

#[test]
fn half_a_year_is_half_the_rise_and_all_of_it_at_the_end() {
    let (scale, prices) = (scale("1 A 20000\n2 A 25000", "nearest pound"), data_prices());
    let staff = workforce(&[("1", 3, "0.5", None, "one", None), full_time("2", 1)]);
    let offer = offer("[[step]]\nfrom = 2031-10-01\ntotal_percent = 4\n[[lump]]\npounds = 100\npaid_on = 2031-12-01\n");
    let people = People::value(&framework(&scale, &prices), year(), &staff, vec![side(&offer)], true).expect("all valued");
    let all = people.everybody();
    let pay = people.basic_pay(0, &all);
    // 1.5 whole-time on 20,000 and one on 25,000: 55,000; 4% of it is 2,200, half of it in the year; 2.5 sums of 100.
    assert_eq!((pay.base, pay.award.by_months, pay.one_offs), (Ratio::whole(5_500_000), Ratio::whole(110_000), Ratio::whole(25_000)));
    assert_eq!(pay.award.by_days, Ratio::new(220_000 * 183, 366));
    assert_eq!(pay.run_rate_award, Ratio::whole(220_000));
    let in_year = people.ranked(0, Reading::AwardOnly, Moment::InYear).rises(&all).expect("people");
    // 400 and 100 on 20,000 is 2.5%, for half the hours 250; 500 and 100 on 25,000 is 2.4%.
    assert_eq!((in_year.percent.highest, in_year.percent.lowest), (ratio("2.5"), ratio("2.4")));
    assert_eq!((in_year.pence.lowest, in_year.pence.highest), (Ratio::whole(25_000), Ratio::whole(60_000)));
    let at_end = people.ranked(0, Reading::AwardOnly, Moment::AtItsEnd).rises(&all).expect("people");
    assert_eq!((at_end.percent.lowest, at_end.percent.highest), (Ratio::whole(4), Ratio::whole(4)));
    // The first half of the year at 20,000, the second at 20,800; the two lowest stretches are told apart.
    let lowest = people.lowest_pay(0);
    assert_eq!(
        lowest.iter().map(|one| (one.from, one.rate, one.people)).collect::<Vec<_>>(),
        [(date(2031, 4, 1), Pence(2_000_000), 3), (date(2031, 10, 1), Pence(2_080_000), 3)]
    );
    // The law changes in July, the rate in October: three stretches, the first without a minimum.
    let faults = dated::Faults::new();
    let csv = "from,for,age_from,pounds_an_hour,status,source\n2031-07-01,age,21,9.00,synthetic,S\n2031-07-01,age,18,8.00,synthetic,S\n";
    let wage = pay::MinimumWage::read_csv("w.csv", &dated::FileBytes::Read(csv.as_bytes().into()), &dated::Sources::default(), &faults);
    let found = people.lowest_and_minimum(0, &wage);
    let seen: Vec<_> = found.iter().map(|(lowest, minimum)| (lowest.from, lowest.rate, minimum.as_ref().ok().copied())).collect();
    assert_eq!(
        seen,
        [
            (date(2031, 4, 1), Pence(2_000_000), None),
            (date(2031, 7, 1), Pence(2_000_000), Some(Pence(900))),
            (date(2031, 10, 1), Pence(2_080_000), Some(Pence(900)))
        ]
    );
    assert!(found.windows(2).all(|pair| pair[0].0.until == pair[1].0.from));
    let hours = ratio("40");
    // 20,800 over 52 weeks of 40 hours is 10.00: nobody is below it from October, three are below a penny more.
    let below = |day, pence| people.people_below_hourly(0, day, Ratio::whole(pence), hours, WeeksInYear::FiftyTwo);
    assert_eq!((below(date(2031, 10, 1), 1_000), below(date(2031, 10, 1), 1_001)), (Some(0), Some(3)));
    assert_eq!(below(date(2031, 9, 30), 1_000), Some(3));
    // No prices of 2031 are in the data: each index says which month is missing.
    let prices = people.below_prices(&framework(&scale, &prices), 0, Reading::AwardOnly, &all);
    assert!(prices.iter().all(|one| one.prices_percent.is_err() && one.people.is_none()));
    assert_eq!(prices.len(), 6);
}

#[test]
fn prices_that_are_known_say_who_falls_behind() {
    let (scale, prices) = (crate::support::data_scale("whitley-nurses"), data_prices());
    let mut framework = framework(&scale, &prices);
    framework.prices_known = Some(month("1998-02"));
    framework.nations.insert("England".to_owned(), scale.nations()[0].to_owned());
    let offer =
        offer("base_date = 1998-03-31\n[[step]]\nfrom = 1998-04-01\ntotal_percent = 2\n[[step]]\nfrom = 1998-12-01\ntotal_percent = 3.8\n");
    let mut staff = workforce(&[full_time("E-max", 5), full_time("D-min", 4)]);
    staff.posts = vec![
        Post { band: String::new(), pay: PostPay::Point("E-max".into()) },
        Post { band: String::new(), pay: PostPay::Point("D-min".into()) },
    ];
    let people = People::value(&framework, PayYear::holding(date(1998, 4, 1), 4), &staff, vec![side(&offer)], true).expect("valued");
    let below = people.below_prices(&framework, 0, Reading::AwardOnly, &people.everybody());
    let rpi = below.iter().find(|one| one.index == pay::Index::Rpi && one.window == pay::Window::KnownAtTheTime).expect("RPI");
    // RPI 3.42% to February 1998: 2.6% in the year is less, 3.8% at its end is more.
    assert_eq!(rpi.prices_percent.as_ref().expect("known").to_fixed(2), "3.42");
    assert_eq!(rpi.people, Some([9, 0]));
}

#[test]
fn two_offers_are_held_against_each_other_person_by_person() {
    let (scale, prices) = (scale("1 A 20000\n2 A 30000\n3 A 40000", "nearest pound"), Prices::none());
    let staff = workforce(&[full_time("1", 50), ("2", 30, "0.5", None, "one", None), full_time("3", 20)]);
    let percent = offer("[[step]]\nfrom = 2031-04-01\ntotal_percent = 3\n");
    let cash = offer("id = \"cash\"\n[[step]]\nfrom = 2031-04-01\npounds = 900\n");
    let people = People::value(&framework(&scale, &prices), year(), &staff, vec![side(&percent), side(&cash)], true).expect("valued");
    let all = people.everybody();
    for moment in Moment::ALL {
        // 3% is 600, 900, 1,200; the sum is 900.
        let found = people.better_off(0, 1, Reading::AwardOnly, moment, &all).expect("people");
        assert_eq!((found.more, found.less, found.same), (50, 20, 30));
        assert_eq!((found.more_pence, found.less_pence), (Ratio::whole(50 * 30_000), Ratio::whole(20 * 30_000)));
        assert_eq!(found.median_more_pence, Some(Ratio::whole(30_000)));
        // The fiftieth and the fifty-first of a hundred: nothing and 300.
        assert_eq!(found.median_pence, Ratio::whole(15_000));
        let back = people.better_off(1, 0, Reading::AwardOnly, moment, &all).expect("people");
        assert_eq!((back.more, back.less, back.same, back.more_pence), (20, 50, 30, found.less_pence));
    }
    let tenths = people.ranked(1, Reading::AwardOnly, Moment::AtItsEnd).tenths(&all);
    let percents: Vec<String> = tenths.iter().map(|tenth| tenth.mean_percent.to_fixed(2)).collect();
    assert_eq!(percents, ["4.50", "4.50", "4.50", "4.50", "4.50", "3.00", "3.00", "3.00", "2.25", "2.25"]);
    assert_eq!(tenths[5].mean_pence, Ratio::whole(45_000));
}

#[test]
fn increments_are_a_reading_of_their_own() {
    let (scale, prices) = (scale("1 A 24000\n2 A 25000", "nearest pound"), Prices::none());
    let january = YearDay { month: 1, day: 1 };
    let staff = workforce(&[("1", 1, "1", Some(january), "one", None), ("2", 1, "1", Some(january), "one", None)]);
    for (progression, paid, gated) in [("normal", true, false), ("gated", true, true), ("gated", false, false), ("frozen", false, true)] {
        let offer = offer(&format!("[[step]]\nfrom = 2031-04-01\ntotal_percent = 2\nprogression = \"{progression}\"\n"));
        let people = People::value(&framework(&scale, &prices), year(), &staff, vec![side(&offer)], gated).expect("valued");
        let pay = people.basic_pay(0, &people.everybody());
        assert_eq!(pay.award.by_months, Ratio::whole(48_000 + 50_000));
        // 25,500 instead of 24,480 for three months.
        assert_eq!(pay.increments.by_months, Ratio::whole(if paid { 25_500 } else { 0 }), "{progression}");
        assert_eq!(pay.run_rate_increments, Ratio::whole(if paid { 102_000 } else { 0 }));
    }
}

#[test]
fn the_pay_gap_before_and_after_and_by_employer() {
    let (scale, prices) = (scale("1 A 20000\n2 A 25000", "nearest pound"), Prices::none());
    let (women, men) = (Some(Sex::Female), Some(Sex::Male));
    let staff = workforce(&[
        ("1", 30, "0.5", None, "large", women),
        ("2", 10, "1", None, "large", women),
        ("1", 10, "1", None, "large", men),
        ("2", 30, "1", None, "large", men),
        ("2", 9, "1", None, "small", men),
        ("1", 20, "1", None, "small", women),
        ("2", 500, "1", None, "large", None),
    ]);
    let offer = offer("[[step]]\nfrom = 2031-04-01\npounds = 1000\n");
    let people = People::value(&framework(&scale, &prices), year(), &staff, vec![side(&offer)], true).expect("valued");
    let found = people.sex_gaps(0, Reading::AwardOnly, 10).expect("some are known");
    let large = &found.employers[0];
    assert_eq!((large.name.as_str(), large.people), ("large", Some([40, 40, 500])));
    let [before, after] = large.gaps.as_ref().expect("enough people");
    // Women 21,250 and men 23,750 on average; hours do not matter to pay by the hour.
    assert_eq!(before.mean_percent, Ratio::new(2_500 * 100, 23_750));
    assert_eq!(before.median_percent, Ratio::whole(20));
    assert_eq!(after.mean_percent, Ratio::new(2_500 * 100, 24_750));
    let change = large.change_points().expect("both are there");
    assert_eq!((change[0].to_fixed(2), change[1].to_fixed(2)), ("-0.43".to_owned(), "-0.77".to_owned()));
    assert_eq!((&*found.employers[1].name, found.employers[1].people, &found.employers[1].gaps), ("small", None, &None));
    let nobody = workforce(&[full_time("1", 40)]);
    let people = People::value(&framework(&scale, &prices), year(), &nobody, vec![side(&offer)], true).expect("valued");
    assert_eq!(people.sex_gaps(0, Reading::AwardOnly, 10), None);
}

#[test]
fn staff_are_told_apart_and_nobody_is_lost() {
    let (scale, prices) = (scale("1 A 20000\n2 A 25000", "nearest pound"), Prices::none());
    let staff = workforce(&[
        ("1", 20, "0.5", None, "north", Some(Sex::Female)),
        ("1", 10, "0.5", None, "north", Some(Sex::Female)),
        ("2", 10, "1", None, "south", Some(Sex::Male)),
        ("1", 10, "1", None, "south", None),
    ]);
    let offer = offer(TWO_AND_MORE);
    let people = People::value(&framework(&scale, &prices), year(), &staff, vec![side(&offer)], true).expect("valued");
    let names = |by: By| people.apart(by).iter().map(|part| (part.name.clone(), part.people)).collect::<Vec<_>>();
    let named = |list: &[(&str, u64)]| list.iter().map(|(name, people)| ((*name).to_owned(), *people)).collect::<Vec<_>>();
    assert_eq!(names(By::Employer), named(&[("north", 30), ("south", 20)]));
    assert_eq!(names(By::Sex), named(&[("men", 10), ("not said", 10), ("women", 30)]));
    assert_eq!(names(By::Band), named(&[("A", 50)]));
    let north = &people.apart(By::Employer)[0];
    assert_eq!(people.ranked(0, Reading::AwardOnly, Moment::InYear).percent(north).map(|spread| spread.mean), Some(ratio("8.6")));
}

#[test]
fn a_tenth_may_hold_two_rates_and_shares_them_out() {
    let (scale, prices) = (scale("1 A 20000\n2 A 25000", "nearest pound"), Prices::none());
    let staff = workforce(&[full_time("1", 15), full_time("2", 5)]);
    let offer = offer(TWO_AND_MORE);
    let people = People::value(&framework(&scale, &prices), year(), &staff, vec![side(&offer)], true).expect("valued");
    let tenths = people.ranked(0, Reading::AwardOnly, Moment::InYear).tenths(&people.everybody());
    // The fifteenth and the sixteenth of twenty.
    assert_eq!(
        (tenths[7].rates, tenths[7].mean_percent, tenths[7].mean_pence),
        ((2_000_000, 2_500_000), ratio("5.6"), Ratio::whole(118_500))
    );
    assert_eq!((tenths[6].rates, tenths[8].rates), ((2_000_000, 2_000_000), (2_500_000, 2_500_000)));
}

#[test]
fn staff_can_be_looked_at_as_if_they_were_elsewhere() {
    let (scale, prices) = (scale("1 A 20000\n2 A 25000", "nearest pound"), Prices::none());
    let mut staff = workforce(&[full_time("1", 40)]);
    staff.nations = vec!["Wales".to_owned()];
    let offer = offer(TWO_AND_MORE);
    assert!(People::value(&framework(&scale, &prices), year(), &staff, vec![side(&offer)], true).is_err());
    let there = Side { nation: Some("England".to_owned()), ..side(&offer) };
    let people = People::value(&framework(&scale, &prices), year(), &staff, vec![there], true).expect("valued");
    assert_eq!(people.basic_pay(0, &people.everybody()).run_rate_award, Ratio::whole(40 * 172_000));
}

#[test]
fn everybody_who_is_on_no_row_is_named_for_each_offer() {
    let (scale, prices) = (scale("1 A 20000", "nearest pound"), Prices::none());
    let staff = workforce(&[full_time("1", 2), full_time("7", 3), full_time("8", 4)]);
    let (one, two) = (offer(TWO_AND_MORE), offer("id = \"two\"\nnations = [\"Wales\"]\n[[step]]\nfrom = 2031-04-01\npounds = 1\n"));
    let missing = People::value(&framework(&scale, &prices), year(), &staff, vec![side(&one), side(&two)], true)
        .err()
        .expect("points 7 and 8 are not there, and the second offer is for Wales");
    let found: Vec<(&str, u64)> = missing.iter().map(|one| (one.side.as_str(), one.who.headcount)).collect();
    assert_eq!(found, [("case", 3), ("case", 4), ("two", 2), ("two", 3), ("two", 4)]);
}

proptest! {
    /// The member's way (day by day, with ratios) and this one (all at once, in whole numbers) must agree to the last fraction.
    #[test]
    fn a_workforce_of_one_is_a_member(
        point in 0_usize..4, portion in 1_i128..20, day in 1_u8..=31, month in 1_u8..=12, steps in proptest::collection::vec((0_i32..365, 1_i64..60), 1..4),
        progression in 0_usize..3, gated: bool, moved: bool,
    ) {
        let (scale, prices) = (scale("1 A 20000\n2 A 21300\n3 A 21900\n4 A 24000", "nearest pound"), Prices::none());
        let mut days: Vec<(i32, i64)> = steps;
        days.sort_by_key(|step| step.0);
        days.dedup_by_key(|step| step.0);
        let mut text = String::new();
        for (number, (offset, tenths)) in days.iter().enumerate() {
            let from = date(2031, 4, 1).saturating_add(jiff::Span::new().days(*offset));
            text.push_str(&format!("[[step]]\nfrom = {from}\npercent = {}.{}\nof = \"in-force\"\n", tenths / 10, tenths % 10));
            if number == 0 {
                text.push_str(&format!("progression = \"{}\"\n", ["normal", "gated", "frozen"][progression]));
            } else if moved && number == 1 {
                text.push_str("assimilate = [{ from = \"1\", to = \"2\" }]\n");
            }
        }
        // Which sums moved staff get is a question of its own.
        text.push_str(if moved { "" } else { "[[lump]]\npounds = 123\npoints = [\"2\", \"3\"]\npaid_on = 2031-11-15\n" });
        let offer = offer(&text);
        let framework = framework(&scale, &prices);
        let increment = YearDay { month, day };
        let portion = Ratio::new(portion, 20);
        let mut staff = workforce(&[(["1", "2", "3", "4"][point], 1, "1", Some(increment), "one", None)]);
        staff.portions = vec![portion];
        let people = People::value(&framework, year(), &staff, vec![side(&offer)], gated).expect("valued");
        let pay = people.basic_pay(0, &people.everybody());

        let rows = framework.rows(&offer, &scale, "England").expect("rows");
        let rungs = ladder(&rows, ["1", "2", "3", "4"][point], "A");
        prop_assert!(rungs[0].status == Status::Synthetic);
        let due = [2031, 2032].map(|year| increment.in_year(year)).into_iter().find(|due| *due >= date(2031, 4, 1));
        let employment = Employment { portion, ..Employment::full_time() };
        let with = value_member(&rungs, &employment, due, gated, &offer, ENGLAND, &[year()]).years[0].clone();
        let without = value_member(&rungs, &employment, None, gated, &offer, ENGLAND, &[year()]).years[0].clone();
        prop_assert_eq!(pay.base, with.base.by_months);
        prop_assert_eq!(pay.award, without.award);
        prop_assert_eq!(Pence::nearest(pay.one_offs), without.unconsolidated);
        let one_offs = with.unconsolidated - without.unconsolidated;
        for count in [Count::Months, Count::Days] {
            let by = |value: pay::ByCount| if count == Count::Months { value.by_months } else { value.by_days };
            prop_assert_eq!(by(pay.increments), by(with.award) + by(with.increment) - by(without.award));
        }
        prop_assert_eq!(Pence::nearest(pay.one_offs + pay.one_offs_by_increments) - without.unconsolidated, one_offs);
        prop_assert_eq!(pay.run_rate_award + pay.run_rate_increments, (with.year_end_rate - rungs[0].path.base).ratio() * portion);
        prop_assert_eq!(pay.increments_before.by_months, with.increment.by_months);
    }
}
