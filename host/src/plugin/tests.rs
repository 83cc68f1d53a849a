//! The engine against guests that mean harm. Each test asserts what exactly comes out, and that
//! the engine serves the next call.

mod contained;
mod formatter;
mod load;
mod network;
mod read;
mod ready;
mod secrets;
mod services;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use test_fixtures::{documents, guests};

use super::*;
use crate::knowledge::{BaseReport, Hit, Query, Results, SearchError, SearchTimes};
use crate::message::{Contribution, MediaType, Outcome};

fn engine_settings() -> EngineSettings {
    // One cache for all tests: the guest is compiled once.
    let cache = guests::hostile().with_file_name("compiled");
    EngineSettings {
        cache_dir: Some(cache),
        max_concurrent_calls: 8,
        max_open_answers: 4,
        ..EngineSettings::default()
    }
}

fn engine() -> Arc<Engine> {
    Engine::new(&engine_settings()).unwrap()
}

fn services() -> Services {
    Services {
        library: Arc::new(OneHitLibrary),
        state: StateStore::in_memory(Duration::from_secs(600)).unwrap(),
    }
}

/// The settings of a plugin that is the hostile guest with this configuration.
fn settings(config: Value) -> PluginSettings {
    PluginSettings {
        component: guests::hostile().to_str().unwrap().to_owned(),
        config: Some(config),
        model_summary: None,
        arguments_schema: None,
        grants: GrantSettings::default(),
        limits: LimitSettings { timeout: Duration::from_secs(5), ..LimitSettings::default() },
    }
}

async fn load(engine: &Arc<Engine>, settings: &PluginSettings) -> Arc<Plugin> {
    Plugin::load(engine, "guest", settings, &Secrets::default(), &services()).await.unwrap()
}

async fn call(engine: &Arc<Engine>, settings: &PluginSettings) -> CallOutcome {
    load(engine, settings).await.contribute(&input()).await
}

fn input() -> TurnInput {
    TurnInput {
        id: "t1".into(),
        conversation: "c1".into(),
        question: "北京分数线".into(),
        search_text: "北京分数线".into(),
        ..TurnInput::default()
    }
}

fn outcome(text: impl Into<String>) -> Result<Contribution, CallError> {
    Ok(Contribution::Outcome(Outcome {
        text: text.into(),
        media_type: MediaType::Plain,
        title: "hostile".into(),
        url: None,
    }))
}

/// The text of an outcome; anything else fails the test.
fn text(outcome: &CallOutcome) -> &str {
    match &outcome.result {
        Ok(Contribution::Outcome(outcome)) => &outcome.text,
        other => panic!("expected an outcome, got {other:?}"),
    }
}

/// The engine still serves.
async fn serves(engine: &Arc<Engine>) {
    assert_eq!(call(engine, &settings(json!({"behaviour": "echo"}))).await.result, outcome("北京分数线 0 "));
}

/// Finds one hit in every base it is asked for.
struct OneHitLibrary;

impl KnowledgeSearch for OneHitLibrary {
    fn search<'a>(
        &'a self,
        query: &'a Query,
    ) -> Pin<Box<dyn Future<Output = Result<Results, SearchError>> + Send + 'a>> {
        let hit = |base: &String| Hit {
            id: format!("{base}-1"),
            knowledge_base: base.clone(),
            document: "d".into(),
            title: "标题".into(),
            section: vec!["一".into()],
            url: None,
            text: format!("{base}：{}", query.text),
            joined: Vec::new(),
            media_type: MediaType::Plain,
            score: 0.9,
            dense: 0.9,
            dense_share: 0.7,
            lexical: 0.9,
            exact: false,
            same: None,
            rerank_score: None,
            rank: 0.9,
            standard_answer: None,
            offered_answer: None,
            question: None,
        };
        let report = |base: &String| BaseReport {
            degraded: None,
            lasts: false,
            knowledge_base: base.clone(),
            found: 1,
            best_score: Some(0.9),
            threshold: 0.5,
            error: None,
        };
        let results = Results {
            hits: query.bases.iter().map(hit).collect(),
            reports: query.bases.iter().map(report).collect(),
            rerank: None,
            fees: Vec::new(),
            times: SearchTimes { embed_ms: 0.0, search_ms: 0.0, rerank_ms: 0.0, total_ms: 0.0 },
        };
        Box::pin(async move { Ok(results) })
    }
}
