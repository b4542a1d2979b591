//! `whitley offer redistribute`: the same money, lowest pay first.

mod show;
mod write;

use std::path::PathBuf;

use ::redistribute::{Aim, Along, CostReading, Gap, PairGap, Rest, StageRule, Wishes, frontier};
use clap::{Args, ValueEnum};
use dated::Ratio;
use pay::Pence;
use workspace::offer::redistribution::{LegalMinimum, Sharing, years_of_steps};
use workspace::offer::typed::{parse_gap, parse_legal_minimum, parse_pair, parse_percent, parse_sum};

use super::{Stop, find_offer, in_group, parse_pounds, refuse_question};
use crate::answer::Outcome;
use crate::disk::{self, Opened};
use crate::staff_file::{self, Layout};

/// Arguments of `whitley offer redistribute`.
#[derive(Args)]
pub(crate) struct Redistribute {
    /// The dispute folder
    dispute: String,
    /// The offer whose money is used
    #[arg(long)]
    offer: String,
    /// The workforce: a CSV or XLSX file of staff
    #[arg(long)]
    workforce: PathBuf,
    #[command(flatten)]
    layout: Layout,
    /// The lowest rate: max, or pounds a year. With pounds, what is left is an equal rise for everybody else
    #[arg(long, default_value = "max", value_parser = parse_floor)]
    floor: Floor,
    /// With a floor in pounds: what is left is the same percentage, or the same sum, for everybody
    #[arg(long, value_enum, default_value_t = RestWord::Percent)]
    rest: RestWord,
    /// Keep neighbouring points apart: 300 (pounds), 2% (of the lower rate; at most 20%), or 50%-of-today (of today's gap;
    /// from 50% on that is what a percentage means)
    #[arg(long, value_parser = parse_gap)]
    keep_gaps: Option<Gap>,
    /// Which neighbours --keep-gaps means: those in each band, or those on the whole scale
    #[arg(long, value_enum, default_value_t = AlongWord::Bands, requires = "keep_gaps")]
    along: AlongWord,
    /// Keep two points apart, as in 12:13=400 or 12:13=2%; may be given several times, and comes before --keep-gaps
    #[arg(long = "gap", value_parser = parse_pair)]
    gaps: Vec<PairGap>,
    /// Everybody's rise is at least so many percent of today's rate
    #[arg(long, value_parser = parse_percent)]
    at_least_percent: Option<Ratio>,
    /// Everybody's rise is at least so many pounds a year
    #[arg(long, value_parser = parse_pounds)]
    at_least_pounds: Option<Pence>,
    /// No rate below the legal minimum: law (the minimum wage of the days on which the last rates hold), pounds a year for
    /// full time, or none
    #[arg(long, default_value = "law", value_parser = parse_legal_minimum)]
    legal_minimum: LegalMinimum,
    /// Nobody gets less than under the offer by more than so many pounds a year
    #[arg(long, value_parser = parse_sum)]
    most_lost: Option<Pence>,
    /// No rise is more than so many percent of today's rate
    #[arg(long, value_parser = parse_percent)]
    cap_percent: Option<Ratio>,
    /// --cap-percent holds for points above this rate today only
    #[arg(long, value_parser = parse_pounds, requires = "cap_percent")]
    cap_above: Option<Pence>,
    /// No rise leads above this rate
    #[arg(long, value_parser = parse_pounds)]
    cap_rate: Option<Pence>,
    /// No rise for points above this rate today
    #[arg(long, value_parser = parse_pounds)]
    nothing_above: Option<Pence>,
    /// Which cost must be the same: of a year at the last rates, or of one pay year
    #[arg(long, value_enum, default_value_t = ReadingWord::RunRate)]
    reading: ReadingWord,
    /// With --reading in-year: the pay year, as in 2007-08; by default the first of the offer
    #[arg(long)]
    year: Option<String>,
    /// Stages before the last: the same share of everybody's rise, or each solved in turn, lowest pay first
    #[arg(long, value_enum, default_value_t = StagesWord::SameSplit)]
    stages: StagesWord,
    /// Also show so many floors between today's lowest rate and the highest possible, and what is left for the others
    #[arg(long, value_parser = clap::value_parser!(u16).range(2..=200))]
    frontier: Option<u16>,
    /// Write the new rates as an offer file, as in offers/low-pay-first.toml
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Floor {
    Max,
    At(Pence),
}

#[derive(Clone, Copy, ValueEnum)]
enum RestWord {
    Percent,
    Pounds,
}

#[derive(Clone, Copy, ValueEnum)]
enum AlongWord {
    Bands,
    Spine,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReadingWord {
    RunRate,
    InYear,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StagesWord {
    SameSplit,
    InTurn,
}

/// All that is shown of one question.
struct Shown<'s> {
    sharing: Sharing<'s>,
    folder: &'s str,
}

impl<'s> std::ops::Deref for Shown<'s> {
    type Target = Sharing<'s>;
    fn deref(&self) -> &Self::Target {
        &self.sharing
    }
}

impl Redistribute {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let Opened { dispute, library } = disk::open(&self.dispute, as_json)?;
        let framework = in_group(&dispute, None)?;
        let offer = find_offer(&dispute.offers, &self.offer)?;
        let years = years_of_steps(&framework, offer).or_else(refuse_question)?;
        if self.reading == ReadingWord::RunRate && self.year.is_some() {
            return refuse_question("--year is the year of --reading in-year; the run-rate is of no year");
        }
        if self.reading == ReadingWord::InYear && self.stages == StagesWord::InTurn {
            return refuse_question("--stages in-turn holds each stage to the offer's yearly cost: leave out --reading in-year");
        }
        let reading = match (self.reading, &self.year) {
            (ReadingWord::RunRate, _) => CostReading::RunRate,
            (ReadingWord::InYear, None) => CostReading::InYear(years[0]),
            (ReadingWord::InYear, Some(name)) => {
                match years.iter().chain([&years[years.len() - 1].next()]).find(|year| year.name() == *name) {
                    Some(year) => CostReading::InYear(*year),
                    None => {
                        let known: Vec<String> = years.iter().map(|year| year.name()).collect();
                        return refuse_question(format!("there is no pay year “{name}” in this offer; it is for {}", known.join(", ")));
                    }
                }
            }
        };
        if let Some(path) = &self.out {
            write::check_name(path, &dispute)?;
        }
        let workforce = staff_file::open(&self.workforce, &self.layout, &dispute, as_json)?;
        let asked = (&dispute, &library);
        let sharing =
            Sharing::new(asked, &framework, offer, &workforce, reading, self.legal_minimum, &self.wishes()).or_else(refuse_question)?;
        let rest = match self.rest {
            RestWord::Percent => Rest::Percent,
            RestWord::Pounds => Rest::Pounds,
        };
        let aim = if self.floor == Floor::Max { Aim::Floor } else { rest.aim() };
        let stage_rule = if self.stages == StagesWord::InTurn { StageRule::InTurn } else { StageRule::SameSplit };
        let shown = Shown { sharing, folder: &self.dispute };
        let answer = match shown.solve(aim, stage_rule) {
            Ok(Ok(answer)) => answer,
            Ok(Err(none)) => return Ok(shown.refuse(&none, as_json)),
            Err(ours) => {
                complain!("{ours}");
                return Ok(Outcome::OurFailure);
            }
        };
        let rows = self.frontier.map(|count| frontier(&shown.money, &shown.ladder, rest.aim(), count.into())).unwrap_or_default();
        let written = match &self.out {
            Some(path) => Some(write::write(path, &shown, &answer)?),
            None => None,
        };
        shown.answer(&answer, (rest.aim(), &rows), written.as_deref(), as_json);
        Ok(Outcome::Yes)
    }

    fn wishes(&self) -> Wishes {
        Wishes {
            floor: match self.floor {
                Floor::Max => None,
                Floor::At(floor) => Some(floor),
            },
            legal_minimum: None,
            at_least_percent: self.at_least_percent,
            at_least_pounds: self.at_least_pounds,
            most_lost: self.most_lost,
            keep_gaps: self.keep_gaps,
            along: match self.along {
                AlongWord::Bands => Along::Bands,
                AlongWord::Spine => Along::Spine,
            },
            pair_gaps: self.gaps.clone(),
            cap_percent: self.cap_percent,
            cap_above: self.cap_above,
            cap_rate: self.cap_rate,
            nothing_above: self.nothing_above,
        }
    }
}

fn parse_floor(text: &str) -> Result<Floor, String> {
    if text == "max" { Ok(Floor::Max) } else { parse_pounds(text).map(Floor::At).map_err(|why| format!("{why}, or max")) }
}
