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
        (0..4).flat_map(move |quarter| self.in_quarter(quarter))
    }

    /// Those in 64·quarter … 64·quarter + 63.
    fn in_quarter(self, quarter: usize) -> impl Iterator<Item = usize> {
        let mut bits = self.0[quarter];
        std::iter::from_fn(move || {
            let at = bits.trailing_zeros() as usize;
            bits &= bits.wrapping_sub(1);
            (at < 64).then_some(64 * quarter + at)
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

    /// Doubles `bases` = 2^start·P in step up to the highest of `positions`, all at `start` or above: the processor overlaps
    /// what does not depend on each other.
    fn climb<const N: usize>(&mut self, bases: [Point; N], start: usize, positions: impl Iterator<Item = usize>) {
        let mut points = bases;
        let mut reached = start;
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

/// P, 2^64·P, 2^128·P and 2^192·P: a product then needs a quarter of the doublings. For bases in the group that are checked
/// once and used later, since the check passes these multiples anyway.
#[derive(Clone, Copy)]
pub(crate) struct Quartered([Affine; 4]);

impl Quartered {
    /// None if the point is not of prime order (or the identity).
    pub(crate) fn check(point: &Point) -> Option<Quartered> {
        let mut positions = Positions::default();
        positions.add(order_naf());
        QUARTERS.iter().for_each(|at| positions.insert(*at));
        let mut multiples = Multiples::new();
        multiples.climb([*point], 0, positions.iter());
        multiples.of_prime_order(0).then(|| Quartered(normalized(QUARTERS.map(|at| multiples.at(at, 0).point(false)))))
    }

    pub(crate) fn point(&self) -> Point {
        self.0[0].point()
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
        self.multiples.climb(bases, 0, positions.iter());
        for (naf, outputs) in uses {
            for (n, output) in outputs.into_iter().enumerate() {
                self.outputs[output].add(naf, &self.multiples, n);
            }
        }
        std::array::from_fn(|n| !check_order || self.multiples.of_prime_order(n))
    }

    /// Adds `base` times the scalar to an output.
    pub(crate) fn add_quartered(&mut self, base: &Quartered, naf: &Naf, output: usize) {
        let mut positions = Positions::default();
        positions.add(naf);
        self.multiples.kept.clear();
        for (quarter, point) in base.0.iter().enumerate() {
            self.multiples.climb([point.point()], 64 * quarter, positions.in_quarter(quarter));
        }
        self.outputs[output].add(naf, &self.multiples, 0);
    }

    /// The outputs.
    pub fn finish(&self) -> Vec<Point> {
        self.outputs.iter().map(Buckets::total).collect()
    }
}

#[cfg(test)]
mod timing {
    use super::*;
    use crate::curve::*;
    use std::hint::black_box;
    fn t(name: &str, per: f64, mut f: impl FnMut()) {
        let mut best = f64::MAX;
        for _ in 0..2000 {
            let s = std::time::Instant::now();
            f();
            best = best.min(s.elapsed().as_secs_f64() * 1e9);
        }
        println!("{name:<40} {:>10.1} ns  per unit {:>8.1}", best, best / per);
    }
    #[test]
    #[ignore]
    fn timing() {
        let g = Point::generator();
        let sc: Vec<Scalar> =
            (0u8..9).map(|i| Scalar::from_bytes_mod_order([i * 17 + 31; 32]) * Scalar::from_bytes_mod_order([i + 7; 32])).collect();
        let nafs: Vec<Naf> = sc.iter().map(Naf::of).collect();
        let mut pos = Positions::default();
        for n in &nafs[..3] {
            pos.add(n);
        }
        pos.add(order_naf());
        let count = pos.iter().count() as f64;
        println!("positions {count}");
        let mut m = Multiples::new();
        t("climb 1", 252.0, || {
            m.kept.clear();
            m.climb([black_box(g)], 0, pos.iter());
        });
        let q = g.double();
        t("climb 2", 504.0, || {
            m.kept.clear();
            m.climb([black_box(g), q], 0, pos.iter());
        });
        t("climb 1, top only", 252.0, || {
            m.kept.clear();
            m.climb([black_box(g)], 0, [252].into_iter());
        });
        t("climb 2, top only", 504.0, || {
            m.kept.clear();
            m.climb([black_box(g), q], 0, [252].into_iter());
        });
        m.kept.clear();
        m.climb([black_box(g)], 0, pos.iter());
        let mut b = Buckets::EMPTY;
        b.add(&nafs[0], &m, 0);
        t("naf", 1.0, || {
            black_box(Naf::of(black_box(&sc[0])));
        });
        t("put naf in full buckets", nafs[1].used as f64, || {
            b.add(black_box(&nafs[1]), &m, 0);
        });
        t("put 3 nafs alternating", (nafs[0].used + nafs[1].used + nafs[2].used) as f64, || {
            for n in &nafs[..3] {
                b.add(black_box(n), &m, 0);
            }
        });
        t("put naf in empty buckets", nafs[1].used as f64, || {
            let mut b = Buckets::EMPTY;
            b.add(black_box(&nafs[1]), &m, 0);
            black_box(&b);
        });
        t("order", 1.0, || {
            let mut b = Buckets::EMPTY;
            b.add(order_naf(), &m, 0);
            black_box(b.total().is_identity());
        });
        t("total", 14.0, || {
            black_box(b.total());
        });
        let tab = generator_table();
        t("fixed", 24.0, || {
            black_box(tab.add_to(black_box(g), &sc[0]));
        });
        t("fixed 9 scalars", 24.0 * 9.0, || {
            for s in &sc {
                black_box(tab.add_to(black_box(g), s));
            }
        });
        let many = vec![b.total(); 17];
        t("encode 17", 17.0, || {
            black_box(encode_all(black_box(&many)));
        });
        t("encode 1", 1.0, || {
            black_box(encode_all(black_box(&many[..1])));
        });
        let enc = many[0].encode();
        t("decode", 1.0, || {
            black_box(UncheckedElement::parse(black_box(enc.as_str())).is_ok());
        });
        let mut x = [F::ONE + F::ONE, g.x, g.y, g.t];
        let y = g.x;
        t("mul thr", 400.0, || {
            for _ in 0..100 {
                for v in &mut x {
                    *v *= y;
                }
            }
        });
        t("mul lat", 100.0, || {
            for _ in 0..100 {
                x[0] *= y;
            }
        });
        t("sq thr", 400.0, || {
            for _ in 0..100 {
                for v in &mut x {
                    *v = v.square();
                }
            }
        });
        t("sq lat", 100.0, || {
            for _ in 0..100 {
                x[0] = x[0].square();
            }
        });
        t("add thr", 400.0, || {
            for _ in 0..100 {
                for v in &mut x {
                    *v += y;
                }
            }
        });
        t("sub thr", 400.0, || {
            for _ in 0..100 {
                for v in &mut x {
                    *v -= y;
                }
            }
        });
        t("mul2 thr", 400.0, || {
            for _ in 0..100 {
                for v in &mut x {
                    *v = v.mul2();
                }
            }
        });
        let mut ps = [g, q, g.add(&q), q.double()];
        t("double thr", 400.0, || {
            for _ in 0..100 {
                for v in &mut ps {
                    *v = v.double_then::<false>();
                }
            }
        });
        let c = q.cached();
        t("add_signed thr", 400.0, || {
            for _ in 0..100 {
                for v in &mut ps {
                    *v = v.add_signed(&c, false);
                }
            }
        });
        t("double lat", 100.0, || {
            for _ in 0..100 {
                ps[0] = ps[0].double_then::<false>();
            }
        });
        black_box((x, ps));
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/belenios/ed25519-basic");
        let archive = std::fs::read(folder.join("mDYWKVdAaNwDDk.bel")).unwrap();
        let mut container = crate::container::Container::new(&archive[..]);
        let mut records = Vec::new();
        while let Some(record) = container.next_record().unwrap() {
            records.push(record.body);
        }
        let ballots: Vec<&Vec<u8>> = records.iter().filter(|body| body.starts_with(b"{\"election_uuid\"")).collect();
        let judge = crate::BallotJudge::new(&records[1], &records[3], 1).unwrap();
        t("json", 1.0, || {
            black_box(crate::json::parse(black_box(ballots[0])).is_ok());
        });
        t("judge", 1.0, || {
            black_box(judge.judge(black_box(ballots[0])).is_ok());
        });
        t("judge all", ballots.len() as f64, || {
            for b in &ballots {
                black_box(judge.judge(black_box(b)).is_ok());
            }
        });
    }
}
