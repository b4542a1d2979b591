//! The tables of the comparison: the headline of each year, real terms by index, and every point.

use std::collections::BTreeSet;

use dated::Ratio;
use pay::{Framework, Index, PaySide, Pence, PointValue, WeeksInYear, real_terms};

use crate::asked::Opened;
use crate::offer::compare::{Column, Valued, gain};
use crate::offer::counted_sentence;
use crate::pages::parts::{difference, money, money_of, offer_href, percent, points as gap};
use crate::table::{Cell, Table, words};

fn name(opened: &Opened<'_>, column: &Column<'_>) -> Cell {
    words(&column.name).from(offer_href(opened, column.offer))
}

/// Each pay year of each offer, and how far it is from the first.
pub(super) fn headline(opened: &Opened<'_>, framework: &Framework<'_>, columns: &[Column<'_>]) -> Table {
    let mut table = Table::new(
        "headline",
        "The rise for everybody whom no clause names, in percent of the rate before each year",
        &[
            "offer",
            ">pay year",
            ">in the year, by months",
            ">by days",
            ">at its end",
            ">saved by staging",
            ">more in the year than the first offer, points",
            ">all years together",
        ],
    );
    let found: Vec<_> = columns.iter().map(|column| framework.headline(column.offer, &column.nation)).collect();
    for (column, headline) in columns.iter().zip(&found) {
        let Some(headline) = headline else {
            let counted: Vec<String> = column.offer.counted.iter().map(|counted| counted_sentence(counted, opened.dispute)).collect();
            let why = if counted.is_empty() { "no single percentage: cash, or rates of each point".to_owned() } else { counted.join(" ") };
            table.row([name(opened, column), words(why).exact("")].into_iter().chain(std::iter::repeat_n(words(""), 6)));
            continue;
        };
        for (at, year) in headline.years.iter().enumerate() {
            let first = found.first().and_then(Option::as_ref).and_then(|first| first.years.iter().find(|other| other.year == year.year));
            table.row([
                name(opened, column),
                words(year.year.name()),
                percent(year.in_year_percent.by_months, 3),
                percent(year.in_year_percent.by_days, 3),
                percent(year.year_end_percent, 3),
                percent(year.staging_saving_percent.by_months, 2),
                first.map_or_else(|| words(""), |first| gap(year.in_year_percent.by_months - first.in_year_percent.by_months)),
                if at == 0 { percent(headline.total_percent, 2) } else { words("") },
            ]);
        }
    }
    table
}

/// Every reading of prices that the data allow; and the months that are missing.
pub(super) fn real(opened: &Opened<'_>, framework: &Framework<'_>, columns: &[Column<'_>]) -> (Table, Vec<String>) {
    let mut table = Table::new(
        "real",
        "Each offer against prices, in percent; every reading names its index and its months",
        &[
            "offer",
            "index and months",
            ">prices rose",
            ">pay in the year",
            ">less prices, points",
            ">pay at the end",
            ">less prices, points",
            ">real, at the end",
        ],
    );
    let mut missing = BTreeSet::new();
    for column in columns {
        let Some(headline) = framework.headline(column.offer, &column.nation) else { continue };
        for index in Index::ALL {
            for (window, reading) in real_terms(framework.prices, index, &headline, framework.prices_known, None) {
                let reading = match reading {
                    Ok(reading) => reading,
                    Err(why) => {
                        missing.insert(format!("{index}, {}: {why}.", window.words()));
                        continue;
                    }
                };
                let ((in_year, at_end), (short, end_short)) = (reading.pay.both(), reading.gap_points());
                let is_deal = matches!(reading.pay, PaySide::Deal(_));
                table.row([
                    name(opened, column),
                    words(format!("{index}, {}, {} to {}", window.words(), reading.from, reading.to)).class("wide"),
                    percent(reading.prices_percent, 2),
                    if is_deal { words("") } else { percent(in_year, 2) },
                    if is_deal { words("") } else { gap(short) },
                    percent(at_end, 2),
                    gap(end_short),
                    percent(reading.real_percent().1, 2),
                ]);
            }
        }
    }
    (table, missing.into_iter().collect())
}

/// A table for each scale; or one row, where a salary was asked about.
pub(super) fn points(
    opened: &Opened<'_>,
    framework: &Framework<'_>,
    columns: &[Column<'_>],
    rows: &[(String, Valued)],
    of_salary: bool,
) -> Vec<Table> {
    // A column of what staging costs only where it costs anybody something.
    let staged: Vec<bool> = (0..columns.len())
        .map(|at| rows.iter().filter_map(|(_, values)| values[at].as_ref()).any(|value| !value.staging.is_empty()))
        .collect();
    let mut heads: Vec<String> = vec![if of_salary { "salary" } else { "point" }.into(), "band".into(), ">before".into()];
    for (at, column) in columns.iter().enumerate() {
        heads.push(format!(">{}: in the year", column.name));
        heads.extend((at > 0).then(|| ">more in the year".into()));
        heads.push(">at its end".into());
        heads.extend((at > 0).then(|| ">more at its end".into()));
        heads.extend(staged[at].then(|| ">lost a week to stages".into()));
    }
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut scales: Vec<&String> = rows.iter().map(|(scale, _)| scale).collect();
    scales.dedup();
    scales
        .into_iter()
        .map(|id| {
            let title = framework.scales.iter().find(|scale| scale.id == *id).map_or("For this salary", |scale| scale.title.as_str());
            let table_id = if id.is_empty() { "salary-row".to_owned() } else { format!("points-{id}") };
            let mut table =
                Table::new(table_id, format!("{title}: pounds a year, full time, one-off sums with the gain of the year"), &heads);
            for (_, values) in rows.iter().filter(|(known, _)| known == id) {
                let Some(any) = values.iter().flatten().next() else { continue };
                let post = if any.row.point.is_empty() { any.row.path.base.to_string() } else { any.row.point.clone() };
                let mut cells = vec![words(post), words(&any.row.band), money(any.row.path.base)];
                let first = values.first().and_then(Option::as_ref);
                for (at, (column, value)) in columns.iter().zip(values).enumerate() {
                    let width = 2 + 2 * usize::from(at > 0) + usize::from(staged[at]);
                    let Some(value) = value else {
                        cells.extend(std::iter::repeat_n(words("not valued").exact(""), width));
                        continue;
                    };
                    let year = value.first_year();
                    // Against the first offer, where that values the point too.
                    let more = |of: &dyn Fn(&PointValue) -> Ratio| {
                        first.map_or_else(|| words(""), |first| difference(Pence::nearest(of(value) - of(first))))
                    };
                    cells.push(money_of(gain(value)).from(offer_href(opened, column.offer)));
                    cells.extend((at > 0).then(|| more(&gain)));
                    cells.push(money(year.year_end_rate));
                    cells.extend((at > 0).then(|| more(&|value: &PointValue| value.first_year().year_end_rate.ratio())));
                    cells.extend(staged[at].then(|| money_of(value.weekly_loss_pence(WeeksInYear::Calendar))));
                }
                table.row(cells);
            }
            table
        })
        .collect()
}
