use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;
use crate::endpoint::{Endpoint, EndpointError, Patience};

/// A server that gives each request of a connection one of these answers in turn, and closes it behind the last.
struct ScriptedServer {
    endpoint: Endpoint,
    connections: Arc<AtomicUsize>,
    /// Tells of each connection that has ended.
    ended: mpsc::UnboundedReceiver<()>,
}

impl ScriptedServer {
    async fn start(answers: &'static [&'static str]) -> Self {
        _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let (tell, ended) = mpsc::unbounded_channel();
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                counted.fetch_add(1, Ordering::SeqCst);
                let tell = tell.clone();
                tokio::spawn(async move {
                    answer_all(stream, answers).await;
                    _ = tell.send(());
                });
            }
        });
        let endpoint = Endpoint::new(&url, None, Patience::default()).unwrap();
        Self { endpoint, connections, ended }
    }

    async fn ask(&self) -> Result<String, EndpointError> {
        let response = self.endpoint.send(self.endpoint.post("chat").body("frage")).await?;
        let body = self.endpoint.body(response, 1000).await?;
        Ok(String::from_utf8(body).unwrap())
    }

    /// Whether a connection ends, or has, within what is longer than anything takes.
    async fn has_ended(&mut self) -> bool {
        matches!(tokio::time::timeout(Duration::from_secs(60), self.ended.recv()).await, Ok(Some(())))
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn answer_all(mut stream: TcpStream, answers: &[&str]) {
    let mut received = Vec::new();
    for answer in answers {
        while !received.ends_with(b"frage") {
            if stream.read_buf(&mut received).await.unwrap_or(0) == 0 {
                return;
            }
        }
        received.clear();
        _ = stream.write_all(answer.as_bytes()).await;
    }
}

const SHORT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nja";
const PIECES: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nj\r\n1\r\na\r\n0\r\n\r\n";

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let server = ScriptedServer::start(&[SHORT, PIECES, SHORT, PIECES, SHORT]).await;
    for _ in 0..4 {
        assert_eq!(server.ask().await.unwrap(), "ja");
    }
    assert_eq!(server.connections(), 1);
    let (one, other) = tokio::join!(server.ask(), server.ask());
    assert_eq!((one.unwrap().as_str(), other.unwrap().as_str()), ("ja", "ja"));
    assert_eq!(server.connections(), 2, "two at one time need two");
}

#[tokio::test]
async fn what_the_server_has_closed_is_not_asked() {
    let mut server = ScriptedServer::start(&[SHORT]).await;
    for asked in 1..=3 {
        assert_eq!(server.ask().await.unwrap(), "ja");
        assert!(server.has_ended().await, "the connection stays");
        assert_eq!(server.connections(), asked);
    }
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer_is_followed_by_another() {
    let server = ScriptedServer::start(&[SHORT, ""]).await;
    assert_eq!(server.ask().await.unwrap(), "ja");
    // The second request of the connection gets nothing, and is sent again.
    assert_eq!(server.ask().await.unwrap(), "ja");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn an_answer_that_is_given_up_ends_its_connection() {
    const BEGUN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nanfang";
    let mut server = ScriptedServer::start(&[BEGUN, SHORT]).await;
    let mut response = server.endpoint.send(server.endpoint.post("chat").body("frage")).await.unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "anfang");
    drop(response);
    assert!(server.has_ended().await, "the server's work goes on");
}

#[tokio::test]
async fn what_goes_wrong_is_told_in_the_words_of_the_usual_client() {
    for (answer, expected) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc", "end of file before message length reached"),
        ("SSH-2.0-OpenSSH\r\n\r\n", "invalid HTTP version parsed"),
    ] {
        let answers: &'static [&'static str] = Box::leak(Box::new([answer]));
        let server = ScriptedServer::start(answers).await;
        let near = server.ask().await.unwrap_err().to_string();
        let usual = Endpoint { near: None, ..server.endpoint.clone() };
        let usual = ScriptedServer { endpoint: usual, ..server }.ask().await.unwrap_err().to_string();
        assert!(near.contains(expected), "{near}");
        assert_eq!(near, usual);
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = Endpoint::new(&format!("http://{free}"), None, Patience::default()).unwrap();
    let error = endpoint.send(endpoint.post("chat")).await.unwrap_err().to_string();
    assert!(error.contains("the connection was refused, nothing listens there"), "{error}");
}

#[tokio::test]
async fn nobody_is_near_behind_tls() {
    let near = |url: &str| Near::of(&url.parse().unwrap(), None).map(|near| (near.host.clone(), near.port));
    assert_eq!(near("https://127.0.0.1/v1"), None);
    assert_eq!(near("http://localhost/v1"), Some(("localhost".into(), 80)));
    assert_eq!(near("http://[::1]:8080/v1"), Some(("::1".into(), 8080)));
}
