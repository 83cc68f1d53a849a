use std::path::Path;

use serde_json::Value;

use crate::support::{Host, Script, Upstream, build, run};

fn project(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn hello_is_loaded_from_its_file_and_its_passage_is_in_the_prompt() {
    let component = build(".", &["--package", "hello"]).join("hello.wasm");
    let upstream = Upstream::playing([Script::Says(vec!["你好"])]).await;
    let config = format!(
        r#"
[models.up]
base_url = "{}"
model = "m"
[plugins.hello]
component = "hello.wasm"
[apps.app]
model = "up"
plugins = [{{ plugin = "hello", route = "always" }}]
"#,
        upstream.base_url
    );
    // Beside the configuration, as an operator would put it: the path is taken from there.
    let host = Host::prepared(&config, |folder, _| {
        std::fs::copy(&component, folder.join("hello.wasm")).unwrap();
    });
    let chat = host.ask("app", "什么是平行志愿？").await;
    assert_eq!(chat.text(), "你好", "{}", chat.body);
    let sent: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    let prompt = sent["messages"][0]["content"].as_str().unwrap();
    assert!(prompt.contains("[1] hello\n你好！你问的是：什么是平行志愿？"), "{prompt}");
    let call = &host.trace(&chat.id).await["calls"][0];
    assert_eq!(call["contribution"]["passages"][0]["title"], "hello");

    let file = component.to_str().unwrap();
    let output = run(Path::new("none.toml"), &["plugin", "inspect", file]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("Greets with what was asked") && said.contains("role: Contributor"), "{said}");
}

#[test]
fn the_plugin_in_the_readme_is_the_example() {
    let readme = project("README.md");
    let (_, section) = readme.split_once("## A plugin in ten lines\n").unwrap();
    let (_, code) = section.split_once("```rust\n").unwrap();
    let (code, _) = code.split_once("```").unwrap();
    let source = project("examples/plugins/hello/src/lib.rs");
    let without_title: String =
        source.lines().skip_while(|line| line.starts_with("//!")).map(|line| format!("{line}\n")).collect();
    assert_eq!(code.trim(), without_title.trim());
}
