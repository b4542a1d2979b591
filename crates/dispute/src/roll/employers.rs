//! The employers file: who the employers are, where people work for them, which unit each workplace belongs to. Spec R4.

use std::collections::BTreeMap;

use dated::{Place, nearest_name};
use sheet::{Columns, Input, Mapping, Row, Words, short};

use super::cells;
use super::finding::{Finding, finding};
use super::intake::{Intake, Needed};

/// What a column of an employers file can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmployerField {
    /// Short name of the employer.
    Employer,
    /// Its name.
    Name,
    /// One workplace a row, or several in a cell with semicolons between them.
    Workplace,
    /// The unit of the workplaces of this row; the employer itself where there is none.
    Unit,
    /// Whether most members of the unit normally work in important public services.
    ImportantPublicService,
    /// Domains of e-mail addresses that are the employer's.
    WorkDomains,
    /// Where notices go, lines apart by semicolons.
    Address,
    /// Other names of the employer, with semicolons between them.
    Also,
}

impl sheet::Meaning for EmployerField {
    const WORDS: &'static [(Self, &'static str, &'static [&'static str])] = &[
        (Self::Employer, "employer", &["employer id", "id", "code", "employer code"]),
        (Self::Name, "name", &["employer name", "title"]),
        (Self::Workplace, "workplace", &["workplaces", "site", "sites", "workplace name"]),
        (Self::Unit, "unit", &["balloting unit", "ballot unit"]),
        (Self::ImportantPublicService, "important_public_service", &["ips", "important public services"]),
        (Self::WorkDomains, "work_domains", &["email domains", "domains", "email domain", "work domain"]),
        (Self::Address, "address", &["notice address", "employer address"]),
        (Self::Also, "also", &["other names", "aliases", "known as"]),
    ];
    const PERSONAL: &'static [&'static str] = &[];
    const EXAMPLE: &'static str = "Site=workplace";
}

/// One employer.
#[derive(Clone, Debug, Default)]
pub struct Employer {
    /// Short name.
    pub id: String,
    /// Name for people and notices.
    pub name: String,
    /// Workplaces with their unit, by the name that is compared.
    workplaces: BTreeMap<String, (String, String)>,
    /// The unit of those whose workplace is not said: the only one there is.
    units: Vec<String>,
    /// Per unit, whether in important public services.
    pub important_public_service: BTreeMap<String, bool>,
    /// Domains of e-mail addresses that are the employer's.
    pub work_domains: Vec<String>,
    /// Where notices go, a line each.
    pub address: Vec<String>,
    other_names: Vec<String>,
}

impl Employer {
    /// The workplace of that name and its unit; upper case, dots and blanks do not matter.
    pub fn workplace(&self, name: &str) -> Option<(&str, &str)> {
        self.workplaces.get(&cells::comparable(name, false)).map(|(name, unit)| (name.as_str(), unit.as_str()))
    }

    /// Its workplaces.
    pub fn workplaces(&self) -> impl Iterator<Item = &str> {
        self.workplaces.values().map(|(name, _)| name.as_str())
    }

    /// Its unit, where all its workplaces are in one.
    pub fn only_unit(&self) -> Option<&str> {
        if let [only] = self.units.as_slice() { Some(only) } else { None }
    }

    /// Its units.
    pub fn units(&self) -> &[String] {
        &self.units
    }
}

/// All employers of a ballot.
#[derive(Clone, Debug, Default)]
pub struct Employers {
    list: Vec<Employer>,
    /// By every name that is compared.
    by_name: BTreeMap<String, usize>,
    /// Domains of all employers.
    domains: std::collections::BTreeSet<String>,
}

impl Employers {
    /// Reads an employers file, CSV or XLSX, with all its faults.
    pub fn read(file: &str, input: &mut dyn Input, mapping: &Mapping<EmployerField>, sheet: Option<&str>) -> (Self, Vec<Finding>) {
        let mut employers = Self::default();
        let needed =
            [Needed { one: EmployerField::Employer, or: Some(EmployerField::Name), why: "nothing says whose workplaces these are" }];
        let words = Words { of: "the employers", header: "employer, and one more" };
        let mut take = |columns: &Columns<EmployerField>, place: Place, row: &Row, findings: &mut Vec<Finding>| {
            let mut texts: BTreeMap<&'static str, &str> = BTreeMap::new();
            let before = findings.len();
            for column in columns.uses.iter().filter_map(|column| column.meaning) {
                let raw = columns.at(column).and_then(|at| row.get(at)).unwrap_or_default();
                match sheet::text(raw) {
                    Ok(text) => drop(texts.insert(sheet::Meaning::name(column), text)),
                    Err(trouble) => findings.push(finding(trouble.code, place.clone(), trouble.what, trouble.fix)),
                }
            }
            findings.len() == before && employers.take(&texts, &place, findings)
        };
        let intake = Intake::new(file, mapping, &needed, words, &mut take).read(input, sheet);
        let findings = intake.findings;
        (employers, findings)
    }

    fn take(&mut self, texts: &BTreeMap<&'static str, &str>, place: &Place, findings: &mut Vec<Finding>) -> bool {
        let text = |field: EmployerField| texts.get(sheet::Meaning::name(field)).copied().unwrap_or_default();
        let list = |field: EmployerField| text(field).split(';').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>();
        let (id, name) = (text(EmployerField::Employer), text(EmployerField::Name));
        let (id, name) = (if id.is_empty() { name } else { id }, if name.is_empty() { id } else { name });
        if id.is_empty() {
            findings.push(finding("no-employer", place.clone(), "this row names no employer", "fill it in, or remove the row"));
            return false;
        }
        let at = match self.by_name.get(&cells::comparable(id, false)) {
            Some(at) => *at,
            None => {
                self.list.push(Employer { id: id.to_owned(), name: name.to_owned(), ..Employer::default() });
                self.list.len() - 1
            }
        };
        for known in [id, name].into_iter().chain(list(EmployerField::Also)) {
            let earlier = *self.by_name.entry(cells::comparable(known, false)).or_insert(at);
            if earlier != at {
                findings.push(finding(
                    "two-employers",
                    place.clone(),
                    format!("“{}” is the name of two employers: {} and {id}", short(known), self.list[earlier].id),
                    "give each its own name, or write both under one employer",
                ));
                return false;
            }
        }
        let service = match cells::yes_or_no(text(EmployerField::ImportantPublicService)) {
            Ok(service) => service,
            Err(trouble) => {
                findings.push(finding(trouble.code, place.clone(), trouble.what, trouble.fix));
                return false;
            }
        };
        let employer = &mut self.list[at];
        let unit = if text(EmployerField::Unit).is_empty() { employer.name.clone() } else { text(EmployerField::Unit).to_owned() };
        if !employer.units.contains(&unit) {
            employer.units.push(unit.clone());
        }
        for workplace in list(EmployerField::Workplace) {
            let entry = (workplace.to_owned(), unit.clone());
            let earlier = employer.workplaces.entry(cells::comparable(workplace, false)).or_insert_with(|| entry.clone());
            if earlier.1 != entry.1 {
                findings.push(finding(
                    "workplace-in-two-units",
                    place.clone(),
                    format!("“{}” of {} is in the unit “{}” and in “{unit}”", short(workplace), employer.name, earlier.1),
                    "a workplace is balloted in one unit: keep one of the two rows",
                ));
            }
        }
        if let Some(service) = service {
            employer.important_public_service.insert(unit, service);
        }
        for domain in list(EmployerField::WorkDomains) {
            let domain = domain.trim_start_matches('@').to_lowercase();
            self.domains.insert(domain.clone());
            employer.work_domains.push(domain);
        }
        if employer.address.is_empty() {
            employer.address = list(EmployerField::Address).into_iter().map(str::to_owned).collect();
        }
        employer.other_names.extend(list(EmployerField::Also).into_iter().map(str::to_owned));
        true
    }

    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Employer> {
        self.list.iter()
    }

    /// The employer of that id or name.
    pub fn find(&self, name: &str) -> Option<&Employer> {
        self.by_name.get(&cells::comparable(name, false)).map(|at| &self.list[*at])
    }

    /// The name that was probably meant.
    pub(super) fn nearest(&self, name: &str) -> Option<&str> {
        nearest_name(name, self.list.iter().flat_map(|employer| [employer.name.as_str(), employer.id.as_str()]))
    }

    /// The employer who has a workplace of that name.
    pub(super) fn with_workplace(&self, name: &str) -> Option<&Employer> {
        let wanted = cells::comparable(name, false);
        self.list.iter().find(|employer| employer.workplaces.contains_key(&wanted))
    }

    /// Whether an e-mail address is at work: at a domain of an employer, or below one.
    pub(super) fn is_at_work(&self, email: &str) -> bool {
        let Some((_, domain)) = email.rsplit_once('@') else { return false };
        let domain = domain.to_lowercase();
        let mut rest = domain.as_str();
        loop {
            if self.domains.contains(rest) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
    }
}
