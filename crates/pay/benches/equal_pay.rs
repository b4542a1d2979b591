//! How long the search for comparators takes among a million and a half records, and how that grows with records and employers.
//!
//! `cargo bench -p pay --bench equal_pay`. CPU and wall time of the least of five runs, and the most memory that the process has
//! held so far. The records are invented: three in four are of women, half are rated, a fifth stand in a like-work group.

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::civil::date;
use pay::equal_pay::*;
use pay::{Sex, WeeksInYear};

fn main() {
    // `cargo test` runs benchmarks too: once and few records are enough there.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let sizes: &[usize] = if is_bench { &[100_000, 400_000, 1_500_000] } else { &[5_000] };
    println!("{:<58} {:>9} {:>9} {:>9} {:>8}", "", "CPU ms", "wall ms", "found", "peak MB");
    for &size in sizes {
        for employers in [10, 280, 3000] {
            let records = invented(size, employers);
            let question = ComparatorQuestion {
                claimants: Sex::Female,
                claimant_groups: Vec::new(),
                value_groups: vec![1],
                equal_value: true,
                rank_by: Money::All,
                weeks: WeeksInYear::Calendar,
            };
            let what = |step: &str| format!("{size} records, {employers} employers: {step}");
            let mut found = Vec::new();
            show(&what("own employer"), is_bench, || {
                found = best_comparators(&records, &question, Reach::OwnEmployer);
                found.len()
            });
            let shared = vec![1; records.employers.count()];
            show(&what("other employers"), is_bench, || best_comparators(&records, &question, Reach::Others(&shared)).len());
            let window = ArrearsWindow { from: date(2020, 11, 21), lodged_on: date(2026, 11, 21), left_on_or_after: date(2026, 5, 22) };
            show(&what("priced and gathered"), is_bench, || {
                let cases = Cases::gather(&records, &question, &found, &|_| (window, None));
                CaseList::choose(&records, &cases, ChooseBy::Arrears, 100).chosen.len()
            });
        }
    }
}

fn invented(size: usize, employers: u64) -> PayRecords {
    let mut records = PayRecords { terms: vec![Terms::default()], times: vec![PayTimes::default()], ..PayRecords::default() };
    for number in 0..employers {
        records.employers.number(&format!("employer {number}"));
    }
    for number in 0..40 {
        records.jobs.number(&format!("job {number}"));
        records.groups.number(&format!("group {}", number % 8));
    }
    // A plain generator, so that each run has the same staff.
    let mut state = 1_u64;
    let mut below = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    records.list = (0..size)
        .map(|line| {
            let rated = below(2) == 0;
            PayRecord {
                line: line as u32,
                employer: 1 + below(employers) as u32,
                establishment: 0,
                job: 1 + below(40) as u32,
                group: 1 + below(8) as u32,
                like_work: if below(5) == 0 { 1 + below(40) as u32 } else { 0 },
                headcount: 1,
                basic: 1_800_000 + below(3_000_000) as u32,
                bonus_pence: if below(4) == 0 { below(300_000) as u32 } else { 0 },
                allowances_pence: 0,
                terms: 0,
                times: 0,
                study: u16::from(rated),
                band: 0,
                score: rated.then(|| 100 + below(600) as u16),
                hours_hundredths: 1500 + below(24) as u16 * 100,
                full_time_hundredths: 3750,
                basis: PayBasis::FullTimeYear,
                sex: Some(if below(4) > 0 { Sex::Female } else { Sex::Male }),
                history: 0,
            }
        })
        .collect();
    records
}

/// The least of five runs, and the most memory so far.
fn show(what: &str, is_bench: bool, mut work: impl FnMut() -> usize) {
    let (mut cpu, mut wall, mut found) = (Duration::MAX, Duration::MAX, 0);
    for _ in 0..if is_bench { 5 } else { 1 } {
        let (before, started) = (cpu_time(), Instant::now());
        found = black_box(work());
        let used = started.elapsed();
        wall = wall.min(used);
        cpu = cpu.min(before.zip(cpu_time()).map_or(used, |(before, after)| after - before));
    }
    let millis = |time: Duration| format!("{}.{}", time.as_micros() / 1000, time.as_micros() % 1000 / 100);
    println!(
        "{what:<58} {:>9} {:>9} {found:>9} {:>8}",
        millis(cpu),
        millis(wall),
        peak_megabytes().unwrap_or_else(|| "not told".to_owned())
    );
}

/// CPU time of the main thread so far, where the system tells it.
fn cpu_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// The most memory that the process has held, where the system tells it.
fn peak_megabytes() -> Option<String> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes: u64 = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some((kilobytes / 1024).to_string())
}
