//! Columns of questions and answers without names: found by what asks.

use csv::StringRecord;

use super::{HEADER_WITHIN, QuestionColumns, asks};
use crate::knowledge::document::qa::role::{ColumnRole, role};
use crate::knowledge::document::table::{First, is_alone, is_question};

/// Characters of a cell that may be a column's name.
const NAME: usize = 6;
/// Characters of a cell that says in words what is asked for.
const MAX_WORDS: usize = 30;

impl QuestionColumns {
    /// Two columns without names, questions in the first and no questions in the second; one that counts may stand before them,
    /// and a title above. In a file that says that it holds questions, a third may have other ways to ask, and fewer need to read
    /// like questions; two columns of words are questions and answers there, whatever they read like.
    pub(super) fn unnamed(rows: &[StringRecord], is_wanted: bool) -> Option<(First, Self)> {
        let cell = |row: &StringRecord, column: usize| row.get(column).unwrap_or_default().trim().to_owned();
        let is_title = |row: &&StringRecord| is_alone(row) && !row.iter().any(is_question);
        let titles = rows.iter().take(HEADER_WITHIN).take_while(is_title).count();
        let below = rows.get(titles..).unwrap_or_default();
        // What stands alone in its row is a title as well.
        let rows: Vec<&StringRecord> = below.iter().filter(|row| !is_alone(row)).collect();
        let used = used(&rows, is_wanted)?;
        let (question, answer, variants) = match *used.as_slice() {
            [question, answer] => (question, answer, None),
            [question, second, third] if is_wanted => match (asks(below, second), asks(below, third)) {
                (true, false) => (question, third, Some(second)),
                (false, true) => (question, second, Some(third)),
                _ => return None,
            },
            _ => return None,
        };
        // A tab in what would be answers parts these from the ways to ask before them.
        let has_tab = rows.iter().filter(|row| cell(row, answer).contains('\t')).count();
        if variants.is_some() && has_tab * 2 > rows.len() {
            return None;
        }
        let asked = rows.iter().filter(|row| is_question(&cell(row, question))).count();
        let asked_back = rows.iter().filter(|row| is_question(&cell(row, answer))).count();
        let answered = rows.iter().filter(|row| cell(row, answer).chars().any(char::is_alphabetic)).count();
        let is_unlike = rows.len() > 1 && !rows.first().is_some_and(|row| is_question(&cell(row, question)));
        let mostly = asked > 0 && asked * 10 >= (rows.len() - usize::from(is_unlike)) * 7;
        // Where fewer ask, the first row is one of them unless its cells look like names.
        let may_name = |cell: String| {
            let has_digit = cell.contains(|c: char| c.is_ascii_digit());
            cell.chars().count() <= NAME && !has_digit
        };
        let names = || rows.first().is_some_and(|row| used.iter().all(|&at| may_name(cell(row, at))));
        let is_told = is_wanted && asked == 0 && variants.is_none() && are_words(&rows, question, answer);
        // Where none asks, the first row may be a pair of words as those below it: only what columns are called names them.
        let has_role = |row: &&StringRecord| used.iter().any(|&at| role(&cell(row, at)) != ColumnRole::Other);
        let is_named = || if is_told { rows.first().is_some_and(has_role) } else { names() };
        let is_header = is_unlike && (mostly || is_named());
        let enough = mostly || is_wanted && asked > 0 || is_told;
        if !enough
            || asked_back * 10 > rows.len() * 3
            || answered * 2 < rows.len()
            || (is_header && !is_wanted)
        {
            return None;
        }
        let mut columns = Self::named(&["question".to_owned(), "answer".to_owned()], true, &[])?;
        for pair in &mut columns.pairs {
            (pair.question, pair.answer) = (question, answer);
            pair.variants = variants.into_iter().collect();
        }
        columns.is_unnamed = true;
        let last = used.last().copied().unwrap_or(answer);
        columns.names = (1..=last + 1).map(|column| format!("column {column}")).collect();
        let first = First { titles, rows: usize::from(is_header), ..First::default() };
        Some((first, columns))
    }
}

/// Whether these are a few rows or more, all as wide, of words with what is to be said of each. Sentences that have a comma
/// in common are none.
fn are_words(rows: &[&StringRecord], question: usize, answer: usize) -> bool {
    let width = rows.first().map_or(0, |row| row.len());
    let says = |row: &StringRecord, at: usize| row.get(at).is_some_and(|cell| !cell.trim().is_empty());
    let is_word = |row: &StringRecord| {
        let cell = row.get(question).unwrap_or_default();
        cell.contains(char::is_alphabetic)
            && cell.chars().count() <= MAX_WORDS
            && !cell.contains(['。', '，', '；', '！'])
    };
    let in_words =
        |row: &&&StringRecord| row.get(answer).is_some_and(|cell| cell.contains(char::is_alphabetic));
    rows.len() > 1
        && rows.iter().all(|row| row.len() == width && is_word(row) && says(row, answer))
        && rows.iter().filter(in_words).count() * 3 >= rows.len() * 2
}

/// The columns that hold something, without a first one that counts.
fn used(rows: &[&StringRecord], is_wanted: bool) -> Option<Vec<usize>> {
    let cell = |row: &StringRecord, column: usize| row.get(column).unwrap_or_default().trim().to_owned();
    let width = rows.iter().map(|row| row.len()).max()?;
    let mut used: Vec<usize> =
        (0..width).filter(|&at| rows.iter().any(|row| !cell(row, at).is_empty())).collect();
    let counts = |cell: &str| {
        let digits = cell.trim_end_matches(['.', '、', '．', ')', '）']);
        !digits.is_empty() && digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if let [first, _, _, ..] = used.as_slice()
        && rows.iter().skip(usize::from(is_wanted && rows.len() > 1)).all(|row| counts(&cell(row, *first)))
    {
        used.remove(0);
    }
    Some(used)
}
