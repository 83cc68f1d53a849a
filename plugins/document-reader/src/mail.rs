//! Mail: a message (`.eml`), or a page saved with what belongs to it (`.mht`), which is written like one.

use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

use crate::bindings::exports::qianfan::reader::documents::Document;
use crate::html;
use crate::output::{Output, one_line};

/// Attachments that a note names.
const NAMED: usize = 8;
/// People that a line of the head names.
const PEOPLE: usize = 20;
/// How deep messages may be attached to one another.
const MAX_DEPTH: usize = 8;
/// Messages in one, which are read beside it.
const MAX_MESSAGES: usize = 1000;

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
    let is_page =
        address.is_some() || is_saved(&message) || message.header("Snapshot-Content-Location").is_some();
    if is_page {
        body(&message, address.clone(), &mut output)?;
        frames(&message, address.clone(), &mut output)?;
        output.title = output.title.take().or(subject);
        output.url = output.url.take().or(address);
    } else {
        output.title = subject;
        let mut left = MAX_MESSAGES;
        whole(&message, 0, &mut left, &mut output)?;
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
fn whole(message: &Message<'_>, depth: usize, left: &mut usize, output: &mut Output) -> Result<(), String> {
    if let Some(subject) = message.subject().map(one_line).filter(|subject| !subject.is_empty()) {
        output.heading(1, &subject)?;
    } else if depth > 0 {
        output.heading(1, "")?;
    }
    head(message, output)?;
    body(message, None, output)?;
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
        whole(message, depth + 1, left, output)?;
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

/// The pages in the frames of a saved page, which browsers save beside it.
fn frames(message: &Message<'_>, address: Option<String>, output: &mut Output) -> Result<(), String> {
    let (title, url) = (output.title.clone(), output.url.clone());
    for part in message.attachments() {
        if let PartType::Html(page) = &part.body {
            html::read_into(page, html::Links::Of(address.clone()), output)?;
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
    fn the_frames_of_a_saved_page_are_read_behind_it() {
        let part = |head: &str, page: &str| {
            format!("--z\r\nContent-Type: text/html; charset=utf-8\r\n{head}\r\n{page}\r\n")
        };
        let page = format!(
            "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.cn/x\r\nSubject: Page\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/related; type=\"text/html\"; boundary=z\r\n\r\n{}{}--z--\r\n",
            part(
                "Content-Location: https://a.cn/x\r\n",
                "<title>主页</title><p>正文。</p><iframe src='cid:f@b'></iframe>"
            ),
            part("Content-ID: <f@b>\r\n", "<title>框</title><h1>框题</h1><p>框中。</p>")
        );
        let document = read(page.as_bytes()).unwrap();
        assert_eq!(shown(&document), ["正文。", "# 框题", "框中。"]);
        assert_eq!(document.title.as_deref(), Some("主页"));
    }

    #[test]
    fn a_page_saved_without_its_address_has_no_head() {
        let page = "From: \"Saved by Windows Internet Explorer 8\"\r\nSubject: Page\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/related; type=\"text/html\"; boundary=z\r\n\r\n--z\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
            <h1>收费</h1><p>三十元。\r\n--z\r\nContent-Type: image/png\r\n\r\nx\r\n--z--\r\n";
        let document = read(page.as_bytes()).unwrap();
        assert_eq!(
            (shown(&document), document.notes.len()),
            (vec!["# 收费".to_owned(), "三十元。".to_owned()], 0)
        );
    }

    #[test]
    fn messages_that_are_attached_are_read_too() {
        let message = |boundary: &str, subject: &str, text: &str, attached: &str| {
            format!(
                "From: a@b.cn\r\nTo: c@d.cn\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary={boundary}\r\n\r\n\
                 --{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n{attached}--{boundary}--\r\n"
            )
        };
        let attach = |boundary: &str, message: &str| {
            format!("--{boundary}\r\nContent-Type: message/rfc822\r\n\r\n{message}\r\n")
        };
        let inner = message("y", "inner", "报名在七月。", "");
        let document = read(message("x", "outer", "见下。", &attach("x", &inner)).as_bytes()).unwrap();
        let shown = shown(&document);
        assert_eq!((&*shown[0], &*shown[2], &*shown[3]), ("# outer", "见下。", "# inner"));
        assert!(shown.last().unwrap().contains("报名在七月。") && document.notes.is_empty(), "{document:?}");
        // A draft has nobody in its head yet, and is no page.
        let draft = message("x", "outer", "见下。", &attach("x", &inner)).replacen(
            "From: a@b.cn\r\nTo: c@d.cn\r\n",
            "",
            1,
        );
        let document = read(draft.as_bytes()).unwrap();
        assert!(self::shown(&document).last().unwrap().contains("报名在七月。"), "{document:?}");
        let mut deep = message("a0", "底", "底。", "");
        for level in 1..50 {
            let boundary = format!("a{level}");
            deep = message(&boundary, "层", "层。", &attach(&boundary, &deep));
        }
        let document = read(deep.as_bytes()).unwrap();
        assert!(!document.parts.is_empty() && document.parts.len() < 60, "{}", document.parts.len());
    }

    #[test]
    fn what_is_no_message_says_so() {
        assert!(read(b"").unwrap_err().contains("no message"));
        assert!(read(b"From: a@b.cn\r\n\r\n").is_ok_and(|document| !document.parts.is_empty()));
    }
}
