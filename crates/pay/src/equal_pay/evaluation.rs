//! E40 to E44: job evaluation by sixteen factors: from levels to a score, from a score to a band.

use std::collections::BTreeMap;

use dated::{Cite, CsvFile, CsvRow, Faults, FileBytes, Ratio, Sources, Status};

/// One cell of the scoring chart.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cell {
    score: u32,
    status: Status,
    source: Cite,
}

/// A band with the scores that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobWeightBand {
    /// Its name.
    pub band: String,
    /// The lowest score.
    pub lowest: u32,
    /// The highest.
    pub highest: u32,
}

/// E40: points by factor and level, and bands by score.
#[derive(Clone, Debug, Default)]
pub struct ScoringChart {
    factors: BTreeMap<u32, (String, BTreeMap<u32, Cell>)>,
    bands: Vec<JobWeightBand>,
}

/// The level of a job in one factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactorLevel {
    /// The factor, counted from 1.
    pub factor: u32,
    /// The level.
    pub level: u32,
}

/// The score of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobScore {
    /// Points by factor: name, level, points, and whether the chart's cell was seen in a source.
    pub factors: Vec<(String, u32, u32, Status)>,
    /// Their sum.
    pub score: u32,
    /// The band of that score; `None` beyond the last.
    pub band: Option<JobWeightBand>,
}

impl JobScore {
    /// E42: the factors whose points were not seen in a source.
    pub fn estimated(&self) -> Vec<&str> {
        self.factors.iter().filter(|(.., status)| *status == Status::Estimated).map(|(name, ..)| name.as_str()).collect()
    }
}

impl ScoringChart {
    /// E40: reads the chart (`factor,factor_name,level,score,status,source`) and the bands (`band,min_score,max_score,status,source`).
    pub fn read(chart: (&str, &FileBytes), bands: (&str, &FileBytes), sources: &Sources, faults: &Faults) -> Self {
        let mut read = Self::default();
        if let Some(csv) = CsvFile::read(chart.0, chart.1, &["factor", "factor_name", "level", "score", "status", "source"], faults) {
            for row in csv.rows() {
                let (factor, level, score) = (whole(&row, "factor", faults), whole(&row, "level", faults), whole(&row, "score", faults));
                let source = sources.check_cite(row.text("source").unwrap_or_default(), row.place(), faults);
                let (Some(factor), Some(level), Some(score), Some(status), Some(name)) =
                    (factor, level, score, row.status(), row.text("factor_name"))
                else {
                    continue;
                };
                let (_, levels) = read.factors.entry(factor).or_insert_with(|| (name.to_owned(), BTreeMap::new()));
                if levels.insert(level, Cell { score, status, source }).is_some() {
                    faults.error("level-twice", row.place(), format!("level {level} of factor {factor} stands twice"), "keep one");
                }
            }
        }
        for (name, levels) in read.factors.values() {
            let rising = levels.values().zip(levels.values().skip(1)).all(|(low, high)| low.score < high.score);
            if !rising || levels.keys().copied().ne(1..=levels.len() as u32) {
                let place = dated::Place::new(chart.0, 1);
                faults.error("levels-not-rising", &place, format!("the levels of “{name}” do not rise from 1 without a gap"), "check them");
            }
        }
        if let Some(csv) = CsvFile::read(bands.0, bands.1, &["band", "min_score", "max_score", "status", "source"], faults) {
            for row in csv.rows() {
                let _ = (row.status(), sources.check_cite(row.text("source").unwrap_or_default(), row.place(), faults));
                let (Some(band), Some(lowest), Some(highest)) =
                    (row.text("band"), whole(&row, "min_score", faults), whole(&row, "max_score", faults))
                else {
                    continue;
                };
                let follows = read.bands.last().is_none_or(|last| last.highest + 1 == lowest);
                if lowest > highest || !follows {
                    faults.error(
                        "bands-not-rising",
                        row.place(),
                        format!("band {band} does not follow on the one above it"),
                        "check its scores",
                    );
                }
                read.bands.push(JobWeightBand { band: band.to_owned(), lowest, highest });
            }
        }
        read
    }

    /// How many factors there are.
    pub fn factor_count(&self) -> usize {
        self.factors.len()
    }

    /// The highest score that there is.
    pub fn highest_score(&self) -> u32 {
        self.factors.values().filter_map(|(_, levels)| levels.values().next_back()).map(|cell| cell.score).sum()
    }

    /// Cells by whether they were seen in a source: seen, not seen.
    pub fn cells(&self) -> (usize, usize) {
        let all = self.factors.values().flat_map(|(_, levels)| levels.values());
        let (seen, not): (Vec<&Cell>, Vec<&Cell>) = all.partition(|cell| cell.status != Status::Estimated);
        (seen.len(), not.len())
    }

    /// E43: the band of a score.
    pub fn band(&self, score: u32) -> Option<&JobWeightBand> {
        self.bands.iter().find(|band| (band.lowest..=band.highest).contains(&score))
    }

    /// E41: the score of a job: every factor once, each at a level that the chart has.
    ///
    /// # Errors
    /// A sentence for each factor that is missing, twice, unknown or at no known level.
    pub fn score(&self, levels: &[FactorLevel]) -> Result<JobScore, Vec<String>> {
        let mut wrong = Vec::new();
        let mut given: BTreeMap<u32, u32> = BTreeMap::new();
        for one in levels {
            match self.factors.get(&one.factor) {
                None => wrong.push(format!("there is no factor {}; they are 1 to {}", one.factor, self.factors.len())),
                Some((name, levels)) if !levels.contains_key(&one.level) => {
                    wrong.push(format!("factor {} ({name}) has no level {}; its levels are 1 to {}", one.factor, one.level, levels.len()));
                }
                Some((name, _)) => {
                    if given.insert(one.factor, one.level).is_some() {
                        wrong.push(format!("factor {} ({name}) is given twice", one.factor));
                    }
                }
            }
        }
        let mentioned = |factor: u32| levels.iter().any(|one| one.factor == factor);
        let missing = self.factors.iter().filter(|(factor, _)| !mentioned(**factor));
        wrong.extend(missing.map(|(factor, (name, _))| format!("factor {factor} ({name}) is missing")));
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let points = |factor: u32, level: u32| {
            let (name, levels) = self.factors.get(&factor)?;
            let cell = levels.get(&level)?;
            Some((name.clone(), level, cell.score, cell.status))
        };
        let factors: Vec<_> = given.into_iter().filter_map(|(factor, level)| points(factor, level)).collect();
        let score = factors.iter().map(|(_, _, score, _)| score).sum();
        Ok(JobScore { score, band: self.band(score).cloned(), factors })
    }
}

/// E41: reads a job's levels from a file with the columns `factor` and `level`; other columns are not read.
pub fn read_levels(file: &str, bytes: &FileBytes, faults: &Faults) -> Vec<FactorLevel> {
    let Some(csv) = CsvFile::read(file, bytes, &["factor", "level"], faults) else { return Vec::new() };
    let level = |row: CsvRow<'_>| match (whole(&row, "factor", faults), whole(&row, "level", faults)) {
        (Some(factor), Some(level)) => Some(FactorLevel { factor, level }),
        _ => None,
    };
    csv.rows().filter_map(level).collect()
}

fn whole(row: &CsvRow<'_>, column: &str, faults: &Faults) -> Option<u32> {
    let value = row.decimal(column)?;
    let whole = (value.denominator() == 1 && value <= Ratio::whole(100_000)).then(|| u32::try_from(value.numerator()).ok()).flatten();
    if whole.is_none() {
        let text = row.optional(column).unwrap_or_default();
        faults.error(
            "not-a-whole-number",
            row.place(),
            format!("{column}: “{text}” is not a whole number"),
            "write a whole number of 0 or more",
        );
    }
    whole
}
