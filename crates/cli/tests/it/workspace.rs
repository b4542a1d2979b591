//! The command line and the pages of the workspace never disagree: `offer value --json` beside the CSV of the offer's page.

use std::collections::BTreeMap;

use dated::{Date, Ratio};
use dispute::FoundingDisputes;
use serde_json::Value;
use workspace::desk::{Call, Desk, Reply};

use crate::run::json;

fn csv(desk: &Desk, path: &str, pairs: &[(&str, &str)]) -> Vec<BTreeMap<String, String>> {
    let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let call = Call {
        who: "officer",
        may_write: false,
        at: "2026-11-22T08:00:00Z",
        today: Date::constant(2026, 11, 22),
        path,
        pairs: &pairs,
        upload: None,
        is_post: false,
    };
    let Ok(Reply::File(file)) = desk.staff(call) else { panic!("{path} {pairs:?}: no table") };
    let mut reader = csv::Reader::from_reader(file.bytes.as_slice());
    let heads = reader.headers().expect("headings").clone();
    let row = |record: csv::StringRecord| heads.iter().zip(record.iter()).map(|(head, cell)| (head.to_owned(), cell.to_owned())).collect();
    reader.records().map(|record| row(record.expect("a record"))).collect()
}

/// The same number, however it is written.
fn same(cell: &str, value: &Value, what: &str) {
    let shown = Ratio::parse_decimal(cell).unwrap_or_else(|| panic!("{what}: “{cell}”"));
    let told = Ratio::parse_decimal(&value.to_string()).unwrap_or_else(|| panic!("{what}: {value}"));
    assert_eq!(shown, told, "{what}: the page has {cell}, the command line {value}");
}

#[test]
fn an_offers_page_has_the_figures_of_offer_value() {
    let folder = tempfile::tempdir().expect("a folder");
    let desk = Desk::open(folder.path()).expect("a desk");
    let (mut offers, mut points, mut windows) = (0, 0, 0);
    for dispute in FoundingDisputes::ids() {
        let told = json(&format!("offer value {dispute}"));
        for offer in told["offers"].as_array().expect("offers") {
            let id = offer["id"].as_str().expect("an id");
            let path = format!("{dispute}/offers/{id}");
            let group = offer["group"].as_str();
            let with = |table: &str| {
                let mut pairs = vec![("csv", table)];
                pairs.extend(group.map(|group| ("group", group)));
                csv(&desk, &path, &pairs)
            };
            offers += 1;
            if !offer["years"].as_array().is_none_or(Vec::is_empty) {
                for (row, year) in with("headline").iter().zip(offer["years"].as_array().expect("years")) {
                    assert_eq!(row["pay year"], year["pay_year"]);
                    same(&row["in the year"], &year["in_year_percent"]["by_months"], &path);
                    same(&row["by days"], &year["in_year_percent"]["by_days"], &path);
                    same(&row["at its end"], &year["year_end_percent"], &path);
                }
                let prices = with("prices");
                let readings = offer["real"].as_object().expect("indices").iter().flat_map(|(index, real)| {
                    let list = real["readings"].as_array().expect("readings");
                    list.iter().filter(|reading| reading.get("missing").is_none()).map(move |reading| (index, reading))
                });
                let readings: Vec<_> = readings.collect();
                assert_eq!(prices.len(), readings.len(), "{path}: readings");
                for (row, (index, reading)) in prices.iter().zip(readings) {
                    assert_eq!(
                        (row["index"].as_str(), row["reading"].as_str()),
                        (index.as_str(), reading["reading"].as_str().expect("words"))
                    );
                    same(&row["prices"], &reading["prices_percent"], &path);
                    let end = reading.get("year_end_percent").unwrap_or(&reading["pay_percent"]);
                    same(&row["pay at its end"], end, &path);
                    windows += 1;
                }
            }
            let mut tables: BTreeMap<String, Vec<BTreeMap<String, String>>> = BTreeMap::new();
            let mut used: BTreeMap<String, usize> = BTreeMap::new();
            for point in offer["points"].as_array().expect("points") {
                let nation = point["nation"].as_str().expect("a nation").to_lowercase().replace(' ', "-");
                let suffix = group.map(|group| format!("-{group}")).unwrap_or_default();
                let name = format!("points-{}-{nation}{suffix}", point["scale"].as_str().expect("a scale"));
                let rows = tables.entry(name.clone()).or_insert_with(|| with(&name));
                let at = used.entry(name.clone()).or_default();
                let row = &rows[*at];
                *at += 1;
                let what = format!("{path} {name} {}", point["point"]);
                assert_eq!(
                    (&row["point"], &row["band"]),
                    (&point["point"].as_str().expect("a point").to_owned(), &point["band"].as_str().expect("a band").to_owned()),
                    "{what}"
                );
                same(&row["rate before"], &point["base"], &what);
                for step in point["steps"].as_array().expect("steps") {
                    same(&row[&format!("from {}", step["from"].as_str().expect("a day"))], &step["rate"], &what);
                }
                same(&row["more in the year"], &point["in_year_gain"], &what);
                same(&row["by days"], &point["in_year_gain_by_days"], &what);
                same(&row["in the year, %"], &point["in_year_percent"]["by_months"], &what);
                same(&row["by days, %"], &point["in_year_percent"]["by_days"], &what);
                same(&row["at its end, %"], &point["year_end_percent"], &what);
                // A column of noughts alone is left out of the page.
                for (column, key) in [
                    ("one-off", "unconsolidated"),
                    ("lost a week", "weekly_loss_from_staging"),
                    ("lost a week (52)", "weekly_loss_52_weeks"),
                    ("until the full rate", "loss_to_full_award"),
                    ("by days (until full)", "loss_to_full_award_by_days"),
                ] {
                    same(row.get(column).map_or("0", String::as_str), &point[key], &format!("{what}: {column}"));
                }
                points += 1;
            }
        }
    }
    assert!(offers >= 15 && points > 200 && windows > 50, "{offers} offers, {points} points, {windows} readings");
}
