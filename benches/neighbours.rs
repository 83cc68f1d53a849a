//! What a quiet app notices of a neighbour that means harm: the time of its turns, calm and attacked,
//! measured one after the other in one run for each attack. `make bench-neighbours`.
//!
//! The quiet app does what apps do: it searches a base with the local embedder, calls an API, keeps
//! state and asks a model. Its neighbour is another app of the same host, which many clients ask as fast as
//! it answers.

#![allow(clippy::disallowed_methods, reason = "benchmarks start servers and ask them")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot go on has failed")]

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use more of it")]
mod support;

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;

use support::{Host, Script, Upstream, hostile};

/// Turns of the quiet app that are measured, calm and attacked.
const TURNS: usize = 400;
/// Between two turns of the quiet app, whose user reads the answer.
const PAUSE: Duration = Duration::from_millis(10);
/// From an attack's beginning to the first measured turn.
const ONSET: Duration = Duration::from_secs(2);
/// What a client of an attack waits when it is refused, as a client in a loop does.
const REFUSED: Duration = Duration::from_millis(50);

/// One neighbour.
struct Attack {
    what: &'static str,
    /// Its clients, each asking again when it has its answer.
    clients: usize,
    /// The hostile guest's configuration.
    config: &'static str,
    /// What stands in its plugin's table besides.
    more: &'static str,
}

const ATTACKS: [Attack; 7] = [
    Attack { what: "8 looping guests", clients: 8, config: r#"{ behaviour = "loop" }"#, more: "" },
    Attack {
        what: "8 guests filling 30 MB",
        clients: 8,
        config: r#"{ behaviour = "fill", bytes = 31457280 }"#,
        more: "",
    },
    Attack {
        what: "state churn, 8 clients",
        clients: 8,
        config: r#"{ behaviour = "churn", times = 1000 }"#,
        more: "",
    },
    Attack {
        what: "small state writes, 8 clients",
        clients: 8,
        config: r#"{ behaviour = "churn", times = 4 }"#,
        more: "",
    },
    Attack {
        what: "names that never answer, 64 clients",
        clients: 64,
        config: r#"{ behaviour = "http", scheme = "http", authority = "never-answers.example" }"#,
        more: "grants = { hosts = [\"http://never-answers.example\"] }",
    },
    Attack {
        what: "searches in a loop, 8 clients",
        clients: 8,
        config: r#"{ behaviour = "search", bases = ["policies"], times = 32 }"#,
        more: "grants = { knowledge = [\"policies\"] }",
    },
    Attack {
        what: "calls of a dead API, 100 clients",
        clients: 100,
        config: r#"{ behaviour = "http", scheme = "http", authority = "DEAD" }"#,
        more: "grants = { hosts = [\"http://DEAD\"] }",
    },
];

#[tokio::main]
async fn main() {
    _ = rustls::crypto::ring::default_provider().install_default();
    let dead = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead_address = dead.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        // Accepts and says nothing.
        let mut held = Vec::new();
        while let Ok((stream, _)) = dead.accept().await {
            held.push(stream);
        }
    });
    let turns = (TURNS * 2 + 100) * ATTACKS.len();
    let upstream =
        Upstream::playing((0..turns).map(|_| Script::Says(vec!["平行志愿", "按分数投档。"]))).await;
    let api = api().await;
    let host = Host::prepared(&config(&upstream.base_url, &api, &dead_address), |folder, command| {
        // Every turn of an attack that fails is a line of its log.
        command.env("QIANFAN_LOG", "off");
        look_names_up_in_vain(folder, command);
    });
    import(&host).await;
    let quiet = Quiet { host: Arc::new(host), asked: AtomicUsize::new(0) };
    quiet.turns(100).await;
    println!(
        "{:<38} {:>9} {:>9} {:>11} {:>11} {:>6} {:>6}",
        "turns of a quiet app beside", "calm p50", "p99", "attacked p50", "p99", "p50", "p99"
    );
    let only = std::env::var("NEIGHBOUR").unwrap_or_default();
    for (index, attack) in ATTACKS.iter().enumerate().filter(|(_, attack)| attack.what.contains(&only)) {
        compare(&quiet, index, attack).await;
    }
}

async fn compare(quiet: &Quiet, index: usize, attack: &Attack) {
    let calm = quiet.turns(TURNS).await;
    let mut clients = JoinSet::new();
    for client in 0..attack.clients {
        let host = Arc::clone(&quiet.host);
        clients.spawn(async move {
            for turn in 0_usize.. {
                let question = format!("第{client}个客户第{turn}次问分数线");
                if host.ask(&format!("attack-{index}"), &question).await.status != 200 {
                    tokio::time::sleep(REFUSED).await;
                }
            }
        });
    }
    tokio::time::sleep(ONSET).await;
    let attacked = quiet.turns(TURNS).await;
    clients.shutdown().await;
    // The host ends what its clients have left.
    tokio::time::sleep(ONSET).await;
    let (before, after) = (figures(calm), figures(attacked));
    println!(
        "{:<38} {:>6.1} ms {:>6.1} ms {:>8.1} ms {:>8.1} ms {:>5.2}× {:>5.2}×",
        attack.what,
        before.0,
        before.1,
        after.0,
        after.1,
        after.0 / before.0,
        after.1 / before.1
    );
}

/// The app whose users ask now and then.
struct Quiet {
    host: Arc<Host>,
    asked: AtomicUsize,
}

impl Quiet {
    /// How long so many turns took, each a conversation of its own.
    async fn turns(&self, count: usize) -> Vec<Duration> {
        let mut took = Vec::with_capacity(count);
        for _ in 0..count {
            let number = self.asked.fetch_add(1, Ordering::Relaxed);
            let body = json!({
                "model": "quiet", "conversation_id": format!("quiet-{number}"),
                "messages": [{"role": "user", "content": format!("第{number}条的投档比例是多少？")}],
            });
            let begun = Instant::now();
            let chat = self.host.chat(body).await;
            took.push(begun.elapsed());
            assert_eq!((chat.status, chat.text()), (200, "平行志愿按分数投档。"), "{}", chat.body);
            tokio::time::sleep(PAUSE).await;
        }
        took
    }
}

/// Median and 99th percentile, in milliseconds.
fn figures(mut took: Vec<Duration>) -> (f64, f64) {
    took.sort_unstable();
    let at = |part: f64| took[(took.len() as f64 * part) as usize].as_secs_f64() * 1e3;
    (at(0.5), at(0.99))
}

/// An API that answers at once.
async fn api() -> String {
    let router = axum::Router::new().fallback(async || "好");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| stream.set_nodelay(true).unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address.to_string()
}

fn config(upstream: &str, api: &str, dead: &str) -> String {
    let guest = hostile();
    let guest = guest.display();
    let mut text = format!(
        r#"
[models.up]
base_url = "{upstream}"
model = "m"
[knowledge.policies]
threshold = 0.0
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["policies"] }}
[plugins.api]
component = "{guest}"
config = {{ behaviour = "http", scheme = "http", authority = "{api}" }}
grants = {{ hosts = ["http://{api}"] }}
[plugins.note]
component = "{guest}"
config = {{ behaviour = "state", set = {{ asked = "一次" }}, get = "asked" }}
[apps.quiet]
model = "up"
plugins = [
    {{ plugin = "kb", route = "always", on_failure = "fail" }},
    {{ plugin = "api", route = "always", on_failure = "fail" }},
    {{ plugin = "note", route = "always", on_failure = "fail" }},
]
"#
    );
    for (index, Attack { config, more, .. }) in ATTACKS.iter().enumerate() {
        text.push_str(&format!(
            r#"
[plugins.attack-{index}]
component = "{guest}"
config = {config}
{more}
[apps.attack-{index}]
model = "up"
answer = "direct"
nothing_found = "无"
plugins = [{{ plugin = "attack-{index}", route = "always", on_failure = "fail" }}]
"#
        ));
    }
    text.replace("DEAD", dead)
}

async fn import(host: &Host) {
    let text: String = (0..400)
        .map(|n| {
            format!("# 第{n}条\n\n院校专业组{n}的投档比例为百分之一百零{n}，考生须在规定时间内填报。\n\n")
        })
        .collect();
    host.import("policies", "a.md", &text).await;
}

/// Gives the host a name server that is not there, where this user may do so: else names are asked of
/// the machine's own.
fn look_names_up_in_vain(folder: &std::path::Path, command: &mut Command) {
    let may = Command::new("unshare").args(["-rm", "true"]).output();
    if !may.is_ok_and(|ran| ran.status.success()) {
        println!("names are asked of this machine's own server: there is no `unshare -rm` here");
        return;
    }
    let file = folder.join("resolv.conf");
    // An address for documentation, which belongs to nobody.
    std::fs::write(&file, "nameserver 192.0.2.1\n").unwrap();
    let inner = std::mem::replace(command, Command::new("unshare"));
    command
        .args(["-rm", "sh", "-c", "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\""])
        .arg(file)
        .arg(inner.get_program())
        .args(inner.get_args());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}
