//! Knowledge bases whose whole text goes into every prompt of an app.
//!
//! What was read is kept, and each turn looks whether it is still what the base holds: the list of
//! its documents has a digest of each. Only what has changed is read anew. A base that has grown
//! past the prompt is read no further than that, so that memory stays within what a prompt holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::knowledge::{Base, DocumentInfo, DocumentText, StoreError};
use crate::message::Passage;
use crate::prompt::{
    self, DocumentSection, Material, PromptDocument, PromptError, Showing, Template, estimate_tokens,
};
use crate::trace::{WholeBase, WholeDocument};

/// Documents read from a store at the same time.
const READ_AT_ONCE: usize = 4;
/// Times that a prompt is rendered to see which of the passages the whole text says: mostly the first settles it.
const MOST_TRIES: usize = 8;

/// The bases of one app.
pub(super) struct WholeText {
    bases: Vec<Arc<ReadBase>>,
    /// What a prompt of the app may take, in tokens.
    budget: usize,
}

/// A base, and what was read of it.
struct ReadBase {
    base: Arc<Base>,
    read: Mutex<Option<Arc<BaseText>>>,
    /// Held while the base is read, so that turns side by side read it once.
    reading: tokio::sync::Mutex<()>,
}

/// What was read of a base.
struct BaseText {
    /// The id and digest of every document, read or not.
    listing: Vec<(String, String)>,
    documents: Vec<Arc<Weighed>>,
    /// Tokens of the text that was read.
    tokens: usize,
    /// Tokens of the text as a whole, where it was too much to read all of it.
    about: Option<usize>,
}

/// A document and its size in tokens.
struct Weighed {
    text: DocumentText,
    tokens: usize,
}

/// Why there is no whole text.
#[derive(Debug, thiserror::Error)]
pub(super) enum WholeTextError {
    #[error("the whole text of knowledge base `{base}` cannot be read: {cause}")]
    Store {
        base: String,
        #[source]
        cause: StoreError,
    },
    #[error(transparent)]
    TooLong(#[from] PromptError),
}

impl WholeTextError {
    /// Whether it stays so until somebody acts.
    pub(super) fn lasts(&self) -> bool {
        matches!(
            self,
            Self::TooLong(_) | Self::Store { cause: StoreError::Broken(_) | StoreError::Damaged(_), .. }
        )
    }
}

/// The whole text of all bases, as one prompt takes it.
#[derive(Default, Clone)]
pub(super) struct WholeTexts {
    /// In the app's order of bases, and of each by id. Sections are numbered through; the number is 0 where the
    /// template shows nothing of one.
    pub(super) documents: Vec<PromptDocument>,
    /// For the trace, one for each base.
    pub(super) report: Vec<WholeBase>,
}

impl WholeText {
    pub(super) fn new(bases: Vec<Arc<Base>>, budget: usize) -> Self {
        let kept = |base| {
            Arc::new(ReadBase { base, read: Mutex::default(), reading: tokio::sync::Mutex::default() })
        };
        Self { bases: bases.into_iter().map(kept).collect(), budget }
    }

    /// Goes on with what was read for the same base and as large a prompt.
    pub(super) fn take_over(&mut self, before: &Self) {
        if self.budget != before.budget {
            return;
        }
        for kept in &mut self.bases {
            let same = before.bases.iter().find(|before| Arc::ptr_eq(&before.base, &kept.base));
            if let Some(same) = same {
                kept.clone_from(same);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bases.is_empty()
    }

    /// Whether the base's whole text is in the prompt.
    pub(super) fn holds(&self, base: &str) -> bool {
        self.bases.iter().any(|kept| kept.base.name() == base)
    }

    /// The text of this moment. Where a store is away, what was read of it last.
    pub(super) async fn read(&self) -> Result<WholeTexts, WholeTextError> {
        let mut read = WholeTexts::default();
        let mut number = 0;
        for kept in &self.bases {
            let base = kept.base.name();
            let (text, error) = match kept.read(self.budget).await {
                Ok(text) => (text, None),
                Err(cause) => match kept.last() {
                    Some(text) => {
                        tracing::warn!(
                            knowledge_base = base,
                            "The text of `{base}` that was read last is used: {cause}"
                        );
                        (text, Some(cause.to_string()))
                    }
                    None => return Err(WholeTextError::Store { base: base.to_owned(), cause }),
                },
            };
            if let Some(about) = text.about {
                return Err(PromptError::whole_text(&[base], about, self.budget).into());
            }
            read.report.push(text.report(base, error));
            read.documents.extend(text.documents.iter().map(|document| document.numbered(base, &mut number)));
        }
        Ok(read)
    }
}

/// What was found, beside the whole texts that a template shows.
pub(super) struct FoundBeside {
    /// What goes into the prompt.
    pub(super) passages: Vec<Passage>,
    /// What is left out, because the whole text says it.
    pub(super) twice: Vec<Passage>,
    /// How much the template shows of each section of the whole texts.
    pub(super) shown: Vec<Showing>,
}

impl WholeTexts {
    /// Numbers the sections that the template shows, and takes out of what was found what the shown ones say. `material`
    /// is what else the prompt is made of, and `bases` are those whose whole text this is.
    pub(super) fn settle(
        &mut self,
        bases: &WholeText,
        template: &Template,
        material: &Material<'_>,
        found: &[Passage],
    ) -> Result<FoundBeside, PromptError> {
        let is_whole =
            |passage: &Passage| passage.knowledge_base.as_deref().is_some_and(|base| bases.holds(base));
        let mut is_twice: Vec<bool> = found.iter().map(is_whole).collect();
        let mut shown = Vec::new();
        // What a template shows of documents may depend on the passages. These only come back, so that it ends.
        for _ in 0..MOST_TRIES {
            let passages: Vec<Passage> = chosen(found, &is_twice, false);
            shown = self.shown(template, material, &passages)?;
            let before = is_twice.clone();
            for (is_twice, passage) in is_twice.iter_mut().zip(found) {
                *is_twice = *is_twice && self.says(passage, &shown);
            }
            if is_twice == before {
                break;
            }
        }
        let passages = chosen(found, &is_twice, false);
        self.number(|place| shown.get(place) != Some(&Showing::Not));
        if shown.contains(&Showing::Not) && self.shown(template, material, &passages)? != shown {
            // A template that chooses by the numbers: they stay as they were.
            self.number(|_| true);
            shown = self.shown(template, material, &passages)?;
        }
        Ok(FoundBeside { passages, twice: chosen(found, &is_twice, true), shown })
    }

    fn shown(
        &self,
        template: &Template,
        material: &Material<'_>,
        passages: &[Passage],
    ) -> Result<Vec<Showing>, PromptError> {
        if self.documents.is_empty() {
            return Ok(Vec::new());
        }
        prompt::shown_sections(template, &Material { documents: &self.documents, passages, ..*material })
    }

    /// Whether the sections that a passage is from are shown, all of each: those below its headings in the document
    /// of its title and link. Where there is none such, all sections of its base.
    fn says(&self, passage: &Passage, shown: &[Showing]) -> bool {
        let sections = self
            .documents
            .iter()
            .flat_map(|document| document.sections.iter().map(move |section| (document, section)));
        let is_of_base =
            |document: &PromptDocument| passage.knowledge_base.as_deref() == Some(&*document.knowledge_base);
        let of_base: Vec<_> = sections.zip(shown).filter(|((document, _), _)| is_of_base(document)).collect();
        let is_from = |document: &PromptDocument, section: &DocumentSection| {
            document.title == passage.title
                && document.url == passage.url
                && section.section.starts_with(&passage.section)
        };
        let mut of_passage =
            of_base.iter().filter(|((document, section), _)| is_from(document, section)).peekable();
        if of_passage.peek().is_some() {
            of_passage.all(|(_, shown)| shown.is_complete())
        } else {
            of_base.iter().all(|(_, shown)| shown.is_complete())
        }
    }

    /// Numbers the sections at these places through, and no others.
    fn number(&mut self, is_numbered: impl Fn(usize) -> bool) {
        let sections = self.documents.iter_mut().flat_map(|document| &mut document.sections);
        let mut number = 0;
        for (place, section) in sections.enumerate() {
            let is_numbered = is_numbered(place);
            number += usize::from(is_numbered);
            section.number = if is_numbered { number } else { 0 };
        }
    }

    /// Leaves in a report what of these documents is in the prompt.
    pub(super) fn tell_shown(&self, report: &mut [WholeBase], shown: &[Showing]) {
        if shown.iter().all(|shown| shown.is_complete()) {
            return;
        }
        let mut shown = shown.iter();
        let told = report.iter_mut().flat_map(|base| &mut base.documents);
        for (told, document) in told.zip(&self.documents) {
            (told.sections, told.tokens) = (0, 0);
            for (section, shown) in document.sections.iter().zip(shown.by_ref()) {
                told.sections += usize::from(*shown != Showing::Not);
                told.tokens += shown.tokens_of(estimate_tokens(&section.text));
            }
        }
        for base in report {
            let documents = std::mem::take(&mut base.documents);
            (base.documents, base.not_shown) =
                documents.into_iter().partition(|document| document.sections > 0);
            base.tokens = base.documents.iter().map(|document| document.tokens).sum();
        }
    }

    /// The sections as sources of an answer, in the order of their numbers.
    pub(super) fn sources(&self) -> Vec<Passage> {
        let sections = self.documents.iter().flat_map(|document| {
            let numbered = document.sections.iter().filter(|section| section.number > 0);
            numbered.map(|section| Passage {
                text: section.text.clone(),
                media_type: section.media_type,
                title: document.title.clone(),
                section: section.section.clone(),
                url: document.url.clone(),
                knowledge_base: Some(document.knowledge_base.clone()),
                score: None,
            })
        });
        sections.collect()
    }
}

/// The passages that are there already, or those that are not.
fn chosen(found: &[Passage], is_twice: &[bool], twice: bool) -> Vec<Passage> {
    let chosen = found.iter().zip(is_twice).filter(|(_, is_twice)| **is_twice == twice);
    chosen.map(|(passage, _)| passage.clone()).collect()
}

impl ReadBase {
    fn last(&self) -> Option<Arc<BaseText>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was read last, where that is what the base holds.
    fn still(&self, listing: &[DocumentInfo]) -> Option<Arc<BaseText>> {
        let same =
            |(id, digest): &(String, String), info: &DocumentInfo| *id == info.id && *digest == info.digest;
        self.last().filter(|read| {
            read.listing.len() == listing.len() && read.listing.iter().zip(listing).all(|(a, b)| same(a, b))
        })
    }

    async fn read(&self, budget: usize) -> Result<Arc<BaseText>, StoreError> {
        let listing = self.base.documents_now().await?;
        if let Some(still) = self.still(&listing) {
            return Ok(still);
        }
        let _reading = self.reading.lock().await;
        // Another turn may have read it meanwhile, and another import may have been.
        let listing = self.base.documents_now().await?;
        if let Some(still) = self.still(&listing) {
            return Ok(still);
        }
        let text = Arc::new(self.read_anew(&listing, budget).await?);
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&text));
        Ok(text)
    }

    async fn read_anew(&self, listing: &[DocumentInfo], budget: usize) -> Result<BaseText, StoreError> {
        let all: usize = listing.iter().map(|info| info.sections as usize).sum();
        let too_long = |about| {
            let listing = listing.iter().map(|info| (info.id.clone(), info.digest.clone())).collect();
            BaseText { listing, documents: Vec::new(), tokens: 0, about: Some(about) }
        };
        // No section is empty, so there are at least as many tokens as sections.
        if all > budget {
            let bytes: u64 = listing.iter().map(|info| info.bytes).sum();
            return Ok(too_long(all.max(usize::try_from(bytes / 3).unwrap_or(usize::MAX))));
        }
        let last = self.last();
        let known = last.iter().flat_map(|read| &read.documents);
        let known: HashMap<(&str, &str), &Arc<Weighed>> = known
            .map(|document| ((document.text.info.id.as_str(), document.text.info.digest.as_str()), document))
            .collect();
        let one = async |info: &DocumentInfo| {
            if let Some(document) = known.get(&(info.id.as_str(), info.digest.as_str())) {
                return Ok(Some(Arc::clone(document)));
            }
            let text = self.base.text(&info.id).await?;
            Ok::<_, StoreError>(text.map(|text| Arc::new(Weighed::of(text))))
        };
        let mut coming = stream::iter(listing).map(one).buffered(READ_AT_ONCE);
        let (mut documents, mut tokens, mut sections) = (Vec::new(), 0, 0);
        while let Some(document) = coming.try_next().await? {
            // Deleted a moment ago.
            let Some(document) = document else { continue };
            tokens += document.tokens;
            sections += document.text.sections.len();
            if tokens > budget {
                // What was read tells of the rest.
                let about = tokens as f64 * all as f64 / sections.max(1) as f64;
                return Ok(too_long(tokens.max(about as usize)));
            }
            documents.push(document);
        }
        let listing = documents.iter().map(|document| {
            let info = &document.text.info;
            (info.id.clone(), info.digest.clone())
        });
        Ok(BaseText { listing: listing.collect(), documents, tokens, about: None })
    }
}

impl BaseText {
    fn report(&self, base: &str, error: Option<String>) -> WholeBase {
        let documents = self.documents.iter().map(|document| WholeDocument {
            id: document.text.info.id.clone(),
            digest: document.text.info.digest.clone(),
            title: document.text.info.title.clone(),
            sections: document.text.sections.len(),
            tokens: document.tokens,
        });
        WholeBase {
            knowledge_base: base.to_owned(),
            tokens: self.tokens,
            documents: documents.collect(),
            not_shown: Vec::new(),
            error,
        }
    }
}

impl Weighed {
    fn of(text: DocumentText) -> Self {
        let tokens = text.sections.iter().map(|section| estimate_tokens(&section.text)).sum();
        Self { text, tokens }
    }

    fn numbered(&self, base: &str, number: &mut usize) -> PromptDocument {
        let info = &self.text.info;
        let sections = self.text.sections.iter().map(|section| {
            *number += 1;
            DocumentSection {
                number: *number,
                section: section.headings.clone(),
                text: section.text.clone(),
                media_type: section.media_type,
            }
        });
        PromptDocument {
            knowledge_base: base.to_owned(),
            id: info.id.clone(),
            title: info.title.clone(),
            url: info.url.clone(),
            sections: sections.collect(),
        }
    }
}

#[cfg(test)]
mod tests;
