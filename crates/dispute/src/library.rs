//! The published data that Whitley carries: sources, prices, scales, tables of facts.

use std::collections::BTreeMap;

use dated::{FactTable, Fault, Faults, FileBytes, Sources, TomlFile};
use pay::{MinimumWage, OnCosts, PensionScheme, Prices, Scale, TaxLaw, UniversalCredit};

/// All built-in data, checked.
#[derive(Clone, Debug)]
pub struct Library {
    /// Every source by id.
    pub sources: Sources,
    /// Prices by month.
    pub prices: Prices,
    /// Pay scales.
    pub scales: Vec<Scale>,
    /// Tables of facts by name.
    pub tables: BTreeMap<String, FactTable>,
    /// Income tax, National Insurance, student loans.
    pub tax: TaxLaw,
    /// Pension schemes.
    pub pensions: Vec<PensionScheme>,
    /// What employers pay on top of pay.
    pub on_costs: Vec<OnCosts>,
    /// The taper and the work allowances of Universal Credit.
    pub universal_credit: UniversalCredit,
    /// The legal minimum wage.
    pub minimum_wage: MinimumWage,
}

/// The files of `data/` that this crate reads, as they were when the program was built.
const FILES: [(&str, &[u8]); 20] = [
    ("sources.csv", include_bytes!("../../../data/sources.csv")),
    ("prices/monthly.csv", include_bytes!("../../../data/prices/monthly.csv")),
    ("prices/missing.csv", include_bytes!("../../../data/prices/missing.csv")),
    ("pay/scales.toml", include_bytes!("../../../data/pay/scales.toml")),
    ("pay/afc-bands.csv", include_bytes!("../../../data/pay/afc-bands.csv")),
    ("pay/afc-spine.csv", include_bytes!("../../../data/pay/afc-spine.csv")),
    ("pay/whitley-nurses.csv", include_bytes!("../../../data/pay/whitley-nurses.csv")),
    ("ballots/ballots_history.csv", include_bytes!("../../../data/ballots/ballots_history.csv")),
    ("workforce/paybill.csv", include_bytes!("../../../data/workforce/paybill.csv")),
    ("workforce/history.csv", include_bytes!("../../../data/workforce/history.csv")),
    ("pay/civil-service-offers-2003.csv", include_bytes!("../../../data/pay/civil-service-offers-2003.csv")),
    ("pay/nurse-starting-pay.csv", include_bytes!("../../../data/pay/nurse-starting-pay.csv")),
    ("pay/dwp-reference-points.csv", include_bytes!("../../../data/pay/dwp-reference-points.csv")),
    ("pay/afc-chain-check.csv", include_bytes!("../../../data/pay/afc-chain-check.csv")),
    ("tax/income-tax.toml", include_bytes!("../../../data/tax/income-tax.toml")),
    ("tax/national-insurance.toml", include_bytes!("../../../data/tax/national-insurance.toml")),
    ("tax/student-loans.toml", include_bytes!("../../../data/tax/student-loans.toml")),
    ("pensions/schemes.toml", include_bytes!("../../../data/pensions/schemes.toml")),
    ("benefits/universal-credit.toml", include_bytes!("../../../data/benefits/universal-credit.toml")),
    ("minimum-wage/rates.csv", include_bytes!("../../../data/minimum-wage/rates.csv")),
];

const TABLES: [(&str, &str); 6] = [
    ("ballots", "ballots/ballots_history.csv"),
    ("paybill", "workforce/paybill.csv"),
    ("workforce", "workforce/history.csv"),
    ("civil-service-offers", "pay/civil-service-offers-2003.csv"),
    ("nurse-starting-pay", "pay/nurse-starting-pay.csv"),
    ("dwp-reference", "pay/dwp-reference-points.csv"),
];

impl Library {
    /// The bytes of a built-in data file, named as below `data/`.
    pub fn file(name: &str) -> Option<FileBytes> {
        FILES.iter().find(|(known, _)| *known == name).map(|(_, bytes)| FileBytes::Read(bytes.to_vec()))
    }

    /// Reads and checks all built-in data. The faults are empty unless the data themselves are broken.
    pub fn built_in() -> (Self, Vec<Fault>) {
        let faults = Faults::new();
        let file = |name: &str| Self::file(name).unwrap_or(FileBytes::Read(Vec::new()));
        let sources = Sources::read_csv("data/sources.csv", &file("sources.csv"), &faults);
        let mut prices = Prices::none();
        prices.add_csv("data/prices/monthly.csv", &file("prices/monthly.csv"), &sources, &faults);
        prices.check_gaps("data/prices/missing.csv", &file("prices/missing.csv"), &faults);
        let scales = read_scales("data/pay/scales.toml", &file("pay/scales.toml"), &sources, &faults, |name| {
            Self::file(&format!("pay/{name}")).map(|bytes| (format!("data/pay/{name}"), bytes))
        });
        let tables = TABLES
            .iter()
            .map(|(name, path)| ((*name).to_owned(), FactTable::read_csv(name, &format!("data/{path}"), &file(path), &sources, &faults)))
            .collect();
        let files = ["income-tax", "national-insurance", "student-loans"].map(|name| {
            let path = format!("tax/{name}.toml");
            (format!("data/{path}"), file(&path))
        });
        let tax = TaxLaw::read(files.each_ref().map(|(name, bytes)| (name.as_str(), bytes)), &sources, &faults);
        let pensions = PensionScheme::read_all("data/pensions/schemes.toml", &file("pensions/schemes.toml"), &sources, &faults);
        let on_costs = OnCosts::read(&tax, &pensions, &faults);
        let credit = "benefits/universal-credit.toml";
        let universal_credit = UniversalCredit::read(&format!("data/{credit}"), &file(credit), &sources, &faults);
        let minimum_wage = MinimumWage::read_csv("data/minimum-wage/rates.csv", &file("minimum-wage/rates.csv"), &sources, &faults);
        (Self { sources, prices, scales, tables, tax, pensions, on_costs, universal_credit, minimum_wage }, faults.into_sorted())
    }
}

/// Reads a file of `[[scale]]` tables; `read_file` gives the CSV files that they name.
pub(crate) fn read_scales(
    name: &str,
    bytes: &FileBytes,
    sources: &Sources,
    faults: &Faults,
    read_file: impl Fn(&str) -> Option<(String, FileBytes)>,
) -> Vec<Scale> {
    let Some(file) = TomlFile::read(name, bytes, faults) else { return Vec::new() };
    file.with_root(faults, |root| root.list("scale", |table, _| Scale::read(table, sources, &read_file, faults)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_data_have_no_fault() {
        let (library, faults) = Library::built_in();
        assert_eq!(faults, []);
        assert_eq!(library.scales.len(), 3);
        assert!(library.tables.contains_key("ballots"));
    }
}
