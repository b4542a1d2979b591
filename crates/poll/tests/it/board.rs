//! Whole polls, and lines that `poll` and `verify` must judge alike.

use poll::board;
use poll::{Kind, Pack, Signable};
use serde_json::Value;
use verify::{Check, Verdict};
use vote::companion::Body;
use vote::{Randomness, Seeded};

use crate::running::{ROLL, Running, both, rehearse, secret};

#[test]
fn the_same_seed_gives_the_same_poll_and_it_is_labelled() {
    let (one, two, other) = (rehearse("1", 2), rehearse("1", 2), rehearse("2", 2));
    assert_eq!(one.files, two.files);
    assert_ne!(one.files, other.files);
    assert!(one.poll.title.starts_with("REHEARSAL (synthetic): "));
    assert!(one.units.iter().all(|unit| unit.election.contains("REHEARSAL (synthetic)")));
}

#[test]
fn whole_polls_pass_the_judging_side() {
    // All three trustees are needed; any two of three are.
    for (quorum, sharers) in [(3, vec![2, 0, 1]), (2, vec![2, 0])] {
        let mut made = rehearse("whole", quorum);
        let mut unit = Running::begin(&made);
        assert_eq!(unit.judge(None).verdict, Verdict::CouldNotCheck);
        unit.cast(0, 0);
        unit.cast(1, 1);
        // Member 2 votes on paper, member 3 lost the letter, and the post is late.
        let line = unit.with_board(|board| board::void(board, &unit.public(2), "1-000001-2", &made.officer)).expect("a line");
        let mut list = vec![line];
        list.push(unit.with_board(|board| board::replace(board, &unit.public(3), &unit.public(5), "lost", &made.officer)).expect("a line"));
        let later = "2031-05-02T12:00:00Z".parse().expect("a time");
        list.push(unit.with_board(|board| board::extend(board, later, "late post", &made.officer)).expect("a line"));
        for mut line in list {
            let alone = unit.with_board(|board| board::check_line(board, &line, "a line")).expect_err("one signature");
            assert_eq!(alone.why, "the signature of the scrutineer is missing");
            both(&mut line, &made.scrutineer);
            let addition = unit.with_board(|board| board::check_line(board, &line, "a line")).expect("a good line");
            unit.append(&addition);
        }
        unit.cast(5, 0);
        assert_eq!(unit.judge(None).verdict, Verdict::CouldNotCheck);

        let tally = board::close(&unit.election, &unit.credentials, unit.ballots.iter().map(Ok)).expect("a sum");
        for (kind, records) in board::closing_events(&tally) {
            let records: Vec<&str> = records.iter().map(String::as_str).collect();
            unit.archive.extend(unit.tail.append(kind, &records).expect("in order"));
        }
        let mut source = Seeded::new(b"shares");
        let random = &mut Randomness::new(&mut source);
        for trustee in sharers {
            let key = &mut made.trustees[trustee];
            let (own, file) = board::share(&unit.election, &unit.trustees, &tally, key, &mut |_| Ok(()), random).expect("a share");
            assert_eq!(own as usize, trustee + 1);
            let file: Value = serde_json::from_slice(&file).expect("JSON");
            // Another's signature, another's number, a changed factor.
            for (from, to, why) in [
                (format!("trustee {own}"), "trustee 9".to_owned(), "signature of the trustee"),
                ("\\\"owner\\\":".to_owned(), "\\\"owner\\\":9".to_owned(), "there is no trustee 9"),
                ("decryption_factors\\\":[[\\\"".to_owned(), "decryption_factors\\\":[[\\\"0".to_owned(), "V46"),
            ] {
                let forged: Value = serde_json::from_str(&file.to_string().replacen(&from, &to, 1)).expect("JSON");
                assert_ne!(forged, file, "{from}");
                let refused = board::check_share(&unit.closed(&tally), &unit.recorded, &forged, "a share").expect_err(why);
                assert!(refused.why.contains(why), "{}", refused.why);
            }
            let addition = board::check_share(&unit.closed(&tally), &unit.recorded, &file, "a share").expect("a good share");
            unit.append(&addition);
            let again = board::check_share(&unit.closed(&tally), &unit.recorded, &file, "a share").expect_err("twice");
            assert!(again.why.starts_with("V45"), "{}", again.why);
        }
        let late = unit.with_board(|board| board::extend(board, "2031-05-03T12:00:00Z".parse().expect("a time"), "x", &made.officer));
        let mut late = late.expect("a line");
        both(&mut late, &made.scrutineer);
        let refused = unit.with_board(|board| board::check_line(board, &late, "a line")).expect_err("after a share");
        assert!(refused.why.starts_with("V62"), "{}", refused.why);

        let result = board::count(&unit.closed(&tally), &unit.recorded).expect("a count");
        assert_eq!(result.counts, [[2, 1]]);
        unit.archive.extend(unit.tail.append(vote::archive::EventKind::Result, &[&result.record()]).expect("in order"));
        let last = unit.tail.last_event().expect("an event");
        let body = board::result_body(&unit.closed(&tally), unit.ballots.len() as u64, &result, last).expect("a body");
        // The officer signs at home, the scrutineer too; a server takes both files in.
        let mut here = board::signed_so_far(&body, None, "the result").expect("nothing yet");
        for key in [&made.officer, &made.scrutineer] {
            let mut at_home = board::signed_so_far(&body, None, "the result").expect("nothing yet");
            assert!(board::sign_result(&unit.companion, &mut at_home, &made.trustees[0], "a key").is_err(), "a trustee is no signer");
            let empty = board::receive_result(&unit.companion, &mut here.clone(), &at_home.bytes(), "the result");
            assert_eq!(empty.is_err(), here.signatures.is_empty());
            board::sign_result(&unit.companion, &mut at_home, key, "a key").expect("signed");
            board::receive_result(&unit.companion, &mut here, &at_home.bytes(), "the result").expect("taken");
        }
        let signatures = here.complete(&unit.companion.signers(&here).expect("signers"), "the result").expect("they hold").expect("both");
        unit.lines.push_str(&unit.companion.append(&body, &signatures).expect("a line"));
        assert!(unit.companion.has_result);
        let report = unit.judge(None);
        assert_eq!(report.verdict, Verdict::Passed, "{}", verify::output::to_text(&report, true));
        assert_eq!((report.facts.spares, report.facts.replaced), (2, 1));
        // What was read from the start is what was kept on the way.
        let again = poll::Companion::read(unit.lines.as_bytes(), "the companion").expect("a companion");
        assert_eq!(format!("{again:?}"), format!("{:?}", unit.companion));
    }
}

/// Every line is judged by `poll` as by `verify`, which share no code; a refusal names the check that fails.
#[test]
fn a_line_is_refused_if_and_only_if_the_judging_side_would_fail_it() {
    let made = rehearse("lines", 2);
    let mut unit = Running::begin(&made);
    unit.cast(0, 0);
    // 1 voided, 2 replaced by 5; 6 is unused.
    for mut line in [
        unit.with_board(|board| board::void(board, &unit.public(1), "7", &made.officer)).expect("a line"),
        unit.with_board(|board| board::replace(board, &unit.public(2), &unit.public(5), "lost", &made.officer)).expect("a line"),
    ] {
        both(&mut line, &made.scrutineer);
        let addition = unit.with_board(|board| board::check_line(board, &line, "a line")).expect("a good line");
        unit.append(&addition);
    }
    let election = unit.election.hash();
    // An element, and on no list: the election's own key.
    let stranger = *unit.election.key().element();
    let element = |letter: usize| vote::Element::parse_key(&unit.public(letter)).expect("an element").encode();
    let other = vote::Hash::of("another election");
    let mut bodies = vec![
        Body::void(&other, &element(3), "8"),
        Body::void(&election, &stranger.encode(), "8"),
        Body::replace(&other, &element(3), &element(6), "lost"),
        Body::replace(&election, &stranger.encode(), &element(6), "lost"),
        Body::replace(&election, &element(3), &stranger.encode(), "lost"),
    ];
    for letter in 0..7 {
        bodies.push(Body::void(&election, &element(letter), "8"));
        for spare in 0..7 {
            bodies.push(Body::replace(&election, &element(letter), &element(spare), "lost"));
        }
    }
    for time in ["2031-04-30T12:00:00Z", "2031-05-01T12:00:00Z", "2031-05-01T12:00:01Z"] {
        bodies.push(Body::schedule(&election, time, "late post"));
    }
    let (mut taken, mut refused) = (0, 0);
    for body in bodies {
        let mut line = Signable::new(body.clone());
        line.sign("officer", &made.officer.signing);
        both(&mut line, &made.scrutineer);
        let signatures = [&made.officer, &made.scrutineer].map(|key| key.signing.sign(&body));
        let report = unit.judge(Some((&body, &signatures)));
        match unit.with_board(|board| board::check_line(board, &line, "a line")) {
            Ok(_) => {
                assert_eq!(report.failed(), [], "{}", body.text());
                taken += 1;
            }
            Err(refusal) => {
                let failed: Vec<&str> = report.failed().iter().map(|check| check.id()).collect();
                let named = refusal.why.split(':').next().expect("a check");
                assert!(failed.contains(&named), "{}: {} but {failed:?}", body.text(), refusal.why);
                assert_eq!(refusal.kind, Kind::No);
                refused += 1;
            }
        }
    }
    // Void 3, 4, 5; replace 3, 4, 5 by 6; one later time.
    assert_eq!((taken, refused), (7, 57));

    // A ballot of an unused spare, and of a replaced one: only V67 says so.
    for letter in [6, 2] {
        let mut wrong = Running::begin(&made);
        wrong.lines = unit.lines.clone();
        wrong.cast(letter, 0);
        assert_eq!(wrong.judge(None).failed(), [Check::V67]);
    }
}

#[test]
fn packs_tell_the_authority_and_the_scrutineer_only_what_is_theirs() {
    let made = rehearse("packs", 2);
    let unit = Running::begin(&made);
    let letters = secret(&made, "north.letters.csv");
    let mut lines = letters.lines();
    assert_eq!(lines.next(), Some("unit,member,pack,credential,name,address"));
    // The roll's other columns are carried as they are.
    for (line, row) in lines.zip(ROLL.lines().filter(|row| row.starts_with("north"))) {
        let rest = row.splitn(3, ',').nth(2).expect("columns");
        assert!(line.ends_with(&format!(",{rest}")), "{line}");
    }
    let packs: Vec<Vec<&str>> = secret(&made, "packs.csv").lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(packs[0], ["unit", "pack", "public_credential", "spare"]);
    let north: Vec<&Vec<&str>> = packs.iter().filter(|row| row[0] == "north").collect();
    let numbers: Vec<u32> = north.iter().map(|row| Pack::parse(row[1]).expect("a pack number").number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7], "by pack number");
    assert!(packs.iter().skip(1).all(|row| Pack::parse(row[1]).expect("a pack number").unit == if row[0] == "north" { 1 } else { 2 }));
    for (letter, line) in letters.lines().skip(1).chain(secret(&made, "north.spares.csv").lines().skip(1)).enumerate() {
        let of_letter = letter < 5;
        let pack = line.split(',').nth(if of_letter { 2 } else { 1 }).expect("a pack");
        let row = north.iter().find(|row| row[1] == pack).expect("in packs.csv");
        assert_eq!(row[2], unit.public(letter));
        assert_eq!(row[3], if of_letter { "no" } else { "yes" });
        assert!(unit.companion.unused_spares.contains(row[2]) != of_letter);
    }
    // Drawn by lot: seven in order would be one chance in 5,040.
    let in_order: Vec<&str> = letters.lines().skip(1).map(|line| line.split(',').nth(2).expect("a pack")).collect();
    assert!(!in_order.is_sorted());
    // No public file has a pack number, a member or a secret.
    for (name, bytes) in &made.files.0 {
        let text = String::from_utf8_lossy(bytes);
        for private in letters.lines().skip(1).flat_map(|line| line.split(',').skip(2).take(2)) {
            assert!(!text.contains(private), "{name} has {private}");
        }
    }
}
