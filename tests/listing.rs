use serde_json::{Value, json};

use crate::support::{Embeddings, Host, Script, Upstream, eventually};

/// A base with a stub's embedder, its data in a folder of the test's.
fn config(embeddings: &Embeddings, data: &std::path::Path) -> String {
    format!(
        "[server]\ndata_dir = {:?}\n{}[knowledge.a]\ntitle = \"章程\"\nembedder = \"e8\"\nthreshold = 0.1\n[knowledge.b]\n\
         embedder = \"e8\"\n[plugins.kb]\ncomponent = \"builtin:knowledge-base\"\ngrants = {{ knowledge = [\"a\"] }}\n\
         [apps.kb]\nanswer = \"direct\"\nnothing_found = \"没有\"\n[[apps.kb.plugins]]\nplugin = \"kb\"\nroute = \"always\"\n",
        data.display().to_string(),
        embeddings.table("e8", 8)
    )
}

async fn ids(host: &Host, query: &str) -> (Vec<String>, u64) {
    let list = host.get(&format!("/v1/knowledge-bases/a/documents?{query}")).await;
    let data = list["data"].as_array().unwrap_or_else(|| panic!("{query}: {list}"));
    let ids = data.iter().map(|document| document["id"].as_str().unwrap().to_owned());
    (ids.collect(), list["total"].as_u64().unwrap())
}

/// `[{"operator": …}]` as a part of an address.
fn filters(operator: &str, field: &str, value: Value) -> String {
    let filters = json!([{"operator": operator, "field": field, "value": value}]).to_string();
    percent_encoding::utf8_percent_encode(&filters, percent_encoding::NON_ALPHANUMERIC).to_string()
}

async fn delete(host: &Host, query: &str) -> (u16, Value) {
    let url = format!("{}/v1/knowledge-bases/a/documents?{query}", host.url);
    let response = host.http.delete(url).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Holds what is told of the base besides its documents: how many are in which state, and where its settings are from.
async fn expect_settings(host: &Host) {
    let base = host.get("/v1/knowledge-bases/a").await;
    assert_eq!(
        (&base["state"], &base["documents"], &base["off"], &base["noted"], &base["failed"]),
        (&json!("ok"), &json!(5), &json!(1), &json!(1), &json!(0)),
        "{base}"
    );
    let settings = &base["settings"];
    assert_eq!(settings["threshold"]["value"], 0.1, "{base}");
    assert_eq!(
        (&settings["threshold"]["source"], &settings["top_k"]["source"]),
        (&json!("file"), &json!("default"))
    );
    assert!(settings["threshold"]["line"].as_u64().unwrap() > 1, "{base}");
    assert_eq!(
        (&settings["question_threshold"]["effective"], &settings["question_threshold"]["inherited"]),
        (&json!(0.1), &json!("threshold"))
    );
    assert_eq!(
        (&settings["top_k"]["effective"], &settings["top_k"]["changeable"]),
        (&json!(5), &json!(true))
    );
    assert_eq!(settings["window_chars"]["changeable"], false);
    assert_eq!(
        base["used_by"],
        json!([{"app": "kb", "plugins": ["kb"], "whole_text": false, "follow_up": "both"}])
    );
    assert_eq!(
        base["embedder"],
        json!({"configured": "e8", "serving": "e8", "reembed_needed": false}),
        "{base}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_listed_counted_and_deleted_by_what_a_filter_admits() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let host = Host::start(&config(&embeddings, data.path()));
    for (id, text) in [
        ("广东-1.md&meta.province=广东&meta.year=2024", "# 广东\n\n平行志愿。\n"),
        ("广东-2.md&meta.province=广东&meta.year=2025", "# 广东\n\n征集志愿。\n"),
        ("湖南.md&meta.province=湖南&meta.year=2025", "# 湖南\n\n提前批次。\n"),
        ("表.csv", "2025年分数线\n院校,分数\n甲大学,600\n乙大学,590\n"),
        ("空.md", "# 空\n\n没有元数据。\n"),
    ] {
        host.import("a", id, text).await;
    }
    let switched = host.http.patch(format!("{}/v1/knowledge-bases/a/documents/空.md", host.url));
    assert_eq!(switched.json(&json!({"off": true})).send().await.unwrap().status(), 200);
    let noted = host.get("/v1/knowledge-bases/a/documents?state=noted").await;
    assert_eq!(noted["data"][0]["id"], "表.csv", "{noted}");
    let line = &noted["data"][0]["note_lines"][0];
    assert!(line["kind"].as_str().unwrap().starts_with("read_as_table"), "{noted}");
    assert_eq!(line["params"]["rows"], "2", "{noted}");

    let two = vec!["广东-1.md".to_owned(), "广东-2.md".to_owned()];
    let guangdong = filters("eq", "province", json!("广东"));
    assert_eq!(ids(&host, &format!("filters={guangdong}")).await, (two.clone(), 2));
    assert_eq!(
        ids(&host, &format!("filters={guangdong}&limit=1&after=广东-1.md")).await,
        (two[1..].to_vec(), 2)
    );
    assert_eq!(ids(&host, &format!("filters={}&q=md", filters("gte", "year", json!(2025)))).await.1, 2);
    assert_eq!(ids(&host, "limit=2&offset=1").await, (vec!["广东-2.md".to_owned(), "湖南.md".to_owned()], 5));
    assert_eq!(ids(&host, "limit=2&offset=9").await, (Vec::new(), 5));
    assert_eq!(ids(&host, "state=off").await, (vec!["空.md".to_owned()], 1));
    assert_eq!(ids(&host, "state=on").await.1, 4);
    assert_eq!(ids(&host, "from=1&to=1000").await.1, 0);
    assert_eq!(ids(&host, "from=1000&limit=2").await.1, 5);
    assert_eq!(ids(&host, "origin=").await.1, 5, "none has an origin");
    for (query, told) in [
        ("state=lost", "there are: noted, off, on, failed"),
        ("filters=x", "`filters` cannot be read"),
        ("state=failed&origin=a", "leave `origin` and `filters` out"),
    ] {
        let error = host.get(&format!("/v1/knowledge-bases/a/documents?{query}")).await;
        assert!(error["error"]["message"].as_str().unwrap().contains(told), "{error}");
    }

    expect_settings(&host).await;

    // Deleting is looked at first, confirmed with the number, and refused without a filter.
    let (status, told) = delete(&host, &format!("filters={guangdong}&dry_run=true")).await;
    assert_eq!((status, &told["matched"], &told["examples"]), (200, &json!(2), &json!(two)), "{told}");
    assert_eq!(ids(&host, "limit=1").await.1, 5, "nothing was deleted");
    for (query, status, code) in [
        ("", 400, "no_filter"),
        ("dry_run=true", 400, "no_filter"),
        ("confirm=5", 400, "no_filter"),
        ("all=true&q=md", 400, "no_filter"),
        ("state=failed&confirm=1", 400, "invalid_request"),
        ("q=md", 400, "invalid_request"),
        ("q=md&confirm=1", 409, "count_changed"),
        ("all=false&confirm=5", 400, "no_filter"),
    ] {
        let (got, error) = delete(&host, query).await;
        assert_eq!((got, error["error"]["code"].as_str().unwrap()), (status, code), "{query}: {error}");
    }
    let (_, changed) = delete(&host, "q=md&confirm=1").await;
    assert_eq!(changed["error"]["params"], json!({"matched": "4", "confirmed": "1"}), "{changed}");
    let (status, begun) = delete(&host, &format!("filters={guangdong}&confirm=2")).await;
    assert_eq!(status, 202, "{begun}");
    let ended = host.ended_job(begun["id"].as_str().unwrap()).await;
    assert_eq!(
        (&ended["state"], &ended["kind"], &ended["deleted"], &ended["documents_done"]),
        (&json!("done"), &json!("delete"), &json!(2), &json!(2)),
        "{ended}"
    );
    assert_eq!(ids(&host, "limit=9").await.0, ["湖南.md", "空.md", "表.csv"]);
    let (_, begun) = delete(&host, "all=true&confirm=3").await;
    assert_eq!(host.ended_job(begun["id"].as_str().unwrap()).await["deleted"], 3);
    assert_eq!(ids(&host, "limit=9").await, (Vec::new(), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_imported_while_a_deletion_waits_stays_also_after_a_kill() {
    let (embeddings, slow) = (Embeddings::start().await, Embeddings::start().await);
    let data = tempfile::tempdir().unwrap();
    let config = format!(
        "{}[knowledge.other]\nembedder = \"slow\"\n{}",
        config(&embeddings, data.path()).replacen("[server]\n", "[server]\nmax_jobs = 1\n", 1),
        slow.table("slow", 8)
    );
    let host = Host::start(&config);
    for id in ["旧.md", "同.md", "改.md"] {
        host.import("a", id, &format!("# {id}\n\n平行志愿。\n")).await;
    }
    // Another base's import has the one place at work.
    slow.hold();
    let url = format!("{}/v1/knowledge-bases/other/imports?id=n.md", host.url);
    let other = host.http.post(url).body("# 别的\n\n征集志愿。\n").send().await.unwrap();
    assert_eq!(other.status(), 202);
    eventually("an import at work", async || (slow.requests() > 0).then_some(())).await;
    let (status, begun) = delete(&host, "all=true&confirm=3").await;
    assert_eq!((status, &begun["state"]), (202, &json!("queued")), "{begun}");
    for (id, text) in [
        ("新.md", "# 新\n\n提前批次。\n"),
        ("同.md", "# 同.md\n\n平行志愿。\n"),
        ("改.md", "# 改\n\n院校。\n"),
    ] {
        let report = host.import("a", id, text).await;
        assert_eq!(report["imported"], 1, "what is about to be deleted is written anew: {id}, {report}");
    }
    host.signal(rustix::process::Signal::KILL);
    host.ended().await;
    slow.release();
    let host = Host::start(&config);
    let ended = host.ended_job(begun["id"].as_str().unwrap()).await;
    assert_eq!((&ended["state"], &ended["deleted"]), (&json!("done"), &json!(1)), "{ended}");
    let mut left = ids(&host, "limit=9").await.0;
    left.sort();
    let mut expected = ["同.md", "改.md", "新.md"];
    expected.sort_unstable();
    assert_eq!(left, expected);
}

/// Documents of a base that were multiplied in its file, as a base is that has grown for years.
pub(crate) const MANY: u64 = 100_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_base_of_100_000_documents_is_listed_filtered_and_paged() {
    let (embeddings, data) = (Embeddings::start().await, tempfile::tempdir().unwrap());
    let config = config(&embeddings, data.path());
    let host = Host::start(&config);
    host.import("a", "d0.md&meta.part=0", "# 章\n\n平行志愿。\n").await;
    host.signal(rustix::process::Signal::TERM);
    host.ended().await;
    multiply(&data.path().join("knowledge/a.db"));

    let host = Host::start(&config);
    let base = host.get("/v1/knowledge-bases/a").await;
    assert_eq!((&base["documents"], &base["noted"]), (&json!(MANY), &json!(MANY / 1000)), "{base}");
    let whole = async |query: &str, limit: usize| {
        let (mut all, mut after, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let list = host
                .get(&format!("/v1/knowledge-bases/a/documents?{query}&limit={limit}&after={after}"))
                .await;
            let data = list["data"].as_array().unwrap();
            assert!(
                data.len() <= limit && list.to_string().len() < limit * 1000 + 1000,
                "an answer is bounded"
            );
            all.extend(data.iter().map(|document| document["id"].as_str().unwrap().to_owned()));
            pages += 1;
            match list["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => return (all, list["total"].as_u64().unwrap(), pages),
            }
        }
    };
    let (all, total, _) = whole("q=d", 1000).await;
    assert_eq!((all.len() as u64, total), (MANY, MANY));
    assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "by id, each once");
    let (noted, total, pages) = whole("state=noted", 30).await;
    assert_eq!((noted.len() as u64, total, pages), (MANY / 1000, MANY / 1000, 4));
    let (named, total, _) = whole("q=D9999", 100).await;
    assert_eq!((named.len(), total), (11, 11), "{named:?}");
    let (of_origin, ..) = whole("origin=o7&from=1007&to=2007", 100).await;
    let mut expected: Vec<String> = (7..=1007).step_by(100).map(|i| format!("d{i}.md")).collect();
    expected.sort();
    assert_eq!(of_origin, expected);
    let part = filters("eq", "part", json!(3));
    assert_eq!(whole(&format!("filters={part}&state=noted"), 1000).await.1, MANY / 1000 / 10);
    // A deletion that names what it means takes no more.
    let (_, told) = delete(&host, "q=d9999&dry_run=true").await;
    assert_eq!((&told["matched"], told["examples"].as_array().unwrap().len()), (&json!(11), 10));
    let (_, begun) = delete(&host, "q=d9999&confirm=11").await;
    assert_eq!(host.ended_job(begun["id"].as_str().unwrap()).await["deleted"], 11);
    assert_eq!(whole("state=on", 1000).await.1, MANY - 11);
}

/// Makes very many documents of the one that is there, in its file, while no host is at work. They have no sections and
/// windows of their own: a list reads none, and an index of so many is grouped for minutes by a host that is not optimised.
pub(crate) fn multiply(file: &std::path::Path) {
    let base = rusqlite::Connection::open(file).unwrap();
    base.execute_batch(&format!(
        "PRAGMA synchronous = OFF; BEGIN;
         CREATE TEMP TABLE numbers AS WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {MANY} - 1) SELECT i FROM n;
         INSERT INTO documents (version, id, title, url, bytes, sections, windows, digest, imported_at, origin, metadata, notes)
         SELECT d.version + i, 'd' || i || '.md', title, url, bytes, sections, windows, digest, 1000 + i, 'o' || (i % 100),
                json_object('part', json_array(CAST((i / 1000) % 10 AS TEXT))), CASE WHEN i % 1000 = 0 THEN 'Hidden sheets were left out: “a”.' ELSE '' END
         FROM numbers, documents AS d;
         UPDATE documents SET notes = 'Hidden sheets were left out: “a”.' WHERE id = 'd0.md';
         COMMIT;"
    ))
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn turns_by_the_ten_thousand_are_filtered_and_paged() {
    let upstream = Upstream::playing([Script::Says(vec!["好"])]).await;
    let folder = tempfile::tempdir().unwrap();
    let config = format!(
        "[server]\ndata_dir = {:?}\nmax_trace_bytes = \"1GiB\"\n{}",
        folder.path().display().to_string(),
        crate::chat::plain(&upstream)
    );
    let host = Host::start(&config);
    let first = host.ask("plain", "第0问").await;
    assert_eq!(host.trace(&first.id).await["answer_kind"], "model");
    host.signal(rustix::process::Signal::TERM);
    host.ended().await;
    let traces = rusqlite::Connection::open(folder.path().join("traces.db")).unwrap();
    traces
        .execute_batch(
            "BEGIN;
             CREATE TEMP TABLE numbers AS WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 9999) SELECT i FROM n;
             INSERT INTO traces (id, created, app, question, answered_by, finish_reason, total_ms, bytes, body, error, prompt_tokens, completion_tokens, cost)
             SELECT 't' || i, 1000 + i, CASE WHEN i % 2 THEN 'odd' ELSE 'plain' END, '第' || i || '问', CASE WHEN i % 10 = 0 THEN 'kb' ELSE answered_by END,
                    CASE WHEN i % 7 = 0 THEN 'cancelled' ELSE finish_reason END, i, bytes,
                    CASE WHEN i % 10 = 0 THEN replace(body, '\"answer_kind\":\"model\"', '\"answer_kind\":\"standard\"') ELSE body END,
                    CASE WHEN i % 100 = 3 THEN 'the model failed' END, prompt_tokens, completion_tokens, cost
             FROM numbers, traces;
             COMMIT;",
        )
        .unwrap();
    drop(traces);

    let host = Host::start(&config);
    let whole = async |query: &str, limit: usize| {
        let (mut ids, mut before) = (Vec::new(), None::<String>);
        loop {
            let page = before.as_ref().map(|before| format!("&before={before}")).unwrap_or_default();
            let list = host.get(&format!("/v1/traces?{query}&limit={limit}{page}")).await;
            let data = list["data"].as_array().unwrap_or_else(|| panic!("{query}: {list}"));
            assert!(data.len() <= limit && list.to_string().len() < limit * 1200 + 1000, "without bodies");
            ids.extend(data.iter().map(|turn| turn["id"].as_str().unwrap().to_owned()));
            match list["next"].as_str() {
                Some(next) => before = Some(next.to_owned()),
                None => return ids,
            }
        }
    };
    let all = whole("", 200).await;
    assert_eq!(all.len(), 10_000);
    assert_eq!((all[0].as_str(), all[9998].as_str(), &all[9999]), ("t9999", "t1", &first.id), "newest first");
    type Holds = fn(u64) -> bool;
    let cases: [(&str, Holds); 9] = [
        ("kind=standard", |i| i % 10 == 0),
        ("kind=standard&app=odd", |_| false),
        ("result=error", |i| i % 100 == 3 && i % 7 != 0),
        ("result=cancelled&from=2000&to=2999", |i| i % 7 == 0 && (1000..2000).contains(&i)),
        ("q=第99", |i| i.to_string().starts_with("99")),
        ("min_ms=9900&app=odd", |i| i >= 9900 && i % 2 == 1),
        ("kind=nothing_found", |_| false),
        ("rating=any", |_| false),
        ("rating=none&kind=standard&q=第999", |i| i % 10 == 0 && i.to_string().starts_with("999")),
    ];
    for (query, is_in) in cases {
        let expected: Vec<String> =
            (1..10_000).rev().filter(|i| is_in(*i)).map(|i| format!("t{i}")).collect();
        assert_eq!(whole(query, 150).await, expected, "{query}");
    }
    for query in ["kind=good", "rating=great", "result=fine", "from=yesterday"] {
        let error = host.get(&format!("/v1/traces?{query}")).await;
        assert_eq!(error["error"]["code"], "invalid_request", "{error}");
    }
}
