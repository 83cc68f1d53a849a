//! The styles of a page, as far as they take its elements off it or strike them out: `style=` and the page's own sheets.
//!
//! A rule is obeyed where it holds for certain. One that waits for a pointer, a small screen or a program, such as `a:hover`
//! or `@media print`, is passed over. Of several rules for one element the one that browsers obey wins.

use std::collections::HashMap;

use ego_tree::NodeId;
use scraper::{ElementRef, Html, Node, Selector};

/// Most rules that are looked at.
const MAX_RULES: usize = 10_000;
/// Most rules whose last part names no class, id or element, so that each is held against all elements.
const MAX_LOOSE: usize = 100;

/// How an element looks by itself; what it stands in may look otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ElementLook {
    pub(super) is_hidden: bool,
    pub(super) is_struck: bool,
}

/// The elements that look otherwise than most.
#[derive(Debug)]
pub(super) struct ElementLooks(HashMap<NodeId, ElementLook>);

impl ElementLooks {
    pub(super) fn of_elements(tree: &Html) -> Self {
        let sheet = StyleSheet::of(tree);
        let mut looks = HashMap::new();
        for node in tree.tree.nodes() {
            let Some(element) = ElementRef::wrap(node) else { continue };
            let look = sheet.look(&element);
            if look != ElementLook::default() {
                looks.insert(node.id(), look);
            }
        }
        Self(looks)
    }

    pub(super) fn of(&self, element: NodeId) -> ElementLook {
        self.0.get(&element).copied().unwrap_or_default()
    }
}

/// What decides between declarations: inline, ids, classes, elements, and then the order.
type Weight = ([usize; 4], usize);

/// The rules of a page's own sheets.
#[derive(Debug, Default)]
struct StyleSheet {
    /// By what the last part of a selector names: `.name`, `#name` or `name`.
    keyed: HashMap<String, Vec<StyleRule>>,
    loose: Vec<StyleRule>,
    rules: usize,
}

#[derive(Debug)]
struct StyleRule {
    selector: Selector,
    declared: Declared,
    weight: Weight,
}

impl StyleSheet {
    fn of(tree: &Html) -> Self {
        let mut sheet = Self::default();
        for node in tree.tree.nodes() {
            let Some(style) = node.value().as_element().filter(|element| element.name() == "style") else {
                continue;
            };
            let is_of_screen =
                style.attr("media").is_none_or(|media| media.trim().is_empty() || is_screen(media));
            for text in node.children().filter(|_| is_of_screen) {
                if let Node::Text(text) = text.value() {
                    sheet.read(text);
                }
            }
        }
        sheet
    }

    fn read(&mut self, sheet: &str) {
        let sheet = without_comments(sheet);
        let mut rest = sheet.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let selectors = before.rsplit(['}', ';']).next().unwrap_or_default().trim();
            if let Some(at_rule) = selectors.strip_prefix('@') {
                let holds = at_rule.strip_prefix("media").is_some_and(is_screen);
                rest = if holds { after } else { after_block(after) };
                continue;
            }
            let (block, behind) = after.split_once('}').unwrap_or((after, ""));
            // What is declared behind a rule within a rule may be either's.
            if block.contains('{') {
                rest = after_block(after);
                continue;
            }
            rest = behind;
            let declared = Declared::of(block);
            if !declared.is_empty() {
                each_selector(selectors).for_each(|selector| self.add(selector, declared));
            }
        }
    }

    fn add(&mut self, selector: &str, declared: Declared) {
        // Looking into each element for what it has within would cost the square of a page's length.
        let is_costly = self.rules >= MAX_RULES || selector.contains(":has");
        let Some(parsed) = Some(selector).filter(|_| !is_costly).and_then(|it| Selector::parse(it).ok())
        else {
            return;
        };
        self.rules += 1;
        let rule = StyleRule { selector: parsed, declared, weight: (specificity(selector), self.rules) };
        match key(selector) {
            Some(key) => self.keyed.entry(key).or_default().push(rule),
            None if self.loose.len() < MAX_LOOSE => self.loose.push(rule),
            None => {}
        }
    }

    fn look(&self, element: &ElementRef<'_>) -> ElementLook {
        let of = element.value();
        let mut cascade = Cascade::default();
        if let Some(style) = of.attr("style") {
            cascade.add(&Declared::of(style), ([1, 0, 0, 0], 0));
        }
        if self.rules > 0 {
            let classes = of.classes().map(|class| format!(".{class}"));
            let keys = classes.chain(of.id().map(|id| format!("#{id}"))).chain([of.name().to_owned()]);
            let keyed = keys.filter_map(|key| self.keyed.get(&key)).flatten();
            for rule in keyed.chain(&self.loose).filter(|rule| rule.selector.matches(element)) {
                cascade.add(&rule.declared, rule.weight);
            }
        }
        let holds = |winner: Option<Winner>| winner.is_some_and(|winner| winner.holds);
        let is_input = of.name() == "input" && of.attr("type").is_some_and(|kind| kind == "hidden");
        ElementLook {
            is_hidden: is_input
                || of.attr("hidden").is_some()
                || holds(cascade.gone)
                || holds(cascade.invisible),
            is_struck: matches!(of.name(), "del" | "s" | "strike") || holds(cascade.struck),
        }
    }
}

/// Declarations that say whether an element is gone, invisible or struck out; `None` where they say nothing of it.
#[derive(Debug, Clone, Copy, Default)]
struct Declared {
    gone: Option<Declaration>,
    invisible: Option<Declaration>,
    struck: Option<Declaration>,
}

#[derive(Debug, Clone, Copy)]
struct Declaration {
    holds: bool,
    is_important: bool,
}

impl Declared {
    fn of(style: &str) -> Self {
        let mut declared = Self::default();
        for (name, value) in style.split(';').filter_map(|declaration| declaration.split_once(':')) {
            let value = value.to_ascii_lowercase();
            let (said, mark) = value.split_once('!').unwrap_or((value.as_str(), ""));
            let (said, is_important) = (said.trim(), mark.trim() == "important");
            let (place, holds) = match name.trim().to_ascii_lowercase().as_str() {
                "display" => (&mut declared.gone, said == "none"),
                "visibility" => (&mut declared.invisible, matches!(said, "hidden" | "collapse")),
                "text-decoration" | "text-decoration-line" => {
                    (&mut declared.struck, said.contains("line-through"))
                }
                _ => continue,
            };
            if is_important || place.is_none_or(|before| !before.is_important) {
                *place = Some(Declaration { holds, is_important });
            }
        }
        declared
    }

    fn is_empty(&self) -> bool {
        self.gone.is_none() && self.invisible.is_none() && self.struck.is_none()
    }
}

/// The declarations that win for an element.
#[derive(Debug, Default)]
struct Cascade {
    gone: Option<Winner>,
    invisible: Option<Winner>,
    struck: Option<Winner>,
}

#[derive(Debug, Clone, Copy)]
struct Winner {
    holds: bool,
    rank: (bool, Weight),
}

impl Cascade {
    fn add(&mut self, declared: &Declared, weight: Weight) {
        for (winner, declaration) in [
            (&mut self.gone, declared.gone),
            (&mut self.invisible, declared.invisible),
            (&mut self.struck, declared.struck),
        ] {
            let Some(Declaration { holds, is_important }) = declaration else { continue };
            let rank = (is_important, weight);
            if winner.is_none_or(|winner| winner.rank <= rank) {
                *winner = Some(Winner { holds, rank });
            }
        }
    }
}

fn without_comments(sheet: &str) -> String {
    let mut clean = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, comment)) = rest.split_once("/*") {
        clean.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    clean.push_str(rest);
    // Old pages hide their sheets from still older browsers, those of XML from its parser.
    ["<!--", "-->", "<![CDATA[", "]]>"].iter().fold(clean, |clean, mark| clean.replace(mark, ""))
}

/// Whether one of these media is every screen.
pub(crate) fn is_screen(media: &str) -> bool {
    media.to_ascii_lowercase().split(',').any(|one| matches!(one.trim(), "screen" | "all" | "only screen"))
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

/// The selectors of a list; a comma in brackets is part of one.
fn each_selector(list: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    list.split(move |c| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
}

/// What an element must have for a selector to hold: of its last part the id, the first class, or else its name.
fn key(selector: &str) -> Option<String> {
    if selector.contains(['(', '[', '\\']) {
        return None;
    }
    let last = selector.rsplit(is_between).next()?;
    let at = last.find('#').or_else(|| last.find('.')).unwrap_or(0);
    let (mark, name) = match last.get(at..)? {
        part if part.starts_with(['#', '.']) => part.split_at(1),
        part => ("", part),
    };
    let name: String = name.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect();
    match mark {
        _ if name.is_empty() => None,
        "" => Some(name.to_ascii_lowercase()),
        mark => Some(format!("{mark}{name}")),
    }
}

/// How closely a selector says which elements it means; near enough where it has brackets.
fn specificity(selector: &str) -> [usize; 4] {
    let elements = selector.split(is_between).filter(|part| part.starts_with(char::is_alphabetic)).count();
    [0, selector.matches('#').count(), selector.matches(['.', '[', ':']).count(), elements]
}

/// Whether a sign stands between the parts of a selector.
fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '>' | '+' | '~')
}
