//! Many products of many bases: right-to-left windows that share one run of doublings for each base.
//!
//! First a base is doubled up to its highest needed power 2^i, and the multiples at which some scalar has a digit are kept
//! ([`Multiples`]). Then each scalar's digits sort those multiples into the buckets of its output ([`Chain`]). The two phases are
//! apart so that the processor can overlap additions into different buckets.

use super::{Affine, Cached, ORDER, Point, normalized};
use curve25519_dalek::Scalar;

const WINDOW: usize = 5;
const BUCKETS: usize = 1 << (WINDOW - 2);
/// Non-zero digits that 256 bits can have, five positions apart.
const MOST_DIGITS: usize = 256usize.div_ceil(WINDOW);

/// A scalar in signed windows: odd digits in −15 … 15, each at a power of two, at least five positions apart.
#[derive(Clone)]
pub struct Naf {
    digits: [(u8, i8); MOST_DIGITS],
    used: usize,
}

impl Naf {
    /// The digits of a scalar.
    pub fn of(scalar: &Scalar) -> Naf {
        Naf::of_bytes(scalar.as_bytes())
    }

    fn of_bytes(bytes: &[u8; 32]) -> Naf {
        let mut words = [0u64; 5];
        for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = chunk.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
        }
        let mut naf = Naf { digits: [(0, 0); MOST_DIGITS], used: 0 };
        let mut at = 0;
        let mut carry = 0;
        while at < 256 {
            let (word, bit) = (at / 64, at % 64);
            let mut window = words[word] >> bit;
            if bit > 64 - WINDOW {
                window |= words[word + 1] << (64 - bit);
            }
            let window = (window & ((1 << WINDOW) - 1)) + carry;
            if window & 1 == 0 {
                // To the next odd one, or past this window if it is 0.
                at += (window.trailing_zeros() as usize).min(WINDOW);
                continue;
            }
            // window is 1 … 32 and odd, so 1 … 31.
            carry = u64::from(window >= 1 << (WINDOW - 1));
            let digit = window as i8 - ((carry as i8) << WINDOW);
            naf.digits[naf.used] = (at as u8, digit);
            naf.used += 1;
            at += WINDOW;
        }
        naf
    }

    /// Position and digit, lowest position first.
    fn digits(&self) -> &[(u8, i8)] {
        &self.digits[..self.used]
    }
}

fn order_naf() -> &'static Naf {
    static NAF: std::sync::OnceLock<Naf> = std::sync::OnceLock::new();
    NAF.get_or_init(|| Naf::of_bytes(&ORDER))
}

/// Powers of two at which a base is needed.
#[derive(Clone, Copy, Default)]
struct Positions([u64; 4]);

impl Positions {
    fn add(&mut self, naf: &Naf) {
        for (at, _) in naf.digits() {
            self.insert(*at);
        }
    }

    fn insert(&mut self, at: u8) {
        self.0[usize::from(at / 64)] |= 1 << (at % 64);
    }

    fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(word, mut bits)| {
            std::iter::from_fn(move || {
                let at = bits.trailing_zeros() as usize;
                bits &= bits.wrapping_sub(1);
                (at < 64).then_some(64 * word + at)
            })
        })
    }
}

/// 2^i·P for the needed i.
struct Multiples {
    /// Where 2^i·P stands in `kept`.
    slots: [u16; 256],
    kept: Vec<Cached>,
}

impl Multiples {
    fn new() -> Multiples {
        Multiples { slots: [0; 256], kept: Vec::with_capacity(384) }
    }

    /// Doubles `bases` in step up to the highest of `positions`: the processor overlaps what does not depend on each other.
    fn climb<const N: usize>(&mut self, bases: [Point; N], positions: impl Iterator<Item = usize>) {
        let mut points = bases;
        let mut reached = 0;
        for at in positions {
            // Only an addition needs the fourth coordinate, so only the last doubling before one computes it.
            if at > reached {
                for _ in reached + 1..at {
                    for point in &mut points {
                        *point = point.double_then::<false>();
                    }
                }
                for point in &mut points {
                    *point = point.double_then::<true>();
                }
                reached = at;
            }
            self.slots[at] = self.kept.len() as u16;
            for point in &points {
                self.kept.push(point.cached());
            }
        }
    }

    /// Whether q times the base with this number is the identity. The positions of q must be there.
    fn of_prime_order(&self, base: usize) -> bool {
        let mut order = Buckets::EMPTY;
        order.add(order_naf(), self, base);
        order.total().is_identity()
    }

    /// The multiple of the base with this number among those that were doubled in step.
    #[inline(always)]
    fn at(&self, position: u8, base: usize) -> &Cached {
        &self.kept[usize::from(self.slots[usize::from(position)]) + base]
    }
}

/// P, 2^64·P, 2^128·P and 2^192·P, whose products share 64 doublings. For bases that are checked once and used later: the check
/// of their order passes these multiples anyway.
#[derive(Clone, Copy)]
pub(crate) struct Quartered([Affine; 4]);

impl Quartered {
    /// None if the point is not of prime order (or the identity).
    pub(crate) fn check(point: &Point) -> Option<Quartered> {
        let mut positions = Positions::default();
        positions.add(order_naf());
        QUARTERS.iter().for_each(|at| positions.insert(*at));
        let mut multiples = Multiples::new();
        multiples.climb([*point], positions.iter());
        multiples.of_prime_order(0).then(|| Quartered(normalized(QUARTERS.map(|at| multiples.at(at, 0).point(false)))))
    }

    pub(crate) fn point(&self) -> Point {
        self.0[0].point()
    }

    /// The point times a scalar, left to right.
    pub(crate) fn times(&self, scalar: &Scalar) -> Point {
        let mut digits = [[0i8; QUARTERS.len()]; 64];
        for (at, digit) in Naf::of(scalar).digits() {
            digits[usize::from(at % 64)][usize::from(at / 64)] = *digit;
        }
        let odd_multiples = self.0.map(|point| {
            let mut multiple = point.point();
            let twice = multiple.double().cached();
            std::array::from_fn::<Cached, BUCKETS, _>(|_| {
                let cached = multiple.cached();
                multiple = multiple.add_signed(&twice, false);
                cached
            })
        });
        let mut sum = Point::IDENTITY;
        for digits in digits.iter().rev() {
            sum = sum.double();
            for (digit, multiples) in digits.iter().zip(&odd_multiples) {
                if *digit != 0 {
                    sum = sum.add_signed(&multiples[usize::from(digit.unsigned_abs() / 2) % BUCKETS], *digit < 0);
                }
            }
        }
        sum
    }
}

const QUARTERS: [u8; 4] = [0, 64, 128, 192];

/// What is collected for one output: Σ ±2^i·P for each odd digit size.
#[derive(Clone, Copy)]
struct Buckets {
    sums: [Point; BUCKETS],
    used: u8,
}

impl Buckets {
    const EMPTY: Buckets = Buckets { sums: [Point::IDENTITY; BUCKETS], used: 0 };

    fn add(&mut self, naf: &Naf, multiples: &Multiples, base: usize) {
        for (at, digit) in naf.digits() {
            let multiple = multiples.at(*at, base);
            let index = usize::from(digit.unsigned_abs() / 2) % BUCKETS;
            let sum = &mut self.sums[index];
            if self.used >> index & 1 == 1 {
                *sum = sum.add_signed(multiple, *digit < 0);
            } else {
                *sum = multiple.point(*digit < 0);
                self.used |= 1 << index;
            }
        }
    }

    /// Σ (2k+1)·sums[k] = Σ sums[k] + 2·Σ k·sums[k].
    fn total(&self) -> Point {
        let mut plain: Option<Point> = None; // sums[7] + … + sums[k]
        let mut stepped: Option<Point> = None; // the sum of those, from k = 7 to 1
        for k in (0..BUCKETS).rev() {
            if self.used >> k & 1 == 1 {
                plain = Some(match plain {
                    Some(sum) => sum.add(&self.sums[k]),
                    None => self.sums[k],
                });
            }
            if k > 0
                && let Some(sum) = plain
            {
                stepped = Some(match stepped {
                    Some(total) => total.add(&sum),
                    None => sum,
                });
            }
        }
        match (plain, stepped) {
            (None, _) => Point::IDENTITY,
            (Some(sum), None) => sum,
            (Some(sum), Some(steps)) => steps.double().add(&sum),
        }
    }
}

/// Several outputs, each a sum of bases times scalars, computed together.
pub struct Chain {
    outputs: Vec<Buckets>,
    multiples: Multiples,
}

impl Chain {
    /// With so many outputs, all zero.
    pub fn new(outputs: usize) -> Chain {
        Chain { outputs: vec![Buckets::EMPTY; outputs], multiples: Multiples::new() }
    }

    /// Adds `base` times each scalar to the output named beside it. With `check_order`, says whether q·base is the identity
    /// (always true otherwise).
    pub fn add_base(&mut self, base: &Point, uses: &[(&Naf, usize)], check_order: bool) -> bool {
        let [in_group] = self.add_bases([*base], uses.iter().map(|(naf, output)| (*naf, [*output])), check_order);
        in_group
    }

    /// The same for bases that are raised to the same scalars, as alpha and beta are.
    pub(crate) fn add_bases<'n, const N: usize>(
        &mut self,
        bases: [Point; N],
        uses: impl Iterator<Item = (&'n Naf, [usize; N])> + Clone,
        check_order: bool,
    ) -> [bool; N] {
        let mut positions = Positions::default();
        uses.clone().for_each(|(naf, _)| positions.add(naf));
        if check_order {
            positions.add(order_naf());
        }
        self.multiples.kept.clear();
        self.multiples.climb(bases, positions.iter());
        for (naf, outputs) in uses {
            for (n, output) in outputs.into_iter().enumerate() {
                self.outputs[output].add(naf, &self.multiples, n);
            }
        }
        std::array::from_fn(|n| !check_order || self.multiples.of_prime_order(n))
    }

    /// The outputs.
    pub fn finish(&self) -> Vec<Point> {
        self.outputs.iter().map(Buckets::total).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use curve25519_dalek::constants::EIGHT_TORSION;
    use curve25519_dalek::edwards::EdwardsPoint;
    use proptest::prelude::*;

    fn ours(point: &EdwardsPoint) -> Point {
        Point::decode(point.compress().as_bytes()).unwrap()
    }

    fn scalar() -> impl Strategy<Value = Scalar> {
        prop_oneof![
            6 => any::<[u8; 32]>().prop_map(Scalar::from_bytes_mod_order),
            1 => (0u64..40).prop_map(Scalar::from),
            1 => (0u64..40).prop_map(|n| -Scalar::from(n)),
            // One digit in each quarter and at its edges.
            1 => (0u32..252, 1u8..16).prop_map(|(at, digit)| (0..at).fold(Scalar::from(digit), |s, _| s + s)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn a_quartered_base_is_the_slow_product_and_never_outside_the_group(s in scalar(), t in scalar(), torsion in 0usize..8) {
            let point = EdwardsPoint::mul_base(&s) + EIGHT_TORSION[torsion];
            let quartered = Quartered::check(&ours(&point));
            prop_assert_eq!(quartered.is_some(), point.is_torsion_free());
            prop_assert_eq!(quartered.is_some(), torsion == 0);
            if let Some(quartered) = quartered {
                prop_assert!(quartered.point().equals(&ours(&point)));
                // Added to, so that all four coordinates are looked at.
                let product = quartered.times(&t);
                prop_assert!(product.equals(&ours(&(point * t))));
                prop_assert!(product.add(&Point::generator()).equals(&ours(&(point * t + EdwardsPoint::mul_base(&Scalar::ONE)))));
            }
        }

        /// Alpha and beta in step, with the sums riding along, each of them with or without a torsion part.
        #[test]
        fn two_bases_in_step(a in scalar(), b in scalar(), s in scalar(), t in scalar(), parts in (0usize..8, 0usize..8)) {
            let alpha = EdwardsPoint::mul_base(&a) + EIGHT_TORSION[parts.0];
            let beta = EdwardsPoint::mul_base(&b) + EIGHT_TORSION[parts.1];
            let (ns, nt) = (Naf::of(&s), Naf::of(&t));
            let mut chain = Chain::new(4);
            let uses = [(&ns, [0, 1]), (&nt, [2, 3]), (&nt, [0, 3])];
            let in_group = chain.add_bases([ours(&alpha), ours(&beta)], uses.into_iter(), true);
            prop_assert_eq!(in_group, [parts.0 == 0, parts.1 == 0]);
            let expected = [alpha * s + alpha * t, beta * s, alpha * t, beta * t + beta * t];
            for (out, expected) in chain.finish().iter().zip(&expected) {
                prop_assert!(out.equals(&ours(expected)));
                prop_assert!(out.add(&Point::generator()).equals(&ours(&(expected + EdwardsPoint::mul_base(&Scalar::ONE)))));
            }
        }
    }

    #[test]
    fn the_identity() {
        let quartered = Quartered::check(&Point::IDENTITY).unwrap();
        assert!(quartered.times(&-Scalar::ONE).equals(&Point::IDENTITY));
        assert!(Quartered::check(&Point::generator()).unwrap().times(&Scalar::ZERO).equals(&Point::IDENTITY));
    }
}
