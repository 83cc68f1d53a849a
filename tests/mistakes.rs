use serde_json::{Value, json};

use crate::support::Host;

/// A line with a mistake, the key it is told at, and its kind where the page can say it in Chinese.
const MISTAKES: [(&str, &str, Option<&str>); 24] = [
    ("[server]", "", None),
    ("max_turns = \"很多\"", "server.max_turns", Some("wrong_type")),
    ("turn_timeout = 5", "server.turn_timeout", Some("duration_without_unit")),
    ("lissten = \"127.0.0.1:1\"", "server.lissten", Some("key_misspelt")),
    ("max_queued_jobs = -1", "server.max_queued_jobs", Some("below_zero")),
    ("[models.main]", "", None),
    ("base_url = \"http://127.0.0.1:1/v1\"", "", None),
    ("model = \"m\"", "", None),
    ("price_input = -1", "models.main.price_input", Some("price")),
    ("visoin = true", "models.main.visoin", Some("key_misspelt")),
    ("[embedders.own]", "", None),
    ("kind = \"onnx\"", "embedders.own.kind", None),
    ("[knowledge.products]", "", None),
    ("treshold = 0.5", "knowledge.products.treshold", Some("key_misspelt")),
    ("top_k = 0", "knowledge.products.top_k", Some("out_of_range")),
    ("weight = 0", "knowledge.products.weight", Some("not_above")),
    ("store = \"qdrant\"", "knowledge.products.store", Some("store_unknown")),
    ("[knowledge.prices]", "", None),
    ("embedder = \"bge\"", "knowledge.prices.embedder", Some("embedder_unknown")),
    ("threshold = 1.5", "knowledge.prices.threshold", Some("out_of_range")),
    ("answer_threshold = 0.5", "", None),
    ("offer_threshold = 0.6", "knowledge.prices.offer_threshold", Some("offer_above_answer")),
    ("window_chars = 5000", "knowledge.prices.window_chars", Some("out_of_range")),
    ("grow_chars = 9999", "knowledge.prices.grow_chars", Some("too_high")),
];

/// The same behind tables whose lines come later.
const MORE: [(&str, &str, Option<&str>); 14] = [
    ("[plugins.kb]", "", None),
    ("component = \"builtin:knowledge-bose\"", "plugins.kb.component", None),
    ("[apps.shop]", "", None),
    ("model = \"mian\"", "apps.shop.model", Some("reference_misspelt")),
    ("answer = \"dirct\"", "apps.shop.answer", None),
    ("max_answer_bytes = \"5XB\"", "apps.shop.max_answer_bytes", None),
    ("follow_up_timeout = \"bald\"", "apps.shop.follow_up_timeout", Some("not_a_duration")),
    ("whole_text = [\"gone\"]", "apps.shop.whole_text[0]", Some("reference_unknown")),
    ("[[apps.shop.plugins]]", "", None),
    ("plugin = \"nobody\"", "apps.shop.plugins[0].plugin", None),
    ("route = \"sometimes\"", "apps.shop.plugins[0].route", None),
    ("[keys.client]", "", None),
    ("hash = \"secret\"", "keys.client.hash", None),
    ("[tabel]", "tabel", None),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_of_a_file_is_told_with_file_line_key_and_mend() {
    let host = Host::start("[apps.a]\nanswer = \"direct\"\n");
    let lines: Vec<_> = MISTAKES.iter().chain(&MORE).collect();
    let text: String = lines.iter().map(|(line, ..)| format!("{line}\n")).collect();
    let checked: Value = host
        .http
        .post(format!("{}/v1/config/check", host.url))
        .body(text)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let problems = checked["problems"].as_array().unwrap_or_else(|| panic!("{checked}"));
    let mistakes = lines.iter().filter(|(_, key, _)| !key.is_empty()).count();
    assert!(mistakes >= 20);
    for (number, (line, key, kind)) in lines.iter().enumerate().filter(|(_, (_, key, _))| !key.is_empty()) {
        let found = problems.iter().find(|problem| problem["where"] == *key);
        let found = found.unwrap_or_else(|| panic!("`{line}` ({key}) is not told: {checked:#}"));
        assert_eq!(found["line"], json!(number + 1), "`{line}`: {found}");
        assert!(found["file"].as_str().unwrap().ends_with("host.toml"), "{found}");
        assert!(!found["message"].as_str().unwrap().is_empty(), "{found}");
        assert!(found["mend"].as_str().is_some_and(|mend| mend.len() > 5), "`{line}` has no mend: {found}");
        if let Some(kind) = kind {
            assert_eq!(found["kind"], *kind, "`{line}`: {found}");
        }
    }
    assert!(problems.len() < mistakes + 8, "nothing that only follows from them: {checked:#}");
}
