//! Requests as no browser sends them (bad inputs 21, 93, 94): raw bytes on a connection.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use web::Limits;

use crate::made::{Running, Wanted, running};

/// Sends bytes and reads until the other side ends or nothing comes for a second.
async fn raw(running: &Running, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(running.service_address()).await.expect("a connection");
    // A server that has refused already may not read the rest.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(1), stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_requests_are_refused_and_never_two() {
    let running = running(Wanted::default()).await;
    let host = running.origin.strip_prefix("http://").expect("plain http").to_owned();
    let uuid = running.election(0).await.uuid;
    let origin = &running.origin;
    let post = format!("POST /e/{uuid}/credential HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nContent-Type: application/json\r\n");
    let hidden = format!("GET /alive HTTP/1.1\r\nHost: {host}\r\n\r\n");
    for (name, request) in [
        ("two different lengths", format!("{post}Content-Length: 4\r\nContent-Length: {}\r\n\r\n{hidden}", hidden.len())),
        ("length and chunks", format!("{post}Content-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}", hidden.len() + 5)),
        ("chunks and length", format!("{post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n{hidden}")),
        ("an unknown coding", format!("{post}Transfer-Encoding: chunked, cow\r\n\r\n0\r\n\r\n")),
        ("a folded header", format!("GET / HTTP/1.1\r\nHost: {host}\r\nX: a\r\n b\r\n\r\n")),
        ("a space before the colon", format!("GET / HTTP/1.1\r\nHost : {host}\r\n\r\n")),
        ("no host", "GET / HTTP/1.1\r\n\r\n".to_owned()),
        ("another host", "GET / HTTP/1.1\r\nHost: elsewhere.example.org\r\n\r\n".to_owned()),
        ("two hosts", format!("GET / HTTP/1.1\r\nHost: {host}\r\nHost: elsewhere.example.org\r\n\r\n")),
        ("another host in the line", format!("GET http://elsewhere.example.org/ HTTP/1.1\r\nHost: {host}\r\n\r\n")),
        ("an encoded slash", format!("GET /e%2f{uuid} HTTP/1.1\r\nHost: {host}\r\n\r\n")),
        ("dots", format!("GET /poll/files/../../etc/passwd HTTP/1.1\r\nHost: {host}\r\n\r\n")),
        ("encoded dots", format!("GET /poll/files/%2e%2e/poll.json HTTP/1.1\r\nHost: {host}\r\n\r\n")),
        ("an encoded zero", format!("GET /v/ashdown%00 HTTP/1.1\r\nHost: {host}\r\n\r\n")),
        ("a header of a megabyte", format!("GET / HTTP/1.1\r\nHost: {host}\r\nX: {}\r\n\r\n", "x".repeat(1 << 20))),
        ("a thousand headers", format!("GET / HTTP/1.1\r\nHost: {host}\r\n{}\r\n", "X: y\r\n".repeat(1_000))),
        ("a packed body", format!("{post}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{{}}")),
        ("a long query", format!("GET /?find={} HTTP/1.1\r\nHost: {host}\r\n\r\n", "x".repeat(3_000))),
    ] {
        let answer = raw(&running, request.as_bytes()).await;
        assert!(status(&answer).starts_with('4') || answer.is_empty(), "{name}: {answer}");
        assert!(!answer.contains("\"alive\""), "{name}: a second request was read out of the first: {answer}");
    }
    assert_eq!(status(&raw(&running, format!("GET /alive HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes()).await), "200");
}

/// Bad input 93: a connection that sends slowly, or nothing, or takes nothing, is ended; others do not wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn slow_senders_are_cut() {
    let limits = Limits { header_seconds: 1, body_seconds: 1, ..Wanted::default().limits };
    let running = running(Wanted { limits, ..Wanted::default() }).await;
    let host = running.origin.strip_prefix("http://").expect("plain http").to_owned();
    let uuid = running.election(0).await.uuid;
    let head = format!("GET / HTTP/1.1\r\nHost: {host}\r\nX: ");
    let body = format!(
        "POST /e/{uuid}/cast HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        running.origin
    );
    for (name, begin) in [("nothing", ""), ("half a head", head.as_str()), ("half a body", body.as_str())] {
        let mut stream = TcpStream::connect(running.service_address()).await.expect("a connection");
        stream.write_all(begin.as_bytes()).await.expect("sent");
        let started = Instant::now();
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(8), stream.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "{name}: still open after {:?}", started.elapsed());
        let text = String::from_utf8_lossy(&answer);
        assert!(text.is_empty() || status(&text) == "408", "{name}: {text}");
    }
    assert_eq!(running.get("/alive").await.status.as_u16(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_so_many_connections_and_no_more() {
    let limits = Limits { connections_per_address: 5, ..Wanted::default().limits };
    let running = running(Wanted { limits, ..Wanted::default() }).await;
    let mut held = Vec::new();
    for _ in 0..12 {
        held.push(TcpStream::connect(running.service_address()).await.expect("a connection"));
    }
    let mut ended = 0;
    for stream in &mut held {
        let mut byte = [0];
        ended += usize::from(matches!(tokio::time::timeout(Duration::from_millis(200), stream.read(&mut byte)).await, Ok(Ok(0) | Err(_))));
    }
    assert!(ended >= 7, "{ended}");
    drop(held);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(running.get("/alive").await.status.as_u16(), 200);
}
