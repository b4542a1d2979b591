//! The poll's public files, which the store keeps, and what is read from them.

use std::collections::BTreeMap;
use std::sync::Arc;

use poll::{InMemory, Poll};
use serde_json::Value;

use crate::problem::Problem;
use crate::service::Service;

/// The file with what the poll's own format has no place for: see [`About`].
pub const ABOUT: &str = "about.json";

/// The poll, if it is fixed.
///
/// # Errors
/// The store failed, or has a poll that cannot be read.
pub async fn poll(service: &Service) -> Result<Option<Arc<Poll>>, Problem> {
    let Some((_, bytes)) = service.store.get_file(poll::plan::POLL).await? else { return Ok(None) };
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| Problem::ours(&error))?;
    let poll = Poll::of(&value, poll::plan::POLL).map_err(|refusal| Problem::ours(&refusal))?;
    Ok(Some(Arc::new(poll)))
}

/// All public files, for the functions of `poll`.
///
/// # Errors
/// The store failed.
pub async fn all(service: &Service) -> Result<InMemory, Problem> {
    let mut files = BTreeMap::new();
    for info in service.store.list_files("").await? {
        if let Some((_, bytes)) = service.store.get_file(&info.name).await? {
            files.insert(info.name, bytes);
        }
    }
    Ok(InMemory(files))
}

/// What pages say of a poll beside what is signed: `about.json`, written by the officer's desk. No vote and no count depends on it.
///
/// `{"kind":"statutory"|"consultative","jurisdiction":"GB"|"NI","important_public_service":[UNIT,…],"wales_devolved":[UNIT,…],
/// "recommendation":TEXT|null,"questions":[{"text_cy":TEXT,"answers_cy":[TEXT,…]},…]}`; every field may be missing.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// `statutory`, `consultative`, or not said.
    pub kind: Option<String>,
    /// `GB` or `NI`: which law judges the result, if any.
    pub jurisdiction: Option<law::Jurisdiction>,
    /// Ids of units most of whose members are normally engaged in important public services.
    pub important_public_service: Vec<String>,
    /// Ids of units of a devolved Welsh authority.
    pub wales_devolved: Vec<String>,
    /// What the union recommends.
    pub recommendation: Option<String>,
    /// The questions in Welsh, as many as the poll has, if there are any.
    pub questions_cy: Vec<(String, Vec<String>)>,
}

/// What is said about the poll; nothing, if the file is not there or is of another form.
///
/// # Errors
/// The store failed.
pub async fn about(service: &Service) -> Result<About, Problem> {
    let Some((_, bytes)) = service.store.get_file(ABOUT).await? else { return Ok(About::default()) };
    Ok(About::read(&bytes).unwrap_or_default())
}

impl About {
    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let value: Value = serde_json::from_slice(bytes).map_err(|error| format!("{ABOUT}: {error}"))?;
        let object = value.as_object().ok_or_else(|| format!("{ABOUT} is not an object"))?;
        let known = ["kind", "jurisdiction", "important_public_service", "wales_devolved", "recommendation", "questions"];
        if let Some(key) = object.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(format!("{ABOUT}: there is no key “{key}”; known are {}", known.join(", ")));
        }
        let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
        let list = |value: Option<&Value>| -> Vec<String> {
            value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let jurisdiction = text("jurisdiction")
            .map(|name| {
                let found = law::Jurisdiction::NAMES.iter().find(|(short, _)| *short == name).map(|(_, jurisdiction)| *jurisdiction);
                found.ok_or_else(|| format!("{ABOUT}: jurisdiction is GB or NI"))
            })
            .transpose()?;
        let kind = text("kind");
        if kind.as_ref().is_some_and(|kind| kind != "statutory" && kind != "consultative") {
            return Err(format!("{ABOUT}: kind is statutory or consultative"));
        }
        let questions = object.get("questions").and_then(Value::as_array).into_iter().flatten();
        let questions_cy = questions
            .map(|question| {
                let text = question.get("text_cy").and_then(Value::as_str)?;
                Some((text.to_owned(), list(question.get("answers_cy"))))
            })
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| format!("{ABOUT}: each question has text_cy and answers_cy, or there are none"))?;
        Ok(Self {
            kind,
            jurisdiction,
            important_public_service: list(object.get("important_public_service")),
            wales_devolved: list(object.get("wales_devolved")),
            recommendation: text("recommendation"),
            questions_cy,
        })
    }
}
