//! The giver of a run of a prompt: the plugin that its passage or its result is from.

use crate::message::{Contribution, Passage};
use crate::prompt::{PackedPassage, PromptSource};
use crate::trace::{ModelCall, PluginCall};

/// Names the giver of each run that a plugin gave, by what the turn's calls brought so far.
pub(super) fn name_givers(call: &mut ModelCall, calls: &[PluginCall]) {
    for part in &mut call.parts {
        let giver = match (part.source, part.number) {
            (PromptSource::Passage, Some(number)) => {
                let packed = call.passages.iter().find(|packed| packed.number == number);
                packed.and_then(|packed| calls.iter().find(|call| has_given(call, packed)))
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
