use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};

use serde_json::{Value, json};

use crate::support::{Embeddings, Host, PATIENCE, Script, Upstream, chromium, lines, within_patience};

/// The script of pages, which runs a Chromium. It is ended when dropped.
struct Pages {
    child: Child,
    said: mpsc::Receiver<String>,
    /// Where its pages are served.
    port: u64,
}

impl Pages {
    fn start(key: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/web");
        assert!(folder.join("node_modules").exists(), "npm packages are missing; run: scripts/setup web");
        let mut command = Command::new("node");
        command.current_dir(&folder).arg("door.mjs").arg(chromium()).arg(key);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let said = lines(&mut child);
        let mut pages = Self { child, said, port: 0 };
        pages.port = pages.read()["port"].as_u64().unwrap();
        pages
    }

    fn read(&self) -> Value {
        let line = match self.said.recv_timeout(PATIENCE) {
            Err(RecvTimeoutError::Timeout) => panic!("the script said nothing within {PATIENCE:?}"),
            line => line.unwrap_or_default(),
        };
        serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("the script said `{line}`; its errors are above"))
    }

    fn visit(mut self, host: &str) -> Value {
        let mut orders = self.child.stdin.take().unwrap();
        orders.write_all(format!("{host}\n").as_bytes()).unwrap();
        self.read()
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_another_origin_gets_in_and_a_listed_one_chats() {
    let (embeddings, upstream) =
        (Embeddings::start().await, Upstream::playing((0..3).map(|_| Script::Says(vec!["好", "呀"]))).await);
    let pages = tokio::task::block_in_place(|| Pages::start("unused"));
    let config = format!(
        "[server]\ncors_origins = [\"http://shop.example:{}\"]\n{}{}[knowledge.a]\nembedder = \"e\"\nthreshold = 0.1\n",
        pages.port,
        crate::chat::plain(&upstream),
        embeddings.table("e", 32)
    );
    let host = Host::start(&config);
    host.import("a", "there.md", "平行志愿按照分数优先的原则投档。").await;
    let url = host.url.clone();
    let visiting = tokio::task::spawn_blocking(move || pages.visit(&url));
    let seen = within_patience("the pages' report", visiting).await.unwrap();

    let mut chat = seen["chat"].clone();
    assert!(chat["id"].take().as_str().is_some_and(|id| id.starts_with("chatcmpl-")), "{seen:#}");
    assert_eq!(
        chat,
        json!({"models": ["plain"], "whole": "好呀", "stream": "好呀", "id": null, "traces": "failed"})
    );
    assert!(seen["stranger"]["failed"].is_string(), "{seen:#}");

    for (who, attempts) in ["evil", "neighbour", "rebound"].map(|who| (who, seen[who].as_object().unwrap())) {
        assert_eq!(attempts.len(), 15);
        for (name, result) in attempts {
            let statuses = result["statuses"].as_array().unwrap();
            assert!(
                statuses.iter().all(|status| [403, 415].contains(&status.as_u64().unwrap())),
                "{who} {name}: {result}"
            );
            // What a page of another origin may not read, the browser's own tools do not show either.
            let hidden = ["fetch_json", "fetch_delete", "fetch_traces", "image"].contains(&&**name);
            assert_eq!(statuses.is_empty(), hidden && who != "rebound", "{who} {name}: {result}");
        }
    }
    let documents = host.get("/v1/knowledge-bases/a/documents").await;
    let ids: Vec<&str> =
        documents["data"].as_array().unwrap().iter().map(|d| d["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["there.md"], "nothing was planted and nothing deleted");
    assert_eq!(host.get("/v1/jobs").await["data"], json!([]));
    assert_eq!(upstream.received().len(), 3, "only the listed page has reached the model");
}
