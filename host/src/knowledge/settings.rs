//! Settings are what the operator wrote about knowledge, as in the TOML file. They are checked
//! when the library is opened.

mod rerank;
mod store;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::sources::WebSourceSettings;
use crate::duration;
use crate::endpoint;
use crate::problem::{AbsentName, PRICES, Problem, SHARES};
pub(super) use rerank::MAX_RERANKED;
pub use rerank::RerankSettings;
pub use store::{StoreKind, StoreSettings};

/// What `weight` may be: beyond these one base would hide all others, and a rank might be no number.
const WEIGHTS: RangeInclusive<f64> = 0.001..=1000.0;
/// Hits that one base may give.
const TOP_K: RangeInclusive<usize> = 1..=100;
/// Characters of a window: fewer mean little, and a model does not read more.
const WINDOW_CHARS: RangeInclusive<usize> = 20..=500;
/// Characters of a section that a hit shows.
const SECTION_CHARS: RangeInclusive<usize> = 100..=1600;
/// Characters up to which a section is shown with those around it; 0 shows every one alone.
const GROW_CHARS: RangeInclusive<usize> = 0..=1600;
/// Texts that a local model may embed side by side.
const THREADS: RangeInclusive<u64> = 1..=64;
/// Texts that one request to an endpoint may hold.
const BATCH: RangeInclusive<u64> = 1..=256;
/// How often a request may be tried again.
const RETRIES: RangeInclusive<u64> = 0..=100;

/// One `[knowledge.<name>]` table. The name may hold letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct BaseSettings {
    /// What people call the base. Default: its name.
    pub title: Option<String>,
    /// `"embedded"` (a file in the data folder), or the name of a `[stores.<name>]` table.
    /// Default: `"embedded"`.
    pub store: String,
    /// The name of an `[embedders.<name>]` table. Default: `"local"`, which needs no table.
    pub embedder: String,
    /// At most so many hits from this base, 1 to 100. Default: 5.
    #[schemars(range(min = *TOP_K.start(), max = *TOP_K.end()))]
    pub top_k: usize,
    /// Hits that score less are left out, 0 to 1. Default: 0.57 for passages of documents, 0.65 for stored
    /// questions.
    #[schemars(range(min = *SHARES.start(), max = *SHARES.end()), example = 0.57)]
    pub threshold: Option<f64>,
    /// The same for the questions of Q&A documents alone, 0 to 1; one that gives its standard answer is found
    /// whatever it scores. Default: `threshold`, where that is set.
    #[schemars(range(min = *SHARES.start(), max = *SHARES.end()), example = 0.65)]
    pub question_threshold: Option<f64>,
    /// Hits of several bases are ordered by score times weight, 0.001 to 1000. Default: 1.
    #[schemars(range(min = *WEIGHTS.start(), max = *WEIGHTS.end()))]
    pub weight: f64,
    /// A question of a Q&A document that means the same as the asked one with at least this
    /// likelihood gives its standard answer, 0 to 1; 1 allows only the stored question itself.
    /// Default: 0.75, at which 64 of 100 paraphrases of stored service questions get the answer and 2
    /// of 100 questions that only look alike; 0.85 gives 54 and 1, 0.65 gives 71 and 5.
    #[schemars(range(min = *SHARES.start(), max = *SHARES.end()))]
    pub answer_threshold: f64,
    /// A question of a Q&A document that means the same as the asked one with at least this
    /// likelihood, and less than `answer_threshold`, may be offered to the user as a choice, 0 to
    /// 1 and not above `answer_threshold`. Only hits are offered: what scores below its threshold is none. Default:
    /// nothing is offered.
    #[schemars(range(min = *SHARES.start(), max = *SHARES.end()))]
    pub offer_threshold: Option<f64>,
    /// Only documents whose metadata passes are found: a list of `{operator, field, value}` that
    /// must all hold, or `{filters, condition = "or"}`. Default: all documents.
    #[schemars(example = example_filters())]
    pub filters: Option<Filter>,
    /// Characters in a window, the piece of text that is matched, 20 to 500. A change takes
    /// effect on the next import. Default: 120.
    #[schemars(range(min = *WINDOW_CHARS.start(), max = *WINDOW_CHARS.end()))]
    pub window_chars: usize,
    /// Most characters of a section that a hit shows, 100 to 1600. Default: 800.
    #[schemars(range(min = *SECTION_CHARS.start(), max = *SECTION_CHARS.end()))]
    pub section_chars: usize,
    /// A section with fewer characters is shown with the sections around it, up to so many in all,
    /// and hits that touch are one; 0 shows every section alone, up to 1600. Table rows and
    /// questions always stand alone. Default: 300.
    #[schemars(range(min = *GROW_CHARS.start(), max = *GROW_CHARS.end()))]
    pub grow_chars: usize,
    /// The embedded store compares every window with every question, instead of looking into the
    /// nearest groups: slower with thousands of windows, and what that is measured against.
    /// Default: false.
    pub exact: bool,
    /// Pages of the web that documents come from, by name. Each is fetched anew as often as it says.
    pub sources: BTreeMap<String, WebSourceSettings>,
}

impl Default for BaseSettings {
    fn default() -> Self {
        Self {
            title: None,
            store: EMBEDDED.to_owned(),
            embedder: LOCAL.to_owned(),
            top_k: 5,
            threshold: None,
            question_threshold: None,
            weight: 1.0,
            answer_threshold: 0.75,
            offer_threshold: None,
            filters: None,
            window_chars: 120,
            section_chars: 800,
            grow_chars: 300,
            exact: false,
            sources: BTreeMap::new(),
        }
    }
}

fn example_filters() -> serde_json::Value {
    serde_json::json!([{ "operator": "eq", "field": "province", "value": "河南" }])
}

/// The store that needs no table.
pub(super) const EMBEDDED: &str = "embedded";
/// The embedder that needs no table.
pub(super) const LOCAL: &str = "local";

/// How an embedder is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EmbedderKind {
    /// An ONNX model in this process.
    #[default]
    Local,
    /// An endpoint in the shape of OpenAI's `/v1/embeddings`, as Qianfan's `/v2/embeddings` is.
    OpenAi,
}

/// One `[embedders.<name>]` table.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct EmbedderSettings {
    /// `"local"` or `"openai"`. Default: `"local"`.
    pub kind: EmbedderKind,
    /// `local`: the ONNX model, with an output `sentence_embedding`. Default:
    /// `models/bge-small-zh-v1.5/model.onnx` in the cache folder.
    pub model_path: Option<PathBuf>,
    /// `local`: the model's `tokenizer.json`. Default: beside the model.
    pub tokenizer_path: Option<PathBuf>,
    /// `local`: how many texts are embedded side by side. Default: 2.
    #[schemars(range(min = *THREADS.start(), max = *THREADS.end()))]
    pub threads: usize,
    /// `openai`: the address before `/embeddings`, such as `https://…/v2`. Required.
    #[schemars(example = "https://qianfan.baidubce.com/v2")]
    pub base_url: Option<String>,
    /// `openai`: the model's name. Required.
    #[schemars(example = "bge-large-zh")]
    pub model: Option<String>,
    /// `openai`: the environment variable that holds the key. Default: no key is sent.
    #[schemars(example = &"QIANFAN_API_KEY")]
    pub api_key_env: Option<String>,
    /// `openai`: texts in one request, 1 to 256; Qianfan takes 16. Default: 16.
    #[schemars(range(min = *BATCH.start(), max = *BATCH.end()))]
    pub batch_size: usize,
    /// `openai`: the longest wait for a connection. Default: 5 s.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub connect_timeout: Duration,
    /// `openai`: the longest an import waits for the vectors of a batch, tries again included. Default: 30 s.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub timeout: Duration,
    /// `openai`: the longest a turn or a hit test waits for its question's vector before only words are
    /// searched. Default: 2 s.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub question_timeout: Duration,
    /// `openai`: how often a request is tried again after 429, 5xx or a broken connection, within
    /// `timeout`. Default: 3.
    #[schemars(range(min = *RETRIES.start(), max = *RETRIES.end()))]
    pub retries: u32,
    /// Put before a query, never before a document: some models want an instruction there.
    /// Default: nothing.
    pub query_prefix: String,
    /// `openai`: price of 1000 tokens, in the operator's currency, for the costs of turns. Default: none is
    /// known, and tokens alone are counted.
    #[schemars(range(min = *PRICES.start(), max = *PRICES.end()))]
    pub price_input: Option<f64>,
}

impl Default for EmbedderSettings {
    fn default() -> Self {
        Self {
            kind: EmbedderKind::Local,
            model_path: None,
            tokenizer_path: None,
            threads: 2,
            base_url: None,
            model: None,
            api_key_env: None,
            batch_size: 16,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            question_timeout: Duration::from_secs(2),
            retries: 3,
            query_prefix: String::new(),
            price_input: None,
        }
    }
}

impl EmbedderSettings {
    /// Keys that only an embedder of the other kind reads, and what to do about one that is written. Those come first that say
    /// which kind is meant.
    pub fn keys_of_other_kind(&self) -> (&'static [&'static str], &'static str) {
        match self.kind {
            EmbedderKind::Local => (
                &OF_AN_ENDPOINT,
                "has no effect with kind = \"local\", a model in this process; write kind = \"openai\" to ask an endpoint, or remove it",
            ),
            EmbedderKind::OpenAi => (
                &OF_A_LOCAL_MODEL,
                "has no effect with kind = \"openai\", an endpoint; write kind = \"local\" for a model in this process, or remove it",
            ),
        }
    }
}

/// Keys that an embedder of the kind `local` alone reads.
const OF_A_LOCAL_MODEL: [&str; 3] = ["model_path", "tokenizer_path", "threads"];
/// Keys that an embedder of the kind `openai` alone reads.
const OF_AN_ENDPOINT: [&str; 9] = [
    "base_url",
    "model",
    "api_key_env",
    "batch_size",
    "connect_timeout",
    "timeout",
    "question_timeout",
    "retries",
    "price_input",
];

/// Everything that is wrong with the settings of knowledge; nothing is opened or loaded.
pub(super) fn problems(
    bases: &BTreeMap<String, BaseSettings>,
    embedders: &BTreeMap<String, EmbedderSettings>,
    stores: &BTreeMap<String, StoreSettings>,
) -> Vec<Problem> {
    let mut found = Vec::new();
    for (name, base) in bases {
        check_base(name, base, embedders, stores, &mut found);
    }
    for (name, embedder) in embedders {
        check_embedder(name, embedder, &mut found);
    }
    for (name, store) in stores {
        let table = format!("stores.{name}");
        if name == EMBEDDED {
            found.push(Problem::new(&table, "`embedded` is the built-in store; choose another name"));
        }
        found.extend(store.problems(&table));
    }
    found
}

fn check_base(
    name: &str,
    base: &BaseSettings,
    embedders: &BTreeMap<String, EmbedderSettings>,
    stores: &BTreeMap<String, StoreSettings>,
    found: &mut Vec<Problem>,
) {
    let table = format!("knowledge.{name}");
    let mut wrong = |key: &str, message: String| {
        found.push(Problem::new(format!("{table}.{key}"), message));
    };
    for (key, value, bounds) in [
        ("top_k", base.top_k, TOP_K),
        ("window_chars", base.window_chars, WINDOW_CHARS),
        ("section_chars", base.section_chars, SECTION_CHARS),
    ] {
        if !bounds.contains(&value) {
            let (least, most) = (bounds.start(), bounds.end());
            wrong(key, format!("is {value}; it must be between {least} and {most}"));
        }
    }
    for (key, value) in [
        ("threshold", base.threshold),
        ("question_threshold", base.question_threshold),
        ("answer_threshold", Some(base.answer_threshold)),
    ] {
        if let Some(problem) = Problem::of_share(key, value) {
            wrong(key, problem.message);
        }
    }
    match base.offer_threshold {
        Some(offer) if !SHARES.contains(&offer) => {
            let problem = Problem::of_share("offer_threshold", Some(offer));
            problem.into_iter().for_each(|problem| wrong("offer_threshold", problem.message));
        }
        Some(offer) if offer > base.answer_threshold => wrong(
            "offer_threshold",
            format!(
                "is {offer}, above answer_threshold = {}, from which on an answer is given without \
                 asking; lower it, or remove it to offer nothing",
                base.answer_threshold
            ),
        ),
        _ => {}
    }
    if base.weight <= 0.0 {
        wrong("weight", format!("is {}; it must be above 0", base.weight));
    } else if !WEIGHTS.contains(&base.weight) {
        let (least, most) = (WEIGHTS.start(), WEIGHTS.end());
        wrong("weight", format!("is {:?}; it must be between {least} and {most}", base.weight));
    }
    if !GROW_CHARS.contains(&base.grow_chars) {
        wrong("grow_chars", format!("is {}; it must not be above {}", base.grow_chars, GROW_CHARS.end()));
    }
    for (source, settings) in &base.sources {
        for problem in settings.problems() {
            let problem = problem.below(&format!("sources.{source}"));
            wrong(&problem.key, problem.message);
        }
    }
    for absent in base.absent(embedders, stores) {
        wrong(absent.kind, absent.message());
    }
}

impl BaseSettings {
    /// The embedder and the store it names, where there is no such table.
    pub(crate) fn absent<'a>(
        &'a self,
        embedders: &'a BTreeMap<String, EmbedderSettings>,
        stores: &'a BTreeMap<String, StoreSettings>,
    ) -> impl Iterator<Item = AbsentName<'a>> {
        let embedder = AbsentName {
            kind: "embedder",
            name: &self.embedder,
            table: "embedders",
            known: with_built_in(embedders.keys(), LOCAL),
            other: None,
            without: Some("the built-in one"),
        };
        let store = AbsentName {
            kind: "store",
            name: &self.store,
            table: "stores",
            known: with_built_in(stores.keys(), EMBEDDED),
            other: None,
            without: Some("files in the data folder"),
        };
        [embedder, store].into_iter().filter(|absent| !absent.known.contains(&absent.name))
    }
}

/// The names that a table has, and the built-in one, which may have a table as well.
fn with_built_in<'a>(names: impl Iterator<Item = &'a String>, built_in: &'a str) -> Vec<&'a str> {
    let others = names.map(String::as_str).filter(|name| *name != built_in);
    others.chain([built_in]).collect()
}

fn check_embedder(name: &str, embedder: &EmbedderSettings, found: &mut Vec<Problem>) {
    let table = format!("embedders.{name}");
    if let (EmbedderKind::OpenAi, Some(base_url)) = (embedder.kind, &embedder.base_url) {
        let key = embedder.api_key_env.as_deref();
        check_endpoint(&table, "base_url", base_url, key, found);
    }
    let price = Problem::of_price("price_input", embedder.price_input);
    found.extend(price.map(|problem| problem.below(&table)));
    let mut wrong = |key: &str, message: String| {
        found.push(Problem::new(format!("{table}.{key}"), message));
    };
    match embedder.kind {
        EmbedderKind::Local => {
            let problem = Problem::of_number("threads", embedder.threads as u64, &THREADS);
            problem.into_iter().for_each(|problem| wrong("threads", problem.message));
        }
        EmbedderKind::OpenAi => {
            if embedder.base_url.is_none() {
                wrong("base_url", "is missing; write the address before `/embeddings`".into());
            }
            if embedder.model.is_none() {
                wrong("model", "is missing; write the embedding model's name".into());
            }
            for (key, value, bounds) in [
                ("batch_size", embedder.batch_size as u64, BATCH),
                ("retries", embedder.retries.into(), RETRIES),
            ] {
                let problem = Problem::of_number(key, value, &bounds);
                problem.into_iter().for_each(|problem| wrong(key, problem.message));
            }
            for (key, value, example) in [
                ("connect_timeout", embedder.connect_timeout, "5s"),
                ("timeout", embedder.timeout, "30s"),
                ("question_timeout", embedder.question_timeout, "2s"),
            ] {
                let problem = duration::problem(key, value, &endpoint::BOUNDS, example);
                problem.into_iter().for_each(|problem| wrong(key, problem.message));
            }
        }
    }
}

fn check_endpoint(
    table: &str,
    url_key: &'static str,
    url: &str,
    api_key_env: Option<&str>,
    found: &mut Vec<Problem>,
) {
    let problems = endpoint::problems(url_key, url, api_key_env).into_iter();
    found.extend(problems.map(|problem| problem.below(table)));
}

#[cfg(test)]
mod tests;
