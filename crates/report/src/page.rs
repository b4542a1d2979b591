//! What stands on the page, gathered from a dispute.

use std::collections::BTreeSet;

use askama::Template;
use dated::{Date, Month, Ratio, Sources, Status, long_date};
use dispute::{Deadline, Dispute, Library, Poll, PollResult};
use law::Rulebook;
use pay::{
    CheckedFigure, CheckedReading, Framework, Headline, Index, LumpAmount, Offer, OfferKind, PaySide, PayYear, Pence, PointValue,
    RealReading, Rounding, Verdict, WeeksInYear, grouped, real_terms,
};

use crate::chart::Chart;
use crate::equal_pay::{EqualPayInput, EqualPayView, equal_pay_view};
use crate::law_then_and_now::{LawView, law_view};
use crate::people::{PeopleInput, PeopleView, people_view};
use crate::table::{Cell, Table, figure, linked, words};
use crate::talks::{self, advice_and_result};
use crate::words::{clause_text, percent, plain, pounds, select_text, signed, with_unit};

/// The report on a dispute, as one HTML document, with results of record judged by the rules of `book`. The same dispute gives the same bytes.
///
/// # Errors
/// A sentence when the template cannot be filled, which would be a bug of ours.
pub fn page(dispute: &Dispute, library: &Library, book: &Rulebook) -> Result<String, String> {
    page_with_people(dispute, library, book, None)
}

/// The report with a section about the staff of a workforce.
///
/// # Errors
/// A sentence when the template cannot be filled, which would be a bug of ours.
pub fn page_with_people(dispute: &Dispute, library: &Library, book: &Rulebook, people: Option<PeopleInput<'_>>) -> Result<String, String> {
    page_with(dispute, library, book, people, None)
}

/// The report with a section about the staff of a workforce, one about claims of equal pay, or both.
///
/// # Errors
/// A sentence when the template cannot be filled, which would be a bug of ours.
pub fn page_with(
    dispute: &Dispute,
    library: &Library,
    book: &Rulebook,
    people: Option<PeopleInput<'_>>,
    equal_pay: Option<EqualPayInput>,
) -> Result<String, String> {
    let mut page = Gather { dispute, framework: dispute.framework() }.page(library, book);
    if let Some(equal_pay) = equal_pay {
        let after = page.contents.iter().position(|(id, _)| *id == "glance").map_or(0, |at| at + 1);
        page.contents.insert(after, ("equal-pay", "Equal pay"));
        page.equal_pay = Some(equal_pay_view(equal_pay));
    }
    if let Some(people) = people {
        let after = page.contents.iter().position(|(id, _)| *id == "glance").map_or(0, |at| at + 1);
        page.contents.insert(after, ("people", "People and paybill"));
        page.people = Some(people_view(people, &library.minimum_wage));
    }
    page.render().map_err(|error| format!("the report could not be rendered: {error}"))
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    title: String,
    period: String,
    summary: String,
    source: Vec<String>,
    synthetic: bool,
    style: &'static str,
    contents: Vec<(&'static str, &'static str)>,
    glance: Table,
    counted: Table,
    chart: Option<ChartView>,
    prices_known: Option<String>,
    real: Vec<(bool, Table)>,
    missing_prices: Vec<String>,
    offers: Vec<OfferView>,
    points: Vec<(bool, Table)>,
    not_valued: Vec<String>,
    nations: Option<NationsView>,
    people: Option<PeopleView>,
    equal_pay: Option<EqualPayView>,
    figures: Vec<FigureView>,
    worked_out: Vec<FigureView>,
    verdict_line: String,
    stands: Vec<Stand>,
    decided: Vec<Line>,
    polls: Vec<PollView>,
    law: Option<LawView>,
    action: Vec<Line>,
    events: Vec<Line>,
    parties: Table,
    groups: Table,
    nation_notes: Vec<String>,
    roundings: String,
    sources: Vec<dated::Source>,
    version: &'static str,
}

struct ChartView {
    svg: String,
    caption: String,
    table: Table,
}

struct OfferView {
    id: String,
    title: String,
    kind: &'static str,
    by: Option<String>,
    on: Option<String>,
    nations: String,
    summary: Option<String>,
    clauses: Vec<ClauseView>,
    counted: Vec<Line>,
    worth: Vec<String>,
    source: Vec<String>,
}

struct ClauseView {
    id: String,
    when: String,
    text: String,
}

struct NationsView {
    heading: String,
    text: String,
    table: Table,
}

struct FigureView {
    id: String,
    quoted: String,
    who: String,
    meaning: String,
    note: Option<String>,
    verdict: &'static str,
    verdict_words: &'static str,
    near: Option<String>,
    readings: Vec<ReadingView>,
    source: Vec<String>,
}

struct ReadingView {
    class: &'static str,
    value: String,
    definition: String,
    nearest: bool,
    formula: Option<String>,
    inputs: Vec<InputView>,
}

struct InputView {
    text: String,
    href: Option<String>,
    source: Vec<String>,
}

struct Stand {
    who: String,
    stance: String,
    on: Option<String>,
    text: String,
    source: Vec<String>,
}

struct Line {
    heading: String,
    text: String,
    source: Vec<String>,
}

struct PollView {
    id: String,
    title: String,
    meta: String,
    table: Table,
    notes: Vec<String>,
    source: Vec<String>,
}

fn source_anchor(source: &[String]) -> Option<String> {
    source.first().map(|id| format!("s-{id}"))
}

struct Gather<'g> {
    dispute: &'g Dispute,
    framework: Framework<'g>,
}

impl Gather<'_> {
    fn page(&self, library: &Library, book: &Rulebook) -> Page {
        let dispute = self.dispute;
        let checked = dispute.check_figures(library);
        let headlines: Vec<(&Offer, Headline)> =
            dispute.offers.iter().filter_map(|offer| Some((offer, self.framework.headline(offer, &offer.nations.first()?.0)?))).collect();
        let (real, missing_prices) = self.real(&headlines);
        let (points, not_valued) = self.points();
        let nations = self.nations();
        let (worked_out, quoted): (Vec<_>, Vec<_>) = checked.iter().partition(|checked| checked.figure.is_worked_out());
        let figures: Vec<FigureView> = quoted.iter().map(|checked| self.figure(checked)).collect();
        let worked_out: Vec<FigureView> = worked_out.iter().map(|checked| self.figure(checked)).collect();
        let decided = self.decided();
        let stands = self.stands();
        let polls: Vec<PollView> = dispute.polls.iter().map(|poll| self.poll(poll)).collect();
        let law = law_view(dispute, book);
        let action = self.action();
        let events = self.events();
        let offers: Vec<OfferView> = dispute.offers.iter().map(|offer| self.offer(offer)).collect();
        let sections = [
            (!offers.is_empty(), "glance", "What the offers are worth"),
            (!figures.is_empty() || !worked_out.is_empty(), "figures", "What was said"),
            (nations.is_some(), "nations", "Nation beside nation"),
            (!points.is_empty(), "points", "Who gets what"),
            (!offers.is_empty(), "prices", "Against prices"),
            (!offers.is_empty(), "offers", "Clause by clause"),
            (!stands.is_empty() || !decided.is_empty(), "decided", "Who stood where"),
            (!polls.is_empty(), "polls", "What members were asked"),
            (law.is_some(), "law", "What the law said"),
            (!action.is_empty(), "action", "Action"),
            (!events.is_empty(), "events", "What happened when"),
            (true, "parties", "Parties"),
            (true, "method", "Method"),
            (true, "sources", "Sources"),
        ];
        let mut page = Page {
            title: dispute.title.clone(),
            period: period(dispute),
            summary: dispute.summary.clone(),
            source: dispute.source.clone(),
            synthetic: self.is_synthetic(),
            style: crate::STYLE,
            contents: sections.into_iter().filter(|(shown, _, _)| *shown).map(|(_, id, name)| (id, name)).collect(),
            glance: self.glance(&headlines),
            counted: self.counted(),
            chart: self.chart(&headlines),
            prices_known: self.framework.prices_known.map(Month::long),
            real,
            missing_prices,
            offers,
            points,
            not_valued,
            nations,
            people: None,
            equal_pay: None,
            verdict_line: verdict_line(&quoted),
            figures,
            worked_out,
            stands,
            decided,
            polls,
            law,
            action,
            events,
            parties: self.parties(),
            groups: self.groups(),
            nation_notes: dispute
                .nations
                .iter()
                .filter_map(|nation| Some(format!("{}: {}", nation.name, nation.note.as_deref()?)))
                .collect(),
            roundings: self.roundings(),
            sources: Vec::new(),
            version: env!("CARGO_PKG_VERSION"),
        };
        page.sources = self.cited(&page, &checked);
        page
    }

    fn is_synthetic(&self) -> bool {
        let dispute = self.dispute;
        dispute.status == Some(Status::Synthetic)
            || dispute.offers.iter().any(|offer| offer.status == Some(Status::Synthetic))
            || self
                .framework
                .scales
                .iter()
                .flat_map(|scale| scale.tables())
                .flat_map(|table| &table.points)
                .any(|point| point.status == Status::Synthetic)
    }

    /// The offer that is shown open: the earliest award in the first nation of the dispute, else the earliest offer
    /// there, else whatever has steps.
    fn main_offer(&self) -> Option<&str> {
        let first_nation = self.dispute.nations.first().map(|nation| nation.name.as_str());
        let rank = |offer: &&Offer| {
            let there = offer.nations.iter().any(|(name, _)| Some(name.as_str()) == first_nation);
            let kind = [OfferKind::Award, OfferKind::Offer].into_iter().position(|kind| kind == offer.kind).unwrap_or(2);
            (kind, !there, offer.made_on.unwrap_or(Date::constant(2200, 1, 1)))
        };
        self.dispute.offers.iter().filter(|offer| !offer.steps.is_empty()).min_by_key(rank).map(|offer| offer.id.as_str())
    }

    fn glance(&self, headlines: &[(&Offer, Headline)]) -> Table {
        let any_deal = headlines.iter().any(|(_, headline)| headline.years.len() > 1);
        let mut heads = vec!["offer", "kind", "where", "pay year", ">in the year", ">by days", ">at its end"];
        if any_deal {
            heads.push(">whole deal");
        }
        let mut table = Table::new("Each offer in its first pay year, above the rates before it", &heads);
        for offer in self.dispute.offers.iter().filter(|offer| offer.counted.is_empty()) {
            let anchor = format!("o-{}", offer.id);
            let year = self.framework.first_pay_year(offer).map(PayYear::name).unwrap_or_default();
            let mut row = vec![words(&offer.title), words(offer.kind.word()), words(nation_names(offer)), words(year)];
            match headlines.iter().find(|(known, _)| known.id == offer.id).map(|(_, headline)| headline) {
                Some(headline) => {
                    let year = &headline.years[0];
                    row.push(linked(percent(year.in_year_percent.by_months, 2), &anchor));
                    row.push(linked(percent(year.in_year_percent.by_days, 2), &anchor));
                    row.push(linked(percent(year.year_end_percent, 2), &anchor));
                    if any_deal {
                        let deal = headline.years.len() > 1;
                        row.push(if deal { linked(percent(headline.total_percent, 2), &anchor) } else { figure("") });
                    }
                }
                None => {
                    row.push(linked("by point", &anchor));
                    row.extend((0..2 + usize::from(any_deal)).map(|_| figure("")));
                }
            }
            table.rows.push(row);
        }
        table
    }

    /// Offers known only by what each side says they are worth.
    fn counted(&self) -> Table {
        let mut table =
            Table::new("Offers known only by what each side says they are worth", &["offer", "counted by", ">percent", "what it counts"]);
        for offer in &self.dispute.offers {
            for counted in &offer.counted {
                table.rows.push(vec![
                    words(&offer.title),
                    words(self.dispute.party_name(&counted.who.0)),
                    Cell { text: percent(counted.percent, 1), number: true, href: source_anchor(&counted.source) },
                    words(&counted.counts),
                ]);
            }
        }
        table
    }

    fn chart(&self, headlines: &[(&Offer, Headline)]) -> Option<ChartView> {
        let named: Vec<(String, &Headline)> = headlines.iter().map(|(offer, headline)| (short_name(offer), headline)).collect();
        let chart = Chart::new(&named, self.framework.prices)?;
        let mut heads = vec!["month".to_owned()];
        heads.extend(chart.lines.iter().map(|line| format!(">{}", line.name)));
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        let mut table = Table::new(format!("Percent above {}", chart.first.long()), &heads);
        let months = chart.lines.iter().map(|line| line.values.len()).max().unwrap_or(0);
        for offset in 0..months {
            let month = chart.first.plus(i32::try_from(offset).unwrap_or(0));
            let mut row = vec![words(month.long())];
            row.extend(chart.lines.iter().map(|line| match line.values.get(offset).copied().flatten() {
                Some(value) if line.steps => figure(value.to_fixed(2)),
                Some(value) => {
                    let index = Index::ALL.into_iter().find(|index| index.word() == line.name);
                    let source = index.and_then(|index| source_anchor(self.framework.prices.source(index, month)));
                    Cell { text: value.to_fixed(2).replace('-', "−"), number: true, href: source }
                }
                None => figure("missing"),
            }));
            table.rows.push(row);
        }
        Some(ChartView {
            svg: chart.svg("chart", "Pay under each offer, and prices"),
            caption: format!(
                "Percent above {}, a year before the first step. Heavy lines are pay (for staff without a clause of their own), thin lines prices.",
                chart.first.long()
            ),
            table,
        })
    }

    fn real(&self, headlines: &[(&Offer, Headline)]) -> (Vec<(bool, Table)>, Vec<String>) {
        let mut tables = Vec::new();
        let mut missing = BTreeSet::new();
        let main = self.main_offer();
        for (offer, headline) in headlines {
            let mut table = Table::new(
                format!("{} ({})", offer.title, nation_names(offer)),
                &[
                    "index",
                    "reading",
                    "months",
                    ">prices",
                    ">pay in the year",
                    ">less prices",
                    ">pay at its end",
                    ">less prices",
                    ">real change",
                ],
            );
            for index in Index::ALL {
                for (window, reading) in real_terms(self.framework.prices, index, headline, self.framework.prices_known, None) {
                    match reading {
                        Ok(reading) => table.rows.push(self.real_row(&reading, &offer.id)),
                        Err(why) => {
                            missing.insert(format!("{index}, {}: {why}.", window.words()));
                        }
                    }
                }
            }
            tables.push((main == Some(offer.id.as_str()), table));
        }
        let known = self.framework.prices_known;
        let counted: Vec<&Offer> = self.dispute.offers.iter().filter(|offer| !offer.counted.is_empty()).collect();
        if let (Some(month), false) = (known, counted.is_empty()) {
            let mut heads = vec!["offer".to_owned(), "counted by".to_owned(), ">percent".to_owned()];
            heads.extend(Index::ALL.iter().map(|index| format!(">less {index}")));
            let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
            let rates: Vec<Option<Ratio>> = Index::ALL.iter().map(|index| self.framework.prices.annual_rate(*index, month).ok()).collect();
            let said: Vec<String> = Index::ALL
                .iter()
                .zip(&rates)
                .map(|(index, rate)| format!("{index} {}", rate.map_or_else(|| "missing".to_owned(), |rate| percent(rate, 1))))
                .collect();
            let mut table = Table::new(
                format!("Offers as each side counted them, against prices in the year to {} ({})", month.long(), said.join(", ")),
                &heads,
            );
            for offer in counted {
                for counted in &offer.counted {
                    let mut row = vec![
                        words(&offer.title),
                        words(self.dispute.party_name(&counted.who.0)),
                        linked(percent(counted.percent, 1), format!("o-{}", offer.id)),
                    ];
                    row.extend(
                        rates
                            .iter()
                            .map(|rate| figure(rate.map_or_else(|| "missing".to_owned(), |rate| signed(counted.percent - rate, 1)))),
                    );
                    table.rows.push(row);
                }
            }
            tables.push((true, table));
        }
        tables.sort_by_key(|(open, _)| !open);
        (tables, missing.into_iter().collect())
    }

    fn real_row(&self, reading: &RealReading, offer: &str) -> Vec<Cell> {
        let (pay, end) = reading.pay.both();
        let (gap, end_gap) = reading.gap_points();
        let deal = matches!(reading.pay, PaySide::Deal(_));
        let anchor = format!("o-{offer}");
        let annual = reading.to.months_since(reading.from) == 12 && reading.window != pay::Window::PayYearAverage;
        let prices = self.framework.prices;
        let series = if annual { prices.rate_series(reading.index) } else { prices.series(reading.index) };
        let prices = source_anchor(series.source(reading.to));
        vec![
            words(reading.index.word()),
            words(reading.window.words()),
            words(match reading.window {
                pay::Window::PayYearAverage => {
                    format!("{} on {}", PayYear::beginning(reading.to).name(), PayYear::beginning(reading.from).name())
                }
                _ => format!("{} to {}", reading.from.long(), reading.to.long()),
            }),
            Cell { text: percent(reading.prices_percent, 2), number: true, href: prices },
            if deal { figure("") } else { linked(percent(pay, 2), &anchor) },
            if deal { figure("") } else { figure(signed(gap, 2)) },
            linked(percent(end, 2), &anchor),
            figure(signed(end_gap, 2)),
            figure(format!("{}%", signed(if deal { reading.real_percent().1 } else { reading.real_percent().0 }, 2))),
        ]
    }

    fn offer(&self, offer: &Offer) -> OfferView {
        let mut clauses: Vec<ClauseView> = offer
            .steps
            .iter()
            .enumerate()
            .map(|(number, step)| ClauseView {
                id: clause_id(offer, number),
                when: format!("From {}", long_date(step.from)),
                text: clause_text(step),
            })
            .collect();
        for (number, lump) in offer.lumps.iter().enumerate() {
            let amount = match lump.amount {
                LumpAmount::Percent(percent) => format!("{}% of the annual rate", percent.to_short(3)),
                LumpAmount::Pounds(pounds) => pounds.to_string(),
            };
            clauses.push(ClauseView {
                id: format!("l-{}-{}", offer.id, number + 1),
                when: format!("Paid {}", long_date(lump.paid_on)),
                text: format!("A sum of {amount}, not part of the rate{}.", select_text(&lump.select)),
            });
        }
        for (number, reopener) in offer.reopeners.iter().enumerate() {
            let when = reopener.when();
            clauses.push(ClauseView {
                id: format!("r-{}-{}", offer.id, number + 1),
                when: if when.is_empty() { "Reopener".to_owned() } else { format!("Reopener, {when}") },
                text: format!("{} {}", reopener.clause, reopener.sentence(self.framework.prices)),
            });
        }
        let mut worth = Vec::new();
        if let Some(headline) = offer.nations.first().and_then(|(nation, _)| self.framework.headline(offer, nation)) {
            for year in &headline.years {
                worth.push(format!(
                    "Pay year {}: {} in the year by months ({} by days), {} at its end.",
                    year.year.name(),
                    percent(year.in_year_percent.by_months, 3),
                    percent(year.in_year_percent.by_days, 3),
                    percent(year.year_end_percent, 2)
                ));
            }
            if headline.years.len() > 1 {
                worth.push(format!(
                    "Over the whole deal {}; its rises simply added would be {}.",
                    percent(headline.total_percent, 2),
                    percent(headline.simple_sum_percent, 2)
                ));
            }
            let saving = headline.years[0].staging_saving_percent.by_months;
            if saving > Ratio::ZERO {
                worth.push(format!("Staging saves the employer {} of a year's pay bill.", percent(saving, 2)));
            }
            if headline.has_special_clauses {
                worth.push(
                    "These percentages are for staff without a clause of their own; the table of points shows the others.".to_owned(),
                );
            }
        }
        OfferView {
            id: offer.id.clone(),
            title: offer.title.clone(),
            kind: offer.kind.word(),
            by: offer.made_by.as_ref().map(|(who, _)| self.dispute.party_name(who).to_owned()),
            on: offer.made_on.map(long_date),
            nations: nation_names(offer),
            summary: offer.summary.clone(),
            clauses,
            counted: offer
                .counted
                .iter()
                .map(|counted| Line {
                    heading: String::new(),
                    text: format!(
                        "{}% as {} counts it: {}.",
                        counted.percent.to_short(2),
                        self.dispute.party_name(&counted.who.0),
                        counted.counts
                    ),
                    source: counted.source.clone(),
                })
                .collect(),
            worth,
            source: offer.source.clone(),
        }
    }

    fn points(&self) -> (Vec<(bool, Table)>, Vec<String>) {
        let mut tables: Vec<(bool, Table)> = Vec::new();
        let mut not_valued = Vec::new();
        let main = self.main_offer();
        for offer in &self.dispute.offers {
            for value in self.framework.value_points(offer) {
                match &value.points {
                    Ok(points) if !points.is_empty() => {
                        let group = value.group.as_ref().map(|group| format!(" ({group})")).unwrap_or_default();
                        let caption = format!("{}, {}{group}: {}", offer.title, value.nation, value.scale.title);
                        let open = main == Some(offer.id.as_str()) && !tables.iter().any(|(open, _)| *open);
                        tables.push((open, points_table(offer, points, caption)));
                    }
                    Ok(_) => {}
                    Err(why) => not_valued.push(format!("{}, {}: {why}.", offer.title, value.nation)),
                }
            }
            if self.framework.scales_of(offer).next().is_none() && offer.counted.is_empty() {
                not_valued.push(format!("{}: the scales of this group of staff are not in the data, so no point is valued.", offer.title));
            }
        }
        tables.sort_by_key(|(open, _)| !open);
        (tables, not_valued)
    }

    /// Awards that differ by nation, side by side for the first scale.
    fn nations(&self) -> Option<NationsView> {
        let scale = self.framework.scales.first()?;
        let decided = |offer: &&Offer| matches!(offer.kind, OfferKind::Award | OfferKind::Offer);
        let mut columns: Vec<(&str, &Offer)> = Vec::new();
        let mut offers: Vec<&Offer> = self.dispute.offers.iter().filter(decided).filter(|offer| !offer.steps.is_empty()).collect();
        offers.sort_by_key(|offer| (offer.made_on.unwrap_or(Date::constant(2200, 1, 1)), offer.steps.first().map(|step| step.from)));
        for nation in &self.dispute.nations {
            if let Some(offer) = offers.iter().find(|offer| offer.nations.iter().any(|(name, _)| *name == nation.name)) {
                columns.push((&nation.name, offer));
            }
        }
        let ids: BTreeSet<&str> = columns.iter().map(|(_, offer)| offer.id.as_str()).collect();
        if columns.len() < 2 || ids.len() < 2 {
            return None;
        }
        let first = columns.iter().filter_map(|(_, offer)| self.framework.first_pay_year(offer)).min()?;
        let values: Vec<Vec<PointValue>> = columns
            .iter()
            .map(|(nation, offer)| {
                let rows = self.framework.rows(offer, scale, nation).unwrap_or_default();
                rows.into_iter().map(|row| pay::value_row(row, first)).collect()
            })
            .collect();
        let mut heads = vec!["point".to_owned(), "band".to_owned(), ">before".to_owned()];
        for (nation, _) in &columns {
            heads.extend([format!(">{nation}, rate on {}", long_date(first.first_day())), format!(">{nation}, gain in the year")]);
        }
        heads.extend(columns.iter().skip(1).map(|(nation, _)| format!(">more in {nation} than in {} in the year", columns[0].0)));
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        let mut table = Table::new(format!("{}, pay year {}", scale.title, first.name()), &heads);
        for (at, point) in values.first()?.iter().enumerate() {
            let mut row = vec![
                words(&point.row.point),
                words(&point.row.band),
                linked(point.row.path.base.to_string(), source_anchor(&point.row.source)?),
            ];
            let same: Vec<&PointValue> =
                values.iter().filter_map(|list| list.get(at).filter(|other| other.row.point == point.row.point)).collect();
            if same.len() != columns.len() {
                continue;
            }
            for (value, (_, offer)) in same.iter().zip(&columns) {
                let year = value.first_year();
                row.push(rate_cell(offer, value, first.first_day()));
                row.push(linked(pounds(year.gain_pence.by_months), format!("o-{}", offer.id)));
            }
            for other in &same[1..] {
                row.push(figure(pounds(other.first_year().gain_pence.by_months - same[0].first_year().gain_pence.by_months)));
            }
            table.rows.push(row);
        }
        let names: Vec<&str> = columns.iter().map(|(nation, _)| *nation).collect();
        let text = columns.iter().map(|(nation, offer)| format!("{nation}: {}.", offer.title)).collect::<Vec<_>>().join(" ");
        Some(NationsView { heading: format!("{} beside {}", names[0], names[1..].join(" and ")), text, table })
    }

    fn figure(&self, checked: &CheckedFigure<'_>) -> FigureView {
        let quoted = checked.figure;
        let nearest = checked.nearest().map(|reading| reading.definition);
        let mut readings: Vec<ReadingView> = checked
            .readings
            .iter()
            .map(|reading| self.reading(reading, &quoted.unit, nearest == Some(reading.definition) && checked.readings.len() > 1))
            .collect();
        readings.extend(quoted.missing.iter().map(|missing| ReadingView {
            class: "unknown",
            value: "not known:".to_owned(),
            definition: format!("{}. Needed: {}", missing.definition, missing.needed),
            nearest: false,
            formula: None,
            inputs: Vec::new(),
        }));
        let when = quoted.when.map(|when| format!(", {}", when.words())).unwrap_or_default();
        FigureView {
            id: quoted.id.clone(),
            quoted: if quoted.is_worked_out() { quoted.quoted.clone() } else { format!("“{}”", quoted.quoted) },
            who: format!("{}{when}", self.dispute.party_name(&quoted.who.0)),
            meaning: quoted.meaning.clone(),
            note: quoted.note.clone(),
            verdict: checked.verdict.word(),
            verdict_words: match checked.verdict {
                Verdict::True => "true",
                Verdict::TrueIf => "true if",
                Verdict::False => "false",
                Verdict::CannotTell => "cannot tell",
            },
            near: checked.nearest().and_then(|reading| {
                let (value, _) = reading.outcome.as_ref().ok()?;
                Some(format!("{}: {}", with_unit(*value, &quoted.unit), reading.definition))
            }),
            readings,
            source: quoted.source.clone(),
        }
    }

    fn reading(&self, reading: &CheckedReading<'_>, unit: &str, nearest: bool) -> ReadingView {
        let (class, value) = match &reading.outcome {
            Ok((value, true)) => ("holds", with_unit(*value, unit)),
            Ok((value, false)) => ("fails", with_unit(*value, unit)),
            Err(why) => ("unknown", format!("not computed ({why}):")),
        };
        let inputs = reading
            .inputs
            .iter()
            .filter_map(|(name, input)| {
                let input = input.as_ref().ok()?;
                let estimated = if input.status == Status::Estimated { " (estimated)" } else { "" };
                let offer = self.dispute.offers.iter().find(|offer| offer.source == input.source && input.what.contains(&offer.id));
                let text = format!("{name} = {}: {}{estimated}", plain(input.value), input.what);
                Some(InputView { text, href: offer.map(|offer| format!("o-{}", offer.id)), source: input.source.clone() })
            })
            .collect();
        let formula = (reading.inputs.len() > 1).then(|| reading.formula.to_owned());
        ReadingView { class, value, definition: reading.definition.to_owned(), nearest, formula, inputs }
    }

    fn stands(&self) -> Vec<Stand> {
        self.dispute
            .positions
            .iter()
            .map(|position| {
                let about = position.about.as_ref().and_then(|(id, _)| self.dispute.offer(id)).map(|offer| format!("on “{}”", offer.title));
                let on = [about, position.when.map(pay::When::words)].into_iter().flatten().collect::<Vec<_>>().join(", ");
                let conditions = if position.conditions.is_empty() {
                    String::new()
                } else {
                    format!(" Conditions: {}.", position.conditions.join("; "))
                };
                Stand {
                    who: self.dispute.party_name(&position.who.0).to_owned(),
                    stance: position.stance.words(),
                    on: Some(on).filter(|on| !on.is_empty()),
                    text: format!("{}{}{conditions}", position.text, advice_and_result(position)),
                    source: position.source.clone(),
                }
            })
            .collect()
    }

    fn decided(&self) -> Vec<Line> {
        let dispute = self.dispute;
        let when = |when: Option<pay::When>| when.map(|when| format!(", {}", when.words())).unwrap_or_default();
        let mut lines = Vec::new();
        for meeting in &dispute.meetings {
            let mut text = meeting.outcome.clone();
            if !meeting.sticking_points.is_empty() {
                text.push_str(&format!(" Sticking points: {}.", meeting.sticking_points.join("; ")));
            }
            for step in &meeting.next {
                let due = step.due_on.map(|due| format!(" By {}.", long_date(due))).unwrap_or_default();
                let owners: Vec<&str> = step.owners.iter().map(|(owner, _)| dispute.party_name(owner)).collect();
                let owners = if owners.is_empty() { String::new() } else { format!(" To be done by: {}.", owners.join("; ")) };
                text.push_str(&format!(" Agreed next step: {}{due}{owners}", step.what));
            }
            lines.push(Line { heading: format!("{}{}", meeting.body, when(meeting.when)), text, source: meeting.source.clone() });
        }
        for motion in &dispute.motions {
            let kind = if motion.amends.is_some() { "amendment" } else { "motion" };
            let vote = motion.vote.as_ref().map(|vote| format!(" ({vote})")).unwrap_or_default();
            lines.push(Line {
                heading: format!("{}{}: {kind} {}{vote}", motion.conference, when(motion.when), motion.outcome.words()),
                text: motion.text.clone(),
                source: motion.source.clone(),
            });
        }
        for demand in &dispute.demands {
            let deadline = match &demand.deadline {
                Some(Deadline::On(day)) => format!(" By {}.", long_date(*day)),
                Some(Deadline::Vague(words)) => match &demand.resolution {
                    Some(resolution) => {
                        format!(" By {} (“{words}”, resolved by {}: {})", long_date(resolution.deadline), resolution.by, resolution.reason)
                    }
                    None => format!(" Deadline in words only: “{words}”."),
                },
                None => String::new(),
            };
            let otherwise = demand.otherwise.as_ref().map(|otherwise| format!(" Otherwise: {otherwise}")).unwrap_or_default();
            let answer = demand.answer.as_ref().map(|answer| format!(" What came of it: {}", answer.text)).unwrap_or_default();
            lines.push(Line {
                heading: format!(
                    "{} demands of {}{}",
                    dispute.party_name(&demand.who.0),
                    dispute.party_name(&demand.to.0),
                    when(demand.when)
                ),
                text: format!("{}{deadline}{otherwise}{answer}", demand.text),
                source: demand.source.clone(),
            });
        }
        lines.extend(talks::lines(dispute).into_iter().map(|(heading, text, source)| Line { heading, text, source }));
        lines
    }

    fn poll(&self, poll: &Poll) -> PollView {
        let mut table = Table::new(
            "Results of record",
            &["unit", "question", ">entitled", ">returned", ">turnout", ">yes", ">no", ">spoiled", ">yes of yes and no"],
        );
        let mut notes = Vec::new();
        for unit in &poll.units {
            if let Some(note) = &unit.entitled_note {
                notes.push(format!("{}: {note}.", unit.name));
            }
            let results: Vec<&PollResult> = poll.results.iter().filter(|result| result.unit.0 == unit.id).collect();
            let entitled = unit.entitled.map(grouped).unwrap_or_default();
            if results.is_empty() {
                let mut row = vec![words(&unit.name), words("no result found"), figure(&entitled)];
                row.extend((0..6).map(|_| figure("")));
                table.rows.push(row);
            }
            for result in results {
                if let Some(note) = &result.note {
                    notes.push(format!("{}: {note}.", unit.name));
                }
                table.rows.push(self.result_row(poll, unit.entitled, &unit.name, result));
            }
        }
        let dates = match (poll.opened_on, poll.closed) {
            (Some(opened), Some(closed)) => format!("opened {}, closed {}", long_date(opened), closed.words()),
            (None, Some(closed)) => format!("closed {}", closed.words()),
            _ => "dates not known".to_owned(),
        };
        let advice = poll.recommendation.as_ref().map(|advice| format!(" · advice to members: {advice}")).unwrap_or_default();
        PollView {
            id: poll.id.clone(),
            title: poll.title.clone(),
            meta: format!("{} · {} · {dates}{advice}", self.dispute.party_name(&poll.union.0), poll.kind.word()),
            table,
            notes,
            source: poll.source.clone(),
        }
    }

    fn result_row(&self, poll: &Poll, entitled: Option<u64>, unit: &str, result: &PollResult) -> Vec<Cell> {
        let count = |value: Option<u64>| figure(value.map(grouped).unwrap_or_default());
        let share = |part: u64, whole: u64| Ratio::new(i128::from(part) * 100, whole.into());
        let published = |value: Option<Ratio>| value.map(|value| percent(value, if value.denominator() == 1 { 0 } else { 1 }));
        let turnout = published(result.turnout_percent).or_else(|| {
            let (returned, entitled) = result.returned.zip(entitled)?;
            Some(percent(share(returned, entitled), 1))
        });
        let votes = result.yes.zip(result.no);
        let yes = match votes {
            Some((yes, no)) if yes + no > 0 => Some(percent(share(yes, yes + no), 1)),
            _ => published(result.yes_percent),
        };
        let question = poll.questions.iter().find(|question| question.id == result.question.0);
        let question = question.map_or_else(
            || result.question.0.clone(),
            |question| question.text.clone().unwrap_or_else(|| question.kind.word().replace('-', " ")),
        );
        vec![
            words(unit),
            words(question),
            count(entitled),
            count(result.returned),
            figure(turnout.unwrap_or_default()),
            count(result.yes),
            count(result.no),
            count(result.spoiled),
            Cell { text: yes.unwrap_or_default(), number: true, href: source_anchor(&result.source) },
        ]
    }

    fn action(&self) -> Vec<Line> {
        let dispute = self.dispute;
        let mut lines = Vec::new();
        for call in &dispute.calls {
            let dates = call.dates.iter().map(|day| long_date(*day)).collect::<Vec<_>>().join(" and ");
            let names: Vec<&str> = call
                .units
                .iter()
                .map(|(id, _)| {
                    dispute
                        .polls
                        .iter()
                        .flat_map(|poll| &poll.units)
                        .find(|unit| unit.id == *id)
                        .map_or(id.as_str(), |unit| unit.name.as_str())
                })
                .collect();
            let mut text = call.text.clone();
            if !names.is_empty() {
                text.push_str(&format!(" Units: {}.", names.join("; ")));
            }
            if !call.services.is_empty() {
                text.push_str(&format!(" Services: {}.", call.services.join("; ")));
            }
            if let Some(condition) = &call.conditional_on {
                text.push_str(&format!(" On condition: {condition}."));
            }
            let on = if dates.is_empty() { String::new() } else { format!(", {dates}") };
            lines.push(Line {
                heading: format!("{}: {}{on}", dispute.party_name(&call.who.0), call.kind.words()),
                text,
                source: call.source.clone(),
            });
        }
        for campaign in &dispute.campaigns {
            let to = campaign.to.as_ref().map(|to| format!(" To: {to}.")).unwrap_or_default();
            let count = campaign.count.map(|count| format!(" Target: {}.", grouped(count))).unwrap_or_default();
            lines.push(Line {
                heading: format!("{}: campaign", dispute.party_name(&campaign.who.0)),
                text: format!("{}{to}{count}", campaign.what),
                source: campaign.source.clone(),
            });
        }
        lines
    }

    fn events(&self) -> Vec<Line> {
        let line = |event: &dispute::Event, prefix: &str| Line {
            heading: event.when.map_or_else(|| "date not known".to_owned(), pay::When::words),
            text: format!("{prefix}{}", event.what),
            source: event.source.clone(),
        };
        let events = self.dispute.events.iter().map(|event| line(event, ""));
        events.chain(self.dispute.outcomes.iter().map(|event| line(event, "Outcome: "))).collect()
    }

    fn parties(&self) -> Table {
        let mut table = Table::new("Parties", &["party", "side", "part in the dispute", ">members concerned"]);
        for party in &self.dispute.parties {
            table.rows.push(vec![
                words(&party.name),
                words(party.side.word().replace('-', " ")),
                words(party.role.clone().unwrap_or_default()),
                Cell { text: party.members.map(grouped).unwrap_or_default(), number: true, href: source_anchor(&party.source) },
            ]);
        }
        table
    }

    fn groups(&self) -> Table {
        let mut table = Table::new("Groups of staff", &["group", "settled through", ">staff"]);
        for group in &self.dispute.groups {
            table.rows.push(vec![
                words(&group.name),
                words(&group.machinery),
                Cell { text: group.staff.map(grouped).unwrap_or_default(), number: true, href: source_anchor(&group.source) },
            ]);
        }
        table
    }

    fn roundings(&self) -> String {
        let all: Vec<String> = self
            .framework
            .scales
            .iter()
            .flat_map(|scale| scale.roundings().iter().map(move |rounding| (scale, rounding)))
            .map(|(scale, rounding)| {
                let until = rounding.until.map(|until| format!(" until {}", long_date(until))).unwrap_or_default();
                format!("{}, {} from {}{until}", scale.title, Rounding::words(rounding.value), long_date(rounding.from))
            })
            .collect();
        if all.is_empty() { "no scale is known here".to_owned() } else { all.join("; ") }
    }

    /// Every source that the page names, by id.
    fn cited(&self, page: &Page, checked: &[CheckedFigure<'_>]) -> Vec<dated::Source> {
        let mut ids: BTreeSet<String> = BTreeSet::new();
        let mut add = |cite: &[String]| ids.extend(cite.iter().cloned());
        add(&page.source);
        let dispute = self.dispute;
        dispute.offers.iter().for_each(|offer| {
            add(&offer.source);
            offer.counted.iter().for_each(|counted| add(&counted.source));
        });
        dispute.parties.iter().for_each(|party| add(&party.source));
        dispute.groups.iter().for_each(|group| add(&group.source));
        dispute.polls.iter().for_each(|poll| {
            add(&poll.source);
            poll.results.iter().for_each(|result| add(&result.source));
        });
        [&page.decided, &page.action, &page.events].into_iter().flatten().for_each(|line| add(&line.source));
        page.stands.iter().for_each(|stand| add(&stand.source));
        for figure in checked {
            add(&figure.figure.source);
            figure
                .readings
                .iter()
                .flat_map(|reading| &reading.inputs)
                .filter_map(|(_, input)| input.as_ref().ok())
                .for_each(|input| add(&input.source));
        }
        // Numbers in tables link to sources too.
        let tables = page
            .real
            .iter()
            .map(|(_, table)| table)
            .chain(page.points.iter().map(|(_, table)| table))
            .chain(page.nations.iter().map(|nations| &nations.table));
        let tables = tables.chain(page.chart.iter().map(|chart| &chart.table));
        for cell in tables.flat_map(|table| table.rows.iter().flatten()) {
            if let Some(id) = cell.href.as_deref().and_then(|href| href.strip_prefix("s-")) {
                ids.insert(id.to_owned());
            }
        }
        let sources: &Sources = &dispute.sources;
        ids.iter().filter_map(|id| sources.get(id).cloned()).collect()
    }
}

fn period(dispute: &Dispute) -> String {
    match (dispute.began_on, dispute.ended_on) {
        (Some(began), Some(ended)) => format!("{} to {}", long_date(began), long_date(ended)),
        (Some(began), None) => format!("From {}", long_date(began)),
        (None, Some(ended)) => format!("Until {}", long_date(ended)),
        (None, None) => String::new(),
    }
}

fn nation_names(offer: &Offer) -> String {
    offer.nations.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}

fn short_name(offer: &Offer) -> String {
    let id = offer.id.replace('-', " ");
    let mut letters = id.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn clause_id(offer: &Offer, step: usize) -> String {
    format!("c-{}-{}", offer.id, step + 1)
}

fn rate_cell(offer: &Offer, value: &PointValue, day: Date) -> Cell {
    let path = &value.row.path;
    let text = path.rate_on(day).to_string();
    match path.rates.iter().rev().find(|rate| rate.from <= day) {
        Some(rate) => linked(text, clause_id(offer, rate.step)),
        None => Cell { text, number: true, href: source_anchor(&value.row.source) },
    }
}

fn points_table(offer: &Offer, points: &[PointValue], caption: String) -> Table {
    let mut days: Vec<Date> = points.iter().flat_map(|point| point.row.path.rates.iter().map(|rate| rate.from)).collect();
    days.sort();
    days.dedup();
    let staged = points.iter().any(|point| !point.staging.is_empty());
    let lumps = points.iter().any(|point| point.first_year().unconsolidated != Pence::ZERO);
    let mut heads: Vec<String> = vec!["point".into(), "band".into(), ">before".into()];
    heads.extend(days.iter().map(|day| format!(">from {}", long_date(*day))));
    heads.extend([">gain in the year".into(), ">in the year".into(), ">at its end".into()]);
    if lumps {
        heads.push(">one-off".into());
    }
    if staged {
        heads.extend([">lost a week".into(), ">lost until the full rate".into()]);
    }
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = Table::new(caption, &heads);
    let anchor = format!("o-{}", offer.id);
    for point in points {
        let year = point.first_year();
        let base = Cell { text: point.row.path.base.to_string(), number: true, href: source_anchor(&point.row.source) };
        let mut row = vec![words(&point.row.point), words(&point.row.band), base];
        row.extend(days.iter().map(|day| rate_cell(offer, point, *day)));
        row.push(linked(pounds(year.gain_pence.by_months), &anchor));
        row.push(linked(percent(year.gain_percent.by_months, 2), &anchor));
        row.push(linked(percent(year.year_end_percent, 2), &anchor));
        if lumps {
            row.push(linked(year.unconsolidated.to_string(), format!("l-{}-1", offer.id)));
        }
        if staged {
            let weekly = point.weekly_loss_pence(WeeksInYear::Calendar) / Ratio::whole(100);
            row.push(linked(format!("£{}", weekly.to_fixed(2)), &anchor));
            row.push(linked(pounds(point.loss_to_full_award_pence.by_months), &anchor));
        }
        table.rows.push(row);
    }
    table
}

fn verdict_line(checked: &[&CheckedFigure<'_>]) -> String {
    let count = |verdict: Verdict| checked.iter().filter(|figure| figure.verdict == verdict).count();
    format!(
        "Of {}: {} true, {} true only under some readings, {} false, {} that cannot be told from what is known.",
        checked.len(),
        count(Verdict::True),
        count(Verdict::TrueIf),
        count(Verdict::False),
        count(Verdict::CannotTell)
    )
}
