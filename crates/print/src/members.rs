//! The list of members for letters and cards: one row a member, every fault with its line.

use std::collections::HashMap;

use dated::{CsvFile, CsvRow, Faults, FileBytes, Place, Ratio, nearest_name};
use pay::Pence;

use crate::document::check_line;

/// One member of the list.
#[derive(Clone, Debug)]
pub struct Member {
    /// The union's number for them.
    pub id: String,
    /// Name; a blank one never stops a card.
    pub name: Option<String>,
    /// Address, a line each.
    pub address: Vec<String>,
    /// Point of the scale before the offer.
    pub point: Option<String>,
    /// Band, where the point is in several.
    pub band: Option<String>,
    /// Full-time salary before the offer, where no point is given.
    pub salary: Option<Pence>,
    /// Hours a week; full time if blank.
    pub hours: Option<Ratio>,
    /// Nation, where the offer has several.
    pub nation: Option<String>,
    /// Branch.
    pub branch: Option<String>,
    /// Constituency.
    pub constituency: Option<String>,
    /// The row.
    pub place: Place,
}

const COLUMNS: [&str; 16] = [
    "id",
    "name",
    "address_1",
    "address_2",
    "address_3",
    "address_4",
    "address_5",
    "postcode",
    "point",
    "band",
    "salary",
    "hours",
    "nation",
    "branch",
    "constituency",
    "note",
];

/// Reads the list. `mailed`: a member without an address is a fault, since what is printed for them cannot be sent.
pub fn read_members(file: &str, bytes: &FileBytes, mailed: bool, faults: &Faults) -> Vec<Member> {
    let Some(csv) = CsvFile::read(file, bytes, &["id"], faults) else { return Vec::new() };
    for column in csv.columns().filter(|column| !COLUMNS.contains(column)) {
        let fix = match nearest_name(column, COLUMNS) {
            Some(near) => format!("did you mean “{near}”?"),
            None => format!("remove it: a list for print holds no more than it needs. The columns are {}", COLUMNS.join(", ")),
        };
        faults.error("unknown-column", &Place::new(file, 1), format!("“{column}” is no column of a list of members"), fix);
    }
    if !csv.has("point") && !csv.has("salary") {
        faults.error(
            "missing-column",
            &Place::new(file, 1),
            "neither “point” nor “salary” is there",
            "add one: the member’s own figure follows from it",
        );
    }
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut members = Vec::new();
    for row in csv.rows() {
        let Some(member) = read_member(&row, mailed, faults) else { continue };
        if let Some(first) = seen.get(&member.id) {
            faults.error(
                "member-twice",
                &member.place,
                format!("the member {} stands twice; first on line {first}", member.id),
                "keep one row a member: nobody gets two",
            );
            continue;
        }
        seen.insert(member.id.clone(), member.place.line);
        members.push(member);
    }
    members
}

fn read_member(row: &CsvRow<'_>, mailed: bool, faults: &Faults) -> Option<Member> {
    let place = row.place();
    let id = row.text("id")?.to_owned();
    let before = faults.error_count();
    let line = |column: &str| {
        let text = row.optional(column)?;
        check_line(text, &format!("{column} of member {id}"), place, faults).then(|| text.to_owned())
    };
    check_line(&id, "id", place, faults);
    let name = line("name");
    let address: Vec<String> =
        ["address_1", "address_2", "address_3", "address_4", "address_5", "postcode"].into_iter().filter_map(line).collect();
    if mailed && address.is_empty() {
        faults.error(
            "address-missing",
            place,
            format!("member {id} has no address"),
            "fill in address_1 and postcode, or leave the member out",
        );
    }
    let (point, band) = (line("point"), line("band"));
    let salary = row.optional_decimal("salary").map(|pounds| {
        let pence = Pence::from_pounds(pounds).filter(|pence| (1..=1_000_000_000).contains(&pence.0));
        if pence.is_none() {
            faults.error(
                "not-a-salary",
                place,
                format!("salary {} of member {id}", pounds.to_short(4)),
                "write pounds a year, as in 17030 or 17030.50",
            );
        }
        pence
    });
    if point.is_none() && row.optional("salary").is_none() {
        faults.error("no-pay", place, format!("member {id} has neither point nor salary"), "fill in one: the own figure follows from it");
    }
    let hours = row.optional_decimal("hours");
    if hours.is_some_and(|hours| hours <= Ratio::ZERO || hours > Ratio::whole(168)) {
        faults.error(
            "not-hours",
            place,
            format!("hours of member {id} are not hours of a week"),
            "write 37.5, or leave it blank for full time",
        );
    }
    let (nation, branch, constituency) = (line("nation"), line("branch"), line("constituency"));
    (faults.error_count() == before).then(|| Member {
        id: id.clone(),
        name,
        address,
        point,
        band,
        salary: salary.flatten(),
        hours,
        nation,
        branch,
        constituency,
        place: place.clone(),
    })
}
