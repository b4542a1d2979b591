//! The officer's plan, and the fixed poll: `plan.toml` becomes `poll.json`.

use jiff::Timestamp;
use serde_json::Value;
use vote::companion::{PublicRoleKey, Revote, Roles};
use vote::trustee::Quorum;
use vote::{Draft, Election, Limits, People, Question, Randomness, Uuid};

use crate::files::{Files, Replace};
use crate::{Answer, Refusal};

/// The file of the fixed poll.
pub const POLL: &str = "poll.json";

/// A fixed poll.
#[derive(Debug)]
pub struct Poll {
    /// What it is about.
    pub title: String,
    /// The text every paper has.
    pub description: String,
    /// Names the key ceremony.
    pub ceremony: String,
    /// `YYYY-MM-DDThh:mm:ssZ`.
    pub opens_at: String,
    /// The same; `schedule` lines may make it later.
    pub closes_at: String,
    /// What a second ballot does.
    pub revote: Revote,
    /// Fewest entitled without a warning.
    pub minimum: u32,
    /// How the trustees hold the key.
    pub holders: Holders,
    /// Public keys of all roles.
    pub roles: Roles,
    /// The same in every unit.
    pub questions: Vec<Question>,
    /// In the plan's order.
    pub units: Vec<Unit>,
}

/// How the trustees hold the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holders {
    /// All are needed.
    Singles,
    /// A quorum is enough.
    Group(Quorum),
}

/// A balloting unit of the poll.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Small letters, digits and hyphens.
    pub id: String,
    /// The name under which its votes are counted.
    pub name: String,
    /// Of its election.
    pub uuid: Uuid,
    /// Names of the units that are counted together here.
    pub merged: Vec<String>,
    /// The officer was told that a small unit may reveal votes.
    pub small_allowed: bool,
}

/// Fixes a poll: checks the plan, names the ceremony and the elections. Gives the poll and the bytes of `poll.json`; `shown` is the
/// plan's name in a refusal.
pub fn fix(plan: &str, shown: &str, random: &mut Randomness<'_>) -> Answer<(Poll, Vec<u8>)> {
    fix_table(parse(plan, shown)?, shown, random)
}

pub(crate) fn parse(plan: &str, shown: &str) -> Answer<toml::Table> {
    plan.parse().map_err(|error: toml::de::Error| Refusal::input(format!("{shown}: {}", error.message())))
}

pub(crate) fn fix_table(plan: toml::Table, shown: &str, random: &mut Randomness<'_>) -> Answer<(Poll, Vec<u8>)> {
    let mut poll = as_json(toml::Value::Table(plan));
    let fault = |what: &str| Refusal::input(format!("{shown}: {what}"));
    let object = poll.as_object_mut().ok_or_else(|| fault("not a plan"))?;
    object.insert("ceremony".to_owned(), Uuid::random(random)?.as_str().into());
    for unit in object.get_mut("unit").and_then(Value::as_array_mut).ok_or_else(|| fault("there is no [[unit]]"))? {
        let unit = unit.as_object_mut().ok_or_else(|| fault("a unit is not a table"))?;
        unit.insert("uuid".to_owned(), Uuid::random(random)?.as_str().into());
    }
    let checked = Poll::of(&poll, shown)?;
    Ok((checked, format!("{poll:#}\n").into_bytes()))
}

impl Poll {
    /// Reads the poll among its files.
    pub fn read(files: &dyn Files) -> Answer<Self> {
        Self::of(&files.json(POLL)?, &files.shown(POLL))
    }

    /// Puts a fixed poll's bytes among its files, once.
    pub fn begin(files: &mut dyn Files, poll: &[u8]) -> Answer<()> {
        files.put(POLL, poll, Replace::No)
    }

    /// Reads a poll from its value; `shown` is the file's name in a refusal.
    pub fn of(value: &Value, shown: &str) -> Answer<Self> {
        let fault = |what: String| Refusal::input(format!("{shown}: {what}"));
        let known = [
            "title",
            "description",
            "opens_at",
            "closes_at",
            "revote",
            "minimum",
            "quorum",
            "officer",
            "scrutineer",
            "authority",
            "trustees",
            "question",
            "unit",
            "ceremony",
        ];
        refuse_unknown(value, &known).map_err(&fault)?;
        let text = |from: &Value, name: &str| {
            let text =
                from.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| fault(format!("{name} is missing or no text")))?;
            let fits = !text.trim().is_empty() && text.len() <= 4096 && !text.chars().any(char::is_control);
            if fits { Ok(text) } else { Err(fault(format!("{name} is empty, too long, or has control characters"))) }
        };
        let time = |name: &str| {
            let written = text(value, name)?;
            let time: Timestamp = written.parse().map_err(|_| fault(format!("{name} is not a time like 2026-12-01T08:00:00Z")))?;
            let canonical = time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            if canonical == written { Ok(written) } else { Err(fault(format!("{name}: write it as {canonical}"))) }
        };
        let (opens_at, closes_at) = (time("opens_at")?, time("closes_at")?);
        if opens_at >= closes_at {
            return Err(fault("closes_at is not after opens_at".to_owned()));
        }
        let revote = match value.get("revote").and_then(Value::as_str) {
            Some("one") => Revote::One,
            Some("last") => Revote::Last,
            _ => return Err(fault("revote is “one” (only one ballot) or “last” (the last ballot counts)".to_owned())),
        };
        let minimum = value.get("minimum").and_then(Value::as_u64).unwrap_or(20);
        let minimum =
            u32::try_from(minimum).ok().filter(|minimum| *minimum >= 5).ok_or_else(|| fault("minimum is never below 5".to_owned()))?;
        let key = |name: &str, text: Option<&str>| {
            text.and_then(PublicRoleKey::parse).ok_or_else(|| fault(format!("{name} is not a public key printed by whitley vote key")))
        };
        let role = |name: &str| key(name, value.get(name).and_then(Value::as_str));
        let trustees =
            value.get("trustees").and_then(Value::as_array).ok_or_else(|| fault("trustees is a list of public keys".to_owned()))?;
        let trustees = trustees.iter().map(|entry| key("a trustee's key", entry.as_str())).collect::<Answer<Vec<_>>>()?;
        let roles = Roles { officer: role("officer")?, scrutineer: role("scrutineer")?, authority: role("authority")?, trustees };
        let mut all: Vec<&PublicRoleKey> =
            [&roles.officer, &roles.scrutineer, &roles.authority].into_iter().chain(&roles.trustees).collect();
        all.sort();
        if all.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(fault("two roles have the same key: nobody may hold two roles".to_owned()));
        }
        let members = roles.trustees.len() as u64;
        let needed =
            value.get("quorum").and_then(Value::as_u64).ok_or_else(|| fault("quorum is how many trustees are needed".to_owned()))?;
        let holders = if needed == members && members >= 2 && members <= u64::from(Quorum::MOST_MEMBERS) {
            Holders::Singles
        } else {
            let quorum =
                u32::try_from(members).ok().zip(u32::try_from(needed).ok()).and_then(|(members, needed)| Quorum::new(members, needed));
            Holders::Group(
                quorum
                    .ok_or_else(|| fault(format!("a quorum of {needed} out of {members} trustees cannot be: at least 2, at most all")))?,
            )
        };
        let list = |name: &str| value.get(name).and_then(Value::as_array).filter(|list| !list.is_empty());
        let mut questions = Vec::new();
        for question in list("question").ok_or_else(|| fault("there is no [[question]]".to_owned()))? {
            refuse_unknown(question, &["text", "answers", "blank", "min", "max"]).map_err(&fault)?;
            let answers =
                question.get("answers").and_then(Value::as_array).ok_or_else(|| fault("answers is a list of texts".to_owned()))?;
            let answers = answers.iter().map(|answer| answer.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
            let answers = answers.ok_or_else(|| fault("answers is a list of texts".to_owned()))?;
            let number = |name: &str| match question.get(name) {
                None => Ok(1),
                Some(number) => {
                    number.as_u64().and_then(|number| u32::try_from(number).ok()).ok_or_else(|| fault(format!("{name} is a number")))
                }
            };
            let limits =
                Limits { min: number("min")?, max: number("max")?, blank: question.get("blank").and_then(Value::as_bool).unwrap_or(false) };
            let asked = text(question, "text")?;
            questions.push(Question::new(&asked, &answers, limits).map_err(|why| fault(why.to_string()))?);
        }
        let mut units: Vec<Unit> = Vec::new();
        for unit in list("unit").ok_or_else(|| fault("there is no [[unit]]".to_owned()))? {
            refuse_unknown(unit, &["id", "name", "merged", "small_allowed", "uuid"]).map_err(&fault)?;
            let (id, name) = (text(unit, "id")?, text(unit, "name")?);
            let plain = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') && id.len() <= 64;
            if !plain || units.iter().any(|earlier| earlier.id == id) {
                return Err(fault(format!("unit “{id}”: an id has small letters, digits and hyphens, and is used once")));
            }
            let merged = match unit.get("merged").and_then(Value::as_array) {
                None => vec![name.clone()],
                Some(list) => list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
            };
            let uuid =
                unit.get("uuid").and_then(Value::as_str).and_then(Uuid::parse).ok_or_else(|| fault(format!("unit “{id}” has no uuid")))?;
            units.push(Unit { id, name, uuid, merged, small_allowed: unit.get("small_allowed").and_then(Value::as_bool).unwrap_or(false) });
        }
        Ok(Self {
            title: text(value, "title")?,
            description: text(value, "description")?,
            ceremony: text(value, "ceremony")?,
            opens_at,
            closes_at,
            revote,
            minimum,
            holders,
            roles,
            questions,
            units,
        })
    }

    /// The election of a unit, under the trustees' key. Everybody who has the files comes to the same record.
    pub fn election(&self, unit: &Unit, key: &vote::Element) -> Answer<Election> {
        let name = format!("{}: {}", self.title, unit.name);
        let people = People::default();
        let draft = Draft { uuid: &unit.uuid, name: &name, description: &self.description, questions: &self.questions, people: &people };
        Election::new(&draft, key).map_err(|fault| Refusal::input(fault.to_string()))
    }

    /// The unit of this id.
    pub fn unit(&self, id: &str) -> Answer<&Unit> {
        self.units.iter().find(|unit| unit.id == id).ok_or_else(|| Refusal::input(format!("there is no unit “{id}” in this poll")))
    }

    /// Officer and scrutineer, who sign together.
    pub fn signers(&self) -> Vec<(String, PublicRoleKey)> {
        vec![("officer".to_owned(), self.roles.officer.clone()), ("scrutineer".to_owned(), self.roles.scrutineer.clone())]
    }

    /// Number of trustees.
    pub fn trustees(&self) -> u32 {
        // At most Quorum::MOST_MEMBERS, checked when it was read.
        self.roles.trustees.len() as u32
    }
}

impl Unit {
    /// Name of a public file about this unit: `what` is `credentials.json`, `list.json` or `setup.json`.
    pub fn file(&self, what: &str) -> String {
        format!("units/{}.{what}", self.id)
    }

    /// Name of its archive.
    pub fn archive(&self) -> String {
        format!("{}.bel", self.uuid)
    }

    /// Name of its companion.
    pub fn companion(&self) -> String {
        format!("{}.companion.jsonl", self.uuid)
    }
}

fn refuse_unknown(value: &Value, known: &[&str]) -> Result<(), String> {
    let keys = value.as_object().into_iter().flat_map(|object| object.keys());
    match keys.into_iter().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("there is no key “{key}”; known are {}", known.join(", "))),
        None => Ok(()),
    }
}

/// A plan as JSON. Times may be written with or without quotation marks.
fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(yes) => yes.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(list) => list.into_iter().map(as_json).collect(),
        toml::Value::Table(table) => Value::Object(table.into_iter().map(|(key, value)| (key, as_json(value))).collect()),
    }
}
