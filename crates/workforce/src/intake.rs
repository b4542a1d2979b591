//! Rows in, a workforce out: each distinct text of a column is understood once, then found again by its bytes.

use std::collections::HashMap;
use std::hash::Hash;

use dated::{Fault, Ratio, nearest_name};
use foldhash::fast::RandomState;
use pay::{Pence, Post, PostPay, Sex, Staff, Workforce, YearDay};
use sheet::{FaultList, Row, Taker, Trouble, Words, is_total, short};

use crate::cells;
use crate::columns::{self, ColumnUse, Columns, MEANINGS, Meaning};
use crate::known::{Known, Names};
use crate::{MAX_ROWS, Options};

/// What came of reading a file.
#[derive(Debug)]
pub struct Reading {
    /// The rows that could be read; to be computed from only where there is no fault.
    pub workforce: Workforce,
    /// How many rows there were of each kind.
    pub rows: Rows,
    /// The columns in the order of the file.
    pub columns: Vec<ColumnUse>,
    /// What was understood in a way that the user should know of.
    pub notes: Vec<String>,
    /// The faults: the first fifty of each kind, then how many more there are.
    pub faults: Vec<Fault>,
    /// All faults by kind.
    pub fault_counts: Vec<(&'static str, u64)>,
}

/// Rows by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Rows with something in them below the header.
    pub read: u64,
    /// Taken into the workforce.
    pub accepted: u64,
    /// With a fault.
    pub refused: u64,
    /// With a head count of 0: of nobody.
    pub of_nobody: u64,
    /// With nothing in them; not counted as read.
    pub empty: u64,
}

impl Reading {
    /// How many faults there are, shown or not.
    pub fn fault_count(&self) -> u64 {
        self.fault_counts.iter().map(|(_, count)| count).sum()
    }
}

/// The reading in progress.
pub(crate) struct Intake<'o> {
    options: &'o Options,
    faults: FaultList,
    notes: Vec<String>,
    columns: Columns,
    at: [Option<usize>; MEANINGS],
    width: usize,
    rows: Rows,
    workforce: Workforce,
    /// What a comment above the header says the file was made from.
    label: Option<String>,
    title: Option<String>,
    any_synthetic: bool,
    salary_unused: bool,
    nations: Known<u32>,
    nation_names: Names,
    employers: Known<u32>,
    employer_names: Names,
    staff_groups: Known<u32>,
    staff_group_names: Names,
    bands: Known<u32>,
    band_names: Names,
    points: Known<Option<u32>>,
    point_names: Names,
    salaries: Known<Option<Pence>>,
    portions: Known<u16>,
    portion_numbers: HashMap<Ratio, u16, RandomState>,
    posts: HashMap<(u32, Pay), u32, RandomState>,
    last_post: Option<((u32, Pay), u32)>,
    increments: Known<Option<YearDay>>,
    sexes: Known<Option<Sex>>,
    synthetic: Known<bool>,
}

/// A post's pay while it is looked up.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Pay {
    Point(u32),
    Salary(i64),
}

impl<'o> Intake<'o> {
    pub(crate) fn new(options: &'o Options) -> Self {
        Self {
            options,
            faults: FaultList::new(&options.file),
            notes: Vec::new(),
            columns: Columns::default(),
            at: [None; MEANINGS],
            width: 0,
            rows: Rows::default(),
            workforce: Workforce { title: options.file.clone(), ..Workforce::default() },
            label: None,
            title: None,
            any_synthetic: false,
            salary_unused: false,
            nations: Known::new(),
            nation_names: Names::new("nations", 1 << 8),
            employers: Known::new(),
            employer_names: Names::new("employers", 1 << 16),
            staff_groups: Known::new(),
            staff_group_names: Names::new("staff groups", 1 << 16),
            bands: Known::new(),
            band_names: Names::new("bands", 10_000),
            points: Known::new(),
            point_names: Names::new("points", 100_000),
            salaries: Known::new(),
            portions: Known::new(),
            portion_numbers: HashMap::default(),
            posts: HashMap::default(),
            last_post: None,
            increments: Known::new(),
            sexes: Known::new(),
            synthetic: Known::new(),
        }
    }

    fn has(&self, meaning: Meaning) -> bool {
        self.at[meaning as usize].is_some()
    }

    /// Whether no more rows can be taken.
    fn is_full(&self) -> bool {
        self.rows.read > MAX_ROWS
    }

    /// Takes one row, or says what is wrong with it: everything, not the first thing.
    fn take(&mut self, line: u64, record: &Row) {
        if record.len() != self.width && !self.fits(line, record) {
            return;
        }
        self.rows.read += 1;
        if self.is_full() {
            self.faults.add(
                "too-many-rows",
                line,
                || format!("the file has more than {} rows", pay::grouped(MAX_ROWS)),
                || "read it in parts, or count equal staff with “headcount”".to_owned(),
            );
            return;
        }
        if record.get(0).is_some_and(is_total) {
            return self.refuse_total(line, record.get(0).unwrap_or_default());
        }
        let mut troubles: Vec<(Meaning, Trouble)> = Vec::new();
        let staff = self.staff(record, &mut troubles);
        match staff {
            Some(staff) if troubles.is_empty() => {
                if staff.headcount == 0 {
                    self.rows.of_nobody += 1;
                } else {
                    self.rows.accepted += 1;
                    self.workforce.staff.push(staff);
                }
            }
            _ => self.refuse(line, record, troubles),
        }
    }

    #[inline]
    fn cell<'r>(&self, record: &'r Row, meaning: Meaning) -> &'r [u8] {
        self.at[meaning as usize].and_then(|at| record.get(at)).unwrap_or_default()
    }

    /// One row as staff; troubles are added where a cell cannot be read.
    fn staff(&mut self, record: &Row, troubles: &mut Vec<(Meaning, Trouble)>) -> Option<Staff> {
        let mut keep = |meaning: Meaning, trouble: Trouble| troubles.push((meaning, trouble));
        macro_rules! cell {
            ($meaning:expr, $value:expr) => {
                match $value {
                    Ok(value) => Some(value),
                    Err(trouble) => {
                        keep($meaning, trouble);
                        None
                    }
                }
            };
        }
        let raw = self.cell(record, Meaning::Nation);
        let nation = cell!(Meaning::Nation, {
            let (options, names, has) = (self.options, &mut self.nation_names, self.at[Meaning::Nation as usize].is_some());
            self.nations.get(raw, |raw| names.number(nation(raw, has, options)?))
        });
        let raw = self.cell(record, Meaning::Employer);
        let employer = cell!(Meaning::Employer, {
            let names = &mut self.employer_names;
            self.employers.get(raw, |raw| names.number(words(raw)?))
        });
        let raw = self.cell(record, Meaning::StaffGroup);
        let staff_group = cell!(Meaning::StaffGroup, {
            let names = &mut self.staff_group_names;
            self.staff_groups.get(raw, |raw| names.number(words(raw)?))
        });
        let raw = self.cell(record, Meaning::Band);
        let band = cell!(Meaning::Band, {
            let names = &mut self.band_names;
            self.bands.get(raw, |raw| names.number(&cells::band(words(raw)?)))
        });
        let raw = self.cell(record, Meaning::Point);
        let point = cell!(Meaning::Point, {
            let names = &mut self.point_names;
            self.points.get(raw, |raw| match words(raw)? {
                "" => Ok(None),
                text => names.number(&cells::point(text)).map(Some),
            })
        });
        // A salary beside a point is what the scale says already: only where there is no point it is read.
        let pay = match point {
            Some(Some(point)) => {
                self.salary_unused |= self.at[Meaning::Salary as usize].is_some();
                Some(Pay::Point(point))
            }
            Some(None) => {
                let raw = self.cell(record, Meaning::Salary);
                let salary = cell!(
                    Meaning::Salary,
                    self.salaries.get(raw, |raw| {
                        let text = sheet::text(raw)?;
                        if text.is_empty() { Ok(None) } else { cells::money(text).map(Some) }
                    })
                );
                match salary {
                    Some(Some(salary)) => Some(Pay::Salary(salary.0)),
                    Some(None) => {
                        let meaning = if self.has(Meaning::Point) { Meaning::Point } else { Meaning::Salary };
                        keep(
                            meaning,
                            Trouble::new(
                                "value-missing",
                                "nothing says what this row is paid by",
                                "fill in the point or the full-time salary, or remove the row",
                            ),
                        );
                        None
                    }
                    None => None,
                }
            }
            None => None,
        };
        let raw = self.cell(record, Meaning::Headcount);
        let headcount = match raw {
            [] if !self.has(Meaning::Headcount) => Some(1),
            _ => cell!(Meaning::Headcount, headcount(raw)),
        };
        let (meaning, portion) = self.portion(record, headcount);
        let portion = cell!(meaning, portion);
        let raw = self.cell(record, Meaning::IncrementDate);
        let increment = cell!(
            Meaning::IncrementDate,
            self.increments.get(raw, |raw| {
                let text = sheet::text(raw)?;
                if text.is_empty() { Ok(None) } else { cells::year_day(text).map(Some) }
            })
        );
        let raw = self.cell(record, Meaning::Sex);
        let sex = cell!(Meaning::Sex, self.sexes.get(raw, |raw| cells::sex(sheet::text(raw)?)));
        if let Some(at) = self.at[Meaning::Synthetic as usize] {
            let raw = record.get(at).unwrap_or_default();
            self.any_synthetic |= self.synthetic.get(raw, |raw| Ok(cells::is_synthetic(&String::from_utf8_lossy(raw)))).unwrap_or(true);
        }
        Some(Staff {
            post: self.post(band?, pay?),
            headcount: headcount?,
            // The lists of names are no longer than their numbers allow.
            employer: employer? as u16,
            staff_group: staff_group? as u16,
            portion: portion?,
            increment: increment?,
            nation: nation? as u8,
            sex: sex?,
        })
    }

    /// Spec P38: the portion of one person, and the column it was read from.
    fn portion(&mut self, record: &Row, headcount: Option<u32>) -> (Meaning, Result<u16, Trouble>) {
        let meaning = [Meaning::Wte, Meaning::Fte, Meaning::Hours].into_iter().find(|meaning| self.at[*meaning as usize].is_some());
        let Some(meaning) = meaning.filter(|_| headcount != Some(0)) else {
            return (Meaning::Wte, self.portion_number(Ratio::ONE));
        };
        let raw = self.cell(record, meaning);
        let full_time = self.options.full_time_hours.unwrap_or(Ratio::ONE);
        let understand = |raw: &[u8]| match (sheet::text(raw)?, meaning, headcount) {
            ("", ..) => Err(Trouble::new(
                "value-missing",
                "the hours are empty",
                "fill them in (a full-timer is 1 whole-time equivalent), or remove the row",
            )),
            (text, Meaning::Hours, _) => cells::hours(text, full_time),
            (text, Meaning::Fte, Some(people)) => cells::row_portion(text, people),
            (text, ..) => cells::portion(text),
        };
        // Of a row of several people the same text means another portion: it is not remembered.
        if meaning == Meaning::Fte && headcount != Some(1) {
            return (meaning, understand(raw).and_then(|portion| self.portion_number(portion)));
        }
        let (numbers, list) = (&mut self.portion_numbers, &mut self.workforce.portions);
        (meaning, self.portions.get(raw, |raw| number_of(understand(raw)?, numbers, list)))
    }

    fn portion_number(&mut self, portion: Ratio) -> Result<u16, Trouble> {
        number_of(portion, &mut self.portion_numbers, &mut self.workforce.portions)
    }

    fn post(&mut self, band: u32, pay: Pay) -> u32 {
        let key = (band, pay);
        if let Some((last, post)) = self.last_post
            && last == key
        {
            return post;
        }
        let posts = &mut self.workforce.posts;
        let post = *self.posts.entry(key).or_insert_with(|| {
            let pay = match pay {
                Pay::Point(point) => PostPay::Point(self.point_names.list[point as usize].clone()),
                Pay::Salary(pence) => PostPay::Salary(Pence(pence)),
            };
            posts.push(Post { band: self.band_names.list[band as usize].clone(), pay });
            (posts.len() - 1) as u32
        });
        self.last_post = Some((key, post));
        post
    }

    /// Whether a row of another length can be read: nothing in the cells beyond the header. Empty rows are counted apart.
    fn fits(&mut self, line: u64, record: &Row) -> bool {
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            self.rows.empty += 1;
            return false;
        }
        if record.len() > self.width && record.iter().skip(self.width).all(|cell| cell.trim_ascii().is_empty()) {
            return true;
        }
        self.rows.read += 1;
        self.rows.refused += 1;
        let (len, width) = (record.len(), self.width);
        self.faults.add(
            "row-length",
            line,
            || format!("this row has {len} cells and the header {width}"),
            || {
                if record.iter().next_back().is_some_and(|cell| cell.contains(&b'\n')) {
                    "close the quote: the rows below it were read as one cell".to_owned()
                } else {
                    "a comma inside a cell needs quotes around the cell (\"24,683\"); an empty cell still needs its comma".to_owned()
                }
            },
        );
        false
    }

    fn refuse_total(&mut self, line: u64, cell: &[u8]) {
        self.rows.refused += 1;
        let text = String::from_utf8_lossy(cell).trim().to_owned();
        self.faults.add(
            "totals-row",
            line,
            || format!("this row is a sum of others (“{}”): its people would be counted twice", short(&text)),
            || "remove the row".to_owned(),
        );
    }

    #[cold]
    fn refuse(&mut self, line: u64, record: &Row, troubles: Vec<(Meaning, Trouble)>) {
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            self.rows.read -= 1;
            self.rows.empty += 1;
            return;
        }
        if let Some((meaning, _)) = troubles.iter().find(|(_, trouble)| trouble.code == "totals-row") {
            return self.refuse_total(line, self.cell(record, *meaning));
        }
        self.rows.refused += 1;
        for (meaning, trouble) in troubles {
            let header = self.columns.header(meaning);
            let header = if header.is_empty() { meaning.name() } else { header };
            self.faults.add(trouble.code, line, || format!("column “{}”: {}", short(header), trouble.what), || trouble.fix);
        }
    }

    /// What came of it.
    pub(crate) fn finish(mut self) -> Reading {
        if self.rows.read == 0 && self.faults.count() == 0 {
            self.faults.add(
                "file-empty",
                1,
                || "there is no row below the header".to_owned(),
                || "one row for each person, or one for several who are alike with “headcount”".to_owned(),
            );
        }
        if self.salary_unused {
            let (salary, point) = (self.columns.header(Meaning::Salary), self.columns.header(Meaning::Point));
            self.notes.push(format!("“{salary}” is read only where “{point}” is empty: the scale says what a point is paid"));
        }
        if self.rows.of_nobody > 0 {
            self.notes.push(format!("{} rows are of nobody (0 people) and left out", pay::grouped(self.rows.of_nobody)));
        }
        if let Some(title) = self.title {
            self.workforce.title = title;
        }
        let marked = || "synthetic: the rows of the file are marked as invented".to_owned();
        self.workforce.synthetic = self.label.or_else(|| self.any_synthetic.then(marked));
        self.workforce.nations = self.nation_names.list;
        self.workforce.employers = self.employer_names.list;
        self.workforce.staff_groups = self.staff_group_names.list;
        let (faults, fault_counts) = self.faults.into_parts();
        Reading { workforce: self.workforce, rows: self.rows, columns: self.columns.uses, notes: self.notes, faults, fault_counts }
    }
}

impl Taker for Intake<'_> {
    fn recognised(&self, row: &Row) -> usize {
        let columns = Columns::of_row(row, &self.options.mapping);
        columns.recognised() * 2 + usize::from(columns::says_pay(&columns))
    }

    fn is_header(&self, row: &Row, is_first: bool) -> bool {
        columns::is_header(&Columns::of_row(row, &self.options.mapping), is_first)
    }

    fn header(&mut self, line: u64, row: &Row) -> bool {
        let columns = Columns::of_row(row, &self.options.mapping);
        let before = self.faults.count();
        columns::check(&columns, line, &self.options.mapping, self.options.nation.is_some(), &mut self.faults);
        if line > 1 && columns::says_pay(&columns) && self.label.is_none() {
            self.notes.push(format!("the names of the columns stand in row {line}; what is above is not read"));
        }
        for (number, column) in columns.uses.iter().enumerate() {
            if let Some(meaning) = column.meaning {
                self.at[meaning as usize].get_or_insert(number);
            }
        }
        // Spec P38: a portion is taken as it stands; hours need the full-time hours.
        if self.has(Meaning::Hours) {
            let portion = [Meaning::Wte, Meaning::Fte].into_iter().find(|meaning| self.has(*meaning));
            if let Some(portion) = portion {
                self.notes.push(format!(
                    "“{}” is not read, since “{}” says the same",
                    columns.header(Meaning::Hours),
                    columns.header(portion)
                ));
                self.at[Meaning::Hours as usize] = None;
            } else if self.options.full_time_hours.is_none() {
                let header = columns.header(Meaning::Hours).to_owned();
                self.faults.add(
                    "no-full-time-hours",
                    line,
                    || format!("“{header}” gives hours, and nothing says how many a full-time week has"),
                    || "say --full-time-hours 37.5, or add full_time_hours to [pay] in dispute.toml".to_owned(),
                );
            }
        } else if !self.has(Meaning::Wte) && !self.has(Meaning::Fte) {
            self.notes.push("the file has neither hours nor whole-time equivalents: everybody counts as full time".to_owned());
        }
        if !self.has(Meaning::Nation)
            && let Some(nation) = &self.options.nation
        {
            self.notes.push(format!("the file has no column for the nation: everybody counts as in {nation}"));
        }
        self.width = columns.uses.len();
        self.columns = columns;
        self.faults.count() == before
    }

    fn row(&mut self, line: u64, row: &Row) -> bool {
        self.take(line, row);
        !self.is_full()
    }

    fn width(&self) -> usize {
        self.width
    }

    fn comment(&mut self, text: &str) {
        if let Some(label) = text.strip_prefix("synthetic:") {
            self.label = Some(label.trim().to_owned());
        } else if let Some(title) = text.strip_prefix("title:") {
            self.title = Some(title.trim().to_owned());
        }
    }

    fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    fn sheet(&mut self, name: &str) {
        self.faults.in_sheet(name);
    }

    fn fault(&mut self, code: &'static str, line: u64, what: String, fix: String) {
        self.faults.add(code, line, || what, || fix);
    }

    fn words(&self) -> Words {
        Words { of: "the staff", header: "point or salary, and one more" }
    }
}

/// The text of a cell that names something.
fn words(raw: &[u8]) -> Result<&str, Trouble> {
    let text = sheet::text(raw)?;
    if is_total(text.as_bytes()) {
        return Err(Trouble::new("totals-row", String::new(), String::new()));
    }
    Ok(text)
}

fn nation<'n>(raw: &'n [u8], has_column: bool, options: &'n Options) -> Result<&'n str, Trouble> {
    let text = if has_column { words(raw)? } else { options.nation.as_deref().unwrap_or_default() };
    let text = if text.is_empty() { options.nation.as_deref().unwrap_or_default() } else { text };
    if text.is_empty() {
        return Err(Trouble::new(
            "value-missing",
            "the nation is not said",
            "fill it in, or say --default-nation England for all rows without",
        ));
    }
    let known = options.nations.iter().find(|known| known.eq_ignore_ascii_case(text));
    if known.is_none() && !options.nations.is_empty() {
        let near = nearest_name(text, options.nations.iter().map(String::as_str)).map(|near| format!("did you mean {near}? "));
        return Err(Trouble::new(
            "unknown-nation",
            format!("“{}” is no nation of this dispute", short(text)),
            format!("{}one of {}", near.unwrap_or_default(), options.nations.join(", ")),
        ));
    }
    Ok(known.map_or(text, String::as_str))
}

fn number_of(portion: Ratio, numbers: &mut HashMap<Ratio, u16, RandomState>, list: &mut Vec<Ratio>) -> Result<u16, Trouble> {
    if let Some(number) = numbers.get(&portion) {
        return Ok(*number);
    }
    let number = u16::try_from(list.len()).map_err(|_| {
        Trouble::new("too-many-portions", "there are more than 65,536 different portions of full time", "round the column to four decimals")
    })?;
    list.push(portion);
    numbers.insert(portion, number);
    Ok(number)
}

fn headcount(raw: &[u8]) -> Result<u32, Trouble> {
    // One to three digits need no second look.
    if (1..=3).contains(&raw.len()) && raw.iter().all(u8::is_ascii_digit) {
        return Ok(raw.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')));
    }
    match sheet::text(raw)? {
        "" => Err(Trouble::new("value-missing", "the head count is empty", "say how many people the row stands for")),
        text => cells::headcount(text),
    }
}
