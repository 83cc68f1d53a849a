//! Packing passages into what a prompt has left for them.
//!
//! They are taken in the order in which they were contributed: the app's plugins in their order, each
//! plugin's passages best first. One that fits goes in whole. Of one that does not, the beginning goes
//! in, up to the end of a sentence, where there is room for [`FEWEST_TOKENS`] of it; else it is left
//! out, and a shorter one behind it may still go in. What is cut or left out is recorded.

use serde::{Deserialize, Serialize};

use super::budget::{Budget, cut_after_sentence, estimate_tokens};
use super::{Cut, PromptError, system_tokens};
use crate::message::Passage;

/// A passage is cut only where so many tokens of it remain: less would say too little.
const FEWEST_TOKENS: usize = 100;

/// A passage in a prompt, as the trace tells of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PackedPassage {
    /// What it is cited by.
    pub number: usize,
    /// What a reader would call the source.
    pub title: String,
    /// Headings above the text, outermost first.
    pub section: Vec<String>,
    /// A link a reader can follow.
    pub url: Option<String>,
    /// The knowledge base it is from, where it is from one.
    pub knowledge_base: Option<String>,
    /// Relevance between 0 and 1, where the source gives one.
    pub score: Option<f64>,
    /// Estimated tokens of its text, as it is in the prompt.
    pub tokens: usize,
    /// Whether it is there to the end of the text this prompt was built from. Rounds after tool calls
    /// begin with what the first prompt held.
    pub whole: bool,
}

/// What there is room for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Most tokens of the system message, passages and all.
    pub(super) system: usize,
    /// Whose part that is, for the record.
    pub(super) budget: Budget,
    /// How many numbers are taken by what stands before the passages.
    pub(super) numbered_before: usize,
    /// Nothing goes in behind a passage that does not fit whole: their numbers are known already, and
    /// none may move up.
    pub(super) in_sequence: bool,
}

/// The passages of a prompt, with the system message that holds them.
pub(super) struct Packed {
    /// With their texts at the length at which they went in.
    pub(super) passages: Vec<Passage>,
    pub(super) report: Vec<PackedPassage>,
    pub(super) system: String,
}

/// Packs passages. `render` makes the system message that holds them; `system` is it without any.
pub(super) fn pack(
    passages: &[Passage],
    system: String,
    render: &impl Fn(&[Passage]) -> Result<String, PromptError>,
    limits: Limits,
    cuts: &mut Vec<Cut>,
) -> Result<Packed, PromptError> {
    let mut packed = Packed { passages: Vec::new(), report: Vec::new(), system };
    let mut is_over = false;
    for (index, passage) in passages.iter().enumerate() {
        let tokens = estimate_tokens(&passage.text);
        let taken = if is_over { None } else { packed.take(passage, tokens, render, limits)? };
        if taken == Some(tokens) {
            continue;
        }
        is_over |= limits.in_sequence;
        let part = if taken.is_some() { "the end of passage" } else { "passage" };
        cuts.push(Cut {
            what: format!("{part} {}: {}", index + 1, passage.title),
            tokens: tokens - taken.unwrap_or(0).min(tokens),
            reason: format!("{} is used up", limits.budget),
        });
    }
    Ok(packed)
}

impl Packed {
    /// Adds a passage, whole or cut, and tells how many tokens of it went in.
    fn take(
        &mut self,
        passage: &Passage,
        tokens: usize,
        render: &impl Fn(&[Passage]) -> Result<String, PromptError>,
        limits: Limits,
    ) -> Result<Option<usize>, PromptError> {
        let free = limits.system.saturating_sub(system_tokens(&self.system));
        // The text alone may be longer than what is left: then nothing need be rendered.
        if tokens <= free && self.add(passage.clone(), true, render, limits)? == 0 {
            return Ok(Some(tokens));
        }
        let mut room = free.min(tokens.saturating_sub(1));
        while room >= FEWEST_TOKENS {
            let text = cut_after_sentence(&passage.text, room);
            let kept = estimate_tokens(&text);
            match self.add(Passage { text, ..passage.clone() }, false, render, limits)? {
                0 => return Ok(Some(kept)),
                // By what the template says around it; or by much, where it says a text twice.
                over => room -= over.min(room.div_ceil(2)),
            }
        }
        Ok(None)
    }

    /// Adds a passage as it is, or tells by how many tokens it is too long.
    fn add(
        &mut self,
        passage: Passage,
        whole: bool,
        render: &impl Fn(&[Passage]) -> Result<String, PromptError>,
        limits: Limits,
    ) -> Result<usize, PromptError> {
        self.passages.push(passage);
        let system = render(&self.passages)?;
        let over = system_tokens(&system).saturating_sub(limits.system);
        if over > 0 {
            self.passages.pop();
            return Ok(over);
        }
        self.system = system;
        if let Some(passage) = self.passages.last() {
            self.report.push(PackedPassage {
                number: limits.numbered_before + self.passages.len(),
                title: passage.title.clone(),
                section: passage.section.clone(),
                url: passage.url.clone(),
                knowledge_base: passage.knowledge_base.clone(),
                score: passage.score,
                tokens: estimate_tokens(&passage.text),
                whole,
            });
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(text: &str) -> Passage {
        Passage {
            text: text.into(),
            media_type: Default::default(),
            title: text.chars().take(1).collect(),
            section: Vec::new(),
            url: None,
            knowledge_base: Some("库".into()),
            score: Some(0.8),
        }
    }

    fn render(passages: &[Passage]) -> Result<String, PromptError> {
        let texts: Vec<_> =
            passages.iter().enumerate().map(|(i, p)| format!("题{} {}", i + 1, p.text)).collect();
        Ok(texts.join("\n"))
    }

    fn packed(passages: &[Passage], system: usize, in_sequence: bool) -> (Packed, Vec<Cut>) {
        let mut cuts = Vec::new();
        let limits = Limits { system, budget: Budget::from(1000), numbered_before: 0, in_sequence };
        let packed = pack(passages, String::new(), &render, limits, &mut cuts).unwrap();
        assert!(system_tokens(&packed.system) <= system);
        assert_eq!(packed.system, render(&packed.passages).unwrap());
        let numbers: Vec<_> = packed.report.iter().map(|passage| passage.number).collect();
        assert_eq!(numbers, (1..=packed.passages.len()).collect::<Vec<_>>());
        (packed, cuts)
    }

    #[test]
    fn a_long_passage_is_cut_after_a_sentence_and_a_short_one_behind_it_still_goes_in() {
        let long = format!("乙{}", "这是十个字的一句话。".repeat(40));
        let passages = [passage(&"甲".repeat(50)), passage(&long), passage("丙短。")];
        let (whole, cuts) = packed(&passages, 1000, false);
        assert_eq!((whole.passages.len(), cuts.len()), (3, 0));
        assert!(whole.report.iter().all(|passage| passage.whole));

        let (cut, cuts) = packed(&passages, 200, false);
        assert!(cut.passages[1].text.ends_with("一句话。…"), "{}", cut.passages[1].text);
        assert_eq!(cut.passages[2].text, "丙短。");
        let shape: Vec<_> =
            cut.report.iter().map(|passage| (passage.title.as_str(), passage.whole)).collect();
        assert_eq!(shape, [("甲", true), ("乙", false), ("丙", true)]);
        assert_eq!((cuts.len(), cuts[0].what.as_str()), (1, "the end of passage 2: 乙"));
        assert_eq!(cuts[0].tokens, estimate_tokens(&long) - cut.report[1].tokens);
        assert!(cuts[0].reason.contains("prompt_tokens = 1000"));
    }

    #[test]
    fn what_leaves_too_little_is_left_out_and_the_numbers_close_up() {
        let passages = [passage(&"甲".repeat(50)), passage(&"乙".repeat(400)), passage("丙短。")];
        let (packed, cuts) = packed(&passages, 120, false);
        let titles: Vec<_> = packed.report.iter().map(|passage| passage.title.as_str()).collect();
        assert_eq!(titles, ["甲", "丙"]);
        assert_eq!((cuts[0].what.as_str(), cuts[0].tokens), ("passage 2: 乙", 400));
    }

    #[test]
    fn passages_that_have_numbers_already_keep_them() {
        let passages = [passage(&"甲".repeat(50)), passage(&"乙".repeat(400)), passage("丙短。")];
        let (packed, cuts) = packed(&passages, 120, true);
        assert_eq!(packed.passages.len(), 1);
        let what: Vec<_> = cuts.iter().map(|cut| cut.what.as_str()).collect();
        assert_eq!(what, ["passage 2: 乙", "passage 3: 丙"]);
    }

    #[test]
    fn a_template_that_says_a_text_twice_stays_within_its_limit() {
        let twice = |passages: &[Passage]| render(&[passages, passages].concat());
        let mut cuts = Vec::new();
        let limits =
            Limits { system: 500, budget: Budget::from(1000), numbered_before: 0, in_sequence: false };
        let passages = [passage(&"甲".repeat(400)), passage("乙")];
        let packed = pack(&passages, String::new(), &twice, limits, &mut cuts).unwrap();
        assert!(system_tokens(&packed.system) <= 500 && packed.passages[0].text.ends_with("甲…"));
        assert_eq!(cuts.len(), 1);
    }
}
