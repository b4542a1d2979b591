//! `whitley conference tests`: the words that were carried, held against the offers.

use clap::Args;
use dated::Ratio;
use dispute::conference::{Asks, Figure, MotionTest, TestOutcome, Verdict};
use report::said::{asked, reading_words};
use serde_json::{Value, json};

use super::{choose, question};
use crate::answer::{self, Outcome, number};
use crate::disk::{self, Opened};

/// Arguments of `whitley conference tests`.
#[derive(Args)]
pub(crate) struct Tests {
    /// The dispute folder
    dispute: String,
    /// Only the offer of this id; then the exit code says whether it meets every test that can be computed
    #[arg(long)]
    offer: Option<String>,
    /// Only the conference of this id
    #[arg(long)]
    conference: Option<String>,
}

impl Tests {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Outcome> {
        let Opened { dispute, .. } = disk::open(&self.dispute, as_json)?;
        let chosen = choose(&dispute, self.conference.as_deref(), as_json)?;
        if let Some(id) = &self.offer
            && dispute.offer(id).is_none()
        {
            let known: Vec<&str> = dispute.offers.iter().map(|offer| offer.id.as_str()).collect();
            return Err(question(&format!("there is no offer “{id}”"), &format!("the offers are {}", known.join(", ")), as_json));
        }
        let mut values = Vec::new();
        let mut text = String::new();
        let mut verdicts = Vec::new();
        for conference in chosen {
            let results = conference.measure(&dispute, self.offer.as_deref());
            if results.is_empty() {
                text.push_str(&format!(
                    "{}: no words of what was carried ask anything of an offer that is known here.\n",
                    conference.name()
                ));
            }
            for result in &results {
                verdicts.extend(result.outcomes.iter().map(|outcome| outcome.verdict));
                values.push(json!({
                    "conference": conference.id,
                    "motion": result.test.motion,
                    "words": result.test.words,
                    "asks": result.test.asks.word(),
                    "asks_in_words": asked(&result.test.asks),
                    "index": index_of(&result.test.asks),
                    "which_index": result.test.asks == Asks::AboveInflation(None),
                    "origin": result.test.origin.word(),
                    "results": result.outcomes.iter().map(outcome_json).collect::<Vec<_>>(),
                }));
                text.push_str(&test_text(&result.test, &result.outcomes));
            }
        }
        if as_json {
            answer::print_json(&json!({ "dispute": dispute.id, "tests": values }));
        } else {
            let count = |verdict: Verdict| verdicts.iter().filter(|found| **found == verdict).count();
            let all = [Verdict::Met, Verdict::MetIf, Verdict::NotMet, Verdict::ForJudgement, Verdict::CannotTell];
            let counts: Vec<String> = all.iter().map(|verdict| format!("{} {}", count(*verdict), verdict.words())).collect();
            answer::print(&format!("{text}{}\n", counts.join(", ")));
        }
        Ok(match self.offer {
            Some(_) if verdicts.contains(&Verdict::NotMet) => Outcome::No,
            Some(_) if verdicts.iter().any(|verdict| matches!(verdict, Verdict::CannotTell | Verdict::MetIf)) => Outcome::CouldNotCheck,
            _ => Outcome::Yes,
        })
    }
}

fn index_of(asks: &Asks) -> Option<&'static str> {
    if let Asks::AboveInflation(index) = asks { index.map(pay::Index::word) } else { None }
}

fn outcome_json(outcome: &TestOutcome) -> Value {
    json!({
        "offer": outcome.offer,
        "title": outcome.offer_title,
        "nation": outcome.nation,
        "group": outcome.group,
        "made": outcome.standing.word(),
        "verdict": outcome.verdict.word(),
        "figures": outcome.figures.iter().map(figure_json).collect::<Vec<_>>(),
        "notes": outcome.notes,
    })
}

fn figure_json(figure: &Figure) -> Value {
    let pair = |(in_year, year_end): (Ratio, Ratio)| json!({ "in_year": number(in_year, 6), "year_end": number(year_end, 6) });
    json!({
        "reading": figure.reading,
        "index": figure.index.map(pay::Index::word),
        "unit": figure.unit,
        "gives": pair(figure.gives),
        "asked": figure.asked.map(pair),
        "holds": figure.holds.map(|(in_year, year_end)| json!({ "in_year": in_year, "year_end": year_end })),
        "source": figure.source,
    })
}

fn test_text(test: &MotionTest, outcomes: &[TestOutcome]) -> String {
    let mut text = format!("“{}” ({}): {} [{}]\n", test.words, test.motion_name, asked(&test.asks), test.origin.word());
    let mut last_offer = None;
    for outcome in outcomes {
        if last_offer != Some(&outcome.offer) {
            text.push_str(&format!("  {} [{}], {}\n", outcome.offer_title, outcome.offer, outcome.standing.words()));
            last_offer = Some(&outcome.offer);
        }
        let group = outcome.group.as_ref().map(|group| format!(", {group}")).unwrap_or_default();
        text.push_str(&format!("    {}{group}: {}\n", outcome.nation, outcome.verdict.words().to_uppercase()));
        for figure in &outcome.figures {
            text.push_str(&format!("        {}\n", reading_words(figure)));
        }
        for note in &outcome.notes {
            text.push_str(&format!("        {note}\n"));
        }
    }
    text.push('\n');
    text
}
