use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use http::StatusCode;
use http_body_util::BodyExt;
use tokio::sync::Semaphore;
use url::Url;

use super::report::origin_and_path;
use super::*;
use crate::plugin::process::{Clients, GrantSettings, Grants, LOOKUPS, LimitSettings, Secrets};
use crate::reach::{Lookup, LookupRefused, Names};

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

/// One call of a plugin with these grants.
fn outgoing(clients: Arc<Clients>, hosts: &[&str]) -> Outgoing {
    let settings =
        GrantSettings { hosts: hosts.iter().map(ToString::to_string).collect(), ..Default::default() };
    let context = PluginContext {
        name: "p".into(),
        grants: Arc::new(Grants::check("p", &settings, &Secrets::default()).unwrap()),
        limits: LimitSettings { requests: 100, ..LimitSettings::default() },
        services: None,
        clients,
        denials: Default::default(),
    };
    Outgoing::new(Arc::new(context), CallMemory::new(1 << 20))
}

fn send(outgoing: &mut Outgoing, url: &str) -> impl Future<Output = Result<StatusCode, Error>> + use<> {
    let body = http_body_util::Empty::new().map_err(|never| match never {}).boxed_unsync();
    let request = Request::get(url).body(body).unwrap();
    let sent = Box::into_pin(outgoing.send_request(request, None, Box::new(async { Ok(()) })));
    async move { sent.await.map(|(response, _)| response.status()) }
}

/// Sends a GET under these grants; names have the addresses given, one after the other.
async fn get(url: &str, hosts: &[&str], answers: &[&str]) -> (Result<StatusCode, Error>, HttpReport, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let answers = answers.iter().map(|answer| answer.parse().unwrap()).collect();
    let clients = Clients::with(Arc::new(Scripted { answers, asked: Arc::clone(&asked) })).unwrap();
    let mut outgoing = outgoing(Arc::new(clients), hosts);
    let sent = send(&mut outgoing, url).await;
    let report = outgoing.reports().remove(0);
    (sent, report, asked.load(Ordering::SeqCst))
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

/// Never answers for names that begin with `dead`; counts those that are being looked up.
#[derive(Default)]
struct Dead {
    looking: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

struct Looking(Arc<AtomicUsize>);

impl Drop for Looking {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Lookup for Dead {
    fn lookup(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        if !name.starts_with("dead") {
            return Box::pin(async { Ok(vec!["127.0.0.1".parse().unwrap()]) });
        }
        let (looking, most) = (Arc::clone(&self.looking), Arc::clone(&self.most));
        Box::pin(async move {
            most.fetch_max(looking.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let _looking = Looking(looking);
            std::future::pending().await
        })
    }
}

#[tokio::test]
async fn names_that_never_answer_stop_nobody_else() {
    let port = server().await;
    let dead = Arc::new(Dead::default());
    let clients = Clients::with(Arc::clone(&dead) as Arc<dyn Lookup>).unwrap();
    let mut storm = outgoing(clients.for_a_plugin(), &["http://*.example.com"]);
    let mut tasks = tokio::task::JoinSet::new();
    for at in 0..40 {
        tasks.spawn(send(&mut storm, &format!("http://dead{at}.example.com/")));
    }
    let all_places = async {
        while dead.looking.load(Ordering::SeqCst) < LOOKUPS {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all_places).await.unwrap();
    let origin = format!("http://alive.example.com:{port}");
    let mut other = outgoing(clients.for_a_plugin(), &[&origin]);
    assert_eq!(send(&mut other, &origin).await.unwrap(), StatusCode::NO_CONTENT);
    assert_eq!(dead.most.load(Ordering::SeqCst), LOOKUPS, "the plugin's own look-ups wait");
    // Whoever gives up a request ends its look-up.
    tasks.shutdown().await;
    assert_eq!(dead.looking.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_look_up_has_a_deadline_that_ends_it_and_a_call_has_so_many() {
    let dead = Dead::default();
    let time = Duration::from_millis(50);
    let asking = Asking::new(3, Arc::new(Semaphore::new(1)), time);
    // The second waits for the place of the first, which counts as its time.
    let (first, second) = tokio::join!(asking.lookup(&dead, "dead"), asking.lookup(&dead, "dead"));
    assert_eq!((first, second), (Err(LookupRefused::TooSlow(time)), Err(LookupRefused::TooSlow(time))));
    assert_eq!(dead.looking.load(Ordering::SeqCst), 0);
    assert!(asking.lookup(&dead, "alive").await.is_ok());
    let refused = asking.lookup(&dead, "alive").await.unwrap_err();
    assert_eq!(refused, LookupRefused::TooMany);
    assert!(refused.to_string().contains("`limits.requests`"));
}

#[tokio::test]
async fn the_machines_own_names_are_known() {
    let places = Arc::new(Semaphore::new(1));
    let asking = Asking::new(1, places, Duration::from_secs(60));
    let found = asking.lookup(&Names::default(), "localhost").await.unwrap();
    assert!(!found.is_empty() && found.iter().all(IpAddr::is_loopback), "{found:?}");
}
