//! Before a ballot opens (rules L40 to L42): ballot notice, sample voting paper, scrutineer, method of voting.

use dated::{Date, NotCovered};

use crate::calendar::{is_days_before, plus_days};
use crate::rules::{Jurisdiction, Key, Rule, Rulebook, Ruling};

/// The latest day on which something must be in the employer's hands.
#[derive(Clone, Copy, Debug)]
pub struct Due<'r> {
    /// The last day in time.
    pub on: Date,
    /// The rule.
    pub rule: &'r Rule,
}

impl Due<'_> {
    /// L40: whether something received on that day came in time. Received, not sent. TULRCA s.226A(1).
    pub fn is_met_by(&self, received_on: Date) -> bool {
        is_days_before(received_on, 0, self.on)
    }
}

/// L40: when every employer must have received the ballot notice. TULRCA s.226A(1)(a).
///
/// # Errors
/// [`NotCovered`] when no rule is known for that day.
pub fn ballot_notice_due(book: &Rulebook, jurisdiction: Jurisdiction, opens_on: Date) -> Result<Due<'_>, NotCovered> {
    due(book, Key::BallotNoticeDays, jurisdiction, opens_on)
}

/// L41: when every employer must have received the sample voting paper. TULRCA s.226A(1)(b).
///
/// # Errors
/// [`NotCovered`] when no rule is known for that day.
pub fn sample_paper_due(book: &Rulebook, jurisdiction: Jurisdiction, opens_on: Date) -> Result<Due<'_>, NotCovered> {
    due(book, Key::SamplePaperDays, jurisdiction, opens_on)
}

fn due(book: &Rulebook, key: Key, jurisdiction: Jurisdiction, opens_on: Date) -> Result<Due<'_>, NotCovered> {
    let rule = book.on(key, jurisdiction, opens_on)?.rule;
    let days = i64::try_from(rule.number()).unwrap_or(0);
    Ok(Due { on: plus_days(opens_on, -days), rule })
}

/// L42: whether a scrutineer is needed for that many entitled, and the rule. TULRCA ss.226B, 226C.
///
/// # Errors
/// [`NotCovered`] when no rule is known for that day.
pub fn scrutineer_needed(book: &Rulebook, jurisdiction: Jurisdiction, opens_on: Date, entitled: u64) -> Result<(bool, &Rule), NotCovered> {
    let rule = book.on(Key::ScrutineerOver, jurisdiction, opens_on)?.rule;
    Ok((entitled > rule.number(), rule))
}

/// The methods of voting a ballot that opens that day may use; others may be pending. TULRCA s.229(1), s.230.
///
/// # Errors
/// [`NotCovered`] when no rule is known for that day.
pub fn methods(book: &Rulebook, jurisdiction: Jurisdiction, opens_on: Date) -> Result<Ruling<'_>, NotCovered> {
    book.on(Key::Method, jurisdiction, opens_on)
}
