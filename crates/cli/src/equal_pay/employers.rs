//! `whitley equal-pay employers`: which employers to take on first, and what their cases add up to.
//!
//! With a pay file, by its claims; without one, by the pay gap reports that employers publish, which are no claims at all.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dated::{CsvFile, Faults, FileBytes, Ratio, Sources};
use dispute::Library;
use pay::equal_pay::{CaseList, ChooseBy, EmployerTotal, Reach, Sums, published};
use serde_json::{Value, json};

use super::search::{hourly_json, sums_json};
use super::setting::{Setting, SettingArguments};
use super::{per_hour, to_the_pound};
use crate::answer::{self, Outcome, Table};
use crate::offer::Stop;

const PAY_GAPS: &[u8] = include_bytes!("../../../../data/equalpay/nhs-pay-gap.csv");
const PAY_GAPS_NAME: &str = "data/equalpay/nhs-pay-gap.csv";

/// Arguments of `whitley equal-pay employers`.
#[derive(Args)]
pub(crate) struct Employers {
    /// The pay file. Without it employers are chosen by the pay gap reports of the NHS, widest gap first
    workforce: Option<PathBuf>,
    #[command(flatten)]
    setting: SettingArguments,
    /// How many employers to choose
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// By what they are chosen; ties go by name
    #[arg(long, value_enum, default_value = "arrears")]
    choose: Choose,
    /// For publication: claimants fewer than --smallest are withheld, and as many more rows as keep them from being worked out
    #[arg(long)]
    publish: bool,
    /// The fewest claimants that are shown with --publish
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..))]
    smallest: u64,
    /// Without a pay file: the year of the reports; by default the latest
    #[arg(long, conflicts_with = "workforce", value_name = "2021-22")]
    year: Option<String>,
    /// Without a pay file: by the mean gap instead of the median
    #[arg(long, conflicts_with = "workforce")]
    mean: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choose {
    /// The most arrears
    Arrears,
    /// The most claimants
    People,
    /// The highest hourly gap of a claim
    Gap,
}

impl Employers {
    pub(crate) fn run(self, as_json: bool) -> Result<Outcome, Stop> {
        let Some(path) = &self.workforce else { return self.by_reports(as_json) };
        let setting = Setting::open(path, &self.setting, as_json)?;
        let cases = setting.cases(Reach::OwnEmployer, as_json)?;
        let by = match self.choose {
            Choose::Arrears => ChooseBy::Arrears,
            Choose::People => ChooseBy::People,
            Choose::Gap => ChooseBy::Gap,
        };
        let list = CaseList::choose(&setting.records, &cases, by, self.count as usize);
        if self.publish {
            return Ok(self.publish(&setting, &list, as_json));
        }
        let rule = match self.choose {
            Choose::Arrears => "the most arrears, all money together",
            Choose::People => "the most claimants",
            Choose::Gap => "the highest hourly gap of a claim",
        };
        let (chosen, others, all) = (CaseList::sums(&list.chosen), CaseList::sums(&list.others), cases.sums());
        if as_json {
            let rows = |rows: &[EmployerTotal]| -> Vec<Value> {
                let row = |row: &EmployerTotal| json!({"employer": row.name, "highest_gap": hourly_json(row.highest_gap), "sums": sums_json(&row.sums)});
                rows.iter().map(row).collect()
            };
            answer::print_json(&json!({
                "lodged_on": setting.lodged.to_string(), "rule": rule, "asked_for": self.count,
                "employers": rows(&list.chosen), "not_chosen": list.others.len(),
                "totals": {"chosen": sums_json(&chosen), "others": sums_json(&others), "all": sums_json(&all)},
                "left_out": ["interest", "lost pension"],
                "not_legal_advice": setting.book.not_legal_advice(),
            }));
            return Ok(Outcome::Yes);
        }
        answer::print(&setting.heading());
        let mut table =
            Table::new(&["No.", "Employer", ">Claims", ">People", ">Part-time", ">Highest gap £/h", ">Arrears £", ">By terms £"]);
        for (number, row) in list.chosen.iter().enumerate() {
            table.row(cells((number + 1).to_string(), &row.name, &row.sums, per_hour(row.highest_gap)));
        }
        let totals = [("chosen", list.chosen.len(), &chosen), ("not chosen", list.others.len(), &others)];
        for (name, count, sums) in totals {
            table.row(cells(String::new(), &format!("{count} {name}"), sums, String::new()));
        }
        table.row(cells(String::new(), "all", &all, String::new()));
        answer::print(&format!("\nEmployers by {rule}; ties by name. Own employer only.\n{}", table.text()));
        if list.chosen.len() < self.count as usize {
            answer::print(&format!("{} were asked for; no more have a claim.\n", self.count));
        }
        if all.other_reading_pence != all.together_pence {
            answer::print(&format!(
                "Provisional: under the other reading of the limit all come to {}.\n",
                to_the_pound(all.other_reading_pence)
            ));
        }
        answer::print(&format!("Arrears are without interest and lost pension.\n{}", setting.closing()));
        answer::print(&format!("next: whitley equal-pay employers {} --lodged {} --publish\n", setting.file, setting.lodged));
        Ok(Outcome::Yes)
    }

    /// E37: the list as it may be published.
    fn publish(&self, setting: &Setting, list: &CaseList, as_json: bool) -> Outcome {
        let mut rows: Vec<(String, Sums)> = list.chosen.iter().map(|row| (row.name.clone(), row.sums)).collect();
        if !list.others.is_empty() {
            rows.push((format!("{} others", list.others.len()), CaseList::sums(&list.others)));
        }
        let mut all = CaseList::sums(&list.chosen);
        all.add(&CaseList::sums(&list.others));
        // The order by arrears would tell of what is withheld.
        let last = rows.len() - usize::from(!list.others.is_empty());
        rows[..last].sort_by(|a, b| a.0.cmp(&b.0));
        let shown = published(&rows, self.smallest);
        if as_json {
            let row = |row: &pay::equal_pay::PublishedTotal| match &row.sums {
                Some(sums) => {
                    json!({"employer": row.name, "people": sums.people, "claims": sums.claims, "arrears_pounds": rounded(sums.together_pence)})
                }
                None => json!({"employer": row.name, "withheld": true}),
            };
            answer::print_json(&json!({
                "lodged_on": setting.lodged.to_string(), "smallest": self.smallest,
                "employers": shown.as_ref().map(|rows| rows.iter().map(row).collect::<Vec<_>>()),
                "all": shown.as_ref().map(|_| json!({"people": all.people, "claims": all.claims, "arrears_pounds": rounded(all.together_pence)})),
            }));
            return if shown.is_some() { Outcome::Yes } else { Outcome::CouldNotCheck };
        }
        let Some(shown) = shown else {
            complain!("nothing can be published: all claimants together are too few, or stand in one row, at --smallest {}", self.smallest);
            return Outcome::CouldNotCheck;
        };
        let mut table = Table::new(&["Employer", ">Claimants", ">Claims", ">Arrears £, to the thousand"]);
        let thousands = |sums: &Sums| pay::grouped(rounded(sums.together_pence).unsigned_abs());
        for row in &shown {
            table.row(match &row.sums {
                Some(sums) => [row.name.clone(), pay::grouped(sums.people), pay::grouped(sums.claims), thousands(sums)],
                None => [row.name.clone(), "withheld".to_owned(), String::new(), String::new()],
            });
        }
        table.row(["all".to_owned(), pay::grouped(all.people), pay::grouped(all.claims), thousands(&all)]);
        answer::print(&format!(
            "Claims lodged on {}, estimated from pay in own employers; without interest and lost pension.\n{}Withheld: fewer than {} claimants, or needed so that such a row cannot be worked out.\n{}",
            dated::long_date(setting.lodged),
            table.text(),
            self.smallest,
            setting.closing()
        ));
        Outcome::Yes
    }

    /// E36: employers by their published pay gap.
    fn by_reports(&self, as_json: bool) -> Result<Outcome, Stop> {
        let mut reports = reports()?;
        let mut years: Vec<String> = reports.iter().map(|report| report.year.clone()).collect();
        years.sort_unstable();
        years.dedup();
        let year = self.year.clone().or_else(|| years.last().cloned()).unwrap_or_default();
        if !years.contains(&year) {
            return Err(Stop::Question(format!("there are no reports of {year}; there are those of {}", years.join(", "))));
        }
        let (gap, name) =
            (|report: &Report| if self.mean { report.mean } else { report.median }, if self.mean { "mean" } else { "median" });
        reports.retain(|report| report.year == year);
        let all = reports.len();
        reports.sort_by(|a, b| gap(b).cmp(&gap(a)).then_with(|| a.employer.cmp(&b.employer)));
        reports.truncate(self.count as usize);
        if as_json {
            let row = |report: &Report| json!({"employer": report.employer, "median_percent": answer::number(report.median, 2), "mean_percent": answer::number(report.mean, 2), "size": report.size});
            answer::print_json(&json!({
                "year": year, "rule": format!("widest {name} hourly gap, ties by name"), "of": all, "asked_for": self.count,
                "employers": reports.iter().map(row).collect::<Vec<_>>(), "source": "GPG-SERVICE", "status": "published",
            }));
            return Ok(Outcome::Yes);
        }
        let mut table = Table::new(&["No.", "Employer", ">Median gap %", ">Mean gap %", "Staff"]);
        for (number, report) in reports.iter().enumerate() {
            table.row([
                (number + 1).to_string(),
                report.employer.clone(),
                report.median.to_fixed(1),
                report.mean.to_fixed(1),
                report.size.clone(),
            ]);
        }
        answer::print(&format!(
            "NHS employers by {name} hourly pay gap as they reported it for {year}, widest first, ties by name: {} of {all}.\n{}A pay gap is an average over all jobs: it says where to look, not that anybody has a claim.\nSource: gender pay gap service (GPG-SERVICE).\nnext: whitley equal-pay search PAY.csv --lodged DAY\n",
            reports.len(),
            table.text()
        ));
        Ok(Outcome::Yes)
    }
}

fn cells(number: String, name: &str, sums: &Sums, gap: String) -> [String; 8] {
    let money = |pence| to_the_pound(pence).replace('£', "");
    [
        number,
        name.to_owned(),
        pay::grouped(sums.claims),
        pay::grouped(sums.people),
        pay::grouped(sums.part_time),
        gap,
        money(sums.together_pence),
        money(sums.term_by_term_pence),
    ]
}

/// Pounds to the nearest thousand, so that a published sum does not give one person's pay away.
fn rounded(pence: i64) -> i64 {
    (pence + 50_000) / 100_000 * 1000
}

struct Report {
    year: String,
    employer: String,
    median: Ratio,
    mean: Ratio,
    size: String,
}

fn reports() -> Result<Vec<Report>, Stop> {
    let faults = Faults::new();
    let sources = Library::file("sources.csv").map(|bytes| Sources::read_csv("data/sources.csv", &bytes, &faults)).unwrap_or_default();
    let columns = ["reporting_year", "employer", "diff_mean_hourly_pct", "diff_median_hourly_pct", "size_band", "status", "source"];
    let mut reports = Vec::new();
    if let Some(csv) = CsvFile::read(PAY_GAPS_NAME, &FileBytes::Read(PAY_GAPS.to_vec()), &columns, &faults) {
        for row in csv.rows() {
            let _ = (row.status(), sources.check_cite(row.text("source").unwrap_or_default(), row.place(), &faults));
            let text = |column: &str| row.text(column).map(str::to_owned);
            if let (Some(year), Some(employer), Some(mean), Some(median)) =
                (text("reporting_year"), text("employer"), row.decimal("diff_mean_hourly_pct"), row.decimal("diff_median_hourly_pct"))
            {
                reports.push(Report { year, employer, median, mean, size: row.optional("size_band").unwrap_or_default().to_owned() });
            }
        }
    }
    let faults = faults.into_sorted();
    if faults.is_empty() {
        return Ok(reports);
    }
    answer::print_to_err(&answer::faults_text(&faults));
    complain!("the data that this program carries are broken; this is a fault of ours");
    Err(Stop::Said(Outcome::OurFailure))
}
