//! A host with an app for each set of plugins, and what its threads have taken of the processor.

use serde_json::json;

use super::support::{self, Embeddings, Host};

/// Apps of the rig: each name, and what it is.
pub(super) const APPS: [(&str, &str); 5] = [
    ("none", "no plugins"),
    ("four", "four no-op plugins"),
    ("passages", "four plugins, a passage each"),
    ("formatter", "the markdown formatter"),
    ("bundled", "knowledge base, HTTP API, formatter"),
];
/// Windows of the knowledge base.
const WINDOWS: usize = 200;

pub(super) struct Rig {
    pub(super) host: Host,
    _embeddings: Embeddings,
}

impl Rig {
    pub(super) async fn start(upstream: &str) -> Self {
        let embeddings = Embeddings::start().await;
        let host = Host::start(&config(upstream, &embeddings));
        let text: String = (0..WINDOWS)
            .map(|n| {
                format!("# 第{n}条\n\n院校专业组{n}的投档比例为百分之一百零{n}，考生须在规定时间内填报。\n\n")
            })
            .collect();
        host.import("policy", "a.md", &text).await;
        Self { host, _embeddings: embeddings }
    }

    /// The body of a question to an app.
    pub(super) fn question(app: &str) -> String {
        let message = json!({"role": "user", "content": "第77条的投档比例是多少"});
        json!({"model": app, "stream": true, "messages": [message]}).to_string()
    }

    /// Processor time of the host's process so far, in seconds: of the thread that writes traces, and of all
    /// others.
    pub(super) fn processor(&self) -> (f64, f64) {
        let tasks = format!("/proc/{}/task", self.host.pid().as_raw_nonzero());
        let (mut traces, mut others) = (0.0, 0.0);
        for task in std::fs::read_dir(tasks).unwrap() {
            let task = task.unwrap().path();
            let read = |file: &str| std::fs::read_to_string(task.join(file)).unwrap_or_default();
            // Its first figure is the time on a processor, in nanoseconds.
            let time: f64 = read("schedstat").split(' ').next().unwrap().parse().unwrap_or(0.0);
            if read("comm").trim() == "traces" { traces += time / 1e9 } else { others += time / 1e9 }
        }
        (traces, others)
    }
}

fn config(upstream: &str, embeddings: &Embeddings) -> String {
    let guest = support::hostile();
    let mut config = format!(
        r#"
[models.up]
base_url = "{upstream}/v1"
model = "m"
[models.pieces]
base_url = "{upstream}/pieces/v1"
model = "m"
{embedder}
[knowledge.policy]
embedder = "bins"
threshold = 0.0
top_k = 5
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["policy"] }}
[plugins.api]
component = "builtin:http-api"
grants = {{ hosts = ["{upstream}"] }}
[plugins.api.config]
url = "{upstream}/scores"
query = {{ q = "{{{{ question }}}}" }}
[plugins.markdown]
component = "builtin:markdown"
[apps.none]
model = "up"
[apps.formatter]
model = "up"
formatters = ["markdown"]
[apps.pieces]
model = "pieces"
[apps.pieces-formatted]
model = "pieces"
formatters = ["markdown"]
[apps.bundled]
model = "up"
plugins = [{{ plugin = "kb", route = "always" }}, {{ plugin = "api", route = "always" }}]
formatters = ["markdown"]
"#,
        embedder = embeddings.table("bins", 512),
    );
    for (app, behaviour) in
        [("four", r#"{ behaviour = "nothing" }"#), ("passages", r#"{ behaviour = "passages", count = 1 }"#)]
    {
        let mut plugins = Vec::new();
        for number in 1..=4 {
            config += &format!("[plugins.{app}{number}]\ncomponent = {guest:?}\nconfig = {behaviour}\n");
            plugins.push(format!(r#"{{ plugin = "{app}{number}", route = "always" }}"#));
        }
        config += &format!("[apps.{app}]\nmodel = \"up\"\nplugins = [{}]\n", plugins.join(", "));
    }
    config
}
