//! The frontier for the report: of the first offer whose money can be redistributed.

use ::redistribute::{Aim, CostReading, Ladder, Money, StageRule, Wishes, frontier, redistribute};
use dated::Ratio;
use dispute::Library;
use pay::{Framework, Side, Workforce, grouped};
use report::{Floor, Redistribution};

use super::lawful::{Lawful, LegalMinimum};
use crate::offer::cost::seen_by;

/// Floors at so many equal distances under the money of the first side that allows it; else for each side why not.
pub(crate) fn floors(
    sides: &[Side<'_>],
    workforce: &Workforce,
    framework: &Framework<'_>,
    library: &Library,
    count: usize,
) -> Result<Redistribution, Vec<String>> {
    let mut refused = Vec::new();
    for side in sides {
        match of_side(side, &seen_by(side, workforce), framework, library, count) {
            Ok(mut found) => {
                found.notes.extend(refused);
                return Ok(found);
            }
            Err(why) => refused.push(format!("The money of “{}” cannot be shared out anew: {why}.", side.name)),
        }
    }
    Err(refused)
}

fn of_side(
    side: &Side<'_>,
    workforce: &Workforce,
    framework: &Framework<'_>,
    library: &Library,
    count: usize,
) -> Result<Redistribution, String> {
    let money = Money::of(framework, side.offer, workforce, CostReading::RunRate).map_err(|why| why.join("; "))?;
    let lawful = Lawful::of(LegalMinimum::Law, library, framework, side.offer, &money);
    let wishes = Wishes { legal_minimum: lawful.rate, ..Wishes::default() };
    let ladder = Ladder::new(money.points.clone(), wishes.limits(&money.points).map_err(|why| why.join("; "))?);
    let rows = frontier(&money, &ladder, Aim::RisePercent, count);
    if rows.is_empty() {
        return Err(match redistribute(&money, &ladder, Aim::Floor, StageRule::SameSplit) {
            Err(none) => none.why,
            Ok(_) => "no floor leaves an equal rise for the others".to_owned(),
        });
    }
    let mut notes = vec!["This counts basic pay at the points people are on: no increments, one-off sums or contributions.".to_owned()];
    notes.extend(lawful.words.map(|words| sentence(&words)));
    if money.own.headcount > 0 {
        notes.push(format!("{} people on salaries of their own keep what the offer gives them.", grouped(money.own.headcount)));
    }
    let lowest_offered = money.points.iter().flat_map(|point| &point.rows).filter_map(|row| row.offered.last()).copied().min();
    Ok(Redistribution {
        offer: side.name.clone(),
        more_pence: money.target_pence - money.base_pence,
        lowest: [money.points.iter().map(|point| point.base).min().unwrap_or_default(), lowest_offered.unwrap_or_default()],
        floors: rows
            .into_iter()
            .map(|row| Floor {
                rate: row.floor,
                rest_percent: Ratio::new(row.rise.into(), 1_000_000),
                left_pence: row.left_pence,
                people: row.people,
                most_lost: row.most_lost,
            })
            .collect(),
        notes,
    })
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
