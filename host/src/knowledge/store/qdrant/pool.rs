//! A pool is the windows that a search has found, by their points' ids, while their scores are put together: from the lists,
//! from what the lists lack, and from what is stored of them.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::super::{
    Candidate, CorrectingSection, DocumentInfo, FoundWindow, Search, best_sections, may_be_best, placed,
};
use super::corrections::{CorrectedEntries, CorrectionSpot};
use super::ids::{Spot, VersionMark};
use super::partial::{Partial, around, has_neighbours};
use super::points::StoredWindow;
use super::texts::PointTexts;
use crate::knowledge::chunk::Section;
use crate::knowledge::grow::REACH;
use crate::knowledge::score::{QueryWeights, ScoreParts, Worked};
use crate::knowledge::terms::question_key;

/// Sections fetched before it is known which are the best, beyond those wanted: most of the best are among them.
const SPARE_SECTIONS: usize = 8;

#[derive(Default)]
pub(super) struct Pool {
    windows: HashMap<String, Partial>,
    /// Windows that cannot be among the best, as far as all others count.
    left_out: HashMap<String, Partial>,
    /// The lexical parts of sections, by their points' ids.
    sections: HashMap<String, f32>,
    /// Whether each list is as long as it may be: what is not in one that is shorter has nothing of its part.
    full: FullLists,
}

/// Which lists of a search are as long as it has asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FullLists {
    pub(super) dense: bool,
    pub(super) lexical: bool,
}

/// What the lists lack: by a window's id its dense or its lexical part, by a section's id the section's.
#[derive(Default)]
pub(super) struct Rest {
    pub(super) dense: HashMap<String, f32>,
    pub(super) windows: HashMap<String, f32>,
    pub(super) sections: HashMap<String, f32>,
}

/// What is known of the question when windows are scored.
#[derive(Clone, Copy)]
pub(super) struct ScoredQuestion<'a> {
    pub(super) search: &'a Search,
    pub(super) weights: &'a QueryWeights,
    pub(super) corrected: &'a CorrectedEntries,
}

impl ScoredQuestion<'_> {
    /// `stored` is the window's key where it is a question's.
    fn parts(self, dense: f32, window: f32, section: f32, stored: Option<&str>) -> ScoreParts {
        let dense = self.search.vector.as_ref().map(|_| dense);
        let worked = Worked { dense, window, section };
        ScoreParts::new(worked, self.weights.dense_share, self.search.asked.as_deref(), stored)
    }
}

impl Pool {
    pub(super) fn of_lists(full: FullLists) -> Self {
        Self { full, ..Self::default() }
    }

    /// Adds what one list says of a window; what is not where the list says it is, is none of this host's.
    pub(super) fn add(&mut self, id: String, window: Option<StoredWindow>, set: impl FnOnce(&mut Partial)) {
        let partial = match self.windows.entry(id) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let spot = match &window {
                    Some(window) => Some(window.spot()),
                    None => Spot::of_placed(entry.key()),
                };
                let Some(spot) = spot else { return };
                entry.insert(Partial { spot, window, dense: None, lexical: None, is_asked: false })
            }
        };
        set(partial);
    }

    /// Adds what the lists lacked.
    pub(super) fn complete(&mut self, rest: Rest) {
        for (id, partial) in &mut self.windows {
            partial.dense = partial.dense.or_else(|| rest.dense.get(id).copied());
            partial.lexical = partial.lexical.or_else(|| rest.windows.get(id).copied());
        }
        self.sections.extend(rest.sections);
    }

    /// Leaves out what cannot belong to the best. The first of each list are kept in any case: of the others their guessed
    /// parts may promise more than they hold. `all`: less of it, where the search is to miss nothing.
    pub(super) fn keep_best(&mut self, asked: ScoredQuestion<'_>, all: bool) {
        let scored = self.guesses(asked).map(|(id, parts)| (parts.score(), id.to_owned())).collect();
        let share = asked.weights.lexical_share(asked.search.vector.is_some());
        let section = |id: &String| self.windows.get(id).map(|partial| partial.spot.section_id());
        let kept: HashSet<String> = may_be_best(scored, asked.search, share, all, section)
            .into_iter()
            .chain(self.first_by(asked.search.limit, |partial| partial.dense))
            .chain(self.first_by(asked.search.limit, |partial| partial.lexical))
            .collect();
        self.left_out.extend(self.windows.extract_if(|id, _| !kept.contains(id)));
    }

    /// The first of a list, by what it says of them.
    fn first_by(&self, count: usize, part: impl Fn(&Partial) -> Option<f32>) -> Vec<String> {
        let said = self.windows.iter().filter_map(|(id, partial)| Some((part(partial)?, id)));
        let mut said: Vec<(f32, &String)> = said.collect();
        said.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        said.into_iter().take(count).map(|(_, id)| id.clone()).collect()
    }

    /// Takes back what was left out, and leaves what does not count.
    pub(super) fn take_back(&mut self, texts: &PointTexts) {
        self.windows.extend(self.left_out.drain());
        self.windows.retain(|id, partial| texts.may_count(id, partial));
    }

    pub(super) fn all_may_count(&self, texts: &PointTexts) -> bool {
        self.windows.iter().all(|(id, partial)| texts.may_count(id, partial))
    }

    /// The ids of the documents of all windows, also of those left out.
    pub(super) fn all_documents(&self) -> HashSet<String> {
        let all = self.windows.values().chain(self.left_out.values());
        all.map(|partial| partial.spot.document.clone()).collect()
    }

    /// What is likely to be read of the best ones, as far as the lists tell.
    pub(super) fn likely(&self, asked: ScoredQuestion<'_>) -> HashSet<String> {
        let guesses = self.guesses(asked).map(|(window, parts)| FoundWindow { window, parts }).collect();
        let place =
            |id: &&str| self.windows.get(*id).map(|partial| (&partial.spot.document, partial.spot.ordinal));
        let likely =
            best_sections(guesses, asked.search.limit + SPARE_SECTIONS, place, |id| self.section(id));
        let mut ids: HashSet<String> = self.parts_of(&likely, asked);
        if asked.search.asked.is_some() {
            // How alike two questions are is seen by the stored one's words.
            let questions = self
                .windows
                .iter()
                .filter(|(_, partial)| partial.spot.is_question && partial.window.is_none());
            ids.extend(questions.map(|(id, _)| id.clone()));
        }
        ids
    }

    /// The best sections, each by its best window, as far as is known by now what counts.
    pub(super) fn best(&self, asked: ScoredQuestion<'_>, texts: &PointTexts) -> Vec<FoundWindow<&str>> {
        let found =
            self.windows.iter().filter(|(id, partial)| texts.may_count(id, partial)).map(|(id, partial)| {
                let section = self.sections.get(&partial.spot.section_id());
                let stored = texts.window(id, partial).and_then(|window| window.key.as_deref());
                let parts = asked.parts(
                    partial.dense.unwrap_or(0.0),
                    partial.lexical.unwrap_or(0.0),
                    section.copied().unwrap_or(0.0),
                    stored,
                );
                FoundWindow { window: id.as_str(), parts }
            });
        let place = |id: &&str| {
            let spot = &self.windows.get(*id)?.spot;
            Some((texts.document(&spot.document).map(|stored| placed(&stored.info)), spot.ordinal))
        };
        best_sections(found.collect(), asked.search.limit, place, |id| self.section(id))
    }

    /// What has to be read before these are known to be the best, and can be shown.
    pub(super) fn lacking(
        &self,
        best: &[FoundWindow<&str>],
        asked: ScoredQuestion<'_>,
        texts: &PointTexts,
    ) -> HashSet<String> {
        let mut ids = self.parts_of(best, asked);
        let least = best.last().map_or(0.0, |found| found.parts.score());
        // Equal scores come in the order of their documents.
        let is_even = |partial: &Partial| {
            let section = self.sections.get(&partial.spot.section_id()).copied().unwrap_or(0.0);
            let (dense, lexical) = (partial.dense.unwrap_or(0.0), partial.lexical.unwrap_or(0.0));
            partial.is_asked || asked.parts(dense, lexical, section, None).score() >= least
        };
        let documents = self.windows.values().filter(|partial| is_even(partial));
        ids.extend(documents.map(|partial| partial.spot.document.clone()));
        ids.retain(|id| !texts.was_asked_for(id));
        ids
    }

    /// The candidates of the best windows. One whose document was replaced a moment ago is left out.
    pub(super) fn candidates(
        &self,
        best: &[FoundWindow<&str>],
        asked: ScoredQuestion<'_>,
        texts: &PointTexts,
    ) -> Vec<Candidate> {
        let mut infos = HashMap::<&str, Arc<DocumentInfo>>::new();
        let candidates = best.iter().enumerate().filter_map(|(rank, FoundWindow { window: id, parts })| {
            let partial = self.windows.get(*id)?;
            let spot = &partial.spot;
            let section = texts.section(&spot.section_id())?;
            let stored = texts.document(&spot.document)?;
            let info = infos.entry(&spot.document).or_insert_with(|| Arc::new(stored.info.clone()));
            let neighbours = || {
                around(spot, REACH)
                    .filter(|ordinal| *ordinal != spot.section)
                    .filter_map(|ordinal| Some((ordinal, texts.section(&spot.section_at(ordinal))?.clone())))
            };
            let around: Option<BTreeMap<u32, Section>> =
                has_neighbours(rank, asked.search.context).then(|| neighbours().collect());
            let range = texts.window(id, partial)?.range.clone();
            let corrections = corrections_of(spot, section, &range, asked, texts);
            Some(Candidate {
                section: Arc::new(section.clone()),
                document: Arc::clone(info),
                ordinal: spot.section,
                range,
                parts: *parts,
                around,
                corrections,
            })
        });
        candidates.collect()
    }

    /// Windows whose dense or lexical part is not in a list, by what lacks.
    pub(super) fn without(&self, lacks: impl Fn(&Partial) -> bool) -> HashSet<&str> {
        let lacking = self.windows.iter().filter(|(_, partial)| lacks(partial));
        lacking.map(|(id, _)| id.as_str()).collect()
    }

    /// The ids of the sections whose windows' ids say that they are short, or do not.
    pub(super) fn section_ids(&self, are_short: bool) -> HashSet<String> {
        let spots = self.windows.values().map(|partial| &partial.spot);
        spots.filter(|spot| spot.is_of_short == are_short).map(Spot::section_id).collect()
    }

    /// About what each window scores: a part that no list has is not above the least of its list, or none where the list is
    /// whole, and a section's is taken to be its window's.
    fn guesses(&self, asked: ScoredQuestion<'_>) -> impl Iterator<Item = (&str, ScoreParts)> {
        let least = |is_full: bool, part: fn(&Partial) -> Option<f32>| {
            let said = self.windows.values().filter(|_| is_full).filter_map(part);
            said.min_by(f32::total_cmp).unwrap_or(0.0)
        };
        let dense = least(self.full.dense, |partial| partial.dense);
        let lexical = least(self.full.lexical, |partial| partial.lexical);
        self.windows.iter().map(move |(id, partial)| {
            let lexical = partial.lexical.unwrap_or(lexical);
            let own_key = asked.search.asked.as_ref().filter(|_| partial.is_asked).map(|own| own.key());
            (id.as_str(), asked.parts(partial.dense.unwrap_or(dense), lexical, lexical, own_key))
        })
    }

    fn section(&self, id: &str) -> Option<(&str, &VersionMark, u32)> {
        let spot = &self.windows.get(id)?.spot;
        Some((&spot.document, &spot.version, spot.section))
    }

    /// The ids of what is shown of these windows: of each itself, its document, its section, those around it where
    /// that is wanted, and its corrections.
    fn parts_of(&self, best: &[FoundWindow<&str>], asked: ScoredQuestion<'_>) -> HashSet<String> {
        let mut ids = HashSet::new();
        for (rank, found) in best.iter().enumerate() {
            let Some(partial) = self.windows.get(found.window) else { continue };
            let reach = if has_neighbours(rank, asked.search.context) { REACH } else { 0 };
            ids.extend(around(&partial.spot, reach).map(|ordinal| partial.spot.section_at(ordinal)));
            ids.insert(partial.spot.document.clone());
            if partial.window.is_none() {
                ids.insert(found.window.to_owned());
            }
            for CorrectionSpot { spot, .. } in asked.corrected.of(&partial.spot) {
                ids.extend([spot.document.clone(), spot.section_id()]);
            }
        }
        ids
    }
}

/// The corrections of a section that is a question, whose first wording is at this place of its text.
fn corrections_of(
    spot: &Spot,
    section: &Section,
    range: &Range<u32>,
    asked: ScoredQuestion<'_>,
    texts: &PointTexts,
) -> Vec<Arc<CorrectingSection>> {
    let all = asked.corrected.of(spot);
    if all.is_empty() {
        return Vec::new();
    }
    let own = section.text.get(range.start as usize..range.end as usize).and_then(question_key);
    let is_asked =
        |one: &CorrectionSpot| asked.search.asked.as_ref().is_some_and(|question| question.key() == one.key);
    let mut sections = HashSet::new();
    let (asked_first, others): (Vec<_>, Vec<_>) = all.iter().partition(|one| is_asked(one));
    let others = others.into_iter().filter(|one| !one.is_shared || own.as_ref() == Some(&one.key));
    asked_first
        .into_iter()
        .chain(others)
        .filter(|one| sections.insert(one.spot.section_id()))
        .filter_map(|one| correcting(one, asked.search, texts))
        .collect()
}

/// A correction as it is there; `None` where its document was replaced a moment ago, or is none that the search may find.
fn correcting(
    correction: &CorrectionSpot,
    search: &Search,
    texts: &PointTexts,
) -> Option<Arc<CorrectingSection>> {
    let CorrectionSpot { spot, range, .. } = correction;
    let info = &texts.document(&spot.document).filter(|stored| spot.version.is_of(&stored.version))?.info;
    let is_admitted = search.filters.iter().all(|filter| filter.admits(&info.metadata));
    let section = texts.section(&spot.section_id()).filter(|_| is_admitted)?;
    Some(Arc::new(CorrectingSection {
        document: Arc::new(info.clone()),
        ordinal: spot.section,
        section: Arc::new(section.clone()),
        range: range.clone(),
    }))
}
