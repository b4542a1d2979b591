//! The contract on SQLite, and what only SQLite has.

use std::path::PathBuf;

use store::{CastOutcome, Effect, Expect, Hash, PeopleKey, Refusal, Revote, Store, StoreError};

use crate::contract::{Beside, Place, contract};
use crate::made::{CLOSES, cast, election, element, entry, next_line};

fn place() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    Place { address: format!("sqlite:{}", folder.path().join("store.db").display()), beside: Beside::File(folder) }
}

fn path_of(place: &Place) -> PathBuf {
    PathBuf::from(place.address.trim_start_matches("sqlite:"))
}

contract!(crate::sqlite::place);

#[tokio::test]
async fn a_file_that_is_none_of_ours_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, but longer than the hundred bytes of a header. ".repeat(20)).expect("written");
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).and_then(|other| other.execute_batch("CREATE TABLE cats (name TEXT)")).expect("a table");
    for path in [&text, &other] {
        let answer = Store::open(&format!("sqlite:{}", path.display()), None).await;
        assert!(matches!(answer, Err(StoreError::Foreign(_))), "{}: {:?}", path.display(), answer.err());
    }
    for address in ["sqlite:", "mysql://x", "sqlite:/no/such/folder/x.db"] {
        let answer = Store::open(address, None).await;
        assert!(matches!(answer, Err(StoreError::Address(_))), "{address}: {:?}", answer.err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_while_ballots_come_is_whole() {
    let place = place();
    let store = place.open().await;
    store.begin_election(election("a", 3_000, 0, Revote::One), entry("begin")).await.expect("begun");
    let target = PathBuf::from(format!("{}.copy", path_of(&place).display()));
    let casting = async {
        for credential in 0..300 {
            store.cast(cast("a", credential, 0)).await.expect("cast");
        }
    };
    let (copied, ()) = tokio::join!(store::backup(&place.address, &target), casting);
    copied.expect("copied");
    let again = store::backup(&place.address, &target).await;
    assert!(matches!(again, Err(StoreError::Refused(Refusal::Exists { .. }))));
    let copy = Store::open(&format!("sqlite:{}", target.display()), None).await.expect("a store");
    let checked = copy.self_check(|_, _| {}).await.expect("checked");
    assert_eq!(checked.faults, Vec::<String>::new());
    let ballots = checked.elections[0].ballots;
    assert_eq!(copy.cast(cast("a", 2_999, 0)).await, Ok(CastOutcome::Recorded { height: ballots + 1, again: false }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_held_by_another_program_answers_busy_and_goes_on() {
    let place = place();
    let store = place.open().await;
    store.begin_election(election("a", 10, 0, Revote::One), entry("begin")).await.expect("begun");
    let other = rusqlite::Connection::open(path_of(&place)).expect("opened");
    other.execute_batch("BEGIN IMMEDIATE").expect("held");
    assert_eq!(store.cast(cast("a", 0, 0)).await, Err(StoreError::Busy));
    // Reading goes on meanwhile.
    assert_eq!(store.get_election("a").await.expect("there").ballots, 0);
    other.execute_batch("ROLLBACK").expect("free");
    assert_eq!(store.cast(cast("a", 0, 0)).await, Ok(CastOutcome::Recorded { height: 1, again: false }));
}

/// Zeros stand between the records of an archive too, so to be found among its bytes proves nothing.
#[tokio::test(flavor = "multi_thread")]
async fn setup_data_overwritten_with_zeros_or_cut_are_found() {
    for change in ["zeroblob(length(payload))", "zeroblob(8)", "CAST('' AS BLOB)", "substr(payload, 3, 20)"] {
        let place = place();
        let store = place.open().await;
        store.begin_election(election("a", 30, 0, Revote::One), entry("begin")).await.expect("begun");
        assert_eq!(store.self_check(|_, _| {}).await.expect("checked").faults, Vec::<String>::new());
        place.run(&format!("UPDATE board.event SET payload = {change} WHERE height = 0")).await;
        let faults = store.self_check(|_, _| {}).await.expect("checked").faults;
        assert!(faults.iter().any(|fault| fault.contains("setup data")), "{change}: {faults:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_erased_is_in_the_file_no_more() {
    let place = place();
    let key = PeopleKey::parse(&"07".repeat(32));
    let store = Store::open(&place.address, key).await.expect("a store");
    let list = b"Invented Person,1 Invented Street\n".repeat(2_000);
    store.put_roll_import("list", 2_000, list.clone(), entry("import")).await.expect("imported");
    store.freeze_roll(vec![1], 2_000, list, entry("freeze")).await.expect("frozen");
    store.put_contact(1, 10, vec![b'x'; 300]).await.expect("noted");
    let sealed = |sql: &str| -> Vec<u8> {
        let file = rusqlite::Connection::open(path_of(&place)).expect("opened");
        file.query_row(sql, [], |row| row.get(0)).expect("a blob")
    };
    let blobs = ["people_roll_import", "people_frozen_roll", "people_contact"].map(|table| sealed(&format!("SELECT sealed FROM {table}")));
    // Pieces far from the ends of pages: a blob lies in many.
    let pieces: Vec<&[u8]> = blobs.iter().flat_map(|blob| [&blob[100..116], &blob[blob.len() - 100..blob.len() - 84]]).collect();
    let holds = |pieces: &[&[u8]]| {
        let log = PathBuf::from(format!("{}-wal", path_of(&place).display()));
        let bytes = [std::fs::read(path_of(&place)).expect("read"), std::fs::read(log).unwrap_or_default()].concat();
        pieces.iter().filter(|piece| bytes.windows(16).any(|part| part == **piece)).count()
    };
    assert_eq!(holds(&pieces), pieces.len());
    store.erase_people(entry("erase")).await.expect("erased");
    assert!(store.has_people_key().await.expect("read"), "the key stays the one of this database");
    store.shut().await;
    assert_eq!(holds(&pieces), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_is_found() {
    let place = place();
    let store = place.open().await;
    store.begin_election(election("a", 30, 2, Revote::Last), entry("begin")).await.expect("begun");
    for credential in 0..20 {
        store.cast(cast("a", credential, 0)).await.expect("cast");
    }
    store
        .append_line("a", next_line(&store, "a", "schedule", Effect::Extend { closes_at: CLOSES + 7 }).await, entry("extend"))
        .await
        .expect("extended");
    store.put_file("poll.json", b"a file of the poll, invented".to_vec(), Expect::New, entry("put a file")).await.expect("put");
    let info = store.get_election("a").await.expect("there");
    let needles: [(&str, Vec<u8>); 10] = [
        ("a ballot", cast("a", 7, 0).ballot),
        ("its tracker", cast("a", 7, 0).tracker.to_vec()),
        ("the head", info.head_hash.0.to_vec()),
        ("a credential", Hash::parse(&element(5)).expect("an element").0.to_vec()),
        ("a credential in the list", element(6).into_bytes()),
        ("a line of the companion", b"\"type\":\"schedule\"".to_vec()),
        ("the unit's name", b"unit-a".to_vec()),
        ("an act in the log", b"put a file".to_vec()),
        ("a file", b"a file of the poll, invented".to_vec()),
        ("the last line", info.last_line_hash.expect("lines").0.to_vec()),
    ];
    drop(store);
    // The log goes into the file, so that each byte has one place.
    rusqlite::Connection::open(path_of(&place)).and_then(|file| file.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")).expect("brought");
    let whole = std::fs::read(path_of(&place)).expect("read");
    for (name, needle) in needles {
        let places: Vec<usize> = (0..whole.len()).filter(|at| whole[*at..].starts_with(&needle)).collect();
        assert!(!places.is_empty(), "{name} is in the file");
        for at in places {
            for offset in [0, needle.len() / 2, needle.len() - 1] {
                let mut flipped = whole.clone();
                flipped[at + offset] ^= 1 << (offset % 8);
                let folder = tempfile::tempdir().expect("a folder");
                let file = folder.path().join("store.db");
                std::fs::write(&file, &flipped).expect("written");
                let found = match Store::open(&format!("sqlite:{}", file.display()), None).await {
                    Ok(store) => !store.self_check(|_, _| {}).await.expect("checked").faults.is_empty(),
                    Err(_) => true,
                };
                assert!(found, "a bit of {name}, byte {}", at + offset);
            }
        }
    }
    // Unchanged, it is in order; changed, the archive ends with an error and not with wrong bytes.
    let store = place.open().await;
    assert_eq!(store.self_check(|_, _| {}).await.expect("checked").faults, Vec::<String>::new());
    place.run("UPDATE board.event SET payload = CAST('other' AS BLOB) WHERE height = 3").await;
    let stream = store.stream_archive("a").await.expect("a stream").collect().await;
    assert!(matches!(&stream, Err(StoreError::Damaged(damage)) if damage.place.contains("event 3")), "{stream:?}");
}
