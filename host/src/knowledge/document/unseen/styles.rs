//! The styles of the HTML in markdown, as far as they take an element off the page or strike it out: `style=`, and rules of its
//! own sheets for one element, class or id. As in HTML a rule is obeyed where it holds for certain; one that says what an
//! element must stand in is passed over.

/// Most rules that are kept: each is held against every tag.
const MAX_RULES: usize = 100;

/// The rules of a page's own sheets.
#[derive(Debug, Default)]
pub(super) struct PageStyles(Vec<StyleRule>);

#[derive(Debug)]
struct StyleRule {
    selector: StyleSelector,
    declared: Vec<Declaration>,
}

/// What an element must be called and have.
#[derive(Debug, Default)]
struct StyleSelector {
    element: String,
    ids: Vec<String>,
    classes: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
struct Declaration {
    property: StyleProperty,
    holds: bool,
    is_important: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StyleProperty {
    Gone,
    Invisible,
    Struck,
}

/// How an element looks by its styles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct StyledLook {
    pub(super) is_hidden: bool,
    pub(super) is_struck: bool,
}

impl PageStyles {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads a sheet.
    pub(super) fn read(&mut self, sheet: &str) {
        let sheet = without_comments(sheet);
        let mut rest = sheet.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let selectors = before.rsplit(['}', ';']).next().unwrap_or_default().trim();
            let (block, behind) = after.split_once('}').unwrap_or((after, ""));
            if let Some(at_rule) = selectors.strip_prefix('@') {
                let holds = at_rule.strip_prefix("media").is_some_and(is_screen);
                rest = if holds { after } else { after_block(after) };
                continue;
            }
            if block.contains('{') {
                rest = after_block(after);
                continue;
            }
            rest = behind;
            let declared = declarations(block);
            for selector in selectors.split(',').filter_map(StyleSelector::of) {
                if !declared.is_empty() && self.0.len() < MAX_RULES {
                    self.0.push(StyleRule { selector, declared: declared.clone() });
                }
            }
        }
    }

    /// How an element with these attributes looks.
    pub(super) fn look(&self, element: &str, attributes: &[(String, &str)]) -> StyledLook {
        let value =
            |name: &str| attributes.iter().find(|(own, _)| own == name).map_or("", |(_, value)| *value);
        let inline = declarations(value("style"));
        let (id, classes) = (value("id"), value("class"));
        // Of several declarations the one wins that browsers obey: of equal ones the last.
        let holds = |property: StyleProperty| {
            let rules = self.0.iter().filter(|rule| rule.selector.matches(element, id, classes));
            let ranked =
                rules.flat_map(|rule| rule.declared.iter().map(move |one| (one, rule.selector.weight())));
            let ranked = ranked.chain(inline.iter().map(|one| (one, [usize::MAX; 3])));
            let own = ranked.filter(|(one, _)| one.property == property);
            let rank = |one: &(&Declaration, [usize; 3])| (one.0.is_important, one.1);
            own.max_by_key(rank).is_some_and(|(one, _)| one.holds)
        };
        StyledLook {
            is_hidden: holds(StyleProperty::Gone) || holds(StyleProperty::Invisible),
            is_struck: holds(StyleProperty::Struck),
        }
    }
}

impl StyleSelector {
    /// The selector of one element, class or id, or of several at once.
    fn of(selector: &str) -> Option<Self> {
        let selector = selector.trim();
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '#');
        if selector.is_empty() || !selector.chars().all(is_plain) {
            return None;
        }
        let (element, mut rest) = selector.split_at(selector.find(['.', '#']).unwrap_or(selector.len()));
        let mut found = Self { element: element.to_ascii_lowercase(), ..Self::default() };
        while let Some(mark) = rest.chars().next() {
            let part = rest.get(1..)?;
            let (name, after) = part.split_at(part.find(['.', '#']).unwrap_or(part.len()));
            let names = if mark == '#' { &mut found.ids } else { &mut found.classes };
            names.push(name.to_owned());
            rest = after;
        }
        Some(found)
    }

    fn matches(&self, element: &str, id: &str, classes: &str) -> bool {
        (self.element.is_empty() || self.element == element)
            && self.ids.iter().all(|own| own == id)
            && self.classes.iter().all(|own| classes.split_whitespace().any(|class| class == own))
    }

    /// How closely it says which elements it means.
    fn weight(&self) -> [usize; 3] {
        [self.ids.len(), self.classes.len(), usize::from(!self.element.is_empty())]
    }
}

/// What a style says of whether its element is seen or holds.
fn declarations(style: &str) -> Vec<Declaration> {
    let declaration = |(name, value): (&str, &str)| {
        let value = value.to_ascii_lowercase();
        let (said, mark) = value.split_once('!').unwrap_or((value.as_str(), ""));
        let said = said.trim();
        let (property, holds) = match name.trim().to_ascii_lowercase().as_str() {
            "display" => (StyleProperty::Gone, said == "none"),
            "visibility" => (StyleProperty::Invisible, matches!(said, "hidden" | "collapse")),
            "text-decoration" | "text-decoration-line" => {
                (StyleProperty::Struck, said.contains("line-through"))
            }
            _ => return None,
        };
        Some(Declaration { property, holds, is_important: mark.trim() == "important" })
    };
    style.split(';').filter_map(|one| one.split_once(':')).filter_map(declaration).collect()
}

/// Whether one of these media is every screen.
pub(super) fn is_screen(media: &str) -> bool {
    media.to_ascii_lowercase().split(',').any(|one| matches!(one.trim(), "screen" | "all" | "only screen"))
}

fn without_comments(sheet: &str) -> String {
    let mut clean = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, comment)) = rest.split_once("/*") {
        clean.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    clean.push_str(rest);
    clean
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
            return text.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}
