//! One event of a pack, as a line of the ledger has it; and the ids of messages.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::ledger::{hex, unhex};
use crate::state::{Step, Way};

/// Length of a ledger's salt.
pub const SALT_BYTES: usize = 16;

/// The most letters of a mail server's words that are kept.
const MOST_REPLY: usize = 200;

/// What happened to a pack. Nothing here is about a person, and no credential is ever part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was made.
    Made {
        /// For this balloting unit.
        unit: String,
        /// Without a member.
        spare: bool,
    },
    /// A spare was issued.
    Issued {
        /// The lost pack.
        in_place_of: String,
    },
    /// It is to be sent.
    Queued {
        /// How.
        way: Way,
        /// The printer's file it will be in.
        file: Option<String>,
        /// Why it is queued again: what the mail server said.
        reply: Option<Reply>,
    },
    /// The text of its e-mail is about to be sent.
    Begun {
        /// With this Message-ID.
        message: MessageId,
    },
    /// The printer's file is written.
    Printed {
        /// Its name.
        file: String,
        /// SHA-256 of its bytes, in hexadecimal digits.
        sha256: String,
    },
    /// The mail server took it.
    Mailed {
        /// With this Message-ID.
        message: MessageId,
        /// And these words.
        reply: Reply,
    },
    /// It cannot be delivered to the address.
    Bounced {
        /// What the mail server, or one behind it, said.
        reply: Reply,
    },
    /// The letter came back.
    Returned {
        /// Why, in a word: gone away, refused.
        why: String,
    },
    /// Its member was reminded. Recorded before the message goes: a reminder may be lost, but is never sent twice.
    Reminded {
        /// With this Message-ID.
        message: MessageId,
    },
    /// Another pack takes its place.
    Replaced {
        /// Its number.
        by: String,
    },
    /// It is worth nothing any more.
    Void {
        /// Why.
        why: String,
    },
}

impl Event {
    /// Its step.
    pub fn step(&self) -> Step {
        match self {
            Self::Made { spare: false, .. } => Step::Made,
            Self::Made { spare: true, .. } => Step::MadeSpare,
            Self::Issued { .. } => Step::Issued,
            Self::Queued { way, .. } => Step::Queued(*way),
            Self::Begun { .. } => Step::Begun,
            Self::Printed { .. } => Step::HandedOver(Way::Post),
            Self::Mailed { .. } => Step::HandedOver(Way::Email),
            Self::Bounced { .. } => Step::Bounced,
            Self::Returned { .. } => Step::Returned,
            Self::Reminded { .. } => Step::Reminded,
            Self::Replaced { .. } => Step::Replaced,
            Self::Void { .. } => Step::Void,
        }
    }

    /// Adds its fields to a line.
    pub(crate) fn write(&self, line: &mut Map<String, Value>) {
        let mut add = |name: &str, value: Value| line.insert(name.to_owned(), value);
        add("event", self.step().word().into());
        match self {
            Self::Made { unit, spare } => {
                add("unit", unit.as_str().into());
                if *spare {
                    add("spare", true.into());
                }
            }
            Self::Issued { in_place_of } => drop(add("in_place_of", in_place_of.as_str().into())),
            Self::Queued { way, file, reply } => {
                add("way", way.word().into());
                if let Some(file) = file {
                    add("file", file.as_str().into());
                }
                if let Some(reply) = reply {
                    add("reply", reply.as_str().into());
                }
            }
            Self::Begun { message } | Self::Reminded { message } => drop(add("message", message.hex().into())),
            Self::Printed { file, sha256 } => {
                add("way", Way::Post.word().into());
                add("file", file.as_str().into());
                add("sha256", sha256.as_str().into());
            }
            Self::Mailed { message, reply } => {
                add("way", Way::Email.word().into());
                add("message", message.hex().into());
                add("reply", reply.as_str().into());
            }
            Self::Bounced { reply } => drop(add("reply", reply.as_str().into())),
            Self::Returned { why } | Self::Void { why } => drop(add("why", why.as_str().into())),
            Self::Replaced { by } => drop(add("by", by.as_str().into())),
        }
    }

    /// Reads it from a line.
    pub(crate) fn of_line(line: &Value) -> Option<Self> {
        let text = |name: &str| line.get(name).and_then(Value::as_str).map(str::to_owned);
        let way = || text("way").and_then(|way| Way::parse(&way));
        let message = || text("message").and_then(|id| MessageId::parse(&id));
        let reply = || text("reply").map(Reply);
        Some(match line.get("event")?.as_str()? {
            "made" => Self::Made { unit: text("unit")?, spare: line.get("spare").is_some_and(|spare| spare == true) },
            "issued" => Self::Issued { in_place_of: text("in_place_of")? },
            "queued" => Self::Queued { way: way()?, file: text("file"), reply: reply() },
            "begun" => Self::Begun { message: message()? },
            "handed-over" => match way()? {
                Way::Post => Self::Printed { file: text("file")?, sha256: text("sha256")? },
                Way::Email => Self::Mailed { message: message()?, reply: reply()? },
            },
            "bounced" => Self::Bounced { reply: reply()? },
            "returned" => Self::Returned { why: text("why")? },
            "reminded" => Self::Reminded { message: message()? },
            "replaced" => Self::Replaced { by: text("by")? },
            "void" => Self::Void { why: text("why")? },
            _ => return None,
        })
    }
}

/// What a mail server said, as far as it is kept: one line, and no address in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply(String);

impl Reply {
    /// Keeps printable words without an `@`; what is cut off is seen to be.
    pub fn new(said: &str) -> Self {
        let words = said.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty());
        let kept = words.map(|word| if word.contains('@') { "(address)" } else { word }).collect::<Vec<_>>().join(" ");
        let plain: String = kept.chars().map(|letter| if letter.is_ascii_graphic() || letter == ' ' { letter } else { '?' }).collect();
        Self(if plain.len() > MOST_REPLY { format!("{}...", &plain[..MOST_REPLY]) } else { plain })
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// It brings the credential.
    Credential,
    /// It reminds, without the credential.
    Reminder,
}

/// The left part of a Message-ID: sixteen bytes that say nothing to whoever has not the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId([u8; 16]);

impl MessageId {
    /// SHA-256 over label, salt, pack, purpose and turn. Pack numbers can be guessed, the salt cannot: so nobody learns a pack number
    /// from a Message-ID, and nobody can make up a report of a bounce for a message they have not seen.
    pub fn new(salt: &[u8; SALT_BYTES], pack: &str, purpose: Purpose, turn: u32) -> Self {
        let purpose = match purpose {
            Purpose::Credential => "credential",
            Purpose::Reminder => "reminder",
        };
        let mut hash = Sha256::new();
        for part in [b"whitley/deliver/message/v1".as_slice(), salt, pack.as_bytes(), purpose.as_bytes(), &turn.to_be_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let mut id = [0; 16];
        id.copy_from_slice(&hash.finalize()[..16]);
        Self(id)
    }

    /// As 32 hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    /// From 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }

    /// From a Message-ID as mail has it: `<…@domain>`, or without the brackets.
    pub fn of_header(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('<');
        Self::parse(&text.split('@').next()?.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let message = MessageId::new(&[7; SALT_BYTES], "01-000001-7", Purpose::Reminder, 2);
        let reply = Reply::new("250 2.0.0 Ok: queued as 4XyZ");
        let events = [
            Event::Made { unit: "north".to_owned(), spare: false },
            Event::Made { unit: "north".to_owned(), spare: true },
            Event::Issued { in_place_of: "a".to_owned() },
            Event::Queued { way: Way::Post, file: Some("letters-0001.csv".to_owned()), reply: None },
            Event::Queued { way: Way::Email, file: None, reply: Some(reply.clone()) },
            Event::Begun { message },
            Event::Printed { file: "f".to_owned(), sha256: "00".to_owned() },
            Event::Mailed { message, reply: reply.clone() },
            Event::Bounced { reply },
            Event::Returned { why: "gone away".to_owned() },
            Event::Reminded { message },
            Event::Replaced { by: "b".to_owned() },
            Event::Void { why: "paper accepted".to_owned() },
        ];
        for event in events {
            let mut line = Map::new();
            event.write(&mut line);
            assert_eq!(Event::of_line(&Value::Object(line)), Some(event));
        }
    }

    #[test]
    fn a_reply_keeps_no_address_and_stays_on_its_line() {
        let kept = Reply::new("550 5.1.1 <anna@example.org>: user unknown\r\n{\"event\":\"void\"} \u{202e}x");
        assert_eq!(kept.as_str(), "550 5.1.1 (address) user unknown {\"event\":\"void\"} ?x");
        assert_eq!(Reply::new(&"é".repeat(500)).as_str().len(), MOST_REPLY + 3);
    }

    #[test]
    fn message_ids_differ_by_every_part_and_come_back_from_their_header() {
        let of = |salt: u8, pack: &str, purpose, turn| MessageId::new(&[salt; SALT_BYTES], pack, purpose, turn);
        let ids = [
            of(1, "p", Purpose::Credential, 0),
            of(2, "p", Purpose::Credential, 0),
            of(1, "q", Purpose::Credential, 0),
            of(1, "p", Purpose::Reminder, 0),
            of(1, "p", Purpose::Reminder, 1),
        ];
        assert!((0..ids.len()).all(|at| !ids[..at].contains(&ids[at])));
        assert_eq!(MessageId::of_header(&format!(" <{}@vote.example.org>", ids[0].hex())), Some(ids[0]));
        assert_eq!(MessageId::of_header("<someone@else>"), None);
    }
}
