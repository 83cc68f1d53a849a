//! Pairs of questions: would the stored question be taken for the asked one?

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::curve::{Curve, ScoredOutcome};
use super::question::QuestionPair;
use super::report::{Cosine, Misjudged, Report, ReportPart};
use super::{EvaluateError, Measure, TellDone, seconds_since};
use crate::knowledge::QuestionJudge;

/// Judges each pair as a base that holds the stored question would, and tells what a threshold for standard answers makes of them. `threshold` is the one configured.
pub async fn judge(
    file: &str,
    pairs: &[QuestionPair],
    judge: &QuestionJudge,
    threshold: f64,
    measure: &Measure,
    progress: TellDone<'_>,
) -> Result<Report, EvaluateError> {
    let started = Instant::now();
    let done = AtomicUsize::new(0);
    // Pairs are named by their place: a closure over borrowed ones would make a future that cannot be sent.
    let judged: Vec<(f64, f64)> = stream::iter(0..pairs.len())
        .map(async |at: usize| {
            let pair = &pairs[at];
            let judged = judge.judge(&pair.asked, &pair.stored).await;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            judged.map_err(|cause| EvaluateError::Search {
                place: pair.place.clone(),
                cause: cause.to_string(),
            })
        })
        .buffered(measure.side_by_side.max(1))
        .try_collect()
        .await?;
    let (scores, cosines): (Vec<f64>, Vec<f64>) = judged.into_iter().unzip();
    let outcome = |(pair, &score): (&QuestionPair, &f64)| ScoredOutcome {
        score: Some(score),
        right: pair.same,
        answerable: pair.same,
        kept: pair.same.then_some(score),
    };
    let curve = |scores: &[f64], threshold| {
        let outcomes: Vec<ScoredOutcome> = pairs.iter().zip(scores).map(outcome).collect();
        Curve::of(&outcomes, &measure.precision, threshold)
    };
    let cosine = measure.cosine.then(|| Cosine { ranking: None, answers: Some(curve(&cosines, None)) });
    let curve = curve(&scores, Some(threshold));
    let (misjudged, missed) = misjudged(pairs, &scores, threshold, measure.misses);
    Ok(Report {
        file: file.to_owned(),
        pairs: true,
        questions: pairs.len(),
        bases: Vec::new(),
        skipped: Vec::new(),
        notes: Vec::new(),
        depth: 1,
        seconds: seconds_since(started),
        times: None,
        overall: ReportPart { base: None, ranking: None, together: None, curve, answers: None, cosine },
        parts: Vec::new(),
        missed,
        misses: Vec::new(),
        misjudged,
    })
}

/// The pairs that the threshold gets wrong, those furthest from it first.
fn misjudged(pairs: &[QuestionPair], scores: &[f64], threshold: f64, most: usize) -> (Vec<Misjudged>, usize) {
    let mut wrong: Vec<_> =
        pairs.iter().zip(scores).filter(|(pair, score)| pair.same != (**score >= threshold)).collect();
    wrong.sort_by(|a, b| (b.1 - threshold).abs().total_cmp(&(a.1 - threshold).abs()));
    let missed = wrong.len();
    let told = wrong.into_iter().take(most).map(|(pair, &score)| Misjudged {
        place: pair.place.clone(),
        asked: pair.asked.clone(),
        stored: pair.stored.clone(),
        same: pair.same,
        score,
    });
    (told.collect(), missed)
}
