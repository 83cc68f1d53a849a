//! A corpus is texts with ids, not yet a knowledge base.

use std::collections::HashMap;

use super::question::{Skipped, letters};
use crate::knowledge::{Format, Source};

/// Texts with ids. A text that comes more than once is one document: whichever id names it, it is
/// found.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    texts: Vec<CorpusText>,
    /// From every id to a place in `texts`.
    ids: HashMap<String, usize>,
    /// From every text to its place.
    places: HashMap<String, usize>,
    /// What could not be read; the rest counts.
    pub skipped: Vec<Skipped>,
}

#[derive(Debug, Clone)]
struct CorpusText {
    id: String,
    title: Option<String>,
    text: String,
}

impl Corpus {
    /// Whether it has no text.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Different texts.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Adds a text and gives the id of its document; `None` where it has no words. Without an id, or
    /// under one that another text has, it is named by its place.
    pub(super) fn add(&mut self, id: Option<&str>, title: Option<&str>, text: &str) -> Option<String> {
        let text = text.trim();
        if letters(text).is_empty() {
            return None;
        }
        let next = self.texts.len();
        let place = *self.places.entry(text.to_owned()).or_insert(next);
        let free = id.filter(|id| !self.ids.contains_key(*id));
        if place == next {
            let mut id = free.map_or_else(|| format!("text-{}", next + 1), str::to_owned);
            while self.ids.contains_key(&id) {
                id.push('+');
            }
            self.ids.insert(id.clone(), next);
            let title = title.map(str::to_owned);
            self.texts.push(CorpusText { id, title, text: text.to_owned() });
        } else if let Some(id) = free {
            self.ids.insert(id.to_owned(), place);
        }
        Some(self.texts[place].id.clone())
    }

    /// The id of the document with the text of this id.
    pub fn document(&self, id: &str) -> Option<&str> {
        Some(&self.texts[*self.ids.get(id)?].id)
    }

    /// The text of a document.
    pub fn text(&self, document: &str) -> Option<&str> {
        Some(&self.texts[*self.ids.get(document)?].text)
    }

    /// What an import takes.
    pub fn sources(&self) -> Vec<Source> {
        let source = |text: &CorpusText| Source {
            title: text.title.clone(),
            format: Some(Format::Txt),
            ..Source::bytes(text.id.clone(), text.text.clone())
        };
        self.texts.iter().map(source).collect()
    }
}
