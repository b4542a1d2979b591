//! Mistakes in what goes with a call, and in the exemptions log: each with its one fault, on its line.

use dispute::{ExemptionEvent, exemption_requests};

use crate::folder::{Edit, line_of, read, valid};
use Edit::{Append, Replace, Write};

const ACTION: &str = "action.toml";
const LOG: &str = "exemptions.csv";

const TERMS: &str = r#"
[[notice]]
who = "union"
kind = "strike"
units = ["works"]
received_on = 2026-04-05
dates = ["2026-04-15"]
source = "EXAMPLE"
status = "synthetic"

[[suspension]]
who = "union"
units = ["works"]
on = 2026-04-10
reason = "talks"
source = "EXAMPLE"
status = "synthetic"

[[agreement]]
who = "union"
units = ["works"]
agreed_on = 2026-04-02
notice_days = 7
source = "EXAMPLE"
status = "synthetic"

[[service]]
id = "canteen"
name = "Canteen"
units = ["works"]
source = "EXAMPLE"
status = "synthetic"

[[roll_count]]
unit = "works"
members = 900
counted_on = 2026-04-01
source = "EXAMPLE"
status = "synthetic"

[[salary]]
what = "average"
annual = 26000
source = "EXAMPLE"
status = "synthetic"

[strike_pay]
per_day = 50
source = "EXAMPLE"
status = "synthetic"
"#;

/// What is put for what in `action.toml`, the code, and the text on its line afterwards.
const MISTAKES: [(&str, &str, &str, &str); 27] = [
    ("units = [\"works\"]\nreceived_on", "units = [\"werks\"]\nreceived_on", "unknown-unit", "werks"),
    ("units = [\"works\"]\non =", "units = [\"werks\"]\non =", "unknown-unit", "werks"),
    ("units = [\"works\"]\nagreed_on", "units = [\"werks\"]\nagreed_on", "unknown-unit", "werks"),
    ("name = \"Canteen\"\nunits = [\"works\"]", "name = \"Canteen\"\nunits = [\"werks\"]", "unknown-unit", "werks"),
    ("name = \"Canteen\"\nunits = [\"works\"]", "name = \"Canteen\"\nunits = []", "empty-list", "units = []"),
    ("name = \"Canteen\"\nunits = [\"works\"]", "name = \"Canteen\"", "missing-key", "[[service]]"),
    ("unit = \"works\"\nmembers", "unit = \"werks\"\nmembers", "unknown-unit", "werks"),
    ("[[suspension]]\nwho = \"union\"", "[[suspension]]\nwho = \"onion\"", "unknown-party", "onion"),
    ("received_on = 2026-04-05\n", "", "missing-key", "[[notice]]"),
    ("received_on = 2026-04-05\ndates = [\"2026-04-15\"]", "received_on = 2026-04-05", "notice-of-what", "[[notice]]"),
    ("received_on = 2026-04-05\n", "received_on = 2026-04-05\nfrom = 2026-04-15\n", "notice-of-what", "dates = [\"2026-04-15\"]\nsource"),
    ("reason = \"talks\"\n", "", "missing-key", "[[suspension]]"),
    ("notice_days = 7\n", "", "agreement-on-what", "agreed_on"),
    ("notice_days = 7", "notice_days = -7", "not-a-count", "notice_days"),
    ("members = 900", "members = 900.5", "not-a-count", "members"),
    ("annual = 26000", "annual = 26000.005", "not-an-amount", "annual"),
    ("annual = 26000", "annual = 0", "not-an-amount", "annual"),
    ("annual = 26000", "point = \"5\"", "salary-of-what", "what = \"average\""),
    ("annual = 26000", "annual = 26000\npoint = \"5\"", "salary-of-what", "what = \"average\""),
    ("per_day = 50", "per_day = -50", "not-an-amount", "per_day"),
    ("per_day = 50", "per_day = 50\nfrom_day = 0", "not-a-count", "from_day"),
    ("per_day = 50", "per_day = 50\ncapp = 1", "unknown-key", "capp"),
    ("text = \"One day.\"", "text = \"One day.\"\nhours = \"7-11\"", "not-hours", "hours"),
    ("text = \"One day.\"", "text = \"One day.\"\nhours = \"11:00-11:00\"", "not-hours", "hours"),
    ("text = \"One day.\"", "text = \"One day.\"\ntypes = [\"overtime-ban\"]", "types-of-a-strike", "types"),
    ("text = \"One day.\"", "text = \"One day.\"\nfrom = 2026-04-15", "single-days-and-continuous", "from = 2026"),
    ("text = \"One day.\"", "text = \"One day.\"\nuntil = 2026-04-15", "missing-key", "until"),
];

#[test]
fn each_mistake_beside_a_call_gives_its_own_fault() {
    let mut folder = valid();
    Append(ACTION, TERMS).apply(&mut folder);
    assert_eq!(read(&folder).1, []);
    for (old, new, code, at) in MISTAKES {
        let mut folder = folder.clone();
        Replace(ACTION, old, new).apply(&mut folder);
        let (_, faults) = read(&folder);
        let at = at.lines().next().unwrap_or(at);
        let nth = usize::from(code == "notice-of-what" && at.starts_with("dates"));
        let wanted = vec![(code, line_of(&folder, ACTION, at, nth))];
        assert_eq!(faults.iter().map(|fault| (fault.code, fault.place.line)).collect::<Vec<_>>(), wanted, "{new}: {faults:#?}");
        assert!(faults.iter().all(|fault| fault.what.len() > 4 && fault.fix.len() > 4));
    }
}

fn log_faults(lines: &str) -> Vec<(&'static str, u32)> {
    let mut folder = valid();
    Append(ACTION, TERMS).apply(&mut folder);
    let text = format!("no,on,event,request,unit,service,who,text\n{lines}");
    Write(LOG, text.into_bytes()).apply(&mut folder);
    read(&folder).1.iter().map(|fault| (fault.code, fault.place.line)).collect()
}

#[test]
fn a35_the_log_only_grows() {
    let asked = "1,2026-04-08,asked,,works,canteen,Manager,\"One cook, for the night\"\n";
    let granted = "2,2026-04-09,granted,1,,,Secretary,Special diets\n";
    assert_eq!(log_faults(&format!("{asked}{granted}")), []);
    // Markup and text from right to left are what people write; they are kept as they are.
    assert_eq!(log_faults("1,2026-04-08,asked,,works,,<b>مدير المطبخ</b>,\"<script>alert(1)</script> טבח אחד\"\n"), []);
    for (lines, wanted) in [
        (granted.to_owned(), vec![("exemption-request", 2), ("log-out-of-order", 2)]),
        (format!("{asked}{}", granted.replace("2,2026", "3,2026")), vec![("log-out-of-order", 3)]),
        (format!("{asked}{}", granted.replace("04-09", "04-07")), vec![("log-out-of-order", 3)]),
        (format!("{asked}{}", granted.replace("granted,1", "granted,2")), vec![("exemption-request", 3)]),
        (format!("{asked}{}", granted.replace("granted,1,", "granted,1,works")), vec![("exemption-request", 3)]),
        (format!("{asked}{}", granted.replace("granted", "allowed")), vec![("unknown-word", 3)]),
        (asked.replace("asked,", "asked,1"), vec![("exemption-request", 2)]),
        (asked.replace("works", "mill"), vec![("unknown-unit", 2)]),
        (asked.replace("canteen", "kiosk"), vec![("unknown-service", 2)]),
        (asked.replace("Manager", ""), vec![("value-missing", 2)]),
        (asked.replace("Manager", "Man\u{202e}ager"), vec![("hidden-character", 2)]),
        (asked.replace("2026-04-08", "8 April"), vec![("not-a-date", 2)]),
    ] {
        assert_eq!(log_faults(&lines), wanted, "{lines}");
    }
}

#[test]
fn a35_the_last_decision_stands_and_the_others_stay() {
    let mut folder = valid();
    let lines = "no,on,event,request,unit,service,who,text\n1,2026-04-08,asked,,works,,A,B\n2,2026-04-09,refused,1,,,C,D\n3,2026-04-09,granted,1,,,C,E\n4,2026-04-09,asked,,works,,A,F\n";
    Write(LOG, lines.as_bytes().to_vec()).apply(&mut folder);
    let (dispute, faults) = read(&folder);
    assert_eq!(faults, []);
    let dispute = dispute.expect("a dispute");
    let requests = exemption_requests(&dispute.exemptions);
    let shown: Vec<_> = requests.iter().map(|request| (request.asked.no, request.state(), request.decisions.len())).collect();
    assert_eq!(shown, [(1, "granted", 2), (4, "open", 0)]);
    assert!(matches!(&requests[0].asked.event, ExemptionEvent::Asked { unit, service: None } if unit == "works"));
}
