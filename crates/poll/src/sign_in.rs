//! Signing in to a service with a role key: the service shows a challenge, the key's holder signs it on their own machine.
//!
//! The challenge is `whitley-sign-in:ORIGIN:HEX`, with the service's origin and 32 to 64 random digits; the answer is `KEYHEX.SIGHEX`: the
//! public key and its signature over the labelled challenge (archive.md B2). That a challenge is fresh, its own and used once is for
//! the service.

use vote::companion::{PublicRoleKey, Signature};

use crate::{Answer, KeyFile, Refusal};

const PREFIX: &str = "whitley-sign-in:";

/// The challenge of a service at this origin (`https://ballot.example.org`), with its random digits.
pub fn challenge(origin: &str, digits: &str) -> String {
    format!("{PREFIX}{origin}:{digits}")
}

/// The origin that a challenge names; a refusal if it is no challenge. Nothing else is ever signed as one.
pub fn origin(challenge: &str) -> Answer<&str> {
    let wrong =
        || Refusal::input("this is not the challenge of a sign-in page: it is like whitley-sign-in:https://ballot.example.org:4f0c…");
    let (origin, digits) = challenge.strip_prefix(PREFIX).and_then(|rest| rest.rsplit_once(':')).ok_or_else(wrong)?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).unwrap_or_default();
    let plain = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    if (32..=64).contains(&digits.len()) && hex && plain { Ok(origin) } else { Err(wrong()) }
}

/// The answer to a challenge.
pub fn answer(challenge: &str, key: &KeyFile) -> Answer<String> {
    origin(challenge)?;
    Ok(format!("{}.{}", key.signing.public().as_str(), key.signing.sign_in(challenge).as_str()))
}

/// Whose answer this is. It says that the key's holder signed the challenge; which roles the key has is for the caller.
pub fn check(answer: &str, challenge: &str) -> Answer<PublicRoleKey> {
    let form =
        || Refusal::input("this is not an answer of whitley vote sign-in: it is one line of 193 characters, with a full stop after 64");
    let (key, signature) = answer.trim().split_once('.').ok_or_else(form)?;
    let key = PublicRoleKey::parse(key).ok_or_else(form)?;
    let signature = Signature::parse(signature).ok_or_else(form)?;
    if key.signed_in(challenge, &signature) {
        return Ok(key);
    }
    Err(Refusal::no("the answer is to another challenge; a challenge is used once: ask for a new one and answer that"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;
    use vote::companion::Body;
    use vote::trustee::TrusteeNumber;
    use vote::{Hash, Randomness, Seeded};

    fn key(seed: &str) -> KeyFile {
        let mut source = Seeded::new(seed.as_bytes());
        KeyFile::random("officer", &mut Randomness::new(&mut source)).expect("a key")
    }

    #[test]
    fn an_answer_is_of_one_key_and_one_challenge() {
        let officer = key("officer");
        let challenge = challenge("https://ballot.example.org:8443", &"4f".repeat(32));
        assert_eq!(origin(&challenge), Ok("https://ballot.example.org:8443"));
        let text = answer(&challenge, &officer).expect("an answer");
        assert_eq!(text.len(), 193);
        assert_eq!(check(&format!(" {text}\n"), &challenge), Ok(officer.signing.public()));
        let elsewhere = challenge.replace("ballot.", "ballots.");
        assert!(check(&text, &elsewhere).is_err_and(|refusal| refusal.kind == Kind::No));
        let other = key("other").signing.public();
        assert!(check(&text.replace(officer.signing.public().as_str(), other.as_str()), &challenge).is_err());
        for wrong in ["", ".", &text[..192], &text.replace('.', ""), &text.to_uppercase()] {
            assert!(check(wrong, &challenge).is_err_and(|refusal| refusal.kind == Kind::Input), "{wrong}");
        }
        // Another label: the signature of a line is no answer.
        let body = Body::commitment("x", TrusteeNumber(1), &Hash::of("x"));
        let line = officer.signing.sign(&body);
        assert!(check(&format!("{}.{}", officer.signing.public().as_str(), line.as_str()), body.text()).is_err());
    }

    #[test]
    fn nothing_but_a_challenge_is_signed() {
        let digits = "ab".repeat(16);
        assert!(origin(&challenge("http://localhost:8080", &digits)).is_ok());
        for wrong in [
            String::new(),
            "{\"election\":\"\"}".to_owned(),
            challenge("", &digits),
            challenge("https://", &digits),
            challenge("ballot.example.org", &digits),
            challenge("https://a b", &digits),
            challenge("https://a/path", &digits),
            challenge("https://a", "abc"),
            challenge("https://a", &"AB".repeat(16)),
            challenge("https://a", &"ab".repeat(40)),
        ] {
            assert!(origin(&wrong).is_err(), "{wrong}");
            assert!(answer(&wrong, &key("officer")).is_err(), "{wrong}");
        }
    }
}
