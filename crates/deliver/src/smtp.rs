//! One connection to a mail server, kept for many messages. What became of a message is told exactly: taken, refused, put off, never
//! begun, or unknown.

use std::path::Path;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use zeroize::Zeroizing;

use crate::event::Reply;
use crate::facts::is_loopback;
use crate::trouble::{Answer, Trouble};

/// How long a server may take for one answer. RFC 5321 4.5.3.2 wants ten minutes after the text.
const PATIENCE: Duration = Duration::from_secs(600);

/// Where mail is handed over.
pub struct Server {
    host: String,
    port: u16,
    security: Security,
    login: Option<(String, Zeroizing<String>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// From the first byte: `smtps`.
    Tls,
    /// After STARTTLS, without which nothing is sent.
    StartTls,
    /// Not at all: this machine only.
    None,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// The server took it and answers for it.
    Over(Reply),
    /// The server refuses it for good.
    Refused(Reply),
    /// The server does not want it now, and has not taken it.
    PutOff(Reply),
    /// The connection broke before the text was sent.
    NotBegun(Reply),
    /// The connection broke after the text was begun: nobody knows.
    Unknown(Reply),
}

impl Server {
    /// From `smtp://HOST:PORT` or `smtps://HOST:PORT`.
    ///
    /// `smtp` is encrypted by STARTTLS unless the host is this machine, `smtps` always. With `must_encrypt` this machine too.
    pub fn new(url: &str, user: Option<&str>, password: Option<Zeroizing<String>>, must_encrypt: bool) -> Answer<Self> {
        let wrong = |what: &str, fix: &str| Trouble::input("not-a-server", "--smtp", what.to_owned(), fix.to_owned());
        let like = "write it like smtp://mail.example.org:587 or smtps://mail.example.org:465";
        let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("this is no address of a mail server", like))?;
        if rest.contains('@') {
            return Err(wrong(
                "a user or a password in the address is seen by everybody on this machine",
                "give --user NAME, and the password in --password-file FILE or in WHITLEY_SMTP_PASSWORD",
            ));
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                (host, Some(port.parse::<u16>().map_err(|_| wrong("its port is no number", like))?))
            }
            _ => (rest, None),
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        if host.is_empty() || !host.bytes().all(plain) {
            return Err(wrong("this is no host", like));
        }
        let security = match scheme {
            "smtps" => Security::Tls,
            "smtp" if is_loopback(host) && !must_encrypt => Security::None,
            "smtp" => Security::StartTls,
            _ => return Err(wrong("its scheme is neither smtp nor smtps", like)),
        };
        let login = match (user, password) {
            (None, None) => None,
            (Some(user), Some(password)) => Some((user.to_owned(), password)),
            (Some(_), None) => {
                return Err(wrong("there is a user and no password", "give --password-file FILE, or set WHITLEY_SMTP_PASSWORD"));
            }
            (None, Some(_)) => return Err(wrong("there is a password and no user", "give --user NAME")),
        };
        let port = port.unwrap_or(if security == Security::Tls { 465 } else { 587 });
        Ok(Self { host: host.trim_start_matches('[').trim_end_matches(']').to_owned(), port, security, login })
    }

    /// Connects, encrypts, signs in. `authority` is a file with a certificate to trust besides the public ones.
    ///
    /// # Errors
    /// A sentence: the network, the certificate, the password.
    pub fn connect(&self, authority: Option<&Path>) -> Answer<Connection> {
        let failed = |what: &str, error: &dyn std::fmt::Display| {
            Trouble::Ours(format!("{}:{}: {what}: {}", self.host, self.port, Reply::new(&error.to_string()).as_str()))
        };
        let tls = match self.security {
            Security::None => None,
            Security::Tls | Security::StartTls => {
                let mut builder = TlsParameters::builder(self.host.clone());
                if let Some(path) = authority {
                    let bytes = std::fs::read(path).map_err(|error| Trouble::unreadable(path, &error))?;
                    let certificate = Certificate::from_pem(&bytes).map_err(|_| {
                        Trouble::input("not-a-certificate", &path.to_string_lossy(), "it holds no certificate", "give a PEM file")
                    })?;
                    builder = builder.add_root_certificate(certificate);
                }
                Some(builder.build().map_err(|error| failed("encryption cannot be set up", &error))?)
            }
        };
        let hello = ClientId::Domain("localhost".to_owned());
        let at_once = tls.as_ref().filter(|_| self.security == Security::Tls);
        let mut smtp = SmtpConnection::connect((self.host.as_str(), self.port), Some(PATIENCE), &hello, at_once, None)
            .map_err(|error| failed("no connection", &error))?;
        if let (Security::StartTls, Some(tls)) = (self.security, &tls) {
            smtp.starttls(tls, &hello).map_err(|error| failed("the server does not encrypt, so nothing is sent to it", &error))?;
        }
        if let Some((user, password)) = &self.login {
            let login = Credentials::new(user.clone(), password.to_string());
            smtp.auth(&[Mechanism::Plain, Mechanism::Login], &login).map_err(|error| failed("the server does not let us in", &error))?;
        }
        Ok(Connection { smtp, is_good: true })
    }
}

/// A connection, for one message after the other.
pub struct Connection {
    smtp: SmtpConnection,
    is_good: bool,
}

impl Connection {
    /// Whether another message may be tried on it.
    pub fn is_good(&self) -> bool {
        self.is_good
    }

    /// Hands one message over. `begin` is called when the server is ready for the text and before the first byte of it goes; what it
    /// fails with stops everything.
    pub fn hand_over(&mut self, from: &Address, to: &Address, message: &[u8], begin: impl FnOnce() -> Answer<()>) -> Answer<Handed> {
        let ready = self
            .smtp
            .command(Mail::new(Some(from.clone()), Vec::new()))
            .and_then(|_| self.smtp.command(Rcpt::new(to.clone(), Vec::new())))
            .and_then(|_| self.smtp.command(Data));
        if let Err(error) = ready {
            let reply = Reply::new(&error.to_string());
            // After a refusal the connection goes on; after anything else it cannot be trusted.
            self.is_good = (error.is_permanent() || error.is_transient()) && self.smtp.command(Rset).is_ok();
            return Ok(match (error.is_permanent(), error.is_transient()) {
                (true, _) => Handed::Refused(reply),
                (_, true) => Handed::PutOff(reply),
                _ => Handed::NotBegun(reply),
            });
        }
        begin()?;
        Ok(match self.smtp.message(message) {
            Ok(response) => Handed::Over(Reply::new(&format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" ")))),
            Err(error) => {
                let reply = Reply::new(&error.to_string());
                if error.is_permanent() {
                    Handed::Refused(reply)
                } else if error.is_transient() {
                    // 421: the server says that it hangs up.
                    self.is_good = error.status().is_some_and(|code| u16::from(code) != 421);
                    Handed::PutOff(reply)
                } else {
                    self.is_good = false;
                    Handed::Unknown(reply)
                }
            }
        })
    }

    /// Says goodbye.
    pub fn close(mut self) {
        if self.is_good {
            // The messages are taken; a lost goodbye changes nothing.
            let _ = self.smtp.quit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Result<(String, u16, Security), String> {
        match Server::new(url, None, None, false) {
            Ok(server) => Ok((server.host, server.port, server.security)),
            Err(why) => Err(why.to_string()),
        }
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear() {
        assert_eq!(server("smtp://mail.example.org"), Ok(("mail.example.org".to_owned(), 587, Security::StartTls)));
        assert_eq!(server("smtps://mail.example.org"), Ok(("mail.example.org".to_owned(), 465, Security::Tls)));
        assert_eq!(server("smtp://127.0.0.1:2525"), Ok(("127.0.0.1".to_owned(), 2525, Security::None)));
        assert_eq!(server("smtp://[::1]:25/"), Ok(("::1".to_owned(), 25, Security::None)));
        assert_eq!(server("smtp://localhost.example.org:25"), Ok(("localhost.example.org".to_owned(), 25, Security::StartTls)));
        for bad in
            ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://a b", "smtp://a:x", "smtp://user:secret@mail.example.org"]
        {
            let said = server(bad).expect_err(bad);
            assert!(!said.contains("secret"), "{said}");
        }
        assert!(Server::new("smtp://a", Some("u"), None, false).is_err());
        assert!(Server::new("smtp://a", None, Some(Zeroizing::new("p".to_owned())), false).is_err());
    }
}
