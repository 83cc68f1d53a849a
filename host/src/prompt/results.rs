//! The results of a turn, which is what APIs and tools said, at the length at which they go into a prompt.

use std::borrow::Cow;

use super::budget::{Budget, cut_with, estimate_tokens, fair_share};
use super::pack::FEWEST_TOKENS;
use super::{Cut, Material, PromptError, system_tokens, tokens_of};
use crate::message::{Message, Outcome, Role};

/// A cut result of which less than one part in so many is in says nothing, unless that is much.
const SAYS_SOMETHING: usize = 8;

/// The results of a turn at the length at which they go in.
pub(super) struct PackedResults<'a> {
    pub(super) outcomes: Cow<'a, [Outcome]>,
    /// The question, the calls of tools and what these said.
    pub(super) question: Cow<'a, [Message]>,
    /// The system message with these outcomes and without passages.
    pub(super) system: String,
    /// Places of the outcomes of which too little is in to say anything.
    pub(super) no_room: Vec<usize>,
    /// Names of the tools of whose results that is so.
    pub(super) tools_no_room: Vec<String>,
}

/// Cuts the results to what the question and the template leave of the budget. `system` is the message with all of
/// them, and `render` makes the one that holds some of them and no passages; `beside` is what passages want of the
/// budget, of which they get half of what is left at most. Each that is cut ends with the mark of that. Where the
/// question, the template and these marks alone are longer than the budget, the caller finds no room.
pub(super) fn fit_results<'a>(
    material: &Material<'a>,
    limit: Budget,
    beside: usize,
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
        no_room: Vec::new(),
        tools_no_room: Vec::new(),
    };
    let has_results = !material.outcomes.is_empty() || material.question.iter().any(is_result);
    if !has_results || needed(&whole.question, &whole.system) + beside <= budget {
        return Ok(whole);
    }
    let (mark, of_mark) = (material.result_cut, estimate_tokens(material.result_cut));
    let shortened = |shorten: &dyn Fn(&str) -> String| -> Result<PackedResults<'a>, PromptError> {
        let mut outcomes = material.outcomes.to_vec();
        outcomes.iter_mut().for_each(|outcome| outcome.text = shorten(&outcome.text));
        let mut question = material.question.to_vec();
        for message in question.iter_mut().filter(|message| is_result(message)) {
            message.content = shorten(&message.content);
        }
        let system = render(&outcomes)?;
        let (outcomes, question) = (outcomes.into(), question.into());
        Ok(PackedResults { outcomes, question, system, no_room: Vec::new(), tools_no_room: Vec::new() })
    };
    let cut_at = |share: usize| shortened(&|text| cut_with(text, share, mark));
    let mut fitting = cut_at(0)?;
    let Some(free) = budget.checked_sub(needed(&fitting.question, &fitting.system)) else {
        // A mark must not push the question out.
        return Ok(recorded(material, shortened(&|_| String::new())?, limit, cuts));
    };
    let half = free / 2;
    // Too little for a passage would help nobody.
    let beside = if half < beside.min(FEWEST_TOKENS) { 0 } else { beside.min(half) };
    let most = budget - beside;
    let results = material.question.iter().filter(|message| is_result(message)).map(|m| &m.content);
    let sizes = material.outcomes.iter().map(|outcome| &outcome.text).chain(results);
    let sizes: Vec<usize> = sizes.map(|text| estimate_tokens(text)).collect();
    // What is in already is a part of the share.
    let in_already: usize = sizes.iter().map(|size| of_mark.min(*size)).sum();
    let left = free - beside + in_already;
    let mut share = if free == 0 { 0 } else { fair_share(sizes, left).min(left) };
    // With no more than the mark's, nothing but the marks is in.
    while share > of_mark {
        let longer = cut_at(share)?;
        let over = needed(&longer.question, &longer.system).saturating_sub(most);
        if over == 0 {
            fitting = longer;
            break;
        }
        // A little over by rounding and line ends; or much, where the template says a text twice.
        share -= over.min(share.div_ceil(2));
    }
    Ok(recorded(material, fitting, limit, cuts))
}

fn is_result(message: &Message) -> bool {
    message.role == Role::Tool
}

/// Records what is cut off, and of which results so little is in that it says nothing.
fn recorded<'a>(
    material: &Material<'a>,
    fitting: PackedResults<'a>,
    limit: Budget,
    cuts: &mut Vec<Cut>,
) -> PackedResults<'a> {
    let of_mark = estimate_tokens(material.result_cut);
    let mut record = |what: String, before: &str, after: &str| {
        if before == after {
            return false;
        }
        let kept = estimate_tokens(after).saturating_sub(of_mark);
        let tokens = estimate_tokens(before).saturating_sub(kept);
        cuts.push(Cut { what, tokens, reason: format!("{limit} is used up") });
        // A part of a short one may be all that was asked for.
        kept < FEWEST_TOKENS.min(estimate_tokens(before) / SAYS_SOMETHING).max(1)
    };
    let mut no_room = Vec::new();
    for (index, (before, after)) in material.outcomes.iter().zip(fitting.outcomes.iter()).enumerate() {
        if record(format!("the end of result {}: {}", index + 1, before.title), &before.text, &after.text) {
            no_room.push(index);
        }
    }
    let mut tools_no_room = Vec::new();
    for (before, after) in material.question.iter().zip(fitting.question.iter()) {
        let calls = material.question.iter().flat_map(|message| &message.tool_calls);
        let mut name =
            calls.filter(|call| Some(&call.id) == before.tool_call_id.as_ref()).map(|call| &call.name);
        let name = name.next_back().map_or("?", String::as_str);
        if record(format!("the end of the tool `{name}`'s result"), &before.content, &after.content) {
            tools_no_room.push(name.to_owned());
        }
    }
    PackedResults { no_room, tools_no_room, ..fitting }
}
