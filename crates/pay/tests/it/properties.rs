//! What holds for any offer and any salary.

use dated::Ratio;
use jiff::ToSpan as _;
use pay::{
    Count, Employment, PayYear, Pence, PointValue, RateFrom, RatePath, Rounding, Row, arrears, headline, ladder, rates_of_offer,
    rates_of_salary, value_member, value_row,
};
use proptest::prelude::*;

use crate::support::{ENGLAND, day, month, offer, scale};

/// Steps as days after 1 April 2031 and tenths of a percent, one a day.
fn steps() -> impl Strategy<Value = Vec<(i32, i64)>> {
    proptest::collection::btree_map(0_i32..700, 0_i64..80, 1..5).prop_map(|steps| steps.into_iter().collect())
}

fn text(steps: &[(i32, i64)], of: &str) -> String {
    steps
        .iter()
        .map(|(after, tenths)| {
            let from = day("2031-04-01").saturating_add(after.days());
            format!("[[step]]\nfrom = {from}\npercent = {}.{}\nof = \"{of}\"\n", tenths / 10, tenths % 10)
        })
        .collect()
}

fn first_year() -> PayYear {
    PayYear::beginning(month("2031-04"))
}

fn of_salary(steps: &str, pence: i64) -> PointValue {
    value_row(rates_of_salary(&offer(steps), Pence(pence), None, ENGLAND).expect("a base date"), first_year())
}

/// A path of whole pounds that only rises, in the first pay year.
fn rising() -> impl Strategy<Value = RatePath> {
    (1_200_000_i64..9_000_000, proptest::collection::btree_map(0_i32..365, 1_i64..200_000, 0..5)).prop_map(|(base, rises)| {
        let mut rate = base;
        let rates = rises
            .into_iter()
            .enumerate()
            .map(|(step, (after, rise))| {
                rate += rise;
                RateFrom { from: day("2031-04-01").saturating_add(after.days()), rate: Pence(rate), step }
            })
            .collect();
        RatePath { base: Pence(base), rates }
    })
}

fn row_of(path: RatePath) -> Row {
    let mut row = rates_of_salary(&offer("[[step]]\nfrom = 2031-04-01\npounds = 1\n"), path.base, None, ENGLAND).expect("a base date");
    row.path = path;
    row
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn rises_added_are_never_more_than_rises_compounded(steps in steps(), pence in 1_000_000_i64..10_000_000) {
        let (added, compounded) = (of_salary(&text(&steps, "base"), pence), of_salary(&text(&steps, "in-force"), pence));
        let last = steps.last().map(|(after, _)| day("2031-04-01").saturating_add(after.days())).expect("a step");
        // A penny for each rounding of the compounding one, which rounds at every step.
        let slack = Pence(i64::try_from(steps.len()).expect("few"));
        prop_assert!(added.row.path.rate_on(last) <= compounded.row.path.rate_on(last) + slack);
        let (a, c) = (offer(&text(&steps, "base")), offer(&text(&steps, "in-force")));
        let (a, c) = (headline(&a, ENGLAND, 4).expect("one"), headline(&c, ENGLAND, 4).expect("one"));
        prop_assert!(a.total_percent <= c.total_percent);
        prop_assert_eq!(a.simple_sum_percent, c.simple_sum_percent);
        prop_assert_eq!(a.simple_sum_percent, a.total_percent);
    }

    #[test]
    fn the_year_never_brings_more_than_its_end(steps in steps()) {
        let offer = offer(&text(&steps, "in-force"));
        for year in headline(&offer, ENGLAND, 4).expect("a headline").years {
            prop_assert!(year.in_year_percent.by_months <= year.year_end_percent);
            prop_assert!(year.in_year_percent.by_days <= year.year_end_percent);
            prop_assert!(year.staging_saving_percent.by_months >= Ratio::ZERO);
        }
    }

    #[test]
    fn a_later_step_never_brings_more_in_the_year(path in rising(), which in 0_usize..5, later in 1_i32..60) {
        prop_assume!(!path.rates.is_empty());
        let which = which % path.rates.len();
        let mut moved = path.clone();
        moved.rates[which].from = moved.rates[which].from.saturating_add(later.days());
        // Only moves that keep the order of the steps.
        prop_assume!(moved.rates.windows(2).all(|pair| pair[0].from < pair[1].from));
        let gain = |path: &RatePath| value_row(row_of(path.clone()), first_year()).first_year().gain_pence;
        let (before, after) = (gain(&path), gain(&moved));
        prop_assert!(after.by_months <= before.by_months);
        prop_assert!(after.by_days <= before.by_days);
    }

    #[test]
    fn what_is_gained_and_what_is_withheld_make_a_full_year_at_the_end_rate(path in rising()) {
        let value = value_row(row_of(path.clone()), first_year());
        let year = value.first_year();
        let full = (year.year_end_rate - path.base).ratio();
        prop_assert_eq!(year.gain_pence.by_months + value.loss_to_full_award_pence.by_months, full);
        prop_assert_eq!(year.gain_pence.by_days + value.loss_to_full_award_pence.by_days, full);
    }

    #[test]
    fn award_and_increment_make_the_whole_change(
        steps in steps(), due in 0_i32..400, start in 0_i32..200, tenths in 1_i64..=10, gate in any::<bool>(),
        progression in prop_oneof![Just("normal"), Just("frozen"), Just("gated")],
    ) {
        let mut text = text(&steps, "base");
        text.push_str(&format!("progression = \"{progression}\"\n"));
        let offer = offer(&text);
        let rows = rates_of_offer(&offer, &scale("1 A 24000\n2 A 25100\n3 A 26300", "nearest pound"), ENGLAND).expect("rates");
        let rungs = ladder(&rows, "1", "A");
        let april = day("2031-04-01");
        let employment = Employment {
            started_on: Some(april.saturating_add(start.days())),
            changes: vec![(april.saturating_add(300.days()), Ratio::new(tenths.into(), 10))],
            ..Employment::full_time()
        };
        let years = [first_year(), first_year().next()];
        let due = april.saturating_add(due.days());
        let value = value_member(&rungs, &employment, Some(due), gate, &offer, ENGLAND, &years);
        for (number, year) in value.years.iter().enumerate() {
            // Pay added up day by day, on the point that the increments that were paid lead to.
            let mut paid = Ratio::ZERO;
            let mut at = years[number].first_day();
            let days = pay::days_between(at, years[number].end());
            while at < years[number].end() {
                let rung = value
                    .increments
                    .iter()
                    .filter(|increment| increment.due_on <= at)
                    .filter(|increment| match increment.progression {
                        pay::Progression::Normal => true,
                        pay::Progression::Frozen => false,
                        pay::Progression::Gated => gate,
                    })
                    .count();
                paid = paid + rungs[rung].path.rate_on(at).ratio() * employment.portion_on(at) / Ratio::whole(days);
                at = at.saturating_add(1.day());
            }
            prop_assert_eq!(year.base.by_days + year.award.by_days + year.increment.by_days, paid);
        }
    }

    #[test]
    fn the_months_of_arrears_make_the_whole_to_a_penny_a_month(path in rising(), until in 1_i32..400) {
        let paid = RatePath { base: path.base, rates: Vec::new() };
        let (from, until) = (day("2031-04-01"), day("2031-04-01").saturating_add(until.days()));
        let months = arrears(&path, &paid, &Employment::full_time(), from, until);
        let total: Pence = months.iter().map(|month| month.arrears()).sum();
        // The same sum over the stretches of one rate, not over months.
        let mut cuts: Vec<_> = path.rates.iter().map(|rate| rate.from).filter(|cut| from < *cut && *cut < until).collect();
        cuts.insert(0, from);
        cuts.push(until);
        let exact: Ratio = cuts
            .windows(2)
            .map(|pair| (path.rate_on(pair[0]) - path.base).ratio() * pay::months_between(pair[0], pair[1]) / Ratio::whole(12))
            .sum();
        let allowed = Ratio::whole(i64::try_from(months.len()).expect("few months"));
        prop_assert!((total.ratio() - exact).abs() <= allowed, "{} against {}", total, exact);
    }

    #[test]
    fn a_rounding_is_never_off_by_more_than_its_unit_and_goes_its_way(pence in -10_000_000_i64..1_000_000_000, parts in 1_i64..1000) {
        let exact = Ratio::new(pence.into(), parts.into());
        for (words, rounding) in Rounding::WORDS {
            let rounded = rounding.apply(exact);
            let unit = Ratio::whole(rounding.unit_pence);
            let off = rounded.ratio() - exact;
            prop_assert!(off.abs() < unit, "{}: {} from {}", words, rounded, exact);
            prop_assert_eq!(rounded.0 % rounding.unit_pence, 0);
            prop_assert_eq!(rounding.apply(rounded.ratio()), rounded);
            match rounding.mode {
                pay::RoundingMode::Nearest => prop_assert!(off.abs() + off.abs() <= unit),
                pay::RoundingMode::Up => prop_assert!(off >= Ratio::ZERO),
                pay::RoundingMode::Down => prop_assert!(off <= Ratio::ZERO),
            }
        }
    }

    #[test]
    fn by_months_and_by_days_agree_on_a_whole_year(base in 1_200_000_i64..9_000_000, rise in 0_i64..500_000, start in 1_i8..=12) {
        let year = PayYear::holding(day("2031-06-15"), start);
        let path = RatePath { base: Pence(base), rates: vec![RateFrom { from: year.first_day(), rate: Pence(base + rise), step: 0 }] };
        let value = value_row(row_of(path), year);
        prop_assert_eq!(value.first_year().gain_pence.by_months, Ratio::whole(rise));
        prop_assert_eq!(value.first_year().gain_pence.by_days, Ratio::whole(rise));
        prop_assert_eq!(year.portion(year.first_day(), year.end(), Count::Days), Ratio::ONE);
    }

    #[test]
    fn a_least_increment_holds_at_every_point_of_a_band(rates in proptest::collection::btree_set(1_500_000_i64..3_000_000, 2..20), tenths in 1_i64..60) {
        let points: String = rates.iter().enumerate().map(|(at, rate)| format!("{at} A {}.{:02}\n", rate / 100, rate % 100)).collect();
        let text = format!("[[step]]\nfrom = 2031-04-01\nminimum_increment_percent = {}.{}\n", tenths / 10, tenths % 10);
        let rows = rates_of_offer(&offer(&text), &scale(&points, "nearest penny"), ENGLAND).expect("rates");
        let factor = Ratio::ONE + Ratio::new(tenths.into(), 1000);
        for pair in rows.windows(2) {
            let (below, above) = (pair[0].path.rate_on(day("2031-04-01")), pair[1].path.rate_on(day("2031-04-01")));
            // A penny of slack for the rounding of each of the two.
            prop_assert!(above.ratio() + Ratio::whole(2) >= below.ratio() * factor, "{} above {}", above, below);
            prop_assert!(above >= pair[1].path.base, "nobody is lowered");
        }
    }
}

/// P13: point 1 goes on 1 October and its staff stand on point 2. A sum of December for point 2 is theirs, one for point 1 nobody's,
/// whether no increment is reckoned with, or one that fell due before the sum, or one after it.
#[test]
fn staff_who_were_moved_get_the_one_off_sums_of_where_they_stand() {
    let scale = scale("1 A 20000\n2 A 21000\n3 A 22500", "nearest pound");
    let steps = "[[step]]\nfrom = 2031-10-01\nassimilate = [{ from = \"1\", to = \"2\" }]\n";
    let sum = |point: &str, paid_on: &str| format!("{steps}[[lump]]\npaid_on = {paid_on}\npounds = 200\npoints = [\"{point}\"]\n");
    let got = |text: &str, due: Option<&str>| {
        let offer = offer(text);
        let rungs = ladder(&rates_of_offer(&offer, &scale, ENGLAND).expect("rates"), "1", "A");
        let years = [PayYear::holding(day("2031-04-01"), 4)];
        value_member(&rungs, &Employment::full_time(), due.map(day), false, &offer, ENGLAND, &years).years[0].unconsolidated
    };
    for due in [None, Some("2031-05-01"), Some("2032-01-01")] {
        let before_move = if due == Some("2031-05-01") { "2" } else { "1" };
        assert_eq!(got(&sum(before_move, "2031-09-30"), due), Pence(20_000), "before the move: {due:?}");
        assert_eq!(got(&sum("2", "2031-12-01"), due), Pence(20_000), "after the move: {due:?}");
        assert_eq!(got(&sum("1", "2031-12-01"), due), Pence(0), "of the point that went: {due:?}");
    }
    // An increment between move and sum leads on to point 3.
    assert_eq!(got(&sum("3", "2031-12-01"), Some("2031-11-01")), Pence(20_000));
}
