//! Which plugins a turn calls, and why: a pure function of the app's rules and the turn.

use std::collections::BTreeMap;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::config::{AppPlugin, RouteMode, When};

/// When one plugin of an app is called.
#[derive(Debug)]
pub struct RouteRule {
    plugin: String,
    mode: RouteMode,
    condition: Option<RuleCondition>,
}

/// What was decided for one plugin in one turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The plugin's name in the configuration.
    pub plugin: String,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Why, for the operator.
    pub reason: String,
}

/// What becomes of a plugin in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is called before the prompt is built.
    Call,
    /// It is offered to the model as a tool.
    Offer,
    /// It stays silent.
    Skip,
}

/// What a turn says of its plugins besides its question.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes<'a> {
    /// Plugins that the request names: they are called whatever their rules say.
    pub forced: &'a [String],
    /// The request wants none at all.
    pub plain: bool,
    /// The plugin that has asked the user back and gets the reply, and why, for the operator.
    pub resumed: Option<(&'a str, &'a str)>,
}

/// Decides for every rule, in the app's order.
pub fn route(
    rules: &[RouteRule],
    question: &str,
    variables: &BTreeMap<String, String>,
    wishes: Wishes<'_>,
) -> Vec<Decision> {
    let folded = question.to_lowercase();
    let decide = |rule: &RouteRule| match wishes.resumed {
        _ if wishes.plain => (Verdict::Skip, "the request wants no plugins".to_owned()),
        Some((plugin, reason)) if plugin == rule.plugin => (Verdict::Call, reason.to_owned()),
        _ if wishes.forced.contains(&rule.plugin) => (Verdict::Call, "the request names it".to_owned()),
        _ => rule.decide(question, &folded, variables),
    };
    rules
        .iter()
        .map(|rule| {
            let (verdict, reason) = decide(rule);
            Decision { plugin: rule.plugin.clone(), verdict, reason }
        })
        .collect()
}

impl RouteRule {
    /// Takes over a checked entry of an app. Fails on a pattern that is not a regular expression.
    pub fn new(entry: &AppPlugin) -> Result<Self, regex::Error> {
        let condition = entry.when.as_ref().map(RuleCondition::new).transpose()?;
        Ok(Self { plugin: entry.plugin.clone(), mode: entry.route, condition })
    }

    /// Whether a model may call the plugin.
    pub fn is_offered(&self) -> bool {
        self.mode == RouteMode::Model
    }

    /// The plugin it is about, and when that is called.
    pub fn about(&self) -> (&str, RouteMode) {
        (&self.plugin, self.mode)
    }

    fn decide(
        &self,
        question: &str,
        folded: &str,
        variables: &BTreeMap<String, String>,
    ) -> (Verdict, String) {
        match (self.mode, &self.condition) {
            (RouteMode::Always, _) => (Verdict::Call, "its route is `always`".into()),
            (RouteMode::Model, _) => (Verdict::Offer, "its route is `model`: offered as a tool".into()),
            (RouteMode::Forced, _) => {
                (Verdict::Skip, "its route is `forced` and the request does not name it".into())
            }
            (RouteMode::When, Some(condition)) => condition.decide(question, folded, variables),
            (RouteMode::When, None) => (Verdict::Skip, "its route is `when` without a condition".into()),
        }
    }
}

#[derive(Debug)]
struct RuleCondition {
    keywords: Vec<(String, String)>,
    patterns: Vec<Regex>,
    variables: BTreeMap<String, String>,
}

impl RuleCondition {
    fn new(when: &When) -> Result<Self, regex::Error> {
        Ok(Self {
            keywords: when.keywords.iter().map(|word| (word.clone(), word.to_lowercase())).collect(),
            patterns: when.patterns.iter().map(|pattern| Regex::new(pattern)).collect::<Result<_, _>>()?,
            variables: when.variables.clone(),
        })
    }

    fn decide(
        &self,
        question: &str,
        folded: &str,
        variables: &BTreeMap<String, String>,
    ) -> (Verdict, String) {
        let mut reasons = Vec::new();
        if !self.keywords.is_empty() || !self.patterns.is_empty() {
            let keyword = self.keywords.iter().find(|(_, lower)| folded.contains(lower));
            let pattern = self.patterns.iter().find(|pattern| pattern.is_match(question));
            match (keyword, pattern) {
                (Some((word, _)), _) => reasons.push(format!("the question contains `{word}`")),
                (None, Some(pattern)) => reasons.push(format!("the question matches /{pattern}/")),
                (None, None) => {
                    return (
                        Verdict::Skip,
                        "no keyword and no pattern of its `when` is in the question".into(),
                    );
                }
            }
        }
        for (name, wanted) in &self.variables {
            match variables.get(name) {
                Some(value) if wanted == "*" || wanted == value => {
                    reasons.push(format!("the variable `{name}` is `{value}`"))
                }
                Some(value) => {
                    return (Verdict::Skip, format!("the variable `{name}` is `{value}`, not `{wanted}`"));
                }
                None => return (Verdict::Skip, format!("the request has no variable `{name}`")),
            }
        }
        (Verdict::Call, reasons.join(", "))
    }
}

#[cfg(test)]
mod tests;
