//! What a companion says so far: roles, schedule, who may vote, and where the next line goes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;
use vote::companion::{Body, Chain, LineKind, PublicRoleKey, Revote, Roles, Signature};

use crate::{Answer, Refusal, Signable};

/// What a companion says so far. It is read from lines that were checked when they came (V-checks of archive.md); it checks only what
/// is needed to read on.
#[derive(Clone, Debug)]
pub struct Companion {
    shown: String,
    /// Hash of the election record, 64 digits.
    pub election: String,
    /// Who signs.
    pub roles: Roles,
    /// Voting opens.
    pub opens_at: Timestamp,
    /// Voting closes: the last `schedule` line counts.
    pub closes_at: Timestamp,
    /// What a second ballot does.
    pub revote: Revote,
    /// Voided credentials with the number of their paper.
    pub voided: BTreeMap<String, String>,
    /// Spare credentials that replaced nobody yet.
    pub unused_spares: BTreeSet<String>,
    /// Replaced credentials with the spare that stands for each.
    pub replaced: BTreeMap<String, String>,
    /// Bodies of the `share` lines.
    pub shares: Vec<Value>,
    /// The result is signed: nothing follows.
    pub has_result: bool,
    chain: Chain,
}

/// What the companion's lines say of a listed credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may vote.
    MayVote,
    /// Its holder's vote on paper was accepted.
    Voided,
    /// A spare stands for it.
    Replaced,
    /// A spare that stands for nobody: to the public as if it did not exist.
    UnusedSpare,
}

impl Companion {
    /// Reads whole lines; `shown` is the companion's name in a refusal.
    pub fn read(bytes: &[u8], shown: &str) -> Answer<Self> {
        let damaged = || Refusal::input(format!("{shown} is not a companion, or its end is damaged"));
        let text = bytes.strip_suffix(b"\n").ok_or_else(damaged)?;
        let mut lines = text.split(|byte| *byte == b'\n');
        let first = lines.next().ok_or_else(damaged)?;
        let mut companion = Self::begin(first, shown)?;
        let mut last = first;
        for line in lines {
            let value: Value = serde_json::from_slice(line).map_err(|_| damaged())?;
            companion.take(&value)?;
            last = line;
        }
        companion.chain = Chain::after(last).map_err(|_| damaged())?;
        Ok(companion)
    }

    fn begin(first: &[u8], shown: &str) -> Answer<Self> {
        let wrong = || Refusal::input(format!("{shown} is not a companion"));
        let value: Value = serde_json::from_slice(first).map_err(|_| wrong())?;
        let body = &value["body"];
        let roles = &body["roles"];
        let no_roles = || Refusal::input(format!("{shown} names no role keys"));
        let key = |value: &Value| value.as_str().and_then(PublicRoleKey::parse).ok_or_else(no_roles);
        let no_schedule = || Refusal::input(format!("{shown} has no schedule"));
        let time = |name: &str| body[name].as_str().and_then(|text| text.parse().ok()).ok_or_else(no_schedule);
        Ok(Self {
            shown: shown.to_owned(),
            election: body["election"].as_str().ok_or_else(wrong)?.to_owned(),
            roles: Roles {
                officer: key(&roles["officer"])?,
                scrutineer: key(&roles["scrutineer"])?,
                authority: key(&roles["authority"])?,
                trustees: roles["trustees"].as_array().ok_or_else(no_roles)?.iter().map(key).collect::<Answer<_>>()?,
            },
            opens_at: time("opens_at")?,
            closes_at: time("closes_at")?,
            revote: if body["revote"] == "one" { Revote::One } else { Revote::Last },
            voided: BTreeMap::new(),
            unused_spares: BTreeSet::new(),
            replaced: BTreeMap::new(),
            shares: Vec::new(),
            has_result: false,
            chain: Chain::default(),
        })
    }

    fn take(&mut self, line: &Value) -> Answer<()> {
        let wrong = || Refusal::input(format!("{} is not a companion", self.shown));
        let body = &line["body"];
        let text = |name: &str| body[name].as_str().map(str::to_owned).ok_or_else(wrong);
        match line["type"].as_str().and_then(LineKind::parse).ok_or_else(wrong)? {
            LineKind::Setup | LineKind::Commitment | LineKind::Ceremony => {}
            LineKind::Credentials => {
                for spare in body["spares"].as_array().into_iter().flatten() {
                    self.unused_spares.insert(spare.as_str().ok_or_else(wrong)?.to_owned());
                }
            }
            LineKind::Replace => {
                let (old, new) = (text("old")?, text("new")?);
                self.unused_spares.remove(&new);
                self.replaced.insert(old, new);
            }
            LineKind::Void => {
                let (credential, paper) = (text("credential")?, text("paper")?);
                self.voided.insert(credential, paper);
            }
            LineKind::Schedule => self.closes_at = text("closes_at")?.parse().map_err(|_| wrong())?,
            LineKind::Share => self.shares.push(body.clone()),
            LineKind::Result => self.has_result = true,
        }
        Ok(())
    }

    /// Who signs this line.
    pub fn signers(&self, line: &Signable) -> Answer<Vec<(String, PublicRoleKey)>> {
        match line.body.kind() {
            LineKind::Void | LineKind::Schedule | LineKind::Replace | LineKind::Setup | LineKind::Result => {
                Ok(vec![("officer".to_owned(), self.roles.officer.clone()), ("scrutineer".to_owned(), self.roles.scrutineer.clone())])
            }
            LineKind::Credentials => Ok(vec![("authority".to_owned(), self.roles.authority.clone())]),
            LineKind::Share => {
                let body: Value = serde_json::from_str(line.body.text()).map_err(|_| Refusal::input("a share's line cannot be read"))?;
                let owner = body["owner"].as_u64().unwrap_or(0);
                let at = usize::try_from(owner).ok().and_then(|owner| owner.checked_sub(1));
                let key = at.and_then(|at| self.roles.trustees.get(at));
                let key = key.ok_or_else(|| Refusal::no(format!("there is no trustee {owner}")))?;
                Ok(vec![(format!("trustee {owner}"), key.clone())])
            }
            LineKind::Commitment | LineKind::Ceremony => Err(Refusal::input("lines of the key ceremony are made by whitley vote ceremony")),
        }
    }

    /// Whether a listed credential may vote, by the lines so far (V41, V67).
    pub fn standing(&self, credential: &str) -> Standing {
        if self.voided.contains_key(credential) {
            Standing::Voided
        } else if self.replaced.contains_key(credential) {
            Standing::Replaced
        } else if self.unused_spares.contains(credential) {
            Standing::UnusedSpare
        } else {
            Standing::MayVote
        }
    }

    /// Hash of the last line.
    pub fn last(&self) -> Option<vote::Hash> {
        self.chain.last()
    }

    /// The next line's bytes with its line feed; what it says holds from now on.
    pub fn append(&mut self, body: &Body, signatures: &[Signature]) -> Answer<String> {
        let mut chain = self.chain.clone();
        let text = chain.append(body, signatures);
        let value = serde_json::from_str(&text).map_err(|_| Refusal::input("the line cannot be read"))?;
        self.take(&value)?;
        self.chain = chain;
        Ok(text)
    }
}
