//! What somebody asks of a dispute, and what they get.

use dated::{Date, Fault};
use dispute::{Dispute, Library};
use law::Rulebook;

use crate::places::PlacesRead;
use crate::table::Table;

/// A dispute that was read and has no fault that stops it from being used.
pub struct Opened<'o> {
    /// The dispute.
    pub dispute: &'o Dispute,
    /// The published data that it was checked against.
    pub library: &'o Library,
    /// The rules of law.
    pub book: &'o Rulebook,
    /// Who sits for a place.
    pub places: &'o PlacesRead,
    /// What does not stop it from being used.
    pub warnings: &'o [Fault],
    /// The version that is shown: a hash of all its files, 64 hexadecimal digits.
    pub version: &'o str,
    /// The licence of a published version.
    pub licence: Option<&'o str>,
    /// Where its pages are: `/d/nhs-2007`, or `/public/nhs-2007/3` for a published version. Links begin with it.
    pub base: &'o str,
    /// The day of asking, in London.
    pub today: Date,
    /// Who asks.
    pub reader: Reader,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A negotiator or officer who is signed in: sees working versions, and may write if the folder can be written.
    Desk {
        /// Whether the dispute's files can be changed here.
        may_write: bool,
    },
    /// Anybody, of a published version.
    Public,
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What follows the dispute's address, without a slash at either end.
    pub path: &'a str,
    /// The pairs of the query, and of the form if one was sent, in order.
    pub pairs: &'a [(String, String)],
}

impl<'a> Asked<'a> {
    /// The value of a name, if it is there and not empty. Spaces around it do not count.
    pub fn one(&self, name: &str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// All values of a name that are not empty, in order; a value with commas counts as several only where the caller says so.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let pairs: &'a [(String, String)] = self.pairs;
        let name = name.to_owned();
        pairs.iter().filter(move |(known, _)| *known == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The parts of the path.
    pub fn parts(&self) -> Vec<&'a str> {
        self.path.split('/').filter(|part| !part.is_empty()).collect()
    }
}

/// What somebody gets.
pub enum Answer {
    /// A page; the layout is put around it by the caller.
    Page(Page),
    /// A file to keep.
    File(File),
}

/// A page without its layout.
#[derive(Default)]
pub struct Page {
    /// Its title, without the dispute's.
    pub title: String,
    /// Its HTML, made by a template: the content of `main`, beginning with an `h1`.
    pub body: String,
    /// The tables in it, as they can be had as CSV.
    pub tables: Vec<Table>,
    /// The status is 400: a form shown again with what is wrong in it.
    pub is_refusal: bool,
}

/// A file.
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub kind: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is nothing at this address; the sentence says what is there instead.
    NotThere(String),
    /// The question cannot be answered as put; the sentence says why and what would be right.
    Question(String),
    /// A bug of ours.
    Ours(String),
}

impl Trouble {
    /// Nothing at this address.
    pub fn not_there(why: impl Into<String>) -> Self {
        Self::NotThere(why.into())
    }

    /// A question that cannot be answered as put.
    pub fn question(why: impl Into<String>) -> Self {
        Self::Question(why.into())
    }
}

impl From<askama::Error> for Trouble {
    fn from(error: askama::Error) -> Self {
        Self::Ours(format!("a page could not be filled: {error}"))
    }
}
