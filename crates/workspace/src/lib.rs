//! The dispute in the browser: its five stages, from the files of its folder.
//!
//! [`answer`] takes a dispute that was read and what somebody asked, and gives a page or a file. It knows no server: `web` brings the
//! request, the sign-in and the layout around the page; [`shelf`] alone touches the disk. Nothing here computes pay, prices or law of its own:
//! that is `pay`, `redistribute`, `law` and `dispute`, as on the command line, so that the two cannot disagree.
//!
//! Every table of a page is a [`table::Table`] and can be had as CSV with the same rows (`?csv=ID`), with a description of its columns,
//! licence and hash (`?schema=ID`), and every figure in it leads to the clause, the data or the sum it came from.

pub mod asked;
pub mod desk;
pub mod offer;
mod offer_form;
pub mod pages;
pub mod places;
pub mod shelf;
pub mod table;

use table::Origin;

pub use asked::{Answer, Asked, File, Opened, Page, Reader, Trouble};

/// Answers a request below a dispute's address.
///
/// The path is what follows it, without a slash at either end: `""` is the dispute's home, `"offers/england-staged"` an offer.
///
/// # Errors
/// [`Trouble`]: what was asked is not there, or cannot be answered as put, with what would be right.
pub fn answer(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let mut answer = pages::answer(opened, asked)?;
    if let Answer::Page(page) = &mut answer {
        without_styles(&mut page.body);
    }
    let Some(wanted) = asked.one("csv").or(asked.one("schema")) else { return Ok(answer) };
    let Answer::Page(page) = &answer else { return Ok(answer) };
    let origin = Origin { id: &opened.dispute.id, version: opened.version, licence: opened.licence };
    let file = page.tables.iter().find_map(|table| table.file(asked, origin));
    file.map(Answer::File).ok_or_else(|| Trouble::not_there(format!("this page has no table “{wanted}”")))
}

/// Takes the styles out that pictures carry for where they stand alone: a page has one sheet of styles, and no other is let in.
fn without_styles(html: &mut String) {
    while let Some(from) = html.find("<style>") {
        let Some(length) = html[from..].find("</style>") else { return };
        html.replace_range(from..from + length + "</style>".len(), "");
    }
}
