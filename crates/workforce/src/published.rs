//! The published totals that a synthetic workforce is made from, and what is assumed beside them.

use std::collections::HashMap;

use dated::{Cite, CsvFile, Faults, FileBytes, Ratio, Sources, Table, TomlFile};

const EMPLOYERS: &[u8] = include_bytes!("../../../data/workforce/employers-england.csv");
const STAFF_GROUPS: &[u8] = include_bytes!("../../../data/workforce/fte-by-staff-group.csv");
const ASSUMPTIONS: &[u8] = include_bytes!("../../../data/workforce/assumptions.toml");

/// An employer with its published whole-time equivalents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Employer {
    /// Its code in the registers.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What kind of body it is.
    pub kind: String,
    /// Whole-time equivalents.
    pub fte: Ratio,
}

/// What is published of the staff of the NHS in England.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// Employers, March 2025.
    pub employers: Vec<Employer>,
    /// Whole-time equivalents by code and name of the employer and by staff group, June 2018.
    pub groups: Vec<(String, String, String, Ratio)>,
    /// Who published it.
    pub sources: Vec<String>,
}

/// What is assumed because nothing is published. All of it is estimated unless it says otherwise.
#[derive(Clone, Debug)]
pub struct Assumptions {
    /// Staff groups that are not dealt with.
    pub left_out: Vec<String>,
    /// Kinds of employers whose staff groups are as in bodies with this in their names.
    pub like: Vec<(String, String)>,
    /// Staff groups.
    pub groups: Vec<GroupShares>,
    /// At the top of their band, in percent.
    pub top_percent: Ratio,
    /// Months in which increments fall due, equally often.
    pub months: Vec<u8>,
    /// Portions of full time of women and of men, in percent.
    pub portions: [Vec<(Ratio, Ratio)>; 2],
}

/// What is assumed of a staff group.
#[derive(Clone, Debug)]
pub struct GroupShares {
    /// As the published table names it.
    pub name: String,
    /// In percent.
    pub women_percent: Ratio,
    /// Bands, in percent.
    pub bands: Vec<(String, Ratio)>,
}

impl Published {
    /// Reads the data that the program carries.
    pub fn built_in(sources: &Sources, faults: &Faults) -> Self {
        let mut published = Self::default();
        let mut cited: Vec<Cite> = Vec::new();
        let bytes = FileBytes::Read(EMPLOYERS.to_vec());
        if let Some(csv) =
            CsvFile::read("data/workforce/employers-england.csv", &bytes, &["ods_code", "name", "type", "fte", "status", "source"], faults)
        {
            for row in csv.rows() {
                let (code, name, kind, fte) = (row.text("ods_code"), row.text("name"), row.text("type"), row.decimal("fte"));
                cited.push(sources.check_cite(row.optional("source").unwrap_or(""), row.place(), faults));
                let (Some(code), Some(name), Some(kind), Some(fte), Some(_)) = (code, name, kind, fte, row.status()) else { continue };
                published.employers.push(Employer { code: code.to_owned(), name: name.to_owned(), kind: kind.to_owned(), fte });
            }
        }
        let bytes = FileBytes::Read(STAFF_GROUPS.to_vec());
        if let Some(csv) = CsvFile::read(
            "data/workforce/fte-by-staff-group.csv",
            &bytes,
            &["ods_code", "name", "staff_group", "fte", "status", "source"],
            faults,
        ) {
            for row in csv.rows() {
                let (code, name, group, fte) = (row.text("ods_code"), row.text("name"), row.text("staff_group"), row.decimal("fte"));
                cited.push(sources.check_cite(row.optional("source").unwrap_or(""), row.place(), faults));
                let (Some(code), Some(name), Some(group), Some(fte), Some(_)) = (code, name, group, fte, row.status()) else { continue };
                published.groups.push((code.to_owned(), name.to_owned(), group.to_owned(), fte));
            }
        }
        published.sources = cited.into_iter().flatten().collect();
        published.sources.sort();
        published.sources.dedup();
        published
    }

    /// The kind of each employer, by its name and by its code, in small letters.
    pub fn kinds(&self) -> HashMap<String, &str> {
        self.employers.iter().flat_map(|one| [&one.name, &one.code].map(|key| (key.to_lowercase(), one.kind.as_str()))).collect()
    }
}

impl Assumptions {
    fn none() -> Self {
        let (left_out, like, groups, months, portions) = Default::default();
        Self { left_out, like, groups, top_percent: Ratio::ZERO, months, portions }
    }

    /// Reads the data that the program carries.
    pub fn built_in(sources: &Sources, faults: &Faults) -> Self {
        Self::read("data/workforce/assumptions.toml", &FileBytes::Read(ASSUMPTIONS.to_vec()), sources, faults)
    }

    /// Reads a file of assumptions.
    pub fn read(file: &str, bytes: &FileBytes, sources: &Sources, faults: &Faults) -> Self {
        let Some(file) = TomlFile::read(file, bytes, faults) else { return Self::none() };
        file.with_root(faults, |root| {
            let cited = |table: &Table<'_>| {
                let _ = (table.cite(sources), table.status());
            };
            let left_out = root.list("left_out", |table, _| {
                cited(table);
                let _ = table.text("why");
                table.text("staff_group")
            });
            let like = root.list("like", |table, _| {
                cited(table);
                Some((table.text("type")?, table.text("name_contains")?))
            });
            let top_percent = root.optional_table("top_of_band", |table| {
                cited(table);
                table.decimal("percent")
            });
            let mut months = Vec::new();
            root.list("increment_month", |table, _| {
                cited(table);
                months.extend(
                    table.texts("months").into_iter().filter_map(|text| text.parse::<u8>().ok()).filter(|month| (1..=12).contains(month)),
                );
                Some(())
            });
            if months.is_empty() {
                root.fault("value-missing", "increment_month", "no month is named", "months = [4, 10]");
            }
            let mut portions = [Vec::new(), Vec::new()];
            root.list("hours", |table, _| {
                cited(table);
                let sex = table.choice("sex", &[("female", 0), ("male", 1)])?;
                let list = table.list("portions", |entry, _| Some((entry.decimal("wte")?, entry.decimal("percent")?)));
                check_sum(table, "portions", list.iter().map(|(_, percent)| *percent));
                portions[sex] = list;
                Some(())
            });
            let groups = root.list("group", |table, _| {
                cited(table);
                let bands = table.list("bands", |entry, _| Some((entry.text("band")?, entry.decimal("percent")?)));
                check_sum(table, "bands", bands.iter().map(|(_, percent)| *percent));
                Some(GroupShares { name: table.text("staff_group")?, women_percent: table.decimal("women_percent")?, bands })
            });
            Self { left_out, like, groups, top_percent: top_percent.flatten().unwrap_or(Ratio::ZERO), months, portions }
        })
    }
}

fn check_sum(table: &Table<'_>, key: &str, percents: impl Iterator<Item = Ratio>) {
    let sum: Ratio = percents.sum();
    if sum != Ratio::whole(100) {
        table.fault("not-a-hundred", key, format!("the percentages of {key} add up to {sum}"), "100");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_that_do_not_add_up_and_missing_sources_are_faults() {
        let text = "[[group]]\nstaff_group = \"A\"\nwomen_percent = 50\nbands = [{ band = \"1\", percent = 99 }]\nstatus = \"estimated\"\n";
        let faults = Faults::new();
        Assumptions::read("a.toml", &FileBytes::Read(text.into()), &Sources::default(), &faults);
        let codes: Vec<_> = faults.into_sorted().into_iter().map(|fault| fault.code).collect();
        assert!(codes.contains(&"not-a-hundred") && codes.contains(&"value-missing"), "{codes:?}");
        assert!(codes.iter().any(|code| code.contains("source") || *code == "missing-key"), "{codes:?}");
    }
}
