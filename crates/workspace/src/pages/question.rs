//! What the fields of a question say, with everything that is wrong in them, and the sources that an answer names.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use dated::{Date, Source, Sources, parse_date};

use crate::asked::{Asked, Opened};
use crate::table::{Cell, Table, words};

/// Something wrong in a field: what, and what would be right.
pub(crate) struct Slip {
    /// The field's name, which is its id too.
    pub(crate) field: String,
    /// A sentence.
    pub(crate) what: String,
}

/// The day in a field: `2008-06-06`, or `6/6/2008` as people write it. What is neither is a slip.
pub(crate) fn day(asked: &Asked<'_>, field: &str, label: &str, slips: &mut Vec<Slip>) -> Option<Date> {
    let text = asked.one(field)?;
    match read_day(text) {
        Ok(day) => Some(day),
        Err(what) => {
            let what = format!("{label}: {what}. Write a day as 2008-06-06 or 6/6/2008.");
            slips.push(Slip { field: field.to_owned(), what });
            None
        }
    }
}

/// A day as people write it.
pub(crate) fn read_day(text: &str) -> Result<Date, String> {
    let parts: Vec<&str> = text.split(['/', '.']).map(str::trim).collect();
    match parts.as_slice() {
        [day, month, year] if year.len() == 4 => parse_date(&format!("{year}-{month:0>2}-{day:0>2}")),
        _ => parse_date(text),
    }
}

/// The whole number in a field, from `least` to `most`.
pub(crate) fn count(asked: &Asked<'_>, field: &str, label: &str, (least, most): (u64, u64), slips: &mut Vec<Slip>) -> Option<u64> {
    let text = asked.one(field)?;
    let number = text.parse::<u64>().ok().filter(|number| (least..=most).contains(number));
    if number.is_none() {
        let what = format!("{label}: “{text}” is not a whole number from {least} to {most}.");
        slips.push(Slip { field: field.to_owned(), what });
    }
    number
}

/// The address of a page with these fields as they were asked, so that its tables as CSV have the rows that are shown.
pub(crate) fn address(opened: &Opened<'_>, path: &str, asked: &Asked<'_>, fields: &[&str]) -> String {
    let pairs = asked.pairs.iter().filter(|(name, value)| !value.trim().is_empty() && fields.contains(&name.as_str()));
    with_query(&format!("{}/{path}", opened.base), pairs.map(|(name, value)| (name.as_str(), value.trim())))
}

/// An address with a query.
pub(crate) fn with_query<'q>(address: &str, pairs: impl IntoIterator<Item = (&'q str, &'q str)>) -> String {
    let mut text = address.to_owned();
    for (at, (name, value)) in pairs.into_iter().enumerate() {
        let _ = write!(text, "{}{}={}", if at == 0 { '?' } else { '&' }, encoded(name), encoded(value));
    }
    text
}

fn encoded(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => safe.push(char::from(byte)),
            _ => {
                let _ = write!(safe, "%{byte:02X}");
            }
        }
    }
    safe
}

/// Cells with more letters than this get room of their own.
const LONG: usize = 42;

/// A table as HTML without the columns that are empty in every row, and with room for sentences; as CSV it keeps them all.
pub(crate) fn shown(table: &Table, csv: Option<&str>) -> String {
    let is_kept = |at: usize| at == 0 || table.rows.iter().any(|row| row.get(at).is_some_and(|cell| !cell.text.is_empty()));
    let kept: Vec<usize> = (0..table.heads.len()).filter(|at| is_kept(*at)).collect();
    let heads = kept.iter().filter_map(|at| table.heads.get(*at).cloned()).collect();
    let rows = table.rows.iter().map(|row| kept.iter().filter_map(|at| row.get(*at).cloned()).map(with_room).collect()).collect();
    Table { id: table.id.clone(), caption: table.caption.clone(), heads, rows }.html(csv)
}

fn with_room(cell: Cell) -> Cell {
    if cell.text.chars().count() <= LONG {
        return cell;
    }
    let class = match cell.class {
        None => "long",
        Some("for") => "long for",
        Some("against") => "long against",
        Some("open") => "long open",
        Some(other) => other,
    };
    cell.class(class)
}

/// The sources that a page names, for the list at its end.
#[derive(Default)]
pub(crate) struct Cited(BTreeSet<String>);

impl Cited {
    /// Takes note of them and gives them back to be shown.
    pub(crate) fn of(&mut self, sources: &[String]) -> Vec<String> {
        self.0.extend(sources.iter().cloned());
        sources.to_vec()
    }

    /// A cell of a table that leads to its first source in the list.
    pub(crate) fn cell(&mut self, sources: &[String]) -> Cell {
        self.0.extend(sources.iter().cloned());
        let cell = words(sources.join("; "));
        match sources.first() {
            Some(first) => cell.from(format!("#s-{first}")),
            None => cell,
        }
    }

    /// Every source that was named.
    pub(crate) fn list(&self, known: &Sources) -> Vec<Source> {
        self.0.iter().filter_map(|id| known.get(id).cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them_and_wrong_ones_say_why() {
        assert_eq!(read_day("6/6/2008"), parse_date("2008-06-06"));
        assert_eq!(read_day("06.06.2008"), parse_date("2008-06-06"));
        let wrong = read_day("31/02/2008").expect_err("no such day");
        assert!(wrong.contains("February 2008 has no day 31"), "{wrong}");
        assert!(read_day("abc").is_err() && read_day("1/1").is_err() && read_day("+1/1/2008").is_err());
    }

    #[test]
    fn what_people_typed_cannot_leave_its_place_in_an_address() {
        assert_eq!(with_query("/d/x", [("on", "a&b=<ü>")]), "/d/x?on=a%26b%3D%3C%C3%BC%3E");
    }
}
