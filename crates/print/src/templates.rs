//! The templates: built in, written out for a union to edit, read back in from its folder.

use std::collections::BTreeMap;

use dated::{Faults, FileBytes, Place, nearest_name};

const BUILT_IN: [(&str, &str); 18] = [
    ("paper.typ", include_str!("../templates/paper.typ")),
    ("ballot-notice.typ", include_str!("../templates/ballot-notice.typ")),
    ("voting-paper.typ", include_str!("../templates/voting-paper.typ")),
    ("voting-letter.typ", include_str!("../templates/voting-letter.typ")),
    ("result.typ", include_str!("../templates/result.typ")),
    ("scrutineer.typ", include_str!("../templates/scrutineer.typ")),
    ("action-notice.typ", include_str!("../templates/action-notice.typ")),
    ("letter.typ", include_str!("../templates/letter.typ")),
    ("postcards.typ", include_str!("../templates/postcards.typ")),
    ("certificate.typ", include_str!("../templates/certificate.typ")),
    ("mandates.typ", include_str!("../templates/mandates.typ")),
    ("conference.typ", include_str!("../templates/conference.typ")),
    ("meeting.typ", include_str!("../templates/meeting.typ")),
    ("plan.typ", include_str!("../templates/plan.typ")),
    ("ballot-letter.typ", include_str!("../templates/ballot-letter.typ")),
    ("texts-en.toml", include_str!("../templates/texts-en.toml")),
    ("texts-cy.toml", include_str!("../templates/texts-cy.toml")),
    ("README.md", include_str!("../templates/README.md")),
];

/// A set of templates: file name and text.
#[derive(Clone, Debug)]
pub struct Templates(BTreeMap<String, String>);

impl Templates {
    /// Those that come with the program.
    pub fn built_in() -> Self {
        Self(BUILT_IN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    /// Puts a union's own files in place of built-in ones of the same name; a file of another name may be imported
    /// by them.
    pub fn replace(&mut self, files: &BTreeMap<String, FileBytes>, folder: &str, faults: &Faults) {
        for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".typ") || name.ends_with(".toml")) {
            let shown = format!("{folder}/{name}");
            if !self.0.contains_key(name)
                && let Some(near) = nearest_name(name, self.0.keys().map(String::as_str))
            {
                faults.warning(
                    "unknown-template",
                    &Place::new(&shown, 1),
                    "no paper uses a template of this name",
                    format!("did you mean {near}?"),
                );
            }
            if let Some(text) = bytes.text(&shown, faults) {
                self.0.insert(name.clone(), text);
            }
        }
    }

    /// Name and text of each.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}
