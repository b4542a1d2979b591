//! Real awards on real scales must give the published rates.

use std::collections::BTreeMap;

use dated::Date;
use pay::{Pence, Row, Scale, View, rates_of_offer};

use crate::support::{ENGLAND, data_rows, data_scale, data_sources, day, offer_with_source};

/// The rates of every row on a day, under an offer with these steps, by point and band.
fn rates_on(scale: &Scale, view: View<'_>, steps: &str, source: &str, on: &str) -> BTreeMap<(String, String), i64> {
    rows(scale, view, steps, source).into_iter().map(|row| ((row.point, row.band), pounds(row.path.rate_on(day(on))))).collect()
}

fn rows(scale: &Scale, view: View<'_>, steps: &str, source: &str) -> Vec<Row> {
    let offer = offer_with_source(steps, source, &data_sources());
    rates_of_offer(&offer, scale, view).unwrap_or_else(|error| panic!("{error}"))
}

fn pounds(rate: Pence) -> i64 {
    assert_eq!(rate.0 % 100, 0, "{rate} is not whole pounds");
    rate.0 / 100
}

/// The published rates of a nation from a day, by point.
fn table(scale: &Scale, nation: &str, from: &str) -> BTreeMap<String, i64> {
    let from: Date = day(from);
    let table = scale.table_from(nation, from).unwrap_or_else(|| panic!("no table for {nation} from {from}"));
    table.points.iter().map(|point| (point.id.clone(), pounds(point.annual))).collect()
}

// The chain of awards behind `data/pay/afc-chain-check.csv`, each as an offer.

/// The table's author did not round 2005/06 before taking 2.5% of it (39,958 gives 42,278, where 41,247 and 2.5% would
/// give 42,279), so both awards are put as percentages of 2004/05: 1.03225 x 1.025 is 1.05805625.
const AWARDS_2005_2006: &str = r#"
base_date = 2004-10-01
[[step]]
from = 2005-04-01
total_percent = 3.225
[[step]]
from = 2006-04-01
total_percent = 5.805625
"#;

const SETTLEMENT_2007: &str = r#"
base_date = 2007-03-31
[[step]]
from = 2007-04-01
percent = 1.5
of = "base"
[[step]]
from = 2007-11-01
total_percent = 2.5
[[step.also]]
points = ["2-max", "3-max", "4-min", "4-max", "5-min"]
total_percent = 2.5
and_pounds = 38
[[step.also]]
points = ["1-min", "1-max", "2-min", "3-min"]
total_percent = 2.5
at_least_pounds = 400
"#;

/// Band 1 loses its lowest point in 2009; band 5 gains 0.33% at the top in 2009 and in 2010; 420 pounds instead of
/// 2.25% for the lowest twelve points in 2010.
const DEAL_2008: &str = r#"
base_date = 2008-03-31
[[step]]
from = 2008-04-01
percent = 2.75
of = "in-force"
[[step]]
from = 2009-04-01
percent = 2.4
of = "in-force"
assimilate = [{ from = "1-min", to = "2-min" }]
[[step.also]]
points = ["5-max"]
percent = 0.33
of = "in-force"
[[step]]
from = 2010-04-01
points = ["4-max", "5-min", "5-max", "6-min", "6-max", "7-min", "7-max", "8a-min", "8a-max", "8b-min", "8b-max", "8c-min", "8c-max", "8d-min", "8d-max", "9-min", "9-max"]
percent = 2.25
of = "in-force"
[[step.also]]
points = ["5-max"]
percent = 0.33
of = "in-force"
[[step.also]]
points = ["1-max", "2-min", "2-max", "3-min", "3-max", "4-min"]
pounds = 420
"#;

#[test]
fn six_awards_from_2004_give_the_chain_of_the_check_table_in_every_row() {
    let bands = data_scale("afc-bands");
    // Each award begins from a table; that the award before gives just this table links the chain.
    for (steps, source, on) in [
        (AWARDS_2005_2006, "AFC-SUMMARY-2004", "2005-04-01"),
        (AWARDS_2005_2006, "AFC-SUMMARY-2004", "2006-04-01"),
        (SETTLEMENT_2007, "WALES-AFC-4-2007", "2007-04-01"),
        (SETTLEMENT_2007, "WALES-AFC-4-2007", "2007-11-01"),
        (DEAL_2008, "NHSE-2008-DEAL", "2008-04-01"),
        (DEAL_2008, "NHSE-2008-DEAL", "2009-04-01"),
    ] {
        let published = table(&bands, "England", on);
        for ((point, _), rate) in rates_on(&bands, ENGLAND, steps, source, on) {
            // Band 6's lowest points were spread anew in 2009: the data have no rate for that end.
            if (point.as_str(), on) == ("6-min", "2009-04-01") {
                assert_eq!(published.get(&point), None);
                continue;
            }
            assert_eq!(Some(&rate), published.get(&point), "{point} on {on}");
        }
    }
    let last = rates_on(&bands, ENGLAND, DEAL_2008, "NHSE-2008-DEAL", "2010-04-01");
    let check = data_rows("pay/afc-chain-check.csv", &["band", "end", "published_2004_05", "chained_2010_11", "published_2010_11"]);
    assert_eq!(check.len(), 24);
    let first = table(&bands, "England", "2004-10-01");
    let mut beyond_a_pound = Vec::new();
    for row in check {
        let point = format!("{}-{}", row[0], row[1]);
        let number = |at: usize| row[at].parse::<i64>().unwrap_or_else(|_| panic!("{}", row[at]));
        assert_eq!(first[&point], number(2), "{point} in 2004/05");
        let ours = last[&(point.clone(), row[0].clone())];
        assert_eq!(ours, number(3), "{point} in 2010/11, chained");
        if (ours - number(4)).abs() > 1 {
            beyond_a_pound.push((point, ours - number(4)));
        }
    }
    assert_eq!(beyond_a_pound, [("5-max".to_owned(), -3), ("6-min".to_owned(), -236)]);
}

#[test]
fn scotland_2007_gives_the_published_band_ends_within_a_pound() {
    let bands = data_scale("afc-bands");
    let steps = "base_date = 2007-03-31\nnations = [\"Scotland\"]\n[[step]]\nfrom = 2007-04-01\npercent = 2.5\nof = \"base\"\n";
    let view = View { nation: "Scotland", scale_nation: "England", group: None };
    let ours = rates_on(&bands, view, steps, "MIP-2007-07-16", "2007-04-01");
    let published = table(&bands, "Scotland", "2007-04-01");
    assert_eq!((ours.len(), published.len()), (24, 24));
    for ((point, _), rate) in ours {
        assert!((rate - published[&point]).abs() <= 1, "{point}: {rate} against {}", published[&point]);
    }
    // On the spine too, whose 2006 rates were divided back from 2010.
    let spine = data_scale("afc-spine");
    let published = table(&spine, "Scotland", "2007-04-01");
    let ours = rates_on(&spine, view, steps, "MIP-2007-07-16", "2007-04-01");
    assert_eq!(published.len(), 47);
    for ((point, _), rate) in ours {
        assert!((rate - published[&point]).abs() <= 1, "{point}: {rate} against {}", published[&point]);
    }
}

#[test]
fn nurses_1998_give_all_twelve_band_ends_at_both_stages() {
    let scale = data_scale("whitley-nurses");
    let steps = "base_date = 1998-03-31\nnations = [\"Great Britain\"]\n[[step]]\nfrom = 1998-04-01\npercent = 2.0\nof = \"base\"\n\
                 [[step]]\nfrom = 1998-12-01\npercent = 1.8\nof = \"base\"\n";
    let view = View { nation: "Great Britain", scale_nation: "Great Britain", group: None };
    for on in ["1998-04-01", "1998-12-01"] {
        let published = table(&scale, "Great Britain", on);
        let ours = rates_on(&scale, view, steps, "SEED-004", on);
        assert_eq!((ours.len(), published.len()), (12, 12));
        for ((point, _), rate) in ours {
            assert_eq!(rate, published[&point], "{point} on {on}");
        }
    }
    // The reading that Hansard's 12,855 rules out.
    let compounding = steps.replace("of = \"base\"", "of = \"in-force\"");
    let ours = rates_on(&scale, view, &compounding, "SEED-004", "1998-12-01");
    assert_eq!(ours[&("D-min".to_owned(), "D".to_owned())], 12_860);
}

#[test]
fn the_freeze_of_2011_and_2012_gives_250_up_to_21000_and_nothing_above() {
    let spine = data_scale("afc-spine");
    for (base, on) in [("2011-03-31", "2011-04-01"), ("2012-03-31", "2012-04-01")] {
        let steps = format!(
            "base_date = {base}\n[[step]]\nfrom = {on}\npercent = 0\nof = \"in-force\"\n[[step.also]]\nrate_at_most = 21000\npounds = 250\n"
        );
        let published = table(&spine, "England", on);
        let mut differ = Vec::new();
        for ((point, _), rate) in rates_on(&spine, ENGLAND, &steps, "NHSE-ANNEX3-2014", on) {
            if rate != published[&point] {
                differ.push(point.parse::<u32>().expect("points are numbers"));
            }
        }
        differ.sort_unstable();
        differ.dedup();
        // Points 18 to 23 were spread anew in 2011; the data divide them back from 2013 and say so.
        let expected: &[u32] = if on == "2011-04-01" { &[18, 19, 20, 21, 22, 23] } else { &[] };
        assert_eq!(differ, expected, "{on}");
    }
    // Point 15 is under the line both times and ends above it; point 16 is above it all along.
    let rates = |point: &str| ["2010-04-01", "2011-04-01", "2012-04-01"].map(|from| table(&spine, "England", from)[point]);
    assert_eq!(rates("15"), [20_554, 20_804, 21_054]);
    assert_eq!(rates("16"), [21_176; 3]);
}

#[test]
fn one_percent_in_2013_is_within_a_pound_of_every_point() {
    let spine = data_scale("afc-spine");
    let steps = "base_date = 2013-03-31\n[[step]]\nfrom = 2013-04-01\npercent = 1.0\nof = \"base\"\n";
    let published = table(&spine, "England", "2013-04-01");
    let ours = rates_on(&spine, ENGLAND, steps, "NHSE-ANNEX3-2014", "2013-04-01");
    let points: std::collections::BTreeSet<&String> = ours.keys().map(|(point, _)| point).collect();
    assert_eq!(points.len(), 54);
    for ((point, _), rate) in &ours {
        assert!((rate - published[point]).abs() <= 1, "{point}: {rate} against {}", published[point]);
    }
}

#[test]
fn the_award_imposed_in_2014_lifts_point_16_and_no_other() {
    let spine = data_scale("afc-spine");
    let steps = "base_date = 2014-03-31\n[[step]]\nfrom = 2014-04-01\npercent = 0\nof = \"in-force\"\nminimum_increment_percent = 1.0\n\
                 [[lump]]\npercent = 1.0\nonly = \"band-top\"\npaid_on = 2014-04-01\n";
    let before = table(&spine, "England", "2013-04-01");
    let published = table(&spine, "England", "2014-04-01");
    let rows = rows(&spine, ENGLAND, steps, "NHSE-ANNEX3-2014");
    assert_eq!(rows.len(), 81, "54 points, of which 27 are in two bands");
    for row in &rows {
        let rate = pounds(row.path.rate_on(day("2014-04-01")));
        assert_eq!(rate, published[&row.point], "point {} in band {}", row.point, row.band);
        assert_eq!(rate != before[&row.point], row.point == "16", "point {}", row.point);
    }
    assert_eq!(published["16"], 21_478);
    // The tops of the twelve bands get 1% once: band 4 ends on point 17, 22,016; band 9 on 54, 98,453.
    let mut tops: Vec<(&str, &str, i64)> =
        rows.iter().flat_map(|row| row.lumps.iter().map(|lump| (row.band.as_str(), row.point.as_str(), lump.amount.0))).collect();
    tops.sort_unstable();
    assert_eq!(
        tops,
        [
            ("1", "3", 15_013),
            ("2", "8", 17_425),
            ("3", "12", 19_268),
            ("4", "17", 22_016),
            ("5", "23", 27_901),
            ("6", "29", 34_530),
            ("7", "34", 40_558),
            ("8a", "38", 47_088),
            ("8b", "42", 56_504),
            ("8c", "46", 67_805),
            ("8d", "50", 81_618),
            ("9", "54", 98_453),
        ]
    );
}

#[test]
fn the_flat_1400_of_2022_is_in_the_table_where_no_other_rule_was() {
    let bands = data_scale("afc-bands");
    let steps = "base_date = 2022-03-31\n[[step]]\nfrom = 2022-04-01\npounds = 1400\n[[step.also]]\n\
                 points = [\"6-max\", \"7-min\", \"7-mid\", \"7-max\"]\ntotal_percent = 4.0\n";
    let published = table(&bands, "England", "2022-04-01");
    let ours = rates_on(&bands, ENGLAND, steps, "LASUNISON-2022", "2022-04-01");
    let mut exact = 0;
    for ((point, _), rate) in &ours {
        // Band 1 had closed to the public tables; the bottom of band 2 went to its former second step.
        let Some(published) = published.get(point) else {
            assert!(point.starts_with("1-"), "{point}");
            continue;
        };
        match point.as_str() {
            "2-min" => assert_eq!((*rate, *published), (19_946, 20_270)),
            "7-max" => assert_eq!((*rate, *published), (47_673, 47_672), "4% of 45,839 is 47,672.56"),
            _ => {
                assert_eq!(rate, published, "{point}");
                exact += 1;
            }
        }
    }
    assert_eq!(exact, 23);
}

#[test]
fn the_worth_of_an_increment_on_the_spine_of_2014() {
    let table = table(&data_scale("afc-spine"), "England", "2014-04-01");
    let percent = |from: &str, to: &str| Pence(table[to]).percent_above(Pence(table[from])).to_fixed(2);
    assert_eq!(percent("1", "2"), "2.51");
    assert_eq!(percent("44", "45"), "6.71");
    assert_eq!(percent("15", "16"), "1.00");
}
