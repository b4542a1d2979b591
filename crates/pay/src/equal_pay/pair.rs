//! E29: two records side by side, term by term; and why a comparator is refused.

use dated::Ratio;

use super::hourly::{Hourly, Money};
use super::record::{PayRecord, PayRecords};
use super::search::{ComparatorQuestion, Route};
use crate::pay_year::days_between;

/// Why a record cannot be a comparator, whatever he is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// E27: both are of one sex.
    SameSex,
    /// The file does not say the sex of one of them.
    SexNotSaid,
    /// A study that covers both rates the claimant's job lower, in another band.
    RatedLower {
        /// The claimant's score.
        claimant: Option<u16>,
        /// The comparator's.
        comparator: Option<u16>,
    },
}

impl Refusal {
    /// The sentence for people.
    pub fn sentence(self) -> String {
        let score = |score: Option<u16>| score.map_or_else(|| "a lower band".to_owned(), |score| score.to_string());
        match self {
            Self::SameSex => "both are of one sex: a comparator must be of the other".to_owned(),
            Self::SexNotSaid => "the file does not say the sex of both".to_owned(),
            Self::RatedLower { claimant, comparator: Some(comparator) } => {
                format!("one study rates the claimant's job lower: {} against {comparator}", score(claimant))
            }
            Self::RatedLower { claimant, comparator: None } => {
                format!("one study rates the claimant's job lower: {} against a higher band", score(claimant))
            }
        }
    }
}

/// A term of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Basic pay, pence an hour.
    Basic,
    /// Bonus, pence an hour.
    Bonus,
    /// Allowances, pence an hour.
    Allowances,
    /// On top for unsocial hours, percent.
    Unsocial,
    /// Holiday, days a year.
    Holiday,
    /// The employer's pension contribution, percent.
    Pension,
    /// Full sick pay, weeks.
    SickPay,
}

impl Term {
    /// Its name, and the unit of its figures.
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Basic => ("basic pay", "£ an hour"),
            Self::Bonus => ("bonus", "£ an hour"),
            Self::Allowances => ("allowances", "£ an hour"),
            Self::Unsocial => ("unsocial hours", "% on top"),
            Self::Holiday => ("holiday", "days a year"),
            Self::Pension => ("employer's pension", "% of pay"),
            Self::SickPay => ("full sick pay", "weeks"),
        }
    }

    /// Whether its figures are pence an hour.
    pub fn is_money(self) -> bool {
        matches!(self, Self::Basic | Self::Bonus | Self::Allowances)
    }
}

/// One term on both sides. `None` is not said, and then no gap is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TermGap {
    /// Which.
    pub term: Term,
    /// The claimant's: pence an hour for money, else in the term's unit.
    pub claimant: Option<Ratio>,
    /// The comparator's.
    pub comparator: Option<Ratio>,
}

impl TermGap {
    /// How much better the comparator's is; negative where the claimant's is better.
    pub fn gap(&self) -> Option<Ratio> {
        Some(self.comparator? - self.claimant?)
    }
}

/// Something to mend in the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caution {
    /// The comparator's job is done by one man.
    OneComparator,
    /// The pay is of days that lie apart.
    DaysApart(i64),
    /// The file does not say which day the pay is of.
    DayNotSaid,
    /// The study's scores are not given, only its bands.
    BandOnly,
    /// A study rated the claimant's job but not the comparator's, or another did.
    OtherStudy,
    /// Since when the claimant has done the job is not said: counted for the whole of the time that the law allows.
    SinceNotSaid,
}

impl Caution {
    /// The sentence for people.
    pub fn sentence(self) -> String {
        match self {
            Self::OneComparator => {
                "one person does the comparator's job: find out whether that pay goes with the person or with the job".to_owned()
            }
            Self::DaysApart(days) => format!("the pay is of days {days} days apart"),
            Self::DayNotSaid => "the file does not say which day the pay is of".to_owned(),
            Self::BandOnly => "the study's bands are given, not its scores".to_owned(),
            Self::OtherStudy => "no one study rated both jobs".to_owned(),
            Self::SinceNotSaid => {
                "since when the claimant has done the job is not said: the whole of the time that the law allows is counted".to_owned()
            }
        }
    }
}

/// Two records side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// By which route; the strongest that holds.
    pub route: Route,
    /// Pence an hour: the claimant's, of all money.
    pub claimant: Ratio,
    /// The comparator's.
    pub comparator: Ratio,
    /// Each term.
    pub terms: Vec<TermGap>,
    /// What to mend in the evidence.
    pub cautions: Vec<Caution>,
}

impl Comparison {
    /// E22: pence an hour that the comparator has more; negative when less.
    pub fn gap(&self) -> Ratio {
        self.comparator - self.claimant
    }

    /// The gap in percent of the comparator's pay.
    pub fn gap_percent(&self) -> Option<Ratio> {
        (self.gap() * Ratio::whole(100)).checked_div(self.comparator)
    }
}

/// E27, E29: sets two records side by side, or says every reason why not.
///
/// # Errors
/// Every [`Refusal`].
pub fn compare(
    records: &PayRecords,
    question: &ComparatorQuestion,
    claimant: &PayRecord,
    comparator: &PayRecord,
) -> Result<Comparison, Vec<Refusal>> {
    let mut refusals = Vec::new();
    match (claimant.sex, comparator.sex) {
        (Some(one), Some(other)) if one == other => refusals.push(Refusal::SameSex),
        (Some(_), Some(_)) => {}
        _ => refusals.push(Refusal::SexNotSaid),
    }
    let one_study = claimant.is_rated() && comparator.is_rated() && claimant.study == comparator.study;
    let no_higher = matches!((claimant.score, comparator.score), (Some(hers), Some(his)) if his <= hers);
    let one_band = claimant.band != 0 && claimant.band == comparator.band;
    let alike = claimant.like_work != 0 && claimant.like_work == comparator.like_work;
    let both_scored = claimant.score.is_some() && comparator.score.is_some();
    let both_banded = claimant.band != 0 && comparator.band != 0;
    if one_study && !no_higher && !one_band && !alike && (both_scored || both_banded) {
        refusals.push(Refusal::RatedLower { claimant: claimant.score, comparator: comparator.score });
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let route = if one_study && (no_higher || one_band) {
        Route::Rated
    } else if alike {
        Route::LikeWork
    } else {
        Route::EqualValue
    };
    let hourly = |record: &PayRecord, money| Hourly::of(record, money, question.weeks).pence();
    let (hers, his) = (records.terms_of(claimant), records.terms_of(comparator));
    let money = [(Term::Basic, Money::Basic), (Term::Bonus, Money::Bonus), (Term::Allowances, Money::Allowances)]
        .map(|(term, money)| TermGap { term, claimant: Some(hourly(claimant, money)), comparator: Some(hourly(comparator, money)) });
    let others = [
        (Term::Unsocial, hers.unsocial_percent, his.unsocial_percent),
        (Term::Holiday, hers.holiday_days, his.holiday_days),
        (Term::Pension, hers.pension_percent, his.pension_percent),
        (Term::SickPay, hers.sick_pay_weeks, his.sick_pay_weeks),
    ]
    .map(|(term, claimant, comparator)| TermGap { term, claimant, comparator });
    let said = |gap: &TermGap| gap.claimant.is_some() || gap.comparator.is_some();
    Ok(Comparison {
        route,
        claimant: hourly(claimant, Money::All),
        comparator: hourly(comparator, Money::All),
        terms: money.into_iter().chain(others.into_iter().filter(said)).collect(),
        cautions: cautions(records, route, claimant, comparator),
    })
}

/// E33: what is weak in the evidence of a pair, as far as the two records tell.
pub fn cautions(records: &PayRecords, route: Route, claimant: &PayRecord, comparator: &PayRecord) -> Vec<Caution> {
    let (hers, his) = (records.times_of(claimant), records.times_of(comparator));
    let mut found = Vec::new();
    if route == Route::Rated && (claimant.score.is_none() || comparator.score.is_none()) {
        found.push(Caution::BandOnly);
    }
    if route == Route::EqualValue && (claimant.is_rated() || comparator.is_rated()) {
        found.push(Caution::OtherStudy);
    }
    match (hers.as_of, his.as_of) {
        (Some(one), Some(other)) if one != other => found.push(Caution::DaysApart(days_between(one.min(other), one.max(other)))),
        (Some(_), Some(_)) => {}
        _ => found.push(Caution::DayNotSaid),
    }
    if hers.since.is_none() {
        found.push(Caution::SinceNotSaid);
    }
    found
}
