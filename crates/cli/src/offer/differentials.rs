//! `whitley offer differentials`: how far points and bands stand apart, before an offer and after each of its steps.

use std::path::PathBuf;

use clap::Args;
use dated::{Date, Ratio, long_date};
use pay::{Differential, Differentials as Found, Distance, Offer, Pair, Pence, People, Scale, Spread, grouped};
use serde_json::{Value as Json, json};
use workspace::offer::people::sides;

use super::people::{percent, signed, value_people};
use super::{Stop, find_offer, in_group, refuse_question};
use crate::answer::{self, Outcome, Table, number};
use crate::disk::{self, Opened};
use crate::staff_file::{self, Layout};

/// Arguments of `whitley offer differentials`.
#[derive(Args)]
pub(crate) struct Differentials {
    /// The dispute folder
    dispute: String,
    /// The offer
    #[arg(long)]
    offer: String,
    /// In this nation, where the offer has several
    #[arg(long)]
    nation: Option<String>,
    /// The points of this scale only; else of the first that is in the data
    #[arg(long)]
    scale: Option<String>,
    /// For this group of staff, where an offer treats groups differently
    #[arg(long)]
    group: Option<String>,
    /// Also how pay is spread over people: a CSV or XLSX file
    #[arg(long)]
    workforce: Option<PathBuf>,
    #[command(flatten)]
    layout: Layout,
    /// Print every pair of points, not only those whose gap changes most
    #[arg(long)]
    all: bool,
}

const MOST_PAIRS: usize = 12;
const MOST_LEAPFROGS: usize = 8;
const PAIRS: [(Pair, &str); 4] = [
    (Pair::Points, "points"),
    (Pair::TopToBottom, "top_to_next_bottom"),
    (Pair::BottomToBottom, "bottom_to_bottom"),
    (Pair::TopToTop, "top_to_top"),
];

impl Differentials {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let Opened { dispute, .. } = disk::open(&self.dispute, as_json)?;
        let framework = in_group(&dispute, self.group.as_deref())?;
        let offer = find_offer(&dispute.offers, &self.offer)?;
        let known: Vec<&str> = offer.nations.iter().map(|(name, _)| name.as_str()).collect();
        let nation = match self.nation.as_deref() {
            Some(nation) if known.contains(&nation) => nation,
            Some(nation) => {
                return refuse_question(format!("the offer {} does not apply in {nation}; it applies in {}", offer.id, known.join(", ")));
            }
            None => known.first().copied().unwrap_or_default(),
        };
        if framework.groups_of(offer).len() > 1 {
            let groups: Vec<String> = framework.groups_of(offer).into_iter().flatten().collect();
            return refuse_question(format!(
                "{} treats groups of staff differently: say which with --group {}",
                offer.id,
                groups.join(" | ")
            ));
        }
        let mut why = format!("the scales of {} are not in the data, so nothing can be said of differentials", offer.id);
        let mut found: Vec<(&Scale, Found)> = Vec::new();
        for scale in framework.scales_of(offer).filter(|scale| self.scale.as_ref().is_none_or(|wanted| *wanted == scale.id)) {
            match framework.rows(offer, scale, nation) {
                Ok(rows) => found.push((scale, Found::of(&rows))),
                Err(error) => why = error.to_string(),
            }
        }
        if let (Some(wanted), true) = (&self.scale, found.is_empty()) {
            let known: Vec<&str> = framework.scales_of(offer).map(|scale| scale.id.as_str()).collect();
            if !known.contains(&wanted.as_str()) {
                return refuse_question(format!("the offer has no scale “{wanted}”; it has {}", known.join(", ")));
            }
        }
        // Where nothing is asked, the scale with the most points says most.
        if self.scale.is_none() {
            found.sort_by_key(|(_, one)| std::cmp::Reverse(one.list.len()));
        }
        if found.is_empty() {
            return refuse_question(why);
        }
        let spreads = self.spreads(&dispute, offer, &found[0].1, as_json)?;
        if as_json {
            answer::print_json(&json!({
                "dispute": dispute.id,
                "offer": offer.id,
                "nation": nation,
                "scales": found.iter().map(|(scale, found)| scale_json(scale, found)).collect::<Vec<_>>(),
                "people": spreads.as_ref().map(people_json),
            }));
            return Ok(Outcome::Yes);
        }
        let (scale, first) = &found[0];
        answer::print(&text(offer, nation, scale, first, self.all));
        if let Some(spreads) = &spreads {
            answer::print(&people_text(spreads));
        }
        let others: Vec<&str> = found[1..].iter().map(|(scale, _)| scale.id.as_str()).collect();
        if !others.is_empty() {
            answer::print(&format!("next: --scale {} for the other scale of this offer\n", others.join(" or --scale ")));
        }
        Ok(Outcome::Yes)
    }

    /// How full-time rates are spread over people, before and on each day.
    fn spreads(&self, dispute: &dispute::Dispute, offer: &Offer, found: &Found, as_json: bool) -> Result<Option<Spreads>, Stop> {
        let Some(path) = &self.workforce else { return Ok(None) };
        let workforce = staff_file::open(path, &self.layout, dispute, as_json)?;
        let framework = dispute.framework();
        let Some(year) = framework.first_pay_year(offer) else {
            return refuse_question(format!("{} has no dated step, so nobody can be valued under it", offer.id));
        };
        let name = self.nation.as_ref().map_or_else(|| offer.id.clone(), |nation| format!("{}@{nation}", offer.id));
        let sides = sides(&[(name, offer)]);
        let people: People<'_> = value_people(&framework, year, &workforce, sides, true, &path.display().to_string(), as_json)?;
        let days = std::iter::once(None).chain(found.days.iter().copied().map(Some));
        let list = days.filter_map(|day| Some((day, people.rates_spread(0, day)?))).collect();
        Ok(Some(Spreads { synthetic: workforce.synthetic.clone(), list }))
    }
}

struct Spreads {
    synthetic: Option<String>,
    list: Vec<(Option<Date>, Spread)>,
}

fn fifty_to_ten(spread: &Spread) -> Option<Ratio> {
    spread.median.checked_div(spread.deciles[0])
}

fn people_text(spreads: &Spreads) -> String {
    let mut text = match &spreads.synthetic {
        Some(made) => format!("This workforce is synthetic ({made}): its figures describe no real staff.\n"),
        None => String::new(),
    };
    let mut table = Table::new(&["full-time rates of people", ">tenth (D1)", ">median", ">ninth (D9)", ">90/10", ">50/10", ">people"]);
    for (day, spread) in &spreads.list {
        let money = |pence: Ratio| Pence::nearest(pence).to_string();
        let ratio = |ratio: Option<Ratio>| ratio.map_or_else(String::new, |ratio| ratio.to_fixed(3));
        table.row([
            day.map_or_else(|| "before".to_owned(), |day| format!("from {}", long_date(day))),
            money(spread.deciles[0]),
            money(spread.median),
            money(spread.deciles[8]),
            ratio(spread.ninety_to_ten()),
            ratio(fifty_to_ten(spread)),
            grouped(spread.people),
        ]);
    }
    text.push_str(&table.text());
    text
}

fn people_json(spreads: &Spreads) -> Json {
    let list = spreads.list.iter().map(|(day, spread)| {
        let pounds = |pence: Ratio| number(super::pounds(pence), 2);
        json!({
            "from": day.map(|day| day.to_string()),
            "deciles": spread.deciles.map(pounds),
            "ninety_to_ten": spread.ninety_to_ten().map(|ratio| number(ratio, 6)),
            "fifty_to_ten": fifty_to_ten(spread).map(|ratio| number(ratio, 6)),
            "people": spread.people,
        })
    });
    json!({ "synthetic": spreads.synthetic, "rates": list.collect::<Vec<_>>() })
}

fn text(offer: &Offer, nation: &str, scale: &Scale, found: &Found, all: bool) -> String {
    let mut text = String::new();
    let [in_pounds, in_percent] = found.moves(Pair::Points);
    text.push_str(&format!(
        "Of {} gaps between neighbouring points, in pounds {} grow, {} shrink, {} stay; in percent {} grow, {} shrink, {} stay.\n",
        in_pounds.larger + in_pounds.smaller + in_pounds.same,
        in_pounds.larger,
        in_pounds.smaller,
        in_pounds.same,
        in_percent.larger,
        in_percent.smaller,
        in_percent.same
    ));
    let ratios = found.highest_to_lowest();
    if let (Some(Some(before)), Some(Some(after))) = (ratios.first(), ratios.last()) {
        let how = match after.cmp(before) {
            std::cmp::Ordering::Less => "compressed",
            std::cmp::Ordering::Greater => "stretched",
            std::cmp::Ordering::Equal => "neither compressed nor stretched",
        };
        text.push_str(&format!(
            "The highest rate is {} times the lowest before and {} times at the end: the scale is {how}.\n",
            before.to_fixed(3),
            after.to_fixed(3)
        ));
    }
    text.push_str(&leapfrogs(found));
    text.push_str(&format!("{} ({nation}), {}.\n", offer.title, scale.title));
    let points: Vec<&Differential> = found.of_pair(Pair::Points).collect();
    let bands: Vec<&Differential> = found.list.iter().filter(|one| one.pair != Pair::Points).collect();
    for (what, pairs) in [("points", points), ("bands", bands)] {
        let total = pairs.len();
        let shown = if all { pairs } else { most_moved(pairs) };
        if shown.is_empty() {
            text.push_str(&format!("  No gap between {what} changes; --all for every one.\n"));
            continue;
        }
        let few = shown.len() < total;
        let count = shown.len();
        text.push_str(&table(what, &found.days, shown).text());
        if few {
            text.push_str(&format!("  {count} of {total} gaps between {what}, those that move most in percent; --all for every one.\n"));
        }
        if what == "bands" {
            text.push_str("  A negative gap between bands is an overlap: the upper band begins below the top of the lower one.\n");
        }
    }
    let mut bands = Table::new(&["band", ">bottom to lowest", ">at the end", ">top to lowest", ">at the end"]);
    for band in &found.bands {
        let [before, after] = found.band_to_lowest(band);
        let write = |ratio: Option<Ratio>| ratio.map_or_else(String::new, |ratio| ratio.to_fixed(3));
        let (bottom, top) = (before.map(|ends| ends.0), before.map(|ends| ends.1));
        bands.row([band.band.clone(), write(bottom), write(after.map(|ends| ends.0)), write(top), write(after.map(|ends| ends.1))]);
    }
    text.push_str(&bands.text());
    text
}

/// Those that move, the ones that move most if they are many; in the order of the scale.
fn most_moved(pairs: Vec<&Differential>) -> Vec<&Differential> {
    let mut moving: Vec<(usize, &Differential)> = pairs.into_iter().enumerate().filter(|(_, one)| moved(one) > Ratio::ZERO).collect();
    moving.sort_by_key(|(_, one)| std::cmp::Reverse(moved(one)));
    moving.truncate(MOST_PAIRS);
    moving.sort_by_key(|(at, _)| *at);
    moving.into_iter().map(|(_, one)| one).collect()
}

fn moved(one: &Differential) -> Ratio {
    one.after.iter().map(|after| (after.percent - one.before.percent).abs()).max().unwrap_or(Ratio::ZERO)
}

fn leapfrogs(found: &Found) -> String {
    let mut text = String::new();
    let vanished = found.of_pair(Pair::Points).filter(|one| one.has_vanished()).count();
    if found.leapfrogs.is_empty() && vanished == 0 {
        return "No point overtakes another and no gap between points vanishes.\n".to_owned();
    }
    if vanished > 0 {
        let list: Vec<String> = found
            .of_pair(Pair::Points)
            .filter(|one| one.has_vanished())
            .map(|one| format!("{} to {} in band {} (was {})", one.lower, one.upper, one.band, one.before.pence))
            .collect();
        text.push_str(&format!("Gaps that vanish: {}.\n", list.join("; ")));
    }
    for one in found.leapfrogs.iter().take(MOST_LEAPFROGS) {
        text.push_str(&format!(
            "Leapfrog: point {} (band {}) overtakes point {} (band {}) by {} from {}.\n",
            one.lower.0,
            one.lower.1,
            one.upper.0,
            one.upper.1,
            one.by,
            long_date(one.on)
        ));
    }
    if found.leapfrogs.len() > MOST_LEAPFROGS {
        text.push_str(&format!("  and {} more; --json has all.\n", found.leapfrogs.len() - MOST_LEAPFROGS));
    }
    text
}

fn table(what: &str, days: &[Date], list: Vec<&Differential>) -> Table {
    let points = what == "points";
    let mut headings = vec![if points { "band" } else { "which ends" }.to_owned(), what.to_owned(), ">before".to_owned(), ">%".to_owned()];
    for day in days {
        headings.extend([format!(">from {}", long_date(*day)), ">%".to_owned()]);
    }
    headings.extend([">change".to_owned(), ">in points".to_owned()]);
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut table = Table::new(&headings);
    for one in list {
        let distance = |one: &Distance| [one.pence.to_string(), percent(one.percent, 2)];
        let mut cells = vec![if points { one.band.clone() } else { one.pair.words().to_owned() }];
        cells.push(format!("{} to {}", one.lower, one.upper));
        cells.extend(std::iter::once(&one.before).chain(&one.after).flat_map(distance));
        let last = one.last();
        cells.push((last.pence - one.before.pence).to_string());
        cells.push(signed(last.percent - one.before.percent, 2));
        table.row(cells);
    }
    table
}

fn scale_json(scale: &Scale, found: &Found) -> Json {
    let distance = |one: &Distance| json!({ "pounds": number(one.pence.pounds(), 2), "percent": number(one.percent, 6) });
    let pairs = found.list.iter().map(|one| {
        let kind = PAIRS.iter().find(|(pair, _)| *pair == one.pair).map(|(_, key)| *key);
        let last = one.last();
        json!({
            "pair": kind,
            "band": one.band,
            "lower": one.lower,
            "upper": one.upper,
            "before": distance(&one.before),
            "after": one.after.iter().map(distance).collect::<Vec<_>>(),
            "change": { "pounds": number((last.pence - one.before.pence).pounds(), 2), "points": number(last.percent - one.before.percent, 6) },
            "vanished": one.has_vanished(),
        })
    });
    let leapfrogs = found.leapfrogs.iter().map(|one| {
        json!({
            "lower": { "point": one.lower.0, "band": one.lower.1 },
            "upper": { "point": one.upper.0, "band": one.upper.1 },
            "from": one.on.to_string(),
            "by": number(one.by.pounds(), 2),
        })
    });
    let bands = found.bands.iter().map(|band| {
        let [before, after] = found.band_to_lowest(band).map(|ends| ends.map(|ends| [number(ends.0, 6), number(ends.1, 6)]));
        json!({ "band": band.band, "bottom_and_top_to_lowest_before": before, "bottom_and_top_to_lowest_at_end": after })
    });
    let moves = PAIRS.iter().map(|(pair, key)| {
        let [in_pounds, in_percent] = found.moves(*pair);
        let one = |moves: pay::Moves| json!({ "larger": moves.larger, "smaller": moves.smaller, "same": moves.same });
        ((*key).to_owned(), json!({ "pounds": one(in_pounds), "percent": one(in_percent) }))
    });
    json!({
        "scale": scale.id,
        "title": scale.title,
        "days": found.days.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "moves": moves.collect::<serde_json::Map<_, _>>(),
        "highest_to_lowest": found.highest_to_lowest().into_iter().map(|ratio| ratio.map(|ratio| number(ratio, 6))).collect::<Vec<_>>(),
        "differentials": pairs.collect::<Vec<_>>(),
        "leapfrogs": leapfrogs.collect::<Vec<_>>(),
        "bands": bands.collect::<Vec<_>>(),
    })
}
