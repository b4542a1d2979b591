//! The legal minimum as a limit of new rates: from the data by default.

use ::redistribute::{Answer, Money};
use dated::{Date, long_date};
use dispute::Library;
use pay::{Framework, Offer, PayYear, Pence};

use crate::offer::parse_pounds;

/// What is asked of the lowest rate for the law's sake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LegalMinimum {
    /// The minimum wage of the days on which the new rates hold.
    Law,
    /// Nothing.
    Nothing,
    /// So many pounds a year.
    At(Pence),
}

pub(super) fn parse(text: &str) -> Result<LegalMinimum, String> {
    match text {
        "law" => Ok(LegalMinimum::Law),
        "none" => Ok(LegalMinimum::Nothing),
        _ => parse_pounds(text).map(LegalMinimum::At).map_err(|why| format!("{why}, or law, or none")),
    }
}

/// The limit, and a sentence about where it comes from or why there is none.
pub(crate) struct Lawful {
    pub(crate) rate: Option<Pence>,
    pub(crate) words: Option<String>,
}

impl Lawful {
    pub(super) fn of(asked: LegalMinimum, library: &Library, framework: &Framework<'_>, offer: &Offer, money: &Money) -> Self {
        let until = end_of(framework, offer);
        let from = money.stages.last().copied();
        match (asked, from, until, framework.full_time_hours) {
            (LegalMinimum::At(rate), ..) => Self { rate: Some(rate), words: None },
            (LegalMinimum::Nothing, ..) => Self { rate: None, words: None },
            (LegalMinimum::Law, Some(from), Some(until), Some(hours)) => match library.minimum_wage.least_annual(hours, from, until) {
                Ok((rate, hourly, day)) => Self {
                    rate: Some(rate),
                    words: Some(format!(
                        "no rate at the end may be below {rate} a year: the legal minimum of {hourly} an hour on {}, {} hours a week",
                        long_date(day),
                        hours.to_short(2)
                    )),
                },
                Err(missing) => Self { rate: None, words: Some(format!("the legal minimum was not looked at: {missing}")) },
            },
            (LegalMinimum::Law, ..) => Self {
                rate: None,
                words: Some("the legal minimum was not looked at: the hours of a full-time week are not known".to_owned()),
            },
        }
    }
}

fn end_of(framework: &Framework<'_>, offer: &Offer) -> Option<Date> {
    offer.steps.last().map(|step| PayYear::holding(step.from, framework.year_start_month).end())
}

/// Stages before the last at which a rate is below the legal minimum, each a sentence: the limit is on the rates at the end.
pub(super) fn stages_below(library: &Library, framework: &Framework<'_>, offer: &Offer, answer: &Answer) -> Vec<String> {
    let (Some(hours), Some(end)) = (framework.full_time_hours, end_of(framework, offer)) else { return Vec::new() };
    let ends = answer.stages.iter().skip(1).map(|stage| stage.from).chain([end]);
    let mut found = Vec::new();
    for (stage, until) in answer.stages.iter().zip(ends) {
        let (Some(lowest), Ok((least, hourly, day))) =
            (stage.rates.iter().min(), library.minimum_wage.least_annual(hours, stage.from, until))
        else {
            continue;
        };
        if *lowest < least {
            found.push(format!(
                "the lowest rate from {}, {lowest}, is below the legal minimum of {hourly} an hour on {}",
                long_date(stage.from),
                long_date(day)
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legal_minimum_is_the_laws_or_what_is_typed() {
        assert_eq!(parse("law"), Ok(LegalMinimum::Law));
        assert_eq!(parse("none"), Ok(LegalMinimum::Nothing));
        assert_eq!(parse("£12,700"), Ok(LegalMinimum::At(Pence(1_270_000))));
        assert!(parse("lawful").is_err_and(|why| why.contains("or law, or none")));
    }
}
