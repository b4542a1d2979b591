//! `whitley positions`, `meetings`, `demands`, `sticking-points` and `guide`: what is said across the table.

pub(crate) mod demands;
pub(crate) mod guide;
pub(crate) mod meetings;
pub(crate) mod positions;
pub(crate) mod sticking_points;

use dated::{Cite, Date, Fault, Place, Severity, Status, parse_date};
use pay::When;

use crate::answer::{self, Outcome};

/// Says why a question cannot be answered as put.
fn refuse_question(what: String, fix: String, as_json: bool) -> Outcome {
    let fault = Fault { code: "question", severity: Severity::Error, place: Place::new("command line", 1), what, fix };
    if as_json {
        return answer::refuse(&[fault], true);
    }
    complain!("{}; {}", fault.what, fault.fix);
    Outcome::BadInput
}

fn parse_day(text: &str) -> Result<Date, String> {
    parse_date(text)
}

/// When, in words; a thing without a date says so.
fn when_words(when: Option<When>) -> String {
    when.map_or_else(|| "no date".to_owned(), When::words)
}

/// Source and status, as they follow a line.
fn cited(source: &Cite, status: Status) -> String {
    let doubt = if status == Status::Published { String::new() } else { format!(", {}", status.word()) };
    format!("[{}{doubt}]", source.join("; "))
}

fn days(count: i64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}
