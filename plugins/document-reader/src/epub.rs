//! EPUB: a book of web pages, read in the order of its spine.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::html;
use crate::output::{Output, one_line};
use crate::package::{Package, Visitor, Xml, attribute, damaged, elements, visit, within};

/// Most pages of a book.
const MAX_PAGES: usize = 10_000;

pub(crate) fn read(bytes: Vec<u8>) -> Result<Document, String> {
    let mut package = Package::open(bytes, "epub")?;
    let Some(root) = package.xml("META-INF/container.xml").and_then(root) else {
        return Err(
            "is not a valid epub file, or is damaged: it does not say where its pages are; save it anew"
                .to_owned(),
        );
    };
    let Some(list) = package.xml(&root) else {
        return Err(damaged(format!("it has no {root}")));
    };
    let mut book = EpubBook::read(list)?;
    let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut output = Output::titled(book.title.take());
    let mut sheets = Sheets::default();
    let mut locked = false;
    for (page, number) in book.pages().into_iter().zip(0_usize..) {
        let path = within(folder, &page);
        let Some(bytes) = package.file(&path)? else { continue };
        let Some(text) = text(&bytes) else {
            locked = true;
            continue;
        };
        // Programs part long chapters in the middle; any other page begins something new.
        let goes_on = page.rsplit_once("split_").is_some_and(|(_, part)| !part.starts_with("000"));
        if number > 0 && !goes_on {
            output.heading(1, "")?;
        }
        let styles = sheets.linked(&text, &path, &mut package)?;
        html::read_into(&(styles + &with_ends(&text)), html::Links::Whole, &mut output)?;
    }
    output.give_headings_bodies();
    let empty = if locked {
        "is protected against copying, or damaged; get it without protection"
    } else {
        "holds no text"
    };
    output.finish(empty)
}

/// Where the book's list of pages is.
fn root(xml: Xml<'_>) -> Option<String> {
    let mut root = None;
    let whole = elements(xml, |element| {
        if element.local_name().as_ref() == "rootfile" && root.is_none() {
            root = attribute(element, "full-path");
        }
        Ok(())
    });
    root.filter(|_| whole.is_ok())
}

#[derive(Default)]
struct EpubBook {
    title: Option<String>,
    in_title: bool,
    files: HashMap<String, String>,
    spine: Vec<String>,
}

impl Visitor for EpubBook {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let value = |name: &str| attribute(element, name);
        match element.local_name().as_ref() {
            "title" => self.in_title = self.title.is_none(),
            "item" => {
                let is_page = value("media-type").is_none_or(|kind| kind.contains("html"));
                let is_contents = value("properties").is_some_and(|what| what.contains("nav"));
                if let (Some(id), Some(path), true, false) =
                    (value("id"), value("href"), is_page, is_contents)
                {
                    self.files.insert(id, path);
                }
            }
            "itemref" if self.spine.len() < MAX_PAGES => self.spine.extend(value("idref")),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), String> {
        self.in_title &= name != "title";
        Ok(())
    }

    fn characters(&mut self, text: &str) -> Result<(), String> {
        if self.in_title {
            self.title.get_or_insert_default().push_str(text);
        }
        Ok(())
    }
}

impl EpubBook {
    fn read(xml: Xml<'_>) -> Result<Self, String> {
        let mut book = Self::default();
        visit(xml, &mut book)?;
        book.title = book.title.map(|title| one_line(&title)).filter(|title| !title.is_empty());
        Ok(book)
    }

    fn pages(&self) -> Vec<String> {
        let pages = self.spine.iter().filter_map(|id| self.files.get(id));
        pages.map(|path| unescaped(path)).collect()
    }
}

/// Sheets that pages are linked to, by their paths, as far as they may hide something or strike it out.
#[derive(Default)]
struct Sheets(HashMap<String, String>);

impl Sheets {
    /// The sheets of the page at `path`, as an element of it.
    fn linked(&mut self, page: &str, path: &str, package: &mut Package) -> Result<String, String> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut linked = String::new();
        for tag in page.split("<link").skip(1).filter_map(|rest| rest.split('>').next()) {
            let tag = format!(" {}", one_line(tag));
            let is_sheet = said(&tag, "rel").is_some_and(|rel| rel.eq_ignore_ascii_case("stylesheet"))
                && said(&tag, "media").is_none_or(|media| media.is_empty() || html::is_screen(media));
            let Some(path) = said(&tag, "href").filter(|_| is_sheet) else { continue };
            let path = within(folder, &unescaped(path));
            if !self.0.contains_key(&path) {
                let sheet = package.file(&path)?.unwrap_or_default();
                let sheet = String::from_utf8_lossy(&sheet).replace('<', " ");
                let may_hide =
                    ["none", "hidden", "collapse", "line-through"].iter().any(|it| sheet.contains(it));
                self.0.insert(path.clone(), if may_hide { sheet } else { String::new() });
            }
            linked.push_str(self.0.get(&path).map_or("", String::as_str));
            linked.push('\n');
        }
        Ok(if linked.trim().is_empty() { String::new() } else { format!("<style>{linked}</style>") })
    }
}

/// What a tag says of itself under this name.
fn said<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, value) = tag.split_once(&format!(" {name}="))?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split(quote).next()
}

/// A path without the escapes of a URL.
fn unescaped(path: &str) -> String {
    let path = path.split('#').next().unwrap_or_default();
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}

/// A page as text: in UTF-8, or in UTF-16 with a mark.
fn text(bytes: &[u8]) -> Option<String> {
    let (text, _, wrong) = encoding_rs::UTF_8.decode(bytes);
    (!wrong).then(|| text.into_owned())
}

/// The page with an end for each element that XML lets end in its own tag: HTML knows that of a few only, and takes
/// `<title/>` for the beginning of a title that is the whole page.
fn with_ends(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, tag)) = rest.split_once("/>") {
        out.push_str(before);
        rest = tag;
        let name = before.rsplit_once('<').map_or("", |(_, tag)| tag);
        let name: String = name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == ':').collect();
        let is_void = matches!(
            name.as_str(),
            "" | "br"
                | "hr"
                | "img"
                | "meta"
                | "link"
                | "input"
                | "base"
                | "col"
                | "area"
                | "wbr"
                | "source"
                | "param"
        );
        match is_void {
            true => out.push_str("/>"),
            false => out.push_str(&format!("></{name}>")),
        }
    }
    out + rest
}

#[cfg(test)]
mod tests;
