//! Offers: the list with its headline figures; below it, each offer with what it is worth and why.

mod cells;
mod headline;
mod one;
mod points;
mod prices;
mod worth;

use std::collections::BTreeSet;

use askama::Template;
use dispute::Dispute;
use pay::{Offer, PayYear};
use report::words::percent;

use self::cells::{cite, percents};
pub(crate) use self::worth::worth;
use crate::asked::{Answer, Asked, Opened, Reader, Trouble};
use crate::pages::filled;
use crate::table::{Table, words};

#[derive(Template)]
#[template(path = "offers.html")]
struct List<'l> {
    base: &'l str,
    may_write: bool,
    glance: Option<String>,
    counted: Option<String>,
    many: bool,
    empty: bool,
    sources: Vec<(String, String, String)>,
}

pub(crate) fn answer(opened: &Opened<'_>, asked: &Asked<'_>, rest: &[&str]) -> Result<Answer, Trouble> {
    match rest {
        [] => list(opened),
        [id] => one::one(opened, asked, id),
        _ => Err(Trouble::not_there("an offer has no page of that name; its clauses and figures are all on one page")),
    }
}

/// The offer of that id, or what is there instead.
pub(crate) fn find<'d>(dispute: &'d Dispute, id: &str) -> Result<&'d Offer, Trouble> {
    dispute.offer(id).ok_or_else(|| {
        let known: Vec<&str> = dispute.offers.iter().map(|offer| offer.id.as_str()).collect();
        let near = dated::nearest_name(id, known.iter().copied()).map(|near| format!(" Did you mean {near}?")).unwrap_or_default();
        Trouble::not_there(format!("there is no offer “{id}”.{near} The offers are {}", known.join(", ")))
    })
}

fn list(opened: &Opened<'_>) -> Result<Answer, Trouble> {
    let dispute = opened.dispute;
    let framework = dispute.framework();
    let here = format!("{}/offers", opened.base);
    let mut tables = Vec::new();
    let mut cited = BTreeSet::new();
    let valued: Vec<&Offer> = dispute.offers.iter().filter(|offer| offer.counted.is_empty()).collect();
    let mut glance = Table::new(
        "offers",
        "Each offer in its first pay year, above the rates before it",
        &["offer", "kind", "made by", "where", "pay year", ">in the year", ">by days", ">at its end", ">whole deal"],
    );
    for offer in &valued {
        let page = format!("{here}/{}", offer.id);
        let first = offer.nations.first().map(|(name, _)| name.as_str()).unwrap_or_default();
        let year = framework.first_pay_year(offer).map(PayYear::name).unwrap_or_default();
        let made_by = offer.made_by.as_ref().map(|(who, _)| dispute.party_name(who)).unwrap_or_default();
        let mut row = vec![
            words(&offer.title).from(&page),
            words(offer.kind.word()),
            words(made_by),
            words(nations(offer)),
            words(year).class("nowrap"),
        ];
        match framework.headline(offer, first).filter(|headline| !headline.years.is_empty()) {
            Some(headline) => {
                let year = &headline.years[0];
                let why = format!("{page}#headline");
                row.extend([
                    percents(year.in_year_percent.by_months).from(&why),
                    percents(year.in_year_percent.by_days).from(&why),
                    percents(year.year_end_percent).from(&why),
                    if headline.years.len() > 1 { percents(headline.total_percent).from(&why) } else { words("") },
                ]);
            }
            None => row.extend([words("by point").from(format!("{page}#who")), words(""), words(""), words("")]),
        }
        glance.row(row);
    }
    if glance.rows.iter().all(|row| row.last().is_none_or(|cell| cell.text.is_empty())) {
        // Nobody offers more than a year.
        glance.heads.pop();
        glance.rows.iter_mut().for_each(|row| drop(row.pop()));
    }
    let mut counted =
        Table::new("counted", "What each side says they are worth", &["offer", "counted by", ">percent", "what it counts", "source"]);
    for offer in &dispute.offers {
        for one in &offer.counted {
            cited.extend(one.source.iter().cloned());
            counted.row([
                words(&offer.title).from(format!("{here}/{}", offer.id)),
                words(dispute.party_name(&one.who.0)),
                words(percent(one.percent, 2)).exact(one.percent.to_short(6)),
                words(&one.counts),
                cite(&one.source),
            ]);
        }
    }
    let mut listed = |table: Table| {
        (!table.rows.is_empty()).then(|| {
            let html = table.html(Some(&here));
            tables.push(table);
            html
        })
    };
    let template = List {
        base: opened.base,
        may_write: may_write(opened),
        glance: listed(glance),
        counted: listed(counted),
        many: valued.len() > 1,
        empty: dispute.offers.is_empty(),
        sources: full_sources(dispute, &cited),
    };
    filled("Offers", &template, tables)
}

fn nations(offer: &Offer) -> String {
    offer.nations.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}

fn may_write(opened: &Opened<'_>) -> bool {
    opened.reader == Reader::Desk { may_write: true }
}

/// Id, title and place of sources.
pub(crate) fn full_sources(dispute: &Dispute, ids: &BTreeSet<String>) -> Vec<(String, String, String)> {
    let full = |id: &String| dispute.sources.get(id).map(|source| (source.id.clone(), source.title.clone(), source.location.clone()));
    ids.iter().filter_map(full).collect()
}
