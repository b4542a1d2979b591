//! The companion `UUID.companion.jsonl`: signed lines in a hash chain (archive.md part B).
//!
//! A line is made of a [`Body`], whose exact bytes the roles sign, and of those signatures. Bodies of one key ceremony are the
//! same in all elections of a poll; the chain is not signed line by line but by the last line, which carries its hash.

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::election::Election;
use crate::group::Encoded;
use crate::hex;
use crate::json::{self, ShapeFault};
use crate::random::{NoRandomness, Randomness};
use crate::transcript::{Hash, Parts};
use crate::trustee::TrusteeNumber;

/// The Ed25519 key of a role: officer, scrutineer, authority, or a trustee's. No `Debug`; wiped when dropped.
pub struct RoleKey(SigningKey);

impl RoleKey {
    /// A fresh key.
    pub fn random(random: &mut Randomness<'_>) -> Result<Self, NoRandomness> {
        let block = random.block()?;
        let mut seed = Zeroizing::new([0; 32]);
        seed.copy_from_slice(&block[..32]);
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// Reads the seed from the holder's key file.
    pub fn from_seed(seed: &str) -> Option<Self> {
        hex::decode(seed).map(|seed| Self(SigningKey::from_bytes(&Zeroizing::new(seed))))
    }

    /// The seed, for the holder's own key file and for nothing else.
    pub fn expose_seed(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(&*Zeroizing::new(self.0.to_bytes())))
    }

    /// The public key.
    pub fn public(&self) -> PublicRoleKey {
        PublicRoleKey(hex::encode(self.0.verifying_key().as_bytes()))
    }

    /// Signs a body.
    pub fn sign(&self, body: &Body) -> Signature {
        Signature(hex::encode(&self.0.sign(&body.signed_bytes()).to_bytes()))
    }

    /// Signs a server's challenge, to sign in there (archive.md B2): under a label of its own, so that it is no line's signature.
    pub fn sign_in(&self, challenge: &str) -> Signature {
        Signature(hex::encode(&self.0.sign(&sign_in_bytes(challenge)).to_bytes()))
    }

    /// Signs a late change of a roll (docs/spec/roll.md R8), under a label of its own.
    pub fn sign_roll_change(&self, body: &str) -> Signature {
        Signature(hex::encode(&self.0.sign(&roll_change_bytes(body)).to_bytes()))
    }

    /// Signs a summary of deliveries (delivery.md, section 6), under a label of its own.
    pub fn sign_delivery(&self, summary: &str) -> Signature {
        Signature(hex::encode(&self.0.sign(&delivery_bytes(summary)).to_bytes()))
    }

    /// Signs a paper by its SHA-256 (docs/spec/print.md, D19), under a label of its own.
    pub fn sign_paper(&self, sha256: &Hash) -> Signature {
        Signature(hex::encode(&self.0.sign(&paper_bytes(sha256)).to_bytes()))
    }
}

/// A role's public key, as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicRoleKey(String);

impl PublicRoleKey {
    /// Reads one: canonical, on the curve, not of small order.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = hex::decode(text)?;
        let key = VerifyingKey::from_bytes(&bytes).ok()?;
        let canonical = curve25519_dalek::edwards::CompressedEdwardsY(bytes).decompress()?.compress().to_bytes() == bytes;
        (canonical && !key.is_weak()).then(|| Self(text.to_owned()))
    }

    /// 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this key signed the body.
    pub fn signed(&self, body: &Body, signature: &Signature) -> bool {
        self.holds(&body.signed_bytes(), signature)
    }

    /// Whether this key signed the challenge, to sign in.
    pub fn signed_in(&self, challenge: &str, signature: &Signature) -> bool {
        self.holds(&sign_in_bytes(challenge), signature)
    }

    /// Whether this key signed the summary of deliveries.
    pub fn signed_delivery(&self, summary: &str, signature: &Signature) -> bool {
        self.holds(&delivery_bytes(summary), signature)
    }

    /// Whether this key signed the paper that has this SHA-256.
    pub fn signed_paper(&self, sha256: &Hash, signature: &Signature) -> bool {
        self.holds(&paper_bytes(sha256), signature)
    }

    /// Whether this key signed the late change of a roll (docs/spec/roll.md R8); `body` is the exact text of its body.
    pub fn signed_roll_change(&self, body: &str, signature: &Signature) -> bool {
        self.holds(&roll_change_bytes(body), signature)
    }

    fn holds(&self, bytes: &[u8], signature: &Signature) -> bool {
        let check = || {
            let key = VerifyingKey::from_bytes(&hex::decode(&self.0)?).ok()?;
            let signature = ed25519_dalek::Signature::from_bytes(&hex::decode(&signature.0)?);
            key.verify_strict(bytes, &signature).ok()
        };
        check().is_some()
    }
}

fn sign_in_bytes(challenge: &str) -> Vec<u8> {
    Parts::begin("whitley/sign-in/v1").part("challenge", challenge).bytes()
}

fn delivery_bytes(summary: &str) -> Vec<u8> {
    Parts::begin("whitley/delivery/v1").part("summary", summary).bytes()
}

fn paper_bytes(sha256: &Hash) -> Vec<u8> {
    Parts::begin("whitley/paper/v1").part("sha256", sha256.hex()).bytes()
}

fn roll_change_bytes(body: &str) -> Vec<u8> {
    Parts::begin("whitley/roll/v1/change").part("body", body).bytes()
}

/// An Ed25519 signature, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature(String);

impl Signature {
    /// Reads 128 digits.
    pub fn parse(text: &str) -> Option<Self> {
        hex::decode::<64>(text).map(|_| Self(text.to_owned()))
    }

    /// 128 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Unit, schedule, rules, role keys.
    Setup,
    /// A trustee's commitment before the ceremony's openings.
    Commitment,
    /// The whole transcript, signed by every trustee.
    Ceremony,
    /// The list of credentials.
    Credentials,
    /// A credential whose holder voted on paper.
    Void,
    /// A later closing time.
    Schedule,
    /// A credential that was lost, and the spare that stands for it.
    Replace,
    /// Sound proofs of one partial decryption.
    Share,
    /// The end.
    Result,
}

impl LineKind {
    /// All, in the order in which they first occur.
    pub const ALL: [Self; 9] = [
        Self::Setup,
        Self::Commitment,
        Self::Ceremony,
        Self::Credentials,
        Self::Void,
        Self::Schedule,
        Self::Replace,
        Self::Share,
        Self::Result,
    ];

    /// Its word in the companion.
    pub fn word(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Commitment => "commitment",
            Self::Ceremony => "ceremony",
            Self::Credentials => "credentials",
            Self::Void => "void",
            Self::Schedule => "schedule",
            Self::Replace => "replace",
            Self::Share => "share",
            Self::Result => "result",
        }
    }

    /// The kind of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The body of a line: exact bytes with what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    kind: LineKind,
    text: String,
}

/// Roles that sign, by public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Sets up and closes.
    pub officer: PublicRoleKey,
    /// The independent person.
    pub scrutineer: PublicRoleKey,
    /// Makes the credentials.
    pub authority: PublicRoleKey,
    /// Trustees, in order.
    pub trustees: Vec<PublicRoleKey>,
}

/// What may happen when a voter votes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revote {
    /// The last one counts.
    Last,
    /// There is only one.
    One,
}

impl Revote {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Last => "last",
            Self::One => "one",
        }
    }
}

/// What the setup line says besides the election.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup<'a> {
    /// Name of the unit.
    pub unit: &'a str,
    /// Name of the key ceremony.
    pub ceremony: &'a str,
    /// `YYYY-MM-DDThh:mm:ssZ`.
    pub opens_at: &'a str,
    /// The same.
    pub closes_at: &'a str,
    /// Hash of the frozen roll.
    pub roll: Hash,
    /// Rows of it.
    pub entitled: usize,
    /// What a second ballot does.
    pub revote: Revote,
    /// Fewest entitled without a warning.
    pub minimum: u32,
    /// Units counted together here.
    pub units: &'a [String],
    /// The officer was told that a small unit may reveal votes.
    pub small_allowed: bool,
    /// Who signs.
    pub roles: &'a Roles,
}

impl Body {
    /// `setup` (archive.md B3).
    pub fn setup(election: &Election, setup: &Setup<'_>) -> Self {
        let mut text = format!("{{\"version\":1,\"uuid\":\"{}\",\"election\":\"{}\",\"unit\":", election.uuid(), election.hash());
        json::string(&mut text, setup.unit);
        text.push_str(",\"ceremony\":");
        json::string(&mut text, setup.ceremony);
        text.push_str(&format!(
            ",\"opens_at\":\"{}\",\"closes_at\":\"{}\",\"roll\":\"{}\",\"entitled\":{},\"questions\":\"{}\",\"revote\":\"{}\"",
            setup.opens_at,
            setup.closes_at,
            setup.roll,
            setup.entitled,
            election.questions_hash(),
            setup.revote.word()
        ));
        text.push_str(&format!(",\"merge\":{{\"minimum\":{},\"units\":[", setup.minimum));
        json::list(&mut text, setup.units, |text, unit| json::string(text, unit));
        text.push_str(&format!("],\"small_allowed\":{}}},\"roles\":", setup.small_allowed));
        let Roles { officer, scrutineer, authority, trustees } = setup.roles;
        text.push_str(&format!("{{\"officer\":\"{}\",\"scrutineer\":\"{}\",\"authority\":\"{}\"", officer.0, scrutineer.0, authority.0));
        text.push_str(",\"trustees\":[");
        json::list(&mut text, trustees, |text, key| json::string(text, &key.0));
        text.push_str("]}}");
        Self { kind: LineKind::Setup, text }
    }

    /// `commitment` (B4).
    pub fn commitment(ceremony: &str, trustee: TrusteeNumber, commitment: &Hash) -> Self {
        let text = format!("{{\"ceremony\":{},\"trustee\":{trustee},\"commitment\":\"{commitment}\"}}", json::quoted(ceremony));
        Self { kind: LineKind::Commitment, text }
    }

    /// `ceremony` (B5).
    pub fn ceremony(ceremony: &str, trustees: &Hash, commitments: &Hash) -> Self {
        let text = format!("{{\"ceremony\":{},\"trustees\":\"{trustees}\",\"commitments\":\"{commitments}\"}}", json::quoted(ceremony));
        Self { kind: LineKind::Ceremony, text }
    }

    /// `credentials` (B6), of a list without spares.
    pub fn credentials(election: &Election, credentials: &crate::credential::PublicCredentials) -> Self {
        Self::credentials_with_spares(election, credentials, &[])
    }

    /// `credentials` (B6). `spares`: which of the list may not vote unless they replace another; sorted, each once.
    pub fn credentials_with_spares(election: &Election, credentials: &crate::credential::PublicCredentials, spares: &[Encoded]) -> Self {
        let mut text = format!(
            "{{\"election\":\"{}\",\"credentials\":\"{}\",\"number\":{},\"total_weight\":",
            election.hash(),
            credentials.hash(),
            credentials.number()
        );
        json::count(&mut text, credentials.total_weight());
        if !spares.is_empty() {
            text.push_str(",\"spares\":[");
            json::list(&mut text, spares, |text, spare| json::string(text, spare.as_str()));
            text.push(']');
        }
        text.push('}');
        Self { kind: LineKind::Credentials, text }
    }

    /// `void` (B7).
    pub fn void(election: &Hash, credential: &Encoded, paper: &str) -> Self {
        let text = format!("{{\"election\":\"{election}\",\"credential\":\"{credential}\",\"paper\":{}}}", json::quoted(paper));
        Self { kind: LineKind::Void, text }
    }

    /// `schedule` (B7).
    pub fn schedule(election: &Hash, closes_at: &str, reason: &str) -> Self {
        let text = format!("{{\"election\":\"{election}\",\"closes_at\":\"{closes_at}\",\"reason\":{}}}", json::quoted(reason));
        Self { kind: LineKind::Schedule, text }
    }

    /// `replace` (B10): from this line on `old` may not vote and the spare `new` may.
    pub fn replace(election: &Hash, old: &Encoded, new: &Encoded, reason: &str) -> Self {
        let text = format!("{{\"election\":\"{election}\",\"old\":\"{old}\",\"new\":\"{new}\",\"reason\":{}}}", json::quoted(reason));
        Self { kind: LineKind::Replace, text }
    }

    /// `share` (B8).
    pub fn share(election: &Hash, trustee: TrusteeNumber, encrypted_tally: &Hash, partial_decryption: &Hash, proofs: &str) -> Self {
        let text = format!(
            "{{\"election\":\"{election}\",\"owner\":{trustee},\"encrypted_tally\":\"{encrypted_tally}\",\
             \"partial_decryption\":\"{partial_decryption}\",\"proofs\":{proofs}}}"
        );
        Self { kind: LineKind::Share, text }
    }

    /// `result` (B9).
    pub fn result(figures: &Figures<'_>) -> Self {
        let Figures { election, lines, ballots, tally, voided, result, last_event } = figures;
        let mut text = format!(
            "{{\"election\":\"{election}\",\"lines\":\"{lines}\",\"ballots\":{ballots},\"counted\":{},\"voided\":{voided},\"total_weight\":",
            tally.number()
        );
        json::count(&mut text, tally.total_weight());
        text.push_str(&format!(
            ",\"counts\":{},\"result\":\"{}\",\"last_event\":\"{last_event}\"}}",
            result.counts_value(),
            Hash::of(result.record())
        ));
        Self { kind: LineKind::Result, text }
    }

    /// A body of this kind with these bytes, as it was received: compact, in its own order.
    pub fn received(kind: LineKind, text: &str) -> Result<Self, ShapeFault> {
        json::parse(text.as_bytes(), kind.word())?;
        Ok(Self { kind, text: text.to_owned() })
    }

    /// What it is.
    pub fn kind(&self) -> LineKind {
        self.kind
    }

    /// Its exact bytes.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn signed_bytes(&self) -> Vec<u8> {
        Parts::begin(&format!("whitley/companion/v1/{}", self.kind.word())).part("body", &self.text).bytes()
    }
}

/// What the last line says.
pub struct Figures<'a> {
    /// Hash of the election record.
    pub election: Hash,
    /// Hash of the line before.
    pub lines: Hash,
    /// Ballot events.
    pub ballots: u64,
    /// The sum.
    pub tally: &'a crate::tally::EncryptedTally,
    /// Void lines.
    pub voided: u64,
    /// The counts.
    pub result: &'a crate::tally::ElectionResult,
    /// Hash of the archive's last event.
    pub last_event: Hash,
}

/// Where a companion ends: all that appending needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    last: Option<Hash>,
    lines: u64,
}

impl Chain {
    /// Reads the chain's end from the last line, without its line feed.
    pub fn after(last_line: &[u8]) -> Result<Self, ShapeFault> {
        let value = json::parse(last_line, "companion line")?;
        let number = value.get("line").and_then(serde_json::Value::as_u64).ok_or_else(|| ShapeFault::new("line"))?;
        Ok(Self { last: Some(Hash::of(last_line)), lines: number + 1 })
    }

    /// Hash of the last line.
    pub fn last(&self) -> Option<Hash> {
        self.last
    }

    /// The bytes of the next line, with its line feed.
    pub fn append(&mut self, body: &Body, signatures: &[Signature]) -> String {
        let mut text = String::from("{");
        if let Some(last) = &self.last {
            text.push_str(&format!("\"prev\":\"{last}\","));
        }
        text.push_str(&format!("\"line\":{},\"type\":\"{}\",\"body\":{},\"signatures\":[", self.lines, body.kind.word(), body.text));
        json::list(&mut text, signatures, |text, signature| json::string(text, &signature.0));
        text.push_str("]}");
        self.last = Some(Hash::of(&text));
        self.lines += 1;
        text.push('\n');
        text
    }
}
