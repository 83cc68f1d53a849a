//! The results of a turn, which is what APIs and tools said, at the length at which they go into a prompt.

use std::borrow::Cow;

use super::budget::{Budget, cut_to, estimate_tokens, fair_share};
use super::{Cut, Material, PromptError, system_tokens, tokens_of};
use crate::message::{Message, Outcome, Role};

/// The results of a turn at the length at which they go in.
pub(super) struct PackedResults<'a> {
    pub(super) outcomes: Cow<'a, [Outcome]>,
    /// The question, the calls of tools and what these said.
    pub(super) question: Cow<'a, [Message]>,
    /// The system message with these outcomes and without passages.
    pub(super) system: String,
}

/// Cuts the results to what the question and the template leave of the budget. `system` is the message with all of
/// them, and `render` makes the one that holds some of them and no passages. Where the question and the template alone
/// are longer than the budget, the results are empty and the caller finds no room.
pub(super) fn fit_results<'a>(
    material: &Material<'a>,
    limit: Budget,
    system: String,
    render: impl Fn(&[Outcome]) -> Result<String, PromptError>,
    cuts: &mut Vec<Cut>,
) -> Result<PackedResults<'a>, PromptError> {
    let budget = limit.tokens();
    let needed = |question: &[Message], system: &str| {
        question.iter().map(tokens_of).sum::<usize>() + system_tokens(system)
    };
    let whole = PackedResults {
        outcomes: Cow::Borrowed(material.outcomes),
        question: Cow::Borrowed(material.question),
        system,
    };
    if needed(&whole.question, &whole.system) <= budget {
        return Ok(whole);
    }
    let is_result = |message: &Message| message.role == Role::Tool;
    let cut_at = |share: usize| -> Result<PackedResults<'a>, PromptError> {
        let mut outcomes = material.outcomes.to_vec();
        outcomes.iter_mut().for_each(|outcome| outcome.text = cut_to(&outcome.text, share));
        let mut question = material.question.to_vec();
        for message in question.iter_mut().filter(|message| is_result(message)) {
            message.content = cut_to(&message.content, share);
        }
        let system = render(&outcomes)?;
        Ok(PackedResults { outcomes: outcomes.into(), question: question.into(), system })
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
