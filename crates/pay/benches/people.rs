//! How long it takes to say who is better off among a million and a half staff under three offers, and how that grows.
//!
//! `cargo bench -p pay --bench people`. CPU and wall time of one run, and the most memory that the process has held.
//! The workforce is invented: records spread evenly over what they can differ by.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use dated::Ratio;
use jiff::civil::date;
use pay::{
    By, Framework, Moment, Offer, Part, PayYear, People, Post, PostPay, Prices, Reading, Scale, Sex, Side, Staff, Workforce, YearDay,
};

#[path = "../tests/it/support.rs"]
#[allow(dead_code, reason = "made for the tests")]
mod support;

fn main() {
    // `cargo test` runs benchmarks too, with `--test` or without any argument: once and few records are enough there.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let points: String = (1..=54).map(|point| format!("{point} {} {}\n", band(point), 12_000 + point * point * 28)).collect();
    let scale = support::scale(&points, "nearest pound");
    let offers = [
        support::offer("[[step]]\nfrom = 2031-04-01\ntotal_percent = 1.5\n[[step]]\nfrom = 2031-11-01\ntotal_percent = 2.5\n"),
        support::offer("[[step]]\nfrom = 2031-04-01\npounds = 750\n"),
        support::offer(
            "[[step]]\nfrom = 2031-04-01\ntotal_percent = 2.4\nat_least_pounds = 500\n[[lump]]\npounds = 250\nonly = \"band-top\"\npaid_on = 2031-09-01\n",
        ),
    ];
    let prices = Prices::none();
    println!("{:<64} {:>9} {:>9} {:>12}", "three offers", "CPU ms", "wall ms", "peak MB");
    for (records, months_only) in [(15_000, true), (150_000, true), (1_500_000, true), (1_500_000, false)] {
        if !is_bench && records > 15_000 {
            break;
        }
        let staff = workforce(records, months_only);
        let days = if months_only { "12 increment days" } else { "336 increment days" };
        show(&format!("{records} records, {days}: valued"), is_bench, || {
            black_box(value(&scale, &prices, &staff, &offers).sides().len());
        });
        let people = value(&scale, &prices, &staff, &offers);
        let all = people.everybody();
        show("  all figures of all staff, both readings", is_bench, || {
            black_box(figures(&people, &all));
        });
        show("  rises and who is better off by employer (250)", is_bench, || {
            black_box(by_employer(&people));
        });
        show("  the pay gap of three offers, by employer", is_bench, || {
            black_box((0..3).filter_map(|side| people.sex_gaps(side, Reading::AwardOnly, 10)).count());
        });
    }
}

fn band(point: i32) -> i32 {
    1 + point / 7
}

fn value<'v>(scale: &'v Scale, prices: &'v Prices, staff: &'v Workforce, offers: &'v [Offer]) -> People<'v> {
    let framework = Framework {
        scales: vec![scale],
        prices,
        year_start_month: 4,
        prices_known: None,
        full_time_hours: None,
        groups: Vec::new(),
        group: None,
        nations: BTreeMap::new(),
    };
    let sides = offers.iter().map(|offer| Side { name: offer.id.clone(), offer, nation: None }).collect();
    let year = PayYear::holding(date(2031, 4, 1), 4);
    People::value(&framework, year, staff, sides, true).unwrap_or_else(|missing| panic!("{missing:?}"))
}

fn figures(people: &People<'_>, all: &Part) -> usize {
    let mut found = 0;
    for side in 0..3 {
        black_box(people.basic_pay(side, all));
        for reading in Reading::ALL {
            for moment in Moment::ALL {
                let ranked = people.ranked(side, reading, moment);
                found += usize::from(black_box(ranked.rises(all)).is_some()) + black_box(ranked.tenths(all)).len();
            }
        }
    }
    for (first, second) in [(0, 1), (0, 2), (1, 2)] {
        for reading in Reading::ALL {
            for moment in Moment::ALL {
                found += usize::from(black_box(people.better_off(first, second, reading, moment, all)).is_some());
            }
        }
    }
    found
}

fn by_employer(people: &People<'_>) -> usize {
    let employers = people.apart(By::Employer);
    let ranked: Vec<_> = (0..3).map(|side| people.ranked(side, Reading::AwardOnly, Moment::InYear)).collect();
    let mut found = 0;
    for employer in &employers {
        found += ranked.iter().filter_map(|ranked| black_box(ranked.percent(employer))).count();
        for second in [1, 2] {
            found += usize::from(black_box(people.better_off(0, second, Reading::AwardOnly, Moment::InYear, employer)).is_some());
        }
    }
    found
}

fn workforce(records: usize, months_only: bool) -> Workforce {
    let mut made = Workforce {
        title: "invented".to_owned(),
        synthetic: Some("spread evenly".to_owned()),
        nations: vec!["England".to_owned()],
        employers: (0..250).map(|number| format!("employer {number}")).collect(),
        staff_groups: (0..12).map(|number| format!("group {number}")).collect(),
        posts: (1..=54).map(|point| Post { band: band(point).to_string(), pay: PostPay::Point(point.to_string()) }).collect(),
        portions: (1..=20).map(|twentieths| Ratio::new(twentieths, 20)).collect(),
        staff: Vec::with_capacity(records),
    };
    // A plain generator, so that each run has the same staff.
    let mut state = 1_u64;
    let mut below = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    for _ in 0..records {
        let month = 1 + below(12) as u8;
        let day = if months_only { 1 } else { 1 + below(28) as u8 };
        made.staff.push(Staff {
            post: below(54) as u32,
            headcount: 1,
            employer: below(250) as u16,
            staff_group: below(12) as u16,
            portion: below(20) as u16,
            increment: (below(3) > 0).then_some(YearDay { month, day }),
            nation: 0,
            sex: Some(if below(4) > 0 { Sex::Female } else { Sex::Male }),
        });
    }
    made
}

/// The least of five runs, and the most memory so far.
fn show(what: &str, is_bench: bool, mut work: impl FnMut()) {
    let (mut cpu, mut wall) = (Duration::MAX, Duration::MAX);
    for _ in 0..if is_bench { 5 } else { 1 } {
        let (before, started) = (cpu_time(), Instant::now());
        work();
        let used = started.elapsed();
        wall = wall.min(used);
        cpu = cpu.min(before.zip(cpu_time()).map_or(used, |(before, after)| after - before));
    }
    let millis = |time: Duration| format!("{}.{}", time.as_micros() / 1000, time.as_micros() % 1000 / 100);
    println!("{what:<64} {:>9} {:>9} {:>12}", millis(cpu), millis(wall), peak_megabytes().unwrap_or_else(|| "not told".to_owned()));
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
