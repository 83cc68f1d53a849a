//! A recall asks an app's knowledge plugins a question outside of any turn, as a first turn would, to see what they
//! bring.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::app::App;
use crate::config::AnswerMode;
use crate::fair;
use crate::plugin::{CallOutcome, TurnInput};
use crate::route::{Decision, Verdict, Wishes, route};

/// What came of one plugin.
#[derive(Debug, Clone)]
pub struct Recalled {
    /// Whether it is called for the question, and why.
    pub decision: Decision,
    /// The knowledge bases it is granted.
    pub knowledge: Vec<String>,
    /// What it said, where it is called.
    pub outcome: Option<CallOutcome>,
}

/// Asks those plugins of the app that search in knowledge bases, in its order. No other plugin is called, and
/// nothing is kept.
pub async fn recall(app: &App, question: &str, variables: &BTreeMap<String, String>) -> Vec<Recalled> {
    let id = format!("recall-{}", uuid::Uuid::now_v7().simple());
    let question: Arc<str> = question.into();
    let input = TurnInput {
        conversation: id.clone(),
        id,
        app: app.name.clone(),
        question: Arc::clone(&question),
        search_text: Arc::clone(&question),
        history: Arc::default(),
        variables: variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        bare_hits: app.answer == AnswerMode::Direct,
        arguments: None,
        wordings: None,
    };
    let mut recalled = Vec::new();
    for decision in route(&app.rules, &question, variables, Wishes::default()) {
        let Some(contributor) = app.contributor(&decision.plugin) else { continue };
        let plugin = &contributor.plugin;
        if !plugin.searches_knowledge() {
            continue;
        }
        let outcome = match decision.verdict {
            Verdict::Call => Some(fair::on_behalf_of(&app.name, plugin.contribute(&input)).await),
            Verdict::Offer | Verdict::Skip => None,
        };
        recalled.push(Recalled { decision, knowledge: plugin.knowledge().to_vec(), outcome });
    }
    recalled
}
