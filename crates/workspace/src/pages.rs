//! The pages of a dispute: [`answer`] is the table of them all.

use crate::asked::{Answer, Asked, Opened, Page, Reader, Trouble};
use crate::table::{Table, escape};

mod action;
mod ballot;
mod briefing;
mod campaign;
mod claims;
mod compare;
mod conference;
mod home;
pub(crate) mod offers;
mod parts;
mod positions;
mod question;
mod redistribute;
pub(crate) mod scales;
mod staff;
mod worth;

/// The page or file at a path.
///
/// # Errors
/// As [`crate::answer`].
pub(crate) fn answer(opened: &Opened<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let parts = asked.parts();
    match parts.as_slice() {
        [] => home::page(opened, asked),
        ["offers", rest @ ..] => offers::answer(opened, asked, rest),
        ["scales"] => scales::page(opened, asked, scales::Brought::default()),
        ["briefing"] => briefing::page(opened, asked),
        ["compare"] => compare::page(opened, asked),
        ["redistribute"] => redistribute::page(opened, asked),
        ["claims", rest @ ..] => claims::answer(opened, asked, rest),
        ["worth"] => worth::page(opened, asked),
        ["conference"] => conference::page(opened, asked),
        ["positions"] => positions::page(opened, asked),
        ["ballot"] => ballot::page(opened, asked),
        ["action", rest @ ..] => action::answer(opened, asked, rest),
        ["campaign"] => campaign::page(opened, asked),
        _ => Err(Trouble::not_there("a dispute has no page of that name; its home lists them all")),
    }
}

/// The pages as the navigation of a dispute shows them: path, name, stage.
pub const NAVIGATION: [(&str, &str, &str); 12] = [
    ("scales", "Pay scales", "Offer"),
    ("offers", "Offers", "Offer"),
    ("compare", "Compare", "Offer"),
    ("redistribute", "Same money", "Offer"),
    ("claims", "Quoted figures", "Offer"),
    ("worth", "What is it worth to me?", "Offer"),
    ("conference", "Conference", "Decide"),
    ("positions", "Who stands where", "Decide"),
    ("ballot", "Ballots and the law", "Ballot"),
    ("action", "Action", "Act"),
    ("campaign", "Letters and postcards", "Persuade"),
    ("briefing", "Briefing", "Persuade"),
];

/// A page of this template's HTML and these tables.
pub(crate) fn filled(title: impl Into<String>, template: &impl askama::Template, tables: Vec<Table>) -> Result<Answer, Trouble> {
    Ok(Answer::Page(Page { title: title.into(), body: template.render()?, tables, is_refusal: false }))
}

/// A page of the navigation that has nothing to show for this dispute yet: says why, and what would change it.
pub(crate) fn nothing_yet(heading: &str, why: &str) -> Answer {
    let body = format!("<h1>{}</h1>\n<p class=\"lede\">{}</p>\n", escape(heading), escape(why));
    Answer::Page(Page { title: heading.to_owned(), body, ..Page::default() })
}

/// Whether the reader may see what is not published.
pub(crate) fn is_public(opened: &Opened<'_>) -> bool {
    opened.reader == Reader::Public
}
