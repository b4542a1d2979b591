//! From a configuration to a program that answers: opens the store, checks it, listens, and stops without losing anything.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, Sleep};

use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Limits, Origin};
use crate::printer::Printer;
use crate::schedule;
use crate::service::{Random, Service, SystemRandom};

/// Time and chance.
pub struct Means {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub random: Arc<dyn Random>,
    /// Makes PDFs, where there is a typesetter.
    pub printer: Option<Arc<dyn Printer>>,
}

impl Means {
    /// The machine's own; it has no typesetter.
    pub fn of_the_system() -> Self {
        Self { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom), printer: None }
    }
}

/// Why a service did not start, or stopped.
#[derive(Debug)]
pub enum ServeError {
    /// The configuration cannot be.
    Config(String),
    /// The address cannot be listened on.
    Listen(SocketAddr, std::io::Error),
    /// There is no poll, and no officer who could make one.
    NothingToServe,
    /// The store failed, or what is in it is damaged.
    Store(store::StoreError),
    /// The store's own check found damage: nothing was served.
    Damaged(Vec<String>),
    /// The system gives no randomness, so no key can be made.
    NoRandomness,
    /// The people's key could not be written.
    KeyFile(String),
    /// The program was built without a part it needs: a bug.
    Bug(String),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(why) | Self::Bug(why) => f.write_str(why),
            Self::Listen(address, error) => write!(f, "{address} cannot be listened on: {error}"),
            Self::NoRandomness => f.write_str("the system gives no randomness"),
            Self::KeyFile(why) => write!(f, "the people's key cannot be written: {why}"),
            Self::NothingToServe => f.write_str("there is no poll, and no officer's key: nobody could sign in"),
            Self::Store(error) => write!(f, "{error}"),
            Self::Damaged(faults) => {
                write!(f, "the database does not pass its own check, so nothing is served. Keep it as it is, and restore a copy:")?;
                faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
            }
        }
    }
}

impl std::error::Error for ServeError {}

impl From<store::StoreError> for ServeError {
    fn from(error: store::StoreError) -> Self {
        Self::Store(error)
    }
}

/// A running service.
pub struct Server {
    /// What it listens on.
    pub address: SocketAddr,
    /// What it serves.
    pub service: Service,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
    clockwork: tokio::task::JoinHandle<()>,
}

/// Starts a service. The runtime has several threads, as `tokio`'s ordinary one has.
///
/// # Errors
/// Why it did not start.
pub async fn start(config: Config, means: Means) -> Result<Server, ServeError> {
    let listener = TcpListener::bind(config.listen).await.map_err(|error| ServeError::Listen(config.listen, error))?;
    let address = listener.local_addr().map_err(|error| ServeError::Listen(config.listen, error))?;
    let origin = match &config.origin {
        Some(origin) => origin.clone(),
        None if address.ip().is_loopback() => Origin::parse(&format!("http://{address}")).map_err(ServeError::Config)?,
        None => return Err(ServeError::Config(format!("--origin is missing: members must reach {address} by an https address"))),
    };
    let limits = config.limits.clone();
    let proxies = config.proxies.clone();
    let service = Service::open(config, origin, address, means).await?;
    let router = service.router();
    let (stop, stopping) = watch::channel(false);
    let task = tokio::spawn(accept(listener, router, limits, proxies, stopping.clone()));
    let clockwork = tokio::spawn(schedule::run(service.clone(), stopping));
    Ok(Server { address, service, stop, task, clockwork })
}

impl Server {
    /// Serves until the process is asked to end, or the store stops because a write failed.
    ///
    /// # Errors
    /// The store's.
    pub async fn run(self, mut asked: AskedToEnd) -> Result<(), ServeError> {
        let stopped = self.service.clone().store_stopped();
        let ended = tokio::select! {
            () = asked.wait() => Ok(()),
            error = stopped => Err(ServeError::Store(error)),
        };
        self.stop().await;
        ended
    }

    /// Takes no more connections, finishes what is being answered (for some seconds), and closes the store.
    pub async fn stop(self) {
        // The receivers may be gone already.
        let _ = self.stop.send(true);
        let _ = self.task.await;
        // What it has begun it finishes: closing goes in steps that the next start takes up.
        let _ = self.clockwork.await;
        self.service.store.shut().await;
    }
}

/// Where a request came from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

async fn accept(listener: TcpListener, router: Router, limits: Limits, proxies: Vec<IpAddr>, mut stopping: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let all = Arc::new(Semaphore::new(limits.connections));
    let each = Arc::new(PerAddress::default());
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file handles, mostly: others will be given back.
                    eprintln!("a connection could not be taken: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            _ = stopping.changed() => break,
        };
        let is_proxy = proxies.contains(&peer.ip());
        let Ok(permit) = Arc::clone(&all).try_acquire_owned() else { continue };
        let Some(place) = PerAddress::enter(&each, peer.ip(), if is_proxy { usize::MAX } else { limits.connections_per_address }) else {
            continue;
        };
        let service = hyper::service::service_fn({
            let (router, proxies) = (TowerToHyperService::new(router.clone()), proxies.clone());
            move |mut request: hyper::Request<hyper::body::Incoming>| {
                let from = if is_proxy { forwarded(request.headers(), &proxies).unwrap_or(peer.ip()) } else { peer.ip() };
                request.extensions_mut().insert(Peer(from));
                hyper::service::Service::call(&router, request)
            }
        });
        // An answer leaves in one go; waiting for more would only cost the voter time.
        let _ = stream.set_nodelay(true);
        let stream = TokioIo::new(Patient::new(stream, Duration::from_secs(limits.write_seconds)));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(limits.header_seconds))
            .max_buf_size(64 << 10)
            .serve_connection(stream, service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks is the client's affair; what was committed is committed.
            let _ = connection.await;
            drop((permit, place));
        });
    }
    drop(listener);
    // What is still there afterwards is cut.
    let _ = tokio::time::timeout(Duration::from_secs(limits.goodbye_seconds), graceful.shutdown()).await;
}

/// The address that the nearest believed proxy saw: the last entry that is not one of ours.
fn forwarded(headers: &hyper::HeaderMap, proxies: &[IpAddr]) -> Option<IpAddr> {
    let all: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).collect();
    all.iter()
        .rev()
        .map(|entry| entry.trim().parse::<IpAddr>().ok())
        .find(|address| !address.is_some_and(|address| proxies.contains(&address)))?
}

/// How many connections each address has.
#[derive(Default)]
struct PerAddress(Mutex<HashMap<IpAddr, usize>>);

struct Place(Arc<PerAddress>, IpAddr);

impl PerAddress {
    fn enter(this: &Arc<Self>, address: IpAddr, most: usize) -> Option<Place> {
        let mut counts = this.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place(Arc::clone(this), address))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.1);
            }
        }
    }
}

/// Listens for being asked to end: SIGINT and SIGTERM, or Ctrl-C where there are no signals. From when it is made: a request that comes before
/// anybody waits for it is not lost, and does not kill the process.
pub struct AskedToEnd {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl AskedToEnd {
    /// Begins to listen.
    ///
    /// # Errors
    /// The system lets nobody listen.
    pub fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self { signals: [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?] })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    async fn wait(&mut self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate] = &mut self.signals;
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// A connection that is given up when its other end takes nothing for too long: slow readers would otherwise hold it for ever.
struct Patient {
    stream: TcpStream,
    most: Duration,
    waits: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    fn new(stream: TcpStream, most: Duration) -> Self {
        Self { stream, most, waits: None }
    }

    fn written<T>(&mut self, context: &mut Context<'_>, polled: Poll<std::io::Result<T>>) -> Poll<std::io::Result<T>> {
        if polled.is_ready() {
            self.waits = None;
            return polled;
        }
        let most = self.most;
        let waits = self.waits.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + most)));
        match waits.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(std::io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        self.written(context, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.written(context, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.written(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// What axum hands to handlers.
pub(crate) fn peer(request: &Request) -> IpAddr {
    request.extensions().get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0)
}
