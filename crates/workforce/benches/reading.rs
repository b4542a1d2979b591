//! How long a file of 1.5 million staff takes to read, beside the bare CSV reader on the same bytes, and how much memory.
//!
//! `cargo bench -p workforce`. CPU time of this thread (wall time where the system does not tell), the least of five runs; peak
//! memory of the process, which reads the file from disk as the program does.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, BufWriter, Write as _};
use std::time::{Duration, Instant};

use csv::ByteRecord;
use dated::Ratio;
use workforce::{Options, read};

fn main() {
    // `cargo test` runs benchmarks too, with `--test` or without any argument: a few rows are enough there.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let rows: u32 = if is_bench { 1_500_000 } else { 1_000 };
    let path = std::env::temp_dir().join(format!("whitley-bench-{}.csv", std::process::id()));
    let done = run(rows, &path, if is_bench { 5 } else { 1 });
    // Ours alone; if it cannot be removed there is nothing more to do.
    let _ = std::fs::remove_file(&path);
    if let Err(error) = done {
        println!("could not be measured: {error}");
    }
}

fn run(rows: u32, path: &std::path::Path, runs: u32) -> std::io::Result<()> {
    write(rows, path)?;
    let bytes = std::fs::metadata(path)?.len();
    println!("{rows} rows, {} MB, peak memory before: {} MB", bytes / 1_000_000, peak_mb());
    let options = Options {
        file: "bench.csv".to_owned(),
        nations: ["England", "Scotland", "Wales", "Northern Ireland"].map(str::to_owned).into(),
        full_time_hours: Some(Ratio::new(375, 10)),
        ..Options::default()
    };
    let bare = least(runs, || {
        let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(BufReader::new(File::open(path)?));
        let mut record = ByteRecord::new();
        let mut fields = 0;
        while reader.read_byte_record(&mut record)? {
            fields += black_box(&record).len();
        }
        Ok(fields)
    })?;
    show("bare csv, byte records", bare, bytes);
    let ours = least(runs, || {
        let reading = read(&mut BufReader::with_capacity(1 << 18, File::open(path)?), &options);
        assert_eq!((reading.rows.accepted, reading.fault_count()), (u64::from(rows), 0), "{:?}", reading.faults.first());
        Ok(reading.workforce.staff.len())
    })?;
    show("read into a workforce (target: 600 ms)", ours, bytes);
    Ok(())
}

/// Invented rows: ten columns, some with quotes.
fn write(rows: u32, path: &std::path::Path) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "employer,nation,staff_group,band,point,hours,headcount,increment_date,sex,synthetic")?;
    let nations = ["England", "England", "England", "England", "England", "Scotland", "Wales"];
    let groups = ["Nurses & health visitors", "\"Scientific, therapeutic & technical staff\"", "Midwives", "Central functions"];
    for row in 0..rows {
        // Numbers that jump about, so that no row is like the one before.
        let jump = row.wrapping_mul(2_654_435_761) >> 8;
        let pick = |of: u32, salt: u32| (jump ^ (salt.wrapping_mul(40_503))) / 7 % of;
        writeln!(
            out,
            "Trust number {},{},{},{},{},{}.5,1,2014-{:02}-{:02},{},yes",
            row / 6_000,
            nations[pick(7, 1) as usize],
            groups[pick(4, 2) as usize],
            1 + pick(9, 3),
            1 + pick(54, 4),
            8 + pick(30, 5),
            1 + pick(12, 6),
            1 + pick(28, 7),
            if pick(4, 8) == 0 { "M" } else { "F" },
        )?;
    }
    out.flush()
}

fn least(runs: u32, mut work: impl FnMut() -> std::io::Result<usize>) -> std::io::Result<Duration> {
    let mut least = Duration::MAX;
    for _ in 0..runs {
        let (cpu, started) = (cpu_time(), Instant::now());
        black_box(work()?);
        least = least.min(cpu.zip(cpu_time()).map_or(started.elapsed(), |(before, after)| after - before));
    }
    Ok(least)
}

/// CPU time of the main thread so far, where the system tells it.
fn cpu_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// The most memory this process ever had, where the system tells it.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1_000
}

fn show(what: &str, cpu: Duration, bytes: u64) {
    let speed = u128::from(bytes) / cpu.as_micros().max(1);
    println!("{what:<42} {:>6} ms CPU {speed:>6} MB/s   peak memory {} MB", cpu.as_millis(), peak_mb());
}
