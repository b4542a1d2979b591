//! The costing note: what each side says a part of the offer costs, beside what is computed, why they differ, and what both have agreed.
//! Spec P103.

use std::path::Path;

use dated::{Date, Fault, Faults, FileBytes, Place, Ratio, Table, TomlFile};
use dispute::{Dispute, Library, Side};
use pay::{Bill, BillChange, Framework, Pence, Workforce, YearReadings};
use serde_json::{Value, json};
use workspace::offer::bill::{Plan, bill};

use super::super::{Stop, find_offer};
use super::{Cost, parse_sum, put, tables, year_name};
use crate::answer::{self, Outcome};

/// A note, as its file has it.
struct Note {
    title: String,
    items: Vec<Item>,
}

/// A part of the cost that the sides talk about.
struct Item {
    id: String,
    what: String,
    offer: String,
    year: usize,
    basis: Basis,
    agreed: Option<Pence>,
    agreed_by: Vec<String>,
    agreed_on: Option<Date>,
    says: Vec<Says>,
}

/// What one side says of it, and how it says that it counts.
struct Says {
    who: String,
    amount: Pence,
    figure: Option<Figure>,
    reading: Option<Reading>,
    on_costs: Option<bool>,
    leavers: Option<Ratio>,
    source: Option<String>,
}

/// What is counted, and how.
#[derive(Clone, Copy, PartialEq)]
struct Basis {
    figure: Figure,
    reading: Reading,
    on_costs: bool,
    leavers: Option<Ratio>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Figure {
    Award,
    Increments,
    OneOff,
    Whole,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    InYear,
    RunRate,
    CarriedOver,
    Cumulative,
    NewMoney,
    Net,
}

impl Figure {
    const WORDS: [(&'static str, Self); 4] =
        [("award", Self::Award), ("increments", Self::Increments), ("one-off", Self::OneOff), ("whole", Self::Whole)];

    fn words(self) -> &'static str {
        match self {
            Self::Award => "the award",
            Self::Increments => "increments",
            Self::OneOff => "one-off sums",
            Self::Whole => "award, increments and one-off sums",
        }
    }

    fn of(self, change: &BillChange) -> Bill {
        match self {
            Self::Award => change.award,
            Self::Increments => change.progression,
            Self::OneOff => change.lumps,
            Self::Whole => change.whole(),
        }
    }
}

impl Reading {
    const WORDS: [(&'static str, Self); 6] = [
        ("in-year", Self::InYear),
        ("run-rate", Self::RunRate),
        ("carried-over", Self::CarriedOver),
        ("cumulative", Self::Cumulative),
        ("new-money", Self::NewMoney),
        ("net", Self::Net),
    ];

    fn words(self) -> &'static str {
        match self {
            Self::InYear => "in the year",
            Self::RunRate => "a year at the rate of its last month",
            Self::CarriedOver => "carried over into the next year",
            Self::Cumulative => "this year and those before it added",
            Self::NewMoney => "more than in the year before",
            Self::Net => "in the year, net of leavers",
        }
    }

    fn of(self, year: &YearReadings) -> Option<&BillChange> {
        match self {
            Self::InYear => Some(&year.in_year),
            Self::RunRate => Some(&year.run_rate),
            Self::CarriedOver => Some(&year.carry_over),
            Self::Cumulative => Some(&year.cumulative),
            Self::NewMoney => Some(&year.new_money),
            Self::Net => year.net.as_ref(),
        }
    }
}

/// An item, worked out.
struct Worked<'n> {
    item: &'n Item,
    year: String,
    computed: Pence,
    lines: Vec<Line<'n>>,
    agreement: Agreement,
}

/// A side's figure, worked out.
struct Line<'n> {
    says: &'n Says,
    /// What each difference in counting changes, in words, one after the other.
    steps: Vec<(String, Pence)>,
    /// What is left: no difference in counting explains it.
    unexplained: Pence,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Agreement {
    Both,
    One,
    None,
}

impl Agreement {
    fn word(self) -> &'static str {
        match self {
            Self::Both => "both sides",
            Self::One => "one side",
            Self::None => "not agreed",
        }
    }
}

/// Works a note out.
pub(super) fn run(
    cost: &Cost,
    path: &Path,
    workforce: &Workforce,
    dispute: &Dispute,
    library: &Library,
    as_json: bool,
) -> Result<Outcome, Stop> {
    let faults = Faults::new();
    let note = read(path, dispute, &faults);
    let has_error = faults.error_count() > 0;
    let faults: Vec<Fault> = faults.into_sorted();
    let Some(note) = note.filter(|_| !has_error) else { return Err(Stop::Said(answer::refuse(&faults, as_json))) };
    answer::print_to_err(&answer::faults_text(&faults));
    let framework = dispute.framework();
    let mut worked = Vec::new();
    for item in &note.items {
        worked.push(work(cost, item, workforce, &framework, dispute, library)?);
    }
    if cost.csv {
        answer::print(&csv(&worked, dispute));
    } else if as_json {
        answer::print_json(&json!({
            "dispute": dispute.id, "title": note.title, "workforce": workforce.title, "synthetic": workforce.synthetic,
            "items": worked.iter().map(|worked| worked.json(dispute)).collect::<Vec<_>>(),
        }));
    } else {
        answer::print(&format!("{}\n{}", note.title, tables::heading(workforce)));
        worked.iter().for_each(|worked| answer::print(&worked.text(dispute)));
        let agreed = worked.iter().filter(|worked| worked.agreement == Agreement::Both).count();
        answer::print(&format!("{agreed} of {} items are agreed by both sides.\n", worked.len()));
    }
    Ok(Outcome::Yes)
}

fn read(path: &Path, dispute: &Dispute, faults: &Faults) -> Option<Note> {
    let shown = path.to_string_lossy();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => FileBytes::Read(bytes),
        Err(error) => {
            faults.error("file-unreadable", &Place::new(&shown, 1), format!("the file cannot be read: {error}"), "check the name");
            return None;
        }
    };
    TomlFile::read(&shown, &bytes, faults)?.with_root(faults, |root| {
        let title = root.text("title");
        let items = root.list("item", |table, _| read_item(table, dispute));
        for (at, item) in items.iter().enumerate() {
            if items[..at].iter().any(|earlier| earlier.id == item.id) {
                root.fault("duplicate-id", "item", format!("the item “{}” stands twice", item.id), "give each its own id");
            }
        }
        if items.is_empty() {
            root.fault("no-items", "item", "the note has no item", "add an [[item]] with id, what, offer, figure and reading");
        }
        Some(Note { title: title?, items })
    })
}

fn read_item(table: &Table<'_>, dispute: &Dispute) -> Option<Item> {
    let (id, what) = (table.id("id"), table.text("what"));
    let offer = table.text("offer");
    if let Some(unknown) = offer.as_deref().filter(|id| dispute.offer(id).is_none()) {
        let known: Vec<&str> = dispute.offers.iter().map(|offer| offer.id.as_str()).collect();
        table.fault("unknown-offer", "offer", format!("there is no offer “{unknown}”"), format!("one of {}", known.join(", ")));
    }
    let year = table.optional_count("year").unwrap_or(1);
    if !(1..=10).contains(&year) {
        table.fault(
            "year-out-of-range",
            "year",
            format!("year {year}"),
            "years of the offer are counted from 1, and there are at most ten",
        );
    }
    let figure = table.choice("figure", &Figure::WORDS);
    let reading = table.choice("reading", &Reading::WORDS);
    let on_costs = table.optional_bool("on_costs").unwrap_or(true);
    let leavers = read_leavers(table);
    let agreed = read_sum(table, "agreed");
    let agreed_by: Vec<String> = table.name_list("agreed_by").into_iter().map(|(who, _)| who).collect();
    agreed_by.iter().for_each(|who| check_party(table, "agreed_by", who, dispute));
    if agreed.is_none() && !agreed_by.is_empty() {
        table.fault("no-agreed-sum", "agreed_by", "somebody agreed, and it is not said to which sum", "add agreed = \"1.2m\"");
    }
    let agreed_on = table.optional_date("agreed_on");
    let says = table.list("says", |table, _| {
        let who = table.text("who");
        who.iter().for_each(|who| check_party(table, "who", who, dispute));
        let amount = read_sum(table, "amount");
        if amount.is_none() && !table.has("amount") {
            table.fault("missing-key", "amount", "it is not said how much", "add amount = \"1.2m\"");
        }
        Some(Says {
            figure: table.optional_choice("figure", &Figure::WORDS),
            reading: table.optional_choice("reading", &Reading::WORDS),
            on_costs: table.optional_bool("on_costs"),
            leavers: read_leavers(table),
            source: table.optional_text("source"),
            who: who?,
            amount: amount?,
        })
    });
    let basis = Basis { figure: figure?, reading: reading?, on_costs, leavers };
    if basis.reading == Reading::Net && leavers.is_none() {
        table.fault(
            "net-of-nobody",
            "reading",
            "net of leavers, and it is not said how many leave",
            "add leavers = 10, in a hundred a year",
        );
    }
    let year = usize::try_from(year).unwrap_or(1);
    Some(Item { id: id?, what: what?, offer: offer?, year, basis, agreed, agreed_by, agreed_on, says })
}

fn read_leavers(table: &Table<'_>) -> Option<Ratio> {
    let leavers = table.optional_decimal("leavers")?;
    if leavers.is_negative() || leavers > Ratio::whole(100) {
        table.fault("percent-out-of-range", "leavers", format!("leavers is {leavers}"), "so many in a hundred a year");
        return None;
    }
    Some(leavers)
}

fn read_sum(table: &Table<'_>, key: &str) -> Option<Pence> {
    let text = table.optional_text(key)?;
    parse_sum(&text).map_err(|why| table.fault("not-a-sum", key, why, "pounds, in quotation marks: \"450m\"")).ok()
}

fn check_party(table: &Table<'_>, key: &str, who: &str, dispute: &Dispute) {
    if !dispute.parties.iter().any(|party| party.id == who) {
        let known: Vec<&str> = dispute.parties.iter().map(|party| party.id.as_str()).collect();
        table.fault("unknown-party", key, format!("there is no party “{who}”"), format!("one of {}", known.join(", ")));
    }
}

fn work<'n>(
    cost: &Cost,
    item: &'n Item,
    workforce: &Workforce,
    framework: &Framework<'_>,
    dispute: &Dispute,
    library: &Library,
) -> Result<Worked<'n>, Stop> {
    let offer = find_offer(&dispute.offers, &item.offer)?;
    let compute = |basis: Basis| -> Result<(Pence, String), Stop> {
        let leavers = basis.leavers.or(cost.leavers);
        let plan = Plan {
            turnover: leavers.map(|leavers_percent| cost.turnover(leavers_percent)),
            without_on_costs: !basis.on_costs || cost.without_on_costs,
            years: Some(cost.years.unwrap_or(0).max(u32::try_from(item.year).unwrap_or(1))),
            ..cost.plan(false)
        };
        let stop = |why: String| Stop::Question(format!("item “{}”: {why}", item.id));
        let billed =
            bill(&plan, offer, workforce, framework, dispute, library).map_err(&stop)?.map_err(|why| stop(why.sentences().join(" ")))?;
        let years = billed.bill.readings();
        let change =
            years.get(item.year - 1).and_then(|year| basis.reading.of(year)).ok_or_else(|| stop("there is no such year".to_owned()))?;
        Ok((basis.figure.of(change).total(), year_name(billed.bill.first, item.year - 1, framework.year_start_month)))
    };
    let (computed, year) = compute(item.basis)?;
    let mut lines = Vec::new();
    for says in &item.says {
        // The ways of counting are changed one after the other, so that what each changes adds up.
        let (mut basis, mut before, mut steps) = (item.basis, computed, Vec::new());
        let mut step = |basis: &mut Basis, next: Basis, words: String| -> Result<(), Stop> {
            if next != *basis {
                let (after, _) = compute(next)?;
                steps.push((words, Pence(after.0 - before.0)));
                (*basis, before) = (next, after);
            }
            Ok(())
        };
        let figure = says.figure.unwrap_or(basis.figure);
        let next = Basis { figure, ..basis };
        step(&mut basis, next, format!("counting {}", figure.words()))?;
        let reading = says.reading.unwrap_or(basis.reading);
        let leavers = says.leavers.or(basis.leavers);
        let next = Basis { reading, leavers, ..basis };
        let assumed = says.leavers.map(|leavers| format!(", {}% leaving", leavers.to_short(2))).unwrap_or_default();
        step(&mut basis, next, format!("reading it as {}{assumed}", reading.words()))?;
        let on_costs = says.on_costs.unwrap_or(basis.on_costs);
        let next = Basis { on_costs, ..basis };
        step(&mut basis, next, if on_costs { "adding on-costs" } else { "leaving on-costs out" }.to_owned())?;
        lines.push(Line { says, steps, unexplained: Pence(says.amount.0 - before.0) });
    }
    let sides = |side: Side| item.agreed_by.iter().any(|who| dispute.parties.iter().any(|party| party.id == *who && party.side == side));
    let other_side = sides(Side::Employer) || sides(Side::Government);
    let agreement = match (item.agreed_by.is_empty(), sides(Side::Staff) && other_side) {
        (true, _) => Agreement::None,
        (false, true) => Agreement::Both,
        (false, false) => Agreement::One,
    };
    Ok(Worked { item, year, computed, lines, agreement })
}

/// A difference in words.
fn more_or_less(by: Pence) -> String {
    match by.0 {
        0 => "the same".to_owned(),
        less @ ..0 => format!("{} less", tables::sum(Pence(-less))),
        _ => format!("{} more", tables::sum(by)),
    }
}

impl Worked<'_> {
    fn basis(&self) -> String {
        let basis = self.item.basis;
        let on_costs = if basis.on_costs { "with on-costs" } else { "without on-costs" };
        format!("{}, {}, {}, {on_costs}", self.item.offer, self.year, format_args!("{} {}", basis.figure.words(), basis.reading.words()))
    }

    fn agreed_words(&self, dispute: &Dispute) -> String {
        let names: Vec<&str> = self.item.agreed_by.iter().map(|who| dispute.party_name(who)).collect();
        let Some(agreed) = self.item.agreed else { return "NOT AGREED".to_owned() };
        let on = self.item.agreed_on.map(|day| format!(" on {}", dated::long_date(day))).unwrap_or_default();
        let by = if names.is_empty() { "nobody yet".to_owned() } else { names.join(" and ") };
        let mark = if self.agreement == Agreement::Both { "AGREED BY BOTH SIDES" } else { "NOT AGREED BY BOTH" };
        let holds = match agreed.0 - self.computed.0 {
            0 => "as computed".to_owned(),
            by => format!("{} than computed", more_or_less(Pence(by))),
        };
        format!("{mark}: {}, {by}{on}; {holds}", tables::sum(agreed))
    }

    fn text(&self, dispute: &Dispute) -> String {
        let mut text = format!(
            "{}: {}\n  {}\n  computed: {} ({})\n",
            self.item.id,
            self.item.what,
            self.agreed_words(dispute),
            tables::sum(self.computed),
            self.basis()
        );
        for line in &self.lines {
            let difference = more_or_less(Pence(line.says.amount.0 - self.computed.0));
            text.push_str(&format!("  {}: {}, {difference}\n", dispute.party_name(&line.says.who), tables::sum(line.says.amount)));
            for (words, change) in &line.steps {
                text.push_str(&format!("    {words}: {}\n", more_or_less(*change)));
            }
            if line.unexplained != Pence::ZERO {
                text.push_str(&format!("    not explained by how it is counted: {}\n", more_or_less(line.unexplained)));
            }
        }
        text.push('\n');
        text
    }

    fn json(&self, dispute: &Dispute) -> Value {
        let item = self.item;
        let mut map = serde_json::Map::new();
        map.insert("id".into(), json!(item.id));
        map.insert("what".into(), json!(item.what));
        map.insert("offer".into(), json!(item.offer));
        map.insert("year".into(), json!(self.year));
        map.insert("figure".into(), json!(Figure::WORDS.iter().find(|(_, known)| *known == item.basis.figure).map(|(word, _)| *word)));
        map.insert("reading".into(), json!(Reading::WORDS.iter().find(|(_, known)| *known == item.basis.reading).map(|(word, _)| *word)));
        map.insert("on_costs".into(), json!(item.basis.on_costs));
        put(&mut map, "computed", self.computed);
        let lines = self.lines.iter().map(|line| {
            let mut map = serde_json::Map::new();
            map.insert("who".into(), json!(line.says.who));
            map.insert("name".into(), json!(dispute.party_name(&line.says.who)));
            put(&mut map, "amount", line.says.amount);
            put(&mut map, "difference", Pence(line.says.amount.0 - self.computed.0));
            let steps = line.steps.iter().map(|(words, change)| {
                let mut map = serde_json::Map::new();
                map.insert("by".into(), json!(words));
                put(&mut map, "change", *change);
                Value::Object(map)
            });
            map.insert("explained".into(), steps.collect());
            put(&mut map, "unexplained", line.unexplained);
            map.insert("source".into(), json!(line.says.source));
            Value::Object(map)
        });
        map.insert("says".into(), lines.collect());
        map.insert("agreed".into(), json!(self.agreement.word()));
        map.insert("agreed_by".into(), json!(item.agreed_by));
        map.insert("agreed_on".into(), json!(item.agreed_on.map(|day| day.to_string())));
        if let Some(agreed) = item.agreed {
            put(&mut map, "agreed_amount", agreed);
        }
        Value::Object(map)
    }
}

/// A row for each side of each item, pounds exact to the penny.
fn csv(worked: &[Worked<'_>], dispute: &Dispute) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let pounds = |sum: Pence| sum.pounds().to_fixed(2);
    // Writing to memory cannot fail.
    let _ = writer.write_record([
        "item",
        "what",
        "offer",
        "year",
        "computed",
        "who",
        "says",
        "difference",
        "explained",
        "unexplained",
        "agreed",
        "agreed_amount",
        "agreed_by",
        "agreed_on",
    ]);
    for one in worked {
        let item = one.item;
        let agreed = [
            one.agreement.word().to_owned(),
            item.agreed.map(pounds).unwrap_or_default(),
            item.agreed_by.join("; "),
            item.agreed_on.map(|day| day.to_string()).unwrap_or_default(),
        ];
        let head = [item.id.clone(), item.what.clone(), item.offer.clone(), one.year.clone(), pounds(one.computed)];
        let mut row = |says: [String; 5]| drop(writer.write_record(head.iter().chain(&says).chain(&agreed)));
        if one.lines.is_empty() {
            row(std::array::from_fn(|_| String::new()));
        }
        for line in &one.lines {
            let steps = line.steps.iter().map(|(words, change)| format!("{words}: {}", pounds(*change)));
            row([
                dispute.party_name(&line.says.who).to_owned(),
                pounds(line.says.amount),
                pounds(Pence(line.says.amount.0 - one.computed.0)),
                steps.collect::<Vec<_>>().join("; "),
                pounds(line.unexplained),
            ]);
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
