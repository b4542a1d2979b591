//! Action, against the plan.

use dispute::plan::{PlanFacts, plan, plan_ics};

use crate::ask::{BOOK, FOUNDING, ask, column, csv, date, file, founding, page};

#[test]
fn days_refusals_and_mandates_are_those_of_the_plan() {
    for (id, from, to) in [("civil-service-2004", "2004-01-20", "2004-03-31"), ("nhs-2014", "2014-10-01", "2014-11-30")] {
        let dispute = founding(id);
        let mut facts = PlanFacts::new(date(from), date(from));
        facts.until = Some(date(to));
        let planned = plan(&[&dispute], &BOOK, &facts).expect("a plan");
        let address = format!("action?from={from}&to={to}");
        let days: Vec<String> = planned.runs().iter().map(|run| run.first.to_string()).collect();
        let shown = page(&dispute, &address);
        let has = |table: &str| shown.tables.iter().any(|known| known.id == table);
        assert_eq!(has("days"), !days.is_empty(), "{id}");
        if has("days") {
            assert_eq!(column(&csv(&dispute, &address, "days"), "day"), days, "{id}");
        }
        let reasons: Vec<String> = planned.refused.iter().flat_map(|refused| &refused.reasons).map(|reason| reason.what.clone()).collect();
        assert!(!reasons.is_empty(), "{id}: something was refused");
        // Units refused in the same words share a row; no reason and no unit is lost.
        let rows = csv(&dispute, &address, "refused");
        let units: usize = column(&rows, "where").iter().map(|units| units.split("; ").count()).sum();
        assert_eq!(units, reasons.len(), "{id}");
        let shown_reasons = column(&rows, "why not");
        assert!(reasons.iter().all(|reason| shown_reasons.contains(reason)), "{id}: {shown_reasons:?}");
        let states: Vec<&str> = planned.mandates.iter().map(|mandate| mandate.state_word()).collect();
        assert_eq!(column(&csv(&dispute, &address, "mandates"), "state"), states, "{id}");
        let ics = file(&dispute, &format!("action/calendar.ics?from={from}&to={to}"));
        assert_eq!(ics.bytes, plan_ics(&planned, &dispute.title, &BOOK, facts.on).into_bytes(), "{id}");
    }
}

#[test]
fn the_days_of_january_2004_then_and_under_later_law() {
    let dispute = founding("civil-service-2004");
    let rows = csv(&dispute, "action?from=2004-01-20&to=2004-03-31", "later-law");
    let at = |day: &str, unit: &str| {
        rows.iter().find(|row| row[0] == day && row[2].contains(unit)).unwrap_or_else(|| panic!("{day} {unit}: {rows:?}")).clone()
    };
    let prison = at("2004-01-29", "Prison");
    assert_eq!(prison[3], "lawful", "the law of its day asked no turnout");
    assert!(prison[4].contains("refused") && rows[0][4] == "law from 1 March 2017", "{prison:?}");
}

#[test]
fn a_postponed_strike_is_marked_as_put_off() {
    let dispute = founding("civil-service-2004");
    let shown = page(&dispute, "action?from=2004-01-29&to=2004-02-29&on=2004-01-29");
    assert!(shown.body.contains("<caption>January 2004</caption>") && shown.body.contains("<caption>February 2004</caption>"));
    assert!(shown.body.contains("Thu 29 Jan 2004: put off"), "{}", shown.body);
    assert!(shown.body.contains("talks had moved"));
}

#[test]
fn every_month_has_every_day_once_under_its_weekday() {
    let dispute = founding("nhs-2014");
    let body = page(&dispute, "action?from=2014-10-01&to=2015-02-28").body;
    let months: Vec<&str> = body.split("<table class=\"month\"").skip(1).map(|rest| rest.split("</table>").next().unwrap_or("")).collect();
    assert_eq!(months.len(), 5);
    for (month, (first_weekday, days)) in months.iter().zip([(2, 31), (5, 30), (0, 31), (3, 31), (6, 28)]) {
        assert_eq!(month.matches("<th scope=\"col\">").count(), 7);
        let cells: Vec<&str> = month.split("<td").skip(1).collect();
        assert_eq!(cells.len() % 7, 0);
        let numbers: Vec<Option<usize>> =
            cells.iter().map(|cell| cell.split("class=\"day\">").nth(1)?.split('<').next()?.parse().ok()).collect();
        let found: Vec<usize> = numbers.iter().flatten().copied().collect();
        assert_eq!(found, (1..=days).collect::<Vec<_>>());
        assert_eq!(numbers.iter().position(Option::is_some), Some(first_weekday), "the first of the month");
    }
}

#[test]
fn a_call_is_judged_before_it_is_made() {
    let dispute = founding("civil-service-2004");
    let address = "action?on=2004-01-21&from=2004-01-21&to=2004-03-01&try-day=2004-01-29&try-kind=strike";
    let shown = page(&dispute, address);
    assert!(!shown.is_refusal && shown.body.contains("Lawful in part"), "four departments won, of one no count is known: {}", shown.body);
    let units = column(&csv(&dispute, address, "proposed-days"), "where").join(" ");
    assert_eq!(units.split(' ').count(), 4, "{units}");
    let early = page(&dispute, "action?on=2004-01-21&try-day=2004-01-22");
    assert!(early.body.contains("Not lawful, or not known to be.</strong>"), "seven days of notice: {}", early.body);
    let wrong = page(&dispute, "action?try-day=2004-01-22&try-last=2003-01-01&try-kind=riot&try-union=nobody&try-type=other");
    for field in ["try-last", "try-kind", "try-union"] {
        assert!(wrong.is_refusal && wrong.body.contains(&format!("href=\"#{field}\"")), "{field}");
    }
}

#[test]
fn the_public_page_has_no_figure_of_members() {
    let dispute = founding("nhs-2014");
    let question = "from=2014-10-01&to=2014-11-30&notice=2014-10-03";
    let public = page(&dispute, &format!("action/public?{question}"));
    assert!(public.tables.is_empty() && !public.body.contains("Pay lost") && !public.body.contains("entitled"));
    let whole = file(&dispute, &format!("action/public.html?{question}"));
    assert!(String::from_utf8(whole.bytes).expect("UTF-8").starts_with("<!doctype html>"));
}

#[test]
fn questions_that_cannot_be_answered_say_why() {
    let dispute = founding("nhs-2014");
    let turned = page(&dispute, "action?from=2014-11-01&to=2014-10-01");
    assert!(turned.is_refusal && turned.body.contains("is before the first day shown"));
    let long = page(&dispute, "action?from=2014-01-01&to=2114-01-01");
    assert!(long.is_refusal && long.body.contains("more than two years"));
    assert!(long.body.matches("<table class=\"month\"").count() <= 26, "the calendar has an end");
    let wrong = page(&dispute, "action?from=31/02/2014&on=soon");
    assert!(wrong.is_refusal && wrong.body.contains("February 2014 has no day 31") && wrong.body.contains("href=\"#on\""));
    assert!(ask(&dispute, "action/calendar.ics?from=x").is_err() && ask(&dispute, "action/other").is_err());
    for id in FOUNDING {
        page(&founding(id), "action");
    }
}
