//! The election record: group, key, questions (Spec V12–V14).

use crate::container::Hash;
use crate::curve::Element;
use crate::hex::hash_to_base64;
use crate::json::Value;
use crate::reading::read_record;
use crate::report::{Check, Ledger, Part, Place, Unsupported, What};

/// Most choices (answers and blank) of one question; a bound on memory, far above any real paper.
pub const MAX_CHOICES: usize = 1000;
/// Most questions of an election.
pub const MAX_QUESTIONS: usize = 100;

/// What ballots are judged against.
pub(crate) struct Election {
    pub(crate) uuid: String,
    /// φ as its 43 characters of Base64, as ballots and challenges write it.
    pub(crate) fingerprint: String,
    pub(crate) key: Element,
    pub(crate) questions: Vec<Question>,
    /// The bytes of the value of `questions`, for the companion.
    pub(crate) questions_bytes: Vec<u8>,
}

/// A question with homomorphic counting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Number of answers, without blank.
    pub answers: usize,
    /// Whether there is a blank choice, which comes first.
    pub blank: bool,
    /// Fewest answers that may be marked.
    pub min: u32,
    /// Most answers that may be marked.
    pub max: u32,
}

impl Question {
    /// Number of ciphertexts: the answers, and one for blank.
    pub fn choices(&self) -> usize {
        self.answers + usize::from(self.blank)
    }

    /// Number of proofs in the overall proof.
    pub fn overall_proofs(&self) -> usize {
        (self.max - self.min) as usize + 1 + usize::from(self.blank)
    }
}

/// Why there is no election to judge by.
pub(crate) enum NoElection {
    /// A fault, already entered.
    Faulty,
    /// Of a kind that we do not read.
    Unsupported(Unsupported),
}

impl From<Unsupported> for NoElection {
    fn from(what: Unsupported) -> NoElection {
        NoElection::Unsupported(what)
    }
}

/// Reads the election record, whose hash is given.
pub(crate) fn read_election(body: &[u8], hash: &Hash, place: Place, ledger: &mut Ledger) -> Result<Election, NoElection> {
    let value = read_record(body, Part::Election, place, ledger).ok_or(NoElection::Faulty)?;
    // Looked at before the fields: another version or group has others.
    match value.field("version").map(Value::small) {
        Some(Some(1)) => {}
        Some(Some(_)) => return Err(Unsupported::ElectionVersion.into()),
        _ => {}
    }
    ledger.count(Check::V12, 1);
    match value.field("group").and_then(Value::string) {
        Some("Ed25519") => ledger.complete(Check::V12),
        Some(_) => return Err(Unsupported::Group.into()),
        None => {}
    }
    let fields_fault = |ledger: &mut Ledger, part, place| {
        ledger.fault(Check::V4, place, What::Fields(part));
        NoElection::Faulty
    };
    let Some([_, Some(description), Some(name), _, Some(key), Some(questions), Some(uuid), administrator, authority, _]) = value.fields([
        "version",
        "description",
        "name",
        "group",
        "public_key",
        "questions",
        "uuid",
        "administrator?",
        "credential_authority?",
        "language?",
    ]) else {
        return Err(fields_fault(ledger, Part::Election, place));
    };
    let texts = [Some(description), Some(name), administrator, authority];
    let (Some(uuid), Some(key), Some(items), true) =
        (uuid.string(), key.string(), questions.array(), texts.iter().flatten().all(|t| t.string().is_some()))
    else {
        return Err(fields_fault(ledger, Part::Election, place));
    };

    // Spec V13: the identifier is well-formed; its uses are compared where they stand.
    ledger.count(Check::V13, 1);
    if !is_uuid(uuid) {
        ledger.fault(Check::V13, place, What::UuidForm);
    }
    ledger.complete(Check::V13);

    ledger.count(Check::V31, 1);
    let key = match Element::parse(key) {
        Ok(key) => Some(key),
        Err(fault) => {
            ledger.fault(Check::V31, place, What::Element(fault));
            None
        }
    };

    let mut read = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let place = place.question(i as u32);
        match item.field("type").map(Value::string) {
            None | Some(Some("Homomorphic")) if item.field("value").is_none() => {}
            _ => return Err(Unsupported::QuestionKind.into()),
        }
        match read_question(item, place, ledger) {
            Some(question) => read.push(question),
            None => return Err(fields_fault(ledger, Part::Question, place)),
        }
    }
    ledger.count(Check::V14, items.len() as u64);
    if items.is_empty() || items.len() > MAX_QUESTIONS {
        ledger.fault(Check::V14, place, What::NoQuestions);
    }
    ledger.complete(Check::V14);
    if ledger.has_failed(Check::V14) {
        return Err(NoElection::Faulty);
    }
    Ok(Election {
        uuid: uuid.to_owned(),
        fingerprint: hash_to_base64(hash),
        key: key.ok_or(NoElection::Faulty)?,
        questions: read,
        questions_bytes: body[questions.start..questions.end].to_vec(),
    })
}

/// At least 14 characters of base 58.
fn is_uuid(text: &str) -> bool {
    const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    (14..=64).contains(&text.len()) && text.chars().all(|c| BASE58.contains(c))
}

/// Spec V14. `None`: not the fields of a question.
fn read_question(item: &Value<'_>, place: Place, ledger: &mut Ledger) -> Option<Question> {
    let [answers, blank, min, max, question] = item.fields(["answers", "blank?", "min", "max", "question"])?;
    let answers = answers?.array()?;
    let texts = answers.iter().map(Value::string).collect::<Option<Vec<_>>>()?;
    let blank = match blank {
        Some(blank) => blank.bool()?,
        None => false,
    };
    let (min, max) = (min?.small()?, max?.small()?);
    question?.string()?;
    if answers.is_empty() {
        ledger.fault(Check::V14, place, What::NoAnswers);
    } else if answers.len() >= MAX_CHOICES {
        ledger.fault(Check::V14, place, What::TooManyChoices);
    } else if min > max || max as usize > answers.len() {
        ledger.fault(Check::V14, place, What::LimitsCross);
    }
    let mut sorted = texts;
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        ledger.fault(Check::V14, place, What::EqualAnswers);
    }
    Some(Question { answers: answers.len(), blank, min, max })
}
