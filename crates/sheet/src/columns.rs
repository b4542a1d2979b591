//! Which column means what: by its own name, by the words users have for it, or as the user says.

use dated::nearest_name;

use crate::{FaultList, Row, shown};

/// What a column can mean, in one kind of file.
pub trait Meaning: Copy + Eq + 'static {
    /// Every meaning with its own name and the other words for it, as [`plain`] has them. No word means two things.
    const WORDS: &'static [(Self, &'static str, &'static [&'static str])];
    /// Columns that name a person and are left alone, as [`plain`] has them.
    const PERSONAL: &'static [&'static str];
    /// Of a mapping on the command line.
    const EXAMPLE: &'static str;

    /// Its name in files.
    fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(meaning, ..)| *meaning == self).map_or("", |(_, name, _)| name)
    }

    /// The meaning of that name.
    fn from_name(name: &str) -> Option<Self> {
        let wanted = plain(name);
        Self::WORDS.iter().find(|(_, known, _)| plain(known) == wanted).map(|(meaning, ..)| *meaning)
    }

    /// The meaning of a column that somebody named so.
    fn of_header(header: &str) -> Option<Self> {
        let wanted = plain(header);
        let found = Self::WORDS.iter().find(|(_, name, others)| plain(name) == wanted || others.contains(&wanted.as_str()));
        found.map(|(meaning, ..)| *meaning)
    }
}

/// Columns by their name in the file; `None` leaves the column unread.
pub type Mapping<M> = Vec<(String, Option<M>)>;

/// Small letters and digits with single blanks between words: `AfC_Band ` is `afc band`.
pub fn plain(name: &str) -> String {
    let spaced: String = name.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads `Pay Point=point,Org=employer,Job=ignore`: the column as the file names it, then what it means.
///
/// # Errors
/// A sentence for the user.
pub fn parse_mapping<M: Meaning>(text: &str) -> Result<Mapping<M>, String> {
    let names = || M::WORDS.iter().map(|(_, name, _)| *name).collect::<Vec<_>>().join(", ");
    text.split(',')
        .map(|part| {
            let (column, meaning) =
                part.rsplit_once('=').ok_or_else(|| format!("“{part}”: write the column and what it means, as in \"{}\"", M::EXAMPLE))?;
            let meaning = match meaning.trim() {
                "ignore" => None,
                name => Some(M::from_name(name).ok_or_else(|| {
                    let near = nearest_name(name, M::WORDS.iter().map(|(_, name, _)| *name)).map(|near| format!("; did you mean {near}?"));
                    format!("“{name}” is no meaning of a column{}; one of {} or ignore", near.unwrap_or_default(), names())
                })?),
            };
            if plain(column).is_empty() {
                return Err(format!("“{part}” names no column: write it as in \"{}\"", M::EXAMPLE));
            }
            Ok((column.trim().to_owned(), meaning))
        })
        .collect()
}

/// A column of the file and what was made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnUse<M> {
    /// As the file names it.
    pub header: String,
    /// What it is read as; `None`: not read.
    pub meaning: Option<M>,
    /// It names a person, so it was left alone.
    pub personal: bool,
}

/// The columns of a header row.
#[derive(Clone, Debug)]
pub struct Columns<M> {
    /// In the order of the file.
    pub uses: Vec<ColumnUse<M>>,
}

impl<M> Default for Columns<M> {
    fn default() -> Self {
        Self { uses: Vec::new() }
    }
}

impl<M: Meaning> Columns<M> {
    /// What the cells of a row would mean if it were the header.
    pub fn of_row(row: &Row, mapping: &[(String, Option<M>)]) -> Self {
        let uses = row.iter().map(|cell| {
            let header = String::from_utf8_lossy(cell).trim().replace('\u{feff}', "");
            let name = plain(&header);
            let mapped = mapping.iter().find(|(column, _)| !name.is_empty() && plain(column) == name);
            let meaning = match mapped {
                Some((_, meaning)) => *meaning,
                None => M::of_header(&header),
            };
            let personal = meaning.is_none() && M::PERSONAL.contains(&name.as_str());
            ColumnUse { header, meaning, personal }
        });
        Self { uses: uses.collect() }
    }

    /// How many meanings are recognised.
    pub fn recognised(&self) -> usize {
        M::WORDS.iter().filter(|(meaning, ..)| self.at(*meaning).is_some()).count()
    }

    /// The first column of that meaning.
    pub fn at(&self, meaning: M) -> Option<usize> {
        self.uses.iter().position(|column| column.meaning == Some(meaning))
    }

    /// Its name in the file.
    pub fn header(&self, meaning: M) -> &str {
        self.at(meaning).map_or("", |at| &self.uses[at].header)
    }

    /// Faults of any header: two columns of one meaning, mapped columns that are not there.
    pub fn check(&self, line: u64, mapping: &[(String, Option<M>)], faults: &mut FaultList) {
        for (meaning, name, _) in M::WORDS {
            let same: Vec<&str> = self.uses.iter().filter(|one| one.meaning == Some(*meaning)).map(|one| one.header.as_str()).collect();
            if let [first, .., last] = same.as_slice() {
                faults.add(
                    "two-columns",
                    line,
                    || {
                        format!(
                            "{} columns mean {name}: {}",
                            same.len(),
                            same.iter().map(|one| format!("“{one}”")).collect::<Vec<_>>().join(", ")
                        )
                    },
                    || {
                        if first == last {
                            "rename or remove one of them".to_owned()
                        } else {
                            format!("keep one, as in --map \"{last}=ignore\"")
                        }
                    },
                );
            }
        }
        for (column, _) in mapping {
            if !self.uses.iter().any(|one| plain(&one.header) == plain(column)) {
                faults.add(
                    "unknown-column",
                    line,
                    || format!("--map names a column “{column}”, which the file does not have"),
                    || self.nearest(column),
                );
            }
        }
    }

    /// A column that may be the one that is missing: nearly of that name, of the other one, or with a word in common.
    pub fn near(&self, name: &str, other: &str) -> Option<&str> {
        let unread = || self.uses.iter().filter(|one| one.meaning.is_none()).map(|one| one.header.as_str());
        let near = nearest_name(name, unread()).or_else(|| nearest_name(other, unread()));
        // A word in common is nearer than letters in common.
        near.or_else(|| unread().find(|header| plain(header).split(' ').any(|word| word == name || word == other)))
    }

    /// What to do about a column of that name, which is not there.
    pub fn nearest(&self, name: &str) -> String {
        let headers: Vec<&str> = self.uses.iter().map(|one| one.header.as_str()).filter(|header| !header.is_empty()).collect();
        match nearest_name(name, headers.iter().copied()) {
            Some(near) => format!("did you mean “{near}”?"),
            None if headers.is_empty() => "write the names of the columns into the first row".to_owned(),
            None => format!("the file has {}", shown(&headers)),
        }
    }
}
