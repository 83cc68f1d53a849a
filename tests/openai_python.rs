use crate::support::{Host, Script, Upstream, cache};

const PROGRAM: &str = r#"
import sys
from openai import OpenAI, NotFoundError

client = OpenAI(base_url=sys.argv[1] + "/v1", api_key="unused")
assert [model.id for model in client.models.list()] == ["plain"]
question = [{"role": "user", "content": "你好"}]

whole = client.chat.completions.create(model="plain", messages=question)
assert whole.choices[0].message.content == "你好呀", whole
assert whole.choices[0].finish_reason == "stop" and whole.usage.total_tokens == 10, whole

stream = client.chat.completions.create(
    model="plain", messages=question, stream=True, stream_options={"include_usage": True})
chunks = list(stream)
text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
assert text == "你好呀", text
assert chunks[-1].usage.completion_tokens == 3, chunks[-1]

try:
    client.chat.completions.create(model="absent", messages=question)
    raise SystemExit("an absent app answered")
except NotFoundError as error:
    assert error.code == "model_not_found", error
print("all is well")
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_unmodified_package_chats_streaming_and_not() {
    let python = cache().join("venv/bin/python");
    assert!(python.exists(), "{} is missing; run: scripts/setup openai", python.display());
    let upstream =
        Upstream::playing([Script::Says(vec!["你好", "呀"]), Script::Says(vec!["你好", "呀"])]).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let url = host.url.clone();
    let run = move || std::process::Command::new(python).args(["-c", PROGRAM, &url]).output().unwrap();
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "all is well",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
