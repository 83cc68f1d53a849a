use std::path::Path;

use super::*;

#[test]
fn each_key_has_its_value_or_its_default_and_the_environment_is_only_named() {
    let text = "[server]\nmax_turns = 3\nadmin_key_env = \"ADMIN\"\n[knowledge.faq]\nthreshold = 0.6\n[secrets.s]\nenv = \"KEY\"\n[models.m]\nbase_url = \"http://127.0.0.1/v1\"\nmodel = \"m\"\napi_key_env = \"${NAMED:-}\"\n\
                    [plugins.p]\ncomponent = \"builtin:search\"\nconfig = { url = \"https://${PLACE:-x}/\" }\n";
    let (config, _) = Config::of(text.as_bytes(), Path::new("/nowhere/host.toml"));
    let effective = config.effective();
    assert_eq!(effective["server"]["max_turns"], json!({"value": 3, "default": false}));
    assert_eq!(effective["server"]["turn_timeout"], json!({"value": "5m", "default": true}));
    assert_eq!(effective["knowledge"]["faq"]["threshold"], json!({"value": 0.6, "default": false}));
    assert_eq!(effective["knowledge"]["faq"]["top_k"], json!({"value": 5, "default": true}));
    assert_eq!(effective["plugins"]["p"]["config"]["value"]["url"], "https://${PLACE:-x}/");
    assert!(effective.get("apps").is_none() && effective.get("rerank").is_none());
    assert_eq!(config.environment().into_iter().collect::<Vec<_>>(), ["ADMIN", "KEY", "NAMED", "PLACE"]);
}
