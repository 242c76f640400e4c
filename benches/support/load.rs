//! A load generator that leaves the processor to those that are measured: whole requests are written
//! from prepared bytes, answers are read by their Content-Length and checked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A keep-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("a socket option");
        Self {
            stream,
            buffer: vec![0; 1 << 20],
        }
    }

    /// Sends a request, gives the body of its 200 or 206.
    pub fn send(&mut self, request: &[u8]) -> &[u8] {
        self.stream.write_all(request).expect("a sent request");
        let mut filled = 0;
        loop {
            let read = self
                .stream
                .read(&mut self.buffer[filled..])
                .expect("an answer");
            assert!(read > 0, "the server hung up");
            filled += read;
            if let Some((head, body)) = whole(&self.buffer[..filled]) {
                return &self.buffer[head..body];
            }
        }
    }
}

/// Where the body of a whole answer begins and ends.
fn whole(bytes: &[u8]) -> Option<(usize, usize)> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).expect("a head of text");
    assert!(text.starts_with("HTTP/1.1 20"), "{text}");
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let end = head
        + length
            .expect("a length")
            .parse::<usize>()
            .expect("a number");
    (bytes.len() >= end).then_some((head, end))
}

/// A GET with a token.
pub fn get(url: &str, token: &str) -> Vec<u8> {
    format!("GET {url} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n")
        .into_bytes()
}

/// Requests a second that `connections` get through in `time`. A worker's nth request is
/// `request(n)`; `check` sees every body: a fast error is not a result.
pub fn throughput(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    request: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static,
    check: impl Fn(usize, &[u8]) + Send + Sync + 'static,
) -> f64 {
    let stop = Arc::new(AtomicBool::new(false));
    let shared = Arc::new((request, check));
    let begun = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|worker| {
            let (stop, shared) = (Arc::clone(&stop), Arc::clone(&shared));
            std::thread::spawn(move || {
                let mut connection = Connection::open(address);
                let mut done = 0;
                while !stop.load(Ordering::Relaxed) {
                    let number = worker + done * connections;
                    let body = connection.send(&shared.0(number));
                    shared.1(number, body);
                    done += 1;
                }
                done
            })
        })
        .collect();
    std::thread::sleep(time);
    stop.store(true, Ordering::Relaxed);
    let done: usize = workers
        .into_iter()
        .map(|w| w.join().expect("a worker"))
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let done = done as f64;
    done / begun.elapsed().as_secs_f64()
}

/// Milliseconds of each of `times` requests, one after the other, after `warm` that do not count.
pub fn latencies(
    connection: &mut Connection,
    request: &[u8],
    warm: usize,
    times: usize,
) -> Vec<f64> {
    for _ in 0..warm {
        connection.send(request);
    }
    (0..times)
        .map(|_| {
            let begun = Instant::now();
            connection.send(request);
            begun.elapsed().as_secs_f64() * 1000.0
        })
        .collect()
}
