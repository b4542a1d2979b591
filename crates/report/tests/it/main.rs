//! The page of each founding dispute, read back: it stands alone, its links lead somewhere, its numbers are those of `pay`.

use std::collections::BTreeSet;

use dispute::{Dispute, FoundingDisputes, Library};

fn pages() -> Vec<(Dispute, String)> {
    let (library, faults) = Library::built_in();
    assert_eq!(faults, []);
    let book = law::Rulebook::built_in().expect("the rules have no fault");
    let ids = FoundingDisputes::ids();
    assert_eq!(ids.len(), 5);
    ids.iter()
        .map(|id| {
            let folder = FoundingDisputes::folder(id).expect("a founding dispute");
            let (dispute, faults) = Dispute::read(&folder, &library);
            assert_eq!(faults, [], "{id}");
            let dispute = dispute.expect("read without fault");
            let page = report::page(&dispute, &library, &book).expect("the template can be filled");
            (dispute, page)
        })
        .collect()
}

/// The values of an attribute, in order.
fn attributes<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let start = format!(" {name}=\"");
    page.match_indices(&start).filter_map(|(at, _)| page[at + start.len()..].split('"').next()).collect()
}

#[test]
fn every_link_leads_to_a_place_on_the_page() {
    for (dispute, page) in pages() {
        let ids = attributes(&page, "id");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "{}: an id stands twice", dispute.id);
        let links = attributes(&page, "href");
        assert!(links.len() > 100, "{}: only {} links", dispute.id, links.len());
        for link in links {
            let target = link.strip_prefix('#').unwrap_or_else(|| panic!("{}: {link} leaves the page", dispute.id));
            assert!(unique.contains(target), "{}: {link} leads nowhere", dispute.id);
        }
    }
}

#[test]
fn the_page_needs_nothing_else_and_runs_nothing() {
    for (dispute, page) in pages() {
        for forbidden in ["<script", "javascript:", " src=", "<link", "@import", "url(", "<iframe", " onclick", "<form"] {
            assert!(!page.contains(forbidden), "{}: {forbidden}", dispute.id);
        }
        // The only address on the page is the name of the SVG vocabulary, which nothing fetches.
        let style_to_end = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!attributes(&style_to_end, "href").iter().any(|link| link.contains("//")), "{}", dispute.id);
    }
}

#[test]
fn a_screen_reader_finds_its_way() {
    for (dispute, page) in pages() {
        assert!(page.contains("<html lang=\"en-GB\">"), "{}", dispute.id);
        assert_eq!(page.matches("<h1").count(), 1, "{}", dispute.id);
        assert_eq!(page.matches("<main").count(), 1, "{}", dispute.id);
        assert!(page.contains("class=\"skip\""), "{}", dispute.id);
        // No heading level is skipped.
        let mut last = 1;
        for (at, _) in page.match_indices("<h") {
            let Some(level) = page[at + 2..].chars().next().and_then(|c| c.to_digit(10)) else { continue };
            assert!(level <= last + 1, "{}: h{level} after h{last}", dispute.id);
            last = level;
        }
        assert_eq!(page.matches("<table").count(), page.matches("<caption").count(), "{}: a table without a caption", dispute.id);
        for svg in page.split("<svg").skip(1) {
            assert!(svg.contains("role=\"img\"") && svg.contains("<title") && svg.contains("<desc"), "{}", dispute.id);
        }
    }
}

#[test]
fn the_figures_on_the_page_are_those_of_the_engine() {
    let pages = pages();
    let page = |id: &str| &pages.iter().find(|(dispute, _)| dispute.id == id).expect("a founding dispute").1;
    // 16,405 and 3.8% to the nearest five; 295 a year less for eight months of twelve.
    for text in [">£17,030</a>", ">£5.65</a>", ">£196.67</a>", ">2.60%</a>", "−0.82", "£14,494.05"] {
        assert!(page("nhs-whitley-1998").contains(text), "1998: {text}");
    }
    // 1.5% for seven months and 2.5% for five: 23/12.
    for text in [">1.92%</a>", ">2.50%</a>", "England beside Scotland"] {
        assert!(page("nhs-2007").contains(text), "2007: {text}");
    }
    for text in [">7.58%</a>", "−0.82%", "−1.78%"] {
        assert!(page("nhs-2008").contains(text), "2008: {text}");
    }
    for text in ["£2.70bn", "£21,478"] {
        assert!(page("nhs-2014").contains(text), "2014: {text}");
    }
    assert!(page("civil-service-2004").contains("106,150"));
}

#[test]
fn every_quoted_figure_stands_there_with_its_verdict() {
    let (library, _) = Library::built_in();
    for (dispute, page) in pages() {
        for checked in dispute.check_figures(&library) {
            let start =
                page.find(&format!("id=\"f-{}\"", checked.figure.id)).unwrap_or_else(|| panic!("{} is not on the page", checked.figure.id));
            let article = page[start..].split("</article>").next().unwrap_or_default();
            assert!(article.contains(&format!("class=\"verdict {}\"", checked.verdict.word())), "{}", checked.figure.id);
            assert_eq!(
                article.matches("<li class=").count(),
                checked.readings.len() + checked.figure.missing.len(),
                "{}",
                checked.figure.id
            );
        }
    }
}

#[test]
fn the_departments_of_2004_had_mandates_then_and_would_not_have_them_now() {
    let pages = pages();
    let page = &pages.iter().find(|(dispute, _)| dispute.id == "civil-service-2004").expect("a founding dispute").1;
    let law = page.split("<section id=\"law\">").nth(1).and_then(|rest| rest.split("</section>").next()).expect("a section on the law");
    for heading in ["law of its day", "law from 1 March 2017", "law from 18 February 2026"] {
        assert!(law.contains(heading), "{heading}");
    }
    assert_eq!(law.matches(">mandate</span>").count(), 4, "four departments with a result, each lawful in its day");
    assert_eq!(law.matches(">no mandate").count(), 8, "and none under either later law");
    assert!(law.contains("Treasury Solicitor") && law.contains("was not found"));
    assert!(law.contains("class=\"timeline\"") || law.contains("timeline"), "the picture of the dates");
    assert!(law.contains("not legal advice"));
}

#[test]
fn what_a_user_writes_cannot_break_the_page() {
    let (library, _) = Library::built_in();
    let book = law::Rulebook::built_in().expect("the rules have no fault");
    let mut folder = dispute::Folder { name: "hostile".into(), ..Default::default() };
    for (path, text) in dispute::starter_files("hostile") {
        let text = text
            .replace("Example Union", "<script>alert(1)</script> & \\\"Sons\\\"")
            .replace("title = \"2% in April", "title = \"</svg><b>2% in April");
        folder.files.insert(path.to_owned(), dated::FileBytes::Read(text.into()));
    }
    let (dispute, faults) = Dispute::read(&folder, &library);
    assert_eq!(faults, []);
    let page = report::page(&dispute.expect("no fault"), &library, &book).expect("a page");
    assert!(!page.contains("<script") && !page.contains("</svg><b>"));
    assert!(page.contains("synthetic data"), "made-up data must say so");
}
