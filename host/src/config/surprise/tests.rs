use std::path::Path;

use super::*;

/// A key of nobody.
const HASH: &str = "hash = \"sha256:0000000000000000000000000000000000000000000000000000000000000000\"\n";
const BASE: &str = "[models.m]\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\n";

/// What is said of a file that can be used, as `key: message`.
fn said(text: &str) -> Vec<String> {
    let config = Config::parse(text, Path::new("/nowhere/host.toml")).unwrap();
    // 2026-06-01, noon.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_315_200);
    config
        .placed(config.surprises(now))
        .iter()
        .map(|problem| format!("{} {problem}", problem.line.unwrap_or_default()))
        .collect()
}

#[test]
fn what_is_usual_surprises_nobody() {
    for text in [
        "",
        BASE,
        "[server]\nlisten = \"0.0.0.0:8080\"\nturn_timeout = \"20s\"\nmin_rate = \"64KiB\"\n[stores.q]\n",
        &format!(
            "[server]\nlisten = \"0.0.0.0:8080\"\nadmin_key_env = \"ADMIN\"\n[keys.a]\n{HASH}expires = 2026-06-02\n"
        ),
        &format!(
            "{BASE}context_tokens = 4096\nmax_tokens = 1024\n[apps.a]\nmodel = \"m\"\nprompt_tokens = 3072\n"
        ),
        "[knowledge.k.sources.s]\nurls = [\"http://127.0.0.1:8000/x\", \"https://a.example/\"]\n[fetch]\nhosts = [\"http://127.0.0.1:8000\"]\n",
        &format!("{BASE}[apps.a]\nanswer = \"direct\"\nnothing_found = \"没有\"\n"),
    ] {
        assert_eq!(said(text), [""; 0], "{text}");
    }
}

#[test]
fn each_surprise_is_told_at_its_key_with_what_to_write() {
    for (text, expected) in [
        ("[server]\nlisten = \"0.0.0.0:80\"\nadmin_key_env = \"ADMIN\"\n".to_owned(), "2 server.listen: other machines reach the host, and there is no key for clients"),
        (format!("[keys.a]\n{HASH}expires = 2026-06-01\n"), "3 keys.a.expires: is over, so the key is refused; write a later day"),
        ("[server]\nmin_rate = \"1MiB\"\n".to_owned(), "2 server.min_rate: is 1MiB a second, 8 Mbit/s: clients on a slower line"),
        ("[stores.q]\nurl = \"http://10.0.0.1:6333\"\n".to_owned(), "2 stores.q.url: names port 6333, where Qdrant serves HTTP unless it is told otherwise, and the host speaks gRPC; write \"http://10.0.0.1:6334\""),
        ("[server]\nturn_timeout = \"10s\"\n[engine]\nmax_wait = \"11s\"\n".to_owned(), "4 engine.max_wait: is 11s, longer than server.turn_timeout = 10s"),
        (format!("{BASE}first_byte_timeout = \"10m\"\n"), "4 models.m.first_byte_timeout: is 10m, longer than server.turn_timeout = 5m, which ends the wait before; lower it"),
        ("[embedders.e]\nkind = \"openai\"\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\ntimeout = \"1s\"\nquestion_timeout = \"3s\"\n".to_owned(), "6 embedders.e.question_timeout: is 3s, longer than timeout = 1s"),
        (format!("{BASE}max_tokens = 9000\n"), "4 models.m.max_tokens: is 9000, and context_tokens of the model `m` is 8192, which leaves no room for a prompt; lower it, or write"),
        (format!("{BASE}extra = {{ max_completion_tokens = 8000 }}\n"), "4 models.m.extra.max_completion_tokens: is 8000, and context_tokens of the model `m` is 8192, which leaves no room for a prompt; lower it, or write"),
        (format!("{BASE}context_tokens = 4000\nmax_tokens = 3900\n"), "5 models.m.max_tokens: is 3900, and context_tokens of the model `m` is 4000, which leaves no room for a prompt; lower it, or write"),
        (format!("{BASE}[apps.a]\nmodel = \"m\"\nprompt_tokens = 9000\n"), "6 apps.a.prompt_tokens: is 9000, and context_tokens of the model `m` is 8192"),
        (format!("{BASE}context_tokens = 4096\nmax_tokens = 2048\n[apps.a]\nmodel = \"m\"\nprompt_tokens = 3000\n"), "8 apps.a.prompt_tokens: is 3000, and with max_tokens = 2048 of the model `m` more than its context_tokens = 4096, so that prompts are cut to 2048; write at most 2048"),
        (format!("{BASE}[apps.a]\nmodel = \"m\"\nnothing_found = \"没有\"\n"), "6 apps.a.nothing_found: has no effect: the app has no plugins"),
        (format!("{BASE}[apps.a]\nmodel = \"m\"\nplugins = [{{ plugin = \"p\", route = \"when\", when = {{ variables = {{ vip = \"\" }} }} }}]\n[plugins.p]\ncomponent = \"p.wasm\"\n"), "6 apps.a.plugins[0].when.variables.vip: is empty, so that only a request that sends `vip` without a value meets it"),
        ("[knowledge.k.sources.s]\nurls = [\"http://127.0.0.1:8000/x\"]\n".to_owned(), "2 knowledge.k.sources.s.urls[0]: leads to http://127.0.0.1:8000, which is not at a public address (127.0.0.1 is loopback); if it is yours, add hosts = [\"http://127.0.0.1:8000\"]"),
        ("[knowledge.k.sources.s]\nsitemap = \"http://localhost/s.xml\"\n[fetch]\nhosts = [\"http://localhost:1\"]\n".to_owned(), "2 knowledge.k.sources.s.sitemap: leads to http://localhost, which is not at a public address (localhost is loopback)"),
        ("[plugins.p]\ncomponent = \"p.wasm\"\n".to_owned(), "1 plugins.p: is used by no app; add [[apps.NAME.plugins]] with plugin = \"p\""),
        ("[apps.a]\nanswer = \"direct\"\n".to_owned(), "1 apps.a.plugins: is missing; add [[apps.NAME.plugins]] with plugin = \"NAME\" and route = \"always\", since with answer = \"direct\" nothing else answers"),
        ("[secrets.s]\nfile = \"gone.txt\"\n".to_owned(), "2 secrets.s.file: is granted to no plugin, and /nowhere/gone.txt is not a file; add secrets"),
        ("[secrets.s]\nenv = \"QIANFAN_NEVER_SET\"\n".to_owned(), "2 secrets.s.env: is granted to no plugin, and the environment variable QIANFAN_NEVER_SET is not set"),
    ] {
        let said = said(&text);
        assert!(said.len() == 1 && said[0].starts_with(expected), "{text}: {said:#?}");
        assert!(said[0].contains("; "), "{said:?}");
    }
}

#[test]
fn full_width_signs_of_a_pattern_surprise_outside_of_a_class() {
    let of = |pattern: &str| {
        said(&format!(
            "{BASE}[apps.a]\nmodel = \"m\"\nplugins = [{{ plugin = \"p\", route = \"when\", when = {{ patterns = ['{pattern}'] }} }}]\n\
             [plugins.p]\ncomponent = \"p.wasm\"\n"
        ))
    };
    for right in ["[(（]附件|附录[)）]", "价格[元＄]"] {
        assert_eq!(of(right), [""; 0], "{right}");
    }
    for (wrong, meant) in [
        ("（附件|附录）[(（]", "write '(附件|附录)[(（]'"),
        ("元＄", "write '元$'"),
        ("（甲｜乙）", "write '(甲|乙)'"),
        ("\\[（甲|乙）", "write '\\[(甲|乙)'"),
    ] {
        let told = of(wrong);
        assert!(told.len() == 1 && told[0].contains(meant), "{wrong}: {told:?}");
    }
}

#[test]
fn what_no_model_can_hold_is_refused_where_the_file_says_what_it_holds() {
    for (text, expected) in [
        (
            format!("{BASE}context_tokens = 4096\nmax_tokens = 4096\n"),
            "models.m.max_tokens: is 4096, and context_tokens of the model `m` is 4096",
        ),
        (
            format!("{BASE}context_tokens = 4096\n[apps.a]\nmodel = \"m\"\nprompt_tokens = 6000\n"),
            "apps.a.prompt_tokens: is 6000",
        ),
        (
            format!(
                "{BASE}[knowledge.k]\n[apps.a]\nmodel = \"m\"\nwhole_text = [\"k\"]\nprompt_tokens = 9000\n"
            ),
            "apps.a.prompt_tokens: is 9000",
        ),
    ] {
        let error = Config::parse(&text, Path::new("/nowhere/host.toml")).unwrap_err();
        assert!(
            error.problems.len() == 1 && error.problems[0].to_string().starts_with(expected),
            "{text}: {error}"
        );
    }
}

#[test]
fn a_prompt_that_no_model_reads_surprises() {
    // Any file that is there.
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let direct = format!(
        "{BASE}[apps.a]\nanswer = \"direct\"\nprompt = \"{file}\"\nplugins = [{{ plugin = \"p\", route = \"always\" }}]\n\
         [plugins.p]\ncomponent = \"p.wasm\"\n"
    );
    let told = said(&direct);
    assert!(
        told.len() == 1 && told[0].starts_with("6 apps.a.prompt: has no effect: with answer = \"direct\""),
        "{told:?}"
    );
    assert_eq!(said(&direct.replace("answer = \"direct\"", "model = \"m\"")), [""; 0]);
}

#[test]
fn a_template_in_a_text_for_people_surprises_and_is_no_mistake() {
    let text = format!(
        "{BASE}[apps.a]\nmodel = \"m\"\ntitle = \"{{{{ a }}}}\"\n[knowledge.k]\ntitle = \"{{{{ b }}}}\"\n[knowledge.k.sources.s]\nurls = \
         [\"https://a.example/\"]\nmetadata = {{ city = \"{{{{ c }}}}\" }}\n"
    );
    let told = said(&text);
    for (key, sign) in
        [("apps.a.title", "a"), ("knowledge.k.title", "b"), ("knowledge.k.sources.s.metadata.city", "c")]
    {
        let expected = format!("{key}: holds `{{{{ {sign} }}}}`, and nothing is filled in here; ");
        assert!(told.iter().any(|told| told.contains(&expected)), "{expected}: {told:#?}");
    }
}

/// A plugin of an app, with what its table holds besides.
fn with_plugin(table: &str) -> String {
    format!(
        "{BASE}[knowledge.k]\noffer_threshold = 0.6\n[knowledge.l]\n[apps.a]\nmodel = \"m\"\n\
         plugins = [{{ plugin = \"p\", route = \"always\" }}]\n[plugins.p]\n{table}\n"
    )
}

#[test]
fn what_keeps_a_plugin_from_what_it_needs_is_told() {
    let web = "component = \"builtin:search\"\nconfig = { provider = \"baidu\", endpoint = \"https://qianfan.baidubce.com\" }\n";
    for (table, expected) in [
        (
            "component = \"own.wasm\"\ngrants = { knowledge = [\"k\"] }\nlimits = { searches = 0 }",
            "plugins.p.limits.searches: is 0, so that every search of the plugin fails; remove it",
        ),
        (
            "component = \"own.wasm\"\ngrants = { hosts = [\"https://a.example\"] }\nlimits = { requests = 0 }",
            "plugins.p.limits.requests: is 0, so that every request of the plugin fails; remove it",
        ),
        (
            "component = \"builtin:http-api\"\nlimits = { output = \"10B\" }",
            "plugins.p.limits.output: is 10B, so that nearly all output of the plugin fails; remove it",
        ),
        (
            &format!("{web}grants = {{ hosts = [\"https://qianfan.baidubce.com\"] }}"),
            "plugins.p.grants.secrets: is missing; add [plugins.p.grants] with secrets = [{ secret = \"NAME\", host = \"https://qianfan.baidubce.com\", header = \"Authorization\", value = \"Bearer {secret}\" }], since",
        ),
    ] {
        let told = said(&with_plugin(table));
        assert!(told.len() == 1 && told[0].contains(expected), "{table}: {told:#?}");
    }
    let key =
        "secrets = [{ secret = \"s\", host = \"https://qianfan.baidubce.com\", header = \"Authorization\" }]";
    for table in [
        // Limits of what is not granted say nothing.
        "component = \"own.wasm\"\ngrants = { knowledge = [\"k\"] }\nlimits = { requests = 0, searches = 1 }",
        "component = \"own.wasm\"\ngrants = { hosts = [\"https://a.example\"] }\nlimits = { searches = 0, requests = 1 }",
        // What another's plugin says may be a word.
        "component = \"own.wasm\"\nlimits = { output = \"10B\" }",
        "component = \"builtin:http-api\"\nlimits = { output = \"100B\" }",
        // What stands before Baidu's servers may put the key in; another provider may need none.
        &web.replace("qianfan.baidubce.com", "search.example.com"),
        &web.replace("\"baidu\"", "\"searxng\""),
        &format!(
            "{web}grants = {{ hosts = [\"https://qianfan.baidubce.com\"], {key} }}\n[secrets.s]\nenv = \"S\""
        ),
    ] {
        assert_eq!(said(&with_plugin(table)), [""; 0], "{table}");
    }
}

#[test]
fn a_threshold_of_choices_that_nobody_offers_has_no_effect() {
    let of = |config: &str, granted: &str| {
        said(&with_plugin(&format!(
            "component = \"builtin:knowledge-base\"\nconfig = {{ {config} }}\ngrants = {{ knowledge = [{granted}] }}"
        )))
    };
    let told = of("", "\"k\"");
    let expected = "5 knowledge.k.offer_threshold: has no effect: no plugin that searches the base has offer_choices; set \
                    plugins.p.config.offer_choices = 3 or remove it";
    assert_eq!(told, [expected]);
    assert_eq!(of("top_k = 3", "\"k\", \"l\"").len(), 1);
    assert_eq!(of("offer_choices = 2", "\"k\""), [""; 0]);
    // Nobody searches it, which is another matter, or a plugin does that may look at what is offered itself.
    assert_eq!(of("", "\"l\""), [""; 0]);
    assert_eq!(of("knowledge_bases = [\"l\"]", "\"k\", \"l\""), [""; 0]);
    assert_eq!(said(&with_plugin("component = \"own.wasm\"\ngrants = { knowledge = [\"k\"] }")), [""; 0]);
}
