//! The answer to a sign-in challenge: `KEYHEX.SIGHEX`, by the key of a role, over labelled parts (archive.md B2).

use ed25519_dalek::{Signature, VerifyingKey};
use vote::companion::PublicRoleKey;

/// The key that signed this challenge.
///
/// # Errors
/// What is wrong with the answer.
pub(crate) fn check(answer: &str, challenge: &str) -> Result<PublicRoleKey, String> {
    let form = || "This is not an answer: it is one line with 64 digits, a full stop and 128 digits.".to_owned();
    let (key, signature) = answer.split_once('.').ok_or_else(form)?;
    let public = PublicRoleKey::parse(key).ok_or_else(form)?;
    let first = store::Hash::parse(signature.get(..64).ok_or_else(form)?).ok_or_else(form)?;
    let second = store::Hash::parse(signature.get(64..).ok_or_else(form)?).ok_or_else(form)?;
    let key = store::Hash::parse(key).and_then(|key| VerifyingKey::from_bytes(&key.0).ok()).ok_or_else(form)?;
    let signature = Signature::from_components(first.0, second.0);
    let refused =
        || "The answer is to another question, or was changed on its way. Run the command again with the question below.".to_owned();
    key.verify_strict(&signed_bytes(challenge), &signature).map_err(|_| refused())?;
    Ok(public)
}

/// What is signed.
pub(crate) fn signed_bytes(challenge: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (label, data) in [("use", "whitley/sign-in/v1"), ("challenge", challenge)] {
        bytes.push(label.len() as u8);
        bytes.extend_from_slice(label.as_bytes());
        bytes.extend_from_slice(&(data.len() as u64).to_be_bytes());
        bytes.extend_from_slice(data.as_bytes());
    }
    bytes
}
