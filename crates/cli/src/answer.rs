//! How the program answers: exit codes, JSON, tables for people, and faults.

use std::cell::RefCell;
use std::io::Write as _;
use std::process::ExitCode;

use dated::{Fault, Ratio};
use serde_json::{Value, json};

/// What a command came to. The numbers are the exit codes that scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Yes, or done.
    Yes,
    /// No, or failed the test that was asked for.
    No,
    /// The question could not be decided with what is known.
    CouldNotCheck,
    /// The input has faults; nothing was computed from them.
    BadInput,
    /// Our disk, network or peer failed.
    OurFailure,
}

impl Outcome {
    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::CouldNotCheck => 2,
            Self::BadInput => 3,
            Self::OurFailure => 4,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome.code())
    }
}

/// What a command did, for people and for programs.
pub(crate) struct Done {
    pub(crate) outcome: Outcome,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Done {
    /// It did what was asked.
    pub(crate) fn new(text: impl Into<String>, json: Value) -> Self {
        Self { outcome: Outcome::Yes, text: text.into(), json }
    }

    /// Says it.
    pub(crate) fn say(self, as_json: bool) -> Outcome {
        if as_json {
            print_json(&self.json);
        } else {
            print(&self.text);
        }
        self.outcome
    }
}

/// What a command said while it was listened to.
#[derive(Default)]
pub(crate) struct Said {
    /// To standard output.
    pub(crate) out: String,
    /// To standard error.
    pub(crate) err: String,
}

thread_local! {
    /// Where answers of this thread go while somebody listens.
    static LISTENER: RefCell<Option<Said>> = const { RefCell::new(None) };
}

/// Runs a command and keeps what it says, for commands that are made of others.
pub(crate) fn listen<T>(command: impl FnOnce() -> T) -> (T, Said) {
    let before = LISTENER.replace(Some(Said::default()));
    let done = command();
    (done, LISTENER.replace(before).unwrap_or_default())
}

/// Whether somebody listened, and has it now.
fn kept(text: &str, at: impl FnOnce(&mut Said) -> &mut String) -> bool {
    LISTENER.with_borrow_mut(|listener| listener.as_mut().map(|said| at(said).push_str(text)).is_some())
}

/// Writes to standard output. A reader that went away (`| head`) is not a failure; an answer lost to a full disk is.
pub(crate) fn print(text: &str) {
    if kept(text, |said| &mut said.out) {
        return;
    }
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            complain!("the answer cannot be written: {error}");
            std::process::exit(i32::from(Outcome::OurFailure.code()));
        }
        _ => {}
    }
}

/// Writes to standard error. If that is closed or full, there is nobody left to tell.
pub(crate) fn print_to_err(text: &str) {
    if kept(text, |said| &mut said.err) {
        return;
    }
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Prints one JSON document.
pub(crate) fn print_json(value: &Value) {
    print(&format!("{value:#}\n"));
}

/// A number as JSON has it, rounded to `places` decimals.
pub(crate) fn number(value: Ratio, places: u32) -> Value {
    json!(value.rounded(places).to_f64())
}

/// The JSON shape of faults: `faults[]{file,line,what,fix}`, with code and severity added.
pub(crate) fn faults_json(faults: &[Fault]) -> Value {
    faults
        .iter()
        .map(|fault| {
            json!({
                "file": &*fault.place.file,
                "line": fault.place.line,
                "what": fault.what,
                "fix": fault.fix,
                "code": fault.code,
                "severity": fault.severity.word(),
            })
        })
        .collect()
}

/// The faults for people, one per line with its fix below.
pub(crate) fn faults_text(faults: &[Fault]) -> String {
    let mut text = String::new();
    for fault in faults {
        text.push_str(&format!("{}: {}: {}\n    fix: {}\n", fault.place, fault.severity.word(), fault.what, fault.fix));
    }
    text
}

/// Answers a command whose input has faults: JSON on standard output if asked for, else sentences on standard error.
pub(crate) fn refuse(faults: &[Fault], as_json: bool) -> Outcome {
    if as_json {
        print_json(&json!({ "faults": faults_json(faults) }));
    } else {
        print_to_err(&faults_text(faults));
    }
    Outcome::BadInput
}

/// A table with aligned columns. Text columns go left, numbers right.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    right: Vec<bool>,
}

impl Table {
    /// A table with these headings; a heading that begins with `>` is a column of numbers.
    pub(crate) fn new(headings: &[&str]) -> Self {
        let right = headings.iter().map(|heading| heading.starts_with('>')).collect();
        Self { rows: vec![headings.iter().map(|heading| heading.trim_start_matches('>').to_owned()).collect()], right }
    }

    /// Adds a row; it must have as many cells as there are headings.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as lines, headings underlined.
    pub(crate) fn text(&self) -> String {
        let columns = self.right.len();
        let width = |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            let mut line = String::from("  ");
            for (column, cell) in row.iter().enumerate() {
                let padding = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
                let parts = if self.right[column] { [padding.as_str(), cell] } else { [cell.as_str(), &padding] };
                line.push_str(&parts.concat());
                line.push_str("  ");
            }
            text.push_str(line.trim_end());
            text.push('\n');
            if number == 0 {
                let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                text.push_str(&format!("  {}\n", rule.join("  ")));
            }
        }
        text
    }
}
