//! Knowledge bases: import, storage and the one retrieval path.
//!
//! A document is parsed into blocks under headings ([`document`]), cut into sections and small
//! windows ([`chunk`]), embedded ([`embed`]) and put into a store ([`store`]) in one step. A
//! search matches windows and gives back their sections ([`retrieve`]), which grow by their neighbours
//! ([`grow`]); the score is defined in
//! [`score`], and whether a stored question is the asked one in
//! [`question`], which compares what the two mean in words ([`meaning`]). Start reading at [`Library`].
//!
//! What is matched is a window of about 120 characters of whole sentences; what is shown is its section, a
//! short one with its neighbours (`knowledge/grow.rs`). Only chat and the hit test grow and join hits: an
//! evaluation counts sections. A base's candidates come from vectors and from BM25 over characters and
//! bigrams, and each gets both exact parts: `score = d · max(0, cosine) + (1 − d) · √lexical`, in [0, 1], the
//! same on both stores (`knowledge/score.rs`); `d` is .7, and down to .3 the rarer the question's words are
//! in the base. The lexical part is half the window's BM25 and half its section's, each over what a text of
//! usual length reaches that has each of the question's terms once; rare terms weigh more than in BM25, and
//! question words such as 什么 are not counted. Traditional and Simplified, full and half width are one before
//! anything is counted or embedded (`knowledge/fold.rs`). `rank = score · weight` orders hits of several
//! bases. The Qdrant store keeps one collection for each base and makes a document visible with one write.
//! The steps of one search there share `search_timeout` and count once before the breaker (`store/visit.rs`).
//! The same contract tests run on both.

mod another_model;
mod base;
mod blocking;
mod cancel;
mod candidates;
mod check;
mod chunk;
mod context;
mod correct;
mod correction_documents;
mod digest;
mod document;
mod edit;
mod embed;
mod filter;
mod fold;
mod generation;
mod going_on;
mod grow;
mod hit;
mod import;
mod inspect;
mod library;
mod link;
mod local_model;
mod meaning;
mod meant;
mod metadata;
mod model_watch;
mod named_locks;
mod outside;
mod pair;
mod polite;
mod probe;
mod question;
mod reembed;
mod remove;
mod rerank;
mod retrieve;
mod score;
mod settings;
mod source;
mod sources;
mod spoken;
mod store;
mod store_time;
mod switch;
mod tally;
mod terms;
mod text;
mod threshold;
mod unpack;

pub use base::{Base, BaseError};
pub use cancel::Cancel;
pub use candidates::{Candidates, MarkedHit, RawReport};
pub use check::CheckReport;
pub use correct::{Corrected, Correction};
pub use correction_documents::is_correction;
pub(crate) use document::file_name;
#[cfg(test)]
pub(crate) use document::nothing_reads;
pub use document::{DocumentPart, Format, Parsed, ReadDocument};
pub use edit::{EditError, SectionChange};
pub use embed::{DEFAULT_MODEL, EmbedError, ModelFile, missing_model_files};
pub(crate) use filter::moment;
pub use filter::{Filter, FilterError, Operator, TestSource};
pub use fold::simplified;
pub use hit::Hit;
pub use import::{DocumentOutcome, ImportError, ImportOptions, ImportReport, Note, Progress, Unreadable};
pub use inspect::{Preview, SectionView};
pub use library::{BaseTables, Library, OpenError, Opening};
pub use link::refused_scheme;
pub use local_model::LocalModel;
pub use meant::MeantDocuments;
pub use metadata::{Metadata, MetadataError};
pub use outside::OutsideReader;
pub use pair::QuestionJudge;
pub use reembed::{ReembedError, ReembedOptions, ReembedReport};
pub use rerank::RerankReport;
pub use retrieve::{BaseReport, Query, Results, SearchError, SearchTimes, Wordings};
pub use settings::{BaseSettings, EmbedderKind, EmbedderSettings, RerankSettings, StoreKind, StoreSettings};
pub use source::{Content, Source, WalkError, refuse_same_names, sources_in};
pub use sources::WebSourceSettings;
pub use store::{DocumentFilter, DocumentInfo, DocumentPage, DocumentQuery, DocumentTotals, StoreError};
pub use tally::SearchTally;
pub use text::{DocumentText, SectionText};
pub use threshold::HitThresholds;
pub use unpack::is_archive;
