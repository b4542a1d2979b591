//! Exit codes: 0 done, 2 could not check, 3 bad input. And what is said about a wrong question.

use crate::run::whitley;

#[test]
fn an_answered_question_is_0() {
    for question in ["check nhs-2007", "offer claims nhs-2007", "offer value nhs-2007", "--help", "--version", "offer value --help"] {
        let answer = whitley(question);
        assert_eq!(answer.code, 0, "{question}: {}", answer.err);
    }
}

#[test]
fn a_figure_that_is_false_is_an_answer_all_the_same() {
    // £5 a week is true for some only; the command did what was asked.
    assert_eq!(whitley("offer claims nhs-whitley-1998 --figure five-pounds-a-week").code, 0);
}

#[test]
fn what_the_data_do_not_hold_is_2() {
    // No scale and no steps are known for any offer of 2004.
    let answer = whitley("offer value civil-service-2004 --salary 20000");
    assert_eq!(answer.code, 2, "{}{}", answer.out, answer.err);
    assert!(answer.err.contains("not in the data"), "{}", answer.err);
}

#[test]
fn bad_input_is_3_and_says_what_would_be_right() {
    for (question, part) in [
        ("check nhs-2006", "did you mean nhs-2007?"),
        ("offer value nowhere-at-all", "nhs-2014"),
        ("offer value nhs-2007 --offer england-stage", "england-staged"),
        ("offer value nhs-2007 --nation Ruritania", "Scotland"),
        ("offer value nhs-2007 --scale afc", "afc-bands"),
        ("offer value nhs-2007 --salary 17.030,50", "17030"),
        ("offer value nhs-2007 --salary 0", "17030"),
        ("offer value nhs-2007 --index RPIX", "RPI, CPI, CPIH"),
        ("offer value nhs-2007 --from 2007-13 --to 2008-04", "2007-04"),
        ("offer value nhs-2014 --point 15 --increment-date 2014-02-30", "February 2014 has no day 30"),
        ("offer compare nhs-2007 --offers england-staged", "at least two"),
        ("offer compare nhs-2007 --offers england-staged,ruritania", "scotland-full"),
        ("offer claims nhs-2007 --figure nobody-said-this", "the figures are"),
        ("offer velue nhs-2007", "value"),
        ("new Our_Trust", "small letters"),
    ] {
        let answer = whitley(question);
        assert_eq!(answer.code, 3, "{question}: {}{}", answer.out, answer.err);
        assert!(answer.err.contains(part), "{question}: {}", answer.err);
        assert_eq!(answer.out, "", "{question}");
    }
}

/// A wrong address or key is the operator's input, and another start of the same helps nothing; a server that is away is a failure.
#[cfg(feature = "serve")]
#[test]
fn a_service_that_does_not_start_says_whose_fault_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let serve = |more: &str| whitley(&format!("serve --listen 127.0.0.1:0 --data {} {more}", data.display()));
    for (more, code, part) in [
        ("--database mysql://x", 3, "postgres://"),
        ("--database sqlite:/no/such/folder/poll.db", 3, "is the folder there"),
        ("--database postgres://whitley@localhost:1/x", 4, "does not answer"),
    ] {
        let answer = serve(more);
        assert_eq!(answer.code, code, "{more}: {}", answer.err);
        assert!(answer.err.contains(part), "{more}: {}", answer.err);
        assert!(!data.join("people.key").exists(), "{more}: a key for nothing");
    }
    // Nobody could sign in, so it ends; its database has its key by now.
    assert_eq!(serve("").code, 3);
    let key = std::fs::read(data.join("people.key")).expect("a key");
    std::fs::remove_file(data.join("people.key")).expect("removed");
    let missing = serve("");
    assert_eq!(missing.code, 3, "{}", missing.err);
    assert!(missing.err.contains("is missing") && !data.join("people.key").exists(), "{}", missing.err);
    std::fs::write(data.join("people.key"), "0".repeat(64)).expect("written");
    assert_eq!(serve("").code, 3, "another key");

    // A copy needs no key and changes nothing; the place of the copy must be free.
    std::fs::remove_file(data.join("people.key")).expect("removed");
    let copy = folder.path().join("copy.db");
    let backup = serve(&format!("--backup {}", copy.display()));
    assert_eq!(backup.code, 0, "{}", backup.err);
    assert!(backup.out.contains("is a copy of sqlite:") && !data.join("people.key").exists(), "{}", backup.out);
    assert_eq!(serve(&format!("--backup {}", copy.display())).code, 3, "it is there already");
    assert_eq!(serve(&format!("--backup {0}.2 --database postgres://x/y", copy.display())).code, 3);
    std::fs::write(data.join("people.key"), &key).expect("written");
    let restored = serve(&format!("--database sqlite:{}", copy.display()));
    assert!(restored.err.contains("no poll"), "it opens with its key: {}", restored.err);
}

/// What asks a service to end may come the moment after it said how: it ends well, and is not killed.
#[cfg(all(feature = "serve", unix))]
#[test]
fn a_service_that_says_how_it_is_ended_ends_so_at_once() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};
    for signal in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut service = Command::new(env!("CARGO_BIN_EXE_whitley"))
            .args(["serve", "--listen", "127.0.0.1:0", "--disputes"])
            .arg(folder.path())
            .arg("--data")
            .arg(folder.path().join("data"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(service.stdout.take().expect("its output")).lines();
        let said = lines.map_while(Result::ok).find(|line| line.starts_with("Ctrl-C ends it"));
        assert!(Command::new("kill").arg(signal).arg(service.id().to_string()).status().expect("kill").success());
        let ended = service.wait().expect("it ends");
        assert!(said.is_some() && ended.code() == Some(0), "{signal}: {ended}");
    }
}
