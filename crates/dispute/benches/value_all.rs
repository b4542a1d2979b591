//! How long it takes to load and value all five disputes with all points and all quoted figures, and how that grows
//! with points and with steps.
//!
//! `cargo bench -p dispute`. CPU time of this thread (wall time where the system does not tell) and least wall time, a run.

use std::hint::black_box;
use std::time::{Duration, Instant};

use dated::FileBytes;
use dispute::{Dispute, Folder, FoundingDisputes, Library};

fn main() {
    // `cargo test` runs benchmarks too, with `--test` or without any argument: once is enough there.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let ids = FoundingDisputes::ids();
    let folders: Vec<Folder> = ids.iter().filter_map(|id| FoundingDisputes::folder(id)).collect();
    println!("{:<56} {:>9} {:>9}", "a run", "CPU ms", "wall ms");
    show("load the library (prices, scales, tables)", least(is_bench, || Library::built_in().0.scales.len()));
    let (library, _) = Library::built_in();
    for folder in &folders {
        let counts = count(folder, &library);
        show(&format!("{} ({counts})", folder.name), least(is_bench, || value(folder, &library)));
    }
    let all = least(is_bench, || {
        let (library, _) = Library::built_in();
        folders.iter().map(|folder| value(folder, &library)).sum()
    });
    show("all five, library and all (target: 50)", all);

    println!("\npoints, one offer with a percentage, a floor, band tops, least increments and a one-off");
    for points in [10, 100, 1_000, 10_000] {
        let folder = synthetic(points, 1);
        show(&format!("{points} points"), least(is_bench, || value(&folder, &library)));
    }
    println!("\nsteps, 100 points");
    for steps in [1, 4, 16, 64] {
        let folder = synthetic(100, steps);
        show(&format!("{steps} steps"), least(is_bench, || value(&folder, &library)));
    }
}

/// Reads one folder, values every offer at every point in every nation, and checks every figure.
fn value(folder: &Folder, library: &Library) -> usize {
    let (dispute, faults) = Dispute::read(folder, library);
    assert!(faults.is_empty(), "{faults:?}");
    let Some(dispute) = dispute else { panic!("{} is no dispute", folder.name) };
    let framework = dispute.framework();
    let points = dispute
        .offers
        .iter()
        .flat_map(|offer| framework.value_points(offer))
        .filter_map(|value| value.points.ok())
        .map(|points| black_box(points).len());
    points.sum::<usize>() + black_box(dispute.check_figures(library)).len()
}

fn count(folder: &Folder, library: &Library) -> String {
    let (Some(dispute), _) = Dispute::read(folder, library) else { return "unreadable".into() };
    let framework = dispute.framework();
    let rows: usize = dispute
        .offers
        .iter()
        .flat_map(|offer| framework.value_points(offer))
        .filter_map(|value| value.points.ok())
        .map(|points| points.len())
        .sum();
    format!("{} offers, {rows} rows, {} figures", dispute.offers.len(), dispute.figures.len())
}

/// An invented dispute: bands of ten points, each sharing two with the next band.
fn synthetic(points: usize, steps: usize) -> Folder {
    let mut files: Vec<(String, String)> =
        dispute::starter_files("bench").into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
    let mut csv = String::from("nation,effective_from,point,bands,annual_gbp,status,source\n");
    for point in 0..points {
        let band = point / 8;
        let bands = if point % 8 < 2 && band > 0 { format!("{};{band}", band - 1) } else { band.to_string() };
        csv.push_str(&format!("England,2025-04-01,{point},{bands},{},synthetic,EXAMPLE\n", 15_000 + 37 * point));
    }
    let mut offer = String::from(
        "id = \"offer\"\ntitle = \"Bench\"\nkind = \"offer\"\nmade_by = \"employer\"\nbase_date = 2026-03-31\nnations = [\"England\"]\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n",
    );
    for step in 0..steps {
        offer.push_str(&format!(
            "[[step]]\nfrom = {}-{:02}-01\npercent = 0.5\nof = \"in-force\"\nat_least_pounds = 150\n[[step.also]]\nonly = \"band-top\"\npounds = 50\n[[step.also]]\nrate_at_least = 15200\nminimum_increment_percent = 0.2\n",
            2026 + (step + 3) / 12,
            (step + 3) % 12 + 1
        ));
    }
    offer.push_str("[[lump]]\npercent = 1.0\nonly = \"band-top\"\npaid_on = 2026-06-30\n");
    for (path, text) in &mut files {
        match path.as_str() {
            "scales/points.csv" => text.clone_from(&csv),
            "offers/offer.toml" => text.clone_from(&offer),
            _ => {}
        }
    }
    files.retain(|(path, _)| path != "quoted.toml" && path != "offers/claim.toml");
    Folder { name: "bench".into(), files: files.into_iter().map(|(path, text)| (path, FileBytes::Read(text.into()))).collect() }
}

/// CPU time a run (the mean of the best of five batches, since some systems count CPU time in steps of milliseconds)
/// and the least wall time of a run.
fn least(is_bench: bool, mut work: impl FnMut() -> usize) -> (Duration, Duration) {
    let (batches, enough) = if is_bench { (5, Duration::from_millis(300)) } else { (1, Duration::ZERO) };
    let (mut least_cpu, mut least_wall) = (Duration::MAX, Duration::MAX);
    for _ in 0..batches {
        let (cpu, started) = (cpu_time(), Instant::now());
        let mut runs = 0;
        while runs == 0 || started.elapsed() < enough {
            let wall = Instant::now();
            black_box(work());
            least_wall = least_wall.min(wall.elapsed());
            runs += 1;
        }
        let used = cpu.zip(cpu_time()).map_or(started.elapsed(), |(before, after)| after - before);
        least_cpu = least_cpu.min(used / runs);
    }
    (least_cpu, least_wall)
}

/// CPU time of the main thread so far, where the system tells it.
fn cpu_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

fn show(what: &str, (cpu, wall): (Duration, Duration)) {
    let millis = |time: Duration| format!("{}.{:02}", time.as_micros() / 1000, time.as_micros() % 1000 / 10);
    println!("{what:<56} {:>9} {:>9}", millis(cpu), millis(wall));
}
