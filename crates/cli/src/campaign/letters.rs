//! `whitley letters check`, `counts` and `text`.

use std::borrow::Cow;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use dated::{Date, Faults, long_date};
use dispute::campaign::sameness::{RUN_WORDS, Sameness};
use dispute::campaign::{Letter, Letters, counts, letters};
use serde_json::{Value as Json, json};

use super::{PlaceFiles, csv_row, csv_rows, no_plan, open_with_members, parse_day};
use crate::answer::{self, Outcome, Table, number};
use crate::disk::Opened;
use crate::pdf::{self, PdfFolder};

/// The verbs.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Check every letter before print: whom it is to, whether it is the member's own
    Check(Question),
    /// How many letters to each member of Parliament and from each branch; never a word of them
    Counts(Counting),
    /// The letters themselves: text, rows, or PDFs ready for the post
    Text(Text),
}

impl Verb {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let outcome = match self {
            Self::Check(command) => command.check(as_json),
            Self::Counts(command) => command.run(as_json),
            Self::Text(command) => command.run(as_json),
        };
        outcome.unwrap_or_else(|outcome| outcome)
    }
}

/// What all verbs ask for.
#[derive(Args)]
pub(crate) struct Question {
    /// The dispute folder, with campaign.toml
    dispute: String,
    /// Who writes: member,name,branch,address,postcode,point,…,words
    #[arg(long)]
    members: PathBuf,
    /// The date of the letters
    #[arg(long, value_parser = parse_day)]
    on: Date,
    /// Hold back letters of which so many percent is copied, instead of what campaign.toml says
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100))]
    too_alike: Option<u32>,
    #[command(flatten)]
    files: PlaceFiles,
}

/// Arguments of `whitley letters counts`.
#[derive(Args)]
pub(crate) struct Counting {
    #[command(flatten)]
    question: Question,
    /// Write CSV: one row for each constituency and branch
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// Arguments of `whitley letters text`.
#[derive(Args)]
pub(crate) struct Text {
    #[command(flatten)]
    question: Question,
    /// Write CSV: one row for each letter
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Leave out the letters that are copies, instead of refusing all
    #[arg(long)]
    leave_out_copies: bool,
    #[command(flatten)]
    pdf: PdfFolder,
}

impl Question {
    /// Writes all letters. Any fault refuses them all.
    fn letters(&self, as_json: bool) -> Result<(Opened, Letters), Outcome> {
        let faults = Faults::new();
        let (opened, writers) = open_with_members(&self.dispute, &self.members, &faults, as_json)?;
        let plan = &opened.dispute.campaign_plan;
        if plan.letter.is_none() {
            return Err(no_plan(&opened.dispute, "letter", as_json));
        }
        let read = self.files.read(&opened.library.sources, &faults)?;
        let found = letters(&opened.dispute, plan, read.places(), &writers, self.on, self.too_alike, &faults);
        let faults = faults.into_sorted();
        if !faults.is_empty() {
            if !as_json {
                complain!("{} faults; no letter was written", faults.len());
            }
            return Err(answer::refuse(&faults, as_json));
        }
        Ok((opened, found))
    }

    fn check(self, as_json: bool) -> Result<Outcome, Outcome> {
        let (_, all) = self.letters(as_json)?;
        let held: Vec<&Letter> = all.letters.iter().filter(|letter| letter.too_alike).collect();
        if as_json {
            answer::print_json(&json!({
                "on": all.on.to_string(),
                "letters": all.letters.len(),
                "too_alike_percent": all.too_alike_percent,
                "held_back": held.iter().map(|letter| letter.member.clone()).collect::<Vec<_>>(),
                "checked": all.letters.iter().map(checked_json).collect::<Vec<_>>(),
            }));
        } else {
            answer::print(&format!("{}\n", heading(&all)));
            answer::print(&held_text(&all, &held));
            if held.is_empty() {
                answer::print(&format!("next: whitley letters text {} --members … --on {} --csv\n", self.dispute, all.on));
            }
        }
        Ok(if held.is_empty() { Outcome::Yes } else { Outcome::No })
    }
}

fn heading(all: &Letters) -> String {
    let seats = counts(all).seats;
    let mut notes: Vec<&str> = seats.iter().map(|seat| seat.mp_note.as_str()).collect();
    notes.sort_unstable();
    notes.dedup();
    format!("{} letters to {} members of Parliament ({}), dated {}", all.letters.len(), seats.len(), notes.join("; "), long_date(all.on))
}

fn checked_json(letter: &Letter) -> Json {
    let same = &letter.sameness;
    json!({
        "member": letter.member,
        "branch": letter.branch,
        "constituency": letter.constituency,
        "mp": letter.mp,
        "mp_note": letter.mp_note,
        "own_words": letter.own_words,
        "loss": number(letter.loss.pounds(), 2),
        "runs": same.runs,
        "in_template": same.in_template,
        "in_other_letters": same.in_others,
        "copied": same.copied,
        "copied_percent": same.percent(),
        "too_alike": letter.too_alike,
        "longest": same.longest.map(|passage| json!({
            "first_word": passage.first_word,
            "words": passage.words,
            "in_template": passage.from_template,
            "letters": passage.letters,
            "other_member": letter.alike_with,
        })),
    })
}

/// The letters that are held back, and how the measure works.
fn held_text(all: &Letters, held: &[&Letter]) -> String {
    let percent = all.too_alike_percent;
    if held.is_empty() {
        return format!("No letter is a copy: in none do {percent}% of the runs of {RUN_WORDS} words stand elsewhere.\n");
    }
    let mut table = Table::new(&["member", "branch", ">copied", ">runs", ">in template", ">in others", "longest passage"]);
    for letter in held {
        let same = &letter.sameness;
        table.row([
            letter.member.clone(),
            letter.branch.clone(),
            format!("{}%", same.percent()),
            format!("{} of {}", same.copied, same.runs),
            same.in_template.to_string(),
            same.in_others.to_string(),
            passage_text(same, letter.alike_with.as_deref()),
        ]);
    }
    format!(
        "{} held back: {percent}% or more of the member's own words is copied.\n{}\
         A run is {RUN_WORDS} words in a row; it is copied when it stands in the template or in another member's letter.\n\
         Both of two that are alike are held back: ask one to write again.\n\
         The limit is `too_alike_percent` in campaign.toml, or --too-alike PERCENT for this once.\n",
        held.len(),
        table.text()
    )
}

fn passage_text(same: &Sameness, other: Option<&str>) -> String {
    let Some(passage) = same.longest else { return String::new() };
    let from = match (passage.from_template, other) {
        (true, _) => "in the template".to_owned(),
        (false, Some(other)) => format!("in {} letters, also {other}'s", passage.letters),
        (false, None) => format!("in {} letters", passage.letters),
    };
    format!("words {} to {}, {from}", passage.first_word, passage.first_word + passage.words - 1)
}

impl Counting {
    fn run(self, as_json: bool) -> Result<Outcome, Outcome> {
        let (opened, all) = self.question.letters(as_json)?;
        let plan = &opened.dispute.campaign_plan;
        let found = counts(&all);
        if as_json {
            answer::print_json(&json!({
                "on": all.on.to_string(),
                "letters": all.letters.len(),
                "held_back": all.letters.iter().filter(|letter| letter.too_alike).count(),
                "mps": found.seats.iter().map(|seat| json!({
                    "constituency": seat.constituency,
                    "mp": seat.mp,
                    "mp_note": seat.mp_note,
                    "letters": seat.letters,
                    "held_back": seat.held_back,
                    "loss": number(seat.loss.pounds(), 2),
                    "branches": seat.branches.iter().map(|(branch, letters)| json!({ "branch": branch, "letters": letters })).collect::<Vec<_>>(),
                })).collect::<Vec<_>>(),
                "branches": found.branches.iter().map(|branch| json!({
                    "branch": branch.branch,
                    "name": plan.branch_name(&branch.branch),
                    "letters": branch.letters,
                    "held_back": branch.held_back,
                    "mps": branch.mps,
                    "loss": number(branch.loss.pounds(), 2),
                })).collect::<Vec<_>>(),
            }));
        } else if self.csv {
            let rows = found.seats.iter().flat_map(|seat| {
                seat.branches.iter().map(|(branch, letters)| {
                    [&seat.constituency, &seat.mp, &seat.mp_note, branch]
                        .map(|text| text.as_str().into())
                        .into_iter()
                        .chain([letters.to_string().into()])
                        .collect()
                })
            });
            answer::print(&csv_rows(&["constituency", "mp", "mp_note", "branch", "letters"], rows));
        } else {
            answer::print(&format!("{}\n", heading(&all)));
            let mut table = Table::new(&["constituency", "member of Parliament", ">letters", ">held back", ">loss together"]);
            for seat in &found.seats {
                table.row([
                    seat.constituency.clone(),
                    format!("{}, {}", seat.mp, seat.mp_note),
                    seat.letters.to_string(),
                    seat.held_back.to_string(),
                    seat.loss.to_string(),
                ]);
            }
            answer::print(&table.text());
            let mut table = Table::new(&["branch", ">letters", ">held back", ">members of Parliament", ">loss together"]);
            for branch in &found.branches {
                table.row([
                    plan.branch_name(&branch.branch).to_owned(),
                    branch.letters.to_string(),
                    branch.held_back.to_string(),
                    branch.mps.to_string(),
                    branch.loss.to_string(),
                ]);
            }
            answer::print(&table.text());
        }
        Ok(Outcome::Yes)
    }
}

impl Text {
    fn run(self, as_json: bool) -> Result<Outcome, Outcome> {
        let (_, mut all) = self.question.letters(as_json)?;
        let held: Vec<&Letter> = all.letters.iter().filter(|letter| letter.too_alike).collect();
        if !held.is_empty() {
            answer::print_to_err(&held_text(&all, &held));
            if !self.leave_out_copies {
                complain!("nothing was written; --leave-out-copies writes the others");
                if as_json {
                    let members: Vec<&str> = held.iter().map(|letter| letter.member.as_str()).collect();
                    answer::print_json(&json!({ "letters": [], "held_back": members }));
                }
                return Ok(Outcome::No);
            }
            all.letters.retain(|letter| !letter.too_alike);
        }
        if let Some(out) = &self.pdf.pdf {
            let rows: Vec<String> = all.letters.iter().map(|letter| csv_row(row(letter).into_iter())).collect();
            return pdf::letters(&all.letters, &rows, &self.pdf, out, as_json);
        }
        if as_json {
            answer::print_json(&json!({ "on": all.on.to_string(), "letters": all.letters.iter().map(letter_json).collect::<Vec<_>>() }));
        } else if self.csv {
            let header = ["member", "name", "address", "branch", "constituency", "mp", "mp_note", "date", "loss", "text"];
            let rows = all.letters.iter().map(row);
            answer::print(&csv_rows(&header, rows));
        } else {
            for (at, letter) in all.letters.iter().enumerate() {
                // A new page for each.
                let page = if at == 0 { "" } else { "\u{c}\n" };
                answer::print(&format!("{page}{}", letter.text()));
            }
        }
        Ok(Outcome::Yes)
    }
}

/// The row of a letter, whose hash stands in the manifest.
fn row(letter: &Letter) -> Vec<Cow<'_, str>> {
    vec![
        letter.member.as_str().into(),
        letter.name.as_str().into(),
        letter.address.join("; ").into(),
        letter.branch.as_str().into(),
        letter.constituency.as_str().into(),
        letter.mp.as_str().into(),
        letter.mp_note.as_str().into(),
        letter.on.to_string().into(),
        letter.loss.pounds().to_fixed(2).into(),
        letter.text().into(),
    ]
}

fn letter_json(letter: &Letter) -> Json {
    json!({
        "member": letter.member,
        "name": letter.name,
        "address": letter.address,
        "branch": letter.branch,
        "constituency": letter.constituency,
        "mp": letter.mp,
        "mp_note": letter.mp_note,
        "date": letter.on.to_string(),
        "loss": number(letter.loss.pounds(), 2),
        "paragraphs": letter.paragraphs,
        "text": letter.text(),
    })
}
