use std::path::Path;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Embeddings, Host, eventually};

fn config(embeddings: &Embeddings, data: &Path) -> String {
    format!(
        "[server]\ndata_dir = {:?}\n{}question_timeout = \"60s\"\n[knowledge.faq]\nembedder = \"e64\"\nthreshold = 0.3\n[knowledge.help]\nembedder = \"e64\"\n\
         threshold = 0.3\n[knowledge.empty]\nembedder = \"e64\"\n",
        data.display().to_string(),
        embeddings.table("e64", 64)
    )
}

async fn filled(config: &str) -> Host {
    let host = Host::start(config);
    host.import("faq", "faq.qa.csv", "问题,答案\n怎么收费,基础功能免费。\n怎么退款,七天内可以退款。\n").await;
    host.import("help", "help.md", "# 收藏\n\n点击右上角的星号即可收藏院校。\n").await;
    host
}

async fn start(host: &Host, order: Value) -> Value {
    let response = host.post("/v1/evaluations", order).await;
    let status = response.status();
    let location = response.headers().get("location").map(|at| at.to_str().unwrap().to_owned());
    let told: Value = response.json().await.unwrap();
    assert_eq!(
        (status.as_u16(), location),
        (202, told["id"].as_str().map(|id| format!("/v1/evaluations/{id}"))),
        "{told}"
    );
    told
}

async fn ended(host: &Host, id: &str) -> Value {
    eventually("the end of an evaluation", async || {
        let told = host.get(&format!("/v1/evaluations/{id}")).await;
        let has_ended = ["done", "failed", "cancelled"].contains(&told["state"].as_str().unwrap());
        if !has_ended {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        has_ended.then_some(told)
    })
    .await
}

fn order() -> Value {
    json!({
        "bases": ["faq", "help"],
        "questions": [
            {"question": "怎么收费", "right": ["faq.qa.csv"], "base": "faq"},
            {"question": "点击星号收藏院校", "right": ["help.md"], "base": "help"},
            {"question": "怎么退款", "right": ["help.md"], "base": "help"},
            {"question": "怎么收费用", "right": []},
        ],
        "k": [1, 3],
        "variants": [{"name": "现在"}, {"name": "严", "threshold": 1.0}, {"name": "只问答", "bases": ["faq"]}],
        "note": "发布前",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_is_a_job_whose_questions_are_paged_and_compared() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let config = config(&embeddings, data.path());
    let host = filled(&config).await;
    let id = start(&host, order()).await["id"].as_str().unwrap().to_owned();
    let told = ended(&host, &id).await;
    assert_eq!(
        (
            &told["state"],
            &told["questions"],
            &told["questions_done"],
            &told["questions_total"],
            &told["note"]
        ),
        (&json!("done"), &json!(4), &json!(12), &json!(12), &json!("发布前")),
        "{told}"
    );
    // The same figures as the request that is answered at once.
    let lines: String =
        order()["questions"].as_array().unwrap().iter().map(|line| format!("{line}\n")).collect();
    let url = format!("{}/v1/knowledge-bases/evaluate?bases=faq,help&k=1,3&file=questions.jsonl", host.url);
    let at_once: Value = host.http.post(url).body(lines).send().await.unwrap().json().await.unwrap();
    assert_eq!(told["variants"][0]["report"]["overall"], at_once["overall"]);
    assert_eq!(told["variants"][1]["report"]["bases"][0]["threshold"], 1.0);
    let job = host.get(&format!("/v1/jobs/{id}")).await;
    assert_eq!((&job["kind"], &job["documents_done"]), (&json!("evaluate"), &json!(12)), "{job}");

    let page = async |query: &str| host.get(&format!("/v1/evaluations/{id}/questions?{query}")).await;
    let all = page("").await;
    let verdicts: Vec<&str> =
        all["data"].as_array().unwrap().iter().map(|one| one["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["right", "right", "missed", "wrongly_found"], "{all}");
    let first = page("limit=3").await;
    assert_eq!(
        (first["data"].as_array().unwrap().len(), &first["next"], &first["total"]),
        (3, &json!(2), &json!(4))
    );
    assert_eq!(page("limit=3&after=2").await["data"][0]["number"], 3);
    assert_eq!(page("verdict=missed").await["data"][0]["question"], "怎么退款");
    let better = page(&format!("variant=1&against={id}:0&verdict=better")).await;
    assert_eq!(
        (&better["data"][0]["question"], &better["data"][0]["verdict"]),
        (&json!("怎么收费用"), &json!("rightly_empty")),
        "{better}"
    );
    assert_eq!(better["data"][0]["before"]["verdict"], "wrongly_found");
    let worse = page(&format!("variant=2&against={id}:0&verdict=worse")).await;
    assert!(
        worse["data"].as_array().unwrap().iter().any(|one| one["question"] == "点击星号收藏院校"),
        "{worse}"
    );
    for (query, status) in [
        ("variant=3", 400),
        ("verdict=changed", 400),
        ("against=job-none:0", 404),
        (&*format!("against={id}:9"), 404),
        ("verdict=odd", 400),
        (&*format!("against={id}:x"), 400),
    ] {
        let url = format!("{}/v1/evaluations/{id}/questions?{query}", host.url);
        assert_eq!(host.http.get(url).send().await.unwrap().status().as_u16(), status, "{query}");
    }

    // It outlives the process, and is forgotten when it is told to be.
    let second = start(
        &host,
        json!({"bases": ["faq"], "questions": "question,document\n怎么收费,faq.qa.csv\n", "file": "题.csv"}),
    )
    .await;
    ended(&host, second["id"].as_str().unwrap()).await;
    host.signal(Signal::TERM);
    host.ended().await;
    let host = Host::start(&config);
    let list = host.get("/v1/evaluations").await;
    let ids: Vec<&str> =
        list["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [second["id"].as_str().unwrap(), &id], "newest first: {list}");
    assert!(list["data"][1]["variants"][0].get("report").is_none(), "a list has no reports");
    assert_eq!(host.get("/v1/evaluations?base=help").await["data"].as_array().unwrap().len(), 1);
    let next = host.get("/v1/evaluations?limit=1").await;
    let rest = host.get(&format!("/v1/evaluations?limit=1&before={}", next["next"].as_str().unwrap())).await;
    assert_eq!((&rest["data"][0]["id"], &rest["next"]), (&json!(id), &Value::Null));
    assert_eq!(
        host.get(&format!("/v1/evaluations/{id}")).await["variants"][0]["report"]["overall"],
        told["variants"][0]["report"]["overall"]
    );
    let delete = host.http.delete(format!("{}/v1/evaluations/{id}", host.url)).send().await.unwrap();
    assert_eq!(delete.json::<Value>().await.unwrap()["deleted"], true);
    let gone = host.get(&format!("/v1/evaluations/{id}")).await;
    assert_eq!(
        (&gone["error"]["code"], &gone["error"]["kind"]),
        (&json!("not_found"), &json!("no_evaluation"))
    );
    assert!(!data.path().join("jobs").join(&id).exists(), "with what it found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_is_refused_with_the_reason_cancelled_and_gone_on_with_after_a_stop() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let config = config(&embeddings, data.path());
    let host = filled(&config).await;
    let many: Vec<Value> = (0..2001).map(|n| json!({"question": format!("问{n}"), "right": []})).collect();
    let one = json!([{"question": "问", "right": []}]);
    for (order, part) in [
        (json!({"bases": ["none"], "questions": one}), "there is no knowledge base `none`"),
        (json!({"questions": []}), "is empty"),
        (json!({}), "no question to ask"),
        (json!({"questions": one, "app": "a"}), "two sources"),
        (json!({"questions": many}), "2001 questions"),
        (json!({"questions": one, "variants": vec![json!({}); 5]}), "at most 4"),
        (json!({"questions": one, "variants": [{"threshold": 1.5}]}), "between 0 and 1"),
        (json!({"questions": one, "variants": [{"bases": ["none"]}]}), "`none`"),
        (json!({"questions": one, "k": [0]}), "k must be"),
        (json!({"questions": one, "kk": 1}), "there is no field `kk`"),
        (json!([1]), "must be a JSON object"),
    ] {
        let response = host.post("/v1/evaluations", order.clone()).await;
        let status = response.status().as_u16();
        let error: Value = response.json().await.unwrap();
        assert!(
            [400, 404].contains(&status) && error["error"]["message"].as_str().unwrap().contains(part),
            "{part}: {error}"
        );
    }
    let empty = start(&host, json!({"bases": ["empty"], "questions": one})).await;
    let failed = ended(&host, empty["id"].as_str().unwrap()).await;
    assert_eq!(failed["state"], "failed");
    assert!(failed["error"].as_str().unwrap().contains("`empty` is empty"), "{failed}");

    embeddings.hold();
    let cancelled =
        start(&host, json!({"bases": ["faq"], "questions": [{"question": "还没有问过的一句", "right": []}]}))
            .await;
    let id = cancelled["id"].as_str().unwrap();
    let waiting = start(
        &host,
        json!({"bases": ["faq"], "questions": [{"question": "停机前才问的一句", "right": ["faq.qa.csv"]}]}),
    )
    .await;
    let told: Value = host
        .http
        .delete(format!("{}/v1/evaluations/{id}", host.url))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(told["cancel_requested"], true, "{told}");
    assert_eq!(ended(&host, id).await["state"], "cancelled");
    host.signal(Signal::KILL);
    host.ended().await;
    embeddings.release();
    let host = Host::start(&config);
    let done = ended(&host, waiting["id"].as_str().unwrap()).await;
    assert_eq!((&done["state"], &done["questions_done"]), (&json!("done"), &json!(1)), "{done}");
    assert_eq!(host.get(&format!("/v1/evaluations/{id}")).await["state"], "cancelled");
}
