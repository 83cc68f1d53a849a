//! A figure is a picture with a text for those who do not see it, kept in the document's tree of structure.

use std::collections::HashMap;

use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, Name, Object, ObjectIdentifier, String as Bytes};

use super::annotation::decoded;
use crate::output::alternative;

/// Most elements of the tree that are looked at, and that wait to be.
const MAX_ELEMENTS: usize = 50_000;
/// Longest text of a picture, in bytes.
const MAX_TEXT: usize = 4000;

/// The texts of pictures, by the page and the number of the marked content they stand for.
#[derive(Default)]
pub(super) struct Figures(HashMap<(ObjectIdentifier, i32), String>);

/// What of the tree is still to be read: an element or a list of them, the page it is on, and the picture it is in.
struct Waiting<'a> {
    item: Object<'a>,
    page: Option<ObjectIdentifier>,
    text: Option<String>,
}

impl Figures {
    pub(super) fn of(pdf: &Pdf) -> Self {
        let mut figures = HashMap::new();
        let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
        let root = catalog.and_then(|catalog| catalog.get::<Dict<'_>>("StructTreeRoot"));
        let first = root.and_then(|root| root.get::<Object<'_>>("K"));
        let mut waiting: Vec<Waiting<'_>> =
            first.map(|item| Waiting { item, page: None, text: None }).into_iter().collect();
        for _ in 0..MAX_ELEMENTS {
            let Some(Waiting { item, page, text }) = waiting.pop() else { break };
            match item {
                Object::Array(items) => {
                    let room = MAX_ELEMENTS.saturating_sub(waiting.len());
                    let items: Vec<Object<'_>> = items.iter::<Object<'_>>().take(room).collect();
                    waiting.extend(items.into_iter().rev().map(|item| Waiting {
                        item,
                        page,
                        text: text.clone(),
                    }));
                }
                Object::Dict(element) => {
                    let page = element.get::<Dict<'_>>("Pg").and_then(|page| page.obj_id()).or(page);
                    let text = text_of(&element).or(text);
                    if let (Some(page), Some(number), Some(text)) = (page, element.get::<i32>("MCID"), &text)
                    {
                        figures.entry((page, number)).or_insert_with(|| text.clone());
                    }
                    waiting.extend(element.get::<Object<'_>>("K").map(|item| Waiting { item, page, text }));
                }
                Object::Number(number) => {
                    if let (Some(page), Some(text)) = (page, text) {
                        figures.entry((page, number.as_i64() as i32)).or_insert(text);
                    }
                }
                _ => {}
            }
        }
        Self(figures)
    }

    /// Takes the text of marked content with these properties, so that it is said once.
    pub(super) fn take(&mut self, page: Option<ObjectIdentifier>, properties: &Dict<'_>) -> Option<String> {
        let number = properties.get::<i32>("MCID")?;
        self.0.remove(&(page?, number))
    }
}

fn text_of(element: &Dict<'_>) -> Option<String> {
    element.get::<Name<'_>>("S").filter(|kind| **kind == *b"Figure")?;
    let text = element.get::<Bytes<'_>>("Alt").filter(|text| text.len() <= MAX_TEXT)?;
    alternative(&decoded(&text))
}
