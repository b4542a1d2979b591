//! `campaign.toml`: what letters and postcards ask, for whom, and what they are set against.

use dated::{Cite, Faults, FileBytes, Place, Sources, Status, Table, TomlFile};

use super::safe_text::line_fault;
use super::template::{Placed, Template};

/// The file.
#[derive(Clone, Debug, Default)]
pub struct CampaignPlan {
    /// The branches that members belong to: id and name. Without any, every branch is taken as it is written.
    pub branches: Vec<(String, String)>,
    /// Letters to members of Parliament.
    pub letter: Option<LetterPlan>,
    /// Postcards.
    pub postcard: Option<CardPlan>,
}

/// Which pay is set against which.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) offer: (String, Place),
    pub(crate) against: (String, Place),
}

/// What all letters have in common.
#[derive(Clone, Debug)]
pub struct LetterPlan {
    /// The party whose campaign it is.
    pub who: (String, Place),
    pub(crate) pair: Pair,
    pub(crate) opening: Option<Placed<Template>>,
    pub(crate) figure: Placed<Template>,
    pub(crate) ask: Placed<Template>,
    pub(crate) closing: Option<Placed<Template>>,
    /// Sentences that members were given to start from. They count as template.
    pub given: Vec<String>,
    /// From this share of copied runs a letter is held back.
    pub too_alike_percent: u32,
    /// Own words that a letter needs at least.
    pub least_own_words: u32,
    /// Own words that a page has room for.
    pub most_own_words: u32,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
}

/// What all postcards have in common.
#[derive(Clone, Debug)]
pub struct CardPlan {
    /// The party whose campaign it is.
    pub who: (String, Place),
    pub(crate) pair: Pair,
    /// To whom.
    pub to: String,
    /// The lines of the address.
    pub address: Vec<String>,
    /// The first line of every card, in large letters.
    pub heading: Option<String>,
    pub(crate) text: Placed<Template>,
    /// The same in Welsh, for cards that are printed in Welsh.
    pub(crate) text_welsh: Option<Placed<Template>>,
    /// The heading in Welsh.
    pub heading_welsh: Option<String>,
    /// Own words that a card has room for.
    pub most_own_words: u32,
    /// Cards in a batch.
    pub batch: u32,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
}

const FIGURE: &str = "In {pay_year} I have {loss} less than I would have had under this: {against}.";

impl CampaignPlan {
    pub(crate) fn read(name: &str, bytes: &FileBytes, sources: &Sources, faults: &Faults) -> Self {
        let Some(file) = TomlFile::read(name, bytes, faults) else { return Self::default() };
        file.with_root(faults, |root| {
            let branches = root.list("branch", |entry, _| {
                let (id, name) = (entry.id("id"), line(entry, "name"));
                Some((id?, name?, entry.place()))
            });
            for (at, (id, _, place)) in branches.iter().enumerate() {
                if let Some((.., first)) = branches[..at].iter().find(|(known, ..)| known == id) {
                    let what = format!("the branch “{id}” stands twice; the other is at {first}");
                    faults.error("duplicate-id", place, what, "give each branch its own id");
                }
            }
            Self {
                branches: branches.into_iter().map(|(id, name, _)| (id, name)).collect(),
                letter: root.optional_table("letter", |table| LetterPlan::read(table, sources)).flatten(),
                postcard: root.optional_table("postcard", |table| CardPlan::read(table, sources)).flatten(),
            }
        })
    }

    /// The name of a branch, or its id where the file lists none.
    pub fn branch_name<'p>(&'p self, id: &'p str) -> &'p str {
        self.branches.iter().find(|(known, _)| known == id).map_or(id, |(_, name)| name)
    }

    /// Parties and offers that it names, with their places.
    pub(crate) fn parties(&self) -> impl Iterator<Item = &(String, Place)> {
        self.letter.iter().map(|letter| &letter.who).chain(self.postcard.iter().map(|card| &card.who))
    }

    pub(crate) fn offers(&self) -> impl Iterator<Item = &(String, Place)> {
        let pairs = self.letter.iter().map(|letter| &letter.pair).chain(self.postcard.iter().map(|card| &card.pair));
        pairs.flat_map(|pair| [&pair.offer, &pair.against])
    }
}

impl LetterPlan {
    /// The ids of the offer, and of what it is set against.
    pub fn offer_and_against(&self) -> (&str, &str) {
        (&self.pair.offer.0, &self.pair.against.0)
    }

    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let who = named(table, "who");
        let pair = read_pair(table);
        let opening = placed(table, "opening");
        let figure = placed(table, "figure");
        if !table.has("ask") {
            table.fault("missing-key", "ask", "the letter asks for nothing", "add `ask = \"…\"`: what the member of Parliament is to do");
        }
        let ask = placed(table, "ask");
        let closing = placed(table, "closing");
        let given = table.texts("given");
        let too_alike_percent = number(table, "too_alike_percent", 40, 1, 100);
        let least_own_words = number(table, "least_own_words", 20, 5, 1000);
        let most_own_words = number(table, "most_own_words", 250, 5, 1000);
        if least_own_words > most_own_words {
            table.fault(
                "least-above-most",
                "least_own_words",
                format!("at least {least_own_words} own words are asked for and at most {most_own_words} taken"),
                "let the first be smaller",
            );
        }
        let source = table.cite(sources);
        let status = table.status();
        if let Some(figure) = &figure
            && !figure.value.names().any(|name| name == "loss")
        {
            table.fault(
                "no-figure",
                "figure",
                "the sentence with the member's figure has no {loss} in it",
                "put {loss} where the figure belongs",
            );
        }
        let default = || Placed { value: Template::parse(FIGURE).unwrap_or_default(), place: table.place() };
        Some(Self {
            who: who?,
            pair: pair?,
            opening,
            figure: figure.unwrap_or_else(default),
            ask: ask?,
            closing,
            given,
            too_alike_percent,
            least_own_words,
            most_own_words,
            source,
            status: status?,
        })
    }

    /// Every text that is given to the members, for the meter.
    pub(crate) fn template_texts(&self) -> impl Iterator<Item = &str> {
        let fixed = self.opening.iter().chain([&self.figure, &self.ask]).chain(&self.closing);
        fixed.flat_map(|template| template.value.fixed_words()).chain(self.given.iter().map(String::as_str))
    }
}

impl CardPlan {
    /// The ids of the offer, and of what it is set against.
    pub fn offer_and_against(&self) -> (&str, &str) {
        (&self.pair.offer.0, &self.pair.against.0)
    }

    fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let who = named(table, "who");
        let pair = read_pair(table);
        if !table.has("to") {
            table.fault("missing-key", "to", "the postcard is to nobody", "add `to = \"…\"`");
        }
        let to = line(table, "to");
        let address: Vec<String> = table
            .text_list("address")
            .into_iter()
            .filter_map(|(text, place)| match line_fault(&text) {
                None => Some(text),
                Some((what, fix)) => {
                    table.faults().error("unsafe-text", &place, format!("a line of the address {what}"), fix);
                    None
                }
            })
            .collect();
        if !table.has("address") {
            table.fault("missing-key", "address", "the postcard has no address", "add `address = [\"…\", \"…\"]`, a line each");
        }
        if !table.has("text") {
            table.fault("missing-key", "text", "the postcard says nothing", "add `text = \"…\"` with {loss} in it");
        }
        let with_figure = |key: &str| {
            let text = placed(table, key);
            if let Some(text) = &text
                && !text.value.names().any(|name| name == "loss" || name == "weekly_loss")
            {
                let what = format!("“{key}” has neither {{loss}} nor {{weekly_loss}} in it");
                table.fault("no-figure", key, what, "put one where the figure belongs");
            }
            text
        };
        let (text, text_welsh) = (with_figure("text"), with_figure("text_welsh"));
        let optional_line = |key: &str| table.has(key).then(|| line(table, key)).flatten();
        let (heading, heading_welsh) = (optional_line("heading"), optional_line("heading_welsh"));
        let most_own_words = number(table, "most_own_words", 40, 1, 200);
        let batch = number(table, "batch", 500, 1, 1_000_000);
        let source = table.cite(sources);
        let status = table.status();
        Some(Self {
            who: who?,
            pair: pair?,
            to: to?,
            address,
            heading,
            text: text?,
            text_welsh,
            heading_welsh,
            most_own_words,
            batch,
            source,
            status: status?,
        })
    }
}

fn read_pair(table: &Table<'_>) -> Option<Pair> {
    let (offer, against) = (named(table, "offer"), named(table, "against"));
    let (offer, against) = (offer?, against?);
    if offer.0 == against.0 {
        table.fault(
            "against-itself",
            "against",
            format!("{} is set against itself", offer.0),
            "name the recommendation, or the claim, that members would have had",
        );
        return None;
    }
    Some(Pair { offer, against })
}

fn named(table: &Table<'_>, key: &str) -> Option<(String, Place)> {
    table.text(key).map(|name| (name, table.place_of(key)))
}

/// A text on one line that will be printed.
fn line(table: &Table<'_>, key: &str) -> Option<String> {
    let text = table.text(key)?;
    if let Some((what, fix)) = line_fault(&text) {
        table.fault("unsafe-text", key, format!("“{key}” {what}"), fix);
        return None;
    }
    Some(text)
}

fn placed(table: &Table<'_>, key: &str) -> Option<Placed<Template>> {
    Template::read(table, key).map(|value| Placed { value, place: table.place_of(key) })
}

fn number(table: &Table<'_>, key: &str, default: u32, least: u32, most: u32) -> u32 {
    let Some(count) = table.optional_count(key) else { return default };
    match u32::try_from(count).ok().filter(|count| (least..=most).contains(count)) {
        Some(count) => count,
        None => {
            table.fault("out-of-range", key, format!("{key} is {count}"), format!("a whole number from {least} to {most}"));
            default
        }
    }
}
