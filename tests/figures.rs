use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use crate::support::{Embeddings, Host, Script, Upstream};

/// What the alerts and the board ask Prometheus for.
const ALERTS: &str = include_str!("../docs/monitoring/alerts.yml");
const BOARD: &str = include_str!("../docs/monitoring/grafana.json");

async fn metrics(host: &Host) -> String {
    let response = host.http.get(format!("{}/metrics", host.url)).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_that_alerts_and_board_ask_for_is_there() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let embeddings = Embeddings::start().await;
    let host = Host::start(&format!(
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
"#,
        upstream.base_url,
        embeddings.table("far", 64)
    ));
    host.import("kb", "a.md", "# 平行志愿\n\n平行志愿按分数优先的原则投档。\n").await;
    assert_eq!(host.ask("app", "平行志愿怎么投档？").await.text(), "好");
    let refused = host.http.get(format!("{}/v1/traces", host.url)).header("host", "evil.example");
    assert_eq!(refused.send().await.unwrap().status(), 403);
    // Nothing has been degraded yet, so that its line is not there.
    let text = metrics(&host).await + "qianfan_host_turns_degraded_total ";

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
    for line in [
        "qianfan_host_plugin_calls_total{plugin=\"kb\",outcome=\"ok\"} 1",
        "qianfan_host_plugin_places{state=\"taken\"} 0",
        "qianfan_host_jobs{state=\"failed\"} 0",
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
