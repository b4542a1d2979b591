//! One e-mail: headers and text. Pure: time and ids are arguments.
//!
//! Nothing from the roll reaches a header except the address, which was checked to be one address and nothing else. The greeting is in
//! the text only. There is no HTML, no picture, nothing that is fetched: whoever reads it learns nothing of the reader.

use std::collections::BTreeMap;
use std::time::SystemTime;

use dated::Language;
use jiff::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, Message};
use zeroize::Zeroizing;

use crate::event::{MessageId, Purpose};
use crate::facts::{Facts, long_time};
use crate::letters::Letter;
use crate::trouble::{Answer, Trouble};

/// Longest subject, in letters.
const MOST_SUBJECT: usize = 120;

/// Who writes.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Shown to the member.
    pub from: Mailbox,
    /// Where reports of bounces go; the envelope's sender.
    pub bounces_to: Address,
}

impl Sender {
    /// From what was typed: `NAME <ADDRESS>` or an address; reports of bounces to another address if there is one.
    pub fn new(from: &str, bounces_to: Option<&str>) -> Answer<Self> {
        let wrong = |option: &str, text: &str| {
            Trouble::input(
                "not-an-address",
                option,
                format!("“{}” is no e-mail address", text.escape_debug()),
                "write it like “Ballot office <ballot@union.example>”",
            )
        };
        let from: Mailbox = from.parse().map_err(|_| wrong("--from", from))?;
        let bounces_to = match bounces_to {
            None => from.email.clone(),
            Some(address) => address.parse().map_err(|_| wrong("--bounces-to", address))?,
        };
        Ok(Self { from, bounces_to })
    }
}

/// The message as it goes over the wire.
pub fn compose(
    facts: &Facts,
    sender: &Sender,
    letter: &Letter,
    to: &Address,
    purpose: Purpose,
    id: &MessageId,
    now: Timestamp,
) -> Answer<Zeroizing<Vec<u8>>> {
    let (subject, body) = text(facts, letter, purpose);
    let header = |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    let message = Message::builder()
        .from(sender.from.clone())
        .to(Mailbox::new(None, to.clone()))
        .subject(subject)
        .date(SystemTime::from(now))
        .message_id(Some(format!("<{}@{}>", id.hex(), sender.from.email.domain())))
        // RFC 3834: so that holiday programs do not answer.
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("Content-Language", letter.language.code()))
        .singlepart(SinglePart::plain(body.to_string()))
        .map_err(|error| Trouble::Ours(format!("the message for pack {} cannot be composed: {error}", letter.pack)))?;
    Ok(Zeroizing::new(message.formatted()))
}

/// Subject and text.
pub fn text(facts: &Facts, letter: &Letter, purpose: Purpose) -> (String, Zeroizing<String>) {
    let template = match (purpose, letter.language) {
        (Purpose::Credential, Language::English) => include_str!("../texts/credential.en.txt"),
        (Purpose::Credential, Language::Welsh) => include_str!("../texts/credential.cy.txt"),
        (Purpose::Reminder, Language::English) => include_str!("../texts/reminder.en.txt"),
        (Purpose::Reminder, Language::Welsh) => include_str!("../texts/reminder.cy.txt"),
    };
    let greeting = match (letter.language, letter.shown_name()) {
        (Language::English, Some(name)) => format!("Dear {name}"),
        (Language::English, None) => "Dear member".to_owned(),
        (Language::Welsh, Some(name)) => format!("Annwyl {name}"),
        (Language::Welsh, None) => "Annwyl aelod".to_owned(),
    };
    let link = match purpose {
        Purpose::Credential => facts.link(letter),
        Purpose::Reminder => Zeroizing::new(String::new()),
    };
    let code = match purpose {
        Purpose::Credential => letter.credential.expose(),
        Purpose::Reminder => "",
    };
    let address = facts.address(&letter.unit);
    let (opens, closes) = (long_time(facts.opens_at, letter.language), long_time(facts.closes_at, letter.language));
    let values = BTreeMap::from([
        ("title", facts.title.as_str()),
        ("greeting", greeting.as_str()),
        ("unit", facts.unit(&letter.unit)),
        ("link", link.as_str()),
        ("address", address.as_str()),
        ("code", code),
        ("opens", opens.as_str()),
        ("closes", closes.as_str()),
        ("pack", letter.pack.as_str()),
    ]);
    let (first, rest) = template.split_once("\n\n").unwrap_or((template, ""));
    let mut subject: String = fill(first, &values).to_string();
    if subject.chars().count() > MOST_SUBJECT {
        subject = subject.chars().take(MOST_SUBJECT).chain(['…']).collect();
    }
    (subject, fill(rest, &values))
}

/// Puts values for `{names}` in one go: what a value holds is never looked at again.
fn fill(template: &str, values: &BTreeMap<&str, &str>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(template.len() + 400));
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
        text.push_str(values.get(name).copied().unwrap_or_default());
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::{Kind, read_letters};

    const CODE: &str = "CFuQT-wLmCqa-YQvQm-LjK2h3";

    fn facts() -> Facts {
        Facts {
            title: "Pay ballot {code} 2026".to_owned(),
            units: BTreeMap::from([("north".to_owned(), "North Hospital".to_owned())]),
            opens_at: Timestamp::UNIX_EPOCH,
            closes_at: Timestamp::UNIX_EPOCH,
            origin: "https://vote.example.org".to_owned(),
        }
    }

    fn letter(name: &str, language: &str) -> Letter {
        let file =
            format!("unit,member,pack,credential,name,email,language\nnorth,M1,01-000001-7,{CODE},\"{name}\",a@example.org,{language}\n");
        read_letters([("x", file.as_bytes())], Kind::Members).unwrap_or_else(|why| panic!("{why}")).remove(0)
    }

    fn composed(letter: &Letter, purpose: Purpose) -> String {
        let sender = Sender::new("Ballot office <ballot@union.example>", None).unwrap_or_else(|why| panic!("{why}"));
        let to = letter.mailbox(&crate::WorkDomains::default()).unwrap_or_else(|why| panic!("{why}"));
        let id = MessageId::new(&[0; 16], &letter.pack, purpose, 0);
        let bytes = compose(&facts(), &sender, letter, &to, purpose, &id, Timestamp::UNIX_EPOCH).unwrap_or_else(|why| panic!("{why}"));
        String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| panic!("text"))
    }

    #[test]
    fn a_name_reaches_no_header_whatever_it_holds() {
        let names = ["Anna\r\nBcc: thief@example.org", "Anna\nSubject: x", "\u{202e}annA", "x".repeat(61).as_str(), "{code}", "Anna <b>"]
            .map(str::to_owned);
        for name in names {
            let mail = composed(&letter(&name, ""), Purpose::Credential);
            let (head, body) = mail.split_once("\r\n\r\n").unwrap_or_else(|| panic!("a head"));
            assert!(!head.contains("thief") && !head.contains("Anna") && !head.contains(CODE), "{head}");
            assert_eq!(head.lines().filter(|line| line.starts_with("Subject:")).count(), 1);
            assert!(!body.contains("Bcc:") && !body.contains('\u{202e}'));
            // The code stands twice, after `#` and alone; a name that looks like a place for it gets none.
            assert_eq!(body.matches(CODE).count(), 2, "{body}");
        }
    }

    #[test]
    fn the_code_is_behind_the_hash_only_and_in_no_reminder() {
        for language in ["en", "cy"] {
            let letter = letter("Anna", language);
            let (_, body) = text(&facts(), &letter, Purpose::Credential);
            assert!(body.contains(&format!("https://vote.example.org/v/north#code={CODE}\n")), "{}", *body);
            assert!(body.contains(&format!("\n    {CODE}\n")));
            assert!(!body.contains('?'), "no query: {}", *body);
            let (_, body) = text(&facts(), &letter, Purpose::Reminder);
            assert!(!body.contains("CFuQT") && !body.contains("code=") && body.contains("01-000001-7"));
            assert!(!body.contains("{title}") && body.contains("Pay ballot {code} 2026"), "a value is not filled again: {}", *body);
        }
        assert!(text(&facts(), &letter("", ""), Purpose::Credential).1.starts_with("Dear member,\n"));
        assert!(text(&facts(), &letter("", "cy"), Purpose::Credential).1.starts_with("Annwyl aelod,\n"));
    }

    #[test]
    fn all_places_in_the_texts_are_known() {
        let known = ["title", "greeting", "unit", "link", "address", "code", "opens", "closes", "pack"];
        for text in [
            include_str!("../texts/credential.en.txt"),
            include_str!("../texts/credential.cy.txt"),
            include_str!("../texts/reminder.en.txt"),
            include_str!("../texts/reminder.cy.txt"),
        ] {
            for place in text.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
                assert!(known.contains(&place), "{place}");
            }
        }
    }
}
