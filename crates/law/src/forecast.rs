//! A range of what a ballot may bring when only earlier turnouts are known (rule L54).
//!
//! No random numbers and no guess at a distribution: each unit's last turnout moves down by `low` and up by `high`, the moves
//! that eight in ten units of real ballots stayed within; and each observed move is tried on it, one after the other, which gives a
//! share of real moves with which the turnout would be reached. Both say what they assume; neither is a promise.

use dated::{CsvFile, Date, Faults, FileBytes, NotCovered, Place, Ratio, TomlFile};

use crate::read::{Columns, count};
use crate::result::UnitResult;
use crate::rules::{Jurisdiction, Key, Rule, Rulebook};

/// The moves that come with the program.
pub const BUILT_IN_SWING: &str = include_str!("../../../data/ballots/turnout-swing.toml");

/// How far turnout may move from one ballot to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swing {
    /// Downwards, in percentage points; zero or negative.
    pub low: Ratio,
    /// Upwards, in percentage points.
    pub high: Ratio,
    /// Every observed move, in percentage points, ascending; empty where the user said how far turnout may move.
    pub moves: Vec<Ratio>,
    /// What was observed, and what that does not show.
    pub text: String,
    /// Who published the observations.
    pub source: String,
}

impl Swing {
    /// Reads the observed moves.
    ///
    /// # Errors
    /// The faults of the data.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<dated::Fault>> {
        let faults = Faults::new();
        let read = TomlFile::read(file, &FileBytes::Read(text.as_bytes().to_vec()), &faults).and_then(|toml| {
            toml.with_root(&faults, |root| {
                let _ = root.count("pairs");
                let tenths = |key| root.decimal(key).map(|tenths| tenths / Ratio::whole(10));
                let moves = root.texts("moves_hundredths").iter().map(|text| Ratio::parse_decimal(text)).collect::<Option<Vec<_>>>()?;
                Some(Self {
                    low: tenths("low_tenths")?,
                    high: tenths("high_tenths")?,
                    moves: moves.into_iter().map(|hundredths| hundredths / Ratio::whole(100)).collect(),
                    text: root.text("text")?,
                    source: root.text("source")?,
                })
            })
        });
        read.filter(|_| faults.error_count() == 0).ok_or_else(|| faults.into_sorted())
    }

    /// The moves that come with the program.
    ///
    /// # Errors
    /// The faults of the data, which are ours.
    pub fn built_in() -> Result<Self, Vec<dated::Fault>> {
        Self::parse("turnout-swing.toml", BUILT_IN_SWING)
    }

    /// How far the user says that turnout may move: a fall and a rise in percentage points, both without a sign.
    ///
    /// # Errors
    /// A sentence that says what would be right.
    pub fn said(down: &str, up: &str) -> Result<Self, String> {
        let read = |text: &str| Ratio::parse_decimal(text.trim()).filter(|points| !points.is_negative() && *points <= Ratio::whole(100));
        match (read(down), read(up)) {
            (Some(down), Some(up)) => Ok(Self {
                low: -down,
                high: up,
                moves: Vec::new(),
                text: format!("Turnout was said to fall by at most {down} and to rise by at most {up} percentage points."),
                source: "the user".to_owned(),
            }),
            _ => Err(format!("“{},{}” is not a fall and a rise in percentage points, each from 0 to 100", down.trim(), up.trim())),
        }
    }
}

/// What is known of one unit before its ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierTurnout {
    /// The unit.
    pub unit: String,
    /// How many can vote now.
    pub entitled: u64,
    /// Earlier turnouts in per cent, in the order of the columns: the last is the latest.
    pub turnouts: Vec<Ratio>,
}

/// Whether a unit reaches the turnout within the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chance {
    /// Even at the low end.
    Throughout,
    /// At the high end, not at the low end.
    Open,
    /// Not even at the high end.
    Nowhere,
}

impl Chance {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Throughout => "passes throughout",
            Self::Open => "open",
            Self::Nowhere => "fails throughout",
        }
    }
}

/// The range of one unit, or of all together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The unit.
    pub unit: String,
    /// How many can vote.
    pub entitled: u64,
    /// Papers returned at the low end, if turnout stays, at the high end.
    pub returned: [u64; 3],
    /// Papers needed.
    pub needed: u64,
    /// What that means.
    pub chance: Chance,
    /// With how many of the observed moves the papers needed come back; `None` where the user gave the swing.
    pub moves_that_pass: Option<usize>,
}

/// The forecast of a ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Unit by unit.
    pub units: Vec<Range>,
    /// All as one ballot; each unit at the same end, and moved by the same, at once.
    pub together: Range,
    /// How many observed moves were tried; nought where the user gave the swing.
    pub moves: usize,
}

/// What comes of balloting separately, or as one, on the average of all observed moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Units that reach the turnout if each is a ballot of its own.
    pub units: Ratio,
    /// Members in those units.
    pub members_separate: Ratio,
    /// Members in a mandate if all are one ballot: all of them, as often as the whole reaches the turnout.
    pub members_together: Ratio,
}

impl Forecast {
    /// The share of observed moves with which a range reaches the turnout, in per cent.
    pub fn percent_of_moves(&self, range: &Range) -> Option<Ratio> {
        let moves = i128::try_from(self.moves).ok().filter(|moves| *moves > 0)?;
        Some(Ratio::new(i128::try_from(range.moves_that_pass?).ok()? * 100, moves))
    }

    /// The averages over all observed moves. An average of sums needs no view of how units move together; the one ballot does:
    /// all its units are moved by the same.
    pub fn expected(&self) -> Option<Expected> {
        let share = |range: &Range| Some(self.percent_of_moves(range)? / Ratio::whole(100));
        let (mut units, mut members) = (Ratio::ZERO, Ratio::ZERO);
        for unit in &self.units {
            let share = share(unit)?;
            units = units + share;
            members = members + share * Ratio::new(unit.entitled.into(), 1);
        }
        let together = share(&self.together)? * Ratio::new(self.together.entitled.into(), 1);
        Some(Expected { units, members_separate: members, members_together: together })
    }

    /// How many units pass at the low end, if turnout stays, and at the high end.
    pub fn passing(&self) -> [usize; 3] {
        [0, 1, 2].map(|end| self.units.iter().filter(|unit| unit.returned[end] >= unit.needed).count())
    }
}

/// L54: the forecast of a ballot that opens on a day, under the turnout that the law of that day asks for.
///
/// # Errors
/// [`NotCovered`] when no rule on turnout is known for that day.
pub fn forecast_on<'r>(
    book: &'r Rulebook,
    units: &[EarlierTurnout],
    swing: &Swing,
    jurisdiction: Jurisdiction,
    opens_on: Date,
) -> Result<(Forecast, &'r Rule), NotCovered> {
    let rule = book.on(Key::TurnoutPercent, jurisdiction, opens_on)?.rule;
    Ok((forecast(units, swing, rule.number()), rule))
}

/// L54: the range and the shares, from earlier turnouts, the observed moves and the turnout the law of the day asks for.
pub fn forecast(units: &[EarlierTurnout], swing: &Swing, turnout_percent: u64) -> Forecast {
    let latest = |unit: &EarlierTurnout| unit.turnouts.last().copied().unwrap_or(Ratio::ZERO);
    let after = |unit: &EarlierTurnout, moved: Ratio| returned(unit.entitled, latest(unit) + moved);
    let passing = |needed: u64, came: &dyn Fn(Ratio) -> u64| {
        (!swing.moves.is_empty()).then(|| swing.moves.iter().filter(|moved| came(**moved) >= needed).count())
    };
    let ranges: Vec<Range> = units
        .iter()
        .map(|unit| {
            let lowest = unit.turnouts.iter().min().copied().unwrap_or(latest(unit));
            let highest = unit.turnouts.iter().max().copied().unwrap_or(latest(unit));
            let ends = [lowest + swing.low, latest(unit), highest + swing.high].map(|percent| returned(unit.entitled, percent));
            let needed = needed(unit.entitled, turnout_percent);
            range(&unit.unit, unit.entitled, ends, needed, passing(needed, &|moved| after(unit, moved)))
        })
        .collect();
    let entitled = ranges.iter().map(|range| range.entitled).sum();
    let ends = [0, 1, 2].map(|end| ranges.iter().map(|range| range.returned[end]).sum());
    let of_all = needed(entitled, turnout_percent);
    let passing_together = passing(of_all, &|moved| units.iter().map(|unit| after(unit, moved)).sum());
    Forecast { together: range("all units together", entitled, ends, of_all, passing_together), units: ranges, moves: swing.moves.len() }
}

/// The papers that come back at a turnout, which is kept between nought and a hundred.
fn returned(entitled: u64, percent: Ratio) -> u64 {
    let share = percent.max(Ratio::ZERO).min(Ratio::whole(100));
    u64::try_from((share * Ratio::new(entitled.into(), 1) / Ratio::whole(100)).floor()).unwrap_or(0)
}

fn needed(entitled: u64, turnout_percent: u64) -> u64 {
    let needed = Ratio::new(i128::from(entitled) * i128::from(turnout_percent), 100).ceiling();
    u64::try_from(needed).unwrap_or(u64::MAX)
}

fn range(unit: &str, entitled: u64, returned: [u64; 3], needed: u64, moves_that_pass: Option<usize>) -> Range {
    let chance = match (returned[0] >= needed, returned[2] >= needed) {
        (true, _) => Chance::Throughout,
        (false, true) => Chance::Open,
        (false, false) => Chance::Nowhere,
    };
    Range { unit: unit.to_owned(), entitled, returned, needed, chance, moves_that_pass }
}

/// Results of record as earlier turnouts: of each unit the question with most papers returned, in the order of the results.
/// A unit whose roll is not known is left out.
pub fn earlier_turnouts(results: &[UnitResult]) -> Vec<EarlierTurnout> {
    let mut units: Vec<EarlierTurnout> = Vec::new();
    for result in results {
        let figures = result.figures();
        let Some(entitled) = figures.entitled.filter(|entitled| *entitled > 0) else { continue };
        let turnout = Ratio::new(i128::from(result.returned()) * 100, entitled.into());
        match units.iter_mut().find(|known| known.unit == figures.unit) {
            // One paper has all questions, so the turnout of the ballot is that of the question most answered.
            Some(known) => known.turnouts.iter_mut().for_each(|latest| *latest = (*latest).max(turnout)),
            None => units.push(EarlierTurnout { unit: figures.unit.clone(), entitled, turnouts: vec![turnout] }),
        }
    }
    units
}

/// Reads unit, entitled and one or more columns of earlier turnouts (`turnout`, `turnout_2021`, `last_turnout`, in per cent),
/// or the counts `last_returned` and `last_entitled`.
pub fn read_earlier_turnouts(file: &str, bytes: &FileBytes, map: &[(String, String)], faults: &Faults) -> Vec<EarlierTurnout> {
    let before = faults.error_count();
    let Some(csv) = CsvFile::read(file, bytes, &[], faults) else { return Vec::new() };
    let columns = Columns::find(&csv, file, map, &["unit", "entitled"], faults);
    let mut percents: Vec<&str> = csv.columns().filter(|name| name.to_lowercase().contains("turnout")).collect();
    // Columns come in no order of their own; years in their names sort them, the latest last.
    percents.sort_unstable();
    let counts = csv.has("last_returned").then(|| (csv.has("last_entitled")).then_some("last_entitled"));
    if percents.is_empty() && counts.is_none() {
        faults.error(
            "missing-column",
            &Place::new(file, 1),
            "no column of an earlier turnout",
            "add `last_turnout` in per cent (or turnout_2019, turnout_2021), or last_returned and last_entitled",
        );
    }
    let mut units = Vec::new();
    for row in csv.rows() {
        let unit = columns.theirs("unit").and_then(|column| row.text(column)).map(str::to_owned);
        let entitled = columns.theirs("entitled").and_then(|column| count(&row, column, true, faults)).flatten();
        let mut turnouts = Vec::new();
        for column in &percents {
            let Some(percent) = row.optional_decimal(column) else { continue };
            if percent.is_negative() || percent > Ratio::whole(100) {
                let what = format!("{column}: {percent} is not a percentage between 0 and 100");
                faults.error("not-a-percentage", row.place(), what, "write 41.6 for 41.6%");
            }
            turnouts.push(percent);
        }
        if let Some(last_entitled) = counts {
            let returned = count(&row, "last_returned", true, faults).flatten();
            let of = last_entitled.map_or(entitled, |column| count(&row, column, true, faults).flatten());
            if let (Some(returned), Some(of)) = (returned, of) {
                if returned > of || of == 0 {
                    let what = format!("{returned} returned of {of} entitled last time");
                    faults.error("more-votes-than-entitled", row.place(), what, "check both figures");
                } else {
                    turnouts.push(Ratio::new(i128::from(returned) * 100, of.into()));
                }
            }
        }
        let (Some(unit), Some(entitled)) = (unit, entitled) else { continue };
        if entitled == 0 {
            faults.error("nobody-entitled", row.place(), "nobody is entitled to vote", "write how many can vote, or remove the row");
        }
        if turnouts.is_empty() {
            faults.error("value-missing", row.place(), format!("no earlier turnout of “{unit}”"), "fill one in, or remove the row");
        }
        units.push(EarlierTurnout { unit, entitled, turnouts });
    }
    if units.is_empty() && faults.error_count() == before {
        faults.error("file-empty", &Place::new(file, 1), "the file has a header but no units", "add one row for each unit");
    }
    if faults.error_count() > before { Vec::new() } else { units }
}
