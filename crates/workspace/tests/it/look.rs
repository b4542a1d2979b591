//! Every page as HTML that stands by itself, put into `target/pages` to be looked at; and what must hold of all of them.

use std::collections::HashSet;
use std::path::Path;

use crate::founding::{dispute, page};

const PAGES: [(&str, &str); 13] = [
    ("nhs-2007", "worth"),
    ("nhs-2007", "worth?nation=England&post=17:5&hours=30"),
    ("nhs-2008", "worth?nation=Wales&post=25:6&increment=2008-10-01&loan=plan1"),
    ("nhs-2014", "worth?nation=England&post=18:5&increment=2014-10-01"),
    ("nhs-2007", "worth?salary=abc&hours=40"),
    ("nhs-2007", "compare"),
    ("nhs-2007", "compare?offers=england-staged,scotland-full,wales-settled"),
    ("nhs-2008", "compare?offers=recommendation,three-year&staff=10000"),
    ("nhs-2007", "claims"),
    ("nhs-2007", "claims?value=3.78&unit=pounds-a-week&says=about&offer=england-staged&point=17&band=5"),
    ("nhs-2007", "claims/FIRST"),
    ("nhs-2007", "redistribute?offer=scotland-full&staff=10000"),
    ("nhs-2007", "redistribute?offer=england-staged&staff=1000&floor=30000"),
];

#[test]
fn pages_hold_together() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/pages");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (at, (id, asked)) in PAGES.iter().enumerate() {
        let dispute = dispute(id);
        let asked = &asked.replace("FIRST", &dispute.figures[0].id);
        let found = page(&dispute, asked);
        let ids: Vec<&str> = found.body.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let known: HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{asked}: an id stands twice: {ids:?}");
        for link in found.body.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(known.contains(link), "{asked}: #{link} leads nowhere");
        }
        for label in found.body.split("<label for=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(known.contains(label), "{asked}: a label for {label}, which is not there");
        }
        assert!(found.body.trim_start().starts_with("<h1"), "{asked}");
        assert!(!found.body.contains("<script") && !found.body.contains(" style=\""), "{asked}");
        let html = format!(
            "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>{}</title><link rel=\"stylesheet\" href=\"../../crates/web/static/pages.css\"></head>\
             <body><header><div class=\"mast\"><div>Whitley <span>· {id}</span></div></div></header><main id=\"main\">{}</main></body></html>",
            found.title, found.body
        );
        std::fs::write(folder.join(format!("offer-{at}.html")), html).expect("written");
    }
}
