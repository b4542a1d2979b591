//! `whitley demo`: everything to be tried in a browser, in one command: the five founding disputes, and an open ballot of invented
//! members with every role. It leaves nothing behind unless it is told where to keep it.

use std::future::Future;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::process::{Command, Stdio};

use clap::Args;
use dated::FileBytes;
use dispute::{Dispute, FoundingDisputes};
use poll::Replace;
use poll::files::{self, Readers};
use serde_json::json;
use web::clock::{Clock as _, SystemClock};
use web::rehearsal::{Asked, Subject};
use web::{ServeError, Server};
use workspace::shelf::{By, Shelf, ShelfError};

use crate::answer::{self, Outcome};
use crate::disk;
use crate::serve::{Failure, Serve, Ways, means};

/// Arguments of `whitley demo`.
#[derive(Args)]
pub(crate) struct Demo {
    /// Address to listen on (default: 127.0.0.1 and the first free port from 8000)
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Open no browser
    #[arg(long)]
    no_open: bool,
    /// Keep everything in this folder, and go on there the next time (default: a temporary folder, removed at the end)
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// The dispute that is voted on, and its poll.
const SUBJECT: (&str, &str) = ("nhs-2007", "unison-2007");

/// On which terms the founding disputes are published.
const LICENCE: &str = "MIT or Apache-2.0, as the program they come with";

/// Ports that are tried.
const PORTS: std::ops::Range<u16> = 8000..8020;

/// The file that says that a folder is a demo's.
const LABEL: &str = "SYNTHETIC.txt";

/// What somebody waits on who has open pages when it ends.
const GOODBYE_SECONDS: u64 = 2;

impl Demo {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        match self.demo(as_json) {
            Ok(()) => Outcome::Yes,
            Err(failure) => failure.outcome(),
        }
    }

    fn demo(&self, as_json: bool) -> Result<(), Failure> {
        let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::Ours(error.to_string()))?;
        let (folder, served) = runtime.block_on(async {
            // Listened to from here on, so that the folder is removed whenever somebody has had enough.
            let mut asked_to_end = pin!(asked_to_end());
            tokio::select! { biased; () = &mut asked_to_end => {}, () = std::future::ready(()) => {} }
            let folder = Folder::take(self.data.as_deref())?;
            let served = self.serve(&folder, asked_to_end, as_json).await;
            Ok::<_, Failure>((folder, served))
        })?;
        drop(runtime);
        let removed = folder.remove();
        served.and(removed)
    }

    /// Serves until somebody asks it to end.
    async fn serve(&self, folder: &Folder, mut asked_to_end: impl Future<Output = ()> + Unpin, as_json: bool) -> Result<(), Failure> {
        let subject = subject()?;
        let disputes = folder.path.join("disputes");
        write_disputes(&disputes)?;
        publish(&disputes)?;
        let (server, ways) = tokio::select! {
            started = self.start(&folder.path, subject) => started?,
            () = &mut asked_to_end => return Ok(()),
        };
        self.say(&server, &ways, folder, &disputes, as_json);
        if !as_json && !self.no_open && std::io::stdout().is_terminal() {
            open_browser(server.service.origin.as_str());
        }
        asked_to_end.await;
        server.stop().await;
        Ok(())
    }

    /// Starts the service on the first address that is free, and puts the ballot on it.
    async fn start(&self, data: &Path, subject: Subject) -> Result<(Server, Ways), Failure> {
        let addresses: Vec<SocketAddr> = match self.listen {
            Some(address) => vec![address],
            None => PORTS.chain([0]).map(|port| SocketAddr::from(([127, 0, 0, 1], port))).collect(),
        };
        let last = addresses.len() - 1;
        for (at, address) in addresses.into_iter().enumerate() {
            let serve = Serve::demo(data.to_owned(), address);
            let mut config = serve.config(&serve.folder()?)?;
            config.limits.goodbye_seconds = GOODBYE_SECONDS;
            match web::start(config, means()).await {
                Ok(server) => {
                    let ways = serve.put_rehearsal(&server, data, subject).await?;
                    return Ok((server, ways));
                }
                Err(ServeError::Listen(_, error)) if at < last && error.kind() == std::io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(serve.failure(error, data)),
            }
        }
        Err(Failure::Ours("no port is free".to_owned()))
    }

    /// The first screen: what to click.
    fn say(&self, server: &Server, ways: &Ways, folder: &Folder, disputes: &Path, as_json: bool) {
        let origin = server.service.origin.as_str();
        if as_json {
            answer::print_json(&json!({
                "synthetic": true, "address": server.address.to_string(), "origin": origin, "data": folder.path.display().to_string(),
                "kept": folder.is_kept, "disputes": FoundingDisputes::ids(), "disputes_folder": disputes.display().to_string(),
                "votes": ways.votes, "sign_in": ways.sign_in.iter().map(|(role, link)| json!({ "role": role, "link": link })).collect::<Vec<_>>(),
            }));
            return;
        }
        let mut text = format!(
            "Whitley demo. The ballot is open; members, votes and roles in it are INVENTED.\n\n  Start here        {origin}\n\n  Vote as a member  (each link is one member's letter)\n"
        );
        // One of each place is enough on a first screen.
        for link in ways.votes.iter().step_by(2) {
            text.push_str(&format!("                    {link}\n"));
        }
        text.push_str("\n  Sign in as staff  (each link works once)\n");
        for (role, link) in &ways.sign_in {
            text.push_str(&format!("    {role:<15} {link}\n"));
        }
        text.push_str(&format!(
            "\n  Five disputes     {origin}/public for everybody; the negotiator works on them at {origin}/d\n                    their files: {0}\n                    in another terminal: whitley offer value {0}/{1}\n\n",
            disputes.display(),
            SUBJECT.0
        ));
        text.push_str(&match folder.is_kept {
            true => format!("Ctrl-C ends it. Everything stays in {}.\n", folder.path.display()),
            false => format!("Ctrl-C ends it and removes {}.\n", folder.path.display()),
        });
        answer::print(&text);
    }
}

/// What is voted on: the question of a founding dispute's poll.
fn subject() -> Result<Subject, Failure> {
    let broken = |what: &str| Failure::Ours(format!("the dispute {} that this program carries {what}; this is a fault of ours", SUBJECT.0));
    let library = disk::library().map_err(|_| broken("cannot be read"))?;
    let folder = FoundingDisputes::folder(SUBJECT.0).ok_or_else(|| broken("is not there"))?;
    let (dispute, _) = Dispute::read(&folder, &library);
    let dispute = dispute.ok_or_else(|| broken("cannot be read"))?;
    let poll = dispute.polls.iter().find(|poll| poll.id == SUBJECT.1).ok_or_else(|| broken("has no such poll"))?;
    let asked = |question: &dispute::Question| {
        let text = question.text.clone().ok_or_else(|| broken("asks nothing"))?;
        Ok(Asked { text, welsh: None, blank: false })
    };
    Ok(Subject {
        title: poll.title.clone(),
        description: format!(
            "An invented ballot on a question of {}. Nobody here is a member of anything, and nothing here says how members voted.",
            dispute.title
        ),
        questions: poll.questions.iter().map(asked).collect::<Result<_, Failure>>()?,
        kind: "consultative",
        recommendation: "The invented committee of this demo recommends nothing.".to_owned(),
    })
}

/// The founding disputes as folders that can be read and changed. What somebody changed stays.
fn write_disputes(to: &Path) -> Result<(), Failure> {
    for id in FoundingDisputes::ids() {
        let Some(folder) = FoundingDisputes::folder(&id) else { continue };
        for (name, bytes) in folder.files {
            let path = to.join(&id).join(name);
            if let (FileBytes::Read(bytes), false) = (bytes, path.exists()) {
                let parent = path.parent().unwrap_or(to);
                let written = std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, bytes));
                written.map_err(|error| Failure::Ours(format!("{} cannot be written: {error}", path.display())))?;
            }
        }
    }
    Ok(())
}

/// Publishes each dispute as it came, so that its public page can be looked at. One that is published already stays as it is.
fn publish(disputes: &Path) -> Result<(), Failure> {
    let ours = |error: ShelfError| Failure::Ours(error.to_string());
    let shelf = Shelf::open(disputes).map_err(ours)?;
    let at = SystemClock.now().utc();
    let by = By { who: "demo", at: &at, note: "As it comes with the program." };
    for id in FoundingDisputes::ids() {
        if shelf.history(&id).map_err(ours)?.publications().next().is_none() {
            let seen = shelf.read(&id).map_err(ours)?.version;
            shelf.publish(&id, &seen, LICENCE, by).map_err(ours)?;
        }
    }
    Ok(())
}

/// Where everything is.
struct Folder {
    path: PathBuf,
    is_kept: bool,
}

impl Folder {
    fn take(kept: Option<&Path>) -> Result<Self, Failure> {
        let folder = match kept {
            Some(path) => {
                let is_empty = std::fs::read_dir(path).map_or(true, |mut entries| entries.next().is_none());
                if path.exists() && !path.join(LABEL).is_file() && !(path.is_dir() && is_empty) {
                    return Err(Failure::Input(format!("{} is already there and is no demo's; nothing was written", path.display())));
                }
                std::fs::create_dir_all(path).map_err(|error| Failure::Input(format!("{} cannot be made: {error}", path.display())))?;
                Self { path: path.to_owned(), is_kept: true }
            }
            None => {
                let path = std::env::temp_dir().join(format!("whitley-demo-{}", std::process::id()));
                // Made anew: what is there already is somebody else's.
                std::fs::create_dir(&path).map_err(|error| Failure::Ours(format!("{} cannot be made: {error}", path.display())))?;
                Self { path, is_kept: false }
            }
        };
        let label = b"A demo. Everybody and everything of the ballot in this folder is invented.\n";
        files::write(&folder.path.join(LABEL), label, Readers::Everybody, Replace::Yes).map_err(|refusal| Failure::Ours(refusal.why))?;
        Ok(folder)
    }

    fn remove(self) -> Result<(), Failure> {
        if self.is_kept {
            return Ok(());
        }
        std::fs::remove_dir_all(&self.path).map_err(|error| Failure::Ours(format!("{} cannot be removed: {error}", self.path.display())))
    }
}

impl Drop for Folder {
    /// Also where something failed; if the folder cannot be removed then, that failure is what is said.
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Waits for Ctrl-C or a polite end.
fn asked_to_end() -> Pin<Box<dyn Future<Output = ()>>> {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        return Box::pin(async move {
            tokio::select! { () = interrupt => {}, _ = terminate.recv() => {} }
        });
    }
    Box::pin(interrupt)
}

/// Opens the address where there is a desktop; never a failure.
fn open_browser(address: &str) {
    let has_desktop = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let words: &[&str] = match std::env::consts::OS {
        "macos" => &["open"],
        "windows" => &["cmd", "/C", "start", ""],
        _ if has_desktop => &["xdg-open"],
        _ => return,
    };
    let command =
        Command::new(words[0]).args(&words[1..]).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if let Ok(mut child) = command {
        // Somebody must take note of its end.
        std::thread::spawn(move || child.wait());
    }
}
