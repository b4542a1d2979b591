//! Numbers and days as people type them, on the command line and into forms.

use dated::{Date, Ratio, parse_date};
use pay::{Index, Pence};
use redistribute::{Gap, PairGap};

use super::redistribution::LegalMinimum;

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

/// Reads a sum of money that may be nothing.
///
/// # Errors
/// A sentence that says what would be right.
pub fn parse_sum(text: &str) -> Result<Pence, String> {
    if text.trim().trim_start_matches('£') == "0" {
        Ok(Pence::ZERO)
    } else {
        parse_pounds(text).map_err(|why| why.replace("a salary", "a sum"))
    }
}

/// Reads a percentage from nothing to 200.
///
/// # Errors
/// A sentence that says what would be right.
pub fn parse_percent(text: &str) -> Result<Ratio, String> {
    Ratio::parse_decimal(text.trim().trim_end_matches('%'))
        .filter(|percent| !percent.is_negative() && *percent <= Ratio::whole(200))
        .ok_or_else(|| format!("“{text}” is not a percentage; write 1 or 1.5, at most 200"))
}

/// Reads a distance between points: 300 (pounds), 2%, 100%-of-today.
///
/// # Errors
/// A sentence that says what would be right.
pub fn parse_gap(text: &str) -> Result<Gap, String> {
    let text = text.trim();
    if let Some(percent) = text.strip_suffix("-of-today") {
        return parse_percent(percent).map(Gap::OfToday);
    }
    let Some(percent) = text.strip_suffix('%') else {
        return parse_sum(text).map(Gap::Pounds).map_err(|_| format!("“{text}” is not a gap; write 300, 2% or 100%-of-today"));
    };
    // Between neighbours nobody wants half as much again; half of today's gap and more is a thing to ask for.
    match parse_percent(percent)? {
        small if small <= Ratio::whole(20) => Ok(Gap::Percent(small)),
        large if large >= Ratio::whole(50) => Ok(Gap::OfToday(large)),
        _ => Err(format!("{text} of what? write {text}-of-today for a part of today's gap; of the lower rate at most 20% can be kept")),
    }
}

/// Reads a distance between two points: 12:13=400.
///
/// # Errors
/// A sentence that says what would be right.
pub fn parse_pair(text: &str) -> Result<PairGap, String> {
    let wrong = || format!("“{text}”: write the lower point, the higher one and the gap, as in 12:13=400");
    let (pair, gap) = text.split_once('=').ok_or_else(wrong)?;
    let (lower, upper) = pair.split_once(':').ok_or_else(wrong)?;
    if lower.is_empty() || upper.is_empty() || lower == upper {
        return Err(wrong());
    }
    Ok(PairGap { lower: lower.to_owned(), upper: upper.to_owned(), gap: parse_gap(gap)? })
}

/// Reads what is asked of the lowest rate for the law's sake: law, none, or pounds a year.
///
/// # Errors
/// A sentence that says what would be right.
pub fn parse_legal_minimum(text: &str) -> Result<LegalMinimum, String> {
    match text {
        "law" => Ok(LegalMinimum::Law),
        "none" => Ok(LegalMinimum::Nothing),
        _ => parse_pounds(text).map(LegalMinimum::At).map_err(|why| format!("{why}, or law, or none")),
    }
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

    #[test]
    fn a_gap_is_pounds_percent_or_a_part_of_todays() {
        assert_eq!(parse_gap("300"), Ok(Gap::Pounds(Pence(30_000))));
        assert_eq!(parse_gap("£1,300"), Ok(Gap::Pounds(Pence(130_000))));
        assert_eq!(parse_gap("0"), Ok(Gap::Pounds(Pence::ZERO)));
        assert_eq!(parse_gap("2.5%"), Ok(Gap::Percent(Ratio::new(5, 2))));
        assert_eq!(parse_gap("100%-of-today"), Ok(Gap::OfToday(Ratio::whole(100))));
        assert_eq!(parse_gap("100%"), Ok(Gap::OfToday(Ratio::whole(100))));
        assert!(parse_gap("30%").is_err_and(|why| why.contains("30%-of-today")));
        assert!(parse_gap("-3").is_err() && parse_gap("two").is_err());
        assert_eq!(parse_pair("12:13=2%").map(|pair| (pair.lower, pair.upper)), Ok(("12".to_owned(), "13".to_owned())));
        for wrong in ["12=400", "12:13", ":13=4", "12:12=4", "12:13=x"] {
            assert!(parse_pair(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_legal_minimum_is_the_laws_or_what_is_typed() {
        assert_eq!(parse_legal_minimum("law"), Ok(LegalMinimum::Law));
        assert_eq!(parse_legal_minimum("none"), Ok(LegalMinimum::Nothing));
        assert_eq!(parse_legal_minimum("£12,700"), Ok(LegalMinimum::At(Pence(1_270_000))));
        assert!(parse_legal_minimum("lawful").is_err_and(|why| why.contains("or law, or none")));
    }
}
