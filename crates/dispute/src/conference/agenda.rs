//! The agenda: motions, amendments, composites, and what the standing orders committee decided about them.

use dated::{Cite, Date, Place, Ratio, Sources, Status, Table};
use pay::Index;

use super::names;
use super::wording::{PlacedChange, WordChange};

/// What an item of the agenda is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A motion, handed in before the deadline.
    Motion,
    /// A motion on what happened after the deadline; it needs the committee to admit it.
    EmergencyMotion,
    /// A change of rules, which needs its own majority.
    RuleChange,
    /// Several motions joined into one, with this letter.
    Composite(char),
    /// A change of another item's words.
    Amendment,
}

impl ItemKind {
    /// The word for it.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Motion => "motion",
            Self::EmergencyMotion => "emergency motion",
            Self::RuleChange => "rule change",
            Self::Composite(_) => "composite",
            Self::Amendment => "amendment",
        }
    }
}

/// One item of the agenda.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its number or name on the agenda.
    pub id: String,
    /// What it is.
    pub kind: ItemKind,
    /// Its title.
    pub title: Option<String>,
    /// Who moves it: the id of a branch, or a body or person in words.
    pub mover: Option<(String, Place)>,
    /// Whether the mover is given as the id of a branch.
    pub mover_is_branch: bool,
    /// When it was handed in.
    pub submitted_on: Option<Date>,
    /// Its words; of an amendment whose words are not on record, what it asked in our words.
    pub text: String,
    /// What an amendment does to the words of another.
    pub changes: Vec<PlacedChange>,
    /// The item an amendment is to.
    pub amends: Option<(String, Place)>,
    /// The motions a composite is made of.
    pub joins: Vec<(String, Place)>,
    /// Those of their movers who agreed.
    pub consents: Vec<(String, Place)>,
    /// The agenda says: it falls if one of these is carried.
    pub falls_if_carried: Vec<(String, Place)>,
    /// What its words ask of an offer, as the file says.
    pub tests: Vec<StatedTest>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Option<Status>,
    /// Where it stands.
    pub place: Place,
}

impl Item {
    /// `motion 12`, `composite A`, `amendment 12.1`.
    pub fn name(&self) -> String {
        match self.kind {
            ItemKind::Composite(letter) => format!("composite {letter}"),
            _ => format!("{} {}", self.kind.words(), self.id),
        }
    }

    /// Whether it stands by itself and has its own place in the order of business.
    pub fn is_main(&self) -> bool {
        self.kind != ItemKind::Amendment
    }
}

/// C31: a `[[motion.test]]`: words of the motion, and what they ask of an offer.
#[derive(Clone, Debug)]
pub struct StatedTest {
    /// The words of the text that ask it.
    pub words: (String, Place),
    /// What is asked.
    pub asks: Asks,
}

/// What words ask of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// More than prices rise. Without an index it is asked which one was meant.
    AboveInflation(Option<Index>),
    /// The whole rise from the first day of the pay year.
    NoStaging,
    /// The whole rise from that day. The year is the offer's own where none is said.
    InForceFrom(StartDay),
    /// At least so many percent.
    AtLeastPercent(Ratio),
    /// At least so many pounds a year for everybody.
    FlatPounds(Ratio),
    /// Everything that was recommended, and when. Names a recommendation, or the only one is meant.
    PaidInFull(Option<(String, Place)>),
    /// Nobody can compute it.
    ForJudgement,
}

/// A day that may lack its year, as in "from 1 April".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartDay {
    /// A date.
    On(Date),
    /// A day and month (1 to 12) of the offer's first pay year.
    InPayYear {
        /// Day of the month.
        day: i8,
        /// Month of the year.
        month: i8,
    },
}

impl Asks {
    /// The word used in files and JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::AboveInflation(_) => "above-inflation",
            Self::NoStaging => "no-staging",
            Self::InForceFrom(_) => "in-force-from",
            Self::AtLeastPercent(_) => "at-least-percent",
            Self::FlatPounds(_) => "flat-pounds",
            Self::PaidInFull(_) => "paid-in-full",
            Self::ForJudgement => "for-judgement",
        }
    }
}

impl StatedTest {
    fn read(table: &Table<'_>) -> Option<Self> {
        let words = names::optional_words(table, "words");
        if words.is_none() && !table.has("words") {
            table.fault("missing-key", "words", "the test does not say which words of the motion it is about", "add `words = \"…\"`");
        }
        let words = words.map(|words| (words, table.place_of("words")));
        let index = table.optional_choice("index", &Index::WORDS);
        let percent = table.optional_decimal("percent");
        let pounds = table.optional_decimal("pounds");
        let on = table.optional_date("on");
        let of = table.optional_text("of").map(|id| (id, table.place_of("of")));
        let kinds = [
            ("above-inflation", 0_u8),
            ("no-staging", 1),
            ("in-force-from", 2),
            ("at-least-percent", 3),
            ("flat-pounds", 4),
            ("paid-in-full", 5),
            ("for-judgement", 6),
        ];
        let kind = table.choice("asks", &kinds)?;
        let needs = |key: &str, example: &str| {
            let what = format!("this test needs “{key}”");
            table.faults().error("missing-key", &table.place(), what, format!("add `{key} = {example}`"));
        };
        let belongs = [("index", index.is_some(), 0), ("percent", percent.is_some(), 3), ("pounds", pounds.is_some(), 4)];
        for (key, is_there, _) in
            belongs.into_iter().chain([("on", on.is_some(), 2), ("of", of.is_some(), 5)]).filter(|(_, _, k)| *k != kind)
        {
            if is_there {
                table.fault("not-of-this-test", key, format!("“{key}” has no meaning in this test"), "remove it, or correct `asks`");
            }
        }
        let asks = match kind {
            0 => Some(Asks::AboveInflation(index)),
            1 => Some(Asks::NoStaging),
            2 => on.map(|on| Asks::InForceFrom(StartDay::On(on))).or_else(|| {
                needs("on", "2007-04-01");
                None
            }),
            3 => percent.map(Asks::AtLeastPercent).or_else(|| {
                needs("percent", "3.0");
                None
            }),
            4 => pounds.map(Asks::FlatPounds).or_else(|| {
                needs("pounds", "500");
                None
            }),
            5 => Some(Asks::PaidInFull(of)),
            _ => Some(Asks::ForJudgement),
        };
        Some(Self { words: words?, asks: asks? })
    }
}

/// What is common to all entries of the agenda.
fn read_item(table: &Table<'_>, id: Option<String>, kind: ItemKind, sources: &Sources) -> Option<Item> {
    let title = names::optional_name(table, "title");
    let branch = table.optional_text("branch").map(|branch| (branch, table.place_of("branch")));
    let person = names::optional_name(table, "moved_by").map(|who| (who, table.place_of("moved_by")));
    let submitted_on = table.optional_date("submitted_on");
    let text = names::optional_words(table, "text");
    let falls_if_carried = table.name_list("falls_if_carried");
    let tests = if kind == ItemKind::Amendment { Vec::new() } else { table.list("test", |test, _| StatedTest::read(test)) };
    let source = if table.has("source") { table.cite(sources) } else { Vec::new() };
    let status = if table.has("status") { table.status() } else { None };
    if kind != ItemKind::Amendment && text.is_none() && !table.has("text") {
        table.faults().error("missing-key", &table.place(), format!("this {} has no text", kind.words()), "add `text = \"…\"`");
    }
    let mover_is_branch = branch.is_some();
    Some(Item {
        id: id?,
        kind,
        title,
        mover: branch.or(person),
        mover_is_branch,
        submitted_on,
        text: text.unwrap_or_default(),
        changes: Vec::new(),
        amends: None,
        joins: Vec::new(),
        consents: Vec::new(),
        falls_if_carried,
        tests,
        source,
        status,
        place: table.place(),
    })
}

/// Reads a `[[motion]]`.
pub(crate) fn read_motion(table: &Table<'_>, sources: &Sources) -> Option<Item> {
    let kinds = [("ordinary", 0_u8), ("emergency", 1), ("rule-change", 2)];
    let kind = match table.optional_choice("kind", &kinds) {
        Some(1) => ItemKind::EmergencyMotion,
        Some(2) => ItemKind::RuleChange,
        _ => ItemKind::Motion,
    };
    read_item(table, table.id("id"), kind, sources)
}

/// Reads an `[[amendment]]`.
pub(crate) fn read_amendment(table: &Table<'_>, sources: &Sources) -> Option<Item> {
    let amends = table.text("amends").map(|id| (id, table.place_of("amends")));
    let changes = table.list("change", |change, _| WordChange::read(change));
    if changes.is_empty() && !table.has("change") && !table.has("text") {
        table.faults().error(
            "missing-key",
            &table.place(),
            "the amendment does not say what it changes",
            "add [[amendment.change]]; or `text`, in our words, when its words are not on record",
        );
    }
    let item = read_item(table, table.id("id"), ItemKind::Amendment, sources)?;
    Some(Item { amends: Some(amends?), changes, ..item })
}

/// Reads a `[[composite]]`. Its id is made of its letter: `composite-a`.
pub(crate) fn read_composite(table: &Table<'_>, sources: &Sources) -> Option<Item> {
    let letter = table.text("letter").and_then(|text| {
        let letter = Some(text.as_str()).filter(|text| text.len() == 1).and_then(|text| text.chars().next());
        let letter = letter.filter(char::is_ascii_uppercase);
        if letter.is_none() {
            table.fault("not-a-letter", "letter", format!("“{text}” is not one capital letter"), "write `letter = \"A\"`");
        }
        letter
    });
    let joins = table.name_list("joins");
    if joins.len() < 2 {
        table.fault("too-few-motions", "joins", "a composite joins at least two motions", "add `joins = [\"3\", \"7\"]`");
    }
    let consents = table.name_list("consents");
    // A composite without its letter is read to its end all the same, so that its other keys are known.
    let id = letter.map(|letter| format!("composite-{}", letter.to_ascii_lowercase()));
    let item = read_item(table, id, ItemKind::Composite(letter.unwrap_or('A')), sources)?;
    Some(Item { joins, consents, ..item })
}

/// A decision of the standing orders committee.
#[derive(Clone, Debug)]
pub struct CommitteeDecision {
    /// When it decided.
    pub on: Option<Date>,
    /// What it decided.
    pub ruling: Ruling,
    /// The items it is about, in its order.
    pub items: Vec<(String, Place)>,
    /// Why.
    pub reason: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// What the committee can do with items.
#[derive(Clone, Debug)]
pub enum Ruling {
    /// On the agenda: needed for emergency motions and for what came late.
    Admit,
    /// Not on the agenda.
    RuleOut,
    /// Words altered, only so far as the item could not stand otherwise.
    Alter(Vec<PlacedChange>),
    /// The order of business.
    OrderOfBusiness,
    /// One debate, votes one after the other.
    Group,
    /// What is put to the vote without debate when time runs out.
    Guillotine,
    /// The committee reports that the mover withdrew it before it was moved.
    Withdrawn,
    /// The committee reports that the mover agreed to leave it to the executive.
    Remitted,
}

impl CommitteeDecision {
    pub(crate) fn read(table: &Table<'_>) -> Option<Self> {
        let on = table.optional_date("on");
        let kinds = [
            ("admit", 0_u8),
            ("rule-out", 1),
            ("alter", 2),
            ("order-of-business", 3),
            ("group", 4),
            ("guillotine", 5),
            ("withdrawn", 6),
            ("remitted", 7),
        ];
        let kind = table.choice("decides", &kinds);
        let items = table.name_list("items");
        if items.is_empty() && !table.has("items") {
            table.fault("missing-key", "items", "the decision does not say which items it is about", "add `items = [\"12\"]`");
        }
        let reason = names::optional_words(table, "reason");
        let changes = table.list("change", |change, _| WordChange::read(change));
        let kind = kind?;
        if matches!(kind, 1 | 2) && reason.is_none() && !table.has("reason") {
            let what = if kind == 1 { "an item is ruled out without a reason" } else { "words are altered without a reason" };
            let fix = if kind == 1 {
                "add `reason = \"…\"`, and the standing order it rests on"
            } else {
                "add `reason = \"…\"`: why the item could not be admitted as it was; the committee may alter words for nothing else"
            };
            table.faults().error("reason-missing", &table.place(), what, fix);
        }
        if (kind == 2) != (!changes.is_empty() || table.has("change")) {
            table.faults().error(
                "not-a-change",
                &table.place(),
                "only `decides = \"alter\"` has [[committee.change]], and it needs one",
                "add the change, or correct `decides`",
            );
        }
        if kind == 2 && items.len() > 1 {
            table.fault("too-many-items", "items", "words are altered in one item at a time", "one [[committee]] entry for each item");
        }
        let ruling = match kind {
            0 => Ruling::Admit,
            1 => Ruling::RuleOut,
            2 => Ruling::Alter(changes),
            3 => Ruling::OrderOfBusiness,
            4 => Ruling::Group,
            6 => Ruling::Withdrawn,
            7 => Ruling::Remitted,
            _ => Ruling::Guillotine,
        };
        Some(Self { on, ruling, items, reason, place: table.place() })
    }
}

/// What a branch told its delegates to do: its instruction, never to be taken for the union's mandate.
#[derive(Clone, Debug)]
pub struct BranchInstruction {
    /// The branch.
    pub branch: (String, Place),
    /// The item.
    pub item: (String, Place),
    /// Whether its delegates are to vote for it.
    pub is_for: bool,
}

impl BranchInstruction {
    pub(crate) fn read(table: &Table<'_>) -> Option<Self> {
        let named = |key: &str| table.text(key).map(|name| (name, table.place_of(key)));
        let (branch, item) = (named("branch"), named("item"));
        let is_for = table.choice("vote", &[("for", true), ("against", false)]);
        Some(Self { branch: branch?, item: item?, is_for: is_for? })
    }
}
