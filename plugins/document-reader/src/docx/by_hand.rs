//! Headings set by hand: short lines that are bold, or that count chapters, in documents whose styles name no heading.

/// Most characters of such a line.
const MAX_CHARACTERS: usize = 40;

/// The level of a heading by what the line begins with; `None` where it is none.
pub(super) fn level(line: &str, is_bold: bool) -> Option<u8> {
    let line = line.trim();
    let is_sentence = line.ends_with(['。', '；', '，', '！', '？', '.', ';', ',', '!', '?']) && !is_bold
        || line.ends_with(['。', '；', '，', ';', ',']);
    if line.is_empty() || line.contains('\n') || line.chars().count() > MAX_CHARACTERS || is_sentence {
        return None;
    }
    if let Some(level) = chapter(line) {
        return Some(level);
    }
    if !is_bold || !line.chars().any(char::is_alphabetic) {
        return None;
    }
    let numeral = |c: char| "一二三四五六七八九十百".contains(c);
    let inner = line.trim_start_matches(['（', '(']);
    let rest = inner.trim_start_matches(numeral);
    Some(
        match (
            inner.len() < line.len(),
            rest.len() < inner.len(),
            rest.starts_with(['、', '）', ')', '.', '．']),
        ) {
            (false, true, true) => 1,
            (true, true, true) => 2,
            _ if line.starts_with(|c: char| c.is_ascii_digit()) => 3,
            _ => 2,
        },
    )
}

/// 第一章, 第2节 and the like.
fn chapter(line: &str) -> Option<u8> {
    let rest = line.strip_prefix('第')?.trim_start();
    let count =
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || "零〇一二三四五六七八九十百两".contains(c));
    if count.len() == rest.len() {
        return None;
    }
    match count.trim_start().chars().next()? {
        '编' | '篇' | '章' | '部' => Some(1),
        '节' => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
