//! `redistribute`: the same money to the penny, on invented staff; what cannot be kept is named.

use dated::Ratio;

use crate::founding::{dispute, page, rows};

/// Pence of a cell in pounds.
fn pence(text: &str) -> i64 {
    let (pounds, rest) = text.split_once('.').expect("pounds and pence");
    let sign = if text.starts_with('-') { -1 } else { 1 };
    sign * (pounds.trim_start_matches('-').parse::<i64>().expect("pounds") * 100 + rest.parse::<i64>().expect("pence"))
}

/// What the sentence says the new rates cost, and the offer.
fn costs(body: &str) -> (i64, i64) {
    let sentence = body.split("The new rates cost £").nth(1).and_then(|rest| rest.split(':').next()).expect("the sentence");
    let (rates, offer) = sentence.split_once(", the offer £").expect("both");
    (pence(&rates.replace(',', "")), pence(&offer.replace(',', "")))
}

#[test]
fn the_lowest_rate_rises_and_no_more_is_spent() {
    let dispute = dispute("nhs-2007");
    let asked = "redistribute?offer=scotland-full&staff=1000&seed=3";
    let found = page(&dispute, asked);
    assert!(!found.is_refusal && found.body.contains("describe no real staff"), "{}", found.body);
    assert!(
        found.body.contains("The new rates cost £") && found.body.contains("not a penny more or less") || found.body.contains(" less."),
        "{}",
        found.body
    );
    assert!(found.body.contains("What binds, besides the money") && found.body.contains("SYNTHETIC WORKFORCE"), "{}", found.body);
    let rates = rows(&dispute, asked, "rates");
    let new: Vec<i64> = rates.iter().map(|row| pence(&row[5])).collect();
    assert!(new.iter().zip(&rates).all(|(rate, row)| *rate >= pence(&row[3])), "nobody goes down");
    // Never more than the offer's money, and less by no more than the smallest step would cost.
    let (rates_cost, offer_cost) = costs(&found.body);
    assert!(rates_cost <= offer_cost && offer_cost - rates_cost < 100_000, "{rates_cost} {offer_cost}");
    let lowest = |column: usize| rates.iter().map(|row| pence(&row[column])).min();
    assert!(lowest(5) > lowest(4), "the lowest rate is above the offer's");
    let frontier = rows(&dispute, asked, "frontier");
    assert!(frontier.len() > 2, "{frontier:?}");
    let rises: Vec<Ratio> = frontier.iter().map(|row| Ratio::parse_decimal(&row[1]).expect("a percentage")).collect();
    assert!(rises.windows(2).all(|pair| pair[0] > pair[1]), "a higher floor leaves less: {rises:?}");
}

#[test]
fn what_cannot_be_kept_is_named() {
    let dispute = dispute("nhs-2007");
    let found = page(&dispute, "redistribute?offer=england-staged&staff=1000&floor=30000").body;
    assert!(found.contains("This cannot be done") && found.contains("The money is £"), "{found}");
    let found = page(&dispute, "redistribute?offer=nosuch&floor=deep&gaps=x&most-lost=y&rest=z");
    assert!(found.is_refusal);
    for said in ["there is no offer “nosuch”", "“deep” is not a salary", "“x” is not a gap", "“y” is not a sum", "“z” is none of"]
    {
        assert!(found.body.contains(said), "{said}: {}", found.body);
    }
    let found = page(&crate::founding::dispute("nhs-whitley-1998"), "redistribute?offer=award").body;
    assert!(found.contains("so no staff can be made up"), "{found}");
}
