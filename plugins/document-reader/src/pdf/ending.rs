//! The ending of a file says where its tables are. A file that was not copied to its end has none.

/// Whether bytes are the beginning of a PDF only: objects stand behind the last place where it could have ended.
pub(super) fn is_cut_off(bytes: &[u8]) -> bool {
    let has = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|at| at == word);
    let end = bytes.windows(5).rposition(|at| at == b"%%EOF").map_or(0, |end| end + 5);
    let rest = bytes.get(end..).unwrap_or_default();
    has(rest, b" obj") && !has(rest, b"startxref")
}
