//! A paragraph as it is read, with the look of its runs.

use super::styles::{Look, ParagraphStyles};
use super::symbols::SymbolFont;
use crate::script::{Script, ScriptLine};

/// How far characters are raised, in half points, to be a superscript; less sets a line straight.
const RAISED: i32 = 6;
/// Most characters of such a superscript.
const MAX_RAISED: usize = 4;

#[derive(Debug, Default)]
pub(super) struct DocxParagraph {
    pub(super) line: ScriptLine,
    pub(super) style: Option<String>,
    pub(super) outline: Option<u8>,
    /// The list it is in, and the level there; list 0 takes it out of the one its style puts it in.
    pub(super) list: Option<String>,
    pub(super) level: Option<usize>,
    pub(super) end: End,
    /// Whether its properties are being read, and not its runs.
    pub(super) in_properties: bool,
    pub(super) run: DocxRun,
    /// Whether something of it is not bold.
    pub(super) has_light: bool,
}

/// What became of a paragraph's end: what is said of the run that ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum End {
    #[default]
    There,
    Hidden,
    /// It was deleted or moved away: the next paragraph goes on with this one.
    Deleted,
}

/// A run of characters that look alike.
#[derive(Debug, Default)]
pub(super) struct DocxRun {
    pub(super) look: Look,
    pub(super) style: Option<String>,
    pub(super) font: Option<SymbolFont>,
    /// Half points above the line.
    pub(super) position: i32,
}

impl DocxParagraph {
    /// The paragraph that begins with the text of this one. What is said of a paragraph stands at its end.
    pub(super) fn gone_on(self) -> Self {
        Self { line: self.line, has_light: self.has_light, ..Self::default() }
    }

    /// How the current run looks, by what is said of it, by its style, and by the paragraph's.
    pub(super) fn look(&self, styles: &ParagraphStyles) -> Look {
        let of =
            |style: &Option<String>| style.as_deref().map_or_else(Look::default, |style| styles.look(style));
        self.run.look.or(of(&self.run.style)).or(of(&self.style))
    }

    /// The height of a text in the current run.
    pub(super) fn script(&self, look: Look, text: &str) -> Script {
        let short = text.chars().count() <= MAX_RAISED
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '−'));
        match look.script {
            Some(script) if script != Script::Plain => script,
            _ if short && self.run.position >= RAISED => Script::Raised,
            _ if short && self.run.position <= -RAISED => Script::Lowered,
            _ => Script::Plain,
        }
    }

    /// A text in the characters that the run's font draws.
    pub(super) fn drawn<'a>(&self, text: &'a str) -> std::borrow::Cow<'a, str> {
        match self.run.font {
            Some(font) => text
                .chars()
                .map(|c| match c {
                    ' ' | '\n' | '\t' => " ",
                    c => font.drawn(c as u32),
                })
                .collect(),
            None => text.into(),
        }
    }

    /// Adds where the text since `from` leads, unless it says so itself.
    pub(super) fn link(&mut self, from: usize, target: &str) {
        let text = self.line.text();
        if let Some(link) = text.get(from..).and_then(|text| crate::link::said(text, target)) {
            text.truncate(text.trim_end().len());
            text.push_str(&link);
        }
    }
}
