//! The guide's commands, run as they stand there: blocks headed `sh run` of `docs/guide` and README.md, in the order of their page, in a folder that
//! looks like a checkout. A line that ends in `# exit N` must end so, every other in 0. Blocks headed `sh serve` must come up and end on SIGTERM.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout")
}

/// The blocks of a page under a heading such as `sh run`.
fn blocks(page: &str, heading: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line.strip_prefix("```").is_some_and(|name| name.trim() == heading) {
            found.push(lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect());
        } else if line.starts_with("```") {
            // The rest of another block, which may show such a heading.
            lines.by_ref().find(|line| *line == "```");
        }
    }
    found
}

/// The page's commands as one script, so that a variable of one block is there in the next; with what is said about exit codes demanded.
fn script(blocks: &[String]) -> String {
    let mut script = String::from("set -ex\n");
    for line in blocks.iter().flat_map(|block| block.lines()) {
        let said = line.split_once("# exit ").and_then(|(command, rest)| Some((command, rest.chars().next()?.to_digit(10)?)));
        let _ = match said.filter(|(_, code)| *code != 0) {
            Some((command, code)) => writeln!(
                script,
                "if {command}\nthen echo 'it ended in 0, not in {code}' >&2; exit 90\n\
                 else code=$?; [ $code -eq {code} ] || {{ echo \"it ended in $code, not in {code}\" >&2; exit 91; }}; fi"
            ),
            None => writeln!(script, "{line}"),
        };
    }
    script
}

/// A folder with the checkout's folders in it, and the built programs in its path; what commands write stays there.
fn checkout() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["crates", "data", "disputes", "docs", "vectors"] {
        std::os::unix::fs::symlink(root().join(name), folder.path().join(name)).expect("a link");
    }
    let programs = folder.path().join(".programs");
    std::fs::create_dir(&programs).expect("a folder");
    let whitley = Path::new(env!("CARGO_BIN_EXE_whitley"));
    std::os::unix::fs::symlink(whitley, programs.join("whitley")).expect("a link");
    std::os::unix::fs::symlink(verifier(whitley), programs.join("whitley-verify")).expect("a link");
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    (folder, path)
}

/// The second program lies beside the first, and is built if only this test was asked for.
fn verifier(whitley: &Path) -> PathBuf {
    let program = whitley.with_file_name("whitley-verify");
    if !program.exists() {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built =
            Command::new(cargo).args(["build", "--quiet", "--package", "verify", "--bin", "whitley-verify"]).current_dir(root()).status();
        assert!(built.is_ok_and(|status| status.success()) && program.exists(), "whitley-verify is not there and cannot be built");
    }
    program
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Runs all of a page; it must have something to run.
fn page_runs(name: &str) {
    let page = read(name);
    let run = blocks(&page, "sh run");
    assert!(!run.is_empty(), "{name} has no block headed “sh run”");
    let (folder, path) = checkout();
    let output = Command::new("sh")
        .arg("-c")
        .arg(script(&run))
        .current_dir(folder.path())
        .env("PATH", &path)
        .env("WHITLEY", env!("CARGO_BIN_EXE_whitley"))
        .output()
        .expect("sh runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.lines().rev().take(15).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    assert!(output.status.success(), "{name}: the last of these failed ({}):\n{}", output.status, last.join("\n"));
    for command in blocks(&page, "sh serve") {
        serves(name, command.trim(), folder.path(), &path);
    }
}

/// The command says where it listens, and ends well when it is asked to.
fn serves(name: &str, command: &str, folder: &Path, path: &str) {
    let mut child = Command::new("sh")
        .arg("-c")
        // A free port: another program may have the usual one.
        .arg(format!("exec {command} --listen 127.0.0.1:0"))
        .current_dir(folder)
        .env("PATH", path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sh runs");
    let out = child.stdout.take().expect("standard output");
    let said: Vec<String> = BufReader::new(out).lines().map_while(Result::ok).take_while(|line| !line.starts_with("Ctrl-C")).collect();
    let ended = end(&mut child);
    let mut errors = String::new();
    let _ = child.stderr.take().expect("standard error").read_to_string(&mut errors);
    assert!(said.iter().any(|line| line.starts_with("listening on 127.0.0.1:")), "{name}: {command}: {said:?} {errors}");
    assert!(ended, "{name}: {command} did not end well: {errors}");
}

fn end(child: &mut Child) -> bool {
    // What it says comes a moment before it listens for signals.
    std::thread::sleep(std::time::Duration::from_secs(1));
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().is_ok_and(|status| status.success());
    asked && child.wait().is_ok_and(|status| status.success())
}

#[test]
fn the_first_page_runs() {
    page_runs("docs/guide/README.md");
}

#[test]
fn the_negotiators_page_runs() {
    page_runs("docs/guide/negotiator.md");
}

#[test]
fn the_analysts_page_runs() {
    page_runs("docs/guide/analyst.md");
}

#[test]
fn the_members_page_runs() {
    page_runs("docs/guide/member.md");
}

#[test]
fn the_journalists_page_runs() {
    page_runs("docs/guide/journalist.md");
}

#[test]
fn the_officers_page_runs() {
    page_runs("docs/guide/officer.md");
}

#[test]
fn the_scrutineers_page_runs() {
    page_runs("docs/guide/scrutineer.md");
}

#[test]
fn the_authoritys_page_runs() {
    page_runs("docs/guide/authority.md");
}

#[test]
fn the_trustees_page_runs() {
    page_runs("docs/guide/trustee.md");
}

#[test]
fn the_drills_of_whoever_runs_the_machine_run() {
    page_runs("docs/operations.md");
}

/// README.md has such blocks where it likes to.
#[test]
fn what_the_readme_marks_runs() {
    if !blocks(&read("README.md"), "sh run").is_empty() {
        page_runs("README.md");
    }
}

#[test]
fn every_page_of_the_guide_is_run_and_linked() {
    let tested = read("crates/cli/tests/guide.rs");
    let first = read("docs/guide/README.md");
    for entry in std::fs::read_dir(root().join("docs/guide")).expect("docs/guide") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        if name.ends_with(".md") {
            // A page for a phone may show no command at all.
            let shows_none = !read(&format!("docs/guide/{name}")).contains("```");
            assert!(
                shows_none || tested.contains(&format!("page_runs(\"docs/guide/{name}\")")),
                "{name} is not run: give it a test in crates/cli/tests/guide.rs"
            );
            assert!(name == "README.md" || first.contains(&format!("({name})")), "docs/guide/README.md does not lead to {name}");
        }
    }
}

/// Links between files of the documentation lead to files that are there, and to headings that are there.
#[test]
fn every_link_of_the_guide_leads_somewhere() {
    let mut pages = vec!["docs/operations.md".to_owned()];
    for entry in std::fs::read_dir(root().join("docs/guide")).expect("docs/guide") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        if name.ends_with(".md") {
            pages.push(format!("docs/guide/{name}"));
        }
    }
    for page in pages {
        let folder = Path::new(&page).parent().expect("a folder");
        for target in read(&page).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            if file.starts_with("http") {
                continue;
            }
            let path = if file.is_empty() { root().join(&page) } else { root().join(folder).join(file) };
            assert!(path.exists(), "{page}: {target} leads nowhere");
            if !heading.is_empty() {
                let text = std::fs::read_to_string(&path).expect("a page");
                let headings = text.lines().filter(|line| line.starts_with('#')).map(anchor);
                assert!(headings.into_iter().any(|anchor| anchor == heading), "{page}: {target}: there is no such heading");
            }
        }
    }
}

/// The name that a heading has in links.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars()
        .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter))
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}
