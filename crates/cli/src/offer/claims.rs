//! `whitley offer claims`: each quoted figure, its readings, and whether it is true.

use clap::Args;
use dated::Ratio;
use dispute::Dispute;
use dispute::campaign::{ClaimCard, claim_card};
use pay::{CheckedFigure, CheckedReading, Verdict};
use serde_json::{Value as Json, json};

use super::{Stop, refuse_question};
use crate::answer::{self, Outcome, number};
use crate::disk::{self, Opened};

/// Arguments of `whitley offer claims`.
#[derive(Args)]
pub(crate) struct Claims {
    /// The dispute folder
    dispute: String,
    /// Only the figure of this id
    #[arg(long)]
    figure: Option<String>,
    /// The figure of this id as a card to hand out: figure, formula with numbers, data, date
    #[arg(long, conflicts_with = "figure")]
    card: Option<String>,
}

impl Claims {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let Opened { dispute, library } = disk::open(&self.dispute, as_json)?;
        let mut figures = dispute.check_figures(&library);
        if let Some(id) = self.figure.as_ref().or(self.card.as_ref()) {
            figures.retain(|figure| figure.figure.id == *id);
            if figures.is_empty() {
                let known: Vec<&str> = dispute.figures.iter().map(|figure| figure.id.as_str()).collect();
                return refuse_question(format!("there is no figure “{id}”; the figures are {}", known.join(", ")));
            }
        }
        if self.card.is_some()
            && let [figure] = figures.as_slice()
        {
            let card = claim_card(figure, &dispute, &dispute.sources);
            if as_json {
                answer::print_json(&json!({ "dispute": dispute.id, "claims": [figure_json(figure, &dispute)], "card": card_json(&card) }));
            } else {
                answer::print(&card.text());
            }
            return Ok(Outcome::Yes);
        }
        let count = |verdict: Verdict| figures.iter().filter(|figure| figure.verdict == verdict).count();
        if as_json {
            answer::print_json(&json!({
                "dispute": dispute.id,
                "claims": figures.iter().map(|figure| figure_json(figure, &dispute)).collect::<Vec<_>>(),
            }));
        } else {
            for figure in &figures {
                answer::print(&figure_text(figure, &dispute));
            }
            answer::print(&format!(
                "{} figures: {} true, {} true if, {} false, {} cannot be told\n",
                figures.len(),
                count(Verdict::True),
                count(Verdict::TrueIf),
                count(Verdict::False),
                count(Verdict::CannotTell)
            ));
        }
        Ok(Outcome::Yes)
    }
}

fn figure_json(checked: &CheckedFigure<'_>, dispute: &Dispute) -> Json {
    let figure = checked.figure;
    json!({
        "id": figure.id,
        "quoted": figure.quoted,
        "quoted_value": number(figure.value, 6),
        "unit": figure.unit,
        "says": figure.says.word(),
        "who": dispute.party_name(&figure.who.0),
        "when": figure.when.map(pay::When::iso),
        "nobody_quoted_it": figure.is_worked_out(),
        "meaning": figure.meaning,
        "note": figure.note,
        "verdict": checked.verdict.word(),
        "true_under": checked.readings.iter().filter(|reading| matches!(reading.outcome, Ok((_, true)))).map(|reading| reading.definition).collect::<Vec<_>>(),
        "nearest": checked.nearest().map(|reading| json!({ "definition": reading.definition, "value": value_json(reading) })),
        "readings": checked.readings.iter().map(reading_json).collect::<Vec<_>>(),
        "missing": figure.missing.iter().map(|missing| json!({ "definition": missing.definition, "needed": missing.needed })).collect::<Vec<_>>(),
        "source": figure.source,
        "status": figure.status.word(),
    })
}

fn card_json(card: &ClaimCard) -> Json {
    json!({
        "id": card.id,
        "quoted": card.quoted,
        "who": card.who,
        "meaning": card.meaning,
        "verdict": card.verdict,
        "shown": card.shown.iter().map(|reading| json!({
            "definition": reading.definition,
            "formula": reading.formula,
            "sum": reading.sum,
            "inputs": reading.inputs.iter().map(|(name, value, what, source)| {
                json!({ "name": name, "value": value, "what": what, "source": source })
            }).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "not_under": card.not_under.iter().map(|(definition, value)| json!({ "definition": definition, "value": value })).collect::<Vec<_>>(),
        "missing": card.missing,
        "prices_known": card.prices_known,
        "sources": card.sources.iter().map(|(id, title)| json!({ "id": id, "title": title })).collect::<Vec<_>>(),
        "text": card.text(),
    })
}

fn value_json(reading: &CheckedReading<'_>) -> Json {
    reading.outcome.as_ref().map_or(Json::Null, |(value, _)| number(*value, 6))
}

fn reading_json(reading: &CheckedReading<'_>) -> Json {
    json!({
        "definition": reading.definition,
        "value": value_json(reading),
        "holds": reading.outcome.as_ref().ok().map(|(_, holds)| *holds),
        "why_not_computed": reading.outcome.as_ref().err(),
        "formula": reading.formula,
        "inputs": reading.inputs.iter().map(|(name, input)| match input {
            Ok(input) => json!({ "name": name, "value": number(input.value, 6), "what": input.what, "source": input.source, "status": input.status.word() }),
            Err(why) => json!({ "name": name, "missing": why }),
        }).collect::<Vec<_>>(),
    })
}

fn figure_text(checked: &CheckedFigure<'_>, dispute: &Dispute) -> String {
    let figure = checked.figure;
    let verdict = match checked.verdict {
        Verdict::True => "TRUE",
        Verdict::TrueIf => "TRUE IF",
        Verdict::False => "FALSE",
        Verdict::CannotTell => "CANNOT TELL",
    };
    let when = figure.when.map(|when| format!(", {}", when.words())).unwrap_or_default();
    let quoted = if figure.is_worked_out() { figure.quoted.clone() } else { format!("“{}”", figure.quoted) };
    let mut text = format!("{verdict}  {quoted} ({}{when}) [{}]\n", dispute.party_name(&figure.who.0), figure.id);
    text.push_str(&format!("  {}\n", figure.meaning));
    let nearest = checked.nearest().map(|reading| reading.definition);
    for reading in &checked.readings {
        match &reading.outcome {
            Ok((value, holds)) => {
                let mark = if *holds { "holds" } else { "does not hold" };
                let near = if nearest == Some(reading.definition) && checked.readings.len() > 1 { ", nearest" } else { "" };
                text.push_str(&format!("    {} {}: {} ({mark}{near})\n", shown(*value), figure.unit, reading.definition));
            }
            Err(why) => text.push_str(&format!("    not computed: {}: {why}\n", reading.definition)),
        }
        for (name, input) in &reading.inputs {
            if let Ok(input) = input {
                let status = if input.status == dated::Status::Estimated { ", estimated" } else { "" };
                text.push_str(&format!("        {name} = {}: {}{status} [{}]\n", shown(input.value), input.what, input.source.join("; ")));
            }
        }
        if reading.inputs.len() > 1 {
            text.push_str(&format!("        {}\n", reading.formula));
        }
    }
    for missing in &figure.missing {
        text.push_str(&format!("    not known: {}. Needed: {}\n", missing.definition, missing.needed));
    }
    if let Some(note) = &figure.note {
        text.push_str(&format!("  {note}\n"));
    }
    text.push_str(&format!("  Quoted in: {}\n\n", figure.source.join("; ")));
    text
}

/// Three decimals where they are needed, thousands with commas.
fn shown(value: Ratio) -> String {
    if value.denominator() == 1
        && let Ok(whole) = u64::try_from(value.numerator())
    {
        return pay::grouped(whole);
    }
    value.to_short(3).replace('-', "−")
}
