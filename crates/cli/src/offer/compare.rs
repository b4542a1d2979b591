//! `whitley offer compare`: offers side by side.

use std::collections::HashMap;

use clap::Args;
use dated::Ratio;
use pay::{Offer, Pence, PointValue, WeeksInYear, rates_of_salary, value_row};
use serde_json::{Map, Value as Json, json};

use super::people::PeopleArguments;
use super::people_json::{paybill_json, people_json};
use super::{Stop, find_offer, in_group, money, parse_pounds, pounds, refuse_question};
use crate::answer::{self, Outcome, Table, number};
use crate::disk::{self, Opened};

/// Arguments of `whitley offer compare`.
#[derive(Args)]
pub(crate) struct Compare {
    /// The dispute folder
    dispute: String,
    /// The offers, separated by commas; the others are set against the first. An offer in several nations takes
    /// the first of them, or say which: three-year@Scotland
    #[arg(long, value_delimiter = ',', required = true, num_args = 1..)]
    offers: Vec<String>,
    /// Compare for one full-time salary before the offers instead of every point
    #[arg(long, value_parser = parse_pounds)]
    salary: Option<Pence>,
    /// The points of this scale only
    #[arg(long)]
    scale: Option<String>,
    /// For this group of staff, where an offer treats groups differently
    #[arg(long)]
    group: Option<String>,
    #[command(flatten)]
    people: PeopleArguments,
}

/// One column: an offer as it applies in a nation.
struct Column<'c> {
    name: String,
    offer: &'c Offer,
    nation: String,
}

impl Compare {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let Opened { dispute, library } = disk::open(&self.dispute, as_json)?;
        let framework = in_group(&dispute, self.group.as_deref())?;
        let mut columns: Vec<Column<'_>> = Vec::new();
        for name in &self.offers {
            let (id, nation) = name.split_once('@').map_or((name.as_str(), None), |(id, nation)| (id, Some(nation)));
            let offer = find_offer(&dispute.offers, id)?;
            let nation = match nation {
                Some(nation) if offer.nations.iter().any(|(known, _)| known == nation) => nation.to_owned(),
                Some(nation) => return refuse_question(format!("the offer {id} does not apply in {nation}")),
                None => offer.nations.first().map(|(known, _)| known.clone()).unwrap_or_default(),
            };
            columns.push(Column { name: name.clone(), offer, nation });
        }
        if let Some(column) = columns.iter().find(|column| framework.groups_of(column.offer).len() > 1) {
            let groups: Vec<String> = framework.groups_of(column.offer).into_iter().flatten().collect();
            return refuse_question(format!(
                "{} treats groups of staff differently: say which with --group {}",
                column.name,
                groups.join(" | ")
            ));
        }
        if columns.len() < 2 {
            return refuse_question("name at least two offers: --offers A,B");
        }
        // All columns are valued for one pay year, so that an offer that begins later is seen to begin later.
        let Some(year) = columns.iter().filter_map(|column| framework.first_pay_year(column.offer)).min() else {
            return refuse_question("none of these offers has dated steps, so their points cannot be compared; see `whitley offer value`");
        };
        let offers: Vec<(String, &Offer)> = columns.iter().map(|column| (column.name.clone(), column.offer)).collect();
        let of_people = self.people.with_people((&dispute, &library), year, &offers, as_json, |asked| {
            if as_json { (String::new(), Some((people_json(asked), paybill_json(asked)))) } else { (asked.text(), None) }
        })?;
        if let Some((text, None)) = &of_people {
            answer::print(text);
            return Ok(Outcome::Yes);
        }
        let mut rows: Vec<(String, Vec<Option<PointValue>>)> = Vec::new();
        if let Some(salary) = self.salary {
            let mut values = Vec::new();
            for column in &columns {
                match rates_of_salary(column.offer, salary, None, framework.view(column.offer, &column.nation)) {
                    Ok(row) => values.push(Some(value_row(row, year))),
                    Err(why) => return refuse_question(format!("{}: {why}", column.name)),
                }
            }
            rows.push((String::new(), values));
        } else {
            for scale in framework.scales.iter().filter(|scale| self.scale.as_ref().is_none_or(|wanted| *wanted == scale.id)) {
                let valued: Vec<Vec<PointValue>> = columns
                    .iter()
                    .map(|column| {
                        let listed = framework.scales_of(column.offer).any(|known| known.id == scale.id);
                        let rows =
                            if listed { framework.rows(column.offer, scale, &column.nation).unwrap_or_default() } else { Vec::new() };
                        rows.into_iter().map(|row| value_row(row, year)).collect()
                    })
                    .collect();
                // In the order of first appearance; an offer that lists a point twice is taken at its first.
                let mut places: HashMap<(&str, &str), usize> = HashMap::new();
                let mut found: Vec<(String, Vec<Option<PointValue>>)> = Vec::new();
                for (column, values) in valued.iter().enumerate() {
                    for value in values {
                        let place = *places.entry((&value.row.point, &value.row.band)).or_insert(found.len());
                        if place == found.len() {
                            found.push((scale.id.clone(), vec![None; valued.len()]));
                        }
                        found[place].1[column].get_or_insert_with(|| value.clone());
                    }
                }
                rows.extend(found);
            }
        }
        if rows.is_empty() {
            return refuse_question("the scales of these offers are not in the data, so no points can be compared");
        }
        if as_json {
            let mut found = json!({
                "dispute": dispute.id,
                "pay_year": year.name(),
                "offers": columns.iter().map(|column| json!({ "id": column.offer.id, "name": column.name, "nation": column.nation, "title": column.offer.title })).collect::<Vec<_>>(),
                "rows": rows.iter().map(|(scale, values)| row_json(scale, &columns, values)).collect::<Vec<_>>(),
                "gains": summary(&columns, &rows).into_iter().map(|(name, more, less, same)| json!({ "offer": name, "more": more, "less": less, "same": same })).collect::<Vec<_>>(),
            });
            if let (Some((_, Some((people, paybill)))), Json::Object(found)) = (of_people, &mut found) {
                found.insert("people".into(), people);
                found.insert("paybill".into(), paybill);
            }
            answer::print_json(&found);
            return Ok(Outcome::Yes);
        }
        let first_scale = rows.first().map(|(scale, _)| scale.clone()).unwrap_or_default();
        answer::print(&format!("In the pay year {}, by months; each set against {}.\n", year.name(), columns[0].name));
        for column in &columns {
            answer::print(&format!("  {}: {} ({})\n", column.name, column.offer.title, column.nation));
        }
        answer::print(&table(&columns, rows.iter().filter(|(scale, _)| *scale == first_scale).map(|(_, values)| values)).text());
        for (name, more, less, same) in summary(&columns, &rows) {
            answer::print(&format!(
                "  {name}: more in the year than {} at {more} points, less at {less}, the same at {same}.\n",
                columns[0].name
            ));
        }
        Ok(Outcome::Yes)
    }
}

fn gain(value: &PointValue) -> Ratio {
    value.first_year().gain_pence.by_months + value.first_year().unconsolidated.ratio()
}

/// For each offer but the first: at how many rows it gives more, less, the same in the year.
fn summary(columns: &[Column<'_>], rows: &[(String, Vec<Option<PointValue>>)]) -> Vec<(String, usize, usize, usize)> {
    (1..columns.len())
        .map(|at| {
            let (mut more, mut less, mut same) = (0, 0, 0);
            for (_, values) in rows {
                if let (Some(Some(first)), Some(Some(other))) = (values.first(), values.get(at)) {
                    match gain(other).cmp(&gain(first)) {
                        std::cmp::Ordering::Greater => more += 1,
                        std::cmp::Ordering::Less => less += 1,
                        std::cmp::Ordering::Equal => same += 1,
                    }
                }
            }
            (columns[at].name.clone(), more, less, same)
        })
        .collect()
}

fn row_json(scale: &str, columns: &[Column<'_>], values: &[Option<PointValue>]) -> Json {
    let first = values.first().and_then(Option::as_ref);
    let any = values.iter().flatten().next();
    let pence = |value: Ratio| number(pounds(value), 2);
    let mut offers = Map::new();
    for (column, value) in columns.iter().zip(values) {
        let Some(value) = value else {
            offers.insert(column.name.clone(), Json::Null);
            continue;
        };
        let year = value.first_year();
        let mut entry = json!({
            "nation": column.nation,
            "in_year_gain": pence(year.gain_pence.by_months),
            "unconsolidated": number(year.unconsolidated.pounds(), 2),
            "in_year_percent": number(year.gain_percent.by_months, 6),
            "year_end_rate": number(year.year_end_rate.pounds(), 2),
            "year_end_percent": number(year.year_end_percent, 6),
            "weekly_loss_from_staging": pence(value.weekly_loss_pence(WeeksInYear::Calendar)),
        });
        if let (Some(first), Json::Object(entry)) = (first, &mut entry) {
            entry.insert("in_year_difference".into(), pence(gain(value) - gain(first)));
            entry.insert("year_end_rate_difference".into(), number((year.year_end_rate - first.first_year().year_end_rate).pounds(), 2));
        }
        offers.insert(column.name.clone(), entry);
    }
    json!({
        "scale": scale,
        "point": any.map(|value| value.row.point.as_str()),
        "band": any.map(|value| value.row.band.as_str()),
        "base": any.map(|value| number(value.row.path.base.pounds(), 2)),
        "offers": offers,
    })
}

fn table<'v>(columns: &[Column<'_>], rows: impl Iterator<Item = &'v Vec<Option<PointValue>>>) -> Table {
    let mut headings: Vec<String> = vec!["point".into(), "band".into(), ">before".into()];
    for (at, column) in columns.iter().enumerate() {
        headings.push(format!(">{}: in year", column.name));
        headings.push(">at end".into());
        if at > 0 {
            headings.push(">more in year".into());
        }
    }
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut table = Table::new(&headings);
    for values in rows {
        let Some(any) = values.iter().flatten().next() else { continue };
        let mut cells = vec![any.row.point.clone(), any.row.band.clone(), any.row.path.base.to_string()];
        for (at, value) in values.iter().enumerate() {
            match value {
                Some(value) => {
                    cells.push(money(gain(value)));
                    cells.push(value.first_year().year_end_rate.to_string());
                    if at > 0 {
                        cells.push(match values.first() {
                            Some(Some(first)) => money(gain(value) - gain(first)),
                            _ => String::new(),
                        });
                    }
                }
                None => cells.extend(std::iter::repeat_n("not valued".to_owned(), if at > 0 { 3 } else { 2 })),
            }
        }
        table.row(cells);
    }
    table
}
