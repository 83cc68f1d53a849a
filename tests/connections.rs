use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;

use crate::support::{Embeddings, Host, Script, Upstream, eventually, limit_descriptors, within_patience};

/// Time-outs of one second, where they are what is tested.
const SHORT: &str = "[server]\nheader_timeout = \"1s\"\nidle_timeout = \"1s\"\nstall_timeout = \"1s\"\n";

/// An app in front of a model that is waited for longer than any test takes.
pub(crate) fn patient(upstream: &Upstream) -> String {
    let (first_byte, stall) = ("first_byte_timeout = \"2s\"", "stall_timeout = \"1s\"");
    crate::chat::plain(upstream).replace(first_byte, "").replace(stall, "")
}

/// A connection on which this has been sent.
pub(crate) async fn sending(host: &Host, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(host.address()).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    stream
}

/// A request whose body is announced with so many bytes, and the first of them.
pub(crate) fn half(path: &str, length: usize, begin: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{begin}"
    )
}

/// All that comes until the host closes the connection.
async fn until_closed(mut stream: TcpStream) -> String {
    let mut all = Vec::new();
    // A connection that is closed while bytes of the client wait ends with an error, and is closed.
    _ = within_patience("the end of a connection", stream.read_to_end(&mut all)).await;
    String::from_utf8(all).unwrap()
}

/// Sends a byte now and then until the host has closed the connection, and gives all it said.
async fn trickle(stream: TcpStream, byte: u8) -> String {
    let (mut from, mut to) = stream.into_split();
    let sending = async {
        while to.write_all(&[byte]).await.is_ok() {
            // A client that trickles is the subject.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        std::future::pending::<()>().await
    };
    let mut all = Vec::new();
    tokio::select! {
        read = within_patience("the end of a trickling connection", from.read_to_end(&mut all)) => drop(read),
        () = sending => {}
    }
    String::from_utf8(all).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_silent_idle_or_slow_are_closed_and_half_bodies_are_told_why() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&format!("{SHORT}{}", patient(&upstream)));
    let mut ends = Vec::new();
    for _ in 0..50 {
        let silent = sending(&host, "").await;
        let trickling = sending(&host, "GET /healthz HTTP/1.1\r\nhost: a").await;
        let idle = sending(&host, "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await;
        ends.push((tokio::spawn(until_closed(silent)), ""));
        ends.push((tokio::spawn(trickle(trickling, b'a')), ""));
        ends.push((tokio::spawn(until_closed(idle)), "HTTP/1.1 200 OK\r\n"));
    }
    // As many hit tests as there are places for.
    for (path, twice) in
        [("/v1/chat/completions", 25), ("/v2/chat/completions", 25), ("/v1/knowledge-bases/search", 15)]
    {
        for _ in 0..twice {
            let stalled = sending(&host, &half(path, 1000, "{\"model\"")).await;
            let slow = sending(&host, &half(path, 1000, "{\"model\"")).await;
            ends.push((tokio::spawn(until_closed(stalled)), "HTTP/1.1 408 Request Timeout\r\n"));
            ends.push((tokio::spawn(trickle(slow, b' ')), "HTTP/1.1 408 Request Timeout\r\n"));
        }
    }
    for (end, begin) in ends {
        let said = end.await.unwrap();
        assert!(said.starts_with(begin) && said.is_empty() == begin.is_empty(), "{said}");
        let Some((head, body)) = said.split_once("\r\n\r\n").filter(|_| begin.contains("408")) else {
            continue;
        };
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["error"]["code"], "body_too_slow", "{body}");
        assert!(body["error"]["message"].as_str().unwrap().contains("stall_timeout"), "{body}");
        let id = head.lines().find_map(|line| line.strip_prefix("x-request-id: "));
        if let Some(of_body) = body.get("id") {
            assert_eq!(of_body.as_str(), id, "{head}");
        }
    }
    assert!(upstream.received().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_comes_slowly_but_steadily_is_waited_for() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    // In all it takes twice as long as a stall may.
    let host =
        Host::start(&format!("[server]\nstall_timeout = \"2s\"\nmin_rate = 4\n{}", patient(&upstream)));
    let body = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]}).to_string();
    let mut stream = sending(&host, &half("/v1/chat/completions", body.len(), "")).await;
    for piece in body.as_bytes().chunks(body.len().div_ceil(8)) {
        // A body that comes slowly is the subject.
        tokio::time::sleep(Duration::from_millis(500)).await;
        stream.write_all(piece).await.unwrap();
    }
    let mut said = [0; 15];
    within_patience("the answer", stream.read_exact(&mut said)).await.unwrap();
    assert_eq!(&said, b"HTTP/1.1 200 OK");
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_trickle_do_not_keep_the_places_for_imports() {
    let embeddings = Embeddings::start().await;
    let host = Host::start(&format!(
        "[server]\nstall_timeout = \"3s\"\nmax_jobs = 1\nmax_queued_jobs = 1\n{}[knowledge.k]\nembedder = \"bins\"\n",
        embeddings.table("bins", 16)
    ));
    let base = "/v1/knowledge-bases/k";
    for (path, slow, busy) in [("documents?id=a.md", 4, 503), ("imports?id=a.md", 2, 429)] {
        let mut ends = Vec::new();
        for _ in 0..slow {
            let (address, head) =
                (host.address().to_owned(), half(&format!("{base}/{path}"), 1_000_000, "# 一"));
            let full = format!("HTTP/1.1 {busy} ");
            ends.push(tokio::spawn(async move {
                loop {
                    let mut upload = TcpStream::connect(&address).await.unwrap();
                    upload.write_all(head.as_bytes()).await.unwrap();
                    // One of the quick imports below may have had its place.
                    let said = trickle(upload, b'a').await;
                    if !said.starts_with(&full) {
                        break said;
                    }
                }
            }));
        }
        let import = async |status: u16| {
            let url = format!("{}{base}/{path}", host.url);
            let response = host.http.post(url).body("# 一\n\n平行志愿。").send().await.unwrap();
            Some(()).filter(|()| response.status() == status)
        };
        eventually("uploads in all places", async || import(busy).await).await;
        for end in ends {
            let said = end.await.unwrap();
            assert!(said.starts_with("HTTP/1.1 408 ") && said.contains("body_too_slow"), "{path}: {said}");
        }
        let accepted = if path.starts_with("imports") { 202 } else { 200 };
        eventually("a place for an import", async || import(accepted).await).await;
    }
}

/// Many clients read nothing before they have sent all.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_refused_in_the_middle_of_its_upload_reads_why() {
    let host = Host::start("[server]\nopen = false\n[knowledge.kb]\n");
    let upload = vec![b' '; 96 << 20];
    for (request, status, code) in [
        ("/v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1", 413, "body_too_large"),
        ("/v1/knowledge-bases/kb/documents?id=a.md HTTP/1.1\r\nhost: 127.0.0.1", 413, "body_too_large"),
        ("/v1/knowledge-bases/kb/documents?id=a.md HTTP/1.1\r\nhost: evil.example", 403, "unknown_host"),
        ("/nowhere HTTP/1.1\r\nhost: 127.0.0.1", 404, "not_found"),
    ] {
        let head = format!(
            "POST {request}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            upload.len()
        );
        let mut stream = sending(&host, &head).await;
        within_patience("an upload", stream.write_all(&upload)).await.unwrap();
        let said = until_closed(stream).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")) && said.contains(code), "{request}: {said}");
        assert!(said.contains("\r\nconnection: close\r\n"), "{request}: {said}");
    }
    // A client that keeps its connections takes another one for what comes next.
    for _ in 0..50 {
        let refused = host.http.post(format!("{}/nowhere", host.url)).body(vec![b' '; 200_000]);
        assert_eq!(refused.send().await.unwrap().status(), 404);
        assert_eq!(host.http.get(format!("{}/healthz", host.url)).send().await.unwrap().status(), 200);
    }
}

/// A stream of an answer that is larger than the system's buffers, and of which nothing is read.
pub(crate) async fn unread_stream(host: &Host) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(host.address().parse().unwrap()).await.unwrap();
    let body = json!({"model": "plain", "stream": true, "messages": [{"role": "user", "content": "问"}]});
    let body = body.to_string();
    stream.write_all(half("/v1/chat/completions", body.len(), &body).as_bytes()).await.unwrap();
    stream
}

/// Some 8 MB.
pub(crate) fn long_answer() -> Script {
    let piece: &'static str = Box::leak("a".repeat(64 << 10).into_boxed_str());
    Script::Says(vec![piece; 128])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_its_answer_is_cut_off_and_its_turn_ends() {
    let upstream = Upstream::playing([long_answer()]).await;
    let host = Host::start(&format!("{SHORT}{}", patient(&upstream)));
    let _stream = unread_stream(&host).await;
    let trace = host.newest_trace_of(1).await;
    assert_eq!(trace["finish_reason"], "cancelled", "{}", trace["error"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_silent_for_longer_than_any_client_may_be_is_waited_for() {
    let (tell, told) = mpsc::unbounded_channel();
    let upstream = Upstream::playing([Script::SaysWhatItIsTold(told)]).await;
    let host = Host::start(&format!("{SHORT}{}", patient(&upstream)));
    tell.send("一").unwrap();
    let body = json!({"model": "plain", "stream": true, "messages": [{"role": "user", "content": "数"}]});
    let response = host.post("/v1/chat/completions", body).await;
    // Longer than any client may be silent here: the silence is the subject.
    tokio::time::sleep(Duration::from_secs(3)).await;
    tell.send("二").unwrap();
    drop(tell);
    let said = response.text().await.unwrap();
    assert!(said.contains("二") && said.ends_with("data: [DONE]\n\n"), "{said}");
}

/// A host whose log goes into this file.
fn logged(config: &str, log: &Path, limit: Option<&str>) -> Host {
    Host::prepared(config, |_, command| {
        if let Some(limit) = limit {
            limit_descriptors(command, limit);
        }
        command.stderr(std::fs::File::create(log).unwrap());
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_that_would_take_every_descriptor_make_room_for_a_chat() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let short = "[server]\nheader_timeout = \"1h\"\n";
    let host = logged(&format!("{short}{}", patient(&upstream)), &log, Some("-n 256"));
    let mut silent = Vec::new();
    for _ in 0..240 {
        silent.push(sending(&host, "").await);
    }
    assert_eq!(within_patience("the answer", host.ask("plain", "问")).await.text(), "好");
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("All 128 connections are in use") && log.contains("max_connections"), "{log}");
    assert!(log.lines().count() < 10, "one state of affairs is told once: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_connection_at_work_is_not_the_one_that_makes_room() {
    let (tell, told) = mpsc::unbounded_channel();
    let upstream = Upstream::playing([Script::SaysWhatItIsTold(told), Script::Says(vec!["好"])]).await;
    let config = format!("[server]\nmax_connections = 2\n{}", patient(&upstream));
    let host = Host::start(&config);
    tell.send("一").unwrap();
    let body = json!({"model": "plain", "stream": true, "messages": [{"role": "user", "content": "数"}]});
    let at_work = host.post("/v1/chat/completions", body).await;
    let oldest = sending(&host, "GET /hea").await;
    assert_eq!(within_patience("the answer", host.ask("plain", "问")).await.text(), "好");
    assert_eq!(until_closed(oldest).await, "");
    drop(tell);
    assert!(at_work.text().await.unwrap().ends_with("data: [DONE]\n\n"));
}

/// How many files the process may open: the soft limit and the hard one.
#[cfg(target_os = "linux")]
fn descriptors(host: &Host) -> [u64; 2] {
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", host.pid().as_raw_nonzero())).unwrap();
    let (_, line) = limits.split_once("Max open files").unwrap();
    let mut words = line.split_whitespace().map(|word| word.parse().unwrap());
    [words.next().unwrap(), words.next().unwrap()]
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_host_without_descriptors_says_so_once_and_serves_again_when_there_are_some() {
    use rustix::process::{Resource, Rlimit, prlimit};

    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let host = logged(&patient(&upstream), &log, None);
    // A host that answers has counted its descriptors, and holds none any more that only its start needs.
    let alive = sending(&host, "GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").await;
    assert!(until_closed(alive).await.starts_with("HTTP/1.1 200"));
    let [soft, hard] = descriptors(&host);
    let allow = |soft: u64| {
        let limit = Rlimit { current: Some(soft), maximum: Some(hard) };
        prlimit(Some(host.pid()), Resource::Nofile, limit).unwrap();
    };
    let open = std::fs::read_dir(format!("/proc/{}/fd", host.pid().as_raw_nonzero())).unwrap();
    let numbers = open.map(|entry| entry.unwrap().file_name().to_string_lossy().parse::<u64>().unwrap());
    allow(numbers.max().unwrap() + 1);
    let mut silent = Vec::new();
    let told = eventually("a line in the log", async || {
        silent.push(sending(&host, "").await);
        std::fs::read_to_string(&log).ok().filter(|log| log.contains("No connection can be accepted"))
    })
    .await;
    assert!(told.contains("Too many open files") && told.contains("LimitNOFILE="), "{told}");
    allow(soft);
    assert_eq!(within_patience("the answer", host.ask("plain", "问")).await.text(), "好");
    let told = std::fs::read_to_string(&log).unwrap();
    assert!(told.lines().count() < 5, "one state of affairs is told once: {told}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_soft_limit_of_descriptors_is_raised_to_the_hard_one() {
    let upstream = Upstream::playing([]).await;
    let host = Host::prepared(&patient(&upstream), |_, command| {
        limit_descriptors(command, "-S -n 200");
    });
    let [soft, hard] = descriptors(&host);
    assert!(soft == hard && soft != 200, "{soft} of {hard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_without_patience_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let config = "[server]\nheader_timeout = \"0s\"\nidle_timeout = \"25h\"\nstall_timeout = \"0s\"\nshutdown_timeout = \"2d\"\nmax_connections = 0\n";
    std::fs::write(&path, config).unwrap();
    let said = tokio::task::spawn_blocking(move || crate::support::run(&path, &["check"])).await.unwrap();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    for key in ["header_timeout", "idle_timeout", "stall_timeout", "shutdown_timeout", "max_connections"] {
        assert!(said.contains(&format!("server.{key}")), "no {key} in {said}");
    }
}
