use std::path::Path;

use super::*;

const MODEL: &str = "[models.m]\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\n";
const SHOWS: &str =
    "{% for p in passages %}{{ p.text }}{% endfor %}{% for o in outcomes %}{{ o.text }}{% endfor %}";

/// What is said of the app `a` of this file with this template.
fn said(text: &str, template: &str) -> Vec<String> {
    let config = Config::parse(text, Path::new("/nowhere/host.toml")).unwrap();
    let found =
        of_app(&config, &PluginRoles::new(), ("a", &config.apps["a"]), &Template::of(template).unwrap());
    found.into_iter().map(|problem| format!("{}: {}", problem.key, problem.message)).collect()
}

#[test]
fn a_prompt_that_is_too_long_before_anything_is_asked_is_told() {
    let long = "你是客服。".repeat(200);
    for (keys, template, is_told) in [
        ("prompt_tokens = 64", long.clone(), true),
        ("prompt_tokens = 1000", long.clone(), true),
        ("prompt_tokens = 1100", long.clone(), false),
        // Three quarters of the model's default.
        ("", long.clone(), false),
        ("", long.repeat(7), true),
        // Said in some turns only, which may be those that nobody has.
        ("prompt_tokens = 64", format!("{{% if passages %}}{long}{{% endif %}}"), false),
        ("prompt_tokens = 64", format!("{{% if client_system %}}{long}{{% endif %}}"), false),
        ("prompt_tokens = 64", "你是客服。".to_owned(), false),
    ] {
        let said = said(&format!("{MODEL}[apps.a]\nmodel = \"m\"\n{keys}\n"), &template);
        let is = said.iter().any(|said| {
            said.starts_with("apps.a.prompt: the prompt takes about ")
                && said.contains("; raise prompt_tokens")
        });
        assert_eq!(is, is_told, "{keys} {template}: {said:?}");
    }
    let told = said(&format!("{MODEL}[apps.a]\nmodel = \"m\"\nprompt_tokens = 64\n"), &long);
    assert!(
        told[0].contains("about 1010 tokens before") && told[0].contains("prompt_tokens = 64 "),
        "{told:?}"
    );
    let direct = format!("{MODEL}[apps.a]\nanswer = \"direct\"\nmodel = \"m\"\nprompt_tokens = 64\n");
    assert_eq!(said(&direct, &long), [""; 0], "nobody reads it");
}

#[test]
fn only_what_a_plugin_can_give_is_missed_in_a_template() {
    let of = |component: &str, grants: &str, template: &str| {
        let text = format!(
            "{MODEL}[knowledge.k]\n[plugins.p]\ncomponent = \"{component}\"\ngrants = {{ {grants} }}\n[apps.a]\nmodel = \"m\"\n\
             plugins = [{{ plugin = \"p\", route = \"always\" }}]\n"
        );
        let said = said(&text, template);
        ["no passages", "no outcomes"].map(|lack| said.iter().any(|said| said.contains(lack)))
    };
    for (component, grants, expected) in [
        ("builtin:http-api", "", [false, true]),
        ("builtin:search", "", [true, false]),
        ("builtin:knowledge-base", "knowledge = [\"k\"]", [true, false]),
        ("own.wasm", "knowledge = [\"k\"]", [true, false]),
        ("own.wasm", "", [true, true]),
    ] {
        assert_eq!(of(component, grants, "你是客服。"), expected, "{component} {grants}");
        assert_eq!(of(component, grants, SHOWS), [false, false], "{component} {grants}");
    }
}
