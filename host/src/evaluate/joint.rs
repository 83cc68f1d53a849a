//! What all bases give together under their thresholds: the figures that a change of one base is judged by.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::question::Question;
use super::{EvaluateError, Measure, Retrieval, TellDone};
use crate::knowledge::HitThresholds;

/// The lowest score at which a base's hits count, by the base's name.
pub type Thresholds = BTreeMap<String, HitThresholds>;

/// Steps in which thresholds are tried when all are set together.
const STEPS: u32 = 100;
/// Rounds over all bases; each makes something better, and few are needed.
const ROUNDS: usize = 10;

/// What every question found in every base, as much as chat would take of each, whatever its score.
#[derive(Debug)]
pub struct Joint(Vec<JointResult>);

#[derive(Debug)]
struct JointResult {
    /// Whether anything is right.
    answerable: bool,
    /// The hits, best first.
    hits: Vec<JointHit>,
}

#[derive(Debug)]
struct JointHit {
    base: String,
    score: f64,
    is_question: bool,
    /// It passes whatever its score; see [`Retrieval::is_certain`].
    is_certain: bool,
    is_right: bool,
}

/// How many questions come out well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JointOutcome {
    /// Questions for which something is right.
    pub answerable: usize,
    /// Questions among them that keep a right passage.
    pub kept: usize,
    /// Questions that nothing answers.
    pub strange: usize,
    /// Questions among them that find nothing, as they should.
    pub refused: usize,
}

impl JointOutcome {
    /// Questions that come out as they should.
    pub fn well(&self) -> usize {
        self.kept + self.refused
    }
}

impl std::fmt::Display for JointOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} of {} keep a right passage, {} of {} that nothing answers find nothing",
            self.kept, self.answerable, self.refused, self.strange
        )
    }
}

impl Joint {
    /// Asks every question of all bases at once.
    pub async fn ask(
        retrieval: &Retrieval<'_>,
        questions: &[Question],
        measure: &Measure,
        progress: TellDone<'_>,
    ) -> Result<Self, EvaluateError> {
        let done = std::sync::atomic::AtomicUsize::new(0);
        let found: Vec<JointResult> = stream::iter(0..questions.len())
            .map(async |at| {
                let found = Self::one(retrieval, &questions[at]).await;
                progress(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1);
                found
            })
            .buffered(measure.side_by_side.max(1))
            .try_collect()
            .await?;
        Ok(Self(found))
    }

    async fn one(retrieval: &Retrieval<'_>, question: &Question) -> Result<JointResult, EvaluateError> {
        let hits = retrieval.first_of_each(question, Some(0.0)).await?;
        let own = |base: &str| question.base.as_ref().is_none_or(|named| named == base);
        let hits = hits.iter().map(|hit| JointHit {
            base: hit.knowledge_base.clone(),
            score: hit.score,
            is_question: hit.question.is_some(),
            is_certain: retrieval.is_certain(hit),
            is_right: own(&hit.knowledge_base) && question.right.iter().any(|right| right.is(hit)),
        });
        Ok(JointResult { answerable: !question.right.is_empty(), hits: hits.collect() })
    }

    /// What these thresholds do.
    pub fn under(&self, thresholds: &Thresholds) -> JointOutcome {
        let mut outcome = JointOutcome { answerable: 0, kept: 0, strange: 0, refused: 0 };
        for found in &self.0 {
            let passes = |hit: &&JointHit| {
                let reaches = |threshold: &HitThresholds| hit.score >= threshold.of(hit.is_question);
                hit.is_certain || thresholds.get(&hit.base).is_some_and(reaches)
            };
            let mut passing = found.hits.iter().filter(passes);
            if found.answerable {
                outcome.answerable += 1;
                outcome.kept += usize::from(passing.any(|hit| hit.is_right));
            } else {
                outcome.strange += 1;
                outcome.refused += usize::from(passing.next().is_none());
            }
        }
        outcome
    }

    /// Whether most best hits of a base are stored questions, so that their threshold decides.
    pub fn finds_questions(&self, base: &str) -> bool {
        let best = self.0.iter().filter_map(|found| found.hits.iter().find(|hit| hit.base == base));
        let kinds: Vec<bool> = best.map(|hit| hit.is_question).collect();
        2 * kinds.iter().filter(|is_question| **is_question).count() > kinds.len()
    }

    /// The values of `threshold` under which most questions come out well: each base's in turn is moved to where it
    /// does most good, until none moves. Of equals the one that changes least; a base that is best left as it is is not
    /// among them. `with` says what a base's thresholds become with a value.
    pub fn best(
        &self,
        from: &Thresholds,
        with: impl Fn(&str, f64) -> HitThresholds,
    ) -> BTreeMap<String, f64> {
        let mut best = from.clone();
        let mut moved = BTreeMap::new();
        for _ in 0..ROUNDS {
            let before = moved.clone();
            for base in from.keys() {
                let Some(now) = best.get(base).copied() else { continue };
                let mut well = self.under(&best).well();
                let (mut chosen, mut nearest) = (None, f64::INFINITY);
                for step in 0..=STEPS {
                    let value = f64::from(step) / f64::from(STEPS);
                    let mut tried = best.clone();
                    let next = with(base, value);
                    tried.insert(base.clone(), next);
                    let far =
                        (next.passages - now.passages).abs().max((next.questions - now.questions).abs());
                    let does = self.under(&tried).well();
                    if does > well || (does == well && chosen.is_some() && far < nearest) {
                        (well, chosen, nearest) = (does, Some(value), far);
                    }
                }
                if let Some(value) = chosen {
                    best.insert(base.clone(), with(base, value));
                    moved.insert(base.clone(), value);
                }
            }
            if moved == before {
                break;
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests;
