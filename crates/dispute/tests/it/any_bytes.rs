//! Whatever stands in a folder, reading it ends with faults or a dispute, and never in a crash.

use dated::{FileBytes, Severity};
use dispute::{Dispute, Folder, starter_files};
use proptest::prelude::*;

use crate::folder::{library, read, valid};

/// Everything that is done with a dispute once it is read.
fn use_it(dispute: &Dispute) {
    let framework = dispute.framework();
    for offer in &dispute.offers {
        for value in framework.value_points(offer) {
            let _ = value.points;
        }
        for (nation, _) in &offer.nations {
            let _ = framework.headline(offer, nation);
        }
    }
    let _ = dispute.check_figures(library());
    let day = dated::parse_date("2026-03-24").expect("a date");
    let talks = &dispute.talks;
    for board in dispute::talks::board(&dispute.positions, Some(day)) {
        for council in &talks.councils {
            let _ = council.outcome(&dispute.positions, &dispute.parties, board.offer.unwrap_or_default(), Some(day));
        }
    }
    for demand in &dispute.demands {
        let _ = demand.state_on(&talks.decisions, day);
    }
    let _ = dispute::talks::lists_of_sides(&dispute.meetings, &dispute.parties, day);
    let _ = dispute::talks::test_sticking_points(dispute);
    let _ = dispute::talks::check_guides(&talks.agreements, &talks.guides);
    let _ = dispute::talks::rulings(&talks.agreements, "progression", Some("South Works"), None, None, day);
    let _ = dispute::talks::groups_by_machinery(dispute, None);
}

fn read_with(file: &str, bytes: Vec<u8>) {
    let mut folder = valid();
    folder.files.insert(file.to_owned(), FileBytes::Read(bytes));
    let (dispute, faults) = read(&folder);
    let has_error = faults.iter().any(|fault| fault.severity == Severity::Error);
    assert!(dispute.is_some() || has_error, "neither a dispute nor a fault");
    // What has no errors must be usable; what has some need not be, but must not crash.
    if let Some(dispute) = dispute {
        use_it(&dispute);
    }
}

const FULL_OFFER: &str = r#"id = "offer"
title = "Everything at once"
kind = "offer"
made_by = "employer"
base_date = 2026-03-31
pay_year_from = "2026-04"
nations = ["England"]
groups = ["all-staff"]
source = "EXAMPLE"
status = "synthetic"
[[step]]
from = 2026-04-01
pay_on = 2026-08-01
percent = 2.0
of = "in-force"
and_pounds = 10
or_pounds = 300
at_least_pounds = 100
at_most_pounds = 900
assimilate = [{ from = "1", to = "2" }]
new_points = [{ point = "9", bands = ["A"], rate = 27000 }]
progression = "gated"
[[step.also]]
only = "band-top"
rate_at_least = 27000
minimum_increment_percent = 1.0
[[step]]
from = 2026-10-01
rates = { "3" = 28000 }
[[step]]
from = 2027-04-01
total_percent = 5.5
rate_above = 1000
[[lump]]
percent = 1.0
only = "band-top"
paid_on = 2026-12-01
"#;

/// Bytes that make trouble: digits, quotes, brackets, line ends, signs, half of a character.
fn spice() -> impl Strategy<Value = u8> {
    prop_oneof![
        proptest::sample::select(b"0123456789-.,\"'[]{}=#\n\r\t \\eE+_".to_vec()),
        proptest::sample::select(vec![0_u8, 0xff, 0xc3, 0xa3, 0xe2, 0x80]),
        any::<u8>(),
    ]
}

#[derive(Clone, Debug)]
enum Cut {
    Put(u8),
    Insert(u8),
    Remove(usize),
    Repeat(usize),
}

fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, Cut)>> {
    let cut = prop_oneof![
        spice().prop_map(Cut::Put),
        spice().prop_map(Cut::Insert),
        (1_usize..40).prop_map(Cut::Remove),
        (1_usize..40).prop_map(Cut::Repeat),
    ];
    proptest::collection::vec((any::<prop::sample::Index>(), cut), 1..8)
}

fn edited(text: &str, edits: &[(prop::sample::Index, Cut)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (place, cut) in edits {
        if bytes.is_empty() {
            break;
        }
        let at = place.index(bytes.len());
        match cut {
            Cut::Put(byte) => bytes[at] = *byte,
            Cut::Insert(byte) => bytes.insert(at, *byte),
            Cut::Remove(count) => drop(bytes.drain(at..(at + count).min(bytes.len()))),
            Cut::Repeat(count) => {
                let piece = bytes[at..(at + count).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

#[test]
fn the_full_offer_itself_has_no_fault() {
    let mut folder = valid();
    folder.files.insert("offers/offer.toml".into(), FileBytes::Read(FULL_OFFER.into()));
    let (dispute, faults) = read(&folder);
    assert_eq!(faults, []);
    use_it(&dispute.expect("a dispute"));
}

#[test]
fn brackets_without_end_are_a_fault_and_not_the_end() {
    for text in ["[".repeat(100_000), format!("a = {}", "[".repeat(100_000)), format!("a = {}", "{a=".repeat(50_000)), "a.".repeat(100_000)]
    {
        read_with("offers/offer.toml", text.into());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_offer_with_bytes_changed(edits in edits()) {
        read_with("offers/offer.toml", edited(FULL_OFFER, &edits));
    }

    #[test]
    fn any_file_with_bytes_changed(which in 0_usize..10, edits in edits()) {
        let files = starter_files("case");
        let (path, text) = &files[which];
        read_with(path, edited(text, &edits));
    }

    #[test]
    fn any_bytes_at_all(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let folder = Folder { name: "x".into(), files: [("dispute.toml".to_owned(), FileBytes::Read(bytes))].into() };
        let (dispute, faults) = read(&folder);
        prop_assert!(dispute.is_some() || !faults.is_empty());
    }

    #[test]
    fn any_formula(text in "[-+*/(), a-c0-9.]{0,60}") {
        if let Ok(formula) = pay::Formula::parse(&text) {
            let inputs = ["a", "b", "c"].map(|name| (name.to_owned(), dated::Ratio::new(7, 3))).into();
            let _ = formula.value(&inputs);
        }
    }
}
