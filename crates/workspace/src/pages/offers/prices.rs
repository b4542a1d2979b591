//! An offer beside prices: every honest reading of every index, and what month is missing.

use std::collections::BTreeSet;

use pay::{Framework, Headline, Index, Offer, PaySide, real_terms};

use super::cells::{cite, percents, points};
use crate::table::{Cell, Table, words};

pub(super) fn prices_table(framework: &Framework<'_>, headline: &Headline, cited: &mut BTreeSet<String>) -> (Table, Vec<String>) {
    let mut table = Table::new(
        "prices",
        "Pay less prices, in percentage points, for every honest reading of prices",
        &[
            "index",
            "reading",
            "months",
            ">prices",
            ">pay in the year",
            ">less prices",
            ">real",
            ">pay at its end",
            ">less prices",
            ">real",
            "source",
        ],
    );
    let mut missing = Vec::new();
    for index in Index::ALL {
        for (window, reading) in real_terms(framework.prices, index, headline, framework.prices_known, None) {
            match reading {
                Ok(reading) => {
                    let (pay, end) = reading.pay.both();
                    let (gap, end_gap) = reading.gap_points();
                    let (real, end_real) = reading.real_percent();
                    let is_year = matches!(reading.pay, PaySide::Year { .. });
                    let source = framework.prices.source(index, reading.to);
                    cited.extend(source.iter().cloned());
                    let year = |value: Cell| if is_year { value } else { words("") };
                    table.row([
                        words(index.word()),
                        words(window.words()).class("wide"),
                        words(format!("{} to {}", reading.from, reading.to)).class("nowrap"),
                        percents(reading.prices_percent),
                        year(percents(pay).from("#headline")),
                        year(points(gap)),
                        year(percents(real)),
                        percents(end).from("#headline"),
                        points(end_gap),
                        percents(end_real),
                        cite(source),
                    ]);
                }
                Err(month) => missing.push(format!("{}, {}: {month}", index.word(), window.words())),
            }
        }
    }
    missing.dedup();
    (table, missing)
}

/// An offer known only by quoted percentages can still be set against the annual rates of the time.
pub(super) fn annual_rates(offer: &Offer, framework: &Framework<'_>, cited: &mut BTreeSet<String>) -> Table {
    let mut table = Table::new(
        "prices",
        "Prices of the time, in the year to the month that was known",
        &["index", "month", ">rise in a year", "source"],
    );
    let Some(month) = framework.prices_known.filter(|_| !offer.counted.is_empty()) else { return table };
    for index in Index::ALL {
        if let Ok(rate) = framework.prices.annual_rate(index, month) {
            let source = framework.prices.source(index, month);
            cited.extend(source.iter().cloned());
            table.row([words(index.word()), words(month.long()).exact(month.to_string()), percents(rate), cite(source)]);
        }
    }
    table
}
