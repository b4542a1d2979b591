//! Results of record from CSV: columns found by name, by a known synonym or by the user's own mapping; all faults at once.

use std::collections::{BTreeMap, HashMap, HashSet};

use dated::{CsvFile, CsvRow, Date, Faults, FileBytes, Place, nearest_name, parse_date};

use crate::result::{Figures, PollFacts, UnitResult};
use crate::rules::Jurisdiction;

/// Facts that hold for every row that does not say otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub struct RowDefaults {
    /// The day the ballot opened.
    pub opened_on: Option<Date>,
    /// The day it closed.
    pub closed_on: Option<Date>,
    /// Which law.
    pub jurisdiction: Jurisdiction,
    /// Whether the ballots are in important public services.
    pub important_public_service: bool,
    /// Whether they are in services of devolved Welsh authorities.
    pub wales_devolved: bool,
}

/// The columns by our names: name, whether it must be there, names other people give it.
pub const COLUMNS: [(&str, bool, &[&str]); 14] = [
    ("unit", true, &["balloting_unit", "employer", "institution", "department", "branch", "organisation", "trust", "workplace", "name"]),
    ("question", true, &["kind_of_action", "action", "vote", "ballot_question"]),
    ("entitled", true, &["entitled_to_vote", "eligible", "electorate", "balloted", "number_entitled", "members_balloted", "papers_issued"]),
    ("yes", true, &["yes_votes", "for", "votes_for", "voted_yes", "number_yes"]),
    ("no", true, &["no_votes", "against", "votes_against", "voted_no", "number_no"]),
    ("spoiled", true, &["spoilt", "invalid", "spoiled_or_invalid", "spoilt_or_invalid", "rejected", "spoiled_papers", "spoilt_papers"]),
    ("returned", false, &["papers_returned", "votes_cast", "cast", "papers_received", "total_votes", "number_voting"]),
    ("blank", false, &["blanks", "left_blank", "no_answer", "abstained"]),
    ("valid", false, &["valid_votes", "valid_votes_derived"]),
    ("opened", false, &["opened_on", "opens", "opening_date"]),
    ("closed", false, &["closed_on", "closes", "closing_date", "ballot_date"]),
    ("jurisdiction", false, &["law"]),
    ("important_public_service", false, &["ips", "important_public_services"]),
    ("wales_devolved", false, &["devolved_wales", "wales"]),
];

/// The word for a figure that was never published: the test that needs it is left open, nothing is filled in.
pub const UNKNOWN: &str = "unknown";

/// Which column of a file carries which of ours.
pub struct Columns(HashMap<&'static str, String>);

impl Columns {
    /// L60: finds each column by the user's mapping, then by its own name, then by a synonym.
    pub fn find(csv: &CsvFile<'_>, file: &str, map: &[(String, String)], wanted: &[&str], faults: &Faults) -> Self {
        let top = Place::new(file, 1);
        let theirs: BTreeMap<String, String> = csv.columns().map(|name| (plain(name), name.to_owned())).collect();
        let mut found = HashMap::new();
        for (ours, named) in map {
            let Some((name, ..)) = COLUMNS.iter().find(|(name, ..)| *name == plain(ours)) else {
                let known: Vec<&str> = COLUMNS.iter().map(|(name, ..)| *name).collect();
                let near = nearest_name(ours, known.iter().copied()).map_or_else(String::new, |near| format!("did you mean {near}? "));
                faults.error(
                    "unknown-mapping",
                    &top,
                    format!("--map: “{ours}” is no column known here"),
                    format!("{near}Known: {}", known.join(", ")),
                );
                continue;
            };
            match theirs.get(&plain(named)) {
                Some(column) => {
                    found.insert(*name, column.clone());
                }
                None => faults.error(
                    "missing-column",
                    &top,
                    format!("--map: the file has no column “{named}”"),
                    format!("the file has {}", listed(&theirs)),
                ),
            }
        }
        for (name, must, synonyms) in COLUMNS {
            if found.contains_key(name) {
                continue;
            }
            let taken: HashSet<&String> = found.values().collect();
            let column =
                std::iter::once(&name).chain(synonyms).find_map(|known| theirs.get(*known).filter(|column| !taken.contains(column)));
            match column {
                Some(column) => {
                    let column = column.clone();
                    found.insert(name, column);
                }
                None if must && wanted.contains(&name) && !map.iter().any(|(ours, _)| plain(ours) == name) => {
                    let fix = match nearest_name(name, theirs.values().map(String::as_str)) {
                        Some(near) => format!("rename the column “{near}”, or say --map {name}=\"{near}\""),
                        None => format!("add it, or say which it is with --map {name}=…; the file has {}", listed(&theirs)),
                    };
                    faults.error("missing-column", &top, format!("the column “{name}” is missing"), fix);
                }
                None => {}
            }
        }
        Self(found)
    }

    /// The name of our column in the file.
    pub fn theirs(&self, ours: &str) -> Option<&str> {
        self.0.get(ours).map(String::as_str)
    }
}

/// The first columns of a file, for a message.
fn listed(columns: &BTreeMap<String, String>) -> String {
    const MOST: usize = 20;
    let names: Vec<&str> = columns.values().take(MOST).map(String::as_str).collect();
    let more = columns.len().saturating_sub(MOST);
    if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
}

/// A unit or question as it is compared: small letters, runs of blanks as one. "A" and "A+" are two units.
fn same_name(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn plain(name: &str) -> String {
    let words: Vec<String> =
        name.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.join("_")
}

/// L20, L60 to L64: reads every row, reports every fault, and gives results only when there is none.
pub fn read_results(file: &str, bytes: &FileBytes, defaults: RowDefaults, map: &[(String, String)], faults: &Faults) -> Vec<UnitResult> {
    let before = faults.error_count();
    let Some(csv) = CsvFile::read(file, bytes, &[], faults) else { return Vec::new() };
    let all: Vec<&str> = COLUMNS.iter().map(|(name, ..)| *name).collect();
    let columns = Columns::find(&csv, file, map, &all, faults);
    let mut results = Vec::new();
    let mut seen: HashMap<(String, String), u32> = HashMap::new();
    let mut rows = 0;
    for row in csv.rows() {
        rows += 1;
        let name = |ours: &str| columns.theirs(ours).and_then(|column| row.text(column)).map(str::to_owned);
        let (unit, question) = (name("unit"), name("question"));
        if let (Some(unit), Some(question)) = (&unit, &question) {
            // The same name in other letters is the same unit.
            let key = (same_name(unit), same_name(question));
            if let Some(line) = seen.insert(key, row.place().line) {
                faults.error(
                    "unit-twice",
                    row.place(),
                    format!("“{unit}”, “{question}” stands twice (the other on line {line})"),
                    "keep one row for each unit and question",
                );
            }
        }
        let Some(figures) = read_figures(&row, &columns, unit, question, defaults, faults) else { continue };
        match UnitResult::check(figures) {
            Ok(result) => results.push(result),
            Err(found) => {
                for fault in found {
                    let (what, fix) = fault.sentences();
                    faults.error(fault.code(), row.place(), what, fix);
                }
            }
        }
    }
    if rows == 0 && faults.error_count() == before {
        faults.error("file-empty", &Place::new(file, 1), "the file has a header but no results", "add one row for each unit and question");
    }
    if faults.error_count() > before {
        return Vec::new();
    }
    share_papers_between_questions(results)
}

fn read_figures(
    row: &CsvRow<'_>,
    columns: &Columns,
    unit: Option<String>,
    question: Option<String>,
    defaults: RowDefaults,
    faults: &Faults,
) -> Option<Figures> {
    let needed = |ours: &str| columns.theirs(ours).and_then(|column| count(row, column, true, faults));
    let optional = |ours: &str| match columns.theirs(ours) {
        Some(column) if row.optional(column).is_some() => count(row, column, false, faults),
        _ => Some(None),
    };
    let date = |ours: &str, default: Option<Date>| match columns.theirs(ours).and_then(|column| Some((column, row.optional(column)?))) {
        Some((column, text)) => {
            parse_date(text).map_err(|what| faults.error("not-a-date", row.place(), format!("{column}: {what}"), date_advice(text))).ok()
        }
        None => {
            if default.is_none() {
                let what = format!("it is not said when the ballot {ours}");
                // Without the column this holds for the whole file: said once.
                let top = Place::new(&row.place().file, 1);
                let place = if columns.theirs(ours).is_some() { row.place() } else { &top };
                faults.error("missing-date", place, what, format!("say --{ours} 2022-10-06, or add a column “{ours}”"));
            }
            default
        }
    };
    let truth = |ours: &str, default: bool| match columns.theirs(ours).and_then(|column| Some((column, row.optional(column)?))) {
        Some((column, text)) => match text.to_lowercase().as_str() {
            "yes" | "true" | "y" | "1" => Some(true),
            "no" | "false" | "n" | "0" => Some(false),
            _ => {
                faults.error("not-yes-or-no", row.place(), format!("{column}: “{text}” is neither yes nor no"), "write yes or no");
                None
            }
        },
        None => Some(default),
    };
    let jurisdiction = match columns.theirs("jurisdiction").and_then(|column| row.optional(column)) {
        Some(text) => {
            let found = Jurisdiction::from_short(text);
            if found.is_none() {
                faults.error("unknown-jurisdiction", row.place(), format!("“{text}” is no jurisdiction known here"), "write GB or NI");
            }
            found
        }
        None => Some(defaults.jurisdiction),
    };
    let (entitled, yes, no, spoiled) = (needed("entitled"), needed("yes"), needed("no"), needed("spoiled"));
    let (returned, blank, valid) = (optional("returned"), optional("blank"), optional("valid"));
    let (opened_on, closed_on) = (date("opened", defaults.opened_on), date("closed", defaults.closed_on));
    let (ips, wales) =
        (truth("important_public_service", defaults.important_public_service), truth("wales_devolved", defaults.wales_devolved));
    if yes == Some(None) {
        faults.error("yes-unknown", row.place(), "the number of Yes votes is unknown: nothing can be judged", "find it, or remove the row");
    }
    Some(Figures {
        unit: unit?,
        question: question?,
        poll: PollFacts {
            opened_on: opened_on?,
            closed_on: closed_on?,
            jurisdiction: jurisdiction?,
            important_public_service: ips?,
            wales_devolved: wales?,
        },
        entitled: entitled?,
        yes: yes??,
        no: no?,
        spoiled: spoiled?,
        blank: blank?,
        returned: returned?,
        valid: valid?,
    })
}

/// A whole number of zero or more. Outside `None` is a fault, inside `None` a figure said to be unknown.
pub(crate) fn count(row: &CsvRow<'_>, column: &str, needed: bool, faults: &Faults) -> Option<Option<u64>> {
    let text = if needed { row.text(column)? } else { row.optional(column)? };
    if text.eq_ignore_ascii_case(UNKNOWN) {
        return Some(None);
    }
    if text.contains('%') {
        let what = format!("{column}: “{text}” is a percentage, not a number of people");
        faults.error("percentage-in-a-count", row.place(), what, format!("write how many, or {UNKNOWN} if it was never published"));
        return None;
    }
    if !text.contains(|c: char| c.is_ascii_digit()) {
        let what = format!("{column}: “{text}” is not a number");
        faults.error("not-a-number", row.place(), what, format!("write how many people, or {UNKNOWN} if it was never published"));
        return None;
    }
    if text.len() > 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        faults.error(
            "not-a-count",
            row.place(),
            format!("{column}: {text} is more people than there are"),
            "write how many people, as in 450",
        );
        return None;
    }
    // L63: a count has no sign; -0 is a typing error, not zero.
    if text.starts_with('+') || (text.starts_with('-') && text.trim_start_matches(['-', '0', '.']).is_empty()) {
        faults.error("not-a-count", row.place(), format!("{column}: {text} has a sign"), "write how many people, as in 450");
        return None;
    }
    let number = row.optional_decimal(column)?;
    match u64::try_from(number.numerator()) {
        Ok(whole) if number.denominator() == 1 && !text.contains('.') => Some(Some(whole)),
        _ => {
            let what = if number.is_negative() { "is negative" } else { "is not a whole number" };
            faults.error("not-a-count", row.place(), format!("{column}: {text} {what}"), "write how many people, as in 450");
            None
        }
    }
}

/// A date in another order is explained: nobody should guess which is the month.
fn date_advice(text: &str) -> String {
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    if parts.len() == 3 && parts[2].len() == 4 {
        return format!("write it as year-month-day; in {text} nobody can tell day from month");
    }
    "write it as 2007-04-01".to_owned()
}

/// L21: a person who answered any question of a unit returned a paper.
fn share_papers_between_questions(results: Vec<UnitResult>) -> Vec<UnitResult> {
    let mut most: HashMap<String, u64> = HashMap::new();
    for result in &results {
        let papers = most.entry(same_name(&result.figures().unit)).or_default();
        *papers = (*papers).max(result.returned());
    }
    results
        .into_iter()
        .map(|result| {
            let papers = most.get(&same_name(&result.figures().unit)).copied().unwrap_or(0);
            result.with_papers_seen_on_other_questions(papers)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(text: &str, map: &[(&str, &str)]) -> (Vec<UnitResult>, Vec<(&'static str, u32)>) {
        let faults = Faults::new();
        let defaults = RowDefaults { opened_on: Some(date(2022, 10, 6)), closed_on: Some(date(2022, 11, 2)), ..RowDefaults::default() };
        let map: Vec<(String, String)> = map.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let results = read_results("r.csv", &FileBytes::Read(text.into()), defaults, &map, &faults);
        (results, faults.into_sorted().into_iter().map(|fault| (fault.code, fault.place.line)).collect())
    }

    #[test]
    fn l60_columns_are_found_by_synonym_and_by_mapping() {
        let (results, faults) =
            read("Institution,Question,Balloted,Votes for,Votes against,Spoilt papers,votes_cast\nA,strike,100,40,5,1,50\n", &[]);
        assert_eq!((faults, results[0].returned(), results[0].figures().yes), (vec![], 50, 40));
        let (results, faults) = read("x,question,entitled,ja,no,spoiled\nA,strike,100,40,5,1\n", &[("unit", "x"), ("yes", "ja")]);
        assert_eq!((faults, results[0].returned()), (vec![], 46));
        assert_eq!(
            read("x,question,entitled,ja,no,spoiled\nA,strike,100,40,5,1\n", &[("unit", "y")]).1,
            [("missing-column", 1), ("missing-column", 1)]
        );
    }

    #[test]
    fn l61_every_fault_of_a_file_in_one_reading_and_nothing_judged() {
        let head = "unit,question,entitled,yes,no,spoiled,returned,opened,closed\n";
        let rows = "A,strike,100,90,20,1,,,\nB,strike,100,40,5,1,45,,\nC,strike,100,-4,5,1,,,\nD,strike,100,4.5,5,1,,,\n\
                    E,strike,\"1,000\",40,5,1,,,\nF,strike,100,40%,5,1,,,\ng,strike,100,40,5,1,,,\nG,Strike,100,40,5,1,,,\n\
                    H,strike,100,40,5,1,,10/06/2022,\nI,strike,100,40,5,1,,2022-12-01,\nJ,strike,,40,5,1,,,\nK,strike,0,0,0,0,,,\n";
        let (results, faults) = read(&format!("{head}{rows}"), &[]);
        assert!(results.is_empty());
        let expected = [
            ("more-votes-than-entitled", 2),
            ("more-votes-than-returned", 3),
            ("not-a-count", 4),
            ("not-a-count", 5),
            ("not-a-number", 6),
            ("percentage-in-a-count", 7),
            ("unit-twice", 9),
            ("not-a-date", 10),
            ("closes-before-it-opens", 11),
            ("value-missing", 12),
            ("nobody-entitled", 13),
        ];
        assert_eq!(faults, expected);
    }

    #[test]
    fn l63_what_is_no_plain_count_is_refused_with_advice_that_is_not_another_number() {
        for (text, code, advice) in [
            ("N/A", "not-a-number", "unknown"),
            ("-", "not-a-number", "unknown"),
            ("-0", "not-a-count", "450"),
            ("+5", "not-a-count", "450"),
            ("18446744073709551615", "not-a-count", "450"),
            ("1e3", "not-a-number", "digits"),
            ("1 000", "not-a-number", "1000"),
        ] {
            let faults = Faults::new();
            let defaults = RowDefaults { opened_on: Some(date(2022, 10, 6)), closed_on: Some(date(2022, 11, 2)), ..RowDefaults::default() };
            let file = format!("unit,question,entitled,yes,no,spoiled\nA,strike,100,40,{text},1\n");
            assert!(read_results("r.csv", &FileBytes::Read(file.into()), defaults, &[], &faults).is_empty());
            let found = faults.into_sorted();
            assert_eq!(found.iter().map(|fault| fault.code).collect::<Vec<_>>(), [code], "{text}");
            assert!(found[0].fix.contains(advice), "{text}: {}", found[0].fix);
        }
    }

    #[test]
    fn l61_an_empty_file_and_a_header_alone_are_faults() {
        assert_eq!(read("", &[]).1, [("file-empty", 1)]);
        assert_eq!(read("unit,question,entitled,yes,no,spoiled\n", &[]).1, [("file-empty", 1)]);
        assert_eq!(read("unit,question,entitled,yes,no\nA,strike,1,1,0\n", &[]).1, [("missing-column", 1)]);
    }

    #[test]
    fn l62_unknown_is_a_word_and_never_a_number() {
        let (results, faults) = read("unit,question,entitled,yes,no,spoiled,returned\nA,strike,unknown,40,unknown,unknown,50\n", &[]);
        assert_eq!((faults, results[0].figures().entitled, results[0].valid()), (vec![], None, None));
        assert_eq!(read("unit,question,entitled,yes,no,spoiled\nA,strike,100,40,unknown,1\n", &[]).1, [("returned-unknown", 2)]);
    }

    #[test]
    fn l21_papers_of_another_question_are_seen() {
        let (results, faults) = read("unit,question,entitled,yes,no,spoiled\nA,strike,100,40,8,1\nA,short_of_strike,100,45,5,0\n", &[]);
        assert_eq!(faults, []);
        assert_eq!(results.iter().map(UnitResult::returned).collect::<Vec<_>>(), [49, 50]);
    }

    #[test]
    fn names_that_differ_only_in_a_sign_are_two_units() {
        let head = "unit,question,entitled,yes,no,spoiled,returned,opened,closed\n";
        let rows = "A,strike,100,90,5,1,,,\nA+,strike,100,90,5,1,,,\n";
        let (results, faults) = read(&format!("{head}{rows}"), &[]);
        assert_eq!((results.len(), faults.len()), (2, 0), "{faults:?}");
        // Nor do the papers of one count for the other.
        let rows = "A,strike,100,40,5,1,,,\nA+,short,100,90,5,1,,,\n";
        let (results, _) = read(&format!("{head}{rows}"), &[]);
        let alone = read(&format!("{head}A,strike,100,40,5,1,,,\n"), &[]).0;
        assert_eq!(results[0], alone[0]);
        let (_, faults) = read(&format!("{head}A  b,strike,100,90,5,1,,,\na B,Strike,100,90,5,1,,,\n"), &[]);
        assert_eq!(faults.len(), 1, "{faults:?}");
    }
}
