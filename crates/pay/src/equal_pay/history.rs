//! E45, E46: what was paid before: rows of past pay, and the dated rates of a scale.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use dated::Date;

use super::record::{PayBasis, PayRecord, PayRecords};
use crate::scale::Scale;
use crate::workforce::Sex;

/// What was paid for a stretch of days, of a row of the file or a table of a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastPay {
    /// Where it stands in its file; 0 for a table of a scale.
    pub line: u32,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// What `basic` is an amount of.
    pub basis: PayBasis,
    /// Basic pay; see `basis`.
    pub basic: u32,
    /// Bonus and allowances in pence a year, for the hours below; `None`: those of today.
    pub extras: Option<(u32, u32)>,
    /// Hours a week, in hundredths, that the amounts are of. 0: those of today.
    pub hours_hundredths: u16,
    /// Full-time hours a week, in hundredths. 0: those of today.
    pub full_time_hundredths: u16,
}

impl PastPay {
    /// The record as it was then. Its hours are those that the amounts are of: only its pay by the hour is to be read.
    fn of(&self, now: &PayRecord) -> PayRecord {
        let mut then = PayRecord { basis: self.basis, basic: self.basic, ..*now };
        if self.hours_hundredths > 0 {
            then.hours_hundredths = self.hours_hundredths;
        }
        if self.full_time_hundredths > 0 {
            then.full_time_hundredths = self.full_time_hundredths;
        }
        if let Some((bonus, allowances)) = self.extras {
            (then.bonus_pence, then.allowances_pence) = (bonus, allowances);
        }
        then
    }
}

impl PayRecords {
    /// E45: the record as it was paid on a day, and whether that is known. A day of which nothing is said takes what was paid next.
    pub fn paid_on(&self, record: &PayRecord, day: Date) -> (PayRecord, bool) {
        if let Some(past) = self.history_of(record).iter().find(|past| day <= past.until) {
            return (past.of(record), past.from <= day);
        }
        (*record, self.paid_from(record).is_some_and(|from| from <= day))
    }

    /// Since when the pay of today has been paid, where that is known: said, or the day after the last that was paid before.
    fn paid_from(&self, record: &PayRecord) -> Option<Date> {
        let after = || self.history_of(record).last().and_then(|past| past.until.tomorrow().ok());
        self.times_of(record).from.or_else(after)
    }

    /// The days on which the pay of a record changes, or begins to be known.
    pub(super) fn pay_changes(&self, record: &PayRecord) -> impl Iterator<Item = Date> + '_ {
        let past = self.history_of(record).iter();
        past.flat_map(|past| [Some(past.from), past.until.tomorrow().ok()]).flatten().chain(self.paid_from(record))
    }
}

/// What rows of one post share: employer, establishment, job, sex, post.
pub(super) type PostKey = (u32, u32, u32, Option<Sex>, u32);

/// Rows of past pay while a file is read.
#[derive(Default)]
pub(super) struct PastRows {
    rows: BTreeMap<PostKey, Vec<PastPay>>,
    paid_now: HashMap<PostKey, Vec<usize>>,
}

/// Something wrong with past pay.
pub(super) struct PastFault {
    pub(super) code: &'static str,
    pub(super) line: u32,
    pub(super) what: String,
    pub(super) fix: &'static str,
}

impl PastRows {
    pub(super) fn add(&mut self, key: PostKey, past: PastPay) {
        self.rows.entry(key).or_default().push(past);
    }

    /// Notes that the record at that place is paid now.
    pub(super) fn is_paid_now(&mut self, key: PostKey, at: usize) {
        self.paid_now.entry(key).or_default().push(at);
    }

    /// Gives records their past.
    pub(super) fn join(self, records: &mut PayRecords) -> Vec<PastFault> {
        let mut faults = Vec::new();
        for (key, mut rows) in self.rows {
            rows.sort_by_key(|past| (past.from, past.line));
            for pair in rows.windows(2).filter(|pair| pair[1].from <= pair[0].until) {
                let what = format!("pay from {} overlaps that of line {}, until {}", pair[1].from, pair[0].line, pair[0].until);
                let fix = "until is the last day: the next row begins on the day after; rows of different people need a post each";
                faults.push(PastFault { code: "past-pay-overlaps", line: pair[1].line, what, fix });
            }
            let last = rows[rows.len() - 1];
            let Some(now) = self.paid_now.get(&key) else {
                let what = "past pay of a job in which nobody is paid now".to_owned();
                let fix = "add the row of today, with until empty and the same employer, establishment, job, sex and post";
                faults.push(PastFault { code: "past-pay-of-nobody", line: rows[0].line, what, fix });
                continue;
            };
            records.histories.push(rows);
            let history = (records.histories.len() - 1) as u32;
            for at in now {
                records.list[*at].history = history;
                let record = records.list[*at];
                if let Some(from) = records.times_of(&record).from.filter(|from| *from <= last.until) {
                    let what = format!("pay from {from} overlaps that of line {}, until {}", last.line, last.until);
                    let fix = "until is the last day: the pay of today begins on the day after";
                    faults.push(PastFault { code: "past-pay-overlaps", line: record.line, what, fix });
                }
            }
        }
        faults
    }
}

/// E46: the dated rates of one scale in one nation, as of a day.
pub struct ScaleRates<'s> {
    scale: &'s Scale,
    nation: &'s str,
    on: Date,
    /// Rate of the day and place of the history, by point.
    known: RefCell<HashMap<String, (u32, u32)>>,
}

impl<'s> ScaleRates<'s> {
    /// The rates of a scale; those of today are of the table in force on `on`.
    pub fn new(scale: &'s Scale, nation: &'s str, on: Date) -> Self {
        Self { scale, nation, on, known: RefCell::default() }
    }

    /// Full-time pay a year in pence on the day, and where its history stands.
    pub(super) fn of_point(&self, point: &str, records: &mut PayRecords) -> Result<(u32, u32), (String, String)> {
        if let Some(known) = self.known.borrow().get(point) {
            return Ok(*known);
        }
        let now = self
            .scale
            .table_on(self.nation, self.on)
            .map_err(|why| (why.to_string(), "name another scale or nation, or write what is paid".to_owned()))?;
        let pence = |rate: crate::money::Pence| u32::try_from(rate.0).ok().filter(|pence| *pence > 0 && *pence <= 100_000_000);
        let Some(basic) = now.point(point).and_then(|point| pence(point.annual)) else {
            let near = dated::nearest_name(point, now.points.iter().map(|point| point.id.as_str()));
            let fix = near.map_or_else(|| "write a point as the scale names it".to_owned(), |near| format!("did you mean “{near}”?"));
            return Err((format!("point: “{point}” is not in {} from {}", self.scale.title, now.effective_from), fix));
        };
        let mut history = Vec::new();
        let mut table = now;
        // Each table holds until the next. Before a table in which the point is not, nothing is known of it.
        while let Ok(until) = table.effective_from.yesterday() {
            let Ok(before) = self.scale.table_on(self.nation, until) else { break };
            let Some(basic) = before.point(point).and_then(|point| pence(point.annual)) else { break };
            let from = before.effective_from;
            let basis = PayBasis::FullTimeYear;
            history.push(PastPay { line: 0, from, until, basis, basic, extras: None, hours_hundredths: 0, full_time_hundredths: 0 });
            table = before;
        }
        history.reverse();
        if records.histories.is_empty() {
            records.histories.push(Vec::new());
        }
        records.histories.push(history);
        let known = (basic, (records.histories.len() - 1) as u32);
        self.known.borrow_mut().insert(point.to_owned(), known);
        Ok(known)
    }
}
