//! How many packs stand where: for the authority's desk, and in public without anything of a person (R46).

use std::collections::BTreeMap;

use jiff::Timestamp;
use poll::KeyFile;
use serde_json::{Value, json};
use vote::companion::{PublicRoleKey, Signature};

use crate::ledger::Ledger;
use crate::state::{State, Way};
use crate::trouble::{Answer, Trouble};

/// Counts of a unit, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Made for members: all but unused spares. The sum of the states below.
    pub issued: u64,
    /// Made, not on their way.
    pub not_sent: u64,
    /// To be sent.
    pub queued: u64,
    /// E-mails that were begun, end unknown.
    pub perhaps_sent: u64,
    /// Handed over to the printer.
    pub by_post: u64,
    /// Handed over to the mail server.
    pub by_email: u64,
    /// Bounced, nothing done about it yet.
    pub bounced: u64,
    /// Came back, nothing done about it yet.
    pub returned: u64,
    /// Replaced by a spare.
    pub replaced: u64,
    /// Void.
    pub void: u64,
    /// Spares nobody has.
    pub unused_spares: u64,
    /// Packs that bounced at any time.
    pub ever_bounced: u64,
    /// Packs that came back at any time.
    pub ever_returned: u64,
    /// Packs reminded at least once.
    pub reminded: u64,
}

impl Counts {
    fn add(&mut self, standing: &crate::Standing) {
        // A spare nobody has, void or not, was never issued.
        if standing.spare && standing.in_place_of.is_none() {
            self.unused_spares += 1;
            return;
        }
        self.issued += 1;
        match standing.state {
            State::Made => self.not_sent += 1,
            State::Queued(_) => self.queued += 1,
            State::PerhapsSent => self.perhaps_sent += 1,
            State::HandedOver(Way::Post) => self.by_post += 1,
            State::HandedOver(Way::Email) => self.by_email += 1,
            State::Bounced => self.bounced += 1,
            State::Returned => self.returned += 1,
            State::Replaced => self.replaced += 1,
            State::Void => self.void += 1,
            // Seen to above.
            State::Spare => {}
        }
        self.ever_bounced += u64::from(standing.bounced > 0);
        self.ever_returned += u64::from(standing.returned > 0);
        self.reminded += u64::from(standing.reminded > 0);
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "issued": self.issued,
            "not_sent": self.not_sent,
            "queued": self.queued,
            "perhaps_sent": self.perhaps_sent,
            "handed_over": self.by_post + self.by_email,
            "by_post": self.by_post,
            "by_email": self.by_email,
            "bounced": self.bounced,
            "returned": self.returned,
            "replaced": self.replaced,
            "void": self.void,
            "unused_spares": self.unused_spares,
            "ever_bounced": self.ever_bounced,
            "ever_returned": self.ever_returned,
            "reminded": self.reminded,
        })
    }
}

/// Counts of every unit and of all together.
pub fn counts(ledger: &Ledger) -> (BTreeMap<String, Counts>, Counts) {
    let mut units: BTreeMap<String, Counts> = BTreeMap::new();
    let mut all = Counts::default();
    for (_, standing) in ledger.packs() {
        if !units.contains_key(&*standing.unit) {
            units.insert(standing.unit.to_string(), Counts::default());
        }
        if let Some(unit) = units.get_mut(&*standing.unit) {
            unit.add(standing);
        }
        all.add(standing);
    }
    (units, all)
}

/// The public summary: counts, and the ledger's length and last hash, so that a ledger shown later can be held against it.
pub fn public(ledger: &Ledger, now: Timestamp) -> Value {
    let mut counted = counted(ledger);
    json!({
        "whitley_delivery": 1,
        "as_of": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "ledger": counted["ledger"].take(),
        "units": counted["units"].take(),
        "all": counted["all"].take(),
    })
}

/// The counts of every unit and of all, with the ledger's length and last hash.
pub fn counted(ledger: &Ledger) -> Value {
    let (units, all) = counts(ledger);
    let (lines, head) = ledger.head();
    let units: Vec<Value> = units
        .iter()
        .map(|(unit, counts)| {
            let mut value = counts.json();
            value["unit"] = unit.as_str().into();
            value
        })
        .collect();
    json!({ "ledger": { "lines": lines, "head": head }, "units": units, "all": all.json() })
}

/// The public summary with the authority's signature, as it is uploaded: the summary's text, the key, the signature over the text.
pub fn signed(summary: &Value, key: &KeyFile) -> Value {
    let text = summary.to_string();
    let signature = key.signing.sign_delivery(&text);
    json!({ "summary": text, "key": key.signing.public().as_str(), "signature": signature.as_str() })
}

/// Reads a signed summary: what it says, and whose key signed it. Whether that key is the poll's authority's is for the caller.
///
/// # Errors
/// [`Trouble::Faults`] if it is no signed summary, [`Trouble::No`] if the signature does not hold.
pub fn check(bytes: &[u8], shown: &str) -> Answer<(Value, PublicRoleKey)> {
    let wrong = || {
        Trouble::input(
            "not-a-summary",
            shown,
            "this is no signed summary of deliveries",
            "whitley deliver status --public --key authority.key makes one",
        )
    };
    let outer: Value = serde_json::from_slice(bytes).map_err(|_| wrong())?;
    let field = |name: &str| outer[name].as_str().ok_or_else(wrong);
    let key = PublicRoleKey::parse(field("key")?).ok_or_else(wrong)?;
    let signature = Signature::parse(field("signature")?).ok_or_else(wrong)?;
    let text = field("summary")?;
    if !key.signed_delivery(text, &signature) {
        return Err(Trouble::No(format!("{shown}: the signature does not hold: the summary was changed, or another signed it")));
    }
    let summary: Value = serde_json::from_str(text).map_err(|_| wrong())?;
    if summary["whitley_delivery"] != 1 {
        return Err(wrong());
    }
    Ok((summary, key))
}
