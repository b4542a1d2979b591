//! What is known of employers: whose law, which are associated, who sets their terms. Never guessed from a name.

use std::collections::HashMap;
use std::path::Path;

use dated::{CsvFile, CsvRow, Faults, FileBytes, MAX_FILE_BYTES, nearest_name};
use law::{Employment, Nation};
use pay::equal_pay::{Names, PayRecords};

/// One employer, as its row says.
#[derive(Clone, Debug, Default)]
pub(super) struct EmployerFacts {
    nation: Option<Nation>,
    /// Numbers of names; 0 is not said.
    association: u32,
    body: u32,
    could_put_right: Option<bool>,
    common_terms: Option<bool>,
}

/// All employers of a pay file, by number.
pub(super) struct Employers {
    facts: Vec<EmployerFacts>,
    bodies: Names,
    nation: Nation,
    common_terms: bool,
}

impl Employers {
    /// Nothing is known but the nation that the command names, and whether common terms are said to apply in each employer.
    pub(super) fn unknown(records: &PayRecords, nation: Nation, common_terms: bool) -> Self {
        Self { facts: vec![EmployerFacts::default(); records.employers.count()], bodies: Names::default(), nation, common_terms }
    }

    /// Reads `employer,nation,association,body,could_put_right,common_terms`; all but the first may be absent or empty.
    pub(super) fn read(&mut self, path: &Path, records: &PayRecords, faults: &Faults) {
        let file = path.display().to_string();
        let bytes = bytes_of(path);
        let Some(csv) = CsvFile::read(&file, &bytes, &["employer"], faults) else { return };
        let known = ["employer", "nation", "association", "body", "could_put_right", "common_terms", "note"];
        for column in csv.columns().filter(|column| !known.contains(column)) {
            let fix = nearest_name(column, known)
                .map_or_else(|| format!("the columns are {}", known.join(", ")), |near| format!("did you mean “{near}”?"));
            faults.error("unknown-column", &dated::Place::new(&file, 1), format!("“{column}” is no column known here"), fix);
        }
        let mut associations = Names::default();
        let mut seen: HashMap<u32, u32> = HashMap::new();
        for row in csv.rows() {
            let Some(name) = row.text("employer") else { continue };
            let nation = row.optional("nation").and_then(|word| {
                let nation = Nation::from_word(word);
                if nation.is_none() {
                    let words = Nation::WORDS.map(|(word, _)| word).join(", ");
                    faults.error("unknown-nation", row.place(), format!("“{word}” is no nation known here"), format!("write {words}"));
                }
                nation
            });
            let facts = EmployerFacts {
                nation,
                association: associations.number(row.optional("association").unwrap_or_default()),
                body: self.bodies.number(row.optional("body").unwrap_or_default()),
                could_put_right: truth(&row, "could_put_right", faults),
                common_terms: truth(&row, "common_terms", faults),
            };
            // Employers without a row in the pay file are no fault: one list serves several files.
            let Some(number) = records.employers.find(name) else { continue };
            if let Some(line) = seen.insert(number, row.place().line) {
                faults.error("employer-twice", row.place(), format!("“{name}” stands twice (the other on line {line})"), "keep one row");
            }
            self.facts[number as usize] = facts;
        }
    }

    /// Whose law holds for that employer's claimants.
    pub(super) fn nation(&self, employer: u32) -> Nation {
        self.facts[employer as usize].nation.unwrap_or(self.nation)
    }

    /// By employer, the association or the body; 0 where none is said.
    pub(super) fn associations(&self) -> Vec<u32> {
        self.facts.iter().map(|facts| facts.association).collect()
    }

    /// By employer, the body that sets its terms.
    pub(super) fn bodies(&self) -> Vec<u32> {
        self.facts.iter().map(|facts| facts.body).collect()
    }

    /// How claimant and comparator are employed, as far as the files say.
    pub(super) fn employment(&self, claimant: u32, comparator: u32, same_establishment: Option<bool>) -> Employment {
        let (hers, his) = (&self.facts[claimant as usize], &self.facts[comparator as usize]);
        let same_employer = claimant == comparator;
        let both = |hers: Option<bool>, his: Option<bool>| match (hers, his) {
            (Some(true), Some(true)) => Some(true),
            (Some(false), _) | (_, Some(false)) => Some(false),
            _ => None,
        };
        let common_terms = if same_employer && self.common_terms { Some(true) } else { both(hers.common_terms, his.common_terms) };
        let one_body = hers.body != 0 && hers.body == his.body;
        Employment {
            same_employer,
            associated: (hers.association != 0 && his.association != 0).then_some(hers.association == his.association),
            same_establishment,
            common_terms,
            body: one_body.then(|| self.bodies.name(hers.body).to_owned()),
            could_put_right: both(hers.could_put_right, his.could_put_right),
        }
    }
}

fn truth(row: &CsvRow<'_>, column: &str, faults: &Faults) -> Option<bool> {
    match row.optional(column)?.to_lowercase().as_str() {
        "yes" | "true" | "y" => Some(true),
        "no" | "false" | "n" => Some(false),
        other => {
            faults.error(
                "not-yes-or-no",
                row.place(),
                format!("{column}: “{other}” is neither yes nor no"),
                "write yes or no, or leave it empty",
            );
            None
        }
    }
}

/// A small file.
pub(super) fn bytes_of(path: &Path) -> FileBytes {
    let unreadable = |error: std::io::Error| FileBytes::Unreadable { why: format!("cannot be read: {error}") };
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > MAX_FILE_BYTES => FileBytes::TooLarge { bytes: metadata.len() },
        Ok(_) => std::fs::read(path).map_or_else(unreadable, FileBytes::Read),
        Err(error) => unreadable(error),
    }
}
