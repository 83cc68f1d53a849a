//! Talks, stories and exercises hold questions that only those asked who were there.

use super::called::{is_called_faq, name, says_faq};
use super::found::FoundMarks;
use super::lines::lines;
use crate::knowledge::document::qa::mark::{Marks, mark};
use crate::knowledge::document::{Block, Document};

/// What a record of a talk is called, which answers nobody else: 询问笔录.
const RECORDS: &[&str] =
    &["笔录", "庭审", "讯问", "询问人", "被询问", "访谈记录", "访谈实录", "采访", "对话实录"];
/// Lines in which it says so.
const RECORD_WITHIN: usize = 20;
/// What titles of talks, stories and exercises say.
const TITLES: &[&str] = &[
    "专访",
    "采访",
    "访谈",
    "对话",
    "小说",
    "纪要",
    "会议",
    "笔录",
    "庭审",
    "阅读理解",
    "练习",
    "试题",
    "记者问",
    "记者会",
    "发布会",
    "吹风会",
];
/// Characters of a title, and of a question that leans on what was said before it.
const MAX_TITLE: usize = 30;
const MAX_LEANING: usize = 4;
/// Such questions, without the marks around them.
const LEANING: &[&str] = &[
    "为什么",
    "为何",
    "然后呢",
    "后来呢",
    "是吗",
    "真的吗",
    "什么",
    "怎么说",
    "还有呢",
    "还有吗",
    "那呢",
    "结果呢",
];

/// Whether it reads like the record of a talk, a story or an exercise.
pub(super) fn is_talk(document: &Document, marks: &FoundMarks) -> bool {
    is_record(document) || !is_faq(document) && (is_titled(document) || is_spoken(marks))
}

/// Whether it calls itself a list of questions and answers, in its name, its title, a heading, or a line that may be one.
pub(super) fn is_faq(document: &Document) -> bool {
    let says = says_faq;
    let is_heading = |line: &str| {
        let line = line.trim();
        line.chars().take(MAX_TITLE + 1).count() <= MAX_TITLE
            && !line.ends_with(|c: char| "。？！；，?!;,".contains(c))
            && says(line)
            && mark(line).is_none()
    };
    is_called_faq(document)
        || document.blocks.iter().any(|block| match block {
            Block::Prose { headings, text, .. } => {
                headings.iter().any(|heading| says(heading)) || text.lines().any(is_heading)
            }
            Block::Question { .. } => false,
        })
}

/// Whether nothing stands above its first question.
pub(super) fn begins_asking(document: &Document) -> bool {
    let is_asked = |line: &str| mark(line).is_some_and(|mark| mark.marks == Marks::Question);
    document.blocks.first().is_some_and(|block| match block {
        Block::Prose { headings, text, media_type } => {
            headings.last().is_some_and(|heading| is_asked(heading))
                || lines(text, *media_type)
                    .find(|(_, line)| !line.trim().is_empty())
                    .is_some_and(|(_, line)| is_asked(line) || line.trim_end().ends_with(['？', '?']))
        }
        Block::Question { .. } => false,
    })
}

fn is_record(document: &Document) -> bool {
    let title = document.title.iter().map(String::as_str);
    let lines = document.blocks.iter().flat_map(|block| match block {
        Block::Prose { headings, text, .. } => {
            let headings = headings.iter().map(String::as_str);
            headings.chain(text.lines()).collect::<Vec<_>>()
        }
        Block::Question { .. } => Vec::new(),
    });
    let is_said = |line: &str| RECORDS.iter().any(|record| line.contains(record)) && mark(line).is_none();
    title.chain(lines.take(RECORD_WITHIN)).any(is_said)
}

/// Whether its title says so, which may be its first heading or its first line.
fn is_titled(document: &Document) -> bool {
    let says = |line: &str| {
        let line = line.trim();
        line.chars().take(MAX_TITLE + 1).count() <= MAX_TITLE
            && !line.ends_with(['。', '？', '?'])
            && mark(line).is_none()
            && TITLES.iter().any(|word| {
                // 会议室 is a place, and 对话框 a part of a window.
                line.split(word)
                    .skip(1)
                    .any(|behind| !behind.starts_with(['室', '框', '系', '软', '中', '服']))
            })
    };
    let first = document.blocks.first().is_some_and(|block| match block {
        Block::Prose { headings, text, .. } => {
            let line = text.lines().find(|line| !line.trim().is_empty());
            headings.first().is_some_and(|heading| says(heading)) || line.is_some_and(says)
        }
        Block::Question { .. } => false,
    });
    first || document.title.as_deref().is_some_and(says) || says(name(document))
}

/// Whether more than a third of its questions lean on what was said before, or speak to one person.
fn is_spoken(marks: &FoundMarks) -> bool {
    let (mut asked, mut spoken) = (0_usize, 0_usize);
    for mark in marks.in_order() {
        if mark.marks == Marks::Question && !mark.rest.is_empty() {
            asked += 1;
            spoken += usize::from(leans(&mark.rest) || addresses(&mark.rest));
        }
    }
    spoken * 3 > asked
}

fn leans(question: &str) -> bool {
    let words = question.trim().trim_matches(|c: char| !c.is_alphanumeric());
    words.chars().take(MAX_LEANING + 1).count() <= MAX_LEANING && LEANING.contains(&words)
}

/// Whether it speaks to one person: 您后悔过吗, but not 您好，怎么报名 and not 你们几点开门.
fn addresses(question: &str) -> bool {
    question
        .split(['您', '你'])
        .skip(1)
        .any(|behind| !behind.starts_with(['们', '好', '們', '校', '院', '司', '公', '店', '家', '行', '单']))
}

#[cfg(test)]
mod tests;
