//! The counts and prices of the records of one portion, reset for the next.

use super::engine::{Price, Sums};
use super::walk::{Itinerary, Visit};

/// What is reset for each portion.
#[derive(Default)]
pub(super) struct Scratch {
    /// People on each way.
    pub(super) people: Vec<u64>,
    pub(super) touched_ways: Vec<u32>,
    /// For each state, one more than its number among the touched.
    pub(super) slot: Vec<u32>,
    pub(super) touched: Vec<u32>,
    /// People on the first day, by slot.
    pub(super) initial: Vec<i64>,
    /// By slot and month: people who come, less those who leave.
    pub(super) moves: Vec<i64>,
    pub(super) joiner_moves: Vec<i64>,
    /// For each blend, one more than its number among the touched.
    pub(super) blend_slot: Vec<u32>,
    pub(super) touched_blends: Vec<u32>,
    pub(super) blend_people: Vec<i64>,
    /// Prices by slot and month, and of blends, kept for the tables by employer.
    pub(super) prices: Vec<Price>,
    pub(super) blend_prices: Vec<Price>,
    pub(super) way_years: Vec<Sums>,
}

impl Scratch {
    /// The number of a state among those that this portion touches.
    pub(super) fn slot(&mut self, state: u32, months: usize) -> usize {
        let state_at = state as usize;
        if self.slot.len() <= state_at {
            self.slot.resize(state_at + 1, 0);
        }
        if self.slot[state_at] == 0 {
            self.touched.push(state);
            self.slot[state_at] = self.touched.len() as u32;
            self.initial.push(0);
            self.moves.resize(self.touched.len() * (months + 1), 0);
            self.joiner_moves.resize(self.touched.len() * (months + 1), 0);
            self.prices.resize(self.touched.len() * months, Price::default());
        }
        self.slot[state_at] as usize - 1
    }

    pub(super) fn put(&mut self, itinerary: &Itinerary, people: i64, months: usize, joiners: bool) {
        for visit in &itinerary.visits {
            match *visit {
                Visit::Stay { state, from, until } => {
                    let slot = self.slot(state, months) * (months + 1);
                    let moves = if joiners { &mut self.joiner_moves } else { &mut self.moves };
                    moves[slot + from as usize] += people;
                    moves[slot + until as usize] -= people;
                }
                Visit::Blend(blend) => {
                    let blend_at = blend as usize;
                    if self.blend_slot.len() <= blend_at {
                        self.blend_slot.resize(blend_at + 1, 0);
                    }
                    if self.blend_slot[blend_at] == 0 {
                        self.touched_blends.push(blend);
                        self.blend_slot[blend_at] = self.touched_blends.len() as u32;
                        self.blend_people.push(0);
                        self.blend_prices.push(Price::default());
                    }
                    self.blend_people[self.blend_slot[blend_at] as usize - 1] += people;
                }
            }
        }
    }

    pub(super) fn clear(&mut self) {
        for way in self.touched_ways.drain(..) {
            self.people[way as usize] = 0;
        }
        for state in self.touched.drain(..) {
            self.slot[state as usize] = 0;
        }
        for blend in self.touched_blends.drain(..) {
            self.blend_slot[blend as usize] = 0;
        }
        self.initial.clear();
        self.moves.clear();
        self.joiner_moves.clear();
        self.prices.clear();
        self.blend_people.clear();
        self.blend_prices.clear();
    }
}
