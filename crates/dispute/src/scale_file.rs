//! A pay scale as somebody brings it: CSV or a workbook with a column of points and one of yearly rates, whatever their names. What comes
//! out is a file of points as a dispute keeps it. Every fault of the file at once, with its row.

use std::collections::BTreeMap;

use dated::{Date, Fault, Place, Ratio, parse_date};
use pay::Pence;
use sheet::{Columns, Input, Meaning, Row, Words};

use crate::roll::finding::{Finding, finding};
use crate::roll::intake::{Intake, Needed};

/// Rates below this are no yearly pay of anybody full time: they are by the hour, the week or the month, or in thousands.
const LEAST_ANNUAL: Pence = Pence(100_000);
/// And none is above this.
const MOST_ANNUAL: Pence = Pence(1_000_000_000);

/// A pay scale that was brought.
#[derive(Clone, Debug)]
pub struct BroughtScale {
    /// Its points, in the order of the file.
    pub points: Vec<BroughtPoint>,
    /// How the file was understood.
    pub notes: Vec<String>,
}

/// A point of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroughtPoint {
    /// Its name.
    pub point: String,
    /// Its bands; one called `all` where the file has no bands.
    pub bands: Vec<String>,
    /// The yearly full-time rate.
    pub annual: Pence,
    /// Where, if the file says so.
    pub nation: Option<String>,
    /// From when, if the file says so.
    pub from: Option<Date>,
}

/// What a column can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Point,
    Rate,
    Bands,
    Nation,
    From,
}

impl Meaning for Of {
    const WORDS: &'static [(Self, &'static str, &'static [&'static str])] = &[
        (
            Self::Point,
            "point",
            &["spine point", "pay point", "paypoint", "scale point", "scp", "spinal point", "spinal column point", "increment", "step"],
        ),
        (
            Self::Rate,
            "annual_gbp",
            &[
                "salary",
                "annual salary",
                "annual rate",
                "annual",
                "annual pay",
                "rate",
                "pay",
                "value",
                "amount",
                "full time salary",
                "fte salary",
                "basic pay",
                "pounds a year",
            ],
        ),
        (Self::Bands, "bands", &["band", "grade", "grades", "pay band", "afc band"]),
        (Self::Nation, "nation", &["country"]),
        (Self::From, "effective_from", &["from", "effective date", "date", "effective", "start date"]),
    ];
    const PERSONAL: &'static [&'static str] = &[];
    const EXAMPLE: &'static str = "Grade=bands";
}

const NEEDED: [Needed<Of>; 2] = [
    Needed { one: Of::Point, or: None, why: "each row is a point of the scale" },
    Needed { one: Of::Rate, or: None, why: "each point has a rate in pounds a year, full time" },
];

/// Reads a pay scale.
///
/// # Errors
/// Every fault of the file, with its row.
pub fn read_scale(file: &str, input: &mut dyn Input) -> Result<BroughtScale, Vec<Fault>> {
    let mut points: Vec<BroughtPoint> = Vec::new();
    let mut seen: BTreeMap<(Option<String>, Option<Date>, String), u32> = BTreeMap::new();
    let mapping = Vec::new();
    let mut take = |columns: &Columns<Of>, at: Place, row: &Row, findings: &mut Vec<Finding>| {
        let before = findings.len();
        let cell = |of: Of| {
            let raw = columns.at(of).and_then(|at| row.get(at)).unwrap_or_default();
            let text = String::from_utf8_lossy(raw).trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let point = cell(Of::Point);
        if point.is_none() {
            findings.push(finding("value-missing", at.clone(), "this row names no point", "write its name, or remove the row"));
        }
        let annual = match cell(Of::Rate) {
            None => {
                findings.push(finding("value-missing", at.clone(), "this row has no rate", "write pounds a year, full time, as in 24000"));
                None
            }
            Some(text) => match annual(&text) {
                Ok(annual) => Some(annual),
                Err((what, fix)) => {
                    findings.push(finding("not-a-rate", at.clone(), what, fix));
                    None
                }
            },
        };
        let from = cell(Of::From).and_then(|text| match day(&text) {
            Ok(day) => Some(day),
            Err(why) => {
                findings.push(finding("not-a-date", at.clone(), format!("“{text}”: {why}"), "write it as 2026-04-01 or 01/04/2026"));
                None
            }
        });
        let nation = cell(Of::Nation);
        let bands = cell(Of::Bands).unwrap_or_else(|| "all".to_owned());
        let bands: Vec<String> = bands.split([';', '/']).map(str::trim).filter(|band| !band.is_empty()).map(str::to_owned).collect();
        if let Some(point) = &point
            && let Some(first) = seen.insert((nation.clone(), from, point.clone()), at.line)
        {
            let what = format!("point {point} stands on line {first} too");
            findings.push(finding("duplicate-id", at, what, "keep one row a point, with all its bands in one cell: 4; 5"));
        }
        let (Some(point), Some(annual), true) = (point, annual, findings.len() == before) else { return false };
        points.push(BroughtPoint { point, bands, annual, nation, from });
        true
    };
    let words = Words { of: "the points of the scale", header: "point and salary" };
    let read = Intake::new(file, &mapping, &NEEDED, words, &mut take).read(input, None);
    let (mut faults, notes): (Vec<Fault>, Vec<String>) = (read.findings.into_iter().map(|one| one.fault).collect(), read.notes);
    for fault in faults.iter_mut().filter(|fault| fault.code == "missing-column") {
        fault.fix = "name the columns point and salary, one row above the first point".to_owned();
    }
    faults.sort_by_key(|fault| fault.place.line);
    if faults.is_empty() { Ok(BroughtScale { points, notes }) } else { Err(faults) }
}

impl BroughtScale {
    /// As a file of points of a dispute, with what the file did not say: where and from when, and whose word it is.
    pub fn points_csv(&self, nation: &str, from: Date, source: &str, status: &str) -> String {
        let mut text = String::from("nation,effective_from,point,bands,annual_gbp,status,source,note\n");
        for point in &self.points {
            let pounds = point.annual.pounds().to_short(2);
            let cells = [
                point.nation.as_deref().unwrap_or(nation).to_owned(),
                point.from.unwrap_or(from).to_string(),
                point.point.clone(),
                point.bands.join(";"),
                pounds,
                status.to_owned(),
                source.to_owned(),
                String::new(),
            ];
            text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
            text.push('\n');
        }
        text
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

fn annual(text: &str) -> Result<Pence, (String, &'static str)> {
    let plain: String = text.chars().filter(|letter| !matches!(letter, '£' | ',' | ' ' | '\u{a0}')).collect();
    let number = Ratio::parse_decimal(&plain).ok_or_else(|| {
        (format!("“{}” is no sum of money", sheet::short(text)), "write pounds a year, full time, as in 24000 or £24,000.50")
    })?;
    let pence = Pence::from_pounds(number)
        .ok_or_else(|| (format!("{plain} is not in whole pence"), "round it as the publisher of the scale does"))?;
    match pence {
        low if low < LEAST_ANNUAL => Err((
            format!("{pence} is no year’s pay of anybody full time"),
            "write pounds a year, not by the hour or month, nor in thousands",
        )),
        high if high > MOST_ANNUAL => Err((format!("{pence} is more than anybody is paid"), "write pounds a year, full time")),
        fine => Ok(fine),
    }
}

/// A day as files have it: `2026-04-01`, `01/04/2026`, or a workbook’s day with a time of nought.
fn day(text: &str) -> Result<Date, String> {
    let first = text.split([' ', 'T']).next().unwrap_or(text);
    let parts: Vec<&str> = first.split(['/', '.']).collect();
    match parts.as_slice() {
        [day, month, year] if year.len() == 4 => parse_date(&format!("{year}-{month:0>2}-{day:0>2}")),
        _ => parse_date(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(text: &str) -> Result<BroughtScale, Vec<Fault>> {
        read_scale("scale.csv", &mut Cursor::new(text.as_bytes().to_vec()))
    }

    #[test]
    fn a_scale_is_read_by_the_words_people_have_for_its_columns() {
        let scale = read("Pay scale 2026\nGrade,Spine Point,Salary\nA/B,1,\"£24,071\"\nB,2,25000.50\n").expect("read");
        assert_eq!(scale.points[0].bands, ["A", "B"]);
        assert_eq!(scale.points[0].annual, Pence(2_407_100));
        let day = Date::constant(2026, 4, 1);
        assert_eq!(
            scale.points_csv("England", day, "OURS", "published"),
            "nation,effective_from,point,bands,annual_gbp,status,source,note\n\
             England,2026-04-01,1,A;B,24071,published,OURS,\nEngland,2026-04-01,2,B,25000.5,published,OURS,\n"
        );
        assert!(scale.notes.iter().any(|note| note.contains("row 2")), "{:?}", scale.notes);
    }

    #[test]
    fn every_fault_has_its_row() {
        let faults = read("point,salary,from\n1,12.45,\n,24000,\n3,much,31/02/2026\n4,26000,\n4,27000,\n").expect_err("faults");
        let told: Vec<(&str, u32)> = faults.iter().map(|fault| (fault.code, fault.place.line)).collect();
        assert_eq!(told, [("not-a-rate", 2), ("value-missing", 3), ("not-a-rate", 4), ("not-a-date", 4), ("duplicate-id", 6)]);
        assert_eq!(read("name,salary\nx,24000\n").expect_err("no point")[0].code, "missing-column");
        assert!(!read("").expect_err("nothing").is_empty());
    }
}
