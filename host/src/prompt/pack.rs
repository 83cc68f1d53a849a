//! Packing passages into what a prompt has left for them.
//!
//! They are taken in the order in which they were contributed: the app's plugins in their order, each
//! plugin's passages best first. One that fits goes in whole. Of one that does not, the beginning goes
//! in, up to the end of a sentence, where there is room for [`FEWEST_TOKENS`] of it; else it is left
//! out, and a shorter one behind it may still go in. What is cut or left out is recorded, and so is what
//! the template does not show, or shows cut or changed: a passage is in the prompt where anything of its
//! text is ([`showing`]).
//!
//! The template is rendered a few times, however many passages there are: with all of them, which is
//! mostly enough; else with marks in their places ([`Frames`]), from which follows what fits; and with masks,
//! to see what is shown.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::budget::{Budget, Weight, cut_after_sentence, estimate_tokens};
use super::showing::{MARKS, Showing, mark, mask, showing};
use super::{Cut, MESSAGE_OVERHEAD, PromptError, system_tokens};
use crate::message::Passage;

/// A passage is cut only where so many tokens of it remain: less would say too little.
pub(super) const FEWEST_TOKENS: usize = 100;
/// Times that a choice is rendered and made smaller before no passage goes in: what a template says of
/// passages seldom depends on how many there are.
const MOST_TRIES: usize = 8;

/// Why what a filter or a slice has worked on is not there as it was.
pub(super) const CHANGED: &str = "it is cut or changed by the app's template: where all of it is to reach the \
                                  model, write its text without a filter and without a slice";

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
    /// Whether it is there as it was, to the end of the text this prompt was built from. Rounds after tool calls
    /// begin with what the first prompt held.
    pub whole: bool,
}

/// What there is room for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Most tokens of the system message, passages and all.
    pub(super) system: usize,
    /// The budget that this is a part of, for the record.
    pub(super) budget: Budget,
    /// How many numbers are taken by what stands before the passages.
    pub(super) numbered_before: usize,
    /// Once a passage does not fit whole, no later one is packed: the template has numbered them already, and
    /// no number may change.
    pub(super) in_sequence: bool,
}

/// The passages of a prompt, with the system message that holds them.
pub(super) struct Packed {
    /// The passages that were packed, each cut to the length at which it was packed.
    pub(super) passages: Vec<Passage>,
    pub(super) report: Vec<PackedPassage>,
    pub(super) system: String,
    /// None is in, for want of room.
    pub(super) no_room: bool,
}

/// Packs passages. `render` makes the system message that holds them; `all` is it with all of them, and
/// `none` makes it without any.
pub(super) fn pack(
    passages: &[Passage],
    all: String,
    none: impl FnOnce() -> Result<String, PromptError>,
    render: &impl Fn(&[Passage]) -> Result<String, PromptError>,
    limits: Limits,
    cuts: &mut Vec<Cut>,
) -> Result<Packed, PromptError> {
    let choice = if system_tokens(&all) <= limits.system {
        PassageChoice::everything(passages, all)
    } else {
        let none = none()?;
        Frames::of(passages, &none, render)?.choose(passages, none, render, limits)?
    };
    Ok(choice.without_what_is_not_shown(render, limits)?.settle(passages, limits, cuts))
}

/// Which passages go in, and at what length.
struct PassageChoice {
    /// The passages that are packed, each with its place among those that were found, in that order.
    chosen: Vec<(usize, Passage)>,
    /// How much the template shows of each.
    showing: Vec<Showing>,
    /// Places of those that the template does not show.
    hidden: BTreeSet<usize>,
    /// The message that holds them.
    system: String,
}

impl PassageChoice {
    fn everything(passages: &[Passage], system: String) -> Self {
        let chosen = passages.iter().cloned().enumerate().collect();
        Self { chosen, showing: Vec::new(), hidden: BTreeSet::new(), system }
    }

    /// Takes out those of which the message shows nothing: they cannot be cited, and whoever reads the trace
    /// must see it. What is shown cut or changed stays.
    fn without_what_is_not_shown(
        mut self,
        render: &impl Fn(&[Passage]) -> Result<String, PromptError>,
        limits: Limits,
    ) -> Result<Self, PromptError> {
        for _ in 0..MOST_TRIES {
            if self.chosen.is_empty() {
                return Ok(self);
            }
            let mut masked = self.passages();
            for (place, passage) in masked.iter_mut().enumerate() {
                passage.text = mask(&passage.text, place);
            }
            let texts: Vec<&str> = self.chosen.iter().map(|(_, passage)| passage.text.as_str()).collect();
            self.showing = showing(&texts, &self.system, &render(&masked)?);
            let places = self.chosen.iter().map(|(place, _)| *place).zip(&self.showing);
            let mut hidden: BTreeSet<usize> =
                places.filter(|(_, showing)| **showing == Showing::Not).map(|(place, _)| place).collect();
            let Some(first) = hidden.first().copied() else { return Ok(self) };
            if limits.in_sequence {
                hidden =
                    self.chosen.iter().map(|(place, _)| *place).filter(|place| *place >= first).collect();
            }
            self.chosen.retain(|(place, _)| !hidden.contains(place));
            self.hidden.extend(hidden);
            self.system = render(&self.passages())?;
        }
        // A template that shows others each time it is asked: nobody can say which are in.
        self.hidden.extend(self.chosen.drain(..).map(|(place, _)| place));
        self.system = render(&[])?;
        Ok(self)
    }

    fn passages(&self) -> Vec<Passage> {
        self.chosen.iter().map(|(_, passage)| passage.clone()).collect()
    }

    /// Records what is in and what is not.
    fn settle(self, found: &[Passage], limits: Limits, cuts: &mut Vec<Cut>) -> Packed {
        let mut packed =
            Packed { passages: Vec::new(), report: Vec::new(), system: self.system, no_room: false };
        let mut chosen = self.chosen.into_iter().zip(self.showing).peekable();
        for (place, passage) in found.iter().enumerate() {
            let taken = chosen.next_if(|((taken, _), _)| *taken == place);
            let missing = match &taken {
                Some((_, Showing::Part { missing })) => Some(*missing),
                _ => None,
            };
            let taken = taken.map(|((_, taken), _)| taken);
            let fits = taken.as_ref().is_some_and(|taken| taken.text == passage.text);
            let given = taken.as_ref().map_or(0, |taken| estimate_tokens(&taken.text));
            let kept = given - given * missing.unwrap_or(0) / 1000;
            let number = limits.numbered_before + packed.passages.len() + 1;
            let mut record = |what: String, tokens: usize, reason: String| {
                cuts.push(Cut { what: format!("{what}: {}", passage.title), tokens, reason });
            };
            if !fits {
                let reason = if self.hidden.contains(&place) {
                    "the app's template does not show it: it has no {{ passage.text }} for it".to_owned()
                } else {
                    packed.no_room |= taken.is_none();
                    format!("{} is used up", limits.budget)
                };
                // What is not in has no number: the prompt gives its place's to the next that is.
                let part = match &taken {
                    Some(_) => format!("the end of passage {number}"),
                    None => "passage".to_owned(),
                };
                record(part, estimate_tokens(&passage.text).saturating_sub(given), reason);
            }
            if missing.is_some() {
                record(format!("part of passage {number}"), given - kept, CHANGED.to_owned());
            }
            let whole = fits && missing.is_none();
            let Some(taken) = taken else { continue };
            packed.report.push(PackedPassage {
                number,
                title: taken.title.clone(),
                section: taken.section.clone(),
                url: taken.url.clone(),
                knowledge_base: taken.knowledge_base.clone(),
                score: taken.score,
                tokens: kept,
                whole,
            });
            packed.passages.push(taken);
        }
        packed.no_room &= packed.passages.is_empty();
        packed
    }
}

/// What the template says around each passage's text, and how often it says the text.
struct Frames {
    /// The weight of the message without any passage.
    none: Weight,
    around: Vec<Weight>,
    times: Vec<usize>,
    texts: Vec<Weight>,
}

impl Frames {
    /// Renders the passages with a mark in the place of each text.
    fn of(
        passages: &[Passage],
        none: &str,
        render: &impl Fn(&[Passage]) -> Result<String, PromptError>,
    ) -> Result<Self, PromptError> {
        let passages = &passages[..passages.len().min(MARKS.len())];
        let marked: Vec<Passage> = passages
            .iter()
            .enumerate()
            .map(|(place, passage)| Passage {
                text: mark(place).unwrap_or_default().to_string(),
                media_type: passage.media_type,
                title: passage.title.clone(),
                section: passage.section.clone(),
                url: passage.url.clone(),
                knowledge_base: passage.knowledge_base.clone(),
                score: passage.score,
            })
            .collect();
        let mut frames = Self {
            none: Weight::of(none),
            around: vec![Weight::default(); passages.len()],
            times: vec![0; passages.len()],
            texts: passages.iter().map(|passage| Weight::of(&passage.text)).collect(),
        };
        let (mut since, mut behind_first, mut all) =
            (Weight::default(), Weight::default(), Weight::default());
        let mut first = None;
        for character in render(&marked)?.chars() {
            let place = (character as u32).checked_sub(MARKS.start).map(|place| place as usize);
            match place.filter(|place| *place < passages.len()) {
                Some(place) => {
                    frames.times[place] += 1;
                    frames.around[place] = frames.around[place].plus(since);
                    if first.is_some_and(|first| first != place) {
                        behind_first = behind_first.plus(since);
                    }
                    first.get_or_insert(place);
                    since = Weight::default();
                }
                None => {
                    since.add_character(character);
                    all.add_character(character);
                }
            }
        }
        // What stands before the first and behind the last is there in part without any.
        if let Some(first) = first {
            frames.around[first] = all.minus(frames.none).minus(behind_first);
        }
        Ok(frames)
    }

    /// The most that fits, in the passages' order.
    fn choose(
        &self,
        passages: &[Passage],
        none: String,
        render: &impl Fn(&[Passage]) -> Result<String, PromptError>,
        limits: Limits,
    ) -> Result<PassageChoice, PromptError> {
        let hidden = self.times.iter().enumerate().filter(|(_, times)| **times == 0);
        let mut choice = PassageChoice {
            chosen: Vec::new(),
            showing: Vec::new(),
            hidden: hidden.map(|(place, _)| place).collect(),
            system: none,
        };
        let mut most = limits.system;
        for remaining in (1..=MOST_TRIES).rev() {
            let chosen = self.within(most, passages, limits.in_sequence);
            if chosen.is_empty() {
                break;
            }
            let texts: Vec<Passage> = chosen.iter().map(|(_, passage)| passage.clone()).collect();
            let system = render(&texts)?;
            let over = system_tokens(&system).saturating_sub(limits.system);
            if over == 0 {
                choice.chosen = chosen;
                choice.system = system;
                break;
            }
            // It is over by a little where numbers take more digits, or by much where the template says other
            // things of other passages.
            most = most.saturating_sub(over.max(most >> remaining));
        }
        Ok(choice)
    }

    /// What should fit into so many tokens.
    fn within(&self, most: usize, passages: &[Passage], in_sequence: bool) -> Vec<(usize, Passage)> {
        let most = most.saturating_sub(MESSAGE_OVERHEAD);
        let mut used = self.none;
        let mut chosen = Vec::new();
        let frames = self.around.iter().zip(&self.times).zip(&self.texts).zip(passages).enumerate();
        for (place, (((around, &times), &text), passage)) in frames {
            let frame = used.plus(*around);
            let whole = frame.plus(text.times(times));
            if times > 0 && whole.tokens() <= most {
                used = whole;
                chosen.push((place, passage.clone()));
                continue;
            }
            let room = most.saturating_sub(frame.tokens()).checked_div(times).unwrap_or(0);
            if room >= FEWEST_TOKENS {
                let text = cut_after_sentence(&passage.text, room);
                used = frame.plus(Weight::of(&text).times(times));
                chosen.push((place, Passage { text, ..passage.clone() }));
            }
            if in_sequence {
                break;
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests;
