//! `whitley action exemptions`: lists the log; adds a request or a decision as a line at its end.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use dated::{Date, parse_date};
use dispute::{Dispute, EXEMPTION_COLUMNS, Exemption, ExemptionEvent, exemption_requests, misleads};
use law::weekday_date;
use serde_json::{Value, json};

use super::{open_all, question};
use crate::answer::{self, Outcome, Table};

/// Arguments of `whitley action exemptions`.
#[derive(Args)]
pub(crate) struct ExemptionArguments {
    /// The dispute folder
    dispute: String,
    /// Add a request for this unit
    #[arg(long, value_name = "UNIT", requires_all = ["who", "text", "on"], conflicts_with_all = ["grant", "refuse", "withdraw"])]
    ask: Option<String>,
    /// For this service, by id
    #[arg(long, value_name = "ID", requires = "ask")]
    service: Option<String>,
    /// Grant the request of that number
    #[arg(long, value_name = "NO", requires_all = ["who", "text", "on"], conflicts_with_all = ["refuse", "withdraw"])]
    grant: Option<u64>,
    /// Refuse it
    #[arg(long, value_name = "NO", requires_all = ["who", "text", "on"], conflicts_with = "withdraw")]
    refuse: Option<u64>,
    /// Those who asked take it back
    #[arg(long, value_name = "NO", requires_all = ["who", "text", "on"])]
    withdraw: Option<u64>,
    /// Who asks, or who decides
    #[arg(long, value_name = "WHO")]
    who: Option<String>,
    /// What is asked for, or why it is decided so
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// The day
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    on: Option<Date>,
}

impl ExemptionArguments {
    pub(super) fn run(self, as_json: bool) -> Result<Outcome, Outcome> {
        let (mut disputes, _) = open_all(&[&self.dispute], as_json)?;
        let Some(dispute) = disputes.pop() else { return Err(Outcome::BadInput) };
        let decided = [("granted", self.grant), ("refused", self.refuse), ("withdrawn", self.withdraw)];
        let event = match (&self.ask, decided.iter().find_map(|(word, no)| Some((*word, (*no)?)))) {
            (Some(unit), _) => Some(ExemptionEvent::Asked { unit: unit.clone(), service: self.service.clone() }),
            (None, Some(("granted", no))) => Some(ExemptionEvent::Granted(no)),
            (None, Some(("refused", no))) => Some(ExemptionEvent::Refused(no)),
            (None, Some((_, no))) => Some(ExemptionEvent::Withdrawn(no)),
            (None, None) => None,
        };
        let (Some(event), Some(who), Some(text), Some(on)) = (event, &self.who, &self.text, self.on) else {
            if self.who.is_some() || self.text.is_some() || self.on.is_some() {
                let fix = "add --ask UNIT, or --grant, --refuse or --withdraw with the number of a request";
                return Err(question("it is not said what is to be added", fix, as_json));
            }
            return Ok(list(&dispute, as_json));
        };
        let line = self.check(&dispute, event, who.trim(), text.trim(), on, as_json)?;
        self.append(&dispute, &line, as_json)?;
        if as_json {
            answer::print_json(&json!({ "added": line_json(&line) }));
        } else {
            answer::print(&format!("Added number {}: {}.\n", line.no, line.event.word()));
        }
        Ok(Outcome::Yes)
    }

    /// The line to be added, checked as the reader would.
    fn check(
        &self,
        dispute: &Dispute,
        event: ExemptionEvent,
        who: &str,
        text: &str,
        on: Date,
        as_json: bool,
    ) -> Result<Exemption, Outcome> {
        let log = &dispute.exemptions;
        let refuse = |what: String, fix: &str| Err(question(what, fix, as_json));
        if who.is_empty() || text.is_empty() {
            return refuse("--who and --text must say something".to_owned(), "name who asks or decides, and what or why");
        }
        if let Some(c) = who.chars().chain(text.chars()).find(|c| misleads(*c)) {
            let what = format!("the text holds U+{:04X}, which breaks the line or turns round what stands beside it", u32::from(c));
            return refuse(what, "leave it out");
        }
        if let Some(last) = log.last().filter(|last| on < last.on) {
            return refuse(
                format!("{on} is before {}, the day of the last line", last.on),
                "lines are only added at the end: write today's day",
            );
        }
        match &event {
            ExemptionEvent::Asked { unit, service } => {
                let units: Vec<&str> = dispute.polls.iter().flat_map(|poll| &poll.units).map(|unit| unit.id.as_str()).collect();
                if !units.contains(&unit.as_str()) {
                    return refuse(format!("“{unit}” is no unit of a poll"), &format!("one of {}", units.join(", ")));
                }
                let services: Vec<&str> = dispute.terms.services.iter().map(|service| service.id.as_str()).collect();
                if let Some(service) = service.as_ref().filter(|service| !services.contains(&service.as_str())) {
                    return refuse(format!("“{service}” is no service of this dispute"), &format!("one of {}", services.join(", ")));
                }
            }
            ExemptionEvent::Granted(no) | ExemptionEvent::Refused(no) | ExemptionEvent::Withdrawn(no) => {
                if !log.iter().any(|line| line.no == *no && line.event.request().is_none()) {
                    let open: Vec<String> = exemption_requests(log).iter().map(|request| request.asked.no.to_string()).collect();
                    let fix = if open.is_empty() {
                        "there is no request yet".to_owned()
                    } else {
                        format!("the requests are {}", open.join(", "))
                    };
                    return refuse(format!("number {no} is no request"), &fix);
                }
            }
        }
        let no = u64::try_from(log.len()).unwrap_or(u64::MAX) + 1;
        Ok(Exemption { no, on, event, who: who.to_owned(), text: text.to_owned(), place: dated::Place::new("exemptions.csv", 1) })
    }

    /// Adds one line in one write at the end of the file.
    fn append(&self, dispute: &Dispute, line: &Exemption, as_json: bool) -> Result<(), Outcome> {
        let Some(folder) = folder_on_disk(&self.dispute) else {
            let what = format!("{} is not a folder on this disk: it comes with the program", self.dispute);
            return Err(question(what, "copy it, or make a folder of your own with `whitley new`", as_json));
        };
        let path = folder.join("exemptions.csv");
        let (request, unit, service) = match &line.event {
            ExemptionEvent::Asked { unit, service } => (String::new(), unit.clone(), service.clone().unwrap_or_default()),
            other => (other.request().map_or_else(String::new, |no| no.to_string()), String::new(), String::new()),
        };
        let cells = [
            line.no.to_string(),
            line.on.to_string(),
            line.event.word().to_owned(),
            request,
            unit,
            service,
            line.who.clone(),
            line.text.clone(),
        ];
        let mut row = cells.iter().map(|cell| cell_text(cell)).collect::<Vec<_>>().join(",");
        row.push('\n');
        if dispute.exemptions.is_empty() {
            row.insert_str(0, &format!("{}\n", EXEMPTION_COLUMNS.join(",")));
        }
        let failed = |error: std::io::Error| {
            complain!("{} cannot be written: {error}", path.display());
            Outcome::OurFailure
        };
        // A file that has only its headings, or whose last line was left open by an editor, is mended on the way.
        let before = std::fs::read(&path).unwrap_or_default();
        if dispute.exemptions.is_empty() && !before.is_empty() {
            row.drain(..=row.find('\n').unwrap_or(0));
        }
        if before.last().is_some_and(|last| *last != b'\n') {
            row.insert(0, '\n');
        }
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        file.write_all(row.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
    }
}

fn folder_on_disk(name: &str) -> Option<PathBuf> {
    [PathBuf::from(name), Path::new("disputes").join(name)].into_iter().find(|path| path.is_dir())
}

/// RFC 4180; nothing that a spreadsheet would take for a formula stands bare at the front of a cell.
fn cell_text(cell: &str) -> String {
    let safe = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() };
    if safe.contains([',', '"', '\'']) || safe != cell { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

fn line_json(line: &Exemption) -> Value {
    let (unit, service) = match &line.event {
        ExemptionEvent::Asked { unit, service } => (Some(unit), service.as_ref()),
        _ => (None, None),
    };
    json!({
        "no": line.no, "on": line.on.to_string(), "event": line.event.word(), "request": line.event.request(),
        "unit": unit, "service": service, "who": line.who, "text": line.text,
    })
}

fn list(dispute: &Dispute, as_json: bool) -> Outcome {
    let requests = exemption_requests(&dispute.exemptions);
    if as_json {
        answer::print_json(&json!({
            "dispute": dispute.id,
            "requests": requests.iter().map(|request| json!({
                "state": request.state(),
                "asked": line_json(request.asked),
                "decisions": request.decisions.iter().map(|line| line_json(line)).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        }));
        return Outcome::Yes;
    }
    if requests.is_empty() {
        answer::print("No exemption was asked for.\nNext: --ask UNIT --who WHO --text WHAT --on DAY adds a request.\n");
        return Outcome::Yes;
    }
    let mut table = Table::new(&[">No", "Asked on", "By", "Unit", "Service", "For", "State", "Decided on", "By", "Because"]);
    for request in &requests {
        let ExemptionEvent::Asked { unit, service } = &request.asked.event else { continue };
        let last = request.decisions.last();
        table.row([
            request.asked.no.to_string(),
            weekday_date(request.asked.on),
            request.asked.who.clone(),
            unit.clone(),
            service.clone().unwrap_or_default(),
            request.asked.text.clone(),
            request.state().to_owned(),
            last.map_or_else(String::new, |line| weekday_date(line.on)),
            last.map_or_else(String::new, |line| line.who.clone()),
            last.map_or_else(String::new, |line| line.text.clone()),
        ]);
    }
    let open = requests.iter().filter(|request| request.state() == "open").count();
    answer::print(&format!(
        "{}{open} of {} open. Lines are only added; a later decision on a request replaces an earlier one.\n",
        table.text(),
        requests.len()
    ));
    Outcome::Yes
}
