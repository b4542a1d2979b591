//! `whitley equal-pay score`: from the levels of sixteen factors to a job's score and band.

use std::path::PathBuf;

use clap::Args;
use dated::{Faults, FileBytes, Sources, Status};
use dispute::Library;
use pay::equal_pay::{FactorLevel, ScoringChart, read_levels};
use serde_json::json;

use super::employers_file::bytes_of;
use crate::answer::{self, Outcome, Table};
use crate::offer::Stop;

const CHART: &[u8] = include_bytes!("../../../../data/equalpay/scoring-chart.csv");
const BANDS: &[u8] = include_bytes!("../../../../data/equalpay/job-weight-bands.csv");
const NURSE: &[u8] = include_bytes!("../../../../data/equalpay/nurse-profile.csv");

/// Arguments of `whitley equal-pay score`.
#[derive(Args)]
pub(crate) struct Score {
    /// A profile: a file with the columns factor and level; without it the national profile of a nurse
    #[arg(conflicts_with = "levels")]
    profile: Option<PathBuf>,
    /// The sixteen levels in order, as in 4,5,3,2,3,5,1,2,2,1,2,3,4,3,4,4
    #[arg(long, value_delimiter = ',')]
    levels: Vec<u32>,
}

impl Score {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let chart = chart()?;
        let faults = Faults::new();
        let (title, levels) = if self.levels.is_empty() {
            let (title, bytes) = match &self.profile {
                Some(path) => (path.display().to_string(), bytes_of(path)),
                None => ("the national profile of a nurse".to_owned(), FileBytes::Read(NURSE.to_vec())),
            };
            let levels = read_levels(&title, &bytes, &faults);
            (title, levels)
        } else if self.levels.len() != chart.factor_count() {
            let why = format!("{} levels are given; the chart has {} factors, in order", self.levels.len(), chart.factor_count());
            return Err(Stop::Question(why));
        } else {
            let numbered = self.levels.iter().zip(1..).map(|(level, factor)| FactorLevel { factor, level: *level });
            ("--levels".to_owned(), numbered.collect())
        };
        let scored = if faults.error_count() > 0 { Err(Vec::new()) } else { chart.score(&levels) };
        let scored = scored.map_err(|wrong| {
            for what in wrong {
                faults.error(
                    "profile",
                    &dated::Place::new(&title, 1),
                    what,
                    "give each of the sixteen factors once, at a level of the chart",
                );
            }
            Stop::Said(answer::refuse(&faults.into_sorted(), as_json))
        })?;
        let estimated = scored.estimated();
        let (seen, not_seen) = chart.cells();
        if as_json {
            let factors = scored
                .factors
                .iter()
                .map(|(name, level, points, status)| json!({"factor": name, "level": level, "points": points, "status": status.word()}));
            answer::print_json(&json!({
                "factors": factors.collect::<Vec<_>>(),
                "score": scored.score,
                "band": scored.band.as_ref().map(|band| band.band.clone()),
                "estimated": estimated,
                "chart_cells": {"published": seen, "estimated": not_seen},
            }));
            return Ok(Outcome::Yes);
        }
        let mut table = Table::new(&["Factor", ">Level", ">Points", ""]);
        for (name, level, points, status) in &scored.factors {
            let word = if *status == Status::Estimated { "estimated" } else { "" };
            table.row([name.clone(), level.to_string(), points.to_string(), word.to_owned()]);
        }
        let band = match &scored.band {
            Some(band) => format!("band {} ({} to {})", band.band, band.lowest, band.highest),
            None => "above the highest band".to_owned(),
        };
        let mut text = format!("{title}\n{}\nScore {}: {band}.\n", table.text(), scored.score);
        if estimated.is_empty() {
            text.push_str("Every figure used was seen in a source.\n");
        } else {
            text.push_str(&format!(
                "The points of {} estimated: of the chart's {} cells {seen} were seen in a source.\n",
                if estimated.len() == 1 { "one factor are".to_owned() } else { format!("{} factors are", estimated.len()) },
                seen + not_seen
            ));
        }
        answer::print(&text);
        Ok(Outcome::Yes)
    }
}

fn chart() -> Result<ScoringChart, Stop> {
    let faults = Faults::new();
    let sources = Library::file("sources.csv").map(|bytes| Sources::read_csv("data/sources.csv", &bytes, &faults)).unwrap_or_default();
    let (chart, bands) = (FileBytes::Read(CHART.to_vec()), FileBytes::Read(BANDS.to_vec()));
    let read =
        ScoringChart::read(("data/equalpay/scoring-chart.csv", &chart), ("data/equalpay/job-weight-bands.csv", &bands), &sources, &faults);
    let faults = faults.into_sorted();
    if faults.is_empty() {
        return Ok(read);
    }
    answer::print_to_err(&answer::faults_text(&faults));
    complain!("the data that this program carries are broken; this is a fault of ours");
    Err(Stop::Said(Outcome::OurFailure))
}
