//! From what a turn found to the messages the model gets, within a token budget.

mod budget;
mod origin;
mod pack;
mod showing;
mod template;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use budget::{Budget, cut_to, estimate_tokens, fair_share};
use budget::{IMAGE_TOKENS, MESSAGE_OVERHEAD};
pub use origin::{PromptPart, PromptSource};
pub use pack::PackedPassage;
pub use showing::Showing;
pub use template::{Broken, Document, DocumentSection, Failure, Template};

use crate::message::{Message, Outcome, Passage, Role};
use origin::Inserted;
use pack::{CHANGED, Limits, Packed, pack};
use showing::{mask, showing};
use template::{NumberedPassage, TemplateInput};

/// What a prompt is made of.
#[derive(Debug)]
pub struct Material<'a> {
    /// The app's title.
    pub app: &'a str,
    /// The client's own system message, or empty.
    pub client_system: &'a str,
    /// Whose whole text goes in; their sections are numbered from 1 on, and the passages after them.
    pub documents: &'a [Document],
    /// In the order in which they are to go in.
    pub passages: &'a [Passage],
    /// Whether an earlier prompt of the turn held these passages: they keep their numbers then, so
    /// that behind the first that does not fit none goes in.
    pub numbered: bool,
    /// In the app's order.
    pub outcomes: &'a [Outcome],
    /// What failed of what should have been found.
    pub failures: &'a [Failure],
    /// Whether the request wanted no plugins.
    pub plain: bool,
    /// Whether the app has plugins or whole texts.
    pub has_sources: bool,
    /// Before the question, oldest first, without system messages.
    pub history: &'a [Message],
    /// The last messages, always kept: the question, calls of tools, and their results, of which a
    /// long one is cut.
    pub question: &'a [Message],
    /// The request's variables.
    pub variables: &'a BTreeMap<String, String>,
}

/// A prompt that fits.
#[derive(Debug)]
pub struct Prompt {
    /// What the model gets.
    pub messages: Vec<Message>,
    /// The passages in it, with their texts as they are there; they are cited by 1, 2, …, or by the
    /// numbers behind those of the documents.
    pub passages: Vec<Passage>,
    /// The same, for the trace.
    pub packed: Vec<PackedPassage>,
    /// What the host counted.
    pub estimated_tokens: usize,
    /// What had to go.
    pub cuts: Vec<Cut>,
    /// Where each run of the messages' text is from.
    pub parts: Vec<PromptPart>,
}

/// What a cut of the history ends with.
pub const OLDEST: &str = "oldest messages of the history";

/// Something that did not get into a prompt, whole or in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// What it was, such as `passage 3: 平行志愿`.
    pub what: String,
    /// What is missing of it.
    pub tokens: usize,
    /// Why it is out, and what to change.
    pub reason: String,
}

/// Why there is no prompt.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The question and the template alone are too long.
    #[error(
        "the question and the fixed part of the prompt take about {needed} tokens, and {} are allowed ({budget}); shorten the question or raise prompt_tokens of the app",
        budget.tokens()
    )]
    TooLong {
        /// Estimated tokens.
        needed: usize,
        /// What is allowed.
        budget: Budget,
    },
    /// The whole text of knowledge bases is too long.
    #[error(
        "the whole text of {bases} takes about {needed} tokens with the instructions, and of prompt_tokens = {budget} it may take {allowed}; raise prompt_tokens of the app, choose a model with larger context_tokens, or take the base out of whole_text and let the knowledge-base plugin search it"
    )]
    WholeText {
        /// The bases' names.
        bases: String,
        /// Estimated tokens.
        needed: usize,
        /// What is left beside the question's part.
        allowed: usize,
        /// The app's budget.
        budget: usize,
    },
    /// The template failed.
    #[error("the prompt template failed: {0}")]
    Template(String),
}

impl PromptError {
    pub(crate) fn whole_text(bases: &[&str], needed: usize, budget: usize) -> Self {
        let bases = bases.iter().map(|base| format!("`{base}`")).collect::<Vec<_>>().join(", ");
        Self::WholeText { bases, needed, allowed: budget - for_question(budget), budget }
    }
}

/// Tokens of a budget that whole texts leave to the question.
fn for_question(budget: usize) -> usize {
    budget / 8
}

/// Checks that whole texts fit with the instructions, before there is a question.
pub fn expect_fit(
    template: &Template,
    app: &str,
    documents: &[Document],
    budget: usize,
) -> Result<(), PromptError> {
    let input = TemplateInput {
        app,
        client_system: "",
        documents,
        passages: Vec::new(),
        outcomes: &[],
        failures: &[],
        plain: false,
        has_sources: true,
        variables: &BTreeMap::new(),
        question: "",
    };
    let system = template.render(&input).map_err(PromptError::Template)?;
    let needed = system_tokens(system.trim());
    if needed <= budget - for_question(budget) { Ok(()) } else { Err(too_long(documents, needed, budget)) }
}

fn too_long(documents: &[Document], needed: usize, budget: usize) -> PromptError {
    let mut bases: Vec<&str> = documents.iter().map(|document| document.knowledge_base.as_str()).collect();
    bases.dedup();
    PromptError::whole_text(&bases, needed, budget)
}

/// Builds the prompt. The question and the instructions always go in, as do whole texts of documents,
/// and the results of APIs and tools, whose ends are cut where they are longer than what is left.
/// Passages follow in their order ([`mod@pack`]), as long as they leave the newest exchange of the history
/// its place (at most a quarter of the budget); history fills the rest, newest first.
pub fn build(
    template: &Template,
    material: &Material<'_>,
    budget: impl Into<Budget>,
) -> Result<Prompt, PromptError> {
    let limit: Budget = budget.into();
    let budget = limit.tokens();

    let before: usize = material.documents.iter().map(|document| document.sections.len()).sum();
    let render_with = |documents: &[Document], outcomes: &[Outcome], passages: &[Passage]| {
        let passages = passages.iter().enumerate();
        template
            .render(&TemplateInput {
                app: material.app,
                client_system: material.client_system,
                documents,
                passages: passages
                    .map(|(index, passage)| NumberedPassage { number: before + index + 1, passage })
                    .collect(),
                outcomes,
                failures: material.failures,
                plain: material.plain,
                has_sources: material.has_sources,
                variables: material.variables,
                question: material
                    .question
                    .first()
                    .map(|message| message.content.as_str())
                    .unwrap_or_default(),
            })
            .map(|text| text.trim().to_owned())
            .map_err(PromptError::Template)
    };
    let render =
        |outcomes: &[Outcome], passages: &[Passage]| render_with(material.documents, outcomes, passages);
    let mut cuts = Vec::new();
    if !material.client_system.is_empty() && !template.shows().client_system {
        cuts.push(Cut {
            what: "the client's system message".into(),
            tokens: estimate_tokens(material.client_system),
            reason: "the app's template has no {{ client_system }}".into(),
        });
    }
    let newest: usize = material.history.iter().rev().take(2).map(tokens_of).sum();
    let reserve = newest.min(budget / 4);
    let whole_question: usize = material.question.iter().map(tokens_of).sum();
    // Mostly all of it fits, and nothing else need be rendered.
    let everything = render(material.outcomes, material.passages)?;
    let fits = whole_question + reserve + system_tokens(&everything) <= budget;
    let Results { outcomes, question, system } = if fits || material.passages.is_empty() {
        fit_results(material, limit, everything.clone(), &render, &mut cuts)?
    } else {
        fit_results(material, limit, render(material.outcomes, &[])?, &render, &mut cuts)?
    };
    let question_tokens: usize = question.iter().map(tokens_of).sum();
    let needed = |system: &str| question_tokens + system_tokens(system);
    if needed(&system) > budget {
        let of_app = limit.of_app();
        // Else it is the client's tools that are too long, or the answer it asks for.
        let is_the_texts = budget == of_app || needed(&system) > of_app;
        if !material.documents.is_empty() && question_tokens <= for_question(of_app) && is_the_texts {
            return Err(too_long(material.documents, system_tokens(&system), of_app));
        }
        return Err(PromptError::TooLong { needed: needed(&system), budget: limit });
    }
    let limits = Limits {
        system: budget.saturating_sub(question_tokens + reserve),
        budget: limit,
        numbered_before: before,
        in_sequence: material.numbered,
    };
    let with = |passages: &[Passage]| render(&outcomes, passages);
    let Packed { passages, report, system } = if material.passages.is_empty() {
        Packed { passages: Vec::new(), report: Vec::new(), system }
    } else {
        let all = match &outcomes {
            // As they came, and so rendered already.
            Cow::Borrowed(_) => everything,
            Cow::Owned(_) => with(material.passages)?,
        };
        pack(material.passages, all, || Ok(system), &with, limits, &mut cuts)?
    };
    if !outcomes.is_empty() {
        let mut masked = outcomes.to_vec();
        for (place, outcome) in masked.iter_mut().enumerate() {
            outcome.text = mask(&outcome.text, place);
        }
        let texts: Vec<&str> = outcomes.iter().map(|outcome| outcome.text.as_str()).collect();
        let shown = showing(&texts, &system, &render(&masked, &passages)?);
        for (index, (outcome, shown)) in outcomes.iter().zip(shown).enumerate() {
            let what = format!("result {}: {}", index + 1, outcome.title);
            cuts.extend(unshown(shown, &what, &outcome.text, "outcome.text"));
        }
    }
    // Whole texts are long, and nearly every template shows them as they are.
    if !material.documents.is_empty() && template.shows().documents != Showing::Whole {
        let mut masked = material.documents.to_vec();
        for (place, section) in masked.iter_mut().flat_map(|document| &mut document.sections).enumerate() {
            section.text = mask(&section.text, place);
        }
        let sections: Vec<(&str, &DocumentSection)> = material
            .documents
            .iter()
            .flat_map(|document| document.sections.iter().map(|section| (document.title.as_str(), section)))
            .collect();
        let texts: Vec<&str> = sections.iter().map(|(_, section)| section.text.as_str()).collect();
        let shown = showing(&texts, &system, &render_with(&masked, &outcomes, &passages)?);
        for (shown, (title, section)) in shown.into_iter().zip(sections) {
            let what = format!("section {}: {title}", section.number);
            cuts.extend(unshown(shown, &what, &section.text, "section.text"));
        }
    }
    let mut left = budget.saturating_sub(needed(&system));

    let mut kept = 0;
    for message in material.history.iter().rev() {
        match left.checked_sub(tokens_of(message)) {
            Some(rest) => (left, kept) = (rest, kept + 1),
            None => break,
        }
    }
    // A history that begins with an answer has lost its question; endpoints refuse that too.
    let mut start = material.history.len() - kept;
    while start < material.history.len() && material.history[start].role != Role::User {
        left += tokens_of(&material.history[start]);
        start += 1;
    }
    if start > 0 {
        cuts.push(Cut {
            what: format!("the {start} {OLDEST}"),
            tokens: material.history[..start].iter().map(tokens_of).sum(),
            reason: format!("{limit} is used up"),
        });
    }

    let mut messages = Vec::with_capacity(material.history.len() - start + question.len() + 1);
    if !system.is_empty() {
        messages.push(Message::text(Role::System, system));
    }
    messages.extend_from_slice(&material.history[start..]);
    messages.extend(question.into_owned());
    let inserted = Inserted {
        client_system: material.client_system,
        documents: material.documents,
        passages: &passages,
        numbered_before: before,
        outcomes: &outcomes,
    };
    let parts = origin::parts(&messages, material.history.len() - start, &inserted);
    Ok(Prompt { messages, passages, packed: report, estimated_tokens: budget - left, cuts, parts })
}

/// What a template does not show of a text as it is.
fn unshown(shown: Showing, what: &str, text: &str, name: &str) -> Option<Cut> {
    let tokens = estimate_tokens(text);
    match shown {
        Showing::Whole => None,
        Showing::Part { missing } => Some(Cut {
            what: format!("part of {what}"),
            tokens: tokens * missing / 1000,
            reason: CHANGED.into(),
        }),
        Showing::Not => Some(Cut {
            what: what.into(),
            tokens,
            reason: format!("the app's template does not show it: it has no {{{{ {name} }}}} for it"),
        }),
    }
}

/// The results of a turn at the length at which they go in.
struct Results<'a> {
    outcomes: Cow<'a, [Outcome]>,
    question: Cow<'a, [Message]>,
    /// The system message with these outcomes and without passages.
    system: String,
}

/// Cuts what APIs and tools said to what the question and the template leave of the budget; `system` is
/// the message with all of it. Where
/// these alone are longer than it, the results are empty and the caller finds no room.
fn fit_results<'a>(
    material: &Material<'a>,
    limit: Budget,
    system: String,
    render: &impl Fn(&[Outcome], &[Passage]) -> Result<String, PromptError>,
    cuts: &mut Vec<Cut>,
) -> Result<Results<'a>, PromptError> {
    let budget = limit.tokens();
    let needed = |question: &[Message], system: &str| {
        question.iter().map(tokens_of).sum::<usize>() + system_tokens(system)
    };
    let whole = Results {
        outcomes: Cow::Borrowed(material.outcomes),
        question: Cow::Borrowed(material.question),
        system,
    };
    if needed(&whole.question, &whole.system) <= budget {
        return Ok(whole);
    }
    let is_result = |message: &Message| message.role == Role::Tool;
    let cut_at = |share: usize| -> Result<Results<'a>, PromptError> {
        let mut outcomes = material.outcomes.to_vec();
        outcomes.iter_mut().for_each(|outcome| outcome.text = cut_to(&outcome.text, share));
        let mut question = material.question.to_vec();
        for message in question.iter_mut().filter(|message| is_result(message)) {
            message.content = cut_to(&message.content, share);
        }
        let system = render(&outcomes, &[])?;
        Ok(Results { outcomes: outcomes.into(), question: question.into(), system })
    };
    let mut fitting = cut_at(0)?;
    let left = budget.saturating_sub(needed(&fitting.question, &fitting.system));
    let results = material.question.iter().filter(|message| is_result(message)).map(|m| &m.content);
    let sizes = material.outcomes.iter().map(|outcome| &outcome.text).chain(results);
    let mut share = fair_share(sizes.map(|text| estimate_tokens(text)).collect(), left).min(left);
    while share > 0 {
        let longer = cut_at(share)?;
        let over = needed(&longer.question, &longer.system).saturating_sub(budget);
        if over == 0 {
            fitting = longer;
            break;
        }
        // A little over by rounding and line ends; or much, where the template says a text twice.
        share -= over.min(share.div_ceil(2));
    }
    let mut record = |what: String, before: &str, after: &str| {
        if before != after {
            cuts.push(Cut {
                what,
                tokens: estimate_tokens(before).saturating_sub(estimate_tokens(after)),
                reason: format!("{limit} is used up"),
            });
        }
    };
    for (index, (before, after)) in material.outcomes.iter().zip(fitting.outcomes.iter()).enumerate() {
        record(format!("the end of result {}: {}", index + 1, before.title), &before.text, &after.text);
    }
    for (before, after) in material.question.iter().zip(fitting.question.iter()) {
        let calls = material.question.iter().flat_map(|message| &message.tool_calls);
        let mut name =
            calls.filter(|call| Some(&call.id) == before.tool_call_id.as_ref()).map(|call| &call.name);
        let name = name.next_back().map_or("?", String::as_str);
        record(format!("the end of the tool `{name}`'s result"), &before.content, &after.content);
    }
    Ok(fitting)
}

/// Tokens of a message, as the host estimates them.
pub fn tokens_of(message: &Message) -> usize {
    let calls: usize = message
        .tool_calls
        .iter()
        .map(|call| estimate_tokens(&call.name) + estimate_tokens(&call.arguments))
        .sum();
    let images = message.images() * IMAGE_TOKENS;
    MESSAGE_OVERHEAD
        + estimate_tokens(&message.content)
        + estimate_tokens(&message.reasoning)
        + calls
        + images
}

fn system_tokens(text: &str) -> usize {
    if text.is_empty() { 0 } else { MESSAGE_OVERHEAD + estimate_tokens(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::ToolCall;

    fn passage(text: &str) -> Passage {
        Passage {
            text: text.into(),
            media_type: Default::default(),
            title: "题".into(),
            section: Vec::new(),
            url: None,
            knowledge_base: None,
            score: None,
        }
    }

    fn built(passages: &[Passage], history: &[Message], budget: usize) -> Result<Prompt, PromptError> {
        let question = [Message::text(Role::User, "问题")];
        let material = Material {
            app: "a",
            client_system: "",
            documents: &[],
            passages,
            numbered: false,
            outcomes: &[],
            failures: &[],
            plain: false,
            has_sources: true,
            history,
            question: &question,
            variables: &BTreeMap::new(),
        };
        build(&Template::load(None).unwrap(), &material, budget)
    }

    #[test]
    fn without_material_the_model_still_learns_who_it_is_and_that_nothing_is_made_up() {
        let prompt = built(&[], &[], 100).unwrap();
        let [system, question] = &prompt.messages[..] else { panic!("{prompt:?}") };
        assert!(
            system.content.contains("你是“a”的助手") && system.content.contains("不要编造"),
            "{system:?}"
        );
        assert_eq!(*question, Message::text(Role::User, "问题"));
        assert!(prompt.cuts.is_empty());
    }

    #[test]
    fn what_does_not_fit_is_cut_and_recorded() {
        let passages = [passage(&"甲".repeat(100)), passage(&"乙".repeat(5000))];
        let history = [
            Message::text(Role::User, "早".repeat(5000)),
            Message::text(Role::Assistant, "旧答"),
            Message::text(Role::User, "再问"),
            Message::text(Role::Assistant, "再答"),
        ];
        let prompt = built(&passages, &history, 600).unwrap();
        assert_eq!(prompt.passages.len(), 2);
        let system = &prompt.messages[0].content;
        assert!(system.contains("甲甲") && system.ends_with("乙…"), "the history has its quarter: {system}");
        assert_eq!(prompt.messages[1].content, "再问");
        assert_eq!(prompt.cuts.len(), 2);
        assert!(
            prompt.cuts[0].what.starts_with("the end of passage 2")
                && prompt.cuts[1].what.contains("2 oldest")
        );
        assert!(prompt.estimated_tokens <= 600);
    }

    #[test]
    fn long_results_are_cut_and_recorded_and_the_question_stays_whole() {
        let outcome =
            |text: String| Outcome {
                text, media_type: Default::default(), title: "接口".into(), url: None
            };
        let call = ToolCall { id: "c1".into(), name: "weather".into(), arguments: "{}".into() };
        let tool =
            Message { tool_call_id: Some("c1".into()), ..Message::text(Role::Tool, "雨".repeat(9000)) };
        let question = [
            Message::text(Role::User, "问题"),
            Message { tool_calls: vec![call], ..Message::text(Role::Assistant, "") },
            tool,
        ];
        let material = Material {
            app: "a",
            client_system: "",
            documents: &[],
            passages: &[],
            numbered: false,
            outcomes: &[outcome("短".into()), outcome("长".repeat(9000))],
            failures: &[],
            plain: false,
            has_sources: true,
            history: &[],
            question: &question,
            variables: &BTreeMap::new(),
        };
        let prompt = build(&Template::load(None).unwrap(), &material, 600).unwrap();
        assert!(prompt.estimated_tokens <= 600 && prompt.estimated_tokens > 590, "{prompt:?}");
        let [system, asked, _, told] = &prompt.messages[..] else { panic!("{prompt:?}") };
        assert_eq!(asked.content, "问题");
        assert!(system.content.contains("：\n短\n") && system.content.contains("长长…"), "{system:?}");
        assert!(told.content.starts_with("雨雨") && told.content.ends_with("雨…"), "{told:?}");
        let what: Vec<&str> = prompt.cuts.iter().map(|cut| cut.what.as_str()).collect();
        assert_eq!(what, ["the end of result 2: 接口", "the end of the tool `weather`'s result"]);
        assert!(matches!(
            build(&Template::load(None).unwrap(), &material, 20),
            Err(PromptError::TooLong { .. })
        ));
    }

    #[test]
    fn a_question_that_cannot_fit_is_refused() {
        assert!(matches!(built(&[], &[], 3), Err(PromptError::TooLong { .. })));
    }
}
