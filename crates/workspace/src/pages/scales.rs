//! The pay scales of a dispute: a picture of each, every point with its rate by the hour, and any that is below the legal minimum.
//! Where files can be changed, a scale is brought here as a spreadsheet.

use std::fmt::Write as _;

use askama::Template;
use dated::{Date, Ratio, long_date, parse_date};
use pay::{Pence, Rounding, Scale, ScaleTable, WeeksInYear, hourly_pence};

use super::question::{Cited, shown};
use crate::asked::{Answer, Asked, Opened, Page, Reader, Trouble};
use crate::pages::parts::money;
use crate::table::{Cell, Table, escape, words};

/// A scale on a day in a nation.
struct ScaleView {
    heading: String,
    from: String,
    svg: String,
    html: String,
    /// How many points are below the minimum, in words.
    below: String,
    class: &'static str,
}

/// What the form to bring a scale says again, with what is wrong.
#[derive(Default)]
pub(crate) struct Brought {
    /// Everything that is wrong with what was sent.
    pub(crate) wrong: Vec<String>,
    /// The fields as they were sent.
    pub(crate) nation: String,
    pub(crate) from: String,
    pub(crate) source: String,
    pub(crate) title: String,
}

#[derive(Template)]
#[template(path = "scales.html")]
struct View<'v> {
    base: &'v str,
    version: &'v str,
    on: String,
    on_words: String,
    scales: Vec<ScaleView>,
    not_there: Vec<String>,
    hours: Option<String>,
    may_write: bool,
    is_desk: bool,
    nations: Vec<(String, bool)>,
    known_sources: Vec<(String, bool)>,
    roundings: Vec<&'static str>,
    brought: Brought,
    sources: Vec<dated::Source>,
}

pub(crate) fn page(opened: &Opened<'_>, asked: &Asked<'_>, brought: Brought) -> Result<Answer, Trouble> {
    let dispute = opened.dispute;
    let framework = dispute.framework();
    let on = match asked.one("on") {
        Some(text) => parse_date(text).map_err(|why| Trouble::question(format!("{why}; write the day as in 2026-04-01")))?,
        None => usual_day(opened),
    };
    let here = format!("{}/scales?on={on}", opened.base);
    let minimum = opened.library.minimum_wage.adult_on(on).ok().map(|rate| rate.hourly);
    let (mut cited, mut tables, mut scales, mut not_there) = (Cited::default(), Vec::new(), Vec::new(), Vec::new());
    for scale in &framework.scales {
        for nation in scale.nations() {
            match scale.table_on(nation, on) {
                Ok(of_day) => {
                    let (view, table) = one(scale, of_day, framework.full_time_hours, minimum, &here, &mut cited);
                    scales.push(view);
                    tables.push(table);
                }
                Err(why) => not_there.push(why.to_string()),
            }
        }
    }
    let is_refusal = !brought.wrong.is_empty();
    let chosen = |given: &str, name: &str| given == name;
    let template = View {
        base: opened.base,
        version: opened.version,
        on: on.to_string(),
        on_words: long_date(on),
        scales,
        not_there,
        hours: framework.full_time_hours.map(|hours| hours.to_short(2)),
        may_write: opened.reader == Reader::Desk { may_write: true },
        is_desk: opened.reader != Reader::Public,
        nations: dispute.nations.iter().map(|nation| (nation.name.clone(), chosen(&brought.nation, &nation.name))).collect(),
        known_sources: own_sources(opened).into_iter().map(|id| (chosen(&brought.source, &id), id)).map(|(is, id)| (id, is)).collect(),
        roundings: Rounding::WORDS.iter().map(|(word, _)| *word).collect(),
        brought,
        sources: cited.list(&dispute.sources),
    };
    let title = if is_refusal { "Error: Pay scales" } else { "Pay scales" };
    Ok(Answer::Page(Page { title: title.to_owned(), body: template.render()?, tables, is_refusal }))
}

/// The day whose rates are looked at if nobody says one: that from which the last offer starts. Rates of long ago are not held
/// against the minimum of today.
fn usual_day(opened: &Opened<'_>) -> Date {
    opened.dispute.offers.iter().filter_map(|offer| offer.base_date).max().unwrap_or(opened.today)
}

/// How many scales there are, and how many of their points are below the legal minimum on the usual day; `None` where that cannot be told.
pub(crate) fn counted_below(opened: &Opened<'_>) -> (usize, Option<usize>) {
    let on = usual_day(opened);
    let framework = opened.dispute.framework();
    let minimum = opened.library.minimum_wage.adult_on(on).ok();
    let below = framework.full_time_hours.zip(minimum).map(|(hours, minimum)| {
        let tables =
            framework.scales.iter().flat_map(|scale| scale.nations().into_iter().filter_map(|nation| scale.table_on(nation, on).ok()));
        let points = tables.flat_map(|table| &table.points);
        let rates = points.filter_map(|point| hourly_pence(point.annual, hours, WeeksInYear::Calendar));
        rates.filter(|hourly| *hourly < minimum.hourly.ratio()).count()
    });
    (framework.scales.len(), below)
}

/// The publications that the dispute itself names; the data's own are not what somebody's file comes from.
fn own_sources(opened: &Opened<'_>) -> Vec<String> {
    let theirs = &opened.library.sources;
    opened.dispute.sources.iter().map(|source| source.id.clone()).filter(|id| theirs.get(id).is_none()).collect()
}

fn one(
    scale: &Scale,
    table: &ScaleTable,
    hours: Option<Ratio>,
    minimum: Option<Pence>,
    here: &str,
    cited: &mut Cited,
) -> (ScaleView, Table) {
    let heading = format!("{}, {}", scale.title, table.nation);
    let mut below = Vec::new();
    let heads = ["point", "bands", ">a year", ">an hour", ">legal minimum an hour", "state", "source"];
    let caption = format!("{heading}: rates in force since {}", long_date(table.effective_from));
    let id: String = format!("scale-{}-{}", scale.id, table.nation)
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect();
    let mut rows = Table::new(id.clone(), caption, &heads);
    for point in &table.points {
        let hourly = hours.and_then(|hours| hourly_pence(point.annual, hours, WeeksInYear::Calendar));
        let state = match (hourly, minimum) {
            (Some(hourly), Some(minimum)) if hourly < minimum.ratio() => {
                below.push(point.id.clone());
                let short = (minimum.ratio() - hourly) / Ratio::whole(100);
                words(format!("below by £{} an hour", short.to_fixed(2))).exact("below").class("against")
            }
            (Some(_), Some(_)) => words("lawful").exact("lawful"),
            (None, _) => words("cannot tell").exact("cannot-tell"),
            (_, None) => words("no minimum that day").exact("no-minimum"),
        };
        let an_hour = |pence: Option<Ratio>| match pence {
            Some(pence) => {
                Cell { ..words(format!("£{}", (pence / Ratio::whole(100)).to_fixed(2))).exact((pence / Ratio::whole(100)).to_fixed(4)) }
            }
            None => words(""),
        };
        rows.row([
            words(&point.id),
            words(point.bands.join(", ")),
            money(point.annual),
            an_hour(hourly),
            an_hour(minimum.map(Pence::ratio)),
            state,
            cited.cell(&point.source),
        ]);
    }
    let (said, class) = match (below.as_slice(), hours, minimum) {
        ([], Some(_), Some(_)) => ("No point is below the legal minimum.".to_owned(), "good"),
        ([], None, _) => {
            let why = "Whether a point is below the legal minimum cannot be told: the dispute does not say how many hours a full-time week has (full_time_hours, with its source and status, in [pay]).";
            (why.to_owned(), "")
        }
        ([], _, None) => ("There was no legal minimum on that day.".to_owned(), ""),
        ([point], ..) => (format!("Point {point} is below the legal minimum."), "bad"),
        (points, ..) => (format!("{} points are below the legal minimum: {}.", points.len(), points.join(", ")), "bad"),
    };
    let least = minimum.zip(hours).map(|(minimum, hours)| {
        let annual = (minimum.ratio() * hours * WeeksInYear::Calendar.weeks()).ceiling();
        Pence(i64::try_from(annual).unwrap_or(i64::MAX))
    });
    let view = ScaleView {
        svg: picture(&id, &heading, table, least, &below),
        html: shown(&rows, Some(here)),
        from: long_date(table.effective_from),
        heading,
        below: said,
        class,
    };
    (view, rows)
}

const WIDTH: i64 = 760;
const LEFT: i64 = 96;
const RIGHT: i64 = 24;
const ROW: i64 = 26;

/// Each band as a line from its lowest to its highest point, and the legal minimum across all of them.
fn picture(id: &str, heading: &str, table: &ScaleTable, least: Option<Pence>, below: &[String]) -> String {
    let mut bands: Vec<(&str, Vec<(&str, i64)>)> = Vec::new();
    for point in &table.points {
        for band in &point.bands {
            match bands.iter_mut().find(|(known, _)| known == band) {
                Some((_, points)) => points.push((&point.id, point.annual.0)),
                None => bands.push((band, vec![(&point.id, point.annual.0)])),
            }
        }
    }
    bands.sort_by_key(|(_, points)| points.iter().map(|(_, rate)| *rate).min());
    let rates = || table.points.iter().map(|point| point.annual.0).chain(least.map(|least| least.0));
    let (low, high) = (rates().min().unwrap_or(0), rates().max().unwrap_or(1));
    // Steps of a round sum, at most eight of them.
    let span = (high - low).max(100);
    let step = [50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000]
        .into_iter()
        .find(|step| span / step <= 8)
        .unwrap_or(20_000_000);
    let (from, to) = (low / step * step, (high + step - 1) / step * step);
    let x = |rate: i64| LEFT + (rate - from) * (WIDTH - LEFT - RIGHT) / (to - from).max(1);
    let rows = i64::try_from(bands.len()).unwrap_or(1);
    let (top, bottom) = (30, 30 + rows * ROW);
    let height = bottom + 40;
    let mut body = String::new();
    let mut tick = from;
    while tick <= to {
        let at = x(tick);
        let _ = write!(
            body,
            "<line x1=\"{at}\" y1=\"{top}\" x2=\"{at}\" y2=\"{bottom}\" stroke=\"currentColor\" stroke-opacity=\".18\"/><text x=\"{at}\" y=\"{}\" text-anchor=\"middle\" font-size=\"12\" fill=\"currentColor\">£{}</text>",
            bottom + 18,
            pay::grouped(u64::try_from(tick / 100).unwrap_or(0))
        );
        tick += step;
    }
    let mut spoken = Vec::new();
    for (at, (band, points)) in (0_i64..).zip(&bands) {
        let y = top + at * ROW + ROW / 2;
        let (first, last) = (points.iter().map(|point| point.1).min().unwrap_or(0), points.iter().map(|point| point.1).max().unwrap_or(0));
        spoken.push(format!("Band {band}: {} to {}", Pence(first), Pence(last)));
        let _ = write!(
            body,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" font-size=\"13\" fill=\"currentColor\">{}</text><line x1=\"{}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\" stroke=\"currentColor\" stroke-width=\"3\" stroke-opacity=\".55\"/>",
            LEFT - 12,
            y + 4,
            escape(&band.chars().take(11).collect::<String>()),
            x(first),
            x(last)
        );
        for (name, rate) in points {
            let is_below = below.iter().any(|known| known == name);
            // A point below the minimum is a square as well as red, for those who see no red and for print.
            let shape = if is_below {
                format!("<rect class=\"bad\" x=\"{}\" y=\"{}\" width=\"12\" height=\"12\" fill=\"currentColor\">", x(*rate) - 6, y - 6)
            } else {
                format!("<circle cx=\"{}\" cy=\"{y}\" r=\"4.5\" fill=\"currentColor\">", x(*rate))
            };
            let end = if is_below { "</rect>" } else { "</circle>" };
            let _ = write!(body, "{shape}<title>{}: {}</title>{end}", escape(name), Pence(*rate));
        }
    }
    if let Some(least) = least {
        let at = x(least.0);
        let anchor = if at > WIDTH / 2 { "end" } else { "start" };
        let _ = write!(
            body,
            "<g class=\"bad\"><line x1=\"{at}\" y1=\"{}\" x2=\"{at}\" y2=\"{bottom}\" stroke=\"currentColor\" stroke-width=\"2\" stroke-dasharray=\"6 4\"/><text x=\"{at}\" y=\"16\" text-anchor=\"{anchor}\" font-size=\"13\" fill=\"currentColor\">legal minimum: {least} a year</text></g>",
            top - 8
        );
        spoken.push(format!("The legal minimum is {least} a year"));
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\"><title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}.</desc>{body}</svg>",
        escape(heading),
        escape(&spoken.join(". "))
    )
}
