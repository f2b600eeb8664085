//! Requests to a server on this machine that behaves well, and in every way that a server must not.

use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Instant, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::sources::sync::http_server::{HttpServer, Received, reply};

fn clock() -> i64 {
    i64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap()
}

/// Waits longer than any answer takes on a busy machine.
fn patience() -> Patience {
    let long = Duration::from_secs(60);
    Patience { request: long, connection: long, retries: vec![Duration::from_millis(20); 2], pause: long }
}

/// Does not wait for a server that takes its time.
fn impatience() -> Patience {
    Patience { request: Duration::from_millis(1500), connection: Duration::from_millis(700), ..patience() }
}

/// What comes of a request to a server that answers so, and how many requests it got.
fn ask(
    patience: Patience,
    answer: impl Fn(&Received, usize, &mut TcpStream) + Send + Sync + 'static,
) -> (Result<HttpAnswer, Failure>, usize) {
    let folder = tempfile::tempdir().unwrap();
    let server = HttpServer::start(answer);
    let client = HttpClient::new(Gate::new(folder.path().to_owned(), clock), patience, None);
    let url = format!("{}/list?p=0", server.address());
    let request =
        HttpRequest { url: &url, expected: BodyKind::Json, known: None, pause: Duration::from_millis(10), site: None };
    let answer = client.get(request, &|| false);
    // The port differs from run to run.
    let host = server.address().trim_start_matches("http://").to_owned();
    let answer = answer.map_err(|failure| Failure { message: failure.message.replace(&host, "HOST"), ..failure });
    (answer, server.received().len())
}

fn body(text: &str) -> HttpAnswer {
    HttpAnswer::Body { text: text.to_owned(), validator: None }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn an_answer_is_read_plain_and_packed() {
    let (answer, _) = ask(patience(), |request, _, stream| {
        assert!(request.head.contains("user-agent: tsundoku/"), "{}", request.head);
        assert_eq!(request.path, "/list?p=0");
        assert!(request.head.contains("accept-encoding: gzip\r\n"), "{}", request.head);
        reply(stream, "200 OK", "Content-Type: text/plain; charset=iso-8859-1\r\n", "\u{feff} [\"ö\"]\n".as_bytes());
    });
    assert_eq!(answer, Ok(body("[\"ö\"]")));
    let (answer, _) =
        ask(patience(), |_, _, stream| reply(stream, "200 OK", "Content-Encoding: gzip\r\n", &gzip(b"[1]")));
    assert_eq!(answer, Ok(body("[1]")));
}

#[test]
fn an_unchanged_answer_is_not_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = HttpServer::start(|request, _, stream| {
        if request.head.contains("if-none-match: w/\"x\"") {
            let _ = stream.write_all(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
        } else {
            reply(stream, "200 OK", "ETag: W/\"x\"\r\n", b"[]");
        }
    });
    let client = HttpClient::new(Gate::new(folder.path().to_owned(), clock), patience(), None);
    let ask = |known| {
        let request =
            HttpRequest { url: server.address(), expected: BodyKind::Json, known, pause: Duration::ZERO, site: None };
        client.get(request, &|| false).unwrap()
    };
    assert_eq!(ask(None), HttpAnswer::Body { text: "[]".to_owned(), validator: Some("W/\"x\"".to_owned()) });
    assert_eq!(ask(Some("W/\"x\"")), HttpAnswer::Unchanged);
}

/// Waits until the other side closes the connection.
fn until_it_is_gone(stream: &mut TcpStream) {
    let _ = io::copy(stream, &mut io::sink());
}

/// Behaviour of a server, the message, what it means, and how many requests there are.
type Case = (&'static str, fn(usize, &mut TcpStream), &'static str, FailureKind, usize);

#[test]
fn no_behaviour_of_a_server_does_harm() {
    use FailureKind::{Absent, Host, Request};
    let cases: &[Case] = &[
        (
            "not found",
            |_, s| reply(s, "404 Not Found", "", b"{\"error\":\"x\"}"),
            "it answered 404 Not Found: `{\"error\":\"x\"}`",
            Absent,
            1,
        ),
        (
            "down",
            |_, s| reply(s, "503 Service Unavailable", "", b"<html>busy"),
            "it answered 503 Service Unavailable: `<html>busy`",
            Host,
            3,
        ),
        (
            "too many",
            |_, s| reply(s, "429 Too Many Requests", "", b"Rate exceeded."),
            "it answered 429 Too Many Requests: `Rate exceeded.`",
            Host,
            3,
        ),
        (
            "for ever",
            |_, s| reply(s, "429 Too Many Requests", "Retry-After: 99999999999999\r\n", b""),
            "it answered 429 Too Many Requests",
            Host,
            1,
        ),
        (
            "until 9999",
            |_, s| reply(s, "429 Too Many Requests", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", b""),
            "it answered 429 Too Many Requests",
            Host,
            1,
        ),
        (
            "login page",
            |_, s| reply(s, "200 OK", "Content-Type: application/json\r\n", b"<!DOCTYPE html><p>log in"),
            "it answered with an HTML page (is this network behind a login page?) instead of JSON",
            Host,
            1,
        ),
        (
            "text",
            |_, s| reply(s, "200 OK", "", b"Rate exceeded."),
            "it answered with `Rate exceeded.` instead of JSON",
            Host,
            1,
        ),
        ("nothing", |_, s| reply(s, "200 OK", "", b""), "it answered with nothing instead of JSON", Host, 1),
        ("no content", |_, s| reply(s, "204 No Content", "", b""), "it answered 204 No Content", Request, 1),
        ("escapes", |_, s| reply(s, "500 \u{1b}]0;x\u{7}", "Server: \u{1b}[31m\r\n", b"\x1b[2Jx\x07"), "", Host, 3),
        (
            "another host",
            |_, s| reply(s, "302 Found", "Location: http://169.254.169.254/meta\r\n", b""),
            "HOST sends on to `http://169.254.169.254/meta`, which is not followed; is this network behind a login page?",
            Host,
            3,
        ),
        (
            "a file",
            |_, s| reply(s, "302 Found", "Location: file:///etc/passwd\r\n", b""),
            "HOST sends on to `file:///etc/passwd`, which is not followed; is this network behind a login page?",
            Host,
            3,
        ),
        (
            "round and round",
            |_, s| reply(s, "302 Found", "Location: /list?p=0\r\n", b""),
            "HOST sends on more than 5 times",
            Host,
            18,
        ),
        (
            "cut short",
            |_, s| {
                let _ = s.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[1,");
            },
            "the answer of HOST was cut short",
            Host,
            3,
        ),
        (
            "broken gzip",
            |_, s| reply(s, "200 OK", "Content-Encoding: gzip\r\n", b"\x1f\x8b\x08garbage that is not packed"),
            "",
            Host,
            3,
        ),
        (
            "gzip cut short",
            |_, s| reply(s, "200 OK", "Content-Encoding: gzip\r\n", &gzip(&[b'['; 5000])[..20]),
            "the answer of HOST was cut short",
            Host,
            3,
        ),
        ("gzip in gzip", |_, s| reply(s, "200 OK", "Content-Encoding: gzip\r\n", &gzip(&gzip(b"[1]"))), "", Host, 1),
        (
            "broken chunks",
            |_, s| {
                let _ = s.write_all(
                    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nxx\r\n-5\r\n",
                );
            },
            "",
            Host,
            3,
        ),
        (
            "no HTTP",
            |_, s| {
                let _ = s.write_all(&[0xfe; 4000]);
            },
            "",
            Host,
            3,
        ),
        (
            "many headers",
            |_, s| {
                let _ = s.write_all(b"HTTP/1.1 200 OK\r\n");
                for _ in 0..20_000 {
                    if s.write_all(b"X-A: b\r\n").is_err() {
                        break;
                    }
                }
            },
            "",
            Host,
            3,
        ),
        (
            "a bomb",
            |_, s| {
                static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| gzip(&vec![b' '; 65 << 20]));
                reply(s, "200 OK", "Content-Encoding: gzip\r\n", &BOMB);
            },
            "the answer of HOST is larger than 64 MB",
            Host,
            0,
        ),
        ("silence", |_, s| until_it_is_gone(s), "HOST did not answer in time", Host, 3),
        (
            "one byte at a time",
            |_, s| {
                let _ = s.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
                for _ in 0..98 {
                    thread::sleep(Duration::from_millis(50));
                    if s.write_all(b"[").is_err() {
                        break;
                    }
                }
            },
            "HOST did not answer in time",
            Host,
            3,
        ),
    ];
    thread::scope(|scope| {
        for (name, behave, message, kind, requests) in cases {
            scope.spawn(move || {
                // Only where the server is slow may the time decide.
                let is_slow = ["silence", "one byte at a time"].contains(name);
                let patience = if is_slow { impatience() } else { patience() };
                let (answer, count) = ask(patience, move |_, number, stream| behave(number, stream));
                let failure = answer.map_or_else(|failure| failure, |answer| panic!("{name}: {answer:?}"));
                assert!(message.is_empty() || failure.message == *message, "{name}: {failure:?}");
                let clean = Clean::new(&failure.message).into_string();
                assert!(clean == failure.message && clean.len() < 300, "{name}: {failure:?}");
                if *requests > 0 {
                    assert_eq!((failure.kind, count), (*kind, *requests), "{name}: {failure:?}");
                }
                let is_told = ["for ever", "until 9999"].contains(name);
                assert_eq!(failure.retry_at.is_some(), is_told, "{name}: {failure:?}");
            });
        }
    });
}

#[test]
fn a_request_is_repeated_after_the_pause_that_the_host_asks_for() {
    let start = Instant::now();
    let (answer, count) = ask(patience(), |_, number, stream| match number {
        0 => reply(stream, "503 Busy", "Retry-After: 1\r\n", b""),
        _ => reply(stream, "200 OK", "", b"[2]"),
    });
    assert_eq!((answer, count), (Ok(body("[2]")), 2));
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn clients_of_one_folder_share_the_pace() {
    let folder = tempfile::tempdir().unwrap();
    let server = Arc::new(HttpServer::start(|_, _, stream| {
        thread::sleep(Duration::from_millis(30));
        reply(stream, "200 OK", "RateLimit: \"api\";r=100;t=5\r\n", b"[]");
    }));
    thread::scope(|scope| {
        for _ in 0..3 {
            let (server, folder) = (Arc::clone(&server), folder.path().to_owned());
            scope.spawn(move || {
                let client = HttpClient::new(Gate::new(folder, clock), patience(), None);
                for _ in 0..3 {
                    let pause = Duration::from_millis(1);
                    let request =
                        HttpRequest { url: server.address(), expected: BodyKind::Json, known: None, pause, site: None };
                    client.get(request, &|| false).unwrap();
                }
            });
        }
    });
    let received = server.received();
    assert_eq!(received.len(), 9);
    assert!(received.iter().all(|request| request.at_once == 1), "{received:?}");
    let pauses = received.windows(2).map(|pair| pair[1].at - pair[0].at);
    assert!(pauses.clone().all(|pause| pause >= Duration::from_millis(75)), "{:?}", pauses.collect::<Vec<_>>());
}

#[test]
fn a_request_that_waits_for_its_answer_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let server = HttpServer::start(|_, _, _| thread::sleep(Duration::from_secs(5)));
    let client = HttpClient::new(Gate::new(folder.path().to_owned(), clock), patience(), None);
    let request =
        HttpRequest { url: server.address(), expected: BodyKind::Json, known: None, pause: Duration::ZERO, site: None };
    let asked = AtomicUsize::new(0);
    let start = Instant::now();
    let failure = client.get(request, &|| asked.fetch_add(1, Ordering::SeqCst) > 2).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Cancelled);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(client.get(request, &|| false).unwrap_err().kind, FailureKind::Host, "nothing more is sent");
    assert_eq!(server.received().len(), 1);
}
