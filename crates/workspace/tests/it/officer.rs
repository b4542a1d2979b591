//! What a national officer does first: drops a pay scale and sees it, prints two pages, takes the evidence away, finds a member of Parliament.

use std::collections::BTreeMap;
use std::io::Read as _;

use dated::{Date, Ratio};
use workspace::desk::{Call, Desk, Reply};
use workspace::{Answer, Trouble};

use crate::ask::{FOUNDING, ask_pairs, column, csv, founding, page};
use crate::desk::{Asker, page as shown, see};

fn bring(asker: &Asker, id: &str, file: &[u8], fields: &[(&str, &str)]) -> Result<Reply, Trouble> {
    let version = asker.version(id);
    let mut pairs: Vec<(String, String)> = vec![("seen".to_owned(), version)];
    pairs.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    asker.desk.staff(Call {
        who: "negotiator",
        may_write: true,
        at: "2026-11-22T08:00:00Z",
        today: Date::constant(2026, 11, 22),
        path: &format!("{id}/scales"),
        pairs: &pairs,
        upload: Some(file),
        is_post: true,
    })
}

const HOURS: &str = "[pay]\nfull_time_hours = 37.5\nfull_time_hours_source = \"EXAMPLE\"\nfull_time_hours_status = \"synthetic\"";

const FIELDS: [(&str, &str); 6] = [
    ("title", "Our scale"),
    ("nation", "England"),
    ("from", "2026-04-01"),
    ("source", "EXAMPLE"),
    ("status", "synthetic"),
    ("rounding", "nearest pound"),
];

#[test]
fn a_pay_scale_is_dropped_seen_and_held_against_the_minimum_wage() {
    let asker = Asker::new();
    assert_eq!(see(asker.post("new", &[("id", "ours")])), "/d/ours");
    // Everything that is wrong is said at once, and nothing is written.
    let before = asker.version("ours");
    let refused = shown(bring(&asker, "ours", b"Spine point,Salary\n1,12.45\n2,lots\n", &FIELDS));
    assert!(refused.is_refusal && refused.body.contains("Row 2: ") && refused.body.contains("Row 3: "), "{}", refused.body);
    let nothing = shown(bring(&asker, "ours", b"", &[]));
    assert!(nothing.body.matches("<li>").count() >= 5, "every field is named: {}", nothing.body);
    assert_eq!(asker.version("ours"), before);
    // Right: one version, three files, and the page shows it.
    let file = b"Grade,Spine point,Salary\nA,1,23000\nA;B,2,\"26,500\"\nB,3,\xc2\xa331000\n";
    let there = see(bring(&asker, "ours", file, &FIELDS));
    assert_eq!(there, "/d/ours/scales?on=2026-04-01");
    let scales = shown(asker.ask("ours/scales", &[("on", "2026-04-01")], false));
    assert!(scales.body.contains("Our scale, England") && scales.body.contains("<svg"), "{}", scales.body);
    // How many hours a full-time week has stands in the file; without it nothing is guessed.
    assert!(scales.body.contains("cannot be told: the dispute does not say how many hours"), "{}", scales.body);
    let head = std::fs::read_to_string(asker.folder.path().join("ours/dispute.toml")).expect("the head");
    assert!(head.contains("\"our-scale\", \"example\"") || head.contains("\"our-scale\",\"example\""), "{head}");
    std::fs::write(asker.folder.path().join("ours/dispute.toml"), head.replace("[pay]", HOURS)).expect("written");
    let scales = shown(asker.ask("ours/scales", &[("on", "2026-04-01")], false));
    assert!(scales.body.contains("Point 1 is below the legal minimum") && scales.body.contains("class=\"bad\""), "{}", scales.body);
    // The offer pays it too, so nothing else is worked out; every page says why, with the file and the line.
    let home = asker.page("ours").body;
    assert!(home.contains("point 1 (England) is paid") && home.contains("scales"), "{home}");
    // The same name again takes the place of the scale.
    let again = see(bring(&asker, "ours", b"Spine point,Salary\n1,25500\n2,26500\n3,31000\n", &FIELDS));
    assert_eq!(again, "/d/ours/scales?on=2026-04-01");
    let scales = shown(asker.ask("ours/scales", &[("on", "2026-04-01")], false));
    assert!(scales.body.contains("No point is below the legal minimum"), "{}", scales.body);
    // Who may not write may look.
    let officer = asker.ask_as("ours/scales", &[], true, false);
    assert!(matches!(officer, Err(Trouble::Question(why)) if why.contains("negotiator")));
}

#[test]
fn the_published_scale_of_2026_has_its_points_by_the_hour() {
    let dispute = founding("nhs-2007");
    let on_day = "scales?on=2026-04-01";
    let tables: Vec<String> = page(&dispute, on_day).tables.iter().map(|table| table.id.clone()).collect();
    assert!(!tables.is_empty());
    let mut points = 0;
    for table in &tables {
        let rows = csv(&dispute, on_day, table);
        assert!(column(&rows, "a year").iter().all(|rate| Ratio::parse_decimal(rate).is_some()), "{table}");
        points += rows.len() - 1;
    }
    assert!(points > 10);
}

#[test]
fn a_briefing_has_every_part_that_the_dispute_has() {
    for id in FOUNDING {
        let dispute = founding(id);
        let body = page(&dispute, "briefing?on=2010-01-01").body;
        assert_eq!(body.matches("class=\"brief-page\"").count(), 2, "{id}");
        for offer in dispute.offers.iter().take(6) {
            let start: String = offer.title.chars().take(30).collect();
            assert!(body.contains(&workspace::table::escape(&start)), "{id}: {start}");
        }
        assert_eq!(body.contains("Who stands where"), !dispute.positions.is_empty(), "{id}");
        assert_eq!(body.contains("<h2>Ballots</h2>"), !dispute.polls.is_empty(), "{id}");
    }
}

#[test]
fn the_evidence_pack_holds_what_its_list_says_and_is_the_same_twice() {
    let asker = Asker::new();
    let take = || match asker.ask("nhs-2008/evidence.zip", &[], false) {
        Ok(Reply::File(file)) => file,
        _ => panic!("a file"),
    };
    let file = take();
    assert_eq!(file.bytes, take().bytes, "the same files give the same bytes");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file.bytes)).expect("a zip");
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("read");
        files.insert(entry.name().expect("a name").trim_start_matches("nhs-2008-evidence/").to_owned(), bytes);
    }
    let list = String::from_utf8(files["CONTENTS.sha256"].clone()).expect("text");
    let listed: BTreeMap<&str, &str> = list.lines().filter_map(|line| line.split_once("  ")).map(|(hash, path)| (path, hash)).collect();
    assert_eq!(listed.len() + 1, files.len());
    for (path, hash) in &listed {
        assert_eq!(*hash, workspace::shelf::hash(&files[*path]), "{path}");
    }
    for wanted in ["README.txt", "report.html", "sources.csv", "files/offers/three-year.toml", "tables/offers-three-year/headline.csv"] {
        assert!(files.contains_key(wanted), "{wanted} is not in {:?}", files.keys());
    }
}

#[test]
fn the_clause_of_2008_is_for_people_and_one_with_a_number_is_tested() {
    let shown = page(&founding("nhs-2008"), "offers/three-year").body;
    assert!(shown.contains("Talks may begin again") && shown.contains("for judgement"), "{shown}");
    let asker = Asker::new();
    see(asker.post("nhs-2008/copy", &[("id", "ours")]));
    let path = asker.folder.path().join("ours/offers/three-year.toml");
    let text = std::fs::read_to_string(&path).expect("the offer");
    let clause = "\n[[reopener]]\nclause = \"If prices rise by more than three.\"\nindex = \"RPI\"\nsource = \"BBC-2008-04-07\"\nabove_percent = 3\n";
    let verdict = |month: &str| {
        std::fs::write(&path, format!("{text}{clause}month = \"{month}\"\n")).expect("written");
        crate::desk::page(asker.ask("ours/offers/three-year", &[], false)).body
    };
    // RPI in the year to September 2008 was 5.0%, to September 2009 it was −1.4%; of 2040 nothing is known.
    assert!(verdict("2008-09").contains("rose by 5.0"));
    assert!(
        verdict("2009-09").contains("Not met: RPI in the year to September 2009 rose by -1.4")
            || verdict("2009-09").contains("rose by −1.4")
    );
    let unknown = verdict("2040-09");
    assert!(unknown.contains("cannot tell") && unknown.contains("September 2040"), "{unknown}");
}

#[test]
fn a_member_on_universal_credit_sees_what_is_left_and_nobody_is_guessed_for() {
    let dispute = founding("nhs-2014");
    let ask = |query: &[(&str, &str)]| {
        let pairs: Vec<(String, String)> = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        match ask_pairs(&dispute, "worth", &pairs) {
            Ok(Answer::Page(page)) => page,
            _ => panic!("a page"),
        }
    };
    let plain = ask(&[("salary", "21000"), ("pension", "none")]);
    assert!(!plain.body.contains("of credit goes with it") && plain.tables.iter().all(|table| table.id != "credit"), "off by default");
    let on = ask(&[("salary", "21000"), ("pension", "none"), ("universal-credit", "no-allowance")]);
    let table = on.tables.iter().find(|table| table.id == "credit").expect("the table");
    let pounds = |cell: &workspace::table::Cell| Ratio::parse_decimal(cell.exact.as_deref().unwrap_or(&cell.text)).expect("pounds");
    let mut compared = 0;
    for row in &table.rows {
        let (more, lost, kept) = (pounds(&row[2]), pounds(&row[3]), pounds(&row[4]));
        // 65p of each pound of earnings above nothing, month by month to the penny.
        assert!((lost - more * Ratio::new(65, 100)).abs() < Ratio::new(2, 10), "{more} {lost}");
        assert_eq!(kept, more - lost);
        compared += 1;
    }
    assert!(compared >= 2, "{compared} rows");
    assert!(on.body.contains("council tax reduction"));
    // Before April 2016 the allowance depended on a household: it is not in the data, and is named.
    let housing = ask(&[("salary", "21000"), ("pension", "none"), ("universal-credit", "with-housing")]);
    assert!(
        housing.body.contains("cannot tell: no value of the work allowance of Universal Credit is known for 28 April 2014"),
        "{}",
        housing.body
    );
    let wrong = ask(&[("salary", "21000"), ("universal-credit", "yes"), ("credit", "much")]);
    assert!(wrong.is_refusal && wrong.body.contains("none of no-allowance"), "{}", wrong.body);
}

#[test]
fn postcodes_beside_the_disputes_are_looked_up_and_faults_stop_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = "postcode,constituency,from,until\nCA1 1AA,Oldtown,2010-05-06,2024-07-04\nCA1 1AA,Carlisle,2024-07-04,\n";
    std::fs::write(folder.path().join("postcodes.csv"), rows).expect("written");
    let asker = Asker { desk: Desk::open(folder.path()).expect("a desk"), folder };
    let found = shown(asker.post("nhs-2007/campaign", &[("postcode", "ca11aa"), ("mp-on", "2026-05-01")]));
    assert!(found.body.contains("CA1 1AA is in Carlisle") && found.body.contains("Julie Minns"), "{}", found.body);
    assert!(found.body.contains("until 4 July 2024: Oldtown"), "the postcode by date");
    assert!(!found.navigation.contains("CA1"), "a postcode stands in no address");
    for (postcode, said) in [("CA1", "Postcode: "), ("M1 1AA", "is not in the file")] {
        let none = shown(asker.post("nhs-2007/campaign", &[("postcode", postcode)]));
        assert!(none.is_refusal && none.body.contains(said), "{postcode}: {}", none.body);
    }
    // The list of disputes does not take the file for one.
    assert!(!asker.page("").body.contains("postcodes.csv"));
    std::fs::write(asker.folder.path().join("postcodes.csv"), "postcode,constituency,from,until\nnone,Nowhere,x,\n").expect("written");
    let why = Desk::open(asker.folder.path()).err().expect("refused");
    assert!(why.contains("postcodes.csv:2") && why.lines().count() >= 2, "{why}");
}
