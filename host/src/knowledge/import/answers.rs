//! Questions of an import that another document answers otherwise. One document's own are told where it is read.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::correction_documents::is_correction;
use super::super::document::{QUESTION_TOLD, two_answers};
use super::super::store::{NewDocument, Store, StoreError, StoredAnswer};

/// Keys that the store is asked for at once: of so few it reads all documents that have them, but in the largest bases.
const KEYS_AT_ONCE: usize = 100;
/// Documents that are named beside one question.
const MOST_NAMED: usize = 3;

/// The questions of the documents that an import has stored, or would store.
#[derive(Default)]
pub(super) struct ImportedAnswers(Vec<AnsweringDocument>);

/// A document's questions.
pub(super) struct AnsweringDocument {
    id: String,
    wordings: Vec<ImportedWording>,
}

/// One way to ask one of them.
struct ImportedWording {
    section: u32,
    key: String,
    /// As far as a note tells it.
    told: String,
    /// A hash of the answer.
    answer: u64,
}

impl AnsweringDocument {
    /// `None` where it has no questions that can be found.
    pub(super) fn of(document: &NewDocument) -> Option<Self> {
        let wordings: Vec<ImportedWording> = document
            .windows
            .iter()
            .filter_map(|window| {
                let answer = document.sections.get(window.section as usize)?.answer.as_ref()?;
                let told = window.question.as_ref()?.chars().take(QUESTION_TOLD).collect();
                let key = window.key.clone()?;
                Some(ImportedWording { section: window.section, key, told, answer: hash(answer) })
            })
            .collect();
        (!wordings.is_empty()).then(|| Self { id: document.info.id.clone(), wordings })
    }
}

impl ImportedAnswers {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, document: AnsweringDocument) {
        self.0.push(document);
    }

    /// A note on each document with a question that another one answers otherwise: one in the store, or one of the import
    /// whose id comes before its own.
    pub(super) async fn notes(mut self, store: &dyn Store) -> Result<Vec<(String, String)>, StoreError> {
        // Documents are stored in no order.
        self.0.sort_by(|a, b| a.id.cmp(&b.id));
        let mut others = self.stored(store).await?;
        let mut notes = Vec::new();
        for AnsweringDocument { id, wordings } in &self.0 {
            let mut sections = HashSet::new();
            let mut twice: Vec<(&str, String)> = Vec::new();
            for wording in wordings {
                let with_another: BTreeSet<&str> = others
                    .get(wording.key.as_str())
                    .into_iter()
                    .flatten()
                    .filter(|(_, answer)| *answer != wording.answer)
                    .map(|(document, _)| document.as_str())
                    .collect();
                if !with_another.is_empty() && sections.insert(wording.section) {
                    twice.push((&wording.told, named(&with_another)));
                }
            }
            notes.extend(two_answers(twice.into_iter()).map(|note| (id.clone(), note)));
            for wording in wordings {
                others.entry(&wording.key).or_default().push((id.clone(), wording.answer));
            }
        }
        Ok(notes)
    }

    /// What documents that are not of this import answer, each with a hash of it, by the key of the question.
    async fn stored(&self, store: &dyn Store) -> Result<HashMap<&str, Vec<(String, u64)>>, StoreError> {
        let own: HashSet<&str> = self.0.iter().map(|document| document.id.as_str()).collect();
        // A correction is meant to have another answer.
        let is_other = |document: &str| !own.contains(document) && !is_correction(document);
        let wordings = self.0.iter().flat_map(|document| &document.wordings);
        let mut answers: HashMap<&str, Vec<(String, u64)>> = HashMap::new();
        let keys: BTreeSet<&str> = wordings.map(|wording| wording.key.as_str()).collect();
        let all: Vec<&str> = keys.into_iter().collect();
        for keys in all.chunks(KEYS_AT_ONCE) {
            let found = store.answers(keys.iter().map(|&key| key.to_owned()).collect()).await?;
            let of_key: HashMap<&str, &str> = keys.iter().map(|&key| (key, key)).collect();
            for StoredAnswer { key, document, answer } in found {
                if let Some(&key) = of_key.get(key.as_str()).filter(|_| is_other(&document)) {
                    answers.entry(key).or_default().push((document, hash(&answer)));
                }
            }
        }
        Ok(answers)
    }
}

/// The other documents, in no language: the console puts it among Chinese.
fn named(documents: &BTreeSet<&str>) -> String {
    let more = if documents.len() > MOST_NAMED { ", …" } else { "" };
    let documents: Vec<&str> = documents.iter().copied().take(MOST_NAMED).collect();
    format!("{}{more}", documents.join(", "))
}

/// Answers with other space around their lines are the same: one format keeps CRLF, another has LF.
fn hash(answer: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    answer.trim().lines().for_each(|line| line.trim_end().hash(&mut hasher));
    hasher.finish()
}
