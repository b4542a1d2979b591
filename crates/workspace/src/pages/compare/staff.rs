//! The same offers among invented staff: who is better off, what it costs month by month. Computed as `offer compare --workforce`.

use pay::{By, Moment, People, Reading, grouped};
use report::PeopleInput;

use crate::asked::Opened;
use crate::offer::compare::Column;
use crate::offer::people::{SMALLEST_GROUP, costs_side_by_side, first_year, offers_of, sides, value};
use crate::pages::parts::{Picture, chart_of_report, of_report, percent};
use crate::pages::staff::{Staff, made, seen_as};
use crate::table::{Table, words};

/// What is shown of the staff.
pub(super) struct View {
    /// Why nothing can be shown.
    pub(super) cannot: Vec<String>,
    /// What they were made from.
    pub(super) label: String,
    pub(super) answers: Vec<String>,
    pub(super) cost_lines: Vec<String>,
    pub(super) cost_tables: Vec<String>,
    pub(super) pictures: Vec<Picture>,
    pub(super) tables: Vec<String>,
    pub(super) withheld: Option<String>,
    pub(super) notes: Vec<String>,
}

/// The view, and its tables as they can be had as CSV.
pub(super) fn view(opened: &Opened<'_>, columns: &[Column<'_>], staff: Staff, csv: Option<&str>) -> (View, Vec<Table>) {
    match found(opened, columns, staff, csv) {
        Ok(found) => found,
        Err(cannot) => {
            let view = View {
                cannot,
                label: String::new(),
                answers: Vec::new(),
                cost_lines: Vec::new(),
                cost_tables: Vec::new(),
                pictures: Vec::new(),
                tables: Vec::new(),
                withheld: None,
                notes: Vec::new(),
            };
            (view, Vec::new())
        }
    }
}

fn found(opened: &Opened<'_>, columns: &[Column<'_>], staff: Staff, csv: Option<&str>) -> Result<(View, Vec<Table>), Vec<String>> {
    let one = |why: String| vec![why];
    let framework = opened.dispute.framework();
    let workforce = made(opened, &framework, columns[0].offer, staff).map_err(one)?;
    let names: Vec<String> = columns.iter().map(|column| seen_as(column.offer, &column.nation)).collect();
    let offers = offers_of(opened.dispute, &names).map_err(one)?;
    let year = first_year(&framework, &offers).map_err(one)?;
    let people = value(&framework, year, &workforce, sides(&offers), true, "the invented staff").map_err(|faults| {
        let more = faults.len().saturating_sub(5);
        let mut said: Vec<String> = faults.into_iter().take(5).map(|fault| format!("{}.", fault.what)).collect();
        if more > 0 {
            said.push(format!("And {more} more like these."));
        }
        said
    })?;
    let costs = costs_side_by_side(&people, &workforce, &framework, opened.dispute, opened.library).map_err(one)?;
    let input = PeopleInput {
        people: &people,
        workforce: &workforce,
        framework: &framework,
        smallest: SMALLEST_GROUP,
        costs: &costs,
        // That is a page of its own.
        redistribution: &Err(Vec::new()),
    };
    let shown = report::people_view(input, &opened.library.minimum_wage);
    let (groups, withheld) = groups(&people);
    let mut tables: Vec<Table> = Vec::new();
    let mut put = |id: &str, table: &report::Table, list: &mut Vec<String>| {
        if !table.rows.is_empty() {
            let table = of_report(id, table);
            list.push(table.html(csv));
            tables.push(table);
        }
    };
    let (mut cost_tables, mut of_people) = (Vec::new(), Vec::new());
    put("paybill", &shown.cost.in_year, &mut cost_tables);
    put("paybill-readings", &shown.cost.later, &mut cost_tables);
    put("award-in-three-ways", &shown.cost.ways, &mut cost_tables);
    put("rises", &shown.summary, &mut of_people);
    put("deciles", &shown.deciles, &mut of_people);
    put("with-increments", &shown.readings, &mut of_people);
    put("below-prices", &shown.prices, &mut of_people);
    let mut pictures = Vec::new();
    if let Some(chart) = &shown.cost.by_month {
        let (picture, table) = chart_of_report("by-month", chart);
        pictures.push(picture);
        tables.push(table);
    }
    if let Some(chart) = shown.charts.first() {
        let (picture, table) = chart_of_report("by-tenths", chart);
        pictures.push(picture);
        tables.push(table);
    }
    if !groups.rows.is_empty() {
        of_people.push(groups.html(csv));
        tables.push(groups);
    }
    let notes = shown.notes.into_iter().chain(shown.cost.notes).chain(shown.missing).collect();
    let view = View {
        cannot: Vec::new(),
        label: shown.synthetic.unwrap_or_default(),
        answers: shown.answers,
        cost_lines: shown.cost.lines,
        cost_tables,
        pictures,
        tables: of_people,
        withheld,
        notes,
    };
    Ok((view, tables))
}

/// Bands and staff groups, small ones withheld.
fn groups(people: &People<'_>) -> (Table, Option<String>) {
    let sides = people.sides();
    let mut heads = vec!["group".to_owned(), ">people".to_owned()];
    heads.extend(sides.iter().flat_map(|side| [format!(">{}: mean rise", side.name), ">median".to_owned()]));
    heads.extend(sides.iter().skip(1).flat_map(|side| [format!(">{} better for", side.name), ">worse for".to_owned()]));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let caption = format!(
        "By band and staff group: rise in the year, award only; better and worse are against {} (synthetic workforce)",
        sides.first().map_or("", |side| side.name.as_str())
    );
    let mut table = Table::new("groups", caption, &heads);
    let ranked: Vec<_> = (0..sides.len()).map(|at| people.ranked(at, Reading::AwardOnly, Moment::InYear)).collect();
    let (mut small, mut in_small) = (0, 0);
    for (by, name) in [(By::Band, "Band "), (By::StaffGroup, "")] {
        for group in people.apart(by) {
            if group.people < SMALLEST_GROUP {
                small += 1;
                in_small += group.people;
                continue;
            }
            let mut cells = vec![words(format!("{name}{}", group.name)), words(grouped(group.people)).exact(group.people.to_string())];
            for ranked in &ranked {
                let spread = ranked.percent(&group);
                cells.extend(spread.map_or_else(|| [words(""), words("")], |spread| [percent(spread.mean, 2), percent(spread.median, 2)]));
            }
            for second in 1..sides.len() {
                let found = people.better_off(0, second, Reading::AwardOnly, Moment::InYear, &group);
                cells.extend(
                    found.map_or_else(
                        || [words(""), words("")],
                        |found| [percent(found.more_percent(), 1), percent(found.less_percent(), 1)],
                    ),
                );
            }
            table.row(cells);
        }
    }
    let withheld = (small > 0)
        .then(|| format!("Not shown: {small} groups of fewer than {SMALLEST_GROUP} people, {} people in all.", grouped(in_small)));
    (table, withheld)
}
