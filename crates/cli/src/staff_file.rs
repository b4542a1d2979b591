//! The workforce that a command is asked about, read from a CSV file.

use std::collections::HashMap;
use std::hash::Hash;
use std::path::Path;

use dated::{CsvFile, Faults, FileBytes, Ratio, Severity, parse_date};
use dispute::Dispute;
use pay::{Pence, Post, PostPay, Sex, Staff, Workforce, YearDay};

use crate::answer::{self, Outcome};

const COLUMNS: [&str; 5] = ["nation", "band", "point", "wte", "headcount"];

/// Opens a workforce. Columns: employer, nation, staff_group, band, point (or salary), wte (of each person), headcount,
/// increment_date (as 10-01 or a date), sex (F or M). Errors refuse it, with all faults shown.
pub(crate) fn open(path: &Path, _dispute: &Dispute, as_json: bool) -> Result<Workforce, Outcome> {
    let faults = Faults::new();
    let name = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => FileBytes::Read(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => FileBytes::Unreadable { why: "file is not there".to_owned() },
        Err(error) => {
            complain!("{name} cannot be read: {error}");
            return Err(Outcome::OurFailure);
        }
    };
    let workforce = read(&name, &bytes, &faults);
    let faults = faults.into_sorted();
    match workforce {
        Some(workforce) if faults.iter().all(|fault| fault.severity != Severity::Error) => Ok(workforce),
        _ => Err(answer::refuse(&faults, as_json)),
    }
}

/// Gives each name one number.
struct Names<T> {
    list: Vec<T>,
    numbers: HashMap<T, usize>,
}

impl<T: Clone + Eq + Hash> Names<T> {
    fn new() -> Self {
        Self { list: Vec::new(), numbers: HashMap::new() }
    }

    fn number(&mut self, name: T) -> usize {
        let next = self.list.len();
        *self.numbers.entry(name).or_insert_with_key(|name| {
            self.list.push(name.clone());
            next
        })
    }
}

fn read(name: &str, bytes: &FileBytes, faults: &Faults) -> Option<Workforce> {
    let csv = CsvFile::read(name, bytes, &COLUMNS, faults)?;
    let (mut nations, mut employers, mut groups) = (Names::new(), Names::new(), Names::new());
    let (mut posts, mut portions) = (Names::new(), Names::new());
    let mut staff = Vec::new();
    let mut synthetic = None;
    for row in csv.rows() {
        let wrong = |column: &str, text: &str, fix: &str| {
            faults.error("bad-value", row.place(), format!("{column}: “{text}” cannot be used"), fix);
        };
        let pay = match (row.optional("point"), row.optional_decimal("salary").and_then(Pence::from_pounds)) {
            (Some(point), _) => Some(PostPay::Point(point.to_owned())),
            (None, Some(salary)) => Some(PostPay::Salary(salary)),
            (None, None) => {
                faults.error("value-missing", row.place(), "“point” is empty", "fill in point, or salary for a salary of their own");
                None
            }
        };
        let portion = row.decimal("wte").filter(|portion| {
            let fits = *portion > Ratio::ZERO && *portion <= Ratio::ONE;
            if !fits {
                wrong("wte", &portion.to_string(), "write the part of full-time hours that each person works, as in 0.6; full time is 1");
            }
            fits
        });
        let headcount = row.text("headcount").and_then(|text| {
            let count = text.parse::<u32>().ok().filter(|count| *count > 0);
            if count.is_none() {
                wrong("headcount", text, "write how many people this row is for, as a whole number above nothing");
            }
            count
        });
        let increment = row.optional("increment_date").and_then(|text| {
            let day = parse_date(text).or_else(|_| parse_date(&format!("2000-{text}"))).map(YearDay::of);
            if day.is_err() {
                wrong("increment_date", text, "write month and day as in 10-01, or the next date as in 2007-10-01");
            }
            day.ok()
        });
        let sex = row.optional("sex").and_then(|text| {
            let sex = match text {
                "F" | "f" | "female" => Some(Sex::Female),
                "M" | "m" | "male" => Some(Sex::Male),
                _ => None,
            };
            if sex.is_none() {
                wrong("sex", text, "write F or M, or leave it empty");
            }
            sex
        });
        let nation = row.text("nation");
        if row.optional("status") == Some("synthetic") {
            synthetic = Some("the file says so".to_owned());
        }
        let (Some(pay), Some(portion), Some(headcount), Some(nation)) = (pay, portion, headcount, nation) else { continue };
        let post = Post { band: row.optional("band").unwrap_or("").to_owned(), pay };
        staff.push(Staff {
            post: posts.number(post) as u32,
            headcount,
            employer: employers.number(row.optional("employer").unwrap_or("not said").to_owned()) as u16,
            staff_group: groups.number(row.optional("staff_group").unwrap_or("not said").to_owned()) as u16,
            portion: portions.number(portion) as u16,
            increment,
            nation: nations.number(nation.to_owned()) as u8,
            sex,
        });
    }
    if csv.rows().next().is_none() {
        faults.error("file-empty", &dated::Place::new(name, 1), "the file has no row", "add a row for each post");
    }
    Some(Workforce {
        title: name.to_owned(),
        synthetic,
        nations: nations.list,
        employers: employers.list,
        staff_groups: groups.list,
        posts: posts.list,
        portions: portions.list,
        staff,
    })
}
