//! The databases a rehearsal runs on: SQLite in the service's folder, or a throw-away PostgreSQL server.

use std::path::Path;

use crate::Done;
use crate::cluster::Cluster;

/// Which database, as given on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// In the service's folder.
    Sqlite,
    /// A server of its own, in a temporary folder, with PostgreSQL's own settings of durability.
    Postgres,
}

/// A database that lives as long as this.
pub struct Database {
    address: Option<String>,
    cluster: Option<Cluster>,
}

impl Database {
    /// A new, empty one.
    pub fn new(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self { address: None, cluster: None },
            Kind::Postgres => {
                let cluster = Cluster::start();
                let address = cluster.address(&cluster.database());
                Self { address: Some(address), cluster: Some(cluster) }
            }
        }
    }

    /// What `--database` is given; none: the service's own choice in its folder.
    pub fn address(&self, _folder: &Path) -> Option<String> {
        self.address.clone()
    }

    /// Kills the database server without warning and starts it again.
    ///
    /// # Errors
    /// There is no server.
    pub fn kill_and_restart(&self) -> Done<()> {
        let cluster = self.cluster.as_ref().ok_or("SQLite has no server that could be killed")?;
        cluster.kill();
        cluster.run();
        Ok(())
    }

    /// An answer of the database server as text.
    ///
    /// # Errors
    /// There is no server, or it refuses the statement.
    pub fn ask(&self, sql: &str) -> Done<String> {
        let cluster = self.cluster.as_ref().ok_or("SQLite has no server that could be asked")?;
        cluster.psql("test0", sql)
    }
}
