//! A range of what a ballot may bring when only earlier turnouts are known (rule L54).
//!
//! No random numbers and no guess at a distribution: each unit's last turnout moves down by `low` and up by `high`, the moves
//! that eight in ten units of real ballots stayed within. The range says what it assumes; it is no promise.

use dated::{CsvFile, Faults, FileBytes, Place, Ratio, TomlFile};

use crate::read::{Columns, count};

/// The moves that come with the program.
pub const BUILT_IN_SWING: &str = include_str!("../../../data/ballots/turnout-swing.toml");

/// How far turnout may move from one ballot to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swing {
    /// Downwards, in percentage points; zero or negative.
    pub low: Ratio,
    /// Upwards, in percentage points.
    pub high: Ratio,
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
                Some(Self {
                    low: tenths("low_tenths")?,
                    high: tenths("high_tenths")?,
                    text: root.text("text")?,
                    source: root.text("source")?,
                })
            })
        });
        read.filter(|_| faults.error_count() == 0).ok_or_else(|| faults.into_sorted())
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
}

/// The forecast of a ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Unit by unit.
    pub units: Vec<Range>,
    /// All as one ballot; each unit at the same end at once.
    pub together: Range,
}

impl Forecast {
    /// How many units pass at the low end, if turnout stays, and at the high end.
    pub fn passing(&self) -> [usize; 3] {
        [0, 1, 2].map(|end| self.units.iter().filter(|unit| unit.returned[end] >= unit.needed).count())
    }
}

/// L54: the range, from earlier turnouts, the observed moves and the turnout the law of the day asks for.
pub fn forecast(units: &[EarlierTurnout], swing: &Swing, turnout_percent: u64) -> Forecast {
    let hundred = Ratio::whole(100);
    let ranges: Vec<Range> = units
        .iter()
        .map(|unit| {
            let latest = unit.turnouts.last().copied().unwrap_or(Ratio::ZERO);
            let lowest = unit.turnouts.iter().min().copied().unwrap_or(latest);
            let highest = unit.turnouts.iter().max().copied().unwrap_or(latest);
            let returned = [lowest + swing.low, latest, highest + swing.high].map(|percent| {
                let share = percent.max(Ratio::ZERO).min(hundred);
                let entitled = Ratio::new(unit.entitled.into(), 1);
                u64::try_from((share * entitled / hundred).floor()).unwrap_or(0)
            });
            range(&unit.unit, unit.entitled, returned, turnout_percent)
        })
        .collect();
    let entitled = ranges.iter().map(|range| range.entitled).sum();
    let returned = [0, 1, 2].map(|end| ranges.iter().map(|range| range.returned[end]).sum());
    Forecast { together: range("all units together", entitled, returned, turnout_percent), units: ranges }
}

fn range(unit: &str, entitled: u64, returned: [u64; 3], turnout_percent: u64) -> Range {
    let needed = Ratio::new(i128::from(entitled) * i128::from(turnout_percent), 100).ceiling();
    let needed = u64::try_from(needed).unwrap_or(u64::MAX);
    let chance = match (returned[0] >= needed, returned[2] >= needed) {
        (true, _) => Chance::Throughout,
        (false, true) => Chance::Open,
        (false, false) => Chance::Nowhere,
    };
    Range { unit: unit.to_owned(), entitled, returned, needed, chance }
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
