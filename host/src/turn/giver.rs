//! The giver of a run of a prompt: the plugin that its passage or its result is from.

use crate::message::{Contribution, Passage};
use crate::prompt::{PackedPassage, PromptPart, PromptSource};
use crate::trace::PluginCall;

/// Names the giver of each run that a plugin gave, by what the turn's calls brought so far. `packed` are the passages in the
/// prompt.
pub(super) fn name_givers(parts: &mut [PromptPart], packed: &[PackedPassage], calls: &[PluginCall]) {
    for part in parts {
        let giver = match (part.source, part.number) {
            (PromptSource::Passage, Some(number)) => {
                let passage = packed.iter().find(|passage| passage.number == number);
                passage.and_then(|passage| calls.iter().find(|call| has_given(call, passage)))
            }
            // Results are numbered in the order of the calls.
            (PromptSource::Outcome, Some(number)) => {
                let gave = |call: &&PluginCall| matches!(call.contribution, Some(Contribution::Outcome(_)));
                calls.iter().filter(gave).nth(number.saturating_sub(1))
            }
            _ => None,
        };
        part.plugin = giver.map(|call| call.plugin.clone());
    }
}

/// Whether that passage is among those of the call. Its text in the prompt may be shorter, and is not compared.
fn has_given(call: &PluginCall, packed: &PackedPassage) -> bool {
    let is_it = |passage: &Passage| {
        passage.title == packed.title
            && passage.section == packed.section
            && passage.url == packed.url
            && passage.knowledge_base == packed.knowledge_base
            && passage.score == packed.score
    };
    matches!(&call.contribution, Some(Contribution::Passages { passages }) if passages.iter().any(is_it))
}
