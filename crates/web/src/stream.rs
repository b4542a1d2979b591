//! Long answers in pieces: archives, companions, and the tar of a whole poll. Memory does not grow with their length.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use hyper::body::{Bytes, Frame};
use store::{Chunks, StoreError};
use tokio::sync::mpsc;

use crate::elections::Election;
use crate::pages;
use crate::problem::Problem;
use crate::service::Service;
use crate::texts::Language;

/// A body whose pieces come from a task.
struct Pieces(mpsc::Receiver<Result<Bytes, StoreError>>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = StoreError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, StoreError>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

/// A body of a store's chunks. If the store finds damage, the answer is cut: no client takes half of it for the whole.
pub(crate) fn body_of(mut chunks: Chunks) -> Body {
    let (to, from) = mpsc::channel(2);
    tokio::spawn(async move {
        while let Some(chunk) = chunks.next().await {
            if let Err(error) = &chunk {
                eprintln!("failure of ours: a stream was cut: {error}");
            }
            if to.send(chunk.map(Bytes::from)).await.is_err() {
                return;
            }
        }
    });
    Body::new(Pieces(from))
}

/// What an outsider needs, in one file: the poll's public files, archives, companions, and how to check them.
pub(crate) async fn poll_tar(service: &Service) -> Result<Body, Problem> {
    let elections = service.elections.all(service).await?;
    let names = service.store.list_files("").await?.into_iter().map(|info| info.name).collect();
    let mut whole: Vec<(String, Vec<u8>)> = vec![("HOW-TO-CHECK.txt".to_owned(), pages::plain::how_to_check_text(service).into_bytes())];
    if service.config.rehearsal {
        whole.push(("SYNTHETIC.txt".to_owned(), format!("{}\n", Language::English.words().rehearsal).into_bytes()));
    }
    tar(service, whole, names, elections)
}

/// Archives and companions of these elections, in one file.
pub(crate) fn archives_tar(service: &Service, elections: Vec<Election>) -> Result<Body, Problem> {
    tar(service, Vec::new(), Vec::new(), elections)
}

/// A tar of these texts, of the poll's files of these names, and of archives and companions.
fn tar(service: &Service, texts: Vec<(String, Vec<u8>)>, names: Vec<String>, elections: Vec<Election>) -> Result<Body, Problem> {
    let turn = service.tar_turns.clone().try_acquire_owned().map_err(|_| Problem::busy(axum::http::StatusCode::SERVICE_UNAVAILABLE, 30))?;
    let (to, from) = mpsc::channel(2);
    let service = service.clone();
    let time = service.clock.now().seconds().unsigned_abs();
    tokio::spawn(async move {
        let _turn = turn;
        let mut tar = Tar { to, time };
        let written = async {
            for (name, bytes) in texts {
                tar.file(&name, bytes).await?;
            }
            for name in names {
                if let Some((_, bytes)) = service.store.get_file(&name).await? {
                    tar.file(&format!("poll/{name}"), bytes).await?;
                }
            }
            for election in elections {
                let uuid = &election.uuid;
                // The archive only grows, so what was measured is still its beginning when it is sent.
                let size = measure(service.store.stream_archive(uuid).await?).await?;
                tar.stream(&format!("{uuid}.bel"), size, service.store.stream_archive(uuid).await?).await?;
                let size = measure(service.store.stream_companion(uuid).await?).await?;
                tar.stream(&format!("{uuid}.companion.jsonl"), size, service.store.stream_companion(uuid).await?).await?;
            }
            tar.send(vec![0; 1_024]).await
        }
        .await;
        if let Err(Cut::Store(error)) = written {
            eprintln!("failure of ours: a tar was cut: {error}");
            let _ = tar.to.send(Err(error)).await;
        }
    });
    Ok(Body::new(Pieces(from)))
}

async fn measure(mut chunks: Chunks) -> Result<u64, StoreError> {
    let mut size = 0;
    while let Some(chunk) = chunks.next().await {
        size += chunk?.len() as u64;
    }
    Ok(size)
}

struct Tar {
    to: mpsc::Sender<Result<Bytes, StoreError>>,
    time: u64,
}

enum Cut {
    /// Nobody listens any more.
    Gone,
    Store(StoreError),
}

impl From<StoreError> for Cut {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Tar {
    async fn send(&mut self, bytes: Vec<u8>) -> Result<(), Cut> {
        self.to.send(Ok(bytes.into())).await.map_err(|_| Cut::Gone)
    }

    async fn file(&mut self, name: &str, mut bytes: Vec<u8>) -> Result<(), Cut> {
        let size = bytes.len() as u64;
        self.send(header(name, size, self.time)).await?;
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        self.send(bytes).await
    }

    async fn stream(&mut self, name: &str, size: u64, mut chunks: Chunks) -> Result<(), Cut> {
        self.send(header(name, size, self.time)).await?;
        let mut left = size;
        while left > 0 {
            let Some(chunk) = chunks.next().await else { break };
            let mut chunk = chunk?;
            chunk.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            left -= chunk.len() as u64;
            self.send(chunk).await?;
        }
        if left > 0 {
            return Err(StoreError::Unavailable("an archive became shorter while it was read".to_owned()).into());
        }
        self.send(vec![0; (size.next_multiple_of(512) - size) as usize]).await
    }
}

/// A header of the POSIX ustar format.
fn header(name: &str, size: u64, time: u64) -> Vec<u8> {
    let mut block = vec![0_u8; 512];
    let mut put = |at: usize, text: &str, most: usize| {
        let bytes = &text.as_bytes()[..text.len().min(most)];
        block[at..at + bytes.len()].copy_from_slice(bytes);
    };
    // Names are ours, or checked when they were put: short ASCII.
    put(0, name, 100);
    put(100, "0000644", 8);
    put(108, "0000000", 8);
    put(116, "0000000", 8);
    put(124, &format!("{size:011o}"), 12);
    put(136, &format!("{time:011o}"), 12);
    put(148, "        ", 8);
    put(156, "0", 1);
    put(257, "ustar", 6);
    put(263, "00", 2);
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    let sum = format!("{sum:06o}\0 ");
    block[148..156].copy_from_slice(sum.as_bytes());
    block
}

/// Files that may be handed out: all are public; a name is as the store has it.
pub(crate) async fn poll_file(service: &Service, name: &str) -> Result<Vec<u8>, Problem> {
    service.store.get_file(name).await?.map(|(_, bytes)| bytes).ok_or_else(Problem::not_found)
}
