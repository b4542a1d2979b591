//! The rules of equal pay as data: read, checked whole, looked up by the day of lodging.

use std::collections::BTreeMap;

use dated::{Date, Dated, Fault, Faults, FileBytes, NotCovered, Place, Table, Timeline, TomlFile, nearest_name};

use super::Nation;
use crate::rules::RuleStatus;

/// The rules that come with the program.
pub const BUILT_IN_EQUAL_PAY: &str = include_str!("../../../../data/law/equal-pay.toml");
const BUILT_IN_NAME: &str = "data/law/equal-pay.toml";

/// What is ruled on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum EqualPayKey {
    LikeWork,
    RatedEquivalent,
    EqualValue,
    SameEmployment,
    SingleSource,
    ArrearsYears,
    TribunalMonths,
    TermsOneByOne,
    PartTime,
}

impl EqualPayKey {
    const NAMES: [(&'static str, Self); 9] = [
        ("route.like-work", Self::LikeWork),
        ("route.rated-equivalent", Self::RatedEquivalent),
        ("route.equal-value", Self::EqualValue),
        ("same-employment", Self::SameEmployment),
        ("single-source", Self::SingleSource),
        ("arrears.years", Self::ArrearsYears),
        ("tribunal.months_after_leaving", Self::TribunalMonths),
        ("terms-one-by-one", Self::TermsOneByOne),
        ("part-time", Self::PartTime),
    ];

    /// Its name in the data.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, key)| *key == self).map_or("", |(name, _)| name)
    }

    fn is_number(self) -> bool {
        matches!(self, Self::ArrearsYears | Self::TribunalMonths)
    }
}

/// One rule of one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EqualPayRule {
    /// Its stable name, as answers cite it.
    pub id: String,
    /// What it rules on.
    pub key: EqualPayKey,
    /// First day.
    pub from: Date,
    /// First day it no longer applies.
    pub until: Option<Date>,
    /// The rule in words.
    pub text: String,
    /// Section, instrument or judgment.
    pub source: String,
    /// How sure it is.
    pub status: RuleStatus,
    /// The last day somebody looked.
    pub checked_on: Date,
    value: u64,
    alternative: Option<u64>,
}

impl EqualPayRule {
    /// The number of years or months; a flag is 1 or 0.
    pub fn number(&self) -> u64 {
        self.value
    }

    /// The number under the other reading of a contested rule.
    pub fn alternative_number(&self) -> Option<u64> {
        self.alternative
    }

    /// Whether the rule allows what it is about.
    pub fn flag(&self) -> bool {
        self.value != 0
    }
}

/// What was ruled of a body that sets terms for several employers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyRuling {
    /// Its short name.
    pub id: String,
    /// The names under which people know it.
    pub names: Vec<String>,
    /// Whether it was ruled to be a single source; `None` where no ruling is known.
    pub single_source: Option<bool>,
    /// The ruling in words.
    pub text: String,
    /// The judgments.
    pub source: String,
    /// How sure this is.
    pub status: RuleStatus,
}

/// E9: a reason that an employer may give, as a question. Never answered here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaterialFactor {
    /// Its short name.
    pub id: String,
    /// The question.
    pub question: String,
}

/// All rules of equal pay, checked.
#[derive(Debug)]
pub struct EqualPayBook {
    timelines: BTreeMap<(EqualPayKey, Nation), Timeline<EqualPayRule>>,
    bodies: Vec<BodyRuling>,
    factors: Vec<MaterialFactor>,
    compiled: Date,
    not_legal_advice: String,
}

impl EqualPayBook {
    /// The rules that come with the program.
    ///
    /// # Errors
    /// The faults of the data, which a test keeps at none.
    pub fn built_in() -> Result<Self, Vec<Fault>> {
        Self::parse(BUILT_IN_NAME, &FileBytes::Read(BUILT_IN_EQUAL_PAY.as_bytes().to_vec()))
    }

    /// E1: reads and checks rules: each complete, no gap, no overlap, no unknown key.
    ///
    /// # Errors
    /// Every fault with its line.
    pub fn parse(file: &str, bytes: &FileBytes) -> Result<Self, Vec<Fault>> {
        let faults = Faults::new();
        let book = TomlFile::read(file, bytes, &faults).map(|toml| toml.with_root(&faults, |root| read_root(root, &faults)));
        match book.flatten() {
            Some(book) if faults.error_count() == 0 => Ok(book),
            _ => Err(faults.into_sorted()),
        }
    }

    /// E1: the rule of `key` for a claim lodged on `day`.
    ///
    /// # Errors
    /// [`NotCovered`] when none is known: a neighbouring nation's or period's is never taken instead.
    pub fn on(&self, key: EqualPayKey, nation: Nation, day: Date) -> Result<&EqualPayRule, NotCovered> {
        let named = format!("{} ({})", key.name(), nation.word());
        match self.timelines.get(&(key, nation)) {
            Some(timeline) => timeline.on(day).map(|dated| &dated.value),
            None => Err(NotCovered { key: named, day, first: None }),
        }
    }

    /// The ruling on a body, by any of its names.
    pub fn body(&self, name: &str) -> Option<&BodyRuling> {
        let wanted = name.trim();
        self.bodies
            .iter()
            .find(|body| body.id.eq_ignore_ascii_case(wanted) || body.names.iter().any(|known| known.eq_ignore_ascii_case(wanted)))
    }

    /// Every body of which something is known.
    pub fn bodies(&self) -> &[BodyRuling] {
        &self.bodies
    }

    /// E9: the questions to ask of any difference.
    pub fn material_factors(&self) -> &[MaterialFactor] {
        &self.factors
    }

    /// The day these rules were compiled.
    pub fn compiled(&self) -> Date {
        self.compiled
    }

    /// The sentence that stands under every answer.
    pub fn not_legal_advice(&self) -> &str {
        &self.not_legal_advice
    }
}

const STATUS: [(&str, RuleStatus); 4] = [
    ("confirmed", RuleStatus::Confirmed),
    ("general-knowledge", RuleStatus::GeneralKnowledge),
    ("contested", RuleStatus::Contested),
    ("pending", RuleStatus::Pending),
];

fn read_root(root: &Table<'_>, faults: &Faults) -> Option<EqualPayBook> {
    let meta = root.optional_table("meta", |meta| {
        let _ = meta.text("title");
        Some((meta.date("compiled")?, meta.text("not_legal_advice")?))
    });
    if meta.is_none() {
        root.fault("missing-key", "meta", "the file has no [meta]", "add [meta] with title, compiled and not_legal_advice");
    }
    let mut entries: BTreeMap<(EqualPayKey, Nation), Vec<Dated<EqualPayRule>>> = BTreeMap::new();
    let mut ids: BTreeMap<String, Place> = BTreeMap::new();
    root.list("rule", |table, _| {
        let rule = read_rule(table, faults);
        let nations = read_nations(table, faults);
        let rule = rule?;
        if let Some(first) = ids.insert(rule.id.clone(), table.place()) {
            faults.error(
                "duplicate-id",
                &table.place(),
                format!("the rule “{}” stands twice (first on {first})", rule.id),
                "give each its own id",
            );
        }
        for nation in nations {
            entries.entry((rule.key, nation)).or_default().push(Dated {
                from: rule.from,
                until: rule.until,
                value: rule.clone(),
                source: vec![rule.source.clone()],
                status: dated::Status::Published,
                place: table.place(),
            });
        }
        Some(())
    });
    let timelines = entries
        .into_iter()
        .map(|((key, nation), list)| ((key, nation), Timeline::check(&format!("{} ({})", key.name(), nation.word()), list, faults)))
        .collect();
    let bodies = root.list("body", |table, _| {
        let _ = table.date("checked_on");
        let single_source = table.optional_bool("single_source");
        Some(BodyRuling {
            id: table.id("id")?,
            names: table.texts("names"),
            single_source,
            text: table.text("text")?,
            source: table.text("source")?,
            status: table.choice("status", &STATUS)?,
        })
    });
    let factors = root.list("material_factor", |table, _| Some(MaterialFactor { id: table.id("id")?, question: table.text("question")? }));
    let (compiled, not_legal_advice) = meta.flatten()?;
    Some(EqualPayBook { timelines, bodies, factors, compiled, not_legal_advice })
}

fn read_nations(table: &Table<'_>, faults: &Faults) -> Vec<Nation> {
    let named = table.text_list("nations");
    if named.is_empty() {
        table.fault("missing-key", "nations", "the rule names no nation", "add nations = [\"england-wales\", \"scotland\"]");
    }
    let mut nations = Vec::new();
    for (word, place) in named {
        match Nation::WORDS.iter().find(|(known, _)| *known == word) {
            Some((_, nation)) => nations.push(*nation),
            None => {
                let known = Nation::WORDS.map(|(known, _)| known);
                let near = nearest_name(&word, known).map_or_else(String::new, |near| format!("did you mean {near}? "));
                faults.error(
                    "unknown-nation",
                    &place,
                    format!("“{word}” is no nation known here"),
                    format!("{near}one of {}", known.join(", ")),
                );
            }
        }
    }
    nations
}

fn read_rule(table: &Table<'_>, faults: &Faults) -> Option<EqualPayRule> {
    let id = table.text("id");
    let key = table.choice("key", &EqualPayKey::NAMES);
    let (from, until) = (table.date("from"), table.optional_date("until"));
    let (text, source) = (table.text("text"), table.text("source"));
    let (status, checked_on) = (table.choice("status", &STATUS), table.date("checked_on"));
    let value = match key {
        Some(key) if key.is_number() => table.count("value"),
        Some(_) => table.optional_bool("value").map(u64::from).or_else(|| {
            table.fault("missing-key", "value", "the rule says neither true nor false", "add value = true or value = false");
            None
        }),
        None => {
            table.accept_all_keys();
            None
        }
    };
    let alternative = table.optional_count("alternative_value");
    if status == Some(RuleStatus::Contested) && alternative.is_none() {
        faults.error("contested-without-alternative", &table.place(), "the rule is contested but has one reading", "add alternative_value");
    }
    Some(EqualPayRule {
        id: id?,
        key: key?,
        from: from?,
        until,
        text: text?,
        source: source?,
        status: status?,
        checked_on: checked_on?,
        value: value?,
        alternative,
    })
}
