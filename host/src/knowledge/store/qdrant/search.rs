//! Searching. A search waits for the server at most three times where its counts are remembered: for the lists
//! with an equal question and the revision; for the missing parts of scores with the documents and the
//! sections that are likely the best; for the sections that are, where they are others.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use qdrant_client::qdrant::with_payload_selector::SelectorOptions;
use qdrant_client::qdrant::{
    Condition, Filter, PayloadIncludeSelector, PointId, QuantizationSearchParamsBuilder, Query,
    QueryBatchPointsBuilder, QueryPoints, QueryPointsBuilder, ScoredPoint, SearchParams, SearchParamsBuilder,
    VectorInput,
};

use super::super::{Candidate, DocumentInfo, Found, Search, StoreError, best_sections};
use super::collection::Shape;
use super::counts::{Counted, read_revision};
use super::points::{self, DENSE, SPARSE, StoredDocument, StoredWindow};
use super::read::id_of;
use super::revision::Revision;
use super::{QdrantStore, metadata};
use crate::knowledge::chunk::Section;
use crate::knowledge::grow::REACH;
use crate::knowledge::score::{Parts, QueryWeights, Worked};

/// How often a search asks for its lists where others write meanwhile: the last time it takes them as they
/// are, with counts that are a moment older.
const LISTS: usize = 2;
/// Sections fetched before it is known which are the best, beyond those wanted: most of the best are among them.
const SPARE_SECTIONS: usize = 8;
/// Sections whose neighbours in their document come along. More are wanted only before they are reranked.
const WITH_NEIGHBOURS: usize = 16;

/// How many more of the nearest by bytes are compared by their numbers: twice as many hold all of the nearest hundred.
const OVERSAMPLING: f64 = 2.0;

/// What the first request of a search has found.
struct Lists {
    windows: HashMap<String, Partial>,
    revision: Revision,
}

/// Documents and sections by their points' ids.
#[derive(Default)]
struct Texts {
    documents: HashMap<String, StoredDocument>,
    sections: HashMap<String, Section>,
    /// Sections that were asked for, whether they are there or not.
    asked: HashSet<String>,
}

/// A window while its score is being put together.
#[derive(Default)]
struct Partial {
    window: Option<StoredWindow>,
    dense: Option<f32>,
    lexical: Option<f32>,
}

/// What [`QdrantStore::rest`] found: by a window's id its dense or its lexical part, by a section's
/// id the section's.
#[derive(Default)]
struct Rest {
    dense: HashMap<String, f32>,
    windows: HashMap<String, f32>,
    sections: HashMap<String, f32>,
}

/// Which part of the rest an answer fills, by window or section.
type PartOf = fn(&mut Rest) -> &mut HashMap<String, f32>;

impl QdrantStore {
    pub(super) async fn candidates(&self, search: Search) -> Result<Vec<Candidate>, StoreError> {
        let Some((lists, weights, shape)) = self.lists_of_now(&search).await? else { return Ok(Vec::new()) };
        let partial = lists.windows;

        let rest = self.rest(&search, &weights, &partial, shape);
        let (rest, mut texts) = tokio::try_join!(rest, self.likely_texts(&search, &weights, &partial))?;

        let found = partial
            .into_iter()
            .filter_map(|(id, partial)| {
                let window = partial.window?;
                // A version that is being replaced, or whose import was killed, does not count.
                (texts.documents.get(&window.document)?.version == window.version).then_some(())?;
                let section = section_of(&window);
                let or = |part: Option<f32>, rest: &HashMap<String, f32>, id: &str| {
                    part.or_else(|| rest.get(id).copied()).unwrap_or(0.0)
                };
                let worked = Worked {
                    dense: search.vector.as_ref().map(|_| or(partial.dense, &rest.dense, &id)),
                    window: or(partial.lexical, &rest.windows, &id),
                    section: or(None, &rest.sections, &section),
                };
                let parts =
                    Parts::new(worked, weights.dense_share, search.asked.as_deref(), window.key.as_deref());
                Some(Found { window, parts })
            })
            .collect();
        let place = |window: &StoredWindow| {
            (texts.documents.get(&window.document).map(|stored| stored.info.id.clone()), window.ordinal)
        };
        let best =
            best_sections(found, search.limit, place, |window| (window.version.clone(), window.section));
        let lacking = best
            .iter()
            .map(|found| &found.window)
            .enumerate()
            .flat_map(|(rank, window)| sections_around(window, rank < WITH_NEIGHBOURS && search.context));
        let lacking: HashSet<String> = lacking.filter(|id| !texts.asked.contains(id)).collect();
        self.fetch(lacking, &mut texts).await?;
        Ok(with_sections(best, texts, search.context))
    }

    /// The lists by the counts of this moment. Where somebody has written since they were read, they are read
    /// again. `None` where nothing has been imported.
    async fn lists_of_now(
        &self,
        search: &Search,
    ) -> Result<Option<(Lists, QueryWeights, Shape)>, StoreError> {
        let mut tries = LISTS;
        loop {
            let Some(Counted { weights, revision }) = self.counted(&search.terms).await? else {
                return Ok(None);
            };
            let shape = self.shape().await?;
            let lists = self.lists(search, &weights, shape).await?;
            self.now_at(lists.revision.clone());
            tries -= 1;
            if lists.revision == revision || tries == 0 {
                return Ok(Some((lists, weights, shape)));
            }
        }
    }

    /// The documents of windows, and the sections that will likely be the best, as far as the lists tell.
    async fn likely_texts(
        &self,
        search: &Search,
        weights: &QueryWeights,
        partial: &HashMap<String, Partial>,
    ) -> Result<Texts, StoreError> {
        // What is not in a list is worth less in it than all that is.
        let least = |part: fn(&Partial) -> Option<f32>| {
            partial.values().filter_map(part).min_by(f32::total_cmp).unwrap_or(0.0)
        };
        let (dense, lexical) = (least(|partial| partial.dense), least(|partial| partial.lexical));
        let windows = partial.values().filter_map(|partial| {
            let window = partial.window.clone()?;
            let lexical = partial.lexical.unwrap_or(lexical);
            let worked = Worked {
                dense: search.vector.as_ref().map(|_| partial.dense.unwrap_or(dense)),
                window: lexical,
                section: lexical,
            };
            let parts =
                Parts::new(worked, weights.dense_share, search.asked.as_deref(), window.key.as_deref());
            Some(Found { window, parts })
        });
        let place = |window: &StoredWindow| (window.version.clone(), window.ordinal);
        let section = |window: &StoredWindow| (window.version.clone(), window.section);
        let likely = best_sections(windows.collect(), search.limit + SPARE_SECTIONS, place, section);
        let mut ids: HashSet<String> = likely
            .iter()
            .enumerate()
            .flat_map(|(rank, found)| {
                sections_around(&found.window, rank < WITH_NEIGHBOURS && search.context)
            })
            .collect();
        let mut texts = Texts::default();
        ids.extend(partial.values().filter_map(|partial| Some(partial.window.as_ref()?.document.clone())));
        self.fetch(ids, &mut texts).await?;
        Ok(texts)
    }

    /// Fetches documents and sections, whichever the ids are of.
    async fn fetch(&self, ids: HashSet<String>, texts: &mut Texts) -> Result<(), StoreError> {
        let found = self.get(ids.iter().cloned().collect(), |payload| Some(payload.clone())).await?;
        for (id, payload) in found {
            if let Some(document) = points::read_document(&payload) {
                texts.documents.insert(id, document);
            } else if let Some(section) = points::read_section(&payload) {
                texts.sections.insert(id, section);
            }
        }
        texts.asked.extend(ids);
        Ok(())
    }

    /// The windows nearest by vector, those with most matching terms, equal questions, and the revision.
    async fn lists(
        &self,
        search: &Search,
        weights: &QueryWeights,
        shape: Shape,
    ) -> Result<Lists, StoreError> {
        let pool = search.pool() as u64;
        let narrowed = || {
            let mut filter = points::live();
            filter.must.extend(search.filters.iter().map(metadata::condition));
            filter
        };
        let dense = search
            .vector
            .as_ref()
            .map(|vector| self.dense(vector, narrowed(), pool, true, self.nearest(shape)));
        let has_vector = dense.is_some();
        let mut queries: Vec<_> = dense.into_iter().collect();
        let lexical = self.lexical(weights, SPARSE, narrowed(), pool, true);
        let has_terms = lexical.is_some();
        queries.extend(lexical);
        let has_key = search.asked.is_some();
        if let Some(asked) = &search.asked {
            let mut filter = narrowed();
            filter.must.push(points::keyword(points::KEY, asked.key()));
            queries.push(
                QueryPointsBuilder::new(&self.collection)
                    .filter(filter)
                    .limit(pool)
                    .with_payload(window_payload(true))
                    .build(),
            );
        }
        queries.push(self.revision_query());
        let mut answers = self.query(queries).await?.into_iter();

        let mut partial = HashMap::<String, Partial>::new();
        let mut add = |points: Option<Vec<ScoredPoint>>, set: fn(&mut Partial, f32)| {
            for point in points.into_iter().flatten() {
                if let Some(id) = id_of(point.id) {
                    let entry = partial.entry(id).or_default();
                    entry.window = entry.window.take().or_else(|| points::read_window(&point.payload));
                    set(entry, point.score);
                }
            }
        };
        if has_vector {
            add(answers.next(), |partial, score| partial.dense = Some(score));
        }
        if has_terms {
            add(answers.next(), |partial, score| partial.lexical = Some(score));
        }
        if has_key {
            add(answers.next(), |_, _| ());
        }
        Ok(Lists { windows: partial, revision: read_revision(answers.next()) })
    }

    /// The dense part of windows found by their terms, the lexical part of windows found by their
    /// vectors, and that of all their sections. What has no common term is not answered: its part
    /// is 0.
    async fn rest(
        &self,
        search: &Search,
        weights: &QueryWeights,
        partial: &HashMap<String, Partial>,
        shape: Shape,
    ) -> Result<Rest, StoreError> {
        let lacking = |lacks: fn(&Partial) -> bool| -> HashSet<String> {
            partial.iter().filter(|(_, p)| lacks(p)).map(|(id, _)| id.clone()).collect()
        };
        let no_dense = lacking(|partial| partial.dense.is_none());
        let no_lexical = lacking(|partial| partial.lexical.is_none());
        let windows = partial.values().filter_map(|partial| partial.window.as_ref());
        let sections: HashSet<String> =
            windows.map(|window| points::section_id(&window.version, window.section)).collect();
        let among = |ids: &HashSet<String>| {
            let ids = ids.iter().map(|id| PointId::from(id.as_str())).collect::<Vec<_>>();
            Filter::must([Condition::has_id(ids)])
        };

        let mut queries = Vec::new();
        let mut parts: Vec<PartOf> = Vec::new();
        if !no_dense.is_empty()
            && let Some(vector) = &search.vector
        {
            let params = SearchParamsBuilder::default().exact(true).build();
            queries.push(self.dense(vector, among(&no_dense), no_dense.len() as u64, false, params));
            parts.push(|rest| &mut rest.dense);
        }
        let lexical: [(_, _, PartOf); 2] = [
            (no_lexical, SPARSE, |rest| &mut rest.windows),
            (sections, shape.sections, |rest| &mut rest.sections),
        ];
        for (ids, sparse, part) in lexical {
            if !ids.is_empty()
                && let Some(query) = self.lexical(weights, sparse, among(&ids), ids.len() as u64, false)
            {
                queries.push(query);
                parts.push(part);
            }
        }
        let mut rest = Rest::default();
        for (points, part) in self.query(queries).await?.into_iter().zip(parts) {
            part(&mut rest)
                .extend(points.into_iter().filter_map(|point| Some((id_of(point.id)?, point.score))));
        }
        Ok(rest)
    }

    /// How the nearest of many windows are looked for.
    fn nearest(&self, shape: Shape) -> SearchParams {
        let params = SearchParamsBuilder::default();
        if shape.compares_bytes {
            let by_numbers =
                QuantizationSearchParamsBuilder::default().rescore(true).oversampling(OVERSAMPLING);
            return params.quantization(by_numbers).build();
        }
        params.exact(self.exact).build()
    }

    fn dense(
        &self,
        vector: &[f32],
        filter: Filter,
        limit: u64,
        payload: bool,
        params: SearchParams,
    ) -> QueryPoints {
        QueryPointsBuilder::new(&self.collection)
            .query(Query::new_nearest(VectorInput::new_dense(vector.to_vec())))
            .using(DENSE)
            .filter(filter)
            .params(params)
            .limit(limit)
            .with_payload(window_payload(payload))
            .build()
    }

    /// `None` where the query has no terms.
    fn lexical(
        &self,
        weights: &QueryWeights,
        sparse: &str,
        filter: Filter,
        limit: u64,
        payload: bool,
    ) -> Option<QueryPoints> {
        if weights.shares.is_empty() {
            return None;
        }
        let (terms, shares): (Vec<u32>, Vec<f32>) = weights.shares.iter().copied().unzip();
        let query = QueryPointsBuilder::new(&self.collection)
            .query(Query::new_nearest(VectorInput::new_sparse(terms, shares)))
            .using(sparse)
            .filter(filter)
            .limit(limit)
            .with_payload(window_payload(payload));
        Some(query.build())
    }

    async fn query(&self, queries: Vec<QueryPoints>) -> Result<Vec<Vec<ScoredPoint>>, StoreError> {
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        let request = QueryBatchPointsBuilder::new(&self.collection, queries);
        let answer = self.client.query_batch(request).await.map_err(|error| self.failed(error))?;
        Ok(answer.result.into_iter().map(|result| result.result).collect())
    }
}

fn section_of(window: &StoredWindow) -> String {
    points::section_id(&window.version, window.section)
}

/// A window's section and as many on both sides of it. Some may not be there.
fn around(window: &StoredWindow, reach: u32) -> RangeInclusive<u32> {
    window.section.saturating_sub(reach)..=window.section.saturating_add(reach)
}

/// The ids of a window's section and, where they are wanted, of those around it.
fn sections_around(window: &StoredWindow, neighbours: bool) -> impl Iterator<Item = String> {
    let reach = if neighbours { REACH } else { 0 };
    around(window, reach).map(|ordinal| points::section_id(&window.version, ordinal))
}

/// The candidates of the best windows. One whose document was replaced a moment ago is left out.
fn with_sections(best: Vec<Found<StoredWindow>>, texts: Texts, context: bool) -> Vec<Candidate> {
    let mut infos = HashMap::<String, Arc<DocumentInfo>>::new();
    let candidates = best.into_iter().enumerate().filter_map(|(rank, Found { window, parts })| {
        let section = texts.sections.get(&section_of(&window))?;
        let stored = texts.documents.get(&window.document)?;
        let info = infos.entry(window.document.clone()).or_insert_with(|| Arc::new(stored.info.clone()));
        let neighbours = || {
            around(&window, REACH).filter(|ordinal| *ordinal != window.section).filter_map(|ordinal| {
                let id = points::section_id(&window.version, ordinal);
                Some((ordinal, texts.sections.get(&id)?.clone()))
            })
        };
        let around: Option<BTreeMap<u32, Section>> =
            (context && rank < WITH_NEIGHBOURS).then(|| neighbours().collect());
        Some(Candidate {
            section: Arc::new(section.clone()),
            document: Arc::clone(info),
            ordinal: window.section,
            range: window.range,
            parts,
            around,
        })
    });
    candidates.collect()
}

/// Only what is read of a window.
fn window_payload(wanted: bool) -> SelectorOptions {
    if !wanted {
        return SelectorOptions::Enable(false);
    }
    let fields = points::WINDOW_FIELDS.map(str::to_owned).to_vec();
    SelectorOptions::Include(PayloadIncludeSelector { fields })
}
