//! What an element is by its name: a heading, a block, a note's number, or nothing of the page's text.

use scraper::node::Element;

/// Characters of a line that asks, and of one that has no question mark.
const MAX_ASKING: usize = 80;
const MAX_BARE: usize = 30;
/// What stands in questions.
const ASKING: &[&str] = &[
    "如何",
    "怎么",
    "怎样",
    "什么",
    "为何",
    "多久",
    "多少",
    "多长",
    "哪",
    "谁",
    "吗",
    "是否",
    "能否",
    "可否",
    "能不能",
    "有没有",
    "何时",
    "how ",
    "what ",
    "why ",
    "when ",
    "where ",
    "who ",
    "can i ",
    "do i ",
];

/// Whether a link leads to a note, whose number is no part of the words before it: many books do not raise it.
pub(super) fn is_note(element: &Element) -> bool {
    let says = |name: &str, mark: &str| {
        element.attr(name).is_some_and(|value| value.split_ascii_whitespace().any(|word| word == mark))
    };
    element.name() == "a"
        && (says("epub:type", "noteref")
            || says("role", "doc-noteref")
            || says("class", "noteref")
            || says("class", "footnote-ref"))
}

/// Whether a line asks, with a question mark or without one.
pub(super) fn asks(words: &str) -> bool {
    let chars = words.chars().count();
    let lower = words.to_lowercase();
    words.ends_with(['？', '?']) && chars <= MAX_ASKING
        || chars <= MAX_BARE
            && !words.contains(['。', '；', '，', '：', ':'])
            && ASKING.iter().any(|word| lower.contains(word))
}

/// Elements that hold no text of the page.
pub(super) fn is_skipped(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "nav"
            | "footer"
            | "iframe"
            | "rp"
            | "datalist"
    )
}

pub(super) fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "main"
            | "header"
            | "aside"
            | "ul"
            | "ol"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "tr"
            | "caption"
            | "blockquote"
            | "pre"
            | "figure"
            | "figcaption"
            | "hr"
            | "form"
            | "fieldset"
            | "legend"
            | "details"
            | "summary"
            | "address"
            | "option"
            | "body"
    )
}
