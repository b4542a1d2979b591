//! Who sits for a constituency on a day.

use dated::long_date;
use dispute::campaign::Seats;

use crate::asked::{Asked, Opened};
use crate::pages::question::{Slip, day};

/// The form and its answer.
pub(super) struct SeatView {
    pub(super) constituency: String,
    pub(super) on: String,
    pub(super) answer: Option<String>,
    pub(super) note: Option<String>,
}

/// As `mp find` answers it.
pub(super) fn seat(opened: &Opened<'_>, asked: &Asked<'_>, seats: &Seats, slips: &mut Vec<Slip>) -> SeatView {
    let on = day(asked, "mp-on", "On which day", slips);
    let name = asked.one("constituency").unwrap_or_default();
    let mut view =
        SeatView { constituency: name.to_owned(), on: asked.one("mp-on").unwrap_or_default().to_owned(), answer: None, note: None };
    if name.is_empty() {
        return view;
    }
    let Some(seat) = found(seats, name, "constituency", slips) else { return view };
    let on = on.unwrap_or(opened.today);
    let constituency = seats.seat(seat);
    let place = if constituency.code.is_empty() {
        constituency.name.clone()
    } else {
        format!("{} ({}, {})", constituency.name, constituency.code, constituency.region)
    };
    match seats.member_on(seat, on) {
        Ok(sitting) => {
            let party = if sitting.party.is_empty() { String::new() } else { format!(" ({})", sitting.party) };
            view.answer = Some(format!("On {}, {place}: {}{party}.", long_date(on), sitting.name.as_deref().unwrap_or_default()));
            view.note = Some(sitting.note.clone());
        }
        Err(why) => view.answer = Some(format!("{why}. To know it: {}.", why.fix())),
    }
    view
}

/// The constituency of that name; where there is none, those that are nearest to it.
pub(super) fn found(seats: &Seats, name: &str, field: &str, slips: &mut Vec<Slip>) -> Option<dispute::campaign::SeatId> {
    let seat = seats.find(name);
    if seat.is_none() {
        let near = seats.nearest(name, 3);
        let fix =
            if near.is_empty() { "Write its name as the Commons do.".to_owned() } else { format!("Did you mean {}?", near.join(", or ")) };
        slips.push(Slip { field: field.to_owned(), what: format!("Constituency: “{name}” is no constituency of 2024. {fix}") });
    }
    seat
}
