//! The text that hits are shown with: their own, grown by what is around them in their documents.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use futures_util::future::join_all;

use super::base::{Base, SearchTarget};
use super::chunk::Section;
use super::grow::{REACH, Stretch, grown, may_grow};
use super::hit::{Hit, MadeOf};
use super::store::{Candidate, StoreError, WantedSections};

/// Sections by their place in a document, by the document's id.
type Around = HashMap<String, BTreeMap<u32, Section>>;

/// A hit and what it was made of.
struct HitSources {
    /// The base's place among those searched.
    base: usize,
    hit: Hit,
    candidate: Candidate,
}

/// The hits with their context, in the same order, those that touch as one; or, unless that is wanted,
/// as they are.
pub(super) async fn with_context(
    bases: &[&Arc<Base>],
    targets: &[Result<SearchTarget, StoreError>],
    hits: Vec<Hit>,
    mut candidates: MadeOf,
    is_wanted: bool,
) -> Vec<Hit> {
    if !is_wanted {
        return hits;
    }
    let with_candidate = |hit: Hit| {
        let base = bases.iter().position(|base| base.name == hit.knowledge_base)?;
        let candidate = candidates.remove(&(hit.knowledge_base.clone(), hit.id.clone()))?;
        Some(HitSources { base, hit, candidate })
    };
    let mut found: Vec<HitSources> = hits.into_iter().filter_map(with_candidate).collect();
    let mut around = join_all(bases.iter().zip(targets).enumerate().map(async |(at, (base, target))| {
        let wanted = wanted(found.iter().filter(|found| found.base == at), base.settings.grow_chars);
        match target {
            Ok(target) if !wanted.is_empty() => around(base, target, wanted).await,
            _ => Around::new(),
        }
    }))
    .await;
    for HitSources { base, hit, candidate } in &mut found {
        // A hit's own surroundings are used only if the hit may grow, so that the result does not depend on
        // who has fetched them.
        let may_grow = bases
            .get(*base)
            .is_some_and(|base| may_grow(&candidate.section, &hit.text, base.settings.grow_chars));
        if let Some(own) = candidate.around.take().filter(|_| may_grow)
            && let Some(around) = around.get_mut(*base)
        {
            around.entry(candidate.document.id.clone()).or_default().extend(own);
        }
    }

    let mut documents: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
    for (place, HitSources { base, candidate, .. }) in found.iter().enumerate() {
        documents.entry((*base, &candidate.document.id)).or_default().push(place);
    }
    let none = BTreeMap::new();
    // Passages by the place of their best hit: text, headings, and the places of all hits joined into it.
    let mut passages: HashMap<usize, (String, Vec<String>, Vec<usize>)> = HashMap::new();
    for ((base, id), of_document) in documents {
        let target = bases.get(base).map_or(0, |base| base.settings.grow_chars);
        let around = around.get(base).and_then(|around| around.get(id)).unwrap_or(&none);
        let seeds: Vec<Stretch<'_>> =
            of_document.iter().filter_map(|&place| found.get(place)).map(seed).collect();
        for passage in grown(&seeds, around, target) {
            let mut hits = passage.seeds.iter().filter_map(|&seed| of_document.get(seed).copied());
            if let Some(best) = hits.next() {
                passages.insert(best, (passage.text, passage.headings, hits.collect()));
            }
        }
    }
    let ids: Vec<String> = found.iter().map(|found| found.hit.id.clone()).collect();
    let hits = found.into_iter().enumerate().filter_map(|(place, HitSources { hit, .. })| {
        let (text, section, joined) = passages.remove(&place)?;
        let joined = joined.into_iter().filter_map(|other| ids.get(other).cloned()).collect();
        Some(Hit { text, section, joined, ..hit })
    });
    hits.collect()
}

fn seed(HitSources { hit, candidate, .. }: &HitSources) -> Stretch<'_> {
    Stretch { ordinal: candidate.ordinal, section: &candidate.section, text: &hit.text }
}

/// Which sections must be asked for so that one base's hits can grow.
fn wanted<'a>(found: impl Iterator<Item = &'a HitSources>, target: usize) -> Vec<WantedSections> {
    let mut wanted: HashMap<&str, (&HitSources, BTreeSet<u32>)> = HashMap::new();
    for found in found.filter(|HitSources { hit, candidate, .. }| {
        candidate.around.is_none() && may_grow(&candidate.section, &hit.text, target)
    }) {
        let HitSources { candidate, .. } = found;
        let end = candidate.ordinal.saturating_add(REACH + 1).min(candidate.document.sections);
        let (_, ordinals) = wanted.entry(&candidate.document.id).or_insert_with(|| (found, BTreeSet::new()));
        ordinals.extend((candidate.ordinal.saturating_sub(REACH)..end).filter(|at| *at != candidate.ordinal));
    }
    wanted
        .into_values()
        .filter(|(_, ordinals)| !ordinals.is_empty())
        .map(|(found, ordinals)| WantedSections {
            document: Arc::clone(&found.candidate.document),
            ordinals: ordinals.into_iter().collect(),
        })
        .collect()
}

async fn around(base: &Base, target: &SearchTarget, wanted: Vec<WantedSections>) -> Around {
    let mut around = Around::new();
    match target.store.sections(wanted, &target.visit).await {
        Ok(sections) => {
            for ((document, ordinal), section) in sections {
                around.entry(document).or_default().insert(ordinal, section);
            }
        }
        // The hits were found, so they are given without their surroundings and not refused.
        Err(error) => {
            tracing::warn!(knowledge_base = %base.name, "What is around hits cannot be read: {error}");
        }
    }
    around
}
