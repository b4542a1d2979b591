//! Quoted figures: what somebody said, the readings under which it may be true, and the verdict.
//!
//! The file says what was claimed and how each reading is computed; the values, which readings hold, the nearest
//! one and the verdict all come from here.

use std::collections::BTreeMap;

use dated::{Cite, Date, FactTable, Faults, Month, Place, Ratio, Series, Sources, Status, Table, long_date, nearest_name};

use crate::formula::Formula;
use crate::framework::Framework;
use crate::money::Pence;
use crate::offer::Offer;
use crate::pay_year::{Count, PayYear, WeeksInYear, days_between};
use crate::prices::Index;
use crate::rates::{Row, rates_of_salary};
use crate::value::{break_even_salary, value_row};

/// A figure that somebody quoted.
#[derive(Clone, Debug)]
pub struct QuotedFigure {
    /// Its id in the dispute.
    pub id: String,
    /// The figure as quoted.
    pub quoted: String,
    /// Its number.
    pub value: Ratio,
    /// With how many decimals the number was written.
    pub places: u32,
    /// What the number counts.
    pub unit: String,
    /// How the speaker put it.
    pub says: Says,
    /// For `is`: how far off a reading may be. By default half a unit of the last decimal written.
    pub tolerance: Option<Ratio>,
    /// Who said it: the id of a party.
    pub who: (String, Place),
    /// When, as far as known.
    pub when: Option<When>,
    /// What exactly is claimed.
    pub meaning: String,
    /// Anything else worth knowing.
    pub note: Option<String>,
    /// Where it was read.
    pub source: Cite,
    /// How sure it is that it was said.
    pub status: Status,
    /// The readings.
    pub readings: Vec<Reading>,
    /// Readings that cannot be computed from what is known.
    pub missing: Vec<MissingReading>,
    /// Where it stands.
    pub place: Place,
}

/// A day, or a month where the day is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// That day.
    Day(Date),
    /// Some day of that month.
    Month(Month),
}

impl When {
    /// Reads `on` or `month`, neither of which need be there.
    pub fn read(table: &Table<'_>) -> Option<Self> {
        let day = table.optional_date("on").map(Self::Day);
        let month = table.optional_month("month").map(Self::Month);
        if day.is_some() && month.is_some() {
            table.fault("two-dates", "month", "both `on` and `month` are given", "keep the day if it is known, else the month");
        }
        day.or(month)
    }

    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::Day(day) => long_date(day),
            Self::Month(month) => month.long(),
        }
    }

    /// As ISO text: `2007-04-01` or `2007-04`.
    pub fn iso(self) -> String {
        match self {
            Self::Day(day) => day.to_string(),
            Self::Month(month) => month.to_string(),
        }
    }

    /// The earliest day it can be, for sorting.
    pub fn earliest(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Month(month) => month.first_day(),
        }
    }

    /// The latest day it can be.
    pub fn latest(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Month(month) => crate::pay_year::day_before(month.plus(1).first_day()),
        }
    }
}

/// How a speaker put a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Just that.
    Is,
    /// About that: within 5%.
    About,
    /// Nearly that: from 80% of it up to it.
    Nearly,
    /// More than that.
    MoreThan,
    /// That or more.
    AtLeast,
    /// Less than that.
    LessThan,
    /// That or less.
    AtMost,
}

impl Says {
    const WORDS: [(&'static str, Self); 7] = [
        ("is", Self::Is),
        ("about", Self::About),
        ("nearly", Self::Nearly),
        ("more-than", Self::MoreThan),
        ("at-least", Self::AtLeast),
        ("less-than", Self::LessThan),
        ("at-most", Self::AtMost),
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, says)| *says == self).map_or("is", |(word, _)| word)
    }
}

/// One way to compute a quoted figure.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Which definition this is.
    pub definition: String,
    formula: Formula,
    inputs: BTreeMap<String, Input>,
}

/// A reading that would need something that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingReading {
    /// Which definition.
    pub definition: String,
    /// What would be needed.
    pub needed: String,
}

/// Where an input of a reading comes from.
#[derive(Clone, Debug)]
enum Input {
    Stated { value: Ratio, source: Cite, status: Status, note: Option<String> },
    Looked { data: String, matching: Vec<(String, String)>, column: String },
    Computed(Compute),
}

/// A value that the engine computes.
#[derive(Clone, Debug)]
enum Compute {
    InYearPercent { offer: String, nation: Option<String>, count: Count, year: Option<Month> },
    YearEndPercent { offer: String, nation: Option<String>, year: Option<Month> },
    TotalPercent { offer: String, nation: Option<String> },
    SimpleSumPercent { offer: String, nation: Option<String> },
    StagingSavingPercent { offer: String, nation: Option<String>, count: Count },
    CountedPercent { offer: String, who: String },
    Rate { offer: String, whose: Whose, on: Date },
    ScaleRate { scale: Option<String>, nation: String, point: String, on: Date },
    InYearGain { offer: String, whose: Whose, count: Count },
    WeeklyLoss { offer: String, whose: Whose, weeks: WeeksInYear },
    LossToFullAward { offer: String, whose: Whose, count: Count },
    BreakEvenSalary { offer: String, nation: Option<String>, weekly: Pence, weeks: WeeksInYear },
    AnnualRate { index: Index, month: Month },
    PriceChange { index: Index, from: Month, to: Month },
    PayYearPrices { index: Index, year: Month },
    DaysBetween { from: Date, to: Date },
}

/// Whose pay is meant.
#[derive(Clone, Debug)]
struct Whose {
    nation: Option<String>,
    point: Option<String>,
    band: Option<String>,
    salary: Option<Pence>,
}

/// The facts that readings are computed from.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'e> {
    /// The offers of the dispute.
    pub offers: &'e [Offer],
    /// Scales, prices, nations.
    pub framework: &'e Framework<'e>,
    /// Tables of published facts, by name.
    pub tables: &'e BTreeMap<String, FactTable>,
}

/// A quoted figure with its readings computed.
#[derive(Clone, Debug)]
pub struct CheckedFigure<'f> {
    /// The figure.
    pub figure: &'f QuotedFigure,
    /// Whether it is true.
    pub verdict: Verdict,
    /// Each reading with its value.
    pub readings: Vec<CheckedReading<'f>>,
}

/// One computed reading.
#[derive(Clone, Debug)]
pub struct CheckedReading<'f> {
    /// Which definition.
    pub definition: &'f str,
    /// The formula as written.
    pub formula: &'f str,
    /// The inputs by name, each with where it comes from; those that could not be had carry their reason.
    pub inputs: Vec<(&'f str, Result<InputValue, String>)>,
    /// The value and whether the figure holds under it; or why there is none.
    pub outcome: Result<(Ratio, bool), String>,
}

/// An input with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputValue {
    /// The number.
    pub value: Ratio,
    /// What it is, in words.
    pub what: String,
    /// Who published it, or the offers and series it was computed from.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
}

/// Spec P37: whether a quoted figure is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Under every reading.
    True,
    /// Under some readings and not, or not provably, under others.
    TrueIf,
    /// Under none.
    False,
    /// What would decide it is not known.
    CannotTell,
}

impl Verdict {
    /// The word in JSON and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::TrueIf => "true-if",
            Self::False => "false",
            Self::CannotTell => "cannot-tell",
        }
    }
}

impl QuotedFigure {
    /// Reads one `[[figure]]`.
    pub fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = table.id("id");
        let quoted = table.text("quoted");
        if !table.has("value") {
            table.fault("missing-key", "id", "the figure has no “value”", "add `value = …`, the number that was quoted");
        }
        let value = table.optional_decimal_as_written("value");
        let unit = table.text("unit");
        let says = table.choice("says", &Says::WORDS);
        let tolerance = table.optional_decimal("tolerance");
        let who = table.text("who").map(|who| (who, table.place_of("who")));
        let when = When::read(table);
        let meaning = table.text("meaning");
        let note = table.optional_text("note");
        let source = table.cite(sources);
        let status = table.status();
        let readings = table.list("reading", |entry, _| read_reading(entry, sources));
        let missing = table.list("missing", |entry, _| {
            let definition = entry.text("definition");
            let needed = entry.text("needed");
            Some(MissingReading { definition: definition?, needed: needed? })
        });
        if readings.is_empty() && missing.is_empty() && !table.has("reading") {
            table.fault(
                "no-readings",
                "id",
                "the figure has no reading",
                "add [[figure.reading]], or [[figure.missing]] saying what would be needed",
            );
        }
        Some(Self {
            id: id?,
            quoted: quoted?,
            value: value?.0,
            places: value?.1,
            unit: unit?,
            says: says?,
            tolerance,
            who: who?,
            when,
            meaning: meaning?,
            note,
            source,
            status: status?,
            readings,
            missing,
            place: table.place(),
        })
    }

    /// Whether nobody quoted the figure: it was worked out from ones that somebody did.
    pub fn is_worked_out(&self) -> bool {
        self.status != Status::Published
    }

    /// Whether a reading of this value bears the figure out.
    pub fn holds(&self, reading: Ratio) -> bool {
        let value = self.value;
        let span = |low: Ratio, high: Ratio| low.min(high) <= reading && reading <= low.max(high);
        match self.says {
            Says::Is => (reading - value).abs() <= self.tolerance.unwrap_or_else(|| Ratio::new(1, 2 * 10_i128.pow(self.places))),
            Says::About => span(value * Ratio::new(95, 100), value * Ratio::new(105, 100)),
            Says::Nearly => span(value * Ratio::new(80, 100), value),
            Says::MoreThan => reading > value,
            Says::AtLeast => reading >= value,
            Says::LessThan => reading < value,
            Says::AtMost => reading <= value,
        }
    }

    /// Computes every reading and decides.
    pub fn check<'f>(&'f self, evidence: Evidence<'_>) -> CheckedFigure<'f> {
        let readings: Vec<CheckedReading<'f>> = self.readings.iter().map(|reading| self.check_reading(reading, evidence)).collect();
        let holding = readings.iter().filter(|reading| matches!(reading.outcome, Ok((_, true)))).count();
        let unknown = self.missing.len() + readings.iter().filter(|reading| reading.outcome.is_err()).count();
        let verdict = match (holding, unknown) {
            (0, 0) => Verdict::False,
            (0, _) => Verdict::CannotTell,
            (some, 0) if some == readings.len() => Verdict::True,
            _ => Verdict::TrueIf,
        };
        CheckedFigure { figure: self, verdict, readings }
    }

    fn check_reading<'f>(&'f self, reading: &'f Reading, evidence: Evidence<'_>) -> CheckedReading<'f> {
        let inputs: Vec<(&str, Result<InputValue, String>)> =
            reading.inputs.iter().map(|(name, input)| (name.as_str(), input.value(evidence))).collect();
        let failed = inputs.iter().find_map(|(_, input)| input.as_ref().err().cloned());
        let outcome = match failed {
            Some(reason) => Err(reason),
            None => {
                let values = inputs.iter().filter_map(|(name, input)| Some(((*name).to_owned(), input.as_ref().ok()?.value))).collect();
                reading.formula.value(&values).map(|value| (value, self.holds(value)))
            }
        };
        CheckedReading { definition: &reading.definition, formula: reading.formula.text(), inputs, outcome }
    }
}

impl<'f> CheckedFigure<'f> {
    /// The reading whose value is nearest to the quoted one; one that holds goes before one that does not.
    pub fn nearest(&self) -> Option<&CheckedReading<'f>> {
        self.readings
            .iter()
            .filter_map(|reading| {
                reading.outcome.as_ref().ok().map(|(value, holds)| ((!holds, (*value - self.figure.value).abs()), reading))
            })
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, reading)| reading)
    }
}

fn read_reading(table: &Table<'_>, sources: &Sources) -> Option<Reading> {
    let definition = table.text("definition");
    let mut inputs = BTreeMap::new();
    let mut all_read = true;
    table.optional_table("inputs", |list| {
        for name in list.keys() {
            match list.optional_table(&name, |entry| read_input(entry, sources)).flatten() {
                Some(input) => {
                    inputs.insert(name, input);
                }
                None => all_read = false,
            }
        }
    });
    let text = match table.optional_text("formula") {
        Some(text) => text,
        None if inputs.len() == 1 => inputs.keys().next().cloned().unwrap_or_default(),
        None => {
            if all_read && !table.has("formula") {
                table.fault(
                    "missing-key",
                    "formula",
                    "the reading has no formula",
                    "add `formula = \"…\"`; with a single input it may be left out",
                );
            }
            return None;
        }
    };
    match Formula::parse(&text) {
        Ok(formula) => {
            for name in formula.names() {
                if all_read && !inputs.contains_key(name) {
                    let fix = match nearest_name(name, inputs.keys().map(String::as_str)) {
                        Some(near) => format!("did you mean “{near}”?"),
                        None => format!(
                            "add it under [figure.reading.inputs]; known here: {}",
                            inputs.keys().cloned().collect::<Vec<_>>().join(", ")
                        ),
                    };
                    table.fault("unknown-input", "formula", format!("the formula uses “{name}”, which is no input"), fix);
                }
            }
            for name in inputs.keys() {
                if !formula.names().contains(&name.as_str()) {
                    table.fault(
                        "unused-input",
                        "inputs",
                        format!("the input “{name}” is not used by the formula {text}"),
                        "use it, or remove it",
                    );
                }
            }
            Some(Reading { definition: definition?, formula, inputs })
        }
        Err(problem) => {
            table.fault(
                "bad-formula",
                "formula",
                format!("the formula {text} cannot be read: {problem}"),
                "numbers, names of inputs, + - * / ( ), real(pay, prices), share(part, whole)",
            );
            None
        }
    }
}

const BY: [(&str, Count); 2] = [("months", Count::Months), ("days", Count::Days)];
const WEEKS: [(&str, WeeksInYear); 2] = [("calendar", WeeksInYear::Calendar), ("52", WeeksInYear::FiftyTwo)];

fn read_input(table: &Table<'_>, sources: &Sources) -> Option<Input> {
    let kinds: Vec<&str> = ["value", "data", "compute"].into_iter().filter(|kind| table.has(kind)).collect();
    match kinds.as_slice() {
        ["value"] => {
            let value = table.decimal("value");
            let source = table.cite(sources);
            let status = table.status();
            let note = table.optional_text("note");
            Some(Input::Stated { value: value?, source, status: status?, note })
        }
        ["data"] => {
            let data = table.text("data");
            let column = table.text("column");
            let mut matching = Vec::new();
            table.optional_table("where", |entry| {
                for name in entry.keys() {
                    if let Some(text) = entry.optional_text(&name) {
                        matching.push((name, text));
                    }
                }
            });
            Some(Input::Looked { data: data?, matching, column: column? })
        }
        ["compute"] => read_compute(table).map(Input::Computed),
        _ => {
            table.faults().error(
                "bad-input",
                &table.place(),
                "an input is one of `value`, `data` or `compute`",
                "write `{ value = …, source = … }`, `{ data = …, where = …, column = … }` or `{ compute = … }`",
            );
            table.accept_all_keys();
            None
        }
    }
}

fn read_compute(table: &Table<'_>) -> Option<Compute> {
    let what = table.text("compute")?;
    let offer = || table.text("offer");
    let nation = || table.optional_text("nation");
    let count = || table.optional_choice("by", &BY).unwrap_or(Count::Months);
    let weeks = || table.optional_choice("weeks", &WEEKS).unwrap_or(WeeksInYear::Calendar);
    let month = |key: &str| {
        if !table.has(key) {
            table.fault("missing-key", key, format!("{what} needs “{key}”"), format!("add `{key} = \"2007-04\"`"));
        }
        table.optional_month(key)
    };
    let index = || table.choice("index", &Index::WORDS);
    let whose = || {
        let whose = Whose {
            nation: table.optional_text("nation"),
            point: table.optional_text("point"),
            band: table.optional_text("band"),
            salary: table.optional_decimal("salary").and_then(Pence::from_pounds).filter(|salary| *salary > Pence::ZERO),
        };
        if whose.point.is_some() == whose.salary.is_some() {
            table.fault("whose-pay", "compute", format!("{what} needs either a point or a salary"), "add `point = \"…\"` or `salary = …`");
            return None;
        }
        Some(whose)
    };
    match what.as_str() {
        "in_year_percent" => {
            let (offer, nation, count, year) = (offer(), nation(), count(), table.optional_month("year"));
            Some(Compute::InYearPercent { offer: offer?, nation, count, year })
        }
        "year_end_percent" => {
            let (offer, nation, year) = (offer(), nation(), table.optional_month("year"));
            Some(Compute::YearEndPercent { offer: offer?, nation, year })
        }
        "total_percent" => {
            let (offer, nation) = (offer(), nation());
            Some(Compute::TotalPercent { offer: offer?, nation })
        }
        "simple_sum_percent" => {
            let (offer, nation) = (offer(), nation());
            Some(Compute::SimpleSumPercent { offer: offer?, nation })
        }
        "staging_saving_percent" => {
            let (offer, nation, count) = (offer(), nation(), count());
            Some(Compute::StagingSavingPercent { offer: offer?, nation, count })
        }
        "counted_percent" => {
            let (offer, who) = (offer(), table.text("who"));
            Some(Compute::CountedPercent { offer: offer?, who: who? })
        }
        "rate" => {
            let (offer, whose, on) = (offer(), whose(), table.date("on"));
            Some(Compute::Rate { offer: offer?, whose: whose?, on: on? })
        }
        "scale_rate" => {
            let (scale, nation, point, on) = (table.optional_text("scale"), table.text("nation"), table.text("point"), table.date("on"));
            Some(Compute::ScaleRate { scale, nation: nation?, point: point?, on: on? })
        }
        "in_year_gain" => {
            let (offer, whose, count) = (offer(), whose(), count());
            Some(Compute::InYearGain { offer: offer?, whose: whose?, count })
        }
        "weekly_loss" => {
            let (offer, whose, weeks) = (offer(), whose(), weeks());
            Some(Compute::WeeklyLoss { offer: offer?, whose: whose?, weeks })
        }
        "loss_to_full_award" => {
            let (offer, whose, count) = (offer(), whose(), count());
            Some(Compute::LossToFullAward { offer: offer?, whose: whose?, count })
        }
        "break_even_salary" => {
            let (offer, nation, weekly, weeks) = (offer(), nation(), table.decimal("weekly").and_then(Pence::from_pounds), weeks());
            Some(Compute::BreakEvenSalary { offer: offer?, nation, weekly: weekly?, weeks })
        }
        "annual_rate" => {
            let (index, month) = (index(), month("month"));
            Some(Compute::AnnualRate { index: index?, month: month? })
        }
        "price_change" => {
            let (index, from, to) = (index(), month("from"), month("to"));
            Some(Compute::PriceChange { index: index?, from: from?, to: to? })
        }
        "pay_year_prices" => {
            let (index, year) = (index(), month("year"));
            Some(Compute::PayYearPrices { index: index?, year: year? })
        }
        "days_between" => {
            let (from, to) = (table.date("from"), table.date("to"));
            Some(Compute::DaysBetween { from: from?, to: to? })
        }
        other => {
            let known = [
                "in_year_percent",
                "year_end_percent",
                "total_percent",
                "simple_sum_percent",
                "staging_saving_percent",
                "counted_percent",
                "rate",
                "scale_rate",
                "in_year_gain",
                "weekly_loss",
                "loss_to_full_award",
                "break_even_salary",
                "annual_rate",
                "price_change",
                "pay_year_prices",
                "days_between",
            ];
            let fix = match nearest_name(other, known) {
                Some(near) => format!("did you mean “{near}”?"),
                None => format!("one of {}", known.join(", ")),
            };
            table.fault("unknown-word", "compute", format!("“{other}” is nothing that can be computed"), fix);
            table.accept_all_keys();
            None
        }
    }
}

impl QuotedFigure {
    /// Reports offers, sides, tables and nations that the readings name and nobody knows.
    pub fn check_references(&self, offers: &[&str], tables: &BTreeMap<String, FactTable>, nations: &[&str], faults: &Faults) {
        for input in self.readings.iter().flat_map(|reading| reading.inputs.values()) {
            if let Input::Looked { data, .. } = input
                && !tables.contains_key(data)
            {
                let known = tables.keys().cloned().collect::<Vec<_>>().join(", ");
                faults.error(
                    "unknown-table",
                    &self.place,
                    format!("there is no table “{data}” (in the figure {})", self.id),
                    format!("one of {known}"),
                );
            }
            let Input::Computed(compute) = input else { continue };
            let (offer, nation) = compute.names();
            if let Some(id) = offer
                && !offers.contains(&id)
            {
                let fix = match nearest_name(id, offers.iter().copied()) {
                    Some(near) => format!("did you mean “{near}”?"),
                    None => format!("one of {}", offers.join(", ")),
                };
                faults.error(
                    "unknown-offer",
                    &self.place,
                    format!("the figure {} uses the offer “{id}”, which is not there", self.id),
                    fix,
                );
            }
            if let Some(name) = nation
                && !nations.contains(&name)
            {
                let fix = match nearest_name(name, nations.iter().copied()) {
                    Some(near) => format!("did you mean “{near}”?"),
                    None => format!("one of {}", nations.join(", ")),
                };
                faults.error(
                    "unknown-nation",
                    &self.place,
                    format!("the figure {} uses the nation “{name}”, which is not known", self.id),
                    fix,
                );
            }
        }
    }
}

impl Compute {
    fn names(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::InYearPercent { offer, nation, .. }
            | Self::YearEndPercent { offer, nation, .. }
            | Self::TotalPercent { offer, nation }
            | Self::SimpleSumPercent { offer, nation }
            | Self::StagingSavingPercent { offer, nation, .. }
            | Self::BreakEvenSalary { offer, nation, .. } => (Some(offer), nation.as_deref()),
            Self::CountedPercent { offer, .. } => (Some(offer), None),
            Self::Rate { offer, whose, .. }
            | Self::InYearGain { offer, whose, .. }
            | Self::WeeklyLoss { offer, whose, .. }
            | Self::LossToFullAward { offer, whose, .. } => (Some(offer), whose.nation.as_deref()),
            Self::ScaleRate { nation, .. } => (None, Some(nation)),
            Self::AnnualRate { .. } | Self::PriceChange { .. } | Self::PayYearPrices { .. } | Self::DaysBetween { .. } => (None, None),
        }
    }
}

impl Input {
    fn value(&self, evidence: Evidence<'_>) -> Result<InputValue, String> {
        match self {
            Self::Stated { value, source, status, note } => Ok(InputValue {
                value: *value,
                what: note.clone().unwrap_or_else(|| "as published".to_owned()),
                source: source.clone(),
                status: *status,
            }),
            Self::Looked { data, matching, column } => {
                let table = evidence.tables.get(data).ok_or_else(|| format!("there is no table {data}"))?;
                let fact = table.find(matching, column)?;
                let which = matching.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ");
                Ok(InputValue {
                    value: fact.value,
                    what: format!("{column} of {which} ({})", fact.place),
                    source: fact.source,
                    status: fact.status,
                })
            }
            Self::Computed(compute) => compute.value(evidence),
        }
    }
}

impl Compute {
    fn value(&self, evidence: Evidence<'_>) -> Result<InputValue, String> {
        let offer = |id: &str| evidence.offers.iter().find(|offer| offer.id == id).ok_or_else(|| format!("there is no offer {id}"));
        let framework = evidence.framework;
        let headline = |id: &str, nation: &Option<String>| {
            let offer = offer(id)?;
            let nation = nation_of(offer, nation)?;
            let headline = framework.headline(offer, nation).ok_or_else(|| format!("the offer {id} has no percentage for everybody"))?;
            Ok::<_, String>((offer, headline))
        };
        let of_offer = |offer: &Offer, value: Ratio, what: String| InputValue {
            value,
            what,
            source: offer.source.clone(),
            status: offer.status.map_or(Status::Derived, |status| status.max(Status::Derived)),
        };
        match self {
            Self::InYearPercent { offer, nation, count, year } => {
                let (offer, headline) = headline(offer, nation)?;
                let year = year_of(&headline.years, *year)?;
                let (value, words) = match count {
                    Count::Months => (year.in_year_percent.by_months, "by months"),
                    Count::Days => (year.in_year_percent.by_days, "by days"),
                };
                Ok(of_offer(offer, value, format!("{} in the year {}, {words}", offer.id, year.year.name())))
            }
            Self::YearEndPercent { offer, nation, year } => {
                let (offer, headline) = headline(offer, nation)?;
                let year = year_of(&headline.years, *year)?;
                Ok(of_offer(offer, year.year_end_percent, format!("{} at the end of {}", offer.id, year.year.name())))
            }
            Self::TotalPercent { offer, nation } => {
                let (offer, headline) = headline(offer, nation)?;
                Ok(of_offer(offer, headline.total_percent, format!("{}, all steps as declared", offer.id)))
            }
            Self::SimpleSumPercent { offer, nation } => {
                let (offer, headline) = headline(offer, nation)?;
                Ok(of_offer(offer, headline.simple_sum_percent, format!("{}, its rises simply added", offer.id)))
            }
            Self::StagingSavingPercent { offer, nation, count } => {
                let (offer, headline) = headline(offer, nation)?;
                let saving = year_of(&headline.years, None)?.staging_saving_percent;
                let value = if *count == Count::Months { saving.by_months } else { saving.by_days };
                Ok(of_offer(offer, value, format!("{}, saved by staging, percent of the pay bill", offer.id)))
            }
            Self::CountedPercent { offer: id, who } => {
                let offer = offer(id)?;
                let counted =
                    offer.counted.iter().find(|counted| counted.who.0 == *who).ok_or_else(|| format!("{who} put no percentage on {id}"))?;
                Ok(InputValue {
                    value: counted.percent,
                    what: format!("{id} as {who} counts it: {}", counted.counts),
                    source: counted.source.clone(),
                    status: Status::Published,
                })
            }
            Self::Rate { offer: id, whose, on } => {
                let offer = offer(id)?;
                let row = whose.row(offer, framework)?;
                Ok(of_offer(offer, row.path.rate_on(*on).pounds(), format!("{} under {id} on {}", row.point, long_date(*on))))
            }
            Self::ScaleRate { scale, nation, point, on } => {
                let found = framework.scale_rate(scale.as_deref(), nation, point, *on)?;
                Ok(InputValue {
                    value: found.annual.pounds(),
                    what: format!("point {point} on {}", long_date(*on)),
                    source: found.source.clone(),
                    status: found.status,
                })
            }
            Self::InYearGain { offer: id, whose, count } => {
                let offer = offer(id)?;
                let value = whose.value(offer, framework)?;
                let gain = value.first_year().gain_pence;
                let pence = if *count == Count::Months { gain.by_months } else { gain.by_days };
                Ok(of_offer(offer, pence / Ratio::whole(100), format!("gain in the year, {}", value.row.point)))
            }
            Self::WeeklyLoss { offer: id, whose, weeks } => {
                let offer = offer(id)?;
                let value = whose.value(offer, framework)?;
                let words = if *weeks == WeeksInYear::Calendar { "365.25 / 7 weeks a year" } else { "52 weeks a year" };
                Ok(of_offer(offer, value.weekly_loss_pence(*weeks) / Ratio::whole(100), format!("{}, {words}", value.row.point)))
            }
            Self::LossToFullAward { offer: id, whose, count } => {
                let offer = offer(id)?;
                let value = whose.value(offer, framework)?;
                let loss = value.loss_to_full_award_pence;
                let pence = if *count == Count::Months { loss.by_months } else { loss.by_days };
                Ok(of_offer(offer, pence / Ratio::whole(100), format!("loss until the full award, {}", value.row.point)))
            }
            Self::BreakEvenSalary { offer, nation, weekly, weeks } => {
                let (offer, headline) = headline(offer, nation)?;
                let salary = break_even_salary(*weekly, headline.largest_gap_percent(), *weeks)
                    .ok_or_else(|| format!("nothing of {} is staged", offer.id))?;
                Ok(of_offer(offer, salary, format!("base salary at which staging costs {weekly} a week")))
            }
            Self::AnnualRate { index, month } => {
                let value = framework.prices.annual_rate(*index, *month).map_err(|missing| missing.to_string())?;
                Ok(prices_value(framework.prices.rate_series(*index), *month, value, format!("{index} annual rate, {}", month.long())))
            }
            Self::PriceChange { index, from, to } => {
                let value = framework.prices.change_percent(*index, *from, *to).map_err(|missing| missing.to_string())?;
                Ok(prices_value(framework.prices.series(*index), *to, value, format!("{index} index, {} to {}", from.long(), to.long())))
            }
            Self::PayYearPrices { index, year } => {
                let year = PayYear::beginning(*year);
                let value = framework.prices.pay_year_change_percent(*index, year).map_err(|missing| missing.to_string())?;
                let what = format!("{index}, mean of {} on the year before", year.name());
                Ok(prices_value(framework.prices.series(*index), year.first_month(), value, what))
            }
            Self::DaysBetween { from, to } => Ok(InputValue {
                value: Ratio::whole(days_between(*from, *to)),
                what: format!("days from {} to {}", long_date(*from), long_date(*to)),
                source: Cite::new(),
                status: Status::Derived,
            }),
        }
    }
}

fn prices_value(series: &Series, month: Month, value: Ratio, what: String) -> InputValue {
    InputValue { value, what, source: series.source(month).to_vec(), status: series.status(month).unwrap_or(Status::Derived) }
}

fn nation_of<'o>(offer: &'o Offer, named: &'o Option<String>) -> Result<&'o str, String> {
    match (named, offer.nations.as_slice()) {
        (Some(nation), nations) if nations.iter().any(|(known, _)| known == nation) => Ok(nation),
        (Some(nation), _) => Err(format!("the offer {} does not apply in {nation}", offer.id)),
        (None, [(first, _), ..]) => Ok(first),
        (None, []) => Err(format!("the offer {} names no nation", offer.id)),
    }
}

fn year_of(years: &[crate::value::HeadlineYear], wanted: Option<Month>) -> Result<&crate::value::HeadlineYear, String> {
    match wanted {
        None => years.first().ok_or_else(|| "the offer has no pay year".to_owned()),
        Some(month) => years
            .iter()
            .find(|year| year.year.first_month() == month)
            .ok_or_else(|| format!("no pay year of the offer begins in {}", month.long())),
    }
}

impl Whose {
    fn row(&self, offer: &Offer, framework: &Framework<'_>) -> Result<Row, String> {
        let nation = nation_of(offer, &self.nation)?;
        match (&self.point, self.salary) {
            (Some(point), _) => framework.row_of_point(offer, nation, point, self.band.as_deref()).map(|(_, row)| row),
            (None, Some(salary)) => {
                rates_of_salary(offer, salary, self.band.as_deref(), framework.view(offer, nation)).map_err(|error| error.to_string())
            }
            (None, None) => Err("neither a point nor a salary is given".to_owned()),
        }
    }

    fn value(&self, offer: &Offer, framework: &Framework<'_>) -> Result<crate::value::PointValue, String> {
        let year = framework.first_pay_year(offer).ok_or_else(|| format!("the offer {} has no dates", offer.id))?;
        Ok(value_row(self.row(offer, framework)?, year))
    }
}
