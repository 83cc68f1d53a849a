use serde_json::{Value, json};

use crate::sources::{config, ended};
use crate::support::{Embeddings, Host, Reply, Served, Service, Site, run};

/// Imports from a URL, and gives the job at its end.
async fn import(host: &Host, url: &str) -> Value {
    let job: Value =
        host.post("/v1/knowledge-bases/a/imports", json!({"url": url})).await.json().await.unwrap();
    ended(host, job["id"].as_str().unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_fetched_from_where_the_operator_has_not_said() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    let inside = Service::playing([Reply::Text(200, "<h1>secret of the inside</h1>")]).await;
    let port = site.origin.rsplit(':').next().unwrap();
    site.put("/inside", Served::redirect(&format!("{}/x", inside.origin)));
    site.put("/cloud", Served::redirect("http://169.254.169.254/latest/meta-data"));
    site.put("/name", Served::redirect(&format!("http://localhost:{port}/page")));
    site.put("/mapped", Served::redirect(&format!("http://[::ffff:127.0.0.1]:{port}/page")));
    site.put("/file", Served::redirect("file:///etc/passwd"));
    site.put("/user", Served::redirect(&format!("http://a@127.0.0.1:{port}/page")));
    site.put("/loop", Served::redirect("/loop"));
    site.put("/moved", Served::redirect("/page"));
    site.put("/page", Served::html("页", "平行志愿。"));
    let host = Host::start(&config(&embeddings, data.path(), &[&site.origin], ""));
    for (path, said) in [
        (
            "/inside",
            "which is not at a public address (127.0.0.1 is loopback); if it is yours, add hosts = [\"http://127.0.0.1:",
        ),
        ("/cloud", "169.254.169.254 is link-local or cloud metadata"),
        ("/name", "leads to http://localhost:"),
        ("/mapped", "IPv4-mapped"),
        ("/file", "is not an http(s) address"),
        ("/user", "is not an http(s) address"),
        ("/loop", "is sent on more than 5 times"),
    ] {
        let job = import(&host, &site.url(path)).await;
        assert_eq!(job["state"], "failed", "{path}: {job}");
        assert!(job["error"].as_str().unwrap().contains(said), "{path}: {job}");
    }
    assert!(inside.asked().is_empty(), "no hop goes there");
    let direct = import(&host, &format!("{}/x", inside.origin)).await;
    assert!(direct["error"].as_str().unwrap().contains("to [fetch]"), "{direct}");
    assert!(inside.asked().is_empty());
    let moved = import(&host, &site.url("/moved")).await;
    assert_eq!((&moved["state"], &moved["imported"]), (&json!("done"), &json!(1)), "{moved}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_no_document_is_refused_with_the_reason() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    let zeros = vec![b'a'; 21 << 20];
    let bomb = {
        use std::io::Write;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(&zeros).unwrap();
        packed.finish().unwrap()
    };
    site.put("/large.txt", Served::of("text/plain", zeros));
    site.put("/bomb.txt", Served::of("text/plain", bomb).with("content-encoding", "gzip"));
    site.put("/odd", Served::of("text/html", "x").with("content-encoding", "br"));
    site.put("/torn", Served::of("text/html", "no gzip").with("content-encoding", "gzip"));
    site.put("/picture", Served::of("image/png", [0x89, b'P', b'N', b'G']));
    site.put("/feed", Served::of("application/rss+xml", "<rss/>"));
    site.put("/login", Served::status(401));
    site.put("/fails", Served::status(500));
    site.put(
        "/robots.txt",
        Served::of(
            "text/plain",
            "user-agent: qianfan-host\ndisallow: /private\n\nuser-agent: *\ndisallow: /\n",
        ),
    );
    site.put("/private/1", Served::html("私", "内容"));
    let host = Host::start(&config(&embeddings, data.path(), &[&site.origin], ""));
    for (path, said) in [
        ("/large.txt", "has more than 20 MiB"),
        ("/bomb.txt", "has more than 20 MiB"),
        ("/odd", "packed in a way that cannot be read: br"),
        ("/torn", "packed in a way that cannot be read"),
        ("/picture", "is `image/png`, which is not read"),
        ("/feed", "lists no page that is wanted"),
        ("/login", "answered 401: it wants a login"),
        ("/fails", "answered 500: its server fails"),
        ("/private/1", "is kept from the host by robots.txt"),
    ] {
        let job = import(&host, &site.url(path)).await;
        assert_eq!(job["state"], "failed", "{path}: {job}");
        assert!(job["error"].as_str().unwrap().contains(said), "{path}: {job}");
    }
    let asked = site.fetched();
    assert_eq!(
        asked.iter().filter(|fetch| fetch.path == "/fails").count(),
        3,
        "what may pass is asked for again"
    );
    assert_eq!(asked.iter().filter(|fetch| fetch.path == "/login").count(), 1);
    assert!(asked.iter().all(|fetch| fetch.path != "/private/1"));
    assert!(asked[0].header("user-agent").starts_with("qianfan-host/"), "sites know who asks");
    // A robots.txt that cannot be had lets nobody in.
    site.put("/robots.txt", Served::status(503));
    site.put("/page", Served::html("页", "内容"));
    let job = import(&host, &site.url("/page")).await;
    assert!(job["error"].as_str().unwrap().contains("robots.txt of http://127.0.0.1"), "{job}");
    assert!(site.fetched().iter().all(|fetch| fetch.path != "/page"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_answer_is_not_asked_for_every_page() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    let pages: Vec<String> = (0..12).map(|i| format!("/{i}")).collect();
    for page in &pages {
        site.put(page, Served::status(503));
    }
    let paths: Vec<&str> = pages.iter().map(String::as_str).collect();
    site.put("/map.xml", Served::sitemap(&site.origin, &paths));
    let host = Host::start(&config(&embeddings, data.path(), &[&site.origin], ""));
    let job = import(&host, &site.url("/map.xml")).await;
    assert_eq!((&job["state"], &job["unreadable_total"]), (&json!("done"), &json!(12)), "{job}");
    let not_asked =
        job["unreadable"].as_array().unwrap().iter().filter(|failed| {
            failed["reason"].as_str().unwrap().contains("had not answered 5 times in a row")
        });
    assert_eq!(not_asked.count(), 7, "{job}");
}

#[test]
fn the_configuration_of_sources_is_checked_with_line_and_mend() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.toml");
    let text = "[fetch]\nhosts = [\"10.0.0.5\"]\ntimeout = \"0s\"\n[knowledge.a.sources.site]\nurl = \"https://a.cn/\"\nsitemap = \"a.cn/sitemap.xml\"\nevery = \"6小时\"\ninclude = [\"zs/*\"]\n[knowledge.a.sources.\"no name\"]\nurls = [\"https://a.cn/\"]\n[knowledge.a.sources.empty]\n";
    std::fs::write(&path, text).unwrap();
    let output = run(&path, &["check"]);
    let told = String::from_utf8_lossy(&output.stderr);
    for (line, said) in [
        (2, "fetch.hosts[0]: `10.0.0.5` has no scheme"),
        (3, "fetch.timeout: is 0s; it must be between"),
        (5, "knowledge.a.sources.site.url: is not a key of [knowledge.a.sources.site]; did you mean `urls`?"),
        (6, "knowledge.a.sources.site.sitemap: is not a URL"),
        (7, "write such as \"6h\""),
        (8, "write \"/zs/*\""),
        (9, "is not a name"),
        (11, "names nothing to fetch"),
    ] {
        let found =
            told.lines().any(|told| told.contains(&format!("host.toml:{line}: ")) && told.contains(said));
        assert!(found, "line {line}: {said}\n{told}");
    }
}
