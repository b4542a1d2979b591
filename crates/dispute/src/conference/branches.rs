//! Who is at conference: branches with their membership at the record date, and delegates.

use std::collections::BTreeMap;

use dated::{Cite, CsvFile, Date, Faults, FileBytes, Place, Sources, Status, Table};

use super::names;

/// One count of a branch's members. A branch may have several; the last up to the record date is its weight.
#[derive(Clone, Debug)]
pub struct BranchCount {
    /// The branch.
    pub branch: String,
    /// Its name for people.
    pub name: String,
    /// Its members on that day.
    pub members: u64,
    /// The day they were counted.
    pub counted_on: Date,
    /// Who says so.
    pub source: Cite,
    /// How sure it is.
    pub status: Status,
    /// Where it stands.
    pub place: Place,
}

/// A branch as conference knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// C11: its members at the record date, which is the weight of its card; `None` when no count is that old.
    pub weight: Option<u64>,
}

/// A delegate.
#[derive(Clone, Debug)]
pub struct Delegate {
    /// Id at conference, such as a badge number.
    pub id: String,
    /// Name.
    pub name: String,
    /// The branch that sent them.
    pub branch: (String, Place),
    /// Where the entry stands.
    pub place: Place,
}

impl BranchCount {
    pub(crate) fn read(table: &Table<'_>, sources: &Sources) -> Option<Self> {
        let branch = table.id("id");
        let name = names::name(table, "name");
        let members = table.count("members");
        let counted_on = table.date("counted_on");
        let source = table.cite(sources);
        let status = table.status();
        let place = table.place();
        Some(Self {
            branch: branch?,
            name: name?,
            members: members?,
            counted_on: counted_on?,
            source,
            status: status.unwrap_or(Status::Estimated),
            place,
        })
    }

    /// Reads `decide/branches.csv`: branch, name, members, counted_on, source, status.
    pub(crate) fn read_csv(shown: &str, bytes: &FileBytes, sources: &Sources, faults: &Faults) -> Vec<Self> {
        let needed = ["branch", "name", "members", "counted_on", "source", "status"];
        let Some(csv) = CsvFile::read(shown, bytes, &needed, faults) else { return Vec::new() };
        let mut counts = Vec::new();
        for row in csv.rows() {
            let plain = |column: &str| {
                let text = row.text(column)?;
                check_cell(column, text, row.place(), faults).then(|| text.to_owned())
            };
            let (branch, name) = (plain("branch"), plain("name"));
            let members = row.decimal("members").and_then(|number| {
                let count = u64::try_from(number.numerator()).ok().filter(|_| number.denominator() == 1);
                if count.is_none() {
                    let what = format!("members: {number} is not a whole number of zero or more");
                    faults.error("not-a-count", row.place(), what, "write a whole number, as in 1250");
                }
                count
            });
            let counted_on = row.date("counted_on");
            let source = sources.check_cite(row.optional("source").unwrap_or(""), row.place(), faults);
            let status = row.status();
            let (Some(branch), Some(name), Some(members), Some(counted_on), Some(status)) = (branch, name, members, counted_on, status)
            else {
                continue;
            };
            counts.push(Self { branch, name, members, counted_on, source, status, place: row.place().clone() });
        }
        counts
    }
}

impl Delegate {
    pub(crate) fn read(table: &Table<'_>) -> Option<Self> {
        let id = table.id("id");
        let name = names::name(table, "name");
        let branch = table.text("branch").map(|branch| (branch, table.place_of("branch")));
        Some(Self { id: id?, name: name?, branch: branch?, place: table.place() })
    }

    /// Reads `decide/delegates.csv`: delegate, name, branch.
    pub(crate) fn read_csv(shown: &str, bytes: &FileBytes, faults: &Faults) -> Vec<Self> {
        let Some(csv) = CsvFile::read(shown, bytes, &["delegate", "name", "branch"], faults) else { return Vec::new() };
        let mut delegates = Vec::new();
        for row in csv.rows() {
            let plain = |column: &str| {
                let text = row.text(column)?;
                check_cell(column, text, row.place(), faults).then(|| text.to_owned())
            };
            let (id, name, branch) = (plain("delegate"), plain("name"), plain("branch"));
            let (Some(id), Some(name), Some(branch)) = (id, name, branch) else { continue };
            delegates.push(Self { id, name, branch: (branch, row.place().clone()), place: row.place().clone() });
        }
        delegates
    }
}

fn check_cell(column: &str, text: &str, place: &Place, faults: &Faults) -> bool {
    let Some(mark) = text.chars().find(|letter| names::hidden_mark(*letter) || matches!(letter, '<' | '>' | '\n' | '\t')) else {
        return true;
    };
    let code = if names::hidden_mark(mark) { "hidden-character" } else { "markup-in-name" };
    let what = format!("“{column}” has the character U+{:04X} in it, which no name has", u32::from(mark));
    faults.error(code, place, what, "write the plain name: letters, digits, blanks");
    false
}

/// C11: each branch once, with the last count up to the record date. Without a record date a branch has one count.
pub(crate) fn branches_at(counts: &[BranchCount], record_date: Option<Date>, faults: &Faults) -> Vec<Branch> {
    let mut by_branch: BTreeMap<&str, Vec<&BranchCount>> = BTreeMap::new();
    let mut order = Vec::new();
    for count in counts {
        let of_branch = by_branch.entry(&count.branch).or_default();
        if let Some(first) = of_branch.iter().find(|other| other.counted_on == count.counted_on) {
            faults.error(
                "duplicate-id",
                &count.place,
                format!("the branch “{}” is counted twice on {}; the other is at {}", count.branch, count.counted_on, first.place),
                "keep one count for each branch and day",
            );
        }
        if of_branch.is_empty() {
            order.push(count.branch.as_str());
        }
        of_branch.push(count);
    }
    let mut branches = Vec::new();
    for id in order {
        let of_branch = &by_branch[id];
        let last =
            of_branch.iter().filter(|count| record_date.is_none_or(|day| count.counted_on <= day)).max_by_key(|count| count.counted_on);
        if let (None, Some(day)) = (last, record_date) {
            faults.error(
                "no-membership",
                &of_branch[0].place,
                format!("the branch “{id}” has no count of members up to the record date {day}"),
                format!("add its members counted on or before {day}"),
            );
        }
        if record_date.is_none() && of_branch.len() > 1 {
            faults.error(
                "no-record-date",
                &of_branch[1].place,
                format!("the branch “{id}” is counted on several days, and the standing orders name no record date"),
                "add `record_date = …` to [standing_orders]",
            );
        }
        branches.push(Branch { id: id.to_owned(), name: of_branch[0].name.clone(), weight: last.map(|count| count.members) });
    }
    branches
}
