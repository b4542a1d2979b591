//! What is public: files, closing by the clock, the result with its verification, and foreign software on what was downloaded.

use poll::board::{Closed, Sum};
use poll::{Companion, KeyFile};
use serde_json::Value;
use store::{Effect, Entry, EventKind, NewEvent, NewLine};
use vote::archive::{Event, Tail};
use vote::trustee::record::Trustees;
use vote::{Election, PublicCredentials, Randomness, Seeded};
use web::schedule;

use crate::made::{CLOSES, Running, Wanted, at, running, tracker};

/// Trustees 1 and 3 count, officer and scrutineer sign: as their desks do it.
pub(crate) async fn count(running: &Running, uuid: &str) {
    let store = &running.service.store;
    let key = |name: &str| {
        let (_, text) = running.made.keys.iter().find(|(known, _)| known == name).expect("a key");
        KeyFile::read(text, name).expect("a key file")
    };
    let setup = store.get_setup(uuid).await.expect("a setup");
    let election = Election::read(setup.election.as_bytes()).expect("an election");
    let list = PublicCredentials::read(setup.credentials.as_bytes()).expect("a list");
    let trustees = Trustees::check(setup.trustees.as_bytes()).expect("trustees");
    let mut sum = Sum::begin(&election, &list);
    for row in store.list_ballots(uuid, 0, 10_000).await.expect("ballots") {
        sum.add(&row.ballot).expect("added");
    }
    let tally = sum.close();
    let now = running.service.clock.now().seconds();
    let mut recorded = Vec::new();
    let companion = async || {
        let bytes = store.stream_companion(uuid).await.expect("a stream").collect().await.expect("a companion");
        Companion::read(&bytes, "companion").expect("a companion")
    };
    for name in ["trustee-1.key", "trustee-3.key"] {
        let mut source = Seeded::new(format!("{uuid}/{name}").as_bytes());
        let (_, file) =
            poll::board::share(&election, &trustees, &tally, &mut key(name), &mut |_| Ok(()), &mut Randomness::new(&mut source))
                .expect("a share");
        let mut lines = companion().await;
        let closed = Closed { election: &election, trustees: &trustees, tally: &tally, companion: &lines };
        let file: Value = serde_json::from_slice(&file).expect("JSON");
        let addition = poll::board::check_share(&closed, &recorded, &file, "share").expect("a good share");
        let (kind, records) = addition.event.expect("an event");
        recorded.push(
            poll::board::Recorded::read(&records.iter().map(|record| record.clone().into_bytes()).collect::<Vec<_>>()).expect("a record"),
        );
        let info = store.get_election(uuid).await.expect("an election");
        let bytes = lines.append(&addition.line.0, &addition.line.1).expect("a line");
        let line = NewLine { expected_line: info.lines, bytes, effect: Effect::None };
        let new = NewEvent { expected_head: info.head_hash, kind, records, line: Some(line) };
        store.append_event(uuid, new, Entry::new(now, "trustee", "share")).await.expect("appended");
    }
    let mut lines = companion().await;
    let closed = Closed { election: &election, trustees: &trustees, tally: &tally, companion: &lines };
    let result = poll::board::count(&closed, &recorded).expect("a count");
    let info = store.get_election(uuid).await.expect("an election");
    let last = Event { parent: None, height: info.head_height, kind: info.head_kind, payload: None };
    let mut tail = Tail::at(info.timestamp.unsigned_abs(), last, info.head_hash);
    tail.append(EventKind::Result, &[&result.record()]).expect("an event");
    let body = poll::board::result_body(&closed, info.ballots, &result, tail.last_event().expect("a hash")).expect("a body");
    let mut line = poll::board::signed_so_far(&body, None, "result").expect("a line");
    for name in ["officer.key", "scrutineer.key"] {
        poll::board::sign_result(&lines, &mut line, &key(name), name).expect("signed");
    }
    let signers = lines.signers(&line).expect("signers");
    let signatures = line.demand_complete(&signers, "result").expect("both");
    let bytes = lines.append(&line.body, &signatures).expect("a line");
    let line = NewLine { expected_line: info.lines, bytes, effect: Effect::None };
    let new = NewEvent { expected_head: info.head_hash, kind: EventKind::Result, records: vec![result.record()], line: Some(line) };
    store.append_event(uuid, new, Entry::new(now, "officer", "result")).await.expect("appended");
}

/// Waits until the schedule has closed all units.
pub(crate) async fn close(running: &Running) {
    running.clock.set(at(CLOSES).plus_seconds(31));
    for _ in 0..100 {
        // The service looks every second by itself; both may look at once, and only one of them acts.
        schedule::look(&running.service).await.expect("a look");
        let all = running.service.elections.all(&running.service).await.expect("elections");
        if all.iter().all(web::elections::Election::is_added_up) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the units were not closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_poll_from_the_first_ballot_to_the_verified_result() {
    let running = running(Wanted { voters: 50, units: 2, ..Wanted::default() }).await;
    let (north, south) = (running.election(0).await, running.election(1).await);
    let mut ballots = Vec::new();
    for member in 0..20 {
        let ballot = running.ballot(&north, member, [usize::from(member >= 14), member % 2], "a");
        assert_eq!(running.cast(&north.uuid, &ballot).await.status.as_u16(), 200);
        ballots.push(ballot);
    }
    assert_eq!(running.cast(&south.uuid, &running.ballot(&south, 0, [1, 0], "a")).await.status.as_u16(), 200);

    // Within the grace nothing is closed yet, and nothing is taken any more.
    running.clock.set(at(CLOSES).plus_seconds(29));
    schedule::look(&running.service).await.expect("a look");
    assert!(!running.election(0).await.info.is_closed);
    assert_eq!(running.cast(&north.uuid, &running.ballot(&north, 21, [0, 0], "a")).await.status.as_u16(), 403);
    close(&running).await;
    let info = running.get(&format!("/e/{}/info.json", north.uuid)).await.json();
    assert_eq!(info["state"], "closed");
    assert!(running.get("/results").await.text().contains("There is no result yet"));

    count(&running, &north.uuid).await;
    assert_eq!(running.get(&format!("/e/{}/info.json", north.uuid)).await.json()["state"], "counted");
    let results = running.get("/results").await.text();
    assert!(results.contains("1 of 2 units are counted"), "{results}");
    let mut page = String::new();
    for _ in 0..200 {
        page = running.get("/results/ashdown").await.text();
        if !page.contains("The checks are running") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(page.contains("Every check passed"), "{page}");
    // 14 Yes and 6 No of 25 entitled; 20 of 25 voted.
    let cell = |name: &str, count: u64| format!("<th scope=\"row\"><bdi>{name}</bdi></th><td class=\"n\">{count}</td>");
    assert!(page.contains(&cell("Yes", 14)) && page.contains(&cell("No", 6)), "{page}");
    assert!(page.contains("Tests of the law"), "{page}");

    // What was downloaded verifies, with every tracker on it, and the tar has it all.
    let archive = running.get(&format!("/e/{}/archive.bel", north.uuid)).await.body;
    let companion = running.get(&format!("/e/{}/companion.jsonl", north.uuid)).await.body;
    let trackers = ballots.iter().map(|ballot| vote::Hash::of(ballot).0).collect();
    let options = verify::Options { threads: 2, strict: true, trackers, ..verify::Options::default() };
    let report = verify::judge(&archive[..], Some(&companion[..]), &options);
    assert_eq!(report.verdict, verify::Verdict::Passed, "{}", verify::output::to_text(&report, false));
    let tar = running.get("/poll.tar").await.body;
    assert_eq!(tar.len() % 512, 0);
    let found = |needle: &[u8]| tar.windows(needle.len()).any(|window| window == needle);
    assert!(found(&archive) && found(&companion) && found(b"HOW-TO-CHECK.txt") && found(b"poll/poll.json"));
    let board = running.get(&format!("/e/{}", north.uuid)).await.text();
    assert!(ballots.iter().all(|ballot| board.contains(&tracker(ballot).replace('+', "&#43;")) || board.contains(&tracker(ballot))));
    let receipt = running.get(&format!("/receipt?tracker={}", tracker(&ballots[0]).replace('+', "%2B"))).await.text();
    assert!(receipt.contains("and it was counted"), "{receipt}");

    // The same, by software that is not ours, as the page says.
    foreign(&running.get("/how-to-check").await.text(), &north.uuid, &archive);
}

/// Runs the commands of the page as they stand there, but for installing and downloading.
fn foreign(page: &str, uuid: &str, archive: &[u8]) {
    let tools = std::fs::canonicalize(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/belenios")).unwrap_or_default();
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap_or_default());
    let has_tool = std::process::Command::new("belenios-tool").env("PATH", &path).arg("--version").output().is_ok();
    if !has_tool {
        eprintln!("belenios-tool is not installed: its commands were not run");
        return;
    }
    let text = page.split("<pre><code>").nth(1).and_then(|rest| rest.split("</code>").next()).expect("commands");
    let text = text
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#62;", ">")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    let text = text.replace("uuid=UUID", &format!("uuid={uuid}"));
    let commands: Vec<&str> = text.lines().filter(|line| !line.starts_with("sudo") && !line.starts_with("curl")).collect();
    let run = |archive: &[u8], commands: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(format!("{uuid}.bel")), archive).expect("written");
        let mut shell = std::process::Command::new("sh");
        let output = shell.args(["-c", commands]).env("PATH", &path).current_dir(folder.path()).output().expect("a shell");
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let commands = commands.join("\n");
    let said = run(archive, &commands);
    assert!(said.contains("all checks passed") && !said.contains("NOT VALID") && said.matches("ballot is valid").count() == 20, "{said}");
}

/// Void, replaced and extended: what the board's lines do to casting.
#[tokio::test(flavor = "multi_thread")]
async fn a_credential_voided_for_a_paper_casts_nothing_and_a_later_closing_counts() {
    let running = running(Wanted::default()).await;
    let election = running.election(0).await;
    let store = &running.service.store;
    let now = running.service.clock.now().seconds();
    let key = |name: &str| {
        let (_, text) = running.made.keys.iter().find(|(known, _)| known == name).expect("a key");
        KeyFile::read(text, name).expect("a key file")
    };
    let setup = store.get_setup(&election.uuid).await.expect("a setup");
    let read = Election::read(setup.election.as_bytes()).expect("an election");
    let list = PublicCredentials::read(setup.credentials.as_bytes()).expect("a list");
    let bytes = store.stream_companion(&election.uuid).await.expect("a stream").collect().await.expect("a companion");
    let mut companion = Companion::read(&bytes, "companion").expect("a companion");
    let (paper, lost) = (running.public(&election, 0), running.public(&election, 1));
    let spare = companion.unused_spares.iter().next().expect("a spare").clone();
    let later = "2026-12-16T17:00:00Z";
    for which in 0..3 {
        let (line, effect) = {
            let board = poll::board::Board { election: &read, credentials: &list, companion: &companion, voted: &|_| false };
            let officer = key("officer.key");
            match which {
                0 => (poll::board::void(&board, &paper, "1-000001-8", &officer), Effect::Void { credential: paper.clone(), pack: None }),
                1 => (
                    poll::board::replace(&board, &lost, &spare, "letter lost", &officer),
                    Effect::Replace { old: lost.clone(), new: spare.clone() },
                ),
                _ => (
                    poll::board::extend(&board, later.parse().expect("a time"), "power cut", &officer),
                    Effect::Extend { closes_at: at(later).seconds() },
                ),
            }
        };
        let mut line = line.expect("a line");
        line.sign("scrutineer", &key("scrutineer.key").signing);
        let signatures = line.demand_complete(&companion.signers(&line).expect("signers"), "line").expect("both");
        let bytes = companion.append(&line.body, &signatures).expect("a line");
        let info = store.get_election(&election.uuid).await.expect("an election");
        let new = NewLine { expected_line: info.lines, bytes, effect };
        store.append_line(&election.uuid, new, Entry::new(now, "scrutineer", "line")).await.expect("appended");
    }
    let why =
        async |member: usize| running.cast(&election.uuid, &running.ballot(&election, member, [0, 0], "a")).await.json()["why"].clone();
    assert_eq!(why(0).await, "void");
    assert_eq!(why(1).await, "replaced");
    let spares =
        running.made.secrets.iter().find(|(name, _)| name.ends_with("spares.csv") && name.starts_with(&election.unit)).expect("spares");
    let codes = web::rehearsal::codes_of(&spares.1, 2);
    let mut cast = Vec::new();
    for code in codes {
        let ballot = crate::made::ballot(&election.fixed.record, &election.uuid, &code, [0, 0], "a");
        cast.push(running.cast(&election.uuid, &ballot).await.status.as_u16());
    }
    cast.sort_unstable();
    assert_eq!(cast, [200, 409], "one spare stands for the lost letter, the other for nobody");
    running.clock.set(at(CLOSES));
    assert_eq!(running.cast(&election.uuid, &running.ballot(&election, 2, [0, 0], "a")).await.status.as_u16(), 200);
    running.clock.set(at(later));
    assert_eq!(running.cast(&election.uuid, &running.ballot(&election, 3, [0, 0], "a")).await.json()["closes_at"], later);
}

/// Whether belenios-tool finds an archive in order; says so if the tool is not there.
pub(crate) fn verified_by_foreign_software(uuid: &str, archive: &[u8]) {
    let tools = std::fs::canonicalize(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/belenios")).unwrap_or_default();
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap_or_default());
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(format!("{uuid}.bel")), archive).expect("written");
    let mut tool = std::process::Command::new("belenios-tool");
    let run = tool.env("PATH", &path).args(["election", "verify", "--uuid", uuid, "--dir"]).arg(folder.path()).output();
    let Ok(output) = run else {
        eprintln!("belenios-tool is not installed: it judged nothing");
        return;
    };
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("all checks passed"), "{said}");
}
