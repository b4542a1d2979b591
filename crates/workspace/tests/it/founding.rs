//! The founding disputes, opened as the service opens them, and what their pages give.

use std::sync::LazyLock;

use dated::{Date, Severity};
use dispute::{Dispute, FoundingDisputes, Library};
use law::Rulebook;
use workspace::{Answer, Asked, Opened, Page, Reader, Trouble};

pub(crate) static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::built_in().0);
static BOOK: LazyLock<Rulebook> = LazyLock::new(|| Rulebook::built_in().expect("the rules are whole"));

/// Every founding dispute.
pub(crate) fn disputes() -> Vec<Dispute> {
    FoundingDisputes::ids().iter().map(|id| dispute(id)).collect()
}

/// A founding dispute.
pub(crate) fn dispute(id: &str) -> Dispute {
    let folder = FoundingDisputes::folder(id).expect("it is there");
    let (dispute, faults) = Dispute::read(&folder, &LIBRARY);
    assert!(faults.iter().all(|fault| fault.severity != Severity::Error), "{faults:?}");
    dispute.expect("it can be read")
}

/// What a page gives; `asked` is a path with its query, not encoded: `worth?nation=England&post=17:5`.
pub(crate) fn answer(dispute: &Dispute, asked: &str) -> Result<Answer, Trouble> {
    let (path, query) = asked.split_once('?').unwrap_or((asked, ""));
    let pairs: Vec<(String, String)> =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let opened = Opened {
        dispute,
        library: &LIBRARY,
        book: &BOOK,
        places: &crate::ask::PLACES,
        warnings: &[],
        version: "0000000000000000000000000000000000000000000000000000000000000000",
        licence: None,
        base: "/d/test",
        today: Date::constant(2026, 11, 22),
        reader: Reader::Desk { may_write: true },
    };
    workspace::answer(&opened, &Asked { path, pairs: &pairs })
}

/// A page that must be there.
pub(crate) fn page(dispute: &Dispute, asked: &str) -> Page {
    match answer(dispute, asked) {
        Ok(Answer::Page(page)) => page,
        Ok(Answer::File(file)) => panic!("{asked}: a file {}", file.name),
        Err(trouble) => panic!("{}: {asked}: {trouble:?}", dispute.id),
    }
}

/// The rows of a table as CSV gives them, each by the headings.
pub(crate) fn rows(dispute: &Dispute, asked: &str, table: &str) -> Vec<Vec<String>> {
    let mark = if asked.contains('?') { '&' } else { '?' };
    match answer(dispute, &format!("{asked}{mark}csv={table}")) {
        Ok(Answer::File(file)) => {
            let mut reader = csv::Reader::from_reader(file.bytes.as_slice());
            reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
        }
        Ok(Answer::Page(_)) => panic!("{asked}: no CSV"),
        Err(Trouble::NotThere(_)) => Vec::new(),
        Err(trouble) => panic!("{}: {asked}: {trouble:?}", dispute.id),
    }
}
