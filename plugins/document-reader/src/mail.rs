//! Mail: a message (`.eml`), or a page saved with what belongs to it (`.mht`), which is written like one.

use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::html;
use crate::output::{Output, one_line};

/// Attachments that a note names.
const NAMED: usize = 8;
/// People that a line of the head names.
const PEOPLE: usize = 20;

pub(crate) fn read(bytes: &[u8]) -> Result<Document, String> {
    let Some(message) = MessageParser::new().parse(bytes).filter(|message| !message.headers().is_empty())
    else {
        return Err("is no message, or damaged; save it anew".to_owned());
    };
    let mut output = Output::default();
    let address = ["Snapshot-Content-Location", "Content-Location"]
        .iter()
        .find_map(|name| message.header(*name).and_then(|value| value.as_text()))
        .map(str::trim)
        .filter(|address| address.starts_with("http"))
        .map(str::to_owned);
    let subject = message.subject().map(one_line).filter(|subject| !subject.is_empty());
    let is_page = address.is_some()
        || message.from().is_none()
        || message.header("Snapshot-Content-Location").is_some();
    if !is_page {
        output.title.clone_from(&subject);
        if let Some(subject) = &subject {
            output.heading(1, subject)?;
        }
        head(&message, &mut output)?;
    }
    body(&message, address.clone(), &mut output)?;
    if is_page {
        output.title = output.title.take().or(subject);
        output.url = output.url.take().or(address);
    }
    attachments(&message, is_page, &mut output);
    output.give_headings_bodies();
    output.finish("holds no text; where it only carries files, import those")
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
fn body(message: &Message<'_>, address: Option<String>, output: &mut Output) -> Result<(), String> {
    let pages: Vec<&str> = message
        .html_bodies()
        .filter_map(|part| match &part.body {
            PartType::Html(page) => Some(page.as_ref()),
            _ => None,
        })
        .collect();
    let mut unreadable = 0;
    if pages.is_empty() {
        for part in message.text_bodies() {
            if let PartType::Text(text) = &part.body {
                unreadable += text.matches('\u{fffd}').count();
                output.count(text.len())?;
                output.text(&text.replace("\r\n", "\n"))?;
            }
        }
    }
    for page in pages {
        unreadable += page.matches('\u{fffd}').count();
        html::read_into(page, html::Links::Of(address.clone()), output)?;
    }
    if unreadable > 0 {
        output.note(format!(
            "{unreadable} characters could not be read: the message does not say its encoding rightly."
        ));
    }
    Ok(())
}

/// Files that came with a message; those of a page belong to it.
fn attachments(message: &Message<'_>, is_page: bool, output: &mut Output) {
    let names: Vec<String> = message
        .attachments()
        .filter(|part| !is_page && part.content_id().is_none())
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
mod tests {
    use super::*;
    use crate::output::shown;

    #[test]
    fn a_message_is_its_subject_its_head_and_its_text() {
        let message = "From: =?utf-8?B?5byg5LiJ?= <a@b.cn>\r\nTo: c@d.cn\r\nSubject: =?gb2312?B?0+PPtw==?= \r\n\
            Date: Tue, 1 Jul 2025 09:30:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
            --x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n\
            --y\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n报名在七月。\r\n\
            --y\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<table><tr><th>项<th>值<tr><td>报名<td>七月</table>\r\n--y--\r\n\
            --x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nx\r\n--x--\r\n";
        let document = read(message.as_bytes()).unwrap();
        let subject = document.title.clone().unwrap();
        assert_eq!(
            shown(&document),
            [
                &format!("# {subject}"),
                "From: 张三 <a@b.cn>\nTo: c@d.cn\nDate: 2025-07-01 09:30",
                "项 | 值",
                "报名 | 七月"
            ]
        );
        assert!(document.notes[0].contains("“a.pdf”"), "{:?}", document.notes);
    }

    #[test]
    fn text_in_another_encoding_is_read() {
        let mut message =
            b"From: a@b.cn\r\nSubject: x\r\nContent-Type: text/plain; charset=GBK\r\n\r\n".to_vec();
        message.extend_from_slice(&encoding_rs::GBK.encode("报名在七月。").0);
        assert_eq!(shown(&read(&message).unwrap())[2], "报名在七月。");
    }

    #[test]
    fn a_saved_page_is_read_as_the_page() {
        let page = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.cn/x/y.html\r\nSubject: Page\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/related; type=\"text/html\"; boundary=z\r\n\r\n--z\r\nContent-Type: text/html\r\n\
            Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://a.cn/x/y.html\r\n\r\n\
            <html><head><meta charset=3D\"utf-8\"><title>=E6=8B=9B=E7=94=9F</title></head><body><h1>=E6=97=B6=E9=97=B4</h1><p>\
            <a href=3D\"f.docx\">=E8=A1=A8</a></body></html>\r\n\
            --z\r\nContent-Type: image/png\r\nContent-Location: https://a.cn/a.png\r\n\r\nx\r\n--z--\r\n";
        let document = read(page.as_bytes()).unwrap();
        assert_eq!(
            (document.title.as_deref(), document.url.as_deref()),
            (Some("招生"), Some("https://a.cn/x/y.html"))
        );
        assert_eq!(shown(&document), ["# 时间", "表 (https://a.cn/x/f.docx)"]);
        assert!(document.notes.is_empty(), "{:?}", document.notes);
    }

    #[test]
    fn what_is_no_message_says_so() {
        assert!(read(b"").unwrap_err().contains("no message"));
        assert!(read(b"From: a@b.cn\r\n\r\n").is_ok_and(|document| !document.parts.is_empty()));
    }
}
