//! No reader panics, whatever it is given; and no reader takes a changed record of a trustee for a good one.

use proptest::prelude::*;
use vote::archive::{Event, Head, Tail};
use vote::companion::{Chain, PublicRoleKey};
use vote::trustee::key::{Certificate, MemberKey};
use vote::trustee::record::Trustees;
use vote::trustee::single::PublicKey;
use vote::trustee::{Quorum, TrusteeNumber};
use vote::{Credential, Election, ElectionResult, Element, EncryptedTally, PublicCredentials, Randomness, Scalar, Seeded, Uuid};

use crate::made::{Holders, keys};

fn read_everything(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let quorum = Quorum::new(3, 2).expect("a quorum");
    let _ = Election::read(bytes);
    let _ = Trustees::check(bytes);
    let _ = PublicKey::check(bytes, TrusteeNumber(1));
    let _ = Certificate::check(bytes, quorum, TrusteeNumber(1));
    let _ = PublicCredentials::read(bytes);
    let _ = EncryptedTally::read(bytes, bytes);
    let _ = ElectionResult::read(bytes);
    let _ = Event::read(bytes);
    let _ = Head::read(bytes);
    let _ = Tail::read(bytes, bytes);
    let _ = Chain::after(bytes);
    let _ = Element::parse(&text);
    let _ = Scalar::parse(&text);
    let _ = Credential::parse(&text);
    let _ = Uuid::parse(&text);
    let _ = PublicRoleKey::parse(&text);
    let _ = MemberKey::from_seed(&text);
}

/// A trustees record of a 2-of-3 group.
fn group() -> String {
    let mut source = Seeded::new(b"parsers");
    let (trustees, _) = keys(Holders::Group { members: 3, needed: 2 }, &mut Randomness::new(&mut source));
    trustees.record().to_owned()
}

proptest! {
    #[test]
    fn noise_is_no_record(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        read_everything(&bytes);
    }

    #[test]
    fn nearly_json_is_no_record(text in "[\\[\\]{}\",:0-9a-f\\\\ ]{0,300}") {
        read_everything(text.as_bytes());
    }
}

#[test]
fn every_changed_digit_of_a_trustees_record_is_found() {
    let record = group();
    assert!(Trustees::check(record.as_bytes()).is_ok());
    let mut tried = 0;
    for at in (0..record.len()).step_by(7) {
        let mut changed = record.clone().into_bytes();
        changed[at] = match changed[at] {
            b'0' => b'1',
            b'1'..=b'9' => changed[at] - 1,
            other => other ^ 1,
        };
        read_everything(&changed);
        assert!(Trustees::check(&changed).is_err(), "byte {at}: {}", &record[at.saturating_sub(20)..(at + 20).min(record.len())]);
        tried += 1;
    }
    assert!(tried > 500);
}
