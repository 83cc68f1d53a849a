use super::*;

/// A page that held one text, and says another now.
fn page(id: &str, held: &str, content: &str) -> Arrival {
    let held = (!held.is_empty()).then(|| held.to_owned());
    Arrival { id: format!("https://a.cn{id}"), content: Some(content.to_owned()), held, ..Arrival::default() }
}

fn sent(to: &str, page: Arrival) -> Arrival {
    Arrival { sent_to: Some(format!("https://a.cn{to}")), ..page }
}

fn refused(pages: &[Arrival]) -> Vec<String> {
    merged(pages, true).into_keys().map(|id| id.replace("https://a.cn", "")).collect()
}

#[test]
fn pages_that_have_become_one_are_left_as_they_were() {
    // One address, a login that leads back, one text, and a page that is new beside them.
    assert_eq!(
        refused(&[sent("/weihu", page("/a", "1", "x")), sent("/weihu", page("/b", "2", "y"))]),
        ["/a", "/b"]
    );
    assert_eq!(
        refused(&[
            sent("/login?next=%2Fa", page("/a", "1", "x")),
            sent("/login?next=%2Fb", page("/b", "2", "y")),
        ]),
        ["/a", "/b"]
    );
    assert_eq!(
        refused(&[page("/a", "1", "x"), page("/b", "2", "x"), page("/c", "", "x"), page("/d", "4", "y")]),
        ["/a", "/b", "/c"]
    );
}

#[test]
fn pages_that_were_one_or_lead_to_texts_of_their_own_are_news() {
    for pages in [
        // They held one text before.
        vec![page("/a", "1", "x"), page("/a/", "1", "x")],
        vec![sent("/n", page("/a", "1", "x")), sent("/n", page("/b", "1", "x"))],
        // One of them says what it said: the newest edition under a second address.
        vec![page("/latest", "1", "x"), page("/2025", "x", "x")],
        // Nothing is held.
        vec![sent("/n", page("/a", "", "x")), sent("/n", page("/b", "", "x"))],
        // Each leads to a page of its own.
        vec![sent("/view?id=1", page("/a", "1", "x")), sent("/view?id=2", page("/b", "2", "y"))],
        vec![sent("/i?path=%2Fa", page("/a", "1", "x")), sent("/i?path=%2Fb", page("/b", "2", "y"))],
        // Two of many have expired.
        vec![page("/a", "1", "x"), page("/b", "2", "x"), page("/c", "3", "y"), page("/d", "4", "z")],
        // Only one leads there.
        vec![sent("/n", page("/a", "1", "x")), page("/b", "2", "y")],
    ] {
        assert_eq!(refused(&pages), [""; 0], "{pages:?}");
    }
    // They have always led to one page, which says something else each time.
    let as_before = |page: Arrival| Arrival { was_sent_to: page.sent_to.clone(), ..page };
    let pages = ["/a", "/b"].map(|id| as_before(sent("/n", page(id, id, "x"))));
    assert_eq!(refused(&pages), [""; 0]);
    assert!(merged(&[page("/a", "1", "x"), page("/b", "2", "x")], false).is_empty(), "texts do not compare");
}

#[test]
fn a_page_that_leads_to_another_one_is_told_of_once() {
    let leads = |id: &str, to: &str| sent(to, page(id, "1", "x")).leads_elsewhere().is_some();
    assert!(leads("/b", "/login") && leads("/", "/weihu") && leads("/c", "/") && leads("/a.html", "/b.html"));
    for (id, to) in [("/b", "/b/"), ("/b", "/zh/b"), ("/b.html", "/b"), ("/", "/index.html"), ("/B", "/b")] {
        assert!(!leads(id, to), "{id} {to}");
    }
    let known = sent("/login", page("/b", "1", "x"));
    assert!(Arrival { was_sent_to: known.sent_to.clone(), ..known }.leads_elsewhere().is_none());
    assert!(sent("/login", page("/b", "", "x")).leads_elsewhere().is_none(), "nothing was held");
}
