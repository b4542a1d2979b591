//! Equal pay through time: past rates of the file or of a scale, arrears period by period.

use dated::{Date, Faults, parse_date};
use pay::WeeksInYear;
use pay::equal_pay::*;

use crate::support::data_scale;

fn day(text: &str) -> Date {
    parse_date(text).expect("a date")
}

fn window(from: &str, lodged: &str) -> ArrearsWindow {
    ArrearsWindow { from: day(from), lodged_on: day(lodged), left_on_or_after: day(from) }
}

fn read(text: &str) -> PayRecords {
    let faults = Faults::new();
    let (records, _) = read_pay_file("t.csv", &mut text.as_bytes(), None, &faults);
    assert_eq!(faults.into_sorted(), []);
    records
}

fn codes(text: &str) -> Vec<(&'static str, u32)> {
    let faults = Faults::new();
    let _ = read_pay_file("t.csv", &mut text.as_bytes(), None, &faults);
    faults.into_sorted().into_iter().map(|fault| (fault.code, fault.place.line)).collect()
}

const HEADER: &str = "employer,job,sex,hours,hourly_pay,bonus,from,until\n";

/// Four years, 70 hours a fortnight: she had 10 and then 11 an hour, he 12, then 10.50, then 12.
#[test]
fn each_period_is_paid_at_the_rates_of_its_time() {
    let text = format!(
        "{HEADER}A,cook,F,35,10,,2020-01-01,2021-12-31\nA,cook,F,35,11,,2022-01-01,\n\
         A,chef,M,35,12,,2020-01-01,2020-12-31\nA,chef,M,35,10.50,,2021-01-01,2022-12-31\nA,chef,M,35,12,,,\n"
    );
    let all = read(&text);
    assert_eq!(all.list.len(), 2, "rows of past pay are nobody");
    let (hers, his) = (&all.list[0], &all.list[1]);
    let periods = price_periods(&all, hers, his, WeeksInYear::Calendar, &window("2020-01-01", "2024-01-01"));
    let by_hand: Vec<(Date, i64, i64)> = [
        // 2.00 × 5 hours a day × 366 days; 0.50 × 5 × 365; she had more in 2022; 1.00 × 5 × 365.
        ("2020-01-01", 366, 366_000),
        ("2021-01-01", 365, 91_250),
        ("2022-01-01", 365, 0),
        ("2023-01-01", 365, 182_500),
    ]
    .map(|(from, days, pence)| (day(from), days, pence))
    .to_vec();
    assert_eq!(periods.iter().map(|one| (one.from, one.days, one.together_pence)).collect::<Vec<_>>(), by_hand);
    assert!(periods.iter().all(|one| one.is_known));
    let owed = price(&all, hers, his, WeeksInYear::Calendar, &window("2020-01-01", "2024-01-01"));
    assert_eq!((owed.together_pence, owed.days, owed.days_assumed), (639_750, 1461, 0));
    // Today's gap over the whole time would have been another sum.
    let today = read("employer,job,sex,hours,hourly_pay\nA,cook,F,35,11\nA,chef,M,35,12\n");
    let owed = price(&today, &today.list[0], &today.list[1], WeeksInYear::Calendar, &window("2020-01-01", "2024-01-01"));
    assert_eq!((owed.together_pence, owed.days_assumed), (730_500, 1461));
}

#[test]
fn days_of_which_nothing_is_said_take_what_was_paid_next_and_are_counted() {
    let text = format!("{HEADER}A,cook,F,35,10,,2021-01-01,2021-12-31\nA,cook,F,35,11,,2022-07-01,\nA,chef,M,35,12,,2015-01-01,\n");
    let all = read(&text);
    let periods = price_periods(&all, &all.list[0], &all.list[1], WeeksInYear::Calendar, &window("2020-01-01", "2023-01-01"));
    let shown: Vec<(i64, bool, i64)> = periods.iter().map(|one| (one.days, one.is_known, one.together_pence)).collect();
    // 2020 takes the 10 of 2021; the first half of 2022 the 11 that came in July.
    assert_eq!(shown, [(366, false, 366_000), (365, true, 365_000), (181, false, 90_500), (184, true, 92_000)]);
    let owed = price(&all, &all.list[0], &all.list[1], WeeksInYear::Calendar, &window("2020-01-01", "2023-01-01"));
    assert_eq!(owed.days_assumed, 547);
}

#[test]
fn terms_stand_apart_in_each_period_and_add_up() {
    // Until 2021 he had a bonus of £3,652.50 a year and £1 an hour less; then £1 more and no bonus. 35 hours, 7 a working day.
    let text = format!("{HEADER}A,cook,F,35,11,,2010-01-01,\nA,chef,M,35,10,3652.50,2020-01-01,2020-12-31\nA,chef,M,35,12,,2021-01-01,\n");
    let all = read(&text);
    let periods = price_periods(&all, &all.list[0], &all.list[1], WeeksInYear::Calendar, &window("2020-01-01", "2022-01-01"));
    // £10 a day of bonus for 366 days, less £5 a day of basic pay when all is one term.
    assert_eq!((periods[0].by_term_pence, periods[0].together_pence), ([0, 366_000, 0], 183_000));
    assert_eq!((periods[1].by_term_pence, periods[1].together_pence), ([182_500, 0, 0], 182_500));
    let owed = price(&all, &all.list[0], &all.list[1], WeeksInYear::Calendar, &window("2020-01-01", "2022-01-01"));
    assert_eq!((owed.together_pence, owed.term_by_term_pence), (365_500, 548_500));
}

#[test]
fn past_pay_that_overlaps_or_is_nobodys_is_named() {
    let rows = "A,cook,F,35,10,,2020-01-01,2021-01-01\nA,cook,F,35,11,,2021-01-01,2021-06-30\nA,cook,F,35,12,,2021-06-30,\n\
        A,chef,M,35,10,,2020-01-01,2020-12-31\nA,porter,M,35,9,,,2020-12-31\nA,porter,M,35,9,,2021-01-01,2020-12-31\n";
    assert_eq!(
        codes(&format!("{HEADER}{rows}")),
        [("past-pay-overlaps", 3), ("past-pay-overlaps", 4), ("past-pay-of-nobody", 5), ("value-missing", 6), ("ends-before-beginning", 7),]
    );
    assert_eq!(codes("employer,job,sex,hours,hourly_pay,until\nA,cook,F,35,10,\n"), [("missing-column", 1)]);
    assert_eq!(codes("employer,job,sex,hours,annual_pay,point,full_time_hours\nA,cook,F,35,,12,37.5\n"), [("no-scale", 2)]);
}

#[test]
fn a_post_keeps_two_people_of_one_job_apart() {
    let text = "employer,job,sex,hours,hourly_pay,post,from,until\n\
        A,cook,F,35,10,1,2020-01-01,2020-12-31\nA,cook,F,35,9,2,2020-01-01,2020-12-31\nA,cook,F,35,11,1,,\nA,cook,F,35,11,2,,\n";
    let all = read(text);
    let then = |at: usize| all.paid_on(&all.list[at], day("2020-06-01")).0.basic;
    assert_eq!((then(0), then(1)), (100_000, 90_000));
}

/// Bands 2 and 3 of Agenda for Change, tops: the published tables of each year, not today's gap.
#[test]
fn a_point_of_a_scale_brings_its_rates_of_every_year() {
    let scale = &data_scale("afc-bands");
    let lodged = day("2009-10-01");
    let faults = Faults::new();
    let text = "employer,job,sex,hours,full_time_hours,point\nT,assistant,F,18.75,37.5,2-max\nT,porter,M,37.5,37.5,3-max\n";
    let (all, _) = read_pay_file("t.csv", &mut text.as_bytes(), Some(&ScaleRates::new(scale, "England", lodged)), &faults);
    assert_eq!(faults.into_sorted(), []);
    for on in ["2005-01-01", "2006-05-01", "2008-12-31", "2009-09-30"] {
        let table = scale.table_on("England", day(on)).expect("a table");
        for (record, point) in all.list.iter().zip(["2-max", "3-max"]) {
            let published = table.point(point).expect("a point").annual.0;
            assert_eq!(i64::from(all.paid_on(record, day(on)).0.basic), published, "{point} on {on}");
        }
    }
    // Every period is priced at the gap of its table, for half the hours.
    let periods = price_periods(&all, &all.list[0], &all.list[1], WeeksInYear::Calendar, &window("2004-10-01", "2009-10-01"));
    assert!(periods.len() > 3);
    for period in &periods {
        let table = scale.table_on("England", period.from).expect("a table");
        let annual = |point: &str| table.point(point).expect("a point").annual.0;
        // Half the yearly gap, for days of 365.25.
        let exact = dated::Ratio::new(i128::from((annual("3-max") - annual("2-max")) * period.days * 4), 2 * 1461);
        assert_eq!(i128::from(period.together_pence), exact.round_half_away(), "{}", period.from);
    }
    let faults = Faults::new();
    let _ =
        read_pay_file("t.csv", &mut text.replace("3-max", "3-mx").as_bytes(), Some(&ScaleRates::new(scale, "England", lodged)), &faults);
    let found = faults.into_sorted();
    assert_eq!((found[0].code, found[0].fix.as_str()), ("unknown-point", "did you mean “3-max”?"));
}
