//! `whitley offer compare`: offers side by side.

use clap::Args;
use dated::Ratio;
use pay::{Offer, Pence, PointValue, WeeksInYear};
use serde_json::{Map, Value as Json, json};
use workspace::offer::compare::{Column, Valued, columns, first_year, gain, of_points, of_salary, summary};

use super::people::PeopleArguments;
use super::people_json::{paybill_json, people_json};
use super::{Stop, in_group, money, parse_pounds, pounds, refuse_question};
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

impl Compare {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let Opened { dispute, library } = disk::open(&self.dispute, as_json)?;
        let framework = in_group(&dispute, self.group.as_deref())?;
        let columns = columns(&dispute, &framework, &self.offers).or_else(refuse_question)?;
        let year = first_year(&framework, &columns).or_else(refuse_question)?;
        let offers: Vec<(String, &Offer)> = columns.iter().map(|column| (column.name.clone(), column.offer)).collect();
        let of_people = self.people.with_people((&dispute, &library), year, &offers, as_json, |asked| {
            if as_json { (String::new(), Some((people_json(asked), paybill_json(asked)))) } else { (asked.text(), None) }
        })?;
        if let Some((text, None)) = &of_people {
            answer::print(text);
            return Ok(Outcome::Yes);
        }
        let rows: Vec<(String, Valued)> = match self.salary {
            Some(salary) => vec![(String::new(), of_salary(&framework, &columns, salary, year).or_else(refuse_question)?)],
            None => of_points(&framework, &columns, self.scale.as_deref(), year),
        };
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

fn table<'v>(columns: &[Column<'_>], rows: impl Iterator<Item = &'v Valued>) -> Table {
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
