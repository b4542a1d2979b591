//! Who sits for a constituency or a postcode on a day.

use dated::{Date, Faults, Place, long_date};
use dispute::campaign::{SeatId, Seats};

use crate::asked::{Asked, Opened};
use crate::pages::parts::capital;
use crate::pages::question::{Slip, day};
use crate::places::Whose;

/// The form and its answer.
pub(super) struct SeatView {
    /// The service holds a file of postcodes.
    pub(super) has_postcodes: bool,
    /// Never in an address: the form is sent, not linked to.
    pub(super) postcode: String,
    pub(super) constituency: String,
    pub(super) on: String,
    pub(super) answer: Option<String>,
    pub(super) note: Option<String>,
    /// The constituencies of the postcode by date, where there were several.
    pub(super) history: Vec<String>,
}

/// As `mp find` answers it.
pub(super) fn seat(opened: &Opened<'_>, asked: &Asked<'_>, slips: &mut Vec<Slip>) -> SeatView {
    let on = day(asked, "mp-on", "On which day", slips);
    let text = |field: &str| asked.one(field).unwrap_or_default().to_owned();
    let mut view = SeatView {
        has_postcodes: !opened.places.postcodes.is_empty(),
        postcode: text("postcode"),
        constituency: text("constituency"),
        on: text("mp-on"),
        answer: None,
        note: None,
        history: Vec::new(),
    };
    let (field, whose) = match (view.postcode.as_str(), view.constituency.as_str()) {
        ("", "") => return view,
        ("", name) => ("constituency", Whose::Constituency(name)),
        (postcode, "") => ("postcode", Whose::Postcode(postcode)),
        (..) => {
            let what = "Postcode or constituency: one of the two is asked, not both. Empty one of them.".to_owned();
            slips.push(Slip { field: "postcode".to_owned(), what });
            return view;
        }
    };
    if field == "postcode" && !view.has_postcodes {
        let what = "Postcode: this service holds no file of postcodes. Write the constituency.".to_owned();
        slips.push(Slip { field: field.to_owned(), what });
        return view;
    }
    let on: Date = on.unwrap_or(opened.today);
    let faults = Faults::new();
    let found = opened.places.find(whose, on, &Place::new("form", 1), &faults);
    let label = if field == "postcode" { "Postcode" } else { "Constituency" };
    slips.extend(
        faults
            .into_sorted()
            .into_iter()
            .map(|fault| Slip { field: field.to_owned(), what: format!("{label}: {}. {}", fault.what, capital(&fault.fix)) }),
    );
    let Some(found) = found else { return view };
    let is_in = if found.label.is_empty() { String::new() } else { format!("{} is in ", found.label) };
    match &found.sitting {
        Ok(sitting) => {
            let party = if sitting.party.is_empty() { String::new() } else { format!(" ({})", sitting.party) };
            let name = sitting.name.as_deref().unwrap_or_default();
            view.answer = Some(format!("On {}, {is_in}{}: {name}{party}.", long_date(on), found.place()));
            view.note = Some(sitting.note.clone());
        }
        Err(why) => view.answer = Some(format!("{is_in}{}: {why}. To know it: {}.", found.place(), why.fix())),
    }
    if found.history.len() > 1 {
        let line = |(from, until, name): &(Date, Option<Date>, &str)| {
            let until = until.map_or_else(|| "on".to_owned(), |until| format!("until {}", long_date(until)));
            format!("from {} {until}: {name}", long_date(*from))
        };
        view.history = found.history.iter().map(line).collect();
    }
    view
}

/// The constituency of that name; where there is none, those that are nearest to it.
pub(super) fn found(seats: &Seats, name: &str, field: &str, slips: &mut Vec<Slip>) -> Option<SeatId> {
    let seat = seats.find(name);
    if seat.is_none() {
        let near = seats.nearest(name, 3);
        let fix =
            if near.is_empty() { "Write its name as the Commons do.".to_owned() } else { format!("Did you mean {}?", near.join(", or ")) };
        slips.push(Slip { field: field.to_owned(), what: format!("Constituency: “{name}” is no constituency of 2024. {fix}") });
    }
    seat
}
