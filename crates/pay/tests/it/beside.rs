//! Take-home pay beside independent programs: PolicyEngine UK (compiled), asked while the test runs, and the stored answers of
//! PolicyEngine UK for what the first lacks. Whoever has no Python or no network sees these tests fail and why: an agreement
//! that was not checked is not reported as one.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dated::{Faults, FileBytes, Ratio, Sources};
use pay::{Employment, OnCosts, PayYear, Payee, Pence, PensionScheme, RatePath, TaxArea, TaxLaw, take_home};

const PACKAGE: &str = "policyengine-uk-compiled==0.66.0";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn data(name: &str) -> FileBytes {
    FileBytes::Read(std::fs::read(root().join("data").join(name)).expect("the data are there"))
}

pub(crate) fn law() -> (TaxLaw, Vec<PensionScheme>, Vec<OnCosts>) {
    let faults = Faults::new();
    let sources = Sources::read_csv("sources.csv", &data("sources.csv"), &faults);
    let [tax, insurance, loans] = ["tax/income-tax.toml", "tax/national-insurance.toml", "tax/student-loans.toml"].map(data);
    let files = [("income-tax.toml", &tax), ("national-insurance.toml", &insurance), ("student-loans.toml", &loans)];
    let law = TaxLaw::read(files, &sources, &faults);
    let schemes = PensionScheme::read_all("schemes.toml", &data("pensions/schemes.toml"), &sources, &faults);
    let on_costs = OnCosts::read(&law, &schemes, &faults);
    assert_eq!(faults.into_sorted(), []);
    (law, schemes, on_costs)
}

/// Income tax, employee's insurance and employer's insurance of a tax year at one salary outside any scheme.
fn ours(law: &TaxLaw, on_costs: &OnCosts, year: i16, scotland: bool, salary: i64) -> [Pence; 3] {
    let area = if scotland { TaxArea::Scotland } else { TaxArea::Rest };
    let payee = Payee { area, employment: Employment::full_time(), pension: None, loans: Vec::new() };
    let path = RatePath { base: Pence(salary * 100), rates: Vec::new() };
    let year = PayYear::holding(dated::Date::constant(year, 4, 6), 4);
    let [with, _] = take_home(law, &payee, &path, &[], None, &[year])[0].result.clone().expect("the year is in the data");
    let employer = with.months.iter().map(|month| {
        let day = month.month.first_day().with().day(28).build().expect("a day");
        on_costs.on(day).expect("known").of_month(month.pay.gross)[0]
    });
    [with.total().tax, with.total().insurance, employer.sum()]
}

/// A Python with the package and nothing else in it.
fn python() -> PathBuf {
    let folder = root().join("target/beside-take-home");
    let python = folder.join("bin/python");
    let marker = folder.join(PACKAGE);
    if !marker.exists() {
        let run = |command: &mut Command, what: &str| {
            let output = command.output().unwrap_or_else(|error| panic!("could not run: {what}: {error}"));
            assert!(output.status.success(), "could not run: {what}: {}", String::from_utf8_lossy(&output.stderr));
        };
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder), "python3 -m venv (Debian: python3-venv)");
        let pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", PACKAGE];
        run(Command::new(&python).args(pip), "pip install, which needs the network");
        std::fs::write(&marker, "").expect("written");
    }
    python
}

#[test]
fn tax_and_insurance_agree_with_policyengine_for_every_year_and_nation() {
    let (law, _, on_costs) = law();
    let outside = on_costs.last().expect("staff in no scheme");
    let salaries =
        [9_000, 14_294, 17_030, 21_478, 26_040, 30_500, 37_338, 43_257, 47_126, 48_526, 60_000, 84_000, 99_996, 110_004, 126_000, 180_000];
    let mut asked = String::new();
    for year in 2007..=2026 {
        for scotland in [false, true] {
            // Its Scottish bands of 2026-27 are those of 2025-26: compared with the stored answers below.
            if !(scotland && year == 2026) {
                salaries.iter().for_each(|salary| asked.push_str(&format!("{year},{scotland},{salary}\n")));
            }
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/beside/policyengine.py");
    let mut child = Command::new(python()).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python runs");
    child.stdin.take().expect("a pipe").write_all(asked.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("an answer");
    assert!(output.status.success(), "PolicyEngine could not be asked");
    let answers = String::from_utf8(output.stdout).expect("text");
    let mut compared = 0;
    let mut differences = Vec::new();
    let mut widest: BTreeMap<&str, Ratio> = BTreeMap::new();
    for line in answers.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |at: usize| Ratio::parse_decimal(cells[at]).unwrap_or_else(|| panic!("{line}"));
        let (year, scotland, salary): (i16, bool, i64) =
            (cells[0].parse().expect("a year"), cells[1] == "true", cells[2].parse().expect("a salary"));
        let found = ours(&law, outside, year, scotland, salary);
        for (at, what) in ["tax", "insurance", "employer"].into_iter().enumerate() {
            // It spreads the three rates of 2022-23 over the year, and has the employer's threshold of 2011-12 in 2012-13.
            if (what != "tax" && year == 2022) || (what == "employer" && year == 2012) {
                continue;
            }
            let difference = (found[at].pounds() - number(at + 3)).abs();
            // Tax differs by pennies: a twelfth of the salary is paid in whole pence. Insurance is by month, with thresholds
            // rounded to the pound (0.50 a month at most); for 2007 to 2009 it has 52 times the week, not the year's threshold.
            let allowed = match what {
                "tax" => Ratio::new(6, 100),
                _ if year <= 2010 => Ratio::new(27, 10),
                _ => Ratio::ONE,
            };
            let most = widest.entry(what).or_insert(Ratio::ZERO);
            *most = (*most).max(difference);
            if difference > allowed {
                differences.push(format!("{line}: our {what} is {}", found[at]));
            }
        }
        compared += 1;
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(compared, 39 * salaries.len());
    println!("compared {compared}; widest differences {widest:?}");
}

#[test]
fn loans_and_the_scottish_bands_of_2026_agree_with_stored_answers() {
    let (law, _, on_costs) = law();
    let stored = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/beside/policyengine-uk.csv")).expect("stored");
    let mut compared = 0;
    for line in stored.lines().skip(2) {
        let cells: Vec<&str> = line.split(',').collect();
        let (year, salary): (i16, i64) = (cells[1].parse().expect("a year"), cells[2].parse().expect("a salary"));
        let theirs = Ratio::parse_decimal(cells[3]).expect("a number");
        compared += 1;
        if cells[0] == "scotland" {
            let tax = ours(&law, on_costs.last().expect("some"), year, true, salary)[0].pounds();
            assert!((tax - theirs).abs() <= Ratio::new(6, 100), "{line}: {tax}");
            continue;
        }
        let loan = law.student_loan(cells[0]).expect("a plan");
        let payee = Payee { area: TaxArea::Rest, employment: Employment::full_time(), pension: None, loans: vec![loan] };
        let path = RatePath { base: Pence(salary * 100), rates: Vec::new() };
        let year = PayYear::holding(dated::Date::constant(year, 4, 6), 4);
        let [with, _] = take_home(&law, &payee, &path, &[], None, &[year])[0].result.clone().expect("known");
        let more = with.total().loan.pounds() - theirs;
        // Rounded down each month by up to a pound (40,000 is paid as 3,333.33 a month); a threshold rounded down by less than a pound adds 9p a month at most.
        assert!(more >= Ratio::whole(-12) && more <= Ratio::new(12 * 9, 100), "{line}: {more}");
    }
    assert!(compared > 300, "{compared}");
}
