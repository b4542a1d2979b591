//! `whitley serve`: the service of a poll, or a rehearsal of it with invented members.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;
use poll::Replace;
use poll::files::{self, Readers};
use serde_json::json;
use store::StoreError;
use vote::companion::{PublicRoleKey, Revote};
use web::clock::{Clock as _, SystemClock};
use web::rehearsal::{Rehearsal, Rehearsed, Subject};
use web::{AskedToEnd, Config, Limits, Means, Origin, Role, ServeError, Server};

use crate::answer::{self, Outcome};

/// Arguments of `whitley serve`.
#[derive(Args)]
pub(crate) struct Serve {
    /// Folder of the people's key and, unless --database says otherwise, of the database (default: whitley-data; with --rehearsal a new
    /// temporary folder)
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// sqlite:PATH or postgres://USER@HOST/NAME (default: sqlite in the folder)
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address members see, such as https://vote.example.org (default: the one listened on, if it is this machine's own)
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<String>,
    /// The officer's public key, at the first start: its holder sets the poll up
    #[arg(long, value_name = "KEY")]
    officer: Option<String>,
    /// The public key of whoever runs the machine
    #[arg(long, value_name = "KEY")]
    operator: Option<String>,
    /// The folder of dispute folders: the disputes in the browser, to work on and to publish
    #[arg(long, value_name = "DIR")]
    disputes: Option<PathBuf>,
    /// The public key of whoever may change disputes
    #[arg(long, value_name = "KEY", requires = "disputes")]
    negotiator: Option<String>,
    /// A load balancer in front, whose X-Forwarded-For is believed; may be given several times
    #[arg(long, value_name = "IP")]
    proxy: Vec<IpAddr>,
    /// Ballots a second from one address, in the long run (six times as many at once)
    #[arg(long, value_name = "N", default_value_t = 50)]
    casts_per_second: u32,
    /// A line to standard error for each request, without addresses
    #[arg(long)]
    access_log: bool,
    /// An open ballot of invented members; every page says so
    #[arg(long)]
    rehearsal: bool,
    /// Invented members
    #[arg(long, value_name = "N", default_value_t = 300, requires = "rehearsal", value_parser = clap::value_parser!(u32).range(1..=2_000_000))]
    voters: u32,
    /// Their balloting units
    #[arg(long, value_name = "N", default_value_t = 6, requires = "rehearsal", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    units: u32,
    /// Everything secret of the rehearsal comes from this
    #[arg(long, default_value = "1", requires = "rehearsal")]
    seed: String,
    /// How long the rehearsal's ballot is open
    #[arg(long, value_name = "N", default_value_t = 7 * 24 * 60, requires = "rehearsal")]
    minutes: u32,
    /// Serves nothing: writes a copy of the database as of now to a new file, whether it is being served or not
    #[arg(long, value_name = "FILE", conflicts_with = "rehearsal")]
    backup: Option<PathBuf>,
    /// In the rehearsal a second ballot takes the place of the first
    #[arg(long, requires = "rehearsal")]
    vote_again: bool,
}

impl Serve {
    pub(crate) fn run(self, as_json: bool) -> Outcome {
        match self.serve(as_json) {
            Ok(()) => Outcome::Yes,
            Err(failure) => failure.outcome(),
        }
    }

    /// What `whitley demo` serves: a rehearsal in this folder, for a while, where a second ballot takes the place of the first.
    pub(crate) fn demo(data: PathBuf, listen: SocketAddr) -> Self {
        Self {
            disputes: Some(data.join("disputes")),
            negotiator: None,
            data: Some(data),
            database: None,
            listen,
            origin: None,
            officer: None,
            operator: None,
            proxy: Vec::new(),
            casts_per_second: 50,
            access_log: false,
            rehearsal: true,
            voters: 300,
            units: 6,
            seed: "1".to_owned(),
            minutes: 7 * 24 * 60,
            backup: None,
            vote_again: true,
        }
    }

    fn serve(&self, as_json: bool) -> Result<(), Failure> {
        if self.rehearsal && self.voters < self.units {
            return Err(Failure::Input("there are fewer invented members than units".to_owned()));
        }
        if let Some(target) = &self.backup {
            return self.back_up(target, as_json);
        }
        let data = self.folder()?;
        let config = self.config(&data)?;
        let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::Ours(error.to_string()))?;
        runtime.block_on(async {
            let server = web::start(config, means()).await.map_err(|error| self.failure(error, &data))?;
            // Before anything says that Ctrl-C ends it.
            let asked_to_end = AskedToEnd::listen().map_err(|error| Failure::Ours(error.to_string()))?;
            let mut text = if self.rehearsal { self.rehearse(&server, &data).await? } else { String::new() };
            let (about, link) = self.about_disputes(&server).await?;
            text.push_str(&about);
            let origin = server.service.origin.as_str();
            if as_json {
                answer::print_json(&json!({ "address": server.address.to_string(), "origin": origin, "data": data.display().to_string(), "rehearsal": self.rehearsal, "disputes": self.disputes.as_ref().map(|folder| folder.display().to_string()), "negotiator_link": link }));
            } else {
                answer::print(&format!("Whitley serves {origin}\nlistening on {}, data in {}\n{text}Ctrl-C ends it; nothing that was acknowledged is lost.\n", server.address, data.display()));
            }
            server.run(asked_to_end).await.map_err(|error| Failure::Ours(error.to_string()))
        })
    }

    /// Copies the database of `--data` or `--database`, which may be in use.
    fn back_up(&self, target: &Path, as_json: bool) -> Result<(), Failure> {
        let data = self.data.clone().unwrap_or_else(|| PathBuf::from("whitley-data"));
        let address = self.database_of(&data);
        let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::Ours(error.to_string()))?;
        runtime.block_on(store::backup(&address, target)).map_err(|error| match error {
            StoreError::Refused(_) | StoreError::Address(_) | StoreError::Foreign(_) => Failure::Input(error.to_string()),
            error => Failure::Ours(error.to_string()),
        })?;
        if as_json {
            answer::print_json(&json!({ "backup": target.display().to_string(), "of": address }));
        } else {
            answer::print(&format!(
                "{} is a copy of {address} as of now. Names in it are encrypted: {} is not in it, and is kept elsewhere.\n",
                target.display(),
                data.join("people.key").display()
            ));
        }
        Ok(())
    }

    fn database_of(&self, data: &Path) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite:{}", data.join("poll.db").display()))
    }

    /// Where the disputes are, and how to sign in to them; with the link of one's own machine, if there is one.
    async fn about_disputes(&self, server: &Server) -> Result<(String, Option<String>), Failure> {
        let Some(folder) = &self.disputes else { return Ok((String::new(), None)) };
        let mut own_link = None;
        let origin = server.service.origin.as_str();
        let mut text = format!("\nDisputes of {}:\n  {origin}/d to work on, {origin}/public for everybody\n", folder.display());
        if self.negotiator.is_some() {
            text.push_str("  The negotiator signs in at /sign-in with the key of whitley vote key negotiator.\n");
        } else if !self.rehearsal && !server.service.origin.is_secure() {
            let link = web::one_time_link(&server.service, Role::Negotiator).await.map_err(|error| Failure::Ours(error.what))?;
            let _ = writeln!(text, "  Sign in once as the negotiator, on this machine: {link}");
            own_link = Some(link);
        } else if !self.rehearsal {
            text.push_str("  Nobody can change them: whitley vote key negotiator --out negotiator.key makes a key; give its public part to --negotiator.\n");
        }
        text.push('\n');
        Ok((text, own_link))
    }

    pub(crate) fn folder(&self) -> Result<PathBuf, Failure> {
        let data = match &self.data {
            Some(data) => data.clone(),
            None if self.rehearsal => std::env::temp_dir().join(format!("whitley-rehearsal-{}", std::process::id())),
            None => PathBuf::from("whitley-data"),
        };
        std::fs::create_dir_all(&data).map_err(|error| Failure::Input(format!("{} cannot be made: {error}", data.display())))?;
        private(&data);
        Ok(data)
    }

    pub(crate) fn config(&self, data: &Path) -> Result<Config, Failure> {
        let key = |name: &str, text: &Option<String>| {
            let parse = |text: &String| {
                PublicRoleKey::parse(text).ok_or_else(|| Failure::Input(format!("{name} is not a public key printed by whitley vote key")))
            };
            text.as_ref().map(parse).transpose()
        };
        let people_key = data.join("people.key");
        let database = self.database_of(data);
        let limits = Limits {
            casts_per_second: self.casts_per_second.max(1),
            casts_at_once: self.casts_per_second.max(1).saturating_mul(6),
            ..Limits::default()
        };
        Ok(Config {
            listen: self.listen,
            origin: self.origin.as_deref().map(Origin::parse).transpose().map_err(Failure::Input)?,
            database,
            people_key,
            rehearsal: self.rehearsal,
            officer: key("--officer", &self.officer)?,
            operator: key("--operator", &self.operator)?,
            disputes: self.disputes.clone(),
            negotiator: key("--negotiator", &self.negotiator)?,
            proxies: self.proxy.clone(),
            limits,
            access_log: self.access_log,
        })
    }

    pub(crate) fn failure(&self, error: ServeError, data: &Path) -> Failure {
        match error {
            ServeError::NothingToServe => Failure::Input(format!(
                "There is no poll in {0} yet, and nobody who could set one up.\n\n\
                 1. The officer makes a key on their own machine:\n     whitley vote key officer --out officer.key\n\
                 2. Start the service with the public part:\n     whitley serve --data {0} --officer PUBLIC-KEY --origin https://YOUR-ADDRESS\n\
                 3. The officer signs in at /sign-in and goes on from there.\n\n\
                 To look at it first, with invented members:\n     whitley serve --rehearsal",
                data.display()
            )),
            // Another start of the same changes nothing about these: the address, or the file at it, or the key, is the wrong one.
            ServeError::Config(_)
            | ServeError::Listen(..)
            | ServeError::Store(
                StoreError::Address(_)
                | StoreError::Unsafe(_)
                | StoreError::Foreign(_)
                | StoreError::Newer { .. }
                | StoreError::WrongPeopleKey,
            ) => Failure::Input(error.to_string()),
            error => Failure::Ours(error.to_string()),
        }
    }

    /// Puts the invented poll on the board, if it is not there from an earlier start, and says how to take part.
    async fn rehearse(&self, server: &Server, data: &Path) -> Result<String, Failure> {
        let ways = self.put_rehearsal(server, data, Subject::invented()).await?;
        let mut text = String::from("\nREHEARSAL: everybody in it is invented, and all secrets come from the seed.\n");
        let more = self.voters.saturating_sub(6);
        let _ = writeln!(text, "\nVote with one of these codes ({more} more in {}):", data.join("letters").display());
        ways.votes.iter().for_each(|link| {
            let _ = writeln!(text, "  {link}");
        });
        let _ = writeln!(text, "\nSign in, each link once; the key files are in {}:", data.join("keys").display());
        for (role, link) in &ways.sign_in {
            let _ = writeln!(text, "  {role:<11} {link}");
        }
        text.push('\n');
        Ok(text)
    }

    /// Puts an invented poll on the board, if none is there from an earlier start. Gives the ways into it.
    pub(crate) async fn put_rehearsal(&self, server: &Server, data: &Path, subject: Subject) -> Result<Ways, Failure> {
        let service = &server.service;
        let ours = |error: web::Problem| Failure::Ours(error.what);
        if web::files::poll(service).await.map_err(ours)?.is_none() {
            let now = SystemClock.now();
            let rehearsal = Rehearsal {
                voters: self.voters as usize,
                units: self.units as usize,
                seed: self.seed.clone(),
                opens_at: web::clock::Instant(now.seconds() * 1_000),
                closes_at: web::clock::Instant(now.seconds() * 1_000).plus_seconds(i64::from(self.minutes) * 60),
                revote: if self.vote_again { Revote::Last } else { Revote::One },
            };
            let made = web::rehearsal::begin_on(service, rehearsal, subject).await.map_err(ours)?;
            keep(&made, data).map_err(|refusal| Failure::Ours(refusal.why))?;
        }
        let origin = service.origin.as_str();
        let mut ways = Ways { votes: Vec::new(), sign_in: Vec::new() };
        for election in service.elections.all(service).await.map_err(ours)?.iter().take(3) {
            for code in some_codes(&data.join("letters").join(format!("{}.letters.csv", election.unit)), 2) {
                ways.votes.push(format!("{origin}/v/{}#code={code}", election.unit));
            }
        }
        let trustees = [Role::Trustee(1), Role::Trustee(2), Role::Trustee(3)];
        let roles = [Role::Officer, Role::Scrutineer, Role::Authority].into_iter().chain(trustees).chain([Role::Operator]);
        for role in roles.chain(self.disputes.is_some().then_some(Role::Negotiator)) {
            let link = web::one_time_link(service, role).await.map_err(ours)?;
            ways.sign_in.push((role.to_string(), link));
        }
        if let Some(election) = service.elections.all(service).await.map_err(ours)?.first() {
            let (_, link) = web::desk::branch::make_link(service, &election.unit, "", "service").await.map_err(ours)?;
            ways.sign_in.push(("representative".to_owned(), link));
        }
        Ok(ways)
    }
}

/// The machine's clock and randomness, and the typesetter where the program was built with it.
pub(crate) fn means() -> Means {
    #[cfg(feature = "print")]
    let printer = crate::print::Typesetter::new().map(|printer| std::sync::Arc::new(printer) as std::sync::Arc<dyn web::printer::Printer>);
    #[cfg(not(feature = "print"))]
    let printer = None;
    Means { printer, ..Means::of_the_system() }
}

/// The ways into a rehearsal.
pub(crate) struct Ways {
    /// Booths with the voting code of a member.
    pub(crate) votes: Vec<String>,
    /// Roles, each with a link that signs in once.
    pub(crate) sign_in: Vec<(String, String)>,
}

pub(crate) enum Failure {
    Input(String),
    Ours(String),
}

impl Failure {
    /// Says it, and gives the exit code.
    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::Input(why) => {
                complain!("{why}");
                Outcome::BadInput
            }
            Self::Ours(why) => {
                complain!("{why}");
                Outcome::OurFailure
            }
        }
    }
}

/// Everything that is secret in a real poll, in files of their owner: who plays a role needs its key.
fn keep(made: &Rehearsed, data: &Path) -> poll::Answer<()> {
    files::write(
        &data.join("SYNTHETIC.txt"),
        b"A rehearsal. Everybody and everything in this folder is invented.\n",
        Readers::Everybody,
        Replace::Yes,
    )?;
    for (name, key) in &made.keys {
        files::write(&data.join("keys").join(name), key.as_bytes(), Readers::Owner, Replace::Yes)?;
    }
    for (name, text) in &made.secrets {
        files::write(&data.join("letters").join(name), text.as_bytes(), Readers::Owner, Replace::Yes)?;
    }
    Ok(())
}

/// The first codes of a unit's letters.
fn some_codes(letters: &Path, most: usize) -> Vec<String> {
    let text = std::fs::read_to_string(letters).unwrap_or_default();
    web::rehearsal::codes_of(&text, most)
}

/// For the service's user alone. If that cannot be had (another file system), the files in it are still private.
fn private(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700));
    }
    #[cfg(not(unix))]
    let _ = folder;
}
