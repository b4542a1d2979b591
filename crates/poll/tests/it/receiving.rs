//! A server that takes in what others made on their own machines: in order, checked, once.

use poll::credentials::{self, Roll, Spare};
use poll::{Files, InMemory, KeyFile, Kind, Poll, Replace, ceremony, opening, plan};
use vote::{Randomness, Seeded};

use crate::running::{ROLL, plan as plan_text, rehearse};

#[test]
fn a_ceremony_is_taken_in_file_by_file_and_only_in_order() {
    for quorum in [2, 3] {
        let made = rehearse("ceremony", quorum);
        let steps = ceremony::steps(&made.poll);
        let mut server = InMemory::default();
        server.put(plan::POLL, &made.files.demand(plan::POLL).expect("a poll"), Replace::No).expect("written");
        assert_eq!(ceremony::due(&server, &made.poll, 1), Ok(ceremony::Due::Own(steps[0])));
        let mut receive = |name: &str, bytes: &[u8]| ceremony::receive_ceremony_file(&mut server, &made.poll, name, bytes);
        for wrong in [
            "trustee-4.commitment.json",
            "trustee-0.commitment.json",
            "trustee-01.commitment.json",
            "trustee-1.x.json",
            "a",
            "trustees.json",
        ] {
            let refused = receive(wrong, b"{}").expect_err(wrong);
            assert!(refused.kind == Kind::Input && refused.why.contains("no file of this ceremony"), "{}", refused.why);
        }
        for (at, step) in steps.iter().enumerate() {
            for trustee in [3, 1, 2] {
                let name = ceremony::file(trustee, step);
                let bytes = made.files.demand(&name).expect("made");
                if let Some(next) = steps.get(at + 1) {
                    let early = made.files.demand(&ceremony::file(trustee, next)).expect("made");
                    let refused = receive(&ceremony::file(trustee, next), &early).expect_err("too early");
                    assert!(refused.why.contains(&format!("comes after the {step}")), "{}", refused.why);
                }
                // Another's file, and one with a changed digit.
                let another = made.files.demand(&ceremony::file(trustee % 3 + 1, step)).expect("made");
                assert!(receive(&name, &another).is_err(), "{name}");
                let mut changed = bytes.clone();
                let place = bytes.iter().rposition(u8::is_ascii_digit).expect("a digit");
                changed[place] = if changed[place] == b'1' { b'2' } else { b'1' };
                assert!(receive(&name, &changed).is_err(), "{name}");
                assert!(receive(&name, b"").is_err() && receive(&name, b"\xff").is_err());
                // With and without the folder; twice the same is once.
                receive(name.strip_prefix("ceremony/").expect("a folder"), &bytes).expect("taken");
                receive(&name, &bytes).expect("taken again");
                assert!(receive(&name, &changed).expect_err("another").why.contains("there already"));
            }
        }
        for trustee in 1..=3 {
            assert_eq!(ceremony::due(&server, &made.poll, trustee), Ok(ceremony::Due::Nothing));
        }
        let finished = ceremony::finished(&server, &made.poll).expect("done");
        assert_eq!(finished.trustees.record(), made.units[0].trustees);
    }
}

#[test]
fn whom_a_trustee_waits_for_is_named() {
    let made = rehearse("due", 2);
    let mut server = InMemory::default();
    for name in [ceremony::file(1, "certificate"), ceremony::file(3, "certificate")] {
        let bytes = made.files.demand(&name).expect("made");
        ceremony::receive_ceremony_file(&mut server, &made.poll, &name, &bytes).expect("taken");
    }
    assert_eq!(ceremony::due(&server, &made.poll, 1), Ok(ceremony::Due::Others("certificate", vec![2])));
    assert_eq!(ceremony::due(&server, &made.poll, 2), Ok(ceremony::Due::Own("certificate")));
    assert!(ceremony::finished(&server, &made.poll).expect_err("not yet").why.contains("not done yet"));
}

#[test]
fn lists_and_setups_are_taken_in_with_their_signatures_only() {
    let made = rehearse("opening", 2);
    // A server that has the ceremony.
    let mut server = InMemory::default();
    for (name, bytes) in made.files.0.iter().filter(|(name, _)| name.starts_with("ceremony/") || *name == plan::POLL) {
        server.put(name, bytes, Replace::No).expect("written");
    }
    let poll = Poll::read(&server).expect("a poll");
    let finished = ceremony::finished(&server, &poll).expect("done");
    let (north, south) = (&poll.units[0], &poll.units[1]);
    let of = |name: String| made.files.demand(&name).expect("made");
    let early = opening::due(&server, &poll, &finished, north).err().expect("no list yet");
    assert!(early.why.contains("not there yet"), "{}", early.why);

    let (list, record) = (of(north.file("list.json")), of(north.file("credentials.json")));
    let mut receive = |unit, record: &[u8], list: &[u8]| credentials::receive(&mut server, &poll, &finished, unit, record, list);
    assert!(receive(south, &record, &list).expect_err("another unit's").why.contains("did not sign"));
    assert!(receive(north, &of(south.file("credentials.json")), &list).expect_err("another record").why.contains("did not sign"));
    // The spares are signed too.
    let text = String::from_utf8(list.clone()).expect("text");
    let from = text.find("\\\"spares").expect("spares") - 1;
    let to = from + text[from..].find(']').expect("an end") + 1;
    let without = format!("{}{}", &text[..from], &text[to..]);
    assert!(receive(north, &record, without.as_bytes()).is_err());
    let taken = receive(north, &record, &list).expect("taken");
    assert_eq!((taken.entitled, taken.spares), (5, 2));
    receive(north, &record, &list).expect("taken again");
    receive(south, &of(south.file("credentials.json")), &of(south.file("list.json"))).expect("taken");

    let due = opening::due(&server, &poll, &finished, north).expect("due");
    assert!(due.body.text().contains("\"entitled\":5,"));
    let alone = |key: &KeyFile| {
        let mut line = poll::Signable::new(due.body.clone());
        line.sign(&key.role, &key.signing);
        line.bytes()
    };
    let mut receive = |bytes: &[u8]| opening::receive(&mut server, &poll, &due, north, bytes);
    assert!(receive(&of(south.file("setup.json"))).expect_err("another unit's").why.contains("not the setup"));
    assert!(receive(&alone(&made.trustees[0])).expect_err("no signer").why.contains("no signature"));
    let forged = String::from_utf8(alone(&made.officer)).expect("text").replace("\"officer\":", "\"scrutineer\":");
    let refused = receive(forged.as_bytes());
    assert!(refused.is_err(), "the officer's signature under the scrutineer's name");
    assert!(receive(&alone(&made.scrutineer)).expect("taken").is_none());
    let begun = receive(&alone(&made.officer)).expect("taken").expect("both");
    assert_eq!(begun.archive(1_900_000_000).expect("an archive").1, of(north.archive()));
    assert_eq!(begun.companion().expect("lines").1.as_bytes(), of(north.companion()));
}

#[test]
fn rolls_and_numbers_of_spares_get_clear_answers() {
    let made = rehearse("rolls", 2);
    let refused = |roll: &str| Roll::read(roll.as_bytes(), "roll.csv", &made.poll).expect_err(roll).why;
    assert_eq!(refused("unit,name\nnorth,A\n"), "roll.csv:1: the first line must name the columns unit and member");
    assert!(refused("unit,member,pack\nnorth,A,1\n").starts_with("roll.csv:1: a roll has no column pack"));
    assert!(refused("unit,member\nnorth,A\nnorth,A\n").starts_with("roll.csv:3:"));
    assert!(refused("unit,member\nnorth,A\neast,B\n").contains("there is no unit “east”"));
    let weighted = ROLL.replace("member,", "member,weight,").replace(",m", ",m0,2,m");
    let roll = Roll::read(weighted.as_bytes(), "roll.csv", &made.poll);
    assert!(roll.is_err(), "m0 twice");
    let weighted = "unit,member,weight\nnorth,A,2\nsouth,B,1\n";
    let roll = Roll::read(weighted.as_bytes(), "roll.csv", &made.poll).expect("a roll");
    let files = InMemory::default();
    let why = credentials::demand_ready(&files, &made.poll, &roll, Spare::Number(1)).expect_err("weights").why;
    assert!(why.contains("no spare credentials"), "{why}");
    credentials::demand_ready(&files, &made.poll, &roll, Spare::NONE).expect("without spares");

    for (text, of_ten, of_thousand) in [("0", 0, 0), ("3", 3, 3), ("1%", 1, 10), ("0.25%", 1, 3), ("100%", 10, 1000), ("10.5%", 2, 105)] {
        let spare = Spare::parse(text).expect(text);
        assert_eq!((spare.of(10), spare.of(1000)), (of_ten, of_thousand), "{text}");
    }
    for text in ["", "-1", "1.5", "1 %", "%", "101%", "0.125%", "1.%", ".5%", "many"] {
        assert_eq!(Spare::parse(text).expect_err(text).kind, Kind::Input);
    }
    // A plan with keys is no plan of a rehearsal.
    let plan = format!("officer = \"{}\"\n{}", made.officer.signing.public().as_str(), plan_text(2));
    let rehearsal = poll::Rehearsal { plan: &plan, roll: ROLL.as_bytes(), trustees: 3, spare: Spare::NONE, timestamp: 0 };
    let mut source = Seeded::new(b"x");
    assert!(poll::rehearsed(&rehearsal, &mut Randomness::new(&mut source)).err().expect("refused").why.contains("makes all keys itself"));
}
