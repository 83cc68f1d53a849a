use super::*;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- made by hand -->\n";

#[test]
fn the_pages_of_a_sitemap_are_read() {
    let text = format!(
        "\u{feff}{HEAD}<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:image=\"x\">\
             <url><loc> https://a.cn/1?x=1&amp;y=&#50; </loc><lastmod>2026-01-01</lastmod>\
             <image:image><image:loc>https://a.cn/p.png</image:loc></image:image></url>\n\
             <url><loc><![CDATA[https://a.cn/招生?a&b]]></loc></url><url><lastmod/></url></urlset>"
    );
    assert!(is_sitemap(text.as_bytes()));
    let read = Sitemap::of(text.as_bytes()).unwrap();
    assert_eq!(read.kind, ListKind::Pages);
    assert_eq!(locations(&read), ["https://a.cn/1?x=1&y=2", "https://a.cn/招生?a&b"]);
    assert_eq!(read.entries[0].changed.as_deref(), Some("2026-01-01"));
    assert_eq!(read.entries[1].changed, None);
    let index = format!(
        "{HEAD}<s:sitemapindex xmlns:s='y'><s:sitemap><s:loc>https://a.cn/1.xml.gz</s:loc></s:sitemap></s:sitemapindex>"
    );
    let read = Sitemap::of(index.as_bytes()).unwrap();
    assert_eq!((read.kind, locations(&read)), (ListKind::Index, vec!["https://a.cn/1.xml.gz"]));
    let read = Sitemap::of(b"https://a.cn/1\r\n\r\nhttps://a.cn/2\n").unwrap();
    assert_eq!(locations(&read), ["https://a.cn/1", "https://a.cn/2"]);
    assert_eq!(Sitemap::of(format!("{HEAD}<urlset/>").as_bytes()), Ok(Sitemap::default()));
}

fn locations(sitemap: &Sitemap) -> Vec<&str> {
    sitemap.entries.iter().map(|entry| entry.location.as_str()).collect()
}

#[test]
fn the_pages_of_a_feed_are_read() {
    let rss = "<rss version=\"2.0\"><channel><link>https://a.cn/</link><item><title>一</title><link>https://a.cn/1</link>\
                   <media:content><link>https://a.cn/p.png</link></media:content><pubDate>Tue, 03 Mar 2026 08:00:00 GMT</pubDate></item>\
                   <item><link><![CDATA[https://a.cn/2]]></link><dc:date>2026-03-04</dc:date></item></channel></rss>";
    let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><link href=\"https://a.cn/feed\" rel=\"self\"/><updated>2026-03-05</updated>\
                    <entry><link rel=\"replies\" href=\"https://a.cn/1/c\"/><link href=\"https://a.cn/1\"/></entry>\
                    <entry><link rel=\"alternate\" href=\"https://a.cn/2\"></link><updated>2026-03-04</updated></entry></feed>";
    let rdf = "<rdf:RDF><channel><link>https://a.cn/</link></channel><item><link>https://a.cn/1</link></item>\
                   <item><link>https://a.cn/2</link><dc:date>2026-03-04</dc:date></item></rdf:RDF>";
    for text in [rss, atom, rdf] {
        assert!(is_sitemap(text.as_bytes()), "{text}");
        let read = Sitemap::of(text.as_bytes()).unwrap();
        assert_eq!(
            (read.kind, locations(&read)),
            (ListKind::Feed, vec!["https://a.cn/1", "https://a.cn/2"]),
            "{text}"
        );
        assert_eq!(read.entries[1].changed.as_deref(), Some("2026-03-04"), "{text}");
    }
}

#[test]
fn what_is_no_whole_sitemap_is_told() {
    for (text, said) in [
        ("", "is empty"),
        ("hello\nworld", "nor an address on each line"),
        ("<html><body>404</body></html>", "is a web page"),
        ("<!DOCTYPE html><html>", "is a web page"),
        ("<urlset><url><loc>https://a.cn/1</loc></url>", "is cut off"),
        ("<urlset><url><loc>https://a.cn/1", "is cut off"),
        ("<config/>", "it begins with <config>"),
        ("<urlset><url", "read"),
    ] {
        let error = Sitemap::of(text.as_bytes()).unwrap_err();
        assert!(error.contains(said), "{text}: {error}");
    }
    assert!(!is_sitemap(b"<html><urlset>") && !is_sitemap(b"urlset") && !is_sitemap(b""));
}

#[test]
fn a_sitemap_that_means_harm_is_bounded() {
    let deep = format!("<urlset>{}", "<a>".repeat(2_000_000));
    assert!(Sitemap::of(deep.as_bytes()).is_err());
    let many = "https://a.cn/1\n".repeat(MAX_LOCATIONS + 1);
    assert!(Sitemap::of(many.as_bytes()).unwrap_err().contains("more than 50000"));
    let laughs = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><urlset><url><loc>https://a.cn/&b;</loc></url></urlset>";
    assert_eq!(locations(&Sitemap::of(laughs.as_bytes()).unwrap()), ["https://a.cn/"]);
}
