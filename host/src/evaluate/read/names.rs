//! The names under which a file may give a column or field. Case and surrounding space do not count.

/// What is asked.
pub(super) const QUESTION: &[&str] =
    &["question", "query", "query_text", "asked", "问题", "提问", "问", "用户问题", "zh"];
/// What is asked, where a field of this name can be nothing else.
pub(super) const QUESTION_ALONE: &[&str] = &["text", "title", "en"];
/// The question's own id.
pub(super) const QUESTION_ID: &[&str] =
    &["qid", "question_id", "query_id", "query-id", "_id", "id", "编号", "问题id", "问题编号"];
/// Ids of documents or hits that are right.
pub(super) const RIGHT_IDS: &[&str] = &[
    "relevant",
    "relevant_ids",
    "ids",
    "document",
    "documents",
    "document_id",
    "document_ids",
    "doc",
    "docs",
    "doc_id",
    "doc_ids",
    "docid",
    "corpus-id",
    "expected",
    "expected_ids",
    "chunk",
    "chunks",
    "right",
    "answers",
    "answer_id",
    "answer_ids",
    "positives",
    "positive_ids",
    "pos",
    "文档",
    "文档id",
    "文档编号",
    "正确文档",
    "答案id",
    "答案编号",
];
/// Text that the hit or its standard answer must hold.
pub(super) const RIGHT_TEXT: &[&str] = &[
    "snippet",
    "snippets",
    "contains",
    "text",
    "answer",
    "answer_text",
    "expected_text",
    "片段",
    "包含",
    "应含",
    "答案",
    "标准答案",
    "答案片段",
];
/// The knowledge base that should know it.
pub(super) const BASE: &[&str] = &["base", "knowledge_base", "知识库"];
/// The question a user asks, in a pair.
pub(super) const PAIR_ASKED: &[&str] = &[
    "asked",
    "sentence1",
    "sentence_a",
    "text_a",
    "text1",
    "question1",
    "q1",
    "query1",
    "句子1",
    "问题1",
    "用户问题",
];
/// The question that is stored, in a pair.
pub(super) const PAIR_STORED: &[&str] = &[
    "stored",
    "sentence2",
    "sentence_b",
    "text_b",
    "text2",
    "question2",
    "q2",
    "query2",
    "句子2",
    "问题2",
    "标准问",
    "标准问题",
];
/// Whether a pair means the same.
pub(super) const PAIR_SAME: &[&str] =
    &["same", "label", "labels", "gold", "gold_label", "is_duplicate", "标签", "是否相同", "相同"];
/// A text's id, in a corpus.
pub(super) const TEXT_ID: &[&str] = &[
    "id",
    "_id",
    "docid",
    "doc_id",
    "document_id",
    "pid",
    "passage_id",
    "corpus-id",
    "context_id",
    "answer_id",
    "编号",
    "文档id",
];
/// The text itself, in a corpus.
pub(super) const TEXT: &[&str] = &[
    "text",
    "content",
    "contents",
    "passage",
    "context",
    "context_text",
    "body",
    "answer",
    "zh",
    "en",
    "正文",
    "内容",
    "文本",
    "答案",
];
/// A text's title, in a corpus.
pub(super) const TITLE: &[&str] = &["title", "name", "标题"];
/// The relevance of a document for a question.
pub(super) const RELEVANCE: &[&str] = &["score", "relevance", "label", "rel"];

/// What is written where nothing is right.
pub(super) const NOTHING: &[&str] = &["-", "—", "none", "无"];

/// Where in a list of names the first of the wanted ones is.
pub(super) fn position<'a>(names: impl Iterator<Item = &'a str>, wanted: &[&str]) -> Option<usize> {
    let names: Vec<String> = names.map(|name| name.trim().to_lowercase()).collect();
    wanted.iter().find_map(|wanted| names.iter().position(|name| name == wanted))
}
