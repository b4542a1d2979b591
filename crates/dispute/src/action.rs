//! What was called, when and by whom; and campaigns.

use dated::{Cite, Date, Place, Sources, Status, Table, parse_date};

/// A call to industrial action.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who called it.
    pub who: (String, Place),
    /// A strike, or action short of one.
    pub kind: ActionKind,
    /// On which days.
    pub dates: Vec<Date>,
    /// In which units of the dispute's polls.
    pub units: Vec<(String, Place)>,
    /// Services that are hit.
    pub services: Vec<String>,
    /// In our words.
    pub text: String,
    /// On what it depends.
    pub conditional_on: Option<String>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
}

/// The kind of action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// A strike.
    Strike,
    /// Action short of a strike.
    ShortOfStrike,
}

impl ActionKind {
    const WORDS: [(&'static str, Self); 2] = [("strike", Self::Strike), ("short-of-strike", Self::ShortOfStrike)];

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Strike => "strike",
            Self::ShortOfStrike => "action short of a strike",
        }
    }
}

impl Call {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let who = table.text("who").map(|who| (who, table.place_of("who")));
        let kind = table.choice("kind", &ActionKind::WORDS);
        let dates = table
            .text_list("dates")
            .into_iter()
            .filter_map(|(text, place)| {
                parse_date(&text).map_err(|what| table.faults().error("not-a-date", &place, what, "write it as \"2004-01-29\"")).ok()
            })
            .collect();
        let units = table.text_list("units");
        let services = table.texts("services");
        let text = table.text("text");
        let conditional_on = table.optional_text("conditional_on");
        let source = table.cite(sources);
        let status = table.status();
        // An entry that lacks a part is kept, so that its names are checked in the same run; its fault is in the list.
        let (kind, text) = (kind.unwrap_or(ActionKind::Strike), text.unwrap_or_default());
        Some(Self { who: who?, kind, dates, units, services, text, conditional_on, source, status: status.unwrap_or(Status::Estimated) })
    }
}

/// A campaign beside the ballot: postcards, lobbying, claims.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Whose.
    pub who: (String, Place),
    /// What, in our words.
    pub what: String,
    /// Whom it addresses.
    pub to: Option<String>,
    /// A target number, if one was named.
    pub count: Option<u64>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
}

impl Campaign {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let who = table.text("who").map(|who| (who, table.place_of("who")));
        let what = table.text("what");
        let to = table.optional_text("to");
        let count = table.optional_count("count");
        let source = table.cite(sources);
        let status = table.status();
        Some(Self { who: who?, what: what.unwrap_or_default(), to, count, source, status: status.unwrap_or(Status::Estimated) })
    }
}
