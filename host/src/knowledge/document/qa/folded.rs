//! A folded question is a line that a page shows above an answer which it opens: `<details>`, `??? question`, `::: details`, or a
//! term of markdown whose answer begins with a colon in the line below.

use super::batch::BatchCounts;
use super::entry::QaEntry;
use super::line::{even_left, plain};
use crate::knowledge::document::table::is_question;
use crate::knowledge::document::{Document, ParseError};
use crate::message::MediaType;

/// Fewest of a text that is not called questions, and the share of them that must ask, in percent.
const FEWEST: usize = 2;
const ASKING: usize = 80;
/// The share where nothing but a title stands beside the folds of a text that is called questions.
const ASKING_BELOW_TITLE: usize = 50;
/// What folds hold an answer, by the ends of what shows: 参考答案, 点击查看答案, Show answer.
const ANSWERS: &[&str] = &["答案", "解答", "answer", "answers"];
/// Characters of such a name.
const MAX_ANSWER_NAME: usize = 20;
/// What folds hold questions, by their names: `??? faq "…"`.
const KINDS: &[&str] = &["question", "faq", "help"];
/// Bytes of a term.
const MAX_TERM: usize = 600;

pub(in crate::knowledge::document) struct FoldedQuestion {
    question: String,
    answer: String,
    /// Where it stands, and how many lines it takes.
    line: u64,
    lines: usize,
}

impl FoldedQuestion {
    /// Whether what shows only says that the answer of the question above is folded.
    fn is_answer(&self) -> bool {
        is_answer_name(&self.question)
    }
}

fn is_answer_name(shown: &str) -> bool {
    let name = shown.trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    name.chars().count() <= MAX_ANSWER_NAME
        && ANSWERS.iter().any(|end| name.ends_with(end))
        && !is_question(&name)
}

/// Takes the folds out of a text that holds questions, which may be parts of answers; with them comes what stands beside.
pub(super) fn take_folded(text: &str) -> (Vec<FoldedQuestion>, String) {
    take(text, true)
}

/// Takes them out of any other text, where there are some and nearly all ask. HTML in the answers is for who reads HTML.
pub(in crate::knowledge::document) fn take_asking(text: String) -> (Vec<FoldedQuestion>, String) {
    let (folded, rest) = take(&text, false);
    let asking = folded.iter().filter(|folded| is_question(&folded.question)).count();
    let has_html = folded.iter().any(|folded| folded.answer.contains("</"));
    if asking < FEWEST || asking * 100 < folded.len() * ASKING || has_html {
        return (Vec::new(), text);
    }
    (folded, rest)
}

/// Whether what shows of folds asks, in a text called questions with these `titles` beside. Below one, or none, little else could
/// be asked; what is below several may as well be a part of their answers.
pub(super) fn ask(folded: &[FoldedQuestion], titles: usize) -> bool {
    let least = match titles {
        0 => 0,
        1 => ASKING_BELOW_TITLE,
        _ => ASKING,
    };
    let asking = folded.iter().filter(|folded| is_question(&folded.question)).count();
    asking * 100 >= folded.len() * least && !folded.iter().any(FoldedQuestion::is_answer)
}

/// A text with those of its folds opened that are called answers. Others stay as they are, in what they are part of.
pub(super) fn open_answers(text: &str, folded: &[FoldedQuestion]) -> String {
    let mut opened = String::new();
    let mut lines = text.split_inclusive('\n').zip(1_u64..).peekable();
    for fold in folded.iter().filter(|fold| fold.is_answer()) {
        while let Some((line, _)) = lines.next_if(|(_, number)| *number < fold.line) {
            opened.push_str(line);
        }
        let end = fold.line + fold.lines as u64;
        while lines.next_if(|(_, number)| *number < end).is_some() {}
        // As many lines as before, so that notes name the right ones below.
        let gap = fold.lines.saturating_sub(fold.answer.lines().count());
        opened.push_str(&"\n".repeat(gap));
        opened.push_str(&fold.answer);
        opened.push('\n');
    }
    opened.extend(lines.map(|(line, _)| line));
    opened
}

/// Puts them into the document that was made of what stood beside them.
pub(in crate::knowledge::document) fn add_folded(
    folded: Vec<FoldedQuestion>,
    document: &mut Document,
) -> Result<(), ParseError> {
    if folded.is_empty() {
        return Ok(());
    }
    let mut counts = BatchCounts::default();
    for FoldedQuestion { question, answer, line, .. } in folded {
        let entry = QaEntry::written(&question, answer, MediaType::Markdown);
        if let Some(variants) = entry.add(line, document)? {
            counts.questions += 1;
            counts.variants += variants;
        }
    }
    document.tell(format!(
        "{}; what shows of a folded text is the question, and what is folded its answer",
        counts.told()
    ));
    Ok(())
}

/// `of_questions`: the text is called questions, so that a term with a colon below it is one, and it may be a table, in whose
/// cells in quotes nothing is.
fn take(text: &str, of_questions: bool) -> (Vec<FoldedQuestion>, String) {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut folded, mut rest) = (Vec::new(), String::new());
    let mut fence = None;
    let (mut is_apart, mut is_quoted) = (true, false);
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let bare = line.trim();
        let mark = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
        let below = lines.get(at..).unwrap_or_default();
        let found = match (fence, mark) {
            (Some(open), mark) => {
                fence = Some(open).filter(|_| mark != Some(open));
                None
            }
            (None, Some(mark)) => {
                fence = Some(mark);
                None
            }
            (None, None) if of_questions && is_quoted => None,
            (None, None) => details(below)
                .or_else(|| admonition(below))
                .or_else(|| container(below))
                .or_else(|| term(below).filter(|_| of_questions && is_apart)),
        };
        is_apart = bare.is_empty() || found.is_some();
        match found.filter(|(question, answer, _)| !question.is_empty() && !answer.is_empty()) {
            Some((question, answer, taken)) => {
                folded.push(FoldedQuestion { question, answer, line: at as u64 + 1, lines: taken });
                at += taken;
            }
            None => {
                rest.push_str(line);
                is_quoted ^= line.matches('"').count() % 2 == 1;
                at += 1;
            }
        }
    }
    (folded, rest)
}

/// A question, its answer, and how many lines both take.
type Found = (String, String, usize);

fn answer(lines: &[&str]) -> String {
    even_left(lines.concat().trim_matches('\n').trim_end())
}

/// `<details><summary>question</summary>answer</details>`. One with others in it holds a part of the text.
fn details(lines: &[&str]) -> Option<Found> {
    let opens = |line: &str| line.to_ascii_lowercase().contains("<details");
    let first = lines.first()?.trim_start();
    if !first.get(..8)?.eq_ignore_ascii_case("<details") {
        return None;
    }
    let is_end = |(at, line): (usize, &&str)| {
        line.to_ascii_lowercase().contains("</details>") || at > 0 && opens(line)
    };
    let last = lines.iter().enumerate().position(is_end)?;
    let whole = lines.get(..=last)?.concat();
    // Of the same length, so that places are the same.
    let lower = whole.to_ascii_lowercase();
    let end = lower.find("</details>")?;
    let is_one =
        lower.matches("<details").count() == 1 && lower.get(end + "</details>".len()..)?.trim().is_empty();
    let from = lower.find('>')? + 1;
    let summary = from + lower.get(from..)?.find("<summary")?;
    let shown = summary + lower.get(summary..)?.find('>')? + 1;
    let shown_end = shown + lower.get(shown..)?.find("</summary>")?;
    if !is_one || !lower.get(from..summary)?.trim().is_empty() {
        return None;
    }
    let question = plain(whole.get(shown..shown_end)?.trim());
    let answer = answer(&[whole.get(shown_end + "</summary>".len()..end)?]);
    Some((question.replace('\n', " "), answer, last + 1))
}

/// `??? question "…"` with the answer indented below.
fn admonition(lines: &[&str]) -> Option<Found> {
    let rest = lines.first()?.trim_end().strip_prefix("???")?;
    let (kind, title) = rest.trim_start_matches('+').trim_start().split_once(' ')?;
    let title = title.trim().strip_prefix('"')?.strip_suffix('"')?;
    if !KINDS.contains(&kind) && !is_question(title) && !is_answer_name(title) {
        return None;
    }
    let body = indented(lines.get(1..)?);
    Some((plain(title), answer(body), 1 + body.len()))
}

/// `::: details question` down to `:::`.
fn container(lines: &[&str]) -> Option<Found> {
    let rest = lines.first()?.trim_end().strip_prefix(":::")?;
    let title = rest.trim_start_matches(':').trim_start().strip_prefix("details ")?;
    let body = lines.get(1..)?;
    let end = body.iter().position(|line| line.starts_with(":::"))?;
    let is_closed = body.get(end)?.trim().chars().all(|c| c == ':');
    is_closed.then(|| (plain(title), answer(body.get(..end).unwrap_or_default()), end + 2))
}

/// A term, and its answer behind a colon in the line below, or in the one below an empty line.
fn term(lines: &[&str]) -> Option<Found> {
    let term = lines.first()?.trim_end();
    let is_words = |c: char| c.is_alphanumeric() || matches!(c, '*' | '“' | '"' | '《' | '【');
    if term.len() > MAX_TERM || !term.starts_with(is_words) {
        return None;
    }
    let gap = usize::from(lines.get(1)?.trim().is_empty());
    let behind = lines.get(1 + gap)?.strip_prefix(':').filter(|rest| rest.starts_with([' ', '\t']))?;
    let body = indented(lines.get(2 + gap..)?);
    let below = even_left(body.concat().trim_end());
    let answer = format!("{}\n{below}", behind.trim());
    Some((plain(term), answer.trim_end().to_owned(), 2 + gap + body.len()))
}

/// The lines that are indented, with the empty ones between them.
fn indented<'a, 't>(lines: &'a [&'t str]) -> &'a [&'t str] {
    let is_indented = |line: &&&str| line.starts_with("    ") || line.starts_with('\t');
    let body = lines.iter().take_while(|line| line.trim().is_empty() || is_indented(line)).count();
    let body = lines.get(..body).unwrap_or_default();
    let last = body.iter().rposition(|line| is_indented(&line)).map_or(0, |last| last + 1);
    body.get(..last).unwrap_or_default()
}

#[cfg(test)]
mod tests;
