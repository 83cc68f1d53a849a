//! A sitemap lists a site's pages (sitemaps.org), and an index of sitemaps lists those.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Bytes of one sitemap, unpacked: what the format allows.
pub(super) const MAX_BYTES: usize = 50 << 20;
/// Addresses of one sitemap: what the format allows.
const MAX_LOCATIONS: usize = 50_000;
/// Bytes of one address.
const MAX_LOCATION: usize = 8 << 10;

/// A sitemap as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sitemap {
    /// Whether its addresses are of sitemaps.
    pub(super) is_index: bool,
    pub(super) locations: Vec<String>,
}

/// Whether bytes are a sitemap in XML.
pub(super) fn is_sitemap(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..4096).unwrap_or(bytes));
    let head = head.trim_start_matches('\u{feff}').trim_start();
    head.starts_with('<') && matches!(root(head).as_deref(), Some("urlset" | "sitemapindex"))
}

fn root(text: &str) -> Option<String> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) => {
                return Some(start.local_name().as_ref().to_ascii_lowercase());
            }
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

impl Sitemap {
    /// Reads one: XML, or a text with an address a line. The error follows its address.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err("is empty, although a sitemap lists at least one page".into());
        }
        if text.starts_with('<') { xml(text) } else { lines(text) }
    }

    fn add(&mut self, location: &str) -> Result<(), String> {
        let location = location.trim();
        if location.is_empty() || location.len() > MAX_LOCATION {
            return Ok(());
        }
        if self.locations.len() >= MAX_LOCATIONS {
            return Err(format!(
                "lists more than {MAX_LOCATIONS} pages, which no sitemap may; split it and name an index"
            ));
        }
        self.locations.push(location.to_owned());
        Ok(())
    }
}

fn lines(text: &str) -> Result<Sitemap, String> {
    let mut sitemap = Sitemap::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !line.starts_with("http://") && !line.starts_with("https://") {
            return Err(
                "is no sitemap: neither XML with <urlset> or <sitemapindex>, nor an address on each line"
                    .into(),
            );
        }
        sitemap.add(line)?;
    }
    Ok(sitemap)
}

fn xml(text: &str) -> Result<Sitemap, String> {
    let broken = |error: &dyn std::fmt::Display| format!("is no sitemap that can be read: {error}");
    let mut reader = Reader::from_str(text);
    // Names that do not match cost a sitemap nothing; remembering them would cost memory.
    let config = reader.config_mut();
    (config.check_end_names, config.allow_dangling_amp) = (false, true);
    let mut sitemap = Sitemap::default();
    // A `<loc>` counts in an entry of the list only: pictures and videos within one have theirs.
    let (mut depth, mut location): (usize, Option<String>) = (0, None);
    loop {
        match reader.read_event().map_err(|error| broken(&error))? {
            Event::Start(start) => {
                let name = start.local_name();
                if depth == 0 {
                    sitemap.is_index = is_index(name.as_ref())?;
                }
                if depth == 2 && name.as_ref().eq_ignore_ascii_case("loc") {
                    location = Some(String::new());
                }
                depth += 1;
            }
            Event::Empty(empty) if depth == 0 => {
                sitemap.is_index = is_index(empty.local_name().as_ref())?;
                return Ok(sitemap);
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if depth == 2
                    && let Some(location) = location.take()
                {
                    sitemap.add(&location)?;
                }
                if depth == 0 {
                    return Ok(sitemap);
                }
            }
            Event::Text(piece) => add(&mut location, &piece),
            Event::CData(piece) => add(&mut location, &piece),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => add(&mut location, character.encode_utf8(&mut [0; 4])),
                // An entity that it defines itself stands for nothing: they are how a small file becomes a large one.
                _ => {
                    let known = quick_xml::escape::resolve_predefined_entity(&reference);
                    add(&mut location, known.unwrap_or_default());
                }
            },
            Event::Eof => return Err("is cut off: its end is missing".into()),
            _ => {}
        }
    }
}

fn add(location: &mut Option<String>, text: &str) {
    if let Some(location) = location
        && location.len() <= MAX_LOCATION
    {
        location.push_str(text);
    }
}

/// By the name of the root.
fn is_index(root: &str) -> Result<bool, String> {
    match root.to_ascii_lowercase().as_str() {
        "urlset" => Ok(false),
        "sitemapindex" => Ok(true),
        "rss" | "feed" | "rdf" => {
            Err("is a feed, which lists only what is new; name the site's sitemap".into())
        }
        "html" => {
            Err("is a web page, not a sitemap; look for the line `Sitemap:` in the site's robots.txt".into())
        }
        other => {
            let name = crate::endpoint::said::cleaned(other);
            Err(format!("is no sitemap: it begins with <{name}>, not with <urlset> or <sitemapindex>"))
        }
    }
}

#[cfg(test)]
mod tests {
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
        assert!(!read.is_index);
        assert_eq!(read.locations, ["https://a.cn/1?x=1&y=2", "https://a.cn/招生?a&b"]);
        let index = format!(
            "{HEAD}<s:sitemapindex xmlns:s='y'><s:sitemap><s:loc>https://a.cn/1.xml.gz</s:loc></s:sitemap></s:sitemapindex>"
        );
        let read = Sitemap::of(index.as_bytes()).unwrap();
        assert_eq!((read.is_index, read.locations), (true, vec!["https://a.cn/1.xml.gz".to_owned()]));
        let read = Sitemap::of(b"https://a.cn/1\r\n\r\nhttps://a.cn/2\n").unwrap();
        assert_eq!(read.locations, ["https://a.cn/1", "https://a.cn/2"]);
        assert_eq!(Sitemap::of(format!("{HEAD}<urlset/>").as_bytes()), Ok(Sitemap::default()));
    }

    #[test]
    fn what_is_no_whole_sitemap_is_told() {
        for (text, said) in [
            ("", "is empty"),
            ("hello\nworld", "nor an address on each line"),
            ("<html><body>404</body></html>", "is a web page"),
            ("<!DOCTYPE html><html>", "is a web page"),
            ("<rss><channel></channel></rss>", "is a feed"),
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
        assert_eq!(Sitemap::of(laughs.as_bytes()).unwrap().locations, ["https://a.cn/"]);
    }
}
