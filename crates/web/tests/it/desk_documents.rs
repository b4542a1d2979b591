//! Papers at the desks, without a typesetter: who stands on them, the ballot as a folder, the signed report; and the results as data. What the
//! typesetter makes of the same order is seen in a real browser (e2e/journeys).

use std::collections::BTreeMap;

use dated::FileBytes;
use dispute::{Dispute, Folder, Library};
use hyper::StatusCode;
use serde_json::Value;

use crate::desk_poll::Poller;

const FORM: &str = "application/x-www-form-urlencoded";

/// After the count of a poll with 18 votes in North, where one paper vote was accepted, and 4 of 6 in South; the report is stated.
pub(crate) async fn of_a_counted_poll(poller: &Poller) {
    names(poller).await;
    folder(poller).await;
    signed_report(poller).await;
    data(poller).await;
}

async fn names(poller: &Poller) {
    let refused = poller.get("officer", "/desk/documents/folder.zip").await;
    assert!(refused.status == StatusCode::CONFLICT && refused.text().contains("who stands on the papers"), "{}", refused.text());
    let page = poller.get("scrutineer", "/desk/documents").await.text();
    assert!(page.contains("The officer has not said it yet"), "{page}");
    let long = format!("union=&signed_by=A&union_address={}&licence=mine", "x".repeat(61));
    let bad = poller.post("officer", "/desk/documents", FORM, long.into_bytes()).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    for field in ["#union\"", "#union_address\"", "#licence\""] {
        assert!(bad.text().contains(field), "{field}: {}", bad.text());
    }
    let good =
        b"union=Sample+Union&union_address=1+Road%0D%0ATown&signed_by=A.+Person&signed_as=Secretary&scrutineer=S.+Person&licence=CC-BY-4.0";
    assert_eq!(poller.post("scrutineer", "/desk/documents", FORM, good.to_vec()).await.status, StatusCode::FORBIDDEN);
    assert_eq!(poller.post("officer", "/desk/documents", FORM, good.to_vec()).await.status, StatusCode::SEE_OTHER);
    let page = poller.get("scrutineer", "/desk/documents").await.text();
    for says in [
        "Sample Union",
        "built without the typesetter",
        "whitley notice result ballot/dispute",
        "1 paper votes were accepted in North Hospital",
    ] {
        assert!(page.contains(says), "{says}: {page}");
    }
}

/// The folder is what the commands read; the counts are the signed ones; papers with counts that lack the paper votes are refused.
async fn folder(poller: &Poller) {
    let got = poller.get("officer", "/desk/documents/folder.zip").await;
    assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, "application/zip"));
    let mut files = BTreeMap::new();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(got.body)).expect("a .zip");
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).expect("an entry");
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).expect("bytes");
        let name = entry.name().expect("a name").into_owned();
        if let Some(inside) = name.strip_prefix("ballot/dispute/") {
            files.insert(inside.to_owned(), FileBytes::Read(bytes));
        }
    }
    let (library, _) = Library::built_in();
    let (dispute, faults) = Dispute::read(&Folder { name: "dispute".to_owned(), files }, &library);
    assert!(faults.is_empty(), "{faults:?}");
    let dispute = dispute.expect("a dispute");
    let counts: Vec<_> = dispute.polls[0].results.iter().map(|one| (one.unit.0.as_str(), one.yes, one.no, one.returned)).collect();
    assert_eq!(counts[0], ("north", Some(13), Some(5), Some(18)));
    assert_eq!(counts[2], ("south", Some(2), Some(2), Some(4)));
    assert!(!dispute.papers[0].scrutineer_report.as_ref().expect("a report").secure);
    for paper in ["results.zip", "certificate.pdf?unit=south", "mandates.pdf", "scrutineer-report.pdf"] {
        let got = poller.get("officer", &format!("/desk/documents/{paper}")).await;
        assert!(got.status == StatusCode::CONFLICT && got.text().contains("counted by hand"), "{paper}: {}", got.text());
    }
    let notices = poller.get("officer", "/desk/documents/ballot-notices.zip?date=1.12.2026").await;
    assert!(notices.status == StatusCode::BAD_REQUEST && notices.text().contains("write it like 2026-12-01"), "{}", notices.text());
    let notices = poller.get("officer", "/desk/documents/ballot-notices.zip").await;
    assert!(notices.status == StatusCode::CONFLICT && notices.text().contains("without the typesetter"), "{}", notices.text());
    assert_eq!(poller.get("officer", "/desk/documents/other.pdf").await.status, StatusCode::NOT_FOUND);
}

async fn signed_report(poller: &Poller) {
    let path = "/desk/documents/signed";
    let paper = b"%PDF-1.7 the report (invented)".to_vec();
    let by = |who: &str| poll::paper::sign(&paper, "scrutineer-report.pdf", &poller.people[who].key).into_bytes();
    let both = |signature: Vec<u8>| [("report.pdf".to_owned(), paper.clone()), ("s.json".to_owned(), signature)];
    poller.bring_bad("scrutineer", path, "report.pdf", &paper, "Bring two files").await;
    let refused = async |files: &[(String, Vec<u8>)], why: &str| {
        let got = poller.bring("scrutineer", path, files).await;
        assert!(got.status == StatusCode::BAD_REQUEST && got.text().contains(why), "{why}: {}", got.text());
    };
    refused(&both(by("officer")), "another key than the scrutineer").await;
    let mut changed = both(by("scrutineer"));
    changed[0].1.push(b' ');
    refused(&changed, "changed after it was signed").await;
    assert_eq!(poller.running.get("/poll/files/scrutineer-report.pdf").await.status, StatusCode::NOT_FOUND, "nothing was kept");
    assert!(!poller.running.get("/mandates").await.text().contains("check-paper"));
    let page = poller.bring_good("scrutineer", path, &both(by("scrutineer"))).await;
    assert!(page.contains("The signed report is public"), "{page}");
    assert_eq!(poller.running.get("/poll/files/scrutineer-report.pdf").await.body, paper);
    assert!(poller.running.get("/mandates").await.text().contains("check-paper"));
}

/// Both tables as their description says: columns, types, keys, hashes, licence.
async fn data(poller: &Poller) {
    let package = poller.running.get("/datapackage.json").await.json();
    assert_eq!(package["licenses"][0]["name"], "CC-BY-4.0");
    let mut rows = Vec::new();
    for resource in package["resources"].as_array().expect("resources") {
        let path = resource["path"].as_str().expect("a path");
        let got = poller.running.get(&format!("/{path}")).await;
        assert!(got.header("link").contains("</datapackage.json>; rel=\"describedby\""), "{path}");
        assert_eq!(resource["hash"], format!("sha256:{}", store::Hash::of(&got.body).hex()), "{path}");
        assert_eq!(resource["bytes"], got.body.len());
        let mut reader = csv::Reader::from_reader(&got.body[..]);
        let fields = resource["schema"]["fields"].as_array().expect("fields");
        let heads: Vec<&str> = fields.iter().map(|field| field["name"].as_str().expect("a name")).collect();
        assert_eq!(reader.headers().expect("heads").iter().collect::<Vec<_>>(), heads, "{path}");
        let mut keys = std::collections::BTreeSet::new();
        for row in reader.records().map(|row| row.expect("a row")) {
            let cell = |name: &str| row.get(heads.iter().position(|head| *head == name).expect("a column")).expect("a cell").to_owned();
            for field in fields {
                let text = cell(field["name"].as_str().expect("a name"));
                let fits = match field["type"].as_str() {
                    Some("integer") => text.parse::<u64>().is_ok(),
                    Some("boolean") => ["true", "false", ""].contains(&text.as_str()),
                    Some("date") => text.is_empty() || dated::parse_date(&text).is_ok(),
                    _ => true,
                };
                assert!(fits, "{path}: {}: {text}", field["name"]);
            }
            let key: Vec<String> =
                resource["schema"]["primaryKey"].as_array().expect("a key").iter().filter_map(Value::as_str).map(cell).collect();
            assert!(keys.insert(key), "{path}: a key stands twice");
            rows.push(row);
        }
    }
    let has = |cells: &[&str]| rows.iter().any(|row| cells.iter().enumerate().all(|(at, cell)| row.get(at) == Some(cell)));
    assert!(has(&[
        "north",
        "North Hospital (invented)",
        "1",
        "Are you prepared to take part in a strike?",
        "Yes",
        "13",
        "30",
        "18",
        "1",
        "false"
    ]));
    assert!(has(&[
        "south",
        "South Hospital (invented)",
        "1",
        "Are you prepared to take part in a strike?",
        "No",
        "2",
        "6",
        "4",
        "0",
        "true"
    ]));
    // The law of December 2026 as /mandates has it.
    assert!(has(&["south", "South Hospital (invented)", "1", "Are you prepared to take part in a strike?", "no-mandate"]), "{rows:?}");
}
