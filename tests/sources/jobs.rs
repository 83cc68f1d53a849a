//! When a source is fetched, by whom, and what is said of it.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_fetched_as_often_as_it_says_and_a_restart_changes_nothing() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    site.put("/faq", Served::html("收费", "基础功能免费。").tagged("\"1\""));
    let sources = |every| {
        format!("[knowledge.a.sources.site]\nurls = [\"{}\"]\nevery = \"{every}\"\n", site.url("/faq"))
    };
    let host = Host::start(&config(&embeddings, data.path(), &[&site.origin], &sources("1s")));
    let run_after = async |before: u64| {
        eventually("a run of the schedule", async || {
            let last = source(&host).await["last_run"].clone();
            let is_later = last["started_at"].as_u64() > Some(before) && last["finished_at"].is_u64();
            is_later.then_some(last)
        })
        .await
    };
    let first = run_after(0).await;
    assert_eq!((&first["state"], &first["imported"]), (&json!("done"), &json!(1)), "{first}");
    site.put("/faq", Served::html("收费", "基础功能免费，报告三十元。").tagged("\"2\""));
    let mut at = first["started_at"].as_u64().unwrap();
    let changed = eventually("a run that finds the change", async || {
        let run = run_after(at).await;
        at = run["started_at"].as_u64().unwrap();
        (run["imported"] == 1).then_some(run)
    })
    .await;
    assert_eq!(changed["state"], "done");
    drop(host);

    // A run that was cut goes on; then the source's time has not come yet.
    let host = Host::start(&config(&embeddings, data.path(), &[&site.origin], &sources("1h")));
    let told = eventually("a source at rest", async || {
        Some(source(&host).await).filter(|told| told["job"].is_null())
    })
    .await;
    let started = told["last_run"]["started_at"].as_u64().unwrap();
    assert!(started >= changed["started_at"].as_u64().unwrap(), "{told}");
    assert_eq!((&told["next_run"], &told["every_seconds"]), (&json!(started + 3600), &json!(3600)), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_has_one_job_at_a_time_and_goes_on_after_a_stop() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    site.put("/faq", Served::html("收费", "基础功能免费。"));
    let sources = format!("[knowledge.a.sources.site]\nurls = [\"{}\"]\n", site.url("/faq"));
    let config = config(&embeddings, data.path(), &[&site.origin], &sources);
    let host = Host::start(&config);
    embeddings.hold();
    let fetch_now = "/v1/knowledge-bases/a/sources/site/fetch";
    let job: Value = host.post(fetch_now, json!({})).await.json().await.unwrap();
    eventually("a request for vectors", async || (embeddings.requests() > 0).then_some(())).await;
    let same: Value = host.post(fetch_now, json!({})).await.json().await.unwrap();
    assert_eq!(same["id"], job["id"], "a source that is being fetched is not fetched twice");
    assert_eq!(source(&host).await["job"]["id"], job["id"]);
    host.signal(rustix::process::Signal::KILL);
    host.ended().await;
    embeddings.release();
    let host = Host::start(&config);
    let job = host.ended_job(job["id"].as_str().unwrap()).await;
    assert_eq!((&job["state"], &job["imported"]), (&json!("done"), &json!(1)), "{job}");
    assert_eq!(source(&host).await["last_run"]["job"], job["id"]);
    let response = host.post("/v1/knowledge-bases/a/sources/other/fetch", json!({})).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(response.text().await.unwrap().contains("there are: site"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_goes_on_where_a_kill_has_interrupted_it() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    let pages = ["/1", "/2", "/3", "/4", "/5"];
    for page in pages {
        site.put(page, Served::html(page, &format!("{page}号规则：分数优先。")));
    }
    site.put("/map.xml", Served::sitemap(&site.origin, &pages));
    site.put("/4", Served::never());
    let sources = format!("[knowledge.a.sources.site]\nsitemap = \"{}\"\n", site.url("/map.xml"));
    let config = config(&embeddings, data.path(), &[&site.origin], &sources);
    let host = Host::start(&config);
    let job: Value =
        host.post("/v1/knowledge-bases/a/sources/site/fetch", json!({})).await.json().await.unwrap();
    let is_asked = || site.fetched().iter().any(|fetch| fetch.path == "/4");
    eventually("a request for the fourth page", async || is_asked().then_some(())).await;
    host.signal(rustix::process::Signal::KILL);
    host.ended().await;
    site.put("/4", Served::html("/4", "/4号规则：分数优先。"));
    site.since();
    let host = Host::start(&config);
    let job = host.ended_job(job["id"].as_str().unwrap()).await;
    assert_eq!((&job["state"], counts(&job)), (&json!("done"), [5, 0, 0, 0]), "{job}");
    let asked: Vec<String> = site.since().into_keys().map(|(path, _)| path).collect();
    assert_eq!(asked, ["/4", "/5", "/map.xml"], "what had come is not asked for again");
    assert_eq!(ids(&host).await, pages.map(|page| site.url(page)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_fetches_sources_and_a_failing_one_is_told_wherever_one_looks() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    site.put("/1", Served::html("一", "平行志愿。"));
    let sources = format!(
        "[knowledge.a.sources.site]\nurls = [\"{}\", \"{}\"]\n[knowledge.a.sources.gone]\nsitemap = \"{}\"\n",
        site.url("/1"),
        site.url("/2"),
        site.url("/map.xml")
    );
    let text = config(&embeddings, data.path(), &[&site.origin], &sources);
    let path = data.path().join("host.toml");
    std::fs::write(&path, &text).unwrap();
    assert!(said(&path, &["kb", "list"]).await.1.contains("source site: never fetched"));
    let (well, told) = said(&path, &["kb", "fetch", "a"]).await;
    assert!(!well && told.contains("a: site: 1 imported") && told.contains("/2: answered 404"), "{told}");
    assert!(told.contains("gone: ") && told.contains("/map.xml answered 404"), "{told}");
    site.put("/2", Served::html("二", "强基计划。"));
    let (well, told) = said(&path, &["kb", "fetch", "a", "site"]).await;
    assert!(well && told.contains("1 imported, 1 unchanged"), "{told}");
    let list = said(&path, &["kb", "list"]).await.1;
    assert!(
        list.contains("source site: 2 pages at ") && list.contains("source gone: its last run failed"),
        "{list}"
    );
    assert!(said(&path, &["kb", "fetch", "a", "sites"]).await.1.contains("there are: gone, site"));
    let left = std::fs::read_dir(data.path().join("sources")).unwrap();
    assert_eq!(left.count(), 1, "what was fetched is gone, what is known of it stays");

    let host = Host::start(&text);
    let ready = host.get("/readyz").await;
    let sources: Vec<&Value> =
        ready["dependencies"].as_array().unwrap().iter().filter(|one| one["kind"] == "source").collect();
    assert_eq!(
        (&sources[0]["name"], &sources[0]["status"]),
        (&json!("a/gone"), &json!("failing")),
        "{ready}"
    );
    assert!(sources[0]["reason"].as_str().unwrap().contains("answered 404"), "{ready}");
    assert_eq!(sources[1]["status"], "ok", "{ready}");
    let metrics = host.http.get(format!("{}/metrics", host.url)).send().await.unwrap().text().await.unwrap();
    for line in [
        "qianfan_host_source_failing{knowledge_base=\"a\",source=\"gone\"} 1",
        "qianfan_host_source_failing{knowledge_base=\"a\",source=\"site\"} 0",
        "qianfan_host_source_fetched_seconds{knowledge_base=\"a\",source=\"site\"} ",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}
