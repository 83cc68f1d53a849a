use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use crate::support::{Embeddings, Host, Script, Upstream, hostile};

/// What the alerts and the board ask Prometheus for.
const ALERTS: &str = include_str!("../docs/monitoring/alerts.yml");
const BOARD: &str = include_str!("../docs/monitoring/grafana.json");

async fn metrics(host: &Host) -> String {
    let response = host.http.get(format!("{}/metrics", host.url)).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

/// Labels and values that alerts and board tell lines of a figure apart by.
fn told_apart() -> Vec<(String, String, Vec<String>)> {
    let both = format!("{ALERTS}\n{}", BOARD.replace("\\\"", "\""));
    let matched = Regex::new(r"(qianfan_host_[a-z_]+)\{([^}]*)\}").unwrap();
    let label = Regex::new("([a-z_]+)(=~|!=|=)\"([^\"]*)\"").unwrap();
    let summed = Regex::new(r"by \(([a-z_, ]+)\) \((?:[a-z]+\()?(qianfan_host_[a-z_]+)").unwrap();
    let mut all = Vec::new();
    for found in matched.captures_iter(&both) {
        for label in label.captures_iter(&found[2]) {
            // What is left out need not be there.
            let wanted = label[3].split('|').filter(|_| &label[2] != "!=");
            all.push((found[1].to_owned(), label[1].to_owned(), wanted.map(str::to_owned).collect()));
        }
    }
    for found in summed.captures_iter(&both) {
        all.extend(found[1].split(", ").map(|label| (found[2].to_owned(), label.to_owned(), Vec::new())));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_that_alerts_and_board_ask_for_is_there() {
    let upstream = Upstream::playing([Script::Says(vec!["好"]), Script::Refuses(500, "")]).await;
    let embeddings = Embeddings::start().await;
    let config = format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
{}
[knowledge.kb]
embedder = "far"
[knowledge.kb.sources.site]
urls = ["https://site.example/"]
[plugins.kb]
component = "builtin:knowledge-base"
grants = {{ knowledge = ["kb"] }}
[apps.app]
model = "up"
plugins = [{{ plugin = "kb", route = "always" }}]
[plugins.broken]
component = {:?}
config = {{ behaviour = "panic" }}
[apps.lost]
answer = "direct"
plugins = [{{ plugin = "broken", route = "always" }}]
"#,
        upstream.base_url,
        embeddings.table("far", 64),
        hostile()
    );
    // A file is put aside.
    let host = Host::prepared(&config, |folder, command| {
        std::fs::create_dir_all(folder.join("data")).unwrap();
        std::fs::write(folder.join("data/traces.db"), "garbage ".repeat(4096)).unwrap();
        command.env("QIANFAN_LOG", "off");
    });
    host.import("kb", "a.md", "# 平行志愿\n\n平行志愿按分数优先的原则投档。\n").await;
    assert_eq!(host.ask("app", "平行志愿怎么投档？").await.text(), "好");
    assert_eq!(host.ask("app", "再问一次").await.status, 502);
    assert_eq!(host.ask("lost", "平行志愿").await.status, 200);
    let refused = host.http.get(format!("{}/v1/traces", host.url)).header("host", "evil.example");
    assert_eq!(refused.send().await.unwrap().status(), 403);
    let text = metrics(&host).await;

    let name = Regex::new("qianfan_host_[a-z_]+").unwrap();
    let asked: BTreeSet<&str> =
        [ALERTS, BOARD].iter().flat_map(|text| name.find_iter(text)).map(|found| found.as_str()).collect();
    assert!(asked.len() > 20, "{asked:?}");
    for figure in asked {
        assert!(
            text.contains(&format!("{figure}{{")) || text.contains(&format!("{figure} ")),
            "{figure} is not in\n{text}"
        );
    }
    let told_apart = told_apart();
    assert!(told_apart.len() > 20, "{told_apart:?}");
    for (figure, label, values) in told_apart {
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with(&format!("{figure}{{"))).collect();
        let has = |written: &str| lines.iter().any(|line| line.contains(written));
        assert!(has(&format!("{label}=\"")), "{figure} has no label {label}: {lines:?}");
        for value in values {
            assert!(has(&format!("{label}=\"{value}\"")), "{figure}: no {label}={value}: {lines:?}");
        }
    }
    for line in [
        "qianfan_host_plugin_calls_total{plugin=\"kb\",outcome=\"ok\"} 1",
        "qianfan_host_plugin_places{state=\"taken\"} 0",
        "qianfan_host_jobs{state=\"failed\"} 0",
        "qianfan_host_jobs_failed_total 0",
        "qianfan_host_damaged_files_total{file=\"traces.db\"} 1",
        "qianfan_host_knowledge_documents{knowledge_base=\"kb\"} 1",
        "qianfan_host_knowledge_searchable{knowledge_base=\"kb\"} 1",
        "qianfan_host_refused_requests_total{area=\"admin\",reason=\"unknown_host\"} 1",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert_eq!(text.matches("# EOF").count(), 1);
    let board: Value = serde_json::from_str(BOARD).unwrap();
    assert!(board["panels"].as_array().unwrap().len() > 10);
}
