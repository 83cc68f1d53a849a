//! Windows that are made by number out of real ones, and the embedding endpoint that knows them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use qianfan_host::knowledge::{Base, BaseSettings, Library};
use serde_json::{Value, json};

use super::{Corpus, reader};

/// Real windows that synthetic vectors are mixed from.
const POOL: usize = 3000;

/// Makes windows: each is known by its number alone.
pub(super) struct Synthesis {
    /// Real windows' texts, with the model's vectors.
    pool: Vec<(String, Vec<f32>)>,
    pub(super) model: Arc<Base>,
    _folder: tempfile::TempDir,
}

impl Synthesis {
    pub(super) async fn new(corpus: &Corpus) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let bases = BTreeMap::from([("model".to_owned(), BaseSettings::default())]);
        let library =
            Library::open(folder.path(), &bases, &BTreeMap::new(), &BTreeMap::new(), reader()).await.unwrap();
        let model = Arc::clone(library.base("model").unwrap());
        let mut texts = Vec::new();
        for paragraph in &corpus.paragraphs {
            let mut text = String::new();
            for sentence in paragraph.split_inclusive('。') {
                text.push_str(sentence.trim());
                if text.chars().count() > 60 {
                    texts.push(text.chars().take(100).collect::<String>());
                    text.clear();
                }
            }
        }
        let every = (texts.len() / POOL).max(1);
        let texts: Vec<_> = texts.into_iter().step_by(every).collect();
        let vectors = model.vectors(texts.clone()).await.unwrap();
        Arc::new(Self { pool: texts.into_iter().zip(vectors).collect(), model, _folder: folder })
    }

    /// Two real windows that a window is mixed from.
    fn parents(&self, n: usize) -> (usize, usize, Random) {
        let mut random = Random(n as u64 + 1);
        (0..4).for_each(|_| _ = random.next());
        let pool = self.pool.len() as u64;
        let first = random.next() % pool;
        // The second often is of the same paragraph or one beside it.
        let second =
            if random.next().is_multiple_of(2) { first + 1 + random.next() % 3 } else { random.next() };
        (first as usize, (second % pool) as usize, random)
    }

    pub(super) fn section(&self, n: usize) -> String {
        let (first, second, mut random) = self.parents(n);
        let mut half = |text: &str, chars: usize| {
            let all: Vec<char> = text.chars().filter(|c| *c != '\n').collect();
            let start = random.next() as usize % (all.len().saturating_sub(chars) + 1);
            all[start..(start + chars).min(all.len())].iter().collect::<String>()
        };
        format!("# {n}\n\n{}{}\n\n", half(&self.pool[first].0, 60), half(&self.pool[second].0, 40))
    }

    fn vector(&self, n: usize) -> Vec<f32> {
        let (first, second, mut random) = self.parents(n);
        let pairs = self.pool[first].1.iter().zip(&self.pool[second].1);
        // Noise of about a third of the vector's length.
        let noise = 0.35 * (3.0 / self.pool[first].1.len() as f32).sqrt();
        pairs.map(|(a, b)| 0.75 * a + 0.4 * b + noise * random.number()).collect()
    }
}

/// The same numbers every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// Between -1 and 1.
    fn number(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}

/// An embedding endpoint: windows by their number, which is their heading, and all else by the model.
pub(super) async fn serve(synthesis: Arc<Synthesis>) -> String {
    let answer = async |State(synthesis): State<Arc<Synthesis>>, axum::Json(request): axum::Json<Value>| {
        let mut data = Vec::new();
        for (index, text) in request["input"].as_array().unwrap().iter().enumerate() {
            let text = text.as_str().unwrap();
            let number = text.split_once('\n').and_then(|(heading, _)| heading.parse().ok());
            let vector = match number {
                Some(n) => synthesis.vector(n),
                None => synthesis.model.vectors(vec![text.to_owned()]).await.unwrap().remove(0),
            };
            data.push(json!({"index": index, "embedding": vector}));
        }
        axum::Json(json!({ "data": data }))
    };
    let router = axum::Router::new().route("/embeddings", axum::routing::post(answer)).with_state(synthesis);
    let router = router.layer(axum::extract::DefaultBodyLimit::disable());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
