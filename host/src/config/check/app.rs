//! What is wrong with an app, as far as the file alone tells.

use std::collections::BTreeSet;
use std::time::Duration;

use nearest::nearest;

use super::Config;
use crate::config::app::{LEAST_PROMPT_TOKENS, TOOL_ROUNDS};
use crate::config::{AnswerMode, AppPlugin, AppSettings, FollowUpMode, RouteMode};
use crate::duration;
use crate::plugin;
use crate::problem::Problem;
use crate::texts;

/// One app, and where to say what is wrong with it.
struct AppCheck<'a> {
    config: &'a Config,
    app: &'a AppSettings,
    name: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Config {
    pub(super) fn check_app(&self, name: &str, problems: &mut Vec<Problem>) {
        let Some(app) = self.apps.get(name) else { return };
        let mut check = AppCheck { config: self, app, name, problems };
        check.model();
        check.follow_up();
        check.whole_text();
        check.plugins();
        check.formatters();
        if !(1 << 10..=1 << 30).contains(&app.max_answer_bytes.0) {
            let message = format!("is {}; it must be between 1KiB and 1GiB", app.max_answer_bytes);
            check.report("max_answer_bytes", message);
        }
        check.bounds();
        if app.nothing_found.as_ref().is_some_and(|text| text.trim().is_empty()) {
            let message = "is empty, so users would read nothing; write what they are told where nothing was found, or remove it";
            check.report("nothing_found", message);
        }
        if app.unavailable.trim().is_empty() {
            let message =
                "is empty; write what users are told while the knowledge cannot be searched, or remove it";
            check.report("unavailable", message);
        }
        if !app.say_more.contains(texts::MISSING) {
            let message = format!(
                "has no {0}, where the names of what is missing go; add it, such as \"请补充：{0}\"",
                texts::MISSING
            );
            check.report("say_more", message);
        }
        for problem in app.texts.problems() {
            check.report(&format!("texts.{}", problem.key), problem.message);
        }
        if let Some(prompt) = app.prompt.as_ref().filter(|prompt| !prompt.is_file()) {
            let is = if prompt.is_dir() { "is a folder, not a file" } else { "is not a file" };
            let mend = "make it, or name another; the path is taken from the configuration's folder";
            check.report("prompt", format!("{} {is}; {mend}", prompt.display()));
        }
    }
}

impl AppCheck<'_> {
    fn key(&self, key: &str) -> String {
        format!("apps.{}.{key}", self.name)
    }

    fn report(&mut self, key: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(self.key(key), message));
    }

    fn is_lost(&self, key: &str) -> bool {
        self.config.lost.has(&self.key(key))
    }

    fn expect_model(&mut self, key: &str, model: &str) {
        let key = self.key(key);
        self.config.expect(&key, "model", model, "models", &self.config.models, self.problems);
    }

    fn model(&mut self) {
        match &self.app.model {
            Some(model) => self.expect_model("model", model),
            None if self.app.answer == AnswerMode::Model && !self.is_lost("answer") => self.report(
                "model",
                "is missing; name a [models.<name>] table, or set answer = \"direct\" to answer without one",
            ),
            None => {}
        }
    }

    /// Numbers and durations with which no turn could be what the operator wants.
    fn bounds(&mut self) {
        let (app, table) = (self.app, self.key(""));
        let flow = duration::problem(
            "flow_timeout",
            app.flow_timeout,
            &(Duration::from_micros(1)..=Duration::from_secs(30 * 24 * 3600)),
            "30m",
        );
        let rounds = Problem::of_number("max_tool_rounds", app.max_tool_rounds.into(), &TOOL_ROUNDS);
        let tokens = app.prompt_tokens.filter(|tokens| *tokens < LEAST_PROMPT_TOKENS).map(|tokens| {
            let message = format!("is {tokens}; write at least {LEAST_PROMPT_TOKENS}, or remove it for three quarters of the model's context_tokens");
            Problem::new("prompt_tokens", message)
        });
        let found = [flow, rounds, tokens].into_iter().flatten();
        self.problems.extend(found.map(|problem| problem.below(table.trim_end_matches('.'))));
    }

    fn follow_up(&mut self) {
        let by_model = self.app.follow_up == FollowUpMode::Model || self.is_lost("follow_up");
        match &self.app.follow_up_model {
            Some(_) if !by_model => {
                self.report("follow_up_model", "has no effect; set follow_up = \"model\" or remove it");
            }
            Some(model) => self.expect_model("follow_up_model", model),
            None if self.app.follow_up == FollowUpMode::Model
                && self.app.model.is_none()
                && !self.is_lost("model")
                && !self.is_lost("follow_up") =>
            {
                self.report(
                    "follow_up",
                    "is \"model\", but the app has none; name a [models.<name>] table in follow_up_model, or set follow_up = \"both\"",
                );
            }
            None => {}
        }
        match self.app.follow_up_timeout {
            Some(_) if !by_model => {
                self.report("follow_up_timeout", "has no effect; set follow_up = \"model\" or remove it");
            }
            Some(timeout) => {
                let bounds = Duration::from_millis(1)..=Duration::from_secs(300);
                let found = duration::problem("follow_up_timeout", timeout, &bounds, "3s");
                let table = self.key("");
                self.problems.extend(found.map(|problem| problem.below(table.trim_end_matches('.'))));
            }
            None => {}
        }
    }

    fn whole_text(&mut self) {
        let app = self.app;
        for (index, base) in app.whole_text.iter().enumerate() {
            let at = format!("whole_text[{index}]");
            let key = self.key(&at);
            self.config.expect(
                &key,
                "knowledge base",
                base,
                "knowledge",
                &self.config.knowledge,
                self.problems,
            );
            if app.whole_text[..index].contains(base) {
                self.report(&at, format!("`{base}` is listed twice; keep one entry"));
            }
        }
        if app.whole_text.is_empty() {
            return;
        }
        if app.answer == AnswerMode::Direct && !self.is_lost("answer") {
            self.report(
                "whole_text",
                "has no effect: with answer = \"direct\" there is no prompt; set answer = \"model\" or remove it",
            );
        }
    }

    fn plugins(&mut self) {
        let mut seen = BTreeSet::new();
        for (index, entry) in self.app.plugins.iter().enumerate() {
            let at = format!("plugins[{index}]");
            self.plugin_exists(&format!("{at}.plugin"), &entry.plugin);
            if !seen.insert(&entry.plugin) {
                self.report(
                    &format!("{at}.plugin"),
                    format!("`{}` is listed twice; keep one entry", entry.plugin),
                );
            }
            self.route(&at, entry);
        }
    }

    fn formatters(&mut self) {
        let mut seen = BTreeSet::new();
        for (index, formatter) in self.app.formatters.iter().enumerate() {
            let at = format!("formatters[{index}]");
            // A table whose `plugin` could not be read names none.
            if self.is_lost(&format!("{at}.plugin")) {
                continue;
            }
            self.plugin_exists(&at, &formatter.plugin);
            if !seen.insert(&formatter.plugin) {
                self.report(&at, format!("`{}` is listed twice; keep one entry", formatter.plugin));
            }
        }
    }

    /// A name that is that of a bundled plugin only lacks its table.
    fn plugin_exists(&mut self, key: &str, name: &str) {
        let plugins = &self.config.plugins;
        if plugins.contains_key(name) || self.config.lost.has(&format!("plugins.{name}")) {
            return;
        }
        let known = plugins.keys().map(String::as_str);
        let bundled = nearest(name, plugin::bundled_names()).filter(|_| nearest(name, known).is_none());
        let message = match bundled {
            Some(bundled) => format!(
                "the plugin `{name}` is not configured; add [plugins.{bundled}] with component = \"builtin:{bundled}\", and write \"{bundled}\" here"
            ),
            None => self.config.absent("plugin", name, "plugins", plugins),
        };
        self.report(key, message);
    }

    fn route(&mut self, at: &str, entry: &AppPlugin) {
        let key = format!("{at}.when");
        if !self.is_lost(&format!("{at}.route")) && !self.is_lost(&key) {
            match (&entry.when, entry.route) {
                (None, RouteMode::When) => self.report(
                    &key,
                    "is missing; route = \"when\" needs keywords, patterns or variables, such as when = { keywords = [\"价格\"] }",
                ),
                (Some(when), RouteMode::When)
                    if when.keywords.is_empty()
                        && when.patterns.is_empty()
                        && when.variables.is_empty()
                        // One that was refused may be what was meant.
                        && !self.config.lost.has_within(&self.key(&key)) =>
                {
                    self.report(&key, "is empty; give keywords, patterns or variables, or use route = \"always\"");
                }
                (Some(_), route) if route != RouteMode::When => {
                    self.report(&key, "has no effect with this route; set route = \"when\" or remove it");
                }
                _ => {}
            }
        }
        let variables = entry.when.iter().flat_map(|when| when.variables.keys());
        if variables.into_iter().any(|name| name.trim().is_empty()) {
            self.report(
                &format!("{key}.variables"),
                "has a value without the name of a variable; write such as variables = { province = \"河南\" }",
            );
        }
        for (index, pattern) in entry.when.iter().flat_map(|when| &when.patterns).enumerate() {
            if let Err(error) = regex::Regex::new(pattern) {
                let message = format!(
                    "`{pattern}` is not a regular expression: {}; fix it, or write plain text in `keywords`",
                    why(&error)
                );
                self.report(&format!("{key}.patterns[{index}]"), message);
            }
        }
        if entry.route == RouteMode::Model
            && (self.app.answer == AnswerMode::Direct || self.app.max_tool_rounds == 0)
            && !self.is_lost(&format!("{at}.route"))
        {
            self.report(
                &format!("{at}.route"),
                "is \"model\", but the app gives the model no chance to call it; set answer = \"model\" and max_tool_rounds to 1 or more",
            );
        }
    }
}

/// The cause alone: the error draws the pattern over several lines.
fn why(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}
