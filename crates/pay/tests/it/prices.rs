//! The price series against the figures that others printed.

use dated::Ratio;
use pay::{Index, PayYear, Prices, Window, headline, real_percent, real_terms};

use crate::support::{ENGLAND, data_prices, data_rows, month, offer, ratio};

#[test]
fn rpi_agrees_with_118_printed_months_in_index_and_rate() {
    let prices = data_prices();
    let rows = data_rows("prices/rpi-check-monthly.csv", &["month", "rpi_index_printed", "rpi_rate_printed_pct"]);
    assert_eq!(rows.len(), 118);
    for row in rows {
        let month = month(&row[0]);
        assert_eq!(prices.series(Index::Rpi).get(month), Ok(ratio(&row[1])), "index of {month}");
        assert_eq!(prices.annual_rate(Index::Rpi, month), Ok(ratio(&row[2])), "rate of {month}");
    }
}

#[test]
fn rpi_agrees_with_35_of_36_printed_annual_averages() {
    let prices = data_prices();
    let rows = data_rows("prices/rpi-check-annual.csv", &["year", "rpi_annual_average_published"]);
    assert_eq!(rows.len(), 36);
    let mut differ = Vec::new();
    for row in rows {
        let mean = prices.series(Index::Rpi).mean(month(&format!("{}-01", row[0])), 12).expect("twelve months");
        if mean.rounded(1) != ratio(&row[1]) {
            differ.push((row[0].clone(), mean.to_fixed(3), row[1].clone()));
        }
    }
    // A tie: 173.35 goes to 173.4 here, and was printed as 173.3.
    assert_eq!(differ, [("2001".to_owned(), "173.350".to_owned(), "173.3".to_owned())]);
}

#[test]
fn a_missing_month_is_an_error_that_names_it() {
    let prices = data_prices();
    for missing in ["2024-11", "2024-12", "2025-01", "2025-02"] {
        let error = prices.annual_rate(Index::Rpi, month(missing)).expect_err(missing);
        assert_eq!(error.month, month(missing));
    }
    let error = prices.change_percent(Index::Rpi, month("2024-10"), month("2024-12")).expect_err("December 2024");
    assert_eq!(error.to_string(), "RPI (index) has no figure for December 2024 (a month missing from the data)");
    // The rate of November 2025 needs November 2024 and itself; the first of them that is missing is named.
    assert_eq!(prices.annual_rate(Index::Rpi, month("2025-11")).expect_err("2025-11").month, month("2024-11"));
    let year = PayYear::beginning(month("2024-04"));
    assert_eq!(prices.pay_year_change_percent(Index::Rpi, year).expect_err("2024-25").month, month("2024-11"));
    assert!(prices.annual_rate(Index::Cpih, month("2024-11")).is_err());
    // CPI has those months.
    assert_eq!(prices.annual_rate(Index::Cpi, month("2024-12")), Ok(ratio("2.5")));
}

#[test]
fn the_cpi_rate_is_the_published_one_and_not_that_of_the_one_decimal_index() {
    let prices = data_prices();
    let mut differ = 0;
    let mut at = month("1997-01");
    while at <= month("2026-02") {
        let published = prices.annual_rate(Index::Cpi, at).unwrap_or_else(|error| panic!("{error}"));
        let computed = prices.change_percent(Index::Cpi, at.plus(-12), at).unwrap_or_else(|error| panic!("{error}")).rounded(1);
        let apart = (published - computed).abs();
        assert!(apart <= Ratio::new(2, 10), "{at}: {published} and {computed}");
        differ += i32::from(apart != Ratio::ZERO);
        at = at.plus(1);
    }
    assert_eq!(differ, 138, "months since January 1997 in which the two differ");
}

#[test]
fn the_rates_that_the_five_disputes_turn_on() {
    let prices = data_prices();
    let change =
        |prices: &Prices, from: &str, to: &str| prices.change_percent(Index::Rpi, month(from), month(to)).expect("both months").to_fixed(2);
    // 1998: 160.3 / 155.0 and 160.8 / 155.4
    assert_eq!(change(&prices, "1997-02", "1998-02"), "3.42");
    assert_eq!(change(&prices, "1997-03", "1998-03"), "3.47");
    assert_eq!(prices.pay_year_change_percent(Index::Rpi, PayYear::beginning(month("1998-04"))).expect("24 months").to_fixed(2), "3.12");
    // 2004 and 2007: as printed
    for (index, at, rate) in [
        (Index::Rpi, "2003-12", "2.8"),
        (Index::Cpi, "2003-12", "1.3"),
        (Index::Rpi, "2007-03", "4.8"),
        (Index::Rpi, "2007-04", "4.5"),
        (Index::Cpi, "2007-03", "3.1"),
        (Index::Cpi, "2007-04", "2.8"),
    ] {
        assert_eq!(prices.annual_rate(index, month(at)), Ok(ratio(rate)), "{index} {at}");
    }
    // 2008: 222.8 / 205.4 and 234.4 / 214.0; 89.2 / 81.6 for CPI
    let pay = ratio("7.58336");
    let real = |index: Index, from: &str, to: &str| {
        let rise = prices.change_percent(index, month(from), month(to)).expect("both months");
        (rise.to_fixed(2), real_percent(pay, rise).to_fixed(2))
    };
    assert_eq!(real(Index::Rpi, "2007-04", "2010-04"), ("8.47".into(), "-0.82".into()));
    assert_eq!(real(Index::Rpi, "2008-04", "2011-04"), ("9.53".into(), "-1.78".into()));
    assert_eq!(real(Index::Cpi, "2007-04", "2010-04"), ("9.31".into(), "-1.58".into()));
}

#[test]
fn each_window_measures_between_its_own_months() {
    let prices = data_prices();
    let deal = offer(
        "base_date = 2008-03-31\n[[step]]\nfrom = 2008-04-01\npercent = 2.75\nof = \"in-force\"\n[[step]]\nfrom = 2009-04-01\npercent = 2.4\nof = \"in-force\"\n[[step]]\nfrom = 2010-04-01\npercent = 2.25\nof = \"in-force\"\n",
    );
    let headline = headline(&deal, ENGLAND, 4).expect("a headline");
    let readings = |index: Index| -> Vec<(Window, String, String)> {
        let chosen = Some((month("2008-04"), month("2009-10")));
        real_terms(&prices, index, &headline, Some(month("2008-02")), chosen)
            .into_iter()
            .map(|(window, reading)| {
                let reading = reading.unwrap_or_else(|error| panic!("{error}"));
                (window, format!("{} {}", reading.from, reading.to), reading.prices_percent.to_fixed(2))
            })
            .collect()
    };
    // RPI: 211.4 / 203.1; 214.0 / 205.4; means of 2008-09 and 2007-08; 222.8 / 205.4; 234.4 / 214.0; 216.0 / 214.0
    let wanted = [
        (Window::KnownAtTheTime, "2007-02 2008-02", "4.09"),
        (Window::FirstStep, "2007-04 2008-04", "4.19"),
        (Window::PayYearAverage, "2007-04 2008-04", "2.97"),
        (Window::RiseToRise, "2007-04 2010-04", "8.47"),
        (Window::LifeOfDeal, "2008-04 2011-04", "9.53"),
        (Window::Chosen, "2008-04 2009-10", "0.93"),
    ];
    assert_eq!(readings(Index::Rpi), wanted.map(|(window, months, percent)| (window, months.to_owned(), percent.to_owned())));
    // CPI for April 2008: published 3.0, while the one-decimal index gives 2.94.
    assert_eq!(readings(Index::Cpi)[1].2, "3.00");
    assert_eq!(prices.change_percent(Index::Cpi, month("2007-04"), month("2008-04")).expect("both").to_fixed(2), "2.94");
}

#[test]
fn a_window_with_a_missing_month_is_an_error_beside_the_others() {
    let prices = data_prices();
    let offer = offer("base_date = 2025-03-31\n[[step]]\nfrom = 2025-04-01\npercent = 3.6\nof = \"base\"\n");
    let headline = headline(&offer, ENGLAND, 4).expect("a headline");
    let readings = real_terms(&prices, Index::Rpi, &headline, Some(month("2025-02")), None);
    let months: Vec<Option<String>> =
        readings.iter().map(|(_, reading)| reading.as_ref().err().map(|missing| missing.month.to_string())).collect();
    // February 2025 itself; none (April on April); the mean of 2024-25 lacks November 2024.
    assert_eq!(months, [Some("2025-02".into()), None, Some("2024-11".into())]);
}
