//! `check` on an operator's first configuration: every mistake of it in one run, with what to write instead.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Host, Upstream, binary};

/// The mistakes of one file: a line, a key, and what the message must say of the cause or the mend. Nothing else is said.
const FIRST: &[(usize, &str, &str)] = &[
    (3, "server.listen", "write \"127.0.0.1:8080\""),
    (4, "server.turn_timeout", "write such as \"30s\""),
    (5, "server.max_chat_bytes", "write \"4MiB\""),
    (6, "server.max_turns", "below 0; write 0 or more"),
    (7, "server.stall_timeout", "is 0s; it must be between 1ms and 24h, such as \"30s\""),
    (8, "server.data_dir", "has a space at its end; write \"data\""),
    (10, "sever", "did you mean [server]?"),
    (11, "server.open", "has no effect beside [keys.<name>]"),
    (
        14,
        "models.main.base_url",
        "ends with /chat/completions, and what stands before that is wanted; write \"https://qianfan.baidubce.com/v2\"",
    ),
    (15, "models.main.model", "is empty; write such as"),
    (
        16,
        "models.main.api_key_env",
        "is a key, and no key is written into the file; export the key in a variable",
    ),
    (17, "models.main.temperature", "write it without quotes: 0.1"),
    (18, "models.main.first_byte_timeout", "between 1ms and 1h, such as \"60s\""),
    (19, "models.main.max_tokens", "write 1 or more, or remove it"),
    (22, "models.second.base_url", "write \"http://127.0.0.1:8000/v1\""),
    (23, "models.second.model", "has a space at its end; write \"qwen\""),
    (24, "models.second.temperature", "between 0 and 2"),
    (
        25,
        "models.second.api_key",
        "no key is written into the file; export it in an environment variable and write api_key_env",
    ),
    (28, "models.third.base_url", "`QIANFAN_FIRST_UNSET` is not set"),
    (29, "models.third.model", "`QIANFAN_FIRST_EMPTY` is not set"),
    (30, "models.third.api_key_env", "write \"QIANFAN_FIRST_KEY\", without ${…}"),
    (32, "models.文心", "is not a name; use letters"),
    (38, "embedders.near.base_url", "write kind = \"openai\" to ask an endpoint, or remove it"),
    (42, "embedders.remote.base_url", "write \"http://127.0.0.1:9000/v1\""),
    (44, "embedders.remote.timeout", "is 0s; it must be between 1ms and 1h"),
    (47, "stores.far.url", "it has the full-width `：` for `:`"),
    (48, "stores.far.search_timeout", "is 100d; it must be between 1ms and 1h"),
    (51, "knowledge.policy.threshold", "between 0 and 1, write 0.57"),
    (52, "knowledge.policy.top_k", "write it without quotes: 5"),
    (53, "knowledge.policy.embedder", "`main` is a model, and an embedder is wanted; name one that is there"),
    (54, "knowledge.policy.titel", "did you mean `title`?"),
    (57, "knowledge.policy.sources.site.urls[0]", "write \"https://www.example.com/faq\""),
    (58, "knowledge.policy.sources.site.every", "write such as \"6s\""),
    (61, "knowledge.faq.answer_threshold", "write it without quotes: 0.75"),
    (62, "", "`50%` is not a value of TOML; write weight = 0.5"),
    (63, "knowledge.faq.filters[0]", "write such as filters = [{"),
    (66, "fetch.timeout", "is 0s; it must be between 1ms and 1h, such as \"60s\""),
    (
        69,
        "secrets.shop.value",
        "no key is written into the file; export it in an environment variable and write env",
    ),
    (73, "plugins.kb.config.filters[0].operator", "is \"like\"; write \"eq\" or"),
    (73, "plugins.kb.config.filters[0].value", "did you mean `variables`?"),
    (75, "", "opens a list with `[` that is not closed; write `]`"),
    (77, "plugins.bare.grants.knowledge", "add [plugins.bare.grants] with knowledge"),
    (79, "plugins.bare.config.top_k", "is 0; write a number of at least 1 and at most 100"),
    (79, "plugins.bare.config.filters[0].value", "applies the filter `upcase`, and none can be applied here"),
    (84, "plugins.api.config.url", "`argument` is not defined; did you mean `arguments`?"),
    (84, "plugins.api.config.url", "there is no filter `upcase`; did you mean `upper`?"),
    (85, "plugins.api.config.query.city", "`varables` is not defined; did you mean `variables`?"),
    (86, "plugins.api.config.result", "`respons` is not defined; did you mean `response`?"),
    (87, "plugins.api.config.on_error", "did you mean \"outcome\"?"),
    (89, "plugins.api.grants.hosts[0]", "write \"http://127.0.0.1:9801\""),
    (93, "plugins.md.grants", "remove its grants"),
    (97, "", "write the path with `/`, or the text between single quotes"),
    (97, "plugins.win.component", "is a path of Windows"),
    (101, "plugins.web.config.endpoint", "write \"https://search.example.com\""),
    (101, "plugins.web.config.top_k", "write a number of at most 50"),
    (104, "apps.shop.model", "`kb` is a plugin, and a model is wanted"),
    (105, "apps.shop.nothing_found", "is empty, so users would read nothing"),
    (106, "apps.shop.unavailable", "is empty; write what users are told"),
    (107, "apps.shop.plugins[0]", "write plugins = [{ plugin = \"kb\", route = \"always\" }]"),
    (107, "apps.shop.plugins[1]", "write plugins = [{ plugin = \"bare\", route = \"always\" }]"),
    (
        108,
        "apps.shop.formatters[0]",
        "`api` adds to a turn and cannot be used here; move it to [[apps.NAME.plugins]]",
    ),
    (109, "apps.shop.prompt", "such as \"prompts/shop.j2\""),
    (110, "apps.shop.follow_up_timeout", "set follow_up = \"model\" or remove it"),
    (113, "", "has `:` where TOML wants `=`; write key = value"),
    (114, "", "has `“` where TOML wants `\"`"),
    (115, "", "has a text without quotes; write \"markdown\""),
    (115, "apps.two.formatters[0]", "write \"markdown\" here"),
    (116, "apps.two.max_tool_rounds", "is 9999; it must be between 0 and 100"),
    (119, "apps.two.plugins[0].plugin", "`md` is a formatter and cannot be used here; move it to formatters"),
    (121, "apps.two.plugins[0].when.patterns[0]", "is not a regular expression"),
    (124, "", "has `＝` where TOML wants `=`"),
    (124, "", "ends with `,`, which TOML does not want here; remove it"),
    (125, "apps.three.prompt", "`context`, `questoin` are not defined; did you mean `passages`, `question`?"),
    (126, "", "`True` is not a value of TOML; write open = true"),
    (126, "apps.three.open", "it belongs in [server]"),
    (128, "", "write [[apps.three.plugins]] alone in its line"),
    (131, "apps.three.plugins[0].when", "has no effect with this route; set route = \"when\" or remove it"),
    (133, "", "[apps.shop] is there already, in line 103"),
    (135, "apps.shop.titel", "did you mean `title`?"),
    (138, "keys.shop.hash", "is not a hash; write what `qianfan-host key new NAME` printed"),
    (139, "keys.shop.apps[0]", "did you mean `shop`?"),
    (140, "keys.shop.expires", "write a moment without quotes: 2027-01-01"),
];

/// What `check` says of a file that does not do, and the warnings beside it.
fn said(path: &Path) -> (String, String) {
    let mut command = binary(path);
    command.arg("check").env("QIANFAN_FIRST_EMPTY", "").env("QIANFAN_FIRST_KEY", "sk-0123456789abcdef");
    command.env_remove("QIANFAN_FIRST_UNSET").env_remove("QIANFAN_VALUES_UNSET");
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
            let place = if key.is_empty() {
                format!("host.toml:{line}: ")
            } else {
                format!("host.toml:{line}: {key}: ")
            };
            let told =
                problems.iter().filter(|said| said.contains(&place) && said.contains(expected)).count();
            assert_eq!(told, 1, "{place}…{expected}\n{said}");
        }
        assert_eq!(problems.len(), FIRST.len(), "{said}");
        for secret in ["sk-1234567890abcdef", "sk-aaaa", "sk-0123456789abcdef", "hunter2"] {
            assert!(!said.contains(secret) && !warned.contains(secret), "{secret} in {said}{warned}");
        }
        assert!(warned.contains("plugins.api.config.query.key: holds what looks like a key"), "{warned}");
    }
}

/// What a file of mistakes says of itself: its line, the key and a part of the message for each. A line that begins with
/// the mark is about the next that does not.
fn expected<'a>(file: &'a str, mark: &str) -> Vec<(usize, &'a str, &'a str)> {
    let lines: Vec<&str> = file.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((key, message)) = line.strip_prefix(mark).and_then(|line| line.split_once(": ")) else {
            continue;
        };
        let about = lines[at..].iter().position(|line| !line.starts_with(mark)).unwrap();
        found.push((at + about + 1, key, message));
    }
    found
}

#[test]
fn a_models_address_that_ends_behind_its_host_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    for (base_url, is_warned) in [("http://127.0.0.1:11434", true), ("http://127.0.0.1:11434/v1", false)] {
        let config =
            format!("[models.up]\nbase_url = {base_url:?}\nmodel = \"m\"\n[apps.plain]\nmodel = \"up\"\n");
        std::fs::write(&path, config).unwrap();
        let checked = binary(&path).arg("check").output().unwrap();
        let said = String::from_utf8_lossy(&checked.stdout);
        assert!(checked.status.success(), "{said}");
        let warned = said.contains("host.toml:2: warning: models.up.base_url: has no path")
            && said.contains("often \"http://127.0.0.1:11434/v1\"");
        assert_eq!(warned, is_warned, "{said}");
    }
}

#[test]
fn a_template_that_shows_only_the_first_passage_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let config = "[models.up]\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\n[knowledge.faq]\n[plugins.kb]\n\
                  component = \"builtin:knowledge-base\"\ngrants = { knowledge = [\"faq\"] }\n[apps.shop]\nmodel = \"up\"\n\
                  prompt = \"own.j2\"\nplugins = [{ plugin = \"kb\", route = \"always\" }]\n";
    std::fs::write(&path, config).unwrap();
    for (template, is_warned) in [
        ("{% if passages %}{{ passages[0].text }}{% endif %}", true),
        ("{% for p in passages %}{% if loop.first %}{{ p.text }}{% endif %}{% endfor %}", true),
        ("{% for p in passages %}{{ p.text }}{% endfor %}", false),
    ] {
        std::fs::write(folder.path().join("own.j2"), template).unwrap();
        let checked = binary(&path).arg("check").output().unwrap();
        let said = String::from_utf8_lossy(&checked.stdout);
        assert!(checked.status.success(), "{said}");
        let warning = "host.toml:10: warning: apps.shop.prompt: the template shows only some of the passages, so that of what `kb` finds";
        assert_eq!(said.contains(warning), is_warned, "{template}: {said}");
    }
}

#[test]
fn a_file_without_an_app_is_told_how_to_begin() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, "").unwrap();
    let checked = binary(&path).arg("check").output().unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success() && !said.contains("all is well"), "{said}");
    assert!(said.contains("there is no app yet") && said.contains("`qianfan-host init`"), "{said}");
}

#[test]
fn a_home_folder_is_told_and_no_folder_of_that_name_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let file = r#"
[server]
data_dir = "~/data"
[engine]
cache_dir = "~/compiled/now"
[models.up]
base_url = "http://127.0.0.1:1/v1"
model = "m"
[embedders.e]
model_path = "~/m.safetensors"
tokenizer_path = "~/t.json"
[knowledge.faq]
embedder = "e"
[secrets.s]
file = "~/s"
[plugins.p]
component = "~/p.wasm"
[apps.a]
model = "up"
prompt = "~/a.j2"
plugins = [{ plugin = "p", route = "always" }]
"#;
    std::fs::write(&path, file).unwrap();
    let (said, _) = said(&path);
    let written = [
        (3, "server.data_dir", "data"),
        (5, "engine.cache_dir", "compiled/now"),
        (10, "embedders.e.model_path", "m.safetensors"),
        (11, "embedders.e.tokenizer_path", "t.json"),
        (15, "secrets.s.file", "s"),
        (17, "plugins.p.component", "p.wasm"),
        (20, "apps.a.prompt", "a.j2"),
    ];
    let messages = written.map(|(line, key, within)| {
        let mend =
            format!("which only a shell takes for the home folder; write such as \"${{HOME}}/{within}\"");
        (line, key, format!("holds `~`, {mend}"))
    });
    let expected: Vec<(usize, &str, &str)> =
        messages.iter().map(|(line, key, message)| (*line, *key, message.as_str())).collect();
    hold(&said, &expected);
    assert!(!folder.path().join("~").exists());
}

#[test]
fn a_damaged_file_is_told_with_its_mend_and_stays_where_it_is() {
    for (file, expected) in [
        ("knowledge/faq.db", "knowledge.faq: it cannot be searched: "),
        ("traces.db", "server.data_dir: traces cannot be kept: "),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("host.toml");
        let config = "[models.up]\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\n[knowledge.faq]\n[apps.a]\nmodel = \"up\"\n";
        std::fs::write(&path, config).unwrap();
        let damaged = folder.path().join("data").join(file);
        std::fs::create_dir_all(damaged.parent().unwrap()).unwrap();
        std::fs::write(&damaged, "garbage ".repeat(1000)).unwrap();
        let (said, _) = said(&path);
        let told = said.lines().find(|line| line.contains(expected)).unwrap_or_else(|| panic!("{said}"));
        assert!(told.contains("file is not a database") && told.contains("back from a backup, or"), "{told}");
        assert_eq!(
            std::fs::read_to_string(&damaged).unwrap(),
            "garbage ".repeat(1000),
            "{file} is left alone"
        );
    }
}

#[test]
fn all_damaged_files_are_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let config = "[models.up]\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\n[knowledge.faq]\n\
                  [plugins.kb]\ncomponent = \"builtin:knowledge-base\"\n[plugins.kb.grants]\nknowledge = [\"faq\"]\n\
                  [apps.a]\nmodel = \"up\"\nplugins = [{ plugin = \"kb\", route = \"always\" }]\n";
    std::fs::write(&path, config).unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(data.join("knowledge")).unwrap();
    for file in ["knowledge/faq.db", "state.db", "traces.db"] {
        std::fs::write(data.join(file), "garbage ".repeat(1000)).unwrap();
    }
    let (told, _) = said(&path);
    for expected in [
        "knowledge.faq: it cannot be searched: ",
        "server.data_dir: the plugins' state cannot be opened: ",
        "server.data_dir: traces cannot be kept: ",
    ] {
        assert_eq!(told.matches(expected).count(), 1, "{expected}: {told}");
    }
    for file in ["knowledge/faq.db", "state.db", "traces.db"] {
        std::fs::remove_file(data.join(file)).unwrap();
    }
    binary(&path).arg("check").output().unwrap();
    // New ones have begun. SQLite opens a file by its first page; what was written over in the others is found as well, and stays.
    for file in ["state.db", "traces.db"] {
        let path = data.join(file);
        let mut bytes = std::fs::read(&path).unwrap();
        let page = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
        bytes[page..page + 2000].fill(0xa5);
        std::fs::write(&path, bytes).unwrap();
    }
    let (told, _) = said(&path);
    for file in ["state.db", "traces.db"] {
        assert!(told.contains(&format!("{file} is damaged: ")), "{told}");
        assert!(data.join(file).exists(), "{file} is left alone: {told}");
    }
}

/// How a place of a file is told.
fn place(line: usize, key: &str) -> String {
    match key {
        "" => format!("host.toml:{line}: "),
        key => format!("host.toml:{line}: {key}: "),
    }
}

/// Whether a line of output is what a file says of itself.
fn is_said(said: &str, (line, key, message): &(usize, &str, &str)) -> bool {
    said.contains(&place(*line, key)) && said.contains(message)
}

/// Holds what was said of a file to what it says of itself: each once, and nothing besides.
fn hold(said: &str, expected: &[(usize, &str, &str)]) {
    let told: Vec<&str> = said.lines().filter(|line| line.contains("host.toml:")).collect();
    let mut wrong = Vec::new();
    for one in expected {
        let times = told.iter().filter(|said| is_said(said, one)).count();
        if times != 1 {
            wrong.push(format!("{times} times: {}…{}", place(one.0, one.1), one.2));
        }
    }
    let besides = told.iter().filter(|said| !expected.iter().any(|one| is_said(said, one)));
    wrong.extend(besides.map(|said| format!("besides: {said}")));
    assert!(wrong.is_empty(), "{}\n\n{said}", wrong.join("\n"));
}

/// Files of mistakes, each with all that is said of it.
const FILES: [&str; 9] = [
    include_str!("cases/values.toml"),
    include_str!("cases/plugins.toml"),
    include_str!("cases/places.toml"),
    include_str!("cases/numbers.toml"),
    include_str!("cases/syntax.toml"),
    include_str!("cases/habits.toml"),
    include_str!("cases/grants.toml"),
    include_str!("cases/forms.toml"),
    include_str!("cases/mends.toml"),
];

#[test]
fn files_of_mistakes_are_told_all_of_them_in_one_run() {
    for file in FILES {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("host.toml");
        std::fs::write(&path, file).unwrap();
        let (said, _) = said(&path);
        let expected = expected(file, "#! ");
        assert!(expected.len() >= 20);
        hold(&said, &expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_each_mistake_can_be_said_in_another_language() {
    let upstream = Upstream::playing([]).await;
    let host = Host::start(&crate::chat::plain(&upstream));
    let more = [
        include_str!("cases/first.toml"),
        include_str!("cases/mistakes.toml"),
        include_str!("cases/surprises.toml"),
    ];
    let mut nameless = Vec::new();
    for file in FILES.into_iter().chain(more) {
        let checked =
            host.http.post(format!("{}/v1/config/check", host.url)).body(file).send().await.unwrap();
        let checked: Value = checked.json().await.unwrap();
        let said = ["problems", "warnings"].map(|kind| checked[kind].as_array().cloned().unwrap_or_default());
        let said = said.concat();
        assert!(said.len() >= 10, "{checked}");
        // A mend whose sentence has no name would stay English within the Chinese one.
        nameless.extend(said.into_iter().filter(|problem| {
            let is_known =
                |inner: &str| problem["params"][inner].is_null() || !problem["inner"][inner].is_null();
            let by_itself = [
                "toml",
                "saved",
                "not_utf8",
                "no_such_file",
                "variable_unset",
                "not_a",
                "no_port",
                "blanks",
                "no_effect",
            ];
            let kind = problem["kind"].as_str();
            kind.is_none_or(|kind| !is_known("mend") && !by_itself.iter().any(|own| kind.starts_with(own)))
        }));
    }
    let nameless: Vec<String> = nameless
        .iter()
        .map(|problem| format!("{} ({}); {}", problem["message"], problem["kind"], problem["mend"]))
        .collect();
    assert!(
        nameless.is_empty(),
        "give these a row in host/src/wording/problem.rs or mend.rs, and their Chinese in host/console/src/words/facts.config.zh.ts:\n{}",
        nameless.join("\n")
    );
}

#[test]
fn what_works_and_will_surprise_is_told_and_the_file_can_be_used() {
    let file = include_str!("cases/surprises.toml");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    std::fs::write(&path, file).unwrap();
    let template = "你是{role}，回答{query}。{{ question }}{% for o in outcomes %}{{ o.text }}{% endfor %}{% for p in passages %}{{ p.text }}{% endfor %}";
    std::fs::write(folder.path().join("single.j2"), template).unwrap();
    std::fs::write(folder.path().join("long.j2"), "你是客服。".repeat(20)).unwrap();
    let output = binary(&path).arg("check").env("QIANFAN_FIRST_KEY", "sk-0123456789abcdef").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    let warnings: Vec<&str> = said.lines().filter(|line| line.contains(": warning: ")).collect();
    hold(&warnings.join("\n").replace(": warning: ", ": "), &expected(file, "#? "));
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
        assert_eq!(
            (&warning["where"], &warning["line"]),
            (&"apps.plain.prompt".into(), &line.into()),
            "{what}"
        );
        assert!(warning["file"].as_str().unwrap().ends_with("host.toml"), "{what}: {warning}");
        assert!(warning["message"].as_str().unwrap().contains("shows no passages"), "{what}: {warning}");
        assert!(warning["mend"].as_str().unwrap().starts_with("add {% for passage"), "{what}: {warning}");
    };
    expect("config", &host.get("/v1/config").await);
    expect("app", &host.get("/v1/apps/plain").await);
    let answer =
        async |request: reqwest::RequestBuilder| request.send().await.unwrap().json::<Value>().await.unwrap();
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
