//! Who published a figure, and how sure it is.

use std::collections::BTreeMap;

use crate::csv_file::CsvFile;
use crate::fault::{Faults, Place};
use crate::text::{FileBytes, nearest_name};

/// How a figure came to be in the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Stands in the named source.
    Published,
    /// Computed from published figures by a stated rule.
    Derived,
    /// Not seen in a source; shown to a user only with that word beside it.
    Estimated,
    /// Made up for a rehearsal or an example; shown only with that word beside it.
    Synthetic,
}

impl Status {
    /// Every status, in order of sureness.
    pub const ALL: [Self; 4] = [Self::Published, Self::Derived, Self::Estimated, Self::Synthetic];

    /// The word used in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Derived => "derived",
            Self::Estimated => "estimated",
            Self::Synthetic => "synthetic",
        }
    }

    /// The status of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// One publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its short name in the data, such as `DH-2007-03-01`.
    pub id: String,
    /// What it is, in full.
    pub title: String,
    /// Where it was read.
    pub location: String,
    /// Under which licence its facts are used.
    pub licence: String,
}

/// The sources that a value names, in the order given. Never empty once checked.
pub type Cite = Vec<String>;

/// All known sources by id.
#[derive(Clone, Debug, Default)]
pub struct Sources(BTreeMap<String, Source>);

impl Sources {
    /// Reads `id,title,where,licence` and reports an id that stands twice.
    pub fn read_csv(file: &str, bytes: &FileBytes, faults: &Faults) -> Self {
        let mut sources = Self::default();
        let Some(csv) = CsvFile::read(file, bytes, &["id", "title", "where", "licence"], faults) else { return sources };
        for row in csv.rows() {
            let (Some(id), Some(title)) = (row.text("id"), row.text("title")) else { continue };
            let source = Source {
                id: id.to_owned(),
                title: title.to_owned(),
                location: row.optional("where").unwrap_or_default().to_owned(),
                licence: row.optional("licence").unwrap_or_default().to_owned(),
            };
            sources.add(source, row.place(), faults);
        }
        sources
    }

    /// Adds one source; a second with the same id is a fault.
    pub fn add(&mut self, source: Source, place: &Place, faults: &Faults) {
        if self.0.contains_key(&source.id) {
            faults.error("duplicate-id", place, format!("the source “{}” stands twice", source.id), "give each source its own id");
        } else {
            self.0.insert(source.id.clone(), source);
        }
    }

    /// The source of that id.
    pub fn get(&self, id: &str) -> Option<&Source> {
        self.0.get(id)
    }

    /// All sources by id.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.values()
    }

    /// Splits `A;B` and reports each id that is not known.
    pub fn check_cite(&self, text: &str, place: &Place, faults: &Faults) -> Cite {
        let cite: Cite = text.split(';').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
        if cite.is_empty() {
            faults.error("source-missing", place, "no source is named", "name who published this, as in `source = \"DH-2007-03-01\"`");
        }
        for id in &cite {
            if self.get(id).is_none() {
                let fix = match nearest_name(id, self.0.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean “{near}”? Otherwise add a [[publication]] with this id"),
                    None => "add a [[publication]] with this id, title and where it can be read".to_owned(),
                };
                faults.error("unknown-source", place, format!("the source “{id}” is not known"), fix);
            }
        }
        cite
    }
}
