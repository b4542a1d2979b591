//! `whitley offer cost`: the figures of 2014 by published totals, and a small workforce by hand.

use std::path::Path;

use serde_json::Value;

use crate::run::{at, json, number, whitley, whitley_in};

const STAFF: &str = "employer,nation,staff_group,band,point,salary,wte,headcount,increment_date,sex
North,England,nurses,5,20,,1,100,10-01,F
North,England,nurses,5,23,,0.6,10,,F
South,England,porters,1,2,,1,20,04-01,M
";

fn with_staff(arguments: &str) -> (i32, Value) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("staff.csv"), STAFF).expect("written");
    let answer = whitley_in(folder.path(), &format!("{arguments} --workforce staff.csv --json"));
    (answer.code, serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {} {}", answer.out, answer.err)))
}

#[test]
fn published_totals_give_the_readings_of_2014() {
    let found = json("offer cost nhs-2014 --offer recommendation");
    let offer = at(&found, "offers/0");
    assert_eq!((number(offer, "paybill", 0), number(offer, "one_percent", 0)), ("45000000000".into(), "450000000".into()));
    assert_eq!(number(offer, "published_paybill", 0), "44000000000");
    let reading = |cost: usize, name: &str| number(offer, &format!("costs/{cost}/years/1/readings/{name}"), 0);
    let sums: Vec<String> = (0..3).map(|cost| reading(cost, "sum_of_yearly_increases")).collect();
    assert_eq!(sums, ["2500000000", "2700000000", "2900000000"]);
    assert_eq!(reading(0, "cumulative"), "3750000000");
    assert_eq!(at(offer, "costs/1/progression_cost_from"), "estimated: midway between the two published figures");
    // Given by hand instead.
    let given = json("offer cost nhs-2014 --offer recommendation --paybill 45bn --progression-cost 0.8bn --progression-cost £1,000m");
    assert_eq!(at(&given, "offers/0/costs/1/years/1/readings/sum_of_yearly_increases_pence"), 290_000_000_000_i64);
}

/// What the program says of the quoted sum and what it costs itself are the same numbers.
#[test]
fn the_claims_and_the_costs_of_2014_do_not_disagree() {
    let claims = json("offer claims nhs-2014");
    let claimed = at(&claims, "claims/id=two-point-seven-billion/readings").as_array().expect("readings");
    let value = |part: &str| -> Vec<String> {
        claimed
            .iter()
            .filter(|reading| reading["definition"].as_str().is_some_and(|definition| definition.starts_with(part)))
            .map(|reading| number(reading, "value", 9))
            .collect()
    };
    let costs = json("offer cost nhs-2014 --offer recommendation");
    let computed = |name: &str| -> Vec<String> {
        let billions = |cost: &Value| at(cost, &format!("years/1/readings/{name}")).as_f64().expect("a number") / 1e9;
        at(&costs, "offers/0/costs").as_array().expect("costs").iter().map(|cost| format!("{:.9}", billions(cost))).collect()
    };
    assert_eq!(value("two yearly costs added"), computed("sum_of_yearly_increases"));
    assert_eq!(value("cumulative"), computed("cumulative"));
    assert_eq!(value("cumulative").len(), 3);
}

#[test]
fn what_cannot_be_costed_shows_each_sides_count_and_says_what_is_missing() {
    let answer = whitley("offer cost civil-service-2004 --offer dwp");
    assert_eq!(answer.code, 2);
    for words in
        ["2.6% as Public and Commercial Services union counts it", "5.0% as Department for Work and Pensions counts it", "the pay scales"]
    {
        assert!(answer.out.contains(words), "{words}: {}", answer.out);
    }
    // A clause for some staff only has no cost by totals; an offer elsewhere none for this workforce.
    assert_eq!(whitley("offer cost nhs-2014 --offer england-imposed").code, 2);
    let (code, found) = with_staff("offer cost nhs-2014 --offer scotland-award");
    assert_eq!(code, 2);
    assert!(at(&found, "not_costed/0/why/1").as_str().is_some_and(|why| why.starts_with("130 people")), "{found}");
}

#[test]
fn a_small_workforce_by_hand() {
    let (code, found) = with_staff("offer cost nhs-2014 --offer recommendation --years 2");
    assert_eq!(code, 0);
    // Point 20 is 24,799 and becomes 25,047, point 21 is 25,783 and becomes 26,041, point 23 is 27,901 and becomes 28,180,
    // point 3 is 15,013 and becomes 15,163, point 2 is 14,653. Increments: 100 people in October, 20 in April.
    let year = at(&found, "years/0");
    // 100 x (248 x 6 + 258 x 6) / 12 + 10 x 0.6 x 279 + 20 x 150 is 29,974; months rounded to the penny make 2 pounds more:
    // 2,087.25 less 2,066.58 is a third of a penny above 248 / 12, for 100 people in 6 months.
    assert_eq!(number(year, "award", 0), "29976");
    // 100 x 984 / 2 + 20 x 360.
    assert_eq!(number(year, "progression", 0), "56400");
    assert_eq!(number(year, "readings/annual_rates_at_year_end/award", 2), "30474.00");
    assert_eq!(number(year, "readings/annual_rates_at_year_end/progression", 2), "105600.00");
    // Everybody is between the thresholds: 13.8 less 3.4 percent National Insurance, 14 percent pension, each rounded to the penny
    // for each of 130 people in each month; twice, since the whole and what it was before are rounded apart.
    let exact = 0.244 * 100.0 * f64::from(29_976 + 56_400);
    let on_costs = at(year, "on_costs_pence").as_f64().expect("pence");
    assert!((on_costs - exact).abs() < 130.0 * 12.0 * 2.0, "{on_costs} beside {exact}");
    assert_eq!(at(&found, "offers/0/on_costs/title"), "NHS Pension Scheme: what the employer pays");
    let (_, without) = with_staff("offer cost nhs-2014 --offer recommendation --years 2 --without-on-costs");
    assert_eq!(at(&without, "years/0/on_costs_pence"), 0);
    assert!(at(&without, "offers/0/on_costs/left_out_because").is_string());
    // Months, bands, employers and staff groups add up to the year, to the penny.
    let pence = |value: &Value, key: &str| value[key].as_i64().expect("whole pence");
    for key in ["before_pence", "award_pence", "progression_pence", "total_pence"] {
        let whole: i64 = pence(year, key) + pence(at(&found, "years/1"), key);
        let months: i64 = at(&found, "offers/0/months").as_array().expect("months").iter().map(|month| pence(month, key)).sum();
        assert_eq!(months, whole, "{key}");
        for table in ["by_band", "by_nation", "by_employer", "by_staff_group"] {
            let parts = at(&found, &format!("offers/0/{table}")).as_array().expect("parts");
            let sum: i64 = parts.iter().flat_map(|part| part["years"].as_array().expect("years")).map(|part| pence(part, key)).sum();
            assert_eq!(sum, whole, "{table} {key}");
        }
    }
    for reading in ["in_year", "run_rate", "carry_over", "cumulative", "new_money"] {
        let found = at(year, &format!("readings/{reading}"));
        assert_eq!(
            pence(found, "total_pence"),
            pence(found, "award_pence")
                + pence(found, "progression_pence")
                + pence(found, "one_off_pence")
                + pence(found, "on_costs_pence")
        );
    }
}

#[test]
fn a_budget_names_its_reading_and_shows_the_next_step() {
    let (_, found) = with_staff("offer cost nhs-2014 --offer recommendation --budget 50000 --budget-reading run-rate");
    let budget = at(&found, "offers/0/budget");
    assert_eq!(at(budget, "reading"), "a year at run-rate, with on-costs");
    for rise in ["flat_percent", "flat_sum"] {
        let (cost, next) = (at(budget, &format!("{rise}/cost_pence")).as_i64(), at(budget, &format!("{rise}/next_cost_pence")).as_i64());
        assert!(cost <= Some(5_000_000) && next > Some(5_000_000) && cost > Some(4_900_000), "{budget}");
    }
}

#[test]
fn frozen_increments_leave_the_award_and_name_what_is_withheld() {
    let (_, frozen) = with_staff("offer cost nhs-2014 --offer recommendation --progression frozen");
    let year = at(&frozen, "years/0");
    assert_eq!(at(year, "progression_pence"), 0);
    assert_eq!(number(year, "readings/progression_withheld/pay", 0), "56400");
    assert_eq!(number(year, "award", 2), number(year, "readings/award_without_progression/pay", 2));
}

#[test]
fn questions_that_cannot_be_put_are_refused() {
    for arguments in [
        "offer cost nhs-2014 --leavers 10",
        "offer cost nhs-2014 --workforce nowhere.csv",
        "offer cost nhs-2014 --workforce x.csv --paybill 45bn",
        "offer cost nhs-2014 --paybill lots",
        "offer cost nhs-2014 --workforce x.csv --progression thawed",
        "offer cost nhs-2014 --years 11",
    ] {
        assert_eq!(whitley(arguments).code, 3, "{arguments}");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bad = "nation,band,point,wte,headcount\nEngland,5,20,most,none\nEngland,5,,1,1\n";
    std::fs::write(Path::new(folder.path()).join("bad.csv"), bad).expect("written");
    let answer = whitley_in(folder.path(), "offer cost nhs-2014 --workforce bad.csv");
    assert_eq!(answer.code, 3);
    assert_eq!(answer.err.matches("error:").count(), 3, "{}", answer.err);
}

/// The note's figures are those of the command without a note, each difference adds up to the penny, and only both sides agree.
#[test]
fn a_costing_note_says_why_two_figures_differ_and_what_is_agreed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("staff.csv"), STAFF).expect("written");
    let note = |items: &str| {
        std::fs::write(folder.path().join("note.toml"), format!("title = \"The recommendation of 2014\"\n{items}")).expect("written")
    };
    let ask = |more: &str| whitley_in(folder.path(), &format!("offer cost nhs-2014 --workforce staff.csv {more}"));
    let plain: Value = serde_json::from_str(&ask("--offer recommendation --json").out).expect("JSON");
    let pence =
        |reading: &str, part: &str| at(&plain, &format!("offers/0/years/0/readings/{reading}/{part}_pence")).as_i64().expect("pence");
    let award = |reading: &str| pence(reading, "award") + pence(reading, "on_costs_of_award");
    let (in_year, run_rate) = (award("in_year"), award("run_rate"));
    note(&format!(
        "[[item]]\nid = \"award\"\nwhat = \"The award\"\noffer = \"recommendation\"\nfigure = \"award\"\nreading = \"in-year\"\n\
         agreed = \"{}\"\nagreed_by = [\"unison\", \"government\"]\nagreed_on = 2014-03-13\n\
         [[item.says]]\nwho = \"government\"\namount = \"{}\"\nfigure = \"whole\"\nreading = \"run-rate\"\non_costs = false\n\
         [[item.says]]\nwho = \"unison\"\namount = \"{}\"\n\
         [[item]]\nid = \"rate\"\nwhat = \"From then on\"\noffer = \"recommendation\"\nfigure = \"award\"\nreading = \"run-rate\"\n",
        in_year / 100,
        1_000_000,
        in_year / 100 + 5,
    ));
    let found = ask("--note note.toml --json");
    assert_eq!(found.code, 0, "{}", found.err);
    let found: Value = serde_json::from_str(&found.out).expect("JSON");
    assert_eq!(at(&found, "items/0/computed_pence"), in_year);
    assert_eq!(at(&found, "items/1/computed_pence"), run_rate);
    assert_eq!((at(&found, "items/0/agreed").as_str(), at(&found, "items/1/agreed").as_str()), (Some("both sides"), Some("not agreed")));
    let says = at(&found, "items/0/says/0");
    let steps: Vec<i64> =
        at(says, "explained").as_array().expect("steps").iter().map(|step| step["change_pence"].as_i64().expect("pence")).collect();
    assert_eq!(steps.len(), 3, "{says}");
    assert!(steps.iter().all(|step| *step != 0), "{says}");
    let unexplained = at(says, "unexplained_pence").as_i64().expect("pence");
    assert_eq!(in_year + steps.iter().sum::<i64>() + unexplained, 100_000_000);
    // Counted the same way nothing is explained, and what is left is the difference.
    assert_eq!(at(&found, "items/0/says/1/explained").as_array().map(Vec::len), Some(0));
    let text = ask("--note note.toml").out;
    for says in ["AGREED BY BOTH SIDES", "NOT AGREED\n", "leaving on-costs out", "1 of 2 items are agreed by both sides"] {
        assert!(text.contains(says), "{says}: {text}");
    }
    let table = ask("--note note.toml --csv").out;
    assert!(table.starts_with("item,what,offer,year,computed,who,says,") && table.lines().count() == 4, "{table}");
    // Every fault at once.
    note(
        "[[item]]\nid = \"x\"\nwhat = \"x\"\noffer = \"nowhere\"\nfigure = \"lunch\"\nreading = \"net\"\nagreed_by = [\"nobody\"]\n\
         [[item.says]]\nwho = \"government\"\namount = \"much\"\n",
    );
    let wrong = ask("--note note.toml");
    assert_eq!(wrong.code, 3);
    for says in ["no offer “nowhere”", "lunch", "no party “nobody”", "which sum", "not a sum of money"] {
        assert!(wrong.err.contains(says) || wrong.out.contains(says), "{says}: {} {}", wrong.out, wrong.err);
    }
}
