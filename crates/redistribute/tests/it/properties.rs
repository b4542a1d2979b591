//! What holds of every answer, whatever the scale and the wishes.

use dated::Ratio;
use pay::Pence;
use proptest::prelude::*;
use redistribute::{Aim, Along, CostReading, Gap, Money, StageRule, Wishes, redistribute};

use crate::support::{Toy, ask, ladder, money_of};

fn scale(points: std::ops::RangeInclusive<usize>, stages: usize) -> impl Strategy<Value = Vec<Toy>> {
    let point = (1_i64..1_500, 0_u64..30, 1_u64..5, 1_i128..=100);
    (8_000_i64..20_000, 1_i64..6, prop::collection::vec(point, points)).prop_map(move |(start, percent, points)| {
        let mut base = start;
        points
            .into_iter()
            .enumerate()
            .map(|(at, (step, people, part_time, hours))| {
                base += step;
                let offered =
                    (1..=stages as i64).map(|stage| base + base * percent * stage / (100 * stages as i64) + at as i64 + stage).collect();
                Toy { base, offered, people: vec![(people, 100), (part_time, hours)] }
            })
            .collect()
    })
}

fn wishes() -> impl Strategy<Value = Wishes> {
    let gap = prop_oneof![
        Just(None),
        (1_i64..600).prop_map(|sum| Some(Gap::Pounds(Pence(sum * 100)))),
        (1_i128..50).prop_map(|tenths| Some(Gap::Percent(Ratio::new(tenths, 10)))),
        (1_i64..150).prop_map(|percent| Some(Gap::OfToday(Ratio::whole(percent)))),
    ];
    let percent = |most: i128| prop::option::weighted(0.4, (0..most).prop_map(|tenths| Ratio::new(tenths, 10)));
    (gap, percent(20), percent(60), prop::option::weighted(0.3, 10_000_i64..24_000), any::<bool>()).prop_map(
        |(keep_gaps, at_least_percent, cap_percent, cap_rate, spine)| Wishes {
            keep_gaps,
            at_least_percent,
            cap_percent,
            cap_rate: cap_rate.map(|rate| Pence(rate * 100)),
            along: if spine { Along::Spine } else { Along::Bands },
            ..Wishes::default()
        },
    )
}

fn aims() -> impl Strategy<Value = Aim> {
    prop_oneof![Just(Aim::Floor), Just(Aim::RisePercent), Just(Aim::RisePounds)]
}

/// The yearly cost, worked out once more: months of each person to the penny, a half upwards.
fn cost_by_hand(money: &Money, rates: &[i64]) -> i128 {
    let month = |rate: i64, portion: Ratio| {
        (i128::from(rate) * portion.numerator() * 2 + portion.denominator() * 12).div_euclid(portion.denominator() * 24)
    };
    let of_point = |(point, rate): (&redistribute::Point, &i64)| -> i128 {
        point.staff.iter().map(|staff| 12 * i128::from(staff.headcount) * month(*rate, staff.portion)).sum()
    };
    money.points.iter().zip(rates).map(of_point).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_money_is_never_exceeded_and_no_staffed_point_could_have_a_step_more(toys in scale(1..=9, 1), wishes in wishes(), aim in aims(), unit in prop_oneof![Just(100_i64), Just(500), Just(1)]) {
        let Ok(money) = money_of(&toys, unit, CostReading::RunRate) else { return Ok(()) };
        let ladder = ladder(&money, &wishes);
        let Ok(answer) = redistribute(&money, &ladder, aim, StageRule::SameSplit) else { return Ok(()) };
        let rates: Vec<i64> = answer.rates.iter().map(|rate| rate.0).collect();
        prop_assert_eq!(cost_by_hand(&money, &rates), answer.cost_pence);
        prop_assert!(answer.cost_pence <= money.target_pence);
        prop_assert_eq!(answer.cost_pence + answer.remainder.left_pence, money.target_pence);
        if let Some(step) = answer.remainder.cheapest {
            prop_assert!(step.cost_pence > answer.remainder.left_pence);
        }
        prop_assert_eq!(ladder.broken(&answer.rates), Vec::<usize>::new());
        for (point, rate) in money.points.iter().zip(&answer.rates) {
            prop_assert!(*rate == point.base || rate.0 % unit == 0);
        }
        if let Some((proof, steps)) = answer.proof.as_ref().zip(answer.steps_to_bound(&money)) {
            prop_assert!(proof.bound >= Ratio::whole(answer.reached), "the bound is below what was reached");
            // Half a penny a person and month is little beside a pound for all who lean on the floor; rounding up a chain costs a
            // step for each link.
            if unit == 100 && answer.next.1.is_some() {
                prop_assert!(steps <= 2 + toys.len() as i128, "{steps} steps from the bound");
            }
        }
    }

    #[test]
    fn the_solver_of_linear_programmes_agrees(toys in scale(2..=12, 1), wishes in wishes(), aim in aims()) {
        let Ok(money) = money_of(&toys, 100, CostReading::RunRate) else { return Ok(()) };
        let Ok(answer) = ask(&money, &wishes, aim) else { return Ok(()) };
        let Some(proof) = &answer.proof else { return Ok(()) };
        let said = proof.solver_said.clone().map_err(TestCaseError::fail)?;
        // In pounds or percent: no more than the proven bound, and no less than the rates on the grid reach.
        let unit = if aim == Aim::RisePercent { Ratio::new(1, 1000) } else { Ratio::new(1, 100) };
        if answer.next.1.is_some() {
            prop_assert!(said <= proof.bound + unit, "{said} above {}", proof.bound);
            // The programme knows no pence a month: each person's pay may be half a penny a month cheaper on the grid, and all of it go to one.
            let heads = toys.iter().flat_map(|toy| &toy.people).map(|person| person.0 as i64).sum::<i64>();
            prop_assert!(said + unit + Ratio::whole(10 + 6 * heads) >= Ratio::whole(answer.reached), "{said} below {}", answer.reached);
        }
    }

    #[test]
    fn no_better_floor_exists(toys in scale(1..=4, 1), keep in prop::option::of(0_i64..40), least in prop::option::of(0_i64..3)) {
        // A grid of 50 pounds and small gaps, so that every table can be tried.
        let toys: Vec<Toy> = toys.iter().map(|toy| {
            let base = 10_000 + (toy.base - toys[0].base) / 12 / 50 * 50;
            Toy { base, offered: vec![base + toy.offered[0] - toy.base], people: toy.people.clone() }
        }).collect();
        let Ok(money) = money_of(&toys, 5_000, CostReading::RunRate) else { return Ok(()) };
        let wishes = Wishes {
            keep_gaps: keep.map(|sum| Gap::Pounds(Pence(sum * 100))),
            at_least_percent: least.map(Ratio::whole),
            ..Wishes::default()
        };
        let ladder = ladder(&money, &wishes);
        let most = 10_000 + 2_000;
        let mut best: Option<i64> = None;
        let choices: Vec<Vec<i64>> = money.points.iter().map(|point| {
            let on_grid = (point.base.0 / 5_000 + 1..=most / 50).map(|units| units * 5_000);
            std::iter::once(point.base.0).chain(on_grid).take(16).collect()
        }).collect();
        let mut at = vec![0_usize; choices.len()];
        'all: loop {
            let rates: Vec<i64> = at.iter().zip(&choices).map(|(at, choices)| choices[*at]).collect();
            let as_pence: Vec<Pence> = rates.iter().map(|rate| Pence(*rate)).collect();
            if cost_by_hand(&money, &rates) <= money.target_pence && ladder.broken(&as_pence).is_empty() {
                best = best.max(rates.iter().copied().min());
            }
            let mut place = 0;
            loop {
                if place == at.len() { break 'all; }
                at[place] += 1;
                if at[place] < choices[place].len() { break; }
                at[place] = 0;
                place += 1;
            }
        }
        let found = redistribute(&money, &ladder, Aim::Floor, StageRule::SameSplit).ok();
        // Where everybody could go beyond the last choice tried, the search may find more than the trial did.
        let reaches_the_end = best.is_some_and(|best| choices.iter().any(|choices| choices.last().is_some_and(|last| *last <= best)));
        let floor = found.map(|answer| answer.floor().0);
        if reaches_the_end { prop_assert!(floor >= best) } else { prop_assert_eq!(floor, best) }
    }

    #[test]
    fn scaling_and_shuffling_the_workforce_change_nothing(toys in scale(1..=8, 2), wishes in wishes(), aim in aims(), times in 2_u64..40, turn in 0_usize..8) {
        let Ok(money) = money_of(&toys, 100, CostReading::RunRate) else { return Ok(()) };
        let larger: Vec<Toy> = toys.iter().map(|toy| Toy { people: toy.people.iter().map(|(people, hours)| (people * times, *hours)).collect(), ..toy.clone() }).collect();
        let mut shuffled = money.clone();
        for point in &mut shuffled.points {
            point.staff.reverse();
            // The same people in two records.
            if let Some(first) = point.staff.first_mut().filter(|first| first.headcount > 1) {
                first.headcount -= 1;
                let one = redistribute::StaffOn { headcount: 1, ..*first };
                point.staff.push(one);
            }
        }
        shuffled.points.rotate_left(turn % toys.len());
        let shuffled = Money::from_points(shuffled.tables, shuffled.points, shuffled.stages, shuffled.reading, shuffled.own).expect("the same offer");
        let larger = money_of(&larger, 100, CostReading::RunRate).expect("the same offer");
        let rates = |money: &Money| ask(money, &wishes, aim).ok().map(|answer| (answer.rates, answer.stages.iter().map(|stage| stage.rates.clone()).collect::<Vec<_>>()));
        let here = rates(&money);
        prop_assert_eq!(&here, &rates(&shuffled));
        prop_assert_eq!(&here, &rates(&larger));
    }

    #[test]
    fn more_money_never_gives_less(toys in scale(1..=8, 1), wishes in wishes(), aim in aims(), extra in 1_i128..500_000) {
        let Ok(money) = money_of(&toys, 100, CostReading::RunRate) else { return Ok(()) };
        let mut richer = money.clone();
        richer.target_pence += extra;
        if let Ok(answer) = ask(&money, &wishes, aim) {
            let more = ask(&richer, &wishes, aim).expect("what fitted before fits with more");
            prop_assert!(more.reached >= answer.reached);
            if aim == Aim::Floor { prop_assert!(more.floor() >= answer.floor()); }
        }
    }

    #[test]
    fn stages_rise_and_stay_within_the_offers_money(toys in scale(1..=8, 3), wishes in wishes(), aim in aims(), in_turn in any::<bool>()) {
        let Ok(money) = money_of(&toys, 100, CostReading::RunRate) else { return Ok(()) };
        let ladder = ladder(&money, &wishes);
        let rule = if in_turn { StageRule::InTurn } else { StageRule::SameSplit };
        let Ok(answer) = redistribute(&money, &ladder, aim, rule) else { return Ok(()) };
        let mut before: Vec<Pence> = money.points.iter().map(|point| point.base).collect();
        for stage in &answer.stages {
            prop_assert!(stage.run_rate_pence <= stage.offered_pence);
            prop_assert!(stage.rates.iter().zip(&before).all(|(rate, before)| rate >= before));
            // Nobody overtakes anybody on the way either.
            prop_assert!(stage.rates.windows(2).all(|two| two[0] <= two[1]));
            before.clone_from(&stage.rates);
        }
        prop_assert_eq!(&before, &answer.rates);
    }

    #[test]
    fn what_cannot_be_kept_is_a_smallest_set(toys in scale(2..=6, 1), wishes in wishes(), floor in 9_000_i64..24_000) {
        let Ok(money) = money_of(&toys, 100, CostReading::RunRate) else { return Ok(()) };
        let wishes = Wishes { floor: Some(Pence(floor * 100)), ..wishes };
        let full = ladder(&money, &wishes);
        let Err(none) = redistribute(&money, &full, Aim::RisePercent, StageRule::SameSplit) else { return Ok(()) };
        prop_assert!(!none.conflict.is_empty(), "{}", none.why);
        let of_set = |limit: &redistribute::Limit| none.conflict.iter().position(|wish| {
            wish.kind == limit.kind && (limit.kind != redistribute::LimitKind::Gap || wish.points.last() == Some(&limit.point) && matches!(limit.rule, redistribute::Rule::Above { lower, .. } if lower == wish.points[0]))
        });
        let only = |given_up: Option<usize>| {
            let limits = full.limits.iter().filter(|limit| !limit.kind.can_be_dropped() || of_set(limit).is_some_and(|at| Some(at) != given_up)).cloned().collect();
            redistribute(&money, &redistribute::Ladder::new(money.points.clone(), limits), Aim::RisePercent, StageRule::SameSplit).is_ok()
        };
        prop_assert!(!only(None), "the set can be kept: {}", none.why);
        for at in 0..none.conflict.len() {
            prop_assert!(only(Some(at)), "{:?} is not needed: {}", none.conflict[at].words, none.why);
        }
    }
}
