//! The founding disputes: no faults, and each quoted figure with the verdict that a separate calculation gives.
//!
//! The verdicts below were worked out from the data files by a program of its own, in another language, that shares
//! nothing with this one, and compared with what is known of each figure. A new figure must be worked out and added.

use std::collections::BTreeMap;

use dated::Ratio;
use dispute::{Dispute, FoundingDisputes};

use crate::folder::{library, read};

const NHS_WHITLEY_1998: [(&str, &str); 20] = [
    ("first-stage", "true"),
    ("second-stage", "true"),
    ("full-year-value", "true-if"),
    ("starting-pay", "true"),
    ("in-year-value", "true"),
    ("saved-by-staging", "true"),
    ("five-pounds-a-week", "true-if"),
    ("salary-that-loses-five-pounds", "true"),
    ("salary-that-loses-five-pounds-52-weeks", "true"),
    ("loss-until-december", "true"),
    ("loss-until-december-by-days", "true"),
    ("nearly-one-below-inflation", "true-if"),
    ("gap-to-february-prices", "true"),
    ("gap-to-march-prices", "true"),
    ("gap-as-it-turned-out", "true"),
    ("no-less-than-nurses", "true"),
    ("same-deal-on-other-scales", "cannot-tell"),
    ("hundred-trusts", "cannot-tell"),
    ("best-comparator-gap", "true"),
    ("best-comparator-gap-percent", "true"),
];

const CIVIL_SERVICE_2004: [(&str, &str); 38] = [
    ("members-dwp", "true"),
    ("members-prison", "true"),
    ("members-treasury-solicitor", "true"),
    ("members-in-all", "true"),
    ("five-departments", "true"),
    ("strongly-in-favour", "true-if"),
    ("share-for-dwp", "true"),
    ("share-for-home-office", "true"),
    ("share-for-dca", "true"),
    ("share-for-prison", "true"),
    ("turnout-dwp", "true"),
    ("printed-turnout-dwp", "true"),
    ("turnout-home-office", "true"),
    ("printed-turnout-home-office", "true"),
    ("turnout-dca", "true"),
    ("printed-turnout-dca", "cannot-tell"),
    ("turnout-prison", "true"),
    ("printed-turnout-prison", "true"),
    ("entitled-dca", "true"),
    ("turnout-four-together", "true"),
    ("share-for-four-together", "true"),
    ("share-of-members-four-together", "true"),
    ("days-to-first-strike-day", "true"),
    ("days-to-second-strike-day", "true"),
    ("within-four-weeks", "true"),
    ("seven-days-of-notice", "true"),
    ("biggest-in-a-decade", "cannot-tell"),
    ("below-inflation-dwp", "true-if"),
    ("below-inflation-home-office", "true-if"),
    ("below-inflation-dca", "cannot-tell"),
    ("below-inflation-prison", "true"),
    ("below-inflation-treasury-solicitor", "cannot-tell"),
    ("average-of-five", "cannot-tell"),
    ("two-counts-dwp", "true"),
    ("two-counts-home-office", "true"),
    ("five-point-seven", "cannot-tell"),
    ("treasury-solicitor-result", "cannot-tell"),
    ("thousands-of-workers", "true"),
];

const NHS_2007: [(&str, &str); 23] = [
    ("staged-award", "true-if"),
    ("worth-one-point-nine", "true"),
    ("within-two-per-cent", "true-if"),
    ("above-inflation", "false"),
    ("rpi-march", "true"),
    ("pay-cut", "true-if"),
    ("demand-against-rpi-april", "true"),
    ("demand-against-cpi-april", "true"),
    ("demand-against-cpi-march", "true"),
    ("members", "true"),
    ("band-5-minimum-before", "true"),
    ("band-5-minimum-april", "true"),
    ("band-5-minimum-november", "true"),
    ("backdated-to-april", "true"),
    ("scotland-in-full", "true"),
    ("scotland-ahead", "true"),
    ("scotland-ahead-in-pounds", "true"),
    ("gap-on-30500", "true"),
    ("two-to-one", "true"),
    ("at-least-400", "true"),
    ("thirty-eight-pounds", "true"),
    ("earnings-growth", "cannot-tell"),
    ("announced-in-march", "true"),
];

const NHS_2008: [(&str, &str); 28] = [
    ("first-year", "true"),
    ("second-year", "true"),
    ("third-year", "true"),
    ("compound-total", "true"),
    ("simple-total", "true"),
    ("eight-per-cent", "true-if"),
    ("band-5-minimum-2008", "true"),
    ("band-5-minimum-2009", "true"),
    ("band-5-minimum-2010", "true"),
    ("starting-salary", "true"),
    ("lowest-point", "true"),
    ("minimum-an-hour", "true-if"),
    ("four-hundred-and-twenty", "true"),
    ("rpi-february", "true"),
    ("cpi-february", "true"),
    ("first-year-below-rpi", "true"),
    ("first-year-above-cpi", "true"),
    ("real-value-to-2010", "true"),
    ("real-value-over-the-deal", "true"),
    ("real-value-to-2010-cpi", "true"),
    ("significant-minority", "cannot-tell"),
    ("rcn-almost-93", "true-if"),
    ("staff-side-accepts", "cannot-tell"),
    ("unison-accepts", "true-if"),
    ("unite-rejects", "true-if"),
    ("rcm-rejects", "true-if"),
    ("gmb-rejects", "true-if"),
    ("csp-rejects", "true-if"),
];

const NHS_2014: [(&str, &str); 19] = [
    ("one-per-cent-for-all", "true"),
    ("members", "cannot-tell"),
    ("two-point-seven-billion", "true-if"),
    ("pay-bill", "true"),
    ("increments-cost", "true"),
    ("increments-share-of-bill", "true-if"),
    ("increments-two-per-cent", "true-if"),
    ("half-of-staff", "true"),
    ("saving", "cannot-tell"),
    ("saving-by-the-written-answer", "true"),
    ("low-increment", "true"),
    ("high-increment-as-printed", "false"),
    ("high-increment", "true"),
    ("lifted-increment", "true"),
    ("at-least-one-per-cent", "true-if"),
    ("six-hundred-thousand", "true-if"),
    ("turnout", "true"),
    ("cost-by-band", "cannot-tell"),
    ("agreed-in-2013", "true"),
];

fn founding(id: &str) -> Dispute {
    let folder = FoundingDisputes::folder(id).unwrap_or_else(|| panic!("there is no {id}"));
    let (dispute, faults) = read(&folder);
    assert_eq!(faults, [], "{id}");
    dispute.unwrap_or_else(|| panic!("{id} is no dispute"))
}

#[test]
fn there_are_five_and_none_has_a_fault_or_a_warning() {
    let mut ids = FoundingDisputes::ids();
    ids.sort();
    assert_eq!(ids, ["civil-service-2004", "nhs-2007", "nhs-2008", "nhs-2014", "nhs-whitley-1998"]);
    for id in ids {
        assert_eq!(founding(&id).id, id);
    }
}

#[test]
fn every_figure_has_the_verdict_that_was_worked_out_apart() {
    let mut report = String::new();
    for (id, wanted) in [
        ("nhs-whitley-1998", NHS_WHITLEY_1998.as_slice()),
        ("civil-service-2004", CIVIL_SERVICE_2004.as_slice()),
        ("nhs-2007", NHS_2007.as_slice()),
        ("nhs-2008", NHS_2008.as_slice()),
        ("nhs-2014", NHS_2014.as_slice()),
    ] {
        let dispute = founding(id);
        let found: BTreeMap<String, &str> =
            dispute.check_figures(library()).iter().map(|figure| (figure.figure.id.clone(), figure.verdict.word())).collect();
        let wanted: BTreeMap<String, &str> = wanted.iter().map(|(figure, verdict)| ((*figure).to_owned(), *verdict)).collect();
        for figure in found.keys().chain(wanted.keys()) {
            if found.get(figure) != wanted.get(figure) {
                report.push_str(&format!("\n{id}, {figure}: wanted {:?}, found {:?}", wanted.get(figure), found.get(figure)));
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn every_reading_names_where_its_inputs_come_from() {
    for id in FoundingDisputes::ids() {
        for figure in founding(&id).check_figures(library()) {
            for (name, input) in figure.readings.iter().flat_map(|reading| &reading.inputs) {
                let input = input.as_ref().unwrap_or_else(|why| panic!("{id}, {}, {name}: {why}", figure.figure.id));
                // Only a count of days needs nobody to have published it.
                assert!(!input.source.is_empty() || input.what.starts_with("days from"), "{id}, {}, {name}", figure.figure.id);
                assert!(!input.what.is_empty());
            }
        }
    }
}

#[test]
fn figures_of_the_five_articles_come_out() {
    // Dispute, figure, reading (counted from 0), value with its decimals: from the published data by hand.
    for (id, figure, reading, value) in [
        ("nhs-whitley-1998", "in-year-value", 0, "2.60"),
        ("nhs-whitley-1998", "in-year-value", 1, "2.597"),
        ("nhs-whitley-1998", "gap-to-february-prices", 0, "0.82"),
        ("nhs-whitley-1998", "gap-to-march-prices", 0, "0.87"),
        ("nhs-whitley-1998", "gap-as-it-turned-out", 0, "0.52"),
        ("nhs-whitley-1998", "loss-until-december-by-days", 0, "197.21"),
        ("nhs-whitley-1998", "best-comparator-gap", 0, "9879"),
        ("nhs-whitley-1998", "best-comparator-gap-percent", 0, "36.7"),
        ("civil-service-2004", "members-in-all", 0, "106150"),
        ("civil-service-2004", "share-for-dwp", 0, "60.87"),
        ("civil-service-2004", "share-for-home-office", 0, "58.59"),
        ("civil-service-2004", "share-for-dca", 0, "62.59"),
        ("civil-service-2004", "share-for-prison", 0, "63.38"),
        ("civil-service-2004", "turnout-four-together", 0, "40.9"),
        ("civil-service-2004", "share-of-members-four-together", 0, "24.9"),
        ("civil-service-2004", "days-to-first-strike-day", 0, "10"),
        ("nhs-2008", "compound-total", 0, "7.58"),
        ("nhs-2008", "simple-total", 0, "7.40"),
        ("nhs-2008", "real-value-to-2010", 0, "-0.82"),
        ("nhs-2008", "real-value-over-the-deal", 0, "-1.78"),
        ("nhs-2008", "real-value-to-2010-cpi", 0, "-1.58"),
        ("nhs-2014", "low-increment", 0, "2.51"),
        ("nhs-2014", "high-increment", 0, "6.71"),
        ("nhs-2014", "lifted-increment", 0, "21478"),
        ("nhs-2014", "lifted-increment", 1, "21477.65"),
        ("nhs-2014", "turnout", 0, "14.0"),
    ] {
        let dispute = founding(id);
        let checked = dispute.check_figures(library());
        let found = checked.iter().find(|found| found.figure.id == figure).unwrap_or_else(|| panic!("{id} has no {figure}"));
        let (number, _) = found.readings[reading].outcome.as_ref().unwrap_or_else(|why| panic!("{figure}: {why}"));
        let places = value.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        assert_eq!(Ratio::to_fixed(*number, u32::try_from(places).expect("few")), value, "{id}, {figure}");
    }
}
