//! A web site: pages at paths, which a test may change, and what it was asked for.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What stands at a path.
#[derive(Clone, Default)]
pub(crate) struct Served {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// Whether a request with its validator is answered 304.
    is_conditional: bool,
    /// Whether the answer never comes.
    is_held: bool,
}

impl Served {
    /// A page of this type.
    pub(crate) fn of(kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type", kind.to_owned())],
            body: body.into(),
            is_conditional: false,
            is_held: false,
        }
    }

    /// A page whose answer does not come.
    pub(crate) fn never() -> Self {
        Self { is_held: true, ..Self::of("text/html", "") }
    }

    /// A web page.
    pub(crate) fn html(title: &str, text: &str) -> Self {
        Self::of(
            "text/html; charset=utf-8",
            format!(
                "<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
            ),
        )
    }

    /// A sitemap of these paths of the site.
    pub(crate) fn sitemap(origin: &str, paths: &[&str]) -> Self {
        let pages: String =
            paths.iter().map(|path| format!("<url><loc>{}</loc></url>", at(origin, path))).collect();
        Self::of(
            "application/xml",
            format!(
                "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{pages}</urlset>"
            ),
        )
    }

    /// An index of these sitemaps.
    pub(crate) fn index(origin: &str, paths: &[&str]) -> Self {
        let maps: String =
            paths.iter().map(|path| format!("<sitemap><loc>{}</loc></sitemap>", at(origin, path))).collect();
        Self::of("text/xml", format!("<sitemapindex>{maps}</sitemapindex>"))
    }

    /// An answer without a page.
    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::of("text/html", "<h1>no</h1>") }
    }

    /// Sends on to another URL.
    pub(crate) fn redirect(to: &str) -> Self {
        Self { status: 302, ..Self::default() }.with("location", to)
    }

    /// The same with a header.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The same with a validator by which it can be asked whether it has changed.
    pub(crate) fn tagged(self, etag: &str) -> Self {
        Self { is_conditional: true, ..self }.with("etag", etag)
    }
}

fn at(origin: &str, path: &str) -> String {
    if path.contains("://") { path.to_owned() } else { format!("{origin}{path}") }
}

/// One request as it came.
#[derive(Clone)]
pub(crate) struct Fetch {
    /// Path and query.
    pub(crate) path: String,
    headers: HeaderMap,
    /// The status that it was answered with.
    pub(crate) status: u16,
}

impl Fetch {
    /// A header's value; empty where it was not sent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

#[derive(Default)]
struct SiteShared {
    pages: Mutex<HashMap<String, Served>>,
    fetched: Mutex<Vec<Fetch>>,
}

/// A running site. It ends with the test's runtime.
pub(crate) struct Site {
    shared: Arc<SiteShared>,
    /// Scheme, address and port.
    pub(crate) origin: String,
}

impl Site {
    /// Starts a site without pages.
    pub(crate) async fn start() -> Self {
        let shared = Arc::new(SiteShared::default());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared, origin }
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Puts a page at a path, in place of what was there.
    pub(crate) fn put(&self, path: &str, served: Served) {
        self.shared.pages.lock().unwrap().insert(path.to_owned(), served);
    }

    /// Takes what is at a path away: it answers 404 from then on.
    pub(crate) fn remove(&self, path: &str) {
        self.shared.pages.lock().unwrap().remove(path);
    }

    /// The requests so far, without those for robots.txt.
    pub(crate) fn fetched(&self) -> Vec<Fetch> {
        let all = self.shared.fetched.lock().unwrap();
        all.iter().filter(|fetch| fetch.path != "/robots.txt").cloned().collect()
    }

    /// How often each path was asked for since the last call, by status.
    pub(crate) fn since(&self) -> BTreeMap<(String, u16), usize> {
        let mut counts = BTreeMap::new();
        for fetch in std::mem::take(&mut *self.shared.fetched.lock().unwrap()) {
            if fetch.path != "/robots.txt" {
                *counts.entry((fetch.path, fetch.status)).or_default() += 1;
            }
        }
        counts
    }
}

async fn answer(State(shared): State<Arc<SiteShared>>, head: Parts) -> Response {
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let served = shared.pages.lock().unwrap().get(&path).cloned();
    let mut served = served.unwrap_or_else(|| Served::status(404));
    let etag = served.headers.iter().find(|(name, _)| *name == "etag").map(|(_, value)| value.clone());
    let asked = head.headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if served.is_conditional && etag.is_some() && asked == etag.as_deref() {
        served = Served { status: 304, body: Vec::new(), ..served };
    }
    let fetch = Fetch { path, headers: head.headers, status: served.status };
    shared.fetched.lock().unwrap().push(fetch);
    if served.is_held {
        std::future::pending::<()>().await;
    }
    let mut response =
        (StatusCode::from_u16(served.status).unwrap(), Body::from(served.body)).into_response();
    for (name, value) in served.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
