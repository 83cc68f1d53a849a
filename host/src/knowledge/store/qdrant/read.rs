//! Reading: counts for idf, the lists and an equal question in one request, the missing parts of scores and the
//! documents in a second, the sections in a third.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use qdrant_client::qdrant::facet_value::Variant;
use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::with_payload_selector::SelectorOptions;
use qdrant_client::qdrant::{
    Condition, CountPointsBuilder, FacetCountsBuilder, FacetHit, Filter, GetPointsBuilder,
    PayloadIncludeSelector, PointId, Query, QueryBatchPointsBuilder, QueryPoints, QueryPointsBuilder,
    ScoredPoint, ScrollPointsBuilder, SearchParamsBuilder, VectorInput,
};

use super::super::{
    Candidate, DocumentInfo, Found, NewDocument, NewWindow, Place, Search, StoreError, Wanted, best_sections,
};
use super::metadata;
use super::points::{self, DENSE, KIND_DOCUMENT, SPARSE, StoredDocument, StoredWindow, VersionParts};
use super::{COUNTS_KEPT, QdrantStore, is_missing};
use crate::knowledge::chunk::Section;
use crate::knowledge::score::{Parts, QueryWeights, Worked};
use crate::knowledge::terms::{TermId, Terms};

/// Counts asked for at the same time.
const COUNTS_AT_ONCE: usize = 16;
/// Versions of one document that are told apart: one counts, one may be on its way, and each import that
/// was killed leaves one.
const MOST_VERSIONS: u64 = 1000;
/// Documents listed in one request.
pub(super) const PAGE: u32 = 256;
/// How often a document that is replaced meanwhile is read again.
const READS: usize = 5;

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
        let Some(weights) = self.query_weights(&search.terms).await? else { return Ok(Vec::new()) };
        let partial = self.lists(&search, &weights).await?;

        let documents = partial.values().filter_map(|p| Some(p.window.as_ref()?.document.clone()));
        let documents: HashSet<_> = documents.collect();
        let rest = self.rest(&search, &weights, &partial);
        let (rest, documents) = tokio::try_join!(rest, self.stored(documents.into_iter().collect()))?;

        let found = partial
            .into_iter()
            .filter_map(|(id, partial)| {
                let window = partial.window?;
                // A version that is being replaced, or whose import was killed, does not count.
                (documents.get(&window.document)?.version == window.version).then_some(())?;
                let section = points::section_id(&window.version, window.section);
                let or = |part: Option<f32>, rest: &HashMap<String, f32>, id: &str| {
                    part.or_else(|| rest.get(id).copied()).unwrap_or(0.0)
                };
                let worked = Worked {
                    dense: search.vector.as_ref().map(|_| or(partial.dense, &rest.dense, &id)),
                    window: or(partial.lexical, &rest.windows, &id),
                    section: or(None, &rest.sections, &section),
                };
                let parts = Parts::new(worked, search.key.as_deref(), window.key.as_deref());
                Some(Found { window, parts })
            })
            .collect();
        let place = |window: &StoredWindow| {
            (documents.get(&window.document).map(|stored| stored.info.id.clone()), window.ordinal)
        };
        let best =
            best_sections(found, search.limit, place, |window| (window.version.clone(), window.section));
        self.with_sections(best, documents).await
    }

    /// Fetches the sections. One whose document was replaced a moment ago is left out.
    async fn with_sections(
        &self,
        found: Vec<Found<StoredWindow>>,
        documents: HashMap<String, StoredDocument>,
    ) -> Result<Vec<Candidate>, StoreError> {
        let section_of = |window: &StoredWindow| points::section_id(&window.version, window.section);
        let ids = found.iter().map(|found| section_of(&found.window)).collect();
        let sections: HashMap<String, Section> = self.get(ids, points::read_section).await?;
        let mut sections: HashMap<_, _> = sections.into_iter().map(|(id, s)| (id, Arc::new(s))).collect();
        let documents: HashMap<_, _> =
            documents.into_iter().map(|(id, stored)| (id, Arc::new(stored.info))).collect();
        let candidates = found.into_iter().filter_map(|Found { window, parts }| {
            Some(Candidate {
                section: sections.remove(&section_of(&window))?,
                document: Arc::clone(documents.get(&window.document)?),
                ordinal: window.section,
                range: window.range,
                parts,
            })
        });
        Ok(candidates.collect())
    }

    /// The windows nearest by vector, those with most matching terms, and equal questions.
    async fn lists(
        &self,
        search: &Search,
        weights: &QueryWeights,
    ) -> Result<HashMap<String, Partial>, StoreError> {
        let pool = search.pool() as u64;
        let narrowed = || {
            let mut filter = points::live();
            filter.must.extend(search.filters.iter().map(metadata::condition));
            filter
        };
        let dense = search.vector.as_ref().map(|vector| self.dense(vector, narrowed(), pool, true));
        let has_vector = dense.is_some();
        let mut queries: Vec<_> = dense.into_iter().collect();
        let lexical = self.lexical(weights, narrowed(), pool, true);
        let has_terms = lexical.is_some();
        queries.extend(lexical);
        if let Some(key) = &search.key {
            let mut filter = narrowed();
            filter.must.push(points::keyword(points::KEY, key));
            queries.push(
                QueryPointsBuilder::new(&self.collection)
                    .filter(filter)
                    .limit(pool)
                    .with_payload(window_payload(true))
                    .build(),
            );
        }
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
        add(answers.next(), |_, _| ());
        Ok(partial)
    }

    /// The dense part of windows found by their terms, the lexical part of windows found by their
    /// vectors, and that of all their sections. What has no common term is not answered: its part
    /// is 0.
    async fn rest(
        &self,
        search: &Search,
        weights: &QueryWeights,
        partial: &HashMap<String, Partial>,
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
            queries.push(self.dense(vector, among(&no_dense), no_dense.len() as u64, false));
            parts.push(|rest| &mut rest.dense);
        }
        let lexical: [(_, PartOf); 2] =
            [(no_lexical, |rest| &mut rest.windows), (sections, |rest| &mut rest.sections)];
        for (ids, part) in lexical {
            if !ids.is_empty()
                && let Some(query) = self.lexical(weights, among(&ids), ids.len() as u64, false)
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

    fn dense(&self, vector: &[f32], filter: Filter, limit: u64, payload: bool) -> QueryPoints {
        QueryPointsBuilder::new(&self.collection)
            .query(Query::new_nearest(VectorInput::new_dense(vector.to_vec())))
            .using(DENSE)
            .filter(filter)
            .params(SearchParamsBuilder::default().exact(self.exact).build())
            .limit(limit)
            .with_payload(window_payload(payload))
            .build()
    }

    /// `None` where the query has no terms.
    fn lexical(
        &self,
        weights: &QueryWeights,
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
            .using(SPARSE)
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

    /// `None` where nothing has been imported.
    async fn query_weights(&self, terms: &Terms) -> Result<Option<QueryWeights>, StoreError> {
        let (windows, unknown) = {
            let mut counts = self.counts();
            if counts.taken.is_none_or(|taken| taken.elapsed() > COUNTS_KEPT) {
                *counts = super::Counts::default();
            }
            let unknown: Vec<TermId> =
                terms.counts.iter().map(|&(id, _)| id).filter(|id| !counts.terms.contains_key(id)).collect();
            (counts.taken.map(|_| counts.windows), unknown)
        };
        let windows = match windows {
            Some(windows) => windows,
            None => match self.count(points::live()).await? {
                None => return Ok(None),
                Some(windows) => windows,
            },
        };
        let counted: Vec<(TermId, u64)> = stream::iter(unknown)
            .map(async |term| {
                let mut filter = points::live();
                filter.must.push(Condition::matches(points::TERMS, i64::from(term)));
                Ok::<_, StoreError>((term, self.count(filter).await?.unwrap_or(0)))
            })
            .buffer_unordered(COUNTS_AT_ONCE)
            .try_collect()
            .await?;
        let mut counts = self.counts();
        counts.taken.get_or_insert_with(Instant::now);
        counts.windows = windows;
        counts.terms.extend(counted);
        let df = |term| counts.terms.get(&term).copied().unwrap_or(0);
        Ok(Some(QueryWeights::new(terms, windows, df)))
    }

    /// `None` where there is no collection yet.
    pub(super) async fn count(&self, filter: Filter) -> Result<Option<u64>, StoreError> {
        let request = CountPointsBuilder::new(&self.collection).filter(filter).exact(true);
        match self.client.count(request).await {
            Ok(answer) => Ok(answer.result.map(|result| result.count)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Documents by their point's id.
    pub(super) async fn stored(
        &self,
        ids: Vec<String>,
    ) -> Result<HashMap<String, StoredDocument>, StoreError> {
        self.get(ids, points::read_document).await
    }

    /// What is there of each version of a document, whether it counts or not.
    pub(super) async fn versions(&self, document: &str) -> Result<HashMap<String, VersionParts>, StoreError> {
        let of = |conditions: Filter| {
            let mut filter = conditions;
            filter.must.push(points::keyword(points::DOCUMENT, document));
            filter
        };
        let (all, live) = tokio::try_join!(
            self.count_by_version(of(Filter::should([
                points::kind(points::KIND_SECTION),
                points::kind(points::KIND_WINDOW)
            ]))),
            self.count_by_version(of(points::live()))
        )?;
        let mut versions = HashMap::<String, VersionParts>::new();
        for (version, count) in all {
            versions.entry(version).or_default().all = count;
        }
        for (version, count) in live {
            versions.entry(version).or_default().live = count;
        }
        Ok(versions)
    }

    async fn count_by_version(&self, filter: Filter) -> Result<Vec<(String, u64)>, StoreError> {
        let request = FacetCountsBuilder::new(&self.collection, points::VERSION)
            .filter(filter)
            .limit(MOST_VERSIONS)
            .exact(true);
        let answer = match self.client.facet(request).await {
            Ok(answer) => answer,
            Err(error) if is_missing(&error) => return Ok(Vec::new()),
            Err(error) => return Err(self.failed(error)),
        };
        let named = |hit: FacetHit| match hit.value?.variant? {
            Variant::StringValue(version) => Some((version, hit.count)),
            _ => None,
        };
        Ok(answer.hits.into_iter().filter_map(named).collect())
    }

    /// A document with what is there of the version that counts.
    pub(super) async fn with_parts(
        &self,
        id: &str,
    ) -> Result<Option<(StoredDocument, VersionParts)>, StoreError> {
        let id = points::document_id(id);
        let (found, versions) = tokio::try_join!(self.stored(vec![id.clone()]), self.versions(&id))?;
        let parts = |stored: StoredDocument| {
            let parts = versions.get(&stored.version).copied().unwrap_or_default();
            (stored, parts)
        };
        Ok(found.into_values().next().map(parts))
    }

    pub(super) async fn get<T>(
        &self,
        ids: Vec<String>,
        read: impl Fn(&HashMap<String, qdrant_client::qdrant::Value>) -> Option<T>,
    ) -> Result<HashMap<String, T>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<PointId> = ids.into_iter().map(PointId::from).collect();
        let request = GetPointsBuilder::new(&self.collection, ids).with_payload(true);
        match self.client.get_points(request).await {
            Ok(answer) => {
                let read = |point: qdrant_client::qdrant::RetrievedPoint| {
                    Some((id_of(point.id)?, read(&point.payload)?))
                };
                Ok(answer.result.into_iter().filter_map(read).collect())
            }
            Err(error) if is_missing(&error) => Ok(HashMap::new()),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// A document with all that belongs to it but vectors and weights. One that is replaced in the
    /// middle is read again.
    pub(super) async fn whole(&self, id: &str) -> Result<Option<NewDocument>, StoreError> {
        for _ in 0..READS {
            let found = self.stored(vec![points::document_id(id)]).await?;
            let Some(stored) = found.into_values().next() else { return Ok(None) };
            let ids: Vec<String> = points::section_ids(&stored.version, stored.info.sections).collect();
            let mut sections = Vec::with_capacity(ids.len());
            for ids in ids.chunks(PAGE as usize) {
                let mut read = self.get(ids.to_vec(), points::read_section).await?;
                sections.extend(ids.iter().filter_map(|id| read.remove(id)));
            }
            let windows = self.windows(&stored.version).await?;
            if sections.len() == stored.info.sections as usize
                && windows.len() == stored.info.windows as usize
            {
                let StoredDocument { info, embedder, .. } = stored;
                return Ok(Some(NewDocument { info, embedder, sections, windows }));
            }
        }
        Err(StoreError::Unavailable(format!("{}: `{id}` changes all the time; try again", self.server)))
    }

    /// Sections of documents that are still those described: one request for the documents, one for
    /// up to a page of sections.
    pub(super) async fn sections_of(
        &self,
        wanted: Vec<Wanted>,
    ) -> Result<HashMap<Place, Section>, StoreError> {
        let ids = wanted.iter().map(|wanted| points::document_id(&wanted.document.id)).collect();
        let stored = self.stored(ids).await?;
        let places: HashMap<String, Place> = wanted
            .iter()
            .filter_map(|wanted| Some((wanted, stored.get(&points::document_id(&wanted.document.id))?)))
            .filter(|(wanted, stored)| stored.info == *wanted.document)
            .flat_map(|(Wanted { document, ordinals }, stored)| {
                let place = |&ordinal: &u32| {
                    (points::section_id(&stored.version, ordinal), (document.id.clone(), ordinal))
                };
                ordinals.iter().map(place)
            })
            .collect();
        let ids: Vec<&String> = places.keys().collect();
        let mut found = HashMap::new();
        for ids in ids.chunks(PAGE as usize) {
            let read = self.get(ids.iter().map(|&id| id.clone()).collect(), points::read_section).await?;
            let placed = |(id, section)| Some((places.get(&id)?.clone(), section));
            found.extend(read.into_iter().filter_map(placed));
        }
        Ok(found)
    }

    /// The windows of a version, in order.
    async fn windows(&self, version: &str) -> Result<Vec<NewWindow>, StoreError> {
        let mut windows = Vec::new();
        let mut next: Option<PointId> = None;
        loop {
            let filter =
                Filter::must([points::kind(points::KIND_WINDOW), points::keyword(points::VERSION, version)]);
            let mut request =
                ScrollPointsBuilder::new(&self.collection).filter(filter).limit(PAGE).with_payload(true);
            if let Some(from) = next {
                request = request.offset(from);
            }
            let answer = self.client.scroll(request).await.map_err(|error| self.failed(error))?;
            windows.extend(answer.result.iter().filter_map(|point| points::read_new_window(&point.payload)));
            next = answer.next_page_offset;
            if next.is_none() {
                break;
            }
        }
        windows.sort_by_key(|(ordinal, _)| *ordinal);
        Ok(windows.into_iter().map(|(_, window)| window).collect())
    }

    pub(super) async fn all_documents(&self) -> Result<Vec<DocumentInfo>, StoreError> {
        let mut documents = Vec::new();
        let mut next = None;
        loop {
            let (page, after) = self.page(PAGE, next).await?;
            documents.extend(page.into_iter().map(|stored| stored.info));
            match after {
                None => break,
                after => next = after,
            }
        }
        documents.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(documents)
    }

    pub(super) async fn any_embedder(&self) -> Result<Option<String>, StoreError> {
        Ok(self.page(1, None).await?.0.pop().map(|stored| stored.embedder))
    }

    pub(super) async fn page(
        &self,
        limit: u32,
        from: Option<PointId>,
    ) -> Result<(Vec<StoredDocument>, Option<PointId>), StoreError> {
        let mut request = ScrollPointsBuilder::new(&self.collection)
            .filter(Filter::must([points::kind(KIND_DOCUMENT)]))
            .limit(limit)
            .with_payload(true);
        if let Some(from) = from {
            request = request.offset(from);
        }
        match self.client.scroll(request).await {
            Ok(answer) => {
                let documents =
                    answer.result.iter().filter_map(|point| points::read_document(&point.payload));
                Ok((documents.collect(), answer.next_page_offset))
            }
            Err(error) if is_missing(&error) => Ok((Vec::new(), None)),
            Err(error) => Err(self.failed(error)),
        }
    }
}

/// Only what is read of a window.
fn window_payload(wanted: bool) -> SelectorOptions {
    if !wanted {
        return SelectorOptions::Enable(false);
    }
    let fields = points::WINDOW_FIELDS.map(str::to_owned).to_vec();
    SelectorOptions::Include(PayloadIncludeSelector { fields })
}

fn id_of(id: Option<PointId>) -> Option<String> {
    match id?.point_id_options? {
        PointIdOptions::Uuid(id) => Some(id),
        PointIdOptions::Num(_) => None,
    }
}
