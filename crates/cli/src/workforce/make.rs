//! `whitley workforce make`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use dated::{Date, Faults, parse_date};
use dispute::Library;
use serde_json::json;
use workforce::{Assumptions, Published, Recipe, Summary};

use super::refuse_question;
use crate::answer::{self, Outcome};

/// Arguments of `whitley workforce make`.
#[derive(Args)]
pub(crate) struct Make {
    /// How many people
    #[arg(long, value_parser = parse_count)]
    staff: u32,
    /// The same seed gives the same people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The CSV file to be written
    #[arg(long)]
    out: PathBuf,
    /// Where they work; employers are published for England
    #[arg(long, default_value = "England")]
    nation: String,
    /// The scale they are paid on
    #[arg(long, default_value = "afc-spine")]
    scale: String,
    /// The day whose points they stand on; without it, the latest table of the scale
    #[arg(long, value_parser = parse_date)]
    as_of: Option<Date>,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

/// 1300000, 1,300,000.
fn parse_count(text: &str) -> Result<u32, String> {
    let digits: String = text.chars().filter(|c| *c != ',' && *c != '_').collect();
    digits.parse().ok().filter(|count| *count > 0).ok_or_else(|| format!("“{text}” is not a number of people; write 50000"))
}

impl Make {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        if !self.force && self.out.exists() {
            return refuse_question(
                format!("{} is already there; nothing was written (--force writes over it)", self.out.display()),
                as_json,
            );
        }
        if self.out.is_dir() {
            return refuse_question(format!("{} is a folder; name the file to be written", self.out.display()), as_json);
        }
        let (library, data_faults) = Library::built_in();
        let faults = Faults::new();
        let published = Published::built_in(&library.sources, &faults);
        let assumptions = Assumptions::built_in(&library.sources, &faults);
        let data_faults: Vec<_> = data_faults.into_iter().chain(faults.into_sorted()).collect();
        if !data_faults.is_empty() {
            answer::print_to_err(&answer::faults_text(&data_faults));
            complain!("the data that this program carries are broken; this is a fault of ours");
            return Outcome::OurFailure;
        }
        let Some(scale) = library.scales.iter().find(|scale| scale.id == self.scale) else {
            let known: Vec<&str> = library.scales.iter().map(|scale| scale.id.as_str()).collect();
            return refuse_question(format!("there is no scale “{}”; the scales are {}", self.scale, known.join(", ")), as_json);
        };
        complain!("making {} staff …", pay::grouped(self.staff.into()));
        let recipe = Recipe { staff: self.staff, seed: self.seed, nation: &self.nation, scale, as_of: self.as_of };
        let made = match workforce::make(&recipe, &published, &assumptions) {
            Ok(made) => made,
            Err(why) => return refuse_question(why, as_json),
        };
        complain!("writing {} …", self.out.display());
        let bytes = match write(&self.out, self.force, &made.workforce) {
            Ok(bytes) => bytes,
            Err(error) => {
                complain!("{} cannot be written: {error}", self.out.display());
                return Outcome::OurFailure;
            }
        };
        let kinds: HashMap<String, &str> = published.kinds();
        let summary = Summary::of(&made.workforce, &kinds);
        let label = made.workforce.synthetic.unwrap_or_default();
        if as_json {
            answer::print_json(&json!({
                "file": self.out.display().to_string(),
                "bytes": bytes,
                "synthetic": label,
                "seed": self.seed,
                "headcount": self.staff,
                "employers": made.workforce.employers.len(),
                "notes": made.notes,
                "summary": super::check::summary_json(&summary),
            }));
            return Outcome::Yes;
        }
        for note in &made.notes {
            complain!("{note}");
        }
        answer::print(&format!("SYNTHETIC: {label}\n\n"));
        answer::print(&super::check::table("staff group", &summary.staff_groups).text());
        answer::print("\n");
        answer::print(&super::check::table("band", &summary.bands).text());
        answer::print(&format!(
            "\n{}: {} people, {} employers, {} MB\nnext: whitley workforce check {}\n",
            self.out.display(),
            pay::grouped(self.staff.into()),
            made.workforce.employers.len(),
            bytes.div_ceil(1_000_000),
            self.out.display()
        ));
        Outcome::Yes
    }
}

/// Writes a file beside its place and renames it there, so that nobody meets half a file.
fn write(path: &Path, replace: bool, workforce: &pay::Workforce) -> std::io::Result<u64> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let draft = folder.join(format!(".{name}.draft-{}", std::process::id()));
    let written = (|| {
        let file = File::create_new(&draft)?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        workforce::write_csv(workforce, &mut out)?;
        out.flush()?;
        let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        if replace {
            std::fs::rename(&draft, path)?;
        } else {
            // A link is refused where a file appeared in the meantime; a rename would write over it.
            std::fs::hard_link(&draft, path).or_else(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => Err(error),
                _ => std::fs::rename(&draft, path),
            })?;
        }
        Ok(bytes)
    })();
    // The draft is ours alone; where it was renamed there is none to remove.
    let _ = std::fs::remove_file(&draft);
    written
}
