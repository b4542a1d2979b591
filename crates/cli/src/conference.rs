//! `whitley conference …`: the agenda, the decisions that follow from the log, the papers, and the tests in the words.

mod run;
mod tests;

use clap::{Args, Subcommand};
use dispute::Dispute;
use dispute::conference::Conference;
use serde_json::{Value, json};

use crate::answer::{self, Outcome};
use crate::disk::{self, Opened};
use crate::pdf::{self, ConferenceKind, PdfFile};

/// The verbs of a conference.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Replay the log to decisions: outcome, votes, texts before and after, what fell
    Run(run::Run),
    /// Print the agenda in the order of business, with amendments and the committee's decisions
    Agenda(Paper),
    /// Print the minute; every outcome and the word unanimous are derived from the log
    Minute(Paper),
    /// Print what was decided, with final texts, for those who have to carry it out
    DecisionsBook(Paper),
    /// Hold the words that were carried against each offer: met, not met, for judgement, cannot tell
    Tests(tests::Tests),
}

/// Arguments of the papers.
#[derive(Args)]
pub(crate) struct Paper {
    /// The dispute folder
    dispute: String,
    /// Only the conference of this id
    #[arg(long)]
    conference: Option<String>,
    /// Print Markdown instead of plain text
    #[arg(long, conflicts_with = "pdf")]
    markdown: bool,
    #[command(flatten)]
    pdf: PdfFile,
}

impl Verb {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let result = match self {
            Self::Run(command) => command.run(as_json),
            Self::Tests(command) => command.run(as_json),
            Self::Agenda(paper) => paper.print(ConferenceKind::Agenda, as_json, |conference, markdown| {
                let agenda = conference.agenda();
                let entries = agenda.entries.iter().map(|entry| {
                    json!({
                        "id": entry.id, "heading": entry.heading, "depth": entry.depth, "mover": entry.mover,
                        "text": entry.text, "notes": entry.notes,
                        "conflicts_with": entry.conflicts_with, "before": before(&entry.before_and_after), "after": after(&entry.before_and_after),
                    })
                });
                let value = json!({
                    "conference": conference.id, "title": agenda.title, "when": agenda.when,
                    "entries": entries.collect::<Vec<_>>(), "guillotine": agenda.guillotine,
                });
                (value, if markdown { agenda.markdown() } else { agenda.text() })
            }),
            Self::Minute(paper) => paper.print(ConferenceKind::Minute, as_json, |conference, markdown| {
                let minute = conference.minute();
                let items = minute.items.iter().map(
                    |item| json!({
                        "id": item.id, "heading": item.heading, "text": item.text, "sentences": item.sentences,
                        "conflicts_with": item.conflicts_with, "before": before(&item.before_and_after), "after": after(&item.before_and_after),
                    }),
                );
                let value = json!({
                    "conference": conference.id, "title": minute.title, "when": minute.when,
                    "items": items.collect::<Vec<_>>(), "source": minute.sources,
                });
                (value, if markdown { minute.markdown() } else { minute.text() })
            }),
            Self::DecisionsBook(paper) => paper.print(ConferenceKind::DecisionsBook, as_json, |conference, markdown| {
                let book = conference.decisions_book();
                let entries = |entries: &[dispute::conference::BookEntry]| {
                    let entry = |entry: &dispute::conference::BookEntry| {
                        json!({ "id": entry.id, "heading": entry.heading, "outcome": entry.outcome, "text": entry.text, "before": entry.before })
                    };
                    entries.iter().map(entry).collect::<Vec<_>>()
                };
                let value = json!({
                    "conference": conference.id, "title": book.title, "when": book.when,
                    "carried": entries(&book.carried), "remitted": entries(&book.remitted), "others": entries(&book.others),
                });
                (value, if markdown { book.markdown() } else { book.text() })
            }),
        };
        result.unwrap_or_else(|outcome| outcome)
    }
}

impl Paper {
    fn print(self, kind: ConferenceKind, as_json: bool, paper: impl Fn(&Conference, bool) -> (Value, String)) -> Result<Outcome, Outcome> {
        let Opened { dispute, .. } = disk::open(&self.dispute, as_json)?;
        let chosen = choose(&dispute, self.conference.as_deref(), as_json)?;
        if let Some(file) = &self.pdf.pdf {
            return pdf::conference(&chosen, kind, &self.pdf, file, as_json);
        }
        let papers: Vec<(Value, String)> = chosen.iter().map(|conference| paper(conference, self.markdown)).collect();
        if as_json {
            let values: Vec<Value> = papers.into_iter().map(|(value, _)| value).collect();
            answer::print_json(&json!({ "dispute": dispute.id, "conferences": values }));
        } else {
            let texts: Vec<String> = papers.into_iter().map(|(_, text)| text).collect();
            answer::print(&texts.join("\n"));
        }
        Ok(Outcome::Yes)
    }
}

fn before(both: &Option<(String, String)>) -> Option<&str> {
    both.as_ref().map(|(before, _)| before.as_str())
}

fn after(both: &Option<(String, String)>) -> Option<&str> {
    both.as_ref().map(|(_, after)| after.as_str())
}

/// The conferences that are asked about; a dispute without any cannot answer.
fn choose<'d>(dispute: &'d Dispute, id: Option<&str>, as_json: bool) -> Result<Vec<&'d Conference>, Outcome> {
    let chosen: Vec<&Conference> = dispute.conferences.iter().filter(|conference| id.is_none_or(|id| conference.id == id)).collect();
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    let known: Vec<&str> = dispute.conferences.iter().map(|conference| conference.id.as_str()).collect();
    let (what, fix) = match id {
        Some(id) if !known.is_empty() => (format!("there is no conference “{id}” in this dispute"), format!("one of {}", known.join(", "))),
        _ => (
            "this dispute has no conference with an agenda".to_owned(),
            "write decide/conference.toml as docs/spec/conference.md shows, with [conference], [[motion]] and [[log]]".to_owned(),
        ),
    };
    Err(question(&what, &fix, as_json))
}

/// A question that cannot be answered as put.
fn question(what: &str, fix: &str, as_json: bool) -> Outcome {
    if as_json {
        let fault = dated::Fault {
            code: "question",
            severity: dated::Severity::Error,
            place: dated::Place::new("command line", 1),
            what: what.to_owned(),
            fix: fix.to_owned(),
        };
        return answer::refuse(&[fault], true);
    }
    complain!("{what}; {fix}");
    Outcome::BadInput
}
