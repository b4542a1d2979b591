//! Chance from a seed.

use vote::{Randomness, Seeded};

/// Draws lots; the same seed draws the same.
pub struct Dice(Seeded);

impl Dice {
    /// From a seed.
    pub fn new(seed: &str) -> Self {
        Self(Seeded::new(format!("whitley rehearsal/{seed}").as_bytes()))
    }

    /// A number from 0 and below `bound`.
    pub fn below(&mut self, bound: u32) -> u32 {
        // A seeded source neither fails nor repeats itself.
        Randomness::new(&mut self.0).below(bound).unwrap_or(0)
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    /// Puts a list into another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let other = self.below(u32::try_from(at + 1).unwrap_or(u32::MAX)) as usize;
            list.swap(at, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same() {
        let draw = |seed: &str| {
            let mut dice = Dice::new(seed);
            let mut list: Vec<u32> = (0..20).collect();
            dice.shuffle(&mut list);
            (list, dice.below(1_000))
        };
        assert_eq!(draw("a"), draw("a"));
        assert_ne!(draw("a"), draw("b"));
        let (mut list, _) = draw("a");
        list.sort_unstable();
        assert_eq!(list, (0..20).collect::<Vec<_>>());
    }
}
