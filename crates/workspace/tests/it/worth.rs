//! `worth`: every figure is the library's, for every point of every founding dispute.

use dated::Ratio;
use pay::{Employment, PayYear, Payee, Pence, RatePath, TaxArea, WeeksInYear, take_home, value_row};

use crate::founding::{LIBRARY, answer, dispute, disputes, page, rows};

/// The values of the options of a select in a page.
fn options(body: &str, select: &str) -> Vec<String> {
    let Some((_, rest)) = body.split_once(&format!("<select id=\"{select}\"")) else { return Vec::new() };
    let list = rest.split("</select>").next().unwrap_or("");
    list.split("<option value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect()
}

fn pounds(pence: Pence) -> String {
    pence.pounds().to_fixed(2)
}

#[test]
fn every_point_of_every_dispute_has_the_librarys_figures() {
    let mut compared = 0;
    for dispute in disputes() {
        let framework = dispute.framework();
        let nations: Vec<&str> = ["England", "Scotland", "Wales"]
            .into_iter()
            .filter(|nation| answer(&dispute, &format!("worth?nation={nation}")).is_ok())
            .collect();
        for nation in nations {
            for post in options(&page(&dispute, &format!("worth?nation={nation}")).body, "post") {
                let (point, band) = post.rsplit_once(':').expect("point and band");
                let page_rows = rows(&dispute, &format!("worth?nation={nation}&post={post}&pension=none"), "worth");
                for row in &page_rows {
                    let offer = dispute.offer(&row[0]).expect("an offer");
                    let there = offer.nations.iter().map(|(name, _)| name.as_str()).find(|name| *name == nation);
                    let there = there.unwrap_or_else(|| offer.nations[0].0.as_str());
                    let (_, of_point) = framework.row_of_point(offer, there, point, Some(band)).expect("a row");
                    let first = framework.first_pay_year(offer).expect("a year");
                    let value = value_row(of_point.clone(), first);
                    let year = value.first_year();
                    let own = value.own_staging(Ratio::ONE, WeeksInYear::Calendar);
                    assert_eq!(row[1], year.year.name());
                    assert_eq!(row[2], pounds(Pence::nearest(year.gain_pence.by_months)), "{} {nation} {post} {}", dispute.id, offer.id);
                    assert_eq!(row[3], pounds(year.unconsolidated));
                    assert_eq!(row[4], pounds(year.year_end_rate));
                    assert_eq!(row[5], pounds(own.map_or(Pence::ZERO, |own| own.weekly)), "{} {nation} {post} {}", dispute.id, offer.id);
                    assert_eq!(row[6], pounds(own.map_or(Pence::ZERO, |own| own.total)));
                    let payee =
                        Payee { area: TaxArea::of_nation(nation), employment: Employment::full_time(), pension: None, loans: Vec::new() };
                    let path = RatePath { base: of_point.path.base, rates: of_point.path.rates.clone() };
                    let paid_on = offer.steps.iter().filter_map(|step| step.pay_on).max();
                    let tax_year = path.rates.first().map(|rate| PayYear::holding(rate.from, 4));
                    let kept = tax_year.and_then(|year| {
                        let found = take_home(&LIBRARY.tax, &payee, &path, &of_point.lumps, paid_on, &[year]);
                        let [with, without] = found[0].result.clone().ok()?;
                        Some(with.total().net() - without.total().net())
                    });
                    assert_eq!(row[7], kept.map(pounds).unwrap_or_default(), "{} {nation} {post} {}", dispute.id, offer.id);
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 700, "{compared}");
}

#[test]
fn a_nurse_in_2007_sees_what_staging_costs() {
    let dispute = dispute("nhs-2007");
    let found = page(&dispute, "worth?nation=England&post=17:5&hours=30");
    let rows = rows(&dispute, "worth?nation=England&post=17:5&hours=30", "worth");
    let staged = rows.iter().find(|row| row[0] == "england-staged").expect("the staged award");
    let framework = dispute.framework();
    let offer = dispute.offer("england-staged").expect("there");
    let (_, row) = framework.row_of_point(offer, "England", "17", Some("5")).expect("a row");
    let value = value_row(row, framework.first_pay_year(offer).expect("a year"));
    let own = value.own_staging(Ratio::new(4, 5), WeeksInYear::Calendar).expect("it is staged");
    assert_eq!((staged[5].clone(), staged[6].clone()), (pounds(own.weekly), pounds(own.total)));
    assert!(found.body.contains("Lost because it comes in stages"));
    assert!(found.body.contains("less in 2007-08 than “Award in Scotland, paid in full”, paid in Scotland"), "{}", found.body);
    assert!(found.body.contains("/d/test/offers/england-staged"));
}

#[test]
fn an_increment_is_apart_from_the_award() {
    let dispute = dispute("nhs-2014");
    let found = rows(&dispute, "worth?nation=England&post=18:5&increment=2014-10-01&gate=passes", "years");
    // Point 18 was 22,903 and point 19 was 23,825: half a year of the step up.
    assert!(!found.is_empty() && found.iter().all(|row| row[4] == "461.00"), "{found:?}");
    let held = page(&dispute, "worth?nation=England&post=18:5&increment=2014-10-01");
    assert!(held.body.contains("If you pass the gate, in 2014-15 the award adds £233.50 and the increment £461.00"), "{}", held.body);
    let without = rows(&dispute, "worth?nation=England&post=18:5", "years");
    assert!(without.iter().all(|row| row[4] == "0.00"), "{without:?}");
}

#[test]
fn what_is_wrong_is_said_with_what_would_be_right() {
    let dispute = dispute("nhs-2007");
    let found = page(&dispute, "worth?salary=abc&hours=40&increment=31/02/2007&pension=x&loan=y");
    assert!(found.is_refusal && found.tables.is_empty());
    for said in [
        "“abc” is not a salary",
        "40 hours are more than the full-time week of 37.5",
        "31/02/2007",
        "there is no pension scheme “x”",
        "there is no student loan “y”",
    ] {
        assert!(found.body.contains(said), "{said}: {}", found.body);
    }
    assert!(page(&dispute, "worth?post=99:5").body.contains("there is no point 99"));
    assert!(page(&dispute, "worth?salary=<script>").body.contains("&#60;script&#62;"));
    assert!(answer(&dispute, "worth?nation=France").is_err());
}

#[test]
fn a_salary_is_valued_and_scotland_is_before_pension() {
    let dispute = dispute("nhs-2007");
    let found = page(&dispute, "worth?nation=Scotland&salary=20,000");
    assert!(found.body.contains("Take-home is before any pension contribution"), "{}", found.body);
    let row = &rows(&dispute, "worth?nation=Scotland&salary=20,000", "worth")[0];
    assert_eq!((row[2].as_str(), row[4].as_str()), ("500.00", "20500.00"));
}

#[test]
fn offers_without_scales_name_what_is_missing() {
    let dispute = dispute("civil-service-2004");
    let found = page(&dispute, "worth?group=dwp&salary=15000");
    assert!(found.body.contains("Not valued"), "{}", found.body);
    assert!(found.tables.is_empty());
}

#[test]
fn the_other_nations_are_a_link_away_and_keep_what_was_typed() {
    let found = page(&dispute("nhs-2007"), "worth?nation=England&post=17:5&hours=30").body;
    assert!(found.contains("href=\"/d/test/worth?post=17%3A5&#38;hours=30&#38;nation=Scotland\""), "{found}");
}
