//! A text that ends a turn without the model.

use super::TurnEnd;
use super::app::App;
use super::error::TurnError;
use super::flow::FlowEnd;
use super::format::{Formatting, Spares};
use super::recorder::Recorder;
use crate::message::Passage;
use crate::trace::AnswerKind;

/// What the client gets where nobody words an answer.
#[derive(Debug, Clone)]
pub(super) struct FinalText {
    /// Who said it: a plugin's name, or the key of the configuration.
    pub(super) by: String,
    pub(super) text: String,
    /// What may be cited in it.
    pub(super) sources: Vec<Passage>,
    pub(super) origin: TextOrigin,
    /// The choices, where the text is a question back.
    pub(super) asks: Option<Vec<String>>,
}

/// Where a text's words come from, which decides over the formatters it passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextOrigin {
    /// The operator's own, from the configuration: no formatter changes it.
    Configuration,
    /// A stored answer of a knowledge base, byte for byte: formatters that exempt these leave it alone.
    Standard,
    /// A plugin's: every formatter sees it.
    Plugin,
}

impl FinalText {
    /// A text of the configuration.
    pub(super) fn configured(by: &str, text: &str) -> Self {
        Self {
            by: by.to_owned(),
            text: text.to_owned(),
            sources: Vec::new(),
            origin: TextOrigin::Configuration,
            asks: None,
        }
    }

    /// A plugin's text that cites nothing.
    pub(super) fn of_plugin(by: &str, text: String) -> Self {
        Self { by: by.to_owned(), text, sources: Vec::new(), origin: TextOrigin::Plugin, asks: None }
    }

    /// A plugin's question back, above its numbered choices.
    pub(super) fn of_ask(by: &str, mut text: String, choices: Vec<String>) -> Self {
        for (index, choice) in choices.iter().enumerate() {
            text.push_str(&format!("\n{}. {choice}", index + 1));
        }
        Self { asks: Some(choices), ..Self::of_plugin(by, text) }
    }

    /// The choices of a question back.
    pub(super) fn choices(&self) -> &[String] {
        self.asks.as_deref().unwrap_or_default()
    }

    /// Gives the text out, through the app's formatters, all at once: where one fails, none of it.
    pub(super) async fn say(self, app: &App, recorder: &mut Recorder<'_>) -> Result<TurnEnd, TurnError> {
        let mut text = self.text;
        recorder.begin_part();
        let asks = self.asks.is_some();
        if let Some(choices) = self.asks {
            recorder.flow = FlowEnd::Asked { plugin: self.by.clone(), text: text.clone(), choices };
        }
        let kind = match self.origin {
            _ if asks => AnswerKind::Ask,
            TextOrigin::Standard => AnswerKind::Standard,
            TextOrigin::Configuration if self.by == "unavailable" => AnswerKind::Unavailable,
            TextOrigin::Configuration => AnswerKind::NothingFound,
            TextOrigin::Plugin if app.answers_directly() => AnswerKind::Direct,
            TextOrigin::Plugin => AnswerKind::Plugin,
        };
        recorder.trace.spared_model = self.origin == TextOrigin::Standard && app.answering_model().is_some();
        recorder.answers(kind, self.by);
        if self.origin != TextOrigin::Configuration {
            let spares =
                Spares { standard: self.origin == TextOrigin::Standard, json: recorder.gives_json() };
            let mut formatting = Formatting::open(app, &recorder.trace.id, &self.sources, spares).await;
            let fed = formatting.feed(text).await;
            let (rest, calls) = formatting.finish(recorder.began()).await;
            recorder.trace.formatters.extend(calls);
            text = fed? + &rest?;
        }
        recorder.say_final(text).await?;
        Ok(TurnEnd { finish_reason: "stop".into(), tool_calls: Vec::new(), usage: recorder.trace.usage })
    }
}
