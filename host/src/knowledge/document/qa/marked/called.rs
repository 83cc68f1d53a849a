//! What a document is called, by its title or by the name of its file.

use crate::knowledge::document::Document;

/// What titles of questions and answers say.
const FAQS: &[&str] = &["faq", "q&a", "问答", "问与答", "常见问题", "常问", "答疑", "問答", "常見問題"];

/// Whether a line says that what it stands over is questions and answers.
pub(super) fn says_faq(line: &str) -> bool {
    let line = line.to_lowercase();
    FAQS.iter().any(|word| line.contains(word))
}

/// Whether all of it does, by its title or by the name of its file.
pub(super) fn is_called_faq(document: &Document) -> bool {
    document.title.as_deref().is_some_and(says_faq) || says_faq(name(document))
}

/// The last part of the name it came under: its folders hold others as well.
pub(super) fn name(document: &Document) -> &str {
    document.called.rsplit(['/', '\\']).next().unwrap_or_default()
}
