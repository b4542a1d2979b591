//! Short rehearsals on the real program. What counts as a failure stands at the head of the library.

use rehearsal::crash::{Blow, Crashes};
use rehearsal::database::Kind;
use rehearsal::overload::{Stage, Wanted, default_cache};

fn crashes(database: Kind, blow: Blow, cycles: u32) -> Crashes {
    Crashes {
        whitley: env!("CARGO_BIN_EXE_whitley").into(),
        database,
        blow,
        cycles,
        seed: "tests".to_owned(),
        voters: 600,
        units: 3,
        connections: 6,
        most_ms: 200,
        read_every: 4,
        cache: default_cache(),
    }
}

async fn held(crashes: Crashes) {
    let wanted = crashes.cycles;
    let report = crashes.run().await.expect("a run");
    assert_eq!(report.faults, Vec::<String>::new(), "{:#}", report.figures);
    let number = |name: &str| report.figures[name].as_u64().unwrap_or(0);
    assert!(number("blows") >= u64::from(wanted) && number("acknowledged") > 50, "{:#}", report.figures);
    assert!(number("on_board") >= number("acknowledged"), "{:#}", report.figures);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_lose_and_double_nothing() {
    held(crashes(Kind::Sqlite, Blow::Kill, 20)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_database_server_loses_nothing_acknowledged() {
    held(crashes(Kind::Postgres, Blow::Server, 3)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_ends_the_service_and_loses_nothing_acknowledged() {
    held(crashes(Kind::Sqlite, Blow::FullDisk, 5)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_times_too_much_is_refused_politely_and_soon_forgotten() {
    let wanted = Wanted {
        whitley: env!("CARGO_BIN_EXE_whitley").into(),
        database: Kind::Sqlite,
        nodes: 1,
        voters: 10_000,
        units: 2,
        seed: "overload".to_owned(),
        // Low, so that a slow machine too gets more than it takes.
        casts_per_second: 10,
        cache: default_cache(),
    };
    let mut stage = Stage::set(&wanted).await.expect("a service");
    let (faults, figures) = stage.overload(3, 2, 64, 2).await.expect("a run");
    assert_eq!(faults, Vec::<String>::new(), "{figures:#}");
    let (faults, on_board) = stage.compare().await.expect("the board");
    assert_eq!(faults, Vec::<String>::new());
    // How many get through is the machine's affair; that some did is the service's.
    assert!(on_board > 0);
}
