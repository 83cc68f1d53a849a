//! What a point of each kind looks like, and how it is read back.

use std::collections::HashMap;
use std::time::Duration;

use qdrant_client::qdrant::r#match::MatchValue;
use qdrant_client::qdrant::with_payload_selector::SelectorOptions;
use qdrant_client::qdrant::{
    Condition, Filter, NamedVectors, PayloadIncludeSelector, PointId, PointStruct, Range, RepeatedStrings,
    Value,
};
use uuid::Uuid;

use super::ids::{Ids, Spot, VersionMark, WindowIdParts, hashed};
use super::revision::Revision;
use super::shape::CollectionShape;
use crate::clock;
use crate::knowledge::chunk::Section;
use crate::knowledge::metadata::Metadata;
use crate::knowledge::probe::Probe;
use crate::knowledge::store::{DocumentInfo, NewDocument, NewWindow, weights_of_section};
use crate::message::MediaType;

/// Names of the sparse vectors: a window's, and a section's, apart from its windows' so that a search for windows does
/// not go through sections. Those of the dense one are in [`super::shape`].
pub(super) const SPARSE: &str = "terms";
pub(super) const SECTION_SPARSE: &str = "section_terms";

/// Names of the payload fields that are filtered by.
pub(super) const KIND: &str = "kind";
pub(super) const LIVE: &str = "live";
/// The document point's id.
pub(super) const DOCUMENT: &str = "document";
pub(super) const VERSION: &str = "version";
pub(super) const KEY: &str = "key";
/// The same as the version, of a document point, as a number that the server can compare. It has no index: after a kill Qdrant 1.16
/// may carry out steps of its log by an index that is ahead of what is stored, and find nothing to do. Older hosts wrote none.
const ORDER: &str = "order";

/// A version that has not come to count after so long belongs to an import that was killed: putting one
/// document takes seconds, and each of its requests has a time-out.
const LEFT_BEHIND_AFTER: Duration = Duration::from_secs(3600);

/// Bytes of text up to which a section is short: about four windows in Chinese.
const SHORT_SECTION: usize = 1200;

/// Where a window is a question: its text.
const QUESTION: &str = "question";

const EMBEDDER: &str = "embedder";
pub(super) const DIGEST: &str = "digest";
pub(super) const ORIGIN: &str = "origin";

pub(super) const KIND_DOCUMENT: &str = "document";
pub(super) const KIND_SECTION: &str = "section";
pub(super) const KIND_WINDOW: &str = "window";
const KIND_PROBE: &str = "probe";
pub(super) const KIND_REVISION: &str = "revision";

pub(super) type Payload = HashMap<String, Value>;

/// A document and the version of it that counts.
#[derive(Debug, Clone)]
pub(super) struct StoredDocument {
    pub(super) info: DocumentInfo,
    pub(super) version: String,
    pub(super) embedder: String,
}

/// What is stored of a window besides its vectors.
#[derive(Debug, Clone)]
pub(super) struct StoredWindow {
    pub(super) document: String,
    pub(super) version: String,
    pub(super) ordinal: u32,
    pub(super) section: u32,
    pub(super) range: std::ops::Range<u32>,
    pub(super) key: Option<String>,
}

/// What is there of one version of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct VersionParts {
    /// Sections and windows.
    pub(super) all: u64,
    /// Windows that searches find.
    pub(super) live: u64,
}

impl StoredWindow {
    /// Where it is, in a collection whose ids do not say so.
    pub(super) fn spot(&self) -> Spot {
        Spot {
            document: self.document.clone(),
            version: VersionMark::Name(self.version.clone()),
            section: self.section,
            ordinal: self.ordinal,
            is_question: self.key.is_some(),
            is_of_short: false,
        }
    }
}

impl VersionParts {
    /// Whether a document has all its parts, and no others.
    pub(super) fn are_all_of(self, document: &DocumentInfo) -> bool {
        let (sections, windows) = (u64::from(document.sections), u64::from(document.windows));
        self == Self { all: sections + windows, live: windows }
    }
}

/// What a section or a window is a part of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole<'a> {
    /// The document point's id.
    pub(super) document: &'a str,
    pub(super) version: &'a str,
    pub(super) shape: CollectionShape,
}

/// Whether a section has its terms' weights with it. What a short one has in common with a question is counted when it is
/// among the best: that takes less than the server's index of its weights, which would be as large as that of its windows.
/// The ids of a short one's windows say that it is.
pub(super) fn has_weights(section: &Section, ids: Ids) -> bool {
    // Hosts of the versions that called points by hashes look for them.
    ids == Ids::Hashed || section.text.len() > SHORT_SECTION
}

/// `point` is its id.
pub(super) fn document_point(point: &str, document: &NewDocument, version: &str) -> PointStruct {
    let info = &document.info;
    let mut payload = Payload::from([
        (KIND.to_owned(), KIND_DOCUMENT.into()),
        (VERSION.to_owned(), version.into()),
        (ORDER.to_owned(), order(version).into()),
        ("id".to_owned(), info.id.as_str().into()),
        ("title".to_owned(), info.title.as_str().into()),
        ("bytes".to_owned(), (info.bytes as i64).into()),
        ("sections".to_owned(), i64::from(info.sections).into()),
        ("windows".to_owned(), i64::from(info.windows).into()),
        (DIGEST.to_owned(), info.digest.as_str().into()),
        ("imported_at".to_owned(), (info.imported_at as i64).into()),
        (EMBEDDER.to_owned(), document.embedder.as_str().into()),
        ("metadata".to_owned(), serde_json::json!(info.metadata).to_string().into()),
        ("notes".to_owned(), info.notes.join("\n").into()),
    ]);
    for (name, value) in [("url", &info.url), (ORIGIN, &info.origin)] {
        if let Some(value) = value {
            payload.insert(name.to_owned(), value.as_str().into());
        }
    }
    PointStruct::new(point, NamedVectors::default(), payload)
}

pub(super) fn section_point(whole: Whole<'_>, ordinal: u32, section: Section) -> PointStruct {
    let Whole { document, version, shape } = whole;
    let weights = if has_weights(&section, shape.ids) { weights_of_section(&section) } else { Vec::new() };
    let vectors = if weights.is_empty() {
        NamedVectors::default()
    } else {
        NamedVectors::default().add_vector(shape.sections, weights)
    };
    let mut payload = Payload::from([
        (KIND.to_owned(), KIND_SECTION.into()),
        (DOCUMENT.to_owned(), document.into()),
        (VERSION.to_owned(), version.into()),
        ("headings".to_owned(), section.headings.into()),
        ("text".to_owned(), section.text.into()),
        ("markdown".to_owned(), (section.media_type == MediaType::Markdown).into()),
    ]);
    if let Some(answer) = section.answer {
        payload.insert("answer".to_owned(), answer.into());
    }
    if let Some(off) = section.off {
        payload.insert("off".to_owned(), serde_json::json!(off).to_string().into());
    }
    PointStruct::new(shape.ids.mark(version).section(document, ordinal), vectors, payload)
}

/// `section` is the window's, `fields` the document's metadata in the form of [`super::metadata`].
pub(super) fn window_point(
    whole: Whole<'_>,
    ordinal: u32,
    window: NewWindow,
    section: &Section,
    fields: &Payload,
) -> PointStruct {
    let Whole { document, version, shape } = whole;
    let place = WindowIdParts {
        section: window.section,
        ordinal,
        is_question: window.key.is_some(),
        is_of_short: !has_weights(section, shape.ids),
    };
    let id = shape.ids.mark(version).window(document, place);
    let terms = shape.terms.value(window.weights.iter().map(|&(term, _)| term));
    let mut payload = Payload::from([
        (KIND.to_owned(), KIND_WINDOW.into()),
        (LIVE.to_owned(), false.into()),
        (DOCUMENT.to_owned(), document.into()),
        (VERSION.to_owned(), version.into()),
        ("ordinal".to_owned(), i64::from(ordinal).into()),
        ("section".to_owned(), i64::from(window.section).into()),
        ("start".to_owned(), i64::from(window.range.start).into()),
        ("end".to_owned(), i64::from(window.range.end).into()),
        (shape.terms.name().to_owned(), terms),
    ]);
    payload.extend(fields.clone());
    if let Some(key) = window.key {
        payload.insert(KEY.to_owned(), key.into());
    }
    if let Some(question) = window.question {
        payload.insert(QUESTION.to_owned(), question.into());
    }
    let vectors =
        NamedVectors::default().add_vector(shape.dense, window.vector).add_vector(SPARSE, window.weights);
    PointStruct::new(id, vectors, payload)
}

/// The id of the point that keeps the probe's vector: as text, so that no search compares with it.
pub(super) fn probe_id() -> String {
    hashed(&[KIND_PROBE])
}

pub(super) fn probe_point(probe: &Probe) -> PointStruct {
    let payload = Payload::from([
        (KIND.to_owned(), KIND_PROBE.into()),
        (KIND_PROBE.to_owned(), serde_json::json!(probe).to_string().into()),
    ]);
    PointStruct::new(probe_id(), NamedVectors::default(), payload)
}

pub(super) fn read_probe(payload: &Payload) -> Option<Probe> {
    serde_json::from_str(&text(payload, KIND_PROBE)?).ok()
}

/// The id of the point that holds the base's revision.
pub(super) fn revision_id() -> String {
    hashed(&[KIND_REVISION])
}

pub(super) fn revision_point(revision: &Revision) -> PointStruct {
    let mut payload = Payload::from([
        (KIND.to_owned(), KIND_REVISION.into()),
        (KIND_REVISION.to_owned(), revision.name.as_str().into()),
    ]);
    if let Some(embedder) = &revision.embedder {
        payload.insert(EMBEDDER.to_owned(), embedder.as_str().into());
    }
    PointStruct::new(revision_id(), NamedVectors::default(), payload)
}

pub(super) fn read_revision(payload: &Payload) -> Option<Revision> {
    Some(Revision { name: text(payload, KIND_REVISION)?, embedder: text(payload, EMBEDDER) })
}

/// `None` where a field is missing: the point is not this host's.
pub(super) fn read_document(payload: &Payload) -> Option<StoredDocument> {
    let number = |name: &str| payload.get(name)?.as_integer();
    Some(StoredDocument {
        info: DocumentInfo {
            id: text(payload, "id")?,
            title: text(payload, "title")?,
            url: text(payload, "url"),
            bytes: number("bytes")? as u64,
            sections: number("sections")? as u32,
            windows: number("windows")? as u32,
            digest: text(payload, DIGEST)?,
            imported_at: number("imported_at")? as u64,
            origin: text(payload, ORIGIN),
            // Older hosts wrote none.
            metadata: Metadata::stored(&text(payload, "metadata").unwrap_or_default()),
            notes: text(payload, "notes").unwrap_or_default().lines().map(str::to_owned).collect(),
        },
        version: text(payload, VERSION)?,
        embedder: text(payload, EMBEDDER)?,
    })
}

/// As much of a document as these fields tell; what is not asked for is empty.
pub(super) fn read_slim(payload: &Payload) -> Option<DocumentInfo> {
    let number = |name: &str| payload.get(name).and_then(Value::as_integer).unwrap_or_default();
    let all = |name: &str| text(payload, name).unwrap_or_default();
    Some(DocumentInfo {
        id: text(payload, "id")?,
        title: all("title"),
        url: None,
        bytes: number("bytes") as u64,
        sections: 0,
        windows: number("windows") as u32,
        digest: all(DIGEST),
        imported_at: number("imported_at") as u64,
        origin: text(payload, ORIGIN),
        metadata: Metadata::stored(&all("metadata")),
        notes: all("notes").lines().map(str::to_owned).collect(),
    })
}

/// The payload fields that a section's terms are counted in.
pub(super) const SECTION_FIELDS: [&str; 3] = ["headings", "text", "markdown"];

pub(super) fn read_section(payload: &Payload) -> Option<Section> {
    let headings = payload.get("headings")?.try_list_iter()?;
    let markdown = payload.get("markdown")?.as_bool()?;
    Some(Section {
        headings: headings.filter_map(|heading| heading.as_str().cloned()).collect(),
        text: text(payload, "text")?,
        media_type: if markdown { MediaType::Markdown } else { MediaType::Plain },
        answer: text(payload, "answer"),
        off: text(payload, "off").and_then(|off| serde_json::from_str(&off).ok()),
    })
}

pub(super) fn read_window(payload: &Payload) -> Option<StoredWindow> {
    let number = |name: &str| u32::try_from(payload.get(name)?.as_integer()?).ok();
    Some(StoredWindow {
        document: text(payload, DOCUMENT)?,
        version: text(payload, VERSION)?,
        ordinal: number("ordinal")?,
        section: number("section")?,
        range: number("start")?..number("end")?,
        key: text(payload, KEY),
    })
}

/// A window without what it is found by, and its place in the document.
pub(super) fn read_new_window(payload: &Payload) -> Option<(u32, NewWindow)> {
    let StoredWindow { ordinal, section, range, key, .. } = read_window(payload)?;
    let question = text(payload, QUESTION);
    Some((ordinal, NewWindow { section, range, key, question, vector: Vec::new(), weights: Vec::new() }))
}

/// Which document's version a section or window belongs to, and whether searches find it.
pub(super) fn read_part(payload: &Payload) -> Option<((String, String), bool)> {
    let is_live = payload.get(LIVE).and_then(Value::as_bool).unwrap_or(false);
    Some(((text(payload, DOCUMENT)?, text(payload, VERSION)?), is_live))
}

/// The payload fields [`read_window`] needs: a window's terms and metadata are far larger.
pub(super) const WINDOW_FIELDS: [&str; 7] = [DOCUMENT, VERSION, "ordinal", "section", "start", "end", KEY];

pub(super) fn kind(kind: &str) -> Condition {
    keyword(KIND, kind)
}

/// Nothing of the payload but these fields.
pub(super) fn only(fields: &[&str]) -> SelectorOptions {
    let fields = fields.iter().map(|&field| field.to_owned()).collect();
    SelectorOptions::Include(PayloadIncludeSelector { fields })
}

/// Windows that a search may find: nothing else is ever live.
pub(super) fn live() -> Filter {
    Filter::must([Condition::matches(LIVE, true)])
}

/// A match with any of these.
pub(super) fn any_keyword<'a>(field: &str, values: impl IntoIterator<Item = &'a str>) -> Condition {
    let strings = values.into_iter().map(str::to_owned).collect();
    Condition::matches(field, MatchValue::Keywords(RepeatedStrings { strings }))
}

/// An exact match. (The client turns a text with a space into a full-text match otherwise.)
pub(super) fn keyword(field: &str, value: &str) -> Condition {
    Condition::matches(field, MatchValue::Keyword(value.to_owned()))
}

fn text(payload: &Payload, name: &str) -> Option<String> {
    payload.get(name)?.as_str().cloned()
}

/// A new version's name, which comes after the one it is to replace, also where this machine's clock is
/// behind that of the host that wrote it.
pub(super) fn version_after(replaced: Option<&str>) -> String {
    let now = Uuid::now_v7();
    let next = match replaced.and_then(|replaced| Uuid::try_parse(replaced).ok()) {
        Some(replaced) if now <= replaced => {
            let millis = (replaced.as_u128() >> 80) as u64;
            let mut random = [0; 10];
            random.copy_from_slice(&now.as_bytes()[6..]);
            uuid::Builder::from_unix_timestamp_millis(millis + 1, &random).into_uuid()
        }
        _ => now,
    };
    next.to_string()
}

/// A version's place among the others: its milliseconds and the twelve bits behind them (a UUID of version 7, RFC 9562). The
/// server compares numbers as `f64`, which hold that exactly until the year 2039, and to a quarter of a microsecond after.
fn order(version: &str) -> i64 {
    let bits = Uuid::try_parse(version).unwrap_or_default().as_u128();
    (bits >> 80 << 12 | bits >> 64 & 0xfff) as i64
}

/// The document point with this id, where an earlier version counts than this one.
pub(super) fn before(point: &str, version: &str) -> Condition {
    in_order(point, Range { lt: Some(order(version) as f64), ..Range::default() })
}

/// The document point with this id, where this version counts or an earlier one.
pub(super) fn until(point: &str, version: &str) -> Condition {
    in_order(point, Range { lte: Some(order(version) as f64), ..Range::default() })
}

fn in_order(point: &str, range: Range) -> Condition {
    Filter {
        must: vec![Condition::has_id([PointId::from(point)])],
        should: vec![Condition::range(ORDER, range), Condition::is_empty(ORDER)],
        ..Filter::default()
    }
    .into()
}

/// Whether a version came before another. A name that is not a version's is as old as can be.
pub(super) fn is_older(version: &str, than: &str) -> bool {
    match (Uuid::try_parse(version), Uuid::try_parse(than)) {
        (Ok(version), Ok(than)) => version < than,
        (version, _) => version.is_err(),
    }
}

/// Whether nobody can be writing a version any more that was begun when its name says.
pub(super) fn is_left_behind(version: &str) -> bool {
    let begun = Uuid::try_parse(version).ok().and_then(|version| version.get_timestamp());
    let begun = begun.map(|begun| begun.to_unix().0).unwrap_or_default();
    let now = clock::seconds();
    now > begun + LEFT_BEHIND_AFTER.as_secs()
}

#[cfg(test)]
mod tests;
