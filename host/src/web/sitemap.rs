//! A sitemap lists a site's pages (sitemaps.org), and an index of sitemaps lists those. A feed (RSS, Atom) lists the newest.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Bytes of one sitemap, unpacked: what the format allows.
pub(super) const MAX_BYTES: usize = 50 << 20;
/// Addresses of one sitemap: what the format allows.
const MAX_LOCATIONS: usize = 50_000;
/// Bytes of one address.
const MAX_LOCATION: usize = 8 << 10;

/// Bytes of a date.
const MAX_DATE: usize = 64;

/// A sitemap as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sitemap {
    pub(super) kind: ListKind,
    pub(super) entries: Vec<SitemapEntry>,
}

/// What a list lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ListKind {
    /// A site's pages.
    #[default]
    Pages,
    /// Sitemaps.
    Index,
    /// The newest pages, as a feed does: what it does not list is there all the same.
    Feed,
}

/// What a list says of one address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SitemapEntry {
    pub(super) location: String,
    /// When it changed last, as the list writes it.
    pub(super) changed: Option<String>,
}

/// Whether bytes are a sitemap in XML, or a feed.
pub(super) fn is_sitemap(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..4096).unwrap_or(bytes));
    let head = head.trim_start_matches('\u{feff}').trim_start();
    head.starts_with('<') && root(head).is_some_and(|root| kind_of(&root).is_some())
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

    fn add(&mut self, entry: SitemapEntry) -> Result<(), String> {
        let location = entry.location.trim();
        if location.is_empty() || location.len() > MAX_LOCATION {
            return Ok(());
        }
        if self.entries.len() >= MAX_LOCATIONS {
            return Err(format!(
                "lists more than {MAX_LOCATIONS} pages, which no sitemap may; split it and name an index"
            ));
        }
        let changed = entry.changed.map(|date| date.trim().to_owned()).filter(|date| !date.is_empty());
        self.entries.push(SitemapEntry { location: location.to_owned(), changed });
        Ok(())
    }
}

fn lines(text: &str) -> Result<Sitemap, String> {
    let mut sitemap = Sitemap::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !line.starts_with("http://") && !line.starts_with("https://") {
            return Err(
                "is not a sitemap: neither XML with <urlset> or <sitemapindex>, nor an address on each line"
                    .into(),
            );
        }
        sitemap.add(SitemapEntry { location: line.to_owned(), changed: None })?;
    }
    Ok(sitemap)
}

/// What of an entry is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Location,
    Changed,
}

/// An entry on its way.
#[derive(Default)]
struct OpenUrl {
    /// How many elements stand around it.
    depth: usize,
    entry: SitemapEntry,
    field: Option<Field>,
}

impl OpenUrl {
    /// An element right within the entry.
    fn begin(&mut self, kind: ListKind, element: &BytesStart<'_>) {
        let name = element.local_name();
        let is = |names: &[&str]| names.iter().any(|other| name.as_ref().eq_ignore_ascii_case(other));
        self.field = match kind {
            // Atom's link has its address in an attribute; its others lead to comments and pictures.
            ListKind::Feed if is(&["link"]) => match attribute(element, "href") {
                Some(address) => {
                    let rel = attribute(element, "rel");
                    if rel.is_none_or(|rel| rel == "alternate") && self.entry.location.is_empty() {
                        self.entry.location = address;
                    }
                    None
                }
                None => Some(Field::Location).filter(|_| self.entry.location.is_empty()),
            },
            ListKind::Feed if is(&["updated", "modified", "date"]) => Some(Field::Changed),
            ListKind::Pages | ListKind::Index if is(&["loc"]) => Some(Field::Location),
            ListKind::Pages | ListKind::Index if is(&["lastmod"]) => Some(Field::Changed),
            _ => None,
        };
        if self.field == Some(Field::Changed) {
            self.entry.changed = Some(String::new());
        }
    }

    fn add(&mut self, text: &str) {
        let (to, most) = match self.field {
            Some(Field::Location) => (&mut self.entry.location, MAX_LOCATION),
            Some(Field::Changed) => (self.entry.changed.get_or_insert_default(), MAX_DATE),
            None => return,
        };
        if to.len() <= most {
            to.push_str(text);
        }
    }
}

fn xml(text: &str) -> Result<Sitemap, String> {
    let broken = |error: &dyn std::fmt::Display| format!("is not a sitemap that can be read: {error}");
    let mut reader = Reader::from_str(text);
    // Names that do not match cost a sitemap nothing; remembering them would cost memory.
    let config = reader.config_mut();
    (config.check_end_names, config.allow_dangling_amp) = (false, true);
    let mut sitemap = Sitemap::default();
    // A `<loc>` counts in an entry of the list only: pictures and videos within one have theirs.
    let (mut depth, mut open): (usize, Option<OpenUrl>) = (0, None);
    loop {
        match reader.read_event().map_err(|error| broken(&error))? {
            Event::Start(start) => {
                match &mut open {
                    _ if depth == 0 => sitemap.kind = kind(start.local_name().as_ref())?,
                    Some(open) if depth == open.depth + 1 => open.begin(sitemap.kind, &start),
                    Some(_) => {}
                    None if begins_entry(sitemap.kind, depth, start.local_name().as_ref()) => {
                        open = Some(OpenUrl { depth, ..OpenUrl::default() });
                    }
                    None => {}
                }
                depth += 1;
            }
            Event::Empty(empty) if depth == 0 => {
                sitemap.kind = kind(empty.local_name().as_ref())?;
                return Ok(sitemap);
            }
            Event::Empty(empty) => {
                if let Some(open) = open.as_mut().filter(|open| depth == open.depth + 1) {
                    open.begin(sitemap.kind, &empty);
                    open.field = None;
                }
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if let Some(open) = open.as_mut().filter(|open| depth == open.depth + 1) {
                    open.field = None;
                }
                if let Some(done) = open.take_if(|open| depth == open.depth) {
                    sitemap.add(done.entry)?;
                }
                if depth == 0 {
                    return Ok(sitemap);
                }
            }
            Event::Text(piece) => add(&mut open, &piece),
            Event::CData(piece) => add(&mut open, &piece),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => add(&mut open, character.encode_utf8(&mut [0; 4])),
                // An entity that it defines itself stands for nothing: they are how a small file becomes a large one.
                _ => {
                    let known = quick_xml::escape::resolve_predefined_entity(&reference);
                    add(&mut open, known.unwrap_or_default());
                }
            },
            Event::Eof => return Err("is cut off: its end is missing".into()),
            _ => {}
        }
    }
}

fn add(open: &mut Option<OpenUrl>, text: &str) {
    if let Some(open) = open {
        open.add(text);
    }
}

/// Whether an element with so many around it is an entry of the list.
fn begins_entry(kind: ListKind, depth: usize, name: &str) -> bool {
    match kind {
        ListKind::Pages | ListKind::Index => depth == 1,
        ListKind::Feed => name.eq_ignore_ascii_case("item") || name.eq_ignore_ascii_case("entry"),
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|found| found.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
    (value.len() <= MAX_LOCATION).then(|| value.trim().to_owned())
}

/// The kind of a list, by the name of its root element.
fn kind_of(root: &str) -> Option<ListKind> {
    match root.to_ascii_lowercase().as_str() {
        "urlset" => Some(ListKind::Pages),
        "sitemapindex" => Some(ListKind::Index),
        "rss" | "feed" | "rdf" => Some(ListKind::Feed),
        _ => None,
    }
}

fn kind(root: &str) -> Result<ListKind, String> {
    if let Some(kind) = kind_of(root) {
        return Ok(kind);
    }
    match root.to_ascii_lowercase().as_str() {
        "html" => {
            Err("is a web page, not a sitemap; look for the line `Sitemap:` in the site's robots.txt".into())
        }
        other => {
            let name = crate::endpoint::said::cleaned(other);
            Err(format!(
                "is not a sitemap: it begins with <{name}>, not with <urlset>, <sitemapindex> or a feed's <rss> or <feed>"
            ))
        }
    }
}

#[cfg(test)]
mod tests;
