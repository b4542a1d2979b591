//! The evidence pack: one file with everything that a dispute's figures rest on, each with its hash. The same files give the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use dated::FileBytes;
use dispute::Folder;

use super::{Asking, Desk, Reply};
use crate::asked::{Answer, Asked, File, Opened, Reader, Trouble};
use crate::pages::NAVIGATION;
use crate::shelf::{hash, pack};

const READ_ME: &str = "README.txt";
const CONTENTS: &str = "CONTENTS.sha256";

impl Desk {
    /// `GET /d/ID/evidence.zip`.
    pub(super) fn evidence(&self, asked: &Asking<'_>) -> Result<Reply, Trouble> {
        let read = asked.read;
        let Some(dispute) = read.usable() else {
            return Err(Trouble::question("The dispute has faults, so nothing of it is worked out; mend them first."));
        };
        let opened = Opened {
            dispute,
            library: &self.library,
            book: &self.book,
            places: &self.places,
            warnings: &read.faults,
            version: &read.version,
            licence: None,
            base: &asked.base,
            today: asked.call.today,
            reader: Reader::Public,
        };
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (path, bytes) in &read.folder.files {
            if let FileBytes::Read(bytes) = bytes {
                files.insert(format!("files/{path}"), bytes.clone());
            }
        }
        let page = report::page_with(dispute, &self.library, &self.book, None, None).map_err(Trouble::Ours)?;
        files.insert("report.html".to_owned(), page.into_bytes());
        tables(&opened, &mut files)?;
        if let Some(calendar) = calendar(&opened)? {
            files.insert("action.ics".to_owned(), calendar);
        }
        let used: BTreeSet<&str> = dispute.sources.iter().map(|source| source.id.as_str()).collect();
        files.insert("sources.csv".to_owned(), sources(&opened, &used));
        files.insert(READ_ME.to_owned(), read_me(&opened).into_bytes());
        let mut contents = String::new();
        for (path, bytes) in &files {
            let _ = writeln!(contents, "{}  {path}", hash(bytes));
        }
        files.insert(CONTENTS.to_owned(), contents.into_bytes());
        let name = format!("{}-evidence", read.id);
        let folder = Folder { name: name.clone(), files: files.into_iter().map(|(path, bytes)| (path, FileBytes::Read(bytes))).collect() };
        let bytes = pack(&name, &folder).map_err(Trouble::Ours)?;
        Ok(Reply::File(File { name: format!("{name}-{}.zip", &read.version[..12]), kind: "application/zip", bytes }))
    }
}

/// Every table of every page of the dispute, as programs read it.
fn tables(opened: &Opened<'_>, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Trouble> {
    let offers = opened.dispute.offers.iter().map(|offer| format!("offers/{}", offer.id));
    let pages = std::iter::once(String::new()).chain(NAVIGATION.iter().map(|(path, ..)| (*path).to_owned())).chain(offers);
    for path in pages {
        match crate::answer(opened, &Asked { path: &path, pairs: &[] }) {
            Ok(Answer::Page(page)) => {
                let folder = if path.is_empty() { "home".to_owned() } else { path.replace('/', "-") };
                for table in page.tables.iter().filter(|table| !table.rows.is_empty()) {
                    files.insert(format!("tables/{folder}/{}.csv", table.id), table.csv());
                }
            }
            Ok(Answer::File(_)) | Err(Trouble::NotThere(_) | Trouble::Question(_)) => {}
            Err(ours) => return Err(ours),
        }
    }
    Ok(())
}

/// The calendar of action, where there is anything in it.
fn calendar(opened: &Opened<'_>) -> Result<Option<Vec<u8>>, Trouble> {
    match crate::answer(opened, &Asked { path: "action/calendar.ics", pairs: &[] }) {
        Ok(Answer::File(file)) => Ok(Some(file.bytes)),
        Err(ours @ Trouble::Ours(_)) => Err(ours),
        _ => Ok(None),
    }
}

fn sources(opened: &Opened<'_>, used: &BTreeSet<&str>) -> Vec<u8> {
    let mut table = crate::table::Table::new("sources", "Sources", &["id", "title", "where", "licence"]);
    for source in used.iter().filter_map(|id| opened.dispute.sources.get(id)) {
        table.row([&source.id, &source.title, &source.location, &source.licence].map(|text| crate::table::words(text.clone())));
    }
    table.csv()
}

fn read_me(opened: &Opened<'_>) -> String {
    format!(
        "{}\n\nWhat its figures rest on, made on {}.\n\n\
         files/        the dispute as it was written; their version is {}\n\
         tables/       every table of every page, as CSV\n\
         report.html   the whole on one page, which needs nothing else\n\
         action.ics    the calendar of action, if any is called\n\
         sources.csv   who published what\n\
         {CONTENTS}    the SHA-256 of each file here: sha256sum -c {CONTENTS}\n\n\
         To work it out again: whitley check files && whitley report files. The same files give the same figures.\n\
         Not in it: members, votes, and who wrote what. Nothing here is legal advice.\n",
        opened.dispute.title,
        dated::long_date(opened.today),
        opened.version
    )
}
