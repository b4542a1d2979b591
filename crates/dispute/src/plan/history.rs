//! "The largest in a decade" (spec A40, A41): a claim held against a table of comparable strikes.

use dated::{CsvFile, Date, Faults, FileBytes, Sources};

/// A table of strikes, and for which days somebody says that it is complete.
#[derive(Clone, Debug)]
pub struct ComparableStrikes {
    strikes: Vec<Comparable>,
    complete: Option<(Date, Date)>,
}

#[derive(Clone, Debug)]
struct Comparable {
    began_on: Date,
    what: String,
    members: Option<u64>,
    days_lost: Option<u64>,
}

/// By what a strike is the largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LargestMeasure {
    /// People called out or on strike.
    Members,
    /// Working days lost.
    DaysLost,
}

impl LargestMeasure {
    /// The words of the command line.
    pub const WORDS: [(&'static str, Self); 2] = [("members", Self::Members), ("days-lost", Self::DaysLost)];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Members => "people called out",
            Self::DaysLost => "working days lost",
        }
    }
}

/// The claim.
#[derive(Clone, Debug)]
pub struct LargestClaim {
    /// The first day of the strike that is claimed to be the largest.
    pub began_on: Date,
    /// In how many years before it.
    pub years: u16,
    /// By what.
    pub measure: LargestMeasure,
    /// How large it is.
    pub size: u64,
}

/// What the table says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LargestVerdict {
    /// The table is complete for all these years, and every strike in it is smaller: the next largest.
    True(Option<String>),
    /// There was one as large or larger.
    False(String),
    /// What is missing.
    CannotTell(String),
}

impl LargestVerdict {
    /// The word in output.
    pub fn word(&self) -> &'static str {
        match self {
            Self::True(_) => "true",
            Self::False(_) => "false",
            Self::CannotTell(_) => "cannot-tell",
        }
    }

    /// In a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::True(Some(next)) => format!("The next largest was {next}."),
            Self::True(None) => "The table is said to be complete and has no other strike in these years.".to_owned(),
            Self::False(other) => format!("{other} was as large or larger."),
            Self::CannotTell(missing) => format!("Missing: {missing}."),
        }
    }
}

impl ComparableStrikes {
    /// The columns of the table. An empty figure is one that is not known.
    pub const COLUMNS: [&'static str; 6] = ["began_on", "what", "members", "days_lost", "source", "status"];

    /// No table.
    pub fn none() -> Self {
        Self { strikes: Vec::new(), complete: None }
    }

    /// Reads the table. `complete` are the days between which somebody answers for its being complete.
    pub fn read_csv(file: &str, bytes: &FileBytes, complete: Option<(Date, Date)>, sources: &Sources, faults: &Faults) -> Self {
        let mut table = Self { strikes: Vec::new(), complete };
        let Some(csv) = CsvFile::read(file, bytes, &Self::COLUMNS, faults) else { return table };
        for row in csv.rows() {
            let count = |column: &str| {
                let number = row.optional_decimal(column)?;
                let whole = u64::try_from(number.numerator()).ok().filter(|_| number.denominator() == 1);
                if whole.is_none() {
                    let what = format!("{column}: {number} is no whole number");
                    faults.error("not-a-count", row.place(), what, "write a whole number, or leave the cell empty");
                }
                whole
            };
            let (members, days_lost) = (count("members"), count("days_lost"));
            if let Some(cite) = row.text("source") {
                sources.check_cite(cite, row.place(), faults);
            }
            row.status();
            if let (Some(began_on), Some(what)) = (row.date("began_on"), row.text("what")) {
                table.strikes.push(Comparable { began_on, what: what.to_owned(), members, days_lost });
            }
        }
        table
    }

    /// A40, A41: judges the claim. One larger strike settles it; otherwise the table must be complete for every year, and each
    /// strike in it must have the figure.
    pub fn judge(&self, claim: &LargestClaim) -> LargestVerdict {
        let first =
            Date::new(claim.began_on.year().saturating_sub(i16::try_from(claim.years).unwrap_or(i16::MAX)), claim.began_on.month(), 1)
                .map_or(claim.began_on, |month| {
                    let day = claim.began_on.day().min(month.days_in_month());
                    law::plus_days(month, i64::from(day) - 1)
                });
        let in_years = || self.strikes.iter().filter(|strike| strike.began_on >= first && strike.began_on < claim.began_on);
        let size = |strike: &Comparable| match claim.measure {
            LargestMeasure::Members => strike.members,
            LargestMeasure::DaysLost => strike.days_lost,
        };
        let words = |strike: &Comparable| {
            let size = size(strike).map_or_else(|| "unknown".to_owned(), pay::grouped);
            format!("{} ({}, {}: {size})", strike.what, dated::long_date(strike.began_on), claim.measure.words())
        };
        let largest = in_years().filter(|strike| size(strike).is_some()).max_by_key(|strike| size(strike));
        if let Some(larger) = largest.filter(|strike| size(strike) >= Some(claim.size)) {
            return LargestVerdict::False(words(larger));
        }
        if let Some(unknown) = in_years().find(|strike| size(strike).is_none()) {
            return LargestVerdict::CannotTell(format!("{} of {}", claim.measure.words(), unknown.what));
        }
        let last = law::plus_days(claim.began_on, -1);
        match self.complete {
            Some((from, until)) if from <= first && until >= last => LargestVerdict::True(largest.map(words)),
            Some((from, until)) => LargestVerdict::CannotTell(format!(
                "a complete series from {} to {}; the table is said to be complete from {} to {}",
                dated::long_date(first),
                dated::long_date(last),
                dated::long_date(from),
                dated::long_date(until)
            )),
            None => LargestVerdict::CannotTell(format!(
                "a series of comparable strikes that is complete from {} to {}",
                dated::long_date(first),
                dated::long_date(last)
            )),
        }
    }
}
