//! A real PostgreSQL server that lives as long as the tests: in a temporary folder, on a free port, as a user without rights.
//!
//! One cluster serves all tests, each in a database of its own; a test that stops the server starts one for itself.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub(crate) struct Cluster {
    folder: PathBuf,
    port: u16,
}

/// The one for all tests.
pub(crate) fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(Cluster::start)
}

/// Where the server's programs are; without them these tests fail, since nothing else shows that PostgreSQL works.
fn programs() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| {
        let on_path = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).find(|folder| folder.join("initdb").exists());
        on_path.expect("no PostgreSQL server is installed, and these tests need a real one: apt-get install -y postgresql")
    })
}

/// PostgreSQL does not run as root.
fn user() -> Option<(String, u32, u32)> {
    let id = |arguments: &[&str]| {
        let output = Command::new("id").args(arguments).output().expect("id");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().parse::<u32>().expect("a number"))
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    ["postgres", "nobody"].into_iter().find_map(|name| Some((name.to_owned(), id(&["-u", name])?, id(&["-g", name])?)))
}

/// Ends with TERM when the thread that started it ends.
fn command(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if let Some((_, uid, gid)) = user() {
        command.args(["--reuid", &uid.to_string(), "--regid", &gid.to_string(), "--clear-groups"]);
    }
    command.args(["--pdeathsig", "TERM", "--"]).arg(program);
    command.current_dir("/");
    command
}

/// Runs the server, and takes it and its folder away when the tests end, however they end.
const KEEPER: &str =
    r#"folder=$1; shift; trap 'kill -INT $server; wait $server; rm -rf "$folder"; exit' TERM; "$@" & server=$!; wait $server"#;

impl Cluster {
    pub(crate) fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // A short name: a socket's path may have 107 bytes.
        let folder = std::env::temp_dir().join(format!("wh-pg-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).expect("permissions");
        if let Some((_, uid, gid)) = user() {
            chown(&folder, Some(uid), Some(gid)).expect("owner");
        }
        let data = folder.join("data");
        let output = command(&programs().join("initdb"))
            .args(["--auth=trust", "--username=whitley", "--encoding=UTF8", "--no-locale", "--no-instructions", "-D"])
            .arg(&data)
            .output()
            .expect("initdb");
        assert!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        let cluster = Self { folder, port };
        cluster.run();
        cluster
    }

    /// Starts the server and waits until it answers.
    pub(crate) fn run(&self) {
        let log = std::fs::File::create(self.folder.join("log")).expect("a log");
        let mut keeper = command(Path::new("sh"));
        keeper.args(["-c", KEEPER, "keeper"]).arg(&self.folder).arg(programs().join("postgres"));
        keeper.arg("-D").arg(self.folder.join("data")).args(["-p", &self.port.to_string(), "-h", "127.0.0.1", "-k"]).arg(&self.folder);
        keeper.args(["-c", "max_connections=200", "-c", "shared_buffers=64MB"]).stdout(Stdio::null()).stderr(log);
        // From a thread that lives as long as the server: the keeper ends with its parent thread.
        std::thread::spawn(move || {
            let _ = keeper.spawn().expect("setpriv, sh, postgres").wait();
        });
        let begun = Instant::now();
        while self.psql("postgres", "SELECT 1").is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "{}", std::fs::read_to_string(self.folder.join("log")).unwrap_or_default());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Kills the server at once, as a power cut would its process.
    pub(crate) fn kill(&self) {
        let pid = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("running");
        let pid = pid.lines().next().expect("a number").to_owned();
        assert!(Command::new("kill").args(["-9", &pid]).status().expect("kill").success());
        // Its helpers notice that it is gone and end; a new one waits for their shared memory to be free.
        std::thread::sleep(Duration::from_millis(1_500));
    }

    /// One answer of a statement, as text.
    pub(crate) fn psql(&self, database: &str, sql: &str) -> Result<String, String> {
        let output = Command::new(programs().join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "whitley", "-d", database, "-p", &self.port.to_string(), "-h"])
            .arg(&self.folder)
            .args(["-c", sql])
            .output()
            .expect("psql");
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// A new, empty database.
    pub(crate) fn database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test{}", COUNT.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name}")).expect("a database");
        name
    }

    /// How the store opens it.
    pub(crate) fn address(&self, database: &str) -> String {
        format!("postgres://whitley@localhost:{}/{database}", self.port)
    }
}
