//! Documents read in the sandbox: the component that travels in the binary, called like a plugin
//! but with nothing to reach, for parsers of large formats are where a file does harm.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::OnceCell;
use wasmtime::component::{InstancePre, Linker};

use crate::knowledge::{DocumentPart, Format, Parsed, ReadDocument};
use crate::plugin::call::{CRASHED, CallState, new_store};
use crate::plugin::loaded::PluginContext;
use crate::plugin::process::{
    ByteSize, CallError, Engine, EngineSettings, Failure, LimitSettings, LoadError, TrapKind, bundled,
};

use generated::exports::qianfan::reader::documents as wit;

mod generated {
    wasmtime::component::bindgen!({
        path: "../plugins/document-reader/wit",
        world: "reader",
        exports: { default: async },
    });
}

/// Longest time one document may take. The largest real ones take a few seconds.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Most memory for one document: the file, what it unfolds to, and what was read of it.
const MEMORY: usize = 256 << 20;
/// Most bytes the reader may hand over. It holds itself to 16 MiB of text; this is what keeps it to
/// that, with something for each cell of a table.
const OUTPUT: usize = 48 << 20;

/// Reads documents in the sandbox. The engine is made, and the component compiled, when the first
/// document comes: most hosts and commands never need it.
pub struct SandboxedReader {
    engine: EngineFrom,
    timeout: Duration,
    loaded: OnceCell<Arc<ReaderComponent>>,
}

#[derive(Clone)]
enum EngineFrom {
    Settings(Arc<EngineSettings>),
    Shared(Arc<Engine>),
}

/// The component that reads, ready to be called.
struct ReaderComponent {
    engine: Arc<Engine>,
    pre: InstancePre<CallState>,
    documents: wit::GuestIndices,
    context: Arc<PluginContext>,
}

impl SandboxedReader {
    /// A reader with an engine of its own.
    pub fn new(settings: EngineSettings) -> Self {
        // It runs no plugins, so it needs no places for them.
        let settings = EngineSettings { max_concurrent_calls: 1, max_open_answers: 1, ..settings };
        Self::from(EngineFrom::Settings(Arc::new(settings)))
    }

    /// A reader on the engine that runs the plugins.
    pub fn on(engine: Arc<Engine>) -> Self {
        Self::from(EngineFrom::Shared(engine))
    }

    /// A reader with a short time-out, for tests of documents that take too long.
    #[cfg(test)]
    pub(super) fn impatient(engine: Arc<Engine>, timeout: Duration) -> Self {
        Self { timeout, ..Self::on(engine) }
    }

    fn from(engine: EngineFrom) -> Self {
        Self { engine, timeout: TIMEOUT, loaded: OnceCell::new() }
    }

    async fn load(&self) -> Result<Arc<ReaderComponent>, LoadError> {
        let (engine, timeout) = (self.engine.clone(), self.timeout);
        // The compiler takes seconds, once.
        let loading = tokio::task::spawn_blocking(move || {
            let engine = match engine {
                EngineFrom::Shared(engine) => engine,
                EngineFrom::Settings(settings) => Engine::new(&settings)?,
            };
            ReaderComponent::new(engine, timeout)
        });
        loading
            .await
            .unwrap_or_else(|error| Err(LoadError::host(format!("the document reader: {error}"))))
            .map(Arc::new)
    }
}

impl std::fmt::Debug for SandboxedReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxedReader").finish_non_exhaustive()
    }
}

#[async_trait]
impl ReadDocument for SandboxedReader {
    async fn read(&self, bytes: Vec<u8>, format: Format) -> Result<Parsed, String> {
        let format = match format {
            Format::Pdf => wit::Format::Pdf,
            Format::Docx => wit::Format::Docx,
            Format::Xlsx => wit::Format::Xlsx,
            Format::Html => wit::Format::Html,
            Format::Pptx => wit::Format::Pptx,
            Format::Epub => wit::Format::Epub,
            Format::Eml => wit::Format::Mail,
            Format::Txt | Format::Markdown | Format::Csv | Format::Qa => {
                return Err("is text, and was given to the reader of other formats".to_owned());
            }
        };
        let loaded = self.loaded.get_or_try_init(|| self.load()).await;
        let loaded = Arc::clone(loaded.map_err(|error| format!("cannot be read: {error}"))?);
        let runtime = tokio::runtime::Handle::current();
        // Reading is all computing. On a thread of its own it holds up nobody's chat.
        tokio::task::spawn_blocking(move || runtime.block_on(loaded.read(&bytes, format)))
            .await
            .unwrap_or_else(|error| Err(format!("cannot be read: {error}")))
    }
}

impl ReaderComponent {
    fn new(engine: Arc<Engine>, timeout: Duration) -> Result<Self, LoadError> {
        let host = |error: wasmtime::Error| LoadError::host(format!("the document reader: {error:#}"));
        let component = engine
            .compile("document-reader", bundled::reader())
            .map_err(|error| LoadError::host(format!("the document reader: {error}")))?;
        let mut linker = Linker::new(&engine.wasm);
        // Rust's runtime imports it; there is nothing behind it.
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).map_err(host)?;
        let pre = linker.instantiate_pre(&component).map_err(host)?;
        let documents = wit::GuestIndices::new(&pre).map_err(host)?;
        let limits = LimitSettings {
            timeout,
            memory: ByteSize(MEMORY.min(engine.max_memory)),
            output: ByteSize(OUTPUT),
            ..LimitSettings::default()
        };
        let context = PluginContext::bare("document-reader", limits, &engine.clients);
        Ok(Self { engine, pre, documents, context: Arc::new(context) })
    }

    async fn read(&self, bytes: &[u8], format: wit::Format) -> Result<Parsed, String> {
        // The semaphore is never closed.
        let _place = self.engine.readers.acquire().await.map_err(|error| error.to_string())?;
        let limit = self.context.limits.timeout;
        let mut store = new_store(&self.engine.wasm, &self.context, "");
        store.data_mut().arm(limit);
        let started = Instant::now();
        let ended = tokio::time::timeout(limit, async {
            let instance = self.pre.instantiate_async(&mut store).await?;
            let documents = self.documents.load(&mut store, &instance)?;
            let read = documents.call_read(&mut store, bytes, format).await?;
            Ok(read.map_err(Failure::Other))
        })
        .await;
        let read = store.data().settle(ended, limit);
        tracing::debug!(
            ?format, bytes = bytes.len(), took = ?started.elapsed(),
            memory = store.data_mut().report().peak_memory, "Read a document"
        );
        read.map(parsed).map_err(|error| self.reason(error))
    }

    /// Why a document was not read, in words that follow its name.
    fn reason(&self, error: CallError) -> String {
        let limits = &self.context.limits;
        match error {
            CallError::Failed { failure } => failure.to_string(),
            CallError::Timeout { limit } => {
                format!("takes longer than {limit:?} to read; split it, or save it anew")
            }
            CallError::Trap { cause: TrapKind::OutOfMemory, .. } => {
                format!("takes more than {} of memory to read; split it, or save it anew", limits.memory)
            }
            CallError::Trap { cause: TrapKind::StackOverflow, .. } => {
                "is nested too deep; save it anew".to_owned()
            }
            CallError::Trap { cause: TrapKind::TooMuchData, .. } => {
                format!("holds more than {} of text; split it", limits.output)
            }
            CallError::Trap { cause: TrapKind::Crash | TrapKind::TooManyHandles, message } => {
                let message = message.strip_prefix(CRASHED).unwrap_or(&message);
                format!("is damaged, and its reader broke: {message}")
            }
            CallError::Busy { .. } | CallError::Host { .. } => format!("cannot be read: {error}"),
        }
    }
}

fn parsed(document: wit::Document) -> Parsed {
    Parsed {
        title: document.title,
        url: document.url,
        parts: document
            .parts
            .into_iter()
            .map(|part| match part {
                wit::Part::Heading(heading) => {
                    DocumentPart::Heading { level: heading.level, text: heading.text }
                }
                wit::Part::Text(text) => DocumentPart::Text(text),
                wit::Part::Caption(text) => DocumentPart::Caption(text),
                wit::Part::Table(table) => DocumentPart::Table {
                    titles: table.titles,
                    header_rows: table.header_rows.map(|rows| rows as usize),
                    rows: table.rows,
                },
            })
            .collect(),
        notes: document.notes,
    }
}
