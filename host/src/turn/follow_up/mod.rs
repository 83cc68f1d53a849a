//! What is searched for a turn's question. A follow-up such as `那费用呢？` finds nothing by itself:
//! it is made standalone by rule, and by a model where the app allows it.

mod model;
mod phrase;
mod pronoun;
mod question_back;
mod rule;
#[rustfmt::skip] // Lists of words, many on a line.
mod words;

use super::app::App;
use super::recorder::Recorder;
use crate::config::FollowUpMode;
use crate::message::Message;
use crate::trace::{SearchText, SearchTextBy, kept_text};

/// The question made standalone, `None` where it stands by itself, with how it came about in the
/// trace. A model is asked only where `searched` says that a plugin is about to be called, and where
/// the question may lean on what was said before.
pub(super) async fn search_text(
    app: &App,
    history: &[Message],
    question: &str,
    searched: bool,
    recorder: &mut Recorder<'_>,
) -> Option<String> {
    let (mut standalone, reason) = by_rule(app.follow_up.mode, history, question);
    let by = if standalone.is_some() { SearchTextBy::Rule } else { SearchTextBy::None };
    // Also a turn that is dropped while the model is asked says what was to be searched.
    recorder.trace.search = kept(question, standalone.as_deref(), by, reason);
    if let Some(model) = &app.follow_up.model
        && searched
        && rule::may_follow_up(history, question)
    {
        match model::standalone(model, &app.follow_up, history, question, recorder).await {
            Ok(text) => {
                let reason =
                    if text == question { "the model left it as it is" } else { "the model's wording" };
                recorder.trace.search = kept(question, Some(&text), SearchTextBy::Model, reason.into());
                standalone = Some(text);
            }
            Err(error) => {
                tracing::warn!(turn.id = %recorder.trace.id, "The model made no follow-up standalone: {error}");
                let search = &mut recorder.trace.search;
                search.reason = format!("the model gave none ({error}); by rule: {}", search.reason);
            }
        }
    }
    standalone
}

fn kept(question: &str, standalone: Option<&str>, by: SearchTextBy, reason: String) -> SearchText {
    let text = kept_text(standalone.unwrap_or(question));
    SearchText { question: kept_text(question), text, by, reason }
}

/// The rule's wording, where it has one, and why.
fn by_rule(mode: FollowUpMode, history: &[Message], question: &str) -> (Option<String>, String) {
    if mode == FollowUpMode::Off {
        return (None, "follow_up is off".into());
    }
    if history.is_empty() {
        return (None, "nothing was said before".into());
    }
    match rule::rewrite(history, question) {
        Some(rule::Rewrite { text, reason }) => (Some(text), reason),
        None => (None, "it stands by itself".into()),
    }
}
