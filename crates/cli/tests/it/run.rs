//! Runs the real program in an empty folder, so that only the disputes it carries are there.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `whitley` in that folder.
pub(crate) fn whitley_in(folder: &Path, arguments: &str) -> Answer {
    let output = Command::new(env!("CARGO_BIN_EXE_whitley"))
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("whitley does not start: {error}"));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
    Answer { code: output.status.code().expect("an exit code"), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs `whitley` where no dispute folder is.
pub(crate) fn whitley(arguments: &str) -> Answer {
    let folder = tempfile::tempdir().expect("a temporary folder");
    whitley_in(folder.path(), arguments)
}

/// The JSON of a question that is answered, with nothing on standard error.
pub(crate) fn json(arguments: &str) -> Value {
    let answer = whitley(&format!("{arguments} --json"));
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{arguments}: {}", answer.out);
    serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{arguments}: {error}: {}", answer.out))
}

/// The value at a path such as `offers/0/in_year_percent/by_months`; lists are entered by number or by `key=value`.
pub(crate) fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('/').fold(value, |value, step| {
        let found = match (value, step.split_once('=')) {
            (Value::Array(list), Some((key, wanted))) => list.iter().find(|entry| entry[key] == wanted),
            (Value::Array(list), None) => step.parse::<usize>().ok().and_then(|at| list.get(at)),
            _ => value.get(step),
        };
        found.unwrap_or_else(|| panic!("no {step} (of {path}) in {value:.400}"))
    })
}

/// The number at a path, written with that many decimals.
pub(crate) fn number(value: &Value, path: &str, places: usize) -> String {
    let number = at(value, path).as_f64().unwrap_or_else(|| panic!("{path} is no number"));
    format!("{number:.places$}")
}
