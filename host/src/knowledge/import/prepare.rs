//! From a source to pieces that wait to be embedded.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::task::JoinError;

use super::super::blocking::blocking;
use super::super::chunk::{CHUNKING_VERSION, Pieces, cut};
use super::super::digest::{half, of_halves};
use super::super::document::{self, Document, Format, MAX_PIECES, ParseError, ReadDocument, parse};
use super::super::link::refused_scheme;
use super::super::metadata::Metadata;
use super::super::outside::OutsideReader;
use super::super::source::{Content, MAX_ID_BYTES, Source};
use super::super::store::{DocumentInfo, NewDocument, NewWindow};
use crate::clock;
use crate::hex::hex;
use crate::knowledge::score::window_weights;
use crate::knowledge::terms::Terms;

/// A document whose windows lack nothing but their vectors.
pub(in crate::knowledge) struct PreparedDocument {
    pub(in crate::knowledge) document: NewDocument,
    /// One for each window, in order.
    pub(in crate::knowledge) texts: Vec<String>,
}

impl PreparedDocument {
    /// Blocks for as long as counting the windows' terms takes.
    pub(in crate::knowledge) fn new(info: DocumentInfo, pieces: Pieces) -> Self {
        let mut texts = Vec::with_capacity(pieces.windows.len());
        let mut windows = Vec::with_capacity(pieces.windows.len());
        for window in pieces.windows {
            let is_question =
                pieces.sections.get(window.section as usize).is_some_and(|section| section.answer.is_some());
            windows.push(NewWindow {
                section: window.section,
                range: window.range,
                key: window.key,
                question: is_question.then(|| window.text.clone()),
                vector: Vec::new(),
                weights: window_weights(&Terms::of(&window.text)),
            });
            texts.push(window.text);
        }
        let (sections, embedder) = (pieces.sections, String::new());
        let document = NewDocument { info, embedder, sections, windows, changes_of: None };
        Self { document, texts }
    }

    /// The document, once the vectors of its texts are there.
    pub(in crate::knowledge) fn with(self, vectors: Vec<Vec<f32>>, embedder: &str) -> NewDocument {
        let mut document = self.document;
        for (window, vector) in document.windows.iter_mut().zip(vectors) {
            window.vector = vector;
        }
        document.embedder = embedder.to_owned();
        document
    }
}

/// A source's bytes with what they came under.
pub(super) struct ReadSource {
    pub(super) id: String,
    title: Option<String>,
    file_name: Option<String>,
    url: Option<String>,
    origin: Option<String>,
    metadata: Metadata,
    format: Format,
    bytes: Vec<u8>,
    /// What reads it instead of the host.
    outside: Option<Arc<OutsideReader>>,
    pub(super) length: u64,
    pub(super) digest: String,
}

/// Reads a source and takes its digest, which covers everything that decides what is stored but
/// the embedder: a base holds vectors of one embedder, and keeps its documents when that changes.
pub(super) fn read(
    source: Source,
    origin: Option<String>,
    window_chars: usize,
    outside: Option<Arc<OutsideReader>>,
) -> Result<ReadSource, String> {
    // Whoever refused it knows better than its name does.
    if let Content::Refused(reason) = source.content {
        return Err(reason);
    }
    let format = source.format.or_else(|| Format::of_path(&source.id));
    let outside = outside.filter(|_| OutsideReader::reads(&source.id, format));
    // What only the outside reader knows may be as large as what has pictures in it.
    let format = format.or(outside.as_ref().map(|_| Format::Pdf));
    let format = format.ok_or_else(|| Format::unknown(&source.id))?;
    let (id, title, url) = (source.id.clone(), source.title.clone(), source.url.clone());
    let file_name = source.file_name.clone();
    if id.is_empty() || id.len() > MAX_ID_BYTES {
        return Err(format!("its id must have 1 to {MAX_ID_BYTES} bytes"));
    }
    if id.contains(char::is_control) {
        return Err("its id holds a control character, such as a line break; rename it".into());
    }
    let metadata = source.metadata.clone();
    let bytes = source.read(format.max_bytes())?;
    if outside.is_none() {
        document::expect(&bytes, format)?;
    }
    let described = format!("{title:?}\0{url:?}\0{metadata:?}");
    let reader = outside.as_ref().map(|outside| outside.name());
    let digest_of = |described: Option<&str>| digest_of(&bytes, format, window_chars, described, reader);
    let digest = of_halves(&digest_of(Some(&described)), &digest_of(None));
    let length = bytes.len() as u64;
    Ok(ReadSource { id, title, file_name, url, origin, metadata, format, length, bytes, outside, digest })
}

/// The digest of a content, of how it is read and cut, and of what is `described` of it.
fn digest_of(
    bytes: &[u8],
    format: Format,
    window_chars: usize,
    described: Option<&str>,
    reader: Option<&str>,
) -> String {
    let recipe = format!("{CHUNKING_VERSION}\0{window_chars}");
    let read_as = format!("{format:?}");
    let mut digest = Sha256::new();
    for part in [Some(recipe.as_str()), Some(read_as.as_str()), described, reader].into_iter().flatten() {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.update(bytes);
    hex(&digest.finalize())
}

/// The part of a document's digest that says its content, where the host itself reads it.
pub(in crate::knowledge) fn content_digest(bytes: &[u8], format: Format, window_chars: usize) -> String {
    half(&digest_of(bytes, format, window_chars, None, None)).to_owned()
}

/// Parses and cuts. Beside the pieces comes what of the document is not among them.
pub(super) async fn prepare(
    mut read: ReadSource,
    reader: &Arc<dyn ReadDocument>,
    window_chars: usize,
) -> Result<(PreparedDocument, Option<String>), String> {
    let (mut bytes, mut format) = (std::mem::take(&mut read.bytes), read.format);
    if let Some(outside) = read.outside.take() {
        bytes = outside.markdown(&read.id, bytes).await?;
        format = Format::Markdown;
    }
    let called = read.title.as_ref().or(read.file_name.as_ref()).unwrap_or(&read.id).clone();
    if format.is_plain() {
        return blocking(move || pieces(read, parse(bytes, format, &called), window_chars), stopped).await;
    }
    let document = document::read(bytes, format, &called, &**reader).await;
    blocking(move || pieces(read, document, window_chars), stopped).await
}

fn pieces(
    read: ReadSource,
    document: Result<Document, ParseError>,
    window_chars: usize,
) -> Result<(PreparedDocument, Option<String>), String> {
    let document = document.map_err(|error| error.to_string())?;
    let mut note = document.note();
    let mut url = read.url.or(document.url.clone());
    if let Some(scheme) = url.as_deref().and_then(refused_scheme) {
        url = None;
        let told = format!(
            "its url is left out: a link with `{scheme}:` would be run or opened by readers' browsers; write http: or https:"
        );
        note = Some(note.map_or(told.clone(), |note| format!("{note}\n{told}")));
    }
    let pieces = cut(&document, window_chars);
    if pieces.windows.is_empty() {
        return Err("holds no words to search for".into());
    }
    if pieces.windows.len() > MAX_PIECES {
        return Err(format!(
            "is cut to {} windows; a document may have {MAX_PIECES}, so split it",
            pieces.windows.len()
        ));
    }
    let info = DocumentInfo {
        title: read.title.or(document.title).or(read.file_name).unwrap_or_else(|| read.id.clone()),
        url,
        id: read.id,
        bytes: read.length,
        sections: pieces.sections.len() as u32,
        windows: pieces.windows.len() as u32,
        digest: read.digest,
        imported_at: clock::seconds(),
        origin: read.origin,
        metadata: read.metadata.over(document.metadata),
        notes: note.iter().flat_map(|note| note.lines()).map(str::to_owned).collect(),
    };
    Ok((PreparedDocument::new(info, pieces), note))
}

/// Why a document is unreadable whose reading did not come to its end.
pub(super) fn stopped(error: JoinError) -> String {
    format!("reading stopped: {error}")
}
