//! The service: everything that its handlers share.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use serde_json::json;
use store::{Entry, PeopleKey, Store, StoreError};
use tokio::sync::Semaphore;
use vote::companion::PublicRoleKey;
use vote::{NoRandomness, Source};

use crate::clock::Clock;
use crate::config::{Config, Origin};
use crate::desk::branch::notes::RollByBranch;
use crate::desk::exchange::result::Publishing;
use crate::desk::exchange::standing::Standings;
use crate::elections::Elections;
use crate::judges::Judges;
use crate::limits::{Buckets, Network};
use crate::pages::booth::Booth;
use crate::printer::Printer;
use crate::results::Results;
use crate::routes;
use crate::server::{Means, ServeError};
use crate::workspace::Workspace;

/// A handle on the service; a clone is another one on the same.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

impl Deref for Service {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// What handlers share.
pub struct Inner {
    /// How it was started.
    pub config: Config,
    /// The address members see.
    pub origin: Origin,
    /// What is kept.
    pub store: Store,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub random: Arc<dyn Random>,
    /// Makes PDFs, where there is a typesetter.
    pub(crate) printer: Option<Arc<dyn Printer>>,
    /// One order is printed at a time.
    pub(crate) print_turn: Arc<Semaphore>,
    /// Whoever may set the poll up while there is no plan.
    pub(crate) officer: Option<PublicRoleKey>,
    /// Reads elections.
    pub elections: Elections,
    /// Reads and verifies results.
    pub results: Results,
    /// `Host` headers that are answered.
    pub(crate) hosts: Vec<String>,
    /// `Origin` headers that are answered.
    pub(crate) origins: Vec<String>,
    /// Which results are on their way to the public.
    pub(crate) publishing: Publishing,
    /// How far the count of each unit is.
    pub(crate) standings: Standings,
    pub(crate) booth: Booth,
    pub(crate) judges: Judges,
    pub(crate) cast_bucket: Buckets<Network>,
    pub(crate) bad_bucket: Buckets<Network>,
    pub(crate) sign_in_bucket: Buckets<Network>,
    pub(crate) credential_bucket: Buckets<(String, u32)>,
    /// The frozen roll by branches, as it was read last.
    pub(crate) roll_by_branch: RollByBranch,
    /// The disputes, where they are served.
    pub(crate) workspace: Option<Workspace>,
    /// Downloads of many archives at once are a heavy thing.
    pub(crate) tar_turns: Arc<Semaphore>,
}

/// Where random bytes come from.
pub trait Random: Send + Sync {
    /// Fills the buffer, or says that it cannot: then nothing is made.
    ///
    /// # Errors
    /// The source failed.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The operating system's randomness.
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        getrandom::fill(bytes).map_err(|_| NoRandomness::SourceFailed)
    }
}

/// The service's randomness as `vote` and `poll` take it.
pub struct Drawn<'a>(pub &'a dyn Random);

impl Source for Drawn<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        self.0.fill(bytes)
    }
}

/// The officer's key of the first start, which the store keeps. A later start may repeat it, and cannot change it.
async fn officer(config: &Config, store: &Store, clock: &dyn Clock) -> Result<Option<PublicRoleKey>, ServeError> {
    let kept = store.get_setting("officer").await?.and_then(|key| PublicRoleKey::parse(&key));
    match (&config.officer, kept) {
        (Some(given), None) => {
            let mut entry = Entry::new(clock.now().seconds(), "operator", "officer named");
            entry.detail = json!({ "key": given.as_str() }).to_string();
            store.put_setting("officer", given.as_str(), entry).await?;
            Ok(Some(given.clone()))
        }
        (Some(given), Some(kept)) if *given != kept => {
            Err(ServeError::Config(format!("the officer of this service has the key {}: another one cannot take it over", kept.as_str())))
        }
        (_, Some(kept)) => Ok(Some(kept)),
        // Disputes are served without a poll, too.
        (None, None) if config.rehearsal || config.disputes.is_some() || store.get_file(poll::plan::POLL).await?.is_some() => Ok(None),
        (None, None) => Err(ServeError::NothingToServe),
    }
}

/// The key of the people's data. A file that is not there is made once, for a database that never had a key; for any other it is missing, and
/// nothing is written.
async fn people_key(config: &Config) -> Result<PeopleKey, ServeError> {
    let path = &config.people_key;
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let store = Store::open(&config.database, None).await?;
            let has_key = store.has_people_key().await;
            store.shut().await;
            if has_key? {
                return Err(ServeError::Config(format!(
                    "The people's key {} is missing, and the database is encrypted with it: put the file back from where you keep its copy. \
                     Nothing was written.",
                    path.display()
                )));
            }
            let fresh = PeopleKey::random().ok_or(ServeError::NoRandomness)?;
            let written = poll::files::write(path, fresh.expose().as_bytes(), poll::files::Readers::Owner, poll::Replace::No);
            written.map_err(|refusal| ServeError::KeyFile(refusal.why))?;
            return Ok(fresh);
        }
        Err(error) => return Err(ServeError::Config(format!("the people's key {} cannot be read: {error}", path.display()))),
    };
    PeopleKey::parse(&text).ok_or_else(|| ServeError::Config(format!("{} is not a people's key: it has 64 digits", path.display())))
}

impl Service {
    /// Opens the store and checks it.
    pub(crate) async fn open(config: Config, origin: Origin, address: SocketAddr, means: Means) -> Result<Self, ServeError> {
        let key = people_key(&config).await?;
        let store = Store::open(&config.database, Some(key)).await?;
        let checked = store.self_check(|_, _| {}).await?;
        if !checked.faults.is_empty() {
            return Err(ServeError::Damaged(checked.faults));
        }
        let workspace = config.disputes.as_deref().map(Workspace::open).transpose().map_err(ServeError::Config)?;
        if let Some(negotiator) = &config.negotiator
            && (config.officer.as_ref() == Some(negotiator) || config.operator.as_ref() == Some(negotiator))
        {
            return Err(ServeError::Config("the negotiator's key is another role's too: one key, one role".to_owned()));
        }
        let officer = officer(&config, &store, means.clock.as_ref()).await?;
        let mut hosts = vec![origin.host().to_owned()];
        let mut origins = vec![origin.as_str().to_owned()];
        if !origin.is_secure() {
            // Plain http is this machine alone, which has several names.
            for name in ["localhost", "127.0.0.1", "[::1]"] {
                hosts.push(format!("{name}:{}", address.port()));
                origins.push(format!("http://{name}:{}", address.port()));
            }
        }
        let limits = &config.limits;
        let inner = Inner {
            judges: Judges::new(limits.judges, limits.queue_seconds, limits.credentials_in_memory),
            cast_bucket: Buckets::new(limits.casts_at_once, limits.casts_per_second, 1),
            bad_bucket: Buckets::new(limits.bad_ballots_per_minute, limits.bad_ballots_per_minute, 60),
            sign_in_bucket: Buckets::new(limits.sign_ins_per_minute, limits.sign_ins_per_minute, 60),
            credential_bucket: Buckets::new(limits.ballots_per_credential_and_hour, limits.ballots_per_credential_and_hour, 3_600),
            roll_by_branch: RollByBranch::default(),
            workspace,
            tar_turns: Arc::new(Semaphore::new(4)),
            booth: Booth::embedded().map_err(ServeError::Bug)?,
            elections: Elections::default(),
            publishing: Publishing::default(),
            standings: Standings::default(),
            results: Results::read_rules().map_err(ServeError::Bug)?,
            clock: means.clock,
            random: means.random,
            printer: means.printer,
            print_turn: Arc::new(Semaphore::new(1)),
            officer,
            hosts,
            origins,
            origin,
            store,
            config,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// The router of all routes.
    pub fn router(&self) -> Router {
        routes::router(self)
    }

    /// 64 random hexadecimal digits.
    pub(crate) fn token(&self) -> Result<String, NoRandomness> {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes)?;
        Ok(store::Hash(bytes).hex())
    }

    /// Ends when the store has stopped: a write failed, so nothing may be acknowledged any more.
    pub(crate) async fn store_stopped(self) -> StoreError {
        loop {
            if let Err(error) = self.store.check_running() {
                return error;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}
