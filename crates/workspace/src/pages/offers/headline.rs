//! The headline of an offer: each pay year in the year and at its end, with the sum that each figure came from.

use dated::{Date, Ratio, long_date};
use pay::{Count, Headline, Offer, PayYear};
use report::words::percent;

use super::cells::percents;
use super::worth::Why;
use crate::table::{Table, words};

pub(super) fn headline_table(offer: &Offer, headline: &Headline) -> (Table, Vec<Why>) {
    let mut table = Table::new(
        "headline",
        "Everybody without a clause of their own, above the rate at the end of the year before",
        &["pay year", ">in the year", ">by days", ">at its end", ">staging saves"],
    );
    let mut whys = Vec::new();
    let mut before = Ratio::ZERO;
    for (at, year) in headline.years.iter().enumerate() {
        let why = format!("#why-{}", at + 1);
        table.row([
            words(year.year.name()).class("nowrap"),
            percents(year.in_year_percent.by_months).from(&why),
            percents(year.in_year_percent.by_days).from(&why),
            percents(year.year_end_percent).from(&why),
            percents(year.staging_saving_percent.by_months).from(&why),
        ]);
        let stretches = stretches(headline, year.year);
        let above = |total: Ratio| {
            let hundred = Ratio::whole(100);
            ((hundred + total) / (hundred + before) - Ratio::ONE) * hundred
        };
        let terms = |count: Count| {
            let terms: Vec<String> = stretches
                .iter()
                .map(|(from, until, total, _)| {
                    format!("{} × {}", fraction(year.year.portion(*from, *until, count)), percent(above(*total), 3))
                })
                .collect();
            terms.join(" + ")
        };
        whys.push(Why {
            value: percent(year.in_year_percent.by_months, 2),
            what: format!("in the pay year {}", year.year.name()),
            formula: format!(
                "By months: {} = {}. By days: {} = {}. At its end: {}.",
                terms(Count::Months),
                percent(year.in_year_percent.by_months, 3),
                terms(Count::Days),
                percent(year.in_year_percent.by_days, 3),
                percent(year.year_end_percent, 3)
            ),
            inputs: stretches
                .iter()
                .map(|(from, until, total, step)| {
                    let text = format!(
                        "{} to {}: {} above the rate before the offer",
                        long_date(*from),
                        long_date(law::plus_days(*until, -1)),
                        percent(*total, 3)
                    );
                    let clause =
                        step.and_then(|day| offer.steps.iter().position(|step| step.from == day)).map(|at| format!("#clause-{}", at + 1));
                    (text, clause)
                })
                .collect(),
        });
        before = stretches.last().map_or(before, |(_, _, total, _)| *total);
    }
    (table, whys)
}

/// The stretches of a pay year: first day, first day after, total above the rate before the offer, and the day of the step that gave it.
fn stretches(headline: &Headline, year: PayYear) -> Vec<(Date, Date, Ratio, Option<Date>)> {
    let mut cuts: Vec<Date> =
        headline.totals.iter().map(|(day, _)| *day).filter(|day| year.first_day() < *day && *day < year.end()).collect();
    cuts.extend([year.first_day(), year.end()]);
    cuts.sort();
    cuts.dedup();
    let on = |day: Date| headline.totals.iter().rev().find(|(from, _)| *from <= day);
    cuts.windows(2)
        .map(|pair| {
            let in_force = on(pair[0]);
            (pair[0], pair[1], in_force.map_or(Ratio::ZERO, |(_, total)| *total), in_force.map(|(day, _)| *day))
        })
        .collect()
}

/// `7/12`, or `1`.
fn fraction(value: Ratio) -> String {
    // Months are read as twelfths also where the fraction could be reduced.
    let twelfths = value * Ratio::whole(12);
    match (value == Ratio::ONE, twelfths.denominator()) {
        (true, _) => "1".to_owned(),
        (false, 1) => format!("{}/12", twelfths.numerator()),
        _ => format!("{}/{}", value.numerator(), value.denominator()),
    }
}

pub(super) fn headline_notes(headline: &Headline) -> Vec<String> {
    let mut notes = Vec::new();
    let steps: Vec<String> =
        headline.totals.iter().map(|(from, total)| format!("{} from {}", percent(*total, 2), long_date(*from))).collect();
    notes.push(format!("Above the rate before: {}.", steps.join(", then ")));
    if headline.years.len() > 1 {
        notes.push(format!(
            "Over the whole deal: {} as declared; its rises simply added, {}.",
            percent(headline.total_percent, 2),
            percent(headline.simple_sum_percent, 2)
        ));
    }
    if headline.has_special_clauses {
        notes.push("Some points have clauses of their own and get something else; see who gets what.".to_owned());
    }
    notes
}
