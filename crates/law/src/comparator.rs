//! Whom a woman may be compared with in an equal pay claim, how far back money goes, and until when a tribunal may be asked.
//!
//! A better-paid man is easy to find and often no comparator in law: he must be in the same employment, or one body must have
//! set both sets of terms. This gate sorts; it never says that a claim is good. Rules E1 to E12: `docs/spec/equal-pay.md`; the
//! law itself: `data/law/equal-pay.toml`.
//!
//! Not here: pay, gaps, evaluation scores. Those are `pay::equal_pay`.

mod book;

use dated::{Date, NotCovered};

use crate::calendar::Length;
use crate::rules::RuleStatus;

pub use book::{BUILT_IN_EQUAL_PAY, BodyRuling, EqualPayBook, EqualPayKey, EqualPayRule, MaterialFactor};

/// Whose law of equal pay: it differs in how far back money goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nation {
    /// England and Wales.
    #[default]
    EnglandWales,
    /// Scotland.
    Scotland,
    /// Northern Ireland: no rule was read, so nothing is judged.
    NorthernIreland,
}

impl Nation {
    /// The words used in data, files and on command lines.
    pub const WORDS: [(&'static str, Self); 3] =
        [("england-wales", Self::EnglandWales), ("scotland", Self::Scotland), ("northern-ireland", Self::NorthernIreland)];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, nation)| *nation == self).map_or("", |(word, _)| word)
    }

    /// The nation of a word; the short forms EW, S and NI are read too.
    pub fn from_word(word: &str) -> Option<Self> {
        let short = [("EW", Self::EnglandWales), ("S", Self::Scotland), ("NI", Self::NorthernIreland)];
        Self::WORDS.into_iter().chain(short).find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, nation)| nation)
    }
}

/// How claimant and comparator come to be employed where they are. Every `None` is "not said", and nothing is assumed for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Employment {
    /// Both have one employer.
    pub same_employer: bool,
    /// The employers are associated: one controls the other, or a third controls both.
    pub associated: Option<bool>,
    /// Both work at one establishment.
    pub same_establishment: Option<bool>,
    /// Common terms apply at both establishments.
    pub common_terms: Option<bool>,
    /// The body that set both sets of terms, if one did.
    pub body: Option<String>,
    /// Whether that body could put a difference right.
    pub could_put_right: Option<bool>,
}

/// What the gate says of a comparator. There is no variant for "the claim is good": that is not for a program to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// One employer, and one establishment or common terms.
    SameEmployer,
    /// One employer, another establishment, and nobody has shown common terms.
    SameEmployerTermsToShow,
    /// An associated employer, and one establishment or common terms.
    Associated,
    /// An associated employer, and nobody has shown common terms.
    AssociatedTermsToShow,
    /// Another employer; one body is said to have set both sets of terms and to be able to put them right: arguable.
    SingleSourceArguable,
    /// Another employer, and no single source is shown: evidence for bargaining, not a comparator in law.
    BargainingOnly,
}

impl Standing {
    /// Every standing, the surest first.
    pub const ALL: [Self; 6] = [
        Self::SameEmployer,
        Self::SameEmployerTermsToShow,
        Self::Associated,
        Self::AssociatedTermsToShow,
        Self::SingleSourceArguable,
        Self::BargainingOnly,
    ];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::SameEmployer => "same-employer",
            Self::SameEmployerTermsToShow => "same-employer-terms-to-show",
            Self::Associated => "associated-employer",
            Self::AssociatedTermsToShow => "associated-employer-terms-to-show",
            Self::SingleSourceArguable => "single-source-arguable",
            Self::BargainingOnly => "bargaining-only",
        }
    }

    /// The label that stands beside a comparator wherever one is shown.
    pub fn label(self) -> &'static str {
        match self {
            Self::SameEmployer => "same employer",
            Self::SameEmployerTermsToShow => "same employer, common terms still to be shown",
            Self::Associated => "associated employer",
            Self::AssociatedTermsToShow => "associated employer, common terms still to be shown",
            Self::SingleSourceArguable => "other employer: single source arguable",
            Self::BargainingOnly => "other employer: bargaining only",
        }
    }

    /// Whether the comparator may stand in a case for a tribunal at all.
    pub fn may_be_pleaded(self) -> bool {
        self != Self::BargainingOnly
    }
}

/// What the gate found, with the rules it went by.
#[derive(Clone, Debug)]
pub struct ComparatorJudgment<'b> {
    /// The standing.
    pub standing: Standing,
    /// Why, in sentences.
    pub why: Vec<String>,
    /// The rules of the day that were used.
    pub rules: Vec<&'b EqualPayRule>,
    /// What was ruled of the body that sets the terms.
    pub body: Option<&'b BodyRuling>,
}

/// E1 to E6: sorts a comparator by the law of the day on which the claim is lodged.
///
/// # Errors
/// [`NotCovered`] where no rule is known for that day or nation.
pub fn judge_comparator<'b>(
    book: &'b EqualPayBook,
    nation: Nation,
    lodged_on: Date,
    employment: &Employment,
) -> Result<ComparatorJudgment<'b>, NotCovered> {
    let same_employment = book.on(EqualPayKey::SameEmployment, nation, lodged_on)?;
    let mut rules = vec![same_employment];
    let mut why = Vec::new();
    // E2, E3: one employer, or associated ones.
    let terms_shown = employment.same_establishment == Some(true) || employment.common_terms == Some(true);
    let kind = if employment.same_employer {
        why.push("Both have one employer.".to_owned());
        Some((Standing::SameEmployer, Standing::SameEmployerTermsToShow))
    } else if employment.associated == Some(true) {
        why.push("The employers are said to be associated.".to_owned());
        Some((Standing::Associated, Standing::AssociatedTermsToShow))
    } else {
        None
    };
    if let Some((shown, to_show)) = kind {
        why.push(match (employment.same_establishment, employment.common_terms) {
            (Some(true), _) => "Both work at one establishment.".to_owned(),
            (_, Some(true)) => "Common terms are said to apply at both establishments.".to_owned(),
            (Some(false), Some(false)) => {
                "They work at different establishments without common terms: find whether any do apply.".to_owned()
            }
            (Some(false), None) => "They work at different establishments: show that common terms apply at both.".to_owned(),
            (None, _) => "The establishments are not said: show that it is one, or that common terms apply at both.".to_owned(),
        });
        return Ok(ComparatorJudgment { standing: if terms_shown { shown } else { to_show }, why, rules, body: None });
    }
    // E4: another employer.
    let single_source = book.on(EqualPayKey::SingleSource, nation, lodged_on)?;
    rules.push(single_source);
    let named = employment.body.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let known = named.and_then(|name| book.body(name));
    let standing = match (named, single_source.flag()) {
        (None, _) => {
            why.push("Another employer, and no body is named that set both sets of terms: single source not shown.".to_owned());
            Standing::BargainingOnly
        }
        (Some(name), _) if known.is_some_and(|body| body.single_source == Some(false)) => {
            why.push(format!("Terms came through “{name}”, which was ruled not to be a single source: single source not shown."));
            Standing::BargainingOnly
        }
        (Some(name), false) => {
            why.push(format!("“{name}” is named, but the law of {} knew no comparison by a single source.", dated::long_date(lodged_on)));
            Standing::BargainingOnly
        }
        (Some(name), true) => match employment.could_put_right {
            Some(true) => {
                why.push(format!("“{name}” is said to have set both sets of terms and to be able to put a difference right."));
                Standing::SingleSourceArguable
            }
            Some(false) => {
                why.push(format!("“{name}” could not put a difference right: single source not shown."));
                Standing::BargainingOnly
            }
            None => {
                why.push(format!("Nobody has said that “{name}” could put a difference right: single source not shown."));
                Standing::BargainingOnly
            }
        },
    };
    if employment.associated.is_none() {
        why.push("Whether the employers are associated was not said.".to_owned());
    }
    Ok(ComparatorJudgment { standing, why, rules, body: known })
}

/// How far back money goes and who is still in time, for claims lodged on one day.
#[derive(Clone, Debug)]
pub struct ClaimWindow<'b> {
    /// The day of lodging.
    pub lodged_on: Date,
    /// E7: the first day for which arrears count.
    pub arrears_from: Date,
    /// The same under the other reading, where the limit is contested.
    pub arrears_from_other_reading: Option<Date>,
    /// E8: who left on or after this day is in time for the tribunal; the months are counted as in [`Length`].
    pub left_on_or_after: Date,
    /// The rules used.
    pub rules: Vec<&'b EqualPayRule>,
}

/// E7, E8: the window of claims lodged on that day.
///
/// # Errors
/// [`NotCovered`] where no rule is known for that day or nation.
pub fn claim_window(book: &EqualPayBook, nation: Nation, lodged_on: Date) -> Result<ClaimWindow<'_>, NotCovered> {
    let limit = book.on(EqualPayKey::ArrearsYears, nation, lodged_on)?;
    let time = book.on(EqualPayKey::TribunalMonths, nation, lodged_on)?;
    let years_before = |years: u64| lodged_on.saturating_sub(jiff::Span::new().years(i64::try_from(years).unwrap_or(0).min(100)));
    let in_time = |left: Date| Length::Months(time.number()).last_day(left) >= lodged_on;
    // The first day in time lies within a few days of so many months before; the walk settles months of unequal length.
    let mut left = lodged_on.saturating_sub(jiff::Span::new().months(i64::try_from(time.number()).unwrap_or(0).min(1200)).days(5));
    while !in_time(left) && left < lodged_on {
        left = crate::calendar::plus_days(left, 1);
    }
    Ok(ClaimWindow {
        lodged_on,
        arrears_from: years_before(limit.number()),
        arrears_from_other_reading: limit.alternative_number().map(years_before),
        left_on_or_after: left,
        rules: vec![limit, time],
    })
}

/// Whether every rule used is confirmed; a contested one makes an answer provisional.
pub fn is_settled(rules: &[&EqualPayRule]) -> bool {
    rules.iter().all(|rule| matches!(rule.status, RuleStatus::Confirmed | RuleStatus::GeneralKnowledge))
}
