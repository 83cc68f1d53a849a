//! Reading a corpus: rows or objects with an id and a text.

use super::objects::{self, FileObject};
use super::rows::{self, column};
use super::{ReadError, enough, names, text_of};
use crate::evaluate::corpus::Corpus;
use crate::evaluate::question::Skipped;

/// Reads a corpus: lines of id and text parted by a tab; CSV or TSV with columns `id` and `text`; one
/// JSON object a line, or a JSON list, with `id` and `text`; or a JSON object from id to text, or to an
/// object that holds it.
pub fn read_corpus(name: &str, bytes: &[u8]) -> Result<Corpus, ReadError> {
    let refuse = |message| ReadError { file: name.to_owned(), message, skipped: Vec::new() };
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

fn add_object(corpus: &mut Corpus, entry: &FileObject) -> Result<(), String> {
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
            // Without a named column, everything behind the id is the text.
            None => cells.get(1..).unwrap_or_default().join(if table.tabs { "\t" } else { "," }),
        };
        let added = match cells.get(id).filter(|id| !id.is_empty()) {
            Some(id) if !text.is_empty() => {
                add(corpus, id, title.and_then(|at| cells.get(at)).map(String::as_str), &text)
            }
            _ => Err("is not an id and a text, separated by a tab".into()),
        };
        if let Err(reason) = added {
            skipped.push(Skipped { place: format!("line {line}"), reason });
        }
    }
    Ok(())
}
