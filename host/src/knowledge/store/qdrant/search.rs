//! Searching. A search waits for the server at most three times where its counts are remembered: for the lists
//! with an equal question and the revision; for the missing parts of scores with the short sections that are scored by
//! their texts, and the documents, windows and sections that are likely the best; for those that are, where they are
//! others. A window's id says where it is and whether its section is short, so that nothing else is read of those in the
//! lists.

use std::collections::HashSet;

use qdrant_client::qdrant::with_payload_selector::SelectorOptions;
use qdrant_client::qdrant::{
    Condition, Filter, PointId, QuantizationSearchParamsBuilder, Query, QueryBatchPointsBuilder, QueryPoints,
    QueryPointsBuilder, ScoredPoint, SearchParams, SearchParamsBuilder, VectorInput,
};

use super::super::{Candidate, Search, StoreError, lexical_of_section};
use super::counts::{CountedWeights, read_revision};
use super::ids::Ids;
use super::partial::Partial;
use super::points::{self, SPARSE};
use super::pool::{FullLists, Pool, Rest, ScoredQuestion};
use super::read::id_of;
use super::revision::Revision;
use super::shape::CollectionShape;
use super::texts::PointTexts;
use super::{QdrantStore, metadata};
use crate::knowledge::score::QueryWeights;

/// How often a search asks for its lists where others write meanwhile: the last time it takes them as they
/// are, with counts that are a moment older.
const LISTS: usize = 2;
/// How often a search reads what its best are, where others replace their documents meanwhile.
const READS: usize = 4;

/// How many more of the nearest by bytes are compared by their numbers: twice as many hold all of the nearest hundred.
const OVERSAMPLING: f64 = 2.0;

/// What the first request of a search has found.
struct Lists {
    pool: Pool,
    revision: Revision,
}

/// How a point of an answer is put into the rest, by its id.
type Fill = fn(&mut Rest, String, ScoredPoint, &QueryWeights);

impl QdrantStore {
    pub(super) async fn candidates(&self, search: Search) -> Result<Vec<Candidate>, StoreError> {
        let Some((mut pool, counted, shape)) = self.lists_of_now(&search).await? else {
            return Ok(Vec::new());
        };
        let CountedWeights { weights, corrected, .. } = &counted;
        let asked = ScoredQuestion { search: &search, weights, corrected };
        let mut texts = PointTexts::default();
        let mut documents_are_known = false;
        loop {
            pool.keep_best(asked, self.exact);
            let short = pool.section_ids(true);
            let mut wanted = pool.likely(asked);
            wanted.extend(short.iter().cloned());
            let rest = self.rest(asked, &pool, shape);
            let (mut rest, likely) = tokio::try_join!(rest, self.texts(wanted))?;
            rest.sections.extend(likely.lexical_parts(&short, weights));
            pool.complete(rest);
            texts.extend(likely);
            for _ in 0..READS {
                let lacking = pool.lacking(&pool.best(asked, &texts), asked, &texts);
                if lacking.is_empty() {
                    break;
                }
                texts.extend(self.texts(lacking).await?);
            }
            if documents_are_known || pool.all_may_count(&texts) {
                return Ok(pool.candidates(&pool.best(asked, &texts), asked, &texts));
            }
            // Windows of versions that are being replaced took the places of others.
            texts.extend(self.texts(pool.all_documents()).await?);
            pool.take_back(&texts);
            documents_are_known = true;
        }
    }

    /// The lists by the counts of this moment. Where somebody has written since they were read, they are read
    /// again. `None` where nothing has been imported.
    async fn lists_of_now(
        &self,
        search: &Search,
    ) -> Result<Option<(Pool, CountedWeights, CollectionShape)>, StoreError> {
        let mut tries = LISTS;
        loop {
            let Some(counted) = self.counted(&search.terms).await? else { return Ok(None) };
            let shape = self.shape().await?;
            let lists = self.lists(search, &counted.weights, shape).await?;
            self.now_at(lists.revision.clone());
            tries -= 1;
            if lists.revision == counted.revision || tries == 0 {
                return Ok(Some((lists.pool, counted, shape)));
            }
        }
    }

    /// The windows nearest by vector, those with most matching terms, equal questions, and the revision. The server
    /// works off the queries of one request one after the other, so that the longest has a request of its own.
    async fn lists(
        &self,
        search: &Search,
        weights: &QueryWeights,
        shape: CollectionShape,
    ) -> Result<Lists, StoreError> {
        let limit = search.pool() as u64;
        let narrowed = || {
            let mut filter = points::live();
            filter.must.extend(search.filters.iter().map(metadata::condition));
            filter
        };
        let payload = window_payload(shape.ids);
        let dense = search.vector.as_ref().map(|vector| {
            self.dense(shape, vector, narrowed())
                .params(self.nearest(shape))
                .limit(limit)
                .with_payload(payload.clone())
                .build()
        });
        let mut others = Vec::new();
        let lexical = self.lexical(weights, SPARSE, narrowed());
        let has_terms = lexical.is_some();
        others.extend(lexical.map(|query| query.limit(limit).with_payload(payload.clone()).build()));
        let has_key = search.asked.is_some();
        if let Some(asked) = &search.asked {
            let mut filter = narrowed();
            filter.must.push(points::keyword(points::KEY, asked.key()));
            let equal = QueryPointsBuilder::new(&self.collection).filter(filter);
            others.push(equal.limit(limit).with_payload(payload).build());
        }
        others.push(self.revision_query());
        let (dense, others) = tokio::try_join!(self.query(dense.into_iter().collect()), self.query(others))?;
        let mut others = others.into_iter();

        let is_full = |list: Option<&Vec<ScoredPoint>>| list.is_some_and(|list| list.len() as u64 >= limit);
        let full = FullLists {
            dense: is_full(dense.first()),
            lexical: has_terms && is_full(others.as_slice().first()),
        };
        let mut pool = Pool::of_lists(full);
        let mut add = |points: Option<Vec<ScoredPoint>>, set: fn(&mut Partial, f32)| {
            for point in points.into_iter().flatten() {
                if let Some(id) = id_of(point.id) {
                    pool.add(id, points::read_window(&point.payload), |partial| set(partial, point.score));
                }
            }
        };
        add(dense.into_iter().next(), |partial, score| partial.dense = Some(score));
        if has_terms {
            add(others.next(), |partial, score| partial.lexical = Some(score));
        }
        if has_key {
            add(others.next(), |partial, _| partial.is_asked = true);
        }
        Ok(Lists { pool, revision: read_revision(others.next()) })
    }

    /// The dense part of windows found by their terms, the lexical part of windows found by their
    /// vectors, and that of all their sections but the short ones, which are read whole. What has no common term is not
    /// answered: its part is 0.
    async fn rest(
        &self,
        asked: ScoredQuestion<'_>,
        pool: &Pool,
        shape: CollectionShape,
    ) -> Result<Rest, StoreError> {
        let ScoredQuestion { search, weights, .. } = asked;
        let no_dense = pool.without(|partial| partial.dense.is_none());
        let no_lexical = pool.without(|partial| partial.lexical.is_none());
        let sections = pool.section_ids(false);
        let sections: HashSet<&str> = sections.iter().map(String::as_str).collect();

        let mut queries = Vec::new();
        let mut fills: Vec<Fill> = Vec::new();
        if !no_dense.is_empty()
            && let Some(vector) = &search.vector
        {
            let exact = SearchParamsBuilder::default().exact(true);
            let query = self.dense(shape, vector, among(&no_dense)).params(exact);
            queries.push(query.limit(no_dense.len() as u64).build());
            fills.push(|rest, id, point, _| _ = rest.dense.insert(id, point.score));
        }
        if !no_lexical.is_empty()
            && let Some(query) = self.lexical(weights, SPARSE, among(&no_lexical))
        {
            queries.push(query.limit(no_lexical.len() as u64).build());
            fills.push(|rest, id, point, _| _ = rest.windows.insert(id, point.score));
        }
        if !sections.is_empty()
            && let Some(query) = self.lexical(weights, shape.sections, among(&sections))
        {
            queries.push(query.limit(sections.len() as u64).build());
            fills.push(|rest, id, point, _| _ = rest.sections.insert(id, point.score));
            // Where ids are hashes, every section has its weights.
            if shape.ids == Ids::Placed {
                queries.push(self.without_weights(shape, &sections));
                fills.push(|rest, id, point, weights| {
                    let section = points::read_section(&point.payload);
                    let lexical = section.map(|section| lexical_of_section(weights, &section));
                    rest.sections.extend(lexical.map(|lexical| (id, lexical)));
                });
            }
        }
        let mut rest = Rest::default();
        for (points, fill) in self.query(queries).await?.into_iter().zip(fills) {
            for mut point in points {
                if let Some(id) = id_of(point.id.take()) {
                    fill(&mut rest, id, point, weights);
                }
            }
        }
        Ok(rest)
    }

    /// The query for those of these sections whose weights are counted by their texts: short ones of which no window's id
    /// says so, as those have that were written before ids said it.
    fn without_weights(&self, shape: CollectionShape, sections: &HashSet<&str>) -> QueryPoints {
        let mut filter = among(sections);
        filter.must_not.push(Condition::has_vector(shape.sections));
        QueryPointsBuilder::new(&self.collection)
            .filter(filter)
            .limit(sections.len() as u64)
            .with_payload(points::only(&points::SECTION_FIELDS))
            .build()
    }

    /// How the nearest of many windows are looked for.
    fn nearest(&self, shape: CollectionShape) -> SearchParams {
        let params = SearchParamsBuilder::default();
        if self.exact && shape.has_graph {
            return params.exact(true).build();
        }
        let by_numbers = QuantizationSearchParamsBuilder::default().rescore(true).oversampling(OVERSAMPLING);
        if shape.has_bytes { params.quantization(by_numbers).build() } else { params.build() }
    }

    fn dense(&self, shape: CollectionShape, vector: &[f32], filter: Filter) -> QueryPointsBuilder {
        QueryPointsBuilder::new(&self.collection)
            .query(Query::new_nearest(VectorInput::new_dense(vector.to_vec())))
            .using(shape.dense)
            .filter(filter)
            .with_payload(false)
    }

    /// `None` where the query has no terms.
    fn lexical(&self, weights: &QueryWeights, sparse: &str, filter: Filter) -> Option<QueryPointsBuilder> {
        if weights.shares.is_empty() {
            return None;
        }
        let (terms, shares): (Vec<u32>, Vec<f32>) = weights.shares.iter().copied().unzip();
        let query = QueryPointsBuilder::new(&self.collection)
            .query(Query::new_nearest(VectorInput::new_sparse(terms, shares)))
            .using(sparse)
            .filter(filter)
            .with_payload(false);
        Some(query)
    }

    pub(super) async fn query(&self, queries: Vec<QueryPoints>) -> Result<Vec<Vec<ScoredPoint>>, StoreError> {
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        let request = QueryBatchPointsBuilder::new(&self.collection, queries);
        let answer = self.client.query_batch(request).await.map_err(|error| self.failed(error))?;
        Ok(answer.result.into_iter().map(|result| result.result).collect())
    }
}

fn among(ids: &HashSet<&str>) -> Filter {
    let ids = ids.iter().map(|&id| PointId::from(id)).collect::<Vec<_>>();
    Filter::must([Condition::has_id(ids)])
}

/// What is read of the windows in a list: where they are, unless their ids say so.
fn window_payload(ids: Ids) -> SelectorOptions {
    match ids {
        Ids::Placed => SelectorOptions::Enable(false),
        Ids::Hashed => points::only(&points::WINDOW_FIELDS),
    }
}
