//! `--pdf` of the commands that also answer in text. The options are there in every build; one without the typesetter says so.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dated::{Date, parse_date};

#[cfg(feature = "print")]
pub(crate) use crate::print::{conference, letters, plan, postcards};
#[cfg(not(feature = "print"))]
pub(crate) use absent::{conference, letters, plan, postcards};

/// One paper as a file.
#[derive(Args)]
pub(crate) struct PdfFile {
    /// Write a PDF instead: tagged, fonts embedded
    #[arg(long, value_name = "FILE.pdf")]
    pub(crate) pdf: Option<PathBuf>,
    /// The day the paper is dated; by default that of the conference
    #[arg(long, value_name = "DAY", value_parser = parse_date, requires = "pdf")]
    pub(crate) date: Option<Date>,
    /// A folder of templates in place of the built-in ones (see `whitley print templates`)
    #[arg(long, value_name = "DIR", requires = "pdf")]
    pub(crate) templates: Option<PathBuf>,
}

/// Many papers into a folder, with a manifest.
#[derive(Args)]
pub(crate) struct PdfFolder {
    /// Write PDFs into this folder instead, with a manifest and the place of every one
    #[arg(long, value_name = "DIR", conflicts_with = "csv")]
    pub(crate) pdf: Option<PathBuf>,
    /// A folder of templates in place of the built-in ones (see `whitley print templates`)
    #[arg(long, value_name = "DIR", requires = "pdf")]
    pub(crate) templates: Option<PathBuf>,
}

/// How cards are printed.
#[derive(Args)]
pub(crate) struct CardPdf {
    #[command(flatten)]
    pub(crate) folder: PdfFolder,
    /// The day the sheets are dated
    #[arg(long, value_name = "DAY", value_parser = parse_date, requires = "pdf")]
    pub(crate) date: Option<Date>,
    /// a5: two to a sheet; a6: four, the default; a7: eight
    #[arg(long, requires = "pdf")]
    pub(crate) size: Option<Size>,
    /// No letter smaller than 16 points; on A5 if no size is given
    #[arg(long, requires = "pdf")]
    pub(crate) large_print: bool,
    /// In Welsh: `text_welsh` of campaign.toml
    #[arg(long)]
    pub(crate) welsh: bool,
}

/// The size of a card.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Size {
    A5,
    A6,
    A7,
}

/// Which paper of a conference.
#[derive(Clone, Copy)]
pub(crate) enum ConferenceKind {
    Agenda,
    Minute,
    DecisionsBook,
}

/// The days of a plan.
#[derive(Clone, Copy)]
pub(crate) struct PlanDays {
    /// The day of asking.
    pub(crate) on: Date,
    /// The first day shown.
    pub(crate) from: Date,
}

/// The same commands where the typesetter was not built.
#[cfg(not(feature = "print"))]
mod absent {
    use std::path::Path;

    use dated::Date;
    use dispute::campaign::{CampaignPlan, Letter, Postcard};
    use dispute::conference::Conference;
    use dispute::plan::Plan;

    use super::{CardPdf, ConferenceKind, PdfFile, PdfFolder, PlanDays};
    use crate::answer::{self, Outcome};

    fn absent(as_json: bool) -> Outcome {
        let faults = dated::Faults::new();
        faults.error(
            "no-typesetter",
            &dated::Place::new("--pdf", 1),
            "this program was built without its typesetter, so it prints no PDF",
            "build it with `cargo build --features print`",
        );
        answer::refuse(&faults.into_sorted(), as_json)
    }

    pub(crate) fn conference(_: &[&Conference], kind: ConferenceKind, pdf: &PdfFile, _: &Path, as_json: bool) -> Result<Outcome, Outcome> {
        let _ = (kind as u8, pdf.date, &pdf.templates, ConferenceKind::Agenda as u8);
        Err(absent(as_json))
    }

    pub(crate) fn plan(_: &Plan<'_>, _: &str, days: PlanDays, _: &str, _: Option<&Path>, _: &Path) -> Result<(), Outcome> {
        let _ = (days.on, days.from);
        Err(absent(false))
    }

    pub(crate) fn letters(_: &[Letter], _: &[String], pdf: &PdfFolder, _: &Path, as_json: bool) -> Result<Outcome, Outcome> {
        let _ = &pdf.templates;
        Err(absent(as_json))
    }

    pub(crate) fn postcards(
        _: &[Postcard],
        _: &CampaignPlan,
        _: impl Fn(&Postcard) -> String,
        pdf: &CardPdf,
        _: (&Path, Date),
        as_json: bool,
    ) -> Result<Outcome, Outcome> {
        let _ = (&pdf.folder.templates, pdf.size, pdf.large_print);
        Err(absent(as_json))
    }
}
