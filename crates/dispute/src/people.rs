//! Who is in a dispute: parties, groups of staff, nations; and what happened when.

use dated::{Cite, Place, Sources, Status, Table};
use pay::When;

/// A body or person that takes part.
#[derive(Clone, Debug)]
pub struct Party {
    /// Id in the dispute.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Which side.
    pub side: Side,
    /// What it does here.
    pub role: Option<String>,
    /// Members concerned, if it is a union and the number is known.
    pub members: Option<u64>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// The side of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Unions and staff sides.
    Staff,
    /// Employers and management sides.
    Employer,
    /// Government and ministers.
    Government,
    /// Pay review bodies.
    ReviewBody,
    /// Councils of both sides.
    Joint,
    /// Anybody else.
    Other,
}

impl Side {
    const WORDS: [(&'static str, Self); 6] = [
        ("staff", Self::Staff),
        ("employer", Self::Employer),
        ("government", Self::Government),
        ("review-body", Self::ReviewBody),
        ("joint", Self::Joint),
        ("other", Self::Other),
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, side)| *side == self).map_or("other", |(word, _)| word)
    }
}

impl Party {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = table.id("id");
        let name = table.text("name");
        let side = table.choice("side", &Side::WORDS);
        let role = table.optional_text("role");
        let members = table.optional_count("members");
        let source = table.cite(sources);
        let status = table.status();
        Some(Self { id: id?, name: name?, side: side?, role, members, source, status: status?, place: table.place() })
    }
}

/// A bargaining group of staff.
#[derive(Clone, Debug)]
pub struct Group {
    /// Id in the dispute.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Through which machinery its pay is settled.
    pub machinery: String,
    /// Head count, if known.
    pub staff: Option<u64>,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

impl Group {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let id = table.id("id");
        let name = table.text("name");
        let machinery = table.text("machinery");
        let staff = table.optional_count("staff");
        let source = table.cite(sources);
        let status = table.status();
        Some(Self { id: id?, name: name?, machinery: machinery?, staff, source, status: status?, place: table.place() })
    }
}

/// A nation that an offer may treat on its own.
#[derive(Clone, Debug)]
pub struct Nation {
    /// Its name, as scales use it.
    pub name: String,
    /// Whose published table gives its base rates, if not its own.
    pub scale_of: Option<String>,
    /// Anything worth knowing.
    pub note: Option<String>,
    /// Who says so.
    pub source: Cite,
    /// Where it stands.
    pub place: Place,
}

impl Nation {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let name = table.text("name");
        let scale_of = table.optional_text("scale_of");
        let note = table.optional_text("note");
        let source = table.cite(sources);
        table.status();
        Some(Self { name: name?, scale_of, note, source, place: table.place() })
    }
}

/// Something that happened, or how it ended.
#[derive(Clone, Debug)]
pub struct Event {
    /// When, as far as known.
    pub when: Option<When>,
    /// What.
    pub what: String,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

impl Event {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let when = When::read(table);
        let what = table.text("what");
        let source = table.cite(sources);
        let status = table.status();
        Some(Self { when, what: what?, source, status: status?, place: table.place() })
    }
}
