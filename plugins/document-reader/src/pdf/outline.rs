//! The outline is the list of bookmarks: headings with the places they lead to.

use std::collections::HashMap;

use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, MaybeRef, ObjRef, Object, String as Bytes};

use super::annotation::decoded;
use super::flow::Flow;
use super::page::turned;
use crate::output::one_line;

/// Most bookmarks, and how deep they may be within one another.
const MAX_BOOKMARKS: usize = 5000;
const MAX_DEPTH: u8 = 6;
/// Most named places, and tables of them, that are looked through.
const MAX_NAMES: usize = 50_000;
/// How far below its line a bookmark may lead, in points; and how far where the line says its title.
const NEAR: f64 = 4.0;
const MISSED: f64 = 40.0;
/// Longest number before a title, in characters.
const MAX_NUMBER: usize = 8;
/// Longest title, in bytes.
const MAX_TITLE: usize = 400;

pub(super) struct Bookmark {
    pub(super) level: u8,
    pub(super) title: String,
    /// How high on its page it leads to.
    pub(super) height: f64,
}

impl Bookmark {
    /// Whether this part of its page is the first at the place or below it, or the heading itself, which some programs'
    /// bookmarks miss by a line.
    pub(super) fn leads_to(&self, part: &Flow) -> bool {
        part.top() <= self.height + NEAR || part.top() <= self.height + MISSED && self.line(part).is_some()
    }

    /// The text of the part, where that is the bookmark's title, with a number before it or not.
    pub(super) fn line<'a>(&self, part: &'a Flow) -> Option<&'a str> {
        let Flow::Paragraph(paragraph) = part else { return None };
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let text = letters(&paragraph.text);
        let number = text.strip_suffix(&letters(&self.title))?;
        let is_number = number.chars().count() <= MAX_NUMBER
            && number.chars().all(|c| {
                c.is_ascii_alphanumeric() || ".、（）()§第章节条篇部一二三四五六七八九十百".contains(c)
            });
        is_number.then_some(paragraph.text.as_str())
    }
}

/// The bookmarks by the page they lead to, from its head to its foot.
pub(super) fn of(pdf: &Pdf) -> HashMap<usize, Vec<Bookmark>> {
    let mut bookmarks: HashMap<usize, Vec<Bookmark>> = HashMap::new();
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let Some(outline) = catalog.as_ref().and_then(|catalog| catalog.get::<Dict<'_>>("Outlines")) else {
        return bookmarks;
    };
    let places = Places::of(pdf, catalog.as_ref());
    // What is still to be read, with its level: the next bookmark last.
    let mut waiting: Vec<(Dict<'_>, u8)> =
        outline.get::<Dict<'_>>("First").map(|first| (first, 1)).into_iter().collect();
    for _ in 0..MAX_BOOKMARKS {
        let Some((entry, level)) = waiting.pop() else { break };
        waiting.extend(entry.get::<Dict<'_>>("Next").map(|next| (next, level)));
        waiting.extend(entry.get::<Dict<'_>>("First").map(|first| (first, (level + 1).min(MAX_DEPTH))));
        let title =
            entry.get::<Bytes<'_>>("Title").map(|title| one_line(&decoded(&title))).unwrap_or_default();
        if let Some((page, height)) = places.of_bookmark(pdf, &entry)
            && !title.is_empty()
            && title.len() <= MAX_TITLE
        {
            bookmarks.entry(page).or_default().push(Bookmark { level, title, height });
        }
    }
    for of_page in bookmarks.values_mut() {
        // Those of one height stay as they came: the outer before the inner one.
        of_page.sort_by(|one, other| other.height.total_cmp(&one.height));
    }
    bookmarks
}

/// The pages by their objects, and the places that have names.
struct Places<'a> {
    pages: HashMap<(u32, i32), usize>,
    names: HashMap<Vec<u8>, Object<'a>>,
}

impl<'a> Places<'a> {
    fn of(pdf: &'a Pdf, catalog: Option<&Dict<'a>>) -> Self {
        let id = |page: &Dict<'_>| page.obj_id().map(|id| (id.obj_number, id.gen_number));
        let pages =
            pdf.pages().iter().enumerate().filter_map(|(at, page)| Some((id(page.raw())?, at))).collect();
        let mut names = HashMap::new();
        if let Some(old) = catalog.and_then(|catalog| catalog.get::<Dict<'a>>("Dests")) {
            for name in old.keys().take(MAX_NAMES) {
                names.extend(old.get::<Object<'a>>(&name).map(|place| (name.to_vec(), place)));
            }
        }
        let tree = catalog.and_then(|catalog| catalog.get::<Dict<'a>>("Names"));
        let mut waiting: Vec<Dict<'a>> =
            tree.and_then(|tree| tree.get::<Dict<'a>>("Dests")).into_iter().collect();
        for _ in 0..MAX_NAMES {
            let Some(node) = waiting.pop() else { break };
            if names.len() > MAX_NAMES || waiting.len() > MAX_NAMES {
                break;
            }
            waiting.extend(
                node.get::<Array<'a>>("Kids").iter().flat_map(|kids| kids.iter::<Dict<'a>>()).take(MAX_NAMES),
            );
            let mut name = None;
            for item in node
                .get::<Array<'a>>("Names")
                .iter()
                .flat_map(|pairs| pairs.iter::<Object<'a>>())
                .take(MAX_NAMES)
            {
                match (name.take(), item) {
                    (None, Object::String(text)) => name = Some(text.as_bytes().to_vec()),
                    (Some(name), place) => _ = names.insert(name, place),
                    (None, _) => {}
                }
            }
        }
        Self { pages, names }
    }

    fn of_bookmark(&self, pdf: &Pdf, entry: &Dict<'a>) -> Option<(usize, f64)> {
        let action = || entry.get::<Dict<'a>>("A").and_then(|action| action.get::<Object<'a>>("D"));
        let mut place = entry.get::<Object<'a>>("Dest").or_else(action)?;
        // A name may lead to a table that holds the place.
        for _ in 0..3 {
            place = match place {
                Object::Name(name) => self.names.get(&name.to_vec())?.clone(),
                Object::String(name) => self.names.get(name.as_bytes())?.clone(),
                Object::Dict(table) => table.get::<Object<'a>>("D")?,
                Object::Array(place) => return self.of_array(pdf, &place),
                _ => return None,
            };
        }
        None
    }

    /// `[page /XYZ left top zoom]` or `[page /FitH top]`; others lead to the page's head.
    fn of_array(&self, pdf: &Pdf, place: &Array<'a>) -> Option<(usize, f64)> {
        let page = match place.raw_iter().next()? {
            MaybeRef::Ref(ObjRef { obj_number, gen_number }) => *self.pages.get(&(obj_number, gen_number))?,
            MaybeRef::NotRef(Object::Number(number)) => usize::try_from(number.as_i64()).ok()?,
            MaybeRef::NotRef(_) => return None,
        };
        let shown = pdf.pages().get(page)?;
        let numbers: Vec<Option<f64>> = place
            .iter::<Object<'a>>()
            .skip(2)
            .take(3)
            .map(|item| item.into_number().map(|number| number.as_f64()))
            .collect();
        let kind = place.iter::<Object<'a>>().nth(1).and_then(Object::into_name);
        let (left, top) = match (kind.as_deref(), &numbers[..]) {
            (Some(b"XYZ"), [left, Some(top), ..]) => (left.unwrap_or(0.0), *top),
            (Some(b"FitH" | b"FitBH"), [Some(top), ..]) => (0.0, *top),
            _ => return Some((page, f64::INFINITY)),
        };
        Some((page, turned(shown).point(left, top).1))
    }
}
