//! What is asked of a model beyond what it can hold.

use crate::config::{AnswerMode, Config};
use crate::llm::ModelSettings;
use crate::problem::Problem;

impl Config {
    /// Prompts and answers that are longer than their model's `context_tokens`. Where the file says what that is, they are refused
    /// by every endpoint (`certain`); otherwise the default stands there, and the model may hold more.
    pub(in crate::config) fn beyond_context(&self, certain: bool) -> Vec<Problem> {
        let key = |name: &str| format!("models.{name}.context_tokens");
        let is_said = |name: &str| self.is_written(&key(name));
        let is_known = |name: &str| !self.lost.has(&key(name));
        let mut found = Vec::new();
        for (name, model) in self.models.iter().filter(|(name, _)| is_known(name) && is_said(name) == certain)
        {
            let answer = model.max_tokens.map(|tokens| tokens as usize);
            if let Some(tokens) = answer.filter(|tokens| *tokens >= model.context_tokens) {
                found.push(Problem::new(
                    format!("models.{name}.max_tokens"),
                    beyond(tokens, name, model, "leaves no room for a prompt"),
                ));
            }
        }
        let apps = self.apps.iter().filter(|(_, app)| app.answer == AnswerMode::Model);
        for (app, settings) in apps {
            let Some((name, model)) =
                settings.model.as_ref().and_then(|name| self.models.get_key_value(name))
            else {
                continue;
            };
            // Whole texts must fit, whoever says how much that is.
            let is_certain = is_said(name) || !settings.whole_text.is_empty();
            let Some(tokens) = settings.prompt_tokens.filter(|_| is_known(name) && is_certain == certain)
            else {
                continue;
            };
            if tokens > model.context_tokens {
                found.push(Problem::new(
                    format!("apps.{app}.prompt_tokens"),
                    beyond(tokens, name, model, "fits no prompt of that length"),
                ));
            }
        }
        if !certain {
            found.extend(self.answers_without_prompts());
            found.extend(self.together_beyond_context());
        }
        found
    }

    /// Answers that the model could give, if it were asked anything. Where the file does not say what it holds, that is
    /// to be written.
    fn answers_without_prompts(&self) -> Vec<Problem> {
        /// Tokens in which instructions and a question fit.
        const LEAST: usize = 1024;
        let of = |(name, model): (&String, &ModelSettings)| {
            let (answer, context) = (model.answer_tokens()?, model.context_tokens);
            let left = context.checked_sub(answer).filter(|left| *left > 0)?;
            if left >= LEAST.min(context / 8) || self.lost.has(&format!("models.{name}.context_tokens")) {
                return None;
            }
            let is_own = model.max_tokens.is_some_and(|tokens| tokens as usize == answer);
            let key = if is_own { "max_tokens" } else { "extra.max_completion_tokens" };
            let message = beyond(answer, name, model, "leaves no room for a prompt");
            Some(Problem::new(format!("models.{name}.{key}"), message))
        };
        self.models.iter().filter_map(of).collect()
    }

    /// Prompts that fit alone, and not with the answer that is asked for.
    fn together_beyond_context(&self) -> Vec<Problem> {
        let of = |(app, settings): (&String, &crate::config::AppSettings)| {
            let name = settings.model.as_ref()?;
            let model = self.models.get(name)?;
            let (prompt, answer) = (settings.prompt_tokens?, model.max_tokens? as usize);
            let context = model.context_tokens;
            let alone = prompt <= context && answer < context;
            if !alone
                || prompt + answer <= context
                || !self.is_written(&format!("models.{name}.context_tokens"))
            {
                return None;
            }
            let left = context - answer;
            let message = format!(
                "is {prompt}, and with max_tokens = {answer} of the model `{name}` more than its context_tokens = {context}, so that \
                 prompts are cut to {left}; write at most {left}, or lower max_tokens"
            );
            Some(Problem::new(format!("apps.{app}.prompt_tokens"), message))
        };
        self.apps.iter().filter(|(_, app)| app.answer == AnswerMode::Model).filter_map(of).collect()
    }
}

fn beyond(tokens: usize, name: &str, model: &ModelSettings, effect: &str) -> String {
    format!(
        "is {tokens}, and context_tokens of the model `{name}` is {}, which {effect}; lower it, or write in [models.{name}] the \
         context_tokens that the model holds",
        model.context_tokens
    )
}
