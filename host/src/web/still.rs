//! What of a page stays from one request to the next. Scripts, comments and hidden fields carry tokens and times that are
//! others each time, and nothing of them is read; without them a page that says the same is the same to the byte, and is
//! not embedded again.

/// The page without them. What is not closed stays, and so does all behind it.
pub(super) fn still(page: Vec<u8>) -> Vec<u8> {
    // A page in UTF-16, known by its zero bytes, is left as it is: the marks searched for here are bytes of
    // other encodings.
    if page.contains(&0) {
        return page;
    }
    let mut kept = Vec::with_capacity(page.len());
    let mut at = 0;
    while let Some(mark) = position(&page[at..], b'<').map(|offset| at + offset) {
        kept.extend_from_slice(&page[at..mark]);
        let rest = &page[mark..];
        let end = if rest.starts_with(b"<!--") {
            // A comment may be `<!-->`.
            find(rest, b"-->", 2).map(|end| (end, false))
        } else if is_tag(rest) {
            tag_end(rest).and_then(|end| over(rest, end))
        } else {
            Some((1, true))
        };
        let Some((length, stays)) = end else {
            kept.extend_from_slice(rest);
            return kept;
        };
        if stays {
            kept.extend_from_slice(&rest[..length]);
        }
        at = mark + length;
    }
    kept.extend_from_slice(&page[at..]);
    kept
}

/// How far an element goes that is taken as one, and whether it stays; `None` where it is not closed. `end` is that of
/// its first tag.
fn over(rest: &[u8], end: usize) -> Option<(usize, bool)> {
    let tag = rest[..end].to_ascii_lowercase();
    let is = |name: &[u8]| tag[1..].starts_with(name) && ends_name(&tag, 1 + name.len());
    if is(b"script") {
        return closing(rest, end, b"</script").map(|end| (end, false));
    }
    // What stands in these is text, whatever it looks like.
    for (name, close) in [
        (&b"style"[..], &b"</style"[..]),
        (b"textarea", b"</textarea"),
        (b"title", b"</title"),
        (b"xmp", b"</xmp"),
        (b"iframe", b"</iframe"),
        (b"noembed", b"</noembed"),
        (b"noframes", b"</noframes"),
    ] {
        if is(name) {
            return closing(rest, end, close).map(|end| (end, true));
        }
    }
    let is_hidden = is(b"input")
        && [&b"type=hidden"[..], b"type=\"hidden\"", b"type='hidden'"]
            .iter()
            .any(|said| find(&tag, said, 0).is_some());
    Some((end, !is_hidden))
}

/// Whether the name of a tag ends there.
fn ends_name(tag: &[u8], at: usize) -> bool {
    tag.get(at).is_some_and(|next| next.is_ascii_whitespace() || matches!(next, b'/' | b'>'))
}

/// The end of the closing tag that begins so.
fn closing(rest: &[u8], from: usize, close: &[u8]) -> Option<usize> {
    let mut at = from;
    while let Some(mark) = position(&rest[at..], b'<').map(|offset| at + offset) {
        let is_close =
            rest.get(mark..mark + close.len()).is_some_and(|found| found.eq_ignore_ascii_case(close));
        if is_close && ends_name(rest, mark + close.len()) {
            return position(&rest[mark..], b'>').map(|end| mark + end + 1);
        }
        at = mark + 1;
    }
    None
}

fn is_tag(rest: &[u8]) -> bool {
    rest.get(1).is_some_and(|next| next.is_ascii_alphabetic())
}

/// The end of a tag, whose values may hold its mark.
fn tag_end(rest: &[u8]) -> Option<usize> {
    let (mut quote, mut before) = (None, b' ');
    for (at, &byte) in rest.iter().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            // A quote opens a value only behind its `=`.
            None if matches!(byte, b'"' | b'\'') && before == b'=' => quote = Some(byte),
            None if byte == b'>' => return Some(at + 1),
            None => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    None
}

fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    bytes.iter().position(|found| *found == byte)
}

/// The place behind the first of these from `from` on.
fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let at = bytes.get(from..)?.windows(wanted.len()).position(|found| found == wanted)?;
    Some(from + at + wanted.len())
}

#[cfg(test)]
mod tests;
