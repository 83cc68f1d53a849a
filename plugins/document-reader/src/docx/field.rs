//! A field is a place that Word fills in: a link, a page's number, a box to tick. Its code is no text, its result is.

use quick_xml::events::BytesStart;

use super::numbering::is_on;
use crate::package::attribute;

/// Bytes of a field's code that are looked at.
const MAX_CODE: usize = 4096;

/// A field that is open.
#[derive(Debug)]
pub(super) struct Field {
    code: String,
    /// Bytes its paragraph had before it.
    pub(super) from: usize,
}

impl Field {
    pub(super) fn at(from: usize) -> Self {
        Self { code: String::new(), from }
    }

    pub(super) fn code(&mut self, code: &str) {
        if self.code.len() + code.len() <= MAX_CODE {
            self.code.push_str(code);
        }
    }

    /// Where the field leads, where that is outside of the document.
    pub(super) fn target(&self) -> Option<String> {
        let rest = self.code.trim().strip_prefix("HYPERLINK")?.trim_start();
        let target = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next()?,
            None => rest.split_whitespace().next()?,
        };
        // `\l` leads to a place in the document itself.
        (!target.starts_with('\\') && !target.is_empty()).then(|| target.replace("\\\\", "\\"))
    }

    /// Whether it draws an equation of old, by characters over one another.
    pub(super) fn is_equation(&self) -> bool {
        let code = self.code.trim_start();
        code.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("EQ "))
    }
}

/// A content control: a box to tick, or a text that asks to be replaced.
#[derive(Debug, Default)]
pub(super) struct Control {
    /// Whether its properties are being read, and not its content.
    pub(super) in_properties: bool,
    pub(super) ticked: Option<bool>,
    pub(super) is_placeholder: bool,
    pub(super) is_said: bool,
}

impl Control {
    pub(super) fn read(&mut self, element: &BytesStart<'_>) {
        let on = || attribute(element, "val").as_deref().is_none_or(is_on);
        match element.local_name().as_ref() {
            "sdtPr" => self.in_properties = true,
            "checked" => self.ticked = Some(on()),
            "showingPlcHdr" => self.is_placeholder = on(),
            _ => {}
        }
    }
}

/// A field of a form: a box, or a list to choose from.
#[derive(Debug, Default)]
pub(super) struct Form {
    ticked: Option<bool>,
    chosen: usize,
    choices: Vec<String>,
}

impl Form {
    pub(super) fn read(&mut self, element: &BytesStart<'_>) {
        let value = attribute(element, "val");
        match element.local_name().as_ref() {
            "default" if self.ticked.is_none() => self.ticked = value.as_deref().map(is_on),
            "checked" => self.ticked = Some(value.as_deref().is_none_or(is_on)),
            "result" => self.chosen = value.and_then(|value| value.parse().ok()).unwrap_or(0),
            "listEntry" if self.choices.len() < 100 => self.choices.extend(value),
            _ => {}
        }
    }

    /// What a box shows.
    pub(super) fn ticked(&self) -> &'static str {
        tick(self.ticked.unwrap_or(false))
    }

    pub(super) fn chosen(&self) -> &str {
        self.choices.get(self.chosen).map_or("", String::as_str)
    }
}

pub(super) fn tick(is_ticked: bool) -> &'static str {
    if is_ticked { "☑" } else { "☐" }
}
