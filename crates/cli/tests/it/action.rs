//! `whitley action`: plans, exports, calls and the exemptions log, from outside.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::run::{at, whitley, whitley_in};

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A folder of one's own with a won ballot and one strike, all invented.
fn ours(home: &Path) {
    assert_eq!(whitley_in(home, "new ours").code, 0);
    fs::create_dir(home.join("ours/polls")).expect("a folder");
    fs::write(
        home.join("ours/polls/p.toml"),
        "id = \"poll\"\ntitle = \"Invented\"\nunion = \"union\"\nkind = \"statutory\"\nopened_on = 2026-03-16\nclosed_on = 2026-03-30\njurisdiction = \"GB\"\nmay_call = [\"General Secretary\"]\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n[[question]]\nid = \"strike\"\nkind = \"strike\"\n[[unit]]\nid = \"works\"\nname = \"The <b>works</b>\"\nentitled = 987654\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n[[result]]\nunit = \"works\"\nquestion = \"strike\"\nyes = 500000\nno = 200\nspoiled = 0\nreturned = 500200\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n",
    )
    .expect("written");
    fs::write(
        home.join("ours/action.toml"),
        "[[call]]\nwho = \"union\"\nkind = \"strike\"\ncalled_by = \"General Secretary\"\ncalled_on = 2026-04-01\ndates = [\"2026-04-15\", \"2027-03-30\"]\nunits = [\"works\"]\ntext = \"Two days.\"\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n[[service]]\nid = \"canteen\"\nname = \"Canteen <script>\"\nunits = [\"works\"]\nsource = \"EXAMPLE\"\nstatus = \"synthetic\"\n",
    )
    .expect("written");
}

#[test]
fn the_strikes_of_january_2004_and_the_same_under_later_law() {
    let plan = whitley("action plan civil-service-2004 --from 2004-01-20 --json");
    let found = parsed(&plan.out);
    // The fifth result was not found and no question on other action was put: not all that was called is lawful.
    assert_eq!(plan.code, 1);
    for date in ["2004-01-29", "2004-01-30"] {
        assert_eq!(at(&found, &format!("dates/date={date}/kind")), "strike");
    }
    assert_eq!(at(&found, "dates/date=2004-01-29/notice/day"), "2004-01-22");
    for key in ["mandates", "services", "costs", "refused", "common", "sources", "not_legal_advice"] {
        assert!(found.get(key).is_some(), "{key}");
    }
    let later = whitley("action plan civil-service-2004 --from 2004-01-20 --as-if-law-of 2017-03-06 --json");
    let found = parsed(&later.out);
    assert_eq!((later.code, at(&found, "dates").as_array().map(Vec::len)), (1, Some(0)));
    assert_eq!(at(&found, "mandates/unit=dwp/tests_not_met/0"), "turnout.50");
    assert_eq!(whitley("action plan civil-service-2004 --from 2004-01-20 --as-if-law-of 2017-03-06 --ics x.ics").code, 3);
}

#[test]
fn only_what_is_lawful_is_written_and_no_number_of_members() {
    let home = tempfile::tempdir().expect("a temporary folder");
    ours(home.path());
    let answer = whitley_in(home.path(), "action plan ours --from 2026-04-01 --ics plan.ics --out plan.html");
    assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    assert!(answer.out.contains("the mandate ends with the end of Mon 29 Mar 2027"), "{}", answer.out);
    let ics = fs::read_to_string(home.path().join("plan.ics")).expect("written");
    let page = fs::read_to_string(home.path().join("plan.html")).expect("written");
    assert!(ics.contains("DTSTART;VALUE=DATE:20260415") && !ics.contains("DTSTART;VALUE=DATE:20270330"), "{ics}");
    assert!(page.contains("Wed 15 Apr 2026") && !page.contains("30 Mar 2027"));
    for hidden in ["987,654", "987654", "<b>works", "Canteen <script>", "General Secretary"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    // Nothing lawful is left when the time for notice has passed, and nothing is written.
    let late = whitley_in(home.path(), "action plan ours --from 2026-04-14 --until 2026-04-20 --ics late.ics");
    assert_eq!((late.code, home.path().join("late.ics").exists()), (1, false), "{}", late.out);
}

#[test]
fn a_call_by_somebody_else_is_refused_and_all_mistakes_come_at_once() {
    let home = tempfile::tempdir().expect("a temporary folder");
    ours(home.path());
    let ask = |arguments: &str| whitley_in(home.path(), &format!("action call ours --on 2026-04-10 {arguments}"));
    assert!(ask("--by Friend --day 2026-05-05").out.contains("not named on the voting paper"));
    assert_eq!(ask("--by Friend --day 2026-05-05").code, 1);
    let bad = ask("--kind walkout --unit werks --day 2026-02-30 --type dance");
    assert_eq!((bad.code, bad.out.as_str()), (3, ""));
    for part in ["walkout", "did you mean “works”?", "no day 30", "dance"] {
        assert!(bad.err.contains(part), "{part}: {}", bad.err);
    }
}

#[test]
fn the_exemptions_log_grows_line_by_line() {
    let home = tempfile::tempdir().expect("a temporary folder");
    ours(home.path());
    let ask = |arguments: &str| whitley_in(home.path(), &format!("action exemptions ours {arguments}"));
    assert_eq!(ask("--ask works --service canteen --who Manager --text Cook --on 2026-04-08").code, 0);
    assert_eq!(ask("--refuse 1 --who Secretary --text Cold --on 2026-04-09").code, 0);
    assert_eq!(ask("--grant 1 --who Secretary --text \"Warm\" --on 2026-04-10").code, 0);
    for wrong in [
        "--grant 2 --who S --text t --on 2026-04-10",
        "--ask mill --who S --text t --on 2026-04-10",
        "--ask works --who S --text t --on 2026-04-09",
    ] {
        assert_eq!(ask(wrong).code, 3, "{wrong}");
    }
    let log = fs::read_to_string(home.path().join("ours/exemptions.csv")).expect("a log");
    assert_eq!(log.lines().count(), 4, "{log}");
    let found = parsed(&ask("--json").out);
    assert_eq!(
        (at(&found, "requests/0/state"), at(&found, "requests/0/decisions").as_array().map(Vec::len)),
        (&Value::from("granted"), Some(2))
    );
    assert_eq!(whitley_in(home.path(), "check ours").code, 0);
}
