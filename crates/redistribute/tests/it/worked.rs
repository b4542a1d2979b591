//! Cases worked by hand; the ones of `docs/spec/pay.md` are here too.

use dated::{Month, Ratio};
use pay::{PayYear, Pence};
use redistribute::{Aim, CostReading, Gap, Ladder, LimitKind, PairGap, StageRule, Wishes, frontier, redistribute};

use crate::support::{ask, gap, ladder, money, money_of, pounds, toy};

/// 10 people on 20,000, 20 on 22,000, 10 on 30,000; 3% for all costs 28,200 a year.
fn three() -> redistribute::Money {
    money(&[toy(20_000, &[20_600], 10), toy(22_000, &[22_660], 20), toy(30_000, &[30_900], 10)])
}

#[test]
fn spec_p65_all_the_money_for_the_lowest_point_and_then_the_next() {
    let money = three();
    assert_eq!(money.target_pence - money.base_pence, 2_820_000);
    let answer = ask(&money, &Wishes::default(), Aim::Floor).expect("feasible");
    // Point 1 would reach 22,000 for 20,000 of the 28,200; above that all thirty rise together, and point 2 stays a pound above.
    // 10 × (f − 20,000) + 20 × (f + 1 − 22,000) ≤ 28,200 holds for f = 22,272 (28,180) and not for 22,273 (28,210).
    assert_eq!(pounds(&answer.rates), [22_272, 22_273, 30_002]);
    assert_eq!(answer.remainder.left_pence, 0);
    assert_eq!(answer.next.0, 2_227_300);
    // Ten pounds too much, and 40p from the rounding of months.
    assert_eq!(answer.next.1.map(|next| (next - money.target_pence) / 100), Some(10));
    assert_eq!(answer.steps_to_bound(&money), Some(0));
    assert_eq!((answer.compared.gain, answer.compared.lose, answer.compared.same), (10, 30, 0));
    let lost = &answer.points[answer.compared.most_lost.expect("somebody loses")];
    assert_eq!((lost.point, lost.difference()), (2, Pence(-89_800)));
}

#[test]
fn spec_p65_a_gap_is_kept_and_named_as_binding() {
    let money = three();
    let wishes = Wishes { keep_gaps: gap(1_000), ..Wishes::default() };
    let answer = ask(&money, &wishes, Aim::Floor).expect("feasible");
    // 10 × (f − 20,000) + 20 × (f + 1,000 − 22,000) ≤ 28,200: f = 21,606 leaves 20 pounds, which are 2 for each at the top.
    assert_eq!(pounds(&answer.rates), [21_606, 22_606, 30_002]);
    let gaps: Vec<_> = answer.binding.iter().filter(|one| one.limit.kind == LimitKind::Gap).collect();
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].limit.words, "at least £1,000 above point 1");
    // Twenty of the thirty lean on the gap: a pound less of it is 67p more for the lowest.
    assert_eq!(gaps[0].worth.map(|worth| worth.to_fixed(2)), Some("66.67".to_owned()));
}

#[test]
fn spec_p65_a_chosen_floor_leaves_an_equal_percentage() {
    let money = three();
    let wishes = Wishes { floor: Some(Pence(2_100_000)), ..Wishes::default() };
    let answer = ask(&money, &wishes, Aim::RisePercent).expect("feasible");
    // 10,000 for the floor; 18,200 are 2.459% of the 740,000 of the others: 22,541 and 30,737 cost 18,190. The ten pounds over, 8.40 after the
    // rounding of months, are too little for one more for each at the bottom.
    assert_eq!(pounds(&answer.rates), [21_000, 22_541, 30_737]);
    assert_eq!(answer.remainder.left_pence, 840);
    assert!((2_450_000..2_462_000).contains(&answer.reached), "{}", answer.reached);
    let pounds_instead = ask(&money, &wishes, Aim::RisePounds).expect("feasible");
    // 18,200 by 30 people are 606 each and 20 over.
    assert_eq!(pounds(&pounds_instead.rates), [21_002, 22_606, 30_606]);
}

#[test]
fn spec_p62_least_rises_and_caps_hold() {
    let money = three();
    let wishes = Wishes {
        at_least_percent: Some(Ratio::ONE),
        cap_percent: Some(Ratio::whole(2)),
        cap_above: Some(Pence(2_500_000)),
        most_lost: Some(Pence(30_000)),
        ..Wishes::default()
    };
    let answer = ask(&money, &wishes, Aim::Floor).expect("feasible");
    assert_eq!(answer.rates[2], Pence(3_060_000), "30,900 less 300 is 2%, and 2% is the cap");
    assert!(answer.rates[1] >= Pence(2_236_000));
    assert_eq!(ladder(&money, &wishes).broken(&answer.rates), Vec::<usize>::new());
    let kinds: Vec<LimitKind> = answer.binding.iter().map(|one| one.limit.kind).collect();
    assert!(kinds.contains(&LimitKind::MostLost) && kinds.contains(&LimitKind::CapPercent), "{kinds:?}");
    let frozen = Wishes { nothing_above: Some(Pence(2_500_000)), ..Wishes::default() };
    assert_eq!(ask(&money, &frozen, Aim::Floor).expect("feasible").rates[2], Pence(3_000_000));
    let capped = Wishes { cap_rate: Some(Pence(2_210_000)), ..Wishes::default() };
    // The floor meets the cap; what is left cannot be spent.
    let answer = ask(&money, &capped, Aim::Floor).expect("feasible");
    assert_eq!(pounds(&answer.rates), [22_099, 22_100, 30_000]);
    assert_eq!(answer.next.1, None, "it is not the money that stops it");
    assert!(answer.remainder.left_pence > 0 && answer.remainder.cheapest.is_none());
}

/// The ancillary scale of 1998, invented figures: points lie close together, so a floor runs into everybody above it.
fn ancillary() -> redistribute::Money {
    let points: Vec<_> = [(8_000, 300), (8_060, 400), (8_130, 350), (8_200, 200), (8_290, 150)]
        .iter()
        .map(|(base, people)| toy(*base, &[base * 103 / 100], *people))
        .collect();
    money(&points)
}

#[test]
fn spec_p66_narrow_differentials_leave_no_room_and_the_pair_is_named() {
    let money = ancillary();
    let pair = |lower: &str, upper: &str, sum: i64| PairGap {
        lower: lower.to_owned(),
        upper: upper.to_owned(),
        gap: Gap::Pounds(Pence(sum * 100)),
    };
    let wishes = Wishes { floor: Some(Pence(820_000)), pair_gaps: vec![pair("2", "3", 400), pair("4", "5", 95)], ..Wishes::default() };
    let none = ask(&money, &wishes, Aim::RisePercent).expect_err("infeasible");
    assert_eq!(none.pair, Some((1, 2)), "{}", none.why);
    assert!(
        none.why.starts_with("points 2 and 3 cannot keep £400 apart with a floor of £8,200 within this money: short by £"),
        "{}",
        none.why
    );
    // The gap of points 4 and 5 could stay: it is not in the smallest set.
    assert_eq!(none.conflict.iter().map(|wish| wish.kind).collect::<Vec<_>>(), [LimitKind::Floor, LimitKind::Gap]);
    // The sum that is short is right to the penny: with so much more it fits, with a penny less it does not.
    let short = none.short_pence.expect("money is short");
    let with = |extra: i128| {
        let mut richer = money.clone();
        richer.target_pence += extra;
        ask(&richer, &wishes, Aim::RisePercent).is_ok()
    };
    assert!(with(short) && !with(short - 1));
    // Each of the two alone can be kept.
    for without in 0..2 {
        let mut wishes = wishes.clone();
        if without == 0 {
            wishes.floor = None
        } else {
            wishes.pair_gaps.remove(0);
        }
        assert!(ask(&money, &wishes, Aim::RisePercent).is_ok(), "{without}");
    }
}

#[test]
fn spec_p66_a_cap_in_the_way_is_named_with_the_pair() {
    let money = three();
    let wishes = Wishes { floor: Some(Pence(2_250_000)), cap_rate: Some(Pence(2_250_000)), ..Wishes::default() };
    let none = ask(&money, &wishes, Aim::RisePercent).expect_err("infeasible");
    assert_eq!(none.why, "point 2 would need £22,501 (above point 1 of its band), but may have no rise above £22,500");
    assert_eq!((none.pair, none.short_pence), (Some((0, 1)), None));
}

#[test]
fn spec_p66_a_floor_beyond_the_money_is_said_with_what_is_short() {
    let none = ask(&three(), &Wishes { floor: Some(Pence(2_300_000)), ..Wishes::default() }, Aim::RisePercent).expect_err("infeasible");
    // 10 × 3,000 + 20 × 1,001 = 50,020 against 28,200; pence from the rounding of months.
    assert_eq!(none.why, "there is not enough money for a floor of £23,000: short by £21,820.80 a year");
}

#[test]
fn spec_p67_no_stage_costs_more_than_the_offers() {
    // 2% in April, 3.8% from October; the low paid first.
    let toys = [toy(12_000, &[12_240, 12_456], 50), toy(12_200, &[12_444, 12_664], 80), toy(17_000, &[17_340, 17_646], 20)];
    let money = money_of(&toys, 100, CostReading::RunRate).expect("an offer");
    let ladder = ladder(&money, &Wishes { at_least_percent: Some(Ratio::ONE), ..Wishes::default() });
    for rule in [StageRule::SameSplit, StageRule::InTurn] {
        let answer = redistribute(&money, &ladder, Aim::Floor, rule).expect("feasible");
        assert_eq!(answer.stages.len(), 2);
        for stage in &answer.stages {
            assert!(stage.as_asked && stage.run_rate_pence <= stage.offered_pence, "{rule:?} {stage:?}");
        }
        assert_eq!(answer.stages[1].rates, answer.rates);
        assert!(answer.stages[0].rates.iter().zip(&answer.rates).all(|(first, last)| first <= last));
        let year = PayYear::beginning(Month::new(2031, 4).expect("a month"));
        assert!(answer.difference_in_year(&money, year) <= 0);
    }
    let split = redistribute(&money, &ladder, Aim::Floor, StageRule::SameSplit).expect("feasible");
    let turn = redistribute(&money, &ladder, Aim::Floor, StageRule::InTurn).expect("feasible");
    assert!(turn.stages[0].rates[0] >= split.stages[0].rates[0], "solved in turn the lowest are not later");
    // Of a rise of 3.8%, 2% is 2/3.8; the same for everybody, down to the pound.
    assert_eq!(money.shares[0].to_fixed(3), "0.526");
}

#[test]
fn spec_p61_a_cost_in_the_year_counts_the_stages() {
    let toys = [toy(12_000, &[12_240, 12_480], 1), toy(24_000, &[24_480, 24_960], 1)];
    let year = PayYear::beginning(Month::new(2031, 4).expect("a month"));
    let money = money_of(&toys, 100, CostReading::InYear(year)).expect("an offer");
    // Six months at 12,240 and six at 12,480 are 6 × 1,020 + 6 × 1,040; 24,480 and 24,960 are twice that.
    assert_eq!(money.target_pence, 1_236_000 + 2_472_000);
    let answer = ask(&money, &Wishes::default(), Aim::Floor).expect("feasible");
    assert!(answer.cost_pence <= money.target_pence && answer.difference_in_year(&money, year) == answer.cost_pence - money.target_pence);
    assert_eq!(answer.added_again(&money), answer.cost_pence);
    // 1,080 a year of rises, all of it for the first: 13,440 at the end, 12,720 from April.
    assert_eq!(pounds(&answer.rates), [13_440, 24_000]);
    assert_eq!(pounds(&answer.stages[0].rates), [12_720, 24_000]);
}

#[test]
fn rates_stand_on_the_grid_of_their_scale() {
    let toys = [toy(12_000, &[12_240], 7), toy(14_000, &[14_280], 5), toy(17_002, &[17_340], 3)];
    let money = money_of(&toys, 500, CostReading::RunRate).expect("an offer");
    let answer =
        ask(&money, &Wishes { keep_gaps: Some(Gap::Percent(Ratio::whole(5))), ..Wishes::default() }, Aim::Floor).expect("feasible");
    assert!(answer.rates[..2].iter().all(|rate| rate.0 % 500 == 0), "{:?}", answer.rates);
    // A rate that does not change is not rounded.
    assert!(answer.rates[2].0 % 500 == 0 || answer.rates[2] == Pence(1_700_200));
}

#[test]
fn spec_p69_the_frontier_goes_from_todays_floor_to_the_highest() {
    let money = three();
    let ladder: Ladder = ladder(&money, &Wishes::default());
    let rows = frontier(&money, &ladder, Aim::RisePercent, 5);
    assert_eq!(rows.iter().map(|row| row.floor.0 / 100).collect::<Vec<_>>(), [20_000, 20_568, 21_136, 21_704, 22_272]);
    assert!(rows.windows(2).all(|two| two[0].rise >= two[1].rise), "a higher floor leaves less for the others");
    assert!(rows.iter().all(|row| row.cost_pence <= money.target_pence && row.cost_pence + row.left_pence == money.target_pence));
    // Without a floor everybody gets what the offer gives.
    assert_eq!(rows[0].people, [0, 0, 40]);
}

#[test]
fn a_wish_for_points_that_are_not_there_is_refused() {
    let money = three();
    let pair = |lower: &str, upper: &str| PairGap { lower: lower.to_owned(), upper: upper.to_owned(), gap: Gap::Percent(Ratio::ONE) };
    let wrong =
        Wishes { pair_gaps: vec![pair("2", "1"), pair("1", "9")], ..Wishes::default() }.limits(&money.points).expect_err("two faults");
    assert_eq!(wrong.len(), 2);
    assert!(wrong[0].contains("wrong way round") && wrong[1].contains("a point 9"), "{wrong:?}");
    let nothing = money_of(&[toy(10_000, &[10_000], 3)], 100, CostReading::RunRate).expect_err("nothing to share");
    assert!(nothing[0].contains("no money to redistribute"));
}
