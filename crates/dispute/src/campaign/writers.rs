//! The members who write: one row each, with their own words where they have any.

use std::collections::HashMap;

use dated::{CsvFile, CsvRow, Date, Faults, FileBytes, Place, Ratio, nearest_name, parse_date};
use pay::{MemberPost, Pence};

use super::plan::CampaignPlan;
use super::postcode::Postcode;
use super::safe_text::{block_fault, line_fault, shown};

/// A member who writes.
#[derive(Clone, Debug)]
pub struct Writer {
    /// The number or other mark by which the union knows the member.
    pub member: String,
    /// Name, as it is signed.
    pub name: String,
    /// The lines of the address; empty where none is given.
    pub address: Vec<String>,
    /// The branch.
    pub branch: String,
    /// Home postcode.
    pub postcode: Option<Postcode>,
    /// Constituency, where the file says it.
    pub constituency: Option<String>,
    /// Where the member works.
    pub site: Option<String>,
    /// Nation, where the offer has several.
    pub nation: Option<String>,
    /// Group of staff, where the offer treats groups differently.
    pub group: Option<String>,
    /// Point or salary.
    pub post: MemberPost,
    /// Hours a week; full time where none are given.
    pub hours: Option<Ratio>,
    /// Next increment date.
    pub increment_on: Option<Date>,
    /// The member's own words.
    pub words: Option<String>,
    /// Where the row stands.
    pub place: Place,
}

/// All who write.
#[derive(Clone, Debug, Default)]
pub struct Writers(pub Vec<Writer>);

const COLUMNS: [&str; 15] = [
    "member",
    "name",
    "address",
    "branch",
    "postcode",
    "constituency",
    "site",
    "nation",
    "group",
    "point",
    "band",
    "salary",
    "hours",
    "increment_date",
    "words",
];

impl Writers {
    /// Reads `member,name,branch` and any of the other columns. Faults name the row, never what the member wrote.
    pub fn read(file: &str, bytes: &FileBytes, plan: &CampaignPlan, faults: &Faults) -> Self {
        let Some(csv) = CsvFile::read(file, bytes, &["member", "name", "branch"], faults) else { return Self::default() };
        let mut unknown: Vec<&str> = csv.columns().filter(|column| !COLUMNS.contains(column)).collect();
        unknown.sort_unstable();
        for column in unknown {
            let near = nearest_name(column, COLUMNS)
                .map_or_else(|| format!("the columns are {}", COLUMNS.join(", ")), |near| format!("did you mean {near}?"));
            faults.error("unknown-column", &Place::new(file, 1), format!("“{}” is no column of this file", shown(column)), near);
        }
        let mut list: Vec<Writer> = Vec::new();
        let mut lines: HashMap<String, Place> = HashMap::new();
        for row in csv.rows() {
            let writer = read_row(&row, plan, faults);
            if let Some(first) = lines.get(&writer.member).filter(|_| !writer.member.is_empty()) {
                let what = format!("the member {} stands twice; the other row is at {first}", shown(&writer.member));
                faults.error("member-twice", row.place(), what, "one letter and one card for each member: keep one row");
                continue;
            }
            lines.insert(writer.member.clone(), row.place().clone());
            list.push(writer);
        }
        if list.is_empty() && faults.error_count() == 0 {
            faults.error("nobody-writes", &Place::new(file, 1), "the file has no member", "add a row for each member who writes");
        }
        Self(list)
    }
}

fn read_row(row: &CsvRow<'_>, plan: &CampaignPlan, faults: &Faults) -> Writer {
    let safe = |column: &str, text: &str| match line_fault(text) {
        None => true,
        Some((what, fix)) => {
            faults.error("unsafe-text", row.place(), format!("the {column} {what}"), fix);
            false
        }
    };
    // What is not safe is kept, so that the rest of the row is checked in the same run; its fault stops every letter.
    let kept = |column: &str, text: &str| {
        safe(column, text);
        text.to_owned()
    };
    let needed = |column: &str| row.text(column).map(|text| kept(column, text)).unwrap_or_default();
    let optional = |column: &str| row.optional(column).map(|text| kept(column, text));
    // Points and bands are looked up in other tables, which repeat them.
    let looked_up = |column: &str| row.optional(column).filter(|text| safe(column, text)).map(str::to_owned);
    let (member, name, branch) = (needed("member"), needed("name"), needed("branch"));
    if !branch.is_empty() && !plan.branches.is_empty() && !plan.branches.iter().any(|(known, _)| *known == branch) {
        let ids = || plan.branches.iter().map(|(id, _)| id.as_str());
        let fix = match nearest_name(&branch, ids()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("one of {}, or add a [[branch]] to campaign.toml", ids().collect::<Vec<_>>().join(", ")),
        };
        faults.error("unknown-branch", row.place(), format!("“{}” is no branch of this campaign", shown(&branch)), fix);
    }
    let postcode = row.optional("postcode").and_then(|text| {
        Postcode::parse(text)
            .map_err(|why| faults.error("not-a-postcode", row.place(), format!("“{}” {}", shown(text), why.what()), why.fix()))
            .ok()
    });
    let point = looked_up("point");
    let salary = row.optional_decimal("salary").and_then(|pounds| {
        let pence = Pence::from_pounds(pounds).filter(|pence| (1..=1_000_000_000).contains(&pence.0));
        if pence.is_none() {
            faults.error(
                "not-a-salary",
                row.place(),
                format!("salary: {pounds} is not a salary"),
                "write pounds a year, as in 17030 or 17030.50",
            );
        }
        pence
    });
    if row.optional("point").is_none() && row.optional("salary").is_none() {
        faults.error(
            "no-point",
            row.place(),
            "the row has neither a point nor a salary",
            "fill in one: the member's own figure hangs on it",
        );
    }
    let hours = row.optional_decimal("hours").and_then(|hours| {
        let fits = hours > Ratio::ZERO && hours <= Ratio::whole(168);
        if !fits {
            faults.error("not-hours", row.place(), format!("hours: {hours} is not a number of hours a week"), "write 37.5");
        }
        fits.then_some(hours)
    });
    let increment_on = row.optional("increment_date").and_then(|text| {
        parse_date(text)
            .map_err(|what| faults.error("not-a-date", row.place(), format!("increment_date: {what}"), "write it as 2026-10-01"))
            .ok()
    });
    let words = row.optional("words");
    if let Some((what, fix)) = words.and_then(block_fault) {
        faults.error("unsafe-text", row.place(), format!("what the member writes {what}"), fix);
    }
    let address: Vec<String> = row.optional("address").map_or_else(Vec::new, |text| {
        text.split([';', '\n']).map(str::trim).filter(|line| !line.is_empty() && safe("address", line)).map(str::to_owned).collect()
    });
    Writer {
        address,
        postcode,
        constituency: optional("constituency"),
        site: optional("site"),
        nation: optional("nation"),
        group: optional("group"),
        post: MemberPost { point, salary, band: looked_up("band") },
        hours,
        increment_on,
        words: words.map(str::to_owned),
        place: row.place().clone(),
        member,
        name,
        branch,
    }
}
