use serde_json::{Map, Value, json};

use crate::support::{Embeddings, Host};

/// Two bases of other weights, a plugin that narrows its search in every way there is, and one that answers directly.
fn config(embeddings: &Embeddings) -> String {
    let kb = |name: &str, config: &str| {
        format!(
            "[plugins.{name}]\ncomponent = \"builtin:knowledge-base\"\ngrants = {{ knowledge = [\"b\", \"a\"] }}\n\
             config = {config}\n[apps.{name}]\nanswer = \"direct\"\nnothing_found = \"没有\"\n\
             [[apps.{name}.plugins]]\nplugin = \"{name}\"\nroute = \"always\"\n"
        )
    };
    format!(
        "{}[knowledge.a]\nembedder = \"e64\"\nthreshold = 0.4\nweight = 1.1\ntop_k = 2\n[knowledge.b]\nembedder = \"e64\"\n\
         threshold = 0.4\n{}{}{}",
        embeddings.table("e64", 64),
        kb(
            "narrow",
            "{ filters = [{ operator = \"eq\", field = \"province\", value = \"{{ variables.province }}\" }, \
             { operator = \"gte\", field = \"year\", value = 2024 }], top_k = 4, threshold = 0.2 }"
        ),
        kb("plain", "{}"),
        kb("one", "{ knowledge_bases = [\"a\"], threshold = 0.9 }"),
    )
}

/// What the console sends for a trace's search: each field as it stands there, those that are absent left out.
fn again(search: &Value) -> Value {
    let mut body = Map::from_iter([
        ("query".to_owned(), search["text"].clone()),
        ("knowledge_bases".to_owned(), search["asked_bases"].clone()),
    ]);
    for field in ["filters", "top_k", "threshold", "context", "wordings"] {
        body.extend(search.get(field).map(|value| (field.to_owned(), value.clone())));
    }
    Value::Object(body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_of_a_turn_gives_the_same_hits_in_the_hit_test() {
    let embeddings = Embeddings::start().await;
    let host = Host::start(&config(&embeddings));
    for base in ["a", "b"] {
        for (n, province, year) in
            [(1, "广东", 2024), (2, "广东", 2025), (3, "湖南", 2025), (4, "广东", 2020), (5, "广东", 2026)]
        {
            let id = format!("{n}.md&meta.province={province}&meta.year={year}");
            let text = format!("# 章\n\n{province}平行志愿第{n}条，{base}库，按分数从高到低投档。\n");
            assert_eq!(host.import(base, &id, &text).await["imported"], 1);
        }
    }
    let question = "平行志愿怎么投档";
    for (app, narrowed, nothing) in [("narrow", true, false), ("plain", false, false), ("one", false, true)] {
        let body = json!({"model": app, "messages": [{"role": "user", "content": question}], "variables": {"province": "广东"}});
        let trace = host.trace(&host.chat(body).await.id).await;
        let call = &trace["calls"][0];
        let search = &call["report"]["searches"][0];
        assert_eq!(search.get("filters").is_some(), narrowed, "{search}");
        assert_eq!(search["context"], false, "an app that answers directly has the sections alone: {search}");
        let again = again(search);
        let tested: Value =
            host.post("/v1/knowledge-bases/search", again.clone()).await.json().await.unwrap();
        let hits = tested["hits"].as_array().unwrap_or_else(|| panic!("{again}: {tested}"));
        assert_eq!(hits.len() as u64, search["hits"].as_u64().unwrap(), "{again}: {tested}");
        let of = |passage: &Value| {
            let text = passage["text"].as_str().unwrap().to_owned();
            (text, passage["knowledge_base"].clone(), passage["score"].as_f64().unwrap())
        };
        let passages = call["contribution"]["passages"].as_array().cloned().unwrap_or_default();
        assert_eq!(
            passages.iter().map(of).collect::<Vec<_>>(),
            hits.iter().map(of).collect::<Vec<_>>(),
            "{again}"
        );
        assert_eq!(hits.is_empty(), nothing, "{tested}");
        let reports = |of: &Value| {
            of.as_array()
                .unwrap()
                .iter()
                .map(|report| {
                    (report["knowledge_base"].clone(), report["best_score"].clone(), report["found"].clone())
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(reports(&search["bases"]), reports(&tested["reports"]));
        if narrowed {
            // Without what the plugin asked for, other documents come.
            let wide = json!({"query": question, "knowledge_bases": again["knowledge_bases"]});
            let wide: Value = host.post("/v1/knowledge-bases/search", wide).await.json().await.unwrap();
            assert_ne!(wide["hits"], tested["hits"]);
            assert!(
                hits.iter().all(|hit| ["2.md", "1.md", "5.md"].contains(&hit["document"].as_str().unwrap()))
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hit_test_shows_more_than_a_turn_has_and_no_more_than_it_says() {
    let embeddings = Embeddings::start().await;
    let host = Host::start(&config(&embeddings));
    let rows: String = (0..230).map(|n| format!("平行志愿第{n}问,分数第{n}高。\n")).collect();
    assert_eq!(host.import("a", "faq.qa.csv", &format!("问题,答案\n{rows}")).await["imported"], 1);
    let search = async |body: Value| -> Value {
        host.post("/v1/knowledge-bases/a/search", body).await.json().await.unwrap()
    };
    for raw in [false, true] {
        let most =
            search(json!({"query": "平行志愿第几问", "top_k": 200, "threshold": 0.0, "raw": raw})).await;
        assert_eq!(most["hits"].as_array().unwrap().len(), 200, "raw: {raw}");
        for top_k in [0, 201, usize::MAX] {
            let error = search(json!({"query": "问", "top_k": top_k, "raw": raw})).await;
            assert_eq!(
                (&error["error"]["code"], &error["error"]["kind"]),
                (&json!("invalid_query"), &json!("top_k_range")),
                "{error}"
            );
            assert_eq!(error["error"]["params"]["most"], "200");
        }
    }
    for threshold in [0.0, 1.0] {
        let edge = search(json!({"query": "平行志愿第7问", "threshold": threshold})).await;
        assert!(edge["hits"].is_array(), "0 and 1 are thresholds: {edge}");
    }
}
