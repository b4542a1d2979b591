//! What a service is started with. It is data: nothing here reads a file or the environment.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use vote::companion::PublicRoleKey;

/// How one node of the service runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address members see. `None`: `http://` and the address listened on, which must then be this machine's own.
    pub origin: Option<Origin>,
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// The key that personal data is encrypted with, in a file outside the database.
    pub people_key: PathBuf,
    /// Everybody is invented: every page says so.
    pub rehearsal: bool,
    /// The officer's key before there is a plan: whoever holds it can sign in and upload the plan.
    pub officer: Option<PublicRoleKey>,
    /// The key of the person who runs the machine; it sees that the service is well, and has no voice in the poll.
    pub operator: Option<PublicRoleKey>,
    /// The folder of dispute folders, where the workspace is served too.
    pub disputes: Option<PathBuf>,
    /// The key of whoever may change disputes.
    pub negotiator: Option<PublicRoleKey>,
    /// Load balancers whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
    /// What is refused as too much.
    pub limits: Limits,
    /// Whether a line for each request is written to standard error. It never has an address or a query.
    pub access_log: bool,
}

/// Scheme, host and port, as browsers send it in `Origin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    text: String,
    host: String,
    secure: bool,
}

impl Origin {
    /// Reads `https://host[:port]` or `http://host[:port]`, in small letters, without a path.
    ///
    /// # Errors
    /// A sentence that says what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (secure, host) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(host), _) => (true, host),
            (None, Some(host)) => (false, host),
            (None, None) => return Err(format!("{text} is not an address like https://vote.example.org")),
        };
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
        if host.is_empty() || host.len() > 255 || !host.bytes().all(plain) {
            return Err(format!("{text}: after the scheme stands a host in small letters, and a port if it is not the usual one; no path"));
        }
        if !secure && !is_this_machine(host) {
            return Err(format!("{text}: members must reach the service by https; plain http is only for localhost"));
        }
        Ok(Self { text: text.to_owned(), host: host.to_owned(), secure })
    }

    /// As browsers write it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Host and port, as in the `Host` header.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether members reach it by https.
    pub fn is_secure(&self) -> bool {
        self.secure
    }
}

fn is_this_machine(host: &str) -> bool {
    let name = if let Some(rest) = host.strip_prefix('[') {
        rest.split(']').next().unwrap_or_default()
    } else {
        host.split(':').next().unwrap_or_default()
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What is refused as too much. Times in seconds, sizes in bytes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// A ballot.
    pub ballot_bytes: usize,
    /// Any other body a member sends.
    pub form_bytes: usize,
    /// A file that staff upload.
    pub upload_bytes: usize,
    /// To send the head of a request.
    pub header_seconds: u64,
    /// To send a body.
    pub body_seconds: u64,
    /// To take the next piece of an answer.
    pub write_seconds: u64,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address (a whole hospital may share one).
    pub connections_per_address: usize,
    /// Judging that may wait, as seconds of work of all processors.
    pub queue_seconds: u64,
    /// Threads that judge ballots.
    pub judges: usize,
    /// Ballots and questions about a credential a second from one address, in the long run.
    pub casts_per_second: u32,
    /// The same at once, after a pause.
    pub casts_at_once: u32,
    /// Ballots that are not valid, a minute from one address.
    pub bad_ballots_per_minute: u32,
    /// Accepted ballots of one credential an hour, where voting again is allowed. Only its holder can use them up.
    pub ballots_per_credential_and_hour: u32,
    /// Sign-in attempts a minute from one address.
    pub sign_ins_per_minute: u32,
    /// After the closing instant, for ballots that were wholly read before it to be committed.
    pub grace_seconds: u64,
    /// On the way out, for requests that are being answered.
    pub goodbye_seconds: u64,
    /// Public credentials of all elections whose judge is kept in memory, 304 bytes each.
    pub credentials_in_memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ballot_bytes: 64 << 10,
            form_bytes: 16 << 10,
            upload_bytes: 256 << 20,
            header_seconds: 10,
            body_seconds: 20,
            write_seconds: 30,
            connections: 8_192,
            connections_per_address: 1_024,
            queue_seconds: 2,
            judges: std::thread::available_parallelism().map_or(1, usize::from),
            casts_per_second: 50,
            casts_at_once: 300,
            bad_ballots_per_minute: 30,
            ballots_per_credential_and_hour: 20,
            sign_ins_per_minute: 30,
            grace_seconds: 30,
            goodbye_seconds: 20,
            credentials_in_memory: 1_500_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_browsers_send() {
        for good in ["https://vote.example.org", "http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"] {
            assert_eq!(Origin::parse(good).map(|origin| origin.text), Ok(good.to_owned()));
        }
        for bad in [
            "vote.example.org",
            "https://",
            "https://vote.example.org/",
            "https://Vote.example.org",
            "http://vote.example.org",
            "http://localhost.example.org",
        ] {
            assert!(Origin::parse(bad).is_err(), "{bad}");
        }
    }
}
