use std::path::Path;

use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::door::new_key;
use crate::support::{Embeddings, Host, Script, Upstream, binary, eventually, run, with_cache};

const ADMIN: &str = "the-admin-key-of-the-tests";

/// Sends JSON with any method and gives the status with the answer.
async fn send(host: &Host, method: Method, path: &str, key: Option<&str>, body: Value) -> (u16, Value) {
    let request = host.http.request(method, format!("{}{path}", host.url)).json(&body);
    let request = key.into_iter().fold(request, |request, key| request.bearer_auth(key));
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
}

async fn post(host: &Host, path: &str, body: Value) -> (u16, Value) {
    send(host, Method::POST, path, None, body).await
}

/// Ids of the turns that a list with this query has.
async fn listed(host: &Host, query: &str) -> Vec<String> {
    let list = host.get(&format!("/v1/traces?{query}")).await;
    let turns = list["data"].as_array().unwrap_or_else(|| panic!("{list}"));
    turns.iter().map(|turn| turn["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_word_of_a_client_is_beside_the_trace_and_can_be_asked_for() {
    let upstream = Upstream::playing((0..3).map(|_| Script::Says(vec!["好"]))).await;
    let data = tempfile::tempdir().unwrap();
    let config = format!(
        "[server]\ndata_dir = {:?}\nmax_traces = 100\n{}",
        data.path().display().to_string(),
        crate::chat::plain(&upstream)
    );
    let host = Host::start(&config);
    let (good, bad, plain) =
        (host.ask("plain", "甲").await, host.ask("plain", "乙").await, host.ask("plain", "丙").await);
    assert_eq!(good.body["id"], good.id.as_str(), "an answer's id is its turn's");
    let comment = " 很有用 \u{1b}[31m\"引号\" ";
    let said = json!({"turn": good.id, "rating": "down", "comment": comment});
    let (status, answer) = post(&host, "/v1/feedback", said).await;
    assert_eq!((status, &answer["comment"]), (200, &json!(comment.trim())), "{answer}");
    assert_eq!(post(&host, "/v1/feedback", json!({"turn": good.id, "rating": "up"})).await.0, 200);
    assert_eq!(
        post(&host, "/v1/feedback", json!({"turn": bad.id, "rating": "down", "comment": comment})).await.0,
        200
    );
    // The same while it waits for the disk, when it is there, and after a start.
    let sees = async |host: &Host| {
        assert_eq!(listed(host, "feedback=up").await, [good.id.as_str()]);
        assert_eq!(listed(host, "feedback=down").await, [bad.id.as_str()]);
        assert_eq!(listed(host, "app=plain").await.len(), 3);
        let list = host.get("/v1/traces").await;
        let words: Vec<&Value> =
            list["data"].as_array().unwrap().iter().map(|turn| &turn["feedback"]["rating"]).collect();
        assert_eq!(words, [&Value::Null, &json!("down"), &json!("up")], "{list}");
        let feedback = &host.trace(&bad.id).await["feedback"];
        assert_eq!((&feedback["rating"], &feedback["comment"]), (&json!("down"), &json!(comment.trim())));
        assert!(feedback["at"].as_u64().is_some_and(|at| at > 1_700_000_000), "{feedback}");
        assert_eq!(host.trace(&good.id).await["feedback"]["comment"], Value::Null);
        assert_eq!(host.trace(&plain.id).await.get("feedback"), None);
    };
    sees(&host).await;
    let (status, refused) =
        post(&host, "/v1/feedback", json!({"turn": "chatcmpl-none", "rating": "up"})).await;
    assert_eq!((status, &refused["error"]["code"]), (404, &json!("not_found")), "{refused}");
    for (wrong, told) in [
        (json!({"turn": good.id, "rating": "good"}), "\\\"up\\\" or \\\"down\\\""),
        (json!({"turn": good.id}), "rating"),
        (json!({"turn": good.id, "rating": "up", "stars": 5}), "stars"),
        (json!({"turn": good.id, "rating": "up", "comment": "长".repeat(2001)}), "2000 characters"),
    ] {
        let (status, refused) = post(&host, "/v1/feedback", wrong).await;
        assert_eq!((status, &refused["error"]["code"]), (400, &json!("invalid_request")), "{refused}");
        assert!(refused.to_string().contains(told), "{refused}");
    }
    let long = json!({"turn": good.id, "rating": "up", "comment": "长".repeat(20_000)});
    assert_eq!(post(&host, "/v1/feedback", long).await.0, 413);
    sees(&host).await;
    host.signal(Signal::TERM);
    assert!(host.ended().await.success());

    let host = Host::start(&config.replace("max_traces = 100", "max_traces = 2"));
    eventually("the oldest turn is pruned", async || (listed(&host, "").await.len() == 2).then_some(()))
        .await;
    assert_eq!(listed(&host, "feedback=up").await, [] as [&str; 0], "what was said of it went with it");
    assert_eq!(listed(&host, "feedback=down").await, [bad.id.as_str()]);
    assert_eq!(post(&host, "/v1/feedback", json!({"turn": good.id, "rating": "up"})).await.0, 404);
    // Of a turn that is on disk, it is heard at once as well.
    assert_eq!(post(&host, "/v1/feedback", json!({"turn": bad.id, "rating": "up"})).await.0, 200);
    assert_eq!(listed(&host, "feedback=up").await, [bad.id.as_str()]);
    assert_eq!(listed(&host, "feedback=down").await, [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_rates_turns_of_its_apps_only_and_opens_nothing_of_the_admins() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let ((shop, shop_table), (other, other_table)) =
        (new_key("shop", &["--app", "plain"]), new_key("other", &["--app", "second"]));
    let config = format!(
        "[server]\nadmin_key_env = \"JUDGING_ADMIN_KEY\"\n{shop_table}\n{other_table}\n{}\n[apps.second]\nmodel = \"up\"\n",
        crate::chat::plain(&upstream)
    );
    let host = Host::prepared(&config, |_, command| _ = command.env("JUDGING_ADMIN_KEY", ADMIN));
    let chat = json!({"model": "plain", "messages": [{"role": "user", "content": "问"}]});
    let (status, answer) = send(&host, Method::POST, "/v1/chat/completions", Some(&shop), chat).await;
    assert_eq!(status, 200, "{answer}");
    let up = json!({"turn": answer["id"], "rating": "up"});
    let rate = async |key: Option<&str>| send(&host, Method::POST, "/v1/feedback", key, up.clone()).await.0;
    assert_eq!((rate(None).await, rate(Some(&other)).await, rate(Some(&shop)).await), (401, 404, 200));
    assert_eq!(rate(Some(ADMIN)).await, 200);
    for (method, path) in [
        (Method::GET, "/v1/costs"),
        (Method::GET, "/v1/evaluation-questions"),
        (Method::POST, "/v1/evaluation-questions"),
        (Method::DELETE, "/v1/evaluation-questions?question=x"),
        (Method::POST, "/v1/knowledge-bases/a/questions"),
    ] {
        let (status, refused) = send(&host, method, path, Some(&shop), json!({})).await;
        assert_eq!(
            (status, &refused["error"]["code"]),
            (403, &json!("permission_denied")),
            "{path}: {refused}"
        );
    }
}

/// Apps around one base of questions: one that uses it, one that does so for some questions, one that does not give
/// out what is stored, and one without it.
fn shops(upstream: &Upstream, embeddings: &Embeddings, data: &Path) -> String {
    let mut config = format!(
        "[server]\ndata_dir = {:?}\n{}\n[models.up]\nbase_url = {:?}\nmodel = \"m\"\n\
         [knowledge.faq]\nembedder = \"e\"\nthreshold = 0.3\n[knowledge.other]\nembedder = \"e\"\n\
         [plugins.kb]\ncomponent = \"builtin:knowledge-base\"\ngrants = {{ knowledge = [\"faq\"] }}\n\
         [plugins.passages]\ncomponent = \"builtin:knowledge-base\"\nconfig = {{ standard_answers = false }}\n\
         grants = {{ knowledge = [\"faq\"] }}\n\
         [plugins.elsewhere]\ncomponent = \"builtin:knowledge-base\"\ngrants = {{ knowledge = [\"other\"] }}\n",
        data.display().to_string(),
        embeddings.table("e", 64),
        upstream.base_url
    );
    for (app, plugin, route) in [
        ("shop", "kb", "route = \"always\""),
        ("some", "kb", "route = \"when\"\nwhen = { variables = { member = \"yes\" } }"),
        ("worded", "passages", "route = \"always\""),
        ("without", "elsewhere", "route = \"always\""),
    ] {
        config += &format!(
            "[apps.{app}]\nmodel = \"up\"\n[[apps.{app}.plugins]]\nplugin = \"{plugin}\"\n{route}\n"
        );
    }
    config
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_answer_is_corrected_and_the_next_one_is_right() {
    let upstream = Upstream::playing([Script::Says(vec!["大概一年吧。"]), Script::Says(vec!["好"])]).await;
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&shops(&upstream, &embeddings, data.path()));
    let questions = "/v1/knowledge-bases/faq/questions";
    let wrong = host.ask("shop", "保修几年？").await;
    assert_eq!(wrong.text(), "大概一年吧。");

    let answer = "保修三年，**凭发票**。\n ";
    let body = json!({"question": "保修几年？", "variants": ["质保多久"], "answer": answer, "app": "shop", "trace": wrong.id});
    let (status, told) = post(&host, questions, body).await;
    assert_eq!(
        (status, &told),
        (
            200,
            &json!({"document": "corrections", "section": 0, "fires": true, "same": 1.0, "threshold": 0.75, "reason": null})
        )
    );
    for asked in ["保修几年？", "质保多久", "请问保修几年"] {
        let chat = host.ask("shop", asked).await;
        assert_eq!(chat.text(), answer, "{asked}: {}", chat.body);
    }
    let body = json!({"question": "保修几年", "answer": "保修五年。", "app": "shop"});
    assert_eq!(post(&host, questions, body).await.1["section"], 0, "the same question is the same section");
    assert_eq!(host.ask("shop", "质保多久").await.text(), "保修五年。");
    let body = json!({"question": "几点开门？", "answer": "九点。"});
    let (_, told) = post(&host, questions, body).await;
    assert_eq!((&told["section"], &told["fires"]), (&json!(1), &json!(true)), "{told}");
    let sections = host.get("/v1/knowledge-bases/faq/sections?document=corrections").await;
    assert_eq!(
        (&sections["total"], &sections["document"]["title"], &sections["data"][0]["variants"]),
        (&json!(2), &json!("人工订正"), &json!(["质保多久"])),
        "{sections}"
    );
    // It stays where the host starts anew.
    drop(host);
    let host = Host::start(&shops(&upstream, &embeddings, data.path()));
    assert_eq!(host.ask("shop", "保修几年？").await.text(), "保修五年。");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_correction_is_not_given_out_the_reason_names_the_mend() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&shops(&upstream, &embeddings, data.path()));
    let correct = async |base: &str, body: Value| {
        post(&host, &format!("/v1/knowledge-bases/{base}/questions"), body).await
    };
    let member = json!({"model": "some", "messages": [{"role": "user", "content": "保修几年？"}],
                        "variables": {"member": "yes"}});
    let turn = host.chat(member).await.id;
    let body = |app: &str| json!({"question": "保修几年？", "answer": "三年。", "app": app});
    for (app, mend) in [
        ("without", "add \"faq\" to `knowledge` in [plugins.elsewhere.grants]"),
        ("some", "the request has no variable `member`"),
        ("worded", "`standard_answers`"),
    ] {
        let (status, told) = correct("faq", body(app)).await;
        let reason = told["reason"].as_str().unwrap_or_default();
        assert_eq!((status, &told["fires"]), (200, &json!(false)), "{app}: {told}");
        assert!(reason.contains(mend), "{app}: {reason}");
    }
    let mut with_variables = body("some");
    with_variables["trace"] = turn.into();
    let told = correct("faq", with_variables).await.1;
    assert_eq!(told["fires"], true, "the turn's variables count: {told}");

    // Another document knows the question as well, and its name comes first.
    host.import("faq", "a.csv", "问题,相似问法,答案\n怎么退货？,退货的流程,不能退。\n").await;
    let (_, told) =
        correct("faq", json!({"question": "怎么退货？", "answer": "七天内退。", "app": "shop"})).await;
    assert_eq!((&told["fires"], &told["reason"]), (&json!(true), &Value::Null), "{told}");
    for asked in ["怎么退货", "退货的流程"] {
        assert_eq!(host.ask("shop", asked).await.text(), "七天内退。", "{asked}");
    }

    for (base, body, status, told) in [
        ("none", body("shop"), 404, "there is no knowledge base `none`"),
        ("faq", body("nobody"), 404, "nobody"),
        ("faq", json!({"question": "？", "answer": "甲"}), 400, "neither letter nor digit"),
        ("faq", json!({"question": "甲", "answer": " "}), 400, "the answer is empty"),
        (
            "faq",
            json!({"question": "甲", "variants": ["怎么退货"], "answer": "乙"}),
            400,
            "a question of its own",
        ),
        ("faq", json!({"question": "甲", "answer": "乙", "reply": "丙"}), 400, "reply"),
    ] {
        let (answered, refused) = correct(base, body).await;
        assert_eq!(answered, status, "{refused}");
        assert!(refused["error"]["message"].as_str().unwrap().contains(told), "{told}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_answers_for_all_ways_to_ask_that_were_imported_with_the_question() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&shops(&upstream, &embeddings, data.path()));
    let shop = "问题,相似问法,答案\n多久发货？,下单后几天寄出|我的东西啥时候寄,旧\n怎么退货？,东西不想要了|不喜欢可以退吗,旧退\n\
                怎么换货？,尺码不对|换大一号,换\n运费谁出？,邮费怎么算|退回去的邮费谁给,运\n怎么开发票？,要票|能开票不,票\n\
                怎么修改地址？,地址写错了|换个地方收,改\n怎么联系客服？,找人工|客服电话,客服\n怎么查物流？,快递到哪了|查单号,单号\n";
    host.import("faq", "shop.qa.csv", shop).await;
    let corrected = json!({"question": "多久发货", "answer": "两天内发货。", "app": "shop"});
    let (_, told) = post(&host, "/v1/knowledge-bases/faq/questions", corrected).await;
    assert_eq!(told["fires"], true, "{told}");
    for asked in ["多久发货？", "下单后几天寄出", "我的东西啥时候寄"] {
        assert_eq!(host.ask("shop", asked).await.text(), "两天内发货。", "{asked}");
        let one = json!({"query": asked, "top_k": 1});
        let found = post(&host, "/v1/knowledge-bases/faq/search", one).await.1;
        assert_eq!(found["hits"][0]["standard_answer"], "两天内发货。", "{asked}: {found}");
    }
    for (asked, stays) in [("不喜欢可以退吗", "旧退"), ("怎么退货", "旧退"), ("快递到哪了", "单号")]
    {
        assert_eq!(host.ask("shop", asked).await.text(), stays, "{asked}");
    }
}

async fn refuse_judgements(host: &Host, path: &str) {
    for (judged, status, told) in [
        (json!({"question": "问", "verdict": "right", "app": "shop"}), 400, "name the right `document`"),
        (json!({"question": "问", "verdict": "good", "app": "shop"}), 400, "good"),
        (json!({"question": "？", "verdict": "wrong", "app": "shop"}), 400, "no words"),
        (json!({"question": "问", "verdict": "wrong", "app": "nobody"}), 404, "nobody"),
        (
            json!({"question": "问", "verdict": "wrong", "app": "shop", "base": "x", "document": "y"}),
            404,
            "`x`",
        ),
        (
            json!({"question": "问", "verdict": "wrong", "app": "shop", "base": "faq", "document": "y"}),
            404,
            "`y`",
        ),
        (
            json!({"question": "问", "verdict": "right", "app": "shop", "trace": "gone"}),
            400,
            "shows no document",
        ),
    ] {
        let (answered, refused) = post(host, path, judged).await;
        assert_eq!(answered, status, "{refused}");
        assert!(refused["error"]["message"].as_str().unwrap().contains(told), "{told}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn judged_answers_become_an_evaluation_set() {
    let upstream = Upstream::playing((0..2).map(|_| Script::Says(vec!["五千元。"]))).await;
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let config = shops(&upstream, &embeddings, data.path());
    let host = Host::start(&config);
    host.import("faq", "费用.md", "# 费用\n\n学费每年五千元。\n").await;
    host.import("faq", "门.md", "# 开门\n\n每天九点开门。\n").await;
    let path = "/v1/evaluation-questions";
    let right = host.ask("shop", "学费每年多少").await.id;

    let judged = json!({"question": "学费每年多少", "verdict": "right", "app": "shop", "trace": right});
    let (status, kept) = post(&host, path, judged).await;
    assert_eq!(
        (status, &kept["base"], &kept["relevant"], &kept["replaced"]),
        (200, &json!("faq"), &json!(["费用.md"]), &json!(false)),
        "what the answer rests on is taken from the turn: {kept}"
    );
    let judged = json!({"question": "几点开门", "verdict": "wrong", "app": "shop", "base": "faq", "document": "费用.md"});
    assert_eq!(post(&host, path, judged).await.0, 200);
    let judged = json!({"question": "几点开门", "verdict": "wrong", "app": "shop", "base": "faq", "document": "门.md#0"});
    let (_, kept) = post(&host, path, judged).await;
    assert_eq!((&kept["replaced"], &kept["total"]), (&json!(true), &json!(2)), "{kept}");
    let judged = json!({"question": "红烧肉怎么炖", "verdict": "wrong", "app": "some"});
    assert_eq!(post(&host, path, judged).await.1["relevant"], json!([]), "nothing is right for it");

    let file = async |query: &str| {
        let answer = host.http.get(format!("{}{path}{query}", host.url)).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
        answer.text().await.unwrap()
    };
    let all = file("").await;
    let questions: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let texts: Vec<&Value> = questions.iter().map(|question| &question["question"]).collect();
    assert_eq!(texts, ["学费每年多少", "几点开门", "红烧肉怎么炖"], "{all}");
    assert_eq!(file("?app=some").await.lines().count(), 1);
    let evaluate = async |query: &str, body: String| -> Value {
        let url = format!("{}/v1/knowledge-bases/evaluate?bases=faq&{query}", host.url);
        host.http.post(url).body(body).send().await.unwrap().json().await.unwrap()
    };
    let of_shop = evaluate("app=shop", String::new()).await;
    assert_eq!((&of_shop["questions"], &of_shop["missed"]), (&json!(2), &json!(0)), "{of_shop}");
    assert_eq!(
        evaluate("k=1", all.clone()).await["questions"],
        3,
        "the file is one that an evaluation reads"
    );
    assert_eq!(evaluate("app=worded", String::new()).await["error"]["code"], "invalid_evaluation");
    let on_disk = data.path().join("evaluation-questions.jsonl");
    let toml = data.path().join("host.toml");
    std::fs::write(&toml, with_cache(&config)).unwrap();
    let (toml, on_disk) = (toml.clone(), on_disk.display().to_string());
    let printed =
        tokio::task::spawn_blocking(move || run(&toml, &["kb", "evaluate", "--base", "faq", &on_disk]));
    let printed = printed.await.unwrap();
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));

    refuse_judgements(&host, path).await;
    let remove =
        async |query: &str| send(&host, Method::DELETE, &format!("{path}?{query}"), None, json!({})).await;
    assert_eq!(remove("question=几点开门&app=some").await.0, 404);
    assert_eq!(
        remove("question=几点开门&app=shop").await,
        (200, json!({"object": "evaluation_question", "deleted": 1}))
    );
    assert_eq!(file("").await.lines().count(), 2);
    // A backup has it.
    let (toml, copy) = (data.path().join("host.toml"), tempfile::tempdir().unwrap());
    let copied = copy.path().join("copy");
    let into = copied.clone();
    let made = tokio::task::spawn_blocking(move || binary(&toml).arg("backup").arg(&into).output().unwrap());
    assert!(made.await.unwrap().status.success());
    let kept = std::fs::read_to_string(copied.join("evaluation-questions.jsonl")).unwrap();
    assert_eq!(kept, file("").await);
}
