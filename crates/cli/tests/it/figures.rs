//! Figures of the five disputes, worked out by hand from the published rates, read from the program's JSON.

use crate::run::{at, json, number, whitley};

#[test]
fn nurses_1998() {
    let found = json("offer value nhs-whitley-1998 --offer award");
    assert_eq!(number(&found, "offers/0/in_year_percent/by_months", 2), "2.60");
    // 244 days at 2.0 and 121 at 3.8 of 365
    assert_eq!(number(&found, "offers/0/in_year_percent/by_days", 3), "2.597");
    assert_eq!(number(&found, "offers/0/year_end_percent", 1), "3.8");
    assert_eq!(number(&found, "offers/0/staging_saving_percent/by_months", 2), "1.20");
    // Grade, published base, April, December; their difference over 365.25 / 7 weeks and over 52; and for 8 of 12 months
    for (point, base, april, december, weekly, weekly_52, until) in [
        ("D-min", 12_385, 12_635, 12_855, "4.22", "4.23", "146.67"),
        ("D-max", 14_165, 14_450, 14_705, "4.89", "4.90", "170.00"),
        ("E-min", 14_165, 14_450, 14_705, "4.89", "4.90", "170.00"),
        ("E-max", 16_405, 16_735, 17_030, "5.65", "5.67", "196.67"),
    ] {
        let path = |rest: &str| format!("offers/0/points/point={point}/{rest}");
        assert_eq!(at(&found, &path("base")).as_f64(), Some(f64::from(base)));
        assert_eq!(at(&found, &path("steps/0/rate")).as_f64(), Some(f64::from(april)), "{point}");
        assert_eq!(at(&found, &path("steps/1/rate")).as_f64(), Some(f64::from(december)), "{point}");
        assert_eq!(at(&found, &path("steps/1/from")), "1998-12-01");
        assert_eq!(number(&found, &path("weekly_loss_from_staging"), 2), weekly, "{point}");
        assert_eq!(number(&found, &path("weekly_loss_52_weeks"), 2), weekly_52, "{point}");
        assert_eq!(number(&found, &path("loss_to_full_award"), 2), until, "{point}");
    }
    assert_eq!(number(&found, "offers/0/points/point=E-max/loss_to_full_award_by_days", 2), "197.21");
    // RPI to February 1998: 160.3 / 155.0 is 3.42%
    let reading = "offers/0/real/RPI/readings/reading=annual rate known at the time";
    assert_eq!(number(&found, &format!("{reading}/prices_percent"), 2), "3.42");
    assert_eq!(number(&found, &format!("{reading}/in_year_gap_points"), 2), "-0.82");
    let average = "offers/0/real/RPI/readings/reading=average of the pay year on the year before";
    assert_eq!(number(&found, &format!("{average}/prices_percent"), 2), "3.12");
    assert_eq!(number(&found, &format!("{average}/in_year_gap_points"), 2), "-0.52");
}

#[test]
fn break_even_salaries_of_1998() {
    let found = json("offer claims nhs-whitley-1998");
    // 5 x 365.25 / 7 / 0.018 and 5 x 52 / 0.018
    assert_eq!(number(&found, "claims/id=salary-that-loses-five-pounds/readings/0/value", 2), "14494.05");
    assert_eq!(number(&found, "claims/id=salary-that-loses-five-pounds-52-weeks/readings/0/value", 2), "14444.44");
    assert_eq!(at(&found, "claims/id=five-pounds-a-week/verdict"), "true-if");
}

#[test]
fn a_salary_and_a_point_mean_the_same_member_where_the_rate_is_published() {
    // 17,030 is what grade E's maximum comes to: as a salary before the award it is on no point of 1997.
    let found = json("offer value nhs-whitley-1998 --offer award --salary 17030");
    assert_eq!(number(&found, "offers/0/points/0/base", 0), "17030");
    // 2% of 17,030 and 3.8% of it, to the penny; 306.54 a year less until December
    assert_eq!(number(&found, "offers/0/points/0/steps/0/rate", 2), "17370.60");
    assert_eq!(number(&found, "offers/0/points/0/steps/1/rate", 2), "17677.14");
    assert_eq!(number(&found, "offers/0/points/0/weekly_loss_from_staging", 2), "5.87");
    assert!(found["offers"][0]["notes"].to_string().contains("E-max"), "the other meaning is pointed out");
    let point = json("offer value nhs-whitley-1998 --offer award --point E-max");
    assert_eq!(number(&point, "offers/0/points/0/weekly_loss_from_staging", 2), "5.65");
    // A salary that is a rate before the award is that point, rounded as published: 16,405 to 17,030 and not 17,028.39.
    let base = json("offer value nhs-whitley-1998 --offer award --salary 16405");
    assert_eq!(number(&base, "offers/0/points/0/year_end_rate", 2), "17030.00");
}

#[test]
fn civil_service_2004() {
    let found = json("offer claims civil-service-2004");
    // 86,000 + 8,500 + 7,000 + 4,500 + 150
    assert_eq!(number(&found, "claims/id=members-in-all/readings/0/value", 0), "106150");
    assert_eq!(at(&found, "claims/id=members-in-all/verdict"), "true");
}

#[test]
fn england_and_scotland_2007() {
    let found = json("offer value nhs-2007 --offer england-staged");
    assert_eq!(number(&found, "offers/0/in_year_percent/by_months", 4), "1.9167");
    assert_eq!(number(&found, "offers/0/in_year_percent/by_days", 4), "1.9153");
    assert_eq!(number(&found, "offers/0/year_end_percent", 1), "2.5");
    assert_eq!(number(&found, "offers/0/points/point=5-min/steps/0/rate", 0), "19453");
    assert_eq!(number(&found, "offers/0/points/point=5-min/steps/1/rate", 0), "19645");
    // 305 a year for seven months of twelve
    let compared = json("offer compare nhs-2007 --offers england-staged,scotland-full --salary 30500");
    assert_eq!(number(&compared, "rows/0/offers/scotland-full/in_year_difference", 2), "177.92");
    assert_eq!(number(&compared, "rows/0/offers/england-staged/in_year_gain", 2), "584.58");
    assert_eq!(number(&compared, "rows/0/offers/scotland-full/in_year_gain", 2), "762.50");
    // The settled offer: 38 pounds more at 5-min, 400 in all at 1-min
    let settled = json("offer value nhs-2007 --offer england-settled");
    assert_eq!(number(&settled, "offers/0/points/point=5-min/year_end_rate", 0), "19683");
    assert_eq!(number(&settled, "offers/0/points/point=1-min/year_end_rate", 0), "12182");
}

#[test]
fn three_years_from_2008() {
    let found = json("offer value nhs-2008 --offer three-year");
    // 1.0275 x 1.024 x 1.0225
    assert_eq!(number(&found, "offers/0/total_percent", 2), "7.58");
    assert_eq!(number(&found, "offers/0/simple_sum_percent", 2), "7.40");
    // RPI 205.4 to 222.8 and 214.0 to 234.4; CPI 81.6 to 89.2
    for (index, window, prices, real) in [
        ("RPI", "from the last rise before the deal to the last rise in it", "8.47", "-0.82"),
        ("RPI", "over the life of the deal", "9.53", "-1.78"),
        ("CPI", "from the last rise before the deal to the last rise in it", "9.31", "-1.58"),
    ] {
        let path = format!("offers/0/real/{index}/readings/reading={window}");
        assert_eq!(number(&found, &format!("{path}/prices_percent"), 2), prices, "{index} {window}");
        assert_eq!(number(&found, &format!("{path}/real_percent"), 2), real, "{index} {window}");
    }
}

#[test]
fn imposed_in_2014() {
    let found = json("offer value nhs-2014 --offer england-imposed --scale afc-spine");
    for row in at(&found, "offers/0/points").as_array().expect("points") {
        let changed = row["year_end_rate"] != row["base"];
        assert_eq!(changed, row["point"] == "16", "{row:.120}");
    }
    assert_eq!(number(&found, "offers/0/points/point=16/year_end_rate", 0), "21478");
    // 2 x (0.45 + 0.80) is 2.50, 2 x (0.45 + 0.90) is 2.70, 2 x (0.45 + 1.0) is 2.90; carried over, 3 x 1.25 is 3.75
    let claims = json("offer claims nhs-2014 --figure two-point-seven-billion");
    assert_eq!(at(&claims, "claims/0/verdict"), "true-if");
    let values: Vec<String> = (0..4).map(|at| number(&claims, &format!("claims/0/readings/{at}/value"), 2)).collect();
    assert_eq!(values, ["2.50", "2.70", "2.90", "3.75"]);
    assert_eq!(at(&claims, "claims/0/true_under").as_array().map(Vec::len), Some(1));
    assert_eq!(number(&claims, "claims/0/nearest/value", 2), "2.70");
}

#[test]
fn a_member_on_point_15_in_2014_with_an_increment_in_october() {
    let question = "offer value nhs-2014 --offer england-imposed --point 15 --band 4 --increment-date 2014-10-01 --hours 22.5";
    let found = json(&format!("{question} --passes-gate"));
    let year = "offers/0/member/years/0";
    // 22.5 of 37.5 hours is 0.6. 21,265 x 0.6; 123 pounds of increment at the old rates and 90 of award, for half a year
    assert_eq!(number(&found, &format!("{year}/base/by_months"), 2), "12759.00");
    assert_eq!(number(&found, &format!("{year}/increment/by_months"), 2), "36.90");
    assert_eq!(number(&found, &format!("{year}/award/by_months"), 2), "27.00");
    // 182 of 365 days from October
    assert_eq!(number(&found, &format!("{year}/increment/by_days"), 2), "36.80");
    assert_eq!(number(&found, &format!("{year}/year_end_rate"), 0), "21478");
    assert_eq!(at(&found, "offers/0/member/increments/0/to"), "16");
    // Without passing the gate there is neither.
    let gated = json(question);
    assert_eq!(number(&gated, &format!("{year}/increment/by_months"), 2), "0.00");
    assert_eq!(number(&gated, &format!("{year}/award/by_months"), 2), "0.00");
    assert_eq!(number(&gated, &format!("{year}/year_end_rate"), 0), "21265");
    // The same in words, award and increment apart.
    let words = whitley(&format!("{question} --passes-gate")).out;
    assert!(words.contains("the award adds £27") && words.contains("not part of the award") && words.contains("£36.90"), "{words}");
    // 1% once at the top: point 17 in band 4, 22,016 x 1% x 0.6
    let top = json("offer value nhs-2014 --offer england-imposed --point 17 --band 4 --hours 22.5");
    assert_eq!(number(&top, &format!("{year}/unconsolidated"), 2), "132.10");
    // A salary that is no point is not known to be at the top of anything.
    let own = json("offer value nhs-2014 --offer england-imposed --salary 30000");
    assert_eq!(number(&own, &format!("{year}/unconsolidated"), 2), "0.00");
}

#[test]
fn arrears_if_scotlands_award_had_come_to_england_in_november() {
    let found = json("offer value nhs-2007 --offer scotland-full --salary 30500 --paid-on 2007-11-01 --paid-offer england-staged");
    // 31,262.50 / 12 is 2,605.21, 30,957.50 / 12 is 2,579.79: 25.42 a month for seven months
    assert_eq!(number(&found, "offers/0/arrears/total", 2), "177.94");
    assert_eq!(number(&found, "offers/0/arrears/months/6/arrears", 2), "25.42");
    assert_eq!(at(&found, "offers/0/arrears/months").as_array().map(Vec::len), Some(7));
}

#[test]
fn the_reading_shown_beside_true_if_is_one_that_holds() {
    for dispute in ["nhs-whitley-1998", "civil-service-2004", "nhs-2007", "nhs-2008", "nhs-2014"] {
        let found = json(&format!("offer claims {dispute}"));
        for claim in found["claims"].as_array().expect("claims").iter().filter(|claim| claim["verdict"] == "true-if") {
            let nearest = &claim["nearest"]["definition"];
            let reading = claim["readings"].as_array().expect("readings").iter().find(|reading| reading["definition"] == *nearest);
            assert_eq!(reading.expect("the nearest")["holds"], true, "{dispute}: {}", claim["id"]);
        }
    }
}
