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
use crate::trace::{SearchText, SearchTextBy};

/// The question made standalone, with how it came about in the trace. A model is asked only where
/// `searched` says that a plugin is about to be called, and where the question may lean on what
/// was said before.
pub(super) async fn search_text(
    app: &App,
    history: &[Message],
    question: &str,
    searched: bool,
    recorder: &mut Recorder<'_>,
) -> String {
    // Also a turn that is dropped while the model is asked says what was to be searched.
    recorder.trace.search = by_rule(app.follow_up.mode, history, question);
    if let Some(model) = &app.follow_up.model
        && searched
        && rule::may_follow_up(history, question)
    {
        match model::standalone(model, app.follow_up.timeout, history, question, recorder).await {
            Ok(text) => {
                let reason =
                    if text == question { "the model left it as it is" } else { "the model's wording" };
                recorder.trace.search = SearchText {
                    question: question.to_owned(),
                    text,
                    by: SearchTextBy::Model,
                    reason: reason.to_owned(),
                };
            }
            Err(error) => {
                tracing::warn!(turn.id = %recorder.trace.id, "The model made no follow-up standalone: {error}");
                let search = &mut recorder.trace.search;
                search.reason = format!("the model gave none ({error}); by rule: {}", search.reason);
            }
        }
    }
    recorder.trace.search.text.clone()
}

fn by_rule(mode: FollowUpMode, history: &[Message], question: &str) -> SearchText {
    let as_asked = |reason: &str| SearchText {
        question: question.to_owned(),
        text: question.to_owned(),
        by: SearchTextBy::None,
        reason: reason.to_owned(),
    };
    if mode == FollowUpMode::Off {
        return as_asked("follow_up is off");
    }
    if history.is_empty() {
        return as_asked("nothing was said before");
    }
    match rule::rewrite(history, question) {
        Some(rule::Rewrite { text, reason }) => {
            SearchText { question: question.to_owned(), text, by: SearchTextBy::Rule, reason }
        }
        None => as_asked("it stands by itself"),
    }
}
