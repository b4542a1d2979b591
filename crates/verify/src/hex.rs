//! Hexadecimal, Base64 and decimal as the format writes them; every other form is refused.

use crate::container::Hash;

/// 64 small hexadecimal digits to 32 bytes.
pub fn hash_from_hex(digits: &[u8]) -> Option<Hash> {
    bytes_from_hex(digits)
}

/// 2·N small hexadecimal digits to N bytes.
pub(crate) fn bytes_from_hex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    if digits.len() != 2 * N {
        return None;
    }
    let mut out = [0u8; N];
    for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(out)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Bytes to small hexadecimal digits.
pub fn to_hex(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(2 * bytes.len());
    push_hex(&mut out, bytes);
    String::from_utf8(out).unwrap_or_default()
}

/// Appends small hexadecimal digits.
pub(crate) fn push_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}

/// 32 bytes as 43 characters of standard Base64 without padding, as fingerprints and trackers are written.
pub fn hash_to_base64(hash: &Hash) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(43);
    for chunk in hash.chunks(3) {
        let mut group = 0u32;
        for i in 0..3 {
            group = group << 8 | u32::from(chunk.get(i).copied().unwrap_or(0));
        }
        for i in 0..chunk.len() + 1 {
            out.push(char::from(ALPHABET[(group >> (18 - 6 * i) & 63) as usize]));
        }
    }
    out
}

/// 43 characters of standard Base64 without padding to 32 bytes. The last character has two bits that stand for nothing: they must be
/// zero, so that a hash is written in one way.
pub fn hash_from_base64(text: &[u8]) -> Option<Hash> {
    let text: &[u8; 43] = text.try_into().ok()?;
    let mut out = [0u8; 32];
    for (bytes, letters) in out.chunks_mut(3).zip(text.chunks(4)) {
        let mut group = 0u32;
        for i in 0..4 {
            group = group << 6 | letters.get(i).map_or(Some(0), |letter| sextet(*letter))?;
        }
        let [_, all @ ..] = group.to_be_bytes();
        let (kept, rest) = all.split_at(bytes.len());
        if rest.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.copy_from_slice(kept);
    }
    Some(out)
}

fn sextet(letter: u8) -> Option<u32> {
    let value = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

/// A hash as people have it: 64 small hexadecimal digits, or the 43 characters that pages and receipts show, in groups or not.
pub fn hash_as_shown(text: &str) -> Option<Hash> {
    let letters: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    hash_from_hex(&letters).or_else(|| hash_from_base64(&letters))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_is_shown_and_in_one_way_only() {
        let shown = "cVvT7kE4klJfNpsv19LMz2w68qQaGc2gVwHGPXjRc+U";
        let digits = "715bd3ee413892525f369b2fd7d2cccf6c3af2a41a19cda05701c63d78d173e5";
        let hash = hash_from_hex(digits.as_bytes()).unwrap();
        for written in [shown, digits, "cVvT7kE4 klJfNpsv 19LMz2w6\n8qQaGc2g VwHGPXjR c+U"] {
            assert_eq!(hash_as_shown(written), Some(hash), "{written}");
        }
        for byte in 0..=255u8 {
            let hash = [byte; 32];
            assert_eq!(hash_from_base64(hash_to_base64(&hash).as_bytes()), Some(hash));
        }
        // The last letter with other bits that stand for nothing, padding, too short, too long, the alphabet of links.
        for wrong in [&shown.replace("+U", "+V"), &format!("{shown}="), &shown[1..], &format!("{shown}A"), &shown.replace('+', "-")] {
            assert_eq!(hash_as_shown(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn base64_of_a_known_hash() {
        // φ of the vector set ed25519-basic, in both encodings.
        let hash = hash_from_hex(b"715bd3ee413892525f369b2fd7d2cccf6c3af2a41a19cda05701c63d78d173e5").unwrap();
        assert_eq!(hash_to_base64(&hash), "cVvT7kE4klJfNpsv19LMz2w68qQaGc2gVwHGPXjRc+U");
        assert_eq!(to_hex(&hash).as_bytes(), b"715bd3ee413892525f369b2fd7d2cccf6c3af2a41a19cda05701c63d78d173e5");
    }

    #[test]
    fn capitals_and_wrong_lengths_are_refused() {
        assert!(bytes_from_hex::<1>(b"0A").is_none());
        assert!(bytes_from_hex::<1>(b"0").is_none());
        assert!(bytes_from_hex::<1>(b"0g").is_none());
        assert_eq!(bytes_from_hex::<1>(b"0a"), Some([10]));
    }
}
