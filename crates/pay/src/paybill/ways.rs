//! From a record to its way.

use std::collections::HashMap;

use super::CostQuestion;
use super::engine::Engine;
use crate::workforce::{Staff, YearDay};

/// From records to ways, by tables instead of hashing where the numbers allow.
pub(super) struct Ways {
    groups: usize,
    posts: usize,
    starts: Vec<u32>,
    sparse_starts: HashMap<(u8, u16, u32), u32>,
    /// By month and day; 0 is none.
    day_numbers: Vec<u16>,
    days: Vec<Option<YearDay>>,
    /// By start: where its ways stand in `ways`, which has one for each day known when it was first met.
    ways: HashMap<(u32, u16), u32>,
    table: Vec<u32>,
}

/// The largest table of starts; 16 MB.
const LARGEST_TABLE: usize = 1 << 22;
/// Columns of the table of ways: none, and every day of the year.
const DAY_COLUMNS: usize = 12 * 31 + 1;

impl Ways {
    pub(super) fn new(question: &CostQuestion<'_>) -> Self {
        let workforce = question.workforce;
        let size = workforce.nations.len().saturating_mul(workforce.staff_groups.len()).saturating_mul(workforce.posts.len());
        Self {
            groups: workforce.staff_groups.len(),
            posts: workforce.posts.len(),
            starts: if size <= LARGEST_TABLE { vec![u32::MAX; size] } else { Vec::new() },
            sparse_starts: HashMap::new(),
            day_numbers: vec![0; 16 * 32],
            days: vec![None],
            ways: HashMap::new(),
            table: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn of(&mut self, staff: &Staff, engine: &mut Engine<'_>) -> u32 {
        let key = (usize::from(staff.nation) * self.groups + usize::from(staff.staff_group)) * self.posts + staff.post as usize;
        let start = match self.starts.get(key) {
            Some(start) if *start != u32::MAX => *start,
            Some(_) => {
                let start = engine.start(staff);
                self.starts[key] = start;
                start
            }
            None => *self.sparse_starts.entry((staff.nation, staff.staff_group, staff.post)).or_insert_with(|| engine.start(staff)),
        };
        let day = self.day(staff.increment);
        let at = start as usize * DAY_COLUMNS + usize::from(day);
        if usize::from(day) < DAY_COLUMNS
            && let Some(way) = self.table.get(at)
            && *way != u32::MAX
        {
            return *way;
        }
        self.new_way(start, day, at, engine)
    }

    #[cold]
    fn new_way(&mut self, start: u32, day: u16, at: usize, engine: &mut Engine<'_>) -> u32 {
        let moves = engine.walker.can_move(engine.starts[start as usize].post);
        // Where nothing can move, the date makes no difference.
        let known = if moves { day } else { 0 };
        let days = &self.days;
        let way = *self.ways.entry((start, known)).or_insert_with(|| engine.way(start, days[usize::from(known)]));
        if usize::from(day) < DAY_COLUMNS && at < LARGEST_TABLE {
            if self.table.len() <= at {
                self.table.resize((start as usize + 1) * DAY_COLUMNS, u32::MAX);
            }
            self.table[at] = way;
        }
        way
    }

    #[inline]
    fn day(&mut self, increment: Option<YearDay>) -> u16 {
        let Some(day) = increment else { return 0 };
        let at = usize::from(day.month % 16) * 32 + usize::from(day.day % 32);
        if self.day_numbers[at] == 0 {
            self.days.push(Some(day));
            self.day_numbers[at] = (self.days.len() - 1) as u16;
        }
        self.day_numbers[at]
    }
}
