//! A prompt that is being built: what goes in, step by step, and what that leaves of the budget.

use std::borrow::Cow;

use super::budget::{Budget, estimate_tokens};
use super::origin::{self, Inserted};
use super::pack::{CHANGED, FEWEST_TOKENS, Limits, Packed, pack};
use super::results::{PackedResults, fit_results};
use super::showing::{Showing, holds_in_order, mask, showing};
use super::template::{NumberedPassage, PromptDocument, Template, TemplateInput};
use super::{
    Cut, Material, NoRoom, OLDEST, Prompt, PromptError, for_question, system_tokens, tokens_of, too_long,
};
use crate::message::{Message, Outcome, Passage, Role};

/// Builds the prompt. The question and the instructions always go in, as do whole texts of documents,
/// and the results of APIs and tools, whose ends are cut where they are longer than what is left, a passage beside them.
/// Passages follow in their order ([`mod@super::pack`]), as long as they leave the newest exchange of the history
/// its place (at most a quarter of the budget), or none where not one passage would be in; history fills the rest,
/// newest first.
pub fn build(
    template: &Template,
    material: &Material<'_>,
    budget: impl Into<Budget>,
) -> Result<Prompt, PromptError> {
    let budget = budget.into();
    Building::new(template, material, budget).build()
}

/// How much the template shows of each section of the documents, in their order, beside these outcomes and passages.
pub fn shown_sections(template: &Template, material: &Material<'_>) -> Result<Vec<Showing>, PromptError> {
    let building = Building::new(template, material, Budget::from(0));
    let system = building.render(material.outcomes, material.passages)?;
    building.sections_in(&system, material.outcomes, material.passages)
}

/// What one prompt is built from, and what had to go so far.
struct Building<'a> {
    template: &'a Template,
    material: &'a Material<'a>,
    budget: Budget,
    /// How many numbers the documents take before the passages.
    before: usize,
    cuts: Vec<Cut>,
}

impl<'a> Building<'a> {
    fn new(template: &'a Template, material: &'a Material<'a>, budget: Budget) -> Self {
        let sections = material.documents.iter().flat_map(|document| &document.sections);
        let before = sections.filter(|section| section.number > 0).count();
        Self { template, material, budget, before, cuts: Vec::new() }
    }

    fn build(mut self) -> Result<Prompt, PromptError> {
        let material = self.material;
        self.tell_unshown_client_system();
        let newest: usize = material.history.iter().rev().take(2).map(tokens_of).sum();
        let reserve = newest.min(self.budget.tokens() / 4);
        let everything = self.render(material.outcomes, material.passages)?;
        let PackedResults { outcomes, question, system, no_room, tools_no_room } =
            self.results(&everything, reserve)?;
        let as_they_came = matches!(outcomes, Cow::Borrowed(_));
        let question_tokens: usize = question.iter().map(tokens_of).sum();
        self.expect_room(question_tokens, &system)?;
        let recorded = self.cuts.len();
        let everything = as_they_came.then_some(everything);
        let mut packed = self.passages(&outcomes, everything, system, question_tokens + reserve)?;
        if packed.no_room && reserve > 0 {
            // What was found goes before what was said.
            self.cuts.truncate(recorded);
            packed = self.passages(&outcomes, None, packed.system, question_tokens)?;
        }
        let Packed { passages, report, system, no_room: without_passages } = packed;
        let no_room = NoRoom { passages: without_passages, outcomes: no_room, tools: tools_no_room };
        self.tell_unshown_outcomes(&outcomes, &passages, &system)?;
        self.tell_unshown_documents(&outcomes, &passages, &system)?;
        let left = self.budget.tokens().saturating_sub(question_tokens + system_tokens(&system));
        let (history, left) = self.history(left);

        let mut messages = Vec::with_capacity(history.len() + question.len() + 1);
        if !system.is_empty() {
            messages.push(Message::text(Role::System, system));
        }
        messages.extend_from_slice(history);
        messages.extend(question.into_owned());
        let inserted = Inserted {
            client_system: material.client_system,
            documents: material.documents,
            passages: &passages,
            numbered_before: self.before,
            outcomes: &outcomes,
        };
        let parts = origin::parts(&messages, history.len(), &inserted);
        let estimated_tokens = self.budget.tokens() - left;
        Ok(Prompt { messages, passages, packed: report, estimated_tokens, cuts: self.cuts, no_room, parts })
    }

    /// The system message with these results and passages.
    fn render(&self, outcomes: &[Outcome], passages: &[Passage]) -> Result<String, PromptError> {
        self.render_with(self.material.documents, outcomes, passages)
    }

    fn render_with(
        &self,
        documents: &[PromptDocument],
        outcomes: &[Outcome],
        passages: &[Passage],
    ) -> Result<String, PromptError> {
        let material = self.material;
        let numbered = (self.before + 1..).zip(passages);
        let input = TemplateInput {
            app: material.app,
            client_system: material.client_system,
            documents,
            passages: numbered.map(|(number, passage)| NumberedPassage { number, passage }).collect(),
            outcomes,
            failures: material.failures,
            plain: material.plain,
            has_sources: material.has_sources,
            variables: material.variables,
            question: material.question.first().map(|message| message.content.as_str()).unwrap_or_default(),
        };
        let text = self.template.render(&input).map_err(PromptError::Template)?;
        Ok(text.trim().to_owned())
    }

    fn tell_unshown_client_system(&mut self) {
        if !self.material.client_system.is_empty() && !self.template.shows().client_system {
            self.cuts.push(Cut {
                what: "the client's system message".into(),
                tokens: estimate_tokens(self.material.client_system),
                reason: "the app's template has no {{ client_system }}".into(),
            });
        }
    }

    /// What APIs and tools said, at the length at which it goes in, beside `reserve` tokens for the history.
    /// `everything` is the system message with all of it.
    fn results(&mut self, everything: &str, reserve: usize) -> Result<PackedResults<'a>, PromptError> {
        let material = self.material;
        let whole_question: usize = material.question.iter().map(tokens_of).sum();
        let fits = whole_question + reserve + system_tokens(everything) <= self.budget.tokens();
        // Mostly all of it fits, and nothing else need be rendered.
        let system = if fits || material.passages.is_empty() {
            everything.to_owned()
        } else {
            self.render(material.outcomes, &[])?
        };
        let mut cuts = std::mem::take(&mut self.cuts);
        let render = |outcomes: &[Outcome]| self.render(outcomes, &[]);
        let sizes = material.passages.iter().map(|passage| estimate_tokens(&passage.text));
        // With all passages in it, the message needs no more.
        let beside = if fits { 0 } else { sizes.sum::<usize>().min(2 * FEWEST_TOKENS) };
        let results = fit_results(material, self.budget, beside, system, render, &mut cuts);
        self.cuts = cuts;
        results
    }

    /// Fails where the question and the message without passages are too long together.
    fn expect_room(&self, question_tokens: usize, system: &str) -> Result<(), PromptError> {
        let budget = self.budget.tokens();
        let needed = question_tokens + system_tokens(system);
        if needed <= budget {
            return Ok(());
        }
        let of_app = self.budget.of_app();
        // Where this does not hold, the client's tools are too long, or the answer it asks for.
        let is_the_texts = budget == of_app || needed > of_app;
        let documents = self.material.documents;
        if !documents.is_empty() && question_tokens <= for_question(of_app) && is_the_texts {
            return Err(too_long(documents, system_tokens(system), of_app));
        }
        Err(PromptError::TooLong { needed, budget: self.budget })
    }

    /// The passages that go in where `taken` tokens are the question's and the history's. `everything` is the system
    /// message with all passages, where it is rendered already, `without` the one without passages.
    fn passages(
        &mut self,
        outcomes: &[Outcome],
        everything: Option<String>,
        without: String,
        taken: usize,
    ) -> Result<Packed, PromptError> {
        let wanted = self.material.passages;
        if wanted.is_empty() {
            return Ok(Packed { passages: Vec::new(), report: Vec::new(), system: without, no_room: false });
        }
        let limits = Limits {
            system: self.budget.tokens().saturating_sub(taken),
            budget: self.budget,
            numbered_before: self.before,
            in_sequence: self.material.numbered,
        };
        let mut cuts = std::mem::take(&mut self.cuts);
        let render = |passages: &[Passage]| self.render(outcomes, passages);
        let all = match everything {
            Some(everything) => everything,
            None => render(wanted)?,
        };
        let packed = pack(wanted, all, || Ok(without), &render, limits, &mut cuts);
        self.cuts = cuts;
        packed
    }

    /// Records what the template does not show of the results that are in.
    fn tell_unshown_outcomes(
        &mut self,
        outcomes: &[Outcome],
        passages: &[Passage],
        system: &str,
    ) -> Result<(), PromptError> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let mut masked = outcomes.to_vec();
        for (place, outcome) in masked.iter_mut().enumerate() {
            outcome.text = mask(&outcome.text, place);
        }
        let texts: Vec<&str> = outcomes.iter().map(|outcome| outcome.text.as_str()).collect();
        let shown = showing(&texts, system, &self.render(&masked, passages)?);
        for (index, (outcome, shown)) in outcomes.iter().zip(shown).enumerate() {
            let what = format!("result {}: {}", index + 1, outcome.title);
            self.cuts.extend(unshown(shown, &what, &outcome.text, "outcome.text"));
        }
        Ok(())
    }

    /// Records what the template does not show of whole texts.
    fn tell_unshown_documents(
        &mut self,
        outcomes: &[Outcome],
        passages: &[Passage],
        system: &str,
    ) -> Result<(), PromptError> {
        let shown = self.sections_in(system, outcomes, passages)?;
        let sections =
            self.material.documents.iter().flat_map(|document| {
                document.sections.iter().map(|section| (document.title.as_str(), section))
            });
        for (shown, (title, section)) in shown.into_iter().zip(sections) {
            let what = match section.number {
                0 => format!("section: {title}"),
                number => format!("section {number}: {title}"),
            };
            self.cuts.extend(unshown(shown, &what, &section.text, "section.text"));
        }
        Ok(())
    }

    /// How much `system` shows of each section. Whole texts are long, and nearly every template shows them as they are,
    /// in their order: then nothing more is rendered.
    fn sections_in(
        &self,
        system: &str,
        outcomes: &[Outcome],
        passages: &[Passage],
    ) -> Result<Vec<Showing>, PromptError> {
        let documents = self.material.documents;
        let sections = documents.iter().flat_map(|document| &document.sections);
        let texts: Vec<&str> = sections.map(|section| section.text.as_str()).collect();
        if holds_in_order(system, &texts) {
            return Ok(vec![Showing::Whole; texts.len()]);
        }
        let mut masked = documents.to_vec();
        for (place, section) in masked.iter_mut().flat_map(|document| &mut document.sections).enumerate() {
            section.text = mask(&section.text, place);
        }
        Ok(showing(&texts, system, &self.render_with(&masked, outcomes, passages)?))
    }

    /// The newest messages of the history that fit into `left` tokens, and what they leave.
    fn history(&mut self, mut left: usize) -> (&'a [Message], usize) {
        let history = self.material.history;
        let mut kept = 0;
        for message in history.iter().rev() {
            match left.checked_sub(tokens_of(message)) {
                Some(rest) => (left, kept) = (rest, kept + 1),
                None => break,
            }
        }
        // A history that begins with an answer has lost its question; endpoints refuse that too.
        let mut start = history.len() - kept;
        while start < history.len() && history[start].role != Role::User {
            left += tokens_of(&history[start]);
            start += 1;
        }
        if start > 0 {
            self.cuts.push(Cut {
                what: format!("the {start} {OLDEST}"),
                tokens: history[..start].iter().map(tokens_of).sum(),
                reason: format!("{} is used up", self.budget),
            });
        }
        (&history[start..], left)
    }
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
