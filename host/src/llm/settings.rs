//! One `[models.<name>]` table: which model answers, where it is, and what it costs.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::duration;
use crate::endpoint;
use crate::problem::{PRICES, Problem, SHARES};

/// A model behind an OpenAI-compatible endpoint, as the operator wrote it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
pub struct ModelSettings {
    /// Everything before `/chat/completions`, such as `https://qianfan.baidubce.com/v2`: no user
    /// name, password, query or fragment.
    #[schemars(example = "https://qianfan.baidubce.com/v2")]
    pub base_url: String,
    /// The model's name on that endpoint.
    #[schemars(example = "ernie-4.5-turbo-32k")]
    pub model: String,
    /// Name of the environment variable that holds the API key. Absent or empty: no key is sent.
    #[schemars(example = &"QIANFAN_API_KEY")]
    pub api_key_env: Option<String>,
    /// The value of Qianfan's `appid` header. Absent: not sent.
    pub appid: Option<String>,
    /// Tokens the model can hold, prompt and answer together. Default 8192.
    #[serde(default = "default_context_tokens")]
    #[schemars(range(min = *CONTEXT_TOKENS.start(), max = *CONTEXT_TOKENS.end()))]
    pub context_tokens: usize,
    /// Whether it takes images. Default false: an image in a question is refused, and an older one becomes
    /// a note.
    #[serde(default)]
    pub vision: bool,
    /// Whether its chat template opens the thoughts itself, as DeepSeek-R1's does, and its server does not tell them
    /// from the answer: what comes before the first `</think>` is what it thinks. It is not assumed where the request
    /// switches thinking off or the endpoint sends thoughts apart, and a text that ends without a `</think>` is the
    /// answer. Default false.
    #[serde(default)]
    pub starts_thinking: bool,
    /// Sampling temperature where the client gives none. Absent: the endpoint's own default.
    #[schemars(range(min = *TEMPERATURES.start(), max = *TEMPERATURES.end()))]
    pub temperature: Option<f64>,
    /// Nucleus sampling where the client gives none; set this or `temperature`, not both.
    #[schemars(range(min = *SHARES.start(), max = *SHARES.end()))]
    pub top_p: Option<f64>,
    /// Longest answer in tokens where the client gives none. Absent: the endpoint's own default.
    #[schemars(range(min = LEAST_ANSWER_TOKENS), example = 1024)]
    pub max_tokens: Option<u32>,
    /// Fields that every request to it has beside the host's own, as they are written here; the client's
    /// field of the same name replaces one. Such as `enable_thinking = false`. Absent: none.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Value>")]
    pub extra: toml::Table,
    /// How long a TCP and TLS connection may take. Default 3 s.
    #[serde(default = "default_connect", with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub connect_timeout: Duration,
    /// From sending the request to the first byte of the answer's body. Default 60 s.
    #[serde(default = "default_first_byte", with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub first_byte_timeout: Duration,
    /// The longest silence within an answer. Default 30 s.
    #[serde(default = "default_stall", with = "humantime_serde")]
    #[schemars(with = "Duration")]
    pub stall_timeout: Duration,
    /// Price of 1000 prompt tokens, in the operator's currency. Absent: cost is not computed.
    #[schemars(range(min = *PRICES.start(), max = *PRICES.end()))]
    pub price_input: Option<f64>,
    /// Price of 1000 answer tokens, in the operator's currency. Absent: cost is not computed.
    #[schemars(range(min = *PRICES.start(), max = *PRICES.end()))]
    pub price_output: Option<f64>,
}

impl ModelSettings {
    /// What is wrong with the values; empty when all is well.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut report = |key: &str, message: String| problems.push(Problem::new(key, message));
        if let Some(message) = endpoint::address_problem(&self.base_url) {
            report("base_url", message);
        }
        if self.model.trim().is_empty() {
            report("model", "is empty; write the model's name on that endpoint".into());
        }
        if self.temperature.is_some() && self.top_p.is_some() {
            report("top_p", "is set beside `temperature`; keep one of the two".into());
        }
        for (field, value) in &self.extra {
            if let Some(message) = problem_of(field, value) {
                report(&format!("extra.{field}"), message);
            }
        }
        let (least, most) = (*CONTEXT_TOKENS.start(), *CONTEXT_TOKENS.end());
        let beyond = match self.context_tokens {
            tokens if tokens < least => Some(format!("below {least}")),
            tokens if tokens > most => Some(format!("above {most}")),
            _ => None,
        };
        if let Some(beyond) = beyond {
            report(
                "context_tokens",
                format!("is {}, {beyond}; write what the model can hold", self.context_tokens),
            );
        }
        if let Some(temperature) = self.temperature.filter(|temperature| !TEMPERATURES.contains(temperature))
        {
            report("temperature", format!("is {temperature}; it must be between 0 and 2, such as 0.2"));
        }
        if self.max_tokens.is_some_and(|tokens| tokens < LEAST_ANSWER_TOKENS) {
            report("max_tokens", "is 0, so no answer could be given; write 1 or more, or remove it".into());
        }
        problems.extend(Problem::of_share("top_p", self.top_p));
        for (key, value, example) in [
            ("connect_timeout", self.connect_timeout, "3s"),
            ("first_byte_timeout", self.first_byte_timeout, "60s"),
            ("stall_timeout", self.stall_timeout, "30s"),
        ] {
            problems.extend(duration::problem(key, value, &endpoint::BOUNDS, example));
        }
        for (key, price) in [("price_input", self.price_input), ("price_output", self.price_output)] {
            problems.extend(Problem::of_price(key, price));
        }
        problems
    }

    /// The longest answer in tokens where the client says nothing, as the table or its `extra` has it.
    pub fn answer_tokens(&self) -> Option<usize> {
        let extra = self.extra.get("max_completion_tokens").and_then(toml::Value::as_integer);
        let extra = extra.and_then(|tokens| usize::try_from(tokens).ok());
        self.max_tokens.map(|tokens| tokens as usize).max(extra)
    }

    /// The fields of `extra`, as JSON. A date is its text.
    pub(super) fn extra_fields(&self) -> Map<String, Value> {
        let fields = self.extra.iter().filter(|(field, value)| problem_of(field, value).is_none());
        fields.filter_map(|(field, value)| Some((field.clone(), serde_json::to_value(value).ok()?))).collect()
    }

    /// Cost of so many tokens in the operator's currency, where both prices are known.
    pub fn cost(&self, prompt_tokens: u64, completion_tokens: u64) -> Option<f64> {
        let (input, output) = (self.price_input?, self.price_output?);
        Some((prompt_tokens as f64 * input + completion_tokens as f64 * output) / 1000.0)
    }
}

/// Tokens that a model may hold: with fewer no prompt fits, and more than any model has is a slip.
const CONTEXT_TOKENS: RangeInclusive<usize> = 256..=100_000_000;
/// What endpoints take as a temperature.
const TEMPERATURES: RangeInclusive<f64> = 0.0..=2.0;
/// With none no answer could be given.
const LEAST_ANSWER_TOKENS: u32 = 1;
/// Fields of a request that are the host's to say.
const OF_THE_HOST: [&str; 10] = [
    "model",
    "messages",
    "stream",
    "stream_options",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "functions",
    "function_call",
    "n",
];
/// Fields that have a key of their own.
const OF_THE_TABLE: [&str; 3] = ["temperature", "top_p", "max_tokens"];

/// What is wrong with a field of `extra`, if anything is.
fn problem_of(field: &str, value: &toml::Value) -> Option<String> {
    if OF_THE_HOST.contains(&field) {
        return Some(format!("holds `{field}`, which the host itself fills in; remove it"));
    }
    if OF_THE_TABLE.contains(&field) {
        return Some(format!("holds `{field}`, which is a key of the model's own table; write it there"));
    }
    has_no_json(value)
        .map(|what| format!("holds in `{field}` {what}, which JSON has no form for; write another number"))
}

fn has_no_json(value: &toml::Value) -> Option<&'static str> {
    match value {
        toml::Value::Float(number) if !number.is_finite() => Some("a number without end"),
        toml::Value::Array(items) => items.iter().find_map(has_no_json),
        toml::Value::Table(table) => table.values().find_map(has_no_json),
        _ => None,
    }
}

fn default_context_tokens() -> usize {
    8192
}

fn default_connect() -> Duration {
    Duration::from_secs(3)
}

fn default_first_byte() -> Duration {
    Duration::from_secs(60)
}

fn default_stall() -> Duration {
    Duration::from_secs(30)
}
