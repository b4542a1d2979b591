//! `whitley report`: one self-contained page.

use std::path::PathBuf;

use clap::Args;
use dispute::{Dispute, Library};
use law::Rulebook;
use report::{EqualPayInput, PeopleInput};
use serde_json::json;
use workspace::offer::people;
use workspace::offer::redistribution::{FLOORS, floors};

use crate::answer::{self, Outcome};
use crate::disk::{self, Opened};
use crate::offer::Stop;
use crate::offer::people::value_people;
use crate::staff_file::{self, Layout};

/// Arguments of `whitley report`.
#[derive(Args)]
pub(crate) struct Report {
    /// The dispute folder
    dispute: String,
    /// Where the page goes; made if it is not there
    #[arg(long, default_value = "out")]
    out: PathBuf,
    /// With a section about people and paybill: a CSV or XLSX file
    #[arg(long, requires = "offers")]
    workforce: Option<PathBuf>,
    #[command(flatten)]
    layout: Layout,
    /// The offers of that section, separated by commas, as in `offer compare`
    #[arg(long, value_delimiter = ',', num_args = 1.., requires = "workforce")]
    offers: Vec<String>,
    /// With a section about claims of equal pay: their log, as in `equal-pay board`. Fewer than 10 claimants are withheld
    #[arg(long, value_name = "FILE")]
    equal_pay_claims: Option<PathBuf>,
    /// Where these claims stood on that day; by default every row counts
    #[arg(long, value_parser = dated::parse_date, requires = "equal_pay_claims", value_name = "DAY")]
    claims_on: Option<dated::Date>,
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
        let equal_pay = match &self.equal_pay_claims {
            Some(path) => match crate::equal_pay::section(path, self.claims_on, as_json) {
                Ok(section) => Some(section),
                Err(outcome) => return outcome,
            },
            None => None,
        };
        let page = match &self.workforce {
            Some(workforce) => self.with_people(workforce, (&dispute, &library, &book), equal_pay, as_json),
            None => report::page_with(&dispute, &library, &book, None, equal_pay).map_err(Failed::Ours),
        };
        let page = match page {
            Ok(page) => page,
            Err(Failed::Ours(why)) => {
                complain!("{why}");
                return Outcome::OurFailure;
            }
            Err(Failed::Stop(stop)) => return stop.outcome(as_json),
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

/// Why there is no page.
enum Failed {
    /// A bug of ours, in words.
    Ours(String),
    /// The question cannot be answered as put.
    Stop(Stop),
}

impl Report {
    fn with_people(
        &self,
        workforce: &std::path::Path,
        (dispute, library, book): (&Dispute, &Library, &Rulebook),
        equal_pay: Option<EqualPayInput>,
        as_json: bool,
    ) -> Result<String, Failed> {
        let staff = staff_file::open(workforce, &self.layout, dispute, as_json).map_err(Failed::Stop)?;
        let framework = dispute.framework();
        let question = |why| Failed::Stop(Stop::Question(why));
        let offers = people::offers_of(dispute, &self.offers).map_err(question)?;
        let year = people::first_year(&framework, &offers).map_err(question)?;
        let sides = people::sides(&offers);
        let file = workforce.display().to_string();
        let valued = value_people(&framework, year, &staff, sides, true, &file, as_json).map_err(Failed::Stop)?;
        let costs = people::costs_side_by_side(&valued, &staff, &framework, dispute, library).map_err(question)?;
        let redistribution = floors(valued.sides(), &staff, &framework, library, FLOORS);
        let input = PeopleInput {
            people: &valued,
            workforce: &staff,
            framework: &framework,
            smallest: people::SMALLEST_GROUP,
            costs: &costs,
            redistribution: &redistribution,
        };
        report::page_with(dispute, library, book, Some(input), equal_pay).map_err(Failed::Ours)
    }
}
