//! Numbering is what Word writes before a paragraph by itself: 第一条, 1.2, (a). It stands in no paragraph's text but
//! follows from `numbering.xml` and from the paragraphs before.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::numerals::written;
use crate::package::{Visitor, Xml, attribute, visit};

/// Levels of a list.
const LEVELS: usize = 9;
/// Most characters of what stands before and behind a number.
const MAX_TEXT: usize = 200;

/// A document's lists, and how far each has counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    lists: HashMap<String, AbstractList>,
    /// What paragraphs name: a list with what is different in it.
    numbers: HashMap<String, Number>,
    counted: HashMap<String, [Option<u32>; LEVELS]>,
}

/// An `abstractNum`.
#[derive(Debug, Default)]
struct AbstractList {
    levels: [Option<Level>; LEVELS],
    /// The list takes its levels from the one that names this style its own.
    borrows: Option<String>,
    lends: Option<String>,
}

/// A `num` element: one list of the document, which refers to an `abstractNum` and may begin elsewhere.
#[derive(Debug, Default)]
struct Number {
    list: String,
    levels: [Option<Level>; LEVELS],
    starts: [Option<u32>; LEVELS],
    /// A start that is different counts once.
    started: [bool; LEVELS],
}

#[derive(Debug, Clone)]
struct Level {
    start: u32,
    format: String,
    /// Digits of a number with noughts before it.
    width: usize,
    text: String,
    /// Whether all numbers in it are written in digits.
    legal: bool,
    /// The level above, from 1, that begins this one anew; 0 is none, and where nothing is said all above do.
    restart: Option<u32>,
    style: Option<String>,
    /// Whether nothing stands between the number and the text.
    closed: bool,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            start: 0,
            format: "decimal".to_owned(),
            width: 0,
            text: String::new(),
            legal: false,
            restart: None,
            style: None,
            closed: false,
        }
    }
}

impl Numbering {
    /// What stands before the next paragraph of this list and level; `None` where nothing is known of the list.
    pub(super) fn next(&mut self, id: &str, level: usize) -> Option<String> {
        let level = level.min(LEVELS - 1);
        let list = self.list(id)?;
        let this = self.level(id, &list, level)?.clone();
        let number = self.numbers.get_mut(id)?;
        let mut start = this.start;
        let mut anew = false;
        if let Some(own) = number.starts[level] {
            start = own;
            anew = !std::mem::replace(&mut number.started[level], true);
        }
        let restarts: Vec<bool> = (0..LEVELS)
            .map(|below| {
                let restart = self.level(id, &list, below).and_then(|below| below.restart);
                below > level && restart.is_none_or(|above| above as usize > level && above > 0)
            })
            .collect();
        let counted = self.counted.entry(list.clone()).or_default();
        counted[level] = Some(match counted[level] {
            Some(last) if !anew => last.saturating_add(1),
            _ => start,
        });
        for (below, _) in restarts.iter().enumerate().filter(|(_, restarts)| **restarts) {
            counted[below] = None;
        }
        let counted = *counted;
        if this.format == "bullet" {
            return Some("- ".to_owned());
        }
        let text = self.text(id, &list, &this, &counted);
        Some(match text.trim() {
            "" => String::new(),
            text if this.closed => text.to_owned(),
            text => format!("{text} "),
        })
    }

    /// The level of a list that a style belongs to.
    pub(super) fn level_of_style(&self, id: &str, style: &str) -> Option<usize> {
        let list = self.list(id)?;
        (0..LEVELS).find(|&level| {
            self.level(id, &list, level)
                .and_then(|level| level.style.as_deref())
                .is_some_and(|of| of == style)
        })
    }

    fn list(&self, id: &str) -> Option<String> {
        let name = &self.numbers.get(id)?.list;
        let list = self.lists.get(name)?;
        let Some(style) = &list.borrows else { return Some(name.clone()) };
        let lends = |(_, list): &(&String, &AbstractList)| list.lends.as_ref() == Some(style);
        Some(self.lists.iter().find(lends).map_or(name, |(name, _)| name).clone())
    }

    fn level(&self, id: &str, list: &str, level: usize) -> Option<&Level> {
        let own = self.numbers.get(id).and_then(|number| number.levels.get(level)?.as_ref());
        own.or_else(|| self.lists.get(list)?.levels.get(level)?.as_ref())
    }

    fn text(&self, id: &str, list: &str, this: &Level, counted: &[Option<u32>; LEVELS]) -> String {
        let mut text = String::new();
        let mut characters = this.text.chars().take(MAX_TEXT).peekable();
        while let Some(c) = characters.next() {
            let place = (c == '%').then(|| characters.peek().and_then(|c| c.to_digit(10))).flatten();
            let Some(place) = place.filter(|place| (1..=LEVELS as u32).contains(place)) else {
                text.push(c);
                continue;
            };
            characters.next();
            let place = place as usize - 1;
            let Some(level) = self.level(id, list, place) else { continue };
            let number = counted[place].unwrap_or(level.start);
            let format = if this.legal { "decimal" } else { &level.format };
            let written = written(number, format);
            let missing = level.width.saturating_sub(written.chars().count());
            text.extend(std::iter::repeat_n('0', missing));
            text.push_str(&written);
        }
        text
    }
}

pub(super) fn read(xml: Xml<'_>) -> Result<Numbering, String> {
    let mut reading = NumberingReader::default();
    visit(xml, &mut reading)?;
    Ok(reading.numbering)
}

#[derive(Default)]
struct NumberingReader {
    numbering: Numbering,
    list: Option<(String, AbstractList)>,
    number: Option<(String, Number)>,
    level: Option<(usize, Level)>,
    /// The level that a `num` says something else of.
    own: Option<usize>,
}

impl Visitor for NumberingReader {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let value = || attribute(element, "val");
        let number = || value().and_then(|value| value.parse::<u32>().ok());
        let place = || attribute(element, "ilvl").and_then(|at| at.parse().ok()).filter(|&at| at < LEVELS);
        let name = element.local_name();
        match (name.as_ref(), &mut self.level) {
            ("abstractNum", _) => {
                self.list = attribute(element, "abstractNumId").map(|id| (id, AbstractList::default()));
            }
            ("num", _) => self.number = attribute(element, "numId").map(|id| (id, Number::default())),
            ("abstractNumId", _) => {
                if let Some((_, number)) = &mut self.number {
                    number.list = value().unwrap_or_default();
                }
            }
            ("numStyleLink", _) => {
                if let Some((_, list)) = &mut self.list {
                    list.borrows = value();
                }
            }
            ("styleLink", _) => {
                if let Some((_, list)) = &mut self.list {
                    list.lends = value();
                }
            }
            ("lvlOverride", _) => self.own = place(),
            ("startOverride", _) => {
                if let (Some(at), Some((_, own))) = (self.own, &mut self.number) {
                    own.starts[at] = number();
                }
            }
            ("lvl", level) => *level = place().map(|at| (at, Level::default())),
            ("start", Some((_, level))) => level.start = number().unwrap_or(0),
            ("numFmt", Some((_, level))) => {
                level.format = value().unwrap_or_else(|| "decimal".to_owned());
                if level.format == "custom" {
                    // `001, 002, 003, ...`: as many digits as the first has.
                    let first = attribute(element, "format").unwrap_or_default();
                    level.width = first.chars().take_while(char::is_ascii_digit).take(20).count();
                }
            }
            ("lvlText", Some((_, level))) => level.text = value().unwrap_or_default(),
            ("isLgl", Some((_, level))) => level.legal = value().is_none_or(|on| is_on(&on)),
            ("lvlRestart", Some((_, level))) => level.restart = number(),
            ("pStyle", Some((_, level))) => level.style = value(),
            ("suff", Some((_, level))) => level.closed = value().is_some_and(|what| what == "nothing"),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), String> {
        match name {
            "lvl" => {
                let Some((at, level)) = self.level.take() else { return Ok(()) };
                if let Some((_, number)) = &mut self.number {
                    number.levels[at] = Some(level);
                } else if let Some((_, list)) = &mut self.list {
                    list.levels[at] = Some(level);
                }
            }
            "lvlOverride" => self.own = None,
            "abstractNum" => self.numbering.lists.extend(self.list.take()),
            "num" => {
                if let Some((id, number)) = self.number.take() {
                    self.numbering.numbers.entry(id).or_insert(number);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whether a switch of this value is on.
pub(super) fn is_on(value: &str) -> bool {
    !matches!(value, "0" | "false" | "off" | "none")
}
