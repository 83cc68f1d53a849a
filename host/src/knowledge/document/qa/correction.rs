//! A correction stands beside an answer that was wrong, in a column, or in fields of one name, that may as well say when or by whom
//! something was corrected: 人工修正. Its cells show which it is.

use super::role::{ColumnRole, is_asked, is_bare_correction, is_of_test, is_unchanged};

/// Characters of a cell without a sentence that is more than a name or a date.
const MORE_THAN_A_NAME: usize = 12;
/// What is said of a correction and in none, unless it is said beside it as well: 把三天改成七天.
const OF_CHANGES: &[&str] = &[
    "修改", "修正", "修订", "更正", "纠正", "订正", "改为", "改成", "改写", "应为", "补充", "删除", "删去",
    "增加", "新增", "替换", "调整", "更新", "错误", "有误", "无误", "有错", "写错", "不符", "准确", "正确",
];

/// What the cells of one column show.
#[derive(Default)]
pub(super) struct CorrectionCells {
    filled: usize,
    answering: usize,
    of_the_same: usize,
}

impl CorrectionCells {
    /// Counts a cell. `beside`: the questions and answers of its row.
    pub(super) fn add(&mut self, cell: &str, beside: &[&str]) {
        let cell = cell.trim();
        if is_unchanged(cell) {
            return;
        }
        self.filled += 1;
        let is_of_changes =
            |word: &str| cell.contains(word) && !beside.iter().any(|said| said.contains(word));
        let has_han = cell.chars().any(is_han);
        let is_answer = cell.contains(['。', '！', '；']) || cell.chars().count() > MORE_THAN_A_NAME;
        if has_han && is_answer && !OF_CHANGES.iter().any(|word| is_of_changes(word)) {
            self.answering += 1;
            self.of_the_same += usize::from(beside.iter().any(|said| shares_a_word(cell, said)));
        }
    }

    /// Whether they are answers: nearly all say something, and half of them something of what is asked or answered beside them.
    pub(super) fn are_answers(&self) -> bool {
        self.filled > 0 && self.answering * 10 >= self.filled * 9 && self.of_the_same * 2 >= self.filled
    }
}

/// The column that may have what corrects the one column of answers. What is just called 修订 only corrects those of a machine or a
/// student: elsewhere it says when the sheet was revised. `None` where other questions stand between the two.
pub(super) fn correction(names: &[&str], roles: &[ColumnRole]) -> Option<usize> {
    let mut answers = (0..names.len()).filter(|&at| roles.get(at) == Some(&ColumnRole::Answer));
    let (Some(answer), None) = (answers.next(), answers.next()) else { return None };
    let name = |at: usize| names.get(at).copied().unwrap_or_default();
    let is_tested = is_of_test(name(answer));
    let asks = |at: usize| roles.get(at) == Some(&ColumnRole::Question) || is_asked(name(at));
    (0..names.len()).find(|&at| {
        roles.get(at) == Some(&ColumnRole::Other)
            && is_bare_correction(name(at), is_tested)
            && !(at.min(answer)..at.max(answer)).any(asks)
    })
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

/// Whether two Chinese characters that stand side by side in one text do so in the other.
fn shares_a_word(one: &str, other: &str) -> bool {
    let starts = one.char_indices().filter(|(_, c)| is_han(*c));
    let mut pairs = starts.filter_map(|(at, first)| {
        let rest = one.get(at..)?;
        let second = rest.chars().nth(1).filter(|c| is_han(*c))?;
        rest.get(..first.len_utf8() + second.len_utf8())
    });
    pairs.any(|pair| other.contains(pair))
}

#[cfg(test)]
mod tests;
