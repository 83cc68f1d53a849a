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
fn values_of_the_wrong_kind_are_told_what_to_write() {
    for (line, expected) in [
        ("max_turns = \"很多\"", "server.max_turns: is the text \"很多\"; write a whole number such as 256"),
        ("max_turns = \"１２\"", "write it without quotes: 12"),
        ("max_turns = -1", "is -1, below 0"),
        ("max_turns = 1.5", "write a whole number such as 2"),
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
fn what_only_a_type_refuses_is_told_with_its_key() {
    let said = said("[knowledge.k]\nfilters = [{ operator = \"like\", field = \"x\" }]\ntop_k = 0\n");
    assert!(said.iter().any(|line| line.contains("knowledge.k.filters")), "{said:#?}");
    assert!(said.iter().any(|line| line.starts_with("3 knowledge.k.top_k")), "{said:#?}");
}
