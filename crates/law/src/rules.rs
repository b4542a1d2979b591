//! The dated rules: read from TOML, checked, and looked up by the day of each rule's own event.
//!
//! A key ("how many days' notice of action") has one rule for each period and each jurisdiction. Which day decides is the
//! rule's `test_date`: the ballot's opening, the day a notice was received, the first day of action. So one dispute may use
//! rules of different periods (L2).
//!
//! Not here: what the rules mean for a result or a date; see `result`, `mandate`, `opening`.

use std::collections::{BTreeMap, BTreeSet};

use dated::{Date, Dated, Fault, Faults, FileBytes, NotCovered, Place, Status, Table, Timeline, TomlFile, nearest_name};

use crate::calendar::Length;

/// The rules that come with the program.
pub const BUILT_IN_RULES: &str = include_str!("../../../data/law/industrial-action-gb.toml");
/// The name under which faults of the built-in rules are reported.
pub const BUILT_IN_NAME: &str = "data/law/industrial-action-gb.toml";

/// Which law: Great Britain (England, Wales, Scotland) or Northern Ireland.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Jurisdiction {
    /// England, Wales and Scotland.
    #[default]
    GreatBritain,
    /// Northern Ireland.
    NorthernIreland,
}

impl Jurisdiction {
    /// The short names used in files and on command lines.
    pub const NAMES: [(&'static str, Self); 2] = [("GB", Self::GreatBritain), ("NI", Self::NorthernIreland)];

    /// `GB` or `NI`.
    pub fn short(self) -> &'static str {
        match self {
            Self::GreatBritain => "GB",
            Self::NorthernIreland => "NI",
        }
    }

    /// The jurisdiction of that short name.
    pub fn from_short(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(short, _)| short.eq_ignore_ascii_case(name)).map(|(_, jurisdiction)| jurisdiction)
    }
}

/// How sure a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleStatus {
    /// Read in the named source.
    Confirmed,
    /// Widely known, not read in the source for this work.
    GeneralKnowledge,
    /// Two readings; `value` is the stricter.
    Contested,
    /// Announced; the instrument was not seen.
    Pending,
}

impl RuleStatus {
    const WORDS: [(&'static str, Self); 4] = [
        ("confirmed", Self::Confirmed),
        ("general-knowledge", Self::GeneralKnowledge),
        ("contested", Self::Contested),
        ("pending", Self::Pending),
    ];

    /// The word used in files and reports.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, status)| *status == self).map_or("", |(word, _)| word)
    }
}

/// Which event's day decides whether a rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TestDate {
    BallotOpened,
    BallotDate,
    BallotNoticeReceived,
    ActionNoticeReceived,
    ActionCalled,
    EmployeeStartedAction,
    ActionDay,
    ReturnPeriodEnd,
    Deduction,
    Picket,
    CourtOrder,
}

impl TestDate {
    const WORDS: [(&'static str, Self); 11] = [
        ("ballot_opened", Self::BallotOpened),
        ("ballot_date", Self::BallotDate),
        ("ballot_notice_received", Self::BallotNoticeReceived),
        ("action_notice_received", Self::ActionNoticeReceived),
        ("action_called", Self::ActionCalled),
        ("employee_started_action", Self::EmployeeStartedAction),
        ("action_day", Self::ActionDay),
        ("return_period_end", Self::ReturnPeriodEnd),
        ("deduction", Self::Deduction),
        ("picket", Self::Picket),
        ("court_order", Self::CourtOrder),
    ];

    /// The word used in the data.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, test)| *test == self).map_or("", |(word, _)| word)
    }
}

/// What is ruled on. The order is that of [`KEYS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Key {
    Method,
    Questions,
    ShortOfStrikeIncludes,
    PaperFields,
    PaperExtraFields,
    Statement,
    BallotNoticeDays,
    SamplePaperDays,
    BallotNoticeContents,
    ScrutineerOver,
    ScrutineerReportDue,
    ScrutineerReportCopies,
    ScrutineerReportContents,
    Majority,
    TurnoutPercent,
    SupportPercent,
    Entitlement,
    SeparateWorkplaces,
    CountingFailures,
    SmallFailures,
    ResultContents,
    Call,
    Mandate,
    CourtExtension,
    ActionNoticeDays,
    ActionNoticeNotBefore,
    ActionNoticeContents,
    DismissalProtection,
    PicketSupervisor,
    AnnualReturn,
    MinimumServiceLevels,
    CheckOffConditions,
    ConsultativeBallot,
}

/// Which kind of value a key has; a rule with another kind is a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Text,
    Texts,
    Fields,
    Number,
    Base,
    Term,
    Period,
    Protection,
    Flag,
}

/// Every key with its name in the data.
const KEYS: [(Key, &str, Shape); 33] = [
    (Key::Method, "ballot.method", Shape::Texts),
    (Key::Questions, "voting_paper.questions", Shape::Texts),
    (Key::ShortOfStrikeIncludes, "voting_paper.short_of_strike_includes", Shape::Texts),
    (Key::PaperFields, "voting_paper.required_fields", Shape::Fields),
    (Key::PaperExtraFields, "voting_paper.extra_fields", Shape::Fields),
    (Key::Statement, "voting_paper.statement", Shape::Text),
    (Key::BallotNoticeDays, "ballot_notice.min_days_before_opening", Shape::Number),
    (Key::SamplePaperDays, "sample_paper.min_days_before_opening", Shape::Number),
    (Key::BallotNoticeContents, "ballot_notice.contents", Shape::Fields),
    (Key::ScrutineerOver, "scrutineer.required_if_entitled_exceeds", Shape::Number),
    (Key::ScrutineerReportDue, "scrutineer.report_due", Shape::Period),
    (Key::ScrutineerReportCopies, "scrutineer.report_copy_request_window", Shape::Period),
    (Key::ScrutineerReportContents, "scrutineer.report_contents", Shape::Fields),
    (Key::Majority, "threshold.majority", Shape::Base),
    (Key::TurnoutPercent, "threshold.turnout_percent", Shape::Number),
    (Key::SupportPercent, "threshold.support_percent_ips", Shape::Number),
    (Key::Entitlement, "entitlement", Shape::Text),
    (Key::SeparateWorkplaces, "separate_workplace_ballots", Shape::Text),
    (Key::CountingFailures, "failures.counting", Shape::Text),
    (Key::SmallFailures, "failures.small_accidental", Shape::Text),
    (Key::ResultContents, "result.contents", Shape::Fields),
    (Key::Call, "call", Shape::Text),
    (Key::Mandate, "mandate", Shape::Term),
    (Key::CourtExtension, "mandate.court_extension", Shape::Text),
    (Key::ActionNoticeDays, "action_notice.min_days", Shape::Number),
    (Key::ActionNoticeNotBefore, "action_notice.not_before", Shape::Text),
    (Key::ActionNoticeContents, "action_notice.contents", Shape::Fields),
    (Key::DismissalProtection, "dismissal.protected_weeks", Shape::Protection),
    (Key::PicketSupervisor, "picket.supervisor_required", Shape::Flag),
    (Key::AnnualReturn, "annual_return.industrial_action_details", Shape::Flag),
    (Key::MinimumServiceLevels, "minimum_service_levels.possible", Shape::Flag),
    (Key::CheckOffConditions, "check_off.public_sector_conditions", Shape::Flag),
    (Key::ConsultativeBallot, "consultative_ballot.statutory_thresholds", Shape::Text),
];

impl Key {
    /// Its name in the data.
    pub fn name(self) -> &'static str {
        KEYS[self as usize].1
    }
}

/// Of what the Yes votes must be more than half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MajorityBase {
    /// Yes and No on this question. West Midlands Travel v TGWU [1994] ICR 978.
    ValidVotesOnQuestion,
    /// Every paper returned, spoiled ones included. TULRCA s.297A read literally.
    AllReturned,
}

impl MajorityBase {
    const WORDS: [(&'static str, Self); 2] = [("valid_votes_on_question", Self::ValidVotesOnQuestion), ("all_returned", Self::AllReturned)];

    /// In words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::ValidVotesOnQuestion => "valid votes on the question",
            Self::AllReturned => "all papers returned",
        }
    }
}

/// For how long a ballot supports action. TULRCA s.234(1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// Whether action must begin in the period, or is covered only inside it.
    pub kind: TermKind,
    /// How long without an agreement.
    pub length: Length,
    /// How long at most if the employer agrees; `None` where the law knows no such agreement.
    pub agreed_up_to: Option<Length>,
}

/// What the end of the period means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermKind {
    /// Action must begin within the period; once begun it may go on (to February 2017, and in Northern Ireland).
    MustBeginWithin,
    /// Action is covered only to the end of the period (from March 2017).
    Expires,
}

/// The value of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Words: a statement, or a rule that nothing computes with.
    Text(String),
    /// Names, such as methods of voting or fields of a document.
    Texts(Vec<String>),
    /// Days or per cent.
    Number(u64),
    /// What a majority is of.
    Base(MajorityBase),
    /// The life of a mandate.
    Term(Term),
    /// A period that begins with the date of the ballot.
    Period(Length),
    /// Weeks of protection from dismissal; `None` is as long as the protected action lasts.
    Protection(Option<u64>),
    /// Whether a rule was in force at all.
    Flag(bool),
}

/// One rule of one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its stable name, as verdicts cite it.
    pub id: String,
    /// What it rules on.
    pub key: Key,
    /// Which law it belongs to.
    pub jurisdiction: Jurisdiction,
    /// Which event's day decides.
    pub test_date: TestDate,
    /// First day; `None` while the rule waits for its operator switch.
    pub from: Option<Date>,
    /// First day it no longer applies.
    pub until: Option<Date>,
    /// What it says.
    pub value: Value,
    /// The other reading, if the rule is contested.
    pub alternative: Option<MajorityBase>,
    /// The number if the employer agrees.
    pub by_agreement: Option<u64>,
    /// Section, amending Act and instrument.
    pub source: String,
    /// How sure it is.
    pub status: RuleStatus,
    /// The last day somebody looked.
    pub checked_on: Date,
    /// The rule in words, where the value alone is not enough.
    pub text: Option<String>,
    /// The rule stays in force for a later ballot under a stated fact.
    pub savings: Vec<Saving>,
    /// Groups the rule leaves out.
    pub exceptions: Vec<Exception>,
    /// Conditions of which one is enough, where the rule has such.
    pub conditions: Vec<Condition>,
    /// Fields that other information may replace for members who pay by check-off.
    pub check_off: Option<CheckOff>,
    /// The switch without which the rule does not apply.
    pub switch: Option<Switch>,
    /// Where it stands.
    pub place: Place,
}

/// A transitional saving: the old rule stays if `fact` happened before `before`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saving {
    /// Which day decides, such as `sample_paper_supplied_on`.
    pub fact: String,
    /// It must lie before this day.
    pub before: Date,
    /// In words.
    pub text: String,
    /// Where it is written.
    pub source: String,
}

/// A group that a rule leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The fact that puts a ballot into the group; `None` where nothing is computed.
    pub fact: Option<String>,
    /// First day of the exception.
    pub from: Option<Date>,
    /// Who.
    pub who: String,
    /// What holds for them.
    pub text: String,
    /// Where it is written.
    pub source: String,
}

/// One of several conditions that each suffice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Its name on the command line.
    pub id: String,
    /// In words.
    pub text: String,
    /// Where it is written.
    pub source: String,
}

/// What may stand instead of lists and figures for members who pay by deduction from wages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckOff {
    /// What must be given instead.
    pub instead: String,
    /// Which fields it replaces.
    pub replaces: Vec<String>,
}

/// A switch that a person sets after seeing the instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Its name.
    pub name: String,
    /// A day before this cannot be right.
    pub not_before: Date,
    /// From this day on the rule may already be in force.
    pub in_doubt_from: Date,
}

/// Services that counted as important from March 2017 to February 2026. TULRCA s.226(2D), (2E).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportantService {
    /// Health, education, fire, transport, border, nuclear decommissioning.
    pub sector: String,
    /// The services.
    pub services: Vec<String>,
    /// What was left out.
    pub excluded: Vec<String>,
    /// The regulations.
    pub source: String,
    /// How sure this is.
    pub status: RuleStatus,
}

/// All rules, checked.
#[derive(Debug)]
pub struct Rulebook {
    timelines: BTreeMap<(Key, Jurisdiction), Timeline<Rule>>,
    waiting: Vec<Rule>,
    switches: BTreeMap<String, Date>,
    services: Vec<ImportantService>,
    field_texts: BTreeMap<String, String>,
    compiled: Date,
    not_legal_advice: String,
}

/// The rule that decides, and the one that may already have replaced it.
#[derive(Clone, Copy, Debug)]
pub struct Ruling<'r> {
    /// The rule adopted: the stricter while something is unsettled.
    pub rule: &'r Rule,
    /// A rule announced but not confirmed that may apply on this day.
    pub pending: Option<&'r Rule>,
}

impl Rulebook {
    /// The rules that come with the program.
    ///
    /// # Errors
    /// The faults of the data, which a test keeps at none.
    pub fn built_in() -> Result<Self, Vec<Fault>> {
        Self::parse(BUILT_IN_NAME, &FileBytes::Read(BUILT_IN_RULES.as_bytes().to_vec()))
    }

    /// L1: reads and checks rules: every rule complete, no gap, no overlap, no unknown key.
    ///
    /// # Errors
    /// Every fault with its line.
    pub fn parse(file: &str, bytes: &FileBytes) -> Result<Self, Vec<Fault>> {
        let faults = Faults::new();
        let book = TomlFile::read(file, bytes, &faults).map(|toml| toml.with_root(&faults, |root| read_root(root, &faults)));
        let complete = faults.error_count() == 0;
        match book.flatten() {
            Some(book) if complete => Ok(book),
            _ => Err(faults.into_sorted()),
        }
    }

    /// L5: the same rules with a switch set by a person who has seen the instrument.
    ///
    /// # Errors
    /// A sentence when there is no such switch or its day is too early to be right.
    pub fn set_switch(&mut self, name: &str, from: Date) -> Result<(), String> {
        let known: BTreeSet<&str> =
            self.waiting.iter().filter_map(|rule| rule.switch.as_ref()).map(|switch| switch.name.as_str()).collect();
        let Some(switch) = self.waiting.iter().filter_map(|rule| rule.switch.as_ref()).find(|switch| switch.name == name) else {
            let near = nearest_name(name, known.iter().copied()).map_or_else(String::new, |near| format!(" Did you mean {near}?"));
            return Err(format!("there is no switch “{name}”; there are {}.{near}", known.into_iter().collect::<Vec<_>>().join(", ")));
        };
        if from < switch.not_before {
            return Err(format!("{name} cannot begin on {from}: nothing of the kind could be in force before {}", switch.not_before));
        }
        self.switches.insert(name.to_owned(), from);
        Ok(())
    }

    /// The switches that are set, by name.
    pub fn switches(&self) -> &BTreeMap<String, Date> {
        &self.switches
    }

    /// L2: the rule of `key` for an event on `day`.
    ///
    /// # Errors
    /// [`NotCovered`] when no rule is known for that day.
    pub fn on(&self, key: Key, jurisdiction: Jurisdiction, day: Date) -> Result<Ruling<'_>, NotCovered> {
        let mut pending = None;
        for rule in self.waiting.iter().filter(|rule| rule.key == key && rule.jurisdiction == jurisdiction) {
            let Some(switch) = &rule.switch else { continue };
            match self.switches.get(&switch.name) {
                Some(from) if *from <= day => return Ok(Ruling { rule, pending: None }),
                Some(_) => {}
                None if switch.in_doubt_from <= day => pending = Some(rule),
                None => {}
            }
        }
        let Some(timeline) = self.timelines.get(&(key, jurisdiction)) else {
            return Err(NotCovered { key: format!("{} ({})", key.name(), jurisdiction.short()), day, first: None });
        };
        timeline.on(day).map(|found| Ruling { rule: &found.value, pending })
    }

    /// L4: as [`Self::on`], but a rule that a transitional saving keeps goes before: `fact_day` is the day of the saving's fact.
    ///
    /// # Errors
    /// [`NotCovered`] when no rule is known for that day.
    pub fn on_with_saving(
        &self,
        key: Key,
        jurisdiction: Jurisdiction,
        day: Date,
        fact: &str,
        fact_day: Option<Date>,
    ) -> Result<Ruling<'_>, NotCovered> {
        if let (Some(fact_day), Some(timeline)) = (fact_day, self.timelines.get(&(key, jurisdiction))) {
            let saved = timeline.entries().iter().map(|entry| &entry.value).find(|rule| {
                rule.until.is_some_and(|until| until <= day)
                    && rule.savings.iter().any(|saving| saving.fact == fact && fact_day < saving.before)
            });
            if let Some(rule) = saved {
                return Ok(Ruling { rule, pending: None });
            }
        }
        self.on(key, jurisdiction, day)
    }

    /// Every rule, by key, jurisdiction and day; those that wait for a switch last.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.timelines.values().flat_map(|timeline| timeline.entries().iter().map(|entry| &entry.value)).chain(&self.waiting)
    }

    /// The important public services of 2017 to 2026.
    pub fn important_services(&self) -> &[ImportantService] {
        &self.services
    }

    /// What a field of a document is, in plain words.
    pub fn field_text(&self, field: &str) -> &str {
        self.field_texts.get(field).map_or("", String::as_str)
    }

    /// The last day on which the rules as a whole were checked.
    pub fn checked_on(&self) -> Date {
        self.compiled
    }

    /// The sentence that every legal output carries.
    pub fn not_legal_advice(&self) -> &str {
        &self.not_legal_advice
    }
}

fn read_root(root: &Table<'_>, faults: &Faults) -> Option<Rulebook> {
    let meta = root.optional_table("meta", |meta| {
        for key in ["title", "principal_act", "compiled_from", "days", "unknown_policy"] {
            let _ = meta.text(key);
        }
        let _ = meta.count("schema");
        (meta.date("compiled"), meta.text("not_legal_advice"))
    });
    if meta.is_none() {
        root.fault(
            "missing-key",
            "meta",
            "the file has no [meta]",
            "add [meta] with title, compiled = 2026-11-21, not_legal_advice = \"…\"",
        );
    }
    let (compiled, not_legal_advice) = meta.unwrap_or_default();
    let field_texts: BTreeMap<String, String> =
        root.list("field", |field, _| Some((field.text("id")?, field.text("text")?))).into_iter().collect();
    for list in ["definition", "scrutineer_list", "jurisdiction_note"] {
        // Read by other parts or by people only.
        root.list(list, |table, _| {
            table.accept_all_keys();
            Some(())
        });
    }
    let services = root.list("important_public_service", |service, _| {
        let _ = (service.optional_text("note"), service.optional_text("confirmed_by"));
        Some(ImportantService {
            sector: service.text("sector")?,
            services: service.texts("services"),
            excluded: service.texts("excluded"),
            source: service.text("source")?,
            status: service.choice("status", &RuleStatus::WORDS)?,
        })
    });
    let rules = root.list("rule", |rule, _| read_rule(rule, compiled, &field_texts));
    let mut ids = BTreeMap::new();
    for rule in &rules {
        if let Some(line) = ids.insert(rule.id.clone(), rule.place.line) {
            faults.error(
                "duplicate-id",
                &rule.place,
                format!("the rule “{}” stands twice (the other on line {line})", rule.id),
                "give each rule its own id",
            );
        }
    }
    let (waiting, dated): (Vec<Rule>, Vec<Rule>) = rules.into_iter().partition(|rule| rule.switch.is_some());
    let mut by_key: BTreeMap<(Key, Jurisdiction), Vec<Dated<Rule>>> = BTreeMap::new();
    for rule in dated {
        let Some(from) = rule.from else { continue };
        let status = match rule.status {
            RuleStatus::Confirmed | RuleStatus::Contested => Status::Published,
            RuleStatus::GeneralKnowledge | RuleStatus::Pending => Status::Estimated,
        };
        let entry = Dated { from, until: rule.until, source: vec![rule.source.clone()], status, place: rule.place.clone(), value: rule };
        by_key.entry((entry.value.key, entry.value.jurisdiction)).or_default().push(entry);
    }
    let timelines: BTreeMap<_, _> = by_key
        .into_iter()
        .map(|((key, jurisdiction), entries)| {
            let name = format!("{} ({})", key.name(), jurisdiction.short());
            ((key, jurisdiction), Timeline::check(&name, entries, faults))
        })
        .collect();
    // After another fault a rule may be missing only because it could not be read.
    let read_whole = faults.error_count() == 0;
    for (key, name, _) in KEYS {
        if read_whole && !timelines.contains_key(&(key, Jurisdiction::GreatBritain)) {
            root.fault(
                "key-without-rule",
                "rule",
                format!("no rule of “{name}” is given"),
                format!("add a [[rule]] with key = \"{name}\""),
            );
        }
    }
    for rule in &waiting {
        if !timelines.contains_key(&(rule.key, rule.jurisdiction)) {
            faults.error(
                "switch-without-rule",
                &rule.place,
                format!("“{}” waits for a switch, but no other rule of its key is in force", rule.id),
                "add the rule that applies until then",
            );
        }
    }
    Some(Rulebook {
        timelines,
        waiting,
        switches: BTreeMap::new(),
        services,
        field_texts,
        compiled: compiled?,
        not_legal_advice: not_legal_advice?,
    })
}

fn read_rule(table: &Table<'_>, compiled: Option<Date>, fields: &BTreeMap<String, String>) -> Option<Rule> {
    // Read by people only: named here so that a misspelt key is still found.
    for key in ["confirmed_by", "note", "formula", "accuracy", "agreement_with", "comparison", "numerator", "denominator"] {
        let _ = table.optional_text(key);
    }
    for key in ["applies_when", "applies_to", "consequence", "when"] {
        let _ = table.optional_text(key);
    }
    for key in ["contents", "covers", "does_not_cover", "to"] {
        let _ = table.texts(key);
    }
    for key in ["verbatim", "names_required", "explanation_of_figures", "aggregate_separate_workplace_ballots"] {
        let _ = table.optional_bool(key);
    }
    let known: Vec<(&str, (Key, Shape))> = KEYS.iter().map(|(key, name, shape)| (*name, (*key, *shape))).collect();
    let id = table.text("id");
    let _ = table.has("value");
    let key = table.choice("key", &known);
    let test_date = table.choice("test_date", &TestDate::WORDS);
    let source = table.text("source");
    let status = table.choice("status", &RuleStatus::WORDS);
    let value = key.and_then(|(_, shape)| read_value(table, shape, fields));
    let jurisdiction = table.optional_choice("jurisdiction", &Jurisdiction::NAMES).unwrap_or_default();
    let switch = table.optional_text("operator_switch").and_then(|name| {
        if table.has("from") {
            table.fault(
                "switch-with-day",
                "from",
                "a rule behind a switch has no day of its own",
                "remove `from`: the switch gives the day",
            );
        }
        Some(Switch { name, not_before: table.date("not_before")?, in_doubt_from: table.date("in_doubt_from")? })
    });
    let from = if table.has("operator_switch") { None } else { table.date("from") };
    let savings = table.list("saving", |saving, _| {
        Some(Saving {
            fact: saving.text("fact")?,
            before: saving.date("before")?,
            text: saving.text("text")?,
            source: saving.text("source")?,
        })
    });
    let exceptions = table.list("exception", |exception, _| {
        Some(Exception {
            fact: exception.optional_text("fact"),
            from: exception.optional_date("from"),
            who: exception.text("who")?,
            text: exception.text("text")?,
            source: exception.text("source")?,
        })
    });
    let conditions = table.list("condition", |condition, _| {
        Some(Condition { id: condition.text("id")?, text: condition.text("text")?, source: condition.text("source")? })
    });
    let replaces = read_fields(table, "check_off_replaces", fields);
    let alternative = table.optional_choice("alternative_value", &MajorityBase::WORDS);
    if status == Some(RuleStatus::Contested) && alternative.is_none() {
        table.fault("reading-missing", "status", "a contested rule has no other reading", "add `alternative_value`");
    }
    let until = table.optional_date("until");
    let by_agreement = table.optional_count("by_agreement");
    let checked_on = table.optional_date("checked_on").or(compiled);
    let text = table.optional_text("text");
    let check_off = table.optional_text("alternative_if_check_off").map(|instead| CheckOff { instead, replaces });
    Some(Rule {
        id: id?,
        key: key?.0,
        jurisdiction,
        test_date: test_date?,
        from,
        until,
        value: value?,
        alternative,
        by_agreement,
        source: source?,
        status: status?,
        checked_on: checked_on?,
        text,
        savings,
        exceptions,
        conditions,
        check_off,
        switch,
        place: table.place(),
    })
}

fn read_value(table: &Table<'_>, shape: Shape, fields: &BTreeMap<String, String>) -> Option<Value> {
    let length = |value: &Table<'_>| match (value.optional_count("weeks"), value.optional_count("months")) {
        (Some(weeks), None) => Some(Length::Weeks(weeks)),
        (None, Some(months)) => Some(Length::Months(months)),
        _ => {
            value.fault("wrong-kind", "weeks", "the length is not given once, in weeks or in months", "write `weeks = 4` or `months = 6`");
            None
        }
    };
    let prose = |value: &Table<'_>| {
        for key in ["counting", "agreement_with", "cost"] {
            let _ = value.optional_text(key);
        }
        let _ = value.texts("who");
    };
    match shape {
        Shape::Text => table.text("value").map(Value::Text),
        Shape::Texts | Shape::Fields => {
            if !table.has("value") {
                table.fault("missing-key", "value", "the rule has no “value”", "add `value = [\"…\"]`");
                return None;
            }
            Some(Value::Texts(if shape == Shape::Fields { read_fields(table, "value", fields) } else { table.texts("value") }))
        }
        Shape::Number => table.count("value").map(Value::Number),
        Shape::Base => table.choice("value", &MajorityBase::WORDS).map(Value::Base),
        Shape::Flag => {
            if !table.has("value") {
                table.fault("missing-key", "value", "the rule has no “value”", "add `value = true`");
            }
            table.optional_bool("value").map(Value::Flag)
        }
        Shape::Period | Shape::Term | Shape::Protection => {
            if !table.has("value") {
                table.fault("missing-key", "value", "the rule has no “value”", "add `value = { weeks = 4 }`");
            }
            table.optional_table("value", |value| {
                prose(value);
                match shape {
                    Shape::Protection if value.optional_bool("unlimited") == Some(true) => Some(Value::Protection(None)),
                    Shape::Protection => value.count("weeks").map(|weeks| Value::Protection(Some(weeks))),
                    Shape::Period => length(value).map(Value::Period),
                    _ => {
                        let kind =
                            value.choice("kind", &[("must_begin_within", TermKind::MustBeginWithin), ("expires", TermKind::Expires)]);
                        let weeks = value.optional_count("by_agreement_up_to_weeks").map(Length::Weeks);
                        let months = value.optional_count("by_agreement_up_to_months").map(Length::Months);
                        Some(Value::Term(Term { kind: kind?, length: length(value)?, agreed_up_to: weeks.or(months) }))
                    }
                }
            })?
        }
    }
}

/// Names of document fields, each of which must have its plain sentence.
fn read_fields(table: &Table<'_>, key: &str, fields: &BTreeMap<String, String>) -> Vec<String> {
    let mut names = Vec::new();
    for (name, place) in table.text_list(key) {
        if !fields.contains_key(&name) {
            let fix = match nearest_name(&name, fields.keys().map(String::as_str)) {
                Some(near) => format!("did you mean “{near}”? Otherwise add a [[field]] that says what it is"),
                None => "add a [[field]] with this id and a plain sentence".to_owned(),
            };
            table.faults().error("unknown-field", &place, format!("the field “{name}” is not explained"), fix);
        }
        names.push(name);
    }
    names
}

impl Rule {
    /// The number of a rule whose value is one (the reader checked that it is).
    pub fn number(&self) -> u64 {
        if let Value::Number(number) = self.value { number } else { 0 }
    }

    /// The words or names of a rule.
    pub fn texts(&self) -> Vec<&str> {
        match &self.value {
            Value::Text(text) => vec![text],
            Value::Texts(texts) => texts.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// One line on where it stands: `TULRCA s.226(2)(a)(iia) … (confirmed)`.
    pub fn cite(&self) -> String {
        format!("{} ({})", self.source, self.status.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn book() -> Rulebook {
        Rulebook::built_in().unwrap_or_else(|faults| panic!("{}", faults.iter().map(|f| format!("{f}\n")).collect::<String>()))
    }

    fn codes(change: impl Fn(&str) -> String) -> Vec<&'static str> {
        let text = change(BUILT_IN_RULES);
        assert_ne!(text, BUILT_IN_RULES, "the change must change something");
        match Rulebook::parse("rules.toml", &FileBytes::Read(text.into())) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.into_iter().map(|fault| fault.code).collect(),
        }
    }

    #[test]
    fn keys_stand_in_the_order_of_the_enum() {
        for (at, (key, ..)) in KEYS.iter().enumerate() {
            assert_eq!(*key as usize, at);
        }
    }

    #[test]
    fn l1_each_kind_of_fault_is_found() {
        book();
        assert_eq!(
            codes(|t| t.replace("until = 2005-10-01\ntest_date = \"ballot_notice", "until = 2005-09-01\ntest_date = \"ballot_notice")),
            ["period-gap"]
        );
        assert_eq!(codes(|t| t.replacen("until = 2017-03-01", "until = 2017-03-02", 1)), ["period-overlap"]);
        assert_eq!(codes(|t| t.replacen("test_date = \"ballot_date\"", "test_dat = \"ballot_date\"", 1)), ["missing-key", "unknown-key"]);
        assert_eq!(codes(|t| t.replacen("status = \"contested\"", "status = \"disputed\"", 1)), ["unknown-word"]);
        assert_eq!(codes(|t| t.replacen("key = \"scrutineer.report_due\"", "key = \"scrutineer.report\"", 1)), ["unknown-word"]);
        assert_eq!(codes(|t| t.replacen("key = \"entitlement\"", "key = \"call\"", 2)).last(), Some(&"period-overlap"));
        assert_eq!(
            codes(|t| t.replace("key = \"picket.supervisor_required\"", "key = \"picket.supervisor_required\"\njurisdiction = \"NI\"")),
            ["key-without-rule"]
        );
        assert_eq!(codes(|t| t.replacen("source = \"ERA 2025 s.69; SI 2026/3 Sch.2 para 7\"\n", "", 1)), ["missing-key"]);
        assert_eq!(codes(|t| t.replacen("id = \"turnout.50\"", "id = \"support.40\"", 1)), ["duplicate-id"]);
        assert_eq!(codes(|t| t.replacen("\"list_categories\", ", "\"list_of_categories\", ", 1)), ["unknown-field"]);
        assert_eq!(codes(|t| t.replacen("value = 50", "value = \"fifty\"", 1)), ["not-a-number"]);
        assert_eq!(
            codes(|t| t.replacen("{ kind = \"expires\", months = 12", "{ kind = \"expires\", days = 12", 1)),
            ["unknown-key", "wrong-kind"]
        );
        assert_eq!(codes(|t| t.replacen("alternative_value = \"valid_votes_on_question\"\n", "", 1)), ["reading-missing"]);
    }

    #[test]
    fn l2_each_rule_is_looked_up_by_its_day() {
        let book = book();
        let id = |key, day| book.on(key, Jurisdiction::GreatBritain, day).map(|ruling| ruling.rule.id.clone());
        assert_eq!(id(Key::ActionNoticeDays, date(2026, 2, 17)), Ok("action_notice.days.2017".into()));
        assert_eq!(id(Key::ActionNoticeDays, date(2026, 2, 18)), Ok("action_notice.days.2026".into()));
        assert_eq!(id(Key::Statement, date(2005, 4, 5)), Ok("statement.2000".into()));
        assert!(id(Key::Majority, date(1993, 8, 29)).is_err());
        let ni = book.on(Key::Mandate, Jurisdiction::NorthernIreland, date(2022, 1, 1)).map(|ruling| ruling.rule.id.clone());
        assert_eq!(ni, Ok("ni.mandate".into()));
    }

    #[test]
    fn l5_a_switch_is_off_until_a_person_sets_it() {
        let mut book = book();
        let day = date(2026, 10, 12);
        let ruling = book.on(Key::TurnoutPercent, Jurisdiction::GreatBritain, day).expect("covered");
        assert_eq!((ruling.rule.id.as_str(), ruling.pending.map(|rule| rule.id.as_str())), ("turnout.50", Some("turnout.none.s68")));
        let before = book.on(Key::TurnoutPercent, Jurisdiction::GreatBritain, date(2026, 6, 30)).expect("covered");
        assert!(before.pending.is_none());
        assert!(book.set_switch("turnout_threshold_repealed_from", date(2020, 1, 1)).is_err());
        assert!(book.set_switch("turnout_threshold_repeald_from", day).expect_err("misspelt").contains("Did you mean"));
        book.set_switch("turnout_threshold_repealed_from", day).expect("a known switch");
        let on = |day| book.on(Key::TurnoutPercent, Jurisdiction::GreatBritain, day).map(|ruling| ruling.rule.id.clone());
        assert_eq!(on(day), Ok("turnout.none.s68".into()));
        assert_eq!(on(date(2026, 10, 11)), Ok("turnout.50".into()));
        let majority = book.on(Key::Majority, Jurisdiction::GreatBritain, day).expect("covered");
        assert_eq!(majority.rule.id, "majority.s68");
    }

    #[test]
    fn l4_a_saving_keeps_the_old_paper() {
        let book = book();
        let id = |supplied| {
            let ruling = book.on_with_saving(
                Key::PaperExtraFields,
                Jurisdiction::GreatBritain,
                date(2026, 2, 20),
                "sample_paper_supplied_on",
                supplied,
            );
            ruling.map(|ruling| ruling.rule.id.clone())
        };
        assert_eq!(id(Some(date(2026, 2, 17))), Ok("paper.extra.2017".into()));
        assert_eq!(id(Some(date(2026, 2, 18))), Ok("paper.extra.none.2026".into()));
        assert_eq!(id(None), Ok("paper.extra.none.2026".into()));
    }
}
