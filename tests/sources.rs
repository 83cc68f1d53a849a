mod jobs;
mod merged;

use std::path::Path;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Embeddings, Host, Served, Site, documents, eventually, run};

/// One base that is fed from the site, with its data in `data`.
pub(crate) fn config(embeddings: &Embeddings, data: &Path, hosts: &[&str], sources: &str) -> String {
    format!(
        "[server]\ndata_dir = {:?}\n[fetch]\nhosts = {hosts:?}\ndelay = \"0s\"\ntimeout = \"20s\"\n{}\
         [knowledge.a]\nembedder = \"e\"\nthreshold = 0.1\n{sources}",
        data.display().to_string(),
        embeddings.table("e", 32),
    )
}

/// Fetches a source, and gives its job at its end.
async fn fetch(host: &Host, query: &str) -> Value {
    let response = host.post(&format!("/v1/knowledge-bases/a/sources/site/fetch{query}"), json!({})).await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    let job: Value = response.json().await.unwrap();
    host.ended_job(job["id"].as_str().unwrap()).await
}

async fn documents_of(host: &Host) -> Vec<Value> {
    let list = host.get("/v1/knowledge-bases/a/documents").await;
    list["data"].as_array().unwrap().clone()
}

async fn ids(host: &Host) -> Vec<String> {
    documents_of(host).await.iter().map(|document| document["id"].as_str().unwrap().to_owned()).collect()
}

async fn source(host: &Host) -> Value {
    host.get("/v1/knowledge-bases/a/sources").await["data"][0].clone()
}

fn counts(job: &Value) -> [u64; 4] {
    ["imported", "unchanged", "deleted", "unreadable_total"].map(|name| job[name].as_u64().unwrap())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// What a command says.
async fn said(path: &Path, arguments: &[&str]) -> (bool, String) {
    let (path, arguments) = (path.to_owned(), arguments.iter().map(|&a| a.to_owned()).collect::<Vec<_>>());
    let run = move || run(&path, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_files_are_imported_by_their_address() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    site.put("/faq.html", Served::html("收费说明", "基础功能免费，报告每份三十元。"));
    let (gbk, _, _) =
        encoding_rs::GBK.encode("<html><title>招生章程</title><p>平行志愿按分数优先投档。</p></html>");
    site.put("/gbk.aspx?id=7", Served::of("text/html; charset=GBK", gbk.into_owned()));
    site.put(
        "/%E7%AB%A0%E7%A8%8B.pdf",
        Served::of("application/octet-stream", documents::pdf(&["强基计划三月报名"])),
    );
    site.put(
        "/all.zip",
        Served::of(
            "application/zip",
            documents::zip(&[("a.md", "# 甲\n\n征集志愿在八月。"), ("b.png", "x")]),
        ),
    );
    let path = data.path().join("host.toml");
    std::fs::write(&path, config(&embeddings, data.path(), &[&site.origin], "")).unwrap();
    // One that is not there keeps none of the others out.
    let urls = ["/absent.html", "/faq.html#top", "/gbk.aspx?id=7", "/章程.pdf", "/all.zip"];
    let urls = urls.map(|path| site.url(path));
    let mut arguments = vec!["kb", "import", "a", "--meta", "province=广东"];
    arguments.extend(urls.iter().map(String::as_str));
    let (_, told) = said(&path, &arguments).await;
    assert!(["4 imported", "b.png", "absent.html", "404"].iter().all(|part| told.contains(part)), "{told}");

    let host = Host::start(&std::fs::read_to_string(&path).unwrap());
    let documents = documents_of(&host).await;
    let of = |id: &str| documents.iter().find(|document| document["id"] == site.url(id)).unwrap().clone();
    let faq = of("/faq.html");
    assert_eq!((&faq["title"], &faq["url"]), (&json!("收费说明"), &json!(site.url("/faq.html"))), "{faq}");
    assert_eq!(
        (&faq["origin"], &faq["metadata"]["province"]),
        (&json!(site.url("/faq.html")), &json!("广东")),
        "{faq}"
    );
    assert_eq!(of("/gbk.aspx?id=7")["title"], "招生章程");
    assert_eq!(
        of("/%E7%AB%A0%E7%A8%8B.pdf")["title"],
        "章程.pdf",
        "a PDF without a title has its file's name"
    );
    assert_eq!(of("/all.zip/a.md")["url"], site.url("/all.zip"));
    let body = json!({"query": "报告多少钱一份"});
    let found: Value = host.post("/v1/knowledge-bases/a/search", body).await.json().await.unwrap();
    assert_eq!(found["hits"][0]["url"], site.url("/faq.html"), "a citation leads there: {found}");
    // The same again embeds nothing.
    let requests = embeddings.requests();
    let (_, told) = said(&path, &arguments).await;
    assert!(told.contains("0 imported, 4 unchanged, 0 deleted, 0 windows"), "{told}");
    assert_eq!(embeddings.requests(), requests);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_and_a_sitemap_are_imported_over_http() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    site.put("/faq", Served::html("收费", "基础功能免费。"));
    site.put("/1.html", Served::html("一", "平行志愿。"));
    site.put("/map.xml", Served::sitemap(&site.origin, &["/1.html", "/2.html"]));
    let host = Host::start(&config(&embeddings, data.path(), &[&site.origin], ""));
    let imports = "/v1/knowledge-bases/a/imports";
    let order =
        json!({"url": site.url("/faq"), "id": "收费.html", "title": "费用", "metadata": {"year": 2025}});
    let response = host.post(imports, order).await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let job: Value = response.json().await.unwrap();
    assert_eq!(
        (location, &job["kind"]),
        (format!("/v1/jobs/{}", job["id"].as_str().unwrap()), &json!("fetch"))
    );
    let job = host.ended_job(job["id"].as_str().unwrap()).await;
    assert_eq!((&job["state"], counts(&job)), (&json!("done"), [1, 0, 0, 0]), "{job}");
    let document = &documents_of(&host).await[0];
    assert_eq!((&document["id"], &document["title"]), (&json!("收费.html"), &json!("费用")), "{document}");
    assert_eq!(
        (&document["url"], &document["metadata"]["year"]),
        (&json!(site.url("/faq")), &json!("2025")),
        "{document}"
    );
    // A sitemap stands for its pages.
    let job: Value = host.post(imports, json!({"url": site.url("/map.xml")})).await.json().await.unwrap();
    let job = host.ended_job(job["id"].as_str().unwrap()).await;
    assert_eq!((&job["state"], counts(&job)), (&json!("done"), [1, 0, 0, 1]), "{job}");
    assert!(job["unreadable"][0]["reason"].as_str().unwrap().starts_with("answered 404"), "{job}");
    // What cannot be fetched fails with its cause; what is not an order is refused at once.
    let job: Value = host.post(imports, json!({"url": site.url("/none")})).await.json().await.unwrap();
    let job = host.ended_job(job["id"].as_str().unwrap()).await;
    assert_eq!(job["state"], "failed");
    assert!(job["error"].as_str().unwrap().contains("/none answered 404: it is not there any more"), "{job}");
    for (body, said) in [
        (json!({"url": "www.a.cn/x"}), "is not a URL"),
        (json!({"url": "file:///etc/passwd"}), "http(s)"),
        (json!({"url": "https://me:word@a.cn/"}), "user name or password"),
        (json!({"uri": "https://a.cn/"}), "uri"),
        (json!(["https://a.cn/"]), "what is to be fetched"),
    ] {
        let response = host.post(imports, body.clone()).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
        let text = response.text().await.unwrap();
        assert!(text.contains(said) && !text.contains("word@"), "{body}: {text}");
    }
    // JSON that is a document itself is imported as one.
    let url = format!("{}{imports}?id=faq.jsonl", host.url);
    let body = "{\"question\": \"要钱吗\", \"answer\": \"不要。\"}";
    let request = host.http.post(url).header("content-type", "application/json").body(body);
    let job: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(host.ended_job(job["id"].as_str().unwrap()).await["imported"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sitemap_brings_what_is_new_and_leaves_what_is_not() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    let pages = ["/zs/1.html", "/zs/2.html", "/zs/3.html", "/zs/print/1.html", "/news/1.html"];
    site.put("/robots.txt", Served::of("text/plain", "User-agent: *\nDisallow: /zs/3\n"));
    site.put("/index.xml", Served::index(&site.origin, &["/a.xml.gz", "/b.txt"]));
    let text = format!("{}\n{}\nhttps://other.example/x\n", site.url(pages[3]), site.url(pages[4]));
    let sitemap = format!(
        "<urlset>{}</urlset>",
        pages[..3].iter().map(|page| format!("<url><loc>{}</loc></url>", site.url(page))).collect::<String>()
    );
    site.put("/a.xml.gz", Served::of("application/gzip", gzip(sitemap.as_bytes())));
    site.put("/b.txt", Served::of("text/plain", text));
    for (i, page) in pages.iter().enumerate() {
        let page_of = Served::html(&format!("第{i}页"), &format!("第{i}条规则：分数优先。"));
        site.put(page, if i == 0 { page_of.tagged("\"v1\"") } else { page_of });
    }
    let sources = format!(
        "[knowledge.a.sources.site]\nsitemap = \"{}\"\ninclude = [\"/zs/*\"]\nexclude = [\"*/print/*\"]\nmetadata = {{ site = \"zs\" }}\n",
        site.url("/index.xml")
    );
    let host = Host::start(&config(&embeddings, data.path(), &[&site.origin], &sources));
    let job = fetch(&host, "").await;
    assert_eq!((&job["state"], counts(&job)), (&json!("done"), [2, 0, 0, 1]), "{job}");
    let refused = &job["unreadable"][0];
    assert_eq!(refused["document"], site.url("/zs/3.html"));
    assert!(refused["reason"].as_str().unwrap().contains("`Disallow: /zs/3`"), "{refused}");
    assert!(job["notes"].to_string().contains("1 addresses of the sitemap are on other hosts"), "{job}");
    assert_eq!(ids(&host).await, [site.url(pages[0]), site.url(pages[1])]);
    let document = &documents_of(&host).await[0];
    assert_eq!((&document["origin"], &document["metadata"]["site"]), (&json!("source:site"), &json!("zs")));
    assert_eq!(document["title"], "第0页");
    site.since();

    // Nothing has changed: a page with a validator does not even come, and nothing is embedded.
    let requests = embeddings.requests();
    assert_eq!(counts(&fetch(&host, "").await), [0, 2, 0, 1]);
    assert_eq!(embeddings.requests(), requests);
    let asked = site.since();
    assert_eq!(
        (asked.get(&(pages[0].to_owned(), 304)), asked.get(&(pages[1].to_owned(), 200))),
        (Some(&1), Some(&1)),
        "{asked:?}"
    );
    assert!(
        !asked.keys().any(|(path, _)| path == pages[2]),
        "robots.txt keeps it from being asked for: {asked:?}"
    );

    // One has changed, and one that was deleted by hand comes back although its server calls it unchanged.
    // Nor is one whose scripts, comments and hidden fields are others with each request.
    let dynamic = |token: &str| {
        let text = format!(
            "<html><head><title>第1页</title><script nonce=\"{token}\">t='{token}'</script></head><body><!-- {token} --><h1>第1页</h1><form><input type=\"hidden\" value=\"{token}\"></form><p>第1条规则：分数优先。</p></body></html>"
        );
        Served::of("text/html; charset=utf-8", text)
    };
    site.put(pages[1], dynamic("a1"));
    assert_eq!(counts(&fetch(&host, "").await), [1, 1, 0, 1]);
    site.put(pages[1], dynamic("b2"));
    assert_eq!(counts(&fetch(&host, "").await), [0, 2, 0, 1]);
    site.put(pages[1], Served::html("第1页", "新的规则：专业优先。"));
    let deleted = host.http.delete(format!(
        "{}/v1/knowledge-bases/a/documents/{}",
        host.url,
        urlencoded(&site.url(pages[0]))
    ));
    assert_eq!(deleted.send().await.unwrap().status(), StatusCode::OK);
    site.since();
    assert_eq!(counts(&fetch(&host, "").await), [2, 0, 0, 1]);
    assert_eq!(site.since().get(&(pages[0].to_owned(), 200)), Some(&1));
    assert_eq!(counts(&fetch(&host, "?afresh=true").await), [0, 2, 0, 1]);
    assert_eq!(site.since().get(&(pages[0].to_owned(), 200)), Some(&1), "afresh means that all comes");

    let told = source(&host).await;
    assert_eq!((&told["name"], &told["last_run"]["state"]), (&json!("site"), &json!("done")), "{told}");
    assert_eq!((&told["last_run"]["unchanged"], &told["next_run"]), (&json!(2), &Value::Null), "{told}");
    assert!(told["trouble"].as_str().unwrap().contains("1 of 3 pages failed"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_its_list_calls_older_than_what_came_is_not_asked_for() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    for page in ["/1", "/2", "/3"] {
        site.put(page, Served::html(page, &format!("{page}号规则：分数优先。")));
    }
    let list = |second: &str| {
        let dates = [("/1", "2020-01-01"), ("/2", second), ("/3", "")];
        let pages = dates.map(|(page, date)| {
            let date = if date.is_empty() { String::new() } else { format!("<lastmod>{date}</lastmod>") };
            format!("<url><loc>{}</loc>{date}</url>", site.url(page))
        });
        Served::of("text/xml", format!("<urlset>{}</urlset>", pages.concat()))
    };
    site.put("/map.xml", list("2020-01-01"));
    let sources = format!("[knowledge.a.sources.site]\nsitemap = \"{}\"\n", site.url("/map.xml"));
    let host = Host::start(&config(&embeddings, data.path(), &[&site.origin], &sources));
    assert_eq!(counts(&fetch(&host, "").await), [3, 0, 0, 0]);
    site.since();
    assert_eq!(counts(&fetch(&host, "").await), [0, 3, 0, 0]);
    let asked = |path: &str| (path.to_owned(), 200);
    let since = site.since();
    assert!(!since.contains_key(&asked("/1")) && since.contains_key(&asked("/3")), "{since:?}");
    // One that has changed since comes, and so do all where everything is wanted afresh.
    site.put("/map.xml", list("2099-01-01"));
    site.put("/2", Served::html("/2", "新的规则：专业优先。"));
    assert_eq!(counts(&fetch(&host, "").await), [1, 2, 0, 0]);
    site.since();
    assert_eq!(counts(&fetch(&host, "?afresh=true").await), [0, 3, 0, 0]);
    assert!(site.since().contains_key(&asked("/1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_brings_its_pages_and_takes_none_away() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    for page in ["/1", "/2", "/3"] {
        site.put(page, Served::html(page, &format!("{page}号通知：分数优先。")));
    }
    let feed = |pages: &[&str]| {
        let items = pages
            .iter()
            .map(|page| format!("<item><title>通知</title><link>{}</link></item>", site.url(page)));
        let text = format!(
            "<rss><channel><link>{}</link>{}</channel></rss>",
            site.origin,
            items.collect::<String>()
        );
        Served::of("application/rss+xml", text)
    };
    site.put("/feed.xml", feed(&["/1", "/2"]));
    let sources = format!(
        "[knowledge.a.sources.site]\nsitemap = \"{}\"\nremove_missing = true\n",
        site.url("/feed.xml")
    );
    let host = Host::start(&config(&embeddings, data.path(), &[&site.origin], &sources));
    assert_eq!(counts(&fetch(&host, "").await), [2, 0, 0, 0]);
    // The first is not among the newest any more, and is there all the same; one that has gone goes.
    site.put("/feed.xml", feed(&["/2", "/3"]));
    let job = fetch(&host, "").await;
    assert_eq!((counts(&job), &job["state"]), ([1, 2, 0, 0], &json!("done")), "{job}");
    assert_eq!(source(&host).await["trouble"], Value::Null);
    site.remove("/3");
    let job = fetch(&host, "").await;
    assert_eq!(counts(&job), [0, 2, 1, 0], "{job}");
    assert_eq!(ids(&host).await, ["/1", "/2"].map(|page| site.url(page)));
}

fn urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_go_only_where_their_pages_have_gone_for_certain() {
    let (embeddings, data, site) =
        (Embeddings::start().await, tempfile::tempdir().unwrap(), Site::start().await);
    let pages = ["/1", "/2", "/3", "/4", "/5"];
    for (i, page) in pages.iter().enumerate() {
        site.put(page, Served::html(&format!("第{i}页"), &format!("第{i}条规则：分数优先。")));
    }
    site.put("/map.xml", Served::sitemap(&site.origin, &pages));
    let sources = |remove| {
        format!(
            "[knowledge.a.sources.site]\nsitemap = \"{}\"\nremove_missing = {remove}\n",
            site.url("/map.xml")
        )
    };
    let host = Host::start(&config(&embeddings, data.path(), &[&site.origin], &sources(false)));
    assert_eq!(counts(&fetch(&host, "").await), [5, 0, 0, 0]);
    // Where nobody has asked for it, nothing goes, and it is told.
    site.remove("/2");
    site.put("/map.xml", Served::sitemap(&site.origin, &pages[1..]));
    let job = fetch(&host, "").await;
    assert_eq!(counts(&job), [0, 3, 0, 1], "{job}");
    assert!(job["notes"].to_string().contains("remove_missing"), "{job}");
    assert_eq!(ids(&host).await.len(), 5);
    drop(host);

    let host = Host::start(&config(&embeddings, data.path(), &[&site.origin], &sources(true)));
    // A server that fails, a list that cannot be read, is empty, cut off or in part broken: all stay.
    let index = Served::index(&site.origin, &["/half.xml", "/none.xml"]);
    site.put("/half.xml", Served::sitemap(&site.origin, &["/3", "/4", "/5"]));
    let cut = format!("<urlset><url><loc>{}</loc></url>", site.url("/3"));
    for (served, state, why) in [
        (Served::status(500), "failed", "answered 500"),
        (Served::sitemap(&site.origin, &[]), "failed", "lists no page"),
        (Served::of("text/xml", cut), "failed", "is cut off"),
        (Served::html("维护中", "请稍后再来"), "failed", "is a web page"),
        (Served::of("text/plain", ""), "failed", "is empty"),
        (index, "done", "answered 404"),
        (Served::sitemap(&site.origin, &["/3"]), "done", "more than half of the 5 documents"),
    ] {
        site.put("/map.xml", served);
        let job = fetch(&host, "").await;
        assert_eq!((&job["state"], &job["deleted"]), (&json!(state), &json!(0)), "{why}: {job}");
        assert!(job.to_string().contains(why), "{why}: {job}");
        assert_eq!(ids(&host).await.len(), 5, "{why}");
        let told = source(&host).await;
        assert!(told["trouble"].as_str().unwrap().contains(why), "{why}: {told}");
    }
    assert!(source(&host).await["last_run"]["refused"].as_str().unwrap().contains("--remove-missing"));
    // A page that fails stays; one that is not there, and one that is not listed, go.
    site.put("/map.xml", Served::sitemap(&site.origin, &pages[1..]));
    site.put("/5", Served::status(503));
    let job = fetch(&host, "").await;
    assert_eq!((&job["state"], counts(&job)), (&json!("done"), [0, 2, 2, 1]), "{job}");
    assert_eq!(ids(&host).await, ["/3", "/4", "/5"].map(|page| site.url(page)));
    // Whoever has looked may say that most go.
    site.put("/map.xml", Served::sitemap(&site.origin, &["/3"]));
    assert_eq!(counts(&fetch(&host, "").await), [0, 1, 0, 0]);
    assert_eq!(counts(&fetch(&host, "?remove_missing=true").await), [0, 1, 2, 0]);
    assert_eq!(ids(&host).await, [site.url("/3")]);
    // The only page of a source says itself that it is not there.
    site.remove("/3");
    assert_eq!(counts(&fetch(&host, "").await), [0, 0, 1, 0]);
    assert!(ids(&host).await.is_empty());
}
