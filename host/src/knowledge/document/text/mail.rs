//! The texts of a mail message whose encoding is to be guessed: those that are not UTF-8, without base64 and quoted-printable. The
//! message is not parsed here, only cut at its boundaries and empty lines.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Bytes that are enough for a guess.
const ENOUGH: usize = 64 * 1024;

/// One behind the other the heads and texts of a message that are not UTF-8.
pub(super) fn not_utf8(message: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    let (mut head, mut body) = (Vec::new(), Vec::new());
    let mut is_head = true;
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.trim_ascii_end();
        // `--` alone stands above a signature.
        let is_boundary = !is_head && bare.len() > 2 && bare.starts_with(b"--");
        if is_boundary {
            add(&head, &body, &mut found);
            if found.len() > ENOUGH {
                return found;
            }
            head.clear();
            body.clear();
            is_head = true;
        } else if is_head && bare.is_empty() {
            is_head = false;
        } else {
            let part = if is_head { &mut head } else { &mut body };
            part.extend_from_slice(line);
        }
    }
    add(&head, &body, &mut found);
    found
}

fn add(head: &[u8], body: &[u8], found: &mut Vec<u8>) {
    let fields = head.to_ascii_lowercase();
    let said = |field: &[u8]| {
        let at = fields.windows(field.len()).position(|at| at == field)?;
        fields.get(at + field.len()..).map(<[u8]>::trim_ascii_start)
    };
    let is_text = said(b"content-type:").is_none_or(|kind| kind.starts_with(b"text/"));
    let transfer = said(b"content-transfer-encoding:").unwrap_or_default();
    let text = match transfer {
        _ if !is_text => Vec::new(),
        transfer if transfer.starts_with(b"base64") => {
            let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
            let letters: Vec<u8> = body.iter().copied().filter(is_letter).collect();
            STANDARD_NO_PAD.decode(letters).unwrap_or_default()
        }
        transfer if transfer.starts_with(b"quoted-printable") => unquoted(body),
        _ => body.to_vec(),
    };
    for bytes in [head, &text] {
        if std::str::from_utf8(bytes).is_err() {
            found.extend_from_slice(bytes);
        }
    }
}

/// What is written as quoted-printable: `=D1` is a byte, and a line that ends with `=` goes on in the next.
fn unquoted(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'=', [b'\r', b'\n', after @ ..] | [b'\n', after @ ..]) => rest = after,
            (b'=', [high, low, after @ ..]) if digit(*high).is_some() && digit(*low).is_some() => {
                bytes.push((digit(*high).unwrap_or_default() << 4) | digit(*low).unwrap_or_default());
                rest = after;
            }
            _ => bytes.push(*first),
        }
    }
    bytes
}

#[cfg(test)]
mod tests;
