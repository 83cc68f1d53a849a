//! How an element looks: whether the page shows it, strikes it out, or sets it in another line.

use std::collections::HashSet;

use scraper::node::Element;
use scraper::{Html, Node};

/// Most names of a page's own styles that are looked at.
const MAX_NAMES: usize = 10_000;
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

/// Which elements a page's own style sheets hide: simple selectors only, `.name`, `#name` and `name`.
#[derive(Debug, Default)]
pub(super) struct Hiding(HashSet<String>);

impl Hiding {
    pub(super) fn of(tree: &Html) -> Self {
        let mut hiding = Self::default();
        let styles =
            tree.tree.nodes().filter(|node| node.value().as_element().is_some_and(|e| e.name() == "style"));
        for style in styles {
            let of_screen =
                style.value().as_element().and_then(|style| style.attr("media")).is_none_or(|media| {
                    media.is_empty() || media.contains("all") || media.contains("screen")
                });
            for text in style.children().filter(|_| of_screen) {
                if let Node::Text(text) = text.value() {
                    hiding.read(text);
                }
            }
        }
        hiding
    }

    fn read(&mut self, sheet: &str) {
        // Rules within `@media` and the like hold sometimes only, so they are passed over.
        let mut rest = sheet;
        while let Some((selector, after)) = rest.split_once('{') {
            let selector = selector.rsplit(['}', ';']).next().unwrap_or_default();
            let selector = selector.rsplit("*/").next().unwrap_or_default().trim();
            if selector.starts_with('@') {
                rest = after_block(after);
                continue;
            }
            let (rule, after) = after.split_once('}').unwrap_or((after, ""));
            rest = after;
            let names = selector.split(',').map(str::trim).filter(|name| is_simple(name));
            if hides(rule) {
                self.0.extend(names.take(MAX_NAMES.saturating_sub(self.0.len())).map(str::to_owned));
            }
        }
    }

    pub(super) fn hides(&self, element: &Element) -> bool {
        let is_input = element.name() == "input" && element.attr("type").is_some_and(|kind| kind == "hidden");
        let has = |mark: &str, name: &str| self.0.contains(&format!("{mark}{name}"));
        is_input
            || element.attr("hidden").is_some()
            || element.attr("style").is_some_and(hides)
            || !self.0.is_empty()
                && (self.0.contains(element.name())
                    || element.id().is_some_and(|id| has("#", id))
                    || element.classes().any(|class| has(".", class)))
    }
}

/// What follows a block of blocks.
fn after_block(text: &str) -> &str {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[at + 1..];
        }
    }
    ""
}

fn is_simple(selector: &str) -> bool {
    let name = selector.strip_prefix(['.', '#']).unwrap_or(selector);
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

/// Whether these declarations take an element off the page.
fn hides(style: &str) -> bool {
    declared(style, |name, value| {
        name == "display" && value == "none" || name == "visibility" && matches!(value, "hidden" | "collapse")
    })
}

fn declared(style: &str, holds: impl Fn(&str, &str) -> bool) -> bool {
    style.split(';').filter_map(|declaration| declaration.split_once(':')).any(|(name, value)| {
        let value = value.to_ascii_lowercase();
        let value = value.split('!').next().unwrap_or_default().trim();
        holds(name.trim().to_ascii_lowercase().as_str(), value)
    })
}

pub(super) fn is_struck(element: &Element) -> bool {
    matches!(element.name(), "del" | "s" | "strike")
        || element.attr("style").is_some_and(|style| {
            declared(style, |name, value| {
                name.starts_with("text-decoration") && value.contains("line-through")
            })
        })
}

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
