//! Signed messages, and messages that only one member can open (voting.md section 6.3).

use aes_gcm::aead::consts::U32;
use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{AesGcm, aes::Aes256};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::key::MemberKey;
use crate::group::{Element, SecretScalar};
use crate::hex;
use crate::json::{self, ShapeFault};
use crate::proof::{self, Proof};
use crate::random::{NoRandomness, Randomness};
use crate::transcript::Prefix;

/// AES-256 in Galois counter mode with the whole 32-byte hash as nonce.
type Cipher = AesGcm<Aes256, U32>;

/// `{"message":M,"signature":{…}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedMessage {
    pub(crate) message: String,
    pub(crate) signature: Proof,
}

impl SignedMessage {
    pub(crate) fn sign(message: String, signing: &SecretScalar, random: &mut Randomness<'_>) -> Result<Self, NoRandomness> {
        let signature = sign(&message, signing, random)?;
        Ok(Self { message, signature })
    }

    /// Whether the holder of this key signed it.
    pub(crate) fn is_by(&self, verification: &Element) -> bool {
        is_signed(&self.message, &self.signature, verification)
    }

    pub(crate) fn write(&self, text: &mut String) {
        text.push_str("{\"message\":");
        json::string(text, &self.message);
        text.push_str(",\"signature\":");
        self.signature.write(text);
        text.push('}');
    }

    pub(crate) fn record(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    pub(crate) fn read(value: &Value) -> Result<Self, ShapeFault> {
        let fields = json::fields(value, &["message", "signature"])?;
        Ok(Self { message: fields.text("message")?.to_owned(), signature: Proof::read(fields.get("signature")?)? })
    }
}

/// The signature part alone.
pub(crate) fn sign(message: &str, signing: &SecretScalar, random: &mut Randomness<'_>) -> Result<Proof, NoRandomness> {
    proof::prove_knowledge(signing, Prefix::Message { message }, random)
}

pub(crate) fn is_signed(message: &str, signature: &Proof, verification: &Element) -> bool {
    proof::check_knowledge(signature, verification, Prefix::Message { message })
}

/// Signs a message and encrypts it to one member.
pub(crate) fn send(from: &MemberKey, to: &Element, message: &str, random: &mut Randomness<'_>) -> Result<String, NoRandomness> {
    // Room for all, so that no half-grown copy is left behind; quotation marks are escaped twice.
    let mut content = Zeroizing::new(String::with_capacity(2 * message.len() + 256));
    content.push_str("{\"recipient\":\"");
    content.push_str(to.encode().as_str());
    content.push_str("\",\"message\":");
    json::string(&mut content, message);
    content.push('}');
    let signature = sign(&content, &from.signing, random)?;
    let mut signed = Zeroizing::new(String::with_capacity(content.len() * 2 + 512));
    signed.push_str("{\"message\":");
    json::string(&mut signed, &content);
    signed.push_str(",\"signature\":");
    signature.write(&mut signed);
    signed.push('}');

    let (r, s) = (SecretScalar::random(random)?, SecretScalar::random(random)?);
    let shared = Element::generator_secret_power(&s);
    let alpha = Element::generator_secret_power(&r);
    let beta = to.secret_power(&r).times(&shared);
    // The cipher fails only for messages of more than 64 GiB.
    let data = cipher(&shared).encrypt(&nonce(&alpha).into(), signed.as_bytes()).map_err(|_| NoRandomness::SourceFailed)?;
    Ok(format!(
        "{{\"algorithm\":\"AES-GCM\",\"alpha\":\"{}\",\"beta\":\"{}\",\"data\":\"{}\"}}",
        alpha.encode(),
        beta.encode(),
        hex::encode(&data)
    ))
}

/// Opens a message to `to` and checks that `from` signed it and meant this recipient. `None` whatever is wrong with it.
pub(crate) fn receive(to: &MemberKey, from: &Element, text: &str) -> Option<Zeroizing<String>> {
    let value = json::parse(text.as_bytes(), "message").ok()?;
    let fields = json::fields(&value, &["algorithm", "alpha", "beta", "data"]).ok()?;
    if fields.text("algorithm").ok()? != "AES-GCM" {
        return None;
    }
    let alpha = Element::parse(fields.text("alpha").ok()?).ok()?;
    let beta = Element::parse(fields.text("beta").ok()?).ok()?;
    let data = hex::decode_any(fields.text("data").ok()?)?;
    let shared = beta.divided_by(&alpha.secret_power(&to.decryption));
    let signed = Zeroizing::new(cipher(&shared).decrypt(&nonce(&alpha).into(), data.as_slice()).ok()?);
    let value = json::parse_secret(&signed, "signed message").ok()?;
    let fields = json::fields(&value, &["message", "signature"]).ok()?;
    let (content, signature) = (fields.text("message").ok()?, Proof::read(fields.get("signature").ok()?).ok()?);
    if !is_signed(content, &signature, from) {
        return None;
    }
    let content = json::parse_secret(content.as_bytes(), "content").ok()?;
    let fields = json::fields(&content, &["recipient", "message"]).ok()?;
    if fields.text("recipient").ok()? != to.encryption_key().encode().as_str() {
        return None;
    }
    Some(Zeroizing::new(fields.text("message").ok()?.to_owned()))
}

fn cipher(shared: &Element) -> Cipher {
    let mut hash = Sha256::new();
    hash.update(b"key|");
    hash.update(shared.encode().as_str().as_bytes());
    let key: Zeroizing<[u8; 32]> = Zeroizing::new(hash.finalize().into());
    Cipher::new((&*key).into())
}

fn nonce(alpha: &Element) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"iv|");
    hash.update(alpha.encode().as_str().as_bytes());
    hash.finalize().into()
}
