//! The prime-order group of Ed25519, for judging only: everything here is public, so time may depend on the values.
//!
//! Coordinates are extended twisted Edwards (−x² + y² = 1 + d·x²·y²) with the complete formulas of Hisil, Wong, Carter and
//! Dawson (2008), over the field of the crate `crrl`. The speed comes from these things, each cross-checked against
//! `curve25519-dalek` by the property tests in `tests/it/curve.rs` and in [`chain`]:
//!
//! - [`Chain`]: right-to-left windows. One chain of doublings 2^i·P serves every scalar that P is raised to, and the check
//!   that P has prime order, which then costs a seventh of a separate one.
//! - [`Quartered`]: a credential's multiples from that check save three quarters of the doublings when it signs.
//! - [`FixedBase`]: tables for the two bases that every proof uses, g and the election key y.
//! - [`encode_all`]: one inversion for many encodings. Square roots are taken two at a time.
//! - A sum of bases raised to one scalar shares the buckets, so it needs no chain of its own.
//!
//! Encodings are the archive's: 64 small hexadecimal digits, most significant first, canonical only (Spec V31).

mod chain;
mod fixed_base;

pub(crate) use chain::Quartered;
pub use chain::{Chain, Naf};
pub use fixed_base::{FixedBase, generator_table};

use crrl::field::GF25519 as F;
use curve25519_dalek::Scalar;

const D: F = F::w64be(0x52036cee2b6ffe73, 0x8cc740797779e898, 0x00700a4d4141d8ab, 0x75eb4dca135978a3);
const D2: F = F::w64be(0x2406d9dc56dffce7, 0x198e80f2eef3d130, 0x00e0149a8283b156, 0xebd69b9426b2f159);
const INVERSE_D: F = F::w64be(0x40907ed214d5ce43, 0x2b162114cdb9cf66, 0x0b5dd6984279542e, 0x25e0f276cdc9f843);
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

/// A point without denominator, in half the memory.
#[derive(Clone, Copy)]
struct Affine {
    x: F,
    y: F,
}

impl Affine {
    fn point(&self) -> Point {
        Point { x: self.x, y: self.y, z: F::ONE, t: self.x * self.y }
    }
}

/// Divides by the denominators, with one inversion.
fn normalized<const N: usize>(points: [Point; N]) -> [Affine; N] {
    let mut inverses = points.map(|point| point.z);
    invert_all(&mut inverses);
    std::array::from_fn(|n| Affine { x: points[n].x * inverses[n], y: points[n].y * inverses[n] })
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

impl Cached {
    /// The point again, or its negative. All four coordinates come out doubled, which is the same point.
    fn point(&self, negative: bool) -> Point {
        let point = Point { x: self.y_plus_x - self.y_minus_x, y: self.y_plus_x + self.y_minus_x, z: self.z2, t: self.t2d * INVERSE_D };
        if negative { point.negated() } else { point }
    }
}

impl AffineCached {
    const ZERO: AffineCached = AffineCached { y_plus_x: F::ONE, y_minus_x: F::ONE, xy2d: F::ZERO };

    /// This or its negative, without a branch on the sign, which nothing could predict.
    #[inline(always)]
    fn signed(&self, negative: bool) -> AffineCached {
        let factors = [self.y_plus_x, self.y_minus_x];
        let products = [self.xy2d, -self.xy2d];
        let at = usize::from(negative);
        AffineCached { y_plus_x: factors[at], y_minus_x: factors[1 - at], xy2d: products[at] }
    }
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
        let [point] = Point::decode_together([bytes]);
        point
    }

    /// Several at once: the squarings of one square root wait for each other, those of several overlap.
    fn decode_together<const N: usize>(encodings: [&[u8; 32]; N]) -> [Option<Point>; N] {
        let fractions = encodings.map(|bytes| {
            let mut y_bytes = *bytes;
            y_bytes[31] &= 0x7f;
            let (y, below_p) = F::decode32(&y_bytes);
            let y2 = y.square();
            (y, below_p != 0, y2 - F::ONE, D * y2 + F::ONE)
        });
        // x = u·v³·(u·v⁷)^((p−5)/8) is a root of u/v, or of −u/v.
        let uv3 = fractions.map(|(_, _, u, v)| u * v.square() * v);
        let powers: [F; N] = power_p58(std::array::from_fn::<F, N, _>(|n| uv3[n] * fractions[n].3.square().square()));
        std::array::from_fn(|n| {
            let (y, below_p, u, v) = fractions[n];
            let sign = encodings[n][31] >> 7;
            let mut x = uv3[n] * powers[n];
            let vx2 = v * x.square();
            if vx2.equals(u) == 0 {
                if vx2.equals(-u) == 0 {
                    return None;
                }
                x *= SQRT_M1;
            }
            if !below_p || (x.iszero() != 0 && sign == 1) {
                return None;
            }
            if x.encode32()[0] & 1 != sign {
                x.set_neg();
            }
            Some(Point { x, y, z: F::ONE, t: x * y })
        })
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
    #[inline]
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

    /// self ± other, without a branch on the sign, which nothing could predict.
    #[inline(always)]
    fn add_signed(&self, other: &Cached, negative: bool) -> Point {
        let factors = [other.y_minus_x, other.y_plus_x];
        let a = (self.y - self.x) * factors[usize::from(negative)];
        let b = (self.y + self.x) * factors[usize::from(!negative)];
        let c = self.t * other.t2d;
        let d = self.z * other.z2;
        let fg = [d - c, d + c];
        from_efgh(b - a, fg[usize::from(negative)], fg[usize::from(!negative)], b + a)
    }

    #[inline(always)]
    fn add_affine(&self, other: &AffineCached) -> Point {
        let a = (self.y - self.x) * other.y_minus_x;
        let b = (self.y + self.x) * other.y_plus_x;
        let c = self.t * other.xy2d;
        let d = self.z.mul2();
        from_efgh(b - a, d - c, d + c, b + a)
    }

    /// The sum.
    #[allow(clippy::should_implement_trait)]
    #[inline]
    pub fn add(&self, other: &Point) -> Point {
        self.add_cached(&other.cached())
    }

    /// The difference.
    #[allow(clippy::should_implement_trait)]
    pub fn sub(&self, other: &Point) -> Point {
        self.add_signed(&other.cached(), true)
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

/// Each x^((p−5)/8) = x^(2^252 − 3).
fn power_p58<const N: usize>(x: [F; N]) -> [F; N] {
    let times = |a: [F; N], b: [F; N]| std::array::from_fn(|n| a[n] * b[n]);
    let squared = |mut a: [F; N], number: usize| {
        for _ in 0..number {
            a.iter_mut().for_each(F::set_square);
        }
        a
    };
    let x2 = times(squared(x, 1), x); // 2^2 − 1
    let x4 = times(squared(x2, 2), x2); // 2^4 − 1
    let x5 = times(squared(x4, 1), x);
    let x10 = times(squared(x5, 5), x5);
    let x20 = times(squared(x10, 10), x10);
    let x40 = times(squared(x20, 20), x20);
    let x50 = times(squared(x40, 10), x10);
    let x100 = times(squared(x50, 50), x50);
    let x200 = times(squared(x100, 100), x100);
    let x250 = times(squared(x200, 50), x50);
    times(squared(x250, 2), x)
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
    let mut inverses: Vec<F> = points.iter().map(|p| p.z).collect();
    invert_all(&mut inverses);
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
fn invert_all(values: &mut [F]) {
    let mut products = Vec::with_capacity(values.len());
    let mut product = F::ONE;
    for value in &*values {
        products.push(product);
        product *= *value;
    }
    product = F::ONE / product;
    for (value, before) in values.iter_mut().zip(products).rev() {
        (*value, product) = (before * product, product * *value);
    }
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
        if Chain::new(0).add_base(&unchecked.point, &[], true) { Ok(unchecked.found_in_group()) } else { Err(ElementFault::NotInGroup) }
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

/// A decoded point whose order is still to be checked, which a [`Chain`] does in passing.
#[derive(Clone, Copy)]
pub(crate) struct UncheckedElement {
    pub(crate) point: Point,
    pub(crate) encoded: Encoded,
}

impl UncheckedElement {
    pub(crate) fn parse(digits: &str) -> Result<UncheckedElement, ElementFault> {
        let [element] = UncheckedElement::parse_together([digits]);
        element
    }

    /// Several at once, which is faster than one by one.
    pub(crate) fn parse_together<const N: usize>(digits: [&str; N]) -> [Result<UncheckedElement, ElementFault>; N] {
        let bytes = digits.map(|digits| {
            let mut bytes = crate::hex::bytes_from_hex::<32>(digits.as_bytes())?;
            bytes.reverse();
            Some(bytes)
        });
        // What is not digits is decoded as y = 0 and forgotten.
        let points = Point::decode_together::<N>(std::array::from_fn(|n| bytes[n].as_ref().unwrap_or(&[0; 32])));
        std::array::from_fn(|n| {
            let encoded = digits[n].as_bytes().try_into().ok().filter(|_| bytes[n].is_some()).ok_or(ElementFault::NotDigits)?;
            Ok(UncheckedElement { point: points[n].ok_or(ElementFault::NotAPoint)?, encoded: Encoded(encoded) })
        })
    }

    /// To be called only after the order was checked.
    pub(crate) fn found_in_group(self) -> Element {
        Element { point: self.point, encoded: self.encoded }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_together_is_reading_one_by_one() {
        let good = Point::generator().encode();
        let other = Point::generator().double().encode();
        // No digits; y = p; no x for y = 2; order 4; one sign on x = 0.
        let texts = [
            good.as_str(),
            other.as_str(),
            "",
            "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed",
            "0000000000000000000000000000000000000000000000000000000000000002",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "8000000000000000000000000000000000000000000000000000000000000001",
        ];
        let read = |element: &Result<UncheckedElement, ElementFault>| element.map(|e| (e.encoded, e.point.encode()));
        for a in texts {
            for b in texts {
                let together = UncheckedElement::parse_together([a, b]);
                assert_eq!(read(&together[0]), read(&UncheckedElement::parse(a)), "{a} beside {b}");
                assert_eq!(read(&together[1]), read(&UncheckedElement::parse(b)), "{b} beside {a}");
            }
        }
        assert_eq!(UncheckedElement::parse(good.as_str()).map(|e| e.point.encode()), Ok(good));
    }
}
