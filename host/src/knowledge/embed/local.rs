//! A sentence embedding model in this process: ONNX on rten, by default bge-small-zh-v1.5 int8.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use rten_text::Tokenizer;
use rten_text::tokenizer::EncodeOptions;
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, oneshot};

use super::super::settings::EmbedderSettings;
use super::{EmbedError, Embedder, missing};

/// The most tokens the model was trained for; what is beyond is not seen.
const MAX_TOKENS: usize = 512;

/// Where downloaded files are kept: `QIANFAN_CACHE`, or `qianfan-host` in the user's cache folder.
pub(in crate::knowledge) fn cache_folder() -> PathBuf {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("QIANFAN_CACHE").unwrap_or_else(|| {
        set("XDG_CACHE_HOME")
            .or_else(|| set("HOME").map(|home| home.join(".cache")))
            .unwrap_or_default()
            .join("qianfan-host")
    })
}

/// The files a local model is made of.
#[derive(Clone)]
pub(super) struct Files {
    model: PathBuf,
    tokenizer: PathBuf,
}

impl Files {
    pub(super) fn of(settings: &EmbedderSettings) -> Self {
        let model = settings
            .model_path
            .clone()
            .unwrap_or_else(|| cache_folder().join("models/bge-small-zh-v1.5/model.onnx"));
        let tokenizer =
            settings.tokenizer_path.clone().unwrap_or_else(|| model.with_file_name("tokenizer.json"));
        Self { model, tokenizer }
    }

    /// What the two files hold, wherever they lie.
    pub(super) fn fingerprint(&self) -> Result<String, EmbedError> {
        let mut digest = Sha256::new();
        for (path, what) in [(&self.model, "the embedding model"), (&self.tokenizer, "the tokenizer")] {
            hash_file(path, &mut digest).map_err(|_| missing(path, what))?;
        }
        let digest = digest.finalize();
        Ok(format!("local:{}", digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>()))
    }
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
    jobs: mpsc::Sender<Job>,
    threads: usize,
}

struct Job {
    text: String,
    vector: oneshot::Sender<Result<Vec<f32>, EmbedError>>,
}

impl LocalEmbedder {
    /// Reads the files; takes a few tenths of a second.
    pub(super) fn load(files: &Files, threads: usize) -> Result<Self, EmbedError> {
        if !files.model.is_file() {
            return Err(missing(&files.model, "the embedding model"));
        }
        let model = Model::load_file(&files.model).map_err(|error| unusable(&files.model, &error))?;
        let model = Arc::new(model);
        let tokenizer = std::fs::read_to_string(&files.tokenizer)
            .map_err(|_| missing(&files.tokenizer, "the tokenizer"))?;

        let (jobs, queue) = mpsc::channel(threads);
        let queue = Arc::new(Mutex::new(queue));
        let started: Vec<_> = (0..threads)
            .map(|_| {
                let (model, queue) = (Arc::clone(&model), Arc::clone(&queue));
                let (path, tokenizer) = (files.clone(), tokenizer.clone());
                let (started, ready) = std::sync::mpsc::sync_channel(1);
                // A tokenizer cannot move between threads: each makes its own.
                let work = move || match Worker::new(&path, &tokenizer, model) {
                    Ok(worker) => {
                        let _ = started.send(Ok(()));
                        worker.run(&queue);
                    }
                    Err(error) => {
                        let _ = started.send(Err(error));
                    }
                };
                std::thread::Builder::new()
                    .name("embed".into())
                    .spawn(work)
                    .map_err(|error| EmbedError::Unusable(format!("cannot start a thread: {error}")))?;
                Ok(ready)
            })
            .collect::<Result<_, _>>()?;
        for ready in started {
            ready.recv().map_err(|_| stopped())??;
        }
        Ok(Self { jobs, threads })
    }
}

#[async_trait]
impl Embedder for LocalEmbedder {
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        // A caller with many texts puts in only what keeps the threads busy, so that a query in
        // between waits for a few texts and not for an import.
        stream::iter(texts)
            .map(async |text| {
                let (vector, answer) = oneshot::channel();
                self.jobs.send(Job { text, vector }).await.map_err(|_| stopped())?;
                answer.await.map_err(|_| stopped())?
            })
            .buffered(self.threads)
            .try_collect()
            .await
    }
}

struct Worker {
    model: Arc<Model>,
    tokenizer: Tokenizer,
    inputs: Vec<(NodeId, Input)>,
    output: NodeId,
    /// One thread: texts are embedded side by side instead, which wastes less on waiting.
    pool: Arc<ThreadPool>,
}

#[derive(Clone, Copy)]
enum Input {
    Tokens,
    Mask,
    Types,
}

impl Worker {
    fn new(files: &Files, tokenizer: &str, model: Arc<Model>) -> Result<Self, EmbedError> {
        let tokenizer = Tokenizer::from_json(tokenizer).map_err(|error| unusable(&files.tokenizer, &error))?;
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
        Ok(Self { model, tokenizer, inputs, output, pool: Arc::new(ThreadPool::with_num_threads(1)) })
    }

    /// Works until the embedder is dropped.
    fn run(&self, queue: &Mutex<mpsc::Receiver<Job>>) {
        loop {
            let job = queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
            let Some(Job { text, vector }) = job else { return };
            // Whoever asked may have left.
            if !vector.is_closed() {
                let _ = vector.send(self.embed(&text));
            }
        }
    }

    /// One text alone: the int8 model scales its activations over the whole input, so padding and
    /// neighbours in a batch would move the vector.
    fn embed(&self, text: &str) -> Result<Vec<f32>, EmbedError> {
        let failed = |error: &dyn std::fmt::Display| {
            EmbedError::Unusable(format!("the embedding model failed on a text: {error}"))
        };
        let options = EncodeOptions { max_chunk_len: Some(MAX_TOKENS), overlap: 0 };
        let encoded = self.tokenizer.encode(text, Some(options)).map_err(|error| failed(&error))?;
        let tokens: Vec<i32> = encoded.token_ids().iter().map(|&id| id as i32).collect();
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
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let [output] =
            self.model.run_n(inputs, [self.output], Some(options)).map_err(|error| failed(&error))?;
        let output: NdTensor<f32, 2> = output.try_into().map_err(|error| failed(&format!("{error:?}")))?;
        Ok(output.into_data())
    }
}

fn unusable(path: &Path, error: &dyn std::fmt::Display) -> EmbedError {
    EmbedError::Unusable(format!("{} cannot be loaded: {error}", path.display()))
}

fn stopped() -> EmbedError {
    EmbedError::Unusable("the embedding model has stopped; restart the host".into())
}
