use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{Host, Script, Upstream, binary, build, ended, run};

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

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_takes_the_path_that_each_of_its_questions_is_there_for() {
    let says = |text: &'static str| Script::Says(vec![text]);
    let upstream =
        Upstream::playing([says("占八成五[1]。"), says("最低分是六百零八。"), says("在帮助里[2]。")]).await;
    let target = tempfile::tempdir().unwrap();
    let host = binary(Path::new("none.toml"));
    let mut demo = Command::new("python3");
    demo.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/demo"));
    demo.envs(host.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))))
        .env("QIANFAN_HOST", host.get_program())
        .env("CARGO_TARGET_DIR", target.path())
        .env("OPENAI_BASE_URL", &upstream.base_url)
        .env("OPENAI_MODEL", "m")
        .env_remove("OPENAI_API_KEY")
        .env_remove("QIANFAN_API_KEY")
        .env_remove("KEEP");
    let output = tokio::task::spawn_blocking(move || ended(&mut demo)).await.unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");

    let parts: Vec<&str> = said.split("\n━━━ ").collect();
    let part = |number: usize| {
        let found = parts.iter().find(|part| part.starts_with(&format!("{number}. ")));
        *found.unwrap_or_else(|| panic!("{said}"))
    };
    for (number, expected) in [
        (1, ["我是高考志愿助手，可以回答招生政策", "prompt   no model was asked"]),
        (2, ["占八成五", "passages, best "]),
        (3, ["最低分是六百零八", "scores outcome: "]),
        (4, ["在帮助里", "passages, best "]),
        (5, ["没有", "prompt   no model was asked"]),
    ] {
        for expected in expected {
            assert!(part(number).contains(expected), "{expected}: {}", part(number));
        }
    }
    assert_eq!(upstream.received().len(), 3, "{said}");
}

#[test]
fn check_has_nothing_to_say_of_any_example() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let folders = std::fs::read_dir(examples).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = folders.map(|folder| folder.join("host.toml")).filter(|file| file.exists()).collect();
    assert!(!files.is_empty());
    let data = tempfile::tempdir().unwrap();
    for file in files {
        let mut check = binary(&file);
        check.arg("check").env("GAOKAO_DATA", data.path());
        for name in
            ["GAOKAO_LISTEN", "OPENAI_BASE_URL", "OPENAI_MODEL", "MODEL_KEY_ENV", "SCORES_API", "SEARXNG_URL"]
        {
            check.env_remove(name);
        }
        let output = ended(&mut check);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            said.contains(": all is well: ") && !said.contains("warning"),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
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
