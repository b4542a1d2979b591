//! The list of disputes, and how one begins: from the example, as a copy, from a package.

use askama::Template;
use dated::long_date;

use super::{Asking, Call, Desk, Reply, counted, plain};
use crate::asked::{Page, Trouble};
use crate::shelf::{self, By, ShelfError, unpack};

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    may_write: bool,
    groups: Vec<(&'static str, Vec<Listed>)>,
}

struct Listed {
    id: String,
    title: String,
    period: String,
    contents: String,
    state: String,
    class: &'static str,
    published: Option<u64>,
}

#[derive(Template)]
#[template(path = "begin.html")]
struct BeginPage<'b> {
    heading: String,
    lede: &'b str,
    action: String,
    button: &'b str,
    is_upload: bool,
    id: &'b str,
    wrong: Vec<String>,
}

impl Desk {
    /// `GET /d`.
    pub(super) fn list(&self, call: Call<'_>) -> Result<Reply, Trouble> {
        let (mut own, mut founding) = (Vec::new(), Vec::new());
        for on_shelf in self.shelf.list()? {
            let read = self.read(&on_shelf.id)?;
            let published = self.shelf.history(&on_shelf.id).ok().and_then(|history| history.publications().next_back()?.publication);
            let (state, class) = match (read.errors(), on_shelf.is_founding) {
                (0, true) => ("to read".to_owned(), ""),
                (0, false) => ("whole".to_owned(), "good"),
                (errors, _) => (counted(errors, "fault", "faults"), "bad"),
            };
            let (period, contents) = read.dispute.as_ref().map_or_else(Default::default, |dispute| {
                let period = match (dispute.began_on, dispute.ended_on) {
                    (Some(began), Some(ended)) => format!("{} to {}", long_date(began), long_date(ended)),
                    (Some(began), None) => format!("since {}", long_date(began)),
                    _ => String::new(),
                };
                let contents = format!(
                    "{}, {}, {}",
                    counted(dispute.offers.len(), "offer", "offers"),
                    counted(dispute.polls.len(), "ballot", "ballots"),
                    counted(dispute.figures.len(), "quoted figure", "quoted figures")
                );
                (period, contents)
            });
            let listed = Listed { title: read.title().to_owned(), id: on_shelf.id, period, contents, state, class, published };
            if on_shelf.is_founding { founding.push(listed) } else { own.push(listed) }
        }
        let mut groups = vec![("Yours", own)];
        if !founding.is_empty() {
            groups.push(("From the past, to read and to copy", founding));
        }
        let page = ListPage { may_write: call.may_write, groups };
        Ok(plain(Page { title: "Disputes".to_owned(), body: page.render()?, ..Page::default() }))
    }

    /// `/d/new`: the form, and beginning with the invented example.
    pub(super) fn new_dispute(&self, call: Call<'_>) -> Result<Reply, Trouble> {
        let id = call.one("id").unwrap_or_default();
        let made = if call.is_post {
            must_write(call)?;
            written(self.shelf.make_example(id, By { who: call.who, at: call.at, note: "begun with the example" }))?
        } else {
            Err(Vec::new())
        };
        begin(made, id, |wrong| BeginPage {
            heading: "Begin a dispute".to_owned(),
            lede: "It begins with a small invented example in every file. Write your dispute over it: every page works from the first moment.",
            action: "/d/new".to_owned(),
            button: "Begin",
            is_upload: false,
            id,
            wrong,
        })
    }

    /// `/d/ID/copy`.
    pub(super) fn copy(&self, asked: &Asking<'_>) -> Result<Reply, Trouble> {
        let from = asked.read.id.as_str();
        let call = asked.call;
        let suggested = format!("{from}-copy");
        let id = call.one("id").unwrap_or(if call.is_post { "" } else { &suggested });
        let made = if call.is_post {
            must_write(call)?;
            written(self.shelf.copy(from, id, By { who: call.who, at: call.at, note: &format!("copied from {from}") }))?
        } else {
            Err(Vec::new())
        };
        let heading = format!("Copy “{}”", asked.read.title());
        begin(made, id, |wrong| BeginPage {
            heading: heading.clone(),
            lede: "A copy is yours to change; what it was copied from stays as it is.",
            action: format!("{}/copy", asked.base),
            button: "Make the copy",
            is_upload: false,
            id,
            wrong,
        })
    }

    /// `/d/import`.
    pub(super) fn import(&self, call: Call<'_>) -> Result<Reply, Trouble> {
        let given = call.one("id").unwrap_or_default();
        let mut id = given.to_owned();
        let made = match (call.is_post, call.upload) {
            (false, _) => Err(Vec::new()),
            (true, None) => {
                must_write(call)?;
                Err(vec!["No file was chosen.".to_owned()])
            }
            (true, Some(bytes)) => {
                must_write(call)?;
                match unpack(bytes) {
                    Err(faults) => Err(faults),
                    Ok(unpacked) => {
                        if id.is_empty() {
                            id = unpacked.id.clone().unwrap_or_default();
                        }
                        let name_is_missing = id.is_empty();
                        if name_is_missing {
                            Err(vec!["The file does not say what the folder is called: give it a name.".to_owned()])
                        } else {
                            written(self.shelf.make(&id, &unpacked.files, By { who: call.who, at: call.at, note: "brought as a package" }))?
                        }
                    }
                }
            }
        };
        begin(made, &id, |wrong| BeginPage {
            heading: "Bring a dispute".to_owned(),
            lede: "The file is unpacked in memory and looked through first; if anything is wrong with it, everything is said at once and nothing is written.",
            action: "/d/import".to_owned(),
            button: "Bring it",
            is_upload: true,
            id: given,
            wrong,
        })
    }
}

fn must_write(call: Call<'_>) -> Result<(), Trouble> {
    if call.may_write { Ok(()) } else { Err(Trouble::question("Only the negotiator begins disputes; sign in with the negotiator's key.")) }
}

/// What is wrong with the input is shown in the form; the rest is no answer at all.
fn written(made: Result<(), ShelfError>) -> Result<Result<(), Vec<String>>, Trouble> {
    match made {
        Ok(()) => Ok(Ok(())),
        Err(ShelfError::Refused(why)) => Ok(Err(why)),
        Err(other) => Err(other.into()),
    }
}

fn begin<'b>(made: Result<(), Vec<String>>, id: &str, page: impl FnOnce(Vec<String>) -> BeginPage<'b>) -> Result<Reply, Trouble> {
    match made {
        Ok(()) => {
            debug_assert!(shelf::is_id(id), "the shelf took it");
            Ok(Reply::See(format!("/d/{id}")))
        }
        Err(wrong) => {
            let is_refusal = !wrong.is_empty();
            let page = page(wrong);
            let title = if is_refusal { format!("Error: {}", page.heading) } else { page.heading.clone() };
            Ok(plain(Page { title, body: page.render()?, is_refusal, ..Page::default() }))
        }
    }
}
