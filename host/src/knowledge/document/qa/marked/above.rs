//! Questions that only the answers below them mark: a line that asks, and right below it 答：.

use super::lines::lines;
use crate::knowledge::document::qa::line::unnumbered;
use crate::knowledge::document::qa::mark::{Marks, QaMark, mark};
use crate::knowledge::document::{Block, Document};

/// Fewest such questions.
const FEWEST: usize = 2;
/// Characters of such a line, and of a heading that says what the text is.
const MAX_LINE: usize = 200;
const MAX_HEADING: usize = 24;
/// What examinations and exercises say in their headings.
const EXAMS: &[&str] = &[
    "试卷",
    "试题",
    "习题",
    "题库",
    "选题",
    "选择题",
    "判断题",
    "填空题",
    "简答题",
    "问答题",
    "论述题",
    "练习",
    "作业",
    "阅读理解",
];

/// The questions that stand right above nearly all the answers of a document in which no question is marked.
pub(super) fn above_answers(document: &Document) -> Vec<((usize, Option<usize>), QaMark<'_>)> {
    let mut asked = Vec::new();
    let mut answers = 0_usize;
    let mut above: Option<((usize, Option<usize>), &str)> = None;
    let mut last: &[String] = &[];
    for (at, block) in document.blocks.iter().enumerate() {
        let Block::Prose { headings, text, media_type } = block else { continue };
        if document.is_tabular(at) {
            above = None;
            continue;
        }
        if headings.as_slice() != last {
            above = headings.last().map(|heading| ((at, None), heading.as_str()));
            last = headings;
        }
        for (line, words) in lines(text, *media_type).filter(|(_, words)| !words.trim().is_empty()) {
            let is_answer = mark(words)
                .is_some_and(|mark| mark.marks == Marks::Answer && mark.is_known && !mark.label.is_ascii());
            if is_answer {
                answers += 1;
                if let Some((place, words)) = above.take()
                    && let Some(rest) = question(words)
                {
                    asked.push((place, QaMark::unwritten(rest)));
                }
            } else {
                above = Some(((at, Some(line)), words));
            }
        }
    }
    let is_enough = asked.len() >= FEWEST && asked.len() * 10 >= answers * 8;
    if is_enough && !is_exam(document) { asked } else { Vec::new() }
}

/// A line that asks, without its number. Who speaks in it (记者：) is not a question's beginning.
fn question(line: &str) -> Option<&str> {
    let words = line.trim().trim_start_matches(['#', ' ']).trim_end_matches(['*', '_']);
    let words = unnumbered(words).unwrap_or(words).trim_start_matches(['*', '_', ' ']);
    let is_said = words.chars().take(8).any(|c| matches!(c, '：' | ':' | '“' | '"'));
    let is_one = words.ends_with(['？', '?']) && words.chars().take(MAX_LINE + 1).count() <= MAX_LINE;
    (is_one && !is_said).then_some(words)
}

fn is_exam(document: &Document) -> bool {
    let says = |line: &str| {
        let line = line.trim();
        line.chars().take(MAX_HEADING + 1).count() <= MAX_HEADING
            && !line.ends_with(['。', '？', '?'])
            && mark(line).is_none()
            && EXAMS.iter().any(|word| line.contains(word))
    };
    document.title.as_deref().is_some_and(says)
        || document.blocks.iter().any(|block| match block {
            Block::Prose { headings, text, .. } => {
                headings.iter().any(|heading| says(heading)) || text.lines().any(says)
            }
            Block::Question { .. } => false,
        })
}
