//! The roll and the packs.

use store::{ChangedRoll, Hash, ImportState, PackChange, PackState, Refusal, Store, StoreError};

use super::Place;
use crate::made::entry;

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const OTHER: &str = "10112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

pub(crate) async fn a_roll_is_loaded_withdrawn_frozen_and_erased(place: &Place) {
    let store = place.open_with_key(KEY).await;
    let secret = b"Invented Person,1 Invented Street".to_vec();
    for number in 1..=3 {
        assert_eq!(store.put_roll_import("branch list", 1, secret.clone(), entry("import")).await, Ok(number));
    }
    assert_eq!(*store.get_roll_import(1).await.expect("opened"), secret);
    store.set_roll_import(2, false, entry("withdraw")).await.expect("withdrawn");
    assert!(matches!(store.set_roll_import(2, false, entry("withdraw")).await, Err(StoreError::Refused(Refusal::State { .. }))));
    store.set_roll_import(2, true, entry("load")).await.expect("loaded again");
    store.set_roll_import(2, false, entry("withdraw")).await.expect("withdrawn");
    let early = store.freeze_roll(vec![1, 2, 3], 3, secret.clone(), entry("freeze")).await;
    assert!(matches!(early, Err(StoreError::Refused(Refusal::Stale { .. }))), "{early:?}");
    assert_eq!(store.get_frozen_roll().await, Ok(None));
    let frozen = store.freeze_roll(vec![1, 3], 2, secret.clone(), entry("freeze")).await.expect("frozen");
    assert_eq!(frozen.hash, store::Hash::of(&secret));
    assert_eq!(store.get_frozen_roll().await, Ok(Some(frozen)));
    assert_eq!(*store.get_frozen_roll_bytes().await.expect("opened"), secret);
    for late in [
        store.put_roll_import("late", 1, secret.clone(), entry("import")).await.err(),
        store.set_roll_import(2, true, entry("load")).await.err(),
        store.freeze_roll(vec![], 0, Vec::new(), entry("freeze")).await.err(),
    ] {
        assert!(matches!(late, Some(StoreError::Refused(Refusal::State { what: "roll", .. }))), "{late:?}");
    }
    let states: Vec<ImportState> = store.list_roll_imports().await.expect("a list").iter().map(|import| import.state).collect();
    assert_eq!(states, [ImportState::Frozen, ImportState::Withdrawn, ImportState::Frozen]);
    // Nothing of it can be read without the key, whoever holds the database.
    for column in ["sealed FROM people.roll_import", "sealed FROM people.frozen_roll"] {
        let sealed = place.one(&format!("SELECT {column}")).await;
        assert!(!sealed.contains("Invented") && !sealed.contains(&hex(b"Invented")), "{sealed}");
        assert!(sealed.len() > 2 * secret.len());
    }
    store.erase_people(entry("erase")).await.expect("erased");
    assert_eq!(place.one("SELECT count(*) FROM people.roll_import WHERE sealed IS NOT NULL").await, "0");
    assert!(matches!(store.get_roll_import(1).await, Err(StoreError::Refused(Refusal::State { state: "erased", .. }))));
    assert!(matches!(store.get_frozen_roll_bytes().await, Err(StoreError::Refused(Refusal::State { state: "erased", .. }))));
    assert!(store.get_frozen_roll().await.expect("there").expect("a row").is_erased);
}

/// Two nodes change the same roll at the same moment: one of them does, and the other is told that it saw an older one.
pub(crate) async fn a_frozen_roll_changes_from_what_was_seen_or_not_at_all(place: &Place) {
    let (left, right) = (place.open_with_key(KEY).await, place.open_with_key(KEY).await);
    let roll = b"invented roll".to_vec();
    let changed = |name: &str| ChangedRoll {
        rows: 2,
        bytes: format!("invented roll with {name}").into_bytes(),
        label: "change: 1".to_owned(),
        change: format!("Invented Person {name} joins").into_bytes(),
        settings: vec![("roll/units".to_owned(), name.to_owned())],
    };
    let early = left.replace_frozen_roll(Hash::of(&roll), changed("a"), entry("change")).await;
    assert!(matches!(early, Err(StoreError::Refused(Refusal::State { state: "not frozen", .. }))), "{early:?}");
    left.put_roll_import("members", 1, roll.clone(), entry("import")).await.expect("imported");
    let frozen = left.freeze_roll(vec![1], 1, roll.clone(), entry("freeze")).await.expect("frozen");

    let both = tokio::join!(
        left.replace_frozen_roll(frozen.hash, changed("left"), entry("change")),
        right.replace_frozen_roll(frozen.hash, changed("right"), entry("change"))
    );
    let (won, lost) = match &both {
        (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
        other => panic!("one of them: {other:?}"),
    };
    assert!(matches!(lost, StoreError::Refused(Refusal::Stale { what: "frozen roll", .. })), "{lost:?}");
    assert_eq!((won.rows, won.frozen_at), (2, frozen.frozen_at), "it stays frozen when it was");
    assert_eq!(right.get_frozen_roll().await, Ok(Some(won.clone())));
    let name = if both.0.is_ok() { "left" } else { "right" };
    assert_eq!(*left.get_frozen_roll_bytes().await.expect("opened"), *changed(name).bytes);
    assert_eq!(left.get_setting("roll/units").await, Ok(Some(name.to_owned())), "what follows from the roll is the winner's");
    let imports = left.list_roll_imports().await.expect("a list");
    let listed: Vec<_> = imports.iter().map(|import| (import.number, import.label.as_str(), import.state)).collect();
    assert_eq!(listed, [(1, "members", ImportState::Frozen), (2, "change: 1", ImportState::Frozen)]);
    assert_eq!(*left.get_roll_import(2).await.expect("opened"), changed(name).change);
    let sealed = place.one("SELECT sealed FROM people.roll_import WHERE number = 2").await;
    assert!(!sealed.contains(&hex(b"Invented")), "names are encrypted: {sealed}");
    assert_eq!(left.list_audit(0, 100).await.expect("a log").iter().filter(|line| line.entry.what == "change").count(), 1);
    left.erase_people(entry("erase")).await.expect("erased");
    let late = left.replace_frozen_roll(won.hash, changed("c"), entry("change")).await;
    assert!(matches!(late, Err(StoreError::Refused(Refusal::State { state: "erased", .. }))), "{late:?}");
    assert!(matches!(left.get_roll_import(2).await, Err(StoreError::Refused(Refusal::State { state: "erased", .. }))));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) async fn another_key_is_refused(place: &Place) {
    let store = place.open_with_key(KEY).await;
    store.put_roll_import("list", 1, b"invented".to_vec(), entry("import")).await.expect("imported");
    store.put_roll_import("list", 1, b"invented too".to_vec(), entry("import")).await.expect("imported");
    let other = Store::open(&place.address, store::PeopleKey::parse(OTHER)).await;
    assert!(matches!(other, Err(StoreError::WrongPeopleKey)));
    let none = place.open().await;
    assert!(matches!(none.get_roll_import(1).await, Err(StoreError::NoPeopleKey)));
    assert!(matches!(none.put_roll_import("list", 1, Vec::new(), entry("import")).await, Err(StoreError::NoPeopleKey)));
    assert_eq!(none.list_roll_imports().await.expect("a list").len(), 2);
    assert!(none.has_people_key().await.expect("read"));
    // A blob put in another's place does not open there.
    place.run("UPDATE people.roll_import SET sealed = (SELECT sealed FROM people.roll_import WHERE number = 2) WHERE number = 1").await;
    assert!(matches!(store.get_roll_import(1).await, Err(StoreError::Damaged(_))));
    assert!(store::PeopleKey::parse("short").is_none());
    assert_eq!(store::PeopleKey::parse(&format!("{KEY}\n")).expect("a key").expose().as_str(), KEY);
}

pub(crate) async fn packs_follow_their_table(place: &Place) {
    let store = place.open().await;
    let numbers = |range: std::ops::Range<u32>| range.map(|number| format!("P{number:04}")).collect::<Vec<_>>();
    store.put_packs("north", "first", numbers(0..2_000), entry("issue")).await.expect("issued");
    store.put_packs("south", "first", numbers(2_000..2_010), entry("issue")).await.expect("issued");
    let again = store.put_packs("south", "second", numbers(2_005..2_020), entry("issue")).await;
    assert!(matches!(again, Err(StoreError::Refused(Refusal::Exists { what: "pack", .. }))));
    assert_eq!(store.get_pack("P2015").await, Ok(None), "none of the batch");
    let change =
        |number: &str, state| PackChange { number: number.to_owned(), state, reason: "came back".to_owned(), batch: "b1".to_owned() };
    // One of them is not possible, so none happens.
    let bad = vec![change("P0001", PackState::Returned), change("P0002", PackState::Accepted)];
    assert!(matches!(store.set_packs(bad, entry("return")).await, Err(StoreError::Refused(Refusal::State { what: "pack", .. }))));
    store.set_packs(vec![change("P0001", PackState::Returned)], entry("return")).await.expect("returned");
    let unknown = store.set_packs(vec![change("P9999", PackState::Returned)], entry("return")).await;
    assert_eq!(unknown, Err(StoreError::Refused(Refusal::Unknown { what: "pack", name: "P9999".to_owned() })));
    let pack = store.get_pack("P0001").await.expect("there").expect("a pack");
    assert_eq!((pack.unit.as_str(), pack.batch.as_str(), pack.changed_by.as_str()), ("north", "b1", "officer"));
    let counts = store.list_pack_counts().await.expect("counts");
    let expected = [("north", PackState::Issued, 1_999), ("north", PackState::Returned, 1), ("south", PackState::Issued, 10)];
    assert_eq!(counts, expected.map(|(unit, state, count)| (unit.to_owned(), state, count)));
    let page = store.list_packs("north", "P0009", 2).await.expect("a page");
    assert_eq!(page.iter().map(|pack| pack.number.as_str()).collect::<Vec<_>>(), ["P0010", "P0011"]);
}
