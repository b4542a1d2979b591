//! Reading a workforce from a CSV file: one row for a person, or for several who are alike.

use std::collections::HashMap;

use dated::{CsvFile, CsvRow, Faults, FileBytes, MAX_FILE_BYTES, Ratio};
use dispute::Dispute;
use pay::{Pence, Post, PostPay, Sex, Staff, Workforce, YearDay};

use crate::answer::{self, Outcome};

/// Opens a workforce for computing; all its faults refuse it.
pub(crate) fn open(path: impl AsRef<std::path::Path>, _dispute: &Dispute, as_json: bool) -> Result<Workforce, Outcome> {
    let path = path.as_ref();
    let name = path.display().to_string();
    let name = name.as_str();
    let bytes = match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > MAX_FILE_BYTES => FileBytes::TooLarge { bytes: metadata.len() },
        Ok(_) => match std::fs::read(path) {
            Ok(bytes) => FileBytes::Read(bytes),
            Err(error) => FileBytes::Unreadable { why: format!("cannot be read: {error}") },
        },
        Err(error) => FileBytes::Unreadable { why: format!("cannot be read: {error}") },
    };
    let faults = Faults::new();
    let workforce = read(name, &bytes, &faults);
    let faults = faults.into_sorted();
    if !faults.is_empty() {
        return Err(answer::refuse(&faults, as_json));
    }
    Ok(workforce)
}

fn read(path: &str, bytes: &FileBytes, faults: &Faults) -> Workforce {
    let mut workforce = Workforce { title: path.to_owned(), ..Workforce::default() };
    let Some(csv) = CsvFile::read(path, bytes, &["nation", "band", "point", "wte", "headcount"], faults) else { return workforce };
    let mut known = Known::default();
    for row in csv.rows() {
        let headcount = row.decimal("headcount").and_then(|count| {
            let whole = (count.denominator() == 1).then(|| u32::try_from(count.numerator()).ok()).flatten().filter(|count| *count > 0);
            fault_unless(whole, &row, faults, "headcount", "a whole number of people above 0")
        });
        let portion = row.decimal("wte").and_then(|portion| {
            let portion = Some(portion).filter(|portion| *portion > Ratio::ZERO && *portion <= Ratio::ONE);
            fault_unless(portion, &row, faults, "wte", "each person's portion of full time, above 0 and at most 1")
        });
        let salary = row.optional_decimal("salary");
        let pay = match (row.optional("point"), salary) {
            (Some(point), _) => Some(PostPay::Point(point.to_owned())),
            (None, Some(salary)) => {
                fault_unless(Pence::from_pounds(salary), &row, faults, "salary", "pounds and pence").map(PostPay::Salary)
            }
            (None, None) => fault_unless(None, &row, faults, "point", "a point of the scale, or a salary"),
        };
        let increment = match row.optional("increment_date") {
            None => None,
            Some(text) => {
                let whole = if text.len() == 5 { format!("2000-{text}") } else { text.to_owned() };
                fault_unless(
                    dated::parse_date(&whole).ok().map(YearDay::of),
                    &row,
                    faults,
                    "increment_date",
                    "written as 10-01 or 2014-10-01",
                )
            }
        };
        let sex = match row.optional("sex") {
            Some("F" | "f" | "female") => Some(Sex::Female),
            Some("M" | "m" | "male") => Some(Sex::Male),
            _ => None,
        };
        let (Some(headcount), Some(portion), Some(pay), Some(nation)) = (headcount, portion, pay, row.text("nation")) else { continue };
        let post = Post { band: row.optional("band").unwrap_or("").to_owned(), pay };
        let post = number(&mut known.posts, &mut workforce.posts, post);
        let portion = number(&mut known.portions, &mut workforce.portions, portion);
        let mut name = |list: &mut Vec<String>, which: usize, text: &str| number(&mut known.names[which], list, text.to_owned());
        let nation = name(&mut workforce.nations, 0, nation);
        let employer = name(&mut workforce.employers, 1, row.optional("employer").unwrap_or(""));
        let staff_group = name(&mut workforce.staff_groups, 2, row.optional("staff_group").unwrap_or(""));
        workforce.staff.push(Staff {
            post: post as u32,
            headcount,
            employer: employer as u16,
            staff_group: staff_group as u16,
            portion: portion as u16,
            increment,
            nation: nation as u8,
            sex,
        });
    }
    workforce
}

#[derive(Default)]
struct Known {
    posts: HashMap<Post, usize>,
    portions: HashMap<Ratio, usize>,
    names: [HashMap<String, usize>; 3],
}

fn number<T: Clone + Eq + std::hash::Hash>(known: &mut HashMap<T, usize>, list: &mut Vec<T>, one: T) -> usize {
    *known.entry(one.clone()).or_insert_with(|| {
        list.push(one);
        list.len() - 1
    })
}

fn fault_unless<T>(found: Option<T>, row: &CsvRow<'_>, faults: &Faults, column: &str, right: &str) -> Option<T> {
    if found.is_none() {
        let text = row.optional(column).unwrap_or("");
        faults.error("not-a-value", row.place(), format!("{column}: “{text}” is not {right}"), format!("write {right}"));
    }
    found
}
