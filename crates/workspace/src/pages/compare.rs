//! The page `compare`: offers side by side, as `whitley offer compare`; point by point, against prices, and among invented staff.

mod figures;
mod staff;

use std::collections::HashSet;

use askama::Template;
use dated::Ratio;
use pay::{Offer, grouped};
use report::charts::{Heading, Series, along_the_spine};

use crate::asked::{Answer, Asked, Opened, Page, Trouble};
use crate::offer::compare::{Column, Valued, columns, first_year, of_points, of_salary, summary};
use crate::offer::typed::parse_pounds;
use crate::pages::parts::{Choice, Picture, Source, Tab, Wrong, address, capital, encoded, offer_href, offer_meta, query, sources};
use crate::pages::staff::{SIZES, Staff};
use crate::pages::{filled, nothing_yet};
use crate::table::Table;

/// More cannot be read side by side.
const MOST_OFFERS: usize = 8;

#[derive(Template)]
#[template(path = "compare.html")]
struct View {
    action: String,
    wrong: Vec<Wrong>,
    /// Each offer, with the line below it.
    offers: Vec<(Choice, String)>,
    salary: String,
    groups: Vec<Choice>,
    sizes: Vec<Choice>,
    seed: u64,
    /// Comparisons that suggest themselves.
    presets: Vec<Tab>,
    heading: String,
    /// Name, title and address of each column.
    columns: Vec<(String, String, String)>,
    counts: Vec<String>,
    headline: Vec<String>,
    real: Vec<String>,
    missing: Vec<String>,
    points: Vec<String>,
    spine: Option<Picture>,
    staff: Option<staff::View>,
    sources: Vec<Source>,
}

pub(crate) fn page(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let dispute = opened.dispute;
    if dispute.offers.len() < 2 {
        return Ok(nothing_yet(
            "Compare offers",
            "Two offers are needed to compare, and this dispute has fewer. They are written down under Offers.",
        ));
    }
    let mut chosen: Vec<String> =
        asked.all("offers").flat_map(|list| list.split(',')).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    let mut seen = HashSet::new();
    chosen.retain(|name| seen.insert(name.clone()));
    let mut wrong = Vec::new();
    if chosen.len() > MOST_OFFERS {
        let what = format!("{} offers are too many for one page: choose at most {MOST_OFFERS}", chosen.len());
        wrong.push(Wrong { field: "offers", what });
    }
    let framework = dispute.framework();
    let group = asked.one("group").map(str::to_owned);
    if let Some(group) = group.as_ref().filter(|group| !framework.groups.contains(group)) {
        let what = format!("there is no group “{group}” in this dispute; it has {}", framework.groups.join(", "));
        wrong.push(Wrong { field: "group", what });
    }
    let salary = asked.one("salary").and_then(|text| parse_pounds(text).map_err(|what| wrong.push(Wrong { field: "salary", what })).ok());
    let staff = Staff::read(asked).map_err(|what| wrong.push(Wrong { field: "staff", what })).unwrap_or_default();
    let tells_groups = dispute.offers.iter().any(|offer| framework.groups_of(offer).len() > 1);
    let here = address(opened, "compare", &query(asked, &[]));
    let csv = Some(here.as_str());
    let mut view = View {
        action: format!("{}/compare", opened.base),
        wrong: Vec::new(),
        offers: choices(opened, &chosen),
        salary: asked.one("salary").unwrap_or("").to_owned(),
        groups: if tells_groups {
            let known = dispute.groups.iter().map(|one| Choice::new(&one.id, &one.name, group.as_ref() == Some(&one.id)));
            std::iter::once(Choice::new("", "none chosen", group.is_none())).chain(known).collect()
        } else {
            Vec::new()
        },
        sizes: SIZES
            .iter()
            .map(|size| Choice::new(size.to_string(), format!("{} invented staff", grouped((*size).into())), staff.size == *size))
            .collect(),
        seed: staff.seed,
        presets: presets(opened),
        heading: String::new(),
        columns: Vec::new(),
        counts: Vec::new(),
        headline: Vec::new(),
        real: Vec::new(),
        missing: Vec::new(),
        points: Vec::new(),
        spine: None,
        staff: None,
        sources: Vec::new(),
    };
    let mut tables: Vec<Table> = Vec::new();
    if wrong.is_empty() && !chosen.is_empty() {
        let framework = framework.in_group(group);
        match columns(dispute, &framework, &chosen) {
            Err(what) => wrong.push(Wrong { field: "offers", what: for_pages(&what) }),
            Ok(columns) => {
                view.columns = columns
                    .iter()
                    .map(|column| (column.name.clone(), column.offer.title.clone(), offer_href(opened, column.offer)))
                    .collect();
                let headline = figures::headline(opened, &framework, &columns);
                let (real, missing) = figures::real(opened, &framework, &columns);
                let shown = |table: &Table| (!table.rows.is_empty()).then(|| table.html(csv)).into_iter().collect::<Vec<_>>();
                (view.headline, view.real) = (shown(&headline), shown(&real));
                view.missing = missing;
                tables.extend([headline, real]);
                match first_year(&framework, &columns) {
                    Err(what) => view.missing.push(format!("{}.", capital(&for_pages(&what)))),
                    Ok(year) => {
                        let rows = match salary {
                            Some(salary) => of_salary(&framework, &columns, salary, year).map(|row| vec![(String::new(), row)]),
                            None => Ok(of_points(&framework, &columns, None, year)),
                        };
                        match rows {
                            Err(what) => wrong.push(Wrong { field: "salary", what }),
                            Ok(rows) => {
                                view.heading = format!("In the pay year {}, by months; each set against {}", year.name(), columns[0].name);
                                view.counts = counts(&columns, &rows);
                                let points = figures::points(opened, &framework, &columns, &rows, salary.is_some());
                                view.points = points.iter().map(|table| table.html(csv)).collect();
                                tables.extend(points);
                                if let Some((picture, table)) = spine(&columns, &rows) {
                                    view.spine = Some(picture);
                                    tables.push(table);
                                }
                                if rows.is_empty() {
                                    view.missing
                                        .push("The scales of these offers are not in the data, so no points can be compared.".to_owned());
                                }
                            }
                        }
                        if staff.size > 0 {
                            let found = staff::view(opened, &columns, staff, csv);
                            tables.extend(found.1);
                            view.staff = Some(found.0);
                        }
                    }
                }
                let cited: Vec<String> = columns.iter().flat_map(|column| column.offer.source.iter().cloned()).collect();
                view.sources = sources(&dispute.sources, &cited);
            }
        }
    }
    tables.retain(|table| !table.rows.is_empty());
    let is_refusal = !wrong.is_empty();
    view.wrong = wrong;
    let page = filled("Compare offers", &view, tables)?;
    Ok(match page {
        Answer::Page(page) => Answer::Page(Page { is_refusal, ..page }),
        file => file,
    })
}

/// What is said of a question on the command line, for somebody with a form.
fn for_pages(what: &str) -> String {
    what.replace(": say which with --group ", ": choose one of ")
        .replace("name at least two offers: --offers A,B", "choose at least two offers")
        .replace("; see `whitley offer value`", "; see the page of each offer")
}

/// One box for each offer, or for each of its nations.
fn choices(opened: &Opened<'_>, chosen: &[String]) -> Vec<(Choice, String)> {
    let mut list = Vec::new();
    for offer in &opened.dispute.offers {
        let names: Vec<(String, String)> = match offer.nations.as_slice() {
            [] | [_] => vec![(offer.id.clone(), offer.title.clone())],
            nations => nations.iter().map(|(name, _)| (format!("{}@{name}", offer.id), format!("{} ({name})", offer.title))).collect(),
        };
        for (at, (name, title)) in names.into_iter().enumerate() {
            let is_chosen = chosen.contains(&name) || (at == 0 && chosen.contains(&offer.id));
            list.push((Choice::new(name, title, is_chosen), offer_meta(opened.dispute, offer)));
        }
    }
    list
}

/// All that are known by their steps; and one of each nation, where there are several nations: the last that was made there.
fn presets(opened: &Opened<'_>) -> Vec<Tab> {
    let dated: Vec<&Offer> = opened.dispute.offers.iter().filter(|offer| !offer.steps.is_empty()).collect();
    let mut of_nations: Vec<(&str, &Offer)> = Vec::new();
    for offer in &dated {
        for (nation, _) in &offer.nations {
            match of_nations.iter_mut().find(|(known, _)| known == nation) {
                Some((_, known)) if offer.kind != pay::OfferKind::Recommendation => *known = offer,
                Some(_) => {}
                None => of_nations.push((nation, offer)),
            }
        }
    }
    let link = |text: &str, names: Vec<String>| Tab {
        text: text.to_owned(),
        href: address(opened, "compare", &format!("offers={}", names.iter().map(|name| encoded(name)).collect::<Vec<_>>().join(","))),
        is_here: false,
    };
    let mut list = Vec::new();
    if (2..=MOST_OFFERS).contains(&dated.len()) {
        list.push(link("All that are known step by step", dated.iter().map(|offer| offer.id.clone()).collect()));
    }
    if (2..=MOST_OFFERS).contains(&of_nations.len()) {
        let name =
            |(nation, offer): &(&str, &Offer)| if offer.nations.len() > 1 { format!("{}@{nation}", offer.id) } else { offer.id.clone() };
        list.push(link("Nation against nation", of_nations.iter().map(name).collect()));
    }
    list
}

fn counts(columns: &[Column<'_>], rows: &[(String, Valued)]) -> Vec<String> {
    summary(columns, rows)
        .into_iter()
        .map(|(name, more, less, same)| {
            format!("{name}: more in the year than {} at {more} points, less at {less}, the same at {same}.", columns[0].name)
        })
        .collect()
}

/// The scale with the most points, in the order of pay: rates at the end of the year.
fn spine(columns: &[Column<'_>], rows: &[(String, Valued)]) -> Option<(Picture, Table)> {
    let scales: Vec<&String> = rows.iter().map(|(scale, _)| scale).collect();
    let scale = scales.iter().max_by_key(|scale| scales.iter().filter(|other| other == scale).count())?;
    let mut kept: Vec<(String, Ratio, Vec<Ratio>)> = Vec::new();
    for (_, values) in rows.iter().filter(|(known, _)| known == *scale) {
        let Some(values) = values.iter().map(Option::as_ref).collect::<Option<Vec<_>>>() else { continue };
        let Some(first) = values.first() else { continue };
        let rates: Vec<Ratio> = values.iter().map(|value| value.first_year().year_end_rate.pounds()).collect();
        // A point in two bands stands twice only where they are treated in two ways.
        let one = (first.row.point.clone(), first.row.path.base.pounds(), rates);
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept.sort_by_key(|one| one.1);
    if kept.len() < 3 {
        return None;
    }
    let labels: Vec<String> = kept.iter().map(|one| one.0.clone()).collect();
    let before: Vec<Ratio> = kept.iter().map(|one| one.1).collect();
    let offers: Vec<Series> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| Series { name: column.name.clone(), values: kept.iter().map(|one| one.2[at]).collect() })
        .collect();
    let title = "Rates before and at the end of the pay year, along the spine";
    let drawn = along_the_spine(Heading { id: "along", title, label: None }, &labels, &before, &offers);
    Some(Picture::new("along", "along-figures", drawn, title))
}
