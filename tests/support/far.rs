//! A way to a gRPC server that is far: each direction takes a time, and requests are counted, and how often
//! their sender waited for an answer before it sent the next.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// What HTTP/2 begins with.
const PREFACE: usize = 24;
/// A frame's length, kind, flags and stream.
const FRAME_HEAD: usize = 9;
/// The kind of the frame that a request begins with.
const HEADERS: u8 = 1;

/// The proxy. It ends with the runtime.
pub(crate) struct Far {
    /// Such as `http://127.0.0.1:40000`.
    pub(crate) url: String,
    seen: Arc<Mutex<Seen>>,
}

/// What went by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Requests sent.
    pub(crate) requests: usize,
    /// Times that somebody waited: requests sent before an answer to the first of them could be there count once.
    pub(crate) waits: usize,
    began: Option<Instant>,
}

impl Far {
    /// A way to `to`, such as `127.0.0.1:6334`, that takes `each_way` in each direction.
    pub(crate) async fn from(to: &str, each_way: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (to, all) = (to.to_owned(), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (to, seen) = (to.clone(), Arc::clone(&all));
                tokio::spawn(async move {
                    // A server that is away is one that does not take the connection.
                    let Ok(far) = TcpStream::connect(to).await else { return };
                    for stream in [&near, &far] {
                        stream.set_nodelay(true).unwrap();
                    }
                    let (from_near, to_near) = near.into_split();
                    let (from_far, to_far) = far.into_split();
                    let mut frames = Frames { skip: PREFACE, head: Vec::new() };
                    let count = move |bytes: &[u8]| {
                        let requests = frames.requests(bytes);
                        if requests > 0 {
                            seen.lock().unwrap().add(requests, each_way * 2);
                        }
                    };
                    tokio::join!(
                        delayed(from_near, to_far, each_way, count),
                        delayed(from_far, to_near, each_way, |_| {})
                    );
                });
            }
        });
        Self { url, seen }
    }

    /// What went by since the last call.
    pub(crate) fn take(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

impl Seen {
    fn add(&mut self, requests: usize, there_and_back: Duration) {
        self.requests += requests;
        if self.began.is_none_or(|began| began.elapsed() >= there_and_back) {
            self.began = Some(Instant::now());
            self.waits += 1;
        }
    }
}

/// Passes on what comes, each piece as long after it came.
async fn delayed(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    by: Duration,
    mut look: impl FnMut(&[u8]),
) {
    let (give, mut given) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let read = async move {
        let mut piece = vec![0; 64 << 10];
        while let Ok(length @ 1..) = from.read(&mut piece).await {
            look(&piece[..length]);
            if give.send((Instant::now() + by, piece[..length].to_vec())).is_err() {
                break;
            }
        }
    };
    let write = async move {
        while let Some((at, piece)) = given.recv().await {
            if !by.is_zero() {
                tokio::time::sleep_until(at).await;
            }
            if to.write_all(&piece).await.is_err() {
                break;
            }
        }
        _ = to.shutdown().await;
    };
    tokio::join!(read, write);
}

/// The frames of one direction of an HTTP/2 connection.
struct Frames {
    /// Bytes until the next frame's head.
    skip: usize,
    /// What is there of a head.
    head: Vec<u8>,
}

impl Frames {
    /// How many requests begin in what comes next.
    fn requests(&mut self, mut bytes: &[u8]) -> usize {
        let mut requests = 0;
        while !bytes.is_empty() {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            bytes = &bytes[skipped..];
            let wanted = (FRAME_HEAD - self.head.len()).min(bytes.len());
            self.head.extend(&bytes[..wanted]);
            bytes = &bytes[wanted..];
            if let [a, b, c, kind, ..] = self.head[..]
                && self.head.len() == FRAME_HEAD
            {
                requests += usize::from(kind == HEADERS);
                self.skip = u32::from_be_bytes([0, a, b, c]) as usize;
                self.head.clear();
            }
        }
        requests
    }
}
