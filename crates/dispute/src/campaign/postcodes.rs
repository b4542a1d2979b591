//! Which constituency a postcode is in, by date: a sorted table of eight bytes a row.
//!
//! The file is the user's and may hold every postcode of the country. Rows are added one by one, so that it is never
//! held as text; a lookup is a binary search.

use std::collections::HashMap;

use dated::{Date, Faults, Place, parse_date};

use super::postcode::Postcode;
use super::seats::{SeatId, Seats};

/// One row of the file `postcode,constituency,from,until`, as text.
#[derive(Clone, Copy, Debug)]
pub struct PostcodeRow<'r> {
    /// The postcode.
    pub postcode: &'r str,
    /// Name or code of the constituency.
    pub constituency: &'r str,
    /// First day.
    pub from: &'r str,
    /// First day after; empty while it holds.
    pub until: &'r str,
}

/// From postcode and date to constituency.
#[derive(Clone, Debug, Default)]
pub struct Postcodes {
    /// Postcode number (37 bits), period (15), constituency (12), sorted.
    rows: Vec<u64>,
    periods: Vec<(Date, Option<Date>)>,
}

const SEAT_BITS: u32 = 12;
const PERIOD_BITS: u32 = 15;
const MOST_PERIODS: usize = 1 << PERIOD_BITS;
/// So many faults of one file are listed; the rest are counted.
const MOST_FAULTS: usize = 100;

/// Reads the file row by row.
#[derive(Debug)]
pub struct PostcodesBuilder {
    file: String,
    rows: Vec<(u64, u32)>,
    periods: Vec<(Date, Option<Date>)>,
    /// By `from` and then `until`, as text.
    period_numbers: HashMap<String, HashMap<String, Option<u16>>>,
    /// By name, for rows of earlier boundaries and for those of today.
    seat_numbers: [HashMap<String, Option<SeatId>>; 2],
    faults_found: usize,
}

impl PostcodesBuilder {
    /// For a file of that name.
    pub fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            rows: Vec::new(),
            periods: Vec::new(),
            period_numbers: HashMap::new(),
            seat_numbers: [HashMap::new(), HashMap::new()],
            faults_found: 0,
        }
    }

    /// Adds the row that stands on that line.
    pub fn add(&mut self, line: u32, row: PostcodeRow<'_>, seats: &mut Seats, faults: &Faults) {
        let place = || Place::new(&self.file, line);
        let postcode = match Postcode::parse(row.postcode) {
            Ok(postcode) => Some(postcode),
            Err(why) => {
                if self.faults_found < MOST_FAULTS {
                    let shown: String = row.postcode.chars().map(|c| if c.is_control() { '�' } else { c }).take(20).collect();
                    faults.error("not-a-postcode", &place(), format!("“{shown}” {}", why.what()), why.fix());
                }
                self.faults_found += 1;
                None
            }
        };
        let period = match self.period_numbers.get(row.from).and_then(|by_until| by_until.get(row.until)) {
            Some(known) => *known,
            None => {
                let known = self.new_period(line, row.from, row.until, faults);
                self.period_numbers.entry(row.from.to_owned()).or_default().insert(row.until.to_owned(), known);
                known
            }
        };
        let ended = period.and_then(|at| self.periods[usize::from(at)].1);
        let former = ended.is_some_and(|until| seats.boundaries_from().is_some_and(|first| until <= first));
        let seat = match self.seat_numbers[usize::from(former)].get(row.constituency) {
            Some(known) => *known,
            None => {
                // Constituencies of earlier boundaries are known by name only.
                let known = seats.find(row.constituency).or_else(|| former.then(|| seats.add_former(row.constituency)).flatten());
                if known.is_none() {
                    self.faults_found += 1;
                    seats.say_unknown(row.constituency, &Place::new(&self.file, line), faults);
                }
                self.seat_numbers[usize::from(former)].insert(row.constituency.to_owned(), known);
                known
            }
        };
        if let (Some(postcode), Some(period), Some(seat)) = (postcode, period, seat) {
            let row = (postcode.number() << (PERIOD_BITS + SEAT_BITS)) | (u64::from(period) << SEAT_BITS) | u64::from(seat.0);
            self.rows.push((row, line));
        }
    }

    /// A period that stands in the file for the first time. Its faults are said once.
    fn new_period(&mut self, line: u32, from: &str, until: &str, faults: &Faults) -> Option<u16> {
        let place = Place::new(&self.file, line);
        let mut fault = |code, what: String, fix: &str| {
            self.faults_found += 1;
            faults.error(code, &place, what, fix);
        };
        let first = match parse_date(from) {
            Ok(day) => day,
            Err(what) => {
                fault("not-a-date", format!("from: {what}"), "write it as 2024-07-04");
                return None;
            }
        };
        let last = match until {
            "" => None,
            text => match parse_date(text) {
                Ok(day) => Some(day),
                Err(what) => {
                    fault("not-a-date", format!("until: {what}"), "write it as 2024-07-04, or leave it empty");
                    return None;
                }
            },
        };
        if last.is_some_and(|last| last <= first) {
            fault("period-backwards", format!("the row ends on {until}, on or before the day it begins"), "`until` is the first day after");
            return None;
        }
        if self.periods.len() == MOST_PERIODS {
            fault(
                "too-many-periods",
                format!("the file has more than {MOST_PERIODS} different periods"),
                "use the dates of boundary changes",
            );
            return None;
        }
        self.periods.push((first, last));
        u16::try_from(self.periods.len() - 1).ok()
    }

    /// Sorts the rows and reports every postcode that is in two constituencies on one day.
    pub fn finish(mut self, seats: &Seats, faults: &Faults) -> Postcodes {
        // Periods in the order of their days, so that the rows of one postcode are, too.
        let mut order: Vec<usize> = (0..self.periods.len()).collect();
        order.sort_by_key(|at| self.periods[*at]);
        let mut rank = vec![0_u64; order.len()];
        order.iter().zip(0..).for_each(|(at, place)| rank[*at] = place);
        let mask = ((1_u64 << PERIOD_BITS) - 1) << SEAT_BITS;
        for (row, _) in &mut self.rows {
            let at = ((*row & mask) >> SEAT_BITS) as usize;
            *row = (*row & !mask) | (rank[at] << SEAT_BITS);
        }
        let table = Postcodes { rows: Vec::new(), periods: order.iter().map(|at| self.periods[*at]).collect() };
        self.rows.sort_unstable();
        // The same statement twice is no fault.
        self.rows.dedup_by_key(|(row, _)| *row);
        // Of the rows of one postcode so far, the one that holds longest: rows of the same place may lie inside it.
        let mut longest: Option<(u64, u32)> = None;
        for (row, line) in &self.rows {
            let before = longest.filter(|(before, _)| Postcodes::number(*before) == Postcodes::number(*row));
            let overlaps = |before: u64| table.period(before).1.is_none_or(|until| until > table.period(*row).0);
            if let Some((before, before_line)) = before
                && overlaps(before)
                && Postcodes::seat(before) != Postcodes::seat(*row)
            {
                self.faults_found += 1;
                if self.faults_found <= MOST_FAULTS {
                    let from = table.period(*row).0;
                    faults.error(
                        "postcode-in-two-constituencies",
                        &Place::new(&self.file, *line),
                        format!(
                            "this postcode is in {} and, by line {before_line}, in {} on {from}",
                            seats.seat(Postcodes::seat(*row)).name,
                            seats.seat(Postcodes::seat(before)).name
                        ),
                        format!("let the earlier row end: until {from}; or remove the wrong one"),
                    );
                }
            }
            let ends = |row: u64| table.period(row).1.unwrap_or(Date::MAX);
            if before.is_none_or(|(before, _)| ends(before) <= ends(*row)) {
                longest = Some((*row, *line));
            }
        }
        if self.faults_found > MOST_FAULTS {
            faults.error(
                "more-faults",
                &Place::new(&self.file, 1),
                format!("the file has {} faults; the first {MOST_FAULTS} are listed", self.faults_found),
                "mend them and read it again",
            );
        }
        let mut rows: Vec<u64> = self.rows.into_iter().map(|(row, _)| row).collect();
        rows.shrink_to_fit();
        Postcodes { rows, ..table }
    }
}

impl Postcodes {
    fn number(row: u64) -> u64 {
        row >> (PERIOD_BITS + SEAT_BITS)
    }

    fn seat(row: u64) -> SeatId {
        SeatId((row & ((1 << SEAT_BITS) - 1)) as u16)
    }

    fn period(&self, row: u64) -> (Date, Option<Date>) {
        self.periods[((row >> SEAT_BITS) & ((1 << PERIOD_BITS) - 1)) as usize]
    }

    /// Spec K2: the constituency that the postcode is in on that day. `None` where the file does not say.
    pub fn on(&self, postcode: Postcode, day: Date) -> Option<SeatId> {
        self.all(postcode).find(|(from, until, _)| *from <= day && until.is_none_or(|until| day < until)).map(|(.., seat)| seat)
    }

    /// Every constituency the postcode was in: first day, first day after, constituency.
    pub fn all(&self, postcode: Postcode) -> impl Iterator<Item = (Date, Option<Date>, SeatId)> + '_ {
        let wanted = postcode.number();
        let start = self.rows.partition_point(|row| Self::number(*row) < wanted);
        self.rows[start..].iter().take_while(move |row| Self::number(**row) == wanted).map(|row| {
            let (from, until) = self.period(*row);
            (from, until, Self::seat(*row))
        })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
