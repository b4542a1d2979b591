//! How long 10,000 units take to judge after load: `cargo bench -p law`.
//!
//! A number to read, not a test: the aim is under 50 ms of processor time.

use std::hint::black_box;
use std::time::Instant;

use dated::{Faults, FileBytes};
use law::{Agreements, RowDefaults, Rulebook, UnitResult, Verdict, judge_result, law_of_the_day, read_results};

fn main() {
    let book = Rulebook::built_in().expect("the built-in rules have no fault");
    let mut csv = String::from("unit,question,entitled,yes,no,spoiled\n");
    for unit in 0..10_000_u32 {
        let entitled = 100 + unit % 900;
        let yes = entitled * (20 + unit % 40) / 100;
        csv.push_str(&format!("Unit {unit},strike,{entitled},{yes},{},{}\n", entitled / 10, unit % 7));
    }
    let date = |text| dated::parse_date(text).expect("a date");
    let defaults = RowDefaults {
        opened_on: Some(date("2022-10-06")),
        closed_on: Some(date("2022-11-02")),
        important_public_service: true,
        ..RowDefaults::default()
    };
    let faults = Faults::new();
    let started = Instant::now();
    let results = read_results("bench.csv", &FileBytes::Read(csv.into_bytes()), defaults, &[], &faults);
    println!("read    {:>6} rows  {:>8.2?}", results.len(), started.elapsed());
    assert_eq!((results.len(), faults.error_count()), (10_000, 0));

    let mut best = None;
    for _ in 0..20 {
        let started = Instant::now();
        let won = judge_all(&book, &results);
        let took = started.elapsed();
        black_box(won);
        best = Some(best.map_or(took, |known: std::time::Duration| known.min(took)));
    }
    println!("judge   {:>6} units {:>8.2?} (best of 20, aim 50 ms)", results.len(), best.unwrap_or_default());
}

fn judge_all(book: &Rulebook, results: &[UnitResult]) -> usize {
    let mut won = 0;
    let Some(first) = results.first() else { return 0 };
    let mut poll = first.figures().poll;
    let mut law = law_of_the_day(book, poll, Agreements::default()).expect("covered");
    for result in results {
        if result.figures().poll != poll {
            poll = result.figures().poll;
            law = law_of_the_day(book, poll, Agreements::default()).expect("covered");
        }
        won += usize::from(judge_result(result, &law).adopted().verdict == Verdict::Mandate);
    }
    won
}
