//! Offers: the list with its headline figures, and each offer clause by clause, with what it is worth and why.

use std::collections::BTreeSet;

use askama::Template;
use dated::{Date, Ratio, long_date};
use dispute::Dispute;
use pay::{Count, Framework, Headline, Index, LumpAmount, Offer, PaySide, PayYear, Pence, PointValue, ScaleValue, WeeksInYear, real_terms};
use report::words::{clause_text, percent, select_text, signed};

use crate::asked::{Answer, Asked, Opened, Reader, Trouble};
use crate::pages::filled;
use crate::table::{Cell, Table, words};

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

#[derive(Template)]
#[template(path = "offer.html")]
struct OfferPage<'o> {
    base: &'o str,
    here: &'o str,
    offer: &'o Offer,
    synthetic: bool,
    may_write: bool,
    meta: String,
    groups: Vec<(String, String, bool)>,
    clauses: Vec<(String, String)>,
    lumps: Vec<(String, String)>,
    worth: String,
    sources: Vec<(String, String, String)>,
}

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
struct Why {
    value: String,
    what: String,
    formula: String,
    inputs: Vec<(String, Option<String>)>,
}

/// What an offer is worth, as HTML and as its tables.
pub(crate) struct Worth {
    pub(crate) html: String,
    pub(crate) tables: Vec<Table>,
    /// Sources of rates and prices that it names.
    pub(crate) sources: BTreeSet<String>,
}

pub(crate) fn answer(opened: &Opened<'_>, asked: &Asked<'_>, rest: &[&str]) -> Result<Answer, Trouble> {
    match rest {
        [] => list(opened),
        [id] => one(opened, asked, id),
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

fn one(opened: &Opened<'_>, asked: &Asked<'_>, id: &str) -> Result<Answer, Trouble> {
    let dispute = opened.dispute;
    let offer = find(dispute, id)?;
    let framework = dispute.framework();
    let groups = framework.groups_of(offer);
    let group = match asked.one("group") {
        None => groups.first().cloned().flatten(),
        Some(wanted) if groups.iter().any(|known| known.as_deref() == Some(wanted)) => Some(wanted.to_owned()),
        Some(wanted) => {
            let known: Vec<&str> = groups.iter().flatten().map(String::as_str).collect();
            let known = if known.is_empty() {
                "it treats all groups alike".to_owned()
            } else {
                format!("the groups it names are {}", known.join(", "))
            };
            return Err(Trouble::question(format!("This offer has nothing of its own for a group “{wanted}”; {known}.")));
        }
    };
    let here = format!("{}/offers/{id}", opened.base);
    let page = group.as_ref().map_or_else(|| here.clone(), |group| format!("{here}?group={group}"));
    let worth = worth(dispute, offer, &framework.in_group(group.clone()), Some(&page))?;
    let mut cited = worth.sources;
    cited.extend(offer.source.iter().cloned());
    let name =
        |group: &str| dispute.groups.iter().find(|known| known.id == group).map_or_else(|| group.to_owned(), |known| known.name.clone());
    let template = OfferPage {
        base: opened.base,
        here: &here,
        offer,
        synthetic: offer.status == Some(dated::Status::Synthetic),
        may_write: may_write(opened),
        meta: meta(dispute, offer),
        groups: groups.iter().flatten().map(|known| (known.clone(), name(known), group.as_ref() == Some(known))).collect(),
        clauses: offer.steps.iter().map(|step| (long_date(step.from), clause_text(step))).collect(),
        lumps: lumps(offer),
        worth: worth.html,
        sources: full_sources(dispute, &cited),
    };
    filled(offer.title.clone(), &template, worth.tables)
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

fn headline_table(offer: &Offer, headline: &Headline) -> (Table, Vec<Why>) {
    let mut table = Table::new(
        "headline",
        "Everybody without a clause of their own, above the rate at the end of the year before",
        &["pay year", ">in the year", ">by days", ">at its end", ">staging saves"],
    );
    let mut whys = Vec::new();
    let mut before = Ratio::ZERO;
    for (at, year) in headline.years.iter().enumerate() {
        let why = format!("#why-{}", at + 1);
        table.row([
            words(year.year.name()).class("nowrap"),
            percents(year.in_year_percent.by_months).from(&why),
            percents(year.in_year_percent.by_days).from(&why),
            percents(year.year_end_percent).from(&why),
            percents(year.staging_saving_percent.by_months).from(&why),
        ]);
        let stretches = stretches(headline, year.year);
        let above = |total: Ratio| {
            let hundred = Ratio::whole(100);
            ((hundred + total) / (hundred + before) - Ratio::ONE) * hundred
        };
        let terms = |count: Count| {
            let terms: Vec<String> = stretches
                .iter()
                .map(|(from, until, total, _)| {
                    format!("{} × {}", fraction(year.year.portion(*from, *until, count)), percent(above(*total), 3))
                })
                .collect();
            terms.join(" + ")
        };
        whys.push(Why {
            value: percent(year.in_year_percent.by_months, 2),
            what: format!("in the pay year {}", year.year.name()),
            formula: format!(
                "By months: {} = {}. By days: {} = {}. At its end: {}.",
                terms(Count::Months),
                percent(year.in_year_percent.by_months, 3),
                terms(Count::Days),
                percent(year.in_year_percent.by_days, 3),
                percent(year.year_end_percent, 3)
            ),
            inputs: stretches
                .iter()
                .map(|(from, until, total, step)| {
                    let text = format!(
                        "{} to {}: {} above the rate before the offer",
                        long_date(*from),
                        long_date(law::plus_days(*until, -1)),
                        percent(*total, 3)
                    );
                    let clause =
                        step.and_then(|day| offer.steps.iter().position(|step| step.from == day)).map(|at| format!("#clause-{}", at + 1));
                    (text, clause)
                })
                .collect(),
        });
        before = stretches.last().map_or(before, |(_, _, total, _)| *total);
    }
    (table, whys)
}

/// The stretches of a pay year: first day, first day after, total above the rate before the offer, and the day of the step that gave it.
fn stretches(headline: &Headline, year: PayYear) -> Vec<(Date, Date, Ratio, Option<Date>)> {
    let mut cuts: Vec<Date> =
        headline.totals.iter().map(|(day, _)| *day).filter(|day| year.first_day() < *day && *day < year.end()).collect();
    cuts.extend([year.first_day(), year.end()]);
    cuts.sort();
    cuts.dedup();
    let on = |day: Date| headline.totals.iter().rev().find(|(from, _)| *from <= day);
    cuts.windows(2)
        .map(|pair| {
            let in_force = on(pair[0]);
            (pair[0], pair[1], in_force.map_or(Ratio::ZERO, |(_, total)| *total), in_force.map(|(day, _)| *day))
        })
        .collect()
}

/// `7/12`, or `1`.
fn fraction(value: Ratio) -> String {
    // Months are read as twelfths also where the fraction could be reduced.
    let twelfths = value * Ratio::whole(12);
    match (value == Ratio::ONE, twelfths.denominator()) {
        (true, _) => "1".to_owned(),
        (false, 1) => format!("{}/12", twelfths.numerator()),
        _ => format!("{}/{}", value.numerator(), value.denominator()),
    }
}

fn headline_notes(headline: &Headline) -> Vec<String> {
    let mut notes = Vec::new();
    let steps: Vec<String> =
        headline.totals.iter().map(|(from, total)| format!("{} from {}", percent(*total, 2), long_date(*from))).collect();
    notes.push(format!("Above the rate before: {}.", steps.join(", then ")));
    if headline.years.len() > 1 {
        notes.push(format!(
            "Over the whole deal: {} as declared; its rises simply added, {}.",
            percent(headline.total_percent, 2),
            percent(headline.simple_sum_percent, 2)
        ));
    }
    if headline.has_special_clauses {
        notes.push("Some points have clauses of their own and get something else; see who gets what.".to_owned());
    }
    notes
}

fn prices_table(framework: &Framework<'_>, headline: &Headline, cited: &mut BTreeSet<String>) -> (Table, Vec<String>) {
    let mut table = Table::new(
        "prices",
        "Pay less prices, in percentage points, for every honest reading of prices",
        &[
            "index",
            "reading",
            "months",
            ">prices",
            ">pay in the year",
            ">less prices",
            ">real",
            ">pay at its end",
            ">less prices",
            ">real",
            "source",
        ],
    );
    let mut missing = Vec::new();
    for index in Index::ALL {
        for (window, reading) in real_terms(framework.prices, index, headline, framework.prices_known, None) {
            match reading {
                Ok(reading) => {
                    let (pay, end) = reading.pay.both();
                    let (gap, end_gap) = reading.gap_points();
                    let (real, end_real) = reading.real_percent();
                    let is_year = matches!(reading.pay, PaySide::Year { .. });
                    let source = framework.prices.source(index, reading.to);
                    cited.extend(source.iter().cloned());
                    let year = |value: Cell| if is_year { value } else { words("") };
                    table.row([
                        words(index.word()),
                        words(window.words()).class("wide"),
                        words(format!("{} to {}", reading.from, reading.to)).class("nowrap"),
                        percents(reading.prices_percent),
                        year(percents(pay).from("#headline")),
                        year(points(gap)),
                        year(percents(real)),
                        percents(end).from("#headline"),
                        points(end_gap),
                        percents(end_real),
                        cite(source),
                    ]);
                }
                Err(month) => missing.push(format!("{}, {}: {month}", index.word(), window.words())),
            }
        }
    }
    missing.dedup();
    (table, missing)
}

/// An offer known only by quoted percentages can still be set against the annual rates of the time.
fn annual_rates(offer: &Offer, framework: &Framework<'_>, cited: &mut BTreeSet<String>) -> Table {
    let mut table = Table::new(
        "prices",
        "Prices of the time, in the year to the month that was known",
        &["index", "month", ">rise in a year", "source"],
    );
    let Some(month) = framework.prices_known.filter(|_| !offer.counted.is_empty()) else { return table };
    for index in Index::ALL {
        if let Ok(rate) = framework.prices.annual_rate(index, month) {
            let source = framework.prices.source(index, month);
            cited.extend(source.iter().cloned());
            table.row([words(index.word()), words(month.long()).exact(month.to_string()), percents(rate), cite(source)]);
        }
    }
    table
}

fn points_table(dispute: &Dispute, value: &ScaleValue<'_>, rows: &[PointValue], cited: &mut BTreeSet<String>) -> Table {
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

fn lumps(offer: &Offer) -> Vec<(String, String)> {
    let words = |lump: &pay::Lump| {
        let amount = match lump.amount {
            LumpAmount::Percent(value) => format!("{} of the annual rate", percent(value, 2)),
            LumpAmount::Pounds(sum) => sum.to_string(),
        };
        let nations: Vec<&str> = lump.nations.iter().map(|(name, _)| name.as_str()).collect();
        let only = if nations.is_empty() { String::new() } else { format!(", only in {}", nations.join(" and ")) };
        (long_date(lump.paid_on), format!("{amount}{}{only}.", select_text(&lump.select)))
    };
    offer.lumps.iter().map(words).collect()
}

fn meta(dispute: &Dispute, offer: &Offer) -> String {
    let mut parts = vec![offer.kind.word().to_owned()];
    parts.extend(offer.made_by.as_ref().map(|(who, _)| dispute.party_name(who).to_owned()));
    parts.extend(offer.made_on.map(long_date));
    parts.push(nations(offer));
    parts.extend(offer.base_date.map(|day| format!("on the rates of {}", long_date(day))));
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

fn nations(offer: &Offer) -> String {
    offer.nations.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}

fn may_write(opened: &Opened<'_>) -> bool {
    opened.reader == Reader::Desk { may_write: true }
}

/// A percentage: two decimals for people, six for programs, as on the command line.
fn percents(value: Ratio) -> Cell {
    words(percent(value, 2)).exact(value.to_short(6))
}

fn points(value: Ratio) -> Cell {
    let class = if value.rounded(2) < Ratio::ZERO { "bad" } else { "good" };
    words(signed(value, 2)).exact(value.to_short(6)).class(class)
}

fn money(amount: Pence) -> Cell {
    words(amount.to_string()).exact(amount.pounds().to_fixed(2))
}

/// An exact number of pence.
fn sum(pence: Ratio) -> Cell {
    words(Pence::nearest(pence).to_string()).exact((pence / Ratio::whole(100)).to_fixed(2))
}

fn cite(source: &[String]) -> Cell {
    source_of(words(source.join("; ")).class("src"), source)
}

fn source_of(cell: Cell, source: &[String]) -> Cell {
    match source.first() {
        Some(first) => cell.from(format!("#source-{first}")),
        None => cell,
    }
}

fn slug(text: &str) -> String {
    text.to_lowercase().chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}

/// Id, title and place of sources.
pub(crate) fn full_sources(dispute: &Dispute, ids: &BTreeSet<String>) -> Vec<(String, String, String)> {
    let full = |id: &String| dispute.sources.get(id).map(|source| (source.id.clone(), source.title.clone(), source.location.clone()));
    ids.iter().filter_map(full).collect()
}
