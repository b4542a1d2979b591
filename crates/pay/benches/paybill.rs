//! The cost of 1.5 million records over 36 months: staged award, increments, National Insurance, pension; totals by band
//! and month. `cargo bench -p pay --bench paybill`.
//!
//! Numbers to read, not a test. Beside it the same rules on the same records in NumPy, month by month, and in
//! openfisca-core, if a Python with both is named: `BESIDE_PYTHON=venv/bin/python cargo bench -p pay --bench paybill`
//! (`python3 -m venv venv; venv/bin/pip install numpy openfisca-core`). All staff are invented.

// Seconds and ratios of seconds are for reading; no result of `pay` is among them.
#![allow(clippy::float_arithmetic)]

#[allow(dead_code, unused_imports, clippy::unwrap_used)]
#[path = "../tests/it/support.rs"]
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use dated::{Dated, Faults, Place, Ratio, Status, Timeline};
use pay::{
    CostQuestion, Framework, IncrementRule, MarginalBand, Offer, OnCosts, Paybill, Pence, Post, PostPay, Prices, Scale, Staff, Workforce,
    WorkforceRates, YearDay,
};
use support::{day, month, ratio};

const RECORDS: usize = 1_500_000;
const OFFER: &str = "base_date = 2014-03-31\n[[step]]\nfrom = 2014-04-01\npercent = 1.5\nof = \"base\"\n[[step]]\nfrom = 2014-11-01\npercent = 1\nof = \"base\"\n[[step]]\nfrom = 2015-04-01\npercent = 2.4\nof = \"in-force\"\n[[step]]\nfrom = 2016-04-01\npercent = 2.25\nof = \"in-force\"\n";

/// How the staff are spread.
#[derive(Clone, Copy)]
struct Shape {
    records: usize,
    points: usize,
    portions: usize,
    /// Increments on any day, not only on the first of a month.
    any_day: bool,
}

fn main() {
    let shape = Shape { records: RECORDS, points: usize::MAX, portions: 101, any_day: false };
    let spine = support::data_scale("afc-spine");
    let offer = support::offer(OFFER);
    let on_costs = on_costs();
    let workforce = workforce(&spine, shape);
    let rates = rates(&spine, &offer, &workforce);
    let asked = question(&offer, &workforce, &rates, &on_costs, 3);
    println!("memory before: {} MB, of which the staff are {} MB", memory_mb(), workforce.staff.len() * size_of::<Staff>() / 1_000_000);
    let (bill, ours) = best(&asked);
    println!("whitley: {:.4} CPU s, peak memory {} MB with the staff", ours, memory_mb());
    println!("  {:.3} ns a record-month", ours * 1e9 / (RECORDS * 36) as f64);
    beside(&workforce, &rates, &bill, ours);

    println!("growth (CPU s)");
    for records in [187_500, 375_000, 750_000, 1_500_000, 3_000_000] {
        let workforce = self::workforce(&spine, Shape { records, ..shape });
        let rates = self::rates(&spine, &offer, &workforce);
        println!("  {records:>9} records: {:.4}", best(&question(&offer, &workforce, &rates, &on_costs, 3)).1);
    }
    for years in [1, 2, 3, 5, 10] {
        println!("  {:>9} months:  {:.4}", years * 12, best(&question(&offer, &workforce, &rates, &on_costs, years)).1);
    }
    for points in [5, 10, 20, 40] {
        let workforce = self::workforce(&spine, Shape { points, ..shape });
        let rates = self::rates(&spine, &offer, &workforce);
        println!("  {points:>9} points:  {:.4}", best(&question(&offer, &workforce, &rates, &on_costs, 3)).1);
    }
    for portions in [1, 10, 101, 1_001, 10_001] {
        let workforce = self::workforce(&spine, Shape { portions, ..shape });
        let rates = self::rates(&spine, &offer, &workforce);
        println!("  {portions:>9} portions: {:.4}", best(&question(&offer, &workforce, &rates, &on_costs, 3)).1);
    }
    let workforce_any = self::workforce(&spine, Shape { any_day: true, ..shape });
    let rates_any = self::rates(&spine, &offer, &workforce_any);
    println!("  increments on any day: {:.4}", best(&question(&offer, &workforce_any, &rates_any, &on_costs, 3)).1);
    let by_employer = CostQuestion { by_employer: true, ..asked };
    println!("  with tables by 250 employers and by staff group: {:.4}", best(&by_employer).1);
    let gated =
        CostQuestion { increments: IncrementRule { instead: Some(pay::Progression::Gated), share_passing: Ratio::new(9, 10) }, ..asked };
    println!("  nine in ten passing a gate: {:.4}", best(&gated).1);
    println!("peak memory after all of it: {} MB", memory_mb());
}

fn question<'q>(
    offer: &'q Offer,
    workforce: &'q Workforce,
    rates: &'q WorkforceRates,
    on_costs: &'q OnCosts,
    years: u32,
) -> CostQuestion<'q> {
    CostQuestion {
        offer,
        workforce,
        rates,
        on_costs: Some(on_costs),
        first: month("2014-04"),
        years,
        increments: IncrementRule::AS_OFFERED,
        turnover: None,
        by_employer: false,
    }
}

/// The least CPU time of five runs.
fn best(question: &CostQuestion<'_>) -> (Paybill, f64) {
    let mut least = f64::MAX;
    let mut bill = None;
    for _ in 0..5 {
        let start = cpu_seconds();
        bill = Some(Paybill::of(question).expect("a bill"));
        least = least.min(cpu_seconds() - start);
    }
    (bill.expect("five runs"), least)
}

/// CPU time of this thread, which is the only one.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn memory_mb() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) / 1_000
}

fn rates(scale: &Scale, offer: &Offer, workforce: &Workforce) -> WorkforceRates {
    let prices = Prices::none();
    let framework = Framework {
        scales: vec![scale],
        prices: &prices,
        year_start_month: 4,
        prices_known: None,
        full_time_hours: None,
        groups: Vec::new(),
        group: None,
        nations: BTreeMap::from([("England".to_owned(), "England".to_owned())]),
    };
    WorkforceRates::of(&framework, offer, workforce).expect("everybody is on the scale")
}

fn timeline<T>(values: Vec<(&str, T)>) -> Timeline<T> {
    let days: Vec<_> = values.iter().map(|(from, _)| day(from)).collect();
    let entries = values.into_iter().enumerate().map(|(at, (_, value))| Dated {
        from: days[at],
        until: days.get(at + 1).copied(),
        value,
        source: vec!["ARITHMETIC".into()],
        status: Status::Synthetic,
        place: Place::new("invented", 1),
    });
    Timeline::check("invented", entries.collect(), &Faults::new())
}

/// Invented, of the size they were.
fn on_costs() -> OnCosts {
    let band = |above: i64, percent: &str| MarginalBand { above_month: Pence(above), percent: ratio(percent) };
    OnCosts {
        id: "invented".into(),
        nations: Vec::new(),
        title: "invented".into(),
        national_insurance: timeline(vec![
            ("2014-01-01", vec![band(66_300, "10.4"), band(333_700, "13.8")]),
            ("2016-04-06", vec![band(67_600, "13.8")]),
        ]),
        pension_percent: timeline(vec![("2014-01-01", ratio("14")), ("2015-04-01", ratio("14.3"))]),
        levy_percent: timeline(vec![("2014-01-01", Ratio::ZERO)]),
    }
}

/// A generator of its own, so that each run has the same staff.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }
}

fn workforce(scale: &Scale, shape: Shape) -> Workforce {
    let table = scale.table_on("England", day("2014-03-31")).expect("a table");
    let rows = table.points.iter().flat_map(|point| point.bands.iter().map(|band| (band.clone(), point.id.clone())));
    let posts: Vec<Post> = rows.take(shape.points).map(|(band, point)| Post { band, pay: PostPay::Point(point) }).collect();
    let mut dice = Dice(42);
    let portions: Vec<Ratio> = (0..shape.portions).map(|at| Ratio::ONE - Ratio::new(at as i128, shape.portions as i128 * 10 / 7)).collect();
    let staff = (0..shape.records)
        .map(|_| Staff {
            post: dice.roll(posts.len()) as u32,
            headcount: 1,
            employer: dice.roll(250) as u16,
            staff_group: dice.roll(8) as u16,
            // Half are full time.
            portion: if dice.roll(2) == 0 { 0 } else { dice.roll(shape.portions) as u16 },
            increment: Some(YearDay { month: dice.roll(12) as u8 + 1, day: if shape.any_day { dice.roll(28) as u8 + 1 } else { 1 } }),
            nation: 0,
            sex: None,
        })
        .collect();
    Workforce {
        title: "invented".into(),
        synthetic: Some("invented for a measurement".into()),
        nations: vec!["England".into()],
        employers: (0..250).map(|at| format!("employer {at}")).collect(),
        staff_groups: (0..8).map(|at| format!("group {at}")).collect(),
        posts,
        portions,
        staff,
    }
}

/// Writes the records and rules once, and has each of the other programs cost them.
fn beside(workforce: &Workforce, rates: &WorkforceRates, bill: &Paybill, ours: f64) {
    let Some(python) = std::env::var_os("BESIDE_PYTHON") else {
        println!("not beside NumPy and openfisca-core: BESIDE_PYTHON is not set");
        return;
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("paybill_beside");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut bytes = Vec::with_capacity(workforce.staff.len() * 8);
    for staff in &workforce.staff {
        bytes.extend((rates.of_staff(staff) as u16).to_le_bytes());
        bytes.extend(staff.portion.to_le_bytes());
        bytes.extend(u16::from(staff.increment.map_or(0, |day| day.month)).to_le_bytes());
        let band = bill.bands.iter().position(|part| part.name == workforce.posts[staff.post as usize].band).expect("a band");
        bytes.extend((band as u16).to_le_bytes());
    }
    std::fs::write(folder.join("staff.bin"), bytes).expect("written");
    let list = |numbers: Vec<String>| format!("[{}]", numbers.join(","));
    let posts = &rates.posts;
    let mut rules = String::from("{");
    let portion = |at: usize| workforce.portions[at];
    let portions = 0..workforce.portions.len();
    write!(
        rules,
        "\"portion\":{},",
        list(portions.map(|at| format!("[{},{}]", portion(at).numerator(), portion(at).denominator())).collect())
    )
    .expect("text");
    write!(rules, "\"before\":{},", list(posts.iter().map(|post| post.row.path.base.0.to_string()).collect())).expect("text");
    let next = |(at, post): (usize, &pay::PostRates)| post.next.unwrap_or(at as u32).to_string();
    write!(rules, "\"next\":{},", list(posts.iter().enumerate().map(next).collect())).expect("text");
    let offer = |at: i32| list(posts.iter().map(|post| post.row.path.rate_on(bill.first.plus(at).first_day()).0.to_string()).collect());
    write!(rules, "\"offer\":{},\"bands\":{}}}", list((0..36).map(offer).collect()), bill.bands.len()).expect("text");
    std::fs::write(folder.join("rules.json"), rules).expect("written");
    let totals = |of: &dyn Fn(&pay::Paths) -> pay::Bill| {
        let sum = bill.months.iter().map(of).fold(pay::Bill::default(), |a, b| a + b);
        [sum.pay.0, sum.national_insurance.0, sum.pension.0]
    };
    let expected = [totals(&|paths| paths.standing), totals(&|paths| paths.increments), totals(&|paths| paths.under_offer)];
    println!("  totals in pence, pay, National Insurance, pension: {expected:?}");
    let by_band: Vec<i64> = bill.bands.iter().flat_map(|part| part.months.iter().map(|paths| paths.under_offer.total().0)).collect();
    for name in ["numpy", "openfisca"] {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("benches/beside/{name}_paybill.py"));
        let output = Command::new(&python).arg(script).arg(&folder).output().expect("Python starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let values: Vec<f64> = text.lines().filter_map(|line| line.trim().parse().ok()).collect();
        if values.len() != 11 + by_band.len() {
            println!("{name}: did not run: {}", String::from_utf8_lossy(&output.stderr));
            continue;
        }
        let differences: Vec<f64> = expected.iter().flatten().zip(&values[2..]).map(|(ours, theirs)| theirs - *ours as f64).collect();
        let worst = by_band.iter().zip(&values[11..]).map(|(ours, theirs)| (theirs - *ours as f64).abs()).fold(0.0, f64::max);
        println!("{name}: {:.3} CPU s, peak memory {:.0} MB, {:.0} times ours", values[0], values[1], values[0] / ours);
        println!("  its totals less ours, pence: {differences:?}; by band and month at most {worst}");
    }
}
