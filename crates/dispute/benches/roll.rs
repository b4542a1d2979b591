//! How long it takes to read a membership file, examine it and freeze it, and how that grows with the number of members.
//!
//! `cargo bench -p dispute --bench roll`. CPU time of this thread (wall time where the system does not tell), the least of three runs. Twice
//! the members may take little more than twice the time: the last column shows nanoseconds a member, which must stay about the same.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::io::Cursor;
use std::time::{Duration, Instant};

use dispute::roll::{Against, Employers, ReadOptions, Recipe, examine, freeze, make, read_members_of};

fn main() {
    // `cargo test` runs benchmarks too, with `--test` or without any argument: a few rows are enough there.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let sizes: &[u32] = if is_bench { &[56_250, 112_500, 225_000, 450_000] } else { &[500] };
    for members in sizes {
        measure(*members, if is_bench { 3 } else { 1 });
    }
}

fn measure(members: u32, runs: u32) {
    let made = make(Recipe { members, employers: (members / 100).clamp(2, 250), seed: 1 }).expect("a recipe that can be made");
    let (employers, faults) = Employers::read("employers.csv", &mut Cursor::new(made.employers.as_bytes()), &Vec::new(), None);
    assert!(faults.is_empty());
    let options = ReadOptions { file: "members.csv".to_owned(), ..ReadOptions::default() };
    let day = dated::parse_date("2026-11-01").ok();
    let none = BTreeSet::new();
    let against = Against { employers: &employers, on: day, shared_addresses: &none, many: 5 };
    let list = read_members_of(made.members.as_bytes(), &options);
    show("read", members, least(runs, || read_members_of(made.members.as_bytes(), &options).members.len()));
    let findings = examine(&list, against);
    assert_eq!(findings.len(), made.seeded.len());
    show("examine", members, least(runs, || examine(&list, against).len()));
    // Only what can be frozen as it is: the rows with a fault are taken out of the file.
    let faulty: BTreeSet<u32> = findings.iter().filter(|one| one.stops()).flat_map(|one| one.lines.iter().copied()).collect();
    let clean: String =
        (1..).zip(made.members.lines()).filter(|(line, _)| !faulty.contains(line)).map(|(_, text)| format!("{text}\n")).collect();
    let list = read_members_of(clean.as_bytes(), &options);
    let findings = examine(&list, against);
    let on = day.expect("a day");
    let frozen = || freeze(&list, &findings, &[], &employers, on, &BTreeMap::new()).map(|frozen| frozen.roll.hash());
    assert!(frozen().is_ok());
    show("freeze and hash", members, least(runs, || frozen().map_or(0, |hash| usize::from(hash.0[0]))));
}

fn least(runs: u32, mut work: impl FnMut() -> usize) -> Duration {
    let mut least = Duration::MAX;
    for _ in 0..runs {
        let (cpu, started) = (cpu_time(), Instant::now());
        black_box(work());
        least = least.min(cpu.zip(cpu_time()).map_or(started.elapsed(), |(before, after)| after - before));
    }
    least
}

/// CPU time of the main thread so far, where the system tells it.
fn cpu_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

fn show(what: &str, members: u32, time: Duration) {
    println!("{what:<16} {members:>7} members {:>6} ms CPU {:>6} ns a member", time.as_millis(), time.as_nanos() / u128::from(members));
}
