//! Reports of mail that could not be delivered (RFC 3464), as single messages or in an mbox, and the packs they are about.

use mail_parser::mailbox::mbox::MessageIterator;
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

use crate::event::{Event, MessageId, Purpose, Reply};
use crate::ledger::Ledger;
use crate::state::Step;
use crate::trouble::Answer;

use jiff::Timestamp;

/// What a message turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// Delivery failed for good.
    Failed {
        /// Of this message, if the report says which.
        message: Option<MessageId>,
        /// Status and the other server's words.
        reply: Reply,
    },
    /// The server still tries, or has delivered: nothing to do.
    Harmless {
        /// `delayed`, `delivered`, `relayed`, `expanded`.
        action: String,
    },
    /// No report at all: an answer of a person or a program.
    Other,
}

/// What was done about the reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// Packs marked now.
    pub bounced: Vec<String>,
    /// Packs that stand elsewhere already: bounced before, replaced, sent by post.
    pub already: Vec<(String, String)>,
    /// Packs whose reminder did not arrive; their letter or first e-mail did.
    pub reminders: Vec<String>,
    /// Delays and receipts.
    pub harmless: u64,
    /// Reports and messages that belong to no pack: file and number in it, and why.
    pub unknown: Vec<(String, String)>,
}

/// The messages of a file: an mbox begins with `From `, anything else is one message.
pub fn messages(bytes: &[u8]) -> Vec<Vec<u8>> {
    if !bytes.starts_with(b"From ") {
        return vec![bytes.to_vec()];
    }
    MessageIterator::new(bytes).filter_map(Result::ok).map(mail_parser::mailbox::mbox::Message::unwrap_contents).collect()
}

/// Reads one message.
pub fn read(raw: &[u8]) -> Report {
    let Some(mail) = MessageParser::default().parse(raw) else { return Report::Other };
    let is = |part: &mail_parser::MessagePart<'_>, wanted: &str| {
        part.content_type().is_some_and(|kind| {
            kind.ctype().eq_ignore_ascii_case("message") && kind.subtype().is_some_and(|sub| sub.eq_ignore_ascii_case(wanted))
        })
    };
    let Some(status) = mail.parts.iter().find(|part| is(part, "delivery-status") || is(part, "global-delivery-status")) else {
        return Report::Other;
    };
    let fields = fields(&String::from_utf8_lossy(status.contents()));
    let all = |name: &'static str| fields.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str());
    let failed = all("action").any(|action| action.eq_ignore_ascii_case("failed"));
    if !failed {
        let action = all("action").next().unwrap_or("without an action").to_lowercase();
        return Report::Harmless { action };
    }
    let words: Vec<&str> = all("status").chain(all("diagnostic-code")).collect();
    Report::Failed { message: original(&mail), reply: Reply::new(&words.join(" ")) }
}

/// The id of the message that came back: from the message itself, from its headers, or from what the report answers to.
fn original(report: &Message<'_>) -> Option<MessageId> {
    let within = report.parts.iter().filter_map(|part| match &part.body {
        PartType::Message(inner) => inner.message_id().and_then(MessageId::of_header),
        _ => {
            let kind = part.content_type()?;
            let is_head =
                kind.subtype().is_some_and(|sub| sub.eq_ignore_ascii_case("rfc822-headers") || sub.eq_ignore_ascii_case("rfc822"));
            let inner = is_head.then(|| MessageParser::default().parse(part.contents()))??;
            inner.message_id().and_then(MessageId::of_header)
        }
    });
    let answers = report.in_reply_to().as_text_list().into_iter().flatten().chain(report.references().as_text_list().into_iter().flatten());
    within.chain(answers.filter_map(|id| MessageId::of_header(id))).next()
}

/// Names in small letters and values of header-like lines, folded lines joined.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = list.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            list.push((name.trim().to_lowercase(), value.trim().to_owned()));
        }
    }
    list
}

/// Marks the packs of a file's reports.
pub fn mark(ledger: &mut Ledger, file: &str, bytes: &[u8], now: Timestamp, marked: &mut Marked) -> Answer<()> {
    for (number, raw) in messages(bytes).into_iter().enumerate() {
        let place = format!("{file}, message {}", number + 1);
        let (message, reply) = match read(&raw) {
            Report::Failed { message, reply } => (message, reply),
            Report::Harmless { .. } => {
                marked.harmless += 1;
                continue;
            }
            Report::Other => {
                marked.unknown.push((place, "no report of a delivery: read it yourself".to_owned()));
                continue;
            }
        };
        let Some((pack, purpose)) = message.as_ref().and_then(|id| ledger.message(id)).map(|(pack, purpose)| (pack.to_owned(), purpose))
        else {
            marked.unknown.push((place, "a report about no message of this ledger".to_owned()));
            continue;
        };
        if purpose == Purpose::Reminder {
            marked.reminders.push(pack);
        } else if ledger.allows(&pack, Step::Bounced) {
            ledger.append(now, [(pack.as_str(), Event::Bounced { reply })])?;
            marked.bounced.push(pack);
        } else {
            let stands = ledger.get(&pack).map_or("not in the ledger", |standing| standing.state.words());
            marked.already.push((pack, stands.to_owned()));
        }
    }
    Ok(())
}
