//! What holds for every page: links that lead somewhere, ids once, rows as long as headings, and nothing that runs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::ask::{FOUNDING, founding, page};

/// Pages with questions that change what is shown.
const ADDRESSES: [&str; 13] = [
    "positions",
    "positions?on=2008-04-30",
    "positions?party=unison",
    "ballot",
    "ballot?opens=2027-01-11&closes=2027-02-08&strike=2027-03-01",
    "ballot?wants=2027-03-01&same-workplace=no",
    "action",
    "action?from=2014-10-01&to=2014-11-30&on=2014-10-02",
    "action/public",
    "campaign",
    "campaign?point=2&constituency=Carlisle",
    "conference",
    "positions?rule=majority-of-seats&weights=members",
];

#[test]
fn every_link_leads_somewhere_and_every_row_fits() {
    for id in FOUNDING {
        let dispute = founding(id);
        for address in ADDRESSES {
            if address.contains("party=unison") && dispute.parties.iter().all(|party| party.id != "unison") {
                continue;
            }
            let shown = page(&dispute, address);
            let at = format!("{id}/{address}");
            assert!(!shown.is_refusal, "{at}");
            assert!(shown.body.trim_start().starts_with("<h1>"), "{at}: {}", &shown.body[..80.min(shown.body.len())]);
            for forbidden in ["<script", "style=\"", "onclick", "href=\"javascript"] {
                assert!(!shown.body.contains(forbidden) || (forbidden == "style=\"" && shown.body.contains("<svg")), "{at}: {forbidden}");
            }
            let ids: Vec<&str> = attributes(&shown.body, " id=\"");
            let once: BTreeSet<&str> = ids.iter().copied().collect();
            let twice: Vec<&&str> = ids.iter().filter(|id| ids.iter().filter(|other| other == id).count() > 1).collect();
            assert_eq!(once.len(), ids.len(), "{at}: ids stand twice: {twice:?}");
            for href in attributes(&shown.body, "href=\"") {
                let is_ours = href.starts_with(&format!("/d/{id}/")) || href == "/results";
                match href.strip_prefix('#') {
                    Some(part) => assert!(once.contains(part), "{at}: nothing has the id {part}"),
                    None => assert!(is_ours, "{at}: {href}"),
                }
            }
            let describing =
                attributes(&shown.body, "aria-describedby=\"").into_iter().chain(attributes(&shown.body, "aria-labelledby=\""));
            for part in describing.flat_map(str::split_whitespace) {
                assert!(once.contains(part), "{at}: nothing has the id {part}");
            }
            for table in &shown.tables {
                assert!(table.rows.iter().all(|row| row.len() == table.heads.len()), "{at}: a row of {} is too short", table.id);
            }
            keep(&format!("{id}-{address}"), &shown.title, &shown.body);
        }
    }
}

/// The values of an attribute.
fn attributes<'b>(body: &'b str, name: &str) -> Vec<&'b str> {
    body.split(name).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Puts the page where somebody can look at it, with the style sheet of the service.
fn keep(name: &str, title: &str, body: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).expect("a folder for pages");
    let style = include_str!("../../../web/static/pages.css");
    let html = format!(
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title><style>{style}</style></head><body><header>\
         <div class=\"mast\"><div>Whitley</div></div></header><main id=\"main\">{body}</main></body></html>"
    );
    let file: String = name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect();
    fs::write(folder.join(format!("{file}.html")), html).expect("a page to look at");
}
