//! Seats by the largest remainder, and decks of cards dealt in a seeded order. Spec P39.

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};

/// `seats` shared out in proportion to `weights`: each gets the whole part of its quota, the rest go to the largest remainders,
/// the first of equals first. Without any weight nobody gets a seat.
pub(crate) fn largest_remainder(seats: u64, weights: &[u64]) -> Vec<u64> {
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if total == 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: &u64| u128::from(*weight) * u128::from(seats);
    // A quota is at most `seats`.
    let mut shares: Vec<u64> = weights.iter().map(|weight| (exact(weight) / total) as u64).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|at| (std::cmp::Reverse(exact(&weights[*at]) % total), *at));
    let left = seats - shares.iter().sum::<u64>();
    for at in by_remainder.into_iter().take(left as usize) {
        shares[at] += 1;
    }
    shares
}

/// The order of everything that is dealt, from a seed.
pub(crate) struct Dealer(ChaCha8Rng);

impl Dealer {
    /// The key of the generator is the seed, least byte first, then this text.
    pub(crate) fn new(seed: u64) -> Self {
        let mut key = *b"\0\0\0\0\0\0\0\0whitley workforce P39 v1";
        key[..8].copy_from_slice(&seed.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number below `bound`, each as likely as the other: draws of 64 bits, those beyond the last whole multiple drawn again.
    fn below(&mut self, bound: u64) -> u64 {
        let beyond = u64::MAX - (u64::MAX % bound + 1) % bound;
        loop {
            let drawn = self.0.next_u64();
            if drawn <= beyond {
                return drawn % bound;
            }
        }
    }

    /// A deck with so many cards of each kind, shuffled from its end.
    fn shuffled(&mut self, counts: &[u64]) -> Vec<u8> {
        let mut deck: Vec<u8> =
            counts.iter().enumerate().flat_map(|(kind, count)| std::iter::repeat_n(kind as u8, *count as usize)).collect();
        for last in (1..deck.len()).rev() {
            let other = self.below(last as u64 + 1) as usize;
            deck.swap(last, other);
        }
        deck
    }

    /// Deals to each person a kind of their class. `class_of` holds the class of each person; `weights[class]` says in which
    /// proportion the kinds of that class are dealt, to the person over all of the class.
    pub(crate) fn deal(&mut self, class_of: &[u16], weights: &[Vec<u64>]) -> Vec<u8> {
        let mut sizes = vec![0_u64; weights.len()];
        for class in class_of {
            sizes[usize::from(*class)] += 1;
        }
        let mut decks: Vec<_> =
            sizes.iter().zip(weights).map(|(size, weights)| self.shuffled(&largest_remainder(*size, weights)).into_iter()).collect();
        class_of.iter().map(|class| decks[usize::from(*class)].next().unwrap_or_default()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn seats_go_to_the_largest_remainders() {
        // Quotas 4.7, 3.2 and 2.1 of 10 seats.
        assert_eq!(largest_remainder(10, &[47, 32, 21]), [5, 3, 2]);
        // Quotas of 1.5 each: the first of equals.
        assert_eq!(largest_remainder(3, &[1, 1]), [2, 1]);
        assert_eq!(largest_remainder(7, &[0, 0]), [0, 0]);
    }

    proptest! {
        #[test]
        fn seats_add_up_and_none_is_more_than_one_off(seats in 0_u64..5_000_000, weights in proptest::collection::vec(0_u64..100_000, 1..40)) {
            let shares = largest_remainder(seats, &weights);
            let total: u64 = weights.iter().sum();
            prop_assert_eq!(shares.iter().sum::<u64>(), if total == 0 { 0 } else { seats });
            for (share, weight) in shares.iter().zip(&weights) {
                prop_assert!(total == 0 || (u128::from(*share) * u128::from(total)).abs_diff(u128::from(seats) * u128::from(*weight)) < u128::from(total));
            }
        }
    }

    #[test]
    fn a_deck_is_dealt_whole_and_in_the_order_of_the_seed() {
        let classes: Vec<u16> = (0..1000).map(|at| at % 2).collect();
        let weights = [vec![30, 70], vec![1, 1, 2]];
        let dealt = Dealer::new(7).deal(&classes, &weights);
        let count = |class: u16, kind: u8| classes.iter().zip(&dealt).filter(|(one, card)| **one == class && **card == kind).count();
        assert_eq!([count(0, 0), count(0, 1)], [150, 350]);
        assert_eq!([count(1, 0), count(1, 1), count(1, 2)], [125, 125, 250]);
        assert_eq!(dealt, Dealer::new(7).deal(&classes, &weights));
        assert_ne!(dealt, Dealer::new(8).deal(&classes, &weights));
    }

    #[test]
    fn every_number_below_the_bound_is_drawn_about_as_often() {
        let mut dealer = Dealer::new(1);
        let mut counts = [0_u32; 6];
        for _ in 0..60_000 {
            counts[dealer.below(6) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (9_600..10_400).contains(count)), "{counts:?}");
    }
}
