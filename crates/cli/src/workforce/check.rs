//! `whitley workforce check`.

use clap::Args;
use dated::{Faults, Ratio};
use dispute::{Dispute, Library};
use pay::{PostPay, Sex, Workforce, WorkforceRates};
use serde_json::{Value as Json, json};
use workforce::{Line, Meaning, Published, Reading, Summary};

use crate::answer::{self, Outcome, Table, number};
use crate::disk;
use crate::staff_file::{self, Layout};

/// Arguments of `whitley workforce check`.
#[derive(Args)]
pub(crate) struct Check {
    /// A CSV or XLSX file: one row for each person, or one for several who are alike with a head count
    file: String,
    /// The dispute whose nations, full-time hours and offers the staff are checked against
    #[arg(long)]
    dispute: Option<String>,
    #[command(flatten)]
    layout: Layout,
    /// How many rows to show as they were stored
    #[arg(long, default_value_t = 5)]
    rows: usize,
}

/// The most reasons for having no rate that are listed for an offer.
const LISTED: usize = 10;

impl Check {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        let opened = match self.dispute.as_deref().map(|name| disk::open(name, as_json)).transpose() {
            Ok(opened) => opened,
            Err(outcome) => return outcome,
        };
        let dispute = opened.as_ref().map(|opened| &opened.dispute);
        let options = match self.layout.options(&self.file, dispute) {
            Ok(options) => options,
            Err(why) => return super::refuse_question(why, as_json),
        };
        let reading = match staff_file::read(&self.file, &options) {
            Ok(reading) => reading,
            Err(outcome) => return outcome,
        };
        let library;
        let sources = match &opened {
            Some(opened) => &opened.library.sources,
            None => {
                library = Library::built_in().0;
                &library.sources
            }
        };
        let published = Published::built_in(sources, &Faults::new());
        let summary = Summary::of(&reading.workforce, &published.kinds());
        let offers = match dispute {
            Some(dispute) if reading.rows.accepted > 0 => offers(dispute, &reading.workforce),
            _ => Vec::new(),
        };
        let outcome = if reading.faults.is_empty() { Outcome::Yes } else { Outcome::BadInput };
        if as_json {
            answer::print_json(&reading_json(&self.file, &reading, &summary, &offers, self.rows));
            return outcome;
        }
        for said in staff_file::said(&reading) {
            complain!("{}: {said}", self.file);
        }
        answer::print_to_err(&answer::faults_text(&reading.faults));
        answer::print(&reading_text(&self.file, &reading, &summary, &offers, self.rows));
        if outcome == Outcome::Yes {
            let dispute = self.dispute.as_deref().unwrap_or("DISPUTE");
            answer::print(&format!("next: whitley offer cost {dispute} --workforce {}\n", self.file));
        }
        outcome
    }
}

/// Whether an offer has rates for everybody.
struct OfferFit {
    id: String,
    missing: Vec<pay::NotOnScale>,
}

fn offers(dispute: &Dispute, workforce: &Workforce) -> Vec<OfferFit> {
    let framework = dispute.framework();
    let with_steps = dispute.offers.iter().filter(|offer| !offer.steps.is_empty());
    with_steps
        .map(|offer| OfferFit { id: offer.id.clone(), missing: WorkforceRates::of(&framework, offer, workforce).err().unwrap_or_default() })
        .collect()
}

fn reading_text(file: &str, reading: &Reading, summary: &Summary, offers: &[OfferFit], rows: usize) -> String {
    let count = |number: u64| pay::grouped(number);
    let counted = reading.rows;
    let mut text = String::new();
    if let Some(label) = &reading.workforce.synthetic {
        text.push_str(&format!("SYNTHETIC: {label}\n\n"));
    }
    text.push_str(&format!(
        "{file}: {} rows read, {} accepted, {} refused",
        count(counted.read),
        count(counted.accepted),
        count(counted.refused)
    ));
    for (number, what) in [(counted.of_nobody, "of nobody"), (counted.empty, "empty")] {
        if number > 0 {
            text.push_str(&format!(", {} {what}", count(number)));
        }
    }
    text.push('\n');
    for (code, number) in &reading.fault_counts {
        text.push_str(&format!("  {} × {code}\n", count(*number)));
    }
    if counted.accepted == 0 {
        return text;
    }
    let people = reading.workforce.headcount();
    text.push_str(&format!("{} people, {} whole-time equivalents", count(people), fte(reading.workforce.whole_time())));
    text.push_str(if counted.refused > 0 { ", in the accepted rows only\n\n" } else { "\n\n" });
    if rows > 0 {
        text.push_str("The first rows as they were stored:\n");
        text.push_str(&stored(&reading.workforce, rows).text());
        text.push('\n');
    }
    let tables = [
        ("nation", &summary.nations),
        ("type of employer", &summary.employer_types),
        ("staff group", &summary.staff_groups),
        ("band", &summary.bands),
    ];
    for (name, lines) in tables {
        text.push_str(&table(name, lines).text());
        text.push('\n');
    }
    for (at, name) in ["sex", "increment date", "point of a scale"].iter().enumerate() {
        let known = summary.known.iter().find(|line| line.name == *name).map_or(0, |line| line.headcount);
        let what = ["the sex is known", "the increment date is known", "a point of a scale is given (a salary for the others)"][at];
        text.push_str(&format!("  {what}: {} of {}\n", count(known), count(people)));
    }
    text.push('\n');
    for offer in offers {
        let missing: u64 = offer.missing.iter().map(|one| one.headcount).sum();
        if missing == 0 {
            text.push_str(&format!("offer {}: everybody has a rate\n", offer.id));
            continue;
        }
        text.push_str(&format!("offer {}: {} people have no rate\n", offer.id, count(missing)));
        let mut whys: Vec<&str> = offer.missing.iter().map(|one| one.why.as_str()).collect();
        whys.sort_unstable();
        whys.dedup();
        for why in whys.iter().take(LISTED) {
            let of_why: Vec<_> = offer.missing.iter().filter(|one| one.why == *why).collect();
            let first = of_why.first().map_or("", |one| one.who.as_str());
            let people = of_why.iter().map(|one| one.headcount).sum();
            match of_why.len() {
                1 => text.push_str(&format!("    {why}: {first} ({})\n", count(people))),
                several => text.push_str(&format!("    {why}: {} in {several} posts, the first of them {first}\n", count(people))),
            }
        }
        if whys.len() > LISTED {
            text.push_str(&format!("    and {} more reasons (--json has all)\n", whys.len() - LISTED));
        }
    }
    text
}

fn fte(value: Ratio) -> String {
    let tenths = value.to_fixed(1);
    let (whole, tenth) = tenths.split_once('.').unwrap_or((&tenths, "0"));
    format!("{}.{tenth}", whole.parse().map_or_else(|_| whole.to_owned(), pay::grouped))
}

/// People and whole-time equivalents by name.
pub(super) fn table(name: &str, lines: &[Line]) -> Table {
    let mut table = Table::new(&[name, ">people", ">WTE"]);
    for line in lines {
        table.row([line.name.clone(), pay::grouped(line.headcount), fte(line.fte)]);
    }
    table
}

fn stored(workforce: &Workforce, rows: usize) -> Table {
    let mut table = Table::new(&["employer", "nation", "staff group", "band", "paid by", ">WTE", ">people", "increment", "sex"]);
    for staff in workforce.staff.iter().take(rows) {
        let post = &workforce.posts[staff.post as usize];
        table.row([
            workforce.employers[usize::from(staff.employer)].clone(),
            workforce.nations[usize::from(staff.nation)].clone(),
            workforce.staff_groups[usize::from(staff.staff_group)].clone(),
            post.band.clone(),
            match &post.pay {
                PostPay::Point(point) => format!("point {point}"),
                PostPay::Salary(salary) => salary.to_string(),
            },
            workforce.portions[usize::from(staff.portion)].to_short(4),
            pay::grouped(staff.headcount.into()),
            staff.increment.map(|day| format!("{:02}-{:02}", day.month, day.day)).unwrap_or_default(),
            match staff.sex {
                Some(Sex::Female) => "female",
                Some(Sex::Male) => "male",
                None => "",
            }
            .to_owned(),
        ]);
    }
    table
}

pub(super) fn summary_json(summary: &Summary) -> Json {
    let lines = |lines: &[Line]| -> Json {
        lines.iter().map(|line| json!({ "name": line.name, "headcount": line.headcount, "fte": number(line.fte, 4) })).collect()
    };
    json!({
        "nations": lines(&summary.nations),
        "employer_types": lines(&summary.employer_types),
        "staff_groups": lines(&summary.staff_groups),
        "bands": lines(&summary.bands),
        "known": lines(&summary.known),
    })
}

fn reading_json(file: &str, reading: &Reading, summary: &Summary, offers: &[OfferFit], rows: usize) -> Json {
    let workforce = &reading.workforce;
    let first = workforce.staff.iter().take(rows).map(|staff| {
        let post = &workforce.posts[staff.post as usize];
        let (point, salary) = match &post.pay {
            PostPay::Point(point) => (json!(point), Json::Null),
            PostPay::Salary(salary) => (Json::Null, number(salary.pounds(), 2)),
        };
        json!({
            "employer": workforce.employers[usize::from(staff.employer)],
            "nation": workforce.nations[usize::from(staff.nation)],
            "staff_group": workforce.staff_groups[usize::from(staff.staff_group)],
            "band": post.band,
            "point": point,
            "salary": salary,
            "wte": number(workforce.portions[usize::from(staff.portion)], 6),
            "headcount": staff.headcount,
            "increment": staff.increment.map(|day| format!("{:02}-{:02}", day.month, day.day)),
            "sex": staff.sex.map(|sex| if sex == Sex::Female { "female" } else { "male" }),
        })
    });
    json!({
        "file": file,
        "synthetic": workforce.synthetic,
        "rows": {
            "read": reading.rows.read,
            "accepted": reading.rows.accepted,
            "refused": reading.rows.refused,
            "of_nobody": reading.rows.of_nobody,
            "empty": reading.rows.empty,
        },
        "headcount": workforce.headcount(),
        "fte": number(workforce.whole_time(), 4),
        "columns": reading.columns.iter().map(|column| json!({
            "header": column.header,
            "read_as": column.meaning.map(Meaning::name),
            "names_a_person": column.personal,
        })).collect::<Vec<_>>(),
        "notes": reading.notes,
        "first_rows": first.collect::<Vec<_>>(),
        "summary": summary_json(summary),
        "offers": offers.iter().map(|offer| json!({
            "id": offer.id,
            "without_rate": offer.missing.iter().map(|one| json!({ "who": one.who, "headcount": one.headcount, "why": one.why })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "faults": answer::faults_json(&reading.faults),
        "fault_counts": reading.fault_counts.iter().map(|(code, count)| json!({ "code": code, "count": count })).collect::<Vec<_>>(),
    })
}
