//! The stages of a rehearsal: what each made, how long it took, and which were done before the program was stopped.
//!
//! The process stands in the folder of the rehearsal while it runs, so that every path in it is relative and two rehearsals with the
//! same arguments are the same byte for byte wherever they lie.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Failure;
use crate::answer::Outcome;

/// Where records of finished stages and half-made files are, until the rehearsal is whole.
pub(super) const WORKING: &str = ".working";

/// What stands in front of everything that is invented.
pub(super) const LABEL: &str = "SYNTHETIC: a rehearsal. Members, votes, keys and calls are invented.";

/// A file of the rehearsal, for its table of contents.
pub(super) struct Made {
    pub(super) file: String,
    pub(super) what: String,
    /// The command that makes it again, run in the folder of the rehearsal.
    pub(super) command: Option<String>,
    /// What that command answered: `yes`, `no`, `could not check`; or why there is no such file.
    pub(super) said: String,
}

/// A finished stage.
pub(super) struct Stage {
    pub(super) title: String,
    pub(super) made: Vec<Made>,
}

/// All stages so far.
#[derive(Default)]
pub(super) struct Stages {
    pub(super) done: Vec<Stage>,
    pub(super) times: Times,
    pub(super) progress: Progress,
}

impl Stages {
    /// Runs a stage, or takes what it made from an earlier run. What it begins with in these folders is what a stopped run left.
    pub(super) fn stage(
        &mut self,
        id: &str,
        title: &'static str,
        folders: &[&str],
        work: impl FnOnce(&mut Work<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let record = Path::new(WORKING).join(format!("stage-{id}.json"));
        if record.is_file() {
            self.done.push(Stage::read(&read_json(&record)?));
            return Ok(());
        }
        complain!("{title}");
        for folder in folders {
            remove(Path::new(folder))?;
        }
        let started = Instant::now();
        let place = self.times.begin(title);
        let mut stage = Work { made: Vec::new(), times: &mut self.times, progress: &mut self.progress };
        work(&mut stage)?;
        let done = Stage { title: title.to_owned(), made: stage.made };
        self.times.end(place, started.elapsed());
        write(&record, format!("{:#}\n", done.json()).as_bytes())?;
        self.done.push(done);
        Ok(())
    }

    /// What a stage made, as JSON for the record of the whole.
    pub(super) fn json(&self) -> Value {
        self.done.iter().map(Stage::json).collect()
    }

    /// What an earlier, finished run made.
    pub(super) fn of(record: &Value) -> Self {
        let done = record.as_array().into_iter().flatten().map(Stage::read).collect();
        Self { done, ..Self::default() }
    }
}

impl Stage {
    fn json(&self) -> Value {
        let made = |made: &Made| json!({ "file": made.file, "what": made.what, "command": made.command, "said": made.said });
        json!({ "title": self.title, "made": self.made.iter().map(made).collect::<Vec<_>>() })
    }

    fn read(value: &Value) -> Self {
        let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let made = |made: &Value| Made {
            file: text(made, "file"),
            what: text(made, "what"),
            command: made["command"].as_str().map(str::to_owned),
            said: text(made, "said"),
        };
        Self { title: text(value, "title"), made: value["made"].as_array().into_iter().flatten().map(made).collect() }
    }
}

/// A stage while it runs.
pub(super) struct Work<'s> {
    pub(super) made: Vec<Made>,
    pub(super) times: &'s mut Times,
    pub(super) progress: &'s mut Progress,
}

impl Work<'_> {
    /// Runs a command as a user would; it must do what it is asked.
    pub(super) fn must(&self, command: &str) -> Result<String, Failure> {
        let (outcome, said) = ask(command);
        match outcome {
            Outcome::Yes => Ok(said.out),
            _ => Err(format!("whitley {command}: {}", why(&said.err, &said.out)).into()),
        }
    }

    /// Runs a command and keeps its answer as a file; a question that the dispute cannot answer is noted.
    pub(super) fn keep(&mut self, command: &str, file: &str, what: &str, synthetic: bool) -> Result<Outcome, Failure> {
        let (outcome, said) = ask(command);
        match outcome {
            Outcome::OurFailure => return Err(format!("whitley {command}: {}", why(&said.err, &said.out)).into()),
            Outcome::BadInput => self.not_made(file, what, &why(&said.err, &said.out)),
            _ => {
                let text = if synthetic { labelled(file, &said.out) } else { said.out };
                write(Path::new(file), text.as_bytes())?;
                self.note(file, what, Some(command), word(outcome));
            }
        }
        Ok(outcome)
    }

    /// Writes a file of the rehearsal.
    pub(super) fn write(&mut self, file: &str, what: &str, bytes: &[u8]) -> Result<(), Failure> {
        write(Path::new(file), bytes)?;
        self.note(file, what, None, "");
        Ok(())
    }

    /// Puts a file into the table of contents.
    pub(super) fn note(&mut self, file: &str, what: &str, command: Option<&str>, said: &str) {
        let command = command.map(|command| format!("whitley {command}"));
        self.made.push(Made { file: file.to_owned(), what: what.to_owned(), command, said: said.to_owned() });
    }

    /// Says in the table of contents why a file is not there.
    pub(super) fn not_made(&mut self, file: &str, what: &str, why: &str) {
        self.note(file, what, None, &format!("not made: {why}"));
    }
}

/// Words of a command are parted by single blanks; a text with blanks in it stands between double quotes.
fn ask(command: &str) -> (Outcome, crate::answer::Said) {
    let mut words: Vec<&str> = Vec::new();
    let mut rest = command;
    while !rest.is_empty() {
        let (word, more) = match rest.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
            Some((word, more)) => (word, more.strip_prefix(' ').unwrap_or(more)),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word);
        rest = more;
    }
    crate::ask(&words)
}

/// The first thing that was wrong, in one line.
fn why(err: &str, out: &str) -> String {
    let fault = serde_json::from_str::<Value>(out).ok().and_then(|value| value["faults"][0]["what"].as_str().map(str::to_owned));
    let line = err.lines().find(|line| !line.trim().is_empty()).map(str::to_owned);
    fault.or(line).unwrap_or_else(|| "no reason was given".to_owned())
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Yes => "yes",
        Outcome::No => "no",
        Outcome::CouldNotCheck => "could not check",
        Outcome::BadInput => "bad input",
        Outcome::OurFailure => "failed",
    }
}

/// An answer about invented people, with the label in it.
fn labelled(file: &str, text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(object)) if file.ends_with(".json") => {
            let mut all = serde_json::Map::from_iter([("synthetic".to_owned(), json!(LABEL))]);
            all.extend(object.into_iter().filter(|(key, value)| key != "synthetic" || value.is_string()));
            format!("{:#}\n", Value::Object(all))
        }
        _ => format!("{LABEL}\n\n{text}"),
    }
}

/// Writes a file whole or not at all, with the folders above it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let draft = parent.join(format!(".{name}.draft"));
    std::fs::create_dir_all(parent).map_err(wrong)?;
    std::fs::write(&draft, bytes).and_then(|()| std::fs::rename(&draft, path)).map_err(wrong)?;
    Ok(())
}

pub(super) fn read_json(path: &Path) -> Result<Value, Failure> {
    let bytes = std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{} is damaged: {error}", path.display()).into())
}

/// Takes a folder or file away, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), Failure> {
    let done = match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    done.map_err(|error| format!("{} cannot be removed: {error}", path.display()).into())
}

/// Time by stage, in the order in which they began, each with its parts.
#[derive(Default)]
pub(super) struct Times(Vec<Time>);

struct Time {
    what: &'static str,
    time: Duration,
    /// It is in the time of the stage before it.
    is_part: bool,
}

impl Times {
    fn begin(&mut self, what: &'static str) -> usize {
        self.0.push(Time { what, time: Duration::ZERO, is_part: false });
        self.0.len() - 1
    }

    fn end(&mut self, place: usize, time: Duration) {
        self.0[place].time = time;
    }

    /// Adds to a part of the present stage.
    pub(super) fn part(&mut self, what: &'static str, time: Duration) {
        match self.0.iter_mut().find(|known| known.is_part && known.what == what) {
            Some(known) => known.time += time,
            None => self.0.push(Time { what, time, is_part: true }),
        }
    }

    pub(super) fn json(&self) -> Value {
        let stage = |one: &Time| json!({ "stage": one.what, "is_part": one.is_part, "milliseconds": one.time.as_millis() as u64 });
        self.0.iter().map(stage).collect()
    }

    pub(super) fn text(&self) -> String {
        let line = |what: &str, time: Duration| format!("  {what:<52} {:>7}.{:02} s\n", time.as_secs(), time.subsec_millis() / 10);
        let shown = |one: &Time| line(&format!("{}{}", if one.is_part { "     " } else { "" }, one.what), one.time);
        let together = self.0.iter().filter(|one| !one.is_part).map(|one| one.time).sum();
        format!("time by stage:\n{}{}", self.0.iter().map(shown).collect::<String>(), line("together", together))
    }
}

/// A line on standard error, at most twice a second.
#[derive(Default)]
pub(super) struct Progress(Option<Instant>);

impl Progress {
    pub(super) fn say(&mut self, line: &str, last: bool) {
        if last || self.0.is_none_or(|at| at.elapsed() > Duration::from_millis(500)) {
            complain!("  {line}");
            self.0 = Some(Instant::now());
        }
    }
}
