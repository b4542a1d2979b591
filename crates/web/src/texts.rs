//! What the pages say, in English and Welsh: one file for each language, the same fields in both.
//!
//! The Welsh was written by somebody who is no native speaker and is to be checked by one before a real poll.

mod cy;
mod en;

use crate::clock::Instant;

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Welsh.
    Welsh,
}

impl Language {
    /// By its tag; anything else is English.
    pub fn of(tag: &str) -> Self {
        if tag == "cy" { Self::Welsh } else { Self::English }
    }

    /// From `lang=cy` of a query; anything else is English.
    pub fn of_query(query: Option<&str>) -> Self {
        let welsh = query.unwrap_or_default().split('&').any(|pair| pair == "lang=cy");
        if welsh { Self::Welsh } else { Self::English }
    }

    /// The tag of HTML and of addresses.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Welsh => "cy",
        }
    }

    /// What the pages say.
    pub fn words(self) -> &'static Words {
        match self {
            Self::English => &en::WORDS,
            Self::Welsh => &cy::WORDS,
        }
    }

    /// A day and time in the United Kingdom, with the zone.
    pub fn time(self, instant: Instant) -> String {
        let london = instant.in_london();
        let words = self.words();
        let month = usize::try_from(london.month()).ok().and_then(|month| words.months.get(month - 1)).unwrap_or(&"");
        let weekday = words.weekdays.get(usize::try_from(london.weekday().to_monday_zero_offset()).unwrap_or(0)).unwrap_or(&"");
        let zone = london.strftime("%Z").to_string();
        format!("{weekday} {} {month} {}, {} {zone}", london.day(), london.year(), london.strftime("%H:%M"))
    }
}

/// A heading with its paragraphs.
pub struct Part {
    /// The heading.
    pub heading: &'static str,
    /// The paragraphs under it.
    pub text: &'static [&'static str],
}

/// The texts of the public pages. The names say where they stand.
#[allow(missing_docs)]
pub struct Words {
    pub months: [&'static str; 12],
    pub weekdays: [&'static str; 7],
    pub skip: &'static str,
    pub tag_line: &'static str,
    pub rehearsal: &'static str,
    pub other_language: &'static str,
    pub footer_front: &'static str,
    pub footer_receipt: &'static str,
    pub footer_results: &'static str,
    pub footer_check: &'static str,
    pub footer_limits: &'static str,
    pub footer_accessibility: &'static str,
    pub footer_staff: &'static str,
    pub footer_disputes: &'static str,
    pub worth: &'static str,
    pub workspace: &'static str,
    // The front page.
    pub no_poll_title: &'static str,
    pub no_poll: &'static str,
    pub no_units_yet: &'static str,
    pub asked: &'static str,
    pub statement: &'static str,
    pub recommendation: &'static str,
    pub opens: fn(&str) -> String,
    pub closes: fn(&str) -> String,
    pub closed: fn(&str) -> String,
    pub state_before: &'static str,
    pub state_open: &'static str,
    pub state_closed: &'static str,
    pub state_counted: &'static str,
    pub turnout: fn(u64, u64) -> String,
    pub choose_unit: &'static str,
    pub filter: &'static str,
    pub filter_hint: &'static str,
    pub filter_button: &'static str,
    pub units_found: fn(usize, usize) -> String,
    pub no_unit_found: &'static str,
    pub vote_in: &'static str,
    pub unit: &'static str,
    pub unit_state: &'static str,
    pub see_board: &'static str,
    pub see_results: &'static str,
    pub next_page: &'static str,
    pub previous_page: &'static str,
    // The booth's shell.
    pub booth_title: fn(&str) -> String,
    pub booth_closed: &'static str,
    // Receipts.
    pub receipt_title: &'static str,
    pub receipt_lede: &'static str,
    pub receipt_label: &'static str,
    pub receipt_hint: &'static str,
    pub receipt_button: &'static str,
    pub receipt_missing: &'static str,
    pub receipt_form: &'static str,
    pub receipt_counts: &'static str,
    pub receipt_will_count: &'static str,
    pub receipt_replaced: &'static str,
    pub receipt_challenged: &'static str,
    pub receipt_unknown: &'static str,
    pub receipt_in_unit: &'static str,
    pub receipt_at: &'static str,
    pub receipt_position: &'static str,
    pub receipt_means: &'static str,
    pub receipt_again: &'static str,
    // The board of a unit.
    pub board_title: fn(&str) -> String,
    pub board_lede: &'static str,
    pub board_fingerprint: &'static str,
    pub board_uuid: &'static str,
    pub board_files: &'static str,
    pub board_ballots: fn(u64) -> String,
    pub board_no_count: &'static str,
    pub board_trackers: &'static str,
    pub board_tracker: &'static str,
    pub board_hour: &'static str,
    pub board_position: &'static str,
    pub archive: &'static str,
    pub companion: &'static str,
    pub everything: &'static str,
    // Results.
    pub results_title: &'static str,
    pub results_not_yet: &'static str,
    pub results_waiting: fn(usize, usize) -> String,
    pub results_sum: &'static str,
    pub results_unit_title: fn(&str) -> String,
    pub question: &'static str,
    pub entitled: &'static str,
    pub cast: &'static str,
    pub blank: &'static str,
    pub paper_voided: &'static str,
    pub counted_as: &'static str,
    pub verdict: &'static str,
    pub verified_passed: &'static str,
    pub verified_failed: &'static str,
    pub verified_not: &'static str,
    pub verified_running: &'static str,
    pub tests_of_law: &'static str,
    pub test: &'static str,
    pub comparison: &'static str,
    pub met: &'static str,
    pub not_met: &'static str,
    pub cannot_tell: &'static str,
    pub test_turnout: &'static str,
    pub test_support: &'static str,
    pub test_majority: &'static str,
    pub mandate: &'static str,
    pub no_mandate: &'static str,
    pub provisional: &'static str,
    pub reading: &'static str,
    pub law_not_said: &'static str,
    pub law_consultative: &'static str,
    pub small_note: &'static str,
    pub downloads: &'static str,
    // Checking, limits, accessibility.
    pub check_title: &'static str,
    pub check: &'static [Part],
    pub limits_title: &'static str,
    pub limits: &'static [Part],
    pub accessibility_title: &'static str,
    pub accessibility: &'static [Part],
    // Errors.
    pub error_title: &'static str,
    pub error_not_found: &'static str,
    pub error_busy: &'static str,
    pub error_ours: &'static str,
    pub error_back: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_both_languages_with_the_zone() {
        let instant = Instant::parse("2026-07-01T11:00:00Z").expect("a time");
        assert_eq!(Language::English.time(instant), "Wednesday 1 July 2026, 12:00 BST");
        assert_eq!(Language::Welsh.time(instant), "dydd Mercher 1 Gorffennaf 2026, 12:00 BST");
        assert_eq!(Language::of_query(Some("page=2&lang=cy")), Language::Welsh);
        assert_eq!(Language::of_query(Some("lang=fr")), Language::English);
    }
}
