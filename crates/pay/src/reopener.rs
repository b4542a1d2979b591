//! A reopener: the clause of an offer for several years that lets talks begin again, and whether its condition is met. Spec P97 and P98.
//!
//! A clause with a number is tested on the price series; one without is for people to judge, and is never called met.

use dated::{Cite, Date, Month, Place, Ratio, Sources, Table};

use crate::prices::{Index, Prices};

/// A clause that lets talks begin again.
#[derive(Clone, Debug)]
pub struct Reopener {
    /// What it says, in our words.
    pub clause: String,
    /// The first day on which it can be used.
    pub from: Option<Date>,
    /// The first day on which it cannot be used any more.
    pub until: Option<Date>,
    /// Its condition in numbers; `None` where the clause, or what is known of it, has none.
    pub test: Option<ReopenerTest>,
    /// Who published it.
    pub source: Cite,
    /// Where it stands.
    pub place: Place,
}

/// Prices that must have risen by more than a percentage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReopenerTest {
    /// Which prices.
    pub index: Index,
    /// From this month to `month`; `None` for the published annual rate of `month`.
    pub since: Option<Month>,
    /// To this month.
    pub month: Month,
    /// In percent; a rise of just so much does not open.
    pub above_percent: Ratio,
}

/// Whether the condition of a clause is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReopenerVerdict {
    /// Prices rose by more than the clause asks for: by so much, in percent.
    Met(Ratio),
    /// They did not: by so much, in percent.
    NotMet(Ratio),
    /// A month is not in the data, which the sentence names.
    CannotTell(String),
    /// The clause has no number: people must judge.
    ForJudgement,
}

impl Reopener {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let clause = table.text("clause");
        let (from, until) = (table.optional_date("from"), table.optional_date("until"));
        let source = table.cite(sources);
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            let what = format!("the clause ends on {until}, before it begins on {from}");
            table.fault("ends-before-it-begins", "until", what, "correct one of the two dates; `until` is the first day after");
        }
        let test = if ["index", "since", "month", "above_percent"].iter().any(|key| table.has(key)) {
            let index = table.choice("index", &Index::WORDS);
            let since = table.optional_month("since");
            let month = table.optional_month("month");
            let above_percent = table.decimal("above_percent");
            if !table.has("month") {
                let fix = "add `month = \"2009-09\"`: the annual rate of that month, or with `since` the rise from one month to the other";
                table.fault("missing-key", "month", "the clause does not say up to which month prices are looked at", fix);
            }
            if let (Some(since), Some(month)) = (since, month)
                && month <= since
            {
                table.fault(
                    "months-turned",
                    "since",
                    format!("prices from {since} to {month} go backwards"),
                    "correct one of the two months",
                );
            }
            if above_percent.is_some_and(|percent| percent.abs() > Ratio::whole(100)) {
                table.fault("not-a-percentage", "above_percent", "above_percent is larger than any rise of prices", "write 3.5 for 3.5%");
            }
            // What is wrong was said; the clause is not taken without its number.
            Some(ReopenerTest { index: index?, since, month: month?, above_percent: above_percent? })
        } else {
            None
        };
        Some(Self { clause: clause?, from, until, test, source, place: table.place() })
    }

    /// Spec P98: whether its condition is met by the prices that are known.
    pub fn verdict(&self, prices: &Prices) -> ReopenerVerdict {
        let Some(test) = self.test else { return ReopenerVerdict::ForJudgement };
        let rose = match test.since {
            None => prices.annual_rate(test.index, test.month),
            Some(since) => prices.change_percent(test.index, since, test.month),
        };
        match rose {
            Err(missing) => ReopenerVerdict::CannotTell(missing.to_string()),
            Ok(rose) if rose > test.above_percent => ReopenerVerdict::Met(rose),
            Ok(rose) => ReopenerVerdict::NotMet(rose),
        }
    }

    /// When it can be used, as in `from 1 October 2009, until 1 April 2010`; empty where no day is known.
    pub fn when(&self) -> String {
        let from = self.from.map(|day| format!("from {}", dated::long_date(day)));
        let until = self.until.map(|day| format!("before {}", dated::long_date(day)));
        from.into_iter().chain(until).collect::<Vec<_>>().join(", ")
    }

    /// The verdict in a sentence, with its figures.
    pub fn sentence(&self, prices: &Prices) -> String {
        let asked = self.test.map(|test| {
            let window = match test.since {
                None => format!("in the year to {}", test.month.long()),
                Some(since) => format!("from {} to {}", since.long(), test.month.long()),
            };
            (format!("{} {window}", test.index), test.above_percent.to_short(2))
        });
        match (self.verdict(prices), asked) {
            (ReopenerVerdict::Met(rose), Some((what, above))) => {
                format!("Met: {what} rose by {}%, more than {above}%.", rose.to_fixed(2))
            }
            (ReopenerVerdict::NotMet(rose), Some((what, above))) => {
                format!("Not met: {what} rose by {}%, not by more than {above}%.", rose.to_fixed(2))
            }
            (ReopenerVerdict::CannotTell(missing), Some((what, above))) => {
                format!("Cannot tell: it asks for a rise of {what} by more than {above}%, and {missing}.")
            }
            _ => "For people to judge: what is known of the clause has no number.".to_owned(),
        }
    }
}

impl ReopenerVerdict {
    /// In a word: `met`, `not-met`, `cannot-tell`, `for-judgement`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Met(_) => "met",
            Self::NotMet(_) => "not-met",
            Self::CannotTell(_) => "cannot-tell",
            Self::ForJudgement => "for-judgement",
        }
    }

    /// By how much prices rose, in percent, where that is known.
    pub fn rose_percent(&self) -> Option<Ratio> {
        match self {
            Self::Met(rose) | Self::NotMet(rose) => Some(*rose),
            Self::CannotTell(_) | Self::ForJudgement => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dated::{Faults, FileBytes, TomlFile};

    /// An index of 100 and then 103.5, a year apart.
    fn prices(sources: &Sources, faults: &Faults) -> Prices {
        let header = "month,rpi_index_jan1987_100,rpi_status,rpi_source,cpi_index_2015_100,cpi_index_status,cpi_index_source,\
                      cpi_annual_rate_pct,cpih_index_2015_100,cpih_status,cpi_rate_status,cpi_rate_source,cpih_source";
        let text = format!("{header}\n2030-04,100.0,synthetic,S,,,,,,,,,\n2031-04,103.5,synthetic,S,,,,,,,,,\n");
        let mut prices = Prices::none();
        prices.add_csv("p.csv", &FileBytes::Read(text.into()), sources, faults);
        prices
    }

    fn judged(text: &str) -> (Vec<(ReopenerVerdict, String)>, Vec<&'static str>) {
        let faults = Faults::new();
        let sources = Sources::read_csv("s.csv", &FileBytes::Read(b"id,title,where,licence\nS,s,s,s\n".to_vec()), &faults);
        let prices = prices(&sources, &faults);
        let file = TomlFile::read("offer.toml", &FileBytes::Read(text.into()), &faults).expect("TOML");
        let read = file.with_root(&faults, |root| root.list("reopener", |table, _| Reopener::read(table, &sources)));
        let all = read.iter().map(|reopener| (reopener.verdict(&prices), reopener.sentence(&prices))).collect();
        (all, faults.into_sorted().iter().map(|fault| fault.code).collect())
    }

    #[test]
    fn a_clause_opens_above_its_number_and_not_at_it() {
        let clause = |rest: &str| format!("[[reopener]]\nclause = \"Talks begin again.\"\nsource = \"S\"\n{rest}\n");
        let asked = |above: &str| judged(&clause(&format!("index = \"RPI\"\nmonth = \"2031-04\"\nabove_percent = {above}")));
        assert_eq!(asked("3.4").0[0].0, ReopenerVerdict::Met(Ratio::new(35, 10)));
        let (at, faults) = asked("3.5");
        assert_eq!((at[0].0.word(), faults), ("not-met", vec![]));
        assert_eq!(at[0].1, "Not met: RPI in the year to April 2031 rose by 3.50%, not by more than 3.5%.");
        let since = judged(&clause("index = \"RPI\"\nsince = \"2030-04\"\nmonth = \"2031-04\"\nabove_percent = 3.499"));
        assert_eq!(since.0[0].0.word(), "met");
        let (missing, _) = judged(&clause("index = \"RPI\"\nmonth = \"2032-04\"\nabove_percent = 3"));
        assert_eq!(missing[0].0.word(), "cannot-tell");
        assert!(missing[0].1.contains("RPI (index) has no figure for April 2032"), "the month is named: {}", missing[0].1);
        assert_eq!(judged(&clause("")).0[0].0, ReopenerVerdict::ForJudgement);
    }

    #[test]
    fn all_faults_of_a_clause_are_said_at_once() {
        let text = "[[reopener]]\nfrom = 2031-04-01\nuntil = 2031-03-01\nindex = \"RPJ\"\nsince = \"2031-04\"\nsource = \"S\"\n";
        let (read, mut faults) = judged(text);
        faults.sort_unstable();
        assert!(read.is_empty());
        assert_eq!(faults, ["ends-before-it-begins", "missing-key", "missing-key", "missing-key", "unknown-word"]);
    }
}
