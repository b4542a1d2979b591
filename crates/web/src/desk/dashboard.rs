//! How voting goes, for officer and scrutineer: cast against needed, by employer, with a chart; small units are in no figure.
//!
//! The rule of masking ([`hidden`]) looks only at how many are entitled, never at how many voted, so that it says nothing by itself. All
//! sums on the page are of units that are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use jiff::civil::Date;
use law::{Jurisdiction, Key, TestFigures};
use store::{ElectionState, PackState};

use crate::clock::Instant;
use crate::desk::roll::FrozenUnit;
use crate::desk::{Pages, WantedPage, desk_frame};
use crate::elections::Election;
use crate::files;
use crate::pages::{Frame, render};
use crate::problem::{Answer, Problem};
use crate::service::Service;
use crate::session::Session;

/// Which units are in no figure: those with fewer entitled than the minimum; and if the hidden ones together are one unit alone or
/// fewer people than the minimum, the next smallest too, until that is so no more, or all are hidden. So from the figures shown and
/// the sum over all units nobody computes more than a sum over at least two units and at least the minimum of people. `entitled` has
/// each unit's id.
pub fn hidden(entitled: &BTreeMap<String, u64>, minimum: u64) -> BTreeSet<String> {
    let mut by_size: Vec<(u64, &String)> = entitled.iter().map(|(id, entitled)| (*entitled, id)).collect();
    by_size.sort();
    let mut number = by_size.iter().filter(|(entitled, _)| *entitled < minimum).count();
    if number == 0 {
        return BTreeSet::new();
    }
    let people = |number: usize| by_size[..number].iter().map(|(entitled, _)| entitled).sum::<u64>();
    while number < by_size.len() && (number < 2 || people(number) < minimum) {
        number += 1;
    }
    by_size[..number].iter().map(|(_, id)| (*id).clone()).collect()
}

struct UnitRow {
    name: String,
    state: &'static str,
    entitled: u64,
    /// `None`: the unit is in no figure.
    cast: Option<Cast>,
}

struct Cast {
    cast: u64,
    percent: String,
    needed: Option<u64>,
    /// How many are still missing; none if enough, or if the law asks for no number.
    missing: Option<u64>,
}

struct Group {
    employer: String,
    units: Vec<UnitRow>,
}

struct DayRow {
    day: String,
    cast: u64,
    sum: u64,
}

#[derive(Template)]
#[template(path = "desk/voting.html")]
struct VotingPage {
    frame: Frame,
    now: String,
    groups: Vec<Group>,
    pages: Pages,
    shown: usize,
    hidden: usize,
    hidden_entitled: u64,
    minimum: u64,
    entitled: u64,
    cast: u64,
    percent: String,
    needed: Option<u64>,
    rule: Option<String>,
    days: Vec<DayRow>,
    chart: String,
}

/// A share to one decimal, for reading; cut down, so that 50.0 is never shown for less.
fn percent(count: u64, of: u64) -> String {
    match (count * 1_000).checked_div(of) {
        Some(per_mille) => format!("{}.{} %", per_mille / 10, per_mille % 10),
        None => "–".to_owned(),
    }
}

/// The turnout that the law of the opening day asks for: per cent and source.
fn turnout_rule(service: &Service, about: &files::About, opened_on: Date) -> Option<(u64, String)> {
    let jurisdiction: Jurisdiction = about.jurisdiction.filter(|_| about.kind.as_deref() != Some("consultative"))?;
    let ruling = service.results.rules().on(Key::TurnoutPercent, jurisdiction, opened_on).ok()?;
    let percent = ruling.rule.number();
    (percent > 0).then(|| (percent, format!("{percent} % of those entitled: {} ({})", ruling.rule.source, ruling.rule.id)))
}

/// `GET /desk/voting`.
pub(crate) async fn page(
    State(service): State<Service>,
    Extension(session): Extension<Session>,
    Query(wanted): Query<WantedPage>,
) -> Answer {
    let poll = files::poll(&service).await?.ok_or_else(|| Problem::conflict("refused", "There is no plan yet."))?;
    let about = files::about(&service).await?;
    let now = service.clock.now();
    let elections = service.elections.all(&service).await?;
    if elections.is_empty() {
        return Err(Problem::conflict(
            "refused",
            "No unit is on the board yet: first comes the opening, signed by officer and scrutineer.",
        ));
    }
    let minimum = u64::from(poll.minimum);
    let entitled: BTreeMap<String, u64> = elections.iter().map(|election| (election.unit.clone(), election.entitled)).collect();
    let hidden = hidden(&entitled, minimum);
    let mut on_paper: BTreeMap<String, u64> = BTreeMap::new();
    for (unit, state, count) in service.store.list_pack_counts().await? {
        if state == PackState::Accepted {
            on_paper.insert(unit, count);
        }
    }
    let employers: BTreeMap<String, String> =
        FrozenUnit::all(&service).await?.into_iter().map(|unit| (unit.id, unit.employers.join(", "))).collect();

    let mut groups: BTreeMap<String, Vec<UnitRow>> = BTreeMap::new();
    let (mut all_entitled, mut all_cast, mut all_needed, mut rule) = (0, 0, None, None);
    let mut days: BTreeMap<Date, u64> = BTreeMap::new();
    for election in &elections {
        let opened_on = election.opens_at.in_london().date();
        let is_begun = election.state(now) != ElectionState::Before;
        let cast = if hidden.contains(&election.unit) || !is_begun {
            None
        } else {
            let cast = election.voted + on_paper.get(&election.unit).copied().unwrap_or(0);
            let found = turnout_rule(&service, &about, opened_on);
            let needed = found.as_ref().and_then(|(percent, _)| {
                let figures = TestFigures::Turnout { returned: cast, entitled: Some(election.entitled), percent: *percent };
                figures.needed().map(|(needed, _)| needed)
            });
            all_entitled += election.entitled;
            all_cast += cast;
            if let Some(needed) = needed {
                *all_needed.get_or_insert(0) += needed;
            }
            rule = rule.or(found.map(|(_, source)| source));
            for (hour, count) in service.store.list_first_ballots(&election.uuid).await? {
                *days.entry(Instant(hour * 1_000).in_london().date()).or_default() += count;
            }
            let missing = needed.map(|needed| needed.saturating_sub(cast)).filter(|missing| *missing > 0);
            Some(Cast { cast, percent: percent(cast, election.entitled), needed, missing })
        };
        let employer = employers.get(&election.unit).filter(|name| !name.is_empty()).cloned();
        let row = UnitRow { name: election.name.clone(), state: election.state(now).word(), entitled: election.entitled, cast };
        groups.entry(employer.unwrap_or_else(|| "Employer not recorded".to_owned())).or_default().push(row);
    }
    let (rows, series) = by_day(&elections, &days, now);
    // The sums above are of all units; the table has those of this page.
    let pages = Pages::of(&wanted, elections.len(), "/desk/voting");
    let by_employer = groups.into_iter().flat_map(|(employer, units)| units.into_iter().map(move |unit| (employer.clone(), unit)));
    let mut shown_groups: Vec<Group> = Vec::new();
    for (employer, unit) in pages.cut(by_employer) {
        match shown_groups.last_mut().filter(|group| group.employer == employer) {
            Some(group) => group.units.push(unit),
            None => shown_groups.push(Group { employer, units: vec![unit] }),
        }
    }
    let page = VotingPage {
        frame: desk_frame(&service, &session).await,
        now: now.in_london().strftime("%A %-d %B %Y, %H:%M (London)").to_string(),
        groups: shown_groups,
        pages,
        shown: elections.len() - hidden.len(),
        hidden: hidden.len(),
        hidden_entitled: entitled.iter().filter(|(id, _)| hidden.contains(*id)).map(|(_, entitled)| entitled).sum(),
        minimum,
        entitled: all_entitled,
        cast: all_cast,
        percent: percent(all_cast, all_entitled),
        needed: all_needed,
        rule,
        chart: chart(&series, all_needed, all_entitled),
        days: rows,
    };
    render(&page)
}

/// The days of voting so far with ballots by web, and their running sum for the whole time of voting, to come as `None`.
fn by_day(elections: &[Election], days: &BTreeMap<Date, u64>, now: Instant) -> (Vec<DayRow>, Vec<Option<u64>>) {
    let first = elections.iter().map(|election| election.opens_at.in_london().date()).min();
    let last = elections.iter().map(|election| election.closes_at.in_london().date()).max();
    let today = now.in_london().date();
    let (mut rows, mut series, mut sum) = (Vec::new(), Vec::new(), 0);
    let mut next = first;
    while let (Some(day), Some(last)) = (next, last) {
        if day > last || series.len() > 400 {
            break;
        }
        if day > today {
            series.push(None);
        } else {
            let cast = days.get(&day).copied().unwrap_or(0);
            sum += cast;
            series.push(Some(sum));
            rows.push(DayRow { day: day.strftime("%a %-d %B").to_string(), cast, sum });
        }
        next = day.tomorrow().ok();
    }
    (rows, series)
}

/// The pace as a picture: ballots so far by day against what is needed. Whole numbers only; colours come from the page.
fn chart(series: &[Option<u64>], needed: Option<u64>, entitled: u64) -> String {
    const WIDTH: u64 = 640;
    const HEIGHT: u64 = 220;
    const LEFT: u64 = 60;
    let most = series.iter().flatten().copied().max().unwrap_or(0).max(needed.unwrap_or(0)).max(entitled / 4).max(1);
    let top = most + most / 10 + 1;
    let steps = series.len().max(1) as u64;
    let x = |at: u64| LEFT + at * (WIDTH - LEFT - 10) / steps;
    let y = |count: u64| HEIGHT - 30 - count * (HEIGHT - 50) / top;
    let mut points = format!("{},{}", x(0), y(0));
    for (at, sum) in (1..).zip(series) {
        if let Some(sum) = sum {
            let _ = write!(points, " {},{}", x(at), y(*sum));
        }
    }
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"100%\" role=\"img\" aria-label=\"Ballots by the end of each day{}; the table has the figures\" \
         fill=\"none\" stroke=\"currentColor\"><path d=\"M{LEFT} 20 V{bottom} H{WIDTH}\" stroke-width=\"1\"/>\
         <polyline points=\"{points}\" stroke-width=\"3\" stroke-linejoin=\"round\"/>",
        if needed.is_some() { " against what is needed" } else { "" },
        bottom = y(0),
    );
    let label = |svg: &mut String, x: u64, y: u64, anchor: &str, text: &str| {
        let _ = write!(
            svg,
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-size=\"13\" fill=\"currentColor\" stroke=\"none\" font-family=\"sans-serif\">{text}</text>"
        );
    };
    label(&mut svg, LEFT - 6, y(0), "end", "0");
    if let Some(needed) = needed {
        let _ = write!(svg, "<path d=\"M{LEFT} {0} H{WIDTH}\" stroke-width=\"2\" stroke-dasharray=\"7 5\"/>", y(needed));
        label(&mut svg, LEFT - 6, y(needed) + 4, "end", &needed.to_string());
        label(&mut svg, WIDTH - 4, y(needed) - 6, "end", "needed");
    }
    label(&mut svg, LEFT, HEIGHT - 10, "start", "opening");
    label(&mut svg, WIDTH - 4, HEIGHT - 10, "end", "closing");
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(list: &[u64]) -> BTreeMap<String, u64> {
        (0..).zip(list).map(|(at, size)| (format!("u{at:02}"), *size)).collect()
    }

    /// Whoever knows all figures shown and the sum over all units can compute sums over the hidden ones together, and nothing else.
    #[test]
    fn what_can_be_computed_is_of_two_units_and_the_minimum_of_people() {
        let cases: [&[u64]; 9] =
            [&[100, 30, 20], &[100, 19], &[19], &[5, 6, 7], &[5, 6, 100, 200], &[19, 20, 21], &[1, 40], &[10, 10, 10], &[3, 300, 3, 300]];
        for list in cases {
            let entitled = sizes(list);
            let hidden = hidden(&entitled, 20);
            for (id, size) in &entitled {
                assert!(*size >= 20 || hidden.contains(id), "{list:?}: a small unit is shown");
            }
            let people: u64 = hidden.iter().map(|id| entitled[id]).sum();
            let is_whole = hidden.len() == entitled.len();
            assert!(hidden.is_empty() || is_whole || (hidden.len() >= 2 && people >= 20), "{list:?}: {hidden:?}");
        }
        assert!(hidden(&sizes(&[100, 30, 20]), 20).is_empty());
        assert_eq!(hidden(&sizes(&[100, 30, 19]), 20).len(), 2, "one small unit hides its next");
    }

    #[test]
    fn shares_are_cut_down_and_the_chart_has_no_day_to_come() {
        assert_eq!(percent(4_999, 10_000), "49.9 %");
        assert_eq!(percent(1, 0), "–");
        let svg = chart(&[Some(5), Some(9), None, None], Some(20), 40);
        assert!(svg.contains(">needed<") && svg.matches(',').count() == 3, "{svg}");
    }
}
