//! The log: what happened at conference, in its order. Nothing in it says what follows; that is derived.

use dated::{Cite, Date, Place, Sources, Table};

use super::names;
use super::rules::Caller;

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// What.
    pub what: Happening,
    /// To which item; of an order of business, the items in their new order.
    pub items: Vec<(String, Place)>,
    /// Who moved, seconded, withdrew.
    pub by: Option<String>,
    /// The day.
    pub on: Option<Date>,
    /// Anything to be minuted besides.
    pub note: Option<String>,
    /// Who reports it.
    pub source: Cite,
    /// Where it stands.
    pub place: Place,
}

/// What can happen to an item.
#[derive(Clone, Debug)]
pub enum Happening {
    /// It is moved.
    Moved,
    /// It is seconded.
    Seconded,
    /// It is voted on.
    Vote(Box<VoteRecord>),
    /// Reference back is moved and voted on: of the item, or of the committee's ruling that it is out.
    ReferenceBack(Box<VoteRecord>),
    /// Next business is moved and voted on.
    NextBusiness(Box<VoteRecord>),
    /// Its mover withdraws it; once it is moved, conference must consent.
    Withdrawn {
        /// Whether conference consented.
        consent: bool,
    },
    /// Its mover agrees to leave it to the executive.
    Remitted {
        /// Whether the mover agreed.
        consent: bool,
    },
    /// The chair says that it falls. That it does must follow from what happened before.
    Falls,
    /// A ruling that was referred back is changed: the item is on the agenda after all.
    Admitted,
    /// The order of business is changed for what is left.
    OrderChanged,
    /// Time has run out; what is on the guillotine list is put without debate.
    Guillotine,
}

/// How votes are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// The record does not say.
    NotRecorded,
    /// Hands or cards held up; the chair says which side has it.
    ShowOfHands,
    /// Hands counted.
    Count,
    /// Delegate by delegate.
    RollCall,
    /// Branch by branch, each with its members.
    Card,
}

impl Method {
    const WORDS: [(&'static str, Self); 5] = [
        ("show-of-hands", Self::ShowOfHands),
        ("count", Self::Count),
        ("roll-call", Self::RollCall),
        ("card", Self::Card),
        ("not-recorded", Self::NotRecorded),
    ];

    /// The word used in files and JSON.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, method)| *method == self).map_or("not-recorded", |(word, _)| word)
    }

    /// The word for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotRecorded => "a vote whose manner is not recorded",
            Self::ShowOfHands => "a show of hands",
            Self::Count => "a counted vote",
            Self::RollCall => "a roll call",
            Self::Card => "a card vote",
        }
    }

    /// A more formal vote on the same question stands in place of the one before.
    pub(crate) fn formality(self) -> u8 {
        match self {
            Self::NotRecorded => 0,
            Self::ShowOfHands => 1,
            Self::Count => 2,
            Self::RollCall | Self::Card => 3,
        }
    }
}

/// A vote as it was recorded.
#[derive(Clone, Debug)]
pub struct VoteRecord {
    /// How it was taken.
    pub method: Method,
    /// Votes for, where counted or reported.
    pub votes_for: Option<u64>,
    /// Votes against.
    pub against: Option<u64>,
    /// Abstentions.
    pub abstain: Option<u64>,
    /// What the chair declared, where nothing was counted: whether it was carried.
    pub declared: Option<bool>,
    /// A minority in the words of the record, where nothing was counted.
    pub minority: Option<String>,
    /// The chair's casting vote.
    pub casting: Option<bool>,
    /// Who demanded a card vote.
    pub demanded_by: Option<Caller>,
    /// How many delegates did.
    pub demanded_by_delegates: Option<u64>,
    /// A roll call as the first person keyed it in.
    pub first: Option<Keying>,
    /// The same as a second person keyed it in.
    pub second: Option<Keying>,
    /// The cards.
    pub cards: Vec<Card>,
    /// The file of `decide/` that has the cards, where they do not stand in the log.
    pub cards_file: Option<(String, Place)>,
    /// Where it stands.
    pub place: Place,
}

/// A roll call as one person keyed it in.
#[derive(Clone, Debug)]
pub struct Keying {
    /// Who.
    pub keyed_by: String,
    /// Delegates for, against, abstaining.
    pub ways: [Vec<(String, Place)>; 3],
    /// The file of `decide/` that has them, where they do not stand in the log.
    pub file: Option<(String, Place)>,
    /// Where it stands.
    pub place: Place,
}

/// The card of one branch.
#[derive(Clone, Debug)]
pub struct Card {
    /// The branch.
    pub branch: (String, Place),
    /// Votes for, against, abstaining; `None` where the entry is silent.
    pub votes: [Option<u64>; 3],
    /// The whole card one way: 0 for, 1 against, 2 abstaining.
    pub whole: Option<usize>,
    /// Where it stands.
    pub place: Place,
}

const WAYS: [&str; 3] = ["for", "against", "abstain"];

impl VoteRecord {
    fn read(table: &Table<'_>) -> Option<Self> {
        let method = table.choice("method", &Method::WORDS);
        let [votes_for, against, abstain] = WAYS.map(|way| table.optional_count(way));
        let declared = table.optional_choice("declared", &[("carried", true), ("rejected", false)]);
        let minority = names::optional_words(table, "minority");
        let casting = table.optional_choice("casting_vote", &[("for", true), ("against", false)]);
        let demanded_by = table.optional_choice("demanded_by", &Caller::WORDS);
        let demanded_by_delegates = table.optional_count("demanded_by_delegates");
        let first = table.optional_table("first", Keying::read).flatten();
        let second = table.optional_table("second", Keying::read).flatten();
        let cards = table.list("card", |card, _| Card::read(card));
        let cards_file = table.optional_text("cards_file").map(|name| (name, table.place_of("cards_file")));
        if cards_file.is_some() && !cards.is_empty() {
            table.fault("cards-twice", "cards_file", "the cards stand in the log and in a file", "keep one of the two");
        }
        Some(Self {
            method: method?,
            votes_for,
            against,
            abstain,
            declared,
            minority,
            casting,
            demanded_by,
            demanded_by_delegates,
            first,
            second,
            cards,
            cards_file,
            place: table.place(),
        })
    }
}

impl Keying {
    fn read(table: &Table<'_>) -> Option<Self> {
        let keyed_by = names::name(table, "keyed_by");
        let ways = WAYS.map(|way| table.text_list(way));
        let file = table.optional_text("file").map(|name| (name, table.place_of("file")));
        if file.is_some() && ways.iter().any(|way| !way.is_empty()) {
            table.fault("roll-twice", "file", "the roll stands in the log and in a file", "keep one of the two");
        }
        Some(Self { keyed_by: keyed_by?, ways, file, place: table.place() })
    }
}

impl Card {
    fn read(table: &Table<'_>) -> Option<Self> {
        let branch = table.text("branch").map(|branch| (branch, table.place_of("branch")));
        let votes = WAYS.map(|way| table.optional_count(way));
        let whole = table.optional_choice("vote", &[("for", 0), ("against", 1), ("abstain", 2)]);
        if whole.is_some() == votes.iter().any(Option::is_some) {
            table.faults().error(
                "not-a-card",
                &table.place(),
                "a card is either cast whole or divided into numbers",
                "write `vote = \"for\"`, or `for = 70, against = 30`",
            );
            return None;
        }
        Some(Self { branch: branch?, votes, whole, place: table.place() })
    }
}

impl Event {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let kinds = [
            ("moved", 0_u8),
            ("seconded", 1),
            ("vote", 2),
            ("reference-back", 3),
            ("next-business", 4),
            ("withdrawn", 5),
            ("remitted", 6),
            ("falls", 7),
            ("admitted", 8),
            ("order-of-business", 9),
            ("guillotine", 10),
        ];
        let kind = table.choice("event", &kinds);
        let on = table.optional_date("on");
        let by = names::optional_name(table, "by");
        let note = names::optional_words(table, "note");
        let source = if table.has("source") { table.cite(sources) } else { Vec::new() };
        let items = match kind {
            Some(9) => table.name_list("items"),
            Some(10) => Vec::new(),
            _ => table.text("item").map(|item| (item, table.place_of("item"))).into_iter().collect(),
        };
        let vote = |table: &Table<'_>| VoteRecord::read(table).map(Box::new);
        let consent = |table: &Table<'_>| table.optional_bool("consent").unwrap_or(false);
        let what = match kind? {
            0 => Happening::Moved,
            1 => Happening::Seconded,
            2 => Happening::Vote(vote(table)?),
            3 => Happening::ReferenceBack(vote(table)?),
            4 => Happening::NextBusiness(vote(table)?),
            5 => Happening::Withdrawn { consent: consent(table) },
            6 => Happening::Remitted { consent: consent(table) },
            7 => Happening::Falls,
            8 => Happening::Admitted,
            9 => Happening::OrderChanged,
            _ => Happening::Guillotine,
        };
        if items.is_empty() && !matches!(what, Happening::Guillotine) {
            return None;
        }
        Some(Self { what, items, by, on, note, source, place: table.place() })
    }

    /// The vote in it, to be filled in from its files.
    pub(crate) fn vote_mut(&mut self) -> Option<&mut VoteRecord> {
        match &mut self.what {
            Happening::Vote(vote) | Happening::ReferenceBack(vote) | Happening::NextBusiness(vote) => Some(vote),
            _ => None,
        }
    }

    /// The vote in it, if there is one.
    pub(crate) fn vote(&self) -> Option<&VoteRecord> {
        match &self.what {
            Happening::Vote(vote) | Happening::ReferenceBack(vote) | Happening::NextBusiness(vote) => Some(vote),
            _ => None,
        }
    }
}
