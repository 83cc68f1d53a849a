//! An app, ready to serve turns: the checked form of an `[apps.<name>]` table.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::whole_text::{WholeText, WholeTextError};
use crate::breaker::{Breaker, ServerKind};
use crate::config::{AnswerMode, AppSettings, Exempt, FollowUpMode, OnFailure};
use crate::knowledge::Base;
use crate::llm::{Model, Tool};
use crate::plugin::{ComponentRole, Plugin, StateStore};
use crate::prompt::{Showing, Template, expect_fit};
use crate::route::RouteRule;
use crate::texts::Texts;

/// A search must not wait long for its question.
const FOLLOW_UP_TIMEOUT: Duration = Duration::from_secs(3);

/// What a client reaches by a model name.
pub struct App {
    /// The name clients use.
    pub name: String,
    /// What people call it.
    pub title: String,
    pub(super) answer: AnswerMode,
    pub(super) model: Option<Arc<Model>>,
    pub(super) template: Template,
    pub(super) follow_up: FollowUpMethod,
    pub(super) nothing_found: Option<String>,
    pub(super) unavailable: String,
    pub(super) say_more: String,
    /// What models read in the host's own name.
    pub(super) texts: Texts,
    /// How long a plugin that has asked back waits for the reply.
    pub(super) flow_timeout: Duration,
    pub(super) max_tool_rounds: u32,
    pub(super) prompt_tokens: usize,
    /// What a turn's model may say in all.
    pub(super) max_answer_bytes: usize,
    pub(super) whole_text: WholeText,
    pub(super) rules: Vec<RouteRule>,
    pub(super) contributors: Vec<Contributor>,
    pub(super) formatters: Vec<TurnFormatter>,
    /// What contributors keep between turns; absent where there is no contributor.
    pub(super) state: Option<StateStore>,
}

/// How an app's follow-up questions are made standalone.
pub(super) struct FollowUpMethod {
    pub(super) mode: FollowUpMode,
    /// Who words them, where the app allows it.
    pub(super) model: Option<Arc<Model>>,
    pub(super) timeout: Duration,
    /// A breaker beside the model's own, which the shorter time must not open.
    pub(super) breaker: Arc<Breaker>,
}

/// A contributor of an app.
pub(super) struct Contributor {
    pub(super) plugin: Arc<Plugin>,
    /// What its failure means, where the operator says so.
    on_failure: Option<OnFailure>,
    /// How the model sees it, where it may call it.
    pub(super) tool: Tool,
}

impl Contributor {
    /// Whether its failure ends the turn. `wholly`: it gave nothing, other than where a part could not be
    /// searched and something was found. A model that calls it is told of its failure.
    pub(super) fn ends_the_turn(&self, wholly: bool, called_by_model: bool) -> bool {
        match self.on_failure {
            Some(on_failure) => on_failure == OnFailure::Fail,
            // What an answer should have rested on must not be missing in silence.
            None => wholly && !called_by_model && self.plugin.searches_knowledge(),
        }
    }
}

/// A formatter of an app.
pub(super) struct TurnFormatter {
    pub(super) plugin: Arc<Plugin>,
    pub(super) on_failure: OnFailure,
    /// Standard answers do not pass through it.
    pub(super) spares_standard: bool,
    /// Answers of which the client wants JSON do not pass through it.
    pub(super) spares_json: bool,
}

impl App {
    /// What is wrong with a template that has no place for the whole texts of bases.
    pub const NO_DOCUMENTS: &'static str = "the template has no {{ documents }}, where the text of `whole_text` goes; add a \
                                            loop over documents and the sections of each, or remove whole_text";

    /// Puts an app together from what is loaded; `whole` are the bases that `whole_text` names. Fails
    /// with (key, cause and mend).
    pub fn new(
        name: &str,
        settings: &AppSettings,
        models: &BTreeMap<String, Arc<Model>>,
        plugins: &BTreeMap<String, Arc<Plugin>>,
        whole: Vec<Arc<Base>>,
        state: Option<&StateStore>,
    ) -> Result<Self, (String, String)> {
        let model = settings.model.as_ref().and_then(|model| models.get(model)).cloned();
        let template = Template::load(settings.prompt.as_deref())
            .map_err(|errors| ("prompt".to_owned(), errors.join("; ")))?;
        let mut rules = Vec::new();
        let mut contributors = Vec::new();
        for (index, entry) in settings.plugins.iter().enumerate() {
            let plugin = find(
                plugins,
                &entry.plugin,
                ComponentRole::Contributor,
                &format!("plugins[{index}].plugin"),
            )?;
            rules.push(
                RouteRule::new(entry)
                    .map_err(|error| (format!("plugins[{index}].when"), error.to_string()))?,
            );
            let tool = Tool {
                name: entry.plugin.clone(),
                description: plugin.description().model_summary.clone(),
                parameters: plugin.description().arguments_schema.clone(),
            };
            contributors.push(Contributor { plugin, on_failure: entry.on_failure, tool });
        }
        let formatters = settings
            .formatters
            .iter()
            .map(|entry| {
                Ok(TurnFormatter {
                    plugin: find(plugins, &entry.plugin, ComponentRole::Formatter, "formatters")?,
                    on_failure: entry.on_failure,
                    spares_standard: entry.except.contains(&Exempt::Standard),
                    spares_json: entry.except.contains(&Exempt::Json),
                })
            })
            .collect::<Result<_, (String, String)>>()?;
        let worded_by = settings.follow_up_model.as_ref().or(settings.model.as_ref());
        let follow_up = FollowUpMethod {
            mode: settings.follow_up,
            model: worded_by
                .filter(|_| settings.follow_up == FollowUpMode::Model)
                .and_then(|model| models.get(model))
                .cloned(),
            timeout: settings.follow_up_timeout.unwrap_or(FOLLOW_UP_TIMEOUT),
            breaker: Breaker::new(ServerKind::Model, worded_by.map_or("", |model| model)),
        };
        let context = model.as_ref().map_or(8192, |model| model.settings().context_tokens);
        let prompt_tokens = settings.prompt_budget(context);
        if !whole.is_empty() && template.shows().documents == Showing::Not {
            return Err(("prompt".to_owned(), Self::NO_DOCUMENTS.to_owned()));
        }
        Ok(Self {
            name: name.to_owned(),
            title: settings.title.clone().unwrap_or_else(|| name.to_owned()),
            answer: settings.answer,
            model,
            template,
            follow_up,
            nothing_found: settings.nothing_found.clone(),
            unavailable: settings.unavailable.clone(),
            say_more: settings.say_more.clone(),
            texts: settings.texts.clone(),
            flow_timeout: settings.flow_timeout,
            max_tool_rounds: settings.max_tool_rounds,
            prompt_tokens,
            max_answer_bytes: settings.max_answer_bytes.0,
            whole_text: WholeText::new(whole, prompt_tokens),
            rules,
            state: state.filter(|_| !contributors.is_empty()).cloned(),
            contributors,
            formatters,
        })
    }

    /// The same app, which goes on with what the app before it has: the whole texts that were read, and what stands
    /// before the model that words its questions.
    pub fn after(mut self, before: &Arc<Self>) -> Self {
        let model = |follow_up: &FollowUpMethod| follow_up.model.as_ref().map(Arc::as_ptr);
        if model(&self.follow_up) == model(&before.follow_up)
            && self.follow_up.timeout == before.follow_up.timeout
        {
            self.follow_up.breaker = Arc::clone(&before.follow_up.breaker);
        }
        self.whole_text.take_over(&before.whole_text);
        self
    }

    /// What makes its system message.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// Checks that the whole texts of the app's bases fit its prompt as they are now. A store that
    /// is away may come back, and is only warned of. Fails with (key, cause and mend).
    pub async fn expect_whole_text(&self) -> Result<(), (String, String)> {
        if self.whole_text.is_empty() {
            return Ok(());
        }
        let fits = match self.whole_text.read().await {
            Ok(read) => expect_fit(&self.template, &self.title, &read.documents, self.prompt_tokens),
            Err(WholeTextError::TooLong(error)) => Err(error),
            Err(WholeTextError::Store { cause, base }) => {
                tracing::warn!(knowledge_base = %base, "The whole text of `{base}` cannot be read yet: {cause}");
                Ok(())
            }
        };
        fits.map_err(|error| ("whole_text".to_owned(), error.to_string()))
    }

    /// Whether answers are to rest on anything: an app without plugins and whole texts only chats.
    pub(super) fn has_sources(&self) -> bool {
        !self.contributors.is_empty() || !self.whole_text.is_empty()
    }

    /// Whether none of its turns could be answered now: its model is away.
    pub fn is_mute(&self) -> bool {
        self.answering_model().is_some_and(|model| model.breaker().away().is_some())
    }

    /// The model that words its answers; `None` where nobody words them.
    pub(super) fn answering_model(&self) -> Option<&Arc<Model>> {
        self.model.as_ref().filter(|_| self.answer == AnswerMode::Model)
    }

    /// Whether it has a plugin of this name that contributes to its turns.
    pub fn has_contributor(&self, name: &str) -> bool {
        self.contributor(name).is_some()
    }

    /// How it uses the plugin of this name: the route of a contributor, or `formatter`; `None` where it does not.
    pub fn use_of(&self, plugin: &str) -> Option<&'static str> {
        let route = self.rules.iter().map(RouteRule::about).find(|(name, _)| *name == plugin);
        let formats = || self.formatters.iter().any(|formatter| formatter.plugin.name() == plugin);
        route.map(|(_, mode)| mode.name()).or_else(|| formats().then_some("formatter"))
    }

    /// Whether what its plugins find is given out as it is.
    pub fn answers_directly(&self) -> bool {
        self.answer == AnswerMode::Direct
    }

    /// What stands in place of an older image where it takes none.
    pub fn image_left_out(&self) -> &str {
        &self.texts.image_left_out
    }

    /// Whether whoever answers takes images.
    pub fn takes_images(&self) -> bool {
        self.answering_model().is_some_and(|model| model.settings().vision)
    }

    /// Whether a model may call one of its plugins.
    pub fn offers_tools(&self) -> bool {
        self.answer == AnswerMode::Model && self.rules.iter().any(RouteRule::is_offered)
    }

    pub(super) fn contributor(&self, plugin: &str) -> Option<&Contributor> {
        self.contributors.iter().find(|contributor| contributor.plugin.name() == plugin)
    }
}

fn find(
    plugins: &BTreeMap<String, Arc<Plugin>>,
    name: &str,
    role: ComponentRole,
    key: &str,
) -> Result<Arc<Plugin>, (String, String)> {
    match plugins.get(name) {
        Some(plugin) if plugin.role() == role => Ok(plugin.clone()),
        Some(plugin) => Err((
            key.to_owned(),
            format!(
                "`{name}` is a {:?} and cannot be used here; contributors go under plugins, formatters under formatters",
                plugin.role()
            ),
        )),
        None => Err((key.to_owned(), format!("the plugin `{name}` is not loaded; add [plugins.{name}]"))),
    }
}
