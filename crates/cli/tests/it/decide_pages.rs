//! The pages of a dispute and the commands never disagree: the same questions, asked of both.

use std::sync::LazyLock;

use dispute::{Dispute, FoundingDisputes, Library};
use law::Rulebook;
use serde_json::Value;
use workspace::places::PlacesRead;
use workspace::{Answer, Asked, Opened, Page, Reader};

use crate::run::{at, whitley, whitley_in};

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::built_in().0);
static PLACES: LazyLock<PlacesRead> = LazyLock::new(|| PlacesRead::built_in(&LIBRARY.sources).expect("constituencies"));
static BOOK: LazyLock<Rulebook> = LazyLock::new(|| Rulebook::built_in().expect("rules without fault"));

const FOUNDING: [&str; 5] = ["civil-service-2004", "nhs-2007", "nhs-2008", "nhs-2014", "nhs-whitley-1998"];

fn founding(id: &str) -> Dispute {
    let (dispute, faults) = Dispute::read(&FoundingDisputes::folder(id).expect("a founding dispute"), &LIBRARY);
    assert!(faults.is_empty(), "{faults:?}");
    dispute.expect("a dispute")
}

fn page(dispute: &Dispute, path: &str, pairs: &[(&str, &str)]) -> Page {
    let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let opened = Opened {
        dispute,
        library: &LIBRARY,
        book: &BOOK,
        places: &PLACES,
        warnings: &[],
        version: "0000000000000000000000000000000000000000000000000000000000000000",
        licence: None,
        base: "/d/x",
        today: dated::parse_date("2026-11-22").expect("a date"),
        reader: Reader::Desk { may_write: false },
    };
    match workspace::answer(&opened, &Asked { path, pairs: &pairs }) {
        Ok(Answer::Page(page)) => page,
        Ok(Answer::File(file)) => panic!("{path} is the file {}", file.name),
        Err(trouble) => panic!("{path}: {trouble:?}"),
    }
}

/// What programs read in a column of every table whose name begins so, in their order.
fn column(page: &Page, tables: &str, head: &str) -> Vec<String> {
    let of_tables = page.tables.iter().filter(|table| table.id.starts_with(tables));
    let cells = of_tables.flat_map(|table| {
        let at = table.heads.iter().position(|known| known.text == head).unwrap_or_else(|| panic!("{} has no {head}", table.id));
        table.rows.iter().map(move |row| row[at].exact.clone().unwrap_or_else(|| row[at].text.clone()))
    });
    cells.collect()
}

/// The JSON of a question, whatever its exit code says of the answer.
fn said(arguments: &str) -> Value {
    let answer = whitley(&format!("{arguments} --json"));
    serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{arguments}: {error}: {} {}", answer.out, answer.err))
}

/// The texts at a key of every entry of a list.
fn texts(list: &Value, key: &str) -> Vec<String> {
    let text = |entry: &Value| entry[key].as_str().map_or_else(|| entry[key].to_string(), str::to_owned);
    list.as_array().expect("a list").iter().map(text).collect()
}

#[test]
fn who_stands_where() {
    for (id, day) in [("nhs-2008", "2008-04-30"), ("nhs-2008", "2008-06-30"), ("nhs-2007", "2007-06-01"), ("nhs-2014", "2014-10-01")] {
        let shown = page(&founding(id), "positions", &[("on", day)]);
        let answer = said(&format!("positions {id} --on {day}"));
        let boards = at(&answer, "offers").as_array().expect("boards");
        let flat = |key: &str| boards.iter().flat_map(|board| texts(&board["positions"], key)).collect::<Vec<_>>();
        assert_eq!(column(&shown, "board-", "stands"), flat("stance"), "{id} on {day}");
        assert!(!flat("stance").is_empty(), "{id} on {day}: nothing was compared");
        let demands = said(&format!("demands {id} --on {day}"));
        let needed = at(&demands, "demands").as_array().expect("demands").iter().filter(|demand| demand["decision_needed"] == true).count();
        assert_eq!(shown.body.contains("Decision needed"), needed > 0, "{id} on {day}");
    }
    for id in FOUNDING {
        let shown = page(&founding(id), "positions", &[]);
        let points = said(&format!("sticking-points {id}"));
        assert_eq!(column(&shown, "sticking-points", "answered"), texts(at(&points, "sticking_points"), "answered"), "{id}");
        assert_eq!(column(&shown, "claim-items", "answered"), texts(at(&points, "claim_items"), "answered"), "{id}");
        let clashes = at(&said(&format!("guide check {id}")), "clashes").as_array().expect("clashes").len();
        assert_eq!(
            shown.body.matches("say opposite things").count() + shown.body.matches("leaves out the condition").count(),
            clashes,
            "{id}"
        );
    }
}

#[test]
fn ballots_and_their_dates() {
    for id in FOUNDING {
        let shown = page(&founding(id), "ballot", &[]);
        let units = said(&format!("law judge {id}"));
        let judged: Vec<String> =
            texts(at(&units, "units"), "verdict").into_iter().filter(|verdict| verdict != "could-not-check").collect();
        let readings = column(&shown, "verdicts-", "reading of the law");
        let verdicts = column(&shown, "verdicts-", "verdict");
        let adopted = readings.iter().zip(verdicts).filter(|(reading, _)| !reading.starts_with("the other")).map(|(_, verdict)| verdict);
        assert_eq!(adopted.collect::<Vec<_>>(), judged, "{id}");
    }
    let shown = page(&founding("nhs-2014"), "ballot", &[("opens", "2027-01-11"), ("closes", "2027-02-08")]);
    let dates = said("law timetable --opens 2027-01-11 --closes 2027-02-08");
    assert_eq!(column(&shown, "timetable", "date"), texts(at(&dates, "deadlines"), "date"));
}

#[test]
fn days_of_action() {
    let questions = [
        ("civil-service-2004", "2004-01-21", "2004-03-31", Some("2004-01-21")),
        ("civil-service-2004", "2004-01-29", "2004-02-17", None),
        ("nhs-2014", "2014-10-01", "2014-11-30", None),
    ];
    let mut days = 0;
    for (id, from, to, notice) in questions {
        let mut fields = vec![("from", from), ("to", to)];
        fields.extend(notice.map(|notice| ("notice", notice)));
        let shown = page(&founding(id), "action", &fields);
        let notice = notice.map(|notice| format!(" --notice-received {notice}")).unwrap_or_default();
        let plan = said(&format!("action plan {id} --from {from} --until {to}{notice}"));
        assert_eq!(column(&shown, "days", "day"), texts(at(&plan, "dates"), "date"), "{id} from {from}");
        days += texts(at(&plan, "dates"), "date").len();
        assert_eq!(column(&shown, "mandates", "state"), texts(at(&plan, "mandates"), "state"), "{id} from {from}");
        assert_eq!(column(&shown, "costs", "strike days"), texts(at(&plan, "costs/units"), "strike_days"), "{id} from {from}");
        let refused = at(&plan, "refused").as_array().expect("refused");
        let reasons: usize = refused.iter().map(|one| one["reasons"].as_array().map_or(0, Vec::len)).sum();
        let units: usize = column(&shown, "refused", "where").iter().map(|units| units.split("; ").count()).sum();
        assert_eq!(units, reasons, "{id} from {from}");
    }
    assert!(days > 0, "no day was compared");
    let fields =
        [("on", "2004-01-21"), ("from", "2004-01-21"), ("to", "2004-03-31"), ("try-day", "2004-01-29"), ("try-last", "2004-01-30")];
    let shown = page(&founding("civil-service-2004"), "action", &fields);
    let call = said("action call civil-service-2004 --on 2004-01-21 --day 2004-01-29..2004-01-30");
    assert_eq!(column(&shown, "proposed-days", "day"), texts(at(&call, "dates"), "date"));
    assert!(!texts(at(&call, "dates"), "date").is_empty());
}

#[test]
fn what_conference_decided() {
    for id in ["nhs-2007", "nhs-2008"] {
        let shown = page(&founding(id), "conference", &[]);
        let run = said(&format!("conference run {id}"));
        assert_eq!(column(&shown, "decisions-", "outcome"), texts(at(&run, "decisions"), "outcome"), "{id}");
        let derived: Vec<String> = column(&shown, "decisions-", "unanimous");
        let unanimous =
            at(&run, "decisions").as_array().expect("decisions").iter().filter(|decision| decision["unanimous"] == true).count();
        assert_eq!(derived.iter().filter(|word| *word == "yes").count(), unanimous, "{id}");
        let tests = said(&format!("conference tests {id}"));
        let tests = at(&tests, "tests").as_array().expect("tests");
        let verdicts: Vec<String> = tests.iter().flat_map(|test| texts(&test["results"], "verdict")).collect();
        assert_eq!(column(&shown, "test-", "comes to"), verdicts, "{id}");
    }
}

#[test]
fn what_a_postcard_says_is_lost() {
    let shown = page(&founding("nhs-whitley-1998"), "campaign", &[]);
    let (points, bands, nations, groups) = (
        column(&shown, "postcards", "point"),
        column(&shown, "postcards", "band"),
        column(&shown, "postcards", "where"),
        column(&shown, "postcards", "group"),
    );
    let mut members = String::from("member,name,branch,nation,group,point,band\n");
    for (at, point) in points.iter().enumerate() {
        members.push_str(&format!("m{at},A Member,north,{},{},{point},{}\n", nations[at], groups[at], bands[at]));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("members.csv"), members).expect("written");
    let cards = whitley_in(folder.path(), "postcards text nhs-whitley-1998 --members members.csv --csv");
    assert_eq!(cards.code, 0, "{}", cards.err);
    let mut reader = csv::Reader::from_reader(cards.out.as_bytes());
    let at = reader.headers().expect("headings").iter().position(|head| head == "loss").expect("the loss");
    let losses: Vec<String> = reader.records().map(|row| row.expect("a row")[at].to_owned()).collect();
    assert!(losses.len() > 10, "{losses:?}");
    assert_eq!(column(&shown, "postcards", "lost in the year"), losses);
}

/// The same number, however it is written.
fn number(text: &str) -> dated::Ratio {
    dated::Ratio::parse_decimal(text.trim_matches('"')).unwrap_or_else(|| panic!("“{text}” is no number"))
}

#[test]
fn what_may_come_of_a_ballot() {
    let list = "unit,entitled,last_turnout\nA,1000,55.1\nB,500,70\nC,2000,30\n";
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("f.csv"), list).expect("written");
    let answer = whitley_in(folder.path(), "law units f.csv --forecast --opened 2026-03-02 --json");
    let told: Value = serde_json::from_str(&answer.out).expect("JSON");
    let shown = page(&founding("nhs-2007"), "ballot", &[("forecast-opens", "2026-03-02"), ("turnouts", list)]);
    let (separate, together) = (&told["options"][0]["ranges"], &told["options"][1]["range"]);
    for (head, key) in
        [("needed", "needed"), ("low", "returned_low"), ("high", "returned_high"), ("of the observed moves pass", "percent_of_moves")]
    {
        let wanted: Vec<_> =
            separate.as_array().expect("ranges").iter().chain([together]).map(|range| number(&range[key].to_string())).collect();
        let found: Vec<_> = column(&shown, "forecast", head).iter().map(|cell| number(cell)).collect();
        assert_eq!(found, wanted, "{head}");
    }
    let units = told["expected"]["units"].as_str().expect("a number");
    assert!(shown.body.contains(&format!("{units} of 3 units pass")), "{units}");
}

#[test]
fn what_is_kept_on_universal_credit() {
    let question =
        "offer take-home nhs-2014 --offer recommendation --salary 21000 --pension none --nation England --universal-credit no-allowance";
    let told = said(question);
    let credit = &told["years"][0]["universal_credit"];
    let asked = [("salary", "21000"), ("pension", "none"), ("universal-credit", "no-allowance")];
    let shown = page(&founding("nhs-2014"), "worth", &asked);
    let at = column(&shown, "credit", "offer").iter().position(|offer| offer == "recommendation").expect("the offer");
    for (head, key) in [("credit lost", "credit_lost"), ("kept", "kept"), ("kept more a month", "kept_a_month")] {
        assert_eq!(number(&column(&shown, "credit", head)[at]), number(&credit[key].to_string()), "{head}");
    }
    // What is not in the data is named by both, and the command ends as one that could not check.
    let answer = whitley(&question.replace("no-allowance", "with-housing"));
    assert_eq!(answer.code, 2, "{}", answer.out);
    assert!(answer.err.contains("no value of the work allowance of Universal Credit is known"), "{}", answer.err);
}

#[test]
fn the_condition_of_a_reopener() {
    let told = said("offer value nhs-2008 --offer three-year");
    let reopener = &told["offers"][0]["reopeners"][0];
    assert_eq!(reopener["verdict"], "for-judgement");
    let shown = page(&founding("nhs-2008"), "offers/three-year", &[]).body;
    assert!(shown.contains(reopener["clause"].as_str().expect("a clause")) && shown.contains(reopener["why"].as_str().expect("why")));
}
