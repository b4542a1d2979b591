//! The JSON of `whitley offer compare … --workforce`: every figure that the words and tables show, and those they leave out.

use dated::Ratio;
use pay::{BetterOff, Bill, ByCount, GapOfGroup, Moment, Part, Reading, SexGap, Spread, WeeksInYear};
use serde_json::{Map, Value as Json, json};
use workspace::offer::bill::Billed;

use super::cost::change_json;
use super::people::Asked;
use super::pounds;
use crate::answer::number;

const MOMENTS: [(&str, Moment); 2] = [("in_year", Moment::InYear), ("at_end", Moment::AtItsEnd)];

fn key(reading: Reading) -> &'static str {
    match reading {
        Reading::AwardOnly => "award_only",
        Reading::WithIncrements => "award_and_increments",
    }
}

/// `people`: rises, who is better off, lowest pay, pay gap.
pub(super) fn people_json(asked: &Asked<'_>) -> Json {
    let (people, all) = (asked.people, asked.people.everybody());
    let sides = people.sides();
    let mut better = Vec::new();
    for first in 0..sides.len() {
        for second in first + 1..sides.len() {
            for reading in asked.readings() {
                for (name, moment) in MOMENTS {
                    if let Some(found) = people.better_off(first, second, *reading, moment, &all) {
                        better.push(better_json(&sides[first].name, &sides[second].name, key(*reading), name, &found));
                    }
                }
            }
        }
    }
    json!({
        "workforce": {
            "title": asked.workforce.title,
            "synthetic": asked.workforce.synthetic,
            "headcount": all.people,
            "whole_time": number(asked.workforce.whole_time(), 2),
            "increments_known": people.has_increments(),
        },
        "pay_year": people.year.name(),
        "counted": "by months; pounds are for the hours each works; deciles by person",
        "gate": asked.gate,
        "offers": (0..sides.len()).map(|side| offer_json(asked, side, &all)).collect::<Vec<_>>(),
        "better_off": better,
        "by": asked.by.map(|by| {
            let (mut shown, mut left_out) = (Vec::new(), 0);
            for group in people.apart(by) {
                if group.people < asked.smallest {
                    left_out += 1;
                } else {
                    shown.push(group_json(asked, &group));
                }
            }
            json!({ "what": by.word(), "groups": shown, "not_shown": left_out, "smallest_shown": asked.smallest, "costs": "rates × hours, no month rounded" })
        }),
    })
}

fn offer_json(asked: &Asked<'_>, side: usize, all: &Part) -> Json {
    let people = asked.people;
    let this = &people.sides()[side];
    let mut readings = Map::new();
    for reading in asked.readings() {
        let mut moments = Map::new();
        for (name, moment) in MOMENTS {
            let ranked = people.ranked(side, *reading, moment);
            let Some(rises) = ranked.rises(all) else { continue };
            let tenths = ranked.tenths(all).into_iter().map(|tenth| {
                json!({
                    "lowest_rate_before": number(pounds(Ratio::whole(tenth.rates.0)), 2),
                    "highest_rate_before": number(pounds(Ratio::whole(tenth.rates.1)), 2),
                    "mean_percent": number(tenth.mean_percent, 6),
                    "mean_pounds": number(pounds(tenth.mean_pence), 2),
                })
            });
            moments.insert(
                name.to_owned(),
                json!({
                    "percent": spread_json(&rises.percent, 6, |value| value),
                    "pounds": spread_json(&rises.pence, 2, pounds),
                    "tenths_by_pay_before": tenths.collect::<Vec<_>>(),
                }),
            );
        }
        let below = people.below_prices(asked.framework, side, *reading, all).into_iter().map(|one| {
            let months = [one.months.0.to_string(), one.months.1.to_string()];
            let share = |at: usize| one.people.map(|people| number(Ratio::new(i128::from(people[at]) * 100, all.people.into()), 6));
            json!({
                "index": one.index.word(),
                "reading": one.window.words(),
                "from": months[0],
                "to": months[1],
                "prices_percent": one.prices_percent.as_ref().ok().map(|percent| number(*percent, 6)),
                "missing": one.prices_percent.as_ref().err().map(ToString::to_string),
                "people_in_year": one.people.map(|people| people[0]),
                "percent_in_year": share(0),
                "people_at_end": one.people.map(|people| people[1]),
                "percent_at_end": share(1),
            })
        });
        moments.insert("below_prices".to_owned(), below.collect());
        readings.insert(key(*reading).to_owned(), Json::Object(moments));
    }
    let hours = asked.framework.full_time_hours;
    let lowest = people.lowest_and_minimum(side, &asked.library.minimum_wage).into_iter().map(|(lowest, minimum)| {
        let hourly = |weeks| hours.and_then(|hours| lowest.hourly_pence(hours, weeks)).map(|pence| number(pounds(pence), 4));
        // Below it only if it is so however weeks are counted.
        let below = match (&minimum, hours) {
            (Ok(minimum), Some(hours)) => people.people_below_hourly(side, lowest.from, minimum.ratio(), hours, WeeksInYear::FiftyTwo),
            _ => None,
        };
        json!({
            "from": lowest.from.to_string(),
            "until": lowest.until.to_string(),
            "rate": number(lowest.rate.pounds(), 2),
            "hourly": hourly(WeeksInYear::Calendar),
            "hourly_52_weeks": hourly(WeeksInYear::FiftyTwo),
            "legal_minimum": minimum.as_ref().ok().map(|pence| number(pence.pounds(), 2)),
            "legal_minimum_missing": minimum.as_ref().err().map(ToString::to_string),
            "people_below_legal_minimum": below,
            "point": lowest.point,
            "band": lowest.band,
            "nation": lowest.nation,
            "people": lowest.people,
        })
    });
    let ratio = |day| people.rates_spread(side, day).and_then(|spread| spread.ninety_to_ten()).map(|ratio| number(ratio, 6));
    let last_day = people.year.end().yesterday().ok();
    json!({
        "name": this.name,
        "id": this.offer.id,
        "as_if_in": this.nation,
        "rises": readings,
        "lowest_pay": lowest.collect::<Vec<_>>(),
        "ninety_to_ten": { "before": ratio(None), "at_end": ratio(last_day) },
        "sex_pay_gap": sex_gap_json(asked, side),
    })
}

fn sex_gap_json(asked: &Asked<'_>, side: usize) -> Json {
    let mut readings = Map::new();
    for reading in asked.readings() {
        let Some(gaps) = asked.people.sex_gaps(side, *reading, asked.smallest) else { return Json::Null };
        readings.insert(
            key(*reading).to_owned(),
            json!({ "all": gap_json(&gaps.all), "employers": gaps.employers.iter().map(gap_json).collect::<Vec<_>>() }),
        );
    }
    json!({
        "counted": "men less women, in percent of men, hourly basic pay at full-time rates; without bonus and allowances",
        "smallest_shown": asked.smallest,
        "readings": readings,
    })
}

fn gap_json(group: &GapOfGroup) -> Json {
    let one = |gap: &SexGap| {
        json!({
            "mean_percent": number(gap.mean_percent, 6),
            "median_percent": number(gap.median_percent, 6),
            "women_percent_by_quarter": gap.quarters.map(|quarters| quarters.map(|quarter| number(quarter.women_percent, 6))),
        })
    };
    let change = group.change_points();
    json!({
        "name": group.name,
        "shown": group.gaps.is_some(),
        "women": group.people.map(|people| people[0]),
        "men": group.people.map(|people| people[1]),
        "not_said": group.people.map(|people| people[2]),
        "before": group.gaps.as_ref().map(|gaps| one(&gaps[0])),
        "after": group.gaps.as_ref().map(|gaps| one(&gaps[1])),
        "mean_change_points": change.map(|change| number(change[0], 6)),
        "median_change_points": change.map(|change| number(change[1], 6)),
    })
}

fn group_json(asked: &Asked<'_>, group: &Part) -> Json {
    let people = asked.people;
    let sides = people.sides();
    let offers = (0..sides.len()).map(|side| {
        let spread =
            |moment| people.ranked(side, Reading::AwardOnly, moment).percent(group).map(|spread| spread_json(&spread, 6, |value| value));
        let pay = people.basic_pay(side, group);
        json!({
            "name": sides[side].name,
            "rises": { "in_year": { "percent": spread(Moment::InYear) }, "at_end": { "percent": spread(Moment::AtItsEnd) } },
            "cost_in_year": number(pounds(pay.award.by_months + pay.one_offs), 2),
            "cost_run_rate": number(pounds(pay.run_rate_award), 2),
        })
    });
    let better = (1..sides.len()).flat_map(|second| {
        MOMENTS.into_iter().filter_map(move |(name, moment)| {
            let found = people.better_off(0, second, Reading::AwardOnly, moment, group)?;
            Some(better_json(&sides[0].name, &sides[second].name, key(Reading::AwardOnly), name, &found))
        })
    });
    json!({ "name": group.name, "headcount": group.people, "offers": offers.collect::<Vec<_>>(), "better_off": better.collect::<Vec<_>>() })
}

fn better_json(first: &str, second: &str, reading: &str, moment: &str, found: &BetterOff) -> Json {
    json!({
        "offer": second,
        "against": first,
        "reading": reading,
        "moment": moment,
        "more": found.more,
        "less": found.less,
        "same": found.same,
        "more_percent": number(found.more_percent(), 6),
        "less_percent": number(found.less_percent(), 6),
        "same_percent": number(found.same_percent(), 6),
        "more_pounds": number(pounds(found.more_pence), 2),
        "less_pounds": number(pounds(found.less_pence), 2),
        "median_of_more_pounds": found.median_more_pence.map(|pence| number(pounds(pence), 2)),
        "median_of_less_pounds": found.median_less_pence.map(|pence| number(pounds(pence), 2)),
        "median_of_all_pounds": number(pounds(found.median_pence), 2),
    })
}

fn spread_json(spread: &Spread, places: u32, unit: impl Fn(Ratio) -> Ratio) -> Json {
    let value = |value: Ratio| number(unit(value), places);
    json!({
        "people": spread.people,
        "mean": value(spread.mean),
        "median": value(spread.median),
        "deciles": spread.deciles.map(value),
        "lowest": value(spread.lowest),
        "highest": value(spread.highest),
        "at_or_above_mean_percent": number(spread.at_or_above_mean_percent(), 6),
        "above_mean_percent": number(spread.above_mean_percent(), 6),
    })
}

/// `paybill`: what each offer costs in the year, by the engine of `offer cost`; beside it the plain sum over people, in which no
/// month is rounded.
pub(super) fn paybill_json(asked: &Asked<'_>) -> Json {
    let offers = asked.people.sides().iter().zip(asked.costs).enumerate().map(|(at, (side, billed))| {
        let mut found = Map::new();
        found.insert("name".into(), json!(side.name));
        found.insert("id".into(), json!(side.offer.id));
        match billed {
            Ok(billed) => put_bill(billed, &mut found),
            Err(why) => {
                found.insert("not_costed".into(), json!(why.sentences()));
            }
        }
        found.insert("unrounded".into(), unrounded(asked, at));
        found
    });
    json!({
        "pay_year": asked.people.year.name(),
        "counted": "as in `offer cost`: months as they are paid, each to the penny; gross of leavers and joiners",
        "offers": offers.collect::<Vec<_>>(),
    })
}

fn put_bill(billed: &Billed<'_>, found: &mut Map<String, Json>) {
    let readings = billed.bill.readings();
    let Some(year) = readings.first() else { return };
    let with_standing = |change: Json, standing: Bill| match change {
        Json::Object(mut change) => {
            change.insert("award_without_progression".into(), number(standing.pay.pounds(), 2));
            change.insert("award_without_progression_pence".into(), json!(standing.pay.0));
            Json::Object(change)
        }
        other => other,
    };
    found.insert("base".into(), number(year.paths.standing.pay.pounds(), 2));
    found.insert("base_pence".into(), json!(year.paths.standing.pay.0));
    found.insert("in_year".into(), with_standing(change_json(&year.in_year), year.paths.award_without_progression()));
    found.insert("run_rate".into(), with_standing(change_json(&year.run_rate), year.run_rate_without_progression));
    found.insert("carry_over".into(), change_json(&year.carry_over));
    found.insert("on_costs".into(), json!({ "title": billed.on_costs.as_ref().ok(), "left_out_because": billed.on_costs.as_ref().err() }));
    found.insert("assumptions".into(), json!(billed.assumptions));
}

/// Spec P91: rates × hours of everybody, added up over the records; basic pay alone.
fn unrounded(asked: &Asked<'_>, side: usize) -> Json {
    let by_count = |value: ByCount| json!({ "by_months": number(pounds(value.by_months), 2), "by_days": number(pounds(value.by_days), 2) });
    let sum = |pence: Ratio| number(pounds(pence), 2);
    let pay = asked.people.basic_pay(side, &asked.people.everybody());
    let increments = asked.people.has_increments();
    json!({
        "what": "rates × hours of everybody, no month rounded; the award is that if nobody moved up, increments hold the award on them",
        "base": sum(pay.base),
        "in_year": {
            "award": by_count(pay.award),
            "one_offs": sum(pay.one_offs),
            "percent": number(pay.in_year_percent(), 6),
            "increments": increments.then(|| by_count(pay.increments)),
            "increments_at_rates_before": increments.then(|| by_count(pay.increments_before)),
            "one_offs_by_increments": increments.then(|| sum(pay.one_offs_by_increments)),
        },
        "run_rate": {
            "award": sum(pay.run_rate_award),
            "percent": number(pay.run_rate_percent(), 6),
            "increments": increments.then(|| sum(pay.run_rate_increments)),
        },
    })
}
