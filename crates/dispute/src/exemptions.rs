//! The exemptions log, `exemptions.csv`: who asked to be let off, who decided, why and when. Lines are only ever added.

use dated::{CsvFile, Date, Faults, FileBytes, Place};

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemption {
    /// Its number: 1, 2, 3 without a gap.
    pub no: u64,
    /// When it happened.
    pub on: Date,
    /// What happened.
    pub event: ExemptionEvent,
    /// Who asked, or who decided.
    pub who: String,
    /// What was asked for, or why it was decided so.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// What a line records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExemptionEvent {
    /// Somebody asked for members of a unit to work on, for a service.
    Asked {
        /// The unit.
        unit: String,
        /// The service, by id.
        service: Option<String>,
    },
    /// The request of that number was granted.
    Granted(u64),
    /// It was refused.
    Refused(u64),
    /// It was taken back by those who asked.
    Withdrawn(u64),
}

impl ExemptionEvent {
    /// The word in the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "asked",
            Self::Granted(_) => "granted",
            Self::Refused(_) => "refused",
            Self::Withdrawn(_) => "withdrawn",
        }
    }

    /// The request it is about.
    pub fn request(&self) -> Option<u64> {
        match self {
            Self::Asked { .. } => None,
            Self::Granted(no) | Self::Refused(no) | Self::Withdrawn(no) => Some(*no),
        }
    }
}

/// A request with everything that was decided on it; the last decision stands.
#[derive(Clone, Debug)]
pub struct ExemptionRequest<'e> {
    /// The request.
    pub asked: &'e Exemption,
    /// The decisions in order.
    pub decisions: Vec<&'e Exemption>,
}

impl ExemptionRequest<'_> {
    /// `open`, `granted`, `refused` or `withdrawn`.
    pub fn state(&self) -> &'static str {
        self.decisions.last().map_or("open", |last| last.event.word())
    }
}

/// The requests of a log, each with its decisions.
pub fn exemption_requests(log: &[Exemption]) -> Vec<ExemptionRequest<'_>> {
    log.iter()
        .filter(|line| line.event.request().is_none())
        .map(|asked| ExemptionRequest { asked, decisions: log.iter().filter(|line| line.event.request() == Some(asked.no)).collect() })
        .collect()
}

/// The columns of the log.
pub const EXEMPTION_COLUMNS: [&str; 8] = ["no", "on", "event", "request", "unit", "service", "who", "text"];

/// Reads the log. A number out of order or a day that goes back is a fault: a line was taken out, put between or changed.
pub(crate) fn read_exemptions(name: &str, bytes: &FileBytes, faults: &Faults) -> Vec<Exemption> {
    let Some(csv) = CsvFile::read(name, bytes, &EXEMPTION_COLUMNS, faults) else { return Vec::new() };
    let mut log: Vec<Exemption> = Vec::new();
    let mut expected = 0;
    for row in csv.rows() {
        expected += 1;
        let place = row.place();
        let no = row.text("no").and_then(|text| text.parse::<u64>().ok());
        if no != Some(expected) {
            let what = format!("the line should be number {expected}: lines of this log are only added at its end");
            faults.error("log-out-of-order", place, what, "put back what was taken out; correct a mistake with a new line");
        }
        let on = row.date("on");
        if let (Some(on), Some(last)) = (on, log.last())
            && on < last.on
        {
            let what = format!("{on} is before {}, the day of the line above", last.on);
            faults.error("log-out-of-order", place, what, "write the day the line was added; the text can say what happened earlier");
        }
        let who = row.text("who").map(str::to_owned);
        let text = row.text("text").map(str::to_owned);
        for part in [&who, &text].into_iter().flatten() {
            if let Some(c) = part.chars().find(|c| misleads(*c)) {
                let what = format!("the text holds U+{:04X}, which hides or turns round what stands beside it", u32::from(c));
                faults.error("hidden-character", place, what, "remove it; text from right to left needs no such mark here");
            }
        }
        let request = row.optional("request").map(|text| text.parse::<u64>().ok());
        let event = match (row.text("event"), request) {
            (Some("asked"), None) => row
                .text("unit")
                .map(|unit| ExemptionEvent::Asked { unit: unit.to_owned(), service: row.optional("service").map(str::to_owned) }),
            (Some("asked"), Some(_)) => {
                faults.error("exemption-request", place, "a request names no other request", "leave “request” empty");
                None
            }
            (Some(word @ ("granted" | "refused" | "withdrawn")), request) => {
                let known = request.flatten().filter(|no| log.iter().any(|line| line.no == *no && line.event.request().is_none()));
                if known.is_none() {
                    let what = format!("“{word}” does not say which earlier request it is about");
                    faults.error("exemption-request", place, what, "write the number of the line that asked in “request”");
                }
                if row.optional("unit").is_some() || row.optional("service").is_some() {
                    let what = "unit and service stand in the request, not in the decision";
                    faults.error("exemption-request", place, what, "leave both empty");
                }
                known.map(|no| match word {
                    "granted" => ExemptionEvent::Granted(no),
                    "refused" => ExemptionEvent::Refused(no),
                    _ => ExemptionEvent::Withdrawn(no),
                })
            }
            (Some(word), _) => {
                let what = format!("“{word}” is no event of this log");
                faults.error("unknown-word", place, what, "one of asked, granted, refused, withdrawn");
                None
            }
            (None, _) => None,
        };
        if let (Some(on), Some(event), Some(who), Some(text)) = (on, event, who, text) {
            log.push(Exemption { no: expected, on, event, who, text, place: place.clone() });
        }
    }
    log
}

/// Marks that change the order in which text is shown, and control characters.
pub fn misleads(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
