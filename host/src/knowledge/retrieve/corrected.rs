//! A corrected question is a stored one for which people have written another answer since. That answer comes in its place,
//! however the question is asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::knowledge::correction_documents::is_correction;
use crate::knowledge::hit::{Hit, MadeOf};
use crate::knowledge::score::ScoreParts;
use crate::knowledge::store::{Candidate, CorrectingSection};

/// Puts the correction of each imported question among the candidates, as likely the asked question as the imported one by
/// whichever of its wordings that was found, and scores it as much: the correction need not have all of the wordings, and
/// the score falls with the length of an answer, which says nothing of which one holds.
pub(super) fn lift(candidates: &mut Vec<Candidate>) {
    for at in 0..candidates.len() {
        let Some(corrected) = candidates.get(at) else { continue };
        let parts = corrected.parts;
        let place = |correction: &CorrectingSection| {
            let is_it = |other: &Candidate| {
                (&other.document.id, other.ordinal) == (&correction.document.id, correction.ordinal)
            };
            candidates.iter().position(is_it)
        };
        let own_parts = |correction: &CorrectingSection| Some(candidates.get(place(correction)?)?.parts);
        // Who has corrected several wordings has told them apart, and the one that is asked has its own answer.
        let is_asked = |correction: &&Arc<CorrectingSection>| {
            own_parts(correction).is_some_and(|own| own.same >= parts.same)
        };
        let all = &corrected.corrections;
        let Some(correction) = all.iter().find(is_asked).or(all.first()).cloned() else { continue };
        match place(&correction) {
            None => candidates.push(found(&correction, parts)),
            Some(place) => {
                if let Some(own) = candidates.get_mut(place)
                    && likelihood(&parts) > likelihood(&own.parts)
                {
                    own.parts = parts;
                }
            }
        }
    }
}

fn likelihood(parts: &ScoreParts) -> (f64, f64) {
    (parts.same.unwrap_or_default(), parts.score())
}

fn found(correction: &CorrectingSection, parts: ScoreParts) -> Candidate {
    Candidate {
        document: Arc::clone(&correction.document),
        ordinal: correction.ordinal,
        section: Arc::clone(&correction.section),
        range: correction.range.clone(),
        parts,
        // A stored question does not grow.
        around: Some(BTreeMap::new()),
        corrections: Vec::new(),
    }
}

/// Puts each correction before the first imported question that it corrects, or that is as likely the asked one as the
/// correction by its own words, so that it is the one that answers. What it corrects is not offered beside it.
pub(super) fn put_first(hits: &mut [Hit], candidates: &MadeOf) {
    for at in 0..hits.len() {
        let (before, own) = hits.split_at(at);
        let Some(own) = own.first().filter(|own| own.question.is_some() && is_correction(&own.document))
        else {
            continue;
        };
        // As likely by the wording of what it corrects, it says nothing of others that are.
        let is_lifted = hits.iter().any(|other| other.same == own.same && corrects(own, other, candidates));
        // Two that are both far from what is asked are as likely as each other, and neither corrects the other.
        let is_behind = |other: &Hit| {
            other.knowledge_base == own.knowledge_base
                && other.question.is_some()
                && !is_correction(&other.document)
                && (!is_lifted && other.same == own.same && own.standard_answer.is_some()
                    || other.same <= own.same && corrects(own, other, candidates))
        };
        let Some((place, rank)) =
            before.iter().position(is_behind).and_then(|place| Some((place, before.get(place)?.rank)))
        else {
            continue;
        };
        if let Some(own) = hits.get_mut(at) {
            own.rank = rank;
        }
        if let Some(moved) = hits.get_mut(place..=at) {
            moved.rotate_right(1);
        }
    }
    for at in 0..hits.len() {
        let (before, corrected) = hits.split_at_mut(at);
        if let Some(corrected) = corrected.first_mut()
            && before.iter().any(|own| corrects(own, corrected, candidates))
        {
            corrected.offered_answer = None;
        }
    }
}

/// Whether one hit is the correction of another.
fn corrects(own: &Hit, other: &Hit, candidates: &MadeOf) -> bool {
    let made_of = |hit: &Hit| candidates.get(&(hit.knowledge_base.clone(), hit.id.clone()));
    let is_own = |correction: &Arc<CorrectingSection>| {
        made_of(own).is_some_and(|own| {
            (&own.document.id, own.ordinal) == (&correction.document.id, correction.ordinal)
        })
    };
    own.knowledge_base == other.knowledge_base
        && made_of(other).is_some_and(|other| other.corrections.iter().any(is_own))
}
