//! Reading a workforce file for the commands that need one.

use std::collections::HashMap;
use std::path::Path;

use dated::{CsvFile, CsvRow, Faults, FileBytes, Ratio, Severity, parse_date};
use dispute::Dispute;
use pay::{Pence, Post, PostPay, Sex, Staff, Workforce, YearDay};

use crate::answer::{self, Outcome};

/// Reads a workforce of a dispute. Errors refuse it, with all faults shown; warnings go to standard error.
pub(crate) fn open(path: &Path, dispute: &Dispute, as_json: bool) -> Result<Workforce, Outcome> {
    let name = path.to_string_lossy().into_owned();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => FileBytes::Read(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            complain!("there is no file {name}; give the CSV of the workforce, with one row for each person or several alike");
            return Err(Outcome::BadInput);
        }
        Err(error) => {
            complain!("{name} cannot be read: {error}");
            return Err(Outcome::OurFailure);
        }
    };
    let faults = Faults::new();
    let workforce = read(&name, &bytes, dispute, &faults);
    let errors = faults.error_count();
    let faults = faults.into_sorted();
    match workforce {
        Some(workforce) if errors == 0 => {
            answer::print_to_err(&answer::faults_text(&faults));
            Ok(workforce)
        }
        _ => {
            debug_assert!(faults.iter().any(|fault| fault.severity == Severity::Error));
            Err(answer::refuse(&faults, as_json))
        }
    }
}

fn number_of(list: &mut Vec<String>, known: &mut HashMap<String, usize>, name: &str) -> usize {
    *known.entry(name.to_owned()).or_insert_with(|| {
        list.push(name.to_owned());
        list.len() - 1
    })
}

fn read(name: &str, bytes: &FileBytes, dispute: &Dispute, faults: &Faults) -> Option<Workforce> {
    let needed = ["employer", "nation", "staff_group", "band", "point", "salary", "wte", "headcount", "increment_date", "sex"];
    let csv = CsvFile::read(name, bytes, &needed, faults)?;
    let mut workforce = Workforce { title: name.to_owned(), ..Workforce::default() };
    let (mut employers, mut groups, mut nations) = (HashMap::new(), HashMap::new(), HashMap::new());
    let mut posts: HashMap<Post, usize> = HashMap::new();
    let mut portions: HashMap<Ratio, usize> = HashMap::new();
    for row in csv.rows() {
        let Some((post, portion, headcount)) = read_row(&row, dispute, faults) else { continue };
        let increment = row.optional("increment_date").and_then(|text| {
            let full = if text.len() == 5 { format!("2000-{text}") } else { text.to_owned() };
            let day = parse_date(&full);
            if let Err(what) = &day {
                faults.error("not-a-date", row.place(), format!("increment_date: {what}"), "write it as 10-01 or 2007-10-01");
            }
            day.ok().map(YearDay::of)
        });
        let sex = match row.optional("sex") {
            None => None,
            Some("F" | "f" | "female") => Some(Sex::Female),
            Some("M" | "m" | "male") => Some(Sex::Male),
            Some(other) => {
                faults.error("unknown-sex", row.place(), format!("sex: “{other}” is not known"), "F, M, or empty");
                None
            }
        };
        let post = *posts.entry(post).or_insert_with_key(|post| {
            workforce.posts.push(post.clone());
            workforce.posts.len() - 1
        });
        let portion = *portions.entry(portion).or_insert_with(|| {
            workforce.portions.push(portion);
            workforce.portions.len() - 1
        });
        workforce.staff.push(Staff {
            post: post as u32,
            headcount,
            employer: number_of(&mut workforce.employers, &mut employers, row.optional("employer").unwrap_or("")) as u16,
            staff_group: number_of(&mut workforce.staff_groups, &mut groups, row.optional("staff_group").unwrap_or("")) as u16,
            portion: portion as u16,
            increment,
            nation: number_of(&mut workforce.nations, &mut nations, row.optional("nation").unwrap_or("")) as u8,
            sex,
        });
    }
    Some(workforce)
}

fn read_row(row: &CsvRow<'_>, dispute: &Dispute, faults: &Faults) -> Option<(Post, Ratio, u32)> {
    let nation = row.text("nation");
    if let Some(nation) = nation
        && !dispute.nations.iter().any(|known| known.name == nation)
    {
        let known: Vec<&str> = dispute.nations.iter().map(|known| known.name.as_str()).collect();
        let what = format!("nation: there is no “{nation}” in this dispute");
        faults.error("unknown-nation", row.place(), what, format!("one of {}", known.join(", ")));
    }
    let pay = match (row.optional("point"), row.optional_decimal("salary")) {
        (Some(point), None) => Some(PostPay::Point(point.to_owned())),
        (None, Some(salary)) => Pence::from_pounds(salary).filter(|pence| pence.0 > 0).map(PostPay::Salary),
        _ => None,
    };
    if pay.is_none() {
        let fix = "give the point, or a full-time salary in pounds, and leave the other empty";
        faults.error("point-or-salary", row.place(), "the row has neither a point nor a salary, or both", fix);
    }
    let portion = row.decimal("wte").filter(|wte| {
        let fits = *wte > Ratio::ZERO && *wte <= Ratio::ONE;
        if !fits {
            faults.error(
                "not-a-portion",
                row.place(),
                format!("wte: {wte}"),
                "each person's portion of full-time hours: above 0, at most 1",
            );
        }
        fits
    });
    let headcount = row.decimal("headcount").and_then(|people| {
        let count = (people.denominator() == 1).then(|| u32::try_from(people.numerator()).ok()).flatten().filter(|count| *count > 0);
        if count.is_none() {
            faults.error("not-a-headcount", row.place(), format!("headcount: {people}"), "a whole number of people, 1 or more");
        }
        count
    });
    let band = row.optional("band").unwrap_or("").to_owned();
    nation?;
    Some((Post { band, pay: pay? }, portion?, headcount?))
}
