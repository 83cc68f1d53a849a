//! A table of questions in words, for a note on its document.

use super::QuestionColumns;
use crate::knowledge::document::count;
use crate::knowledge::document::qa::pair::QaPair;
use crate::knowledge::document::table::told;

impl QuestionColumns {
    /// The columns in words, for a note on the document.
    pub(in crate::knowledge::document) fn told(&self) -> String {
        let names = |columns: Vec<usize>| {
            told(columns.iter().filter_map(|&column| self.names.get(column)).map(String::as_str))
        };
        let of = |column: fn(&QaPair) -> usize| names(self.pairs.iter().map(column).collect());
        let lines = |lines: &[u64]| {
            let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
            told(lines.iter().map(String::as_str))
        };
        let variants: Vec<usize> = self.pairs.iter().flat_map(|pair| pair.variants.clone()).collect();
        let mut told_as = self.counts.told();
        told_as.push_str(&format!(
            ", of {}; question: {}, answer: {}",
            count(self.rows, "row"),
            of(|pair| pair.question),
            names(self.pairs.iter().flat_map(|pair| [pair.answer].into_iter().chain(pair.instead)).collect())
        ));
        if self.is_unnamed && self.asking == 0 {
            told_as.push_str("; none reads like a question: the columns were taken in their order");
        }
        if !variants.is_empty() {
            told_as.push_str(&format!(", variants: {}", names(variants)));
        }
        told_as.push_str(&self.counts.told_apart());
        if !self.beside.is_empty() {
            told_as.push_str(&format!(
                "; asked beside these and NOT ways to ask the same: {}; where they are, call such a column 相似问法",
                names(self.beside.clone())
            ));
        }
        if !self.off.is_empty() {
            told_as.push_str(&format!(
                "; {} left out as not in use by {}: line {}",
                count(self.off.len(), "row"),
                names(self.states.iter().map(|(column, _)| *column).collect()),
                lines(&self.off)
            ));
        }
        if !self.unsure.is_empty() {
            told_as.push_str(&format!(
                "; taken to be in use, since nothing is known of these values of {}: {}; write 停用 where it is not",
                names(self.states.iter().map(|(column, _)| *column).collect()),
                told(self.unsure.iter().map(String::as_str))
            ));
        }
        if !self.spare.is_empty() {
            told_as.push_str(&format!(
                "; a question has one answer, so these columns were NOT used: {}",
                names(self.spare.clone())
            ));
        }
        if !self.surplus.is_empty() {
            told_as.push_str(&format!(
                "; cells in no column with a name are texts to search and NOT part of the answers, which may be cut off: line {}; \
                 put a text that holds the delimiter in quotes",
                lines(&self.surplus)
            ));
        }
        if self.set_aside > 0 {
            told_as.push_str(&format!(
                "; about the columns and NOT read as questions: {} beside the one with the names",
                count(self.set_aside, "row")
            ));
        }
        if self.texts > 0 {
            told_as.push_str(&format!("; texts to search, from rows without a question: {}", self.texts));
        }
        if !self.apart.is_empty() {
            told_as.push_str(&format!(
                "; a sentence alone in its row is NOT part of the answer above: line {}; put all of an answer into one cell, in quotes where the file is text",
                lines(&self.apart)
            ));
        }
        if !self.kept.is_empty() {
            told_as.push_str(&format!(
                "; metadata of the document: {}",
                told(self.kept.iter().map(String::as_str))
            ));
        }
        if !self.unkept.is_empty() {
            told_as.push_str(&format!(
                "; not used, or not all of it (a number, too long, or too many values): {}",
                told(self.unkept.iter().map(String::as_str))
            ));
        }
        told_as
    }
}
