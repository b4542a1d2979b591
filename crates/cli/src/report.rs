//! `whitley report`: one self-contained page.

use std::path::PathBuf;

use clap::Args;
use law::Rulebook;
use serde_json::json;

use crate::answer::{self, Outcome};
use crate::disk::{self, Opened};

/// Arguments of `whitley report`.
#[derive(Args)]
pub(crate) struct Report {
    /// The dispute folder
    dispute: String,
    /// Where the page goes; made if it is not there
    #[arg(long, default_value = "out")]
    out: PathBuf,
}

impl Report {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let Opened { dispute, library } = match disk::open(&self.dispute, as_json) {
            Ok(opened) => opened,
            Err(outcome) => return outcome,
        };
        let book = match Rulebook::built_in() {
            Ok(book) => book,
            Err(faults) => {
                answer::print_to_err(&answer::faults_text(&faults));
                complain!("the rules that this program carries are broken; this is a fault of ours");
                return Outcome::OurFailure;
            }
        };
        let page = match report::page(&dispute, &library, &book) {
            Ok(page) => page,
            Err(why) => {
                complain!("{why}");
                return Outcome::OurFailure;
            }
        };
        let file = self.out.join(format!("{}.html", dispute.id));
        // Written beside and renamed, so that a page is there whole or not at all.
        let draft = self.out.join(format!(".{}.html.draft", dispute.id));
        let written =
            std::fs::create_dir_all(&self.out).and_then(|()| std::fs::write(&draft, &page)).and_then(|()| std::fs::rename(&draft, &file));
        if let Err(error) = written {
            complain!("{} cannot be written: {error}", file.display());
            return Outcome::OurFailure;
        }
        if as_json {
            answer::print_json(&json!({ "dispute": dispute.id, "file": file.to_string_lossy(), "bytes": page.len() }));
        } else {
            answer::print(&format!("{}: {}\n", dispute.title, dispute.summary));
            answer::print(&format!(
                "Written to {} ({} kB, needs nothing else). Open it in a browser.\n",
                file.display(),
                page.len() / 1000
            ));
        }
        Outcome::Yes
    }
}
