//! The officer's desk before the poll: files of the roll, faults, undo, freeze, plan; and what needs two people.

use hyper::{Method, StatusCode};
use serde_json::json;
use web::Role;
use web::desk::two_people;

use crate::access::signed_in;
use crate::made::{Got, Running, Wanted, at, bare, keys, running};

/// A form with a file, as browsers send it.
pub(crate) async fn send(running: &Running, cookie: &str, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Got {
    let mut body: Vec<u8> = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    if let Some((name, bytes)) = file {
        body.extend(
            format!("--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/csv\r\n\r\n")
                .into_bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    let origin = running.origin.clone();
    let headers = [("origin", origin.as_str()), ("cookie", cookie), ("content-type", "multipart/form-data; boundary=edge")];
    running.ask(Method::POST, path, &headers, body).await
}

pub(crate) async fn see(running: &Running, cookie: &str, path: &str) -> Got {
    running.ask(Method::GET, path, &[("cookie", cookie)], "").await
}

pub(crate) async fn form(running: &Running, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Got {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let body = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&");
    let origin = running.origin.clone();
    let headers = [("origin", origin.as_str()), ("cookie", cookie), ("content-type", "application/x-www-form-urlencoded")];
    running.ask(Method::POST, path, &headers, body).await
}

/// Invented members of two hospitals of one employer and a small clinic, `faulty` rows of no use after them.
fn members(faulty: bool) -> String {
    let mut text = String::from("Membership No,Name,Address,Postcode,Employer,Unit,Grade,Status\n");
    for (unit, number) in [("Ashdown", 30), ("Brecon", 25), ("Clinic", 4)] {
        for at in 0..number {
            text.push_str(&format!(
                "{unit}{at:03},Member {at} of {unit},\"{at} {unit} Street, Town\",CF10 3NQ,Trust,{unit},Band {},member\n",
                5 + at % 2
            ));
        }
    }
    text.push_str("GONE1,Past Member,,,Trust,Ashdown,Band 5,left\n");
    if faulty {
        text.push_str(",No Number,,,Trust,Ashdown,Band 5,member\n");
        text.push_str("Ashdown001,Twice There,,,Trust,Ashdown,Band 5,member\n");
        text.push_str("F1,=cmd(),,,Trust,Ashdown,Band 5,member\n");
    }
    text
}

async fn brought(running: &Running, officer: &str, text: &str) -> Got {
    send(running, officer, "/desk/roll/import", &[("kind", "members")], Some(("members.csv", text.as_bytes()))).await
}

async fn with_day(running: &Running, officer: &str) {
    let fields = [("day", "2026-11-20"), ("minimum", "20"), ("own_count", ""), ("shared_addresses", "CF10 3NQ")];
    assert_eq!(form(running, officer, "/desk/roll/settings", &fields).await.status, StatusCode::SEE_OTHER);
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    page.split(&format!("name=\"{name}\" value=\"")).nth(1).and_then(|rest| rest.split('"').next()).expect("the field").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_goes_from_a_faulty_file_to_a_plan() {
    let (_, key) = keys("officer of the desk");
    let running = bare(key).await;
    running.clock.set(at("2026-11-01T10:00:00Z"));
    let officer = signed_in(&running, Role::Officer).await;

    // Wrong files are answered, and nothing of them is kept.
    for (kind, name, bytes, says) in [
        ("members", "picture.png", b"\x89PNG\r\n\x1a\n\0\0".as_slice(), "picture.png"),
        ("members", "no-number.csv", b"Name,Colour\nA,B\n".as_slice(), "no-number.csv:"),
        ("members", "empty.csv", b"".as_slice(), "empty.csv"),
        ("accepted", "accepted.txt", b"A1; duplicate-number; because; me\nno parts\n".as_slice(), "cannot be accepted"),
        ("elephants", "x.csv", b"a,b\n".as_slice(), "Say what the file is"),
    ] {
        let got = send(&running, &officer, "/desk/roll/import", &[("kind", kind)], Some((name, bytes))).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{name}");
        assert!(got.text().contains("There is a problem") && got.text().contains(says), "{name}: {}", got.text());
    }
    let got =
        send(&running, &officer, "/desk/roll/import", &[("kind", "members"), ("mapping", "Name=elephant")], Some(("m.csv", b"a\n"))).await;
    assert!(got.status == StatusCode::BAD_REQUEST && got.text().contains("no meaning of a column"), "{}", got.text());
    assert!(running.service.store.list_roll_imports().await.expect("imports").is_empty());

    // A file with faults is kept and shown with all of them; it cannot be frozen.
    assert_eq!(brought(&running, &officer, &members(true)).await.status, StatusCode::SEE_OTHER);
    with_day(&running, &officer).await;
    let faults = see(&running, &officer, "/desk/roll/faults").await.text();
    for code in ["missing-number", "duplicate-number", "formula"] {
        assert!(faults.contains(code), "{code}: {faults}");
    }
    let csv = see(&running, &officer, "/desk/roll/faults.csv").await.text();
    assert!(csv.starts_with("severity,kind,") && csv.contains("stops the freeze,duplicate-number"), "{csv}");
    assert!(!csv.lines().any(|line| line.starts_with(['=', '+', '-', '@']) || line.contains(",=")), "{csv}");
    let refused = see(&running, &officer, "/desk/roll/freeze").await;
    assert!(refused.status == StatusCode::CONFLICT && refused.text().contains("stop the freeze"), "{}", refused.text());

    // Withdrawn, and another one in its place.
    let undo = form(&running, &officer, "/desk/roll/undo", &[("number", "1"), ("act", "withdraw")]).await;
    assert_eq!(undo.status, StatusCode::SEE_OTHER);
    assert_eq!(brought(&running, &officer, &members(false)).await.status, StatusCode::SEE_OTHER);
    let rows = see(&running, &officer, "/desk/roll/rows").await.text();
    assert!(rows.contains("Ashdown000") && rows.contains("20 of 60"), "{rows}");
    let page = see(&running, &officer, "/desk/roll/freeze").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    // The clinic of four is counted with Brecon, the smaller neighbour.
    assert!(page.text().contains("Brecon with Clinic"), "{}", page.text());
    let hash = hidden(&page.text(), "hash");
    let stale = form(&running, &officer, "/desk/roll/freeze", &[("hash", &"0".repeat(64))]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "what was not seen is not frozen");
    assert_eq!(form(&running, &officer, "/desk/roll/freeze", &[("hash", &hash)]).await.status, StatusCode::SEE_OTHER);
    let frozen = running.service.store.get_frozen_roll().await.expect("read").expect("frozen");
    assert_eq!((frozen.rows, frozen.hash.hex()), (59, hash.clone()));
    assert_eq!(brought(&running, &officer, &members(false)).await.status, StatusCode::CONFLICT, "frozen is frozen");

    let notices = see(&running, &officer, "/desk/roll/notices").await.text();
    assert!(notices.contains("59 employees concerned") && notices.contains("Band 5"), "{notices}");
    let csv = see(&running, &officer, "/desk/roll/notices.csv").await.text();
    assert!(csv.contains("brecon,Trust,total,,29"), "{csv}");

    // The authority has the roll for the letters; the officer only over two people.
    let authority = signed_in(&running, Role::Authority).await;
    let roll = see(&running, &authority, "/desk/roll/roll.csv").await;
    assert_eq!(store::Hash::of(&roll.body).hex(), hash);
    assert_eq!(see(&running, &officer, "/desk/roll/roll.csv").await.status, StatusCode::CONFLICT);
    assert_eq!(form(&running, &officer, "/desk/roll/export", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(see(&running, &officer, "/desk/roll/roll.csv").await.status, StatusCode::CONFLICT, "proposed is not confirmed");
    let proposal = two_people::pending(&running.service).await.expect("read").pop().expect("a proposal");
    let answer = [("id", proposal.id.as_str()), ("answer", "confirm")];
    let own = form(&running, &officer, "/desk/two-people", &answer).await;
    assert!(own.status == StatusCode::CONFLICT && own.text().contains("somebody else has to confirm"), "{}", own.text());
    let scrutineer = signed_in(&running, Role::Scrutineer).await;
    assert_eq!(form(&running, &scrutineer, "/desk/two-people", &answer).await.status, StatusCode::SEE_OTHER);
    assert_eq!(see(&running, &officer, "/desk/roll/roll.csv").await.body, roll.body);
    let out = see(&running, &officer, "/desk/roll/not-on-roll.csv").await.text();
    assert!(out.contains("GONE1") && out.contains("left"), "{out}");
    running.clock.set(at("2026-11-02T10:00:01Z"));
    assert_eq!(
        see(&running, &signed_in(&running, Role::Officer).await, "/desk/roll/roll.csv").await.status,
        StatusCode::CONFLICT,
        "a day later"
    );
    let log = running.service.store.list_audit(0, 1_000).await.expect("a log");
    assert!(log.iter().filter(|line| line.entry.what == "personal data taken out").count() == 3);
    assert!(!log.iter().any(|line| line.entry.detail.contains("Member 1")), "no names in the log");

    plan(&running).await;
    late_changes(&running).await;
}

/// Late changes: written by the page, signed by both, applied to the roll that was seen and to no other.
async fn late_changes(running: &Running) {
    let officer = signed_in(running, Role::Officer).await;
    let (officer_key, scrutineer_key) = (keys("officer of the desk").0, keys("scrutineer").0);
    let before = running.service.store.get_frozen_roll().await.expect("read").expect("frozen");
    let path = "/desk/roll/changes";
    let page = see(running, &officer, path).await;
    assert!(page.status == StatusCode::OK && page.text().contains(&before.hash.hex()), "{}", page.text());

    let make = async |fields: &[(&str, &str)]| form(running, &officer, "/desk/roll/changes/make", fields).await;
    let wrong = make(&[("kind", ""), ("date", "soon"), ("cells", "elephant=1\nno sign")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    for says in ["joins, leaves or moves", "Membership number", "Reason: say why", "Who asked", "Day:", "elephant", "no sign"] {
        assert!(wrong.text().contains(says), "{says}: {}", wrong.text());
    }
    let why = [("reason", "transferred"), ("by", "branch"), ("date", "2026-11-12")];
    for (fields, says) in [
        ([("kind", "leave"), ("member", "Nobody1"), ("unit", "")], "is not on the roll"),
        ([("kind", "join"), ("member", "Ashdown001"), ("unit", "ashdown")], "on the roll already"),
        ([("kind", "join"), ("member", "New1"), ("unit", "")], "has no unit"),
        ([("kind", "join"), ("member", "=New"), ("unit", "ashdown")], "begins like a formula"),
    ] {
        let got = make(&[&fields[..], &why].concat()).await;
        assert!(got.status == StatusCode::BAD_REQUEST && got.text().contains(says), "{says}: {}", got.text());
    }
    let joined = make(
        &[&[("kind", "join"), ("member", "New1"), ("unit", "ashdown"), ("cells", "name=New Person\ngrade=Band 5")][..], &why].concat(),
    )
    .await;
    assert_eq!((joined.status, joined.header("content-type")), (StatusCode::OK, "application/json"), "{}", joined.text());
    let moved = make(&[&[("kind", "move"), ("member", "Ashdown001"), ("unit", "brecon")][..], &why].concat()).await;
    assert_eq!(running.service.store.get_frozen_roll().await, Ok(Some(before.clone())), "a file that was written changes nothing");

    let signed = |got: &Got, signers: &[(&str, &poll::KeyFile)]| {
        let mut change = dispute::roll::SignedChange::parse(got.text().trim_end()).expect("a change");
        for (role, key) in signers {
            change.sign(role, key.signing.sign_roll_change(&change.change.body()).as_str().to_owned());
        }
        format!("{}\n", change.line())
    };
    let bring = async |text: &str| send(running, &officer, path, &[], Some(("change.json", text.as_bytes()))).await;
    let both = [("officer", &officer_key), ("scrutineer", &scrutineer_key)];
    let forged = [("officer", &officer_key), ("scrutineer", &officer_key)];
    for (text, says) in [
        (joined.text(), "not signed by the officer"),
        (signed(&joined, &both[..1]), "not signed by the scrutineer"),
        (signed(&joined, &forged), "not signed by the scrutineer"),
        (signed(&joined, &both).replace("New Person", "Old Person"), "not signed by the officer"),
        ("{}\n".to_owned(), "This is no change of a roll"),
    ] {
        let got = bring(&text).await;
        assert!(got.status == StatusCode::BAD_REQUEST && got.text().contains(says), "{says}: {}", got.text());
    }
    assert_eq!(running.service.store.get_frozen_roll().await, Ok(Some(before.clone())));

    let got = bring(&signed(&joined, &both)).await;
    assert!(got.status == StatusCode::OK && got.text().contains("Change 1 (join, ashdown) is applied"), "{}", got.text());
    let after = running.service.store.get_frozen_roll().await.expect("read").expect("frozen");
    assert_eq!((after.rows, after.hash != before.hash), (before.rows + 1, true));
    assert!(got.text().contains(&after.hash.hex()));
    for late in [signed(&joined, &both), signed(&moved, &both)] {
        let got = bring(&late).await;
        assert!(got.text().contains("not made for the roll as it is now"), "{}", got.text());
    }
    let notices = see(running, &officer, "/desk/roll/notices").await.text();
    assert!(notices.contains("60 employees concerned") && notices.contains("One later change to the roll"), "{notices}");
    let units = see(running, &officer, "/desk/roll").await.text();
    assert!(units.contains("<td class=\"n\">31</td>") && units.contains("change: 1, join, ashdown"), "{units}");

    // Two more in one upload, the second before the first: each is for the roll that the other leaves.
    let moved = make(&[&[("kind", "move"), ("member", "Ashdown001"), ("unit", "brecon")][..], &why].concat()).await;
    let got = bring(&signed(&moved, &both)).await;
    assert!(got.text().contains("Change 2 (move, ashdown to brecon) is applied"), "{}", got.text());
    let left = make(&[&[("kind", "leave"), ("member", "Brecon002"), ("unit", "")][..], &why].concat()).await;
    assert_eq!(bring(&signed(&left, &both)).await.status, StatusCode::OK);
    let authority = signed_in(running, Role::Authority).await;
    let roll = see(running, &authority, "/desk/roll/roll.csv").await.text();
    assert!(roll.contains("ashdown,New1,,New Person") && roll.contains("brecon,Ashdown001") && !roll.contains("Brecon002"), "{roll}");
    assert_eq!(store::Hash::of(roll.as_bytes()), running.service.store.get_frozen_roll().await.expect("read").expect("frozen").hash);
    let log = running.service.store.list_audit(0, 1_000).await.expect("a log");
    assert_eq!(log.iter().filter(|line| line.entry.what == "roll changed").count(), 3);
    assert!(!log.iter().any(|line| line.entry.detail.contains("New Person") || line.entry.detail.contains("New1")), "nobody in the log");
    // Whoever left stands on the other list.
    let scrutineer = signed_in(running, Role::Scrutineer).await;
    assert_eq!(form(running, &officer, "/desk/roll/export", &[]).await.status, StatusCode::SEE_OTHER);
    let proposal = two_people::pending(&running.service).await.expect("read").pop().expect("a proposal");
    form(running, &scrutineer, "/desk/two-people", &[("id", proposal.id.as_str()), ("answer", "confirm")]).await;
    let out = see(running, &officer, "/desk/roll/not-on-roll.csv").await.text();
    assert!(out.contains("Brecon002") && out.contains("GONE1"), "{out}");
}

/// The plan of a frozen roll.
async fn plan(running: &Running) {
    let officer = signed_in(running, Role::Officer).await;
    let public = |seed: &str| keys(seed).1.as_str().to_owned();
    let (scrutineer, authority) = (public("scrutineer"), public("authority"));
    let trustees = format!("{}\n{}\n{}", public("t1"), public("t2"), public("t3"));
    let base = vec![
        ("title", "Pay ballot \"2026\" (invented)"),
        ("kind", "statutory"),
        ("jurisdiction", "GB"),
        ("strike", "yes"),
        ("short", "yes"),
        ("opens", "2026-12-01T08:00"),
        ("closes", "2026-12-15T17:00"),
        ("revote", "last"),
        ("scrutineer", &scrutineer),
        ("authority", &authority),
        ("trustees", &trustees),
        ("quorum", "2"),
    ];
    let with = |changed: &[(&'static str, &'static str)]| {
        let mut fields: Vec<(&str, &str)> =
            base.iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name)).copied().collect();
        fields.extend(changed);
        fields
    };
    let faulty =
        with(&[("title", ""), ("closes", "2026-11-30T17:00"), ("quorum", "9"), ("scrutineer", "x"), ("wales", "nowhere"), ("step", "fix")]);
    let got = form(running, &officer, "/desk/plan", &faulty).await;
    assert_eq!(got.status, StatusCode::BAD_REQUEST);
    for says in [
        "Say what the poll is about",
        "Voting closes after it opens",
        "at least 2, at most all",
        "public key of the scrutineer",
        "no unit “nowhere”",
    ] {
        assert!(got.text().contains(says), "{says}: {}", got.text());
    }
    let twice = [base.clone(), vec![("step", "check")]]
        .concat()
        .into_iter()
        .map(|(name, value)| if name == "authority" { (name, scrutineer.as_str()) } else { (name, value) });
    let got = form(running, &officer, "/desk/plan", &twice.collect::<Vec<_>>()).await;
    assert!(got.text().contains("nobody may hold two roles"), "{}", got.text());

    let got = form(running, &officer, "/desk/plan", &with(&[("step", "check")])).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.text());
    assert!(
        got.text().contains("Every employer must have received the notice of the ballot by")
            && got.text().contains("the dismissal will be unfair."),
        "{}",
        got.text()
    );
    assert!(running.service.store.get_file("poll.json").await.expect("read").is_none(), "checking fixes nothing");
    let got = form(running, &officer, "/desk/plan", &with(&[("step", "fix")])).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text());
    let (_, bytes) = running.service.store.get_file("poll.json").await.expect("read").expect("a plan");
    let value = serde_json::from_slice(&bytes).expect("JSON");
    let poll = poll::Poll::of(&value, "poll.json").expect("a poll");
    assert_eq!(
        (poll.units.len(), poll.opens_at.as_str(), poll.title.as_str()),
        (2, "2026-12-01T08:00:00Z", "Pay ballot \"2026\" (invented)")
    );
    assert_eq!(poll.units[1].merged, ["Brecon", "Clinic"]);
    // The authority reads the roll with this plan, whatever its columns.
    let roll = running.service.store.get_frozen_roll_bytes().await.expect("a roll");
    let roll = poll::credentials::Roll::read(&roll, "roll.csv", &poll).expect("the authority can read it");
    assert_eq!(poll.units.iter().map(|unit| roll.entitled(unit)).sum::<usize>(), 59);
    assert_eq!(form(running, &officer, "/desk/plan", &with(&[("step", "fix")])).await.status, StatusCode::CONFLICT, "fixed once");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_confirms_their_own_and_nothing_is_confirmed_twice() {
    let running = running(Wanted::default()).await;
    let service = &running.service;
    let detail = json!({ "unit": "ashdown" });
    let id = two_people::propose(service, Role::Officer, "certificate", detail.clone()).await.expect("proposed");
    assert_eq!(two_people::propose(service, Role::Officer, "certificate", detail.clone()).await.expect("the same"), id);
    assert!(two_people::confirm(service, Role::Officer, &id).await.is_err());
    assert!(two_people::confirm(service, Role::Trustee(1), &id).await.is_err());
    assert!(two_people::propose(service, Role::Authority, "certificate", detail.clone()).await.is_err());
    assert!(two_people::confirmed(service, "certificate", &detail, 60).await.expect("read").is_none());
    two_people::confirm(service, Role::Scrutineer, &id).await.expect("confirmed");
    assert!(two_people::confirm(service, Role::Scrutineer, &id).await.is_err(), "once");
    let other = two_people::propose(service, Role::Officer, "another", detail.clone()).await.expect("proposed");
    let answers = tokio::join!(
        two_people::confirm(service, Role::Scrutineer, &other),
        two_people::withdraw(service, Role::Officer, &other),
        two_people::withdraw(service, Role::Scrutineer, &other)
    );
    let (done, taken_back) = (answers.0.is_ok(), usize::from(answers.1.is_ok()) + usize::from(answers.2.is_ok()));
    assert_eq!(usize::from(done) + taken_back, 1, "of three answers at one moment one counts: {answers:?}");
    let kept = two_people::confirmed(service, "another", &detail, 60).await.expect("read").is_some();
    assert_eq!(kept, done, "and it is the one that was kept");
    assert!(
        two_people::confirmed(service, "certificate", &json!({ "unit": "brecon" }), 60).await.expect("read").is_none(),
        "for this alone"
    );
    let found = two_people::confirmed(service, "certificate", &detail, 60).await.expect("read").expect("confirmed");
    two_people::use_up(service, Role::Officer, found).await.expect("used");
    assert!(two_people::confirmed(service, "certificate", &detail, 60).await.expect("read").is_none(), "used up");
    let page = see(&running, &signed_in(&running, Role::Scrutineer).await, "/desk/two-people").await;
    assert!(page.text().contains("certificate"), "{}", page.text());
}
