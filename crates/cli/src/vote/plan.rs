//! `whitley vote setup`: the officer's plan becomes the fixed poll.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use vote::companion::{PublicRoleKey, Revote, Roles};
use vote::trustee::Quorum;
use vote::{Draft, Election, Limits, People, Question, Randomness, Uuid};

use super::files::{self, Readers, System};
use super::{Done, Refusal};

type Answer<T> = Result<T, Refusal>;

/// Arguments of `whitley vote setup`.
#[derive(Args)]
pub(crate) struct Setup {
    /// The plan, TOML; docs/vote-a-poll.sh has an example
    plan: PathBuf,
    /// The poll folder to make
    #[arg(long)]
    out: PathBuf,
}

/// A fixed poll.
pub(crate) struct Poll {
    pub(crate) folder: PathBuf,
    title: String,
    description: String,
    /// Names the key ceremony.
    pub(crate) ceremony: String,
    pub(crate) opens_at: String,
    pub(crate) closes_at: String,
    pub(crate) revote: Revote,
    pub(crate) minimum: u32,
    pub(crate) holders: Holders,
    pub(crate) roles: Roles,
    questions: Vec<Question>,
    pub(crate) units: Vec<Unit>,
}

/// How the trustees hold the key.
#[derive(Clone, Copy)]
pub(crate) enum Holders {
    /// All are needed.
    Singles,
    /// A quorum is enough.
    Group(Quorum),
}

/// A balloting unit of the poll.
pub(crate) struct Unit {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) uuid: Uuid,
    /// Names of the units that are counted together here.
    pub(crate) merged: Vec<String>,
    pub(crate) small_allowed: bool,
}

impl Setup {
    pub(crate) fn run(self) -> Answer<Done> {
        let text = files::read_text(&self.plan)?;
        let plan: toml::Table =
            text.parse().map_err(|error: toml::de::Error| Refusal::input(format!("{}: {}", self.plan.display(), error.message())))?;
        let mut source = System;
        let random = &mut Randomness::new(&mut source);
        let mut poll = as_json(toml::Value::Table(plan));
        let fault = |what: &str| Refusal::input(format!("{}: {what}", self.plan.display()));
        let object = poll.as_object_mut().ok_or_else(|| fault("not a plan"))?;
        object.insert("ceremony".to_owned(), Uuid::random(random)?.as_str().into());
        for unit in object.get_mut("unit").and_then(Value::as_array_mut).ok_or_else(|| fault("there is no [[unit]]"))? {
            let unit = unit.as_object_mut().ok_or_else(|| fault("a unit is not a table"))?;
            unit.insert("uuid".to_owned(), Uuid::random(random)?.as_str().into());
        }
        let checked = Poll::of(&poll, &self.out, &self.plan)?;
        files::write(&self.out.join("poll.json"), format!("{poll:#}\n").as_bytes(), Readers::Everybody, false)?;
        let text = format!(
            "Fixed {} with {} units in {}.\nCompare the role keys in it with their holders over another channel.\nnext: every trustee runs  whitley vote ceremony {} --key THEIR.key\n",
            checked.title,
            checked.units.len(),
            self.out.display(),
            self.out.display()
        );
        let units: Vec<Value> = checked.units.iter().map(|unit| json!({ "id": unit.id, "uuid": unit.uuid.as_str() })).collect();
        Ok(Done::new(text, json!({ "folder": self.out.display().to_string(), "ceremony": checked.ceremony, "units": units })))
    }
}

impl Poll {
    /// Reads the poll of a folder.
    pub(crate) fn read(folder: &Path) -> Answer<Self> {
        let path = folder.join("poll.json");
        if !path.is_file() {
            return Err(Refusal::input(format!("{} is not a poll folder: it has no poll.json", folder.display())));
        }
        Self::of(&files::read_json(&path)?, folder, &path)
    }

    fn of(value: &Value, folder: &Path, path: &Path) -> Answer<Self> {
        let fault = |what: String| Refusal::input(format!("{}: {what}", path.display()));
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
            folder: folder.to_owned(),
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

    /// The election of a unit, under the trustees' key. Everybody who has the folder comes to the same record.
    pub(crate) fn election(&self, unit: &Unit, key: &vote::Element) -> Answer<Election> {
        let name = format!("{}: {}", self.title, unit.name);
        let people = People::default();
        let draft = Draft { uuid: &unit.uuid, name: &name, description: &self.description, questions: &self.questions, people: &people };
        Election::new(&draft, key).map_err(|fault| Refusal::input(fault.to_string()))
    }

    pub(crate) fn unit_file(&self, unit: &Unit, what: &str) -> PathBuf {
        self.folder.join("units").join(format!("{}.{what}", unit.id))
    }

    pub(crate) fn archive(&self, unit: &Unit) -> PathBuf {
        self.folder.join(format!("{}.bel", unit.uuid))
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
