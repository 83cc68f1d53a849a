//! A JSON Schema that a plugin brought: bounded when it is loaded, so that checking a value against it ends.
//!
//! Forty definitions that each refer twice to the next are three kilobytes of schema and 2^40 checks. A
//! thread cannot be stopped from outside, so what a check costs is counted before it is begun: how
//! often each part of the schema is looked at, for every depth of the value, and how much of the
//! value there is at that depth.

mod cost;
mod told;
mod written;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;
use tokio::sync::{Semaphore, oneshot};

use crate::clean;
use crate::problem::Problem;
use cost::Cost;

/// Bytes of a schema's text. The largest that generators write for real tools have a tenth of it.
pub(super) const LARGEST: usize = 64 << 10;
/// Bytes of arguments from a model; those of real tools are some hundred.
const LARGEST_ARGUMENTS: usize = 64 << 10;
/// Units of work (see [`Cost`]) for one check of arguments: some tens of milliseconds, a second at worst.
const ARGUMENTS_WORK: u64 = 250_000;
/// Units of work for the operator's configuration, which may be long and is checked once.
const CONFIG_WORK: u64 = 1_000_000;
/// Bytes of one compiled pattern. The engine is linear in the text, and in this.
const PATTERN_SIZE: usize = 256 << 10;
/// Longest time one check may take, waiting for a place included.
const DEADLINE: Duration = Duration::from_secs(5);
/// Checks at one time. They run apart from the threads that serve.
const CHECKS: usize = 4;
/// Most problems that are reported at once; more would help nobody.
const MOST_PROBLEMS: usize = 10;
/// Bytes of one problem: it quotes the value.
const LONGEST_PROBLEM: usize = 512;

/// Stack of a thread that works on a schema: some kilobytes for each part that is looked at within another.
const STACK: usize = 16 << 20;

static PLACES: Semaphore = Semaphore::const_new(CHECKS);

/// A schema ready to check values.
#[derive(Debug)]
pub(in crate::plugin) struct Schema {
    validator: Validator,
    cost: Cost,
    source: Value,
}

/// Why a value was not found valid.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::plugin) enum Invalid {
    /// What is wrong with it, one line each.
    Problems(Vec<String>),
    /// It cannot be checked: too large, too deep or too costly. The text says which.
    Unchecked(String),
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problems(problems) => f.write_str(&problems.join("; ")),
            Self::Unchecked(reason) => f.write_str(reason),
        }
    }
}

impl Schema {
    /// Takes a schema as a plugin gives it. The error says what is wrong with it, or which bound it passes.
    pub(in crate::plugin) async fn load(schema: &Value) -> Result<Arc<Self>, String> {
        let schema = schema.clone();
        let made = apart(move || Self::new(&schema)).await;
        made.ok_or("cannot be compiled")?.map(Arc::new)
    }

    fn new(schema: &Value) -> Result<Self, String> {
        // Before anything else walks through it.
        let cost = Cost::of(schema)?;
        let patterns = PatternOptions::regex().size_limit(PATTERN_SIZE).dfa_size_limit(4 * PATTERN_SIZE);
        let validator = jsonschema::draft202012::options()
            .with_pattern_options(patterns)
            .build(schema)
            .map_err(|error| format!("is not a JSON Schema: {}", shortened(error.to_string())))?;
        Ok(Self { validator, cost, source: schema.clone() })
    }

    /// Takes a schema as an operator has written it. What is wrong with it has its place below it.
    pub(in crate::plugin) async fn load_written(schema: &Value) -> Result<Arc<Self>, Vec<Problem>> {
        let found = written::problems(schema);
        if !found.is_empty() {
            return Err(found);
        }
        let told = |problem: String| {
            let message = format!("it {problem}; {}", written::EXAMPLE);
            vec![Problem::new("", clean::line(&message))]
        };
        Self::load(schema).await.map_err(told)
    }

    /// Checks JSON that a model wrote, away from the threads that serve.
    pub(in crate::plugin) async fn check_arguments(self: &Arc<Self>, text: &str) -> Result<(), Invalid> {
        if text.len() > LARGEST_ARGUMENTS {
            let problem =
                format!("the arguments have {} bytes; at most {LARGEST_ARGUMENTS} are taken", text.len());
            return Err(Invalid::Unchecked(problem));
        }
        let value: Value = serde_json::from_str(text)
            .map_err(|error| Invalid::Problems(vec![format!("the arguments are not valid JSON: {error}")]))?;
        let is_object = value.is_object();
        match self.check(value, ARGUMENTS_WORK).await {
            // What the schema says of another kind quotes the whole of it, and what is quoted is not told to a model.
            Err(Invalid::Problems(_)) if !is_object => {
                Err(Invalid::Problems(vec!["the arguments must be an object".to_owned()]))
            }
            checked => checked,
        }
    }

    /// Checks the operator's configuration: every problem with the place below `config`.
    pub(super) async fn check_config(self: &Arc<Self>, config: &Value) -> Vec<Problem> {
        let checked = self.checked(config.clone(), CONFIG_WORK, |schema, value| {
            let errors = schema.validator.iter_errors(value).take(MOST_PROBLEMS);
            errors.flat_map(|error| told::problems(&error, &schema.source)).collect()
        });
        checked.await.unwrap_or_else(|reason| vec![Problem::new("config", reason)])
    }

    async fn check(self: &Arc<Self>, value: Value, most: u64) -> Result<(), Invalid> {
        match self.checked(value, most, |schema, value| schema.problems(value)).await {
            Ok(problems) if problems.is_empty() => Ok(()),
            Ok(problems) => Err(Invalid::Problems(problems)),
            Err(reason) => Err(Invalid::Unchecked(reason)),
        }
    }

    /// What a look at a value finds, bounded in work and time. The error says which bound it passes.
    async fn checked<T: Send + 'static>(
        self: &Arc<Self>,
        value: Value,
        most: u64,
        look: impl FnOnce(&Self, &Value) -> T + Send + 'static,
    ) -> Result<T, String> {
        let work = self.cost.work(&value)?;
        if work > most {
            return Err(format!(
                "checking it against the plugin's schema takes {work} steps; at most {most} are made"
            ));
        }
        let schema = Arc::clone(self);
        let checked = async move {
            let place = PLACES.acquire().await;
            apart(move || {
                // Held by the thread, not by whoever waits for it.
                let _place = place;
                look(&schema, &value)
            })
            .await
        };
        match tokio::time::timeout(DEADLINE, checked).await {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err("the check against the plugin's schema broke off".into()),
            Err(_) => Err(format!("the check against the plugin's schema took longer than {DEADLINE:?}")),
        }
    }

    /// What is wrong with a value, with the place where there is one.
    fn problems(&self, value: &Value) -> Vec<String> {
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        let told = |error: jsonschema::ValidationError<'_>| {
            let place = error.instance_path().to_string();
            shortened(if place.is_empty() { error.to_string() } else { format!("at {place}: {error}") })
        };
        self.validator.iter_errors(value).take(MOST_PROBLEMS).map(told).collect()
    }
}

/// Does work on a thread of its own, with stack for it; `None` where it broke off.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (give, given) = oneshot::channel();
    // Giving fails only if the caller has stopped waiting, and then nobody needs the result.
    let thread = std::thread::Builder::new().name("plugin-schema".to_owned()).stack_size(STACK);
    thread.spawn(move || _ = give.send(work())).ok()?;
    given.await.ok()
}

fn shortened(mut text: String) -> String {
    if text.len() > LONGEST_PROBLEM {
        text.truncate(text.floor_char_boundary(LONGEST_PROBLEM));
        text.push('…');
    }
    text
}
