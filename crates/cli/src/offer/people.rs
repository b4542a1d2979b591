//! `whitley offer compare … --workforce`: who is better off, in words and tables. The JSON is in `people_json`.

use std::path::PathBuf;

use clap::Args;
use dated::Ratio;
use dispute::{Dispute, Library};
use pay::{
    BetterOff, By, Framework, IncrementRule, Moment, Offer, Part, PayYear, Pence, People, Reading, SexGaps, Side, Spread, WeeksInYear,
    Workforce, grouped,
};
use workspace::offer::bill::{Billed, NotCosted, Plan, heads};
use workspace::offer::people::{self, SMALLEST_GROUP, costs, sides};

use super::cost;
use super::{Stop, money, refuse_question};
use crate::answer::{self, Table};
use crate::staff_file::{self, Layout};

/// The staff whom a comparison is about.
#[derive(Args)]
pub(super) struct PeopleArguments {
    /// Count people: a CSV or XLSX file. Each is looked at in their own nation; `offer@Scotland` looks at all as if there
    #[arg(long, conflicts_with_all = ["salary", "scale"])]
    pub(super) workforce: Option<PathBuf>,
    #[command(flatten)]
    layout: Layout,
    /// Also for each band, employer, staff-group, nation or sex
    #[arg(long, requires = "workforce", value_parser = parse_by)]
    by: Option<By>,
    /// Nobody passes a gate, where increments depend on one; else everybody does
    #[arg(long, requires = "workforce")]
    gate_holds: bool,
    /// Groups of fewer people than this are not shown
    #[arg(long, requires = "workforce", default_value_t = SMALLEST_GROUP)]
    smallest_group: u64,
}

fn parse_by(text: &str) -> Result<By, String> {
    let found = By::WORDS.iter().find(|(word, _)| *word == text);
    found.map(|(_, by)| *by).ok_or_else(|| format!("one of {}", By::WORDS.map(|(word, _)| word).join(", ")))
}

/// What is shown, and how.
pub(super) struct Asked<'a> {
    pub(super) people: &'a People<'a>,
    pub(super) framework: &'a Framework<'a>,
    pub(super) workforce: &'a Workforce,
    pub(super) library: &'a Library,
    /// For each side what it costs, as `offer cost` says; or why that is not known.
    pub(super) costs: &'a [Result<Billed<'a>, NotCosted>],
    pub(super) by: Option<By>,
    pub(super) smallest: u64,
    /// Whether any of the offers gates increments, and what is then taken to happen.
    pub(super) gate: Option<&'static str>,
}

impl PeopleArguments {
    /// Values the workforce under the offers and hands it on.
    pub(super) fn with_people<R>(
        &self,
        (dispute, library): (&Dispute, &Library),
        year: PayYear,
        offers: &[(String, &Offer)],
        as_json: bool,
        then: impl FnOnce(&Asked<'_>) -> R,
    ) -> Result<Option<R>, Stop> {
        let Some(path) = &self.workforce else { return Ok(None) };
        let workforce = staff_file::open(path, &self.layout, dispute, as_json)?;
        let framework = dispute.framework();
        let people = value_people(&framework, year, &workforce, sides(offers), !self.gate_holds, &path.display().to_string(), as_json)?;
        let share_passing = if self.gate_holds { Ratio::ZERO } else { Ratio::ONE };
        let plan = Plan { first: Some(year.first_month()), increments: IncrementRule { instead: None, share_passing }, ..Plan::AS_OFFERED };
        let costs = costs(&plan, people.sides(), &workforce, &framework, dispute, library).or_else(refuse_question)?;
        let gated = offers.iter().flat_map(|(_, offer)| &offer.steps).any(|step| step.progression == Some(pay::Progression::Gated));
        let said = if self.gate_holds {
            "nobody is taken to pass the gate for increments"
        } else {
            "all are taken to pass the gate for increments"
        };
        let asked = Asked {
            people: &people,
            framework: &framework,
            workforce: &workforce,
            library,
            costs: &costs,
            by: self.by,
            smallest: self.smallest_group,
            gate: gated.then_some(said),
        };
        Ok(Some(then(&asked)))
    }
}

/// Values a workforce, or says of everybody who cannot be valued why not.
pub(crate) fn value_people<'p>(
    framework: &Framework<'_>,
    year: PayYear,
    workforce: &'p Workforce,
    sides: Vec<Side<'p>>,
    gated_are_paid: bool,
    file: &str,
    as_json: bool,
) -> Result<People<'p>, Stop> {
    people::value(framework, year, workforce, sides, gated_are_paid, file).map_err(|faults| Stop::Said(answer::refuse(&faults, as_json)))
}

pub(super) fn percent(value: Ratio, places: u32) -> String {
    format!("{}%", value.to_fixed(places).replace('-', "−"))
}

fn millions(pence: Ratio) -> String {
    let pounds = pence / Ratio::whole(100);
    let minus = if pounds.is_negative() { "−" } else { "" };
    if pounds.abs() >= Ratio::whole(10_000_000) {
        format!("{minus}£{}m", (pounds.abs() / Ratio::whole(1_000_000)).to_fixed(1))
    } else {
        Pence(i64::try_from((pounds.round_half_away()).saturating_mul(100)).unwrap_or(i64::MAX)).to_string()
    }
}

impl Asked<'_> {
    /// The readings that the data allow.
    pub(super) fn readings(&self) -> &'static [Reading] {
        if self.people.has_increments() { &Reading::ALL } else { &Reading::ALL[..1] }
    }

    /// The answer in words and tables.
    pub(super) fn text(&self) -> String {
        let (people, all) = (self.people, self.people.everybody());
        let mut text = String::new();
        if let Some(made) = &self.workforce.synthetic {
            text.push_str(&format!("This workforce is synthetic ({made}): its figures describe no real staff.\n"));
        }
        let sides = people.sides();
        for first in 0..sides.len() {
            for second in first + 1..sides.len() {
                if let Some([in_year, at_end]) = self.better_off(first, second, &all) {
                    text.push_str(&sentence(&sides[first].name, &sides[second].name, &in_year, &at_end));
                }
            }
        }
        text.push_str(&format!(
            "{}, {} whole-time; pay year {}, by months; basic pay for the hours each works; {}.\n",
            heads(all.people),
            self.workforce.whole_time().to_fixed(1),
            people.year.name(),
            Reading::AwardOnly.words()
        ));
        for side in sides {
            let seen = side.nation.as_ref().map(|nation| format!(", all staff as if in {nation}")).unwrap_or_default();
            text.push_str(&format!("  {}: {}{seen}\n", side.name, side.offer.title));
        }
        text.push_str(&self.summary(&all).text());
        text.push_str(&self.cost());
        text.push_str(&self.deciles(&all));
        for side in 0..sides.len() {
            text.push_str(&self.prices(side, &all));
        }
        if self.readings().len() > 1 {
            text.push_str(&self.with_increments(&all));
        } else {
            text.push_str("  No increment dates are in the file, so nothing is said of award and increments together.\n");
        }
        for (at, side) in sides.iter().enumerate() {
            if let Some(gaps) = people.sex_gaps(at, Reading::AwardOnly, self.smallest) {
                text.push_str(&gap_text(&side.name, &gaps));
            }
        }
        if let Some(by) = self.by {
            text.push_str(&self.groups(by));
        }
        text
    }

    pub(super) fn better_off(&self, first: usize, second: usize, staff: &Part) -> Option<[BetterOff; 2]> {
        let found = |moment| self.people.better_off(first, second, Reading::AwardOnly, moment, staff);
        Some([found(Moment::InYear)?, found(Moment::AtItsEnd)?])
    }

    fn summary(&self, all: &Part) -> Table {
        let lowest = if self.framework.full_time_hours.is_some() { ">lowest an hour" } else { ">lowest a year" };
        let mut table =
            Table::new(&["offer, award only", ">mean rise", ">median rise", ">median £", ">at or above mean", lowest, ">legal minimum"]);
        for (at, side) in self.people.sides().iter().enumerate() {
            for moment in Moment::ALL {
                let Some(rises) = self.people.ranked(at, Reading::AwardOnly, moment).rises(all) else { continue };
                let mut cells = vec![
                    format!("{}, {}", side.name, moment.words()),
                    percent(rises.percent.mean, 2),
                    percent(rises.percent.median, 2),
                    money(rises.pence.median),
                    percent(rises.percent.at_or_above_mean_percent(), 1),
                ];
                let lowest = if moment == Moment::AtItsEnd { self.lowest(at) } else { None };
                cells.extend(lowest.unwrap_or_default());
                table.row(cells);
            }
        }
        table
    }

    /// The lowest pay at the end of the year and the legal minimum of that day: by the hour where full-time hours are known, else
    /// by the year and without the minimum.
    fn lowest(&self, side: usize) -> Option<[String; 2]> {
        let (lowest, minimum) = self.people.lowest_and_minimum(side, &self.library.minimum_wage).pop()?;
        let hourly = self.framework.full_time_hours.and_then(|hours| lowest.hourly_pence(hours, WeeksInYear::Calendar));
        Some(match hourly {
            Some(hourly) => [money(hourly), minimum.map_or_else(|_| "not in the data".to_owned(), |pence| pence.to_string())],
            None => [lowest.rate.to_string(), "hours not known".to_owned()],
        })
    }

    /// In the words of `offer cost`, so that the two cannot disagree.
    fn cost(&self) -> String {
        let mut text = String::from("  What each costs the employer in that year, as in `offer cost`:\n");
        for (side, billed) in self.people.sides().iter().zip(self.costs) {
            match billed {
                Ok(billed) => {
                    let years = billed.bill.readings();
                    let name = format!("  {}, {}", side.name, self.people.year.name());
                    text.push_str(&years.first().map_or_else(String::new, |year| cost::answer_line(&name, year, years.len() == 1)));
                    if let Some(year) = years.first() {
                        text.push_str(&cost::standing_line(year));
                    }
                    if let Err(why) = &billed.on_costs {
                        text.push_str(&format!("      Without on-costs: {why}.\n"));
                    }
                }
                Err(why) => text.push_str(&format!("    {}: not costed. {}\n", side.name, why.sentences().join(" "))),
            }
        }
        text
    }

    fn deciles(&self, all: &Part) -> String {
        let mut headings = vec!["rise in the year".to_owned()];
        headings.extend((1..10).map(|tenth| if tenth == 5 { ">median".to_owned() } else { format!(">D{tenth}") }));
        let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
        let mut table = Table::new(&headings);
        for (at, side) in self.people.sides().iter().enumerate() {
            let Some(rises) = self.people.ranked(at, Reading::AwardOnly, Moment::InYear).rises(all) else { continue };
            let row = |spread: &Spread, write: &dyn Fn(Ratio) -> String| spread.deciles.map(write).to_vec();
            let name = |unit: &str| vec![format!("{}, {unit}", side.name)];
            table.row([name("percent"), row(&rises.percent, &|value| percent(value, 2))].concat());
            table.row([name("pounds"), row(&rises.pence, &|value| money(value))].concat());
        }
        table.text()
    }

    /// One window is enough for the eye: what was known at the time, or else the month of the first step. The JSON has all.
    fn prices(&self, side: usize, all: &Part) -> String {
        let name = &self.people.sides()[side].name;
        let window = if self.framework.prices_known.is_some() { pay::Window::KnownAtTheTime } else { pay::Window::FirstStep };
        let mut known = Vec::new();
        let mut missing = Vec::new();
        for one in self.people.below_prices(self.framework, side, Reading::AwardOnly, all) {
            match (&one.prices_percent, one.people) {
                (Ok(prices), Some([in_year, at_end])) if one.window == window => known.push(format!(
                    "{} {} in the year to {}: {} in the year, {} at its end",
                    one.index,
                    percent(*prices, 1),
                    one.months.1.long(),
                    percent(share(in_year, all.people), 1),
                    percent(share(at_end, all.people), 1)
                )),
                (Err(why), _) if one.window == window => missing.push(why.to_string()),
                _ => {}
            }
        }
        let mut lines = String::new();
        if !known.is_empty() {
            lines.push_str(&format!("  {name}, staff whose rise is below prices: {}.\n", known.join("; ")));
        }
        if side == 0 && !missing.is_empty() {
            lines.push_str(&format!("  Prices not known: {}. Other readings: --json.\n", missing.join("; ")));
        }
        lines
    }

    fn with_increments(&self, all: &Part) -> String {
        let mut text = String::new();
        for (at, side) in self.people.sides().iter().enumerate() {
            let pay = self.people.basic_pay(at, all);
            let spread = |moment| self.people.ranked(at, Reading::WithIncrements, moment).percent(all);
            let (Some(in_year), Some(at_end)) = (spread(Moment::InYear), spread(Moment::AtItsEnd)) else { continue };
            text.push_str(&format!(
                "  {}, award and increments: in the year {} more; rise per person mean {} and median {} in the year, {} and {} at its end.\n",
                side.name,
                millions(pay.increments.by_months + pay.one_offs_by_increments),
                percent(in_year.mean, 2),
                percent(in_year.median, 2),
                percent(at_end.mean, 2),
                percent(at_end.median, 2)
            ));
        }
        if let Some(gate) = self.gate {
            text.push_str(&format!("  Here {gate}.\n"));
        }
        text
    }

    fn groups(&self, by: By) -> String {
        let sides = self.people.sides();
        let mut headings = vec![by.word().to_owned(), ">people".to_owned()];
        for side in sides {
            headings.extend([format!(">{}: mean", side.name), ">median".to_owned()]);
        }
        headings.extend(sides.iter().skip(1).flat_map(|side| [format!(">{} better", side.name), ">worse".to_owned()]));
        let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
        let mut table = Table::new(&headings);
        let ranked: Vec<_> = (0..sides.len()).map(|at| self.people.ranked(at, Reading::AwardOnly, Moment::InYear)).collect();
        let (mut small, mut in_small) = (0, 0);
        for group in self.people.apart(by) {
            if group.people < self.smallest {
                small += 1;
                in_small += group.people;
                continue;
            }
            let mut cells = vec![group.name.clone(), grouped(group.people)];
            for ranked in &ranked {
                let Some(spread) = ranked.percent(&group) else { continue };
                cells.extend([percent(spread.mean, 2), percent(spread.median, 2)]);
            }
            for second in 1..sides.len() {
                let Some(found) = self.people.better_off(0, second, Reading::AwardOnly, Moment::InYear, &group) else { continue };
                cells.extend([percent(found.more_percent(), 1), percent(found.less_percent(), 1)]);
            }
            table.row(cells);
        }
        let mut text =
            format!("By {}, rise in the year, award only; better and worse are against {}.\n{}", by.word(), sides[0].name, table.text());
        if small > 0 {
            let groups = if small == 1 { "group" } else { "groups" };
            text.push_str(&format!("  Not shown: {small} {groups} of fewer than {} people, {} in all.\n", self.smallest, heads(in_small)));
        }
        text
    }
}

fn share(part: u64, whole: u64) -> Ratio {
    Ratio::new(i128::from(part) * 100, whole.into())
}

fn sentence(first: &str, second: &str, in_year: &BetterOff, at_end: &BetterOff) -> String {
    let by = |sum: Option<Ratio>| sum.map(|sum| format!(", by {} at their median", money(sum))).unwrap_or_default();
    let part = |found: &BetterOff| {
        format!(
            "{} of staff{}, worse for {}{}, the same for {}",
            percent(found.more_percent(), 1),
            by(found.median_more_pence),
            percent(found.less_percent(), 1),
            by(found.median_less_pence),
            percent(found.same_percent(), 1)
        )
    };
    if in_year.more + in_year.less + at_end.more + at_end.less == 0 {
        return format!("{second} is the same as {first} for everybody, in the year and at its end.\n");
    }
    format!(
        "{second} is better than {first} in the year for {} ({} in all gained, {} lost).\n  At the end of the year it is better for {}.\n",
        part(in_year),
        millions(in_year.more_pence),
        millions(in_year.less_pence),
        part(at_end)
    )
}

fn gap_text(name: &str, gaps: &SexGaps) -> String {
    let Some([before, after]) = &gaps.all.gaps else {
        return format!("  Sex pay gap: fewer than {} women or men, so it is not shown.\n", gaps.smallest);
    };
    let change = gaps.all.change_points().map(|points| points.map(|point| signed(point, 2)));
    let [mean, median] = change.unwrap_or_default();
    let shown = gaps.employers.iter().filter(|employer| employer.gaps.is_some()).count();
    format!(
        "  {name}, how far women's basic pay by the hour is below men's: mean {} before, {} after ({mean} points); median {} before, {} after ({median}). Bonus and allowances are not in it.{}\n",
        percent(before.mean_percent, 2),
        percent(after.mean_percent, 2),
        percent(before.median_percent, 2),
        percent(after.median_percent, 2),
        if gaps.employers.len() > 1 { format!(" By employer ({shown} of {}): --json.", gaps.employers.len()) } else { String::new() }
    )
}

pub(super) fn signed(value: Ratio, places: u32) -> String {
    let text = value.abs().to_fixed(places);
    if value.rounded(places) < Ratio::ZERO { format!("−{text}") } else { format!("+{text}") }
}
