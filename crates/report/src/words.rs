//! Numbers and clauses in words.

use dated::{Ratio, long_date};
use pay::{BandEnd, Change, Pence, PercentOf, Progression, Rise, Select, Step, grouped};

/// `1.92%`, with a true minus.
pub fn percent(value: Ratio, places: u32) -> String {
    format!("{}%", value.to_fixed(places).replace('-', "−"))
}

/// With its sign, and a true minus.
pub fn signed(value: Ratio, places: u32) -> String {
    let text = value.abs().to_fixed(places);
    if value.rounded(places) < Ratio::ZERO { format!("−{text}") } else { format!("+{text}") }
}

/// Digits grouped by commas; what stands behind the point stays.
pub(crate) fn grouped_decimal(text: &str) -> String {
    let (whole, rest) = text.split_once('.').map_or((text, String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    format!("{whole}{rest}")
}

pub(crate) fn pounds(pence: Ratio) -> String {
    Pence::nearest(pence).to_string()
}

/// What a step does, in words.
pub fn clause_text(step: &Step) -> String {
    let mut parts: Vec<String> = step.changes.iter().map(change_text).collect();
    for moved in &step.assimilate {
        parts.push(format!("Point {} goes; its staff move to point {}.", moved.from.0, moved.to.0));
    }
    for new in &step.new_points {
        parts.push(format!("New point {} in band {} at {}.", new.point, new.bands.join(" and "), new.rate));
    }
    match step.progression {
        Some(Progression::Frozen) => parts.push("Increments are not paid from this day.".to_owned()),
        Some(Progression::Gated) => parts.push("Increments depend on passing a gate from this day.".to_owned()),
        Some(Progression::Normal) => parts.push("Increments are paid as they fall due from this day.".to_owned()),
        None => {}
    }
    if !step.nations.is_empty() {
        parts.push(format!("Only in {}.", step.nations.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" and ")));
    }
    if let Some(day) = step.pay_on {
        parts.push(format!("Paid from {}, with arrears.", long_date(day)));
    }
    match &step.clause {
        Some(clause) => format!("{} {}", clause.trim_end(), parts.join(" ")),
        None => parts.join(" "),
    }
}

pub(crate) fn change_text(change: &Change) -> String {
    let short = |value: &Ratio| value.to_short(4).replace('-', "−");
    let mut text = match &change.rise {
        Rise::Percent { percent, of: PercentOf::Base } => format!("A further {}% of the base rate", short(percent)),
        Rise::Percent { percent, of: PercentOf::InForce } => format!("A further {}% of the rate in force", short(percent)),
        Rise::TotalPercent(percent) => format!("{}% above the base rate in all", short(percent)),
        Rise::Pounds(sum) => format!("A further {sum} a year"),
        Rise::Rates(rates) => {
            let list: Vec<String> = rates.iter().map(|(point, rate)| format!("point {point} {rate}")).collect();
            format!("These rates: {}", list.join(", "))
        }
        Rise::None => "No rise of its own".to_owned(),
    };
    if change.and_pence != Pence::ZERO {
        text.push_str(&format!(" and {}", change.and_pence));
    }
    if let Some(sum) = change.or_pence {
        text.push_str(&format!(", or {sum} if that is more"));
    }
    if let Some(sum) = change.at_least_pence {
        text.push_str(&format!(", at least {sum}"));
    }
    if let Some(sum) = change.at_most_pence {
        text.push_str(&format!(", at most {sum}"));
    }
    if let Some(rate) = change.rate_at_least {
        text.push_str(&format!(", to a rate of at least {rate}"));
    }
    if let Some(percent) = &change.minimum_increment_percent {
        text.push_str(&format!(", each point at least {}% above the one below it", short(percent)));
    }
    format!("{text}{}.", select_text(&change.select))
}

/// Whom a change reaches, in words; empty if everybody.
pub fn select_text(select: &Select) -> String {
    let names = |list: &[(String, dated::Place)]| list.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let mut text = String::new();
    if !select.bands.is_empty() {
        text.push_str(&format!(" for band {}", names(&select.bands)));
    }
    if !select.points.is_empty() {
        text.push_str(&format!(" for points {}", names(&select.points)));
    }
    match select.only {
        Some(BandEnd::Top) => text.push_str(" for those at the top of their band"),
        Some(BandEnd::Bottom) => text.push_str(" for those at the bottom of their band"),
        None => {}
    }
    if let Some(rate) = select.rate_at_most {
        text.push_str(&format!(" for rates of at most {rate}"));
    }
    if let Some(rate) = select.rate_above {
        text.push_str(&format!(" for rates above {rate}"));
    }
    text
}

pub(crate) fn plain(value: Ratio) -> String {
    match u64::try_from(value.numerator()) {
        Ok(whole) if value.denominator() == 1 => grouped(whole),
        _ => value.to_short(3).replace('-', "−"),
    }
}

/// A value with its unit as people write it: £5.65 a week, 2.6%, 450,000 people.
pub(crate) fn with_unit(value: Ratio, unit: &str) -> String {
    let minus = if value.is_negative() { "−" } else { "" };
    match unit {
        "percent" => percent(value, 2),
        "points" => format!("{} points", value.to_short(2).replace('-', "−")),
        "billion pounds" => format!("{minus}£{}bn", value.abs().to_fixed(2)),
        _ => match unit.strip_prefix("pounds") {
            Some(rest) if value.denominator() == 1 && value.abs() >= Ratio::whole(100) => format!("{minus}£{}{rest}", plain(value.abs())),
            Some(rest) => format!("{}{rest}", Pence::nearest(value * Ratio::whole(100))),
            None => format!("{} {unit}", plain(value)),
        },
    }
}
