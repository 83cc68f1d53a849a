//! A listing is some of a base's documents, by id, of those that a filter admits.

use serde::{Deserialize, Serialize};

use super::info::DocumentInfo;
use crate::knowledge::filter::Filter;

/// Origins that are counted apart; a base has few.
pub(super) const MOST_ORIGINS: usize = 200;

/// Which documents are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DocumentQuery {
    /// At most so many.
    pub limit: usize,
    /// Those behind this id; `None` from the first on.
    pub after: Option<String>,
    /// How many of those that pass are left out first, so that a place far into a long list can be read without what is before it.
    pub skip: usize,
    /// Only documents that this filter admits are listed.
    pub filter: DocumentFilter,
}

/// Which documents are meant; what is absent does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DocumentFilter {
    /// Those whose id or title holds this, upper and lower case of ASCII letters alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only documents of this origin; empty: those without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Whether the import noted something on them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noted: Option<bool>,
    /// Whether they are switched off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub off: Option<bool>,
    /// Those imported at this moment or later, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// Those imported at this moment or before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<u64>,
    /// Those with such metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Filter>,
}

/// Some of a base's documents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DocumentPage {
    /// The documents of the page, by their ids.
    pub documents: Vec<DocumentInfo>,
    /// How many there are on all pages.
    pub total: u64,
}

/// A base's documents in figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DocumentTotals {
    /// How many there are.
    pub documents: u64,
    /// Windows of all.
    pub windows: u64,
    /// Bytes of what was imported.
    pub bytes: u64,
    /// Documents that the import noted something on.
    pub noted: u64,
    /// Documents that are switched off.
    pub off: u64,
    /// Where they come from, the origin of most first: of very many the first 200.
    pub origins: Vec<(Option<String>, u64)>,
}

impl DocumentFilter {
    /// Whether every document passes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a document passes.
    pub(in crate::knowledge) fn admits(&self, document: &DocumentInfo) -> bool {
        let holds = |text: &str, part: &str| text.to_ascii_lowercase().contains(&part.to_ascii_lowercase());
        self.q.as_ref().is_none_or(|part| holds(&document.id, part) || holds(&document.title, part))
            && self
                .origin
                .as_deref()
                .is_none_or(|wanted| document.origin.as_deref().unwrap_or_default() == wanted)
            && self.noted.is_none_or(|noted| noted != document.notes.is_empty())
            && self.off.is_none_or(|off| off == document.is_off())
            && self.from.is_none_or(|from| document.imported_at >= from)
            && self.to.is_none_or(|to| document.imported_at <= to)
            && self.metadata.as_ref().is_none_or(|filter| filter.admits(&document.metadata))
    }
}

impl DocumentTotals {
    /// The totals of all documents.
    pub(super) fn of<'a>(documents: impl Iterator<Item = &'a DocumentInfo>) -> Self {
        let mut totals = Self::default();
        let mut origins = std::collections::BTreeMap::<_, u64>::new();
        for document in documents {
            totals.documents += 1;
            totals.windows += u64::from(document.windows);
            totals.bytes += document.bytes;
            totals.noted += u64::from(!document.notes.is_empty());
            totals.off += u64::from(document.is_off());
            *origins.entry(document.origin.clone()).or_default() += 1;
        }
        totals.origins = origins.into_iter().collect();
        totals.origins.sort_by(|(_, one), (_, other)| other.cmp(one));
        totals.origins.truncate(MOST_ORIGINS);
        totals
    }
}
