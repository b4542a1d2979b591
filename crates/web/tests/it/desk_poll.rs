//! A whole poll over the desks: every role signs in with its own key, fetches what its page offers, does its step with the crate `poll`
//! on files of its own, and uploads what that made. The service never sees a key.

use std::collections::BTreeMap;

use hyper::StatusCode;
use poll::board::{self, Board, Closed, Recorded};
use poll::credentials::{Roll, Spare};
use poll::{Companion, Files as _, InMemory, KeyFile, Poll, ceremony, credentials, opening};
use serde_json::{Value, json};
use store::{Entry, EventKind, Expect};
use vote::archive::Tail;
use vote::trustee::record::Trustees;
use vote::{Election, EncryptedTally, PublicCredentials, Randomness, Seeded};
use web::rehearsal::{Rehearsed, codes_of};
use web::schedule;

use crate::made::{CLOSES, Got, OPENS, Running, Wanted, at, ballot, node};

/// A person with a key, a session, and files of their own.
pub(crate) struct Person {
    pub(crate) key: KeyFile,
    cookie: String,
}

pub(crate) struct Poller {
    pub(crate) running: Running,
    pub(crate) people: BTreeMap<&'static str, Person>,
    poll: Poll,
}

const NAMES: [&str; 6] = ["officer", "scrutineer", "authority", "trustee 1", "trustee 2", "trustee 3"];

const LATER: &str = "2026-12-16T17:00:00Z";

/// What `tar -xf poll.tar` makes of it, by name; `folder/` is taken off.
fn untar(tar: &[u8], folder: &str) -> BTreeMap<String, Vec<u8>> {
    let (mut files, mut at) = (BTreeMap::new(), 0);
    while tar[at] != 0 {
        let text = |from: usize, most: usize| {
            let field = &tar[at + from..at + from + most];
            let end = field.iter().position(|byte| *byte == 0).unwrap_or(most);
            String::from_utf8(field[..end].to_vec()).expect("text")
        };
        let size = usize::from_str_radix(text(124, 12).trim(), 8).expect("a size");
        if let Some(name) = text(0, 100).strip_prefix(folder) {
            files.insert(name.to_owned(), tar[at + 512..at + 512 + size].to_vec());
        }
        at += 512 + size.next_multiple_of(512);
    }
    files
}

impl Poller {
    /// A service with a plan and a frozen roll: 30 members of North, 6 of South.
    async fn new() -> Self {
        let running = node(&Wanted::default(), Rehearsed { keys: Vec::new(), secrets: Vec::new() }).await;
        running.clock.set(at("2026-11-20T09:00:00Z"));
        let mut source = Seeded::new(b"desks");
        let random = &mut Randomness::new(&mut source);
        let mut people = BTreeMap::new();
        for name in NAMES {
            let role = name.split(' ').next().expect("a role");
            people.insert(name, Person { key: KeyFile::random(role, random).expect("a key"), cookie: String::new() });
        }
        let public = |name: &str| people[name].key.signing.public().as_str().to_owned();
        let plan = format!(
            "title = \"Ballot on pay\"\ndescription = \"If you take part in a strike you may be in breach of your contract of employment.\"\n\
             opens_at = \"{OPENS}\"\ncloses_at = \"{CLOSES}\"\nrevote = \"one\"\nminimum = 20\nquorum = 2\n\
             officer = \"{}\"\nscrutineer = \"{}\"\nauthority = \"{}\"\ntrustees = [\"{}\", \"{}\", \"{}\"]\n\
             [[question]]\ntext = \"Are you prepared to take part in a strike?\"\nanswers = [\"Yes\", \"No\"]\n\
             [[question]]\ntext = \"Are you prepared to take part in action short of a strike?\"\nanswers = [\"Yes\", \"No\"]\nblank = true\n\
             [[unit]]\nid = \"north\"\nname = \"North Hospital (invented)\"\n\
             [[unit]]\nid = \"south\"\nname = \"South Hospital (invented)\"\nsmall_allowed = true\n",
            public("officer"),
            public("scrutineer"),
            public("authority"),
            public("trustee 1"),
            public("trustee 2"),
            public("trustee 3")
        );
        let (poll, bytes) = poll::plan::fix(&plan, "plan", random).expect("a plan");
        let store = &running.service.store;
        let entry = || Entry::new(running.service.clock.now().seconds(), "officer", "plan");
        store.put_file(poll::plan::POLL, bytes, Expect::New, entry()).await.expect("put");
        let about = json!({ "kind": "statutory", "jurisdiction": "GB" }).to_string();
        store.put_file(web::files::ABOUT, about.into_bytes(), Expect::New, entry()).await.expect("put");
        let number = store.put_roll_import("roll", 36, roll().into_bytes(), entry()).await.expect("imported");
        store.freeze_roll(vec![number], 36, roll().into_bytes(), entry()).await.expect("frozen");
        let mut poller = Self { running, people, poll };
        for name in NAMES {
            poller.sign_in(name).await;
        }
        poller
    }

    async fn sign_in(&mut self, name: &'static str) {
        let page = self.running.get("/sign-in").await.text();
        let challenge =
            page.split("name=\"challenge\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a challenge").to_owned();
        let person = self.people.get_mut(name).expect("a person");
        let answer = poll::sign_in::answer(&challenge, &person.key).expect("an answer");
        let form = format!("challenge={}&answer={answer}", challenge.replace(':', "%3A").replace('/', "%2F"));
        let got = self.running.post("/sign-in", "application/x-www-form-urlencoded", form).await;
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text());
        person.cookie = got.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    }

    pub(crate) async fn get(&self, name: &str, path: &str) -> Got {
        self.running.ask(hyper::Method::GET, path, &[("cookie", &self.people[name].cookie)], "").await
    }

    pub(crate) async fn post(&self, name: &str, path: &str, kind: &str, body: Vec<u8>) -> Got {
        let origin = self.running.origin.clone();
        let headers = [("cookie", self.people[name].cookie.as_str()), ("origin", &origin), ("content-type", kind)];
        self.running.ask(hyper::Method::POST, path, &headers, body).await
    }

    /// Brings files as a browser does.
    pub(crate) async fn bring(&self, name: &str, path: &str, files: &[(String, Vec<u8>)]) -> Got {
        let mut body = Vec::new();
        for (file, bytes) in files {
            body.extend(
                format!(
                    "--x-x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{file}\"\r\nContent-Type: application/json\r\n\r\n"
                )
                .bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--x-x--\r\n");
        self.post(name, path, "multipart/form-data; boundary=x-x", body).await
    }

    pub(crate) async fn bring_good(&self, name: &str, path: &str, files: &[(String, Vec<u8>)]) -> String {
        let got = self.bring(name, path, files).await;
        assert_eq!(got.status, StatusCode::OK, "{}", got.text());
        got.text()
    }

    pub(crate) async fn bring_bad(&self, name: &str, path: &str, file: &str, bytes: &[u8], why: &str) {
        let got = self.bring(name, path, &[(file.to_owned(), bytes.to_vec())]).await;
        let text = got.text();
        assert!(got.status.is_client_error() && text.contains(why), "{file}: {}: {text}", got.status);
    }

    /// The poll folder as somebody has it now.
    async fn folder(&self) -> InMemory {
        InMemory(untar(&self.running.get("/poll.tar").await.body, "poll/"))
    }

    async fn ceremony(&mut self) {
        for round in 0..6 {
            for (number, name) in [(1, "trustee 1"), (2, "trustee 2"), (3, "trustee 3")] {
                let mut folder = self.folder().await;
                let mut source = Seeded::new(format!("{name}/{round}").as_bytes());
                let person = self.people.get_mut(name).expect("a person");
                let progress =
                    ceremony::go_on(&mut folder, &self.poll, &mut person.key, name, &mut |_| Ok(()), &mut Randomness::new(&mut source))
                        .expect("a step");
                let made: Vec<(String, Vec<u8>)> = progress
                    .made
                    .iter()
                    .map(|step| (format!("trustee-{number}.{step}.json"), folder.demand(&ceremony::file(number, step)).expect("a file")))
                    .collect();
                if round == 0 && number == 1 {
                    assert!(self.get(name, "/desk/ceremony").await.text().contains("It is your turn"));
                    self.bring_bad("trustee 2", "/desk/ceremony", &made[0].0, &made[0].1, "This is no file of yours").await;
                    self.bring_bad(name, "/desk/ceremony", &made[0].0, b"{}", "<li>").await;
                    self.bring_bad(name, "/desk/ceremony", "trustee-1.opening.json", &made[0].1, "comes after").await;
                    assert_eq!(self.bring("officer", "/desk/ceremony", &made).await.status, StatusCode::FORBIDDEN);
                    assert!(self.bring(name, "/desk/ceremony", &[]).await.text().contains("No file was chosen"));
                }
                if !made.is_empty() {
                    self.bring_good(name, "/desk/ceremony", &made).await;
                }
            }
        }
        assert!(self.get("officer", "/desk/ceremony").await.text().contains("The ceremony is done"));
    }

    /// The authority's secret files.
    async fn credentials(&self) -> BTreeMap<String, String> {
        let mut folder = self.folder().await;
        let authority = &self.people["authority"].key;
        let finished = ceremony::finished(&folder, &self.poll).expect("a ceremony");
        let mut source = Seeded::new(b"credentials");
        let random = &mut Randomness::new(&mut source);
        let mut prepare = |roll: &str, key: &KeyFile| {
            let roll = Roll::read(roll.as_bytes(), "roll.csv", &self.poll).expect("a roll");
            credentials::prepare(&self.poll, &finished, key, &roll, Spare::Number(2), random).expect("credentials")
        };
        let files_of = |folder: &InMemory| -> Vec<(String, Vec<u8>)> {
            let names = folder.0.iter().filter_map(|(name, bytes)| Some((name.strip_prefix("units/")?.to_owned(), bytes.clone())));
            names.collect()
        };
        // Made of another roll, or by another key.
        for (roll, key, why) in [
            (roll().replace("R035", "R099"), authority, "made of another roll"),
            (roll(), &self.people["officer"].key, "the signature of the authority does not hold"),
        ] {
            let mut other = folder.clone();
            prepare(&roll, key).publish(&mut other).expect("published");
            let got = self.bring("authority", "/desk/credentials", &files_of(&other)).await;
            assert!(got.status == StatusCode::BAD_REQUEST && got.text().matches(why).count() == 2, "{why}: {}", got.text());
        }
        let prepared = prepare(&roll(), authority);
        prepared.publish(&mut folder).expect("published");
        let files = files_of(&folder);
        assert_eq!(files.len(), 4);
        self.bring_bad("authority", "/desk/credentials", &files[0].0, &files[0].1, "is missing").await;
        self.bring_bad("authority", "/desk/credentials", "letters.csv", b"secret", "This is no list of a unit").await;
        assert_eq!(self.bring("scrutineer", "/desk/credentials", &files).await.status, StatusCode::FORBIDDEN);
        let page = self.bring_good("authority", "/desk/credentials", &files).await;
        assert!(page.contains("30 entitled, 2 spare") && page.contains("6 entitled, 2 spare"), "{page}");
        prepared.secrets.into_iter().map(|secret| (secret.name, secret.text.to_string())).collect()
    }

    async fn opening(&self) {
        for name in ["officer", "scrutineer"] {
            let mut folder = self.folder().await;
            let finished = ceremony::finished(&folder, &self.poll).expect("a ceremony");
            let mut files = Vec::new();
            for unit in &self.poll.units {
                let due = opening::due(&folder, &self.poll, &finished, unit).expect("due");
                // With the other's signature or without: the service joins them.
                folder.0.remove(&unit.file("setup.json"));
                opening::sign(&mut folder, &self.poll, &due, unit, &self.people[name].key).expect("signed");
                files.push((format!("{}.setup.json", unit.id), folder.demand(&unit.file("setup.json")).expect("a file")));
            }
            let text = String::from_utf8(files[0].1.clone()).expect("text");
            self.bring_bad(
                name,
                "/desk/opening",
                "north.setup.json",
                text.replace("\\\"last\\\"", "x").replace("2026-12-15", "2026-12-14").as_bytes(),
                "is not the setup",
            )
            .await;
            let forged = text.replace(&format!("\"{name}\": \"{}", &signature_of(&text, name)[..4]), &format!("\"{name}\": \"0000"));
            self.bring_bad(name, "/desk/opening", "north.setup.json", forged.as_bytes(), "does not hold").await;
            self.bring_bad(name, "/desk/opening", "east.setup.json", text.as_bytes(), "This is no setup of a unit").await;
            let page = self.bring_good(name, "/desk/opening", &files).await;
            assert!(page.contains(if name == "officer" { "signed by the officer" } else { "on the board" }), "{page}");
        }
        self.bring_bad("officer", "/desk/opening", "north.setup.json", b"{}", "on the board already").await;
    }

    async fn companion(&self, uuid: &str) -> Companion {
        Companion::read(&self.running.get(&format!("/e/{uuid}/companion.jsonl")).await.body, "companion").expect("a companion")
    }

    async fn setup(&self, uuid: &str) -> (Election, PublicCredentials, Trustees) {
        let setup = self.running.service.store.get_setup(uuid).await.expect("a setup");
        (
            Election::read(setup.election.as_bytes()).expect("an election"),
            PublicCredentials::read(setup.credentials.as_bytes()).expect("a list"),
            Trustees::check(setup.trustees.as_bytes()).expect("trustees"),
        )
    }

    /// Void, replace and extend, each made by the officer and signed by the scrutineer.
    async fn lines(&self, uuid: &str, packs: &str) {
        let public = |pack: usize| {
            packs
                .lines()
                .filter(|line| line.starts_with("north,") && line.ends_with(",no"))
                .nth(pack)
                .expect("a pack")
                .split(',')
                .nth(2)
                .expect("a key")
                .to_owned()
        };
        let spare = packs
            .lines()
            .find(|line| line.starts_with("north,") && line.ends_with(",yes"))
            .expect("a spare")
            .split(',')
            .nth(2)
            .expect("a key")
            .to_owned();
        let officer = &self.people["officer"].key;
        let (election, list, _) = self.setup(uuid).await;
        for which in 0..3 {
            let companion = self.companion(uuid).await;
            let board = Board { election: &election, credentials: &list, companion: &companion, voted: &|_| false };
            let mut line = match which {
                0 => board::void(&board, &public(0), "1-000001-8", officer),
                1 => board::replace(&board, &public(1), &spare, "letter not delivered", officer),
                _ => board::extend(&board, LATER.parse().expect("a time"), "power cut", officer),
            }
            .expect("a line");
            if which == 2 {
                // Over or before the time in force: refused with the check's name.
                let early = format!("{:#}", line.json()).replace("2026-12-16", "2026-12-14");
                self.bring_bad("officer", "/desk/lines", "line.json", early.as_bytes(), "does not hold").await;
            }
            let page = self.bring_good("officer", "/desk/lines", &[("line.json".to_owned(), line.bytes())]).await;
            assert!(page.contains("waits for the other"), "{page}");
            let href = page.split("href=\"/desk/lines/").nth(1).and_then(|rest| rest.split('"').next()).expect("the file to sign");
            let fetched = self.get("scrutineer", &format!("/desk/lines/{href}")).await;
            assert_eq!(fetched.status, StatusCode::OK);
            assert_eq!(self.get("trustee 1", &format!("/desk/lines/{href}")).await.status, StatusCode::FORBIDDEN);
            line = poll::Signable::read(&fetched.body, "line.json").expect("a line");
            // The officer cannot sign for the scrutineer.
            let mut own = line.clone();
            own.sign("scrutineer", &officer.signing);
            self.bring_bad("officer", "/desk/lines", "line.json", &own.bytes(), "does not hold").await;
            line.sign("scrutineer", &self.people["scrutineer"].key.signing);
            let page = self.bring_good("scrutineer", "/desk/lines", &[("line.json".to_owned(), line.bytes())]).await;
            assert!(page.contains("in force") && page.contains("No line waits"), "{page}");
            self.bring_bad(
                "officer",
                "/desk/lines",
                "line.json",
                &line.bytes(),
                if which == 0 {
                    "V41"
                } else if which == 1 {
                    "V67"
                } else {
                    "V26"
                },
            )
            .await;
        }
    }

    async fn shares(&mut self, uuid: &str) {
        let (election, _, trustees) = self.setup(uuid).await;
        let later = self.running.service.store.list_later_events(uuid).await.expect("events");
        let (_, sum) = later.iter().find(|(kind, _)| *kind == EventKind::EncryptedTally).expect("a tally");
        let tally = EncryptedTally::read(sum[0].as_bytes(), sum[1].as_bytes()).expect("a tally");
        for name in ["trustee 3", "trustee 1"] {
            let mut source = Seeded::new(format!("{uuid}/{name}").as_bytes());
            let key = &mut self.people.get_mut(name).expect("a person").key;
            let (_, share) =
                board::share(&election, &trustees, &tally, key, &mut |_| Ok(()), &mut Randomness::new(&mut source)).expect("a share");
            self.bring_bad("trustee 2", "/desk/shares", "share.json", &share, "you are trustee 2").await;
            self.bring_bad(name, "/desk/shares", "share.json", b"{\"type\":\"share\"}", "This is no share").await;
            let mut forged: Value = serde_json::from_slice(&share).expect("JSON");
            forged["record"] = forged["record"].as_str().expect("text").replacen("\"challenge\":\"1", "\"challenge\":\"2", 1).into();
            if forged["record"] != serde_json::from_slice::<Value>(&share).expect("JSON")["record"] {
                self.bring_bad(name, "/desk/shares", "share.json", forged.to_string().as_bytes(), "V46").await;
            }
            let page = self.bring_good(name, "/desk/shares", &[(format!("{uuid}.share.json"), share.clone())]).await;
            assert!(page.contains("your share was checked"), "{page}");
            self.bring_bad(name, "/desk/shares", "share.json", &share, "V45").await;
        }
    }

    /// A letter of the first share's record, as it is stored, made another behind the service's back; or put right again.
    fn flip(&self, uuid: &str) {
        let file = rusqlite::Connection::open(self.running.folder.path().join("poll.db")).expect("opened");
        let sql = "SELECT e.rowid, e.payload FROM board_event AS e JOIN board_election AS n ON n.number = e.election \
                   WHERE n.uuid = ?1 AND e.kind = 'PartialDecryption' ORDER BY e.height LIMIT 1";
        let (row, mut payload): (i64, Vec<u8>) =
            file.query_row(sql, [uuid], |row| Ok((row.get(0)?, row.get(1)?))).expect("a share in the store");
        let last = payload.iter().rposition(u8::is_ascii_digit).expect("a digit");
        payload[last] ^= 1;
        assert_eq!(file.execute("UPDATE board_event SET payload = ?2 WHERE rowid = ?1", (row, payload)).expect("changed"), 1);
    }

    /// With a bit of a share flipped in the store both signatures publish nothing; put right, the same two do. The page of the publication.
    async fn stopped_by_a_flipped_bit(&self, election: &web::elections::Election) -> String {
        let uuid = &election.uuid;
        let before = self.running.service.store.get_election(uuid).await.expect("an election");
        let shown = self.get("officer", "/desk/result").await;
        assert!(shown.status == StatusCode::OK && shown.text().contains("archives.tar"), "{}", shown.text());
        let page = self.result(uuid, true).await;
        assert!(page.contains("The result was not published") && !page.contains("every check passed"), "{page}");
        for _ in 0..2 {
            let again = self.post("officer", "/desk/result/publish", "application/x-www-form-urlencoded", Vec::new()).await;
            assert!(again.status == StatusCode::BAD_REQUEST && !again.text().contains("every check passed"), "{}", again.text());
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            let after = self.running.service.store.get_election(uuid).await.expect("an election");
            assert_eq!((after.is_counted, after.head_hash, after.lines), (false, before.head_hash, before.lines));
        }
        let companion = self.companion(uuid).await;
        assert!(!companion.has_result);
        let public = self.running.get(&format!("/results/{}", election.unit)).await.text();
        assert!(!public.contains("Every check passed"), "{public}");
        let stopped = self.get("officer", "/desk/result").await;
        assert!(stopped.status == StatusCode::OK && stopped.text().contains("Verify and publish"), "{}", stopped.text());
        self.flip(uuid);
        self.post("officer", "/desk/result/publish", "application/x-www-form-urlencoded", Vec::new()).await.text()
    }

    /// Both sign the result; the page of the second. `flipped`: after the first signature a stored share is changed.
    async fn result(&self, uuid: &str, flipped: bool) -> String {
        let archive = self.running.get(&format!("/e/{uuid}/archive.bel")).await.body;
        let (election, _, trustees) = self.setup(uuid).await;
        let later = self.running.service.store.list_later_events(uuid).await.expect("events");
        let (_, sum) = later.iter().find(|(kind, _)| *kind == EventKind::EncryptedTally).expect("a tally");
        let tally = EncryptedTally::read(sum[0].as_bytes(), sum[1].as_bytes()).expect("a tally");
        let shares: Vec<Recorded> = later
            .iter()
            .filter(|(kind, _)| *kind == EventKind::PartialDecryption)
            .map(|(_, records)| {
                Recorded::read(&records.iter().map(|record| record.clone().into_bytes()).collect::<Vec<_>>()).expect("a share")
            })
            .collect();
        let companion = self.companion(uuid).await;
        let closed = Closed { election: &election, trustees: &trustees, tally: &tally, companion: &companion };
        let result = board::count(&closed, &shares).expect("a count");
        let mut tail = Tail::read(&archive[..1_024], &archive[archive.len() - 1_024..]).expect("a tail");
        tail.append(EventKind::Result, &[&result.record()]).expect("an event");
        let ballots = self.running.service.store.get_election(uuid).await.expect("an election").ballots;
        let body = board::result_body(&closed, ballots, &result, tail.last_event().expect("a hash")).expect("a body");
        let other = board::result_body(&closed, ballots + 1, &result, tail.last_event().expect("a hash")).expect("a body");
        let mut page = String::new();
        for name in ["scrutineer", "officer"] {
            let mut wrong = board::signed_so_far(&other, None, "result").expect("a line");
            board::sign_result(&companion, &mut wrong, &self.people[name].key, name).expect("signed");
            self.bring_bad(name, "/desk/result", "result.json", &wrong.bytes(), "is not the result that this board counts").await;
            if flipped && name == "officer" {
                self.flip(uuid);
            }
            let mut line = board::signed_so_far(&body, None, "result").expect("a line");
            board::sign_result(&companion, &mut line, &self.people[name].key, name).expect("signed");
            assert!(self.running.get("/results").await.status == StatusCode::OK);
            let got = self.bring(name, "/desk/result", &[(format!("{uuid}.result.json"), line.bytes())]).await;
            assert_eq!(got.status, if flipped && name == "officer" { StatusCode::BAD_REQUEST } else { StatusCode::OK }, "{}", got.text());
            page = got.text();
        }
        page
    }
}

impl Poller {
    /// What is left when all is counted: certificate, mandates, report, deliveries, incidents, log.
    async fn record(&self, small: &web::elections::Election) {
        let certificate = self.running.get(&format!("/results/{}/certificate", small.unit)).await.text();
        assert!(certificate.contains("every check passed") && certificate.contains("Tests of the law"), "{certificate}");
        assert!(self.running.get("/mandates").await.text().contains("South Hospital"));
        let form = "application/x-www-form-urlencoded";
        assert_eq!(self.post("scrutineer", "/desk/incidents", form, b"text=+".to_vec()).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(self.post("scrutineer", "/desk/incidents", form, b"text=Power+cut".to_vec()).await.status, StatusCode::SEE_OTHER);

        let row = |unit: &str| json!({ "unit": unit, "issued": 6, "bounced": 1, "unused_spares": 2 });
        let summary = |units: Value| json!({ "whitley_delivery": 1, "as_of": "2026-12-10T09:00:00Z", "ledger": { "lines": 9, "head": "ab" }, "units": units, "all": { "issued": 6 } });
        let good = summary(json!([row("north"), row("south")]));
        let signed = |key: &KeyFile| {
            let text = good.to_string();
            json!({ "summary": text, "key": key.signing.public().as_str(), "signature": key.signing.sign_delivery(&text).as_str() })
                .to_string()
        };
        let path = "/desk/deliveries";
        self.bring_bad("authority", path, "d.json", summary(json!([row("east")])).to_string().as_bytes(), "of another poll").await;
        self.bring_bad("authority", path, "d.json", signed(&self.people["officer"].key).as_bytes(), "another key").await;
        let page = self.bring_good("authority", path, &[("d.json".to_owned(), good.to_string().into_bytes())]).await;
        assert!(page.contains("NOT SIGNED"), "{page}");
        let authority = signed(&self.people["authority"].key);
        let page = self.bring_good("authority", path, &[("d.json".to_owned(), authority.clone().into_bytes())]).await;
        assert!(page.contains("signed by the authority"), "{page}");
        self.bring_bad(
            "authority",
            path,
            "d.json",
            authority.replace("\\\"bounced\\\":1", "\\\"bounced\\\":0").as_bytes(),
            "does not hold",
        )
        .await;
        self.bring_bad("authority", path, "d.json", good.to_string().as_bytes(), "does not take its place").await;

        let bad = self.post("scrutineer", "/desk/report", form, b"a=yes&b=no&reason-b=".to_vec()).await;
        assert!(
            bad.status == StatusCode::BAD_REQUEST && bad.text().contains("#reason-b") && bad.text().contains("#item-c"),
            "{}",
            bad.text()
        );
        let said = b"a=yes&b=no&reason-b=A+box+was+late&c=yes".to_vec();
        assert_eq!(self.post("officer", "/desk/report", form, said.clone()).await.status, StatusCode::FORBIDDEN);
        assert_eq!(self.post("scrutineer", "/desk/report", form, said).await.status, StatusCode::OK);
        let report = self.get("officer", "/desk/report").await.text();
        assert!(report.contains("A box was late") && report.contains("Power cut") && report.contains("Unused spares"), "{report}");
        assert!(self.get("scrutineer", "/desk/audit").await.text().contains("The chain holds"));
        assert_eq!(self.get("trustee 1", "/desk/audit").await.status, StatusCode::FORBIDDEN);
    }
}

fn signature_of(text: &str, name: &str) -> String {
    let value: Value = serde_json::from_str(text).expect("JSON");
    value["signatures"][name].as_str().expect("a signature").to_owned()
}

fn roll() -> String {
    let row = |number: usize| format!("{},R{number:03},Invented Member {number}\n", if number < 30 { "north" } else { "south" });
    std::iter::once("unit,member,name\n".to_owned()).chain((0..36).map(row)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_poll_over_the_desks() {
    let mut poller = Poller::new().await;
    poller.ceremony().await;
    let secrets = poller.credentials().await;
    poller.opening().await;
    let all = poller.running.service.elections.all(&poller.running.service).await.expect("elections");
    let (north, south) = (&all[0], &all[1]);

    poller.running.clock.set(at(OPENS).plus_seconds(3_600));
    for name in NAMES {
        poller.sign_in(name).await;
    }
    poller.lines(&north.uuid, &secrets["packs.csv"]).await;
    for (election, yes, all) in [(north, 13, 18), (south, 2, 4)] {
        let codes = codes_of(&secrets[&format!("{}.letters.csv", election.unit)], 30);
        let mut cast = 0;
        for code in &codes {
            let text = ballot(&election.fixed.record, &election.uuid, code, [usize::from(cast >= yes), 0], "a");
            let got = poller.running.cast(&election.uuid, &text).await;
            // One is voided for a paper, one replaced.
            if got.status != StatusCode::OK {
                assert!(["void", "replaced"].contains(&got.json()["why"].as_str().expect("why")), "{}", got.text());
                continue;
            }
            cast += 1;
            if cast == all {
                break;
            }
        }
        assert_eq!(cast, all);
    }
    poller.running.clock.set(at(LATER).plus_seconds(31));
    for name in NAMES {
        poller.sign_in(name).await;
    }
    for _ in 0..200 {
        schedule::look(&poller.running.service).await.expect("a look");
        let all = poller.running.service.elections.all(&poller.running.service).await.expect("elections");
        if all.iter().all(web::elections::Election::is_added_up) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    for uuid in [&north.uuid, &south.uuid] {
        poller.shares(uuid).await;
        if *uuid == south.uuid {
            let page = poller.stopped_by_a_flipped_bit(south).await;
            assert!(page.contains("every check passed") || page.contains("being verified"), "{page}");
        } else {
            let page = poller.result(uuid, false).await;
            assert!(page.contains("signed by the scrutineer and the officer"), "{page}");
        }
        // A busy machine may verify longer than the page waits.
        for _ in 0..600 {
            if poller.running.service.store.get_election(uuid).await.expect("an election").is_counted {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
    let page = poller.get("officer", "/desk/result").await.text();
    assert!(page.contains("2 of 2 units are published"), "{page}");
    poller.record(south).await;
    crate::desk_documents::of_a_counted_poll(&poller).await;
    let page = poller.running.get("/results/north").await.text();
    assert!(page.contains("Every check passed"), "{page}");

    // Everything in one file verifies with nothing but the file.
    let tar = poller.running.get("/poll.tar").await.body;
    let files = untar(&tar, "");
    for (election, counted) in [(north, 18), (south, 4)] {
        let archive = &files[&format!("{}.bel", election.uuid)];
        let companion = &files[&format!("{}.companion.jsonl", election.uuid)];
        let options = verify::Options { threads: 2, strict: true, ..verify::Options::default() };
        let report = verify::judge(&archive[..], Some(&companion[..]), &options);
        assert_eq!(report.verdict, verify::Verdict::Passed, "{}", verify::output::to_text(&report, false));
        assert_eq!(report.facts.counted, counted);
        crate::board::verified_by_foreign_software(&election.uuid, archive);
    }
    assert!(!tar.windows(10).any(|part| part == b"Invented M"), "no member’s name in what is public");
}
