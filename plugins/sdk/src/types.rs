//! Short ways to make the words of a turn.

use crate::{Answer, Description, MediaType, Outcome, Passage, Turn};

/// The configuration of a plugin that has none: takes whatever the host sends.
pub type NoConfig = serde::de::IgnoredAny;

impl Description {
    /// A plugin without configuration or arguments; `summary` is for the operator and the model alike.
    /// Set the other fields with `Description { config_schema, ..Description::new(…) }`.
    #[must_use]
    pub fn new(name: &str, version: &str, summary: &str) -> Self {
        let nothing = r#"{"type":"object","properties":{},"additionalProperties":false}"#;
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            summary: summary.to_owned(),
            model_summary: summary.to_owned(),
            config_schema: nothing.to_owned(),
            arguments_schema: nothing.to_owned(),
        }
    }
}

impl Turn {
    /// Whether this is the reply to what the plugin has asked the user in the turn before. Where it is
    /// not, a flow that is still in the state was left: begin anew.
    #[must_use]
    pub fn is_reply(&self) -> bool {
        self.of_the_host("host:resumed").is_some()
    }

    /// The choice that the reply makes, of those that the plugin offered.
    #[must_use]
    pub fn choice(&self) -> Option<&str> {
        self.of_the_host("host:choice")
    }

    fn of_the_host(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Passage {
    /// Plain text without link, section or score.
    #[must_use]
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            media_type: MediaType::Plain,
            title: title.into(),
            section: Vec::new(),
            url: None,
            knowledge_base: None,
            score: None,
        }
    }
}

impl Outcome {
    /// Markdown without a link.
    #[must_use]
    pub fn markdown(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { text: text.into(), media_type: MediaType::Markdown, title: title.into(), url: None }
    }
}

impl Answer {
    /// Plain text that rests on no source.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), media_type: MediaType::Plain, sources: Vec::new() }
    }
}
