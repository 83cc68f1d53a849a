//! A sentence embedding model in this process: ONNX on rten, by default bge-small-zh-v1.5 int8.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, oneshot};

use super::super::settings::EmbedderSettings;
use super::origin::{MODEL, TOKENIZER};
use super::wordpiece::WordPiece;
use super::{EmbedError, Embedder};
use crate::fair::{Gate, PlaceCount};
use crate::hex::hex;

/// The most tokens the model was trained for; what is beyond is not seen.
const MAX_TOKENS: usize = 512;

/// The files a local model is made of.
#[derive(Clone)]
pub(super) struct ModelFiles {
    model: PathBuf,
    tokenizer: PathBuf,
}

impl ModelFiles {
    pub(super) fn of(settings: &EmbedderSettings) -> Self {
        let model = settings.model_path.clone().unwrap_or_else(|| MODEL.path());
        let tokenizer =
            settings.tokenizer_path.clone().unwrap_or_else(|| model.with_file_name("tokenizer.json"));
        Self { model, tokenizer }
    }

    /// What the two files hold, wherever they lie.
    pub(super) fn fingerprint(&self) -> Result<String, EmbedError> {
        let mut digest = Sha256::new();
        for (path, origin) in [(&self.model, MODEL), (&self.tokenizer, TOKENIZER)] {
            hash_file(path, &mut digest).map_err(|_| origin.missing(path))?;
        }
        Ok(format!("local:{}", hex(&digest.finalize()[..8])))
    }
}

impl ModelFiles {
    /// What tells that a file was replaced, without reading it.
    pub(super) fn stamps(&self) -> Vec<super::FileStamp> {
        let stamp = |path: &PathBuf| {
            let metadata = std::fs::metadata(path).ok()?;
            Some((metadata.len(), metadata.modified().ok()?))
        };
        [&self.model, &self.tokenizer].map(stamp).into()
    }

    /// Whether both are files.
    pub(super) fn expect_there(&self) -> Result<(), EmbedError> {
        self.missing().next().map_or(Ok(()), Err)
    }

    fn missing(&self) -> impl Iterator<Item = EmbedError> {
        let files = [(&self.model, MODEL), (&self.tokenizer, TOKENIZER)];
        files.into_iter().filter(|(path, _)| !path.is_file()).map(|(path, origin)| origin.missing(path))
    }
}

/// What a local model lacks, each file with where it is had.
pub fn missing_model_files(settings: &EmbedderSettings) -> Vec<String> {
    ModelFiles::of(settings).missing().map(|error| error.to_string()).collect()
}

fn hash_file(path: &Path, digest: &mut Sha256) -> std::io::Result<()> {
    let mut file = std::fs::File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            read => digest.update(&buffer[..read]),
        }
    }
}

/// The loaded model: a few threads that take texts from one short queue.
pub(super) struct LocalEmbedder {
    jobs: mpsc::Sender<EmbeddingJob>,
    /// The gate in front of the queue: apps take turns at it, so one app's question does not wait for all
    /// texts of another.
    turns: Gate<PlaceCount>,
    threads: usize,
}

struct EmbeddingJob {
    text: String,
    vector: oneshot::Sender<Result<Vec<f32>, EmbedError>>,
}

impl LocalEmbedder {
    /// Reads the files; takes a few tenths of a second.
    pub(super) fn load(files: &ModelFiles, threads: usize) -> Result<Self, EmbedError> {
        let loaded = Arc::new(LoadedModel::read(files)?);
        let (jobs, queue) = mpsc::channel(threads);
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..threads {
            let (loaded, queue) = (Arc::clone(&loaded), Arc::clone(&queue));
            std::thread::Builder::new()
                .name("embed".into())
                .spawn(move || work(&loaded, &queue))
                .map_err(|error| EmbedError::Unusable(format!("cannot start a thread: {error}")))?;
        }
        Ok(Self { jobs, turns: Gate::new(PlaceCount(threads)), threads })
    }
}

/// One thread's life: until the embedder is dropped.
fn work(loaded: &LoadedModel, queue: &Mutex<mpsc::Receiver<EmbeddingJob>>) {
    // One thread for one text: texts are embedded side by side instead, which wastes less on
    // waiting.
    let pool = Arc::new(ThreadPool::with_num_threads(1));
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let Some(EmbeddingJob { text, vector }) = job else { return };
        // Whoever asked may have left.
        if vector.is_closed() {
            continue;
        }
        // A text that trips the runtime must not take the thread with it.
        let embedded = catch_unwind(AssertUnwindSafe(|| loaded.embed(&text, &pool)))
            .unwrap_or_else(|_| Err(EmbedError::Unusable("the embedding model panicked on a text".into())));
        let _ = vector.send(embedded);
    }
}

#[async_trait]
impl Embedder for LocalEmbedder {
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        // A caller with many texts puts in only what keeps the threads busy, so that a query in
        // between waits for a few texts and not for an import.
        stream::iter(texts)
            .map(async |text| {
                let _turn = self.turns.enter().await;
                let (vector, answer) = oneshot::channel();
                self.jobs.send(EmbeddingJob { text, vector }).await.map_err(|_| stopped())?;
                answer.await.map_err(|_| stopped())?
            })
            .buffered(self.threads)
            .try_collect()
            .await
    }
}

struct LoadedModel {
    model: Model,
    tokenizer: WordPiece,
    inputs: Vec<(NodeId, Input)>,
    output: NodeId,
}

#[derive(Clone, Copy)]
enum Input {
    Tokens,
    Mask,
    Types,
}

impl LoadedModel {
    fn read(files: &ModelFiles) -> Result<Self, EmbedError> {
        files.expect_there()?;
        // Weights are laid out for the processor once, for 13 MB more. Without it each run does that
        // anew, which for a question takes twice the time of all the rest.
        let model = ModelOptions::with_all_ops()
            .prepack_weights(true)
            .load_file(&files.model)
            .map_err(|error| unusable(&files.model, &error))?;
        let tokenizer =
            WordPiece::read(&files.tokenizer).map_err(|error| no_tokenizer(&files.tokenizer, &error))?;
        let output = model.node_id("sentence_embedding").map_err(|_| {
            unusable(&files.model, &"it has no output `sentence_embedding`; export it with pooling")
        })?;
        let inputs = model
            .input_ids()
            .iter()
            .map(|&id| {
                let info = model.node_info(id);
                let input = match info.as_ref().and_then(|info| info.name()) {
                    Some("input_ids") => Input::Tokens,
                    Some("attention_mask") => Input::Mask,
                    Some("token_type_ids") => Input::Types,
                    name => {
                        let name = name.unwrap_or_default();
                        return Err(unusable(&files.model, &format!("its input `{name}` is unknown")));
                    }
                };
                Ok((id, input))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { model, tokenizer, inputs, output })
    }

    /// One text alone: the int8 model scales its activations over the whole input, so padding and
    /// neighbours in a batch would move the vector.
    fn embed(&self, text: &str, pool: &Arc<ThreadPool>) -> Result<Vec<f32>, EmbedError> {
        let failed = |error: &dyn std::fmt::Display| {
            EmbedError::Unusable(format!("the embedding model failed on a text: {error}"))
        };
        let tokens = self.tokenizer.tokens(text, MAX_TOKENS);
        let shape = [1, tokens.len()];
        let inputs = self
            .inputs
            .iter()
            .map(|&(id, input)| {
                let data = match input {
                    Input::Tokens => tokens.clone(),
                    Input::Mask => vec![1; tokens.len()],
                    Input::Types => vec![0; tokens.len()],
                };
                (id, NdTensor::from_data(shape, data).into())
            })
            .collect();
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(pool)));
        let [output] =
            self.model.run_n(inputs, [self.output], Some(options)).map_err(|error| failed(&error))?;
        let output: NdTensor<f32, 2> = output.try_into().map_err(|error| failed(&format!("{error:?}")))?;
        // The tensor's own memory is a far larger buffer that the runtime uses again and again.
        Ok(output.to_vec())
    }
}

fn unusable(path: &Path, error: &dyn std::fmt::Display) -> EmbedError {
    EmbedError::Unusable(format!("{} cannot be loaded: {error}", path.display()))
}

/// Says of a file of another kind which is wanted.
fn no_tokenizer(path: &Path, error: &dyn std::fmt::Display) -> EmbedError {
    EmbedError::Unusable(format!(
        "{} is not the tokenizer of a model: {error}; name in tokenizer_path the tokenizer.json that came with \
         the model",
        path.display()
    ))
}

fn stopped() -> EmbedError {
    EmbedError::Unusable("the embedding model has stopped; restart the host".into())
}

#[cfg(test)]
mod tests;
