//! The members' roll: worked cases that a ballot officer can read, files with faults put in, any order of rows and columns, late changes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use dated::{Date, FileBytes, parse_date};
use dispute::roll::{
    Acceptance, Against, Change, ChangeFault, ChangeKind, Changes, Employers, Field, Finding, Frozen, MemberList, Notices, ReadOptions,
    Recipe, Roll, RollHash, SignedChange, Spares, count_units, examine, freeze, make, merge_plan, merged_units, read_members_of,
    shared_address,
};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use proptest::prelude::*;

const EMPLOYERS: &str =
    "employer,name,workplace,unit,work_domains\nGH,General Hospital,Main; Annexe,Hospital,gh.example\nAM,Ambulance,North,Ambulance,\n";

fn day(text: &str) -> Date {
    parse_date(text).expect("a day")
}

fn employers(text: &str) -> Employers {
    let (employers, faults) = Employers::read("employers.csv", &mut Cursor::new(text.trim_start().as_bytes()), &Vec::new(), None);
    assert_eq!(faults, []);
    employers
}

fn read(text: &str) -> MemberList {
    read_members_of(text.as_bytes(), &ReadOptions { file: "members.csv".to_owned(), ..ReadOptions::default() })
}

fn look(list: &MemberList, employers: &Employers) -> Vec<Finding> {
    let none = BTreeSet::new();
    examine(list, Against { employers, on: Some(day("2026-11-01")), shared_addresses: &none, many: 5 })
}

/// `clone 2 3`: the kind and the rows.
fn short(findings: &[Finding]) -> Vec<String> {
    let of = |finding: &Finding| {
        let lines: Vec<String> = finding.lines.iter().map(u32::to_string).collect();
        format!("{} {}", finding.fault.code, lines.join(" "))
    };
    let mut all: Vec<String> = findings.iter().map(of).collect();
    all.sort();
    all
}

fn frozen(text: &str) -> Frozen {
    let (list, employers) = (read(text), employers(EMPLOYERS));
    let findings = look(&list, &employers);
    freeze(&list, &findings, &[], &employers, day("2026-11-01"), &BTreeMap::new()).unwrap_or_else(|not| panic!("{:?}", not.stopping))
}

const MEMBERS: &str = "member,title,name,address_1,town,postcode,email,employer,workplace,job,joined,status,large print,language\n\
    20,Ms,Ann Bevan,1 High Street,Anytown,CF10 3NQ,ann@mail.example,GH,Main,Nurse,2012-03-01,,yes,cy\n\
    3,,\"Clarke, Bob\",\"2, High Street\",Anytown,CF10 3NQ,,AM,North,Driver,,member,,\n\
    100,,Cy Dee,3 High Street,Anytown,CF10 3NQ,,GH,Annexe,Porter,,lapsed,,\n\
    4,,Dee Ellis,4 High Street,Anytown,CF10 3NQ,,GH,annexe,Porter,2027-01-01,,,\n\
    5,,Ed Fry,5 High Street,Anytown,CF10 3NQ,,GH,Annexe,Porter,,,,\n";

#[test]
fn the_worked_cases_of_a_membership_file() {
    let bytes = FileBytes::Read(include_bytes!("../cases/roll/faults.toml").to_vec());
    let faults = dated::Faults::new();
    let file = dated::TomlFile::read("faults.toml", &bytes, &faults).expect("the cases");
    let cases = RefCell::new(0);
    file.with_root(&faults, |root| {
        let (employers, on) = (employers(&root.text("employers").expect("employers")), root.optional_date("on"));
        root.list("case", |case, _| {
            let title = case.text("title").expect("a title");
            let list = read(case.text("file").expect("a file").trim_start_matches('\n'));
            let shared: BTreeSet<String> = case.texts("shared").iter().map(|line| shared_address(line)).collect();
            let findings = examine(&list, Against { employers: &employers, on, shared_addresses: &shared, many: 5 });
            let mut expected = case.texts("faults");
            expected.sort();
            assert_eq!(short(&findings), expected, "{title}: {findings:#?}");
            let said: String = findings.iter().map(|finding| finding.fault.to_string()).collect();
            for words in case.texts("says") {
                assert!(said.contains(&words), "{title}: “{words}” is not in {said}");
            }
            case.text("why");
            *cases.borrow_mut() += 1;
            Some(())
        });
    });
    assert_eq!(faults.into_sorted(), []);
    assert!(*cases.borrow() >= 11);
}

#[test]
fn three_orders_of_columns_and_names_give_the_same_roll() {
    let one = "Membership number,Full name,Address line 1,Postcode,Employer,Workplace\n1,Ann Bevan,1 High St,CF10 3NQ,GH,Main\n2,Bob,2 High St,CF10 3NQ,AM,North\n";
    let two = "Site;Employer name;Post code;Street;Surname;First name;Mem no\nMain;General Hospital;cf103nq;1 High St;Bevan;Ann;1\nNorth;Ambulance;CF10 3NQ;2 High St;;Bob;2\n";
    let three = "North,x,2,\"2 High St\nCF10 3NQ\",AM,Bob,CF10 3NQ\nMain,y,1,1 High St,GH,\"Bevan, Ann\",CF10 3NQ\n";
    let three = format!("Where they work,shoe size,Number,Home address,Trust,Name,Postcode\n{}", three.replace("\nCF10 3NQ\"", "\""));
    let mapping = sheet::parse_mapping::<Field>("Where they work=workplace").expect("a mapping");
    let employers = employers(EMPLOYERS);
    let mut hashes = BTreeSet::new();
    for text in [one, two, &three] {
        let options = ReadOptions {
            file: "members.csv".to_owned(),
            mapping: if text.starts_with("Where") { mapping.clone() } else { Vec::new() },
            ..ReadOptions::default()
        };
        let list = read_members_of(text.as_bytes(), &options);
        let findings = look(&list, &employers);
        assert_eq!((short(&findings), list.rows.read, list.rows.accepted), (vec![], 2, 2), "{text}");
        let frozen = freeze(&list, &findings, &[], &employers, day("2026-11-01"), &BTreeMap::new()).expect("no fault");
        hashes.insert(frozen.roll.hash());
    }
    assert_eq!(hashes.len(), 1);
}

#[test]
fn everybody_is_in_or_out_with_a_reason_and_the_bytes_are_canonical() {
    let frozen = frozen(MEMBERS);
    let text = String::from_utf8(frozen.roll.bytes()).expect("text");
    let rows: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(
        rows[0],
        "ambulance,3,,Bob Clarke,\"2, High Street\",Anytown,,,,,CF10 3NQ,,,Ambulance,North,Driver,,en,,,member; unit of the workplace"
    );
    assert_eq!(
        rows[1],
        "hospital,20,Ms,Ann Bevan,1 High Street,Anytown,,,,,CF10 3NQ,ann@mail.example,,General Hospital,Main,Nurse,2012-03-01,cy,yes,,member since 2012-03-01; unit of the workplace"
    );
    assert_eq!((rows.len(), rows[2].starts_with("hospital,5,")), (3, true));
    let out: Vec<(&str, &str, u32)> = frozen.out.iter().map(|one| (one.member.as_str(), one.why.as_str(), one.line)).collect();
    assert_eq!(out, [("100", "lapsed", 4), ("4", "joined-later", 5)]);
    assert!(frozen.out[1].reason.contains("joins on 2027-01-01"));
    // The published way to come to the same hash: sha256sum of the file.
    assert_eq!(frozen.roll.hash(), RollHash::of(text.as_bytes()));
    assert_eq!(Roll::parse(text.as_bytes()).expect("canonical"), frozen.roll);
    for wrong in [
        text.replace('\n', "\r\n"),
        text.replace("hospital,20", "hospital,6"),
        text.trim_end().to_owned(),
        text.replace("hospital,5", "hospital,3"),
    ] {
        assert!(Roll::parse(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

#[test]
fn a_freeze_stops_until_each_stopping_fault_is_mended_or_accepted() {
    let text = "member,name,address_1,postcode,employer,workplace,birth date\n1,Ann Bevan,1 High Street,CF10 3NQ,GH,Main,1980-01-01\n2,Ann Bevan,1 High Street,CF10 3NQ,GH,Main,1980-01-01\n3,Bob,3 High Street,CF10 3NQ,XX,Main,\n,Cy,4 High Street,CF10 3NQ,GH,Main,\n";
    let (list, employers) = (read(text), employers(EMPLOYERS));
    let findings = look(&list, &employers);
    assert_eq!(short(&findings), ["clone 2 3", "missing-number 5", "unknown-employer 4"]);
    let on = day("2026-11-01");
    let stopped = freeze(&list, &findings, &[], &employers, on, &BTreeMap::new()).expect_err("three faults");
    assert_eq!(stopped.stopping.len(), 3);
    let mut faults = Vec::new();
    let file = "# who; what; why; by whom\n2; clone; twins-in-law, seen both; the officer\n3; unknown-employer; works abroad; the officer\nline 5; missing-number; no member; the officer\n";
    let accepted = Acceptance::read("accepted.txt", &FileBytes::Read(file.into()), &mut faults);
    assert_eq!((faults.len(), accepted.len()), (0, 3));
    let frozen = freeze(&list, &findings, &accepted, &employers, on, &BTreeMap::new()).expect("all accepted");
    assert_eq!(frozen.roll.entries.len(), 2);
    assert!(frozen.roll.entries[0].cell("reason").contains("twins-in-law, seen both (accepted by the officer)"));
    let out: Vec<(&str, &str)> = frozen.out.iter().map(|one| (one.why.as_str(), one.reason.as_str())).collect();
    assert_eq!(
        out,
        [("missing-number", "no member; accepted by the officer"), ("unknown-employer", "works abroad; accepted by the officer")]
    );
    Acceptance::read(
        "a",
        &FileBytes::Read("1; duplicate-number; x; y\n1; no-name; x; y\n1; nothing; x; y\n1; clone\n".into()),
        &mut faults,
    );
    assert_eq!(faults.len(), 4);
}

#[test]
fn every_seeded_fault_is_found_and_none_is_invented() {
    for (members, employers_made, seed) in [(200, 8, 1), (1_000, 20, 2), (5_000, 250, 3), (45_000, 40, 4)] {
        let made = make(Recipe { members, employers: employers_made, seed }).expect("a recipe");
        assert!(made.label.starts_with("invented members"));
        let employers = employers(&made.employers);
        let list = read(&made.members);
        assert_eq!(list.synthetic.as_ref(), Some(&made.label));
        let findings = look(&list, &employers);
        let mut expected: Vec<String> = made
            .seeded
            .iter()
            .map(|one| format!("{} {}", one.code, one.lines.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")))
            .collect();
        expected.sort();
        assert_eq!(short(&findings), expected, "{members} members, seed {seed}");
        assert_eq!(u64::from(members), list.rows.read);
        assert_eq!(list.rows.read, list.rows.accepted + list.rows.refused);
        assert_eq!(make(Recipe { members, employers: employers_made, seed }).expect("a recipe").members, made.members);
    }
    assert!(make(Recipe { members: 10, employers: 2, seed: 1 }).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Neither the order of the rows nor that of the columns changes what is found, or a byte of the roll.
    #[test]
    fn shuffled_rows_and_columns_give_the_same_faults(seed in 0_u64..1_000, row_turn in 1_usize..199, column_turn in 1_usize..20, reverse: bool) {
        let made = make(Recipe { members: 200, employers: 8, seed }).expect("a recipe");
        let employers = employers(&made.employers);
        let turned = {
            let mut reader = csv_lines(&made.members);
            let header = reader.remove(0);
            reader.rotate_left(row_turn);
            if reverse {
                reader.reverse();
            }
            reader.insert(0, header);
            reader.iter_mut().for_each(|row| row.rotate_left(column_turn));
            reader.iter().map(|row| row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",") + "\n").collect::<String>()
        };
        let of = |text: &str| {
            let list = read(text);
            let mut found: Vec<(&str, Vec<String>)> = look(&list, &employers).into_iter().map(|one| (one.fault.code, one.members)).collect();
            found.sort();
            found
        };
        prop_assert_eq!(of(&made.members), of(&turned));
    }

    /// Bytes of any kind are read or refused, and nothing is lost on the way.
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600), rows in proptest::collection::vec("[ -~\u{a3}\u{e9}\u{202e}\r\n\"]{0,50}", 0..12)) {
        let employers = employers(EMPLOYERS);
        let text = format!("member,name,address,email,employer,status,joined\n{}", rows.join("\n"));
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let list = read_members_of(bytes, &ReadOptions { file: "m".to_owned(), ..ReadOptions::default() });
            prop_assert_eq!(list.rows.read, list.rows.accepted + list.rows.refused);
            prop_assert_eq!((list.rows.accepted, list.rows.refused), (list.members.len() as u64, list.refused.len() as u64));
            let findings = look(&list, &employers);
            prop_assert!(list.rows.accepted > 0 || !findings.is_empty(), "nothing read and nothing said");
            for finding in &findings {
                prop_assert!(!finding.fault.what.chars().any(|c| c.is_control() || c == '\u{202e}'), "{:?}", finding);
            }
        }
    }
}

/// The rows of a made file, comments left out.
fn csv_lines(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut cells = vec![String::new()];
            let mut quoted = false;
            for c in line.chars() {
                match c {
                    '"' => quoted = !quoted,
                    ',' if !quoted => cells.push(String::new()),
                    c => cells.last_mut().expect("a cell").push(c),
                }
            }
            cells
        })
        .collect()
}

/// Officer and scrutineer, with keys of their own.
fn keys() -> BTreeMap<&'static str, SigningKey> {
    BTreeMap::from([("officer", SigningKey::from_bytes(&[7; 32])), ("scrutineer", SigningKey::from_bytes(&[9; 32]))])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn verify(role: &str, bytes: &[u8], signature: &str) -> bool {
    let Some(key) = keys().get(role).map(SigningKey::verifying_key) else { return false };
    let raw: Vec<u8> = (0..signature.len() / 2).filter_map(|at| u8::from_str_radix(signature.get(at * 2..at * 2 + 2)?, 16).ok()).collect();
    let verify = |key: VerifyingKey| key.verify_strict(bytes, &ed25519_dalek::Signature::from_slice(&raw).ok()?).ok();
    verify(key).is_some()
}

fn signed(change: Change) -> SignedChange {
    let mut signed = SignedChange::new(change);
    for (role, key) in keys() {
        let signature = hex(&key.sign(&signed.bytes()).to_bytes());
        signed.sign(role, signature);
    }
    signed
}

fn change(changes: &Changes, kind: ChangeKind, member: &str, cells: &[(&str, &str)], date: &str) -> Change {
    Change {
        number: changes.next_number(),
        before: changes.hash(),
        kind,
        member: member.to_owned(),
        cells: cells.iter().map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned())).collect(),
        reason: "transferred".to_owned(),
        by: "the branch".to_owned(),
        date: day(date),
    }
}

#[test]
fn late_changes_apply_in_order_over_two_signatures() {
    let roll = frozen(MEMBERS).roll;
    let mut changes = Changes::of(roll.clone());
    let join = signed(change(
        &changes,
        ChangeKind::Join,
        "9",
        &[("unit", "hospital"), ("name", "Gwen"), ("employer", "General Hospital")],
        "2026-11-03",
    ));
    changes.apply(&join, &verify).expect("a join");
    let moved = signed(change(&changes, ChangeKind::Move, "20", &[("unit", "ambulance")], "2026-11-20"));
    changes.apply(&moved, &verify).expect("a move");
    let left = signed(change(&changes, ChangeKind::Leave, "5", &[], "2026-11-21"));
    changes.apply(&left, &verify).expect("a leave");
    let now: Vec<(&str, &str)> = changes.roll().entries.iter().map(|entry| (&*entry.unit, &*entry.member)).collect();
    assert_eq!(now, [("ambulance", "20"), ("ambulance", "3"), ("hospital", "9")]);
    assert_eq!(changes.hash(), Roll::parse(&changes.roll().bytes()).expect("canonical").hash());
    assert_eq!(changes.find("20").expect("on the roll").cell("name"), "Ann Bevan");
    assert!(changes.find("20").expect("on the roll").cell("reason").starts_with("change 2 of 2026-11-20: transferred; the branch"));
    // Papers went out on the 10th: who came later needs a spare, whose credential is left is voided.
    let spares = changes.after_posting(&roll, day("2026-11-10"));
    let expected = [("ambulance", Spares { spares: 1, to_void: 0 }), ("hospital", Spares { spares: 0, to_void: 2 })];
    assert_eq!(spares, expected.map(|(unit, spares)| (unit.to_owned(), spares)).into());
    // The lines come back as they were, and lead to the same roll.
    let mut again = Changes::of(roll);
    for line in [&join, &moved, &left] {
        again.apply(&SignedChange::parse(&line.line()).expect("a line"), &verify).expect("applies");
    }
    assert_eq!(again.hash(), changes.hash());
}

#[test]
fn a_change_that_is_not_right_changes_nothing() {
    let mut changes = Changes::of(frozen(MEMBERS).roll);
    let before = changes.hash();
    let good = change(&changes, ChangeKind::Move, "20", &[("unit", "ambulance")], "2026-11-20");
    let refused = |changes: &mut Changes, change: SignedChange| changes.apply(&change, &verify).expect_err("refused");
    for (change, why) in [
        (Change { number: 2, ..good.clone() }, ChangeFault::OutOfOrder { due: 1 }),
        (Change { before: RollHash::of(b"x"), ..good.clone() }, ChangeFault::OutOfOrder { due: 1 }),
        (Change { member: "77".to_owned(), ..good.clone() }, ChangeFault::NotOnRoll),
        (Change { kind: ChangeKind::Join, ..good.clone() }, ChangeFault::OnRollAlready { unit: "hospital".to_owned() }),
        (
            Change { cells: vec![("unit".to_owned(), "navy".to_owned())], ..good.clone() },
            ChangeFault::UnknownUnit { unit: "navy".to_owned() },
        ),
        (Change { cells: vec![("name".to_owned(), "Ann Bevan".to_owned())], ..good.clone() }, ChangeFault::NothingChanges),
    ] {
        assert_eq!(refused(&mut changes, signed(change)), why);
    }
    let mut alone = signed(good.clone());
    alone.signatures.retain(|(role, _)| role == "officer");
    assert_eq!(refused(&mut changes, alone.clone()), ChangeFault::NotSigned { role: "scrutineer" });
    // The officer cannot sign for the scrutineer, nor can a signature move to another change.
    let officers = alone.signatures[0].1.clone();
    alone.sign("scrutineer", officers);
    assert_eq!(refused(&mut changes, alone), ChangeFault::NotSigned { role: "scrutineer" });
    let mut other = signed(good.clone());
    other.change.reason = "another".to_owned();
    assert_eq!(refused(&mut changes, other), ChangeFault::NotSigned { role: "officer" });
    assert_eq!(changes.hash(), before);
    let line = signed(good).line();
    for wrong in [
        line.replace("\"kind\":\"move\"", "\"kind\":\"promote\""),
        line.replace("{\"body\"", "{ \"body\""),
        line.replace("transferred", "=1+1"),
        line.replace("\"unit\"", "\"credential\""),
        String::new(),
    ] {
        assert!(matches!(SignedChange::parse(&wrong), Err(ChangeFault::Unreadable { .. })), "{wrong}");
    }
}

#[test]
fn units_and_notices_add_up_to_the_roll() {
    let made = make(Recipe { members: 2_000, employers: 40, seed: 5 }).expect("a recipe");
    let employers = employers(&made.employers);
    let dirty: BTreeSet<u32> =
        look(&read(&made.members), &employers).iter().filter(|one| one.stops()).flat_map(|one| one.lines.clone()).collect();
    let clean: String =
        (1..).zip(made.members.lines()).filter(|(line, _)| !dirty.contains(line)).map(|(_, text)| format!("{text}\n")).collect();
    let list = read(&clean);
    let on = day("2026-11-01");
    let units = count_units(&list, &employers, Some(on));
    let plan = merge_plan(&units, 20, &BTreeSet::new());
    assert!(plan.len() < units.len(), "something was merged");
    let parts: Vec<(String, Vec<String>)> =
        plan.iter().map(|unit| (unit.id.clone(), unit.parts.iter().map(|(_, name)| name.clone()).collect())).collect();
    let merged = merged_units(&parts, &units).expect("a plan of these units");
    let frozen = freeze(&list, &look(&list, &employers), &[], &employers, on, &merged).expect("no fault");
    let counted: BTreeMap<&str, u64> = plan.iter().map(|unit| (unit.id.as_str(), unit.entitled)).collect();
    assert_eq!(frozen.roll.units(), counted, "the roll is in the units of the plan");
    assert_eq!(frozen.roll.entries.len() as u64 + frozen.out.len() as u64, list.rows.read);
    let mut out = BTreeMap::new();
    for one in &frozen.out {
        *out.entry((one.employer.clone(), one.why.clone())).or_default() += 1;
    }
    let notices = Notices::of(&frozen.roll, on, &out, &employers);
    assert_eq!(notices.total(), frozen.roll.entries.len() as u64);
    for notice in &notices.employers {
        assert_eq!((notice.categories.values().sum::<u64>(), notice.workplaces.values().sum::<u64>()), (notice.total, notice.total));
        assert!(notice.explained.contains(&format!("come to {}", pay::grouped(notice.total))) && !notice.address.is_empty());
    }
    let explained = frozen.out.iter().find(|one| one.why == "lapsed").expect("somebody lapsed");
    let name = &employers.find(&explained.employer).expect("an employer").name;
    assert!(notices.employers.iter().any(|notice| notice.employer == *name && notice.explained.contains("whose membership lapsed")));
}
