//! What is searched for a turn's question. A follow-up such as `那费用呢？` finds nothing by itself:
//! it is made standalone by rule, and by a model where the app allows it. A short question is also searched behind the
//! one before it.

mod joined;
mod model;
mod phrase;
mod pronoun;
mod question_back;
mod rule;
#[rustfmt::skip] // Lists of words, many on a line.
mod words;

use std::time::Instant;

use super::app::App;
use super::recorder::Recorder;
use crate::config::FollowUpMode;
use crate::message::Message;
use crate::trace::{SearchText, SearchTextBy, kept_text};

/// What is searched for a question.
pub(super) struct SearchQuestion {
    /// The question made standalone; `None` where it stands by itself.
    pub(super) text: Option<String>,
    /// The question behind the one before it: knowledge bases are searched for that and for the question as it was
    /// asked, at once.
    pub(super) beside: Option<String>,
}

/// What to search for, with how it came about in the trace. A model is asked only where `searched` says that a plugin
/// is about to be called, and where the question may lean on what was said before.
pub(super) async fn searched(
    app: &App,
    history: &[Message],
    question: &str,
    searched: bool,
    recorder: &mut Recorder<'_>,
) -> SearchQuestion {
    let began = Instant::now();
    let mode = app.follow_up.mode;
    let made = (mode != FollowUpMode::Off).then(|| rule::rewrite(history, question)).flatten();
    let joins = matches!(mode, FollowUpMode::Both | FollowUpMode::Model);
    let says_something = made.as_ref().is_none_or(|made| !made.says_all);
    let beside = match &made {
        // Two questions in one are nobody's question: a standard answer would be that of the earlier one.
        Some(made) if made.is_joined => Some(made.text.clone()),
        _ if joins && says_something => joined::joined(history, question),
        _ => None,
    };
    let (by, reason) = match (&made, &beside) {
        (Some(made), _) => (SearchTextBy::Rule, made.reason.as_str()),
        (None, Some(_)) => {
            (SearchTextBy::None, "it is short: bases are also searched for it behind the one before")
        }
        (None, None) if mode == FollowUpMode::Off => (SearchTextBy::None, "follow_up is off"),
        (None, None) if history.is_empty() => (SearchTextBy::None, "nothing was said before"),
        (None, None) => (SearchTextBy::None, "it stands by itself"),
    };
    let reason = reason.to_owned();
    let mut found = SearchQuestion { text: made.map(|made| made.text), beside };
    // A turn that is dropped while the model is asked says what was to be searched, too.
    recorder.trace.search = kept(question, &found, by, reason);
    if let Some(model) = &app.follow_up.model
        && searched
        && rule::may_follow_up(history, question)
    {
        match model::standalone(model, app, history, question, recorder).await {
            Ok(text) => {
                let reason =
                    if text == question { "the model left it as it is" } else { "the model's wording" };
                found = SearchQuestion { text: Some(text), beside: None };
                recorder.trace.search = kept(question, &found, SearchTextBy::Model, reason.into());
            }
            Err(error) => {
                tracing::warn!(turn.id = %recorder.trace.id, "The model made no follow-up standalone: {error}");
                let search = &mut recorder.trace.search;
                search.reason = format!("the model gave none ({error}); by rule: {}", search.reason);
            }
        }
    }
    recorder.trace.search.time = Some(recorder.step_since(began));
    found
}

fn kept(question: &str, searched: &SearchQuestion, by: SearchTextBy, reason: String) -> SearchText {
    let text = kept_text(searched.text.as_deref().unwrap_or(question));
    let beside = searched.beside.as_deref().map(kept_text);
    SearchText { question: kept_text(question), text, beside, by, reason, time: None }
}
