//! A companion line on its way from signer to signer: its body and the signatures so far, as a file.

use serde_json::{Value, json};
use vote::companion::{Body, LineKind, PublicRoleKey, RoleKey, Signature};

use crate::{Answer, Refusal};

/// A companion line that is not complete yet: its body and the signatures so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signable {
    /// What is signed.
    pub body: Body,
    /// Signer (`officer`, `scrutineer`, `authority`, `trustee N`) and signature.
    pub signatures: Vec<(String, Signature)>,
}

impl Signable {
    /// Without signatures.
    pub fn new(body: Body) -> Self {
        Self { body, signatures: Vec::new() }
    }

    /// Reads the file `{"type","body","signatures"}`; `shown` is its name in a refusal. Further fields are for others.
    pub fn of(value: &Value, shown: &str) -> Answer<Self> {
        let wrong = || Refusal::input(format!("{shown} is not a line to be signed"));
        let kind = value.get("type").and_then(Value::as_str).and_then(LineKind::parse).ok_or_else(wrong)?;
        let body = Body::received(kind, value.get("body").and_then(Value::as_str).ok_or_else(wrong)?).map_err(|_| wrong())?;
        let list = value.get("signatures").and_then(Value::as_object).ok_or_else(wrong)?;
        let signatures = list
            .iter()
            .map(|(signer, text)| Some((signer.clone(), Signature::parse(text.as_str()?)?)))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(wrong)?;
        Ok(Self { body, signatures })
    }

    /// Reads the bytes of the file.
    pub fn read(bytes: &[u8], shown: &str) -> Answer<Self> {
        let value = serde_json::from_slice(bytes).map_err(|_| Refusal::input(format!("{shown} is not a JSON file")))?;
        Self::of(&value, shown)
    }

    /// Signs it, in the place of an earlier signature of that signer.
    pub fn sign(&mut self, signer: &str, key: &RoleKey) {
        self.signatures.retain(|(earlier, _)| earlier != signer);
        self.signatures.push((signer.to_owned(), key.sign(&self.body)));
    }

    /// The file as a value, to which a step may add fields of its own.
    pub fn json(&self) -> Value {
        let signatures: serde_json::Map<String, Value> =
            self.signatures.iter().map(|(signer, signature)| (signer.clone(), Value::from(signature.as_str()))).collect();
        json!({ "type": self.body.kind().word(), "body": self.body.text(), "signatures": signatures })
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        format!("{:#}\n", self.json()).into_bytes()
    }

    /// The signatures of these signers, in their order, checked; `None` if one is missing.
    pub fn complete(&self, signers: &[(String, PublicRoleKey)], shown: &str) -> Answer<Option<Vec<Signature>>> {
        let mut list = Vec::new();
        for (signer, key) in signers {
            let Some((_, signature)) = self.signatures.iter().find(|(name, _)| name == signer) else { return Ok(None) };
            if !key.signed(&self.body, signature) {
                return Err(Refusal::input(format!("{shown}: the signature of the {signer} does not hold")));
            }
            list.push(signature.clone());
        }
        Ok(Some(list))
    }

    /// As [`Self::complete`], with a refusal that names whose signature is missing.
    pub fn demand_complete(&self, signers: &[(String, PublicRoleKey)], shown: &str) -> Answer<Vec<Signature>> {
        if let Some(signatures) = self.complete(signers, shown)? {
            return Ok(signatures);
        }
        let missing: Vec<&str> = signers
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| !self.signatures.iter().any(|(signer, _)| signer == name))
            .collect();
        Err(Refusal::no(format!("the signature of the {} is missing", missing.join(" and the "))))
    }
}
