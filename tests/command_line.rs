use std::path::Path;

use crate::support::{Script, Upstream, binary, run, with_cache};

#[test]
fn check_reports_every_error_with_file_key_and_mend() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let config = r#"
[models.up]
base_url = "not a url"
model = "m"
spelling = 1
[knowledge.kb]
treshold = 0.5
[apps.a]
model = "absent"
[[apps.a.plugins]]
plugin = "none"
route = "sometimes"
[unknown]
"#;
    std::fs::write(&path, config).unwrap();
    let output = run(&path, &["check"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for expected in
        ["host.toml", "models.up.spelling", "knowledge.kb.treshold", "apps.a.plugins[0].route", "unknown"]
    {
        assert!(said.contains(expected), "no {expected} in {said}");
    }
    // A mistake in one table hides none in another, and is not repeated by those who refer to it.
    let config = "[server]\nlissen = 1\nmax_turns = 9223372036854775807\n[models.up]\nbase_url = 3\nmodel = \"m\"\n[apps.a]\nmodel = \"up\"\nprompt = \"absent.j2\"\n[apps.b]\nmodel = \"absent\"\n";
    std::fs::write(&path, config).unwrap();
    let said = String::from_utf8_lossy(&run(&path, &["check"]).stderr).into_owned();
    for expected in
        ["server.lissen", "server.max_turns", "models.up.base_url", "apps.a.prompt", "apps.b.model"]
    {
        assert!(said.contains(expected), "no {expected} in {said}");
    }
    assert!(!said.contains("apps.a.model"), "{said}");
    let config = "[embedders.e]\nthreads = \"many\"\n[stores.s]\nurl = 3\n[knowledge.kb]\nembedder = \"e\"\nstore = \"s\"\ntop_k = 0\n[knowledge.bad]\ntop_k = \"x\"\n[plugins.p]\ncomponent = \"builtin:knowledge-base\"\ngrants = { knowledge = [\"bad\", \"none\"] }\n";
    std::fs::write(&path, config).unwrap();
    let said = String::from_utf8_lossy(&run(&path, &["check"]).stderr).into_owned();
    for expected in
        ["embedders.e.threads", "stores.s.url", "knowledge.kb.top_k", "knowledge.bad.top_k", "`none`"]
    {
        assert!(said.contains(expected), "no {expected} in {said}");
    }
    for repeated in ["knowledge.kb.embedder", "knowledge.kb.store", "base `bad`"] {
        assert!(!said.contains(repeated), "{repeated} in {said}");
    }
    let config = "[models.up]\nbase_url = \"not a url\"\nmodel = \"m\"\n[apps.a]\nmodel = \"absent\"\n[[apps.a.plugins]]\nplugin = \"none\"\nroute = \"always\"\n";
    std::fs::write(&path, config).unwrap();
    let said = String::from_utf8_lossy(&run(&path, &["check"]).stderr).into_owned();
    for expected in ["models.up.base_url", "apps.a.model", "apps.a.plugins[0].plugin", "there are: up"] {
        assert!(said.contains(expected), "no {expected} in {said}");
    }
}

/// The 34 mistakes of one file: a line, a key, and a word of the mend for each.
const MISTAKES: &[(usize, &str, &str)] = &[
    (2, "server.lissten", "did you mean `listen`?"),
    (3, "server.max_turns", "a whole number such as 256"),
    (4, "server.turn_timeout", "\"5s\""),
    (5, "server.data_dir", "/proc/nope"),
    (8, "models.main.model_name", "write `model`"),
    (9, "models.main.url", "write `base_url`"),
    (10, "models.main.api_key_env", "export it"),
    (11, "models.main.context_token", "did you mean `context_tokens`?"),
    (13, "models.main.top_p", "keep one of the two"),
    (16, "embedders.local.kind", "\"local\" or \"openai\""),
    (19, "knowledge.products.treshold", "did you mean `threshold`?"),
    (20, "knowledge.products.embeder", "did you mean `embedder`?"),
    (21, "knowledge.products.top_k", "between 1 and 100"),
    (
        24,
        "knowledge.prices.embedder",
        "add [embedders.bge], or name one that is there (there are: local), or",
    ),
    (25, "knowledge.prices.threshold", "between 0 and 1"),
    (28, "knowledge.hr.window_chars", "between 20 and 500"),
    (29, "knowledge.hr.store", "[stores.qdrant]"),
    (32, "plugins.kb.component", "did you mean \"builtin:knowledge-base\"?"),
    (35, "plugins.kb.grants.knowledge[1]", "did you mean `prices`?"),
    (39, "plugins.kb2.config.max_passage", "did you mean `max_passages`?"),
    (37, "plugins.kb2.grants.knowledge", "add [plugins.kb2.grants]"),
    (43, "plugins.api.config.url", "hosts = [\"http://127.0.0.1:9801\"]"),
    (43, "plugins.api.config.extract_arguments[0]", "unclosed character class"),
    (43, "plugins.api.config.retries", "is not a key"),
    (46, "plugins.mine.component", "my.wasm"),
    (50, "secrets.k.file", "exactly one"),
    (53, "apps.shop.model", "did you mean `main`?"),
    (54, "apps.shop.prompt", "missing.j2"),
    (55, "apps.shop.formatters[0]", "builtin:markdown"),
    (56, "apps.shop.answer", "did you mean \"model\"?"),
    (60, "apps.shop.plugins[0].route", "did you mean \"always\"?"),
    (63, "apps.shop.plugins[1].plugin", "`nope` is not configured"),
    (62, "apps.shop.plugins[1].when", "keywords"),
    (69, "apps.shop.plugins[2].when.patterns[0]", "is not a regular expression"),
];

#[test]
fn one_run_of_check_shows_every_mistake_with_its_line_and_mend() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, include_str!("cases/mistakes.toml")).unwrap();
    for command in [&["check"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let output = run(&path, command);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let problems: Vec<&str> = said.lines().filter(|line| line.contains("host.toml:")).collect();
        for (line, key, mend) in MISTAKES {
            let expected = format!("host.toml:{line}: {key}: ");
            let told: Vec<_> = problems.iter().filter(|said| said.contains(&expected)).collect();
            assert!(told.len() == 1 && told[0].contains(mend), "{expected}…{mend}\n{said}");
        }
        assert_eq!(problems.len(), MISTAKES.len(), "{said}");
        assert!(said.contains("cannot be used: 34 problems"), "{said}");
    }
}

#[test]
fn a_file_of_a_chinese_input_method_or_editor_is_read_and_its_other_mistakes_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let config = "[models.up]\nbase_url = “http://127.0.0.1:1/v1”\nmodel ＝ \"m\"\n[apps.a]\ntitle = \"小助手\"\nmodel = \"pu\"\nbroken = \n";
    let said = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        String::from_utf8_lossy(&run(&path, &["check"]).stderr).into_owned()
    };
    let plain = said(config.as_bytes());
    for expected in [
        "host.toml:2: has `“` where TOML wants `\"`",
        "host.toml:3: has `＝`",
        "host.toml:6: apps.a.model: ",
        "host.toml:7: has no value; write one behind the `=`",
    ] {
        assert!(plain.contains(expected), "no {expected} in {plain}");
    }
    // “小助手” in GBK.
    let gbk = [&b"[apps.a]\ntitle = \"\xd0\xa1\xd6\xfa\xca\xd6\"\nmodel = \"pu\"\n"[..]].concat();
    let gbk = said(&gbk);
    assert!(
        gbk.contains("host.toml:2: is saved as GBK") && gbk.contains("host.toml:3: apps.a.model"),
        "{gbk}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn check_online_asks_each_endpoint_once() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let config = format!(
        "[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\n[models.gone]\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\n\
         [stores.far]\nurl = \"http://127.0.0.1:1\"\n",
        upstream.base_url
    );
    std::fs::write(&path, config).unwrap();
    let output = tokio::task::spawn_blocking(move || run(&path, &["check", "--online"])).await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("host.toml:5: models.gone.base_url: ") && said.contains("--online"), "{said}");
    let store = said.lines().find(|line| line.contains("stores.far.url: ")).unwrap_or_default();
    assert!(store.contains("the address and the key are right") && !store.contains("model"), "{said}");
    assert_eq!(upstream.received().len(), 1, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_online_asks_and_hears_as_a_turn_does() {
    const STREAMED: &str = r#"{"error":{"message":"This model only supports stream mode"}}"#;
    const SPENT: &str = r#"{"code":1001,"msg":"余额不足","choices":[{"index":0,"message":{"content":""},"finish_reason":"error"}]}"#;
    const EMPTY: &str = r#"{"choices":[{"index":0,"message":{"content":""},"finish_reason":"stop"}]}"#;
    const CUT: &str = r#"{"choices":[{"index":0,"message":{"content":""},"finish_reason":"length"}]}"#;
    for (scripts, asked, said) in [
        (vec![Script::Says(vec!["好"])], 1, None),
        (vec![Script::Garbage(EMPTY), Script::Garbage(EMPTY)], 2, Some("gave an empty answer")),
        // The bound is the check's own, and the model may have thought until there.
        (vec![Script::Garbage(CUT)], 1, None),
        // The bound on the answer is the check's own, and a model may not take it.
        (
            vec![
                Script::Refuses(400, r#"{"error":{"message":"max_tokens should be in [32, 2048]"}}"#),
                Script::Says(vec!["好"]),
            ],
            2,
            None,
        ),
        (
            vec![Script::Refuses(400, STREAMED), Script::Refuses(400, STREAMED)],
            2,
            Some("the key and the model"),
        ),
        (vec![Script::Garbage(SPENT), Script::Garbage(SPENT)], 1, Some("余额不足")),
        (vec![Script::Garbage(r#"{"choices":[null]}"#)], 1, Some("models.up.base_url: ")),
        (
            vec![Script::Refuses(402, r#"{"error":{"message":"no money"}}"#)],
            1,
            Some("what the account may still use"),
        ),
        // A server that fails at a bound answers without one.
        (vec![Script::Refuses(500, "oops"), Script::Says(vec!["好"])], 2, None),
        (vec![Script::Refuses(503, "oops")], 1, Some("the server fails")),
    ] {
        let upstream = Upstream::playing(scripts).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("host.toml");
        let config = format!(
            "[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\nextra = {{ enable_thinking = false }}\n",
            upstream.base_url
        );
        std::fs::write(&path, config).unwrap();
        let output = tokio::task::spawn_blocking(move || run(&path, &["check", "--online"])).await.unwrap();
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.success(), said.is_none(), "{shown}");
        assert!(shown.contains(said.unwrap_or_default()), "no {said:?} in {shown}");
        let sent: Vec<serde_json::Value> =
            upstream.received().iter().map(|body| serde_json::from_slice(body).unwrap()).collect();
        assert!(sent.len() >= asked, "{shown}");
        for (request, bound) in sent.iter().zip([true, false]) {
            assert_eq!((&request["stream"], &request["enable_thinking"]), (&true.into(), &false.into()));
            assert_eq!(request["max_tokens"].is_number(), bound, "{request}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_online_asks_a_busy_model_again_and_warns_of_what_may_pass() {
    let limited = || Script::Refuses(429, r#"{"error":{"message":"rpm"}}"#);
    let failed = || Script::Refuses(500, "oops");
    for (scripts, asked, warning) in [
        (vec![limited(), Script::Says(vec!["好"])], 2, None),
        (vec![limited(), limited()], 2, Some("takes the key, and is busy")),
        (vec![failed(), failed()], 2, Some("500: oops")),
    ] {
        let upstream = Upstream::playing(scripts).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("host.toml");
        let config = format!("[models.up]\nbase_url = \"{}\"\nmodel = \"m\"\n", upstream.base_url);
        std::fs::write(&path, config).unwrap();
        let output = tokio::task::spawn_blocking(move || run(&path, &["check", "--online"])).await.unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{shown}{}", String::from_utf8_lossy(&output.stderr));
        let told = shown.lines().find(|line| line.contains("host.toml:2: warning: models.up.base_url: "));
        assert_eq!(told.is_some(), warning.is_some(), "{shown}");
        assert!(told.unwrap_or_default().contains(warning.unwrap_or_default()), "{shown}");
        assert_eq!(upstream.received().len(), asked, "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_online_takes_no_vector_without_direction_and_no_list_without_scores() {
    fn path_of(path: &str, answer: String) -> axum::Router {
        axum::Router::new().route(path, axum::routing::post(move || async move { answer }))
    }
    for (vector, scores, is_good) in [
        ("[0.1, 0.2]", r#"{"index": 0, "relevance_score": 0.5}"#, true),
        ("[0, 0]", r#"{"index": 0, "relevance_score": 0.5}"#, false),
        ("[null, null]", r#"{"index": 0, "relevance_score": 0.5}"#, false),
        ("[0.1, 0.2]", r#"{"index": 0}"#, false),
        ("[0.1, 0.2]", "", false),
    ] {
        let vector = format!(r#"{{"data": [{{"index": 0, "embedding": {vector}}}]}}"#);
        let scores = format!(r#"{{"results": [{scores}]}}"#);
        let router = path_of("/v1/embeddings", vector).merge(path_of("/v1/rerankers", scores));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("host.toml");
        let config = format!(
            "[embedders.e]\nkind = \"openai\"\nbase_url = \"{url}\"\nmodel = \"m\"\n[rerank]\nbase_url = \"{url}\"\nmodel = \"m\"\n"
        );
        std::fs::write(&path, config).unwrap();
        let output = tokio::task::spawn_blocking(move || run(&path, &["check", "--online"])).await.unwrap();
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.success(), is_good, "{shown}");
        serving.abort();
    }
}

#[test]
fn the_reference_and_the_schema_are_printed_and_a_file_may_be_begun_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let output = run(&path, &["config", "reference"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for expected in [
        "\nlisten = \"127.0.0.1:8080\"\n",
        "#[models.NAME]",
        "#[[apps.NAME.plugins]]",
        "#   \"always\": In every turn.",
    ] {
        assert!(text.contains(expected), "no {expected} in {text}");
    }
    std::fs::write(&path, text).unwrap();
    assert!(run(&path, &["check"]).status.success());
    let schema: serde_json::Value =
        serde_json::from_slice(&run(&path, &["config", "schema"]).stdout).unwrap();
    assert_eq!(schema["properties"]["server"]["properties"]["max_turns"]["default"], 256);
}

#[test]
fn inspect_describes_every_bundled_plugin() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.toml");
    for (name, expected) in [
        ("knowledge-base", "grants it can use: knowledge"),
        ("search", "grants it can use: hosts"),
        ("http-api", "grants it can use: hosts"),
        ("markdown", "role: Formatter"),
    ] {
        let output = run(&path, &["plugin", "inspect", &format!("builtin:{name}")]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(expected) && said.contains(&format!("[plugins.{name}]")), "{name}: {said}");
    }
    let output = run(&path, &["plugin", "inspect", "builtin:absent"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("knowledge-base"), "names what there is");
}

#[tokio::test(flavor = "multi_thread")]
async fn chat_answers_and_shows_its_trace_without_colours_in_a_pipe() {
    let upstream = Upstream::playing([Script::Says(vec!["你好", "！"])]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, crate::chat::plain(&upstream)).unwrap();
    let output =
        tokio::task::spawn_blocking(move || run(&path, &["chat", "--trace", "早上好"])).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.starts_with("你好！\n"), "{said}");
    assert!(
        said.contains("prompt to up") && said.contains("早上好") && said.contains("tokens 7 in, 3 out"),
        "{said}"
    );
    assert!(!said.contains('\u{1b}'), "no colours in a pipe");
}

#[tokio::test(flavor = "multi_thread")]
async fn chat_says_in_five_lines_why_its_answer_is_as_it_is() {
    let upstream = Upstream::playing([Script::Says(vec!["你好", "！"])]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, crate::chat::plain(&upstream)).unwrap();
    let output = tokio::task::spawn_blocking(move || run(&path, &["chat", "--why", "早上好"])).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<&str> = said.lines().collect();
    let expected = [
        "你好！",
        "  searched as asked",
        "  plugins  none",
        "  prompt   0 passages, about ",
        "  answer   by model up, stop; first text ",
        "  trace    cli-",
    ];
    assert_eq!(lines.len(), expected.len(), "{said}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{expected:?} in {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_a_server_refuses_fails_also_with_its_trace_wanted() {
    let upstream = Upstream::playing([]).await;
    let host = crate::support::Host::start(&crate::chat::plain(&upstream));
    let (folder, url) = (tempfile::tempdir().unwrap(), host.url.clone());
    let path = folder.path().join("none.toml");
    let arguments = move || run(&path, &["chat", "--url", &url, "--app", "absent", "--trace", "在吗"]);
    let output = tokio::task::spawn_blocking(arguments).await.unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("there is no app `absent`"), "{said}");
}

/// Runs a command whose reader has left before the first line, and gives its status and what it said on stderr.
fn unread(path: &Path, arguments: &[&str], also_stderr: bool) -> (Option<i32>, String) {
    let mut command = binary(path);
    command.args(arguments).env("QIANFAN_LOG", "info").stdout(closed_pipe());
    if also_stderr {
        command.stderr(closed_pipe());
    }
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The writing end of a pipe that nobody reads.
fn closed_pipe() -> std::io::PipeWriter {
    std::io::pipe().unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_whose_reader_has_left_ends_quietly() {
    let upstream = Upstream::playing([Script::Says(vec!["你好"]), Script::Says(vec!["你好"])]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let base = "\n[knowledge.kb]\n";
    std::fs::write(&path, with_cache(&(crate::chat::plain(&upstream) + base))).unwrap();
    let note = folder.path().join("note.md");
    std::fs::write(&note, "# 平行志愿\n\n分数优先。\n").unwrap();
    let pairs = folder.path().join("pairs.csv");
    std::fs::write(&pairs, "question,document\n平行志愿,note.md\n").unwrap();
    let (note, pairs) = (note.to_string_lossy().into_owned(), pairs.to_string_lossy().into_owned());
    let ends = move || {
        for arguments in [
            &["--help"][..],
            &["--version"],
            &["check"],
            &["kb", "import", "kb", &note],
            &["kb", "list", "kb"],
            &["kb", "search", "平行志愿"],
            &["kb", "check", "kb"],
            &["kb", "evaluate", &pairs],
            &["kb", "evaluate", &pairs, "--json"],
            &["key", "new", "shop"],
            &["plugin", "inspect", "builtin:markdown"],
            &["chat", "早上好"],
            &["chat", "--trace", "早上好"],
        ] {
            let (status, said) = unread(&path, arguments, false);
            assert_eq!(status, Some(0), "{arguments:?}: {said}");
            assert!(!said.contains("panicked") && !said.contains("error"), "{arguments:?}: {said}");
        }
        let (status, _) = unread(&path, &["kb", "search", "平行志愿", "--base", "absent"], true);
        assert!(matches!(status, Some(1 | 2)), "a failure nobody reads is none the less: {status:?}");
    };
    tokio::task::spawn_blocking(ends).await.unwrap();
}

/// A file that takes nothing, as on a full disk.
fn full_file() -> std::fs::File {
    std::fs::File::options().write(true).open("/dev/full").unwrap()
}

#[test]
fn a_command_whose_output_cannot_be_written_fails_and_says_so_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, with_cache("[knowledge.kb]\n[apps.a]\nanswer = \"direct\"\n")).unwrap();
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["config", "reference"],
        &["config", "schema"],
        &["check"],
        &["kb", "list"],
        &["kb", "check", "kb"],
        &["plugin", "inspect", "builtin:markdown"],
    ] {
        let output = binary(&path).args(arguments).stdout(full_file()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        let told = said.matches("the output could not be written to stdout: ").count();
        assert_eq!(told, 1, "{arguments:?}: {said}");
    }
}

#[test]
fn a_key_that_cannot_be_written_is_told_to_be_lost() {
    let mut command = binary(Path::new("/nowhere.toml"));
    command.args(["key", "new", "shop"]).stdout(full_file());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains("the key could not be written"), "{said}");
}
