//! The real program as a child process: started, asked, killed, started again.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::Value;

use crate::{Done, said};

/// Longer than this no start may take, with the check of everything stored.
const START: Duration = Duration::from_secs(60);

/// How the program is started.
#[derive(Clone, Debug)]
pub struct Start {
    /// The program.
    pub whitley: PathBuf,
    /// Its folder: database, keys, letters.
    pub folder: PathBuf,
    /// `--database`.
    pub database: Option<String>,
    /// Invented members.
    pub voters: u32,
    /// Their balloting units.
    pub units: u32,
    /// Everything secret comes from this.
    pub seed: String,
    /// How long voting is open.
    pub minutes: u32,
    /// `--casts-per-second`.
    pub casts_per_second: u32,
    /// A command line that the program is put behind, such as one that limits it.
    pub behind: Vec<String>,
}

impl Start {
    /// As `whitley serve --rehearsal` would, but for limits of one address: all load comes from this machine.
    pub fn new(whitley: PathBuf, folder: &Path) -> Self {
        Self {
            whitley,
            folder: folder.to_owned(),
            database: None,
            voters: 300,
            units: 3,
            seed: "1".to_owned(),
            minutes: 24 * 60,
            casts_per_second: 1_000_000,
            behind: Vec::new(),
        }
    }

    fn command(&self) -> Command {
        let mut words = self.behind.clone();
        words.push(self.whitley.display().to_string());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).args(["--json", "serve", "--rehearsal", "--listen", "127.0.0.1:0", "--seed", &self.seed]);
        command.arg("--data").arg(&self.folder);
        for (name, number) in
            [("--voters", self.voters), ("--units", self.units), ("--minutes", self.minutes), ("--casts-per-second", self.casts_per_second)]
        {
            command.args([name, &number.to_string()]);
        }
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        command
    }
}

/// Before a program, so that a write beyond its limit is an error and no signal.
pub const WITHOUT_SIGNAL: [&str; 4] = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];

/// A running program. It is killed when this is dropped.
pub struct Program {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    log: PathBuf,
}

impl Program {
    /// Starts it and waits until it serves.
    ///
    /// # Errors
    /// It did not start within a minute: what it said.
    pub fn start(start: &Start) -> Done<Self> {
        let mut program = Self::begin(start)?;
        let Some(out) = program.child.stdout.take() else { return Err("the program's output was not kept".to_owned()) };
        let (to, line) = channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(out).lines().map_while(Result::ok);
            // One object over several lines; the last is its closing brace.
            let mut text = String::new();
            for line in lines.by_ref() {
                text.push_str(&line);
                if line == "}" {
                    break;
                }
            }
            let _ = to.send(text);
            // Read on, so that it never waits for a full pipe.
            lines.for_each(drop);
        });
        let first = line.recv_timeout(START).unwrap_or_default();
        let address = serde_json::from_str::<Value>(&first).ok().and_then(|json| json["address"].as_str()?.parse().ok());
        match address {
            Some(address) => {
                program.address = address;
                Ok(program)
            }
            None => {
                let ended = program.child.try_wait().ok().flatten().map_or("it still runs".to_owned(), |status| status.to_string());
                Err(format!("the service did not start ({ended}): {first} {}", program.said()))
            }
        }
    }

    /// Starts it without waiting.
    ///
    /// # Errors
    /// There is no such program.
    pub fn begin(start: &Start) -> Done<Self> {
        let log = start.folder.with_extension("log");
        let errors = OpenOptions::new().create(true).append(true).open(&log).map_err(said("the log"))?;
        let child = start.command().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).spawn().map_err(|error| {
            format!(
                "{} cannot be started: {error}; build it with cargo build -p whitley, or name it with --whitley",
                start.whitley.display()
            )
        })?;
        Ok(Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), log })
    }

    /// Ends it as a power cut would end its process.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// From now on no file of the process may grow beyond the write-ahead log's size and so many bytes: writes fail as on a full disk. Only
    /// for a program started behind [`WITHOUT_SIGNAL`], or the first such write ends it like a kill.
    ///
    /// # Errors
    /// There is no log, or `prlimit` (util-linux) fails.
    pub fn limit_files(&mut self, folder: &Path, bytes: u64) -> Done<()> {
        let log = std::fs::metadata(folder.join("poll.db-wal")).map_err(said("the write-ahead log"))?;
        let limit = format!("--fsize={}", log.len() + bytes);
        let status = Command::new("prlimit").args(["--pid", &self.pid().to_string(), &limit]).status().map_err(said("prlimit"))?;
        if status.success() { Ok(()) } else { Err(format!("prlimit: {status}")) }
    }

    /// Waits until it ends by itself.
    pub fn ended_within(&mut self, most: Duration) -> Option<ExitStatus> {
        let begun = std::time::Instant::now();
        while begun.elapsed() < most {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }

    /// Process number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Processor time used so far, in milliseconds: user and system, all threads.
    pub fn cpu_ms(&self) -> u64 {
        cpu_ms(self.pid()).unwrap_or(0)
    }

    /// What it has written to standard error.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Linux counts processor time in hundredths of a second.
pub fn cpu_ms(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold blanks; it ends with the last parenthesis.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system) = (fields.next()?.parse::<u64>().ok()?, fields.next()?.parse::<u64>().ok()?);
    Some((user + system) * 10)
}

/// The program beside this one, as cargo builds both.
pub fn beside() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    let folder = own.ancestors().find(|folder| folder.join("whitley").is_file());
    folder.map_or_else(|| PathBuf::from("target/debug/whitley"), |folder| folder.join("whitley"))
}
