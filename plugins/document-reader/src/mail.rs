//! Mail: a message (`.eml`), or a page saved with what belongs to it (`.mht`), which is written like one.

mod encoding;

use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::html;
use crate::output::{Output, one_line};
use encoding::Likely;

/// Attachments that a note names.
const NAMED: usize = 8;
/// People that a line of the head names.
const PEOPLE: usize = 20;
/// How deep messages may be attached to one another.
const MAX_DEPTH: usize = 8;
/// Messages in one, which are read beside it.
const MAX_MESSAGES: usize = 1000;

pub(crate) fn read(bytes: &[u8]) -> Result<Document, String> {
    let (likely, bytes) = Likely::before(bytes);
    let bytes = likely.with_head(bytes);
    let Some(message) = MessageParser::new().parse(&bytes).filter(|message| !message.headers().is_empty())
    else {
        return Err("is not a mail message, or is damaged; save it anew".to_owned());
    };
    let mut output = Output::default();
    let address = ["Snapshot-Content-Location", "Content-Location"]
        .iter()
        .find_map(|name| message.header(*name).and_then(|value| value.as_text()))
        .map(str::trim)
        .filter(|address| address.starts_with("http"))
        .map(str::to_owned);
    let subject = message.subject().map(one_line).filter(|subject| !subject.is_empty());
    let is_page =
        address.is_some() || is_saved(&message) || message.header("Snapshot-Content-Location").is_some();
    if is_page {
        body(&message, address.clone(), likely, &mut output)?;
        frames(&message, address.clone(), likely, &mut output)?;
        output.title = output.title.take().or(subject);
        output.url = output.url.take().or(address);
    } else {
        output.title = subject;
        let mut left = MAX_MESSAGES;
        whole(&message, 0, &mut left, likely, &mut output)?;
    }
    output.give_headings_bodies();
    output.finish("holds no text; where it only carries files, import those")
}

/// Whether nobody wrote it to anybody and it is a page: browsers put no address there when they save one.
fn is_saved(message: &Message<'_>) -> bool {
    let has_address = |people: &Address<'_>| {
        people.iter().any(|person| person.address().is_some_and(|at| at.contains('@')))
    };
    let is_page = message.content_type().is_some_and(|kind| {
        matches!((kind.ctype(), kind.subtype()), ("multipart", Some("related")) | ("text", Some("html")))
    });
    is_page && !message.from().is_some_and(has_address) && message.to().is_none()
}

/// A message with its head, and the messages that are attached to it.
fn whole(
    message: &Message<'_>,
    depth: usize,
    left: &mut usize,
    likely: Likely<'_>,
    output: &mut Output,
) -> Result<(), String> {
    if let Some(subject) = message.subject().map(one_line).filter(|subject| !subject.is_empty()) {
        note_unreadable(subject.matches('\u{fffd}').count(), output);
        output.heading(1, &subject)?;
    } else if depth > 0 {
        output.heading(1, "")?;
    }
    head(message, output)?;
    body(message, None, likely, output)?;
    attachments(message, output);
    let nested = message.attachments().filter_map(|part| match &part.body {
        PartType::Message(message) => Some(message),
        _ => None,
    });
    for message in nested {
        if depth >= MAX_DEPTH || *left == 0 {
            output.note(format!(
                "Messages that are attached more than {MAX_DEPTH} deep, or beyond the first {MAX_MESSAGES}, were left out."
            ));
            break;
        }
        *left -= 1;
        whole(message, depth + 1, left, likely, output)?;
    }
    Ok(())
}

/// Who wrote to whom, and when.
fn head(message: &Message<'_>, output: &mut Output) -> Result<(), String> {
    let mut lines = Vec::new();
    for (label, address) in [("From", message.from()), ("To", message.to()), ("Cc", message.cc())] {
        if let Some(people) = address.map(people).filter(|people| !people.is_empty()) {
            lines.push(format!("{label}: {people}"));
        }
    }
    if let Some(date) = message.date() {
        let (year, month, day) = (date.year, date.month, date.day);
        lines.push(format!("Date: {year:04}-{month:02}-{day:02} {:02}:{:02}", date.hour, date.minute));
    }
    let lines = lines.join("\n");
    note_unreadable(lines.matches('\u{fffd}').count(), output);
    output.count(lines.len())?;
    output.text(&lines)
}

fn people(address: &Address<'_>) -> String {
    let person = |person: &mail_parser::Addr<'_>| match (person.name(), person.address()) {
        (Some(name), Some(address)) if name != address => format!("{} <{address}>", one_line(name)),
        (name, address) => name.or(address).map(one_line).unwrap_or_default(),
    };
    address.iter().take(PEOPLE).map(person).filter(|person| !person.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The body as a page where there is one, since that has headings and tables; else as text.
fn body(
    message: &Message<'_>,
    address: Option<String>,
    likely: Likely<'_>,
    output: &mut Output,
) -> Result<(), String> {
    let pages: Vec<_> = message.html_bodies().filter(|part| matches!(part.body, PartType::Html(_))).collect();
    let mut unreadable = 0;
    if pages.is_empty() {
        for part in message.text_bodies().filter(|part| matches!(part.body, PartType::Text(_))) {
            let text = likely.text(message, part, output)?;
            unreadable += text.matches('\u{fffd}').count();
            output.count(text.len())?;
            let text = text.replace("\r\n", "\n");
            let says = |name: &str, value: &str| {
                let said = part.content_type().and_then(|kind| kind.attribute(name));
                said.is_some_and(|said| said.eq_ignore_ascii_case(value))
            };
            output.text(&if says("format", "flowed") {
                flowed(&text, says("delsp", "yes"))
            } else {
                text
            })?;
        }
    }
    for part in pages {
        let page = likely.text(message, part, output)?;
        unreadable += page.matches('\u{fffd}').count();
        html::read_into(&page, html::Links::Of(address.clone()), output)?;
    }
    note_unreadable(unreadable, output);
    Ok(())
}

fn note_unreadable(characters: usize, output: &mut Output) {
    if characters > 0 {
        output.note(format!(
            "{characters} characters could not be read: the message does not say its encoding rightly."
        ));
    }
}

/// Text that its program broke into lines as it was: a line that ends with a space goes on in the next, and the space
/// belongs to the text unless it was added for that. RFC 3676, section 4.
fn flowed(text: &str, is_space_added: bool) -> String {
    let mut whole = String::with_capacity(text.len());
    for line in text.lines() {
        let quotes = |line: &str| line.len() - line.trim_start_matches('>').len();
        // A space at the beginning only guards what stands behind it.
        let plain = line.strip_prefix(' ').unwrap_or(line);
        whole.push_str(plain);
        let goes_on = plain.ends_with(' ') && plain != "-- " && quotes(line) == 0;
        if !goes_on {
            whole.push('\n');
        } else if is_space_added {
            whole.pop();
        }
    }
    whole
}

/// The pages in the frames of a saved page, which browsers save beside it.
fn frames(
    message: &Message<'_>,
    address: Option<String>,
    likely: Likely<'_>,
    output: &mut Output,
) -> Result<(), String> {
    let (title, url) = (output.title.clone(), output.url.clone());
    for part in message.attachments() {
        if let PartType::Html(_) = &part.body {
            let page = likely.text(message, part, output)?;
            html::read_into(&page, html::Links::Of(address.clone()), output)?;
            // What a frame calls itself is not what the page is called.
            (output.title, output.url) = (title.clone(), url.clone());
        }
    }
    Ok(())
}

/// Files that came with a message, but for those that its page shows and messages, which are read.
fn attachments(message: &Message<'_>, output: &mut Output) {
    let names: Vec<String> = message
        .attachments()
        .filter(|part| part.content_id().is_none() && !matches!(part.body, PartType::Message(_)))
        .map(|part| {
            format!("“{}”", part.attachment_name().map_or_else(|| "without a name".to_owned(), one_line))
        })
        .collect();
    if !names.is_empty() {
        let more = match names.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        output.note(format!(
            "Files attached to the message were left out: {names}{more}; import them by themselves."
        ));
    }
}

#[cfg(test)]
mod tests;
