//! Numbers and days as people type them, on the command line and into forms.

use dated::{Date, Ratio, parse_date};
use pay::{Index, Pence};

/// Reads a sum of money as people type it: 17030, 17,030, £17,030.50.
///
/// # Errors
/// A sentence that says what would be right.
pub fn parse_pounds(text: &str) -> Result<Pence, String> {
    let plain: String = text.trim().trim_start_matches('£').to_owned();
    let groups: Vec<&str> = plain.split(',').collect();
    let grouped_right = groups.len() == 1
        || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.split('.').next().is_some_and(|digits| digits.len() == 3)));
    let number = grouped_right.then(|| Ratio::parse_decimal(&groups.concat())).flatten();
    number
        .and_then(Pence::from_pounds)
        .filter(|pence| (1..=1_000_000_000).contains(&pence.0))
        .ok_or_else(|| format!("“{text}” is not a salary; write pounds a year, as in 17030 or 17030.50"))
}

/// Reads a day: 2007-04-01.
///
/// # Errors
/// A sentence that says what would be right.
pub fn parse_day(text: &str) -> Result<Date, String> {
    parse_date(text)
}

/// Reads an index by its name: RPI, CPI, CPIH.
///
/// # Errors
/// A sentence with the indices that there are.
pub fn parse_index(text: &str) -> Result<Index, String> {
    let upper = text.to_uppercase();
    Index::WORDS
        .iter()
        .find(|(word, _)| *word == upper)
        .map(|(_, index)| *index)
        .ok_or_else(|| format!("“{text}” is no index; one of RPI, CPI, CPIH"))
}

/// Reads hours a week.
///
/// # Errors
/// A sentence that says what would be right.
pub fn parse_hours(text: &str) -> Result<Ratio, String> {
    Ratio::parse_decimal(text)
        .filter(|hours| *hours > Ratio::ZERO && *hours <= Ratio::whole(168))
        .ok_or_else(|| format!("“{text}” is not a number of hours a week; write 37.5"))
}

/// Reads a change of hours: 2007-06-01=22.5.
///
/// # Errors
/// A sentence that says what would be right.
pub fn parse_hours_change(text: &str) -> Result<(Date, Ratio), String> {
    let (day, hours) = text.split_once('=').ok_or_else(|| format!("“{text}”: write the day and the hours, as in 2007-06-01=22.5"))?;
    Ok((parse_date(day)?, parse_hours(hours)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salary_may_be_typed_as_people_write_it() {
        for text in ["17030", "17,030", "£17,030", "17030.00"] {
            assert_eq!(parse_pounds(text), Ok(Pence(1_703_000)), "{text}");
        }
        for text in ["17.030,5", "17,03", "", "-5", "0", "seventeen", "17 030"] {
            assert!(parse_pounds(text).is_err(), "{text}");
        }
    }
}
