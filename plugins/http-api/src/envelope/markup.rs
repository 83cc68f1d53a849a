//! An answer in XML, as the object that it would be in JSON: what a refusal is does not depend on how it is written.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

use super::soap::meant;

/// How deep elements may stand in one another: refusals do not stand deeper.
const DEEPEST: usize = 16;

/// The elements within the outermost one, without their prefixes: a text where one holds no others. Of several of one
/// name the first counts. `None` where a text is no such document.
pub(super) fn fields(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('<') {
        return None;
    }
    let mut reader = Reader::from_str(text);
    let mut open: Vec<(String, Map<String, Value>, String)> = Vec::new();
    loop {
        let piece = match reader.read_event().ok()? {
            Event::Start(element) if open.len() < DEEPEST => {
                let name = element.local_name().as_ref().to_owned();
                open.push((name, Map::new(), String::new()));
                continue;
            }
            Event::Start(_) | Event::Eof => return None,
            Event::End(_) => {
                let (name, fields, said) = open.pop()?;
                let value = if fields.is_empty() {
                    Value::String(said.trim().to_owned())
                } else {
                    Value::Object(fields)
                };
                let Some((_, around, _)) = open.last_mut() else { return Some(value) };
                around.entry(name).or_insert(value);
                continue;
            }
            Event::Text(text) => text.xml10_content().into_owned(),
            Event::CData(text) => text.xml10_content().into_owned(),
            Event::GeneralRef(reference) => meant(&reference).unwrap_or_default(),
            _ => continue,
        };
        if let Some((_, _, said)) = open.last_mut() {
            said.push_str(&piece);
        }
    }
}

#[cfg(test)]
mod tests;
