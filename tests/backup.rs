use std::path::Path;

use serde_json::{Value, json};

use crate::full_disk::metric;
use crate::support::{Host, Upstream, binary, eventually, hostile, with_cache};

fn config(upstream: &Upstream, data: &Path) -> String {
    format!(
        r#"
[server]
data_dir = "{}"
[models.up]
base_url = "{}"
model = "m"
[knowledge.policy]
threshold = 0.1
[plugins.flow]
component = "{}"
config = {{ behaviour = "flow", steps = 2 }}
[apps.app]
model = "up"
plugins = [{{ plugin = "flow", route = "always" }}]
"#,
        data.display(),
        upstream.base_url,
        hostile().display()
    )
}

async fn says(host: &Host, text: &str) -> (String, String) {
    let said = json!([{"role": "user", "content": text}]);
    let chat =
        host.chat(json!({"model": "app", "user": "u", "conversation_id": "c", "messages": said})).await;
    (chat.text().to_owned(), chat.id)
}

async fn documents(host: &Host) -> usize {
    let list: Value = host.get("/v1/knowledge-bases/policy/documents").await;
    list["data"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_the_host_serves_is_started_from() {
    let upstream = Upstream::playing([]).await;
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy"));
    let path = folder.path().join("host.toml");
    std::fs::write(&path, with_cache(&config(&upstream, &data))).unwrap();
    let host = Host::start(&config(&upstream, &data));
    host.import("policy", "first.md", "# 平行志愿\n\n平行志愿按照分数优先的原则投档。\n").await;
    let (asked, id) = says(&host, "我要报名").await;
    assert!(asked.starts_with("第1步"), "{asked}");
    // A trace waits a tenth of a second for others that are written with it.
    eventually("its trace is written", async || {
        (metric(&host, "qianfan_host_traces_waiting").await == 0.0).then_some(())
    })
    .await;

    let command =
        binary(&path).arg("backup").arg(&copy).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let waiting = tokio::task::spawn_blocking(move || command.wait_with_output().unwrap());
    let mut imported = 1;
    while imported < 3 || !waiting.is_finished() {
        let n = imported;
        host.import("policy", &format!("more{n}.md"), &format!("# 细则{n}\n\n第{n}条细则由各省解释。\n"))
            .await;
        imported += 1;
    }
    let copied = waiting.await.unwrap();
    let said = String::from_utf8_lossy(&copied.stdout).into_owned();
    assert!(copied.status.success() && said.contains("holds the whole of"), "{said}");
    for file in ["knowledge/policy.db", "state.db", "traces.db"] {
        assert!(said.contains(file), "{said}");
    }
    assert_eq!(documents(&host).await, imported);
    let refused = binary(&path).arg("backup").arg(&copy).output().unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("holds files already"));
    drop(host);

    let restored = Host::start(&config(&upstream, &copy));
    assert!((1..=imported).contains(&documents(&restored).await));
    let found =
        restored.post("/v1/knowledge-bases/policy/search", json!({"query": "平行志愿怎么投档"})).await;
    let found: Value = found.json().await.unwrap();
    assert!(found["hits"][0]["text"].as_str().unwrap().contains("分数优先"), "{found}");
    assert_eq!(restored.trace(&id).await["answer"], asked);
    assert!(says(&restored, "甲班").await.0.starts_with("第2步"), "the conversation goes on");
    restored.import("policy", "first.md", "# 平行志愿\n\n现在改了。\n").await;
}
