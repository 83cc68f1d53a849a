//! The rules, request by request.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use super::name::NamedHost;
use super::origin::PageOrigin;
use super::*;

const ADMIN: &str = "authorization: Bearer the-admin-key-of-the-tests";
const SHOP: &str = "authorization: Bearer qfh-shop";
const WRONG: &str = "authorization: Bearer qfh-wrong";
const HERE: &str = "host: 127.0.0.1:8080";

/// A door without keys, as the default configuration makes it.
fn keyless() -> Door {
    let origins = Origins::Listed(Vec::new());
    Door { admin: None, keys: Vec::new(), open: false, hosts: Vec::new(), origins }
}

fn with_admin() -> Door {
    Door { admin: Some(KeyHash::of("the-admin-key-of-the-tests")), ..keyless() }
}

fn with_clients(admin: Option<KeyHash>) -> Door {
    let key = |name: &str, apps, expires| {
        let hash = KeyHash::of(&format!("qfh-{name}"));
        Arc::new(ClientKey { name: name.into(), hash, apps, expires })
    };
    let keys = vec![key("shop", Some(vec!["sales".into()]), None), key("old", None, Some(1))];
    Door { admin, keys, ..keyless() }
}

/// A request from this machine, with headers as lines.
#[derive(Clone)]
struct LocalRequest<'a> {
    area: Area,
    method: Method,
    peer: &'a str,
    target: &'a str,
    takes_files: bool,
}

const fn asks(area: Area, method: Method) -> LocalRequest<'static> {
    LocalRequest { area, method, peer: "127.0.0.1", target: "/v1/x", takes_files: false }
}

const READS: LocalRequest = asks(Area::Admin, Method::GET);
const WRITES: LocalRequest = asks(Area::Admin, Method::POST);
const CHATS: LocalRequest = asks(Area::Chat, Method::POST);

impl LocalRequest<'_> {
    /// The name of the key that was known, or the refusal.
    fn of(&self, door: &Door, lines: &[&str]) -> Result<Option<String>, DoorRefusal> {
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            headers.append(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        let uri: Uri = self.target.parse().unwrap();
        let knock = Knock {
            peer: self.peer.parse().ok(),
            area: self.area,
            takes_files: self.takes_files,
            method: &self.method,
            uri: &uri,
            headers: &headers,
        };
        door.admit(&knock).map(|caller| caller.key().map(str::to_owned))
    }
}

#[test]
fn without_keys_this_machine_is_served_whatever_stands_where_a_key_belongs() {
    for asks in [READS, WRITES, CHATS] {
        for peer in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
            for host in [HERE, "host: localhost", "host: [::1]:8080"] {
                let asks = LocalRequest { peer, ..asks.clone() };
                assert_eq!(asks.of(&keyless(), &[host]), Ok(None), "{peer} {host}");
                assert_eq!(asks.of(&keyless(), &[host, "authorization: Bearer unused"]), Ok(None));
            }
        }
    }
}

#[test]
fn without_keys_nobody_else_is_served() {
    for asks in [READS, WRITES, CHATS] {
        for peer in ["10.0.0.1", "::ffff:10.0.0.1", "0.0.0.0", "::", "unknown"] {
            let asks = LocalRequest { peer, ..asks.clone() };
            assert_eq!(asks.of(&keyless(), &[HERE]), Err(DoorRefusal::Remote(asks.area)), "{peer}");
            let lie = asks.of(&keyless(), &[HERE, "x-forwarded-for: 127.0.0.1"]);
            assert_eq!(lie, Err(DoorRefusal::Remote(asks.area)), "a header makes nobody local");
        }
        for line in ["x-forwarded-for: 127.0.0.1", "forwarded: for=127.0.0.1", "via: 1.1 x", "x-real-ip: ::1"]
        {
            let refused = asks.of(&keyless(), &[HERE, line]);
            assert!(matches!(refused, Err(DoorRefusal::Forwarded { .. })), "{line}: {refused:?}");
        }
    }
}

#[test]
fn without_a_key_the_host_answers_only_to_its_own_names() {
    let named = Door { hosts: vec![NamedHost::parse("chat.lan").unwrap()], ..keyless() };
    for asks in [READS, WRITES, CHATS] {
        for lines in [&["host: evil.example:8080"][..], &["host: 10.0.0.1:8080"], &[]] {
            assert_eq!(asks.of(&keyless(), lines), Err(DoorRefusal::UnknownHost), "{lines:?}");
        }
        assert_eq!(asks.of(&keyless(), &["host: a@127.0.0.1"]), Err(DoorRefusal::MalformedHost));
        assert_eq!(asks.of(&keyless(), &[HERE, "host: evil.example"]), Err(DoorRefusal::TwoHosts));
        assert_eq!(asks.of(&keyless(), &["host: chat.lan:8080"]), Err(DoorRefusal::UnknownHost));
        assert_eq!(asks.of(&named, &["host: Chat.LAN.:8080"]), Ok(None));
        // A target in a proxy's form names a host as well; both must be known.
        let proxied = LocalRequest { target: "http://evil.example/v1/x", ..asks.clone() };
        assert_eq!(proxied.of(&keyless(), &[HERE]), Err(DoorRefusal::UnknownHost));
        let proxied = LocalRequest { target: "http://127.0.0.1:8080/v1/x", ..asks.clone() };
        assert_eq!(proxied.of(&keyless(), &["host: evil.example"]), Err(DoorRefusal::UnknownHost));
        assert_eq!(proxied.of(&keyless(), &[HERE]), Ok(None));
    }
}

#[test]
fn without_a_key_no_page_of_another_origin_is_served() {
    for asks in [READS, WRITES, CHATS] {
        for line in [
            "sec-fetch-site: cross-site",
            "sec-fetch-site: same-site",
            "sec-fetch-site: Same-Origin",
            "sec-fetch-site: ",
            "origin: https://evil.example",
            "origin: http://127.0.0.1:3000",
            "origin: http://localhost:8080",
            "origin: https://127.0.0.1",
            "origin: null",
            "origin: ",
        ] {
            let refused = asks.of(&keyless(), &[HERE, line]);
            assert_eq!(refused, Err(DoorRefusal::OtherPage { area: asks.area }), "{line}");
        }
        let two = [HERE, "origin: http://127.0.0.1:8080", "origin: http://127.0.0.1:8080"];
        assert!(asks.of(&keyless(), &two).is_err(), "of two origins none is believed");
        let two = [HERE, "sec-fetch-site: same-origin", "sec-fetch-site: cross-site"];
        assert!(asks.of(&keyless(), &two).is_err());
        for line in ["sec-fetch-site: same-origin", "sec-fetch-site: none", "origin: http://127.0.0.1:8080"] {
            assert_eq!(asks.of(&keyless(), &[HERE, line, "user-agent: Mozilla/5.0"]), Ok(None), "{line}");
        }
    }
    let visit = ["sec-fetch-site: cross-site", "sec-fetch-mode: navigate", "sec-fetch-dest: document"];
    let visit: Vec<&str> = std::iter::once(HERE).chain(visit).collect();
    assert_eq!(READS.of(&keyless(), &visit), Ok(None), "a person followed a link");
    assert!(WRITES.of(&keyless(), &visit).is_err(), "a form was sent");
    let frame = [&visit[..3], &["sec-fetch-dest: iframe"]].concat();
    assert!(READS.of(&keyless(), &frame).is_err());
}

#[test]
fn a_browser_that_does_not_say_which_page_sent_a_write_is_refused() {
    let browser = [HERE, "user-agent: Mozilla/5.0 (X11; rv:60.0) Gecko/20100101 Firefox/60.0"];
    assert_eq!(WRITES.of(&keyless(), &browser), Err(DoorRefusal::OldBrowser));
    assert_eq!(CHATS.of(&keyless(), &browser), Err(DoorRefusal::OldBrowser));
    assert_eq!(READS.of(&keyless(), &browser), Ok(None));
    assert_eq!(WRITES.of(&keyless(), &[HERE, "user-agent: curl/8.0"]), Ok(None));
}

#[test]
fn what_a_form_can_send_is_refused_where_none_is_meant() {
    let uploads = LocalRequest { takes_files: true, ..WRITES };
    for kind in [
        "text/plain",
        "Text/Plain; charset=utf-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let line = format!("content-type: {kind}");
        assert_eq!(WRITES.of(&keyless(), &[HERE, &line]), Err(DoorRefusal::Form), "{kind}");
        assert_eq!(CHATS.of(&keyless(), &[HERE, &line]), Err(DoorRefusal::Form), "{kind}");
        let twice = [HERE, "content-type: application/json", &line];
        assert_eq!(WRITES.of(&keyless(), &twice), Err(DoorRefusal::Form));
        assert_eq!(uploads.of(&keyless(), &[HERE, &line]), Ok(None), "{kind}");
        assert!(uploads.of(&keyless(), &[HERE, &line, "origin: null"]).is_err());
        assert_eq!(CHATS.of(&with_clients(None), &[HERE, &line, SHOP]), Ok(Some("shop".into())));
    }
    assert_eq!(WRITES.of(&keyless(), &[HERE, "content-type: application/json"]), Ok(None));
}

#[test]
fn with_an_admin_key_nothing_of_the_admin_is_served_without_it() {
    let door = with_admin();
    for asks in [READS, WRITES] {
        for peer in ["127.0.0.1", "10.0.0.1"] {
            let asks = LocalRequest { peer, ..asks.clone() };
            assert_eq!(asks.of(&door, &[HERE]), Err(DoorRefusal::NoKey));
            assert_eq!(asks.of(&door, &[HERE, WRONG]), Err(DoorRefusal::WrongKey));
            assert_eq!(asks.of(&door, &["host: chat.example.com", ADMIN]), Ok(None));
            assert_eq!(asks.of(&door, &[HERE, ADMIN, "x-forwarded-for: 1.2.3.4"]), Ok(None));
            assert_eq!(
                asks.of(&door, &[HERE, ADMIN, WRONG]),
                Err(DoorRefusal::WrongKey),
                "two keys are none"
            );
        }
        let page = [HERE, ADMIN, "origin: http://127.0.0.1:8080", "sec-fetch-site: same-origin"];
        assert_eq!(asks.of(&door, &page), Ok(None), "a page of the host's own may use the key");
        assert!(asks.of(&door, &[HERE, ADMIN, "sec-fetch-site: cross-site"]).is_err());
        assert!(asks.of(&door, &[HERE, ADMIN, "origin: https://evil.example"]).is_err());
    }
    assert_eq!(CHATS.of(&door, &[HERE]), Ok(None), "chat on this machine needs none");
    let remote = LocalRequest { peer: "10.0.0.1", ..CHATS };
    assert_eq!(remote.of(&door, &[HERE]), Err(DoorRefusal::NoKey));
    assert_eq!(remote.of(&door, &[HERE, ADMIN]), Ok(None));
}

#[test]
fn behind_a_proxy_the_name_that_browsers_use_is_our_own_where_it_is_configured() {
    let page = [HERE, ADMIN, "origin: https://chat.example.com", "sec-fetch-site: same-origin"];
    assert!(WRITES.of(&with_admin(), &page).is_err());
    let door = Door { hosts: vec![NamedHost::parse("chat.example.com").unwrap()], ..with_admin() };
    assert_eq!(WRITES.of(&door, &page), Ok(None));
    let other_port = [HERE, ADMIN, "origin: https://chat.example.com:9000"];
    assert!(WRITES.of(&door, &other_port).is_err());
}

#[test]
fn with_client_keys_every_chat_needs_one() {
    for admin in [None, with_admin().admin] {
        let door = with_clients(admin);
        assert_eq!(CHATS.of(&door, &[HERE]), Err(DoorRefusal::NoKey));
        assert_eq!(CHATS.of(&door, &[HERE, WRONG]), Err(DoorRefusal::WrongKey));
        assert_eq!(CHATS.of(&door, &[HERE, "authorization: Bearer qfh-old"]), Err(DoorRefusal::Expired));
        for sent in [SHOP, "authorization: bearer  qfh-shop", "authorization: BEARER qfh-shop"] {
            assert_eq!(CHATS.of(&door, &[HERE, sent]), Ok(Some("shop".into())), "{sent}");
        }
        for sent in ["Basic qfh-shop", "Bearer", "Bearer qfh-shop x", "Bearer qfh-sho", ""] {
            let refused = CHATS.of(&door, &[HERE, &format!("authorization: {sent}")]);
            assert_eq!(refused, Err(DoorRefusal::WrongKey), "{sent}");
        }
        let far = LocalRequest { peer: "10.0.0.1", ..CHATS };
        let lines = ["host: chat.example.com", SHOP, "origin: null", "sec-fetch-site: cross-site"];
        assert_eq!(
            far.of(&door, &lines),
            Ok(Some("shop".into())),
            "a page cannot send a key it does not have"
        );
        assert!(matches!(READS.of(&door, &[HERE, SHOP]), Err(DoorRefusal::NotForClients { .. })));
        assert_eq!(READS.of(&door, &[HERE, WRONG]), Err(DoorRefusal::WrongKey));
    }
    assert_eq!(READS.of(&with_clients(None), &[HERE]), Ok(None), "the admin's paths stay on this machine");
    assert_eq!(CHATS.of(&with_clients(with_admin().admin), &[HERE, ADMIN]), Ok(None));
}

#[test]
fn an_open_host_serves_chat_to_everybody_but_other_peoples_pages() {
    let door = Door { open: true, ..keyless() };
    let far = LocalRequest { peer: "10.0.0.1", ..CHATS };
    assert_eq!(far.of(&door, &["host: 10.0.0.2:8080"]), Ok(None));
    assert_eq!(far.of(&door, &[HERE, "x-forwarded-for: 1.2.3.4"]), Ok(None));
    assert_eq!(far.of(&door, &["host: evil.example"]), Err(DoorRefusal::UnknownHost), "rebinding");
    assert!(far.of(&door, &["host: 10.0.0.2", "origin: https://evil.example"]).is_err());
    let far = LocalRequest { peer: "10.0.0.1", ..READS };
    assert_eq!(far.of(&door, &["host: 10.0.0.2:8080"]), Err(DoorRefusal::Remote(Area::Admin)));
    assert_eq!(READS.of(&door, &["host: 10.0.0.2:8080"]), Err(DoorRefusal::UnknownHost));
}

#[test]
fn a_listed_page_may_chat_and_nothing_else() {
    let origins = Origins::Listed(vec![PageOrigin::parse("https://shop.example").unwrap()]);
    let door = Door { origins, ..keyless() };
    let page = [HERE, "origin: https://shop.example", "sec-fetch-site: cross-site"];
    assert_eq!(CHATS.of(&door, &page), Ok(None));
    assert!(WRITES.of(&door, &page).is_err());
    assert!(CHATS.of(&door, &["host: evil.example", page[1]]).is_err());
    assert!(CHATS.of(&door, &[HERE, "origin: https://shop.example.evil.example"]).is_err());
}

#[test]
fn health_is_everybodys() {
    let asks = LocalRequest { peer: "10.0.0.1", ..asks(Area::Public, Method::GET) };
    assert_eq!(asks.of(&with_clients(with_admin().admin), &["host: evil.example", WRONG]), Ok(None));
}

#[test]
fn listening_beyond_this_machine_needs_a_key_or_the_wish() {
    let anywhere: Vec<IpAddr> =
        ["0.0.0.0", "::", "10.0.0.1", "::ffff:10.0.0.1"].iter().map(|a| a.parse().unwrap()).collect();
    for address in anywhere {
        let refused = keyless().may_listen(address).unwrap_err();
        for mend in ["admin_key_env", "key new", "open = true", "[server]"] {
            assert!(refused.contains(mend), "{refused}");
        }
        for door in [with_admin(), with_clients(None), Door { open: true, ..keyless() }] {
            assert_eq!(door.may_listen(address), Ok(()));
        }
    }
    for address in ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(keyless().may_listen(address.parse().unwrap()), Ok(()));
    }
}
