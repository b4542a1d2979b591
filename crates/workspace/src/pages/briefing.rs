//! Two pages to print: what is offered, what it is worth, who stands where, what the ballots came to, and what comes next. Whatever is
//! longer than its place is cut with a count of what is left out; the workspace has all of it.

use askama::Template;
use dated::{Date, long_date, parse_date};
use dispute::plan::{PlanFacts, plan};
use dispute::talks::{DemandState, board, test_sticking_points};
use pay::{Index, Offer, When};

use crate::asked::{Answer, Asked, Opened, Trouble};
use crate::desk::counted;
use crate::pages::filled;
use crate::pages::parts::{capital, percent_words, signed, to_the_penny};

/// Rows of each part, so that the whole is two pages of A4.
const OFFERS: usize = 6;
const POINTS: usize = 5;
const LINES: usize = 5;
const POSITIONS: usize = 10;
const POLLS: usize = 8;
const LETTERS: usize = 150;

/// An offer in a line.
struct OfferLine {
    title: String,
    whose: String,
    year: String,
    in_year: String,
    at_end: String,
    less_prices: String,
    whole: String,
}

/// A part with its lines, and how many more there are.
struct Part {
    heading: &'static str,
    lines: Vec<String>,
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "briefing.html")]
struct View<'v> {
    base: &'v str,
    title: &'v str,
    synthetic: bool,
    lede: String,
    on: String,
    prices: String,
    offers: Vec<OfferLine>,
    more_offers: Option<String>,
    points_of: Option<String>,
    points: Vec<[String; 5]>,
    first: Vec<Part>,
    second: Vec<Part>,
    sources: String,
    version: String,
    address: String,
}

pub(crate) fn page(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let dispute = opened.dispute;
    let on = match asked.one("on") {
        Some(text) => parse_date(text).map_err(|why| Trouble::question(format!("{why}; write the day as in 2007-04-23")))?,
        None => opened.today,
    };
    let framework = dispute.framework();
    let index = Index::Rpi;
    let known = framework.prices_known.and_then(|month| Some((month, framework.prices.annual_rate(index, month).ok()?)));
    let mut offers: Vec<OfferLine> = Vec::new();
    for offer in dispute.offers.iter().take(OFFERS) {
        let nation = offer.nations.first().map(|(name, _)| name.as_str()).unwrap_or_default();
        let headline = framework.headline(offer, nation).filter(|headline| !headline.years.is_empty());
        let by = offer.made_by.as_ref().map(|(who, _)| dispute.party_name(who)).unwrap_or_default();
        let kind = capital(offer.kind.word());
        let mut line = OfferLine {
            title: short(&offer.title, 70),
            whose: if by.is_empty() { kind } else { short(&format!("{kind}, {by}"), 60) },
            year: String::new(),
            in_year: String::new(),
            at_end: "by point".to_owned(),
            less_prices: String::new(),
            whole: String::new(),
        };
        if let Some(headline) = headline {
            let year = &headline.years[0];
            line.year = year.year.name();
            line.in_year = percent_words(year.in_year_percent.by_months, 2);
            line.at_end = percent_words(year.year_end_percent, 2);
            line.less_prices = known.map(|(_, rose)| signed(year.in_year_percent.by_months - rose, 2)).unwrap_or_default();
            if headline.years.len() > 1 {
                line.whole = percent_words(headline.total_percent, 2);
            }
        } else if let Some(one) = offer.counted.first() {
            line.at_end = format!("{} (counted)", percent_words(one.percent, 2));
        }
        offers.push(line);
    }
    let (points_of, points) = points(opened);
    let plan = plan(&[dispute], opened.book, &PlanFacts::new(on, on)).ok();
    let live = plan.iter().flat_map(|plan| &plan.mandates).filter(|mandate| mandate.is_live()).count();
    let first = vec![
        part("Below the legal minimum, and clauses to watch", watch(opened)),
        part("Sticking points, and what the offers do about them", sticking(opened)),
    ];
    let second = vec![
        part_of("Who stands where", standings(opened, on), POSITIONS),
        part_of("Ballots", polls(opened, live), POLLS),
        part("Demands and dates", dates(opened, on)),
        part("Figures that people quote", figures(opened)),
    ];
    let view = View {
        base: opened.base,
        title: &dispute.title,
        synthetic: dispute.status == Some(dated::Status::Synthetic),
        lede: short(&dispute.summary, 400),
        on: long_date(on),
        prices: known
            .map(|(month, rose)| format!("{index} rose by {} in the year to {}", percent_words(rose, 1), month.long()))
            .unwrap_or_default(),
        more_offers: more(dispute.offers.len(), OFFERS, "offer", "offers"),
        offers,
        points_of,
        points,
        first: first.into_iter().filter(|part| !part.lines.is_empty()).collect(),
        second: second.into_iter().filter(|part| !part.lines.is_empty()).collect(),
        sources: sources(opened),
        version: opened.version.chars().take(12).collect(),
        address: opened.base.to_owned(),
    };
    filled("Briefing", &view, Vec::new())
}

fn part(heading: &'static str, lines: Vec<String>) -> Part {
    part_of(heading, lines, LINES)
}

fn part_of(heading: &'static str, mut lines: Vec<String>, most: usize) -> Part {
    let more = more(lines.len(), most, "line", "lines");
    lines.truncate(most);
    Part { heading, lines: lines.iter().map(|line| short(line, LETTERS)).collect(), more }
}

fn more(all: usize, most: usize, one: &str, many: &str) -> Option<String> {
    (all > most).then(|| format!("{} left out here", counted(all - most, &format!("more {one} is"), &format!("more {many} are"))))
}

/// At most so many letters, cut between words.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{}…", whole.trim_end_matches([',', ';', ':', '.']))
}

/// Points from the lowest to the highest of the offer that was made last.
fn points(opened: &Opened<'_>) -> (Option<String>, Vec<[String; 5]>) {
    let framework = opened.dispute.framework();
    let mut valued: Vec<&Offer> = opened.dispute.offers.iter().filter(|offer| !offer.steps.is_empty()).collect();
    valued.sort_by_key(|offer| std::cmp::Reverse(offer.made_on));
    for offer in valued {
        for value in framework.value_points(offer) {
            let Ok(rows) = &value.points else { continue };
            let mut rows: Vec<_> = rows.iter().collect();
            rows.sort_by_key(|point| point.row.path.base);
            if rows.is_empty() {
                continue;
            }
            let last = rows.len() - 1;
            let mut at: Vec<usize> = (0..POINTS).map(|number| number * last / (POINTS - 1)).collect();
            at.dedup();
            let lines = at.into_iter().map(|at| {
                let point = rows[at];
                let year = point.first_year();
                [
                    format!("{} ({})", point.row.point, point.row.band),
                    point.row.path.base.to_string(),
                    to_the_penny(pay::Pence::nearest(year.gain_pence.by_months)),
                    percent_words(year.gain_percent.by_months, 2),
                    percent_words(year.year_end_percent, 2),
                ]
            });
            return (Some(format!("{}: {}, {}", short(&offer.title, 60), value.scale.title, value.nation)), lines.collect());
        }
    }
    (None, Vec::new())
}

fn watch(opened: &Opened<'_>) -> Vec<String> {
    let dispute = opened.dispute;
    let framework = dispute.framework();
    let mut lines: Vec<String> = opened
        .warnings
        .iter()
        .filter(|fault| fault.code == crate::desk::TOO_LOW)
        .map(|fault| format!("{}.", capital(&fault.what)))
        .collect();
    for offer in &dispute.offers {
        for reopener in &offer.reopeners {
            lines.push(format!("{}: {} {}", offer.title, reopener.clause, reopener.sentence(framework.prices)));
        }
    }
    if framework.full_time_hours.is_none() {
        lines.push(
            "Whether a point is below the legal minimum cannot be told: the hours of a full-time week are not in the data.".to_owned(),
        );
    } else if lines.is_empty() {
        lines.push("No point of an offer is below the legal minimum.".to_owned());
    }
    lines
}

fn sticking(opened: &Opened<'_>) -> Vec<String> {
    let tested = test_sticking_points(opened.dispute);
    tested
        .iter()
        .map(|tested| {
            let title = opened.dispute.offer(&tested.offer.id).map_or("", |offer| offer.title.as_str());
            format!("“{}” {}: {}.", tested.point.words, short(title, 50), tested.answered.words())
        })
        .collect()
}

fn standings(opened: &Opened<'_>, on: Date) -> Vec<String> {
    let dispute = opened.dispute;
    let mut lines = Vec::new();
    for board in board(&dispute.positions, Some(on)) {
        let about = board.offer.and_then(|id| dispute.offer(id)).map(|offer| format!(" ({})", short(&offer.title, 40))).unwrap_or_default();
        for standing in board.standings {
            let when = standing.current.when.map(|when| format!(", {}", When::words(when))).unwrap_or_default();
            lines.push(format!("{}: {}{when}{about}.", dispute.party_name(standing.party), standing.current.stance.words()));
        }
    }
    lines
}

fn polls(opened: &Opened<'_>, live: usize) -> Vec<String> {
    let share = |part: u64, whole: u64| dated::Ratio::new(i128::from(part) * 100, whole.into()).to_fixed(1);
    let mut lines: Vec<String> = Vec::new();
    for poll in &opened.dispute.polls {
        let results = poll.results.iter().filter_map(|result| match (result.yes, result.no, result.yes_percent) {
            (Some(yes), Some(no), _) if yes + no > 0 => Some(format!("{}% yes of {} votes", share(yes, yes + no), pay::grouped(yes + no))),
            (_, _, Some(percent)) => Some(format!("{}% yes", percent.to_short(1))),
            _ => None,
        });
        let results: Vec<String> = results.take(4).collect();
        let closed = poll.closed.map(|closed| format!(", closed {}", closed.words())).unwrap_or_default();
        let said = if results.is_empty() { "no figures on record".to_owned() } else { results.join("; ") };
        lines.push(format!("{} ({}{closed}): {said}.", poll.title, poll.kind.word()));
    }
    if live > 0 {
        lines.insert(0, format!("{} live on this day.", counted(live, "mandate is", "mandates are")));
    }
    lines
}

fn dates(opened: &Opened<'_>, on: Date) -> Vec<String> {
    let dispute = opened.dispute;
    let mut lines = Vec::new();
    for demand in &dispute.demands {
        let who = dispute.party_name(&demand.who.0);
        let state = match demand.state_on(&dispute.talks.decisions, on) {
            DemandState::Passed { deadline, .. } => format!("deadline of {} passed, decision needed", long_date(deadline)),
            DemandState::DueToday => "due today".to_owned(),
            DemandState::DueIn { deadline, .. } => format!("due by {}", long_date(deadline)),
            DemandState::Vague { words } => format!("“{words}” is no day yet"),
            _ => continue,
        };
        lines.push(format!("{who}, {state}: {}", demand.text));
    }
    let mut events: Vec<_> =
        dispute.events.iter().chain(&dispute.outcomes).filter(|event| event.when.is_some_and(|when| when.earliest() <= on)).collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.when.map(When::latest)));
    lines.extend(events.iter().take(LINES).map(|event| format!("{}: {}", event.when.map(When::words).unwrap_or_default(), event.what)));
    lines
}

fn figures(opened: &Opened<'_>) -> Vec<String> {
    let checked = opened.dispute.check_figures(opened.library);
    // What is false comes first: it is what somebody at the table will be asked about.
    let rank = |word: &str| ["false", "true-if", "cannot-tell", "true"].iter().position(|known| *known == word).unwrap_or(4);
    let mut all: Vec<_> = checked.iter().collect();
    all.sort_by_key(|one| rank(one.verdict.word()));
    all.iter()
        .map(|one| {
            format!(
                "{}: {} “{}”",
                one.verdict.word().replace('-', " ").to_uppercase(),
                opened.dispute.party_name(&one.figure.who.0),
                one.figure.quoted
            )
        })
        .collect()
}

fn sources(opened: &Opened<'_>) -> String {
    let named = opened.dispute.offers.iter().flat_map(|offer| offer.source.iter());
    let mut ids: Vec<&str> = named.map(String::as_str).collect();
    ids.sort_unstable();
    ids.dedup();
    let most = 16;
    let rest = if ids.len() > most { format!(" and {} more", ids.len() - most) } else { String::new() };
    format!("{}{rest}", ids[..ids.len().min(most)].join(", "))
}
