//! The columns of a table, or the fields of an object, that hold questions and answers: by the names they usually have.

use csv::StringRecord;
use unicode_normalization::UnicodeNormalization;

use super::{Entry, split_variants};
use crate::knowledge::document::table::{First, Within, is_question, told};
use crate::knowledge::document::{Block, Document, MAX_PIECES, ParseError};
use crate::message::MediaType;

/// Rows in which a header may stand below titles.
const HEADER_WITHIN: usize = 4;

/// What a name says its column or field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Question,
    /// Only beside answers.
    WeakQuestion,
    Answer,
    /// Only beside questions.
    WeakAnswer,
    Variants,
    Other,
}

const QUESTIONS: &[&str] = &[
    "question",
    "questions",
    "q",
    "query",
    "prompt",
    "instruction",
    "ask",
    "问题",
    "问",
    "提问",
    "问句",
    "标准问",
    "标准问法",
    "主问",
    "主问法",
    "问法",
    "疑问",
    "标准提问",
    "问题内容",
    "问题名称",
    "问题标题",
    "问题描述",
    "标准问题",
    "userquestion",
    "standardquestion",
    "faq",
];
const WEAK_QUESTIONS: &[&str] = &[
    "title",
    "标题",
    "题目",
    "主题",
    "知识标题",
    "知识点",
    "知识名称",
    "咨询",
    "咨询内容",
    "诉求",
    "诉求内容",
    "来信内容",
    "留言",
    "留言内容",
    "input",
    "用户输入",
    "分段标题",
    "user",
    "human",
];
const ANSWERS: &[&str] = &[
    "answer",
    "answers",
    "a",
    "response",
    "responses",
    "reply",
    "output",
    "completion",
    "答案",
    "答",
    "回答",
    "回复",
    "答复",
    "解答",
    "应答",
    "话术",
    "标准答案",
    "答案内容",
    "回复内容",
    "回答内容",
    "答复内容",
    "标准答复",
    "标准回复",
    "standardanswer",
    "assistant",
    "bot",
];
const WEAK_ANSWERS: &[&str] = &[
    "content",
    "内容",
    "正文",
    "text",
    "value",
    "说明",
    "分段内容",
    "段落内容",
    "知识内容",
    "处理结果",
    "办理结果",
    "解释",
    "target",
];
const VARIANTS: &[&str] = &[
    "variants",
    "variant",
    "similar",
    "similarquestions",
    "similarquestion",
    "alias",
    "aliases",
    "indexes",
    "index",
    "paraphrases",
    "paraphrase",
    "相似问",
    "相似问法",
    "相似问题",
    "相似说法",
    "相似句",
    "近似问",
    "扩展问",
    "扩展句",
    "同义问",
    "同义句",
    "别名",
    "变体",
    "泛化问",
    "更多问法",
    "其他问法",
    "其它问法",
];
/// What stands in names of columns for other ways to ask.
const VARIANT_MARKS: &[&str] = &[
    "相似",
    "近似",
    "扩展",
    "同义",
    "其他",
    "其它",
    "更多",
    "补充",
    "泛化",
    "类似",
    "变体",
    "衍生",
    "拓展",
    "similar",
    "other",
    "alternative",
];

/// What a name says, with its marks, its number and what stands in brackets behind it left out.
pub(super) fn role(name: &str) -> Role {
    let name = plain(name);
    let is = |names: &[&str]| names.contains(&name.as_str());
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let asks = ["问题", "提问", "问句", "问法", "说法", "question", "questions"];
    let is_variant = VARIANT_MARKS.iter().any(|mark| name.contains(mark));
    if is(VARIANTS) || (is_variant && (ends(&asks) || name.ends_with('问'))) {
        Role::Variants
    } else if is(QUESTIONS) {
        Role::Question
    } else if is(ANSWERS) {
        Role::Answer
    } else if is(WEAK_QUESTIONS) {
        Role::WeakQuestion
    } else if is(WEAK_ANSWERS) {
        Role::WeakAnswer
    } else if ends(&["答案", "回答", "回复", "答复", "解答", "应答", "话术", "answer"])
        && !name.starts_with("是否")
    {
        Role::Answer
    } else if ends(&asks)
        && !["是否", "存在", "相关", "关联", "主要"].iter().any(|start| name.starts_with(start))
    {
        Role::Question
    } else {
        Role::Other
    }
}

/// 问题（必填）* and Question_1 are 问题 and question.
pub(super) fn plain(name: &str) -> String {
    let name: String = name.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).collect();
    let name = name.trim_start_matches(['*', '#', '\u{feff}']);
    let end =
        name.char_indices().skip(1).find(|(_, c)| "([【{<".contains(*c)).map_or(name.len(), |(at, _)| at);
    let name = name.get(..end).unwrap_or_default();
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || "*:_-.#".contains(c));
    name.chars().filter(|c| !matches!(c, '_' | '-')).collect()
}

/// Where a table has its questions.
pub(in crate::knowledge::document) struct QuestionColumns {
    question: usize,
    /// Whether a cell may hold several, one a line.
    many: bool,
    /// What goes with an instruction.
    input: Option<usize>,
    answer: usize,
    variants: Vec<usize>,
    /// Cells right of the last column are variants as well.
    variants_from: Option<usize>,
    /// A title, for a text that nobody has asked for.
    title: Option<usize>,
    others: Vec<usize>,
    names: Vec<String>,
    /// Names of columns that were not kept.
    unkept: std::collections::BTreeSet<String>,
    kept: std::collections::BTreeSet<String>,
    questions: usize,
    asked: usize,
    texts: usize,
    /// Lines with more cells than there are names: a delimiter in a text that stands in no quotes.
    surplus: Vec<u64>,
}

impl QuestionColumns {
    /// Finds them in a table's first rows; with them comes how the rows are to be read.
    pub(in crate::knowledge::document) fn in_rows(
        rows: &[StringRecord],
        within: Within,
    ) -> Option<(First, Self)> {
        let named = rows.iter().take(HEADER_WITHIN).enumerate().find_map(|(titles, row)| {
            let names: Vec<String> = row.iter().map(|name| name.trim().to_owned()).collect();
            let columns = Self::named(&names, within == Within::Questions)?;
            Some((First { titles, rows: 1, is_certain: true, is_form: false }, columns))
        });
        named.or_else(|| if within == Within::Text { None } else { Self::unnamed(rows, within) })
    }

    fn named(names: &[String], is_wanted: bool) -> Option<Self> {
        let roles: Vec<Role> = names.iter().map(|name| role(name)).collect();
        let all = |wanted: Role| {
            roles.iter().enumerate().filter(move |(_, role)| **role == wanted).map(|(at, _)| at)
        };
        let first = |wanted: Role| all(wanted).next();
        let main = all(Role::Question)
            .find(|&at| names.get(at).is_some_and(|name| name.contains("标准") || name.contains('主')));
        let strong = main.or(first(Role::Question));
        let answer = match (first(Role::Answer), first(Role::WeakAnswer)) {
            (Some(answer), _) => answer,
            (None, Some(weak)) if strong.is_some() || is_wanted => weak,
            _ => return None,
        };
        let has_answer = first(Role::Answer).is_some();
        let question = match (strong, first(Role::WeakQuestion)) {
            (Some(question), _) => question,
            (None, Some(weak)) if has_answer || is_wanted => weak,
            _ => return None,
        };
        let is_instruction = names.get(question).is_some_and(|name| plain(name) == "instruction");
        let input = names.iter().position(|name| is_instruction && plain(name) == "input");
        let variants: Vec<usize> = (0..names.len())
            .filter(|&at| at != question && matches!(roles.get(at), Some(Role::Question | Role::Variants)))
            .collect();
        let used =
            |at: &usize| [Some(question), Some(answer), input].contains(&Some(*at)) || variants.contains(at);
        let others = (0..names.len()).filter(|at| !used(at)).collect();
        let header = names.get(question).map_or("", String::as_str);
        Some(Self {
            question,
            many: ["一行一个", "每行一", "换行", "per line", "一行一"]
                .iter()
                .any(|mark| header.contains(mark)),
            input,
            answer,
            variants_from: (variants.last() == names.len().checked_sub(1).as_ref()).then_some(names.len()),
            variants,
            title: first(Role::WeakQuestion).filter(|&title| title != question),
            others,
            names: names.to_vec(),
            unkept: std::collections::BTreeSet::new(),
            kept: std::collections::BTreeSet::new(),
            questions: 0,
            asked: 0,
            texts: 0,
            surplus: Vec::new(),
        })
    }

    /// Two columns without names, questions in the first and no questions in the second.
    fn unnamed(rows: &[StringRecord], within: Within) -> Option<(First, Self)> {
        let cell = |row: &StringRecord, column: usize| row.get(column).unwrap_or_default().trim().to_owned();
        if rows.iter().any(|row| row.iter().skip(2).any(|cell| !cell.trim().is_empty())) {
            return None;
        }
        let asked = rows.iter().filter(|row| is_question(&cell(row, 0))).count();
        let asked_back = rows.iter().filter(|row| is_question(&cell(row, 1))).count();
        let answered = rows.iter().filter(|row| cell(row, 1).chars().any(char::is_alphabetic)).count();
        let is_header = rows.len() > 1 && !rows.first().is_some_and(|row| is_question(&cell(row, 0)));
        let enough = asked * 10 >= (rows.len() - usize::from(is_header)) * 7 && asked > 0;
        if !enough
            || asked_back * 10 > rows.len() * 3
            || answered * 2 < rows.len()
            || (is_header && within != Within::Questions)
        {
            return None;
        }
        let names = vec!["question".to_owned(), "answer".to_owned()];
        let mut columns = Self::named(&names, true)?;
        columns.names = vec!["the first column".to_owned(), "the second".to_owned()];
        Some((First { titles: 0, rows: usize::from(is_header), is_certain: false, is_form: false }, columns))
    }

    pub(in crate::knowledge::document) fn add(
        &mut self,
        row: &StringRecord,
        line: u64,
        document: &mut Document,
    ) -> Result<(), ParseError> {
        let cell = |column: usize| row.get(column).unwrap_or_default();
        let mut question = cell(self.question).trim().to_owned();
        if let Some(input) = self.input.map(cell).filter(|input| !input.trim().is_empty()) {
            question = format!("{question}\n{}", input.trim());
        }
        let mut variants = Vec::new();
        for text in self
            .variants
            .iter()
            .map(|&column| cell(column))
            .chain(row.iter().skip(self.variants_from.unwrap_or(usize::MAX)))
        {
            split_variants(text, &mut variants);
        }
        if self.variants_from.is_none()
            && row.iter().skip(self.names.len()).any(|cell| !cell.trim().is_empty())
        {
            self.surplus.push(line);
        }
        let answer = cell(self.answer);
        if question.is_empty() && !answer.trim().is_empty() {
            // What has other ways to ask only is asked in the first of them.
            if !variants.is_empty() {
                question = variants.remove(0);
            } else if let Some(title) = self.title.map(cell) {
                // A text that nobody has asked for is found as such.
                self.texts += 1;
                let headings =
                    Some(title.trim().to_owned()).filter(|title| !title.is_empty()).into_iter().collect();
                return document.add(Block::Prose {
                    headings,
                    text: answer.to_owned(),
                    media_type: MediaType::Plain,
                });
            }
        }
        self.keep_others(row, document);
        if self.input.is_none() {
            let (first, more) = several(&question, self.many);
            variants.splice(0..0, more);
            question = first;
        }
        variants.truncate(MAX_PIECES + 1);
        self.asked += variants.len();
        let before = document.left_out.len();
        let entry = Entry { question, variants, answer: answer.to_owned(), media_type: MediaType::Plain };
        entry.add(line, document)?;
        self.questions += usize::from(document.left_out.len() == before);
        Ok(())
    }

    /// Other columns say what the document is about.
    fn keep_others(&mut self, row: &StringRecord, document: &mut Document) {
        for &column in &self.others {
            let (Some(name), Some(value)) = (self.names.get(column), row.get(column)) else { continue };
            if name.is_empty() || value.trim().is_empty() {
                continue;
            }
            let field = plain_field(name);
            let is_number = matches!(field.to_lowercase().as_str(), "id" | "no" | "序号" | "编号" | "行号");
            if !is_number && document.metadata.add(&field, value).is_ok() {
                self.kept.insert(field);
            } else {
                self.unkept.insert(name.clone());
            }
        }
    }

    /// For a note.
    pub(in crate::knowledge::document) fn told(&self, rows: usize) -> String {
        let name = |column: &usize| self.names.get(*column).map(String::as_str);
        let mut told_as = format!("read as {} questions", self.questions);
        if self.asked > 0 {
            told_as.push_str(&format!(" with {} other ways to ask", self.asked));
        }
        told_as.push_str(&format!(", of {rows} rows; question: {}", told(name(&self.question).into_iter())));
        told_as.push_str(&format!(", answer: {}", told(name(&self.answer).into_iter())));
        if !self.variants.is_empty() {
            told_as.push_str(&format!(", variants: {}", told(self.variants.iter().filter_map(name))));
        }
        if !self.surplus.is_empty() {
            let lines = self.surplus.iter().map(u64::to_string).collect::<Vec<_>>();
            told_as.push_str(&format!(
                "; cells beyond the last column were NOT used, so answers may be cut off: line {}; put a text that \
                 holds the delimiter in quotes",
                told(lines.iter().map(String::as_str))
            ));
        }
        if self.texts > 0 {
            told_as.push_str(&format!("; {} rows without a question are texts to search", self.texts));
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

/// A column's name as that of a field of metadata.
pub(super) fn plain_field(name: &str) -> String {
    let end =
        name.char_indices().skip(1).find(|(_, c)| "(（[【".contains(*c)).map_or(name.len(), |(at, _)| at);
    let name = name.get(..end).unwrap_or_default();
    name.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// The questions of a cell: one a line where the column says so, or where each line asks.
fn several(cell: &str, many: bool) -> (String, Vec<String>) {
    let parts: Vec<&str> = if many {
        cell.lines().collect()
    } else {
        cell.split(['\n', '|', '｜']).flat_map(|part| part.split("##")).collect()
    };
    let parts: Vec<&str> = parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect();
    let asks = parts.iter().rev().skip(usize::from(!many)).all(|part| part.ends_with(['？', '?']));
    match parts.split_first() {
        Some((first, more)) if many || (!more.is_empty() && asks) => {
            ((*first).to_owned(), more.iter().map(|&part| part.to_owned()).collect())
        }
        _ => (cell.to_owned(), Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_column_holds() {
        use Role::{Answer, Other, Question, Variants, WeakAnswer, WeakQuestion};
        for (name, expected) in [
            ("问题*", Question),
            ("问题（必填）", Question),
            ("＊问题", Question),
            ("Question_1", Question),
            ("标准问题", Question),
            ("用户提问", Question),
            ("Q", Question),
            ("Prompt", Question),
            ("A:", Answer),
            ("标准答案", Answer),
            ("客服回复", Answer),
            ("机器人应答", Answer),
            ("Output", Answer),
            ("相似问法", Variants),
            ("相似问1", Variants),
            ("扩展问题", Variants),
            ("similar_questions", Variants),
            ("indexes", Variants),
            ("其他问法", Variants),
            ("分段标题（选填）", WeakQuestion),
            ("分段内容（必填，问题答案）", WeakAnswer),
            ("问题分类", Other),
            ("存在问题", Other),
            ("链接", Other),
            ("回答人", Other),
        ] {
            assert_eq!(role(name), expected, "{name}");
        }
    }
}
