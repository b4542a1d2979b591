//! `whitley positions`, `meetings`, `demands`, `sticking-points` and `guide`: what is said across the table.

pub(crate) mod demands;
pub(crate) mod guide;
pub(crate) mod meetings;
pub(crate) mod positions;
pub(crate) mod sticking_points;

use dated::{Date, Fault, Place, Severity, Status, parse_date};

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

/// Source and status, as they follow a line.
fn cited(source: &[String], status: Status) -> String {
    let doubt = if status == Status::Published { String::new() } else { format!(", {}", status.word()) };
    format!("[{}{doubt}]", source.join("; "))
}
