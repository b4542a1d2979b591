//! The election record: what is asked, under which key, and φ, the hash that binds every ballot to it.

use std::fmt;

use crate::credential::Uuid;
use crate::group::{Element, GROUP, KeyTable};
use crate::json::{self, ShapeFault};
use crate::question::Question;
use crate::transcript::Hash;

/// The people named in an election record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Who runs it.
    pub administrator: Option<String>,
    /// Who makes the credentials.
    pub credential_authority: Option<String>,
}

/// One election: one balloting unit of a poll.
pub struct Election {
    uuid: Uuid,
    questions: Vec<Question>,
    key: KeyTable,
    record: String,
    hash: Hash,
    fingerprint: String,
}

/// Why there is no election.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElectionFault {
    /// No name.
    NoName,
    /// No question at all.
    NoQuestion,
    /// The election key is 1.
    KeyIsIdentity,
    /// The record has another shape.
    Shape(ShapeFault),
    /// Another version or group than this crate makes.
    NotOurs,
}

impl fmt::Display for ElectionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName => f.write_str("the election has no name"),
            Self::NoQuestion => f.write_str("the election asks nothing"),
            Self::KeyIsIdentity => f.write_str("the election key is the identity"),
            Self::Shape(fault) => write!(f, "the election record cannot be read: {fault}"),
            Self::NotOurs => f.write_str("the election is of another version or group than 1 and Ed25519"),
        }
    }
}

impl std::error::Error for ElectionFault {}

impl From<ShapeFault> for ElectionFault {
    fn from(fault: ShapeFault) -> Self {
        Self::Shape(fault)
    }
}

/// What an election is made of.
pub struct Draft<'a> {
    /// Its name in files and credentials.
    pub uuid: &'a Uuid,
    /// Its title.
    pub name: &'a str,
    /// What voters should know: the statutory statement stands here.
    pub description: &'a str,
    /// What is asked.
    pub questions: &'a [Question],
    /// Who runs it.
    pub people: &'a People,
}

impl Election {
    /// Writes the record under this key.
    pub fn new(draft: &Draft<'_>, key: &Element) -> Result<Self, ElectionFault> {
        if draft.name.trim().is_empty() {
            return Err(ElectionFault::NoName);
        }
        if draft.questions.is_empty() {
            return Err(ElectionFault::NoQuestion);
        }
        if key.is_identity() {
            return Err(ElectionFault::KeyIsIdentity);
        }
        let mut record = String::from("{\"version\":1,\"description\":");
        json::string(&mut record, draft.description);
        record.push_str(",\"name\":");
        json::string(&mut record, draft.name);
        record.push_str(&format!(",\"group\":\"{GROUP}\",\"public_key\":\"{}\",\"questions\":", key.encode()));
        record.push_str(&questions_value(draft.questions));
        record.push_str(&format!(",\"uuid\":\"{}\"", draft.uuid));
        for (field, value) in [("administrator", &draft.people.administrator), ("credential_authority", &draft.people.credential_authority)]
        {
            if let Some(value) = value {
                record.push_str(&format!(",\"{field}\":{}", json::quoted(value)));
            }
        }
        record.push('}');
        Ok(Self::of(draft.uuid.clone(), draft.questions.to_vec(), key, record))
    }

    /// Reads a record, of ours or of another program: only its bytes are hashed.
    pub fn read(bytes: &[u8]) -> Result<Self, ElectionFault> {
        let value = json::parse(bytes, "election")?;
        let fields = json::fields_of(&value)?;
        if fields.get("version")?.as_u64() != Some(1) || fields.text("group")? != GROUP {
            return Err(ElectionFault::NotOurs);
        }
        let uuid = Uuid::parse(fields.text("uuid")?).ok_or_else(|| ShapeFault::new("uuid"))?;
        let key = Element::parse_key(fields.text("public_key")?).map_err(|_| ShapeFault::new("public_key"))?;
        let questions = fields.array("questions")?.iter().map(Question::read).collect::<Result<Vec<_>, _>>()?;
        let record = String::from_utf8(bytes.to_vec()).map_err(|_| ShapeFault::new("election"))?;
        Ok(Self::of(uuid, questions, &key, record))
    }

    fn of(uuid: Uuid, questions: Vec<Question>, key: &Element, record: String) -> Self {
        let hash = Hash::of(&record);
        Self { uuid, questions, key: KeyTable::new(key), record, hash, fingerprint: hash.base64() }
    }

    /// Its name.
    pub fn uuid(&self) -> &Uuid {
        &self.uuid
    }

    /// What is asked.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// The election key with its table.
    pub fn key(&self) -> &KeyTable {
        &self.key
    }

    /// The bytes of the record.
    pub fn record(&self) -> &str {
        &self.record
    }

    /// SHA-256 of the record.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// φ: the same in unpadded base 64.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// SHA-256 of the value of `questions`, for the companion's setup.
    pub fn questions_hash(&self) -> Hash {
        Hash::of(questions_value(&self.questions))
    }
}

fn questions_value(questions: &[Question]) -> String {
    let mut text = String::from("[");
    json::list(&mut text, questions, |text, question| question.write(text));
    text.push(']');
    text
}
