//! What an offer is worth, for its own page and beside the form in which it is typed.

use std::collections::BTreeSet;

use askama::Template;
use dispute::Dispute;
use pay::{Framework, Offer};
use report::words::percent;

use super::cells::cite;
use super::headline::{headline_notes, headline_table};
use super::points::points_table;
use super::prices::{annual_rates, prices_table};
use crate::asked::Trouble;
use crate::table::{Table, words};

#[derive(Template)]
#[template(path = "worth_of_offer.html")]
struct WorthOfOffer {
    headline: Option<String>,
    whys: Vec<Why>,
    notes: Vec<String>,
    counted: Option<String>,
    prices: Option<String>,
    missing_prices: Vec<String>,
    not_valued: Vec<(String, String)>,
    points: Vec<(String, String)>,
    rounding: String,
}

/// Why a figure is what it is.
pub(super) struct Why {
    pub(super) value: String,
    pub(super) what: String,
    pub(super) formula: String,
    pub(super) inputs: Vec<(String, Option<String>)>,
}

/// What an offer is worth, as HTML and as its tables.
pub(crate) struct Worth {
    pub(crate) html: String,
    pub(crate) tables: Vec<Table>,
    /// Sources of rates and prices that it names.
    pub(crate) sources: BTreeSet<String>,
}

/// What an offer is worth: headline, prices, points. `page` is where its tables can be had as CSV.
pub(crate) fn worth(dispute: &Dispute, offer: &Offer, framework: &Framework<'_>, page: Option<&str>) -> Result<Worth, Trouble> {
    let mut tables = Vec::new();
    let mut sources = BTreeSet::new();
    let nation = offer.nations.first().map(|(name, _)| name.clone()).unwrap_or_default();
    let headline = framework.headline(offer, &nation).filter(|headline| !headline.years.is_empty());
    let mut notes = Vec::new();
    let mut whys = Vec::new();
    let headline_html = headline.as_ref().map(|headline| {
        let (mut table, reasons) = headline_table(offer, headline);
        whys = reasons;
        if page.is_none() {
            whys.iter_mut().flat_map(|why| &mut why.inputs).for_each(|(_, href)| *href = None);
        }
        notes = headline_notes(headline);
        let html = shown(&mut table, page);
        tables.push(table);
        html
    });
    if headline.is_none() && offer.counted.is_empty() {
        notes.push("No single percentage: the offer gives cash or rates, so each point has its own (below).".to_owned());
    }
    let counted = (!offer.counted.is_empty()).then(|| {
        let mut table = Table::new("counted", "As each side counts it", &["who", ">percent", "what it counts", "source"]);
        for one in &offer.counted {
            sources.extend(one.source.iter().cloned());
            table.row([
                words(dispute.party_name(&one.who.0)),
                words(percent(one.percent, 2)).exact(one.percent.to_short(6)),
                words(&one.counts),
                cite(&one.source),
            ]);
        }
        let html = shown(&mut table, page);
        tables.push(table);
        html
    });
    let (mut prices, missing_prices) = match &headline {
        Some(headline) => prices_table(framework, headline, &mut sources),
        None => (annual_rates(offer, framework, &mut sources), Vec::new()),
    };
    let prices = (!prices.rows.is_empty()).then(|| {
        let html = shown(&mut prices, page);
        tables.push(prices);
        html
    });
    let mut not_valued = Vec::new();
    let mut points = Vec::new();
    let mut roundings = BTreeSet::new();
    for value in framework.value_points(offer) {
        let name = format!("{}, {}", value.scale.title, value.nation);
        match &value.points {
            Ok(rows) => {
                let mut table = points_table(dispute, &value, rows, &mut sources);
                roundings
                    .extend(offer.steps.iter().filter_map(|step| value.scale.rounding_on(step.from).ok()).map(|rounding| rounding.words()));
                points.push((name, shown(&mut table, page)));
                tables.push(table);
            }
            Err(why) => not_valued.push((name, why.to_string())),
        }
    }
    let has_steps = !offer.steps.is_empty() || !offer.lumps.is_empty();
    if has_steps && framework.scales_of(offer).next().is_none() {
        not_valued.push((
            "Points".to_owned(),
            "The pay scale that this offer is for is not in the data: name it in the offer, or bring it in scales/scales.toml".to_owned(),
        ));
    }
    if !has_steps && offer.counted.is_empty() {
        not_valued.push(("Points".to_owned(), "Missing are its steps and the day whose rates it starts from".to_owned()));
    }
    let template = WorthOfOffer {
        headline: headline_html,
        whys,
        notes,
        counted,
        prices,
        missing_prices,
        not_valued,
        points,
        rounding: roundings.into_iter().collect::<Vec<_>>().join(", or "),
    };
    Ok(Worth { html: template.render()?, tables, sources })
}

/// A table as HTML. Beside the form there are no clauses and sources to lead to, and nothing to be had as CSV.
fn shown(table: &mut Table, page: Option<&str>) -> String {
    if page.is_none() {
        let leads_away = |href: &String| href.starts_with("#clause-") || href.starts_with("#source-");
        for cell in table.rows.iter_mut().flatten().filter(|cell| cell.href.as_ref().is_some_and(leads_away)) {
            cell.href = None;
        }
    }
    table.html(page)
}
