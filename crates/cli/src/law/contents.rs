//! `whitley law contents`: what a document must contain on its day, and what one leaves out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dated::{Faults, TomlFile, nearest_name};
use law::{CHECK_OFF_FIELD, Contents, ContentsFault, Document, DocumentFacts, Rulebook, check_contents, required_contents, weekday_date};
use serde_json::json;

use super::timetable::could_not_check;
use super::{Cited, option_date, option_jurisdiction, read_file, with_closing};
use crate::answer::{Outcome, Table, print, print_json, refuse};

#[derive(Args)]
pub(crate) struct ContentsArguments {
    /// Which document
    document: DocumentName,
    /// For paper and result: the day the ballot opens; for notices: the day the employer receives it
    #[arg(long, value_name = "DAY")]
    on: String,
    /// GB or NI
    #[arg(long, default_value = "GB", value_name = "GB|NI")]
    jurisdiction: String,
    /// How many are entitled to vote (a small ballot needs no scrutineer)
    #[arg(long, value_name = "N")]
    entitled: Option<u64>,
    /// Most of those entitled are normally engaged in important public services
    #[arg(long)]
    important_public_service: bool,
    /// Only a strike is put to the vote, no action short of one
    #[arg(long)]
    strike_only: bool,
    /// The day the sample voting paper was supplied (old papers may stay under the saving of February 2026)
    #[arg(long, value_name = "DAY")]
    sample_supplied: Option<String>,
    /// A document as field = value: which required field is missing?
    #[arg(long, value_name = "FILE.toml")]
    check: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum DocumentName {
    Paper,
    BallotNotice,
    ActionNotice,
    Result,
}

impl From<DocumentName> for Document {
    fn from(name: DocumentName) -> Self {
        match name {
            DocumentName::Paper => Self::VotingPaper,
            DocumentName::BallotNotice => Self::BallotNotice,
            DocumentName::ActionNotice => Self::ActionNotice,
            DocumentName::Result => Self::ResultStatement,
        }
    }
}

pub(crate) fn run(arguments: &ContentsArguments, book: &Rulebook, as_json: bool) -> Outcome {
    let faults = Faults::new();
    let day = option_date("--on", Some(&arguments.on), &faults);
    let facts = DocumentFacts {
        jurisdiction: option_jurisdiction(&arguments.jurisdiction, &faults),
        entitled: arguments.entitled,
        important_public_service: arguments.important_public_service,
        strike_only: arguments.strike_only,
        sample_paper_supplied_on: option_date("--sample-supplied", arguments.sample_supplied.as_deref(), &faults),
    };
    let contents = match day.map(|day| required_contents(book, arguments.document.into(), day, facts)) {
        Some(Ok(contents)) if faults.error_count() == 0 => contents,
        Some(Err(not_covered)) if faults.error_count() == 0 => return could_not_check(&not_covered, book, as_json),
        _ => return refuse(&faults.into_sorted(), as_json),
    };
    let document = match &arguments.check {
        None => None,
        Some(path) => match read_file(path) {
            Ok(bytes) => {
                let name = path.to_string_lossy();
                let known: Vec<&str> = contents.fields.iter().map(|field| field.id).chain([CHECK_OFF_FIELD]).collect();
                TomlFile::read(&name, &bytes, &faults).map(|toml| {
                    toml.with_root(&faults, |root| {
                        let keys = root.keys();
                        for key in keys.iter().filter(|key| !known.contains(&key.as_str())) {
                            // Fields of the user's own are welcome; one that is nearly a required one is a slip.
                            if let Some(near) = nearest_name(key, known.iter().copied()) {
                                let what = format!("“{key}” is no field of this document");
                                faults.warning("unknown-field", &root.place_of(key), what, format!("did you mean “{near}”?"));
                            }
                        }
                        keys.into_iter().filter_map(|key| Some((key.clone(), root.written(&key)?))).collect::<BTreeMap<String, String>>()
                    })
                })
            }
            Err(found) => return refuse(&found, as_json),
        },
    };
    if faults.error_count() > 0 {
        return refuse(&faults.into_sorted(), as_json);
    }
    for warning in faults.into_sorted() {
        complain!("{warning}");
    }
    let found = document.as_ref().map(|document| check_contents(&contents, document));
    let outcome = if found.as_ref().is_some_and(|found| !found.is_empty()) { Outcome::No } else { Outcome::Yes };
    let mut cited = Cited::default();
    cited.extend(contents.fields.iter().map(|field| field.rule).chain(contents.statement.map(|(_, rule)| rule)));
    if as_json {
        print_json(&with_closing(to_json(&contents, found.as_deref()), book, &cited));
    } else {
        print(&to_text(&contents, found.as_deref(), &cited, book));
    }
    outcome
}

fn to_json(contents: &Contents<'_>, found: Option<&[ContentsFault<'_>]>) -> serde_json::Value {
    let missing = found.map(|found| {
        let fault = |fault: &ContentsFault<'_>| match fault {
            ContentsFault::Missing { field, text, rule } => json!({"field": field, "what": format!("missing: {text}"), "rule": rule}),
            ContentsFault::StatementDiffers { must_be, same_until, rule } => {
                json!({"field": "statutory_statement", "what": "not word for word", "must_be": must_be, "same_until": same_until, "rule": rule})
            }
        };
        found.iter().map(fault).collect::<Vec<_>>()
    });
    json!({
        "document": contents.document.name(),
        "on": contents.day.to_string(),
        "day_means": contents.document.day(),
        "fields": contents.fields.iter().map(|field| json!({"field": field.id, "text": field.text, "rule": field.rule.id})).collect::<Vec<_>>(),
        "statement": contents.statement.map(|(text, rule)| json!({"text": text, "rule": rule.id, "verbatim": true})),
        "instead_for_check_off": contents.check_off.map(|check_off| json!({"text": check_off.instead, "replaces": check_off.replaces})),
        "pending": contents.pending.iter().map(|rule| json!({"rule": rule.id, "fields": rule.texts(), "source": rule.source})).collect::<Vec<_>>(),
        "complete": found.map(<[_]>::is_empty),
        "missing": missing,
    })
}

fn to_text(contents: &Contents<'_>, found: Option<&[ContentsFault<'_>]>, cited: &Cited<'_>, book: &Rulebook) -> String {
    let name = contents.document.name();
    let mut text = format!("A {name} by the law of {} ({}) must contain:\n\n", weekday_date(contents.day), contents.document.day());
    let mut table = Table::new(&["Field", "What", "Rule"]);
    for field in &contents.fields {
        table.row([field.id.to_owned(), field.text.to_owned(), field.rule.id.clone()]);
    }
    text.push_str(&table.text());
    if let Some((statement, rule)) = contents.statement {
        text.push_str(&format!("\nThe statement, word for word ({}):\n\n  {statement}\n", rule.id));
    }
    if let Some(check_off) = contents.check_off {
        text.push_str(&format!("\nFor members who pay by check-off instead ({CHECK_OFF_FIELD}): {}.\n", check_off.instead));
    }
    for rule in &contents.pending {
        text.push_str(&format!("\nPending: {} would ask for {} ({}).\n", rule.id, rule.texts().join(", "), rule.source));
    }
    match found {
        None => text.push_str("\nNext: --check FILE.toml says which field a document leaves out (field = value, one a line).\n"),
        Some([]) => {
            text.push_str("\nCHECKED: nothing required is missing. Whether what stands there is true and accurate was not checked.\n")
        }
        Some(found) => {
            text.push_str(&format!("\nCHECKED: {} missing or wrong.\n", found.len()));
            for fault in found {
                match fault {
                    ContentsFault::Missing { field, text: what, rule } => text.push_str(&format!("  {field}: missing: {what} ({rule})\n")),
                    ContentsFault::StatementDiffers { same_until, rule, .. } => {
                        text.push_str(&format!("  statutory_statement: not word for word ({rule}); it is right as far as “{same_until}”\n"))
                    }
                }
            }
        }
    }
    text.push_str(&cited.text(book));
    text
}
