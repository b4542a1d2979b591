//! A role's secret key file. It is read from a path or a text that its owner gives, and never put among a poll's public files.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use vote::companion::RoleKey;
use vote::trustee::commit::Polynomial;
use vote::trustee::key::MemberKey;
use vote::{Hash, Randomness, SecretScalar};
use zeroize::{Zeroize as _, Zeroizing};

use crate::files::{self, Readers, Replace};
use crate::{Answer, Refusal};

/// The roles that have keys.
pub const ROLES: [&str; 5] = ["officer", "scrutineer", "authority", "trustee", "negotiator"];

/// A role's secrets. No `Debug`; wiped when dropped.
pub struct KeyFile {
    /// One of [`ROLES`].
    pub role: String,
    /// Signs companion lines.
    pub signing: RoleKey,
    /// Of trustees only.
    pub member: Option<MemberKey>,
    /// Name of the key ceremony this trustee took part in.
    pub ceremony: Option<String>,
    /// The trustee's own polynomial, in a ceremony with a quorum.
    pub polynomial: Option<Polynomial>,
    /// The trustee's own key, in a ceremony where all are needed.
    pub single: Option<SecretScalar>,
    /// What a trustee decrypts with, once the ceremony is done.
    pub decryption: Option<SecretScalar>,
    /// All commitments, as they were when this trustee opened its own.
    pub commitments: Option<Hash>,
    /// Which tally of which election this trustee has decrypted, by their hashes.
    pub decrypted: BTreeMap<String, String>,
}

impl KeyFile {
    /// A new key of this role.
    pub fn random(role: &str, random: &mut Randomness<'_>) -> Answer<Self> {
        if !ROLES.contains(&role) {
            return Err(Refusal::input(format!("there is no role “{role}”; roles are {}", ROLES.join(", "))));
        }
        let member = (role == "trustee").then(|| MemberKey::random(random)).transpose()?;
        Ok(Self {
            role: role.to_owned(),
            signing: RoleKey::random(random)?,
            member,
            ceremony: None,
            polynomial: None,
            single: None,
            decryption: None,
            commitments: None,
            decrypted: BTreeMap::default(),
        })
    }

    /// Reads the text of a key file; `shown` is its name in a refusal.
    pub fn read(text: &str, shown: &str) -> Answer<Self> {
        let wrong = || Refusal::input(format!("{shown} is not a key file of whitley vote"));
        let value = Wiped(serde_json::from_str(text).map_err(|_| wrong())?);
        let value = &value.0;
        if value.get("whitley_key").and_then(Value::as_u64) != Some(1) {
            return Err(wrong());
        }
        let field = |name: &str| value.get(name).and_then(Value::as_str);
        let scalar = |name: &str| field(name).map(|text| SecretScalar::parse(text).map_err(|_| wrong())).transpose();
        Ok(Self {
            role: field("role").filter(|role| ROLES.contains(role)).ok_or_else(wrong)?.to_owned(),
            signing: field("signing_seed").and_then(RoleKey::from_seed).ok_or_else(wrong)?,
            member: field("member_seed").map(|seed| MemberKey::from_seed(seed).ok_or_else(wrong)).transpose()?,
            ceremony: field("ceremony").map(str::to_owned),
            polynomial: field("polynomial").map(|text| Polynomial::read_secret(text).ok_or_else(wrong)).transpose()?,
            single: scalar("single_key")?,
            decryption: scalar("decryption_key")?,
            commitments: field("commitments").map(|text| Hash::parse(text).ok_or_else(wrong)).transpose()?,
            decrypted: match value.get("decrypted") {
                None => BTreeMap::new(),
                Some(list) => {
                    let list = list.as_object().ok_or_else(wrong)?.iter();
                    list.map(|(election, tally)| Ok((election.clone(), tally.as_str().ok_or_else(wrong)?.to_owned())))
                        .collect::<Answer<_>>()?
                }
            },
        })
    }

    /// Reads a key file of one of these roles from its owner's disk.
    pub fn of_role(path: &Path, roles: &[&str]) -> Answer<Self> {
        let key = Self::read(&files::read_text(path)?, &path.display().to_string())?;
        if roles.contains(&key.role.as_str()) {
            return Ok(key);
        }
        Err(Refusal::input(format!("{} is the key of the {}; this step is for the {}", path.display(), key.role, roles.join(" or the "))))
    }

    /// Writes it to its owner's disk, mode 0600.
    pub fn write(&self, path: &Path, replace: Replace) -> Answer<()> {
        files::write(path, self.text().as_bytes(), Readers::Owner, replace)
    }

    /// The file's text, secret.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(format!(
            "{{\n  \"whitley_key\": 1,\n  \"secret\": \"keep this file to yourself\",\n  \"role\": \"{}\"",
            self.role
        ));
        let mut add = |name: &str, value: &str| {
            text.push_str(",\n  \"");
            text.push_str(name);
            text.push_str("\": ");
            let quoted = Zeroizing::new(Value::from(value).to_string());
            text.push_str(&quoted);
        };
        add("public", self.signing.public().as_str());
        add("signing_seed", &self.signing.expose_seed());
        if let Some(member) = &self.member {
            add("member_seed", member.expose_seed());
        }
        if let Some(ceremony) = &self.ceremony {
            add("ceremony", ceremony);
        }
        if let Some(polynomial) = &self.polynomial {
            add("polynomial", &polynomial.expose());
        }
        if let Some(single) = &self.single {
            add("single_key", &single.expose_decimal());
        }
        if let Some(decryption) = &self.decryption {
            add("decryption_key", &decryption.expose_decimal());
        }
        if let Some(commitments) = &self.commitments {
            add("commitments", &commitments.hex());
        }
        if !self.decrypted.is_empty() {
            text.push_str(",\n  \"decrypted\": ");
            text.push_str(&json!(self.decrypted).to_string());
        }
        text.push_str("\n}\n");
        text
    }
}

/// A parsed key file: its texts are wiped when it is dropped.
struct Wiped(Value);

impl Drop for Wiped {
    fn drop(&mut self) {
        for field in self.0.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
            if let Value::String(text) = field {
                text.zeroize();
            }
        }
    }
}
