use std::path::PathBuf;
use std::process::{Command, Output};

use crate::support::{Host, Script, Upstream, cache, ended};

/// A model that thinks before it speaks.
const THOUGHT: &str = concat!(
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"先\"}}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"想\"}}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"再说\"}}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "data: [DONE]\n\n",
);

fn hello() -> Script {
    Script::Says(vec!["你好", "呀"])
}

fn city() -> Script {
    Script::Says(vec!["{\"city\": ", "\"北京\"}"])
}

/// What the model does while a program tries tools, reasoning, structured output and errors, in this order.
fn rest(streams: bool) -> Vec<Script> {
    let twice = |script: fn() -> Script| (0..1 + usize::from(streams)).map(move |_| script());
    let mut scripts =
        vec![Script::Calls("weather", "{\"city\": \"北京\"}"), Script::Says(vec!["北京", "晴"])];
    scripts.extend(twice(|| Script::Garbage(THOUGHT)));
    scripts.extend(twice(city));
    scripts.push(Script::Refuses(429, "{\"error\":{\"message\":\"slow down\"}}"));
    if streams {
        scripts.push(Script::SaysThenBreaksOff(vec!["先说"]));
    }
    scripts
}

/// Runs a client's program against a host before a model that does as the scripts say.
async fn all_is_well(mut program: Command, scripts: Vec<Script>) {
    let count = scripts.len();
    let upstream = Upstream::playing(scripts).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    program.arg(&host.url);
    let output: Output = tokio::task::spawn_blocking(move || ended(&mut program)).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let last = said.trim().lines().next_back().unwrap_or_default();
    assert!(last.starts_with("all is well"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(upstream.received().len(), count, "the program has done all it was to do");
}

fn python(environment: &str, program: &str) -> Command {
    let python = cache().join(environment).join("bin/python");
    assert!(python.exists(), "{} is missing; run: scripts/setup clients", python.display());
    let mut command = Command::new(python);
    command.arg(tests().join("sdk").join(program));
    command
}

fn node(program: &str) -> Command {
    let folder = tests().join("web");
    assert!(folder.join("node_modules/ai").exists(), "npm packages are missing; run: scripts/setup web");
    let mut command = Command::new("node");
    command.arg(folder.join(program));
    command
}

fn tests() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests")
}

fn openai() -> Vec<Script> {
    [hello(), hello(), hello()].into_iter().chain(rest(true)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn openais_python_client_works_unmodified() {
    all_is_well(python("venv", "openai_chat.py"), openai()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openais_python_client_of_the_major_version_before_works_unmodified() {
    all_is_well(python("venv-openai-before", "openai_chat.py"), openai()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn qianfans_python_client_works_unmodified() {
    let scripts = [hello(), hello()].into_iter().chain(rest(false)).collect();
    all_is_well(python("venv-qianfan", "qianfan_chat.py"), scripts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openais_node_client_works_unmodified() {
    all_is_well(node("openai.mjs"), openai()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn vercels_ai_sdk_works_unmodified() {
    let scripts = [hello(), hello()].into_iter().chain(rest(true)).collect();
    all_is_well(node("ai.mjs"), scripts).await;
}
