//! What offers cost the employer, and what the same money does for the lowest paid: the half of the section that `pay::Paybill`
//! and a redistribution fill. Every sum is theirs; here they are only put into words.

use dated::{Month, Ratio};
use pay::{Bill, BillChange, PayYear, Paybill, Pence, YearReadings, grouped};

use crate::charts::{Choice, Heading, MonthlyCost, cost_by_month, frontier};
use crate::people::{ChartOfPeople, PeopleInput};
use crate::table::{Table, figure, words};
use crate::words::{grouped_decimal, percent, pounds};

/// What one side costs, or in sentences why that is not known.
pub type SideCost = Result<CostOfSide, Vec<String>>;

/// The bill of one side. All sides have the same months.
#[derive(Clone, Debug)]
pub struct CostOfSide {
    /// Month by month.
    pub bill: Paybill,
    /// What the contributions in it are called, or why there are none.
    pub on_costs: Result<String, String>,
    /// What was assumed, in sentences.
    pub assumptions: Vec<String>,
}

/// What the money of one offer could do for the lowest paid.
#[derive(Clone, Debug)]
pub struct Redistribution {
    /// The side whose money it is.
    pub offer: String,
    /// That money: what the rates at its end add to a year's basic pay.
    pub more_pence: i128,
    /// The lowest rate today, and the lowest that the offer ends with.
    pub lowest: [Pence; 2],
    /// From the lowest floor to the highest.
    pub floors: Vec<Floor>,
    /// What holds for all of it, in sentences.
    pub notes: Vec<String>,
}

/// One floor that the money can pay for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The lowest rate.
    pub rate: Pence,
    /// What everybody else can have, in percent.
    pub rest_percent: Ratio,
    /// What is not spent.
    pub left_pence: i128,
    /// People who get more than under the offer, less, the same.
    pub people: [u64; 3],
    /// The largest loss of anybody against the offer, full time, a year.
    pub most_lost: Pence,
}

/// What offers cost the employer.
pub struct CostView {
    /// What each side costs, a sentence for each.
    pub lines: Vec<String>,
    /// Award, increments and contributions of the year.
    pub in_year: Table,
    /// The same under other readings.
    pub later: Table,
    /// The award counted in three ways.
    pub ways: Table,
    /// Month by month.
    pub by_month: Option<ChartOfPeople>,
    /// What was assumed.
    pub notes: Vec<String>,
}

/// What the money of an offer could do for the lowest paid.
pub struct FrontierView {
    /// In sentences.
    pub text: Vec<String>,
    /// The frontier.
    pub chart: Option<ChartOfPeople>,
    /// What was assumed.
    pub notes: Vec<String>,
}

/// Pounds and pence; whole pounds; or millions of them where the bill is large.
#[derive(Clone, Copy)]
enum Unit {
    Pence,
    Pounds,
    Millions,
}

impl Unit {
    fn of(input: PeopleInput<'_>) -> Self {
        let bills = input.costs.iter().flatten().flat_map(|cost| cost.bill.years());
        if bills.map(|year| year.standing.total().0).max().unwrap_or(0) >= 100_000_000_000 { Self::Millions } else { Self::Pounds }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Pence | Self::Pounds => "pounds",
            Self::Millions => "million pounds",
        }
    }

    fn write(self, sum: Ratio) -> String {
        let (unit, places) = match self {
            Self::Pence => (100, 2),
            Self::Pounds => (100, 0),
            Self::Millions => (100_000_000, 3),
        };
        let text = (sum.abs() / Ratio::whole(unit)).to_fixed(places);
        let nothing = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        format!("{}{}", if sum.is_negative() && !nothing { "−" } else { "" }, grouped_decimal(&text))
    }

    fn cell(self, sum: Pence) -> crate::table::Cell {
        figure(self.write(sum.ratio()))
    }
}

/// A sum in a sentence: £12,340; £4.50m; £1.250bn.
fn short(sum: Pence) -> String {
    let minus = if sum.0 < 0 { "−" } else { "" };
    let size = Pence(sum.0.saturating_abs());
    let of = |unit: i64, places: u32, name: &str| format!("{minus}£{}{name}", (size.pounds() / Ratio::whole(unit)).to_fixed(places));
    match size.0 {
        0..100_000_000 => pounds(sum.pounds().rounded(0) * Ratio::whole(100)),
        100_000_000..100_000_000_000 => of(1_000_000, 2, "m"),
        _ => of(1_000_000_000, 3, "bn"),
    }
}

fn short_month(month: Month) -> String {
    let long = month.long();
    let (name, year) = long.split_once(' ').unwrap_or((&long, ""));
    format!("{} {year}", name.chars().take(3).collect::<String>())
}

fn year_name(first: Month, number: usize, year_start: i8) -> String {
    let from = first.plus(12 * number as i32);
    if from.month() == year_start {
        PayYear::beginning(from).name()
    } else {
        format!("{} to {}", short_month(from), short_month(from.plus(11)))
    }
}

pub(crate) fn cost_view(input: PeopleInput<'_>, label: Option<&str>) -> CostView {
    let unit = Unit::of(input);
    let names: Vec<&str> = input.people.sides().iter().map(|side| side.name.as_str()).collect();
    let known: Vec<(&str, &CostOfSide, Vec<YearReadings>)> = names
        .iter()
        .zip(input.costs)
        .filter_map(|(name, cost)| cost.as_ref().ok().map(|cost| (*name, cost, cost.bill.readings())))
        .collect();
    let charged = known.iter().any(|(_, cost, _)| cost.on_costs.is_ok());
    let lumps = known.iter().flat_map(|(_, _, years)| years).any(|year| year.in_year.lumps != Bill::default());
    let several = known.iter().any(|(_, _, years)| years.len() > 1);
    let mut heads = vec!["offer", "year", ">award", ">increments"];
    heads.extend(lumps.then_some(">one-off sums"));
    heads.extend(charged.then_some(">contributions on these"));
    heads.extend([">all", ">in percent of the bill before"]);
    let mut in_year = Table::new(format!("What each offer costs the employer, paid in the year, {}", unit.words()), &heads);
    let mut later = vec![
        "offer",
        "year",
        ">paid in the year",
        ">a year as it ends (run-rate)",
        ">of that, by the award",
        ">carried over",
        ">saved by staging",
    ];
    later.extend(several.then_some(">all years so far"));
    let caption = format!("The same under other readings{}, {}", if charged { ", with contributions" } else { "" }, unit.words());
    let mut later = Table::new(caption, &later);
    let mut lines = Vec::new();
    for (name, cost, years) in &known {
        for (at, year) in years.iter().enumerate() {
            let when = year_name(cost.bill.first, at, input.framework.year_start_month);
            let all = year.in_year.whole();
            let mut cells = vec![words(*name), words(&when), unit.cell(year.in_year.award.pay), unit.cell(year.in_year.progression.pay)];
            cells.extend(lumps.then(|| unit.cell(year.in_year.lumps.pay)));
            cells.extend(charged.then(|| unit.cell(all.on_costs())));
            cells.extend([unit.cell(all.total()), figure(of_bill(all.total(), year.paths.standing.total()))]);
            in_year.rows.push(cells);
            let mut cells = vec![words(*name), words(&when), unit.cell(all.total()), unit.cell(year.run_rate.whole().total())];
            cells.extend([year.run_rate.award, year.carry_over.whole(), year.paths.staging_saving()].map(|sum| unit.cell(sum.total())));
            cells.extend(several.then(|| unit.cell(year.cumulative.whole().total())));
            later.rows.push(cells);
        }
        lines.extend(
            years
                .first()
                .map(|year| line(name, &year_name(cost.bill.first, 0, input.framework.year_start_month), year, cost.on_costs.is_ok())),
        );
    }
    CostView { lines, in_year, later, ways: ways(input), by_month: chart(&known, charged, label), notes: notes(input, &names) }
}

fn of_bill(sum: Pence, before: Pence) -> String {
    if before == Pence::ZERO { String::new() } else { percent(Ratio::new(i128::from(sum.0) * 100, before.0.into()), 2) }
}

fn line(name: &str, when: &str, year: &YearReadings, charged: bool) -> String {
    let once =
        if year.in_year.lumps == Bill::default() { String::new() } else { format!(", one-off sums {}", short(year.in_year.lumps.total())) };
    format!(
        "{name} costs {} in {when}: award {}{once}, increments {}. The award goes on at {} a year{}.",
        short(year.in_year.whole().total()),
        short(year.in_year.award.total()),
        short(year.in_year.progression.total()),
        short(year.run_rate.award.total()),
        if charged { "; all with the employer's contributions" } else { "" }
    )
}

/// The award of the first year as three computations give it; which is which is said, since they differ.
fn ways(input: PeopleInput<'_>) -> Table {
    let mut table = Table::new(
        format!("The award in {}, basic pay alone, counted in three ways, pounds", input.people.year.name()),
        &["offer", ">with the increments that are paid", ">if nobody moved up", ">if nobody moved up, months not rounded"],
    );
    let all = input.people.everybody();
    for (at, (side, cost)) in input.people.sides().iter().zip(input.costs).enumerate() {
        let Ok(cost) = cost else { continue };
        let years = cost.bill.years();
        let Some(year) = years.first() else { continue };
        table.rows.push(vec![
            words(&side.name),
            Unit::Pence.cell(year.award().pay),
            Unit::Pence.cell(year.award_without_progression().pay),
            figure(Unit::Pence.write(input.people.basic_pay(at, &all).award.by_months)),
        ]);
    }
    table
}

fn chart(known: &[(&str, &CostOfSide, Vec<YearReadings>)], charged: bool, label: Option<&str>) -> Option<ChartOfPeople> {
    let (_, first, _) = known.first()?;
    let months: Vec<String> = (0..first.bill.months.len()).map(|at| short_month(first.bill.first.plus(at as i32))).collect();
    let sums = |cost: &CostOfSide, part: fn(&BillChange) -> Bill| -> Vec<Ratio> {
        let of_month = |paths: &pay::Paths| BillChange { award: paths.award(), progression: paths.progression(), lumps: paths.lumps };
        cost.bill.months.iter().map(|paths| part(&of_month(paths)).total().pounds()).collect()
    };
    let offers: Vec<MonthlyCost> = known
        .iter()
        .map(|(name, cost, _)| MonthlyCost {
            name: (*name).to_owned(),
            award: sums(cost, |change| change.award),
            increments: sums(cost, |change| change.progression),
            one_off: sums(cost, |change| change.lumps),
        })
        .collect();
    let drawn = cost_by_month(Heading { id: "people-cost", title: "What each offer costs by month", label }, &months, &offers);
    let with = if charged { "with the employer's contributions" } else { "without contributions" };
    let once = offers.iter().flat_map(|offer| &offer.one_off).any(|sum| *sum != Ratio::ZERO);
    let once = if once { ", on both one-off sums" } else { "" };
    let caption = format!("What each offer adds to the paybill, month by month, {with}: the award, on it increments{once}");
    Some(ChartOfPeople::new("people-cost", drawn, caption))
}

fn notes(input: PeopleInput<'_>, names: &[&str]) -> Vec<String> {
    let mut notes: Vec<(String, Vec<&str>)> = Vec::new();
    let mut put = |name, note: String| match notes.iter_mut().find(|(known, _)| *known == note) {
        Some((_, names)) => names.push(name),
        None => notes.push((note, vec![name])),
    };
    for (name, cost) in names.iter().copied().zip(input.costs) {
        match cost {
            Err(why) => put(name, format!("not costed. {}", why.join(" "))),
            Ok(cost) => {
                match &cost.on_costs {
                    Ok(title) => put(name, format!("contributions are National Insurance, levy and pension ({title}).")),
                    Err(why) => put(name, format!("without contributions: {why}.")),
                }
                cost.assumptions.iter().for_each(|assumed| put(name, assumed.clone()));
            }
        }
    }
    let mut lines: Vec<String> = notes
        .into_iter()
        .map(|(note, of)| format!("{}: {note}", if of.len() == names.len() { "All offers".to_owned() } else { of.join(", ") }))
        .collect();
    lines.push(
        "Every sum is of months as they are paid, each person's to the penny, gross of joiners and leavers; the third column of the three ways \
         is rates × hours with nothing rounded. Where increments take people to points that an offer raises less, its award costs less than if \
         nobody moved up."
            .to_owned(),
    );
    if names.len() > 1 && input.costs.iter().flatten().any(|cost| cost.bill.months.len() > 12) {
        lines.push("An offer that ends before another is carried on at its last rates.".to_owned());
    }
    lines
}

pub(crate) fn frontier_view(found: &Result<Redistribution, Vec<String>>, label: Option<&str>) -> FrontierView {
    let found = match found {
        Ok(found) => found,
        Err(why) => {
            let mut text = vec!["The money of none of these offers can be shared out anew.".to_owned()];
            text.extend(why.iter().cloned());
            return FrontierView { text, chart: None, notes: Vec::new() };
        }
    };
    let more = Pence(i64::try_from(found.more_pence).unwrap_or(i64::MAX));
    let text = vec![format!(
        "The money of “{}”, {} more a year than today at the rates at its end, could lift the lowest rate from {} to anything up to {}; \
         the offer itself ends with {}. Each step up leaves less for everybody else; who has more by the floor than by the common rise keeps that.",
        found.offer,
        short(more),
        found.lowest[0],
        found.floors.last().map_or(Pence::ZERO, |floor| floor.rate),
        found.lowest[1]
    )];
    let last = found.floors.len().saturating_sub(1);
    let choices: Vec<Choice> = found
        .floors
        .iter()
        .enumerate()
        .map(|(at, floor)| Choice {
            // The ends are named; the marks between them are in the table.
            name: if at == 0 || at == last { format!("{}, others {}", floor.rate, percent(floor.rest_percent, 2)) } else { String::new() },
            lowest: floor.rate.pounds(),
            rest: floor.rest_percent,
        })
        .collect();
    let title = "What a higher lowest rate leaves for everybody else";
    let drawn = frontier(Heading { id: "people-frontier", title, label }, &choices);
    let caption = format!("{title}, for the same money as “{}”", found.offer);
    let mut chart = ChartOfPeople::new("people-frontier", drawn, caption);
    chart.table = Table::new(
        chart.table.caption,
        &[
            "lowest rate",
            ">rise of everybody else",
            ">people with more than the offer",
            ">with less",
            ">the same",
            ">most lost, a year",
            ">not spent",
        ],
    );
    for floor in &found.floors {
        let [more, less, same] = floor.people.map(|people| figure(grouped(people)));
        chart.table.rows.push(vec![
            words(floor.rate.to_string()),
            figure(percent(floor.rest_percent, 3)),
            more,
            less,
            same,
            figure(floor.most_lost.to_string()),
            figure(Pence(i64::try_from(floor.left_pence).unwrap_or(i64::MAX)).to_string()),
        ]);
    }
    FrontierView { text, chart: Some(chart), notes: found.notes.clone() }
}
