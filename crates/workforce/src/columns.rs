//! Which column means what: by its own name, by the words users have for it, or as the user says.

use sheet::{FaultList, Mapping};

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
pub(crate) const MEANINGS: usize = WORDS.len();

/// Every meaning with its own name and the other words for it, as [`plain`] has them.
const WORDS: &[(Meaning, &str, &[&str])] = &[
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

impl sheet::Meaning for Meaning {
    const WORDS: &'static [(Self, &'static str, &'static [&'static str])] = WORDS;
    const PERSONAL: &'static [&'static str] = PERSONAL;
    const EXAMPLE: &'static str = "Pay Point=point";
}

impl Meaning {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        sheet::Meaning::name(self)
    }
}

/// A column of the file and what was made of it.
pub type ColumnUse = sheet::ColumnUse<Meaning>;
/// The columns of a header row.
pub(crate) type Columns = sheet::Columns<Meaning>;

/// Whether these cells can be a header: they name what people are paid by, and, below the first row, one thing more.
pub(crate) fn is_header(columns: &Columns, is_first: bool) -> bool {
    says_pay(columns) && (is_first || columns.recognised() >= 2)
}

/// Whether there is a column of what people are paid by.
pub(crate) fn says_pay(columns: &Columns) -> bool {
    columns.at(Meaning::Point).or(columns.at(Meaning::Salary)).is_some()
}

/// Faults of the header as a whole: two columns of one meaning, mapped columns that are not there, what is missing.
pub(crate) fn check(columns: &Columns, line: u64, mapping: &Mapping<Meaning>, nation_known: bool, faults: &mut FaultList) {
    columns.check(line, mapping, faults);
    if !says_pay(columns) {
        let what = "there is no column that says what people are paid by: “point” or “salary”";
        missing(columns, "point", "salary", what, line, faults);
    }
    if columns.at(Meaning::Nation).is_none() && !nation_known {
        let what = "there is no column “nation”, and nothing else says where the staff work";
        missing(columns, "nation", "country", what, line, faults);
    }
    if columns.at(Meaning::Fte).is_some() && columns.at(Meaning::Wte).is_some() {
        let (fte, wte) = (columns.header(Meaning::Fte), columns.header(Meaning::Wte));
        faults.add(
            "two-columns",
            line,
            || format!("“{wte}” is each person's portion and “{fte}” that of the whole row: only one can be read"),
            || format!("keep one, as in --map \"{fte}=ignore\""),
        );
    }
}

fn missing(columns: &Columns, name: &str, other: &str, what: &str, line: u64, faults: &mut FaultList) {
    faults.add(
        "missing-column",
        line,
        || what.to_owned(),
        || match columns.near(name, other) {
            Some(near) => format!("if “{near}” is it: --map \"{near}={name}\""),
            None if name == "nation" => "say --default-nation England, or add the column".to_owned(),
            None => columns.nearest(name),
        },
    );
}

#[cfg(test)]
mod tests {
    use sheet::{Row, parse_mapping, plain};

    use super::*;

    fn columns(names: &[&str]) -> Columns {
        Columns::of_row(&Row::of(names.iter().copied()), &[])
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
            super::check(&Columns::of_row(&Row::of(names.iter().copied()), mapping), 1, &mapping.to_vec(), false, &mut faults);
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
        assert!(parse_mapping::<Meaning>("Pay Point").is_err());
        assert!(parse_mapping::<Meaning>("Pay Point=pont").expect_err("a fault").contains("did you mean point?"));
    }
}
