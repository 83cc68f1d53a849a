//! Texts that a command brings and that are not a base yet.

use std::path::Path;

use super::{bytes_of, name_of};
use crate::cli::CommandError;
use crate::evaluate::{Books, Corpus, read_corpus, shelf_name};
use crate::knowledge::{Source, sources_in};

/// Texts on their way into a base of their own.
pub(super) struct TemporaryTexts {
    pub(super) name: String,
    pub(super) content: TextsContent,
}

pub(super) enum TextsContent {
    Corpus(Corpus),
    Files(Vec<Source>),
}

impl TemporaryTexts {
    pub(super) fn read(path: &Path) -> Result<Self, CommandError> {
        let name = shelf_name(path);
        let file = name_of(path).to_lowercase();
        let plain = file.strip_suffix(".gz").unwrap_or(&file);
        let is_document = !plain.ends_with(".qa.csv") && !plain.ends_with(".qa.jsonl");
        let is_corpus =
            is_document && [".tsv", ".json", ".jsonl", ".csv", ".ndjson"].iter().any(|e| plain.ends_with(e));
        // A text file is a list of texts where its first line has a tab, else one document.
        let bytes = if path.is_dir() { None } else { Some(bytes_of(path)?) };
        let listed = |bytes: &[u8]| {
            bytes.split(|&byte| byte == b'\n').next().is_some_and(|line| line.contains(&b'\t'))
        };
        let content = match bytes {
            Some(bytes) if is_corpus || (plain.ends_with(".txt") && listed(&bytes)) => {
                TextsContent::Corpus(read_corpus(&name_of(path), &bytes).map_err(|error| error.to_string())?)
            }
            _ => {
                let sources = sources_in(path).map_err(|error| error.to_string())?;
                if sources.is_empty() {
                    return Err(format!("{} holds no file", path.display()));
                }
                TextsContent::Files(sources)
            }
        };
        Ok(Self { name, content })
    }

    pub(super) fn books(&self) -> Books {
        let sources = match &self.content {
            TextsContent::Corpus(corpus) => corpus.sources(),
            TextsContent::Files(sources) => sources.clone(),
        };
        Books { name: self.name.clone(), sources }
    }
}
