//! The contract on PostgreSQL, and what only PostgreSQL has.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use store::{CastOutcome, Revote, Store, StoreError};

use crate::cluster::{self, Cluster};
use crate::contract::{Beside, Place, contract};
use crate::made::{cast, election, entry};

fn place() -> Place {
    let cluster = cluster::shared();
    let database = cluster.database();
    Place { address: cluster.address(&database), beside: Beside::Server(database) }
}

contract!(crate::postgres::place);

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_is_refused() {
    let database = cluster::shared().database();
    let good = cluster::shared().address(&database);
    for address in ["postgres://localhost:no/x", "postgres://example.org/x", "postgres://localhost/x?sslmode=require"] {
        let answer = Store::open(address, None).await;
        assert!(matches!(answer, Err(StoreError::Address(_))), "{address}: {:?}", answer.err());
    }
    let answer = Store::open(&good.replace(&database, "nowhere"), None).await;
    assert!(matches!(answer, Err(StoreError::Address(_))), "{:?}", answer.err());
    let answer = Store::open(&good.replace("whitley@", "nobody-of-this-name@"), None).await;
    assert!(matches!(answer, Err(StoreError::Address(_))), "{:?}", answer.err());
    // A name that nobody has is a wrong address; where names cannot be looked up at all, that is a failure like a server that is away.
    let answer = Store::open("postgres://whitley@no-such-host.invalid/x?sslmode=disable", None).await;
    match answer.err() {
        Some(StoreError::Address(why)) => assert!(why.contains("lookup"), "{why}"),
        Some(StoreError::Unavailable(why)) => assert!(why.contains("Temporary failure"), "{why}"),
        other => panic!("{other:?}"),
    }
    let answer = Store::open("postgres://whitley@localhost:1/x", None).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{:?}", answer.err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_may_lose_ballots_is_refused() {
    let place = place();
    let Beside::Server(database) = &place.beside else { panic!("a server") };
    place.run(&format!("ALTER DATABASE {database} SET synchronous_commit = off")).await;
    let answer = Store::open(&place.address, None).await;
    assert!(matches!(answer, Err(StoreError::Unsafe(_))), "{:?}", answer.err());
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_together_make_the_tables_once() {
    let place = place();
    let stores = tokio::join!(place.open(), place.open(), place.open(), place.open());
    assert_eq!(stores.3.list_elections().await, Ok(Vec::new()));
}

/// A failure: an acknowledged ballot that is not there once, or a service that does not go on. No failure: a cast that was answered
/// with an error while the server was away.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_nothing_acknowledged_and_the_service_goes_on() {
    let cluster = Arc::new(Cluster::start());
    let database = cluster.database();
    let nodes = [Store::open(&cluster.address(&database), None).await, Store::open(&cluster.address(&database), None).await];
    let nodes = nodes.map(|node| node.expect("a store"));
    nodes[0].begin_election(election("a", 20_000, 0, Revote::One), entry("begin")).await.expect("begun");
    let is_over = Arc::new(AtomicBool::new(false));
    let voters: Vec<_> = (0..16_u32)
        .map(|voter| {
            let (store, is_over) = (nodes[voter as usize % 2].clone(), Arc::clone(&is_over));
            tokio::spawn(async move {
                let (mut acknowledged, mut failed) = (Vec::new(), 0_u32);
                for credential in (voter..20_000).step_by(16) {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    match store.cast(cast("a", credential, 0)).await {
                        Ok(CastOutcome::Recorded { height, .. }) => acknowledged.push((credential, height)),
                        Err(StoreError::Unavailable(_)) => failed += 1,
                        other => panic!("{other:?}"),
                    }
                }
                (acknowledged, failed)
            })
        })
        .collect();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let before = Arc::clone(&cluster);
        tokio::task::spawn_blocking(move || {
            before.kill();
            before.run();
        })
        .await
        .expect("killed and started");
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    is_over.store(true, Ordering::Relaxed);
    let mut acknowledged = Vec::new();
    for voter in voters {
        acknowledged.extend(voter.await.expect("a task").0);
    }
    assert!(acknowledged.len() > 100, "only {} casts", acknowledged.len());
    let ballots = nodes[1].list_ballots("a", 0, 100_000).await.expect("a list");
    for (credential, height) in &acknowledged {
        assert_eq!(ballots[*height as usize - 1].credential, *credential);
    }
    assert_eq!(nodes[0].self_check(|_, _| {}).await.expect("checked").faults, Vec::<String>::new());
    let next = ballots.len() as u64 + 1;
    assert_eq!(nodes[0].cast(cast("a", 19_999, 0)).await, Ok(CastOutcome::Recorded { height: next, again: false }));
}
