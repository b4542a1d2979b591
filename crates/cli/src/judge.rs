//! Asking the judging side: `whitley vote verify`, and what other commands ask before they append.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;
use verify::output;
use verify::{Options, Remembered, Report};

use crate::answer::{self, Outcome};
use crate::vote::repair;

/// Arguments of `whitley vote verify`.
#[derive(Args)]
pub(crate) struct Verify {
    /// The archive, UUID.bel
    archive: PathBuf,
    /// The companion; found beside the archive if it is named UUID.companion.jsonl
    #[arg(long)]
    companion: Option<PathBuf>,
    /// Judge the archive alone
    #[arg(long, conflicts_with = "companion")]
    no_companion: bool,
    /// Every check, not only those that failed
    #[arg(long, short)]
    verbose: bool,
}

impl Verify {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let beside = self.archive.with_extension("companion.jsonl");
        let companion = self.companion.or((!self.no_companion && beside.is_file()).then_some(beside));
        match report(&Question {
            archive: &self.archive,
            companion: companion.as_deref(),
            more_archive: &[],
            more_companion: &[],
            remembered: None,
        }) {
            Ok(report) => {
                answer::print(&if as_json { output::to_json(&report) } else { output::to_text(&report, self.verbose) });
                if report.verdict == verify::Verdict::Failed
                    && let Some(why) = repair::is_cut_off(&self.archive, companion.as_deref())
                {
                    complain!("{why}");
                }
                outcome(&report)
            }
            Err(why) => {
                eprintln!("{why}");
                Outcome::CouldNotCheck
            }
        }
    }
}

fn outcome(report: &Report) -> Outcome {
    match report.verdict {
        verify::Verdict::Passed => Outcome::Yes,
        verify::Verdict::Failed => Outcome::No,
        verify::Verdict::CouldNotCheck => Outcome::CouldNotCheck,
    }
}

/// What is to be judged: files, and what would be appended to them.
pub(crate) struct Question<'a> {
    pub(crate) archive: &'a Path,
    pub(crate) companion: Option<&'a Path>,
    pub(crate) more_archive: &'a [u8],
    pub(crate) more_companion: &'a [u8],
    /// The last event that was judged before.
    pub(crate) remembered: Option<Remembered>,
}

/// Judges.
pub(crate) fn report(question: &Question<'_>) -> Result<Report, String> {
    let open = |path: &Path| File::open(path).map_err(|error| format!("{} cannot be read: {error}", path.display()));
    let archive = BufReader::with_capacity(1 << 20, open(question.archive)?.chain(question.more_archive));
    let companion = question.companion.map(open).transpose()?.map(|file| BufReader::new(file.chain(question.more_companion)));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let options = Options { threads, strict: true, remembered: question.remembered, ..Options::default() };
    Ok(verify::judge(archive, companion, &options))
}

/// The faults of a report, one line each, at most so many.
pub(crate) fn faults(report: &Report, most: usize) -> Vec<String> {
    let all = report
        .checks
        .iter()
        .flat_map(|check| check.faults.iter().map(move |fault| format!("{}: {}", check.check.id(), output::fault_text(fault))));
    all.take(most).collect()
}

/// What the judging side says of a finished archive.
pub(crate) struct Verdict {
    /// passed, failed or could-not-check.
    pub(crate) word: &'static str,
    /// What is wrong, one line each.
    pub(crate) faults: Vec<String>,
}

/// Judges an archive with its companion.
pub(crate) fn judge(archive: &Path, companion: Option<&Path>) -> Verdict {
    match report(&Question { archive, companion, more_archive: &[], more_companion: &[], remembered: None }) {
        Ok(report) => {
            let mut list = faults(&report, 20);
            if list.is_empty() && report.verdict != verify::Verdict::Passed {
                list.push(output::summary(&report));
            }
            Verdict { word: report.verdict.as_str(), faults: list }
        }
        Err(why) => Verdict { word: "could-not-check", faults: vec![why] },
    }
}
