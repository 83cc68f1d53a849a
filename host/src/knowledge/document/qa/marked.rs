//! Questions that stand marked in a text of any format, each with its answer: 问：… 答：… in a Word document. What is not
//! certain stays a text, and a note says so.

mod above;
mod asking;
mod called;
mod end;
mod found;
mod lines;
mod rewrite;
mod talk;
mod unmarked;

use super::mark::Marks;
use super::role::is_choice;
use crate::knowledge::document::{Block, Document, Format, ParseError};
use found::{FoundMarks, Marked};
use rewrite::{MAX_LINES, rewrite};
use talk::{begins_asking, is_faq, is_talk};
use unmarked::{mend, unmarked};

/// Fewest pairs of a text that does not call itself questions and answers, and lines of one that is nothing but one pair.
const FEWEST: usize = 3;
const ONE_PAIR: usize = 4;

/// Makes stored questions of those that are marked, with their answers, where that is certain.
pub(in crate::knowledge::document) fn take_out(
    document: &mut Document,
    format: Format,
) -> Result<(), ParseError> {
    let marks = FoundMarks::of(document);
    match judge(&marks, document) {
        Treatment::Nothing => {
            if let Some(note) = unmarked(document, format) {
                document.tell(note);
            }
            Ok(())
        }
        Treatment::Doubt(why) => {
            document.tell(format!(
                "{} marked as a question (such as 问：), and it stays a text to search, since {why}; {}",
                match marks.asked() {
                    1 => "1 line is".to_owned(),
                    asked => format!("{asked} lines are"),
                },
                mend(format)
            ));
            Ok(())
        }
        Treatment::Certain => rewrite(document, &marks, !matches!(format, Format::Txt | Format::Markdown)),
    }
}

/// What is to be made of a document.
enum Treatment {
    /// Nothing is marked.
    Nothing,
    /// A text, and why.
    Doubt(&'static str),
    Certain,
}

/// What the marks of a document make of it.
fn judge(marks: &FoundMarks, document: &Document) -> Treatment {
    let (mut asked, mut paired, mut stray, mut choices) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut open: Option<&Marked> = None;
    for mark in marks.in_order() {
        match mark.marks {
            Marks::Question => {
                asked += 1;
                paired += usize::from(mark.is_heading || mark.answer.is_some());
                choices += usize::from(mark.answer.as_deref().is_some_and(is_choice));
                open = Some(mark).filter(|mark| mark.answer.is_none());
            }
            Marks::Answer => match open.take() {
                Some(question) if question.is_letter || !mark.is_bare => {
                    paired += usize::from(!question.is_heading);
                    choices += usize::from(is_choice(&mark.rest));
                }
                before if mark.is_bare => open = before,
                _ => stray += 1,
            },
            Marks::Variants => {}
        }
    }
    let text = || {
        document.blocks.iter().map(|block| match block {
            Block::Prose { text, .. } => text.lines().filter(|line| !line.trim().is_empty()).count(),
            Block::Question { .. } => 0,
        })
    };
    // A text that is nothing but these.
    let is_whole = || {
        let most = if paired == 1 { ONE_PAIR } else { 2 * MAX_LINES };
        begins_asking(document) && text().sum::<usize>() <= most
    };
    match (asked, paired) {
        (0, _) | (1, 0) => Treatment::Nothing,
        (_, 0) => Treatment::Doubt("no answer is marked"),
        _ if is_talk(document, marks) => {
            Treatment::Doubt("it reads like the record of a talk, whose answers are for those who talked")
        }
        _ if choices * 2 > paired => Treatment::Doubt("its answers choose, as those of an examination do"),
        (1, 1) if text().sum::<usize>() > 2 * MAX_LINES => {
            Treatment::Doubt("it is the only one in a longer text")
        }
        _ if paired < FEWEST && !is_faq(document) && !is_whole() => {
            Treatment::Doubt("one or two are too few for a text that does not call itself 问答 or FAQ")
        }
        _ if paired * 10 < asked * 8 => Treatment::Doubt("too few of them have a marked answer"),
        _ if stray * 3 > paired => Treatment::Doubt("more answers are marked than questions"),
        _ => Treatment::Certain,
    }
}

#[cfg(test)]
mod tests;
