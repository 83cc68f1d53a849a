//! Pages that become one, as those of a site under maintenance do.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_site_under_maintenance_replaces_no_document() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    let pages = ["/1", "/2", "/3"];
    let as_it_was = || {
        for (i, page) in pages.iter().enumerate() {
            site.put(page, Served::html(&format!("第{i}页"), &format!("第{i}条规则：分数优先。")));
        }
    };
    as_it_was();
    site.put("/map.xml", Served::sitemap(&site.origin, &pages));
    let sources = format!("[knowledge.a.sources.site]\nsitemap = \"{}\"\n", site.url("/map.xml"));
    let host = Host::start(&config(&embeddings, data.path(), &[&site.origin], &sources));
    assert_eq!(counts(&fetch(&host, "").await), [3, 0, 0, 0]);
    let before = documents_of(&host).await;

    let notice = || Served::html("系统维护", "系统升级维护中，请稍后再访问。");
    site.put("/weihu", notice());
    for (served, why) in [
        (Served::redirect("/weihu"), "is sent on to"),
        (notice(), "says the same as"),
        (Served::redirect("/weihu"), "is sent on to"),
    ] {
        pages.iter().for_each(|page| site.put(page, served.clone()));
        for query in ["", "?afresh=true"] {
            let job = fetch(&host, query).await;
            assert_eq!((&job["state"], counts(&job)), (&json!("done"), [0, 0, 0, 3]), "{why}: {job}");
            let reason = job["unreadable"][0]["reason"].as_str().unwrap();
            assert!(reason.contains(why), "{reason}");
            assert_eq!(documents_of(&host).await, before, "{why}");
        }
    }
    assert!(source(&host).await["trouble"].as_str().unwrap().contains("3 of 3 pages failed"));
    as_it_was();
    assert_eq!(counts(&fetch(&host, "").await), [0, 3, 0, 0]);

    // A single page that leads to another one is told of, once.
    site.put("/login", Served::html("登录", "请输入用户名。"));
    site.put("/2", Served::redirect("/login"));
    let job = fetch(&host, "").await;
    assert_eq!(counts(&job), [1, 2, 0, 0], "{job}");
    assert!(job["notes"].to_string().contains("is sent on to"), "{job}");
    let job = fetch(&host, "").await;
    assert_eq!(counts(&job), [0, 3, 0, 0], "{job}");
    assert!(!job["notes"].to_string().contains("is sent on to"), "{job}");
}
