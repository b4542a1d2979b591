//! A process that casts is killed, or its disk fails; then the database is opened again.
//!
//! A failure: an acknowledged ballot that is not on the board once, at the height that was told; a ballot acknowledged after an
//! error; a chain that is not in order. No failure: a ballot on the board that nobody was told of.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use store::{CastOutcome, Revote, Store, StoreError};

use crate::cluster;
use crate::made::{cast, election, entry};

const CREDENTIALS: u32 = 20_000;

/// The child: casts until it is killed, and says each acknowledged ballot. Alone it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_casts() {
    let Ok(address) = std::env::var("STORE_TEST_ADDRESS") else { return };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let (first, count) = (number("STORE_TEST_FIRST").expect("a number"), number("STORE_TEST_COUNT").expect("a number"));
    let store = match Store::open(&address, None).await {
        Ok(store) => store,
        Err(error) => return println!("\nnot opened {error}"),
    };
    let next = Arc::new(std::sync::atomic::AtomicU32::new(first));
    let voters: Vec<_> = (0..8)
        .map(|_| {
            let (store, next) = (store.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                loop {
                    let credential = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if credential >= first + count {
                        return;
                    }
                    let line = match store.cast(cast("a", credential, 0)).await {
                        Ok(CastOutcome::Recorded { height, .. }) => format!("\ncast {credential} {height}\n"),
                        Ok(other) => format!("\nother {credential} {other:?}\n"),
                        Err(StoreError::Stopped(_)) => "\nstopped\n".to_owned(),
                        Err(error) => format!("\nerror {error:?}\n"),
                    };
                    let mut out = std::io::stdout().lock();
                    out.write_all(line.as_bytes()).and_then(|()| out.flush()).expect("said");
                    if line.contains("stopped") {
                        return;
                    }
                }
            })
        })
        .collect();
    for voter in voters {
        voter.await.expect("a voter");
    }
    if store.check_running().is_err() {
        // Every later call is refused, reading too.
        assert!(matches!(store.get_election("a").await, Err(StoreError::Stopped(_))));
    }
}

fn child(address: &str, first: u32, count: u32) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the tests"));
    command.args(["--exact", "crash::child_that_casts", "--nocapture"]).env("STORE_TEST_ADDRESS", address);
    command.env("STORE_TEST_FIRST", first.to_string()).env("STORE_TEST_COUNT", count.to_string());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Credential and height of each acknowledged ballot.
fn acknowledged(lines: impl Iterator<Item = String>) -> Vec<(u32, u64)> {
    lines
        .filter_map(|line| {
            assert!(!line.starts_with("other") && !line.starts_with("error"), "{line}");
            let mut words = line.strip_prefix("cast ")?.split(' ');
            Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
        })
        .collect()
}

async fn check(store: &Store, acknowledged: &[(u32, u64)]) {
    let checked = store.self_check(|_, _| {}).await.expect("checked");
    assert_eq!(checked.faults, Vec::<String>::new());
    let ballots = store.list_ballots("a", 0, CREDENTIALS).await.expect("a list");
    let mut heights: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for ballot in &ballots {
        heights.entry(ballot.credential).or_default().push(ballot.height);
    }
    for (credential, height) in acknowledged {
        assert_eq!(heights.get(credential), Some(&vec![*height]), "credential {credential}");
    }
}

async fn kill_cycles(address: &str, cycles: u32) {
    let store = Store::open(address, None).await.expect("a store");
    store.begin_election(election("a", CREDENTIALS as usize, 0, Revote::One), entry("begin")).await.expect("begun");
    drop(store);
    let mut all = Vec::new();
    for cycle in 0..cycles {
        let mut process = child(address, cycle * 1_000, 1_000).spawn().expect("a child");
        let out = BufReader::new(process.stdout.take().expect("its output"));
        let reader = std::thread::spawn(move || acknowledged(out.lines().map_while(Result::ok)));
        // From before its first cast to the middle of many.
        tokio::time::sleep(Duration::from_millis(40 + u64::from(cycle) * 17)).await;
        process.kill().expect("killed");
        process.wait().expect("gone");
        let told = reader.join().expect("read");
        all.extend(told);
        let store = Store::open(address, None).await.expect("opened again");
        check(&store, &all).await;
        // A retry after the start gets the same receipt.
        if let Some((credential, height)) = all.last() {
            assert_eq!(store.cast(cast("a", *credential, 0)).await, Ok(CastOutcome::Recorded { height: *height, again: true }));
        }
    }
    assert!(all.len() > 100, "only {} ballots were cast at all", all.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_killed_processes_lose_nothing_acknowledged_in_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    kill_cycles(&format!("sqlite:{}", folder.path().join("store.db").display()), 20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_killed_processes_lose_nothing_acknowledged_in_postgresql() {
    let cluster = cluster::shared();
    kill_cycles(&cluster.address(&cluster.database()), 20).await;
}

fn failing_disk(folder: &Path) -> std::path::PathBuf {
    let library = folder.join("failing_disk.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/failing_disk.c");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").status();
    assert!(compiled.expect("cc is installed: apt-get install -y build-essential").success());
    library
}

/// A write or a sync fails, at one place after another, and from then on all of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_failing_disk_is_never_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = failing_disk(folder.path());
    let template = folder.path().join("template.db");
    let store = Store::open(&format!("sqlite:{}", template.display()), None).await.expect("a store");
    store.begin_election(election("a", 200, 0, Revote::One), entry("begin")).await.expect("begun");
    drop(store);
    // One file, so that it can be copied.
    rusqlite::Connection::open(&template).and_then(|file| file.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")).expect("brought");
    let (mut stopped, mut acknowledged_in_all) = (0, 0);
    for fail_at in 1..=60 {
        let file = folder.path().join(format!("{fail_at}.db"));
        std::fs::copy(&template, &file).expect("a copy");
        let address = format!("sqlite:{}", file.display());
        let output = child(&address, 0, 40).env("LD_PRELOAD", &library).env("FAIL_AT", fail_at.to_string()).output().expect("a child");
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{fail_at}: {out}{}", String::from_utf8_lossy(&output.stderr));
        let told = acknowledged(out.lines().map(str::to_owned));
        let has_stopped = out.contains("\nstopped") || out.contains("\nnot opened");
        assert_eq!(has_stopped, told.len() < 40, "{fail_at}: {out}");
        stopped += u32::from(has_stopped);
        acknowledged_in_all += told.len();
        let store = Store::open(&address, None).await.expect("opened again");
        check(&store, &told).await;
    }
    assert!(stopped > 20 && acknowledged_in_all > 0, "{stopped} stopped, {acknowledged_in_all} acknowledged");
}
