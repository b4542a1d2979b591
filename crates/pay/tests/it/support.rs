//! Small makers of the things that tests need, read by the same readers as real files.

use std::path::Path;

use dated::{Date, Faults, FileBytes, Month, Place, Ratio, Source, Sources, TomlFile, parse_date};
use pay::{Offer, Prices, Scale, View};

/// The folder `data/` of the project.
pub(crate) fn data(name: &str) -> FileBytes {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(name);
    FileBytes::Read(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// Every source that the data name.
pub(crate) fn data_sources() -> Sources {
    let faults = Faults::new();
    let sources = Sources::read_csv("data/sources.csv", &data("sources.csv"), &faults);
    no_faults("data/sources.csv", faults);
    sources
}

/// One scale out of `data/pay/scales.toml`.
pub(crate) fn data_scale(id: &str) -> Scale {
    let (sources, faults) = (data_sources(), Faults::new());
    let file = TomlFile::read("scales.toml", &data("pay/scales.toml"), &faults).expect("scales.toml has text");
    let read_file = |name: &str| Some((name.to_owned(), data(&format!("pay/{name}"))));
    let scales = file.with_root(&faults, |root| root.list("scale", |table, _| Scale::read(table, &sources, read_file, &faults)));
    no_faults("data/pay/scales.toml", faults);
    scales.into_iter().find(|scale| scale.id == id).unwrap_or_else(|| panic!("there is no scale {id}"))
}

/// The prices that the project carries.
pub(crate) fn data_prices() -> Prices {
    let (sources, faults) = (data_sources(), Faults::new());
    let mut prices = Prices::none();
    prices.add_csv("data/prices/monthly.csv", &data("prices/monthly.csv"), &sources, &faults);
    no_faults("data/prices/monthly.csv", faults);
    prices
}

/// The rows of a CSV of `data/`, each as cells by column name.
pub(crate) fn data_rows(name: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let faults = Faults::new();
    let csv = dated::CsvFile::read(name, &data(name), columns, &faults).unwrap_or_else(|| panic!("{name} lacks a column"));
    let rows = csv.rows().map(|row| columns.iter().map(|column| row.optional(column).unwrap_or("").to_owned()).collect()).collect();
    no_faults(name, faults);
    rows
}

/// The only source that invented cases name.
pub(crate) fn invented() -> Sources {
    let (mut sources, faults) = (Sources::default(), Faults::new());
    let source = Source { id: "ARITHMETIC".into(), title: "Invented".into(), location: "nowhere".into(), licence: String::new() };
    sources.add(source, &Place::new("invented", 1), &faults);
    sources
}

/// An offer read from the text of its steps. Keys that the text does not have are filled in: made on the rates of
/// 31 March 2031, in England.
pub(crate) fn offer(text: &str) -> Offer {
    offer_with_source(text, "ARITHMETIC", &invented())
}

/// The same, naming another source.
pub(crate) fn offer_with_source(text: &str, source: &str, sources: &Sources) -> Offer {
    let mut whole = String::new();
    for (key, line) in [
        ("id", "id = \"case\"\n".to_owned()),
        ("title", "title = \"case\"\n".to_owned()),
        ("kind", "kind = \"offer\"\n".to_owned()),
        ("base_date", "base_date = 2031-03-31\n".to_owned()),
        ("nations", "nations = [\"England\"]\n".to_owned()),
        ("source", format!("source = \"{source}\"\n")),
        ("status", "status = \"synthetic\"\n".to_owned()),
    ] {
        let head = text.split("[[").next().unwrap_or("");
        if !head.lines().any(|known| known.split('=').next().is_some_and(|name| name.trim() == key)) {
            whole.push_str(&line);
        }
    }
    whole.push_str(text);
    let faults = Faults::new();
    let file = TomlFile::read("offer", &FileBytes::Read(whole.clone().into()), &faults).expect("the offer has text");
    let offer = file.with_root(&faults, |root| Offer::read(root, sources));
    no_faults(&whole, faults);
    offer.unwrap_or_else(|| panic!("no offer in {whole}"))
}

/// A scale of one line a point: `point bands rate`, and a nation if it is not England; in force from April 2030.
pub(crate) fn scale(points: &str, rounding: &str) -> Scale {
    let mut csv = String::from("nation,effective_from,point,bands,annual_gbp,status,source\n");
    for line in points.lines().filter(|line| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let [point, bands, rate, nation @ ..] = cells.as_slice() else { panic!("not `point bands rate`: {line}") };
        csv.push_str(&format!("{},2030-04-01,{point},{bands},{rate},synthetic,ARITHMETIC\n", nation.first().unwrap_or(&"England")));
    }
    let description = format!(
        "[[scale]]\nid = \"case\"\ntitle = \"Case\"\nfile = \"points.csv\"\n[[scale.rounding]]\nfrom = 2030-04-01\nrule = \"{rounding}\"\nsource = \"ARITHMETIC\"\nstatus = \"synthetic\"\n"
    );
    let (sources, faults) = (invented(), Faults::new());
    let file = TomlFile::read("scales", &FileBytes::Read(description.into()), &faults).expect("has text");
    let read_file = |name: &str| Some((name.to_owned(), FileBytes::Read(csv.clone().into())));
    let mut scales = file.with_root(&faults, |root| root.list("scale", |table, _| Scale::read(table, &sources, read_file, &faults)));
    no_faults(&csv, faults);
    scales.pop().expect("one scale")
}

/// England's steps on England's rates, whatever the group.
pub(crate) const ENGLAND: View<'static> = View { nation: "England", scale_nation: "England", group: None };

pub(crate) fn day(text: &str) -> Date {
    parse_date(text).unwrap_or_else(|problem| panic!("{problem}"))
}

pub(crate) fn month(text: &str) -> Month {
    Month::parse(text).unwrap_or_else(|| panic!("{text} is no month"))
}

pub(crate) fn ratio(text: &str) -> Ratio {
    Ratio::parse_decimal(text).unwrap_or_else(|| panic!("{text} is no decimal"))
}

pub(crate) fn no_faults(what: &str, faults: Faults) {
    let faults = faults.into_sorted();
    assert!(faults.is_empty(), "{what}\n{faults:#?}");
}
