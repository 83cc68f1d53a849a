use std::path::Path;

use crate::config::Config;

/// What is said of a file, as `line key: message`.
fn said(text: &str) -> Vec<String> {
    let error = Config::parse(text, Path::new("/nowhere/host.toml")).unwrap_err();
    let line = |problem: &crate::problem::Problem| format!("{} {problem}", problem.line.unwrap_or(0));
    error.problems.iter().map(line).collect()
}

#[test]
fn a_mistyped_key_that_is_required_is_one_problem() {
    let said = said("[models.up]\nurl = \"http://127.0.0.1:1/v1\"\nmodel_name = \"m\"\n");
    assert_eq!(
        said,
        [
            "2 models.up.url: is not a key of [models.up]; write `base_url`, which is missing",
            "3 models.up.model_name: is not a key of [models.up]; write `model`, which is missing"
        ]
    );
}

#[test]
fn a_sign_of_chinese_is_told_only_where_it_stands_for_another() {
    let of = |model: &str| said(&format!("[apps.a]\nmodel = \"{model}\"\n")).join("\n");
    assert!(of("main：1").contains("it has the full-width `：` for `:`"), "{}", of("main：1"));
    assert!(!of("文心：一言").contains("full-width"), "{}", of("文心：一言"));
}

#[test]
fn a_blank_that_nobody_sees_may_be_of_a_files_name() {
    let data_dir = |name: &str| {
        Config::parse(&format!("[server]\ndata_dir = \"{name}\"\n"), Path::new("/nowhere/host.toml"))
    };
    assert!(data_dir("数\u{a0}据").is_ok());
    let model = said("[apps.a]\nmodel = \"a\u{a0}b\"\n");
    assert!(model.iter().any(|line| line.contains("has an invisible character (U+00A0)")), "{model:?}");
}

#[test]
fn a_misspelt_condition_is_one_problem() {
    let text = "[plugins.kb]\ncomponent = \"builtin:knowledge-base\"\n[apps.a]\nanswer = \"direct\"\n[[apps.a.plugins]]\n\
                plugin = \"kb\"\nroute = \"when\"\nwhen = { keyword = [\"价格\"] }\n";
    let said = said(text);
    assert!(said.len() == 1 && said[0].contains("did you mean `keywords`?"), "{said:?}");
}

#[test]
fn values_of_the_wrong_kind_are_told_what_to_write() {
    for (line, expected) in [
        ("max_turns = \"很多\"", "server.max_turns: is the text \"很多\"; write a whole number such as 256"),
        ("max_turns = \"１２\"", "write it without quotes: 12"),
        ("max_turns = -1", "is -1, below 0"),
        ("max_turns = 1.5", "write a whole number such as 2"),
        ("turn_timeout = -5", "is -5, a number without a unit; write a duration such as \"5s\""),
        ("max_turns = \"64个\"", "is the text \"64个\"; write the number alone: 64"),
        ("turn_timeout = 5", "is 5, a number without a unit; write a duration such as \"5s\""),
        ("turn_timeout = \"5分钟\"", "is \"5分钟\", not a duration; write such as \"5m\""),
        ("turn_timeout = \"long\"", "not a duration; write such as \"500ms\""),
        ("max_chat_bytes = \"4MB\"", "is \"4MB\", not a size; write \"4MiB\""),
        ("max_chat_bytes = true", "write a size such as \"64MiB\""),
        ("listen = 8080", "write it in quotes: \"8080\""),
        ("listen = \"127.0.0.1：8080\"", "it has the full-width `：` for `:`"),
        ("hosts = \"a.example\"", "write a list: [\"a.example\"]"),
        ("open = \"yes\"", "write true or false"),
        ("top_k = 3", "is not a key of [server]; it belongs in [knowledge.<name>]"),
        ("max_turns = 99999999999999999999", "too large a number"),
        ("max_turns = 1e300", "which is not a whole number in the allowed range; write such as 256"),
        ("max_connections = true", "write a whole number such as 4096"),
    ] {
        let said = said(&format!("[server]\n{line}\n"));
        assert_eq!(said.len(), 1, "{line}: {said:?}");
        assert!(said[0].starts_with("2 server.") && said[0].contains(expected), "{line}: {said:?}");
    }
}

#[test]
fn a_slip_in_one_table_is_not_repeated_by_those_that_refer_to_it() {
    let text = "models = 3\n[embedders]\ne = 1\n[knowledge.k]\nembedder = \"e\"\n[apps.a]\nmodel = \"up\"\nanswer = \"modle\"\n[[apps.a.plugins]]\nplugin = \"p\"\nroute = \"wehn\"\nwhen = { keywords = [\"x\"] }\n[plugins.p]\ncomponent = 1\n[model.up]\n";
    let said = said(text);
    let keys: Vec<_> = said.iter().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(
        keys,
        [
            "1 models",
            "3 embedders.e",
            "8 apps.a.answer",
            "11 apps.a.plugins[0].route",
            "14 plugins.p.component",
            "15 model"
        ],
        "{said:#?}"
    );
    assert!(said[2].contains("did you mean \"model\"?") && said[5].contains("[models]"), "{said:#?}");
}

#[test]
fn what_stands_in_a_misspelt_table_is_looked_at_as_in_the_one_that_is_meant() {
    let said = said(
        "[model.main]\nurl = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\ntemperature = 9\nmax_tokens = 99999999999999999999\n\
         [knowlege.faq]\ntreshold = 0.5\ntop_k = \"x\"\nweight = \n\
         [plugin.kb]\ncomponent = \"builtin:knowledge-base\"\ngrant = { knowledge = [\"faq\"] }\n\
         [app.shop]\nmodel = \"mian\"\nplugins = [{ plugin = \"kb\", route = \"allways\" }]\n[apps.other]\nmodel = \"main\"\n",
    );
    let expected = [
        "1 model: is not a table; did you mean [models]?",
        "2 models.main.url: is not a key of [models.main]; write `base_url`, which is missing",
        "4 models.main.temperature: ",
        "5 models.main.max_tokens: is 99999999999999999999, too large",
        "6 knowlege: is not a table; did you mean [knowledge]?",
        "7 knowledge.faq.treshold: is not a key of [knowledge.faq]; did you mean `threshold`?",
        "8 knowledge.faq.top_k: is the text \"x\"",
        "9 has no value",
        "10 plugin: is not a table; did you mean [plugins]?",
        "12 plugins.kb.grant: is not a key of [plugins.kb]; did you mean `grants`?",
        "13 app: is not a table; did you mean [apps]?",
        "14 apps.shop.model: the model `mian` is not configured; did you mean `main`?",
        "15 apps.shop.plugins[0].route: is \"allways\"",
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{expected}: {said}");
    }
}

#[test]
fn what_only_a_type_refuses_is_told_with_its_key() {
    let said = said("[knowledge.k]\nfilters = [{ operator = \"like\", field = \"x\" }]\ntop_k = 0\n");
    assert!(said.iter().any(|line| line.contains("knowledge.k.filters")), "{said:#?}");
    assert!(said.iter().any(|line| line.starts_with("3 knowledge.k.top_k")), "{said:#?}");
}

#[test]
fn what_stands_a_level_too_high_or_too_low_is_told_and_looked_at_all_the_same() {
    for (text, expected) in [
        (
            "[apps.a]\nanswer = \"direct\"\nplugins = [\"kb\"]\n",
            &[
                "3 apps.a.plugins[0]: is the text \"kb\", and a table is wanted; write plugins = [{ plugin = \"kb\", route = \"always\" }]",
                "the plugin `kb` is not configured",
            ][..],
        ),
        (
            "[apps.a]\nanswer = \"direct\"\nplugins = \"kb\"\n",
            &["apps.a.plugins[0]: is the text \"kb\"", "the plugin `kb` is not configured"],
        ),
        (
            "[apps.a]\nanswer = \"direct\"\n[apps.a.plugins]\nplugin = \"kb\"\nroute = \"allways\"\n",
            &[
                "write a list of tables: [[apps.a.plugins]]",
                "did you mean \"always\"?",
                "the plugin `kb` is not configured",
            ],
        ),
        (
            "[apps.a]\nanswer = \"direct\"\n[apps.a.plugins]\nplugin = \"kb\"\nroute = \"always\"\n\
             [apps.a.plugins]\nplugin = \"md\"\nroute = \"always\"\n",
            &[
                "6 [apps.a.plugins] is there already, in line 3; write [[apps.a.plugins]] for each",
                "4 apps.a.plugins[0].plugin: the plugin `kb` is not configured",
                "7 apps.a.plugins[1].plugin: the plugin `md` is not configured",
            ],
        ),
        (
            "[apps.a]\nanswer = \"direct\"\n[apps.a.plugins.kb]\nroute = \"always\"\n",
            &[
                "write a list of tables: [[apps.a.plugins]] with plugin = \"kb\"",
                "the plugin `kb` is not configured",
            ],
        ),
        (
            "[apps.a]\nanswer = \"direct\"\nformatters = \"md\"\n",
            &["write a list: [\"md\"]", "the plugin `md` is not configured"],
        ),
        (
            "[models]\nbase_url = \"a.cn\"\nmodel = \"m\"\ntemprature = 1\n",
            &[
                "1 models: holds keys of its own; write a name of your choice behind it: [models.NAME]",
                "4 models.temprature: is not a key",
            ],
        ),
        (
            "[[models.m]]\nbase_url = \"http://a.cn\"\nmodel = \"m\"\ntemperature = 9\n",
            &["write it as one table: [models.m]", "between 0 and 2"],
        ),
        ("listen = \"127.0.0.1:1\"\n", &["1 listen: is a key outside of any table; it belongs in [server]"]),
    ] {
        let said = said(text);
        assert_eq!(said.len(), expected.len(), "{text}: {said:#?}");
        for expected in expected {
            assert!(said.iter().any(|said| said.contains(expected)), "no {expected}: {said:#?}");
        }
    }
}

#[test]
fn texts_that_no_reader_takes_are_told_what_to_write_and_no_secret_is_shown() {
    for (text, expected) in [
        (
            "[models.m]\nbase_url = \"http://a.cn\"\nmodel = \" m\"\n",
            "has a space at its beginning; write \"m\"",
        ),
        ("[models.m]\nbase_url = \"http://a.cn\"\nmodel = \"\"\n", "is empty; write such as"),
        ("[server]\ndata_dir = \"\"\n", "is empty; write such as \"data\", or remove it for the default"),
        (
            "[server]\nadmin_key_env = \"sk-0123456789abcdef\"\n",
            "is a key, and no key is written into the file",
        ),
        ("[server]\nadmin_key_env = \"my key\"\n", "is not the name of an environment variable"),
        (
            "[server]\nadmin_key = \"geheim\"\n",
            "export it in an environment variable and write admin_key_env",
        ),
        ("[plugins.p]\ncomponent = 'D:\\p\\x.wasm'\n", "is a path of Windows"),
        ("[plugins.p]\ncomponent = \"p\\tx.wasm\"\n", "has a tab, a line end or another control character"),
        ("[knowledge.k]\nthreshold = \"57%\"\n", "write it without quotes: 0.57"),
        ("[knowledge.k]\nthreshold = 57\n", "it must be between 0 and 1, write 0.57"),
        ("[apps.a]\nanswer = \"direct\"\nnothing_found = \" \"\n", "is empty, so users would read nothing"),
        ("[apps.a]\nanswer = \"direct\"\nsay_more = \"请补充。\"\n", "has no {missing}, where the names"),
        ("[fetch]\ntimeout = \"0ns\"\n", "is 0s; it must be between 1ms and 1h"),
        ("[embedders.e]\nkind = \"local\"\nbase_url = \"http://a.cn\"\n", "write kind = \"openai\""),
    ] {
        let said = said(text);
        assert_eq!(said.len(), 1, "{text}: {said:?}");
        assert!(said[0].contains(expected), "{text}: {said:?}");
        assert!(!said[0].contains("sk-0") && !said[0].contains("geheim"), "{said:?}");
    }
    for path in ["chat/completions", "completions", "embeddings", "v1/rerankers"] {
        let said = said(&format!("[models.m]\nbase_url = \"https://a.cn/v2/{path}/\"\nmodel = \"m\"\n"));
        assert_eq!(said.len(), 1, "{path}: {said:?}");
        assert!(
            said[0].contains("and what stands before that is wanted; write \"https://a.cn/v"),
            "{said:?}"
        );
    }
}
