//! Retrieval: embed the question once for each embedder, search the bases side by side, order what
//! they found. Chat, hit test and plugins all come here.
//!
//! **Without vectors there are still words.** While the question's vector cannot be had (the embedder is
//! away, refuses, or is another than made the base's vectors), BM25 alone finds candidates and `score =
//! √lexical`. It has the same range, and the threshold stands: .55 asks that the window and its section have
//! three tenths of what the question's words weigh, .4 that they have a sixth. Both scores order what they
//! find; they are not compared with one another, so a search of several bases on one embedder has one kind.
//! `same` is 1 for a stored question that equals the asked one after folding and absent for every other, so
//! that only an equal question has its standard answer, and none is offered. The base's report says
//! `degraded`; where no word reached the threshold it says `error`, because then nobody knows whether there
//! is nothing. The trace's `degraded` and the answer's header `x-degraded` name such bases, those that were
//! not searched at all, and those whose whole text is an older one. With `on_failure = "fail"` such a turn
//! ends with 503, unless it gives a standard answer. An evaluation ends with an error instead: it would
//! measure something else.

mod corrected;
mod results;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::{join_all, try_join_all};
use serde::{Deserialize, Serialize};

use crate::fee::{Fee, add_fee};

use super::base::{Base, BaseError, SearchTarget};
use super::chunk::shown;
use super::context::with_context;
use super::embed::{EmbedError, LazyEmbedder};
use super::filter::Filter;
use super::hit::{Hit, MadeOf};
use super::question::AskedQuestion;
use super::rerank::Reranker;
use super::score::normalise;
use super::store::{Candidate, Search, StoreError};
use super::terms::{Terms, question_key};
use super::threshold::HitThresholds;
pub use results::{BaseReport, Results, SearchTimes};

/// Characters of a question that are searched; an embedding sees about as many.
pub(super) const MAX_QUERY_CHARS: usize = 1000;

/// Most hits of a search, of each base and in all: for whoever looks at what there is. A turn has fewer.
pub(super) const MAX_TOP_K: usize = 200;

/// What to look for.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The question. What is beyond 1000 characters is not searched.
    pub text: String,
    /// What passages are searched for together with `text`, which alone finds standard answers.
    pub wordings: Option<Wordings>,
    /// Names of bases, at least one; each must exist.
    pub bases: Vec<String>,
    /// At most so many hits from each base and in all. `None`: each base's own `top_k`.
    pub top_k: Option<usize>,
    /// Hits that score less are left out, whatever they are. `None`: each base's own thresholds.
    pub threshold: Option<f64>,
    /// Which documents may be found, besides what each base's own `filters` say.
    pub filter: Option<Filter>,
    /// Whether hits are shown with what is around them in their documents, and those that touch as
    /// one, as in chat. To count what is found: every section alone.
    pub context: bool,
}

/// Wordings of a question that may lean on what was said before, searched at once: what all say counts most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wordings {
    /// The question as it was asked.
    pub asked: String,
    /// The question behind what it may refer to.
    pub joined: String,
}

/// How much each wording counts: on `tests/follow_ups/tuning` most was found where the others had .5 to .7 of the part
/// of the question as it was asked; with more they pulled up what the earlier question had found.
const ASKED: u16 = 3;
const OTHER: u16 = 2;

/// Why nothing was searched.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SearchError {
    /// The query names a base that does not exist.
    #[error("there is no knowledge base `{0}`; add a table [knowledge.{0}] or correct the name")]
    UnknownBase(String),
    /// The query itself cannot be searched.
    #[error("{0}")]
    InvalidQuery(String),
    /// Every base failed.
    #[error("{cause}")]
    Unavailable {
        /// What the first of them said.
        cause: String,
        /// Whether all of these failures last until an operator has done something.
        lasts: bool,
    },
}

/// Why a base was not searched as it should be.
#[derive(Debug, Clone)]
struct MissedBase {
    reason: String,
    /// Whether it stays so until somebody acts.
    lasts: bool,
}

impl From<&BaseError> for MissedBase {
    fn from(error: &BaseError) -> Self {
        Self { reason: error.to_string(), lasts: !error.may_pass() }
    }
}

impl From<StoreError> for MissedBase {
    fn from(error: StoreError) -> Self {
        Self::from(&BaseError::from(error))
    }
}

pub(super) async fn search(
    bases: &BTreeMap<String, Arc<Base>>,
    reranker: Option<&Reranker>,
    query: &Query,
) -> Result<Results, SearchError> {
    let started = Instant::now();
    if let Some(wordings) = &query.wordings {
        // Whether a stored question is the asked one is seen by its own words alone: behind the question before, it
        // would be taken for that.
        let text = if query.text == wordings.joined { &wordings.asked } else { &query.text };
        let own = Query { text: text.clone(), wordings: None, ..query.clone() };
        let own = search_once(bases, None, &own).await?;
        let answers = |hit: &Hit| hit.standard_answer.is_some() || hit.offered_answer.is_some();
        if own.hits.iter().any(answers) {
            return Ok(own);
        }
    }
    let mut results = search_once(bases, reranker, query).await?;
    results.times.total_ms = started.elapsed().as_secs_f64() * 1e3;
    Ok(results)
}

/// One search: for the text, or for both wordings at once.
async fn search_once(
    bases: &BTreeMap<String, Arc<Base>>,
    reranker: Option<&Reranker>,
    query: &Query,
) -> Result<Results, SearchError> {
    let started = Instant::now();
    let bases = named(bases, query)?;
    let within = |text: &str| text.trim().chars().take(MAX_QUERY_CHARS).collect::<String>();
    let text = within(&query.text);
    if text.is_empty() {
        return Err(SearchError::InvalidQuery("the query has no text".into()));
    }
    let wordings: Vec<(String, u16)> = match &query.wordings {
        Some(Wordings { asked, joined }) => {
            let is_own = text != within(asked) && text != within(joined);
            let own = is_own.then(|| (text.clone(), OTHER));
            [(within(asked), ASKED), (within(joined), OTHER)].into_iter().chain(own).collect()
        }
        None => vec![(text.clone(), 1)],
    };
    let targets = join_all(bases.iter().map(|base| base.target())).await;
    let terms = wordings.iter().map(|(wording, count)| (Terms::asked(wording), u32::from(*count)));
    let terms = Arc::new(Terms::counted(terms));
    // What a store has to look up for the words it does beside the embedder.
    let ((vectors, mut fees), prepared) = tokio::join!(embed(&targets, &wordings), prepare(&targets, &terms));
    let embedded = Instant::now();

    let asked = question_key(&text).filter(|_| query.wordings.is_none());
    let asked = asked.map(|key| Arc::new(AskedQuestion::new(&key)));
    let found = join_all(bases.iter().zip(&targets).zip(prepared).map(async |((base, target), prepared)| {
        let target = target.as_ref().map_err(|error| MissedBase::from(error.clone()))?;
        prepared?;
        let vector = target.vector(&vectors, &base.name);
        let degraded = vector.as_ref().err().cloned();
        // Reranking may bring to the front what the fused order would have cut off.
        // The one more may be a correction right behind the last, as likely the asked question.
        let limit = wanted(base, query).max(reranker.map_or(0, |reranker| reranker.candidates)) + 1;
        let filters = [&base.settings.filters, &query.filter].into_iter().flatten().cloned().collect();
        let search = Search {
            vector: vector.ok(),
            terms: Arc::clone(&terms),
            asked: asked.clone(),
            filters,
            limit,
            context: query.context,
            visit: Arc::clone(&target.visit),
        };
        let candidates = target.store.search(search).await?;
        Ok(StoreResult { candidates, degraded })
    }))
    .await;

    let (mut hits, candidates, reports) = judge(&bases, query, found);
    if let Some(first) = reports.first()
        && let Some(error) = &first.error
        && reports.iter().all(|report| report.error.is_some())
    {
        let cause = format!("no knowledge base could be searched: {error}");
        return Err(SearchError::Unavailable { cause, lasts: reports.iter().all(|report| report.lasts) });
    }
    // A stable sort: equal ranks stay in the order the bases were asked.
    hits.sort_by(|a, b| b.rank.total_cmp(&a.rank));
    let searched = Instant::now();
    let weights: BTreeMap<_, _> =
        bases.iter().map(|base| (base.name.as_str(), base.settings.weight)).collect();
    let told = wordings.last().map_or(text.as_str(), |(wording, _)| wording.as_str());
    let rerank = match reranker {
        None => None,
        Some(reranker) => {
            let weight = |hit: &Hit| weights.get(hit.knowledge_base.as_str()).copied().unwrap_or(1.0);
            Some(reranker.rerank(told, &mut hits, weight).await)
        }
    };
    if let Some(fee) = rerank.as_ref().and_then(|report| report.fee.as_ref()) {
        add_fee(&mut fees, fee);
    }
    corrected::put_first(&mut hits, &candidates);
    cut(&mut hits, &bases, query);
    let hits = with_context(&bases, &targets, hits, candidates, query.context).await;
    let times = SearchTimes {
        embed_ms: (embedded - started).as_secs_f64() * 1e3,
        search_ms: (searched - embedded).as_secs_f64() * 1e3,
        rerank_ms: rerank.as_ref().map_or(0.0, |report| report.duration_ms),
        total_ms: started.elapsed().as_secs_f64() * 1e3,
    };
    Ok(Results { hits, reports, rerank, fees, times })
}

/// Each base once, in the order asked.
fn named<'a>(
    bases: &'a BTreeMap<String, Arc<Base>>,
    query: &Query,
) -> Result<Vec<&'a Arc<Base>>, SearchError> {
    let mut named: Vec<&Arc<Base>> = Vec::new();
    for name in &query.bases {
        let base = bases.get(name).ok_or_else(|| SearchError::UnknownBase(name.clone()))?;
        if !named.iter().any(|other| other.name == base.name) {
            named.push(base);
        }
    }
    if named.is_empty() {
        return Err(SearchError::InvalidQuery("the query names no knowledge base".into()));
    }
    if let Some(top_k) = query.top_k.filter(|top_k| !(1..=MAX_TOP_K).contains(top_k)) {
        let message = format!("top_k is {top_k}; it must be between 1 and {MAX_TOP_K}");
        return Err(SearchError::InvalidQuery(message));
    }
    if query.threshold.is_some_and(|threshold| !(0.0..=1.0).contains(&threshold)) {
        return Err(SearchError::InvalidQuery("the threshold must be between 0 and 1".into()));
    }
    Ok(named)
}

/// Most hits of one base.
fn wanted(base: &Base, query: &Query) -> usize {
    query.top_k.unwrap_or(base.settings.top_k).max(1)
}

/// Keeps the first of each base, and of all where the query says how many.
fn cut(hits: &mut Vec<Hit>, bases: &[&Arc<Base>], query: &Query) {
    let mut left: BTreeMap<_, _> =
        bases.iter().map(|base| (base.name.as_str(), wanted(base, query))).collect();
    hits.retain(|hit| match left.get_mut(hit.knowledge_base.as_str()) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    });
    hits.truncate(query.top_k.unwrap_or(usize::MAX));
}

/// What a base's store found.
struct StoreResult {
    candidates: Vec<Candidate>,
    /// See [`BaseReport::degraded`].
    degraded: Option<MissedBase>,
}

type Vectors<'a> = BTreeMap<&'a str, Result<Arc<[f32]>, EmbedError>>;

impl SearchTarget {
    /// The question's vector; without one only words are searched, and the error says why. `base` is whose target it is.
    fn vector(&self, vectors: &Vectors<'_>, base: &str) -> Result<Arc<[f32]>, MissedBase> {
        let embedder = self.embedder.as_ref().map_err(MissedBase::from)?;
        let missed = |error: &EmbedError| MissedBase {
            reason: error.of_base(base),
            lasts: !matches!(error, EmbedError::Unavailable { .. }),
        };
        match vectors.get(embedder.name()) {
            Some(Ok(vector)) => match self.dimensions {
                Some(stored) if stored != vector.len() => {
                    Err(missed(&embedder.other_dimensions(vector.len(), stored)))
                }
                _ => Ok(Arc::clone(vector)),
            },
            Some(Err(error)) => Err(missed(error)),
            None => Err(MissedBase {
                reason: format!("embedder `{}` was not asked", embedder.name()),
                lasts: false,
            }),
        }
    }
}

async fn prepare(targets: &[Result<SearchTarget, StoreError>], terms: &Terms) -> Vec<Result<(), StoreError>> {
    let prepare = targets.iter().map(async |target| match target {
        Ok(target) => target.store.prepare(terms, &target.visit).await,
        // Told where the base is searched.
        Err(_) => Ok(()),
    });
    join_all(prepare).await
}

/// The question's vector by each embedder the bases use, all at once, and what they cost.
async fn embed<'a>(
    targets: &'a [Result<SearchTarget, StoreError>],
    wordings: &[(String, u16)],
) -> (Vectors<'a>, Vec<Fee>) {
    let mut embedders = BTreeMap::<_, (_, Option<usize>)>::new();
    for target in targets.iter().flatten() {
        if let Ok(embedder) = &target.embedder {
            let (_, expected) = embedders.entry(embedder.name()).or_insert((embedder, None));
            *expected = expected.or(target.dimensions);
        }
    }
    let vectors = embedders
        .into_iter()
        .map(async |(name, (embedder, expected))| (name, vector_of(embedder, wordings, expected).await));
    let mut fees = Vec::new();
    let vectors = join_all(vectors).await.into_iter().map(|(name, embedded)| {
        let vector = embedded.map(|(vector, owed)| {
            owed.iter().for_each(|fee| add_fee(&mut fees, fee));
            vector
        });
        (name, vector)
    });
    (vectors.collect(), fees)
}

/// The vector of length 1 between the wordings' vectors, nearer to what counts more, and what they cost.
async fn vector_of(
    embedder: &LazyEmbedder,
    wordings: &[(String, u16)],
    expected: Option<usize>,
) -> Result<(Arc<[f32]>, Vec<Fee>), EmbedError> {
    // All at once: a server that is far is waited for once.
    let embedded =
        try_join_all(wordings.iter().map(|(wording, _)| embedder.query(wording, expected))).await?;
    let counts = wordings.iter().map(|(_, count)| *count);
    let (vectors, fees): (Vec<_>, Vec<_>) =
        embedded.into_iter().zip(counts).map(|(one, count)| ((one.vector, count), one.fee)).unzip();
    let fees = fees.into_iter().flatten().collect();
    // A single wording keeps its own vector.
    let own = vectors.first().map_or_else(|| [].into(), |(vector, _)| Arc::clone(vector));
    if vectors.len() < 2 {
        return Ok((own, fees));
    }
    let mut between = vec![0.0; own.len()];
    for (vector, count) in &vectors {
        between.iter_mut().zip(vector.iter()).for_each(|(sum, x)| *sum += f32::from(*count) * x);
    }
    // Vectors that point in opposite directions add up to nothing; then the question's own vector is used.
    Ok((if normalise(&mut between) { between.into() } else { own }, fees))
}

/// Applies each base's threshold and weight.
fn judge(
    bases: &[&Arc<Base>],
    query: &Query,
    found: Vec<Result<StoreResult, MissedBase>>,
) -> (Vec<Hit>, MadeOf, Vec<BaseReport>) {
    let mut hits = Vec::new();
    let mut kept = MadeOf::new();
    let mut reports = Vec::new();
    for (base, found) in bases.iter().zip(found) {
        let thresholds = query.threshold.map_or(base.settings.hit_thresholds(), HitThresholds::both);
        let threshold_of = |candidate: &Candidate| thresholds.of(candidate.section.answer.is_some());
        let (StoreResult { mut candidates, mut degraded }, mut error) = match found {
            Ok(found) => (found, None),
            Err(error) => (StoreResult { candidates: Vec::new(), degraded: None }, Some(error)),
        };
        corrected::lift(&mut candidates);
        let best_score = candidates.first().map(|best| best.parts.score());
        let threshold = candidates.first().map_or(thresholds.passages, threshold_of);
        let before = hits.len();
        // A question that is the asked one is found however few of its words are: typed wrongly, or in dialect.
        let answers = |candidate: &Candidate| {
            let same = candidate.parts.same.filter(|_| candidate.section.answer.is_some());
            query.threshold.is_none() && same.is_some_and(|same| same >= base.settings.answer_threshold)
        };
        let enough = candidates
            .into_iter()
            .filter(|candidate| candidate.parts.score() >= threshold_of(candidate) || answers(candidate));
        for candidate in enough {
            let hit = hit(base, &candidate);
            kept.insert((hit.knowledge_base.clone(), hit.id.clone()), candidate);
            hits.push(hit);
        }
        let found = (hits.len() - before).min(wanted(base, query));
        if found == 0 && error.is_none() {
            // Only words were searched, and none matched. That does not prove that the base has nothing, so
            // the failure is reported in place of "nothing found".
            error = degraded.take();
        }
        let lasts = error.as_ref().or(degraded.as_ref()).is_some_and(|missed| missed.lasts);
        let [error, degraded] = [error, degraded].map(|missed| missed.map(|missed| missed.reason));
        let knowledge_base = base.name.clone();
        reports.push(BaseReport { knowledge_base, found, best_score, threshold, error, degraded, lasts });
    }
    (hits, kept, reports)
}

fn hit(base: &Base, candidate: &Candidate) -> Hit {
    let Candidate { document, ordinal, section, range, parts, .. } = candidate;
    let score = parts.score();
    let window = range.start as usize..range.end as usize;
    let settings = &base.settings;
    let answered = |is_in: bool| section.answer.clone().filter(|_| is_in);
    let is_certain = parts.same.is_some_and(|same| same >= settings.answer_threshold);
    let is_offered =
        !is_certain && parts.same.zip(settings.offer_threshold).is_some_and(|(same, offer)| same >= offer);
    Hit {
        id: format!("{}#{ordinal}", document.id),
        knowledge_base: base.name.clone(),
        document: document.id.clone(),
        title: document.title.clone(),
        section: section.headings.clone(),
        url: document.url.clone(),
        text: shown(&section.text, window.clone(), settings.section_chars).to_owned(),
        joined: Vec::new(),
        media_type: section.media_type,
        score,
        dense: parts.dense.unwrap_or_default(),
        dense_share: parts.dense.map_or(0.0, |_| parts.dense_share),
        lexical: parts.lexical,
        exact: parts.exact,
        same: parts.same,
        rerank_score: None,
        rank: score * settings.weight,
        standard_answer: answered(is_certain),
        offered_answer: answered(is_offered),
        question: section.answer.as_ref().and_then(|_| section.text.get(window)).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests;
