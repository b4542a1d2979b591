//! A quoted figure as a card to hand out: the figure, the formula with its numbers, the data, the date, and the verdict.

use dated::{Ratio, Sources};
use pay::{CheckedFigure, CheckedReading, Verdict};

use crate::folder::Dispute;

/// The card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimCard {
    /// Id of the figure.
    pub id: String,
    /// What was said.
    pub quoted: String,
    /// Who said it, and when if known.
    pub who: String,
    /// What exactly it says.
    pub meaning: String,
    /// The verdict in one sentence.
    pub verdict: String,
    /// The first reading of the file that bears it out, or the nearest where none does, and then the others that do.
    pub shown: Vec<CardReading>,
    /// Definitions under which it does not hold, each with its value.
    pub not_under: Vec<(String, String)>,
    /// What is not known.
    pub missing: Vec<String>,
    /// The last month of prices that people could know when it was said.
    pub prices_known: Option<String>,
    /// The sources, each once, as id and title.
    pub sources: Vec<(String, String)>,
}

/// One reading on the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardReading {
    /// Which definition.
    pub definition: String,
    /// The formula as the file has it.
    pub formula: String,
    /// The formula with numbers, and its result.
    pub sum: String,
    /// Name, value, what it is, source, whether estimated.
    pub inputs: Vec<(String, String, String, String)>,
}

/// Spec K10: the card of a checked figure. The readings that hold are shown in the order of the file, whose
/// author puts first what was known at the table; where none holds, the nearest.
pub fn claim_card(checked: &CheckedFigure<'_>, dispute: &Dispute, sources: &Sources) -> ClaimCard {
    let figure = checked.figure;
    let holding: Vec<&CheckedReading<'_>> = checked.readings.iter().filter(|reading| matches!(reading.outcome, Ok((_, true)))).collect();
    let first: Vec<&CheckedReading<'_>> = if holding.is_empty() { checked.nearest().into_iter().collect() } else { holding.clone() };
    let computed = checked.readings.iter().filter(|reading| reading.outcome.is_ok()).count();
    let verdict = match checked.verdict {
        Verdict::True => format!("True: under every reading ({computed})."),
        Verdict::TrueIf => format!("True if read as below: {} of {computed} readings bear it out.", holding.len()),
        Verdict::False => format!("False: none of {computed} readings bears it out."),
        Verdict::CannotTell => "Cannot be told: what would decide it is not known.".to_owned(),
    };
    let mut cited: Vec<String> = figure.source.clone();
    let shown = first.iter().map(|reading| {
        let inputs: Vec<_> = reading.inputs.iter().filter_map(|(name, input)| Some((*name, input.as_ref().ok()?))).collect();
        cited.extend(inputs.iter().flat_map(|(_, input)| input.source.iter().cloned()));
        let value = reading.outcome.as_ref().map_or_else(|why| why.clone(), |(value, _)| format!("{} {}", places(*value), figure.unit));
        CardReading {
            definition: reading.definition.to_owned(),
            formula: reading.formula.to_owned(),
            sum: format!(
                "{} = {value}",
                with_numbers(reading.formula, &inputs.iter().map(|(name, input)| (*name, places(input.value))).collect::<Vec<_>>())
            ),
            inputs: inputs
                .iter()
                .map(|(name, input)| {
                    let status = if input.status == dated::Status::Published { "" } else { input.status.word() };
                    let what = if status.is_empty() { input.what.clone() } else { format!("{} ({status})", input.what) };
                    ((*name).to_owned(), places(input.value), what, input.source.join("; "))
                })
                .collect(),
        }
    });
    let shown: Vec<CardReading> = shown.collect();
    let mut known: Vec<(String, String)> = Vec::new();
    for id in cited {
        if !known.iter().any(|(seen, _)| *seen == id) {
            let title = sources.get(&id).map(|source| source.title.clone()).unwrap_or_default();
            known.push((id, title));
        }
    }
    let when = figure.when.map(|when| format!(", {}", when.words())).unwrap_or_default();
    ClaimCard {
        id: figure.id.clone(),
        quoted: figure.quoted.clone(),
        who: if figure.is_worked_out() {
            "quoted by nobody; worked out".to_owned()
        } else {
            format!("{}{when}", dispute.party_name(&figure.who.0))
        },
        meaning: figure.meaning.clone(),
        verdict,
        shown,
        not_under: checked
            .readings
            .iter()
            .filter_map(|reading| match &reading.outcome {
                Ok((value, false)) if first.iter().all(|first| first.definition != reading.definition) => {
                    Some((reading.definition.to_owned(), format!("{} {}", places(*value), figure.unit)))
                }
                _ => None,
            })
            .collect(),
        missing: figure.missing.iter().map(|missing| format!("{}; needed: {}", missing.definition, missing.needed)).collect(),
        prices_known: dispute.framework().prices_known.map(|month| month.long()),
        sources: known,
    }
}

/// The formula with each name replaced by its number. Names are letters, digits and underscores.
fn with_numbers(formula: &str, inputs: &[(&str, String)]) -> String {
    let mut text = String::new();
    let mut rest = formula;
    while let Some(start) = rest.find(|c: char| c.is_alphabetic() || c == '_') {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        text.push_str(before);
        text.push_str(inputs.iter().find(|(known, _)| *known == name).map_or(name, |(_, number)| number));
        rest = after;
    }
    text.push_str(rest);
    text.replace(" - ", " − ").replace(" * ", " × ")
}

fn places(value: Ratio) -> String {
    let whole = (value.denominator() == 1).then(|| u64::try_from(value.numerator()).ok()).flatten();
    whole.map_or_else(|| value.to_short(3).replace('-', "−"), pay::grouped)
}

impl ClaimCard {
    /// The card as plain text.
    pub fn text(&self) -> String {
        let mut text = format!("“{}”\n  said by: {}\n  says: {}\n\n{}\n", self.quoted, self.who, self.meaning, self.verdict);
        for (at, reading) in self.shown.iter().enumerate() {
            if at == 1 {
                text.push_str("\nIt holds as well if read as:\n");
            }
            if at > 0 {
                text.push_str(&format!("  {}: {}\n", reading.sum, reading.definition));
                continue;
            }
            text.push_str(&format!("\n  {}\n  {}\n", reading.definition, reading.sum));
            for (name, value, what, source) in &reading.inputs {
                text.push_str(&format!("    {name} = {value}: {what} [{source}]\n"));
            }
        }
        if !self.not_under.is_empty() {
            text.push_str("\nDoes not hold if read as:\n");
            self.not_under.iter().for_each(|(definition, value)| text.push_str(&format!("  {value}: {definition}\n")));
        }
        self.missing.iter().for_each(|missing| text.push_str(&format!("\nNot known: {missing}\n")));
        if let Some(month) = &self.prices_known {
            text.push_str(&format!("\nPrices known at the time: to {month}.\n"));
        }
        text.push_str("\nSources:\n");
        self.sources.iter().for_each(|(id, title)| text.push_str(&format!("  {id}: {title}\n")));
        text
    }
}
