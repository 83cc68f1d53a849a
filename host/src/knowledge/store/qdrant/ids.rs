//! Ids: how a collection's points are called. Each follows from what the point is, so that a write can be repeated. The id
//! of a window also says where the window is, so that nothing else is read of those a search looks through.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Bits of a document's name, of a point's kind, of a version's, and of a section's and a window's place. Those of a
/// window's place are one more than it needs: the highest says that its section is short.
const NAME_BITS: u32 = 60;
const KIND_BITS: u32 = 2;
const VERSION_BITS: u32 = 22;
const PLACE_BITS: u32 = 22;
/// Sections and windows that a document may have.
pub(super) const MOST_PLACES: u32 = 1 << SHORT_AT;

const SHORT_AT: u32 = PLACE_BITS - 1;
const SECTION_AT: u32 = PLACE_BITS;
const VERSION_AT: u32 = SECTION_AT + PLACE_BITS;
const KIND_AT: u32 = VERSION_AT + VERSION_BITS;
const NAME_AT: u32 = KIND_AT + KIND_BITS;

const SECTION: u128 = 1;
const WINDOW: u128 = 2;
/// A window that is a stored question.
const QUESTION: u128 = 3;

/// How the points of a collection are called. Points of the base itself have hashes in either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ids {
    /// Hashes, in collections of earlier versions: where a window is, its payload says.
    Hashed,
    /// Numbers of 128 bits, from the highest: 60 of the hash of the document's id; 2 for a document, a section, a window or
    /// a stored question; 22 of the hash of the version's name; 22 for the section; 1 for a window of a short
    /// section, which windows written before it was told lack; 21 for the window's place in the document. Two of a million
    /// documents share a name about once in two million bases, and their writer is told.
    Placed,
}

/// A version of a document, as points are called by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum VersionMark {
    /// Its name.
    Name(String),
    /// Bits of its name's hash.
    Bits(u32),
}

/// Where a window is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    /// The document point's id.
    pub(super) document: String,
    pub(super) version: VersionMark,
    pub(super) section: u32,
    /// The window's place in its document.
    pub(super) ordinal: u32,
    /// Whether it is a stored question, as far as its id says so.
    pub(super) is_question: bool,
    /// Whether its id says that its section is short, and so without weights of its own.
    pub(super) is_of_short: bool,
}

/// What a window's id is made of besides its document and version.
#[derive(Debug, Clone, Copy)]
pub(super) struct WindowIdParts {
    pub(super) section: u32,
    pub(super) ordinal: u32,
    pub(super) is_question: bool,
    pub(super) is_of_short: bool,
}

impl Ids {
    /// A document point's id: the same on every host.
    pub(super) fn document(self, id: &str) -> String {
        match self {
            Self::Hashed => hashed(&["document", id]),
            Self::Placed => {
                let name = u128::from_be_bytes(digest(&["document", id])) >> (128 - NAME_BITS);
                Uuid::from_u128(name << NAME_AT).to_string()
            }
        }
    }

    pub(super) fn mark(self, version: &str) -> VersionMark {
        match self {
            Self::Hashed => VersionMark::Name(version.to_owned()),
            Self::Placed => {
                let bits = u128::from_be_bytes(digest(&["version", version])) >> (128 - VERSION_BITS);
                VersionMark::Bits(bits as u32)
            }
        }
    }
}

impl VersionMark {
    /// Whether a version of this name has this mark.
    pub(super) fn is_of(&self, version: &str) -> bool {
        match self {
            Self::Name(name) => name == version,
            Self::Bits(_) => *self == Ids::Placed.mark(version),
        }
    }

    /// A section point's id. `document` is its document point's.
    pub(super) fn section(&self, document: &str, ordinal: u32) -> String {
        match self {
            Self::Name(version) => hashed(&["section", version, &ordinal.to_string()]),
            Self::Bits(version) => placed(document, SECTION, *version, ordinal, 0),
        }
    }

    /// A window point's id.
    pub(super) fn window(&self, document: &str, place: WindowIdParts) -> String {
        let WindowIdParts { section, ordinal, is_question, is_of_short } = place;
        match self {
            Self::Name(version) => hashed(&["window", version, &ordinal.to_string()]),
            Self::Bits(version) => {
                let kind = if is_question { QUESTION } else { WINDOW };
                let short = u32::from(is_of_short) << SHORT_AT;
                placed(document, kind, *version, section, short | ordinal.min(MOST_PLACES - 1))
            }
        }
    }
}

impl Spot {
    /// Where a window of this id is; `None` where the id does not say so.
    pub(super) fn of_placed(id: &str) -> Option<Self> {
        let bits = Uuid::try_parse(id).ok()?.as_u128();
        let part = |at: u32, bits_of: u32| (bits >> at) & ((1 << bits_of) - 1);
        let kind = part(KIND_AT, KIND_BITS);
        [WINDOW, QUESTION].contains(&kind).then(|| Self {
            document: Uuid::from_u128(bits >> NAME_AT << NAME_AT).to_string(),
            version: VersionMark::Bits(part(VERSION_AT, VERSION_BITS) as u32),
            section: part(SECTION_AT, PLACE_BITS) as u32,
            ordinal: part(0, SHORT_AT) as u32,
            is_question: kind == QUESTION,
            is_of_short: part(SHORT_AT, 1) == 1,
        })
    }

    /// The id of its section, or of another of the same document.
    pub(super) fn section_at(&self, ordinal: u32) -> String {
        self.version.section(&self.document, ordinal)
    }

    /// The id of its section.
    pub(super) fn section_id(&self) -> String {
        self.section_at(self.section)
    }
}

/// `low` is a window's place with what goes before it, and 0 of a section.
fn placed(document: &str, kind: u128, version: u32, section: u32, low: u32) -> String {
    // A document's id is made here; one that is none has no parts.
    let name = Uuid::try_parse(document).unwrap_or_default().as_u128() >> NAME_AT << NAME_AT;
    let bits = name
        | kind << KIND_AT
        | u128::from(version) << VERSION_AT
        | u128::from(section.min((1 << PLACE_BITS) - 1)) << SECTION_AT
        | u128::from(low);
    Uuid::from_u128(bits).to_string()
}

/// A name of fixed length that stands for these parts.
pub(super) fn hashed(parts: &[&str]) -> String {
    uuid::Builder::from_custom_bytes(digest(parts)).into_uuid().to_string()
}

fn digest(parts: &[&str]) -> [u8; 16] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    bytes
}

#[cfg(test)]
mod tests;
