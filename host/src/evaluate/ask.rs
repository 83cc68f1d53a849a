//! Asks every question of the bases, through the search that chat uses.

mod chat;
mod judge;
mod own;

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::curve::ScoredOutcome;
use super::outcome::{QuestionOutcome, QuestionVerdict};
use super::question::{Question, Right};
use super::ranking::FoundRanks;
use super::report::{BaseSummary, Miss, QuestionTimes, Report, ReportPart, ShortHit, excerpt};
use super::{Corpus, EvaluateError, Measure, TellDone, seconds_since};
use crate::knowledge::{Filter, Hit, HitThresholds, Library, Query};
use judge::Judge;

/// Questions on their way through bases.
#[derive(Debug)]
pub struct Retrieval<'a> {
    /// Holds the bases.
    pub library: &'a Library,
    /// Names of bases, at least one. With more than one, each is also searched alone.
    pub bases: Vec<String>,
    /// The texts of bases that were made of a corpus, by the base's name.
    pub corpora: BTreeMap<String, &'a Corpus>,
    /// Each base's configured `answer_threshold`, where the library was opened with 0 instead, so
    /// that every stored question shows its answer. `None`: nothing is told of standard answers.
    pub answer_thresholds: Option<BTreeMap<String, f64>>,
    /// Settings that are tried in place of those in force.
    pub adjusted: Adjusted,
}

/// Settings that an evaluation tries; what is absent is as it is configured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Adjusted {
    /// A threshold that is tried in place of each base's own.
    pub threshold: Option<f64>,
    /// Which documents may be found, besides what each base's own `filters` say.
    pub filter: Option<Filter>,
}

/// Hits that are ordered by their cosine alone, where that is wanted.
const BY_COSINE: usize = 100;

/// What came of one question.
struct QuestionResult {
    together: JudgedSearch,
    /// A search in each base alone, where there are several.
    alone: Vec<JudgedSearch>,
    /// Where what is right stands in what chat gets of all bases; `None` where there is one.
    in_chat: Option<FoundRanks>,
    embed_ms: f64,
    search_ms: f64,
}

/// A search's hits, judged.
struct JudgedSearch {
    found: FoundRanks,
    best: Option<ShortHit>,
    best_is_right: bool,
    best_is_question: bool,
    /// How likely the likeliest stored question is the asked one, and whether it is right.
    likeliest: Option<(f64, bool)>,
    right_score: Option<f64>,
    by_cosine: Option<ByCosine>,
}

/// Hits in the order of their cosine.
struct ByCosine {
    found: FoundRanks,
    /// The cosine of the nearest stored question, and whether it is right.
    nearest: Option<(f64, bool)>,
}

impl Retrieval<'_> {
    /// Asks all questions and tells how well what is right was found. `file` names the file they
    /// came from.
    pub async fn run(
        &self,
        file: &str,
        questions: Vec<Question>,
        measure: &Measure,
        progress: TellDone<'_>,
    ) -> Result<Report, EvaluateError> {
        Ok(self.run_in_full(file, questions, measure, progress).await?.0)
    }

    /// Asks all questions, and also gives what became of each.
    pub async fn run_in_full(
        &self,
        file: &str,
        mut questions: Vec<Question>,
        measure: &Measure,
        progress: TellDone<'_>,
    ) -> Result<(Report, Vec<QuestionOutcome>), EvaluateError> {
        let started = Instant::now();
        let (mut bases, documents) = self.bases().await?;
        let mut notes = Vec::new();
        let owners = self.find_owners(&mut questions, &documents, &mut notes);
        let done = AtomicUsize::new(0);
        // Questions are named by their place: a closure over borrowed ones would make a future that cannot be
        // sent.
        let asked: Vec<QuestionResult> = stream::iter(0..questions.len())
            .map(async |at| {
                let asked = self.ask(&questions[at], measure).await;
                progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                asked
            })
            .buffered(measure.side_by_side.max(1))
            .try_collect()
            .await?;

        for (number, base) in bases.iter_mut().enumerate() {
            let seen = asked.iter().map(|asked| asked.alone.get(number).unwrap_or(&asked.together));
            base.threshold = self.threshold(&base.name, seen);
        }
        let all: Vec<usize> = (0..questions.len()).collect();
        let threshold = match &bases[..] {
            [first, rest @ ..] if rest.iter().all(|base| base.threshold == first.threshold) => {
                Some(first.threshold)
            }
            _ => None,
        };
        let judge = Judge { questions: &questions, measure, answers: self.answer_thresholds.is_some() };
        let only = (bases.len() == 1).then(|| bases[0].answer_threshold);
        let together = |at: usize| &asked[at].together;
        let overall = judge.part(None, &all, &together, threshold, only);
        let mut parts = Vec::new();
        if bases.len() > 1 {
            for (number, base) in bases.iter().enumerate() {
                let own = |&at: &usize| questions[at].right.is_empty() || owners[at].contains(&number);
                let chosen: Vec<usize> = (0..questions.len()).filter(own).collect();
                let alone = |at: usize| &asked[at].alone[number];
                let (low, high) = (Some(base.threshold), Some(base.answer_threshold));
                let part = judge.part(Some(&base.name), &chosen, &alone, low, high);
                let in_chat = |at: usize| asked[at].in_chat.as_ref();
                parts.push(ReportPart { together: Some(judge.ranking_of(&chosen, &in_chat)), ..part });
            }
            let is_lost = |(owners, question): &(&Vec<usize>, &Question)| {
                owners.is_empty() && !question.right.is_empty()
            };
            let lost = owners.iter().zip(&questions).filter(is_lost).count();
            if lost > 0 {
                notes.push(format!(
                    "{lost} questions count only overall: which base should know them is told neither by an id that one of the bases holds nor by a column `base`"
                ));
            }
        }
        let (misses, missed) = self.misses(&questions, &asked, &bases, measure.misses);
        let outcomes = questions.iter().zip(&asked).map(|(question, asked)| told(question, asked, &bases));
        let outcomes = outcomes.collect();
        let report = Report {
            file: file.to_owned(),
            pairs: false,
            questions: questions.len(),
            bases,
            skipped: Vec::new(),
            notes,
            depth: measure.depth(),
            seconds: seconds_since(started),
            times: Some(QuestionTimes::of(
                asked.iter().map(|asked| asked.embed_ms).collect(),
                asked.iter().map(|asked| asked.search_ms).collect(),
            )),
            overall,
            parts,
            missed,
            misses,
            misjudged: Vec::new(),
        };
        Ok((report, outcomes))
    }

    /// What is evaluated, and the ids that each base holds.
    async fn bases(&self) -> Result<(Vec<BaseSummary>, Vec<HashSet<String>>), EvaluateError> {
        let mut bases = Vec::new();
        let mut ids = Vec::new();
        for name in &self.bases {
            let base = self.library.base(name).ok_or_else(|| {
                let known: Vec<&str> = self.library.names().collect();
                EvaluateError::Unfit(format!(
                    "there is no knowledge base `{name}`; there are: {}",
                    known.join(", ")
                ))
            })?;
            let documents =
                base.documents().await.map_err(|error| EvaluateError::Unfit(error.to_string()))?;
            if documents.is_empty() {
                return Err(EvaluateError::Unfit(format!(
                    "the knowledge base `{name}` is empty; import into it first"
                )));
            }
            bases.push(BaseSummary {
                name: name.clone(),
                documents: documents.len(),
                windows: documents.iter().map(|document| u64::from(document.windows)).sum(),
                threshold: self.thresholds(name).passages,
                answer_threshold: match &self.answer_thresholds {
                    Some(configured) => configured.get(name).copied().unwrap_or_default(),
                    None => base.settings().answer_threshold,
                },
                top_k: base.settings().top_k,
            });
            ids.push(documents.into_iter().map(|document| document.id).collect());
        }
        if bases.is_empty() {
            return Err(EvaluateError::Unfit("no knowledge base is named".into()));
        }
        Ok((bases, ids))
    }

    /// The threshold that held for most of a base's best hits: that of stored questions where they are such.
    fn threshold<'s>(&self, base: &str, seen: impl Iterator<Item = &'s JudgedSearch>) -> f64 {
        let (best, questions) =
            seen.filter(|seen| seen.best.is_some()).fold((0, 0), |(best, questions), seen| {
                (best + 1, questions + usize::from(seen.best_is_question))
            });
        self.thresholds(base).of(2 * questions > best)
    }

    /// A base's thresholds, or the one that is tried.
    fn thresholds(&self, base: &str) -> HitThresholds {
        let configured = || self.library.base(base).map(|base| base.settings().hit_thresholds());
        let tried = self.adjusted.threshold.map(HitThresholds::both);
        tried.or_else(configured).unwrap_or(HitThresholds::DEFAULT)
    }

    /// Which bases should know each question. Ids of repeated texts become that of their document,
    /// and what no base can find is noted.
    fn find_owners(
        &self,
        questions: &mut [Question],
        documents: &[HashSet<String>],
        notes: &mut Vec<String>,
    ) -> Vec<Vec<usize>> {
        let (mut unknown, mut elsewhere) = (Vec::new(), Vec::new());
        let mut owners = Vec::new();
        for question in questions {
            let named = question.base.as_ref().map(|name| self.bases.iter().position(|base| base == name));
            if let (Some(None), Some(name)) = (named, &question.base) {
                elsewhere.push(format!("{}: `{name}`", question.place));
            }
            let mut mine: Vec<usize> = match named {
                Some(at) => at.into_iter().collect(),
                // An id says itself whether the base holds it.
                None if self.bases.len() == 1
                    && question.right.iter().any(|right| !matches!(right, Right::Id(_))) =>
                {
                    vec![0]
                }
                None => Vec::new(),
            };
            for right in &mut question.right {
                let Right::Id(id) = right else { continue };
                let mut held = false;
                for (number, (name, ids)) in self.bases.iter().zip(documents).enumerate() {
                    if named.is_some_and(|named| named != Some(number)) {
                        continue;
                    }
                    if let Some(document) = self.corpora.get(name).and_then(|corpus| corpus.document(id)) {
                        *id = document.to_owned();
                    }
                    let of_hit = id.rsplit_once('#').map(|(document, _)| document);
                    if ids.contains(id) || of_hit.is_some_and(|document| ids.contains(document)) {
                        held = true;
                        if !mine.contains(&number) {
                            mine.push(number);
                        }
                    }
                }
                if !held && named != Some(None) {
                    unknown.push(format!("{}: `{id}`", question.place));
                }
            }
            let mut seen = HashSet::new();
            question.right.retain(|right| seen.insert(right.shown()));
            owners.push(mine);
        }
        if !elsewhere.is_empty() {
            notes.push(format!(
                "{} questions name a base that is not evaluated, so nothing can be right for them ({})",
                elsewhere.len(),
                first(&elsewhere)
            ));
        }
        if !unknown.is_empty() {
            notes.push(format!(
                "{} right ids name no document there and count as missed ({}); correct them, import the documents, or \
                 give text to find (`snippet`)",
                unknown.len(),
                first(&unknown)
            ));
        }
        owners
    }

    async fn ask(&self, question: &Question, measure: &Measure) -> Result<QuestionResult, EvaluateError> {
        let (together, embed_ms, search_ms) = self.search(question, &self.bases, measure).await?;
        let (mut alone, mut in_chat) = (Vec::new(), None);
        if self.bases.len() > 1 {
            for base in &self.bases {
                alone.push(self.search(question, std::slice::from_ref(base), measure).await?.0);
            }
            // The thresholds of a corpus of the file's own are nobody's: no chat searches it.
            in_chat = Some(if self.corpora.is_empty() {
                found(question, self.in_chat(question).await?.iter())
            } else {
                together.found.clone()
            });
        }
        Ok(QuestionResult { together, alone, in_chat, embed_ms, search_ms })
    }

    async fn search(
        &self,
        question: &Question,
        bases: &[String],
        measure: &Measure,
    ) -> Result<(JudgedSearch, f64, f64), EvaluateError> {
        let depth = measure.depth();
        let query = Query {
            text: question.text.clone(),
            wordings: None,
            bases: bases.to_vec(),
            top_k: Some(if measure.cosine { BY_COSINE.max(depth) } else { depth }),
            // Everything comes; the curve says what a threshold would keep.
            threshold: Some(0.0),
            filter: self.adjusted.filter.clone(),
            context: false,
        };
        let refuse = |cause| EvaluateError::Search { place: question.place.clone(), cause };
        let results = self.library.search(&query).await.map_err(|error| refuse(error.to_string()))?;
        if let Some(error) = results.reports.iter().find_map(|report| report.lack()) {
            return Err(refuse(error.to_owned()));
        }
        let (hits, times) = (results.hits, results.times);
        let by_cosine = measure.cosine.then(|| ByCosine::of(question, &hits));
        let seen = JudgedSearch { by_cosine, ..JudgedSearch::of(question, &hits[..depth.min(hits.len())]) };
        Ok((seen, times.embed_ms, times.search_ms))
    }

    /// Questions whose best hit is not right, and those that found something where nothing is.
    fn misses(
        &self,
        questions: &[Question],
        asked: &[QuestionResult],
        bases: &[BaseSummary],
        most: usize,
    ) -> (Vec<Miss>, usize) {
        let missed = |(question, asked): &(&Question, &QuestionResult)| {
            matches!(verdict(question, asked, bases), QuestionVerdict::Missed | QuestionVerdict::WronglyFound)
        };
        let all: Vec<_> = questions.iter().zip(asked).filter(missed).collect();
        let told = all.iter().take(most).map(|(question, asked)| Miss {
            place: question.place.clone(),
            question: question.text.clone(),
            right: question.right.iter().map(Right::shown).collect(),
            right_text: question.right.iter().find_map(|right| match right {
                Right::Id(id) => self.corpora.values().find_map(|corpus| corpus.text(id)).map(excerpt),
                Right::Text(_) => None,
            }),
            right_rank: asked.together.found.first(),
            right_score: asked.together.right_score,
            came: asked.together.best.clone(),
        });
        (told.collect(), all.len())
    }
}

fn verdict(question: &Question, asked: &QuestionResult, bases: &[BaseSummary]) -> QuestionVerdict {
    let reaches = |came: &ShortHit| {
        let base = bases.iter().find(|base| base.name == came.knowledge_base);
        base.is_some_and(|base| came.score >= base.threshold)
    };
    match (question.right.is_empty(), &asked.together) {
        (true, seen) if seen.best.as_ref().is_some_and(reaches) => QuestionVerdict::WronglyFound,
        (true, _) => QuestionVerdict::RightlyEmpty,
        (false, seen) if seen.best_is_right => QuestionVerdict::Right,
        (false, _) => QuestionVerdict::Missed,
    }
}

fn told(question: &Question, asked: &QuestionResult, bases: &[BaseSummary]) -> QuestionOutcome {
    QuestionOutcome {
        place: question.place.clone(),
        question: question.text.clone(),
        right: question.right.iter().map(Right::shown).collect(),
        verdict: verdict(question, asked, bases),
        right_rank: asked.together.found.first(),
        right_score: asked.together.right_score,
        came: asked.together.best.clone(),
    }
}

impl JudgedSearch {
    fn of(question: &Question, hits: &[Hit]) -> Self {
        let right = |hit: &&Hit| is_right(question, hit);
        let questions = hits.iter().filter_map(|hit| Some((hit.same?, hit)));
        // The first of equals is taken, as in chat.
        let likeliest = questions.reduce(|best, next| if next.0 > best.0 { next } else { best });
        Self {
            best: hits.first().map(|hit| ShortHit {
                knowledge_base: hit.knowledge_base.clone(),
                document: hit.document.clone(),
                title: hit.title.clone(),
                score: hit.score,
                text: excerpt(&hit.text),
            }),
            best_is_right: hits.first().as_ref().is_some_and(right),
            best_is_question: hits.first().is_some_and(|hit| hit.question.is_some()),
            likeliest: likeliest.map(|(same, hit)| (same, right(&hit))),
            right_score: hits.iter().filter(right).map(|hit| hit.score).max_by(f64::total_cmp),
            found: found(question, hits.iter()),
            by_cosine: None,
        }
    }

    fn outcome(&self, question: &Question) -> ScoredOutcome {
        ScoredOutcome {
            score: self.best.as_ref().map(|best| best.score),
            right: self.best_is_right,
            answerable: !question.right.is_empty(),
            kept: self.right_score,
        }
    }

    /// The outcome for standard answers: only the stored question that most likely means the same counts.
    fn answer(&self, question: &Question) -> ScoredOutcome {
        let (same, right) = self.likeliest.unzip();
        let right = right.unwrap_or(false);
        ScoredOutcome {
            score: same,
            right,
            answerable: !question.right.is_empty(),
            kept: same.filter(|_| right),
        }
    }
}

impl ByCosine {
    fn of(question: &Question, hits: &[Hit]) -> Self {
        let mut nearest: Vec<&Hit> = hits.iter().collect();
        nearest.sort_by(|a, b| b.dense.total_cmp(&a.dense));
        let stored = nearest.iter().find(|hit| hit.question.is_some());
        Self {
            nearest: stored.map(|hit| (hit.dense, is_right(question, hit))),
            found: found(question, nearest.into_iter()),
        }
    }

    fn answer(&self, question: &Question) -> ScoredOutcome {
        let (cosine, right) = self.nearest.unzip();
        let right = right.unwrap_or(false);
        ScoredOutcome {
            score: cosine,
            right,
            answerable: !question.right.is_empty(),
            kept: cosine.filter(|_| right),
        }
    }
}

/// The first few of what a note tells of.
fn first(all: &[String]) -> String {
    /// Examples that a note names at most.
    const FEW: usize = 5;
    let rest = if all.len() > FEW { ", …" } else { "" };
    format!("{}{rest}", all.iter().take(FEW).map(String::as_str).collect::<Vec<_>>().join(", "))
}

/// Where the things that are right stand among hits in this order.
fn found<'h>(question: &Question, hits: impl Iterator<Item = &'h Hit> + Clone) -> FoundRanks {
    let place = |right: &Right| hits.clone().position(|hit| is(question, right, hit)).map(|at| at + 1);
    FoundRanks(question.right.iter().map(place).collect())
}

fn is(question: &Question, right: &Right, hit: &Hit) -> bool {
    question.base.as_ref().is_none_or(|base| *base == hit.knowledge_base) && right.is(hit)
}

fn is_right(question: &Question, hit: &Hit) -> bool {
    question.right.iter().any(|right| is(question, right, hit))
}
