//! The section “People and paybill”: who is better off under which offer, among the staff of a workforce. What offers cost is in `cost`.

use dated::{Ratio, long_date};
use pay::{
    BetterOff, Differentials, Framework, MinimumWage, Moment, Pair, Part, People, Progression, Reading, Row, Side, WeeksInYear, Workforce,
    grouped,
};

use crate::charts::{Drawn, Heading, Series, along_the_spine, gain_by_decile};
use crate::cost::{CostView, FrontierView, Redistribution, SideCost, cost_view, frontier_view};
use crate::table::{Table, figure, words};
use crate::words::{grouped_decimal, percent, pounds, signed};

/// What the section is made from.
#[derive(Clone, Copy)]
pub struct PeopleInput<'i> {
    /// The staff valued under the offers.
    pub people: &'i People<'i>,
    /// The staff.
    pub workforce: &'i Workforce,
    /// The facts that they were valued with.
    pub framework: &'i Framework<'i>,
    /// Groups of fewer people than this are not shown.
    pub smallest: u64,
    /// What each side costs.
    pub costs: &'i [SideCost],
    /// What the money of the first offer that allows it could do for the lowest paid; or why that of none.
    pub redistribution: &'i Result<Redistribution, Vec<String>>,
}

/// What the section shows: sentences, tables, charts.
pub struct PeopleView {
    /// What the workforce was made from, where it is invented: then every table and chart says so.
    pub synthetic: Option<String>,
    /// Who is better off, a sentence for each pair of sides.
    pub answers: Vec<String>,
    /// What each side gives.
    pub summary: Table,
    /// The lowest pay against the legal minimum.
    pub lowest: Table,
    /// Rises with and without increments.
    pub readings: Table,
    /// Deciles of staff by their rise.
    pub deciles: Table,
    /// Rises by tenths, and rates along the spine.
    pub charts: Vec<ChartOfPeople>,
    /// How many rise less than prices.
    pub prices: Table,
    /// Prices that are not known.
    pub missing: Vec<String>,
    /// The pay gap between women and men.
    pub gaps: Option<Table>,
    /// How far rates stand apart.
    pub differentials: Table,
    /// What holds for all of it.
    pub notes: Vec<String>,
    /// What each side costs.
    pub cost: CostView,
    /// What the money could do for the lowest paid.
    pub frontier: FrontierView,
}

/// A chart with its caption and its table.
pub struct ChartOfPeople {
    /// Its id.
    pub id: &'static str,
    /// The picture.
    pub svg: String,
    /// What it shows.
    pub caption: String,
    /// The figures in it.
    pub table: Table,
}

impl ChartOfPeople {
    pub(crate) fn new(id: &'static str, drawn: Drawn, caption: String) -> Self {
        let heads: Vec<&str> = drawn.heads.iter().map(String::as_str).collect();
        let mut table = Table::new(caption.clone(), &heads);
        for row in drawn.rows {
            let cell = |(at, text): (usize, String)| if heads[at].starts_with('>') { figure(text) } else { words(text) };
            table.rows.push(row.into_iter().enumerate().map(cell).collect());
        }
        Self { id, svg: drawn.svg, caption, table }
    }
}

/// Drawn into every chart and put on every table of an invented workforce.
pub const LABEL: &str = "SYNTHETIC WORKFORCE: no real staff";

/// What a workforce under several offers shows.
pub fn people_view(input: PeopleInput<'_>, wage: &MinimumWage) -> PeopleView {
    let all = input.people.everybody();
    let sides = input.people.sides();
    let mut answers = Vec::new();
    for first in 0..sides.len() {
        for second in first + 1..sides.len() {
            let found = |moment| input.people.better_off(first, second, Reading::AwardOnly, moment, &all);
            if let (Some(in_year), Some(at_end)) = (found(Moment::InYear), found(Moment::AtItsEnd)) {
                answers.push(answer(&sides[first].name, &sides[second].name, &in_year, &at_end));
            }
        }
    }
    let (prices, missing) = prices(input, &all);
    let mut notes = vec![format!(
        "{} people, {} whole-time; pay year {}, by months; basic pay for the hours each works, without contributions, joiners and leavers.",
        grouped(all.people),
        grouped_decimal(&input.workforce.whole_time().to_fixed(1)),
        input.people.year.name()
    )];
    for side in sides {
        let seen = side.nation.as_ref().map(|nation| format!(", for all staff as if in {nation}")).unwrap_or_default();
        notes.push(format!("{}: {}{seen}.", side.name, side.offer.title));
    }
    let gated = sides.iter().flat_map(|side| &side.offer.steps).any(|step| step.progression == Some(Progression::Gated));
    if gated && input.people.has_increments() {
        notes.push("Where increments depend on a gate, all staff are taken to pass it.".to_owned());
    }
    let label = input.workforce.synthetic.as_ref().map(|_| LABEL);
    let mut view = PeopleView {
        synthetic: input.workforce.synthetic.as_ref().map(|made| made.trim_end_matches('.').to_owned()),
        answers,
        summary: summary(input, &all, wage),
        lowest: lowest(input, wage),
        readings: readings(input, &all),
        deciles: deciles(input, &all),
        charts: charts(input, &all, label),
        prices,
        missing,
        gaps: gaps(input),
        differentials: differentials(input),
        notes,
        cost: cost_view(input, label),
        frontier: frontier_view(input.redistribution, label),
    };
    if label.is_some() {
        view.tables().for_each(|table| table.caption.push_str(" (synthetic workforce)"));
    }
    view
}

impl PeopleView {
    fn tables(&mut self) -> impl Iterator<Item = &mut Table> {
        let cost = &mut self.cost;
        let charts = self.charts.iter_mut().chain(&mut cost.by_month).chain(&mut self.frontier.chart).map(|chart| &mut chart.table);
        [&mut self.summary, &mut self.lowest, &mut self.readings, &mut self.deciles, &mut self.prices, &mut self.differentials]
            .into_iter()
            .chain([&mut cost.in_year, &mut cost.later, &mut cost.ways])
            .chain(&mut self.gaps)
            .chain(charts)
    }
}

fn answer(first: &str, second: &str, in_year: &BetterOff, at_end: &BetterOff) -> String {
    let by = |sum: Option<Ratio>| sum.map(|sum| format!(" (by {} at their median)", pounds(sum))).unwrap_or_default();
    format!(
        "{second} is better than {first} in the year for {} of staff{}, worse for {}{}, the same for {}; at its end better for {}, worse for {}.",
        percent(in_year.more_percent(), 1),
        by(in_year.median_more_pence),
        percent(in_year.less_percent(), 1),
        by(in_year.median_less_pence),
        percent(in_year.same_percent(), 1),
        percent(at_end.more_percent(), 1),
        percent(at_end.less_percent(), 1)
    )
}

fn summary(input: PeopleInput<'_>, all: &Part, wage: &MinimumWage) -> Table {
    let hourly = input.framework.full_time_hours;
    let mut heads = vec![
        "offer",
        ">mean rise in the year",
        ">median rise in the year",
        ">staff at or above the mean",
        ">mean rise at its end",
        ">median rise at its end",
        if hourly.is_some() { ">lowest pay an hour at year end" } else { ">lowest pay a year at year end" },
    ];
    heads.extend(hourly.map(|_| ">legal minimum then"));
    let mut table = Table::new("What each offer gives, award only", &heads);
    for (at, side) in input.people.sides().iter().enumerate() {
        let spread = |moment| input.people.ranked(at, Reading::AwardOnly, moment).percent(all);
        let (Some(in_year), Some(at_end)) = (spread(Moment::InYear), spread(Moment::AtItsEnd)) else { continue };
        let mut cells = vec![
            words(&side.name),
            figure(percent(in_year.mean, 2)),
            figure(percent(in_year.median, 2)),
            figure(percent(in_year.at_or_above_mean_percent(), 1)),
            figure(percent(at_end.mean, 2)),
            figure(percent(at_end.median, 2)),
        ];
        if let Some((lowest, minimum)) = input.people.lowest_and_minimum(at, wage).pop() {
            let by_hour = hourly.and_then(|hours| lowest.hourly_pence(hours, WeeksInYear::Calendar));
            cells.push(figure(by_hour.map_or_else(|| lowest.rate.to_string(), pounds)));
            cells.extend(hourly.map(|_| figure(minimum.map_or_else(|_| "not in the data".to_owned(), |pence| pence.to_string()))));
        }
        table.rows.push(cells);
    }
    table
}

/// Spec P92: the lowest pay against the legal minimum of each day.
fn lowest(input: PeopleInput<'_>, wage: &MinimumWage) -> Table {
    let Some(hours) = input.framework.full_time_hours else { return Table::default() };
    let mut table = Table::new(
        format!(
            "Lowest pay by the hour against the legal minimum for adults of that date; full time is {} hours a week",
            hours.to_short(2)
        ),
        &[
            "offer",
            "from",
            "lowest point",
            ">rate a year",
            ">an hour, 365.25/7 weeks",
            ">an hour, 52 weeks",
            ">legal minimum",
            ">people below it",
        ],
    );
    for (at, side) in input.people.sides().iter().enumerate() {
        for (lowest, minimum) in input.people.lowest_and_minimum(at, wage) {
            let hourly = |weeks| figure(lowest.hourly_pence(hours, weeks).map_or_else(String::new, pounds));
            // Below it only if it is so however weeks are counted.
            let below = minimum
                .as_ref()
                .ok()
                .and_then(|minimum| input.people.people_below_hourly(at, lowest.from, minimum.ratio(), hours, WeeksInYear::FiftyTwo));
            table.rows.push(vec![
                words(&side.name),
                words(long_date(lowest.from)),
                words(&lowest.point),
                figure(lowest.rate.to_string()),
                hourly(WeeksInYear::Calendar),
                hourly(WeeksInYear::FiftyTwo),
                figure(minimum.as_ref().map_or_else(|_| "not in the data".to_owned(), ToString::to_string)),
                figure(below.map_or_else(String::new, grouped)),
            ]);
        }
    }
    table
}

/// The two readings side by side: nobody can take one for the other.
fn readings(input: PeopleInput<'_>, all: &Part) -> Table {
    let mut table = Table::new(
        "Rise per person with and without increments",
        &["offer", "reading", ">mean in the year", ">median in the year", ">mean at its end", ">median at its end"],
    );
    if !input.people.has_increments() {
        return table;
    }
    for (at, side) in input.people.sides().iter().enumerate() {
        for reading in Reading::ALL {
            let spread = |moment| input.people.ranked(at, reading, moment).percent(all);
            if let (Some(in_year), Some(at_end)) = (spread(Moment::InYear), spread(Moment::AtItsEnd)) {
                let figures = [in_year.mean, in_year.median, at_end.mean, at_end.median].map(|value| figure(percent(value, 2)));
                table.rows.push([words(&side.name), words(reading.words())].into_iter().chain(figures).collect());
            }
        }
    }
    table
}

fn deciles(input: PeopleInput<'_>, all: &Part) -> Table {
    let mut heads = vec!["offer".to_owned(), "rise in the year".to_owned()];
    heads.extend((1..10).map(|tenth| if tenth == 5 { ">median".to_owned() } else { format!(">D{tenth}") }));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table =
        Table::new("Deciles of staff by their rise, award only: one tenth have no more than D1, two tenths no more than D2", &heads);
    for (at, side) in input.people.sides().iter().enumerate() {
        let Some(rises) = input.people.ranked(at, Reading::AwardOnly, Moment::InYear).rises(all) else { continue };
        let percents = rises.percent.deciles.map(|value| figure(percent(value, 2)));
        table.rows.push([words(&side.name), words("percent")].into_iter().chain(percents).collect());
        let sums = rises.pence.deciles.map(|value| figure(pounds(value)));
        table.rows.push([words(&side.name), words("pounds")].into_iter().chain(sums).collect());
    }
    table
}

fn charts(input: PeopleInput<'_>, all: &Part, label: Option<&str>) -> Vec<ChartOfPeople> {
    let people = input.people;
    let tenths: Vec<Series> = people
        .sides()
        .iter()
        .enumerate()
        .map(|(at, side)| {
            let tenths = people.ranked(at, Reading::AwardOnly, Moment::InYear).tenths(all);
            Series { name: side.name.clone(), values: tenths.iter().map(|tenth| tenth.mean_percent).collect() }
        })
        .collect();
    let labels: Vec<String> = (1..=10).map(|tenth| tenth.to_string()).collect();
    let caption = "Mean rise in the year, in percent, of each tenth of staff: 1 the lowest paid before, 10 the highest".to_owned();
    let drawn = gain_by_decile(Heading { id: "people-tenths", title: "Mean rise of each tenth of staff", label }, &labels, &tenths);
    let mut charts = vec![ChartOfPeople::new("people-tenths", drawn, caption)];
    charts.extend(spine(input, label));
    charts
}

/// The rows of a side on the scale of the first, in its nation there; `None` where they are not in the data.
fn rows(input: PeopleInput<'_>, side: &Side<'_>, scale: &pay::Scale) -> Option<Vec<Row>> {
    let nation = side.nation.as_deref().or_else(|| {
        let known = |name: &&String| side.offer.nations.iter().any(|(nation, _)| nation == *name);
        input.workforce.nations.iter().find(known).map(String::as_str)
    })?;
    input.framework.rows(side.offer, scale, nation).ok().filter(|rows| !rows.is_empty())
}

fn main_scale<'s>(input: PeopleInput<'s>) -> Option<&'s pay::Scale> {
    let first = input.people.sides().first()?;
    let scales = input.framework.scales_of(first.offer);
    scales.filter_map(|scale| Some((rows(input, first, scale)?.len(), scale))).max_by_key(|(count, _)| *count).map(|(_, scale)| scale)
}

fn spine(input: PeopleInput<'_>, label: Option<&str>) -> Option<ChartOfPeople> {
    let scale = main_scale(input)?;
    let last_day = input.people.year.end().yesterday().ok()?;
    let sides = input.people.sides();
    let of_sides: Vec<(&str, Vec<Row>)> = sides.iter().filter_map(|side| Some((side.name.as_str(), rows(input, side, scale)?))).collect();
    // Each point once; a point in two bands may be treated in two ways, and then it stands twice.
    let mut order: Vec<&Row> = of_sides.first()?.1.iter().collect();
    order.sort_by(|a, b| a.path.base.cmp(&b.path.base).then_with(|| a.point.cmp(&b.point)));
    let same = |row: &Row, other: &Row| row.point == other.point && row.band == other.band;
    let on = |rows: &[Row], row: &Row| rows.iter().find(|other| same(row, other)).map(|row| row.path.rate_on(last_day));
    let mut kept: Vec<(&Row, Vec<pay::Pence>)> = Vec::new();
    for row in order {
        let rates: Option<Vec<pay::Pence>> = of_sides.iter().map(|(_, rows)| on(rows, row)).collect();
        let Some(rates) = rates else { continue };
        if !kept.iter().any(|(known, had)| known.point == row.point && *had == rates) {
            kept.push((row, rates));
        }
    }
    let points: Vec<String> = kept.iter().map(|(row, _)| row.point.clone()).collect();
    let before: Vec<Ratio> = kept.iter().map(|(row, _)| row.path.base.pounds()).collect();
    let offers: Vec<Series> = of_sides
        .iter()
        .enumerate()
        .map(|(at, (name, _))| Series { name: (*name).to_owned(), values: kept.iter().map(|(_, rates)| rates[at].pounds()).collect() })
        .collect();
    let drawn =
        along_the_spine(Heading { id: "people-spine", title: "Rates before and after along the spine", label }, &points, &before, &offers);
    Some(ChartOfPeople::new(
        "people-spine",
        drawn,
        format!("{}: full-time rates before and on {}, and the rise in percent, by point", scale.title, long_date(last_day)),
    ))
}

fn prices(input: PeopleInput<'_>, all: &Part) -> (Table, Vec<String>) {
    let mut table = Table::new(
        "Staff whose rise is below prices, award only",
        &["offer", "index", "reading", "months", ">prices", ">staff below in the year", ">staff below at its end"],
    );
    let mut missing = Vec::new();
    for (at, side) in input.people.sides().iter().enumerate() {
        for one in input.people.below_prices(input.framework, at, Reading::AwardOnly, all) {
            match (one.prices_percent, one.people) {
                (Ok(prices), Some(below)) => {
                    let share = |people: u64| figure(percent(Ratio::new(i128::from(people) * 100, all.people.into()), 1));
                    let months = match one.window {
                        pay::Window::PayYearAverage => format!("pay year {} on the one before", input.people.year.name()),
                        _ => format!("{} to {}", one.months.0.long(), one.months.1.long()),
                    };
                    table.rows.push(vec![
                        words(&side.name),
                        words(one.index.word()),
                        words(one.window.words()),
                        words(months),
                        figure(percent(prices, 2)),
                        share(below[0]),
                        share(below[1]),
                    ]);
                }
                (Err(why), _) => {
                    let line = format!("{}, {}: {why}.", one.index, one.window.words());
                    if !missing.contains(&line) {
                        missing.push(line);
                    }
                }
                _ => {}
            }
        }
    }
    (table, missing)
}

fn gaps(input: PeopleInput<'_>) -> Option<Table> {
    let mut table = Table::new(
        format!(
            "How far women's basic pay by the hour is below men's, in percent of men's, award only; bonus and allowances are not in it. \
             All staff and the ten largest employers; groups with fewer than {} women or men are not shown",
            input.smallest
        ),
        &["offer", "staff", ">mean before", ">after", ">points", ">median before", ">after", ">points"],
    );
    for (at, side) in input.people.sides().iter().enumerate() {
        let found = input.people.sex_gaps(at, Reading::AwardOnly, input.smallest)?;
        let shown = found.employers.iter().filter(|employer| employer.gaps.is_some()).take(10);
        for group in std::iter::once(&found.all).chain(shown.filter(|_| found.employers.len() > 1)) {
            let (Some([before, after]), Some([mean, median])) = (&group.gaps, group.change_points()) else { continue };
            table.rows.push(vec![
                words(&side.name),
                words(&group.name),
                figure(percent(before.mean_percent, 2)),
                figure(percent(after.mean_percent, 2)),
                figure(signed(mean, 2)),
                figure(percent(before.median_percent, 2)),
                figure(percent(after.median_percent, 2)),
                figure(signed(median, 2)),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

fn differentials(input: PeopleInput<'_>) -> Table {
    let mut table = Table::new(
        "Differentials between neighbouring points, before and at the end of the last step",
        &[
            "offer",
            ">gaps",
            ">larger in pounds",
            ">smaller",
            ">larger in percent",
            ">smaller",
            ">vanished",
            ">leapfrogs",
            ">highest to lowest rate before",
            ">at the end",
        ],
    );
    let Some(scale) = main_scale(input) else { return table };
    for side in input.people.sides() {
        let Some(rows) = rows(input, side, scale) else { continue };
        let found = Differentials::of(&rows);
        let [in_pounds, in_percent] = found.moves(Pair::Points);
        let ratios = found.highest_to_lowest();
        let ratio = |ratio: Option<&Option<Ratio>>| ratio.copied().flatten().map_or_else(String::new, |ratio| ratio.to_fixed(3));
        let count = |number: usize| figure(number.to_string());
        table.rows.push(vec![
            words(&side.name),
            count(in_pounds.larger + in_pounds.smaller + in_pounds.same),
            count(in_pounds.larger),
            count(in_pounds.smaller),
            count(in_percent.larger),
            count(in_percent.smaller),
            count(found.of_pair(Pair::Points).filter(|one| one.has_vanished()).count()),
            count(found.leapfrogs.len()),
            figure(ratio(ratios.first())),
            figure(ratio(ratios.last())),
        ]);
    }
    table
}
