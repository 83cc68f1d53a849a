//! Version 0.1 of the plugin interface in a call: what the guest may import, what goes in and comes out, in the host's
//! own words.

use wasmtime::Store;
use wasmtime::component::{HasSelf, Linker, ResourceAny};

use super::JsonString;
use crate::plugin::call::instance::CallState;
use crate::plugin::call::log;
use crate::plugin::call::search::SearchRefusal;
use crate::plugin::call::turn_input::TurnInput;
use crate::plugin::loaded::ComponentRole;
use crate::plugin::loaded::v0_1::LiveExportsV01;
use crate::plugin::loaded::v0_1::generated::exports::qianfan::plugin::{contribute, format};
use crate::plugin::loaded::v0_1::generated::qianfan::plugin::{
    knowledge as wit_knowledge, log as wit_log, state as wit_state, types,
};
use crate::plugin::process::{Failure, StateError};
use crate::{knowledge, message};

/// A formatter has nothing but its log.
pub(super) fn add_to_linker(linker: &mut Linker<CallState>, role: ComponentRole) -> wasmtime::Result<()> {
    type Data = HasSelf<CallState>;
    wit_log::add_to_linker::<_, Data>(linker, |state| state)?;
    if role == ComponentRole::Contributor {
        wit_knowledge::add_to_linker::<_, Data>(linker, |state| state)?;
        wit_state::add_to_linker::<_, Data>(linker, |state| state)?;
    }
    Ok(())
}

pub(super) async fn contribute(
    exports: &LiveExportsV01,
    store: &mut Store<CallState>,
    input: &TurnInput,
    config: &JsonString,
) -> wasmtime::Result<Result<message::Contribution, Failure>> {
    let LiveExportsV01::Contribute(work) = exports else {
        return Err(wrong_role("contributor"));
    };
    let turn = contribute::Turn {
        id: input.id.clone(),
        app: input.app.clone(),
        question: input.question.to_string(),
        search_text: input.search_text.to_string(),
        history: input.history.iter().map(from_message).collect(),
        variables: input.variables.to_vec(),
        arguments: input.arguments.clone(),
    };
    let result = work.call_contribute(store, &turn, config).await?;
    Ok(result.map(to_contribution).map_err(to_failure))
}

pub(super) async fn open(
    exports: LiveExportsV01,
    store: &mut Store<CallState>,
    config: &JsonString,
    sources: &[message::Passage],
) -> wasmtime::Result<Result<OpenFormatterV01, Failure>> {
    let LiveExportsV01::Format(work) = exports else {
        return Err(wrong_role("formatter"));
    };
    let sources: Vec<_> = sources.iter().map(from_passage).collect();
    let opened = work.formatter().call_open(store, config, &sources).await?;
    Ok(opened.map(|resource| OpenFormatterV01 { exports: work, resource }).map_err(to_failure))
}

/// The caller checks the role when it loads the plugin; this is what a mistake there would give.
fn wrong_role(wanted: &str) -> wasmtime::Error {
    wasmtime::Error::msg(format!("the component is not a {wanted}"))
}

/// One open formatter of a live instance.
pub(in crate::plugin::call) struct OpenFormatterV01 {
    exports: format::Guest,
    resource: ResourceAny,
}

impl OpenFormatterV01 {
    pub(super) async fn feed(
        &self,
        store: &mut Store<CallState>,
        chunk: &str,
    ) -> wasmtime::Result<Result<String, Failure>> {
        let fed = self.exports.formatter().call_feed(store, self.resource, chunk).await?;
        Ok(fed.map_err(to_failure))
    }

    pub(super) async fn finish(
        &self,
        store: &mut Store<CallState>,
    ) -> wasmtime::Result<Result<String, Failure>> {
        let finished = self.exports.formatter().call_finish(store, self.resource).await?;
        Ok(finished.map_err(to_failure))
    }
}

impl types::Host for CallState {}

impl wit_log::Host for CallState {
    fn write(&mut self, level: wit_log::Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            wit_log::Level::Debug => log::Level::Debug,
            wit_log::Level::Info => log::Level::Info,
            wit_log::Level::Warn => log::Level::Warn,
            wit_log::Level::Error => log::Level::Error,
        };
        self.log.write(&self.context.name, level, &message);
        Ok(())
    }
}

impl wit_state::Host for CallState {
    async fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<Vec<u8>>, wit_state::Error>> {
        self.has_begun()?;
        Ok(self.state.get(&key).await.map_err(from_state_error))
    }

    async fn set(&mut self, key: String, value: Vec<u8>) -> wasmtime::Result<Result<(), wit_state::Error>> {
        self.has_begun()?;
        Ok(self.state.set(key, value).await.map_err(from_state_error))
    }

    async fn remove(&mut self, key: String) -> wasmtime::Result<Result<(), wit_state::Error>> {
        self.has_begun()?;
        Ok(self.state.remove(key).await.map_err(from_state_error))
    }
}

fn from_state_error(error: StateError) -> wit_state::Error {
    match error {
        StateError::TooLarge(text) => wit_state::Error::TooLarge(text),
        error @ (StateError::Unavailable(_)
        | StateError::Newer(_)
        | StateError::Damaged(_)
        | StateError::Late) => wit_state::Error::Unavailable(error.to_string()),
    }
}

impl wit_knowledge::Host for CallState {
    async fn search(
        &mut self,
        query: wit_knowledge::Query,
    ) -> wasmtime::Result<Result<wit_knowledge::Results, wit_knowledge::Error>> {
        self.has_begun()?;
        let filter = match query.filters.map(to_filter).transpose() {
            Ok(filter) => filter,
            Err(error) => return Ok(Err(wit_knowledge::Error::InvalidQuery(error.to_string()))),
        };
        let query = knowledge::Query {
            text: query.text,
            wordings: None,
            bases: query.knowledge_bases,
            top_k: query.top_k.map(|top_k| top_k as usize),
            threshold: query.threshold,
            filter,
            context: true,
        };
        Ok(self.knowledge.search(query).await.map(from_results).map_err(from_refusal))
    }
}

fn to_filter(filters: wit_knowledge::Filters) -> Result<knowledge::Filter, knowledge::FilterError> {
    use knowledge::Operator;
    let any = filters.condition == wit_knowledge::Condition::Or;
    let tests = filters.filters.into_iter().map(|filter| knowledge::TestSource {
        field: filter.field,
        operator: match filter.operator {
            wit_knowledge::Operator::Eq => Operator::Eq,
            wit_knowledge::Operator::Ne => Operator::Ne,
            wit_knowledge::Operator::In => Operator::In,
            wit_knowledge::Operator::Nin => Operator::Nin,
            wit_knowledge::Operator::Gt => Operator::Gt,
            wit_knowledge::Operator::Gte => Operator::Gte,
            wit_knowledge::Operator::Lt => Operator::Lt,
            wit_knowledge::Operator::Lte => Operator::Lte,
            wit_knowledge::Operator::Exists => Operator::Exists,
        },
        values: filter.values,
    });
    knowledge::Filter::new(any, tests)
}

fn from_refusal(refusal: SearchRefusal) -> wit_knowledge::Error {
    use knowledge::SearchError;
    let text = refusal.to_string();
    match refusal {
        SearchRefusal::Denied(_) => wit_knowledge::Error::Denied(text),
        SearchRefusal::Search(SearchError::UnknownBase(_) | SearchError::InvalidQuery(_)) => {
            wit_knowledge::Error::InvalidQuery(text)
        }
        // Where the base is and what it said is the operator's, who has it in the trace: a guest's texts
        // go on to models and users.
        SearchRefusal::Search(SearchError::Unavailable { lasts, .. }) => {
            wit_knowledge::Error::Unavailable(unsearched("the knowledge bases could not be searched", lasts))
        }
    }
}

/// Neither the store nor the embedder is named: which of them is away, or broken, is the operator's.
fn unsearched(what: &str, lasts: bool) -> String {
    if lasts {
        format!("{what}, and cannot be until the operator of this host has repaired it")
    } else {
        format!("{what}; it may be a little later")
    }
}

fn from_results(results: knowledge::Results) -> wit_knowledge::Results {
    wit_knowledge::Results {
        hits: results.hits.into_iter().map(from_hit).collect(),
        reports: results
            .reports
            .into_iter()
            .map(|report| wit_knowledge::BaseReport {
                knowledge_base: report.knowledge_base,
                found: u32::try_from(report.found).unwrap_or(u32::MAX),
                best_score: report.best_score,
                threshold: report.threshold,
                error: report
                    .error
                    .map(|_| unsearched("the knowledge base could not be searched", report.lasts)),
            })
            .collect(),
    }
}

fn from_hit(hit: knowledge::Hit) -> wit_knowledge::Hit {
    wit_knowledge::Hit {
        id: hit.id,
        knowledge_base: hit.knowledge_base,
        document: hit.document,
        title: hit.title,
        section: hit.section,
        url: hit.url,
        text: hit.text,
        media_type: from_media_type(hit.media_type),
        score: hit.score,
        rank: hit.rank,
        standard_answer: hit.standard_answer,
        same: hit.same,
        offered_answer: hit.offered_answer,
        question: hit.question,
    }
}

fn from_message(message: &message::Message) -> types::Message {
    types::Message {
        role: match message.role {
            message::Role::System => types::Role::System,
            message::Role::User => types::Role::User,
            message::Role::Assistant => types::Role::Assistant,
            message::Role::Tool => types::Role::Tool,
        },
        content: message.content.clone(),
    }
}

fn from_media_type(media_type: message::MediaType) -> types::MediaType {
    match media_type {
        message::MediaType::Plain => types::MediaType::Plain,
        message::MediaType::Markdown => types::MediaType::Markdown,
    }
}

fn to_media_type(media_type: types::MediaType) -> message::MediaType {
    match media_type {
        types::MediaType::Plain => message::MediaType::Plain,
        types::MediaType::Markdown => message::MediaType::Markdown,
    }
}

fn from_passage(passage: &message::Passage) -> types::Passage {
    types::Passage {
        text: passage.text.clone(),
        media_type: from_media_type(passage.media_type),
        title: passage.title.clone(),
        section: passage.section.clone(),
        url: passage.url.clone(),
        knowledge_base: passage.knowledge_base.clone(),
        score: passage.score,
    }
}

fn to_passage(passage: types::Passage) -> message::Passage {
    message::Passage {
        text: passage.text,
        media_type: to_media_type(passage.media_type),
        title: passage.title,
        section: passage.section,
        url: passage.url,
        knowledge_base: passage.knowledge_base,
        // A guest may send anything; the host sorts by this number.
        score: passage.score.filter(|score| score.is_finite()).map(|score| score.clamp(0.0, 1.0)),
    }
}

fn to_contribution(contribution: types::Contribution) -> message::Contribution {
    match contribution {
        types::Contribution::Passages(passages) => {
            message::Contribution::Passages { passages: passages.into_iter().map(to_passage).collect() }
        }
        types::Contribution::Outcome(outcome) => message::Contribution::Outcome(message::Outcome {
            text: outcome.text,
            media_type: to_media_type(outcome.media_type),
            title: outcome.title,
            url: outcome.url,
        }),
        types::Contribution::Answer(answer) => message::Contribution::Answer {
            text: answer.text,
            media_type: to_media_type(answer.media_type),
            sources: answer.sources.into_iter().map(to_passage).collect(),
        },
        types::Contribution::Ask(ask) => message::Contribution::Ask {
            text: ask.text,
            media_type: to_media_type(ask.media_type),
            choices: ask.choices,
        },
        types::Contribution::Nothing(reason) => message::Contribution::Nothing { reason },
    }
}

fn to_failure(failure: types::Failure) -> Failure {
    match failure {
        types::Failure::InvalidConfig(text) => Failure::InvalidConfig(text),
        types::Failure::InvalidArguments(text) => Failure::InvalidArguments(text),
        types::Failure::Denied(text) => Failure::Denied(text),
        types::Failure::Unavailable(text) => Failure::Unavailable(text),
        types::Failure::Other(text) => Failure::Other(text),
    }
}
