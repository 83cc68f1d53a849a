//! `check` on an operator's first configuration: every mistake of it in one run, with what to write instead.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Host, Upstream, binary};

/// The mistakes of one file: a line, a key, and what the message must say of the cause or the mend. Nothing else is said.
const FIRST: &[(usize, &str, &str)] = &[];

/// What `check` says of a file that does not do, and the warnings beside it.
fn said(path: &Path) -> (String, String) {
    let mut command = binary(path);
    command.arg("check").env("QIANFAN_FIRST_EMPTY", "").env("QIANFAN_FIRST_KEY", "sk-0123456789abcdef");
    command.env_remove("QIANFAN_FIRST_UNSET");
    let output = command.output().unwrap();
    assert!(!output.status.success());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stderr), text(&output.stdout))
}

#[test]
fn an_operators_first_configuration_is_told_all_its_mistakes_in_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(folder.path().join("bad.j2"), "你是客服。\n{{ questoin }}{{ context }}\n").unwrap();
    let first = include_str!("cases/first.toml");
    let of_windows = format!("\u{feff}{}", first.replace('\n', "\r\n"));
    for file in [first, &of_windows] {
        std::fs::write(&path, file).unwrap();
        let (said, warned) = said(&path);
        let problems: Vec<&str> = said.lines().filter(|line| line.contains("host.toml:")).collect();
        for (line, key, expected) in FIRST {
            let place = if key.is_empty() { format!("host.toml:{line}: ") } else { format!("host.toml:{line}: {key}: ") };
            let told = problems.iter().filter(|said| said.contains(&place) && said.contains(expected)).count();
            assert_eq!(told, 1, "{place}…{expected}\n{said}");
        }
        assert_eq!(problems.len(), FIRST.len(), "{said}");
        for secret in ["sk-1234567890abcdef", "sk-aaaa", "sk-0123456789abcdef", "hunter2"] {
            assert!(!said.contains(secret) && !warned.contains(secret), "{secret} in {said}{warned}");
        }
        assert!(warned.contains("plugins.api.config.query.key: holds what looks like a key"), "{warned}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn warnings_are_shown_beside_mistakes_and_over_http() {
    let upstream = Upstream::playing([]).await;
    let config = format!(
        "{}prompt = \"own.j2\"\n[[apps.plain.plugins]]\nplugin = \"kb\"\nroute = \"always\"\n[knowledge.kb]\n\
         [plugins.kb]\ncomponent = \"builtin:knowledge-base\"\n[plugins.kb.grants]\nknowledge = [\"kb\"]\n",
        crate::chat::plain(&upstream)
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(folder.path().join("own.j2"), "你是客服。").unwrap();
    std::fs::write(&path, format!("{config}[server]\nmax_turns = -1\n")).unwrap();
    let (_, warned) = said(&path);
    assert!(warned.contains(": warning: apps.plain.prompt: the template shows no passages"), "{warned}");
    let line = 1 + config.lines().position(|line| line.starts_with("prompt")).unwrap();
    assert!(warned.contains(&format!("host.toml:{line}: warning")), "{warned}");

    let host = Host::prepared(&config, |folder, _| {
        std::fs::write(folder.join("own.j2"), "你是客服。").unwrap();
    });
    let expect = |what: &str, answer: &Value| {
        let warnings = answer["warnings"].as_array().unwrap_or_else(|| panic!("{what}: {answer}"));
        let [warning] = warnings.as_slice() else { panic!("{what}: {answer}") };
        assert_eq!((&warning["where"], &warning["line"]), (&"apps.plain.prompt".into(), &line.into()), "{what}");
        assert!(warning["file"].as_str().unwrap().ends_with("host.toml"), "{what}: {warning}");
        assert!(warning["message"].as_str().unwrap().contains("shows no passages"), "{what}: {warning}");
        assert!(warning["mend"].as_str().unwrap().starts_with("add {% for passage"), "{what}: {warning}");
    };
    expect("config", &host.get("/v1/config").await);
    expect("app", &host.get("/v1/apps/plain").await);
    let answer = async |request: reqwest::RequestBuilder| request.send().await.unwrap().json::<Value>().await.unwrap();
    for path in ["/v1/config/check", "/v1/config/reload"] {
        expect(path, &answer(host.http.post(format!("{}{path}", host.url))).await);
    }
    let patch = async |prompt: &str, dry_run: bool| {
        let change = json!({"prompt": prompt, "dry_run": dry_run});
        answer(host.http.patch(format!("{}/v1/apps/plain", host.url)).json(&change)).await
    };
    expect("a change that is shown", &patch("你是顾问。", true).await);
    expect("a change that is made", &patch("你是顾问。", false).await);
    let shows = "{% for passage in passages %}{{ passage.text }}{% endfor %}{% for o in outcomes %}{{ o.text }}{% endfor %}";
    for dry_run in [true, false] {
        assert_eq!(patch(shows, dry_run).await["warnings"], json!([]));
    }
    assert_eq!(host.get("/v1/config").await["warnings"], json!([]));
}
