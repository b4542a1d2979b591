//! What people read of `whitley offer cost`.

use dated::Ratio;
use dispute::Dispute;
use pay::{Bill, BillChange, Offer, PartOfBill, Paths, Pence, Workforce, YearReadings, grouped};
use workspace::offer::bill::heads;

use super::{By, Costed, year_name};
use crate::answer::Table;

/// A sum in a sentence: £12,340, £4.50m, £1.250bn.
pub(super) fn sum(sum: Pence) -> String {
    let sign = if sum.0 < 0 { "−" } else { "" };
    let size = Pence(sum.0.saturating_abs());
    let of = |unit: i64, places: u32, name: &str| format!("{sign}£{}{name}", (size.pounds() / Ratio::whole(unit)).to_fixed(places));
    match size.0 {
        0..100_000_000 => Pence(sum.0.signum() * Pence::nearest(size.pounds()).0 * 100).to_string(),
        100_000_000..100_000_000_000 => of(1_000_000, 2, "m"),
        _ => of(1_000_000_000, 3, "bn"),
    }
}

pub(super) fn heading(workforce: &Workforce) -> String {
    let mut text = String::new();
    if let Some(synthetic) = &workforce.synthetic {
        text.push_str(&format!("SYNTHETIC WORKFORCE: {synthetic}\n"));
    }
    let whole_time = workforce.whole_time().to_fixed(0).parse().unwrap_or(0);
    text.push_str(&format!("{}: {}, {} whole-time\n\n", workforce.title, heads(workforce.headcount()), grouped(whole_time)));
    text
}

pub(super) fn title(offer: &Offer, dispute: &Dispute) -> String {
    let by = offer.made_by.as_ref().map(|(who, _)| format!(", {}", dispute.party_name(who))).unwrap_or_default();
    format!("{}: {} ({}{by})\n", offer.id, offer.title, offer.kind.word())
}

pub(super) fn offer(costed: &Costed<'_>, dispute: &Dispute, by: By) -> String {
    let bill = &costed.bill;
    let years = bill.readings();
    let name = |at: usize| year_name(bill.first, at, costed.year_start);
    let mut text = title(costed.offer, dispute);
    for (at, year) in years.iter().enumerate() {
        text.push_str(&answer_line(&name(at), year, at + 1 == years.len()));
    }
    let first = &years[0];
    text.push_str(&format!(
        "  Before it, {} is {} of pay{}.\n",
        name(0),
        sum(first.paths.standing.pay),
        if costed.on_costs.is_ok() { format!(" and {} of on-costs", sum(first.paths.standing.on_costs())) } else { String::new() }
    ));
    match &costed.on_costs {
        Ok(title) => text.push_str(&format!("  On-costs: {title}.\n")),
        Err(why) => text.push_str(&format!("  Without on-costs: {why}.\n")),
    }
    for assumption in &costed.assumptions {
        text.push_str(&format!("  Assumed: {assumption}\n"));
    }
    let unit = Unit::of(&years);
    for (at, year) in years.iter().enumerate() {
        text.push_str(&format!("\n  {}{}\n{}", name(at), unit.words(), year_table(year, at, unit)));
        text.push_str(&further_lines(year));
    }
    text.push('\n');
    if let Some(budget) = &costed.budget {
        text.push_str(&budget.text());
        text.push('\n');
    }
    text.push_str(&breakdown(costed, by, unit));
    text.push('\n');
    text
}

/// The answer in a line: in the year, and from then on.
pub(crate) fn answer_line(name: &str, year: &YearReadings, last: bool) -> String {
    let cost = |change: Bill| sum(change.total());
    let after = if last { "a year from then on" } else { "a year as it ends" };
    let mut text =
        format!("  {name}: the award costs {} in the year, {} {after} (run-rate)", cost(year.in_year.award), cost(year.run_rate.award));
    if year.in_year.lumps != Bill::default() {
        text.push_str(&format!("; one-off sums {}", cost(year.in_year.lumps)));
    }
    let charged = year.paths.standing.on_costs() != Pence::ZERO;
    let with = if charged { ", all with on-costs" } else { "" };
    text.push_str(&format!("; increments {}{with}.\n", cost(year.in_year.progression)));
    text
}

/// Whether a table is in pounds or in millions.
#[derive(Clone, Copy)]
enum Unit {
    Pounds,
    Millions,
}

impl Unit {
    fn of(years: &[YearReadings]) -> Self {
        let largest = years.iter().map(|year| year.paths.standing.total().0).max().unwrap_or(0);
        if largest >= 100_000_000_000 { Self::Millions } else { Self::Pounds }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Pounds => ", pounds",
            Self::Millions => ", million pounds",
        }
    }

    fn cell(self, sum: Pence) -> String {
        let (unit, places) = match self {
            Self::Pounds => (1, 0),
            Self::Millions => (1_000_000, 3),
        };
        let text = (sum.pounds().abs() / Ratio::whole(unit)).to_fixed(places);
        let (whole, rest) = text.split_once('.').map_or((text.as_str(), String::new()), |(whole, rest)| (whole, format!(".{rest}")));
        let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
        let zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
        format!("{}{whole}{rest}", if sum.0 < 0 && !zero { "−" } else { "" })
    }
}

fn year_table(year: &YearReadings, at: usize, unit: Unit) -> String {
    let has_lumps = year.cumulative.lumps != Bill::default();
    let charged = year.paths.standing.on_costs() != Pence::ZERO;
    let mut headings = vec!["reading", ">award", ">increments"];
    if has_lumps {
        headings.push(">one-off");
    }
    if charged {
        headings.push(">on-costs");
    }
    headings.extend([">all", if charged { ">% of the bill before" } else { ">% of pay before" }]);
    let mut table = Table::new(&headings);
    let before = if charged { year.paths.standing.total() } else { year.paths.standing.pay };
    let mut row = |name: &str, change: &BillChange| {
        let mut cells = vec![name.to_owned(), unit.cell(change.award.pay), unit.cell(change.progression.pay)];
        if has_lumps {
            cells.push(unit.cell(change.lumps.pay));
        }
        if charged {
            cells.push(unit.cell(change.whole().on_costs()));
        }
        cells.push(unit.cell(change.whole().total()));
        cells.push(change.whole().total().percent_above_zero(before));
        table.row(cells);
    };
    row("in the year (cash)", &year.in_year);
    if let Some(net) = &year.net {
        row("in the year, net of leavers and joiners", net);
    }
    row("run-rate (last month × 12)", &year.run_rate);
    row("carried over (run-rate less in-year)", &year.carry_over);
    if at > 0 {
        row("new money (in-year above the year before)", &year.new_money);
        row("cumulative (all years so far)", &year.cumulative);
    }
    table.text()
}

trait Percent {
    fn percent_above_zero(self, base: Pence) -> String;
}

impl Percent for Pence {
    fn percent_above_zero(self, base: Pence) -> String {
        if base == Self::ZERO { String::new() } else { Ratio::new(i128::from(self.0) * 100, base.0.into()).to_fixed(2).replace('-', "−") }
    }
}

/// What the award alone would cost; in percent of the bill it is the rise of the paybill, which is nobody's.
pub(crate) fn standing_line(year: &YearReadings) -> String {
    let award = year.paths.award_without_progression().total();
    let percent = award.percent_above_zero(year.paths.standing.total());
    format!("  If nobody moved up, the award would cost {} in the year, {percent}% of the bill before.\n", sum(award))
}

fn further_lines(year: &YearReadings) -> String {
    let mut text = format!(
        "  Annual rates on its last day: award {}, increments {} (pay alone).\n",
        sum(year.year_end.award()),
        sum(year.year_end.progression())
    );
    text.push_str(&standing_line(year));
    if year.paths.staging_saving() != Bill::default() {
        text.push_str(&format!(
            "  Paying the year's last rates from its first day would cost {} more.\n",
            sum(year.paths.staging_saving().total())
        ));
    }
    if year.paths.withheld() != Bill::default() {
        text.push_str(&format!("  Increments withheld save {}, at the rates before.\n", sum(year.paths.withheld().total())));
    }
    text
}

fn breakdown(costed: &Costed<'_>, by: By, unit: Unit) -> String {
    let bill = &costed.bill;
    let charged = bill.months.iter().any(|paths| paths.standing.on_costs() != Pence::ZERO);
    let has_lumps = bill.months.iter().any(|paths| paths.lumps != Bill::default());
    let (name, parts): (&str, &[PartOfBill]) = match by {
        By::Band => ("band", &bill.bands),
        By::Nation => ("nation", &bill.nations),
        By::Employer => ("employer", &bill.employers),
        By::StaffGroup => ("staff group", &bill.staff_groups),
        By::Month => ("month", &[]),
    };
    let mut headings = vec![name];
    if by != By::Month {
        headings.push(">people");
    }
    headings.extend([">pay before", ">award", ">increments"]);
    if has_lumps {
        headings.push(">one-off");
    }
    if charged {
        headings.push(">on-costs");
    }
    headings.push(">all");
    let mut table = Table::new(&headings);
    let mut row = |name: &str, headcount: Option<u64>, paths: &Paths| {
        let mut cells = vec![name.to_owned()];
        cells.extend(headcount.map(grouped));
        cells.extend([paths.standing.pay, paths.award().pay, paths.progression().pay].map(|sum| unit.cell(sum)));
        if has_lumps {
            cells.push(unit.cell(paths.lumps.pay));
        }
        if charged {
            cells.push(unit.cell(paths.whole_change().on_costs()));
        }
        cells.push(unit.cell(paths.whole_change().total()));
        table.row(cells);
    };
    for part in parts {
        let name = if part.name.is_empty() { "(not said)" } else { &part.name };
        row(name, Some(part.headcount), &part.years.iter().copied().sum());
    }
    if by == By::Month {
        for (at, paths) in bill.months.iter().enumerate() {
            row(&bill.first.plus(at as i32).long(), None, paths);
        }
    }
    row("all", (by != By::Month).then_some(bill.headcount), &bill.months.iter().copied().sum());
    let last = bill.months.len() / 12 - 1;
    let period = match last {
        0 => year_name(bill.first, 0, costed.year_start),
        _ => format!("{} to {}", year_name(bill.first, 0, costed.year_start), year_name(bill.first, last, costed.year_start)),
    };
    format!("  By {name}, in the year (cash), {period}{}\n{}", unit.words(), table.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_as_long_as_they_must_be() {
        assert_eq!(sum(Pence(1_234_050)), "£12,341");
        assert_eq!(sum(Pence(-1_234_000)), "−£12,340");
        assert_eq!(sum(Pence(45_000_000_000)), "£450.00m");
        assert_eq!(sum(Pence(125_000_000_000)), "£1.250bn");
        assert_eq!(Unit::Pounds.cell(Pence(-49)), "0");
        assert_eq!(Unit::Pounds.cell(Pence(-1_234_567)), "−12,346");
        assert_eq!(Unit::Millions.cell(Pence(123_456_789_012)), "1,234.568");
    }
}
