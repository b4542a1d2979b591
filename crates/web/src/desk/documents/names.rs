//! Who stands on the papers: what a printed paper says and neither plan nor roll knows. The officer types it; it is a setting of the store.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::desk::exchange::{entry, raced};
use crate::problem::Problem;
use crate::service::Service;

/// The setting.
const SETTING: &str = "papers";

/// Most letters of a line, as the papers have room for (docs/spec/print.md, D9).
const LINE: usize = 60;

/// Licences under which the figures may be used, by the word that is kept.
pub(crate) const LICENCES: [(&str, &str, &str); 4] = [
    ("", "Not said", ""),
    ("CC0-1.0", "CC0 1.0: everybody may do anything with them", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ("CC-BY-4.0", "CC BY 4.0: everybody may use them who names the source", "https://creativecommons.org/licenses/by/4.0/"),
    (
        "OGL-UK-3.0",
        "Open Government Licence 3.0, for public bodies",
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    ),
];

/// What the officer typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) union: String,
    pub(crate) union_address: Vec<String>,
    pub(crate) signed_by: String,
    pub(crate) signed_as: String,
    pub(crate) scrutineer: String,
    /// Of [`LICENCES`].
    pub(crate) licence: String,
    /// As the store has it.
    pub(super) stored: Option<String>,
}

impl Names {
    /// As it is kept; empty before.
    pub(crate) async fn of(service: &Service) -> Result<Self, Problem> {
        let stored = service.store.get_setting(SETTING).await?;
        let value: Value = stored.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let address = value["union_address"].as_array().into_iter().flatten();
        Ok(Self {
            union: text("union"),
            union_address: address.filter_map(Value::as_str).map(str::to_owned).collect(),
            signed_by: text("signed_by"),
            signed_as: text("signed_as"),
            scrutineer: text("scrutineer"),
            licence: text("licence"),
            stored,
        })
    }

    /// Takes what was typed, with every fault by its field.
    pub(crate) fn typed(mut self, form: &BTreeMap<String, String>) -> (Self, Vec<(&'static str, String)>) {
        let text = |name: &str| form.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        let address = text("union_address");
        self.union_address = address.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        (self.union, self.signed_by, self.signed_as) = (text("union"), text("signed_by"), text("signed_as"));
        (self.scrutineer, self.licence) = (text("scrutineer"), text("licence"));
        let mut faults = Vec::new();
        for (field, what, text) in [
            ("union", "The union’s name", &self.union),
            ("signed_by", "The name of who signs", &self.signed_by),
            ("signed_as", "The office of who signs", &self.signed_as),
            ("scrutineer", "The scrutineer’s name", &self.scrutineer),
        ] {
            let letters = text.chars().count();
            if letters > LINE {
                faults.push((field, format!("{what} has {letters} letters; {LINE} fit on a line.")));
            }
            if text.chars().any(char::is_control) {
                faults.push((field, format!("{what} has a character that is not seen: type it again instead of pasting it.")));
            }
        }
        if self.union.is_empty() {
            faults.push(("union", "Say which union holds the ballot.".to_owned()));
        }
        if self.signed_by.is_empty() {
            faults.push(("signed_by", "Say who signs notices and results.".to_owned()));
        }
        if let Some(line) = self.union_address.iter().find(|line| line.chars().count() > LINE) {
            faults.push(("union_address", format!("The line “{line}” has more than {LINE} letters; divide it over two lines.")));
        }
        if !LICENCES.iter().any(|(word, ..)| *word == self.licence) {
            faults.push(("licence", "Choose one of the licences.".to_owned()));
        }
        (self, faults)
    }

    /// Keeps it.
    pub(crate) async fn keep(&self, service: &Service, who: &str) -> Result<(), Problem> {
        let value = json!({
            "union": self.union, "union_address": self.union_address, "signed_by": self.signed_by, "signed_as": self.signed_as,
            "scrutineer": self.scrutineer, "licence": self.licence,
        });
        let entry = entry(service, who, "who stands on the papers", &value);
        service.store.change_setting(SETTING, self.stored.as_deref(), &value.to_string(), entry).await.map_err(raced)
    }

    /// Whether a paper can be printed at all.
    pub(crate) fn are_there(&self) -> bool {
        !self.union.is_empty() && !self.signed_by.is_empty()
    }

    /// Word, words and address of the licence, if one was chosen.
    pub(crate) fn licence(&self) -> Option<(&'static str, &'static str, &'static str)> {
        LICENCES.into_iter().find(|(word, ..)| !word.is_empty() && *word == self.licence)
    }

    /// The licence in words.
    pub(crate) fn licence_words(&self) -> &'static str {
        self.licence().map_or("not said", |(_, words, _)| words)
    }
}
