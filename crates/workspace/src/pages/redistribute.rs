//! The page `redistribute`: the same money, lowest pay first, as `whitley offer redistribute`, on invented staff.

use ::redistribute::{Along, Answer as Rates, CostReading, Gap, Infeasible, Rest, StageRule, Wishes, frontier};
use askama::Template;
use dated::Ratio;
use pay::{Offer, Pence, Side, grouped};
use report::charts::{self, Choice as Mark, Heading};

use crate::asked::{Answer, Asked, Opened, Page, Trouble};
use crate::offer::bill::seen_by;
use crate::offer::redistribution::{FLOORS, LegalMinimum, Sharing, aim_words, more_or_less, sum};
use crate::offer::typed::{parse_gap, parse_percent, parse_pounds, parse_sum};
use crate::pages::parts::{
    Choice, Picture, Source, Wrong, address, capital, difference, money, offer_href, percent, percent_words, query, sources,
};
use crate::pages::staff::{NATION, SIZES, Staff, made};
use crate::pages::{filled, nothing_yet};
use crate::table::{Cell, Table, words};

#[derive(Template)]
#[template(path = "redistribute.html")]
struct View {
    action: String,
    wrong: Vec<Wrong>,
    offers: Vec<Choice>,
    rest: Vec<Choice>,
    along: Vec<Choice>,
    sizes: Vec<Choice>,
    seed: u64,
    floor: String,
    gaps: String,
    at_least: String,
    most_lost: String,
    cap: String,
    more_open: bool,
    found: Option<Found>,
    sources: Vec<Source>,
}

/// What was found, or why nothing was.
struct Found {
    title: String,
    href: String,
    label: String,
    /// Why no rates can be given.
    cannot: Vec<String>,
    /// Wishes that cannot be kept together.
    conflict: Vec<String>,
    money: String,
    lines: Vec<String>,
    binding: Vec<String>,
    difference: String,
    tables: Vec<String>,
    years: Vec<String>,
    picture: Option<Picture>,
    notes: Vec<String>,
}

/// What is asked of the new rates.
struct Question {
    floor: Option<Pence>,
    rest: Rest,
    wishes: Wishes,
    staff: Staff,
}

pub(crate) fn page(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let dispute = opened.dispute;
    let dated: Vec<&Offer> = dispute.offers.iter().filter(|offer| !offer.steps.is_empty()).collect();
    if dated.is_empty() {
        return Ok(nothing_yet(
            "The same money",
            "No offer of this dispute is known by its dated steps, so what it would cost is not known. Offers with steps can be written down under Offers.",
        ));
    }
    let mut wrong = Vec::new();
    let question = read(asked, &mut wrong);
    let offer = match asked.one("offer") {
        None => None,
        Some(id) => match dated.iter().find(|offer| offer.id == id) {
            Some(offer) => Some(*offer),
            None => {
                let known: Vec<&str> = dated.iter().map(|offer| offer.id.as_str()).collect();
                let what = format!("there is no offer “{id}” that is known by its steps; these are: {}", known.join(", "));
                wrong.push(Wrong { field: "offer", what });
                None
            }
        },
    };
    let mut tables = Vec::new();
    let found = match offer.filter(|_| wrong.is_empty()) {
        None => None,
        Some(offer) => {
            let here = address(opened, "redistribute", &query(asked, &[]));
            let (found, made) = share(opened, offer, &question, &here).map_err(Trouble::Ours)?;
            tables = made;
            Some(found)
        }
    };
    let is_refusal = !wrong.is_empty();
    let text = |name: &str| asked.one(name).unwrap_or("").to_owned();
    let rest_is_pounds = question.rest == Rest::Pounds;
    let view = View {
        action: format!("{}/redistribute", opened.base),
        wrong,
        offers: dated.iter().map(|one| Choice::new(&one.id, &one.title, offer.is_some_and(|offer| offer.id == one.id))).collect(),
        rest: vec![
            Choice::new("percent", "the same percentage for everybody", !rest_is_pounds),
            Choice::new("pounds", "the same sum for everybody", rest_is_pounds),
        ],
        along: vec![
            Choice::new("bands", "in each band", question.wishes.along == Along::Bands),
            Choice::new("spine", "on the whole scale", question.wishes.along == Along::Spine),
        ],
        sizes: SIZES
            .iter()
            .map(|size| Choice::new(size.to_string(), format!("{} invented staff", grouped((*size).into())), question.staff.size == *size))
            .collect(),
        seed: question.staff.seed,
        floor: asked.one("floor").unwrap_or("max").to_owned(),
        gaps: text("gaps"),
        at_least: text("at-least"),
        most_lost: text("most-lost"),
        cap: text("cap"),
        more_open: ["gaps", "at-least", "most-lost", "cap", "seed"].iter().any(|name| asked.one(name).is_some()),
        found,
        sources: offer.map(|offer| sources(&dispute.sources, &offer.source)).unwrap_or_default(),
    };
    let page = filled("Same money, lowest pay first", &view, tables)?;
    Ok(match page {
        Answer::Page(page) => Answer::Page(Page { is_refusal, ..page }),
        file => file,
    })
}

fn read(asked: &Asked<'_>, wrong: &mut Vec<Wrong>) -> Question {
    fn take<T>(asked: &Asked<'_>, field: &'static str, wrong: &mut Vec<Wrong>, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        asked.one(field).and_then(|text| parse(text).map_err(|what| wrong.push(Wrong { field, what })).ok())
    }
    let one_of = |field: &'static str, words: [&str; 2], wrong: &mut Vec<Wrong>| {
        let chosen = asked.one(field).unwrap_or(words[0]);
        if !words.contains(&chosen) {
            wrong.push(Wrong { field, what: format!("“{chosen}” is none of {}", words.join(", ")) });
        }
        chosen == words[1]
    };
    let floor = asked.one("floor").filter(|text| *text != "max");
    let floor =
        floor.and_then(|text| parse_pounds(text).map_err(|why| wrong.push(Wrong { field: "floor", what: format!("{why}, or max") })).ok());
    let rest = if one_of("rest", ["percent", "pounds"], wrong) { Rest::Pounds } else { Rest::Percent };
    let along = if one_of("along", ["bands", "spine"], wrong) { Along::Spine } else { Along::Bands };
    let keep_gaps: Option<Gap> = take(asked, "gaps", wrong, parse_gap);
    let wishes = Wishes {
        floor,
        keep_gaps,
        along,
        at_least_percent: take(asked, "at-least", wrong, parse_percent),
        most_lost: take(asked, "most-lost", wrong, parse_sum),
        cap_percent: take(asked, "cap", wrong, parse_percent),
        ..Wishes::default()
    };
    let staff = Staff::read(asked).map_err(|what| wrong.push(Wrong { field: "staff", what })).unwrap_or_default();
    // Without staff nothing is known of the money.
    let staff = if staff.size == 0 { Staff { size: SIZES[1], seed: staff.seed.max(1) } } else { staff };
    Question { floor, rest, wishes, staff }
}

/// What was found; `Err` is a bug of ours.
fn share(opened: &Opened<'_>, offer: &Offer, question: &Question, here: &str) -> Result<(Found, Vec<Table>), String> {
    let framework = opened.dispute.framework();
    let mut found = Found {
        title: offer.title.clone(),
        href: offer_href(opened, offer),
        label: String::new(),
        cannot: Vec::new(),
        conflict: Vec::new(),
        money: String::new(),
        lines: Vec::new(),
        binding: Vec::new(),
        difference: String::new(),
        tables: Vec::new(),
        years: Vec::new(),
        picture: None,
        notes: Vec::new(),
    };
    let staff = match made(opened, &framework, offer, question.staff) {
        Ok(staff) => staff,
        Err(why) => {
            found.cannot.push(format!("{}.", capital(&why)));
            return Ok((found, Vec::new()));
        }
    };
    found.label = staff.synthetic.as_ref().map(|made| made.trim_end_matches('.').to_owned()).unwrap_or_default();
    let nation = offer.nations.iter().map(|(name, _)| name).find(|name| *name == NATION).or(offer.nations.first().map(|(name, _)| name));
    let side = Side { name: offer.id.clone(), offer, nation: nation.cloned() };
    let seen = seen_by(&side, &staff);
    let asked = (opened.dispute, opened.library);
    let sharing = match Sharing::new(asked, &framework, offer, &seen, CostReading::RunRate, LegalMinimum::Law, &question.wishes) {
        Ok(sharing) => sharing,
        Err(why) => {
            found.cannot.extend(why.lines().map(|line| format!("{}.", capital(line.trim_end_matches('.')))));
            return Ok((found, Vec::new()));
        }
    };
    found.money = format!("{} {}", sum(sharing.money.target_pence), sharing.reading_words());
    let aim = if question.floor.is_none() { ::redistribute::Aim::Floor } else { question.rest.aim() };
    match sharing.solve(aim, StageRule::SameSplit)? {
        Err(none) => {
            refuse(&mut found, &sharing, &none);
            Ok((found, Vec::new()))
        }
        Ok(rates) => {
            let tables = show(&mut found, &sharing, &rates, question, here);
            Ok((found, tables))
        }
    }
}

fn refuse(found: &mut Found, sharing: &Sharing<'_>, none: &Infeasible) {
    found.cannot.push(format!("{}.", capital(none.why.trim_end_matches('.'))));
    found.conflict = sharing.conflict_lines(none);
    found.notes = notes(sharing, None);
}

/// What must be said, without the label of the staff, which stands above.
fn notes(sharing: &Sharing<'_>, rates: Option<&Rates>) -> Vec<String> {
    let notes = sharing.notes(rates);
    let own = usize::from(sharing.workforce.synthetic.is_some());
    notes.iter().skip(own).map(|note| format!("{}.", capital(note.trim_end_matches('.')))).collect()
}

fn show(found: &mut Found, sharing: &Sharing<'_>, rates: &Rates, question: &Question, here: &str) -> Vec<Table> {
    let answer = sharing.short_answer(rates);
    // What binds is a list of its own.
    let answer = answer.split("What binds, besides the money:").next().unwrap_or_default();
    found.lines = answer.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    found.binding = sharing.binding_lines(rates);
    found.difference = format!(
        "The new rates cost {}, the offer {}: {}.",
        exact(rates.cost_pence),
        exact(rates.target_pence),
        more_or_less(rates.cost_pence - rates.target_pence)
    );
    found.notes = notes(sharing, Some(rates));
    found.years = sharing
        .years
        .iter()
        .map(|year| {
            format!("Paid in {}: {} than under the offer.", year.name(), more_or_less(rates.difference_in_year(&sharing.money, *year)))
        })
        .collect();
    let mut tables = vec![points(sharing, rates, &found.href)];
    if rates.stages.len() > 1 {
        tables.push(stages(rates));
    }
    found.tables = tables.iter().map(|table| table.html(Some(here))).collect();
    let rows = frontier(&sharing.money, &sharing.ladder, question.rest.aim(), FLOORS);
    if rows.len() > 1 {
        let is_percent = question.rest == Rest::Percent;
        let mut table = Table::new(
            "frontier",
            format!("What a higher lowest rate leaves for everybody else, for the same money as “{}” (synthetic workforce)", found.title),
            &[
                "lowest rate",
                ">rise of all others",
                ">not spent",
                ">people with more than the offer",
                ">with less",
                ">the same",
                ">most lost",
            ],
        );
        for row in &rows {
            let rise = if is_percent { Ratio::new(row.rise.into(), 1_000_000).to_fixed(6) } else { Pence(row.rise).pounds().to_fixed(2) };
            table.row([
                money(row.floor),
                words(aim_words(question.rest.aim(), row.rise)).exact(rise),
                large(row.left_pence),
                people(row.people[0]),
                people(row.people[1]),
                people(row.people[2]),
                money(row.most_lost),
            ]);
        }
        if is_percent {
            let last = rows.len() - 1;
            let marks: Vec<Mark> = rows
                .iter()
                .enumerate()
                .map(|(at, row)| {
                    let rest = Ratio::new(row.rise.into(), 1_000_000);
                    // The ends are named; the marks between them are in the table.
                    let name =
                        if at == 0 || at == last { format!("{}, others {}", row.floor, percent_words(rest, 2)) } else { String::new() };
                    Mark { name, lowest: row.floor.pounds(), rest }
                })
                .collect();
            let title = "What a higher lowest rate leaves for everybody else";
            let label = sharing.workforce.synthetic.as_ref().map(|_| report::LABEL);
            let drawn = charts::frontier(Heading { id: "floors", title, label }, &marks);
            found.picture = Some(Picture { id: "floors".to_owned(), svg: drawn.svg, caption: title.to_owned(), table: String::new() });
        }
        found.tables.push(table.html(Some(here)));
        tables.push(table);
    }
    tables
}

fn points(sharing: &Sharing<'_>, rates: &Rates, href: &str) -> Table {
    let mut table = Table::new(
        "rates",
        "New rates at the end, pounds a year, full time (synthetic workforce)",
        &["point", "band", ">people", ">today", ">the offer", ">new rate", ">rise", ">against the offer"],
    );
    for point in &rates.points {
        let base = sharing.money.points[point.point].base;
        table.row([
            words(sharing.point_name(point.point)),
            words(&point.bands),
            people(point.people),
            money(base),
            money(point.offered).from(href),
            money(point.rate),
            percent(point.rate.percent_above(base), 2),
            difference(point.difference()),
        ]);
    }
    table
}

fn stages(rates: &Rates) -> Table {
    let mut table = Table::new(
        "stages",
        "Stage by stage, a year at the rates of each (synthetic workforce)",
        &["from", ">the offer", ">these rates", ">difference", ">lowest rate"],
    );
    for stage in &rates.stages {
        table.row([
            words(dated::long_date(stage.from)).exact(stage.from.to_string()),
            large(stage.offered_pence),
            large(stage.run_rate_pence),
            large(stage.run_rate_pence - stage.offered_pence),
            money(stage.rates.iter().min().copied().unwrap_or_default()),
        ]);
    }
    table
}

/// A sum of a whole paybill.
fn large(pence: i128) -> Cell {
    words(sum(pence)).exact(Ratio::new(pence, 100).to_fixed(2))
}

/// To the penny, with pence always.
fn exact(pence: i128) -> String {
    let text = sum(pence);
    if text.contains('.') { text } else { format!("{text}.00") }
}

fn people(count: u64) -> Cell {
    words(grouped(count)).exact(count.to_string())
}
