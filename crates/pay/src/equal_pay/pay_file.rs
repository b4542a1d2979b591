//! Reads a pay file row by row: a payroll of a million and a half rows is never held as text.
//!
//! Columns are found by name. Every kind of fault is reported with its rows, the first of each kind in full and the rest counted:
//! one wrong column must not bury the other faults under a million lines.
//!
//! The reader stands here and takes `dyn Read`, so that it is compiled once, in this crate, which is optimised in every profile.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use csv::ByteRecord;
use dated::{Date, Faults, Place, Ratio, nearest_name, parse_date};

use super::history::{PastPay, PastRows, ScaleRates};
use super::record::{Names, PayBasis, PayRecord, PayRecords, PayTimes, Terms};
use crate::workforce::Sex;

/// Every column, and whether it must be there.
const COLUMNS: [(&str, bool); 29] = [
    ("employer", true),
    ("job", true),
    ("sex", true),
    ("hours", true),
    ("establishment", false),
    ("group", false),
    ("annual_pay", false),
    ("full_time_pay", false),
    ("hourly_pay", false),
    ("full_time_hours", false),
    ("headcount", false),
    ("je_score", false),
    ("rated_by", false),
    ("je_band", false),
    ("like_work_group", false),
    ("bonus", false),
    ("allowances", false),
    ("unsocial_percent", false),
    ("holiday_days", false),
    ("pension_percent", false),
    ("sick_pay_weeks", false),
    ("date", false),
    ("since", false),
    ("left", false),
    ("from", false),
    ("until", false),
    ("post", false),
    ("point", false),
    ("note", false),
];

/// Rows of one kind of fault that are listed one by one.
const LISTED: u64 = 20;
/// Pay above this is no pay of a year, in pence.
const HIGHEST_PAY_PENCE: u64 = 100_000_000;

/// E20: reads a pay file; rows with a `point` take their rates from `scale`. All faults are reported, and with any of them the records are
/// not to be used. The names of columns that are not read are given for a remark.
pub fn read_pay_file(file: &str, input: &mut dyn Read, scale: Option<&ScaleRates<'_>>, faults: &Faults) -> (PayRecords, Vec<String>) {
    // A row ends at its line feed: with the carriage return as an end of its own, the line numbers would be one behind.
    let line_feed = csv::Terminator::Any(b'\n');
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).terminator(line_feed).from_reader(input);
    let mut records = PayRecords::default();
    let top = Place::new(file, 1);
    let header = match reader.byte_headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            faults.error(
                "csv-unreadable",
                &top,
                format!("the header row cannot be read: {error}"),
                "write the column names in the first row",
            );
            return (records, Vec::new());
        }
    };
    let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let Some((columns, unread)) = find_columns(&names, &top, scale.is_some(), faults) else { return (records, Vec::new()) };
    let mut rows = Rows {
        file,
        columns,
        scale,
        faults,
        counts: BTreeMap::new(),
        terms: HashMap::new(),
        times: HashMap::new(),
        posts: Names::default(),
        past: PastRows::default(),
    };
    let mut record = ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) if record.len() != header.len() => {
                let what = format!("this row has {} fields, the header has {}", record.len(), header.len());
                rows.fault(
                    "row-length",
                    "",
                    line_of(&record),
                    what,
                    "a comma inside a value needs quotes; an empty value still needs its comma",
                );
            }
            Ok(true) => {
                if let Some(one) = rows.read_row(&record, &mut records) {
                    records.list.push(one);
                }
            }
            Err(error) => {
                let line = error.position().map_or(1, |position| u32::try_from(position.line()).unwrap_or(u32::MAX));
                rows.fault(
                    "csv-unreadable",
                    "",
                    line,
                    format!("the file cannot be read from here on: {error}"),
                    "check the file and its quotes",
                );
                // A disk that fails gives the same error for ever.
                if matches!(error.kind(), csv::ErrorKind::Io(_)) {
                    break;
                }
            }
        }
    }
    rows.join_past(&mut records);
    rows.say_counts();
    if records.list.is_empty() && faults.is_empty() {
        faults.error("file-empty", &top, "the file has a header but no rows", "add one row for each person, or for several who are alike");
    }
    (records, unread)
}

fn line_of(record: &ByteRecord) -> u32 {
    record.position().map_or(1, |position| u32::try_from(position.line()).unwrap_or(u32::MAX))
}

/// Our columns by their place in the file, and the names of others.
fn find_columns(names: &[String], top: &Place, has_scale: bool, faults: &Faults) -> Option<(HashMap<&'static str, usize>, Vec<String>)> {
    let before = faults.error_count();
    let mut columns = HashMap::new();
    let mut unread = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let plain = name.trim().to_lowercase().replace([' ', '-'], "_");
        match COLUMNS.iter().find(|(known, _)| *known == plain) {
            Some((known, _)) => {
                if columns.insert(*known, at).is_some() {
                    faults.error("duplicate-column", top, format!("the column “{known}” stands twice"), "rename or remove one of them");
                }
            }
            None => unread.push(name.clone()),
        }
    }
    if names.len() == 1 && names[0].contains([';', '\t']) {
        faults.error("not-comma-separated", top, "the header is one single column", "save the file as CSV with commas");
        return None;
    }
    // A misspelt column is not to be left unread in silence.
    unread.retain(|name| {
        let open = COLUMNS.iter().map(|(known, _)| *known).filter(|known| !columns.contains_key(known));
        match nearest_name(name, open) {
            Some(near) if name.len() > 3 => {
                faults.error(
                    "unknown-column",
                    top,
                    format!("“{name}” is no column known here"),
                    format!("did you mean “{near}”? Rename it"),
                );
                false
            }
            _ => true,
        }
    });
    let missing = COLUMNS.iter().filter(|(name, must)| *must && !columns.contains_key(name));
    for (name, _) in missing {
        faults.error(
            "missing-column",
            top,
            format!("the column “{name}” is missing"),
            format!("add it; the file has {}", names.join(", ")),
        );
    }
    if columns.contains_key("until") && !columns.contains_key("from") {
        let what = "there is “until” and no “from”";
        faults.error("missing-column", top, what, "add from: the first day on which the pay of a row was paid");
    }
    let ways: &[&str] =
        if has_scale { &["annual_pay", "full_time_pay", "hourly_pay", "point"] } else { &["annual_pay", "full_time_pay", "hourly_pay"] };
    if !ways.iter().any(|name| columns.contains_key(name)) {
        let fix =
            "add annual_pay (for the hours of the row), full_time_pay with full_time_hours, or hourly_pay; or point, and name its scale";
        faults.error("missing-column", top, "no column says what is paid", fix);
    }
    (faults.error_count() == before).then_some((columns, unread))
}

struct Rows<'f> {
    file: &'f str,
    columns: HashMap<&'static str, usize>,
    scale: Option<&'f ScaleRates<'f>>,
    faults: &'f Faults,
    counts: BTreeMap<(&'static str, &'static str), (u64, u32)>,
    terms: HashMap<Terms, u32>,
    times: HashMap<PayTimes, u32>,
    posts: Names,
    past: PastRows,
}

impl Rows<'_> {
    fn read_row(&mut self, record: &ByteRecord, records: &mut PayRecords) -> Option<PayRecord> {
        let line = line_of(record);
        let before = self.counts.values().map(|(count, _)| count).sum::<u64>();
        let employer = records.employers.number(self.needed(record, "employer"));
        let job = records.jobs.number(self.needed(record, "job"));
        let mut name = |column: &'static str, names: &mut Names| names.number(self.text(record, column));
        let establishment = name("establishment", &mut records.establishments);
        let group = name("group", &mut records.groups);
        let like_work = name("like_work_group", &mut records.like_work);
        let (study, band) = (name("rated_by", &mut records.studies), name("je_band", &mut records.bands));
        let post = self.text(record, "post");
        let post = self.posts.number(post);
        let sex = match self.text(record, "sex") {
            "" => None,
            "F" | "f" | "female" | "Female" | "woman" => Some(Sex::Female),
            "M" | "m" | "male" | "Male" | "man" => Some(Sex::Male),
            other => {
                self.fault(
                    "not-a-sex",
                    "sex",
                    line,
                    format!("sex: “{other}” is neither F nor M"),
                    "write F or M, or leave it empty: the row is then in no comparison",
                );
                None
            }
        };
        let hours_hundredths = match self.decimal(record, "hours", 2) {
            Some(hours @ 1..=16_800) => hours as u16,
            Some(_) => {
                let text = self.text(record, "hours").to_owned();
                self.fault(
                    "not-hours",
                    "hours",
                    line,
                    format!("hours: “{text}” are not the hours of a week"),
                    "write contract hours a week, above 0 and at most 168",
                );
                0
            }
            None => {
                if self.text(record, "hours").is_empty() {
                    self.fault("value-missing", "hours", line, "“hours” is empty".to_owned(), "write contract hours a week");
                }
                0
            }
        };
        let full_time_hundredths = self.decimal(record, "full_time_hours", 2).unwrap_or(0);
        if full_time_hundredths > 16_800 {
            self.fault(
                "not-hours",
                "full_time_hours",
                line,
                "full_time_hours: more hours than a week has".to_owned(),
                "write the hours of a full-time week",
            );
        }
        let (from, until) = (self.date(record, "from"), self.date(record, "until"));
        let pay = self.pay(record, full_time_hundredths, records);
        let money = |rows: &mut Self, column| rows.limited(record, column, HIGHEST_PAY_PENCE);
        let (bonus_pence, allowances_pence) = (money(self, "bonus"), money(self, "allowances"));
        let headcount = match self.text(record, "headcount") {
            "" => 1,
            text => text.parse().ok().filter(|count| (1..=10_000_000).contains(count)).unwrap_or_else(|| {
                let what = format!("headcount: “{text}” is not a number of people");
                self.fault("not-a-count", "headcount", line, what, "write a whole number above 0");
                1
            }),
        };
        let score = match self.text(record, "je_score") {
            "" => None,
            text => text.parse::<u16>().ok().or_else(|| {
                self.fault(
                    "not-a-score",
                    "je_score",
                    line,
                    format!("je_score: “{text}” is not a score"),
                    "write a whole number up to 65535",
                );
                None
            }),
        };
        if study == 0 && (score.is_some() || band != 0) {
            self.fault(
                "score-without-study",
                "rated_by",
                line,
                "a score or band without the study that gave it".to_owned(),
                "name the study in rated_by: scores of two studies are not compared",
            );
        }
        if study != 0 && score.is_none() && band == 0 && self.text(record, "je_score").is_empty() {
            self.fault(
                "study-without-score",
                "rated_by",
                line,
                "a study is named, but neither score nor band".to_owned(),
                "fill in je_score or je_band, or leave rated_by empty",
            );
        }
        let mut decimal = |column| self.decimal(record, column, 4).map(|value| Ratio::new(value.into(), 10_000));
        let terms = Terms {
            unsocial_percent: decimal("unsocial_percent"),
            holiday_days: decimal("holiday_days"),
            pension_percent: decimal("pension_percent"),
            sick_pay_weeks: decimal("sick_pay_weeks"),
        };
        let times = PayTimes {
            as_of: self.date(record, "date"),
            since: self.date(record, "since"),
            left: self.date(record, "left"),
            from: if until.is_some() { None } else { from },
        };
        if let (Some(since), Some(left)) = (times.since, times.left)
            && left < since
        {
            self.fault("leaves-before-beginning", "left", line, format!("left on {left}, before {since}"), "check since and left");
        }
        let too_many = records.studies.count() > usize::from(u16::MAX) || records.bands.count() > usize::from(u16::MAX);
        if too_many {
            self.fault(
                "too-many-studies",
                "rated_by",
                line,
                "more than 65,000 studies or bands".to_owned(),
                "check that rated_by and je_band are names, not numbers of rows",
            );
        }
        let pay = pay?;
        if let Some(until) = until {
            self.past_row(record, from, until, pay.is_of_scale);
        }
        if self.counts.values().map(|(count, _)| count).sum::<u64>() > before {
            return None;
        }
        let Pay { basis, basic, history, .. } = pay;
        let key = (employer, establishment, job, sex, post);
        if let (Some(from), Some(until)) = (from, until) {
            let full_time_hundredths = full_time_hundredths as u16;
            let extras = Some((bonus_pence, allowances_pence));
            self.past.add(key, PastPay { line, from, until, basis, basic, extras, hours_hundredths, full_time_hundredths });
            return None;
        }
        if self.columns.contains_key("until") && history == 0 {
            self.past.is_paid_now(key, records.list.len());
        }
        Some(PayRecord {
            line,
            employer,
            establishment,
            job,
            group,
            like_work,
            headcount,
            basic,
            bonus_pence,
            allowances_pence,
            terms: number_of(&mut self.terms, &mut records.terms, terms),
            times: number_of(&mut self.times, &mut records.times, times),
            study: study as u16,
            band: band as u16,
            score,
            hours_hundredths,
            full_time_hundredths: full_time_hundredths as u16,
            basis,
            sex,
            history,
        })
    }

    /// E45: what a row of past pay must have besides.
    fn past_row(&mut self, record: &ByteRecord, from: Option<Date>, until: Date, is_of_scale: bool) {
        let line = line_of(record);
        match from {
            None if self.text(record, "from").is_empty() => self.fault(
                "value-missing",
                "from",
                line,
                format!("past pay until {until}, and not since when"),
                "fill in from; or leave until empty, if it is paid today",
            ),
            Some(from) if until < from => self.fault(
                "ends-before-beginning",
                "until",
                line,
                format!("until {until} is before from {from}"),
                "until is the last day on which that was paid",
            ),
            _ => {}
        }
        if is_of_scale {
            self.fault(
                "past-pay-of-a-scale",
                "point",
                line,
                "a row of past pay names a point of a scale".to_owned(),
                "leave it out: the scale has its own past rates",
            );
        }
    }

    /// E45: gives every row of today its past; what overlaps, or belongs to nobody, is a fault.
    fn join_past(&mut self, records: &mut PayRecords) {
        if records.histories.is_empty() {
            records.histories.push(Vec::new());
        }
        for fault in std::mem::take(&mut self.past).join(records) {
            self.fault(fault.code, "until", fault.line, fault.what, fault.fix);
        }
    }

    /// E46: the rates of a point of the scale.
    fn pay_of_point(&mut self, record: &ByteRecord, records: &mut PayRecords) -> Option<Pay> {
        let (line, point) = (line_of(record), self.text(record, "point").to_owned());
        let Some(scale) = self.scale else {
            let what = format!("point: “{point}” is of a scale that is not named");
            self.fault("no-scale", "point", line, what, "name the scale with --scale, or write what is paid");
            return None;
        };
        match scale.of_point(&point, records) {
            Ok((basic, history)) => Some(Pay { basis: PayBasis::FullTimeYear, basic, history, is_of_scale: true }),
            Err((what, fix)) => {
                self.fault("unknown-point", "point", line, what, &fix);
                None
            }
        }
    }

    /// Exactly one of the ways to say what is paid.
    fn pay(&mut self, record: &ByteRecord, full_time_hundredths: u64, records: &mut PayRecords) -> Option<Pay> {
        let line = line_of(record);
        let given: Vec<&'static str> = ["annual_pay", "full_time_pay", "hourly_pay", "point"]
            .into_iter()
            .filter(|column| !self.text(record, column).is_empty())
            .collect();
        let [column] = given[..] else {
            let (what, fix) = if given.is_empty() {
                ("what is paid is not said".to_owned(), "fill in annual_pay, full_time_pay, hourly_pay or point")
            } else {
                (format!("pay is said {} times: {}", given.len(), given.join(", ")), "keep one: annual_pay is for the hours of the row")
            };
            self.fault("pay-not-said-once", "annual_pay", line, what, fix);
            return None;
        };
        let (basis, places) = match column {
            "annual_pay" => (PayBasis::Year, 2),
            "full_time_pay" | "point" => (PayBasis::FullTimeYear, 2),
            _ => (PayBasis::Hour, 4),
        };
        if basis == PayBasis::FullTimeYear && full_time_hundredths == 0 {
            self.fault(
                "full-time-hours-missing",
                "full_time_hours",
                line,
                format!("{column} without full_time_hours"),
                "write the hours of a full-time week",
            );
            return None;
        }
        if column == "point" {
            return self.pay_of_point(record, records);
        }
        let amount = self.decimal(record, column, places)?;
        if amount == 0 || amount > HIGHEST_PAY_PENCE {
            let text = self.text(record, column).to_owned();
            let most = if basis == PayBasis::Hour { "£10,000 an hour" } else { "£1,000,000 a year" };
            self.fault(
                "not-pay",
                column,
                line,
                format!("{column}: “{text}” is not pay"),
                &format!("write pounds, above 0 and at most {most}"),
            );
            return None;
        }
        Some(Pay { basis, basic: amount as u32, history: 0, is_of_scale: false })
    }

    fn limited(&mut self, record: &ByteRecord, column: &'static str, most: u64) -> u32 {
        let amount = self.decimal(record, column, 2).unwrap_or(0);
        if amount > most {
            let what = format!("{column}: “{}” is more than a year's pay", self.text(record, column));
            self.fault("not-pay", column, line_of(record), what, "write pounds a year, for the hours of the row");
            return 0;
        }
        amount as u32
    }

    fn text<'r>(&mut self, record: &'r ByteRecord, column: &'static str) -> &'r str {
        let Some(bytes) = self.columns.get(column).and_then(|at| record.get(*at)) else { return "" };
        std::str::from_utf8(bytes).unwrap_or_else(|_| {
            self.fault("not-utf8", column, line_of(record), format!("{column} is not UTF-8 text"), "save the file as UTF-8");
            ""
        })
    }

    fn needed<'r>(&mut self, record: &'r ByteRecord, column: &'static str) -> &'r str {
        let text = self.text(record, column);
        if text.is_empty() {
            self.fault("value-missing", column, line_of(record), format!("“{column}” is empty"), "fill it in, or remove the row");
        }
        text
    }

    /// A number of zero or more with at most so many decimals, times ten for each; `None` when the cell is empty or wrong.
    fn decimal(&mut self, record: &ByteRecord, column: &'static str, places: usize) -> Option<u64> {
        let text = self.text(record, column);
        if text.is_empty() {
            return None;
        }
        let value = scaled(text, places);
        if value.is_none() {
            let plain: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
            let fix = match scaled(&plain, places) {
                Some(_) if !text.contains('-') => format!("write only the number: {plain}"),
                _ => format!("write a number of 0 or more, with a point and at most {places} decimals"),
            };
            self.fault("not-a-number", column, line_of(record), format!("{column}: “{text}” is not a number that is read here"), &fix);
        }
        value
    }

    fn date(&mut self, record: &ByteRecord, column: &'static str) -> Option<Date> {
        let text = self.text(record, column);
        if text.is_empty() {
            return None;
        }
        let date = parse_date(text);
        date.map_err(|what| self.fault("not-a-date", column, line_of(record), format!("{column}: {what}"), "write it as 2007-04-01")).ok()
    }

    fn fault(&mut self, code: &'static str, column: &'static str, line: u32, what: String, fix: &str) {
        let (count, last) = self.counts.entry((code, column)).or_default();
        *count += 1;
        *last = line;
        if *count <= LISTED {
            self.faults.error(code, &Place::new(self.file, line), what, fix);
        }
    }

    fn say_counts(&self) {
        for ((code, column), (count, last)) in &self.counts {
            if *count > LISTED {
                let of = if column.is_empty() { String::new() } else { format!(" in “{column}”") };
                let what = format!("and {} further rows with this fault{of}, the last of them here", count - LISTED);
                self.faults.error(code, &Place::new(self.file, *last), what, "mend them all as said of the first");
            }
        }
    }
}

/// What a row says is paid.
struct Pay {
    basis: PayBasis,
    basic: u32,
    /// Into [`PayRecords::histories`], if a scale gave it.
    history: u32,
    is_of_scale: bool,
}

fn number_of<T: Copy + Eq + std::hash::Hash>(known: &mut HashMap<T, u32>, list: &mut Vec<T>, one: T) -> u32 {
    *known.entry(one).or_insert_with(|| {
        list.push(one);
        list.len() as u32 - 1
    })
}

/// `17030.5` with two places is 1703050. Nothing but digits and one point.
fn scaled(text: &str, places: usize) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || fraction.len() > places || !digits(whole) || !digits(fraction) || text.ends_with('.') {
        return None;
    }
    let parsed = |part: &str| if part.is_empty() { Some(0) } else { part.parse::<u64>().ok() };
    Some(parsed(whole)? * 10_u64.pow(places as u32) + parsed(fraction)? * 10_u64.pow((places - fraction.len()) as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, faults: &Faults) -> (PayRecords, Vec<String>) {
        read_pay_file("t.csv", &mut text.as_bytes(), None, faults)
    }

    fn codes(text: &str) -> Vec<(&'static str, u32)> {
        let faults = Faults::new();
        let _ = read(text, &faults);
        faults.into_sorted().into_iter().map(|fault| (fault.code, fault.place.line)).collect()
    }

    #[test]
    fn every_fault_of_a_file_is_found_in_one_reading() {
        let text = "employer,job,sex,hours,annual_pay,hourly_pay,je_score,rated_by,headcount,since,left\n\
            A,cook,F,37.5,\"18,000\",,,,1,,\n\
            ,cook,X,0,18000,9.50,,,0,,\n\
            A,cook,M,37.5,18000,,300,,1,2001-02-30,\n\
            A,cook,M,37.5,18000,,,study,1,2001-02-03,2000-01-01\n\
            A,cook,M\n";
        assert_eq!(
            codes(text),
            [
                ("not-a-number", 2),
                ("not-a-count", 3),
                ("not-a-sex", 3),
                ("not-hours", 3),
                ("pay-not-said-once", 3),
                ("value-missing", 3),
                ("not-a-date", 4),
                ("score-without-study", 4),
                ("leaves-before-beginning", 5),
                ("study-without-score", 5),
                ("row-length", 6),
            ]
        );
    }

    #[test]
    fn columns_are_named_all_at_once_and_misspelt_ones_are_not_overlooked() {
        let found = codes("employer,jobs,sex,anual_pay\nA,cook,F,1\n");
        assert_eq!(
            found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
            ["missing-column"; 3].into_iter().chain(["unknown-column"; 2]).collect::<Vec<_>>()
        );
        assert_eq!(codes("employer;job;sex\nA;cook;F\n"), [("not-comma-separated", 1)]);
        assert_eq!(codes("employer,job,sex,hours,annual_pay\n"), [("file-empty", 1)]);
    }

    #[test]
    fn a_fault_of_every_row_is_counted_not_repeated() {
        let rows = "A,cook,F,37.5,x\n".repeat(1000);
        let faults = Faults::new();
        let _ = read(&format!("employer,job,sex,hours,annual_pay\n{rows}"), &faults);
        let faults = faults.into_sorted();
        assert_eq!(faults.len() as u64, LISTED + 1);
        assert!(faults[LISTED as usize].what.starts_with("and 980 further rows"), "{}", faults[LISTED as usize].what);
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        let faults = Faults::new();
        let text = "\u{feff}Employer,Job,Sex,Hours,Full-time pay,Full time hours,Remarks\r\nA,cook,F,18.75,20000.5,37.5,x\r\n";
        let (records, unread) = read(text, &faults);
        assert_eq!(faults.into_sorted(), []);
        assert_eq!(unread, ["Remarks"]);
        assert_eq!((records.list[0].basic, records.list[0].hours_hundredths, records.list[0].line), (2_000_050, 1875, 2));
    }

    #[test]
    fn numbers_are_read_exactly() {
        assert_eq!((scaled("17030.5", 2), scaled("9.8765", 4), scaled("0", 2)), (Some(1_703_050), Some(98_765), Some(0)));
        for bad in ["", ".", "1.", "1.234", "-1", "1e3", "1,000", "£5", "+3", "9999999999999"] {
            assert_eq!(scaled(bad, 2), None, "{bad}");
        }
    }
}
