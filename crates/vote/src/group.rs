//! The group: elements and scalars that can only be built from checked encodings.
//!
//! The group is the prime-order subgroup of edwards25519, written multiplicatively: generator g, order q, identity 1
//! (voting.md section 2). An element is written as 64 small hexadecimal digits, most significant byte first, which is the
//! RFC 8032 encoding with its bytes reversed; a scalar as a decimal string below q.
//!
//! Not here: how values are hashed (`transcript`), and what is random (`random`).

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, ED25519_BASEPOINT_TABLE};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsBasepointTable, EdwardsPoint};
use curve25519_dalek::scalar::Scalar as Residue;
use curve25519_dalek::traits::{BasepointTable as _, Identity as _, IsIdentity as _};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::hex;
use crate::random::{NoRandomness, Randomness};

/// The name of the group in an election record.
pub const GROUP: &str = "Ed25519";

/// A member of the prime-order subgroup. Built from a canonical encoding of such a member, or by arithmetic on members.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Element(EdwardsPoint);

/// Why a text is not an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementFault {
    /// Not 64 small hexadecimal digits.
    NotHexadecimal,
    /// No point of the curve, or another spelling of one.
    NotCanonical,
    /// A point of the curve outside the subgroup.
    OutsideSubgroup,
    /// The identity, where it is not allowed.
    Identity,
}

impl Element {
    /// g.
    pub const GENERATOR: Self = Self(ED25519_BASEPOINT_POINT);

    /// 1.
    pub fn identity() -> Self {
        Self(EdwardsPoint::identity())
    }

    /// Reads an element: canonical, on the curve, in the subgroup (V31).
    pub fn parse(text: &str) -> Result<Self, ElementFault> {
        let mut bytes: [u8; 32] = hex::decode(text).ok_or(ElementFault::NotHexadecimal)?;
        bytes.reverse();
        Self::from_rfc8032(&bytes)
    }

    /// Reads an element that may not be 1: a public key, a credential.
    pub fn parse_key(text: &str) -> Result<Self, ElementFault> {
        let element = Self::parse(text)?;
        if element.0.is_identity() { Err(ElementFault::Identity) } else { Ok(element) }
    }

    fn from_rfc8032(bytes: &[u8; 32]) -> Result<Self, ElementFault> {
        let code = CompressedEdwardsY(*bytes);
        let point = code.decompress().ok_or(ElementFault::NotCanonical)?;
        if point.compress() != code {
            return Err(ElementFault::NotCanonical);
        }
        if !point.is_torsion_free() {
            return Err(ElementFault::OutsideSubgroup);
        }
        Ok(Self(point))
    }

    /// The 64 digits.
    pub fn encode(&self) -> Encoded {
        Encoded::of(&self.0.compress())
    }

    /// The digits of many elements, with one field inversion for all.
    pub fn encode_all(elements: &[Self]) -> Vec<Encoded> {
        let points: Vec<EdwardsPoint> = elements.iter().map(|element| element.0).collect();
        EdwardsPoint::compress_batch_alloc(&points).iter().map(Encoded::of).collect()
    }

    /// Whether this is 1.
    pub fn is_identity(&self) -> bool {
        self.0.is_identity()
    }

    /// The group operation.
    pub fn times(&self, other: &Self) -> Self {
        Self(self.0 + other.0)
    }

    /// The group operation with the inverse of `other`.
    pub fn divided_by(&self, other: &Self) -> Self {
        Self(self.0 - other.0)
    }

    /// Self to a public power.
    pub fn power(&self, exponent: &Scalar) -> Self {
        Self(self.0 * exponent.0)
    }

    /// Self to a secret power, in constant time.
    pub fn secret_power(&self, exponent: &SecretScalar) -> Self {
        Self(self.0 * exponent.0)
    }

    /// g to a public power.
    pub fn generator_power(exponent: &Scalar) -> Self {
        Self(ED25519_BASEPOINT_TABLE.mul_base(&exponent.0))
    }

    /// g to a secret power, in constant time.
    pub fn generator_secret_power(exponent: &SecretScalar) -> Self {
        Self(ED25519_BASEPOINT_TABLE.mul_base(&exponent.0))
    }

    /// g^a · X^c over public values: what every Schnorr-like check computes.
    pub(crate) fn commitment_of(response: &Scalar, base: &Self, challenge: &Scalar) -> Self {
        Self(EdwardsPoint::vartime_double_scalar_mul_basepoint(&challenge.0, &base.0, &response.0))
    }

    /// g if the choice is 1, otherwise 1, in constant time.
    pub(crate) fn generator_if(choice: Choice) -> Self {
        Self(EdwardsPoint::conditional_select(&EdwardsPoint::identity(), &ED25519_BASEPOINT_POINT, choice))
    }
}

/// An element as it is written: 64 small hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Encoded([u8; 64]);

impl Encoded {
    fn of(code: &CompressedEdwardsY) -> Self {
        let mut bytes = code.to_bytes();
        bytes.reverse();
        Self(hex::digits(&bytes))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        // The digits are ASCII by construction; an empty string here would fail every check that follows.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Display for Encoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Debug for Encoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A public number modulo q: a challenge, a response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scalar(Residue);

/// Why a text is not a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarFault {
    /// Not a decimal number without sign and leading zeros.
    NotDecimal,
    /// q or more.
    NotReduced,
}

impl Scalar {
    /// A small number.
    pub fn small(number: u64) -> Self {
        Self(Residue::from(number))
    }

    /// Reads a decimal number below q without sign or leading zeros (V32).
    pub fn parse(text: &str) -> Result<Self, ScalarFault> {
        Ok(Self(residue_from_decimal(text)?))
    }

    /// A 32-byte hash read as a big-endian number, reduced modulo q: the challenges of version 1.
    pub(crate) fn from_hash(hash: &[u8; 32]) -> Self {
        let mut bytes = *hash;
        bytes.reverse();
        Self(Residue::from_bytes_mod_order(bytes))
    }

    /// A 64-byte hash read as a big-endian number, reduced modulo q: the challenges of the companion.
    pub(crate) fn from_wide_hash(hash: &[u8; 64]) -> Self {
        let mut bytes = *hash;
        bytes.reverse();
        Self(Residue::from_bytes_mod_order_wide(&bytes))
    }

    /// Self + other.
    pub fn plus(&self, other: &Self) -> Self {
        Self(self.0 + other.0)
    }

    /// Self − other.
    pub fn minus(&self, other: &Self) -> Self {
        Self(self.0 - other.0)
    }

    /// Self · other.
    pub fn times(&self, other: &Self) -> Self {
        Self(self.0 * other.0)
    }

    /// 1 / self; zero for zero.
    pub fn inverse(&self) -> Self {
        if self.0 == Residue::ZERO { *self } else { Self(self.0.invert()) }
    }
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (digits, start) = decimal(&self.0);
        f.write_str(std::str::from_utf8(&digits[start..]).unwrap_or_default())
    }
}

/// A secret number modulo q. No `Debug`, no `Clone` by accident, wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SecretScalar(Residue);

impl SecretScalar {
    /// A fresh uniform number: 64 random bytes reduced modulo q.
    pub fn random(random: &mut Randomness<'_>) -> Result<Self, NoRandomness> {
        let block = random.block()?;
        Ok(Self(Residue::from_bytes_mod_order_wide(&block)))
    }

    /// A 32-byte hash as big-endian number modulo q: keys derived from a seed (voting.md section 6.2).
    pub(crate) fn from_hash(hash: &[u8; 32]) -> Self {
        let mut bytes = Zeroizing::new(*hash);
        bytes.reverse();
        Self(Residue::from_bytes_mod_order(*bytes))
    }

    /// A 64-byte hash as big-endian number modulo q: credentials (voting.md section 4).
    pub(crate) fn from_wide_hash(hash: &[u8; 64]) -> Self {
        let mut bytes = Zeroizing::new(*hash);
        bytes.reverse();
        Self(Residue::from_bytes_mod_order_wide(&bytes))
    }

    pub(crate) fn zero() -> Self {
        Self(Residue::ZERO)
    }

    pub(crate) fn small(number: u64) -> Self {
        Self(Residue::from(number))
    }

    /// Reads a secret key from its file.
    pub fn parse(text: &str) -> Result<Self, ScalarFault> {
        Ok(Self(residue_from_decimal(text)?))
    }

    /// The decimal digits, for the holder's own key file and for nothing else.
    pub fn expose_decimal(&self) -> Zeroizing<String> {
        let (digits, start) = decimal(&self.0);
        let digits = Zeroizing::new(digits);
        Zeroizing::new(String::from_utf8_lossy(&digits[start..]).into_owned())
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self(self.0 + other.0)
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        Self(self.0 - other.0)
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        Self(self.0 * other.0)
    }

    pub(crate) fn is_zero(&self) -> Choice {
        self.0.ct_eq(&Residue::ZERO)
    }

    pub(crate) fn select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(Residue::conditional_select(&a.0, &b.0, choice))
    }

    /// self − c·x: the response of a proof, which is public.
    pub(crate) fn response(&self, challenge: &Scalar, secret: &Self) -> Scalar {
        Scalar(self.0 - challenge.0 * secret.0)
    }

    /// The value itself, once it has become public: a challenge of a branch that was not taken.
    pub(crate) fn publish(&self) -> Scalar {
        Scalar(self.0)
    }

    /// H − self.
    pub(crate) fn subtracted_from(&self, public: &Scalar) -> Self {
        Self(public.0 - self.0)
    }
}

/// The election key y with a table of its multiples: a ballot raises nothing but g and y to powers.
pub struct KeyTable {
    element: Element,
    table: Box<EdwardsBasepointTable>,
}

impl KeyTable {
    /// Builds the table (30 kB, about half the work of one ballot).
    pub fn new(key: &Element) -> Self {
        Self { element: *key, table: Box::new(EdwardsBasepointTable::create(&key.0)) }
    }

    /// y.
    pub fn element(&self) -> &Element {
        &self.element
    }

    /// y to a secret power, in constant time.
    pub(crate) fn secret_power(&self, exponent: &SecretScalar) -> Element {
        Element(self.table.mul_base(&exponent.0))
    }
}

/// Powers of g and y that are wanted, computed together: all of g, then all of y. Each of the two tables fills a processor's
/// nearest cache and every power reads the whole of one, so taking turns would fetch them again and again.
pub(crate) struct Powers<'k> {
    key: &'k KeyTable,
    of_generator: Vec<SecretScalar>,
    of_key: Vec<SecretScalar>,
    recipes: Vec<Recipe>,
}

/// How an element is put together from powers, by their numbers.
#[derive(Clone, Copy)]
enum Recipe {
    Generator(usize),
    Key(usize),
    KeyTimesGenerator(usize, usize),
    KeyTimesGeneratorIf(usize, Choice),
    /// The product of every second element from the first to the last one.
    EverySecond(usize, usize),
}

impl<'k> Powers<'k> {
    pub(crate) fn new(key: &'k KeyTable) -> Self {
        Self { key, of_generator: Vec::new(), of_key: Vec::new(), recipes: Vec::new() }
    }

    /// Number of elements so far.
    pub(crate) fn number(&self) -> usize {
        self.recipes.len()
    }

    /// g^exponent
    pub(crate) fn push_generator(&mut self, exponent: &SecretScalar) {
        self.of_generator.push(SecretScalar(exponent.0));
        self.recipes.push(Recipe::Generator(self.of_generator.len() - 1));
    }

    /// y^exponent
    pub(crate) fn push_key(&mut self, exponent: &SecretScalar) {
        self.of_key.push(SecretScalar(exponent.0));
        self.recipes.push(Recipe::Key(self.of_key.len() - 1));
    }

    /// y^exponent · g^other
    pub(crate) fn push_key_times_generator(&mut self, exponent: &SecretScalar, other: SecretScalar) {
        self.of_key.push(SecretScalar(exponent.0));
        self.of_generator.push(other);
        self.recipes.push(Recipe::KeyTimesGenerator(self.of_key.len() - 1, self.of_generator.len() - 1));
    }

    /// y^exponent · g^bit
    pub(crate) fn push_key_times_generator_if(&mut self, exponent: &SecretScalar, bit: Choice) {
        self.of_key.push(SecretScalar(exponent.0));
        self.recipes.push(Recipe::KeyTimesGeneratorIf(self.of_key.len() - 1, bit));
    }

    /// The product of every second element from `first` to here.
    pub(crate) fn push_every_second(&mut self, first: usize, end: usize) {
        self.recipes.push(Recipe::EverySecond(first, end));
    }

    /// Computes all elements, in the order in which they were pushed.
    pub(crate) fn compute(self) -> Vec<Element> {
        let of_generator: Vec<Element> = self.of_generator.iter().map(Element::generator_secret_power).collect();
        let of_key: Vec<Element> = self.of_key.iter().map(|exponent| self.key.secret_power(exponent)).collect();
        let mut elements: Vec<Element> = Vec::with_capacity(self.recipes.len());
        for recipe in &self.recipes {
            elements.push(match *recipe {
                Recipe::Generator(at) => of_generator[at],
                Recipe::Key(at) => of_key[at],
                Recipe::KeyTimesGenerator(key, generator) => of_key[key].times(&of_generator[generator]),
                Recipe::KeyTimesGeneratorIf(key, bit) => of_key[key].times(&Element::generator_if(bit)),
                Recipe::EverySecond(first, end) => {
                    elements[first..end].iter().step_by(2).fold(Element::identity(), |product, element| product.times(element))
                }
            });
        }
        elements
    }
}

const BILLION: u64 = 1_000_000_000;

/// The decimal digits of a number below 2^256, right-aligned, and where they begin. Only divisions by a constant, which
/// compile to multiplications: no time depends on the digits but for their number.
fn decimal(value: &Residue) -> ([u8; 81], usize) {
    let mut limbs = [0_u32; 8];
    for (limb, bytes) in limbs.iter_mut().zip(value.as_bytes().chunks_exact(4)) {
        *limb = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    let mut digits = [b'0'; 81];
    for group in (0..9).rev() {
        let mut remainder = 0_u64;
        for limb in limbs.iter_mut().rev() {
            let part = remainder << 32 | u64::from(*limb);
            *limb = (part / BILLION) as u32;
            remainder = part % BILLION;
        }
        for digit in digits[group * 9..group * 9 + 9].iter_mut().rev() {
            *digit = b'0' + (remainder % 10) as u8;
            remainder /= 10;
        }
    }
    limbs.zeroize();
    let start = digits.iter().position(|digit| *digit != b'0').unwrap_or(80);
    (digits, start)
}

fn residue_from_decimal(text: &str) -> Result<Residue, ScalarFault> {
    let bytes = text.as_bytes();
    let canonical = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit) && (bytes[0] != b'0' || bytes.len() == 1);
    if !canonical {
        return Err(ScalarFault::NotDecimal);
    }
    if bytes.len() > 77 {
        return Err(ScalarFault::NotReduced);
    }
    let mut limbs = [0_u32; 9];
    for digit in bytes {
        let mut carry = u64::from(digit - b'0');
        for limb in &mut limbs {
            let part = u64::from(*limb) * 10 + carry;
            *limb = part as u32;
            carry = part >> 32;
        }
    }
    let mut code = Zeroizing::new([0_u8; 32]);
    for (bytes, limb) in code.chunks_exact_mut(4).zip(&limbs) {
        bytes.copy_from_slice(&limb.to_le_bytes());
    }
    let overflow = limbs[8] != 0;
    limbs.zeroize();
    if overflow {
        return Err(ScalarFault::NotReduced);
    }
    Option::from(Residue::from_canonical_bytes(*code)).ok_or(ScalarFault::NotReduced)
}

#[cfg(test)]
mod tests {
    use super::*;

    const Q: &str = "7237005577332262213973186563042994240857116359379907606001950938285454250989";
    const Q_LESS_ONE: &str = "7237005577332262213973186563042994240857116359379907606001950938285454250988";

    #[test]
    fn the_generator_is_written_as_in_version_1() {
        assert_eq!(Element::GENERATOR.encode().as_str(), "6666666666666666666666666666666666666666666666666666666666666658");
        assert_eq!(Element::identity().encode().as_str(), format!("{:064x}", 1));
    }

    #[test]
    fn only_canonical_members_of_the_subgroup_are_elements() {
        let generator = Element::GENERATOR.encode();
        assert_eq!(Element::parse(generator.as_str()), Ok(Element::GENERATOR));
        assert_eq!(Element::parse(&generator.as_str()[1..]), Err(ElementFault::NotHexadecimal));
        let upper = "ABCDEF0000000000000000000000000000000000000000000000000000000000";
        assert_eq!(Element::parse(upper), Err(ElementFault::NotHexadecimal));
        // y = p, another spelling of y = 0; x = 0 with the sign bit; a y that is on no point.
        let p = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
        assert_eq!(Element::parse(p), Err(ElementFault::NotCanonical));
        let signed_identity = format!("8{:063x}", 1);
        assert_eq!(Element::parse(&signed_identity), Err(ElementFault::NotCanonical));
        assert_eq!(Element::parse(&format!("{:064x}", 2)), Err(ElementFault::NotCanonical));
        // −1 has order 2.
        let order_two = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec";
        assert_eq!(Element::parse(order_two), Err(ElementFault::OutsideSubgroup));
        assert_eq!(Element::parse_key(&format!("{:064x}", 1)), Err(ElementFault::Identity));
    }

    #[test]
    fn scalars_are_decimal_and_reduced() {
        assert_eq!(Scalar::parse("0").map(|scalar| scalar.to_string()), Ok("0".to_owned()));
        assert_eq!(Scalar::parse(Q_LESS_ONE).map(|scalar| scalar.to_string()), Ok(Q_LESS_ONE.to_owned()));
        assert_eq!(Scalar::parse(Q), Err(ScalarFault::NotReduced));
        let most = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
        assert_eq!(Scalar::parse(most), Err(ScalarFault::NotReduced));
        for bad in ["", "01", "+1", "-1", "1.0", "0x1", " 1", "1e3", "١"] {
            assert_eq!(Scalar::parse(bad), Err(ScalarFault::NotDecimal), "{bad}");
        }
    }

    #[test]
    fn decimal_digits_agree_with_repeated_doubling() {
        let mut scalar = Scalar::small(1);
        let mut expected: u128 = 1;
        for _ in 0..127 {
            assert_eq!(scalar.to_string(), expected.to_string());
            assert_eq!(Scalar::parse(&expected.to_string()), Ok(scalar));
            scalar = scalar.plus(&scalar);
            expected = expected.wrapping_mul(2);
        }
    }
}
