//! A corrected question is a stored one for which people have written another answer since. That answer comes in its place.

use crate::knowledge::correct::is_correction;
use crate::knowledge::hit::Hit;
use crate::knowledge::store::Candidate;
use crate::knowledge::terms::question_key;

/// Makes each correction as likely the asked question as the imported one that it corrects, by whichever of its wordings that
/// was found, and scores it as much: the score falls with the length of an answer, which says nothing of which one holds.
pub(super) fn lift(candidates: &mut [Candidate]) {
    for at in 0..candidates.len() {
        let Some(own) = candidates.get(at).filter(|own| is_correction(&own.document.id)) else { continue };
        let Some(key) = key(own) else { continue };
        let likelihood = |one: &Candidate| (one.parts.same.unwrap_or_default(), one.parts.score());
        let is_corrected = |other: &&Candidate| {
            !is_correction(&other.document.id) && self::key(other).as_ref() == Some(&key)
        };
        let likelier = candidates.iter().filter(is_corrected).max_by(|one, other| {
            let ((same, score), (other_same, other_score)) = (likelihood(one), likelihood(other));
            same.total_cmp(&other_same).then(score.total_cmp(&other_score))
        });
        let parts = likelier.filter(|other| likelihood(other) > likelihood(own)).map(|other| other.parts);
        if let Some((own, parts)) = candidates.get_mut(at).zip(parts) {
            own.parts = parts;
        }
    }
}

/// Puts each correction before the first imported question that it corrects, or that is as likely the asked one, so that it is the
/// one that answers.
pub(super) fn put_first(hits: &mut [Hit]) {
    for at in 0..hits.len() {
        let (before, own) = hits.split_at(at);
        let Some(own) = own.first().filter(|own| own.question.is_some() && is_correction(&own.document))
        else {
            continue;
        };
        // Two that are both far from what is asked are as likely as each other, and neither corrects the other.
        let is_behind = |other: &Hit| {
            other.knowledge_base == own.knowledge_base
                && other.question.is_some()
                && !is_correction(&other.document)
                && (other.same == own.same && own.standard_answer.is_some()
                    || other.same <= own.same && hit_key(other) == hit_key(own))
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
}

/// The key of a candidate's question; `None` where it is a passage.
fn key(candidate: &Candidate) -> Option<String> {
    candidate.section.answer.as_ref()?;
    let range = candidate.range.start as usize..candidate.range.end as usize;
    candidate.section.text.get(range).and_then(question_key)
}

fn hit_key(hit: &Hit) -> Option<String> {
    hit.question.as_deref().and_then(question_key)
}
