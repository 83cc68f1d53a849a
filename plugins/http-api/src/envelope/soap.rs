//! A fault is how SOAP says in an envelope that it will not, in both of its versions.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

/// Where a fault stands.
const FAULT: [&str; 3] = ["Envelope", "Body", "Fault"];
/// Where its words stand: in 1.1, and in 1.2 once for each language.
const WORDS: [&[&str]; 2] =
    [&["Envelope", "Body", "Fault", "faultstring"], &["Envelope", "Body", "Fault", "Reason", "Text"]];

/// What a fault says of why, empty where it says nothing; `None` where a text is no fault.
pub(super) fn fault(text: &str) -> Option<String> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('<') {
        return None;
    }
    let mut reader = Reader::from_str(text);
    // Names of the elements that are open, without their prefixes.
    let mut open: Vec<String> = Vec::new();
    let (mut is_fault, mut said) = (false, Vec::new());
    let are_words = |open: &[String]| WORDS.iter().any(|place| open == *place);
    loop {
        let piece = match reader.read_event().ok()? {
            Event::Start(element) => {
                open.push(element.local_name().as_ref().to_owned());
                is_fault |= open == FAULT;
                if are_words(&open) {
                    said.push(String::new());
                }
                continue;
            }
            Event::Empty(element) => {
                is_fault |= open == FAULT[..2] && element.local_name().as_ref() == FAULT[2];
                continue;
            }
            Event::End(_) => {
                _ = open.pop();
                continue;
            }
            Event::Text(text) => text.xml10_content().into_owned(),
            Event::CData(text) => text.xml10_content().into_owned(),
            Event::GeneralRef(reference) => meant(&reference).unwrap_or_default(),
            Event::Eof => break,
            _ => continue,
        };
        if let Some(words) = said.last_mut().filter(|_| are_words(&open)) {
            words.push_str(&piece);
        }
    }
    let words = said.iter().map(|words| words.trim()).find(|words| !words.is_empty());
    is_fault.then(|| words.unwrap_or_default().to_owned())
}

/// What `&amp;` and `&#20320;` stand for.
fn meant(reference: &BytesRef<'_>) -> Option<String> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(reference).map(str::to_owned)
}

#[cfg(test)]
mod tests;
