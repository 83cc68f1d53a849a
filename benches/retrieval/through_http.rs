//! A question that nobody has asked before, in this process and through HTTP of the real binary, alone and
//! with others at the same time. Questions are embedded by the bench's model behind an endpoint, a request
//! more than a host that has the model itself.

use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};

use super::support::Host;
use super::{Synthesis, Times, import, line, open, query};

/// Questions asked at the same time.
const SIDE_BY_SIDE: [usize; 3] = [1, 2, 4];

pub(super) async fn run(synthesis: &Synthesis, address: &str, windows: usize, fresh: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let parts = fresh.chunks(fresh.len() / (2 + SIDE_BY_SIDE.len())).collect::<Vec<_>>();
    let (alone, rest) = (parts[0], &parts[1..]);
    {
        let library = open(folder.path(), address, &["one"], false).await;
        import(library.base("one").unwrap(), synthesis, 0..windows).await;
        let mut times = Vec::new();
        for question in alone {
            let began = Instant::now();
            synthesis.model.vectors(vec![question.clone()]).await.unwrap();
            times.push(began.elapsed());
        }
        line("embedding the question alone", &Times::of(times).to_string());
        let mut times = Vec::new();
        for question in rest[0] {
            let began = Instant::now();
            library.search(&query(&["one"], question, 5)).await.unwrap();
            times.push(began.elapsed());
        }
        line("a new question, in process", &Times::of(times).to_string());
    }
    let host = Host::start(&format!(
        "[server]\ndata_dir = \"{}\"\n[knowledge.one]\nembedder = \"stub\"\nthreshold = 0.0\n\
         [embedders.stub]\nkind = \"openai\"\nbase_url = \"{address}\"\nmodel = \"stub\"\n",
        folder.path().display()
    ));
    let ask = async |question: &String| {
        let began = Instant::now();
        let body = json!({"query": question, "top_k": 5});
        let found: Value = host.post("/v1/knowledge-bases/one/search", body).await.json().await.unwrap();
        let took = began.elapsed();
        assert!(!found["hits"].as_array().unwrap().is_empty(), "{found}");
        took
    };
    // Until the index is grouped anew after opening, every window is compared.
    while groups(&host) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Connections are made.
    for question in alone {
        ask(question).await;
    }
    for (clients, questions) in SIDE_BY_SIDE.into_iter().zip(&rest[1..]) {
        let times = stream::iter(*questions).map(&ask).buffer_unordered(clients).collect().await;
        line(&format!("a new question, HTTP, {clients} at a time"), &Times::of(times).to_string());
    }
}

/// Whether the host has a thread that groups a base's windows.
fn groups(host: &Host) -> bool {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", host.pid().as_raw_nonzero())).unwrap();
    let name = |task: std::io::Result<std::fs::DirEntry>| std::fs::read_to_string(task?.path().join("comm"));
    tasks.filter_map(|task| name(task).ok()).any(|name| name.trim() == "group")
}
