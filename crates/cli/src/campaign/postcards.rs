//! `whitley postcards text` and `tally`.

use std::borrow::Cow;

use clap::{Args, Subcommand};
use dated::Faults;
use dispute::campaign::{CampaignPlan, Language, Postcard, postcards, tally};
use serde_json::{Value as Json, json};

use super::{Campaigners, csv_row, csv_rows, no_plan, open_with_members};
use crate::answer::{self, Outcome, Table, number};
use crate::pdf::{self, CardPdf};

/// The verbs.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// The cards, each with the member's own loss: text, rows, or with --pdf sheets with marks to cut
    Text(Text),
    /// How many cards by batch and branch, and what their members go without together
    Tally(Question),
}

impl Verb {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let outcome = match self {
            Self::Text(command) => command.run(as_json),
            Self::Tally(command) => command.tally(as_json),
        };
        outcome.unwrap_or_else(|outcome| outcome)
    }
}

/// What both verbs ask for.
#[derive(Args)]
pub(crate) struct Question {
    #[command(flatten)]
    who: Campaigners,
}

/// Arguments of `whitley postcards text`.
#[derive(Args)]
pub(crate) struct Text {
    #[command(flatten)]
    question: Question,
    /// Write CSV: one row for each card
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    pdf: CardPdf,
}

impl Question {
    fn cards(&self, language: Language, as_json: bool) -> Result<(CampaignPlan, Vec<Postcard>), Outcome> {
        let faults = Faults::new();
        let (opened, writers) = open_with_members(&self.who, &faults, as_json)?;
        let plan = opened.dispute.campaign_plan.clone();
        if plan.postcard.is_none() {
            return Err(no_plan(&opened.dispute, "postcard", as_json));
        }
        let cards = postcards(&opened.dispute, &plan, &writers, language, &faults);
        let faults = faults.into_sorted();
        if !faults.is_empty() {
            if !as_json {
                complain!("{} faults; no card was written", faults.len());
            }
            return Err(answer::refuse(&faults, as_json));
        }
        Ok((plan, cards))
    }

    fn tally(self, as_json: bool) -> Result<Outcome, Outcome> {
        let (plan, cards) = self.cards(Language::English, as_json)?;
        let tally = tally(&cards);
        if as_json {
            answer::print_json(&json!({
                "cards": tally.cards,
                "with_own_words": tally.with_own_words,
                "different_figures": tally.different_figures,
                "loss": number(tally.loss.pounds(), 2),
                "batches": tally.batches.iter().map(|(batch, first, last, cards, loss)| json!({
                    "batch": batch, "first": first, "last": last, "cards": cards, "loss": number(loss.pounds(), 2),
                })).collect::<Vec<_>>(),
                "branches": tally.branches.iter().map(|(branch, cards, loss)| json!({
                    "branch": branch, "name": plan.branch_name(branch), "cards": cards, "loss": number(loss.pounds(), 2),
                })).collect::<Vec<_>>(),
            }));
            return Ok(Outcome::Yes);
        }
        let mut text = format!(
            "{} cards with {} different figures, {} of them with own words; together their members go without {}\n",
            tally.cards, tally.different_figures, tally.with_own_words, tally.loss
        );
        let mut table = Table::new(&["batch", ">first", ">last", ">cards", ">loss together"]);
        for (batch, first, last, cards, loss) in &tally.batches {
            table.row([batch.to_string(), first.to_string(), last.to_string(), cards.to_string(), loss.to_string()]);
        }
        text.push_str(&table.text());
        let mut table = Table::new(&["branch", ">cards", ">loss together"]);
        for (branch, cards, loss) in &tally.branches {
            table.row([plan.branch_name(branch).to_owned(), cards.to_string(), loss.to_string()]);
        }
        text.push_str(&table.text());
        answer::print(&text);
        Ok(Outcome::Yes)
    }
}

impl Text {
    fn run(self, as_json: bool) -> Result<Outcome, Outcome> {
        let language = if self.pdf.welsh { Language::Welsh } else { Language::English };
        let (plan, cards) = self.question.cards(language, as_json)?;
        if let Some(out) = &self.pdf.folder.pdf {
            let Some(date) = self.pdf.date else {
                complain!("the sheets need a date: add --date DAY");
                return Err(Outcome::BadInput);
            };
            return pdf::postcards(&cards, &plan, |card| csv_row(row(card).into_iter()), &self.pdf, (out, date), as_json);
        }
        if as_json {
            answer::print_json(&json!({ "cards": cards.iter().map(card_json).collect::<Vec<_>>() }));
        } else if self.csv {
            answer::print(&rows(&cards));
        } else {
            for card in &cards {
                let own = card.own_words.as_ref().map(|own| format!("\n  {}\n", own.replace('\n', "\n  "))).unwrap_or_default();
                answer::print(&format!(
                    "Card {}, batch {}\n  {}\n  {}\n\n  {}\n{own}\n  {}\n  {}\n\n",
                    card.number,
                    card.batch,
                    card.to,
                    card.address.join("\n  "),
                    card.text.replace('\n', "\n  "),
                    card.name,
                    card.basis.words()
                ));
            }
        }
        Ok(Outcome::Yes)
    }
}

/// Cards as CSV, a row each.
pub(crate) fn rows(cards: &[Postcard]) -> String {
    let header = [
        "number",
        "batch",
        "member",
        "name",
        "branch",
        "to",
        "address",
        "text",
        "own_words",
        "loss",
        "loss_by_days",
        "weekly_loss",
        "basis",
    ];
    csv_rows(&header, cards.iter().map(row))
}

/// The row of a card, whose hash stands in the manifest.
fn row(card: &Postcard) -> Vec<Cow<'_, str>> {
    vec![
        card.number.to_string().into(),
        card.batch.to_string().into(),
        card.member.as_str().into(),
        card.name.as_str().into(),
        card.branch.as_str().into(),
        card.to.as_str().into(),
        card.address.join("; ").into(),
        card.text.as_str().into(),
        card.own_words.as_deref().unwrap_or_default().into(),
        card.loss.pounds().to_fixed(2).into(),
        card.loss_by_days.pounds().to_fixed(2).into(),
        card.weekly_loss.map(|loss| loss.pounds().to_fixed(2)).unwrap_or_default().into(),
        card.basis.words().into(),
    ]
}

fn card_json(card: &Postcard) -> Json {
    json!({
        "number": card.number,
        "batch": card.batch,
        "member": card.member,
        "name": card.name,
        "branch": card.branch,
        "to": card.to,
        "address": card.address,
        "text": card.text,
        "own_words": card.own_words,
        "loss": number(card.loss.pounds(), 2),
        "loss_by_days": number(card.loss_by_days.pounds(), 2),
        "weekly_loss": card.weekly_loss.map(|loss| number(loss.pounds(), 2)),
        "heading": card.heading,
        "basis": card.basis.words(),
    })
}
