//! A server on this machine for the tests of a sync: it notes every request, and answers what a test wants, byte by byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// With the query.
    pub(crate) path: String,
    /// Everything, in lower case.
    pub(crate) head: String,
    pub(crate) at: Instant,
    /// Requests that were being answered at this moment, this one included.
    pub(crate) at_once: usize,
}

pub(crate) struct HttpServer {
    address: String,
    received: Arc<Mutex<Vec<Received>>>,
    is_over: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl HttpServer {
    /// `answer` gets each request with its number, from 0, and writes what it likes.
    pub(crate) fn start(answer: impl Fn(&Received, usize, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let is_over = Arc::new(AtomicBool::new(false));
        let (noted, over, answer) = (Arc::clone(&received), Arc::clone(&is_over), Arc::new(answer));
        let open = Arc::new(AtomicUsize::new(0));
        let listening = thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let (noted, answer, open) = (Arc::clone(&noted), Arc::clone(&answer), Arc::clone(&open));
                thread::spawn(move || serve(stream.unwrap(), &noted, &open, &*answer));
            }
        });
        Self { address, received, is_over, listening: Some(listening) }
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
        let _ = self.listening.take().map(JoinHandle::join);
    }
}

fn serve(
    mut stream: TcpStream,
    noted: &Mutex<Vec<Received>>,
    open: &AtomicUsize,
    answer: &dyn Fn(&Received, usize, &mut TcpStream),
) {
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let (mut head, mut buffer) = (Vec::new(), [0; 4096]);
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => head.extend_from_slice(&buffer[..count]),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let at_once = open.fetch_add(1, Ordering::SeqCst) + 1;
    let request = Received { path, head: head.to_lowercase(), at: Instant::now(), at_once };
    let number = {
        let mut noted = noted.lock().unwrap();
        noted.push(request.clone());
        noted.len() - 1
    };
    answer(&request, number, &mut stream);
    open.fetch_sub(1, Ordering::SeqCst);
}

/// Writes a whole answer; `head` has lines of its own, each with its end. Whether the client still listens does not matter.
pub(crate) fn reply(stream: &mut TcpStream, status: &str, head: &str, body: &[u8]) {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{head}\r\n");
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).and_then(|()| stream.flush());
}
