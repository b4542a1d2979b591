//! A checked figure as its pages show it: the verdict, and every reading with its formula, what goes in and where that comes from.

use dated::{Ratio, Status};
use pay::{CheckedFigure, Verdict};

use crate::asked::Opened;
use crate::table::{Table, words};

/// One figure.
pub(super) struct Claim {
    pub(super) href: String,
    pub(super) quoted: String,
    pub(super) verdict: &'static str,
    pub(super) verdict_words: &'static str,
    pub(super) who: String,
    pub(super) meaning: String,
    /// The nearest reading in a line, for the list.
    pub(super) near: String,
    pub(super) readings: Vec<Reading>,
    pub(super) missing: Vec<String>,
    pub(super) note: Option<String>,
    pub(super) source: Vec<String>,
    /// Every source of the figure and of its readings.
    pub(super) cited: Vec<String>,
}

/// One way to read it.
pub(super) struct Reading {
    pub(super) class: &'static str,
    pub(super) value: String,
    pub(super) definition: String,
    pub(super) is_nearest: bool,
    pub(super) formula: String,
    pub(super) inputs: Vec<Input>,
}

/// What goes into a reading.
pub(super) struct Input {
    pub(super) text: String,
    pub(super) source: Vec<String>,
}

pub(super) fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::True => "True",
        Verdict::TrueIf => "True if",
        Verdict::False => "False",
        Verdict::CannotTell => "Cannot tell",
    }
}

/// Three decimals where they are needed, thousands with commas.
pub(super) fn shown(value: Ratio) -> String {
    match u64::try_from(value.numerator()) {
        Ok(whole) if value.denominator() == 1 => pay::grouped(whole),
        _ => value.to_short(3).replace('-', "−"),
    }
}

pub(super) fn claim(opened: &Opened<'_>, checked: &CheckedFigure<'_>) -> Claim {
    let figure = checked.figure;
    let when = figure.when.map(|when| format!(", {}", when.words())).unwrap_or_default();
    let nearest = checked.nearest().map(|reading| reading.definition);
    let mut cited = figure.source.clone();
    let readings: Vec<Reading> = checked
        .readings
        .iter()
        .map(|reading| {
            let (class, value) = match &reading.outcome {
                Ok((value, true)) => ("holds", format!("{} {}", shown(*value), figure.unit)),
                Ok((value, false)) => ("fails", format!("{} {}", shown(*value), figure.unit)),
                Err(why) => ("unknown", format!("not computed ({why})")),
            };
            let inputs = reading
                .inputs
                .iter()
                .filter_map(|(name, input)| Some((name, input.as_ref().ok()?)))
                .map(|(name, input)| {
                    cited.extend(input.source.iter().cloned());
                    let status = if input.status == Status::Published { String::new() } else { format!(", {}", input.status.word()) };
                    Input { text: format!("{name} = {}: {}{status}", shown(input.value), input.what), source: input.source.clone() }
                })
                .collect();
            Reading {
                class,
                value,
                definition: reading.definition.to_owned(),
                is_nearest: checked.readings.len() > 1 && nearest == Some(reading.definition),
                formula: reading.formula.to_owned(),
                inputs,
            }
        })
        .collect();
    let near = checked.nearest().and_then(|reading| Some((reading.outcome.as_ref().ok()?.0, reading.definition)));
    let near = near.map_or_else(
        || "No reading can be computed.".to_owned(),
        |(value, definition)| format!("Nearest: {} {}, {definition}.", shown(value), figure.unit),
    );
    Claim {
        href: format!("{}/claims/{}", opened.base, figure.id),
        quoted: if figure.is_worked_out() { figure.quoted.clone() } else { format!("“{}”", figure.quoted) },
        verdict: checked.verdict.word(),
        verdict_words: verdict_words(checked.verdict),
        who: if figure.is_worked_out() {
            "Quoted by nobody; worked out".to_owned()
        } else {
            format!("{}{when}", opened.dispute.party_name(&figure.who.0))
        },
        meaning: figure.meaning.clone(),
        near,
        readings,
        missing: figure.missing.iter().map(|missing| format!("{}. Needed: {}", missing.definition, missing.needed)).collect(),
        note: figure.note.clone(),
        source: figure.source.clone(),
        cited,
    }
}

/// What goes into every reading, for programs.
pub(super) fn inputs(checked: &CheckedFigure<'_>) -> Table {
    let mut table = Table::new(
        "readings",
        format!("Every reading of “{}”, in {}", checked.figure.quoted, checked.figure.unit),
        &["reading", ">value", "holds", "formula", "what goes in"],
    );
    for reading in &checked.readings {
        let inputs: Vec<String> = reading
            .inputs
            .iter()
            .map(|(name, input)| match input {
                Ok(input) => format!("{name} = {} [{}]", shown(input.value), input.source.join("; ")),
                Err(why) => format!("{name}: {why}"),
            })
            .collect();
        let (value, holds) = match &reading.outcome {
            Ok((value, holds)) => (words(shown(*value)).exact(value.to_fixed(6)), if *holds { "yes" } else { "no" }),
            Err(why) => (words(format!("not computed: {why}")).exact(""), "not known"),
        };
        table.row([words(reading.definition), value, words(holds), words(reading.formula), words(inputs.join("; ")).class("wide")]);
    }
    table
}
