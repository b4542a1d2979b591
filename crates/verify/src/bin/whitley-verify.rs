//! `whitley-verify`: the judging side as a program of its own, with few dependencies.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use verify::{Options, Remembered};

const HELP: &str = "\
Checks an election's archive, and its companion if there is one.

usage: whitley-verify ARCHIVE.bel [options]

  --companion FILE     the companion; found beside the archive if it is named UUID.companion.jsonl
  --no-companion       do not look for one
  --strict             demand canonical forms inside answers too (always so with a companion)
  --json               the report as JSON
  --verbose            every check, not only those that failed
  --threads N          threads to use (default: all)
  --state FILE         continue from an earlier run, and remember this one in FILE
  --election HASH      the election's fingerprint, known from elsewhere
  --tracker HASH       a ballot's tracker that must be counted (may be repeated)

A hash is written as pages and receipts show it (43 letters, in groups if in quotation marks) or as 64 hexadecimal digits.

exit status: 0 passed, 1 failed, 2 could not check, 3 wrong call
";

struct Call {
    archive: PathBuf,
    companion: Option<PathBuf>,
    look_for_companion: bool,
    json: bool,
    verbose: bool,
    state: Option<PathBuf>,
    options: Options,
}

fn main() -> ExitCode {
    let call = match parse_call(std::env::args().skip(1)) {
        Ok(Some(call)) => call,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("{message}\n\n{HELP}");
            return ExitCode::from(3);
        }
    };
    match run(call) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("could not check: {message}");
            ExitCode::from(2)
        }
    }
}

fn parse_call(mut args: impl Iterator<Item = String>) -> Result<Option<Call>, String> {
    let mut archive = None;
    let mut call = Call {
        archive: PathBuf::new(),
        companion: None,
        look_for_companion: true,
        json: false,
        verbose: false,
        state: None,
        options: Options { threads: std::thread::available_parallelism().map_or(1, usize::from), ..Options::default() },
    };
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--help" | "-h" => return Ok(None),
            "--companion" => call.companion = Some(value()?.into()),
            "--no-companion" => call.look_for_companion = false,
            "--strict" => call.options.strict = true,
            "--json" => call.json = true,
            "--verbose" | "-v" => call.verbose = true,
            "--threads" => {
                call.options.threads = value()?.parse().map_err(|_| "--threads needs a number".to_owned())?;
            }
            "--state" => call.state = Some(value()?.into()),
            "--election" => call.options.expected_election = Some(hash(&value()?)?),
            "--tracker" => call.options.trackers.push(hash(&value()?)?),
            flag if flag.starts_with('-') => return Err(format!("unknown option {flag}")),
            path if archive.is_none() => archive = Some(PathBuf::from(path)),
            _ => return Err("one archive at a time".to_owned()),
        }
    }
    call.archive = archive.ok_or("which archive?".to_owned())?;
    Ok(Some(call))
}

fn hash(text: &str) -> Result<[u8; 32], String> {
    verify::hex::hash_as_shown(text)
        .ok_or_else(|| format!("“{text}” is no hash: 43 letters as a page or receipt shows it, or 64 small hexadecimal digits"))
}

fn run(mut call: Call) -> Result<ExitCode, String> {
    if call.companion.is_none() && call.look_for_companion {
        let beside = call.archive.with_extension("companion.jsonl");
        call.companion = beside.is_file().then_some(beside);
    }
    if let Some(state) = call.state.as_ref().filter(|state| state.exists()) {
        let text = std::fs::read(state).map_err(|e| format!("{}: {e}", state.display()))?;
        let remembered = read_state(&text).ok_or(format!("{} is not a state file", state.display()))?;
        call.options.remembered = Some(remembered);
    }
    let open = |path: &PathBuf| File::open(path).map_err(|e| format!("{}: {e}", path.display()));
    let archive = BufReader::with_capacity(1 << 20, open(&call.archive)?);
    let companion = match &call.companion {
        Some(path) => Some(BufReader::new(open(path)?)),
        None => None,
    };
    let report = verify::judge(archive, companion, &call.options);
    if let (Some(state), Some(remember)) = (&call.state, report.to_remember()) {
        std::fs::write(state, write_state(&remember)).map_err(|e| format!("{}: {e}", state.display()))?;
    }
    let text = if call.json { verify::output::to_json(&report) } else { verify::output::to_text(&report, call.verbose) };
    std::io::stdout().write_all(text.as_bytes()).map_err(|e| format!("standard output: {e}"))?;
    Ok(ExitCode::from(report.verdict.exit_status()))
}

fn write_state(remembered: &Remembered) -> String {
    let last = verify::hex::to_hex(&remembered.last_event);
    format!("{{\"version\":1,\"height\":{},\"last_event\":\"{last}\"}}\n", remembered.height)
}

fn read_state(text: &[u8]) -> Option<Remembered> {
    let parsed = verify::json::parse(text).ok()?;
    let [version, height, last_event] = parsed.value.exactly(["version", "height", "last_event"])?;
    (version.small()? == 1).then_some(())?;
    Some(Remembered { height: height.small()?.into(), last_event: verify::hex::hash_from_hex(last_event.string()?.as_bytes())? })
}
