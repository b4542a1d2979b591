//! Tables for the bases that every proof uses: g and the election key y.

use super::{AffineCached, D2, Point, invert_all};
use crrl::field::GF25519 as F;
use curve25519_dalek::Scalar;

/// A table of multiples of one base: digit·2^(width·row)·B for every row and every digit up to 2^(width−1).
pub struct FixedBase {
    width: usize,
    rows: Vec<AffineCached>,
}

impl FixedBase {
    /// Makes the table for windows of `width` bits (2 … 15). Memory: about 96·253/width·2^(width−1) bytes.
    pub fn new(base: &Point, width: usize) -> FixedBase {
        let width = width.clamp(2, 15);
        let per_row = 1usize << (width - 1);
        let mut rows = Vec::with_capacity((253 / width + 1) * per_row);
        let mut first = *base;
        for _ in 0..253 / width + 1 {
            let cached = first.cached();
            let mut multiples = Vec::with_capacity(per_row);
            let mut multiple = first;
            for _ in 0..per_row {
                multiples.push(multiple);
                multiple = multiple.add_cached(&cached);
            }
            let mut inverses: Vec<F> = multiples.iter().map(|p| p.z).collect();
            invert_all(&mut inverses);
            for (p, zi) in multiples.iter().zip(inverses) {
                let (x, y) = (p.x * zi, p.y * zi);
                rows.push(AffineCached { y_plus_x: y + x, y_minus_x: y - x, xy2d: x * y * D2 });
            }
            for _ in 0..width {
                first = first.double();
            }
        }
        FixedBase { width, rows }
    }

    /// start + scalar·base.
    pub fn add_to(&self, start: Point, scalar: &Scalar) -> Point {
        let bytes = scalar.as_bytes();
        let mut words = [0u64; 5];
        for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = chunk.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
        }
        let per_row = 1usize << (self.width - 1);
        let mask = (1u64 << self.width) - 1;
        // All entries are fetched before the first is added: the table is larger than the nearest caches, and fetches that
        // depend on nothing overlap.
        let mut entries = [AffineCached::ZERO; 128];
        let mut used = 0;
        let mut carry = 0;
        for (row, table) in self.rows.chunks_exact(per_row).enumerate() {
            let at = row * self.width;
            let (word, bit) = (at / 64, at % 64);
            let mut window = words[word] >> bit;
            if bit + self.width > 64 {
                window |= words[word + 1] << (64 - bit);
            }
            let window = (window & mask) + carry;
            carry = u64::from(window as usize > per_row);
            let size = if carry == 1 { (1u64 << self.width) - window } else { window };
            if size > 0 {
                entries[used] = table[size as usize - 1].signed(carry == 1);
                used += 1;
            }
        }
        let mut sum = start;
        for entry in &entries[..used] {
            sum = sum.add_affine(entry);
        }
        sum
    }

    /// scalar·base.
    pub fn times(&self, scalar: &Scalar) -> Point {
        self.add_to(Point::IDENTITY, scalar)
    }
}

/// The table for g, made once: 8 MB.
pub fn generator_table() -> &'static FixedBase {
    static TABLE: std::sync::OnceLock<FixedBase> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| FixedBase::new(&Point::generator(), 13))
}
