//! The prime-order group of Ed25519, for judging only: everything here is public, so time may depend on the values.
//!
//! Coordinates are extended twisted Edwards (−x² + y² = 1 + d·x²·y²) with the complete formulas of Hisil, Wong, Carter and
//! Dawson (2008), over the field of the crate `crrl`. The speed comes from four things, each cross-checked against
//! `curve25519-dalek` by the property tests in `tests/curve.rs`:
//!
//! - [`Chain`]: right-to-left windows. One chain of doublings 2^i·P serves every scalar that P is raised to, and the check
//!   that P has prime order, which then costs a seventh of a separate one.
//! - [`FixedBase`]: tables for the two bases that every proof uses, g and the election key y.
//! - [`encode_all`]: one inversion for many encodings.
//! - A sum of bases raised to one scalar shares the buckets, so it needs no chain of its own.
//!
//! Encodings are the archive's: 64 small hexadecimal digits, most significant first, canonical only (Spec V31).

use crrl::field::GF25519 as F;
use curve25519_dalek::Scalar;

const D: F = F::w64be(0x52036cee2b6ffe73, 0x8cc740797779e898, 0x00700a4d4141d8ab, 0x75eb4dca135978a3);
const D2: F = F::w64be(0x2406d9dc56dffce7, 0x198e80f2eef3d130, 0x00e0149a8283b156, 0xebd69b9426b2f159);
const SQRT_M1: F = F::w64be(0x2b8324804fc1df0b, 0x2b4d00993dfbd7a7, 0x2f431806ad2fe478, 0xc4ee1b274a0ea0b0);
const BASE_X: F = F::w64be(0x216936d3cd6e53fe, 0xc0a4e231fdd6dc5c, 0x692cc7609525a7b2, 0xc9562d608f25d51a);
const BASE_Y: F = F::w64be(0x6666666666666666, 0x6666666666666666, 0x6666666666666666, 0x6666666666666658);

/// Bytes of the group order q, least significant first.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0x10,
];

/// A point of the curve, in extended coordinates. It may have a torsion part: [`Element`] may not.
#[derive(Clone, Copy)]
pub struct Point {
    x: F,
    y: F,
    z: F,
    t: F,
}

/// A point prepared for being added several times.
#[derive(Clone, Copy)]
struct Cached {
    y_plus_x: F,
    y_minus_x: F,
    z2: F,
    t2d: F,
}

/// The same with z = 1, for tables.
#[derive(Clone, Copy)]
struct AffineCached {
    y_plus_x: F,
    y_minus_x: F,
    xy2d: F,
}

impl AffineCached {
    const ZERO: AffineCached = AffineCached { y_plus_x: F::ONE, y_minus_x: F::ONE, xy2d: F::ZERO };
}

impl Point {
    /// The identity.
    pub const IDENTITY: Point = Point { x: F::ZERO, y: F::ONE, z: F::ONE, t: F::ZERO };

    /// The generator g.
    pub fn generator() -> Point {
        Point { x: BASE_X, y: BASE_Y, z: F::ONE, t: BASE_X * BASE_Y }
    }

    /// Decodes the 32 bytes of RFC 8032. Canonical encodings only: y below p, and no sign on x = 0.
    pub fn decode(bytes: &[u8; 32]) -> Option<Point> {
        let sign = bytes[31] >> 7;
        let mut y_bytes = *bytes;
        y_bytes[31] &= 0x7f;
        let (y, below_p) = F::decode32(&y_bytes);
        if below_p == 0 {
            return None;
        }
        let y2 = y.square();
        let u = y2 - F::ONE;
        let v = D * y2 + F::ONE;
        // x = u·v³·(u·v⁷)^((p−5)/8) is a root of u/v, or of −u/v.
        let v3 = v.square() * v;
        let mut x = u * v3 * power_p58(u * v3.square() * v);
        let vx2 = v * x.square();
        if vx2.equals(u) == 0 {
            if vx2.equals(-u) == 0 {
                return None;
            }
            x *= SQRT_M1;
        }
        if x.iszero() != 0 && sign == 1 {
            return None;
        }
        if x.encode32()[0] & 1 != sign {
            x.set_neg();
        }
        Some(Point { x, y, z: F::ONE, t: x * y })
    }

    /// Twice the point. `WITH_T`: also the fourth coordinate, which only an addition that follows needs.
    #[inline(always)]
    fn double_then<const WITH_T: bool>(&self) -> Point {
        let a = self.x.square();
        let b = self.y.square();
        let c = self.z.square().mul2();
        let h = a + b;
        let e = h - (self.x + self.y).square();
        let g = a - b;
        let f = c + g;
        Point { x: e * f, y: g * h, z: f * g, t: if WITH_T { e * h } else { F::ZERO } }
    }

    /// Twice the point.
    pub fn double(&self) -> Point {
        self.double_then::<true>()
    }

    #[inline(always)]
    fn cached(&self) -> Cached {
        Cached { y_plus_x: self.y + self.x, y_minus_x: self.y - self.x, z2: self.z.mul2(), t2d: self.t * D2 }
    }

    #[inline(always)]
    fn add_cached(&self, other: &Cached) -> Point {
        let a = (self.y - self.x) * other.y_minus_x;
        let b = (self.y + self.x) * other.y_plus_x;
        let c = self.t * other.t2d;
        let d = self.z * other.z2;
        from_efgh(b - a, d - c, d + c, b + a)
    }

    #[inline(always)]
    fn sub_cached(&self, other: &Cached) -> Point {
        let a = (self.y - self.x) * other.y_plus_x;
        let b = (self.y + self.x) * other.y_minus_x;
        let c = self.t * other.t2d;
        let d = self.z * other.z2;
        from_efgh(b - a, d + c, d - c, b + a)
    }

    #[inline(always)]
    fn add_affine(&self, other: &AffineCached) -> Point {
        let a = (self.y - self.x) * other.y_minus_x;
        let b = (self.y + self.x) * other.y_plus_x;
        let c = self.t * other.xy2d;
        let d = self.z.mul2();
        from_efgh(b - a, d - c, d + c, b + a)
    }

    #[inline(always)]
    fn sub_affine(&self, other: &AffineCached) -> Point {
        let a = (self.y - self.x) * other.y_plus_x;
        let b = (self.y + self.x) * other.y_minus_x;
        let c = self.t * other.xy2d;
        let d = self.z.mul2();
        from_efgh(b - a, d + c, d - c, b + a)
    }

    /// The sum.
    #[allow(clippy::should_implement_trait)]
    pub fn add(&self, other: &Point) -> Point {
        self.add_cached(&other.cached())
    }

    /// The difference.
    #[allow(clippy::should_implement_trait)]
    pub fn sub(&self, other: &Point) -> Point {
        self.sub_cached(&other.cached())
    }

    /// The negative.
    pub fn negated(&self) -> Point {
        Point { x: -self.x, y: self.y, z: self.z, t: -self.t }
    }

    /// The point times a scalar, with no table.
    pub fn times(&self, scalar: &Scalar) -> Point {
        let mut chain = Chain::new(1);
        chain.add_base(self, &[(&Naf::of(scalar), 0)], false);
        chain.finish()[0]
    }

    /// The point times a small number.
    pub fn times_number(&self, number: u128) -> Point {
        let mut sum = Point::IDENTITY;
        for bit in (0..128 - number.leading_zeros()).rev() {
            sum = sum.double();
            if number >> bit & 1 == 1 {
                sum = sum.add(self);
            }
        }
        sum
    }

    /// Whether two representations are of one point.
    pub fn equals(&self, other: &Point) -> bool {
        (self.x * other.z).equals(other.x * self.z) != 0 && (self.y * other.z).equals(other.y * self.z) != 0
    }

    fn is_identity(&self) -> bool {
        self.x.iszero() != 0 && self.y.equals(self.z) != 0
    }

    /// The encoding as 64 hexadecimal digits.
    pub fn encode(&self) -> Encoded {
        encode_all(std::slice::from_ref(self))[0]
    }
}

#[inline(always)]
fn from_efgh(e: F, f: F, g: F, h: F) -> Point {
    Point { x: e * f, y: g * h, z: f * g, t: e * h }
}

/// x^((p−5)/8) = x^(2^252 − 3).
fn power_p58(x: F) -> F {
    let x2 = x.square() * x; // 2^2 − 1
    let x4 = x2.xsquare(2) * x2; // 2^4 − 1
    let x5 = x4.square() * x;
    let x10 = x5.xsquare(5) * x5;
    let x20 = x10.xsquare(10) * x10;
    let x40 = x20.xsquare(20) * x20;
    let x50 = x40.xsquare(10) * x10;
    let x100 = x50.xsquare(50) * x50;
    let x200 = x100.xsquare(100) * x100;
    let x250 = x200.xsquare(50) * x50;
    x250.xsquare(2) * x
}

/// An element's encoding in the archive: 64 small hexadecimal digits, most significant byte first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Encoded(pub [u8; 64]);

impl Encoded {
    fn of_bytes(bytes: &[u8; 32]) -> Encoded {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut out = [0; 64];
        for (pair, byte) in out.chunks_exact_mut(2).zip(bytes.iter().rev()) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        Encoded(out)
    }

    /// The digits as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Debug for Encoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Encodes many points with one inversion.
pub fn encode_all(points: &[Point]) -> Vec<Encoded> {
    let z: Vec<F> = points.iter().map(|p| p.z).collect();
    let inverses = invert_all(&z);
    points
        .iter()
        .zip(&inverses)
        .map(|(p, zi)| {
            let x = p.x * *zi;
            let mut bytes = (p.y * *zi).encode32();
            bytes[31] |= (x.encode32()[0] & 1) << 7;
            Encoded::of_bytes(&bytes)
        })
        .collect()
}

/// Inverts many field elements with one inversion (Montgomery). z of a point is never zero.
fn invert_all(values: &[F]) -> Vec<F> {
    let mut products = Vec::with_capacity(values.len());
    let mut product = F::ONE;
    for value in values {
        products.push(product);
        product *= *value;
    }
    product = F::ONE / product;
    for (slot, value) in products.iter_mut().zip(values).rev() {
        *slot *= product;
        product *= *value;
    }
    products
}

/// A member of the prime-order group: it decoded canonically and its order is q (or 1). Spec V31.
#[derive(Clone, Copy)]
pub struct Element {
    point: Point,
    encoded: Encoded,
}

/// Why 64 digits are not an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementFault {
    /// Not 64 small hexadecimal digits.
    NotDigits,
    /// Not the canonical encoding of a point: y not below p, no point with that y, or a sign on x = 0.
    NotAPoint,
    /// A point outside the group of prime order.
    NotInGroup,
}

impl Element {
    /// Reads and checks one element.
    pub fn parse(digits: &str) -> Result<Element, ElementFault> {
        let unchecked = UncheckedElement::parse(digits)?;
        let mut chain = Chain::new(0);
        if chain.add_base(&unchecked.point, &[], true) { Ok(unchecked.found_in_group()) } else { Err(ElementFault::NotInGroup) }
    }

    /// The point.
    pub fn point(&self) -> &Point {
        &self.point
    }

    /// The encoding.
    pub fn encoded(&self) -> &Encoded {
        &self.encoded
    }

    /// The 32 bytes of RFC 8032.
    pub(crate) fn bytes(&self) -> [u8; 32] {
        let mut bytes = crate::hex::bytes_from_hex::<32>(&self.encoded.0).unwrap_or_default();
        bytes.reverse();
        bytes
    }
}

impl PartialEq for Element {
    fn eq(&self, other: &Element) -> bool {
        self.encoded == other.encoded
    }
}

impl Eq for Element {}

impl std::fmt::Debug for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.encoded.fmt(f)
    }
}

/// An element in 96 bytes, for lists of millions.
#[derive(Clone, Copy)]
pub(crate) struct Compact {
    x: F,
    y: F,
    /// The bytes in the order of the digits.
    pub(crate) bytes: [u8; 32],
}

impl Compact {
    pub(crate) fn of(element: &Element) -> Compact {
        let zi = F::ONE / element.point.z;
        Compact {
            x: element.point.x * zi,
            y: element.point.y * zi,
            bytes: crate::hex::bytes_from_hex(&element.encoded.0).unwrap_or_default(),
        }
    }

    pub(crate) fn point(&self) -> Point {
        Point { x: self.x, y: self.y, z: F::ONE, t: self.x * self.y }
    }
}

/// A decoded point whose order is still to be checked, which a [`Chain`] does in passing.
#[derive(Clone, Copy)]
pub(crate) struct UncheckedElement {
    pub(crate) point: Point,
    pub(crate) encoded: Encoded,
}

impl UncheckedElement {
    pub(crate) fn parse(digits: &str) -> Result<UncheckedElement, ElementFault> {
        let bytes = crate::hex::bytes_from_hex::<32>(digits.as_bytes()).ok_or(ElementFault::NotDigits)?;
        let mut little = bytes;
        little.reverse();
        let point = Point::decode(&little).ok_or(ElementFault::NotAPoint)?;
        Ok(UncheckedElement { point, encoded: Encoded(digits.as_bytes().try_into().map_err(|_| ElementFault::NotDigits)?) })
    }

    /// To be called only after the order was checked.
    pub(crate) fn found_in_group(self) -> Element {
        Element { point: self.point, encoded: self.encoded }
    }
}

/// A scalar in signed windows: each digit 0 or odd in −15 … 15, five positions from one non-zero digit to the next at least.
#[derive(Clone)]
pub struct Naf {
    digits: [i8; 256],
    length: usize,
}

const WINDOW: usize = 5;
const BUCKETS: usize = 1 << (WINDOW - 2);

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
        let mut digits = [0i8; 256];
        let mut length = 0;
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
                at += 1;
                continue;
            }
            // window is 1 … 32 and odd, so 1 … 31.
            if window < 1 << (WINDOW - 1) {
                carry = 0;
                digits[at] = window as i8;
            } else {
                carry = 1;
                digits[at] = window as i8 - (1 << WINDOW);
            }
            length = at + 1;
            at += WINDOW;
        }
        Naf { digits, length }
    }
}

fn order_naf() -> &'static Naf {
    static NAF: std::sync::OnceLock<Naf> = std::sync::OnceLock::new();
    NAF.get_or_init(|| Naf::of_bytes(&ORDER))
}

/// What is collected for one output: Σ ±2^i·P for each odd digit size.
#[derive(Clone, Copy)]
struct Buckets {
    sums: [Point; BUCKETS],
    used: u8,
}

impl Buckets {
    const EMPTY: Buckets = Buckets { sums: [Point::IDENTITY; BUCKETS], used: 0 };

    #[inline(always)]
    fn put(&mut self, digit: i8, point: &Point, cached: &Cached) {
        let index = usize::from(digit.unsigned_abs() / 2) & (BUCKETS - 1);
        let sum = &mut self.sums[index];
        *sum = match (self.used >> index & 1 == 1, digit > 0) {
            (true, true) => sum.add_cached(cached),
            (true, false) => sum.sub_cached(cached),
            (false, true) => *point,
            (false, false) => point.negated(),
        };
        self.used |= 1 << index;
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
}

impl Chain {
    /// With so many outputs, all zero.
    pub fn new(outputs: usize) -> Chain {
        Chain { outputs: vec![Buckets::EMPTY; outputs] }
    }

    /// Adds `base` times each scalar to the output named beside it. With `check_order`, says whether q·base is the identity
    /// (always true otherwise).
    pub fn add_base(&mut self, base: &Point, uses: &[(&Naf, usize)], check_order: bool) -> bool {
        let uses: Vec<(&Naf, [usize; 1])> = uses.iter().map(|(naf, output)| (*naf, [*output])).collect();
        let [in_group] = self.add_bases([*base], &uses, check_order);
        in_group
    }

    /// The same for bases that are raised to the same scalars, as alpha and beta are: their chains run in step, which lets
    /// the processor overlap them.
    pub(crate) fn add_bases<const N: usize>(&mut self, bases: [Point; N], uses: &[(&Naf, [usize; N])], check_order: bool) -> [bool; N] {
        let order = order_naf();
        let mut needed = [0u64; 5];
        let mut length = 0;
        let mut mark = |naf: &Naf| {
            for (i, digit) in naf.digits[..naf.length].iter().enumerate() {
                needed[i / 64] |= u64::from(*digit != 0) << (i % 64);
            }
            length = length.max(naf.length);
        };
        uses.iter().for_each(|(naf, _)| mark(naf));
        let mut orders = [Buckets::EMPTY; N];
        if check_order {
            mark(order);
        }
        let mut points = bases;
        for i in 0..length {
            if needed[i / 64] >> (i % 64) & 1 == 1 {
                let cached = points.map(|point| point.cached());
                for (naf, outputs) in uses {
                    let digit = naf.digits[i];
                    if digit != 0 {
                        for n in 0..N {
                            self.outputs[outputs[n]].put(digit, &points[n], &cached[n]);
                        }
                    }
                }
                if check_order && order.digits[i] != 0 {
                    for n in 0..N {
                        orders[n].put(order.digits[i], &points[n], &cached[n]);
                    }
                }
            }
            let next = i + 1;
            points = if needed[next / 64] >> (next % 64) & 1 == 1 {
                points.map(|point| point.double_then::<true>())
            } else {
                points.map(|point| point.double_then::<false>())
            };
        }
        orders.map(|order| !check_order || order.total().is_identity())
    }

    /// The outputs.
    pub fn finish(&self) -> Vec<Point> {
        self.outputs.iter().map(Buckets::total).collect()
    }
}

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
            let z: Vec<F> = multiples.iter().map(|p| p.z).collect();
            for (p, zi) in multiples.iter().zip(invert_all(&z)) {
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
        let mut negative = [false; 128];
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
                entries[used] = table[size as usize - 1];
                negative[used] = carry == 1;
                used += 1;
            }
        }
        let mut sum = start;
        for (entry, negative) in entries[..used].iter().zip(negative) {
            sum = if negative { sum.sub_affine(entry) } else { sum.add_affine(entry) };
        }
        sum
    }

    /// scalar·base.
    pub fn times(&self, scalar: &Scalar) -> Point {
        self.add_to(Point::IDENTITY, scalar)
    }
}

/// The table for g, made once.
pub fn generator_table() -> &'static FixedBase {
    static TABLE: std::sync::OnceLock<FixedBase> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| FixedBase::new(&Point::generator(), 11))
}
