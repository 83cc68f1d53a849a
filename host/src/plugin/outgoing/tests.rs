use std::{
    net::IpAddr,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{
    super::grant::{GrantSettings, Grants, Secrets},
    *,
};

/// Answers with the next address of a list each time, and with the last for ever.
struct Scripted {
    answers: Vec<IpAddr>,
    asked: Arc<AtomicUsize>,
}

impl Lookup for Scripted {
    fn lookup(&self, _name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let at = self.asked.fetch_add(1, Ordering::SeqCst).min(self.answers.len() - 1);
        let answer = self.answers[at];
        Box::pin(async move { Ok(vec![answer]) })
    }
}

/// Sends a GET under these grants; names have the addresses given, one after the other.
async fn get(url: &str, hosts: &[&str], answers: &[&str]) -> (Result<StatusCode, Error>, HttpReport, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let answers = answers.iter().map(|answer| answer.parse().unwrap()).collect();
    let clients = Clients::with(Arc::new(Scripted { answers, asked: Arc::clone(&asked) })).unwrap();
    let settings =
        GrantSettings { hosts: hosts.iter().map(ToString::to_string).collect(), ..Default::default() };
    let context = PluginContext {
        name: "p".into(),
        grants: Grants::check("p", &settings, &Secrets::default()).unwrap(),
        limits: Default::default(),
        services: None,
        clients: Arc::new(clients),
    };
    let mut outgoing = Outgoing::new(Arc::new(context));
    let body = http_body_util::Empty::new().map_err(|never| match never {}).boxed_unsync();
    let request = Request::get(url).body(body).unwrap();
    let sent = Box::into_pin(outgoing.send_request(request, None, Box::new(async { Ok(()) }))).await;
    let report = outgoing.reports().remove(0);
    (sent.map(|(response, _)| response.status()), report, asked.load(Ordering::SeqCst))
}

/// Answers every connection with 204.
async fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
        }
    });
    port
}

#[tokio::test]
async fn a_wildcard_name_with_a_private_address_is_refused_before_anything_connects() {
    let port = server().await;
    let url = format!("http://a.example.com:{port}/x?key=geheim");
    let grant = format!("http://*.example.com:{port}");
    for address in [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "fd00::1",
        "64:ff9b::7f00:1",
    ] {
        let (result, report, _) = get(&url, &[&grant], &[address]).await;
        assert!(matches!(result, Err(Error::DestinationIpProhibited)), "{address}: {result:?}");
        let denied = report.denied.unwrap();
        assert!(denied.contains(&format!("the address {address} is ")), "{denied}");
        assert!(
            denied.contains(&format!("add hosts = [\"http://a.example.com:{port}\"] to [plugins.p.grants]")),
            "{denied}"
        );
        assert!(!denied.contains("geheim"));
    }
}

#[tokio::test]
async fn a_name_granted_exactly_may_be_at_a_private_address() {
    let port = server().await;
    let url = format!("http://search.internal:{port}/");
    let (result, report, _) = get(&url, &[url.trim_end_matches('/')], &["127.0.0.1"]).await;
    assert_eq!(result.unwrap(), StatusCode::NO_CONTENT);
    assert_eq!((report.status, report.denied), (Some(204), None));
}

#[tokio::test]
async fn a_name_is_asked_once_so_that_a_second_answer_cannot_differ() {
    let port = server().await;
    let url = format!("http://a.example.com:{port}/");
    let (result, _, asked) = get(&url, &[url.trim_end_matches('/')], &["127.0.0.1", "198.51.100.1"]).await;
    assert_eq!((result.unwrap(), asked), (StatusCode::NO_CONTENT, 1));
}

#[tokio::test]
async fn a_refused_connection_is_an_error_of_the_network_not_of_the_grants() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (result, report, _) = get(&origin, &[&origin], &["127.0.0.1"]).await;
    assert!(matches!(result, Err(Error::ConnectionRefused)), "{result:?}");
    assert!(report.denied.is_none() && report.error.is_some());
}

#[test]
fn what_is_written_down_of_a_url_holds_no_key() {
    let url = Url::parse("https://user:pass@api.example.com:8443/v1?key=geheim#f").unwrap();
    assert_eq!(origin_and_path(&url), "https:");
    let url = Url::parse("https://api.example.com/v1?key=geheim#f").unwrap();
    assert_eq!(origin_and_path(&url), "https://api.example.com/v1");
}
