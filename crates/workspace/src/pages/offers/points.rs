//! What an offer makes of every point of its scales.

use std::collections::BTreeSet;

use dated::Date;
use dispute::Dispute;
use pay::{PointValue, ScaleValue, WeeksInYear};

use super::cells::{cite, money, percents, source_of, sum};
use crate::table::{Table, words};

pub(super) fn points_table(dispute: &Dispute, value: &ScaleValue<'_>, rows: &[PointValue], cited: &mut BTreeSet<String>) -> Table {
    let mut days: Vec<Date> = rows.iter().flat_map(|point| point.row.path.rates.iter().map(|rate| rate.from)).collect();
    days.sort();
    days.dedup();
    let mut heads = vec!["point".to_owned(), "band".to_owned(), "nation".to_owned(), "scale".to_owned(), ">rate before".to_owned()];
    heads.extend(days.iter().map(|day| format!(">from {day}")));
    let rest = [">more in the year", ">by days", ">in the year, %", ">by days, %", ">at its end, %", ">one-off"];
    heads.extend(rest.map(str::to_owned));
    heads.extend([">lost a week", ">lost a week (52)", ">until the full rate", ">by days (until full)", "source"].map(str::to_owned));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let group = value.group.as_ref().map(|group| format!("-{group}")).unwrap_or_default();
    let of_group = value.group.as_ref().map(|id| {
        let name = dispute.groups.iter().find(|group| group.id == *id).map_or(id.as_str(), |group| &group.name);
        format!(", {name}")
    });
    let id = slug(&format!("points-{}-{}{group}", value.scale.id, value.nation));
    let caption = format!("{}, {}{}: rates in pounds a year, full time", value.scale.title, value.nation, of_group.unwrap_or_default());
    let mut table = Table::new(id, caption, &heads);
    for point in rows {
        let year = point.first_year();
        cited.extend(point.row.source.iter().cloned());
        let mut row = vec![
            words(&point.row.point).class("nowrap"),
            words(&point.row.band),
            words(&point.row.nation).class("nowrap"),
            words(&value.scale.id).class("nowrap"),
        ];
        row.push(source_of(money(point.row.path.base), &point.row.source));
        for day in &days {
            let rate = point.row.path.rates.iter().rev().find(|rate| rate.from <= *day);
            let cell = money(point.row.path.rate_on(*day));
            row.push(match rate {
                Some(rate) => cell.from(format!("#clause-{}", rate.step + 1)),
                None => source_of(cell, &point.row.source),
            });
        }
        row.extend([
            sum(year.gain_pence.by_months).from("#how"),
            sum(year.gain_pence.by_days).from("#how"),
            percents(year.gain_percent.by_months).from("#how"),
            percents(year.gain_percent.by_days).from("#how"),
            percents(year.year_end_percent).from("#how"),
            money(year.unconsolidated),
            sum(point.weekly_loss_pence(WeeksInYear::Calendar)).from("#how"),
            sum(point.weekly_loss_pence(WeeksInYear::FiftyTwo)).from("#how"),
            sum(point.loss_to_full_award_pence.by_months).from("#how"),
            sum(point.loss_to_full_award_pence.by_days).from("#how"),
            cite(&point.row.source),
        ]);
        table.row(row);
    }
    drop_empty(&mut table, &[">one-off", ">lost a week", ">lost a week (52)", ">until the full rate", ">by days (until full)"]);
    table
}

/// Takes out columns of nothing but noughts: what nobody gets or loses here needs no column.
fn drop_empty(table: &mut Table, names: &[&str]) {
    for name in names {
        let Some(at) = table.heads.iter().position(|head| head.text == name.trim_start_matches('>')) else { continue };
        if table.rows.iter().all(|row| row[at].exact.as_deref().is_some_and(|exact| exact.bytes().all(|byte| byte == b'0' || byte == b'.')))
        {
            table.heads.remove(at);
            table.rows.iter_mut().for_each(|row| drop(row.remove(at)));
        }
    }
}

fn slug(text: &str) -> String {
    text.to_lowercase().chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}
