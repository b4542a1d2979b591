//! Who is better off, from outside: the invented example of the documentation, and what is refused.

use std::path::Path;

use serde_json::Value;

use crate::run::{Answer, at, json, number, whitley, whitley_in};

fn example(question: &str) -> Answer {
    whitley_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples"), question)
}

fn example_json(question: &str) -> Value {
    let answer = example(&format!("{question} --json"));
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{}", answer.out);
    serde_json::from_str(&answer.out).expect("JSON")
}

const COMPARE: &str = "offer compare mean-and-median --offers offer,claim --workforce mean-and-median-staff.csv";

#[test]
fn a_mean_of_five_percent_never_stands_without_its_median() {
    let answer = example(COMPARE);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.out.starts_with("This workforce is synthetic"), "{}", answer.out);
    assert!(answer.out.contains("claim is better than offer in the year for 60.0% of staff, by £350 at their median, worse for 40.0%"));
    let line = answer.out.lines().find(|line| line.contains("offer, in the year")).expect("a row");
    assert!(line.contains("5.00%") && line.contains("2.60%"), "{line}");
    for (at, line) in answer.out.lines().enumerate().filter(|(_, line)| line.contains("mean")) {
        assert!(line.contains("median"), "line {at} has a mean and no median: {line}");
    }
}

#[test]
fn the_json_has_people_and_paybill_beside_the_rows() {
    let found = example_json(&format!("{COMPARE} --by staff-group"));
    assert!(found["rows"].as_array().is_some_and(|rows| rows.len() == 4));
    assert_eq!(at(&found, "people/workforce/headcount"), 1000);
    let rises = "people/offers/name=offer/rises/award_only/in_year/percent";
    assert_eq!(
        (number(&found, &format!("{rises}/mean"), 4), number(&found, &format!("{rises}/median"), 4)),
        ("5.0000".into(), "2.6000".into())
    );
    // 12.71 an hour is the law from April 2026.
    let lowest = at(&found, "people/offers/name=offer/lowest_pay/0");
    assert_eq!((number(lowest, "legal_minimum", 2), at(lowest, "people_below_legal_minimum").as_u64()), ("12.71".into(), Some(0)));
    assert_eq!(number(&found, &format!("{rises}/at_or_above_mean_percent"), 1), "40.0");
    assert_eq!(at(&found, &format!("{rises}/deciles")).as_array().map(Vec::len), Some(9));
    // 40 and 60 of a hundred: 8.6% of 300 whole-time on 20,000; 2.6% of the rest.
    assert_eq!(number(&found, "paybill/offers/name=offer/unrounded/in_year/award/by_months", 2), "932000.00");
    assert_eq!(number(&found, "paybill/offers/name=offer/unrounded/base", 2), "22000000.00");
    assert_eq!(number(&found, "paybill/offers/name=claim/unrounded/run_rate/percent", 4), "4.0000");
    // As it is paid: twelve times 1,666.67 for 20,000 and so on, so some pence a person from that.
    let paid = at(&found, "paybill/offers/name=offer/in_year/award_without_progression").as_f64().expect("a sum");
    assert!((paid - 932_000.0).abs() > 1.0 && (paid - 932_000.0).abs() < 60.0, "{paid}");
    // 21,720 over 365.25 / 7 weeks of 30 hours.
    assert_eq!(number(&found, "people/offers/name=offer/lowest_pay/0/hourly", 2), "13.88");
    let better = "people/better_off/moment=in_year";
    assert_eq!((at(&found, &format!("{better}/more")).as_u64(), at(&found, &format!("{better}/less")).as_u64()), (Some(600), Some(400)));
    assert_eq!(number(&found, &format!("{better}/more_pounds"), 2), "224000.00");
    assert_eq!(number(&found, "people/by/groups/name=support/offers/name=offer/rises/in_year/percent/mean", 2), "8.60");
    let gap = "people/offers/name=offer/sex_pay_gap/readings/award_only/all";
    // Women 23,214.29 and men 28,333.33 on average.
    assert_eq!(number(&found, &format!("{gap}/before/mean_percent"), 2), "18.07");
    assert_eq!(at(&found, "people/offers/name=offer/ninety_to_ten/before").as_f64(), Some(1.625));
    let below = at(&found, "people/offers/name=offer/rises/award_only/below_prices").as_array().expect("a list");
    assert!(
        below.iter().any(|one| one["prices_percent"].is_null() && one["missing"].as_str().is_some_and(|why| why.contains("February 2025")))
    );
    assert!(below.iter().any(|one| one["index"] == "CPI" && one["percent_in_year"] == 60.0));
}

#[test]
fn small_groups_are_not_shown() {
    let found = example_json(&format!("{COMPARE} --by staff-group --smallest-group 401"));
    let by = at(&found, "people/by");
    assert_eq!((by["groups"].as_array().map(Vec::len), by["not_shown"].as_u64()), (Some(1), Some(2)));
    assert_eq!(at(&found, "people/offers/0/sex_pay_gap/readings/award_only/all/before"), &Value::Null);
}

#[test]
fn differentials_are_there_without_a_workforce_and_with_one() {
    let found = json("offer differentials nhs-2014 --offer england-imposed");
    let points = at(&found, "scales/scale=afc-spine/differentials").as_array().expect("a list");
    let pair = points.iter().find(|one| one["pair"] == "points" && one["band"] == "5" && one["lower"] == "16").expect("16 to 17");
    // 22,016 − 21,388 before; point 16 goes up to 21,478.
    assert_eq!((number(pair, "before/pounds", 0), number(pair, "after/0/pounds", 0)), ("628".into(), "538".into()));
    assert_eq!(found["people"], Value::Null);
    let found = example_json("offer differentials mean-and-median --offer offer --workforce mean-and-median-staff.csv");
    assert_eq!(number(&found, "people/rates/0/ninety_to_ten", 3), "1.625");
    assert_eq!(number(&found, "people/rates/1/ninety_to_ten", 3), "1.535");
    let answer = whitley("offer differentials nhs-2014 --offer england-imposed");
    assert!(answer.out.starts_with("Of 69 gaps between neighbouring points, in pounds 1 grow, 2 shrink, 66 stay"), "{}", answer.out);
}

#[test]
fn what_cannot_be_valued_is_refused_with_a_way_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("staff.csv");
    let write = |text: &str| std::fs::write(&file, text).expect("written");
    let ask = |offers: &str| whitley(&format!("offer compare nhs-2014 --offers {offers} --workforce {}", file.display()));
    write("nation,band,point,wte,headcount\nEngland,5,20,1,7\nEngland,5,99,1,8\n");
    let answer = ask("england-imposed,scotland-award");
    assert_eq!(answer.code, 3);
    assert!(answer.err.contains("point 99, band 5 (8 people)"), "{}", answer.err);
    assert!(answer.err.contains("15 people of the file work") && answer.err.contains("scotland-award@Scotland"), "{}", answer.err);
    write("nation,band,point,wte,headcount\nEngland,5,20,most,7\nEngland,5,20,1,none\n,5,20,1,2\n");
    let answer = ask("england-imposed,recommendation");
    assert_eq!(answer.code, 3);
    assert!([2, 3, 4].iter().all(|line| answer.err.contains(&format!("staff.csv:{line}"))), "{}", answer.err);
    write("nation,band,point,wte,headcount\nEngland,5,20,1,7\nEngland,5,23,1,8\n");
    let answer = ask("england-imposed,scotland-award@Scotland");
    assert_eq!(answer.code, 0, "{}", answer.err);
    // Who is at the top of band 5 gets 1 per cent either way, in Scotland as part of the rate.
    assert!(answer.out.contains("No increment dates are in the file"));
    assert_eq!(ask("england-imposed,scotland-award@Wales").code, 3);
}

/// Some on points below the top with an increment due, some at the top, some part-time; on points that 12 does not divide.
const STAFF: &str = "# synthetic: invented for a test
nation,band,point,wte,headcount,increment_date,sex
England,2,3,1,7,1 October,F
England,5,16,0.6,11,1 July,F
England,5,20,1,9,1 January,M
England,5,23,0.8,5,,F
";

fn with_staff(staff: &str, question: &str) -> (Answer, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("staff.csv"), staff).expect("written");
    (whitley_in(folder.path(), &format!("{question} --workforce staff.csv")), folder)
}

fn parsed((answer, _folder): (Answer, tempfile::TempDir)) -> Value {
    assert_eq!(answer.code, 0, "{}", answer.err);
    serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {}", answer.out))
}

/// One sum is known by one computation: whoever asks which way gets the same pence.
#[test]
fn compare_and_cost_give_the_same_pence() {
    for (offers, cost, gates) in [
        ("recommendation,england-imposed", "", ["", ""]),
        ("england-imposed,recommendation", " --progression gated:0", [" --gate-holds", "england-imposed"]),
    ] {
        let compared = parsed(with_staff(STAFF, &format!("offer compare nhs-2014 --offers {offers}{} --json", gates[0])));
        for id in offers.split(',').filter(|id| gates[1].is_empty() || *id == gates[1]) {
            let costed = parsed(with_staff(STAFF, &format!("offer cost nhs-2014 --offer {id}{cost} --json")));
            let paybill = at(&compared, &format!("paybill/offers/name={id}")).clone();
            let year = at(&costed, "years/0");
            let sums = [
                "award",
                "progression",
                "one_off",
                "on_costs",
                "on_costs_of_award",
                "on_costs_of_progression",
                "on_costs_of_one_off",
                "total",
            ];
            for reading in ["in_year", "run_rate", "carry_over"] {
                for sum in sums {
                    let mine = at(&paybill, &format!("{reading}/{sum}_pence"));
                    assert!(mine.is_i64() || mine.is_u64(), "{id} {reading} {sum}");
                    assert_eq!(mine, at(year, &format!("readings/{reading}/{sum}_pence")), "{id} {reading} {sum}");
                }
            }
            for (reading, theirs) in [("in_year", "award_without_progression"), ("run_rate", "award_without_progression_run_rate")] {
                let mine = at(&paybill, &format!("{reading}/award_without_progression_pence"));
                assert_eq!(mine, at(year, &format!("readings/{theirs}/pay_pence")), "{id} {reading}");
            }
            assert_eq!(at(&paybill, "base_pence"), at(year, "before_pence"), "{id}");
            assert_eq!(at(&paybill, "on_costs/title"), at(&costed, "offers/0/on_costs/title"), "{id}");
            // Not all nothing: there is an increment unless the gate holds, and contributions on it.
            let moved = at(&paybill, "in_year/progression_pence").as_i64().expect("pence");
            assert_eq!(moved > 0, gates[0].is_empty(), "{id}: {moved}");
        }
    }
}

#[test]
fn the_sums_of_the_report_are_those_of_the_cost() {
    let out = tempfile::tempdir().expect("a folder");
    let offers = "recommendation,england-imposed,scotland-award@Scotland";
    let (answer, _folder) = with_staff(STAFF, &format!("report nhs-2014 --offers {offers} --out {}", out.path().display()));
    assert_eq!(answer.code, 0, "{}", answer.err);
    let page = std::fs::read_to_string(out.path().join("nhs-2014.html")).expect("a page");
    let rows = |caption: &str| -> Vec<Vec<String>> {
        let table = page.split("<caption>").find(|part| part.starts_with(caption)).unwrap_or_else(|| panic!("no table {caption}"));
        let body = table.split("</tbody>").next().and_then(|table| table.split("<tbody>").nth(1)).expect("rows");
        let cells = |row: &str| row.split("</t").filter_map(|cell| Some(cell.rsplit_once('>')?.1.to_owned())).collect::<Vec<_>>();
        body.split("</tr>").filter(|row| row.contains("<td")).map(cells).collect()
    };
    let in_year = rows("What each offer costs the employer");
    let later = rows("The same under other readings");
    assert_eq!((in_year.len(), later.len()), (3, 3));
    for (at_row, (id, staff)) in [
        ("recommendation", STAFF.to_owned()),
        ("england-imposed", STAFF.to_owned()),
        ("scotland-award", STAFF.replace("England", "Scotland")),
    ]
    .iter()
    .enumerate()
    {
        let cost = parsed(with_staff(staff, &format!("offer cost nhs-2014 --offer {id} --json")));
        let pounds = |path: &str| {
            let pence = at(&cost, &format!("years/0/{path}_pence")).as_i64().unwrap_or_else(|| panic!("{id} {path}"));
            let (sign, whole) = (if pence < 0 { "−" } else { "" }, (pence.abs() + 50) / 100);
            if whole < 1_000 { format!("{sign}{whole}") } else { format!("{sign}{},{:03}", whole / 1_000, whole % 1_000) }
        };
        let wanted = ["award", "progression", "one_off", "on_costs", "total"].map(|sum| pounds(&format!("readings/in_year/{sum}")));
        assert_eq!(in_year[at_row][2..7], wanted, "{id}");
        let wanted = ["readings/in_year/total", "readings/run_rate/total"].map(pounds);
        assert_eq!(later[at_row][2..4], wanted, "{id}");
        let wanted = [pounds("readings/carry_over/total"), pounds("readings/staging_saving/total")];
        assert_eq!(later[at_row][5..7], wanted, "{id}");
        // The chart draws the same: award and increments with their contributions.
        let award = at(&cost, "years/0/readings/in_year/award_pence").as_i64().expect("pence");
        let on_it = at(&cost, "years/0/readings/in_year/on_costs_of_award_pence").as_i64().expect("pence");
        let said = page.split("<desc id=\"people-cost-desc\">").nth(1).and_then(|rest| rest.split("</desc>").next()).expect("words");
        let sum = (award + on_it + 50) / 100;
        let sum = if sum < 1_000 { format!("£{sum} award") } else { format!("£{},{:03} award", sum / 1_000, sum % 1_000) };
        assert!(said.contains(&format!("{id}{}: {sum}", if *id == "scotland-award" { "@Scotland" } else { "" })), "{id} {sum}: {said}");
    }
}

#[test]
fn every_chart_says_that_the_staff_are_invented() {
    let out = tempfile::tempdir().expect("a folder");
    let page = |staff: &str, offers: &str| {
        let (answer, _folder) = with_staff(staff, &format!("report nhs-2014 --offers {offers} --out {}", out.path().display()));
        assert_eq!(answer.code, 0, "{}", answer.err);
        let page = std::fs::read_to_string(out.path().join("nhs-2014.html")).expect("a page");
        let start = page.find("<section id=\"people\">").expect("the section");
        page[start..].split("</section>").next().map(str::to_owned).expect("its end")
    };
    let section = page(STAFF, "recommendation,england-imposed");
    for id in ["people-cost", "people-frontier", "people-tenths", "people-spine"] {
        assert!(section.contains(&format!("<figure id=\"{id}\">")), "{id}");
    }
    let charts = section.matches("<svg ").count();
    assert_eq!((charts, section.matches("SYNTHETIC WORKFORCE: no real staff</text>").count()), (4, 4));
    assert_eq!(section.matches("<caption>").count(), section.matches("(synthetic workforce)</caption>").count());
    let top = section.find("class=\"synthetic\"").expect("the label");
    assert!(top < section.find("lede").expect("the answer"));
    for forbidden in ["<script", "javascript:", " src=", "<link", "@import", "<iframe", " onclick", "<form"] {
        assert!(!section.contains(forbidden), "{forbidden}");
    }
    // A pattern of the drawing itself is the only thing that is fetched, from the same page.
    let elsewhere = section.replace("http://www.w3.org/2000/svg", "").replace("url(#people-cost-hatch)", "");
    assert!(!elsewhere.contains("//") && !elsewhere.contains("url("));
    // Real staff have no such label.
    let real = page(STAFF.split_once('\n').expect("lines").1, "recommendation,england-imposed");
    assert!(!real.contains("SYNTHETIC") && !real.contains("(synthetic workforce)"));
    // The first offer adds nothing to these rates; the second does, and its money is shown.
    let none = "nation,band,point,wte,headcount,increment_date,sex\nEngland,5,20,1,9,1 January,M\n";
    let second = page(none, "england-imposed,recommendation");
    assert!(
        second.contains("The money of “recommendation”") && second.contains("The money of “england-imposed” cannot be shared out anew")
    );
    // And if it is the only kind of offer there is, the reason stands where the chart would.
    let neither = page(none, "england-imposed,england-imposed");
    assert!(!neither.contains("people-frontier") && neither.contains("adds nothing to the rates of these staff"), "{neither:.4000}");
}

#[test]
fn the_report_takes_the_section_in() {
    let out = tempfile::tempdir().expect("a folder");
    let answer = example(&format!(
        "report mean-and-median --workforce mean-and-median-staff.csv --offers offer,claim --out {}",
        out.path().display()
    ));
    assert_eq!(answer.code, 0, "{}", answer.err);
    let page = std::fs::read_to_string(out.path().join("mean-and-median.html")).expect("a page");
    for wanted in ["People and paybill", "synthetic", "5.00%", "2.60%", "people-tenths", "people-spine", "leapfrogs"] {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(!page.contains("NaN"));
}
