//! A printed paper that its maker vouches for: a small file beside it with its hash, the role's key and the signature. The paper itself is
//! not changed, so that any program reads it, and any program that knows SHA-256 can compare it.

use serde_json::{Value, json};
use vote::Hash;
use vote::companion::{PublicRoleKey, Signature};

use crate::key::KeyFile;
use crate::{Answer, Refusal};

/// Signs a paper of this name: the text of `NAME.signature.json`.
pub fn sign(paper: &[u8], name: &str, key: &KeyFile) -> String {
    let sha256 = Hash::of(paper);
    let signature = json!({
        "whitley_paper": 1,
        "file": name,
        "sha256": sha256.hex(),
        "key": key.signing.public().as_str(),
        "signature": key.signing.sign_paper(&sha256).as_str(),
    });
    format!("{signature:#}\n")
}

/// The key that signed exactly this paper. Whose it is, is for the caller. `shown` names the file of the signature.
pub fn signer(paper: &[u8], signature: &[u8], shown: &str) -> Answer<PublicRoleKey> {
    let wrong = || Refusal::input(format!("{shown} is no signature of a paper: whitley vote sign-paper makes one"));
    let value: Value = serde_json::from_slice(signature).map_err(|_| wrong())?;
    if value["whitley_paper"] != 1 {
        return Err(wrong());
    }
    let text = |name: &str| value[name].as_str().ok_or_else(wrong);
    let key = PublicRoleKey::parse(text("key")?).ok_or_else(wrong)?;
    let signed = Signature::parse(text("signature")?).ok_or_else(wrong)?;
    let sha256 = Hash::of(paper);
    if text("sha256")? != sha256.hex() {
        return Err(Refusal::no(format!(
            "{shown} is of another paper, or the paper was changed after it was signed: it has the SHA-256 {}",
            sha256.hex()
        )));
    }
    if !key.signed_paper(&sha256, &signed) {
        return Err(Refusal::no(format!("{shown}: the signature does not hold")));
    }
    Ok(key)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use vote::{Randomness, Seeded};

    use super::*;

    #[test]
    fn a_signature_is_of_one_paper_and_one_key() {
        let mut source = Seeded::new(b"papers");
        let random = &mut Randomness::new(&mut source);
        let (own, other) = (KeyFile::random("scrutineer", random).unwrap(), KeyFile::random("scrutineer", random).unwrap());
        let text = sign(b"%PDF-1.7", "report.pdf", &own);
        assert_eq!(signer(b"%PDF-1.7", text.as_bytes(), "s").unwrap(), own.signing.public());
        let why = |paper: &[u8], text: &str| signer(paper, text.as_bytes(), "s.json").unwrap_err().why;
        assert!(why(b"%PDF-1.8", &text).contains("changed after it was signed"));
        // Neither another's key under this signature, nor the hash of another paper under it.
        let stolen = text.replace(own.signing.public().as_str(), other.signing.public().as_str());
        assert!(why(b"%PDF-1.7", &stolen).contains("does not hold"));
        let moved = text.replace(&Hash::of(b"%PDF-1.7").hex(), &Hash::of(b"%PDF-1.8").hex());
        assert!(why(b"%PDF-1.8", &moved).contains("does not hold"));
        for no_signature in ["", "{}", "[1]", "{\"whitley_paper\":1}"] {
            assert!(why(b"x", no_signature).contains("is no signature"), "{no_signature}");
        }
    }
}
