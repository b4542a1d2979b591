//! What the pages about offers and `whitley offer …` both work out: one place for each figure, so that the two cannot disagree.

pub mod bill;
pub mod compare;
pub mod member;
pub mod people;
pub mod redistribution;
pub mod take_home;
pub mod typed;

use dispute::Dispute;
use pay::Offer;

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// It cannot be answered as put; the sentence says why and what would be right.
    Question(String),
    /// What would be needed is not in the data; nobody's mistake.
    Unknown(String),
}

impl NoAnswer {
    pub(crate) fn question<T>(why: impl Into<String>) -> Result<T, Self> {
        Err(Self::Question(why.into()))
    }

    /// The sentence.
    pub fn why(&self) -> &str {
        match self {
            Self::Question(why) | Self::Unknown(why) => why,
        }
    }
}

/// The offer of that id.
///
/// # Errors
/// A sentence with the offers that there are.
pub fn find_offer<'o>(offers: &'o [Offer], id: &str) -> Result<&'o Offer, String> {
    offers.iter().find(|offer| offer.id == id).ok_or_else(|| {
        let known: Vec<&str> = offers.iter().map(|offer| offer.id.as_str()).collect();
        format!("there is no offer “{id}”; the offers are {}", known.join(", "))
    })
}

/// One side's percentage with what it counts, for offers of which no more is known.
pub fn counted_sentence(counted: &pay::Counted, dispute: &Dispute) -> String {
    let who = dispute.party_name(&counted.who.0);
    format!("{}% as {who} counts it: {} [{}].", counted.percent.to_fixed(1), counted.counts, counted.source.join("; "))
}
