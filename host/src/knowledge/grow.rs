//! Growing a hit's text to what reads well, and joining hits that touch.
//!
//! What is found is a section, or whole sentences around the window found in a long one. A shorter one
//! is shown with the sections around it in its document, as far as they are under a heading beside, over
//! or below its own: whole ones, the next before the one before, up to a number of characters. Of a text
//! that was only cut because it is long, the sentences beside it are taken. Table rows and questions
//! stand alone. A section that is a hit itself, or shown with a better hit, is not shown twice; where
//! two hits come to touch, they are one passage with the better one's score, in the document's order.

use std::collections::{BTreeMap, HashSet};

use super::chunk::{LONG_SECTION, Section, shown};
use crate::message::MediaType;

/// Sections on each side that a hit may grow by.
pub(super) const REACH: u32 = 4;
/// A joined passage has at most so many characters: as many as the longest section.
const MOST_CHARS: usize = super::chunk::SECTION_CHARS;
/// Characters of the name of a column.
const MAX_NAME: usize = 30;
/// Fewer characters of a neighbour say too little.
const FEWEST_CHARS: usize = 20;

/// A passage of a document.
#[derive(Debug, PartialEq)]
pub(super) struct Grown {
    pub(super) text: String,
    /// The headings that all of it stands under, outermost first.
    pub(super) headings: Vec<String>,
    /// Places among the seeds: the best first, which the passage is known by, and those joined to it.
    pub(super) seeds: Vec<usize>,
}

/// Whether a hit may be shown with the sections around it, which then have to be fetched.
pub(super) fn may_grow(section: &Section, text: &str, target: usize) -> bool {
    section.answer.is_none() && text.chars().count() < target
}

/// The passages that the hits of one document make. `seeds`, what is shown of each, come best first, `around` holds sections
/// of the document by their place, `target` is what a hit grows to, in characters; 0: each stands alone.
pub(super) fn grown(seeds: &[Stretch<'_>], around: &BTreeMap<u32, Section>, target: usize) -> Vec<Grown> {
    let mut taken: HashSet<u32> = seeds.iter().map(|seed| seed.ordinal).collect();
    let mut passages: Vec<(Vec<usize>, Vec<Stretch<'_>>)> = Vec::new();
    for (place, &seed) in seeds.iter().enumerate() {
        let mut pieces = vec![seed];
        if may_grow(seed.section, seed.text, target) {
            grow(&mut pieces, around, target, &mut taken);
        }
        passages.push((vec![place], pieces));
    }
    if target > 0 {
        passages = joined(passages);
    }
    let grown = passages.into_iter().map(|(seeds_in, pieces)| {
        let headings = common(&pieces);
        Grown { text: text_of(&pieces, headings), headings: headings.to_vec(), seeds: seeds_in }
    });
    grown.collect()
}

/// A section, or a stretch of it, in a passage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch<'a> {
    /// The section's place in the document.
    pub(super) ordinal: u32,
    pub(super) section: &'a Section,
    /// What is shown of the section: its text, or a stretch of it.
    pub(super) text: &'a str,
}

impl Stretch<'_> {
    fn chars(&self) -> usize {
        self.text.chars().count()
    }

    /// Whether the section goes on behind the piece.
    fn is_cut_behind(&self) -> bool {
        !self.section.text.ends_with(self.text)
    }

    fn is_cut_before(&self) -> bool {
        !self.section.text.starts_with(self.text)
    }
}

fn grow<'a>(
    pieces: &mut Vec<Stretch<'a>>,
    around: &'a BTreeMap<u32, Section>,
    target: usize,
    taken: &mut HashSet<u32>,
) {
    let mut chars: usize = pieces.iter().map(Stretch::chars).sum();
    let (mut behind, mut before) = (true, true);
    while behind || before {
        for is_behind in [true, false] {
            let open = if is_behind { &mut behind } else { &mut before };
            if !*open {
                continue;
            }
            let room = target.saturating_sub(chars);
            let neighbour = beside(pieces, is_behind, around, room);
            let Some(piece) = neighbour.filter(|piece| !taken.contains(&piece.ordinal)) else {
                *open = false;
                continue;
            };
            // The section itself goes on behind a stretch of it.
            *open = !(if is_behind { piece.is_cut_behind() } else { piece.is_cut_before() });
            chars += piece.chars();
            taken.insert(piece.ordinal);
            if is_behind {
                pieces.push(piece);
            } else {
                pieces.insert(0, piece);
            }
        }
    }
}

/// The section beside the pieces, where it belongs to them and there is room for it. Of a long text that
/// goes on there, as many sentences as there is room for.
fn beside<'a>(
    pieces: &[Stretch<'a>],
    is_behind: bool,
    around: &'a BTreeMap<u32, Section>,
    room: usize,
) -> Option<Stretch<'a>> {
    let (edge, ordinal) = if is_behind {
        let last = pieces.last().filter(|piece| !piece.is_cut_behind())?;
        (last, last.ordinal.checked_add(1)?)
    } else {
        let first = pieces.first().filter(|piece| !piece.is_cut_before())?;
        (first, first.ordinal.checked_sub(1)?)
    };
    let section =
        around.get(&ordinal).filter(|section| section.off.is_none() && belong(edge.section, section))?;
    let whole = Stretch { ordinal, section, text: &section.text };
    if whole.chars() <= room {
        return Some(whole);
    }
    if section.headings != edge.section.headings || room < FEWEST_CHARS {
        return None;
    }
    let length = section.text.len();
    let near = if is_behind { 0..1 } else { length.saturating_sub(1)..length };
    Some(Stretch { text: shown(&section.text, near, room), ..whole })
}

/// Whether two neighbouring sections read on: one heading is beside, over or below the other's, or a
/// long text was cut between them. Rows of a table are neighbours by chance.
fn belong(a: &Section, b: &Section) -> bool {
    if a.answer.is_some() || b.answer.is_some() || a.media_type != b.media_type || is_row(a) || is_row(b) {
        return false;
    }
    if a.headings == b.headings {
        let is_long = |section: &Section| section.text.chars().count() >= LONG_SECTION;
        return is_long(a) || is_long(b);
    }
    let common = shared(&a.headings, &b.headings);
    let (fewer, more) = if a.headings.len() < b.headings.len() {
        (a.headings.len(), b.headings.len())
    } else {
        (b.headings.len(), a.headings.len())
    };
    if fewer == more { common + 1 == fewer } else { common == fewer && fewer > 0 }
}

/// Whether a section is a row of a table, as its first line tells: `name: value`. Under the titles of their tables the last row of one
/// and the first of the next would look like sections that read on.
fn is_row(section: &Section) -> bool {
    let name = section.text.lines().next().and_then(|line| line.split_once(": ")).map(|(name, _)| name);
    section.media_type == MediaType::Plain
        && name.is_some_and(|name| name.chars().count() <= MAX_NAME && !name.contains(['。', '，', '：']))
}

/// Joins passages that touch, as long as they are not too long together. The better one takes in the
/// other and keeps its place.
fn joined<'a>(passages: Vec<(Vec<usize>, Vec<Stretch<'a>>)>) -> Vec<(Vec<usize>, Vec<Stretch<'a>>)> {
    let mut kept: Vec<(Vec<usize>, Vec<Stretch<'a>>)> = Vec::new();
    for (mut seeds, mut pieces) in passages {
        // A passage may touch one before it and one behind it: then all three are one.
        while let Some(place) = kept.iter().position(|(_, other)| touch(other, &pieces)) {
            let (better, mut other) = kept.remove(place);
            other.append(&mut pieces);
            other.sort_by_key(|piece| piece.ordinal);
            pieces = other;
            seeds = [better, seeds].concat();
        }
        seeds.sort_unstable();
        kept.push((seeds, pieces));
        kept.sort_by_key(|(seeds, _)| seeds.first().copied());
    }
    kept
}

fn touch(a: &[Stretch<'_>], b: &[Stretch<'_>]) -> bool {
    let follows = |first: &[Stretch<'_>], second: &[Stretch<'_>]| {
        first.last().zip(second.first()).is_some_and(|(last, next)| {
            last.ordinal.checked_add(1) == Some(next.ordinal) && belong(last.section, next.section)
        })
    };
    let chars: usize = a.iter().chain(b).map(Stretch::chars).sum();
    chars <= MOST_CHARS && (follows(a, b) || follows(b, a))
}

/// The headings that the pieces have in common.
fn common<'a>(pieces: &[Stretch<'a>]) -> &'a [String] {
    let mut headings = pieces.iter().map(|piece| piece.section.headings.as_slice());
    let first = headings.next().unwrap_or_default();
    headings.fold(first, |common, other| common.get(..shared(common, other)).unwrap_or_default())
}

/// How many of their first headings are the same.
fn shared(a: &[String], b: &[String]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// The pieces as one text below the headings that the passage is known by. Over a piece stand those of its headings that are not
/// over the one before it.
fn text_of(pieces: &[Stretch<'_>], known_by: &[String]) -> String {
    let mut text = String::new();
    let mut over = known_by;
    let mut before: Option<&Stretch<'_>> = None;
    for piece in pieces {
        if let Some(before) = before {
            let is_cut = before.is_cut_behind() || piece.is_cut_before();
            text.push_str(if is_cut { "\n……\n" } else { "\n\n" });
        }
        let headings = &piece.section.headings;
        if headings.as_slice() != over {
            // Below a section of its own, what stands under its chapter says the chapter's heading again.
            let from = shared(headings, over).min(headings.len().saturating_sub(1));
            for (heading, level) in headings.iter().zip(1..).skip(from) {
                if piece.section.media_type == MediaType::Markdown {
                    text.push_str(&"#".repeat(level.min(6)));
                    text.push(' ');
                }
                text.push_str(heading);
                text.push('\n');
            }
        }
        text.push_str(piece.text);
        over = headings;
        before = Some(piece);
    }
    text
}

#[cfg(test)]
mod tests;
