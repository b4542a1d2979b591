//! `whitley demo` as a newcomer meets it: started, looked at, ended, and nothing left behind.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A running demo; killed when it is dropped, if it was not ended.
struct Demo {
    child: Child,
    said: Value,
}

impl Demo {
    /// Starts it with this folder for what is temporary.
    fn start(temporary: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_whitley"))
            .args(["--json", "demo"])
            .args(arguments)
            .env("TMPDIR", temporary)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut text = String::new();
        for line in BufReader::new(child.stdout.take().expect("its output")).lines() {
            let line = line.expect("a line");
            text.push_str(&line);
            if line == "}" {
                break;
            }
        }
        let said = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        Self { child, said }
    }

    /// What the service answers.
    fn get(&self, path: &str) -> String {
        let address = self.said["address"].as_str().expect("an address");
        let mut stream = TcpStream::connect(address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Ctrl-C; gives the exit code.
    fn end(mut self) -> i32 {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        self.child.wait().expect("it ends").code().expect("an exit code")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn entries(folder: &Path) -> Vec<String> {
    let list = std::fs::read_dir(folder).expect("a folder");
    list.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

/// The part of an address behind the host.
fn path_of(link: &Value, origin: &Value) -> String {
    let (link, origin) = (link.as_str().expect("a link"), origin.as_str().expect("an origin"));
    link.strip_prefix(origin).expect("a link of this service").split('#').next().unwrap_or_default().to_owned()
}

#[cfg(unix)]
#[test]
fn a_demo_shows_a_ballot_and_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(temporary.path(), &[]);
    let data = Path::new(demo.said["data"].as_str().expect("a folder")).to_owned();
    assert!(data.starts_with(temporary.path()) && data.is_dir());
    assert_eq!(entries(&data.join("disputes")).len(), 5);

    let front = demo.get("/");
    assert!(front.starts_with("HTTP/1.1 200"), "{front:.300}");
    for words in ["REHEARSAL", "Unison consultation on the improved offer", "Accept the improved offer?", "An invented ballot"] {
        assert!(front.contains(words), "{words}: {front}");
    }
    let booth = demo.get(&path_of(&demo.said["votes"][0], &demo.said["origin"]));
    assert!(booth.starts_with("HTTP/1.1 200"), "{booth:.300}");
    let roles: Vec<&str> = demo.said["sign_in"].as_array().expect("a list").iter().filter_map(|one| one["role"].as_str()).collect();
    let all = ["officer", "scrutineer", "authority", "trustee 1", "trustee 2", "trustee 3", "operator", "negotiator", "representative"];
    assert_eq!(roles, all);
    let disputes = demo.get("/public");
    assert!(disputes.starts_with("HTTP/1.1 200") && disputes.contains("/public/nhs-2007/1"), "{disputes:.2000}");
    // The link shows a page with a button, since only a POST signs in.
    let sign_in = demo.get(&path_of(&demo.said["sign_in"][0]["link"], &demo.said["origin"]));
    assert!(sign_in.starts_with("HTTP/1.1 200"), "{sign_in:.300}");

    assert_eq!(demo.end(), 0);
    assert_eq!(entries(temporary.path()), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_demo_keeps_its_folder_if_asked_and_goes_on_there() {
    let temporary = tempfile::tempdir().expect("a folder");
    let kept = temporary.path().join("kept");
    let kept_name = kept.to_str().expect("a path");
    let demo = Demo::start(temporary.path(), &["--data", kept_name, "--listen", "127.0.0.1:0"]);
    let votes = demo.said["votes"].clone();
    assert_eq!(demo.end(), 0);
    assert!(kept.join("letters").is_dir());
    let offer = kept.join("disputes/nhs-2007/offers/england-staged.toml");
    std::fs::write(&offer, "changed").expect("written");

    let demo = Demo::start(temporary.path(), &["--data", kept_name, "--listen", "127.0.0.1:0"]);
    let path = |votes: &Value| votes[0].as_str().and_then(|link| link.split("/v/").nth(1).map(str::to_owned));
    assert_eq!(path(&demo.said["votes"]), path(&votes), "the same letters");
    assert_eq!(std::fs::read_to_string(&offer).expect("it is there"), "changed", "what was changed stays");
    assert_eq!(demo.end(), 0);
}

#[test]
fn a_demo_says_why_it_does_not_start() {
    let temporary = tempfile::tempdir().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    std::fs::write(temporary.path().join("mine.txt"), "mine").expect("written");
    for (arguments, words) in [
        (vec!["--listen", address.as_str()], "cannot be listened on"),
        (vec!["--data", temporary.path().to_str().expect("a path")], "is no demo's"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_whitley")).arg("demo").args(arguments).env("TMPDIR", temporary.path()).output();
        let output = output.expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(3) && said.contains(words), "{said}");
        assert_eq!(entries(temporary.path()), ["mine.txt"]);
    }
}
