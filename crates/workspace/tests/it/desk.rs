//! The desk: every address of the workspace, asked as its users ask.

use dated::{Date, FileBytes};
use dispute::FoundingDisputes;
use workspace::desk::{Call, Desk, Reply, Shown};
use workspace::{Trouble, shelf};

pub(crate) struct Asker {
    pub(crate) desk: Desk,
    pub(crate) folder: tempfile::TempDir,
}

impl Asker {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { desk: Desk::open(folder.path()).expect("a desk"), folder }
    }

    pub(crate) fn ask(&self, path: &str, pairs: &[(&str, &str)], is_post: bool) -> Result<Reply, Trouble> {
        self.ask_as(path, pairs, is_post, true)
    }

    fn call<'c>(path: &'c str, pairs: &'c [(String, String)], is_post: bool, may_write: bool) -> Call<'c> {
        Call {
            who: if may_write { "negotiator" } else { "officer" },
            may_write,
            at: "2026-11-22T08:00:00Z",
            today: Date::constant(2026, 11, 22),
            path,
            pairs,
            upload: None,
            is_post,
        }
    }

    pub(crate) fn ask_as(&self, path: &str, pairs: &[(&str, &str)], is_post: bool, may_write: bool) -> Result<Reply, Trouble> {
        let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.desk.staff(Self::call(path, &pairs, is_post, may_write))
    }

    pub(crate) fn public(&self, path: &str) -> Result<Reply, Trouble> {
        self.desk.public(Self::call(path, &[], false, false))
    }

    pub(crate) fn page(&self, path: &str) -> Shown {
        page(self.ask(path, &[], false))
    }

    pub(crate) fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Result<Reply, Trouble> {
        self.ask(path, pairs, true)
    }

    pub(crate) fn version(&self, id: &str) -> String {
        shelf::version(&shelf::read_folder(&self.folder.path().join(id), id).expect("a folder"))
    }
}

pub(crate) fn page(reply: Result<Reply, Trouble>) -> Shown {
    match reply {
        Ok(Reply::Page(shown)) => shown,
        Ok(Reply::File(file)) => panic!("a file {}", file.name),
        Ok(Reply::See(path)) => panic!("sent to {path}"),
        Err(trouble) => panic!("{trouble:?}"),
    }
}

pub(crate) fn see(reply: Result<Reply, Trouble>) -> String {
    match reply {
        Ok(Reply::See(path)) => path,
        Ok(Reply::Page(shown)) => panic!("a page: {}", shown.body),
        Ok(Reply::File(file)) => panic!("a file {}", file.name),
        Err(trouble) => panic!("{trouble:?}"),
    }
}

/// The HTML is well formed as far as tags go, and no address leads nowhere on the page itself.
fn check_html(shown: &Shown, what: &str) {
    let html = format!("{}{}", shown.navigation, shown.body);
    let mut open: Vec<&str> = Vec::new();
    for piece in html.split('<').skip(1) {
        let tag = piece.split('>').next().unwrap_or_default();
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if ["input", "br", "hr", "img", "!--", "option", "line", "circle", "rect", "path", "polyline"].contains(&name) || tag.ends_with('/')
        {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{what}: </{name}> closes another");
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{what}: {open:?} are not closed");
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for (at, id) in ids.iter().enumerate() {
        assert!(!ids[..at].contains(id), "{what}: two parts are called {id}");
    }
    for target in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.contains(&target), "{what}: nothing is called {target}");
    }
    assert!(!html.contains(" style=") && !html.contains("<script") && !html.contains(" onclick"), "{what}: inline");
}

#[test]
fn the_list_and_the_homes_of_the_five_disputes() {
    let asker = Asker::new();
    let list = asker.page("");
    check_html(&list, "list");
    for id in FoundingDisputes::ids() {
        assert!(list.body.contains(&format!("href=\"/d/{id}\"")), "{id} is not listed");
        let home = asker.page(&id);
        check_html(&home, &id);
        for stage in ["Offer", "Decide", "Ballot", "Act", "Persuade"] {
            assert!(home.body.contains(&format!("id=\"stage-{stage}\"")), "{id}: {stage}");
        }
        assert!(home.body.contains("everything below is past") || id == "none", "{id} is over");
        assert!(home.navigation.contains("cannot be changed") && home.navigation.contains(&format!("/d/{id}/copy")));
        let then = page(asker.ask(&id, &[("on", "2004-01-30")], false));
        check_html(&then, &id);
        assert!(then.body.contains("As of 30 January 2004"));
    }
    let home = asker.page("nhs-2007");
    assert!(
        home.body.contains("5 offers") && home.body.contains("Improved settlement in England, 2007: 1.92% in the year, 2.50% at its end"),
        "{}",
        home.body
    );
    let then = page(asker.ask("nhs-2007", &[("on", "2007-04-23")], false));
    assert!(
        then.body.contains("/d/nhs-2007?on=2007-04-23&amp;csv=events") || then.body.contains("/d/nhs-2007?on=2007-04-23&csv=events"),
        "{}",
        then.body
    );
    for (day, why) in [("31/02/2007", "not a date"), ("2007-02-31", "no day 31"), ("x", "not a date")] {
        assert!(matches!(asker.ask("nhs-2007", &[("on", day)], false), Err(Trouble::Question(text)) if text.contains(why)), "{day}");
    }
    assert!(matches!(asker.ask("nowhere", &[], false), Err(Trouble::NotThere(_))));
    assert!(matches!(asker.ask("nhs-2007/nothing", &[], false), Err(Trouble::NotThere(_))));
}

#[test]
fn every_offer_has_a_page_with_the_figures_of_the_library() {
    let asker = Asker::new();
    let (library, _) = dispute::Library::built_in();
    let mut points = 0;
    for id in FoundingDisputes::ids() {
        let folder = FoundingDisputes::folder(&id).expect("a dispute");
        let (dispute, _) = dispute::Dispute::read(&folder, &library);
        let dispute = dispute.expect("a dispute");
        check_html(&asker.page(&format!("{id}/offers")), &id);
        let framework = dispute.framework();
        for offer in &dispute.offers {
            let path = format!("{id}/offers/{}", offer.id);
            check_html(&asker.page(&path), &path);
            for group in framework.groups_of(offer) {
                let framework = framework.in_group(group.clone());
                for value in framework.value_points(offer) {
                    let Ok(rows) = &value.points else { continue };
                    let suffix = group.as_ref().map(|group| format!("-{group}")).unwrap_or_default();
                    let table = format!("points-{}-{}{suffix}", value.scale.id, value.nation.to_lowercase().replace(' ', "-"));
                    let mut pairs = vec![("csv", table.as_str())];
                    pairs.extend(group.as_deref().map(|group| ("group", group)));
                    let Ok(Reply::File(file)) = asker.ask(&path, &pairs, false) else { panic!("{path}: no {table}") };
                    let mut reader = csv::Reader::from_reader(file.bytes.as_slice());
                    let heads = reader.headers().expect("headings").clone();
                    let column = |name: &str| heads.iter().position(|head| head == name);
                    let records: Vec<csv::StringRecord> = reader.records().map(|record| record.expect("a record")).collect();
                    assert_eq!(records.len(), rows.len(), "{path} {table}");
                    for (record, row) in records.iter().zip(rows) {
                        let year = row.first_year();
                        let cell = |name: &str| column(name).map(|at| &record[at]);
                        let pence = |value: dated::Ratio| (value / dated::Ratio::whole(100)).to_fixed(2);
                        assert_eq!(cell("point"), Some(row.row.point.as_str()));
                        assert_eq!(cell("rate before"), Some(row.row.path.base.pounds().to_fixed(2).as_str()));
                        assert_eq!(cell("more in the year"), Some(pence(year.gain_pence.by_months).as_str()));
                        assert_eq!(cell("in the year, %"), Some(year.gain_percent.by_months.to_short(6).as_str()));
                        assert_eq!(cell("at its end, %"), Some(year.year_end_percent.to_short(6).as_str()));
                        let weekly = pence(row.weekly_loss_pence(pay::WeeksInYear::Calendar));
                        assert_eq!(cell("lost a week").unwrap_or("0.00"), weekly);
                        for rate in &row.row.path.rates {
                            assert_eq!(cell(&format!("from {}", rate.from)), Some(rate.rate.pounds().to_fixed(2).as_str()));
                        }
                        points += 1;
                    }
                }
            }
        }
    }
    assert!(points > 200, "{points}");
    assert!(
        matches!(asker.ask("nhs-2007/offers/england-stagd", &[], false), Err(Trouble::NotThere(why)) if why.contains("Did you mean england-staged?"))
    );
    assert!(matches!(asker.ask("nhs-2007/offers/england-staged", &[("group", "nobody")], false), Err(Trouble::Question(_))));
    assert!(matches!(asker.ask("nhs-2007/offers/england-staged", &[("csv", "nothing")], false), Err(Trouble::NotThere(_))));
}

#[test]
fn the_pages_say_why() {
    let asker = Asker::new();
    let offer = asker.page("nhs-2007/offers/england-staged").body;
    assert!(offer.contains("7/12 × 1.500% + 5/12 × 2.500% = 1.917%"), "{offer}");
    assert!(offer.contains("href=\"#clause-1\"") && offer.contains("href=\"#source-"));
    let counted = asker.page("civil-service-2004/offers/dwp").body;
    assert!(counted.contains("not valued") || counted.contains("not in the data"), "{counted}");
}

#[test]
fn a_dispute_is_begun_changed_and_read_again() {
    let asker = Asker::new();
    check_html(&asker.page("new"), "new");
    assert_eq!(see(asker.post("new", &[("id", "our-trust-2026")])), "/d/our-trust-2026");
    check_html(&asker.page("our-trust-2026"), "home");
    assert!(asker.page("our-trust-2026").body.contains("Invented"));
    let refused = page(asker.post("new", &[("id", "our-trust-2026")]));
    assert!(refused.is_refusal && refused.body.contains("already"));
    let refused = page(asker.post("new", &[("id", "Our Trust")]));
    assert!(refused.is_refusal && refused.body.contains("small letters"));
    assert!(matches!(asker.ask_as("new", &[("id", "x")], true, false), Err(Trouble::Question(_))), "an officer reads");

    let files = asker.page("our-trust-2026/files");
    check_html(&files, "files");
    let version = asker.version("our-trust-2026");
    assert!(files.body.contains(&version));
    let edit = asker.page("our-trust-2026/files/offers/offer.toml");
    check_html(&edit, "edit");
    assert!(edit.body.contains("name=\"text\"") && edit.body.contains("percent = 2.0"));
    let Some(FileBytes::Read(bytes)) =
        shelf::read_folder(&asker.folder.path().join("our-trust-2026"), "x").expect("a folder").files.remove("offers/offer.toml")
    else {
        panic!("no offer")
    };
    let text = String::from_utf8(bytes).expect("text");

    // What would stop the dispute is shown with all its faults, and saved only if that is wanted.
    let broken = text.replace("percent = 2.0", "percent = \"two\"").replace("from = 2026-10-01", "from = 2026-13-01");
    let save = |text: &str, seen: &str, more: &[(&str, &str)]| {
        let mut pairs = vec![("path", "offers/offer.toml"), ("seen", seen), ("text", text), ("note", "tried")];
        pairs.extend_from_slice(more);
        asker.post("our-trust-2026/save", &pairs)
    };
    let refused = page(save(&broken, &version, &[]));
    assert!(refused.is_refusal && refused.body.contains("Save it with its faults"), "{}", refused.body);
    assert_eq!(asker.version("our-trust-2026"), version, "nothing was written");
    assert_eq!(see(save(&broken, &version, &[("anyway", "yes")])), "/d/our-trust-2026/files");
    let home = asker.page("our-trust-2026");
    check_html(&home, "faults");
    assert!(home.body.contains("stops it") && home.body.contains("offers/offer.toml, line"), "{}", home.body);
    assert_eq!(see(asker.ask("our-trust-2026/offers", &[], false)), "/d/our-trust-2026", "nothing is worked out");

    // Over a version that is not there any more: the text is kept in the form.
    let stale = page(save(&text, &version, &[]));
    assert!(stale.is_refusal && stale.body.contains("Somebody else has saved") && stale.body.contains("percent = 2.0"));
    let now = asker.version("our-trust-2026");
    // Browsers send the line ends of Windows.
    assert_eq!(see(save(&text.replace('\n', "\r\n"), &now, &[])), "/d/our-trust-2026/files");
    assert_eq!(asker.version("our-trust-2026"), version, "as it was at first");

    let history = asker.page("our-trust-2026/history");
    check_html(&history, "history");
    assert!(history.body.contains("tried") && history.body.contains("changed here"));
    let second = asker.page("our-trust-2026/history/2");
    check_html(&second, "version");
    assert!(
        second.body.contains("class=\"del\"") && second.body.contains("percent = &#34;two&#34;")
            || second.body.contains("percent = &quot;two&quot;"),
        "{}",
        second.body
    );
    let same = page(asker.ask("our-trust-2026/history/3", &[("with", "1")], false));
    check_html(&same, "compared");
    assert!(same.body.contains("Compared with version 1") && same.body.contains("No file differs"), "{}", same.body);
    assert!(matches!(asker.ask("our-trust-2026/history/3", &[("with", "x")], false), Err(Trouble::NotThere(_))));
    let old = asker.page("our-trust-2026/history/2/offers/offer.toml");
    check_html(&old, "old file");
    assert!(matches!(asker.ask("our-trust-2026/history/9", &[], false), Err(Trouble::NotThere(_))));

    // Put back, removed, and another program's edit.
    let entry = asker.version("our-trust-2026");
    let log = std::fs::read_to_string(asker.folder.path().join("our-trust-2026/.history/log.jsonl")).expect("a log");
    let second = log.lines().nth(1).and_then(|line| serde_json::from_str::<serde_json::Value>(line).ok()).expect("a line");
    let from = second["version"].as_str().expect("a version").to_owned();
    let back =
        asker.post("our-trust-2026/save", &[("path", "offers/offer.toml"), ("seen", &entry), ("from_version", &from), ("anyway", "yes")]);
    assert_eq!(see(back), "/d/our-trust-2026/files");
    let seen = asker.version("our-trust-2026");
    assert_eq!(
        see(asker.post("our-trust-2026/save", &[("path", "offers/offer.toml"), ("seen", &seen), ("remove", "yes"), ("anyway", "yes")])),
        "/d/our-trust-2026/files"
    );
    std::fs::write(asker.folder.path().join("our-trust-2026/notes.md"), "by hand").expect("written");
    let history = asker.page("our-trust-2026/history");
    assert!(history.body.contains("Changed outside") && history.body.contains("notes.md"));
    assert_eq!(see(asker.post("our-trust-2026/note-outside", &[])), "/d/our-trust-2026/history");
    assert!(!asker.page("our-trust-2026/history").body.contains("<h2>Changed outside"));
}

#[test]
fn text_of_users_is_text_and_never_html() {
    let asker = Asker::new();
    see(asker.post("new", &[("id", "x")]));
    let seen = asker.version("x");
    let evil = "</textarea><script>alert(1)</script> \"'&";
    let reply = page(asker.post("x/save", &[("path", "quoted.toml"), ("seen", &seen), ("text", evil), ("note", evil)]));
    assert!(reply.is_refusal && !reply.body.contains("<script"), "{}", reply.body);
    check_html(&reply, "edit");
    let path = asker.folder.path().join("x/dispute.toml");
    let text = std::fs::read_to_string(&path).expect("a file");
    let title = text.lines().find(|line| line.starts_with("title")).expect("a title").to_owned();
    std::fs::write(&path, text.replace(&title, "title = \"<b onmouseover=x>Ours & </h1>\"")).expect("written");
    for at in ["", "x", "x/offers", "x/files", "x/history", "x/publish"] {
        let shown = asker.page(at);
        assert!(!shown.body.contains("<b onmouseover") && !shown.navigation.contains("<b onmouseover"), "{at}");
    }
}

#[test]
fn what_is_published_stays_and_says_what_was_corrected() {
    let asker = Asker::new();
    assert!(page(asker.public("")).body.contains("Nothing is published"));
    assert!(matches!(asker.public("nhs-2007"), Err(Trouble::NotThere(_))));
    see(asker.post("nhs-2007/copy", &[("id", "ours")]));
    assert!(matches!(asker.public("ours"), Err(Trouble::NotThere(_))), "not published yet");
    let seen = asker.version("ours");
    check_html(&asker.page("ours/publish"), "publish");
    let publish = |seen: &str, note: &str, sure: bool| {
        let mut pairs = vec![("seen", seen), ("note", note), ("licence", "Open Government Licence v3.0")];
        pairs.extend(sure.then_some(("sure", "yes")));
        asker.post("ours/publish", &pairs)
    };
    assert!(page(publish(&seen, "x", false)).body.contains("Tick that you may"));
    assert_eq!(see(publish(&seen, "as sent to members", true)), "/public/ours/1");
    assert!(matches!(asker.ask_as("ours/publish", &[("seen", &seen), ("sure", "yes")], true, false), Err(Trouble::Question(_))));
    assert!(page(publish(&seen, "", true)).body.contains("published already"));

    // A correction in a file: number 1 stays as it was.
    let path = asker.folder.path().join("ours/offers/england-staged.toml");
    let text = std::fs::read_to_string(&path).expect("a file");
    std::fs::write(&path, text.replacen("percent = 1.5", "percent = 1.6", 1)).expect("written");
    assert_eq!(see(publish(&asker.version("ours"), "1.5 was a slip", true)), "/public/ours/2");
    assert_eq!(see(asker.public("ours")), "/public/ours/2");
    let first = page(asker.public("ours/1"));
    check_html(&first, "first");
    assert!(first.navigation.contains("It has been corrected since") && first.navigation.contains("/public/ours/2"));
    assert!(page(asker.public("ours/1/offers/england-staged")).body.contains("= 1.917%"), "as it was");
    let second = page(asker.public("ours/2"));
    check_html(&second, "second");
    for part in ["1.5 was a slip", "offers/england-staged.toml changed", "Open Government Licence v3.0", &asker.version("ours")] {
        assert!(second.body.contains(part), "{part}: {}", second.body);
    }
    assert!(!second.body.contains("/d/ours"), "no way to the desk");
    assert!(!second.body.contains("campaign.toml") && !second.body.contains("What to do next"), "advice is for negotiators");
    let offer = page(asker.public("ours/2/offers/england-staged"));
    check_html(&offer, "published offer");
    assert!(offer.body.contains("7/12 × 1.600% + 5/12 × 2.600% = 2.017%"), "{}", offer.body);
    assert!(!offer.body.contains("Change it"));
    assert!(matches!(asker.public("ours/3"), Err(Trouble::NotThere(_))));
    assert!(matches!(asker.public("ours/2/files"), Err(Trouble::NotThere(_))), "files are not published");
    let all = page(asker.public(""));
    assert!(all.body.contains("/public/ours/2"));
    check_html(&all, "published");
}

#[test]
fn a_dispute_goes_out_as_one_file_and_comes_in_again() {
    let asker = Asker::new();
    let Ok(Reply::File(file)) = asker.ask("nhs-2014/export.zip", &[], false) else { panic!("no package") };
    let bring = |bytes: &[u8], id: &str| {
        let pairs = vec![("id".to_owned(), id.to_owned())];
        asker.desk.staff(Call { upload: Some(bytes), ..Asker::call("import", &pairs, true, true) })
    };
    let taken = page(bring(&file.bytes, ""));
    assert!(taken.is_refusal && taken.body.contains("already"), "{}", taken.body);
    assert_eq!(see(bring(&file.bytes, "nhs-2014-again")), "/d/nhs-2014-again");
    check_html(&asker.page("nhs-2014-again"), "brought");
    let refused = page(bring(b"no zip", "x"));
    assert!(refused.is_refusal && refused.body.contains("no .zip file"));
    assert!(page(asker.post("import", &[])).body.contains("No file was chosen"));
    check_html(&asker.page("import"), "import");
    assert!(!asker.folder.path().join("x").exists(), "nothing is half-written");
}

/// Whatever is asked, there is an answer: a page, a file, another address or a sentence; never a panic, and never a bug of ours.
#[test]
fn strange_questions_get_a_sentence() {
    let asker = Asker::new();
    see(asker.post("nhs-2008/copy", &[("id", "ours")]));
    let long = "x".repeat(3_000);
    let values = ["", " ", "0", "-1", "abc", "31/02/2007", "9999-99-99", "\u{0}", "<b>", "../..", "18446744073709551616", "½", &long];
    let names = [
        "on",
        "csv",
        "group",
        "new",
        "raw",
        "with",
        "do",
        "rows",
        "base",
        "id",
        "path",
        "seen",
        "text",
        "then",
        "from_version",
        "note",
        "sure",
        "licence",
    ];
    for path in [
        "",
        "new",
        "import",
        "ours",
        "ours/offers",
        "ours/offers/three-year",
        "ours/offers/three-year/edit",
        "ours/offers/new",
        "ours/files",
        "ours/files/quoted.toml",
        "ours/history",
        "ours/history/1",
        "ours/publish",
        "ours/copy",
        "ours/save",
        "ours/note-outside",
        "ours/export.zip",
        "ours/history/0",
        "ours/history/99999999999999999999",
        "ours/files/a/b/c",
        "ours/files/.history",
        "//",
        "nhs-2007/save",
        ".",
        "ours/offers/a/b",
    ] {
        for is_post in [false, true] {
            for value in values {
                let all: Vec<(&str, &str)> = names.iter().map(|name| (*name, value)).collect();
                // One at a time where it says most: a value that is text and nothing else.
                let alone = names.iter().filter(|_| value == "abc").map(|name| vec![(*name, value)]);
                let each = alone.chain([all, Vec::new()]);
                for pairs in each {
                    match asker.ask(path, &pairs, is_post) {
                        Err(Trouble::Ours(why)) => panic!("{path} {pairs:?}: {why}"),
                        Err(Trouble::NotThere(why) | Trouble::Question(why)) => assert!(!why.is_empty()),
                        Ok(Reply::Page(shown)) => assert!(!shown.body.contains("<b>"), "{path} {pairs:?}"),
                        Ok(_) => {}
                    }
                }
            }
        }
    }
}
