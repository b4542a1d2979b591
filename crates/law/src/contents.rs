//! What a document must contain on its day (rules L70 to L73): voting paper, ballot notice, notice of action, statement of the
//! result, report of the scrutineer.
//!
//! The fields and the statutory statement are data. Whoever prints a document takes them from here; whoever has one checks it here.

use std::collections::BTreeMap;

use dated::{Date, NotCovered};

use crate::opening::scrutineer_needed;
use crate::rules::{CheckOff, Jurisdiction, Key, Rule, Rulebook};

/// Which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// TULRCA s.229. The day is the ballot's opening.
    VotingPaper,
    /// TULRCA s.226A. The day is that of receipt.
    BallotNotice,
    /// TULRCA s.234A. The day is that of receipt.
    ActionNotice,
    /// TULRCA ss.231, 231A. The day is the ballot's opening.
    ResultStatement,
    /// TULRCA s.231B. The day is the date of the ballot.
    ScrutineerReport,
}

impl Document {
    /// Every document with its name on the command line.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("paper", Self::VotingPaper),
        ("ballot-notice", Self::BallotNotice),
        ("action-notice", Self::ActionNotice),
        ("result", Self::ResultStatement),
        ("scrutineer-report", Self::ScrutineerReport),
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, document)| *document == self).map_or("", |(name, _)| name)
    }

    /// Which day chooses the law.
    pub fn day(self) -> &'static str {
        match self {
            Self::VotingPaper | Self::ResultStatement => "the day the ballot opens",
            Self::ScrutineerReport => "the last day of voting",
            Self::BallotNotice | Self::ActionNotice => "the day the employer receives it",
        }
    }
}

/// Facts besides the day that change what a document must contain.
#[derive(Clone, Copy, Debug, Default)]
pub struct DocumentFacts {
    /// Which law.
    pub jurisdiction: Jurisdiction,
    /// How many are entitled to vote: small ballots need no scrutineer. `None`: a scrutineer is taken to be needed.
    pub entitled: Option<u64>,
    /// Whether the ballot is in important public services.
    pub important_public_service: bool,
    /// Whether only a strike is put to the vote: then no types of action short of one are named. `false`: it may be put.
    pub strike_only: bool,
    /// The day the sample voting paper was validly supplied, for the saving of February 2026.
    pub sample_paper_supplied_on: Option<Date>,
}

/// A field that the document must carry.
#[derive(Clone, Copy, Debug)]
pub struct Field<'r> {
    /// Its name in files.
    pub id: &'r str,
    /// What it is, in plain words.
    pub text: &'r str,
    /// The rule that asks for it.
    pub rule: &'r Rule,
}

/// Everything a document must contain.
#[derive(Clone, Debug)]
pub struct Contents<'r> {
    /// The document.
    pub document: Document,
    /// The day that chose the law.
    pub day: Date,
    /// The fields, in the order of the rules.
    pub fields: Vec<Field<'r>>,
    /// The statement to be printed word for word, with its rule.
    pub statement: Option<(&'r str, &'r Rule)>,
    /// What may stand instead of lists and figures for members who pay by check-off.
    pub check_off: Option<&'r CheckOff>,
    /// Rules that may already have replaced one used here.
    pub pending: Vec<&'r Rule>,
}

/// L70, L71: what the document must contain on its day.
///
/// # Errors
/// [`NotCovered`] when no rule is known for that day: never a guess.
pub fn required_contents(book: &Rulebook, document: Document, day: Date, facts: DocumentFacts) -> Result<Contents<'_>, NotCovered> {
    let mut contents = Contents { document, day, fields: Vec::new(), statement: None, check_off: None, pending: Vec::new() };
    let keys: &[Key] = match document {
        Document::VotingPaper => &[Key::PaperFields, Key::PaperExtraFields],
        Document::BallotNotice => &[Key::BallotNoticeContents],
        Document::ActionNotice => &[Key::ActionNoticeContents],
        Document::ResultStatement => &[Key::ResultContents],
        Document::ScrutineerReport => &[Key::ScrutineerReportContents],
    };
    let saved = |key| book.on_with_saving(key, facts.jurisdiction, day, "sample_paper_supplied_on", facts.sample_paper_supplied_on);
    let scrutineer = match facts.entitled {
        Some(entitled) => scrutineer_needed(book, facts.jurisdiction, day, entitled)?.0,
        None => true,
    };
    for key in keys {
        let ruling = saved(*key)?;
        contents.pending.extend(ruling.pending);
        for id in ruling.rule.texts() {
            let left_out = match id {
                "scrutineer_name" => !scrutineer,
                "support_at_least_40_if_ips" => !facts.important_public_service,
                "types_of_short_of_strike_action" => facts.strike_only,
                _ => false,
            };
            if !left_out {
                contents.fields.push(Field { id, text: book.field_text(id), rule: ruling.rule });
            }
        }
        contents.check_off = contents.check_off.or(ruling.rule.check_off.as_ref());
    }
    if document == Document::VotingPaper {
        let rule = saved(Key::Statement)?.rule;
        contents.statement = rule.texts().first().map(|text| (*text, rule));
    }
    Ok(contents)
}

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContentsFault<'r> {
    /// A required field is missing or empty.
    Missing {
        /// The field.
        field: &'r str,
        /// What it is.
        text: &'r str,
        /// The rule that asks for it.
        rule: &'r str,
    },
    /// The statement is not the one fixed by statute, word for word.
    StatementDiffers {
        /// What must stand there.
        must_be: &'r str,
        /// The words up to here are right.
        same_until: String,
        /// The rule.
        rule: &'r str,
    },
}

/// The field under which a document carries information instead of lists and figures, for members who pay by check-off.
pub const CHECK_OFF_FIELD: &str = "check_off_information";

/// L72, L73: checks a document, given as field and what stands in it, against what it must contain.
pub fn check_contents<'r>(contents: &Contents<'r>, document: &BTreeMap<String, String>) -> Vec<ContentsFault<'r>> {
    let stands = |field: &str| document.get(field).is_some_and(|text| !text.trim().is_empty());
    let replaced = |field: &str| {
        stands(CHECK_OFF_FIELD) && contents.check_off.is_some_and(|check_off| check_off.replaces.iter().any(|name| name == field))
    };
    let mut faults = Vec::new();
    for field in &contents.fields {
        if !stands(field.id) && !replaced(field.id) {
            faults.push(ContentsFault::Missing { field: field.id, text: field.text, rule: &field.rule.id });
        }
    }
    if let Some((must_be, rule)) = contents.statement
        && let Some(found) = document.get(STATEMENT_FIELD).filter(|text| !text.trim().is_empty())
        // A line break is the printer's; every word, comma and full stop is the statute's.
        && found.split_whitespace().ne(must_be.split_whitespace())
    {
        let same: Vec<&str> =
            found.split_whitespace().zip(must_be.split_whitespace()).take_while(|(a, b)| a == b).map(|(word, _)| word).collect();
        faults.push(ContentsFault::StatementDiffers { must_be, same_until: same.join(" "), rule: &rule.id });
    }
    faults
}

const STATEMENT_FIELD: &str = "statutory_statement";

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn ids(document: Document, day: Date, facts: DocumentFacts) -> Vec<String> {
        let book = Rulebook::built_in().expect("rules");
        required_contents(&book, document, day, facts).expect("covered").fields.iter().map(|field| field.id.to_owned()).collect()
    }

    #[test]
    fn l70_each_document_follows_the_law_of_its_day() {
        let facts = DocumentFacts::default();
        assert!(ids(Document::VotingPaper, date(2020, 1, 1), facts).contains(&"summary_of_matters_in_issue".to_owned()));
        assert!(!ids(Document::VotingPaper, date(2026, 2, 18), facts).contains(&"summary_of_matters_in_issue".to_owned()));
        assert!(ids(Document::BallotNotice, date(2026, 2, 17), facts).contains(&"explanation_of_figures".to_owned()));
        assert!(!ids(Document::BallotNotice, date(2026, 2, 18), facts).contains(&"explanation_of_figures".to_owned()));
        assert!(ids(Document::ActionNotice, date(2026, 2, 18), facts).contains(&"explanation_of_figures".to_owned()));
        assert!(!ids(Document::ResultStatement, date(2020, 1, 1), facts).contains(&"support_at_least_40_if_ips".to_owned()));
        let ips = DocumentFacts { important_public_service: true, ..facts };
        assert!(ids(Document::ResultStatement, date(2020, 1, 1), ips).contains(&"support_at_least_40_if_ips".to_owned()));
        let small = DocumentFacts { entitled: Some(50), ..facts };
        assert!(!ids(Document::VotingPaper, date(2020, 1, 1), small).contains(&"scrutineer_name".to_owned()));
        let types = "types_of_short_of_strike_action".to_owned();
        assert!(ids(Document::VotingPaper, date(2020, 1, 1), facts).contains(&types));
        let strike_only = ids(Document::VotingPaper, date(2020, 1, 1), DocumentFacts { strike_only: true, ..facts });
        assert!(!strike_only.contains(&types) && strike_only.contains(&"period_each_type_expected".to_owned()));
        let larger = DocumentFacts { entitled: Some(51), ..facts };
        assert!(ids(Document::VotingPaper, date(2020, 1, 1), larger).contains(&"scrutineer_name".to_owned()));
    }

    #[test]
    fn l71_the_statement_is_that_of_the_day_and_a_saving_keeps_the_old_one() {
        let book = Rulebook::built_in().expect("rules");
        let statement = |day, supplied| {
            let facts = DocumentFacts { sample_paper_supplied_on: supplied, ..DocumentFacts::default() };
            required_contents(&book, Document::VotingPaper, day, facts).expect("covered").statement.map(|(_, rule)| rule.id.clone())
        };
        assert_eq!(statement(date(2000, 9, 17), None).as_deref(), Some("statement.1992"));
        assert_eq!(statement(date(2000, 9, 18), None).as_deref(), Some("statement.2000"));
        assert_eq!(statement(date(2026, 2, 18), None).as_deref(), Some("statement.2026"));
        assert_eq!(statement(date(2026, 2, 20), Some(date(2026, 2, 16))).as_deref(), Some("statement.2005"));
        // The wording for Northern Ireland was not read: no statement rather than a wrong one.
        let ni = DocumentFacts { jurisdiction: Jurisdiction::NorthernIreland, ..DocumentFacts::default() };
        assert!(required_contents(&book, Document::VotingPaper, date(2022, 1, 1), ni).is_err());
    }

    #[test]
    fn l72_each_field_left_out_is_found_and_nothing_else() {
        let book = Rulebook::built_in().expect("rules");
        for (_, document) in Document::NAMES {
            for day in [date(1995, 6, 1), date(2003, 6, 1), date(2010, 6, 1), date(2020, 6, 1), date(2026, 6, 1)] {
                let contents = required_contents(&book, document, day, DocumentFacts::default()).expect("covered");
                let mut full: BTreeMap<String, String> =
                    contents.fields.iter().map(|field| (field.id.to_owned(), "x".to_owned())).collect();
                if let Some((statement, _)) = contents.statement {
                    full.insert(STATEMENT_FIELD.to_owned(), statement.to_owned());
                }
                assert_eq!(check_contents(&contents, &full), []);
                for field in &contents.fields {
                    let mut without = full.clone();
                    without.remove(field.id);
                    let faults = check_contents(&contents, &without);
                    assert_eq!(faults, [ContentsFault::Missing { field: field.id, text: field.text, rule: &field.rule.id }]);
                }
            }
        }
    }

    #[test]
    fn l73_one_changed_comma_in_the_statement_is_found() {
        let book = Rulebook::built_in().expect("rules");
        let contents = required_contents(&book, Document::VotingPaper, date(2010, 6, 1), DocumentFacts::default()).expect("covered");
        let (statement, _) = contents.statement.expect("a statement");
        let mut paper: BTreeMap<String, String> = contents.fields.iter().map(|field| (field.id.to_owned(), "x".to_owned())).collect();
        for (changed, fine) in [
            (statement.replace(". However", ".\n  However"), true),
            (statement.replace("action, you", "action you"), false),
            (statement.replace("twelve", "eight"), false),
            (format!("{statement} (ask your branch)"), false),
        ] {
            paper.insert(STATEMENT_FIELD.to_owned(), changed.clone());
            assert_eq!(check_contents(&contents, &paper).is_empty(), fine, "{changed}");
        }
    }

    #[test]
    fn l72_check_off_information_replaces_lists_and_figures_only() {
        let book = Rulebook::built_in().expect("rules");
        let contents = required_contents(&book, Document::BallotNotice, date(2010, 6, 1), DocumentFacts::default()).expect("covered");
        let notice = [(CHECK_OFF_FIELD, "all pay by check-off"), ("expected_opening_day", "2010-07-01")];
        let notice = notice.map(|(field, text)| (field.to_owned(), text.to_owned())).into_iter().collect();
        let faults = check_contents(&contents, &notice);
        assert!(matches!(faults.as_slice(), [ContentsFault::Missing { field: "intention_to_ballot", .. }]), "{faults:?}");
    }
}
