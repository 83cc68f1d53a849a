//! Figures of what was seen of the questions that are chosen.

use super::JudgedSearch;
use crate::evaluate::Measure;
use crate::evaluate::curve::{Curve, ScoredOutcome};
use crate::evaluate::question::Question;
use crate::evaluate::ranking::{FoundRanks, Ranking};
use crate::evaluate::report::{Cosine, ReportPart};

/// Makes figures of what was seen; `seen` gives a question's by its place.
pub(super) struct Judge<'a> {
    pub(super) questions: &'a [Question],
    pub(super) measure: &'a Measure,
    /// Whether standard answers are told of.
    pub(super) answers: bool,
}

impl Judge<'_> {
    /// Over those of the chosen questions for which something is right.
    fn ranking<'s>(&self, chosen: &[usize], seen: &dyn Fn(usize) -> &'s JudgedSearch) -> Ranking {
        self.ranking_of(chosen, &|at| Some(&seen(at).found))
    }

    /// The same where only the ranks are known.
    pub(super) fn ranking_of<'s>(
        &self,
        chosen: &[usize],
        found: &dyn Fn(usize) -> Option<&'s FoundRanks>,
    ) -> Ranking {
        let answerable = chosen.iter().filter(|&&at| !self.questions[at].right.is_empty());
        let found: Vec<&FoundRanks> = answerable.filter_map(|&at| found(at)).collect();
        Ranking::of(found.into_iter(), &self.measure.k)
    }

    /// What the cosine does alone.
    fn cosine<'s>(&self, chosen: &[usize], seen: &dyn Fn(usize) -> &'s JudgedSearch) -> Cosine {
        let by_cosine = |at: usize| seen(at).by_cosine.as_ref();
        let has_questions = chosen.iter().any(|&at| by_cosine(at).is_some_and(|seen| seen.nearest.is_some()));
        let answers = || {
            let outcome = |&at: &usize| Some(by_cosine(at)?.answer(&self.questions[at]));
            let outcomes: Vec<ScoredOutcome> = chosen.iter().filter_map(outcome).collect();
            Curve::of(&outcomes, &self.measure.precision, None)
        };
        Cosine {
            ranking: Some(self.ranking_of(chosen, &|at| by_cosine(at).map(|seen| &seen.found))),
            answers: (self.answers && has_questions).then(answers),
        }
    }

    pub(super) fn part<'s>(
        &self,
        base: Option<&str>,
        chosen: &[usize],
        seen: &dyn Fn(usize) -> &'s JudgedSearch,
        threshold: Option<f64>,
        answer_threshold: Option<f64>,
    ) -> ReportPart {
        let curve = |outcome: &dyn Fn(&JudgedSearch, &Question) -> ScoredOutcome, threshold| {
            let outcomes: Vec<_> = chosen.iter().map(|&at| outcome(seen(at), &self.questions[at])).collect();
            Curve::of(&outcomes, &self.measure.precision, threshold)
        };
        let answers = self.answers && chosen.iter().any(|&at| seen(at).likeliest.is_some());
        ReportPart {
            base: base.map(str::to_owned),
            ranking: Some(self.ranking(chosen, seen)),
            together: None,
            curve: curve(&JudgedSearch::outcome, threshold),
            answers: answers.then(|| curve(&JudgedSearch::answer, answer_threshold)),
            cosine: self.measure.cosine.then(|| self.cosine(chosen, seen)),
        }
    }
}
