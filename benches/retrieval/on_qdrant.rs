//! The same windows in the embedded store and on a Qdrant server, near and 20 ms away: importing and searching.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use qianfan_host::knowledge::{Library, StoreSettings};
use serde_json::Value;

use super::{
    SECTIONS_A_DOCUMENT, Synthesis, Times, answers, ask, import_by, line, open, open_with, query, recall,
    support,
};

/// Each way between the host and a server that is far.
const EACH_WAY: Duration = Duration::from_millis(10);

/// The same windows in both stores, one after the other on the same machine.
pub(super) async fn run(
    synthesis: &Synthesis,
    address: &str,
    windows: usize,
    asked: &[String],
    fresh: &[String],
) {
    let server = Server::start().await;
    let way = support::Far::from(&server.grpc, EACH_WAY).await;
    let far_url = way.url.clone();
    let folder = tempfile::tempdir().unwrap();
    let embedded = open(folder.path(), address, &["one"], false).await;
    let store = |url: &str, exact: bool| StoreSettings {
        url: url.to_owned(),
        exact,
        timeout: Duration::from_secs(60),
        search_timeout: Duration::from_secs(20),
        ..StoreSettings::default()
    };
    let open_at = async |url: &str, exact: bool| {
        let folder = folder.path().join(format!("{}-{exact}", url.replace(['/', ':'], "-")));
        open_with(&folder, address, &["one"], false, Some(store(url, exact))).await
    };
    let url = format!("http://{}", server.grpc);
    let qdrant = open_at(&url, false).await;

    let import_all = async |library: &Library, range: std::ops::Range<usize>| {
        let (began, count) = (Instant::now(), range.len());
        // As a folder is imported: all in one go.
        import_by(library.base("one").unwrap(), synthesis, range, usize::MAX).await;
        count as f64 / began.elapsed().as_secs_f64()
    };
    let beside = import_all(&embedded, 0..windows).await;
    let worked = server.worked();
    let rate = import_all(&qdrant, 0..windows).await;
    let worked = (server.worked() - worked).as_secs_f64() * 1e6 / windows as f64;
    line(
        "import, vectors ready: windows a second",
        &format!(
            "{beside:.0} embedded, {rate:.0} Qdrant, ratio {:.2}; {worked:.0} µs of the server's processors each",
            beside / rate
        ),
    );
    // Both stores go on making their indexes when an import is over.
    let (began, worked) = (Instant::now(), server.worked());
    server.has_indexed().await;
    line(
        "  Qdrant's index is ready",
        &format!(
            "{:.1} s after the import, with {:.1} s of the server's processors",
            began.elapsed().as_secs_f64(),
            (server.worked() - worked).as_secs_f64()
        ),
    );
    let beside = ask(&embedded, &["one"], asked).await;
    line("search, embedded", &beside.to_string());
    let far = open_at(&far_url, false).await;
    let ask_beside = async |what: &str, library: &Library| {
        let times = ask(library, &["one"], asked).await;
        line(
            &format!("search, {what}"),
            &format!("{times}   ratio of medians {:.2}", times.median / beside.median),
        );
    };
    ask_beside("Qdrant", &qdrant).await;
    ask_beside("Qdrant 20 ms away", &far).await;

    // Nobody has asked these: they are embedded, and their terms are counted.
    let (of_near, rest) = fresh.split_at(fresh.len() / 3);
    let (of_embedded, of_far) = rest.split_at(rest.len() / 2);
    way.take();
    for (what, library, questions) in [
        ("embedded", &embedded, of_embedded),
        ("Qdrant", &qdrant, of_near),
        ("Qdrant 20 ms away", &far, of_far),
    ] {
        let mut times = Vec::new();
        for question in questions {
            let began = Instant::now();
            library.search(&query(&["one"], question, 5)).await.unwrap();
            times.push(began.elapsed());
        }
        line(&format!("a new question, {what}"), &Times::of(times).to_string());
    }
    let seen = way.take();
    line(
        "  waits and requests for one, 20 ms away",
        &format!(
            "{:.2} and {:.1}",
            seen.waits as f64 / of_far.len() as f64,
            seen.requests as f64 / of_far.len() as f64
        ),
    );
    let more = windows / 10;
    let rate = import_all(&far, windows..windows + more).await;
    let beside = import_all(&embedded, windows..windows + more).await;
    let (seen, documents) = (way.take(), more.div_ceil(SECTIONS_A_DOCUMENT));
    line(
        "import 20 ms away: windows a second",
        &format!(
            "{rate:.0}, {:.2} waits for a document; {beside:.0} embedded, ratio {:.2}",
            seen.waits as f64 / documents as f64,
            beside / rate
        ),
    );

    server.has_indexed().await;
    let exact = open_at(&url, true).await;
    ask_beside("Qdrant comparing everything", &exact).await;
    let wanted = answers(&exact, &["one"], asked).await;
    line(
        "recall@10 of the indexes",
        &format!(
            "{:.4} embedded, {:.4} Qdrant",
            recall(&answers(&embedded, &["one"], asked).await, &wanted),
            recall(&answers(&qdrant, &["one"], asked).await, &wanted)
        ),
    );
}

/// A Qdrant server as `scripts/setup qdrant` has fetched it. It ends with the part.
struct Server {
    process: std::process::Child,
    /// Such as `127.0.0.1:6334`.
    grpc: String,
    http: String,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = std::env::var_os("QIANFAN_CACHE").map_or_else(
            || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/qianfan-host"),
            PathBuf::from,
        );
        let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (http, grpc) = (free(), free());
        let [http, grpc] = [http, grpc].map(|listener| listener.local_addr().unwrap());
        let process = std::process::Command::new(cache.join("bin/qdrant"))
            .current_dir(folder.path())
            .env("QDRANT__SERVICE__HOST", "127.0.0.1")
            .env("QDRANT__SERVICE__HTTP_PORT", http.port().to_string())
            .env("QDRANT__SERVICE__GRPC_PORT", grpc.port().to_string())
            .env("QDRANT__TELEMETRY_DISABLED", "true")
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let server =
            Self { process, grpc: grpc.to_string(), http: format!("http://{http}"), _folder: folder };
        for _ in 0..600 {
            if reqwest::get(format!("{}/readyz", server.http))
                .await
                .is_ok_and(|answer| answer.status() == 200)
            {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("Qdrant does not start; run `scripts/setup qdrant`");
    }

    /// Waits until it has built its index: it rests for a moment between two steps.
    async fn has_indexed(&self) {
        let mut resting = 0;
        for _ in 0..6000 {
            let answer = reqwest::get(format!("{}/collections/qianfan-one", self.http)).await.unwrap();
            let is_green = answer.json::<Value>().await.unwrap()["result"]["status"] == "green";
            resting = if is_green { resting + 1 } else { 0 };
            if resting == 10 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("Qdrant does not finish its index");
    }

    /// Processor time it has taken so far.
    fn worked(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        // Behind the program's name in brackets; ticks are hundredths of a second on Linux.
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: u64 = fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Duration::from_millis(10 * ticks)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
