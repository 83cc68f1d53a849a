//! A corpus is texts with ids, not yet a knowledge base.

use std::collections::HashMap;

use super::objects::{self, Entry};
use super::rows::{self, column};
use super::{ReadError, enough, names, text_of};
use crate::evaluate::question::{Skipped, letters};
use crate::knowledge::{Format, Source};

/// Texts with ids. A text that comes more than once is one document: whichever id names it, it is
/// found.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    texts: Vec<Text>,
    /// From every id to a place in `texts`.
    ids: HashMap<String, usize>,
    /// From every text to its place.
    places: HashMap<String, usize>,
    /// What could not be read; the rest counts.
    pub skipped: Vec<Skipped>,
}

#[derive(Debug, Clone)]
struct Text {
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
            self.texts.push(Text { id, title, text: text.to_owned() });
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
        let source = |text: &Text| Source {
            title: text.title.clone(),
            format: Some(Format::Txt),
            ..Source::bytes(text.id.clone(), text.text.clone())
        };
        self.texts.iter().map(source).collect()
    }
}

/// Reads a corpus: lines of id and text parted by a tab; CSV or TSV with columns `id` and `text`; one
/// JSON object a line, or a JSON list, with `id` and `text`; or a JSON object from id to text, or to an
/// object that holds it.
pub fn read_corpus(name: &str, bytes: &[u8]) -> Result<Corpus, ReadError> {
    let refuse = |message| ReadError { file: name.to_owned(), message };
    let text = text_of(bytes).map_err(refuse)?;
    let mut skipped = Vec::new();
    let mut corpus = Corpus::default();
    match objects::parse(&text, &mut skipped).map_err(refuse)? {
        Some(json) => {
            for entry in objects::entries(json) {
                if let Err(reason) = add_object(&mut corpus, &entry) {
                    skipped.push(Skipped { place: entry.place, reason });
                }
            }
        }
        None => add_rows(&mut corpus, &text, &mut skipped).map_err(refuse)?,
    }
    enough(corpus.len(), &skipped).map_err(refuse)?;
    corpus.skipped = skipped;
    Ok(corpus)
}

fn add_object(corpus: &mut Corpus, entry: &Entry) -> Result<(), String> {
    let id =
        entry.id(names::TEXT_ID).ok_or_else(|| format!("has no id; its fields are {}", entry.fields()))?;
    let text =
        entry.text(names::TEXT).ok_or_else(|| format!("has no text; its fields are {}", entry.fields()))?;
    add(corpus, &id, entry.text(names::TITLE).as_deref(), &text)
}

fn add(corpus: &mut Corpus, id: &str, title: Option<&str>, text: &str) -> Result<(), String> {
    if let Some(there) = corpus.text(id)
        && there != text.trim()
    {
        return Err(format!("its id `{id}` already names another text; give each text its own"));
    }
    corpus.add(Some(id), title, text).map(|_| ()).ok_or_else(|| format!("the text of `{id}` has no words"))
}

fn add_rows(corpus: &mut Corpus, text: &str, skipped: &mut Vec<Skipped>) -> Result<(), String> {
    let table = rows::read(text)?;
    let Some((_, first)) = table.rows.first() else { return Err("is empty".into()) };
    let (id, words) = (column(first, names::TEXT_ID), column(first, names::TEXT));
    let header = id.is_some() && words.is_some();
    let title = column(first, names::TITLE).filter(|_| header);
    let (id, words) = (id.filter(|_| header).unwrap_or(0), words.filter(|_| header));
    for (line, cells) in &table.rows[usize::from(header)..] {
        let text = match words {
            Some(at) => cells.get(at).cloned().unwrap_or_default(),
            // Whatever is behind the id.
            None => cells.get(1..).unwrap_or_default().join(if table.tabs { "\t" } else { "," }),
        };
        let added = match cells.get(id).filter(|id| !id.is_empty()) {
            Some(id) if !text.is_empty() => {
                add(corpus, id, title.and_then(|at| cells.get(at)).map(String::as_str), &text)
            }
            _ => Err("is not an id and a text, parted by a tab".into()),
        };
        if let Err(reason) = added {
            skipped.push(Skipped { place: format!("line {line}"), reason });
        }
    }
    Ok(())
}
