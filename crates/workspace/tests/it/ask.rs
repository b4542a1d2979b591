//! Asking a dispute for a page, as a service does.

use std::sync::LazyLock;

use dated::{Date, parse_date};
use dispute::{Dispute, Folder, FoundingDisputes, Library};
use law::Rulebook;
use workspace::places::PlacesRead;
use workspace::{Answer, Asked, File, Opened, Page, Reader, Trouble, answer};

pub(crate) static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::built_in().0);
pub(crate) static BOOK: LazyLock<Rulebook> = LazyLock::new(|| Rulebook::built_in().expect("rules without fault"));

/// The constituencies that the program carries, and no postcodes.
pub(crate) static PLACES: LazyLock<PlacesRead> = LazyLock::new(|| PlacesRead::built_in(&LIBRARY.sources).expect("constituencies"));

/// The five disputes that the program carries.
pub(crate) const FOUNDING: [&str; 5] = ["civil-service-2004", "nhs-2007", "nhs-2008", "nhs-2014", "nhs-whitley-1998"];

/// A founding dispute.
pub(crate) fn founding(id: &str) -> Dispute {
    read(&FoundingDisputes::folder(id).expect("a founding dispute"))
}

/// A dispute of these files, which must be without fault.
pub(crate) fn read(folder: &Folder) -> Dispute {
    let (dispute, faults) = Dispute::read(folder, &LIBRARY);
    assert!(faults.is_empty(), "{faults:?}");
    dispute.expect("a dispute")
}

pub(crate) fn date(text: &str) -> Date {
    parse_date(text).expect("a date")
}

/// The day on which every test asks.
pub(crate) fn today() -> Date {
    date("2026-11-22")
}

/// Asks for `action?from=2004-01-29`, as a negotiator.
pub(crate) fn ask(dispute: &Dispute, address: &str) -> Result<Answer, Trouble> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.replace('+', " "))
        })
        .collect();
    ask_pairs(dispute, path, &pairs)
}

pub(crate) fn ask_pairs(dispute: &Dispute, path: &str, pairs: &[(String, String)]) -> Result<Answer, Trouble> {
    let base = format!("/d/{}", dispute.id);
    let opened = Opened {
        dispute,
        library: &LIBRARY,
        book: &BOOK,
        places: &PLACES,
        warnings: &[],
        version: "0000000000000000000000000000000000000000000000000000000000000000",
        licence: None,
        base: &base,
        today: today(),
        reader: Reader::Desk { may_write: true },
    };
    answer(&opened, &Asked { path, pairs })
}

pub(crate) fn page(dispute: &Dispute, address: &str) -> Page {
    match ask(dispute, address) {
        Ok(Answer::Page(page)) => page,
        Ok(Answer::File(file)) => panic!("{address} is the file {}", file.name),
        Err(trouble) => panic!("{address}: {trouble:?}"),
    }
}

pub(crate) fn file(dispute: &Dispute, address: &str) -> File {
    match ask(dispute, address) {
        Ok(Answer::File(file)) => file,
        Ok(Answer::Page(page)) => panic!("{address} is the page {}", page.title),
        Err(trouble) => panic!("{address}: {trouble:?}"),
    }
}

/// The rows of a table of a page as programs get them, headings first.
pub(crate) fn csv(dispute: &Dispute, address: &str, table: &str) -> Vec<Vec<String>> {
    let mark = if address.contains('?') { '&' } else { '?' };
    let file = file(dispute, &format!("{address}{mark}csv={table}"));
    assert_eq!(file.kind, "text/csv; charset=utf-8");
    let text = String::from_utf8(file.bytes).expect("UTF-8");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// The values of one column, by its heading.
pub(crate) fn column(rows: &[Vec<String>], head: &str) -> Vec<String> {
    let at = rows[0].iter().position(|known| known == head).unwrap_or_else(|| panic!("no column {head} in {:?}", rows[0]));
    rows[1..].iter().map(|row| row[at].clone()).collect()
}
