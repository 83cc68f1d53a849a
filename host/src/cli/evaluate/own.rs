//! The settings for a base that is made for one evaluation.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::{CommandError, load};
use crate::config::Config;
use crate::knowledge::{BaseSettings, EmbedderSettings, QuestionJudge};
use crate::plugin::{EngineSettings, SandboxedReader};

/// Settings for texts and pairs that a file brings.
pub(in crate::cli) struct Own {
    pub(in crate::cli) settings: BaseSettings,
    pub(in crate::cli) embedders: BTreeMap<String, EmbedderSettings>,
    engine: EngineSettings,
}

impl Own {
    pub(super) fn of(config: &Path, like: Option<&str>) -> Result<Self, CommandError> {
        let Some(name) = like else {
            return Ok(Self {
                settings: BaseSettings::default(),
                embedders: BTreeMap::new(),
                engine: EngineSettings::default(),
            });
        };
        Self::like(&load(config)?, name)
    }

    pub(in crate::cli) fn like(config: &Config, name: &str) -> Result<Self, CommandError> {
        let settings = config.knowledge.get(name).cloned().ok_or_else(|| {
            let known: Vec<&str> = config.knowledge.keys().map(String::as_str).collect();
            format!("there is no knowledge base `{name}`; there are: {}", known.join(", "))
        })?;
        Ok(Self { settings, embedders: config.embedders.clone(), engine: config.engine_settings() })
    }

    pub(in crate::cli) fn judge(&self) -> QuestionJudge {
        QuestionJudge::new(&self.settings, &self.embedders)
    }

    pub(super) fn reader(&self) -> Arc<SandboxedReader> {
        Arc::new(SandboxedReader::new(self.engine.clone()))
    }

    /// Vectors of two embedders must not meet in one base.
    pub(super) fn folder_in(&self, work: &Path) -> PathBuf {
        work.join(&self.settings.embedder)
    }
}
