//! Which column means what: by its own name, by the words users have for it, or as the user says.

use dated::nearest_name;

use crate::fault_list::FaultList;

/// What a column can mean. Spec P38.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meaning {
    /// Who employs them.
    Employer,
    /// The part of the United Kingdom.
    Nation,
    /// The group of staff.
    StaffGroup,
    /// The band or grade.
    Band,
    /// The point of the scale.
    Point,
    /// The full-time salary, pounds a year.
    Salary,
    /// Hours a week, each person's.
    Hours,
    /// The portion of full-time hours, each person's.
    Wte,
    /// Whole-time equivalents of the row: of all its people together.
    Fte,
    /// How many people the row stands for.
    Headcount,
    /// When the next point falls due each year.
    IncrementDate,
    /// Female or male.
    Sex,
    /// Marks rows of invented staff.
    Synthetic,
}

/// As many as there are meanings.
pub(crate) const MEANINGS: usize = 13;

/// Every meaning with its own name and the other words for it, as [`plain`] has them.
const WORDS: [(Meaning, &str, &[&str]); MEANINGS] = [
    (
        Meaning::Employer,
        "employer",
        &[
            "trust",
            "organisation",
            "organization",
            "org",
            "org name",
            "organisation name",
            "employer name",
            "employing organisation",
            "trust name",
            "health board",
            "board",
            "department",
        ],
    ),
    (Meaning::Nation, "nation", &["country", "uk nation", "home nation"]),
    (
        Meaning::StaffGroup,
        "staff_group",
        &["staff group name", "staffgroup", "occupational group", "staff category", "main staff group", "job family"],
    ),
    (Meaning::Band, "band", &["afc band", "pay band", "payband", "grade", "pay grade", "agenda for change band", "afc grade"]),
    (
        Meaning::Point,
        "point",
        &[
            "spine point",
            "pay point",
            "paypoint",
            "spinal point",
            "spinal column point",
            "scp",
            "pay spine point",
            "afc point",
            "scale point",
            "pay step",
            "pay scale point",
        ],
    ),
    (
        Meaning::Salary,
        "salary",
        &[
            "basic salary",
            "annual salary",
            "basic pay",
            "full time salary",
            "fte salary",
            "wte salary",
            "basic annual salary",
            "annual basic salary",
            "full time equivalent salary",
            "annual full time salary",
            "salary value",
            "annual gbp",
        ],
    ),
    (
        Meaning::Hours,
        "hours",
        &[
            "contracted hours",
            "weekly hours",
            "hours a week",
            "hours per week",
            "contract hours",
            "basic hours",
            "hours worked",
            "contracted weekly hours",
        ],
    ),
    (Meaning::Wte, "wte", &["whole time equivalent", "wte per person", "contracted wte", "wte contracted"]),
    (Meaning::Fte, "fte", &["full time equivalent", "contracted fte", "fte contracted", "total fte", "total wte", "fte total"]),
    (
        Meaning::Headcount,
        "headcount",
        &[
            "head count",
            "count",
            "staff",
            "number of staff",
            "staff count",
            "people",
            "employees",
            "number",
            "no of staff",
            "staff in post",
            "heads",
        ],
    ),
    (
        Meaning::IncrementDate,
        "increment_date",
        &[
            "increment month",
            "incremental date",
            "next increment date",
            "increment due",
            "increment",
            "next increment",
            "pay step date",
            "pay step due",
            "incremental month",
            "pay progression date",
            "date of increment",
            "incr date",
        ],
    ),
    (Meaning::Sex, "sex", &["gender", "m f", "f m", "legal sex"]),
    (Meaning::Synthetic, "synthetic", &[]),
];

/// Columns that name a person. None is needed, so none is read.
const PERSONAL: &[&str] = &[
    "name",
    "full name",
    "first name",
    "last name",
    "surname",
    "forename",
    "forenames",
    "known as",
    "employee name",
    "email",
    "e mail",
    "email address",
    "e mail address",
    "ni number",
    "nino",
    "ni no",
    "national insurance number",
    "employee number",
    "employee no",
    "employee id",
    "assignment number",
    "assignment no",
    "payroll number",
    "payroll no",
    "staff number",
    "staff no",
    "staff id",
    "person id",
    "date of birth",
    "dob",
    "birth date",
    "address",
    "home address",
    "postcode",
    "home postcode",
    "phone",
    "telephone",
    "mobile",
    "nhs number",
    "bank account",
    "sort code",
    "nmc pin",
    "registration number",
];

impl Meaning {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        WORDS[self as usize].1
    }

    /// The meaning of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let wanted = plain(name);
        WORDS.iter().find(|(_, known, _)| plain(known) == wanted).map(|(meaning, ..)| *meaning)
    }

    /// The meaning of a column that somebody named so.
    fn of_header(header: &str) -> Option<Self> {
        let wanted = plain(header);
        WORDS.iter().find(|(_, name, others)| plain(name) == wanted || others.contains(&wanted.as_str())).map(|(meaning, ..)| *meaning)
    }
}

/// Small letters and digits with single blanks between words: `AfC_Band ` is `afc band`.
fn plain(name: &str) -> String {
    let spaced: String = name.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads `Pay Point=point,Org=employer,Job=ignore`: the column as the file names it, then what it means.
///
/// # Errors
/// A sentence for the user.
pub fn parse_mapping(text: &str) -> Result<Vec<(String, Option<Meaning>)>, String> {
    let names = || WORDS.map(|(_, name, _)| name).join(", ");
    text.split(',')
        .map(|part| {
            let (column, meaning) =
                part.rsplit_once('=').ok_or_else(|| format!("“{part}”: write the column and what it means, as in \"Pay Point=point\""))?;
            let meaning = match meaning.trim() {
                "ignore" => None,
                name => Some(Meaning::from_name(name).ok_or_else(|| {
                    let near = nearest_name(name, WORDS.iter().map(|(_, name, _)| *name)).map(|near| format!("; did you mean {near}?"));
                    format!("“{name}” is no meaning of a column{}; one of {} or ignore", near.unwrap_or_default(), names())
                })?),
            };
            if plain(column).is_empty() {
                return Err(format!("“{part}” names no column: write it as in \"Pay Point=point\""));
            }
            Ok((column.trim().to_owned(), meaning))
        })
        .collect()
}

/// A column of the file and what was made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnUse {
    /// As the file names it.
    pub header: String,
    /// What it is read as; `None`: not read.
    pub meaning: Option<Meaning>,
    /// It names a person, so it was left alone.
    pub personal: bool,
}

/// The columns of a header row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    /// In the order of the file.
    pub(crate) uses: Vec<ColumnUse>,
}

impl Columns {
    /// What the cells of a row would mean if it were the header.
    pub(crate) fn of_row<'c>(cells: impl Iterator<Item = &'c [u8]>, mapping: &[(String, Option<Meaning>)]) -> Self {
        let uses = cells.map(|cell| {
            let header = String::from_utf8_lossy(cell).trim().replace('\u{feff}', "");
            let name = plain(&header);
            let mapped = mapping.iter().find(|(column, _)| !name.is_empty() && plain(column) == name);
            let meaning = match mapped {
                Some((_, meaning)) => *meaning,
                None => Meaning::of_header(&header),
            };
            let personal = meaning.is_none() && PERSONAL.contains(&name.as_str());
            ColumnUse { header, meaning, personal }
        });
        Self { uses: uses.collect() }
    }

    /// How many meanings are recognised.
    pub(crate) fn recognised(&self) -> usize {
        WORDS.iter().filter(|(meaning, ..)| self.at(*meaning).is_some()).count()
    }

    /// Whether these cells can be a header: they name what people are paid by, and, below the first row, one thing more.
    pub(crate) fn is_header(&self, is_first: bool) -> bool {
        (self.at(Meaning::Point).is_some() || self.at(Meaning::Salary).is_some()) && (is_first || self.recognised() >= 2)
    }

    /// The first column of that meaning.
    pub(crate) fn at(&self, meaning: Meaning) -> Option<usize> {
        self.uses.iter().position(|column| column.meaning == Some(meaning))
    }

    /// Its name in the file.
    pub(crate) fn header(&self, meaning: Meaning) -> &str {
        self.at(meaning).map_or("", |at| &self.uses[at].header)
    }

    /// Faults of the header as a whole: two columns of one meaning, mapped columns that are not there, what is missing.
    pub(crate) fn check(&self, line: u64, mapping: &[(String, Option<Meaning>)], nation_known: bool, faults: &mut FaultList) {
        for (meaning, name, _) in &WORDS {
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
        if self.at(Meaning::Point).is_none() && self.at(Meaning::Salary).is_none() {
            self.missing("point", "salary", "there is no column that says what people are paid by: “point” or “salary”", line, faults);
        }
        if self.at(Meaning::Nation).is_none() && !nation_known {
            self.missing("nation", "country", "there is no column “nation”, and nothing else says where the staff work", line, faults);
        }
        if self.at(Meaning::Fte).is_some() && self.at(Meaning::Wte).is_some() {
            let (fte, wte) = (self.header(Meaning::Fte), self.header(Meaning::Wte));
            faults.add(
                "two-columns",
                line,
                || format!("“{wte}” is each person's portion and “{fte}” that of the whole row: only one can be read"),
                || format!("keep one, as in --map \"{fte}=ignore\""),
            );
        }
    }

    fn missing(&self, name: &str, other: &str, what: &str, line: u64, faults: &mut FaultList) {
        let unread = || self.uses.iter().filter(|one| one.meaning.is_none()).map(|one| one.header.as_str());
        let near = nearest_name(name, unread()).or_else(|| nearest_name(other, unread()));
        // A word in common is nearer than letters in common.
        let near = near.or_else(|| unread().find(|header| plain(header).split(' ').any(|word| word == name || word == other)));
        faults.add(
            "missing-column",
            line,
            || what.to_owned(),
            || match near {
                Some(near) => format!("if “{near}” is it: --map \"{near}={name}\""),
                None if name == "nation" => "say --default-nation England, or add the column".to_owned(),
                None => self.nearest(name),
            },
        );
    }

    fn nearest(&self, name: &str) -> String {
        let headers: Vec<&str> = self.uses.iter().map(|one| one.header.as_str()).filter(|header| !header.is_empty()).collect();
        match nearest_name(name, headers.iter().copied()) {
            Some(near) => format!("did you mean “{near}”?"),
            None if headers.is_empty() => "write the names of the columns into the first row".to_owned(),
            None => format!("the file has {}", shown(&headers)),
        }
    }
}

/// At most a dozen names.
pub(crate) fn shown(names: &[&str]) -> String {
    let more = names.len().saturating_sub(12);
    let list = names.iter().take(12).map(|name| short(name)).collect::<Vec<_>>().join(", ");
    if more == 0 { list } else { format!("{list} and {more} more") }
}

/// A text as a message can show it: not too long, nothing in it that a terminal would obey.
pub(crate) fn short(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if clean.chars().count() <= 40 { clean } else { clean.chars().take(37).chain("...".chars()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Columns {
        Columns::of_row(names.iter().map(|name| name.as_bytes()), &[])
    }

    #[test]
    fn the_table_is_in_the_order_of_the_meanings_and_no_word_means_two_things() {
        let mut seen = std::collections::BTreeSet::new();
        for (at, (meaning, name, others)) in WORDS.iter().enumerate() {
            assert_eq!(*meaning as usize, at, "{name}");
            for word in std::iter::once(&plain(name).as_str()).chain(*others) {
                assert!(seen.insert((*word).to_owned()), "{word}");
                assert_eq!(*word, plain(word), "written as it is compared");
                assert!(!PERSONAL.contains(word), "{word}");
            }
        }
    }

    #[test]
    fn users_words_are_recognised() {
        let found = columns(&[
            "AfC Band",
            "Spine point",
            "FTE",
            "Contracted_Hours",
            "Basic Salary",
            "Gender",
            "Trust",
            "Count",
            "Increment month",
            "Surname",
            "Job",
        ]);
        let meanings: Vec<_> = found.uses.iter().map(|one| one.meaning).collect();
        use Meaning::{Band, Employer, Fte, Headcount, Hours, IncrementDate, Point, Salary, Sex};
        let expected = [Band, Point, Fte, Hours, Salary, Sex, Employer, Headcount, IncrementDate].map(Some);
        assert_eq!(meanings[..9], expected);
        assert_eq!(meanings[9..], [None, None]);
        assert!(found.uses[9].personal && !found.uses[10].personal);
    }

    #[test]
    fn a_missing_or_double_column_is_named() {
        let check = |names: &[&str], mapping: &[(String, Option<Meaning>)]| {
            let mut faults = FaultList::new("f");
            Columns::of_row(names.iter().map(|name| name.as_bytes()), mapping).check(1, mapping, false, &mut faults);
            faults.into_parts().0.into_iter().map(|fault| (fault.code, fault.fix)).collect::<Vec<_>>()
        };
        assert_eq!(check(&["point", "nation"], &[]), []);
        assert_eq!(check(&["pont", "nation"], &[]), [("missing-column", "if “pont” is it: --map \"pont=point\"".to_owned())]);
        assert_eq!(check(&["point"], &[])[0].1, "say --default-nation England, or add the column");
        assert_eq!(
            check(&["point", "Pay point", "nation"], &[]),
            [("two-columns", "keep one, as in --map \"Pay point=ignore\"".to_owned())]
        );
        let mapping = parse_mapping("Pay point=ignore,X=band").expect("a mapping");
        assert_eq!(check(&["point", "Pay point", "nation"], &mapping)[0].0, "unknown-column");
        assert_eq!(check(&["point", "nation", "wte", "fte"], &[])[0].0, "two-columns");
    }

    #[test]
    fn a_mapping_says_what_it_cannot_read() {
        assert_eq!(parse_mapping("Pay Point=point"), Ok(vec![("Pay Point".to_owned(), Some(Meaning::Point))]));
        assert!(parse_mapping("Pay Point").is_err());
        assert!(parse_mapping("Pay Point=pont").expect_err("a fault").contains("did you mean point?"));
    }
}
