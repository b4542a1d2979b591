//! Numbers modulo the group order q, as the archive writes them (Spec V32), and hashes reduced to challenges.

use crate::json::{Kind, Value, is_plain_decimal};
use curve25519_dalek::Scalar;
use sha2::{Digest, Sha256};

/// Why a text is not a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarFault {
    /// Not a JSON string of decimal digits without leading zero.
    NotDecimal,
    /// q or more.
    NotBelowOrder,
}

/// A canonical scalar: a JSON string, base 10, no sign, no leading zero, below q.
pub fn parse_scalar(value: &Value<'_>) -> Result<Scalar, ScalarFault> {
    match &value.kind {
        Kind::String(text) if is_plain_decimal(text) => scalar_from_digits(text.as_bytes()),
        _ => Err(ScalarFault::NotDecimal),
    }
}

/// A scalar in one of the other forms that version-1 programs read: leading zeros, a plus sign, `0x` and hexadecimal digits.
/// The value must still be below q.
pub(crate) fn parse_foreign_scalar(value: &Value<'_>) -> Result<Scalar, ScalarFault> {
    let text = value.string().ok_or(ScalarFault::NotDecimal)?;
    let digits = text.strip_prefix('+').unwrap_or(text);
    if let Some(hex) = digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        let hex = hex.trim_start_matches('0').to_ascii_lowercase();
        if hex.len() > 64 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) || digits.len() == 2 {
            return Err(ScalarFault::NotDecimal);
        }
        let mut bytes = crate::hex::bytes_from_hex::<32>(format!("{hex:0>64}").as_bytes()).ok_or(ScalarFault::NotDecimal)?;
        bytes.reverse();
        return below_order(bytes);
    }
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ScalarFault::NotDecimal);
    }
    scalar_from_digits(digits.trim_start_matches('0').as_bytes())
}

fn scalar_from_digits(digits: &[u8]) -> Result<Scalar, ScalarFault> {
    // 10^77 is below 2^256 and far above q.
    if digits.len() > 77 {
        return Err(ScalarFault::NotBelowOrder);
    }
    let mut words = [0u64; 4];
    let (head, rest) = digits.split_at(digits.len() % 18);
    for chunk in std::iter::once(head).chain(rest.chunks(18)) {
        let factor = 10u64.pow(chunk.len() as u32);
        let mut carry = u128::from(chunk.iter().fold(0u64, |n, d| n * 10 + u64::from(d - b'0')));
        for word in &mut words {
            carry += u128::from(*word) * u128::from(factor);
            *word = carry as u64;
            carry >>= 64;
        }
    }
    let mut bytes = [0; 32];
    for (chunk, word) in bytes.chunks_exact_mut(8).zip(words) {
        chunk.copy_from_slice(&word.to_le_bytes());
    }
    below_order(bytes)
}

fn below_order(bytes: [u8; 32]) -> Result<Scalar, ScalarFault> {
    Option::from(Scalar::from_canonical_bytes(bytes)).ok_or(ScalarFault::NotBelowOrder)
}

/// The hash to a challenge of version 1: SHA-256, read big-endian, modulo q.
pub(crate) fn challenge(input: &[u8]) -> Scalar {
    let mut hash: [u8; 32] = Sha256::digest(input).into();
    hash.reverse();
    Scalar::from_bytes_mod_order(hash)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const Q: &str = "7237005577332262213973186563042994240857116359379907606001950938285454250989";

    fn parse(json: &str) -> Result<Scalar, ScalarFault> {
        parse_scalar(&crate::json::parse(json.as_bytes()).unwrap().value)
    }

    fn parse_foreign(json: &str) -> Result<Scalar, ScalarFault> {
        parse_foreign_scalar(&crate::json::parse(json.as_bytes()).unwrap().value)
    }

    #[test]
    fn the_order_and_above_are_refused_and_one_less_is_read() {
        use ScalarFault::*;
        assert_eq!(parse(&format!("\"{Q}\"")), Err(NotBelowOrder));
        assert_eq!(parse(&format!("\"{}90\"", &Q[..Q.len() - 2])), Err(NotBelowOrder));
        assert_eq!(parse(&format!("\"{}88\"", &Q[..Q.len() - 2])), Ok(-Scalar::ONE));
        let max = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
        assert_eq!(parse(&format!("\"{max}\"")), Err(NotBelowOrder));
        assert_eq!(parse(&format!("\"1{}\"", "0".repeat(100_000))), Err(NotBelowOrder));
        assert_eq!(parse("\"0\""), Ok(Scalar::ZERO));
        assert_eq!(parse("\"1000000000000000000\""), Ok(Scalar::from(1_000_000_000_000_000_000u64)));
        assert_eq!(parse("\"340282366920938463463374607431768211455\""), Ok(Scalar::from(u128::MAX)));
    }

    #[test]
    fn other_forms_are_only_foreign() {
        for text in ["\"007\"", "\"+7\"", "\"0x7\"", "\"0x0000007\""] {
            assert_eq!(parse(text), Err(ScalarFault::NotDecimal), "{text}");
            assert_eq!(parse_foreign(text), Ok(Scalar::from(7u8)), "{text}");
        }
        for text in ["7", "\"-7\"", "\"7.0\"", "\"\"", "\" 7\"", "\"7e0\"", "\"0x\"", "\"++7\"", "\"٧\"", "null"] {
            assert_eq!(parse(text), Err(ScalarFault::NotDecimal), "{text}");
            assert_eq!(parse_foreign(text), Err(ScalarFault::NotDecimal), "{text}");
        }
        assert_eq!(parse_foreign(&format!("\"0{Q}\"")), Err(ScalarFault::NotBelowOrder));
    }

    #[test]
    fn a_challenge_of_the_vectors() {
        let input = b"sig|ZoNvtLN2naWwieMLPvA2CuW3TpiriUf3JSmt9kET09M|83b718de2fb2d414cb6d24db3ebf76b85b5c299946eec56a78817339a786bb42";
        let expected = "\"4936095101873515136226597290049449621590338754436411045785886039832871288149\"";
        assert_eq!(Ok(challenge(input)), parse(expected));
    }
}
