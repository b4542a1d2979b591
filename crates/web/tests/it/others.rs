//! Ballots by the booth's own code in node, two nodes on one PostgreSQL, and starts that are refused.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use web::clock::SetClock;
use web::{Means, ServeError, SystemRandom};

use crate::made::{OPENS, Wanted, at, config, running};

/// The service judges what the booth makes: the same files that browsers load.
#[tokio::test(flavor = "multi_thread")]
async fn ballots_of_the_booth_are_taken() {
    let running = running(Wanted::default()).await;
    let election = running.election(0).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (record, codes) = (folder.path().join("election.json"), folder.path().join("codes.txt"));
    std::fs::write(&record, running.get(&format!("/e/{}/election.json", election.uuid)).await.body).expect("written");
    std::fs::write(&codes, running.made.codes(&election.unit, 4).join("\n")).expect("written");
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../booth/tools/make-ballots.mjs");
    let output = Command::new("node").arg(tool).arg(&record).arg(&codes).args(["0;0", "1;blank", "0;1", "1;1"]).output();
    let output = output.expect("node is not installed, and the booth's code runs in it: apt-get install -y nodejs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(text.lines().count(), 4);
    for ballot in text.lines() {
        let got = running.cast(&election.uuid, ballot).await;
        assert_eq!(got.status.as_u16(), 200, "{}", got.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_cannot_be_right_does_not_start() {
    let wanted = Wanted::default();
    let folder = tempfile::tempdir().expect("a folder");
    let means = || Means { clock: Arc::new(SetClock::at(at(OPENS))), random: Arc::new(SystemRandom), printer: None };
    let mut bare = config(&folder, &wanted);
    bare.rehearsal = false;
    // Disputes alone are something to serve; a file is no folder of disputes; one key has one role.
    web::start(bare.clone(), means()).await.expect("it starts").stop().await;
    let (_, shared) = crate::made::keys("shared");
    let mut two_roles = bare.clone();
    (two_roles.operator, two_roles.negotiator) = (Some(shared.clone()), Some(shared));
    assert!(matches!(web::start(two_roles, means()).await.err(), Some(ServeError::Config(why)) if why.contains("one key, one role")));
    let mut no_folder = bare.clone();
    no_folder.disputes = Some(folder.path().join("people.key"));
    assert!(matches!(web::start(no_folder, means()).await.err(), Some(ServeError::Config(why)) if why.contains("--disputes")));
    bare.disputes = None;
    assert!(matches!(web::start(bare.clone(), means()).await.err(), Some(ServeError::NothingToServe)));
    let mut everywhere = config(&folder, &wanted);
    everywhere.listen = "0.0.0.0:0".parse().expect("an address");
    assert!(matches!(web::start(everywhere, means()).await.err(), Some(ServeError::Config(why)) if why.contains("--origin")));

    // An officer is named once.
    let (_, key) = crate::made::keys("first");
    bare.officer = Some(key.clone());
    web::start(bare.clone(), means()).await.expect("it starts").stop().await;
    bare.officer = None;
    web::start(bare.clone(), means()).await.expect("it remembers").stop().await;
    bare.officer = Some(crate::made::keys("second").1);
    assert!(matches!(web::start(bare.clone(), means()).await.err(), Some(ServeError::Config(why)) if why.contains(key.as_str())));

    // Another people's key than the one used before.
    std::fs::write(&bare.people_key, "08".repeat(32)).expect("written");
    bare.officer = None;
    assert!(matches!(web::start(bare.clone(), means()).await.err(), Some(ServeError::Store(store::StoreError::WrongPeopleKey))));
    // None at all, for a database that had one: refused, and no other is made.
    std::fs::remove_file(&bare.people_key).expect("removed");
    assert!(matches!(web::start(bare.clone(), means()).await.err(), Some(ServeError::Config(why)) if why.contains("is missing")));
    assert!(!bare.people_key.exists());
    // For a new database it is made once, and read from then on.
    let mut fresh = bare.clone();
    fresh.database = format!("sqlite:{}", folder.path().join("fresh.db").display());
    fresh.disputes = Some(folder.path().join("disputes"));
    web::start(fresh.clone(), means()).await.expect("it starts").stop().await;
    let made = std::fs::read_to_string(&fresh.people_key).expect("a key");
    web::start(fresh.clone(), means()).await.expect("it starts again").stop().await;
    assert_eq!(std::fs::read_to_string(&fresh.people_key).expect("a key"), made);
    std::fs::write(&bare.people_key, "no key").expect("written");
    assert!(matches!(web::start(bare, means()).await.err(), Some(ServeError::Config(_))));
}

/// R25: a flipped bit in the database is found at the start, and nothing is served.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_not_served() {
    let running = running(Wanted::default()).await;
    let election = running.election(0).await;
    let ballot = running.ballot(&election, 0, [0, 0], "a");
    assert_eq!(running.cast(&election.uuid, &ballot).await.status.as_u16(), 200);
    let (folder, _) = running.stop().await;
    let path = folder.path().join("poll.db");
    // A service that has stopped leaves everything in the one file, none in SQLite's log.
    assert!(std::fs::metadata(folder.path().join("poll.db-wal")).map_or(0, |wal| wal.len()) == 0);
    let mut bytes = std::fs::read(&path).expect("the database");
    let needle = &ballot.as_bytes()[100..160];
    let places: Vec<usize> = (0..bytes.len() - needle.len()).filter(|at| &bytes[*at..*at + needle.len()] == needle).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at + 7] ^= 1;
    }
    std::fs::write(&path, bytes).expect("written");
    let means = Means { clock: Arc::new(SetClock::at(at(OPENS))), random: Arc::new(SystemRandom), printer: None };
    match web::start(config(&folder, &Wanted::default()), means).await {
        Err(ServeError::Damaged(faults)) => assert!(!faults.is_empty()),
        Err(other) => panic!("{other}"),
        Ok(server) => panic!(
            "served a damaged database; ballots: {}",
            server.service.store.get_election(&election.uuid).await.expect("an election").ballots
        ),
    }
}

/// Two nodes behind a load balancer, one PostgreSQL: ballots, receipts, sessions and closing are common.
#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_on_one_postgresql_are_one_service() {
    let cluster = crate::cluster::shared();
    let database = Some(cluster.address(&cluster.database()));
    let first = running(Wanted { database: database.clone(), ..Wanted::default() }).await;
    let second = crate::made::beside(&first, &Wanted { database, ..Wanted::default() }).await;
    let election = first.election(0).await;
    let ballots: Vec<String> = (0..16).map(|member| first.ballot(&election, member, [0, 1], "a")).collect();
    let mut positions = Vec::new();
    for (at, ballot) in ballots.iter().enumerate() {
        let node = if at % 2 == 0 { &first } else { &second };
        let got = node.cast(&election.uuid, ballot).await;
        assert_eq!(got.status.as_u16(), 200, "{}", got.text());
        positions.push(got.json()["position"].as_u64().expect("a position"));
        // The same bytes at the other node: the same receipt.
        let other = if at % 2 == 0 { &second } else { &first };
        let again = other.cast(&election.uuid, ballot).await.json();
        assert_eq!((again["again"].as_bool(), again["position"].as_u64()), (Some(true), positions.last().copied()));
    }
    assert_eq!(positions, (1..=16).collect::<Vec<_>>());
    let session = crate::access::signed_in(&first, web::Role::Officer).await;
    let desk = second.ask(hyper::Method::GET, "/desk", &[("cookie", &session)], "").await;
    assert!(desk.text().contains("Desk of the officer"));

    second.clock.set(at(crate::made::CLOSES).plus_seconds(31));
    crate::board::close(&first).await;
    crate::board::count(&second, &election.uuid).await;
    let report = web::results::verify_stored(&first.service, &election.uuid).await.expect("a report");
    assert_eq!(report.verdict, verify::Verdict::Passed, "{}", verify::output::to_text(&report, false));
    assert_eq!(report.facts.counted, 16);
}
