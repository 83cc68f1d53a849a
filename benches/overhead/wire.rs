//! A client and an upstream on bare sockets, one thread for each connection: they take so little that what is
//! measured is what stands between them.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Pieces of the long stream.
pub(super) const PIECES: usize = 20;

/// A scripted upstream: `/v1` answers in one write, `/pieces/v1` in [`PIECES`] writes and one for the end;
/// everything else is an API that knows a score.
pub(super) struct BareUpstream {
    /// Such as `http://127.0.0.1:40000`.
    pub(super) origin: String,
    ended: Arc<Mutex<Instant>>,
}

impl BareUpstream {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let ended = Arc::new(Mutex::new(Instant::now()));
        let noted = Arc::clone(&ended);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let noted = Arc::clone(&noted);
                // A connection ends with an error where its client has gone, which is how each ends.
                std::thread::spawn(move || serve(stream.unwrap(), &noted));
            }
        });
        Self { origin, ended }
    }

    /// When the last stream of [`PIECES`] was wholly written.
    pub(super) fn ended(&self) -> Instant {
        *self.ended.lock().unwrap()
    }
}

fn serve(mut stream: TcpStream, ended: &Mutex<Instant>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let whole: String = HEAD.to_owned()
        + &["平行志愿", "按照分数优先", "遵循志愿的原则", "一轮投档。"]
            .map(|text| chunk(&piece(text)))
            .concat()
        + &END.map(chunk).concat()
        + "0\r\n\r\n";
    let pieces: Vec<String> = (0..PIECES).map(|_| chunk(&piece("按照分数优先"))).collect();
    let end = END.map(chunk).concat() + "0\r\n\r\n";
    let score = r#"{"score": 620}"#;
    let score = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{score}",
        score.len()
    );
    let mut received = Vec::new();
    loop {
        let path = request(&mut stream, &mut received)?;
        if path.starts_with("/v1") {
            stream.write_all(whole.as_bytes())?;
        } else if path.starts_with("/pieces") {
            stream.write_all(HEAD.as_bytes())?;
            for piece in &pieces {
                stream.write_all(piece.as_bytes())?;
            }
            // Taken before the write, and kept before anybody can have read what was written.
            *ended.lock().unwrap() = Instant::now();
            stream.write_all(end.as_bytes())?;
        } else {
            stream.write_all(score.as_bytes())?;
        }
    }
}

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const END: [&str; 3] = [
    r#"{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    r#"{"id":"c","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}"#,
    "[DONE]",
];

fn piece(text: &str) -> String {
    format!(
        r#"{{"id":"c","object":"chat.completion.chunk","choices":[{{"index":0,"delta":{{"content":"{text}"}},"finish_reason":null}}]}}"#
    )
}

fn chunk(data: &str) -> String {
    let event = format!("data: {data}\n\n");
    format!("{:x}\r\n{event}\r\n", event.len())
}

/// Reads one request and returns its path.
fn request(stream: &mut TcpStream, received: &mut Vec<u8>) -> std::io::Result<String> {
    received.clear();
    let mut buffer = [0; 16 << 10];
    loop {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        received.extend_from_slice(&buffer[..read]);
        let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&received[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
        if received.len() >= end + 4 + length {
            return Ok(head.split(' ').nth(1).unwrap().to_owned());
        }
    }
}

/// A client that asks one question again and again over one connection.
pub(super) struct BareClient {
    stream: TcpStream,
    request: Vec<u8>,
    received: Vec<u8>,
    /// How many reads the last answer took.
    pub(super) reads: usize,
}

impl BareClient {
    /// `origin` and `path` as in a URL.
    pub(super) fn new(origin: &str, path: &str, body: &str) -> Self {
        let address = origin.strip_prefix("http://").unwrap();
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        Self { stream, request: request.into_bytes(), received: Vec::new(), reads: 0 }
    }

    /// Asks, and waits for the whole answer.
    pub(super) fn ask(&mut self) {
        self.stream.write_all(&self.request).unwrap();
        self.received.clear();
        self.reads = 0;
        let mut buffer = [0; 16 << 10];
        while !self.received.ends_with(b"\r\n0\r\n\r\n") {
            let read = self.stream.read(&mut buffer).unwrap();
            assert!(read > 0, "{}", String::from_utf8_lossy(&self.received));
            self.received.extend_from_slice(&buffer[..read]);
            self.reads += 1;
        }
        let is_good = self.received.starts_with(b"HTTP/1.1 200")
            && self.received.windows(6).any(|bytes| bytes == b"[DONE]");
        assert!(is_good, "{}", String::from_utf8_lossy(&self.received));
    }
}
