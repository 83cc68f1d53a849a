//! A base's collection: how it is made, and what one is like that is there already.

use std::collections::HashSet;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use qdrant_client::QdrantError;
use qdrant_client::qdrant::{
    CreateCollectionBuilder, CreateFieldIndexCollectionBuilder, Distance, FieldType, QuantizationType,
    ScalarQuantizationBuilder, SparseVectorParamsBuilder, SparseVectorsConfigBuilder, VectorParamsBuilder,
    VectorsConfigBuilder, vectors_config,
};
use tokio::sync::OnceCell;

use super::super::StoreError;
use super::ids::Ids;
use super::points::{self, SECTION_SPARSE, SPARSE};
use super::shape::{CollectionShape, DENSE, FORMS};
use super::term_field::TermField;
use super::{QdrantStore, is_missing, metadata, segments};

/// A collection is looked at again after this, so that what another host or the server has left unfinished is made
/// while this host serves, and not at its next start only.
const KEPT: Duration = Duration::from_secs(600);

/// What is known of the collection until the server says that there is none, or it is looked at again.
pub(super) struct CollectionFacts {
    since: Instant,
    /// Points there were at the look before, where there was one.
    points_before: Option<u64>,
    /// Points there are, once it was looked at.
    points: OnceLock<u64>,
    /// Once the collection is known to be ready for writes.
    ready: OnceCell<CollectionShape>,
    /// The same, once it was looked up for a search.
    searched: OnceCell<CollectionShape>,
    /// Payload fields of metadata that are indexed.
    pub(super) indexed: Mutex<HashSet<String>>,
}

impl Default for CollectionFacts {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            points_before: None,
            points: OnceLock::new(),
            ready: OnceCell::new(),
            searched: OnceCell::new(),
            indexed: Mutex::default(),
        }
    }
}

impl CollectionFacts {
    pub(super) fn are_old(&self) -> bool {
        self.since.elapsed() > KEPT
    }

    /// Nothing, before the next look.
    pub(super) fn next(&self) -> Self {
        Self { points_before: self.points.get().copied(), ..Self::default() }
    }

    /// The same as if they had been learnt long ago.
    #[cfg(test)]
    pub(super) fn aged(&self) -> Self {
        let since = Instant::now().checked_sub(KEPT * 2).unwrap();
        Self { since, points: self.points.clone(), ..Self::default() }
    }
}

impl QdrantStore {
    /// The collection's shape; it is created where it is missing.
    pub(super) async fn ready(&self, dimensions: u64) -> Result<CollectionShape, StoreError> {
        let known = self.known();
        let found = known
            .ready
            .get_or_try_init(async || {
                let is_there = || async {
                    self.client.collection_exists(&self.collection).await.map_err(|error| self.failed(error))
                };
                if !self.again(is_there).await? {
                    self.again(|| self.create(dimensions)).await?;
                }
                let read = || async { self.read_shape(&known).await?.ok_or_else(|| self.has_gone()) };
                let shape = self.again(read).await?;
                // Indexes that are there already are left as they are.
                self.create_indexes(shape.terms).await.map(|()| shape)
            })
            .await?;
        if found.dimensions == dimensions {
            return Ok(*found);
        }
        Err(StoreError::Broken(format!(
            "{}: collection `{}` holds vectors of {} dimensions, the embedder makes {dimensions}; run \
             `qianfan-host kb reembed {} --force` if another model answers under the same name, set the base's \
             embedder back, or delete the collection and import again",
            self.server, self.collection, found.dimensions, self.base
        )))
    }

    /// The collection's shape, where it was asked for before.
    pub(super) fn known_shape(&self) -> Option<CollectionShape> {
        let known = self.known();
        known.ready.get().or(known.searched.get()).copied()
    }

    /// The shape of a collection that is there, asked for once.
    pub(super) async fn shape(&self) -> Result<CollectionShape, StoreError> {
        self.shape_if_there().await?.ok_or_else(|| self.has_gone())
    }

    /// How points are called. Where there is no collection, none is found by any name.
    pub(super) async fn ids(&self) -> Result<Ids, StoreError> {
        Ok(self.shape_if_there().await?.map_or(Ids::Placed, |shape| shape.ids))
    }

    pub(super) async fn shape_if_there(&self) -> Result<Option<CollectionShape>, StoreError> {
        if let Some(shape) = self.known_shape() {
            return Ok(Some(shape));
        }
        let known = self.known();
        // The outer error is kept by nobody, so that a collection that is made later is seen.
        let look = async || self.read_shape(&known).await.map_err(Some)?.ok_or(None);
        match known.searched.get_or_try_init(look).await {
            Ok(shape) => Ok(Some(*shape)),
            Err(None) => Ok(None),
            Err(Some(error)) => Err(error),
        }
    }

    fn has_gone(&self) -> StoreError {
        StoreError::Broken(format!(
            "{}: collection `{}` has been deleted; import its documents again",
            self.server, self.collection
        ))
    }

    pub(super) async fn create(&self, dimensions: u64) -> Result<(), StoreError> {
        self.create_with(dimensions, DENSE, &[SPARSE, SECTION_SPARSE]).await
    }

    pub(super) async fn create_with(
        &self,
        dimensions: u64,
        dense_vector: &str,
        sparse_vectors: &[&str],
    ) -> Result<(), StoreError> {
        let mut dense = VectorsConfigBuilder::default();
        // Vectors come with length 1, so the dot product is the cosine and nothing is scaled again.
        dense.add_named_vector_params(dense_vector, VectorParamsBuilder::new(dimensions, Distance::Dot));
        let mut sparse = SparseVectorsConfigBuilder::default();
        for &name in sparse_vectors {
            sparse.add_named_vector_params(name, SparseVectorParamsBuilder::default());
        }
        let mut request = CreateCollectionBuilder::new(&self.collection)
            .vectors_config(dense)
            .sparse_vectors_config(sparse);
        if let Some(copies) = self.replication {
            // Each node makes the segments of each of its shards, so a cluster has enough of them as it is.
            request = request.replication_factor(copies);
        } else {
            request = request.optimizers_config(segments::few());
        }
        if let Some(copies) = self.write_consistency {
            request = request.write_consistency_factor(copies);
        }
        // Windows are looked at by a byte for each number, the nearest then by the numbers themselves.
        let bytes =
            ScalarQuantizationBuilder::default().r#type(QuantizationType::Int8.into()).always_ram(true);
        request = request.hnsw_config(segments::no_graph()).quantization_config(bytes);
        if let Err(error) = self.client.create_collection(request).await
            && !matches!(&error, QdrantError::ResponseError { status } if status.message().contains("already exists"))
        {
            return Err(self.failed(error));
        }
        Ok(())
    }

    pub(super) async fn create_indexes(&self, terms: TermField) -> Result<(), StoreError> {
        for (field, kind) in [
            (points::KIND, FieldType::Keyword),
            (points::LIVE, FieldType::Bool),
            (points::DOCUMENT, FieldType::Keyword),
            (points::VERSION, FieldType::Keyword),
            (points::KEY, FieldType::Keyword),
            (terms.name(), terms.index_type()),
            (metadata::FIELDS, FieldType::Keyword),
        ] {
            self.again(|| async {
                let mut request =
                    CreateFieldIndexCollectionBuilder::new(&self.collection, field, kind).wait(true);
                if field == terms.name() {
                    request = request.field_index_params(terms.index());
                }
                self.client.create_field_index(request).await.map_err(|error| self.failed(error))
            })
            .await?;
        }
        Ok(())
    }

    /// `None` where there is no collection.
    async fn read_shape(&self, known: &CollectionFacts) -> Result<Option<CollectionShape>, StoreError> {
        let info = match self.client.collection_info(&self.collection).await {
            Err(error) if is_missing(&error) => return Ok(None),
            answer => answer.map_err(|error| self.failed(error))?,
        };
        let info = info.result.unwrap_or_default();
        let config = info.config.clone().unwrap_or_default();
        let params = config.params.unwrap_or_default();
        let vectors = params.vectors_config.and_then(|vectors| match vectors.config? {
            vectors_config::Config::ParamsMap(map) => Some(map.map),
            vectors_config::Config::Params(_) => None,
        });
        let of = |name: &str| vectors.as_ref()?.get(name).map(|params| params.size);
        let found = FORMS.into_iter().find_map(|form| Some((of(form.0)?, form)));
        let Some((dimensions, (dense, ids, terms))) = found else {
            return Err(StoreError::Broken(format!(
                "{}: collection `{}` was not made by this host; choose another `collection_prefix`",
                self.server, self.collection
            )));
        };
        let has_own =
            params.sparse_vectors_config.is_some_and(|sparse| sparse.map.contains_key(SECTION_SPARSE));
        let points = *known.points.get_or_init(|| info.points_count());
        // Where there are others than at the last look, another host may be importing, and does it when that is over.
        if known.points_before.is_none_or(|before| before == points)
            && let Err(error) = self.put_together(&info).await
        {
            // A key that may only read is enough for who only searches.
            tracing::warn!(%error, "Searches take longer: the index of near windows lacks, and cannot be asked for");
        }
        Ok(Some(CollectionShape {
            dimensions,
            ids,
            terms,
            dense,
            has_graph: segments::has_graph(&info),
            has_bytes: config.quantization_config.is_some(),
            sections: if has_own { SECTION_SPARSE } else { SPARSE },
        }))
    }
}
