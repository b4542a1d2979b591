//! The JSON of `whitley offer cost`. Every sum stands twice: pounds under its name, whole pence under its name with `_pence`.

use dispute::Dispute;
use pay::{Bill, BillChange, Offer, PartOfBill, Paths, Pence, Workforce, YearReadings};
use serde_json::{Map, Value as Json, json};

use super::{Costed, NotCosted, put, year_name};

pub(super) fn all(dispute: &Dispute, workforce: &Workforce, found: &[(&Offer, Result<Costed<'_>, NotCosted>)]) -> Json {
    let offers: Vec<Json> = found.iter().filter_map(|(_, costed)| costed.as_ref().ok()).map(offer).collect();
    let mut document = json!({
        "dispute": dispute.id,
        "workforce": {
            "title": workforce.title,
            "synthetic": workforce.synthetic,
            "headcount": workforce.headcount(),
            "whole_time": crate::answer::number(workforce.whole_time(), 4),
        },
        "offers": offers,
        "not_costed": found.iter().filter_map(|(offer, costed)| Some(json!({
            "id": offer.id, "why": costed.as_ref().err()?.sentences(),
        }))).collect::<Vec<_>>(),
    });
    // One offer alone also stands one level up.
    if let [only] = offers.as_slice() {
        document["years"] = only["years"].clone();
    }
    document
}

fn offer(costed: &Costed<'_>) -> Json {
    let bill = &costed.bill;
    let readings = bill.readings();
    let parts = |parts: &[PartOfBill]| parts.iter().map(|one| part(costed, one)).collect::<Vec<_>>();
    json!({
        "id": costed.offer.id,
        "title": costed.offer.title,
        "kind": costed.offer.kind.word(),
        "first_month": bill.first.to_string(),
        "months": bill.months.iter().enumerate().map(|(at, paths)| {
            let mut map = Map::new();
            map.insert("month".into(), json!(bill.first.plus(at as i32).to_string()));
            put_paths(&mut map, paths);
            map
        }).collect::<Vec<_>>(),
        "years": readings.iter().enumerate().map(|(at, reading)| year(costed, at, reading)).collect::<Vec<_>>(),
        "by_band": parts(&bill.bands),
        "by_nation": parts(&bill.nations),
        "by_employer": parts(&bill.employers),
        "by_staff_group": parts(&bill.staff_groups),
        "budget": costed.budget.as_ref().map(super::budget::BudgetLine::json),
        "assumptions": costed.assumptions,
        "on_costs": { "title": costed.on_costs.as_ref().ok(), "left_out_because": costed.on_costs.as_ref().err() },
        "people_without_increment_date": bill.without_increment_date,
    })
}

fn part(costed: &Costed<'_>, part: &PartOfBill) -> Json {
    json!({
        "name": part.name,
        "headcount": part.headcount,
        "years": part.years.iter().enumerate().map(|(at, paths)| {
            let mut map = Map::new();
            map.insert("year".into(), json!(year_name(costed.bill.first, at, costed.year_start)));
            put_paths(&mut map, paths);
            map
        }).collect::<Vec<_>>(),
    })
}

/// Award, progression and one-off sums in pay; contributions on all three; and all of it.
fn put_paths(map: &mut Map<String, Json>, paths: &Paths) {
    put(map, "before", paths.standing.pay);
    put(map, "award", paths.award().pay);
    put(map, "progression", paths.progression().pay);
    put(map, "one_off", paths.lumps.pay);
    put(map, "on_costs", paths.whole_change().on_costs());
    put(map, "total", paths.whole_change().total());
}

fn year(costed: &Costed<'_>, at: usize, year: &YearReadings) -> Json {
    let mut map = Map::new();
    map.insert("year".into(), json!(year_name(costed.bill.first, at, costed.year_start)));
    put_paths(&mut map, &year.paths);
    map.insert("before_with_contributions".into(), bill(year.paths.standing));
    let mut readings = Map::new();
    readings.insert("in_year".into(), change(&year.in_year));
    readings.insert("run_rate".into(), change(&year.run_rate));
    readings.insert("carry_over".into(), change(&year.carry_over));
    readings.insert("cumulative".into(), change(&year.cumulative));
    readings.insert("new_money".into(), change(&year.new_money));
    readings.insert("award_without_progression".into(), bill(year.paths.award_without_progression()));
    readings.insert("award_without_progression_run_rate".into(), bill(year.run_rate_without_progression));
    readings.insert("staging_saving".into(), bill(year.paths.staging_saving()));
    readings.insert("progression_withheld".into(), bill(year.paths.withheld()));
    let mut rates = Map::new();
    put(&mut rates, "before", year.year_end.standing);
    put(&mut rates, "award", year.year_end.award());
    put(&mut rates, "progression", year.year_end.progression());
    readings.insert("annual_rates_at_year_end".into(), Json::Object(rates));
    readings.insert("net_of_leavers_and_joiners".into(), year.net.as_ref().map_or(Json::Null, change));
    map.insert("readings".into(), Json::Object(readings));
    Json::Object(map)
}

/// A change of the bill in its parts.
pub(crate) fn change(change: &BillChange) -> Json {
    let mut map = Map::new();
    put(&mut map, "award", change.award.pay);
    put(&mut map, "progression", change.progression.pay);
    put(&mut map, "one_off", change.lumps.pay);
    put(&mut map, "on_costs", change.whole().on_costs());
    put(&mut map, "on_costs_of_award", change.award.on_costs());
    put(&mut map, "on_costs_of_progression", change.progression.on_costs());
    put(&mut map, "on_costs_of_one_off", change.lumps.on_costs());
    put(&mut map, "total", change.whole().total());
    put(&mut map, "total_without_on_costs", change.whole().pay);
    put(&mut map, "total_without_progression", (change.award + change.lumps).total());
    Json::Object(map)
}

fn bill(bill: Bill) -> Json {
    let mut map = Map::new();
    let sums: [(&str, Pence); 5] = [
        ("pay", bill.pay),
        ("national_insurance", bill.national_insurance),
        ("pension", bill.pension),
        ("levy", bill.levy),
        ("total", bill.total()),
    ];
    for (name, sum) in sums {
        put(&mut map, name, sum);
    }
    Json::Object(map)
}
