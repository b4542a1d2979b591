//! Constituencies and who sits for them, by date.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use dated::{CsvFile, Date, Faults, FileBytes, Place, Sources, long_date, parse_date};

use super::safe_text::{line_fault, shown};

/// What is said wherever a member of Parliament is named from the built-in data, which knows nothing later.
pub const AS_ELECTED: &str = "as elected on 4 July 2024";

/// The number of a constituency in [`Seats`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatId(pub(crate) u16);

/// A constituency.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Its code, empty for one that only a user's file names.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Region or nation.
    pub region: String,
    sittings: Vec<Sitting>,
}

/// Who sits for a constituency, or that nobody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitting {
    /// The member of Parliament; `None` while the seat is vacant.
    pub name: Option<String>,
    /// Party, as short as the source has it.
    pub party: String,
    /// First day.
    pub from: Date,
    /// First day after, if known.
    pub until: Option<Date>,
    /// What must be said beside the name.
    pub note: String,
    /// Where it stands.
    pub place: Place,
}

/// Why there is nobody to write to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeatFault {
    /// Nobody sits there on that day.
    Vacant {
        /// The constituency.
        seat: String,
        /// The day.
        on: Date,
        /// Since when.
        since: Date,
    },
    /// The data do not say who sat there on that day.
    NotKnown {
        /// The constituency.
        seat: String,
        /// The day.
        on: Date,
        /// First day that is known.
        first: Option<Date>,
    },
}

impl SeatFault {
    /// Its name in lists of faults.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Vacant { .. } => "vacant-seat",
            Self::NotKnown { .. } => "member-not-known",
        }
    }

    /// What would be right.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::Vacant { .. } => "write after the by-election, and add its result to the file of sittings",
            Self::NotKnown { .. } => "give a file of sittings: constituency,mp,party,from,until,source",
        }
    }
}

impl fmt::Display for SeatFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vacant { seat, on, since } => {
                write!(f, "nobody sits for {seat} on {}: the seat is vacant since {}", long_date(*on), long_date(*since))
            }
            Self::NotKnown { seat, on, first } => {
                write!(f, "who sat for {seat} on {} is not in the data", long_date(*on))?;
                first.map_or(Ok(()), |first| write!(f, "; the first who is known sat from {}", long_date(first)))
            }
        }
    }
}

/// All constituencies.
#[derive(Clone, Debug, Default)]
pub struct Seats {
    seats: Vec<Seat>,
    by_name: HashMap<String, SeatId>,
    by_code: HashMap<String, SeatId>,
}

impl Seats {
    /// The most constituencies that are told apart: those of six elections with new boundaries.
    pub(crate) const MOST: usize = 4096;

    /// The constituencies of 2024 with the members elected on 4 July 2024, as the program carries them.
    pub fn built_in(sources: &Sources) -> (Self, Vec<dated::Fault>) {
        let faults = Faults::new();
        let bytes = FileBytes::Read(include_bytes!("../../../../data/geo/constituencies.csv").to_vec());
        let mut seats = Self::default();
        let needed = ["code", "name", "region", "mp_first_name", "mp_surname", "party", "from", "until", "status", "source"];
        let Some(csv) = CsvFile::read("data/geo/constituencies.csv", &bytes, &needed, &faults) else {
            return (seats, faults.into_sorted());
        };
        for row in csv.rows() {
            let (Some(code), Some(name), Some(from), Some(_)) = (row.text("code"), row.text("name"), row.date("from"), row.status()) else {
                continue;
            };
            sources.check_cite(row.text("source").unwrap_or_default(), row.place(), &faults);
            let member = format!("{} {}", row.text("mp_first_name").unwrap_or_default(), row.text("mp_surname").unwrap_or_default());
            let sitting = Sitting {
                name: Some(member.trim().to_owned()),
                party: row.optional("party").unwrap_or_default().to_owned(),
                from,
                until: None,
                note: AS_ELECTED.to_owned(),
                place: row.place().clone(),
            };
            let id = seats.add(name, code, row.optional("region").unwrap_or_default());
            seats.seats[id.0 as usize].sittings.push(sitting);
        }
        (seats, faults.into_sorted())
    }

    fn add(&mut self, name: &str, code: &str, region: &str) -> SeatId {
        let id = SeatId(u16::try_from(self.seats.len().min(Self::MOST)).unwrap_or(u16::MAX));
        self.seats.push(Seat { code: code.to_owned(), name: name.to_owned(), region: region.to_owned(), sittings: Vec::new() });
        self.by_name.insert(plain(name), id);
        if !code.is_empty() {
            self.by_code.insert(code.to_owned(), id);
        }
        id
    }

    /// A constituency that is only named, for days before any that is known. Its members are not in the data.
    pub(crate) fn add_former(&mut self, name: &str) -> Option<SeatId> {
        (self.seats.len() < Self::MOST).then(|| self.add(name, "", ""))
    }

    /// The first day of the boundaries that are built in.
    pub fn boundaries_from(&self) -> Option<Date> {
        self.seats.iter().filter(|seat| !seat.code.is_empty()).flat_map(|seat| &seat.sittings).map(|sitting| sitting.from).min()
    }

    /// Reads later by-elections, vacancies, changes of party, and members of earlier days:
    /// `constituency,mp,party,from,until,source`. A row without a member says that the seat is vacant.
    ///
    /// A row replaces what was known from its first day on.
    pub fn add_sittings(&mut self, file: &str, bytes: &FileBytes, faults: &Faults) {
        let Some(csv) = CsvFile::read(file, bytes, &["constituency", "mp", "from", "until", "source"], faults) else { return };
        let mut own: BTreeMap<SeatId, Vec<Sitting>> = BTreeMap::new();
        for row in csv.rows() {
            let (name, from, source) = (row.text("constituency"), row.date("from"), row.text("source"));
            let until = match row.optional("until").map(parse_date) {
                None => None,
                Some(Ok(day)) => Some(day),
                Some(Err(what)) => {
                    faults.error("not-a-date", row.place(), format!("until: {what}"), "write it as 2026-05-01, or leave it empty");
                    continue;
                }
            };
            let (Some(name), Some(from), Some(source)) = (name, from, source) else { continue };
            if until.is_some_and(|until| until <= from) {
                faults.error(
                    "period-backwards",
                    row.place(),
                    format!("this sitting ends on or before the day it begins ({from})"),
                    "`until` is the first day after it",
                );
                continue;
            }
            let member = row.optional("mp");
            if let Some((what, fix)) = member.and_then(line_fault) {
                faults.error("unsafe-text", row.place(), format!("the member's name {what}"), fix);
                continue;
            }
            let former = until.is_some_and(|until| self.boundaries_from().is_some_and(|first| until <= first));
            let id = match self.find(name) {
                Some(id) => id,
                None if former => match self.add_former(name) {
                    Some(id) => id,
                    None => continue,
                },
                None => {
                    self.say_unknown(name, row.place(), faults);
                    continue;
                }
            };
            own.entry(id).or_default().push(Sitting {
                name: member.map(str::to_owned),
                party: row.optional("party").unwrap_or_default().to_owned(),
                from,
                until,
                note: format!("by {source}"),
                place: row.place().clone(),
            });
        }
        for (id, mut list) in own {
            list.sort_by_key(|sitting| sitting.from);
            for pair in list.windows(2) {
                if pair[0].until.is_none_or(|until| until > pair[1].from) {
                    faults.error(
                        "period-overlap",
                        &pair[1].place,
                        format!(
                            "two sittings for {} hold on {}; the other is at {}",
                            self.seats[id.0 as usize].name, pair[1].from, pair[0].place
                        ),
                        format!("let the earlier one end: until = {}", pair[1].from),
                    );
                }
            }
            let sittings = &mut self.seats[id.0 as usize].sittings;
            for added in &list {
                // What was known from the same day on, or later, is replaced; what was known before ends there.
                if let Some(earlier) = sittings.iter_mut().rev().find(|known| known.from < added.from && known.until.is_none()) {
                    earlier.until = Some(added.from);
                }
                let ends_before = |known: &Sitting| added.until.is_some_and(|until| until <= known.from);
                sittings.retain(|known| known.from < added.from || ends_before(known));
            }
            sittings.extend(list);
            sittings.sort_by_key(|sitting| sitting.from);
        }
    }

    /// The constituency of that name or code.
    pub fn find(&self, name: &str) -> Option<SeatId> {
        self.by_code.get(name).or_else(|| self.by_name.get(&plain(name))).copied()
    }

    /// A constituency.
    pub fn seat(&self, id: SeatId) -> &Seat {
        &self.seats[id.0 as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.seats.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Who sits there on that day.
    ///
    /// # Errors
    /// [`SeatFault`] when the seat is vacant or the day is outside what is known.
    pub fn member_on(&self, id: SeatId, day: Date) -> Result<&Sitting, SeatFault> {
        let seat = self.seat(id);
        let found = seat.sittings.iter().find(|sitting| sitting.from <= day && sitting.until.is_none_or(|until| day < until));
        match found {
            Some(sitting) if sitting.name.is_some() => Ok(sitting),
            Some(sitting) => Err(SeatFault::Vacant { seat: seat.name.clone(), on: day, since: sitting.from }),
            None => Err(SeatFault::NotKnown {
                seat: seat.name.clone(),
                on: day,
                first: seat.sittings.first().map(|sitting| sitting.from).filter(|first| day < *first),
            }),
        }
    }

    /// The names most like `name`, best first: by the letters in threes that both have.
    pub fn nearest(&self, name: &str, most: usize) -> Vec<&str> {
        let wanted = threes(&plain(name));
        let mut near: Vec<(usize, usize, &str)> = self
            .seats
            .iter()
            .filter(|seat| !seat.sittings.is_empty())
            .map(|seat| {
                let known = threes(&plain(&seat.name));
                let common = known.iter().filter(|three| wanted.contains(three)).count();
                // In thousandths of all threes, so that a long name is not near to everything.
                (2000 * common / (known.len() + wanted.len()).max(1), seat.name.len(), seat.name.as_str())
            })
            .filter(|(likeness, ..)| *likeness >= 350)
            .collect();
        near.sort_by_key(|(likeness, length, name)| (std::cmp::Reverse(*likeness), *length, *name));
        near.into_iter().take(most).map(|(.., name)| name).collect()
    }

    /// Says that there is no such constituency, and which are near.
    pub fn say_unknown(&self, name: &str, place: &Place, faults: &Faults) {
        let near = self.nearest(name, 3);
        let fix = match near.as_slice() {
            [] => "use the name or the code as in data/geo/constituencies.csv".to_owned(),
            near => format!("did you mean {}?", near.join(", or ")),
        };
        faults.error("unknown-constituency", place, format!("“{}” is no constituency of 2024", shown(name)), fix);
    }
}

/// A name as it is compared: small letters, `&` as `and`, no marks.
fn plain(name: &str) -> String {
    let spaced: String = name.to_lowercase().replace('&', " and ").chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().map(|word| if word == "saint" { "st" } else { word }).collect::<Vec<_>>().join(" ")
}

fn threes(text: &str) -> Vec<[char; 3]> {
    let letters: Vec<char> = std::iter::once(' ').chain(text.chars()).chain(std::iter::once(' ')).collect();
    let mut list: Vec<[char; 3]> = letters.windows(3).map(|three| [three[0], three[1], three[2]]).collect();
    list.sort_unstable();
    list.dedup();
    list
}
