//! One HTTP connection of a voter's device, and what the service answers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpSocket;

use crate::{Done, said};

/// Longer than this nobody waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection that is kept.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    origin: String,
}

/// What became of a ballot, as far as its sender knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is on the board.
    Receipt(Receipt),
    /// Too much at once: come back after so many seconds, if the service said so.
    Busy {
        /// 429 or 503.
        status: u16,
        /// `Retry-After`.
        retry_after: Option<u64>,
    },
    /// Not taken, and why.
    Refused {
        /// The status.
        status: u16,
        /// `why` of the body.
        why: String,
    },
    /// No answer: nobody knows whether it is on the board.
    Lost(String),
}

/// What the service acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The ballot's hash.
    pub tracker: String,
    /// Its event in the archive.
    pub position: u64,
    /// It was there before.
    pub again: bool,
}

impl Connection {
    /// Connects from one of this machine's many addresses: `from` 0 is 127.0.0.1, 1 is 127.0.0.2, and so on.
    ///
    /// # Errors
    /// Nobody listens.
    pub async fn open(to: SocketAddr, from: u8) -> Done<Self> {
        let socket = TcpSocket::new_v4().map_err(said("a socket"))?;
        let own = Ipv4Addr::new(127, 0, 0, from.saturating_add(1));
        socket.bind(SocketAddr::new(IpAddr::V4(own), 0)).map_err(said("an address"))?;
        let stream = tokio::time::timeout(PATIENCE, socket.connect(to)).await.map_err(said("connecting"))?.map_err(said("connecting"))?;
        stream.set_nodelay(true).map_err(said("a socket"))?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(said("connecting"))?;
        tokio::spawn(async move {
            // A connection that breaks shows in the answer that is not there.
            let _ = connection.await;
        });
        Ok(Self { sender, host: to.to_string(), origin: format!("http://{to}") })
    }

    /// Whether it can be used again.
    pub fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Casts a ballot.
    pub async fn cast(&mut self, uuid: &str, ballot: Bytes) -> Answer {
        let request = Request::post(format!("/e/{uuid}/cast"))
            .header("host", &self.host)
            .header("origin", &self.origin)
            .header("content-type", "application/json")
            .body(Full::new(ballot));
        let request = match request {
            Ok(request) => request,
            Err(error) => return Answer::Lost(error.to_string()),
        };
        let exchange = async {
            self.sender.ready().await?;
            let answer = self.sender.send_request(request).await?;
            let (parts, body) = answer.into_parts();
            Ok::<_, hyper::Error>((parts, body.collect().await?.to_bytes()))
        };
        let (parts, body) = match tokio::time::timeout(PATIENCE, exchange).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Answer::Lost(error.to_string()),
            Err(_) => return Answer::Lost("no answer in a minute".to_owned()),
        };
        let json: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let status = parts.status.as_u16();
        match (status, json["tracker"].as_str(), json["position"].as_u64(), json["again"].as_bool()) {
            (200, Some(tracker), Some(position), Some(again)) => Answer::Receipt(Receipt { tracker: tracker.to_owned(), position, again }),
            (429 | 503, ..) => {
                let retry_after = parts.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
                Answer::Busy { status, retry_after }
            }
            _ => Answer::Refused { status, why: json["why"].as_str().unwrap_or("?").to_owned() },
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// The status is not 200, or the connection broke.
    pub async fn get(&mut self, path: &str) -> Done<Vec<u8>> {
        let request = Request::get(path).header("host", &self.host).body(Full::new(Bytes::new())).map_err(said(path))?;
        self.sender.ready().await.map_err(said(path))?;
        let answer = self.sender.send_request(request).await.map_err(said(path))?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(said(path))?.to_bytes();
        if status == 200 { Ok(body.to_vec()) } else { Err(format!("{path}: status {status}: {}", String::from_utf8_lossy(&body))) }
    }
}
