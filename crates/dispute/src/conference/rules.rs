//! Standing orders: deadlines, who may demand a card vote, split cards, ties, two thirds for a change of rules.

use dated::{Date, Table};

/// The standing orders of a conference. What a file does not say is not allowed.
#[derive(Clone, Debug, Default)]
pub struct StandingOrders {
    /// The last day for motions.
    pub motions_close_on: Option<Date>,
    /// The last day for amendments.
    pub amendments_close_on: Option<Date>,
    /// Whether a motion needs a seconder before it is voted on.
    pub seconder_needed: bool,
    /// Who may demand a card vote.
    pub card_vote_by: Vec<Caller>,
    /// How many delegates must demand it.
    pub card_vote_delegates: Option<u64>,
    /// The day whose membership is the weight of a branch.
    pub record_date: Option<Date>,
    /// Whether a branch may divide its card.
    pub split_cards: bool,
    /// Whether the chair decides a tie; otherwise what is tied falls.
    pub casting_vote: bool,
    /// The majority for a change of rules: two thirds unless said otherwise.
    pub rule_change_majority: Majority,
    /// In which order the amendments to one motion are voted on.
    pub amendment_order: AmendmentOrder,
}

/// Who demands a card vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// So many delegates.
    Delegates,
    /// The chair.
    Chair,
    /// The executive.
    Executive,
}

impl Caller {
    pub(crate) const WORDS: [(&'static str, Self); 3] =
        [("delegates", Self::Delegates), ("chair", Self::Chair), ("executive", Self::Executive)];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delegates => "delegates",
            Self::Chair => "chair",
            Self::Executive => "executive",
        }
    }
}

/// How large a majority must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Majority {
    /// More votes for than against.
    Simple,
    /// At least two thirds of the votes for and against.
    #[default]
    TwoThirds,
}

impl Majority {
    /// C13: whether so many for and against are enough. Compared as integers.
    pub fn is_reached(self, votes_for: u64, against: u64) -> bool {
        let (votes_for, against) = (u128::from(votes_for), u128::from(against));
        match self {
            Self::Simple => votes_for > against,
            Self::TwoThirds => votes_for > 0 && votes_for * 3 >= (votes_for + against) * 2,
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Simple => "a simple majority",
            Self::TwoThirds => "two thirds",
        }
    }
}

/// The order in which the amendments to one motion are voted on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AmendmentOrder {
    /// As the chair takes them.
    #[default]
    Any,
    /// As they are printed.
    AsPrinted,
    /// As their words come in the text.
    AsInText,
}

impl StandingOrders {
    pub(crate) fn read(table: &Table<'_>) -> Self {
        let callers = table.name_list("card_vote_by").into_iter().filter_map(|(word, place)| {
            let found = Caller::WORDS.iter().find(|(name, _)| *name == word).map(|(_, caller)| *caller);
            if found.is_none() {
                let fix = "one of delegates, chair, executive";
                table.faults().error("unknown-word", &place, format!("“{word}” cannot demand a card vote"), fix);
            }
            found
        });
        let card_vote_by: Vec<Caller> = callers.collect();
        let orders = Self {
            motions_close_on: table.optional_date("motions_close_on"),
            amendments_close_on: table.optional_date("amendments_close_on"),
            seconder_needed: table.optional_bool("seconder_needed").unwrap_or(false),
            card_vote_delegates: table.optional_count("card_vote_delegates"),
            record_date: table.optional_date("record_date"),
            split_cards: table.optional_bool("split_cards").unwrap_or(false),
            casting_vote: table.optional_choice("tie", &[("falls", false), ("chair-decides", true)]).unwrap_or(false),
            rule_change_majority: table
                .optional_choice("rule_change_majority", &[("two-thirds", Majority::TwoThirds), ("simple", Majority::Simple)])
                .unwrap_or_default(),
            amendment_order: table
                .optional_choice(
                    "amendment_order",
                    &[("any", AmendmentOrder::Any), ("as-printed", AmendmentOrder::AsPrinted), ("as-in-text", AmendmentOrder::AsInText)],
                )
                .unwrap_or_default(),
            card_vote_by,
        };
        if orders.card_vote_by.contains(&Caller::Delegates) && orders.card_vote_delegates.is_none() {
            table.fault(
                "missing-key",
                "card_vote_by",
                "delegates may demand a card vote, but not how many it takes",
                "add `card_vote_delegates = 50`",
            );
        }
        orders
    }
}
